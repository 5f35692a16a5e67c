"""Versions of a policy: which is in force, from when on, and what becomes of clocks that run."""
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import servers  # noqa: E402
import suite  # noqa: E402
from daemon import http  # noqa: E402
from shop import CHANNELS, CONFIG, POLICY, REFUSED, SECRET, USAGE, Case  # noqa: E402

# How many tickets are open when somebody is killed, and at how many moments: these take long.
OPEN = int(os.environ.get("RELEVO_OPEN_TICKETS", "600"))
MOMENTS = int(os.environ.get("RELEVO_KILL_MOMENTS", "0"))
POSTS_AT_ONCE = 48
FIRST_RESPONSE = "SELECT DISTINCT target_s FROM target_clock WHERE kind = 'first_response' AND ended_at IS NULL ORDER BY 1"
FOLLOWED = "SELECT DISTINCT policy_version FROM ticket ORDER BY 1"


class Versions(Case):
    def change(self, text, name="next.yaml"):
        """A file that says `text` besides the shop's policy, by which first_response is 4 h; here it is 2 h."""
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(POLICY.replace("normal: 4h", "normal: 2h") + text)
        return path

    def soon(self, seconds=1):
        return self.sql("SELECT to_char(now() AT TIME ZONE 'UTC' + interval '%d s', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')" % seconds)

    def versions(self):
        return {v["version"]: v["state"] for v in self.ask("policy", "list")}

    def whole(self):
        self.assertEqual(self.ask("verify-history")["breaks"], 0)


class Open(Versions):
    def setUp(self):
        super().setUp()
        self.start()
        for i in range(3):
            self.write("m%d" % i, "Nada funciona", "u%d" % i)
        self.wait_sql("SELECT count(*) FROM ticket WHERE agent = 'ana'", 3)
        self.one.ctl("ticket", "status", "2", "pending")
        self.one.ctl("ticket", "close", "3")

    def test_what_a_dry_run_says_is_what_happens_and_it_writes_nothing(self):  # C-14, D-2
        path = self.change("")
        before = self.sql("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM policy_version), "
                          "(SELECT sum(version) FROM ticket), (SELECT count(*) FROM delivery)")
        would = self.ask("policy", "apply", path, "--open", "--dry-run")
        self.assertEqual(self.sql("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM policy_version), "
                                  "(SELECT sum(version) FROM ticket), (SELECT count(*) FROM delivery)"), before)
        self.assertEqual(self.sql(FIRST_RESPONSE), "14400")
        did = self.ask("policy", "apply", path, "--open")
        self.assertEqual((would.pop("dry_run"), did.pop("dry_run")), (True, False))
        self.assertEqual(would, did)
        self.assertEqual((did["version"], did["new"], did["open"]["tickets"], did["open"]["changed"]), (3, True, 2, 2))
        self.assertIn({"clock": "first_response", "priority": "normal", "open": 2, "earlier": 2, "later": 0, "paused": 0,
                       "ended": 0, "missed": 0, "started": 0}, did["open"]["clocks"])
        self.assertEqual(self.sql(FIRST_RESPONSE), "7200")
        self.assertEqual(self.sql("SELECT ticket_id, policy_version FROM ticket ORDER BY 1"), "1|3\n2|3\n3|2")
        self.whole()

    def test_running_clocks_keep_their_targets_until_it_is_said_and_then_follow_once(self):  # C-14
        path = self.change("")
        self.one.ctl("policy", "apply", path)
        self.assertEqual((self.sql(FIRST_RESPONSE), self.sql(FOLLOWED)), ("14400", "2"))
        later = self.ask("policy", "apply", path, "--open")
        self.assertEqual((later["version"], later["new"], later["open"]["changed"]), (3, False, 2))
        self.assertEqual(self.ask("policy", "apply", path, "--open")["open"]["tickets"], 0)  # T-65
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'policy_changed'"), "2")
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'clock_breached'"), "0")

    def test_a_clock_keeps_what_it_counted_by_the_calendar_before_and_outlives_its_calendar(self):
        hours = "calendars: {%s: {zone: UTC, hours: {mon-sun: '00:00-24:00'}}}\n"
        self.sql("UPDATE target_clock SET started_at = started_at - interval '1 h', edges[1] = edges[1] - 3600, "
                 "due_at = due_at - interval '1 h' WHERE kind = 'first_response'")
        for name in ("office", "shop"):
            with open(self.change(hours % name)) as f, open(os.path.join(self.folder, name), "w") as g:
                g.write(f.read().replace("urgent: 30m}", "urgent: 30m, calendar: %s}" % name))
        self.ask("policy", "apply", os.path.join(self.folder, "office"), "--open")  # C-13
        kept = "SELECT calendar, kept_s BETWEEN 3600 AND 3700, round(extract(epoch FROM due_at - kept_at) + kept_s) FROM target_clock " \
               "WHERE kind = 'first_response' AND ticket_id = 1"
        self.assertEqual(self.sql(kept), "office|t|7200")
        self.assertRegex(self.one.ctl("why", "1", "--of", "due").stdout, r"(?m)^first_response 1 had counted 36\d\d s until ")
        self.ask("policy", "apply", os.path.join(self.folder, "shop"))
        self.assertEqual(self.sql(kept), "office|t|7200")
        self.write("again", "Nada funciona", "u0")  # C-14
        self.wait_sql("SELECT count(*) FROM event WHERE why LIKE '%its calendar is no more'", 1)
        self.assertEqual(self.sql(kept), "shop|t|7200")

    def test_a_target_that_lies_behind_is_missed_at_the_change_and_told_once(self):
        self.sql("UPDATE target_clock SET started_at = started_at - interval '3 h', edges[1] = edges[1] - 10800, "
                 "due_at = due_at - interval '3 h' WHERE kind = 'first_response'")
        did = self.ask("policy", "apply", self.change(""), "--open")  # T-62, T-64
        self.assertEqual(sum(row["missed"] for row in did["open"]["clocks"]), 2)
        self.wait_sql("SELECT count(*) FROM event WHERE kind = 'clock_breached' AND detail LIKE '%retarget%'", 2)
        again = self.ask("policy", "apply", self.change("priority: high\n"), "--open")  # T-65
        self.assertEqual(sum(row["missed"] for row in again["open"]["clocks"]), 0)
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'clock_breached'"), "2")


