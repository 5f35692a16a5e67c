#include "core/date.h"

#include <stdio.h>

int date_month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return lengths[month - 1] + (month == 2 && leap);
}

bool date_is(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= date_month_length(d.year, d.month);
}

/* Years count from March, so that leap days come last; eras of 400 years are all of one length. */
int64_t date_to_day(struct date d)
{
    int64_t y = d.month <= 2 ? d.year - 1 : d.year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

struct date date_of_day(int64_t day)
{
    int64_t shifted = day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097,
            of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;

    return (struct date){ (int)(year + era * 400 + (month >= 10)),
                          (int)(month < 10 ? month + 3 : month - 9),
                          (int)(of_year - (153 * month + 2) / 5 + 1) };
}

int64_t date_day_of(int64_t at)
{
    return (at >= 0 ? at : at - (DATE_DAY_S - 1)) / DATE_DAY_S;
}

int date_weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

const char *date_text(char to[DATE_TEXT], int64_t day)
{
    struct date d = date_of_day(day);

    snprintf(to, DATE_TEXT, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);
    return to;
}

static int date_number(const char **p, int digits)
{
    int n = 0;

    for (; digits > 0; digits--, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        n = n * 10 + (**p - '0');
    }
    return n;
}

int date_read(const char **p, int64_t *day)
{
    const char *at = *p;
    struct date d = { .year = date_number(&at, 4) };

    if (d.year < 0 || *at++ != '-')
        return -1;
    d.month = date_number(&at, 2);
    if (d.month < 0 || *at++ != '-')
        return -1;
    d.day = date_number(&at, 2);
    if (d.day < 0 || !date_is(d))
        return -1;
    *p = at;
    *day = date_to_day(d);
    return 0;
}
