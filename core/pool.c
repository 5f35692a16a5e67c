#include "core/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/arena.h"

/* Under ASan what nobody has may not be touched, and behind each piece there is some of it: who
 * passes the end of a piece, or uses it when it was given back, is seen as with malloc(). */
#ifdef RELEVO_SANITIZED
#include <sanitizer/asan_interface.h>
enum { POOL_GAP = 64 };
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { POOL_GAP = 0 };
#endif

enum {
    POOL_STEP = 64,             /* sizes are whole steps: a line of the processor's cache */
    POOL_PIECE_MAX = 16 * 1024, /* what is larger is malloc()'s */
    POOL_SIZES = (POOL_PIECE_MAX + POOL_GAP) / POOL_STEP + 1,
    POOL_CHUNK_FIRST = 64 * 1024,
    POOL_CHUNK_MAX = 4 * 1024 * 1024,
    POOL_PAGE = 2 * 1024 * 1024 /* a large one */
};

struct pool_chunk {
    struct pool_chunk *next;
    alignas(POOL_STEP) unsigned char bytes[];
};
struct pool_large {
    struct pool_large *next, *before;
    alignas(max_align_t) unsigned char bytes[];
};
struct pool_left { /* lies in a piece that was given back */
    struct pool_left *next;
};
struct pool {
    struct pool_chunk *chunks; /* the first is the one being used up */
    unsigned char *at;         /* in it */
    size_t left, chunk_size;
    struct pool_large *large;
    struct pool_left *given[POOL_SIZES]; /* by size in steps */
};

struct pool *pool_new(void)
{
    return xcalloc(1, sizeof(struct pool));
}

void pool_free(struct pool *p)
{
    struct pool_chunk *c, *next_chunk;
    struct pool_large *l, *next_large;

    if (p == NULL)
        return;
    for (c = p->chunks; c != NULL; c = next_chunk) {
        next_chunk = c->next;
        free(c); /* and ASan forgets what it was told of it */
    }
    for (l = p->large; l != NULL; l = next_large) {
        next_large = l->next;
        free(l);
    }
    free(p);
}

static void pool_chunk_add(struct pool *p)
{
    struct pool_chunk *c;

    if (p->chunk_size == 0)
        p->chunk_size = POOL_CHUNK_FIRST;
    else if (p->chunk_size < POOL_CHUNK_MAX)
        p->chunk_size *= 4;
    c = xaligned(p->chunk_size < POOL_PAGE ? POOL_STEP : POOL_PAGE, p->chunk_size);
    if (p->chunk_size >= POOL_PAGE)
        madvise(c, p->chunk_size, MADV_HUGEPAGE); /* where there are none it is as good as it was */
    c->next = p->chunks;
    p->chunks = c;
    p->at = c->bytes;
    p->left = p->chunk_size - offsetof(struct pool_chunk, bytes);
    ASAN_POISON_MEMORY_REGION(p->at, p->left);
}

static void *pool_take_large(struct pool *p, size_t size)
{
    struct pool_large *l;
    size_t whole;

    if (__builtin_add_overflow(size, sizeof(*l), &whole))
        whole = SIZE_MAX; /* nobody has that much */
    l = xmalloc(whole);
    l->before = NULL;
    l->next = p->large;
    if (l->next != NULL)
        l->next->before = l;
    p->large = l;
    return l->bytes;
}

/* What a piece of that size takes up, in steps. */
static size_t pool_steps(size_t size)
{
    return size == 0 ? 1 : (size + POOL_GAP + POOL_STEP - 1) / POOL_STEP;
}

static void *pool_take_given(struct pool *p, size_t steps)
{
    struct pool_left *left = p->given[steps];

    if (left != NULL) {
        ASAN_UNPOISON_MEMORY_REGION(left, sizeof(*left));
        p->given[steps] = left->next;
    }
    return left;
}

static void *pool_take_new(struct pool *p, size_t whole)
{
    void *piece;

    if (p->left < whole)
        pool_chunk_add(p);
    piece = p->at;
    p->at += whole;
    p->left -= whole;
    return piece;
}

void *pool_take(struct pool *p, size_t size)
{
    void *piece;

    if (size > POOL_PIECE_MAX)
        return pool_take_large(p, size);
    piece = pool_take_given(p, pool_steps(size));
    if (piece == NULL)
        piece = pool_take_new(p, pool_steps(size) * POOL_STEP);
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return piece;
}

void *pool_take_zeroed(struct pool *p, size_t size)
{
    return memset(pool_take(p, size), 0, size);
}

static void pool_give_large(struct pool *p, void *piece)
{
    struct pool_large *l =
        (struct pool_large *)(void *)((unsigned char *)piece - offsetof(struct pool_large, bytes));

    if (l->before == NULL)
        p->large = l->next;
    else
        l->before->next = l->next;
    if (l->next != NULL)
        l->next->before = l->before;
    free(l);
}

void pool_give(struct pool *p, void *piece, size_t size)
{
    struct pool_left *left = piece;
    size_t steps = pool_steps(size);

    if (piece == NULL)
        return;
    if (size > POOL_PIECE_MAX) {
        pool_give_large(p, piece);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(left, sizeof(*left));
    left->next = p->given[steps];
    p->given[steps] = left;
    ASAN_POISON_MEMORY_REGION(piece, steps * POOL_STEP);
}
