/* How much a case weighs, and so its priority (D-1, D-15, D-16, D-41 to D-44). */
#include <string.h>

#include "core/arena.h"
#include "core/json_list.h"
#include "core/plan_state.h"

/* The score as it grows: each addition with its reason, for `why`. */
struct plan_score {
    int points;
    json_t *reasons; /* [{"for", "points"}]; NULL: nobody will read it */
};

static void plan_score_add(struct planner *pl, struct plan_score *s, int points, const char *what,
                           const char *name)
{
    if (points == 0)
        return;
    s->points += points;
    if (s->reasons != NULL)
        json_array_append_new(
            s->reasons, json_pack("{s:s, s:i}", "for",
                                  name == NULL ? what : arena_printf(pl->a, "%s %s", what, name),
                                  "points", points));
}

enum ticket_priority plan_priority_of(int points)
{
    int step = (points + POLICY_SCORE_STEP / 2) / POLICY_SCORE_STEP - 1;

    return step < TICKET_LOW      ? TICKET_LOW
           : step > TICKET_URGENT ? TICKET_URGENT
                                  : (enum ticket_priority)step;
}

/* D-44: is there a sign that the person may leave? NULL: none. `said`: a message just matched. */
static const char *plan_churn_sign(const struct planner *pl, bool said)
{
    const struct policy_scoring *s = &pl->policy->scoring;
    const struct contact *c = &pl->p->contact;
    int64_t since = pl->fact->now - s->churn_within_s;
    int tickets = 0;

    if (s->churn == 0)
        return NULL;
    if (said)
        return "the customer may leave: says so";
    if (s->churn_missed && c->missed_at != 0 && c->missed_at >= since)
        return "the customer may leave: a promise was missed";
    while (tickets < CONTACT_TICKETS_MAX && c->opened_at[tickets] >= since &&
           c->opened_at[tickets] != 0)
        tickets++;
    return s->churn_tickets > 0 && tickets >= s->churn_tickets
               ? "the customer may leave: writes often"
               : NULL;
}

static bool plan_hit(const struct policy *policy, int rule, const struct classify_result *found)
{
    size_t i;

    for (i = 0; rule >= 0 && i < found->rule_count; i++)
        if (found->rules[i] == policy->rules[rule].name)
            return true;
    return false;
}

/* In the order of their times: what was kept for a while is told late. */
static void plan_contact_opened(struct planner *pl)
{
    struct contact *c = &pl->p->contact;
    size_t at = 0;

    while (at < CONTACT_TICKETS_MAX && c->opened_at[at] > pl->fact->at)
        at++;
    if (at == CONTACT_TICKETS_MAX)
        return;
    memmove(c->opened_at + at + 1, c->opened_at + at,
            (CONTACT_TICKETS_MAX - 1 - at) * sizeof(c->opened_at[0]));
    c->opened_at[at] = pl->fact->at;
    c->changed = true;
}

static void plan_priority_score(struct planner *pl, const struct classify_result *found,
                                struct plan_score *s)
{
    const struct policy *policy = pl->policy;
    const struct fact *f = pl->fact;
    const struct policy_plan *plan = f->plan == NULL ? NULL : policy_find_plan(policy, f->plan);
    const char *sign = plan_churn_sign(pl, plan_hit(policy, policy->scoring.churn_rule, found));
    struct ticket_memory *m = &pl->p->ticket.memory;

    plan_score_add(pl, s, ((int)found->priority + 1) * POLICY_SCORE_STEP,
                   ticket_priority_name(found->priority),
                   found->priority_rule == NULL ? "where no rule says one" : found->priority_rule);
    if (found->impact != TICKET_IMPACT_NONE)
        plan_score_add(pl, s, policy->scoring.impact[found->impact],
                       arena_printf(pl->a, "reaches %s:", ticket_impact_name(found->impact)),
                       found->impact_rule);
    if (plan != NULL)
        plan_score_add(pl, s, plan->points, "plan", plan->name);
    if (f->vip)
        plan_score_add(pl, s, policy->scoring.vip, "a customer marked VIP", NULL);
    if (sign != NULL)
        plan_score_add(pl, s, policy->scoring.churn, sign, NULL);
    m->churn = sign != NULL;
}

/* What follows the reason where rules could not be asked to the end (S-35). */
static const char *plan_cut_off(const struct planner *pl, const struct classify_result *found)
{
    if (pl->bare || found->cut_off_count == 0)
        return "";
    return found->cut_off_count == 1
               ? arena_printf(pl->a, "; rule '%s' was cut off: its pattern has no end",
                              found->cut_off[0])
               : arena_printf(pl->a, "; rule '%s' and %zu more were cut off: no end of patterns",
                              found->cut_off[0], found->cut_off_count - 1);
}

