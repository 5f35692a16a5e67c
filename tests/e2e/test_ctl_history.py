"""relevoctl verify-history: a history that is not as it was written is found, and where."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import suite  # noqa: E402
from shop import CONFIG, Case, REFUSED  # noqa: E402


class History(Case):
    def setUp(self):
        super().setUp()
        self.start()
        for i in range(3):
            self.write("m%d" % i, "Nada funciona", "u%d" % i)
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 3)
        self.one.ctl("ticket", "note", "2", "visto")

    def test_histories_as_they_were_written_are_whole_and_have_one_digest(self):
        told = self.ask("verify-history")
        self.assertEqual((told["desk"], told["tickets"], told["breaks"], told["broken"]), ("main", 3, 0, []))
        self.assertEqual(str(told["lines"]), self.sql("SELECT count(*) FROM event"))
        self.assertEqual(self.ask("verify-history")["digest"], told["digest"])
        self.one.ctl("ticket", "note", "1", "otra")
        self.assertNotEqual(self.ask("verify-history")["digest"], told["digest"])
        self.assertIn("3 tickets", self.one.ctl("verify-history").stdout)

    def test_whatever_is_done_to_a_history_is_found_and_named(self):
        last = int(self.sql("SELECT max(seq) FROM event WHERE ticket_id = 2"))
        for done, undone, seq, words in (
            ("UPDATE event SET why = why || '.' WHERE ticket_id = 2 AND seq = 3", "UPDATE event SET why = left(why, -1) "
             "WHERE ticket_id = 2 AND seq = 3", 3, "not as it was written"),
            ("UPDATE event SET actor = '' WHERE ticket_id = 2 AND seq = 3", "UPDATE event SET actor = NULL "
             "WHERE ticket_id = 2 AND seq = 3", 3, "not as it was written"),
            ("UPDATE event SET seq = 99 WHERE ticket_id = 2 AND seq = 4", "UPDATE event SET seq = 4 "
             "WHERE ticket_id = 2 AND seq = 99", 4, "missing"),
            ("UPDATE event SET ticket_id = 77 WHERE ticket_id = 2 AND seq = %d" % last, "UPDATE event SET ticket_id = 2 "
             "WHERE ticket_id = 77", last - 1, "some are missing"),
            ("UPDATE event SET ticket_id = 77 WHERE ticket_id = 2", "UPDATE event SET ticket_id = 2 WHERE ticket_id = 77",
             1, "no history"),
        ):
            self.sql(done)
            told = json.loads(self.refused(REFUSED, "--json", "verify-history").stdout)
            breaks = [(b["seq"], b["what"]) for b in told["broken"] if b["ticket_id"] == 2]
            self.assertEqual(len(breaks), 1, (done, told))
            self.assertEqual(breaks[0][0], seq, done)
            self.assertIn(words, breaks[0][1])
            self.sql(undone)
            self.assertEqual(self.ask("verify-history")["breaks"], 0, undone)

    def test_what_is_decided_by_a_newer_policy_than_the_ticket_was_opened_by_says_so_and_stays_whole(self):
        with open(self.policy, "a") as f:
            f.write("priority: high\n")
        self.one.ctl("policy", "apply", self.policy)
        self.one.ctl("ticket", "note", "1", "visto otra vez")
        self.assertEqual(self.sql("SELECT policy_version FROM event WHERE ticket_id = 1 ORDER BY seq DESC LIMIT 1"), "3")
        self.assertEqual(self.ask("verify-history")["breaks"], 0)

    def test_a_desk_that_is_not_there_is_said(self):
        self.refused(CONFIG, "verify-history", "--desk", "other", words="other")


if __name__ == "__main__":
    suite.main()
