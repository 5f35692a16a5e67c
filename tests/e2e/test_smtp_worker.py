"""The process that sends, as the daemon starts it, against SMTP servers on bad days: what it says of each mail."""
import base64
import os
import re
import ssl
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import authority  # noqa: E402
import servers  # noqa: E402
import smtp_servers  # noqa: E402
import suite  # noqa: E402

PIPELINING, CODES = "PIPELINING", "ENHANCEDSTATUSCODES"
LOGIN = {"user": "support", "password": "s3cret p\u00e4ss"}
TOKEN = {"auth": "xoauth2", "user": "support", "password": "t0ken"}
MAIL = (b"From: Support\r\n <support@example.test>\r\nTo: Ana\r\n <ana@example.test>\r\nSubject: =?UTF-8?B?w7E=?=\r\n"
        b"Date: Thu, 15 Jan 2026 10:00:00 +0000\r\nMessage-ID: <t.7@example.test>\r\nReferences: <a@b>\r\n <c@d>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nX-Relevo-Loop: support@example.test; hops=1\r\n"
        b"\r\n.\r\n..\r\nMAIL FROM:<x@y.example>\r\n" + b"x" * 998 + b"\r\n" + b"long\r\n" * 20000)


def hang(talk, line):
    return talk.hang()


def at(number, then, else_):
    """`then` at the number-th time."""
    times = []

    def answer(talk, line):
        times.append(line)
        return then if len(times) == number else else_
    return answer


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = servers.Folder("relevo-smtp-")
        cls.ca = authority.Authority(cls.place.name)
        cls.right, cls.wrong = cls.ca.certify("localhost", "127.0.0.1"), cls.ca.certify("evil.example.test")
        cls.worker = smtp_servers.Worker(os.environ["RELEVO_BUILD"])

    @classmethod
    def tearDownClass(cls):
        status = cls.worker.end()
        cls.place.cleanup()
        if status != 0:
            raise AssertionError("the worker ended with %d" % status)

    def serve(self, script=None, offers=(), **more):
        self.server = smtp_servers.Server(script, offers, **more)
        self.addCleanup(self.server.end)
        return self.server.port

    def secure(self, script=None, offers=(), certificate=None, tls="starttls", mail=MAIL, **how):
        """One mail by TLS, to a server whose certificate is right where none is given."""
        port = self.serve(script, ("STARTTLS",) + tuple(offers) if tls == "starttls" else offers,
                          certificate=certificate or self.right, implicit=tls == "implicit")
        return self.worker.send(port, mail=mail, **dict({"tls": tls, "ca": self.ca.ca}, **how))

    def expect(self, wanted, said, words=""):
        outcome, well, text = said
        self.assertEqual((outcome, well), wanted, said)
        self.assertIn(words, text)

    def bodies(self):
        return [b"\n".join(re.sub(rb"^\.", b"", line) for line in body.split(b"\n"))
                for verb, body in self.server.heard if verb == "BODY"]


