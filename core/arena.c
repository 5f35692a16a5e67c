#include "core/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Under ASan what was not handed out may not be touched, and behind each piece there is some of it:
 * who passes the end of a piece is seen as behind malloc(). */
#ifdef RELEVO_SANITIZED
#include <sanitizer/asan_interface.h>
enum { ARENA_GAP = alignof(max_align_t) };
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { ARENA_GAP = 0 };
#endif

enum { ARENA_BLOCK = 8 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct arena_block *blocks; /* the first is the one being filled */
    size_t handed_out;
};

static _Noreturn void arena_die(void)
{
    static const char words[] = "out of memory\n";

    fwrite(words, 1, sizeof(words) - 1, stderr);
    _exit(ARENA_DIED); /* what a library or atexit() would do now may want memory */
}

/* What a library asks for is given likewise: many take NULL for an empty text, a broken mail or the
 * end, and go on; a message would be stored without some of its words, and be answered for. These
 * three stand before libc's for all that is linked, libc too. The sanitizers bring their own, which
 * end the process as well. */
#ifndef RELEVO_SANITIZED
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    void *p = __libc_malloc(size);

    if (p == NULL)
        arena_die();
    return p;
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    void *p = __libc_calloc(count, size);

    if (p == NULL)
        arena_die();
    return p;
}

__attribute__((visibility("default"))) void *realloc(void *p, size_t size)
{
    void *q = __libc_realloc(p, size);

    if (q == NULL && (p == NULL || size != 0)) /* of 0: it was a free() */
        arena_die();
    return q;
}
#endif

void *xmalloc(size_t size)
{
    void *p = malloc(size == 0 ? 1 : size);

    if (p == NULL)
        arena_die();
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

    if (p == NULL)
        arena_die();
    return p;
}

void *xaligned(size_t alignment, size_t size)
{
    void *p = aligned_alloc(alignment, size);

    if (p == NULL)
        arena_die();
    return p;
}

void *xrealloc(void *p, size_t size)
{
    void *q = realloc(p, size == 0 ? 1 : size);

    if (q == NULL)
        arena_die();
    return q;
}

char *xstrdup(const char *s)
{
    size_t len;

    if (s == NULL)
        return NULL;
    len = strlen(s) + 1;
    return memcpy(xmalloc(len), s, len);
}

char *xasprintf(const char *fmt, ...)
{
    va_list ap;
    char *s;

    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        arena_die();
    va_end(ap);
    return s;
}

struct arena *arena_new(void)
{
    return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
    struct arena_block *b, *next;

    if (a == NULL)
        return;
    for (b = a->blocks; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void arena_clear(struct arena *a)
{
    struct arena_block *first = a->blocks, *b, *next;

    if (first == NULL)
        return;
    for (b = first->next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    ASAN_UNPOISON_MEMORY_REGION(first->bytes, first->size);
    memset(first->bytes, 0, first->used);
    ASAN_POISON_MEMORY_REGION(first->bytes, first->size);
    first->next = NULL;
    first->used = 0;
    a->handed_out = 0;
}

static struct arena_block *arena_block_new(size_t size)
{
    struct arena_block *b;

    if (size > SIZE_MAX - sizeof(*b))
        arena_die();
    b = xcalloc(1, sizeof(*b) + size);
    b->size = size;
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    struct arena_block *b = a->blocks;
    size_t rounded;
    void *p;

    if (size > SIZE_MAX - alignof(max_align_t) - ARENA_GAP)
        arena_die();
    rounded = ((size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)) + ARENA_GAP;
    if (b == NULL || b->size - b->used < rounded) {
        b = arena_block_new(rounded > ARENA_BLOCK / 4 ? rounded : ARENA_BLOCK);
        /* A block of its own for what is large, behind the one that still has room. */
        if (a->blocks != NULL && rounded > ARENA_BLOCK / 4) {
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
    }
    p = b->bytes + b->used;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    b->used += rounded;
    a->handed_out += rounded;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t whole;

    if (__builtin_mul_overflow(count, size, &whole))
        arena_die();
    return arena_alloc(a, whole);
}

char *arena_strndup(struct arena *a, const char *ptr, size_t len)
{
    char *s;

    if (len == SIZE_MAX)
        arena_die();
    s = arena_alloc(a, len + 1);
    if (len > 0)
        memcpy(s, ptr, len);
    return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char few[200]; /* most are short, and need be made but once */
    va_list ap, again;
    int len;
    char *s;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(few, sizeof(few), fmt, ap);
    va_end(ap);
    if (len < 0)
        arena_die();
    s = arena_alloc(a, (size_t)len + 1);
    if ((size_t)len < sizeof(few))
        memcpy(s, few, (size_t)len + 1);
    else
        vsnprintf(s, (size_t)len + 1, fmt, again);
    va_end(again);
    return s;
}

size_t arena_size(const struct arena *a)
{
    return a->handed_out;
}
