#include "channels/imap_take.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/arena.h"

enum { TAKE_PAUSE_MIN_MS = 1000, TAKE_PAUSE_MAX_MS = 60000 };

/* A mail that is told; `take` NULL: nobody waits for it any more. */
struct imap_item {
    struct imap_take *take;
    struct imap_item *next;
    uint32_t uidvalidity, uid, floor_uid;
    bool header;
    bool is_empty;      /* not one byte of it came */
    bool busy;          /* somebody has it and will come back */
    struct inbound *in; /* parsed, and not yet delivered */
    const struct channel_host *host;
    struct burden *burden; /* NULL: it is too small */
};

static void take_advance(struct imap_take *t);

void imap_take_init(struct imap_take *t, struct channel *ch, const char *name, uint32_t box)
{
    *t = (struct imap_take){ .ch = ch, .name = name, .box = box, .pause_ms = TAKE_PAUSE_MIN_MS };
    t->end = &t->first;
}

static void take_item_free(struct imap_item *item)
{
    inbound_free(item->in);
    item->host->burden_end(item->host->ctx, item->burden);
    free(item);
}

void imap_take_drop(struct imap_take *t)
{
    struct imap_item *item;

    if (t->timer != NULL)
        t->ch->host->timer_cancel(t->ch->host->ctx, t->timer);
    t->timer = NULL;
    while ((item = t->first) != NULL) {
        t->first = item->next;
        item->take = NULL;
        if (!item->busy)
            take_item_free(item);
    }
    t->end = &t->first;
    t->length = t->group = t->waiting = 0;
    t->generation++;
}

void imap_take_begin(struct imap_take *t)
{
    const char *cursor = t->ch->host->cursor(t->ch->host->ctx, t->ch, t->name);

    imap_take_drop(t);
    t->asked = t->heard = t->generation;
    t->answers = 0;
    t->uidvalidity = t->uid = t->floor_uid = 0;
    t->keeps_floor = t->floor_at > 0;
    if (cursor != NULL && sscanf(cursor, "%" SCNu32 ":%" SCNu32 ":%" SCNd64 ":%" SCNu32,
                                 &t->uidvalidity, &t->uid, &t->floor_at, &t->floor_uid) >= 3)
        t->keeps_floor = true;
}

/* --- into the database
 * ---------------------------------------------------------------------------------- */

static void take_again(void *arg)
{
    struct imap_take *t = arg;
    const struct imap_talk talk = { .word = IMAP_AGAIN,
                                    .box = t->box,
                                    .generation = t->generation,
                                    .uidvalidity = t->uidvalidity,
                                    .uid = t->uid };

    t->timer = NULL;
    t->asked = t->generation;
    t->answers++;
    /* Where its worker is gone meanwhile the next one begins at the cursor anyway. */
    t->ch->host->worker_send(t->ch->host->ctx, t->ch, imap_talk_write(&talk), -1);
}

static void take_failed(struct imap_take *t, const char *why)
{
    const struct channel_host *host = t->ch->host;

    host->health(host->ctx, t->ch, CHANNEL_TROUBLE, why);
    imap_take_drop(t);
    t->timer = host->timer(host->ctx, t->pause_ms, take_again, t);
    t->pause_ms = t->pause_ms * 2 > TAKE_PAUSE_MAX_MS ? TAKE_PAUSE_MAX_MS : t->pause_ms * 2;
}

static void take_committed(struct imap_take *t)
{
    struct imap_talk talk = { .word = IMAP_STORED, .box = t->box, .generation = t->generation };
    struct imap_item *item;

    for (; t->group > 0; t->group--) {
        item = t->first;
        t->first = item->next;
        t->length--;
        t->stored++;
        t->uidvalidity = talk.uidvalidity = item->uidvalidity;
        t->uid = talk.uid = item->uid;
        take_item_free(item);
    }
    if (t->first == NULL)
        t->end = &t->first;
    t->pause_ms = TAKE_PAUSE_MIN_MS;
    t->answers++;
    t->ch->host->worker_send(t->ch->host->ctx, t->ch, imap_talk_write(&talk), -1);
    take_advance(t);
}

static void take_deliver_last(struct imap_take *t);

static void take_answered(struct imap_take *t)
{
    if (--t->waiting > 0)
        return;
    if (t->failed)
        take_failed(t, "mails could not be stored");
    else if (t->last)
        take_committed(t);
    else
        take_deliver_last(t);
}

static void take_on_stored(void *arg, int rc)
{
    struct imap_item *item = arg;
    struct imap_take *t = item->take;

    item->busy = false;
    if (t == NULL) {
        take_item_free(item);
        return;
    }
    t->failed |= rc < 0;
    take_answered(t);
}

