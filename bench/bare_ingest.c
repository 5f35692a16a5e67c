/* The yardstick of bench/ingest: bench_bare_ingest CONNINFO COUNT stores the same messages in the
 * same shape (look-ups, then plain unnest inserts in one pipeline) and decides nothing: one clock,
 * one event and one delivery a ticket, one event an answer, all made up beforehand. Prints as
 * bench_ingest does. */
#include <event2/event.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/support/load.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/store.h"

/* In the order in which they are sent: parents before children. */
enum bare_table {
    BARE_CONTACT,
    BARE_ADDRESS,
    BARE_TICKET,
    BARE_TOUCH,
    BARE_CLOCK,
    BARE_DUE,
    BARE_MESSAGE,
    BARE_INTAKE,
    BARE_EVENT,
    BARE_DELIVERY,
    BARE_KEY,
    BARE_TABLES
};
enum { BARE_COLUMNS = 40, BARE_ROW = 1024, BARE_TEXT_COLUMN = 14 };
static const struct {
    const char *query;
    int columns;
} bare_queries[BARE_TABLES] = {
    [BARE_CONTACT] = { "contact_insert", 11 }, [BARE_ADDRESS] = { "address_insert", 6 },
    [BARE_TICKET] = { "ticket_insert", 40 },   [BARE_TOUCH] = { "ticket_touch", 40 },
    [BARE_CLOCK] = { "clock_put", 18 },        [BARE_DUE] = { "due_insert", 7 },
    [BARE_MESSAGE] = { "message_insert", 24 }, [BARE_INTAKE] = { "intake_insert", 7 },
    [BARE_EVENT] = { "event_insert", 14 },     [BARE_DELIVERY] = { "delivery_insert", 30 },
    [BARE_KEY] = { "thread_insert", 4 },
};

static struct bare {
    struct event_base *base;
    struct db *db;
    struct db_job *job;
    struct arena *a;
    struct load_message *all;
    size_t count, first, last;
    struct bare_talk {
        int version, seq;
        size_t touched; /* the batch + 1 in which its ticket is among the rows already */
    } * talks;
    bool *taken; /* by id */
    char now[40], due[40];
    struct db_array columns[BARE_TABLES][BARE_COLUMNS];
    size_t rows[BARE_TABLES];
    size_t known; /* repeats that the look-up found */
    int failed;
} bare;

static void bare_next(void);

/* One row, its cells between bars; "~" is null. */
static void put(enum bare_table table, const char *form, ...) __attribute__((format(printf, 2, 3)));
static void put(enum bare_table table, const char *form, ...)
{
    struct db_array *c = bare.columns[table];
    char row[BARE_ROW], *cell = row, *bar;
    va_list ap;

    va_start(ap, form);
    vsnprintf(row, sizeof(row), form, ap);
    va_end(ap);
    bare.rows[table]++;
    for (; cell != NULL; cell = bar) {
        bar = strchr(cell, '|');
        if (bar != NULL)
            *bar++ = '\0';
        db_array_text(c++, strcmp(cell, "~") == 0 ? NULL : cell);
    }
}

static void bare_event(const struct load_message *m)
{
    put(BARE_EVENT,
        "1|%d|%d|%s|customer_wrote|customer|~|1|~|it belongs here|1|{}|"
        "{\"kind\":\"customer_wrote\"}|"
        "\\x3030303030303030303030303030303030303030303030303030303030"
        "303030",
        m->talk + 1, ++bare.talks[m->talk].seq, bare.now);
}

static void bare_ticket(enum bare_table table, const struct load_message *m)
{
    put(table,
        "1|%d|%d|new|normal|1|1|first|~|Pedido que no llega|es|{}|%d|%d|%d|email|%08d@client"
        ".example|~|~|~|%s|~|~|%s|~|0|0|%d|\\x3030303030303030303030303030303030303030303030303030"
        "303030303030|1|the planner's own memory of this ticket in some eighty bytes of text||0|~|"
        "~|~|~|0|{}|~",
        m->talk + 1, bare.talks[m->talk].version++, m->talk + 1, m->channel + 1, m->channel + 1,
        m->talk, bare.now, bare.now, bare.talks[m->talk].seq);
}

