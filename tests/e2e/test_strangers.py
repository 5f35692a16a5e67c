"""Strangers who want into a ticket, to hear what is said in it, or to have their words carried by us: mails to a real relevod, and
all that a real Postfix and Dovecot have of its letters."""
import email.utils
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

CASES = 12
PEOPLE = ("ana", "mal", "eva")
CONFIG = """
agents: {mail: out}
log: {level: debug}
channels:
  inbox: {kind: lmtp, path: "%(path)s", mode: "0666", recipients: ["support@desk.example"], smtp: out}
  out: {kind: smtp, host: localhost, port: %(smtp)d, tls: none, from: "Help <support@desk.example>"}
"""
POLICY = """
desk: {title: Help, language: en}
agents: {eva: {name: Eva, email: eva%s@desk.example}}
teams: {first: {members: [eva]}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""


class Strangers(mailcase.MailCase):
    USERS = {name + str(n): "s3cret" for n in range(1, CASES + 1) for name in PEOPLE}

    def setUp(self):
        super().setUp()
        number = self.name.replace("case", "")
        self.user = {name: name + number for name in PEOPLE}
        self.ana, self.mal = ("%s <%s%s@client.example>" % (name.title(), name, number) for name in ("ana", "mal"))
        path = os.path.join(self.folder, "lmtp")
        self.one = self.relevod(CONFIG % {"path": path, "smtp": self.house.postfix.port}, {}).start()
        servers.wait_for("the socket", lambda: os.path.exists(path))
        self.apply_policy(POLICY % number)
        self.wait_sql("SELECT max(policy_version) FROM desk", 2)

    def come(self, name, sender, subject="Order 7731", to="support@desk.example", text="Where is it?", **more):
        """The ticket that a mail came to. `more` are fields, with _ for -; None: without it."""
        fields = {"From": sender, "To": to, "Subject": subject, "Message-ID": "<%s@client.example>" % name,
                  "Date": email.utils.formatdate(), **{key.replace("_", "-"): value for key, value in more.items()}}
        head = "".join("%s: %s\n" % field for field in fields.items() if field[1] is not None)
        before = self.sql("SELECT coalesce(string_agg(message_id::text, ','), '0') FROM message")
        self.one.ctl("deliver", "--channel", "inbox", "--from", email.utils.parseaddr(sender)[1], stdin=head + "\n" + text + "\n")
        return int(self.sql("SELECT ticket_id FROM message WHERE message_id NOT IN (%s)" % before))

    def answer(self, ticket, words):
        self.one.ctl("ticket", "reply", str(ticket), "--as", "eva", "--", words)

    def heard(self, name):
        """All that the person was written, once nothing is on its way any more."""
        def is_quiet():
            return self.house.postfix.is_idle() and self.sql(
                "SELECT count(*) FROM delivery WHERE state = 'owed' AND due_at < now() + interval '1 minute'") == "0"
        servers.wait_for("an end", lambda: is_quiet() and is_quiet())
        return self.house.mails(self.user[name])

    def token(self, name):
        return email.utils.parseaddr(self.heard(name)[0]["Reply-To"])[1]

    def test_who_is_in_cc_is_told_nothing_and_takes_no_answer_from_the_customer(self):  # S-7
        ticket = self.come("a", self.ana, Cc=self.mal)
        self.answer(ticket, "It left today.")
        self.assertEqual(self.heard("mal"), [])
        self.assertEqual(self.come("m", self.mal, "Re: Order 7731", text="Send me all of it.", In_Reply_To="<a@client.example>"), ticket)
        self.answer(ticket, "The code of the parcel is 83.")
        self.assertEqual([mailhouse.text(mail).strip() for mail in self.heard("ana")][-2:],
                         ["It left today.", "The code of the parcel is 83."])
        self.assertEqual(self.heard("mal"), [])
        told = [mailhouse.text(mail) for mail in self.heard("eva") if "Send me" in mailhouse.text(mail)]
        self.assertEqual([text.split(":")[0] for text in told], ["Mal wrote in case %d" % ticket])
        self.come("b", self.ana, "Re: Order 7731", text="Another thing.", In_Reply_To="<a@client.example>")
        self.one.ctl("ticket", "split", str(ticket),
                     self.sql("SELECT message_id FROM message WHERE mail_id = 'b@client.example'"))
        self.answer(ticket, "It arrived.")
        self.assertEqual((mailhouse.text(self.heard("ana")[-1]).strip(), self.heard("mal")), ("It arrived.", []))

    def test_what_somebody_wrote_is_carried_to_nobody_by_what_leaves_by_itself(self):  # S-25
        card, link = "4111 1111 1111 1111", "http://evil.example/win"
        words = {"subject": card + " sk_live_51HxQ", "text": "My card is %s and the key sk_live_51HxQ. See %s" % (card, link)}
        ticket = self.come("a", '"Win at %s now, %s" <%s>' % (link, card, email.utils.parseaddr(self.ana)[1]), **words)
        self.heard("ana")
        self.one.ctl("ticket", "status", str(ticket), "solved", "--solution", "Done.")
        self.heard("ana")
        self.come("b", self.ana, "Re: " + words["subject"], text=words["text"], In_Reply_To="<a@client.example>")
        letters = self.heard("ana")
        self.assertEqual([letter["Subject"].split(" [")[0] for letter in letters],
                         ["We have your message", "Your case is solved", "Your message is in case"])
        for letter in letters:
            whole = letter.as_string() + mailhouse.text(letter)
            self.assertEqual([word for word in ("4111", "1111", "sk_live", "evil", "card") if word in whole], [], whole)

    def test_no_number_and_no_guess_leads_into_a_ticket(self):  # S-2
        ticket = self.come("a", self.ana)
        box, token = self.token("ana").split("@")[0].split("+")
        dice = random.Random(7731)

        def guess():
            return token[:16] + "".join(dice.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in token[16:])
        tickets = [self.come("number%d" % i, self.mal, "Re: [#%d] Order 7731" % ticket, to="%s%s@desk.example" % (box, tail))
                   for i, tail in enumerate(("+%d" % ticket, "-%d" % ticket, "+t%d" % ticket, "+ticket%d" % ticket, "+#%d" % ticket, "+" + token))]
        for i in range(5):
            many = ", ".join("%s+%s@desk.example" % (box, guess()) for _ in range(400))
            tickets.append(self.come("many%d" % i, "Eva <eva%d@guess.example>" % i, to=many, References=many.replace("@", ".1@")))
        self.assertNotIn(ticket, tickets)
        self.assertEqual(self.come("own", self.ana, "Re: Order 7731", to="%s+%s@desk.example" % (box, token)), ticket)

    def test_a_blank_or_padded_token_or_id_leads_nowhere(self):  # S-9
        ticket = self.come("a", self.ana)
        box, token = self.token("ana").split("@")[0].split("+")
        last = "a" if token[-1] != "a" else "b"
        for number, tail in enumerate(("+", "+ ", "+t", "+" + token[0] + " " * 39, "+" + token[:-1], "+" + token[:-1] + " ", "+" + token[:-1] + last,
                                       "+" + "a" * 40, "+t" + "a" * 39, "+" + token + token, "+%20" + token, "+" + token.upper() + "=")):
            for sender in ("Mal", "Mal%d" % number):
                self.assertNotEqual(self.come("%s%d" % (sender, number), "%s <%s@other.example>" % (sender, sender.lower()),
                                              "Thing %d" % number, to='"%s%s"@desk.example' % (box, tail)), ticket, tail)
        blank = ("<>", "<  >", "<\t>", "", " ", "<@>", "<\u00a0>", "<\u200b>", "<\0>", "<=?utf-8?q?_?=>", "NULL", "<''>", "<%>", "<_>")
        tickets = [self.come("x", "P%d%d <p%d%d@other.example>" % (i, j, i, j), "Lamp %d" % i, **{
            "Message-ID": value if j == 0 else "<%d@other.example>" % i, "In-Reply-To": value, "References": value})
                   for i, value in enumerate(blank) for j in range(3)]
        self.assertEqual(len(set(tickets)), len(tickets))
        self.assertEqual(self.sql("SELECT count(*) FROM thread_key WHERE btrim(key, E' \\t\\u00a0\\u200b') = ''"), "0")
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE btrim(mail_id) = '' OR btrim(address) = ''"), "0")
        self.assertEqual(self.sql("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'character'"), "0",
                         "a column whose values are equal when they are padded")

    def test_what_a_service_sends_to_an_address_of_ours_is_shown_to_no_customer(self):  # S-8
        ticket = self.come("a", self.mal, Cc="no-reply@service.example, accounts@service.example")
        token = self.token("mal")
        ways = ({"to": token}, {"subject": "[#%d] Your code" % ticket}, {"to": token, "In_Reply_To": "<a@client.example>"},
                {"to": token, "subject": "Re: [#%d] Order 7731" % ticket, "Auto_Submitted": "auto-generated"},
                {"to": token, "In_Reply_To": "<a@client.example>", "List_Unsubscribe": "<http://service.example/u>"})
        for number, way in enumerate(ways):
            for sender in ("no-reply", "accounts"):
                self.come("%s%d" % (sender, number), "Service <%s@service.example>" % sender, **{
                    "subject": "Your code", "text": "Your code is 739104, or open http://service.example/c739104", **way})
        self.come("b", self.mal, "Re: Order 7731", text="Hello?", In_Reply_To="<a@client.example>")
        self.answer(ticket, "It left today.")
        self.one.ctl("ticket", "status", str(ticket), "solved", "--solution", "Done.")
        letters = self.heard("mal")
        self.assertIn("It left today.", [mailhouse.text(letter).strip() for letter in letters])
        for letter in letters:
            self.assertNotIn("739104", letter.as_string())
        self.assertEqual(self.sql("SELECT DISTINCT address FROM delivery WHERE recipient = 'customer' AND ticket_id = %d" % ticket),
                         email.utils.parseaddr(self.mal)[1])

    def test_what_people_write_stands_in_no_line_of_the_log(self):  # S-53
        def write(name, **more):
            fields = {"subject": "Zanahoria", "text": "Zanahoria --x", "Content_Type": 'text/plain; name="zanahoria.txt"', "X_Note": "Zanahoria", **more}
            sent = self.one.ctl("deliver", "--channel", "inbox", ok=False, stdin="".join("%s: %s\n" % field for field in (
                ("From", "Zanahoria " + self.ana), ("To", "support@desk.example"), ("Message-ID", "<%s@client.example>" % name),
                *((key.replace("_", "-"), value) for key, value in fields.items() if key != "text"))) + "\n" + fields["text"] + "\n")
            self.assertNotIn("anahoria", sent.stdout + sent.stderr)
        write("plain")
        self.answer(1, "Zanahoria")
        self.one.ctl("ticket", "note", "1", "--as", "eva", "--", "Zanahoria")
        self.heard("ana")
        for table, check in (("message", "text NOT LIKE 'Zanahoria%'"), ("ticket", "subject <> 'Zanahoria'"), ("contact", "name IS NULL")):
            self.sql("ALTER TABLE %s ADD CONSTRAINT none CHECK (%s) NOT VALID" % (table, check))
            write("refused-by-" + table)
            self.sql("ALTER TABLE %s DROP CONSTRAINT none" % table)
        self.sql("CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE WARNING 'a %', NEW.text; "
                 "RAISE EXCEPTION 'no room' USING ERRCODE = '53100', DETAIL = NEW.text, HINT = NEW.text; END$$; "
                 "CREATE TRIGGER loud BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION loud()")
        write("no-room")
        self.sql("DROP FUNCTION loud CASCADE")
        self.fail_commits(2)
        write("later")
        self.wait_sql("SELECT count(*) FROM message WHERE mail_id = 'later@client.example'", 1)
        self.assertGreater(self.sql("SELECT count(*) FROM quarantine"), "0")
        self.assertEqual(self.one.stop(), 0)
        self.assertEqual([line for line in self.one.lines if "anahoria" in line], [])

    def test_quotes_are_text_wherever_they_are_written(self):  # S-48
        for number, evil in enumerate(("'; DROP TABLE message; --", "\\'; DELETE FROM ticket; --", "$1 $$ %s %n", "') OR ('1'='1", "{\"a\",NULL}",
                                       "E'\\\\x27'", "/* -- */ \u02bc \uff07", "a'||pg_sleep(9)||'b")):
            ticket = self.come("q%d" % number, '"%s" <"o\'%d;--"@client.example>' % (evil.replace("\\", "\\\\").replace('"', '\\"'), number), evil,
                               text=evil, **{"Message-ID": "<q%d';--@client.example>" % number, "References": "<')--@x> <$1@x>",
                                             "Cc": "\"o'\"@client.example"})
            self.assertEqual(self.sql("SELECT text FROM message WHERE ticket_id = %d" % ticket), evil)
            number = str(ticket)
            self.one.ctl("ticket", "note", number, "--as", "eva", "--", evil)
            self.one.ctl("ticket", "tag", number, evil, ok=False)
            self.one.ctl("ticket", "status", number, "pending", "--as", "eva", "--reason", evil, ok=False)
            for words in (("ticket", "list", "--about", evil), ("ticket", "list", "--customer", evil), ("ticket", "list", "--team", evil),
                          ("ticket", "list", "--agent", evil), ("ticket", "list", "--desk", evil), ("ticket", "assign", number, evil),
                          ("contact", "list", evil), ("solution", "list", evil), ("quarantine", "settle", "1", "--because", evil)):
                said = self.one.ctl(*words, ok=False)
                self.assertNotRegex(said.stderr + said.stdout, r"syntax error|unterminated|SQLSTATE|relation \"", words)
            told = self.one.ctl("ticket", "show", number, "--json")
            self.assertEqual((told["subject"], [m["text"] for m in told["messages"]]), (evil, [evil, evil]))
            self.assertEqual(self.one.ctl("contact", "set", str(told["contact_id"]), "--name", evil, ok=False).returncode, 0)
            self.assertEqual(self.sql("SELECT name FROM contact WHERE contact_id = %d" % told["contact_id"]), evil)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT ticket_id) FROM ticket"), "8|8")


if __name__ == "__main__":
    suite.main()
