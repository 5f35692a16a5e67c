#include "core/holiday_feed.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar_text.h"
#include "core/date.h"
#include "core/ical_line.h"
#include "core/ical_rule.h"

enum {
    FEED_NOTE_MAX = 60,
    FEED_UID_MAX = 255,
    FEED_DATES_MAX = 1000,    /* of EXDATE and RDATE, of one event */
    FEED_WORK_MAX = 20000000, /* days that rules look at, of the whole feed */
};

struct feed_dates { /* days, as they stand there */
    int64_t *days;
    size_t count, room;
};

struct feed_event {
    const char *uid, *name, *note;
    struct ical_instant start, end, original; /* as local time; original: of RECURRENCE-ID */
    bool has_start, has_end, is_override, cancelled, transparent;
    int64_t duration_s; /* -1: none */
    struct ical_rule rule;
    bool has_rule;
    struct feed_dates exdates, rdates;
    const char *wrong; /* what makes it unreadable; NULL: nothing */
};
struct feed {
    struct arena *a;
    const struct holiday_feed_options *o;
    GTimeZone *zone;
    int64_t from, to; /* the days asked for */
    GPtrArray *events;
    GHashTable *overridden; /* "day uid" of instances that stand elsewhere */
    GArray *taken, *left;   /* of struct holiday */
    size_t transparent, untold, days;
    int64_t work;
};

/* --- times
 * ------------------------------------------------------------------------------------------------
 */

static struct ical_instant feed_local(void *arg, struct ical_instant at)
{
    const struct feed *f = arg;
    int64_t utc = at.day * DATE_DAY_S + at.second, local;
    int here = g_time_zone_find_interval(f->zone, G_TIME_TYPE_UNIVERSAL, utc);

    local = utc + g_time_zone_get_offset(f->zone, here);
    at.day = date_day_of(local);
    at.second = (int)(local - at.day * DATE_DAY_S);
    at.is_utc = false;
    return at;
}

static int feed_instant(const struct feed *f, struct span s, struct ical_instant *out)
{
    if (ical_instant_read(s, out) < 0)
        return -1;
    if (out->is_utc)
        *out = feed_local((void *)(uintptr_t)f, *out);
    return 0;
}

/* "P1D", "P1DT12H", "P2W". */
static int feed_duration(struct span s, int64_t *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    int64_t n, sum = 0;
    bool timed = false;

    if (p < end && *p == '+')
        p++;
    if (p == end || *p++ != 'P' || p == end)
        return -1;
    while (p < end) {
        if (*p == 'T') {
            timed = true;
            p++;
        }
        for (n = 0; p < end && *p >= '0' && *p <= '9' && n < 1000000; p++)
            n = n * 10 + (*p - '0');
        if (p == end)
            return -1;
        switch (*p++) {
        case 'W':
            sum += n * 7 * DATE_DAY_S;
            break;
        case 'D':
            sum += n * DATE_DAY_S;
            break;
        case 'H':
            sum += timed ? n * 3600 : -1;
            break;
        case 'M':
            sum += timed ? n * 60 : -1;
            break;
        case 'S':
            sum += n;
            break;
        default:
            return -1;
        }
    }
    *out = sum;
    return sum < 0 ? -1 : 0;
}

/* --- what stands in an event
 * ------------------------------------------------------------------------------------------------
 */

static const char *feed_words(const struct feed *f, struct span s, size_t most)
{
    struct text_buffer b = { 0 };
    const char *end, *words;

    ical_line_add_text(&b, s);
    end = b.len == 0 ? NULL : memchr(b.ptr, '\n', b.len); /* the first line says what it is */
    words = text_printable(
        f->a, text_clean_line(f->a,
                              (struct span){ b.len == 0 ? "" : b.ptr,
                                             end == NULL ? b.len : (size_t)(end - b.ptr) },
                              most));
    text_buffer_clear(&b);
    return arena_strndup(f->a, words, text_cut(span_of(words), most));
}

