"""SMTP servers that do what servers do on bad days, and a process of role "smtp" to meet them."""
import array
import fcntl
import os
import socket
import socketserver
import ssl
import subprocess
import threading

MORE, LAST, READY = b"+", b".", b"*"
OUTCOMES = ("ok", "retry", "refused", "config")
WELL = (False, True, "locked")
ENVELOPE_ID = "d234567"


class Worker:
    """One `relevod --worker=smtp`, as the daemon starts it: a socket as descriptor 3, its binary as 4."""

    def __init__(self, build, deadline_s=30, wrap=()):
        self.deadline_s = deadline_s
        binary = os.path.join(build, "daemon", "relevod")
        self.socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(deadline_s)
        exe = os.open(binary, os.O_RDONLY)
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (other.fileno(), exe)]
        environment = {"PATH": "/usr/bin:/bin", "XDG_CONFIG_DIR": "/nonexistent"}
        environment.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))

        def place():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = subprocess.Popen(list(wrap) + [binary, "--worker=smtp"], env=environment, preexec_fn=place,
                                        pass_fds=(3, 4), stdin=subprocess.DEVNULL)
        for fd in high + [exe]:
            os.close(fd)
        other.close()
        if self.socket.recv(65536)[:1] != READY:
            raise RuntimeError("the worker is not ready")

    def send(self, port, mail=b"Subject: x\r\n\r\nx\r\n", sender="support@example.test", to="ana@example.test",
             **how):
        """(outcome, is the server well or "locked", words) of one mail."""
        return self.send_all(port, [(sender, to, mail)], **how)[0]

    def send_all(self, port, mails, host="localhost", tls="none", ca="", auth="password", user="", password="", reports="off",
                 timeout_s=5):
        """The same of many: `mails` are (sender, recipient, bytes)."""
        self.ask(port, mails, host, tls, ca, auth, user, password, reports, timeout_s)
        said = []
        while self.hear(said) != LAST:
            pass
        return said

    def hear(self, said):
        """One piece of the answer, which it adds to `said`: its kind."""
        record = self.socket.recv(65536)
        if record[:1] not in (MORE, LAST):
            raise RuntimeError("the worker said %r" % record)
        parts = record[1:].decode().split("\0")[:-1]
        said += [(OUTCOMES[int(parts[i])], WELL[int(parts[i + 1])], parts[i + 2]) for i in range(0, len(parts), 3)]
        return record[:1]

    def ask(self, port, mails, host="localhost", tls="none", ca="", auth="password", user="", password="", reports="off",
            timeout_s=5):
        """The question alone."""
        memfd = os.memfd_create("mail", os.MFD_ALLOW_SEALING)
        with os.fdopen(os.dup(memfd), "wb") as f:
            f.write(b"".join(mail for _, _, mail in mails))
        fcntl.fcntl(memfd, fcntl.F_ADD_SEALS,
                    fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        texts = [host, str(port), tls, auth, user, password, ca, "relevo.example.test", reports, str(timeout_s * 1000)]
        for sender, to, mail in mails:
            texts += [sender, to, ENVELOPE_ID, str(len(mail))]
        record = b"".join(text.encode() + b"\0" for text in texts)
        self.socket.sendmsg([record], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [memfd]))])
        os.close(memfd)

    def end(self):
        """Its exit status once its socket is closed."""
        self.socket.close()
        return self.process.wait(self.deadline_s)


class Server(socketserver.ThreadingTCPServer):
    """Answers as `script` says: a verb (GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY, QUIT) to bytes, or
    to None, which hangs up, or to a function of (talk, line). What it does not name is answered as one expects.

    `offers` are the lines of EHLO; `heard` is each line that came, bodies as one item under ("BODY", bytes).
    """
    allow_reuse_address, daemon_threads = True, True
    GOOD = {"GREETING": b"220 test ESMTP\r\n", "STARTTLS": b"220 go\r\n", "AUTH": b"235 2.7.0 welcome\r\n",
            "MAIL": b"250 2.1.0 ok\r\n", "RCPT": b"250 2.1.5 ok\r\n", "DATA": b"354 go on\r\n",
            "BODY": b"250 2.0.0 queued as 1\r\n", "QUIT": b"221 bye\r\n", "RSET": b"250 ok\r\n"}

    def __init__(self, script=None, offers=(), certificate=None, implicit=False):
        super().__init__(("127.0.0.1", 0), Talk)
        self.script = dict(self.GOOD, **(script or {}))
        self.offers, self.certificate, self.implicit = offers, certificate, implicit
        self.tls_after = None  # a verb that TLS follows, whatever was said to it
        self.heard, self.port, self.closing = [], self.server_address[1], threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what many tests want

    def tls(self, connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        return context.wrap_socket(connection, server_side=True)

    def end(self):
        self.closing.set()
        self.shutdown()
        self.server_close()

    def verbs(self):
        return [verb for verb, _ in self.heard]


class Talk(socketserver.BaseRequestHandler):
    def setup(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.implicit:
            self.request = self.server.tls(self.request)
        self.file = self.request.makefile("rb")

    def say(self, what):
        self.request.sendall(what)

    def hang(self):
        """Says nothing more, for as long as the test lasts."""
        self.server.closing.wait()

    def answer(self, verb, line):
        """False: the talk is over."""
        what = self.server.script.get(verb, b"500 5.5.1 what?\r\n")
        if callable(what):
            what = what(self, line)
        if what is None:
            return False
        self.say(what)
        return verb != "QUIT"

    def offers(self):
        lines = ["test"] + [o for o in self.server.offers
                            if o != "STARTTLS" or not isinstance(self.request, ssl.SSLSocket)]
        return "".join("250%s%s\r\n" % ("-" if i + 1 < len(lines) else " ", o) for i, o in enumerate(lines)).encode()

    def login(self, line):
        """The three-step form of AUTH PLAIN is the short one too."""
        if len(line.split()) == 2:
            self.say(b"334 \r\n")
            line = self.file.readline()
            self.server.heard.append(("SECRET", line))
        return line

    def body(self, line):
        lines = []
        for line in iter(self.file.readline, b".\r\n"):
            if not line:
                return False
            lines.append(line)
        self.server.heard.append(("BODY", b"".join(lines)))
        return self.answer("BODY", b"")

    def handle(self):
        if not self.answer("GREETING", b""):
            return
        while True:
            line = self.file.readline()  # of the file that is there now: TLS brings another one
            if not line:
                return
            verb = line.split(b" ")[0].strip().upper().decode("ascii", "replace")
            self.server.heard.append((verb, line))
            if verb == "EHLO" and "EHLO" not in self.server.script:
                self.say(self.offers())
            elif not self.answer(verb, self.login(line) if verb == "AUTH" else line):
                return
            if verb == self.server.tls_after or (
                    verb == "STARTTLS" and self.server.script[verb] == Server.GOOD[verb]):
                self.server.tls_after = None
                self.request = self.server.tls(self.request)
                self.file = self.request.makefile("rb")
            elif verb == "DATA" and self.server.script["DATA"] == Server.GOOD["DATA"] and not self.body(line):
                return
