/* What the history comes to: tables, CSV, JSON and pictures of the views that sql/migrations make.
 */
#include "ctl/report.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/chart.h"
#include "core/csv.h"
#include "core/duration.h"
#include "core/text.h"
#include "ctl/session.h"
#include "daemon/clock.h"

enum {
    PATIENCE_MS = 3600000
}; /* as long as the statement may take: sql/queries/report_session.sql */

struct report_asked {
    const struct report *report;
    const char *by; /* NULL: it has no --by */
    const struct desk *desk;
    int64_t since, until;
    struct output_column columns[REPORT_COLUMNS_MAX];
    const PGresult *rows;
};

/* --- what was asked for
 * ------------------------------------------------------------------------------------------------
 */

/* CTL_DONE, or how to end. */
static int take_way(const struct ctl *ctl, struct report_asked *q)
{
    const char *by = ctl_value(ctl, "--by");
    const char *const *way = q->report->ways;
    char words[160]; /* of more ways than fit the last are not named */
    size_t used = 0;

    if (way == NULL || by == NULL)
        q->by = way == NULL ? NULL : way[0];
    if (by == NULL)
        return CTL_DONE;
    for (; way != NULL && *way != NULL; way++)
        if (strcmp(*way, by) == 0) {
            q->by = *way;
            return CTL_DONE;
        }
    for (way = q->report->ways; way != NULL && *way != NULL && used < sizeof(words); way++)
        used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", used == 0 ? "" : ", ",
                                 *way);
    return ctl_slip("this report is told by %s, not by '%.40s'", used == 0 ? "nothing" : words, by);
}

