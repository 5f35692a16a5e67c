/* core/tally.h - what a stretch of history comes to: the figures that two policies, or a policy and
 * what really happened, are compared by.
 *
 * Pure. Counted from events alone (C-23), whoever has them: the database, or a fold; and from what
 * is owed to the desk's own people, of which the history has no lines. */
#ifndef RELEVO_CORE_TALLY_H
#define RELEVO_CORE_TALLY_H

#include "core/plan.h"

enum { TALLY_LEVELS_MAX = 32, TALLY_HOURS = 24 };

/* One event of the history, as it is counted; TALLY_STAFF_TOLD: a notice to an agent. */
#define TALLY_STAFF_TOLD "staff_told"
struct tally_event {
    int64_t at;
    const char *kind;
    int clock;         /* enum target_kind; -1: it is about none */
    int level;         /* of level_entered */
    int notice;        /* enum notice; -1: about none */
    const char *value; /* as planned_event.value */
    int64_t times;     /* that it happened so */
};
struct tally_team {
    const char *name;             /* the policy's */
    int64_t given[TALLY_HOURS];   /* tickets that its people were given, by hour of day */
    int64_t carried[TALLY_HOURS]; /* and seconds that they carried one, likewise */
    int64_t load, load_at;        /* how many they carry, counted until then */
};
struct tally {
    const struct policy *policy;
    int64_t from, before; /* what happened then alone is counted; 0: no bound */
    int64_t tickets, facts;
    int64_t refused; /* facts that cannot happen under this policy */
    int64_t started[TARGET_KIND_N], warned[TARGET_KIND_N], missed[TARGET_KIND_N],
        waived[TARGET_KIND_N];
    int64_t entered[TALLY_LEVELS_MAX + 1]; /* by level; those above the last row count there */
    int64_t handed_back;
    int64_t priority[TICKET_PRIORITY_N]; /* times that a ticket got it, by rule or by hand */
    int64_t planned[NOTICE_N];           /* to customers */
    int64_t staff[NOTICE_N];             /* to agents, each one of a team by itself */
    int64_t suppressed;                  /* of these, by whatever rule */
    int64_t solved;
    int64_t given;            /* times that somebody got a ticket */
    struct tally_team *teams; /* of the policy, and one more without a name */
    bool carries;             /* tally_carry() was told what they carry */
    int64_t hour_began;       /* of the last one given; hours are asked for but once */
    int hour;
};
/* The policy says what its teams are called, and in what zone it is what hour. */
void tally_begin(struct tally *t, const struct policy *policy);
void tally_clear(struct tally *t);
void tally_add(struct tally *t, const struct tally_event *e);
/* Of a decision: all its events, and what agents are told. */
void tally_add_step(struct tally *t, const struct plan *plan);

/* So many tickets more are an agent's from then on (ticket_carrier()); in the order of their times.
 */
void tally_carry(struct tally *t, const char *agent, int64_t at, int64_t change);
/* What is carried then is carried until then; from its beginning where nothing ever was. */
void tally_carry_until(struct tally *t, int64_t at);

/* Side by side, one row a figure that is not zero in both; "what happened" may be any title. Both
 * are free()d. */
char *tally_to_text(const struct tally *left, const char *left_title, const struct tally *right,
                    const char *right_title);
char *tally_to_json(const struct tally *left, const char *left_key, const struct tally *right,
                    const char *right_key);

#endif
