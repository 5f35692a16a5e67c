"""Another system hears what happens to tickets: signed, once a fact, in the words of the history."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import providers  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

SHOP, CRM = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
CONFIG = """
channels:
  shop: {kind: webhook, secret: {file: "@shop@"}}
  crm: {kind: events, url: "%(crm)s/relevo?from=shop", secret: {file: "@crm@"}}
  alarm: {kind: events, url: "%(alarm)s/", secret: {file: "@crm@"}, only: [clock_breached, level_entered]}
"""
POLICY = """
agents: {ana: {name: Ana, email: ana@desk.example}, eva: {name: Eva, email: eva@desk.example}}
teams: {first: {members: [ana]}, second: {members: [eva]}}
targets: {first_response: {low: 2s, normal: 2s, high: 2s, urgent: 2s}}
escalation:
  - {name: one, team: first, steps: [{name: late, when: first_response missed, do: [level up]}]}
  - {name: two, team: second}
"""


class Case(suite.Case):
    def setUp(self):
        super().setUp()
        self.crm, self.alarm = providers.EventReceiver(CRM), providers.EventReceiver(CRM)
        self.addCleanup(self.crm.stop)
        self.addCleanup(self.alarm.stop)

    def start(self, more="", does="level up"):
        relevod = self.relevod(self.config(more), {"shop": SHOP, "crm": CRM})
        policy = os.path.join(self.folder, "policy.yaml")
        with open(policy, "w") as f:
            f.write(POLICY.replace("level up", does))
        relevod.ctl("migrate")
        self.applied = relevod.ctl("policy", "apply", policy)
        return relevod.start()

    def config(self, more=""):
        return CONFIG % {"crm": self.crm.base, "alarm": self.alarm.base} + more

    def write(self, relevod, message_id="m1"):
        status, _, body = relevod.post_webhook("shop", SHOP, {
            "type": "message.created", "timestamp": "2026-01-01T00:00:00Z",
            "data": {"id": message_id, "sender": {"id": "u1", "display_name": "Luz"}, "text": "Nada funciona",
                     "conversation_id": "c1"}}, message_id)
        self.assertLess(status, 300, body)


class Events(Case):
    def test_each_line_of_the_history_is_told_once_and_in_the_same_words(self):
        relevod = self.start()
        self.write(relevod)
        servers.wait_for("the second level", lambda: self.sql("SELECT level FROM ticket") == "2")
        relevod.ctl("ticket", "reply", "1", "Ya funciona", "--as", "eva")
        relevod.ctl("ticket", "solve", "1", "--as", "eva")
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'event' AND state <> 'sent'", 0)
        heard = sorted((e for call in self.crm.calls for e in call["data"]["events"]), key=lambda e: e["seq"])
        known = json.loads(self.sql("SELECT json_agg(json_build_object('seq', seq, 'kind', kind, 'why', why, 'rule', rule, "
                                    "'cause', cause, 'detail', detail::json) ORDER BY seq) FROM event"))
        self.assertEqual([{key: e[key] for key in known[0]} for e in heard], known)
        first = next(call for call in self.crm.calls if call["data"]["events"][0]["seq"] == 1)
        self.assertEqual(first["type"], "ticket.customer_wrote")
        self.assertEqual(first["data"]["desk"], "main")
        self.assertEqual({key: first["data"]["ticket"][key] for key in ("ticket_id", "subject", "status", "channel", "level")},
                         {"ticket_id": 1, "subject": "Nada funciona", "status": "new", "channel": "shop", "level": 1})
        self.assertEqual(first["data"]["ticket"]["customer"]["name"], "Luz")
        self.assertEqual(relevod.stop(), 0)

    def test_who_asks_for_some_kinds_hears_of_no_other(self):
        relevod = self.start()
        self.write(relevod)
        servers.wait_for("the second level", lambda: self.sql("SELECT level FROM ticket") == "2")
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'event' AND state <> 'sent'", 0)
        wanted = {"clock_breached", "level_entered"}
        self.assertTrue(self.alarm.calls)
        for call in self.alarm.calls:
            self.assertTrue(wanted & {e["kind"] for e in call["data"]["events"]}, call)
        self.assertLess(len(self.alarm.calls), len(self.crm.calls))

    def test_a_receiver_that_refuses_is_told_no_more_of_it_and_the_ticket_goes_on(self):
        # A refusal is no event of the ticket: it would be told, refused and told again without end.
        relevod = self.start()
        self.crm.refuse_with = 400
        self.write(relevod)
        servers.wait_for("the second level", lambda: self.sql("SELECT level FROM ticket") == "2")
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'event' AND state = 'owed'", 0)
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'delivery_dead' AND detail LIKE '%\"event\"%'"), "0")
        dead = json.loads(self.sql("SELECT json_agg(last_words) FROM delivery d JOIN channel c USING (desk_id, channel_id) "
                                   "WHERE d.state = 'dead' AND c.name = 'crm'"))
        self.assertEqual(set(dead), {"HTTP 400"})
        self.assertTrue(self.alarm.calls)

    def test_a_receiver_that_was_away_hears_all_of_it_later_under_the_same_ids(self):
        relevod = self.start()
        self.crm.refuse_with = 503
        self.write(relevod)
        servers.wait_for("a first try", lambda: self.crm.refused)
        self.crm.refuse_with = None
        self.sql("UPDATE delivery SET due_at = now() WHERE notice = 'event' AND state = 'owed'")
        servers.wait_for("all of it", lambda: {c[0] for c in self.crm.refused} <= set(self.crm.ids))
        refused, taken = dict(self.crm.refused), dict(zip(self.crm.ids, self.crm.bodies))
        for call_id, body in refused.items():
            self.assertEqual(taken[call_id], body)

    def test_a_step_tells_the_system_that_it_names_and_that_one_hears_of_nothing_else(self):  # C-20
        bell = providers.EventReceiver(CRM)
        self.addCleanup(bell.stop)
        bell.refuse_with = 503
        relevod = self.start('  bell: {kind: events, url: "%s/", secret: {file: "@crm@"}, only: []}\n' % bell.base,
                             "webhook bell, level up, webhook alarm")
        self.assertEqual(self.applied.stderr, "")
        self.write(relevod)
        servers.wait_for("a first try", lambda: bell.refused)
        bell.refuse_with = None
        self.sql("UPDATE delivery SET due_at = now() WHERE notice = 'event' AND state = 'owed'")
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'event' AND state <> 'sent'", 0)
        self.assertEqual(list(zip(bell.ids, bell.bodies)), bell.refused[:1])
        call, = bell.calls
        line, = call["data"]["events"]
        self.assertEqual((call["type"], call["data"]["desk"], call["data"]["ticket"]["ticket_id"], call["data"]["ticket"]["level"]),
                         ("step.taken", "main", 1, 2))
        known = json.loads(self.sql("SELECT json_build_object('seq', seq, 'kind', kind, 'why', why, 'rule', rule, 'cause', cause, "
                                    "'detail', detail::json) FROM event WHERE kind = 'step_taken'"))
        self.assertEqual({key: line[key] for key in known}, known)
        self.assertEqual((line["detail"]["level"], line["detail"]["step"], line["rule"]), (1, "late", "policy level 1/late"))
        # Who hears of facts as well can tell the two apart.
        self.assertEqual([c["type"] for c in self.alarm.calls].count("step.taken"), 1)
        self.assertEqual(len(self.alarm.ids), len(self.alarm.calls))
        self.assertEqual([c["type"] for c in self.crm.calls].count("step.taken"), 0)
        self.assertEqual(relevod.stop(), 0)

    def test_a_name_that_nobody_has_is_told_on_all_sides_and_costs_its_call_alone(self):  # C-20
        relevod = self.start(does="webhook bell, webhook shop, level up, webhook alarm")
        said = ['level 1, step "late": webhook %s: desk main has no channel of kind events with this name' % name for name in ("bell", "shop")]
        self.assertEqual(self.applied.stderr.splitlines(), ["relevoctl: " + words for words in said])
        servers.wait_for("a warning for each", lambda: sum("event=webhook_unknown" in line for line in relevod.lines) == 2)
        self.write(relevod)
        servers.wait_for("the second level", lambda: self.sql("SELECT level FROM ticket") == "2")
        servers.wait_for("the call of the other", lambda: "step.taken" in [c["type"] for c in self.alarm.calls])
        for name in ("bell", "shop"):
            self.assertIn("ticket=1", relevod.wait_line("name=" + name))

        def trouble():
            return [words for words in relevod.ctl("--json", "status")["trouble"] if "webhook" in words]

        self.assertEqual(trouble(), said)
        relevod.configure(self.config('  bell: {kind: events, url: "http://127.0.0.1:9/", secret: {file: "@crm@"}}\n'))
        self.assertEqual(trouble(), said[1:])

    def test_a_test_call_of_the_operator_is_signed_too(self):
        relevod = self.start()
        relevod.ctl("channel", "test", "crm", "--to", "x")
        self.assertEqual([call["type"] for call in self.crm.calls], ["relevo.test"])
        self.assertEqual(relevod.stop(), 0)


if __name__ == "__main__":
    suite.main()
