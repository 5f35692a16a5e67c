/* tests/support/story.h - a policy made by hand, and one ticket to which facts happen on a clock
 * one moves. */
#ifndef RELEVO_TESTS_STORY_H
#define RELEVO_TESTS_STORY_H

#include "core/arena.h"
#include "core/plan.h"

struct calendar_plan; /* core/calendar.h */

enum { STORY_LEVELS = 3, STORY_NINE = 1767258000 /* Thursday, 2026-01-01 09:00:00 UTC */ };

/* Three levels with a team of two each, wall time; targets in seconds: ack 600, first_response 3600
 * (warned at 50 %), next_response 1800, resolution 86400, level_ack 900, level_resolve 7200;
 * coalesce 120, grace 86400. Level 1 and 2 step up when their level_ack is missed or somebody asks;
 * level 1 also at the 3rd unanswered. Who writes "todo caído" is urgent: a quarter of the time. */
struct story {
    struct arena *a;
    struct policy policy;
    struct policy_level levels[STORY_LEVELS];
    struct calendar *calendar; /* NULL: wall time */
    struct pattern *pattern;
    struct policy_rule rule;
    struct target_table targets;
    struct ticket ticket;
    struct contact contact;
    struct plan plan; /* of the last fact */
    struct error err;
    int64_t now;
    int64_t last_delivery; /* the deliveries of the last plan have the ids up to this one */
    /* After each fact that was taken, those of time too; NULL: nobody asks. */
    void (*on_plan)(struct story *s, void *arg);
    void *arg;
};

void story_begin(struct story *s, int64_t now);
void story_end(struct story *s);
/* What a group of tests begins each with: a story at STORY_NINE; and how it ends. */
int story_setup(void **state);
int story_teardown(void **state);
/* Everything is counted in this calendar; before the first fact. May be called again. */
void story_use_calendar(struct story *s, const struct calendar_plan *plan);
/* The next message opens another ticket of the same person. */
void story_next_ticket(struct story *s);
/* A fact at `now` that says nothing yet but its kind. */
struct fact story_fact(const struct story *s, enum fact_kind kind);
/* Applies and takes what follows as the new state: notices that wait are remembered, as the store
 * would. */
int story_apply(struct story *s, const struct fact *fact);
/* Common ones, at s->now; the time moves by story_until(), which wakes the planner when it wants to
 * be. */
int story_customer(struct story *s, const char *text);
int story_agent(struct story *s, const char *agent);
int story_status(struct story *s, enum ticket_status to);
void story_until(struct story *s, int64_t to);
/* The clock of that kind that has not ended; NULL: none. */
const struct target_clock *story_clock(const struct story *s, enum target_kind kind);
/* How many of these the whole story has planned so far (suppressed ones are taken off). */
int story_told(const struct story *s, enum notice notice);
/* How often the last fact made an event of that kind with that rule (NULL: any). */
int story_events(const struct story *s, const char *kind, const char *rule);

#endif
