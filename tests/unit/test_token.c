#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/token.h"

static const unsigned char key[TOKEN_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static const unsigned char other_key[TOKEN_KEY_BYTES] = "x123456789abcdef0123456789abcde";

static void test_a_token_fits_its_ticket_and_recipient_alone(void **state) /* S-1, S-3 */
{
    char token[TOKEN_CHARS + 1];
    struct span t = { token, TOKEN_CHARS };

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    assert_int_equal(strlen(token), TOKEN_CHARS);
    assert_int_equal(token_ticket(t), 42);
    assert_true(token_fits(key, t, 42, "ana@example.org"));
    assert_false(token_fits(key, t, 43, "ana@example.org"));
    assert_false(token_fits(key, t, 42, "eva@example.org"));
    assert_false(token_fits(other_key, t, 42, "ana@example.org"));
}

static void test_a_changed_token_does_not_fit(void **state)
{
    char token[TOKEN_CHARS + 1], changed[TOKEN_CHARS + 1];
    size_t i;

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    for (i = 1; i < TOKEN_CHARS; i++) {
        strcpy(changed, token);
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        assert_false(token_fits(key, span_of(changed), 42, "ana@example.org"));
    }
    assert_false(token_fits(key, span_of("t"), 0, "ana@example.org"));
}

/* S-2: he knows all of it but the key */
static void test_nobody_guesses_a_token_in_a_hundred_thousand_tries(void **state)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    char token[TOKEN_CHARS + 1];
    uint64_t dice = 42;
    int i, at;

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    for (i = 0; i < 100000; i++) {
        for (at = TOKEN_CHARS - 24; at < TOKEN_CHARS - 1; at++) {
            dice = dice * 6364136223846793005U + 1442695040888963407U;
            token[at] = alphabet[dice >> 59];
        }
        if (token_ticket(span_of(token)) != 42 ||
            token_fits(key, span_of(token), 42, "ana@example.org"))
            fail_msg("%s", token);
    }
}

static void test_a_token_is_found_in_an_address_of_changed_case(void **state)
{
    char token[TOKEN_CHARS + 1], address[100];
    struct span found;
    size_t i;

    (void)state;
    token_make(key, INT64_MAX, "+34600111222", token);
    snprintf(address, sizeof(address), "support+%s@example.org", token);
    for (i = 0; address[i] != '\0'; i++)
        if (address[i] >= 'a' && address[i] <= 'z')
            address[i] = (char)(address[i] - 32);
    found = token_find(span_of(address));
    assert_int_equal(found.len, TOKEN_CHARS);
    assert_true(token_fits(key, found, INT64_MAX, "+34600111222"));
    assert_int_equal(token_find(span_of("support@example.org")).len, 0);
}

static void test_a_token_names_its_delivery_to_who_has_the_key_alone(void **state)
{
    char token[TOKEN_CHARS + 1], reply[TOKEN_CHARS + 1], changed[TOKEN_CHARS + 1];
    size_t i;

    (void)state;
    token_make_delivery(key, 42, token);
    token_make(key, 42, "", reply);
    assert_int_equal(token_delivery(key, span_of(token)), 42);
    assert_int_equal(token_delivery(other_key, span_of(token)), 0);
    assert_int_equal(token_delivery(key, span_of(reply)), 0);
    assert_int_equal(token_ticket(span_of(token)), 0);
    for (i = 0; i < TOKEN_CHARS; i++) {
        strcpy(changed, token);
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        assert_int_equal(token_delivery(key, span_of(changed)), 0);
    }
    reply[0] = 'd';
    assert_int_equal(token_delivery(key, span_of(reply)), 0);
    assert_int_equal(token_find(span_of(token)).len, TOKEN_CHARS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_fits_its_ticket_and_recipient_alone),
        cmocka_unit_test(test_a_changed_token_does_not_fit),
        cmocka_unit_test(test_nobody_guesses_a_token_in_a_hundred_thousand_tries),
        cmocka_unit_test(test_a_token_is_found_in_an_address_of_changed_case),
        cmocka_unit_test(test_a_token_names_its_delivery_to_who_has_the_key_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
