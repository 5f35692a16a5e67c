#include "tests/support/story_tally.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/story_turn.h"

enum where {
    IN_POLICY, /* a line of the file that holds `what` and, where there is one, `with` */
    IN_FACT,   /* a fact of that kind that could happen; `with`: see fact_is_like() */
    IN_EVENT,  /* an event of that kind, by that rule or with that in its detail or value */
    IN_TURN,   /* one of tests/support/story_turn.h, which are drawn on purpose */
};
enum { A_FEW = 4 };
static const struct row {
    const char *name;
    enum where where;
    const char *what, *with;
} rows[] = {
    { "calendar", IN_POLICY, "hours: {", NULL },
    { "calendar with holidays", IN_POLICY, "hours: {", "holidays: ['" },
    { "calendar with shared holidays", IN_POLICY, "holidays_of", NULL },
    { "calendar with openings", IN_POLICY, "openings: ['", NULL },
    { "agent's hours", IN_POLICY, "email: ", "calendar: c" },
    { "agent's shift", IN_POLICY, "email: ", "shift: c" },
    { "agent's skills", IN_POLICY, "email: ", "skills: [" },
    { "agent's languages", IN_POLICY, "email: ", "languages: [" },
    { "team's ack", IN_POLICY, "members: [", "ack: " },
    { "vocabulary of tags", IN_POLICY, "tags: [hot, late, seen]", NULL },
    { "plan", IN_POLICY, "gold: {points", NULL },
    { "topic", IN_POLICY, "  net: {", NULL },
    { "points for VIP", IN_POLICY, "  vip: ", NULL },
    { "points for reach", IN_POLICY, "impact: {", NULL },
    { "points for leaving", IN_POLICY, "churn: {", NULL },
    { "leaving by words", IN_POLICY, "churn: {", "says: " },
    { "rule with topic", IN_POLICY, "name: rule", "topic: " },
    { "rule with reach", IN_POLICY, "name: rule", "impact: " },
    { "rule of quick cases", IN_POLICY, "name: rule", "quick: yes" },
    { "rule of organizations", IN_POLICY, "name: rule", "organization" },
    { "targets by channel", IN_POLICY, "    support: {", NULL },
    { "targets by kind of channel", IN_POLICY, "    telegram: {", NULL },
    { "level that is stayed in", IN_POLICY, "name: level", "stay: " },
    { "level with reminders", IN_POLICY, "name: level", "reminders: [" },
    { "level with ack and resolve", IN_POLICY, ", ack: ", ", resolve: " },
    { "level with times of a topic", IN_POLICY, "name: level", "topics: {" },
    { "when: level", IN_POLICY, "when: level ", NULL },
    { "when: reopened", IN_POLICY, "when: reopened", NULL },
    { "when: unanswered", IN_POLICY, "when: unanswered", NULL },
    { "when: priority", IN_POLICY, "when: priority", NULL },
    { "when: requested", IN_POLICY, "when: requested", NULL },
    { "when: missed", IN_POLICY, "when: ", " missed" },
    { "when: before", IN_POLICY, "when: ", " before" },
    { "when: percent", IN_POLICY, "when: ", "%" },
    { "when: vip", IN_POLICY, "when: vip", NULL },
    { "when: says", IN_POLICY, "when: says", NULL },
    { "when: tagged", IN_POLICY, "when: tagged", NULL },
    { "when: age", IN_POLICY, "when: age", NULL },
    { "if_priority", IN_POLICY, "if_priority", NULL },
    { "if_vip", IN_POLICY, "if_vip", NULL },
    { "if_plan", IN_POLICY, "if_plan", NULL },
    { "if_topic", IN_POLICY, "if_topic", NULL },
    { "if_tagged", IN_POLICY, "if_tagged", NULL },
    { "unless_tagged", IN_POLICY, "unless_tagged", NULL },
    { "do: to level", IN_POLICY, "do: [", "to level " },
    { "do: watch", IN_POLICY, "do: [", "watch " },
    { "do: webhook", IN_POLICY, "do: [", "webhook " },
    { "do: reassign", IN_POLICY, "do: [", "reassign" },
    { "waiting", IN_POLICY, "waiting: {", NULL },
    { "waiting by a calendar", IN_POLICY, "waiting: {", "calendar: c" },
    { "pauses", IN_POLICY, "pauses: {", "on_hold" },
    { "queue: first come", IN_POLICY, "queue: first come", NULL },
    { "queue: aged", IN_POLICY, "queue: aged", NULL },
    { "queue: nearest due", IN_POLICY, "queue: nearest due", NULL },
    { "closed is opened again", IN_POLICY, "timing: {", "reopen: 30d" },
    { "solution: asked", IN_POLICY, "solution: asked", NULL },
    { "notice switched off", IN_POLICY, "{on: no}", NULL },

    { "customer wrote", IN_FACT, "customer_wrote", NULL },
    { "VIP wrote", IN_FACT, "customer_wrote", "vip" },
    { "customer of an organization wrote", IN_FACT, "customer_wrote", "organization" },
    { "told late", IN_FACT, "customer_wrote", "late" },
    { "agent replied", IN_FACT, "agent_replied", NULL },
    { "agent noted", IN_FACT, "agent_noted", NULL },
    { "status set", IN_FACT, "status_set", NULL },
    { "on hold", IN_FACT, "status_set", "on_hold" },
    { "priority corrected", IN_FACT, "priority_set", NULL },
    { "topic corrected", IN_FACT, "topic_set", NULL },
    { "topic corrected, and with it the team", IN_EVENT, "topic_set", "\"team\":" },
    { "topic corrected, and the owner is of no use", IN_EVENT, "owner_set", "D-28" },
    { "assigned by hand", IN_FACT, "assigned", NULL },
    { "queue looked at", IN_FACT, "queue_looked", NULL },
    { "escalated by hand", IN_FACT, "escalated", NULL },
    { "handed back", IN_FACT, "handed_back", NULL },
    { "acknowledged", IN_FACT, "acknowledged", NULL },
    { "tagged by hand", IN_FACT, "tagged", NULL },
    { "watched by hand", IN_FACT, "watched", NULL },
    { "marked as spam", IN_FACT, "marked_spam", NULL },
    { "no spam after all", IN_EVENT, "clock_started", "C-16" },
    { "merged", IN_FACT, "merged_into", NULL },
    { "merged from", IN_FACT, "merged_from", NULL },
    { "split into", IN_FACT, "split_into", NULL },
    { "split from", IN_FACT, "split_from", NULL },
    { "time came", IN_FACT, "time_came", NULL },
    { "policy changed", IN_FACT, "policy_changed", NULL },
    { "delivery ended", IN_FACT, "delivery_ended", NULL },

    { "E-01", IN_EVENT, "notice_planned", "E-01" },
    { "E-02", IN_EVENT, "notice_planned", "E-02" },
    { "E-21: articles", IN_EVENT, "hint_suggested", "E-01" },
    { "E-21: articles outside hours", IN_EVENT, "hint_suggested", "E-02" },
    { "E-21: urgent", IN_EVENT, "hint_withheld", "it is urgent" },
    { "E-21: a repeat", IN_EVENT, "hint_withheld", "the same person" },
    { "E-21: never alone", IN_EVENT, "hint_withheld", "alone" },
    { "E-21: nothing fits", IN_EVENT, "hint_withheld", "nothing fits" },
    { "D-51: a topic asks", IN_EVENT, "topic_asked", NULL },
    { "D-51: the answer is classified", IN_EVENT, "answer_classified", NULL },
    { "E-03", IN_EVENT, "notice_planned", "E-03" },
    { "E-08: the customer is reminded", IN_EVENT, "notice_planned", "E-08" },
    { "E-09", IN_EVENT, "notice_planned", "E-09" },
    { "E-10: a new time", IN_EVENT, "notice_planned", "E-10" },
    { "E-10: a promise will not be kept", IN_EVENT, "promise_late", "E-10" },
    { "E-10: told already", IN_EVENT, "notice_suppressed", "E-10" },
    { "E-15", IN_EVENT, "notice_planned", "E-15" },
    { "solved by itself", IN_EVENT, "status_changed", "by itself" },
    { "closed by itself", IN_EVENT, "status_changed", "closed" },
    { "B-01: a newer one replaces", IN_EVENT, "notice_suppressed", "B-01" },
    { "B-07: a machine is not answered", IN_EVENT, "notice_suppressed", "B-07" },
    { "B-15: not so any more", IN_EVENT, "notice_suppressed", "B-15" },
    { "E-01: told for another ticket", IN_EVENT, "notice_suppressed", "E-01" },
    { "E-09: not told yet, or just answered", IN_EVENT, "notice_suppressed", "E-09" },
    { "clock started", IN_EVENT, "clock_started", NULL },
    { "clock warned", IN_EVENT, "clock_warned", NULL },
    { "clock missed", IN_EVENT, "clock_breached", "time" },
    { "clock missed by another target", IN_EVENT, "clock_breached", "retarget" },
    { "clock retargeted", IN_EVENT, "clock_retargeted", NULL },
    { "clock met", IN_EVENT, "clock_ended", "met" },
    { "clock waived", IN_EVENT, "clock_ended", "waived" },
    { "clock void", IN_EVENT, "clock_ended", "void" },
    { "clock merged", IN_EVENT, "clock_ended", "merged" },
    { "clock left", IN_EVENT, "clock_ended", "left" },
    { "no clocks: inert", IN_EVENT, "clocks_void", NULL },
    { "level entered by hand", IN_EVENT, "level_entered", "C-20" },
    { "C-10: closed, and opened again", IN_EVENT, "level_entered", "C-10" },
    { "level acknowledged", IN_EVENT, "level_acknowledged", NULL },
    { "B-20: the level is reminded", IN_EVENT, "level_reminded", NULL },
    { "step by a percent", IN_EVENT, "step_taken", "%\"" },
    { "step by a miss", IN_EVENT, "step_taken", "missed\"" },
    { "step by time before", IN_EVENT, "step_taken", "before\"" },
    { "step by time in the level", IN_EVENT, "step_taken", "\"when\":\"level " },
    { "step by age", IN_EVENT, "step_taken", "\"when\":\"age " },
    { "step by reopening", IN_EVENT, "step_taken", "\"when\":\"reopened" },
    { "step by unanswered messages", IN_EVENT, "step_taken", "\"when\":\"unanswered" },
    { "step by priority", IN_EVENT, "step_taken", "\"when\":\"priority" },
    { "step by request", IN_EVENT, "step_taken", "\"when\":\"requested" },
    { "step for a VIP", IN_EVENT, "step_taken", "\"when\":\"vip" },
    { "step by words", IN_EVENT, "step_taken", "\"when\":\"says" },
    { "step by tag", IN_EVENT, "step_taken", "\"when\":\"tagged" },
    { "step to a level", IN_EVENT, "step_taken", "\"to level " },
    { "step that another system hears of", IN_EVENT, "step_taken", "\"webhook " },
    { "T-90: somebody has it", IN_EVENT, "owner_set", "T-90" },
    { "T-90: nobody can", IN_EVENT, "queue_looked", "T-90" },
    { "T-69: the owner was silent", IN_EVENT, "owner_set", "T-69" },
    { "T-91: the owner is not there", IN_EVENT, "owner_set", "T-91" },
    { "D-16: a correction", IN_EVENT, "priority_changed", "D-16" },
    { "D-44: may leave", IN_EVENT, "priority_changed", "D-44" },
    { "priority raised by a step", IN_EVENT, "priority_changed", "policy level" },
    { "tagged by a step", IN_EVENT, "tagged", "policy level" },
    { "watched by a step", IN_EVENT, "watched", "policy level" },
    { "solution noted", IN_EVENT, "solution_noted", NULL },
    { "answer not delivered", IN_EVENT, "delivery_dead", NULL },
    { "C-13: on by another calendar", IN_TURN, "another calendar", NULL },
    { "C-13: on by other hours", IN_TURN, "other hours", NULL },
    { "C-13: on without its calendar", IN_TURN, "no calendar", NULL },
    { "C-8: several are answered", IN_TURN, "several answered", NULL },
    { "C-8: opened by hand, and answered", IN_TURN, "opened, answered", NULL },
    { "C-8: opened by hand, and waits", IN_TURN, "opened, waits", NULL },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
_Static_assert((int)ROWS <= (int)STORY_TALLY_ROWS_MAX, "room for each row");

static bool line_has(const char *line, size_t length, const char *words)
{
    return words == NULL || memmem(line, length, words, strlen(words)) != NULL;
}

void story_tally_policies(struct story_tally *t, const struct random_story *story)
{
    size_t i, k;

    for (i = 0; i < 2; i++) {
        char *text = random_policy_text(&story->policies[i]);
        const char *at = text;

        for (; *at != '\0'; at += strcspn(at, "\n") + 1)
            for (k = 0; k < ROWS; k++)
                t->counts[k] += rows[k].where == IN_POLICY &&
                                line_has(at, strcspn(at, "\n"), rows[k].what) &&
                                line_has(at, strcspn(at, "\n"), rows[k].with);
        free(text);
    }
}

static bool fact_is_like(const struct fact *f, const char *with)
{
    return with == NULL || (strcmp(with, "vip") == 0 && f->vip) ||
           (strcmp(with, "organization") == 0 && f->organization != NULL) ||
           (strcmp(with, "late") == 0 && f->at < f->now) ||
           (strcmp(with, "on_hold") == 0 && f->status == TICKET_ON_HOLD);
}

static bool event_is_like(const struct story_step *s, const struct planned_event *e,
                          const char *with)
{
    if (with == NULL)
        return true;
    if (strcmp(with, "by itself") == 0)
        return e->by == FACT_BY_TIME && g_strcmp0(e->value, "solved") == 0;
    if (strcmp(with, "closed") == 0)
        return s->fact->by == FACT_BY_TIME && g_strcmp0(e->value, "closed") == 0;
    if (strcmp(e->kind, "hint_withheld") == 0)
        return strstr(e->why, with) != NULL;
    return (e->rule != NULL && strncmp(e->rule, with, strlen(with)) == 0) ||
           strstr(e->detail, with) != NULL || g_strcmp0(e->value, with) == 0;
}

void story_tally_step(struct story_tally *t, const struct story_step *step)
{
    size_t i, k;

    if (step->plan == NULL)
        return;
    for (k = 0; k < ROWS; k++) {
        if (rows[k].where == IN_FACT)
            t->counts[k] += strcmp(fact_kind_name(step->fact->kind), rows[k].what) == 0 &&
                            fact_is_like(step->fact, rows[k].with);
        if (rows[k].where == IN_TURN)
            t->counts[k] += story_turn_is(step, rows[k].what);
        for (i = 0; rows[k].where == IN_EVENT && i < step->plan->event_count; i++)
            t->counts[k] += strcmp(step->plan->events[i].kind, rows[k].what) == 0 &&
                            event_is_like(step, &step->plan->events[i], rows[k].with);
    }
}

void story_tally_print(const struct story_tally *t, FILE *to)
{
    size_t k;

    for (k = 0; k < ROWS; k++)
        fprintf(to, "%12llu  %s\n", (unsigned long long)t->counts[k], rows[k].name);
}

const char *story_tally_missing(const struct story_tally *t)
{
    size_t k;

    for (k = 0; k < ROWS; k++)
        if (t->counts[k] < (rows[k].where == IN_TURN ? A_FEW : 1))
            return rows[k].name;
    return NULL;
}
