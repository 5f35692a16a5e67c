#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/handover.h"
#include "core/wording.h"
#include "tests/support/story.h"

enum { NEW_YEAR_9 = 1767258000 /* 2026-01-01 09:00:00 UTC */, HOUR = 3600 };

static const char *render(struct story *s, const struct handover *h, const char *language)
{
    return handover_render(&s->policy, language, "UTC", NULL, h, s->now, s->a);
}

/* A case that nobody answered in an hour is at level 2, and somebody wrote a note there. */
static void climb(struct story *s, struct handover *h)
{
    story_begin(s, NEW_YEAR_9);
    s->contact.name = "Eva Sol";
    assert_int_equal(story_customer(s, "no va la tienda"), 0);
    story_until(s, NEW_YEAR_9 + 2 * HOUR);
    s->now = NEW_YEAR_9 + 2 * HOUR;
    handover_of(&s->ticket, &s->contact, h);
    h->organization = "Acme";
    h->plan = "gold";
    h->vip = true;
    handover_add_said(h, "in", &(struct handover_said){ NEW_YEAR_9, NULL, "no va la tienda" });
    handover_add_said(h, "in", &(struct handover_said){ NEW_YEAR_9 + 60, NULL, "¿hay alguien?" });
    handover_add_said(h, "note", &(struct handover_said){ NEW_YEAR_9 + 90, "ana", "el DNS, creo" });
    handover_add_step(h, &(struct handover_step){ NEW_YEAR_9, 1, NULL, "the first level" });
    handover_add_step(h, &(struct handover_step){ NEW_YEAR_9 + HOUR, 2, "ana", "no es lo mío" });
}

static void test_the_next_one_reads_who_asked_what_was_promised_done_and_is_to_be_done(void **state)
{
    static const char *const says[] = {
        "Eva Sol",
        "Acme",
        "gold",
        "VIP",
        "no va la tienda",
        "¿hay alguien?",
        "el DNS, creo",
        "no es lo mío",
        "by ana",
        "0 answers to the customer",
        "1 internal notes",
        "first response: missed since",
        "resolution: due Friday, 2 January 2026 at 09:00, 22 h 0 min left",
        "the customer was told: Thursday, 1 January 2026 at 11:00",
        "the customer is answered, who waits since Thursday, 1 January 2026 at 09:00",
    };
    struct handover h;
    struct story s;
    const char *text;
    size_t i;

    (void)state; /* D-6 */
    climb(&s, &h);
    text = render(&s, &h, "en");
    for (i = 0; i < sizeof(says) / sizeof(says[0]); i++)
        if (strstr(text, says[i]) == NULL)
            fail_msg("\"%s\" is not in:\n%s", says[i], text);
    story_end(&s);
}

static void test_what_the_level_may_decide_is_told_of_the_level_where_it_is(void **state)
{
    struct handover h;
    struct story s;

    (void)state; /* D-37 */
    climb(&s, &h);
    assert_null(strstr(render(&s, &h, "en"), "may decide"));
    s.levels[0].text = "Answer what is known.";
    s.levels[1].text = "Decide on refunds of up to 50 euros.";
    h.level = 2;
    assert_non_null(strstr(render(&s, &h, "en"),
                           "\n  What this level does and may decide: Decide on "
                           "refunds of up to 50 euros.\n"));
    assert_non_null(strstr(render(&s, &h, "es"), "puede decidir este nivel: Decide on"));
    assert_null(strstr(render(&s, &h, "en"), "Answer what is known"));
    assert_string_equal(handover_level(&s.policy, "en", 1, s.a),
                        "What this level does and may decide: Answer what is known.");
    assert_null(handover_level(&s.policy, "en", 3, s.a));
    assert_null(handover_level(&s.policy, "en", 9, s.a));
    story_end(&s);
}

static void test_it_is_told_in_the_readers_language_or_in_the_desks(void **state)
{
    struct handover h;
    struct story s;

    (void)state;
    climb(&s, &h);
    assert_non_null(strstr(render(&s, &h, "es"), "Hecho hasta ahora"));
    assert_non_null(strstr(render(&s, &h, "es"), "incumplido desde jueves, 1 de enero de 2026"));
    assert_non_null(strstr(render(&s, &h, "en-GB"), "Done so far"));
    s.policy.language = "es";
    assert_non_null(strstr(render(&s, &h, "pt"), "Hecho hasta ahora"));
    assert_non_null(strstr(render(&s, &h, NULL), "Hecho hasta ahora"));
    story_end(&s);
}

static void test_of_many_steps_the_newest_are_told_and_how_many_there_were_before(void **state)
{
    struct handover h = { 0 };
    struct story s;
    const char *text;
    int i;

    (void)state;
    story_begin(&s, NEW_YEAR_9);
    for (i = 1; i <= HANDOVER_STEPS_MAX + 3; i++)
        handover_add_step(&h, &(struct handover_step){ NEW_YEAR_9 + i, 0, NULL,
                                                       arena_printf(s.a, "because of %d.", i) });
    text = render(&s, &h, "en");
    assert_non_null(strstr(text, "3 earlier steps"));
    assert_null(strstr(text, "because of 3."));
    assert_non_null(strstr(text, "because of 4."));
    assert_non_null(strstr(text, "because of 13."));
    story_end(&s);
}

