/* What customers and agents write: the case that opens by it, who waits for an answer, and who
 * does not any longer (C-7 to C-12, E-01 to E-03, E-06). */
#include "core/classify.h"
#include "core/plan_state.h"

static void plan_open_classified(struct planner *pl, struct classify_result *found)
{
    const struct fact *f = pl->fact;
    const struct classify_words words = { f->subject, f->text, f->sender, f->organization };
    struct ticket *t = &pl->p->ticket;

    classify_apply(pl->policy, &words, pl->a, found);
    t->tags = found->tags;
    t->tag_count = found->tag_count;
    plan_priority_open(pl, found);
    if (found->team >= 0)
        t->team = pl->policy->teams[found->team].name;
}

void plan_open(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    int64_t last = f->last_at < f->now ? f->last_at : f->now;
    struct classify_result found;

    t->status = TICKET_NEW;
    t->created_at = f->at;
    t->last_customer_at = last > f->at ? last : f->at;
    t->subject = f->title != NULL ? f->title : f->subject == NULL ? "" : f->subject;
    t->language = f->language != NULL ? f->language : pl->p->contact.language;
    t->follow_up_of = f->follow_up_of;
    t->related_to = f->related_to;
    t->policy_version = pl->policy->version;
    plan_event(pl, fact_kind_name(f->kind), NULL, plan_split_link(pl), "a ticket is opened: %s",
               f->thread_why == NULL ? "nothing that is known belongs to it" : f->thread_why);
    plan_open_classified(pl, &found);
    if (fact_is_inert(f)) {
        plan_event(pl, "clocks_void", "C-16", NULL, "%s",
                   f->spam     ? "marked as spam"
                   : f->bounce ? "a notice that a delivery failed"
                               : "a program's answer or report: nobody waits");
        t->level = t->top_level = 1;
        return;
    }
    t->memory.unanswered = f->unanswered > 1 ? f->unanswered : 1;
    t->memory.unanswered_since = f->at;
    plan_clock_start(pl, TARGET_ACK, f->at);
    plan_clock_start(pl, TARGET_FIRST_RESPONSE, f->at);
    plan_clock_start(pl, TARGET_RESOLUTION, f->at);
    plan_level_enter(pl, 1, "C-21", "the first level");
    plan_assign_want(pl);
    if (f->kind != FACT_SPLIT_FROM || f->told)
        plan_notice_received(pl);
    plan_incident_open(pl);
    plan_level_check_events(pl, false);
    plan_hint_open(pl, &found);
}

static void plan_reopen(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;

    if (t->status == TICKET_CLOSED) {
        plan_reopen_anew(pl);
        return;
    }
    t->memory.reopened++;
    plan_set_status(pl, TICKET_OPEN, pl->fact->at, "the customer wrote again");
    plan_incident_reopened(pl);
    plan_assign_reopened(pl);
    plan_clock_start(pl, TARGET_RESOLUTION,
                     pl->fact->at); /* none if the same instance resumes (C-10) */
    plan_notice_customer(pl, NOTICE_FOLLOW_UP, "E-03", 0, 0, NULL);
}

