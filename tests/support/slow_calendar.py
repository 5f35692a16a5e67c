"""Due times the slow way: minute by minute, or second by second, by Python's own reading of the time zones.

Nothing here is taken from relevo: what a calendar says is looked up for the wall time of every single minute.
RELEVO_CALENDAR_CASES and RELEVO_CALENDAR_SEED ask for more than the few cases of the suite, RELEVO_CALENDAR_TRANSITIONS=all
for every transition of every zone.
"""
import datetime
import hashlib
import os
import zoneinfo

UTC = datetime.timezone.utc
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_S = 86400
FIRST, AFTER = (int(datetime.datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2020, 2036))
# Zones whose rules are out of the ordinary: changed after 2022, by half an hour, by two, at midnight, by the moon.
STRANGE = ("Africa/Cairo", "America/Mexico_City", "Asia/Tehran", "Australia/Lord_Howe", "Antarctica/Troll",
           "Africa/Casablanca", "Asia/Gaza", "Asia/Beirut", "America/Santiago", "America/Havana", "America/Scoresbysund",
           "Asia/Amman", "Europe/Madrid", "Pacific/Chatham", "America/St_Johns", "Europe/Dublin", "Pacific/Apia",
           "Asia/Kathmandu", "America/Ciudad_Juarez", "UTC")


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Calendar:
    """`days`: holidays and openings as (date, [(from, to)], kind), spans as texts."""

    def __init__(self, zone, spans, days):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.week = [[(minutes(a), minutes(b)) for a, b in spans.get(day, [])] for day in DAYS]
        self.special = {}
        for date, list_, kind in days:
            self.special.setdefault(date, {}).setdefault(kind, []).extend((minutes(a), minutes(b)) for a, b in list_)
        self.known = {}

    def begins(self, date):
        special = self.special.get(date, {})
        usual = special["holiday"] if "holiday" in special else self.week[date.weekday()]
        return usual + special.get("opening", [])

    def open_minutes(self, date):
        """Which of the minutes that the wall clock shows on that date are open."""
        if date not in self.known:
            here = bytearray(1440)
            eve = self.begins(date - datetime.timedelta(days=1)) if date > datetime.date.min else []
            for start, end in self.begins(date):
                for minute in range(start, end if end > start else 1440):
                    here[minute] = 1
            for start, end in eve:
                for minute in range(0, end if end <= start else 0):
                    here[minute] = 1
            self.known[date] = here
        return self.known[date]

    def is_open(self, at):
        wall = datetime.datetime.fromtimestamp(at, self.zone)
        return self.open_minutes(wall.date())[wall.hour * 60 + wall.minute]

    def due(self, start, seconds, until, step=60):
        """None: not before `until`. Offsets and spans are whole minutes, so a minute is open or it is not."""
        at = start
        while at < until:
            then = at - at % step + step
            if self.is_open(at):
                if seconds <= then - at:
                    return at + seconds
                seconds -= then - at
            at = then
        return None


def offset(zone, at):
    return int(datetime.datetime.fromtimestamp(at, zone).utcoffset().total_seconds())


def transitions(name):
    """[(at, offset before, offset after)] within the years: none of them come closer than five days."""
    zone = zoneinfo.ZoneInfo(name)
    found, low, before = [], FIRST, offset(zone, FIRST)
    while low < AFTER:
        high = low + 5 * DAY_S
        after = offset(zone, high)
        if after != before:
            near, far = low, high
            while far - near > 1:
                middle = (near + far) // 2
                near, far = (middle, far) if offset(zone, middle) == before else (near, middle)
            found.append((far, before, after))
        low, before = high, after
    return found


def zones():
    """All that the system knows, each with its transitions; those of one file are looked for once."""
    known, out = {}, []
    for name in sorted(zoneinfo.available_timezones()):
        path = next((p for p in (os.path.join(folder, name) for folder in zoneinfo.TZPATH) if os.path.exists(p)), None)
        if path is None:
            continue
        with open(path, "rb") as f:
            key = hashlib.sha256(f.read()).digest()
        if key not in known:
            known[key] = transitions(name)
        out.append((name, known[key]))
    return out


