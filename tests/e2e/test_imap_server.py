"""What servers do over the years: they hang, lie, count anew, change their mind in the middle, and are many."""
import base64
import json
import os
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import dovecot  # noqa: E402
import servers  # noqa: E402
import strange_imap  # noqa: E402
import suite  # noqa: E402
import test_imap  # noqa: E402
from test_imap import mail  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFIG = 3  # exit status: an operator must change something
MEMBER = '  %s: {kind: imap, host: localhost, port: %d, tls: none, user: %s, password: {file: "@password@"}, since: all, %s}\n'
SILENCE_S, LONG_S, MARGIN_S = 2, 8, 8  # twice the long one is late, and so is the default
# Where a server may fall silent: a command ("" is the greeting), what it says before, and what makes a client come there.
POINTS = {
    "greeting": ("", b"", "tls: none"), "half-greeting": ("", b"* OK her", "tls: none"), "handshake": ("", b"", "tls: tls"),
    "starttls": ("STARTTLS", b"", "tls: starttls"), "starttls-handshake": ("STARTTLS", b"TAG OK go\r\n", "tls: starttls"),
    "login": ("LOGIN", b"", "tls: none"), "authenticate": ("AUTHENTICATE", b"", "tls: none, auth: plain"),
    "capability": ("CAPABILITY", b"* CAPA", "tls: none"), "notify": ("NOTIFY", b"", "tls: none, mailboxes: [INBOX, Web]"),
    "examine": ("EXAMINE", b"* 3 EXISTS\r\n", "tls: none"), "search": ("SEARCH", b"* SEARCH 1", "tls: none"),
    "sizes": ("FETCH", b"* 1 FETCH (UID 1 RFC822", "tls: none"),
    "literal": ("BODY", b"* 1 FETCH (UID 1 BODY[] {900}\r\nFrom: a", "tls: none"),
    "after-literal": ("BODY", b"* 1 FETCH (UID 1 BODY[] {3}\r\nabc", "tls: none"), "idle": ("IDLE", b"", "tls: none"),
    "store": ("STORE", b"", "tls: none, after: seen"), "expunge": ("EXPUNGE", b"* 1 EXPU", "tls: none, after: delete"),
    "move": ("MOVE", b"", "tls: none, after: move, move_to: Done"),
}


def hang(connection):
    """Says nothing more, until the other side goes."""
    while connection.rfile.readline():
        pass
    raise ConnectionAbortedError


class Case(test_imap.Case):
    def setUp(self):
        super().setUp()
        self.hung = {}

    def strange(self, mails=3, **more):
        server = strange_imap.StrangeImap(**more)
        self.addCleanup(server.stop)
        server.mails = {uid: mail(uid) for uid in range(1, mails + 1)}
        return server

    def one(self, server, more="since: all", **others):
        return self.relevod(server.port, "none", more, **others)

    def hanging(self, point, name=None):
        """A server that falls silent there; `self.hung` says since when, by its name."""
        command, before, _ = POINTS[point]
        server = self.strange(capability="STARTTLS IDLE NOTIFY UIDPLUS MOVE AUTH=PLAIN")
        server.boxes["Web"] = {}

        def twist(connection, said, rest):
            if said == "FETCH" and "BODY" in rest:
                said = "BODY"
            if said == command:
                self.hung.setdefault(name or point, time.monotonic())
                connection.say(before.replace(b"TAG", connection.tag.encode()))
                hang(connection)
            return False
        server.twist = twist
        return server