int plan_customer_wrote(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    bool was_over = t->status >= TICKET_SOLVED;

    if (pl->p->ticket.version == 0) {
        plan_open(pl);
        return 0;
    }
    if (!plan_takes_message(pl->policy, t, f->at))
        return error_set(pl->err, ERROR_PERMANENT,
                         "ticket %lld is closed: a message opens a follow-up",
                         (long long)t->ticket_id);
    if (f->automatic || fact_is_inert(f)) {
        plan_event(pl, fact_kind_name(f->kind), "B-13", NULL,
                   "an automatic message: no state and no clock changes");
        return 0;
    }
    plan_event(pl, fact_kind_name(f->kind), t->memory.spam_at != 0 ? "C-16" : NULL, NULL, "%s",
               t->memory.spam_at != 0  ? "it was marked as spam: nobody waits"
               : f->thread_why == NULL ? "it belongs here"
                                       : f->thread_why);
    if (f->at > t->last_customer_at)
        t->last_customer_at = f->at;
    t->memory.unanswered++;
    if (t->memory.unanswered_since == 0)
        t->memory.unanswered_since = f->at;
    if (t->memory.spam_at != 0)
        return 0;
    if (was_over)
        plan_reopen(pl);
    else if (t->status == TICKET_PENDING || t->status == TICKET_ON_HOLD)
        plan_set_status(pl, TICKET_OPEN, f->at, "the customer wrote again"); /* C-12 */
    if (plan_clock_find(pl, TARGET_FIRST_RESPONSE) == NULL)
        plan_clock_start(pl, TARGET_NEXT_RESPONSE, t->memory.unanswered_since); /* C-8 */
    if (!was_over && f->threaded_weakly)
        plan_notice_customer(pl, NOTICE_FOLLOW_UP, "E-03", 0, 0, NULL);
    plan_priority_listen(pl);
    plan_hint_answered(pl);
    plan_assign_want(pl);
    plan_notice_owner(pl, NOTICE_AGENT_CUSTOMER, "A-02", TARGET_NEXT_RESPONSE, 0, NULL);
    plan_level_check_events(pl, false);
    return 0;
}

/* It is told what a program says, and waits for a person as before (C-7). */
static void plan_program_replied(struct planner *pl, enum ticket_status to)
{
    struct ticket *t = &pl->p->ticket;

    plan_event(pl, "program_replied", "C-7", NULL,
               "a program's words go to the customer: nobody has answered yet");
    plan_notice_words(pl);
    if (to != t->status && plan_status_may(t->status, to))
        plan_set_status(pl, to, pl->fact->at, "set with a program's words");
    plan_solution_noted(pl);
}

int plan_agent_replied(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    const struct fact *f = pl->fact;
    enum ticket_status to = f->status;
    bool solved;
    int agent = f->actor == NULL ? -1 : policy_find_agent(pl->policy, f->actor);
    bool program = agent >= 0 && pl->policy->agents[agent].program;

    if (to == TICKET_STATUS_N)
        to = program ? t->status : TICKET_OPEN;
    if (t->status == TICKET_CLOSED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld is closed",
                         (long long)t->ticket_id);
    if (plan_solution(pl, to) < 0)
        return -1;
    if (program) {
        plan_program_replied(pl, to);
        return 0;
    }
    plan_event(pl, fact_kind_name(f->kind), "E-06", NULL, "an agent answered the customer");
    if (f->at > t->last_public_at)
        t->last_public_at = f->at;
    t->memory.unanswered = t->memory.unanswered_before = 0;
    t->memory.unanswered_since = 0;
    plan_notice_reply(pl);
    plan_clock_end(pl, TARGET_FIRST_RESPONSE, f->at, TARGET_MET, "C-7");
    plan_clock_end(pl, TARGET_NEXT_RESPONSE, f->at, TARGET_MET, "C-8");
    plan_clock_end(pl, TARGET_UPDATE, f->at, TARGET_MET, "C-9");
    plan_level_acknowledge(pl, f->at);
    if (t->agent == NULL && agent >= 0)
        plan_assign_to(pl, pl->policy->agents[agent].name, NULL, "who answers first has it");
    solved = t->status == TICKET_SOLVED;
    if (to != t->status && plan_status_may(t->status, to))
        plan_set_status(pl, to, f->at, "set with the answer");
    if (solved && t->status < TICKET_SOLVED)
        plan_reopen_solved(pl);
    plan_solution_noted(pl);
    if (t->status < TICKET_SOLVED && t->status != TICKET_PENDING) /* C-9 */
        plan_clock_start(pl, TARGET_UPDATE, f->at);
    return 0;
}

int plan_said(struct planner *pl)
{
    plan_event(pl, fact_kind_name(pl->fact->kind), NULL, NULL, "%s",
               pl->fact->reason == NULL ? "written down" : pl->fact->reason);
    plan_level_acknowledge(pl, pl->fact->at);
    return 0;
}
