#include "ctl/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/text.h"
#include "ctl/command.h"

enum { OUTPUT_COLUMNS_MAX = 32, OUTPUT_NARROW = 6, OUTPUT_NARROWEST = 3 };

/* --- width
 * -------------------------------------------------------------------------------------------- */

static size_t character_width(UChar32 c)
{
    int type = u_charType(c);
    int wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);

    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
        return 0;
    return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
}

size_t output_fit(const char *s, size_t width)
{
    int32_t i = 0, before, len = (int32_t)strlen(s);
    size_t used = 0;
    UChar32 c;

    while (i < len) {
        before = i;
        U8_NEXT(s, i, len, c);
        used += c < 0 ? 1 : character_width(c);
        if (used > width)
            return (size_t)before;
    }
    return (size_t)len;
}

size_t output_width(const char *s)
{
    int32_t i = 0, len = (int32_t)strlen(s);
    size_t used = 0;
    UChar32 c;

    while (i < len) {
        U8_NEXT(s, i, len, c);
        used += c < 0 ? 1 : character_width(c);
    }
    return used;
}

/* 0: as wide as it likes. */
static size_t line_width(void)
{
    const char *said = getenv("COLUMNS");
    struct winsize size;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return said == NULL ? 0 : strtoul(said, NULL, 10);
}

/* --- cells
 * -------------------------------------------------------------------------------------------- */

static const char *cell(const PGresult *res, int row, const struct output_column *column)
{
    int at = PQfnumber(res, column->name);

    if (at < 0)
        abort(); /* the query does not give what our table names */
    return PQgetisnull(res, row, at) ? NULL : PQgetvalue(res, row, at);
}

static const char *cell_time(struct arena *a, const char *value, bool utc)
{
    time_t t = (time_t)strtoll(value, NULL, 10);
    char text[40];
    struct tm tm;

    if (utc)
        text_time(text, t);
    else
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M", localtime_r(&t, &tm));
    return arena_strdup(a, text);
}

const char *output_time(struct arena *a, const char *utc_s)
{
    return cell_time(a, utc_s, false);
}

const char *output_line(struct arena *a, const char *text)
{
    char *shown = text_printable(a, text), *c;

    for (c = shown; *c != '\0'; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    return shown;
}

/* The two largest of its units: nobody reads the seconds of three days. */
static const char *cell_span(struct arena *a, const char *value)
{
    static const struct {
        long long seconds;
        const char *name, *within;
        long long small;
    } units[] = { { 86400, "d", "h", 3600 }, { 3600, "h", "min", 60 }, { 60, "min", "s", 1 } };
    long long s = strtoll(value, NULL, 10);
    size_t i;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (s >= units[i].seconds)
            return arena_printf(a, "%lld %s %lld %s", s / units[i].seconds, units[i].name,
                                s % units[i].seconds / units[i].small, units[i].within);
    return arena_printf(a, "%lld s", s);
}

static bool is_figure(enum output_type type)
{
    return type == OUTPUT_INT || type == OUTPUT_NUMBER || type == OUTPUT_SPAN;
}

/* On one line, NULL where it says nothing. */
static const char *cell_shown(struct arena *a, const PGresult *res, int row,
                              const struct output_column *column)
{
    const char *value = cell(res, row, column);

    if (value == NULL || *value == '\0')
        return NULL;
    if (column->type == OUTPUT_TIME)
        return cell_time(a, value, false);
    if (column->type == OUTPUT_SPAN)
        return cell_span(a, value);
    if (column->type == OUTPUT_BOOL)
        return *value == 't' ? "yes" : "no";
    return output_line(a, value);
}

static json_t *cell_texts(const char *value)
{
    json_t *list = json_array();
    size_t n;

    for (; *value != '\0'; value += n + (value[n] == '\n')) {
        n = strcspn(value, "\n");
        json_array_append_new(list, json_stringn(value, n));
    }
    return list;
}

static json_t *cell_json(const PGresult *res, int row, const struct output_column *column)
{
    const char *value = cell(res, row, column);
    struct arena *a;
    json_t *made;

    if (value == NULL)
        return json_null();
    switch (column->type) {
    case OUTPUT_NUMBER:
        return json_real(strtod(value, NULL));
    case OUTPUT_SPAN:
    case OUTPUT_INT:
        return json_integer(strtoll(value, NULL, 10));
    case OUTPUT_BOOL:
        return json_boolean(*value == 't');
    case OUTPUT_TEXTS:
        return cell_texts(value);
    case OUTPUT_JSON:
        made = json_loads(value, JSON_DECODE_ANY, NULL);
        return made == NULL ? json_null() : made;
    case OUTPUT_TIME:
        a = arena_new();
        made = json_string(cell_time(a, value, true));
        arena_free(a);
        return made;
    default:
        return json_string(value);
    }
}

/* --- JSON
 * --------------------------------------------------------------------------------------------- */

json_t *output_row(const PGresult *res, int row, const struct output_column *columns)
{
    json_t *o = json_object();

    for (; columns->name != NULL; columns++)
        json_object_set_new(o, columns->name, cell_json(res, row, columns));
    return o;
}

json_t *output_rows(const PGresult *res, const struct output_column *columns)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < PQntuples(res); i++)
        json_array_append_new(list, output_row(res, i, columns));
    return list;
}

