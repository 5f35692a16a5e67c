"""A hostile outsider, and bad luck: what they cost is bounded, and nothing accepted is lost or doubled."""
import gzip
import json
import os
import resource
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import daemon  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONFIG = """
channels:
  shop: {kind: webhook, secret: {file: "@hook@"}, send_url: "http://127.0.0.1:9/"}
  chat: {kind: webchat, secret: {file: "@chat@"}}
"""


def message(message_id, text="Nada funciona", sender="u1"):
    return {"type": "message.created", "data": {"id": message_id, "sender": {"id": sender}, "text": text,
                                                "conversation_id": "c-" + sender}}


def post(relevod, message_id, **more):
    return relevod.post_webhook("shop", SECRET, message(message_id, **more), message_id)


def parent_of(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return int(f.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


class Case(suite.Case):
    def start(self, config=CONFIG, **more):
        return self.relevod(config, {"hook": SECRET, "chat": "0123456789abcdef" * 2}, **more).start()


class Clocks(Case):
    POLICY = """
agents: {ana: {name: Ana, email: ana@example.org}}
teams: {first: {members: [ana]}, second: {members: [ana]}}
classification: [{name: urgent, match: '(?i)nada', priority: urgent}]
targets: {first_response: {low: 30m, normal: 30m, high: 30m, urgent: 1s}}
escalation:
  - {name: one, team: first, steps: [{name: late, when: first_response missed, do: [level up]}]}
  - {name: two, team: second}
"""

    def test_a_node_whose_clock_is_wrong_goes_by_the_databases(self):  # F51
        for ahead in (3600, -3600):
            with self.subTest(ahead=ahead):
                self.wrong("ahead" if ahead > 0 else "behind", ahead)

    def wrong(self, name, ahead):
        relevod = self.relevod(CONFIG, {"hook": SECRET, "chat": "0123456789abcdef" * 2}, name,
                               env={"RELEVO_CLOCK_OFFSET_S": str(ahead)})
        policy = os.path.join(relevod.folder, "policy.yaml")
        with open(policy, "w") as f:
            f.write(self.POLICY)
        relevod.ctl("migrate")
        relevod.ctl("policy", "apply", policy)
        relevod.start()
        relevod.wait_line("clock_differs")
        self.assertEqual(post(relevod, name + "1", text="Una pregunta", sender=name + "1")[0], 200)
        self.assertEqual(post(relevod, name + "2", text="Nada funciona", sender=name + "2")[0], 200)
        level = "SELECT level FROM ticket JOIN message USING (desk_id, ticket_id) WHERE external_id = '%s'"
        self.wait_sql(level % (name + "2"), 2)
        self.assertEqual(self.sql(level % (name + "1")), "1")
        self.assertEqual(self.sql("SELECT bool_and(abs(extract(epoch FROM now() - received_at)) < 600) FROM message"), "t")
        self.assertEqual(relevod.stop(), 0)


class Queue(Case):
    def test_a_ticket_that_nobody_can_take_is_looked_at_again_but_not_without_a_pause(self):  # T-91
        relevod = self.start()  # the policy as it is shipped: no agents yet
        self.assertEqual(post(relevod, "m1")[0], 200)
        self.wait_sql("SELECT wake_at > now() + interval '30 seconds' FROM due", "t")
        self.assertLess(int(self.sql("SELECT version FROM ticket")), 10)
        self.assertEqual(relevod.stop(), 0)


class Descriptors(Case):
    IDLE = 3000

    def test_thousands_of_connections_that_say_nothing_keep_nobody_from_his_answer(self):  # F42
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < self.IDLE + 1000:
            self.skipTest("no more than %d descriptors can be had here" % hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        relevod = self.start(wrap=["prlimit", "--nofile=256:%d" % hard])  # as a shell leaves it: the soft one is low
        idle = [socket.create_connection(("127.0.0.1", relevod.port)) for _ in range(self.IDLE)]
        for number in range(10):
            self.assertEqual(post(relevod, "m%d" % number)[0], 200)
        servers.wait_for("all of them", lambda: relevod.metric("http_connections") >= self.IDLE)
        for connection in idle:
            connection.close()
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "10")
        self.assertEqual(relevod.stop(), 0)


class Webhooks(Case):
    def call(self, relevod, body, headers, **more):
        return daemon.http("POST", relevod.url + "/hook/shop", body, dict(headers, **more))[0]

    def test_a_call_that_is_replayed_has_one_effect_and_one_that_is_altered_or_old_none(self):  # F44
        relevod = self.start()
        body, other = json.dumps(message("m1")).encode(), json.dumps(message("m1", text="Otra cosa")).encode()
        signed = daemon.webhook_headers(SECRET, "m1", body)
        self.assertEqual([self.call(relevod, body, signed) for _ in range(3)], [200] * 3)
        now = int(signed["webhook-timestamp"])
        for wanted, sent, headers in (
                (401, other, signed),
                (401, body, dict(signed, **{"webhook-id": "m2"})),
                (401, body, dict(signed, **{"webhook-timestamp": str(now + 1)})),
                (401, body, daemon.webhook_headers(SECRET, "m1", body, now - 3600)),
                (401, body, daemon.webhook_headers(SECRET, "m1", body, now + 3600)),
                (200, body, daemon.webhook_headers(SECRET, "m1", body, now - 60))):
            self.assertEqual(self.call(relevod, sent, headers), wanted, headers)
        self.assertEqual(self.sql("SELECT count(*), min(text) FROM message WHERE direction = 'in'"), "1|Nada funciona")
        self.assertEqual(relevod.stop(), 0)

    def test_bodies_that_no_honest_system_sends_are_refused_however_well_they_are_signed(self):  # F41
        relevod = self.start()
        good = json.dumps(message("m1"))
        for wanted, body in (
                (413, b" " * ((1 << 20) + 1)),
                (400, b"[" * 500000),
                (400, b'{"data":' * 50000 + b"1" + b"}" * 50000),
                (400, good.replace('"id"', '"id": "m0", "id"').encode()),
                (400, good.encode().replace(b"Nada", b"Nad\xe1\xff")),
                (400, good.encode().replace(b"Nada", b"Nad\x00")),
                (400, good.encode() + b"x"),
                (400, gzip.compress(good.encode())),
                (400, gzip.compress(b" " * (64 << 20))),
                (400, b"")):
            headers = dict(daemon.webhook_headers(SECRET, "m1", body), **{"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {})
            self.assertEqual(self.call(relevod, body, headers), wanted, body[:60])
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "0")
        self.assertEqual(post(relevod, "m1")[0], 200)
        self.assertEqual(relevod.stop(), 0)

    def test_an_error_says_nothing_of_what_was_sent_or_of_what_stands_behind(self):  # S-47
        relevod = self.start()
        good = json.dumps(message("zanahoria")).encode()

        def signed(body, **more):
            return dict(daemon.webhook_headers(SECRET, "zanahoria", body), **more)
        self.sql("ALTER TABLE message ADD CONSTRAINT none CHECK (text = 'zanahoria') NOT VALID")
        calls = [(400, "POST", "/hook/shop", body, signed(body)) for body in (
            b'{"zanahoria" zanahoria}', b'["zanahoria"]', b'{"type": "message.created", "data": {"id": ["zanahoria"]}}',
            good + b"zanahoria", good.replace(b'"id"', b'"zanahoria": 1, "zanahoria": 2, "id"', 1), b'{"zanahoria": "\\ud800"}')]
        calls += [(401, "POST", "/hook/shop", good, {}), (401, "POST", "/hook/shop", good, signed(good, **{"webhook-signature": "v1,zanahoria"})),
                  (404, "POST", "/hook/zanahoria", good, {}), (404, "GET", "/zanahoria?zanahoria=<b>", None, {}),
                  (404, "GET", "/hook/../../zanahoria", None, {}), (413, "POST", "/hook/shop", b"zanahoria" * (1 << 18), {}),
                  (401, "GET", "/chat/chat/events", None, {"Authorization": "Bearer zanahoria"}),
                  (404, "GET", "/chat/zanahoria/events", None, {}), (405, "BREW", "/hook/shop", good, signed(good)),
                  (200, "POST", "/hook/shop", good, signed(good))]  # the database refuses it: it is set aside, and that is ours to see to
        for wanted, method, path, body, headers in calls:
            status, told, answer = daemon.http(method, relevod.url + path, body, headers)
            self.assertEqual(status, wanted, (path, body, answer))
            self.assertNotRegex((str(told) + answer.decode()).lower(), "zanahoria|<b>|relation|constraint|postgres|sql|libevent|relevo|/tmp|\\.c\\b",
                                (path, body))
        self.cluster.stop("immediate")
        try:
            relevod.wait_line("database_away")
            status, _, answer = post(relevod, "m2")
            self.assertEqual((status, json.loads(answer)), (503, {"error": {"code": 503, "message": "not stored; please send it again"}}))
        finally:
            self.cluster.start()
        self.assertEqual(relevod.stop(), 0)


class Streams(Case):
    def open_stream(self, relevod):
        token = json.loads(daemon.http("POST", relevod.url + "/chat/chat/session", b"{}")[2])["token"]
        reader = socket.create_connection(("127.0.0.1", relevod.port))
        self.addCleanup(reader.close)
        reader.sendall(("GET /chat/chat/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % token).encode())
        self.assertTrue(reader.recv(12).startswith(b"HTTP/1.1 200"))
        return reader

    def test_readers_that_go_leave_nothing_behind(self):
        relevod = self.start()
        for reader in [self.open_stream(relevod) for _ in range(20)]:
            reader.close()
        servers.wait_for("the end of the streams", lambda: relevod.metric("hook_streams") == 0)
        self.assertEqual(relevod.stop(), 0)  # a sanitizer that finds something lost says so here

    def test_who_writes_where_he_should_read_fills_no_memory(self):
        relevod = self.start()
        reader = self.open_stream(relevod)
        reader.settimeout(2)
        with self.assertRaises(OSError):  # nobody takes it
            for _ in range(64):
                reader.sendall(b"x" * (1 << 20))
        self.assertLess(relevod.metric("http_held_bytes"), 4 << 20)
        reader.close()
        servers.wait_for("the end of the stream", lambda: relevod.metric("hook_streams") == 0)
        self.assertEqual(relevod.stop(), 0)


class Database(Case):
    def frozen(self):
        """All processes of the server stand still until the test lets them go on."""
        with open(os.path.join(self.cluster.data, "postmaster.pid")) as f:
            first = int(f.readline())
        pids = [first] + [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(pid) == first]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        self.addCleanup(self.thaw, pids)
        return pids

    def thaw(self, pids):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def test_a_server_that_stands_still_is_given_up_and_nothing_is_lost_or_doubled(self):  # F09
        relevod = self.start()
        pids = self.frozen()
        writers = [threading.Thread(target=self.insist, args=(relevod, "m%d" % i), daemon=True) for i in range(20)]
        for writer in writers:
            writer.start()
        line = relevod.wait_line("event=database_away", 120)  # other rooms may say before why they failed
        self.assertIn("no answer in time", line)
        self.assertEqual(daemon.http("GET", relevod.admin + "/healthz")[0], 200)
        self.thaw(pids)
        for writer in writers:
            writer.join()
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT external_id) FROM message"), "20|20")
        self.assertEqual(relevod.stop(), 0)

    def insist(self, relevod, message_id):
        """As providers do: again and again, until it is taken."""
        while True:
            try:
                if post(relevod, message_id)[0] < 300:
                    return
            except OSError:
                pass  # no answer in time: the same again

    def test_while_nothing_can_be_written_a_call_is_told_to_come_again_and_does_then(self):  # F13
        relevod = self.start()
        self.assertEqual(post(relevod, "m1")[0], 200)
        self.cluster.sql("postgres", "ALTER DATABASE %s SET default_transaction_read_only = on" % self.name)
        self.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'" % self.name)
        relevod.wait_line("database_away")
        status, headers, _ = post(relevod, "m2")
        self.assertEqual((status, headers["Retry-After"]), (503, "5"))
        self.cluster.sql("postgres", "ALTER DATABASE %s SET default_transaction_read_only = off" % self.name)
        self.insist(relevod, "m2")
        self.assertEqual(self.sql("SELECT count(*), count(DISTINCT external_id) FROM message"), "2|2")
        self.assertEqual(relevod.stop(), 0)

    def test_what_the_server_says_beside_its_answers_is_no_line_of_the_log(self):  # S-52
        relevod = self.start()
        self.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'" % self.name)
        relevod.wait_line("database_away")
        self.assertEqual([line for line in relevod.lines if not line.startswith("level=")], [])


class Journal(Case):
    """Who reads the log is gone, is full, or stands still."""

    def begin(self, stderr):
        return self.start(wrap=["sh", "-c", 'exec "$0" "$@" 2>%s' % stderr])

    def serves(self, relevod):
        for number in range(3):
            self.assertEqual(post(relevod, "m%d" % number)[0], 200)
        self.assertEqual(self.sql("SELECT count(*) FROM message"), "3")

    def test_a_log_that_is_full_ends_no_service(self):  # F58
        self.serves(self.begin("/dev/full"))

    def test_a_log_that_is_closed_is_written_to_nobody(self):  # F58
        relevod = self.begin("&-")
        self.serves(relevod)
        self.assertEqual(os.readlink("/proc/%d/fd/2" % relevod.process.pid), "/dev/null")

    def test_a_journal_that_stands_still_stops_nothing_and_hears_later_how_much_it_missed(self):  # F58
        pipe = os.path.join(self.folder, "journal")
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)

        def drain():
            try:
                return os.read(reader, 1 << 20)
            except BlockingIOError:
                return b""
        try:
            while True:
                os.write(reader, b"x" * 4096)
        except BlockingIOError:
            pass
        relevod = self.begin(pipe)
        self.serves(relevod)
        drain()
        self.cluster.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'" % self.name)
        heard = []
        servers.wait_for("a word of what is lost", lambda: heard.append(drain()) or b"log_lines_lost count=" in b"".join(heard))


if __name__ == "__main__":
    suite.main()
