"""A mailbox full of mail at the first start. As many as RELEVO_MANY says, otherwise 2,000.

  RELEVO_MANY=100000 RELEVO_BUILD=build/release python3 tests/e2e/test_imap_many.py

takes its time, and holds the worker to its 64 MB: a sanitizer takes more by itself.
"""
import os
import random
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402
import test_imap_balance  # noqa: E402
from test_imap import mail  # noqa: E402

MANY = int(os.environ.get("RELEVO_MANY", "2000"))
DEADLINE_S = 300 + MANY // 10
KILLS = 5
WITHOUT_ID, UNREADABLE = 1001, 500
BODIES = 40  # different lengths of text, so that sizes differ


class Many(test_imap_balance.Case):
    def fill(self, server, count):
        words = random.Random(7)
        server.fill("support", (mail(i, text=" ".join("word%d" % words.randrange(9999) for _ in range(20 * (i % BODIES))))
                                for i in range(1, count + 1)))

    def peak(self, relevod, role):
        """kB; of a worker that may have just died there is none."""
        peaks = [0]
        for pid in relevod.workers(role):
            try:
                with open("/proc/%d/status" % pid) as f:
                    peaks += [int(line.split()[1]) for line in f if line.startswith("VmHWM")]
            except OSError:
                pass
        return max(peaks)

    def test_all_come_in_the_oldest_first_though_everything_is_killed_on_the_way(self):  # T-12, T-13, T-20, F04, F32
        server = self.dovecot()
        self.fill(server, MANY)
        relevod = self.relevod(server.tls_port, more="since: all").start()
        peak, behind = [0], [False]

        def stored():
            peak[0] = max(peak[0], self.peak(relevod, "imap"))
            behind[0] |= any("channel_behind" in line for line in relevod.lines)
            return int(self.sql("SELECT count(*) FROM message"))
        for kill in range(1, KILLS + 1):
            servers.wait_for("mails", lambda: stored() >= MANY * kill // (KILLS + 1), DEADLINE_S, 0.25)
            if kill % 2:
                relevod.kill()
                relevod.start()
            else:
                for pid in relevod.workers("imap"):
                    os.kill(pid, signal.SIGKILL)
        servers.wait_for("all mails", lambda: stored() == MANY, DEADLINE_S, 0.25)
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", MANY)
        self.assertEqual(self.sql("SELECT count(DISTINCT mail_id) FROM message"), str(MANY))
        self.assertEqual(self.sql("SELECT count(*) FROM (SELECT substring(subject, '[0-9]+')::int AS n, lag(message_id) "
                                  "OVER (ORDER BY substring(subject, '[0-9]+')::int) AS before, message_id FROM message) m "
                                  "WHERE before > message_id"), "0")
        box = self.reconcile(relevod)["INBOX"]
        self.assertEqual(self.accounts(box), {"messages": MANY})
        self.assertTrue(behind[0])
        servers.wait_for("no more to come", lambda: relevod.ctl("channel", "list", "--json")[0]["behind"] is None)
        print("%d mails, %d kills, the imap worker took %d MB at most" % (MANY, KILLS, peak[0] // 1024))
        if "release" in relevod.build or "bench" in relevod.build:
            self.assertLess(peak[0], 64 * 1024)  # a sanitizer alone takes more

    def test_who_looks_sees_how_many_are_still_to_come_and_how_long_it_takes(self):  # T-32
        """A thousand without an id, and what is no mail among them, hold up nobody."""
        server = self.dovecot()
        server.fill("support", (b"\xff\xfe\0garbage" if i == UNREADABLE else mail(i).replace(
            b"Message-ID: <m%d@example.net>" % i, b"Message-ID: " if i % 2 else b"X-None: ") for i in range(1, WITHOUT_ID + 1)))
        relevod = self.relevod(server.tls_port, more="since: all")
        relevod.ctl("migrate")
        self.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END'; "
                 "CREATE TRIGGER slow BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION slow()")
        relevod.start()
        self.assertRegex(relevod.wait_line("event=channel_behind", 60), r"channel=mail messages=\d+$")
        line = relevod.wait_line(" per_s=", 60)
        left, per_s, left_s = map(int, re.search(r"event=channel_behind channel=mail messages=(\d+) per_s=(\d+) left_s=(\d+)$", line).groups())
        # A fiftieth of a second is slept of each, and whole seconds are counted, ten of them.
        self.assertTrue(0 < left < WITHOUT_ID and 0 < per_s <= 55, line)
        self.assertEqual(left_s, left // per_s)
        servers.wait_for("the same in status", lambda: self.behind(relevod) is not None)
        behind, per_s, left_s = self.behind(relevod)
        self.assertEqual((0 < per_s <= 55, left_s), (True, behind // per_s))
        self.assertRegex(relevod.ctl("status").stdout, "to come +a second +seconds left")
        self.sql("DROP TRIGGER slow ON message")
        self.wait_sql("SELECT split_part(cursor, ':', 2) FROM channel_cursor", WITHOUT_ID)
        relevod.wait_line("event=channel_caught_up", 60)
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT subject) FROM message WHERE subject LIKE 'Pedido %'"),
                         "%d|%d" % (WITHOUT_ID - 1, WITHOUT_ID - 1))
        self.assertEqual(self.sql("SELECT count(*) FROM source"), str(WITHOUT_ID))

    def behind(self, relevod):
        """(how many, a second, seconds left) of the one channel, where a rate is known."""
        told = relevod.ctl("status", "--json")["channels"][0]
        return (told["behind"], told["behind_per_s"], told["behind_s"]) if told["behind_per_s"] else None


if __name__ == "__main__":
    suite.main()