static void feed_date_add(const struct feed *f, struct feed_dates *list, int64_t day)
{
    int64_t *more;

    if (list->count == list->room) {
        list->room = list->room == 0 ? 8 : 2 * list->room;
        more = arena_array(f->a, list->room, sizeof(*more));
        if (list->count > 0)
            memcpy(more, list->days, list->count * sizeof(*more));
        list->days = more;
    }
    list->days[list->count++] = day;
}

/* EXDATE and RDATE: "20260601,20260602T000000", or periods of which the beginning counts. NULL: all
 * of them are read. */
static const char *feed_dates(const struct feed *f, struct span s, struct feed_dates *out)
{
    struct ical_instant at;

    while (s.len > 0) {
        const char *comma = memchr(s.ptr, ',', s.len);
        size_t len = comma == NULL ? s.len : (size_t)(comma - s.ptr);
        const char *slash = memchr(s.ptr, '/', len);
        struct span one = { s.ptr, slash == NULL ? len : (size_t)(slash - s.ptr) };

        if (out->count == FEED_DATES_MAX)
            return "it has too many dates";
        if (feed_instant(f, one, &at) < 0)
            return "one of its dates is none";
        feed_date_add(f, out, at.day);
        s.ptr += len + (comma != NULL);
        s.len -= len + (comma != NULL);
    }
    return NULL;
}

/* The first thing that is wrong is told. */
static void feed_wrong(struct feed_event *e, const char *why)
{
    if (e->wrong == NULL)
        e->wrong = why;
}

static void feed_rule(const struct feed *f, struct feed_event *e, struct span s)
{
    struct error err;

    if (e->has_rule)
        feed_wrong(e, "it has several rules");
    else if (ical_rule_read(s, feed_local, (void *)(uintptr_t)f, &e->rule, &err) < 0)
        feed_wrong(e, text_printable(f->a, err.text));
    e->has_rule = true;
}

static void feed_line(const struct feed *f, struct feed_event *e, const struct ical_line *l)
{
    if (ical_line_is(l, "DTSTART"))
        e->has_start = feed_instant(f, l->value, &e->start) == 0;
    else if (ical_line_is(l, "DTEND"))
        e->has_end = feed_instant(f, l->value, &e->end) == 0;
    else if (ical_line_is(l, "DURATION") && feed_duration(l->value, &e->duration_s) < 0)
        feed_wrong(e, "how long it lasts cannot be read");
    else if (ical_line_is(l, "UID"))
        e->uid = arena_strndup(f->a, l->value.ptr,
                               l->value.len < FEED_UID_MAX ? l->value.len : FEED_UID_MAX);
    else if (ical_line_is(l, "SUMMARY"))
        e->name = feed_words(f, l->value, CALENDAR_TEXT_NAME_MAX);
    else if (ical_line_is(l, "CATEGORIES") ||
             (ical_line_is(l, "DESCRIPTION") && e->note[0] == '\0'))
        e->note = feed_words(f, l->value, FEED_NOTE_MAX);
    else if (ical_line_is(l, "STATUS"))
        e->cancelled = ical_is(l->value, "CANCELLED");
    else if (ical_line_is(l, "TRANSP"))
        e->transparent = ical_is(l->value, "TRANSPARENT");
    else if (ical_line_is(l, "RRULE"))
        feed_rule(f, e, l->value);
    else if (ical_line_is(l, "EXRULE"))
        feed_wrong(e, "it has a rule of exceptions");
    else if (ical_line_is(l, "EXDATE"))
        feed_wrong(e, feed_dates(f, l->value, &e->exdates));
    else if (ical_line_is(l, "RDATE"))
        feed_wrong(e, feed_dates(f, l->value, &e->rdates));
    else if (ical_line_is(l, "RECURRENCE-ID")) {
        e->is_override = feed_instant(f, l->value, &e->original) == 0;
        if (ical_line_param(l, "RANGE").len > 0)
            feed_wrong(e, "it changes all that follow");
    }
}

