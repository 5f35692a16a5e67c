/* A timeline as a picture: one band for each ticket, with its status, its level, its clocks and
 * what was sent, on one axis of time. Stands alone: no script, no font, no file beside it. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/svg.h"
#include "core/timeline.h"

enum {
    SVG_LEFT = 170,
    SVG_WIDTH = 830, /* of the axis */
    SVG_RIGHT = 30,
    SVG_ROW = 22,
    SVG_BAR = 12,
    SVG_TOP = 56,
    SVG_TICKS = 8,
};

struct svg {
    GString *out;
    struct timeline_view v;
    int64_t span;
    int y;
};

static const char svg_classes[] =
    ".new{fill:#7aa6d8}.open{fill:#4c86c6}.pending{fill:#e3c565}"
    ".on_hold{fill:#d9a441}.solved{fill:#74b77a}.closed{fill:#9aa3a0}.level{fill:#8d6cab}"
    ".run{fill:#5b7f95}.pause{fill:#d5dde1}.due{stroke:#333;stroke-width:2}"
    ".miss{fill:#c4352b}.sent{fill:#2e7d5b}.agent{fill:#55606b}.dropped{fill:none;stroke:#999}";

static double svg_x(const struct svg *s, int64_t at)
{
    return SVG_LEFT + (double)(at - s->v.begin) * SVG_WIDTH / (double)s->span;
}

static void svg_text(struct svg *s, double x, int y, const char *class, const char *words)
{
    svg_words(s->out, x, y, class, words);
}

static char *svg_time(int64_t at)
{
    GDateTime *when = g_date_time_new_from_unix_utc(at);
    char *text = g_date_time_format(when, "%F %T");

    g_date_time_unref(when);
    return text;
}

/* A bar of the row at `y`; `title` is what a pointer on it shows, `named`: it stands there too. */
static void svg_bar(struct svg *s, int64_t from, int64_t to, const char *class, const char *title,
                    bool named)
{
    double x = svg_x(s, from), width = svg_x(s, to) - x;

    svg_box(s->out, x, s->y + 4, width, SVG_BAR, class, title);
    if (named && width > 7.0 * (double)strlen(title))
        svg_text(s, x + 3, s->y + 14, "", title);
}

static void svg_row(struct svg *s, const char *name)
{
    svg_text(s, SVG_LEFT - 8, s->y + 14, "r", name);
}

/* --- the axis
 * ------------------------------------------------------------------------------------------------
 */

/* A round number of seconds between two lines. */
static int64_t svg_step(int64_t span)
{
    static const int64_t round[] = { 1,     5,      10,     30,      60,      300,     600,
                                     900,   1800,   3600,   7200,    10800,   21600,   43200,
                                     86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000 };
    size_t i;

    for (i = 0; i + 1 < G_N_ELEMENTS(round) && span / round[i] > SVG_TICKS; i++)
        ;
    return round[i];
}

static void svg_axis(struct svg *s, int bottom)
{
    int64_t step = svg_step(s->span), at = (s->v.begin + step - 1) / step * step;
    const char *format = step >= 86400 ? "%-d %b" : step >= 60 ? "%H:%M" : "%H:%M:%S";

    for (; at <= s->v.begin + s->span; at += step) {
        GDateTime *when = g_date_time_new_from_unix_utc(at);
        char *text = g_date_time_format(when, at % 86400 == 0 ? "%-d %b" : format);

        svg_line(s->out, svg_x(s, at), svg_x(s, at), SVG_TOP - 8, bottom, "grid");
        svg_text(s, svg_x(s, at), SVG_TOP - 14, "m dim", text);
        g_free(text);
        g_date_time_unref(when);
    }
}

/* --- a ticket
 * ------------------------------------------------------------------------------------------------
 */

static void svg_states(struct svg *s, const struct timeline_ticket *t, bool levels)
{
    size_t i;

    svg_row(s, levels ? "level" : "status");
    for (i = 0; i < t->state_count; i++) {
        const struct timeline_state *from = &t->states[i];
        size_t j = i + 1;
        char *words;

        while (j < t->state_count && (levels ? t->states[j].level == from->level
                                             : t->states[j].status == from->status &&
                                                   t->states[j].priority == from->priority))
            j++;
        words = levels ? g_strdup_printf("%d", from->level)
                       : g_strdup_printf("%s, %s", ticket_status_name(from->status),
                                         ticket_priority_name(from->priority));
        svg_bar(s, from->at, j < t->state_count ? t->states[j].at : s->v.begin + s->span,
                levels ? "level" : ticket_status_name(from->status), words, true);
        g_free(words);
        i = j - 1;
    }
    s->y += SVG_ROW;
}

