"""relevoctl verify: every known webhook call is believed or refused as it must be."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import suite  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
OURS = {"twilio-signature-v1": 24, "telegram-secret-token": 6, "standard-webhooks-v1": 14, "standard-webhooks-v1a": 7,
        "webchat-identity-hmac": 6}

with open(os.path.join(ROOT, "tests/data/vectors/webhook-signatures.json"), encoding="utf-8") as f:
    VECTORS = json.load(f)["vectors"]


def verify(*args, given):
    return subprocess.run([CTL, "verify", *args], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def batch(calls):
    done = verify("--json", "--batch", given="".join(json.dumps(c) + "\n" for c in calls))
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


class Verify(unittest.TestCase):
    def test_all_that_is_valid_is_believed_and_all_that_is_not_is_refused(self):  # S-37 to S-40, T-97
        for scheme, count in OURS.items():
            calls = [v for v in VECTORS if v["scheme"] == scheme]
            self.assertEqual(len(calls), count)
            code, answers = batch(calls)
            self.assertEqual(code, 0)
            self.assertEqual([a["id"] for a in answers], [c["id"] for c in calls])
            for call, answer in zip(calls, answers):
                with self.subTest(call["id"], note=call["note"]):
                    self.assertEqual(answer["valid"], call["valid"], answer)
                    self.assertTrue(answer["reason"] or call["valid"])
                    self.assertTrue(answer["valid"] or not answer["messages"])

    def test_one_byte_of_any_signed_part_decides(self):
        call = next(v for v in VECTORS if v["id"] == "generic-standard-webhooks-v1-01")
        spoilt = []
        for i in range(len(call["body"])):
            spoilt.append(dict(call, body=call["body"][:i] + chr(ord(call["body"][i]) ^ 1) + call["body"][i + 1:]))
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            value = call["headers"][name]
            spoilt.append(dict(call, headers=dict(call["headers"], **{name: value[:-2] + "x" + value[-1:]})))
            spoilt.append(dict(call, headers={k: v for k, v in call["headers"].items() if k != name}))
        self.assertEqual([a["valid"] for a in batch(spoilt)[1]], [False] * len(spoilt))
        self.assertTrue(batch([call])[1][0]["valid"])

    def test_a_call_shows_the_message_that_it_is(self):
        call = next(v for v in VECTORS if v["scheme"] == "telegram-secret-token" and v["valid"])
        done = verify("--json", given=json.dumps(call))
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["status"], len(answer["messages"])), (200, 1))
        self.assertEqual(answer["messages"][0]["text"], "Hola")
        self.assertNotIn(call["secret"], done.stdout + done.stderr)  # S-51

    def test_a_refused_call_is_an_exit_code_and_a_sentence(self):
        call = next(v for v in VECTORS if v["scheme"] == "twilio-signature-v1" and not v["valid"])
        done = verify(given=json.dumps(call))
        self.assertEqual((done.returncode, done.stdout), (1, "refused: 401, messages: 0, the signature does not fit\n"))

    def test_a_believed_call_that_says_nothing_of_use_is_told_why(self):
        call = next(v for v in VECTORS if v["id"] == "generic-standard-webhooks-v1-04")
        answer = batch([call])[1][0]
        self.assertEqual((answer["valid"], answer["status"]), (True, 400))
        self.assertEqual(answer["reason"], "data.sender: expected id, email or phone of who wrote")

    def test_a_body_in_base64_is_the_same_body(self):
        call = next(v for v in VECTORS if v["id"] == "generic-standard-webhooks-v1-01")
        import base64
        coded = dict(call, body=base64.b64encode(call["body"].encode()).decode(), body_encoding="base64")
        self.assertTrue(batch([coded])[1][0]["valid"])
        self.assertFalse(batch([dict(coded, body_encoding="rot13")])[1][0]["valid"])

    def test_what_is_no_call_is_answered_too(self):
        given = 'no json\n[]\n{}\n{"id":1,"provider":"pigeon","secret":"","method":"POST","url":"x"}\n'
        done = verify("--json", "--batch", given=given)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([a["valid"] for a in answers], [False] * 4)
        self.assertEqual(answers[3]["reason"], "no adapter takes calls of 'pigeon'")
        self.assertEqual(verify("--json", given="{").returncode, 1)
        self.assertEqual(verify("a", "b", given="").returncode, 2)


if __name__ == "__main__":
    suite.main()
