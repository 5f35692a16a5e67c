#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/simulate_state.h"
#include "core/text.h"
#include "core/timeline.h"

/* What is wrong is said by whoever finds it, in words that the caller frees; NULL: nothing is. */

static char *simulate_time(int64_t at)
{
    GDateTime *when = g_date_time_new_from_unix_utc(at);
    char *text = at == 0 ? g_strdup("never") : g_date_time_format(when, "%F %T");

    g_date_time_unref(when);
    return text;
}

/* The newest of its kind, ended or not. */
static const struct target_clock *simulate_clock(const struct simulation *s, const char *kind)
{
    const struct target_clock *found = NULL;
    struct timeline_view v;
    size_t i, k;

    timeline_view(s->t, &v);
    for (i = 0; i < v.ticket_count; i++)
        for (k = 0; v.tickets[i].ticket_id == simulate_about(s) && k < v.tickets[i].clock_count;
             k++)
            if ((int)v.tickets[i].clocks[k].c.kind == target_kind_find(kind) &&
                (found == NULL || v.tickets[i].clocks[k].c.instance > found->instance))
                found = &v.tickets[i].clocks[k].c;
    return found;
}

static char *simulate_wrong_clock(const struct simulation *s, const struct scenario_line *l)
{
    const struct target_clock *c = simulate_clock(s, l->w[0]);

    if (c == NULL)
        return g_strdup("there is no such clock");
    switch (l->verb) {
    case SCENARIO_IS_DUE:
        return c->due_at == l->time ? NULL : simulate_time(c->due_at);
    case SCENARIO_IS_PAUSED:
        return c->due_at == 0 && c->end == TARGET_RUNS ? NULL : g_strdup("it does not pause");
    case SCENARIO_IS_ENDED:
        if ((int)c->end == target_end_find(l->w[1]))
            return NULL;
        return g_strdup(c->end == TARGET_RUNS ? "it has not ended" : target_end_name(c->end));
    case SCENARIO_IS_MISSED:
        return c->breached_at == l->time ? NULL : simulate_time(c->breached_at);
    case SCENARIO_IS_WARNED:
        return c->warned == atoi(l->w[1]) ? NULL : g_strdup_printf("%d times", c->warned);
    default: /* SCENARIO_IS_INSTANCE */
        return c->instance == atoi(l->w[1]) ? NULL : g_strdup_printf("number %d", c->instance);
    }
}

static char *simulate_wrong_waiting(const struct ticket *t, const struct scenario_line *l)
{
    size_t i;

    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].notice == notice_find(l->w[0]))
            return t->waiting[i].due_at == l->time ? NULL : simulate_time(t->waiting[i].due_at);
    return g_strdup("it does not wait");
}

static char *simulate_wrong_incident(const struct simulation *s, const struct ticket *t,
                                     const struct scenario_line *l)
{
    switch (l->verb) {
    case SCENARIO_IS_ATTACHED:
        return t->incident_of != 0 && t->incident_of == s->incident_id
                   ? NULL
                   : g_strdup("it does not belong to it");
    case SCENARIO_IS_ALONE:
        return t->incident_of == 0 ? NULL : g_strdup("it belongs to one");
    case SCENARIO_IS_PEOPLE:
        return t->memory.incident_people == atoi(l->w[0])
                   ? NULL
                   : g_strdup_printf("%d people", t->memory.incident_people);
    default: /* SCENARIO_IS_TEAM */
        return g_strcmp0(t->team, l->w[0]) == 0 ? NULL
                                                : g_strdup(t->team == NULL ? "none" : t->team);
    }
}

static char *simulate_wrong_ticket(const struct ticket *t, const struct scenario_line *l)
{
    switch (l->verb) {
    case SCENARIO_IS_TICKET:
        if ((int)t->status == ticket_status_find(l->w[0]) && t->level == atoi(l->w[1]))
            return NULL;
        return g_strdup_printf("it is %s, level %d", ticket_status_name(t->status), t->level);
    case SCENARIO_IS_FOLLOW_UP:
        return t->follow_up_of != 0 && t->follow_up_of == t->ticket_id - 1
                   ? NULL
                   : g_strdup("it follows nothing");
    case SCENARIO_IS_PRIORITY:
        return (int)t->priority == ticket_priority_find(l->w[0])
                   ? NULL
                   : g_strdup(ticket_priority_name(t->priority));
    case SCENARIO_IS_TOPIC:
        return strcmp(t->topic == NULL ? "none" : t->topic, l->w[0]) == 0
                   ? NULL
                   : g_strdup(t->topic == NULL ? "it has none" : t->topic);
    case SCENARIO_IS_OWNER:
        return strcmp(t->agent == NULL ? "-" : t->agent, l->w[0]) == 0
                   ? NULL
                   : g_strdup(t->agent == NULL ? "nobody has it" : t->agent);
    case SCENARIO_IS_TAGGED:
        return text_is_among(t->tags, t->tag_count, l->w[0]) ? NULL : g_strdup("it is not");
    default:
        return simulate_wrong_waiting(t, l);
    }
}

int *simulate_told(const struct simulation *s, int64_t ticket_id)
{
    int64_t key = simulate_contact(s, ticket_id), *kept;
    int *told = g_hash_table_lookup(s->told, &key);

    if (told != NULL)
        return told;
    kept = arena_alloc(s->a, sizeof(*kept));
    *kept = key;
    told = arena_array(s->a, NOTICE_N, sizeof(*told));
    g_hash_table_insert(s->told, kept, told);
    return told;
}

static char *simulate_wrong(struct simulation *s, const struct scenario_line *l)
{
    int64_t about = simulate_about(s);
    const struct ticket *t = about == 0 ? NULL : fold_ticket(s->fold, about);
    int told;

    if (l->verb == SCENARIO_IS_TOLD) {
        told = simulate_told(s, about)[notice_find(l->w[0])];
        return told == atoi(l->w[1]) ? NULL : g_strdup_printf("%d times", told);
    }
    if (l->verb == SCENARIO_IS_OPENING)
        return s->opens_at == l->time ? NULL : simulate_time(s->opens_at);
    if (t == NULL)
        return g_strdup("there is no ticket yet");
    if (l->verb >= SCENARIO_IS_ATTACHED && l->verb <= SCENARIO_IS_TEAM)
        return simulate_wrong_incident(s, t, l);
    return l->verb >= SCENARIO_IS_DUE ? simulate_wrong_clock(s, l) : simulate_wrong_ticket(t, l);
}

void simulate_check(struct simulation *s, const struct scenario_line *l)
{
    char *came;

    fold_until(s->fold, l->at);
    came = simulate_wrong(s, l);
    timeline_add_check(s->t, l->line, l->said, came);
    g_free(came);
}
