"""What a database does to relevod beside being away or full: no connection is left, a password changes, a right is taken away, another
database stands in its place, its administrator's settings are not the usual ones.

Mails come by LMTP: each has an answer, and its sender tries until that is 250.
"""
import os
import smtplib
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import pq  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

STORED, LATER = 250, 451
CONFIG = """
channels:
  inbox: {kind: lmtp, path: "%s", recipients: ["support@desk.example"], smtp: out, answer_time: 2s}
  out: {kind: smtp, host: localhost, port: 9, tls: none, from: "Tienda Sol <support@desk.example>"}
"""
# Each would change what a statement means, or end a session that has nothing to do.
STRANGE = ("DateStyle = 'German, DMY'", "IntervalStyle = sql_standard", "bytea_output = escape", "array_nulls = off",
           "standard_conforming_strings = off", "transform_null_equals = on", "timezone = 'Asia/Kolkata'",
           "default_transaction_isolation = serializable", "client_encoding = LATIN1", "statement_timeout = '1ms'",
           "idle_in_transaction_session_timeout = '1ms'", "idle_session_timeout = '100ms'")
RIGHTS = ("GRANT USAGE ON SCHEMA public TO {0}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {0}; "
          "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {0}")


class Mails(suite.Case):
    """relevod asks as a role of its own, which owns nothing and is no superuser."""

    def setUp(self):
        super().setUp()
        self.role = "relevo_" + self.name
        self.cluster.sql("postgres", "CREATE ROLE %s LOGIN" % self.role)
        self.database = self.database.replace("user=postgres", "user=" + self.role)
        self.path = os.path.join(self.folder, "lmtp")

    def begin(self):
        self.sql(RIGHTS.format(self.role))
        self.one = self.relevod(CONFIG % self.path, {}).start()

    def send(self, number):
        with smtplib.LMTP(self.path, timeout=60) as client:
            client.ehlo("mx")
            client.docmd("MAIL FROM:<ana@client.example>")
            code = client.docmd("RCPT TO:<support@desk.example>")[0]
            return code if code != 250 else client.data((
                "From: Añá <ana@client.example>\r\nTo: support@desk.example\r\nSubject: Pedido %d\r\n"
                "Message-ID: <%d@client.example>\r\n\r\n¿Dónde está?\r\n" % (number, number)).encode())[0]

    def send_until_stored(self, *numbers):
        for number in numbers:
            servers.wait_for("mail %d" % number, lambda: self.send(number) == STORED)

    def check_stored(self, count):
        """All of them, each once, and none set aside."""
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT mail_id), (SELECT count(*) FROM quarantine) FROM message"),
                         "%d|%d|0" % (count, count))

    def cut(self):
        """Both sessions of relevod."""
        self.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'" % self.role)

    def told(self, event):
        return [line for line in self.one.lines if "event=" + event in line]


