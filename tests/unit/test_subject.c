#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/subject.h"

static void test_marks_and_prefixes_of_every_language_are_no_words_of_a_subject(void **state)
{
    static const struct {
        const char *subject, *core;
    } cases[] = {
        { "", "" },
        { "Order 7731", "Order 7731" },
        { "Re: Order 7731", "Order 7731" },
        { "RE: Re:AW: [EXTERNAL] Sv: Order 7731", "Order 7731" },
        { "Re[2]: Re(3): Re^4: Order 7731", "Order 7731" },
        { "[#42] Order 7731", "Order 7731" },
        { "Re : Order", "Order" },
        { "回复：订单", "订单" },
        { "\xd0\x9e\xd1\x82\xd0\xb2\xd0\xb5\xd1\x82: Order", "Order" }, /* Otvet */
        { "Note: Order", "Note: Order" },
        { "Re", "Re" },
        { "[a mark that is as long as no mark is, for it goes on and on and on and on] x",
          "[a mark that is as long as no mark is, for it goes on and on and on and on] x" },
        { "[#42]", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(subject_core(cases[i].subject), cases[i].core);
}

static void test_a_forward_is_known_by_its_first_prefix(void **state) /* T-39 */
{
    static const struct {
        const char *subject, *language;
        bool forwards;
    } cases[] = {
        { "Fwd: Order", NULL, true },
        { "FW: Re: Order", NULL, true },
        { "WG: Bestellung", "de", true },
        { "TR: Commande", "fr", true },
        { "RV: Pedido", "es", true },
        { "I: Ordine", "it", true },
        { "VS: Bestilling", "nb", true },
        { "VS: Tilaus", "fi", false },
        { "VL: Tilaus", "fi", true },
        { "ENC: Pedido", "pt", true },
        { "\xc4\xb0LT: Sipariş", "tr", true },
        { "转发：订单", "zh", true },
        { "[ext] Fwd: Order", NULL, true },
        { "Order (fwd)", NULL, true },
        { "Re: Fwd: Order", NULL, false },
        { "Order", NULL, false },
        { "(fwd", NULL, false },
        { "", NULL, false },
        { "TR Order: late", NULL, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (subject_forwards(cases[i].subject, cases[i].language) != cases[i].forwards)
            fail_msg("%s", cases[i].subject);
}

static void test_a_prefix_tells_an_answer(void **state)
{
    static const struct {
        const char *subject;
        bool answers;
    } cases[] = {
        { "Re: Order", true },
        { "AW: Bestellung", true },
        { "[#17] Re: Order", true },
        { "Re[2]: Order", true },
        { "\u0631\u062f: Order", true },
        { "Order", false },
        { "[#17] Order: late", false },
        { "Fwd: Re: Order", false },
        { "", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (subject_is_answer(cases[i].subject) != cases[i].answers)
            fail_msg("%s", cases[i].subject);
}

static void test_a_subject_that_shares_no_word_speaks_of_something_else(void **state) /* T-44 */
{
    static const struct {
        const char *one, *other;
        bool differs;
    } cases[] = {
        { "Order 7731 is late", "Re: Order 7731 is late", false },
        { "Order 7731 is late", "Invoice with wrong address", true },
        { "Order 7731 is late", "URGENT!!! where is 7731", false },
        { "Problema con el pedido", "Pregunta sobre el precio", true },
        { "Problema con el pedido", "RE: problema", false },
        { "Hello", "Invoice with wrong address", false }, /* too short to say */
        { "", "Invoice with wrong address", false },
        { "Wrong invoice (was: Order 7731 is late)", "Order 7731 is late", true },
        { "订单还没有到", "请问发票怎么开", true },
        { "订单还没有到", "回复：订单还没有到", false },
        { "ÄRGER mit Rechnung", "ärger mit der rechnung", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (subject_differs(cases[i].one, cases[i].other) != cases[i].differs ||
            subject_differs(cases[i].other, cases[i].one) != cases[i].differs)
            fail_msg("%s / %s", cases[i].one, cases[i].other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks_and_prefixes_of_every_language_are_no_words_of_a_subject),
        cmocka_unit_test(test_a_forward_is_known_by_its_first_prefix),
        cmocka_unit_test(test_a_prefix_tells_an_answer),
        cmocka_unit_test(test_a_subject_that_shares_no_word_speaks_of_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
