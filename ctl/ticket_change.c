/* What agents and operators do to a ticket: each a fact, decided and stored as the daemon does. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/inbound.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

enum { CHANGE_WORDS_MAX = 64, CHANGE_MOVED_MAX = 100 };

/* What the line says, on its way to the store. */
struct change {
    const struct ctl *ctl;
    struct session *s;
    char **argv; /* argv[0] is the ticket */
    const struct desk *desk;
    struct store_fact fact;
    struct store_message message;
    int code; /* as told to session_facts()'s caller */
};

static int change_status_to(struct change *c, enum ticket_status to)
{
    c->fact.fact.kind = FACT_STATUS_SET;
    c->fact.fact.status = to;
    return CTL_DONE;
}

static int change_status(struct change *c)
{
    int to = ticket_status_find(c->argv[1]);

    return to < 0 ? ctl_usage("there is no status", c->argv[1])
                  : change_status_to(c, (enum ticket_status)to);
}

static int change_solve(struct change *c)
{
    return change_status_to(c, TICKET_SOLVED);
}

static int change_close(struct change *c)
{
    return change_status_to(c, TICKET_CLOSED);
}

static int change_reopen(struct change *c)
{
    return change_status_to(c, TICKET_OPEN);
}

static int change_priority(struct change *c)
{
    int to = ticket_priority_find(c->argv[1]);

    if (to < 0)
        return ctl_usage("there is no priority", c->argv[1]);
    c->fact.fact.kind = FACT_PRIORITY_SET;
    c->fact.fact.priority = (enum ticket_priority)to;
    return CTL_DONE;
}

static int change_topic(struct change *c)
{
    c->fact.fact.kind = FACT_TOPIC_SET;
    c->fact.fact.topic = text_clean_line(c->s->a, span_of(c->argv[1]), TICKET_NAME_MAX);
    return CTL_DONE;
}

static int change_assign(struct change *c)
{
    c->fact.fact.kind = FACT_ASSIGNED;
    c->fact.fact.agent = c->argv[1];
    c->fact.fact.team = ctl_value(c->ctl, "--team");
    if ((c->argv[1] == NULL && c->fact.fact.team == NULL) !=
        (ctl_value(c->ctl, "--nobody") != NULL))
        return ctl_slip("to whom? an agent, --team, or --nobody alone");
    return CTL_DONE;
}

static int change_take(struct change *c)
{
    if (c->fact.fact.by != FACT_BY_AGENT)
        return ctl_slip("who takes it? --as AGENT is missing");
    c->fact.fact.kind = FACT_ASSIGNED;
    c->fact.fact.agent = c->fact.fact.actor;
    return CTL_DONE;
}

static int change_acknowledge(struct change *c)
{
    c->fact.fact.kind = FACT_ACKNOWLEDGED;
    return CTL_DONE;
}

static int change_level(struct change *c, const char *word)
{
    char *end;
    long level = strtol(word, &end, 10);

    if (*word == '\0' || *end != '\0' || level < 1 || level > 1000)
        return ctl_usage("a level is a number, not", word);
    c->fact.fact.level = (int)level;
    return CTL_DONE;
}

static int change_escalate(struct change *c)
{
    const char *level = ctl_value(c->ctl, "--level");

    c->fact.fact.kind = FACT_ESCALATED;
    return level == NULL ? CTL_DONE : change_level(c, level);
}

static int change_hand_back(struct change *c)
{
    c->fact.fact.kind = FACT_HANDED_BACK;
    return change_level(c, c->argv[1]);
}

/* Words to put on, and those with a "-" before them to take off. */
struct change_words {
    const char **on, **off;
    size_t on_count, off_count;
};

static int change_on_and_off(struct change *c, const char *what, struct change_words *out)
{
    const char *word;
    size_t i;

    *out =
        (struct change_words){ .on = arena_array(c->s->a, CHANGE_WORDS_MAX, sizeof(*out->on)),
                               .off = arena_array(c->s->a, CHANGE_WORDS_MAX, sizeof(*out->off)) };
    for (i = 1; c->argv[i] != NULL; i++) {
        bool takes_off = c->argv[i][0] == '-';

        word = text_clean_line(c->s->a, span_of(c->argv[i] + takes_off), TICKET_NAME_MAX);
        if (*word == '\0' || i > CHANGE_WORDS_MAX)
            return ctl_usage(what, c->argv[i]);
        if (takes_off)
            out->off[out->off_count++] = word;
        else
            out->on[out->on_count++] = word;
    }
    return CTL_DONE;
}

