#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "channels/mail_quote.h"
#include "core/arena.h"

static void test_the_forty_mails_give_their_reply_text(void **state)
{
    json_t *all = json_load_file(TEST_SOURCE_DIR "/tests/data/mail/expected.json", 0, NULL), *mail;
    struct arena *a = arena_new();
    const char *name;
    int seen = 0;

    (void)state;
    assert_non_null(all);
    json_object_foreach(all, name, mail)
    {
        const char *text = json_string_value(json_object_get(mail, "text"));
        const char *want = json_string_value(json_object_get(mail, "reply_text"));
        const char *got;

        if (text == NULL || want == NULL)
            continue;
        seen++;
        got = text_clean_line(a, span_of(mail_quote_reply(a, span_of(text))), 1 << 20);
        want = text_clean_line(a, span_of(want), 1 << 20);
        if (strcmp(got, want) != 0)
            print_error("%s: %s\n", name, got);
        assert_string_equal(got, want);
    }
    assert_true(seen > 20);
    arena_free(a);
    json_decref(all);
}

static void test_each_language_s_history_is_cut(void **state)
{
    static const char *const rows[] = {
        "Yes\n\n-----Original Message-----\nold",
        "Yes\n\n---------- Forwarded message ---------\nold",
        "Yes\nVon: A <a@b.c>\nGesendet: Montag\nAn: b@b.c\nBetreff: x\n\nold",
        "Yes\nDe : A\nEnvoyé : lundi\nÀ : b\nObjet : x\nold",
        "Yes\nAm 1. Juni schrieb Eva:\n> old",
        "Yes\nIl giorno 2 giugno Eva ha scritto:\n\n> old\n> older",
        "Yes\nEl lun, 1 jun, Eva <e@x.y>\nescribió:\n> old",
        "Yes\n\nEnviado desde mi teléfono",
        "Yes\n-- \nEva",
        "Yes\n\n-------- Original message --------\nold",
        "Yes\n\n*From:* A <a@b.c>\n*Sent:* Monday\n*To:* b@b.c\n*Subject:* x\n\nold",
        "Yes\n\nDate: Mon, 1 Jun 2026\nFrom: a@b.c\nTo: b@b.c\nSubject: x\n\nold",
        "Yes\n________________________________\nFrån: A\nSkickat: i dag\nTill: b\nÄmne: x\n\nold",
        "Yes\n\n发件人： A\n发送时间： 1\n收件人： b\n主题： x\n\nold",
        "Yes\n\nОт: A\nОтправлено: 1\nКому: b\nТема: x\n\nold",
        "Yes\n\nBegin forwarded message:\n\n> old",
        "Yes\n\nOn Mon, Jun 1, 2026 at 9:00 AM, Support\n<s@x.y> wrote:\n\n> old",
        "Yes\n\nOn Mon, Jun 1, 2026 at 9:00 AM Support Team of the whole\nExample Company "
        "Limited <s@x.y>\nwrote:\n> old",
        "Yes\n\nOn 1 Jun 2026, at 09:00, Support <s@x.y> wrote:\n\nold, not marked",
        "Yes\n\nEva <e@x.y> writes:\n\n> old",
        "Yes\n\nSent from Yahoo Mail for iPhone\n\nOn Mon, June 1, 2026, A <a@b> wrote:\n\nold",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(rows[i])), "Yes");
    arena_free(a);
}

static void test_words_outside_quotations_never_vanish(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(mail_quote_reply(a, span_of("-- \nCall me")), "-- \nCall me");
    assert_string_equal(mail_quote_reply(a, span_of("Sent from my desk")), "Sent from my desk");
    assert_string_equal(mail_quote_reply(a, span_of("> a\nNo.\n> b\n")), "No.");
    assert_string_equal(mail_quote_reply(a, span_of("> a\n> b")), "");
    assert_string_equal(mail_quote_reply(a, span_of("To: be or not to be.\nDate: soon")),
                        "To: be or not to be.\nDate: soon");
    assert_string_equal(mail_quote_reply(a, span_of("On 1 June the lamp, as Eva wrote:\nbroke")),
                        "On 1 June the lamp, as Eva wrote:\nbroke");
    assert_string_equal(mail_quote_reply(a, span_of("These fail:\n> a\n> b")), "These fail:");
    assert_string_equal(mail_quote_reply(a, span_of("")), "");
    arena_free(a);
}

/* It grows with the text, not with its square; were it otherwise this would not end. */
static void test_a_thousand_quotations_cost_no_more_than_their_bytes(void **state)
{
    struct text_buffer b = { 0 };
    struct arena *a = arena_new();
    int i;

    (void)state;
    for (i = 0; i < 100000; i++)
        text_buffer_puts(&b, "x");
    text_buffer_puts(&b, ":\n");
    for (i = 0; i < 200000; i++)
        text_buffer_puts(&b, ">\n\n");
    assert_int_equal(strlen(mail_quote_reply(a, (struct span){ b.ptr, b.len })), 100001);
    text_buffer_clear(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_forty_mails_give_their_reply_text),
        cmocka_unit_test(test_each_language_s_history_is_cut),
        cmocka_unit_test(test_words_outside_quotations_never_vanish),
        cmocka_unit_test(test_a_thousand_quotations_cost_no_more_than_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
