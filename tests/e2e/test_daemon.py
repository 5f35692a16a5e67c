"""A real relevod on a real PostgreSQL: what it takes, what it refuses, how it is stopped, reloaded and killed."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import providers  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402
from test_lmtp import Client, mail  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACCOUNT, TWILIO_TOKEN, NUMBER = "AC" + "0" * 31 + "1", "12345678901234567890123456789012", "+15005550006"
BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CONFIG = """
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, send_url: "%(hook)s"}
  sms: {kind: twilio, account: %(account)s, token: {file: "@twilio@"}, number: "%(number)s", api_base: "%(twilio)s"}
  bot: {kind: telegram, token: {file: "@bot@"}, api_base: "%(telegram)s"}
"""
SECRETS = {"hook": SECRET, "twilio": TWILIO_TOKEN, "bot": BOT}


class Case(suite.Case):
    def setUp(self):
        super().setUp()
        self.twilio = providers.Twilio(ACCOUNT, TWILIO_TOKEN, NUMBER)
        self.telegram = providers.Telegram(BOT)
        self.addCleanup(self.twilio.stop)
        self.addCleanup(self.telegram.stop)

    def relevod(self, name="one", **more):
        config = CONFIG % {"account": ACCOUNT, "number": NUMBER, "twilio": self.twilio.base,
                           "telegram": self.telegram.base, "hook": "http://127.0.0.1:9/"}
        return super().relevod(config, SECRETS, name, **more)

    def tickets(self, where):
        return self.sql("SELECT string_agg(ticket_id::text, ' ' ORDER BY ticket_id) FROM ticket WHERE " + where).split()

    def told(self, notice):
        return self.sql("SELECT count(*), count(DISTINCT contact_id) FROM delivery WHERE notice = '%s'" % notice)

    def post(self, relevod, message_id, text="Nada funciona", sender="u1"):
        return relevod.post_webhook("shop", SECRET, message(message_id, text, sender), message_id)


def message(message_id, text, sender="u1", conversation=None):
    return {"type": "message.created", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "data": {"id": message_id, "sender": {"id": sender, "display_name": "Ana"}, "text": text,
                     "conversation_id": conversation or "c-" + sender}}


class Ingestion(Case):
    def test_an_answer_of_2xx_comes_when_the_message_is_stored_and_not_before(self):
        relevod = self.relevod().start()
        status, _, _ = self.post(relevod, "m1")
        self.assertIn(status, (200, 202, 204))
        self.assertEqual(self.sql("SELECT text FROM message"), "Nada funciona")
        self.assertEqual(relevod.metric("messages_total"), 1)

    def test_the_same_call_twice_is_one_message(self):
        relevod = self.relevod().start()
        for _ in range(3):
            self.assertLess(self.post(relevod, "m1")[0], 300)
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "1")

    def test_what_follows_stays_in_the_thread(self):
        relevod = self.relevod().start()
        for i in range(3):
            self.post(relevod, "m%d" % i, "Hola %d" % i)
        self.post(relevod, "n1", "Otra cosa", "u2")
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT ticket_id) FROM message"), "4|2")

    def test_an_unsigned_a_stale_and_a_foreign_call_store_nothing(self):  # S-1
        relevod = self.relevod().start()
        body = json.dumps(message("m1", "x")).encode()
        url = relevod.url + "/hook/shop"
        wrong = "whsec_" + "A" * 32
        self.assertEqual(daemon.http("POST", url, body)[0], 401)
        self.assertEqual(daemon.http("POST", url, body, daemon.webhook_headers(wrong, "m1", body))[0], 401)
        stale = daemon.webhook_headers(SECRET, "m1", body, time.time() - 3600)
        status, headers, answer = daemon.http("POST", url, body, stale)
        self.assertEqual(status, 401)
        self.assertEqual(json.loads(answer)["error"]["code"], 401)
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "0")
        self.assertEqual(relevod.metric("hook_refused_total"), 3)

    def test_what_is_no_json_is_told_where(self):
        relevod = self.relevod().start()
        body = b'{"type": "message.created", "data": }'
        status, _, answer = daemon.http("POST", relevod.url + "/hook/shop", body,
                                        daemon.webhook_headers(SECRET, "m1", body))
        self.assertEqual(status, 400)
        self.assertRegex(json.loads(answer)["error"]["message"], r"line 1|:1:|column|offset|byte")

    def test_telegram_is_asked_and_answered_by_the_node_that_holds_the_lease(self):
        relevod = self.relevod().start()
        self.telegram.give(42, "Mi pedido no llega")
        self.wait_sql("SELECT count(*) FROM message", "1")
        self.wait_sql("SELECT cursor <> '' FROM channel_cursor", "t")
        self.assertEqual(relevod.stop(), 0)

    def test_a_signed_sms_is_a_ticket_of_its_number(self):
        relevod = self.relevod().start()
        form = {"MessageSid": "SM" + "1" * 32, "From": "+34600111222", "To": NUMBER, "Body": "Hola", "NumMedia": "0",
                "AccountSid": ACCOUNT}
        url = relevod.url + "/hook/sms"
        import urllib.parse
        status, _, answer = daemon.http("POST", url, urllib.parse.urlencode(form).encode(), {
            "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": self.twilio.signature(url, form)})
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.sql("SELECT last_address FROM ticket"), "+34600111222")


MANY = """
desk: {title: Tienda Sol, language: es}
agents:
  ana: {name: Ana Ruiz, email: ana@example.org, available: no}
  max: {name: Max Ott, email: max@example.org}
