"""Letters out, by real workers: to a real Postfix, and to servers that are silent, drop, refuse or lie."""
import email
import email.message
import email.policy
import os
import re
import signal
import smtplib
import socket
import ssl
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import authority  # noqa: E402
import daemon  # noqa: E402
import mailhouse  # noqa: E402
import servers  # noqa: E402
import smtp_servers  # noqa: E402
import suite  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
POLICY = """
desk: {title: Tienda Sol, language: es}
agents: {ana: {name: Ana, email: ana@desk.example}}
teams: {first: {members: [ana]}}
escalation: [{name: first contact, team: first}]
timing: {coalesce: 1s}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
CONFIG = """
agents: {mail: letters}
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, smtp: letters}
  letters: {kind: smtp, host: %(host)s, port: %(port)d, from: "Tienda Sol <support@desk.example>", %(more)s}
"""
# What follows the last key of `letters`.
INBOX = """    }
  inbox: {kind: imap, host: localhost, port: %d, ca_file: "%s", user: support, password: {file: "@pw@"}, since: all, poll: 1s,
    smtp: letters}
"""


class Liar:
    """An SMTP server that says what it is told: `script` answers each command by its first word."""

    def __init__(self, script, tls=None):
        self.script, self.tls, self.heard = script, tls, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(peer,), daemon=True).start()

    def _speak(self, peer):
        try:
            self._say(peer, self.script.get("greeting", "220 liar ESMTP"))
            stream = peer.makefile("rb")
            data = False
            while True:
                line = stream.readline()
                if not line:
                    return
                if data and line != b".\r\n":
                    continue
                word = "." if data else line.split()[0].decode("ascii", "replace").upper()
                data = False
                self.heard.append(line.decode("utf-8", "replace").strip() if word != "." else ".")
                default = {"EHLO": "250-liar\r\n250-STARTTLS\r\n250 8BITMIME", "DATA": "354 go on", ".": "250 taken",
                           "STARTTLS": "220 begin"}
                answer = self.script.get(word, default.get(word, "250 ok"))
                if callable(answer):
                    answer = answer()
                if answer is None:
                    peer.close()
                    return
                self._say(peer, answer)
                if word == "STARTTLS" and self.tls is not None and answer.startswith("220"):
                    peer = self.tls.wrap_socket(peer, server_side=True)
                    stream = peer.makefile("rb")
                data = word == "DATA" and answer.startswith("354")
        except (OSError, ssl.SSLError, ValueError):
            return

    @staticmethod
    def _say(peer, line):
        peer.sendall(line.encode() + (b"" if line.endswith("\0") else b"\r\n"))

    def stop(self):
        self.socket.close()


class Drip(Liar):
    """Never silent for long, and never done: a greeting without end."""

    def __init__(self):
        self.over = threading.Event()
        super().__init__({})

    def _speak(self, peer):
        try:
            while not self.over.wait(0.2):
                peer.sendall(b"220-x\r\n")
        except OSError:
            return

    def stop(self):
        self.over.set()
        super().stop()


class Letters(suite.Case):
    def mail_house(self):
        house = mailhouse.MailHouse(os.path.join(self.folder, "mail"), {"support": "s3cret", "ana": "a", "pepe": "p"})
        self.addCleanup(house.stop)
        return house.start()

    def begin(self, host, port, more, secrets=None, config=CONFIG):
        relevod = self.relevod(config % {"host": host, "port": port, "more": more}, dict({"hook": SECRET}, **(secrets or {})))
        relevod.start()
        self.apply_policy(POLICY)
        return relevod

    def write(self, relevod, message_id="m1", sender="pepe"):
        message = {"id": message_id, "type": "message.created", "data": {
            "id": message_id, "sender": {"email": sender + "@client.example", "display_name": "Pepe Ñ"}, "text": "No llega",
            "subject": "Mi pedido"}}
        self.assertLess(relevod.post_webhook("shop", SECRET, message)[0], 300)

    def states(self):
        return self.sql("SELECT state, last_words FROM delivery ORDER BY delivery_id")


class Postfix(Letters):
    def test_the_customer_and_the_agent_find_their_letters_in_their_mailboxes(self):
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'user: support, password: {file: "@pw@"}, ca_file: "%s"'
                             % house.authority.ca, {"pw": "s3cret"})
        self.write(relevod)
        notice = house.wait_mail("pepe", lambda mail: True)
        self.assertIn("Pepe", mailhouse.text(notice))
        self.assertEqual(notice["Auto-Submitted"], "auto-generated")  # B-09
        self.assertEqual(notice["Return-Path"], "<>")
        self.assertRegex(notice["Reply-To"], r"support\+[a-z0-9]+@desk\.example")
        agents = house.wait_mail("ana", lambda mail: True)
        self.assertIn("Mi pedido", agents["Subject"] + mailhouse.text(agents))
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent' AND last_words LIKE '250 %'", 2)
        self.assertEqual(relevod.stop(), 0)

    def test_letters_leave_by_tls_from_the_first_byte_on(self):
        house = self.mail_house()
        self.write(self.begin("localhost", house.postfix.tls_port,
                              'tls: implicit, user: support, password: {file: "@pw@"}, ca_file: "%s"'
                              % house.authority.ca, {"pw": "s3cret"}))
        self.assertIn("Pepe", mailhouse.text(house.wait_mail("pepe", lambda mail: True)))
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent' AND last_words LIKE '250 %'", 2)

    def test_bounces_of_notices_find_their_way_to_us_where_they_are_wanted(self):  # B-09, B-12
        house = self.mail_house()
        self.write(self.begin("localhost", house.postfix.port, 'ca_file: "%s", return_path: reply' % house.authority.ca),
                   sender="nobody-there")
        bounce = house.wait_mail("support", lambda mail: mail.get_content_type() == "multipart/report")
        self.assertRegex(bounce["To"], r"support\+[a-z0-9]+@desk\.example")

    def test_reports_find_the_letter_that_they_tell_of(self):  # B-13
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'ca_file: "%s", return_path: verp, dsn: all\n%s' % (
            house.authority.ca, INBOX % (house.dovecot.tls_port, house.authority.ca)), {"pw": "s3cret"},
            config=CONFIG.replace("%(more)s}", "%(more)s"))
        self.write(relevod, "m1", "nobody-there")
        self.write(relevod, "m2", "pepe")
        self.wait_sql("SELECT count(*) FROM delivery WHERE receipt = 'failed' AND last_words LIKE 'bounced: 5.1.%' "
                      "AND address = 'nobody-there@client.example'", 1)
        # Postfix hands it on by LMTP, and does not hear what becomes of it there.
        self.wait_sql("SELECT count(*) FROM delivery WHERE receipt = 'sent' AND last_words = 'relayed' "
                      "AND address = 'pepe@client.example'", 1)
        self.assertEqual(self.sql("SELECT count(*) FROM ticket"), "2")
        self.assertEqual(self.sql("SELECT address FROM dead_address"), "nobody-there@client.example")  # B-12
        letter = house.wait_mail("pepe", lambda mail: True)
        self.assertRegex(letter["Return-Path"], r"^<support\+d[a-z2-7]{39}@desk\.example>$")

    def test_letters_wait_while_the_relay_is_down(self):  # F37
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'ca_file: "%s"' % house.authority.ca)
        house.postfix.stop()
        for i in range(5):
            self.write(relevod, "m%d" % i, "pepe+%d" % i)
        self.wait_sql("SELECT count(*) >= 1 FROM delivery WHERE state = 'owed' AND last_words LIKE '%refused%'", "t")
        house.postfix.start()
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", 10, 240)
        servers.wait_for("Postfix", house.postfix.is_idle)
        self.assertEqual(len({mail["Message-ID"] for mail in house.mails("pepe")}), 5)
        self.assertEqual(len(house.mails("pepe")), 5)

    def test_many_letters_are_one_session(self):
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'ca_file: "%s"' % house.authority.ca)
        for i in range(12):
            self.write(relevod, "m%d" % i, "pepe+%d" % i)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", 24)
        servers.wait_for("the end of a session of several letters", lambda: re.search(
            r"disconnect .* mail=([2-9]|1[0-9]) ", house.postfix.log(2000)))

    def test_a_wrong_password_stops_the_sink_and_keeps_the_letters(self):
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'user: support, password: {file: "@pw@"}, ca_file: "%s"'
                             % house.authority.ca, {"pw": "wrong"})
        self.write(relevod)
        self.wait_sql("SELECT bool_and(last_words LIKE '535%') FROM delivery WHERE state = 'owed' AND attempts > 0", "t")
        self.assertEqual(self.sql("SELECT count(*) FROM delivery WHERE state <> 'owed'"), "0")


class Files(Letters):
    def test_what_an_agent_attaches_reaches_the_customer_and_what_is_too_large_is_said(self):
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'ca_file: "%s", files_max: 100000\n%s' % (
            house.authority.ca, INBOX % (house.dovecot.tls_port, house.authority.ca)), {"pw": "s3cret"},
            config=CONFIG.replace("%(more)s}", "%(more)s"))
        self.write(relevod)
        notice = house.wait_mail("ana", lambda mail: True)
        files = {"Presupuesto a\u00f1o.pdf": os.urandom(70000), "plano.bin": os.urandom(200000), "nota.bin": os.urandom(20000)}
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = "ana@desk.example", notice["Reply-To"], "Re: " + notice["Subject"]
        mail["Message-ID"], mail["In-Reply-To"] = "<answer@desk.example>", notice["Message-ID"]
        mail.set_content("Aqu\u00ed va.")
        for name, data in files.items():
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        for name, text, cte in (("corta.txt", "Se\u00f1al", "quoted-printable"), ("tabla.csv", "a;b", "7bit"), ("c.txt", "x", "base64")):
            mail.add_attachment(text, filename=name, cte=cte)  # none of them can be taken out of the mail's original
            files[name] = text.encode()
        with smtplib.SMTP("localhost", house.postfix.port, timeout=30) as smtp:
            smtp.send_message(mail)
        letter = house.wait_mail("pepe", lambda mail: mail.is_multipart())
        got = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}
        for name in ("corta.txt", "tabla.csv", "c.txt"):
            got[name] = got[name].removesuffix(b"\r\n")  # as Python ends a text
        self.assertEqual(got, {name: data for name, data in files.items() if len(data) < 100000})
        self.assertIn("Aqu\u00ed va.", mailhouse.text(letter))
        self.assertIn("[No va adjunto: plano.bin.", mailhouse.text(letter))
        told = house.wait_mail("ana", lambda mail: "no ha llegado" in mail["Subject"])
        self.assertIn("plano.bin", mailhouse.text(told))
        self.assertEqual(self.sql("SELECT why FROM event WHERE kind = 'delivery_partly'"),
                         "it was sent without all of its files: plano.bin")

    def test_files_that_are_given_on_the_command_line_go_along(self):
        house = self.mail_house()
        relevod = self.begin("localhost", house.postfix.port, 'ca_file: "%s"' % house.authority.ca)
        self.write(relevod)
        self.wait_sql("SELECT count(*) FROM ticket", 1)
        files = {"uno.bin": os.urandom(3000), "vac\u00edo.txt": b""}
        paths = [os.path.join(self.folder, name) for name in files]
        for path, data in zip(paths, files.values()):
            with open(path, "wb") as f:
                f.write(data)
        relevod.ctl("ticket", "reply", "1", "Aqu\u00ed va", "--as", "ana", "--attach", paths[0], "--attach=" + paths[1])
        letter = house.wait_mail("pepe", lambda mail: mail.is_multipart())
        self.assertEqual({part.get_filename(): part.get_content() for part in letter.iter_attachments()}, files)


class Senders(Letters):
    def test_each_channel_answers_by_its_own_sender_and_none_beyond_its_rate(self):
        house = self.mail_house()
        letters = ('kind: smtp, host: localhost, port: %d, ca_file: "%s", return_path: from'
                   % (house.postfix.port, house.authority.ca))
        relevod = self.relevod("""
