#include "daemon/reconcile.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "channels/imap_audit.h"
#include "channels/imap_talk.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/turns.h"
#include "daemon/worker.h"

enum { COL_UID, COL_ACCOUNT, COL_TICKET, COL_MESSAGE, COL_REASON, COL_LATELY, COL_WHOLE, COL_ASKS };

struct reconcile {
    struct db *db;
    struct desk_channel *channel; /* NULL: freed while a question was under way */
    struct reconcile_events events;
    struct workers *workers;
    struct turn *turn;
    struct worker_child *child; /* NULL: it is not its turn yet */
    struct event *end;
    struct reconcile_part part[IMAP_BOXES_MAX];
    size_t parts;
    struct imap_audit window; /* what is being looked up */
    int64_t started_at;
    size_t asked; /* questions under way */
    struct error err;
    bool lives, up, over;
};

static void reconcile_drop(struct reconcile *r)
{
    size_t i;

    for (i = 0; i < r->parts; i++)
        free(r->part[i].name);
    event_free(r->end);
    free(r);
}

static void reconcile_leave(struct reconcile *r)
{
    worker_child_free(r->child);
    r->child = NULL;
    turn_end(r->turn);
    r->turn = NULL;
}

void reconcile_free(struct reconcile *r)
{
    if (r == NULL)
        return;
    reconcile_leave(r);
    r->channel = NULL;
    event_del(r->end);
    if (r->asked == 0)
        reconcile_drop(r);
}

/* The end comes from the loop itself: whoever calls us may still need its child. */
static void reconcile_end(struct reconcile *r, const struct error *err)
{
    const struct timeval now = { 0, 0 };

    if (r->over)
        return;
    r->over = true;
    r->err = *err;
    event_add(r->end, &now);
}

static void reconcile_break_off(struct reconcile *r, enum error_kind kind, const char *words)
{
    struct error err;

    error_set(&err, kind, "%s", words);
    reconcile_end(r, &err);
}

/* --- the database's word
 * ------------------------------------------------------------------------------- */

/* A question came back; false: nobody waits for it any more. */
static bool reconcile_is_wanted(struct reconcile *r)
{
    r->asked--;
    if (r->channel != NULL)
        return true;
    if (r->asked == 0)
        reconcile_drop(r);
    return false;
}

static enum reconcile_account reconcile_account_of(const char *word)
{
    static const char *const words[RECONCILE_N] = { "message",     "duplicate", "ignored",
                                                    "quarantined", "receipt",   "pending",
                                                    "gap" };
    int i;

    for (i = 0; i < RECONCILE_N; i++)
        if (strcmp(word, words[i]) == 0)
            return (enum reconcile_account)i;
    return RECONCILE_OTHER;
}

static void reconcile_count(struct reconcile_part *part, const PGresult *rows)
{
    int64_t gaps = part->count[RECONCILE_GAP];
    enum reconcile_account account;
    int i;

    for (i = 0; i < PQntuples(rows); i++) {
        account = reconcile_account_of(db_cell_text(rows, i, COL_ACCOUNT));
        part->count[account]++;
        if (account != RECONCILE_GAP)
            continue;
        if (gaps < RECONCILE_GAPS_MAX)
            part->gap[gaps] = (uint32_t)db_cell_int(rows, i, COL_UID);
        gaps++;
    }
}

/* The rows are those of the window, in its order. */
static void reconcile_tell_channel(struct reconcile *r, const PGresult *rows)
{
    struct channel *ch = &r->channel->channel;
    bool stored[IMAP_AUDIT_MAX] = { false };
    int i;

    for (i = 0; i < PQntuples(rows); i++)
        stored[i] = db_cell_bool(rows, i, COL_LATELY) && db_cell_bool(rows, i, COL_WHOLE);
    if (r->lives)
        ch->ops->audited(ch, &r->window, stored);
}

static void reconcile_answer(struct reconcile *r, char word)
{
    if (worker_child_send(r->child, (struct span){ &word, 1 }, -1) < 0)
        reconcile_break_off(r, ERROR_TRANSIENT, "its process is gone");
}

