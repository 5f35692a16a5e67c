#include "core/plan.h"

#include <stddef.h>
#include <string.h>

#include "core/arena.h"
#include "core/plan_state.h"

static int plan_policy_changed(struct planner *pl)
{
    struct ticket *t = &pl->p->ticket;
    size_t i;

    plan_event(pl, fact_kind_name(pl->fact->kind), "C-14",
               plan_detail(pl, "{s:i, s:i}", "from", t->policy_version, "to", pl->policy->version),
               "open clocks follow the new policy");
    t->policy_version = pl->policy->version;
    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS) { /* also of one that stays as it is (C-2) */
            t->clocks[i].policy_version = pl->policy->version;
            t->clocks[i].changed = true;
        }
    plan_clock_retarget(pl, "the policy changed");
    return 0;
}

/* "B-12 nobody is at this address": the rule, and what follows it; NULL: none stands before it. */
static const char *plan_rule_of(struct arena *a, const char **why)
{
    const char *w = *why;

    if (strncmp(w, "B-", 2) != 0 || strlen(w) < 5 || w[4] != ' ')
        return NULL;
    *why = w + 5;
    return arena_strndup(a, w, 4);
}

/* Nothing changes but the history: what was owed did not arrive, or was rightly not sent (B-18).
 * Of a person's words the ticket's people hear. */
static int plan_delivery_ended(struct planner *pl)
{
    static const struct {
        const char *ended, *event, *why;
    } ends[] = {
        { "suppressed", "notice_suppressed", "" },
        { "dead", "delivery_dead", "it could not be delivered: " },
        { "failed", "delivery_failed", "it was sent and did not arrive: " },
        { "partly", "delivery_partly", "it was sent without all of its files: " },
    };
    const struct fact *f = pl->fact;
    const char *why = f->reason == NULL || *f->reason == '\0' ? "nobody said why" : f->reason;
    const char *rule = plan_rule_of(pl->a, &why);
    size_t i;

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (f->ended != NULL && strcmp(f->ended, ends[i].ended) == 0)
            break;
    if (i == sizeof(ends) / sizeof(ends[0]) || f->notice == NULL)
        return error_set(pl->err, ERROR_PERMANENT, "which delivery ended how is not said");
    plan_event(pl, ends[i].event, rule,
               plan_detail(pl, "{s:s, s:I}", "notice", f->notice, "delivery_id",
                           (json_int_t)f->delivery_id),
               "%s%s", ends[i].why, why);
    if (strcmp(f->notice, notice_kinds[NOTICE_REPLY].id) == 0)
        plan_notice_owner(pl, NOTICE_AGENT_UNDELIVERED, "A-07", TARGET_NEXT_RESPONSE, 0, why);
    return 0;
}

/* What each fact does. A new one is a row here. */
static int (*const plan_facts[FACT_KIND_N])(struct planner *pl) = {
    [FACT_CUSTOMER_WROTE] = plan_customer_wrote,
    [FACT_AGENT_REPLIED] = plan_agent_replied,
    [FACT_AGENT_NOTED] = plan_said,
    [FACT_STATUS_SET] = plan_status_set,
    [FACT_PRIORITY_SET] = plan_priority_set,
    [FACT_TOPIC_SET] = plan_topic_set,
    [FACT_ASSIGNED] = plan_assigned,
    [FACT_QUEUE_LOOKED] = plan_time_came,
    [FACT_ESCALATED] = plan_escalated,
    [FACT_HANDED_BACK] = plan_handed_back,
    [FACT_ACKNOWLEDGED] = plan_said,
    [FACT_TAGGED] = plan_tagged,
    [FACT_WATCHED] = plan_watched,
    [FACT_MARKED_SPAM] = plan_marked_spam,
    [FACT_MERGED_INTO] = plan_merged_into,
    [FACT_MERGED_FROM] = plan_merged_from,
    [FACT_SPLIT_INTO] = plan_split_into,
    [FACT_SPLIT_FROM] = plan_split_from,
    [FACT_TIME_CAME] = plan_time_came,
    [FACT_POLICY_CHANGED] = plan_policy_changed,
    [FACT_DELIVERY_ENDED] = plan_delivery_ended,
    [FACT_INCIDENT_LOOKED] = plan_incident_looked,
    [FACT_INCIDENT_ASKED] = plan_incident_asked,
    [FACT_INCIDENT_OPENED] = plan_incident_opened,
    [FACT_INCIDENT_JOINED] = plan_incident_joined,
    [FACT_INCIDENT_LEFT] = plan_incident_left,
    [FACT_INCIDENT_OVER] = plan_incident_over,
};

static int plan_decide(struct planner *pl, const struct ticket *before,
                       const struct contact *contact)
{
    const struct fact *fact = pl->fact;
    struct plan *out = pl->p;
    size_t i;

    if (before->version == 0 && !fact_is_said(fact) && fact->kind != FACT_INCIDENT_OPENED)
        return error_set(pl->err, ERROR_PERMANENT, "there is no such ticket");
    if (before->merged_into != 0 && fact->kind != FACT_TIME_CAME &&
        fact->kind != FACT_DELIVERY_ENDED && fact->kind != FACT_INCIDENT_LOOKED)
        return error_set(pl->err, ERROR_PERMANENT, "ticket %lld was merged into ticket %lld",
                         (long long)before->ticket_id, (long long)before->merged_into);
    if (plan_incident_refuse(pl, before) < 0)
        return -1;
    out->event_count = out->delivery_count = out->suppression_count = 0;
    out->incident = (struct planned_incident){ 0 };
    out->offer = (struct planned_offer){ 0 };
    memcpy(&out->ticket, before,
           offsetof(struct ticket, clocks) + before->clock_count * sizeof(before->clocks[0]));
    out->contact = *contact;
    out->contact.changed = false;
    for (i = 0; i < out->ticket.clock_count; i++)
        out->ticket.clocks[i].changed = false;
    plan_clock_follow_calendars(pl);
    if (plan_facts[fact->kind](pl) < 0)
        return -1;
    plan_assign_known(pl);
    plan_clock_start_owed(pl);
    plan_assign_seen(pl);
    plan_expected_tell(pl);
    plan_watch_tell(pl);
    plan_set_wake(pl);
    return 0;
}

int plan_apply(const struct policy *policy, const struct target_table *targets,
               const struct ticket *before, const struct contact *contact, const struct fact *fact,
               struct arena *a, struct plan *out, struct error *err)
{
    struct planner pl = {
        .policy = policy, .targets = targets, .fact = fact, .a = a, .p = out, .err = err
    };

    return plan_decide(&pl, before, contact);
}

int plan_apply_bare(const struct policy *policy, const struct target_table *targets,
                    const struct ticket *before, const struct contact *contact,
                    const struct fact *fact, struct arena *a, struct plan *out, struct error *err)
{
    struct planner pl = { .policy = policy,
                          .targets = targets,
                          .fact = fact,
                          .a = a,
                          .p = out,
                          .bare = true,
                          .err = err };

    return plan_decide(&pl, before, contact);
}
