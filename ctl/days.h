/* ctl/days.h - the days of a calendar, as commands show them. */
#ifndef RELEVO_CTL_DAYS_H
#define RELEVO_CTL_DAYS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"

struct arena;

/* {"day", "weekday", "hours", "holiday", "opening", "name"}; the caller's. */
json_t *days_json(const struct calendar_day *day);
/* "Fri 2026-12-25  closed  holiday: Christmas" without an end of line. */
const char *days_line(struct arena *a, const struct calendar_day *day);
/* Those that are not as their weekday, of all that [from, to] touch; an array, the caller's. */
json_t *days_special_json(const struct calendar *c, int64_t from, int64_t to);
bool days_has_special(const struct calendar *c, int64_t from, int64_t to);
/* Likewise, a line for each. */
void days_print_special(const struct calendar *c, int64_t from, int64_t to);

#endif
