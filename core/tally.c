#include "core/tally.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

/* --- counting
 * ------------------------------------------------------------------------------------------------
 */

void tally_begin(struct tally *t, const struct policy *policy)
{
    size_t i;

    *t = (struct tally){ .policy = policy,
                         .teams = xcalloc(policy->team_count + 1, sizeof(*t->teams)) };
    for (i = 0; i < policy->team_count; i++)
        t->teams[i].name = policy->teams[i].name;
}

void tally_clear(struct tally *t)
{
    free(t->teams);
    t->teams = NULL;
}

/* The first team that has the agent; the one without a name where none has. */
static struct tally_team *tally_team_of(struct tally *t, const char *agent)
{
    const struct policy *p = t->policy;
    int index = policy_find_agent(p, agent);
    size_t i;

    for (i = 0; i < p->team_count; i++)
        if (policy_has_member(p, i, index))
            break;
    return &t->teams[i];
}

/* The hour of the day in the desk's zone; zones change theirs by quarters of an hour. */
static int tally_hour(struct tally *t, int64_t at)
{
    GTimeZone *zone;
    GDateTime *utc, *local;

    if (t->hour_began != 0 && at >= t->hour_began && at < t->hour_began + 900)
        return t->hour;
    zone = g_time_zone_new_identifier(t->policy->zone);
    utc = g_date_time_new_from_unix_utc(at);
    local = zone == NULL ? g_date_time_ref(utc) : g_date_time_to_timezone(utc, zone);
    t->hour_began = at - at % 900;
    t->hour = g_date_time_get_hour(local);
    g_date_time_unref(local);
    g_date_time_unref(utc);
    if (zone != NULL)
        g_time_zone_unref(zone);
    return t->hour;
}

static void tally_clock(struct tally *t, const struct tally_event *e)
{
    if (strcmp(e->kind, "clock_started") == 0)
        t->started[e->clock] += e->times;
    else if (strcmp(e->kind, "clock_warned") == 0)
        t->warned[e->clock] += e->times;
    else if (strcmp(e->kind, "clock_breached") == 0)
        t->missed[e->clock] += e->times;
    else if (strcmp(e->kind, "clock_ended") == 0)
        t->waived[e->clock] += g_strcmp0(e->value, "waived") == 0 ? e->times : 0;
}

static void tally_given(struct tally *t, const struct tally_event *e)
{
    if (e->value == NULL)
        return; /* to nobody */
    t->given += e->times;
    tally_team_of(t, e->value)->given[tally_hour(t, e->at)] += e->times;
}

/* What a team has carried since it was looked at last goes to the hours in which that was. */
static void tally_carried(struct tally *t, struct tally_team *team, int64_t until)
{
    enum { QUARTER = 900 };
    int64_t at = team->load_at < t->from ? t->from : team->load_at, end;

    team->load_at = until;
    if (t->before != 0 && until > t->before)
        until = t->before;
    for (; team->load > 0 && at < until; at = end) {
        end = at - at % QUARTER + QUARTER;
        end = end < until ? end : until;
        team->carried[tally_hour(t, at)] += team->load * (end - at);
    }
}

void tally_carry(struct tally *t, const char *agent, int64_t at, int64_t change)
{
    struct tally_team *team = tally_team_of(t, agent);

    tally_carried(t, team, at);
    team->load += change;
    t->carries = true;
}

void tally_carry_until(struct tally *t, int64_t at)
{
    size_t i;

    for (i = 0; i <= t->policy->team_count; i++)
        tally_carried(t, &t->teams[i], at);
    t->carries = true;
}

static void tally_priority(struct tally *t, const char *name, int64_t times)
{
    int priority = name == NULL ? -1 : ticket_priority_find(name);

    if (priority >= 0)
        t->priority[priority] += times;
}

void tally_add(struct tally *t, const struct tally_event *e)
{
    if (e->at < t->from || (t->before != 0 && e->at >= t->before))
        return;
    if (e->clock >= 0)
        tally_clock(t, e);
    else if (strcmp(e->kind, "level_entered") == 0)
        t->entered[e->level < TALLY_LEVELS_MAX ? e->level : TALLY_LEVELS_MAX] += e->times;
    else if (strcmp(e->kind, "classified") == 0 || strcmp(e->kind, "priority_changed") == 0)
        tally_priority(t, e->value, e->times);
    else if (strcmp(e->kind, "handed_back") == 0)
        t->handed_back += e->times;
    else if (strcmp(e->kind, "notice_planned") == 0 && e->notice >= 0)
        t->planned[e->notice] += e->times;
    else if (strcmp(e->kind, TALLY_STAFF_TOLD) == 0 && e->notice >= 0)
        t->staff[e->notice] += e->times;
    else if (strcmp(e->kind, "notice_suppressed") == 0)
        t->suppressed += e->times;
    else if (strcmp(e->kind, "status_changed") == 0)
        t->solved += g_strcmp0(e->value, "solved") == 0 ? e->times : 0;
    else if (strcmp(e->kind, "owner_set") == 0)
        tally_given(t, e);
}