static bool is_day(const char *word)
{
    int year, month, day, used = 0;

    return sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && word[used] == '\0' &&
           g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

/* "30d" ago, or a day of the desk's zone: its begin, or its end. CTL_DONE, or how to end. */
static int take_time(struct session *s, const char *word, bool end, int64_t now, int64_t *out)
{
    struct db_value v[1] = { db_text(word) };
    const PGresult *res;
    struct error err;
    int64_t seconds;

    if (duration_read(word, &seconds) == 0) {
        *out = now - seconds;
        return CTL_DONE;
    }
    if (!is_day(word))
        return ctl_usage("expected a time like 30d or a day like 2026-11-01, not", word);
    res = session_ask(s, "report_day", v, 1, &err);
    if (res == NULL)
        return ctl_fail(&err);
    *out = db_cell_int(res, 0, end ? 1 : 0);
    return CTL_DONE;
}

static int take_times(const struct ctl *ctl, struct session *s, struct report_asked *q)
{
    const char *since = ctl_value(ctl, "--since"), *until = ctl_value(ctl, "--until");
    int64_t now = wall_now();
    int code = take_time(s, since == NULL ? "30d" : since, false, now, &q->since);

    q->until = now + 1; /* what happens in this second is in it */
    if (code == CTL_DONE && until != NULL)
        code = take_time(s, until, true, now, &q->until);
    if (code == CTL_DONE && q->until <= q->since)
        return ctl_usage("it ends before it begins", until == NULL ? since : until);
    return code;
}

static int ask(const struct ctl *ctl, struct session *s, struct report_asked *q, struct error *err)
{
    char *query = arena_printf(s->a, "report_%s", q->report->name);
    const struct db_value v[5] = { db_int(s->a, q->desk->desk_id), db_time(s->a, q->since),
                                   db_time(s->a, q->until), db_text(q->by),
                                   db_int(s->a, ctl_value(ctl, "--repeated") == NULL ? 1 : 2) };
    int count = q->report->ways == NULL ? 3 : q->report->repeated ? 5 : 4;

    q->rows = session_ask(s, query, v, count, err);
    return q->rows == NULL ? -1 : 0;
}

/* The column `name` is headed by what it holds; where that is another column's, it is left out. */
static void take_columns(struct report_asked *q)
{
    const struct output_column *from;
    size_t n = 0;

    for (from = q->report->columns; from->name != NULL; from++) {
        bool named = q->by != NULL && strcmp(from->name, "name") == 0;

        if (named && q->report->plain == q->by)
            continue;
        q->columns[n] = *from;
        if (named)
            q->columns[n].title = q->by;
        n++;
    }
}

/* --- as it is shown
 * ------------------------------------------------------------------------------------------------
 */

static char *title_of(struct session *s, const struct report_asked *q)
{
    char since[TEXT_TIME], until[TEXT_TIME];

    return arena_printf(s->a, "%s%s%s, %s to %s", q->report->title, q->by == NULL ? "" : " by ",
                        q->by == NULL ? "" : q->by, text_time(since, q->since),
                        text_time(until, q->until));
}

static int print_table(struct session *s, const struct report_asked *q)
{
    printf("%s\n\n", title_of(s, q));
    if (PQntuples(q->rows) == 0)
        puts("nothing in this time");
    else
        output_table(q->rows, q->columns);
    return CTL_DONE;
}

static int print_json(const struct report_asked *q)
{
    char since[TEXT_TIME], until[TEXT_TIME];

    return output_json(json_pack("{s:s, s:s, s:s?, s:s, s:s, s:o}", "report", q->report->name,
                                 "desk", q->desk->name, "by", q->by, "since",
                                 text_time(since, q->since), "until", text_time(until, q->until),
                                 "rows", output_rows(q->rows, q->columns)));
}

static const char *cell(const PGresult *res, int row, const char *column)
{
    int at = PQfnumber(res, column);

    return at < 0 || PQgetisnull(res, row, at) ? NULL : PQgetvalue(res, row, at);
}

/* Whole numbers and decimals as they are, times as RFC 3339, all else as text that is no formula.
 */
static int print_csv(const struct report_asked *q)
{
    GString *out = g_string_new(NULL);
    const struct output_column *c;
    char time[TEXT_TIME];
    int row;

    for (c = q->columns; c->name != NULL; c++)
        csv_text(out, c == q->columns, strcmp(c->name, "name") == 0 ? c->title : c->name);
    csv_end_line(out);
    for (row = 0; row < PQntuples(q->rows); row++) {
        for (c = q->columns; c->name != NULL; c++) {
            const char *value = cell(q->rows, row, c->name);

            if (c->type == OUTPUT_TEXT)
                csv_text(out, c == q->columns, value);
            else if (c->type == OUTPUT_TIME && value != NULL)
                csv_figure(out, c == q->columns, text_time(time, strtoll(value, NULL, 10)));
            else
                csv_figure(out, c == q->columns, value);
        }
        csv_end_line(out);
    }
    fwrite(out->str, 1, out->len, stdout);
    g_string_free(out, TRUE);
    return CTL_DONE;
}

/* --- as a picture
 * ------------------------------------------------------------------------------------------------
 */

static const char *row_name(struct session *s, const struct report_asked *q, int row)
{
    const char *first = q->report->first == NULL ? NULL : cell(q->rows, row, q->report->first);
    const char *name = cell(q->rows, row, "name");

    if (q->report->first != NULL && q->by != NULL && q->report->plain != q->by)
        first = arena_printf(s->a, "%s, %s", first, name == NULL ? "-" : name);
    else if (q->report->first == NULL)
        first = name == NULL ? "-" : name;
    return output_line(s->a, first);
}

static const char *column_title(const struct report *r, const char *name)
{
    const struct output_column *c = r->columns;

    while (strcmp(c->name, name) != 0)
        c++;
    return c->title;
}

static char *draw(struct session *s, const struct report_asked *q)
{
    size_t rows = (size_t)PQntuples(q->rows), i, k;
    const char **names = arena_array(s->a, rows, sizeof(*names));
    double *values;
    struct chart c = {
        .title = title_of(s, q), .axis = q->report->axis, .row_count = rows, .rows = names
    };

    for (; c.series_count < REPORT_SERIES_MAX && q->report->series[c.series_count] != NULL;
         c.series_count++)
        c.series[c.series_count] = column_title(q->report, q->report->series[c.series_count]);
    values = arena_array(s->a, rows * c.series_count, sizeof(*values));
    c.values = values;
    for (i = 0; i < rows; i++) {
        names[i] = row_name(s, q, (int)i);
        for (k = 0; k < c.series_count; k++) {
            const char *value = cell(q->rows, (int)i, q->report->series[k]);

            values[i * c.series_count + k] =
                value == NULL ? 0 : g_ascii_strtod(value, NULL) / q->report->unit;
        }
    }
    return q->report->lines ? chart_lines_to_svg(&c) : chart_bars_to_svg(&c);
}

static int print_svg(struct session *s, const struct report_asked *q, const char *path)
{
    char *picture = draw(s, q);
    struct error err;
    FILE *f;

    if (strcmp(path, "-") == 0)
        return ctl_print(picture);
    f = fopen(path, "w");
    if (f == NULL || fputs(picture, f) == EOF || fflush(f) == EOF) {
        error_set(&err, ERROR_CONFIG, "%.160s: %s", path, strerror(errno));
        if (f != NULL)
            fclose(f);
        free(picture);
        return ctl_fail(&err);
    }
    fclose(f);
    free(picture);
    return CTL_DONE;
}

/* --- the command
 * ------------------------------------------------------------------------------------------------
 */

static int show(const struct ctl *ctl, struct session *s, const struct report_asked *q)
{
    if (ctl_value(ctl, "--svg") != NULL)
        return print_svg(s, q, ctl_value(ctl, "--svg"));
    if (ctl_value(ctl, "--csv") != NULL)
        return print_csv(q);
    return ctl->json ? print_json(q) : print_table(s, q);
}

static int report(const struct ctl *ctl, struct session *s, char **argv)
{
    struct report_asked q = { .report = report_find(ctl->command->verb) };
    struct db_value zone[1];
    struct error err;
    int code = take_way(ctl, &q);

    (void)argv;
    if (code != CTL_DONE)
        return code;
    q.desk = session_desk(ctl, s, &err);
    if (q.desk == NULL)
        return ctl_fail(&err);
    db_set_patience(s->db, PATIENCE_MS);
    zone[0] = db_text(q.desk->policy.policy->zone);
    if (session_ask(s, "report_session", zone, 1, &err) == NULL)
        return ctl_fail(&err);
    code = take_times(ctl, s, &q);
    if (code != CTL_DONE)
        return code;
    if (ask(ctl, s, &q, &err) < 0)
        return ctl_fail(&err);
    take_columns(&q);
    return show(ctl, s, &q);
}

#define PERIOD                                                                                     \
    { "--since", "TIME",                                                                           \
      "From so long ago, '30d', or from a day of the desk's zone, '2026-11-01', on; otherwise "    \
      "30d." },                                                                                    \
        { "--until", "TIME", "Up to so long ago, or to the end of a day; otherwise until now." },  \
        { "--desk", "DESK", "Of this desk; needed where the configuration has several." },         \
        { "--csv", NULL, "As RFC 4180 has it; no cell is a formula." },                            \
    {                                                                                              \
        "--svg", "FILE", "As a picture; '-' is the standard output."                               \
    }
static const struct ctl_option plain_options[] = { PERIOD, { .name = NULL } };
static const struct ctl_option by_options[] = { { "--by", "WHAT", "A row for each of these." },
                                                PERIOD,
                                                { .name = NULL } };
static const struct ctl_option escalation_options[] = {
    { "--by", "WHAT", "A row for each of these." },
    { "--repeated", NULL, "Only those of whom two tickets or more escalated." },
    PERIOD,
    { .name = NULL },
};
const struct ctl_command report_commands[] = {
    { "report", "escalations", NULL, report, "", 0, 0, escalation_options,
      "Count what rose to a higher level, by rule, or by customer, agent, level, area (the tags), "
      "channel, priority, topic or team (the one it left). By customer names and addresses are "
      "shown." },
    { "report", "sla", NULL, report, "", 0, 0, by_options,
      "Count what became of the clocks that began: met, missed, running, waived, void, ended by a "
      "merge, or left with their level; by clock alone, or also by rule (that gave the ticket its "
      "priority), customer, agent, level, area (the tags), channel, priority, topic or team. By "
      "customer names and addresses are shown." },
    { "report", "levels", NULL, report, "", 0, 0, plain_options,
      "Count by level the tickets that came there, how many were solved there, and the time that "
      "was spent there." },
    { "report", "tickets", NULL, report, "", 0, 0, by_options,
      "Count what became of the tickets that were opened, those solved at first contact among "
      "them; by channel, or by customer, agent, level, area (the tags), priority, day, topic or "
      "team." },
    { "report", "backlog", NULL, report, "", 0, 0, by_options,
      "Count day by day what was opened and solved, and what was open at the end of the day; or by "
      "topic or team, and what was open at the end of the time." },
    { "report", "corrections", NULL, report, "", 0, 0, by_options,
      "Count what people set right of what rules had said, from what to what: by the rule, or by "
      "agent, area (the tags), channel, topic or team." },
    { "report", "overload", NULL, report, "", 0, 0, plain_options,
      "Count by team how often and for how long it had more than the policy says it can do." },
    { "report", "agents", NULL, report, "", 0, 0, plain_options,
      "Count what each agent did, and how much each carries." },
    { "report", "channels", NULL, report, "", 0, 0, plain_options,
      "Count by channel the tickets that were opened, and what became of them." },
    { .group = NULL },
};
