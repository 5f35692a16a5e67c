"""relevod and the providers' own packages for Node believe each other, and nobody else: twilio, standardwebhooks."""
import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import npm  # noqa: E402
import providers  # noqa: E402
import servers  # noqa: E402
import shop  # noqa: E402
import suite  # noqa: E402

ACCOUNT, TOKEN, NUMBER, TEL = "AC" + "0" * 31 + "1", "12345678901234567890123456789012", "+15005550006", "+34600111222"
THEIRS, OURS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_bm8tb25lLWVsc2Uta25vd3MtdGhpcy1vbmUh"
WRONG = "whsec_" + "A" * 32
PUBLIC = "https://desk.example"
POLICY = shop.POLICY + "timing: {coalesce: 0, received_merge: 0, after_reply: 0}\n"


class Case(suite.Case):
    def start(self, channels, secrets):
        port = servers.free_port()
        self.one = self.relevod("public_url: %s\nchannels:\n%s" % (PUBLIC, channels), secrets, port=port)
        policy = os.path.join(self.folder, "policy.yaml")
        with open(policy, "w") as f:
            f.write(POLICY)
        self.one.ctl("migrate")
        self.one.ctl("policy", "apply", policy)
        self.one.start()

    def reply(self, text):
        self.one.ctl("ticket", "reply", self.sql("SELECT ticket_id FROM ticket"), "--as", "ana", "--", text)


