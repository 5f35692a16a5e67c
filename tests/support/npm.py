"""The providers' own npm packages, as clients of relevod and as receivers of what it sends.

tests/npm holds which they are and the programs that use them. They are installed under build/, once for each lock file;
so are those of another folder, for whoever names it.
"""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import threading

import servers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, "tests", "npm")
PLACE = os.path.join(ROOT, "build", "npm")
NAMES = ("package.json", "package-lock.json", ".npmrc")
INSTALL_DEADLINE_S, CALLS_DEADLINE_S = 600, 120


def _wanted(source):
    digest = hashlib.sha256()
    for name in NAMES:
        with open(os.path.join(source, name), "rb") as f:
            digest.update(f.read() + b"\0")
    return digest.hexdigest()


def install(source=SOURCE, place=PLACE):
    """Where the packages are; installs them if they are not yet those of the lock file."""
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "installed"), "a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        wanted = _wanted(source)
        if stamp.read() != wanted:
            stamp.truncate(0)
            for name in NAMES:
                shutil.copy(os.path.join(source, name), os.path.join(place, name))
            done = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=place, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=INSTALL_DEADLINE_S)
            if done.returncode != 0:
                raise RuntimeError("npm ci: %s" % done.stdout[-2000:])
            stamp.write(wanted)
    return os.path.join(place, "node_modules")


def _environment():
    """Loopback is reached without a proxy, whatever the house outside uses."""
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return dict(env, NODE_PATH=install())


def calls(*wanted):
    """Makes the calls, one after the other, as tests/npm/call.js reads them; returns their answers."""
    done = subprocess.run(["node", os.path.join(SOURCE, "call.js")], input=json.dumps(wanted), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=_environment(), timeout=CALLS_DEADLINE_S)
    if done.returncode != 0:
        raise RuntimeError("call.js: %s" % done.stderr[-2000:])
    return json.loads(done.stdout)


class Receiver:
    """A server that believes Standard Webhooks as their package does: 204, or 401 with why in its record.

    `calls` holds each call: {method, path, headers, body, status, why}. `busy`: so many good ones get 503 first.
    """

    def __init__(self, secret, busy=0):
        self.calls = []
        self.process = subprocess.Popen(
            ["node", os.path.join(SOURCE, "listen.js"), json.dumps({"secret": secret, "busy": busy})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment())
        first = self.process.stdout.readline()
        if not first:
            raise RuntimeError("listen.js ended with %d" % self.process.wait())
        self.url = "http://127.0.0.1:%d/hook" % json.loads(first)["port"]
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.calls.append(json.loads(line))

    def wait(self, fits, deadline_s=60):
        """The first call that fits."""
        found = []

        def reached():
            found[:] = [call for call in list(self.calls) if fits(call)]
            return found
        servers.wait_for("a call of relevod", reached, deadline_s)
        return found[0]

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()
