"""The units: systemd finds no fault with them, and the sandbox stays tight (S-55)."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXPOSURE_MAX = 1.5


def units(folder):
    """Both units as they are installed, but with a program that is on every machine."""
    with open(os.path.join(ROOT, "systemd/relevod.service.in"), encoding="utf-8") as f:
        service = f.read().replace("@CMAKE_INSTALL_FULL_SBINDIR@/relevod", "/bin/true")
    with open(os.path.join(ROOT, "systemd/relevod.socket"), encoding="utf-8") as f:
        socket = f.read()
    paths = []
    for name, text in (("relevod.service", service), ("relevod.socket", socket)):
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "w", encoding="utf-8") as f:
            f.write(text)
    return paths


def analyze(*args):
    done = subprocess.run(["systemd-analyze", "--no-pager", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def test_systemd_finds_no_fault_with_the_units(folder):
    code, said = analyze("verify", "--man=no", *units(folder))
    assert code == 0 and said == "", said


def test_the_exposure_is_at_most_one_and_a_half(folder):
    _, said = analyze("security", "--offline=yes", units(folder)[0])
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert level and float(level.group(1)) <= EXPOSURE_MAX, said[-200:]


def test_the_service_is_supervised(folder):
    with open(units(folder)[0], encoding="utf-8") as f:
        lines = f.read().splitlines()
    for line in ("Type=notify", "Restart=on-failure", "WatchdogSec=30s", "OOMPolicy=continue", "Sockets=relevod.socket"):
        assert line in lines, line


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