teams: {first: {members: [ana]}, makers: {members: [max]}}
plans: {gold: {points: 10}}
targets:
  first_response: {low: 4h, normal: 4h, high: 4h, urgent: 4h}
  resolution: {low: 24h, normal: 24h, high: 24h, urgent: 24h}
incidents: {from: 5, team: makers, level: 2}
escalation: [{name: first, team: first}, {name: second, team: makers}]
timing: {coalesce: 0s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
POLICY_OF_FEW = """
agents: {ana: {name: Ana Ruiz, email: ana@example.org, available: no}}
teams: {first: {members: [ana]}}
escalation: [{name: first, team: first}]
timing: {coalesce: 0s, received_merge: 0}
budgets: {%s}
"""
WORDS = ["La tienda no deja pagar con tarjeta", "No puedo pagar con tarjeta", "Hola: al pagar con la tarjeta da error",
         "pagar con TARJETA no funciona", "Buenas, ¿no se puede pagar con tarjeta?"]


class Incidents(Case):
    """D-15, D-14, E-14, E-15, C-16"""

    def five_write(self, relevod):
        """Three by a webhook, two by a bot; and one of something else."""
        for i in range(3):
            self.assertLess(self.post(relevod, "m%d" % i, WORDS[i], "u%d" % i)[0], 300)
        self.post(relevod, "other", "¿Dónde está mi paquete?", "u9")
        for i in range(3, 5):
            self.telegram.give(40 + i, WORDS[i])
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of IS NOT NULL", "5")

    def test_five_people_by_two_ways_are_one_incident_that_is_solved_for_all_or_undone(self):
        relevod = self.relevod().start()
        self.apply_policy(MANY)
        self.five_write(relevod)
        ask = lambda *args: relevod.ctl("--json", *args)
        one, = self.tickets("incident = 'made'")
        self.wait_sql("SELECT agent FROM ticket WHERE ticket_id = " + one, "max")
        self.wait_sql("SELECT count(*) FROM incident_look", "0")
        self.assertEqual(relevod.metric("tickets_total"), 7)
        self.assertEqual(self.sql("SELECT count(DISTINCT channel_id) FROM ticket WHERE incident_of = " + one), "2")
        listed, = ask("incident", "list")
        self.assertEqual((str(listed["ticket_id"]), listed["people"], listed["tickets"], listed["team"], listed["level"],
                          listed["priority"]), (one, 5, 5, "makers", 2, "high"))
        shown = ask("incident", "show", one)
        self.assertEqual(len(shown["tickets"]), 5)
        self.assertTrue(all(50 <= t["percent"] <= 100 for t in shown["tickets"]))
        self.assertEqual([c["kind"] for c in shown["clocks"]], ["resolution"])
        self.assertEqual(self.told("E-14"), "5|5")
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'E-14' AND state = 'sent'", "2")  # the bot's: the shop is not there
        first, second, *rest = self.tickets("incident_of = " + one)
        child = ask("ticket", "show", first)
        self.assertEqual((child["incident_of"], {c["ended"] for c in child["clocks"]}), (int(one), {"void"}))
        self.assertEqual([c["kind"] for c in child["incident_clocks"]], [c["kind"] for c in shown["clocks"]])
        looked = [e for e in ask("why", rest[-1], "incident")["events"] if e["kind"] == "incident_looked"][0]
        self.assertEqual((looked["rule"], looked["detail"]["from"], looked["detail"]["similarity"]), ("D-15", 5, 50))
        self.assertIn("pagar tarje", looked["detail"]["alike"][0]["words"])
        gone = ask("incident", "detach", first, "--reason", "lost the card")
        self.assertEqual(gone["incident_of"], None)
        clock = next(c for c in ask("ticket", "show", first)["clocks"] if c["kind"] == "first_response" and not c["ended"])
        self.assertEqual((clock["instance"], clock["started_at"]), (2, child["clocks"][0]["started_at"]))
        self.post(relevod, "again", "Sigo sin poder pagar con tarjeta", "u7")
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of = " + one, "5")
        self.assertEqual(self.sql("SELECT incident_of FROM ticket WHERE ticket_id = " + first), "")
        for line in (["reply", one, "Hola"], ["merge", one, first], ["merge", first, one], ["spam", one], ["new", "--ticket", one, "Hola"]):
            self.assertIn("is an incident", relevod.ctl("ticket", *line, ok=False).stderr, line)
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM event WHERE kind LIKE 'merged%'), (SELECT count(*) FROM quarantine)"), "0|0")
        ask("ticket", "solve", one)
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of = %s AND status = 'solved'" % one, "5")
        self.assertEqual((self.told("E-15"), self.told("E-14")), ("5|5", "6|6"))
        self.assertEqual(self.sql("SELECT status FROM ticket WHERE ticket_id = " + first), "new")
        self.assertEqual(relevod.ctl("verify-history").returncode, 0)
        ask("ticket", "reopen", one)
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of = %s AND status = 'open'" % one, "5")
        ask("incident", "dissolve", one, "--reason", "two causes")
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of IS NOT NULL", "0")
        self.assertEqual([i["incident"] for i in ask("incident", "list", "--all")], ["dissolved"])
        self.assertEqual(ask("incident", "list"), [])

    def test_an_incident_is_declared_and_joined_by_hand_while_two_nodes_compare(self):
        one, two = self.relevod().start(), self.relevod("two").start()
        self.apply_policy(MANY)
        for i in range(4):
            self.post([one, two][i % 2], "m%d" % i, WORDS[i], "u%d" % i)
        self.post(one, "other", "¿Dónde está mi paquete?", "u9")
        other, = self.tickets("subject ~ 'paquete'")
        made = one.ctl("--json", "incident", "declare", self.tickets("subject ~ 'pagar'")[0])["incident_of"]
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of = %s" % made, "4")
        joined = one.ctl("--json", "incident", "attach", other, str(made))
        self.assertEqual(joined["incident_of"], made)
        for i in range(10):
            self.post([one, two][i % 2], "n%d" % i, WORDS[i % 5], "v%d" % i)
        self.wait_sql("SELECT count(*) FROM ticket WHERE incident_of = %s" % made, "15")
        self.assertEqual(self.sql("SELECT count(*) FROM ticket WHERE incident IS NOT NULL"), "1")