agents: {mail: sales}
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, smtp: sales}
  help: {kind: webhook, secret: {file: "@hook@"}, smtp: support}
  sales: {%s, from: "sales@desk.example"}
  support: {%s, from: "support@desk.example", rate: 2 per hour}
""" % (letters, letters), {"hook": SECRET})
        relevod.start()
        self.apply_policy(POLICY)
        for channel in ("shop", "help"):
            for i in range(4):
                message = {"id": "%s%d" % (channel, i), "type": "message.created", "data": {
                    "id": "%s%d" % (channel, i), "sender": {"email": "pepe+%s%d@client.example" % (channel, i)}, "text": "No"}}
                self.assertLess(relevod.post_webhook(channel, SECRET, message)[0], 300)
        self.wait_sql("SELECT count(*) FROM delivery WHERE recipient = 'customer' AND state = 'sent'", 6)
        self.wait_sql("SELECT count(*) FROM delivery WHERE recipient = 'agent' AND state = 'sent'", 8)
        self.assertEqual(self.sql("SELECT string_agg(attempts::text, ' ') FROM delivery WHERE state = 'owed'"), "0 0")
        servers.wait_for("word of those that wait", lambda: relevod.ctl("status", "--json")["held"])
        held, = relevod.ctl("status", "--json")["held"]
        self.assertEqual((held["channel"], held["rate"], held["letters"]), ("support", "2 per hour", 2))
        servers.wait_for("all that was sent", lambda: len(house.mails("pepe")) == 6)
        senders = [mail["Return-Path"] for mail in house.mails("pepe")]
        self.assertEqual(sorted(senders), ["<sales@desk.example>"] * 4 + ["<support@desk.example>"] * 2)


    def test_a_letter_of_any_sender_that_is_redirected_to_the_desk_opens_no_ticket(self):  # S-16
        house = self.mail_house()
        letters = 'kind: smtp, host: localhost, port: %d, ca_file: "%s"' % (house.postfix.port, house.authority.ca)
        relevod = self.relevod("""
