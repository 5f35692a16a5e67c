"""Real servers of one's own, on loopback and in a folder of their own: for tests and for the quickstart.

Each class makes its files under the folder it is given, starts, waits until it answers, and stops. PostgreSQL
does not run as root: then the user `postgres` of its package is taken, and the folder is made its own.
"""
import fcntl
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pq

START_DEADLINE_S = 60


def privileged(*command):
    """The command as root runs it: an ordinary user asks sudo, which must not ask back."""
    return list(command) if os.geteuid() == 0 else ["sudo", "-n", *command]


def as_root(*command):
    subprocess.run(privileged(*command), check=True, stdin=subprocess.DEVNULL)


def fill_disk(path):
    """A file that takes what room is left where it lies; as root, whoever owns the place. Whoever removes it gives it back."""
    as_root("sh", "-c", "dd if=/dev/zero of='%s' bs=8k 2>/dev/null || true" % path)


class Folder(tempfile.TemporaryDirectory):
    """A folder that goes away whoever made the files in it."""

    def __init__(self, prefix):
        super().__init__(prefix=prefix, ignore_cleanup_errors=True)

    def cleanup(self):
        super().cleanup()
        if os.path.isdir(self.name):
            subprocess.run(privileged("rm", "-rf", "--one-file-system", self.name), stdin=subprocess.DEVNULL, check=False)


PORTS = range(11000, 30000)
"""Below those that a kernel hands out by itself (32768 and above), to connections and to listeners that take any: there,
a server that is away for a moment may find its port taken when it comes back."""


def free_port():
    """A port that nobody listens on now. All who ask on this machine take turns, so none is given twice before PORTS is through."""
    turns = os.path.join(tempfile.gettempdir(), "relevo-ports-%d" % os.geteuid())
    with os.fdopen(os.open(turns, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+") as last:
        fcntl.flock(last, fcntl.LOCK_EX)
        turn = int(last.read() or os.getpid())
        for port in (PORTS[(turn + step) % len(PORTS)] for step in range(1, len(PORTS))):
            with socket.socket() as s:
                try:
                    s.bind(("127.0.0.1", port))
                except OSError:
                    continue
            last.seek(0)
            last.truncate()
            last.write(str(PORTS.index(port)))
            return port
    raise RuntimeError("no port from %d to %d is free" % (PORTS[0], PORTS[-1]))


def wait_for(what, answered, deadline_s=START_DEADLINE_S, every_s=0.05):
    """Asks until answered() is true: a condition, not a pause. `every_s`: where asking itself is work."""
    end = time.monotonic() + deadline_s
    while not answered():
        if time.monotonic() > end:
            raise RuntimeError("%s: no answer within %d s" % (what, deadline_s))
        time.sleep(every_s)


def answers(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), 1).close()
        return True
    except OSError:
        return False


class Postgres:
    """A PostgreSQL 15 cluster on a port and a socket of its own, trusting whoever reaches them on loopback.

    `like`: the data of another one that has stopped, to begin with."""

    def __init__(self, folder, port=None, settings=(), like=None):
        self.folder, self.port, self.settings, self.like = folder, port or free_port(), list(settings), like
        self.connections = pq.Connections()
        self.data = os.path.join(folder, "data")
        found = sorted(glob.glob("/usr/lib/postgresql/15/bin/pg_ctl"))
        if not found:
            raise RuntimeError("PostgreSQL 15 is not installed: apt-get install postgresql-15")
        self.bin = os.path.dirname(found[0])
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def conninfo(self, database):
        return "host=127.0.0.1 port=%d user=postgres dbname=%s" % (self.port, database)

    def _run(self, *command):
        if os.geteuid() == 0:
            command = ("setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups") + command
        done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stdout[-2000:]))

    def start(self):
        if not os.path.exists(os.path.join(self.data, "PG_VERSION")):
            os.makedirs(self.folder, exist_ok=True)
            if os.geteuid() == 0:
                # The way to it must be open to the server's user, whatever umask made it.
                parent = os.path.dirname(os.path.abspath(self.folder))
                os.chmod(parent, os.stat(parent).st_mode | 0o011)
                shutil.chown(self.folder, self.user, self.user)
            if self.like:
                subprocess.run(["cp", "-a", "--reflink=auto", self.like, self.data], check=True)
            else:
                self._run(self.bin + "/initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                          "--locale=C.UTF-8", "--no-instructions")
            with open(os.path.join(self.data, "postgresql.conf"), "a") as conf:
                conf.write("listen_addresses = '127.0.0.1'\nport = %d\nunix_socket_directories = '%s'\n"
                           "max_connections = 60\nlog_min_messages = warning\ntimezone = 'UTC'\n" % (self.port, self.folder))
                conf.writelines(line + "\n" for line in self.settings)
        self._run(self.bin + "/pg_ctl", "-D", self.data, "-l", os.path.join(self.folder, "log"), "-w", "-s",
                  "-t", str(START_DEADLINE_S), "start")

    def stop(self, mode="fast"):
        self.connections.close()
        self._run(self.bin + "/pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def standby(self, folder):
        """Another one that follows this one, which runs; it has started."""
        other = Postgres(folder, settings=self.settings)
        os.makedirs(folder)
        if os.geteuid() == 0:
            os.chmod(os.path.dirname(folder), 0o755)
            shutil.chown(folder, self.user, self.user)
        self._run(self.bin + "/pg_basebackup", "-D", other.data, "-d", self.conninfo("postgres"), "-c", "fast", "-R")
        with open(os.path.join(other.data, "postgresql.conf"), "a") as conf:
            conf.write("port = %d\nunix_socket_directories = '%s'\n" % (other.port, folder))
        other.start()
        return other

    def follow(self, leader):
        """Starts it, that has stopped, as a standby of the other one."""
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a") as conf:
            conf.write("primary_conninfo = '%s'\n" % leader.conninfo("postgres"))
        with open(os.path.join(self.data, "standby.signal"), "w"):
            pass
        if os.geteuid() == 0:
            shutil.chown(os.path.join(self.data, "standby.signal"), self.user, self.user)
        self.start()

    def restart(self, mode="immediate"):
        self.stop(mode)
        self.start()

    def sql(self, database, statement):
        """What psql -At would print, without the last line's end; raises with the server's words."""
        return self.connections.ask(self.conninfo(database), statement).rstrip("\n")


def end_process(pid, deadline_s=10):
    """Ends one process that we started: asks, then insists."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            return
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
