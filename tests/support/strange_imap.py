"""An IMAP server on loopback, in clear, that is as strange as a test wants it.

`mails` maps UIDs to bytes of the one mailbox; `boxes` names others, each with a dict of its own. `twist(connection, command, rest)` sees each command first ("" is the
greeting) and returns True where it has answered itself; `connection` says and hears lines, and counts.
"""
import re
import socket
import socketserver
import threading


class Connection(socketserver.StreamRequestHandler):
    def say(self, line):
        self.ended |= (line if isinstance(line, bytes) else line.encode()).startswith(self.tag.encode() + b" ")
        self.wfile.write(line if isinstance(line, bytes) else line.encode() + b"\r\n")
        self.wfile.flush()

    def drop(self):
        """Ends the connection in the middle of whatever was said."""
        self.connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError

    def handle(self):
        owner = self.server.owner
        with owner.lock:
            owner.connections += 1
            self.number = owner.connections
        self.box, self.tag, self.ended, self.several = owner.mails, "*", False, False
        try:
            if not owner.twist(self, "", ""):
                self.say("* OK here")
            for line in self.rfile:
                self.tag, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
                command, _, rest = rest.partition(" ")
                if command.upper() == "UID":
                    command, _, rest = rest.partition(" ")
                owner.heard(command.upper())
                self.ended = False
                if command.upper() == "FETCH" and "BODY" in rest and rest[:rest.find(" ")].strip("0123456789"):
                    self.answer_each(owner, rest)
                elif not owner.twist(self, command.upper(), rest):
                    self.answer(owner, command.upper(), rest)
                if command.upper() == "LOGOUT":
                    break
        except OSError:
            pass

    def done(self, words="done"):
        self.say("%s OK %s" % (self.tag, words))

    def fetched(self, uid, rest, raw):
        head = b"* %d FETCH (UID %d BODY[%s] {%d}\r\n" % (
            uid, uid, b"HEADER" if "HEADER" in rest else b"", len(raw))
        return head + raw + b")\r\n"

    def answer_each(self, owner, rest):
        """A FETCH of several mails is so many of one, up to the first that ends it."""
        which, _, what = rest.partition(" ")
        said, self.done, self.several = self.done, lambda *words: None, True
        for part in which.split(","):
            first, _, last = part.partition(":")
            for uid in range(int(first), int(last or first) + 1):
                one = "%d %s" % (uid, what)
                if not self.ended and not owner.twist(self, "FETCH", one):
                    self.answer(owner, "FETCH", one)
        self.done, self.several = said, False
        if not self.ended:
            self.done()

    def answer_with(self, owner, command, rest, news):
        """As answer(), and something comes before the end of it."""
        said, self.done = self.done, lambda: None
        self.answer(owner, command, rest)
        self.done = said
        self.say(news)
        self.done()

    def answer(self, owner, command, rest):
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1 " + owner.capability)
        elif command in ("SELECT", "EXAMINE"):
            self.box = owner.boxes.get(rest.strip('"'), owner.mails)
            self.say("* %d EXISTS" % len(self.box))
            self.say("* OK [UIDVALIDITY %d] so" % owner.uidvalidity)
        elif command == "SEARCH":
            first, last = re.search(r"UID (\d+):?(\d+)?", rest).groups()
            with owner.lock:
                found = [str(uid) for uid in sorted(self.box) if int(first) <= uid <= int(last or 2 ** 32)]
            if not rest.startswith("RETURN"):
                self.say("* SEARCH " + " ".join(found))
            elif found:
                self.say('* ESEARCH (TAG "%s") UID ALL %s' % (self.tag, ",".join(found)))
        elif command == "FETCH" and "BODY" in rest:
            uid = int(rest.split(" ")[0])
            if uid in self.box:
                raw = self.box[uid]
                self.say(self.fetched(uid, rest, raw[:raw.find(b"\r\n\r\n") + 4] if "HEADER" in rest else raw))
        elif command == "FETCH":
            first, _, last = rest.split(" ")[0].replace(",", ":").partition(":")
            last = re.split("[:,]", rest.split(" ")[0])[-1]
            for uid in sorted(self.box):
                if int(first) <= uid <= int(last):
                    self.say("* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, owner.sizes.get(uid, len(self.box[uid]))))
        elif command == "IDLE":
            self.say("+ go")
            self.rfile.readline()
        elif command == "LOGOUT":
            self.say("* BYE")
        self.done()


class StrangeImap:
    def __init__(self, capability="", port=0):
        self.mails, self.boxes, self.sizes, self.uidvalidity, self.capability = {}, {}, {}, 77, capability
        self.lock, self.connections, self.commands = threading.Lock(), 0, []
        self.twist = lambda connection, command, rest: False

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads = True, True

        self.server = Server(("127.0.0.1", port), Connection)
        self.server.owner = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def heard(self, command):
        with self.lock:
            self.commands.append(command)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
