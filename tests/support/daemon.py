"""A relevod of one's own: its configuration, its life, and what the world asks of it. For tests and the quickstart.

Binaries are found in RELEVO_BUILD (a build folder), or are given.
"""
import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import servers


def http(method, url, body=None, headers=None, timeout=30):
    """(status, headers, body) of one call; an error status is an answer too."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def webhook_headers(secret, message_id, body, at=None):
    """Standard Webhooks v1: https://www.standardwebhooks.com/."""
    at = int(time.time() if at is None else at)
    key = base64.b64decode(secret[len("whsec_"):])
    signed = ("%s.%d." % (message_id, at)).encode() + body
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "Content-Type": "application/json",
            "webhook-signature": "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}


# What a program that ends at once has not given back is looked for where its parts are tested; looking takes as long as the rest.
QUICK = {"ASAN_OPTIONS": "detect_leaks=0"}


class Relevod:
    """`user`: who it runs as, when root starts it. `config` is relevo.yaml without database, listen and admin; `secrets` are files named in it as @NAME@."""

    def __init__(self, folder, database, config, secrets=None, port=None, build=None, env=None, wrap=(), node=None,
                 user=None):
        self.folder, self.database, self.user = folder, database, user
        self.build = build or os.environ["RELEVO_BUILD"]
        self.port, self.admin_port = port or servers.free_port(), servers.free_port()
        self.url, self.admin = "http://127.0.0.1:%d" % self.port, "http://127.0.0.1:%d" % self.admin_port
        self.env, self.wrap, self.node = dict(os.environ, **(env or {})), list(wrap), node
        self.process, self.lines, self.heard = None, [], threading.Condition()
        os.makedirs(folder, exist_ok=True)
        for name, value in (secrets or {}).items():
            path = os.path.join(folder, name)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                f.write(value + "\n")
            if user is not None:
                shutil.chown(path, user)
            config = config.replace("@%s@" % name, path)
        self.path = os.path.join(folder, "relevo.yaml")
        self.configure(config)

    def configure(self, config):
        with open(self.path, "w") as f:
            f.write("database: %s\nmigrate: yes\nlisten: 127.0.0.1:%d\nadmin: 127.0.0.1:%d\nnode: %s\n%s" % (
                self.database, self.port, self.admin_port, self.node or os.path.basename(self.folder), config))

    def _binary(self, room, name):
        """From a build folder, or from where it was installed."""
        places = [os.path.join(self.build, *way, name) for way in ((room,), ("sbin",), ("bin",))]
        return next(place for place in places if os.path.exists(place))

    def _read(self, stream):
        for line in stream:
            with self.heard:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self.heard.notify_all()

    def start(self, wait=True):
        self.lines = []
        as_user = ["setpriv", "--reuid", self.user, "--regid", "nogroup", "--clear-groups"] if self.user else []
        self.process = subprocess.Popen(as_user + self.wrap + [self._binary("daemon", "relevod"), "--config", self.path],
                                        env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True).start()
        if wait:
            self.wait_ready()
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError("relevod ended with %s:\n%s" % (self.process.returncode, "\n".join(self.lines[-30:])))
        try:
            return http("GET", self.admin + "/readyz", timeout=2)[0] == 200
        except OSError:
            return False

    def wait_ready(self, deadline_s=180):
        servers.wait_for("relevod", self.is_ready, deadline_s)

    def wait_line(self, text, deadline_s=30, since=0):
        """Waits for a line of the log that holds `text`; returns it."""
        end = time.monotonic() + deadline_s
        with self.heard:
            while True:
                for line in self.lines[since:]:
                    if text in line:
                        return line
                left = end - time.monotonic()
                if left <= 0 or not self.heard.wait(left):
                    if time.monotonic() >= end:
                        raise RuntimeError("no line with '%s' in the log:\n%s" % (text, "\n".join(self.lines[-30:])))

    def tell(self, sig):
        os.kill(self.process.pid, sig)

    def stop(self, sig=signal.SIGTERM, deadline_s=120):
        """Ends it; returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return None if self.process is None else self.process.returncode
        self.process.send_signal(sig)
        try:
            return self.process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("relevod did not end within %d s:\n%s" % (deadline_s, "\n".join(self.lines[-30:])))

    def wait_end(self, deadline_s=60):
        return self.process.wait(deadline_s)

    def kill(self):
        return self.stop(signal.SIGKILL)

    def workers(self, role):
        """Process ids of its children of that role."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    line = f.read()
            except OSError:
                continue
            if parent == self.process.pid and ("--worker=" + role).encode() in line:
                found.append(int(pid))
        return found

    def wait_workers(self, role):
        found = []

        def some():
            found[:] = self.workers(role)
            return bool(found)
        servers.wait_for("a worker of role " + role, some)
        return found

    def is_paused(self):
        with open("/proc/%d/stat" % self.process.pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "T"

    def metric(self, name):
        for line in http("GET", self.admin + "/metrics")[2].decode().splitlines():
            if line.startswith("relevo_%s " % name):
                return float(line.split()[1])
        raise KeyError(name)

    def ctl(self, *args, stdin=None, ok=True):
        """What relevoctl prints, as JSON where it is asked for."""
        done = subprocess.run([self._binary("ctl", "relevoctl"), "--config", self.path] + list(args), input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(self.env, **QUICK))
        if ok and done.returncode != 0:
            raise RuntimeError("relevoctl %s: %d: %s" % (" ".join(args), done.returncode, done.stderr))
        return json.loads(done.stdout) if ok and "--json" in args else done

    def post_webhook(self, channel, secret, message, message_id=None, at=None):
        body = json.dumps(message).encode()
        return http("POST", "%s/hook/%s" % (self.url, channel), body,
                    webhook_headers(secret, message_id or message["id"], body, at))
