/* Stories drawn by chance: what must hold of every one of them, whatever its policy says.
 *
 * RELEVO_STORIES=N tells N of them instead of a few, RELEVO_STORY_SEED=N begins with that seed. A
 * story that fails is made smaller, and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fold.h"
#include "core/target.h"
#include "tests/support/story_rules.h"
#include "tests/support/story_tally.h"

enum { STORIES = 250, SLACK_BYTES = 1 << 20, SHRINK_MAX = 4000 };

/* --- what was decided, one number a decision
 * ------------------------------------------------------------------------------------------- */

struct decision {
    int64_t ticket_id, now;
    enum fact_kind kind;
    uint64_t number;
    guint json; /* of the plan as JSON, in which the order of clocks counts; 0: not asked for */
};
struct telling {
    GArray *decisions; /* of the first telling */
    size_t at;         /* how many of them this telling has had */
    bool first, json;  /* is it the first; are plans compared as JSON, too */
    char letter;       /* what is broken if this one goes otherwise */
    const char *name;
    const struct policy *policy;
    struct story_rules *rules;
    struct story_tally *tally;
};

static guint json_number(const struct policy *policy, const struct plan *plan)
{
    char *json = plan_to_json(policy, plan);
    guint number = g_str_hash(json);

    free(json);
    return number;
}

/* Decisions of which nothing follows may come where they like. */
static void take(struct telling *t, int64_t ticket_id, const struct fact *fact,
                 const struct plan *plan)
{
    struct decision d = { ticket_id, fact->now, fact->kind, 0, 0 };
    const struct decision *known;

    if (plan == NULL || (plan->event_count == 0 && plan->delivery_count == 0))
        return;
    d.number = story_plan_number(plan, fact->now, true);
    if (t->json)
        d.json = json_number(t->policy, plan);
    if (t->first) {
        g_array_append_val(t->decisions, d);
        return;
    }
    known = &g_array_index(t->decisions, struct decision, t->at);
    if (t->at >= t->decisions->len || known->number != d.number ||
        (t->json && known->json != d.json))
        story_broken_set(&t->rules->broken, t->letter,
                         "%s, decision %zu, ticket %lld, %s at %lld goes otherwise; it was ticket "
                         "%lld, %s at %lld",
                         t->name, t->at, (long long)ticket_id, fact_kind_name(fact->kind),
                         (long long)fact->now,
                         t->at < t->decisions->len ? (long long)known->ticket_id : 0,
                         t->at < t->decisions->len ? fact_kind_name(known->kind) : "nothing",
                         t->at < t->decisions->len ? (long long)known->now : 0);
    t->at++;
}

static void ends(struct telling *t)
{
    if (!t->first && t->at < t->decisions->len)
        story_broken_set(&t->rules->broken, t->letter, "%s: %zu of %u decisions were made", t->name,
                         t->at, t->decisions->len);
}

static void on_decided(void *arg, const struct story_step *step)
{
    struct telling *t = arg;

    t->policy = step->policy;
    if (t->first) {
        story_tally_step(t->tally, step);
        story_rules_decided(t->rules, step);
    }
    take(t, step->ticket_id, step->fact, step->plan);
}

static void on_left(void *arg, const struct story_left *left)
{
    struct telling *t = arg;

    if (t->first)
        story_rules_left(t->rules, left);
}

static void on_folded(void *arg, const struct fold_step *step)
{
    take(arg, step->ticket_id, step->fact, step->plan);
}

/* --- the ways to tell it
 * ---------------------------------------------------------------------------------------------- */

struct tried {
    struct random_story story;
    struct policy_file policies[2];
    struct story_rules rules;
    struct story_tally tally; /* of all stories so far */
    GArray *decisions;
    struct story_desk first, again, late;
    bool changes; /* the policy does, in this story */
    bool leaves;  /* and some open clocks are not told */
};

static bool tell(struct tried *t, struct story_desk *d, const struct story_how *how, char letter,
                 const char *name)
{
    struct telling telling = { .decisions = t->decisions,
                               .first = how->moments == NULL,
                               .letter = how->late ? 0 : letter,
                               .name = name,
                               .json = how->moments == NULL && t->story.seed % 16 == 0,
                               .rules = &t->rules,
                               .tally = &t->tally };

    d->decided = how->late ? NULL : on_decided;
    d->left = on_left;
    d->arg = &telling;
    if (story_desk_tell(d, &t->story, t->policies, how) < 0)
        story_broken_set(&t->rules.broken, STORY_STATE, "%s: it wants to be woken for ever", name);
    else if (!how->late)
        ends(&telling);
    return t->rules.broken.letter == 0;
}

/* What a customer's channel chooses is its targets; where there are none of its own, which one it
 * is counts in nothing. */
