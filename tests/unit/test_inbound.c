#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/inbound.h"

static void test_an_address_is_lower_cased_in_its_domain_only(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        { " Ana.Ruiz@Example.ORG ", "Ana.Ruiz@example.org" }, /* S-11 */
        { "a+b@x.y", "a+b@x.y" },
        { "a@b@c", NULL },
        { "@b", NULL },
        { "a@", NULL },
        { "a@b>\r\nRCPT TO:<c@d", NULL }, /* S-20 */
        { "two words@x.y", NULL },
        { "", NULL },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = inbound_email(a, span_of(rows[i].in));

        assert_int_equal(got == NULL, rows[i].out == NULL);
        if (got != NULL)
            assert_string_equal(got, rows[i].out);
    }
    arena_free(a);
}

static void test_a_number_is_e164_or_a_short_code(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        { "+34 600 111 222", "+34600111222" },
        { "34600111222", "+34600111222" },
        { "25252", "25252" },
        { "Shop", NULL },
        { "+1234567890123456", NULL },
        { "+12", NULL },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = inbound_tel(a, span_of(rows[i].in));

        assert_int_equal(got == NULL, rows[i].out == NULL);
        if (got != NULL)
            assert_string_equal(got, rows[i].out);
    }
    arena_free(a);
}

static void test_a_message_survives_packing_and_keys_of_the_contract_are_always_there(void **state)
{
    static const char *const keys[] = { "\"from\"",           "\"to\"",         "\"cc\"",
                                        "\"subject\"",        "\"message_id\"", "\"in_reply_to\"",
                                        "\"references\"",     "\"date\"",       "\"text\"",
                                        "\"reply_text\"",     "\"html\"",       "\"attachments\"",
                                        "\"auto_submitted\"", "\"bounce\"" };
    struct inbound_address to = { "email", "support@example.org", NULL };
    struct inbound_attachment file = { .filename = "a.pdf",
                                       .content_type = "application/pdf",
                                       .size = 12,
                                       .encoding = "base64",
                                       .at = 700,
                                       .length = 16 };
    const char *references[] = { "1@x", "2@x" }, *tokens[] = { "t123" };
    struct inbound *in = inbound_new(), *back = NULL;
    char *first = inbound_to_json(in), *second;
    struct text_buffer packed = { 0 };
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_non_null(strstr(first, keys[i]));
    free(first);
    in->kind = INBOUND_RECEIPT;
    in->external_id = "x:1";
    in->sender = (struct inbound_address){ "email", "ana@example.org", "Ana" };
    in->to = &to;
    in->to_count = 1;
    in->sent_at = 1767258000;
    in->references = references;
    in->reference_count = 2;
    in->tokens = tokens;
    in->token_count = 1;
    in->attachments = &file;
    in->attachment_count = 1;
    in->automatic = true;
    in->receipt = (struct inbound_receipt){ "SM1", RECEIPT_FAILED, "30003" };
    in->text = "Se\u00f1al \"42\"\n";
    in->reply_text = "";
    in->html = NULL;
    first = inbound_to_json(in);
    inbound_pack(in, &packed);
    assert_int_equal(inbound_unpack(text_buffer_span(&packed), &back, &err), 0);
    second = inbound_to_json(back);
    assert_string_equal(first, second);
    assert_null(back->html);
    assert_string_equal(back->sender.name, "Ana");
    assert_int_equal(back->receipt.state, RECEIPT_FAILED);
    free(first);
    free(second);
    text_buffer_clear(&packed);
    inbound_free(in);
    inbound_free(back);
}

