#include "daemon/desk.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "daemon/config.h"
#include "daemon/db.h"

/* Loading goes through the connection's line: what is asked later sees what was asked before. */
struct desk_load {
    struct db *db;
    const struct config *config;
    struct desks *out; /* taken on success only */
    struct desks made;
    size_t waiting; /* answers that are still to come */
    struct error err;
    void (*done)(void *arg, const struct error *err);
    void *arg;
};
/* One question about one desk or one of its channels. */
struct desk_question {
    struct desk_load *load;
    struct desk *desk;
    struct desk_channel *channel;
};

static void desk_free(struct desk *d)
{
    size_t i;

    for (i = 0; i < d->channel_count; i++)
        free(d->channels[i]);
    free(d->channels);
    policy_file_clear(&d->policy);
    free((char *)d->name);
    free(d);
}

struct db_value desks_ids(const struct desks *all, struct arena *a)
{
    struct db_array ids = { 0 };
    size_t i;

    for (i = 0; i < all->count; i++)
        db_array_int(&ids, all->desk[i]->desk_id);
    return db_array_end(&ids, a);
}

void desks_clear(struct desks *desks)
{
    size_t i;

    for (i = 0; i < desks->count; i++)
        desk_free(desks->desk[i]);
    free(desks->desk);
    *desks = (struct desks){ 0 };
}

static void desk_load_end(struct desk_load *l)
{
    if (l->err.kind == ERROR_NONE && l->out != NULL)
        *l->out = l->made;
    else
        desks_clear(&l->made);
    l->done(l->arg, &l->err);
    free(l);
}

static void desk_answered(struct desk_load *l, const struct db_answer *answer)
{
    if (answer->res == NULL && l->err.kind == ERROR_NONE)
        l->err = answer->err;
    if (--l->waiting == 0)
        desk_load_end(l);
}

static void desk_ask(struct desk_load *l, struct desk *desk, struct desk_channel *channel,
                     const char *query, const struct db_value *values, int count,
                     db_answer_fn *done)
{
    struct desk_question *q = xcalloc(1, sizeof(*q));

    *q = (struct desk_question){ l, desk, channel };
    l->waiting++;
    db_query(l->db, query, values, count, done, q);
}

static void desk_on_done(void *arg, const struct db_answer *answer)
{
    struct desk_question *q = arg;
    struct desk_load *l = q->load;

    free(q);
    desk_answered(l, answer);
}

/* --- policies
 * ----------------------------------------------------------------------------------------- */

static int desk_take_policy(struct desk *d, int version, const char *source, struct error *err)
{
    struct conf_errors errors = { 0 };
    struct policy_file read;
    char name[80];

    d->policy_seen = version;
    snprintf(name, sizeof(name), "policy of desk %.40s, version %d", d->name, version);
    if (policy_read(name, span_of(source), NULL, NULL, &read, &errors) < 0) {
        error_set(err, ERROR_CONFIG, "%s", errors.lines[0]);
        conf_errors_clear(&errors);
        return -1;
    }
    read.policy->version = version;
    policy_file_clear(&d->policy);
    d->policy = read;
    return 0;
}

int desk_take_policies(struct desk *const *asked, const PGresult *res, struct error *err)
{
    int rc = 0, i;

    for (i = 0; i < PQntuples(res); i++) {
        struct desk *d = asked[db_cell_int(res, i, 0) - 1];
        int version = (int)db_cell_int(res, i, 1);

        if (version == d->policy_seen)
            continue; /* it was asked for twice at the same time, and is there */
        if (desk_take_policy(d, version, PQgetvalue(res, i, 2), err) < 0)
            rc = -1;
    }
    return rc;
}

void desk_ask_policies(struct desk *const *asked, size_t count, struct arena *a, struct db_value *v)
{
    struct db_array ids = { 0 }, seen = { 0 };
    size_t i;

    for (i = 0; i < count; i++) {
        db_array_int(&ids, asked[i]->desk_id);
        db_array_int(&seen, asked[i]->policy_seen);
    }
    v[0] = db_array_end(&ids, a);
    v[1] = db_array_end(&seen, a);
}

static void desk_on_policy(void *arg, const struct db_answer *answer)
{
    struct desk_question *q = arg;
    struct desk_load *l = q->load;
    struct error err = { 0 };

    if (answer->res != NULL && desk_take_policies(&q->desk, answer->res, &err) < 0 &&
        l->err.kind == ERROR_NONE)
        l->err = err;
    free(q);
    desk_answered(l, answer);
}

static void desk_ask_policy(struct desk_load *l, struct desk *d)
{
    struct arena *a = arena_new();
    struct db_value v[2];

    desk_ask_policies(&d, 1, a, v);
    desk_ask(l, d, NULL, "policy_in_force", v, 2, desk_on_policy);
    arena_free(a);
}

static void desk_ensure_policy(struct desk_load *l, struct desk *d)
{
    const struct embedded_file *shipped = embedded_find(embedded_core, "policy.yaml");
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct arena *a = arena_new();
    struct db_value v[3];

    SHA256((const unsigned char *)shipped->bytes, shipped->size, digest);
    v[0] = db_int(a, d->desk_id);
    v[1] = db_text(shipped->bytes);
    v[2] = db_bytes((struct span){ (const char *)digest, sizeof(digest) });
    desk_ask(l, d, NULL, "policy_ensure", v, 3, desk_on_done);
    arena_free(a);
    desk_ask_policy(l, d);
}

