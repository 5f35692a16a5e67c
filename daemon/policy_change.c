#include "daemon/policy_change.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/failpoint.h"

struct policy_change {
    struct db *db;
    struct policy_change_order order;
    const struct desks *desks; /* whose planned versions may be due; NULL: it is ordered */
    /* The desk, with the policy that comes: the store of this change decides by it. */
    struct desk desk, *desk_list[1];
    struct desks one;
    struct store *store;
    struct db_job *job;
    struct store_batch *batch; /* under way; NULL: none */
    struct arena *page;        /* of its facts */
    int64_t after;             /* the last ticket of the pages before */
    int page_rows;
    bool more; /* of a dry run: another transaction follows */
    int64_t (*now)(void *arg);
    struct policy_change_answer answer;
    policy_change_fn *done;
    void *arg;
};

static void change_begin(struct policy_change *c);

static void change_serve(struct policy_change *c, const struct desk *desk,
                         struct policy_file *policy)
{
    c->desk = *desk;
    c->desk.policy = *policy;
    *policy = (struct policy_file){ 0 };
    c->desk_list[0] = &c->desk;
    c->one = (struct desks){ c->desk_list, 1 };
    c->answer.desk = c->desk.name;
    c->store = store_new(c->db, &c->one, c->now, NULL);
}

static void change_refuse(struct policy_change *c, const struct error *err)
{
    c->answer.err = *err;
    db_job_rollback(c->job);
}

/* --- the open tickets
 * -------------------------------------------------------------------------------- */

static void change_next_page(struct policy_change *c);

/* Of a dry run each in a transaction of its own: nobody waits long. */
static void change_after_page(struct policy_change *c)
{
    c->more = c->order.dry;
    if (c->order.dry)
        db_job_rollback(c->job);
    else
        change_next_page(c);
}

static void change_on_stored(void *arg, const struct store_answer *answers, const struct error *err)
{
    struct policy_change *c = arg;
    struct error why = { 0 };
    int i;

    c->batch = NULL;
    for (i = 0; answers != NULL && i < c->page_rows && why.kind == ERROR_NONE; i++) {
        why = answers[i].err;
        if (why.kind == ERROR_NONE)
            retarget_add(&c->answer.report, answers[i].before, &answers[i].plan->ticket);
    }
    arena_free(c->page);
    c->page = NULL;
    failpoint_pass("retargeted");
    if (answers == NULL || why.kind != ERROR_NONE)
        change_refuse(c, answers == NULL ? err : &why);
    else
        change_after_page(c);
}

static void change_enact(struct policy_change *c)
{
    struct arena *a = arena_new();
    const struct db_value v[2] = { db_int(a, c->desk.desk_id), db_int(a, c->answer.version) };

    if (c->answer.is_new)
        db_job_add(c->job, "policy_enact", v, 2, NULL, NULL);
    db_job_commit(c->job);
    failpoint_pass("policy_enacted");
    arena_free(a);
}

static void change_on_page(void *arg, const struct db_answer *answer)
{
    struct policy_change *c = arg;
    struct store_fact *facts;
    int64_t now = c->now(NULL);
    int i;

    c->page_rows = PQntuples(answer->res);
    if (c->page_rows == 0) {
        if (c->order.dry)
            db_job_rollback(c->job);
        else
            change_enact(c);
        return;
    }
    c->page = arena_new();
    facts = arena_array(c->page, (size_t)c->page_rows, sizeof(*facts));
    for (i = 0; i < c->page_rows; i++) {
        facts[i].desk_id = c->desk.desk_id;
        facts[i].ticket_id = db_cell_int(answer->res, i, 0);
        facts[i].fact = (struct fact){ .kind = FACT_POLICY_CHANGED,
                                       .at = now,
                                       .now = now,
                                       .by = FACT_BY_POLICY,
                                       .actor = c->order.by,
                                       .status = TICKET_STATUS_N,
                                       .priority = TICKET_PRIORITY_NONE };
    }
    c->after = facts[i - 1].ticket_id;
    c->batch = store_facts_within(c->store, c->job, c->order.dry, facts, (size_t)c->page_rows,
                                  change_on_stored, c);
}

static void change_next_page(struct policy_change *c)
{
    struct arena *a = arena_new();
    const struct db_value v[4] = { db_int(a, c->desk.desk_id), db_int(a, c->after),
                                   db_int(a, POLICY_CHANGE_PAGE), db_int(a, c->answer.version) };

    db_job_add(c->job, "ticket_open", v, 4, change_on_page, c);
    db_job_flush(c->job);
    arena_free(a);
}

/* --- which version
 * ---------------------------------------------------------------------------------- */

/* It is known what comes in force: with the clocks, if they follow, or at once. */
static void change_go_on(struct policy_change *c)
{
    if (c->answer.open)
        change_next_page(c);
    else
        change_enact(c);
}