static int change_tag(struct change *c)
{
    struct change_words w;
    int code = change_on_and_off(c, "this is no tag, or one too many", &w);

    c->fact.fact.kind = FACT_TAGGED;
    c->fact.fact.tags = w.on;
    c->fact.fact.tag_count = w.on_count;
    c->fact.fact.tags_off = w.off;
    c->fact.fact.tag_off_count = w.off_count;
    return code;
}

static int change_watch(struct change *c)
{
    struct change_words w;
    int code = change_on_and_off(c, "this is no name, or one too many", &w);

    c->fact.fact.kind = FACT_WATCHED;
    c->fact.fact.names = w.on;
    c->fact.fact.name_count = w.on_count;
    c->fact.fact.names_off = w.off;
    c->fact.fact.name_off_count = w.off_count;
    return code;
}

static int change_spam(struct change *c)
{
    c->fact.fact.kind = FACT_MARKED_SPAM;
    return CTL_DONE;
}

static int change_merge(struct change *c)
{
    c->fact.fact.kind = FACT_MERGED_INTO;
    if (ticket_number(c->argv[1], &c->fact.fact.other) < 0)
        return ctl_usage("a ticket has a number, not", c->argv[1]);
    return CTL_DONE;
}

static bool change_moves(const struct fact *f, int64_t message_id)
{
    size_t i;

    for (i = 0; i < f->moved_count; i++)
        if (f->moved[i] == message_id)
            return true;
    return false;
}

static int change_split(struct change *c)
{
    int64_t *moved = arena_array(c->s->a, CHANGE_MOVED_MAX, sizeof(*moved)), id;
    const char *subject = ctl_value(c->ctl, "--subject");
    struct fact *f = &c->fact.fact;
    size_t i;

    f->kind = FACT_SPLIT_INTO;
    f->moved = moved;
    for (i = 1; c->argv[i] != NULL; i++) {
        if (ticket_number(c->argv[i], &id) < 0 || i > CHANGE_MOVED_MAX)
            return ctl_usage("this is no message's number, or one too many", c->argv[i]);
        if (!change_moves(f, id))
            moved[f->moved_count++] = id;
    }
    if (subject != NULL) {
        f->title = ticket_subject(c->s->a, subject);
        if (f->title == NULL)
            return ctl_usage("this is no subject", subject);
    }
    f->told = ctl_value(c->ctl, "--tell") != NULL;
    return CTL_DONE;
}

/* --- incidents
 * ---------------------------------------------------------------------------------------------- */

static int change_declare(struct change *c)
{
    c->fact.fact.kind = FACT_INCIDENT_ASKED;
    return CTL_DONE;
}

static int change_attach(struct change *c)
{
    c->fact.fact.kind = FACT_INCIDENT_JOINED;
    if (ticket_number(c->argv[1], &c->fact.fact.other) < 0)
        return ctl_usage("an incident has a number, not", c->argv[1]);
    return CTL_DONE;
}

static int change_detach(struct change *c)
{
    c->fact.fact.kind = FACT_INCIDENT_LEFT;
    return CTL_DONE;
}

static int change_dissolve(struct change *c)
{
    c->fact.fact.kind = FACT_INCIDENT_OVER;
    return CTL_DONE;
}

/* --- with words
 * --------------------------------------------------------------------------------------- */

static int change_says(struct change *c, enum fact_kind kind)
{
    struct error err;

    c->message.text = ticket_words(c->s->a, c->argv[1], &err);
    if (c->message.text == NULL)
        return ctl_fail(&err);
    c->message.agent = c->fact.fact.by == FACT_BY_AGENT ? c->fact.fact.actor : NULL;
    c->fact.message = &c->message;
    c->fact.fact.kind = kind;
    return CTL_DONE;
}

