/* Parameters and result cells: the text forms that PostgreSQL reads and writes. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/db.h"

struct db_value db_text(const char *s)
{
    return (struct db_value){ .ptr = s };
}

struct db_value db_int(struct arena *a, int64_t n)
{
    return db_text(arena_printf(a, "%lld", (long long)n));
}

struct db_value db_bool(bool b)
{
    return db_text(b ? "t" : "f");
}

struct db_value db_bytes(struct span bytes)
{
    return (struct db_value){ .ptr = bytes.ptr == NULL ? "" : bytes.ptr,
                              .len = (int)bytes.len,
                              .binary = true };
}

enum { DB_TIME_TEXT = 32 };

static char *db_two_digits(char *to, int64_t n, char then)
{
    *to++ = (char)('0' + n / 10 % 10);
    *to++ = (char)('0' + n % 10);
    *to++ = then;
    return to;
}

/* timestamptz reads "epoch" arithmetic nowhere; a plain UTC calendar time it does. Days to a date
 * by eras of 400 years that begin on a first of March; from the year 1 to 9999. */
static size_t db_time_text(char out[DB_TIME_TEXT], int64_t utc_s)
{
    int64_t days = (utc_s - (utc_s % 86400 + 86400) % 86400) / 86400 + 719468;
    int64_t second = (utc_s % 86400 + 86400) % 86400;
    int64_t era = days / 146097, day = days % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    char *p = out;

    year += era * 400 + (month >= 10);
    *p++ = (char)('0' + year / 1000 % 10);
    *p++ = (char)('0' + year / 100 % 10);
    p = db_two_digits(p, year % 100, '-');
    p = db_two_digits(p, month < 10 ? month + 3 : month - 9, '-');
    p = db_two_digits(p, of_year - (153 * month + 2) / 5 + 1, ' ');
    p = db_two_digits(p, second / 3600, ':');
    p = db_two_digits(p, second / 60 % 60, ':');
    p = db_two_digits(p, second % 60, '+');
    *p++ = '0';
    *p++ = '0';
    *p = '\0';
    return (size_t)(p - out);
}

struct db_value db_time(struct arena *a, int64_t utc_s)
{
    char text[DB_TIME_TEXT];

    if (utc_s == 0)
        return db_text(NULL);
    db_time_text(text, utc_s);
    return db_text(arena_strdup(a, text));
}

/* These write in place: a batch has some hundred thousand elements. */
static char *db_array_next(struct db_array *d, size_t len)
{
    char *to = text_buffer_room(&d->text, len + 1);

    *to++ = d->count++ == 0 ? '{' : ',';
    return to;
}

static void db_array_close(struct db_array *d, char *end)
{
    *end = '\0';
    d->text.len = (size_t)(end - d->text.ptr);
}

static char *db_put(char *to, const char *ptr, size_t len)
{
    return (char *)memcpy(to, ptr, len) + len;
}

static void db_array_null(struct db_array *d)
{
    db_array_close(d, db_put(db_array_next(d, 4), "NULL", 4));
}

void db_array_text(struct db_array *d, const char *s)
{
    size_t len;
    char *to;

    if (s == NULL) {
        db_array_null(d);
        return;
    }
    len = strlen(s);
    to = db_array_next(d, 2 * len + 2); /* each byte may need a backslash */
    *to++ = '"';
    if (strpbrk(s, "\"\\") == NULL) {
        to = db_put(to, s, len);
    } else {
        for (; *s != '\0'; s++) {
            if (*s == '"' || *s == '\\')
                *to++ = '\\';
            *to++ = *s;
        }
    }
    *to++ = '"';
    db_array_close(d, to);
}

void db_array_raw(struct db_array *d, const char *literal)
{
    db_array_text(d, literal);
}

void db_array_int(struct db_array *d, int64_t n)
{
    db_array_close(d, text_number(db_array_next(d, TEXT_NUMBER_MAX), n));
}

void db_array_bool(struct db_array *d, bool b)
{
    db_array_close(d, db_put(db_array_next(d, 1), b ? "t" : "f", 1));
}

void db_array_time(struct db_array *d, int64_t utc_s)
{
    char text[DB_TIME_TEXT], *to;
    size_t len;

    if (utc_s == 0) {
        db_array_null(d);
        return;
    }
    len = db_time_text(text, utc_s);
    to = db_array_next(d, len + 2);
    *to++ = '"';
    to = db_put(to, text, len);
    *to++ = '"';
    db_array_close(d, to);
}

void db_array_hex(struct db_array *d, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *to;
    size_t i;

    if (bytes.ptr == NULL) {
        db_array_null(d);
        return;
    }
    to = db_put(db_array_next(d, 2 * bytes.len + 5), "\"\\\\x", 4);
    for (i = 0; i < bytes.len; i++) {
        unsigned char b = (unsigned char)bytes.ptr[i];

        *to++ = digits[b >> 4];
        *to++ = digits[b & 15];
    }
    *to++ = '"';
    db_array_close(d, to);
}

struct db_value db_array_end(struct db_array *d, struct arena *a)
{
    char *text;

    text_buffer_puts(&d->text, d->count == 0 ? "{}" : "}");
    text = arena_strndup(a, d->text.ptr, d->text.len);
    text_buffer_clear(&d->text);
    d->count = 0;
    return db_text(text);
}

int64_t db_cell_int(const PGresult *res, int row, int column)
{
    return PQgetisnull(res, row, column) ? 0 : strtoll(PQgetvalue(res, row, column), NULL, 10);
}

bool db_cell_bool(const PGresult *res, int row, int column)
{
    return !PQgetisnull(res, row, column) && PQgetvalue(res, row, column)[0] == 't';
}

const char *db_cell_text(const PGresult *res, int row, int column)
{
    return PQgetisnull(res, row, column) ? NULL : PQgetvalue(res, row, column);
}
