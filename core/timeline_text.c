/* A timeline for people: what happened, second by second, and why; then how it stands at the end.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/timeline.h"
#include "core/timeline_words.h"

/* "2 d 01:04:30" since the beginning. */
static void timeline_since(GString *out, int64_t s)
{
    if (s >= 86400)
        g_string_append_printf(out, "%3d d ", (int)(s / 86400));
    else
        g_string_append(out, "      ");
    g_string_append_printf(out, "%02d:%02d:%02d", (int)(s % 86400 / 3600), (int)(s % 3600 / 60),
                           (int)(s % 60));
}

static void timeline_date(GString *out, int64_t at, const char *format)
{
    GDateTime *when = g_date_time_new_from_unix_utc(at);
    char *text = g_date_time_format(when, format);

    g_string_append(out, text);
    g_free(text);
    g_date_time_unref(when);
}

/* Of a delivery who was told what, and by what; of the rest a sentence. */
static void timeline_entry(GString *out, const struct timeline_entry *e)
{
    char *words;

    if (e->notice < 0) {
        words = timeline_words(e);
        g_string_append(out, words);
        free(words);
    } else {
        g_string_append_printf(out, "%s %s (%s) %s %s%s%s", e->dropped == NULL ? "->" : "x ",
                               notice_kinds[e->notice].id, notice_kinds[e->notice].name,
                               e->dropped == NULL ? "to" : "not to", e->to,
                               e->customer && e->sink != NULL ? " by " : "",
                               e->customer && e->sink != NULL ? e->sink : "");
    }
    if (e->dropped != NULL)
        g_string_append_printf(out, ": %s", e->dropped);
    if (e->rule != NULL)
        g_string_append_printf(out, "  [%s]", e->rule);
}

static void timeline_line(GString *out, const struct timeline_view *v, size_t i)
{
    const struct timeline_entry *e = &v->entries[i];
    int64_t before = i == 0 ? -1 : v->entries[i - 1].at;

    if (before < 0 || before / 86400 != e->at / 86400) {
        timeline_date(out, e->at, "%A, %-d %B %Y (UTC)");
        g_string_append_c(out, '\n');
    }
    if (before != e->at) {
        timeline_date(out, e->at, "  %H:%M:%S");
        timeline_since(out, e->at - v->begin);
    } else {
        g_string_append_printf(out, "%*s", 24, "");
    }
    if (v->ticket_count > 1)
        g_string_append_printf(out, "  #%lld", (long long)e->ticket_id);
    g_string_append(out, "  ");
    timeline_entry(out, e);
    g_string_append_c(out, '\n');
}

static void timeline_clock(GString *out, const struct target_clock *c)
{
    g_string_append_printf(out, "    %-31s %d  ", target_kind_words(c->kind), c->instance);
    if (c->end != TARGET_RUNS)
        g_string_append_printf(out, "%s ", target_end_name(c->end));
    if (c->end != TARGET_RUNS)
        timeline_date(out, c->ended_at, "at %F %T");
    else if (c->due_at == 0)
        g_string_append(out, "pauses");
    else
        timeline_date(out, c->due_at, "due %F %T");
    if (c->breached_at != 0)
        timeline_date(out, c->breached_at, ", missed at %F %T");
    g_string_append_c(out, '\n');
}

static void timeline_ticket(GString *out, const struct timeline_ticket *t)
{
    size_t i;

    g_string_append_printf(
        out, "\nTicket %lld: %s, %s, level %d, %s%s%s\n", (long long)t->ticket_id,
        ticket_status_name(t->last.status), ticket_priority_name(t->last.priority), t->last.level,
        t->last.agent == NULL ? "nobody's" : t->last.agent, t->last.team == NULL ? "" : " of team ",
        t->last.team == NULL ? "" : t->last.team);
    for (i = 0; i < t->clock_count; i++)
        timeline_clock(out, &t->clocks[i].c);
}

char *timeline_to_text(const struct timeline *t)
{
    GString *out = g_string_new(NULL);
    struct timeline_view v;
    char *text;
    size_t i;

    timeline_view(t, &v);
    for (i = 0; i < v.entry_count; i++)
        timeline_line(out, &v, i);
    for (i = 0; i < v.ticket_count; i++)
        timeline_ticket(out, &v.tickets[i]);
    if (v.held + v.miss_count > 0)
        g_string_append_printf(out, "\n%zu of %zu expectations hold\n", v.held,
                               v.held + v.miss_count);
    for (i = 0; i < v.miss_count; i++)
        g_string_append_printf(out, "  %s:%d: expected %s, but %s\n", v.story, v.misses[i].line,
                               v.misses[i].expected, v.misses[i].came);
    text = xstrdup(out->str);
    g_string_free(out, TRUE);
    return text;
}
