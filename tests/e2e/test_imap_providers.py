"""What Gmail and Exchange Online do that no other server does, said by a scripted one: docs/imap.md has the table."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import strange_imap  # noqa: E402
import suite  # noqa: E402
import test_imap  # noqa: E402
import token_server  # noqa: E402
from test_imap import mail  # noqa: E402

GMAIL = "UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS MOVE CONDSTORE ESEARCH LIST-EXTENDED"
EXCHANGE = "IMAP4 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
TOKENS = """
channels:
  mail: {kind: imap, host: localhost, port: %d, tls: none, user: support, auth: xoauth2, since: all, poll: 1s,
         token_url: "%s/token", client_id: relevo, client_secret: {file: "@secret@"}, refresh_token: {file: "@refresh@"}}
"""


class Case(test_imap.Case):
    capability = ""

    def strange(self, mails=3):
        server = strange_imap.StrangeImap(self.capability)
        self.addCleanup(server.stop)
        server.mails.update({uid: mail(uid) for uid in range(1, mails + 1)})
        return server

    def read(self, server, more="since: all"):
        return self.relevod(server.port, "none", more).start()

    def answering(self, server, command, answers, about=""):
        """Says each of them once, to that command, where its words hold `about`; returns when it said so."""
        said = []

        def twist(connection, heard, rest):
            if heard != command or about not in rest or not answers:
                return False
            said.append(time.monotonic())
            line = answers.pop(0)
            connection.say(line if line.startswith("* ") else "%s %s" % (connection.tag, line))
            if line.startswith("* BYE"):
                connection.drop()
            return True
        server.twist = twist
        return said

    def nothing_lost(self, count=3):
        self.count(count)
        self.assertEqual(self.sql("SELECT count(*) FROM quarantine"), "0")
        self.assertEqual(self.sql("SELECT count(*) FROM message WHERE text LIKE 'Hola%'"), str(count))


class Gmail(Case):
    capability = GMAIL

    def test_a_mail_under_several_labels_is_one_message(self):  # T-28
        server = self.strange()
        server.boxes["[Gmail]/All Mail"] = {uid + 100: raw for uid, raw in server.mails.items()}
        server.boxes["[Gmail]/All Mail"][200] = mail("archived")
        server.boxes["[Gmail]/Spam"] = {7: mail("spam")}
        self.read(server, 'since: all, mailboxes: [INBOX, "[Gmail]/All Mail", "[Gmail]/Spam"]')
        self.nothing_lost(5)
        self.wait_sql("SELECT string_agg(outcome, ' ' ORDER BY outcome) FROM source", " ".join(["duplicate"] * 3 + ["message"] * 5))

    def test_what_deleting_only_archives_comes_once(self):
        server = self.strange()
        everything = server.boxes["[Gmail]/All Mail"] = dict(server.mails)
        moved = []

        def twist(connection, command, rest):
            if command == "EXPUNGE":  # the label goes, the mail stays
                for uid in list(connection.box):
                    connection.box.pop(uid)
            if command == "MOVE":  # the way to delete it
                moved.append(rest)
                for uid in list(connection.box):
                    everything.pop(uid, None), connection.box.pop(uid)
            return False
        server.twist = twist
        relevod = self.read(server, "since: all, after: delete")
        self.nothing_lost()
        servers.wait_for("the labels to be gone", lambda: not server.mails)
        self.assertEqual(sorted(everything), [1, 2, 3])
        self.assertIn("STORE", server.commands)
        relevod.stop()
        server.mails[4] = everything[4] = mail(4)
        suite.Case.relevod(self, test_imap.CONFIG % {"port": server.port, "tls": "none", "ca": "", "more":
                                                     'since: all, after: move, move_to: "[Gmail]/Trash"'},
                           {"password": "x"}, "two").start()
        self.nothing_lost(4)
        servers.wait_for("it to be deleted", lambda: 4 not in everything)
        self.assertIn("[Gmail]/Trash", moved[0])

    def test_too_many_connections_are_no_wrong_password(self):  # T-05
        server = self.strange()
        self.answering(server, "LOGIN", ["NO [ALERT] Too many simultaneous connections. (Failure)"] * 3)
        relevod = self.read(server)
        self.assertIn("simultaneous connections", relevod.wait_line("event=channel_trouble"))
        self.nothing_lost()  # after 7 s; a password that is refused three times is tried again after a minute
        relevod.wait_line("event=channel_well")

    def test_too_many_connections_at_the_door_are_told_and_waited_for(self):  # T-05
        server = self.strange()
        self.answering(server, "", ["* BYE [ALERT] Too many simultaneous connections. (Failure)"] * 3)
        relevod = self.read(server)
        relevod.wait_line("event=channel_trouble")
        self.nothing_lost()

    def test_a_mail_is_not_to_blame_for_an_account_that_is_used_up(self):
        server = self.strange()
        said = self.answering(server, "FETCH", ["NO [OVERQUOTA] Account exceeded command or bandwidth limits. 0102",
                                                "NO [THROTTLED] Slow down", "NO [UNAVAILABLE] Temporary System Error",
                                                "NO [OVERQUOTA] Account exceeded command or bandwidth limits. 0102"], "BODY")
        relevod = self.read(server)
        self.assertIn("refuses", relevod.wait_line("event=channel_trouble"))
        self.nothing_lost()
        self.assertEqual(len(said), 4)

    def moving(self, server, answer):
        """Each MOVE gets `answer()`; where that is None the mails are moved. The list of what was asked."""
        asked = []

        def twist(connection, command, rest):
            if command != "MOVE":
                return False
            asked.append(rest)
            line = answer()
            if line is None:
                for uid in list(connection.box):
                    connection.box.pop(uid)
                return False
            connection.say("%s %s" % (connection.tag, line))
            return True
        server.twist = twist
        return asked

    def test_an_archive_that_is_full_keeps_no_new_mail_from_being_read(self):
        server, full = self.strange(), ["NO [OVERQUOTA] Quota exceeded"]
        asked = self.moving(server, lambda: full[0] if full else None)
        relevod = self.read(server, "since: all, after: move, move_to: Done")
        self.count(3)
        servers.wait_for("a second try", lambda: len(asked) > 1)
        server.mails.update({uid: mail(uid) for uid in range(4, 7)})
        self.nothing_lost(6)
        self.assertIn("OVERQUOTA", relevod.wait_line("event=channel_trouble"))
        self.wait_sql("SELECT last_error LIKE '%OVERQUOTA%is there room%' FROM channel_health", "t")
        self.assertEqual(server.connections, 1)
        full.clear()
        servers.wait_for("all to be moved", lambda: not server.mails, 60)
        relevod.wait_line("event=channel_well")
        self.assertEqual(server.connections, 1)

    def test_a_refused_move_is_trouble_until_one_succeeds(self):
        server, mistyped = self.strange(), ["NO [TRYCREATE] No such mailbox"]
        server.capability = "UIDPLUS MOVE"  # without IDLE: it is asked each second
        asked = self.moving(server, lambda: mistyped[0] if mistyped else None)
        relevod = self.read(server, "since: all, after: move, move_to: Dnoe")
        self.count(3)
        relevod.wait_line("event=channel_trouble")
        searches = server.commands.count("SEARCH")
        servers.wait_for("three more rounds", lambda: server.commands.count("SEARCH") > searches + 3)
        self.assertLess(len(asked), 4)  # each mail once, at most
        self.assertTrue(any("No such mailbox" in line and "move_to" in line for line in relevod.ctl("status", "--json")["trouble"]))
        self.assertEqual([line for line in relevod.lines if "channel_well" in line], [])
        mistyped.clear()
        server.mails[4] = mail(4)
        self.nothing_lost(4)
        relevod.wait_line("event=channel_well")

    def refused(self):
        """A server, a node that has read its three mails, whose moves it refuses, what was asked, and a list that drops the connection."""
        server, broken, drops = self.strange(), ["NO [SERVERBUG] Internal error occurred"], []
        server.capability = "UIDPLUS MOVE"  # without IDLE: it is asked each second
        asked = self.moving(server, lambda: broken[0] if broken else None)
        moves = server.twist

        def twist(connection, command, rest):
            if drops and command != "":
                drops.pop()
                connection.drop()
            return moves(connection, command, rest)
        server.twist = twist
        relevod = self.read(server, "since: all, after: move, move_to: Done")
        self.count(3)
        self.assertIn("SERVERBUG", relevod.wait_line("event=channel_trouble"))
        servers.wait_for("the last to be refused", lambda: "3" in asked[-1].split(" ")[0])
        return server, relevod, asked, broken, drops

    def test_what_was_refused_is_asked_once_more_on_the_next_connection(self):
        server, relevod, asked, broken, drops = self.refused()
        known, connections = len(asked), server.connections
        drops.append(True)
        servers.wait_for("one more try", lambda: len(asked) > known)
        searches = server.commands.count("SEARCH")
        servers.wait_for("three more rounds", lambda: server.commands.count("SEARCH") > searches + 3)
        self.assertLessEqual(len(asked), known + 1)
        self.assertTrue(any("SERVERBUG" in line for line in relevod.ctl("status", "--json")["trouble"]))
        self.assertEqual([line for line in relevod.lines if "channel_well" in line], [])
        self.assertEqual(server.connections, connections + 1)
        broken.clear()
        drops.append(True)
        servers.wait_for("all to be moved", lambda: not server.mails)
        relevod.wait_line("event=channel_well")

    def test_where_nothing_is_left_to_move_a_refusal_is_no_trouble_any_more(self):
        server, relevod, _, broken, drops = self.refused()
        broken.clear()
        server.mails.clear()  # somebody did it by hand
        drops.append(True)
        relevod.wait_line("event=channel_well")
        self.assertEqual([line for line in relevod.ctl("status", "--json")["trouble"] if "SERVERBUG" in line], [])

    def test_a_refusal_of_uids_that_mean_other_mails_now_is_no_trouble_any_more(self):  # F26
        server, relevod, asked, _, drops = self.refused()
        known = len(asked)
        server.uidvalidity += 1
        server.mails.clear()
        drops.append(True)
        relevod.wait_line("event=channel_well")
        self.assertEqual(len(asked), known)

    def test_a_copy_whose_original_cannot_be_marked_is_not_made_again(self):
        server, drops, marks = self.strange(1), [], []
        server.capability = "UIDPLUS"  # neither IDLE nor MOVE

        def twist(connection, command, rest):
            if drops and command != "":
                drops.pop()
                connection.drop()
            if command != "STORE" or "+FLAGS" not in rest:
                return False
            marks.append(rest)
            connection.say("%s NO %s" % (connection.tag, "[LIMIT] not now" if len(marks) == 1 else "[SERVERBUG] Internal error"))
            return True
        server.twist = twist
        relevod = self.read(server, "since: all, after: move, move_to: Done")
        self.nothing_lost(1)
        relevod.wait_line("event=channel_trouble")
        drops.append(True)
        servers.wait_for("another connection", lambda: server.connections > 1)
        searches = server.commands.count("SEARCH")
        servers.wait_for("three more rounds", lambda: server.commands.count("SEARCH") > searches + 3)
        self.assertEqual(server.commands.count("COPY"), 1)

    def test_a_login_that_somebody_must_allow_in_a_browser_says_so(self):
        server = self.strange()
        self.answering(server, "LOGIN", ["NO [WEBALERT https://accounts.google.example/signin/continue?sarp=1] Web login required."])
        relevod = self.read(server)
        self.assertIn("Web login required", relevod.wait_line("event=channel_trouble"))
        self.nothing_lost()
        relevod.wait_line("event=channel_well")

    def test_idling_that_is_cut_off_now_and_then_is_no_trouble(self):
        server = self.strange()
        self.answering(server, "IDLE", ["* BYE Session expired, please login again."] * 2)
        relevod = self.read(server)
        servers.wait_for("the third IDLE", lambda: server.commands.count("IDLE") >= 3)
        self.nothing_lost()
        self.assertEqual([line for line in relevod.lines if "channel_trouble" in line or "channel_warning" in line], [])


class Exchange(Case):
    capability = EXCHANGE

    def test_sizes_that_are_wrong_and_structures_that_are_broken_shorten_no_mail(self):
        server = self.strange()
        server.mails[2] = mail(2, text="Hola" + "x" * 5000)
        server.sizes.update({1: 100000, 2: 17, 3: 0})
        asked = []

        def twist(connection, command, rest):
            asked.append(rest.upper() if command == "FETCH" else "")
            return False
        server.twist = twist
        self.read(server)
        self.nothing_lost()
        self.assertEqual(self.sql("SELECT max(length(trim(text, E'\\n'))) FROM message"), "5004")
        self.assertEqual([rest for rest in asked if "STRUCTURE" in rest or "ENVELOPE" in rest], [])

    def test_authenticated_but_not_connected_is_told_and_waited_for(self):
        server = self.strange()
        said = self.answering(server, "EXAMINE", ["BAD User is authenticated but not connected."] * 3)
        relevod = self.read(server)
        self.assertIn("authenticated but not connected", relevod.wait_line("event=channel_trouble"))
        self.nothing_lost()
        self.assertEqual(len(said), 3)
        self.assertEqual(server.connections, 4)

    def test_a_poisonous_item_goes_aside_and_those_behind_it_come(self):
        server = self.strange()
        server.twist = lambda connection, command, rest: (
            command == "FETCH" and rest.startswith("2 ") and "BODY" in rest
            and not connection.say("%s BAD Command Error. 12" % connection.tag))
        self.read(server)
        self.count(2)
        self.wait_sql("SELECT cursor FROM channel_cursor", "77:3")
        self.assertIn("Command Error", self.sql("SELECT reason FROM quarantine"))

    def test_throttled_it_waits_as_long_as_it_is_asked_to(self):
        server = self.strange()
        said = self.answering(server, "SEARCH", ["NO Request is throttled. Suggested Backoff Time: 3000 milliseconds"])
        came = []
        answering = server.twist

        def twist(connection, command, rest):
            if command == "" and said:
                came.append(time.monotonic())
            return answering(connection, command, rest)
        server.twist = twist
        self.read(server)
        self.nothing_lost()
        self.assertGreaterEqual(came[0] - said[0], 3)  # of itself it would come again after one

    def test_a_token_that_ends_in_the_middle_is_replaced(self):  # T-98
        tokens = token_server.TokenServer("refresh", secret="secret", life_s=8)
        self.addCleanup(tokens.stop)
        server = self.strange()
        used, ended = [], []

        def twist(connection, command, rest):
            if command == "AUTHENTICATE":
                connection.say("+ ")
                proof = token_server.unbase64url(connection.rfile.readline().strip().decode()).decode()
                used.append(int(proof.split("access-")[1].split("-")[0]))
                if ended and used[-1] == 1:
                    connection.say("%s NO AUTHENTICATE failed." % connection.tag)
                    return True
            if command == "FETCH" and "BODY" in rest and rest.startswith("2 ") and not ended:
                ended.append(True)
                connection.say("* BYE Session invalidated - AccessTokenExpired")
                connection.drop()
            return False
        server.twist = twist
        suite.Case.relevod(self, TOKENS % (server.port, tokens.url), {"refresh": "refresh", "secret": "secret"}).start()
        self.nothing_lost()
        self.assertGreater(used[-1], 1)

    def test_idling_that_never_tells_is_found_out_and_polled(self):
        server = self.strange()
        relevod = self.read(server, "since: all, idle: 1s")
        uid = 3
        while not any("channel_warning" in line for line in relevod.lines):
            uid += 1
            servers.wait_for("IDLE", lambda: server.commands[-1:] == ["IDLE"])
            server.mails[uid] = mail(uid)
            self.count(uid)
        self.assertIn("does not tell of new mail", relevod.wait_line("event=channel_warning"))
        self.assertTrue(any("does not tell" in line for line in relevod.ctl("status", "--json")["trouble"]))
        idled = server.commands.count("IDLE")
        server.mails[uid + 1] = mail(uid + 1)
        self.nothing_lost(uid + 1)
        self.assertEqual(server.commands.count("IDLE"), idled)


if __name__ == "__main__":
    suite.main()