class Planned(Versions):
    def figures(self):
        return dict(line.rsplit(" ", 1) for line in http("GET", self.one.admin + "/metrics")[2].decode().splitlines())

    def test_what_nobody_is_told_of_for_a_planned_version_is_counted_where_it_came_in_force(self):  # B-18
        self.start()
        self.write("m1", "Nada funciona")
        self.wait_sql("SELECT count(*) FROM event WHERE kind = 'notice_planned'", 1)
        path = os.path.join(self.folder, "later.yaml")
        with open(path, "w") as f:
            f.write(POLICY.replace("normal: 4h", "normal: 9h") + "notices: {E-10: {on: no}}\n")
        self.ask("policy", "apply", path, "--from", "2099-12-01T00:00Z", "--open")
        self.sql("UPDATE policy_version SET from_at = now() WHERE version = 3; NOTIFY relevo_policy")
        self.wait_sql("SELECT policy_version FROM desk", 3)
        self.assertEqual(self.sql("SELECT rule FROM event WHERE kind = 'notice_suppressed'"), "E-10")
        servers.wait_for("the count", lambda: self.figures().get('relevo_notices_suppressed_total{rule="other"}') == "1")

    def test_a_version_comes_in_force_at_its_time_once_whoever_looks(self):
        self.start()
        two = self.relevod(CHANNELS, {"hook": SECRET}, "two").start()
        self.write("m1", "Nada funciona")
        self.ask("policy", "apply", self.change(""), "--from", "2099-12-01T00:00Z", "--open")
        self.assertEqual(self.versions(), {1: "past", 2: "in force", 3: "planned"})
        self.sql("UPDATE policy_version SET from_at = now() + interval '1 s' WHERE version = 3; NOTIFY relevo_policy")
        self.wait_sql("SELECT policy_version FROM desk", 3)
        self.assertEqual((self.sql(FOLLOWED), self.sql(FIRST_RESPONSE)), ("3", "7200"))
        self.assertEqual(self.sql("SELECT in_force_at >= from_at FROM policy_version WHERE version = 3"), "t")
        self.write("m2", "Otra cosa", "u2")
        self.assertEqual(self.sql(FOLLOWED), "3")
        self.assertEqual(self.versions(), {1: "past", 2: "past", 3: "in force"})
        said = [line for node in (self.one, two) for line in node.lines if "policy_in_force" in line]
        self.assertEqual(len(said), 1, said)
        self.whole()

    def test_clocks_that_run_stay_where_only_new_ones_are_spoken_of(self):
        self.start()
        self.write("m1", "Nada funciona")
        self.ask("policy", "apply", self.change(""), "--from", self.soon())
        self.wait_sql("SELECT policy_version FROM desk", 3)
        self.assertEqual((self.sql(FOLLOWED), self.sql(FIRST_RESPONSE)), ("2", "14400"))

    def test_what_came_due_while_no_node_was_there_comes_in_its_order(self):
        self.start()
        self.write("m1", "Nada funciona")
        self.one.stop()
        for hours in ("3h", "5h"):
            path = self.change("# %s" % hours)
            with open(path) as f:
                text = f.read().replace("normal: 2h", "normal: " + hours)
            with open(path, "w") as f:
                f.write(text)
            self.ask("policy", "apply", path, "--from", self.soon(-60 if hours == "5h" else -120), "--open")
        self.one.start()
        self.wait_sql("SELECT policy_version FROM desk", 4)
        self.assertEqual((self.sql(FOLLOWED), self.sql(FIRST_RESPONSE)), ("4", "18000"))
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'policy_changed'"), "2")

    def test_a_planned_version_may_be_cancelled_and_what_is_in_force_may_not(self):
        self.start()
        self.ask("policy", "apply", self.change(""), "--from", "2099-12-01T00:00Z")
        self.assertEqual(self.ask("policy", "show", "3")["state"], "planned")
        self.assertIn("normal: 2h", self.one.ctl("policy", "show", "3").stdout)
        self.assertIn("normal: 4h", self.one.ctl("policy", "show").stdout)
        self.one.ctl("policy", "cancel", "3")
        self.assertEqual(self.versions(), {1: "past", 2: "in force", 3: "cancelled"})
        self.sql("UPDATE policy_version SET from_at = now() WHERE version = 3; NOTIFY relevo_policy")
        self.refused(REFUSED, "policy", "cancel", "3", words="no version 3 that is planned")
        self.refused(REFUSED, "policy", "cancel", "2", words="no version 2 that is planned")
        self.refused(REFUSED, "policy", "show", "9", words="no version 9")
        self.assertEqual(self.ask("policy", "apply", self.change("priority: low\n"))["version"], 4)
        self.assertEqual(self.versions()[3], "cancelled")

    def test_times_that_are_none_are_refused(self):
        self.one.ctl("migrate")
        for time_word in ("2026-02-30T00:00Z", "2026-12-01T00:00", "2026-12-01", "soon", "2026-12-01T25:00Z", "2026-12-01T00:00+1"):
            self.refused(USAGE, "policy", "apply", self.change(""), "--from", time_word, words="expected a time")
        self.refused(USAGE, "policy", "apply", self.change(""), "--from", "2099-12-01T00:00Z", "--dry-run", words="--from")
        self.refused(USAGE, "policy", "apply", self.change(""), "--from", "2025-12-01T00:00Z", words="more than an hour ago")
        self.refused(USAGE, "policy", "apply", self.change(""), "--from", self.soon(-3700), words="more than an hour ago")
        planned = self.ask("policy", "apply", self.change(""), "--from", "2099-12-01T01:30:05+01:30")
        self.assertEqual(planned["from"], "2099-12-01T00:00:05Z")

    def test_what_is_over_the_clock_of_the_database_says(self):  # F51
        self.one.ctl("migrate")
        self.one.env["RELEVO_CLOCK_OFFSET_S"] = "7200"
        self.assertEqual(self.ask("policy", "apply", self.change(""), "--from", self.soon(-60))["version"], 2)
        self.one.env["RELEVO_CLOCK_OFFSET_S"] = "-7200"
        self.refused(USAGE, "policy", "apply", self.change(""), "--from", self.soon(-3700), words="more than an hour ago")

    def test_a_version_that_this_program_cannot_read_stays_planned_and_the_node_says_so(self):
        self.start()
        self.sql("INSERT INTO policy_version (desk_id, version, source, sha256, applied_by, from_at) "
                 "VALUES (1, 3, 'nonsense: 1', '', 'test', now()); NOTIFY relevo_policy")
        self.one.wait_line("policy_failed", 60)
        self.write("m1", "Nada funciona")
        self.assertEqual(self.sql(FOLLOWED), "2")


