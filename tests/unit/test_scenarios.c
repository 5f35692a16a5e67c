/* Every story of tests/scenarios is told by every way in, through the real adapters: what the
 * customer says becomes their provider's bytes, and the adapter's message the fact. What a way
 * cannot tell (a machine's message by SMS) is told by the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "core/arena.h"
#include "core/fact_inbound.h"
#include "core/policy_read.h"
#include "core/simulate.h"
#include "core/timeline.h"
#include "tests/support/clerk.h"
#include "tests/support/customer.h"

struct telling {
    struct customer c;
    struct clerk k;
    const char *file;
    char *last_id; /* of the customer's last message */
};

/* --- the way in
 * --------------------------------------------------------------------------------------------- */

static void decided(void *arg, const struct fold_step *step)
{
    struct telling *t = arg;

    clerk_post(&t->k, step, step->ticket_id < SIMULATE_ANOTHER);
}

static const struct inbound *hear(struct telling *t, const struct scenario_line *l,
                                  const struct customer_said *said)
{
    struct inbound *in;

    t->c.h.now = l->at;
    in = customer_write(&t->c, said);
    if (in == NULL)
        fail_msg("%s:%d by %s: %s", t->file, l->line, t->c.way->name, t->c.h.err.text);
    in->channel_id = t->c.h.channel.channel_id; /* by the intake */
    assert_string_equal(in->reply_text, said->text);
    assert_int_equal(in->automatic, said->by_a_machine);
    return in;
}

/* Somebody of whom the clerk keeps nothing: the story itself knows their tickets. */
static bool is_another(const struct scenario_line *l)
{
    return l->verb == SCENARIO_ANOTHER_SAYS || l->verb == SCENARIO_NAMED_SAYS;
}

static void find(struct telling *t, const struct scenario_line *l, const struct ticket *ticket,
                 const struct inbound *in, struct thread_found *found)
{
    clerk_find(&t->k, in, l->at, found);
    if (is_another(l)) {
        assert_int_equal(found->ticket_id, 0);
        assert_int_equal(found->follow_up_of, 0);
    } else if (ticket != NULL && (!(1u << found->way & t->c.way->found_by) ||
                                  (found->ticket_id != ticket->ticket_id &&
                                   found->follow_up_of != ticket->ticket_id))) {
        fail_msg("%s:%d by %s: the message lost its ticket", t->file, l->line, t->c.way->name);
    }
}

/* How its ticket was found is its channel's own; that it was found, and nothing else, is for the
 * plan. */
static enum simulate_wrote wrote(void *arg, const struct scenario_line *l,
                                 const struct ticket *ticket, struct fact *fact)
{
    struct telling *t = arg;
    const struct customer_said said = {
        .text = scenario_text(l),
        .at = l->verb == SCENARIO_SAID ? l->time : l->at,
        .by_another = is_another(l),
        .by_a_machine = l->verb == SCENARIO_AUTOREPLIES,
        .as_edit = l->verb == SCENARIO_EDITS,
        .answers = is_another(l) ? NULL : clerk_last_letter(&t->k, l->at),
    };
    const struct inbound *in;
    struct thread_found found;
    int64_t now = fact->now;

    if (!customer_can(t->c.way, &said) || (said.at < l->at && !t->c.way->keeps)) {
        return said.as_edit ? SIMULATE_SILENT : SIMULATE_CANNOT;
    }
    in = hear(t, l, &said);
    if (said.as_edit) {
        assert_int_equal(in->kind, INBOUND_EDIT); /* of which no fact is made */
        assert_string_equal(in->external_id, t->last_id);
        return SIMULATE_SILENT;
    }
    assert_int_equal(in->kind, INBOUND_MESSAGE);
    find(t, l, ticket, in, &found);
    fact_from_inbound(in, &found, now, fact);
    fact->now = now;
    fact->thread_why = "it was found";
    if (said.by_another)
        return SIMULATE_WROTE;
    clerk_keep(&t->k, in);
    g_free(t->last_id);
    t->last_id = g_strdup(in->external_id);
    return SIMULATE_WROTE;
}

/* --- telling
 * --------------------------------------------------------------------------------------------- */

static void tell_misses(const struct telling *t, const struct timeline *timeline)
{
    struct timeline_view v;

    timeline_view(timeline, &v);
    if (v.miss_count > 0)
        fail_msg("%s:%d by %s: expected %s, but %s", t->file, v.misses[0].line, t->c.way->name,
                 v.misses[0].expected, v.misses[0].came);
}

