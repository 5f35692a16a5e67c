"""Which ticket a mail belongs to, as mail programs, gateways and other help desks really answer: Dovecot, Postfix, PostgreSQL."""
import email.utils
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import mailhouse  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

CASES = 14
USERS = {name + str(n): "s3cret" for n in range(1, CASES + 1) for name in ("support", "ana", "luz")}
POLICY = """
desk: {title: Tienda Sol, language: en}
agents: {eva: {name: Eva, email: eva@desk.example}}
teams: {first: {members: [eva]}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
CONFIG = """
channels:
  mail:
    {kind: imap, host: localhost, port: %(imap)d, ca_file: "%(ca)s", user: %(user)s, password: {file: "@password@"},
     since: all, smtp: letters}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Tienda Sol <%(user)s@desk.example>"}
"""
BEN = "Ben <ben@client.example>"


class Threading(mailcase.MailCase):
    USERS = USERS

    def setUp(self):
        super().setUp()
        number = self.name.replace("case", "")
        self.support, self.ana = "support" + number, "ana" + number
        self.luz = "Luz <luz%s@client.example>" % number
        config = CONFIG % {"user": self.support, "imap": self.house.dovecot.tls_port, "smtp": self.house.postfix.port,
                           "ca": self.house.authority.ca}
        self.one = self.relevod(config, {"password": USERS[self.support]}).start()
        self.apply_policy(POLICY)

    # --- mails as they lie in the mailbox, and where they went

    def named(self, name):
        return "%s.%s@client.example" % (self.name, name)

    def put(self, name, subject, sender=None, to=None, text="Where is it?", **more):
        """`name` is its Message-ID; `more` are fields, with _ for -."""
        fields = [("From", sender or "Ana <%s@client.example>" % self.ana), ("To", to or self.support + "@desk.example"),
                  ("Subject", subject), ("Message-ID", "<%s>" % self.named(name)), ("Date", email.utils.formatdate())]
        fields += [(key.replace("_", "-"), value) for key, value in more.items()]
        self.house.dovecot.put(self.support, ("".join("%s: %s\r\n" % field for field in fields) +
                                              "\r\n" + text + "\r\n").encode())

    def arrive(self, name, subject, *args, **more):
        """The number of the ticket that it came to."""
        self.put(name, subject, *args, **more)
        return self.ticket_of(name)

    def ticket_of(self, name):
        statement = "SELECT ticket_id FROM message WHERE mail_id = '%s'" % self.named(name)
        servers.wait_for(name, lambda: self.sql(statement) != "")
        return int(self.sql(statement))

    def see_also(self, ticket):
        return self.sql("SELECT related_to FROM ticket WHERE ticket_id = %d" % ticket)

    def notice(self, ticket):
        """The first letter that its customer got."""
        return self.house.wait_mail(self.ana, lambda mail: "[#%d]" % ticket in mail["Subject"])

    def answer(self, ticket, words):
        """An agent's, as it arrives."""
        self.one.ctl("ticket", "reply", str(ticket), "--as", "eva", "--", words)
        return self.house.wait_mail(self.ana, lambda mail: words in mailhouse.text(mail))

    def token(self, ticket):
        return email.utils.parseaddr(self.notice(ticket)["Reply-To"])[1]

    # --- one's own ticket

    def test_every_way_to_answer_leads_to_the_ticket(self):  # T-43, T-47, T-48
        first = self.arrive("a", "Order 7731")
        letter = self.notice(first)
        ours, token = letter["Message-ID"], self.token(first)
        answers = {
            "thunderbird": {"In_Reply_To": ours, "References": "<%s> %s" % (self.named("a"), ours)},
            "again": {"In_Reply_To": ours, "References": "<%s> %s" % (self.named("a"), ours)},
            "outlook": {"In_Reply_To": ours, "Thread_Index": "AdoY0rQkZ5pCkq3cQv6uJb0a1Nn0Yg=="},
            "own": {"In_Reply_To": "<%s>" % self.named("a")},
            "old_notes": {"References": "<%s>" % self.named("a")},
            "ses": {"to": token, "In_Reply_To": "<0102018f3c5e1a2b-5d1f7c3e-0000@eu-west-1.amazonses.com>"},
            "bare": {"to": token},
        }
        for name, fields in answers.items():
            self.assertEqual(self.arrive(name, "Re: [#%d] Order 7731" % first if name == "bare" else "RE: Order 7731", **fields),
                             first, name)
        self.assertEqual(self.arrive("number", "Re: [#%d] Order 7731" % first), first)
        self.assertEqual(self.sql("SELECT count(*) FROM ticket"), "1")

    def test_a_reply_to_what_an_agent_began_comes_to_its_ticket(self):  # T-43
        begun = self.one.ctl("ticket", "new", "--channel", "mail", "--from", self.ana + "@client.example", "--name", "Ana",
                             "--subject", "Your contract", "--", "She rang").stdout
        self.wait_sql("SELECT count(*) FROM ticket", 1)
        number = int(self.sql("SELECT ticket_id FROM ticket"))
        letter = self.answer(number, "Here it is.")
        self.assertEqual(self.arrive("r", "Re: Your contract", In_Reply_To=letter["Message-ID"]), number, begun)

    def test_an_id_that_is_none_leads_nowhere(self):  # T-45
        self.arrive("a", "Order 7731", In_Reply_To="<>", References="")
        for name, value in (("b", "<>"), ("c", ""), ("d", "< >"), ("e", "null"), ("f", "<null>")):
            self.arrive(name, "Order 7731", sender=self.luz, In_Reply_To=value, References=value)
        self.assertEqual(self.sql("SELECT count(DISTINCT ticket_id) FROM message WHERE address LIKE 'ana%'"), "1")
        self.assertNotIn(str(self.ticket_of("a")), self.sql(
            "SELECT DISTINCT ticket_id FROM message WHERE address LIKE 'luz%'").split())

    def test_answers_to_a_root_that_nobody_sent_us_fold_together(self):  # T-38
        root = "<root.%s@list.example>" % self.name
        first = self.arrive("a", "Re: The printer", to=self.support + "@desk.example, " + BEN, In_Reply_To=root, References=root)
        self.assertEqual(self.arrive("b", "Re: The printer", References="%s <x.%s@list.example>" % (root, self.name)), first)
        self.assertEqual(self.arrive("c", "Re: The printer", sender=BEN, In_Reply_To=root), first)  # he was written to
        other = self.arrive("d", "Re: The printer", sender=self.luz, In_Reply_To=root)
        self.assertNotEqual(other, first)
        self.assertEqual(self.see_also(other), str(first))

    def test_a_late_parent_joins_its_answer(self):  # T-38
        answer = self.arrive("b", "Re: Order 7731", In_Reply_To="<%s>" % self.named("a"))
        self.assertEqual(self.arrive("a", "Order 7731"), answer)

    def test_another_help_desks_number_holds_its_mails_together(self):  # T-41
        them = "ACME Service Desk <acme@service-now.example>"
        more = {"X_ServiceNow_Generated": "true", "Auto_Submitted": "auto-generated"}
        first = self.arrive("a", "Incident INC0012345 has been opened", sender=them, **more)
        self.assertEqual(self.arrive("b", "INC0012345 -- comments added", sender=them, **more), first)
        self.assertNotEqual(self.arrive("c", "INC0099999 has been opened", sender=them, **more), first)
        self.assertNotEqual(self.arrive("d", "INC0012345 -- comments added", sender="Eve <eve@evil.example>", **more), first)
        own = self.arrive("e", "Order 7731", sender=them)
        self.assertEqual(self.arrive("f", "INC0055555 RE: [#%d] Order 7731" % own, sender=them, **more), own)
        self.assertEqual(self.arrive("g", "INC0055555 was closed", sender=them, **more), own)

    # --- other matters, other persons

    def test_a_stranger_who_quotes_a_number_gets_a_ticket_that_names_it(self):  # T-37, T-46
        first = self.arrive("a", "Order 7731")
        for name, fields in (("b", {"subject": "Re: [#%d] Order 7731" % first}),
                             ("c", {"subject": "Re: Order 7731", "In_Reply_To": "<%s>" % self.named("a")}),
                             ("d", {"subject": "Re: Order 7731", "to": self.token(first)})):  # the token of another
            ticket = self.arrive(name, fields.pop("subject"), sender=self.luz, **fields)
            self.assertNotEqual(ticket, first, name)
            self.assertEqual(self.see_also(ticket), str(first), name)
            shown = self.one.ctl("ticket", "show", str(ticket)).stdout
            self.assertRegex(shown, r"see also +%d\b" % first)
            why = self.one.ctl("why", str(ticket), "threading").stdout
            self.assertRegex(why, r"not known to take part in; passed over: [a-z ]+ to ticket %d \((%s)\)" % (
                first, "made for somebody else" if name == "d" else "its sender takes no part in it"))
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE ticket_id = %d AND direction = 'in'" % first), "1")

    def test_what_is_passed_on_is_a_matter_of_its_own(self):  # T-39
        first = self.arrive("a", "Order 7731")
        parent = {"In_Reply_To": "<%s>" % self.named("a"), "References": "<%s>" % self.named("a")}
        for n, prefix in enumerate(("Fwd: ", "FW: ", "WG: ", "TR: ", "RV: ", "I: ", "VS: ", "VB: ", "ENC: ", "转发：")):
            ticket = self.arrive("f%d" % n, prefix + "Order 7731", **parent)
            self.assertNotEqual(ticket, first, prefix)
            self.assertEqual(self.see_also(ticket), str(first), prefix)
        ticket = self.arrive("bird", "Order 7731", X_Forwarded_Message_Id="<%s>" % self.named("a"), **parent)
        self.assertNotEqual(ticket, first)
        self.assertEqual(self.arrive("reply", "Re: Fwd: Order 7731", **parent), first)

    def test_a_reply_about_something_else_opens_a_ticket_and_stays_in_it(self):  # T-44
        first = self.arrive("a", "Order 7731 is late")
        token = self.token(first)
        parent = {"In_Reply_To": "<%s>" % self.named("a"), "to": token}
        second = self.arrive("b", "Invoice has the wrong address", **parent)
        self.assertNotEqual(second, first)
        self.assertEqual(self.see_also(second), str(first))
        self.assertIn("nothing to do with", self.one.ctl("why", str(second), "threading").stdout)
        self.assertEqual(self.arrive("c", "Re: Invoice has the wrong address", **parent), second)
        self.assertEqual(self.arrive("d", "Re: Order 7731 is late", **parent), first)
        self.assertEqual(self.arrive("e", "Out of office: back on Monday", Auto_Submitted="auto-replied", **parent), first)
        letter = self.answer(second, "We have changed it.")
        self.assertIn("Invoice has the wrong address", letter["Subject"])  # answered under its own subject

    def test_after_a_merge_answers_to_each_old_ticket_come_to_the_last_one(self):  # T-40
        tickets = [self.arrive("m%d" % n, "Order 7731 part %d" % n) for n in range(4)]
        letters = [self.answer(ticket, "Part %d" % n) for n, ticket in enumerate(tickets)]
        for n in range(3):
            self.one.ctl("ticket", "merge", str(tickets[n]), str(tickets[n + 1]))
        for n in range(4):
            self.assertEqual(self.arrive("r%d" % n, "Re: Order 7731 part %d" % n, In_Reply_To=letters[n]["Message-ID"]),
                             tickets[3], n)
            self.assertEqual(self.arrive("t%d" % n, "Re: Order 7731 part %d" % n,
                                         to=email.utils.parseaddr(letters[n]["Reply-To"])[1]), tickets[3], n)
        self.assertEqual(self.answer(tickets[3], "All four are on their way.")["To"], "Ana <%s@client.example>" % self.ana)

    def test_a_closed_ticket_goes_on_in_one_follow_up(self):  # T-42
        first = self.arrive("a", "Order 7731")
        letter = self.notice(first)
        self.one.ctl("ticket", "close", str(first))
        second = self.arrive("b", "Re: Order 7731", In_Reply_To=letter["Message-ID"])
        self.assertEqual(self.sql("SELECT follow_up_of FROM ticket WHERE ticket_id = %d" % second), str(first))
        self.assertEqual(self.arrive("c", "Re: Order 7731", In_Reply_To=letter["Message-ID"]), second)


if __name__ == "__main__":
    suite.main()
