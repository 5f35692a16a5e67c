"""The balance sheet: each mail of each mailbox that is read is in exactly one account, and what is none is named."""
import json
import os
import signal

import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import strange_imap  # noqa: E402
import suite  # noqa: E402
import test_imap  # noqa: E402
from test_imap import mail  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IN_FLIGHT = 256  # mails of a worker that are told and not yet stored
ACCOUNTS = ("messages", "duplicates", "ignored", "quarantined", "others", "pending", "gaps")


class Case(test_imap.Case):
    def reconcile(self, relevod, code=0, *args):
        """The mailboxes as relevoctl tells them, by their names."""
        done = relevod.ctl("reconcile", "--json", *args, ok=False)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.assertNotIn("Sanitizer", done.stderr)
        mailboxes = {}
        for box in json.loads(done.stdout):
            self.assertEqual(box["mails"], sum(box[account] for account in ACCOUNTS))
            mailboxes[box["mailbox"]] = box
        return mailboxes

    def accounts(self, box):
        return {account: box[account] for account in ACCOUNTS if box[account]}


class Accounts(Case):
    def test_each_mail_is_in_exactly_one_account_and_a_gap_of_one_is_named(self):  # T-18, T-20, T-24
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail("before%d" % i), "Web")
        relevod = self.relevod(server.tls_port, more="since: now, mailboxes: [INBOX, Web, Junk]").start()
        self.wait_sql("SELECT count(*) FROM channel_cursor", 2)
        for i in range(6):
            server.put("support", mail(i))
        server.put("support", mail(2))  # once more
        server.put("support", b"\r\n")
        server.put("support", mail("new"), "Web")
        self.wait_sql("SELECT sum(split_part(cursor, ':', 2)::int) FROM channel_cursor", 12)
        box = self.reconcile(relevod, 4)  # there is no Junk
        self.assertEqual(self.accounts(box["Web"]), {"messages": 1, "ignored": 3})
        inbox = self.accounts(box["INBOX"])
        self.assertEqual((inbox["duplicates"], inbox.get("gaps"), sum(inbox.values())), (1, None, 8))
        self.assertIn("Junk", box["Junk"]["error"])
        relevod.kill()
        for i in range(2):
            server.put("support", mail("later%d" % i))
        server.put("support", mail("spam"), "Junk")
        box = self.reconcile(relevod)
        self.assertEqual(box["INBOX"]["pending"], 2)
        self.assertEqual(self.accounts(box["Junk"]), {"pending": 1})
        self.sql("DELETE FROM source WHERE locator LIKE 'INBOX/%/4'")
        self.assertEqual(self.reconcile(relevod, 1)["INBOX"]["gap_uids"], [4])
        self.assertIn("in no account are the UIDs 4", relevod.ctl("reconcile", ok=False).stdout)
        self.assertTrue(any("1 mails in INBOX of channel mail" in line for line in relevod.ctl("status", "--json")["trouble"]))
        self.assertEqual(relevod.ctl("status", "--check", ok=False).returncode, 1)

    def test_the_account_of_each_mail_is_said_with_its_ticket_and_its_reason(self):
        server = self.dovecot()
        server.put("support", mail("old"), date='"01-Jan-2020 10:00:00 +0000"')
        server.put("support", mail(1))
        server.put("support", mail(1))
        relevod = self.relevod(server.tls_port, more="since: 2021-01-01").start()
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", 3)
        each = self.reconcile(relevod, 0, "--each")["INBOX"]["each"]
        ticket = int(self.sql("SELECT ticket_id FROM ticket"))
        self.assertEqual([(m["uid"], m["account"], m["ticket_id"]) for m in each],
                         [(1, "ignored", 0), (2, "message", ticket), (3, "duplicate", ticket)])
        self.assertIn("before mails count", each[0]["reason"])
        self.assertIn("/3 duplicate of ticket %d" % ticket, relevod.ctl("reconcile", "--each").stdout)

    def test_what_is_older_than_since_is_passed_over_once_and_what_is_moved_there_later_is_new(self):  # T-10
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail(i), date='"01-Jan-2020 10:00:00 +0000"')
        session = server.imap("support")
        session.create("Web")
        relevod = self.relevod(server.tls_port, more="since: 2021-01-01, mailboxes: [INBOX, Web]").start()
        place = "SELECT string_agg(split_part(cursor, ':', 2) || ' of ' || split_part(cursor, ':', 4), ', ' ORDER BY part) FROM channel_cursor"
        self.wait_sql(place, "3 of 4, 0 of 1")
        self.assertEqual(self.accounts(self.reconcile(relevod)["INBOX"]), {"ignored": 3})
        relevod.kill()
        for box in ("INBOX", "Web"):
            server.put("support", mail(box), "Elsewhere", date='"01-Jan-2020 10:00:00 +0000"')
            session.select("Elsewhere")
            session.uid("MOVE", "1:*", box)
        session.logout()
        relevod.start()
        self.wait_sql(place, "4 of 4, 1 of 1")
        self.count(2)
        self.assertEqual(self.accounts(self.reconcile(relevod)["INBOX"]), {"ignored": 3, "messages": 1})
        self.sql("DELETE FROM source WHERE locator LIKE 'INBOX/%/4'")
        self.assertEqual(self.reconcile(relevod, 1)["INBOX"]["gap_uids"], [4])

    def test_uids_that_begin_anew_are_counted_anew(self):  # F26
        server = self.dovecot()
        server.put("support", mail(1), "Web")
        relevod = self.relevod(server.tls_port, more="since: all, mailboxes: [Web]").start()
        self.count(1)
        relevod.kill()
        session = server.imap("support")
        session.delete("Web")
        session.logout()
        for i in range(1, 3):
            server.put("support", mail(i), "Web")
        self.assertEqual(self.accounts(self.reconcile(relevod)["Web"]), {"pending": 2})
        relevod.start()
        self.count(2)
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", 2)
        self.assertEqual(self.accounts(self.reconcile(relevod)["Web"]), {"messages": 1, "duplicates": 1})

    def test_the_node_compares_by_itself_and_a_gap_is_an_alarm(self):  # T-18
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail(i))
        relevod = self.relevod(server.tls_port, more="since: all, reconcile: 1s").start()
        self.count(3)
        servers.wait_for("a whole comparison", lambda: self.sql("SELECT messages, gaps FROM reconciliation") == "3|0")
        self.assertEqual(self.metric(relevod), 0)
        self.sql("DELETE FROM source WHERE locator LIKE '%/2'")
        line = relevod.wait_line("event=reconcile_gap")
        self.assertIn("mailbox=INBOX", line)
        self.assertIn("uids=2 ", line)
        servers.wait_for("the metric", lambda: self.metric(relevod) == 1)
        self.assertEqual([box["gap_uids"] for box in relevod.ctl("status", "--json")["mailboxes"]], [[2]])

    def metric(self, relevod):
        return relevod.metric('reconcile_gaps{channel="mail"}')

    def test_a_server_that_cannot_be_asked_is_no_clean_balance(self):
        server = self.dovecot()
        relevod = self.relevod(server.tls_port).start()
        relevod.stop()
        server.stop(signal.SIGKILL)
        done = relevod.ctl("reconcile", ok=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("channel mail", done.stderr)


class Cheap(Case):
    """What is in an account is not asked for anything but its UID."""

    def strange(self, capability, mails=12):
        server = strange_imap.StrangeImap(capability)
        self.addCleanup(server.stop)
        server.mails.update({uid: mail(uid) for uid in range(1, 3 * mails, 3)})
        return server

    def compared(self, capability, more="since: all"):
        """The accounts, by --each too, and the commands that it took; one mail is in none, one is to come, one was removed."""
        server = self.strange(capability)
        node = "n%d" % server.port
        relevod = self.relevod(server.port, "none", more, name=node).start()
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", 34)
        relevod.kill()
        self.sql("DELETE FROM source WHERE locator LIKE '%/7'")
        server.mails.pop(10)
        server.mails[50] = mail("new")
        del server.commands[:]
        box = self.reconcile(relevod, 1, "--each")["INBOX"]
        commands = set(server.commands)
        self.sql("DELETE FROM channel_cursor; DELETE FROM source; DELETE FROM reconciliation")
        return [box[account] for account in ACCOUNTS], [(m["uid"], m["account"]) for m in box["each"]], commands

    def test_ranges_and_numbers_and_closer_looks_all_say_the_same(self):
        ranges, each, commands = self.compared("ESEARCH")
        self.assertEqual(dict(zip(ACCOUNTS, ranges))["gaps"], 1)
        self.assertIn((50, "pending"), each)
        self.assertEqual(len(each), 12)
        self.assertEqual(commands & {"SEARCH", "FETCH", "CONDSTORE"}, {"SEARCH"})
        for capability, more, asked in (("", "since: all", {"SEARCH"}), ("ESEARCH", "since: 2001-01-01", {"SEARCH", "FETCH"})):
            found, named, commands = self.compared(capability, more)
            self.assertEqual((sum(found), found[-2:], [uid for uid, _ in named], commands & {"SEARCH", "FETCH"}),
                             (12, ranges[-2:], [uid for uid, _ in each], asked))

    def test_a_server_that_takes_back_its_ranges_is_asked_for_numbers(self):
        server = self.strange("ESEARCH")
        server.twist = lambda connection, command, rest: (
            command == "SEARCH" and rest.startswith("RETURN") and not connection.say("%s BAD what" % connection.tag))
        relevod = self.relevod(server.port, "none").start()
        self.count(12)
        self.assertEqual(self.accounts(self.reconcile(relevod)["INBOX"]), {"messages": 12})


class After(Case):
    """What is to be done with a stored mail is done, whenever the kill came."""

    def killed_before_the_marking(self, more, start=True):
        """A node that stored some of three mails and died before the server heard of it."""
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail(i))
        server.put("support", mail("archived"), "Done")
        relevod = self.relevod(server.tls_port, more="since: all, reconcile: 1s, " + more,
                               env={"RELEVO_FAIL": "cursor_kept"})
        relevod.start(wait=False)
        relevod.wait_end()
        self.assertNotEqual(self.sql("SELECT count(*) FROM message"), "0")
        self.assertEqual(len(server.mails("support")), 3)
        self.assertEqual(server.seen("support"), set())
        del relevod.env["RELEVO_FAIL"]
        return server, relevod.start() if start else relevod

    def test_a_mail_that_a_kill_left_unmarked_is_marked(self):  # T-26
        server, _ = self.killed_before_the_marking("after: seen")
        servers.wait_for("seen", lambda: len(server.seen("support")) == 3)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT ticket_id) FROM message"), "3|3")

    def test_a_mail_that_a_kill_left_behind_is_moved_once(self):  # T-22
        server, _ = self.killed_before_the_marking("after: move, move_to: Done")
        servers.wait_for("moved", lambda: server.mails("support") == [])
        self.assertEqual(len(server.mails("support", "Done")), 4)

    def test_a_mail_that_a_kill_left_behind_is_deleted(self):
        server, _ = self.killed_before_the_marking("after: delete")
        servers.wait_for("deleted", lambda: server.mails("support") == [])
        self.assertEqual(len(server.mails("support", "Done")), 1)

    def test_comparisons_by_hand_do_not_keep_it_from_being_moved(self):
        server, relevod = self.killed_before_the_marking("after: move, move_to: Done", start=False)
        self.sql("UPDATE source SET stored_at = stored_at - interval '1 hour'")
        for _ in range(2):
            self.reconcile(relevod)
        relevod.start()
        servers.wait_for("moved", lambda: server.mails("support") == [])

    def test_only_comparisons_that_told_what_was_left_undone_move_since_when_it_is_looked_for(self):
        with open(os.path.join(ROOT, "sql/queries/reconcile_put.sql"), encoding="utf-8") as f:
            put = f.read()
        server = self.dovecot()
        self.relevod(server.tls_port).start().stop()
        channel = self.sql("SELECT desk_id || ', ' || channel_id FROM channel")

        def since(*hours):
            """Which hour's mails the next one looks at; each comparison: when it began, and whether it told."""
            self.sql("DELETE FROM reconciliation")
            for hour, told in hours:
                self.sql("PREPARE put AS %s; EXECUTE put(%s, 'INBOX', 1, '2026-01-15 %02d:00Z', 0, 0, 0, 0, 0, 0, 0, 0, '{}', NULL, %s); "
                         "DEALLOCATE put" % (put, channel, hour, told))
            return self.sql("SELECT to_char(since_at AT TIME ZONE 'UTC', 'DD HH24') FROM reconciliation")
        self.assertEqual(since((10, True)), "13 10")
        self.assertEqual(since((10, True), (12, True)), "15 10")
        self.assertEqual(since((10, True), (11, False), (12, True)), "15 10")  # one by hand, or one that failed
        self.assertEqual(since((10, True), (11, False), (12, True), (13, False), (14, True)), "15 12")
        self.assertEqual(since((10, False), (12, True)), "13 10")
        self.assertEqual(since((10, False), (11, False), (12, True)), "13 10")

    def test_what_an_agent_marks_as_unread_stays_so_after_the_comparisons(self):
        server = self.dovecot()
        server.put("support", mail(1))
        relevod = self.relevod(server.tls_port, more="since: all, after: seen, reconcile: 1s").start()
        servers.wait_for("seen", lambda: len(server.seen("support")) == 1)
        self.sql("UPDATE source SET stored_at = stored_at - interval '3 days'")
        since = len(relevod.lines)
        session = server.imap("support")
        session.select("INBOX")
        session.store("1", "-FLAGS", "\\Seen")
        session.logout()
        for _ in range(3):
            relevod.wait_line("event=reconciled", since=since)
            since = len(relevod.lines)
        self.assertEqual(server.seen("support"), set())

    def test_while_commits_fail_nothing_is_deleted_and_then_each_comes_once(self):  # T-09, T-11
        server = self.dovecot()
        for i in range(3):
            server.put("support", mail(i))
        self.fail_commits()
        relevod = self.relevod(server.tls_port, more="since: all, after: delete, reconcile: 1s").start()
        servers.wait_for("commits that fail", lambda: self.failed_commits() >= 10)
        relevod.wait_line("event=reconciled")
        self.assertEqual(self.accounts(self.reconcile(relevod)["INBOX"]), {"pending": 3})
        self.assertEqual([flags.replace("\\Recent", "").count("\\") for _, flags, _ in server.mails("support")], [0] * 3)
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM source)"), "0|0")
        self.mend_commits()
        self.count(3)
        servers.wait_for("deleted", lambda: server.mails("support") == [])
        self.assertEqual(self.sql("SELECT count(*), string_agg(outcome, ' ') FROM source"), "3|message message message")
        self.assertEqual(self.sql("SELECT count(*) FROM ticket"), "3")

    def refuse_all_in_flight(self, before):
        """More mails than may be in flight come behind so many that are stored, and at first no commit comes through."""
        server = self.dovecot()
        server.put_all("support", [mail(i) for i in range(before)])
        relevod = self.relevod(server.tls_port, more="since: all").start()
        self.count(before)
        self.fail_commits()
        server.put_all("support", [mail(i) for i in range(before, before + IN_FLIGHT * 3)])
        relevod.wait_line("mails could not be stored", 120)
        self.mend_commits()
        self.count(before + IN_FLIGHT * 3)
        self.assertEqual(self.accounts(self.reconcile(relevod)["INBOX"]), {"messages": before + IN_FLIGHT * 3})

    def test_what_could_not_be_stored_comes_before_what_lies_behind_it(self):  # T-09
        self.refuse_all_in_flight(1)

    def test_when_the_first_mails_of_all_could_not_be_stored_they_come_first_again(self):  # T-09
        self.refuse_all_in_flight(0)

    def test_only_what_is_stored_whole_is_deleted(self):  # T-11
        server = self.dovecot()
        server.put("support", mail("large", text="x" * 200000))
        server.put("support", mail("small"))
        relevod = self.relevod(server.tls_port, more="since: all, after: delete, size_max: 64KiB, reconcile: 1s").start()
        self.count(2)
        servers.wait_for("deleted", lambda: len(server.mails("support")) == 1)
        since = len(relevod.lines)
        relevod.wait_line("event=reconciled", since=since)
        self.assertIn(b"large", server.mails("support")[0][2])


if __name__ == "__main__":
    suite.main()
