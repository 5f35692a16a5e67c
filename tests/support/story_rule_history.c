#include "tests/support/story_rule_history.h"

#include <string.h>

#include "core/ticket_event.h"
#include "tests/support/story_rule_clocks.h"
#include "tests/support/story_rule_levels.h"
#include "tests/support/story_rule_notices.h"
#include "tests/support/story_rule_owner.h"

static void check_chain(struct story_rules *r, const struct story_step *s,
                        const struct planned_event *e, struct rule_ticket *t)
{
    const struct ticket_event_line line = { .ticket_id = s->ticket_id,
                                            .seq = e->seq,
                                            .at = e->at,
                                            .cause = e->cause,
                                            .policy_version = s->policy->version,
                                            .kind = e->kind,
                                            .actor_kind = fact_actor_name(e->by),
                                            .actor = e->actor,
                                            .rule = e->rule,
                                            .why = e->why,
                                            .detail = e->detail,
                                            .fact = e->fact };
    unsigned char hash[32];

    ticket_event_hash(t->hash, &line, hash);
    if (memcmp(hash, e->hash, sizeof(hash)) != 0)
        BROKEN(r, s, STORY_HISTORY, "event %lld %s does not continue the chain", (long long)e->seq,
               e->kind);
    memcpy(t->hash, e->hash, sizeof(t->hash));
    if (e->seq != ++t->seq || e->at != s->now || e->cause != s->plan->events[0].seq)
        BROKEN(r, s, STORY_HISTORY, "event %s is number %lld at %lld of %lld, after %lld", e->kind,
               (long long)e->seq, (long long)e->at, (long long)e->cause, (long long)t->seq - 1);
    if ((e->fact != NULL) != (e == s->plan->events))
        BROKEN(r, s, STORY_HISTORY, "the fact does not stand with its own event alone");
}

void story_rule_history(struct story_rules *r, const struct story_step *s, struct rule_ticket *t)
{
    const char *owner = s->before->agent;
    size_t i;

    for (i = 0; i < s->plan->event_count; i++) {
        const struct planned_event *e = &s->plan->events[i];

        check_chain(r, s, e, t);
        story_rule_clock_event(r, s, e, t);
        story_rule_step_event(r, s, e);
        story_rule_level_event(r, s, e);
        if (strcmp(e->kind, "level_entered") == 0) {
            t->lost = 0;
            if (story_detail_number(e->detail, "\"from\":") != 0)
                owner = NULL;
        }
        story_rule_owner_event(r, s, e, t, owner);
        if (strcmp(e->kind, "owner_set") == 0)
            owner = e->value;
        story_rule_reminder_event(r, s, e, t);
        story_rule_new_time_event(r, s, e, t);
        if (t->by_hand && strcmp(e->kind, "priority_changed") == 0 &&
            (strcmp(e->rule, "D-44") == 0 || strcmp(e->rule, "D-51") == 0))
            BROKEN(r, s, STORY_STATE, "D-16: a score moves what somebody corrected");
    }
    if (s->plan->ticket.event_seq != t->seq ||
        memcmp(s->plan->ticket.event_hash, t->hash, sizeof(t->hash)) != 0)
        BROKEN(r, s, STORY_HISTORY, "the ticket is not at the end of its chain");
}

void story_rule_wordless(struct story_rules *r, const struct story_step *s)
{
    struct error err;
    int rc = plan_apply_bare(s->policy, s->targets, s->before, s->contact, s->fact, r->a, &r->bare,
                             &err);

    if ((rc < 0) != (s->plan == NULL) || (rc == 0 && story_plan_number(&r->bare, s->now, false) !=
                                                         story_plan_number(s->plan, s->now, false)))
        BROKEN(r, s, STORY_HISTORY, "without words it is decided otherwise");
}
