"""A Courier IMAP server of one's own, on loopback: see guest.py. Its users are those given, each with a maildir."""
import os
import shutil
import signal
import subprocess

import guest
import mailboxes
import servers

MAIL = 8
PACKAGES = ["courier-imap", "courier-authdaemon", "courier-authlib", "courier-authlib-userdb", "courier-base"]
MAKEDAT, AUTH = "/usr/lib/courier/courier-authlib/makedatprog", "/usr/lib/courier/courier-authlib/authdaemond"
TCPD, LOGIN, IMAPD, TLS = ("/usr/sbin/couriertcpd", "/usr/lib/courier/courier/imaplogin", "/usr/bin/imapd",
                           "/usr/bin/couriertls")
# Without gam_server each lock of a maildir takes a second. It ends by itself when nobody asks it any more.
PROGRAMS = [MAKEDAT, AUTH, "/usr/lib/courier-authlib/libauthuserdb.so", TCPD, LOGIN, IMAPD, TLS,
            "/usr/bin/maildirmake.courier", "/usr/libexec/gam_server"]
CAPABILITY = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
# As /etc/courier/imapd and imapd-ssl of the package say it, but that it looks each second whether there is news for who idles.
ENV = {
    "PATH": "/usr/bin:/bin", "IMAP_CAPABILITY": CAPABILITY, "IMAP_CAPABILITY_TLS": CAPABILITY + " AUTH=PLAIN",
    "IMAP_KEYWORDS": "1", "IMAP_ACL": "1", "IMAP_IDLE_TIMEOUT": "1", "IMAP_MAILBOX_SANITY_CHECK": "1",
    "IMAP_DISABLETHREADSORT": "0", "IMAP_CHECK_ALL_FOLDERS": "0", "IMAP_OBSOLETE_CLIENT": "0", "IMAP_UMASK": "022",
    "IMAP_USELOCKS": "1", "IMAP_ENHANCEDIDLE": "0", "IMAP_TRASHFOLDERNAME": "Trash", "IMAP_EMPTYTRASH": "Trash:7",
    "IMAP_MOVE_EXPUNGE_TO_TRASH": "0", "MAILDIRPATH": "Maildir", "IMAP_STARTTLS": "YES", "IMAP_TLS_REQUIRED": "0",
    "COURIERTLS": TLS, "TLS_CERTFILE": "/etc/courier/imapd.pem", "TLS_VERIFYPEER": "NONE", "TLS_STARTTLS_PROTOCOL": "",
}


class Courier(mailboxes.Mailboxes):
    """`port` speaks IMAP with STARTTLS, `tls_port` IMAPS."""

    def __init__(self, folder, users, authority):
        self.guest = guest.Guest(folder, PACKAGES, PROGRAMS)
        self.users, self.authority, self.processes = dict(users), authority, []
        self.port, self.tls_port = servers.free_port(), servers.free_port()

    def make(self):
        """Once, before it is started."""
        g = self.guest
        g.make()
        g.append("/etc/passwd", "courier:x:901:901::/:/bin/sh\n")
        g.append("/etc/group", "courier:x:901:\n")
        for name in ("/run/courier", "/run/courier/authdaemon", "/var/lib/courier"):
            g.folder(name, 901)
        g.folder("/srv", MAIL)
        g.write("/etc/courier/authdaemonrc", 'authmodulelist="authuserdb"\nauthmodulelistorig="authuserdb"\ndaemons=2\n'
                "authdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\nDEFAULTOPTIONS=\"\"\n")
        pem = ""
        for source in self.authority.certify("localhost", "127.0.0.1"):
            with open(source) as f:
                pem += f.read()
        g.write("/etc/courier/imapd.pem", pem, 0o600)
        os.chown(g.path("/etc/courier/imapd.pem"), 901, 901)
        self._add_users()
        return self.start()

    def _add_users(self):
        g, known, secret = self.guest, "", ""
        for user, password in self.users.items():
            home = "/srv/" + user
            g.folder(home, MAIL, 0o700)
            g.call("/usr/bin/maildirmake.courier", home + "/Maildir")
            subprocess.run(["chown", "-R", "%d:%d" % (MAIL, MAIL), g.path(home)], check=True)
            hashed = subprocess.run(["openssl", "passwd", "-5", "-stdin"], input=password + "\n", capture_output=True, text=True,
                                    check=True).stdout.strip()
            known += "%s\tuid=%d|gid=%d|home=%s|mail=%s/Maildir\n" % (user, MAIL, MAIL, home, home)
            secret += "%s\timappw=%s\n" % (user, hashed)
        for name, text, mode in (("userdb", known, 0o644), ("userdbshadow", secret, 0o600)):
            g.call(MAKEDAT, "-", "/etc/courier/%s.tmp" % name, "/etc/courier/%s.dat" % name, stdin=text + ".\n")
            os.chmod(g.path("/etc/courier/%s.dat" % name), mode)

    def start(self):
        listen = [TCPD, "-address=127.0.0.1", "-maxprocs=40", "-maxperip=40", "-nodnslookup", "-noidentlookup"]
        self.processes = [
            self.guest.start(AUTH, env=ENV),
            self.guest.start(*listen, str(self.port), LOGIN, IMAPD, "Maildir", env=ENV),
            self.guest.start(*listen, str(self.tls_port), TLS, "-server", "-tcpd", "-user=courier", LOGIN, IMAPD, "Maildir",
                             env=ENV)]
        servers.wait_for("courier", self._answers)
        return self

    def _answers(self):
        for process in self.processes:
            if process.poll() is not None:
                raise RuntimeError("courier ended: %s\n%s" % (process.stderr.read().decode("utf-8", "replace"), self.guest.log()))
        return (servers.answers(self.port) and servers.answers(self.tls_port)
                and os.path.exists(self.guest.path("/run/courier/authdaemon/socket")))

    def stop(self, sig=signal.SIGTERM):
        for process in self.processes:
            guest.end(process, sig)
        self.processes = []

    close = stop