static void take_deliver(struct imap_take *t, struct imap_item *item)
{
    struct inbound *in = item->in;

    item->in = NULL;
    item->busy = true;
    t->waiting++;
    t->ch->host->deliver(t->ch->host->ctx, t->ch, in, take_on_stored, item);
}

static void take_deliver_last(struct imap_take *t)
{
    struct imap_item *item = t->first;
    struct inbound *in;
    size_t i;

    for (i = 1; i < t->group; i++)
        item = item->next;
    in = item->in;
    in->cursor_part = arena_strdup(in->arena, t->name);
    in->cursor = arena_printf(in->arena, "%" PRIu32 ":%" PRIu32, item->uidvalidity, item->uid);
    if (t->keeps_floor)
        in->cursor = arena_printf(in->arena, "%s:%" PRId64, in->cursor, t->floor_at);
    if (t->keeps_floor && item->floor_uid > 0)
        in->cursor = arena_printf(in->arena, "%s:%" PRIu32, in->cursor, item->floor_uid);
    t->last = true;
    take_deliver(t, item);
}

/* Whatever is parsed at the head of the line goes together. */
static void take_advance(struct imap_take *t)
{
    struct imap_item *item;
    size_t i;

    if (t->group > 0 || t->first == NULL || t->first->in == NULL)
        return;
    for (item = t->first; item != NULL && item->in != NULL; item = item->next)
        t->group++;
    t->last = t->failed = false;
    t->waiting = 1; /* ours: an answer may come from within deliver() */
    for (i = 1, item = t->first; i < t->group; i++, item = item->next)
        take_deliver(t, item);
    take_answered(t);
}

/* --- from the worker
 * ------------------------------------------------------------------------------------ */

static const char *take_locator(const struct imap_item *item, struct arena *a)
{
    return arena_printf(a, "%s/%" PRIu32 "/%" PRIu32, item->take->name, item->uidvalidity,
                        item->uid);
}

/* A mail without its body is one nevertheless; who reads it is told where the rest is. */
static void take_note_header(const struct imap_item *item, struct inbound *in)
{
    if (!item->header || in->kind != INBOUND_MESSAGE)
        return;
    in->body_unparsed = true;
    if (in->text == NULL || in->text[0] == '\0')
        in->text = in->reply_text = arena_printf(
            in->arena, "[The text of this mail was not fetched: it is in %s, UID %" PRIu32 ".]",
            item->take->name, item->uid);
}

static void take_on_parsed(void *arg, struct inbound *in)
{
    struct imap_item *item = arg;

    item->busy = false;
    item->in = in;
    if (item->take == NULL) {
        take_item_free(item);
        return;
    }
    if (in->raw.len == 0 && !item->is_empty) { /* the server has it still */
        take_failed(item->take,
                    "mails came and could not be looked at: are there descriptors and memory?");
        return;
    }
    if (in->external_id == NULL)
        in->external_id = take_locator(item, in->arena);
    take_note_header(item, in);
    take_advance(item->take);
}

/* What is no mail, and moves the cursor all the same. */
static struct inbound *take_remark(const struct imap_item *item, const struct imap_talk *talk,
                                   int64_t received_at)
{
    struct inbound *in = inbound_new();

    in->received_at = received_at;
    if (talk->word == IMAP_START) {
        in->kind = INBOUND_IGNORED;
        in->reason = "the mailbox is read from here on";
        in->external_id = arena_printf(in->arena, "start/%s", take_locator(item, in->arena));
        return in;
    }
    if (talk->word == IMAP_PASSED) {
        in->kind = INBOUND_IGNORED;
        in->reason = "what is older than mails count was passed over";
        in->external_id = arena_printf(in->arena, "passed/%s", take_locator(item, in->arena));
        return in;
    }
    in->kind = INBOUND_BROKEN;
    in->raw_type = "message/rfc822";
    in->reason = arena_printf(in->arena, "the server does not give it: %s",
                              text_clean_line(in->arena, span_of(talk->words), INBOUND_ID_MAX));
    in->locator = in->external_id = take_locator(item, in->arena);
    return in;
}

/* -1, and what came in place of what. A name may be long, and of all this there is but a line. */
static int take_broken(const struct imap_take *t, const struct imap_talk *talk,
                       const char *expected, struct error *err)
{
    static const char *const names[IMAP_WORDS] = {
        [IMAP_BEHIND] = "what is to come up to",
        [IMAP_START] = "a beginning at",
        [IMAP_PASSED] = "what was passed over up to",
        [IMAP_MAIL] = "a mail of",
        [IMAP_HEADER] = "a header of",
        [IMAP_REFUSED] = "a refused mail of",
        [IMAP_WAITS] = "a wait for a number of mails,",
    };

    return error_set(
        err, ERROR_PERMANENT,
        "%.60s: expected %s; %s UID %" PRIu32 " of %" PRIu32 " in round %" PRIu32 " came", t->name,
        expected, names[talk->word], talk->uid, talk->uidvalidity, talk->generation);
}

