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


if __name__ == "__main__":
    suite.main()
