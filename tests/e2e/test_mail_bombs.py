"""Mails that are made to break their reader have their answer like others (tests/support/bombs.py).

A build without sanitizers is held to 2 s of a processor and 256 MB of address space: RELEVO_BUILD=build/release.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import bombs  # noqa: E402
import functions  # noqa: E402

CPU_S = 2
MEMORY = 256 << 20
HANGS_S = 300


def is_sanitized():
    with open(CTL, "rb") as f:
        return b"__asan_init" in f.read()


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def answer(raw, preexec):
    with tempfile.NamedTemporaryFile(suffix=".eml") as f:
        f.write(raw)
        f.flush()
        done = subprocess.run([CTL, "mime", "--json", f.name], capture_output=True, check=False, preexec_fn=preexec,
                              timeout=HANGS_S)
    if done.returncode != 0:
        return "exit status %d: %s" % (done.returncode, done.stderr[-2000:].decode("utf-8", "replace"))
    said = json.loads(done.stdout.decode("utf-8"))
    return "" if said["message_id"] == "bomb@example.org" else "its Message-ID is read as %s" % said["message_id"]


def test_every_bomb_is_answered_with_what_its_header_says():
    """S-27, F54"""
    preexec = None if is_sanitized() else limit
    wrong = ["%s: %s" % (name, said) for name, said in ((name, answer(raw, preexec)) for name, raw in bombs.bombs()) if said]
    assert not wrong, "\n".join(wrong)


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
