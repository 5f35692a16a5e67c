"""Mail comes in by IMAP: a real Dovecot, and servers that misbehave."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import authority  # noqa: E402
import dovecot  # noqa: E402
import servers  # noqa: E402
import strange_imap  # noqa: E402
import suite  # noqa: E402

USERS = {"support": "s3 \"cr\\et", "billing": "b1lling"}
CONFIG = """
channels:
  mail:
    {kind: imap, host: localhost, port: %(port)d, tls: %(tls)s, %(ca)s user: support, password: {file: "@password@"},
     poll: 1s, %(more)s}
"""


def mail(number, sender="ana@example.net", subject=None, text="Hola", more=""):
    return ("From: Ana <%s>\r\nTo: support@example.com\r\nSubject: %s\r\nMessage-ID: <m%s@example.net>\r\n"
            "Date: Thu, 15 Jan 2026 10:00:00 +0000\r\n%s\r\n%s\r\n" % (
                sender, subject or "Pedido %s" % number, number, more, text)).encode()


class Case(suite.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = authority.Authority(os.path.join(cls.place.name, "ca"))

    def dovecot(self, **more):
        server = dovecot.Dovecot(os.path.join(self.folder, "dovecot"), USERS, self.authority, **more).start()
        self.addCleanup(server.stop)
        return server

    def relevod(self, port, tls="tls", more="since: all", name="one", **others):
        ca = "" if tls == "none" else "ca_file: %s," % self.authority.ca
        return super().relevod(CONFIG % {"port": port, "tls": tls, "ca": ca, "more": more},
                               {"password": USERS["support"]}, name, **others)

    def count(self, wanted):
        self.wait_sql("SELECT count(*) FROM message", wanted)


class Dovecot(Case):
    def test_a_mail_becomes_a_ticket_over_each_kind_of_connection(self):
        server = self.dovecot()
        for i, (tls, port) in enumerate((("tls", server.tls_port), ("starttls", server.port), ("none", server.port))):
            relevod = self.relevod(port, tls, name="n%d" % i).start()
            server.deliver("support", mail(i))
            self.count(i + 1)
            self.assertEqual(relevod.stop(), 0)
        self.assertEqual(self.sql("SELECT string_agg(last_address, ' ') FROM ticket"), " ".join(["ana@example.net"] * 3))
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE text LIKE 'Hola%'"), "3")

    def test_what_lay_there_before_is_left_alone_and_what_comes_then_is_heard_at_once(self):
        server = self.dovecot()
        for i in range(5):
            server.put("support", mail("old%d" % i))
        relevod = self.relevod(server.tls_port, more="since: now").start()
        self.wait_sql("SELECT count(*) FROM channel_cursor", 1)
        server.deliver("support", mail("new"))
        self.count(1)
        relevod.kill()
        server.deliver("support", mail("later"))
        relevod.start()
        self.count(2)
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE subject LIKE 'Pedido old%'"), "0")
        self.assertRegex(self.sql("SELECT cursor FROM channel_cursor"), r"^\d+:7:\d+$")

    def test_mails_come_in_their_order_each_once_though_everything_is_killed_on_the_way(self):  # F04
        server = self.dovecot()
        for i in range(120):
            server.put("support", mail(i))
        relevod = self.relevod(server.tls_port).start()
        killed = set()
        for wanted in (1, 40, 80):
            servers.wait_for("mails", lambda: int(self.sql("SELECT count(*) FROM message")) >= wanted)
            if wanted == 40:
                relevod.kill()
                relevod.start()
                continue
            for pid in relevod.workers("imap"):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        self.count(120)
        self.assertGreaterEqual(len(killed), 1)
        self.assertEqual(self.sql("SELECT count(*) FROM (SELECT subject, lag(message_id) OVER (ORDER BY "
                                  "substring(subject, '[0-9]+')::int) AS before, message_id FROM message) AS m "
                                  "WHERE before > message_id"), "0")
        self.assertEqual(self.sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor"), "120")

    def test_flags_change_only_when_the_mail_is_stored_and_never_decide_what_is_read(self):  # T-17
        server = self.dovecot()
        server.put("support", mail("seen"), flags="\\Seen")
        server.put("support", mail("fresh"))
        self.relevod(server.tls_port, more="since: all, after: seen").start()
        self.count(2)
        servers.wait_for("seen", lambda: all("\\Seen" in flags for _, flags, _ in server.mails("support")))

    def test_without_being_told_to_it_changes_nothing_in_a_mailbox(self):
        server = self.dovecot()
        server.put("support", mail(1))
        self.relevod(server.tls_port).start()
        self.count(1)
        self.assertEqual([flags.replace("\\Recent", "") for _, flags, _ in server.mails("support")],
                         ["1 (UID 1 FLAGS () BODY[] {%d} )" % len(server.mails("support")[0][2])])

    def test_a_stored_mail_is_moved_where_one_wants_it(self):
        server = self.dovecot()
        server.put("support", mail(1))
        server.put("support", mail(0), "Archiv&AOk-")  # so that it exists
        self.relevod(server.tls_port, more="since: all, after: move, move_to: Archivé").start()
        self.count(1)
        servers.wait_for("moved", lambda: len(server.mails("support", "Archiv&AOk-")) == 2)
        self.assertEqual(server.mails("support"), [])

    def test_several_mailboxes_are_read_each_with_its_own_place(self):
        server = self.dovecot()
        server.put("support", mail("a"))
        server.put("support", mail("b"), "Web")
        relevod = self.relevod(server.tls_port, more="since: all, mailboxes: [INBOX, Missing, Web]").start()
        self.count(2)
        server.put("support", mail("c"), "Web")
        server.put("support", mail("d"))
        self.count(4)
        self.assertEqual(self.sql("SELECT part, split_part(cursor, ':', 2) FROM channel_cursor ORDER BY 1"),
                         "INBOX|2\nWeb|2")
        relevod.wait_line("Missing")

    def test_uids_that_begin_anew_lose_and_double_nothing(self):  # F26
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail(i), "Web")
        relevod = self.relevod(server.tls_port, more="since: all, mailboxes: [INBOX, Web]").start()
        self.count(3)
        session = server.imap("support")
        session.delete("Web")
        session.logout()
        for i in range(1, 5):
            server.put("support", mail(i), "Web")
        self.count(5)
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor WHERE part = 'Web'", 4)
        self.assertEqual(relevod.metric("duplicates_total"), 2)

    def test_a_server_that_was_away_is_found_again_and_status_says_since_when(self):  # T-01, T-15
        server = self.dovecot()
        began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        relevod = self.relevod(server.tls_port).start()
        server.deliver("support", mail(1))
        self.count(1)
        well = self.told(relevod, lambda told: told["last_ok_at"] is not None)
        self.assertGreaterEqual(well["last_ok_at"], began)
        self.assertEqual((well["holder"].split("/")[0], well["failing_since"], well["last_error"]), ("one", None, None))
        server.stop(signal.SIGKILL)
        relevod.wait_line("channel_trouble")
        away = self.told(relevod, lambda told: told["failing_since"] is not None)
        self.assertIn("localhost", away["last_error"])
        self.assertGreaterEqual(away["last_error_at"], away["failing_since"])
        self.assertGreaterEqual(away["failing_since"], away["last_ok_at"])
        self.assertTrue(any("channel mail fails: " in line for line in relevod.ctl("status", "--json")["trouble"]))
        server.start()
        server.deliver("support", mail(2))
        self.count(2)
        again = self.told(relevod, lambda told: told["failing_since"] is None)
        self.assertGreaterEqual(again["last_ok_at"], away["failing_since"])
        self.assertIsNone(again["behind"])
        self.assertFalse(any("channel mail" in line for line in relevod.ctl("status", "--json")["trouble"]))

    def told(self, relevod, wanted):
        """What `status` says of the one channel, as soon as it is as wanted."""
        said = []

        def is_so():
            said[:] = relevod.ctl("status", "--json")["channels"]
            return wanted(said[0])
        servers.wait_for("the channel's state", is_so, every_s=0.25)
        return said[0]

    def test_while_the_database_is_away_mails_wait_where_they_are(self):  # F06, F16
        server = self.dovecot()
        self.relevod(server.tls_port).start()
        server.deliver("support", mail(0))
        self.count(1)
        self.cluster.stop("immediate")
        for i in range(1, 11):
            server.deliver("support", mail(i))
        self.cluster.start()
        self.count(11)

    def test_a_wrong_password_and_a_wrong_name_are_told_and_stop_nothing_else(self):  # F31, S-51, S-52
        server = self.dovecot()
        relevod = super(Case, self).relevod(
            CONFIG % {"port": server.tls_port, "tls": "tls", "ca": "ca_file: %s," % self.authority.ca, "more": ""},
            {"password": "not-this-one"}).start()
        line = relevod.wait_line("channel_trouble")
        self.assertIn("LOGIN", line)
        self.assertEqual([line for line in relevod.lines if "not-this-one" in line], [])
        relevod.kill()
        other = super(Case, self).relevod(
            CONFIG % {"port": server.tls_port, "tls": "tls", "ca": "", "more": ""}, {"password": "x"}, "two").start()
        self.assertIn("certificate", other.wait_line("channel_trouble"))

    def test_of_a_mail_that_is_too_large_the_header_is_a_message(self):
        server = self.dovecot()
        server.put("support", mail("large", text="x" * 200000))
        server.put("support", mail("small"))
        self.relevod(server.tls_port, more="since: all, size_max: 64KiB").start()
        self.count(2)
        self.assertEqual(self.sql("SELECT subject, text LIKE '%not fetched%', length(text) < 200 FROM message "
                                  "ORDER BY message_id LIMIT 1"), "Pedido large|t|t")

    def test_what_is_no_mail_goes_aside_with_its_bytes_and_those_behind_it_come(self):
        server = self.dovecot()
        server.put("support", mail(1))
        server.put("support", b"\r\n\x80\x81 nothing that one could read")
        server.put("support", mail(2))
        self.relevod(server.tls_port).start()
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", 3)
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM message WHERE subject LIKE 'Pedido%'), "
                                  "(SELECT count(*) FROM message) + (SELECT count(*) FROM quarantine)"), "2|3")

    def test_two_nodes_read_a_mailbox_once(self):  # F10
        server = self.dovecot()
        one, two = self.relevod(server.tls_port, name="one").start(), self.relevod(server.tls_port, name="two").start()
        for i in range(10):
            server.deliver("support", mail(i))
        self.count(10)
        holder, other = (one, two) if one.workers("imap") else (two, one)
        self.assertEqual(len(other.workers("imap")), 0)
        holder.kill()
        server.deliver("support", mail("after"))
        self.count(11)


class Strange(Case):
    def strange(self, mails=3, **more):
        server = strange_imap.StrangeImap(**more)
        self.addCleanup(server.stop)
        server.mails = {uid: mail(uid) for uid in range(1, mails + 1)}
        return server

    def relevod(self, server, more="since: all", **others):
        return super().relevod(server.port, "none", more, **others)

    def test_a_server_without_idle_is_asked_now_and_then(self):
        server = self.strange()
        self.relevod(server).start()
        self.count(3)
        server.mails[9] = mail(9)
        self.count(4)
        self.assertNotIn("IDLE", server.commands)

    def test_idling_that_is_promised_and_refused_is_polling(self):
        server = self.strange(capability="IDLE")

        def twist(connection, command, rest):
            if command == "IDLE":
                connection.say("%s BAD what" % connection.tag)
            return command == "IDLE"
        server.twist = twist
        self.relevod(server).start()
        self.count(3)
        server.mails[9] = mail(9)
        self.count(4)
        self.assertEqual(server.commands.count("IDLE"), 1)

    def test_mails_that_break_off_come_whole_and_once(self):  # F24
        server = self.strange()
        cuts = [1, 30, 60, 120]

        def twist(connection, command, rest):
            if command == "FETCH" and rest.startswith("2 ") and "BODY" in rest and cuts:
                connection.say(connection.fetched(2, rest, server.mails[2])[:cuts.pop(0)])
                connection.drop()
            return False
        server.twist = twist
        self.relevod(server).start()
        self.count(3)
        self.assertEqual(cuts, [])
        self.assertEqual(self.sql("SELECT string_agg(subject || '|' || text, ' ' ORDER BY message_id) FROM message")
                         .replace("\n", ""), " ".join("Pedido %d|Hola" % i for i in (1, 2, 3)))

    def test_a_mail_that_the_server_will_not_give_goes_aside_and_those_behind_it_come(self):
        server = self.strange()

        def twist(connection, command, rest):
            if command == "FETCH" and rest.startswith("2 ") and "BODY" in rest:
                connection.say("%s NO [SERVERBUG] that one is lost" % connection.tag)
                return True
            return False
        server.twist = twist
        self.relevod(server).start()
        self.count(2)
        self.assertIn("that one is lost", self.sql("SELECT reason FROM quarantine"))
        self.assertEqual(self.sql("SELECT cursor FROM channel_cursor"), "77:3")

    def test_small_mails_are_asked_for_some_at_a_time_and_those_beside_a_bad_one_alone(self):
        server = self.strange()
        server.mails = {i: mail(i) for i in range(1, 61)}
        asked = []

        def twist(connection, command, rest):
            if command == "FETCH" and "BODY" in rest:
                asked.append((connection.tag, int(rest.split(" ")[0])))
                if rest.startswith("20 "):
                    connection.say("%s NO [SERVERBUG] that one is lost" % connection.tag)
                    return True
            return False
        server.twist = twist
        self.relevod(server).start()
        self.count(59)
        self.wait_sql("SELECT cursor FROM channel_cursor", "77:60")
        with_others = {uid for tag, uid in asked if sum(other == tag for other, _ in asked) > 1}
        self.assertGreaterEqual(len(with_others), 40)
        self.assertEqual([uid for uid in range(1, 61) if uid != 20 and sum(other == uid for _, other in asked) > 1], [])

    def test_a_server_that_hangs_up_when_asked_for_some_at_once_is_soon_asked_for_each(self):
        server = self.strange(100)

        def twist(connection, command, rest):
            if command == "FETCH" and "BODY" in rest and connection.several:
                connection.drop()
            return False
        server.twist = twist
        self.relevod(server).start()
        self.count(100)
        self.assertLessEqual(server.connections, 4)

    def test_a_mail_larger_than_the_server_said_is_cut_to_its_header(self):
        server = self.strange()
        server.mails[2] = mail(2, text="x" * 300000)
        server.sizes[2] = 100
        self.relevod(server, "since: all, size_max: 64KiB").start()
        self.count(3)
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE text LIKE '%not fetched%'"), "1")

    def test_a_literal_of_four_gigabytes_and_a_line_without_end_take_no_memory(self):  # F33
        server = self.strange()
        sent = []

        def twist(connection, command, rest):
            if command == "FETCH" and rest.startswith("2 ") and "BODY" in rest and len(sent) < 2:
                sent.append(connection.number)
                connection.say(b"* 2 FETCH (UID 2 BODY[] {4294967295}\r\n" if len(sent) == 1 else b"* 2 FETCH (")
                while True:
                    connection.say(b"x" * 65536)
            return False
        server.twist = twist
        relevod = self.relevod(server, "since: all, size_max: 64KiB").start()
        self.count(3)
        self.assertEqual(len(sent), 2)
        with open("/proc/%d/status" % relevod.workers("imap")[0]) as f:
            peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
        self.assertLess(peak, 300 * 1024)  # kB; a sanitizer alone takes some hundred MB of it

    def test_bytes_that_no_mail_may_have_are_a_message_like_any_other(self):
        server = self.strange()
        server.mails[2] = mail(2, text="before\0after \xe9").replace(b"\xc3\xa9", b"\xe9")
        self.relevod(server).start()
        self.count(3)
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE text LIKE 'before%after%'"), "1")

    def test_a_mailbox_with_new_uids_after_a_lost_connection_is_read_again_and_nothing_doubles(self):  # F26
        server = self.strange()
        relevod = self.relevod(server).start()
        self.count(3)
        server.uidvalidity = 78
        server.mails = {uid + 10: raw for uid, raw in server.mails.items()}
        server.mails[20] = mail("new")
        self.count(4)
        self.assertEqual(self.sql("SELECT cursor FROM channel_cursor"), "78:20")
        self.assertEqual(relevod.metric("duplicates_total"), 3)

    def test_what_kills_the_worker_kills_nothing_else(self):  # F33
        server = self.strange()
        evil = ["* OK [PERMANENTFLAGS", "* OK [PERM\xff", "* FLAGS (" + "(" * 20000, "* 1 FETCH (BODYSTRUCTURE " + "(" * 50000]

        def twist(connection, command, rest):
            if command in ("SELECT", "EXAMINE") and evil:
                connection.say(evil.pop().encode("latin-1") + b"\r\n")
                connection.done()
                return True
            return False
        server.twist = twist
        relevod = self.relevod(server).start()
        pid = relevod.process.pid
        self.count(3)
        self.assertEqual(evil, [])
        self.assertEqual((relevod.process.pid, relevod.process.poll()), (pid, None))

    def test_a_silent_server_keeps_no_other_mailbox_waiting(self):  # F25
        silent, server = self.strange(), self.strange()
        silence = threading.Event()
        self.addCleanup(silence.set)
        silent.twist = lambda connection, command, rest: silence.wait() and False
        relevod = super().relevod(server.port, "none", "since: all}\n  silent:\n    {kind: imap, host: localhost, "
                                  "port: %d, tls: none, user: support, password: {file: \"@password@\"}" % silent.port)
        relevod.start()
        self.count(3)
        servers.wait_for("the silent one", lambda: silent.connections > 0)
        self.assertEqual(relevod.stop(), 0)  # at once, though one worker hangs

    def test_a_mail_that_is_gone_when_it_is_asked_for_holds_up_nothing(self):
        server = self.strange()

        def twist(connection, command, rest):
            if command == "FETCH" and rest.startswith("2 ") and "BODY" in rest:
                server.mails.pop(2, None)
            return False
        server.twist = twist
        self.relevod(server).start()
        self.count(2)
        self.assertEqual(self.sql("SELECT cursor FROM channel_cursor"), "77:3")
        self.assertEqual(self.sql("SELECT count(*) FROM quarantine"), "0")


if __name__ == "__main__":
    suite.main()