class Sent(Case):
    def test_a_mail_arrives_byte_for_byte(self):
        for offers in ((), (PIPELINING,), (PIPELINING, "8BITMIME", "SIZE", "DSN", "XUSR", CODES)):
            script = {"XUSR": b"250 ok\r\n"}
            self.expect(("ok", True), self.worker.send(self.serve(script, offers), mail=MAIL), "queued as 1")
            self.assertEqual(self.bodies(), [MAIL])
        self.expect(("ok", True), self.secure(tls="implicit"), "queued as 1")
        self.assertEqual(self.bodies(), [MAIL])

    def test_no_mail_is_sent_in_chunks_however_they_are_offered(self):
        # The library ends the process where the connection ends instead of the answer to a recipient that came with a chunk.
        def in_pieces(talk, line):
            for piece in (b"250-test\r\n250-CH", b"UNKING\r\n", b"250-Chunkin", b"g\r\n250-\t CHUNKING 9\r\n", b"250 PIPELINING\r\n"):
                talk.say(piece)
            return b""
        offers = (PIPELINING, "CHUNKING")
        for send in (lambda: self.worker.send(self.serve(offers=offers), mail=MAIL), lambda: self.secure(offers=offers),
                     lambda: self.worker.send(self.serve({"EHLO": in_pieces}), mail=MAIL)):
            self.expect(("ok", True), send(), "queued as 1")
            self.assertEqual(self.bodies(), [MAIL])

    def test_an_empty_sender_is_one(self):
        self.expect(("ok", True), self.worker.send(self.serve(), sender=""))
        self.assertTrue(self.server.heard[1][1].startswith(b"MAIL FROM:<>"))

    def test_many_mails_are_one_session(self):
        for script, offers in (({}, ()), ({}, (PIPELINING,)), ({}, (PIPELINING, "CHUNKING"))):
            said = self.worker.send_all(self.serve(script, offers), [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(20)])
            self.assertEqual([outcome for outcome, _, _ in said], ["ok"] * 20)
            self.assertEqual(self.server.verbs().count("EHLO"), 1)

    def test_mails_beyond_ascii_are_a_session_of_their_own_and_keep_their_places(self):
        to = ["a@c.test", "jos\u00e9@c.test", "b@c.test", "\u65e5\u672c@c.test"]
        said = self.worker.send_all(self.serve(offers=("SMTPUTF8",)), [("a@b.test", address, MAIL) for address in to])
        self.assertEqual([outcome for outcome, _, _ in said], ["ok"] * 4)
        self.assertEqual(self.server.verbs().count("EHLO"), 2)
        heard = [line.decode().strip() for verb, line in self.server.heard if verb in ("MAIL", "RCPT")]
        asked = {to: "SMTPUTF8" in sender for sender, to in zip(heard[::2], heard[1::2])}  # RFC 6531 3.4: asked for where it is needed
        self.assertEqual(asked, {"RCPT TO:<%s>" % address: not address.isascii() for address in to})
        self.assertEqual(self.bodies(), [MAIL] * 4)

    def test_a_login_by_token_serves_all_mails_and_a_refused_one_costs_no_other(self):
        script = {"RCPT": at(3, b"550 5.1.1 no such user\r\n", b"250 ok\r\n")}
        said = self.worker.send_all(self.serve(script, ("AUTH XOAUTH2",)),
                                    [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(6)], **TOKEN)
        self.assertEqual([outcome for outcome, _, _ in said], ["ok", "ok", "refused", "ok", "ok", "ok"])
        self.assertEqual(self.server.verbs().count("AUTH"), 2)
        self.assertEqual(self.bodies(), [MAIL] * 5)

    def test_a_server_that_hangs_up_instead_of_answering_quit_has_the_mail(self):
        for script, offers in (({}, ()), ({}, ("CHUNKING", PIPELINING))):
            said = self.worker.send(self.serve(dict(script, QUIT=None), offers))
            self.expect(("ok", True), said)
        self.expect(("ok", True), self.secure({"QUIT": None}, tls="implicit"))

    def test_a_failure_is_forgotten_with_its_session(self):
        self.expect(("retry", False), self.worker.send(self.serve({"BODY": None})))
        for _ in range(3):
            self.expect(("ok", True), self.worker.send(self.serve()))