static void svg_mark(struct svg *s, int64_t at, const char *class, const char *title)
{
    double x = svg_x(s, at);
    char *safe = g_markup_escape_text(title, -1);

    g_string_append_printf(s->out,
                           "<path d=\"M%.1f %d l5 6 l-5 6 l-5 -6 z\" class=\"%s\"><title>%s</title>"
                           "</path>\n",
                           x, s->y + 4, class, safe);
    g_free(safe);
}

static void svg_clock(struct svg *s, const struct target_clock *c)
{
    int64_t end = c->end == TARGET_RUNS ? s->v.begin + s->span : c->ended_at, to;
    char *name = g_strdup_printf("%s %d", target_kind_name(c->kind), c->instance), *title, *when;
    size_t i;

    svg_row(s, name);
    for (i = 0; i < c->edge_count; i++) {
        to = i + 1 < c->edge_count ? c->edges[i + 1].at : end;
        if (to > c->edges[i].at && to <= end)
            svg_bar(s, c->edges[i].at < s->v.begin ? s->v.begin : c->edges[i].at, to,
                    c->edges[i].runs ? "run" : "pause", c->edges[i].runs ? "runs" : "pauses",
                    false);
    }
    if (c->breached_at != 0) {
        when = svg_time(c->breached_at);
        title = g_strdup_printf("%s was missed at %s", name, when);
        svg_mark(s, c->breached_at, "miss", title);
        g_free(title);
        g_free(when);
    } else if (c->due_at != 0 && c->due_at <= s->v.begin + s->span) {
        when = svg_time(c->due_at);
        title = g_strdup_printf("%s is due at %s", name, when);
        svg_mark(s, c->due_at, "due", title);
        g_free(title);
        g_free(when);
    }
    g_free(name);
    s->y += SVG_ROW;
}

static void svg_deliveries(struct svg *s, int64_t ticket_id, bool customer)
{
    double free_from = 0;
    size_t i;

    svg_row(s, customer ? "to the customer" : "to agents");
    for (i = 0; i < s->v.entry_count; i++) {
        const struct timeline_entry *e = &s->v.entries[i];
        char *when, *title;

        if (e->ticket_id != ticket_id || e->notice < 0 || e->customer != customer)
            continue;
        when = svg_time(e->at);
        title = g_strdup_printf(
            "%s %s to %s at %s%s%s", notice_kinds[e->notice].id, notice_kinds[e->notice].name,
            e->to, when,
            e->dropped == NULL ? "" : ", dropped: ", e->dropped == NULL ? "" : e->dropped);
        svg_mark(s, e->at, e->dropped != NULL ? "dropped" : customer ? "sent" : "agent", title);
        if (svg_x(s, e->at) >= free_from) {
            svg_text(s, svg_x(s, e->at) + 7, s->y + 14, "dim", notice_kinds[e->notice].id);
            free_from = svg_x(s, e->at) + 42;
        }
        g_free(title);
        g_free(when);
    }
    s->y += SVG_ROW;
}

static void svg_ticket(struct svg *s, const struct timeline_ticket *t)
{
    char *title = g_strdup_printf("Ticket %lld", (long long)t->ticket_id);
    size_t i;

    svg_text(s, 12, s->y + 14, "", title);
    g_free(title);
    svg_states(s, t, false);
    svg_states(s, t, true);
    for (i = 0; i < t->clock_count; i++)
        svg_clock(s, &t->clocks[i].c);
    svg_deliveries(s, t->ticket_id, true);
    svg_deliveries(s, t->ticket_id, false);
    svg_line(s->out, 12, SVG_LEFT + SVG_WIDTH + SVG_RIGHT - 12, s->y + 6, s->y + 6, "edge");
    s->y += SVG_ROW;
}

/* Up to the last thing that happens, and a little more. */
static int64_t svg_span(const struct timeline_view *v)
{
    int64_t last = v->entry_count == 0 ? v->begin : v->entries[v->entry_count - 1].at;

    return (last - v->begin) * 26 / 25 + 1;
}

static int svg_height(const struct timeline_view *v)
{
    int height = SVG_TOP;
    size_t i;

    for (i = 0; i < v->ticket_count; i++)
        height += SVG_ROW * (5 + (int)v->tickets[i].clock_count);
    return height;
}

/* Wherever it lies. */
static const char *svg_story(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

char *timeline_to_svg(const struct timeline *t)
{
    struct svg s = { .out = g_string_new(NULL), .y = SVG_TOP };
    char *text;
    int height;
    size_t i;

    timeline_view(t, &s.v);
    s.span = svg_span(&s.v);
    height = svg_height(&s.v);
    svg_begin(s.out, SVG_LEFT + SVG_WIDTH + SVG_RIGHT, height, svg_classes, svg_story(s.v.story));
    svg_axis(&s, height - SVG_ROW);
    for (i = 0; i < s.v.ticket_count; i++)
        svg_ticket(&s, &s.v.tickets[i]);
    svg_end(s.out);
    text = xstrdup(s.out->str);
    g_string_free(s.out, TRUE);
    return text;
}
