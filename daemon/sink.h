/* daemon/sink.h - where a planned delivery goes, and in what words: sink, address, token, letter or
 * line.
 *
 * Pure but for the desk it reads. Called by the store for each planned delivery, inside its batch;
 * what it fills in becomes the delivery's row and never changes, so every retry says the same under
 * the same id. */
#ifndef RELEVO_DAEMON_SINK_H
#define RELEVO_DAEMON_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"

struct arena;
struct desk;
struct desk_channel;
struct handover;
struct wording_dates;

/* Where the customer of a ticket wrote last; columns last_* of ticket. */
struct sink_return_path {
    int64_t channel_id;
    const char *address_kind, *address, *conversation, *external_id;
    const char *mail_id;         /* of the last mail in the thread, theirs or ours; NULL: none */
    const char *mail_references; /* of that one, itself last: "<a> <b>"; NULL: not known */
};
/* What a delivery carries beside the notice: the words of a person (E-06, A-02), of the message it
 * is about; or what its reader must know to go on with the case. */
struct sink_words {
    const char *author_name; /* who wrote, for agents to read */
    const char *text;
    const struct handover *handover; /* NULL: it carries the words of a person */
    bool of_another;                 /* who is not the ticket's customer */
};
/* A row of `delivery`; NULL and 0 as the columns say. */
struct sink_delivery {
    const char *recipient; /* "customer", "agent"; "hook": daemon/sink_event.h */
    const char *agent;
    int64_t contact_id;
    int64_t channel_id; /* 0: there is no sink; the row is born dead with `last_words` */
    const char *address, *address_name, *conversation, *reply_to_external_id;
    const char *subject, *text;
    bool automatic;
    const char *mail_id, *mail_reply_to, *mail_in_reply_to, *mail_references;
    const char *state;      /* "owed" or "dead" */
    const char *last_words; /* why it was born dead */
};

/* `words` NULL: a notice, and no more. `now` is that of the decision. */
void sink_make(const struct desk *desk, int64_t delivery_id, const struct ticket *ticket,
               const struct contact *contact, const struct sink_return_path *path,
               const struct planned_delivery *planned, const struct sink_words *words, int64_t now,
               struct wording_dates *dates, struct arena *a, struct sink_delivery *out);
/* "example.org": whose names the Message-IDs of a channel's letters end with; NULL: it has none. */
const char *sink_domain(struct arena *a, const struct desk_channel *sink);

#endif