/* What an instance is known by among those that stand elsewhere. */
enum { FEED_KEY = FEED_UID_MAX + 32 };
static const char *feed_key(char to[FEED_KEY], const char *uid, int64_t day)
{
    snprintf(to, FEED_KEY, "%lld %s", (long long)day, uid);
    return to;
}

static int feed_begin_event(struct feed *f, struct feed_event **e, struct error *err)
{
    if (f->events->len == HOLIDAY_FEED_EVENTS_MAX)
        return error_set(err, ERROR_PERMANENT, "over %d events", HOLIDAY_FEED_EVENTS_MAX);
    *e = arena_alloc(f->a, sizeof(**e));
    **e = (struct feed_event){ .uid = "", .name = "", .note = "", .duration_s = -1 };
    g_ptr_array_add(f->events, *e);
    return 0;
}

/* Events alone; what is within one (alarms) and beside it (time zones, tasks) is passed over. */
static int feed_parse(struct feed *f, struct span bytes, struct error *err)
{
    struct ical_line l = { 0 };
    struct feed_event *e = NULL;
    bool begun = false, ended = false;
    size_t at = 0;
    int within = 0, rc = 0;

    while (rc == 0 && ical_line_next(bytes, &at, &l)) {
        bool begins = ical_line_is(&l, "BEGIN"), ends = ical_line_is(&l, "END");

        if (begins || ends) {
            begun = begun || (begins && ical_is(l.value, "VCALENDAR"));
            ended = ends && ical_is(l.value, "VCALENDAR");
        }
        if (e == NULL && begins && ical_is(l.value, "VEVENT")) {
            rc = feed_begin_event(f, &e, err);
            within = 0;
        } else if (e != NULL && begins) {
            within++;
        } else if (e != NULL && ends && within-- == 0) {
            e = NULL;
        } else if (e != NULL && within == 0) {
            feed_line(f, e, &l);
        }
    }
    ical_line_clear(&l);
    if (rc < 0)
        return -1;
    if (!begun)
        return error_set(err, ERROR_PERMANENT, "no calendar (RFC 5545)");
    return ended ? 0 : error_set(err, ERROR_PERMANENT, "it ends before its calendar does");
}

/* --- which days
 * ------------------------------------------------------------------------------------------------
 */

struct feed_taker {
    struct feed *f;
    const struct feed_event *e;
    int64_t length;  /* days */
    const char *why; /* NULL: it is taken */
};

static void feed_add(struct feed *f, const struct feed_event *e, int64_t first, int64_t last,
                     const char *why)
{
    struct holiday h = { first, last, e->name, e->note, why };

    if (why == NULL) {
        f->days += (size_t)(last - first + 1);
        if (f->days <= HOLIDAY_FEED_DAYS_MAX)
            g_array_append_val(f->taken, h);
        return;
    }
    if (f->left->len == HOLIDAY_FEED_LEFT_MAX)
        f->untold++;
    else
        g_array_append_val(f->left, h);
}

static bool feed_has_day(const struct feed_dates *list, int64_t day)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (list->days[i] == day)
            return true;
    return false;
}

static void feed_take(void *arg, int64_t day)
{
    const struct feed_taker *t = arg;
    struct feed *f = t->f;
    int64_t last = day + t->length - 1;
    char key[FEED_KEY];

    f->work -= (int64_t)t->e->exdates.count;
    if (last < f->from || day > f->to || feed_has_day(&t->e->exdates, day) ||
        (!t->e->is_override && g_hash_table_contains(f->overridden, feed_key(key, t->e->uid, day))))
        return;
    if (t->why != NULL && t->e->transparent && !t->e->cancelled)
        f->transparent++;
    feed_add(f, t->e, day < f->from ? f->from : day, last > f->to ? f->to : last, t->why);
}