/* Where it matters when the server got a mail, or whether it is marked, that must be known too. */
static bool reconcile_must_look(const struct reconcile *r, const PGresult *rows)
{
    int i;

    for (i = 0; i < PQntuples(rows); i++)
        if (db_cell_bool(rows, i, COL_ASKS) ||
            (r->lives && db_cell_bool(rows, i, COL_LATELY) && db_cell_bool(rows, i, COL_WHOLE)))
            return true;
    return false;
}

static void reconcile_on_window(void *arg, const struct db_answer *answer)
{
    struct reconcile *r = arg;
    struct reconcile_part *part = &r->part[r->window.box];

    if (!reconcile_is_wanted(r) || r->over)
        return;
    if (answer->res == NULL) {
        reconcile_end(r, &answer->err);
        return;
    }
    if (r->window.bare && reconcile_must_look(r, answer->res)) {
        reconcile_answer(r, IMAP_AUDIT_LOOK);
        return;
    }
    reconcile_count(part, answer->res);
    if (r->events.each != NULL)
        r->events.each(r->events.arg, part, answer->res);
    reconcile_tell_channel(r, answer->res);
    reconcile_answer(r, IMAP_AUDIT_GO_ON);
}

static void reconcile_ask(struct reconcile *r)
{
    const struct reconcile_part *part = &r->part[r->window.box];
    struct db_array uids = { 0 }, at = { 0 };
    struct arena *a = arena_new();
    struct db_value v[7];
    uint32_t i;

    for (i = 0; i < r->window.count; i++) {
        db_array_int(&uids, r->window.mail[i].uid);
        db_array_int(&at, r->window.mail[i].at);
    }
    v[0] = db_int(a, r->channel->desk->desk_id);
    v[1] = db_int(a, r->channel->channel.channel_id);
    v[2] = db_text(part->name);
    v[3] = db_int(a, part->uidvalidity);
    v[4] = db_array_end(&uids, a);
    v[5] = db_array_end(&at, a);
    v[6] = db_int(a, part->floor_at);
    r->asked++;
    db_query(r->db, "reconcile_window", v, 7, reconcile_on_window, r);
    arena_free(a);
}

static void reconcile_on_kept(void *arg, const struct db_answer *answer)
{
    struct reconcile *r = arg;

    if (!reconcile_is_wanted(r) || r->asked > 0 || r->over)
        return;
    reconcile_end(r, &answer->err);
}

static void reconcile_keep_part(struct reconcile *r, const struct reconcile_part *part)
{
    struct db_array gaps = { 0 };
    struct arena *a = arena_new();
    struct db_value v[16];
    int64_t mails = 0, i;

    for (i = 0; i < part->count[RECONCILE_GAP] && i < RECONCILE_GAPS_MAX; i++)
        db_array_int(&gaps, part->gap[i]);
    for (i = 0; i < RECONCILE_N; i++) {
        mails += part->count[i];
        v[6 + i] = db_int(a, part->count[i]);
    }
    v[0] = db_int(a, r->channel->desk->desk_id);
    v[1] = db_int(a, r->channel->channel.channel_id);
    v[2] = db_text(part->name);
    v[3] = db_int(a, part->uidvalidity);
    v[4] = db_time(a, r->started_at);
    v[5] = db_int(a, mails);
    v[13] = db_array_end(&gaps, a);
    v[14] = db_text(part->error[0] == '\0' ? NULL : part->error);
    v[15] = db_bool(r->lives && part->error[0] == '\0');
    r->asked++;
    db_query(r->db, "reconcile_put", v, 16, reconcile_on_kept, r);
    arena_free(a);
}

/* --- its process
 * --------------------------------------------------------------------------------------- */

static void reconcile_on_over(struct reconcile *r)
{
    size_t i;

    for (i = 0; i < r->parts; i++)
        reconcile_keep_part(r, &r->part[i]);
}