class Reports(Case):
    """RFC 3461."""

    def lines(self, offers, **how):
        self.expect(("ok", True), self.worker.send(self.serve(offers=offers), **how))
        return [line.decode().strip().upper() for verb, line in self.server.heard if verb in ("MAIL", "RCPT")]

    def test_reports_are_asked_for_where_the_server_knows_how(self):
        for reports, notify in (("failure", {"FAILURE", "DELAY"}), ("all", {"SUCCESS", "FAILURE", "DELAY"})):
            sender, recipient = self.lines(("DSN", PIPELINING), reports=reports)
            self.assertIn(" RET=HDRS", sender)
            self.assertIn(" ENVID=" + smtp_servers.ENVELOPE_ID.upper(), sender)
            self.assertEqual(set(recipient.split("NOTIFY=")[1].split()[0].split(",")), notify)

    def test_they_are_not_asked_for_elsewhere(self):
        for offers, how in ((("DSN",), {"reports": "off"}), ((), {"reports": "all"}), (("DSN",), {"reports": "all", "sender": ""})):
            for line in self.lines(offers, **how):
                self.assertNotRegex(line, "RET=|ENVID=|NOTIFY=|ORCPT=")


class Refused(Case):
    def test_a_5xx_is_the_end_for_that_mail_alone_with_the_servers_words(self):  # F35
        no = b"550 5.1.1 no such user\r\n"
        for verb in ("RCPT", "DATA", "BODY"):
            for offers in ((), (PIPELINING,), (PIPELINING, CODES)):
                self.expect(("refused", True), self.worker.send(self.serve({verb: no}, offers)), "550 5.1.1 no such user")
            self.expect(("refused", True), self.secure({verb: no}, tls="implicit"), "550 5.1.1 no such user")
        mails = [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(4)]
        for offers in ((), (PIPELINING,)):
            port = self.serve({"RCPT": at(2, no, b"250 ok\r\n")}, offers)
            self.assertEqual([said[0] for said in self.worker.send_all(port, mails)], ["ok", "refused", "ok", "ok"])

    def test_a_5xx_to_the_sender_is_about_us_and_no_mail_dies_of_it(self):
        no, all_of_it = b"550 5.7.1 we do not take <>\r\n", {"RCPT": b"503 5.5.1 no\r\n", "DATA": b"503 5.5.1 no\r\n"}
        for offers in ((), (PIPELINING,), (PIPELINING, CODES)):
            self.expect(("config", False), self.worker.send(self.serve(dict(all_of_it, MAIL=no), offers), sender=""), "550 5.7.1")
        self.expect(("config", False), self.secure({"MAIL": no}, tls="implicit"), "550 5.7.1 we do not take")
        said = self.worker.send_all(self.serve({"MAIL": at(2, no, b"250 ok\r\n")}),
                                    [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(3)])
        self.assertEqual([outcome for outcome, _, _ in said], ["ok", "config", "ok"])

    def test_a_mail_that_is_too_large_is_refused_for_itself(self):
        no = b"552 5.3.4 too large\r\n"
        self.expect(("refused", True), self.worker.send(self.serve({"MAIL": no})), "552 5.3.4 too large")
        self.expect(("refused", True), self.secure({"MAIL": no}, tls="implicit"), "552 5.3.4 too large")

    def test_an_address_beyond_ascii_that_mail_is_refused_for_is_the_end_of_that_mail(self):
        said = self.worker.send(self.serve({"MAIL": b"553 5.6.7 no such addresses\r\n"}, ("SMTPUTF8",)), to="jos\u00e9@example.test")
        self.expect(("refused", True), said, "553 5.6.7")

    def test_a_4xx_is_tried_again(self):  # F34
        later = b"450 4.2.0 greylisted\r\n"
        for verb in ("MAIL", "RCPT", "DATA", "BODY"):
            for offers in ((), (PIPELINING,)):
                self.expect(("retry", True), self.worker.send(self.serve({verb: later}, offers)), "450 4.2.0 greylisted")
            self.expect(("retry", True), self.secure({verb: later}, tls="implicit"), "450 4.2.0 greylisted")
        both = {"RCPT": later, "DATA": b"554 5.5.1 no valid recipients\r\n"}
        self.expect(("retry", True), self.worker.send(self.serve(both, (PIPELINING,))), "450 4.2.0 greylisted")

    def test_words_in_many_lines_become_one(self):
        script = {"BODY": b"554-5.7.1 first\r\n554-5.7.1 \x1b[31msecond\r\n554 5.7.1 third\r\n"}
        said = self.worker.send(self.serve(script))
        self.expect(("refused", True), said, "554 5.7.1 first")
        self.assertNotRegex(said[2], "[\r\n\x1b]")

    def test_an_address_beyond_ascii_needs_a_server_that_knows_them(self):
        said = self.worker.send(self.serve(), to="jos\u00e9@example.test")
        self.expect(("refused", True), said, "beyond ASCII")
        self.assertEqual(self.bodies(), [])


