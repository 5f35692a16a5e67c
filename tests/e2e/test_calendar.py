"""Due times against an independent reading of the time zones (tests/support/slow_calendar.py)."""
import datetime
import itertools
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402
import slow_calendar  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
CASES = int(os.environ.get("RELEVO_CALENDAR_CASES", "150"))
SEED = int(os.environ.get("RELEVO_CALENDAR_SEED", "1"))
ALL_TRANSITIONS = os.environ.get("RELEVO_CALENDAR_TRANSITIONS") == "all"
ZONES = slow_calendar.zones()
NEVER_S = 60 * slow_calendar.DAY_S  # of a calendar whose week is closed: its days of its own lie within two weeks


def ask(questions):
    lines = "".join(json.dumps(dict(q, id=i)) + "\n" for i, q in enumerate(questions))
    done = subprocess.run([CTL, "calendar", "--json", "--batch"], input=lines, capture_output=True, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == list(range(len(questions))), done.stderr
    return answers


def seconds_of(answer):
    if "due" not in answer:
        return None
    return int(datetime.datetime.strptime(answer["due"], "%Y-%m-%dT%H:%M:%S%z").timestamp())


def compare(cases, step=60):
    """The first that is not equal is told whole."""
    cases = iter(cases)
    while some := list(itertools.islice(cases, 1000)):
        compare_some(some, step)


def compare_some(cases, step):
    for (question, calendar, start), answer in zip(cases, ask([c[0] for c in cases])):
        closed = not any(calendar.week)
        until = start + (NEVER_S if closed else 40 * 365 * slow_calendar.DAY_S)
        expected, came = calendar.due(start, question["seconds"], until, step), seconds_of(answer)
        assert came == expected, "%s: expected %s, got %s" % (json.dumps(question), expected, answer)
        assert expected is not None or answer["error"] == "never open long enough", answer


def test_random_calendars_agree_with_a_slow_reference(_):  # C-3, C-4, C-6
    rng = random.Random(SEED)
    compare(slow_calendar.draw_case(rng, ZONES) for _ in range(CASES))


def test_some_of_them_second_by_second(_):
    rng = random.Random(SEED)
    cases = (slow_calendar.draw_case(rng, ZONES) for _ in range(CASES))
    short = (c for c in cases if c[0]["seconds"] <= 8 * 3600 and sum(map(len, c[1].week)) >= 7)
    compare(itertools.islice(short, max(CASES // 50, 3)), step=1)


def at_edges(changing):
    for i, (name, found) in enumerate(changing):
        if ALL_TRANSITIONS:
            for transition in found:
                yield from slow_calendar.transition_cases(name, transition)
        else:
            made = list(slow_calendar.transition_cases(name, found[(i * 7 + SEED) % len(found)]))
            yield made[(i * 11 + SEED) % len(made)]


def test_every_zone_with_a_transition_is_right_inside_and_at_its_edges(_):  # C-5
    changing = [(name, found) for name, found in ZONES if found]
    assert len(changing) > 150, len(changing)
    compare(at_edges(changing))


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