class Twilio(Case):
    """Twilio knows relevod by its public address; a proxy brings the call to where it listens."""

    def setUp(self):
        super().setUp()
        self.twilio = providers.Twilio(ACCOUNT, TOKEN, NUMBER)
        self.addCleanup(self.twilio.stop)
        self.start('  sms: {kind: twilio, account: %s, token: {file: "@twilio@"}, number: "%s", api_base: "%s"}\n'
                   % (ACCOUNT, NUMBER, self.twilio.base), {"twilio": TOKEN})
        self.count = 0

    def form(self, text="Mi pedido nº 7 no llega: ¿está «perdido» 🤷? 100 % & a+b=c\nUn saludo", **more):
        self.count += 1
        return dict({"MessageSid": "SM%032x" % self.count, "From": TEL, "To": NUMBER, "Body": text, "NumMedia": "0",
                     "AccountSid": ACCOUNT, "FromCity": "", "FromCountry": "ES"}, **more)

    def call(self, signed, make="twilio form", token=TOKEN, public=PUBLIC + "/hook/sms", path="/hook/sms", **more):
        return dict({"make": make, "token": token, "url": public, "signed": signed, "asked": self.one.url + path}, **more)

    def statuses(self, *calls):
        return [answer["status"] for answer in npm.calls(*calls)]

    def test_a_form_that_the_package_signs_is_a_message_word_for_word(self):
        first, second = self.form(), self.form("Hola otra vez")
        self.assertEqual(self.statuses(self.call(first), self.call(second, public=PUBLIC + ":443/hook/sms"), self.call(first)),
                         [200, 200, 200])
        self.assertEqual(json.loads(self.sql("SELECT json_agg(text ORDER BY message_id) FROM message")),
                         [first["Body"], second["Body"]])
        self.assertEqual(self.sql("SELECT last_address FROM ticket"), TEL)

    def test_a_form_that_is_not_what_was_signed_is_refused_and_stores_nothing(self):
        form = self.form()
        self.assertEqual(self.statuses(
            self.call(form, sent=dict(form, Body="Devuélvanme el dinero")),
            self.call(form, sent=dict(form, From="+34600111223")),
            self.call(form, sent=dict(form, More="")),
            self.call(form, sent={k: v for k, v in form.items() if k != "FromCountry"}),
            self.call(form, token=TOKEN[::-1]),
            self.call(form, public="https://other.example/hook/sms"),
            self.call(form, public=PUBLIC + "/hook/sms?x=1"),
            self.call(form, path="/hook/sms?x=1")), [401] * 8)
        self.assertEqual(self.sql("SELECT count(*) FROM intake"), "0")
        self.assertEqual(self.one.metric("hook_refused_total"), 8)

    def test_a_json_body_is_believed_by_the_hash_that_the_signed_address_names(self):
        body = json.dumps({"EventType": "onMessageAdded", "Body": "Señal"}, ensure_ascii=False)
        json_call = dict(make="twilio json")
        self.assertEqual(self.statuses(
            self.call(body, **json_call),
            self.call(body, sent=body.replace("Señal", "Señas"), **json_call),
            self.call(body, token=TOKEN[::-1], **json_call)), [200, 401, 401])

    def test_what_relevod_sends_is_what_the_package_sends(self):
        """The stand-in takes the package's requests; so what it takes of relevod's is what Twilio would."""
        self.assertEqual(self.statuses(self.call(self.form("Hola"))), [200])
        text = "Buenos días 🌞: 100 % & a+b=c\nAna"
        self.reply(text)
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")
        ours = self.twilio.sent[-1]
        theirs = {"make": "twilio send", "account": ACCOUNT, "base": self.twilio.base, "token": TOKEN, "message": {
            "to": TEL, "from": NUMBER, "body": text, "statusCallback": ours["callback"]}}
        sent, refused = npm.calls(theirs, dict(theirs, token=TOKEN[::-1]))
        self.assertEqual((sent["sid"], sent["status"]), (self.twilio.sent[-1]["sid"], "queued"))
        self.assertEqual((refused["status"], refused["code"]), (401, 20003))
        for key in ("to", "from", "body", "callback"):
            self.assertEqual(ours[key], self.twilio.sent[-1][key])
        self.assertEqual(ours["body"], text)

    def test_a_report_that_the_package_signs_for_the_address_we_named_says_what_became_of_it(self):
        self.assertEqual(self.statuses(self.call(self.form("Hola"))), [200])
        self.reply("Buenos días")
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")
        sent = self.twilio.sent[-1]
        self.assertTrue(sent["callback"].startswith(PUBLIC + "/"))
        report = {"MessageSid": sent["sid"], "MessageStatus": "delivered", "To": TEL, "From": NUMBER, "AccountSid": ACCOUNT}
        reported = self.call(report, public=sent["callback"], path=sent["callback"][len(PUBLIC):])
        self.assertEqual(self.statuses(dict(reported, sent=dict(report, MessageStatus="failed")), reported), [401, 200])
        self.assertEqual(self.sql("SELECT receipt FROM delivery WHERE notice = 'E-06'"), "delivered")

    def test_the_stand_in_signs_as_the_package_does(self):
        form, url = self.form(), PUBLIC + "/hook/sms"
        asked = {"make": "twilio believes", "token": TOKEN, "url": url, "signature": self.twilio.signature(url, form)}
        self.assertEqual(npm.calls(dict(asked, form=form), dict(asked, form=dict(form, Body="x"))), [True, False])


