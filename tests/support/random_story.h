/* tests/support/random_story.h - a policy and what happens under it, drawn by a seed.
 *
 * A story is data: it can be printed for a reader, told again, and made smaller while it still
 * shows what is wrong. What it asks for need not be possible (a closed ticket does not escalate);
 * who tells it finds that out. */
#ifndef RELEVO_TESTS_RANDOM_STORY_H
#define RELEVO_TESTS_RANDOM_STORY_H

#include "core/fact.h"
#include "tests/support/random_policy.h"

enum {
    RANDOM_FACTS_MAX = 48,
    RANDOM_TICKETS = 5, /* numbered from 1 */
    RANDOM_CONTACTS = 2,
    RANDOM_AT_WAKE = -1,     /* `after_s`: when something falls due next */
    RANDOM_BEFORE_WAKE = -2, /* a second before */
};

struct random_fact {
    int64_t after_s; /* since the one before */
    int64_t late_s;  /* how long before it is decided it happened */
    /* FACT_POLICY_CHANGED: the second policy comes into force; `open`: open clocks follow it.
     * FACT_TIME_CAME: somebody asks though nothing may be due. */
    enum fact_kind kind;
    int ticket, other; /* numbers */
    int contact, channel;
    int agent, team; /* -1: nobody */
    int plan;        /* -1: of no organization */
    int words;       /* which */
    enum ticket_status status;
    enum ticket_priority priority;
    int level;
    bool automatic, spam, bounce, report, weakly, vip, solution, open;
};

struct random_story {
    struct arena *a;
    uint64_t seed;
    int64_t begins;
    struct random_policy policies[2];
    struct random_fact facts[RANDOM_FACTS_MAX];
    size_t fact_count;
    int64_t tail_s; /* how long is looked on after the last one */
};

/* Draws; random_story_clear() frees. */
void random_story_draw(struct random_story *s, uint64_t seed);
void random_story_clear(struct random_story *s);
/* What a drawn fact says to the planner, at `now`. */
struct fact random_fact_make(const struct random_fact *r, int64_t now);
/* For a reader; free() it. */
char *random_story_text(const struct random_story *s);

/* The smallest story found that still fails: `fails` is asked again and again, and says so. */
void random_story_shrink(struct random_story *s, bool (*fails)(void *arg), void *arg);

#endif
