#include "daemon/shadow.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/policy_read.h"
#include "core/replay.h"
#include "core/tally.h"
#include "core/wording_date.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/history.h"
#include "daemon/sink.h"

/* One day of one desk, under way. */
struct shadow_day {
    struct arena *a;
    struct db *db;
    int32_t desk_id;
    const char *desk;
    struct policy_file in_force, trial;
    int64_t from, before; /* the day */
    struct history_place place;
    struct replay *replay;
    struct tally was, would;
    bool folding, over; /* over: to be put away; its connection may not be freed from within */
};
struct shadow {
    struct db *db;
    char *conninfo, *node;
    const struct desks *desks;
    struct event *timer;
    void (*told)(void *arg, const char *desk, const struct error *err);
    void *arg;
    bool asked, stopped;
    struct shadow_day *day; /* NULL: none is under way */
};

static void shadow_arm(struct shadow *s, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    if (!s->stopped)
        event_add(s->timer, &tv);
}

static void shadow_put_away(struct shadow *s)
{
    struct shadow_day *day = s->day;

    if (day == NULL)
        return;
    day->over = true;
    db_free(day->db);
    s->day = NULL;
    replay_free(day->replay);
    tally_clear(&day->was);
    tally_clear(&day->would);
    policy_file_clear(&day->in_force);
    policy_file_clear(&day->trial);
    arena_free(day->a); /* day too */
}

static void shadow_end(struct shadow *s, const struct error *err)
{
    if (s->day->over)
        return;
    s->day->over = true;
    s->told(s->arg, s->day->desk, err);
    shadow_arm(s, 0);
}

static void shadow_fail(struct shadow *s, enum error_kind kind, const char *words)
{
    struct error err;

    error_set(&err, kind, "%s", words);
    shadow_end(s, &err);
}

/* False: it has ended, or ends of this answer. */
static bool shadow_answered(struct shadow *s, const struct db_answer *answer)
{
    if (!s->day->over && answer->res == NULL)
        shadow_end(s, &answer->err);
    return !s->day->over;
}

/* --- the letter
 * -------------------------------------------------------------------------------------- */

static void shadow_on_told(void *arg, const struct db_answer *answer)
{
    shadow_end(arg, &answer->err);
}

/* As the operators' letters say it. */
static const char *shadow_time(struct shadow_day *day, int64_t at)
{
    return wording_date(NULL, day->a, "en", day->in_force.policy->zone, at);
}

static const char *shadow_letter(struct shadow_day *day)
{
    char *table = tally_to_text(&day->was, "what happened", &day->would, "what would");
    const char *letter;

    letter = arena_printf(
        day->a,
        "Desk %s, from %s until %s.\n\nOn the left what happened under the policy in force, on the "
        "right what would have happened under the policy in trial, had it been in force for the "
        "tickets of the last %d days. Nothing of it was sent, and no ticket was changed.\n\n%s",
        day->desk, shadow_time(day, day->from), shadow_time(day, day->before),
        SHADOW_SPAN_S / 86400, table);
    free(table);
    return letter;
}

static void shadow_tell(struct shadow *s)
{
    struct shadow_day *day = s->day;
    const struct desk *desk = desk_by_id(s->desks, day->desk_id);
    struct db_value v[7];

    if (desk == NULL || desk->agent_mail == NULL) {
        shadow_fail(s, ERROR_CONFIG, "no agents.mail is configured: nobody can be told");
        return;
    }
    day->was.facts = day->would.facts;
    day->was.tickets = day->would.tickets;
    v[0] = db_int(day->a, day->desk_id);
    v[1] = db_time(day->a, day->before);
    v[2] = db_text(day->in_force.policy->zone);
    v[3] = db_int(day->a, desk->agent_mail->channel.channel_id);
    v[4] = db_text(sink_domain(day->a, desk->agent_mail));
    v[5] = db_text(arena_printf(day->a, "%s: the policy in trial, from %s",
                                day->in_force.policy->desk_title, shadow_time(day, day->from)));
    v[6] = db_text(shadow_letter(day));
    db_query(day->db, "shadow_tell", v, 7, shadow_on_told, s);
}

/* --- folding
 * ----------------------------------------------------------------------------------------- */

static void shadow_fold(struct shadow *s)
{
    if (replay_step(s->day->replay, SHADOW_PIECE)) {
        s->day->folding = false;
        shadow_tell(s);
    } else {
        shadow_arm(s, 0); /* others first */
    }
}

static void shadow_on_tally(void *arg, const struct db_answer *answer)
{
    struct shadow *s = arg;
    struct shadow_day *day = s->day;

    if (!shadow_answered(s, answer))
        return;
    history_take_tally(&day->was, answer->res);
    day->would.from = day->from;
    day->would.before = day->before;
    replay_begin(day->replay, day->trial.policy, day->trial.targets, day->before - 1, true,
                 &day->would);
    day->folding = true;
    shadow_arm(s, 0);
}