/* What text_printable() makes of a character is JSON's own way to write it. */
int output_json(json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    struct arena *a = arena_new();

    puts(text_printable(a, text));
    arena_free(a);
    free(text);
    json_decref(value);
    return CTL_DONE;
}

/* --- tables
 * ------------------------------------------------------------------------------------------- */

struct output_grid {
    struct arena *a;
    const struct output_column *column[OUTPUT_COLUMNS_MAX];
    size_t width[OUTPUT_COLUMNS_MAX];
    size_t columns;
    const char ***cells; /* a row each; the titles first */
    size_t rows;
};

static void grid_fill(struct output_grid *g, const PGresult *res,
                      const struct output_column *columns)
{
    size_t i, k, width;

    for (; columns->name != NULL; columns++)
        if (columns->title != NULL && g->columns < OUTPUT_COLUMNS_MAX)
            g->column[g->columns++] = columns;
    g->rows = (size_t)PQntuples(res) + 1;
    g->cells = arena_array(g->a, g->rows, sizeof(*g->cells));
    for (i = 0; i < g->rows; i++) {
        g->cells[i] = arena_array(g->a, g->columns, sizeof(**g->cells));
        for (k = 0; k < g->columns; k++) {
            g->cells[i][k] =
                i == 0 ? g->column[k]->title : cell_shown(g->a, res, (int)i - 1, g->column[k]);
            if (g->cells[i][k] == NULL)
                g->cells[i][k] = "-";
            width = output_width(g->cells[i][k]);
            g->width[k] = width > g->width[k] ? width : g->width[k];
        }
    }
}

/* The widest that may still give; those first that are meant to. */
static size_t *grid_widest(struct output_grid *g, bool gives, size_t least)
{
    size_t *widest = NULL, k;

    for (k = 0; k < g->columns; k++)
        if (g->column[k]->gives == gives && g->width[k] > least &&
            (widest == NULL || g->width[k] > *widest))
            widest = &g->width[k];
    return widest;
}

static void grid_shrink(struct output_grid *g, size_t limit)
{
    size_t total = g->columns == 0 ? 0 : 2 * (g->columns - 1), k;
    size_t *widest;

    for (k = 0; k < g->columns; k++)
        total += g->width[k];
    while (limit > 0 && total > limit) {
        widest = grid_widest(g, true, OUTPUT_NARROW);
        if (widest == NULL)
            widest = grid_widest(g, false, OUTPUT_NARROWEST);
        if (widest == NULL)
            widest = grid_widest(g, true, OUTPUT_NARROWEST);
        if (widest == NULL)
            return; /* there is no terminal so narrow */
        --*widest;
        total--;
    }
}

static void grid_print_cell(const char *text, size_t width, bool right, bool last)
{
    size_t used = output_width(text);
    int pad = used < width ? (int)(width - used) : 0;

    if (used > width)
        printf("%.*s\u2026", (int)output_fit(text, width - 1), text);
    else
        printf("%*s%s", right ? pad : 0, "", text);
    if (!last)
        printf("%*s  ", right ? 0 : pad, "");
}

void output_table(const PGresult *res, const struct output_column *columns)
{
    struct output_grid g = { .a = arena_new() };
    size_t i, k;

    grid_fill(&g, res, columns);
    grid_shrink(&g, line_width());
    for (i = 0; i < g.rows; i++) {
        for (k = 0; k < g.columns; k++)
            grid_print_cell(g.cells[i][k], g.width[k], is_figure(g.column[k]->type),
                            k + 1 == g.columns);
        putchar('\n');
    }
    arena_free(g.a);
}

int output_list(const struct ctl *ctl, const PGresult *res, const struct output_column *columns)
{
    if (ctl->json)
        return output_json(output_rows(res, columns));
    output_table(res, columns);
    return CTL_DONE;
}

void output_fields(const PGresult *res, int row, const struct output_column *columns)
{
    const struct output_column *c;
    struct arena *a = arena_new();
    size_t width = 0, n;
    const char *shown;

    for (c = columns; c->name != NULL; c++) {
        n = c->title == NULL ? 0 : output_width(c->title);
        width = n > width ? n : width;
    }
    for (c = columns; c->name != NULL; c++) {
        shown = c->title == NULL ? NULL : cell_shown(a, res, row, c);
        if (shown != NULL)
            printf("%-*s  %s\n", (int)width, c->title, shown);
    }
    arena_free(a);
}

void output_text(const char *indent, const char *text)
{
    struct arena *a = arena_new();
    const char *s = text_printable(a, text);
    size_t n;

    for (; *s != '\0'; s += n + (s[n] == '\n')) {
        n = strcspn(s, "\n");
        printf("%s%.*s\n", n == 0 ? "" : indent, (int)n, s);
    }
    arena_free(a);
}

int ctl_slip(const char *fmt, ...)
{
    struct error err = { ERROR_PERMANENT, "" };
    va_list args;

    va_start(args, fmt);
    vsnprintf(err.text, sizeof(err.text), fmt, args);
    va_end(args);
    ctl_fail(&err);
    return CTL_USAGE;
}
