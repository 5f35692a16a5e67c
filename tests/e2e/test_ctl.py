"""relevoctl without a daemon: calendar answers, checks of files, exit codes."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
DONE, REFUSED, USAGE, CONFIG, LATER = 0, 1, 2, 3, 4


def ctl(*args, given=""):
    return subprocess.run([CTL, *args], input=given, capture_output=True, text=True, check=False)


def test_a_clock_skips_the_weekend_and_the_change_of_time(_):
    question = {"id": "a", "zone": "Europe/Madrid", "holidays": [], "start": "2026-03-27T12:30:00Z",
                "spans": {"mon": [["09:00", "14:00"]], "fri": [["09:00", "14:00"]]}, "seconds": 3600}
    holiday = dict(question, id="b", holidays=["2026-03-30"])
    done = ctl("calendar", "--json", "--batch", given=json.dumps(question) + "\n" + json.dumps(holiday) + "\n")
    assert done.returncode == DONE, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "a", "due": "2026-03-30T07:30:00Z"}, {"id": "b", "due": "2026-04-03T07:30:00Z"}], done.stdout


def test_one_bad_question_is_answered_and_the_next_one_too(_):
    good = {"id": 2, "zone": "UTC", "spans": {d: [["00:00", "24:00"]] for d in "mon tue wed thu fri sat sun".split()},
            "start": "2026-01-01T00:00:00+01:00", "seconds": 60}
    done = ctl("calendar", "--json", "--batch", given="not json\n[1]\n" + json.dumps(good) + "\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == REFUSED and "error" in lines[0] and "error" in lines[1], done.stdout
    assert lines[2] == {"id": 2, "due": "2025-12-31T23:01:00Z"}, lines[2]


def test_the_shipped_policy_has_no_mistake(folder):
    path = os.path.join(folder, "policy.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(ctl("policy", "sample").stdout)
    assert ctl("policy", "check", path).returncode == DONE


def test_a_mistake_is_told_with_its_place_and_without_its_escapes(folder):
    """S-33"""
    path = os.path.join(folder, "policy.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write('"no\\e[31msuch": 1\n')
    done = ctl("policy", "check", path)
    assert done.returncode == CONFIG and f"{path}:1:" in done.stderr, done.stderr
    assert "\x1b" not in done.stderr, done.stderr


def test_a_missing_configuration_is_a_mistake_of_configuration(folder):
    for command in (["config", "check"], ["migrate"]):
        assert ctl(*command, "--config", os.path.join(folder, "none.yaml")).returncode == CONFIG


def test_wrong_usage_prints_what_would_be_right(_):
    for args in ([], ["policy"], ["policy", "chekc"], ["policy", "check"], ["policy", "check", "a", "b"],
                 ["policy", "check", "--loud", "a"]):
        done = ctl(*args)
        assert done.returncode == USAGE and "policy check FILE" in done.stderr, args
    for args in (["calendar"], ["calendar", "--json"], ["calendar", "--batch"], ["calendar", "--json", "--batch=1"]):
        done = ctl(*args)
        assert done.returncode == USAGE and "usage: relevoctl" in done.stderr, args
    for args in (["--help"], ["policy", "--help"], ["policy", "check", "--help"]):
        done = ctl(*args)
        assert done.returncode == DONE and "policy check FILE" in done.stdout, args
        assert ("ticket show" in done.stdout) == (args == ["--help"]), args


def test_wrong_usage_says_which_word_is_wrong_and_what_may_be_meant(_):
    for args, words in (
            (["tikcet"], "there is no command 'tikcet' (did you mean 'ticket'?)"),
            (["fly"], "there is no command 'fly': relevoctl --help names them all"),
            (["ticket", "shwo", "1"], "there is no command 'ticket shwo' (did you mean 'ticket show'?)"),
            (["ticket"], "a word behind 'ticket' is missing"),
            (["--limit", "5", "ticket", "list"], "a command comes first, not: '--limit'"),
            (["--config"], "--config: FILE is missing"),
            (["ticket", "list", "--config"], "--config: FILE is missing"),
            (["ticket", "list", "--limit"], "--limit: COUNT is missing"),
            (["ticket", "list", "--all=yes"], "--all takes no value, not '--all=yes'"),
            (["ticket", "list", "--agnet", "ana"], "there is no option '--agnet' (did you mean '--agent'?)"),
            (["reconcile", "--loud"], "there is no option '--loud'"),
            (["ticket", "list", "--json=yes"], "--json takes no value, not '--json=yes'"),
            (["ticket", "list", "--jsno"], "there is no option '--jsno' (did you mean '--json'?)"),
            (["ticket", "show", "--help", "5"], "--help stands last"),
            (["reconcile", "--hlep"], "there is no option '--hlep' (did you mean '--help'?)"),
            (["attachment", "get", "5"], "POSITION is missing"),
            (["ticket", "tag", "5"], "TAG is missing"),
            (["policy", "diff"], "AFTER is missing"),
            (["ticket", "show", "5", "6"], "there is a word too many: '6'"),
            (["delivery", "retry"], "which ones? numbers of deliveries, or --dead"),
            (["ticket", "new", "Hola"], "whose is it? --channel and --from, or --ticket"),
            (["calendar"], "--json and --batch are needed: it is a tool for programs"),
            (["verify", "--batch", "x"], "there is a word too many: 'x'")):
        done = ctl(*args)
        assert done.returncode == USAGE and "relevoctl: " + words + "\n" in done.stderr, (args, done.stderr[:300])
        assert len(done.stderr) < 30000, args
    done = ctl("deliver", "--chanel", "x")
    assert done.returncode == 75 and "there is no option '--chanel' (did you mean '--channel'?)" in done.stderr, done


def test_a_folder_is_no_mail_and_will_be_none_later(folder):
    done = ctl("mime", folder)
    assert done.returncode == REFUSED and folder + ": Is a directory" in done.stderr, done


def test_behind_two_dashes_help_is_a_word(_):
    done = ctl("mime", "--", "--help")
    assert done.returncode == REFUSED and "--help" in done.stderr and not done.stdout, done


def test_an_answer_that_the_disk_has_no_room_for_is_no_success(folder):
    for count in (10, 4090, 5000, 100000):
        path = os.path.join(folder, "mail")
        with open(path, "w", encoding="utf-8") as f:
            f.write("From: ana@client.example\r\n\r\n" + "x" * count)
        for args in (["mime", path], ["mime", "--json", path], ["--manual"], ["--help"], ["--version"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([CTL, *args], stdout=full, stderr=subprocess.PIPE, check=False)
            assert done.returncode == LATER and b"output: " in done.stderr, (args, count, done)


def test_the_manual_page_is_clean_and_knows_every_command(folder):
    path = os.path.join(folder, "relevoctl.1")
    page = ctl("--manual").stdout
    with open(path, "w", encoding="utf-8") as f:
        f.write(page)
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning,stop", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    for name in re.findall(r"(?m)^  (\w+(?: [a-z]\w*)?)(?: |$)", ctl("--help").stdout.split("COMMAND\n", 1)[1]):
        if name[0].islower():
            assert ".It Cm " + name in page, name


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
