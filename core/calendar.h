/* core/calendar.h - when clocks run: an IANA zone, spans by weekday, holidays, exceptional openings
 * (C-3 to C-6, C-17).
 *
 * Pure, but for the system's tzdata, which GLib reads once per zone. Local wall times become
 * instants by the zone's rules: a span in the skipped hour is shortened, in the repeated hour
 * lengthened. A span whose end is not after its start crosses midnight and belongs to the day it
 * begins on. All times UTC seconds; days as core/date.h numbers them, as the zone's clocks show
 * them. */
#ifndef RELEVO_CORE_CALENDAR_H
#define RELEVO_CORE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct arena;
struct calendar;

enum {
    CALENDAR_SPANS_MAX = 16,
    CALENDAR_HOLIDAYS_MAX = 1000,
    CALENDAR_OPENINGS_MAX = 1000,
    CALENDAR_SEARCH_DAYS = 36525
};

struct calendar_span {
    int from_s,
        to_s; /* seconds since local midnight, 0 to 86400; to_s <= from_s: into the next day */
};
/* A date that is not as its weekday. The same one may stand there several times: a holiday is then
 * open in each of its spans. An opening adds its span to what the day has otherwise, be it a
 * holiday or not. */
struct calendar_holiday {
    int year, month, day;
    struct calendar_span opening; /* from_s == to_s == 0: closed all day; else open only then */
    const char *name;             /* for whom asks why; NULL: none */
};
struct calendar_plan {
    const char *zone;                                  /* "Europe/Madrid" */
    struct calendar_span spans[7][CALENDAR_SPANS_MAX]; /* 0: Monday */
    size_t span_count[7];
    const struct calendar_holiday *holidays;
    size_t holiday_count;
    const struct calendar_holiday *openings;
    size_t opening_count;
};
bool calendar_is_zone(const char *name);
/* Overlapping spans count once. ERROR_PERMANENT: unknown zone, a span or date out of range. */
int calendar_new(const struct calendar_plan *plan, struct calendar **out, struct error *err);
void calendar_free(struct calendar *c); /* takes NULL */

/* The first instant at which `seconds` have been counted since `start`; for 0: start if it is open,
 * else the next opening. -1 when that lies more than CALENDAR_SEARCH_DAYS ahead. c NULL: wall time.
 */
int64_t calendar_due(const struct calendar *c, int64_t start, int64_t seconds);
/* Seconds counted within [from, to). */
int64_t calendar_counted(const struct calendar *c, int64_t from, int64_t to);
bool calendar_is_open(const struct calendar *c, int64_t at);
int64_t calendar_next_opening(const struct calendar *c,
                              int64_t at); /* at itself if open; -1: none */
const char *calendar_zone(const struct calendar *c);

/* What a day is like, for whom asks why. */
struct calendar_day {
    int64_t day;
    /* That begin on it: ascending, apart from each other; to_s is after from_s, and over 86400
     * where it lies in the next day. */
    const struct calendar_span *spans;
    size_t span_count;
    bool is_holiday, has_opening;
    const char *name; /* of its holidays and openings; NULL: none */
};
int64_t calendar_day_at(const struct calendar *c, int64_t at);
void calendar_day(const struct calendar *c, int64_t day, struct calendar_day *out);
/* The first day from `day` on that is not as its weekday; false: there is none. */
bool calendar_next_special(const struct calendar *c, int64_t day, struct calendar_day *out);

#endif
