"""Memory that runs out: a process ends then, and nothing is stored, sent or answered for by halves; what comes in is bounded by what there is."""
import base64
import os
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import plain  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402
from test_lmtp import Client, mail  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONFIG = """
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, send_url: "http://127.0.0.1:9/"}
  inbox: {kind: lmtp, path: "%s", mode: "0666", recipients: ["support@desk.example"]}
"""
MAILS = ("exchange-2010-invitation-without-text", "mobile-carrier-jis-word-cut-in-shift", "bounce-exchange-french",
         "reply-gmail-html-answers-between", "outlook-2007-tnef-html-in-rtf")
LARGE = (b"From: ana@client.example\r\nTo: support@desk.example\r\nSubject: %d\r\nMessage-ID: <%d@client.example>\r\nMIME-Version: 1.0\r\n"
         b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHola\r\n"
         b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n")
GROUPS = "/sys/fs/cgroup/memory"
DIED = 75  # EX_TEMPFAIL
LEFT = (1, 10, 40, 100, 200, 350, 600, 1000)  # allocations until one is refused


def hand_over(path, raw):
    """As a mail server does, which has a queue; it is gone when relevod is."""
    code = 0
    while code != 250:
        client = Client(path)
        code = client.send(raw)
        client.close()
        time.sleep(0 if code == 250 else 0.2)


class Scarce(suite.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plain.build()
        cls.env = plain.preload(cls.place.name, "scarce")

    def ends(self, *command, every=1):
        """How the program ended for each allocation that was refused: "died", as out of memory shall, or what came instead."""
        folder = os.path.join(self.folder, str(len(os.listdir(self.folder))))
        os.mkdir(folder)

        def said(name):
            with open(os.path.join(folder, name), "rb") as f:
                return f.read()
        whole = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                               env=dict(os.environ, SCARCE_EVERY=str(every), SCARCE_FOLDER=folder, **self.env)).stdout
        found = []
        for number, status in (map(int, line.split()) for line in said("ends").splitlines()):
            died = os.waitstatus_to_exitcode(status) == DIED and b"out of memory" in said("%d.err" % number)
            same = status == 0 and said("%d.out" % number) == whole
            found.append("died" if died else "the same" if same else "%d: status %d, %s" % (
                number, status, said("%d.err" % number)[:200]))
        return found

    def all_good(self, found, least):
        self.assertEqual([end for end in found if end not in ("died", "the same")][:5], [])
        self.assertGreater(found.count("died"), least)

    def test_a_mail_is_read_whole_or_not_at_all(self):  # F53
        for name in MAILS:
            with self.subTest(name):
                self.all_good(self.ends(os.path.join(plain.BUILD, "ctl", "relevoctl"), "mime", "--json", os.path.join(
                    plain.ROOT, "tests", "mail", name + ".eml"), every=31), 50)

    def test_a_configuration_is_read_whole_or_not_at_all(self):  # F53
        one = self.relevod(CONFIG % "/nowhere/lmtp", {"hook": SECRET})
        self.all_good(self.ends(os.path.join(plain.BUILD, "daemon", "relevod"), "--check", "--config", one.path), 50)

    def test_what_was_answered_for_is_stored_and_a_node_that_ended_of_it_goes_on(self):  # F53
        path, self.left = os.path.join(self.folder, "lmtp"), os.path.join(self.folder, "left")
        self.leave(0)
        self.one = self.relevod(CONFIG % path, {"hook": SECRET}, build=plain.BUILD, env=dict(self.env, SCARCE_LEFT=self.left)).start()
        died = 0
        for number, left in enumerate(LEFT):
            self.leave(left)
            died += self.insist(lambda n=number: self.hook(n)) + self.insist(lambda n=number: self.mail(path, n))
        self.assertGreater(died, len(LEFT) // 2)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT external_id) FROM message WHERE direction = 'in'"),
                         "%d|%d" % (2 * len(LEFT), 2 * len(LEFT)))
        self.assertEqual(self.one.stop(), 0)

    def test_a_mail_that_its_process_has_no_memory_for_is_kept_as_it_came_and_holds_up_nobody(self):  # F52
        path = os.path.join(self.folder, "lmtp")
        one = self.relevod("workers: {memory: 128MiB}" + CONFIG % path, {"hook": SECRET}, build=plain.BUILD).start()
        hand_over(path, LARGE % (1, 1, base64.encodebytes(os.urandom(25 << 20)).replace(b"\n", b"\r\n")))
        hand_over(path, LARGE % (2, 2, b""))
        self.assertIn("out of memory", one.wait_line("event=worker_gone"))
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM message WHERE text = 'Hola'), (SELECT count(*) FROM quarantine)"), "1|1")

    def leave(self, count):
        with open(self.left, "r+b" if os.path.exists(self.left) else "wb") as f:
            f.write(struct.pack("q", count))

    def insist(self, send):
        """Until it is taken; how often the node died of it."""
        died = 0
        while True:
            try:
                taken = send()
            except OSError:
                taken = False
            if taken:
                return died
            self.assertEqual(self.one.wait_end(), DIED, "\n".join(self.one.lines[-20:]))
            self.one.wait_line("out of memory")
            self.leave(0)
            self.one.start()
            died += 1

    def hook(self, number):
        message = {"type": "message.created", "data": {"id": "m%d" % number, "sender": {"id": "u%d" % number}, "text": "Hola",
                                                       "conversation_id": "c%d" % number}}
        return self.one.post_webhook("shop", SECRET, message, "m%d" % number)[0] == 200

    def mail(self, path, number):
        client = Client(path)
        try:
            return client.send(mail(number, "Hola").as_bytes()) == 250
        finally:
            client.close()


