/* What policy.yaml may hold: the table behind its check, its sample, its manual page and its
 * schema. */
#include "core/policy_read.h"

static const char *const queue_orders[] = { "urgent first", "first come", NULL };
static const char *const priorities[] = { "low", "normal", "high", "urgent", NULL };

static const struct conf_key desk_keys[] = {
    { .name = "title",
      .type = CONF_TEXT,
      .fallback = "",
      .doc = "How the desk signs its notices.",
      .example = "Tienda Sol" },
    { .name = "language",
      .type = CONF_TEXT,
      .fallback = "en",
      .doc = "What is written to whose language is not known." },
    { .name = "zone",
      .type = CONF_TEXT,
      .fallback = "UTC",
      .doc = "The IANA time zone of dates for whose zone is not known.",
      .example = "Europe/Madrid" },
    { .name = NULL },
};
static const struct conf_key calendar_keys[] = {
    { .name = "zone",
      .type = CONF_TEXT,
      .required = true,
      .doc = "The IANA time zone of its hours.",
      .example = "Europe/Madrid" },
    { .name = "hours",
      .type = CONF_VALUES,
      .required = true,
      .doc = "Spans by day or by range of days: 'mon-fri: 09:00-14:00, 15:30-18:30'. A span whose "
             "end is not after its start crosses midnight and belongs to the day it begins on." },
    { .name = "holidays",
      .type = CONF_TEXTS,
      .doc = "Days that are closed, '2026-12-25'; or open only for a while, '2026-12-24 "
             "09:00-12:00'." },
    { .name = NULL },
};
static const struct conf_key agent_keys[] = {
    { .name = "name",
      .type = CONF_TEXT,
      .required = true,
      .doc = "The agent's name, as customers may read it." },
    { .name = "email",
      .type = CONF_TEXT,
      .required = true,
      .doc = "Where the agent is told, and answers from." },
    { .name = "limit",
      .type = CONF_INT,
      .fallback = "0",
      .max = 10000,
      .doc = "Open tickets at most; those that wait for the customer do not count. 0: no limit." },
    { .name = "available",
      .type = CONF_BOOL,
      .fallback = "yes",
      .doc = "Does the agent get new tickets?" },
    { .name = "calendar",
      .type = CONF_TEXT,
      .doc = "When notices may reach the agent; absent: always." },
    { .name = "language", .type = CONF_TEXT, .doc = "Of the agent's notices; absent: the desk's." },
    { .name = NULL },
};
static const struct conf_key team_keys[] = {
    { .name = "title", .type = CONF_TEXT, .fallback = "", .doc = "What the team is called." },
    { .name = "members", .type = CONF_TEXTS, .doc = "Names of agents." },
    { .name = NULL },
};
static const struct conf_key rule_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "What relevoctl why calls it." },
    { .name = "match",
      .type = CONF_TEXT,
      .doc = "A Perl-compatible pattern; (?i) ignores case. Absent: matches always." },
    { .name = "in",
      .type = CONF_TEXTS,
      .doc = "Where it is looked for: subject, text, sender. Absent: subject and text." },
    { .name = "priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .doc = "The highest of all rules that match wins." },
    { .name = "tags", .type = CONF_TEXTS, .doc = "Tags that the ticket gets." },
    { .name = "team", .type = CONF_TEXT, .doc = "Whose it is; the first rule that says one wins." },
    { .name = NULL },
};
static const struct conf_key target_keys[] = {
    { .name = "low",
      .type = CONF_DURATION,
      .max = 31622400,
      .doc = "The target at this priority; absent: no such clock." },
    { .name = "normal", .type = CONF_DURATION, .max = 31622400, .doc = "Likewise." },
    { .name = "high", .type = CONF_DURATION, .max = 31622400, .doc = "Likewise." },
    { .name = "urgent", .type = CONF_DURATION, .max = 31622400, .doc = "Likewise." },
    { .name = "calendar", .type = CONF_TEXT, .doc = "Whose hours count; absent: the wall's." },
    { .name = "warn",
      .type = CONF_TEXTS,
      .doc = "When a warning is due: '50%', at most four, ascending." },
    { .name = NULL },
};
#define TARGET_KEYS                                                                                \
    { .name = "ack",                                                                               \
      .type = CONF_SECTION,                                                                        \
      .keys = target_keys,                                                                         \
      .doc = "Until somebody owns the ticket." },                                                  \
        { .name = "first_response",                                                                \
          .type = CONF_SECTION,                                                                    \
          .keys = target_keys,                                                                     \
          .doc = "Until the first public answer." },                                               \
        { .name = "next_response",                                                                 \
          .type = CONF_SECTION,                                                                    \
          .keys = target_keys,                                                                     \
          .doc = "From the oldest unanswered message to its answer." },                            \
        { .name = "update",                                                                        \
          .type = CONF_SECTION,                                                                    \
          .keys = target_keys,                                                                     \
          .doc = "Between public answers." },                                                      \
    {                                                                                              \
        .name = "resolution", .type = CONF_SECTION, .keys = target_keys,                           \
        .doc = "Until it is solved."                                                               \
    }