# --- cases ------------------------------------------------------------------------------------------------------------


def clock(minute):
    return "%02d:%02d" % divmod(minute, 60)


def draw_span(rng):
    start = rng.choice((rng.randrange(1440), rng.randrange(24) * 60, 0, 120, 180, 1380, 1439))
    end = rng.choice((rng.randrange(1441), rng.randrange(25) * 60, start, 0, 1440, 150, 180, min(start + 1, 1440)))
    return clock(start), clock(end)


def draw_days(rng, around, opening):
    """Days near that one, as a question has them and as Calendar takes them."""
    texts, days = [], []
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        first = around + datetime.timedelta(days=rng.randrange(-2, 12))
        last = first + datetime.timedelta(days=rng.choice((0, 0, 0, 1, 3)))
        spans = [draw_span(rng) for _ in range(rng.randrange(1, 4))] if opening or rng.random() < 0.4 else []
        text = first.isoformat() + (".." + last.isoformat() if last > first else "")
        text += (" " if spans else "") + ", ".join("%s-%s" % span for span in spans)
        texts.append(text + rng.choice(("", "", " (a day)")))
        for i in range((last - first).days + 1):
            days.append((first + datetime.timedelta(days=i), spans, "opening" if opening else "holiday"))
    return texts, days


def draw_start(rng, found):
    if not found or rng.random() < 0.4:
        return rng.randrange(FIRST, AFTER)
    at = rng.choice(found)[0]
    return at + rng.choice((0, 0, -1, 1, rng.randrange(-7200, 7200), rng.randrange(-2 * DAY_S, DAY_S)))


def draw_case(rng, known):
    """(question, Calendar): any calendar, any start, any target."""
    name, found = rng.choice(known)
    if rng.random() < 0.4:
        name = rng.choice(STRANGE)
        found = dict(known).get(name, [])
    start = draw_start(rng, found)
    spans = {day: [draw_span(rng) for _ in range(rng.randrange(4))] for day in DAYS if rng.random() < 0.8}
    around = datetime.datetime.fromtimestamp(start, UTC).date()
    holidays, closed = draw_days(rng, around, False)
    openings, more = draw_days(rng, around, True)
    calendar = Calendar(name, spans, closed + more)
    seconds = rng.choice((0, 1, rng.randrange(60), rng.randrange(3600), rng.randrange(8 * 3600), rng.randrange(40 * 3600)))
    if rng.random() < 0.02:
        seconds = rng.randrange(120 * DAY_S)
    if any(calendar.week):  # to look at every minute of 30 weeks is slow enough
        weekly = sum((end - start) % 1440 or 1440 for day in calendar.week for start, end in day)
        seconds = min(seconds, 30 * 60 * weekly)
    question = {"zone": name, "spans": spans, "holidays": holidays, "openings": openings, "seconds": seconds,
                "start": datetime.datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return question, calendar, start


def transition_cases(name, transition):
    """Spans inside and at the edges of what the wall clock skips or shows twice, begun before, at and after it."""
    at, before, after = transition
    low, high = sorted((at + before, at + after))
    middle = (low + high) // 120 * 60
    edges = ((low - 1800, low), (low, high), (high, high + 1800), (low + 600, high - 600), (low - 1800, middle),
             (middle, high + 1800), (low - 3600, high + 3600), (high + 7200, low - 3600), (high, low), (low + 60, low + 120))
    for start, end in edges:
        span = clock(start // 60 % 1440), clock(end // 60 % 1440)
        spans = {day: [list(span)] for day in DAYS}
        length = (end - start) // 60 % 1440 * 60 or DAY_S
        for begin, seconds in ((at - 7200, length), (at - 1, length + 1), (at, 0), (at + 1, max(length - 61, 1)),
                               (at - 3 * 3600, 2 * length)):
            question = {"zone": name, "spans": spans, "seconds": seconds,
                        "start": datetime.datetime.fromtimestamp(begin, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
            yield question, Calendar(name, spans, []), begin
