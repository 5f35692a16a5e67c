#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/similar.h"

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static int percent(struct arena *a, const char *x, const char *y)
{
    int there = similar_percent(similar_terms(a, "", x, NULL), similar_terms(a, "", y, NULL));

    assert_int_equal(there,
                     similar_percent(similar_terms(a, "", y, NULL), similar_terms(a, "", x, NULL)));
    return there;
}

static void test_terms_are_the_words_that_say_something_in_any_script(void **state) /* D-15 */
{
    static const struct {
        const char *subject, *text, *terms;
    } cases[] = {
        { NULL, NULL, "" },
        { "", "Hola, buenas tardes:", "" },
        { "Hello", "please help me, thanks!", "" },
        { "No puedo pagar", "No puedo PAGAR con tarjeta", "pagar tarje" },
        { "", "La página está caída", "caida pagin" },
        { "", "caído caída caídos", "caida caido" },
        { "", "Error 502 in order 20260117734", "502 error order" },
        { "", "ｆｕｌｌ ﬁle", "file full" },
        { "", "Straße STRASSE", "stras" },
        { "", "оплата не проходит", "не оплат прохо" },
        { "", "支付失败", "失败 支付" },
        { "", "a b c 7", "" },
        { "", "it can't, l'église", "legli" },
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(similar_terms(*state, cases[i].subject, cases[i].text, NULL),
                            cases[i].terms);
}

static void test_what_the_policy_ignores_is_no_term(void **state)
{
    const char *ignored = similar_terms(*state, NULL, "Tienda Soles", NULL);

    assert_string_equal(similar_terms(*state, "", "La tienda Soles no abre", ignored), "abre");
}

static void test_who_writes_of_one_cause_is_above_the_threshold_and_who_does_not_below(
    void **state) /* D-15 */
{
    static const struct {
        const char *x, *y;
        int least, most;
    } cases[] = {
        { "The shop is down", "Shop is down!!", 100, 100 },
        { "Hello, I cannot pay with my card", "Paying by card does not work, please help", 50, 99 },
        { "The payment page gives error 502", "error 502 on the payment page since today", 50, 99 },
        { "No puedo pagar con tarjeta", "Buenas, el pago con tarjeta falla, no puedo pagar", 50,
          99 },
        { "La web no carga", "La web no carga desde esta mañana", 50, 99 },
        { "La página de pagos está caída", "Está caída la pagina de pagos. Gracias, un saludo", 100,
          100 },
        { "The shop is down", "My invoice of March is wrong", 0, 0 },
        { "Hola, ¿cuándo llega mi pedido? Gracias", "Hola, no puedo pagar con tarjeta. Gracias", 0,
          0 },
        { "Where is my order?", "The order page does not load", 1, 49 },
        { "Quiero cambiar la dirección de mi pedido", "Quiero devolver mi pedido", 1, 49 },
        { "", "The shop is down", 0, 0 },
        { "", "", 0, 0 },
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int came = percent(*state, cases[i].x, cases[i].y);

        if (came < cases[i].least || came > cases[i].most)
            fail_msg("%s / %s: %d %%, expected %d to %d", cases[i].x, cases[i].y, came,
                     cases[i].least, cases[i].most);
    }
}

static void test_what_two_have_in_common_is_named(void **state)
{
    const char *x = similar_terms(*state, "", "The payment page gives error 502", NULL);
    const char *y = similar_terms(*state, "", "error 502 while I was paying", NULL);

    assert_string_equal(similar_common(*state, x, y), "502 error");
    assert_true(similar_shares(x, y));
    assert_false(similar_shares(x, similar_terms(*state, "", "My invoice", NULL)));
    assert_string_equal(similar_common(*state, x, ""), "");
}

static size_t count_terms(const char *terms)
{
    size_t n = terms[0] != '\0';

    for (; *terms != '\0'; terms++)
        n += *terms == ' ';
    return n;
}

/* Hostile text costs no more than its bound, and keeps no more (S-37). */
static void test_no_text_makes_more_terms_than_are_kept(void **state)
{
    static const char *const pieces[] = {
        "\xef\xb7\xba",                         /* one letter that becomes eighteen */
        "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81",    /* a heap of accents */
        "\xf0\x9d\x93\xaa\xf0\x9d\x93\xab",     /* letters outside the basic plane */
        "\xe0\xb8\x81\xe0\xb8\xa3\xe0\xb8\xb0", /* a script without blanks */
        "\xff\xfe ",                            /* no UTF-8 at all */
        "-",
        "a.b.c.",
        "'",
        "\xe2\x80\x8f", /* writes from right to left */
    };
    char *text = malloc(200001), *end;
    size_t i;
    int n;

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        for (end = text; end - text < 199900;)
            end = stpcpy(end, pieces[i]);
        assert_true(strlen(similar_terms(*state, text, text, NULL)) <= SIMILAR_TERMS_BYTES);
    }
    for (end = text, n = 0; n < 20000; n++)
        end += sprintf(end, "w%dx ", n);
    assert_int_equal(count_terms(similar_terms(*state, NULL, text, NULL)), SIMILAR_TERMS_MAX);
    free(text);
}

/* Two long texts that are much the same keep the same of their words. */
static void test_long_texts_are_as_similar_as_all_of_their_words(void **state)
{
    char x[8000], y[8000], *ex = x, *ey = y;
    int n;

    for (n = 0; n < 300; n++) {
        ex += sprintf(ex, "wort%c%c ", 'a' + n % 26, 'a' + n / 26);
        if (n % 10 != 0)
            ey += sprintf(ey, "wort%c%c ", 'a' + n % 26, 'a' + n / 26);
    }
    assert_in_range(percent(*state, x, y), 80, 100);
    for (ey = y, n = 0; n < 300; n++)
        ey += sprintf(ey, "andre%c%c ", 'a' + n % 26, 'a' + n / 26);
    assert_in_range(percent(*state, x, y), 0, 10);
}

/* As many as there are, and how much of one is in the other: unlike likeness, it has a side. */
static void test_how_much_of_a_few_words_a_long_text_says(void **state)
{
    const char *few = similar_terms(*state, NULL, "forgot password", NULL);
    char text[4000], *end = text;
    int n;

    for (n = 0; n < 300; n++)
        end += sprintf(end, "%c%cxyz ", 'a' + n % 26, 'a' + n / 26);
    assert_int_equal(similar_held(few, similar_all_terms(*state, NULL, text)), 0);
    strcpy(end, "passwords");
    assert_int_equal(similar_held(few, similar_all_terms(*state, NULL, text)), 50);
    assert_int_equal(similar_held(few, similar_all_terms(*state, "Forgotten", text)), 100);
    assert_int_equal(count_terms(similar_all_terms(*state, "Forgotten", text)), 302);
    assert_int_equal(similar_held(similar_all_terms(*state, "Forgotten", text), few), 0);
    assert_int_equal(similar_held("", few), 0);
    assert_int_equal(similar_held(few, ""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_terms_are_the_words_that_say_something_in_any_script,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_the_policy_ignores_is_no_term, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_who_writes_of_one_cause_is_above_the_threshold_and_who_does_not_below, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_what_two_have_in_common_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_text_makes_more_terms_than_are_kept, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_long_texts_are_as_similar_as_all_of_their_words, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_how_much_of_a_few_words_a_long_text_says, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
