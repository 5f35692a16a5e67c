"""Feeds of holidays at the command line: relevoctl calendar import, and calendar show of what came of them."""
import datetime
import json
import os
import random
import subprocess
import sys

from dateutil import rrule

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
RULES = int(os.environ.get("RELEVO_RULES", "80"))
SEED = int(os.environ.get("RELEVO_RULES_SEED", "1"))
FEED = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Holidays//ES
BEGIN:VEVENT
UID:1@example.org
SUMMARY:Navidad
CATEGORIES:National holiday
DTSTART;VALUE=DATE:20201225
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:2@example.org
SUMMARY:Puente de la
  Constitución
DTSTART;VALUE=DATE:20261207
DTEND;VALUE=DATE:20261209
END:VEVENT
BEGIN:VEVENT
UID:3@example.org
SUMMARY:San Valentín
DTSTART;VALUE=DATE:20260214
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:4@example.org
SUMMARY:Nochebuena
DTSTART;TZID=Europe/Madrid:20261224T140000
DTEND;TZID=Europe/Madrid:20261225T000000
END:VEVENT
END:VCALENDAR
"""
POLICY = """include: [spain.yaml]
calendars:
  office:
    zone: Europe/Madrid
    hours: {mon-fri: '09:00-14:00, 15:30-18:30'}
    holidays_of: spain
    holidays: '2026-12-24 09:00-12:00 (Nochebuena)'
    openings: '2026-12-19 10:00-14:00 (the Saturday before)'
