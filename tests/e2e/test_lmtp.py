"""Mail by LMTP and by `relevoctl deliver`: a real Postfix hands over, by a socket and by a pipe; and clients that are slow, many or hostile."""
import base64
import email.message
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import bombs  # noqa: E402
import exim  # noqa: E402
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

OK, DATA_WRONG, NO_USER, KEEP = 0, 65, 67, 75  # sysexits.h
POINTS = ("mail_told", "mail_parsed", "intake_taken", "decided", "stored", "committed", "acked")
CONFIG = """
channels:
  inbox: {kind: lmtp, path: "%(path)s", mode: "0666", recipients: ["support@desk.example"], smtp: out,
          authserv_id: mail.desk.example, %(more)s}
  out: {kind: smtp, host: localhost, port: %(smtp)d, tls: none, from: "Tienda Sol <support@desk.example>"}
"""
POLICY = """
desk: {title: Tienda Sol, language: es}
teams: {first: {title: Primera atención}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
# Postfix tries again at once, not after minutes.
SOON = """
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_maps = inline:{ { desk.example = %s } }
"""
PIPE = """
relevo unix - n n - - pipe
  flags=q user=nobody null_sender= argv=%s --config %s deliver --channel inbox --from=${sender} -- ${recipient}
"""


def mail(number, text="Hola", **headers):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = "ana@client.example", "support@desk.example", "Pedido %s" % number
    made["Message-ID"] = "<%s@client.example>" % number
    for name, value in headers.items():
        made[name] = value
    made.set_content(text)
    return made


class Client:
    """Speaks LMTP as it is told to."""

    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def hear(self):
        """The code of the next answer; 0: the other side is gone."""
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return int(line[:3]) if line else 0

    def say(self, text):
        self.socket.sendall(text)

    def ask(self, text):
        self.say(text)
        return self.hear()

    def send(self, raw, sender="ana@client.example", recipient="support@desk.example"):
        """The answer to one mail, from the greeting on."""
        self.hear()
        for command, hoped in (("LHLO mx", 250), ("MAIL FROM:<%s>" % sender, 250), ("RCPT TO:<%s>" % recipient, 250),
                               ("DATA", 354)):
            code = self.ask(command.encode() + b"\r\n")
            if code != hoped:
                return code
        return self.ask(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")

    def close(self):
        self.file.close()
        self.socket.close()


class Case(suite.Case):
    def begin(self, more="", smtp=9, start=True, **others):
        self.path = os.path.join(self.folder, "lmtp")
        self.one = self.relevod(CONFIG % {"path": self.path, "more": more, "smtp": smtp}, {}, **others)
        if start:
            self.start()
        return self.one

    def start(self):
        self.one.start()
        servers.wait_for("the socket", lambda: os.path.exists(self.path))

    def client(self, **more):
        client = Client(self.path, **more)
        self.addCleanup(client.close)
        return client

    def count(self, wanted):
        self.wait_sql("SELECT count(*) FROM message", wanted)


class Postfix(Case):
    """One that delivers what is for desk.example to relevo, and the rest to its own mailboxes."""

    def house(self, transport, services=""):
        house = mailhouse.MailHouse(os.path.join(self.folder, "house"), {"ana": "secret"})
        house.postfix.more, house.postfix.services = SOON % transport, services
        self.addCleanup(house.stop)
        return house.start()

    def wait_deferred(self, house):
        servers.wait_for("a mail that waits", lambda: "status=deferred" in house.postfix.log(400), 120)

    def wait_killed(self, house, point):
        """On its way through `point`, which it may be on only when Postfix tries again."""
        def ended():
            house.postfix.flush()
            return self.one.process.poll() is not None
        try:
            servers.wait_for(point, ended, 180)
        except RuntimeError:
            self.fail("%s is not passed:\n%s" % (point, house.postfix.log(60)))
        self.assertEqual(self.one.wait_end(), -signal.SIGKILL, point)

    def wait_over(self, house, mails):
        """Each mail is one message, and Postfix has none any more."""
        def tried():
            house.postfix.flush()
            return house.postfix.is_idle()
        servers.wait_for("Postfix", tried, 180)
        self.count(mails)
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM message WHERE direction = 'in'), (SELECT count(*) FROM ticket), "
                                  "(SELECT count(*) FROM quarantine)"), "%d|%d|0" % (mails, mails))
        self.assertNotIn("status=bounced", house.postfix.log(400))

    def by_lmtp(self, **more):
        house = self.house("lmtp:unix:" + os.path.join(self.folder, "lmtp"))
        self.begin(smtp=house.postfix.port, **more)
        return house

    def pipe(self):
        """Where Postfix's user may run it: the way to what was built may be closed to him."""
        program = shutil.copy(self.one._binary("ctl", "relevoctl"), self.folder)
        return PIPE % (program, self.one.path)

    def by_pipe(self, **more):
        self.begin(start=False, **more)
        house = self.house("relevo:", self.pipe())
        self.start()
        return house

    def talk(self, house):
        """A customer writes, is answered, and writes to the address that the answer gives."""
        self.apply_policy(POLICY)
        first = house.send("ana@client.example", "support@desk.example", "La caja", "Está rota\n.\nde verdad")
        answer = house.wait_mail("ana", lambda m: m["Auto-Submitted"], 180)
        self.assertIn("+", str(answer["Reply-To"]))
        house.send("otra@client.example", str(answer["Reply-To"]), "Otra cosa", "Y otra")  # not hers: another ticket
        house.send("ana@client.example", str(answer["Reply-To"]), "Sin referencias", "Y la tapa")
        self.wait_sql("SELECT count(*) FROM message WHERE direction = 'in'", 3)
        self.assertEqual(self.sql("SELECT string_agg(ticket_id::text, ' ' ORDER BY subject) ~ '^([0-9]+) [0-9]+ \\1$' FROM message "
                                  "WHERE direction = 'in'"), "t")
        self.assertEqual(self.sql("SELECT text FROM message WHERE subject = 'La caja'").replace("\r", ""),
                         "Está rota\n.\nde verdad")
        message = self.sql("SELECT message_id FROM message WHERE subject = 'La caja'")
        raw = subprocess.run([self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "message", "raw", message],
                             stdout=subprocess.PIPE, check=True).stdout
        self.assertTrue(raw.startswith(b"Return-Path: <ana@client.example>\r\nDelivered-To: support@desk.example\r\n"), raw)
        self.assertIn(first.encode(), raw)
        self.assertIn(b"\r\n.\r\n", raw)

    def test_what_postfix_hands_over_by_lmtp_is_a_ticket_and_its_answer_finds_it(self):
        self.talk(self.by_lmtp())

    def test_what_postfix_hands_over_by_a_pipe_is_a_ticket_and_its_answer_finds_it(self):
        self.begin(start=False)
        house = self.house("relevo:", self.pipe())
        self.one.configure(CONFIG % {"path": self.path, "more": "", "smtp": house.postfix.port})
        self.start()
        self.talk(house)

    def test_while_the_database_is_down_postfix_keeps_mails_and_each_comes_once(self):  # F07, T-25
        house = self.by_lmtp(more="answer_time: 2s")
        self.cluster.stop("immediate")
        try:
            for i in range(3):
                house.send("c%d@client.example" % i, "support@desk.example", "Pedido %d" % i, "No llega")
            self.wait_deferred(house)
        finally:
            self.cluster.start()
        self.wait_over(house, 3)

    def test_while_relevod_is_down_the_pipe_leaves_mails_with_postfix_and_each_comes_once(self):  # T-25
        house = self.by_pipe()
        self.assertEqual(self.one.stop(), 0)
        house.send("ana@client.example", "support@desk.example", "Pedido", "No llega")
        self.wait_deferred(house)
        self.start()
        self.wait_over(house, 1)

    def test_killed_at_each_point_of_the_way_it_loses_and_doubles_nothing(self):  # F01
        house = self.by_lmtp()
        self.assertEqual(self.one.stop(), 0)
        for i, point in enumerate(POINTS):
            self.one.env["RELEVO_FAIL"] = point
            self.one.start(wait=False)
            house.send("c%d@client.example" % i, "support@desk.example", "Pedido %d" % i, "No llega")
            self.wait_killed(house, point)
        del self.one.env["RELEVO_FAIL"]
        self.one.start()
        self.wait_over(house, len(POINTS))

    def test_a_bounce_is_known_by_its_empty_sender(self):  # S-14
        house = self.by_lmtp()
        subprocess.run(["/usr/sbin/sendmail", "-C", house.postfix.folder, "-f", "<>", "support@desk.example"], check=True,
                       input=b"From: mailer@client.example\nSubject: Nope\nTo: support@desk.example\n\nIt did not arrive.\n")
        self.count(1)
        self.assertEqual(self.sql("SELECT 'automatic' = ANY (flags) FROM message"), "t")


