"""A whole house that lives: PostgreSQL, a mail server, the providers' stand-ins, relevod; and four customers.

The quickstart shows it to a newcomer; the end-to-end tests play their stories in it. All on loopback.
"""
import json
import os
import re
import ssl
import threading
import time
import urllib.parse
import urllib.request

import daemon
import mailhouse
import providers
import servers

ACCOUNT, TWILIO_TOKEN, NUMBER = "AC" + "0" * 31 + "1", "12345678901234567890123456789012", "+15005550006"
BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
USERS = {"support": "support-pass", "ana": "ana-pass", "eva": "eva-pass", "leo": "leo-pass", "pepe": "pepe-pass"}

POLICY = """
desk: {title: Tienda Sol, language: es, zone: Europe/Madrid}

agents:
  ana: {name: Ana, email: ana@desk.example, language: es}
  eva: {name: Eva, email: eva@desk.example, language: es}
  leo: {name: Leo, email: leo@desk.example, language: es}

teams:
  first: {title: Primera atención, members: [ana]}
  specialists: {title: Especialistas, members: [eva]}
  systems: {title: Sistemas, members: [leo]}

topics:
  pedidos: {title: Pedidos, ask: {es: ¿Qué número tiene el pedido?}}

# With "we have your message" goes what may help meanwhile, and the question; not where it is urgent.
articles:
  envios:
    title: {es: Dónde está mi pedido}
    url: {es: "https://tienda.example/ayuda/envios"}
    words: [no llega, pedido tarda]
    topics: [pedidos]
  devoluciones:
    title: {es: Devolver un pedido}
    url: {es: "https://tienda.example/ayuda/devoluciones"}
    words: [pedido]

classification:
  - {name: nothing works, match: '(?i)nada funciona', priority: urgent, tags: [outage]}
  - {name: an order, match: '(?i)pedido|no llega', topic: pedidos}
  - {name: today, match: '(?i)para hoy', priority: high}

# In seconds, so that one can watch: a case that nobody answers climbs a level at each miss.
targets:
  first_response: {low: %(first)ds, normal: %(first)ds, high: %(first)ds, urgent: %(first)ds, warn: [50%%]}

escalation:
  - name: primera atención
    team: first
    steps:
      - {name: no first answer, when: first_response missed, do: [level up]}
  - name: especialistas
    team: specialists
    ack: %(level)ds
    steps:
      - {name: nobody takes it, when: level_ack missed, do: [level up]}
  - name: sistemas
    team: systems

# ... and that it is told of them all, at whatever hour.
timing: {coalesce: 1s, received_merge: 0, after_reply: 0}
budgets: {person_hour: 0, person_day: 0, ticket_burst: 0, ticket_day: 0, received_hour: 0, quiet: never}
"""

CONFIG = """public_url: %(url)s
agents: {mail: letters}
channels:
  mail: {kind: imap, host: localhost, port: %(imap)d, tls: starttls, ca_file: %(ca)s, user: support,
         password: {file: "@support@"}, authserv_id: mail.desk.example, smtp: letters}
  letters: {kind: smtp, host: localhost, port: %(smtp)d, ca_file: %(ca)s, user: support,
            password: {file: "@support@"}, from: "Tienda Sol <support@desk.example>"}
  sms: {kind: twilio, account: %(account)s, token: {file: "@twilio@"}, number: "%(number)s", api_base: "%(twilio)s"}
  bot: {kind: telegram, token: {file: "@bot@"}, api_base: "%(telegram)s"}
  chat: {kind: webchat, secret: {file: "@chat@"}, title: Tienda Sol}
"""


class Mail:
    """Pepe writes mails to support@desk.example, from his own mailbox, as answers to what came last."""
    kind, channel = "mail", "mail"

    def __init__(self, house):
        self.house = house

    def write(self, text):
        last = self.house.mail.mails("pepe")[-1:]
        self.house.mail.send("Pepe <pepe@client.example>", last[0]["Reply-To"] if last else "support@desk.example",
                             "Re: " + last[0]["Subject"] if last else "La tienda", text + "\n", *last)

    def heard(self):
        return [mailhouse.text(mail).strip() for mail in self.house.mail.mails("pepe")]