/* What goes with the answer. */
static int change_files(struct change *c)
{
    struct store_file *files = arena_array(c->s->a, CTL_SAID_MAX, sizeof(*files));
    const char *path, *name;
    struct error err;
    size_t n;

    for (n = 0; (path = ctl_value_at(c->ctl, "--attach", n)) != NULL; n++) {
        name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
        if (ticket_file(c->s->a, path, &files[n].bytes, &err) < 0)
            return ctl_fail(&err);
        files[n].filename = text_clean_line(c->s->a, span_of(name), INBOUND_NAME_MAX);
        files[n].content_type = "application/octet-stream";
    }
    c->message.files = files;
    c->message.file_count = n;
    return CTL_DONE;
}

static int change_reply(struct change *c)
{
    const char *status = ctl_value(c->ctl, "--status");
    int to = status == NULL ? TICKET_STATUS_N : ticket_status_find(status);

    if (to < 0)
        return ctl_usage("there is no status", status);
    c->fact.fact.status = (enum ticket_status)to;
    to = change_files(c);
    return to == CTL_DONE ? change_says(c, FACT_AGENT_REPLIED) : to;
}

static int change_note(struct change *c)
{
    return change_says(c, FACT_AGENT_NOTED);
}

/* --- what came of it
 * ---------------------------------------------------------------------------------- */

static json_t *answer_json(const struct store_answer *answer)
{
    const struct ticket *t = &answer->plan->ticket;
    json_t *events = json_array();
    const struct planned_event *e;

    for (e = answer->plan->events; e < answer->plan->events + answer->plan->event_count; e++)
        json_array_append_new(events,
                              json_pack("{s:I, s:s, s:s?, s:s, s:o}", "seq", (json_int_t)e->seq,
                                        "kind", e->kind, "rule", e->rule, "why", e->why, "detail",
                                        json_loads(e->detail, 0, NULL)));
    return json_pack(
        "{s:I, s:s, s:s, s:s?, s:i, s:s?, s:s?, s:o, s:o, s:o, s:o}", "ticket_id",
        (json_int_t)t->ticket_id, "status", ticket_status_name(t->status), "priority",
        ticket_priority_name(t->priority), "topic", t->topic, "level", t->level, "team", t->team,
        "agent", t->agent, "message_id",
        answer->message_id == 0 ? json_null() : json_integer((json_int_t)answer->message_id),
        "incident_of", t->incident_of == 0 ? json_null() : json_integer((json_int_t)t->incident_of),
        "opened", answer->opened == 0 ? json_null() : json_integer((json_int_t)answer->opened),
        "events", events);
}

static void answer_print(struct arena *a, const struct store_answer *answer)
{
    const struct ticket *t = &answer->plan->ticket;
    const struct planned_event *e;

    printf("ticket %" PRId64 ": %s, %s, level %d, %s\n", t->ticket_id,
           ticket_status_name(t->status), ticket_priority_name(t->priority), t->level,
           t->agent == NULL ? "nobody's" : t->agent);
    if (t->incident_of != 0)
        printf("  of incident %" PRId64 "\n", t->incident_of);
    if (answer->opened != 0)
        printf("  opened ticket %" PRId64 "\n", answer->opened);
    for (e = answer->plan->events; e < answer->plan->events + answer->plan->event_count; e++)
        printf("  %-18s %-6s %s\n", e->kind, e->rule == NULL ? "" : output_line(a, e->rule),
               output_line(a, e->why));
}

static void on_answer(void *arg, const struct store_answer *answers, size_t count)
{
    struct change *c = arg;

    (void)count;
    if (answers[0].err.kind != ERROR_NONE)
        c->code = ctl_fail(&answers[0].err);
    else if (c->ctl->json)
        c->code = output_json(answer_json(&answers[0]));
    else
        answer_print(c->s->a, &answers[0]);
}

/* --- the way
 * ------------------------------------------------------------------------------------------ */

