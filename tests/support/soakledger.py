"""What must be so when a soak is over: each message once and where it belongs, each notice told, nothing left open. Each finding is a sentence."""
import collections
import email
import email.policy
import json
import re
import time

import daemon
import soakhouse

TOKEN = "t[0-9]+-[0-9]{6}-[0-9a-f]{8}"
# Of an error line nothing has to be said while something is broken; these are never explained.
NEVER = re.compile(r"Sanitizer|runtime error|[Aa]ssert|event=(reconcile_gap|due_failed|batch_lost|bug)")
QUIET_S = 20  # for so long after the last fault its errors are explained
FDS_AT_REST = 30  # twenty or so are open where nothing is under way
SOON = "SELECT count(*) FROM due WHERE wake_at < now() + interval '20 s'"  # clocks that are about to be missed


class Ledger:
    def __init__(self, house, load, faults):
        self.house, self.load, self.faults = house, load, faults
        self.findings, self.notes = [], []

    def find(self, *words):
        self.findings.append(" ".join(map(str, words)))

    # --- all comes to rest

    def settle(self, deadline_s=240):
        """Waits until nothing is under way; says how long that took."""
        since = time.monotonic()
        postfix = self.house.mail.postfix
        left = None
        while time.monotonic() < since + deadline_s:
            postfix.flush()
            left = self.left()
            if left == {} and postfix.is_idle() and self.house.sql(SOON) == "0":
                break
            time.sleep(1)
        self.notes.append("at rest after %.0f s" % (time.monotonic() - since))
        for name, value in (left or {}).items():
            self.find("not at rest:", name, value)

    def left(self):
        """What is still to come."""
        stored = self.stored()
        lacking = [said.token for said in list(self.load.ledger.values()) if said.taken and not said.gone and said.token not in stored]
        owed = self.house.sql("SELECT count(*), count(*) FILTER (WHERE claimed_until > now()), count(*) FILTER (WHERE due_at > now()), "
                              "min(last_words) FROM delivery WHERE state = 'owed'").split("|")
        # What was tried in vain has a pause of up to some minutes: that is not waited for.
        self.house.sql("UPDATE delivery SET due_at = now() WHERE state = 'owed' AND due_at > now() + interval '2 s' AND claimed_until IS NULL")
        left = {}
        if lacking:
            left["messages"] = (len(lacking), lacking[:5])
        if owed[0] != "0":
            left["deliveries owed, claimed, not due, words"] = owed
        return left

    def stored(self):
        """token: [(ticket, message, direction)]"""
        found = {}
        for row in self.house.sql("SELECT substring(text from '%s'), ticket_id, message_id, direction, author FROM message" % TOKEN).split("\n"):
            if row.count("|") == 4:
                token, *rest = row.split("|")
                found.setdefault(token, []).append(rest)
        return found

    # --- what is looked at

    def check(self):
        self.check_messages()
        self.check_notices()
        self.check_clocks()
        self.check_listener()
        self.check_mailboxes()
        self.check_nodes()
        return self.findings

    def check_messages(self):
        stored = self.stored()
        tickets = dict(row.split("|") for row in self.house.sql("SELECT mail_id, ticket_id FROM delivery WHERE mail_id IS NOT NULL").split("\n") if row)
        opened = dict(row.split("|", 1) for row in self.house.sql("SELECT ticket_id, subject FROM ticket").split("\n") if row)
        for token, said in self.load.ledger.items():
            rows = stored.get(token, [])
            if not rows:
                if said.taken and not said.gone:
                    self.find("lost:", token, said.way, getattr(said, "box", ""), "tries", said.tries)
                continue
            if len(rows) > 1:
                self.find("doubled:", token, said.way, rows, "tries", said.tries)
            self.check_place(said, rows[0], tickets, opened)
        for token in stored:
            if token and token not in self.load.ledger:
                self.find("nobody wrote:", token)
        if "" in stored:
            self.find("without a token:", stored[""][:3])

    def check_place(self, said, row, tickets, opened):
        ticket = row[0]
        wanted = str(said.ticket) if said.ticket > 0 else tickets.get(getattr(said, "answers", ""), None)
        if said.ticket == 0:
            if opened[ticket] != "Order " + said.token:
                self.find("in another's ticket:", said.token, said.way, row)
        elif ticket != wanted:
            self.find("split off:", said.token, said.way, said.sender, row, "wanted", wanted)
        if said.way == "agent" and row[3] != "agent":
            self.find("an agent's answer taken for a customer's:", said.token, row)

    def heard(self):
        """Message-ID: [words] of what lies with customers and agents."""
        found = collections.defaultdict(list)
        for user in ["ana"] + ["c%d" % n for n in range(soakhouse.CUSTOMERS)]:
            for path in self.house.letters(user):
                with open(path, "rb") as f:
                    letter = email.message_from_binary_file(f, policy=email.policy.compat32)
                found[(letter["Message-ID"] or "").strip("<>")].append((letter["Subject"], letter["Date"], letter["To"], str(letter.get_payload())))
        return found

    def check_notices(self):
        heard, accepted = self.heard(), self.house.accepted()
        copies = 0
        for row in self.house.sql("SELECT delivery_id, ticket_id, notice, state, attempts, coalesce(mail_id, ''), coalesce(rule, ''), coalesce(message_id, 0), "
                                  "translate(coalesce(last_words, ''), '|' || chr(10), '  ') FROM delivery").split("\n"):
            delivery, ticket, notice, state, attempts, mail_id, _rule, _message, words = row.split("|")
            letters = heard.pop(mail_id, [])
            if state == "sent" and mail_id and not letters:
                self.find("told, and nobody heard:", delivery, notice, "ticket", ticket, words)
            if state in ("dead", "owed"):
                self.find("a notice is", state + ":", delivery, notice, "ticket", ticket, words)
            if accepted[mail_id] > int(attempts):
                self.find("told too often:", delivery, notice, "ticket", ticket, accepted[mail_id], "attempts", attempts)
            if len(set(letters)) > 1:
                self.find("one Message-ID, two letters:", delivery, notice)
            copies += max(0, accepted[mail_id] - 1)
        for mail_id, letters in heard.items():
            if not (mail_id or "").endswith("@client.example"):
                self.find("a letter of no delivery:", mail_id, letters[0][:3])
        self.notes.append("%d copies of letters" % copies)
        self.notes.append("deliveries: " + self.house.sql("SELECT string_agg(notice || ' ' || state || ' ' || n, ', ') FROM (SELECT notice, state, "
                                                          "count(*) AS n FROM delivery GROUP BY 1, 2 ORDER BY 1, 2) c"))
        for what, missing in (("a ticket without a receipt:", "NOT EXISTS (SELECT FROM delivery d WHERE d.ticket_id = t.ticket_id AND d.recipient = "
                               "'customer' AND d.state = 'sent')"),
                              ("a ticket of which no agent heard:", "NOT EXISTS (SELECT FROM delivery d WHERE d.ticket_id = t.ticket_id AND d.agent = "
                               "'ana' AND d.state = 'sent')")):
            for ticket in self.house.sql("SELECT ticket_id FROM ticket t WHERE %s LIMIT 5" % missing).split():
                self.find(what, ticket)
        for message in self.house.sql("SELECT message_id FROM message m WHERE author = 'agent' AND NOT EXISTS (SELECT FROM delivery d WHERE "
                                      "d.message_id = m.message_id AND d.state = 'sent') LIMIT 5").split():
            self.find("an agent's answer that never left:", message)

    def check_clocks(self):
        """What was in a hurry is missed once and has climbed once, if nobody answered in time."""
        tokens = [said.token for said in self.load.ledger.values() if said.hurry]
        rows = self.house.sql(
            "SELECT t.subject, t.level, count(e.seq) FILTER (WHERE e.kind = 'clock_breached'), count(e.seq) FILTER (WHERE e.kind = "
            "'level_entered' AND e.why = 'no first answer'), bool_or(e.kind = 'clock_ended') FROM ticket t JOIN event e USING (ticket_id) "
            "WHERE t.priority = 'urgent' GROUP BY 1, 2").split("\n")
        self.notes.append("%d in a hurry, %d tickets of them" % (len(tokens), len(rows)))
        for row in filter(None, rows):
            subject, level, missed, climbed, answered = row.split("|")
            if missed != climbed or (missed, level) not in (("1", "2"), ("0", "1")) or (missed == "0" and answered == "f"):
                self.find("a clock that is not over once:", row)

    def check_listener(self):
        """Each line of each history was told, with the same words each time."""
        heard = set()
        for body in list(self.house.listener.calls.values()):
            data = json.loads(body)["data"]
            heard |= {(data["ticket"]["ticket_id"], event["seq"]) for event in data["events"]}
        there = {tuple(map(int, row.split("|"))) for row in self.house.sql("SELECT ticket_id, seq FROM event").split("\n") if row}
        self.notes.append("%d calls told of %d events" % (len(self.house.listener.calls), len(heard)))
        if heard != there:
            self.find("events that nobody heard of:", len(there - heard), sorted(there - heard)[:5], "heard of and not there:",
                      len(heard - there), sorted(heard - there)[:5])
        for call in self.house.listener.changed:
            self.find("one call, two bodies:", call)

    def check_mailboxes(self):
        node = self.house.nodes[0]
        done = node.ctl("reconcile", ok=False)
        if done.returncode != 0:
            self.find("reconcile ended with", done.returncode, done.stdout[-1500:], done.stderr[-500:])
        held = self.house.sql("SELECT count(*), min(reason) FROM quarantine")
        if not held.startswith("0|"):
            self.find("in quarantine:", held)
        status = node.ctl("status", "--check", ok=False)
        if status.returncode != 0:
            self.find("status --check ended with", status.returncode, (status.stdout + status.stderr)[-1500:])

    def check_nodes(self):
        events = collections.Counter()
        last = max([at for at, _, _ in self.faults.done] or [0])
        for node in self.house.nodes:
            try:
                if daemon.http("GET", node.admin + "/readyz", timeout=5)[0] != 200:
                    self.find(node.node, "is not ready")
            except OSError as wrong:
                self.find(node.node, "does not answer:", wrong)
            fds = node.size()[0]
            if fds > FDS_AT_REST:
                self.find(node.node, "has", fds, "descriptors at rest")
            for at, line in node.told:
                level = re.match(r"level=(error|warning)", line)
                event = re.search(r"event=(\w+)", line)
                if level:
                    events[(level.group(1), event.group(1) if event else line[:60])] += 1
                if NEVER.search(line) or not (line.startswith("level=") or not line.strip()):
                    self.find(node.node, "says:", line[:300])
                elif level and level.group(1) == "error" and at > last + QUIET_S:
                    self.find(node.node, "says in peace:", line[:300])
        self.notes.append("log: " + ", ".join("%s %s %d" % (*key, n) for key, n in sorted(events.items())))