class StandardWebhooks(Case):
    def start_shop(self, secret=THEIRS, own=OURS, busy=0):
        """`own`: the secret that the receiver believes; relevod signs with OURS."""
        self.receiver = npm.Receiver(own, busy)
        self.addCleanup(self.receiver.stop)
        self.start('  shop: {kind: webhook, secret: {file: "@in@"}, send_secret: {file: "@out@"}, send_url: "%s"}\n'
                   % self.receiver.url, {"in": secret, "out": OURS})

    def body(self, text="¿Dónde está mi pedido? 🤷", message_id="m1"):
        return json.dumps({"type": "message.created", "timestamp": "2026-01-01T00:00:00Z",
                           "data": {"id": message_id, "sender": {"id": "u1", "display_name": "Ana"}, "text": text,
                                    "conversation_id": "c1"}}, ensure_ascii=False)

    def call(self, signed, secret=THEIRS, at=None, **more):
        return dict({"make": "standard webhook", "secret": secret, "url": self.one.url + "/hook/shop", "id": "msg_1",
                     "at": int(time.time()) if at is None else at, "signed": signed}, **more)

    def written(self):
        self.assertEqual(npm.calls(self.call(self.body()))[0]["status"], 200)

    def test_a_call_that_the_package_signs_is_a_message_and_any_other_is_refused(self):
        self.start_shop()
        body, now = self.body(), int(time.time())
        answers = npm.calls(
            self.call(body, sent=body.replace("pedido", "dinero")), self.call(body, sent=body + " "),
            self.call(body, secret=WRONG), self.call(body, secret=OURS),
            self.call(body, at=now - 3600), self.call(body, at=now + 3600))
        self.assertEqual([answer["status"] for answer in answers], [401] * 6)
        self.assertEqual(self.sql("SELECT count(*) FROM intake"), "0")
        self.written()
        self.assertEqual(self.sql("SELECT text FROM message"), "¿Dónde está mi pedido? 🤷")

    def test_answers_and_notices_are_believed_by_the_package_and_are_not_once_changed(self):
        self.start_shop()
        self.written()
        text = "Sale hoy «urgente» 🌞: 100 % & \"a\"\\b\nAna"
        self.reply(text)
        answer = self.receiver.wait(lambda call: json.loads(call["body"])["data"]["text"] == text)
        self.assertEqual((answer["method"], answer["status"], answer["why"]), ("POST", 204, ""))
        self.one.ctl("ticket", "solve", self.sql("SELECT ticket_id FROM ticket"), "--as", "ana")
        notice = self.receiver.wait(lambda call: json.loads(call["body"])["data"]["automatic"])
        self.assertEqual((notice["status"], notice["why"]), (204, ""))
        self.assertNotEqual(notice["headers"]["webhook-id"], answer["headers"]["webhook-id"])
        self.check_copies(answer)

    def check_copies(self, call):
        """What somebody on the way may do with a call: repeat it as it is, and no more."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type")
        headers, body = {name: call["headers"][name] for name in names}, call["body"].encode()

        def post(body, **changed):
            changed = {name.replace("_", "-"): value for name, value in changed.items()}
            return daemon.http("POST", self.receiver.url, body, dict(headers, **changed))[0]
        self.assertEqual(post(body), 204)
        self.assertEqual(post(body.replace(b"hoy", b"ayer")), 401)
        self.assertEqual(post(body + b" "), 401)
        self.assertEqual(post(body, webhook_id=headers["webhook-id"] + "0"), 401)
        self.assertEqual(post(body, webhook_timestamp=str(int(headers["webhook-timestamp"]) + 1)), 401)
        self.assertEqual(post(body, webhook_signature=otherwise(headers["webhook-signature"])), 401)

    def test_a_call_that_is_made_again_has_the_same_id_and_words_and_is_believed_again(self):
        self.start_shop(busy=1)
        self.written()
        self.reply("Sale hoy")
        first = self.receiver.wait(lambda call: call["status"] == 503)
        again = self.receiver.wait(lambda call: call["status"] == 204
                                   and call["headers"]["webhook-id"] == first["headers"]["webhook-id"])
        self.assertEqual(json.loads(first["body"])["data"], json.loads(again["body"])["data"])

    def test_a_receiver_with_another_secret_believes_nothing_of_ours(self):
        self.start_shop(own=THEIRS)
        self.written()
        self.reply("Sale hoy")
        call = self.receiver.wait(lambda call: "Sale hoy" in call["body"])
        self.assertEqual((call["status"], call["why"]), (401, "No matching signature found"))
        self.assertEqual(self.sql("SELECT count(*) FROM delivery WHERE state = 'sent'"), "0")


def otherwise(signature):
    """The same, but for one digit."""
    return signature[:5] + ("B" if signature[5] == "A" else "A") + signature[6:]


class Packages(unittest.TestCase):
    def test_the_lock_file_has_exact_versions_and_hashes_and_no_address(self):
        """So it serves behind any mirror, and is the same package there."""
        with open(os.path.join(npm.SOURCE, "package-lock.json")) as f:
            packages = json.load(f)["packages"]
        wanted = packages.pop("")["dependencies"]
        self.assertEqual({name: packages["node_modules/" + name]["version"] for name in wanted}, wanted)
        for name, package in packages.items():
            self.assertIn("integrity", package, name)
            self.assertNotIn("resolved", package, name)


if __name__ == "__main__":
    suite.main()
