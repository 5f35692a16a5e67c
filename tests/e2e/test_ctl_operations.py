"""relevoctl for operators: why, deliveries, channels, quarantine, status."""
import base64
import datetime
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402
from daemon import http as ask_http  # noqa: E402
from shop import CONFIG, Case, DONE, LATER, POLICY, REFUSED, USAGE  # noqa: E402
from test_smtp import Liar  # noqa: E402


class Peer(http.server.ThreadingHTTPServer):
    """Where the shop's webhook channel speaks to: answers with `status`, keeps what came."""

    def __init__(self):
        self.status, self.calls = 200, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.server.calls.append((dict(self.headers), json.loads(body)))
                self.send_response(self.server.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class Why(Case):
    def test_each_topic_is_answered_by_what_was_written_down_then(self):
        self.start()
        self.write("m1", "Nada funciona, es urgente")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.ask("ticket", "priority", number, "urgent", "--reason", "lo pide el jefe", "--as", "ana")
        self.ask("ticket", "escalate", number, "--reason", "no sé más")
        self.ask("ticket", "reply", number, "Vamos", "--as", "ana")
        for topic, kind, now in (
                ("threading", "customer_wrote", {"merged_into": None}), ("priority", "priority_changed", {"priority": "urgent"}),
                ("level", "level_entered", {"level": 2, "top_level": 2}), ("assignee", "owner_set", {"agent": "ana"}),
                ("due", "clock_retargeted", None), ("notices", "notice_planned", None)):
            answer = self.ask("why", number, topic)
            self.assertEqual((answer["ticket_id"], answer["topic"]), (int(number), topic))
            event = next(e for e in answer["events"] if e["kind"] == kind)
            self.assertTrue(event["why"] and event["at"] and event["policy_version"], event)
            if now:
                self.assertEqual({k: answer["now"][k] for k in now}, now)
        priority = next(e for e in self.ask("why", number, "priority")["events"] if e["kind"] == "priority_set")
        self.assertEqual((priority["rule"], priority["why"], priority["actor"]), ("D-16", "lo pide el jefe", "ana"))
        self.assertEqual(priority["fact"]["priority"], "urgent")
        clocks = self.ask("why", number, "due")["now"]["clocks"]
        self.assertEqual([c["target_s"] for c in clocks if c["kind"] == "first_response"], [1800])
        self.assertTrue(all(c["edges"] for c in clocks))

    def test_a_due_time_names_the_holidays_in_its_way(self):  # T-56
        days = [time.strftime("%Y-%m-%d", time.gmtime(time.time() + n * 86400)) for n in range(4)]
        with open(self.policy, "w") as f:
            f.write(POLICY.replace("{low: 8h", "{calendar: shop, low: 8h") + """
calendars:
  shop: {zone: UTC, hours: {mon-sun: '00:00-24:00'}, holidays: ['%s..%s (Fiesta)', '%s 23:00-24:00'], openings: '%s 00:00-01:00'}
""" % (days[0], days[1], days[2], days[1]))
        self.start()
        self.write("m1", "Hola")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        clocks = {c["kind"]: c for c in self.ask("why", number, "due")["now"]["clocks"]}
        self.assertEqual([(d["day"], d["hours"], d["name"]) for d in clocks["first_response"]["special_days"]], [
            (days[0], "closed", "Fiesta"), (days[1], "00:00-01:00", "Fiesta"), (days[2], "23:00-24:00", None)])
        told = self.one.ctl("why", number, "due").stdout
        self.assertIn("not as usual for first_response 1, which counts by shop:", told)
        self.assertIn("%s  closed  holiday: Fiesta" % days[0], told)

    def test_silence_is_answered_with_the_rule_that_made_it(self):  # B-18
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.ask("ticket", "reply", number, "Vamos", "--as", "ana")
        answer = self.ask("why", number, "notices")
        silenced = [e for e in answer["events"] if e["kind"] == "notice_suppressed"]
        self.assertEqual([(e["rule"], e["detail"]["notice"]) for e in silenced], [("E-01", "E-01")])
        self.assertEqual([d["state"] for d in answer["now"]["deliveries"] if d["notice"] == "E-01"], ["suppressed"])
        self.assertIn("notice_suppressed", self.one.ctl("why", number).stdout)

    def test_history_is_whole_without_a_topic_and_numbered_without_a_gap(self):
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        events = self.ask("why", number)["events"]
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        self.refused(USAGE, "why", number, "weather", words="weather")
        self.refused(REFUSED, "why", "999999")


class Operations(Case):
    def setUp(self):
        super().setUp()
        self.peer = Peer()
        self.addCleanup(self.peer.end)
        with open(self.one.path) as f:
            text = f.read()
        with open(self.one.path, "w") as f:
            f.write(text.replace("http://127.0.0.1:9/", "http://127.0.0.1:%d/" % self.peer.server_port))

    def answered(self, words="Vamos"):
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.ask("ticket", "reply", number, words, "--as", "ana")
        return number

    def test_a_reply_from_the_command_line_leaves_at_once(self):
        self.start()
        number = self.answered()
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")
        self.assertIn("Vamos", json.dumps(self.peer.calls[0][1]))
        sent = self.ask("delivery", "list", "--ticket", number, "--state", "sent")
        self.assertEqual([(d["notice"], d["text"]) for d in sent], [("E-06", "Vamos")])

    def test_a_dead_delivery_is_listed_with_the_peers_words_and_goes_when_it_is_retried(self):
        self.peer.status = 400
        self.start()
        self.answered()
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "dead")
        dead = [d for d in self.ask("delivery", "list", "--state", "dead", "--channel", "shop") if d["notice"] == "E-06"]
        self.assertIn("400", dead[0]["last_words"])
        first_calls = len(self.peer.calls)
        self.peer.status = 200
        self.refused(USAGE, "delivery", "retry")
        self.refused(USAGE, "delivery", "retry", "x")
        self.refused(REFUSED, "delivery", "retry", "999999", words="1 of them are not dead, or not there; 999999, for one")
        self.refused(REFUSED, "delivery", "retry", "999999", "999998", "999999", words="2 of them are not dead, or not there; 999999,")
        again = self.ask("delivery", "retry", str(dead[0]["delivery_id"]), str(dead[0]["delivery_id"]))
        self.assertEqual([d["delivery_id"] for d in again], [dead[0]["delivery_id"]])
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")
        self.assertEqual(self.peer.calls[0][1]["data"], self.peer.calls[first_calls][1]["data"])
        self.refused(REFUSED, "delivery", "retry", str(dead[0]["delivery_id"]), words="not dead")

    def test_what_no_channel_takes_is_not_owed_again_and_that_is_said(self):
        self.start()
        self.write("m1", "Nada funciona")
        number = str(self.ask("ticket", "list")[0]["ticket_id"])
        self.wait_sql("SELECT agent FROM ticket", "ana")
        self.sql("INSERT INTO channel (desk_id, name, kind) SELECT desk_id, 'before', 'webhook' FROM desk; "
                 "UPDATE ticket SET last_channel_id = (SELECT channel_id FROM channel WHERE name = 'before')")
        done = self.one.ctl("ticket", "reply", number, "Vamos", "--as", "ana")
        self.assertIn("level=warning event=delivery ticket=%s notice=E-06 state=dead" % number, done.stderr)
        self.assertEqual(self.sql("SELECT count(*) FROM delivery WHERE notice = 'A-07'"), "1")
        dead = self.sql("SELECT delivery_id FROM delivery WHERE notice = 'E-06' AND state = 'dead'")
        self.refused(REFUSED, "delivery", "retry", dead,
                     words="delivery %s, for one: the channel the customer wrote on is not configured any more" % dead)
        self.assertNotIn(int(dead), [d["delivery_id"] for d in self.ask("delivery", "retry", "--dead")])
        self.assertEqual(self.sql("SELECT state FROM delivery WHERE notice = 'E-06'"), "dead")

    def another_channel(self):
        self.sql("INSERT INTO channel (desk_id, name, kind) VALUES (1, 'other', 'webhook')")

    def test_all_that_is_dead_on_a_channel_is_retried_together(self):
        self.peer.status = 400
        self.start()
        self.answered()
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "dead")
        self.peer.status = 200
        self.another_channel()
        self.assertEqual(self.ask("delivery", "retry", "--dead", "--channel", "other"), [])
        self.assertEqual(len(self.ask("delivery", "retry", "--dead", "--channel", "shop")), 1)
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")

    def test_a_channel_is_tried_by_opening_it_and_by_a_message_that_really_leaves(self):
        self.start()
        opened = self.ask("channel", "test", "shop")
        self.assertEqual((opened["kind"], opened["opens"], opened["sent"]), ("webhook", True, None))
        said = self.ask("channel", "test", "shop", "--to", "u1")
        self.assertEqual(said["sent"]["outcome"], "sent")
        self.assertIn("u1", json.dumps(self.peer.calls[-1][1]))
        self.peer.status = 400
        self.refused(REFUSED, "channel", "test", "shop", "--to", "u1")
        self.peer.status = 503
        self.refused(LATER, "channel", "test", "shop", "--to", "u1")
        self.refused(CONFIG, "channel", "test", "pigeon", words="pigeon")
        os.unlink(os.path.join(self.one.folder, "hook"))
        self.refused(CONFIG, "channel", "test", "shop", words="hook")

    def test_a_channel_of_letters_is_tried_by_a_process_of_its_own(self):
        liar = Liar({})
        self.addCleanup(liar.stop)
        with open(self.one.path, "a") as f:
            f.write('  letters: {kind: smtp, host: 127.0.0.1, port: %d, tls: none, from: a@shop.example}\n' % liar.port)
        self.one.ctl("migrate")
        said = self.ask("channel", "test", "letters", "--to", "me@client.example")
        self.assertEqual(said["sent"]["outcome"], "sent", said)
        self.assertIn("RCPT TO:<me@client.example>", [line.split(" NOTIFY")[0] for line in liar.heard])
        liar.script["RCPT"] = "550 5.1.1 nobody of that name"
        self.refused(REFUSED, "channel", "test", "letters", "--to", "me@client.example")

    def test_status_names_the_nodes_and_what_is_wrong(self):  # T-15
        self.one.ctl("migrate")
        self.refused(REFUSED, "status", "--check")
        self.assertEqual(self.ask("status")["trouble"], ["no node is alive"])
        self.start()
        self.wait_sql("SELECT count(*) FROM node", 1)
        status = self.ask("status", "--check")
        self.assertEqual((len(status["nodes"]), status["nodes"][0]["alive"], status["trouble"]), (1, True, []))
        self.assertEqual([(c["channel"], c["kind"]) for c in status["channels"]], [("shop", "webhook")])
        self.peer.status = 400
        self.answered()
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "dead")
        self.sql("INSERT INTO quarantine (desk_id, channel_id, external_id, reason, raw_type, raw) "
                 "SELECT desk_id, channel_id, 'x', 'why', 'text/plain', 'a' FROM channel")
        self.sql("INSERT INTO channel_health (desk_id, channel_id, last_error, failing_since) "
                 "SELECT desk_id, channel_id, 'no route', now() FROM channel "
                 "ON CONFLICT (desk_id, channel_id) DO UPDATE SET last_error = 'no route', failing_since = now()")
        trouble = " / ".join(self.ask("status")["trouble"])
        for words in ("dead", "1 messages are in quarantine", "channel shop fails: no route"):
            self.assertIn(words, trouble)
        self.assertEqual(self.ask("status")["work"]["quarantined"], 1)
        self.assertIn("no route", self.one.ctl("status").stdout)
        self.assertEqual([c["last_error"] for c in self.ask("channel", "list")], ["no route"])
        self.refused(REFUSED, "status", "--check")
        self.one.stop()
        self.sql("UPDATE channel_health SET failing_since = NULL, last_error_at = to_timestamp(1767225600)")
        self.assertIn(time.strftime("%Y-%m-%d %H:%M", time.localtime(1767225600)), self.one.ctl("status").stdout)

    def test_status_says_how_many_letters_wait_for_the_rate_of_a_sender_and_how_long(self):
        with open(self.one.path, "a") as f:
            for name, rate in (("letters", ", rate: 2 per hour"), ("quick", ", rate: 9 per second"), ("free", "")):
                f.write("  %s: {kind: smtp, host: 127.0.0.1, port: 9, tls: none, from: a@shop.example%s}\n" % (name, rate))
        self.one.ctl("migrate")
        self.sql("INSERT INTO desk (desk_id, name, token_key) VALUES (1, 'main', decode(repeat('00', 32), 'hex')); INSERT INTO channel (desk_id, name, kind) SELECT 1, v.name, 'smtp' "
                 "FROM (VALUES ('letters'), ('quick'), ('free'), ('before')) v (name)")
        rows = "INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, recipient, channel_id, address, subject, text, " \
               "automatic, level, due_at, claimed_until, state) SELECT 1, %d + n, 0, 'E-06', '%d/' || n, 'customer', channel_id, " \
               "'a@b.example', 's', 't', n %% 2 = 0, 1, now() + '%s', %s, '%s' FROM channel, generate_series(1, %d) n WHERE name = '%s'"
        for i, (due, claimed, state, count, name) in enumerate((
                ("-1 min", "now() - interval '1 s'", "owed", 5, "letters"), ("-1 min", "NULL", "owed", 3, "free"),
                ("-1 min", "NULL", "owed", 3, "before"), ("-1 min", "now() + interval '1 min'", "owed", 1, "letters"),
                ("1 min", "NULL", "owed", 1, "letters"), ("-1 min", "NULL", "sent", 1, "letters"), ("0 s", "NULL", "owed", 1, "letters"))):
            self.sql(rows % (100 * i, i, due, claimed, state, count, name))

        def held():
            return [(h["desk"], h["channel"], h["rate"], h["letters"], self.hours(h["last_at"])) for h in self.ask("status")["held"]]
        self.assertEqual(held(), [("main", "letters", "2 per hour", 5, 3)])
        shown = self.one.ctl("status").stdout
        self.assertIn("letters that wait", shown)
        self.assertIn("2 per hour", shown)
        self.sql("INSERT INTO node (name, version, started_at, seen_at, channels) SELECT v.name, '0', now(), now(), "
                 "array_agg(channel_id) FROM channel, (VALUES ('one'), ('two')) v (name) GROUP BY 1")
        self.assertEqual(held(), [("main", "letters", "2 per hour", 5, 2)])  # each hands over its own two
        self.sql("INSERT INTO channel_health (desk_id, channel_id, last_error, failing_since) "
                 "SELECT desk_id, channel_id, 'no route', now() FROM channel WHERE name = 'letters'")
        self.assertEqual(held(), [])  # it is not the rate that they wait for
        self.sql("UPDATE channel_health SET failing_since = NULL; UPDATE delivery SET state = 'sent'")
        self.assertEqual(held(), [])
        self.assertNotIn("letters that wait", self.one.ctl("status").stdout)

    def test_how_late_something_is_the_clock_of_the_database_says(self):  # F51
        self.one.ctl("migrate")
        self.sql("INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, recipient, address, subject, text, automatic, "
                 "level, due_at) VALUES (1, 1, 0, 'E-06', '1', 'customer', 'u1', 's', 't', false, 1, now())")
        self.one.env["RELEVO_CLOCK_OFFSET_S"] = "7200"
        self.assertEqual(self.ask("status")["trouble"], ["no node is alive"])

    @staticmethod
    def hours(at):
        return round((datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() - time.time()) / 3600)

    def test_a_team_with_more_than_it_can_do_is_seen_from_every_side_until_it_is_over(self):  # D-29
        with open(self.policy, "w") as f:
            f.write(POLICY.replace("limit: 10}", "limit: 10, available: no}").replace("{members: [ana]}", "{members: [ana], backlog: {tickets: 2}}"))

        def measured():
            """By a node that was away for longer than a look at the queues holds, and is back."""
            self.sql("UPDATE team_backlog SET looked_at = NULL")
            self.one.start()
            self.wait_sql("SELECT count(*) FROM team_backlog WHERE looked_at IS NOT NULL", 1)
            names = ["team_%s{desk=\"main\",team=\"first\"}" % name for name in ("waiting", "oldest_seconds", "overloaded")]
            servers.wait_for("a look at the queues", lambda: names[0] in ask_http("GET", self.one.admin + "/metrics")[2].decode())
            return [int(self.one.metric(name)) for name in names]

        self.one.ctl("migrate")
        self.one.ctl("policy", "apply", self.policy)
        for sender in ("u1", "u2"):
            self.ask("ticket", "new", "--channel", "shop", "--from", sender, "Nada funciona")
        self.sql("UPDATE due SET queue_since = queue_since - interval '1 h'")
        waiting, oldest, overloaded = measured()
        self.assertEqual((waiting, oldest >= 3600, overloaded), (2, True, 1))
        self.assertIn("team first has more than it can do: 2 wait for an owner", self.ask("status")["trouble"])
        self.refused(REFUSED, "status", "--check")
        row, = self.ask("report", "overload")["rows"]
        self.assertEqual({k: row[k] for k in ("name", "times", "lasting", "most_waiting")},
                         {"name": "first", "times": 1, "lasting": 1, "most_waiting": 2})
        self.one.stop()
        for ticket in self.ask("ticket", "list"):
            self.ask("ticket", "solve", str(ticket["ticket_id"]))
        self.assertEqual(measured(), [0, 0, 0])
        told = "DELETE FROM delivery WHERE notice = 'O-02' AND agent = 'ana' RETURNING left(last_words, 14)"
        self.assertEqual(self.sql(told), "\n".join(2 * ["no agents.mail"]))  # that it began, and that it is over; dead letters here
        self.assertEqual(self.ask("status")["trouble"], [])
        self.assertEqual(self.one.ctl("status", "--check").returncode, DONE)
        row, = self.ask("report", "overload")["rows"]
        self.assertEqual((row["times"], row["lasting"]), (1, 0))

    def test_what_is_in_quarantine_can_be_read_and_its_bytes_taken_out(self):  # S-33
        self.start()
        raw = b"From: a\r\n\r\n\x1b[31m\x00\xff end"
        self.sql("INSERT INTO quarantine (desk_id, channel_id, external_id, reason, raw_type, raw) SELECT desk_id, channel_id, "
                 "'<x@y>', 'no way to read it', 'message/rfc822', decode('%s', 'base64') FROM channel"
                 % base64.b64encode(raw).decode())
        listed = self.ask("quarantine", "list", "--channel", "shop")
        self.assertEqual([(q["reason"], q["size"], q["external_id"]) for q in listed], [("no way to read it", len(raw), "<x@y>")])
        self.another_channel()
        self.assertEqual(self.ask("quarantine", "list", "--channel", "other"), [])
        number = str(listed[0]["quarantine_id"])
        line = [self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "quarantine", "show", number]
        self.assertEqual(subprocess.run(line + ["--raw"], stdout=subprocess.PIPE, env=self.one.env).stdout, raw)
        shown = subprocess.run(line, stdout=subprocess.PIPE, env=self.one.env)
        self.assertEqual(shown.returncode, DONE)
        self.assertNotIn(b"\x1b", shown.stdout)
        self.assertIn("end", self.ask("quarantine", "show", number)["text"])
        self.refused(REFUSED, "quarantine", "show", "99", words="99")

    def test_what_somebody_saw_to_in_quarantine_is_trouble_no_more_and_stays_there(self):
        self.start()
        self.wait_sql("SELECT count(*) FROM node", 1)
        self.sql("INSERT INTO quarantine (desk_id, channel_id, external_id, reason, raw_type, raw) "
                 "SELECT desk_id, channel_id, n, 'why', 'text/plain', 'a' FROM channel, (VALUES ('x'), ('y'), ('z')) v (n)")
        x, y, z = (str(q["quarantine_id"]) for q in reversed(self.ask("quarantine", "list")))
        self.assertIn("3 messages are in quarantine: relevoctl quarantine list", self.ask("status")["trouble"])
        self.assertEqual(self.ask("quarantine", "settle", x, y, "--because", "they wrote again"),
                         [{"quarantine_id": int(x)}, {"quarantine_id": int(y)}])
        self.assertEqual([q["external_id"] for q in self.ask("quarantine", "list")], ["z"])
        self.refused(REFUSED, "quarantine", "settle", y, z, "99", words="2 of them are settled already, or not there")
        self.refused(REFUSED, "quarantine", "settle", "99", "099", "#99", words="1 of them are settled already, or not there; 99,")
        self.assertEqual((self.ask("quarantine", "list"), self.ask("status", "--check")["trouble"]), ([], []))
        settled = self.ask("quarantine", "list", "--settled")
        self.assertEqual([(q["external_id"], q["settled_because"]) for q in settled],
                         [("z", None), ("y", "they wrote again"), ("x", "they wrote again")])
        self.assertEqual({q["settled_by"] for q in settled}, {self.sql("SELECT DISTINCT settled_by FROM quarantine")})
        self.assertEqual(self.ask("quarantine", "show", x)["text"], "a")
        self.refused(USAGE, "quarantine", "settle", "x")
        self.refused(USAGE, "quarantine", "settle")

    def test_the_trouble_of_a_channel_that_no_living_node_has_is_nobodys(self):
        self.start()
        self.wait_sql("SELECT count(*) FROM node WHERE channels IS NOT NULL", 1)
        self.sql("INSERT INTO channel (desk_id, name, kind) SELECT desk_id, 'gone', 'imap' FROM channel")
        self.sql("INSERT INTO channel_health (desk_id, channel_id, last_error, failing_since, warning) "
                 "SELECT desk_id, channel_id, 'no route', now(), 'it runs out' FROM channel WHERE name = 'gone'")
        self.sql("INSERT INTO reconciliation (desk_id, channel_id, part, uidvalidity, started_at, since_at, ended_at, mails, messages, "
                 "duplicates, ignored, quarantined, others, pending, gaps, gap_uids) SELECT desk_id, channel_id, 'INBOX', 1, now(), now(), "
                 "now(), 1, 0, 0, 0, 0, 0, 0, 1, '{4}' FROM channel WHERE name = 'gone'")
        said = ["channel gone fails: no route", "channel gone: it runs out",
                "1 mails in INBOX of channel gone are in no account: relevoctl reconcile"]
        status = self.ask("status", "--check")
        self.assertEqual(status["trouble"], [])
        self.assertEqual({c["channel"]: c["configured"] for c in status["channels"]}, {"gone": False, "shop": True})
        self.assertEqual([m["configured"] for m in status["mailboxes"]], [False])
        self.sql("INSERT INTO node (name, version, started_at, seen_at) VALUES ('older', '0', now(), now())")  # says nothing of channels
        self.assertEqual(self.ask("status")["trouble"], said)
        self.sql("UPDATE node SET channels = '{}' WHERE name = 'older'")
        self.assertEqual(self.ask("status")["trouble"], [])
        self.one.stop()
        self.sql("UPDATE node SET seen_at = seen_at - interval '31 s'")
        self.assertEqual(self.ask("status")["trouble"], ["no node is alive"] + said)

    def bytes_of(self, *words):
        line = [self.one._binary("ctl", "relevoctl"), "--config", self.one.path, *words]
        done = subprocess.run(line, stdout=subprocess.PIPE, env=self.one.env)
        self.assertEqual(done.returncode, DONE, words)
        return done.stdout

    def keep(self, kept, size="NULL"):
        """A row of raw; returns its digest as SQL."""
        self.sql("INSERT INTO raw (desk_id, sha256, type, bytes, size) VALUES (1, decode('%s', 'hex'), 'message/rfc822', "
                 "decode('%s', 'hex'), %s)" % (kept[0], kept[1].hex(), size))

    def test_an_original_that_was_taken_apart_comes_out_to_the_last_byte(self):
        self.start()
        number = self.answered()
        inner = bytes(range(256)) * 9
        within = b"Subject: within\r\n\r\n" + base64.encodebytes(inner).rstrip(b"\n") + b"\n.\n"
        text = base64.b64encode(within)
        small = b"Content-Type: text/x-log; name=a.log\r\n\r\nca\xc3\xaddo\0!"
        head = b"Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + small + b"\r\n--b\r\n\r\n"
        lines = b"\r\n".join(text[i:i + 60] for i in range(0, len(text), 60))
        mail = head + lines + b"\r\n--b--\r\n"
        digest = {name: hashlib.sha256(what).hexdigest() for name, what in
                  (("inner", inner), ("within", within), ("mail", mail), ("small", small.split(b"\r\n\r\n")[1]))}
        self.keep((digest["inner"], inner))
        self.keep((digest["within"], b"Subject: within\r\n\r\n\n.\n"), len(within))  # a part that was taken apart itself
        self.keep((digest["mail"], head + b"\r\n--b--\r\n"), len(mail))
        self.sql("INSERT INTO raw_part SELECT 1, decode(a, 'hex'), 1, b, decode(c, 'hex'), d, e FROM (VALUES "
                 "('%s', 19, '%s', 76, false), ('%s', %d, '%s', 60, true)) v (a, b, c, d, e)"
                 % (digest["within"], digest["inner"], digest["mail"], len(head), digest["within"]))
        message = self.sql("SELECT message_id FROM message WHERE direction = 'in'")
        self.sql("UPDATE message SET raw_sha256 = decode('%s', 'hex') WHERE message_id = %s; INSERT INTO attachment (desk_id, "
                 "ticket_id, message_id, position, content_type, size, sha256) SELECT 1, ticket_id, message_id, position, "
                 "'text/plain', 1, sha256 FROM message, (VALUES (1, '%s'), (2, '%s'), (3, repeat('0', 64)), (4, NULL)) v "
                 "(position, sha256) WHERE message_id = %s"
                 % (digest["mail"], message, digest["within"], digest["small"], message))
        self.assertEqual(self.bytes_of("message", "raw", message), mail)
        self.assertEqual(self.bytes_of("attachment", "get", message, "1"), within)
        self.assertEqual(self.bytes_of("attachment", "get", message, "2"), b"ca\xc3\xaddo\0!")
        self.refused(REFUSED, "attachment", "get", message, "3", words="message raw")
        self.refused(LATER, "attachment", "get", message, "4", words="not fetched")
        self.refused(REFUSED, "attachment", "get", message, "5")
        self.refused(REFUSED, "message", "raw", "999999", words="999999")
        self.refused(USAGE, "message", "raw", "first")
        ours = self.sql("SELECT message_id FROM message WHERE ticket_id = %s AND direction = 'out'" % number)
        self.refused(REFUSED, "message", "raw", ours, words="no original")
        self.sql("UPDATE raw SET bytes = '' WHERE sha256 = decode('%s', 'hex')" % digest["inner"])
        self.refused(REFUSED, "message", "raw", message, words="not what was stored")


if __name__ == "__main__":
    suite.main()
