"""A token endpoint (RFC 6749) and an introspection endpoint (RFC 7662) on loopback, as strict as the big providers'.

Each refresh token is good once and gives the next one. `fail` maps client ids to (status, error); `calls` keeps what was
asked. A client proves itself by `secret`, or by a JWT that the key of `certificate` signed.
"""
import base64
import hashlib
import http.server
import json
import os
import subprocess
import tempfile
import threading
import urllib.parse

JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


# For Dovecot's `more`: whoever has a token is asked about here. The place of the file that says where.
PASSDB = """
auth_mechanisms = $auth_mechanisms xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %s
}
"""
INTROSPECTION = """
introspection_url = %s/introspect?token=
introspection_mode = get
username_attribute = username
active_attribute = active
active_value = true
"""


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TokenServer(http.server.ThreadingHTTPServer):
    def __init__(self, refresh, secret=None, certificate=None, life_s=3600, user="support"):
        self.refresh, self.secret, self.certificate, self.life_s, self.user = refresh, secret, certificate, life_s, user
        self.fail, self.calls, self.good, self.number, self.rotates = {}, [], {}, 0, True
        self.late = []  # events that the answers to the next questions wait for; what they say is decided before
        owner, self.lock = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(),
                                             strict_parsing=True)
                with owner.lock:
                    status, answer = owner.answer(self.path, {k: v[0] for k, v in form.items()}, self.headers)
                    late = owner.late.pop(0) if owner.late else None
                if late is not None:
                    late.wait(20)
                self.reply(status, answer)

            def do_GET(self):
                """Introspection, as Dovecot asks."""
                asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                with owner.lock:
                    name = owner.good.get(asked["token"][0])
                self.reply(200, {"active": True, "username": name} if name else {"active": False, "username": ""})

            def reply(self, status, answer):
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, path, form, headers):
        self.calls.append(form)
        if form.get("client_id") in self.fail:
            status, error = self.fail[form["client_id"]]
            return status, {"error": error, "error_description": "AADSTS700082: it expired"}
        if path != "/token" or headers["Content-Type"] != "application/x-www-form-urlencoded":
            return 404, {}
        if not self.is_proven(form):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS70000: unknown refresh token"}
        self.number += 1
        token = "access-%d-%s" % (self.number, hashlib.sha256(self.refresh.encode()).hexdigest())
        self.good[token] = self.user
        answer = {"token_type": "Bearer", "access_token": token, "expires_in": self.life_s}
        if self.rotates:
            self.refresh = answer["refresh_token"] = "%s.%d" % (self.refresh.partition(".")[0], self.number)
        return 200, answer

    def is_proven(self, form):
        if self.certificate is None:
            return form.get("client_secret") == self.secret and "client_assertion" not in form
        if form.get("client_assertion_type") != JWT or "client_secret" in form:
            return False
        head, claims, signature = form["client_assertion"].split(".")
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("sig", unbase64url(signature)), ("data", (head + "." + claims).encode())):
                with open("%s/%s" % (folder, name), "wb") as f:
                    f.write(data)
            key = subprocess.run(["openssl", "x509", "-in", self.certificate, "-pubkey", "-noout"], capture_output=True, check=True)
            with open(folder + "/key", "wb") as f:
                f.write(key.stdout)
            good = subprocess.run(["openssl", "dgst", "-sha256", "-verify", folder + "/key", "-signature", folder + "/sig",
                                   folder + "/data"], capture_output=True, check=False).returncode == 0
        der = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], capture_output=True, check=True).stdout
        head, claims = json.loads(unbase64url(head)), json.loads(unbase64url(claims))
        return (good and head["alg"] == "RS256" and unbase64url(head["x5t"]) == hashlib.sha1(der).digest()
                and claims["aud"] == self.url + "/token" and claims["iss"] == claims["sub"] == form["client_id"]
                and 0 < claims["exp"] - claims["nbf"] <= 600)

    def dovecot_more(self, folder):
        path = os.path.join(folder, "oauth2.conf")
        with open(path, "w", encoding="ascii") as f:
            f.write(INTROSPECTION % self.url)
        return PASSDB % path

    def revoke_all(self):
        with self.lock:
            self.good.clear()

    def stop(self):
        self.shutdown()
        self.server_close()
