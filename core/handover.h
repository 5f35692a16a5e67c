/* core/handover.h - what the next one must know to go on with a case without reading it all (D-6):
 * who asks, what was asked, what was promised, what was done, what is to be done now.
 *
 * Pure. Of its size nothing that a stranger wrote decides: excerpts, lists and names are cut, and a
 * whole one stays under HANDOVER_BYTES_MAX. For a desk's own people alone: it quotes the customer.
 */
#ifndef RELEVO_CORE_HANDOVER_H
#define RELEVO_CORE_HANDOVER_H

#include "core/policy.h"

struct arena;
struct wording_dates;

enum {
    HANDOVER_EXCERPT_MAX = 600, /* bytes of what somebody wrote */
    HANDOVER_REASON_MAX = 240,  /* of why a step was taken */
    HANDOVER_NAME_MAX = 120,
    HANDOVER_STEPS_MAX = 10, /* the newest */
    HANDOVER_BYTES_MAX = 12288,
};
/* One message of many: the newest of its kind, or the first. */
struct handover_said {
    int64_t at;
    const char *who;  /* NULL: the desk, or the customer */
    const char *text; /* NULL: there is none */
};
/* It entered a level, or was given to somebody. */
struct handover_step {
    int64_t at;
    int level;       /* that was entered; 0: it was given to somebody */
    const char *who; /* an agent, an operator; NULL: the time, the customer */
    const char *why;
};
struct handover {
    int64_t number;
    const char *subject;
    enum ticket_status status;
    enum ticket_priority priority;
    int level;
    const char *team, *agent, *topic;
    const char *customer, *address, *organization, *plan;
    bool vip;
    struct handover_said first, last; /* of the customer; the same one: `last` has no text */
    struct handover_said answer, note;
    int answers, notes;
    int64_t promised_at; /* the customer was told, and waits for it; 0: nothing */
    int64_t waits_since; /* for an answer of ours; 0: for none */
    struct target_clock clocks[TICKET_CLOCKS_MAX]; /* that have not ended; no edges */
    size_t clock_count;
    struct handover_step steps[HANDOVER_STEPS_MAX]; /* in their order */
    size_t step_count;
    int steps_before; /* of which there is no room to tell */
};

/* What the ticket itself says; the rest is left at nothing. Strings stay borrowed. */
void handover_of(const struct ticket *t, const struct contact *c, struct handover *out);
/* One more, newer than those that are there: the oldest goes where there is no room. */
void handover_add_step(struct handover *h, const struct handover_step *step);
/* One more, newer than what is there. `direction` as in message.direction: "in", "out", "note". */
void handover_add_said(struct handover *h, const char *direction, const struct handover_said *said);

/* What the people of a level do and may decide (D-37), as a whole one says it too: a line, without
 * its end. NULL: the policy does not say. */
const char *handover_level(const struct policy *policy, const char *language, int level,
                           struct arena *a);

/* Lines of plain text in that language, as they are at `now`; the arena's. `zone`: of the dates. */
const char *handover_render(const struct policy *policy, const char *language, const char *zone,
                            struct wording_dates *dates, const struct handover *h, int64_t now,
                            struct arena *a);

#endif
