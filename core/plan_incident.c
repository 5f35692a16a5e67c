/* Cases of many people about one cause (D-15): who is like whom, what becomes of a case that
 * belongs to an incident (C-16), what its customer is told (E-14), and how all of that is undone.
 */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/plan_state.h"
#include "core/similar.h"
#include "core/text.h"

enum {
    PLAN_INCIDENT_TOLD_MAX = 8, /* of the likes, in the history */
    PLAN_INCIDENT_BELOW_MAX = 3 /* of those that are not like enough */
};

/* --- what takes part
 * ---------------------------------------------------------------------------------------- */

static bool plan_incident_suits(const struct planner *pl)
{
    const struct policy_incidents *in = &pl->policy->incidents;
    const struct ticket *t = &pl->p->ticket;
    const char *topic = t->topic == NULL ? "none" : t->topic;

    if (in->from == 0 || !fact_is_said(pl->fact) || pl->fact->automatic ||
        t->priority < in->priority_from)
        return false;
    return in->topic_count == 0 || text_is_among(in->topics, in->topic_count, topic);
}

/* FACT_INCIDENT_LOOKED is to come to one ticket more. */
static void plan_incident_look(struct planner *pl, int64_t ticket_id)
{
    struct planned_incident *out = &pl->p->incident;
    int64_t *looks = arena_array(pl->a, out->look_count + 1, sizeof(*looks));

    if (out->look_count > 0)
        memcpy(looks, out->looks, out->look_count * sizeof(*looks));
    looks[out->look_count++] = ticket_id;
    out->looks = looks;
}

void plan_incident_open(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const char *terms;

    if (!plan_incident_suits(pl))
        return;
    terms = similar_terms(pl->a, pl->fact->subject, pl->fact->text, pl->policy->incidents.ignored);
    if (terms[0] == '\0')
        return;
    t->terms = terms;
    plan_incident_look(pl, t->ticket_id);
}

/* --- who is like it
 * ------------------------------------------------------------------------------------------ */

struct plan_like {
    const struct fact_like *like;
    int percent;
};
struct plan_likes {
    struct plan_like *at;                /* the most similar first */
    size_t count, alike;                 /* alike: so many are similar enough */
    int people;                          /* of no incident yet, with its own */
    const struct plan_like *in_incident; /* the most similar one that belongs to one; NULL: none */
};

static int plan_like_order(const void *x, const void *y)
{
    const struct plan_like *a = x, *b = y;

    if (a->percent != b->percent)
        return a->percent > b->percent ? -1 : 1;
    return a->like->ticket_id < b->like->ticket_id ? -1 : a->like->ticket_id > b->like->ticket_id;
}

/* Has this person not been counted yet? Who is known by no contact was seen this once. */
static bool plan_like_is_new(const struct planner *pl, const struct plan_likes *l, size_t i)
{
    int64_t who = l->at[i].like->contact_id;
    size_t k;

    if (who == 0)
        return true;
    if (who == pl->p->contact.contact_id)
        return false;
    for (k = 0; k < i; k++)
        if (l->at[k].like->contact_id == who && l->at[k].like->incident_of == 0)
            return false;
    return true;
}

static void plan_likes_find(const struct planner *pl, struct plan_likes *l)
{
    const struct fact *f = pl->fact;
    size_t i;

    *l = (struct plan_likes){ .people = 1 };
    l->at = arena_array(pl->a, f->like_count, sizeof(*l->at));
    for (i = 0; i < f->like_count; i++)
        l->at[l->count++] = (struct plan_like){ &f->likes[i], similar_percent(pl->p->ticket.terms,
                                                                              f->likes[i].terms) };
    if (l->count > 1)
        qsort(l->at, l->count, sizeof(*l->at), plan_like_order);
    for (i = 0; i < l->count && l->at[i].percent >= pl->policy->incidents.similarity; i++) {
        l->alike++;
        if (l->at[i].like->incident_of == 0)
            l->people += plan_like_is_new(pl, l, i);
        else if (l->in_incident == NULL)
            l->in_incident = &l->at[i];
    }
}

