"""relevoctl report: what a story comes to is what was told, by every report; and so it is to whoever asks the views."""
import csv
import decimal
import io
import json
import os
import re
import sys
import time
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import suite  # noqa: E402
from shop import CONFIG, Case, POLICY, USAGE  # noqa: E402

DOC = os.path.join(HERE, "..", "..", "docs", "reports.md")
URGENT = POLICY.replace("urgent: 30m", "urgent: 1s").replace("limit: 10, available: no", "limit: 10").replace(
    "{name: first line, team: first}", """{name: first line, team: first, steps: [
      {name: no first answer, when: first_response missed, do: [level up]}]}""") + """classification:
  - {name: nothing works, match: Nada funciona, priority: urgent, tags: [outage], topic: outages}
topics: {outages: {title: Outages}, bills: {title: Bills, teams: [second]}}
"""
OF_MANY = POLICY.replace("targets:\n", "targets:\n  resolution: {low: 8h, normal: 8h, high: 8h, urgent: 8h}\n") + """incidents: {from: 2, team: second}
classification:
  - {name: cards, match: tarjeta, tags: [outage], topic: outages}
topics: {outages: {title: Outages}}
"""
FORMULA = '=HYPERLINK("http://a.example")'


def row_of(told, name, key="name"):
    return next(row for row in told["rows"] if row[key] == name)


