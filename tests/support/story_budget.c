#include "tests/support/story_budget.h"

#include <stdio.h>
#include <string.h>

struct story_noticed {
    int64_t delivery_id, contact_id, ticket_id, at;
    bool receipt;
};
/* Which of them a budget counts. */
struct story_filter {
    const char *rule;
    int64_t contact_id, ticket_id; /* 0: of all tickets */
    bool receipts;                 /* these alone */
    int most;
    int64_t within_s;
};

static bool is_receipt(enum notice n)
{
    return n == NOTICE_RECEIVED || n == NOTICE_RECEIVED_CLOSED || n == NOTICE_FOLLOW_UP;
}

static bool counts(const struct story_filter *f, const struct story_noticed *n)
{
    return n->contact_id == f->contact_id && (f->ticket_id == 0 || n->ticket_id == f->ticket_id) &&
           (!f->receipts || n->receipt);
}

/* How many there are from `from` on, with one at `at` (which is within). */
static int in_window(const struct story_budget *b, const struct story_filter *f, int64_t from)
{
    int n = 1;
    guint i;

    for (i = 0; i < b->notices->len; i++) {
        const struct story_noticed *x = &g_array_index(b->notices, struct story_noticed, i);

        n += counts(f, x) && x->at >= from && x->at < from + f->within_s;
    }
    return n;
}

/* One more at `at`: are there too many in any stretch of time that has it in it? Stretches begin
 * with a notice. */
static bool is_over(const struct story_budget *b, const struct story_filter *f, int64_t at)
{
    guint i;

    if (f->most == 0)
        return false;
    if (in_window(b, f, at) > f->most)
        return true;
    for (i = 0; i < b->notices->len; i++) {
        const struct story_noticed *x = &g_array_index(b->notices, struct story_noticed, i);

        if (counts(f, x) && x->at <= at && x->at > at - f->within_s &&
            in_window(b, f, x->at) > f->most)
            return true;
    }
    return false;
}

/* What the clock on the wall shows there. */
static bool is_night(const struct story_step *s, int64_t at)
{
    const struct policy_budgets *q = &s->policy->budgets;
    const char *name = s->contact->zone == NULL ? s->policy->zone : s->contact->zone;
    GTimeZone *zone = g_time_zone_new_identifier(name);
    GDateTime *utc = g_date_time_new_from_unix_utc(at), *there = g_date_time_to_timezone(utc, zone);
    int second = g_date_time_get_hour(there) * 3600 + g_date_time_get_minute(there) * 60 +
                 g_date_time_get_second(there);

    g_date_time_unref(utc);
    g_date_time_unref(there);
    g_time_zone_unref(zone);
    if (s->contact->any_hour &&
        (s->before->priority == TICKET_URGENT || s->plan->ticket.priority == TICKET_URGENT))
        return false;
    return q->quiet_from_s < q->quiet_to_s ? second >= q->quiet_from_s && second < q->quiet_to_s
                                           : second >= q->quiet_from_s || second < q->quiet_to_s;
}

/* Why it may not leave then; NULL: it may. */
static const char *forbidden(const struct story_budget *b, const struct story_step *s,
                             enum notice notice, int64_t at)
{
    const struct policy_budgets *p = &s->policy->budgets;
    const int64_t who = s->contact->contact_id;
    const struct story_filter all[] = {
        { "B-02", who, 0, false, p->person_hour, 3600 },
        { "B-02", who, 0, false, p->person_day, 86400 },
        { "B-03", who, s->ticket_id, false, p->ticket_burst, 600 },
        { "B-03", who, s->ticket_id, false, p->ticket_day, 86400 },
    };
    const struct story_filter first = { "B-04", who, 0, true, p->received_hour, 3600 };
    size_t i;

    if (is_receipt(notice))
        return is_over(b, &first, at) ? first.rule : NULL;
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (is_over(b, &all[i], at))
            return all[i].rule;
    return p->awake != NULL && is_night(s, at) ? "B-06" : NULL;
}

/* A suppressed one is gone; the desk numbers deliveries as they are planned. */
static void forget(struct story_budget *b, int64_t delivery_id)
{
    guint i;

    for (i = 0; i < b->notices->len; i++)
        if (g_array_index(b->notices, struct story_noticed, i).delivery_id == delivery_id) {
            g_array_remove_index(b->notices, i);
            return;
        }
}

/* It became urgent with this very fact, maybe after what was told. */
static bool rises_for(const struct story_step *s)
{
    return s->contact->any_hour && s->before->priority != s->plan->ticket.priority;
}

static void check_one(struct story_budget *b, const struct story_step *s,
                      const struct planned_delivery *d)
{
    const char *rule = forbidden(b, s, d->notice, d->due_at);

    if (rule != NULL)
        snprintf(b->words, sizeof(b->words), "%s: %s leaves at %lld", rule,
                 notice_kinds[d->notice].id, (long long)d->due_at);
    else if (d->due_at > s->now + s->policy->coalesce_s && !rises_for(s) &&
             forbidden(b, s, d->notice, d->due_at - 1) == NULL)
        snprintf(b->words, sizeof(b->words), "B-01: %s leaves at %lld, and might before",
                 notice_kinds[d->notice].id, (long long)d->due_at);
}

/* A receipt that is held back for B-04 would have been one too many. */
static void check_held(struct story_budget *b, const struct story_step *s,
                       const struct planned_event *e)
{
    int64_t at;

    if (e->notice < 0 || strcmp(e->kind, "notice_suppressed") != 0 || e->rule == NULL ||
        strcmp(e->rule, "B-04") != 0)
        return;
    for (at = s->now; at <= s->now + s->policy->coalesce_s; at += 1)
        if (forbidden(b, s, (enum notice)e->notice, at) != NULL)
            return;
    snprintf(b->words, sizeof(b->words), "B-04: %s is held back without need",
             notice_kinds[e->notice].id);
}

const char *story_budget_wrong(struct story_budget *b, const struct story_step *s)
{
    size_t i;

    if (s->plan == NULL)
        return NULL;
    b->words[0] = '\0';
    for (i = 0; i < s->plan->event_count; i++)
        check_held(b, s, &s->plan->events[i]);
    for (i = 0; i < s->plan->suppression_count; i++)
        forget(b, s->plan->suppressions[i].delivery_id);
    for (i = 0; i < s->plan->delivery_count; i++) {
        const struct planned_delivery *d = &s->plan->deliveries[i];
        const struct story_noticed n = { ++b->last_delivery, s->contact->contact_id, s->ticket_id,
                                         d->due_at, is_receipt(d->notice) };

        if (d->to != PLANNED_CUSTOMER || d->notice == NOTICE_REPLY)
            continue;
        check_one(b, s, d);
        g_array_append_val(b->notices, n);
    }
    return b->words[0] == '\0' ? NULL : b->words;
}

void story_budget_begin(struct story_budget *b)
{
    *b =
        (struct story_budget){ .notices = g_array_new(FALSE, FALSE, sizeof(struct story_noticed)) };
}

void story_budget_end(struct story_budget *b)
{
    g_array_unref(b->notices);
}
