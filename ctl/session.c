#include "ctl/session.h"

#include <event2/event.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "core/near.h"
#include "ctl/command.h"
#include "ctl/known.h"
#include "ctl/output.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/intake.h"
#include "daemon/migrate.h"
#include "daemon/policy_change.h"

enum {
    SESSION_AWAY_MS = 10000, /* a connection that was lost and is not back after so long */
    SESSION_TICK_MS = 500,
};

struct session_result {
    PGresult *res;
    struct session_result *next;
};
struct session_loop {
    struct event_base *base;
    struct event *tick; /* so that the loop looks at the time */
    struct store *store;
    bool was_up, down;
    int64_t down_since_ms;
    struct error down_err;
    struct session_result *results;
};
/* A question's end: lives in the session's arena, for its answer may come as late as in db_free().
 */
struct session_wait {
    struct session_loop *loop;
    bool over;
    struct error err;
    PGresult *res;
    void (*told)(void *arg, const struct store_answer *answers, size_t count);
    void *arg;
};

static void on_state(void *arg, bool up, const char *words)
{
    struct session_loop *l = arg;

    if (!up && !l->down)
        l->down_since_ms = steady_now_ms();
    l->was_up |= up;
    l->down = !up;
    if (!up)
        error_set(&l->down_err, ERROR_TRANSIENT, "%s", words);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static bool is_away(const struct session_loop *l)
{
    return l->down && (!l->was_up || steady_now_ms() - l->down_since_ms > SESSION_AWAY_MS);
}

static int wait_over(struct session_loop *l, const struct session_wait *w, struct error *err)
{
    while (!w->over && !is_away(l))
        if (event_base_loop(l->base, EVLOOP_ONCE) != 0)
            abort(); /* the tick is always there */
    *err = w->over ? w->err : l->down_err;
    return err->kind == ERROR_NONE ? 0 : -1;
}

/* --- questions
 * ---------------------------------------------------------------------------------------- */

static void on_answer(void *arg, const struct db_answer *answer)
{
    struct session_wait *w = arg;
    struct session_result *r;

    w->over = true;
    w->err = answer->err;
    if (answer->res == NULL)
        return;
    r = xcalloc(1, sizeof(*r));
    r->res = w->res = PQcopyResult(answer->res, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    if (r->res == NULL)
        abort(); /* out of memory */
    r->next = w->loop->results;
    w->loop->results = r;
}

const PGresult *session_ask(struct session *s, const char *query, const struct db_value *values,
                            int count, struct error *err)
{
    struct session_wait *w = arena_alloc(s->a, sizeof(*w));

    w->loop = s->loop;
    db_query(s->db, query, values, count, on_answer, w);
    return wait_over(s->loop, w, err) < 0 ? NULL : w->res;
}

int session_list(const struct ctl *ctl, struct session *s, const char *query,
                 const struct db_value *values, int count, const struct output_column *columns)
{
    struct error err;
    const PGresult *res = session_ask(s, query, values, count, &err);

    return res == NULL ? ctl_fail(&err) : output_list(ctl, res, columns);
}

/* --- facts
 * -------------------------------------------------------------------------------------------- */

static int64_t store_now(void *arg)
{
    (void)arg;
    return wall_now();
}

static void on_desks(void *arg, const struct error *err)
{
    struct session_wait *w = arg;

    w->over = true;
    w->err = *err;
}

void session_forget(struct session *s, const PGresult *res)
{
    struct session_result **at, *r;

    for (at = &s->loop->results; (r = *at) != NULL; at = &r->next)
        if (r->res == res) {
            *at = r->next;
            PQclear(r->res);
            free(r);
            return;
        }
}

int session_serve(struct session *s, struct error *err)
{
    struct session_wait *w = arena_alloc(s->a, sizeof(*w));

    desks_load(s->db, s->config, &s->desks, on_desks, w);
    if (wait_over(s->loop, w, err) < 0)
        return -1;
    s->loop->store = store_new(s->db, &s->desks, store_now, NULL);
    return 0;
}

static void on_facts(void *arg, const struct store_answer *answers, size_t count)
{
    struct session_wait *w = arg;

    w->told(w->arg, answers, count);
    w->over = true;
}

const struct desk *session_desk(const struct ctl *ctl, struct session *s, struct error *err)
{
    const char *name = ctl_value(ctl, "--desk");
    const struct desk *d = NULL;

    if (session_serve(s, err) < 0)
        return NULL;
    if (name != NULL)
        d = desk_by_name(&s->desks, name);
    else if (s->desks.count == 1)
        d = s->desks.desk[0];
    if (d == NULL && name != NULL)
        error_set(err, ERROR_CONFIG, "no channel of %s belongs to a desk '%.64s'", ctl->config,
                  name);
    else if (d == NULL)
        error_set(err, ERROR_CONFIG, "%s has %zu desks: --desk says which", ctl->config,
                  s->desks.count);
    return d;
}

/* Is it in that column of what the statement gives? */
static int session_named(struct session *s, const char *query, const struct db_value *v, int count,
                         const char *column, const char *said, struct error *err)
{
    const PGresult *res = session_ask(s, query, v, count, err);
    const char *name;
    struct near n;
    int i;

    near_begin(&n, said);
    for (i = 0; res != NULL && i < PQntuples(res); i++) {
        name = db_cell_text(res, i, PQfnumber(res, column));
        if (strcmp(name, said) == 0)
            return 0;
        near_look(&n, name);
    }
    return res == NULL ? -1 : known_not(column, &n, err);
}

int session_desk_name(const struct ctl *ctl, struct session *s, struct db_value *name,
                      struct error *err)
{
    const char *said = ctl_value(ctl, "--desk");

    *name = db_text(said);
    return said == NULL ? 0 : session_named(s, "desk_list", NULL, 0, "desk", said, err);
}

int session_channel_name(const struct ctl *ctl, struct session *s, struct db_value *name,
                         struct error *err)
{
    const char *said = ctl_value(ctl, "--channel");
    struct db_value all = db_text(NULL);

    *name = db_text(said);
    return said == NULL ? 0 : session_named(s, "channel_list", &all, 1, "channel", said, err);
}

int session_facts(struct session *s, const struct store_fact *facts, size_t count,
                  void (*told)(void *arg, const struct store_answer *answers, size_t count),
                  void *arg, struct error *err)
{
    struct session_wait *w = arena_alloc(s->a, sizeof(*w));
    struct arena *a = arena_new();
    struct store_fact *copy = arena_array(a, count, sizeof(*copy));

    memcpy(copy, facts, count * sizeof(*copy));
    w->told = told;
    w->arg = arg;
    store_facts(s->loop->store, a, copy, count, on_facts, w);
    if (wait_over(s->loop, w, err) == 0)
        return 0;
    /* The store would go on trying when the connection comes back, and nobody waits for that. */
    fflush(stdout);
    _exit(ctl_fail(err));
}

/* --- messages
 * ----------------------------------------------------------------------------------------- */

static void on_taken(void *arg, int rc)
{
    struct session_wait *w = arg;

    w->over = true;
    if (rc < 0)
        error_set(&w->err, ERROR_TRANSIENT, "it could not be stored: try again");
}

int session_take(struct session *s, struct desk_channel *from, struct inbound *in,
                 struct error *err)
{
    struct session_wait *w = arena_alloc(s->a, sizeof(*w));
    struct intake *intake = intake_new(s->loop->store);

    intake_take(intake, from, in, on_taken, w);
    if (wait_over(s->loop, w, err) < 0 && !w->over)
        _exit(ctl_fail(err)); /* as in session_facts() */
    intake_free(intake);
    return err->kind == ERROR_NONE ? 0 : -1;
}

/* --- policies
 * --------------------------------------------------------------------------------------- */

struct session_policy {
    struct session_wait wait;
    struct policy_change_answer *answer;
};

static void on_policy(void *arg, const struct policy_change_answer *answer)
{
    struct session_policy *p = arg;

    *p->answer = *answer;
    p->wait.err = answer->err;
    p->wait.over = true;
}

int session_policy(struct session *s, const struct desk *desk, struct policy_file *policy,
                   const struct policy_change_order *order, struct policy_change_answer *answer,
                   struct error *err)
{
    struct session_policy *p = arena_alloc(s->a, sizeof(*p));
    struct db *db = db_new(s->loop->base, conf_text(s->config->root, "database"), "relevoctl",
                           store_db_settings, on_state, s->loop);
    struct policy_change *change;
    int rc;

    p->answer = answer;
    change = policy_change_now(db, desk, policy, order, store_now, on_policy, p);
    rc = wait_over(s->loop, &p->wait, err);
    db_free(db);
    policy_change_free(change);
    return rc;
}

int session_policies(struct session *s, const PGresult **desks, const PGresult **policies,
                     struct error *err)
{
    struct db_array ids = { 0 }, none = { 0 };
    struct db_value v[2];
    int i;

    *desks = session_ask(s, "desk_list", NULL, 0, err);
    if (*desks == NULL)
        return -1;
    for (i = 0; i < PQntuples(*desks); i++) {
        db_array_int(&ids, db_cell_int(*desks, i, 0));
        db_array_int(&none, 0);
    }
    v[0] = db_array_end(&ids, s->a);
    v[1] = db_array_end(&none, s->a);
    *policies = session_ask(s, "policy_in_force", v, 2, err);
    return *policies == NULL ? -1 : 0;
}

const char *session_policy_desk(const PGresult *desks, const PGresult *policies, int row)
{
    return db_cell_text(desks, (int)db_cell_int(policies, row, 0) - 1,
                        1); /* a place is from 1 on */
}

struct desk_channel *session_channel(const struct session *s, const char *name)
{
    struct desk_channel *found = NULL;
    size_t i;

    for (i = 0; i < s->desks.count && found == NULL; i++)
        found = desk_channel_by_name(s->desks.desk[i], name);
    return found;
}

/* --- begin and end
 * ------------------------------------------------------------------------------------ */

static int check_schema(struct session *s, struct error *err)
{
    const PGresult *res = session_ask(s, "schema_number", NULL, 0, err);

    if (res == NULL) {
        if (err->kind == ERROR_CONFIG)
            error_wrap(err, "run relevoctl migrate, if that has not been done");
        return -1;
    }
    return migrate_judge((int)db_cell_int(res, 0, 0), err);
}

/* Nothing is judged by the clock of whoever's machine this is. */
static int follow_clock(struct session *s, struct error *err)
{
    int64_t asked_ms = steady_now_ms();
    const PGresult *res = session_ask(s, "clock", NULL, 0, err);

    if (res == NULL)
        return -1;
    wall_follow(db_cell_int(res, 0, 0), asked_ms, steady_now_ms());
    return 0;
}

struct session *session_open(const struct ctl *ctl, int *code)
{
    static const struct timeval tick = { .tv_usec = SESSION_TICK_MS * 1000 };
    struct conf_errors errors = { 0 };
    struct config *config;
    struct session *s;
    struct error err;

    if (config_load(ctl->config, &config, &errors) < 0) {
        *code = ctl_fail_all(&errors);
        return NULL;
    }
    s = xcalloc(1, sizeof(*s));
    s->a = arena_new();
    s->config = config;
    s->loop = xcalloc(1, sizeof(*s->loop));
    s->loop->base = event_base_new();
    s->loop->tick = event_new(s->loop->base, -1, EV_PERSIST, on_tick, NULL);
    if (s->loop->base == NULL || s->loop->tick == NULL)
        abort(); /* out of memory */
    event_add(s->loop->tick, &tick);
    s->db = db_new(s->loop->base, conf_text(config->root, "database"), "relevoctl", NULL, on_state,
                   s->loop);
    if (check_schema(s, &err) < 0 || follow_clock(s, &err) < 0) {
        *code = ctl_fail(&err);
        session_end(s);
        return NULL;
    }
    return s;
}

void session_end(struct session *s)
{
    struct session_result *r;

    if (s == NULL)
        return;
    db_free(s->db);
    store_free(s->loop->store);
    while ((r = s->loop->results) != NULL) {
        s->loop->results = r->next;
        PQclear(r->res);
        free(r);
    }
    desks_clear(&s->desks);
    event_free(s->loop->tick);
    event_base_free(s->loop->base);
    free(s->loop);
    config_free(s->config);
    arena_free(s->a);
    free(s);
}

int session_command(const struct ctl *ctl, char **argv, session_command_fn *run)
{
    struct session *s;
    int code;

    s = session_open(ctl, &code);
    if (s == NULL)
        return code;
    code = run(ctl, s, argv);
    session_end(s);
    return code;
}

const char *session_login(struct session *s)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *me = getpwuid(getuid());

    if (getuid() == 0 && sudo != NULL && *sudo != '\0')
        return arena_strdup(s->a, sudo);
    return me == NULL ? "operator" : arena_strdup(s->a, me->pw_name);
}
