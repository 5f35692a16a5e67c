/* ctl/output.h - what commands print: tables that fit the terminal, or JSON; always safe for it.
 *
 * Columns are rows of a table: how a column of a query's result is called and what it holds. The
 * same table makes the JSON and the table for eyes. What strangers wrote is shown without what a
 * terminal would obey (S-33), in JSON too. */
#ifndef RELEVO_CTL_OUTPUT_H
#define RELEVO_CTL_OUTPUT_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "ctl/command.h"

struct arena;

enum output_type {
    OUTPUT_TEXT,
    OUTPUT_INT,
    OUTPUT_NUMBER, /* with a decimal */
    OUTPUT_SPAN,   /* seconds; "2 d 3 h" in tables */
    OUTPUT_TIME,   /* UTC seconds: RFC 3339 in JSON, local time in tables */
    OUTPUT_BOOL,   /* PostgreSQL's t and f */
    OUTPUT_TEXTS,  /* a line each */
    OUTPUT_JSON,   /* text that is JSON */
};
struct output_column {
    const char *name; /* the result's column and the JSON's member; NULL ends a table */
    enum output_type type;
    const char *title; /* above its column; NULL: in JSON alone */
    bool gives;        /* is cut first where the terminal is narrow */
};

/* An object of one row, an array of all; the caller's. */
json_t *output_row(const PGresult *res, int row, const struct output_column *columns);
json_t *output_rows(const PGresult *res, const struct output_column *columns);

/* Prints and releases it; returns CTL_DONE, as all that print. */
int output_json(json_t *value);
void output_table(const PGresult *res, const struct output_column *columns);
/* A line for each column with a title, but those that say nothing. */
void output_fields(const PGresult *res, int row, const struct output_column *columns);
/* output_table() or an array of output_rows(), as was asked for. */
int output_list(const struct ctl *ctl, const PGresult *res, const struct output_column *columns);
/* A cell that holds a time, as tables show it. */
const char *output_time(struct arena *a, const char *utc_s);
/* A text on one line, made safe. */
const char *output_line(struct arena *a, const char *text);
/* A text of several lines, each after `indent`. */
void output_text(const char *indent, const char *text);

/* How many places of a terminal a text takes; how many of its bytes fit into so many places. */
size_t output_width(const char *s);
size_t output_fit(const char *s, size_t width);

#endif
