#include "daemon/overload.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/backlog.h"
#include "core/wording_date.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/sink.h"

enum { OVERLOAD_HELD_S = OVERLOAD_LOOK_S / 2 /* another node has just looked */ };

/* One team of the round that is ours to look at. The policy may become another one between two
 * answers: until all is known it goes by its name. */
struct overload_claim {
    const char *name;
    size_t team; /* in the policy by which it is decided */
    struct backlog_state before;
    int waiting;
    int64_t oldest_at;
    struct backlog_found found;
    struct overload_claim *next;
};
struct overload {
    struct db *db;
    const struct desks *desks;
    struct event *timer;
    struct wording_dates *dates;
    int64_t (*now)(void *arg);
    void (*told)(void *arg, const char *desk, const char *team, const char *sign, int waiting);
    void *arg;
    bool busy, stopped;
    struct overload_list {
        struct overload_team *team;
        size_t count;
    } seen, fresh; /* of the last round that came to its end; of this one */
    /* The desk of the round that is looked at. */
    struct arena *a;
    size_t next; /* desks[next] */
    int32_t desk_id;
    const char *name;
    const struct desk *desk;  /* while it is decided */
    struct db_value asked[2]; /* the desk's id, its teams */
    int64_t at;
    struct db_job *job;
    struct overload_claim *claims;
};

static void overload_next(struct overload *o);

static void overload_arm(struct overload *o, int64_t s)
{
    const struct timeval tv = { (time_t)s, 0 };

    if (!o->stopped)
        event_add(o->timer, &tv);
}

/* --- what is told
 * ----------------------------------------------------------------------------------------- */

static void overload_tell_agent(struct overload *o, const struct overload_claim *c, int agent)
{
    const struct policy *p = o->desk->policy.policy;
    const struct policy_agent *who = &p->agents[agent];
    const struct desk_channel *sink = o->desk->agent_mail;
    const char *domain = sink == NULL ? NULL : sink_domain(o->a, sink), *subject, *text;
    struct db_value v[11];

    backlog_word(p, c->team, &c->found, who->language, o->dates, o->a, &subject, &text);
    v[0] = o->asked[0];
    v[1] = db_text(arena_printf(o->a, "O-02/%s/%" PRId64 "/%s/%s", p->teams[c->team].name, o->at,
                                backlog_sign_name(c->found.sign), who->name));
    v[2] = db_text(who->name);
    v[3] = sink == NULL ? db_text(NULL) : db_int(o->a, sink->channel.channel_id);
    v[4] = db_text(domain == NULL ? "localhost" : domain);
    v[5] = db_text(who->email);
    v[6] = db_text(who->full_name);
    v[7] = db_text(subject);
    v[8] = db_text(text);
    v[9] = db_time(o->a, backlog_tell_at(p, agent, o->at));
    v[10] = db_time(o->a, o->at);
    db_job_add(o->job, "backlog_tell", v, 11, NULL, NULL);
}

static void overload_tell(struct overload *o, const struct overload_claim *c)
{
    struct db_value v[2] = { db_text("relevo_delivery"), db_text("") };
    const int *agents;
    size_t count, i;

    agents = backlog_told(&o->desk->policy.policy->teams[c->team], &count);
    for (i = 0; i < count; i++)
        overload_tell_agent(o, c, agents[i]);
    if (count > 0)
        db_job_add(o->job, "notify", v, 2, NULL, NULL);
}

static void overload_put(struct overload *o, const struct overload_claim *c)
{
    const struct backlog_found *f = &c->found;
    struct db_value v[12];

    v[0] = o->asked[0];
    v[1] = db_text(o->desk->policy.policy->teams[c->team].name);
    v[2] = db_time(o->a, o->at);
    v[3] = db_int(o->a, f->waiting);
    v[4] = db_int(o->a, f->oldest_s);
    v[5] = db_int(o->a, f->carried);
    v[6] = db_int(o->a, f->there);
    v[7] = db_time(o->a, f->state.over_since);
    v[8] = db_int(o->a, f->state.told);
    v[9] = db_text(backlog_sign_name(f->sign));
    v[10] = db_text(f->why);
    v[11] = db_int(o->a, o->desk->policy.policy->version);
    db_job_add(o->job, "backlog_put", v, 12, NULL, NULL);
}

