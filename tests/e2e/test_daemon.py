"""A real relevod on a real PostgreSQL: what it takes, what it refuses, how it is stopped, reloaded and killed."""
import json
import os
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import providers  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

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


class Life(Case):
    def test_health_and_metrics_are_read_where_they_are_and_nowhere_else(self):
        relevod = self.relevod().start()
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(daemon.http("GET", relevod.admin + path)[0], 200)
            self.assertEqual(daemon.http("GET", relevod.admin + path + "/more")[0], 404)
            self.assertEqual(daemon.http("POST", relevod.admin + path, b"")[0], 405)
            self.assertEqual(daemon.http("GET", relevod.url + path)[0], 404)  # S-44

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

    def test_check_reads_the_secrets(self):
        relevod = self.relevod()
        self.assertEqual(self.run_binary(relevod, "--check").returncode, 0)
        os.chmod(os.path.join(relevod.folder, "hook"), 0o644)
        done = self.run_binary(relevod, "--check")
        self.assertEqual(done.returncode, 78)
        self.assertIn("chmod", done.stderr)

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
