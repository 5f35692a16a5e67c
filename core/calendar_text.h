/* core/calendar_text.h - hours and days of a calendar, as people write them and read them.
 *
 * Pure. Spans: '09:00-14:00, 15:30-18:30'. Days: '2026-12-25', '2026-12-24..2026-12-26', each with
 * spans behind a blank and a name in parentheses: '2026-12-24 09:00-12:00 (Christmas Eve)'. */
#ifndef RELEVO_CORE_CALENDAR_TEXT_H
#define RELEVO_CORE_CALENDAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/calendar.h"

struct arena;

enum { CALENDAR_TEXT_RANGE_MAX = 366, CALENDAR_TEXT_NAME_MAX = 120 };

/* "09:00" at *p, up to 24:00, as seconds; leaves *p behind it. -1: none stands there. */
int calendar_text_time(const char **p, int *out);
/* "mon" or "mon-fri": 0 is Monday; a range may lead over Sunday. */
int calendar_text_weekdays(const char *text, int *first, int *last);
/* Spans parted by commas at *p, at most CALENDAR_SPANS_MAX; *p is left behind them. The number of
 * spans, or -1. */
int calendar_text_spans(const char **p, struct calendar_span out[CALENDAR_SPANS_MAX]);

/* A list that grows in an arena; zeroed, it is empty. */
struct calendar_dates {
    struct calendar_holiday *at;
    size_t count, room;
};
/* Adds the days that `text` says, each once for each span. ERROR_PERMANENT: the text is none, or
 * the list would be longer than `most`; the list is then as it was. */
int calendar_text_days(struct arena *a, const char *text, bool is_opening, size_t most,
                       struct calendar_dates *list, struct error *err);
/* Adds another list's. */
int calendar_text_join(struct arena *a, const struct calendar_dates *more, size_t most,
                       struct calendar_dates *list, struct error *err);

/* "09:00-14:00, 22:00-06:00", or "closed". */
const char *calendar_text_hours(struct arena *a, const struct calendar_day *day);

#endif
