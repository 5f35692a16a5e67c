/* Why a ticket is as it is: from what was written down as it was decided, never decided again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "ctl/delivery.h"
#include "ctl/level_text.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"
#include "ctl/why_days.h"
#include "ctl/why_target.h"
#include "ctl/why_told.h"

static const struct output_column event_columns[] = {
    { "seq", OUTPUT_INT, "line", false },
    { "at", OUTPUT_TIME, "at", false },
    { "kind", OUTPUT_TEXT, "what", false },
    { "rule", OUTPUT_TEXT, "rule", true },
    { "why", OUTPUT_TEXT, "why", true },
    { "actor_kind", OUTPUT_TEXT, "by", false },
    { "actor", OUTPUT_TEXT, "who", true },
    { "cause", OUTPUT_INT, NULL, false },
    { "policy_version", OUTPUT_INT, "policy", false },
    { "detail", OUTPUT_JSON, "detail", true },
    { "fact", OUTPUT_JSON, NULL, false },
    { "hash", OUTPUT_TEXT, NULL, false },
    { .name = NULL },
};

/* What is so now, as columns of the ticket or as one of its lists; and the events that made it so.
 */
enum why_list { WHY_NO_LIST, WHY_CLOCKS, WHY_DELIVERIES };
static const struct why_topic {
    const char *name, *alias;
    const char *kinds; /* NULL: all of them */
    struct output_column now[5];
    enum why_list list;
} topics[] = {
    { NULL,
      NULL,
      NULL,
      { { "status", OUTPUT_TEXT, "status", false },
        { "priority", OUTPUT_TEXT, "priority", false },
        { "level", OUTPUT_INT, "level", false },
        { "agent", OUTPUT_TEXT, "agent", false } },
      WHY_NO_LIST },
    { "threading",
      "thread",
      "{customer_wrote,split_into,split_from,merged_into,merged_from,marked_spam}",
      { { "merged_into", OUTPUT_INT, "merged into", false },
        { "follow_up_of", OUTPUT_INT, "follows", false },
        { "related_to", OUTPUT_INT, "see also", false } },
      WHY_NO_LIST },
    { "priority",
      NULL,
      "{classified,answer_classified,priority_set,priority_changed,step_taken}",
      { { "priority", OUTPUT_TEXT, "priority", false } },
      WHY_NO_LIST },
    { "topic",
      NULL,
      "{classified,topic_set,topic_asked}",
      { { "topic", OUTPUT_TEXT, "topic", true }, { "team", OUTPUT_TEXT, "team", false } },
      WHY_NO_LIST },
    { "due",
      NULL,
      "{clock_started,clock_warned,clock_breached,clock_retargeted,clock_ended,clocks_void,"
      "status_changed,priority_changed,topic_set,policy_changed,merged_into,merged_from,marked_"
      "spam}",
      { { .name = NULL } },
      WHY_CLOCKS },
    { "level",
      NULL,
      "{level_entered,level_acknowledged,level_reminded,step_taken,escalated,handed_back,"
      "acknowledged}",
      { { "level", OUTPUT_INT, "level", false }, { "top_level", OUTPUT_INT, "highest", false } },
      WHY_NO_LIST },
    { "assignee",
      "owner",
      "{owner_set,assigned,topic_set,queue_looked,agent_replied,program_replied,level_entered,"
      "step_taken}",
      { { "agent", OUTPUT_TEXT, "agent", false }, { "team", OUTPUT_TEXT, "team", false } },
      WHY_NO_LIST },
    { "incident",
      NULL,
      "{incident_looked,incident_asked,incident_opened,incident_joined,incident_left,incident_"
      "over}",
      { { "incident_of", OUTPUT_INT, "of incident", false },
        { "incident", OUTPUT_TEXT, "an incident", false } },
      WHY_NO_LIST },
    { "notices",
      NULL,
      "{notice_planned,notice_suppressed,hint_suggested,hint_withheld,topic_asked,promise_late,"
      "delivery_dead,delivery_failed,delivery_"
      "partly,"
      "level_reminded,watched}",
      { { "watchers", OUTPUT_TEXTS, "watched by", false } },
      WHY_DELIVERIES },
};
enum { WHY_HOPS_MAX = 100 }; /* merges one after the other */
enum { TOPICS = sizeof(topics) / sizeof(topics[0]) };