void tally_add_step(struct tally *t, const struct plan *plan)
{
    size_t i;

    for (i = 0; i < plan->event_count; i++)
        tally_add(t, &(struct tally_event){ .at = plan->events[i].at,
                                            .kind = plan->events[i].kind,
                                            .clock = plan->events[i].clock,
                                            .level = plan->events[i].level,
                                            .notice = plan->events[i].notice,
                                            .value = plan->events[i].value,
                                            .times = 1 });
    for (i = 0; i < plan->delivery_count && plan->event_count > 0; i++)
        if (plan->deliveries[i].to == PLANNED_AGENT)
            tally_add(t, &(struct tally_event){ .at = plan->events[0].at,
                                                .kind = TALLY_STAFF_TOLD,
                                                .clock = -1,
                                                .notice = plan->deliveries[i].notice,
                                                .times = 1 });
}

/* --- side by side
 * ------------------------------------------------------------------------------------------------
 */

/* Every figure, in the order in which it is read; `row` is told its name and its value. */
static void tally_each(const struct tally *t,
                       void (*row)(void *arg, const char *group, const char *name, int64_t value),
                       void *arg)
{
    const struct {
        const char *group;
        const int64_t *by_kind;
    } clocks[] = { { "clocks started", t->started },
                   { "clocks that warned", t->warned },
                   { "clocks missed", t->missed },
                   { "clocks waived", t->waived } };
    size_t i, k;

    row(arg, "history", "tickets", t->tickets);
    row(arg, "history", "facts", t->facts);
    row(arg, "history", "facts that cannot be", t->refused);
    row(arg, "history", "solved", t->solved);
    for (i = 0; i < G_N_ELEMENTS(clocks); i++)
        for (k = 0; k < TARGET_KIND_N; k++)
            row(arg, clocks[i].group, target_kind_name((enum target_kind)k), clocks[i].by_kind[k]);
    for (k = TICKET_PRIORITY_N; k-- > 0;)
        row(arg, "priorities given", ticket_priority_name((enum ticket_priority)k), t->priority[k]);
    for (k = 1; k <= TALLY_LEVELS_MAX; k++) {
        char *name = g_strdup_printf("level %zu", k);

        row(arg, "levels entered", name, t->entered[k]);
        g_free(name);
    }
    row(arg, "levels entered", "handed back", t->handed_back);
    for (k = 0; k < NOTICE_N; k++)
        row(arg, "notices", notice_kinds[k].id, t->planned[k]);
    row(arg, "notices", "suppressed", t->suppressed);
    for (k = 0; k < NOTICE_N; k++)
        if (k != NOTICE_AGENT_UNDELIVERED) /* what becomes of a delivery is not folded */
            row(arg, "notices to staff", notice_kinds[k].id, t->staff[k]);
    row(arg, "work", "tickets given", t->given);
}

struct tally_row {
    char *group, *name;
    int64_t value[2];
};
struct tally_rows {
    GArray *rows;
    int side;
    guint at;
};

static void tally_take_row(void *arg, const char *group, const char *name, int64_t value)
{
    struct tally_rows *r = arg;
    struct tally_row row = { .value = { value, 0 } };

    if (r->side == 1) {
        g_array_index(r->rows, struct tally_row, r->at++).value[1] = value;
        return;
    }
    row.group = g_strdup(group);
    row.name = g_strdup(name);
    g_array_append_val(r->rows, row);
}

static void tally_row_clear(void *p)
{
    struct tally_row *row = p;

    g_free(row->group);
    g_free(row->name);
}

static GArray *tally_rows(const struct tally *left, const struct tally *right)
{
    struct tally_rows r = { .rows = g_array_new(FALSE, FALSE, sizeof(struct tally_row)) };

    g_array_set_clear_func(r.rows, tally_row_clear);
    tally_each(left, tally_take_row, &r);
    r.side = 1;
    tally_each(right, tally_take_row, &r);
    return r.rows;
}