class Sms:
    """Somebody whose telephone is +34600111222; Twilio calls us, signed."""
    kind, channel, tel = "SMS", "sms", "+34600111222"

    def __init__(self, house):
        self.house, self.count = house, 0

    def write(self, text):
        self.count += 1
        form = {"MessageSid": "SM%032x" % (4096 + self.count), "From": self.tel, "To": NUMBER, "Body": text,
                "NumMedia": "0", "AccountSid": ACCOUNT, "FromCountry": "ES"}
        url = self.house.relevod.url + "/hook/sms"
        status, _, answer = daemon.http("POST", url, urllib.parse.urlencode(form).encode(), {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": self.house.twilio.signature(url, form)})
        if status != 200:
            raise RuntimeError("Twilio's call got %d: %s" % (status, answer))

    def heard(self):
        return [message["body"] for message in list(self.house.twilio.sent) if message["to"] == self.tel]


class Telegram:
    """Chat 4242 writes to the bot; relevod asks for updates."""
    kind, channel, chat = "Telegram", "bot", 4242

    def __init__(self, house):
        self.house = house

    def write(self, text):
        self.house.telegram.give(self.chat, text, "Carmen")

    def heard(self):
        return [message["text"] for message in list(self.house.telegram.sent) if message["chat_id"] == self.chat]


class Chat:
    """A visitor of the chat page: posts, and reads server-sent events; comes again where a stream ended."""
    kind, channel = "web chat", "chat"

    def __init__(self, house):
        self.house, self.token, self.count = house, None, 0
        self.lines, self.last, self.ended = {}, None, False
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def _call(self, path, body, headers=None):
        status, _, answer = daemon.http("POST", self.house.relevod.url + "/chat/chat" + path, json.dumps(body).encode(),
                                        dict({"Content-Type": "application/json"}, **(headers or {})))
        if status != 200:
            raise RuntimeError("the chat got %d: %s" % (status, answer))
        return json.loads(answer)

    def write(self, text):
        if self.token is None:
            self.token = self._call("/session", {})["token"]
            self.thread.start()
        self.count += 1
        self._call("/messages", {"id": "visitor-%04d" % self.count, "text": text, "name": "Lucía", "language": "es"},
                   {"Authorization": "Bearer " + self.token})

    def _listen(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while not self.ended:
            headers = {"Authorization": "Bearer " + self.token}
            if self.last:
                headers["Last-Event-ID"] = self.last
            try:
                with opener.open(urllib.request.Request(self.house.relevod.url + "/chat/chat/events", headers=headers),
                                 timeout=30) as stream:
                    self._read(stream)
            except OSError:
                time.sleep(0.2)

    def _read(self, stream):
        event = {}
        for raw in stream:
            line = raw.decode("utf-8").rstrip("\r\n")
            if line:
                name, _, value = line.partition(":")
                event[name] = value.lstrip(" ")
                continue
            if event.get("event") == "line":
                said = json.loads(event["data"])
                self.lines[said["id"]] = said
            self.last = event.get("id", self.last)
            event = {}

    def heard(self):
        return [line["text"] for line in list(self.lines.values()) if line["from"] == "desk"]


class StoryHouse:
    def __init__(self, folder, build=None, wrap=(), env=None, ports=None, user=None, first_s=6, level_s=5):
        self.folder, self.build, self.wrap, self.env, self.user = folder, build, wrap, env, user
        self.ports = ports or {}
        self.policy = POLICY % {"first": first_s, "level": level_s}
        os.makedirs(folder, exist_ok=True)
        self.postgres = servers.Postgres(os.path.join(folder, "postgres"), self.ports.get("postgres"))
        self.mail = mailhouse.MailHouse(os.path.join(folder, "mail"), USERS, ports=self.ports)
        self.twilio = self.telegram = self.relevod = None
        self.customers = [Mail(self), Sms(self), Telegram(self), Chat(self)]

    def start(self, say=lambda line: None):
        say("PostgreSQL")
        self.postgres.start()
        if self.postgres.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'relevo'") == "0":
            self.postgres.sql("postgres", "CREATE DATABASE relevo")
        say("Dovecot and Postfix")
        self.mail.start()
        say("stand-ins for Twilio and Telegram")
        self.twilio = providers.Twilio(ACCOUNT, TWILIO_TOKEN, NUMBER, self.ports.get("twilio", 0))
        self.telegram = providers.Telegram(BOT, self.ports.get("telegram", 0))
        say("relevod")
        port = self.ports.get("http") or servers.free_port()
        config = CONFIG % {"url": "http://127.0.0.1:%d" % port, "imap": self.mail.dovecot.port, "ca": self.mail.authority.ca,
                           "smtp": self.mail.postfix.port, "account": ACCOUNT, "number": NUMBER,
                           "twilio": self.twilio.base, "telegram": self.telegram.base}
        secrets = {"support": USERS["support"], "twilio": TWILIO_TOKEN, "bot": BOT, "chat": "c0ffee" * 8}
        self.relevod = daemon.Relevod(os.path.join(self.folder, "relevod"), self.postgres.conninfo("relevo"), config,
                                      secrets, port=port, build=self.build, wrap=self.wrap, env=self.env, node="story", user=self.user)
        self.relevod.start()
        path = os.path.join(self.folder, "policy.yaml")
        with open(path, "w") as f:
            f.write(self.policy)
        self.relevod.ctl("policy", "apply", path)
        # What lies in a mailbox before it is first looked at is not a message of ours.
        wait("the mailbox is looked at", lambda: self.sql(
            "SELECT count(*) FROM channel_cursor JOIN channel USING (desk_id, channel_id) WHERE name = 'mail'") != "0")
        return self

    def stop(self):
        """Ends all of it, each part even if another would not; returns relevod's exit status."""
        status, wrong = None, []
        for chat in self.customers:
            chat.ended = True
        for end in (lambda: self.relevod and self.relevod.stop(), self.mail.stop,
                    lambda: self.twilio and self.twilio.stop(), lambda: self.telegram and self.telegram.stop(),
                    lambda: self.postgres.stop("fast")):
            try:
                done = end()
                status = done if status is None else status
            except (RuntimeError, OSError) as error:
                wrong.append(str(error))
        if wrong:
            raise RuntimeError("\n".join(wrong))
        return status

    # --- what one asks of it

    def sql(self, statement):
        return self.postgres.sql("relevo", statement)

    def ticket(self, customer):
        """The newest ticket of this customer's channel, as relevoctl shows it; None: none yet."""
        number = self.sql("SELECT max(ticket_id) FROM ticket JOIN channel c ON c.channel_id = ticket.channel_id "
                          "WHERE c.name = '%s'" % customer.channel)
        return self.relevod.ctl("ticket", "show", number, "--json") if number else None

    def level_after(self, customer, level):
        """Seconds from the ticket's birth to its arrival at that level."""
        return self.sql("SELECT round(extract(epoch FROM e.at - t.created_at)) FROM event e "
                        "JOIN ticket t USING (desk_id, ticket_id) JOIN channel c ON c.channel_id = t.channel_id "
                        "WHERE c.name = '%s' AND e.kind = 'level_entered' AND (e.detail::json ->> 'to')::int = %d"
                        % (customer.channel, level))

    def plan(self, customer):
        """All that was planned for this customer's ticket, without what channels may differ in."""
        return self.sql("SELECT e.kind, e.rule, e.why FROM event e JOIN ticket t USING (desk_id, ticket_id) "
                        "JOIN channel c ON c.channel_id = t.channel_id WHERE c.name = '%s' "
                        "AND e.kind IN ('level_entered', 'step_taken', 'clock_warned', 'clock_breached', 'hint_suggested', 'hint_withheld', "
                        "'topic_asked', 'answer_classified') ORDER BY e.seq" % customer.channel)

    def check_same(self):
        plans = {customer.kind: self.plan(customer) for customer in self.customers}
        if len(set(plans.values())) != 1 or not next(iter(plans.values())):
            raise AssertionError("the plans differ:\n%s" % json.dumps(plans, indent=1))

    def agent_answers(self, agent, customer, text):
        """The agent answers the newest mail about this customer's ticket, as mail programs do."""
        number = self.ticket(customer)["ticket_id"]
        mail = self.mail.wait_mail(agent, lambda mail: "[#%d]" % number in mail["Subject"])
        quoted = "\n".join("> " + line for line in mailhouse.text(mail).splitlines())
        self.mail.send("%s <%s@desk.example>" % (agent.capitalize(), agent), mail["Reply-To"], "Re: " + mail["Subject"],
                       text + "\n\nEl mar, 24 nov 2026, Tienda Sol escribió:\n" + quoted + "\n", mail, login=agent)


def wait(what, reached, deadline_s=600):
    try:
        servers.wait_for(what, reached, deadline_s)
    except RuntimeError:
        raise AssertionError("it did not happen within %d s: %s" % (deadline_s, what)) from None


ANSWER = "Hemos reiniciado el servidor; ya funciona. Un saludo, Leo"


def play(house, say=lambda line: None, on_heard=lambda: None):
    """One story, told by four customers at once. Raises AssertionError where a step did not happen. `on_heard`: called
    once all four have a ticket."""
    customers = house.customers
    for customer in customers:
        customer.write("Nada funciona desde esta mañana, no puedo entrar en la tienda")
        wait("%s: a ticket" % customer.kind, lambda c=customer: house.ticket(c))
        say("%-9s ticket %d is born" % (customer.kind, house.ticket(customer)["ticket_id"]))
    on_heard()
    for customer in customers:
        wait("%s: 'we have your message'" % customer.kind, lambda c=customer: any("ecibido" in t for t in c.heard()))
        customer.write("Sigue igual, por favor dense prisa")
        wait("%s: the second message in the thread" % customer.kind,
             lambda c=customer: len(house.ticket(c)["messages"]) >= 2)
        say("%-9s what they write next is in the thread" % customer.kind)
    for level in (2, 3):
        for customer in customers:
            wait("%s: level %d" % (customer.kind, level), lambda c=customer, n=level: house.ticket(c)["level"] >= n)
            wait("%s: 'another team goes on with it'" % customer.kind,
                 lambda c=customer, n=level: sum("otro equipo" in t for t in c.heard()) >= n - 1)
        say("nobody answered: all four are at level %d, and were told" % level)
    for customer in customers:
        house.agent_answers("leo", customer, ANSWER)
    for customer in customers:
        wait("%s: Leo's answer" % customer.kind, lambda c=customer: any("reiniciado" in t for t in c.heard()))
        say("%-9s Leo's mail reached the customer" % customer.kind)
        customer.write("Gracias, ya funciona")
        wait("%s: the thanks" % customer.kind,
             lambda c=customer: any("Gracias" in m["text"] for m in house.ticket(c)["messages"]))
    for customer in customers:
        house.relevod.ctl("ticket", "solve", str(house.ticket(customer)["ticket_id"]), "--as", "leo")
        wait("%s: 'solved'" % customer.kind, lambda c=customer: any("resuelto" in t for t in c.heard()))
    say("solved, and all four were told")