static const struct why_topic *find_topic(const char *word)
{
    size_t i;

    for (i = 1; word != NULL && i < TOPICS; i++)
        if (strcmp(topics[i].name, word) == 0 ||
            (topics[i].alias != NULL && strcmp(topics[i].alias, word) == 0))
            return &topics[i];
    return word == NULL ? &topics[0] : NULL;
}

/* What the people of the level may decide is told with these. */
static bool tells_level(const struct why_topic *topic)
{
    return topic->name == NULL || strcmp(topic->name, "level") == 0;
}

struct answer {
    const struct why_topic *topic;
    const PGresult *ticket, *events, *list;
    json_t *told; /* ctl/why_told.h */
};

static int ask(struct session *s, struct answer *a, struct error *err)
{
    struct db_value v[] = { db_text(PQgetvalue(a->ticket, 0, PQfnumber(a->ticket, "desk_id"))),
                            db_text(PQgetvalue(a->ticket, 0, PQfnumber(a->ticket, "ticket_id"))),
                            db_text(a->topic->kinds) };
    struct db_value of_ticket[] = { v[1], db_text(NULL), db_text(NULL), db_int(s->a, 1000) };

    a->events = session_ask(s, "ticket_events", v, 3, err);
    if (a->events == NULL)
        return -1;
    if (a->topic->list == WHY_CLOCKS)
        a->list = session_ask(s, "ticket_clocks", v, 2, err);
    else if (a->topic->list == WHY_DELIVERIES)
        a->list = session_ask(s, "delivery_list", of_ticket, 4, err);
    return a->topic->list != WHY_NO_LIST && a->list == NULL ? -1 : 0;
}

static int64_t desk_of(const struct answer *a)
{
    return db_cell_int(a->ticket, 0, PQfnumber(a->ticket, "desk_id"));
}

/* Of one ticket; NULL: err. */
static json_t *answer_json(struct session *s, const struct answer *a, struct error *err)
{
    json_t *now = output_row(a->ticket, 0, a->topic->now), *clocks;
    int64_t number = db_cell_int(a->ticket, 0, PQfnumber(a->ticket, "ticket_id"));

    if (tells_level(a->topic) && level_text_tell(s, a->ticket, now, err) < 0) {
        json_decref(now);
        return NULL;
    }
    if (a->topic->list == WHY_CLOCKS) {
        clocks = output_rows(a->list, ticket_clock_columns);
        json_object_set_new(now, "clocks", clocks);
        if (why_target_add(s, a->ticket, a->list, clocks, err) < 0 ||
            why_days_add(s, desk_of(a), a->list, clocks, err) < 0) {
            json_decref(now);
            return NULL;
        }
    }
    if (a->topic->list == WHY_DELIVERIES)
        json_object_set_new(now, "deliveries", output_rows(a->list, delivery_columns));
    return json_pack("{s:I, s:s?, s:o, s:O, s:o}", "ticket_id", (json_int_t)number, "topic",
                     a->topic->name, "now", now, "told", a->told, "events",
                     output_rows(a->events, event_columns));
}

/* C-13: by another calendar than now. */
static void print_kept(const PGresult *clocks, int row, struct arena *a)
{
    char *until = PQgetvalue(clocks, row, PQfnumber(clocks, "kept_at"));

    if (*until != '\0')
        printf("%s %s had counted %s s until %s, by the calendar of then\n",
               PQgetvalue(clocks, row, PQfnumber(clocks, "kind")),
               PQgetvalue(clocks, row, PQfnumber(clocks, "instance")),
               PQgetvalue(clocks, row, PQfnumber(clocks, "kept_s")), output_time(a, until));
}

/* Of clocks that paused: when they ran and when not, and which line of the history was the cause.
 */
static void print_ledgers(const PGresult *clocks)
{
    struct arena *a = arena_new();
    int row;

    for (row = 0; row < PQntuples(clocks); row++) {
        json_t *edges = json_loads(PQgetvalue(clocks, row, PQfnumber(clocks, "edges")), 0, NULL);
        size_t i;

        print_kept(clocks, row, a);
        for (i = 0; json_array_size(edges) > 3 && i + 2 < json_array_size(edges); i += 3) {
            char *at = arena_printf(a, "%" JSON_INTEGER_FORMAT,
                                    json_integer_value(json_array_get(edges, i)));

            printf("%s %s %s from %s, line %" JSON_INTEGER_FORMAT "\n",
                   PQgetvalue(clocks, row, PQfnumber(clocks, "kind")),
                   PQgetvalue(clocks, row, PQfnumber(clocks, "instance")),
                   json_integer_value(json_array_get(edges, i + 1)) != 0 ? "runs" : "pauses",
                   output_time(a, at), json_integer_value(json_array_get(edges, i + 2)));
        }
        json_decref(edges);
    }
    arena_free(a);
}