class Unknown(Case):
    """F36: it may have the mail or not; the same goes again."""

    def test_no_answer_to_the_whole_mail_is_not_known(self):
        for last in (None, hang):
            for tls in ("none", "implicit"):
                send = self.secure if tls == "implicit" else lambda script, **how: self.worker.send(self.serve(script), **how)
                self.expect(("retry", False), send({"BODY": last}, **({"tls": tls, "timeout_s": 1})))

    def test_an_end_instead_of_any_answer_is_one_that_the_process_outlives(self):  # F36
        mails = [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(3)]
        for offers in ((), (PIPELINING,), ("CHUNKING",), (PIPELINING, "CHUNKING")):
            for verb in ("GREETING", "MAIL", "RCPT", "DATA", "BODY", "BDAT"):
                said = self.worker.send_all(self.serve({verb: None}, offers), mails)
                self.assertEqual([outcome for outcome, _, _ in said], ["ok" if verb == "BDAT" else "retry"] * 3, (offers, verb))

    def test_what_came_before_the_end_is_sent_what_came_after_is_not_tried(self):
        mails = [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(5)]
        for offers in ((), (PIPELINING,)):
            port = self.serve({"BODY": at(3, None, b"250 2.0.0 queued\r\n")}, offers)
            said = self.worker.send_all(port, mails)
            self.assertEqual([outcome for outcome, _, _ in said], ["ok", "ok", "retry", "retry", "retry"])
            self.assertIn("not tried", said[4][2])

    def test_what_is_known_of_a_mail_is_told_before_the_others_are_sent(self):
        mails = [("a@b.test", "u%d@c.test" % i, MAIL) for i in range(5)]
        for offers, how in (((), {}), ((PIPELINING,), {}), (("AUTH XOAUTH2",), TOKEN)):
            def last(talk, line):
                fifth = any(b"u4@" in heard for verb, heard in talk.server.heard if verb == "RCPT")
                return talk.hang() if fifth else b"250 2.0.0 queued\r\n"
            script = {"BODY": last, "RCPT": at(2, b"550 5.1.1 no such user\r\n", b"250 ok\r\n")}
            worker = smtp_servers.Worker(os.environ["RELEVO_BUILD"], deadline_s=10)
            worker.ask(self.serve(script, offers), mails, timeout_s=60, **how)
            said = []
            while len(said) < 4:
                self.assertEqual(worker.hear(said), smtp_servers.MORE)
            self.assertEqual([outcome for outcome, _, _ in said], ["ok", "refused", "ok", "ok"])
            worker.process.kill()
            worker.end()

    def test_servers_that_are_not_there_or_silent_or_no_servers_are_tried_again(self):
        for greeting in (None, hang, b"421 4.3.2 busy\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 " + b"x" * 9000 + b"\r\n",
                         b"\0\xff\xfe\r\n", b"220-" + b"x\r\n220-" * 9000):
            said = self.worker.send(self.serve({"GREETING": greeting}), timeout_s=1)
            self.assertEqual(said[:2], ("retry", False), (greeting, said))
        self.expect(("retry", False), self.worker.send(servers.free_port()), "refused")
        self.expect(("retry", False), self.worker.send(25, host="relay.invalid"))

    def test_answers_that_are_none_do_no_harm(self):
        for verb in ("EHLO", "MAIL", "RCPT", "DATA", "BODY"):
            for answer in (b"\r\n", b"xyz\r\n", b"-1 no\r\n", b"99999999999 x\r\n", b"250-a\r\n550 b\r\n", b"25", b"2500 x\r\n",
                           b"250-" + b"y" * 5000 + b"\r\n250 x\r\n", b"000 x\r\n", b"700 x\r\n"):
                said = self.worker.send(self.serve({verb: answer}, (PIPELINING,)), timeout_s=1)
                self.assertNotEqual(said[0], "ok", (verb, answer, said))
        self.expect(("ok", True), self.worker.send(self.serve()))