class Budgets(Case):
    """B-02, B-04, B-06, B-18"""
    def desk(self, budgets):
        relevod = self.relevod().start()
        self.apply_policy(POLICY_OF_FEW % budgets)
        for i in range(2):
            relevod.post_webhook("shop", SECRET, message("m%d" % i, WORDS[i], "u1", "c%d" % i), "m%d" % i)
        self.wait_sql("SELECT count(*), count(DISTINCT contact_id) FROM ticket", "2|1")
        return relevod, self.tickets("true")

    def notice(self, relevod, ticket, kind):
        return [e for e in relevod.ctl("--json", "why", ticket, "notices")["events"] if e["kind"] == kind]

    def test_a_person_is_told_so_much_and_the_rest_waits_or_is_held_back_and_why_says_so(self):
        relevod, (first, second) = self.desk("person_hour: 2, received_hour: 1, quiet: never")
        self.assertEqual(self.told("E-01"), "1|1")
        self.assertEqual([e["rule"] for e in self.notice(relevod, second, "notice_suppressed")], ["B-04"])
        self.assertEqual(relevod.metric('notices_suppressed_total{rule="B-04"}'), 1)
        for ticket in (first, second):
            relevod.ctl("ticket", "solve", ticket)
        self.wait_sql("SELECT ticket_id, due_at > now() + interval '50 minutes' FROM delivery WHERE notice = 'E-15' ORDER BY 1",
                      "%s|f\n%s|t" % (first, second))
        later = self.notice(relevod, second, "notice_planned")[-1]
        self.assertEqual(later["detail"]["put_off"], "B-02")
        self.assertIn("B-02", later["why"])
        self.assertEqual(relevod.metric('notices_put_off_total{rule="B-02"}'), 0)  # relevoctl decided it, and no node
        self.assertEqual(self.sql("SELECT array_length(notices_at, 1), array_length(receipts_at, 1) FROM contact"), "3|1")
        self.assertEqual(relevod.ctl("verify-history").returncode, 0)

    def test_in_a_persons_night_what_nobody_asked_for_waits_for_the_morning(self):
        hour = time.gmtime().tm_hour
        relevod, (first, second) = self.desk("quiet: '%02d:00-%02d:00'" % ((hour - 1) % 24, (hour + 2) % 24))
        self.assertEqual(self.told("E-01"), "2|1")  # what was just written is answered
        relevod.ctl("ticket", "solve", first)
        self.wait_sql("SELECT due_at > now() + interval '50 minutes', extract(minute FROM due_at) FROM delivery WHERE notice = 'E-15'",
                      "t|0")
        self.assertEqual(self.notice(relevod, first, "notice_planned")[-1]["detail"]["put_off"], "B-06")
        self.assertEqual(self.sql("SELECT zone IS NULL FROM contact"), "t")
        relevod.ctl("contact", "set", self.sql("SELECT contact_id FROM contact"), "--zone", "Etc/GMT-6")  # six hours on: day
        relevod.ctl("ticket", "solve", second)
        self.wait_sql("SELECT count(*) FROM delivery WHERE notice = 'E-15' AND due_at < now() + interval '5 minutes'", "1")


