"""A mailbox that wants access tokens: a real Dovecot that asks an introspection endpoint, and a token endpoint that is strict."""
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402
import test_imap  # noqa: E402
import token_server  # noqa: E402
from test_imap import mail  # noqa: E402

REFRESH, SECRET = "AXkAr3fresh~token", "cl13nt/s+cret"
CHANNEL = """
  %(name)s:
    {kind: imap, host: localhost, port: %(port)d, ca_file: %(ca)s, user: support, auth: xoauth2, since: all, poll: 1s,
     token_url: "%(url)s/token", client_id: %(client)s, refresh_token: {file: "@refresh@"}, %(more)s}
"""


class Case(test_imap.Case):
    def tokens(self, **more):
        tokens = token_server.TokenServer(REFRESH, **more)
        self.addCleanup(tokens.stop)
        return tokens

    def dovecot_with(self, tokens):
        return self.dovecot(more=tokens.dovecot_more(self.folder))

    def channel(self, server, tokens, name="mail", client="relevo", more="client_secret: {file: \"@secret@\"}"):
        return CHANNEL % {"name": name, "port": server.tls_port, "ca": self.authority.ca, "url": tokens.url, "client": client,
                          "more": more}

    def node(self, *channels, **secrets):
        return suite.Case.relevod(self, "channels:" + "".join(channels), dict({"refresh": REFRESH, "secret": SECRET}, **secrets))


