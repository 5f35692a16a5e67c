#include "daemon/deliver.h"

#include <event2/event.h>
#include <event2/util.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "core/plan.h"
#include "core/token.h"
#include "core/wording.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/failpoint.h"
#include "daemon/sink_event.h"
#include "daemon/store.h"

/* Columns of delivery_claim.sql, in its order. */
enum deliver_column {
    COL_DESK,
    COL_DELIVERY,
    COL_TICKET,
    COL_NOTICE,
    COL_STEP_KEY,
    COL_CHANNEL,
    COL_ADDRESS,
    COL_ADDRESS_NAME,
    COL_CONVERSATION,
    COL_REPLY_TO_EXTERNAL,
    COL_SUBJECT,
    COL_TEXT,
    COL_AUTOMATIC,
    COL_LEVEL,
    COL_MAIL_ID,
    COL_MAIL_REPLY_TO,
    COL_MAIL_IN_REPLY_TO,
    COL_MAIL_REFERENCES,
    COL_ATTEMPTS,
    COL_TICKET_STATUS,
    COL_TICKET_LEVEL,
    COL_TICKET_AGENT,
    COL_TICKET_MERGED_INTO,
    COL_TICKET_INCIDENT_OF,
    COL_TICKET_MEMORY,
    COL_CREATED,
    COL_RECIPIENT,
    COL_DEAD_WHY,
    COL_LANGUAGE,
    COL_FILES,
    COL_FILES_SIZE,
    COL_AGENT,
    COL_AS_OWNER,
    COL_CLOCK,
    COL_CLOCK_INSTANCE,
    COL_CLOCK_RUNS,
    COL_CLOCK_DUE,
    COL_CLOCK_BREACHED,
};

struct deliver_breaker {
    int64_t channel_id;
    int failures;       /* in a row */
    int64_t rest_s;     /* of the last rest */
    int64_t open_until; /* 0: closed */
    struct deliver_breaker *next;
};
struct deliver {
    struct db *db;
    struct desks *desks;
    struct store *store;
    char *node;
    struct event *timer, *mark_timer;
    int64_t (*now)(void *arg);
    void (*told)(void *arg, int64_t ticket_id, const char *notice, const char *state,
                 const char *words);
    void *arg;
    struct deliver_flight *unmarked; /* their marks were lost with a connection */
    struct deliver_flight *flights;  /* all that are under way */
    int64_t claimed_at;              /* what is being claimed, or was last */
    bool claiming, again, stopped;
    size_t flight;      /* under way at most */
    int64_t files_size; /* bytes of files under way */
    struct deliver_breaker *breakers;
    struct deliver_counts counts;
};
/* One that is under way, until its mark is made. */
struct deliver_flight {
    struct deliver *d;
    struct arena *arena;
    int64_t delivery_id, ticket_id, channel_id;
    int64_t owed_at;
    int32_t desk_id;
    int attempts;
    const char *nobody_at; /* the address that the peer said nobody is at; NULL: it did not */
    const char *address;
    struct outbound out;
    int64_t files_size;
    const char *language; /* the customer's; NULL: not known */
    const char *left_out; /* the names of files that stayed behind; NULL: none did */
    bool heard;           /* every node wants to hear that it was handed out */
    bool event; /* it tells another system of its ticket, and is none of the ticket's own events */
    const char *notice;
    const char *ended, *words; /* once it will not be sent any more */
    struct deliver_mark {
        const char *state, *words, *external_id;
        int64_t next_due; /* 0: stays */
    } mark;
    struct deliver_flight *next;        /* in line to be marked again */
    struct deliver_flight *after, **at; /* among all */
};

int64_t deliver_pause_s(int attempts, unsigned char random)
{
    int64_t pause = DELIVER_PAUSE_MIN_S;

    while (--attempts > 0 && pause < DELIVER_PAUSE_MAX_S)
        pause *= 2;
    if (pause > DELIVER_PAUSE_MAX_S)
        pause = DELIVER_PAUSE_MAX_S;
    return pause + pause * (random - 128) / 640;
}