static void bare_open(const struct load_message *m)
{
    put(BARE_CONTACT, "1|%d|Pepe Pérez|es|0|{}|0|{}|0|{}|{}", m->talk + 1);
    put(BARE_ADDRESS, "1|email|%08d@client.example|%d|mail|%s", m->talk, m->talk + 1, bare.now);
    bare_ticket(BARE_TICKET, m);
    put(BARE_CLOCK, "1|%d|first_response|1|0|14400|office|{50,80}|%s|~||%s|~|0|1|{1,1,1}|0|~",
        m->talk + 1, bare.now, bare.due);
    put(BARE_DUE, "1|%d|%s|f|~|0|~", m->talk + 1, bare.due);
    put(BARE_DELIVERY,
        "1|%d|%d|E-01|%d/E-01|customer|~|%d|%d|%08d@client.example|Pepe Pérez|~|~|Re: Pedido que "
        "no "
        "llega|Hello Pepe Pérez, we have received your message. It is number %d and somebody will "
        "answer you by tomorrow at noon. You can add to it by answering this mail.|t|0|E-01|0|%08d"
        ".notice@desk.example|help+%08d@desk.example|~|~|owed|%s|~|%s|f|~|0",
        m->id + 1, m->talk + 1, m->talk, m->talk + 1, m->channel + 1, m->talk, m->talk + 1, m->id,
        m->talk, bare.due, bare.now);
}

static void bare_row(const struct load_message *m)
{
    struct bare_talk *t = &bare.talks[m->talk];
    struct db_array *text = &bare.columns[BARE_MESSAGE][BARE_TEXT_COLUMN];
    struct db_array kept;

    bare_event(m);
    if (t->version == 0)
        bare_open(m);
    else if (t->touched != bare.first + 1)
        bare_ticket(BARE_TOUCH, m);
    t->touched = bare.first + 1;
    put(BARE_INTAKE, "1|%d|%08d.message@client.example|message|%d|%d|~", m->channel + 1, m->id,
        m->talk + 1, m->id + 1);
    put(BARE_KEY, "1|m|%08d.message@client.example|%d", m->id, m->talk + 1);
    kept = *text;
    put(BARE_MESSAGE,
        "1|%d|%d|in|customer|~|%d|%d|%08d.message@client.example|email|%08d@client.example|~|~|"
        "Pedido que no llega|~|~|~|es|~|%s|~|~|{}|~",
        m->talk + 1, m->id + 1, m->talk + 1, m->channel + 1, m->id, m->talk, bare.now);
    text->count = kept.count; /* the words, in the place of that null */
    text->text.len = kept.text.len;
    db_array_text(text, load_text(m->id));
}

static void bare_on_done(void *arg, const struct db_answer *answer)
{
    (void)arg;
    if (answer->err.kind != ERROR_NONE) {
        fprintf(stderr, "%s\n", answer->err.text);
        bare.failed = 1;
        event_base_loopbreak(bare.base);
        return;
    }
    arena_free(bare.a);
    bare.first = bare.last;
    bare_next();
}

static void bare_on_known(void *arg, const struct db_answer *answer)
{
    (void)arg;
    bare.known += (size_t)PQntuples(answer->res);
}

static void bare_on_looked(void *arg, const struct db_answer *answer)
{
    struct db_value v[BARE_COLUMNS];
    size_t i;
    int t, c;

    (void)arg;
    (void)answer;
    for (i = bare.first; i < bare.last; i++)
        if (!bare.taken[bare.all[i].id]) {
            bare.taken[bare.all[i].id] = true;
            bare_row(&bare.all[i]);
        }
    for (t = 0; t < BARE_TABLES; t++) {
        for (c = 0; c < bare_queries[t].columns; c++)
            v[c] = db_array_end(&bare.columns[t][c], bare.a);
        if (bare.rows[t] > 0)
            db_job_add(bare.job, bare_queries[t].query, v, bare_queries[t].columns, NULL, NULL);
        bare.rows[t] = 0;
    }
    db_job_commit(bare.job);
}

