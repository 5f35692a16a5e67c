/* core/date.h - days of the Gregorian calendar as numbers: days since 1970-01-01.
 *
 * Pure. Good for the years 1 to 9999. */
#ifndef RELEVO_CORE_DATE_H
#define RELEVO_CORE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATE_DAY_S = 86400, DATE_TEXT = 16 };

struct date {
    int year, month, day;
};

bool date_is(struct date d); /* is there such a day? */
int64_t date_to_day(struct date d);
struct date date_of_day(int64_t day);
int64_t date_day_of(int64_t at); /* the day of a second since 1970-01-01 00:00:00 */
int date_weekday(int64_t day);   /* 0: Monday */
int date_month_length(int year, int month);
/* "2026-01-15"; returns `to`. */
const char *date_text(char to[DATE_TEXT], int64_t day);
/* Reads "2026-01-15" at *p and leaves *p behind it; -1: no such day stands there. */
int date_read(const char **p, int64_t *day);

#endif