static void deliver_arm(struct deliver *d, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    if (!d->stopped)
        event_add(d->timer, &tv);
}

/* --- the breaker of a sink
 * ---------------------------------------------------------------------------- */

static struct deliver_breaker *deliver_breaker_of(struct deliver *d, int64_t channel_id)
{
    struct deliver_breaker *b;

    for (b = d->breakers; b != NULL; b = b->next)
        if (b->channel_id == channel_id)
            return b;
    b = xcalloc(1, sizeof(*b));
    b->channel_id = channel_id;
    b->next = d->breakers;
    d->breakers = b;
    return b;
}

static void deliver_breaker_note(struct deliver *d, int64_t channel_id, enum sent_outcome outcome)
{
    struct deliver_breaker *b = deliver_breaker_of(d, channel_id);
    int64_t now = d->now(d->arg);

    if (outcome == SENT_OK ||
        outcome == SENT_REFUSED) { /* the sink works, whatever it says of this one */
        b->failures = 0;
        b->rest_s = 0;
        b->open_until = 0;
        return;
    }
    if (b->open_until > now)
        return; /* it left before the rest began, with what began it */
    if (++b->failures < DELIVER_BREAKER_AFTER && outcome != SENT_CONFIG)
        return;
    b->rest_s = b->rest_s == 0 ? DELIVER_BREAKER_MIN_S : b->rest_s * 2;
    if (b->rest_s > DELIVER_BREAKER_MAX_S)
        b->rest_s = DELIVER_BREAKER_MAX_S;
    b->open_until = now + b->rest_s;
    b->failures = DELIVER_BREAKER_AFTER - 1; /* one try after the rest decides */
}

/* --- the end of one
 * ----------------------------------------------------------------------------------- */

static void deliver_landed(struct deliver_flight *f)
{
    struct deliver *d = f->d;

    d->counts.in_flight--;
    *f->at = f->after;
    if (f->after != NULL)
        f->after->at = f->at;
    d->files_size -= f->files_size;
    arena_free(f->arena); /* f too */
    if (d->again && !d->claiming)
        deliver_arm(d, 0); /* there is room again */
}

/* Who knows what became of a letter says it until it is written: an unmarked one goes out again.
 * What can not be written at all is claimed again when its time is over: same id, same words. */
static void deliver_on_marked(void *arg, const struct db_answer *answer)
{
    const struct timeval pause = { DELIVER_SWEEP_MS / 1000, 0 };
    struct deliver_flight *f = arg;
    struct deliver *d = f->d;

    failpoint_pass("delivery_marked");
    if (answer->err.kind != ERROR_TRANSIENT) {
        deliver_landed(f);
        return;
    }
    f->next = d->unmarked;
    d->unmarked = f;
    event_add(d->mark_timer, &pause);
}

static void deliver_write_mark(struct deliver_flight *f)
{
    struct db_array arrays[6] = { 0 }, heard = { 0 };
    struct arena *a = arena_new();
    struct db_value v[8];
    size_t i;

    db_array_int(&arrays[0], f->desk_id);
    db_array_int(&arrays[1], f->delivery_id);
    db_array_text(&arrays[2], f->mark.state);
    db_array_time(&arrays[3], f->mark.next_due);
    db_array_text(&arrays[4], f->mark.words);
    db_array_text(&arrays[5], f->mark.external_id);
    for (i = 0; i < 6; i++)
        v[i] = db_array_end(&arrays[i], a);
    v[6] = db_time(a, f->d->now(f->d->arg));
    db_array_bool(&heard, f->heard);
    v[7] = db_array_end(&heard, a);
    db_query(f->d->db, "delivery_mark", v, 8, deliver_on_marked, f);
    arena_free(a);
}

static void deliver_on_mark_timer(evutil_socket_t fd, short what, void *arg)
{
    struct deliver *d = arg;
    struct deliver_flight *f = d->unmarked, *next;

    (void)fd;
    (void)what;
    d->unmarked = NULL;
    for (; f != NULL; f = next) {
        next = f->next;
        deliver_write_mark(f);
    }
}