static void fold_story(struct tried *t, bool by_other_channels)
{
    struct telling telling = { .decisions = t->decisions,
                               .letter = STORY_CHANNEL,
                               .name = by_other_channels ? "by other channels" : "folded",
                               .policy = t->policies[0].policy,
                               .json = t->story.seed % 16 == 0,
                               .rules = &t->rules };
    struct fold_options o = { .policy = t->policies[0].policy,
                              .targets = t->policies[0].targets,
                              .decided = on_folded,
                              .arg = &telling };
    struct fold *f = fold_new(&o);
    struct error err;
    size_t i;

    for (i = 0; i < t->story.fact_count; i++) {
        const struct random_fact *r = &t->story.facts[i];
        int channel = (r->channel + by_other_channels) % RANDOM_CHANNELS;
        const struct contact who = story_contact(r->contact);
        const struct fold_origin from = { .channel = random_channels[channel].name,
                                          .kind = random_channels[channel].kind,
                                          .contact_id = who.contact_id,
                                          .zone = who.zone,
                                          .any_hour = who.any_hour };
        struct fact fact = random_fact_make(r, t->first.moments[i]);
        int64_t id = r->ticket;
        const struct ticket *known;

        while (fact.kind == FACT_CUSTOMER_WROTE && (known = fold_ticket(f, id)) != NULL &&
               known->merged_into != 0)
            id = known->merged_into;
        fold_apply(f, id, &from, &fact, &err);
    }
    fold_until(f, fold_now(f) + t->story.tail_s);
    ends(&telling);
    fold_free(f);
}

/* Of a ticket under a policy in which time does nothing but miss targets. */
static void compare_late(struct tried *t)
{
    size_t k, i, j;

    for (k = 1; k <= RANDOM_TICKETS; k++) {
        const struct ticket *x = &t->again.tickets[k].t, *y = &t->late.tickets[k].t;

        if (x->status != y->status || x->priority != y->priority || x->level != y->level ||
            x->clock_count != y->clock_count || x->memory.told != y->memory.told)
            story_broken_set(&t->rules.broken, STORY_BATCH, "late: ticket %zu is %s and not %s", k,
                             ticket_status_name(y->status), ticket_status_name(x->status));
        for (i = 0; t->rules.broken.letter == 0 && i < x->clock_count; i++) {
            const struct target_clock *a = &x->clocks[i], *b = &y->clocks[i];
            bool same = a->kind == b->kind && a->instance == b->instance &&
                        a->due_at == b->due_at && a->breached_at == b->breached_at &&
                        a->warned == b->warned && a->end == b->end && a->ended_at == b->ended_at &&
                        a->edge_count == b->edge_count;

            for (j = 0; same && j < a->edge_count; j++)
                same = a->edges[j].at == b->edges[j].at;
            if (!same)
                story_broken_set(&t->rules.broken, STORY_BATCH,
                                 "late: %s %d of ticket %zu, missed at %lld and %lld, warned %d "
                                 "and %d times",
                                 target_kind_name(a->kind), a->instance, k,
                                 (long long)a->breached_at, (long long)b->breached_at, a->warned,
                                 b->warned);
        }
    }
}

static void tell_otherwise(struct tried *t)
{
    struct story_how text = { .by_text = true,
                              .asked_often = !t->leaves,
                              .moments = t->first.moments };
    struct story_how batch = { .one_batch = true, .moments = t->first.moments };
    struct story_how late = { .one_batch = true, .late = true, .moments = t->first.moments };

    if (!tell(t, &t->again, &text, STORY_BATCH, "by its stored text"))
        return;
    story_desk_clear(&t->again);
    if (!tell(t, &t->again, &batch, STORY_BATCH, "in one batch"))
        return;
    if (t->story.policies[0].quiet && !t->changes &&
        tell(t, &t->late, &late, STORY_BATCH, "with time coming late"))
        compare_late(t);
    if (t->rules.broken.letter == 0 && !t->changes)
        fold_story(t, t->policies[0].targets->channel_count == 0);
}

static void prepare(struct tried *t)
{
    size_t i;

    t->changes = t->leaves = false;
    for (i = 0; i < t->story.fact_count; i++)
        if (t->story.facts[i].kind == FACT_POLICY_CHANGED) {
            t->changes = true;
            t->leaves |= !t->story.facts[i].open;
        }
    for (i = 0; i < 2 && (i == 0 || t->changes); i++) {
        struct error err;

        if (random_policy_read(&t->story.policies[i], (int)i + 1, &t->policies[i], &err) < 0)
            story_broken_set(&t->rules.broken, 'p', "the policy cannot be read: %s", err.text);
        else if (t->story.seed % 2 == 0)
            t->policies[i].targets->channel_count = 0;
    }
}

