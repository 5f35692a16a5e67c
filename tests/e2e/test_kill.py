"""Five hundred mails become five hundred tickets, and each customer is told once, whatever dies or pauses on the way.

The mails lie in a Dovecot, the notices leave by a Postfix and are counted where the customers find them.
"""
import email.utils
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

MAILS, CUSTOMERS, CASES = 500, 5, 9
USERS = dict({"support%d" % n: "s3cret" for n in range(1, CASES + 1)}, **{"c%d" % n: "pw" for n in range(CUSTOMERS)})
HOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
POLICY = """
desk: {title: Tienda Sol, language: es}
teams: {first: {title: Primera atención}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
CONFIG = """
workers: {parse_time: %(parse_time)s}
channels:
  mail:
    {kind: imap, host: localhost, port: %(imap)d, ca_file: "%(ca)s", user: %(user)s, password: {file: "@password@"},
     since: all, after: seen, smtp: letters}
  letters:
    {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Tienda Sol <%(user)s@desk.example>",
     session_time: %(session_time)s}
  shop: {kind: webhook, secret: {file: "@hook@"}, smtp: letters}
"""

# On the way of a mail and of a letter, in an order in which each is passed so often in one life.
POINTS = ("mail_told:30", "intake_taken:25", "looked_up:4", "decided:4", "delivery_claimed:2", "stored:4", "mail_parsed:30",
          "committed:4", "delivery_sent:15", "cursor_kept:2", "acked:3", "delivery_marked:25", "worker_asked:30")


class Ingestion(mailcase.MailCase):
    USERS = USERS

    def setUp(self):
        super().setUp()
        self.user = self.name.replace("case", "support")
        self.numbers = []  # of the orders that somebody wrote about

    # --- what comes in

    def address(self, i):
        return "c%d+%s.%03d@client.example" % (i % CUSTOMERS, self.name, i)

    def mail(self, i):
        return ("From: Cliente %d <%s>\r\nTo: %s@desk.example\r\nSubject: Pedido %03d\r\nMessage-ID: <%s.%d@client.example>\r\n"
                "Date: %s\r\n\r\nEl pedido %d no llega.\r\n" % (i, self.address(i), self.user, i, self.name, i,
                                                               email.utils.formatdate(), i)).encode()

    def give(self, count):
        """That many more mails of as many more customers lie in the mailbox."""
        new = range(len(self.numbers), len(self.numbers) + count)
        self.house.dovecot.put_all(self.user, [self.mail(i) for i in new])
        self.numbers += new

    def relevod(self, name="one", parse_time="20s", session_time="60s"):
        return super().relevod(CONFIG % {
            "imap": self.house.dovecot.tls_port, "smtp": self.house.postfix.port, "ca": self.house.authority.ca,
            "user": self.user, "parse_time": parse_time, "session_time": session_time},
            {"password": USERS[self.user], "hook": HOOK}, name)

    def begin(self, name="one", **more):
        relevod = self.relevod(name, **more).start()
        self.apply_policy(POLICY)
        return relevod

    def taken(self):
        return int(self.sql("SELECT count(*) FROM message"))

    def wait_taken(self, wanted, deadline_s=120):
        servers.wait_for("%d messages" % wanted, lambda: self.taken() >= wanted, deadline_s)

    # --- what must be so in the end

    def claims_run_out(self):
        """As after ten minutes, or after the pause of a retry. Not while somebody sends."""
        self.sql("UPDATE delivery SET claimed_until = NULL, due_at = least(due_at, now()) WHERE state = 'owed'")

    def assert_each_mail_is_one_ticket(self):
        self.wait_taken(len(self.numbers))
        self.assertEqual(self.sql("SELECT subject FROM message ORDER BY subject"),
                         "\n".join("Pedido %03d" % i for i in self.numbers))
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM contact), "
                                  "(SELECT count(*) FROM quarantine)"), "%d|%d|0" % (len(self.numbers), len(self.numbers)))

    def heard(self):
        """Of each customer the (Message-ID, words) of what lies in the mailbox."""
        heard = {}
        for n in range(CUSTOMERS):
            for mail in self.house.mails("c%d" % n):
                to = email.utils.parseaddr(mail["To"])[1]
                if "+%s." % self.name in to:
                    heard.setdefault(to, []).append((mail["Message-ID"], mailhouse.text(mail)))
        return heard

    def assert_each_customer_is_told_once(self, copies=1):
        """`copies`: so often one letter may lie there, with the same id and words; None: as often as it was claimed. Returns
        how many are copies."""
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", len(self.numbers), 180)
        self.assertEqual(self.sql("SELECT count(*) FROM delivery"), str(len(self.numbers)))
        servers.wait_for("Postfix", self.house.postfix.is_idle)
        heard = self.heard()
        claimed = dict(line.split("|") for line in self.sql("SELECT address, attempts FROM delivery").split())
        self.assertEqual(sorted(heard), sorted(self.address(i) for i in self.numbers))
        for to, letters in heard.items():
            self.assertEqual(len(set(letters)), 1, to)
            self.assertLessEqual(len(letters), copies or int(claimed[to]), to)
        return sum(len(letters) for letters in heard.values()) - len(self.numbers)

    def assert_marked_only_when_stored(self):
        seen = self.house.dovecot.seen(self.user)
        stored = {int(uid) for uid in self.sql("SELECT split_part(locator, '/', 3) FROM source").split()}
        self.assertLessEqual(seen, stored)

    # --- the stories

    def test_killed_at_each_point_of_the_way_it_loses_and_doubles_nothing(self):  # F01, F02, T-23
        relevod = self.begin()
        self.assertEqual(relevod.stop(), 0)
        for point in POINTS:
            self.give(MAILS // len(POINTS))
            relevod.env["RELEVO_FAIL"] = point
            relevod.start(wait=False)
            self.assertEqual(relevod.wait_end(120), -signal.SIGKILL, point)
            self.assert_marked_only_when_stored()
        del relevod.env["RELEVO_FAIL"]
        self.give(MAILS % len(POINTS))
        relevod.start()
        self.assert_each_mail_is_one_ticket()
        print("%d kills: %d letters came twice" % (len(POINTS), self.assert_each_customer_is_told_once(copies=None)))
        self.assertEqual(relevod.stop(), 0)

    def test_a_database_that_crashes_again_and_again_loses_and_doubles_nothing(self):  # F07
        relevod = self.begin()
        self.give(MAILS)
        for wanted in (30, 130, 230, 330):
            self.wait_taken(wanted)
            self.cluster.restart("immediate")
            self.assert_marked_only_when_stored()
        self.assert_each_mail_is_one_ticket()
        servers.wait_for("what is under way", lambda: relevod.metric("deliveries_in_flight") == 0)
        self.claims_run_out()
        # A crash is let off with what a kill is: one copy of a letter, with the same id and words.
        self.assert_each_customer_is_told_once(copies=2)
        self.assertEqual(relevod.stop(), 0)

    def two(self):
        """(the one that holds the mailbox, the other)"""
        one = self.begin("one")
        servers.wait_for("the lease", lambda: one.workers("imap"))
        return one, self.relevod("two").start()

    def took_over(self, other, since):
        # Half a minute until the server ends what a paused node holds, and the pauses between tries.
        servers.wait_for("the other node", lambda: other.metric("messages_total") > 0, 180)
        print("the other node went on after %.1f s" % (time.monotonic() - since))

    def test_when_a_node_is_killed_another_goes_on(self):  # F46
        one, two = self.two()
        self.give(200)
        self.wait_taken(50)
        self.assertEqual(two.metric("messages_total"), 0)
        since = time.monotonic()
        one.kill()
        self.give(50)
        self.took_over(two, since)
        self.assert_each_mail_is_one_ticket()
        self.assert_each_customer_is_told_once(copies=2)

    def test_letters_that_a_paused_node_claimed_wait_for_it_and_a_killed_ones_leave_by_another(self):  # F46, F47
        of_one = "SELECT count(*) FROM delivery WHERE state = 'owed' AND claimed_by LIKE 'one/%'"
        self.begin("one").stop()
        one = self.relevod("one")
        one.env["RELEVO_FAIL"] = "delivery_claimed:1:stop"  # claimed, and none of them is on its way yet
        one.start()
        self.give(100)
        servers.wait_for("the pause", one.is_paused)
        two = self.relevod("two").start()
        self.assert_each_mail_is_one_ticket()
        claimed = int(self.sql(of_one))
        self.assertGreater(claimed, 0)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", len(self.numbers) - claimed, 180)
        self.wait_sql("SELECT min(now() - backend_start) > interval '10 s' FROM pg_stat_activity "
                      "WHERE application_name = 'relevod' AND datname = current_database()", "t")
        self.sql("UPDATE node SET seen_at = '-infinity'")
        self.wait_sql("SELECT count(*) FROM node WHERE name LIKE 'two/%' AND seen_at > '-infinity'", 1)  # and it looked
        self.wait_sql("SELECT count(*) FROM node WHERE watched AND name LIKE 'one/%'", 1)
        self.assertEqual(int(self.sql(of_one)), claimed)
        since = time.monotonic()
        one.kill()
        self.wait_sql(of_one, 0)
        self.assert_each_customer_is_told_once()
        print("%d letters that a killed node had claimed were told %.1f s later" % (claimed, time.monotonic() - since))
        self.assertEqual(two.stop(), 0)

    def test_a_node_that_wakes_up_in_the_midst_of_a_batch_finds_it_done_and_doubles_nothing(self):  # F46, F47
        one = self.begin("one")
        one.stop()
        one.env["RELEVO_FAIL"] = "decided:2:stop"
        one.start()
        servers.wait_for("the lease", lambda: one.workers("imap"))
        two = self.relevod("two").start()
        self.give(200)
        servers.wait_for("the pause", one.is_paused)
        since = time.monotonic()
        self.took_over(two, since)
        self.assert_each_mail_is_one_ticket()
        one.tell(signal.SIGCONT)
        one.wait_line("channel_stopped", 60)
        servers.wait_for("what it had in hand", lambda: one.metric("duplicates_total") > 0)
        servers.wait_for("its worker's end", lambda: not one.workers("imap"))
        self.give(50)
        self.assert_each_mail_is_one_ticket()
        self.assert_each_customer_is_told_once()
        self.assertEqual((one.stop(), two.stop()), (0, 0))

    def test_children_that_are_killed_crash_or_hang_cost_a_retry_and_nothing_else(self):  # F04
        chance = random.Random(11)
        relevod = self.begin(parse_time="5s", session_time="5s")
        for n in range(10):
            self.give(MAILS // 10)
            self.wait_taken(n * MAILS // 10 + chance.randrange(1, 20))
            os.kill(chance.choice(relevod.wait_workers("imap")), (signal.SIGKILL, signal.SIGSEGV)[n % 2])
            for role in ("parse", "smtp"):
                pids = relevod.wait_workers(role)
                for pid in pids if n in (3, 7) else [chance.choice(pids)]:
                    os.kill(pid, signal.SIGSTOP if n in (3, 7) else (signal.SIGSEGV, signal.SIGKILL)[n % 2])
            if n == 5:
                relevod.tell(signal.SIGHUP)  # the pauses before a mailbox's next worker begin anew
        self.assert_each_mail_is_one_ticket()
        servers.wait_for("what is under way", lambda: relevod.metric("deliveries_in_flight") == 0)
        self.claims_run_out()
        again = self.assert_each_customer_is_told_once(copies=11)
        print("30 ends: %d letters were tried again, %d came again" % (relevod.metric("deliveries_retried_total"), again))
        for role in ("parse", "smtp"):
            self.assertTrue([line for line in relevod.lines if "event=worker_gone role=%s " % role in line and
                             "killed at its deadline" in line], role)
        self.assertEqual(relevod.stop(), 0)

    def test_asked_to_end_under_load_it_ends_well_and_goes_on_where_it_was(self):  # F48
        relevod = self.begin()
        self.give(300)
        for wanted in (20, 80, 140, 200):
            self.wait_taken(wanted)
            self.assertEqual(relevod.stop(), 0)
            self.assert_marked_only_when_stored()
            self.assertFalse([line for line in relevod.lines if "event=due_failed" in line or "no such channel" in line])
            relevod.start()
        self.assert_each_mail_is_one_ticket()
        self.assert_each_customer_is_told_once()
        self.assertEqual(relevod.stop(), 0)

    def test_a_configuration_read_anew_again_and_again_under_load_costs_nothing(self):  # F49
        relevod = self.begin()
        self.give(250)
        for i in range(100):
            relevod.tell(signal.SIGHUP)
            at = MAILS + i
            status, _, answer = relevod.post_webhook("shop", HOOK, {"id": "h%d" % i, "type": "message.created", "data": {
                "id": "h%d" % i, "sender": {"email": self.address(at)}, "subject": "Pedido %03d" % at, "text": "No llega"}})
            self.assertEqual(status // 100, 2, answer)
        self.numbers += range(MAILS, MAILS + 100)
        self.assert_each_mail_is_one_ticket()
        self.assert_each_customer_is_told_once()
        self.assertGreater(len([line for line in relevod.lines if "event=ready" in line]), 5)
        self.assertEqual(relevod.stop(), 0)


if __name__ == "__main__":
    suite.main()
