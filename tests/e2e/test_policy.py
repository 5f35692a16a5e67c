"""Stories told under a policy: relevoctl policy simulate."""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.dom.minidom

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
# All stories by all adapters: tests/unit/test_scenarios.c; here it is the command that is looked at.
STORIES = [os.path.join(ROOT, "tests", "scenarios", name + ".scn") for name in ("nobody_answers", "after_grace", "weekend")]
KINDS = ("imap", "lmtp", "twilio", "telegram", "webchat", "webhook")


def simulate(*words):
    done = subprocess.run([CTL, "policy", "simulate", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def written(folder, text, name="made.scn"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def test_one_story_differs_between_kinds_of_channel_in_nothing_but_its_sinks(_):  # C-20, D-4, D-19
    for story in STORIES:
        told, sinks = set(), set()
        for kind in KINDS:
            code, out, err = simulate("--json", "--story", story, "--channel", kind)
            assert (code, err) == (0, ""), (story, kind, err)
            whole = json.loads(out)
            for delivery in whole["deliveries"]:
                if delivery["to"] == "customer":
                    sinks.add(delivery["sink"])
                delivery["sink"] = None
            told.add(json.dumps(whole))
        assert len(told) == 1, story
        assert sinks == {"smtp", "twilio", "telegram", "webchat", "webhook"}, sinks


def test_a_channel_has_the_targets_that_the_policy_gives_it(_):  # C-22, D-10, D-12
    for kind, seconds in (("imap", 4 * 3600), ("telegram", 3600), ("webchat", 600)):
        _, out, _ = simulate("--json", "--text", "Hola", "--days", "1", "--channel", kind)
        started = [e["detail"]["target_s"] for e in json.loads(out)["events"]
                   if e["event"] == "clock_started" and e["detail"]["clock"] == "first_response"]
        assert started == [seconds], (kind, started)


def test_the_shipped_policy_takes_a_case_that_nobody_answers_through_all_four_levels(_):  # D-39, D-46
    _, out, _ = simulate("--json", "--text", "Nada funciona desde esta mañana", "--days", "3")
    whole = json.loads(out)
    entered = [e["detail"]["name"] for e in whole["events"] if e["event"] == "level_entered"]
    assert entered == ["first contact", "specialists", "back end and research", "servers and installation"], entered
    assert whole["tickets"][0]["priority"] == "urgent"


NEW = """begins 2026-03-02
at 09:00 customer Ana says "Our labels come out of the printer upside down, for everybody here"
at 09:05 customer Luz says "Nothing works, all of us wait"
at 09:10 about Ana
         agent eva replies
         expect ticket open level 1, priority high
at 09:15 about Luz
         agent eva replies
at 10:59 about Ana
         expect ticket open level 1
at 11:00 expect ticket open level 3, team backend
         about Luz
         expect ticket open level 1
"""
MANY = """begins 2026-03-02
at 10:00 customer a says "No puedo pagar con tarjeta en la tienda"
at 10:05 customer b says "Al pagar con tarjeta la tienda da error"
at 10:10 customer c says "Quiero cambiar la dirección de mi pedido"
at 10:15 customer d says "Hola, no puedo pagar con tarjeta"
at 10:20 customer e says "La tienda no deja pagar con tarjeta"
         about e
         expect in no incident
at 10:25 customer f says "Imposible pagar con tarjeta, gracias"
         about incident
         expect people 5, ticket new level 2, priority high
         about c
         expect in no incident, priority normal
"""


def test_the_shipped_policy_leads_new_problems_up_and_makes_one_of_many_where_that_is_switched_on(folder):  # D-52, D-15
    with open(os.path.join(ROOT, "core", "policy.yaml"), encoding="utf-8") as f:
        shipped = f.read()
    block = re.search(r"(?m)^# incidents:\n(#   .*\n)+", shipped).group(0)
    policy = written(folder, shipped.replace(block, re.sub(r"(?m)^# ", "", block).replace(", tienda", "")), "on.yaml")
    for text in (NEW, MANY):
        code, out, err = simulate("--story", written(folder, text), "--policy", policy)
        assert (code, err) == (0, ""), (out, err)
    code, out, err = simulate("--story", written(folder, NEW))
    assert (code, err) == (0, ""), (out, err)


def test_what_a_story_expects_and_is_not_so_is_said_with_its_line(folder):
    path = written(folder, 'at 09:00 customer says "Hola"\nat 09:01 expect ticket solved level 1, told E-01 1\n')
    code, out, _ = simulate("--story", path)
    assert code == 1
    assert "1 of 2 expectations hold" in out, out
    assert "%s:2: expected ticket solved level 1, but it is new, level 1" % path in out, out
    code, out, _ = simulate("--json", "--story", path)
    assert code == 1
    assert json.loads(out)["expectations_missed"] == [
        {"line": 2, "expected": "ticket solved level 1", "came": "it is new, level 1"}], out


def test_a_line_that_is_not_understood_is_named_with_what_was_expected(folder):
    for text, words in (
        ('customer says "Hola"\ncustomer hums\n', ":2: expected a sentence, got 'customer hums'"),
        ('at 25:00 customer says "Hola"\n', ":1: expected a time like 09:15 or 2/09:15:30, got '25:00'"),
        ('at 10:00 customer says "a"\nat 09:00 escalate\n', ":2: expected a time that is not before"),
        ('status asleep\n', ":1: expected a status: new, open, pending, on_hold, solved, closed, got 'asleep'"),
        ('expect told E-99 1\n', ":1: expected a notice"),
        ('customer says "Hola\n', ":1: expected words, each alone or in \"quotes\""),
        ('escalate\n', ":1: escalate: there is no such ticket"),
        ('begins 2026-02-30\n', ":1: expected a day like 2026-01-06, got '2026-02-30'"),
        ('customer says "Hola"\ncustomer has plan gold\n', ":2: customer has plan gold: the policy has no plan 'gold'"),
        ('customer writes in Spanish\n', ":1: expected a language: es, pt-BR …, got 'Spanish'"),
        ('about incident\ncustomer is vip\n', ":2: customer is vip: an incident is no customer's"),
        ('customer says "Hola"\nmerge into Luz\n', ":2: merge into Luz: nobody is called 'Luz'"),
        ('customer says "Hola"\nsplit off Luz\n', ":2: split off Luz: the message that opened the ticket stays there"),
        ('spam\n', ":1: spam: there is no such ticket"),
        ('customer says "Hola"\ntopic bills\n', ":2: topic bills: there is no topic 'bills': the policy knows none"),
        ('hours Europe/Madrid someday 09:00-17:00\n', ":1: hours Europe/Madrid someday 09:00-17:00: expected days"),
    ):
        code, out, err = simulate("--story", written(folder, text))
        assert (code, out) == (1, ""), (text, code, out)
        assert words in err, (text, err)


def test_a_story_is_told_under_the_policy_that_the_line_names(folder):
    policy = written(folder, "escalation:\n  - {name: only, steps: [{name: asked, when: requested, do: [tag asked]}]}\n"
                     "targets: {resolution: {normal: 1h}}\n", "policy.yaml")
    code, out, err = simulate("--json", "--text", "Hola", "--days", "1", "--policy", policy)
    assert (code, err) == (0, ""), err
    assert [c["clock"] for c in json.loads(out)["tickets"][0]["clocks"]] == ["resolution"], out


def test_what_a_customer_would_be_told_to_read_is_said_or_why_nothing(folder):  # E-21, D-35
    with open(os.path.join(ROOT, "tests/scenarios/helps_itself.yaml"), encoding="utf-8") as f:
        policy = written(folder, f.read(), "policy.yaml")
    for text, words in (
        ("Mi paquete no llega", "what may help is told with it: where, by paquete llega  [E-21]"),
        ("Mi paquete no llega", "asked with it: ¿Qué número tiene el pedido?  [D-51]"),
        ("Nada funciona, mi paquete tampoco", "no article is told: it is urgent  [E-21]"),
        ("Llega la semana que viene", "no article is told: nothing fits by 60 %: where, the nearest, by 50 %  [E-21]"),
        ("Hola", "no article is told: nothing fits  [E-21]"),
    ):
        code, out, err = simulate("--text", text, "--days", "1", "--policy", policy)
        assert (code, err) == (0, ""), err
        assert words in out, (text, out)


def test_a_topic_set_right_is_told_with_the_team_that_gets_it(_):  # D-16
    code, out, err = simulate("--story", os.path.join(ROOT, "tests/scenarios/topic_set_right.scn"))
    assert (code, err) == (0, ""), (out, err)
    assert "its topic is parcels instead of bills, and it goes to team road: the story says so  [D-16]" in out, out
    assert "its topic is parcels instead of parcels: the story says so  [D-16]" in out, out


def test_the_story_of_the_guide_is_told_as_it_expects_under_the_shipped_policy(folder):
    with open(os.path.join(ROOT, "docs", "policy.md"), encoding="utf-8") as f:
        story = next(block for block in f.read().split("```\n") if block.startswith("# Who is not answered"))
    code, out, err = simulate("--story", written(folder, story))
    assert (code, err) == (0, ""), (out, err)
    assert "6 of 6 expectations hold" in out, out


def test_a_mistake_in_the_policy_is_said_with_its_place(folder):
    policy = written(folder, "escalation: 3\n", "policy.yaml")
    code, _, err = simulate("--text", "Hola", "--policy", policy)
    assert code == 3, code
    assert "%s:1:" % policy in err, err


def test_the_picture_is_well_formed_and_holds_no_markup_of_the_story(folder):
    story = written(folder, 'at 09:00 customer says "<script>alert(1)</script>"\nat 2/09:00 wait\n', "<b>.scn")
    code, out, err = simulate("--svg", "--story", story)
    assert (code, err) == (0, ""), err
    drawn = xml.dom.minidom.parseString(out)
    assert drawn.getElementsByTagName("script") == []
    assert drawn.getElementsByTagName("b") == []
    assert len(drawn.getElementsByTagName("rect")) > 4


def test_one_of_story_and_text_is_wanted(_):
    for words in ((), ("--text", "a", "--story", STORIES[0])):
        code, _, err = simulate(*words)
        assert code == 1, words
        assert "expected --story FILE or --text TEXT" in err, err


GUIDE = os.path.join(ROOT, "docs", "policy.md")
# The changes of the guide: what it puts for what in the shipped policy, and what it then simulates.
CHANGES = {
    "hours": ([("mon-fri: 09:00-18:00", "mon-fri: 09:00-14:00, 15:30-18:30\n      sat: 10:00-14:00")],
              ["--text", "No puedo entrar", "--begins", "2026-03-06", "--at", "18:00", "--days", "1"]),
    "insists": ([("normal: 4h, high: 1h", "normal: 2h, high: 45m"), ("unanswered 3 messages", "unanswered 2 messages")], None),
    "urgent": ([("priority: urgent\n    tags: [outage]", "priority: high\n    tags: [outage]"),
                ("reopened 2 times, do: [level up]}\n", "reopened 2 times, do: [level up]}\n"
                 "      - {name: very urgent, when: priority urgent, do: [notify team, level up]}\n")], None),
}


def change(folder, pairs):
    """The shipped policy, and the same with these words put for those."""
    with open(os.path.join(ROOT, "core", "policy.yaml"), encoding="utf-8") as f:
        text = f.read()
    before = written(folder, text, "before.yaml")
    for was, now in pairs:
        assert was in text, was
        text = text.replace(was, now, 1)
    return before, written(folder, text, "after.yaml")


def changed(folder, *pairs):
    """What is said of the difference."""
    return subprocess.run([CTL, "policy", "diff", *change(folder, pairs)], capture_output=True, text=True, check=True).stdout


def guide():
    with open(GUIDE, encoding="utf-8") as f:
        return f.read()


def guide_block(name):
    """Where the guide has what is simulated of that change: just above its picture."""
    return re.search(r"```\n([^`]*)```\n\n!\[The same as a picture\]\(policy-%s\.svg\)" % name, guide())


def guide_simulates(folder, name, *more):
    pairs, words = CHANGES[name]
    if words is None:
        story = re.search(r"`%s\.scn`:\n\n```\n([^`]*)```" % name, guide()).group(1)
        words = ["--story", written(folder, story, name + ".scn")]
    code, out, err = simulate("--policy", change(folder, pairs)[1], *words, *more)
    assert (code, err) == (0, ""), err
    return out


def test_the_changes_of_the_guide_are_told_as_it_shows_them(folder):
    for pairs, _ in CHANGES.values():
        told = changed(folder, *pairs)
        assert told.startswith(("Hours\n", "What ")), told
        assert "```\n%s```" % told in guide(), told


def test_what_becomes_of_cases_under_the_changes_of_the_guide_is_as_it_shows_it(folder):  # D-2
    for name in CHANGES:
        assert guide_simulates(folder, name) == guide_block(name).group(1), "%s: look at it, then tests/e2e/test_policy.py --write" % name
        with open(os.path.join(ROOT, "docs", "policy-%s.svg" % name), encoding="utf-8") as f:
            assert guide_simulates(folder, name, "--svg") == f.read(), name


def write_guide(folder):
    for name in CHANGES:
        text, block, out = guide(), guide_block(name), guide_simulates(folder, name)
        with open(GUIDE, "w", encoding="utf-8") as f:
            f.write(text[:block.start(1)] + out + text[block.end(1):])
        with open(os.path.join(ROOT, "docs", "policy-%s.svg" % name), "w", encoding="utf-8") as f:
            f.write(guide_simulates(folder, name, "--svg"))


def test_of_an_agent_it_is_told_what_becomes_otherwise(folder):
    agent = "agents: {bot: {name: Bot, email: bot@example.org, %s}}\nteams: {first: {members: [bot]}}\nescalation: [{name: one, team: first}]\n"
    for was, now, words in (("program: no", "program: yes", "bot is a program: what it says is nobody's answer"),
                            ("program: yes", "program: no", "bot is a person: what is said is an answer"),
                            ("limit: 0", "limit: 3", "bot has at most 3 open cases instead of 0"),
                            ("available: no", "available: yes", "bot gets new cases"),
                            ("available: yes", "available: no", "bot gets no new cases")):
        files = [written(folder, agent % said, name) for said, name in ((was, "before.yaml"), (now, "after.yaml"))]
        told = subprocess.run([CTL, "policy", "diff", *files], capture_output=True, text=True, check=True).stdout
        assert words in told, (words, told)


def test_what_changes_for_whom_is_told_in_words(folder):
    for pairs, words in (
        ([("urgent: 10m, calendar: office", "urgent: 10m")],
         "for an owner the hours of the wall clock count instead of those of office"),
        ([("warn: [50%, 80%]", "warn: [80%]")], "the warning at 50% of the time for the first answer is gone"),
        ([("warn: [50%, 80%]", "warn: [50%, 80%, 15m]")], "the warning with 15m of the time for the first answer left is new"),
        ([("webchat: {first", "webhook: {first")], "cases that come by webchat no longer have promises of their own"),
        ([("    team: specialists\n", "    team: backend\n")],
         'cases on level "specialists" are team backend\'s instead of specialists\'s'),
        ([("    ack: 1h\n", "    ack: 30m\n")],
         'cases on level "specialists": that somebody there has seen it within 30m instead of 1h'),
        ([("do: [raise to high, level up]", "do: [level up]")],
         'level "back end and research", step "nobody takes it" no longer does this: raise to high'),
        ([("priority: normal\n\n", "priority: low\n\n")], "cases for which no rule says a priority: low instead of normal"),
        ([("  grace: 7d\n", "  grace: 7d\n  reopen: 30d\n")], "how long its customer's word opens a closed case again: 30d instead of 0s"),
        ([("timing:\n", "notices: {escalated: {on: no}}\ntiming:\n")], 'the notice "escalated" is sent no longer'),
        ([("# agents:\n#   ana:", "agents:\n  ana:"), ("First contact}", "First contact, members: [ana]}")],
         "ana joins the team first"),
        ([("mon-fri: 09:00-18:00\n", "mon-fri: 09:00-18:00\n    openings: 2026-12-19 10:00-14:00 (sales)\n")],
         "office is now open 2026-12-19 10:00-14:00 (sales)"),
        ([("mon-fri: 09:00-18:00\n", "mon-fri: 09:00-18:00\n    holidays_of: all\nholidays: {all: {days: 2026-12-25}}\n")],
         "office now has the holidays of all\n  - the holidays of all are new\n"),
        ([("# The path is", "# The way is")], "nothing would change"),
    ):
        told = changed(folder, *pairs)
        assert words in told, (words, told)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        with tempfile.TemporaryDirectory() as place:
            sys.exit(write_guide(place))
    sys.exit(functions.main(globals()))