static void reconcile_on_frame(void *arg, struct span record, int fd)
{
    struct reconcile *r = arg;
    struct imap_audit *told = &r->window;

    (void)fd;
    if (r->over || r->asked > 0) /* whoever does not wait for the word is out of his mind */
        return;
    if (imap_audit_read(record, told) < 0 || told->box >= r->parts) {
        reconcile_break_off(r, ERROR_TRANSIENT, "its process tells what nobody can read");
        return;
    }
    switch (told->word) {
    case IMAP_AUDIT_WINDOW:
        r->part[told->box].uidvalidity = told->uidvalidity;
        reconcile_ask(r);
        break;
    case IMAP_AUDIT_SHUT:
        memcpy(r->part[told->box].error, told->words, sizeof(told->words));
        reconcile_answer(r, IMAP_AUDIT_GO_ON);
        break;
    case IMAP_AUDIT_FAILED:
        reconcile_break_off(r, ERROR_TRANSIENT, told->words);
        break;
    case IMAP_AUDIT_OVER:
        reconcile_on_over(r);
        break;
    case IMAP_AUDIT_ALIVE:
    case IMAP_AUDIT_WORDS:
        break;
    }
}

static void reconcile_on_up(void *arg)
{
    struct reconcile *r = arg;
    struct channel *ch = &r->channel->channel;
    struct span setup;
    char *bytes;

    if (r->over || r->up)
        return; /* another one in place of one that died: it is over */
    r->up = true;
    bytes = ch->ops->audit(ch, &setup.len);
    if (bytes == NULL) {
        reconcile_break_off(r, ERROR_TRANSIENT, "the channel cannot log in now");
        return;
    }
    setup.ptr = bytes;
    if (worker_child_send(r->child, setup, -1) < 0)
        reconcile_break_off(r, ERROR_TRANSIENT, "its process is gone");
    explicit_bzero(bytes, setup.len);
    free(bytes);
}

static void reconcile_on_lost(void *arg, const char *words)
{
    (void)words; /* told to the log by its process */
    reconcile_break_off(arg, ERROR_TRANSIENT, "its process died");
}

static const struct worker_child_ops reconcile_child_ops = { .on_frame = reconcile_on_frame,
                                                             .on_up = reconcile_on_up,
                                                             .on_lost = reconcile_on_lost };

static void reconcile_on_end(evutil_socket_t fd, short what, void *arg)
{
    struct reconcile *r = arg;

    (void)fd;
    (void)what;
    reconcile_leave(r);
    r->events.done(r->events.arg, r->part, r->parts, &r->err);
}

static void reconcile_go(struct reconcile *r)
{
    r->child = worker_child_new(r->workers, r->channel->channel.ops->auditor, RECONCILE_SILENCE_MS,
                                &reconcile_child_ops, r);
}

/* It ends its turn by itself, soon enough. */
static void reconcile_on_turn(void *arg, enum channel_turn word)
{
    if (word == CHANNEL_TURN_NOW)
        reconcile_go(arg);
}

struct reconcile *reconcile_new(struct db *db, struct workers *workers, struct turns *turns,
                                struct desk_channel *ch, bool lives,
                                const struct reconcile_events *events)
{
    const struct channel_ops *ops = ch->channel.ops;
    struct reconcile *r;
    const char *name;

    if (ops->auditor == NULL)
        return NULL;
    r = xcalloc(1, sizeof(*r));
    r->db = db;
    r->channel = ch;
    r->lives = lives;
    r->events = *events;
    r->started_at = wall_now();
    r->end = evtimer_new(db_base(db), reconcile_on_end, r);
    while (r->parts < IMAP_BOXES_MAX &&
           ops->audit_part(&ch->channel, r->parts, &name, &r->part[r->parts].floor_at))
        r->part[r->parts++].name = xstrdup(name);
    r->workers = workers;
    if (turns != NULL && ops->place != NULL)
        r->turn = turns_want(turns, ops->place(&ch->channel), 0, reconcile_on_turn, r);
    else
        reconcile_go(r);
    return r;
}