typedef int change_fn(struct change *c);
static const struct {
    const char *verb;
    change_fn *make;
} changes[] = {
    { "reply", change_reply },       { "note", change_note },
    { "status", change_status },     { "solve", change_solve },
    { "close", change_close },       { "reopen", change_reopen },
    { "assign", change_assign },     { "take", change_take },
    { "ack", change_acknowledge },   { "priority", change_priority },
    { "escalate", change_escalate }, { "handback", change_hand_back },
    { "tag", change_tag },           { "merge", change_merge },
    { "split", change_split },       { "declare", change_declare },
    { "attach", change_attach },     { "detach", change_detach },
    { "dissolve", change_dissolve }, { "watch", change_watch },
    { "spam", change_spam },         { "topic", change_topic },
};

static int make(struct change *c)
{
    size_t i;

    for (i = 0; strcmp(changes[i].verb, c->ctl->command->verb) != 0; i++)
        if (i + 1 == sizeof(changes) / sizeof(changes[0]))
            abort(); /* a row of ticket_change_commands without one here */
    return changes[i].make(c);
}

/* The desk of that ticket, and who acts. */
static int find_desk(struct change *c, const PGresult *ticket, struct error *err)
{
    const char *as = ctl_value(c->ctl, "--as");

    if (session_serve(c->s, err) < 0)
        return -1;
    c->fact.desk_id = (int32_t)db_cell_int(ticket, 0, PQfnumber(ticket, "desk_id"));
    c->fact.ticket_id = db_cell_int(ticket, 0, PQfnumber(ticket, "ticket_id"));
    c->desk = desk_by_id(&c->s->desks, c->fact.desk_id);
    if (c->desk == NULL)
        return error_set(err, ERROR_CONFIG, "its desk '%s' has no channel in %s",
                         PQgetvalue(ticket, 0, PQfnumber(ticket, "desk")), c->ctl->config);
    if (as != NULL && policy_find_agent(c->desk->policy.policy, as) < 0)
        return error_set(err, ERROR_PERMANENT, "the policy of desk '%s' knows no agent '%.64s'",
                         c->desk->name, as);
    c->fact.fact.by = as == NULL ? FACT_BY_OPERATOR : FACT_BY_AGENT;
    c->fact.fact.actor = as == NULL ? session_login(c->s) : as;
    return 0;
}

static int change(const struct ctl *ctl, struct session *s, char **argv)
{
    struct change c = { .ctl = ctl, .s = s, .argv = argv };
    const PGresult *ticket;
    struct error err;
    int code;

    ticket = ticket_find(s, argv[0], &code);
    if (ticket == NULL)
        return code;
    c.fact.fact = (struct fact){ .status = TICKET_STATUS_N,
                                 .priority = TICKET_PRIORITY_NONE,
                                 .reason = ctl_value(ctl, "--reason"),
                                 .solution = ctl_value(ctl, "--solution") };
    if (find_desk(&c, ticket, &err) < 0)
        return ctl_fail(&err);
    code = make(&c);
    if (code != CTL_DONE)
        return code;
    if (session_facts(s, &c.fact, 1, on_answer, &c, &err) < 0)
        return ctl_fail(&err);
    return c.code;
}

#define OPTION_AS                                                                                  \
    {                                                                                              \
        "--as", "AGENT", "Act as this agent; otherwise as the operator."                           \
    }
#define OPTION_REASON                                                                              \
    {                                                                                              \
        "--reason", "TEXT", "Why: it goes into the history."                                       \
    }
static const struct ctl_option as_options[] = { OPTION_AS, OPTION_REASON, { .name = NULL } };
#define OPTION_SOLUTION                                                                            \
    {                                                                                              \
        "--solution", "TEXT", "How it was solved, for who meets the like."                         \
    }
