#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fold_state.h"
#include "core/pool.h"

char *fold_words(char **end, const char *s)
{
    char *kept = *end;

    if (s == NULL)
        return NULL;
    *end = stpcpy(kept, s) + 1;
    return kept;
}

size_t fold_length(const char *s)
{
    return s == NULL ? 0 : strlen(s) + 1;
}

/* Clocks that have ended are of no more use to the planner, but for those that may be restored. */
static size_t fold_drop_ended(struct ticket *t)
{
    size_t i, n = 0;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS ||
            (t->clocks[i].end == TARGET_VOID && (t->incident_of != 0 || t->memory.spam_at != 0)))
            t->clocks[n++] = t->clocks[i];
    return t->clock_count = n;
}

static size_t fold_size(const struct ticket *t)
{
    size_t size = offsetof(struct ticket, clocks) + t->clock_count * sizeof(t->clocks[0]);
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        size += t->clocks[i].edge_count * sizeof(struct target_edge);
    size += t->tag_count * sizeof(char *);
    for (i = 0; i < t->tag_count; i++)
        size += fold_length(t->tags[i]);
    return size + fold_length(t->subject) + fold_length(t->language) + fold_length(t->terms);
}

/* What a ticket is kept in: made in one place and moved to where it stays, for what it is made from
 * may lie there. */
struct fold_packing {
    char *at, *home; /* where it is made, and where it will lie */
};

static void *fold_pack(struct fold_packing *p, const void *bytes, size_t size)
{
    void *home = p->home;

    if (size > 0)
        memcpy(p->at, bytes, size);
    p->at += size;
    p->home += size;
    return home;
}

static const char *fold_pack_words(struct fold_packing *p, const char *s)
{
    return s == NULL ? NULL : fold_pack(p, s, strlen(s) + 1);
}

/* Teams and agents are called by the policy's own words. */
static void fold_pack_ticket(struct fold_packing p, const struct ticket *t)
{
    struct ticket *made = (struct ticket *)(void *)p.at;
    struct target_clock *clocks;
    const char **tags;
    size_t i;

    fold_pack(&p, t, offsetof(struct ticket, clocks));
    clocks = (struct target_clock *)(void *)p.at;
    fold_pack(&p, t->clocks, t->clock_count * sizeof(t->clocks[0]));
    for (i = 0; i < t->clock_count; i++)
        clocks[i].edges =
            fold_pack(&p, t->clocks[i].edges, t->clocks[i].edge_count * sizeof(struct target_edge));
    tags = (const char **)(void *)p.at;
    made->tags = fold_pack(&p, t->tags, t->tag_count * sizeof(char *));
    for (i = 0; i < t->tag_count; i++)
        tags[i] = fold_pack_words(&p, t->tags[i]);
    made->subject = fold_pack_words(&p, t->subject);
    made->language = fold_pack_words(&p, t->language);
    made->terms = fold_pack_words(&p, t->terms);
}

/* With space for a few clocks and edges more, and few sizes in all: few tickets ever move, and what
 * one leaves the next one takes. */
enum { FOLD_SPARE = 512 };
static size_t fold_room(size_t size)
{
    return (size / FOLD_SPARE + 2) * FOLD_SPARE;
}

void fold_keep(struct fold *f, struct fold_ticket *t, struct ticket *now)
{
    struct ticket *old = t->kept;
    size_t size, had = t->room;

    fold_drop_ended(now);
    size = fold_size(now);
    if (size > f->packed_size) {
        f->packed_size = size * 2;
        f->packed = xrealloc(f->packed, f->packed_size);
    }
    if (old == NULL || size > t->room ||
        (now->status == TICKET_CLOSED && t->room > size + FOLD_SPARE)) {
        t->room = now->status == TICKET_CLOSED ? size : fold_room(size);
        t->kept = pool_take(f->pool, t->room);
    }
    fold_pack_ticket((struct fold_packing){ f->packed, (char *)t->kept }, now);
    memcpy(t->kept, f->packed, size);
    if (old != t->kept)
        pool_give(f->pool, old, had);
}

const struct ticket *fold_whole(struct fold *f, const struct fold_ticket *t)
{
    memcpy(&f->before, t->kept,
           offsetof(struct ticket, clocks) + t->kept->clock_count * sizeof(f->before.clocks[0]));
    return &f->before;
}
