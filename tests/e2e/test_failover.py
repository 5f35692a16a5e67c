"""Two PostgreSQL servers, one a synchronous standby of the other: relevod follows the one that takes writes, and what it answered for is there.

Mails come by LMTP: each has an answer, and its sender tries until that is 250.
"""
import concurrent.futures
import os
import smtplib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402

STORED = 250
CONFIG = """
channels:
  inbox: {kind: lmtp, path: "%s", recipients: ["support@desk.example"], smtp: out, answer_time: %s}
  out: {kind: smtp, host: localhost, port: 9, tls: none, from: "Tienda Sol <support@desk.example>"}
"""


class Failover(suite.Case):
    """`self.cluster` leads at first. Each case has its own."""

    @classmethod
    def setUpClass(cls):
        cls.place = servers.Folder("relevo-e2e-")
        os.chmod(cls.place.name, 0o755)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def setUp(self):
        self.cluster = servers.Postgres(os.path.join(self.place.name, "first%d" % suite.Case.number), settings=suite.SETTINGS,
                                        like=os.environ.get("RELEVO_TEST_CLUSTER"))
        self.cluster.start()
        super().setUp()
        self.path = os.path.join(self.folder, "lmtp")
        self.number, self.kept = 0, []
        self.second = self.cluster.standby(os.path.join(self.folder, "second"))
        self.first = self.cluster
        self.addCleanup(self.stop_both)
        self.wait_for_standby(self.first)
        self.database = self.cluster.conninfo(self.name).replace("host=127.0.0.1 port=%d" % self.first.port,
                                                                 "host=127.0.0.1,127.0.0.1 port=%d,%d" % (
                                                                     self.first.port, self.second.port))
        self.one = self.relevod(CONFIG % (self.path, "5s" if "only" in self._testMethodName else "2s"), {}).start()

    def stop_both(self):
        for server in (self.first, self.second):
            if os.path.exists(os.path.join(server.data, "postmaster.pid")):
                server.stop("immediate")

    def wait_for_standby(self, leader):
        """Nothing is committed any more that it has not."""
        leader.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
        leader.sql("postgres", "SELECT pg_reload_conf()")
        servers.wait_for("the standby", lambda: leader.sql(
            "postgres", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1")

    def promote(self, standby):
        """It leads from now on, alone."""
        standby.sql("postgres", "SELECT pg_promote()")
        standby.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''")
        standby.sql("postgres", "SELECT pg_reload_conf()")

    def send(self, again=None):
        """A new mail each time, if none is to come again; notes those that were answered for."""
        self.number += again is None
        number = again or self.number
        with smtplib.LMTP(self.path, timeout=60) as client:
            client.ehlo("mx")
            client.docmd("MAIL FROM:<ana@client.example>")
            code = client.docmd("RCPT TO:<support@desk.example>")[0]
            if code == 250:
                code = client.data(self.mail(number))[0]
        if code == STORED:
            self.kept.append(number)
        return code

    @staticmethod
    def mail(number):
        return ("From: Ana <ana@client.example>\r\nTo: support@desk.example\r\nSubject: Pedido %d\r\n"
                "Message-ID: <%d@client.example>\r\n\r\nHola\r\n" % (number, number)).encode()

    def send_until_stored(self):
        servers.wait_for("a mail that is stored", lambda: self.send() == STORED)

    def check_kept(self, leader):
        """What was answered for is there once; nothing was set aside."""
        there = leader.sql(self.name, "SELECT split_part(mail_id, '@', 1) FROM message").split()
        self.assertEqual(sorted(set(there)), sorted(there))
        self.assertEqual(set(map(str, self.kept)) - set(there), set())
        self.assertEqual(leader.sql(self.name, "SELECT count(*) FROM quarantine"), "0")

    def test_it_follows_the_server_that_takes_writes_and_what_was_answered_for_is_there(self):  # F14, F15
        for _ in range(3):
            self.send_until_stored()
        self.first.stop()  # as planned: the standby has all of it
        self.assertNotEqual(self.send(), STORED)
        self.promote(self.second)
        self.send_until_stored()
        self.check_kept(self.second)
        self.first.follow(self.second)
        self.wait_for_standby(self.second)
        for _ in range(3):
            self.send_until_stored()
        self.second.stop("immediate")  # it dies
        self.assertNotEqual(self.send(), STORED)
        self.promote(self.first)
        self.send_until_stored()
        self.check_kept(self.first)
        self.assertEqual(self.one.stop(), 0)

    def test_what_only_the_leader_has_is_not_answered_for(self):  # F14
        self.send_until_stored()
        self.second.stop("immediate")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            code = pool.submit(self.send)  # its commit waits for the standby

            def on_the_leader_alone():
                self.first.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                return self.first.sql(self.name, "SELECT count(*) FROM message WHERE mail_id = '2@client.example'") == "1"
            servers.wait_for("a session that ends before the standby has it", on_the_leader_alone)
            self.assertNotEqual(code.result(), STORED)
        self.second.start()
        self.wait_for_standby(self.first)
        servers.wait_for("it, on both", lambda: self.send(2) == STORED)
        self.first.stop("immediate")
        self.promote(self.second)
        self.send_until_stored()
        self.check_kept(self.second)


if __name__ == "__main__":
    suite.main()