static void deliver_mark(struct deliver_flight *f, const char *state, int64_t next_due,
                         const char *words, const char *external_id)
{
    f->mark = (struct deliver_mark){ state, arena_strdup(f->arena, words),
                                     arena_strdup(f->arena, external_id), next_due };
    f->d->told(f->d->arg, f->ticket_id, f->notice, state, words == NULL ? "" : words);
    deliver_write_mark(f);
}

static void deliver_on_told(void *arg, const struct store_answer *answers, size_t count)
{
    struct deliver_flight *f = arg;
    struct deliver *d = f->d;

    (void)count;
    if (answers[0].err.kind == ERROR_PERMANENT) { /* no such ticket: its row alone can tell */
        deliver_mark(f, f->ended, 0, f->words, NULL);
        return;
    }
    d->told(d->arg, f->ticket_id, f->notice, f->ended, f->words);
    deliver_landed(f);
}

static struct store_fact *deliver_fact(const struct deliver_flight *f, struct arena *a,
                                       const char *ended, const char *words)
{
    struct store_fact *fact = arena_alloc(a, sizeof(*fact));

    *fact = (struct store_fact){ .desk_id = f->desk_id,
                                 .ticket_id = f->ticket_id,
                                 .nobody_at = arena_strdup(a, f->nobody_at),
                                 .fact = { .kind = FACT_DELIVERY_ENDED,
                                           .by = FACT_BY_POLICY,
                                           .status = TICKET_STATUS_N,
                                           .priority = TICKET_PRIORITY_NONE,
                                           .reason = arena_strdup(a, words),
                                           .delivery_id = f->delivery_id,
                                           .notice = arena_strdup(a, f->notice),
                                           .ended = ended } };
    return fact;
}

/* It will not be sent (any more): the ticket's history says so and why, and the row is marked, in
 * one transaction. If that is lost the delivery is claimed again when its time is over. */
static void deliver_end(struct deliver_flight *f, const char *ended, const char *words)
{
    struct arena *a;

    if (f->event) {
        deliver_mark(f, ended, 0, words, NULL);
        return;
    }
    f->ended = ended;
    f->words = arena_strdup(f->arena, words == NULL ? "" : words);
    a = arena_new();
    store_facts(f->d->store, a, deliver_fact(f, a, ended, f->words), 1, deliver_on_told, f);
}

static void deliver_on_partly_told(void *arg, const struct store_answer *answers, size_t count)
{
    (void)arg;
    (void)answers;
    (void)count;
}

/* It was sent, but not all of it. */
static void deliver_tell_partly(const struct deliver_flight *f)
{
    struct arena *a = arena_new();

    store_facts(f->d->store, a, deliver_fact(f, a, "partly", f->left_out), 1,
                deliver_on_partly_told, NULL);
}

/* B-12: what may work later is tried for days. */
static bool deliver_is_given_up(const struct deliver_flight *f, const struct sent *sent)
{
    return sent->outcome == SENT_REFUSED ||
           (sent->outcome == SENT_RETRY && f->attempts >= DELIVER_ATTEMPTS_MAX &&
            f->d->now(f->d->arg) - f->owed_at >= DELIVER_LIFE_S);
}

static void deliver_on_sent(void *arg, const struct sent *sent)
{
    struct deliver_flight *f = arg;
    struct deliver *d = f->d;
    unsigned char random;
    int64_t pause;

    failpoint_pass("delivery_sent");
    deliver_breaker_note(d, f->channel_id, sent->outcome);
    if (sent->outcome == SENT_OK) {
        d->counts.sent++;
        if (f->left_out != NULL)
            deliver_tell_partly(f);
        deliver_mark(f, "sent", 0, sent->words, sent->external_id);
    } else if (deliver_is_given_up(f, sent)) {
        d->counts.dead++;
        f->nobody_at = sent->nobody ? f->address : NULL;
        deliver_end(f, "dead", sent->words);
    } else {
        evutil_secure_rng_get_bytes(&random, 1);
        pause =
            sent->retry_after_s > 0 ? sent->retry_after_s : deliver_pause_s(f->attempts, random);
        d->counts.retried++;
        deliver_mark(f, "owed", d->now(d->arg) + pause, sent->words, NULL);
    }
}