class Database(Mails):
    def take_connections(self, held):
        """All that are left, also those that come free while relevod asks for them."""
        conninfo = self.cluster.conninfo("postgres").replace("user=postgres", "user=other")
        try:
            while True:
                held.append(pq.Connection(conninfo))
        except RuntimeError as full:
            return "reserved" in str(full) or "too many" in str(full)

    def sessions(self):
        return int(self.cluster.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s'" % self.role))

    def test_while_no_connection_is_left_mails_wait_and_the_reason_is_told(self):  # F19
        self.begin()
        self.send_until_stored(0)
        self.assertEqual(self.sessions(), 2)
        self.cluster.sql("postgres", "CREATE ROLE other LOGIN")
        held = []

        def none_left():
            self.take_connections(held)
            self.cut()
            return self.take_connections(held) and self.sessions() == 0
        servers.wait_for("no connection for relevod", none_left)
        self.assertEqual(self.send(1), LATER)
        self.one.wait_line("remaining connection slots are reserved")
        self.assertLess(len(self.told("database_away")), 12)  # not each time that it asks again
        for connection in held:
            connection.close()
        self.send_until_stored(1, 2)
        servers.wait_for("both sessions", lambda: self.sessions() == 2)
        self.check_stored(3)

    def test_a_password_that_changes_is_read_anew_and_told_to_nobody(self):  # F21
        self.keep_password("first-secret")
        self.database += " passfile=" + self.passwords
        self.ask_for_passwords()
        self.begin()
        self.send_until_stored(0)
        self.cluster.sql("postgres", "ALTER ROLE %s PASSWORD 'second-secret'" % self.role)
        self.send_until_stored(1)  # who is in stays in
        self.cut()
        self.one.wait_line("password authentication failed")
        self.assertEqual(self.send(2), LATER)
        self.assertFalse(self.one.is_ready())
        asked = self.one.ctl("status", ok=False)
        self.assertEqual(asked.returncode, 4)
        self.keep_password("second-secret")
        self.send_until_stored(2)
        self.check_stored(3)
        self.assertEqual(self.one.stop(), 0)
        self.assertNotIn("secret", "\n".join(self.one.lines) + asked.stdout + asked.stderr)

    def keep_password(self, password):
        self.passwords = os.path.join(self.folder, "pgpass")
        with open(os.open(self.passwords, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write("*:*:*:*:%s\n" % password)

    def ask_for_passwords(self):
        """From now on, of relevod's role alone."""
        self.cluster.sql("postgres", "ALTER ROLE %s PASSWORD 'first-secret'" % self.role)
        path = os.path.join(self.cluster.data, "pg_hba.conf")
        with open(path) as f:
            trusting = f.read()
        with open(path, "w") as f:
            f.write("host all %s 127.0.0.1/32 scram-sha-256\n%s" % (self.role, trusting))
        self.cluster.sql("postgres", "SELECT pg_reload_conf()")
        servers.wait_for("the new rule", lambda: self.cluster.sql(
            "postgres", "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'") == "1")

    def test_what_no_right_is_left_for_waits_and_is_not_set_aside(self):  # F20
        self.begin()
        for number, table in enumerate(("message", "event", "intake", "ticket")):
            self.sql("REVOKE INSERT, UPDATE ON %s FROM %s" % (table, self.role))
            self.assertEqual((table, self.send(number)), (table, LATER))
            self.one.wait_line("event=not_stored messages=1 words=\"database: permission denied for table " + table)
            self.sql(RIGHTS.format(self.role))
            self.send_until_stored(number)
        self.check_stored(4)

    def test_what_the_schema_does_not_fit_waits_and_is_not_set_aside(self):  # F20
        self.begin()
        self.sql("ALTER TABLE message ALTER html TYPE bytea USING convert_to(html, 'UTF8')")
        self.assertEqual(self.send(0), LATER)
        self.one.wait_line("is of type bytea but expression is of type text (42804)")
        self.sql("ALTER TABLE message ALTER html TYPE text USING convert_from(html, 'UTF8')")
        self.send_until_stored(0)
        self.check_stored(1)

    def test_in_another_database_of_the_same_name_nothing_is_done(self):  # F20
        self.begin()
        self.send_until_stored(0)
        self.cluster.connections.close()
        self.rename(self.name, "kept_" + self.name)
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE template0" % self.name)
        self.assertEqual(self.send(1), LATER)
        self.one.wait_line("does not exist (42P01)")
        self.rename(self.name, "empty_" + self.name)
        made = "made_" + self.name
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE kept_%s" % (made, self.name))
        self.cluster.sql(made, "UPDATE desk SET token_key = sha256(token_key)")  # as a desk that was made anew has it
        self.rename(made, self.name)  # at once what it will be: the copy as it was is not another one
        self.one.wait_line("another database answers under this name")
        self.assertEqual(self.send(1), LATER)
        self.assertFalse(self.one.is_ready())
        self.check_stored(1)
        self.rename(self.name, "other_" + self.name)
        self.rename("kept_" + self.name, self.name)
        self.send_until_stored(1, 2)
        self.check_stored(3)

    def rename(self, name, to):
        self.cluster.connections.close()
        self.cluster.sql("postgres", "ALTER DATABASE %s ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE datname = '%s'" % (name, name))
        servers.wait_for("nobody in it", lambda: self.cluster.sql(
            "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s'" % name) == "0")
        self.cluster.sql("postgres", "ALTER DATABASE %s RENAME TO %s; ALTER DATABASE %s ALLOW_CONNECTIONS true" % (name, to, to))

    def test_settings_of_the_role_change_nothing(self):
        for setting in STRANGE:
            self.cluster.sql("postgres", "ALTER ROLE %s SET %s" % (self.role, setting))
        self.begin()
        self.send_until_stored(0, 1)
        self.check_stored(2)
        shown = self.one.ctl("ticket", "show", "--json", "1")
        self.assertEqual((shown["customer"], shown["messages"][0]["text"], shown["tags"]), ("Añá", "¿Dónde está?", []))
        self.assertIn("¿Dónde está?", self.one.ctl("message", "raw", "1").stdout)
        self.assertAlmostEqual(time.mktime(time.strptime(shown["created_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone,
                               float(self.sql("SELECT extract(epoch FROM created_at) FROM ticket WHERE ticket_id = 1")), delta=1)
        quiet = ("SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' AND state = 'idle' AND now() - state_change > "
                 "interval '300 ms' AND application_name = 'relevod store'" % self.role)
        self.wait_sql(quiet, 1)
        self.assertEqual(self.told("database_away"), [])

    def test_a_migration_takes_the_time_that_it_needs(self):
        self.cluster.sql("postgres", "ALTER ROLE %s SET statement_timeout = '1ms'" % self.role)
        self.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION " + self.role)
        self.one = self.relevod(CONFIG % self.path, {}).start()
        self.send_until_stored(0)
        self.check_stored(1)

    def test_a_crash_takes_no_mail_back_though_the_server_would_not_wait_for_its_disk(self):
        self.cluster.sql("postgres", "ALTER ROLE %s SET synchronous_commit = off" % self.role)
        self.cluster.sql("postgres", "ALTER SYSTEM SET wal_writer_delay = '10s'")
        self.cluster.sql("postgres", "SELECT pg_reload_conf()")
        self.begin()
        self.send_until_stored(*range(5))
        self.cluster.restart("immediate")
        self.check_stored(5)


class JournalFull(Mails):
    """The server's write-ahead log lies on a disk of its own, which others may fill. PostgreSQL ends itself where it cannot write it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster.stop()
        cls.disk, wal = os.path.join(cls.place.name, "disk"), os.path.join(cls.cluster.data, "pg_wal")
        os.mkdir(cls.disk)
        servers.as_root("mount", "-t", "tmpfs", "-o", "size=160m", "relevo", cls.disk)
        servers.as_root("mv", wal, cls.disk)
        servers.as_root("ln", "-s", os.path.join(cls.disk, "pg_wal"), wal)
        cls.cluster.start()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop("immediate")
        servers.as_root("umount", "-l", cls.disk)
        cls.place.cleanup()

    def server_is_gone(self):
        return not os.path.exists(os.path.join(self.cluster.data, "postmaster.pid"))

    def begin_another_file(self):
        """Of the log: what is written next needs room."""
        try:
            self.cluster.sql("postgres", "SELECT pg_switch_wal()")
        except RuntimeError:
            pass  # this was the one that found none

    def test_where_the_servers_journal_finds_no_room_what_was_answered_for_is_kept(self):  # F18
        self.begin()
        self.send_until_stored(0)
        filler = os.path.join(self.disk, "filler")
        servers.fill_disk(filler)
        number, kept = 0, [0]
        while not self.server_is_gone() and number < 1000:
            number += 1
            if self.send(number) == STORED:
                kept.append(number)
            self.begin_another_file()
        self.assertTrue(self.server_is_gone())
        self.assertFalse(self.one.is_ready())
        self.assertEqual(self.send(number + 1), LATER)
        servers.as_root("rm", filler)
        self.cluster.connections.close()
        self.cluster.start()
        there = self.sql("SELECT mail_id FROM message").replace("@client.example", "").split()
        self.assertEqual(set(map(str, kept)) - set(there), set())
        self.send_until_stored(*range(number + 2))
        self.check_stored(number + 2)


if __name__ == "__main__":
    suite.main()
