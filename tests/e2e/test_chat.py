"""The chat: its calls as any program makes them, and its page in a browser, on a real relevod."""
import http.client
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import browser  # noqa: E402
import daemon  # noqa: E402
import shop  # noqa: E402
import suite  # noqa: E402

SECRETS = {"chat": "3b1f0c5c2a7d4e8f9a0b1c2d3e4f5a6b"}
CONFIG = """
channels:
  web: {kind: webchat, secret: {file: "@chat@"}, title: Tienda Sol, origins: [https://shop.example.org],
        greeting: {es: "¿En qué podemos ayudarle?", en: How can we help?}}
"""
EVIL = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


class Visitor:
    """Somebody with a session, who writes and listens."""

    def __init__(self, relevod, by=None, **session):
        self.base, self.by = relevod.url + "/chat/web", by
        status, _, body = daemon.http("POST", self.base + "/session", json.dumps(session).encode())
        assert status == 200, body
        self.session = json.loads(body)
        self.headers = {"Authorization": "Bearer " + self.session["token"], "Content-Type": "application/json"}
        if by:  # as a reverse proxy passes it on
            self.headers["X-Forwarded-For"] = by

    def write(self, client_id, text):
        body = json.dumps({"id": client_id, "text": text, "language": "es"}).encode()
        return daemon.http("POST", self.base + "/messages", body, self.headers)[0]


class Stream:
    """Server-sent events of one visitor, at the node of `base`."""

    def __init__(self, visitor, relevod, last=None):
        self.events, self.heard, self.last = [], threading.Condition(), last
        self.connection = http.client.HTTPConnection("127.0.0.1", relevod.port, timeout=60)
        headers = dict(visitor.headers)
        if last:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", "/chat/web/events", headers=headers)
        self.answer = self.connection.getresponse()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        event, data = None, None
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    self.last = value
                elif name == "event":
                    event = value
                elif name == "data":
                    data = json.loads(value)
                elif name == "" and event:
                    with self.heard:
                        self.events.append((event, data))
                        self.heard.notify_all()
                    event = None
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return  # its connection is closed, by either end

    def wait(self, wanted, deadline_s=60):
        with self.heard:
            assert self.heard.wait_for(lambda: wanted(self.events), deadline_s), self.events

    def texts(self):
        return [data["text"] for event, data in self.events if event == "line"]

    def wait_text(self, text):
        self.wait(lambda _: text in self.texts())

    def wait_ready(self):
        self.wait(lambda events: ("ready", {}) in events)

    def close(self):
        self.connection.close()


class Case(suite.Case):
    CONFIG = CONFIG

    def setUp(self):
        super().setUp()
        self.one = self.relevod(self.CONFIG, SECRETS)
        policy = os.path.join(self.folder, "policy.yaml")
        with open(policy, "w") as f:
            f.write(shop.POLICY)
        self.assertEqual(self.one.ctl("migrate").returncode, 0)
        self.one.ctl("policy", "apply", policy)
        self.one.start()

    def reply(self, text):
        number = self.one.ctl("--json", "ticket", "list")[0]["ticket_id"]
        self.one.ctl("ticket", "reply", str(number), "--as", "ana", "--", text)


class BehindAProxy(Case):
    CONFIG = CONFIG.replace("title:", "messages_per_minute_of_address: 1, title:") + "trusted_proxies: 127.0.0.1\n"

    def test_visitors_are_counted_by_their_own_addresses(self):
        first, second, third = (Visitor(self.one, by) for by in ("203.0.113.1", "203.0.113.2", "6.6.6.6, 203.0.113.2"))
        self.assertEqual([first.write("client-id-1", "Hola"), second.write("client-id-2", "Hola"),
                          third.write("client-id-3", "Hola")], [200, 200, 429])