static int print(struct session *s, const struct answer *a, struct error *err)
{
    output_fields(a->ticket, 0, a->topic->now);
    if (tells_level(a->topic) && level_text_tell(s, a->ticket, NULL, err) < 0)
        return -1;
    why_told_print(s, a->told);
    if (a->topic->list != WHY_NO_LIST)
        output_table(a->list,
                     a->topic->list == WHY_CLOCKS ? ticket_clock_columns : delivery_columns);
    if (a->topic->list == WHY_CLOCKS)
        print_ledgers(a->list);
    if (a->topic->list == WHY_CLOCKS && why_target_print(s, a->ticket, a->list, err) < 0)
        return -1;
    if (a->topic->list == WHY_CLOCKS && why_days_print(s, desk_of(a), a->list, err) < 0)
        return -1;
    putchar('\n');
    output_table(a->events, event_columns);
    return 0;
}

static const char *merged_into(const struct answer *a)
{
    return db_cell_text(a->ticket, 0, PQfnumber(a->ticket, "merged_into"));
}

/* One ticket, and *out or what is printed. CTL_DONE, or how to end. */
static int tell(const struct ctl *ctl, struct session *s, struct answer *a, json_t **out)
{
    struct error err;
    int rc;

    if (ask(s, a, &err) < 0)
        return ctl_fail(&err);
    a->told =
        why_told(s, desk_of(a), db_cell_int(a->ticket, 0, PQfnumber(a->ticket, "ticket_id")), &err);
    if (a->told == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        rc = (*out = answer_json(s, a, &err)) == NULL ? -1 : 0;
    else
        rc = print(s, a, &err);
    json_decref(a->told);
    return rc < 0 ? ctl_fail(&err) : CTL_DONE;
}

/* Where a ticket went on in another, that one's answer follows its own. */
static int why(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *of = argv[1] == NULL ? ctl_value(ctl, "--of") : argv[1], *word = argv[0];
    struct answer a = { .topic = find_topic(of) };
    json_t *first = NULL, *last = NULL, *one;
    int code, hops;

    if (a.topic == NULL)
        return ctl_usage("it is told of threading, priority, topic, due, level, assignee, incident "
                         "and notices, not",
                         of);
    for (hops = 0; word != NULL && hops < WHY_HOPS_MAX; hops++, word = merged_into(&a)) {
        a.ticket = ticket_find(s, word, &code);
        if (a.ticket != NULL && hops > 0 && !ctl->json)
            printf("\nit went on in ticket %s\n", word);
        one = NULL;
        if (a.ticket != NULL)
            code = tell(ctl, s, &a, &one);
        if (a.ticket == NULL || code != CTL_DONE) {
            json_decref(first);
            return code;
        }
        if (first == NULL)
            first = one;
        else
            json_object_set_new(last, "goes_on", one);
        last = one;
    }
    return first == NULL ? CTL_DONE : output_json(first);
}

static const struct ctl_option options[] = {
    { "--of", "TOPIC", "As the word TOPIC; 'thread' and 'owner' are threading and assignee." },
    { .name = NULL },
};
const struct ctl_command why_commands[] = {
    { "why", NULL, NULL, why, "TICKET [TOPIC]", 1, 2, options,
      "Tell why a ticket is as it is: each decision with its time, its rule, its cause and the "
      "version of the policy, as it was written down then. TOPIC is threading, priority, topic, "
      "due, "
      "level, "
      "assignee, incident or notices; without it, all. Of the level it tells what its people do "
      "and may decide by the policy in force, and with each step that was taken which others of "
      "the "
      "level were not, and why. Of threading it names what was passed over, to which "
      "ticket that led and why it did not hold. Of due times it says where a clock has the targets "
      "of the channel by which the ticket came, and names the holidays and openings "
      "between a clock's beginning and its end. Where it was merged, opened again or passed on by "
      "hand, a sentence says by whom, by which rule and for what reason; and of one that was "
      "merged "
      "the answer of the ticket in which it went on follows." },
    { .group = NULL },
};