static void change_on_put(void *arg, const struct db_answer *answer)
{
    struct policy_change *c = arg;
    struct error err;

    if (PQntuples(answer->res) == 0) {
        error_set(&err, ERROR_TRANSIENT, "another policy was applied at the same moment");
        change_refuse(c, &err);
        return;
    }
    c->answer.version = (int)db_cell_int(answer->res, 0, 0);
    c->answer.is_new = db_cell_bool(answer->res, 0, 1);
    c->answer.before = (int)db_cell_int(answer->res, 0, 2);
    c->answer.open = c->order.open;
    c->desk.policy.policy->version = c->answer.version;
    if (c->order.dry) {
        c->more = c->order.open; /* the version itself is rolled back: its number was lent */
        db_job_rollback(c->job);
    } else {
        change_go_on(c);
    }
}

static void change_put(struct policy_change *c)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct arena *a = arena_new();
    const struct db_value v[6] = { db_int(a, c->desk.desk_id),
                                   db_text(c->order.source),
                                   db_bytes((struct span){ (const char *)digest, sizeof(digest) }),
                                   db_text(c->order.by),
                                   db_time(a, 0),
                                   db_bool(c->order.open) };

    SHA256((const unsigned char *)c->order.source, strlen(c->order.source), digest);
    if (!c->order.dry)
        db_job_add(c->job, "policy_turn", v, 1, NULL, NULL);
    db_job_add(c->job, "policy_put", v, 6, change_on_put, c);
    db_job_flush(c->job);
    arena_free(a);
}

static int change_read(struct policy_change *c, const struct db_answer *due, struct error *err)
{
    const struct desk *desk = desk_by_id(c->desks, (int32_t)db_cell_int(due->res, 0, 0));
    struct conf_errors errors = { 0 };
    struct policy_file policy = { 0 };

    c->answer.desk = desk->name;
    c->answer.version = (int)db_cell_int(due->res, 0, 1);
    c->answer.open = db_cell_bool(due->res, 0, 3);
    c->answer.is_new = true;
    if (policy_read(desk->name, span_of(PQgetvalue(due->res, 0, 2)), NULL, NULL, &policy, &errors) <
        0) {
        error_set(err, ERROR_CONFIG, "policy of desk %.40s, version %d: %s", desk->name,
                  c->answer.version, errors.lines[0]);
        conf_errors_clear(&errors);
        return -1;
    }
    change_serve(c, desk, &policy);
    c->desk.policy.policy->version = c->answer.version;
    return 0;
}

static void change_on_due(void *arg, const struct db_answer *answer)
{
    struct policy_change *c = arg;
    struct arena *a;
    struct db_value v;
    struct error err;

    if (PQntuples(answer->res) == 0) {
        db_job_rollback(c->job);
    } else if (change_read(c, answer, &err) < 0) {
        change_refuse(c, &err);
    } else {
        a = arena_new();
        v = db_int(a, c->desk.desk_id);
        db_job_add(c->job, "policy_turn", &v, 1, NULL, NULL);
        change_go_on(c);
        arena_free(a);
    }
}

static void change_ask_due(struct policy_change *c)
{
    struct arena *a = arena_new();
    const struct db_value v = desks_ids(c->desks, a);

    db_job_add(c->job, "policy_due", &v, 1, change_on_due, c);
    db_job_flush(c->job);
    arena_free(a);
}

/* --- the transaction
 * --------------------------------------------------------------------------------- */

static void change_on_turn(void *arg, struct db_job *job)
{
    struct policy_change *c = arg;

    c->job = job;
    if (c->desks != NULL)
        change_ask_due(c);
    else if (c->answer.version != 0)
        change_next_page(c); /* of a dry run */
    else
        change_put(c);
}

static void change_on_done(void *arg, const struct db_answer *answer)
{
    struct policy_change *c = arg;

    if (c->batch != NULL)
        store_drop(c->batch);
    c->batch = NULL;
    arena_free(c->page);
    c->page = NULL;
    if (c->answer.err.kind == ERROR_NONE)
        c->answer.err = answer->err;
    if (c->answer.err.kind == ERROR_NONE && c->more) {
        c->more = false;
        change_begin(c);
        return;
    }
    if (c->answer.err.kind == ERROR_NONE && c->store != NULL)
        c->answer.counts = *store_counts(c->store);
    failpoint_pass("policy_changed");
    c->done(c->arg, &c->answer);
}

static void change_begin(struct policy_change *c)
{
    db_transaction(c->db, change_on_turn, change_on_done, c);
}

struct policy_change *policy_change_now(struct db *db, const struct desk *desk,
                                        struct policy_file *policy,
                                        const struct policy_change_order *order,
                                        int64_t (*now)(void *arg), policy_change_fn *done,
                                        void *arg)
{
    struct policy_change *c = xcalloc(1, sizeof(*c));

    c->db = db;
    c->order = *order;
    c->now = now;
    c->done = done;
    c->arg = arg;
    change_serve(c, desk, policy);
    change_begin(c);
    return c;
}

struct policy_change *policy_change_due(struct db *db, const struct desks *desks,
                                        int64_t (*now)(void *arg), policy_change_fn *done,
                                        void *arg)
{
    struct policy_change *c = xcalloc(1, sizeof(*c));

    c->db = db;
    c->desks = desks;
    c->now = now;
    c->done = done;
    c->arg = arg;
    change_begin(c);
    return c;
}

void policy_change_free(struct policy_change *c)
{
    if (c == NULL)
        return;
    store_free(c->store);
    policy_file_clear(&c->desk.policy);
    free(c);
}