class Hanging(Case):
    def test_a_server_that_hangs_at_any_point_is_told_of_and_left(self):  # T-02, F25
        channels, hanging = "", {point: self.hanging(point) for point in POINTS}
        for point, server in hanging.items():
            channels += MEMBER.replace("tls: none", POINTS[point][2]) % (
                point, server.port, "support", "silence: %ds, ca_file: %s" % (self.silence(point), self.authority.ca))
        well = self.strange()
        relevod = suite.Case.relevod(self, "channels:\n" + channels + MEMBER % ("well", well.port, "support", "poll: 1s"),
                                     {"password": "x"}).start()
        soon = [point for point in POINTS if point not in ("idle", "literal")]
        for points in (soon, ["literal"]):
            for point, (line, late_s) in self.told(relevod, points).items():
                self.assertIn("deadline", line)
                self.assertLess(late_s, self.silence(point) + MARGIN_S, line)
            trouble = relevod.ctl("status", "--json")["trouble"]
            for point in points:
                self.assertTrue(any("channel %s fails" % point in line for line in trouble), point)
                hanging[point].twist = lambda connection, command, rest: False
        well.mails[4] = mail("later")
        self.wait_sql("SELECT count(*) FROM source s JOIN channel c USING (desk_id, channel_id) WHERE c.name = 'well'", 4)
        self.assertIn("IDLE", relevod.wait_line("event=channel_warning channel=idle ", 120))  # there all was read before: it is polled
        self.assertEqual([line for line in relevod.lines if "event=channel_trouble channel=idle " in line][:1], [])
        hanging["idle"].mails[9] = mail("idle")
        hanging["idle"].twist = lambda connection, command, rest: False
        self.wait_sql("SELECT count(*) FROM message", 5, 150)  # it is looked at each minute; copies of the three are duplicates
        clear = [point for point, (_, _, how) in POINTS.items() if "tls: none" in how]  # the others' servers know no TLS
        self.wait_sql("SELECT count(*) FROM source", len(clear) * 3 + 5)

    def silence(self, point):
        return LONG_S if point == "literal" else SILENCE_S

    def told(self, relevod, points):
        """The line that tells of each, and after how many seconds of silence it came."""
        told = {}

        def all_are():
            for point in points:
                line = next((line for line in relevod.lines if "event=channel_trouble channel=%s " % point in line), None)
                if line is not None and point not in told:
                    told[point] = line, time.monotonic() - self.hung[point]
            return len(told) == len(points)
        try:
            servers.wait_for("word of each", all_are, 180)
        except RuntimeError:
            self.fail("nothing is told of %s" % sorted(set(points) - set(told)))
        return told

    def test_a_slow_line_is_no_silent_one(self):  # T-06
        server = self.strange(1)
        server.mails[1] = mail(1, text="x" * 6000)

        def twist(connection, command, rest):
            if command != "FETCH" or "BODY" not in rest:
                return False
            answer = connection.fetched(1, rest, server.mails[1])
            for i in range(0, len(answer), 100):  # 1 KB/s
                connection.say(answer[i:i + 100])
                time.sleep(0.1)
            connection.done()
            return True
        server.twist = twist
        self.one(server, "since: all, silence: 2s").start()
        self.count(1)
        self.assertEqual(server.connections, 1)
        self.assertEqual(self.sql("SELECT length(trim(text, E'\\n')) FROM message"), "6000")

    def test_one_poisoned_account_among_twenty_costs_the_others_nothing(self):  # T-03, T-05
        users = {"u%d" % i: "pw" for i in range(19)}
        server = dovecot.Dovecot(os.path.join(self.folder, "dovecot"), users, self.authority).start()
        self.addCleanup(server.stop)
        quiet, poisoned = self.strange(), self.hanging("literal", "last")
        poisoned.mails = {uid: mail("poison%d" % uid) for uid in range(10, 13)}  # the first node has read what quiet has
        members = "".join(MEMBER % (user, server.port, user, "poll: 1s") for user in users)
        medians = []
        for name, last in (("quiet", quiet), ("poisoned", poisoned)):
            relevod = suite.Case.relevod(
                self, "channels:\n" + members + MEMBER % ("last", last.port, "support", "silence: %ds" % SILENCE_S), {"password": "pw"}, name)
            relevod.start()
            servers.wait_for("all to be up", lambda: len(server.sessions()) >= len(users), 300)
            if name == "poisoned":
                _, late_s = self.told(relevod, ["last"])["last"]
                self.assertLess(late_s, SILENCE_S + MARGIN_S)
            medians.append(statistics.median(self.latency(server, user, name, relevod) for user in users))
            self.assertEqual({user: count for user, count in server.sessions().items() if count > 2}, {})
            relevod.stop()
        print("latency of the nineteen: quiet %.0f ms, beside a poisoned one %.0f ms, ratio %.2f" % (
            medians[0] * 1000, medians[1] * 1000, medians[1] / medians[0]))

    def latency(self, server, user, name, relevod):
        stored = relevod.metric("messages_total")
        began = time.monotonic()
        server.deliver(user, mail("%s-%s" % (user, name)))
        servers.wait_for("the mail", lambda: relevod.metric("messages_total") > stored or
                         self.sql("SELECT count(*) FROM message WHERE subject = 'Pedido %s-%s'" % (user, name)) == "1")
        return time.monotonic() - began


