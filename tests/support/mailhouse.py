"""The operator's mail server: a Postfix and a Dovecot that belong together, and what one does with them."""
import email
import email.message
import email.policy
import os
import smtplib
import ssl
import time

import authority
import dovecot
import postfix
import servers


class MailHouse:
    """`users`: names to passwords, in every one of `domains`. NAME+anything@DOMAIN is NAME's too. `dovecot_more`: for its
    configuration."""

    def __init__(self, folder, users, domains=("desk.example", "client.example"), ports=None, dovecot_more=""):
        ports = ports or {}
        os.makedirs(folder, exist_ok=True)
        self.users, self.domains = dict(users), domains
        self.authority = authority.Authority(os.path.join(folder, "ca"))
        auth = os.path.join(folder, "dovecot", "auth-for-postfix")
        self.dovecot = dovecot.Dovecot(os.path.join(folder, "dovecot"), users, self.authority,
                                       ports.get("imap"), ports.get("imaps"), postfix.AUTH_SOCKET % auth + dovecot_more)
        self.postfix = postfix.Postfix(os.path.join(folder, "postfix"), domains, self.dovecot.lmtp, auth, self.authority,
                                       ports.get("smtp"), ports.get("smtps"))

    def start(self):
        self.dovecot.start()
        self.postfix.start()
        return self

    def stop(self):
        self.postfix.stop()
        self.dovecot.stop()

    def send(self, sender, to, subject, text, answers=None, headers=None, login=None):
        """As a person's mail program does: over STARTTLS, by Postfix. Returns the Message-ID. `login`: who says so."""
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = email.utils.formatdate()
        mail["Message-ID"] = email.utils.make_msgid(domain=email.utils.parseaddr(sender)[1].split("@")[1])
        if answers is not None:
            mail["In-Reply-To"] = answers["Message-ID"]
            mail["References"] = " ".join(filter(None, (answers["References"], answers["Message-ID"])))
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        with smtplib.SMTP("localhost", self.postfix.port, timeout=30) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=self.authority.ca))
            if login is not None:
                smtp.login(login, self.users[login])
            smtp.send_message(mail)
        return mail["Message-ID"]

    def mails(self, user):
        """What lies in the person's mailbox, parsed, oldest first."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, _, raw in self.dovecot.mails(user)]

    def wait_mail(self, user, wanted, deadline_s=60):
        """The first mail for which wanted(mail) is true."""
        found = []

        def arrived():
            found[:] = [mail for mail in self.mails(user) if wanted(mail)]
            return bool(found)
        try:
            servers.wait_for("a mail to " + user, arrived, deadline_s)
        except RuntimeError:
            raise AssertionError("no such mail to %s; there are: %s\n%s" % (
                user, [mail["Subject"] for mail in self.mails(user)], self.postfix.log())) from None
        return found[0]


def text(mail):
    return mail.get_body(("plain",)).get_content()