class Compared(Versions):
    def test_a_file_is_compared_with_the_version_in_force_and_once_applied_changes_nothing(self):  # D-2
        self.one.ctl("migrate")
        self.one.ctl("policy", "apply", self.policy)
        path = self.change("topics: {router: {title: Routers}}\n")
        would = self.ask("policy", "diff", path)
        self.assertEqual({c["path"] for c in would}, {"targets.first_response.normal", "topics.router"})
        promise = next(c for c in would if c["path"] == "targets.first_response.normal")
        self.assertRegex(promise["words"], "within 2h instead of 4h")
        self.assertIn("  - %s\n" % promise["words"], self.one.ctl("policy", "diff", path).stdout)
        self.assertEqual(self.versions(), {1: "past", 2: "in force"})  # nothing is written
        self.ask("policy", "apply", path, "--from", "2099-12-01T00:00Z")
        self.assertEqual(self.ask("policy", "diff", path), would)  # what is planned is not in force
        self.ask("policy", "apply", path)
        self.assertEqual(self.ask("policy", "diff", path), [])
        self.assertEqual(self.one.ctl("policy", "diff", path).stdout, "nothing would change\n")
        self.assertEqual({c["path"] for c in self.ask("policy", "diff", self.policy)}, {c["path"] for c in would})  # and back
        self.refused(CONFIG, "policy", "diff", self.change("nonsense: 1\n", "wrong.yaml"), words="wrong.yaml:")
        self.refused(CONFIG, "policy", "diff", path, "--desk", "other", words="other")


