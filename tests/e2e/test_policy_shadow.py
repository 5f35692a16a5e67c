"""relevoctl policy shadow: a policy in trial counts nothing and changes nothing, and each day tells what it would have done."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402
from shop import CHANNELS, CONFIG, POLICY, REFUSED, SECRET, USAGE, Case  # noqa: E402

LETTERS = """  letters: {kind: smtp, host: localhost, port: 9, from: "Tienda Sol <help@desk.example>"}
"""
AGENTS = """agents: {mail: letters}
"""
STRICTER = POLICY.replace("{name: first line, team: first}", """{name: first line, team: first, steps: [
      {name: at once, when: priority urgent, do: [level up]}]}""") + """classification:
  - {name: nothing works, match: Nada funciona, priority: urgent}
"""
DAY_ENDS = "UPDATE policy_shadow SET due_at = date_trunc('second', now()); NOTIFY relevo_policy"


class Shadow(Case):
    def setUp(self):
        super().setUp()
        self.one = self.relevod(CHANNELS + LETTERS + AGENTS, {"hook": SECRET})
        self.trial = os.path.join(self.folder, "trial.yaml")
        with open(self.trial, "w", encoding="utf-8") as f:
            f.write(STRICTER)

    def letters(self):
        return self.sql("SELECT address FROM delivery WHERE notice = 'O-01' ORDER BY address").split()

    def test_each_day_is_told_once_to_each_who_is_named_and_nothing_else_comes_of_it(self):  # D-2
        self.start()
        two = self.relevod(CHANNELS + LETTERS + AGENTS, {"hook": SECRET}, "two").start()
        began = self.ask("policy", "shadow", self.trial, "--mail", "jefa@example.org", "--mail", "otro@example.org")
        self.write("m1", "Nada funciona")
        self.write("m2", "¿Cómo pago?", "u2")
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 2)
        self.assertEqual(self.ask("policy", "shadow")["due_at"], began["next"])
        tickets = "SELECT ticket_id, version, priority, level, event_seq FROM ticket ORDER BY 1"
        events, before = self.sql("SELECT count(*) FROM event"), self.sql(tickets)
        # What happens in the second in which a day ends is the next day's.
        self.wait_sql("SELECT max(at) < date_trunc('second', now()) FROM event", "t")
        self.sql("UPDATE policy_shadow SET told_until = now() - interval '1 h'; " + DAY_ENDS)
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'O-01'", 2)
        self.assertEqual(self.letters(), ["jefa@example.org", "otro@example.org"])
        self.assertEqual((self.sql("SELECT count(*) FROM event"), self.sql(tickets)), (events, before))
        text = self.sql("SELECT text FROM delivery WHERE notice = 'O-01' LIMIT 1")
        self.assertRegex(text, r"urgent +0 +1 +\+1")
        self.assertRegex(text, r"level 2 +0 +1 +\+1")
        self.assertIn("@desk.example", self.sql("SELECT mail_id FROM delivery WHERE notice = 'O-01' LIMIT 1"))
        self.assertEqual(self.sql("SELECT due_at > now() AND told_until <= now() AND claimed_until IS NULL FROM policy_shadow"), "t")
        self.sql(DAY_ENDS)  # the next day: nothing of what was told comes again
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'O-01'", 4)
        text = self.sql("SELECT text FROM delivery WHERE notice = 'O-01' ORDER BY delivery_id DESC LIMIT 1")
        self.assertNotRegex(text, r"urgent|E-09")
        told = lambda: sum("shadow_told" in line for node in (self.one, two) for line in node.lines)
        servers.wait_for("a line for each day", lambda: told() >= 2)  # it is written after the row
        self.assertEqual(told(), 2)
        self.one.ctl("policy", "shadow", "--off")
        self.refused(REFUSED, "policy", "shadow", words="no policy in trial")

    def test_what_cannot_be_is_said_before_anything_is_stored(self):
        self.one.ctl("migrate")
        self.refused(USAGE, "policy", "shadow", self.trial, words="whom")
        self.refused(USAGE, "policy", "shadow", self.trial, "--mail", "nobody", words="nobody")
        self.refused(USAGE, "policy", "shadow", self.trial, "--off")
        with open(self.trial, "a", encoding="utf-8") as f:
            f.write("nonsense: 1\n")
        self.refused(CONFIG, "policy", "shadow", self.trial, "--mail", "jefa@example.org", words=self.trial + ":")
        silent = self.relevod(CHANNELS, {"hook": SECRET}, "silent")
        done = silent.ctl("policy", "shadow", self.policy, "--mail", "jefa@example.org", ok=False)
        self.assertEqual((done.returncode, "agents.mail" in done.stderr), (CONFIG, True), done.stderr)
        self.assertEqual(self.sql("SELECT count(*) FROM policy_shadow"), "0")


if __name__ == "__main__":
    suite.main()