static void deliver_takes_off(struct deliver_flight *f)
{
    struct deliver *d = f->d;

    d->counts.in_flight++;
    f->after = d->flights;
    f->at = &d->flights;
    if (f->after != NULL)
        f->after->at = &f->after;
    d->flights = f;
}

/* --- sending one
 * -------------------------------------------------------------------------------------- */

static const char *deliver_text(struct arena *a, const PGresult *res, int row, int column)
{
    return arena_strdup(a, db_cell_text(res, row, column));
}

/* Of the ticket what plan_notice_untrue() looks at; *t is all 0. -1: its memory cannot be read. */
static int deliver_read_ticket(const PGresult *res, int row, const struct plan_leaving *l,
                               struct ticket *t)
{
    struct error err;

    t->ticket_id = db_cell_int(res, row, COL_TICKET);
    t->status = (enum ticket_status)ticket_status_find(db_cell_text(res, row, COL_TICKET_STATUS));
    t->level = (int)db_cell_int(res, row, COL_TICKET_LEVEL);
    t->agent = db_cell_text(res, row, COL_TICKET_AGENT);
    t->merged_into = db_cell_int(res, row, COL_TICKET_MERGED_INTO);
    t->incident_of = db_cell_int(res, row, COL_TICKET_INCIDENT_OF);
    if (db_cell_bool(res, row, COL_CLOCK_RUNS))
        t->clocks[t->clock_count++] =
            (struct target_clock){ .kind = l->target,
                                   .instance = l->instance,
                                   .due_at = db_cell_int(res, row, COL_CLOCK_DUE),
                                   .breached_at = db_cell_int(res, row, COL_CLOCK_BREACHED) };
    return ticket_memory_from_text(db_cell_text(res, row, COL_TICKET_MEMORY), &t->memory, &err);
}

/* B-15. NULL: it may go. */
static const char *deliver_untrue(const PGresult *res, int row)
{
    const char *clock = db_cell_text(res, row, COL_CLOCK);
    int kind = clock == NULL ? -1 : target_kind_find(clock);
    struct plan_leaving l = { .notice = notice_find(db_cell_text(res, row, COL_NOTICE)),
                              .level = (int)db_cell_int(res, row, COL_LEVEL),
                              .agent = db_cell_text(res, row, COL_AGENT),
                              .as_owner = db_cell_bool(res, row, COL_AS_OWNER),
                              .target = kind < 0 ? TARGET_ACK : (enum target_kind)kind,
                              .instance =
                                  kind < 0 ? 0 : (int)db_cell_int(res, row, COL_CLOCK_INSTANCE) };
    const char *rule = NULL;
    struct ticket *t;

    if (l.notice == NOTICE_N || l.notice == NOTICE_REPLY)
        return NULL;
    t = xcalloc(1, sizeof(*t));
    if (deliver_read_ticket(res, row, &l, t) == 0)
        rule = plan_notice_untrue(t, &l);
    free(t);
    return rule;
}

/* B-12. False: it may go, for all that is known of its address. */
static bool deliver_is_to_nobody(struct deliver_flight *f, const struct desk_channel *sink,
                                 const PGresult *res, int row)
{
    const char *why = db_cell_text(res, row, COL_DEAD_WHY);

    if (why == NULL || !sink->channel.ops->writes_letters)
        return false;
    why = arena_printf(f->arena, "B-12 nobody is at this address: %s", why);
    if (db_cell_bool(res, row, COL_AUTOMATIC)) {
        f->d->counts.suppressed++;
        deliver_end(f, "suppressed", why);
    } else {
        f->d->counts.dead++;
        deliver_end(f, "dead", why);
    }
    return true;
}

/* --- files
 * --------------------------------------------------------------------------------------- */

