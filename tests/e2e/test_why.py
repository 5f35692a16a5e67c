"""relevoctl why: inputs, alternatives and their reasons, as they were written down when it was decided."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import suite  # noqa: E402
from shop import Case, USAGE  # noqa: E402

POLICY = """
desk: {title: Tienda Sol, language: es}
agents:
  ana: {name: Ana Ruiz, email: ana@example.org, limit: 1}
  eva: {name: Eva Sanz, email: eva@example.org, limit: 10, available: no}
  leo: {name: Leo Gil, email: leo@example.org, limit: 10}
teams:
  first: {members: [ana, eva]}
  second: {members: [leo]}
classification:
  - {name: nothing works, match: Nada funciona, priority: urgent}
targets:
  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 1s}
  resolution: {low: 9d, normal: 5d, high: 2d, urgent: 1d}
  channels: {shop: {resolution: {low: 8d, normal: 4d}}, webhook: {resolution: {normal: 3d}}}
escalation:
  - {name: first line, team: first, steps: [{name: no first answer, when: first_response missed, do: [raise to urgent, level up]}]}
  - {name: second line, team: second, text: Decide on refunds.}
notices: {agent_assigned: {on: no}}
timing: {reopen: 1d}
"""


class Why(Case):
    def events(self, number, topic, kind):
        return [e for e in self.ask("why", number, "--of", topic)["events"] if e["kind"] == kind]

    def begin(self):
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(POLICY)
        self.start()
        self.write("m1", "¿Cómo pago?")
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 1)
        return self.sql("SELECT ticket_id FROM ticket")

    def test_whoever_was_passed_over_is_named_with_the_reason_and_so_is_a_wait_in_the_queue(self):
        one = self.begin()
        owner, = self.events(one, "owner", "owner_set")
        self.assertEqual(owner["rule"], "T-90")
        self.assertEqual(owner["detail"], {"agent": "ana", "open": 0, "passed_over": {"eva": {"open": 0, "why": "not available"}}})
        self.write("m2", "Otra cosa", "u2")
        self.wait_sql("SELECT count(*) FROM event WHERE kind = 'queue_looked'", 1)
        two = self.sql("SELECT max(ticket_id) FROM ticket")
        waits, = self.events(two, "assignee", "queue_looked")
        self.assertEqual(waits["detail"], {"team": "first", "passed_over": {
            "ana": {"open": 1, "why": "at the limit"}, "eva": {"open": 0, "why": "not available"}}})
        self.ask("ticket", "solve", one)
        self.wait_sql("SELECT agent FROM ticket WHERE ticket_id = " + two, "ana")
        self.assertEqual([e["kind"] for e in self.ask("why", two, "owner")["events"] if e["rule"] == "T-90"],
                         ["queue_looked", "owner_set"])
        off, = [e for e in self.events(one, "notices", "notice_suppressed") if e["detail"]["notice"] == "A-01"]
        self.assertEqual((off["rule"], off["why"]), ("A-01", "the policy has switched it off"))

    def test_a_step_says_what_it_waited_for_and_did_and_a_clock_what_it_was_made_from(self):
        one = self.begin()
        clock = next(e for e in self.events(one, "due", "clock_started") if e["detail"]["clock"] == "resolution")
        self.assertEqual({k: clock["detail"][k] for k in ("priority", "calendar", "target_s")},
                         {"priority": "normal", "calendar": "wall", "target_s": 345600})
        clocks = {c["kind"]: c for c in self.ask("why", one, "due")["now"]["clocks"]}  # C-22
        self.assertEqual({kind: c["targets_of"] for kind, c in clocks.items()}, {"first_response": None, "resolution": "shop"})
        self.assertEqual(re.findall(r"(?m)^.*targets.*$", self.one.ctl("why", one, "due").stdout),
                         ["resolution 1 has the targets that the policy gives channel shop"])
        self.ask("ticket", "status", one, "pending", "--as", "ana")
        self.write("m2", "Ya pago")
        self.wait_sql("SELECT status FROM ticket", "open")
        self.assertRegex(self.one.ctl("why", one, "--of", "due").stdout,
                         r"(?m)^resolution 1 pauses from .*, line \d+\nresolution 1 runs from .*, line \d+$")
        self.write("m3", "Nada funciona", "u3")
        self.wait_sql("SELECT count(*) FROM ticket WHERE level = 2", 1)
        three = self.sql("SELECT max(ticket_id) FROM ticket")
        step, = self.events(three, "level", "step_taken")
        self.assertEqual((step["detail"]["when"], step["detail"]["do"]), ("first_response missed", ["raise to urgent", "level up"]))
        self.assertEqual(step["detail"]["passed_over"], {})
        entered = self.events(three, "level", "level_entered")[-1]
        self.assertEqual([entered[k] for k in ("rule", "cause", "actor_kind", "policy_version")],
                         [step["rule"], step["cause"], "time", 2])  # C-21

    def test_what_was_passed_on_by_hand_opened_again_and_merged_is_told_with_who_and_why_and_handed_over(self):
        one = self.begin()
        self.ask("ticket", "note", one, "--as", "ana", "--", "Creo que es el banco")
        self.ask("ticket", "escalate", one, "--as", "ana", "--reason", "no es lo mío")
        letter = self.sql("SELECT text FROM delivery WHERE notice = 'A-04' AND agent = 'leo'")
        told = self.one.ctl("ticket", "handover", one).stdout
        for text in (letter, told):  # D-6
            for words in ("¿Cómo pago?", "no es lo mío", "Creo que es el banco", "1 notas internas", "nivel 2 (second line)",
                          "primera respuesta: vence", "Qué hace y puede decidir este nivel: Decide on refunds."):
                self.assertIn(words, text)
        level = "What this level does and may decide: Decide on refunds.\n"  # D-37
        for words in (("ticket", "show", one), ("why", one), ("why", one, "level")):
            self.assertIn(level, self.one.ctl(*words).stdout)
        self.assertNotIn(level, self.one.ctl("why", one, "due").stdout)
        self.assertEqual(self.ask("ticket", "show", one)["level_text"], "Decide on refunds.")
        self.assertEqual(self.ask("why", one, "level")["now"]["level_text"], "Decide on refunds.")
        self.assertIn("Done so far", self.one.ctl("ticket", "handover", one, "--language", "en").stdout)
        self.refused(USAGE, "ticket", "handover", one, "--language", "English", words="a language like es or pt-BR")
        up, = self.ask("why", one)["told"]
        self.assertEqual([up[k] for k in ("what", "by", "who", "rule", "reason")], ["escalated", "agent", "ana", "C-20", "no es lo mío"])
        entered = self.events(one, "level", "level_entered")[-1]  # C-21
        self.assertEqual([entered[k] for k in ("actor_kind", "actor", "policy_version")], ["agent", "ana", 2])
        self.ask("ticket", "solve", one, "--as", "leo")
        self.write("m2", "Sigue igual")
        self.wait_sql("SELECT status FROM ticket", "open")
        again = self.ask("why", one)["told"][-1]
        self.assertEqual((again["what"], again["by"]), ("reopened", "customer"))
        self.ask("ticket", "close", one, "--as", "leo")
        self.write("m2b", "Y ahora también")
        self.wait_sql("SELECT status FROM ticket", "open")  # C-10
        self.assertEqual(self.ask("why", one)["told"][-1]["words"], "opened again, time 2, by customer")
        self.write("m3", "Lo mismo", "u2")
        self.wait_sql("SELECT count(*) FROM ticket", 2)
        two = self.sql("SELECT max(ticket_id) FROM ticket")
        self.ask("ticket", "merge", one, two, "--as", "leo", "--reason", "es lo mismo")
        why = self.ask("why", one)
        merged = why["told"][-1]
        self.assertEqual([merged[k] for k in ("what", "into", "who", "rule", "reason")],
                         ["merged", int(two), "leo", "C-15", "es lo mismo"])
        self.assertEqual(why["goes_on"]["ticket_id"], int(two))
        text = self.one.ctl("why", one).stdout
        self.assertIn("merged into ticket %s, by agent leo, rule C-15: es lo mismo" % two, text)
        self.assertIn("it went on in ticket %s" % two, text)


if __name__ == "__main__":
    suite.main()
