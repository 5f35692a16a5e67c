#include "daemon/balance.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/conf.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/log.h"
#include "daemon/reconcile.h"

enum { BALANCE_TICK_MS = 500 };

struct balance_channel {
    struct balance *all;
    struct desk_channel *channel;
    int64_t due_ms;      /* steady */
    int64_t gaps;        /* -1: not known yet */
    bool asked, answers; /* somebody waits for the next one; and for the one under way */
    struct balance_channel *next;
};
struct balance {
    struct db *db;
    struct workers *workers;
    struct turns *turns;
    struct event *timer;
    struct balance_channel *first;
    struct balance_channel *busy; /* whose comparison is under way */
    struct reconcile *pass;
};

static int64_t balance_every_ms(const struct balance_channel *c)
{
    return conf_int(c->channel->channel.conf, "reconcile") * 1000;
}

static void balance_arm(struct balance *b)
{
    const struct timeval tv = { 0, BALANCE_TICK_MS * 1000 };

    event_add(b->timer, &tv);
}

/* --- what came of it
 * ----------------------------------------------------------------------------------- */

static const char *balance_uids(struct arena *a, const struct reconcile_part *part)
{
    const char *text = "";
    int64_t i;

    for (i = 0; i < part->count[RECONCILE_GAP] && i < RECONCILE_GAPS_MAX; i++)
        text = arena_printf(a, "%s%s%u", text, i == 0 ? "" : ",", part->gap[i]);
    return i < part->count[RECONCILE_GAP] ? arena_printf(a, "%s,...", text) : text;
}

static void balance_tell_part(const struct balance_channel *c, const struct reconcile_part *part)
{
    const char *channel = c->channel->channel.name;
    struct arena *a = arena_new();

    if (part->count[RECONCILE_GAP] > 0)
        log_event(LOG_LEVEL_ERROR, "reconcile_gap", LOG_TEXT("channel", channel),
                  LOG_TEXT("mailbox", part->name), LOG_NUMBER("uidvalidity", part->uidvalidity),
                  LOG_NUMBER("mails", part->count[RECONCILE_GAP]),
                  LOG_TEXT("uids", balance_uids(a, part)),
                  LOG_TEXT("words", "they lie there and are in no account; look at them: "
                                    "relevoctl reconcile"));
    else if (part->error[0] != '\0')
        log_event(LOG_LEVEL_WARNING, "reconcile_shut", LOG_TEXT("channel", channel),
                  LOG_TEXT("mailbox", part->name), LOG_TEXT("words", part->error));
    else
        log_event(LOG_LEVEL_INFO, "reconciled", LOG_TEXT("channel", channel),
                  LOG_TEXT("mailbox", part->name),
                  LOG_NUMBER("messages", part->count[RECONCILE_MESSAGE]),
                  LOG_NUMBER("duplicates", part->count[RECONCILE_DUPLICATE]),
                  LOG_NUMBER("ignored", part->count[RECONCILE_IGNORED]),
                  LOG_NUMBER("quarantined", part->count[RECONCILE_QUARANTINED]),
                  LOG_NUMBER("others", part->count[RECONCILE_OTHER]),
                  LOG_NUMBER("pending", part->count[RECONCILE_PENDING]));
    arena_free(a);
}

static void balance_answer(struct balance_channel *c, const struct error *err)
{
    struct arena *a = arena_new();
    struct db_value v[2];

    v[0] = db_text("relevo_reconciled");
    v[1] = db_text(arena_printf(a, "%" PRId64 "%s%s", c->channel->channel.channel_id,
                                err->kind == ERROR_NONE ? "" : " ", err->text));
    db_query(c->all->db, "notify", v, 2, NULL, NULL);
    c->answers = false;
    arena_free(a);
}