class Late(Case):
    def test_what_fell_due_while_no_node_was_there_is_missed_once_by_the_two_that_come(self):  # C-18, C-19
        one, two = self.relevod().start(), self.relevod("two")
        self.apply_policy(MANY.replace(", available: no", ""))
        for i in range(4):
            self.post(one, "m%d" % i, "¿Dónde está mi paquete?", "u%d" % i)
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 4)
        self.assertEqual(one.stop(), 0)
        # Five hours pass: the first answers were due an hour ago.
        self.sql("UPDATE target_clock SET started_at = started_at - interval '5 h', edges[1] = edges[1] - 18000, "
                 "due_at = due_at - interval '5 h' WHERE kind = 'first_response'; "
                 "UPDATE due SET wake_at = c.due_at FROM target_clock c WHERE c.ticket_id = due.ticket_id AND kind = 'first_response'")
        due = "SELECT ticket_id, extract(epoch FROM due_at)::bigint FROM target_clock WHERE kind = 'first_response' ORDER BY 1"
        before = self.sql(due)
        for node in (one, two):
            node.start(wait=False)
        for node in (one, two):
            node.wait_ready()
        self.wait_sql("SELECT count(*) FROM due WHERE wake_at <= now() OR claimed_until > now()", 0)
        self.assertEqual(self.sql(due), before)
        self.assertEqual(self.sql(
            "SELECT count(*), count(DISTINCT ticket_id), bool_and((detail::json ->> 'late_by')::int BETWEEN 3600 AND "
            "extract(epoch FROM now() - to_timestamp((detail::json ->> 'due_at')::bigint))) FROM event "
            "WHERE kind = 'clock_breached'"), "4|4|t")
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT ticket_id) FROM delivery WHERE notice = 'A-06'"), "4|4")
        self.assertEqual(self.sql("SELECT count(*) FROM target_clock WHERE breached_at = due_at"), "4")


