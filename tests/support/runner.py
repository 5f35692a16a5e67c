"""Builds the dev preset and runs every test there is; what tests/run calls.

A test is a program: tests/unit/test_*.c and tests/db/test_*.c (cmocka), tests/e2e/test_*.py. Each says at its
end how many cases passed and failed: cmocka in its own words, the others by a line "N passed, N failed".
tests/db and tests/e2e find a private PostgreSQL cluster in RELEVO_TEST_DB (a connection string to its
superuser); they make databases of their own in it.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import servers  # noqa: E402
import suite  # noqa: E402

BUILD = os.path.join(ROOT, "build", "dev")
TEST_DEADLINE_S = 1200
OUTPUT_KEPT = 16000
AT_ONCE = 3  # on two processors: each waits half of its time
# What takes longest begins first, so that nothing waits for it at the end.
LONGEST = ("e2e/test_kill", "e2e/test_lmtp", "e2e/test_fuzz", "e2e/test_imap", "e2e/test_tools", "e2e/test_valgrind",
           "e2e/test_imap_servers", "e2e/test_imap_breach", "e2e/test_imap_server", "e2e/test_smtp",
           "e2e/test_attack", "e2e/test_imap_balance", "e2e/test_database", "e2e/test_scarce", "e2e/test_failover")


def find_tests():
    """(name, command) of each, in the order in which they begin."""
    tests = []
    for kind in ("unit", "db"):
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", kind, "test_*.c"))):
            name = os.path.basename(path)[:-2]
            tests.append((kind + "/" + name, [os.path.join(BUILD, "tests", name)]))
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "e2e", "test_*.py"))):
        tests.append(("e2e/" + os.path.basename(path)[:-3], [sys.executable, path]))
    return sorted(tests, key=lambda test: (test[0].startswith("e2e/"),
                                           LONGEST.index(test[0]) if test[0] in LONGEST else len(LONGEST)))


def targets_of(tests):
    """What has to be built for them: a cmocka program each, for the others what is installed, and what migrates."""
    programs = {name.split("/")[1] for name, _ in tests if not name.startswith("e2e/")}
    if any(name.startswith("e2e/") for name, _ in tests):
        programs.add("relevod")
    if any(name.startswith(("db/", "e2e/")) for name, _ in tests):
        programs.add("relevoctl")
    return sorted(programs)


def build(targets):
    started = time.monotonic()
    for command in (["cmake", "--preset", "dev", "-G", "Ninja"],
                    ["cmake", "--build", "--preset", "dev"] + (["--target"] + targets if targets else [])):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(done.stdout[-OUTPUT_KEPT:])
            sys.exit("the build failed: %s" % " ".join(command))
    print("built in %.0f s" % (time.monotonic() - started), flush=True)


def prepare_cluster(place):
    """A cluster that has stopped, with a migrated database to copy: what all others begin with."""
    first = servers.Postgres(os.path.join(place, "first"), settings=suite.SETTINGS)
    configuration = os.path.join(place, "relevo.yaml")
    first.start()
    first.sql("postgres", "CREATE DATABASE %s TEMPLATE template0" % suite.TEMPLATE)
    with open(configuration, "w") as f:
        f.write("database: %s\n" % first.conninfo(suite.TEMPLATE))
    migrated = subprocess.run([os.path.join(BUILD, "ctl", "relevoctl"), "--config", configuration, "migrate"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    first.stop()
    if migrated.returncode != 0:
        sys.exit("the migrations failed: %s" % migrated.stdout)
    return first.data


def count(output, code):
    """How many cases passed and failed, by the test's own words; a test that died has at least one failure."""
    passed = failed = 0
    plain = re.findall(r"(?m)^(\d+) passed, (\d+) failed$", output)
    if plain:
        passed, failed = int(plain[-1][0]), int(plain[-1][1])
    else:
        passed = sum(int(n) for n in re.findall(r"(?m)^\[  PASSED  \] (\d+) test", output))
        failed = sum(int(n) for n in re.findall(r"(?m)^\[  FAILED  \].*?(\d+) test", output))
    if (code != 0 or passed + failed == 0) and failed == 0:
        failed = 1
    return passed, failed


def run_one(test, env):
    name, command = test
    started = time.monotonic()
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=TEST_DEADLINE_S)
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode("utf-8", "replace") + "\nnot done after %d s" % TEST_DEADLINE_S
        code = -1
    except OSError as wrong:
        output, code = str(wrong), -1
    passed, failed = count(output, code)
    return name, passed, failed, output, time.monotonic() - started


def main():
    args = argparse.ArgumentParser(prog="tests/run")
    args.add_argument("--only", action="append", default=[], metavar="NAME")
    args.add_argument("--list", action="store_true")
    args.add_argument("--no-build", action="store_true")
    args = args.parse_args()
    tests = [t for t in find_tests() if not args.only or any(only in t[0] for only in args.only)]
    if args.list:
        print("\n".join(t[0] for t in tests))
        return 0
    if not tests:
        sys.exit("no test has a name that holds %s; see tests/run --list" % " or ".join(args.only))
    if not args.no_build:
        build(targets_of(tests) if args.only else [])
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1",
               RELEVO_BUILD=BUILD)
    totals = [0, 0]
    lock = threading.Lock()

    def tell(result):
        name, passed, failed, output, seconds = result
        with lock:
            totals[0] += passed
            totals[1] += failed
            if failed:
                print("--- %s\n%s" % (name, output[-OUTPUT_KEPT:]))
            print("%-4s %-44s %4d passed %3d failed %6.1f s" % ("ok" if not failed else "FAIL", name, passed, failed, seconds),
                  flush=True)

    with tempfile.TemporaryDirectory(prefix="relevo-tests-") as place:
        cluster = None
        if any(t[0].startswith(("db/", "e2e/")) for t in tests):
            os.chmod(place, 0o755)
            env["RELEVO_TEST_CLUSTER"] = prepare_cluster(place)
            cluster = servers.Postgres(os.path.join(place, "pg"), settings=suite.SETTINGS, like=env["RELEVO_TEST_CLUSTER"])
            cluster.start()
            env["RELEVO_TEST_DB"] = cluster.conninfo("postgres")
        try:
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                for done in concurrent.futures.as_completed([pool.submit(run_one, t, env) for t in tests]):
                    tell(done.result())
        finally:
            if cluster:
                cluster.stop()
    print("%d passed, %d failed" % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
