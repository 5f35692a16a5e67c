"""relevoctl policy replay: what people did happens again under a policy, beside what became of it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import suite  # noqa: E402
from shop import CONFIG, POLICY, Case, USAGE  # noqa: E402

STRICTER = POLICY.replace("{name: first line, team: first}", """{name: first line, team: first, steps: [
      {name: at once, when: priority urgent, do: [level up]}]}""") + """classification:
  - {name: nothing works, match: Nada funciona, priority: urgent}
"""


class Replay(Case):
    def history(self):
        """Two tickets that ana has; one answered, passed on and handed back, one solved and written to again."""
        self.start()
        self.write("m1", "Nada funciona")
        self.write("m2", "¿Cómo pago?", "u2")
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 2)
        two, one = (str(t["ticket_id"]) for t in self.ask("ticket", "list"))
        self.ask("ticket", "reply", one, "--as", "ana", "--", "Reinicie, por favor.")
        self.ask("ticket", "escalate", one, "--reason", "no sé más")
        self.ask("ticket", "handback", one, "1", "--reason", "era un cable")
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 2)
        self.ask("ticket", "solve", two)
        self.write("m3", "Sigue igual", "u2")

    def test_under_the_policy_that_was_in_force_it_comes_to_what_it_came_to(self):
        self.history()
        told = self.ask("policy", "replay", "--since", "1d")
        self.assertEqual(told["history"]["tickets"], {"happened": 2, "would": 2})
        self.assertEqual(told["history"]["facts"], {"happened": 7, "would": 7})
        self.assertEqual(told["history"]["facts that cannot be"]["would"], 0)
        self.assertEqual(told["levels entered"]["level 2"], {"happened": 1, "would": 1})
        for group, rows in told.items():
            if not group.endswith("by team and hour"):
                for name, sides in rows.items():
                    self.assertEqual(sides["happened"], sides["would"], (group, name))
        self.assertEqual({k: v["happened"] for k, v in told["notices to staff"].items() if v["happened"]},
                         {"A-01": 3, "A-02": 1, "A-04": 2})
        sides = told["given by team and hour"]
        self.assertEqual(sum(sides["happened"]["first"]), 3)
        self.assertEqual(sides["happened"], sides["would"])
        self.sql("UPDATE event SET at = at - interval '1 hour'; UPDATE ticket SET created_at = created_at - interval '1 hour'")
        self.sql("UPDATE event SET fact = fact::jsonb || jsonb_build_object('at', (fact::jsonb ->> 'at')::bigint - 3600, "
                 "'now', (fact::jsonb ->> 'now')::bigint - 3600) WHERE fact IS NOT NULL")
        sides = self.ask("policy", "replay", "--since", "1d")["carried by team and hour"]
        self.assertAlmostEqual(sum(sides["happened"]["first"]), 2, delta=0.1)  # two, for an hour
        for was, would in zip(sides["happened"]["first"], sides["would"]["first"]):
            self.assertAlmostEqual(was, would, delta=0.1)
        self.assertRegex(self.one.ctl("policy", "replay", "--since", "1d").stdout, r"hours that tickets were carried[^\n]*\nfirst +what happened")

    def test_another_policy_is_seen_in_figures_and_nothing_is_written(self):  # D-2
        self.history()
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(STRICTER)
        before = self.sql("SELECT count(*), max(at) FROM event"), self.sql("SELECT count(*) FROM delivery")
        told = self.ask("policy", "replay", "--policy", self.policy)
        self.assertEqual(told["levels entered"]["level 2"], {"happened": 1, "would": 1})
        self.assertEqual(told["history"]["facts that cannot be"]["would"], 1)  # it was passed on already
        self.assertEqual((self.sql("SELECT count(*), max(at) FROM event"), self.sql("SELECT count(*) FROM delivery")), before)
        text = self.one.ctl("policy", "replay", "--policy", self.policy).stdout
        self.assertIn("what happened", text)
        self.assertRegex(text, r"facts that cannot be +0 +1 +\+1")

    def test_a_wrong_time_a_wrong_desk_and_a_wrong_policy_are_said(self):
        self.start()
        self.refused(USAGE, "policy", "replay", "--since", "yesterday", words="yesterday")
        self.refused(CONFIG, "policy", "replay", "--desk", "other", words="other")
        with open(self.policy, "a", encoding="utf-8") as f:
            f.write("nonsense: 1\n")
        self.refused(CONFIG, "policy", "replay", "--policy", self.policy, words=self.policy + ":")


if __name__ == "__main__":
    suite.main()
