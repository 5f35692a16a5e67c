#include "core/ical_rule.h"

#include <limits.h>
#include <string.h>

#include "core/date.h"
#include "core/ical_line.h"

/* --- reading
 * ------------------------------------------------------------------------------------------------
 */

static int ical_digits(const char **p, const char *end, int digits, int *out)
{
    *out = 0;
    for (; digits > 0; digits--, (*p)++) {
        if (*p == end || **p < '0' || **p > '9')
            return -1;
        *out = *out * 10 + (**p - '0');
    }
    return 0;
}

int ical_instant_read(struct span s, struct ical_instant *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    struct date d;
    int h, m, second;

    if (ical_digits(&p, end, 4, &d.year) < 0 || ical_digits(&p, end, 2, &d.month) < 0 ||
        ical_digits(&p, end, 2, &d.day) < 0 || !date_is(d))
        return -1;
    *out = (struct ical_instant){ .day = date_to_day(d), .is_date = p == end };
    if (p == end)
        return 0;
    if (*p++ != 'T' || ical_digits(&p, end, 2, &h) < 0 || ical_digits(&p, end, 2, &m) < 0 ||
        ical_digits(&p, end, 2, &second) < 0 || h > 23 || m > 59 || second > 60)
        return -1;
    out->second = h * 3600 + m * 60 + (second == 60 ? 59 : second); /* a leap second is none here */
    out->is_utc = p < end && *p == 'Z';
    return p + out->is_utc == end ? 0 : -1;
}

/* "-12": from -most to most, not 0. */
static int ical_rule_number(struct span s, int most, int *out)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    int n = 0;

    if (i == s.len || s.len - i > 6)
        return -1;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        n = n * 10 + (s.ptr[i] - '0');
    }
    *out = negative ? -n : n;
    return n >= 1 && n <= most ? 0 : -1;
}

static int ical_rule_weekday(struct span s)
{
    static const char days[] = "MOTUWETHFRSASU";
    int i;

    for (i = 0; i < 7; i++)
        if (ical_is(s, (char[]){ days[2 * i], days[2 * i + 1], '\0' }))
            return i;
    return -1;
}

static bool ical_rule_next(struct span *rest, char between, struct span *out)
{
    const char *at;

    if (rest->len == 0)
        return false;
    at = memchr(rest->ptr, between, rest->len);
    *out = (struct span){ rest->ptr, at == NULL ? rest->len : (size_t)(at - rest->ptr) };
    rest->ptr += out->len + (at != NULL);
    rest->len -= out->len + (at != NULL);
    return true;
}

static int ical_rule_numbers(struct span s, int most, int *out, size_t *count)
{
    struct span one;

    while (ical_rule_next(&s, ',', &one))
        if (*count == ICAL_RULE_PARTS_MAX || ical_rule_number(one, most, &out[(*count)++]) < 0)
            return -1;
    return *count == 0 ? -1 : 0;
}

static int ical_rule_months(struct span s, unsigned *out)
{
    struct span one;
    int n;

    while (ical_rule_next(&s, ',', &one)) {
        if (ical_rule_number(one, 12, &n) < 0 || n < 0)
            return -1;
        *out |= 1u << n;
    }
    return *out == 0 ? -1 : 0;
}

static int ical_rule_week_days(struct span s, struct ical_rule *r)
{
    struct ical_rule_day *d;
    struct span one;

    while (ical_rule_next(&s, ',', &one)) {
        if (r->week_day_count == ICAL_RULE_PARTS_MAX || one.len < 2)
            return -1;
        d = &r->week_days[r->week_day_count++];
        d->ordinal = 0;
        d->weekday = ical_rule_weekday((struct span){ one.ptr + one.len - 2, 2 });
        if (d->weekday < 0 ||
            (one.len > 2 &&
             ical_rule_number((struct span){ one.ptr, one.len - 2 }, 53, &d->ordinal) < 0))
            return -1;
    }
    return r->week_day_count == 0 ? -1 : 0;
}

static int ical_rule_freq(struct span s, enum ical_freq *out)
{
    static const char *const names[] = { "YEARLY", "MONTHLY", "WEEKLY", "DAILY" };
    int i;

    for (i = 0; i < 4; i++)
        if (ical_is(s, names[i])) {
            *out = (enum ical_freq)i;
            return 0;
        }
    return -1;
}

static int ical_rule_until(struct span s,
                           struct ical_instant (*local)(void *arg, struct ical_instant utc),
                           void *arg, struct ical_rule *r)
{
    struct ical_instant at;

    if (ical_instant_read(s, &at) < 0)
        return -1;
    if (at.is_utc)
        at = local(arg, at);
    r->until_day = at.day;
    r->until_s = at.is_date ? DATE_DAY_S - 1 : at.second;
    return 0;
}