class Killed(Versions):
    """Many tickets are open while the policy changes, and somebody dies."""

    def fill(self):
        self.start()
        numbers = iter(range(OPEN))

        def post():
            for i in numbers:
                self.write("m%d" % i, "Nada funciona", "u%d" % i)
        threads = [threading.Thread(target=post) for _ in range(POSTS_AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.wait_sql("SELECT count(*) FROM ticket", OPEN, 300)
        self.two_hours = self.change("")
        self.promised = {"2": "14400"}  # by version

    def apply(self, path, env=None):
        return subprocess.Popen([self.one._binary("ctl", "relevoctl"), "--config", self.one.path, "policy", "apply",
                                 "--open", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env=dict(os.environ, **(env or {})))

    def by_which(self):
        """The version that all follow; fails where not all follow one."""
        self.wait_sql("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('relevoctl', 'relevod policy')", 0)
        version = self.sql("SELECT policy_version FROM desk")
        promised = self.promised.setdefault(version, "7200" if self.promised[max(self.promised, key=int)] == "14400" else "14400")
        self.assertEqual(self.sql(FOLLOWED), version)
        self.assertEqual(self.sql("SELECT DISTINCT policy_version FROM target_clock WHERE ended_at IS NULL"), version)
        self.assertEqual(self.sql(FIRST_RESPONSE), promised)
        self.assertEqual(self.sql("SELECT count(*) FROM event WHERE kind = 'policy_changed'"),
                         str(OPEN * (len(self.promised) - 1)))
        return version

    def test_killed_anywhere_all_follow_the_old_policy_or_all_the_new_one(self):  # C-14
        self.fill()
        self.assertEqual(self.by_which(), "2")
        for point in ("retargeted:1", "retargeted:3", "policy_enacted:1", "policy_changed:1"):
            if self.by_which() != "2":
                self.assertEqual(point, "policy_changed:1")  # killed before that with its COMMIT on its way
                break
            with self.apply(self.two_hours, {"RELEVO_FAIL": point}) as killed:
                self.assertEqual(killed.wait(), -signal.SIGKILL, point)
        self.assertEqual(self.by_which(), "3")
        self.one.stop()
        self.ask("policy", "apply", self.policy, "--from", self.soon(-1), "--open")  # back, by a node that is killed
        self.one.env["RELEVO_FAIL"] = "retargeted:2"
        self.one.start(wait=False)
        self.assertEqual(self.one.wait_end(120), -signal.SIGKILL)
        self.assertEqual(self.by_which(), "3")
        del self.one.env["RELEVO_FAIL"]
        self.one.start()
        self.wait_sql("SELECT policy_version FROM desk", 4, 120)
        self.assertEqual(self.by_which(), "4")
        self.whole()

    @unittest.skipUnless(MOMENTS, "as often as RELEVO_KILL_MOMENTS says; needs no fail points")
    def test_killed_at_any_moment_all_follow_the_old_policy_or_all_the_new_one(self):
        self.fill()
        paths = {"14400": self.two_hours, "7200": self.policy}
        began = time.monotonic()
        self.assertEqual(self.apply(self.two_hours).wait(), 0)
        lasted = time.monotonic() - began
        print("%d open tickets followed within %.1f s" % (OPEN, lasted))
        for _ in range(MOMENTS):
            with self.apply(paths[self.promised[self.by_which()]]) as killed:
                time.sleep(random.uniform(0, lasted))
                killed.kill()
            self.by_which()
        print("of %d that were killed %d had come in force" % (MOMENTS, len(self.promised) - 2))


if __name__ == "__main__":
    suite.main()