class Reports(Case):
    def number(self, address):
        return self.sql("SELECT min(ticket_id) FROM ticket WHERE last_address = '%s'" % address)

    def report(self, *args):
        return self.ask("report", *args, "--since", "2d")

    def story(self):
        """Seven tickets: answered and solved; missed, up and solved there; up by hand, back, solved and open again; merged;
        missed and up, of the same customer; solved without an answer; waiting."""
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(URGENT)
        self.start()
        owned = "SELECT count(*) FROM ticket WHERE agent IS NULL AND status IN ('new', 'open')"
        for sender, text, name in (("u1", "¿Cómo pago?", "Luz"), ("u2", "Nada funciona", FORMULA), ("u3", "Otra cosa", "Sol"),
                                   ("u4", "La misma cosa", "Mar"), ("u6", "Ya está", "Paz"), ("u7", "Espero", "Ana")):
            self.write("m-" + sender, text, sender, name)
        self.ask("ticket", "new", "--channel", "shop", "--from", "u2", "--subject", "Otra vez", "Nada funciona")
        self.wait_sql("SELECT count(*) FROM event WHERE kind = 'level_entered' AND detail::json ->> 'to' = '2'", 2)
        self.wait_sql(owned, 0)
        one, two, three, four, six = (self.number(address) for address in ("u1", "u2", "u3", "u4", "u6"))
        self.ask("ticket", "reply", one, "--as", "ana", "--", "Con tarjeta.")
        self.ask("ticket", "solve", one, "--as", "ana")
        self.ask("ticket", "reply", two, "--as", "eva", "--status", "solved", "--", "Reiniciado.")
        self.ask("ticket", "escalate", three, "--as", "ana", "--reason", "no sé más")
        self.wait_sql(owned, 0)
        self.ask("ticket", "handback", three, "1", "--as", "eva", "--reason", "era un cable")
        self.wait_sql(owned, 0)
        self.ask("ticket", "merge", four, three)
        self.ask("ticket", "reply", three, "--as", "ana", "--status", "solved", "--", "Mire el cable.")
        self.ask("ticket", "solve", six, "--as", "ana")
        self.write("m-again", "Sigue igual", "u3", "Sol")
        self.wait_sql("SELECT status FROM ticket WHERE ticket_id = " + three, "open")

    def check_escalations(self):  # D-22, D-23, D-24
        by_rule = self.report("escalations")
        self.assertEqual([(r["name"], r["escalations"], r["by_hand"]) for r in by_rule["rows"]],
                         [("policy level 1/no first answer", 2, 0), ("C-20", 1, 1)])
        for way, wanted in (("agent", {"ana": 3}), ("level", {"1 to 2": 3}), ("area", {"outage": 2, None: 1}),
                            ("channel", {"shop": 3}), ("priority", {"urgent": 2, "normal": 1}),
                            ("team", {"first": 3}), ("topic", {"outages": 2, None: 1}),
                            ("customer", {FORMULA + ", u2": 2, "Sol, u3": 1})):
            self.assertEqual({r["name"]: r["escalations"] for r in self.report("escalations", "--by", way)["rows"]}, wanted, way)
        again = self.report("escalations", "--by", "customer", "--repeated")["rows"]
        self.assertEqual([(r["name"], r["tickets"]) for r in again], [(FORMULA + ", u2", 2)])

    def check_sla(self):  # C-8: what is waived is counted by itself
        whole = row_of(self.report("sla"), "first_response", "clock")
        self.assertEqual({k: v for k, v in whole.items() if k != "clock"}, {
            "clocks": 7, "met": 2, "missed": 2, "kept": 50.0, "running": 1, "waived": 1, "void": 0, "merged": 1, "left": 0})
        for way, name, wanted in (("priority", "urgent", (0, 2, 0.0)), ("priority", "normal", (2, 0, 100.0)),
                                  ("agent", "ana", (2, 2, 50.0)), ("channel", "shop", (2, 2, 50.0)), ("level", "1", (2, 2, 50.0)),
                                  ("team", "first", (2, 2, 50.0)), ("topic", "outages", (0, 2, 0.0)),
                                  ("customer", FORMULA + ", u2", (0, 2, 0.0)), ("customer", "Sol, u3", (1, 0, 100.0)),
                                  ("area", "outage", (0, 2, 0.0)), ("area", None, (2, 0, 100.0)),
                                  ("rule", "nothing works", (0, 2, 0.0)), ("rule", None, (2, 0, 100.0))):  # C-23
            row = row_of(self.report("sla", "--by", way), name)
            self.assertEqual((row["met"], row["missed"], row["kept"]), wanted, (way, name))
        self.assertEqual(sum(row["clocks"] for row in self.report("sla", "--by", "customer")["rows"]), 7)

    def correct(self):
        """Of three tickets the priority is set right, of one of them twice, and of one it is set to what it was; then so
        are their topics."""
        two, again, seven = (self.sql("SELECT %s(ticket_id) FROM ticket WHERE last_address = '%s'" % row)
                             for row in (("min", "u2"), ("max", "u2"), ("min", "u7")))
        for number, priority in ((two, "low"), (again, "low"), (again, "normal"), (seven, "high"), (seven, "high")):
            self.ask("ticket", "priority", number, priority, "--as", "ana" if number == again else "eva", "--reason", "it is so")
        for number, topic in ((two, "bills"), (again, "bills"), (again, "none"), (seven, "bills"), (seven, "bills")):
            self.ask("ticket", "topic", number, topic, "--as", "ana" if number == again else "eva", "--reason", "it is so")

    def check_corrections(self):  # D-16
        self.correct()
        told = lambda *by: [tuple(row[k] for k in ("name", "what", "was", "became", "corrections", "tickets"))
                            for row in self.report("corrections", *by)["rows"]]
        self.assertEqual(told(), [
            ("nothing works", "priority", "urgent", "low", 2, 2), ("nothing works", "topic", "outages", "bills", 2, 2),
            ("D-16", "priority", "low", "normal", 1, 1), ("D-16", "topic", "bills", "none", 1, 1),
            (None, "priority", "normal", "high", 1, 1), (None, "topic", "none", "bills", 1, 1)])
        self.assertEqual(sorted((row[0] or "", row[1], row[4]) for row in told("--by", "topic")),
                         [("", "priority", 1), ("", "topic", 1), ("bills", "topic", 1), ("bills", "topic", 2),
                          ("outages", "priority", 1), ("outages", "priority", 2)])
        self.assertEqual(sorted((row[0], row[3]) for row in told("--by", "agent")),
                         [("ana", "bills"), ("ana", "low"), ("ana", "none"), ("ana", "normal"), ("eva", "bills"), ("eva", "bills"),
                          ("eva", "high"), ("eva", "low")])
        self.assertEqual(sum(row[4] for row in told("--by", "area") if row[0] == "outage"), 6)
        self.assertEqual({r["name"]: r["tickets"] for r in self.report("tickets", "--by", "topic")["rows"]}, {"bills": 2, None: 5})
        out = list(csv.reader(io.StringIO(self.one.ctl("report", "corrections", "--csv").stdout)))
        self.assertEqual((out[0][:5], out[1][:5]), (["rule", "what", "was", "became", "corrections"],
                                                    ["nothing works", "priority", "urgent", "low", "2"]))
        drawn = self.one.ctl("report", "corrections", "--svg", "-").stdout
        self.assertIn("urgent to low, nothing works", drawn)
        self.assertIn("outages to bills, nothing works", drawn)
        self.assertRegex(self.one.ctl("report", "corrections").stdout, r"rule +what +from +to +corrections")

    def check_levels(self):
        first, second = self.report("levels")["rows"]
        keys = ("level", "level_name", "tickets", "stays", "solved", "up", "back")
        self.assertEqual([first[k] for k in keys], [1, "first line", 7, 8, 2, 3, 0])
        self.assertEqual([second[k] for k in keys], [2, "second line", 3, 3, 1, 0, 1])
        self.assertEqual(second["solved_here"], 33.3)

    def check_tickets_and_backlog(self):
        row, = self.report("tickets")["rows"]
        keys = ("tickets", "answered", "solved", "first_contact", "first_contact_share", "reopened", "escalated", "merged")
        self.assertEqual([row[k] for k in keys], [7, 3, 3, 1, 33.3, 1, 3, 1])
        self.assertEqual(row_of(self.report("tickets", "--by", "customer"), FORMULA + ", u2")["tickets"], 2)
        days = self.report("backlog")["rows"]
        self.assertEqual({k: sum(d[k] for d in days) for k in ("opened", "reopened", "solved", "ended")},
                         {"opened": 7, "reopened": 1, "solved": 4, "ended": 1})
        self.assertEqual([days[-1][k] for k in ("backlog", "nobody", "waiting")], [3, 0, 0])

    def check_backlog_by_topic_and_team(self):  # D-24, D-54
        for way in ("topic", "team"):
            rows = self.report("backlog", "--by", way)["rows"]
            self.assertEqual({k: sum(r[k] for r in rows) for k in ("opened", "solved", "backlog")},
                             {"opened": 7, "solved": 4, "backlog": 3}, way)
        self.assertEqual(row_of(self.report("backlog", "--by", "topic"), "outages")["opened"], 2)
        self.assertEqual(row_of(self.report("backlog", "--by", "team"), "second")["solved"], 1)

    def check_agents_and_channels(self):
        told = self.report("agents")
        keys = ("given", "answers", "solved", "escalated", "escalated_from", "missed", "load")
        self.assertEqual([row_of(told, "ana")[k] for k in keys], [8, 2, 2, 1, 2, 2, 2])
        self.assertEqual([row_of(told, "eva")[k] for k in keys], [3, 1, 1, 0, 0, 0, 1])
        self.assertGreaterEqual(row_of(told, "ana")["most"], 4)
        row, = self.report("channels")["rows"]
        keys = ("name", "tickets", "messages", "answers", "solved", "escalated", "reopened", "met", "missed", "kept")
        self.assertEqual([row[k] for k in keys], ["shop", 7, 8, 3, 3, 3, 1, 2, 2, 50.0])

    def check_against_the_tally(self):
        """policy replay counts the same history by its own way."""
        tally = self.ask("policy", "replay", "--since", "2d")
        levels = {"level %d" % r["level"]: r["stays"] for r in self.report("levels")["rows"]}
        self.assertEqual(levels, {k: v["happened"] for k, v in tally["levels entered"].items() if k in levels})
        sla = row_of(self.report("sla"), "first_response", "clock")
        self.assertEqual((sla["clocks"], sla["missed"], sla["waived"]), tuple(
            tally["clocks " + k]["first_response"]["happened"] for k in ("started", "missed", "waived")))
        self.assertEqual(sum(d["solved"] for d in self.report("backlog")["rows"]), tally["history"]["solved"]["happened"])
        self.assertEqual(sum(r["given"] for r in self.report("agents")["rows"]), tally["work"]["tickets given"]["happened"])

    def check_as_csv_and_as_pictures(self):
        out = self.one.ctl("report", "escalations", "--by", "customer", "--csv").stdout
        self.assertEqual(list(csv.reader(io.StringIO(out)))[:2],
                         [["customer", "escalations", "tickets", "by_hand", "top_level", "last_at"],
                          ["'" + FORMULA + ", u2", "2", "2", "0", "2", list(csv.reader(io.StringIO(out)))[1][5]]])
        out = self.one.ctl("report", "sla", "--by", "customer", "--csv").stdout
        self.assertIn(["first_response", "'" + FORMULA + ", u2", "2", "0", "2"], [row[:5] for row in csv.reader(io.StringIO(out))])
        for name in ("sla", "backlog"):
            path = os.path.join(self.folder, name + ".svg")
            self.one.ctl("report", name, "--svg", path)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            root = xml.etree.ElementTree.fromstring(text)
            self.assertEqual(root.get("role"), "img")
            self.assertTrue(root.find("{http://www.w3.org/2000/svg}title").text, name)
            self.assertNotIn("HYPERLINK", text)
            table = self.one.ctl("report", name).stdout
            self.assertNotIn("HYPERLINK", table)
            self.assertGreater(len(table.splitlines()), 3, table)
        self.assertIn("HYPERLINK", self.one.ctl("report", "escalations", "--by", "customer", "--svg", "-").stdout)

    def spread(self):
        """All is over, after a wait for one customer, and was slow: line n of a ticket's history came n * n * 13 s after its first."""
        three = self.number("u3")
        self.ask("ticket", "status", three, "pending", "--as", "ana")
        self.write("m-more", "¿Hola?", "u3", "Sol")
        self.write("m-last", "¿Hay alguien?", "u3", "Sol")
        self.wait_sql("SELECT status FROM ticket WHERE ticket_id = " + three, "open")
        self.ask("ticket", "reply", three, "--as", "ana", "--status", "on_hold", "--", "Ahora.")
        for number in self.sql("SELECT ticket_id FROM ticket WHERE status NOT IN ('solved', 'closed')").splitlines():
            self.ask("ticket", "solve", number, "--as", "eva")
        self.sql("UPDATE event SET at = to_timestamp(%d + ticket_id * 100 + seq * seq * 13)" % (time.time() - 86400))
        self.sql("UPDATE event SET fact = jsonb_set(fact::jsonb, '{at}', to_jsonb(extract(epoch FROM at)::bigint)) WHERE fact IS NOT NULL")

    def lives(self):
        """Each ticket's history, as (second, kind, agent, detail)."""
        lives = {}
        for line in self.sql("SELECT jsonb_build_array(ticket_id, extract(epoch FROM at)::bigint, kind, CASE WHEN actor_kind = 'agent' "
                             "THEN actor END, detail::jsonb) FROM event ORDER BY ticket_id, seq").splitlines():
            number, *event = json.loads(line)
            lives.setdefault(number, []).append(event)
        return lives.values()

    def check_times(self):  # C-23, D-36, D-54
        """What takes how long, against the history as whoever reads it aloud would count it."""
        def mean(seconds):
            return int((decimal.Decimal(sum(seconds)) / len(seconds)).quantize(0, decimal.ROUND_HALF_UP)) if seconds else None

        self.spread()
        stays, firsts, solutions, waits, by = {}, [], [], {}, {}
        for life in self.lives():
            status, here, asked, answered, solved, since = "new", None, None, None, None, life[0][0]
            for at, kind, agent, detail in life:
                if here is not None and status not in ("solved", "closed"):
                    here[0] += at - since
                    here[1] += at - since if status in ("pending", "on_hold") else 0
                since = at
                if kind == "level_entered":
                    here = [0, 0]
                    stays.setdefault(detail["to"], []).append(here)
                elif kind == "customer_wrote":
                    asked = at if asked is None else asked
                elif kind == "agent_replied":
                    if asked is not None:
                        waits.setdefault(agent, []).append(at - asked)
                    asked, answered = None, at if answered is None else answered
                elif kind == "merged_into":
                    status, solved = "closed", None
                elif kind == "status_changed":
                    status = detail["to"]
                    asked, solved = (None, (at, agent)) if status == "solved" else (asked, None)
            firsts += [answered - life[0][0]] if answered is not None else []
            if solved is not None:
                solutions.append(solved[0] - life[0][0])
                by.setdefault(solved[1], []).append(solutions[-1])
        self.assertEqual((len(firsts), len(solutions), sorted(by), sorted(waits)), (3, 6, ["ana", "eva"], ["ana", "eva"]))
        for row in self.report("levels")["rows"]:
            whole, waited = zip(*stays.pop(row["level"]))
            self.assertEqual((row["mean_s"], row["whole_s"], row["mean_waited_s"]), (mean(whole), sum(whole), mean(waited)), row)
        self.assertEqual(stays, {})
        for name in ("tickets", "channels"):
            row, = self.report(name)["rows"]
            self.assertEqual((row["mean_first_answer_s"], row["mean_solved_s"]), (mean(firsts), mean(solutions)), name)
        told = self.report("agents")
        for agent in ("ana", "eva"):  # in whole seconds
            row = row_of(told, agent)
            self.assertEqual((row["mean_waited_s"], row["mean_solved_s"]), (
                sum(waits[agent]) // len(waits[agent]), sum(by[agent]) // len(by[agent])), agent)

    def test_every_report_comes_to_what_was_told(self):
        self.story()
        self.check_escalations()
        self.check_sla()
        self.check_levels()
        self.check_tickets_and_backlog()
        self.check_backlog_by_topic_and_team()
        self.check_agents_and_channels()
        self.check_against_the_tally()
        self.check_as_csv_and_as_pictures()  # S-34
        self.check_times()
        self.check_corrections()

    def test_an_incident_is_a_ticket_of_its_team_and_topic_and_of_no_customer_or_channel(self):  # D-14, D-15, C-23
        with open(self.policy, "w", encoding="utf-8") as f:
            f.write(OF_MANY)
        self.start()
        self.write("m1", "No puedo pagar con tarjeta", "u1", "Luz")
        self.write("m2", "Pagar con tarjeta no funciona", "u2", "Sol")
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of IS NOT NULL", 2)
        self.ask("ticket", "escalate", self.sql("SELECT ticket_id FROM ticket WHERE incident = 'made'"), "--as", "eva", "--reason", "es de todos")
        self.ask("ticket", "priority", self.sql("SELECT ticket_id FROM ticket WHERE incident = 'made'"), "urgent", "--as", "eva", "--reason", "todos")
        for name, way, wanted in (("tickets", "team", {"first": 2, "second": 1}), ("tickets", "topic", {"outages": 3}),
                                  ("tickets", "customer", {"Luz, u1": 1, "Sol, u2": 1}), ("tickets", "channel", {"shop": 2}),
                                  ("sla", "customer", {"Luz, u1": 1, "Sol, u2": 1}), ("sla", "channel", {"shop": 2}),
                                  ("sla", "topic", {"outages": 3}), ("escalations", "team", {"second": 1}),
                                  ("escalations", "customer", {}), ("escalations", "channel", {}),
                                  ("corrections", "team", {"second": 1}), ("corrections", "channel", {})):
            rows = [row for row in self.report(name, "--by", way)["rows"] if row.get("clock") != "first_response"]
            self.assertEqual({row["name"]: row["clocks" if name == "sla" else name] for row in rows}, wanted, (name, way))
        self.assertEqual([(row["name"], row["tickets"]) for row in self.report("channels")["rows"]], [("shop", 2)])
        views = ["SELECT channel, contact_id FROM " + view for view in
                 ("report_tickets", "report_sla", "report_levels", "report_escalations")]
        self.assertEqual(self.sql("SELECT count(*) FROM (%s) x WHERE (channel IS NULL) <> (contact_id IS NULL)" % " UNION ALL ".join(views)), "0")

    def test_who_waited_in_a_ticket_that_was_merged_waits_in_the_other_since_then(self):  # C-15, C-23
        self.start()
        for sender in ("u1", "u2", "u3", "u4", "u5"):
            self.write("m-" + sender, "¿Cómo pago?", sender)
        one, two, three, four, five = (self.number("u%d" % i) for i in range(1, 6))
        self.ask("ticket", "reply", one, "--as", "ana", "--", "Con tarjeta.")
        self.ask("ticket", "reply", three, "--as", "ana", "--", "Así.")
        self.ask("ticket", "merge", two, one)
        self.ask("ticket", "merge", three, one)  # in which nobody waits
        self.ask("ticket", "reply", one, "--as", "ana", "--", "Con la otra.")
        self.ask("ticket", "reply", one, "--as", "ana", "--", "O sin ella.")
        self.ask("ticket", "merge", four, five)  # in which somebody waits since before
        self.ask("ticket", "reply", five, "--as", "ana", "--", "Así también.")
        for number, at in ((one, 100), (two, 200), (three, 300), (four, 400), (five, 500)):
            self.sql("UPDATE event SET fact = jsonb_set(fact::jsonb, '{at}', '%d') WHERE ticket_id = %s AND seq = 1" % (at, number))
            self.sql("UPDATE event SET fact = jsonb_set(fact::jsonb, '{unanswered_since}', '%d') WHERE kind = 'merged_from' "
                     "AND fact::jsonb ? 'unanswered_since' AND fact::json ->> 'other' = '%s'" % (at, number))
        self.sql("UPDATE event e SET fact = jsonb_set(fact::jsonb, '{at}', to_jsonb(1000 * (SELECT count(*) FROM event x WHERE "
                 "x.ticket_id = e.ticket_id AND x.seq <= e.seq AND x.kind = 'agent_replied'))) WHERE kind = 'agent_replied'")
        self.assertEqual(self.sql("SELECT ticket_id, coalesce(waited_s, -1) FROM report_answers ORDER BY ticket_id, seq").splitlines(), [
            one + "|900", one + "|1800", one + "|-1", three + "|700", five + "|600"])

    def test_a_time_without_tickets_and_what_cannot_be_asked_are_said(self):
        self.start()
        for name in ("sla", "agents"):
            self.assertIn("nothing in this time", self.one.ctl("report", name).stdout, name)
            self.assertEqual(self.ask("report", name, "--until", "2026-01-31", "--since", "2026-01-01")["rows"], [])
            self.assertIn("nothing in this time", self.one.ctl("report", name, "--svg", "-").stdout)
        told = self.ask("report", "sla", "--since", "2026-01-01", "--until", "2026-01-31")
        self.assertEqual((told["since"], told["until"]), ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"))
        self.refused(USAGE, "report", "escalations", "--by", "weather",
                     words="told by rule, customer, agent, level, area, channel, priority, topic, team, not by 'weather'")
        for since in ("yesterday", "2026-02-30"):
            self.refused(USAGE, "report", "sla", "--since", since, words=since)
        self.refused(USAGE, "report", "sla", "--since", "1d", "--until", "2d", words="ends before")
        self.refused(CONFIG, "report", "sla", "--desk", "other", words="other")
        self.refused(CONFIG, "report", "sla", "--svg", os.path.join(self.folder, "no", "such"), words="no/such")

    def test_the_manual_of_the_views_is_what_the_database_says_of_them(self):
        self.one.ctl("migrate")
        with open(DOC, encoding="utf-8") as f:
            parts = re.split(r"(?m)^### (report_\w+)\n\n(.*)\n", f.read())[1:]
        written = {}
        for view, about, body in zip(parts[::3], parts[1::3], parts[2::3]):
            written[view, ""] = about.replace("`", "")
            written.update({(view, c): d.replace("`", "") for c, d in re.findall(r"(?m)^\| `(\w+)` \| (.*) \|$", body)})
        stored = dict(((v, c), d) for v, c, d in (line.split("|", 2) for line in self.sql(
            "SELECT c.relname, coalesce(a.attname, ''), coalesce(CASE WHEN a.attname IS NULL THEN obj_description(c.oid, 'pg_class') "
            "ELSE col_description(c.oid, a.attnum) END, '') FROM pg_class c LEFT JOIN LATERAL (SELECT attname, attnum FROM pg_attribute "
            "WHERE attrelid = c.oid AND attnum > 0 UNION ALL SELECT NULL, 0) a ON true WHERE c.relkind = 'v' AND c.relname LIKE 'report\\_%' AND c.relnamespace = 'public'::regnamespace").splitlines()))
        self.assertEqual(written, stored)


if __name__ == "__main__":
    suite.main()