static const struct ctl_option status_options[] = {
    OPTION_AS, OPTION_REASON, OPTION_SOLUTION, { .name = NULL }
};
static const struct ctl_option note_options[] = { OPTION_AS, { .name = NULL } };
static const struct ctl_option reply_options[] = {
    OPTION_AS,        { "--status", "STATUS", "What the ticket becomes with it, otherwise open." },
    OPTION_SOLUTION,  { "--attach", "FILE", "Send this file along; may be given several times." },
    { .name = NULL },
};
static const struct ctl_option assign_options[] = {
    OPTION_AS,
    OPTION_REASON,
    { "--team", "TEAM", "Give it to this team; without an agent, to whoever of it has room." },
    { "--nobody", NULL, "Give it back to the queue." },
    { .name = NULL },
};
static const struct ctl_option escalate_options[] = {
    OPTION_AS,
    OPTION_REASON,
    { "--level", "LEVEL", "To this level, otherwise to the next." },
    { .name = NULL },
};
static const struct ctl_option split_options[] = {
    OPTION_AS,
    OPTION_REASON,
    { "--subject", "TEXT", "What the new ticket is called, otherwise as its first message." },
    { "--tell", NULL, "Tell the customer of the new ticket; otherwise nobody does." },
    { .name = NULL },
};
const struct ctl_command ticket_change_commands[] = {
    { "ticket", "reply", NULL, change, "TICKET [TEXT]", 1, 2, reply_options,
      "Answer the customer, on the customer's channel. Without TEXT, or for \"-\", what is on "
      "standard input." },
    { "ticket", "note", NULL, change, "TICKET [TEXT]", 1, 2, note_options,
      "Write something down that the customer does not see." },
    { "ticket", "status", NULL, change, "TICKET STATUS", 2, 2, status_options,
      "Make it open, pending (on the customer), on_hold (on a third party), solved or closed." },
    { "ticket", "solve", NULL, change, "TICKET", 1, 1, status_options,
      "The same as status solved." },
    { "ticket", "close", NULL, change, "TICKET", 1, 1, status_options,
      "The same as status closed." },
    { "ticket", "reopen", NULL, change, "TICKET", 1, 1, as_options, "The same as status open." },
    { "ticket", "assign", NULL, change, "TICKET [AGENT]", 1, 2, assign_options,
      "Give it to an agent, to a team, or to nobody." },
    { "ticket", "take", NULL, change, "TICKET", 1, 1, as_options,
      "Give it to the agent that --as names." },
    { "ticket", "ack", NULL, change, "TICKET", 1, 1, as_options,
      "Somebody has seen it: its level is reminded no more." },
    { "ticket", "priority", NULL, change, "TICKET PRIORITY", 2, 2, as_options,
      "Make it low, normal, high or urgent." },
    { "ticket", "topic", NULL, change, "TICKET TOPIC", 2, 2, as_options,
      "Set right what it is about: a topic of the policy, or none. The team that its level has for "
      "that topic gets it, and what is promised follows; report corrections counts which rule was "
      "wrong." },
    { "ticket", "escalate", NULL, change, "TICKET", 1, 1, escalate_options,
      "Pass it to a higher level; that needs a reason." },
    { "ticket", "handback", NULL, change, "TICKET LEVEL", 2, 2, as_options,
      "Hand it back to a lower level; that needs a reason." },
    { "ticket", "tag", NULL, change, "TICKET TAG ...", 2, -1, as_options,
      "Add tags; those with a \"-\" before them are taken off." },
    { "ticket", "watch", NULL, change, "TICKET NAME ...", 2, -1, as_options,
      "Let agents and teams hear of it whoever has it: that the customer wrote, a missed target, "
      "another level, its end. Those with a \"-\" before them hear of it no more." },
    { "ticket", "spam", NULL, change, "TICKET", 1, 1, as_options,
      "It is spam: nobody waits, its sender hears nothing more; undone by status open." },
    { "ticket", "merge", NULL, change, "TICKET INTO", 2, 2, as_options,
      "End it in another ticket, which keeps the earlier starts." },
    { "ticket", "split", NULL, change, "TICKET MESSAGE ...", 2, -1, split_options,
      "Let these messages of the customer, by their numbers in ticket show, go on in a ticket of "
      "their own: its times count from when the first of them came. The message that opened the "
      "ticket stays." },
    { "incident", "declare", NULL, change, "TICKET", 1, 1, as_options,
      "Make an incident of it, to which what is like it comes to belong." },
    { "incident", "attach", NULL, change, "TICKET INCIDENT", 2, 2, as_options,
      "Let it belong to that incident." },
    { "incident", "detach", NULL, change, "TICKET", 1, 1, as_options,
      "Take it out of its incident, for ever: its clocks go on, with their earlier starts." },
    { "incident", "dissolve", NULL, change, "INCIDENT", 1, 1, as_options,
      "It is none: all that belong to it go on by themselves." },
    { .group = NULL },
};
