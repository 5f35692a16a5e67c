/* Parameters and result cells: the text forms that PostgreSQL reads and writes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* timestamptz reads "epoch" arithmetic nowhere; a plain UTC calendar time it does. */
static void db_time_text(char out[64], int64_t utc_s)
{
    time_t t = (time_t)utc_s;
    struct tm tm;

    gmtime_r(&t, &tm);
    snprintf(out, 64, "%04d-%02d-%02d %02d:%02d:%02d+00", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

struct db_value db_time(struct arena *a, int64_t utc_s)
{
    char text[64];

    if (utc_s == 0)
        return db_text(NULL);
    db_time_text(text, utc_s);
    return db_text(arena_strdup(a, text));
}

static void db_array_next(struct db_array *d)
{
    text_buffer_puts(&d->text, d->count++ == 0 ? "{" : ",");
}

void db_array_text(struct db_array *d, const char *s)
{
    const char *run;

    db_array_next(d);
    if (s == NULL) {
        text_buffer_puts(&d->text, "NULL");
        return;
    }
    text_buffer_puts(&d->text, "\"");
    for (run = s; *s != '\0'; s++) {
        if (*s != '"' && *s != '\\')
            continue;
        text_buffer_add(&d->text, run, (size_t)(s - run));
        text_buffer_puts(&d->text, "\\");
        run = s;
    }
    text_buffer_add(&d->text, run, (size_t)(s - run));
    text_buffer_puts(&d->text, "\"");
}

void db_array_raw(struct db_array *d, const char *literal)
{
    db_array_text(d, literal);
}

void db_array_int(struct db_array *d, int64_t n)
{
    char text[32];

    db_array_next(d);
    snprintf(text, sizeof(text), "%lld", (long long)n);
    text_buffer_puts(&d->text, text);
}

void db_array_bool(struct db_array *d, bool b)
{
    db_array_next(d);
    text_buffer_puts(&d->text, b ? "t" : "f");
}

void db_array_time(struct db_array *d, int64_t utc_s)
{
    char text[64];

    if (utc_s == 0) {
        db_array_next(d);
        text_buffer_puts(&d->text, "NULL");
        return;
    }
    db_time_text(text, utc_s);
    db_array_text(d, text);
}

void db_array_hex(struct db_array *d, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    db_array_next(d);
    if (bytes.ptr == NULL) {
        text_buffer_puts(&d->text, "NULL");
        return;
    }
    text_buffer_puts(&d->text, "\"\\\\x");
    for (i = 0; i < bytes.len; i++) {
        unsigned char b = (unsigned char)bytes.ptr[i];
        char pair[2] = { digits[b >> 4], digits[b & 15] };

        text_buffer_add(&d->text, pair, 2);
    }
    text_buffer_puts(&d->text, "\"");
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
