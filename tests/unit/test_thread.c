#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/thread.h"
#include "core/token.h"

static void test_only_a_number_in_its_brackets_names_a_ticket(void **state)
{
    static const struct {
        const char *subject;
        int64_t number;
    } cases[] = {
        { "Re: [#42] Order", 42 },
        { "order #42", 0 },
        { "[#]", 0 },
        { "[#42", 0 },
        { "[#0] x [#7]", 7 },
        { "[#99999999999999999999]", 0 },
        { "", 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(thread_subject_number(cases[i].subject), cases[i].number);
}

/* What each way needs before it is believed (S-1, S-5, T-37, T-46). */
static void test_another_persons_ticket_is_entered_with_proof_alone(void **state)
{
    static const struct {
        enum thread_way way;
        bool participant, proven, fits, joins;
    } cases[] = {
        { THREAD_BY_TOKEN, false, false, true, true },
        { THREAD_BY_TOKEN, false, true, false, false },
        { THREAD_BY_REFERENCE, false, true, false, false },
        { THREAD_BY_REFERENCE, true, false, false, false },
        { THREAD_BY_REFERENCE, true, true, false, true },
        { THREAD_BY_NUMBER, false, true, false, false },
        { THREAD_BY_NUMBER, true, true, false, true },
        { THREAD_BY_CONVERSATION, false, false, false, true },
        { THREAD_BY_OPERATOR, false, false, false, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thread_signals s = { .at = { { .way = cases[i].way } }, .count = 1 };
        struct thread_candidate c = { 42, false, "", cases[i].participant, cases[i].fits };
        struct inbound in = { .subject = "" };
        struct thread_found found;

        thread_find(&in, &s, &c, cases[i].proven, &found);
        assert_int_equal(found.ticket_id, cases[i].joins ? 42 : 0);
        assert_int_equal(found.related_to, cases[i].joins ? 0 : 42); /* whoever reads it is told */
        assert_int_equal(found.weakly, cases[i].joins && cases[i].way == THREAD_BY_NUMBER);
    }
}

static void test_a_closed_ticket_gets_a_follow_up(void **state) /* T-42 */
{
    struct thread_signals s = { .at = { { .way = THREAD_BY_REFERENCE } }, .count = 1 };
    struct thread_candidate c = { 42, true, "", true, false };
    struct inbound in = { .subject = "" };
    struct thread_found found;

    (void)state;
    thread_find(&in, &s, &c, true, &found);
    assert_int_equal(found.ticket_id, 0);
    assert_int_equal(found.follow_up_of, 42);
}

static void test_of_many_references_the_root_and_the_last_nineteen_are_kept(void **state)
{
    struct arena *a = arena_new();
    const char *refs[100];
    struct inbound in = {
        .references = refs, .reference_count = 100, .subject = "", .in_reply_to = " "
    };
    struct thread_key keys[THREAD_SIGNALS_MAX];
    struct thread_signals signals;
    size_t i, n;

    (void)state;
    for (i = 0; i < 100; i++)
        refs[i] = arena_printf(a, "r%zu@x", i);
    n = thread_keys(&in, a, keys, THREAD_SIGNALS_MAX);
    assert_int_equal(n, THREAD_REFERENCES_KEPT);
    assert_string_equal(keys[0].key, "r0@x");
    assert_string_equal(keys[1].key, "r81@x");
    thread_signals(&in, a, &signals);
    assert_int_equal(signals.count, THREAD_REFERENCES_KEPT); /* T-45: a blank id is none */
    assert_string_equal(signals.at[0].key, "r99@x");
    arena_free(a);
}

static void test_an_operators_word_and_then_a_token_come_before_everything_else(void **state)
{
    static const unsigned char key[TOKEN_KEY_BYTES] = { 1 };
    struct arena *a = arena_new();
    char token[TOKEN_CHARS + 1];
    const char *tokens[] = { token };
    struct inbound in = { .tokens = tokens,
                          .token_count = 1,
                          .in_reply_to = "a@b",
                          .conversation = "7",
                          .subject = "[#9]",
                          .of_ticket = 5 };
    struct thread_signals s;

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    thread_signals(&in, a, &s);
    assert_int_equal(s.count, 5);
    assert_int_equal(s.at[0].way, THREAD_BY_OPERATOR);
    assert_int_equal(s.at[0].ticket_id, 5);
    assert_int_equal(s.at[1].way, THREAD_BY_TOKEN);
    assert_int_equal(s.at[1].ticket_id, 42);
    assert_int_equal(s.at[2].way, THREAD_BY_REFERENCE);
    assert_int_equal(s.at[3].way, THREAD_BY_CONVERSATION);
    assert_int_equal(s.at[4].way, THREAD_BY_NUMBER);
    arena_free(a);
}

/* What a mail says of itself, and the tickets that it names: does it enter one of them? */
static void asks(const struct inbound *in, const struct thread_signal *signals,
                 const struct thread_candidate *tickets, size_t n, struct thread_found *found)
{
    struct thread_signals s = { .count = n };

    memcpy(s.at, signals, n * sizeof(*signals));
    thread_find(in, &s, tickets, true, found);
}

static void test_what_was_looked_at_before_is_told_with_why_it_did_not_hold(void **state)
{
    const struct thread_signal token = { .way = THREAD_BY_TOKEN },
                               unknown = { .way = THREAD_BY_REFERENCE, .key = "a@x" },
                               again = { .way = THREAD_BY_REFERENCE, .key = "b@x" },
                               own = { .way = THREAD_BY_REFERENCE, .key = "own" },
                               number = { .way = THREAD_BY_NUMBER },
                               talk = { .way = THREAD_BY_CONVERSATION };
    const struct thread_candidate none = { 0 }, theirs = { 7, false, "Order", false, false },
                                  ours = { 42, false, "Order", true, false };
    struct inbound in = { .message_id = own.key, .subject = "Order" };
    struct arena *a = arena_new();
    struct thread_found found;

    (void)state;
    asks(&in, (struct thread_signal[]){ token, unknown, again, own, number },
         (struct thread_candidate[]){ theirs, none, none, none, ours }, 5, &found);
    assert_int_equal(found.ticket_id, 42);
    assert_int_equal(found.related_to, 0);
    assert_string_equal(
        thread_why(a, &found),
        "its subject names this ticket, in which the sender takes part; passed over: a reply token "
        "to ticket 7 (made for somebody else), a reference (no ticket is known by it)");
    asks(&in, (struct thread_signal[]){ token, unknown, number },
         (struct thread_candidate[]){ theirs, none, theirs }, 3, &found);
    assert_int_equal(found.ticket_id, 0);
    assert_non_null(strstr(thread_why(a, &found), "known by it) and 1 more"));
    asks(&in, (struct thread_signal[]){ own, talk }, (struct thread_candidate[]){ none, none }, 2,
         &found);
    assert_string_equal(thread_why(a, &found),
                        "nothing names a ticket that its sender takes part in");
    arena_free(a);
}

static void test_what_is_passed_on_enters_a_ticket_by_its_token_alone(void **state) /* T-39 */
{
    const struct thread_signal token = { .way = THREAD_BY_TOKEN },
                               reference = { .way = THREAD_BY_REFERENCE };
    const struct thread_candidate own = { 42, false, "Order 7731 is late", true, true };
    struct inbound in = { .subject = "Fwd: Order 7731 is late", .forwarded = true };
    struct thread_found found;

    (void)state;
    asks(&in, &reference, &own, 1, &found);
    assert_int_equal(found.ticket_id, 0);
    assert_int_equal(found.related_to, 42);
    assert_false(found.changed_subject);
    asks(&in, &token, &own, 1, &found);
    assert_int_equal(found.ticket_id, 42);
    in.forwarded = false;
    asks(&in, &reference, &own, 1, &found);
    assert_int_equal(found.ticket_id, 42);
}

static void test_a_reply_about_something_else_opens_a_ticket_that_names_the_old_one(void **state)
{ /* T-44 */
    static const struct {
        const char *subject;
        enum thread_way way;
        bool automatic, chat, leaves;
    } cases[] = {
        { "Invoice with wrong address", THREAD_BY_REFERENCE, false, false, true },
        { "Invoice with wrong address", THREAD_BY_TOKEN, false, false, true },
        { "Invoice with wrong address", THREAD_BY_REFERENCE, true, false, false },
        { "Invoice with wrong address", THREAD_BY_FOREIGN, false, false, false },
        { "Invoice with wrong address", THREAD_BY_CONVERSATION, false, true, false },
        { "[#42] Invoice with wrong address", THREAD_BY_REFERENCE, false, false, false },
        { "RE: order 7731", THREAD_BY_REFERENCE, false, false, false },
        { "", THREAD_BY_REFERENCE, false, false, false },
    };
    struct thread_candidate own = { 42, false, "Order 7731 is late", true, true };
    struct thread_found found;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inbound in = { .subject = cases[i].subject,
                              .automatic = cases[i].automatic,
                              .conversation = cases[i].chat ? "7" : NULL };
        struct thread_signal s = { .way = cases[i].way };

        asks(&in, &s, &own, 1, &found);
        if ((found.ticket_id == 0) != cases[i].leaves ||
            (found.related_to == 42) != cases[i].leaves || found.changed_subject != cases[i].leaves)
            fail_msg("case %zu", i);
    }
}

static void test_a_matter_that_left_its_ticket_once_goes_on_in_its_own(void **state) /* T-44 */
{
    const struct thread_signal ways[] = { { .way = THREAD_BY_TOKEN },
                                          { .way = THREAD_BY_SUBJECT, .kind = 's' } };
    struct thread_candidate tickets[] = {
        { 42, false, "Order 7731 is late", true, true },
        { 50, false, "Invoice with wrong address", true, false },
    };
    struct inbound in = { .subject = "Invoice with wrong address" };
    struct thread_found found;

    (void)state;
    asks(&in, ways, tickets, 2, &found);
    assert_int_equal(found.ticket_id, 50);
    assert_int_equal(found.related_to, 0);
    in.subject = "Order 7731 is late";
    asks(&in, ways, tickets, 2, &found);
    assert_int_equal(found.ticket_id, 42);
    asks(&in, &ways[1], &tickets[1], 1, &found); /* the same words alone are nothing */
    assert_int_equal(found.ticket_id, 0);
}

static void test_another_help_desks_number_is_a_key_of_its_own(void **state) /* T-41 */
{
    struct arena *a = arena_new();
    struct inbound in = { .subject = "INC0012345",
                          .foreign_case = "servicenow INC0012345 c.example" };
    struct thread_signals s;
    struct thread_key keys[4];

    (void)state;
    thread_signals(&in, a, &s);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.at[0].way, THREAD_BY_FOREIGN);
    assert_int_equal(thread_keys(&in, a, keys, 4), 1);
    assert_int_equal(keys[0].kind, s.at[0].kind);
    assert_string_equal(keys[0].key, s.at[0].key);
    arena_free(a);
}

static unsigned draw(unsigned *dice, unsigned below)
{
    *dice = *dice * 1103515245u + 12345u;
    return (*dice >> 16) % below;
}

/* Whatever is drawn: into a ticket in which one takes no part leads nothing but its token, and what
 * its channel itself says (T-46). */
static void test_nobody_comes_into_a_strangers_ticket_in_a_hundred_thousand_draws(void **state)
{
    unsigned dice = 7, i, k;

    (void)state;
    for (i = 0; i < 100000; i++) {
        struct thread_signal signals[6];
        struct thread_candidate tickets[6];
        struct inbound in = { .subject = "", .automatic = false };
        struct thread_found found;
        struct thread_signals s = { .count = 6 };
        bool proven, may = false;

        proven = draw(&dice, 2);
        in.forwarded = draw(&dice, 4) == 0;
        for (k = 0; k < 6; k++) {
            signals[k] = (struct thread_signal){ .way = THREAD_BY_TOKEN + draw(&dice, 7) };
            tickets[k] = (struct thread_candidate){ draw(&dice, 4), false, "", draw(&dice, 2),
                                                    draw(&dice, 2) };
        }
        memcpy(s.at, signals, sizeof(signals));
        thread_find(&in, &s, tickets, proven, &found);
        for (k = 0; k < 6; k++)
            may |= tickets[k].ticket_id == found.ticket_id &&
                   (signals[k].way == THREAD_BY_CONVERSATION ||
                    (signals[k].way == THREAD_BY_TOKEN && tickets[k].token_fits) ||
                    (tickets[k].participant && proven));
        assert_true(found.ticket_id == 0 || may);
    }
}

/* RFC 5322 3.6.4, and of a long line the root and the last ones. */
static void test_an_answer_refers_to_all_that_the_mail_before_it_did(void **state)
{
    const char *ids[25], *two[] = { "a@x", " ", "b@x" };
    struct inbound one = { .message_id = "c@x" };
    struct inbound child = { .message_id = "c@x", .in_reply_to = "b@x" };
    struct inbound grown = {
        .message_id = "c@x", .in_reply_to = "b@x", .references = two, .reference_count = 3
    };
    struct inbound old = { .message_id = "c@x", .references = ids, .reference_count = 25 };
    struct inbound chat = { .external_id = "17" };
    struct arena *a = arena_new();
    const char *chain;
    size_t i, kept = 0;

    (void)state;
    for (i = 0; i < 25; i++)
        ids[i] = arena_printf(a, "%zu@x", i);
    assert_string_equal(thread_chain(&one, a), "<c@x>");
    assert_string_equal(thread_chain(&child, a), "<b@x> <c@x>");
    assert_string_equal(thread_chain(&grown, a), "<a@x> <b@x> <c@x>");
    assert_null(thread_chain(&chat, a));
    chain = thread_chain(&old, a);
    for (i = 0; chain[i] != '\0'; i++)
        kept += chain[i] == '<';
    assert_int_equal(kept, THREAD_REFERENCES_KEPT + 1);
    assert_ptr_equal(strstr(chain, "<0@x> <6@x> <7@x>"), chain);
    assert_non_null(strstr(chain, "<24@x> <c@x>"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_a_number_in_its_brackets_names_a_ticket),
        cmocka_unit_test(test_another_persons_ticket_is_entered_with_proof_alone),
        cmocka_unit_test(test_a_closed_ticket_gets_a_follow_up),
        cmocka_unit_test(test_of_many_references_the_root_and_the_last_nineteen_are_kept),
        cmocka_unit_test(test_an_operators_word_and_then_a_token_come_before_everything_else),
        cmocka_unit_test(test_what_was_looked_at_before_is_told_with_why_it_did_not_hold),
        cmocka_unit_test(test_what_is_passed_on_enters_a_ticket_by_its_token_alone),
        cmocka_unit_test(test_a_reply_about_something_else_opens_a_ticket_that_names_the_old_one),
        cmocka_unit_test(test_a_matter_that_left_its_ticket_once_goes_on_in_its_own),
        cmocka_unit_test(test_another_help_desks_number_is_a_key_of_its_own),
        cmocka_unit_test(test_an_answer_refers_to_all_that_the_mail_before_it_did),
        cmocka_unit_test(test_nobody_comes_into_a_strangers_ticket_in_a_hundred_thousand_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
