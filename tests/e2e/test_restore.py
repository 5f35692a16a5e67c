"""A database that comes back from a backup: what came since then is fetched again, and what was told since then misleads nobody.

pg_dump and pg_restore are PostgreSQL's own, the mails lie in a Dovecot and leave by a Postfix.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

POLICY = """
desk: {title: Help, language: en}
teams: {first: {title: First}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {quiet: never}
"""
CONFIG = """
channels:
  mail:
    {kind: imap, host: localhost, port: %(imap)d, ca_file: "%(ca)s", user: %(user)s, password: {file: "@password@"},
     since: all, smtp: letters}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Help <%(user)s@desk.example>"}
"""


class Restore(mailcase.MailCase):
    USERS = {"support1": "s3cret", "support2": "s3cret", "ana": "pw", "ben": "pw", "cleo": "pw"}

    def setUp(self):
        super().setUp()
        self.support = self.name.replace("case", "support")
        config = CONFIG % {"imap": self.house.dovecot.tls_port, "smtp": self.house.postfix.port, "ca": self.house.authority.ca,
                           "user": self.support}
        self.one = self.relevod(config, {"password": self.USERS[self.support]}).start()
        self.apply_policy(POLICY)

    def run_postgres(self, program, *args):
        done = subprocess.run([os.path.join(self.cluster.bin, program)] + list(args), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def backup(self):
        self.run_postgres("pg_dump", "--format=custom", "--file", os.path.join(self.folder, "dump"), "-d", self.database)

    def restore(self):
        self.cluster.connections.close()
        self.cluster.sql("postgres", "DROP DATABASE %s WITH (FORCE)" % self.name)
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE template0" % self.name)
        self.run_postgres("pg_restore", "--exit-on-error", "-d", self.database, os.path.join(self.folder, "dump"))

    def writes(self, who, words, answers=None):
        """By Postfix, as a person; returns when it is a message: the number of its ticket."""
        before = int(self.sql("SELECT count(*) FROM message"))
        to = answers["Reply-To"] if answers is not None else self.support + "@desk.example"
        subject = "Re: " + answers["Subject"] if answers is not None else "Order"
        mail_id = self.house.send("%s <%s@client.example>" % (who.title(), who), to, subject, words, answers).strip("<>")
        self.wait_sql("SELECT count(*) FROM message", before + 1)
        return int(self.sql("SELECT ticket_id FROM message WHERE mail_id = '%s'" % mail_id))

    def receipt(self, who):
        return self.house.wait_mail(who, lambda mail: "%s+" % self.support in mail["Reply-To"])

    def number_told(self, who):
        return int(re.search(r"\[#(\d+)\]", self.receipt(who)["Subject"]).group(1))

    def forget(self, who):
        """Its writer's mails are gone from the mailbox: somebody deleted them there."""
        session = self.house.dovecot.imap(self.support)
        session.select("INBOX")
        for uid in session.uid("SEARCH", "FROM", who + "@client.example")[1][0].split():
            session.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        session.expunge()
        session.logout()

    def test_what_was_told_since_the_backup_leads_to_nobody_else(self):  # F59, T-37
        ana = self.writes("ana", "Where is my order?")
        self.assertEqual(self.number_told("ana"), ana)
        self.backup()
        self.one.stop()  # so that what it gives next is not what it had taken before
        self.one.start()
        ben = self.writes("ben", "My card ends with 4242.")
        self.assertEqual(self.number_told("ben"), ben)
        self.writes("ana", "It has not come today either.", self.receipt("ana"))
        self.one.stop()
        self.forget("ben")
        self.restore()
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "1")
        self.one.start()
        self.wait_sql("SELECT count(*) FROM message", 2)  # what still lies there comes again, where it belongs
        self.assertEqual(self.sql("SELECT count(DISTINCT ticket_id) FROM message"), "1")
        cleo = self.writes("cleo", "I moved.")
        self.assertNotEqual(cleo, ben)
        again = self.writes("ben", "Any news?", self.receipt("ben"))
        self.assertNotIn(again, (ana, cleo))
        self.assertEqual(self.writes("ana", "Thank you.", self.receipt("ana")), ana)
        self.one.wait_line("event=database_restored")
        self.assertEqual(self.one.ctl("reconcile", ok=False).returncode, 0)
        servers.wait_for("Postfix", self.house.postfix.is_idle)
        for who in ("ana", "ben", "cleo"):
            letters = [(mail["Message-ID"]) for mail in self.house.mails(who)]
            self.assertEqual(len(letters), len(set(letters)), who)

    def test_numbers_go_on_where_they_were_when_nothing_was_restored(self):
        first = self.writes("ana", "Hello")
        self.one.stop()
        self.cluster.connections.close()
        self.cluster.restart()
        self.one.start()
        second = self.writes("ben", "Hello")
        self.assertLess(second, first + 100000)
        self.assertEqual([line for line in self.one.lines if "database_restored" in line], [])


if __name__ == "__main__":
    suite.main()