static void deliver_hand_over(struct deliver_flight *f)
{
    struct desk *desk = desk_by_id(f->d->desks, f->desk_id);
    struct desk_channel *sink = desk == NULL ? NULL : desk_channel_by_id(desk, f->channel_id);
    struct sent refused = { .outcome = SENT_CONFIG,
                            .words = "this node's configuration has no such channel any more" };

    if (sink == NULL || sink->channel.ops->send == NULL)
        deliver_on_sent(f, &refused);
    else
        sink->channel.ops->send(&sink->channel, &f->out, deliver_on_sent, f);
}

/* Not for anything that the peer did. */
static void deliver_later(struct deliver_flight *f, const char *words)
{
    f->d->counts.retried++;
    deliver_mark(f, "owed", f->d->now(f->d->arg) + DELIVER_PAUSE_MIN_S, words, NULL);
}

static struct span deliver_bytes(struct arena *a, const PGresult *res, int row, int column)
{
    size_t len = 0;
    unsigned char *bytes =
        PQunescapeBytea((const unsigned char *)PQgetvalue(res, row, column), &len);
    struct span kept;

    if (bytes == NULL)
        abort(); /* out of memory */
    kept = (struct span){ arena_strndup(a, (const char *)bytes, len), len };
    PQfreemem(bytes);
    return kept;
}

/* Columns of delivery_files.sql: name, type, bytes. */
static void deliver_take_files(struct deliver_flight *f, const PGresult *res)
{
    struct outbound_file *files = arena_array(f->arena, (size_t)PQntuples(res) + 1, sizeof(*files));
    struct text_buffer left_out = { 0 };
    int i;

    f->out.files = files;
    for (i = 0; i < PQntuples(res); i++) {
        const char *name = deliver_text(f->arena, res, i, 0);

        if (PQgetisnull(res, i, 2))
            text_buffer_printf(&left_out, "%s%s", left_out.len == 0 ? "" : ", ",
                               name == NULL ? "?" : name);
        else
            files[f->out.file_count++] =
                (struct outbound_file){ name, deliver_text(f->arena, res, i, 1),
                                        deliver_bytes(f->arena, res, i, 2) };
    }
    f->left_out = left_out.len == 0 ? NULL : arena_strdup(f->arena, left_out.ptr);
    text_buffer_clear(&left_out);
}

static void deliver_on_files(void *arg, const struct db_answer *answer)
{
    struct deliver_flight *f = arg;
    struct desk *desk = desk_by_id(f->d->desks, f->desk_id);
    const struct desk_channel *sink = desk == NULL ? NULL : desk_channel_by_id(desk, f->channel_id);

    if (answer->res == NULL) {
        deliver_later(f, answer->err.text);
        return;
    }
    deliver_take_files(f, answer->res);
    if (f->left_out != NULL && sink != NULL)
        f->out.text = arena_printf(f->arena, "%s\n\n%s", f->out.text,
                                   wording_files(desk->policy.policy, f->language,
                                                 sink->channel.ops->files_max == NULL, f->left_out,
                                                 f->arena));
    deliver_hand_over(f);
}

/* A node holds no more of them than DELIVER_FILES_MAX; the other letters come again soon. */
static void deliver_ask_files(struct deliver_flight *f, const struct channel *sink, int64_t size)
{
    struct deliver *d = f->d;
    int64_t max = sink->ops->files_max == NULL ? 0 : (int64_t)sink->ops->files_max(sink);
    struct db_value v[3];
    struct arena *a;

    if (size > max)
        size = max;
    if (d->files_size > 0 && d->files_size + size > DELIVER_FILES_MAX) {
        deliver_later(f, "other letters with files are on their way");
        return;
    }
    f->files_size = size;
    d->files_size += size;
    a = arena_new();
    v[0] = db_int(a, f->desk_id);
    v[1] = db_int(a, f->delivery_id);
    v[2] = db_int(a, max);
    db_query(d->db, "delivery_files", v, 3, deliver_on_files, f);
    arena_free(a);
}

