#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/simulate_state.h"
#include "core/timeline.h"

/* --- what happens
 * ------------------------------------------------------------------------------------------------
 */

static struct simulate_person *simulate_person(const struct simulation *s, const char *name)
{
    struct simulate_person *p;
    guint i;

    for (i = 0; i < s->people->len; i++) {
        p = &g_array_index(s->people, struct simulate_person, i);
        if (strcmp(p->name, name) == 0)
            return p;
    }
    return NULL;
}

/* Whose ticket it is: by name, the customer's, or somebody's who is seen this once. */
int64_t simulate_contact(const struct simulation *s, int64_t ticket_id)
{
    const struct simulate_person *p;
    guint i;

    for (i = 0; i < s->people->len; i++) {
        p = &g_array_index(s->people, struct simulate_person, i);
        if (p->ticket_id == ticket_id)
            return p->contact_id;
    }
    return ticket_id >= SIMULATE_ANOTHER ? ticket_id : SIMULATE_TICKET;
}

int64_t simulate_about(const struct simulation *s)
{
    const struct simulate_person *p;

    if (s->about == NULL)
        return s->ticket_id;
    if (strcmp(s->about, "incident") == 0)
        return s->incident_id;
    p = simulate_person(s, s->about);
    return p == NULL ? 0 : p->ticket_id;
}

static int simulate_happens(struct simulation *s, int64_t ticket_id, const struct fact *f)
{
    const struct fold_origin from = { .channel = s->o->channel,
                                      .kind = s->o->kind,
                                      .contact_id = simulate_contact(s, ticket_id),
                                      .language = f->language };

    return fold_apply(s->fold, ticket_id, &from, f, s->err);
}

static struct fact simulate_fact(const struct scenario_line *l, enum fact_kind kind,
                                 enum fact_actor by)
{
    return (struct fact){ .kind = kind,
                          .at = l->at,
                          .now = l->at,
                          .by = by,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}

/* What the sentence itself says. */
static enum simulate_wrote simulate_as_it_stands(const struct scenario_line *l,
                                                 const struct ticket *now, struct fact *f)
{
    if (l->verb == SCENARIO_EDITS)
        return SIMULATE_SILENT;
    f->at = l->verb == SCENARIO_SAID ? l->time : l->at;
    f->subject = "";
    f->text = scenario_text(l);
    f->sender = l->verb == SCENARIO_ANOTHER_SAYS || l->verb == SCENARIO_NAMED_SAYS
                    ? "another@example.net"
                    : "customer@example.net";
    f->automatic = l->verb == SCENARIO_AUTOREPLIES;
    f->thread_why = now == NULL ? "it belongs to no other" : "it belongs to this ticket";
    return SIMULATE_WROTE;
}

/* The number of the ticket in which it is written. */
static int64_t *simulate_writes_in(struct simulation *s, const struct scenario_line *l)
{
    struct simulate_person *p, somebody = { .name = l->w[0] };

    if (l->verb == SCENARIO_ANOTHER_SAYS) {
        s->once_id = s->another_id++;
        return &s->once_id;
    }
    if (l->verb != SCENARIO_NAMED_SAYS)
        return &s->ticket_id;
    p = simulate_person(s, l->w[0]);
    if (p != NULL)
        return &p->ticket_id;
    somebody.contact_id = somebody.ticket_id = s->another_id++;
    g_array_append_val(s->people, somebody);
    return &g_array_index(s->people, struct simulate_person, s->people->len - 1).ticket_id;
}

/* As what follows it may change it; good until the next one is met. */
static struct simulate_known *simulate_known(struct simulation *s, const char *name)
{
    struct simulate_known *k, somebody = { .name = name };
    guint i;

