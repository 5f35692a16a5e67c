"""An Exim of one's own, in a root of its own: see guest.py. It has no daemon: a mail is handed to it, and the queue is run, by command."""
import os
import re
import shutil

import guest

EXIM, RELEVOCTL = "/usr/sbin/exim4", "/usr/bin/relevoctl"
EXIM_USER, RELEVO_USER = 910, 911
DOCS = os.path.join(os.path.dirname(os.path.dirname(guest.HERE)), "docs", "install.md")
MAIN = """
primary_hostname = mail.example.org
log_file_path = /var/log/exim4/%%slog
tls_advertise_hosts =
%s
begin routers
%s
begin transports
%s
begin retry
* * F,1h,1s
"""


def documented():
    """name -> block, of each setting, router and transport that docs/install.md gives to copy into an Exim."""
    with open(DOCS, encoding="utf-8") as f:
        text = f.read().partition("\nExim, ")[2].partition("\n## ")[0]
    blocks = re.findall(r"(?ms)^```\n(.*?)^```$", text)
    return dict(re.findall(r"(?ms)^(\w+)(?::\n| =)(.*?)(?=^\w|\Z)", "".join(blocks)))


class Exim:
    """`settings`, `routers`, `transports`: texts of its configuration."""

    def __init__(self, folder, relevoctl):
        self.guest = guest.Guest(folder, ["exim4-daemon-light", "exim4-base"], [EXIM, RELEVOCTL])
        self.relevoctl = relevoctl

    def make(self, settings, routers, transports):
        g = self.guest
        os.makedirs(g.path("/usr/bin"))
        shutil.copy(self.relevoctl, g.path(RELEVOCTL))
        os.chmod(g.path(RELEVOCTL), 0o755)
        g.make()
        for name, number in (("Debian-exim", EXIM_USER), ("relevo", RELEVO_USER)):
            g.append("/etc/passwd", "%s:x:%d:%d::/:/bin/sh\n" % (name, number, number))
            g.append("/etc/group", "%s:x:%d:\n" % (name, number))
        self.forget()
        g.folder("/run/relevo")
        g.write("/proc/self/environ", "ASAN_OPTIONS=detect_leaks=0\0")  # for a sanitizer, which finds no leaks without /proc
        g.write("/etc/exim4/exim4.conf", MAIN % (settings, routers, transports))
        return self

    def forget(self):
        """Its queue and its log."""
        for name in ("/var/spool/exim4", "/var/log/exim4"):
            shutil.rmtree(self.guest.path(name), ignore_errors=True)
            self.guest.folder(name, EXIM_USER)

    def send(self, sender, recipient, raw):
        """Takes a mail in, as from a program of this machine, and tries at once to deliver it."""
        self.guest.call(EXIM, "-odf", "-i", "-f", sender, "--", recipient, stdin=raw)

    def waiting(self):
        return int(self.guest.call(EXIM, "-bpc"))

    def try_again(self):
        self.guest.call(EXIM, "-qff")

    def log(self):
        with open(self.guest.path("/var/log/exim4/mainlog"), encoding="utf-8", errors="replace") as f:
            return f.read()