static void deliver_send(struct deliver *d, const PGresult *res, int row)
{
    struct arena *a = arena_new();
    struct deliver_flight *f = arena_alloc(a, sizeof(*f));
    struct desk *desk = desk_by_id(d->desks, (int32_t)db_cell_int(res, row, COL_DESK));
    struct desk_channel *sink;
    struct sent refused = { .outcome = SENT_CONFIG };
    char token[TOKEN_CHARS + 1];
    const char *untrue;

    *f = (struct deliver_flight){ .d = d,
                                  .arena = a,
                                  .delivery_id = db_cell_int(res, row, COL_DELIVERY),
                                  .ticket_id = db_cell_int(res, row, COL_TICKET),
                                  .channel_id = db_cell_int(res, row, COL_CHANNEL),
                                  .desk_id = (int32_t)db_cell_int(res, row, COL_DESK),
                                  .owed_at = db_cell_int(res, row, COL_CREATED),
                                  .attempts = (int)db_cell_int(res, row, COL_ATTEMPTS),
                                  .address = deliver_text(a, res, row, COL_ADDRESS),
                                  .event = strcmp(db_cell_text(res, row, COL_RECIPIENT),
                                                  SINK_EVENT_RECIPIENT) == 0,
                                  .notice = deliver_text(a, res, row, COL_NOTICE) };
    deliver_takes_off(f);
    sink = desk == NULL ? NULL : desk_channel_by_id(desk, f->channel_id);
    if (sink == NULL || sink->channel.ops->send == NULL) {
        refused.words = "this node's configuration has no such channel, or it cannot send";
        deliver_on_sent(f, &refused);
        return;
    }
    f->heard = sink->channel.ops->heard != NULL;
    untrue = deliver_untrue(res, row);
    if (untrue != NULL) {
        d->counts.suppressed++;
        deliver_end(f, "suppressed", untrue);
        return;
    }
    if (deliver_is_to_nobody(f, sink, res, row))
        return;
    token_make_delivery(desk->token_key, f->delivery_id, token);
    f->language = deliver_text(a, res, row, COL_LANGUAGE);
    f->out = (struct outbound){
        .delivery_id = f->delivery_id,
        .step_key = deliver_text(a, res, row, COL_STEP_KEY),
        .owed_at = f->owed_at,
        .leave_by = d->claimed_at + DELIVER_LEAVE_S,
        .to = f->address,
        .to_name = deliver_text(a, res, row, COL_ADDRESS_NAME),
        .conversation = deliver_text(a, res, row, COL_CONVERSATION),
        .reply_to_external_id = deliver_text(a, res, row, COL_REPLY_TO_EXTERNAL),
        .subject = deliver_text(a, res, row, COL_SUBJECT),
        .text = deliver_text(a, res, row, COL_TEXT),
        .automatic = db_cell_bool(res, row, COL_AUTOMATIC),
        .reply_to = deliver_text(a, res, row, COL_MAIL_REPLY_TO),
        .message_id = deliver_text(a, res, row, COL_MAIL_ID),
        .in_reply_to = deliver_text(a, res, row, COL_MAIL_IN_REPLY_TO),
        .references = deliver_text(a, res, row, COL_MAIL_REFERENCES),
        .token = arena_strdup(a, token),
    };
    if (db_cell_int(res, row, COL_FILES) > 0)
        deliver_ask_files(f, &sink->channel, db_cell_int(res, row, COL_FILES_SIZE));
    else
        deliver_hand_over(f);
}

static void deliver_on_claimed(void *arg, const struct db_answer *answer)
{
    struct deliver *d = arg;
    int rows = answer->res == NULL ? 0 : PQntuples(answer->res);
    int i;

    d->claiming = false;
    d->again = rows > 0;
    if (rows > 0)
        failpoint_pass("delivery_claimed");
    for (i = 0; i < rows; i++)
        deliver_send(d, answer->res, i);
    deliver_arm(d, rows > 0 && d->counts.in_flight < d->flight ? 0 : DELIVER_SWEEP_MS);
}

static bool deliver_rests(const struct deliver *d, int64_t channel_id, int64_t now)
{
    const struct deliver_breaker *b;

    for (b = d->breakers; b != NULL; b = b->next)
        if (b->channel_id == channel_id && b->open_until > now)
            return true;
    return false;
}

