"""The house that a soak runs in: a PostgreSQL, a mail server, two nodes of relevod with mailboxes, LMTP, a webhook and letters. Used by bench/soak."""
import collections
import http.server
import os
import re
import signal
import subprocess
import threading
import time

import daemon
import mailhouse
import servers
import suite

HOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CUSTOMERS = 6
USERS = dict({"support1": "s1", "support2": "s2", "support3": "s3", "ana": "ana-pass"},
             **{"c%d" % n: "pw" for n in range(CUSTOMERS)})
# Of each account the mailboxes that are read; what becomes of a mail there differs.
BOXES = {"support1": ["INBOX", "Web"], "support2": ["INBOX"], "support3": ["INBOX", "Box/Deep", "Last"]}
NODES = ("one", "two")
DATABASE = "soak"
POLICY = """
desk: {title: Tienda Sol, language: es}
agents:
  ana: {name: Ana, email: ana@desk.example, limit: 10000}
teams: {first: {title: Primera atención, members: [ana]}, second: {title: Especialistas, members: [ana]}}
classification: [{name: in a hurry, match: hurryhurry, priority: urgent}]
targets: {first_response: {low: 8h, normal: 8h, high: 8h, urgent: 15s}}
escalation:
  - name: first contact
    team: first
    steps: [{name: no first answer, when: first_response missed, do: [level up]}]
  - {name: specialists, team: second}
timing: {coalesce: 1s, received_merge: 0, after_reply: 0}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""
CONFIG = """
agents: {mail: letters}
workers: {parse_time: 5s}
channels:
  post1: {%(imap)s, user: support1, password: {file: "@support1@"}, mailboxes: [INBOX, Web], after: seen}
  post2: {%(imap)s, user: support2, password: {file: "@support2@"}, after: move, move_to: Archive}
  post3: {%(imap)s, user: support3, password: {file: "@support3@"}, mailboxes: [INBOX, Box/Deep, Last]}
  door: {kind: lmtp, path: "%(door)s", mode: "0666", authserv_id: mail.desk.example, smtp: letters, answer_time: 10s}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: "%(ca)s", from: "Tienda Sol <support1@desk.example>",
            session_time: 10s}
  shop: {kind: webhook, secret: {file: "@hook@"}, smtp: letters}
  crm: {kind: events, url: "http://127.0.0.1:%(crm)d/", secret: {file: "@hook@"}}
"""
IMAP = """kind: imap, host: localhost, port: %d, ca_file: "%s", authserv_id: mail.desk.example, since: all, poll: 1s, silence: 5s,
         smtp: letters"""
# Each node has a socket, and a domain whose mail Postfix hands over there; it tries again at once.
SOON = """
queue_run_delay = 2s
minimal_backoff_time = 1s
maximal_backoff_time = 3s
transport_maps = inline:{ %s }
"""


class Listener(http.server.ThreadingHTTPServer):
    """The other system, which hears what happens: calls by their id. `mood`: what it does with the next ones."""
    daemon_threads, request_queue_size = True, 100

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Call)
        self.calls, self.changed, self.mood = {}, [], "well"
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # who calls may be killed meanwhile


class Call(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.server.mood
        if mood == "deaf":
            return
        if mood == "slow":
            time.sleep(3)
        if mood != "busy" and self.server.calls.setdefault(self.headers["webhook-id"], body) != body:
            self.server.changed.append(self.headers["webhook-id"])
        self.send_response(503 if mood == "busy" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):  # pylint: disable=arguments-differ
        pass


class Node(daemon.Relevod):
    """Keeps what its earlier lives said: `told` are (seconds since the epoch, line)."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.told, self.wanted, self.lives = [], False, 0

    def _read(self, stream):
        for line in stream:
            with self.heard:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self.told.append((time.time(), self.lines[-1]))
                self.heard.notify_all()

    def configure(self, config):
        """Who migrates as it starts does not start while the database is away."""
        super().configure(config)
        with open(self.path, encoding="utf-8") as f:
            text = f.read()
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(text.replace("migrate: yes", "migrate: no"))

    def begin(self):
        self.wanted = True
        self.lives += 1
        self.start(wait=False)

    def end(self, sig):
        self.wanted = False
        return self.stop(sig, 60)

    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def door(self):
        return os.path.join(self.folder, "lmtp")

    def size(self):
        """(descriptors, KiB resident)"""
        folder = "/proc/%d" % self.process.pid
        with open(folder + "/status") as f:
            resident = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
        return len(os.listdir(folder + "/fd")), resident