class Exim(Case):
    """As docs/install.md has it, word for word: what is for support@ goes by LMTP, what is for ventas@ by the pipe."""
    WAYS, NOBODY = ("support", "ventas"), ("nadie", "nunca")
    CONFIG = "channels:\n  inbox: {kind: lmtp, path: %s, mode: '0666', answer_time: 1s, recipients: [%s]}\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exim = exim.Exim(os.path.join(cls.place.name, "exim"), os.path.join(os.environ["RELEVO_BUILD"], "ctl", "relevoctl"))
        cls.recipients = ", ".join("%s@example.org" % way for way in cls.WAYS)
        given, routers, transports = exim.documented(), "", ""
        for way, nobody, transport in zip(cls.WAYS, cls.NOBODY, ("relevo", "relevo_pipe")):
            routers += "%s:\n%s" % (way, given["support"].replace("= support", "= %s : %s" % (way, nobody)).replace(
                "= relevo", "= " + transport))
            transports += "%s:\n%s" % (transport, given[transport])
        cls.exim.make("auto_thaw =" + given["auto_thaw"], routers, transports)
        cls.exim.guest.write("/etc/relevo/relevo.yaml", "database: x\n" + cls.CONFIG % ("/run/relevo/lmtp", cls.recipients))

    def setUp(self):
        super().setUp()
        self.exim.forget()
        self.path = self.exim.guest.path("/run/relevo/lmtp")
        self.one = self.relevod(self.CONFIG % (self.path, self.recipients), {})

    def send(self, number, people=WAYS):
        for who in people:
            made = mail("%s %d" % (who, number), "Hola\n..\n.a\n")
            self.exim.send("ana@client.example", "%s+x@example.org" % who, made.as_string().replace("\r\n", "\n"))

    def waits(self, mails):
        self.assertEqual(self.exim.waiting(), mails, self.exim.log())
        self.assertNotIn("** ", self.exim.log())  # none was given back

    def test_what_exim_hands_over_is_kept_while_the_database_or_relevod_is_away_and_comes_once(self):  # F07, T-25
        self.send(0)  # nobody listens
        self.waits(2)
        self.start()
        self.cluster.stop("immediate")
        try:
            self.send(1)
            self.exim.try_again()
            self.waits(4)
        finally:
            self.cluster.start()
        servers.wait_for("the queue to be empty", lambda: self.exim.try_again() or self.exim.waiting() == 0, 180)
        self.send(2)
        self.waits(0)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT subject), count(DISTINCT text) FROM message"), "6|6|1")
        for way in self.WAYS:  # with what stands behind the +: a reply token
            self.assertEqual(self.sql("SELECT count(*) FROM message m JOIN raw r ON r.sha256 = m.raw_sha256 WHERE starts_with(convert_from("
                                      "r.bytes, 'UTF8'), E'Return-Path: <ana@client.example>\\r\\nDelivered-To: %s+x@example.org\\r\\n')"
                                      % way), "3")

    def test_a_mail_waits_with_exim_while_relevoctl_cannot_be_started_or_is_killed(self):  # T-25
        self.start()
        program = self.exim.guest.path(exim.RELEVOCTL)
        os.rename(program, program + ".away")
        self.send(0)
        self.waits(1)
        os.rename(program + ".away", program)
        self.one.tell(signal.SIGSTOP)
        sender = threading.Thread(target=self.send, args=(1, ["ventas"]))
        sender.start()
        servers.wait_for("relevoctl to wait for its answer", lambda: self.exim.guest.running(exim.RELEVOCTL))
        for pid in self.exim.guest.running(exim.RELEVOCTL):
            os.kill(pid, signal.SIGKILL)
        sender.join()
        self.one.tell(signal.SIGCONT)
        self.waits(2)
        self.exim.try_again()
        self.waits(0)
        self.count(3)

    def test_what_no_channel_takes_is_given_back(self):
        self.start()
        self.send(0, self.NOBODY)
        for who in self.NOBODY:
            self.assertRegex(self.exim.log(), r"\*\* %s(\+x)?@example\.org " % who)