class Calls(Case):
    def test_what_is_answered_2xx_is_stored_once_and_read_by_the_visitor(self):
        visitor = Visitor(self.one)
        for _ in range(3):
            self.assertEqual(visitor.write("client-id-1", "Mi pedido no llega"), 200)
        self.assertEqual(self.sql("SELECT count(*), min(text), min(address_kind) FROM message"), "1|Mi pedido no llega|webchat")
        stream = Stream(visitor, self.one)
        self.assertEqual(stream.answer.headers["Content-Type"], "text/event-stream")
        self.assertEqual(stream.answer.headers["X-Accel-Buffering"], "no")
        stream.wait_ready()
        self.reply("Sale hoy, perdone.")
        stream.wait_text("Sale hoy, perdone.")
        self.assertEqual(stream.texts(), ["Mi pedido no llega", "Sale hoy, perdone."])
        answer = stream.events[-1][1]
        self.assertEqual((answer["from"], answer["automatic"], answer["name"]), ("desk", False, "Ana Ruiz"))
        self.assertEqual(self.sql("SELECT state FROM delivery WHERE notice = 'E-06'"), "sent")

    def test_who_was_away_reads_what_was_said_meanwhile(self):
        visitor = Visitor(self.one)
        visitor.write("client-id-1", "Hola")
        stream = Stream(visitor, self.one)
        stream.wait_ready()
        stream.close()
        self.reply("¿Sigue ahí?")
        self.wait_sql("SELECT state FROM delivery WHERE notice = 'E-06'", "sent")  # nobody listens, and yet
        again = Stream(visitor, self.one, stream.last)
        again.wait_text("¿Sigue ahí?")

    def test_a_visitor_at_another_node_hears_it_too(self):
        visitor = Visitor(self.one)
        visitor.write("client-id-1", "Hola")
        two = self.relevod(CONFIG, SECRETS, "two")
        two.start()
        streams = [Stream(visitor, node) for node in (self.one, two)]
        for stream in streams:
            stream.wait_ready()
        self.reply("Buenas")
        for stream in streams:
            stream.wait_text("Buenas")

    def test_a_stream_ends_with_its_node_and_goes_on_at_the_next(self):
        visitor = Visitor(self.one)
        visitor.write("client-id-1", "Hola")
        stream = Stream(visitor, self.one)
        stream.wait_ready()
        self.assertEqual(self.one.stop(), 0)  # an open stream holds nobody up
        self.one.start()
        Stream(visitor, self.one, stream.last).wait_ready()
        self.assertEqual(visitor.write("client-id-2", "¿Sigue?"), 200)

    def test_nobody_reads_or_writes_with_a_token_that_is_not_his(self):  # S-23, S-37
        mine, other = Visitor(self.one), Visitor(self.one)
        mine.write("client-id-1", "Mi secreto")
        stream = Stream(other, self.one)
        stream.wait_ready()
        self.assertEqual(stream.texts(), [])
        for token in ("", "x", mine.session["token"][:-1] + "!", mine.session["visitor"]):
            headers = {"Authorization": "Bearer " + token}
            self.assertEqual(daemon.http("GET", mine.base + "/events", None, headers)[0], 401)
            self.assertEqual(daemon.http("POST", mine.base + "/messages", b"{}", headers)[0], 401)

    def test_another_site_is_let_in_by_name_alone(self):
        url = self.one.url + "/chat/web/session"
        status, headers, _ = daemon.http("POST", url, b"{}", {"Origin": "https://shop.example.org"})
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, "https://shop.example.org"))
        status, headers, _ = daemon.http("OPTIONS", url, None, {"Origin": "https://shop.example.org"})
        self.assertEqual((status, headers["Access-Control-Allow-Methods"]), (204, "GET, POST"))
        status, headers, _ = daemon.http("POST", url, b"{}", {"Origin": "https://evil.example"})
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (403, None))


