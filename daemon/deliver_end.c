/* What became of a delivery: it is marked, and where it was not sent its ticket hears of it. */
#include <event2/event.h>
#include <event2/util.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/deliver_rooms.h"
#include "daemon/failpoint.h"
#include "daemon/store.h"

int64_t deliver_pause_s(int attempts, unsigned char random)
{
    int64_t pause = DELIVER_PAUSE_MIN_S;

    while (--attempts > 0 && pause < DELIVER_PAUSE_MAX_S)
        pause *= 2;
    if (pause > DELIVER_PAUSE_MAX_S)
        pause = DELIVER_PAUSE_MAX_S;
    return pause + pause * (random - 128) / 640;
}

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

/* Behind all others: in front of one that is marked apart they would keep it waiting for ever. */
static void deliver_wait_to_mark(struct deliver_flight *f)
{
    struct deliver_flight **end = &f->d->unmarked;

    while (*end != NULL)
        end = &(*end)->next;
    f->next = NULL;
    *end = f;
}

/* One answer for all: what can not be written at all, or not before an operator has mended
 * something, must not keep the others unmarked. */
static bool deliver_is_to_be_apart(const struct deliver_flight *marking,
                                   const struct db_answer *answer)
{
    return answer->err.kind != ERROR_NONE && answer->err.kind != ERROR_TRANSIENT &&
           marking->next != NULL;
}

static void deliver_write_marks(struct deliver *d);

/* Who knows what became of a letter says it until it is written: an unmarked one goes out again.
 * What can not be written at all is claimed again when its time is over: same id, same words. */
static void deliver_on_marked(void *arg, const struct db_answer *answer)
{
    const struct timeval pause = { DELIVER_SWEEP_MS / 1000, 0 };
    struct deliver *d = arg;
    struct deliver_flight *f = d->marking, *next;
    bool apart = deliver_is_to_be_apart(f, answer);
    bool over = answer->err.kind == ERROR_NONE || (answer->err.kind == ERROR_PERMANENT && !apart);

    failpoint_pass("delivery_marked");
    d->marking = NULL;
    for (; f != NULL; f = next) {
        next = f->next;
        f->apart = f->apart || apart;
        if (over)
            deliver_landed(f);
        else
            deliver_wait_to_mark(f);
    }
    if (over || apart)
        deliver_write_marks(d);
    else
        event_add(d->mark_timer, &pause);
}

/* The next that are marked together, in d->marking. */
static void deliver_take_marks(struct deliver *d)
{
    struct deliver_flight **last = &d->unmarked;

    do
        last = &(*last)->next;
    while (!d->unmarked->apart && *last != NULL && !(*last)->apart);
    d->marking = d->unmarked;
    d->unmarked = *last;
    *last = NULL;
}

/* One statement at a time: what is sent meanwhile is marked together by the next, so a mark costs
 * no commit of its own, and few letters are sent and not yet marked. */
static void deliver_write_marks(struct deliver *d)
{
    struct db_array arrays[6] = { 0 }, heard = { 0 };
    const struct deliver_flight *f;
    struct db_value v[8];
    struct arena *a;
    size_t i;

    if (d->marking != NULL || d->unmarked == NULL || event_pending(d->mark_timer, EV_TIMEOUT, NULL))
        return;
    deliver_take_marks(d);
    a = arena_new();
    for (f = d->marking; f != NULL; f = f->next) {
        db_array_int(&arrays[0], f->desk_id);
        db_array_int(&arrays[1], f->delivery_id);
        db_array_text(&arrays[2], f->mark.state);
        db_array_time(&arrays[3], f->mark.next_due);
        db_array_text(&arrays[4], f->mark.words);
        db_array_text(&arrays[5], f->mark.external_id);
        db_array_bool(&heard, f->heard);
    }
    for (i = 0; i < 6; i++)
        v[i] = db_array_end(&arrays[i], a);
    v[6] = db_time(a, d->now(d->arg));
    v[7] = db_array_end(&heard, a);
    db_query(d->db, "delivery_mark", v, 8, deliver_on_marked, d);
    arena_free(a);
}

void deliver_on_mark_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    deliver_write_marks(arg);
}

static void deliver_mark(struct deliver_flight *f, const char *state, int64_t next_due,
                         const char *words, const char *external_id)
{
    f->mark = (struct deliver_mark){ state, arena_strdup(f->arena, words),
                                     arena_strdup(f->arena, external_id), next_due };
    f->d->told(f->d->arg, f->ticket_id, f->notice, state, words == NULL ? "" : words);
    deliver_wait_to_mark(f);
    deliver_write_marks(f->d);
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
    if (answers[0].err.kind == ERROR_NONE)
        d->told(d->arg, f->ticket_id, f->notice, f->ended, f->words);
    else /* its claim runs out, and it is tried again */
        d->told(d->arg, f->ticket_id, f->notice, "owed", answers[0].err.text);
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

void deliver_end(struct deliver_flight *f, const char *ended, const char *words)
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

void deliver_on_sent(void *arg, const struct sent *sent)
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

void deliver_later(struct deliver_flight *f, const char *words)
{
    f->d->counts.retried++;
    deliver_mark(f, "owed", f->d->now(f->d->arg) + DELIVER_PAUSE_MIN_S, words, NULL);
}
