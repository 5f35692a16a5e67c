#include "channels/mail_date.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "channels/mail_header.h"

enum { WORD_MAX = 40, WORDS_MAX = 16 };

/* Dates of mails: RFC 5322 and its obsolete forms, asctime, RFC 850, ISO 8601; in any order. */
struct date {
    int day, month, year;     /* 0: not met yet */
    int hour, minute, second; /* hour -1: not met yet */
    int offset_s;
    int number;          /* which was the year until one of four digits came; 0: there is none */
    bool paired;         /* that one came: `number` is the month, or `day` is */
    const char *weekday; /* in `weekdays`; NULL: none is named */
    bool zoned, afternoon, morning;
    bool spoilt; /* something stands in it, or is cut off, that no date has */
};

static const struct zone {
    const char *name;
    int minutes;
} zones[] = {
    { "AST", -4 * 60 },  { "ADT", -3 * 60 },  { "EST", -5 * 60 },  { "EDT", -4 * 60 },
    { "CST", -6 * 60 },  { "CDT", -5 * 60 },  { "MST", -7 * 60 },  { "MDT", -6 * 60 },
    { "PST", -8 * 60 },  { "PDT", -7 * 60 },  { "CET", 60 },       { "CEST", 2 * 60 },
    { "MET", 60 },       { "MEST", 2 * 60 },  { "MEZ", 60 },       { "MESZ", 2 * 60 },
    { "EET", 2 * 60 },   { "EEST", 3 * 60 },  { "BST", 60 },       { "WEST", 60 },
    { "MSK", 3 * 60 },   { "JST", 9 * 60 },   { "KST", 9 * 60 },   { "AEST", 10 * 60 },
    { "AEDT", 11 * 60 }, { "AKST", -9 * 60 }, { "HST", -10 * 60 }, { "AKDT", -480 },
    { "NST", -210 },     { "NDT", -150 },     { "BRT", -180 },     { "ART", -180 },
    { "WAT", 60 },       { "CAT", 120 },      { "SAST", 120 },     { "EAT", 180 },
    { "TRT", 180 },      { "PKT", 300 },      { "IST", 330 },      { "ICT", 420 },
    { "WIB", 420 },      { "AWST", 480 },     { "HKT", 480 },      { "PHT", 480 },
    { "SGT", 480 },      { "ACST", 570 },     { "ACDT", 630 },     { "NZST", 720 },
    { "NZDT", 780 },     { NULL, 0 },
};

/* How the names of months begin, by their letters of ASCII ("fvrier", "mrz", "pa" for "paź"): those
 * that are not English's. */
static const struct month {
    const char *name;
    int number;
} months[] = {
    { "ene", 1 },  { "gen", 1 },  { "fev", 2 },  { "fv", 2 },   { "maa", 3 },  { "mrt", 3 },
    { "mrz", 3 },  { "abr", 4 },  { "avr", 4 },  { "mag", 5 },  { "mai", 5 },  { "maj", 5 },
    { "mei", 5 },  { "giu", 6 },  { "juin", 6 }, { "juil", 7 }, { "lug", 7 },  { "ago", 8 },
    { "aot", 8 },  { "aou", 8 },  { "set", 9 },  { "okt", 10 }, { "ott", 10 }, { "out", 10 },
    { "dc", 12 },  { "des", 12 }, { "dez", 12 }, { "dic", 12 }, { "sty", 1 },  { "lut", 2 },
    { "kwi", 4 },  { "cze", 6 },  { "lip", 7 },  { "sie", 8 },  { "wrz", 9 },  { "pa", 10 },
    { "lis", 11 }, { "gru", 12 }, { "led", 1 },  { "dub", 4 },  { "kv", 5 },   { "vn", 6 },
    { "vc", 7 },   { "srp", 8 },  { "pro", 12 }, { "oca", 1 },  { "ub", 2 },   { "nis", 4 },
    { "haz", 6 },  { "tem", 7 },  { "eyl", 9 },  { "eki", 10 }, { "kas", 11 }, { "ara", 12 },
    { "mrc", 3 },  { "jn", 6 },   { "jl", 7 },   { "szep", 9 }, { "ian", 1 },  { "iun", 6 },
    { "iul", 7 },  { "noi", 11 }, { NULL, 0 },
};