/* Whatever anybody wrote: it stays small, and no line of it looks like one of ours. */
static void test_nobody_makes_it_long_or_puts_a_line_into_it(void **state)
{
    struct handover h;
    struct story s;
    const char *text;
    char *much;
    int i;

    (void)state; /* S-19 */
    story_begin(&s, NEW_YEAR_9);
    s.levels[0].text = arena_printf(s.a, "%0*d", POLICY_LEVEL_TEXT_MAX, 0);
    much = arena_alloc(s.a, 200001);
    for (i = 0; i < 200000; i += 4)
        memcpy(much + i, i % 80 == 0 ? "x\nNo" : "ñw\x1b", 4);
    much[200000] = '\0';
    assert_int_equal(story_customer(&s, "a"), 0);
    s.contact.name = much;
    handover_of(&s.ticket, &s.contact, &h);
    h.subject = h.address = h.organization = h.plan = h.topic = h.team = h.agent = much;
    h.vip = true;
    for (i = 0; i < 2; i++)
        handover_add_said(&h, "in", &(struct handover_said){ NEW_YEAR_9, much, much });
    handover_add_said(&h, "out", &(struct handover_said){ NEW_YEAR_9, much, much });
    handover_add_said(&h, "note", &(struct handover_said){ NEW_YEAR_9, much, much });
    for (i = 0; i < 20; i++)
        handover_add_step(&h, &(struct handover_step){ NEW_YEAR_9, 2, much, much });
    text = render(&s, &h, "es");
    assert_true(strlen(text) < HANDOVER_BYTES_MAX);
    assert_null(strstr(text, "\nNo"));
    assert_null(strchr(text, '\x1b'));
    assert_true(text_is_utf8(span_of(text)));
    story_end(&s);
}

static void test_a_name_of_nothing_but_blanks_is_told_as_unknown(void **state)
{
    static const struct handover_said said = { NEW_YEAR_9, " ", "It is done" };
    struct handover h = { .level = 1, .subject = " ", .team = " ", .agent = "\n", .topic = " " };
    struct story s;
    const char *text;

    (void)state;
    story_begin(&s, NEW_YEAR_9);
    s.levels[0].name = " ";
    h.customer = h.address = h.organization = h.plan = " ";
    handover_add_said(&h, "out", &said);
    handover_add_step(&h, &(struct handover_step){ NEW_YEAR_9, 2, "\t", " " });
    text = render(&s, &h, "en");
    assert_null(strstr(text, "(null)"));
    assert_non_null(strstr(text, "level 2 (by ?)"));
    assert_non_null(strstr(text, "the last by ? ("));
    story_end(&s);
}

static void test_the_planner_hands_over_what_climbs_or_is_given_on_and_not_what_is_new(void **state)
{
    struct story s;
    struct fact f;
    size_t i, told = 0;

    (void)state; /* D-6 */
    story_begin(&s, NEW_YEAR_9);
    assert_int_equal(story_customer(&s, "a"), 0);
    for (i = 0; i < s.plan.delivery_count; i++)
        assert_false(s.plan.deliveries[i].hands_over);
    f = story_fact(&s, FACT_ESCALATED);
    f.by = FACT_BY_AGENT;
    f.reason = "no es lo mío";
    assert_int_equal(story_apply(&s, &f), 0);
    for (i = 0; i < s.plan.delivery_count; i++)
        if (s.plan.deliveries[i].notice == NOTICE_AGENT_ESCALATION) {
            assert_true(s.plan.deliveries[i].hands_over);
            told++;
        }
    assert_true(told > 0);
    f = story_fact(&s, FACT_ASSIGNED);
    f.agent = s.policy.agents[0].name;
    assert_int_equal(story_apply(&s, &f), 0);
    assert_int_equal(s.plan.delivery_count, 1);
    assert_int_equal(s.plan.deliveries[0].notice, NOTICE_AGENT_ASSIGNED);
    assert_true(s.plan.deliveries[0].hands_over);
    story_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_the_next_one_reads_who_asked_what_was_promised_done_and_is_to_be_done),
        cmocka_unit_test(test_what_the_level_may_decide_is_told_of_the_level_where_it_is),
        cmocka_unit_test(test_it_is_told_in_the_readers_language_or_in_the_desks),
        cmocka_unit_test(test_of_many_steps_the_newest_are_told_and_how_many_there_were_before),
        cmocka_unit_test(test_nobody_makes_it_long_or_puts_a_line_into_it),
        cmocka_unit_test(test_a_name_of_nothing_but_blanks_is_told_as_unknown),
        cmocka_unit_test(
            test_the_planner_hands_over_what_climbs_or_is_given_on_and_not_what_is_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
