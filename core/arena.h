/* core/arena.h - memory that lives and dies together; and malloc that never says no.
 *
 * Pure. An arena belongs to one thread. Nothing here returns NULL: out of memory ends the process,
 * systemd restarts it, the database has all. Libraries get their memory likewise: whatever links
 * this room calls its malloc(). So whatever a stranger can make larger is bounded before it is
 * asked for. */
#ifndef RELEVO_CORE_ARENA_H
#define RELEVO_CORE_ARENA_H

#include <stddef.h>

/* The exit status of who ran out of memory. EX_TEMPFAIL: a mail server whose `relevoctl deliver`
 * ends so keeps its mail, while of a signal some make a bounce. */
enum { ARENA_DIED = 75 };

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* takes NULL */
/* All that was handed out is gone; the memory is kept for what comes next. */
void arena_clear(struct arena *a);
/* Zeroed, aligned for any type. A size of 0 gives a pointer that may not be read. */
void *arena_alloc(struct arena *a, size_t size);
/* `count` zeroed elements; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
/* Copies len bytes and ends them with NUL; the bytes may hold NUL themselves. */
char *arena_strndup(struct arena *a, const char *ptr, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_size(const struct arena *a); /* bytes handed out so far */

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xaligned(size_t alignment, size_t size); /* a power of two, and whole multiples of it */
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s); /* NULL gives NULL */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
