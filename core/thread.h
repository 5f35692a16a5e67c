/* core/thread.h - which ticket a message belongs to, of those that its signals name.
 *
 * Pure. The store looks up what thread_signals() asks for and hands back what it found;
 * thread_find() chooses: an operator's word, reply token, then References, conversation, number in
 * the subject. What would enter another person's ticket must be proven (S-1, S-5): a From alone is
 * not believed. */
#ifndef RELEVO_CORE_THREAD_H
#define RELEVO_CORE_THREAD_H

#include "core/inbound.h"
#include "core/ticket.h"

enum { THREAD_REFERENCES_KEPT = 20, THREAD_SIGNALS_MAX = 64 };

enum thread_way {
    THREAD_NONE,
    THREAD_BY_OPERATOR, /* who wrote down what was said names the ticket (T-63) */
    THREAD_BY_TOKEN,
    THREAD_BY_REFERENCE,    /* key kind 'm' */
    THREAD_BY_ANSWERED,     /* key kind 'x': the id it answers on its channel */
    THREAD_BY_CONVERSATION, /* key kind 'c' */
    THREAD_BY_FOREIGN,      /* key kind 'v': the number that the sender's own help desk gives it */
    THREAD_BY_NUMBER,       /* in the subject: a guess, and only of one's own ticket */
    THREAD_BY_SUBJECT,      /* key kind 's': only where a reply has left its ticket (T-44) before */
};
/* One way to look for a ticket, in the order in which they are believed. */
struct thread_signal {
    enum thread_way way;
    char kind; /* of thread_key; 0: ticket_id is named directly */
    const char *key;
    int64_t ticket_id; /* named by token or subject */
};
struct thread_signals {
    struct thread_signal at[THREAD_SIGNALS_MAX];
    size_t count;
};
void thread_signals(const struct inbound *in, struct arena *a, struct thread_signals *out);

/* The keys by which later messages find this one's ticket: its own id, the first and the last
 * nineteen it refers to, and its place in its channel. Returns how many; kinds and keys in pairs.
 */
struct thread_key {
    char kind;
    const char *key;
};
size_t thread_keys(const struct inbound *in, struct arena *a, struct thread_key *keys, size_t room);

/* What an answer to a mail refers to (RFC 5322 3.6.4): what that one refers to, of more the first
 * and the last nineteen, and itself. "<a> <b>"; NULL: it has no id. */
const char *thread_chain(const struct inbound *in, struct arena *a);

/* The key of kind 'c' by which a conversation's newest ticket is found. */
char *thread_conversation_key(struct arena *a, int64_t channel_id, const char *conversation);

/* "[#42]" in a subject; 0: none. */
int64_t thread_subject_number(const char *subject);

/* A ticket that a signal led to, after merges were followed. */
struct thread_candidate {
    int64_t ticket_id;   /* 0: the signal led nowhere */
    bool over;           /* what is written to it opens a follow-up */
    const char *subject; /* of the ticket */
    bool participant;    /* the sender's address or contact takes part in it */
    bool token_fits;     /* of THREAD_BY_TOKEN: made for this sender */
};
/* A signal that was looked at and does not decide. */
struct thread_tried {
    enum thread_way way;
    int64_t ticket_id; /* 0: it led to none */
    const char *why;
};
enum { THREAD_TRIED_MAX = 8 };
struct thread_found {
    int64_t ticket_id;    /* 0: a new one */
    int64_t follow_up_of; /* the new one follows this closed one */
    int64_t related_to;   /* the new one was named together with this one; 0: none */
    bool changed_subject; /* that is why it is a new one: thread_subject_key() will lead there */
    enum thread_way way;
    bool weakly;
    const char *why; /* one sentence */
    /* What was believed more and did not hold, each way to each ticket once. */
    struct thread_tried tried[THREAD_TRIED_MAX];
    size_t tried_count;
};
/* `candidates` in the order of the signals of `in`. `proven`: the channel or an
 * Authentication-Results header vouches for the sender, or nobody was configured to.
 *
 * Mail only: a person's reply under a subject that has nothing in common with the ticket's is about
 * something else (T-44), and so is what is passed on, unless a token says that it belongs there
 * (T-39). Both open a ticket that names the old one. So does what named a ticket and may not enter
 * it (T-37): whoever works on it sees what it meant. */
void thread_find(const struct inbound *in, const struct thread_signals *signals,
                 const struct thread_candidate *candidates, bool proven, struct thread_found *out);

/* The sentence, with what was passed over and why: the first two by their names. */
const char *thread_why(struct arena *a, const struct thread_found *found);

/* The key of kind 's' of a reply: whose it is and how its subject reads without its prefixes; NULL:
 * it is no mail, or has no subject. */
const char *thread_subject_key(struct arena *a, const struct inbound *in);

#endif