class Grouped:
    """A control group of 192 MiB, that `wrap` begins a program in."""
    LIMIT = 192 << 20

    def setUp(self):
        super().setUp()
        plain.build()
        self.group = os.path.join(GROUPS, "relevo-%d" % os.getpid())
        try:
            os.mkdir(self.group)
            self.addCleanup(lambda: servers.wait_for("the end of the group", self.is_over))
            with open(os.path.join(self.group, "memory.limit_in_bytes"), "w") as f:
                f.write(str(self.LIMIT))
        except OSError as wrong:
            self.skipTest("no control group of memory can be made here: %s" % wrong)
        self.wrap = ["sh", "-c", 'echo $$ > %s/cgroup.procs; exec "$0" "$@"' % self.group]

    def is_over(self):
        """When the last of its processes is gone."""
        try:
            os.rmdir(self.group)
        except OSError:
            return False
        return True


class Group(Grouped, suite.Case):
    """Six mails of 25 MB each at once."""
    MAILS = 6

    def test_mails_that_are_larger_together_than_the_memory_come_in_one_after_the_other(self):  # F52
        path = os.path.join(self.folder, "lmtp")
        one = self.relevod(CONFIG % path, {"hook": SECRET}, build=plain.BUILD, wrap=self.wrap).start()
        words = base64.encodebytes(os.urandom(18 << 20)).replace(b"\n", b"\r\n")
        writers = [threading.Thread(target=hand_over, args=(path, LARGE % (n, n, words)), daemon=True) for n in range(self.MAILS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        self.assertIsNone(one.process.poll())
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT external_id) FROM message WHERE text = 'Hola'"),
                         "%d|%d" % (self.MAILS, self.MAILS))
        score = "/proc/%d/oom_score_adj"
        self.assertGreater(self.number(score % one.wait_workers("parse")[0]), self.number(score % one.process.pid))
        self.assertEqual(one.stop(), 0)

    @staticmethod
    def number(path):
        with open(path) as f:
            return int(f.read())


class Mailboxes(Grouped, mailcase.MailCase):
    """Twelve mailboxes, in each of which two mails of 20 MB wait, in 256 MiB."""
    LIMIT = 256 << 20
    USERS = {"box%02d" % n: "pw%02d" % n for n in range(12)}
    MAILS = 2
    BOX = """
  %(user)s: {kind: imap, host: localhost, port: %(port)d, ca_file: "%(ca)s", user: %(user)s, password: {file: "@%(user)s@"}, since: all}"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.words = base64.encodebytes(os.urandom(15 << 20)).replace(b"\n", b"\r\n")
        for number, user in enumerate(cls.USERS):
            cls.house.dovecot.fill(user, [LARGE % (n, 100 * number + n, cls.words) for n in range(cls.MAILS)])

    def test_mailboxes_whose_mails_are_larger_than_the_memory_fetch_them_in_turns(self):  # F52
        self.comes_in(0)

    def test_what_is_fetched_waits_for_what_is_handed_over(self):  # F52
        self.comes_in(10)

    def comes_in(self, handed_over):
        path = os.path.join(self.folder, "lmtp")
        one = self.relevod(CONFIG % path + "".join(
            self.BOX % {"user": user, "port": self.house.dovecot.tls_port, "ca": self.house.authority.ca} for user in self.USERS),
            dict(self.USERS, hook=SECRET), build=plain.BUILD, wrap=self.wrap).start()
        for number in range(handed_over):
            threading.Thread(target=hand_over, args=(path, LARGE % (number, 9000 + number, self.words)), daemon=True).start()
        self.wait_sql("SELECT count(*), count(DISTINCT external_id) FROM message WHERE text = 'Hola'",
                      "%d|%d" % ((self.MAILS * len(self.USERS) + handed_over,) * 2), 120)
        self.assertEqual([line for line in one.lines if "event=worker_gone" in line], [])
        self.assertEqual(one.stop(), 0)


if __name__ == "__main__":
    suite.main()
