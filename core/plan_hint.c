/* What helps before anybody answers: articles that fit the case (D-35, E-21), and what its topic
 * asks (D-51). Both go with the first notice and never without it; no clock, no budget and no other
 * notice hangs on them. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hint.h"
#include "core/json_list.h"
#include "core/plan_state.h"
#include "core/policy_texts.h"
#include "core/wording.h"

static struct planned_delivery *plan_hint_notice(struct planner *pl)
{
    size_t i;

    for (i = 0; i < pl->p->delivery_count; i++)
        if (pl->p->deliveries[i].notice == NOTICE_RECEIVED ||
            pl->p->deliveries[i].notice == NOTICE_RECEIVED_CLOSED)
            return &pl->p->deliveries[i];
    return NULL;
}

/* --- articles
 * ------------------------------------------------------------------------------------------ */

/* Pairs of when, and ticket_mark() of the article that fitted best. */
static bool plan_hint_fitted(const struct planner *pl, const struct hint *h)
{
    const int64_t *at = pl->p->contact.hinted;
    uint32_t mark = ticket_mark(h->article->name);
    int i;

    for (i = 0; i < CONTACT_HINTS_MAX && at[2 * i] != 0; i++)
        if (at[2 * i + 1] == mark && llabs(pl->fact->at - at[2 * i]) <= pl->policy->hints.repeat_s)
            return pl->policy->hints.repeat_s > 0;
    return false;
}

static void plan_hint_remember(struct planner *pl, const struct hint *best)
{
    struct contact *c = &pl->p->contact;

    memmove(c->hinted + 2, c->hinted, (CONTACT_HINTS_MAX - 1) * 2 * sizeof(c->hinted[0]));
    c->hinted[0] = pl->fact->at;
    c->hinted[1] = ticket_mark(best->article->name);
    c->changed = true;
}

/* Why none is told; NULL: they are. */
static const char *plan_hint_refused(const struct planner *pl, const struct planned_delivery *d,
                                     const struct hint *hints, size_t count,
                                     const struct hint *nearest)
{
    const struct ticket *t = &pl->p->ticket;
    size_t i;

    if (d == NULL)
        return "the first notice is not sent, and alone they never are";
    if (t->priority == TICKET_URGENT)
        return "it is urgent";
    if (t->follow_up_of != 0 || t->related_to != 0)
        return "it goes on with another ticket";
    if (pl->fact->kind == FACT_SPLIT_FROM)
        return "it was a part of another ticket";
    for (i = 0; i < count; i++)
        if (plan_hint_fitted(pl, &hints[i]))
            return arena_printf(pl->a, "the same person had a case that %s fits",
                                hints[i].article->name);
    if (count > 0)
        return NULL;
    return nearest->article == NULL
               ? "nothing fits"
               : arena_printf(pl->a, "nothing fits by %d %%: %s, the nearest, by %d %%",
                              pl->policy->hints.from, nearest->article->name, nearest->score);
}

/* What it was of each, for `why`. */
static json_t *plan_hint_detail(const struct planner *pl, const struct hint *hints, size_t count,
                                const char *notice)
{
    const char *topic = pl->p->ticket.topic;
    json_t *names = json_array(), *scores = json_array(), *words = json_array();
    size_t i;

    for (i = 0; i < count; i++) {
        const char *words_of = hints[i].words != NULL ? hints[i].words
                               : topic == NULL        ? "no topic"
                                                      : arena_printf(pl->a, "topic %s", topic);

        json_array_append_new(names, json_string(hints[i].article->name));
        json_array_append_new(scores, json_integer(hints[i].score));
        json_array_append_new(words, json_string(words_of));
    }
    return json_pack("{s:o, s:s*, s:o, s:o}", "articles", names, "notice", notice, "scores", scores,
                     "words", words);
}