class Clients(Case):
    def test_one_mail_twice_is_one_message(self):  # T-29
        self.begin()
        for _ in range(2):
            self.assertEqual(self.client().send(bytes(mail(1))), 250)
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "1")
        self.assertEqual(self.one.metric("duplicates_total"), 1)

    def test_a_commit_that_fails_is_tried_again_and_before_it_nobody_is_answered(self):  # T-09
        self.begin()
        self.fail_commits(2)
        self.assertEqual(self.client().send(bytes(mail(1))), 250)
        self.assertEqual(self.stored(), "1|1")  # when it is answered, not soon after
        self.assertEqual(self.failed_commits(), 3)  # the third came through
        self.mend_commits()
        self.fail_commits()
        self.assertEqual(self.client().send(bytes(mail(2))), 451)
        self.assertGreaterEqual(self.failed_commits(), 3)
        self.assertEqual(self.stored(), "1|1")
        self.mend_commits()
        self.assertEqual(self.client().send(bytes(mail(2))), 250)
        self.assertEqual(self.stored(), "2|2")

    def stored(self):
        return self.sql("SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM ticket)")

    def test_what_is_no_mail_or_made_to_break_its_reader_is_taken_and_those_behind_it_come(self):  # T-08
        self.begin()
        self.assertEqual(self.client().send(b"\x80\x81\r\n"), 250)
        hostile = list(bombs.html_bombs())
        for number, (name, raw) in enumerate(hostile):
            self.assertEqual(self.client().send(raw.replace(b"bomb@", b"bomb%d@" % number) + b"\r\n"), 250, name)
            self.assertEqual(self.client().send(bytes(mail(number))), 250, name)
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE subject LIKE 'Pedido %'"), str(len(hostile)))
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM quarantine)"),
                         str(2 * len(hostile) + 1))

    def test_whatever_bytes_a_mail_has_are_text_that_the_database_takes(self):  # S-32
        self.begin()
        bytes_of = {"nul": b"a\0b", "overlong": b"a\xc0\x80\xc0\xaf\xe0\x80\xafb", "surrogates": b"a\xed\xa0\x80\xed\xb0\x80b", "above": b"a\xf4\x90\x80\x80\xf8\x88\x80\x80\x80b",
                    "half": b"\xe2\x82", "not": b"a\xef\xbf\xbe\xef\xbf\xbfb", "mark": b"\xef\xbb\xbfa", "utf-7": b"+ADw-script+AD4-", "escape": b"a\x1b$B\x1b[2Jb",
                    "all": bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"")}
        charsets = ("utf-8", "utf-7", "utf-16", "utf-16le", "utf-32", "cesu-8", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "gb18030", "big5-hkscs",
                    "shift_jis", "ibm037", "x-none", "us-ascii\0", "\xff")
        sent = 0
        for name, value in bytes_of.items():
            for charset in charsets:
                sent += 1
                label, coded = charset.encode("latin-1"), base64.b64encode(value)
                client = Client(self.path)
                self.assertEqual(client.send(
                    b"From: %s =?%s?b?%s?= <ana%s@client.example>\r\nTo: support@desk.example\r\nSubject: %d %s =?%s?b?%s?=\r\nMessage-ID: <%d%s@x>\r\n"
                    b"References: <%s@x>\r\nContent-Type: text/plain; charset=\"%s\"; name*=%s''%%00%%ff%s\r\n\r\n%s\r\n" % (
                        value, label, coded, value, sent, value, label, coded, sent, value, value, label, label, value, value)), 250, (name, charset))
                client.close()
        self.assertEqual(self.sql("SELECT count(*) FROM quarantine"), "0")
        self.assertEqual(self.sql("SELECT count(*) FROM message"), str(sent))
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE subject IS NOT NFC NORMALIZED OR text IS NOT NFC NORMALIZED"), "0")
        self.assertEqual(self.sql("SELECT rtrim(text, E'\\n') FROM message WHERE mail_id LIKE '1a%b@x'"), "a\u2400b")
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE text LIKE '%<script>%'"), "1")  # UTF-7 where it is declared and nowhere else

    def test_copies_are_one_message_and_another_text_under_the_same_id_is_another(self):  # T-30, T-31
        self.begin()
        vouched = b"Authentication-Results: mail.desk.example; dmarc=pass header.from=client.example\r\n"
        direct = mail(1)
        by_list = mail(1, Received="from list.example; Thu, 15 Jan 2026 10:00:00 +0000", **{"List-Id": "<all.desk.example>"})
        for copy in (direct, by_list):
            self.assertEqual(self.client().send(vouched + bytes(copy)), 250)
        self.assertEqual(self.stored(), "1|1")
        footer = mail(1, "Hola\n\n_______________\nall mailing list\nhttps://list.example/all", **{"List-Id": "<all.desk.example>"})
        self.assertEqual(self.client().send(vouched + bytes(footer)), 250)
        self.assertEqual(self.stored(), "2|1")  # other words, so nothing is lost; the same ticket
        self.assertEqual(self.client().send(bytes(mail(1, "Otro pedido, del mismo programa"))), 250)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT text) FROM message"), "3|3")

    def test_what_a_desk_writes_to_itself_is_one_message_and_nobody_is_told_of_it(self):  # T-31
        self.begin()
        own = mail("own")
        own.replace_header("From", "Tienda Sol <Support@Desk.Example>")
        for raw in (bytes(own), bytes(own), bytes(mail("other"))):
            self.assertEqual(self.client().send(raw, sender="support@desk.example"), 250)
        self.assertEqual(self.stored(), "2|2")
        self.assertEqual(self.sql("SELECT string_agg(address, ' ') FROM delivery WHERE state <> 'suppressed'"), "ana@client.example")
        self.assertEqual(self.sql("SELECT count(*) FROM target_clock WHERE ended_at IS NULL AND kind = 'first_response'"), "2")

    def test_only_our_own_servers_word_lets_a_sender_into_a_ticket(self):  # T-99, T-55
        self.begin()

        def came(number, words, *results, sender="ana@client.example"):
            """What relevoctl says of the ticket that it came to."""
            head = b"".join(b"Authentication-Results: %s\r\n" % line.encode() for line in results)
            answer = mail(number, words, **({"In-Reply-To": "<1@client.example>"} if number != 1 else {}))
            answer.replace_header("From", sender)
            answer.replace_header("Subject", "Pedido 1")
            self.assertEqual(self.client().send(head + bytes(answer)), 250)
            ticket = self.sql("SELECT ticket_id FROM message WHERE mail_id = '%s@client.example'" % number)
            return self.one.ctl("ticket", "show", ticket, "--json")
        ours, forged = "mail.desk.example; dmarc=pass header.from=client.example", "mx.evil.example; dmarc=pass header.from=client.example"
        failed = "mail.desk.example; dmarc=fail header.from=client.example"
        first = came(1, "Hola", ours)
        self.assertEqual(came(2, "Sigo", ours)["ticket_id"], first["ticket_id"])
        for number, results in enumerate(((forged,), (failed, ours), (failed, forged), ()), 3):
            told = came(number, "Soy yo", *results)
            self.assertEqual((told["ticket_id"] == first["ticket_id"], told["related_to"]), (False, first["ticket_id"]), results)
        nobody = came(9, "Sin nombre", ours, sender="nobody at all")
        self.assertNotEqual(nobody["ticket_id"], first["ticket_id"])
        self.assertEqual(self.sql("SELECT address_kind, left(address, 5) FROM message WHERE mail_id = '9@client.example'"), "nobody|mail-")

    def test_a_second_mail_cannot_hide_in_a_first(self):  # S-21
        self.begin()
        evil = b"MAIL FROM:<boss@desk.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n" + bytes(mail(2)) + b"\r\n"
        for number, end in enumerate((b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\0\r\n\0.\r\n")):
            client = self.client()
            client.hear()
            client.say(b"LHLO mx\r\nMAIL FROM:<ana@client.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n")
            self.assertEqual([client.hear() for _ in range(4)], [250, 250, 250, 354])
            self.assertEqual(client.ask(bytes(mail("a%d" % number)) + end + evil.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"), 250)
            self.assertEqual(client.ask(b"QUIT\r\n"), 221)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT subject) FROM message WHERE subject LIKE 'Pedido a%'"), "7|7")
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "7")

    def test_slow_clients_are_cut_off_and_keep_nobody_waiting(self):  # F40
        self.begin(more="command_time: 2s, data_time: 3s, connections: 20")
        silent = [self.client() for _ in range(8)]
        dripping = self.client()
        dripping.hear()
        dripping.say(b"LHLO mx\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n")
        self.assertEqual([dripping.hear() for _ in range(4)], [250, 250, 250, 354])
        over = threading.Event()

        def drip():
            while not over.wait(0.1):
                try:
                    dripping.say(b"x")
                except OSError:
                    return
        dripper = threading.Thread(target=drip, daemon=True)
        dripper.start()
        self.assertEqual(self.client().send(bytes(mail(1))), 250)
        self.assertEqual(dripping.hear(), 421)
        over.set()
        dripper.join()
        for client in silent:
            self.assertEqual((client.hear(), client.hear(), client.hear()), (220, 421, 0))
        self.count(1)

    def test_one_who_asks_and_never_listens_takes_no_memory_and_no_time(self):  # F33
        self.begin(more="command_time: 3s")
        deaf = self.client(timeout=10)
        try:
            while True:
                deaf.say(b"NOOP\r\n" * 1000)
        except OSError:  # cut off; or nobody reads any more
            pass
        self.assertEqual(self.client().send(bytes(mail(1))), 250)

    def test_more_than_so_many_are_sent_away(self):
        self.begin(more="connections: 3")
        kept = [self.client() for _ in range(3)]
        self.assertEqual([client.hear() for client in kept], [220] * 3)
        self.assertEqual(self.client().hear(), 421)
        self.assertEqual(kept[0].ask(b"QUIT\r\n"), 221)
        kept[0].hear()
        self.assertEqual(self.client().send(bytes(mail(1))), 250)

    def test_a_mail_that_is_too_large_is_refused_for_ever(self):
        self.begin(more="size_max: 64KiB")
        self.assertEqual(self.client().send(bytes(mail(1, "x" * 40 + "\n" + ("y" * 60 + "\n") * 2000))), 552)
        self.assertEqual(self.client().send(bytes(mail(2))), 250)
        self.count(1)

    def test_a_reload_refuses_nobody_and_an_end_leaves_no_socket(self):  # F49
        self.begin()
        refused, over = [], threading.Event()

        def connect():
            while not over.is_set():
                try:
                    client = Client(self.path)
                    if client.hear() not in (220, 421):
                        refused.append("no greeting")
                    client.close()
                except OSError as error:
                    refused.append(error)
        thread = threading.Thread(target=connect, daemon=True)
        thread.start()
        for _ in range(10):
            ready = len([line for line in self.one.lines if "event=ready" in line])
            self.one.tell(signal.SIGHUP)
            servers.wait_for("a reload", lambda: len([line for line in self.one.lines if "event=ready" in line]) > ready)
        over.set()
        thread.join()
        self.assertEqual(refused, [])
        self.assertEqual(self.client().send(bytes(mail(1))), 250)
        self.assertEqual(self.one.stop(), 0)
        self.assertFalse(os.path.exists(self.path))

    def test_a_socket_that_somebody_takes_away_is_made_anew_and_another_ones_is_left_alone(self):  # F58
        self.path = os.path.join(self.folder, "run", "lmtp")
        os.mkdir(os.path.dirname(self.path))
        self.one = self.relevod(CONFIG % {"path": self.path, "more": "", "smtp": 9}, {})
        self.start()
        early = self.client()
        os.unlink(self.path)
        servers.wait_for("the socket", lambda: os.path.exists(self.path))
        self.assertEqual(self.client().send(bytes(mail(1))), 250)
        self.assertEqual(early.send(bytes(mail(2))), 250)  # who was connected is so still
        shutil.rmtree(os.path.dirname(self.path))
        self.assertIn("No such file", self.one.wait_line("event=channel_trouble channel=inbox"))
        self.assertIn(self.path, self.told()["last_error"])
        os.mkdir(os.path.dirname(self.path))
        servers.wait_for("the end of the trouble", lambda: self.told()["failing_since"] is None)
        self.assertEqual(self.client().send(bytes(mail(3))), 250)
        os.unlink(self.path)
        with socket.socket(socket.AF_UNIX) as another:
            another.bind(self.path)
            another.listen()
            self.one.wait_line("another process listens there")
            self.assertEqual(self.one.stop(), 0)
            self.assertTrue(os.path.exists(self.path))

    def test_in_a_folder_that_turned_read_only_it_listens_on_and_a_new_one_waits_until_it_can(self):  # F58
        folder = os.path.join(self.folder, "run")
        self.path = os.path.join(folder, "lmtp")
        os.mkdir(folder)
        servers.as_root("mount", "-t", "tmpfs", "-o", "mode=0777", "relevo", folder)
        self.addCleanup(servers.as_root, "umount", "-l", folder)
        self.one = self.relevod(CONFIG % {"path": self.path, "more": "", "smtp": 9}, {})
        self.start()
        servers.as_root("mount", "-o", "remount,ro", folder)
        for number in range(2):
            seen = len(self.one.lines)
            self.one.tell(signal.SIGHUP)
            self.one.wait_line("event=ready", since=seen)
            self.assertEqual(self.client().send(bytes(mail(number))), 250)
        self.one.kill()
        self.one.start()
        self.assertIn("lmtp: what a dead process left there stays: Read-only file system",
                      self.one.wait_line("event=channel_trouble channel=inbox"))
        servers.as_root("mount", "-o", "remount,rw", folder)
        servers.wait_for("the end of the trouble", lambda: self.told()["failing_since"] is None)
        self.assertEqual(self.client().send(bytes(mail(3))), 250)

    def told(self):
        return next(ch for ch in self.one.ctl("status", "--json")["channels"] if ch["channel"] == "inbox")

    def test_who_waits_when_it_must_end_is_answered_first(self):  # F48
        self.begin()
        self.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NEW; END'; "
                 "CREATE TRIGGER slow BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION slow()")
        client, answers = self.client(), []
        thread = threading.Thread(target=lambda: answers.append(client.send(bytes(mail(1)))), daemon=True)
        thread.start()
        self.wait_sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", 1)
        self.assertEqual(self.one.stop(), 0)
        thread.join()
        self.assertEqual((answers, client.hear()), ([250], 421))
        self.count(1)


class Deliver(Case):
    def deliver(self, raw, *args, channel="inbox"):
        words = [self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "deliver", "--channel", channel, *args]
        return subprocess.run(words, input=raw, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)

    def ends(self, code, raw, *args, words="", **more):
        done = self.deliver(raw, *args, **more)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr.decode())

    def raw(self):
        message = self.sql("SELECT max(message_id) FROM message")
        return subprocess.run([self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "message", "raw", message],
                              stdout=subprocess.PIPE, check=True).stdout

    def test_a_mail_on_standard_input_is_a_message_and_again_it_is_the_same(self):
        self.begin()
        text = bytes(mail(1, "Hola\n..\n.a")).replace(b"\r\n", b"\n")
        for _ in range(2):
            self.ends(OK, text, "--from", "ana@client.example", "support+x@desk.example")
        self.count(1)
        self.assertEqual(self.raw(), b"Return-Path: <ana@client.example>\r\nDelivered-To: support+x@desk.example\r\n" +
                         text.replace(b"\n", b"\r\n"))

    def test_what_lies_in_quarantine_comes_in_when_it_can_be_read_and_once(self):
        self.begin()
        self.sql("INSERT INTO quarantine (desk_id, channel_id, external_id, reason, raw_type, raw) SELECT desk_id, channel_id, 'x', "
                 "'it ended its reader', 'message/rfc822', decode('%s', 'hex') FROM channel WHERE name = 'inbox'" % bytes(mail(1)).hex())
        for _ in range(2):
            aside = subprocess.run([self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "quarantine", "show", "--raw", "1"],
                                   stdout=subprocess.PIPE, check=True).stdout
            self.ends(OK, aside)
        self.count(1)
        self.assertEqual(self.raw(), bytes(mail(1)))
        self.one.ctl("quarantine", "settle", "1", "--because", "it came in")

    def test_who_sent_it_is_said_by_the_line_before_it_or_by_nobody(self):
        self.begin()
        for number, (before, args, path) in enumerate((
                (b"From ana@client.example Sat Nov 28 10:00:00 2026\n", (), b"Return-Path: <ana@client.example>\r\n"),
                (b"From MAILER-DAEMON Sat Nov 28 10:00:00 2026\n", (), b"Return-Path: <>\r\n"),
                (b"Return-Path: <ana@client.example>\r\n", (), b"Return-Path: <ana@client.example>\r\n"),
                (b"Return-Path: <ana@client.example>\n", ("--from=",), b"Return-Path: <>\r\n"),
                (b"", ("--from", "MAILER-DAEMON"), b"Return-Path: <>\r\n"),
                (b"", (), b""))):
            self.ends(OK, before + bytes(mail(number)), *args)
            self.assertEqual(self.raw(), path + bytes(mail(number)))

    def test_what_looks_false_or_cannot_be_read_is_said_to_who_reads_the_ticket(self):  # S-10, S-12
        self.begin()
        self.ends(OK, b"From: \"boss@desk.example\" <ana@client.example>\nSubject: Hi\nMessage-ID: <e@x>\n\n"
                      b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n")
        ticket = self.sql("SELECT max(ticket_id) FROM ticket")
        self.assertIn(", sender_claims_another, encrypted\n", self.one.ctl("ticket", "show", ticket).stdout)

    def test_only_what_can_never_be_taken_is_given_back(self):  # T-25
        self.begin(more="size_max: 64KiB, answer_time: 2s")
        text = bytes(mail(1))
        self.ends(DATA_WRONG, bytes(mail(2, ("y" * 60 + "\n") * 2000)), words="larger")
        self.ends(DATA_WRONG, b"", words="nothing")
        self.ends(NO_USER, text, "nobody@desk.example", words="no address of this channel")
        self.ends(KEEP, text, channel="out", words="'out'")
        self.ends(KEEP, text, channel="none")
        self.ends(KEEP, text, "--to", "x", words="usage")
        self.ends(KEEP, text, "a\nDATA", words="address")
        self.cluster.stop("immediate")
        try:
            self.ends(KEEP, text)
        finally:
            self.cluster.start()
        self.one.stop()
        self.ends(KEEP, text, words="lmtp")
        os.rename(self.one.path, self.one.path + ".away")
        self.ends(KEEP, text)
        os.rename(self.one.path + ".away", self.one.path)
        self.start()
        self.ends(OK, text)
        self.count(1)

    def test_a_server_that_hangs_up_or_talks_nonsense_costs_no_mail(self):
        self.begin(start=False)
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path)
        listener.listen()
        for words in (b"", b"220 a\r\n", b"hello\r\n", b"x" * 20000, b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n",
                      b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250"):
            def serve(said=words):
                with listener.accept()[0] as peer:
                    peer.sendall(said)
                    peer.shutdown(socket.SHUT_WR)
                    try:
                        while peer.recv(65536):
                            pass
                    except ConnectionResetError:
                        pass
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            self.ends(KEEP, bytes(mail(1)))
            thread.join()


if __name__ == "__main__":
    suite.main()