/* The look-ups: which are known, whose they are, which tickets they belong to, and these locked. */
static void bare_on_turn(void *arg, struct db_job *job)
{
    struct db_array c[8] = { 0 };
    struct db_value v[8];
    size_t i;

    (void)arg;
    bare.job = job;
    for (i = bare.first; i < bare.last; i++) {
        const struct load_message *m = &bare.all[i];
        char id[40], who[40];

        snprintf(id, sizeof(id), "%08d.message@client.example",
                 m->answers >= 0 ? m->answers : m->id);
        snprintf(who, sizeof(who), "%08d@client.example", m->talk);
        db_array_int(&c[0], 1);
        db_array_int(&c[1], m->channel + 1);
        db_array_text(&c[2], id);
        db_array_text(&c[3], "email");
        db_array_text(&c[4], who);
        db_array_text(&c[5], "m");
        db_array_int(&c[6], m->talk + 1);
    }
    for (i = 0; i < 7; i++)
        v[i] = db_array_end(&c[i], bare.a);
    db_job_add(job, "intake_known", v, 3, bare_on_known, NULL);
    db_job_add(job, "address_find", (struct db_value[]){ v[0], v[3], v[4] }, 3, NULL, NULL);
    db_job_add(job, "thread_find", (struct db_value[]){ v[0], v[5], v[2] }, 3, NULL, NULL);
    db_job_add(job, "ticket_lock", (struct db_value[]){ v[0], v[6] }, 2, NULL, NULL);
    db_job_add(job, "look_end", NULL, 0, bare_on_looked, NULL);
    db_job_flush(job);
}

static void bare_next(void)
{
    bare.last = bare.first + LOAD_BATCH < bare.count ? bare.first + LOAD_BATCH : bare.count;
    if (bare.first == bare.count) {
        event_base_loopbreak(bare.base);
        return;
    }
    bare.a = arena_new();
    db_transaction(bare.db, bare_on_turn, bare_on_done, NULL);
}

static void bare_time(char out[40], time_t at)
{
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(out, 40, "%Y-%m-%d %H:%M:%S+00", &tm);
}

int main(int argc, char **argv)
{
    double began, cpu;
    PGconn *conn;

    if (argc != 3)
        return 2;
    bare.count = (size_t)strtoul(argv[2], NULL, 10);
    bare.all = load_new(bare.count);
    bare.talks = xcalloc(bare.count, sizeof(*bare.talks));
    bare.taken = xcalloc(bare.count, sizeof(*bare.taken));
    bare_time(bare.now, wall_now());
    bare_time(bare.due, wall_now() + 14400);
    conn = PQconnectdb(argv[1]);
    PQclear(PQexec(conn, "INSERT INTO desk VALUES (1, 'shop', decode(repeat('00', 32), 'hex')); "
                         "INSERT INTO channel (desk_id, name, kind) SELECT 1, 'channel ' || n, "
                         "'k' FROM generate_series(1, 5) n"));
    PQfinish(conn);
    bare.base = event_base_new();
    bare.db = db_new(bare.base, argv[1], "bench bare", store_db_settings, NULL, NULL);
    began = load_clock();
    cpu = load_cpu();
    bare_next();
    event_base_dispatch(bare.base);
    printf("%zu %.4f %.4f\n", bare.count, load_clock() - began, load_cpu() - cpu);
    db_free(bare.db);
    event_base_free(bare.base);
    free(bare.all);
    free(bare.talks);
    free(bare.taken);
    return bare.failed;
}