/* The sinks that may be used now, and for how many each: desks, channels, rooms. */
static void deliver_list_sinks(struct deliver *d, size_t most, struct db_array sinks[3])
{
    int64_t now = d->now(d->arg);
    size_t i, k, room;

    for (i = 0; i < d->desks->count; i++)
        for (k = 0; k < d->desks->desk[i]->channel_count; k++) {
            struct channel *ch = &d->desks->desk[i]->channels[k]->channel;

            if (ch->ops->send == NULL || deliver_rests(d, ch->channel_id, now))
                continue;
            room = ch->ops->room == NULL ? most : ch->ops->room(ch);
            if (room == 0)
                continue;
            db_array_int(&sinks[0], d->desks->desk[i]->desk_id);
            db_array_int(&sinks[1], ch->channel_id);
            db_array_int(&sinks[2], (int64_t)(room < most ? room : most));
        }
}

/* Were one claimed again its copy could leave beside it, however long it takes. */
static struct db_value deliver_list_flights(const struct deliver *d, struct arena *a)
{
    const struct deliver_flight *f;
    struct db_array ids = { 0 };

    for (f = d->flights; f != NULL; f = f->after)
        db_array_int(&ids, f->delivery_id);
    return db_array_end(&ids, a);
}

static void deliver_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct deliver *d = arg;
    size_t room = d->flight > d->counts.in_flight ? d->flight - d->counts.in_flight : 0;
    int64_t now = d->now(d->arg);
    struct db_array sinks[3] = { 0 };
    struct db_value v[9];
    struct arena *a;
    int i;

    (void)fd;
    (void)what;
    if (d->claiming || room == 0 || d->desks->count == 0) {
        deliver_arm(d, DELIVER_SWEEP_MS);
        return;
    }
    a = arena_new();
    deliver_list_sinks(d, room, sinks);
    v[0] = db_time(a, now);
    v[1] = db_int(a, (int64_t)room);
    v[2] = db_int(a, DELIVER_CLAIM_S);
    v[3] = db_text(d->node);
    for (i = 0; i < 3; i++)
        v[4 + i] = db_array_end(&sinks[i], a);
    v[7] = db_time(a, now - DELIVER_DEAD_S);
    v[8] = deliver_list_flights(d, a);
    d->claiming = true;
    d->claimed_at = now;
    db_query(d->db, "delivery_claim", v, 9, deliver_on_claimed, d);
    arena_free(a);
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

struct deliver *deliver_new(struct db *db, struct desks *desks, struct store *store,
                            const char *node, int64_t (*now)(void *arg),
                            void (*told)(void *arg, int64_t ticket_id, const char *notice,
                                         const char *state, const char *words),
                            void *arg)
{
    struct deliver *d = xcalloc(1, sizeof(*d));

    d->db = db;
    d->desks = desks;
    d->store = store;
    d->node = xstrdup(node);
    d->now = now;
    d->told = told;
    d->arg = arg;
    d->flight = DELIVER_FLIGHT;
    d->timer = evtimer_new(db_base(db), deliver_on_timer, d);
    d->mark_timer = evtimer_new(db_base(db), deliver_on_mark_timer, d);
    deliver_arm(d, 0);
    return d;
}

void deliver_set_flight(struct deliver *d, size_t most)
{
    d->flight = most;
}

void deliver_look(struct deliver *d)
{
    if (!d->claiming)
        deliver_arm(d, 0);
}

void deliver_stop(struct deliver *d)
{
    d->stopped = true;
    event_del(d->timer);
}

const struct deliver_counts *deliver_counts(const struct deliver *d)
{
    return &d->counts;
}

void deliver_free(struct deliver *d)
{
    struct deliver_breaker *b;
    struct deliver_flight *f;

    if (d == NULL)
        return;
    while ((f = d->unmarked) != NULL) {
        d->unmarked = f->next;
        arena_free(f->arena);
    }
    while ((b = d->breakers) != NULL) {
        d->breakers = b->next;
        free(b);
    }
    event_free(d->timer);
    event_free(d->mark_timer);
    free(d->node);
    free(d);
}
