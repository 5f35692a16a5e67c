/* core/backlog.h - is a team overloaded, whom is that told, and when again (D-29).
 *
 * Pure. Whoever looks gives what is counted and what was decided last; it begins at a threshold of
 * the policy and ends well below, so that nothing flaps. */
#ifndef RELEVO_CORE_BACKLOG_H
#define RELEVO_CORE_BACKLOG_H

#include "core/policy.h"

struct arena;
struct wording_dates;

struct backlog_seen {
    int waiting;        /* cases that wait for an owner in the team's queue */
    int64_t oldest_at;  /* since when the first of them does; 0: nobody knows */
    const int *carried; /* by each of the policy's agents, in its order */
};
struct backlog_state {
    int64_t over_since; /* 0: it is not overloaded */
    int told;           /* how often that was told */
};
enum backlog_sign {
    BACKLOG_SAME,  /* nothing to tell */
    BACKLOG_OVER,  /* it has just become so */
    BACKLOG_STILL, /* it is told again, at growing intervals (B-20) */
    BACKLOG_CALM,  /* it is over */
    BACKLOG_SIGN_N
};
struct backlog_found {
    enum backlog_sign sign;
    struct backlog_state state; /* as it is now */
    int waiting;
    int64_t oldest_s; /* in the hours of the team's level */
    int carried;      /* by those who are there, and what waits for them */
    int there;        /* 0: nobody of the team is there now */
    const char *why; /* the threshold, in the policy's words: "tickets 20"; NULL: none is reached */
};
const char *backlog_sign_name(enum backlog_sign s); /* "over": in backlog_event.kind */
/* Has the team any threshold? */
bool backlog_is_watched(const struct policy_team *team);
void backlog_decide(const struct policy *policy, size_t team, const struct backlog_state *before,
                    const struct backlog_seen *seen, int64_t now, struct backlog_found *out);
/* Whom it is told: `count` indexes of agents. */
const int *backlog_told(const struct policy_team *team, size_t *count);
/* When that agent may be told: within the agent's hours (T-57). */
int64_t backlog_tell_at(const struct policy *policy, int agent, int64_t now);
/* The letter in the agent's language; both are the arena's. */
void backlog_word(const struct policy *policy, size_t team, const struct backlog_found *f,
                  const char *language, struct wording_dates *dates, struct arena *a,
                  const char **subject, const char **text);

#endif
