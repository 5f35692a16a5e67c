/* core/timeline.h - what became of a story, second by second: for people, as text and as a picture,
 * and for programs.
 *
 * Pure. core/simulate.h fills it. */
#ifndef RELEVO_CORE_TIMELINE_H
#define RELEVO_CORE_TIMELINE_H

#include "core/fold.h"

struct timeline;

/* One line of the whole history: an event, or a delivery that left. */
struct timeline_entry {
    int64_t at, ticket_id;
    const char *kind, *by, *actor, *rule, *why;
    const char *detail; /* JSON; "{}" */
    int level;          /* of level_entered; 0 else */
    /* Of a delivery; else -1: */
    int notice;
    const char *to, *sink, *dropped;
    bool customer;
};
struct timeline_state { /* of a ticket, from `at` on */
    int64_t at;
    enum ticket_status status;
    enum ticket_priority priority;
    int level;
};
struct timeline_clock {
    struct target_clock c; /* as it was last, ended or not */
    const char *calendar;  /* NULL: the wall's */
};
struct timeline_ticket {
    int64_t ticket_id;
    struct ticket last; /* but for its clocks: those are below */
    const struct timeline_clock *clocks;
    size_t clock_count;
    const struct timeline_state *states;
    size_t state_count;
};
/* Something expected that is not so. */
struct timeline_miss {
    int line;
    const char *expected, *came;
};

/* The policy must outlive it: names are borrowed from there. */
struct timeline *timeline_new(const char *story, const struct policy *policy);
void timeline_free(struct timeline *t); /* takes NULL */
void timeline_add_step(struct timeline *t, const struct fold_step *step);
void timeline_add_delivery(struct timeline *t, const struct fold_delivery *left, const char *sink);
void timeline_add_check(struct timeline *t, int line, const char *expected,
                        const char *came);         /* NULL: it is so */
void timeline_end(struct timeline *t, int64_t at); /* nothing happens until then any more */

/* All of it; good until something is added. */
struct timeline_view {
    const char *story;
    int64_t begin, end;
    const struct timeline_entry *entries;
    size_t entry_count;
    const struct timeline_miss *misses;
    size_t miss_count, held; /* expectations that are not so, and that are */
    const struct timeline_ticket *tickets;
    size_t ticket_count;
};
void timeline_view(const struct timeline *t, struct timeline_view *out);

/* All three are free()d. The JSON is canonical: of two ways of telling a story nothing differs but
 * `sink`. */
char *timeline_to_text(const struct timeline *t); /* core/timeline_text.c */
char *timeline_to_json(const struct timeline *t);
char *timeline_to_svg(const struct timeline *t); /* core/timeline_svg.c */

#endif
