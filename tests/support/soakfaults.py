"""What goes wrong while a soak runs: one fault after the other, drawn by a seed; each is undone by itself."""
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time

import pq
import soakhouse

ROLES = ("imap", "smtp", "parse")
TABLES = ("ticket", "message", "delivery", "intake", "channel_cursor", "due", "node", "channel_lease", "source")


def children(pid):
    """All below a process."""
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry) as f:
                parents.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
        except OSError:
            pass
    found, todo = [], [pid]
    while todo:
        found += parents.get(todo[-1], [])
        todo.extend(parents.get(todo.pop(), []))
    return found


def tell(pids, sig):
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


class Faults:
    """`done`: (seconds since the epoch, name, what)."""

    def __init__(self, house, load, seed, only=None):
        self.house, self.load, self.chance = house, load, random.Random(seed + 1)
        self.done, self.ended = [], threading.Event()
        self.kinds = [(name[6:], getattr(self, name)) for name in sorted(dir(self)) if name.startswith("fault_")
                      and (not only or name[6:] in only)]
        self.thread = threading.Thread(target=self.go_on, daemon=True)

    def go_on(self):
        while not self.ended.wait(self.chance.uniform(1, 5)):
            name, fault = self.chance.choice(self.kinds)
            at = time.time()
            try:
                what = fault()
            except (RuntimeError, OSError, subprocess.SubprocessError) as wrong:
                what = "FAILED: %r" % wrong
            self.done.append((at, name, what))
            print("%s %-14s %s" % (time.strftime("%H:%M:%S", time.gmtime(at)), name, what), flush=True)

    def finish(self):
        """All is undone, and both nodes run."""
        self.ended.set()
        self.thread.join(120)
        for node in self.house.nodes:
            if not node.is_up():
                node.begin()

    def hold(self, least=0.5, most=6.0):
        time.sleep(self.chance.uniform(least, most))

    def node(self):
        """One that runs, or is to run."""
        up = [node for node in self.house.nodes if node.wanted]
        return self.chance.choice(up)

    # --- relevod

    def fault_kill(self):
        node = self.node()
        node.end(signal.SIGKILL)
        if self.chance.random() < 0.3:
            self.hold()
        node.begin()
        return node.node

    def fault_term(self):
        node = self.node()
        status = node.end(signal.SIGTERM)
        if self.chance.random() < 0.3:
            self.hold()
        node.begin()
        return "%s ended with %s" % (node.node, status)

    def fault_hup(self):
        node = self.node()
        for _ in range(self.chance.choice((1, 1, 5))):
            node.tell(signal.SIGHUP)
        return node.node

    def fault_pause(self):
        node = self.node()
        node.tell(signal.SIGSTOP)
        self.hold(0.5, 15)
        node.tell(signal.SIGCONT)
        return node.node

    def fault_worker_end(self):
        node, role = self.node(), self.chance.choice(ROLES)
        sig = self.chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGQUIT))
        pids = node.workers(role)
        some = pids if self.chance.random() < 0.3 else pids[:1]
        tell(some, sig)
        return "%s %s %s of %d" % (node.node, role, sig.name, len(pids))

    def fault_worker_pause(self):
        node, role = self.node(), self.chance.choice(ROLES)
        pids = node.workers(role)[:self.chance.choice((1, 10))]
        tell(pids, signal.SIGSTOP)
        self.hold(0.5, 8)
        tell(pids, signal.SIGCONT)
        return "%s %s" % (node.node, role)

    def fault_second(self):
        """The second node comes, or goes."""
        node = self.house.nodes[1]
        if node.wanted:
            sig = self.chance.choice((signal.SIGKILL, signal.SIGTERM))
            return "gone with %s" % node.end(sig)
        node.begin()
        return "comes"

    # --- the database

    def fault_database(self):
        mode = self.chance.choice(("immediate", "immediate", "fast"))
        self.house.cluster.stop(mode)
        self.hold(0, 5)
        if self.chance.random() < 0.2:
            node = self.node()
            node.end(signal.SIGKILL)
            node.begin()
            self.hold(0, 3)
            mode += ", and %s was killed meanwhile" % node.node
        self.house.cluster.start()
        return mode

    def fault_backends(self):
        return self.house.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'relevod%'")

    def fault_frozen(self):
        pids = [int(pid) for pid in self.house.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'relevod%'").split()]
        tell(pids, signal.SIGSTOP)
        self.hold(0.5, 10)
        tell(pids, signal.SIGCONT)
        return len(pids)

    def hold_locks(self, begin, end):
        session = pq.Connection(self.house.cluster.conninfo(soakhouse.DATABASE))
        try:
            session.ask("SET lock_timeout = '5s'; BEGIN; " + begin)
            self.hold(0.5, 4)
            session.ask(end)
        finally:
            session.close()

    def fault_lock(self):
        table = self.chance.choice(TABLES)
        self.hold_locks("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE" % table, "COMMIT")
        return table

    def fault_rows(self):
        """Rows that somebody else locks, and then lets go."""
        table = self.chance.choice(("ticket", "delivery", "channel_cursor", "channel_lease", "desk"))
        self.hold_locks("SELECT 1 FROM %s FOR UPDATE" % table, "ROLLBACK")
        return table

    # --- the mail server

    def fault_dovecot(self):
        self.house.mail.dovecot.stop(self.chance.choice((signal.SIGTERM, signal.SIGTERM, signal.SIGINT)))
        self.hold()
        self.house.mail.dovecot.start()

    def fault_kick(self):
        user = self.chance.choice(list(soakhouse.BOXES))
        return user + " " + self.house.doveadm("kick", user).strip().replace("\n", " ")

    def fault_sessions_pause(self):
        pids = children(self.house.mail.dovecot.process.pid)
        tell(pids, signal.SIGSTOP)
        self.hold(0.5, 8)
        tell(pids, signal.SIGCONT)

    def fault_sessions_killed(self):
        pids = []
        for pid in children(self.house.mail.dovecot.process.pid):
            try:
                with open("/proc/%d/comm" % pid) as f:
                    if f.read().strip() == "imap":
                        pids.append(pid)
            except OSError:
                pass
        tell(pids, signal.SIGKILL)
        return len(pids)

    def fault_postfix(self):
        self.house.mail.postfix.stop()
        self.hold()
        self.house.mail.postfix.start()

    def fault_postfix_pause(self):
        pids = children(self.house.mail.postfix.process.pid)
        tell(pids, signal.SIGSTOP)
        self.hold(0.5, 15)
        tell(pids, signal.SIGCONT)

    # --- who hears what happens

    def fault_listener(self):
        self.house.listener.mood = self.chance.choice(("deaf", "slow", "busy"))
        self.hold(1, 10)
        self.house.listener.mood = "well"

    # --- the mailboxes

    def fault_uidvalidity(self):
        user, box = self.box()
        return "%s %s %s" % (user, box, self.house.doveadm(
            "mailbox", "update", "--uid-validity", str(int(time.time())), "-u", user, box).strip())

    def box(self):
        user = self.chance.choice(list(soakhouse.BOXES))
        return user, self.chance.choice(soakhouse.BOXES[user])

    def fault_anew(self):
        """A mailbox has another name, and one of its own name is made, into which all is copied: new UIDs."""
        user = "support3"
        session = self.house.mail.dovecot.imap(user)
        try:
            session.delete("Was")
            session.rename("Last", "Was")
            session.create("Last")
            session.select("Was")
            return session.uid("COPY", "1:*", "Last")[0]
        finally:
            session.logout()

    def some(self, session, count):
        uids = session.uid("SEARCH", "ALL")[1][0].split()
        return b",".join(self.chance.sample(uids[-40:], min(count, len(uids[-40:])))).decode()

    def fault_expunge(self):
        """Another client deletes what it likes: what was not read before that is nobody's any more."""
        user, box = self.box()
        session = self.house.mail.dovecot.imap(user)
        try:
            session.select('"%s"' % box)
            uids = self.some(session, 5)
            if not uids:
                return "nothing"
            heads = session.uid("FETCH", uids, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
            tokens = re.findall(r"<(t[^@]+)@client", " ".join(
                item[1].decode() for item in heads if isinstance(item, tuple)))
            for token in tokens:
                if token in self.load.ledger:
                    self.load.ledger[token].gone = True
            session.uid("STORE", uids, "+FLAGS", "\\Deleted")
            session.expunge()
            return "%s %s %d" % (user, box, len(tokens))
        finally:
            session.logout()

    def fault_moved(self):
        """Another client moves mails to another mailbox that is read."""
        user, box = self.chance.choice((("support1", "INBOX"), ("support3", "INBOX"), ("support3", "Last")))
        session = self.house.mail.dovecot.imap(user)
        try:
            session.select('"%s"' % box)
            uids = self.some(session, 5)
            return "%s %s" % (box, session.uid("MOVE", uids, '"%s"' % soakhouse.BOXES[user][1])[0] if uids else "nothing")
        finally:
            session.logout()

    def fault_archive(self):
        """Nothing can be put into the archive."""
        folder = os.path.join(self.house.mail.dovecot.folder, "mail", "support2", ".Archive")
        for name in ("tmp", "cur", "new"):
            os.chmod(os.path.join(folder, name), 0o500)
        self.hold(1, 8)
        for name in ("tmp", "cur", "new"):
            os.chmod(os.path.join(folder, name), 0o700)

    def fault_lists(self):
        """The server loses its indexes of a mailbox, and with them the UIDs."""
        user = self.chance.choice(list(soakhouse.BOXES))
        folder = os.path.join(self.house.mail.dovecot.folder, "mail", user)
        self.house.doveadm("kick", user)
        for name in os.listdir(folder):
            if name.startswith("dovecot"):
                path = os.path.join(folder, name)
                (shutil.rmtree if os.path.isdir(path) else os.unlink)(path)
        return user