class Guarded(Case):
    def names(self):
        return [verb for verb in self.server.verbs() if verb.isalpha() and verb.isascii()]

    def test_a_server_is_who_its_certificate_says(self):  # S-24, F39
        for tls in ("starttls", "implicit"):
            self.expect(("ok", True), self.secure(tls=tls))
            self.expect(("ok", True), self.secure(tls=tls, host="127.0.0.1"))
            self.expect(("config", False), self.secure(tls=tls, certificate=self.wrong), "certificate")
            self.assertNotIn("MAIL", self.names())
            self.expect(("config", False), self.secure(tls=tls, ca=""), "certificate")
            self.assertNotIn("MAIL", self.names())

    def test_authorities_that_cannot_be_read_are_said_so(self):
        self.expect(("config", False), self.secure(ca="/nonexistent/ca.pem"), "/nonexistent/ca.pem")

    def test_a_server_is_told_whom_we_look_for(self):
        heard = []

        def tls(connection):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.right)
            context.sni_callback = lambda _, name, __: heard.append(name)
            return context.wrap_socket(connection, server_side=True)
        port = self.serve(offers=("STARTTLS",), certificate=self.right)
        self.server.tls = tls
        self.expect(("ok", True), self.worker.send(port, tls="starttls", ca=self.ca.ca))
        self.assertEqual(heard, ["localhost"])

    def test_both_versions_of_tls_go_through_every_time(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            def tls(connection, version=version):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*self.right)
                context.minimum_version = context.maximum_version = version
                return context.wrap_socket(connection, server_side=True)
            port = self.serve(offers=("STARTTLS", PIPELINING), certificate=self.right)
            self.server.tls = tls
            for _ in range(30):
                self.expect(("ok", True), self.worker.send(port, tls="starttls", ca=self.ca.ca))

    def test_without_starttls_nothing_is_said(self):  # S-24
        self.expect(("config", False), self.worker.send(self.serve(offers=("AUTH PLAIN",)), tls="starttls", ca=self.ca.ca,
                                                        **LOGIN), "no STARTTLS")
        self.assertEqual(self.names(), ["EHLO", "QUIT"])
        self.expect(("retry", False), self.secure({"STARTTLS": b"454 4.7.0 later\r\n"}), "454 4.7.0 later")
        self.expect(("config", False), self.secure({"STARTTLS": b"501 5.5.4 no\r\n"}), "501 5.5.4 no")

    def test_what_comes_before_tls_unasked_is_not_believed(self):  # S-24
        evil = b"250-evil\r\n250 AUTH PLAIN\r\n"
        for script in ({"STARTTLS": b"220 go\r\n" + evil}, {"STARTTLS": b"220-go\r\n220 on\r\n" + evil},
                       {"EHLO": b"250-x\r\n250 STARTTLS\r\n220 go\r\n" + evil},
                       {"STARTTLS": b"220 " + b"x" * 1019 + evil}):
            begun = []

            def tls(connection):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*self.right)
                begun.append(True)
                return context.wrap_socket(connection, server_side=True)
            port = self.serve(script, ("STARTTLS",), certificate=self.right)
            self.server.tls, self.server.tls_after = tls, "EHLO" if "EHLO" in script else "STARTTLS"
            said = self.worker.send(port, tls="starttls", ca=self.ca.ca, timeout_s=2, **LOGIN)
            self.expect(("config", False), said, "more than was asked")
            self.assertTrue(begun)
            self.assertNotIn("AUTH", self.names())
            self.assertNotIn("MAIL", self.names())

    def test_a_password_goes_to_servers_that_ask_for_it(self):
        for tls in ("starttls", "implicit"):
            for offer in ("AUTH PLAIN", "AUTH LOGIN PLAIN", "AUTH GSSAPI PLAIN"):
                self.expect(("ok", True), self.secure(offers=(offer,), tls=tls, **LOGIN))
                self.assertIn("AUTH", self.names())

    def test_without_a_login_that_works_nothing_is_sent(self):
        no, later = b"535 5.7.8 no\r\n", b"454 4.7.0 later\r\n"
        for tls in ("starttls", "implicit", "none"):
            send = self.secure if tls != "none" else lambda script=None, offers=(), tls="none", **how: self.worker.send(
                self.serve(script, offers), **how)
            for script, offers, wanted, words in (({}, (), "config", "no login"), ({}, ("AUTH GSSAPI",), "config", "no login"),
                                                  ({"XUSR": b"250 ok\r\n"}, ("XUSR", PIPELINING), "config", "no login"),
                                                  ({"AUTH": no}, ("AUTH PLAIN",), "config", "535 5.7.8 no"),
                                                  ({"AUTH": later}, ("AUTH PLAIN",), "retry", "454 4.7.0 later")):
                said = send(script, offers, tls=tls, **LOGIN)
                self.expect((wanted, False), said, words)
                self.assertEqual(self.bodies(), [])
                if tls != "implicit":
                    self.assertNotIn("MAIL", self.names())

    def test_an_access_token_goes_to_servers_that_take_them_and_to_no_others(self):
        wanted = base64.b64encode(b"user=support\1auth=Bearer t0ken\1\1")
        for tls in ("starttls", "implicit"):
            self.expect(("ok", True), self.secure(offers=("AUTH LOGIN PLAIN XOAUTH2",), tls=tls, **TOKEN))
            said = b"".join(line for verb, line in self.server.heard if verb in ("AUTH", "SECRET"))
            self.assertEqual(said.split(b"XOAUTH2")[1].split(), [wanted])
            self.expect(("config", False), self.secure(offers=("AUTH LOGIN PLAIN",), tls=tls, **TOKEN), "no login")
            self.assertNotIn("AUTH", self.names())
            self.assertEqual(self.bodies(), [])

    def test_a_refused_token_is_told_apart_from_a_server_that_is_ill(self):
        no = b"535 5.7.3 Authentication unsuccessful\r\n"
        why = b"334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}') + b"\r\n"
        for answer, words in ((no, "535 5.7.3"), (why, "refuses the access token")):
            said = self.secure({"AUTH": answer}, ("AUTH XOAUTH2",), **TOKEN)
            self.assertEqual(said[:2], ("config", "locked"), said)
            self.assertIn(words, said[2])
            self.assertNotIn("t0ken", said[2])
            self.assertNotIn("MAIL", self.names())
        said = self.secure({"AUTH": b"454 4.7.0 later\r\n"}, ("AUTH XOAUTH2",), **TOKEN)
        self.expect(("retry", False), said, "454 4.7.0 later")

    def test_a_server_that_wants_a_login_stops_the_sink(self):
        self.expect(("config", False), self.worker.send(self.serve({"MAIL": b"530 5.7.0 login first\r\n"})), "530 5.7.0")

    def test_a_server_that_wants_nobody_stops_the_sink(self):
        self.expect(("config", False), self.worker.send(self.serve({"GREETING": b"554 5.3.2 no\r\n"})), "554 5.3.2 no")
        self.expect(("config", False), self.secure({"GREETING": b"554 5.3.2 no\r\n"}, tls="implicit"), "554 5.3.2 no")


if __name__ == "__main__":
    suite.main()