/* 1: it is none of the parts that are read. */
static int ical_rule_part(struct span name, struct span value,
                          struct ical_instant (*local)(void *arg, struct ical_instant utc),
                          void *arg, struct ical_rule *r)
{
    int n = 0;

    if (ical_is(name, "FREQ"))
        return ical_rule_freq(value, &r->freq);
    if (ical_is(name, "UNTIL"))
        return ical_rule_until(value, local, arg, r);
    if (ical_is(name, "INTERVAL"))
        return ical_rule_number(value, 9999, &r->interval) < 0 || r->interval < 0 ? -1 : 0;
    if (ical_is(name, "COUNT")) {
        if (ical_rule_number(value, 999999, &n) < 0 || n < 0)
            return -1;
        r->count = n;
        return 0;
    }
    if (ical_is(name, "BYMONTH"))
        return ical_rule_months(value, &r->months);
    if (ical_is(name, "BYMONTHDAY"))
        return ical_rule_numbers(value, 31, r->month_days, &r->month_day_count);
    if (ical_is(name, "BYYEARDAY"))
        return ical_rule_numbers(value, 366, r->year_days, &r->year_day_count);
    if (ical_is(name, "BYSETPOS"))
        return ical_rule_numbers(value, 366, r->positions, &r->position_count);
    if (ical_is(name, "BYDAY"))
        return ical_rule_week_days(value, r);
    if (ical_is(name, "WKST"))
        return (r->week_start = ical_rule_weekday(value)) < 0 ? -1 : 0;
    return 1;
}

/* What RFC 5545 gives no meaning. */
static bool ical_rule_is_contradictory(const struct ical_rule *r)
{
    size_t i;

    for (i = 0; i < r->week_day_count; i++)
        if (r->week_days[i].ordinal != 0 && r->freq != ICAL_YEARLY && r->freq != ICAL_MONTHLY)
            return true;
    return (r->freq == ICAL_WEEKLY && r->month_day_count > 0) ||
           (r->freq != ICAL_YEARLY && r->year_day_count > 0) ||
           (r->position_count > 0 && r->months == 0 && r->month_day_count == 0 &&
            r->year_day_count == 0 && r->week_day_count == 0);
}

int ical_rule_read(struct span text,
                   struct ical_instant (*local)(void *arg, struct ical_instant utc), void *arg,
                   struct ical_rule *out, struct error *err)
{
    struct ical_rule r = { .interval = 1, .until_day = INT64_MAX };
    bool has_freq = false;
    struct span part;
    int rc;

    while (ical_rule_next(&text, ';', &part)) {
        struct span rest = part, name;

        if (!ical_rule_next(&rest, '=', &name))
            continue;
        rc = ical_rule_part(name, rest, local, arg, &r);
        if (rc != 0)
            return error_set(err, ERROR_PERMANENT, "its rule's part %.*s is %s",
                             (int)(name.len < 20 ? name.len : 20), name.ptr,
                             rc > 0 ? "not read" : "broken, or of another kind than is read");
        has_freq = has_freq || ical_is(name, "FREQ");
    }
    if (!has_freq || ical_rule_is_contradictory(&r))
        return error_set(err, ERROR_PERMANENT, "its rule contradicts itself");
    *out = r;
    return 0;
}

/* --- days
 * ------------------------------------------------------------------------------------------------
 */

struct ical_rule_walk {
    const struct ical_rule *r;
    struct ical_instant start;
    struct date first; /* of `start` */
    int64_t from, to;
    int64_t left; /* of COUNT; -1: it is over */
    void (*take)(void *arg, int64_t day);
    void *arg;
};

static bool ical_rule_has_number(const int *list, size_t count, int n, int length)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (list[i] == n || list[i] == n - length - 1)
            return true;
    return false;
}

/* The n-th of its weekday within a stretch of `length` days, or of any number. */
static bool ical_rule_is_week_day(const struct ical_rule *r, int weekday, int n, int length)
{
    size_t i;

    for (i = 0; i < r->week_day_count; i++) {
        int ordinal = r->week_days[i].ordinal;

        if (r->week_days[i].weekday == weekday &&
            (ordinal == 0 || ordinal == (n - 1) / 7 + 1 || ordinal == -((length - n) / 7 + 1)))
            return true;
    }
    return false;
}

