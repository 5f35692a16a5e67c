"""What customers and agents write while a soak runs, and the ledger of it: each message has a token of its own, and is tried until somebody took it."""
import email
import email.message
import email.policy
import json
import queue
import random
import smtplib
import ssl
import threading
import time

import soakhouse

# How a message comes in, and how often.
WAYS = {"append": 6, "dovecot": 3, "postfix": 3, "door": 3, "lmtp": 2, "webhook": 4}
ANSWERS = 0.3   # of all messages
AGENT = 0.1
HURRY = 0.1     # of those that open a ticket: their clock is soon over
LARGE = 0.02    # have a file
VOUCHED = "mail.desk.example; dmarc=pass header.from=client.example"
THREADS = 2     # of each way
WORDS = ("lamp", "table", "chair", "mirror", "carpet", "clock", "window", "kettle", "basket", "ladder")


class Said:
    """A line of the ledger. `ticket`: where it belongs, 0: to one of its own. `gone`: another client took it away, perhaps before it was read."""

    def __init__(self, token, way, sender, ticket):
        self.token, self.way, self.sender, self.ticket = token, way, sender, ticket
        self.mail_id = "<%s@client.example>" % token
        self.taken, self.tries, self.gone, self.words = False, 0, False, ""
        self.hurry, self.at = False, time.time()  # what is written again has the same date
        self.file = 0  # bytes


