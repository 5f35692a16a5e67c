"""A Postfix of one's own on loopback ports: STARTTLS on one, TLS from the first byte on the other, AUTH by Dovecot, delivery to Dovecot by LMTP. It starts as root, so an ordinary user needs sudo.

It stands for the operator's mail server, in tests and in the quickstart. `auth` and `lmtp` are sockets of a
dovecot.Dovecot that was made with AUTH_SOCKET in its `more`.
"""
import os
import socket
import subprocess

import servers

# For Dovecot's `more`: the socket by which Postfix asks who somebody is.
AUTH_SOCKET = """
service auth {
  unix_listener %s {
    mode = 0666
  }
}
"""

MAIN = """
compatibility_level = 3.6
queue_directory = %(folder)s/queue
data_directory = %(folder)s/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = %(folder)s/log
maillog_file_prefixes = %(folder)s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.%(domain)s
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = %(domains)s
virtual_mailbox_maps =
virtual_transport = lmtp:unix:%(lmtp)s
recipient_delimiter = +
message_size_limit = 52428800
mailbox_size_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = %(cert)s
smtpd_tls_key_file = %(key)s
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = %(auth)s
# As the servers of the world do after DMARC: who logged in is vouched for, others are not; ours is the topmost header.
smtpd_sender_restrictions =
  check_sasl_access static:{PREPEND Authentication-Results: mail.%(domain)s; dmarc=pass header.from=%(domain)s}
  permit_sasl_authenticated
  check_client_access static:{PREPEND Authentication-Results: mail.%(domain)s; dmarc=none}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
biff = no
%(more)s
"""

MASTER = """
127.0.0.1:%(port)d inet n - n - - smtpd
127.0.0.1:%(tls_port)d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`more` is added to main.cf, `services` to master.cf."""

    def __init__(self, folder, domains, lmtp, auth, authority, port=None, tls_port=None, more="", services=""):
        self.folder, self.domains, self.lmtp, self.auth = os.path.abspath(folder), list(domains), lmtp, auth
        self.port, self.tls_port = port or servers.free_port(), tls_port or servers.free_port()
        self.more, self.services, self.process = more, services, None
        self.cert, self.key = authority.certify("localhost", "127.0.0.1")

    def _write(self):
        for name, owner in (("queue", "root"), ("data", "postfix")):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
            subprocess.run(servers.privileged("chown", owner, os.path.join(self.folder, name)), check=True)
        parent = os.path.dirname(self.folder)
        os.chmod(parent, os.stat(parent).st_mode | 0o011)
        os.chmod(self.folder, 0o755)
        facts = {"folder": self.folder, "domain": self.domains[0], "domains": ", ".join(self.domains), "lmtp": self.lmtp,
                 "auth": self.auth, "cert": self.cert, "key": self.key, "port": self.port, "tls_port": self.tls_port, "more": self.more}
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER + self.services)):
            with open(os.path.join(self.folder, name), "w") as f:
                f.write(text % facts)

    def start(self):
        self._write()
        self.process = subprocess.Popen(servers.privileged("/usr/sbin/postfix", "-c", self.folder, "start-fg"),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
        servers.wait_for("postfix", self._answers)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("postfix ended: %s\n%s" % (self.process.stdout.read().decode("utf-8", "replace"),
                                                          self.log()))
        return self._greets()

    def _greets(self):
        """Its master listens before there is anybody who speaks, and he may have to be started twice."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                s.settimeout(10)
                return s.recv(4) == b"220 "
        except OSError:
            return False

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        subprocess.run(servers.privileged("/usr/sbin/postfix", "-c", self.folder, "stop"), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            subprocess.run(servers.privileged("kill", "-KILL", str(self.process.pid)), check=False)
            self.process.wait()
        self.process.stdout.close()

    def is_idle(self):
        """Whatever it took is delivered or given back."""
        places = [os.path.join(self.folder, "queue", name) for name in ("maildrop", "incoming", "active", "deferred")]
        return subprocess.run(servers.privileged("find", *places, "-type", "f"), stdout=subprocess.PIPE, check=False).stdout == b""

    def flush(self):
        """All that is deferred is tried now, whatever was thought of its destination."""
        subprocess.run(servers.privileged("/usr/sbin/postqueue", "-c", self.folder, "-f"), stdin=subprocess.DEVNULL, check=True)

    def log(self, lines=40):
        return subprocess.run(servers.privileged("tail", "-n", str(lines), os.path.join(self.folder, "log")), text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
