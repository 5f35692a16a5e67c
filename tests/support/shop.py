"""A shop on one signed webhook, with a policy of two levels: what the tests of relevoctl begin with."""
import os
import time

import suite

DONE, REFUSED, USAGE, CONFIG, LATER = 0, 1, 2, 3, 4
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHANNELS = """
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, send_url: "http://127.0.0.1:9/"}
"""
POLICY = """
desk: {title: Tienda Sol, language: es}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
agents:
  ana: {name: Ana Ruiz, email: ana@example.org, limit: 10}
  eva: {name: Eva Sanz, email: eva@example.org, limit: 10, available: no}
teams:
  first: {members: [ana]}
  second: {members: [eva]}
targets:
  first_response: {low: 8h, normal: 4h, high: 1h, urgent: 30m}
escalation:
  - {name: first line, team: first}
  - {name: second line, team: second}
"""


class Case(suite.Case):
    def setUp(self):
        super().setUp()
        self.one = self.relevod(CHANNELS, {"hook": SECRET})
        self.policy = os.path.join(self.folder, "policy.yaml")
        with open(self.policy, "w") as f:
            f.write(POLICY)

    def start(self):
        """With the policy in force before the first message."""
        self.assertEqual(self.one.ctl("migrate").returncode, DONE)
        self.one.ctl("policy", "apply", self.policy)
        self.one.start()
        return self.one

    def write(self, message_id, text, sender="u1", name="Luz", email=None):
        who = {"email": email} if email else {"id": sender}  # who writes mail opens a ticket with each
        status, _, body = self.one.post_webhook("shop", SECRET, {
            "type": "message.created", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "data": {"id": message_id, "sender": {**who, "display_name": name}, "text": text,
                     "conversation_id": "c-" + (message_id if email else sender)}}, message_id)
        self.assertLess(status, 300, body)

    def ask(self, *args, **more):
        return self.one.ctl("--json", *args, **more)

    def refused(self, code, *args, words="", stdin=None):
        done = self.one.ctl(*args, stdin=stdin, ok=False)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.assertIn(words, done.stderr)
        return done