/* In tickets given, or whole hours that one was carried. */
static int64_t tally_of_hour(const struct tally_team *team, bool carried, size_t hour)
{
    return carried ? (team->carried[hour] + 1800) / 3600 : team->given[hour];
}

/* Of one team, hour by hour; teams that only one of them has stand alone. */
static void tally_hours(GString *out, const struct tally *t, bool carried, const char *title)
{
    size_t i, h;
    int64_t sum;

    for (i = 0; i <= t->policy->team_count; i++) {
        for (h = 0, sum = 0; h < TALLY_HOURS; h++)
            sum += tally_of_hour(&t->teams[i], carried, h);
        if (sum == 0)
            continue;
        g_string_append_printf(out, "%-24s %-16s",
                               t->teams[i].name == NULL ? "of no team" : t->teams[i].name, title);
        for (h = 0; h < TALLY_HOURS; h++)
            g_string_append_printf(out, "%5lld",
                                   (long long)tally_of_hour(&t->teams[i], carried, h));
        g_string_append_c(out, '\n');
    }
}

char *tally_to_text(const struct tally *left, const char *left_title, const struct tally *right,
                    const char *right_title)
{
    GString *out = g_string_new(NULL);
    GArray *rows = tally_rows(left, right);
    const char *group = "";
    char *text;
    guint i;

    g_string_append_printf(out, "%-44s %16.16s %16.16s %12s\n", "", left_title, right_title,
                           "difference");
    for (i = 0; i < rows->len; i++) {
        const struct tally_row *row = &g_array_index(rows, struct tally_row, i);

        if (row->value[0] == 0 && row->value[1] == 0)
            continue;
        if (strcmp(group, row->group) != 0)
            g_string_append_printf(out, "%s\n", row->group);
        group = row->group;
        g_string_append_printf(out, "  %-42s %16lld %16lld %+12lld\n", row->name,
                               (long long)row->value[0], (long long)row->value[1],
                               (long long)(row->value[1] - row->value[0]));
    }
    g_string_append(out, "tickets given, by team and hour of the day\n");
    tally_hours(out, left, false, left_title);
    tally_hours(out, right, false, right_title);
    if (left->carries && right->carries) {
        g_string_append(out, "hours that tickets were carried, by team and hour of the day\n");
        tally_hours(out, left, true, left_title);
        tally_hours(out, right, true, right_title);
    }
    text = xstrdup(out->str);
    g_array_free(rows, TRUE);
    g_string_free(out, TRUE);
    return text;
}

static json_t *tally_json_teams(const struct tally *t, bool carried)
{
    json_t *teams = json_object(), *hours;
    size_t i, h;

    for (i = 0; i <= t->policy->team_count; i++) {
        hours = json_array();
        for (h = 0; h < TALLY_HOURS; h++)
            json_array_append_new(hours, carried ? json_real((double)t->teams[i].carried[h] / 3600)
                                                 : json_integer(t->teams[i].given[h]));
        json_object_set_new(teams, t->teams[i].name == NULL ? "" : t->teams[i].name, hours);
    }
    return teams;
}

char *tally_to_json(const struct tally *left, const char *left_key, const struct tally *right,
                    const char *right_key)
{
    json_t *whole = json_object(), *group;
    GArray *rows = tally_rows(left, right);
    char *text;
    guint i;

    for (i = 0; i < rows->len; i++) {
        const struct tally_row *row = &g_array_index(rows, struct tally_row, i);

        group = json_object_get(whole, row->group);
        if (group == NULL) {
            group = json_object();
            json_object_set_new(whole, row->group, group);
        }
        json_object_set_new(group, row->name,
                            json_pack("{s:I, s:I}", left_key, (json_int_t)row->value[0], right_key,
                                      (json_int_t)row->value[1]));
    }
    json_object_set_new(whole, "given by team and hour",
                        json_pack("{s:o, s:o}", left_key, tally_json_teams(left, false), right_key,
                                  tally_json_teams(right, false)));
    if (left->carries && right->carries)
        json_object_set_new(whole, "carried by team and hour",
                            json_pack("{s:o, s:o}", left_key, tally_json_teams(left, true),
                                      right_key, tally_json_teams(right, true)));
    text = json_dumps(whole, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(whole);
    g_array_free(rows, TRUE);
    return text;
}
