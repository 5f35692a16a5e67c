#include "core/notice.h"

#include <string.h>

const struct notice_kind notice_kinds[NOTICE_N] = {
    [NOTICE_RECEIVED] = { "E-01", "received", true, true, true, "A new ticket was opened." },
    [NOTICE_RECEIVED_CLOSED] = { "E-02", "received_closed", true, true, true,
                                 "A new ticket was opened outside hours; names the next opening." },
    [NOTICE_FOLLOW_UP] = { "E-03", "follow_up", true, true, false,
                           "A message was added to a solved ticket, or could only be threaded "
                           "weakly." },
    [NOTICE_REPLY] = { "E-06", "reply", true, false, false, "An agent's words." },
    [NOTICE_WAITING] = { "E-08", "waiting", true, true, false,
                         "An answer of the customer is waited for." },
    [NOTICE_EXPECTED] = { "E-10", "expected", true, true, false,
                          "What the customer was told will not be kept, or was not: names a new "
                          "time." },
    [NOTICE_ESCALATED] = { "E-09", "escalated", true, true, false,
                           "The ticket entered a higher level than ever before." },
    [NOTICE_SOLVED] = { "E-15", "solved", true, true, false,
                        "The ticket was solved: how to reopen, until when." },
    [NOTICE_INCIDENT] = { "E-14", "incident", true, true, false,
                          "Many have the same problem: how it stands." },
    [NOTICE_AGENT_ASSIGNED] = { "A-01", "agent_assigned", false, false, false,
                                "The ticket is the agent's now." },
    [NOTICE_AGENT_CUSTOMER] = { "A-02", "agent_customer", false, false, false,
                                "The customer wrote; the answer to this mail goes to them." },
    [NOTICE_AGENT_WARNING] = { "A-03", "agent_warning", false, false, false,
                               "A target comes near." },
    [NOTICE_AGENT_ESCALATION] = { "A-04", "agent_escalation", false, false, false,
                                  "The ticket came to the agent's level." },
    [NOTICE_AGENT_REMINDER] = { "A-05", "agent_reminder", false, false, false,
                                "Nobody has acknowledged the escalation yet." },
    [NOTICE_AGENT_BREACH] = { "A-06", "agent_breach", false, false, false, "A target was missed." },
    [NOTICE_AGENT_UNDELIVERED] = { "A-07", "agent_undelivered", false, false, false,
                                   "An answer did not reach the customer, and why." },
    [NOTICE_AGENT_OVER] = { "A-08", "agent_over", false, false, false,
                            "What the agent watches is over: solved, or closed." },
};

enum notice notice_find(const char *id_or_name)
{
    int n;

    for (n = 0; n < NOTICE_N; n++)
        if (strcmp(notice_kinds[n].id, id_or_name) == 0 ||
            strcmp(notice_kinds[n].name, id_or_name) == 0)
            break;
    return (enum notice)n;
}
