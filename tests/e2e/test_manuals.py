"""The manual pages and guides: clean, installed, and true to the programs."""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev"))
CTL = os.path.join(BUILD, "ctl/relevoctl")
PAGES = [os.path.join(BUILD, "docs", name) for name in ("relevoctl.1", "relevo.yaml.5", "relevo-policy.5")] + [
    os.path.join(ROOT, "docs/relevod.8")]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def example(page):
    """What stands in a page between .Bd -literal and .Ed."""
    return re.search(r"(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", read(page)).group(1)


def test_each_page_is_clean(_):
    for page in PAGES:
        done = run("mandoc", "-Tlint", "-Wwarning", page)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_tell_the_keys_that_the_programs_know(_):
    for kind, page in (("config", PAGES[1]), ("policy", PAGES[2])):
        keys = run(CTL, kind, "manual").stdout
        assert keys and keys in read(page), page
        assert "@KEYS@" not in read(page), page


def test_the_examples_of_the_pages_have_no_mistake(folder):
    for kind, page in (("config", PAGES[1]), ("policy", PAGES[2])):
        path = os.path.join(folder, kind)
        with open(path, "w", encoding="utf-8") as f:
            f.write(example(page))
        done = run(CTL, "policy", "check", path) if kind == "policy" else run(CTL, "--config", path, "config", "check")
        assert done.returncode == 0, done.stderr


def test_the_configurations_to_copy_have_no_mistake(folder):
    for name in ("README.md", "docs/install.md", "docs/events.md"):
        for text in re.findall(r"(?s)```yaml\n(.*?)```", read(os.path.join(ROOT, name))):
            path = os.path.join(folder, "relevo.yaml")
            with open(path, "w", encoding="utf-8") as f:
                f.write(("" if "database:" in text else "database: dbname=x\n") + text)
            done = run(CTL, "--config", path, "config", "check")
            assert done.returncode == 0, (name, done.stderr)


def test_each_command_that_the_guides_name_is_one(_):
    known = run(CTL, "--help").stdout
    named = set()
    for name in ("README.md", "docs/install.md", "docs/events.md", "docs/imap.md", "docs/mail.md", "docs/relevod.8", "docs/relevo.yaml.5.in", "docs/relevo-policy.5.in"):
        named |= {(name, c) for c in re.findall(r"relevoctl ((?:[a-z]+ )?[a-z]+)\b", read(os.path.join(ROOT, name)))}
    for name, command in sorted(named):
        first = command.split()[0]
        assert re.search(r"(?m)^  %s( |$)" % command, known) or re.search(r"(?m)^  %s( [A-Z\[]|$)" % first, known), (name, command)


def test_packages_of_the_guide_are_those_of_the_build(_):
    wanted = run("bash", "-c", ". tests/support/packages.sh; echo $BUILD_PACKAGES", cwd=ROOT).stdout.split()
    said = read(os.path.join(ROOT, "docs/install.md")).split("$ cmake", 1)[0].split()
    assert len(wanted) > 10 and not set(wanted) - set(said), set(wanted) - set(said)


def constants(path):
    """What the enums of that file give a number: {name: number}; sums of other names are passed over."""
    found = re.findall(r"\b([A-Z][A-Z_]+) = (\d+(?:LL)?(?: << \d+)?)\s*(?:[,}/]|$)", read(os.path.join(ROOT, path)), flags=re.M)
    return {name: int(number.split()[0].rstrip("L")) << int((number.split(" << ") + ["0"])[1]) for name, number in found}


def test_the_limits_that_the_guide_to_mail_tells_are_those_of_the_code(_):
    rows = re.findall(r"(?m)^\| [^|]+ \| (\d+)( KiB| MiB)? \| `(\w+)` \| `([\w/.]+)` \|$", read(os.path.join(ROOT, "docs/mail.md")))
    assert len(rows) > 20, rows
    for number, unit, name, path in rows:
        told = int(number) << {"": 0, " KiB": 10, " MiB": 20}[unit]
        assert constants(path).get(name) == told, (name, told, constants(path).get(name))
    told = {name for _, _, name, _ in rows}
    for path in ("core/inbound.h", "channels/mail_header.h", "channels/mail_param.h", "channels/mail_part.h"):
        missing = set(constants(path)) - told
        assert not missing, "%s bounds what docs/mail.md does not tell: %s" % (path, sorted(missing))


def test_the_guide_to_mail_compares_every_field_of_the_contract(_):
    contract = re.findall(r"(?m)^\| ((?:`\w+`(?:, )?)+) \| ", read(os.path.join(ROOT, "tests/data/mail/README.md")))
    fields = {name for names in contract for name in re.findall(r"\w+", names)}
    tables = re.findall(r"(?ms)^\| `(tests/[\w/]+)` \|.*?\n\n", read(os.path.join(ROOT, "docs/mail.md")) + "\n")
    rows = re.findall(r"(?m)^\| `(\w+)` \|(?: (?:\d+|—) \|)+$", read(os.path.join(ROOT, "docs/mail.md")))
    assert tables == ["tests/data/mail", "tests/mail"], tables
    assert len(fields) == 14 and sorted(rows) == sorted(list(fields) * 2), (sorted(fields), sorted(rows))


def warnings_of(text):
    """The events that this code logs as an error or a warning, or may."""
    said = set(re.findall(r'fprintf\(stderr, "event=(\w+)', text))
    for call in re.findall(r"\blog_event\((.*?)(?:LOG_TEXT|LOG_NUMBER)\(", text, flags=re.S):
        call = re.sub(r"strcmp\([^)]*\)", "", call)
        if "ERROR" in call or "WARNING" in call or "LOG_LEVEL" not in call:
            said |= set(re.findall(r'"(\w+)"', call))
    return said


def test_the_manual_says_what_to_do_about_each_warning(_):
    said = {"log_lines_kept_back"}
    for path in glob.glob(os.path.join(ROOT, "daemon", "*.c")):
        said |= warnings_of(read(path))
    told = read(PAGES[3]).split(".Sh DIAGNOSTICS", 1)[1].split(".Sh ", 1)[0]
    missing = said - set(re.findall(r"\w+", told))
    assert len(said) > 25 and not missing, missing


def test_what_is_installed_lies_where_debian_looks_for_it(folder):
    done = run("cmake", "--install", BUILD, "--prefix", "/usr", env=dict(os.environ, DESTDIR=folder))
    assert done.returncode == 0, done.stderr
    for path in ("sbin/relevod", "bin/relevoctl", "lib/systemd/system/relevod.service", "lib/systemd/system/relevod.socket",
                 "lib/sysusers.d/relevo.conf", "lib/tmpfiles.d/relevo.conf", "share/relevo/policy.yaml",
                 "share/man/man1/relevoctl.1", "share/man/man5/relevo.yaml.5", "share/man/man5/relevo-policy.5",
                 "share/man/man8/relevod.8"):
        assert os.path.exists(os.path.join(folder, "usr", path)), path


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
