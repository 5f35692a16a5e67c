#include "core/retarget.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

static const struct target_clock *retarget_same(const struct ticket *t,
                                                const struct target_clock *c)
{
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].kind == c->kind && t->clocks[i].instance == c->instance)
            return &t->clocks[i];
    return NULL;
}

/* True: it changed. */
static bool retarget_clock(struct retarget_count *n, const struct target_clock *was,
                           const struct target_clock *is)
{
    n->open++;
    if (is == NULL || is->end != TARGET_RUNS) {
        n->ended++;
        return true;
    }
    n->missed += was->breached_at == 0 && is->breached_at != 0;
    if (was->due_at == 0 && is->due_at == 0) {
        n->paused += was->target.seconds != is->target.seconds;
        return was->target.seconds != is->target.seconds;
    }
    n->earlier += is->due_at < was->due_at;
    n->later += is->due_at > was->due_at;
    return is->due_at != was->due_at;
}

/* True: one begins that was not there. */
static bool retarget_begun(struct retarget_count *n, const struct ticket *before,
                           const struct target_clock *is)
{
    if (is->end != TARGET_RUNS || retarget_same(before, is) != NULL)
        return false;
    n->open++;
    n->started++;
    return true;
}

void retarget_add(struct retarget_report *r, const struct ticket *before,
                  const struct ticket *after)
{
    bool changed = false;
    size_t i;

    for (i = 0; i < before->clock_count; i++) {
        const struct target_clock *c = &before->clocks[i];

        if (c->end == TARGET_RUNS &&
            retarget_clock(&r->at[c->kind][after->priority], c, retarget_same(after, c)))
            changed = true;
    }
    for (i = 0; i < after->clock_count; i++)
        if (retarget_begun(&r->at[after->clocks[i].kind][after->priority], before,
                           &after->clocks[i]))
            changed = true;
    r->tickets++;
    r->changed += changed;
}

/* --- in words
 * --------------------------------------------------------------------------------------- */

static const struct retarget_column {
    const char *name;
    size_t at;
} retarget_columns[] = {
    { "open", offsetof(struct retarget_count, open) },
    { "earlier", offsetof(struct retarget_count, earlier) },
    { "later", offsetof(struct retarget_count, later) },
    { "paused", offsetof(struct retarget_count, paused) },
    { "ended", offsetof(struct retarget_count, ended) },
    { "missed", offsetof(struct retarget_count, missed) },
    { "started", offsetof(struct retarget_count, started) },
};

static int64_t retarget_cell(const struct retarget_count *n, size_t column)
{
    int64_t value;

    memcpy(&value, (const char *)n + retarget_columns[column].at, sizeof(value));
    return value;
}

char *retarget_to_text(const struct retarget_report *r)
{
    GString *out = g_string_new(NULL);
    size_t kind, priority, i;
    char *text;

    g_string_append_printf(out, "%lld open tickets, %lld with a clock that changes\n%-16s %-8s",
                           (long long)r->tickets, (long long)r->changed, "clock", "priority");
    for (i = 0; i < G_N_ELEMENTS(retarget_columns); i++)
        g_string_append_printf(out, " %8s", retarget_columns[i].name);
    g_string_append_c(out, '\n');
    for (kind = 0; kind < TARGET_KIND_N; kind++)
        for (priority = TICKET_PRIORITY_N; priority-- > 0;) {
            const struct retarget_count *n = &r->at[kind][priority];

            if (n->open == 0)
                continue;
            g_string_append_printf(out, "%-16s %-8s", target_kind_name((enum target_kind)kind),
                                   ticket_priority_name((enum ticket_priority)priority));
            for (i = 0; i < G_N_ELEMENTS(retarget_columns); i++)
                g_string_append_printf(out, " %8lld", (long long)retarget_cell(n, i));
            g_string_append_c(out, '\n');
        }
    text = xstrdup(out->str);
    g_string_free(out, TRUE);
    return text;
}

json_t *retarget_to_json(const struct retarget_report *r)
{
    json_t *clocks = json_array(), *row;
    size_t kind, priority, i;

    for (kind = 0; kind < TARGET_KIND_N; kind++)
        for (priority = TICKET_PRIORITY_N; priority-- > 0;) {
            if (r->at[kind][priority].open == 0)
                continue;
            row = json_pack("{s:s, s:s}", "clock", target_kind_name((enum target_kind)kind),
                            "priority", ticket_priority_name((enum ticket_priority)priority));
            for (i = 0; i < G_N_ELEMENTS(retarget_columns); i++)
                json_object_set_new(row, retarget_columns[i].name,
                                    json_integer(retarget_cell(&r->at[kind][priority], i)));
            json_array_append_new(clocks, row);
        }
    return json_pack("{s:I, s:I, s:o}", "tickets", (json_int_t)r->tickets, "changed",
                     (json_int_t)r->changed, "clocks", clocks);
}