/* --- what is seen
 * ----------------------------------------------------------------------------------------- */

static void overload_take_queues(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;
    struct overload_claim *c;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++)
        for (c = o->claims; c != NULL; c = c->next)
            if (strcmp(c->name, db_cell_text(answer->res, i, 0)) == 0) {
                c->waiting = (int)db_cell_int(answer->res, i, 1);
                c->oldest_at = db_cell_int(answer->res, i, 2);
            }
}

static void overload_decide(struct overload *o, struct overload_claim *c, const int *carried)
{
    const struct policy *p = o->desk->policy.policy;
    const struct backlog_seen seen = { c->waiting, c->oldest_at, carried };
    int team = policy_find_team(p, c->name);

    if (team < 0 || !backlog_is_watched(&p->teams[team]))
        return;
    c->team = (size_t)team;
    backlog_decide(p, c->team, &c->before, &seen, o->at, &c->found);
    overload_put(o, c);
    if (c->found.sign != BACKLOG_SAME)
        overload_tell(o, c);
}

/* The last that must be known: it is decided. */
static void overload_take_loads(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;
    struct overload_claim *c;
    int *carried, i, agent;

    o->desk = desk_by_id(o->desks, o->desk_id);
    if (o->desk == NULL)
        return; /* the configuration has it no longer */
    carried = arena_array(o->a, o->desk->policy.policy->agent_count, sizeof(*carried));
    for (i = 0; i < PQntuples(answer->res); i++) {
        agent = policy_find_agent(o->desk->policy.policy, db_cell_text(answer->res, i, 0));
        if (agent >= 0)
            carried[agent] = (int)db_cell_int(answer->res, i, 1);
    }
    for (c = o->claims; c != NULL; c = c->next)
        overload_decide(o, c, carried);
}

static void overload_take_seen(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;
    size_t n = (size_t)PQntuples(answer->res), i;

    o->fresh.team = xrealloc(o->fresh.team, (o->fresh.count + n + 1) * sizeof(*o->fresh.team));
    for (i = 0; i < n; i++) {
        struct overload_team *t = &o->fresh.team[o->fresh.count++];

        *t = (struct overload_team){ .waiting = (int)db_cell_int(answer->res, (int)i, 2),
                                     .oldest_s = db_cell_int(answer->res, (int)i, 3),
                                     .over = db_cell_int(answer->res, (int)i, 6) != 0 };
        snprintf(t->desk, sizeof(t->desk), "%s", db_cell_text(answer->res, (int)i, 0));
        snprintf(t->team, sizeof(t->team), "%s", db_cell_text(answer->res, (int)i, 1));
    }
}

static void overload_on_decided(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;

    (void)answer;
    db_job_add(o->job, "backlog_list", o->asked, 1, overload_take_seen, o);
    db_job_commit(o->job);
}

static void overload_take_claims(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct overload_claim *c = arena_alloc(o->a, sizeof(*c));

        *c = (struct overload_claim){ .name = arena_strdup(o->a, db_cell_text(answer->res, i, 0)),
                                      .before = { db_cell_int(answer->res, i, 1),
                                                  (int)db_cell_int(answer->res, i, 2) },
                                      .next = o->claims };
        o->claims = c;
    }
    if (o->claims != NULL) {
        db_job_add(o->job, "backlog_queues", o->asked, 2, overload_take_queues, o);
        db_job_add(o->job, "backlog_loads", o->asked, 1, overload_take_loads, o);
    }
    db_job_add(o->job, "look_end", NULL, 0, overload_on_decided, o);
    db_job_flush(o->job);
}

