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
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct thread_signals s = { .at = { { .way = cases[i].way } }, .count = 1 };
        struct thread_candidate c = { 42, TICKET_OPEN, cases[i].participant, cases[i].fits };
        struct thread_found found;

        thread_find(&s, &c, cases[i].proven, &found);
        assert_int_equal(found.ticket_id, cases[i].joins ? 42 : 0);
        assert_int_equal(found.weakly, cases[i].joins && cases[i].way == THREAD_BY_NUMBER);
    }
}

static void test_a_closed_ticket_gets_a_follow_up(void **state) /* T-42 */
{
    struct thread_signals s = { .at = { { .way = THREAD_BY_REFERENCE } }, .count = 1 };
    struct thread_candidate c = { 42, TICKET_CLOSED, true, false };
    struct thread_found found;

    (void)state;
    thread_find(&s, &c, true, &found);
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

static void test_a_token_comes_before_everything_else(void **state)
{
    static const unsigned char key[TOKEN_KEY_BYTES] = { 1 };
    struct arena *a = arena_new();
    char token[TOKEN_CHARS + 1];
    const char *tokens[] = { token };
    struct inbound in = { .tokens = tokens,
                          .token_count = 1,
                          .in_reply_to = "a@b",
                          .conversation = "7",
                          .subject = "[#9]" };
    struct thread_signals s;

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    thread_signals(&in, a, &s);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.at[0].way, THREAD_BY_TOKEN);
    assert_int_equal(s.at[0].ticket_id, 42);
    assert_int_equal(s.at[1].way, THREAD_BY_REFERENCE);
    assert_int_equal(s.at[2].way, THREAD_BY_CONVERSATION);
    assert_int_equal(s.at[3].way, THREAD_BY_NUMBER);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_a_number_in_its_brackets_names_a_ticket),
        cmocka_unit_test(test_another_persons_ticket_is_entered_with_proof_alone),
        cmocka_unit_test(test_a_closed_ticket_gets_a_follow_up),
        cmocka_unit_test(test_of_many_references_the_root_and_the_last_nineteen_are_kept),
        cmocka_unit_test(test_a_token_comes_before_everything_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
