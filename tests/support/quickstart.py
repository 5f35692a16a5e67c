"""What ./quickstart does when all is built: a house under /var/tmp, its story, and what one can try next.

Without --once the house is kept by a process in the background, whose words go to the folder's log; this one follows
them. --down ends that process and removes the folder.
"""
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import servers  # noqa: E402
import storyhouse  # noqa: E402

PLACE = "/var/tmp/relevo-quickstart-%d" % os.geteuid()
STATE, LOG = os.path.join(PLACE, "state.json"), os.path.join(PLACE, "log")
WANTED_PORTS = {"http": 8080, "smtp": 2525, "imap": 2143, "imaps": 2993, "postgres": 25432}
LAST_LINE = "---"


def say(line=""):
    print(line, flush=True)


def state():
    try:
        with open(STATE) as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def is_up():
    pid = state().get("pid")
    try:
        with open("/proc/%d/cmdline" % (pid or 0), "rb") as f:
            return b"quickstart.py" in f.read()
    except OSError:
        return False


def ports():
    """The ports that one remembers, where they are free."""
    return {name: servers.free_port() if servers.answers(port) else port for name, port in WANTED_PORTS.items()}


def install():
    """What `cmake --install` gives, where also the user that relevod runs as can read it."""
    usr = os.path.join(PLACE, "usr")
    done = subprocess.run(["cmake", "--install", os.path.join(ROOT, "build", "release"), "--prefix", usr],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError("cmake --install: " + done.stdout[-2000:])
    return usr


def build_house():
    os.makedirs(PLACE, exist_ok=True)
    os.chmod(PLACE, 0o755)
    return storyhouse.StoryHouse(os.path.join(PLACE, "house"), build=install(), ports=ports(),
                                 user="nobody" if os.geteuid() == 0 else None)


# --- what came of it

def clipped(text, width):
    line = " ".join(text.split())
    return line if len(line) <= width else line[:width - 1] + "…"


def show_threads(house):
    for customer in house.customers:
        ticket = house.ticket(customer)
        say("\n%s: ticket %d, %s, priority %s, level %d" % (customer.kind, ticket["ticket_id"], ticket["status"],
                                                          ticket["priority"], ticket["level"]))
        for message in ticket["messages"]:
            arrow = {"in": "<-", "out": "->", "note": "--"}[message["direction"]]
            say("  %s %-12s %s" % (arrow, clipped(message["name"] or message["address"] or "", 12), clipped(message["text"], 90)))


def show_side_by_side(house):
    width = 27
    say("\nThe same escalation, at the same distances (seconds since the first message):")
    say("  %-14s" % "" + "".join("%-*s" % (width, c.kind) for c in house.customers))
    for level in (2, 3):
        say("  %-14s" % ("level %d after" % level) + "".join(
            "%-*s" % (width, "%s s" % house.level_after(c, level)) for c in house.customers))
    say("\nWhat each customer was told, as it lies in the mailbox, the phone, the bot's chat, the chat page:")
    heard = [c.heard() for c in house.customers]
    for row in range(max(len(list_) for list_ in heard)):
        say("  %-14d" % (row + 1) + "".join("%-*s" % (width, clipped(list_[row], width - 2) if row < len(list_) else "")
                                            for list_ in heard))


def show_agents(house):
    say("\nWhat lies in the agents' mailboxes:")
    for agent in ("ana", "eva", "leo"):
        for mail in house.mail.mails(agent):
            say("  %-4s %s" % (agent, clipped(mail["Subject"], 90)))


def show_next(house):
    ctl = "%s/usr/bin/relevoctl --config %s" % (PLACE, house.relevod.path)
    sender = "printf 'From: Pepe <pepe@client.example>\\nTo: support@desk.example\\nSubject: Hola\\n\\nNo llega\\n' > /tmp/hola.eml"
    say("""
It stays up. What you can try:
  the chat page      http://127.0.0.1:%d/chat/chat/
  the tickets        %s ticket list --all
  one of them        %s ticket show 1
  answer by hand     %s ticket reply 1 "Ya está en camino" --as ana
  write a mail       %s
                     curl -s smtp://localhost:%d --mail-from pepe@client.example --mail-rcpt support@desk.example -T /tmp/hola.eml
  health, metrics    curl -s %s/metrics
  the log            tail -f %s
Take it down with ./quickstart --down""" % (house.relevod.port, ctl, ctl, ctl, sender, house.mail.postfix.port,
                                            house.relevod.admin, LOG))


def tell_story(house):
    say("\nThe story, told by four customers at once; times are seconds in this policy.")
    begun = time.monotonic()
    storyhouse.play(house, lambda line: say("%5.1f s  %s" % (time.monotonic() - begun, line)))
    show_threads(house)
    show_side_by_side(house)
    show_agents(house)
    house.check_same()
    say("\nAll four kinds of channel had the same plan.")


# --- the three ways to call it

def once():
    down(quiet=True)
    house, code = None, 1
    try:
        house = build_house()
        house.start(lambda what: say("Starting " + what))
        tell_story(house)
        code = 0
    except (AssertionError, RuntimeError) as error:
        say("\nA step did not happen: %s" % error)
        if house is not None and house.relevod is not None:
            say("\n".join(house.relevod.lines[-40:]))
    finally:
        if house is not None:
            status = house.stop()
            code = code or int(status != 0)
        remove()
    return code


def keep():
    """In the background: the house, until it is told to end."""
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    house, failed = None, None
    try:
        house = build_house()
        house.start(lambda what: say("Starting " + what))
        tell_story(house)
        show_next(house)
    except (AssertionError, RuntimeError, OSError) as error:
        failed = error
        say("\nA step did not happen: %s" % error)
        if not isinstance(error, AssertionError):
            traceback.print_exc(file=sys.stdout)
    with open(STATE + ".new", "w") as f:
        json.dump({"pid": os.getpid(), "failed": failed is not None}, f)
    os.rename(STATE + ".new", STATE)
    say(LAST_LINE)
    while not ended and failed is None:
        signal.pause()
    if house is not None:
        house.stop()
    return 1 if failed else 0


def up():
    if is_up():
        say("It is up already: see %s. Take it down with ./quickstart --down" % LOG)
        return 0
    down(quiet=True)
    os.makedirs(PLACE, exist_ok=True)
    with open(LOG, "w") as log:
        keeper = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--keep"], stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    with open(STATE, "w") as f:
        json.dump({"pid": keeper.pid}, f)
    with open(LOG) as log:
        while True:
            line = log.readline()
            if line.rstrip("\n") == LAST_LINE:
                break
            if line:
                say(line.rstrip("\n"))
            elif keeper.poll() is not None:
                say("it ended; see %s" % LOG)
                return 1
            else:
                time.sleep(0.1)
    if state().get("failed"):
        keeper.wait()
        say("The words of all parts are under %s; ./quickstart --down removes it." % PLACE)
        return 1
    return 0


def remove():
    if os.path.isdir(PLACE):
        shutil.rmtree(PLACE, ignore_errors=True)
    if os.path.isdir(PLACE) and os.geteuid() != 0:  # what Postfix wrote is root's
        subprocess.run(servers.privileged("rm", "-rf", PLACE), check=False)


def down(quiet=False):
    if is_up():
        pid = state()["pid"]
        os.kill(pid, signal.SIGTERM)
        servers.wait_for("the end of the house", lambda: not os.path.exists("/proc/%d" % pid) or not is_up(), 90)
    existed = os.path.isdir(PLACE)
    remove()
    if not quiet:
        say("Taken down and removed: %s" % PLACE if existed else "There is nothing to take down.")
    return 0


if __name__ == "__main__":
    sys.exit({"--once": once, "--down": down, "--keep": keep}.get(sys.argv[1] if len(sys.argv) > 1 else "", up)())