static void shadow_ask_tally(struct shadow *s)
{
    struct shadow_day *day = s->day;
    struct db_value v[HISTORY_TALLY_VALUES];

    history_ask_tally(day->a, day->desk_id, day->before - SHADOW_SPAN_S, day->from, day->before, v);
    db_query(day->db, "history_tally", v, HISTORY_TALLY_VALUES, shadow_on_tally, s);
}

static void shadow_ask_facts(struct shadow *s);

static void shadow_on_facts(void *arg, const struct db_answer *answer)
{
    struct shadow *s = arg;
    struct error err;

    if (!shadow_answered(s, answer))
        return;
    if (history_take_facts(s->day->replay, answer->res, &s->day->place, &err) < 0)
        shadow_end(s, &err);
    else if (PQntuples(answer->res) == SHADOW_PAGE)
        shadow_ask_facts(s);
    else
        shadow_ask_tally(s);
}

static void shadow_ask_facts(struct shadow *s)
{
    struct shadow_day *day = s->day;
    struct arena *a = arena_new();
    struct db_value v[HISTORY_FACTS_VALUES];

    history_ask_facts(a, day->desk_id, day->before - SHADOW_SPAN_S, &day->place, SHADOW_PAGE, v);
    db_query(day->db, "history_facts", v, HISTORY_FACTS_VALUES, shadow_on_facts, s);
    arena_free(a);
}

/* --- when
 * -------------------------------------------------------------------------------------------- */

static int shadow_read(const char *name, const char *source, struct policy_file *out,
                       struct error *err)
{
    struct conf_errors errors = { 0 };

    if (policy_read(name, span_of(source), NULL, NULL, out, &errors) == 0)
        return 0;
    error_set(err, ERROR_CONFIG, "%s", errors.lines[0]);
    conf_errors_clear(&errors);
    return -1;
}

static void shadow_begin(struct shadow *s, const PGresult *res)
{
    const struct desk *desk = desk_by_id(s->desks, (int32_t)db_cell_int(res, 0, 0));
    struct arena *a = arena_new();
    struct shadow_day *day = arena_alloc(a, sizeof(*day));
    struct error err;

    s->day = day;
    day->a = a;
    day->desk_id = (int32_t)db_cell_int(res, 0, 0);
    day->desk = arena_strdup(a, desk == NULL ? "" : desk->name);
    day->from = db_cell_int(res, 0, 2);
    day->before = db_cell_int(res, 0, 3);
    if (desk == NULL) {
        shadow_fail(s, ERROR_TRANSIENT, "the configuration has no such desk any more");
    } else if (shadow_read("the policy in trial", db_cell_text(res, 0, 1), &day->trial, &err) < 0 ||
               shadow_read("the policy in force", db_cell_text(res, 0, 4), &day->in_force, &err) <
                   0) {
        shadow_end(s, &err);
    } else {
        day->db = db_new(db_base(s->db), s->conninfo, "relevod shadow", NULL, NULL, NULL);
        day->replay = replay_new();
        day->place.words = policy_listens(day->trial.policy);
        tally_begin(&day->was, day->in_force.policy);
        tally_begin(&day->would, day->trial.policy);
        shadow_ask_facts(s);
    }
}

static void shadow_on_claimed(void *arg, const struct db_answer *answer)
{
    struct shadow *s = arg;

    s->asked = false;
    if (!s->stopped && answer->res != NULL && PQntuples(answer->res) == 1)
        shadow_begin(s, answer->res);
    else
        shadow_arm(s, SHADOW_LOOK_MS);
}

void shadow_look(struct shadow *s)
{
    struct db_value v[3];
    struct arena *a;

    if (s->asked || s->stopped || s->day != NULL || s->desks->count == 0)
        return;
    a = arena_new();
    s->asked = true;
    v[0] = desks_ids(s->desks, a);
    v[1] = db_text(s->node);
    v[2] = db_int(a, SHADOW_CLAIM_S);
    db_query(s->db, "shadow_claim", v, 3, shadow_on_claimed, s);
    arena_free(a);
}

static void shadow_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct shadow *s = arg;

    (void)fd;
    (void)what;
    if (s->day != NULL && s->day->over)
        shadow_put_away(s);
    if (s->day != NULL && s->day->folding)
        shadow_fold(s);
    else if (s->day == NULL)
        shadow_look(s);
}

struct shadow *shadow_new(struct db *db, const char *conninfo, const struct desks *desks,
                          const char *node,
                          void (*told)(void *arg, const char *desk, const struct error *err),
                          void *arg)
{
    struct shadow *s = xcalloc(1, sizeof(*s));

    s->db = db;
    s->conninfo = xstrdup(conninfo);
    s->node = xstrdup(node);
    s->desks = desks;
    s->told = told;
    s->arg = arg;
    s->timer = evtimer_new(db_base(db), shadow_on_timer, s);
    shadow_arm(s, SHADOW_LOOK_MS);
    return s;
}

void shadow_stop(struct shadow *s)
{
    s->stopped = true;
    event_del(s->timer);
}

void shadow_free(struct shadow *s)
{
    if (s == NULL)
        return;
    s->stopped = true;
    shadow_put_away(s);
    event_free(s->timer);
    free(s->node);
    free(s->conninfo);
    free(s);
}
