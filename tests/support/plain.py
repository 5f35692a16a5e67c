"""The programs without sanitizers, for what these do not bear beside them: valgrind, and another malloc()."""
import fcntl
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "plain")


def build():
    """One test builds at a time: several need it."""
    os.makedirs(BUILD, exist_ok=True)
    with open(os.path.join(BUILD, ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (["cmake", "--preset", "plain", "-G", "Ninja"],
                        ["cmake", "--build", "--preset", "plain", "--target", "relevod", "relevoctl"]):
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                raise RuntimeError("%s: %s" % (" ".join(command), done.stdout[-4000:]))


def preload(folder, name):
    """Builds tests/preload/NAME.c into that folder; the environment that loads it before all other libraries."""
    library = os.path.join(folder, name + ".so")
    subprocess.run(["cc", "-shared", "-fPIC", "-fno-builtin", "-O1", "-o", library,
                    os.path.join(ROOT, "tests", "preload", name + ".c")], check=True)
    return {"LD_PRELOAD": library}
