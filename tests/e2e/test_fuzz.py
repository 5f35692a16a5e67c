"""Every reader of bytes from outside withstands a short fuzzing, with ASan and UBSan; tests/fuzz/run does it for long."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
import fuzzing  # noqa: E402

LIMITS = ["-runs=20000", "-max_total_time=5", "-verbosity=0"]
DEADLINE_S = 300


def fuzz(target, place):
    folder = os.path.join(place, target)
    fuzzing.seed(target, folder)
    try:
        done = subprocess.run(fuzzing.command(target, folder, *LIMITS), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", check=False, timeout=DEADLINE_S)
    except subprocess.TimeoutExpired:
        return "not done after %d s" % DEADLINE_S
    return "" if done.returncode == 0 else done.stdout[-6000:]


def main():
    try:
        fuzzing.build()
    except subprocess.CalledProcessError as wrong:
        print(wrong.output[-6000:])
        print("0 passed, 1 failed")
        return 1
    targets = fuzzing.targets()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="relevo-fuzz-") as place, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for target, wrong in zip(targets, pool.map(lambda t: fuzz(t, place), targets)):
            if wrong:
                failed += 1
                print("--- %s withstands any bytes: it does not\n%s" % (target, wrong))
    print("%d passed, %d failed" % (len(targets) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
