"""A Cyrus IMAP server of one's own, on loopback: see guest.py. Its users are those given, each with an INBOX."""
import os
import shutil
import signal
import socket
import struct
import threading

import guest
import mailboxes
import servers

CYRUS = 900
PROGRAMS = ["/usr/lib/cyrus/bin/master", "/usr/lib/cyrus/bin/imapd", "/usr/lib/cyrus/bin/idled", "/usr/lib/cyrus/bin/ctl_cyrusdb"]
CONF = """
configdirectory: /var/lib/cyrus
partition-default: /var/spool/cyrus
defaultpartition: default
admins: admin
altnamespace: yes
unixhierarchysep: yes
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: /run/passwords/mux
tls_server_cert: /etc/cert.pem
tls_server_key: /etc/key.pem
idlesocket: /run/cyrus/idle
munge8bit: no
"""
SERVICES = """
START {
  recover cmd="ctl_cyrusdb -r"
  idled cmd="idled"
}
SERVICES {
  imap cmd="imapd" listen="127.0.0.1:%d" prefork=0
  imaps cmd="imapd -s" listen="127.0.0.1:%d" prefork=0
}
"""


class Passwords(threading.Thread):
    """Answers as saslauthd does: four counted words, user and password first; then OK or NO."""

    def __init__(self, path, users):
        super().__init__(daemon=True)
        self.users, self.socket = users, socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.socket.listen()

    def run(self):
        while True:
            try:
                asked, _ = self.socket.accept()
            except OSError:
                return
            with asked, asked.makefile("rb") as words:
                user, password, _, _ = (words.read(struct.unpack("!H", words.read(2))[0]).decode() for _ in range(4))
                answer = b"OK" if self.users.get(user) == password else b"NO"
                asked.sendall(struct.pack("!H", len(answer)) + answer)


class Cyrus(mailboxes.Mailboxes):
    """`port` speaks IMAP with STARTTLS, `tls_port` IMAPS."""
    def __init__(self, folder, users, authority):
        self.guest = guest.Guest(folder, ["cyrus-imapd", "libsasl2-modules"], PROGRAMS)
        self.users, self.authority = dict(users, admin="4dmin"), authority
        self.port, self.tls_port, self.process, self.passwords = servers.free_port(), servers.free_port(), None, None

    def make(self):
        """Once, before it is started."""
        g = self.guest
        g.make()
        for name in ("/var/lib/cyrus", "/var/lib/cyrus/db", "/var/lib/cyrus/socket", "/var/lib/cyrus/proc", "/var/lib/cyrus/lock",
                     "/var/spool/cyrus", "/run/cyrus", "/run/passwords"):
            g.folder(name, CYRUS)
        shutil.copytree("/usr/share/zoneinfo", g.path("/usr/share/zoneinfo"), symlinks=True)
        g.append("/etc/passwd", "cyrus:x:%d:%d::/:/bin/sh\n" % (CYRUS, CYRUS))
        g.append("/etc/group", "cyrus:x:%d:\n" % CYRUS)
        g.write("/etc/imapd.conf", CONF)
        g.write("/etc/cyrus.conf", SERVICES % (self.port, self.tls_port))
        for name, source in zip(("/etc/cert.pem", "/etc/key.pem"), self.authority.certify("localhost", "127.0.0.1")):
            shutil.copy(source, g.path(name))
            os.chmod(g.path(name), 0o644)
        self.passwords = Passwords(g.path("/run/passwords/mux"), self.users)
        self.passwords.start()
        self.start()
        self._add_users()
        return self

    def _add_users(self):
        session = self.imap("admin")
        for user in self.users:
            if user != "admin":
                session.create("user/" + user)
        session.logout()

    def start(self):
        self.process = self.guest.start("/usr/lib/cyrus/bin/master", "-C", "/etc/imapd.conf", "-M", "/etc/cyrus.conf",
                                        "-p", "/run/cyrus.pid")
        servers.wait_for("cyrus", self._answers)

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("cyrus ended: %s\n%s" % (self.process.stderr.read().decode("utf-8", "replace"), self.guest.log()))
        return servers.answers(self.port) and servers.answers(self.tls_port)

    def stop(self, sig=signal.SIGTERM):
        guest.end(self.process, sig)

    def close(self):
        self.stop()
        if self.passwords is not None:
            self.passwords.socket.close()
