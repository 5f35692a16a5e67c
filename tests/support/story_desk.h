/* tests/support/story_desk.h - a desk on which a drawn story happens, kept as the store keeps it.
 *
 * Time brings what falls due at its own second, tickets of one second by their numbers, before a
 * fact of that second. How the state is kept between two facts is chosen: nothing of that may
 * matter. */
#ifndef RELEVO_TESTS_STORY_DESK_H
#define RELEVO_TESTS_STORY_DESK_H

#include "core/arena.h"
#include "core/plan.h"
#include "tests/support/random_story.h"

struct story_how {
    bool by_text;     /* between any two facts the state is written to its stored text and read */
    bool one_batch;   /* clocks that have ended stay, as they do within one batch of the store */
    bool asked_often; /* the planner is woken at seconds at which nothing is due */
    bool late;        /* time comes late: right before the next fact of a ticket, not by itself */
    const int64_t *moments; /* when each fact happens; NULL: as it says, and `moments` is filled */
};
/* One decision. */
struct story_step {
    int64_t now;
    int64_t ticket_id;
    const struct policy *policy;
    const struct target_table *targets;
    const struct ticket *before;
    const struct contact *contact; /* before it */
    const struct fact *fact;
    const struct plan *plan; /* NULL: it could not happen */
};
/* The same clock before the decision; NULL: it began with it. */
const struct target_clock *story_clock_before(const struct story_step *s,
                                              const struct target_clock *c);
/* A notice to the customer that left its window. */
struct story_left {
    const struct policy *policy;
    const struct ticket *ticket;
    struct plan_leaving leaving;
    const char *dropped; /* NULL: it was sent */
};

enum { STORY_LATER_MAX = 400 };
struct story_desk_ticket {
    struct ticket t; /* version 0: not opened */
    int contact, channel;
    int64_t wake_at;
    bool wants_queue;
    const char *queue_team;
    int64_t queue_rank;
    struct story_later { /* what agents hear when their hours begin */
        int64_t delivery_id, due_at;
        struct plan_leaving leaving; /* agent: the policy's own word */
    } later[STORY_LATER_MAX];
    size_t later_count;
};
struct story_desk {
    struct story_how how;
    const struct policy_file *policies; /* two */
    const struct policy *policy;        /* in force */
    struct target_table targets[RANDOM_CHANNELS];
    struct story_desk_ticket tickets[RANDOM_TICKETS + 1]; /* by number */
    struct contact contacts[RANDOM_CONTACTS];
    struct fact_load loads[RANDOM_AGENTS]; /* of the policy's agents */
    int64_t assigned_at[RANDOM_AGENTS];    /* of all there ever were */
    int64_t now, last_delivery;
    int64_t moments[RANDOM_FACTS_MAX];
    struct arena *a;
    struct plan plan;
    /* Asked after each decision, and as each notice leaves; NULL: nobody asks. */
    void (*decided)(void *arg, const struct story_step *step);
    void (*left)(void *arg, const struct story_left *left);
    void *arg;
    int rounds; /* wakes without a fact between them */
};

/* A person of the stories, of whom nothing is known but where that is, and whether news may come at
 * night. */
struct contact story_contact(int i);
/* Tells all of it. The policies must have been read; they are borrowed. -1: time never comes to an
 * end (it asks to be woken for ever). */
int story_desk_tell(struct story_desk *d, const struct random_story *story,
                    const struct policy_file policies[2], const struct story_how *how);
void story_desk_clear(struct story_desk *d);

/* All that a plan says, as one number; the order in which clocks are kept does not count. With
 * `words`: the why and detail of its events and their chain, too. */
uint64_t story_plan_number(const struct plan *p, int64_t now, bool words);
uint64_t story_ticket_number(const struct ticket *t, int64_t now, bool words);
/* A ticket written to what the store keeps of it, under `from`, and read back under `to`. */
void story_by_text(struct ticket *t, const struct policy *from, const struct policy *to,
                   int64_t now, bool ended_too, struct arena *a);

#endif
