/* core/holiday_feed.h - a feed of holidays (RFC 5545) as days that somebody looks through before
 * they count.
 *
 * Pure, but for the system's tzdata. Nothing enters a calendar from here: what comes out is the
 * text of a policy's list of holidays, and what was left out, with why. Taken are events that last
 * whole days, those of a rule (core/ical_rule.h), of RDATE and without EXDATE among them. Times are
 * wall times as they stand there, those in UTC are brought to `zone`. */
#ifndef RELEVO_CORE_HOLIDAY_FEED_H
#define RELEVO_CORE_HOLIDAY_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;

enum {
    HOLIDAY_FEED_BYTES_MAX = 4 << 20,
    HOLIDAY_FEED_EVENTS_MAX = 10000,
    HOLIDAY_FEED_YEARS_MAX = 50,
    HOLIDAY_FEED_DAYS_MAX = 1000, /* as many as a calendar has */
    HOLIDAY_FEED_LEFT_MAX = 1000,
    HOLIDAY_FEED_LENGTH_MAX = 366, /* days of one event */
};

struct holiday_feed_options {
    int from_year, to_year; /* both included */
    const char *zone;       /* IANA: of times in UTC */
    bool transparent;       /* also what is marked as taking up no time */
};
struct holiday {
    int64_t first, last; /* core/date.h; last < first: it has none */
    const char *name;    /* on one line, safe for a terminal; "" */
    const char *note;    /* what the feed says of it besides: categories, a description */
    const char *why;     /* left out because; NULL: taken */
};
struct holiday_feed {
    const struct holiday *taken, *left; /* by day and name */
    size_t taken_count, left_count;
    size_t transparent; /* how many are left out for that alone */
    size_t untold;      /* left out beyond HOLIDAY_FEED_LEFT_MAX */
};

/* ERROR_PERMANENT: no calendar, a part of one, or more than the bounds allow. */
int holiday_feed_read(struct arena *a, struct span bytes, const struct holiday_feed_options *o,
                      struct holiday_feed *out, struct error *err);
/* A file that a policy may include, with the list `name`; free()d. */
char *holiday_feed_to_yaml(const struct holiday_feed *f, const char *name, const char *source,
                           const struct holiday_feed_options *o);
/* May a list be called so? */
bool holiday_feed_is_name(const char *name);

#endif