/* --- desk by desk
 * ----------------------------------------------------------------------------------------- */

static void overload_end(struct overload *o)
{
    o->busy = false;
    overload_arm(o, OVERLOAD_LOOK_S);
}

static void overload_on_done(void *arg, const struct db_answer *answer)
{
    struct overload *o = arg;
    bool failed = answer->err.kind != ERROR_NONE;
    const struct overload_claim *c;

    if (failed)
        o->told(o->arg, o->name, NULL, answer->err.text, 0);
    for (c = o->claims; !failed && c != NULL; c = c->next)
        if (c->found.sign != BACKLOG_SAME)
            o->told(o->arg, o->name, c->name, backlog_sign_name(c->found.sign), c->waiting);
    arena_free(o->a);
    o->a = NULL;
    o->next++;
    if (failed)
        overload_end(o);
    else
        overload_next(o);
}

static void overload_on_turn(void *arg, struct db_job *job)
{
    struct overload *o = arg;
    struct db_value v[4];

    o->job = job;
    o->at = o->now(o->arg);
    db_job_add(job, "backlog_make", o->asked, 2, NULL, NULL);
    v[0] = o->asked[0];
    v[1] = o->asked[1];
    v[2] = db_time(o->a, o->at);
    v[3] = db_int(o->a, OVERLOAD_HELD_S);
    db_job_add(job, "backlog_claim", v, 4, overload_take_claims, o);
    db_job_flush(job);
}

/* Also of a desk that watches no team: it may have watched some. */
static void overload_ask(struct overload *o, const struct desk *desk)
{
    const struct policy *p = desk->policy.policy;
    struct db_array teams = { 0 };
    size_t i;

    o->a = arena_new();
    o->desk_id = desk->desk_id;
    o->name = arena_strdup(o->a, desk->name);
    o->claims = NULL;
    for (i = 0; i < p->team_count; i++)
        if (backlog_is_watched(&p->teams[i]))
            db_array_text(&teams, p->teams[i].name);
    o->asked[0] = db_int(o->a, desk->desk_id);
    o->asked[1] = db_array_end(&teams, o->a);
    db_transaction(o->db, overload_on_turn, overload_on_done, o);
}

static void overload_next(struct overload *o)
{
    struct overload_list seen = o->seen;

    if (!o->stopped && o->next < o->desks->count) {
        overload_ask(o, o->desks->desk[o->next]);
        return;
    }
    o->seen = o->fresh;
    o->fresh = (struct overload_list){ seen.team, 0 };
    overload_end(o);
}

void overload_look(struct overload *o)
{
    if (o->busy || o->stopped)
        return;
    o->busy = true;
    o->next = 0;
    o->fresh.count = 0;
    overload_next(o);
}

static void overload_on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    overload_look(arg);
}

struct overload *overload_new(struct db *db, const struct desks *desks, int64_t (*now)(void *arg),
                              void (*told)(void *arg, const char *desk, const char *team,
                                           const char *sign, int waiting),
                              void *arg)
{
    struct overload *o = xcalloc(1, sizeof(*o));

    o->db = db;
    o->desks = desks;
    o->dates = wording_dates_new();
    o->now = now;
    o->told = told;
    o->arg = arg;
    o->timer = evtimer_new(db_base(db), overload_on_timer, o);
    overload_arm(o, OVERLOAD_LOOK_S);
    return o;
}

bool overload_is_idle(const struct overload *o)
{
    return !o->busy;
}

void overload_stop(struct overload *o)
{
    o->stopped = true;
    event_del(o->timer);
}

void overload_free(struct overload *o)
{
    if (o == NULL)
        return;
    event_free(o->timer);
    wording_dates_free(o->dates);
    arena_free(o->a);
    free(o->seen.team);
    free(o->fresh.team);
    free(o);
}

bool overload_at(const struct overload *o, size_t i, struct overload_team *out)
{
    if (i >= o->seen.count)
        return false;
    *out = o->seen.team[i];
    return true;
}
