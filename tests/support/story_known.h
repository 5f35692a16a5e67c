/* tests/support/story_known.h - what the rules know of a story so far, and which was broken first.
 *
 * Filled by the rules themselves, decision by decision, from what they were shown. */
#ifndef RELEVO_TESTS_STORY_KNOWN_H
#define RELEVO_TESTS_STORY_KNOWN_H

#include <glib.h>

#include "tests/support/slow_time.h"
#include "tests/support/story_budget.h"
#include "tests/support/story_desk.h"

/* What was broken: a letter and words; letter 0: nothing. */
struct story_broken {
    char letter;
    char words[600];
};
/* The letters. */
enum {
    STORY_CHANNEL = 'a', /* the channel counts in nothing but the targets */
    STORY_BATCH = 'b',   /* how facts are gathered and state is kept in between does not count */
    STORY_DUE = 'c',     /* a clock is due when its ledger and calendar say */
    STORY_BREACH = 'd',  /* one breach an instance, its warnings in order before it */
    STORY_LEVEL = 'e',   /* levels fall by a hand-back alone; a step is taken once a visit */
    STORY_LEDGER = 'f',  /* a ledger's intervals tile the life of its clock */
    STORY_NOTICE = 'g',  /* nobody is told too much, or what is not so */
    STORY_STATE = 'h',   /* what a ticket's state may be */
    STORY_HISTORY = 'i', /* the chain verifies; with words or without, it is decided the same */
    STORY_MEMORY = 'j',  /* what is kept stays bounded */
    STORY_OWNER = 'k',   /* whose it becomes, and who loses it */
};
/* The first that is said is kept. */
void story_broken_set(struct story_broken *b, char letter, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct rule_clock {
    int percent; /* the last that was warned of under this target */
    int breaches;
    bool over;
};
enum { RULE_INSTANCES_MAX = 160 };
struct rule_ticket {
    int64_t seq;
    unsigned char hash[32];
    int instances[TARGET_KIND_N];
    struct rule_clock clocks[TARGET_KIND_N][RULE_INSTANCES_MAX];
    int told_level;
    int64_t given_at;              /* to its owner */
    bool seen;                     /* by its owner: something was done with it since */
    const char *silent;            /* who lost it last to another */
    int lost;                      /* how many did, one after the other, on this level */
    int reminded;                  /* how often the customer was, since the status is this */
    int unanswered;                /* words of the customer since our last to him */
    int64_t waits_since;           /* the oldest that nobody answered or waived; 0: none */
    bool by_hand;                  /* somebody corrected its priority */
    bool spam;                     /* somebody says so */
    int spam_version;              /* of the policy that it followed then */
    int64_t voided[TARGET_KIND_N]; /* then it ran, begun so; 0: it did not */
    int64_t new_time_at;           /* when the customer was last told one (E-10); 0: never */
};
struct story_rules {
    struct story_broken broken;
    const struct random_story *story;
    struct slow_calendar *calendars[2][RANDOM_CALENDARS];
    int64_t end; /* nothing is known of what comes later */
    struct rule_ticket tickets[RANDOM_TICKETS + 1];
    struct story_budget budget;
    GHashTable *keys;  /* step keys of deliveries (B-05) */
    GHashTable *steps; /* that were taken, each with its visit */
    struct arena *a;
    struct plan bare;
};

/* Of a decision: which ticket and fact it was, and what is wrong. */
#define BROKEN(r, step, letter, ...) story_broken_step((r), (step), (letter), __VA_ARGS__)
void story_broken_step(struct story_rules *r, const struct story_step *s, char letter,
                       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* NULL: the wall's. */
struct slow_calendar *story_calendar(const struct story_rules *r, int version, int calendar);
/* Far ahead we do not look: there only so much is known, that it is far ahead or never. */
bool story_same_instant(const struct story_rules *r, int64_t known, int64_t said);
/* "instance": 2 of a detail; -1: it is not there. */
int64_t story_detail_number(const char *detail, const char *name);

#endif