/* All of one story; what is broken stands in t->rules. */
static void try_story(struct tried *t)
{
    static const struct story_how plainly = { 0 };
    size_t i;

    story_rules_begin(&t->rules, &t->story);
    g_array_set_size(t->decisions, 0);
    prepare(t);
    if (t->rules.broken.letter == 0 && tell(t, &t->first, &plainly, STORY_STATE, "as it is"))
        tell_otherwise(t);
    story_desk_clear(&t->first);
    story_desk_clear(&t->again);
    story_desk_clear(&t->late);
    for (i = 0; i < 2; i++)
        policy_file_clear(&t->policies[i]);
    story_rules_end(&t->rules);
}

/* --- the whole
 * ---------------------------------------------------------------------------------------------------
 */

static volatile uint64_t seed_now; /* for whoever dies of it */

static void on_death(int signal)
{
    static const struct sigaction plain = { .sa_handler = SIG_DFL };
    char words[120];
    int n = snprintf(words, sizeof(words),
                     "died of it: RELEVO_STORIES=1 RELEVO_STORY_SEED=%llu tells which story\n",
                     (unsigned long long)seed_now);

    (void)!write(2, words, (size_t)n);
    if (signal != 0) {
        sigaction(signal, &plain, NULL);
        raise(signal);
    }
}

#ifdef RELEVO_SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));
static void on_sanitizer(void)
{
    on_death(0);
}
#endif

static void watch_death(void)
{
    static const int signals[] = { SIGABRT, SIGSEGV, SIGFPE, SIGBUS };
    struct sigaction a = { .sa_handler = on_death };
    size_t i;

    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &a, NULL);
#ifdef RELEVO_SANITIZED
    __sanitizer_set_death_callback(on_sanitizer);
#endif
}

/* Tried by a child: a story may be one that kills. */
static char letter_of(struct tried *t)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        close(2);
        try_story(t);
        _exit(t->rules.broken.letter);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 1)
        return (char)WEXITSTATUS(status);
    return STORY_MEMORY; /* by a signal, or as the sanitizers end */
}

struct shrinking {
    struct tried *t;
    char letter;
    int left;
};

static bool still_fails(void *arg)
{
    struct shrinking *s = arg;

    if (s->left-- <= 0)
        return false;
    return letter_of(s->t) == s->letter;
}

static void tell_failure(struct tried *t, char letter)
{
    struct shrinking s = { t, letter, SHRINK_MAX };
    char *text;

    random_story_shrink(&t->story, still_fails, &s);
    text = random_story_text(&t->story);
    fprintf(stderr, "%s(%c) ", text, letter);
    free(text);
    if (letter != STORY_MEMORY)
        try_story(t);
    fprintf(stderr, "%s\n", letter != STORY_MEMORY ? t->rules.broken.words : "it dies of it");
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static size_t bytes_in_use(void)
{
    return mallinfo2().uordblks; /* 0 under the sanitizers, which look themselves */
}

static void test_whatever_happens_under_whatever_policy_the_rules_hold(void **state)
{
    uint64_t from = number_from("RELEVO_STORY_SEED", 1), n = number_from("RELEVO_STORIES", STORIES);
    struct tried *t = calloc(1, sizeof(*t));
    size_t begun = 0;
    const char *missing;
    uint64_t i;
    char letter = 0;

    (void)state; /* C-2, C-5, C-8, C-13, C-18, C-20, C-21, B-01 to B-06, B-15, B-17, T-64, T-69,
                    T-73, T-90, T-91, D-31, D-51, E-21 */
    watch_death();
    t->decisions = g_array_new(FALSE, FALSE, sizeof(struct decision));
    for (i = 0; i < n && letter == 0; i++) {
        seed_now = from + i;
        random_story_draw(&t->story, from + i);
        story_tally_policies(&t->tally, &t->story);
        if (n == 1)
            letter = letter_of(t);
        else
            try_story(t);
        letter = n == 1 ? letter : t->rules.broken.letter;
        if (letter != 0)
            tell_failure(t, letter);
        random_story_clear(&t->story);
        if (i == n / 4)
            begun = bytes_in_use();
    }
    g_array_set_size(t->decisions, 0);
    assert_true(letter != 0 || bytes_in_use() <= begun + SLACK_BYTES);
    g_array_free(t->decisions, TRUE);
    if (getenv("RELEVO_STORIES") != NULL)
        story_tally_print(&t->tally, stdout);
    missing = n < STORIES ? NULL : story_tally_missing(&t->tally);
    free(t);
    assert_int_equal(letter, 0);
    if (missing != NULL)
        fail_msg("no story had, or too few: %s", missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whatever_happens_under_whatever_policy_the_rules_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