agents: {mail: team}
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, smtp: letters}
  letters: {%s, from: "Tienda Sol <support@Desk.Example>"}
  team: {%s, from: "Equipo <sales@Desk.Example>"
%s""" % (letters, letters, INBOX % (house.dovecot.tls_port, house.authority.ca)), {"hook": SECRET, "pw": "s3cret"})
        relevod.start()
        self.apply_policy(POLICY)
        self.write(relevod)
        for who in ("ana", "pepe"):
            letter = house.wait_mail(who, lambda mail: True)
            with smtplib.SMTP("localhost", house.postfix.port, timeout=30) as smtp:
                smtp.sendmail(who + "@desk.example", ["support@desk.example"], letter.as_bytes())
        self.wait_sql("SELECT count(*) FROM intake WHERE reason = 'our own message'", 2)
        self.assertEqual(self.sql("SELECT count(*) FROM ticket"), "1")


class Liars(Letters):
    def outcome(self, script, wanted_sql, wanted, more="tls: none, step_time: 2s, session_time: 6s"):
        liar = Liar(script)
        self.addCleanup(liar.stop)
        relevod = self.begin("127.0.0.1", liar.port, more)
        self.write(relevod)
        self.wait_sql(wanted_sql, wanted)
        return liar

    def test_a_5xx_is_the_end_with_the_servers_words(self):  # F35
        self.outcome({"RCPT": "550 5.1.1 no such user"},
                     "SELECT count(*) FROM delivery WHERE state = 'dead' AND last_words LIKE '550%no such user%'", 2)

    def test_a_4xx_is_tried_again(self):
        self.outcome({"RCPT": "451 4.7.1 greylisted"},
                     "SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts = 1 AND last_words LIKE '451%'", 2)

    def test_an_end_after_the_data_without_an_answer_is_not_known_and_tried_again(self):  # F36
        self.outcome({".": None}, "SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts = 1", 2)

    def test_a_refusal_of_the_data_is_the_end(self):
        self.outcome({".": "554 5.7.1 spam"},
                     "SELECT count(*) FROM delivery WHERE state = 'dead' AND last_words LIKE '554%spam%'", 2)

    def test_letters_of_a_domain_beyond_ascii_leave_in_its_ascii_form(self):
        liar = Liar({})
        self.addCleanup(liar.stop)
        self.write(self.begin("127.0.0.1", liar.port, "tls: none, return_path: reply",
                              config=CONFIG.replace("desk.example", "espa\u00f1a.example")))
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", 2)
        self.assertTrue([line for line in liar.heard if re.match(r"MAIL FROM:<support\+[a-z2-7]+@xn--espaa-rta\.example>", line)])
        self.assertEqual(self.sql("SELECT DISTINCT substring(mail_id from '@.*') FROM delivery"), "@xn--espaa-rta.example")

    def test_a_server_that_says_nothing_costs_its_step_time(self):  # F38
        self.outcome({"greeting": "\0"}, "SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts = 1", 2)

    def test_a_server_that_drips_is_left_when_the_session_is_over(self):  # F38
        liar = Drip()
        self.addCleanup(liar.stop)
        relevod = self.begin("127.0.0.1", liar.port, "tls: none, step_time: 3s, session_time: 3s")
        self.write(relevod)
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts > 0 AND last_words <> ''", 2)
        self.assertEqual(daemon.http("GET", relevod.admin + "/healthz")[0], 200)

    def test_a_letter_that_was_taken_is_written_down_while_its_session_goes_on(self):  # F03
        written, hung = threading.Event(), threading.Event()

        def take(talk, _line):
            talk.taken = True
            return b"250 2.0.0 queued\r\n"

        def hang_at_the_second(talk, _line):
            if not getattr(talk, "taken", False):
                return b"250 ok\r\n"
            hung.set()
            return talk.hang()
        relay = smtp_servers.Server({"GREETING": lambda *_: written.wait(30) and b"220 relay ESMTP\r\n", "MAIL": hang_at_the_second,
                                     "BODY": take})
        self.addCleanup(relay.end)
        relevod = self.begin("127.0.0.1", relay.port, "tls: none, step_time: 4m, session_time: 5m")
        for i in range(6):
            self.write(relevod, "m%d" % i, "u%d" % i)
        self.wait_sql("SELECT count(*) FROM delivery WHERE due_at <= now()", 12)
        written.set()
        self.assertTrue(hung.wait(60))
        servers.wait_for("what was taken", lambda: int(self.sql("SELECT count(*) FROM delivery WHERE state = 'sent'")) ==
                         relay.verbs().count("BODY"), 30)
        self.assertGreater(relevod.metric("deliveries_in_flight"), 0)

    def test_a_worker_that_is_killed_leaves_letters_to_be_sent_again(self):  # F04
        held = threading.Event()
        liar = Liar({".": "250 taken"})
        liar.script["MAIL"] = lambda: held.wait(30) and "250 ok"
        self.addCleanup(liar.stop)
        self.addCleanup(held.set)
        relevod = self.begin("127.0.0.1", liar.port, "tls: none, step_time: 30s")
        self.write(relevod)
        servers.wait_for("a session", lambda: any(line.startswith("MAIL") for line in liar.heard))
        for pid in relevod.workers("smtp"):
            os.kill(pid, signal.SIGKILL)
        held.set()
        self.wait_sql("SELECT count(*) FROM delivery WHERE state = 'sent'", 2, 120)
        self.assertGreaterEqual(int(self.sql("SELECT max(attempts) FROM delivery")), 2)

    def test_what_comes_behind_the_answer_to_starttls_is_not_believed(self):  # S-24
        liar = self.outcome({"STARTTLS": "220 begin\r\n250-liar\r\n250 AUTH PLAIN"},
                            "SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts > 0", 2,
                            "step_time: 2s, session_time: 6s")
        self.assertFalse([line for line in liar.heard if line.startswith(("MAIL", "AUTH"))])

    def certified(self, *names):
        ca = authority.Authority(os.path.join(self.folder, "ca"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*ca.certify(*names))
        return context, 'ca_file: "%s", step_time: 2s, session_time: 6s' % ca.ca

    def test_a_certificate_for_another_name_is_refused(self):  # S-24
        for names, wanted in ((("other.example",), "owed"), (("127.0.0.1",), "sent")):
            tls, more = self.certified(*names)
            liar = Liar({}, tls)
            self.addCleanup(liar.stop)
            relevod = self.begin("127.0.0.1", liar.port, more)
            self.write(relevod, names[0])
            self.wait_sql("SELECT count(*) > 0 FROM delivery WHERE state = '%s' AND attempts > 0 "
                          "AND last_words LIKE '%s'" % (wanted, "%certificate%" if wanted == "owed" else "250%"), "t")
            self.assertEqual(any(line.startswith("MAIL") for line in liar.heard), wanted == "sent")
            relevod.stop()
            self.sql("DELETE FROM delivery")

    def test_without_starttls_nothing_is_sent(self):
        liar = self.outcome({"EHLO": "250-liar\r\n250 8BITMIME"},
                            "SELECT count(*) FROM delivery WHERE state = 'owed' AND attempts > 0", 2,
                            "step_time: 2s, session_time: 6s")
        self.assertFalse([line for line in liar.heard if line.startswith(("MAIL", "AUTH"))])


if __name__ == "__main__":
    suite.main()
