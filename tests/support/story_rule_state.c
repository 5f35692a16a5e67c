#include "tests/support/story_rule_state.h"

#include "tests/support/story_wake.h"

/* D-17: the customer did not answer. */
static bool has_waited(struct story_rules *r, const struct story_step *s)
{
    int64_t end =
        story_wait_instant(r, s, s->before->memory.pending_since, s->policy->waiting.solve_s);

    return s->before->memory.pending_since != 0 && end != 0 && end <= s->now;
}

static bool may_move(struct story_rules *r, const struct story_step *s)
{
    enum ticket_status from = s->before->status, to = s->plan->ticket.status;

    switch (s->fact->kind) {
    case FACT_CUSTOMER_WROTE:
        return to == TICKET_OPEN && from != TICKET_NEW; /* of a closed one: story_rule_reopened() */
    case FACT_AGENT_REPLIED:
    case FACT_STATUS_SET:
        if (from == TICKET_CLOSED)
            return to == TICKET_OPEN && s->before->memory.spam_at != 0;
        return to != TICKET_NEW;
    case FACT_TIME_CAME:
    case FACT_QUEUE_LOOKED:
        if (from == TICKET_PENDING && to >= TICKET_SOLVED)
            return has_waited(r, s);
        return from == TICKET_SOLVED && to == TICKET_CLOSED;
    case FACT_MERGED_INTO:
    case FACT_MARKED_SPAM:
        return to == TICKET_CLOSED;
    case FACT_MERGED_FROM: /* what is not over is not over in it */
        return to < TICKET_SOLVED && to != TICKET_NEW;
    default:
        return false;
    }
}

void story_rule_state(struct story_rules *r, const struct story_step *s)
{
    const struct ticket *was = s->before, *is = &s->plan->ticket;

    if (was->version == 0 ? is->status != TICKET_NEW : is->status != was->status && !may_move(r, s))
        BROKEN(r, s, STORY_STATE, "%s became %s", ticket_status_name(was->status),
               ticket_status_name(is->status));
    if (is->status == TICKET_CLOSED && (s->plan->wake_at != 0 || s->plan->wants_queue))
        BROKEN(r, s, STORY_STATE, "it is closed and wants to be woken");
    if (is->merged_into != 0 && is->status != TICKET_CLOSED)
        BROKEN(r, s, STORY_STATE, "it was merged and is %s", ticket_status_name(is->status));
    if ((is->status == TICKET_SOLVED && is->solved_at == 0) ||
        (is->status < TICKET_SOLVED && is->solved_at != 0) ||
        (is->status == TICKET_CLOSED) != (is->closed_at != 0))
        BROKEN(r, s, STORY_STATE, "%s, solved at %lld, closed at %lld",
               ticket_status_name(is->status), (long long)is->solved_at, (long long)is->closed_at);
    if (was->version != 0 &&
        (is->last_customer_at < was->last_customer_at || is->last_public_at < was->last_public_at))
        BROKEN(r, s, STORY_STATE, "the last word is said to be older than it was");
}