class SoakHouse:
    def __init__(self, folder, build):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        self.cluster = servers.Postgres(os.path.join(folder, "pg"), settings=suite.SETTINGS)
        self.mail = mailhouse.MailHouse(os.path.join(folder, "mail"), USERS)
        doors = {name: os.path.join(folder, name, "lmtp") for name in NODES}
        self.mail.postfix.domains += ["%s.example" % name for name in NODES]
        self.mail.postfix.more = SOON % ", ".join(
            "{ %s.example = lmtp:unix:%s }" % pair for pair in sorted(doors.items()))
        secrets = dict({user: USERS[user] for user in BOXES}, hook=HOOK)
        self.listener = Listener()
        facts = {"crm": self.listener.server_address[1], "imap": IMAP % (self.mail.dovecot.tls_port, self.mail.authority.ca), "smtp": self.mail.postfix.port,
                 "ca": self.mail.authority.ca}
        self.nodes = [Node(os.path.join(folder, name), self.cluster.conninfo(DATABASE), CONFIG % dict(facts, door=doors[name]),
                           secrets, build=build, node=name) for name in NODES]

    def start(self):
        self.cluster.start()
        self.cluster.sql("postgres", "CREATE DATABASE %s TEMPLATE template0" % DATABASE)
        self.mail.start()
        self.make_mailboxes()
        one = self.nodes[0]
        policy = os.path.join(self.folder, "policy.yaml")
        with open(policy, "w") as f:
            f.write(POLICY)
        one.ctl("migrate")
        one.ctl("policy", "apply", policy)
        one.begin()
        one.wait_ready()

    def make_mailboxes(self):
        for user, boxes in dict(BOXES, support2=["INBOX", "Archive"]).items():
            session = self.mail.dovecot.imap(user)
            for box in boxes:
                session.create('"%s"' % box)
            session.logout()

    def stop(self):
        for node in self.nodes:
            if node.is_up():
                node.tell(signal.SIGCONT)
                node.kill()
        self.listener.shutdown()
        self.listener.server_close()
        self.mail.stop()
        self.cluster.stop("immediate")

    def sql(self, statement):
        return self.cluster.sql(DATABASE, statement)

    def doveadm(self, *args):
        return subprocess.run(["/usr/bin/doveadm", "-c", os.path.join(self.mail.dovecot.folder, "dovecot.conf"), *args],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout

    def accepted(self):
        """Message-ID: how often Postfix took it; it may hand over more often by itself, where the answer to that was lost."""
        ids, active = {}, set()
        with open(self.mail.postfix.folder + "/log", errors="replace", encoding="utf-8") as f:
            for line in f:
                if "message-id=<" in line:
                    ids[line.split("]: ")[1].split(":")[0]] = line.rsplit("message-id=<", 1)[1].strip().rstrip(">")
                elif "(queue active)" in line:
                    active.add(line.split("]: ")[1].split(":")[0])
        return collections.Counter(mail_id for queued, mail_id in ids.items() if queued in active)

    def letters(self, user):
        """Paths of the mails in a person's INBOX; asking no server."""
        found = []
        for name in ("new", "cur"):
            folder = os.path.join(self.mail.dovecot.folder, "mail", user, name)
            if os.path.isdir(folder):
                found += [os.path.join(folder, entry) for entry in sorted(os.listdir(folder))]
        return found