static json_t *plan_likes_told(const struct planner *pl, const struct plan_likes *l, size_t from,
                               size_t to)
{
    json_t *list = json_array();

    for (; from < to; from++) {
        const struct plan_like *k = &l->at[from];
        json_t *o = json_pack("{s:I, s:i, s:s}", "ticket", (json_int_t)k->like->ticket_id,
                              "percent", k->percent, "words",
                              similar_common(pl->a, pl->p->ticket.terms, k->like->terms));

        if (k->like->incident_of != 0)
            json_object_set_new(o, "incident", json_integer(k->like->incident_of));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *plan_likes_detail(const struct planner *pl, const struct plan_likes *l)
{
    size_t alike = l->alike < PLAN_INCIDENT_TOLD_MAX ? l->alike : PLAN_INCIDENT_TOLD_MAX;
    size_t rest = l->count - l->alike;
    size_t below = l->alike + (rest < PLAN_INCIDENT_BELOW_MAX ? rest : PLAN_INCIDENT_BELOW_MAX);

    if (pl->bare)
        return NULL;
    return json_pack("{s:i, s:i, s:i, s:i, s:o, s:o}", "from", pl->policy->incidents.from, "people",
                     l->people, "similarity", pl->policy->incidents.similarity, "compared",
                     (int)l->count, "alike", plan_likes_told(pl, l, 0, alike), "below",
                     plan_likes_told(pl, l, l->alike, below));
}

/* An incident is to be made of it; those that are like it look again, and find it there. */
static void plan_incident_make(struct planner *pl, const struct plan_likes *l, const char *why)
{
    struct planned_incident *out = &pl->p->incident;
    size_t i;

    out->opens = true;
    out->why = why;
    out->score = 100;
    for (i = 0; i < l->alike; i++)
        if (l->at[i].like->incident_of == 0)
            plan_incident_look(pl, l->at[i].like->ticket_id);
}

static void plan_incident_compare(struct planner *pl)
{
    const struct policy_incidents *in = &pl->policy->incidents;
    struct planned_incident *out = &pl->p->incident;
    struct plan_likes l;
    const char *why;

    if (in->from == 0 || pl->p->ticket.terms == NULL || pl->p->ticket.status >= TICKET_SOLVED ||
        pl->fact->like_count == 0)
        return;
    plan_likes_find(pl, &l);
    if (l.in_incident != NULL)
        why = arena_printf(pl->a, "%d %% like ticket %lld of incident %lld", l.in_incident->percent,
                           (long long)l.in_incident->like->ticket_id,
                           (long long)l.in_incident->like->incident_of);
    else
        why = arena_printf(pl->a, "%d of %d people write of the same", l.people, in->from);
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-15", plan_likes_detail(pl, &l), "%s", why);
    if (l.in_incident != NULL) {
        out->joins = l.in_incident->like->incident_of;
        out->score = l.in_incident->percent;
        out->why = why;
    } else if (l.people >= in->from) {
        plan_incident_make(pl, &l, why);
    }
}

/* --- what belongs to one
 * -------------------------------------------------------------------------------------- */

/* Who closed an incident has nothing new to tell of what was solved. */
static enum ticket_status plan_incident_state(const struct fact_incident *i)
{
    return i->status == TICKET_CLOSED ? TICKET_SOLVED : i->status;
}

/* E-14: how it stands by now, unless the customer was told a moment ago. */
static void plan_incident_tell(struct planner *pl)
{
    struct ticket_memory *m = &pl->p->ticket.memory;
    const struct fact_incident *i = &pl->fact->incident;
    int64_t by_at = i->ticket_id == pl->p->ticket.incident_of ? i->by_at : 0;

    if (m->incident_heard == m->incident_told ||
        (m->incident_told_at != 0 &&
         pl->fact->now < m->incident_told_at + pl->policy->incidents.news_s))
        return;
    m->incident_told = m->incident_heard;
    m->incident_told_at = pl->fact->now;
    plan_notice_customer(pl, NOTICE_INCIDENT, "E-14", by_at, 0,
                         ticket_status_name((enum ticket_status)(m->incident_heard - 1)));
}

int64_t plan_incident_next(const struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    const struct ticket_memory *m = &t->memory;

    return t->incident_of == 0 || t->status >= TICKET_SOLVED ||
                   m->incident_heard == m->incident_told
               ? 0
               : m->incident_told_at + pl->policy->incidents.news_s;
}

void plan_incident_fire(struct planner *pl)
{
    plan_incident_tell(pl);
}

bool plan_incident_rests(const struct planner *pl)
{
    return pl->p->ticket.incident_of != 0 && pl->policy->incidents.voids;
}

/* It stands by itself again, and is compared with no other any more. */
static void plan_incident_leave(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int64_t since = t->memory.incident_at;

    plan_incident_look(pl, t->incident_of);
    t->incident_of = 0;
    t->terms = NULL;
    t->memory.incident_at = t->memory.incident_told_at = 0;
    t->memory.incident_told = t->memory.incident_heard = t->memory.incident_solved = 0;
    plan_notice_drop_waiting(pl, NOTICE_INCIDENT, "B-15");
    if (t->status >= TICKET_SOLVED)
        return;
    if (t->memory.unanswered_since == 0 && t->last_customer_at > t->last_public_at) {
        t->memory.unanswered = 1;
        t->memory.unanswered_since = t->last_customer_at;
    }
    plan_clock_restore(pl, since);
    plan_assign_want(pl);
}

void plan_incident_part(struct planner *pl, const char *why)
{
    const struct ticket *t = &pl->p->ticket;

    if (t->incident_of == 0)
        return;
    plan_event(pl, fact_kind_name(FACT_INCIDENT_LEFT), "C-16",
               plan_detail(pl, "{s:I}", "incident", (json_int_t)t->incident_of), "%s", why);
    plan_incident_leave(pl);
}

void plan_incident_reopened(struct planner *pl)
{
    /* Else what goes on is the incident's matter still. */
    if (pl->p->ticket.memory.incident_heard == TICKET_SOLVED + 1)
        plan_incident_part(pl, "solved with its incident, and its customer says that it goes on");
}

static void plan_incident_solve(struct planner *pl)
{
    struct ticket_memory *m = &pl->p->ticket.memory;

    m->incident_solved = 1;
    m->incident_told = m->incident_heard; /* by E-15 */
    plan_set_status(pl, TICKET_SOLVED, pl->fact->now, "its incident is solved");
    plan_notice_customer(pl, NOTICE_SOLVED, "E-15", pl->fact->now + pl->policy->grace_s, 0, NULL);
}

static void plan_incident_hear(struct planner *pl)
{
    const struct fact_incident *i = &pl->fact->incident;
    enum ticket_status state = plan_incident_state(i);
    struct ticket *t = &pl->p->ticket;

    if (i->ticket_id != t->incident_of)
        return;
    if (!i->over && t->memory.incident_heard == (int)state + 1)
        return;
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-15",
               plan_detail(pl, "{s:I, s:s}", "incident", (json_int_t)i->ticket_id, "status",
                           i->over ? "dissolved" : ticket_status_name(i->status)),
               "its incident is %s", i->over ? "dissolved" : ticket_status_name(i->status));
    if (i->over) {
        plan_incident_leave(pl);
        return;
    }
    t->memory.incident_heard = (int)state + 1;
    if (state == TICKET_SOLVED && pl->policy->incidents.solves && t->status < TICKET_SOLVED) {
        plan_incident_solve(pl);
        return;
    }
    if (state < TICKET_SOLVED && t->status == TICKET_SOLVED && t->memory.incident_solved) {
        t->memory.incident_solved = 0;
        plan_set_status(pl, TICKET_OPEN, pl->fact->now, "its incident is open again");
        plan_reopen_solved(pl);
    }
    if (t->status < TICKET_SOLVED)
        plan_incident_tell(pl);
}

int plan_incident_joined(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;

    if (t->incident_of != 0 || t->status >= TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT,
                         t->incident_of != 0 ? "it belongs to incident %lld already"
                                             : "a ticket that is over joins no incident",
                         (long long)t->incident_of);
    if (f->other == 0 || f->incident.ticket_id != f->other || f->incident.over ||
        f->incident.status >= TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is no incident that is open",
                         (long long)f->other);
    plan_event(pl, fact_kind_name(f->kind), "D-15",
               plan_detail(pl, "{s:I, s:i}", "incident", (json_int_t)f->other, "percent", f->score),
               "%s", f->reason == NULL ? "set by hand" : f->reason);
    t->incident_of = f->other;
    t->memory.incident_at = f->now;
    t->memory.incident_heard = (int)f->incident.status + 1;
    plan_incident_look(pl, f->other);
    plan_incident_look(pl, t->ticket_id); /* it may be over by the time that this one is stored */
    plan_clock_void(pl, pl->policy->incidents.voids);
    if (pl->policy->incidents.voids) {
        t->memory.unanswered = t->memory.unanswered_before = 0;
        t->memory.unanswered_since = 0;
        t->memory.assign_wanted_at = 0;
    }
    plan_incident_tell(pl);
    return 0;
}

int plan_incident_left(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;

    if (t->incident_of == 0)
        return error_set(pl->err, ERROR_PERMANENT, "it belongs to no incident");
    plan_event(pl, fact_kind_name(f->kind), "C-16",
               plan_detail(pl, "{s:I}", "incident", (json_int_t)t->incident_of), "%s",
               f->reason == NULL ? "set by hand" : f->reason);
    plan_incident_leave(pl);
    return 0;
}

/* --- an incident
 * ------------------------------------------------------------------------------------------------
 */

struct plan_weight {
    int points;
    json_t *reasons; /* as in core/plan_priority.c; NULL: nobody will read it */
};

static void plan_weight_add(struct plan_weight *w, int points, const char *what)
{
    w->points += points;
    if (w->reasons != NULL && points != 0)
        json_array_append_new(w->reasons, json_pack("{s:s, s:i}", "for", what, "points", points));
}

/* Once for as many people as make an incident, and again for each time that they are twice as many.
 */
static int plan_weight_people(const struct policy_incidents *in, int people)
{
    int from = in->from < 2 ? 2 : in->from, times = 1;

    for (; people / 2 >= from; people /= 2)
        times++;
    return times * in->points;
}

static struct plan_weight plan_incident_weigh(const struct planner *pl)
{
    struct plan_weight w = { .reasons = pl->bare ? NULL : json_array() };
    const struct fact_crowd *c = &pl->fact->crowd;
    const struct policy_plan *best = NULL, *plan;
    size_t i;

    plan_weight_add(&w, ((int)c->priority + 1) * POLICY_SCORE_STEP, "the most urgent of its cases");
    plan_weight_add(&w, plan_weight_people(&pl->policy->incidents, c->people),
                    arena_printf(pl->a, "%d people", c->people));
    for (i = 0; i < c->plan_count; i++) {
        plan = policy_find_plan(pl->policy, c->plans[i]);
        if (plan != NULL && (best == NULL || plan->points > best->points))
            best = plan;
    }
    if (best != NULL)
        plan_weight_add(&w, best->points, arena_printf(pl->a, "plan %s", best->name));
    return w;
}

static json_t *plan_weight_detail(const struct planner *pl, struct plan_weight *w)
{
    if (pl->bare)
        return NULL;
    return json_pack("{s:i, s:s, s:i, s:o}", "people", pl->fact->crowd.people, "priority",
                     ticket_priority_name(plan_priority_of(w->points)), "score", w->points,
                     "points", w->reasons);
}

/* It has grown: its priority rises, and never falls (D-15). */
static void plan_incident_count(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    int people = pl->fact->crowd.people;
    struct plan_weight w;
    enum ticket_priority to;

    if (people == 0 || t->status >= TICKET_SOLVED)
        return;
    t->memory.incident_people = people;
    w = plan_incident_weigh(pl);
    if (w.points <= t->memory.points) {
        json_decref(w.reasons);
        return;
    }
    t->memory.points = w.points;
    to = plan_priority_of(w.points);
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-15", plan_weight_detail(pl, &w), "%d people",
               people);
    if (t->memory.by_hand == 0 && to > t->priority)
        plan_set_priority(pl, to, "D-15", "it has grown");
    plan_level_check_events(pl, false);
}