escalation: [{name: one}]
"""


def ctl(*words, given=None):
    done = subprocess.run([CTL, *words], input=given, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def test_a_feed_becomes_a_file_to_look_through_and_its_days_are_told_by_name(folder):  # T-56
    feed = written(folder, "es.ics", FEED.replace("\n", "\r\n"))
    code, out, err = ctl("calendar", "import", feed, "--name", "spain", "--from", "2026", "--to", "2027")
    assert (code, err) == (0, ""), err
    assert "      - '2026-12-07..2026-12-08 (Puente de la Constitución)'\n" in out, out
    assert "      - '2026-12-25 (Navidad)' # National holiday\n" in out, out
    assert "#   2026-02-14 San Valentín: marked as taking up no time\n" in out, out
    assert "#   2026-12-24 Nochebuena: it takes a part of the day" in out, out
    written(folder, "spain.yaml", out)
    policy = written(folder, "policy.yaml", POLICY)
    code, _, err = ctl("policy", "check", policy)
    assert code == 0, err
    code, out, err = ctl("calendar", "show", "office", "--policy", policy, "--from", "2026-12-18", "--to", "2026-12-26")
    assert (code, err) == (0, ""), err
    assert out.splitlines() == [
        "office, Europe/Madrid",
        "  fri 2026-12-18  09:00-14:00, 15:30-18:30",
        "  sat 2026-12-19  10:00-14:00  opening: the Saturday before",
        "  sun 2026-12-20  closed",
        "  mon 2026-12-21  09:00-14:00, 15:30-18:30",
        "  tue 2026-12-22  09:00-14:00, 15:30-18:30",
        "  wed 2026-12-23  09:00-14:00, 15:30-18:30",
        "  thu 2026-12-24  09:00-12:00  holiday: Nochebuena",
        "  fri 2026-12-25  closed  holiday: Navidad",
        "  sat 2026-12-26  closed"], out
    code, out, _ = ctl("--json", "calendar", "show", "office", "--policy", policy, "--special", "--from", "2027-12-01")
    assert json.loads(out) == {"calendar": "office", "zone": "Europe/Madrid", "days": [
        {"day": "2027-12-25", "weekday": "sat", "hours": "closed", "holiday": True, "opening": False, "name": "Navidad"}]}, out


def test_for_programs_the_days_come_as_json_and_a_feed_by_the_standard_input(_):
    code, out, _ = ctl("--json", "calendar", "import", "-", "--from", "2026", "--to", "2026", "--transparent", given=FEED)
    whole = json.loads(out)
    assert code == 0 and [d["first"] for d in whole["holidays"]] == ["2026-02-14", "2026-12-07", "2026-12-25"], out
    assert [(d["first"], d["name"]) for d in whole["left_out"]] == [("2026-12-24", "Nochebuena")], out
    assert "why" not in whole["holidays"][0] and whole["left_out"][0]["why"], out


def test_a_feed_that_marks_all_as_no_time_says_what_one_can_do(_):
    feed = FEED.replace("END:VEVENT", "TRANSP:TRANSPARENT\nEND:VEVENT")
    code, out, err = ctl("calendar", "import", "-", "--from", "2026", given=feed)
    assert code == 0 and "days: []" in out and "--transparent takes them" in err, (out, err)


def test_what_is_wrong_is_said(folder):
    own = "holidays: {spain: {days: '2026-12-25'}}\n"
    policy = written(folder, "policy.yaml", POLICY.replace("include: [spain.yaml]\n", own))
    for words, code, said in (
        (("import", os.path.join(folder, "none.ics")), 1, "none.ics: No such file"),
        (("import", policy), 1, "no calendar (RFC 5545)"),
        (("import", policy, "--name", "a b"), 2, "expected a name"),
        (("import", policy, "--from", "soon"), 2, "expected a year"),
        (("import", policy, "--from", "2020", "--to", "2100"), 1, "expected 1 to 50 years"),
        (("import", policy, "--zone", "Europe/Nowhere"), 1, "no such time zone"),
        (("import",), 2, "calendar import FILE [OPTIONS]"),
        (("show", "moon", "--policy", policy), 1, "there is no calendar 'moon'"),
        (("show", "office", "--policy", policy, "--from", "2026-02-30"), 2, "expected a day"),
        (("show", "office", "--policy", policy, "--from", "2026-02-03", "--to", "2026-02-02"), 2, "expected a later day"),
        (("show", "office", "--policy", policy + "x"), 3, "policy.yamlx"),
    ):
        done = ctl("calendar", *words)
        assert done[0] == code and said in done[2], (words, done)


# --- rules, by another's reading of them --------------------------------------------------------------------------------


def draw_days(rng, ordinals):
    """With ordinals all or none: where some have one, dateutil finds no day at all."""
    days = rng.sample(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), rng.randrange(1, 4))
    ordinals = ordinals and rng.random() < 0.6
    return ",".join((str(rng.choice((1, 2, 3, 4, 5, -1, -2))) if ordinals else "") + d for d in days)


def draw_numbers(rng, most):
    return ",".join(str(rng.choice((1, -1)) * rng.randrange(1, most + 1)) for _ in range(rng.randrange(1, 4)))


def draw_rule(rng):
    """(rule, what bounds it)."""
    freq = rng.choice(("YEARLY", "YEARLY", "YEARLY", "MONTHLY", "WEEKLY", "DAILY"))
    parts, some = ["FREQ=" + freq], []
    if rng.random() < 0.3:
        parts.append("INTERVAL=%d" % rng.randrange(1, 5))
    if rng.random() < 0.6:
        some.append("BYMONTH=" + ",".join(map(str, rng.sample(range(1, 13), rng.randrange(1, 3)))))
    if rng.random() < 0.5:
        some.append("BYDAY=" + draw_days(rng, freq in ("YEARLY", "MONTHLY")))
    if freq != "WEEKLY" and rng.random() < 0.3:
        some.append("BYMONTHDAY=" + draw_numbers(rng, 31))
    if freq == "YEARLY" and rng.random() < 0.15:
        some.append("BYYEARDAY=" + draw_numbers(rng, 366))
    if some and freq != "DAILY" and rng.random() < 0.2:
        some.append("BYSETPOS=" + draw_numbers(rng, 3))
    if rng.random() < 0.3:
        parts.append("WKST=" + rng.choice(("MO", "SU", "TH")))
    bound = rng.choice((None, None, ("COUNT", rng.randrange(1, 40)), ("UNTIL", "2026%02d15" % rng.randrange(1, 13))))
    return ";".join(parts + some), bound


def days_of(rule, bound, start):
    """In 2026. The other reader would look for a day that never is until the year 9999, so it gets an end."""
    kind, value = bound or (None, None)
    found = list(rrule.rrulestr("%s;UNTIL=%s" % (rule, value if kind == "UNTIL" else "20261231"), dtstart=start))
    return [d.strftime("%Y-%m-%d") for d in found[:value if kind == "COUNT" else None] if d.year == 2026]


def test_random_rules_give_the_days_that_another_reader_finds(_):
    rng = random.Random(SEED)
    for at in range(0, RULES, 50):
        rules, wanted, events = [], [], []
        while len(rules) < min(50, RULES - at):
            start = datetime.datetime(2015 + rng.randrange(12), rng.randrange(1, 13), rng.randrange(1, 29))
            rule, bound = draw_rule(rng)
            found = days_of(rule, bound, start)
            if sum(map(len, wanted)) + len(found) > 1000:
                break
            rules.append(rule)
            wanted.append(found)
            events.append("BEGIN:VEVENT\nSUMMARY:%d\nDTSTART;VALUE=DATE:%s\nRRULE:%s%s\nEND:VEVENT\n" % (
                len(events), start.strftime("%Y%m%d"), rule, ";%s=%s" % bound if bound else ""))
        code, out, err = ctl("--json", "calendar", "import", "-", "--from", "2026", "--to", "2026",
                             given="BEGIN:VCALENDAR\n%sEND:VCALENDAR\n" % "".join(events))
        assert code == 0, err
        whole = json.loads(out)
        assert whole["left_out"] == [], whole["left_out"]
        for i, rule in enumerate(rules):
            came = [d["first"] for d in whole["holidays"] if d["name"] == str(i)]
            assert came == wanted[i], (events[i], came, wanted[i])


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
