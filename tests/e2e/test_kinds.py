"""What machines write is filed and told apart, starts no clock and is answered by nothing: bounces, absences, receipts, complaints.

All mails of tests/mail whose names begin with bounce- and kind-, from a real mailbox, with a real Postfix to answer by."""
import collections
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import mailcase  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

MAILS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mail")
CONFIG = """
channels:
  mail:
    {kind: imap, host: localhost, port: %(imap)d, ca_file: "%(ca)s", user: support, password: {file: "@password@"},
     since: all, smtp: letters}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Tienda Sol <support@desk.example>"}
"""
POLICY = """
desk: {title: Tienda Sol, language: en}
teams: {first: {title: First}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
REPORTS = {"out_of_office", "bounce", "delayed", "delivered", "read", "calendar_reply", "challenge", "feedback"}


class Kinds(mailcase.MailCase):
    USERS = {"support": "s3cret"}

    def test_reports_start_no_clock_and_nothing_a_machine_wrote_is_answered(self):  # B-07, B-13, C-16, T-78, T-81, T-82
        relevod = self.relevod(CONFIG % {"imap": self.house.dovecot.tls_port, "smtp": self.house.postfix.port,
                                         "ca": self.house.authority.ca}, {"password": "s3cret"}).start()
        self.apply_policy(POLICY)
        expected, mails = collections.Counter(), []
        for path in sorted(glob.glob(os.path.join(MAILS, "bounce-*.eml")) + glob.glob(os.path.join(MAILS, "kind-*.eml"))):
            read = json.loads(subprocess.run([relevod._binary("ctl", "relevoctl"), "mime", "--json", path],
                                             stdout=subprocess.PIPE, check=True).stdout)
            expected["spam" if read.get("spam") else read.get("nature", "person")] += 1
            with open(path, "rb") as f:
                mails.append(f.read())
        self.house.dovecot.put_all("support", mails)
        servers.wait_for("all of them", lambda: int(self.sql("SELECT count(*) FROM intake")) >= len(mails))
        self.assertEqual(self.sql("SELECT count(*), count(*) FILTER (WHERE outcome = 'message') FROM intake"),
                         "%d|%d" % (len(mails), len(mails)))
        for nature, number in expected.items():
            if nature in ("person", "machine", "list"):
                continue
            told = "'%s' = ANY (flags)%s" % (nature, " AND NOT 'delayed' = ANY (flags)" if nature == "bounce" else "")
            self.assertEqual(self.sql("SELECT count(*) FROM message WHERE " + told), str(number), nature)
            self.assertEqual(self.sql("SELECT count(*) FROM message m JOIN target_clock USING (desk_id, ticket_id) WHERE "
                                      + told), "0", nature)
            self.assertEqual(self.sql("SELECT count(*) FROM message m JOIN delivery d USING (desk_id, ticket_id) WHERE "
                                      + told.replace("flags", "m.flags")), "0", nature)
        self.assertTrue(REPORTS <= set(expected), REPORTS - set(expected))
        self.assertEqual(self.sql("SELECT count(*) FROM delivery d JOIN message m USING (desk_id, ticket_id) "
                                  "WHERE 'automatic' = ANY (m.flags)"), "0")
        answered = int(self.sql("SELECT count(*) FROM delivery"))
        self.assertGreater(answered, 0)
        self.assertLessEqual(answered, expected["person"])
        print("%d mails: %s; %d persons were answered" % (len(mails), dict(expected), answered))
        self.assertEqual(relevod.stop(), 0)


if __name__ == "__main__":
    suite.main()
