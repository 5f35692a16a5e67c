"""A Dovecot of one's own: IMAP with TLS and in clear on loopback, LMTP on a socket for Postfix. For tests and the quickstart.

Its users are those given, each with a maildir under the folder. As root it runs by the users of its package and
keeps mails as `nobody`; as anybody else all of it is that user.
"""
import os
import pwd
import shutil
import signal
import smtplib
import subprocess

import mailboxes
import servers

CONFIG = """
base_dir = %(folder)s/run
state_dir = %(folder)s/state
log_path = %(folder)s/log
instance_name = relevo
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(internal_group)s
mail_uid = %(mail)s
mail_gid = %(mail_group)s
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:%(folder)s/mail/%%n
mail_home = %(folder)s/mail/%%n
mail_fsync = never
ssl = yes
ssl_cert = <%(cert)s
ssl_key = <%(key)s
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %%Ln
mail_max_userip_connections = 100
lmtp_rcpt_check_quota = no
recipient_delimiter = +
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%n %(folder)s/users
}
userdb {
  driver = static
  args = uid=%(mail)s gid=%(mail_group)s home=%(folder)s/mail/%%n
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %(port)d
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = %(tls_port)d
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service lmtp {
  unix_listener %(lmtp)s {
    mode = 0666
  }
}
%(more)s
"""


class Dovecot(mailboxes.Mailboxes):
    """`users`: names to passwords. `port` speaks IMAP with STARTTLS, `tls_port` IMAPS, `lmtp` is a socket's path."""

    def __init__(self, folder, users, authority, port=None, tls_port=None, more=""):
        self.folder, self.users, self.more = os.path.abspath(folder), dict(users), more
        self.port, self.tls_port = port or servers.free_port(), tls_port or servers.free_port()
        self.lmtp = os.path.join(self.folder, "lmtp")
        self.authority, self.process = authority, None
        self.cert, self.key = authority.certify("localhost", "127.0.0.1")
        root = os.geteuid() == 0
        self_name = pwd.getpwuid(os.geteuid()).pw_name
        self.mail_user = "nobody" if root else self_name
        self.internal, self.login = ("dovecot", "dovenull") if root else (self_name, self_name)

    @staticmethod
    def _group(user):
        import grp
        return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name

    def _write(self):
        for name in ("run", "state", "mail"):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(os.path.join(self.folder, "mail"), self.mail_user, self._group(self.mail_user))
            parent = os.path.dirname(self.folder)
            os.chmod(parent, os.stat(parent).st_mode | 0o011)
            os.chmod(self.folder, 0o755)
        users = os.path.join(self.folder, "users")
        with open(users, "w") as f:
            f.writelines("%s:{PLAIN}%s\n" % pair for pair in self.users.items())
        if os.geteuid() == 0:
            shutil.chown(users, self.internal)
        os.chmod(users, 0o600)
        with open(os.path.join(self.folder, "dovecot.conf"), "w") as f:
            f.write(CONFIG % {
                "folder": self.folder, "internal": self.internal, "internal_group": self._group(self.internal),
                "login": self.login, "mail": self.mail_user, "mail_group": self._group(self.mail_user),
                "cert": self.cert, "key": self.key, "port": self.port, "tls_port": self.tls_port, "lmtp": self.lmtp,
                "more": self.more})

    def start(self):
        self._write()
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", os.path.join(self.folder, "dovecot.conf")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        cwd="/")
        servers.wait_for("dovecot", self._answers)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("dovecot ended: %s\n%s" % (self.process.stderr.read().decode("utf-8", "replace"),
                                                          self.log()))
        return servers.answers(self.port) and servers.answers(self.tls_port) and os.path.exists(self.lmtp)

    def stop(self, sig=signal.SIGTERM):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(sig)
        self.process.wait(30)
        self.process.stderr.close()

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        try:
            with open(os.path.join(self.folder, "log"), errors="replace") as f:
                return "".join(f.readlines()[-30:])
        except OSError:
            return ""

    def sessions(self):
        """How many IMAP sessions each user has now."""
        told = subprocess.run(["/usr/bin/doveadm", "-f", "tab", "-c", os.path.join(self.folder, "dovecot.conf"), "who", "-1"],
                              capture_output=True, text=True, check=False).stdout
        users = [line.split("\t")[0] for line in told.splitlines()[1:] if "\timap\t" in line]
        return {user: users.count(user) for user in users}

    def fill(self, user, mails):
        """Many at once, into INBOX, in their order: files of its maildir, before anybody has opened it."""
        inbox = os.path.join(self.folder, "mail", user)
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(inbox, name), exist_ok=True)
        for number, mail in enumerate(mails):
            path = os.path.join(inbox, "new", "%d.M%d.relevo" % (1700000000 + number, number))
            with open(path, "wb") as f:
                f.write(mail.replace(b"\r\n", b"\n"))
        subprocess.run(["chown", "-R", self.mail_user, inbox], check=True)

    def deliver(self, user, mail, sender="someone@example.org"):
        """As a mail server hands one over: by LMTP."""
        with smtplib.LMTP(self.lmtp) as lmtp:
            lmtp.sendmail(sender, ["%s@example.com" % user], mail)