    for (i = 0; i < s->known->len; i++) {
        k = &g_array_index(s->known, struct simulate_known, i);
        if (g_strcmp0(k->name, name) == 0)
            return k;
    }
    g_array_append_val(s->known, somebody);
    return &g_array_index(s->known, struct simulate_known, s->known->len - 1);
}

/* As the intake adds to a message what it knows of whoever wrote it. */
static void simulate_know(struct simulation *s, const struct scenario_line *l, struct fact *f)
{
    const struct simulate_known *k;

    if (l->verb == SCENARIO_ANOTHER_SAYS)
        return; /* nobody knows them */
    k = simulate_known(s, l->verb == SCENARIO_NAMED_SAYS ? l->w[0] : NULL);
    f->plan = k->plan;
    f->organization = k->organization;
    f->vip = k->vip;
    if (k->language != NULL)
        f->language = k->language;
}

static int simulate_learns(struct simulation *s, const struct scenario_line *l)
{
    struct simulate_known *k;

    if (g_strcmp0(s->about, "incident") == 0)
        return error_set(s->err, ERROR_PERMANENT, "an incident is no customer's");
    if (l->verb == SCENARIO_HAS_PLAN && strcmp(l->w[0], "-") != 0 &&
        policy_find_plan(&s->policy, l->w[0]) == NULL)
        return error_set(s->err, ERROR_PERMANENT, "the policy has no plan '%.60s'", l->w[0]);
    k = simulate_known(s, s->about);
    if (l->verb == SCENARIO_HAS_PLAN)
        k->plan = strcmp(l->w[0], "-") == 0 ? NULL : l->w[0];
    else if (l->verb == SCENARIO_BELONGS)
        k->organization = l->w[0];
    else if (l->verb == SCENARIO_WRITES_IN)
        k->language = l->w[0];
    else
        k->vip = true;
    return 0;
}

static void simulate_keep_said(struct simulation *s, int64_t ticket_id, const struct fact *f)
{
    struct simulate_said said = { ticket_id, fact_copy(s->a, f) };

    g_array_append_val(s->said, said);
}

static int simulate_writes(struct simulation *s, const struct scenario_line *l)
{
    const struct ticket *now;
    struct fact f = simulate_fact(l, FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER);
    int64_t *id = simulate_writes_in(s, l);
    enum simulate_wrote wrote;

    fold_until(s->fold, l->at);
    now = fold_ticket(s->fold, *id);
    f.message_id = ++s->message_id;
    wrote = s->o->wrote == NULL ? simulate_as_it_stands(l, now, &f)
                                : s->o->wrote(s->o->arg, l, now, &f);
    if (wrote != SIMULATE_WROTE)
        return wrote == SIMULATE_CANNOT ? 1 : 0;
    simulate_know(s, l, &f);
    if (now != NULL && !plan_takes_message(&s->policy, now, f.at)) {
        f.follow_up_of = *id;
        *id = l->verb == SCENARIO_NAMED_SAYS ? s->another_id++ : *id + 1;
    }
    simulate_keep_said(s, *id, &f);
    return simulate_happens(s, *id, &f);
}

/* --- two tickets of one, and one of two
 * ------------------------------------------------------------------------------------------------
 */

/* What is written to the one that ended comes to the other, as the store has it. */
static void simulate_follow(struct simulation *s, int64_t ended, int64_t into)
{
    guint i;

    for (i = 0; i < s->people->len; i++)
        if (g_array_index(s->people, struct simulate_person, i).ticket_id == ended)
            g_array_index(s->people, struct simulate_person, i).ticket_id = into;
    if (s->ticket_id == ended)
        s->ticket_id = into;
}

static int simulate_merges(struct simulation *s, const struct scenario_line *l)
{
    struct fact f = simulate_fact(l, FACT_MERGED_INTO, FACT_BY_OPERATOR);
    const struct simulate_person *p;
    int64_t ended;

    fold_until(s->fold, l->at);
    p = simulate_person(s, l->w[0]);
    f.other = strcmp(l->w[0], "customer") == 0 ? s->ticket_id : p == NULL ? 0 : p->ticket_id;
    if (f.other == 0)
        return error_set(s->err, ERROR_PERMANENT, "nobody is called '%.60s'", l->w[0]);
    ended = simulate_about(s);
    if (simulate_happens(s, ended, &f) < 0)
        return -1;
    simulate_follow(s, ended, f.other);
    return 0;
}

/* The customer's last message there, and in *stays when the one before it came: 0, there is none.
 */
static const struct fact *simulate_last_said(const struct simulation *s, int64_t ticket_id,
                                             int64_t *stays)
{
    const struct simulate_said *said;
    const struct fact *last = NULL;
    guint i;

    *stays = 0;
    for (i = s->said->len; i-- > 0 && *stays == 0;) {
        said = &g_array_index(s->said, struct simulate_said, i);
        if (said->ticket_id != ticket_id || said->fact->automatic || fact_is_inert(said->fact))
            continue;
        if (last == NULL)
            last = said->fact;
        else
            *stays = said->fact->at;
    }
    return last;
}

/* It is the same person, by another name, who has the new ticket. */
static int64_t simulate_names(struct simulation *s, const char *name, int64_t of)
{
    struct simulate_person somebody = { .name = name,
                                        .contact_id = simulate_contact(s, of),
                                        .ticket_id = s->another_id++ };
    const struct simulate_known known = *simulate_known(s, s->about);
    struct simulate_known *same = simulate_known(s, name);

    *same = known;
    same->name = name;
    g_array_append_val(s->people, somebody);
    return somebody.ticket_id;
}

static int simulate_splits(struct simulation *s, const struct scenario_line *l)
{
    struct fact into = simulate_fact(l, FACT_SPLIT_INTO, FACT_BY_OPERATOR), from;
    const struct ticket *t;
    const struct fact *last;
    int64_t of;

    fold_until(s->fold, l->at);
    of = simulate_about(s);
    t = of == 0 ? NULL : fold_ticket(s->fold, of);
    last = simulate_last_said(s, of, &into.last_at);
    if (t == NULL || last == NULL || into.last_at == 0)
        return error_set(s->err, ERROR_PERMANENT,
                         "the message that opened the ticket stays there, and there is no other");
    if (simulate_person(s, l->w[0]) != NULL)
        return error_set(s->err, ERROR_PERMANENT, "'%.60s' is another customer", l->w[0]);
    into.moved = &last->message_id;
    into.moved_count = 1;
    into.message_id = last->message_id;
    into.unanswered = last->at > t->last_public_at;
    into.other = simulate_names(s, l->w[0], of);
    from = *last;
    from.kind = FACT_SPLIT_FROM;
    from.now = l->at;
    from.by = FACT_BY_OPERATOR;
    from.other = of;
    from.unanswered = 1;
    from.last_at = last->at;
    from.thread_why = "a message of another ticket goes on here";
    if (simulate_happens(s, of, &into) < 0)
        return -1;
    simulate_keep_said(s, into.other, &from);
    return simulate_happens(s, into.other, &from);
}

static int simulate_acts(struct simulation *s, const struct scenario_line *l)
{
    bool named = g_str_has_prefix(scenario_sentences[l->verb].pattern, "agent NAME ");
    struct fact f = simulate_fact(l, FACT_AGENT_NOTED, FACT_BY_AGENT);

    f.actor = named ? l->w[0] : NULL;
    f.by = named ? FACT_BY_AGENT : FACT_BY_OPERATOR;
    f.reason = "the story says so";
    switch (l->verb) {
    case SCENARIO_REPLIES:
    case SCENARIO_REPLIES_SETS:
        f.kind = FACT_AGENT_REPLIED;
        f.message_id = ++s->message_id;
        if (l->verb == SCENARIO_REPLIES_SETS)
            f.status = (enum ticket_status)ticket_status_find(l->w[1]);
        break;
    case SCENARIO_ACKNOWLEDGES:
        f.kind = FACT_ACKNOWLEDGED;
        break;
    case SCENARIO_TAKES:
        f.kind = FACT_ASSIGNED;
        f.agent = l->w[0];
        break;
    case SCENARIO_STATUS:
        f.kind = FACT_STATUS_SET;
        f.status = (enum ticket_status)ticket_status_find(l->w[0]);
        break;
    case SCENARIO_PRIORITY:
        f.kind = FACT_PRIORITY_SET;
        f.priority = (enum ticket_priority)ticket_priority_find(l->w[0]);
        break;
    case SCENARIO_TOPIC:
        f.kind = FACT_TOPIC_SET;
        f.topic = l->w[0];
        break;
    case SCENARIO_ESCALATE:
        f.kind = FACT_ESCALATED;
        break;
    case SCENARIO_ESCALATES_BECAUSE:
        f.kind = FACT_ESCALATED;
        f.reason = l->w[1];
        break;
    case SCENARIO_HAND_BACK:
        f.kind = FACT_HANDED_BACK;
        f.level = atoi(l->w[0]);
        break;
    case SCENARIO_TAG:
        f.kind = FACT_TAGGED;
        f.tags = l->w;
        f.tag_count = 1;
        break;
    case SCENARIO_WATCH:
        f.kind = FACT_WATCHED;
        f.names = l->w;
        f.name_count = 1;
        break;
    case SCENARIO_SPAM:
        f.kind = FACT_MARKED_SPAM;
        break;
    case SCENARIO_DECLARE:
        f.kind = FACT_INCIDENT_ASKED;
        break;
    case SCENARIO_ATTACH:
        f.kind = FACT_INCIDENT_JOINED;
        f.other = s->incident_id;
        break;
    case SCENARIO_DETACH:
        f.kind = FACT_INCIDENT_LEFT;
        break;
    case SCENARIO_DISSOLVE:
        f.kind = FACT_INCIDENT_OVER;
        break;
    default: /* SCENARIO_NOTES */
        break;
    }
    fold_until(s->fold, l->at); /* of whom it is may be known only then */
    return simulate_happens(s, l->verb == SCENARIO_DISSOLVE ? s->incident_id : simulate_about(s),
                            &f);
}

/* --- telling
 * ------------------------------------------------------------------------------------------------
 */

static void simulate_owed(struct simulation *s, const struct fold_step *step,
                          const struct planned_delivery *d)
{
    const struct simulate_put_off later = { ++s->last_delivery, step->ticket_id, d->due_at,
                                            d->notice };

    if (d->to == PLANNED_CUSTOMER && d->due_at > step->fact->now + s->o->policy->coalesce_s)
        g_array_append_val(s->put_off, later);
    else
        simulate_told(s, step->ticket_id)[d->notice]++;
}

static void simulate_dropped(struct simulation *s, const struct fold_step *step,
                             const struct planned_suppression *gone)
{
    guint i;

    for (i = 0; i < s->put_off->len; i++)
        if (g_array_index(s->put_off, struct simulate_put_off, i).delivery_id ==
            gone->delivery_id) {
            g_array_remove_index(s->put_off, i);
            return;
        }
    simulate_told(s, step->ticket_id)[gone->notice]--;
}

/* What was put off is told now, if it is still so. */
static void simulate_left(struct simulation *s, const struct fold_delivery *left)
{
    guint i;

    for (i = 0; left->to == PLANNED_CUSTOMER && i < s->put_off->len; i++) {
        struct simulate_put_off p = g_array_index(s->put_off, struct simulate_put_off, i);

        if (p.ticket_id != left->ticket_id || p.notice != left->notice || p.due_at > left->at)
            continue;
        g_array_remove_index(s->put_off, i);
        simulate_told(s, p.ticket_id)[p.notice] += left->dropped == NULL;
        return;
    }
}

static void simulate_decided(void *arg, const struct fold_step *step)
{
    struct simulation *s = arg;
    const struct plan *p = step->plan;
    size_t i;

    timeline_add_step(s->t, step);
    if (s->o->decided != NULL)
        s->o->decided(s->o->arg, step);
    if (step->fact->kind == FACT_INCIDENT_OPENED)
        s->incident_id = step->ticket_id;
    for (i = 0; i < p->delivery_count; i++) {
        simulate_owed(s, step, &p->deliveries[i]);
        if (p->deliveries[i].opens_at != 0 && step->ticket_id < SIMULATE_ANOTHER)
            s->opens_at = p->deliveries[i].opens_at;
    }
    for (i = 0; i < p->suppression_count; i++)
        simulate_dropped(s, step, &p->suppressions[i]);
}

static void simulate_delivered(void *arg, const struct fold_delivery *left)
{
    struct simulation *s = arg;

    timeline_add_delivery(s->t, left, s->o->sink);
    simulate_left(s, left);
}

static int simulate_line(struct simulation *s, const struct scenario_line *l)
{
    if (scenario_sentences[l->verb].expects) {
        simulate_check(s, l);
        return 0;
    }
    switch (l->verb) {
    case SCENARIO_POLICY:
    case SCENARIO_BEGINS:
    case SCENARIO_HOURS:
    case SCENARIO_HOLIDAY:
        return 0; /* before */
    case SCENARIO_WAIT:
        fold_until(s->fold, l->at);
        return 0;
    case SCENARIO_ABOUT:
        s->about = strcmp(l->w[0], "customer") == 0 ? NULL : l->w[0];
        return 0;
    case SCENARIO_SAYS:
    case SCENARIO_SAID:
    case SCENARIO_AUTOREPLIES:
    case SCENARIO_EDITS:
    case SCENARIO_ANOTHER_SAYS:
    case SCENARIO_NAMED_SAYS:
        return simulate_writes(s, l);
    case SCENARIO_HAS_PLAN:
    case SCENARIO_IS_VIP:
    case SCENARIO_BELONGS:
    case SCENARIO_WRITES_IN:
        return simulate_learns(s, l);
    case SCENARIO_MERGE:
        return simulate_merges(s, l);
    case SCENARIO_SPLIT:
        return simulate_splits(s, l);
    default:
        return simulate_acts(s, l);
    }
}

static int simulate_each(struct simulation *s, const struct scenario *story,
                         int (*tell)(struct simulation *s, const struct scenario_line *l))
{
    struct error cause;
    size_t i;
    int rc = 0;

    for (i = 0; i < story->count && rc == 0; i++)
        rc = tell(s, &story->lines[i]);
    if (rc >= 0)
        return rc;
    cause = *s->err;
    return error_set(s->err, cause.kind, "%s:%d: %s: %s", s->name, story->lines[i - 1].line,
                     story->lines[i - 1].said, cause.text);
}

static int simulate_story(struct simulation *s, const struct scenario *story)
{
    const struct fold_options fold = { .policy = &s->policy,
                                       .targets = &s->targets,
                                       .first_incident = SIMULATE_INCIDENT,
                                       .decided = simulate_decided,
                                       .delivered = simulate_delivered,
                                       .arg = s };

    int rc;

    if (simulate_each(s, story, simulate_frame) < 0 || simulate_use_hours(s) < 0)
        return -1;
    s->fold = fold_new(&fold);
    s->t = timeline_new(s->name, &s->policy);
    rc = simulate_each(s, story, simulate_line);
    timeline_end(s->t, fold_now(s->fold));
    return rc;
}

int simulate(const char *name, const struct scenario *story, const struct simulate_options *o,
             struct timeline **out, struct error *err)
{
    struct simulation s = { .name = name,
                            .o = o,
                            .a = arena_new(),
                            .err = err,
                            .ticket_id = SIMULATE_TICKET,
                            .another_id = SIMULATE_ANOTHER,
                            .people = g_array_new(FALSE, FALSE, sizeof(struct simulate_person)),
                            .known = g_array_new(FALSE, FALSE, sizeof(struct simulate_known)),
                            .said = g_array_new(FALSE, FALSE, sizeof(struct simulate_said)),
                            .told = g_hash_table_new(g_int64_hash, g_int64_equal),
                            .put_off = g_array_new(FALSE, FALSE, sizeof(struct simulate_put_off)) };
    int rc = simulate_story(&s, story);

    g_array_free(s.people, TRUE);
    g_array_free(s.known, TRUE);
    g_array_free(s.said, TRUE);
    g_hash_table_destroy(s.told);
    g_array_free(s.put_off, TRUE);
    fold_free(s.fold);
    calendar_free(s.calendar);
    arena_free(s.a);
    if (rc != 0)
        timeline_free(s.t);
    else
        *out = s.t;
    return rc;
}
