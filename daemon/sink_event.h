/* daemon/sink_event.h - what other systems hear of a ticket: a fact and what followed of it, as
 * JSON.
 *
 * Pure but for the desk it reads. Called by the store for each fact, inside its batch, for channels
 * whose kind takes events; the text becomes a delivery's row and never changes. docs/events.md
 * shows it to who receives it: what is there stays, more may come. */
#ifndef RELEVO_DAEMON_SINK_EVENT_H
#define RELEVO_DAEMON_SINK_EVENT_H

#include <stdbool.h>

#include "core/plan.h"

struct arena;
struct desk;
struct desk_channel;
struct sink_return_path;

/* The type of a call that a step asks for; of a fact it is "ticket." and the first event's kind. */
#define SINK_EVENT_STEP_TYPE "step.taken"

/* Of a delivery that tells events, in `delivery.notice` and `delivery.recipient`. */
#define SINK_EVENT_NOTICE    "event"
#define SINK_EVENT_RECIPIENT "hook"

/* Is one of the events of a kind that this channel asks for (`only`)? */
bool sink_event_is_wanted(const struct desk_channel *ch, const struct plan *plan);
/* The body of the call. `plan` has at least one event; `ticket` is the one that is stored by it. */
const char *sink_event_body(const struct desk *desk, const struct plan *plan,
                            const struct ticket *ticket, const struct sink_return_path *path,
                            struct arena *a);
/* The body of the call that a step of the policy asks for; `step`, of plan's events, is its line.
 */
const char *sink_event_step_body(const struct desk *desk, const struct plan *plan,
                                 const struct planned_event *step, const struct ticket *ticket,
                                 const struct sink_return_path *path, struct arena *a);

#endif
