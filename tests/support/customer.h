/* tests/support/customer.h - customers who write in by every way there is: what they say becomes
 * their provider's bytes, and the real adapter makes a message of them.
 *
 * The clock is h.now. What customers' own clocks say is an hour slow, and counts for nothing. */
#ifndef RELEVO_TESTS_CUSTOMER_H
#define RELEVO_TESTS_CUSTOMER_H

#include "tests/support/fake_host.h"

enum { CUSTOMER_PEOPLE = 2 };

/* A letter of ours that lies in a customer's mailbox. */
struct customer_letter {
    const char *id, *reply_to, *subject; /* the id without angle brackets */
};
struct customer_said {
    const char *text;
    int64_t at;        /* when the provider had it; the adapter gets it at h.now */
    bool by_another;   /* the second person, who writes in as well */
    bool by_a_machine; /* theirs: nothing automatic may answer it */
    bool as_edit;      /* the person's last message shall read so */
    const struct customer_letter *answers; /* mail alone; NULL: none of ours */
};

struct customer;
struct customer_way {
    const char *name, *kind, *yaml;
    struct fake_secret secrets[3];
    const char *people[CUSTOMER_PEOPLE]; /* who they are there */
    unsigned found_by; /* bits of enum thread_way: how a later message finds its ticket */
    bool keeps;        /* its provider keeps what we do not take at once, and stamps it */
    bool machines;     /* it marks what a machine wrote in the customer's talk */
    bool edits;        /* it tells of messages that were changed */
    void (*write)(struct customer *c, const struct customer_said *said);
};
extern const struct customer_way customer_ways[]; /* ended by name NULL */

struct customer {
    const struct customer_way *way;
    struct fake_host h;
    int written;                  /* by both: ids come of it */
    int last[CUSTOMER_PEOPLE];    /* the number of each one's last message; 0: none yet */
    int64_t at[CUSTOMER_PEOPLE];  /* when that was */
    char *token[CUSTOMER_PEOPLE]; /* of a session of the chat */
};
void customer_begin(struct customer *c, const struct customer_way *way, int64_t now);
void customer_end(struct customer *c);

/* Is there such a message by this way? */
bool customer_can(const struct customer_way *way, const struct customer_said *said);
/* What the adapter handed over, good until customer_end(); NULL: nothing, or more than one. */
struct inbound *customer_write(struct customer *c, const struct customer_said *said);

#endif