/* How many whole days; -1: it takes a part of one. */
static int64_t feed_length(const struct feed_event *e)
{
    int64_t seconds = e->duration_s;

    if (e->has_end)
        seconds = (e->end.day - e->start.day) * DATE_DAY_S + e->end.second - e->start.second;
    if (e->start.is_date)
        return seconds < DATE_DAY_S ? 1 : (seconds + DATE_DAY_S - 1) / DATE_DAY_S;
    if (seconds % DATE_DAY_S >= DATE_DAY_S - 60)
        seconds += DATE_DAY_S - seconds % DATE_DAY_S; /* until 23:59, as some write it */
    return e->start.second != 0 || seconds < DATE_DAY_S || seconds % DATE_DAY_S != 0
               ? -1
               : seconds / DATE_DAY_S;
}

static const char *feed_why_not(const struct feed *f, const struct feed_event *e, int64_t length)
{
    if (e->cancelled)
        return "cancelled";
    if (e->transparent && !f->o->transparent)
        return "marked as taking up no time";
    if (length < 0)
        return "it takes a part of the day; write what is open then";
    return length > HOLIDAY_FEED_LENGTH_MAX ? "it is longer than a year" : NULL;
}

static int feed_event_days(struct feed *f, const struct feed_event *e, struct error *err)
{
    struct feed_taker t = { .f = f, .e = e, .length = feed_length(e) };
    size_t i;

    t.why = feed_why_not(f, e, t.length);
    if (t.length < 1 || t.length > HOLIDAY_FEED_LENGTH_MAX)
        t.length = 1;
    if (!e->has_rule)
        feed_take(&t, e->start.day);
    else if (ical_rule_days(&e->rule, e->start, f->from - t.length + 1, f->to, &f->work, feed_take,
                            &t) < 0)
        return error_set(err, ERROR_PERMANENT, "its rules come back too often to follow them");
    for (i = 0; i < e->rdates.count; i++)
        feed_take(&t, e->rdates.days[i]);
    return 0;
}

