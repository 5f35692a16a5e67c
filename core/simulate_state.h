/* core/simulate_state.h - what a story is told with, for the three rooms that tell it.
 *
 * Of core/simulate.c, core/simulate_frame.c and core/simulate_expect.c alone. */
#ifndef RELEVO_CORE_SIMULATE_STATE_H
#define RELEVO_CORE_SIMULATE_STATE_H

#include <glib.h>

#include "core/calendar.h"
#include "core/simulate.h"
#include "core/target.h"

enum { SIMULATE_HOLIDAYS_MAX = 64 };

/* A notice that a budget puts off: nobody is told it before it leaves. */
struct simulate_put_off {
    int64_t delivery_id, ticket_id, due_at;
    enum notice notice;
};
/* A customer who has a name in the story. */
struct simulate_person {
    const char *name;
    int64_t contact_id, ticket_id; /* the ticket of now */
};
/* What is known of a customer as the story goes on. */
struct simulate_known {
    const char *name; /* NULL: the customer who has none */
    const char *plan, *organization, *language;
    bool vip;
};
/* A message that was written. */
struct simulate_said {
    int64_t ticket_id;
    const struct fact *fact;
};
struct simulation {
    const char *name;
    const struct simulate_options *o;
    struct arena *a;
    struct fold *fold;
    struct timeline *t;
    struct error *err;
    int64_t ticket_id, another_id; /* of the customer now; the next one of anybody else */
    int64_t once_id;               /* of somebody who writes but once */
    int64_t message_id;
    int64_t incident_id; /* the newest; 0: there is none yet */
    GArray *people;      /* of struct simulate_person */
    GArray *known;       /* of struct simulate_known */
    GArray *said;        /* of struct simulate_said, as it came */
    const char *about;   /* whose ticket is meant; NULL: the customer's */
    /* What the story's own hours make of the policy. */
    struct policy policy;
    struct target_policy targets;
    struct calendar_plan hours;
    struct calendar_holiday holidays[SIMULATE_HOLIDAYS_MAX];
    struct calendar *calendar;
    /* For what is expected of the customer's tickets. */
    GHashTable *told; /* of int[NOTICE_N], by contact */
    int64_t opens_at;
    int64_t last_delivery; /* numbered as the fold does */
    GArray *put_off;       /* of struct simulate_put_off */
};

/* --- core/simulate.c: whose ticket it is */

int64_t simulate_contact(const struct simulation *s, int64_t ticket_id); /* who wrote it */
/* Of whom the story speaks; 0: of none that there is. */
int64_t simulate_about(const struct simulation *s);

/* --- core/simulate_frame.c: what a story says of its hours, before anything happens */

/* -1: it cannot be so. A sentence that says nothing of hours is passed over. */
int simulate_frame(struct simulation *s, const struct scenario_line *l);
/* A policy like the one given, in which everything is counted in the story's hours, if it has any.
 */
int simulate_use_hours(struct simulation *s);

/* --- core/simulate_expect.c: what a story expects */

/* Time goes on until then; what came instead is written into the timeline. */
void simulate_check(struct simulation *s, const struct scenario_line *l);
/* How often the person was told each notice whose ticket it is: int[NOTICE_N], the story's own. */
int *simulate_told(const struct simulation *s, int64_t ticket_id);

#endif
