"""What programs can see in the code without running it, and in the release: clean, and hardened."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev"))
RELEASE = os.path.join(ROOT, "build/release")
PROGRAMS = [os.path.join(RELEASE, "daemon/relevod"), os.path.join(RELEASE, "ctl/relevoctl")]


def run(*command):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def finds_nothing(target):
    code, said = run("cmake", "--build", BUILD, "--target", target)
    found = [line for line in said.splitlines() if re.search(r"(warning|error): ", line)]
    assert code == 0, "\n".join(found)[-8000:] or said[-4000:]


def seen_in(program, *command):
    code, said = run(*command, program)
    assert code == 0, said
    return said


def test_every_file_is_formatted():
    finds_nothing("format-check")


def test_cppcheck_finds_nothing():
    finds_nothing("cppcheck")


def test_clang_tidy_finds_nothing():
    finds_nothing("tidy")


def test_the_release_builds_without_a_warning():
    for program in PROGRAMS:  # linked anew: that is when all files are seen at once
        if os.path.exists(program):
            os.remove(program)
    code, said = run("cmake", "--preset", "release", "-G", "Ninja")
    assert code == 0, said[-4000:]
    code, said = run("cmake", "--build", RELEASE, "-j", "2")
    # Without make on the machine the linker's helpers work one after the other, and say so.
    warned = [line for line in said.splitlines() if "warning:" in line and "using serial compilation" not in line]
    assert code == 0 and not warned, "\n".join(warned) or said[-8000:]


def test_the_release_reads_every_bomb_within_its_bounds():
    """S-27, S-29, F54: 2 s of a processor, 256 MB of address space; with sanitizers there are no such bounds."""
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tests/e2e/test_mail_bombs.py")], cwd=ROOT, text=True, check=False,
                          capture_output=True, env=dict(os.environ, RELEVO_BUILD=RELEASE))
    assert done.returncode == 0 and "1 passed, 0 failed" in done.stdout, done.stdout + done.stderr


def test_the_release_is_hardened():
    """S-58: PIE, full RELRO, no executable stack, stack protector, FORTIFY, CET, no path of libraries."""
    for program in PROGRAMS:
        dynamic, segments, symbols = (
            seen_in(program, "readelf", "--wide", what) for what in ("--dynamic", "--segments", "--dyn-syms"))
        stack = re.search(r"GNU_STACK(?:\s+0x\w+){5}\s+(\w+)", segments)
        holds = {
            "PIE": re.search(r"FLAGS_1\).*\bPIE\b", dynamic),
            "bound at its start": re.search(r"FLAGS_1\).*\bNOW\b", dynamic),
            "RELRO": "GNU_RELRO" in segments,
            "a stack that holds no code": stack and "E" not in stack.group(1),
            "no segment both written and run": not re.search(r"LOAD(?:\s+0x\w+){5}\s+RWE", segments),
            "stack protector": "__stack_chk_fail" in symbols,
            "FORTIFY": re.search(r"__(memcpy|snprintf|vsnprintf)_chk\b", symbols),
            "no RPATH": not re.search(r"\((RPATH|RUNPATH)\)", dynamic),
            # In the code alone: Debian's crt1.o is without it, so the linker does not mark the whole.
            "CET": os.uname().machine != "x86_64" or "endbr64" in seen_in(program, "objdump", "--disassemble"),
        }
        missing = [what for what, is_so in holds.items() if not is_so]
        assert not missing, "%s lacks: %s" % (program, ", ".join(missing))


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