class Turns(Case):
    def test_more_mailboxes_than_a_server_may_be_asked_for_take_turns_and_none_starves(self):  # T-05
        users = ["u%d" % i for i in range(5)]
        server = dovecot.Dovecot(os.path.join(self.folder, "dovecot"), dict.fromkeys(users, "pw"), self.authority).start()
        self.addCleanup(server.stop)
        counted = []
        for user in users[:3]:
            server.put_all(user, [mail("%s-%d" % (user, i)) for i in range(30)])
        relevod = suite.Case.relevod(self, "workers: {connections: 2}\nchannels:\n" + "".join(
            MEMBER % (user, server.port, user, "poll: 1s, reconcile: 2s") for user in users), {"password": "pw"}).start()

        def stored(wanted):
            counted.append(sum(server.sessions().values()))
            return self.sql("SELECT count(*) FROM message") == str(wanted)
        servers.wait_for("what lay there", lambda: stored(90), 180)
        for turn in range(2):
            for user in users:
                server.deliver(user, mail("%s-%s" % (user, "ab"[turn])))
            servers.wait_for("a mail of each", lambda: stored(90 + 5 * (turn + 1)), 180)
        self.assertLessEqual(max(counted), 2)
        self.assertIn("place=localhost:%d connections=2" % server.port, relevod.wait_line("event=connections_full"))
        self.assertTrue(any("in turns" in line for line in relevod.ctl("status", "--json")["trouble"]))
        servers.wait_for("a comparison of each", lambda: self.sql("SELECT count(*) FROM reconciliation") == "5", 180)
        relevod.kill()
        with open(relevod.path, encoding="utf-8") as f:
            config = f.read()
        with open(relevod.path, "w", encoding="utf-8") as f:
            f.write(config.replace("connections: 2", "connections: 6"))
        relevod.start()  # what the dead one said is true no more
        servers.wait_for("peace", lambda: not any(
            "in turns" in line for line in relevod.ctl("status", "--json")["trouble"]), 180)


