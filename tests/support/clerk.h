/* tests/support/clerk.h - what daemon/store.h does with the messages and letters of one story, but
 * in memory: finds the ticket by what adapters give, and has our letters written.
 *
 * Who decides is the product: core/thread.h, core/token.h, daemon/sink.h. */
#ifndef RELEVO_TESTS_CLERK_H
#define RELEVO_TESTS_CLERK_H

#include <glib.h>

#include "core/fold.h"
#include "core/thread.h"
#include "daemon/desk.h"
#include "daemon/sink.h"
#include "tests/support/customer.h"

struct clerk_letter {
    int64_t delivery_id, due_at;
    struct customer_letter letter;
};
struct clerk {
    struct arena *a;
    const struct policy *policy;
    int64_t ticket_id;    /* of the story's ticket; 0: there is none yet */
    struct ticket ticket; /* as it is now */
    const char *subject;
    int64_t last_delivery;    /* deliveries are counted as the fold counts them */
    struct fake_host letters; /* the channel by which letters leave */
    struct desk desk;
    struct desk_channel channel[2];
    struct desk_channel *channels[2];
    struct sink_return_path path;
    GHashTable *keys;   /* kind and key of core/thread.h: the story's ticket has them all */
    GHashTable *people; /* who takes part in it */
    GArray *posted;     /* struct clerk_letter */
};

/* The story's customer writes by `from`. */
void clerk_begin(struct clerk *k, const struct policy *policy, const struct channel *from);
void clerk_end(struct clerk *k);
/* Which ticket it belongs to: 0, or the story's. */
void clerk_find(struct clerk *k, const struct inbound *in, int64_t now, struct thread_found *found);
/* It is a message of the story's ticket. */
void clerk_keep(struct clerk *k, const struct inbound *in);
/* What is owed to the customer of the story's ticket, and what is taken back. `ours`: it is that
 * ticket, and no other person's. */
void clerk_post(struct clerk *k, const struct fold_step *step, bool ours);
/* The newest letter in the customer's mailbox then; NULL: there is none. */
const struct customer_letter *clerk_last_letter(const struct clerk *k, int64_t now);

#endif