int plan_incident_looked(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;

    if (t->merged_into != 0)
        return 0;
    if (t->incident)
        plan_incident_count(pl);
    else if (t->incident_of != 0)
        plan_incident_hear(pl);
    else
        plan_incident_compare(pl);
    return 0;
}

int plan_incident_asked(struct planner *pl)
{
    const struct ticket *t = &pl->p->ticket;
    const char *why = pl->fact->reason == NULL ? "declared by hand" : pl->fact->reason;
    struct plan_likes l = { 0 };

    if (t->incident_of != 0 || t->status >= TICKET_SOLVED)
        return error_set(pl->err, ERROR_PERMANENT,
                         t->incident_of != 0 ? "it belongs to incident %lld already"
                                             : "no incident is made of a ticket that is over",
                         (long long)t->incident_of);
    if (t->terms != NULL)
        plan_likes_find(pl, &l);
    plan_event(pl, fact_kind_name(pl->fact->kind), "D-14", plan_likes_detail(pl, &l), "%s", why);
    plan_incident_make(pl, &l, why);
    return 0;
}

/* D-14: it goes where the policy says that what is not one person's matter goes. */
int plan_incident_opened(struct planner *pl)
{
    const struct policy_incidents *in = &pl->policy->incidents;
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;
    const struct policy_topic *topic =
        f->topic == NULL ? NULL : policy_find_topic(pl->policy, f->topic);
    struct plan_weight w;
    json_t *detail;

    if (t->version != 0)
        return error_set(pl->err, ERROR_PERMANENT, "an incident opens a ticket of its own");
    t->incident = true;
    t->status = TICKET_NEW;
    t->created_at = f->now;
    t->subject = f->subject == NULL ? "" : f->subject;
    t->topic = topic == NULL ? NULL : topic->name;
    t->policy_version = pl->policy->version;
    plan_event(pl, fact_kind_name(f->kind), "D-15",
               plan_detail(pl, "{s:I}", "ticket", (json_int_t)f->other),
               "an incident is opened: %s", f->reason == NULL ? "declared by hand" : f->reason);
    w = plan_incident_weigh(pl);
    t->priority = plan_priority_of(w.points);
    t->memory.points = w.points;
    t->memory.incident_people = f->crowd.people;
    detail = plan_weight_detail(pl, &w);
    if (detail != NULL)
        json_object_set_new(detail, "tags", json_array());
    if (detail != NULL && t->topic != NULL)
        json_object_set_new(detail, "topic", json_string(t->topic));
    plan_event(pl, "classified", "D-15", detail, "by its people")->value =
        ticket_priority_name(t->priority);
    plan_clock_start(pl, TARGET_ACK, f->now);
    plan_clock_start(pl, TARGET_RESOLUTION, f->now);
    if (in->team >= 0)
        t->team = pl->policy->teams[in->team].name;
    plan_level_enter(pl, in->level, "D-14", "where incidents begin");
    plan_assign_want(pl);
    plan_level_check_events(pl, false);
    return 0;
}

