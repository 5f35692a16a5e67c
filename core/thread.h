/* core/thread.h - which ticket a message belongs to, of those that its signals name.
 *
 * Pure. The store looks up what thread_signals() asks for and hands back what it found;
 * thread_find() chooses: reply token, then References, conversation, number in the subject. What
 * would enter another person's ticket must be proven (S-1, S-5): a From alone is not believed. */
#ifndef RELEVO_CORE_THREAD_H
#define RELEVO_CORE_THREAD_H

#include "core/inbound.h"
#include "core/ticket.h"

enum { THREAD_REFERENCES_KEPT = 20, THREAD_SIGNALS_MAX = 64 };

enum thread_way {
    THREAD_NONE,
    THREAD_BY_TOKEN,
    THREAD_BY_REFERENCE,    /* key kind 'm' */
    THREAD_BY_ANSWERED,     /* key kind 'x': the id it answers on its channel */
    THREAD_BY_CONVERSATION, /* key kind 'c' */
    THREAD_BY_NUMBER,       /* in the subject: a guess, and only of one's own ticket */
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

/* The key of kind 'c' by which a conversation's newest ticket is found. */
char *thread_conversation_key(struct arena *a, int64_t channel_id, const char *conversation);

/* "[#42]" in a subject; 0: none. */
int64_t thread_subject_number(const char *subject);

/* A ticket that a signal led to, after merges were followed. */
struct thread_candidate {
    int64_t ticket_id; /* 0: the signal led nowhere */
    enum ticket_status status;
    bool participant; /* the sender's address or contact takes part in it */
    bool token_fits;  /* of THREAD_BY_TOKEN: made for this sender */
};
struct thread_found {
    int64_t ticket_id;    /* 0: a new one */
    int64_t follow_up_of; /* the new one follows this closed one */
    enum thread_way way;
    bool weakly;
    const char *why; /* one sentence */
};
/* `candidates` in the order of the signals. `proven`: the channel or an Authentication-Results
 * header vouches for the sender, or nobody was configured to. */
void thread_find(const struct thread_signals *signals, const struct thread_candidate *candidates,
                 bool proven, struct thread_found *out);

#endif
