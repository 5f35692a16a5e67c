"""Letters out to a relay that wants access tokens: a real Postfix whose Dovecot asks an introspection endpoint."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402
import test_smtp  # noqa: E402
import token_server  # noqa: E402

REFRESH, SECRET = "AXkAr3fresh~token", "cl13nt/s+cret"
MORE = """user: support, auth: xoauth2, ca_file: "%s", token_url: "%s/token", client_id: relevo,
    client_secret: {file: "@secret@"}, refresh_token: {file: "@refresh@"}"""


class Tokens(test_smtp.Letters):
    def begin_with(self, tokens, house):
        return self.begin("localhost", house.postfix.port, MORE % (house.authority.ca, tokens.url),
                          {"secret": SECRET, "refresh": REFRESH})

    def places(self, **more):
        tokens = token_server.TokenServer(REFRESH, secret=SECRET, **more)
        self.addCleanup(tokens.stop)
        house = mailhouse.MailHouse(os.path.join(self.folder, "mail"), {"support": "s3cret", "ana": "a", "pepe": "p"},
                                    dovecot_more=tokens.dovecot_more(self.folder))
        self.addCleanup(house.stop)
        return tokens, house.start()

    def test_letters_leave_with_an_access_token_and_no_secret_is_told(self):
        tokens, house = self.places()
        relevod = self.begin_with(tokens, house)
        for i in range(4):
            self.write(relevod, "m%d" % i, "pepe+%d" % i)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent' AND last_words LIKE '250 %'", 8)
        servers.wait_for("Postfix", house.postfix.is_idle)
        self.assertEqual(len(house.mails("pepe")), 4)
        self.assertIn("sasl_method=XOAUTH2, sasl_username=support", house.postfix.log(2000))
        self.assertEqual(len(tokens.calls), 1)
        told = "".join(relevod.lines) + self.sql("SELECT string_agg(d::text, ' ') FROM delivery d") + self.sql(
            "SELECT string_agg(h::text, ' ') FROM channel_health h") + self.sql("SELECT string_agg(cursor, ' ') FROM channel_cursor")
        for secret in (REFRESH, SECRET, tokens.refresh, *tokens.good):
            self.assertNotIn(secret, told)

    def test_a_token_that_is_not_believed_stops_the_sink_and_keeps_the_letters(self):
        tokens, house = self.places()
        tokens.user = "somebody-else"
        relevod = self.begin_with(tokens, house)
        self.write(relevod)
        self.wait_sql("SELECT bool_and(last_words ~ '^(535|the server refuses the access token)') FROM delivery "
                      "WHERE state = 'owed' AND attempts > 0", "t")
        self.assertEqual(self.sql("SELECT count(*) FROM delivery WHERE state <> 'owed'"), "0")
        self.assertEqual(len(tokens.calls), 1)
        self.assertTrue(any("channel letters fails" in line for line in relevod.ctl("status", "--json")["trouble"]))

    def test_letters_wait_for_the_endpoint_that_gives_tokens(self):
        tokens, house = self.places()
        tokens.fail["relevo"] = (503, "temporarily_unavailable")
        relevod = self.begin_with(tokens, house)
        self.write(relevod)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'owed' AND last_words LIKE 'no access token: 503 temporarily%'", 2)
        tokens.fail.clear()
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", 2, 240)
        self.assertTrue(re.search("channel_trouble channel=letters .*no access token", "".join(relevod.lines)))
        servers.wait_for("the customer's letter", lambda: len(house.mails("pepe")) == 1)


if __name__ == "__main__":
    suite.main()
