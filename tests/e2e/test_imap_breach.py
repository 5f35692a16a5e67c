"""A mailbox's worker, or relevod, says what it never may, or nothing any more: the worker ends, one is told, and the next one goes on."""
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import strange_imap  # noqa: E402
import suite  # noqa: E402
import tapped  # noqa: E402
import test_imap  # noqa: E402
from test_imap import mail  # noqa: E402

UIDVALIDITY = 77
SILENCE_S = 120  # HOST_CHILD_SILENCE_MS


class Case(test_imap.Case):
    def begin(self, mails=3, more="since: all"):
        self.server = strange_imap.StrangeImap()
        self.addCleanup(self.server.stop)
        self.server.mails.update({uid: mail(uid) for uid in range(1, mails + 1)})
        self.one = self.relevod(self.server.port, "none", more).start()
        self.count(mails)
        self.worker = self.one.wait_workers("imap")[0]
        servers.wait_for("a channel that is well", lambda: self.told()["last_ok_at"] is not None)
        return self.one

    def tap(self):
        both = tapped.ends(self.one)
        for end in both:
            self.addCleanup(end.close)
        return both

    def told(self):
        return self.one.ctl("status", "--json")["channels"][0]

    def goes_on(self, *words):
        """It ended for that reason, which log and status say; another one is there, and nothing is lost or doubled."""
        gone = self.one.wait_line("event=worker_gone role=imap", 2 * SILENCE_S)
        trouble = self.one.wait_line("event=channel_trouble channel=mail")
        servers.wait_for("the end of the trouble", lambda: self.told()["failing_since"] is None)
        said = self.told()["last_error"] or trouble
        for line in (gone, trouble, said):
            for word in words:
                self.assertIn(word, line)
        self.assertIn("again_in_ms=100", gone)
        stored = int(self.sql("SELECT count(*) FROM message"))
        next_uid = max(self.server.mails) + 1
        self.server.mails[next_uid] = mail(next_uid)
        self.count(len(self.server.mails))
        self.assertGreaterEqual(len(self.server.mails), stored)
        self.assertNotEqual(self.one.wait_workers("imap")[0], self.worker)
        self.assertEqual(self.sql("SELECT count(DISTINCT subject), count(*) FROM message"), "%d|%d" % ((len(self.server.mails),) * 2))
        self.assertEqual(self.sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor"), str(next_uid))
        self.assertEqual(len([line for line in self.one.lines if "event=worker_gone role=imap" in line]), 1)
        self.assertFalse([line for line in self.one.lines if "Sanitizer" in line])
        self.assertEqual(self.one.stop(), 0)


class Breach(Case):
    def test_a_mail_out_of_its_order_ends_the_worker(self):
        self.begin()
        worker, _ = self.tap()
        with open("/dev/null", "rb") as none:
            socket.send_fds(worker, [tapped.talk("IMAP_MAIL", uidvalidity=UIDVALIDITY, uid=2)], [none.fileno()])
        self.goes_on("mail: INBOX: expected what lies above UID 3 of 77; a mail of UID 2 of 77 in round 1 came")

    def test_a_mail_without_its_bytes_ends_the_worker(self):
        self.begin()
        worker, _ = self.tap()
        worker.send(tapped.talk("IMAP_MAIL", uidvalidity=UIDVALIDITY, uid=9))
        self.goes_on("mail: INBOX: expected its bytes beside it; a mail of UID 9")

    def test_a_worker_that_heard_of_a_round_which_nobody_asked_for_ends(self):
        self.begin()
        _, relevod = self.tap()
        relevod.send(tapped.talk("IMAP_AGAIN", generation=2))
        self.goes_on("mail: INBOX: expected round 1 to 1; ", "in round 2 came")

    def test_a_worker_that_is_told_nonsense_ends_and_says_so(self):
        self.begin()
        _, relevod = self.tap()
        relevod.send(b"nonsense")
        self.goes_on("mail: it was told 8 bytes that say nothing")

    def test_a_mail_whose_telling_got_lost_is_not_waited_for(self):
        self.begin()
        _, relevod = self.tap()
        self.one.tell(signal.SIGSTOP)
        self.server.mails[4] = mail(4)
        tapped.take_away(relevod, "IMAP_MAIL")
        self.one.tell(signal.SIGCONT)
        self.goes_on("mail: INBOX: it waits for answers to 1 mails, and 0 of them are here")

    def test_a_worker_that_stands_still_is_killed_when_it_was_silent_for_too_long(self):  # F38
        self.begin()
        os.kill(self.worker, signal.SIGSTOP)
        self.server.mails[4] = mail(4)
        self.goes_on("killed: it fell silent")


class Server(Case):
    """What a server says twice, out of its order, or though it was not asked for, is no worker's breach."""

    def test_a_server_that_says_all_twice_and_in_disorder_ends_nobody(self):
        self.begin(mails=0)

        def twist(connection, command, rest):
            if command == "SEARCH":
                with self.server.lock:
                    uids = [str(uid) for uid in sorted(self.server.mails, reverse=True)]
                connection.say("* SEARCH " + " ".join(uids + uids))
            elif command == "FETCH" and "BODY" not in rest:
                with self.server.lock:
                    uids = sorted(self.server.mails, reverse=True)
                for uid in uids + uids:
                    connection.say("* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(self.server.mails[uid])))
            else:
                return False
            connection.done()
            return True
        self.server.twist = twist
        with self.server.lock:
            self.server.mails.update({uid: mail(uid) for uid in range(1, 101)})
        self.count(100)
        with self.server.lock:
            self.server.mails[200] = mail(200)
        self.count(101)
        self.assertEqual(self.sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor"), "200")
        self.assertEqual(self.one.metric("duplicates_total"), 0)
        self.assertFalse([line for line in self.one.lines if "event=worker_gone" in line])
        self.assertEqual(self.one.stop(), 0)


if __name__ == "__main__":
    suite.main()