class Tokens(Case):
    def test_one_token_serves_all_sessions_and_the_next_comes_with_the_rotated_refresh_token(self):  # T-98, T-99
        tokens = self.tokens(secret=SECRET)
        server = self.dovecot_with(tokens)
        relevod = self.node(self.channel(server, tokens)).start()
        server.deliver("support", mail(1))
        self.count(1)
        server.restart()
        server.deliver("support", mail(2))
        self.count(2)
        self.assertEqual(len(tokens.calls), 1)
        self.assertNotEqual(tokens.refresh, REFRESH)
        relevod.kill()
        relevod.start()
        server.deliver("support", mail(3))
        self.count(3)
        self.assertEqual([call["refresh_token"] for call in tokens.calls], [REFRESH, REFRESH + ".1"])
        kept = self.sql("SELECT cursor FROM channel_cursor WHERE part = 'oauth'")
        self.assertRegex(kept, r"^[0-9a-f]{16}:[A-Za-z0-9+/=]+$")
        dump = self.sql("SELECT string_agg(i::text, ' ') FROM intake i") + kept
        for secret in (REFRESH, SECRET, tokens.refresh):
            self.assertNotIn(secret, dump + "".join(relevod.lines))

    def test_a_refresh_token_that_comes_after_a_reload_is_kept(self):  # T-98
        tokens, late = self.tokens(secret=SECRET), threading.Event()
        tokens.late.append(late)
        server = self.dovecot_with(tokens)
        relevod = self.node(self.channel(server, tokens)).start()
        servers.wait_for("the question", lambda: len(tokens.calls) == 1)
        seen = len(relevod.lines)
        relevod.tell(signal.SIGHUP)
        relevod.wait_line("event=channel_started", since=seen)
        relevod.ctl("status")  # meanwhile the one that reads now would ask, with what is used up
        late.set()
        self.wait_sql("SELECT count(*) FROM channel_cursor WHERE part = 'oauth'", 1)
        server.deliver("support", mail(1))
        self.count(1)
        self.assertEqual([call["refresh_token"] for call in tokens.calls], [REFRESH, REFRESH + ".1"])

    def test_a_token_that_runs_out_is_followed_by_another_before_its_end(self):
        tokens = self.tokens(secret=SECRET, life_s=4)
        server = self.dovecot_with(tokens)
        self.node(self.channel(server, tokens)).start()
        servers.wait_for("the next tokens", lambda: len(tokens.calls) >= 3)
        server.restart()
        server.deliver("support", mail(1))
        self.count(1)

    def test_a_certificate_proves_the_client_as_well_and_a_month_before_its_end_it_is_told(self):  # T-98
        tokens = self.tokens()
        server = self.dovecot_with(tokens)
        tokens.certificate, key = os.path.join(self.folder, "client.pem"), os.path.join(self.folder, "client.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20", "-subj", "/CN=relevo",
                        "-keyout", key, "-out", tokens.certificate], capture_output=True, check=True)
        with open(tokens.certificate, encoding="ascii") as one, open(key, encoding="ascii") as other:
            pem = other.read() + one.read()
        relevod = self.node(self.channel(server, tokens, more='client_key: {file: "@key@"}'), key=pem).start()
        server.deliver("support", mail(1))
        self.count(1)
        self.assertNotIn("client_secret", tokens.calls[0])
        self.assertRegex(relevod.wait_line("event=channel_warning"), "the client's certificate runs out in (19|20) days: renew it")
        servers.wait_for("the warning", lambda: any(
            "certificate runs out in" in line for line in relevod.ctl("status", "--json")["trouble"]))

    def test_who_gets_no_token_stops_nobody_else_and_says_why(self):  # T-04, F31
        tokens = self.tokens(secret=SECRET)
        tokens.fail["expired"] = (400, "invalid_grant")
        server = self.dovecot_with(tokens)
        relevod = self.node(self.channel(server, tokens, "broken", "expired"), self.channel(server, tokens)).start()
        server.deliver("support", mail(1))
        self.count(1)
        line = relevod.wait_line("event=channel_trouble channel=broken")
        self.assertIn("invalid_grant", line)
        self.assertIn("AADSTS700082", line)
        server.deliver("support", mail(2))
        self.count(2)
        self.assertTrue(any("channel broken fails" in line for line in relevod.ctl("status", "--json")["trouble"]))
        self.assertLessEqual(len([call for call in tokens.calls if call["client_id"] == "expired"]), 3)
        del tokens.fail["expired"]

    def test_a_new_refresh_token_in_the_configuration_replaces_the_kept_one(self):  # T-98
        tokens = self.tokens(secret=SECRET)
        server = self.dovecot_with(tokens)
        relevod = self.node(self.channel(server, tokens)).start()
        self.wait_sql("SELECT count(*) FROM channel_cursor WHERE part = 'oauth'", 1)
        relevod.kill()
        tokens.refresh = "granted-anew"
        with open(re.search(r"refresh_token: {file: \"([^\"]*)\"", open(relevod.path, encoding="utf-8").read()).group(1), "w") as f:
            f.write("granted-anew\n")
        relevod.start()
        server.deliver("support", mail(1))
        self.count(1)

    def test_a_month_before_the_secret_runs_out_it_is_told(self):  # T-98
        tokens = self.tokens(secret=SECRET)
        server = self.dovecot_with(tokens)
        soon = (datetime.date.today() + datetime.timedelta(days=20)).isoformat()
        relevod = self.node(self.channel(
            server, tokens, more='client_secret: {file: "@secret@"}, client_expires: "%s"' % soon)).start()
        self.assertIn("runs out in", relevod.wait_line("event=channel_warning"))
        servers.wait_for("the warning", lambda: any("runs out in" in line for line in relevod.ctl("status", "--json")["trouble"]))

    def test_whoever_asks_for_the_balance_gets_it_from_the_node_that_has_the_token(self):  # T-18, T-98
        tokens = self.tokens(secret=SECRET)
        server = self.dovecot_with(tokens)
        relevod = self.node(self.channel(server, tokens)).start()
        for i in range(3):
            server.deliver("support", mail(i))
        self.count(3)
        for _ in range(2):
            box, = relevod.ctl("reconcile", "--json")
            self.assertEqual((box["mailbox"], box["messages"], box["mails"], box["error"]), ("INBOX", 3, 3, None))
        self.sql("DELETE FROM source WHERE locator LIKE '%/2'")
        done = relevod.ctl("reconcile", "--json", ok=False)
        self.assertEqual((done.returncode, json.loads(done.stdout)[0]["gap_uids"]), (1, [2]))
        self.assertEqual(len(tokens.calls), 1)  # nobody else asked for a token: the node's refresh token is as good as it was
        self.assertIn("sums alone", relevod.ctl("reconcile", "--each", ok=False).stderr)
        server.stop()
        done = relevod.ctl("reconcile", ok=False)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        relevod.stop()
        done = relevod.ctl("reconcile", ok=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("none reads it now", done.stderr)

    def test_plain_is_spoken_where_it_is_asked_for(self):
        server = self.dovecot()
        self.relevod(server.tls_port, more="since: all, auth: plain").start()
        server.deliver("support", mail(1))
        self.count(1)


if __name__ == "__main__":
    suite.main()
