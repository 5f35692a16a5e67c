#include "daemon/intake.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/failpoint.h"
#include "daemon/log.h"
#include "daemon/store_batch.h"
#include "daemon/store_original.h"

struct intake_entry {
    struct intake_entry *next;
    struct desk_channel *from;
    struct inbound *in;
    void (*done)(void *arg, int rc);
    void *arg;
    size_t bytes;
    struct store_making *making; /* its original is not ready; NULL: it may go to the store */
    const struct store_original *original;
};
struct intake {
    struct store *store;
    struct intake_entry *waiting, **end;
    struct intake_entry *flying[INTAKE_BATCH_MAX];
    struct store_item items[INTAKE_BATCH_MAX];
    struct intake_counts counts;
    struct event *step; /* of what is made ready */
    struct error told;  /* why something was not stored, as the log has it last */
    int64_t told_ms;
};

static void intake_start(struct intake *i);
static void intake_step(evutil_socket_t fd, short what, void *arg);

struct intake *intake_new(struct store *s)
{
    struct intake *i = xcalloc(1, sizeof(*i));

    i->store = s;
    i->end = &i->waiting;
    i->step = evtimer_new(db_base(s->db), intake_step, i);
    return i;
}

static void intake_finish(struct intake_entry *e, int rc)
{
    if (e->done != NULL)
        e->done(e->arg, rc);
    store_original_end(e->making);
    inbound_free(e->in);
    free(e);
}

void intake_free(struct intake *i)
{
    struct intake_entry *e;

    if (i == NULL)
        return;
    while ((e = i->waiting) != NULL) {
        i->waiting = e->next;
        intake_finish(e, -1);
    }
    event_free(i->step);
    free(i);
}

static void intake_count(struct intake *i, const struct store_item *item)
{
    struct intake_counts *c = &i->counts;

    c->messages += item->outcome == STORE_MESSAGE;
    c->duplicates += item->outcome == STORE_DUPLICATE;
    c->ignored += item->outcome == STORE_IGNORED;
    c->quarantined += item->outcome == STORE_QUARANTINED;
    c->receipts += item->outcome == STORE_RECEIPT;
}

/* Once a minute while it lasts, and anew when the reason is another. */
static void intake_tell(struct intake *i, int messages, const struct error *err)
{
    int64_t now = steady_now_ms();

    if (messages == 0 ||
        (strcmp(i->told.text, err->text) == 0 && now - i->told_ms < INTAKE_TELL_MS))
        return;
    i->told = *err;
    i->told_ms = now;
    log_event(LOG_LEVEL_WARNING, "not_stored", LOG_NUMBER("messages", messages),
              LOG_TEXT("words", err->text));
}

static void intake_on_stored(void *arg, struct store_batch *b)
{
    struct intake *i = arg;
    struct intake_entry *done[INTAKE_BATCH_MAX];
    int rc[INTAKE_BATCH_MAX];
    size_t n = b->count, k;
    const struct error *why = NULL;
    int failed = 0;

    for (k = 0; k < n; k++) {
        const struct error *err = &i->items[k].answer.err;

        done[k] = i->flying[k];
        rc[k] = err->kind == ERROR_NONE ? 0 : -1;
        if (rc[k] == 0) {
            intake_count(i, &i->items[k]);
        } else {
            why = err;
            failed++;
        }
    }
    intake_tell(i, failed, why);
    i->counts.retries += (uint64_t)b->retries;
    i->counts.in_flight = 0;
    for (k = 0; k < n; k++)
        intake_finish(done[k], rc[k]);
    failpoint_pass("acked");
    intake_start(i); /* what gathered meanwhile is the next batch */
}

static void intake_start(struct intake *i)
{
    size_t n = 0, bytes = 0;
    struct intake_entry *e;

    while (i->counts.in_flight == 0 && n < INTAKE_BATCH_MAX && (e = i->waiting) != NULL &&
           e->making == NULL && (n == 0 || bytes + e->bytes <= INTAKE_BYTES_MAX)) {
        i->waiting = e->next;
        if (i->waiting == NULL)
            i->end = &i->waiting;
        bytes += e->bytes;
        i->flying[n] = e;
        i->items[n++] =
            (struct store_item){ .in = e->in, .from = e->from, .original = e->original };
    }
    if (n == 0)
        return;
    i->counts.waiting -= n;
    i->counts.in_flight = n;
    store_batch_new(i->store, i->items, n, intake_on_stored, i);
}

/* --- large originals
 * ------------------------------------------------------------------------------- */

static void intake_step_soon(struct intake *i)
{
    static const struct timeval now = { 0, 0 };

    evtimer_add(i->step, &now);
}

/* A piece of the first that is not ready; what came after it waits, so the order stays. */
static void intake_step(evutil_socket_t fd, short what, void *arg)
{
    struct intake *i = arg;
    struct intake_entry *e = i->waiting;

    (void)fd;
    (void)what;
    while (e != NULL && e->making == NULL)
        e = e->next;
    if (e == NULL)
        return;
    intake_step_soon(i);
    e->original = store_original_go_on(e->making, INTAKE_STEP);
    if (e->original == NULL)
        return;
    store_original_end(e->making);
    e->making = NULL;
    e->bytes = arena_size(e->in->arena) + e->in->raw.len;
    intake_start(i);
}

static void intake_make_ready(struct intake *i, struct intake_entry *e)
{
    const char *type = e->in->raw_type == NULL ? "" : e->in->raw_type;

    if (e->in->raw.len <= INTAKE_STEP)
        return;
    e->making = store_original_begin(e->in->arena, e->in->raw, type);
    intake_step_soon(i);
}

void intake_take(struct intake *i, struct desk_channel *from, struct inbound *in,
                 void (*done)(void *arg, int rc), void *arg)
{
    struct intake_entry *e = xcalloc(1, sizeof(*e));

    *e = (struct intake_entry){ .from = from, .in = in, .done = done, .arg = arg };
    in->channel_id = from->channel.channel_id;
    if (in->author.value != NULL && desk_is_own(from->desk, in->sender.value, in->arena))
        inbound_take_author(in);
    if (i->counts.waiting >= INTAKE_QUEUE_MAX) {
        i->counts.refused++;
        intake_finish(e, -1);
        return;
    }
    e->bytes = arena_size(in->arena) + in->raw.len;
    intake_make_ready(i, e);
    *i->end = e;
    i->end = &e->next;
    i->counts.waiting++;
    failpoint_pass("intake_taken");
    intake_start(i);
}

const struct intake_counts *intake_counts(const struct intake *i)
{
    return &i->counts;
}