static int month_of(const char *word)
{
    static const char english[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    const struct month *m;
    char key[5] = "";
    size_t n = 0;
    int i;

    for (; n < sizeof(key) - 1 && (isalpha((unsigned char)*word) || (unsigned char)*word >= 0x80);
         word++)
        if ((unsigned char)*word < 0x80)
            key[n++] = (char)tolower((unsigned char)*word);
    for (i = 0; i < 12; i++)
        if (strncmp(key, english + i * 3, 3) == 0)
            return i + 1;
    for (m = months; m->name != NULL; m++)
        if (strncmp(key, m->name, strlen(m->name)) == 0)
            return m->number;
    return 0;
}

static bool is_digits(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return n > 0;
}

/* "+0200", "-03:30", "+2". */
static bool take_offset(struct date *d, const char *word)
{
    int sign = 1, hours, minutes = 0;
    const char *p = word;
    size_t n;

    for (; *p == '+' || *p == '-'; p++) /* "--0400" */
        sign = *p == '-' ? -1 : 1;
    n = p > word ? strspn(p, "0123456789") : 0;
    if (n == 0 || n > 4)
        return false;
    if (d->zoned)
        return true; /* the first one counts */
    hours = atoi(p);
    if (n > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (p[n] == ':') {
        minutes = atoi(p + n + 1);
    }
    if (hours > 14 || minutes < 0 || minutes > 59)
        return true; /* what cannot be is as good as none */
    d->offset_s = sign * (hours * 3600 + minutes * 60);
    d->zoned = true;
    return true;
}

static void take_zone(struct date *d, const char *word)
{
    const struct zone *z;

    for (z = zones; z->name != NULL; z++)
        if (strcasecmp(word, z->name) == 0 && !d->zoned)
            d->offset_s = z->minutes * 60;
    if (strcasecmp(word, "DST") == 0 && !d->zoned) /* "MET DST" */
        d->offset_s += 3600;
    if (strncasecmp(word, "GMT", 3) == 0 || strncasecmp(word, "UTC", 3) == 0)
        take_offset(d, word + 3);
}

/* Is that what may follow a time at once: nothing, "Z", "+02:00", "PM", "GMT"? */
static bool may_follow(const char *rest)
{
    size_t letters = 0;

    if (rest[0] == '+' || rest[0] == '-')
        return rest[1] != '\0';
    while (isalpha((unsigned char)rest[letters]))
        letters++;
    return letters == 0 ? rest[0] == '\0' : letters > 1 || toupper((unsigned char)rest[0]) == 'Z';
}

/* "10:00", "10:00:30", "10:00:30.5", with what follows at once: "Z", "+02:00", "PM". */
static bool take_time(struct date *d, const char *word, char mark)
{
    char *end;
    long v[3] = { 0, 0, 0 };
    int i;

    for (i = 0; i < 3 && *word >= '0' && *word <= '9'; i++) {
        v[i] = strtol(word, &end, 10);
        word = end;
        if (*word != mark || i == 2) /* behind the seconds it is a fraction's */
            break;
        word++;
    }
    if (i == 0 || v[0] > 24 || v[1] > 59 || v[2] > 60 || (v[0] == 24 && v[1] + v[2] > 0))
        return false; /* 24:00 is the end of the day (ISO 8601) */
    d->hour = (int)v[0];
    d->minute = (int)v[1];
    d->second = (int)v[2];
    if (*word == '.' || *word == ',')
        word += 1 + strspn(word + 1, "0123456789");
    d->spoilt = d->spoilt || word[-1] == mark || !may_follow(word);
    d->afternoon = d->afternoon || strcasecmp(word, "pm") == 0;
    if (!take_offset(d, word))
        take_zone(d, word);
    return true;
}

static int year_of(const char *word, size_t digits)
{
    int year = atoi(word);

    return digits > 3 ? year : digits == 3 ? 1900 + year : year < 50 ? 2000 + year : 1900 + year;
}

/* "2026-06-01T08:15:00Z", "19-Jun-2026", "19.06.2026", "19/06/2026", and "06/01/2026" as America
 * has it. */
static void take_dashed(struct date *d, const char *word)
{
    size_t n = strspn(word, "0123456789"), m;
    const char *second = word + n + 1, *third;
    int month = month_of(second);

    third = strpbrk(second, "-/.");
    if (third == NULL)
        return;
    third++;
    m = strspn(third, "0123456789");
    if (m == 0)
        return;
    d->month = month > 0 ? month : atoi(second);
    if (n == 4) {
        d->year = atoi(word);
        d->day = atoi(third);
        if (third[m] == 'T' || third[m] == 't')
            take_time(d, third + m + 1, ':');
    } else {
        d->day = atoi(word);
        d->year = year_of(third, m);
        if (word[n] == '/' && month == 0 && d->day <= 12) {
            d->month = d->day;
            d->day = atoi(second);
        }
    }
}

static const char weekdays[] = "sunmontuewedthufrisat"; /* as tm_wday counts */

/* Where it begins in `weekdays`; NULL: it is none. */
static const char *weekday_of(const char *word)
{
    const char *w;

    for (w = weekdays; *w != '\0'; w += 3)
        if (strncasecmp(word, w, 3) == 0)
            return w;
    return NULL;
}

/* Is there such a day, and is it that weekday's, where one is named? */
static bool is_day(const struct date *d, int day, int month, bool named)
{
    struct tm tm = { .tm_year = d->year - 1900, .tm_mon = month - 1, .tm_mday = day };

    if (day < 1 || month < 1 || month > 12)
        return false;
    timegm(&tm);
    return tm.tm_mday == day && (!named || d->weekday == weekdays + tm.tm_wday * 3);
}

/* "01 06 2026": which of both is the month, if there is one answer, or the weekday tells. */
static void settle_month(struct date *d)
{
    int first = d->day, second = d->number;
    bool named = is_day(d, first, second, false) && is_day(d, second, first, false);
    bool fits = is_day(d, first, second, named), other = is_day(d, second, first, named);

    if (d->month > 0 || !d->paired || (fits == other && first != second))
        return;
    d->month = fits ? second : first;
    d->day = fits ? first : second;
}

static void take_number(struct date *d, const char *word, size_t digits)
{
    char zone[] = "+0000";

    if ((digits <= 2 || (digits == 3 && word[0] == '0')) && d->day == 0) {
        d->day = atoi(word);
    } else if (d->year == 0 && digits <= 4) {
        d->year = year_of(word, digits);
        d->number = digits <= 2 ? atoi(word) : 0;
    } else if (d->number > 0 && digits == 4 && d->month == 0 && d->hour < 0) {
        d->year = atoi(word);
        d->paired = true;
    } else if (d->hour >= 0 && (digits == 4 || digits == 3)) { /* a zone that lost its sign */
        memcpy(zone + 5 - digits, word, digits);
        take_offset(d, zone);
    }
}

static bool take_word(struct date *d, const char *word)
{
    size_t digits = strspn(word, "0123456789");

    d->spoilt = d->spoilt || (!d->zoned && strpbrk(word, "<>@") != NULL);
    if (digits == 0) {
        d->weekday = d->weekday == NULL ? weekday_of(word) : d->weekday;
        if ((d->month == 0 || d->hour < 0) && month_of(word) > 0)
            d->month = month_of(word); /* the one before may have been a day: "mar, 3 ago" */
        else if (d->hour >= 0 && take_offset(d, word))
            return true;
        else if (d->hour >= 0 && strcasecmp(word, "pm") == 0)
            d->afternoon = true;
        else if (d->hour >= 0 && strcasecmp(word, "am") == 0)
            d->morning = true;
        else if (d->hour >= 0)
            take_zone(d, word);
        return true;
    }
    if (word[digits] == ':')
        return take_time(d, word, ':');
    if (word[digits] == '.' && d->day > 0 && strspn(word + digits + 1, "0123456789") == 2)
        return take_time(d, word, '.');
    if (word[digits] == '-' || word[digits] == '/' ||
        (word[digits] == '.' && d->day == 0 && word[digits + 1] != '\0'))
        take_dashed(d, word);
    else if (is_digits(word, strlen(word)) || (word[digits] == '.' && word[digits + 1] == '\0'))
        take_number(d, word, digits);
    return true;
}

static bool finish(const struct date *d, int64_t *out)
{
    struct tm tm = { .tm_year = d->year - 1900, .tm_mon = d->month - 1, .tm_mday = d->day };
    int hour = d->hour < 0 ? 0 : d->hour;

    if (d->day < 1 || d->month < 1 || d->month > 12 || d->year < 1900 || d->year > 9999)
        return false;
    if (d->afternoon && hour < 12)
        hour += 12;
    if (d->morning && hour == 12)
        hour = 0;
    tm.tm_hour = hour % 24;
    tm.tm_min = d->minute;
    tm.tm_sec = d->second;
    *out = timegm(&tm) - d->offset_s + (hour == 24 ? 86400 : 0);
    return tm.tm_mday == d->day || d->second == 60; /* else there is no such day */
}

/* Behind the blanks and comments at `at`. */
static size_t skip_blanks(struct span s, size_t at)
{
    int depth = 0;

    for (; at < s.len; at++) {
        depth += s.ptr[at] == '(';
        if (depth == 0 && (unsigned char)s.ptr[at] > ' ')
            break;
        depth -= s.ptr[at] == ')' && depth > 0;
    }
    return at;
}

/* "10 : 15": is the blank at `at`, behind that word, within a time? */
static bool is_within_time(struct span s, size_t at, const char *word, size_t len)
{
    size_t next;

    if (len == 0 || word[0] < '0' || word[0] > '9' || at >= s.len)
        return false;
    next = skip_blanks(s, at);
    return next < s.len && next > at &&
           (s.ptr[next] == ':' ||
            (word[len - 1] == ':' && s.ptr[next] >= '0' && s.ptr[next] <= '9'));
}

bool mail_date_read(struct span s, int64_t *out, bool *whole)
{
    struct date d = { .hour = -1 };
    char word[WORD_MAX + 1];
    size_t i, len = 0, words = 0;
    int depth = 0;

    if (whole != NULL)
        *whole = false;
    for (i = 0; i <= s.len && words < WORDS_MAX; i++) {
        char c = (char)(i < s.len ? s.ptr[i] : ' ');

        if (c == '(' || c == ')')
            depth += c == '(' ? 1 : depth > 0 ? -1 : 0;
        if (depth == 0 && (unsigned char)c > ' ' && c != ',' && c != '(' && c != ')') {
            if (len < WORD_MAX)
                word[len++] = c;
            continue;
        }
        if (len == 0)
            continue;
        if (is_within_time(s, i, word, len)) {
            i = skip_blanks(s, i) - 1;
            depth = 0;
            continue;
        }
        word[len] = '\0';
        len = 0;
        words++;
        if (!take_word(&d, word))
            return false;
    }
    settle_month(&d);
    if (whole != NULL)
        *whole = d.hour >= 0 && !d.spoilt;
    return finish(&d, out);
}
