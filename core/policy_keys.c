/* What policy.yaml may hold: the table behind its check, its sample, its manual page and its
 * schema. */
#include "core/policy_read.h"

static const char *const queue_orders[] = { "urgent first", "first come", "aged", "nearest due",
                                            NULL };
static const char *const solution_rules[] = { "free", "asked", NULL };
static const char *const incident_clocks[] = { "end", "run", NULL };
static const char *const impacts[] = { "one", "some", "many", "all", NULL };
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
      .doc =
          "Days that are closed, '2026-12-25' or '2026-12-24..2026-12-26'; or open only for a "
          "while, '2026-12-24 09:00-12:00, 13:00-14:00'. A name may follow, '2026-12-25 "
          "(Christmas)': whoever asks why is told it. Each day counts once for each of its spans; "
          "at most 1000, with those of 'holidays_of', and at most 366 days in a row." },
    { .name = "holidays_of",
      .type = CONF_TEXTS,
      .doc = "Whose holidays it has as well: names of 'holidays'. A day that stands in several "
             "places is open in each of its spans." },
    { .name = "openings",
      .type = CONF_TEXTS,
      .doc =
          "Days that are open although their weekday or a holiday says otherwise, or longer than "
          "usual: '2026-12-19 10:00-14:00', with several spans, a row of days and a name as "
          "holidays have. What the day has otherwise stays; at most 1000." },
    { .name = NULL },
};
static const struct conf_key holidays_keys[] = {
    { .name = "days",
      .type = CONF_TEXTS,
      .required = true,
      .doc = "As a calendar's 'holidays'; relevoctl calendar import makes them of a feed." },
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
    { .name = "limits",
      .type = CONF_VALUES,
      .doc = "Open tickets at most by kind of work, besides: the name of a topic, or 'none' for "
             "cases without one, and a number from 1 to 10000." },
    { .name = "available",
      .type = CONF_BOOL,
      .fallback = "yes",
      .doc = "Does the agent get new tickets?" },
    { .name = "program",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc =
          "Is it a program that talks to customers? What it says is sent to them, and is nobody's "
          "answer: every clock goes on until a person answers. It gets no tickets. A program whose "
          "words shall count is an agent like any other." },
    { .name = "calendar",
      .type = CONF_TEXT,
      .doc =
          "When notices may reach the agent; absent: always. What comes outside of it waits for "
          "its next opening; of an escalation the people of its level hear in the level's hours." },
    { .name = "shift",
      .type = CONF_TEXT,
      .doc = "A calendar: when the agent gets new tickets; absent: always." },
    { .name = "skills", .type = CONF_TEXTS, .doc = "What the agent can do; topics ask for it." },
    { .name = "languages",
      .type = CONF_TEXTS,
      .doc = "What the agent can write in: customers of these languages come to who has them, "
             "where there is a choice." },
    { .name = "language", .type = CONF_TEXT, .doc = "Of the agent's notices; absent: the desk's." },
    { .name = NULL },
};
static const struct conf_key backlog_keys[] = {
    { .name = "tickets",
      .type = CONF_INT,
      .fallback = "0",
      .max = 1000000,
      .doc = "So many of its cases wait for an owner. 0: that is not looked at." },
    { .name = "oldest",
      .type = CONF_DURATION,
      .fallback = "0s",
      .max = 31622400,
      .doc = "One of them has waited so long, counted in the hours of the level whose team it is. "
             "0s: that is not looked at." },
    { .name = "per_agent",
      .type = CONF_INT,
      .fallback = "0",
      .max = 10000,
      .doc = "So many cases, those that wait among them, for each of the team who is there. 0: "
             "that is not looked at." },
    { .name = "tell",
      .type = CONF_TEXTS,
      .doc = "Names of agents who hear of it; absent: the members of the team." },
    { .name = NULL },
};
static const struct conf_key team_keys[] = {
    { .name = "title", .type = CONF_TEXT, .fallback = "", .doc = "What the team is called." },
    { .name = "members", .type = CONF_TEXTS, .doc = "Names of agents." },
    { .name = "ack",
      .type = CONF_DURATION,
      .fallback = "0s",
      .max = 31622400,
      .doc = "Who was given a ticket and has done nothing with it for this long, counted in their "
             "shift, loses it to the queue; twice as long when it has gone round the team. 0s: "
             "never." },
    { .name = "backlog",
      .type = CONF_SECTION,
      .keys = backlog_keys,
      .doc = "When the team has more than it can do: any of these is enough. It is told when it "
             "begins, again after 15 minutes, 1 hour, 4 hours and then each day, and when it ends, "
             "which is below three quarters of all of them." },
    { .name = NULL },
};
static const struct conf_key plan_keys[] = {
    { .name = "title", .type = CONF_TEXT, .fallback = "", .doc = "What it is called." },
    { .name = "points",
      .type = CONF_INT,
      .fallback = "0",
      .max = 40,
      .doc = "What it adds to a case's points; ten are one step of priority." },
    { .name = NULL },
};
static const struct conf_key topic_keys[] = {
    { .name = "title", .type = CONF_TEXT, .fallback = "", .doc = "What it is called." },
    { .name = "teams",
      .type = CONF_TEXTS,
      .doc = "Who has its cases, from the first level up; '-', or none named: the level's own "
             "team." },
    { .name = "skills",
      .type = CONF_TEXTS,
      .doc = "What somebody must be able to do to be given its cases." },
    { .name = "ask",
      .type = CONF_VALUES,
      .doc = "A question or two whose answer helps whoever takes a case of it, by language, each "
             "at most 300 bytes. Its customer is asked in the first notice, E-01 or E-02, and what "
             "comes back is classified by the same rules." },
    { .name = NULL },
};
static const struct conf_key article_keys[] = {
    { .name = "title",
      .type = CONF_VALUES,
      .required = true,
      .doc = "What it is called, by language, each at most 120 bytes. A notice in none of its "
             "languages does not name it." },
    { .name = "url",
      .type = CONF_VALUES,
      .required = true,
      .doc = "Where it is, by the same languages: an http:// or https:// address of at most 400 "
             "bytes." },
    { .name = "words",
      .type = CONF_TEXTS,
      .doc = "Words by which it is found, in any order and form: 'forgot password'. It fits by "
             "the best of them: by how much of it the message says. At most 16, of at most 80 "
             "bytes." },
    { .name = "topics",
      .type = CONF_TEXTS,
      .doc = "Topics that it is about; 'none': none that is known. Where words are said, a case "
             "of these topics fits by 30 % more; where none are, it fits all of them." },
    { .name = NULL },
};
static const struct conf_key hint_keys[] = {
    { .name = "from",
      .type = CONF_INT,
      .fallback = "60",
      .min = 1,
      .max = 100,
      .doc = "By how much an article must fit a case to be told, in percent." },
    { .name = "repeat",
      .type = CONF_DURATION,
      .fallback = "30d",
      .max = 31622400,
      .doc = "Who had a case for which the same article fitted best, so long ago or less, is told "
             "of none: it did not help. 0s: that is not looked at." },
    { .name = NULL },
};
static const struct conf_key impact_keys[] = {
    { .name = "one", .type = CONF_INT, .fallback = "0", .max = 40, .doc = "One person." },
    { .name = "some", .type = CONF_INT, .fallback = "5", .max = 40, .doc = "A few." },
    { .name = "many", .type = CONF_INT, .fallback = "10", .max = 40, .doc = "Many." },
    { .name = "all", .type = CONF_INT, .fallback = "20", .max = 40, .doc = "Everybody." },
    { .name = NULL },
};
static const struct conf_key churn_keys[] = {
    { .name = "points",
      .type = CONF_INT,
      .fallback = "0",
      .max = 40,
      .doc = "What it adds, once, when any of the signs is there." },
    { .name = "tickets",
      .type = CONF_INT,
      .fallback = "0",
      .max = 8,
      .doc = "The person has opened so many tickets within the time. 0: not a sign." },
    { .name = "missed",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc = "A promise to the person was missed within the time." },
    { .name = "within",
      .type = CONF_DURATION,
      .fallback = "30d",
      .max = 31622400,
      .doc = "The "
             "time." },
    { .name = "says",
      .type = CONF_TEXT,
      .doc = "The name of a rule of the classification: a message, the first or a later one, "
             "matches it." },
    { .name = NULL },
};
static const struct conf_key scoring_keys[] = {
    { .name = "impact",
      .type = CONF_SECTION,
      .keys = impact_keys,
      .doc = "What is added by how many the cause reaches." },
    { .name = "vip",
      .type = CONF_INT,
      .fallback = "0",
      .max = 40,
      .doc = "What is added when the customer, or the customer's organization, is marked so." },
    { .name = "churn",
      .type = CONF_SECTION,
      .keys = churn_keys,
      .doc = "What is added when the customer may leave." },
    { .name = NULL },
};
static const struct conf_key rule_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "What relevoctl why calls it." },
    { .name = "match",
      .type = CONF_TEXT,
      .doc = "A Perl-compatible pattern; (?i) ignores case. Absent: matches always. One that "
             "backtracks without end is cut off and matches nothing: the ticket's history and a "
             "warning in the log name its rule." },
    { .name = "in",
      .type = CONF_TEXTS,
      .doc = "Where it is looked for: subject, text, sender, organization. Absent: subject and "
             "text." },
    { .name = "priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .doc = "The highest of all rules that match wins." },
    { .name = "impact",
      .type = CONF_CHOICE,
      .choices = impacts,
      .doc = "How many the cause reaches; the highest of all rules that match counts." },
    { .name = "topic",
      .type = CONF_TEXT,
      .doc = "The product area; the first rule that says one wins." },
    { .name = "quick",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc = "Soon done: comes first among those of its priority that wait for an owner." },
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
      .doc = "When a warning is due: '50%' of the time, or '1h' of it left; at most four." },
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
             "'reopened 2 times', 'unanswered 3 messages', 'priority urgent', 'vip', 'says RULE' "
             "(a message matches that rule of the classification), 'tagged TAG', 'age 2d' or "
             "'requested'." },
    { .name = "if_priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .fallback = "low",
      .doc = "Only from this priority on." },
    { .name = "if_vip",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc = "Only for customers who are marked so." },
    { .name = "if_plan", .type = CONF_TEXTS, .doc = "Only for customers with one of these plans." },
    { .name = "if_topic",
      .type = CONF_TEXTS,
      .doc = "Only for cases of one of these topics; 'none': of none that is known." },
    { .name = "if_tagged", .type = CONF_TEXTS, .doc = "Only for cases with one of these tags." },
    { .name = "unless_tagged", .type = CONF_TEXTS, .doc = "Not for cases with one of these tags." },
    { .name = "do",
      .type = CONF_TEXTS,
      .required = true,
      .doc = "'notify owner', 'notify team', 'notify AGENT', 'raise to PRIORITY', 'level up', "
             "'to level 3', 'reassign', 'tag TAG'; 'watch owner', 'watch team' (of the level), "
             "'watch NAME' (an agent or a team): whoever watches hears of it from then on, whoever "
             "has it: that the customer wrote, a missed target, another level, its end; 'webhook "
             "NAME': the channel of kind 'events' of this name gets the step." },
    { .name = NULL },
};
/* How long a level has. */
#define LEVEL_TIME_KEYS                                                                            \
    { .name = "ack",                                                                               \
      .type = CONF_DURATION,                                                                       \
      .max = 31622400,                                                                             \
      .doc = "Until somebody of the level has seen it." },                                         \
    {                                                                                              \
        .name = "resolve", .type = CONF_DURATION, .max = 31622400,                                 \
        .doc = "Until the level has solved it."                                                    \
    }