class Page(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = browser.Browser(os.path.join(cls.place.name, "browser"))

    @classmethod
    def tearDownClass(cls):
        cls.browser.stop()
        super().tearDownClass()

    def open(self, query="?lang=es"):
        page = self.browser.page(self.one.url + "/chat/web/" + query)
        page.wait("document.getElementById('lines').getAttribute('aria-busy') === 'false'")
        return page

    def says(self, page, text):
        page.eval("document.getElementById('text').focus()")
        page.type(text)
        page.press("Enter")

    def shows(self, page, *texts):
        page.wait("JSON.stringify([...document.querySelectorAll('#lines p')].map((p) => p.textContent)) === %s" %
                  json.dumps(json.dumps(texts, ensure_ascii=False, separators=(",", ":"))))

    def test_a_visitor_and_an_agent_talk(self):
        page = self.open()
        self.assertEqual(page.eval("document.title"), "Tienda Sol")
        self.assertEqual(page.eval("document.getElementById('greeting').textContent"), "¿En qué podemos ayudarle?")
        self.says(page, "Mi pedido no llega")
        self.shows(page, "Mi pedido no llega")
        self.wait_sql("SELECT count(*), min(language) FROM message", "1|es")
        self.reply("Sale hoy.\nPerdone.")
        self.shows(page, "Mi pedido no llega", "Sale hoy.\nPerdone.")
        self.assertIn("Ana Ruiz", page.eval("document.querySelector('#lines li.desk small').textContent"))
        page.wait("document.querySelector('#lines li.visitor small').textContent.startsWith('Usted · ')"
                  " && !document.querySelector('#lines li.visitor small').textContent.includes('Enviando')")
        page.reload()
        self.shows(page, "Mi pedido no llega", "Sale hoy.\nPerdone.")
        self.assertEqual(page.complaints(), [])

    def test_what_anybody_wrote_is_text_and_nothing_else(self):  # S-26
        page = self.open()
        self.says(page, EVIL)
        self.shows(page, EVIL)
        self.wait_sql("SELECT count(*) FROM message", "1")
        self.reply(EVIL)
        self.shows(page, EVIL, EVIL)
        self.assertEqual(page.eval("document.title"), "Tienda Sol")
        self.assertEqual(page.eval("document.querySelectorAll('#lines img, #lines script').length"), 0)
        self.assertEqual(page.complaints(), [])

    def test_what_was_written_without_a_connection_arrives_once(self):
        page = self.open()
        self.one.kill()
        self.says(page, "¿Hay alguien?")
        self.says(page, "¿Hola?")
        self.shows(page, "¿Hay alguien?", "¿Hola?")
        page.wait("document.getElementById('state').textContent.startsWith('Sin conexión')")
        self.one.start()
        self.wait_sql("SELECT string_agg(text, ',' ORDER BY message_id) FROM message", "¿Hay alguien?,¿Hola?")
        page.wait("!document.getElementById('lines').textContent.includes('Enviando')")
        self.shows(page, "¿Hay alguien?", "¿Hola?")

    def test_what_was_written_before_the_page_was_left_arrives_when_it_is_back(self):
        page = self.open()
        self.one.kill()
        self.says(page, "No me olvide")
        self.shows(page, "No me olvide")
        page.go("about:blank")
        self.one.start()
        page.go(self.one.url + "/chat/web/?lang=es")
        self.wait_sql("SELECT string_agg(text, ',') FROM message", "No me olvide")
        page.wait("!document.getElementById('lines').textContent.includes('Enviando')")
        self.shows(page, "No me olvide")

    def test_two_windows_of_one_visitor_show_the_same(self):
        one = self.open()
        two = self.open()
        self.says(one, "Desde la primera")
        self.shows(two, "Desde la primera")
        self.says(two, "Desde la segunda")
        self.shows(one, "Desde la primera", "Desde la segunda")
        self.assertEqual(self.sql("SELECT count(DISTINCT conversation), count(DISTINCT ticket_id) FROM message"), "1|1")

    def test_who_does_not_see_is_told_what_all_is_and_needs_keys_alone(self):
        page = self.open("?lang=en")
        self.assertEqual(page.eval("document.documentElement.lang"), "en")
        names = page.names()
        for wanted in (("heading", "Tienda Sol"), ("log", "Tienda Sol"), ("textbox", "Your message"), ("button", "Send")):
            self.assertIn(wanted, names)
        self.assertIn("status", [role for role, _ in names])
        page.eval("document.getElementById('text').focus()")
        page.type("With keys alone")
        page.press("Tab")
        self.assertEqual(page.eval("document.activeElement.id"), "send")
        page.press("Enter")
        self.shows(page, "With keys alone")
        self.assertEqual(page.eval("document.activeElement.id"), "text")
        self.assertEqual(page.complaints(), [])


if __name__ == "__main__":
    suite.main()