static void plan_hint_articles(struct planner *pl, struct planned_delivery *d, const char *language)
{
    const struct ticket *t = &pl->p->ticket;
    const struct hint_case of = { pl->fact->subject, pl->fact->text, t->topic, language };
    struct hint *hints, nearest;
    const char *refused;
    size_t count;

    if (pl->policy->article_count == 0)
        return;
    hints = arena_array(pl->a, HINT_MAX, sizeof(*hints));
    count = hint_find(pl->policy, &of, pl->a, hints, &nearest);
    refused = plan_hint_refused(pl, d, hints, count, &nearest);
    if (count > 0 && !pl->fact->automatic)
        plan_hint_remember(pl, &hints[0]);
    if (refused != NULL) {
        plan_event(pl, "hint_withheld", "E-21",
                   pl->bare ? NULL : plan_hint_detail(pl, hints, count, NULL), "%s", refused);
        return;
    }
    plan_event(pl, "hint_suggested", "E-21",
               pl->bare ? NULL : plan_hint_detail(pl, hints, count, notice_kinds[d->notice].id),
               "what fits it by %d %% or more, the best by %d %%", pl->policy->hints.from,
               hints[0].score);
    d->hints = hints;
    d->hint_count = count;
}

/* --- a question
 * ---------------------------------------------------------------------------------------- */

/* It is kept what was found without the answer, 1 for the lowest, so that the answer can add. */
static void plan_hint_ask(struct planner *pl, struct planned_delivery *d, const char *language,
                          const struct classify_result *found)
{
    struct ticket *t = &pl->p->ticket;
    const struct policy_topic *topic =
        t->topic == NULL ? NULL : policy_find_topic(pl->policy, t->topic);

    if (d == NULL || topic == NULL)
        return;
    d->ask = policy_texts_in(&topic->ask, language);
    if (d->ask == NULL)
        return;
    t->memory.asked = 1 + (int)found->priority;
    t->memory.asked_impact = 1 + (int)found->impact;
    plan_event(pl, "topic_asked", "D-51",
               plan_detail(pl, "{s:s, s:s, s:s}", "notice", notice_kinds[d->notice].id, "question",
                           d->ask, "topic", topic->name),
               "cases of its topic are asked this");
}

void plan_hint_open(struct planner *pl, const struct classify_result *found)
{
    struct planned_delivery *d;
    const char *language;

    if (pl->policy->article_count == 0 && pl->p->ticket.topic == NULL)
        return;
    d = plan_hint_notice(pl);
    language = wording_language_of(pl->policy, d == NULL ? NOTICE_RECEIVED : d->notice,
                                   pl->p->ticket.language);
    plan_hint_ask(pl, d, language, found);
    plan_hint_articles(pl, d, language);
}

void plan_hint_dropped(struct planner *pl, enum notice notice)
{
    if (notice == NOTICE_RECEIVED || notice == NOTICE_RECEIVED_CLOSED)
        pl->p->ticket.memory.asked = pl->p->ticket.memory.asked_impact = 0;
}

/* What two messages together have more than the first alone: of each the highest counts. */
static int plan_hint_points(const struct planner *pl, const struct classify_result *found)
{
    const struct ticket_memory *m = &pl->p->ticket.memory;
    const int *impact = pl->policy->scoring.impact;
    int points = 0, reach = 0;

    if (found->priority_rule != NULL && (int)found->priority >= m->asked)
        points = ((int)found->priority + 1 - m->asked) * POLICY_SCORE_STEP;
    if ((int)found->impact >= m->asked_impact)
        reach = impact[found->impact] - (m->asked_impact == 0 ? 0 : impact[m->asked_impact - 1]);
    return points + (reach > 0 ? reach : 0);
}

void plan_hint_answered(struct planner *pl)
{
    const struct fact *f = pl->fact;
    const struct classify_words words = { f->subject, f->text, f->sender, f->organization };
    struct ticket_memory *m = &pl->p->ticket.memory;
    struct classify_result found;
    int points;
    size_t i;

    if (m->asked == 0 || plan_notice_received_waits(pl))
        return;
    classify_apply(pl->policy, &words, pl->a, &found);
    points = plan_hint_points(pl, &found);
    m->asked = m->asked_impact = 0;
    m->quick = m->quick != 0 || found.quick;
    plan_event(pl, "answer_classified", "D-51",
               plan_detail(pl, "{s:i, s:o, s:o}", "points", points, "rules",
                           json_list_texts(found.rules, found.rule_count), "tags",
                           json_list_texts(found.tags, found.tag_count)),
               "the first answer to what was asked");
    for (i = 0; i < found.tag_count; i++)
        plan_tag_add(pl, found.tags[i], "D-51");
    if (points > 0)
        plan_priority_add(pl, points, "D-51", "by the answer to what was asked");
}