/* --- channels
 * ----------------------------------------------------------------------------------------- */

static void desk_on_channel(void *arg, const struct db_answer *answer)
{
    struct desk_question *q = arg;
    struct desk_load *l = q->load;

    if (answer->res != NULL)
        q->channel->channel.channel_id = db_cell_int(answer->res, 0, 0);
    free(q);
    desk_answered(l, answer);
}

static void desk_add_channel(struct desk_load *l, struct desk *d, const char *name,
                             const struct conf *c)
{
    struct desk_channel *ch = xcalloc(1, sizeof(*ch));
    struct arena *a = arena_new();
    struct db_value v[3];

    ch->channel.ops = channel_kind(conf_text(c, "kind"));
    ch->channel.conf = c;
    ch->channel.name = name;
    ch->channel.public_url = conf_text(l->config->root, "public_url");
    ch->desk = d;
    ch->smtp = conf_text(c, "smtp");
    d->channels = xrealloc(d->channels, (d->channel_count + 1) * sizeof(struct desk_channel *));
    d->channels[d->channel_count++] = ch;
    v[0] = db_int(a, d->desk_id);
    v[1] = db_text(name);
    v[2] = db_text(ch->channel.ops->kind);
    desk_ask(l, d, ch, "channel_ensure", v, 3, desk_on_channel);
    arena_free(a);
}

static void desk_fill(struct desk_load *l, struct desk *d)
{
    const struct conf *root = l->config->root;
    size_t i;

    for (i = 0; i < conf_count(root, "channels"); i++)
        if (strcmp(conf_text(conf_at(root, "channels", i), "desk"), d->name) == 0)
            desk_add_channel(l, d, conf_name_at(root, "channels", i), conf_at(root, "channels", i));
    d->agent_mail = desk_channel_by_name(d, conf_text(conf_section(root, "agents"), "mail"));
    desk_ensure_policy(l, d);
}

/* --- desks
 * -------------------------------------------------------------------------------------------- */

static bool desk_is_served(const struct config *config, const char *name)
{
    size_t i;

    for (i = 0; i < conf_count(config->root, "channels"); i++)
        if (strcmp(conf_text(conf_at(config->root, "channels", i), "desk"), name) == 0)
            return true;
    return false;
}

static void desk_on_list(void *arg, const struct db_answer *answer)
{
    struct desk_question *q = arg;
    struct desk_load *l = q->load;
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res), i;

    free(q);
    for (i = 0; i < rows; i++) {
        const char *name = db_cell_text(answer->res, i, 1);
        size_t size = 0;
        unsigned char *key;
        struct desk *d;

        if (!desk_is_served(l->config, name))
            continue;
        d = xcalloc(1, sizeof(*d));
        d->desk_id = (int32_t)db_cell_int(answer->res, i, 0);
        d->name = xstrdup(name);
        key = PQunescapeBytea((const unsigned char *)db_cell_text(answer->res, i, 2), &size);
        if (key != NULL && size == sizeof(d->token_key))
            memcpy(d->token_key, key, size);
        PQfreemem(key);
        l->made.desk = xrealloc(l->made.desk, (l->made.count + 1) * sizeof(struct desk *));
        l->made.desk[l->made.count++] = d;
        desk_fill(l, d);
    }
    desk_answered(l, answer);
}

static void desk_ensure_all(struct desk_load *l)
{
    const struct conf *root = l->config->root;
    unsigned char key[32];
    size_t i;

    for (i = 0; i < conf_count(root, "channels"); i++) {
        struct db_value v[] = { db_text(conf_text(conf_at(root, "channels", i), "desk")),
                                db_bytes((struct span){ (const char *)key, sizeof(key) }) };

        if (RAND_bytes(key, sizeof(key)) != 1)
            abort(); /* a system without randomness can keep no secret */
        desk_ask(l, NULL, NULL, "desk_ensure", v, 2, desk_on_done);
    }
}

void desks_load(struct db *db, const struct config *config, struct desks *out,
                void (*done)(void *arg, const struct error *err), void *arg)
{
    struct desk_load *l = xcalloc(1, sizeof(*l));

    l->db = db;
    l->config = config;
    l->out = out;
    l->done = done;
    l->arg = arg;
    desk_ensure_all(l);
    desk_ask(l, NULL, NULL, "desk_list", NULL, 0, desk_on_list);
}

void desks_reload_policies(struct db *db, struct desks *desks,
                           void (*done)(void *arg, const struct error *err), void *arg)
{
    struct desk_load *l = xcalloc(1, sizeof(*l));
    size_t i;

    l->db = db;
    l->done = done;
    l->arg = arg;
    l->waiting = 1; /* held until all have been asked; with no desk at all it is done here */
    for (i = 0; i < desks->count; i++)
        desk_ask_policy(l, desks->desk[i]);
    l->waiting--;
    if (l->waiting == 0)
        desk_load_end(l);
}