static int feed_days(struct feed *f, struct error *err)
{
    char key[FEED_KEY];
    guint i;

    for (i = 0; i < f->events->len; i++) {
        const struct feed_event *e = g_ptr_array_index(f->events, i);

        if (e->is_override)
            g_hash_table_add(f->overridden,
                             arena_strdup(f->a, feed_key(key, e->uid, e->original.day)));
    }
    for (i = 0; i < f->events->len; i++) {
        const struct feed_event *e = g_ptr_array_index(f->events, i);

        if (e->wrong != NULL || !e->has_start)
            feed_add(f, e, 0, -1, e->wrong != NULL ? e->wrong : "it does not say when");
        else if (feed_event_days(f, e, err) < 0)
            return -1;
        if (f->days > HOLIDAY_FEED_DAYS_MAX)
            return error_set(err, ERROR_PERMANENT, "over %d days: ask for fewer years",
                             HOLIDAY_FEED_DAYS_MAX);
    }
    return 0;
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------
 */

static int feed_by_day(const void *a, const void *b)
{
    const struct holiday *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* In order, what stands there twice once. */
static const struct holiday *feed_sorted(const struct feed *f, GArray *list, size_t *count)
{
    struct holiday *out = arena_array(f->a, list->len, sizeof(*out));
    guint i;

    *count = 0;
    g_array_sort(list, feed_by_day);
    for (i = 0; i < list->len; i++) {
        const struct holiday *h = &g_array_index(list, struct holiday, i);

        if (*count == 0 || feed_by_day(&out[*count - 1], h) != 0)
            out[(*count)++] = *h;
    }
    return out;
}

int holiday_feed_read(struct arena *a, struct span bytes, const struct holiday_feed_options *o,
                      struct holiday_feed *out, struct error *err)
{
    struct feed f = { .a = a, .o = o, .work = FEED_WORK_MAX };
    int rc = -1;

    if (bytes.len > HOLIDAY_FEED_BYTES_MAX)
        return error_set(err, ERROR_PERMANENT, "over %d bytes", HOLIDAY_FEED_BYTES_MAX);
    if (o->from_year < 1970 || o->to_year > 9999 || o->to_year < o->from_year ||
        o->to_year - o->from_year >= HOLIDAY_FEED_YEARS_MAX)
        return error_set(err, ERROR_PERMANENT, "expected 1 to %d years from 1970 on",
                         HOLIDAY_FEED_YEARS_MAX);
    f.zone = o->zone[0] == '\0' ? NULL : g_time_zone_new_identifier(o->zone);
    if (f.zone == NULL)
        return error_set(err, ERROR_PERMANENT, "no such time zone: %.80s", o->zone);
    f.from = date_to_day((struct date){ o->from_year, 1, 1 });
    f.to = date_to_day((struct date){ o->to_year, 12, 31 });
    f.events = g_ptr_array_new();
    f.overridden = g_hash_table_new(g_str_hash, g_str_equal);
    f.taken = g_array_new(FALSE, FALSE, sizeof(struct holiday));
    f.left = g_array_new(FALSE, FALSE, sizeof(struct holiday));
    if (feed_parse(&f, bytes, err) == 0 && feed_days(&f, err) == 0) {
        *out = (struct holiday_feed){ .transparent = f.transparent, .untold = f.untold };
        out->taken = feed_sorted(&f, f.taken, &out->taken_count);
        out->left = feed_sorted(&f, f.left, &out->left_count);
        rc = 0;
    }
    g_array_free(f.left, TRUE);
    g_array_free(f.taken, TRUE);
    g_hash_table_destroy(f.overridden);
    g_ptr_array_free(f.events, TRUE);
    g_time_zone_unref(f.zone);
    return rc;
}

/* --- for review
 * ------------------------------------------------------------------------------------------------
 */

bool holiday_feed_is_name(const char *name)
{
    size_t len = strlen(name);

    return len >= 1 && len <= 60 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               len &&
           g_ascii_isalpha(name[0]);
}

static void feed_yaml_days(struct text_buffer *b, const struct holiday *h)
{
    char first[DATE_TEXT], last[DATE_TEXT];

    if (h->last < h->first)
        return;
    text_buffer_printf(b, "%s", date_text(first, h->first));
    if (h->last > h->first)
        text_buffer_printf(b, "..%s", date_text(last, h->last));
}

static void feed_yaml_holiday(struct text_buffer *b, const struct holiday *h)
{
    const char *c;

    text_buffer_puts(b, "      - '");
    feed_yaml_days(b, h);
    if (h->name[0] != '\0') {
        text_buffer_puts(b, " (");
        for (c = h->name; *c != '\0'; c++)
            text_buffer_add(b, *c == '\'' ? "''" : c, *c == '\'' ? 2 : 1);
        text_buffer_puts(b, ")");
    }
    text_buffer_printf(b, "'%s%s\n", h->note[0] == '\0' ? "" : " # ", h->note);
}

char *holiday_feed_to_yaml(const struct holiday_feed *f, const char *name, const char *source,
                           const struct holiday_feed_options *o)
{
    struct text_buffer b = { 0 };
    size_t i;

    text_buffer_printf(&b,
                       "# Holidays of %d to %d, read from %s. Look through them and take out what "
                       "is none of yours;\n"
                       "# then let the policy include this file, and a calendar say: holidays_of: "
                       "[%s]\n",
                       o->from_year, o->to_year, source, name);
    for (i = 0; i < f->left_count; i++) {
        text_buffer_puts(&b, i == 0 ? "# Left out:\n#   " : "#   ");
        feed_yaml_days(&b, &f->left[i]);
        text_buffer_printf(&b, "%s%s: %s\n", f->left[i].last < f->left[i].first ? "" : " ",
                           f->left[i].name[0] == '\0' ? "(no name)" : f->left[i].name,
                           f->left[i].why);
    }
    if (f->untold > 0)
        text_buffer_printf(&b, "#   and %zu more\n", f->untold);
    text_buffer_printf(&b, "holidays:\n  %s:\n    days:%s\n", name,
                       f->taken_count == 0 ? " []" : "");
    for (i = 0; i < f->taken_count; i++)
        feed_yaml_holiday(&b, &f->taken[i]);
    return text_buffer_take(&b);
}