static void test_a_sender_is_vouched_for_by_the_channel_or_for_the_domain_of_the_address(
    void **state)
{
    static const struct {
        const char *sender, *authenticated;
        bool proven, vouched;
    } rows[] = {
        { "ana@example.org", NULL, false, false },
        { "ana@example.org", "example.org", false, true },
        { "ana@Example.ORG", "example.org", false, true },
        { "ana@example.org", "example.net", false, false },
        { "ana@mail.example.org", "example.org", false, false },
        { "mail-00ff", "example.org", false, false },
        { "+34600111222", NULL, true, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct inbound in = { .sender = { "email", rows[i].sender, NULL },
                              .authenticated_domain = rows[i].authenticated,
                              .sender_proven = rows[i].proven };

        assert_int_equal(inbound_is_vouched_for(&in), rows[i].vouched);
    }
}

static void test_what_a_worker_says_is_refused_over_every_bound(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"message\",\"subject\":7}",
        "{\"kind\":\"message\",\"to\":{}}",
        "{\"kind\":\"message\",\"date\":\"yesterday\"}",
        "{\"kind\":\"message\",\"bounce\":1}",
        "{\"kind\":\"receipt\"}",
        "{\"kind\":\"message\",\"kind\":\"edit\"}",
        "{\"kind\":\"message\",\"attachments\":[{\"within\":{\"at\":-1,\"length\":1}}]}",
        "{\"kind\":\"message\",\"attachments\":[{\"within\":{\"at\":0,\"length\":1000000000000}}]}",
        "{\"kind\":\"message\",\"attachments\":[{\"within\":{\"encoding\":7}}]}",
    };
    struct inbound *out = NULL;
    struct text_buffer b = { 0 };
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(inbound_unpack(span_of(bad[i]), &out, &err), -1);
    for (i = INBOUND_SUBJECT_MAX; i <= INBOUND_SUBJECT_MAX + 1; i++) {
        size_t n;

        text_buffer_puts(&b, "{\"kind\":\"message\",\"subject\":\"");
        for (n = 0; n < i; n++)
            text_buffer_puts(&b, "x");
        text_buffer_puts(&b, "\"}");
        assert_int_equal(inbound_unpack((struct span){ b.ptr, b.len }, &out, &err),
                         i == INBOUND_SUBJECT_MAX ? 0 : -1);
        text_buffer_clear(&b);
    }
    inbound_free(out);
}

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static void test_texts_behind_a_message_are_as_long_as_it_says_and_nothing_follows_them(
    void **state)
{
    static const struct span good[] = {
        BYTES("{\"kind\":\"message\",\"text\":\"in it\"}"),
        BYTES("{\"kind\":\"message\",\"text\":\"in it\"}\0"),
        BYTES("{\"kind\":\"message\",\"text\":2,\"reply_text\":0,\"html\":3}\0ab<p>"),
        BYTES("{\"kind\":\"message\",\"html\":3,\"text\":2}\0ab<p>"),
    };
    static const struct span bad[] = {
        BYTES("{\"kind\":\"message\",\"text\":2}"),
        BYTES("{\"kind\":\"message\",\"text\":2}\0a"),
        BYTES("{\"kind\":\"message\",\"text\":2}\0abc"),
        BYTES("{\"kind\":\"message\",\"text\":-1}\0a"),
        BYTES("{\"kind\":\"message\",\"text\":9223372036854775807,\"html\":1}\0a"),
        BYTES("{\"kind\":\"message\",\"text\":2}\0a\0"),
        BYTES("{\"kind\":\"message\",\"text\":2}\0\xc3("),
        BYTES("{\"kind\":\"message\",\"text\":1,\"html\":1}\0\xc3\xb1"),
        BYTES("{\"kind\":\"message\",\"subject\":1}\0a"),
        BYTES("\0a"),
    };
    struct inbound *out = NULL;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(inbound_unpack(good[i], &out, &err), 0);
        assert_string_equal(out->text, i < 2 ? "in it" : "ab");
        if (i >= 2)
            assert_string_equal(out->html, "<p>");
        inbound_free(out);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (inbound_unpack(bad[i], &out, &err) != -1)
            fail_msg("row %zu is taken", i);
}

static void test_a_text_behind_a_message_has_a_bound(void **state)
{
    size_t len;

    (void)state;
    for (len = INBOUND_TEXT_MAX; len <= INBOUND_TEXT_MAX + 1; len++) {
        struct text_buffer b = { 0 };
        struct inbound *out = NULL;
        struct error err;

        text_buffer_printf(&b, "{\"kind\":\"message\",\"text\":%zu}", len);
        text_buffer_add(&b, "", 1);
        memset(text_buffer_room(&b, len), 'x', len);
        b.len += len;
        assert_int_equal(inbound_unpack(text_buffer_span(&b), &out, &err),
                         len == INBOUND_TEXT_MAX ? 0 : -1);
        inbound_free(out);
        text_buffer_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_is_lower_cased_in_its_domain_only),
        cmocka_unit_test(test_a_number_is_e164_or_a_short_code),
        cmocka_unit_test(test_a_message_survives_packing_and_keys_of_the_contract_are_always_there),
        cmocka_unit_test(
            test_a_sender_is_vouched_for_by_the_channel_or_for_the_domain_of_the_address),
        cmocka_unit_test(test_what_a_worker_says_is_refused_over_every_bound),
        cmocka_unit_test(
            test_texts_behind_a_message_are_as_long_as_it_says_and_nothing_follows_them),
        cmocka_unit_test(test_a_text_behind_a_message_has_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