static void balance_on_done(void *arg, const struct reconcile_part *parts, size_t count,
                            const struct error *err)
{
    struct balance_channel *c = arg;
    struct balance *b = c->all;
    int64_t every = balance_every_ms(c), again = (int64_t)BALANCE_AGAIN_S * 1000;
    size_t i;

    c->due_ms = steady_now_ms() + every;
    if (err->kind == ERROR_NONE) {
        for (c->gaps = 0, i = 0; i < count; i++) {
            c->gaps += parts[i].count[RECONCILE_GAP];
            balance_tell_part(c, &parts[i]);
        }
    } else {
        log_event(LOG_LEVEL_WARNING, "reconcile_broke_off",
                  LOG_TEXT("channel", c->channel->channel.name), LOG_TEXT("words", err->text));
        c->due_ms = steady_now_ms() + (every < again ? every : again);
    }
    if (c->answers)
        balance_answer(c, err);
    if (c->asked)
        c->due_ms = 0;
    reconcile_free(b->pass);
    b->pass = NULL;
    b->busy = NULL;
}

/* --- when
 * ---------------------------------------------------------------------------------------------- */

static void balance_begin(struct balance *b, struct balance_channel *c)
{
    const struct reconcile_events events = { .done = balance_on_done, .arg = c };

    b->pass = reconcile_new(b->db, b->workers, b->turns, c->channel, true, &events);
    b->busy = c;
    c->answers = c->asked;
    c->asked = false;
}

static void balance_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct balance *b = arg;
    struct balance_channel *c, *next = b->first;

    (void)fd;
    (void)what;
    for (c = b->first; c != NULL; c = c->next)
        if (c->due_ms < next->due_ms) /* where comparing lasts longer than it may: all in turns */
            next = c;
    if (next != NULL && b->busy == NULL && steady_now_ms() >= next->due_ms && db_is_up(b->db))
        balance_begin(b, next);
    balance_arm(b);
}

void balance_want(struct balance *b, struct desk_channel *ch)
{
    struct balance_channel *c;
    int64_t first = (int64_t)BALANCE_FIRST_S * 1000, every;

    if (ch->channel.ops->auditor == NULL)
        return;
    c = xcalloc(1, sizeof(*c));
    *c = (struct balance_channel){ .all = b, .channel = ch, .gaps = -1, .next = b->first };
    every = balance_every_ms(c);
    c->due_ms = steady_now_ms() + (every < first ? every : first);
    b->first = c;
}

void balance_now(struct balance *b, int64_t channel_id)
{
    struct balance_channel *c;

    for (c = b->first; c != NULL; c = c->next) {
        if (c->channel->channel.channel_id != channel_id || c->answers)
            continue;
        c->asked = true;
        c->due_ms = 0;
    }
}

void balance_forget(struct balance *b, const struct desk_channel *ch)
{
    struct balance_channel **at = &b->first, *gone;

    while (*at != NULL && (*at)->channel != ch)
        at = &(*at)->next;
    gone = *at;
    if (gone == NULL)
        return;
    *at = gone->next;
    if (b->busy == gone) {
        reconcile_free(b->pass);
        b->pass = NULL;
        b->busy = NULL;
    }
    free(gone);
}

void balance_forget_all(struct balance *b)
{
    while (b->first != NULL)
        balance_forget(b, b->first->channel);
}

bool balance_at(const struct balance *b, size_t i, const char **name, int64_t *gaps)
{
    const struct balance_channel *c = b->first;

    for (; c != NULL && i > 0; i--)
        c = c->next;
    if (c == NULL)
        return false;
    *name = c->channel->channel.name;
    *gaps = c->gaps;
    return true;
}

struct balance *balance_new(struct db *db, struct workers *workers, struct turns *turns)
{
    struct balance *b = xcalloc(1, sizeof(*b));

    b->db = db;
    b->workers = workers;
    b->turns = turns;
    b->timer = evtimer_new(db_base(db), balance_on_timer, b);
    balance_arm(b);
    return b;
}

void balance_free(struct balance *b)
{
    if (b == NULL)
        return;
    balance_forget_all(b);
    event_free(b->timer);
    free(b);
}
