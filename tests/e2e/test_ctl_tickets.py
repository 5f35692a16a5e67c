"""relevoctl on tickets and policies, beside a relevod that takes messages: each change is decided as the daemon decides."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import suite  # noqa: E402
from shop import CONFIG, Case, DONE, LATER, POLICY, REFUSED, USAGE  # noqa: E402

class Tickets(Case):
    def test_a_list_has_each_ticket_once_and_its_filters_hold(self):
        self.start()
        self.write("m1", "Nada funciona")
        self.write("m2", "Otra cosa", "u2")
        tickets = self.ask("ticket", "list")
        self.assertEqual([t["address"] for t in tickets], ["u2", "u1"])
        self.assertEqual(set(tickets[0]), {
            "ticket_id", "desk", "status", "priority", "level", "team", "agent", "customer", "address", "channel", "due",
            "due_at", "created_at", "last_customer_at", "subject", "about"})
        self.assertRegex(tickets[0]["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(tickets[1]["about"], "Nada funciona")
        number = str(tickets[1]["ticket_id"])
        self.ask("ticket", "solve", number)
        for args, wanted in ((["--status", "solved"], ["u1"]), ([], ["u2"]), (["--all"], ["u2", "u1"]),
                             (["--customer", "u2"], ["u2"]), (["--team", "second"], []), (["--desk", "main"], ["u2"]),
                             (["--all", "--limit", "1"], ["u2"]),
                             (["--status", "open,new,solved", "--priority", "normal"], ["u2", "u1"])):
            self.assertEqual([t["address"] for t in self.ask("ticket", "list", *args)], wanted, args)
        for words, wanted in (("NADA", ["u1"]), ("otra cosa", ["u2"]), ("cosa nada", []), ("cosa OR nada", ["u2", "u1"]),
                              ('"nada otra"', []), ("otra -cosa", []), ("fun", [])):  # D-34
            self.assertEqual([t["address"] for t in self.ask("ticket", "list", "--all", "--about", words)], wanted, words)
        self.refused(USAGE, "ticket", "list", "--status", "lost", words="lost")
        self.refused(USAGE, "ticket", "list", "--priority", "huge", words="huge")
        self.refused(USAGE, "ticket", "list", "--limit", "0")
        for option, word, words in (("--agent", "nobody", "there is no agent 'nobody'\n"),
                                    ("--agent", "anna", "there is no agent 'anna' (did you mean 'ana'?)"),
                                    ("--team", "frist", "there is no team 'frist' (did you mean 'first'?)"),
                                    ("--team", "ana", "there is no team 'ana'\n")):
            self.refused(REFUSED, "ticket", "list", option, word, words=words)
            self.refused(REFUSED, "ticket", "list", "--desk", "main", option, word, words=words)
        self.sql("UPDATE ticket SET agent = 'gone' WHERE ticket_id = %s" % number)  # no policy has this one any more
        self.assertEqual([t["agent"] for t in self.ask("ticket", "list", "--all", "--agent", "gone")], ["gone"])
        for number in ("0", "-1", "9223372036854775808", "1x", " 1", "+1", ""):
            self.refused(USAGE, "ticket", "show", "--", number)

    def test_of_several_promises_the_list_tells_the_one_that_falls_due_first(self):  # T-61
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(POLICY.replace("targets:\n", "targets:\n  update: {low: 2h, normal: 30h}\n  resolution: {low: 6h, normal: 24h}\n"))
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])

        def is_due(kind):
            told = self.ask("ticket", "list")[0]
            due = {c["kind"]: c["due_at"] for c in self.ask("ticket", "show", number)["clocks"] if c["ended_at"] is None}
            self.assertEqual((told["due"], told["due_at"]), (kind, due.get(kind)))
            self.assertTrue(kind is None or due[kind] == min(filter(None, due.values())), due)

        is_due("first_response")  # in 4 h, before the resolution
        self.ask("ticket", "priority", number, "low")
        is_due("resolution")  # in 6 h: before the first response, which runs on
        self.ask("ticket", "priority", number, "normal")
        self.ask("ticket", "reply", number, "Lo miramos", "--as", "ana")
        is_due("resolution")
        self.ask("ticket", "priority", number, "low")
        is_due("update")
        self.ask("ticket", "status", number, "pending")
        is_due(None)

    def test_whose_customer_somebody_is_decides_what_the_case_weighs(self):
        with open(self.policy, "a", encoding="utf-8") as f:
            f.write("\nplans:\n  gold: {points: 20}\n")
        self.start()
        self.write("m1", "Una pregunta", email="eva@acme.example")
        self.refused(REFUSED, "organization", "set", "Acme", "--plan", "silver", words="no plan 'silver'")
        self.refused(USAGE, "organization", "set", "Acme", "--vip", "maybe")
        self.refused(USAGE, "organization", "set", "Acme", "--domains", "a@b.example")
        made = self.ask("organization", "set", "Acme", "--plan", "gold", "--domains", "ACME.example,acme.invalid")
        self.assertEqual(made["contacts"], 1)  # eva, who wrote before
        self.write("m2", "Otra pregunta", email="eva@acme.example")  # D-43
        self.write("m3", "Buenas", email="leo@acme.invalid")  # new, and known by the domain
        self.write("m4", "Buenas", email="ana@other.example")
        tickets = {t["address"]: t for t in reversed(self.ask("ticket", "list"))}
        self.assertEqual({a: t["priority"] for a, t in tickets.items()}, {
            "ana@other.example": "normal", "leo@acme.invalid": "urgent", "eva@acme.example": "urgent"})
        self.assertIn("plan gold", json.dumps(self.ask("why", str(tickets["leo@acme.invalid"]["ticket_id"]))))
        self.assertEqual([(o["organization"], o["plan"], o["contacts"], o["domains"]) for o in self.ask("organization", "list")],
                         [("Acme", "gold", 2, ["acme.example", "acme.invalid"])])
        self.assertEqual(len(self.ask("contact", "list", "--organization", "Acme")), 2)
        self.refused(REFUSED, "contact", "set", "ana@other.example", "--organization", "Nobody", words="no organization")
        self.assertEqual(self.ask("contact", "set", "ana@other.example", "--organization", "Acme", "--vip", "yes")["vip"], True)
        self.assertEqual(self.ask("contact", "set", "ana@other.example", "--any-hour", "yes")["any_hour"], True)  # B-06
        self.refused(USAGE, "contact", "set", "ana@other.example", "--any-hour", "maybe")
        for word in ("Spanish", "ES", "es-", "e", ""):
            self.refused(USAGE, "contact", "set", "ana@other.example", "--language", word, words="'%s'" % word)
        self.assertEqual(self.ask("contact", "set", "ana@other.example", "--language", "pt-BR")["language"], "pt-BR")
        self.refused(USAGE, "contact", "set", "ana@other.example", "--zone", "Europe/Madrit", words="'Europe/Madrit'")
        self.assertEqual(self.ask("contact", "set", "ana@other.example", "--zone", "Europe/Madrid")["zone"], "Europe/Madrid")
        shown = self.ask("contact", "show", "ana@other.example")
        self.assertEqual((shown["organization"], shown["tickets"], shown["addresses"]), ("Acme", 1, ["email:ana@other.example"]))
        self.assertEqual(self.ask("contact", "set", str(shown["contact_id"]), "--organization", "-")["organization"], None)
        self.ask("organization", "set", "Acme", "--plan", "-", "--domains", "-")
        self.assertEqual(self.ask("organization", "list")[0]["plan"], None)
        self.refused(REFUSED, "contact", "show", "nobody@other.example", words="no contact")

    def test_how_a_case_was_solved_is_asked_for_and_found_again(self):
        with open(self.policy, "a", encoding="utf-8") as f:
            f.write("\nsolution: asked\ntopics: {bills: {title: Bills}, shop: {title: The shop}}\n"
                    "classification: [{name: bill, match: factura, topic: bills}]\n")
        self.start()
        self.write("m1", "La tienda no abre")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.refused(REFUSED, "ticket", "solve", number, "--as", "ana", words="--solution")
        self.ask("ticket", "solve", number, "--as", "ana", "--solution", "Vaciar la caché de la tienda")  # D-40, D-53
        found = self.ask("solution", "list", "caché tienda")
        self.assertEqual([(str(s["ticket_id"]), s["agent"], s["solution"]) for s in found],
                         [(number, "ana", "Vaciar la caché de la tienda")])
        self.assertEqual(self.ask("solution", "list", "cuenta"), [])
        self.assertEqual(len(self.ask("solution", "list")), 1)
        self.write("m2", "No llega la factura", "u2")
        two = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.ask("ticket", "reply", two, "--as", "ana", "--", "Lo miro.")
        self.ask("ticket", "tag", two, "papel")
        for level in (1, 2):  # D-53: on whatever level it is
            self.refused(REFUSED, "ticket", "close", two, "--as", "ana", words="--solution")
            if level == 1:
                self.ask("ticket", "escalate", two, "--as", "ana", "--reason", "no sé más")
        self.ask("ticket", "close", two, "--as", "eva", "--solution", "Mandarla otra vez")
        for args, wanted in (((), [2, 1]), (("--topic", "bills"), [2]), (("--topic", "shop"), []), (("--tag", "papel"), [2]),
                             (("--tag", "plomo"), []), (("--topic", "bills", "--tag", "papel", "factura"), [2]),
                             (("--topic", "bills", "caché"), [])):
            self.assertEqual([s["ticket_id"] for s in self.ask("solution", "list", *args)],
                             [int(two) if n == 2 else int(number) for n in wanted], args)

    def test_a_reply_goes_to_the_customer_and_is_shown_with_what_was_said(self):
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        answer = self.ask("ticket", "reply", number, "--as", "ana", "--status", "pending", "--", "Reinicie, por favor.")
        self.assertEqual((answer["status"], answer["agent"]), ("pending", "ana"))
        self.assertIn("agent_replied", [e["kind"] for e in answer["events"]])
        noted = self.one.ctl("ticket", "note", "#" + number, "-", stdin="Cliente enfadado\n\n")
        self.assertIn("ticket %s: pending" % number, noted.stdout)
        shown = self.ask("ticket", "show", number)
        self.assertEqual([(m["direction"], m["author"], m["text"]) for m in shown["messages"]], [
            ("in", "customer", "Nada funciona"), ("out", "agent", "Reinicie, por favor."), ("note", "system", "Cliente enfadado")])
        self.assertEqual([d["text"] for d in shown["deliveries"] if d["notice"] == "E-06"], ["Reinicie, por favor."])
        clock = next(c for c in shown["clocks"] if c["kind"] == "first_response")
        self.assertEqual((clock["ended"], clock["target_s"]), ("met", 14400))
        whole = self.one.ctl("ticket", "show", number).stdout
        for words in ("Luz", "Nada funciona", "Reinicie, por favor.", "Ana" if "Ana" in whole else "ana", "E-06"):
            self.assertIn(words, whole)

    def test_each_change_is_a_fact_with_its_actor_in_the_history(self):
        self.start()
        self.write("m1", "Nada funciona")
        self.write("m2", "Lo mismo", "u2")
        two, one = (str(t["ticket_id"]) for t in self.ask("ticket", "list"))
        steps = [
            (["priority", one, "high", "--as", "ana"], {"priority": "high"}, "priority_set"),
            (["take", one, "--as", "ana"], {"agent": "ana"}, "assigned"),
            (["ack", one], {}, "acknowledged"),
            (["tag", one, "vip", "router"], {}, "tagged"),
            (["tag", one, "-router", "fibra"], {}, "tagged"),
            (["watch", one, "eva", "second", "--as", "ana"], {}, "watched"),
            (["watch", one, "-eva"], {}, "watched"),
            (["escalate", one, "--reason", "no sé más"], {"level": 2}, "escalated"),
            (["handback", one, "1", "--reason", "era un cable"], {"level": 1}, "handed_back"),
            (["assign", one, "eva", "--team", "second"], {"agent": "eva", "team": "second"}, "assigned"),
            (["assign", one, "--nobody"], {"agent": None}, "assigned"),
            (["status", one, "on_hold"], {"status": "on_hold"}, "status_set"),
            (["solve", one], {"status": "solved"}, "status_set"),
            (["reopen", one], {"status": "open"}, "status_set"),
            (["spam", one, "--as", "ana", "--reason", "un premio"], {"status": "closed", "agent": None}, "marked_spam"),
            (["reopen", one], {"status": "open"}, "status_set"),
            (["merge", one, two], {"status": "closed"}, "merged_into"),
            (["close", two], {"status": "closed"}, "status_set"),
        ]
        for line, wanted, kind in steps:
            answer = self.ask("ticket", *line)
            self.assertEqual({k: answer[k] for k in wanted}, wanted, line)
            self.assertIn(kind, [e["kind"] for e in answer["events"]], line)
        self.assertEqual(self.ask("ticket", "show", one)["tags"], ["vip", "fibra"])
        self.assertEqual(self.ask("ticket", "show", one)["watchers"], ["second"])
        self.refused(REFUSED, "ticket", "watch", two, "nobody", words="knows no agent or team 'nobody'")
        self.assertEqual(self.ask("ticket", "show", one)["merged_into"], int(two))
        self.assertEqual(self.sql("SELECT actor_kind, actor FROM event WHERE kind = 'priority_set'"), "agent|ana")
        self.assertEqual(self.sql("SELECT DISTINCT actor_kind FROM event WHERE kind = 'tagged'"), "operator")

    def test_a_topic_set_right_goes_to_whom_it_is_about_and_why_tells_it(self):  # D-16, D-28
        with open(self.policy, "a", encoding="utf-8") as f:
            f.write("\ntopics: {bills: {title: Bills}, network: {teams: [second]}}\n"
                    "classification: [{name: bill, match: factura, topic: bills}]\n")
        self.start()
        self.write("m1", "No puedo ver la factura")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.wait_sql("SELECT agent FROM ticket WHERE ticket_id = " + number, "ana")
        self.refused(REFUSED, "ticket", "topic", number, "bilsl", words="no topic 'bilsl': the policy knows bills, network, none")
        self.refused(USAGE, "ticket", "topic", number)
        told = self.ask("ticket", "topic", number, "network", "--as", "ana", "--reason", "es la red")
        self.assertEqual((told["topic"], told["team"], told["agent"]), ("network", "second", None))
        self.assertEqual(self.sql("SELECT topic, team, agent IS NULL FROM report_changes WHERE next_seq IS NULL"), "network|second|t")
        line = told["events"][0]
        self.assertEqual((line["kind"], line["rule"], line["why"]), ("topic_set", "D-16", "es la red"))
        self.assertEqual(line["detail"], {"was": "bills", "to": "network", "team": "second"})
        self.assertEqual(self.ask("ticket", "show", number)["topic"], "network")
        why = self.ask("why", number, "topic")
        self.assertEqual(why["now"], {"topic": "network", "team": "second"})
        self.assertEqual([(e["kind"], e["actor"]) for e in why["events"]], [("classified", None), ("topic_set", "ana")])
        self.assertEqual(why["events"][0]["detail"]["topic_rule"], "bill")
        self.assertEqual(why["events"][1]["fact"]["topic"], "network")
        for topic in ("assignee", "due"):
            self.assertIn("topic_set", [e["kind"] for e in self.ask("why", number, topic)["events"]], topic)
        self.assertRegex(self.one.ctl("why", number, "topic").stdout, r"topic_set +D-16 +es la red")
        self.assertIn("topic_set", self.one.ctl("ticket", "topic", number, "none").stdout)
        self.assertEqual(self.sql("SELECT topic IS NULL, team FROM ticket"), "t|first")
        self.wait_sql("SELECT agent FROM ticket", "ana")
        self.assertEqual([(r["name"], r["what"], r["was"], r["became"]) for r in self.ask("report", "corrections")["rows"]],
                         [("D-16", "topic", "network", "none"), ("bill", "topic", "bills", "network")])

    def test_what_is_about_something_else_goes_on_in_a_ticket_of_its_own(self):  # C-15
        self.start()
        self.write("m1", "Nada funciona")
        self.write("m2", "Y otra cosa: la factura")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        first, second = (str(m["message_id"]) for m in self.ask("ticket", "show", number)["messages"])
        for line, code, words in (
                ([number, "x"], USAGE, "'x'"), ([number], USAGE, "usage"), ([number, "999999"], REFUSED, "no message 999999"),
                ([number, first], REFUSED, "opened ticket"), ([number, second, first], REFUSED, "opened ticket"),
                ([number, second, "--subject", " "], USAGE, "subject"), ([number, second, "--subject", "\u2060"], USAGE, "subject")):
            self.refused(code, "ticket", "split", *line, words=words)
        self.assertIn(", message %s\n" % second, self.one.ctl("ticket", "show", number).stdout)
        answer = self.ask("ticket", "split", number, second, second, "--as", "ana", "--subject", "Factura")
        child = str(answer["opened"])
        self.assertEqual(answer["events"][0]["detail"], {"messages": [int(second)], "other": int(child)})
        shown = self.ask("ticket", "show", child)
        self.assertEqual((shown["subject"], shown["address"], [m["text"] for m in shown["messages"]]),
                         ("Factura", "u1", ["Y otra cosa: la factura"]))
        self.assertEqual(shown["clocks"][0]["started_at"], shown["messages"][0]["received_at"])
        self.assertEqual([m["text"] for m in self.ask("ticket", "show", number)["messages"]], ["Nada funciona"])
        self.assertEqual(self.sql("SELECT count(*) FROM delivery WHERE recipient = 'customer' AND ticket_id = " + child), "0")
        for of, words in ((number, "split_into"), (child, "split_from")):
            self.assertIn(words, json.dumps(self.ask("why", of, "threading")))
        self.write("m3", "Sigo esperando")
        self.assertEqual(len(self.ask("ticket", "show", number)["messages"]), 2)  # the conversation goes on where it was
        told = self.ask("ticket", "split", number, str(self.ask("ticket", "show", number)["messages"][1]["message_id"]), "--tell")
        asked = "SELECT count(*) FROM event WHERE kind IN ('notice_planned', 'notice_suppressed') AND detail LIKE '%%E-01%%' AND ticket_id = %s"
        self.assertEqual([self.sql(asked % of) for of in (child, told["opened"])], ["0", "1"])  # or told of with the other's
        self.assertEqual(self.one.ctl("verify-history").returncode, DONE)

    def test_after_a_split_each_is_answered_where_what_it_has_came_from_though_somebody_called(self):  # C-15, T-63
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])

        def called(text):
            return str(self.ask("ticket", "new", "--ticket", number, "--from", "u9", text)["message_id"])

        def paths(split):
            opened = self.ask("ticket", "split", number, split)["opened"]
            return [self.sql("SELECT last_address, last_conversation, last_external_id FROM ticket WHERE ticket_id = %s" % n)
                    for n in (number, opened)]

        self.assertEqual(paths(called("Otra cosa")), ["u1|c-u1|m1", "u9||"])
        self.write("m2", "Y la factura")
        wrote = str(self.ask("ticket", "show", number)["messages"][-1]["message_id"])
        called("¿Sigue ahí?")
        self.assertEqual(paths(wrote), ["u9||", "u1|c-u1|m2"])
        self.write("m3", "Y el mando")
        called("Soy yo")
        self.assertEqual(paths(called("Y la antena")), ["u9||m3", "u9||"])

    def test_what_was_said_by_telephone_becomes_a_ticket_like_any_other(self):
        self.start()
        made = self.ask("ticket", "new", "--channel", "shop", "--from", "u7", "--name", "Sol", "--subject", "Factura", "-",
                        stdin="Me cobraron dos veces\n")
        shown = self.ask("ticket", "show", str(made["ticket_id"]))
        self.assertEqual((shown["customer"], shown["address"], shown["subject"], shown["messages"][0]["text"]),
                         ("Sol", "u7", "Factura", "Me cobraron dos veces"))
        self.assertTrue(shown["clocks"])
        self.ask("ticket", "reply", str(made["ticket_id"]), "Lo miramos", "--as", "ana")
        self.assertEqual(self.sql("SELECT address FROM delivery WHERE notice = 'E-06'"), "u7")
        self.refused(CONFIG, "ticket", "new", "--channel", "pigeon", "--from", "u7", "x", words="pigeon")
        self.refused(REFUSED, "ticket", "new", "--channel", "shop", "--from", " ", "x", words="address")
        self.refused(REFUSED, "ticket", "new", "--channel", "shop", "--from", "u7", " ", words="no text")
        for nothing in ("", " ", "\u200b\u00ad \u2060", "\u3164"):
            self.refused(USAGE, "ticket", "new", "--channel", "shop", "--from", "u7", "--subject", nothing, "x", words="no subject")
        self.refused(USAGE, "ticket", "new", "x")

    def test_what_a_customer_says_by_telephone_of_a_ticket_is_his_word_like_any_other(self):  # T-63
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(POLICY.replace("targets:\n", "targets:\n  next_response: {normal: 2h}\n  resolution: {normal: 24h}\n"))
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])

        def says(text, *more):
            return str(self.ask("ticket", "new", "--ticket", number, *more, text)["ticket_id"])

        def clock(kind):
            return next(c for c in self.ask("ticket", "show", number)["clocks"] if c["kind"] == kind and c["ended_at"] is None)

        self.ask("ticket", "reply", number, "¿Qué modelo es?", "--as", "ana", "--status", "pending")
        self.assertIsNone(clock("resolution")["due_at"])
        self.assertEqual(says("Es el X200"), number)
        shown = self.ask("ticket", "show", number)
        self.assertEqual((shown["status"], len(shown["messages"])), ("open", 3))
        self.assertEqual({k: shown["messages"][2][k] for k in ("direction", "author", "name", "address", "channel", "text")}, {
            "direction": "in", "author": "customer", "name": "Luz", "address": "u1", "channel": "shop", "text": "Es el X200"})
        self.assertTrue(clock("resolution")["due_at"])
        self.assertTrue(clock("next_response")["due_at"])
        told = self.ask("why", number, "threading")["events"]
        self.assertIn("says that it is of this ticket", told[-1]["why"])
        path = "SELECT last_address, last_conversation, last_external_id FROM ticket WHERE ticket_id = " + number
        self.assertEqual(self.sql(path), "u1|c-u1|m1")  # he is answered as before
        self.ask("ticket", "solve", number, "--as", "ana")
        self.assertEqual(says("No va", "--from", "u9", "--name", "Leo"), number)  # whoever it was that called
        self.assertEqual(self.ask("ticket", "show", number)["status"], "open")
        self.assertEqual(self.sql(path), "u9||m1")
        self.assertEqual(says("Soy yo otra vez", "--from", "u1", "--conversation", "c-u1"), number)
        self.ask("ticket", "close", number)
        follow_up = says("Ha vuelto a pasar")
        shown = self.ask("ticket", "show", follow_up)
        self.assertEqual((shown["follow_up_of"], shown["address"]), (int(number), "u1"))
        self.assertEqual(says("Sigo esperando"), follow_up)
        self.write("m2", "Y por escrito")
        self.assertEqual(len(self.ask("ticket", "show", follow_up)["messages"]), 3)  # the talk goes on there
        before = self.sql("SELECT count(*) FROM message")
        self.refused(REFUSED, "ticket", "new", "--ticket", "999999", "x", words="no ticket 999999")
        self.refused(USAGE, "ticket", "new", "--ticket", "first", "x", words="first")
        self.refused(USAGE, "ticket", "new", "--ticket", number, "--channel", "pigeon", "x", words="pigeon")
        self.refused(CONFIG, "ticket", "new", "--ticket", number, "--channel", "pigeon", "--from", "u1", "x", words="pigeon")
        self.refused(REFUSED, "ticket", "new", "--ticket", number, " ", words="no text")
        self.assertEqual(self.sql("SELECT count(*) FROM message"), before)

    def test_a_ticket_is_not_reached_by_the_channel_of_another_desk(self):  # T-63
        with open(self.one.path) as f:
            text = f.read()
        with open(self.one.path, "w") as f:
            f.write(re.sub(r"(?m)^  shop: (.*)$", r"  shop: \1\n  other: \1", text).replace(
                "  other: {", "  other: {desk: second, "))
        self.one.ctl("migrate")
        self.one.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.refused(REFUSED, "ticket", "new", "--ticket", number, "--channel", "other", "--from", "u1", "x",
                     words="not of the desk of ticket " + number)

    def test_what_cannot_be_is_refused_with_a_reason_and_changes_nothing(self):
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        before = self.sql("SELECT version, event_seq FROM ticket")
        for line, code, words in (
                (["show", "999999"], REFUSED, "no ticket 999999"), (["show", "x"], USAGE, "'x'"),
                (["solve", "999999"], REFUSED, "no ticket"), (["status", number, "lost"], USAGE, "lost"),
                (["status", number, "new"], REFUSED, "cannot become new"), (["priority", number, "huge"], USAGE, "huge"),
                (["handback", number, "1", "--reason", "x"], REFUSED, "level"), (["handback", number, "2"], REFUSED, "reason"),
                (["assign", number, "zoe"], REFUSED, "no such agent"), (["assign", number], USAGE, "usage"),
                (["take", number], USAGE, "usage"), (["note", number, "x", "--as", "zoe"], REFUSED, "zoe"),
                (["merge", number, number], REFUSED, "ticket %s cannot be merged into %s: it is the same one" % (number, number)),
                (["merge", number, "999999"], REFUSED, "cannot be merged into 999999: its desk has no such ticket"), (["escalate", number], REFUSED, "says why"),
                (["escalate", number, "--level", "9", "--reason", "no sé"], REFUSED, "level 9"),
                (["reply", number, "  "], REFUSED, "no text"), (["tag", number, "-"], USAGE, "tag")):
            self.refused(code, "ticket", *line, words=words)
        self.assertEqual(self.sql("SELECT version, event_seq FROM ticket"), before)

    def test_a_desk_that_is_not_there_is_told_and_not_an_empty_list(self):
        self.start()
        self.write("m1", "Nada funciona")
        for command in (["ticket", "list"], ["incident", "list"], ["contact", "list"], ["contact", "show", "1"],
                        ["organization", "list"], ["solution", "list"]):
            self.assertEqual(self.one.ctl(*command, "--desk", "main").returncode, DONE)
            self.refused(REFUSED, *command, "--desk", "mian", words="there is no desk 'mian' (did you mean 'main'?)")

    def test_a_channel_that_is_not_there_is_told_and_not_an_empty_list(self):
        self.start()
        self.write("m1", "Nada funciona")
        for command in (["delivery", "list"], ["delivery", "retry", "--dead"], ["quarantine", "list"]):
            self.assertEqual(self.one.ctl(*command, "--channel", "shop").returncode, DONE)
            self.refused(REFUSED, *command, "--channel", "shpo", words="there is no channel 'shpo' (did you mean 'shop'?)")

    def test_what_a_customer_wrote_does_not_move_the_terminal(self):  # S-33
        self.start()
        self.write("m1", "hola \x1b[2J\x1b]0;malo\x07 \u202egpj.exe \x9b31m", name="L\x1b[31muz")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        for args in (["ticket", "list"], ["ticket", "show", number], ["--json", "ticket", "show", number]):
            done = subprocess.run([self.one._binary("ctl", "relevoctl"), "--config", self.one.path] + args,
                                  stdout=subprocess.PIPE, env=self.one.env)
            text = done.stdout.decode("utf-8")
            self.assertEqual([c for c in text if ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0 or c == "\u202e"], [], text)
        self.assertIn("\x1b[2J", json.loads(text)["messages"][0]["text"])

    def test_a_table_fits_the_terminal_by_places_and_not_by_bytes(self):
        self.start()
        self.write("m1", "客服你好" * 20 + "é" * 200, name="漢字")
        self.sql("UPDATE ticket SET subject = repeat('客服', 40)")
        env = dict(self.one.env, COLUMNS="80")
        out = subprocess.run([self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "ticket", "list"],
                             stdout=subprocess.PIPE, env=env, text=True).stdout
        for line in out.splitlines():
            places = sum(2 if ord(c) > 0x2e80 else 1 for c in line)
            self.assertLessEqual(places, 80, line)
        self.assertIn("客", out)
        self.assertIn("\u2026", out)


class Policies(Case):
    def test_each_policy_applied_is_a_version_once_and_nodes_hear_of_it(self):
        self.start()
        again = self.ask("policy", "apply", self.policy)
        self.assertEqual((again["desk"], again["version"], again["new"]), ("main", 2, False))
        with open(self.policy, "a") as f:
            f.write("priority: high\n")
        self.assertEqual(self.ask("policy", "apply", "--desk", "main", self.policy)["version"], 3)
        self.write("m1", "Nada funciona")
        self.wait_sql("SELECT count(*) FROM policy_version", 3)
        self.refused(CONFIG, "policy", "apply", "--desk", "other", self.policy, words="other")

    def test_what_several_files_say_is_stored_as_one_that_reads_the_same(self):
        self.one.ctl("migrate")
        with open(os.path.join(self.folder, "more.yaml"), "w") as f:
            f.write("agents: {zoe: {name: \"Zoé «x»\", email: zoe@example.org, available: no}}\n"
                    "timing: {grace: 1h30m}\nnotices: {received: {line: {es: \"Hola: \\\"tú\\\"\"}}}\n")
        with open(self.policy, "a") as f:
            f.write("include: more.yaml\n")
        self.assertTrue(self.ask("policy", "apply", self.policy)["new"])
        stored = json.loads(self.sql("SELECT source FROM policy_version ORDER BY version DESC LIMIT 1"))
        self.assertEqual(stored["agents"]["zoe"], {"name": "Zoé «x»", "email": "zoe@example.org", "available": False})
        self.assertEqual(stored["timing"], {"grace": "5400s"})
        self.assertEqual(stored["notices"]["received"]["line"], {"es": 'Hola: "tú"'})
        self.assertEqual(stored["agents"]["ana"]["limit"], 10)
        self.assertNotIn("include", stored)
        self.one.start()

    def test_a_policy_with_a_mistake_is_not_stored(self):
        self.one.ctl("migrate")
        with open(self.policy, "a") as f:
            f.write("teams: {}\nnonsense: 1\n")
        self.refused(CONFIG, "policy", "apply", self.policy, words=self.policy + ":")
        self.assertEqual(self.sql("SELECT count(*) FROM policy_version"), "0")


class Away(Case):
    def test_a_database_that_is_away_or_empty_is_told_apart(self):  # F16
        self.empty_database()
        self.refused(CONFIG, "ticket", "list", words="relevoctl migrate")
        self.one.ctl("migrate")
        self.sql("INSERT INTO schema_migration (number, name) VALUES (9999, 'later')")
        self.refused(CONFIG, "ticket", "list", words="install the newer relevo")
        self.cluster.stop()
        try:
            away = self.refused(LATER, "ticket", "list", words="connection").stderr
            self.assertRegex(away, r"\S\)\n$")  # libpq's words end with their line
            self.assertRegex(self.refused(LATER, "migrate", words="connection").stderr, r"\S\n$")
            self.refused(LATER, "ticket", "reply", "1", "x", words="connection")
        finally:
            self.cluster.start()


if __name__ == "__main__":
    suite.main()
