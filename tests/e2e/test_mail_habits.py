"""The mails of tests/mail: each has the habits of a real program, named by its file, and NAME.json says what is read."""
import glob
import importlib.util
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
MAILS = os.path.join(ROOT, "tests/mail")
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import functions  # noqa: E402


def comparison():
    """How tests/data/mail compares: check.py of that folder."""
    spec = importlib.util.spec_from_file_location("check", os.path.join(ROOT, "tests/data/mail/check.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = comparison()


def names(kind):
    paths = glob.glob(os.path.join(MAILS, "**/*." + kind), recursive=True)
    return {os.path.relpath(p, MAILS)[:-len(kind) - 1] for p in paths}


def differences(name):
    """What is read otherwise than NAME.json says; a key that it leaves out is not compared."""
    with open(os.path.join(MAILS, name + ".json"), encoding="utf-8") as f:
        expected = json.load(f)
    done = subprocess.run([CTL, "mime", "--json", os.path.join(MAILS, name + ".eml")], capture_output=True, check=False)
    if done.returncode != 0:
        return ["exit status %d: %s" % (done.returncode, done.stderr[-2000:].decode("utf-8", "replace"))]
    got = json.loads(done.stdout.decode("utf-8"))
    return ["%s\n    want %s\n    got  %s" % (key, json.dumps(want, ensure_ascii=False), json.dumps(got.get(key), ensure_ascii=False))
            for key, want in expected.items() if key not in got or not CHECK.same(key, want, got[key])]


def test_every_mail_has_its_expectations_and_they_their_mail():
    assert names("eml") and names("eml") == names("json"), names("eml") ^ names("json")


def test_every_mail_is_read_as_its_expectations_say():
    wrong = ["%s: %s" % (name, what) for name in sorted(names("eml")) for what in differences(name)]
    assert not wrong, "\n".join(["%d fields are read otherwise" % len(wrong)] + wrong)


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
