"""relevoctl mime, on the mails of tests/data/mail and on what is no mail at all."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
MAILS = os.path.join(ROOT, "tests/data/mail")
KEYS = {"from", "to", "cc", "subject", "message_id", "in_reply_to", "references", "date", "text", "reply_text",
        "html", "attachments", "auto_submitted", "bounce"}


def mime(raw, *options):
    return subprocess.run([CTL, "mime", *options, "-"], input=raw, capture_output=True, check=False)


def mime_json(raw):
    done = mime(raw, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.decode("utf-8"))
    assert KEYS <= set(said), KEYS - set(said)
    return said


def test_every_field_of_the_forty_mails_is_right():
    check = [sys.executable, os.path.join(MAILS, "check.py"), "-v", CTL, "mime", "--json"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_no_mail_still_has_an_answer():
    """T-49"""
    for raw in (b"", b"\r\n", b"\0", b"\0" * 5000, b"\xff" * 5000, b"no header at all", b":", b"\n\n\n",
                bytes(range(256)) * 20, b"From:", b"Content-Type: multipart/mixed", b"\r" * 3000):
        said = mime_json(raw)
        assert said["from"] is None and "\0" not in said["text"], (raw[:20], said)


def test_a_mail_cut_anywhere_still_has_an_answer():
    with open(os.path.join(MAILS, "30-calendar-invite.eml"), "rb") as f:
        raw = f.read()
    for length in range(0, len(raw), 97):
        mime_json(raw[:length])


def test_its_text_is_made_safe_for_a_terminal():
    """S-33"""
    done = mime(b"From: a@example.org\r\nSubject: \x1b[31mred\r\n\r\n\x1b[2Jgone\r\n")
    assert done.returncode == 0 and b"\x1b" not in done.stdout and b"gone" in done.stdout, done.stdout


def test_a_file_that_is_not_there_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([CTL, "mime", "--json", os.path.join(folder, "none.eml")], capture_output=True, check=False)
    assert done.returncode == 1 and b"none.eml" in done.stderr, done


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
