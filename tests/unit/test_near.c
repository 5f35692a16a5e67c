#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/near.h"

static const char *nearest(const char *said)
{
    static const char *const known[] = { "host", "port", "password", "recipients", "post", "" };
    struct near n;
    size_t i;

    near_begin(&n, said);
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        near_look(&n, known[i]);
    return n.best;
}

static void test_two_wrong_letters_are_near_and_three_are_not(void **state)
{
    (void)state;
    assert_string_equal(nearest("hots"), "host");
    assert_string_equal(nearest("passwrd"), "password");
    assert_string_equal(nearest("reciepients"), "recipients");
    assert_string_equal(nearest("pasword2"), "password");
    assert_null(nearest("colour"));
    assert_null(nearest("recip"));
}

static void test_half_of_the_letters_at_most_are_wrong(void **state)
{
    (void)state;
    assert_string_equal(nearest("hort"), "host");
    assert_string_equal(nearest("ost"), "host");
    assert_null(nearest("ort2x"));
    assert_null(nearest("ho"));
    assert_null(nearest("x"));
}

static void test_of_names_that_are_as_near_the_first_is_meant(void **state)
{
    (void)state;
    assert_string_equal(nearest("xost"), "host");
    assert_string_equal(nearest("pott"), "port");
    assert_string_equal(nearest("post"), "post");
}

static void test_a_name_that_is_longer_than_any_is_near_to_none(void **state)
{
    char said[NEAR_LENGTH + 2];

    (void)state;
    memset(said, 'a', sizeof(said));
    said[NEAR_LENGTH + 1] = '\0';
    assert_null(nearest(said));
    said[NEAR_LENGTH] = '\0';
    assert_null(nearest(said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_wrong_letters_are_near_and_three_are_not),
        cmocka_unit_test(test_half_of_the_letters_at_most_are_wrong),
        cmocka_unit_test(test_of_names_that_are_as_near_the_first_is_meant),
        cmocka_unit_test(test_a_name_that_is_longer_than_any_is_near_to_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