static const struct conf_key channel_target_keys[] = { TARGET_KEYS, { .name = NULL } };
static const struct conf_key targets_keys[] = {
    TARGET_KEYS,
    { .name = "channels",
      .type = CONF_NAMED,
      .keys = channel_target_keys,
      .doc = "Other targets for a channel or a kind of channel. The one place where a channel may "
             "be named: the path is the same for all." },
    { .name = NULL },
};
static const struct conf_key step_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "Unique within its level." },
    { .name = "when",
      .type = CONF_TEXT,
      .required = true,
      .doc = "'first_response 50%', 'level_ack missed', 'resolution 30m before', 'level 4h', "
             "'reopened 2 times', 'unanswered 3 messages', 'priority urgent' or 'requested'." },
    { .name = "if_priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .fallback = "low",
      .doc = "Only from this priority on." },
    { .name = "do",
      .type = CONF_TEXTS,
      .required = true,
      .doc = "'notify owner', 'notify team', 'notify AGENT', 'raise to PRIORITY', 'level up', "
             "'reassign', 'tag TAG'." },
    { .name = NULL },
};
static const struct conf_key level_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "What the level is called." },
    { .name = "team", .type = CONF_TEXT, .doc = "Who works there." },
    { .name = "calendar",
      .type = CONF_TEXT,
      .doc = "Whose hours count for the level's clocks; absent: the wall's." },
    { .name = "ack",
      .type = CONF_DURATION,
      .max = 31622400,
      .doc = "Until somebody of the level has seen it." },
    { .name = "resolve",
      .type = CONF_DURATION,
      .max = 31622400,
      .doc = "Until the level has solved it." },
    { .name = "reminders",
      .type = CONF_TEXTS,
      .doc = "When the level is reminded until somebody has seen it, counted from its entry: "
             "'15m'. At most eight." },
    { .name = "steps",
      .type = CONF_LIST,
      .keys = step_keys,
      .doc = "What happens when; at most 64." },
    { .name = NULL },
};
static const struct conf_key notice_keys[] = {
    { .name = "on", .type = CONF_BOOL, .fallback = "yes", .doc = "Is it sent at all?" },
    { .name = "subject", .type = CONF_VALUES, .doc = "The subject of its letter, by language." },
    { .name = "letter", .type = CONF_VALUES, .doc = "The text of its letter, by language." },
    { .name = "line",
      .type = CONF_VALUES,
      .doc = "The line or two for SMS and chat, by language." },
    { .name = NULL },
};
static const struct conf_key timing_keys[] = {
    { .name = "grace",
      .type = CONF_DURATION,
      .fallback = "7d",
      .max = 31622400,
      .doc = "From solved to closed; a reply within it goes on with the same case." },
    { .name = "coalesce",
      .type = CONF_DURATION,
      .fallback = "2m",
      .max = 3600,
      .doc = "How long a notice waits for a newer one that replaces it, on every channel." },
    { .name = "received_merge",
      .type = CONF_DURATION,
      .fallback = "10m",
      .max = 86400,
      .doc = "A person who was told 'received' this recently is not told it again for another "
             "ticket." },
    { .name = "after_reply",
      .type = CONF_DURATION,
      .fallback = "30m",
      .max = 86400,
      .doc = "An escalation is not told to the customer this soon after an answer." },
    { .name = "on_hold_pauses_resolution",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc = "Does waiting for a third party pause the resolution clock?" },
    { .name = NULL },
};
const struct conf_key policy_keys[] = {
    { .name = "desk", .type = CONF_SECTION, .keys = desk_keys, .doc = "Who speaks." },
    { .name = "calendars", .type = CONF_NAMED, .keys = calendar_keys, .doc = "When clocks run." },
    { .name = "agents", .type = CONF_NAMED, .keys = agent_keys, .doc = "Who answers." },
    { .name = "teams", .type = CONF_NAMED, .keys = team_keys, .doc = "Who answers together." },
    { .name = "priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .fallback = "normal",
      .doc = "Where no rule of the classification says one." },
    { .name = "classification",
      .type = CONF_LIST,
      .keys = rule_keys,
      .doc = "What a message is about." },
    { .name = "targets",
      .type = CONF_SECTION,
      .keys = targets_keys,
      .doc = "What is promised, by priority." },
    { .name = "escalation",
      .type = CONF_LIST,
      .keys = level_keys,
      .required = true,
      .doc = "The path: its levels, from the first up." },
    { .name = "queue",
      .type = CONF_CHOICE,
      .choices = queue_orders,
      .fallback = "urgent first",
      .doc = "Which of those that wait for an owner comes first when an agent gets free: the more "
             "urgent one, or the one that has waited longest." },
    { .name = "notices",
      .type = CONF_NAMED,
      .keys = notice_keys,
      .doc = "What is told, and in what words; by the name or the number of a notice." },
    { .name = "timing", .type = CONF_SECTION, .keys = timing_keys, .doc = "Windows and graces." },
    { .name = NULL },
};
