"""The database's disk is full: mails wait where they are, nobody hears of what is not stored, and then all of it goes on."""
import email.utils
import os
import pwd
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

MAILS = 30
USERS = {"support": "s3cret", "ana": "pw"}
CONFIG = """
channels:
  mail:
    {kind: imap, host: localhost, port: %(imap)d, ca_file: "%(ca)s", user: support, password: {file: "@password@"},
     since: all, after: seen, smtp: letters}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Tienda Sol <support@desk.example>"}
"""
POLICY = """
desk: {title: Tienda Sol, language: en}
teams: {first: {title: First}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""


class Full(mailcase.MailCase):
    USERS = USERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disk = os.path.join(cls.place.name, "disk")
        os.mkdir(cls.disk)
        servers.as_root("mount", "-t", "tmpfs", "-o", "size=64m,mode=0755,uid=%d" % pwd.getpwnam(cls.cluster.user).pw_uid,
                        "relevo", cls.disk)
        cls.cluster.sql("postgres", "CREATE TABLESPACE small LOCATION '%s'" % cls.disk)

    @classmethod
    def tearDownClass(cls):
        cls.house.stop()
        cls.cluster.stop("immediate")
        servers.as_root("umount", "-l", cls.disk)
        cls.place.cleanup()

    def setUp(self):
        super().setUp()
        self.cluster.sql("postgres", "ALTER DATABASE %s SET TABLESPACE small" % self.name)

    def mail(self, i):
        return ("From: Ana <ana+%03d@client.example>\r\nTo: support@desk.example\r\nSubject: Order %03d\r\n"
                "Message-ID: <%03d@client.example>\r\nDate: %s\r\n\r\nWhere is it? %s\r\n" % (
                    i, i, i, email.utils.formatdate(), os.urandom(20000).hex())).encode()

    def stored(self):
        return int(self.sql("SELECT count(*) FROM message"))

    def told(self):
        return [email.utils.parseaddr(mail["To"])[1] for mail in self.house.mails("ana")]

    def fill(self):
        """To the last page, whoever it was kept for."""
        filler = os.path.join(self.disk, "filler")
        servers.fill_disk(filler)
        return filler

    def test_while_the_disk_is_full_mails_wait_and_nobody_is_told_of_what_is_not_stored(self):  # F17, T-21
        relevod = self.relevod(CONFIG % {"imap": self.house.dovecot.tls_port, "smtp": self.house.postfix.port,
                                         "ca": self.house.authority.ca}, {"password": USERS["support"]}).start()
        self.apply_policy(POLICY)
        self.house.dovecot.put_all("support", [self.mail(0)])
        self.wait_sql("SELECT count(*) FROM message", 1)
        filler = self.fill()
        self.house.dovecot.put_all("support", [self.mail(i) for i in range(1, MAILS)])
        relevod.wait_line("53100", 120)
        before = self.stored()
        self.assertLess(before, MAILS)
        self.assertEqual(self.sql("SELECT count(*) FROM quarantine"), "0")
        seen = self.house.dovecot.seen("support")
        self.assertLessEqual(len(seen), self.stored())
        self.assertLessEqual(len(self.told()), self.stored())
        servers.as_root("rm", filler)
        self.wait_sql("SELECT count(DISTINCT subject), count(*) FROM message", "%d|%d" % (MAILS, MAILS), 180)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", MAILS, 180)
        servers.wait_for("Postfix", self.house.postfix.is_idle)
        self.assertEqual(sorted(self.told()), ["ana+%03d@client.example" % i for i in range(MAILS)])
        servers.wait_for("the marks", lambda: len(self.house.dovecot.seen("support")) == MAILS)
        self.assertEqual(relevod.stop(), 0)

    def test_a_migration_that_finds_no_room_leaves_nothing_behind_and_is_made_later(self):  # F17
        relevod = self.relevod("channels: {chat: {kind: webchat, secret: {file: \"@key@\"}}}", {"key": "0" * 64})
        self.empty_database()
        filler = self.fill()
        full = relevod.ctl("migrate", ok=False)
        self.assertEqual(full.returncode, 4, full.stderr)  # try later
        self.assertIn("(53100)", full.stderr)
        relevod.start(wait=False)
        self.assertEqual(relevod.wait_end(), 75)
        relevod.wait_line("event=migrate_failed")
        servers.as_root("rm", filler)
        relevod.start()
        self.assertEqual(self.sql("SELECT count(*) = max(number) FROM schema_migration"), "t")


if __name__ == "__main__":
    suite.main()