int imap_take_round(struct imap_take *t, const struct imap_talk *talk, struct error *err)
{
    char expected[64];

    if (talk->generation - t->heard > t->asked - t->heard) { /* they may begin anew at 0 */
        snprintf(expected, sizeof(expected), "round %" PRIu32 " to %" PRIu32, t->heard, t->asked);
        return take_broken(t, talk, expected, err);
    }
    t->heard = talk->generation;
    return talk->generation == t->generation;
}

/* Told once, in order. */
static int take_check_next(const struct imap_take *t, const struct imap_talk *talk,
                           struct error *err)
{
    const struct imap_item *item = t->first;
    uint32_t uidvalidity = t->uidvalidity, uid = t->uid;
    char expected[64];

    while (item != NULL && item->next != NULL)
        item = item->next;
    if (item != NULL) {
        uidvalidity = item->uidvalidity;
        uid = item->uid;
    }
    if (talk->word == IMAP_START && uidvalidity != 0) /* it would pass over what lies between */
        return take_broken(t, talk, "no beginning", err);
    if (talk->uidvalidity != uidvalidity || talk->uid > uid)
        return 0;
    snprintf(expected, sizeof(expected), "what lies above UID %" PRIu32 " of %" PRIu32, uid,
             uidvalidity);
    return take_broken(t, talk, expected, err);
}

int imap_take_compare(struct imap_take *t, const struct imap_talk *talk, struct error *err)
{
    int rc = imap_take_round(t, talk, err);

    if (rc <= 0 || talk->at != t->answers || talk->uid == t->length)
        return rc < 0 ? -1 : 0; /* an answer may be on its way to it */
    return error_set(err, ERROR_PERMANENT,
                     "%.60s: it waits for answers to %" PRIu32 " mails, and %zu of them are here",
                     t->name, talk->uid, t->length);
}

static struct imap_item *take_add(struct imap_take *t, const struct imap_talk *talk)
{
    struct imap_item *item = xcalloc(1, sizeof(*item));

    *item = (struct imap_item){ .take = t,
                                .host = t->ch->host,
                                .uidvalidity = talk->uidvalidity,
                                .uid = talk->uid,
                                .floor_uid = talk->floor_uid,
                                .header = talk->word == IMAP_HEADER };
    *t->end = item;
    t->end = &item->next;
    t->length++;
    return item;
}

/* What its worker did not ask for, it was told a wrong size of. */
static void take_burden(struct imap_item *item, struct burden **burden, size_t bytes)
{
    const struct channel_host *host = item->host;

    item->burden = *burden;
    *burden = NULL;
    if (item->burden == NULL && bytes > IMAP_LIGHT_MAX)
        item->burden = host->burden_want(host->ctx, bytes, NULL, NULL);
    if (item->burden != NULL)
        host->burden_came(host->ctx, item->burden, bytes);
}

int imap_take_hear(struct imap_take *t, const struct imap_talk *talk, int fd,
                   struct burden **burden, struct error *err)
{
    const struct channel_host *host = t->ch->host;
    bool mail = talk->word == IMAP_MAIL || talk->word == IMAP_HEADER;
    int64_t now = host->now(host->ctx), at = talk->at > 0 && talk->at < now ? talk->at : now;
    int rc = imap_take_round(t, talk, err);
    struct imap_item *item;
    struct stat st;
    struct arena *a;

    if (mail && fd < 0 && rc >= 0)
        return take_broken(t, talk, "its bytes beside it", err);
    if (rc == 0 && mail) {
        host->burden_end(host->ctx, *burden);
        *burden = NULL;
    }
    if (rc <= 0)
        return rc;
    if (take_check_next(t, talk, err) < 0)
        return -1;
    item = take_add(t, talk);
    if (talk->word == IMAP_START) {
        t->floor_at = talk->at;
        t->keeps_floor = true;
    }
    if (!mail) {
        item->in = take_remark(item, talk, at);
        take_advance(t);
        return 0;
    }
    item->busy = true;
    if (fstat(fd, &st) == 0) {
        item->is_empty = st.st_size == 0;
        take_burden(item, burden, (size_t)st.st_size);
    }
    a = arena_new();
    host->parse_mail(host->ctx, t->ch, fd, take_locator(item, a), at, take_on_parsed, item);
    arena_free(a);
    return 0;
}