void plan_priority_open(struct planner *pl, const struct classify_result *found)
{
    struct plan_score s = { .reasons = pl->bare ? NULL : json_array() };
    struct ticket *t = &pl->p->ticket;
    const struct policy_plan *plan =
        pl->fact->plan == NULL ? NULL : policy_find_plan(pl->policy, pl->fact->plan);
    json_t *detail;

    if (!fact_is_inert(pl->fact))
        plan_contact_opened(pl);
    plan_priority_score(pl, found, &s);
    t->priority = plan_priority_of(s.points);
    t->plan = plan == NULL ? NULL : plan->name;
    t->topic = found->topic < 0 ? NULL : pl->policy->topics[found->topic].name;
    t->memory.points = s.points;
    t->memory.vip = pl->fact->vip;
    t->memory.quick = found->quick;
    detail = plan_detail(
        pl, "{s:s, s:o, s:o, s:i, s:o}", "priority", ticket_priority_name(t->priority), "rules",
        json_list_texts(found->rules, found->rule_count), "tags",
        json_list_texts(found->tags, found->tag_count), "score", s.points, "points", s.reasons);
    if (detail != NULL && t->topic != NULL) {
        json_object_set_new(detail, "topic", json_string(t->topic));
        json_object_set_new(detail, "topic_rule", json_string(found->topic_rule));
    }
    if (detail != NULL && found->cut_off_count > 0)
        json_object_set_new(detail, "cut_off",
                            json_list_texts(found->cut_off, found->cut_off_count));
    plan_event(pl, "classified", found->priority_rule, detail, "%s%s",
               found->priority_rule == NULL ? "no rule says a priority: the policy's own"
                                            : "by the policy's rules",
               plan_cut_off(pl, found))
        ->value = ticket_priority_name(t->priority);
}

void plan_priority_add(struct planner *pl, int points, const char *rule, const char *why)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_priority to;

    t->memory.points += points;
    to = plan_priority_of(t->memory.points);
    if (t->memory.by_hand == 0 && to > t->priority)
        plan_set_priority(pl, to, rule, why);
}

void plan_priority_listen(struct planner *pl)
{
    const struct policy_scoring *s = &pl->policy->scoring;
    struct ticket_memory *m = &pl->p->ticket.memory;
    bool marked = pl->fact->vip && !m->vip; /* after the case began */
    bool leaves = s->churn != 0 && s->churn_rule >= 0 && !m->churn && plan_says(pl, s->churn_rule);

    m->vip |= marked;
    m->churn |= leaves;
    if (marked && leaves) /* at once: no priority between is ever the ticket's */
        m->points += s->vip;
    if (leaves)
        plan_priority_add(pl, s->churn, "D-44", plan_churn_sign(pl, true));
    else if (marked)
        plan_priority_add(pl, s->vip, "D-43", "the customer is marked VIP by now");
}

bool plan_says(const struct planner *pl, int rule)
{
    const struct fact *f = pl->fact;
    const struct classify_words words = { f->subject, f->text, f->sender, f->organization };

    return fact_is_said(f) && !f->automatic && !fact_is_inert(f) &&
           classify_rule(&pl->policy->rules[rule], &words);
}

void plan_set_priority(struct planner *pl, enum ticket_priority to, const char *rule,
                       const char *why)
{
    struct ticket *t = &pl->p->ticket;
    enum ticket_priority from = t->priority;

    if (from == to)
        return;
    t->priority = to;
    plan_event(pl, "priority_changed", rule,
               plan_detail(pl, "{s:s, s:s}", "from", ticket_priority_name(from), "to",
                           ticket_priority_name(to)),
               "%s", why)
        ->value = ticket_priority_name(to);
    plan_clock_retarget(pl, "the priority changed");
}

int plan_priority_set(struct planner *pl)
{
    if (pl->fact->priority == TICKET_PRIORITY_NONE)
        return error_set(pl->err, ERROR_PERMANENT, "which priority is not said");
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-16",
               plan_detail(pl, "{s:i, s:s, s:s}", "score", pl->p->ticket.memory.points, "was",
                           ticket_priority_name(pl->p->ticket.priority), "to",
                           ticket_priority_name(pl->fact->priority)),
               "%s", pl->fact->reason == NULL ? "set by hand" : pl->fact->reason);
    pl->p->ticket.memory.by_hand = 1;
    plan_set_priority(pl, pl->fact->priority, "D-16", "set by hand");
    plan_level_check_events(pl, false);
    return 0;
}
