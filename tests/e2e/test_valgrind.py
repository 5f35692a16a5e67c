"""The whole house under valgrind: relevod and each of its children use memory as they may, and lose none of it."""
import glob
import os
import re
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import plain  # noqa: E402
import servers  # noqa: E402
import storyhouse  # noqa: E402
import suite  # noqa: E402

ROLES = ("imap", "parse", "smtp")
FIRST_S, LEVEL_S = 25, 12  # all that the story does between two misses takes longer than at full speed
FORM = "application/x-www-form-urlencoded"


class Report:
    """What valgrind wrote of one process."""

    def __init__(self, path):
        with open(path, encoding="utf-8", errors="replace") as f:
            self.text = f.read()
        self.pid = int(os.path.basename(path).split(".")[0])
        role = re.search(r"Command: .*--worker=(\w+)", self.text)
        self.role = role.group(1) if role else "main"
        self.ended = "ERROR SUMMARY: " in self.text  # else it was killed
        self.found = re.search(r"(?m)^==\d+== +at 0x", self.text) is not None  # of an error, or of what is lost
        self.clean = ("ERROR SUMMARY: 0 errors" in self.text and (
            "definitely lost: 0 bytes" in self.text or "All heap blocks were freed" in self.text))

    def is_good(self):
        return not self.found and (self.clean or not self.ended)

    def words(self):
        """Its first findings; those that follow are often of the same cause."""
        text = re.sub(r"(?m)^==\d+== ?", "", self.text)
        return "%s:\n%s" % (self.role, text[text.find("\n\n"):][:3500])


class Valgrind(unittest.TestCase):
    def setUp(self):
        plain.build()
        place = servers.Folder("relevo-valgrind-")
        self.addCleanup(place.cleanup)
        os.chmod(place.name, 0o755)
        self.reports = os.path.join(place.name, "reports")
        os.mkdir(self.reports)
        self.house = storyhouse.StoryHouse(os.path.join(place.name, "house"), build=plain.BUILD, first_s=FIRST_S, level_s=LEVEL_S, wrap=[
            "valgrind", "--trace-children=yes", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite", "--num-callers=30", "--log-file=%s/%%p.log" % self.reports])
        # Strangers' sample mails are answered too; nothing leaves the house.
        self.house.mail.postfix.more = "default_transport = discard:"
        self.stopped = False
        self.addCleanup(lambda: self.stopped or self.house.stop())
        self.house.start()

    def refuse(self):
        """What costs its sender."""
        url = self.house.relevod.url
        for path, body, headers, wanted in (
                ("/hook/sms", b"Body=Hola", {"Content-Type": FORM, "X-Twilio-Signature": "AAAA"}, 401),
                ("/hook/sms", b"%zz&&=", {"Content-Type": FORM, "X-Twilio-Signature": "AAAA"}, 401),
                ("/hook/nobody", b"", {}, 404),
                ("/chat/chat/messages", b"{", {"Content-Type": "application/json", "Authorization": "Bearer x"}, 401),
                ("/chat/chat/session", b"[[[[", {"Content-Type": "application/json"}, 400)):
            self.assertEqual(daemon.http("POST", url + path, body, headers)[0], wanted, path)

    def taken(self):
        return int(self.house.sql("SELECT count(DISTINCT (channel_id, external_id)) FROM intake"))

    def read_samples_while(self, happens):
        """Mails as they come from the world, hostile ones among them."""
        before = self.taken()
        samples = sorted(glob.glob(os.path.join(plain.ROOT, "tests", "data", "mail", "*.eml")))
        for path in samples:
            with open(path, "rb") as f:
                self.house.mail.dovecot.deliver("support", f.read())
        happens()
        storyhouse.wait("the samples are taken", lambda: self.taken() >= before + len(samples))

    def disturb(self):
        """Children die, the database goes and comes, the configuration is read anew."""
        relevod = self.house.relevod
        for role in ROLES:
            storyhouse.wait("a child to kill: " + role, lambda r=role: relevod.workers(r))
            before = relevod.workers(role)
            os.kill(before[0], signal.SIGKILL)
            storyhouse.wait("another one: " + role, lambda r=role: set(relevod.workers(r)) - set(before))
        self.house.postgres.restart()
        seen = len(relevod.lines)
        relevod.tell(signal.SIGHUP)
        relevod.wait_line("event=ready", 180, since=seen)

    def write_on(self):
        for customer in self.house.customers:
            customer.write("Una cosa más")
        storyhouse.wait("what they write now", lambda: self.house.sql(
            "SELECT count(DISTINCT channel_id) FROM message WHERE text LIKE 'Una cosa más%'") == "4")

    def end(self):
        """The reports, and the processes that were there to the end."""
        relevod = self.house.relevod
        last = {relevod.process.pid}.union(*(relevod.workers(role) for role in ROLES))
        self.stopped = True
        self.status = self.house.stop()
        return [Report(path) for path in sorted(glob.glob(self.reports + "/*.log"))], last

    def play(self):
        try:
            storyhouse.play(self.house)
        except AssertionError as wrong:
            self.fail("%s\n%s" % (wrong, "\n".join(self.house.relevod.lines[-60:])))

    def test_no_process_of_the_house_misuses_or_loses_memory_in_the_whole_story_and_after(self):
        self.play()
        self.house.check_same()
        self.refuse()
        self.read_samples_while(self.disturb)
        self.write_on()
        reports, last = self.end()
        if not all(report.is_good() for report in reports):
            self.fail("\n".join(report.words() for report in reports if not report.is_good()))
        self.assertEqual(self.status, 0)
        whole = {r.pid: r.role for r in reports if r.ended}
        self.assertEqual(last - set(whole), set(), "killed before they could say what they lost: %s" % "\n".join(
            self.house.relevod.lines[-30:]))
        self.assertEqual(set(whole.values()) - {"audit"}, {"main", *ROLES})  # that one comes and goes


if __name__ == "__main__":
    suite.main()
