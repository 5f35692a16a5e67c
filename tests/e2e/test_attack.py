"""A hostile outsider, and bad luck: what they cost is bounded, and nothing accepted is lost or doubled."""
import json
import os
import socket
import sys

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


class Case(suite.Case):
    def start(self, config=CONFIG, **more):
        return self.relevod(config, {"hook": SECRET, "chat": "0123456789abcdef" * 2}, **more).start()


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


if __name__ == "__main__":
    suite.main()