/* Tells one story by one way: all that became of it, to free(). NULL: this way cannot tell it. */
static char *tell(const char *file, const struct scenario *story, const struct policy_file *policy,
                  const struct customer_way *way)
{
    struct telling *t = g_new0(struct telling, 1);
    const struct simulate_options options = { .policy = policy->policy,
                                              .targets = policy->targets,
                                              .channel = "support",
                                              .kind = way->kind,
                                              .sink = "the same for all",
                                              .wrote = wrote,
                                              .decided = decided,
                                              .arg = t };
    struct timeline *timeline = NULL;
    struct error err;
    char *whole = NULL;
    int rc;

    t->file = file;
    customer_begin(&t->c, way, story->begins);
    clerk_begin(&t->k, policy->policy, &t->c.h.channel);
    rc = simulate(file, story, &options, &timeline, &err);
    if (rc < 0)
        fail_msg("by %s: %s", way->name, err.text);
    if (rc == 0) {
        tell_misses(t, timeline);
        whole = timeline_to_json(timeline);
    }
    timeline_free(timeline);
    clerk_end(&t->k);
    customer_end(&t->c);
    g_free(t->last_id);
    g_free(t);
    return whole;
}

static void read_policy(const struct scenario *story, struct policy_file *out)
{
    struct conf_errors errors = { 0 };
    char *path, *text;
    gsize len;

    assert_non_null(story->policy);
    path = g_build_filename(TEST_SOURCE_DIR "/tests/scenarios", story->policy, NULL);
    assert_true(g_file_get_contents(path, &text, &len, NULL));
    if (policy_read(path, (struct span){ text, len }, NULL, NULL, out, &errors) < 0)
        fail_msg("%s is no policy", path);
    g_free(text);
    g_free(path);
}

/* By the first way as by every other that can tell it; returns by how many. */
static int tell_by_all(const char *file, const char *text)
{
    const struct customer_way *way;
    struct policy_file policy;
    struct scenario story;
    struct error err;
    char *first = NULL, *other;
    int ways = 0;

    if (scenario_read(file, span_of(text), &story, &err) < 0)
        fail_msg("%s", err.text);
    read_policy(&story, &policy);
    for (way = customer_ways; way->name != NULL; way++) {
        other = tell(file, &story, &policy, way);
        if (other == NULL)
            continue;
        ways++;
        if (first != NULL && strcmp(first, other) != 0)
            fail_msg("%s goes otherwise by %s:\n%s\n%s", file, way->name, first, other);
        if (first == NULL)
            first = other;
        else
            free(other);
    }
    free(first);
    policy_file_clear(&policy);
    scenario_clear(&story);
    return ways;
}

/* Not every provider marks what a machine wrote, or keeps what we do not take. */
static int ways_for(const char *text)
{
    bool machine = strstr(text, "customer autoreplies ") != NULL;
    bool kept = strstr(text, "customer said ") != NULL;
    const struct customer_way *way;
    int n = 0;

    for (way = customer_ways; way->name != NULL; way++)
        n += (!machine || way->machines) && (!kept || way->keeps);
    return n;
}

static void test_every_story_goes_the_same_by_every_way_in(void **state) /* C-20 */
{
    GDir *dir = g_dir_open(TEST_SOURCE_DIR "/tests/scenarios", 0, NULL);
    const char *name;
    int stories = 0;

    (void)state;
    assert_non_null(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        char *path, *text = NULL;
        int ways;

        if (!g_str_has_suffix(name, ".scn"))
            continue;
        path = g_build_filename(TEST_SOURCE_DIR "/tests/scenarios", name, NULL);
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        ways = ways_for(text);
        assert_true(ways > 1);
        assert_int_equal(tell_by_all(name, text), ways);
        stories++;
        g_free(text);
        g_free(path);
    }
    g_dir_close(dir);
    assert_true(stories >= 30);
}

static void test_every_kind_that_customers_write_by_tells_the_stories(void **state)
{
    const struct customer_way *way;
    size_t i;

    (void)state;
    for (i = 0; channel_kinds[i] != NULL; i++) {
        if (channel_kinds[i]->webhook == NULL &&
            (channel_kinds[i]->start == NULL || channel_kinds[i]->writes_letters))
            continue; /* it takes no messages */
        for (way = customer_ways; way->name != NULL && strcmp(way->kind, channel_kinds[i]->kind);)
            way++;
        if (way->name == NULL)
            fail_msg("nobody tells a story by %s", channel_kinds[i]->kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_story_goes_the_same_by_every_way_in),
        cmocka_unit_test(test_every_kind_that_customers_write_by_tells_the_stories),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
