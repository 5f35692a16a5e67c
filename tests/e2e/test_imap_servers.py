"""The same contract kept with each IMAP server that Debian has: Dovecot, Cyrus and Courier, all real."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import courier  # noqa: E402
import cyrus  # noqa: E402
import dovecot  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402
import test_imap  # noqa: E402
from test_imap import mail  # noqa: E402

CONFIG = """
channels:
  mail: {kind: imap, host: localhost, port: %d, ca_file: %s, user: %s, password: {file: "@password@"}, since: all, poll: 1h,
         %s}
"""


class Contract:
    """Each case has a user of its own on the server of its class; nothing polls, so what is heard is heard by IDLE."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = ["u%d" % i for i in range(1, 10)]
        cls.server = cls.make_server(os.path.join(cls.place.name, "server"), {user: 'p"w\\ ' + user for user in cls.users})

    @classmethod
    def tearDownClass(cls):
        cls.stop_server()
        super().tearDownClass()

    @classmethod
    def stop_server(cls):
        cls.server.stop()

    def setUp(self):
        super().setUp()
        self.user = self.users.pop()

    def box(self, *names):
        """A mailbox's name as this server wants it, from its parts."""
        return "/".join(names)

    def read(self, more="after: keep", **others):
        return suite.Case.relevod(self, CONFIG % (self.server.tls_port, self.authority.ca, self.user, more),
                                  {"password": self.server.users[self.user]}, **others)

    def put(self, raw, *names):
        self.server.put(self.user, raw, self.box(*names) if names else "INBOX")

    def mails(self, *names):
        return self.server.mails(self.user, self.box(*names) if names else "INBOX")

    def cursor(self, wanted):
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", wanted)

    def reconciled(self, relevod):
        """The accounts of each mailbox; a gap ends it with 1."""
        done = relevod.ctl("reconcile", "--json", ok=False)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return {box["mailbox"]: {name: box[name] for name in ("messages", "duplicates", "pending", "mails")}
                for box in json.loads(done.stdout)}

    def test_what_lies_there_is_read_and_what_comes_is_heard_though_nobody_polls(self):  # T-14
        for i in range(3):
            self.put(mail(i))
        relevod = self.read().start()
        self.count(3)
        for i in range(3, 6):
            self.put(mail(i))
            self.count(i + 1)
        self.assertEqual([flags for _, flags, _ in self.mails() if "\\Seen" in flags], [])
        self.assertEqual(self.reconciled(relevod)["INBOX"], {"messages": 6, "duplicates": 0, "pending": 0, "mails": 6})

    def test_a_stored_mail_is_marked_moved_or_deleted_and_the_others_stay(self):  # T-17, T-26
        self.put(mail("other"), "Done")
        relevod, done = None, 0
        for more in ("after: seen", "after: move, move_to: %s" % self.box("Done"), "after: delete"):
            relevod = self.read(more, name="n%d" % done)
            self.put(mail(done))
            relevod.start()
            self.count(done + 1)
            servers.wait_for(more, {
                0: lambda: ["\\Seen" in flags for _, flags, _ in self.mails()] == [True],
                1: lambda: len(self.mails("Done")) == 3 and self.mails() == [],
                2: lambda: self.mails() == []}[done])
            self.assertEqual(relevod.stop(), 0)
            if done == 0:  # it is moved by hand: so the next one sees what is new alone
                self.move_by_hand()
            done += 1
        self.assertEqual(len(self.mails("Done")), 3)

    def move_by_hand(self):
        session = self.server.imap(self.user)
        session.select("INBOX")
        session.copy("1", self.box("Done"))
        session.store("1", "+FLAGS", "\\Deleted")
        session.expunge()
        session.logout()

    def test_uids_that_begin_anew_lose_and_double_nothing(self):  # F26
        for i in range(3):
            self.put(mail(i), "Web")
        relevod = self.read("mailboxes: [%s]" % self.box("Web")).start()
        self.count(3)
        before = self.sql("SELECT split_part(cursor, ':', 1) FROM channel_cursor")
        relevod.kill()
        session = self.server.imap(self.user)
        self.assertEqual(session.delete(self.box("Web"))[0], "OK")
        session.logout()
        for i in range(1, 5):
            self.put(mail(i), "Web")
        relevod.start()
        self.count(5)
        self.cursor(4)
        self.assertNotEqual(self.sql("SELECT split_part(cursor, ':', 1) FROM channel_cursor"), before)
        self.assertEqual(self.reconciled(relevod)[self.box("Web")], {"messages": 2, "duplicates": 2, "pending": 0, "mails": 4})

    def test_whoever_is_killed_on_the_way_each_mail_comes_once(self):  # T-01, F04
        self.server.put_all(self.user, [mail(i) for i in range(60)])
        relevod = self.read().start()
        servers.wait_for("some", lambda: int(self.sql("SELECT count(*) FROM message")) >= 10)
        for pid in relevod.workers("imap"):
            os.kill(pid, signal.SIGKILL)
        servers.wait_for("some more", lambda: int(self.sql("SELECT count(*) FROM message")) >= 30)
        relevod.kill()
        relevod.start()
        self.count(60)
        self.server.stop(signal.SIGKILL)
        relevod.wait_line("channel_trouble")
        self.server.start()
        self.put(mail("later"))
        self.count(61)
        self.assertEqual(self.reconciled(relevod)["INBOX"], {"messages": 61, "duplicates": 0, "pending": 0, "mails": 61})

    def test_bytes_over_127_in_header_and_text_are_what_they_were(self):
        self.put(mail(1, subject="Ma\xf1ana", text="caf\xe9").decode().encode("latin-1"))
        self.put(mail(2, subject="Mañana", text="café"))
        self.read().start()
        self.count(2)
        self.assertEqual(self.sql("SELECT string_agg(DISTINCT subject || '|' || trim(text, E'\\n'), ' ') FROM message"),
                         "Mañana|café")

    def test_a_mailbox_is_found_by_the_name_that_its_user_sees(self):
        names = {("Archivé",): "Archiv&AOk-", ("Archivé", "Año & más"): "A&APE-o &- m&AOE-s", ("日本",): "&ZeVnLA-"}
        written = []
        for i, (name, last) in enumerate(names.items()):
            self.put(mail(i), *(["Archiv&AOk-"] if len(name) > 1 else []), last)
            written.append(self.box(*name))
        relevod = self.read("mailboxes: %s" % json.dumps(written, ensure_ascii=False)).start()
        self.count(3)
        self.assertEqual({name: box["messages"] for name, box in self.reconciled(relevod).items()}, dict.fromkeys(written, 1))


class Dovecot(Contract, test_imap.Case):
    @classmethod
    def make_server(cls, folder, users):
        return dovecot.Dovecot(folder, users, cls.authority).start()


class Cyrus(Contract, test_imap.Case):
    @classmethod
    def make_server(cls, folder, users):
        return cyrus.Cyrus(folder, users, cls.authority).make()

    @classmethod
    def stop_server(cls):
        cls.server.close()


class Courier(Contract, test_imap.Case):
    """Its mailboxes lie below INBOX, and a dot stands between the parts of their names."""

    @classmethod
    def make_server(cls, folder, users):
        return courier.Courier(folder, users, cls.authority).make()

    def box(self, *names):
        return ".".join(("INBOX", *names))


if __name__ == "__main__":
    suite.main()