class Changing(Case):
    """Mailboxes that change while they are walked through."""

    def test_flags_and_expunges_and_new_mails_in_the_middle_lose_nothing(self):  # T-19, T-14, F28
        server = self.strange(30)

        def twist(connection, command, rest):
            if command == "FETCH" and "BODY" in rest:
                uid = int(rest.split(" ")[0])
                connection.say("* %d FETCH (FLAGS (\\Seen $Forwarded))" % (uid % 7 + 1))
                if uid == 5 and 6 in server.mails:
                    server.mails.pop(6), server.mails.pop(20)
                    connection.say("* 6 EXPUNGE")
                    connection.say("* 18 EXPUNGE")
                if uid == 9:
                    server.mails[31] = mail("new")
                    connection.say("* 29 EXISTS")
            return False
        server.twist = twist
        self.one(server).start()
        self.count(29)
        self.assertEqual(self.sql("SELECT count(*) FROM quarantine"), "0")
        self.wait_sql("SELECT cursor FROM channel_cursor", "77:31")

    def test_one_mail_that_cannot_be_read_does_not_shorten_the_page(self):  # T-19, T-32
        server = self.strange(0)
        server.mails = {uid: mail(uid) for uid in range(1, 41)}
        server.mails[17] = b"\xff\xfe\x00garbage"
        for uid in (3, 4, 5):
            server.mails[uid] = server.mails[uid].replace(b"Message-ID: <m%d@example.net>\r\n" % uid, b"Message-ID: \r\n")
        self.one(server).start()
        self.wait_sql("SELECT cursor FROM channel_cursor", "77:40")
        self.assertEqual(self.sql("SELECT count(*) FROM source"), "40")
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE subject LIKE 'Pedido%'"), "39")

    def test_a_mail_with_many_attachments_holds_nobody_up(self):  # T-07
        server = self.strange(0)
        part = b"--b\r\nContent-Type: text/plain; name=a%d.txt\r\nContent-Disposition: attachment\r\n\r\n" + b"x" * 20000 + b"\r\n"
        many = mail("many", more="MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", text="")
        server.mails = {1: many + b"".join(part % i for i in range(70)) + b"--b--\r\n", 2: mail(2)}
        self.one(server).start()
        self.count(2)
        self.assertEqual(self.sql("SELECT count(*) FROM attachment"), "70")

    def test_a_mail_as_large_as_may_be_takes_no_more_memory_than_is_told(self):  # T-07
        server = self.strange(1)
        part = (b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a%d.bin\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\n%s\r\n")
        large = mail("large", more="MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", text="")
        block = base64.encodebytes(os.urandom((49 << 20) // 70 * 57 // 78)).replace(b"\n", b"\r\n")
        large += b"".join(part % (i, block) for i in range(70)) + b"--b--\r\n"
        self.assertTrue(48 << 20 < len(large) <= 50 << 20, len(large))
        relevod = self.one(server, env={"ASAN_OPTIONS": "detect_leaks=0:quarantine_size_mb=1"}).start()
        self.count(1)
        pids = {role: relevod.workers(role) for role in ("imap", "parse")}
        pids["relevod"] = [relevod.process.pid]

        def peak(role):
            """KiB, of the one that took most."""
            peaks = []
            for pid in pids[role]:
                with open("/proc/%d/status" % pid, encoding="ascii") as f:
                    peaks += [int(line.split()[1]) for line in f if line.startswith("VmHWM")]
            return max(peaks)
        before = {role: peak(role) for role in pids}
        server.mails[2], server.mails[3] = large, mail(3)
        self.count(3)
        self.assertEqual(self.sql("SELECT count(*) FROM attachment"), "70")
        self.assertEqual(pids["imap"], relevod.workers("imap"))
        grown = {role: (peak(role) - before[role]) / 1024 for role in pids}
        with open(os.path.join(ROOT, "docs/imap.md"), encoding="utf-8") as f:
            told = re.search(r"of 50 MiB, takes (\d+) MiB of the mailbox's child,\s+(\d+) MiB of its reader and (\d+) MiB of the daemon", f.read())
        for role, most in zip(("imap", "parse", "relevod"), told.groups()):
            self.assertLess(grown[role], int(most), grown)

    def test_old_mail_that_is_moved_into_the_mailbox_is_new_here(self):  # T-10
        server = self.dovecot()
        self.relevod(server.tls_port, more="since: now").start()
        self.wait_sql("SELECT count(*) FROM channel_cursor", 1)
        server.put("support", mail("old"), "Elsewhere", date='"01-Jan-2020 10:00:00 +0000"')
        session = server.imap("support")
        session.select("Elsewhere")
        session.uid("MOVE", "1", "INBOX")
        session.logout()
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", 1)
        self.assertEqual(self.sql("SELECT outcome FROM source"), "message")

    def test_a_long_outage_is_made_up_for_the_oldest_first(self):  # T-12, T-13
        server = self.dovecot()
        relevod = self.relevod(server.tls_port).start()
        server.put("support", mail(0))
        self.count(1)
        relevod.kill()
        server.put_all("support", [mail(i) for i in range(1, 200)], date='"01-Jan-2025 10:00:00 +0000"')
        relevod.start()
        for wanted in (20, 60):
            servers.wait_for("mails", lambda: int(self.sql("SELECT count(*) FROM message")) >= wanted)
            server.restart()
        self.count(200)
        self.assertEqual(self.sql("SELECT count(*) FROM (SELECT substring(subject, '[0-9]+')::int AS n, lag(message_id) OVER "
                                  "(ORDER BY substring(subject, '[0-9]+')::int) AS before, message_id FROM message) m "
                                  "WHERE before > message_id"), "0")


class Talking(Case):
    """What is said around the mails."""

    def test_bye_in_the_middle_is_a_reason_to_come_again(self):  # F27
        server = self.strange()
        byes = ["EXAMINE", "SEARCH", "FETCH", "IDLE"]
        server.capability = "IDLE"

        def twist(connection, command, rest):
            if byes and command == byes[0]:
                byes.pop(0)
                if not byes:
                    server.mails[9] = mail(9)  # it comes while nobody is there
                connection.say("* BYE going down for a moment")
                connection.drop()
            return False
        server.twist = twist
        self.one(server).start()
        self.count(3)
        self.count(4)
        self.assertEqual(byes, [])

    def test_news_in_the_packet_of_the_continuation_is_not_slept_through(self):  # T-14, F30
        server = self.strange(capability="IDLE")

        def twist(connection, command, rest):
            if command == "IDLE" and 9 not in server.mails:
                server.mails[9] = mail(9)
                connection.say(b"+ idling\r\n* 4 EXISTS\r\n* OK still here\r\n")
                connection.rfile.readline()
                connection.done()
                return True
            return False
        server.twist = twist
        self.one(server).start()
        self.count(4)

    def test_idling_is_begun_anew_before_anybody_forgets_it(self):
        server = self.strange(capability="IDLE")
        self.one(server, "since: all, idle: 1s").start()
        servers.wait_for("IDLE anew", lambda: server.commands.count("IDLE") >= 4)
        self.assertEqual(server.connections, 1)

    def test_where_all_mailboxes_are_watched_nobody_polls(self):
        server = self.dovecot()
        for name in ("Web", "Junk"):
            server.put("support", mail("first " + name), name)
        self.relevod(server.tls_port, more="since: all, mailboxes: [INBOX, Web, Junk]", config=("poll: 1s", "poll: 1h")).start()
        self.count(2)
        for i, name in enumerate(("Junk", "INBOX", "Web", "Junk")):
            server.put("support", mail(i), name)
            self.count(3 + i)

    def relevod(self, port, tls="tls", more="since: all", name="one", config=None, **others):
        made = super().relevod(port, tls, more, name, **others)
        if config is not None:
            with open(made.path, encoding="utf-8") as f:
                text = f.read()
            self.assertIn(config[0], text)
            with open(made.path, "w", encoding="utf-8") as f:
                f.write(text.replace(*config))
        return made

    def test_two_daemons_read_each_mail_once_and_a_dead_one_is_followed(self):  # T-27, T-33, F10
        server = self.dovecot()
        nodes = [self.relevod(server.tls_port, name=name).start() for name in ("one", "two")]
        for i in range(20):
            server.deliver("support", mail(i))
        self.count(20)
        holder = next(node for node in nodes if node.workers("imap"))
        holder.kill()
        server.deliver("support", mail("after"))
        self.count(21)
        other = next(node for node in nodes if node is not holder)
        self.assertEqual(len(other.wait_workers("imap")), 1)
        self.assertEqual(self.sql("SELECT count(*) FROM source WHERE outcome <> 'message'"), "0")

    def test_the_same_mail_by_two_mailboxes_is_one_message_of_a_desk_and_one_of_each_desk(self):  # T-28, T-31
        server = self.dovecot()
        for user in ("support", "billing"):  # as one mail to both arrives
            server.put(user, b"Delivered-To: %s@example.com\r\n" % user.encode() + mail(1, more="Cc: billing@example.com\r\n"))
        channels = MEMBER % ("support", server.port, "support", "poll: 1s") + MEMBER.replace("@password@", "@other@") % (
            "billing", server.port, "billing", "poll: 1s")
        relevod = suite.Case.relevod(self, "channels:\n" + channels, {
            "password": test_imap.USERS["support"], "other": test_imap.USERS["billing"]}).start()
        self.wait_sql("SELECT count(*) FROM source", 2)
        self.assertEqual(self.sql("SELECT string_agg(outcome, ' ' ORDER BY outcome DESC) FROM source"), "message duplicate")
        self.assertEqual(self.compared(relevod), {"billing": (1, 0), "support": (1, 0)})
        for name in ("support", "billing"):
            self.assertEqual(self.compared(relevod, "--channel", name), {name: (1, 0)})
        lost = self.sql("DELETE FROM source s USING channel c WHERE c.channel_id = s.channel_id AND c.name = 'billing' RETURNING 1")
        self.assertEqual(lost, "1")
        self.assertEqual(self.compared(relevod, "--channel", "billing", code=1), {"billing": (1, 1)})
        self.assertEqual(self.compared(relevod, "--channel", "support"), {"support": (1, 0)})
        self.assertEqual(self.compared(relevod, code=1), {"billing": (1, 1), "support": (1, 0)})
        done = relevod.ctl("reconcile", "--channel", "none", ok=False)
        self.assertEqual((done.returncode, "no channel 'none'" in done.stderr), (CONFIG, True), done.stderr)
        relevod.stop()
        relevod.configure("channels:\n" + channels.replace("billing: {", "billing: {desk: second, ").replace(
            "@password@", os.path.join(relevod.folder, "password")).replace("@other@", os.path.join(relevod.folder, "other")))
        relevod.start()
        self.wait_sql("SELECT string_agg(d.name, ' ' ORDER BY d.name) FROM message m JOIN desk d USING (desk_id)", "main second")

    def compared(self, relevod, *args, code=0):
        """(mails, gaps) of each channel."""
        done = relevod.ctl("reconcile", "--json", *args, ok=False)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return {box["channel"]: (box["mails"], box["gaps"]) for box in json.loads(done.stdout)}

    def told_beside_a_search(self, capability):
        """Nothing is under way; the server tells of a mail within its answer to a search, and no second time."""
        server = self.strange(capability=capability)
        idled = []

        def twist(connection, said, rest):
            if said == "IDLE" and len(idled) < 5 and self.sql("SELECT count(*) FROM message") == "3":
                idled.append(True)  # some rounds of nothing: whatever was under way is over
                connection.say(b"+ idling\r\n* 3 EXISTS\r\n")
                connection.rfile.readline()
                connection.done()
                return True
            if said != "SEARCH" or len(idled) < 5 or 9 in server.mails:
                return False
            connection.answer_with(server, said, rest, b"* 4 EXISTS\r\n")
            server.mails[9] = mail(9)
            return True
        server.twist = twist
        self.one(server).start()
        self.count(4)

    def test_news_in_the_answer_to_a_search_are_not_slept_through(self):  # T-14
        self.told_beside_a_search("IDLE")

    def test_news_beside_the_ranges_of_a_search_are_not_slept_through(self):  # T-14
        self.told_beside_a_search("IDLE ESEARCH")

    def test_a_mail_that_comes_as_others_are_taken_out_is_not_slept_through(self):  # T-14
        """Fewer lie there afterwards than before, so their number tells nothing of the new one."""
        server = self.strange(5, capability="IDLE UIDPLUS")

        def twist(connection, said, rest):
            if said == "FETCH" and "BODY" in rest and rest.startswith("4 "):  # 4 and 5 are gone meanwhile: none is under way
                servers.wait_for("three to be stored", lambda: relevod.metric("messages_total") == 3)
                server.mails.pop(4, None), server.mails.pop(5, None)
            if said == "EXPUNGE" and 3 in server.mails:
                for uid in (1, 2, 3):
                    server.mails.pop(uid)
                    connection.say("* 1 EXPUNGE")
                server.mails[9] = mail(9)
                connection.say("* 1 EXISTS")
            if said in ("STORE", "EXPUNGE"):
                connection.done()
            return said in ("STORE", "EXPUNGE")
        server.twist = twist
        relevod = self.one(server, "since: all, after: delete").start()
        self.count(4)

    def test_reading_a_mailbox_by_hand_marks_and_hides_nothing(self):  # T-16, T-17
        server = self.dovecot()
        relevod = self.relevod(server.tls_port).start()
        relevod.wait_workers("imap")
        for i in range(5):
            server.put("support", mail(i))
            session = server.imap("support")
            session.select("INBOX")
            session.store("1:*", "+FLAGS", "\\Seen")
            session.store("1:*", "-FLAGS", "\\Seen")
            session.logout()
        self.count(5)
        self.assertEqual(server.seen("support"), set())


if __name__ == "__main__":
    suite.main()
