"""Stand-ins for the providers' APIs, on loopback: as strict as they are in what they take, and they remember it.

Twilio (REST 2010-04-01, Messages.json) and Telegram (Bot API: sendMessage, getUpdates). What the provider would
refuse is refused with its own code, so a wrong client shows.
"""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.parse


class _Server:
    """One HTTP server in a thread; the handler finds its owner in `server.owner`."""

    def __init__(self, port=0):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def _answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = owner.answer(self.command, self.path, self.headers, body)
                payload = b"" if status == 204 else json.dumps(answer).encode()  # RFC 9110, 15.3.5
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                try:
                    self.wfile.write(payload)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # who asked is gone

            do_GET = do_POST = _answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.base = "http://127.0.0.1:%d" % self.port
        self.lock = threading.Condition()
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Twilio(_Server):
    """`sent` holds each accepted message: {sid, to, from, body, callback}."""

    def __init__(self, account, token, number, port=0):
        self.account, self.token, self.number = account, token, number
        self.sent, self.refused, self.fail_next = [], [], []
        super().__init__(port)

    def signature(self, url, params):
        """X-Twilio-Signature of a form POST of `params` to `url`."""
        data = url + "".join(k + v for k, v in sorted(params.items()))
        return base64.b64encode(hmac.new(self.token.encode(), data.encode(), hashlib.sha1).digest()).decode()

    def _error(self, status, code, message):
        self.refused.append((status, code, message))
        return status, {"code": code, "message": message, "status": status,
                        "more_info": "https://www.twilio.com/docs/errors/%d" % code}

    def answer(self, method, path, headers, body):
        with self.lock:
            want = "Basic " + base64.b64encode(("%s:%s" % (self.account, self.token)).encode()).decode()
            if headers.get("Authorization") != want:
                return self._error(401, 20003, "Authenticate")
            if method != "POST" or path != "/2010-04-01/Accounts/%s/Messages.json" % self.account:
                return self._error(404, 20404, "The requested resource was not found")
            if headers.get("Content-Type", "").split(";")[0] != "application/x-www-form-urlencoded":
                return self._error(400, 21620, "not a form")
            if self.fail_next:
                return self._error(*self.fail_next.pop(0))
            form = urllib.parse.parse_qs(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True)
            if any(len(v) != 1 for k, v in form.items() if k != "MediaUrl"):
                return self._error(400, 21620, "a parameter came twice")
            form = {k: v[0] for k, v in form.items()}
            to, text = form.get("To", ""), form.get("Body", "")
            if not (to.startswith("+") and to[1:].isdigit() and 8 <= len(to) <= 16):
                return self._error(400, 21211, "Invalid 'To' Phone Number")
            if form.get("From") != self.number and "MessagingServiceSid" not in form:
                return self._error(400, 21606, "The 'From' phone number is not yours")
            if not text.strip():
                return self._error(400, 21602, "Message body is required")
            if len(text) > 1600:
                return self._error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
            sid = "SM%032x" % (len(self.sent) + 1)
            self.sent.append({"sid": sid, "to": to, "from": form.get("From"), "body": text,
                              "callback": form.get("StatusCallback"), "at": time.time()})
            self.lock.notify_all()
            return 201, {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None,
                         "error_message": None, "account_sid": self.account, "to": to, "body": text}


class Telegram(_Server):
    """`sent` holds each accepted sendMessage; give() queues an update for getUpdates."""

    def __init__(self, token, port=0):
        self.token = token
        self.sent, self.refused, self.updates, self.fail_next = [], [], [], []
        self.next_update, self.next_message = 1000, 1
        super().__init__(port)

    def give(self, chat_id, text, name="Ana"):
        with self.lock:
            self.next_update += 1
            self.next_message += 1
            update = {"update_id": self.next_update, "message": {
                "message_id": self.next_message, "date": int(time.time()), "text": text,
                "from": {"id": chat_id, "is_bot": False, "first_name": name, "language_code": "es"},
                "chat": {"id": chat_id, "type": "private", "first_name": name}}}
            self.updates.append(update)
            self.lock.notify_all()
            return update

    def _error(self, status, words, **parameters):
        self.refused.append((status, words))
        answer = {"ok": False, "error_code": status, "description": words}
        if parameters:
            answer["parameters"] = parameters
        return status, answer

    def answer(self, method, path, headers, body):
        path, _, query = path.partition("?")
        prefix = "/bot%s/" % self.token
        if not path.startswith(prefix):
            return self._error(404, "Not Found")
        kind = headers.get("Content-Type", "").split(";")[0]
        if kind == "application/json":
            args = json.loads(body or b"{}")
        else:
            args = dict(urllib.parse.parse_qsl((body.decode() if body else query), keep_blank_values=True))
        verb = path[len(prefix):]
        if verb == "getUpdates":
            return self._get_updates(args)
        if verb == "sendMessage":
            return self._send(args)
        if verb in ("getMe", "deleteWebhook"):
            return 200, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "relevo"} if verb == "getMe" else True}
        return self._error(404, "Not Found")

    def _get_updates(self, args):
        offset, wait = int(args.get("offset", 0)), min(int(args.get("timeout", 0)), 50)
        end = time.monotonic() + wait
        with self.lock:
            self.updates = [u for u in self.updates if u["update_id"] >= offset]
            while not self.updates and time.monotonic() < end:
                self.lock.wait(max(0.0, end - time.monotonic()))
            return 200, {"ok": True, "result": self.updates[:min(int(args.get("limit", 100)), 100)]}

    def _send(self, args):
        with self.lock:
            if self.fail_next:
                status, words, parameters = self.fail_next.pop(0)
                return self._error(status, words, **parameters)
            text = args.get("text", "")
            if not isinstance(text, str) or not text.strip():
                return self._error(400, "Bad Request: message text is empty")
            if len(text) > 4096:
                return self._error(400, "Bad Request: message is too long")
            try:
                chat = int(args["chat_id"])
            except (KeyError, ValueError):
                return self._error(400, "Bad Request: chat_id is empty")
            self.next_message += 1
            self.sent.append({"message_id": self.next_message, "chat_id": chat, "text": text,
                              "reply_parameters": args.get("reply_parameters"), "at": time.time()})
            self.lock.notify_all()
            return 200, {"ok": True, "result": {"message_id": self.next_message, "date": int(time.time()),
                                                "chat": {"id": chat, "type": "private"}, "text": text}}


class EventReceiver(_Server):
    """A system that takes relevo's signed event calls (Standard Webhooks v1); what is not signed so is refused.

    `calls` are those taken, each id once, as JSON; `ids` and `bodies` belong to them. `refuse_with`: a status for what
    comes next, which `refused` then remembers as (id, body).
    """

    def __init__(self, secret, port=0):
        self.key = base64.b64decode(secret[len("whsec_"):])
        self.calls, self.ids, self.bodies, self.refused, self.refuse_with = [], [], [], [], None
        super().__init__(port)

    def answer(self, method, path, headers, body):
        call_id, at = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
        signed = base64.b64encode(hmac.new(self.key, ("%s.%s." % (call_id, at)).encode() + body, hashlib.sha256).digest())
        if method != "POST" or headers.get("Content-Type") != "application/json":
            return 415, {}
        if "v1," + signed.decode() not in (headers.get("webhook-signature") or "").split(" "):
            return 401, {}
        if abs(time.time() - int(at)) > 300:
            return 401, {}
        if self.refuse_with:
            self.refused.append((call_id, body))
            return self.refuse_with, {}
        if call_id not in self.ids:
            self.ids.append(call_id)
            self.bodies.append(body)
            self.calls.append(json.loads(body))
        return 204, {}
