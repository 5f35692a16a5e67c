"""What a test does with the mailboxes of a real IMAP server, whichever it is: as a person's mail program would."""
import imaplib
import ssl


def _written(mailbox):
    """imaplib says names as they are: so between quotes."""
    return '"%s"' % mailbox


class Mailboxes:
    """Of a server with `users` (names to passwords), `tls_port` and `authority`."""

    def imap(self, user):
        """A session of imaplib, over verified TLS."""
        context = ssl.create_default_context(cafile=self.authority.ca)
        session = imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=context)
        session.login(user, self.users[user])
        return session

    def put(self, user, mail, mailbox="INBOX", flags=None, date=None):
        """Appends one mail (bytes) to a mailbox, which is made when it is not there."""
        self.put_all(user, [mail], mailbox, flags, date)

    def put_all(self, user, mails, mailbox="INBOX", flags=None, date=None):
        """The same of many, in their order."""
        session = self.imap(user)
        try:
            session.create(_written(mailbox))
            for mail in mails:
                done, words = session.append(_written(mailbox), flags, date, mail)
                if done != "OK":
                    raise RuntimeError("APPEND: %s" % words)
        finally:
            session.logout()

    def mails(self, user, mailbox="INBOX"):
        """[(uid, flags as text, bytes)] of a mailbox; [] where there is none."""
        session = self.imap(user)
        found = []
        try:
            if session.select(_written(mailbox), readonly=True)[0] != "OK":
                return []
            for item in session.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]:
                if isinstance(item, tuple):
                    flags = item[0].decode("ascii", "replace")
                    found.append((int(flags.split("UID ")[1].split()[0]), flags, item[1]))
                elif item is not None and found:
                    uid, flags, raw = found[-1]
                    found[-1] = (uid, flags + " " + item.decode("ascii", "replace"), raw)
        finally:
            session.logout()
        return found

    def seen(self, user, mailbox="INBOX"):
        """The UIDs of those that are marked as seen."""
        session = self.imap(user)
        try:
            session.select(_written(mailbox), readonly=True)
            return {int(uid) for uid in session.uid("SEARCH", "SEEN")[1][0].split()}
        finally:
            session.logout()
