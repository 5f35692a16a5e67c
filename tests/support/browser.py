"""A Chromium without a window, spoken to over its debugging pipe: pages, what is in them, keys typed into them."""
import json
import os
import subprocess
import threading
import time

CALL_DEADLINE_S = 60


class Browser:
    """One process with a profile of its own under `folder`."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        command = ["chromium", "--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + folder, "--no-first-run",
                   "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
                   "--disable-component-update", "--disable-extensions", "--no-proxy-server", "about:blank"]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")

        def take_pipes():  # it reads from 3 and writes to 4; ours may be these very numbers
            ends = os.dup(to_read), os.dup(to_write)
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)
        self.process = subprocess.Popen(command, preexec_fn=take_pipes, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, HOME=folder))
        os.close(to_read)
        os.close(to_write)
        self.number, self.answers, self.events, self.heard = 0, {}, [], threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while True:
            piece = os.read(self.read_end, 65536)
            if not piece:
                return
            *messages, rest = (rest + piece).split(b"\0")
            with self.heard:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self.answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self.heard.notify_all()

    def call(self, method, session=None, **params):
        with self.heard:
            self.number += 1
            number = self.number
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        with self.heard:
            if not self.heard.wait_for(lambda: number in self.answers, CALL_DEADLINE_S):
                raise RuntimeError("chromium: no answer to %s" % method)
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError("chromium: %s: %s" % (method, answer["error"]))
        return answer["result"]

    def page(self, url):
        return Page(self, url)

    def stop(self):
        try:
            self.call("Browser.close")
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait(30)


class Page:
    def __init__(self, browser, url):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Accessibility"):
            self.call(domain + ".enable")
        self.go(url)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def _leave(self, method, **params):
        self.eval("window.leaving = true")
        self.call(method, **params)
        self.wait("!window.leaving && document.readyState === 'complete'")

    def go(self, url):
        self._leave("Page.navigate", url=url)

    def reload(self):
        self._leave("Page.reload")

    def eval(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError("%s: %s" % (script, answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, script, deadline_s=60):
        end = time.monotonic() + deadline_s
        while True:
            try:
                if self.eval(script):
                    return
            except RuntimeError:  # the page is just being changed for another
                if time.monotonic() > end:
                    raise
            if time.monotonic() > end:
                raise AssertionError("not within %d s: %s; the page says: %s" % (
                    deadline_s, script, self.eval("document.body.innerText")))
            time.sleep(0.05)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press(self, key, modifiers=0):
        code = {"Enter": 13, "Tab": 9}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      modifiers=modifiers, **(text if kind == "keyDown" else {}))

    def names(self):
        """(role, name) of all that assistive technology is told of."""
        return [(n["role"]["value"], n.get("name", {}).get("value", ""))
                for n in self.call("Accessibility.getFullAXTree")["nodes"] if not n.get("ignored")]

    def complaints(self):
        """What the page wrote to its console, threw, or was forbidden."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            if event["method"] == "Log.entryAdded":
                found.append(event["params"]["entry"]["text"])
            elif event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                found.append(json.dumps(event["params"]))
        return found