class Life(Case):
    def test_health_and_metrics_are_read_where_they_are_and_nowhere_else(self):
        relevod = self.relevod().start()
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(daemon.http("GET", relevod.admin + path)[0], 200)
            self.assertEqual(daemon.http("GET", relevod.admin + path + "/more")[0], 404)
            self.assertEqual(daemon.http("POST", relevod.admin + path, b"")[0], 405)
            self.assertEqual(daemon.http("GET", relevod.url + path)[0], 404)  # S-44

    def test_a_pattern_that_has_no_end_is_counted_and_its_rule_named_once_in_the_log_and_in_the_history(self):  # S-35
        relevod = self.relevod().start()
        self.apply_policy(MANY + "classification: [{name: nested, match: '(a+)+$', priority: urgent}]\n")
        self.assertEqual(relevod.metric("patterns_cut_off_total"), 0)
        for i in range(2):
            self.assertLess(self.post(relevod, "m%d" % i, "secreto" + "a" * 60 + "!", "u%d" % i)[0], 300)
        self.assertEqual(relevod.metric("patterns_cut_off_total"), 2)
        line, = [line for line in relevod.lines if "pattern_cut_off" in line]
        self.assertIn("rule=nested", line)
        self.assertNotIn("secreto", line)
        self.assertIn("'nested' was cut off", relevod.ctl("why", "1", "priority").stdout)
        self.assertEqual(self.sql("SELECT string_agg(detail::json ->> 'cut_off', ' ') FROM event WHERE kind = 'classified'"),
                         '["nested"] ["nested"]')

    def test_signals_that_its_parent_blocked_or_ignored_reach_it(self):  # F04
        for how in ("pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())", "signal(signal.SIGCHLD, signal.SIG_IGN)"):
            with self.subTest(how):
                relevod = self.relevod(wrap=[sys.executable, "-c", "import os, signal, sys; signal.%s; os.execv(sys.argv[1], sys.argv[1:])" % how])
                relevod.start()
                dead = relevod.wait_workers("parse")
                for worker in dead:
                    os.kill(worker, signal.SIGKILL)
                servers.wait_for("others", lambda r=relevod, d=dead: set(r.workers("parse")) - set(d))
                relevod.tell(signal.SIGHUP)
                relevod.wait_line("event=reload ")
                self.assertEqual(relevod.stop(deadline_s=30), 0)

    def test_without_proc_nothing_can_be_begun_and_the_log_says_by_what(self):
        if subprocess.run(["unshare", "-rm", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("no namespace of mounts can be made here, as in a root of its own")
        relevod = self.relevod(wrap=["unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /proc; exec "$0" "$@"'])
        relevod.start()
        self.assertIn("/proc/self/fd", relevod.wait_line("event=worker_gone role=parse"))
        self.assertLess(self.post(relevod, "m1")[0], 300)

    def test_a_mail_that_no_file_may_be_as_large_as_waits_and_ends_nobody(self):  # F58
        path = os.path.join(self.folder, "lmtp")
        large = mail(1, "Hola" + "\r\n" * 50000).as_bytes()
        relevod = suite.Case.relevod(self, "channels: {inbox: {kind: lmtp, path: %s}}" % path, {}, wrap=[
            "sh", "-c", 'ulimit -f 64; exec "$0" "$@"']).start()
        self.assertEqual(self.hand_over(path, large), 452)
        self.assertIn("File too large", relevod.wait_line("event=channel_trouble channel=inbox"))
        self.assertEqual(self.hand_over(path, mail(2, "Hola").as_bytes()), 250)
        self.assertEqual(relevod.stop(), 0)
        relevod.wrap = ["sh", "-c", 'ulimit -S -f 64; exec "$0" "$@"']
        relevod.start()
        self.assertEqual(self.hand_over(path, large), 250)
        self.assertEqual(relevod.stop(), 0)

    def hand_over(self, path, raw):
        client = Client(path)
        self.addCleanup(client.close)
        return client.send(raw)

    def test_a_broken_configuration_is_refused_at_reload_and_the_old_one_stays(self):
        relevod = self.relevod().start()
        with open(relevod.path) as f:
            good = f.read()
        with open(relevod.path, "a") as f:
            f.write("nonsense: 1\n")
        relevod.tell(signal.SIGHUP)
        self.assertIn("nonsense", relevod.wait_line("reload_refused"))
        self.assertLess(self.post(relevod, "m1")[0], 300)
        with open(relevod.path, "w") as f:
            f.write(good + "  more: {kind: webhook, secret: {file: %s}}\n" % os.path.join(relevod.folder, "hook"))
        seen = len(relevod.lines)
        relevod.tell(signal.SIGHUP)
        relevod.wait_line("event=ready", since=seen)
        body = json.dumps(message("m9", "x")).encode()
        self.assertLess(daemon.http("POST", relevod.url + "/hook/more", body,
                                    daemon.webhook_headers(SECRET, "m9", body))[0], 300)
        self.assertEqual(relevod.stop(), 0)

    def test_check_names_every_mistake_and_starts_nothing(self):
        relevod = self.relevod()
        with open(relevod.path, "a") as f:
            f.write("nonsense: 1\nlimits: {body: 1}\n")
        done = self.run_binary(relevod, "--check")
        self.assertEqual(done.returncode, 78)
        self.assertIn("nonsense", done.stderr)
        self.assertIn("body", done.stderr)
        relevod.start(wait=False)  # the service says the same as events, each with its place
        self.assertEqual(relevod.process.wait(60), 78)
        self.assertRegex(relevod.wait_line("nonsense"), r"^level=error event=start_refused words=\"\S+relevo.yaml:\d+:\d+: ")
        self.assertIn("event=start_refused", relevod.wait_line("body"))

    def test_a_schema_that_is_another_programs_refuses_the_start_and_disturbs_nobody_who_runs(self):  # F20
        def refused(words):
            relevod.start(wait=False)
            self.assertEqual(relevod.process.wait(60), 78, relevod.lines)
            self.assertIn(words, relevod.wait_line("event=start_refused"))
        relevod = self.relevod()
        self.assertEqual(relevod.ctl("migrate").returncode, 0)
        with open(relevod.path) as f:
            config = f.read()
        with open(relevod.path, "w") as f:
            f.write(config.replace("migrate: yes", "migrate: no"))
        relevod.start()
        self.sql("INSERT INTO schema_migration (number, name) VALUES (9999, 'of a newer program')")
        seen = len(relevod.lines)
        relevod.tell(signal.SIGHUP)
        relevod.wait_line("event=ready", since=seen)
        self.assertLess(self.post(relevod, "m1")[0], 300)
        self.assertEqual(relevod.stop(), 0)
        refused("install the newer relevo")
        self.sql("DELETE FROM schema_migration WHERE number = 9999")
        self.sql("DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)")
        refused("run relevoctl migrate")
        self.sql("DROP SCHEMA public CASCADE")
        self.sql("CREATE SCHEMA public")
        refused("run relevoctl migrate")

    def test_a_taken_port_is_named_with_the_key_that_asks_for_it(self):
        relevod = self.relevod().start()
        for key, port in (("listen", relevod.port), ("admin", relevod.admin_port)):
            with open(relevod.path) as f:
                config = re.sub("(?m)^%s: .*$" % key, "%s: 127.0.0.1:%d" % (key, port),
                                re.sub(r"(?m)^(listen|admin): .*$", lambda m: m[1] + ": 127.0.0.1:%d" % servers.free_port(), f.read()))
            other = self.relevod(name="other")
            with open(other.path, "w") as f:
                f.write(config)
            other.start(wait=False)
            self.assertEqual(other.process.wait(60), 78, other.lines)
            self.assertIn("relevo.yaml:%d:" % (2 + ("listen", "admin").index(key) + 1), other.wait_line("event=start_refused"))
            self.assertIn("%s: 127.0.0.1:%d: Address already in use" % (key, port), other.wait_line("event=start_refused"))

    def test_check_reads_the_secrets(self):
        relevod = self.relevod()
        self.assertEqual(self.run_binary(relevod, "--check").returncode, 0)
        os.chmod(os.path.join(relevod.folder, "hook"), 0o644)
        done = self.run_binary(relevod, "--check")
        self.assertEqual(done.returncode, 78)
        self.assertIn("chmod", done.stderr)

    def test_check_tells_once_which_channel_and_where_and_looks_for_the_authorities_of_mail_servers(self):
        relevod = self.relevod()
        with open(relevod.path) as f:
            good = f.read()
        mail = "{host: localhost, user: a, ca_file: '%s', password: {file: '" + os.path.join(relevod.folder, "hook") + "'}, "
        nowhere = os.path.join(relevod.folder, "none.pem")
        for ca, words in ((nowhere, "No such file or directory"), (relevod.folder, "expected a plain file")):
            with open(relevod.path, "w") as f:
                f.write(good + "  in: " + mail % ca + "kind: imap}\n  out: " + mail % ca + "kind: smtp, from: a@desk.example}\n")
            done = self.run_binary(relevod, "--check")
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr, r"(?m)^\S+:11:7: in: ca_file: %s: %s$" % (ca, words))
            self.assertRegex(done.stderr, r"(?m)^\S+:12:8: out: ca_file: %s: %s$" % (ca, words))
        with open(relevod.path, "w") as f:
            f.write(good + "  in: " + mail % nowhere + "kind: imap}\n")
        os.chmod(os.path.join(relevod.folder, "hook"), 0o644)
        done = self.run_binary(relevod, "--check")
        self.assertEqual(done.stderr.count("relevo.yaml:"), 2, done.stderr)  # the hook's secret is this one's password too
        self.assertRegex(done.stderr, r"(?m)^\S+:11:\d+: password: \S+: everybody may read")

    def test_while_the_database_is_away_nothing_is_lost_and_it_comes_back_by_itself(self):  # F16
        relevod = self.relevod().start()
        self.post(relevod, "m1")
        self.cluster.restart("immediate")
        servers.wait_for("a stored message", lambda: self.post(relevod, "m2")[0] < 300)
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "2")
        self.assertEqual(relevod.stop(), 0)

    def test_two_nodes_and_one_bot_take_each_update_once_and_the_second_goes_on(self):  # F10
        one = self.relevod("one").start()
        two = self.relevod("two").start()
        for i in range(20):
            self.telegram.give(100 + i, "Hola")
        self.wait_sql("SELECT count(*) FROM message", "20")
        holder = self.sql("SELECT split_part(holder, '/', 1) FROM channel_lease WHERE held_until > now()")
        first, second = (one, two) if holder == "one" else (two, one)
        first.kill()
        self.telegram.give(500, "Sigo aquí")
        self.wait_sql("SELECT count(*) FROM message", "21")
        self.assertEqual(self.sql("SELECT count(DISTINCT external_id) FROM message"), "21")
        self.assertEqual(second.stop(), 0)


if __name__ == "__main__":
    suite.main()