/* The days that the beginning stands for where the rule says none. */
static bool ical_rule_is_like_first(const struct ical_rule_walk *w, struct date d, int weekday)
{
    const struct ical_rule *r = w->r;

    if (r->month_day_count > 0 || r->year_day_count > 0 || r->week_day_count > 0)
        return true;
    switch (r->freq) {
    case ICAL_YEARLY:
        return d.day == w->first.day && (r->months != 0 || d.month == w->first.month);
    case ICAL_MONTHLY:
        return d.day == w->first.day;
    case ICAL_WEEKLY:
        return weekday == date_weekday(w->start.day);
    default:
        return true;
    }
}

static int64_t ical_rule_week(const struct ical_rule *r, int64_t day)
{
    int64_t since = day + 3 - r->week_start; /* since a day on which weeks begin */

    return since >= 0 ? since / 7 : -((6 - since) / 7);
}

static int64_t ical_rule_period(const struct ical_rule *r, struct date d, int64_t day)
{
    switch (r->freq) {
    case ICAL_YEARLY:
        return d.year;
    case ICAL_MONTHLY:
        return (int64_t)d.year * 12 + d.month;
    case ICAL_WEEKLY:
        return ical_rule_week(r, day);
    default:
        return day;
    }
}

static bool ical_rule_holds(const struct ical_rule_walk *w, struct date d, int64_t day)
{
    const struct ical_rule *r = w->r;
    int weekday = date_weekday(day), month = date_month_length(d.year, d.month);
    int year = 337 + date_month_length(d.year, 2);
    int of_year = (int)(day - date_to_day((struct date){ d.year, 1, 1 })) + 1;
    bool by_month = r->freq == ICAL_MONTHLY || r->months != 0;

    if ((r->months != 0 && !(r->months & 1u << d.month)) || !ical_rule_is_like_first(w, d, weekday))
        return false;
    if (r->month_day_count > 0 &&
        !ical_rule_has_number(r->month_days, r->month_day_count, d.day, month))
        return false;
    if (r->year_day_count > 0 &&
        !ical_rule_has_number(r->year_days, r->year_day_count, of_year, year))
        return false;
    return r->week_day_count == 0 ||
           ical_rule_is_week_day(r, weekday, by_month ? d.day : of_year, by_month ? month : year);
}

static void ical_rule_give(struct ical_rule_walk *w, int64_t day)
{
    const struct ical_rule *r = w->r;

    if (day < w->start.day || w->left < 0)
        return;
    if (day > r->until_day || (day == r->until_day && w->start.second > r->until_s) ||
        (r->count > 0 && w->left-- == 0)) {
        w->left = -1;
        return;
    }
    if (day >= w->from && day <= w->to)
        w->take(w->arg, day);
}

/* All that a period has; BYSETPOS takes some of them. */
static void ical_rule_give_period(struct ical_rule_walk *w, const int64_t *days, size_t count)
{
    const struct ical_rule *r = w->r;
    size_t i;

    for (i = 0; i < count; i++)
        if (r->position_count == 0 ||
            ical_rule_has_number(r->positions, r->position_count, (int)i + 1, (int)count))
            ical_rule_give(w, days[i]);
}

/* Where the walk begins: at the beginning if one has to count, else at the period of `from`. */
static int64_t ical_rule_begin(const struct ical_rule_walk *w)
{
    int64_t at = w->r->count > 0 || w->from < w->start.day ? w->start.day : w->from;
    struct date d = date_of_day(at);

    if (w->r->freq == ICAL_WEEKLY)
        return at - 6;
    return date_to_day((struct date){ d.year, w->r->freq == ICAL_YEARLY ? 1 : d.month, 1 });
}

int ical_rule_days(const struct ical_rule *r, struct ical_instant start, int64_t from, int64_t to,
                   int64_t *work, void (*take)(void *arg, int64_t day), void *arg)
{
    struct ical_rule_walk w = {
        .r = r, .start = start, .from = from, .to = to, .left = r->count, .take = take, .arg = arg
    };
    int64_t days[366], day, period, before = INT64_MIN, first;
    size_t count = 0;

    w.first = date_of_day(start.day);
    first = ical_rule_period(r, w.first, start.day);
    for (day = ical_rule_begin(&w); w.left >= 0; day++) {
        struct date d = date_of_day(day);

        if ((*work)-- <= 0)
            return -1;
        period = ical_rule_period(r, d, day);
        if (period != before) {
            ical_rule_give_period(&w, days, count);
            count = 0;
            before = period;
            if (day > to || day > r->until_day)
                break;
        }
        if ((period - first) % r->interval == 0 && ical_rule_holds(&w, d, day))
            days[count++] = day;
    }
    return 0;
}
