"""Who answers by itself is not answered without end: two desks that face each other, and robots that do not say what they are.

A real Postfix carries the mails: to relevod by LMTP, as it would for an operator, and back by SMTP.
"""
import email
import email.message
import email.policy
import email.utils
import os
import smtplib
import socketserver
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

CONFIG = """
agents: {mail: out}
channels:
  inbox: {kind: lmtp, path: "%(path)s", mode: "0666", recipients: ["support@%(domain)s"], smtp: out}
  out: {kind: smtp, host: localhost, port: %(smtp)d, tls: none, from: "Help <support@%(domain)s>"}
"""
# All budgets are those that are shipped, but for the night, which would hold back what is looked for.
POLICY = """
desk: {title: Help, language: en}
agents: {ana: {name: Ana, email: ana@%s}}
teams: {first: {members: [ana]}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {quiet: never}
"""
ROUNDS_MAX = 40  # who is answered so often is answered for ever
FLOOD = 30


class Robot(socketserver.ThreadingUnixStreamServer):
    """Takes mails by LMTP and answers each at once, as `answer` makes of it, by the server at `port`."""
    daemon_threads = True

    def __init__(self, path, port, address, answer):
        super().__init__(path, Clerk)
        os.chmod(path, 0o666)
        self.port, self.address, self.answer = port, address, answer
        self.lock, self.heard = threading.Lock(), []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, raw):
        with self.lock:
            self.heard.append(email.message_from_bytes(raw, policy=email.policy.default))
            number = len(self.heard)
        if number <= ROUNDS_MAX:
            self.send(self.answer(self.heard[number - 1], number), self.heard[number - 1])

    def send(self, made, answers=None):
        made["From"] = self.address
        made["To"] = (answers["Reply-To"] or answers["From"]) if answers is not None else "support@desk.example"
        made["Message-ID"] = email.utils.make_msgid(domain="robot.example")
        with smtplib.SMTP("localhost", self.port, timeout=30) as smtp:
            smtp.send_message(made)

    def end(self):
        self.shutdown()
        self.server_close()
        os.unlink(self.server_address)


class Clerk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 robot\r\n")
        for line in self.rfile:
            verb = line.split()[0].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.take(body)
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


def written(subject, text):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = subject
    made.set_content(text)
    return made


def cites(mail, number):
    """As a help desk does that marks nothing."""
    made = written("Re: %s" % mail["Subject"], "We have received your message.\n\n> " + mailhouse.text(mail).replace("\n", "\n> "))
    made["In-Reply-To"] = made["References"] = mail["Message-ID"]
    return made


def begins_anew(mail, number):
    return written("Your request", "We have received your message and will answer soon.")


def numbers(mail, number):
    return written("Request %d" % number, "We have received your message; its number is %d." % number)


class Loops(suite.Case):
    def setUp(self):
        super().setUp()
        self.house = mailhouse.MailHouse(os.path.join(self.folder, "house"), {"ana": "secret"},
                                         ("desk.example", "rival.example", "robot.example"))
        self.places = {name: os.path.join(self.folder, name + ".lmtp") for name in ("desk", "rival", "robot")}
        self.house.postfix.more = "transport_maps = inline:{ %s }\n" % ", ".join(
            "{ %s.example = lmtp:unix:%s }" % ("robot" if name == "robot" else "support@" + name, path)
            for name, path in self.places.items())
        self.addCleanup(self.house.stop)
        self.house.start()
        self.desks = []
        self.desk("desk")

    def desk(self, name):
        """A relevod with a database of its own."""
        database = "%s_%s" % (self.name, name)
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE %s" % (database, self.name))
        self.database, self.desks = self.cluster.conninfo(database), self.desks + [database]
        self.relevod(CONFIG % {"path": self.places[name], "domain": name + ".example", "smtp": self.house.postfix.port}, {}, name).start()
        whole, self.name = self.name, database
        self.apply_policy(POLICY % (name + ".example"))
        self.name = whole
        servers.wait_for("the policy", lambda: self.count("desk WHERE policy_version > 1", -1) == 1)

    def count(self, what, desk=0):
        return int(self.cluster.sql(self.desks[desk], "SELECT count(*) FROM " + what))

    def answered(self, desk=0):
        """So many automatic notices were sent to customers."""
        return self.count("delivery WHERE recipient = 'customer' AND automatic AND state = 'sent'", desk)

    def wait_quiet(self):
        """All that was on its way, or would be in the next minute, has arrived."""
        def is_quiet():
            return self.house.postfix.is_idle() and not any(
                self.count("delivery WHERE state = 'owed' AND due_at < now() + interval '1 minute'", i)
                for i in range(len(self.desks)))
        servers.wait_for("an end", lambda: is_quiet() and is_quiet(), 120)

    def test_two_desks_that_face_each_other_stop_after_one_answer(self):  # B-07, B-09, F56
        self.desk("rival")
        self.house.send("Help <support@rival.example>", "support@desk.example", "Your request", "We have received your message.")
        self.wait_quiet()
        self.assertEqual((self.answered(0), self.count("ticket", 0)), (1, 1))
        self.assertEqual((self.answered(1), self.count("ticket", 1)), (0, 1))

    def test_a_robot_that_does_not_say_what_it_is_is_answered_once_and_keeps_what_it_writes(self):  # B-03, B-04, F56, T-80
        for number, answer in enumerate((cites, begins_anew, numbers), 1):
            robot = Robot(self.places["robot"], self.house.postfix.port, "robot%d@robot.example" % number, answer)
            robot.send(written("Request", "We have received your message."))
            for i in range(FLOOD):
                robot.send(written("Request %d" % i, "Its number is %d." % i))
            self.wait_quiet()
            robot.end()
            self.assertEqual((self.answered(), len(robot.heard)), (number, 1), answer.__name__)
            self.assertEqual(self.count("message WHERE direction = 'in'"), number * (FLOOD + 2), answer.__name__)

    def test_neither_our_own_address_nor_one_that_nobody_reads_is_answered(self):  # B-07, T-76, T-77
        for sender in ("Help <support@desk.example>", "Shop <no-reply@shop.example>", "<mailer-daemon@client.example>"):
            for i in range(11):
                self.house.send(sender, "support@desk.example", "Order %d" % i, "It was sent.")
        self.wait_quiet()
        self.assertEqual((self.answered(), self.count("message WHERE direction = 'in'")), (0, 33))


if __name__ == "__main__":
    suite.main()
