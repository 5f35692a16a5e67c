"""Memory that runs out, at whichever allocation: a process ends then, and nothing is stored, sent or answered for by halves."""
import os
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import plain  # noqa: E402
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
LEFT = (1, 10, 40, 100, 200, 350, 600, 1000)  # allocations until one is refused


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
            died = status == signal.SIGABRT and b"out of memory" in said("%d.err" % number)
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
                    plain.ROOT, "tests", "mail", name + ".eml"), every=7), 100)

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
            self.assertEqual(self.one.wait_end(), -signal.SIGABRT, "\n".join(self.one.lines[-20:]))
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


if __name__ == "__main__":
    suite.main()
