"""Mail comes in by IMAP: a real Dovecot, and servers that misbehave."""
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import authority  # noqa: E402
import dovecot  # noqa: E402
import servers  # noqa: E402
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

    def test_a_server_that_was_away_is_found_again(self):  # T-01
        server = self.dovecot()
        relevod = self.relevod(server.tls_port).start()
        server.deliver("support", mail(1))
        self.count(1)
        server.stop(signal.SIGKILL)
        relevod.wait_line("channel_trouble")
        server.start()
        server.deliver("support", mail(2))
        self.count(2)

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


if __name__ == "__main__":
    suite.main()
