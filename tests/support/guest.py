"""A server whose Debian package excludes what is installed here: unpacked into a root of its own, and run in it.

Needs root, for chroot(2). The packages come by apt-get, once for all runs (packages.sh); what they need of this machine's
libraries is copied beside them. So a server finds each path that is compiled into it, and nothing here is changed.
"""
import collections
import os
import re
import shutil
import socket
import subprocess
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "packages")
USERS = "root:x:0:0::/:/bin/sh\nmail:x:8:8::/:/bin/sh\n"
LEFT_OUT = ["./usr/share/doc*", "./usr/share/man*", "./usr/share/locale*", "./usr/share/perl5*", "./usr/include*", "*.a"]


class Guest:
    """`programs`: paths in the packages, of what is run or loaded."""

    def __init__(self, folder, packages, programs):
        self.root, self.packages, self.programs = os.path.abspath(folder), packages, programs
        self._said = collections.deque(maxlen=30)

    def make(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root can run %s in a root of its own" % self.packages[0])
        cache = os.path.join(CACHE, self.packages[0])
        done = subprocess.run(["bash", os.path.join(HERE, "packages.sh"), "fetch_packages", cache, *self.packages],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            words = "the packages of %s cannot be fetched: %s" % (self.packages[0], done.stderr.strip())
            raise RuntimeError(words) if os.environ.get("CI") else unittest.SkipTest(words)
        os.makedirs(os.path.join(self.root, "tmp"))
        os.chmod(os.path.join(self.root, "tmp"), 0o1777)
        for name in sorted(os.listdir(cache)):
            if name.endswith(".deb"):
                self._unpack(os.path.join(cache, name))
        self._add_libraries()
        self.write("/etc/passwd", USERS)
        self.write("/etc/group", re.sub(r"(?m)^(\w+):x:\d+:(\d+):.*$", r"\1:x:\2:", USERS))
        os.makedirs(self.path("/dev"), exist_ok=True)
        for name, minor in (("null", 3), ("urandom", 9)):
            os.mknod(self.path("/dev/" + name), 0o020666, os.makedev(1, minor))
            os.chmod(self.path("/dev/" + name), 0o666)

        self._listen()

    def _listen(self):
        """What its programs say to the system's log."""
        self._log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._log.bind(self.path("/dev/log"))
        os.chmod(self.path("/dev/log"), 0o666)
        threading.Thread(target=self._hear, args=(self._log,), daemon=True).start()

    def _hear(self, log):
        while line := log.recv(8192):
            self._said.append(line.decode("utf-8", "replace").rstrip("\0\n"))

    def log(self):
        return "\n".join(self._said)

    def _unpack(self, deb):
        fetch = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", self.root, "--wildcards"] + ["--exclude=" + name for name in LEFT_OUT],
                       stdin=fetch.stdout, check=True)
        fetch.stdout.close()
        if fetch.wait() != 0:
            raise RuntimeError("%s cannot be unpacked" % deb)

    def _add_libraries(self):
        own = {folder for folder, _, names in os.walk(self.root) if any(".so" in name for name in names)}
        told = subprocess.run(["ldd"] + [self.path(name) for name in self.programs], capture_output=True, text=True,
                              env=dict(os.environ, LD_LIBRARY_PATH=":".join(sorted(own))), check=True).stdout
        missing = re.findall(r"(\S+) => not found", told)
        if missing:
            raise RuntimeError("%s needs what neither it nor this machine has: %s" % (self.packages[0], missing))
        for library in set(re.findall(r"(?m)^\s+(?:\S+ => )?(/\S+)", told)):
            if not library.startswith(self.root + "/"):
                os.makedirs(os.path.dirname(self.path(library)), exist_ok=True)
                shutil.copy(library, self.path(library))

    def path(self, name):
        """Where a path of the guest lies for us."""
        return os.path.join(self.root, name.lstrip("/"))

    def folder(self, name, owner=None, mode=0o755):
        os.makedirs(self.path(name), exist_ok=True)
        os.chmod(self.path(name), mode)
        if owner is not None:
            os.chown(self.path(name), owner, owner)

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as f:
            f.write(text)
        os.chmod(self.path(name), mode)

    def append(self, name, text):
        with open(self.path(name), "a") as f:
            f.write(text)

    def _command(self, command):
        return ["/usr/sbin/chroot", self.root, *command]

    def call(self, *command, stdin=""):
        done = subprocess.run(self._command(command), input=stdin, capture_output=True, text=True, cwd="/", env={}, check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (command[0], done.stderr + done.stdout))
        return done.stdout

    def start(self, *command, env=None):
        """A process group of its own, which end() ends."""
        return subprocess.Popen(self._command(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, cwd="/", env=env or {}, start_new_session=True)

    def running(self, program):
        """Process ids of that program in this root."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    if f.read().startswith(program.encode() + b"\0") and os.readlink("/proc/%s/root" % pid) == self.root:
                        found.append(int(pid))
            except OSError:
                pass
        return found


def end(process, sig):
    """A server and all that it has started."""
    if process is None or process.returncode is not None:
        return
    try:
        os.killpg(process.pid, sig)
    except ProcessLookupError:
        pass
    process.wait(30)
    process.stderr.close()