int plan_incident_over(struct planner *pl)
{
    const struct fact *f = pl->fact;
    struct ticket *t = &pl->p->ticket;

    if (!t->incident || t->memory.incident_over)
        return error_set(pl->err, ERROR_PERMANENT,
                         t->incident ? "it is dissolved already" : "it is no incident");
    plan_event(pl, fact_kind_name(f->kind), "D-15", NULL, "%s",
               f->reason == NULL ? "set by hand" : f->reason);
    t->memory.incident_over = 1;
    plan_set_status(pl, TICKET_CLOSED, f->now, "the incident is dissolved");
    pl->p->incident.spreads = true;
    return 0;
}

int plan_incident_refuse(struct planner *pl, const struct ticket *before)
{
    switch (pl->fact->kind) {
    case FACT_CUSTOMER_WROTE:
    case FACT_AGENT_REPLIED:
    case FACT_MERGED_INTO:
    case FACT_MERGED_FROM:
    case FACT_SPLIT_INTO:
    case FACT_MARKED_SPAM:
    case FACT_INCIDENT_ASKED:
    case FACT_INCIDENT_JOINED:
    case FACT_INCIDENT_LEFT:
        return before->incident ? error_set(pl->err, ERROR_PERMANENT,
                                            "ticket %lld is an incident: it has no customer of its "
                                            "own, and is no part of another",
                                            (long long)before->ticket_id)
                                : 0;
    default:
        return 0;
    }
}

void plan_incident_status(struct planner *pl)
{
    if (pl->p->ticket.incident)
        pl->p->incident.spreads = true;
}