static const struct conf_key level_time_keys[] = { LEVEL_TIME_KEYS, { .name = NULL } };
/* The same, and other times for a priority. */
#define LEVEL_TIMES_KEYS                                                                           \
    LEVEL_TIME_KEYS,                                                                               \
        { .name = "low",                                                                           \
          .type = CONF_SECTION,                                                                    \
          .keys = level_time_keys,                                                                 \
          .doc = "Other times for cases of this priority; what is absent stays." },                \
        { .name = "normal", .type = CONF_SECTION, .keys = level_time_keys, .doc = "Likewise." },   \
        { .name = "high", .type = CONF_SECTION, .keys = level_time_keys, .doc = "Likewise." },     \
    {                                                                                              \
        .name = "urgent", .type = CONF_SECTION, .keys = level_time_keys, .doc = "Likewise."        \
    }
static const struct conf_key level_topic_keys[] = { LEVEL_TIMES_KEYS, { .name = NULL } };
static const struct conf_key level_keys[] = {
    { .name = "name", .type = CONF_TEXT, .required = true, .doc = "What the level is called." },
    { .name = "text",
      .type = CONF_TEXT,
      .doc = "What the people of this level do, and what they may decide: a paragraph for them, at "
             "most 1000 bytes. Whoever gets a case of the level reads it with it.",
      .example = "Answer what is known. Whatever costs money is decided by level two." },
    { .name = "team", .type = CONF_TEXT, .doc = "Who works there." },
    { .name = "calendar",
      .type = CONF_TEXT,
      .doc =
          "Whose hours count for the level's clocks and reminders, and when its people hear of an "
          "escalation; absent: the wall's, and at once." },
    LEVEL_TIMES_KEYS,
    { .name = "topics",
      .type = CONF_NAMED,
      .keys = level_topic_keys,
      .doc = "Other times for cases of a topic, by its name; 'none': of none that is known. What a "
             "topic says stands before what the level says, also of a priority; what is absent "
             "stays." },
    { .name = "stay",
      .type = CONF_DURATION,
      .fallback = "0s",
      .max = 31622400,
      .doc = "Once a case has come here, no step leads it away before this long, counted in the "
             "level's hours." },
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
    { .name = "letter",
      .type = CONF_VALUES,
      .doc =
          "The text of its letter, by language. {handover} is, in agent_escalation and where "
          "a case is given on in agent_assigned, what its reader must know to go on with it; of "
          "a new case in agent_assigned, the text of its level. {question} and {articles} are, in "
          "received and received_closed, what a topic asks and what may help; where they are "
          "not named they come last." },
    { .name = "line",
      .type = CONF_VALUES,
      .doc = "The line or two for SMS and chat, by language." },
    { .name = NULL },
};
static const struct conf_key waiting_keys[] = {
    { .name = "calendar", .type = CONF_TEXT, .doc = "Whose hours count; absent: the wall's." },
    { .name = "reminders",
      .type = CONF_TEXTS,
      .doc = "When the customer is reminded, since the case is pending: '24h', at most three, "
             "ascending." },
    { .name = "solve",
      .type = CONF_DURATION,
      .fallback = "0s",
      .max = 31622400,
      .doc = "After this long without an answer the case is solved by itself. 0s: never." },
    { .name = NULL },
};
static const struct conf_key incident_keys[] = {
    { .name = "from",
      .type = CONF_INT,
      .fallback = "0",
      .max = POLICY_INCIDENT_PEOPLE_MAX,
      .doc = "How many different people must write similar things for an incident to be made of "
             "them, at least 2. 0: none is made by itself." },
    { .name = "window",
      .type = CONF_DURATION,
      .fallback = "1h",
      .min = 60,
      .max = 86400,
      .doc = "Within what time of each other. Of the cases opened then the 1000 newest are looked "
             "at, and of those that share a word the 200 newest are compared." },
    { .name = "similarity",
      .type = CONF_INT,
      .fallback = "50",
      .min = 1,
      .max = 100,
      .doc = "How similar two cases must be, in percent: twice what their words in common weigh, "
             "over what all of their words weigh; a longer word weighs more." },
    { .name = "ignore",
      .type = CONF_TEXTS,
      .doc = "Words that say nothing of a cause, such as the shop's own name; at most 48. "
             "Courtesies and the small words of English and Spanish are ignored anyway." },
    { .name = "topics",
      .type = CONF_TEXTS,
      .doc = "Only cases of these topics take part; 'none': of none that is known. Absent: all." },
    { .name = "priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .fallback = "low",
      .doc = "Only cases that had this priority, or a higher one, as they were opened." },
    { .name = "points",
      .type = CONF_INT,
      .fallback = "10",
      .max = 40,
      .doc = "What is added to the points of its most urgent case, and to those of the best plan "
             "among its people, for as many people as make an incident, and again for each time "
             "that they are twice as many." },
    { .name = "team", .type = CONF_TEXT, .doc = "Whose an incident is; absent: the level's own." },
    { .name = "level",
      .type = CONF_INT,
      .fallback = "1",
      .min = 1,
      .max = 64,
      .doc = "The level of the path at which an incident begins." },
    { .name = "clocks",
      .type = CONF_CHOICE,
      .choices = incident_clocks,
      .fallback = "end",
      .doc = "What becomes of the clocks of a case that comes to belong to an incident: they "
             "'end', and the incident's are shown for it; or they 'run' on." },
    { .name = "solve",
      .type = CONF_BOOL,
      .fallback = "yes",
      .doc = "Is what belongs to an incident solved with it?" },
    { .name = "news",
      .type = CONF_DURATION,
      .fallback = "2h",
      .max = 86400,
      .doc = "How long a customer who was told how the incident stands is not told again; what is "
             "told then is how it stands then." },
    { .name = NULL },
};
static const struct conf_key budget_keys[] = {
    { .name = "person_hour",
      .type = CONF_INT,
      .fallback = "4",
      .max = POLICY_BUDGET_MAX,
      .doc = "Notices to one person at most, over all tickets and channels, within an hour; what "
             "is over waits, and a newer one of its ticket takes its place. Answers of agents are "
             "no notices; receipts (received, received_closed, follow_up) count, and do not wait. "
             "0: no limit." },
    { .name = "person_day",
      .type = CONF_INT,
      .fallback = "10",
      .max = POLICY_BUDGET_MAX,
      .doc = "Likewise, within 24 hours." },
    { .name = "ticket_burst",
      .type = CONF_INT,
      .fallback = "3",
      .max = POLICY_BUDGET_MAX,
      .doc = "Likewise, of one ticket, within ten minutes." },
    { .name = "ticket_day",
      .type = CONF_INT,
      .fallback = "10",
      .max = POLICY_BUDGET_MAX,
      .doc = "Likewise, of one ticket, within 24 hours." },
    { .name = "received_hour",
      .type = CONF_INT,
      .fallback = "3",
      .max = POLICY_BUDGET_MAX,
      .doc = "Receipts to one person at most within an hour; a further one is not sent. 0: no "
             "limit." },
    { .name = "quiet",
      .type = CONF_TEXT,
      .fallback = "21:00-08:00",
      .doc = "When nobody is told what does not answer what was just written, on the clock of the "
             "customer's zone, or, where it is not known, of the desk's; it waits until then is "
             "over. Of an urgent case hears at any hour who wants to (relevoctl contact set "
             "--any-hour yes). 'never': there is no such time." },
    { .name = NULL },
};
static const struct conf_key timing_keys[] = {
    { .name = "grace",
      .type = CONF_DURATION,
      .fallback = "7d",
      .max = 31622400,
      .doc = "From solved to closed; a reply within it goes on with the same case." },
    { .name = "reopen",
      .type = CONF_DURATION,
      .fallback = "0s",
      .max = 31622400,
      .doc = "From closed: what its customer writes within it opens the same case again, with new "
             "clocks; what comes later opens a follow-up. 0s: always a follow-up." },
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
    { .name = NULL },
};
static const struct conf_key pause_keys[] = {
    { .name = "ack",
      .type = CONF_TEXTS,
      .doc = "Statuses in which the clock for an owner waits: pending, on_hold. Absent: none." },
    { .name = "next_response",
      .type = CONF_TEXTS,
      .doc = "Likewise, for a further answer. Absent: none." },
    { .name = "update", .type = CONF_TEXTS, .doc = "Likewise, for news. Absent: pending." },
    { .name = "resolution",
      .type = CONF_TEXTS,
      .doc = "Likewise, for the solution. Absent: pending." },
    { .name = "level_resolve",
      .type = CONF_TEXTS,
      .doc = "Likewise, for the level's solution. Absent: pending." },
    { .name = NULL },
};
const struct conf_key policy_keys[] = {
    { .name = "desk", .type = CONF_SECTION, .keys = desk_keys, .doc = "Who speaks." },
    { .name = "calendars", .type = CONF_NAMED, .keys = calendar_keys, .doc = "When clocks run." },
    { .name = "holidays",
      .type = CONF_NAMED,
      .keys = holidays_keys,
      .doc = "Days that several calendars have in common, by the name of the list." },
    { .name = "agents", .type = CONF_NAMED, .keys = agent_keys, .doc = "Who answers." },
    { .name = "teams", .type = CONF_NAMED, .keys = team_keys, .doc = "Who answers together." },
    { .name = "priority",
      .type = CONF_CHOICE,
      .choices = priorities,
      .fallback = "normal",
      .doc = "Where no rule of the classification says one." },
    { .name = "tags",
      .type = CONF_TEXTS,
      .doc = "The vocabulary: the tags there are; no other can be given. Absent: any tag." },
    { .name = "plans",
      .type = CONF_NAMED,
      .keys = plan_keys,
      .doc = "What organizations may have bought." },
    { .name = "topics",
      .type = CONF_NAMED,
      .keys = topic_keys,
      .doc = "Product areas, and who has their cases." },
    { .name = "articles",
      .type = CONF_NAMED,
      .keys = article_keys,
      .doc = "What customers may read to help themselves, by a name of yours; at most 200. The "
             "first notice of a new case, E-01 or E-02, names those that fit it best, at most "
             "three; a short message one, if it fits in. An urgent case, or one that is not the "
             "first about its matter, is told of none." },
    { .name = "hints", .type = CONF_SECTION, .keys = hint_keys, .doc = "When an article is told." },
    { .name = "scoring",
      .type = CONF_SECTION,
      .keys = scoring_keys,
      .doc = "What raises a priority. A low case has 10 points, a normal one 20, a high one 30, an "
             "urgent one 40; what is said here is added, and the nearest priority is the "
             "ticket's." },
    { .name = "classification",
      .type = CONF_LIST,
      .keys = rule_keys,
      .doc = "What a message is about." },
    { .name = "incidents",
      .type = CONF_SECTION,
      .keys = incident_keys,
      .doc = "When many people write about one cause." },
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
      .doc =
          "Which of those that wait for an owner comes first when an agent gets free: the more "
          "urgent one; the one that has waited longest; 'aged': by waiting too, where queue_step "
          "of it is worth a step of priority; or the one whose next promise falls due first." },
    { .name = "queue_step",
      .type = CONF_DURATION,
      .fallback = "4h",
      .min = 1,
      .max = 31622400,
      .doc = "For 'queue: aged': how long one must have waited to come before a case that is more "
             "urgent by one step." },
    { .name = "pauses",
      .type = CONF_SECTION,
      .keys = pause_keys,
      .doc = "In which statuses clocks wait. That for the first answer never does: nobody can be "
             "kept waiting by himself before we spoke." },
    { .name = "waiting",
      .type = CONF_SECTION,
      .keys = waiting_keys,
      .doc = "What happens while the customer is waited for." },
    { .name = "solution",
      .type = CONF_CHOICE,
      .choices = solution_rules,
      .fallback = "free",
      .doc = "Must who solves a case say how? 'asked': yes, or answer the customer with it." },
    { .name = "notices",
      .type = CONF_NAMED,
      .keys = notice_keys,
      .doc = "What is told, and in what words; by the name or the number of a notice." },
    { .name = "budgets",
      .type = CONF_SECTION,
      .keys = budget_keys,
      .doc = "How much a person is told at most, and when." },
    { .name = "timing", .type = CONF_SECTION, .keys = timing_keys, .doc = "Windows and graces." },
    { .name = NULL },
};