class Load:
    def __init__(self, house, seed, rate):
        self.house, self.rate, self.chance = house, rate, random.Random(seed)
        self.ledger, self.known, self.letters, self.agents = {}, [], [], []
        self.lines = {way: queue.Queue() for way in list(WAYS) + ["agent"]}
        self.ended, self.threads, self.seed = threading.Event(), [], seed

    def start(self):
        todo = [(self.write, ()), (self.look, ())] + [(self.carry, (way,)) for way in self.lines for _ in range(THREADS)]
        for what, given in todo:
            self.threads.append(threading.Thread(target=what, args=given, daemon=True))
            self.threads[-1].start()

    def finish(self):
        """No new ones; those that are under way come to their end."""
        self.ended.set()
        for thread in self.threads:
            thread.join(300)
        return sum(line.qsize() for line in self.lines.values())

    # --- what is written

    def write(self):
        count = 0
        due = time.monotonic()
        while not self.ended.is_set():
            due += 1 / self.rate
            self.ended.wait(max(0, due - time.monotonic()))
            count += 1
            self.write_one(count)

    def write_one(self, count):
        way = self.chance.choices(list(WAYS), WAYS.values())[0]
        what = self.chance.random()
        token = "t%d-%06d-%08x" % (self.seed, count, self.chance.getrandbits(32))
        if what < AGENT and self.agents:
            self.put("agent", Said(token, "agent", "ana@desk.example", -1), self.chance.choice(self.agents))
        elif what < ANSWERS and way == "postfix" and self.letters:
            self.put("postfix", Said(token, "postfix", None, -1), self.chance.choice(self.letters))
        elif what < ANSWERS and way not in ("postfix", "door", "webhook") and self.known:
            mail_id, ticket, sender, subject = self.chance.choice(self.known)
            self.put(way, Said(token, way, sender, int(ticket)), ("<%s>" % mail_id, subject))
        else:
            sender = "c%d+%s@client.example" % (count % soakhouse.CUSTOMERS, token)
            self.put(way, Said(token, way, sender, 0), None)

    def put(self, way, said, answered):
        said.words = " ".join(self.chance.choice(WORDS) for _ in range(self.chance.randrange(4, 200)))
        said.hurry = said.ticket == 0 and self.chance.random() < HURRY
        said.words += " hurryhurry" if said.hurry else ""
        said.file = self.chance.randrange(1, 1 << 20) if self.chance.random() < LARGE else 0
        said.box = self.chance.choice([(user, box) for user, boxes in soakhouse.BOXES.items() for box in boxes])
        said.node = self.chance.choice(self.house.nodes)
        self.lines[way].put((said, answered))

    def look(self):
        """What may be answered: what is stored, and what lies in people's mailboxes."""
        while not self.ended.wait(2):
            try:
                rows = self.house.sql("SELECT mail_id, ticket_id, address, subject FROM message WHERE direction = 'in' AND author = "
                                      "'customer' AND mail_id IS NOT NULL ORDER BY random() LIMIT 30")
                self.known = [row.split("|") for row in rows.split("\n") if row.count("|") == 3]
            except RuntimeError:
                pass  # the database has its troubles
            self.letters = [path for n in range(soakhouse.CUSTOMERS) for path in self.house.letters("c%d" % n)[-50:]]
            self.agents = self.house.letters("ana")[-100:]

    def mail(self, said, answered):
        made = email.message.EmailMessage(policy=email.policy.SMTP)
        made["Authentication-Results"] = VOUCHED
        made["From"], made["To"] = said.sender, "support1@desk.example"
        made["Subject"] = "Order %s" % said.token if answered is None else answered[1]
        made["Message-ID"], made["Date"] = said.mail_id, email.utils.formatdate(said.at)
        if answered is not None:
            made["In-Reply-To"] = made["References"] = answered[0]
        made.set_content("%s\n%s\n" % (said.token, said.words))
        if said.file:
            made.add_attachment(random.Random(said.token).randbytes(said.file), "application", "octet-stream", filename="f.bin")
        return made

    # --- how it is carried: each way once more until somebody took it

    def carry(self, way):
        line = self.lines[way]
        while True:
            try:
                said, answered = line.get(timeout=0.3)
            except queue.Empty:
                if self.ended.is_set():
                    return
                continue
            pause = 0.2
            while True:
                said.tries += 1
                self.ledger[said.token] = said
                try:
                    getattr(self, "by_" + way)(said, answered)
                    said.taken = True
                    break
                except FileNotFoundError:
                    if way in ("agent", "postfix") and said.ticket < 0:
                        del self.ledger[said.token]  # the letter has another name now
                        break
                except Exception as wrong:  # pylint: disable=broad-except
                    said.wrong = repr(wrong)
                time.sleep(pause)
                pause = min(2, pause * 1.5)

    def by_append(self, said, answered):
        user, box = said.box
        self.house.mail.dovecot.put(user, self.mail(said, answered).as_bytes(), box)

    def by_dovecot(self, said, answered):
        self.house.mail.dovecot.deliver(said.box[0], self.mail(said, answered).as_bytes(), said.sender)

    def by_lmtp(self, said, answered):
        with smtplib.LMTP(said.node.door() if said.node.is_up() else self.house.nodes[0].door()) as lmtp:
            lmtp.sock.settimeout(30)
            lmtp.sendmail(said.sender, ["support@one.example"], self.mail(said, answered).as_bytes())

    def by_door(self, said, answered):
        self.by_smtp(self.mail(said, answered), said, "support@%s.example" % said.node.node)

    def by_postfix(self, said, answered):
        if answered is None:
            self.by_smtp(self.mail(said, None), said, "support1@desk.example")
            return
        letter = self.read(answered)
        said.sender = email.utils.parseaddr(letter["To"])[1]
        self.by_smtp(self.reply(said, letter), said, letter["Reply-To"])

    def by_agent(self, said, answered):
        letter = self.read(answered)
        self.by_smtp(self.reply(said, letter), said, letter["Reply-To"], login="ana")

    @staticmethod
    def read(path):
        with open(path, "rb") as f:
            return email.message_from_binary_file(f, policy=email.policy.default)

    def reply(self, said, letter):
        made = self.mail(said, (letter["Message-ID"], "Re: " + letter["Subject"]))
        del made["Authentication-Results"]
        said.answers = letter["Message-ID"].strip("<>")
        return made

    def by_smtp(self, mail, said, to, login=None):
        with smtplib.SMTP("localhost", self.house.mail.postfix.port, timeout=20) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=self.house.mail.authority.ca))
            if login:
                smtp.login(login, soakhouse.USERS[login])
            smtp.sendmail(said.sender, [email.utils.parseaddr(to)[1]], mail.as_bytes())

    def by_webhook(self, said, _answered):
        node = said.node if said.node.is_up() else self.house.nodes[0]
        status, _, words = node.post_webhook("shop", soakhouse.HOOK, {"id": said.token, "type": "message.created", "data": {
            "id": said.token, "sender": {"email": said.sender}, "subject": "Order " + said.token,
            "text": "%s\n%s" % (said.token, said.words)}})
        if status // 100 != 2:
            raise RuntimeError("%d %s" % (status, json.dumps(words.decode("utf-8", "replace"))[:200]))
