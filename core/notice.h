/* core/notice.h - the notices there are: one row each, by the numbers of docs/semantics.md.
 *
 * A new notice is a row in notice.c, an entry here, its wording in wording.c, its rule in
 * plan_notice.c. */
#ifndef RELEVO_CORE_NOTICE_H
#define RELEVO_CORE_NOTICE_H

#include <stdbool.h>

enum notice {
    NOTICE_RECEIVED,          /* E-01 */
    NOTICE_RECEIVED_CLOSED,   /* E-02 */
    NOTICE_FOLLOW_UP,         /* E-03 */
    NOTICE_REPLY,             /* E-06: a person's words */
    NOTICE_ESCALATED,         /* E-09 */
    NOTICE_SOLVED,            /* E-15 */
    NOTICE_AGENT_ASSIGNED,    /* it is yours */
    NOTICE_AGENT_CUSTOMER,    /* the customer wrote; the answer to this mail goes to them */
    NOTICE_AGENT_WARNING,     /* a target comes near */
    NOTICE_AGENT_ESCALATION,  /* it came to your level */
    NOTICE_AGENT_REMINDER,    /* B-20, until acknowledged */
    NOTICE_AGENT_BREACH,      /* a target was missed */
    NOTICE_AGENT_UNDELIVERED, /* an answer did not reach the customer */
    NOTICE_WAITING,           /* E-08: we wait for the customer */
    NOTICE_INCIDENT,          /* E-14: many have the same problem, and how it stands */
    NOTICE_EXPECTED,          /* E-10: what was told will not be kept: a new time */
    NOTICE_AGENT_OVER,        /* what one watches is over */
    NOTICE_N /* a new one comes last: ticket.memory remembers what was told by the number here */
};

struct notice_kind {
    const char *id;   /* "E-01": in delivery.notice, in `why`, in the policy file */
    const char *name; /* "received": the policy file's key */
    bool to_customer;
    bool unsolicited; /* waits in the window of B-01, may be folded into a newer one */
    bool once;        /* at most once per ticket (B-17: per level, see plan_notice.c) */
    const char *doc;  /* one sentence for the manual */
};
extern const struct notice_kind notice_kinds[NOTICE_N];
enum notice notice_find(const char *id_or_name); /* NOTICE_N: none such */

#endif
