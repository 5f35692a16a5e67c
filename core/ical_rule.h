/* core/ical_rule.h - rules by which events come back (RFC 5545 3.3.10), counted in whole days.
 *
 * Pure. Read are FREQ from DAILY to YEARLY, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYYEARDAY,
 * BYDAY with its ordinals, BYSETPOS and WKST. The rest, which no holiday needs, is refused: parts
 * of a day, weeks by number, other calendars' months. Every day from the first on is asked whether
 * it is one: so no rule, however made, takes longer than its days. Days as core/date.h numbers
 * them. */
#ifndef RELEVO_CORE_ICAL_RULE_H
#define RELEVO_CORE_ICAL_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

enum { ICAL_RULE_PARTS_MAX = 64 };

enum ical_freq { ICAL_YEARLY, ICAL_MONTHLY, ICAL_WEEKLY, ICAL_DAILY };
struct ical_rule {
    enum ical_freq freq;
    int interval;
    int64_t count;     /* 0: no bound */
    int64_t until_day; /* the last day; INT64_MAX: no bound */
    int until_s;       /* on that day, what begins after this second is not of it */
    unsigned months;   /* bit 1: January; 0: any */
    /* Days of the month and of the year, counted from the end where negative. */
    int month_days[ICAL_RULE_PARTS_MAX], year_days[ICAL_RULE_PARTS_MAX];
    size_t month_day_count, year_day_count;
    struct ical_rule_day {
        int ordinal, weekday; /* 0: every one; 0: Monday */
    } week_days[ICAL_RULE_PARTS_MAX];
    size_t week_day_count;
    int positions[ICAL_RULE_PARTS_MAX];
    size_t position_count;
    int week_start;
};

/* An instant as RFC 5545 writes it: "20260601", "20260601T100000", "20260601T100000Z". */
struct ical_instant {
    int64_t day;
    int second;   /* of the day; 0 for a date */
    bool is_date; /* no time of day */
    bool is_utc;
};
int ical_instant_read(struct span s, struct ical_instant *out);

/* `local` gives the local time of an UNTIL in UTC. ERROR_PERMANENT: it is none, or not one of
 * these. */
int ical_rule_read(struct span text,
                   struct ical_instant (*local)(void *arg, struct ical_instant utc), void *arg,
                   struct ical_rule *out, struct error *err);

/* Gives the days in [from, to] on which an event that begins at `start` comes back, ascending, to
 * `take`. *work is what may still be looked at, in days; -1: it was not enough. */
int ical_rule_days(const struct ical_rule *r, struct ical_instant start, int64_t from, int64_t to,
                   int64_t *work, void (*take)(void *arg, int64_t day), void *arg);

#endif
