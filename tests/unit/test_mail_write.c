#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/channel.h"
#include "channels/mail.h"
#include "channels/mail_write.h"
#include "core/arena.h"
#include "core/inbound.h"

static const struct mail_write_options ours = { .from = "support@example.org",
                                                .from_name = "Support" };

static struct outbound letter(void)
{
    return (struct outbound){ .delivery_id = 7,
                              .owed_at = 1768471200,
                              .to = "ana@example.net",
                              .to_name = "Ana",
                              .subject = "Your ticket #42",
                              .text = "Hello\n\nwe are on it.\n",
                              .reply_to = "support+ttoken@example.org",
                              .message_id = "ttoken.7@example.org",
                              .in_reply_to = "first@example.net",
                              .references = "<first@example.net>" };
}

/* The mail; free() it. */
static char *write_it(const struct outbound *out)
{
    struct text_buffer b = { 0 };
    struct error err;

    if (mail_write(out, &ours, &b, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(strlen(b.ptr), b.len);
    return text_buffer_take(&b);
}

static void assert_refused(const struct outbound *out)
{
    struct text_buffer b = { 0 };
    struct error err;

    assert_int_equal(mail_write(out, &ours, &b, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    assert_int_equal(b.len, 0);
}

static struct inbound *read_back(const char *mail)
{
    const struct mail_options options = { .loop_ids = "support@example.org" };
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse(span_of(mail), &options, &in, &err) < 0)
        fail_msg("%s", err.text);
    return in;
}

/* Every header line begins one of the fields we mean to write, or a fold; every line of the mail
 * ends with CRLF and fits (S-19, S-21). */
static void assert_well_formed(const char *mail)
{
    static const char *const fields[] = {
        "From: ",
        "To: ",
        "Subject:",
        "Date: ",
        "Message-ID: <",
        "In-Reply-To: <",
        "References: <",
        "Reply-To: ",
        "MIME-Version: ",
        "Content-Type: ",
        "Content-Transfer-Encoding: ",
        "Auto-Submitted: ",
        "X-Auto-Response-Suppress: ",
        "X-Relevo-Loop: ",
        NULL,
    };
    const char *line = mail, *end;
    int seen[16] = { 0 }, i;
    bool header = true;

    for (; *line != '\0'; line = end + 2) {
        end = strpbrk(line, "\r\n");
        assert_non_null(end);
        assert_memory_equal(end, "\r\n", 2);
        assert_true(end - line <= 998);
        if (end == line)
            header = false;
        if (!header || *line == ' ')
            continue;
        for (i = 0; fields[i] != NULL && strncmp(line, fields[i], strlen(fields[i])) != 0; i++)
            ;
        if (fields[i] == NULL)
            fail_msg("a field that we did not write: %.60s", line);
        assert_int_equal(seen[i]++, 0);
        if (end - line > 78 && strncmp(line, "In-Reply-To", 11) != 0) /* ids do not fold */
            fail_msg("%d bytes: %.*s", (int)(end - line), (int)(end - line), line);
    }
    assert_false(header);
}

static void test_a_letter_says_who_to_whom_and_what_it_answers(void **state)
{
    struct outbound out = letter();
    char *mail = write_it(&out);

    (void)state;
    assert_string_equal(mail, "From: Support\r\n <support@example.org>\r\n"
                              "To: Ana\r\n <ana@example.net>\r\n"
                              "Subject: Your ticket #42\r\n"
                              "Date: Thu, 15 Jan 2026 10:00:00 +0000\r\n"
                              "Message-ID: <ttoken.7@example.org>\r\n"
                              "In-Reply-To: <first@example.net>\r\n"
                              "References: <first@example.net>\r\n"
                              "Reply-To: support+ttoken@example.org\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: text/plain; charset=utf-8\r\n"
                              "Content-Transfer-Encoding: 7bit\r\n"
                              "\r\n"
                              "Hello\r\n\r\nwe are on it.\r\n");
    free(mail);
}

/* B-09: so that no machine answers it, and ours would know it. */
static void test_a_notice_says_that_a_machine_wrote_it_a_reply_does_not(void **state)
{
    struct outbound out = letter();
    struct inbound *in;
    char *mail = write_it(&out);

    (void)state;
    assert_null(strstr(mail, "Auto-Submitted"));
    assert_null(strstr(mail, "X-Relevo-Loop"));
    free(mail);
    out.automatic = true;
    mail = write_it(&out);
    assert_non_null(strstr(mail, "\r\nAuto-Submitted: auto-generated\r\n"));
    assert_non_null(strstr(mail, "\r\nX-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n"));
    assert_non_null(strstr(mail, "\r\nX-Relevo-Loop: support@example.org; hops=1\r\n"));
    in = read_back(mail);
    assert_true(in->automatic);
    assert_true(in->echo);
    inbound_free(in);
    free(mail);
}

/* S-19 */
static void test_no_name_subject_or_id_makes_a_field_or_a_line_of_its_own(void **state)
{
    static const char *const hostile[] = {
        "Ana\r\nBcc: all@example.net",
        "Ana\nBcc: all@example.net\n\nbody",
        "Ana\rBcc: all@example.net",
        "a\x01\x02\x7f b",
        "\r\n\r\n",
        "=?utf-8?q?Ana=0D=0ABcc:_x?=",
        "\"Ana\" <other@example.net>, \"b",
        "back\\slash\"quote",
        "Ana (comment) <x@y>",
        "José \xe2\x80\xa8 \xc2\x85 Bcc: x",
        "\xff\xfe broken",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaa",
        "日本語の名前日本語の名前日本語の名前日本語の名前日本語の名前日本語の名前日本語の名前日本語"
        "の名前",
        "",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct outbound out = letter();
        struct inbound *in;
        const char *clean;
        char *mail;

        out.to_name = out.subject = out.from_name = hostile[i];
        out.in_reply_to = out.references = hostile[i];
        mail = write_it(&out);
        assert_well_formed(mail);
        in = read_back(mail);
        assert_int_equal(in->to_count, 1);
        assert_string_equal(in->to[0].value, "ana@example.net");
        clean = text_clean_line(a, span_of(hostile[i]), INBOUND_SUBJECT_MAX);
        assert_string_equal(in->subject, clean);
        if (clean[0] != '\0' && strlen(clean) <= INBOUND_NAME_MAX)
            assert_string_equal(in->to[0].name, clean);
        inbound_free(in);
        free(mail);
    }
    arena_free(a);
}

static void test_long_subjects_are_folded_and_read_back_the_same(void **state)
{
    static const char *const subjects[] = {
        "Re: [#42] a subject of words that is so long that no line could hold all of it at once, "
        "no",
        "Re: [#42] ¿un asunto tan largo que ninguna línea podría con él, con eñes, tildes y demás?",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        "=?not an encoded word",
        "a",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        struct outbound out = letter();
        struct inbound *in;
        char *mail;

        out.subject = subjects[i];
        mail = write_it(&out);
        assert_well_formed(mail);
        in = read_back(mail);
        assert_string_equal(in->subject, subjects[i]);
        inbound_free(in);
        free(mail);
    }
}

/* S-20 */
static void test_an_address_that_could_be_two_commands_is_refused(void **state)
{
    static const char *const wrong[] = {
        "ana@example.net>\r\nRCPT TO:<other@example.net",
        "ana@example.net\r\nBcc: x@y.z",
        "ana",
        "@example.net",
        "ana@",
        "ana@@example.net",
        "ana@example..net",
        "ana@.example.net",
        "ana@example.net.",
        "<ana@example.net>",
        "ana bel@example.net",
        "ana@exa mple.net",
        "ana@example.net,other@example.net",
        "\"ana\"@example.net",
        "ana@[127.0.0.1]",
        "ana\x01@example.net",
        "ana\xc2\x85@example.net",
        "ana@exam\xffple.net",
        "ana@-\xe2\x80\xa8.net",
        "",
        NULL,
        "ana@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.net",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.net",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct outbound out = letter();

        out.to = wrong[i];
        assert_refused(&out);
        out = letter();
        out.reply_to = wrong[i];
        if (wrong[i] != NULL && wrong[i][0] != '\0')
            assert_refused(&out);
    }
}

static void test_a_message_without_an_id_that_stays_is_not_sent(void **state)
{
    static const char *const wrong[] = {
        NULL, "", "a b@c", "a@b>\r\nBcc: x", "<a@b>", "\xc3\xa9@b"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct outbound out = letter();

        out.message_id = wrong[i];
        assert_refused(&out);
    }
}

static void test_a_domain_in_any_script_travels_in_ascii(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "info@bücher.example", "info@xn--bcher-kva.example" },
        { "Ana@Example.NET", "Ana@example.net" },
        { "josé@example.net", "josé@example.net" },
        { "a_b+c@under_score.example", "a_b+c@under_score.example" },
        { "x@localhost", "x@localhost" },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(mail_write_address(a, cases[i].in), cases[i].out);
    arena_free(a);
}

static void test_of_many_references_the_first_and_the_last_go_along(void **state)
{
    struct text_buffer b = { 0 };
    struct outbound out = letter();
    char *mail;
    int i;

    (void)state;
    for (i = 0; i < 300; i++)
        text_buffer_printf(&b, "<id%d@example.net> <bad id%d> ", i, i);
    out.references = b.ptr;
    mail = write_it(&out);
    assert_well_formed(mail);
    assert_non_null(strstr(mail, "References: <id0@example.net>\r\n <id281@example.net>\r\n"));
    assert_non_null(strstr(mail, "\r\n <id299@example.net>\r\n"));
    assert_null(strstr(mail, "<id280@"));
    assert_null(strstr(mail, "bad"));
    free(mail);
    text_buffer_clear(&b);
}

/* S-21: no lone CR or LF, whatever the text holds. */
static void test_any_text_arrives_as_it_was_and_no_line_is_too_long(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "plain\nlines", "plain\nlines" },
        { "a\n.\nMAIL FROM:<x@y>\n.\r\nb\r.\rc", "a\n.\nMAIL FROM:<x@y>\n.\nb\n.\nc" },
        { "¡Hola, señora Ñandú!\nTrailing blank \n\tTab\t\nFrom here\n.dot = equals=20",
          "¡Hola, señora Ñandú!\nTrailing blank \n\tTab\t\nFrom here\n.dot = equals=20" },
        { "日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語"
          "。",
          "日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語。日本語"
          "。" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outbound out = letter();
        struct inbound *in;
        char *mail;

        out.text = cases[i].in;
        mail = write_it(&out);
        assert_well_formed(mail);
        in = read_back(mail);
        assert_memory_equal(in->text, cases[i].out, strlen(cases[i].out));
        inbound_free(in);
        free(mail);
    }
}

static void test_a_line_of_any_length_is_broken_and_put_together_again(void **state)
{
    struct outbound out = letter();
    struct text_buffer b = { 0 };
    struct inbound *in;
    char *mail;
    int i;

    (void)state;
    for (i = 0; i < 5000; i++)
        text_buffer_puts(&b, "word ");
    text_buffer_puts(&b, "end");
    out.text = b.ptr;
    mail = write_it(&out);
    assert_well_formed(mail);
    in = read_back(mail);
    assert_memory_equal(in->text, b.ptr, b.len);
    inbound_free(in);
    free(mail);
    text_buffer_clear(&b);
}

static void test_files_arrive_with_their_names_and_their_bytes(void **state)
{
    static const struct {
        const char *name, *type, *wanted_name, *wanted_type;
    } cases[] = {
        { "invoice 7.pdf", "application/pdf", "invoice 7.pdf", "application/pdf" },
        { "Presupuesto año.txt", "text/plain", "Presupuesto año.txt", "text/plain" },
        { "資料資料資料資料資料資料資料資料資料資料.docx", "application/x-a", NULL,
          "application/x-a" },
        { "a\"b\\c.txt", "text/plain", "c.txt", "text/plain" }, /* no directories in a name */
        { "x\r\nBcc: eve@evil.example", "text/plain", "x Bcc: eve@evil.example", "text/plain" },
        { NULL, "image/png", NULL, "image/png" },
        { "old.eml", "message/rfc822", "old.eml", "application/octet-stream" },
        { "t.txt", "text/plain\r\nBcc: eve@evil.example", "t.txt", "application/octet-stream" },
        { "t.txt", "text", "t.txt", "application/octet-stream" },
    };
    char bytes[3001];
    size_t i, k, n;

    (void)state;
    for (i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 7 + i / 256);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (n = 0; n <= sizeof(bytes); n = n < 60 ? n + 29 : n + 2943) {
            const struct outbound_file files[] = {
                { cases[i].name, cases[i].type, { bytes, n } },
                { "second.bin", "application/octet-stream", { bytes + 1, 100 } },
            };
            struct outbound out = letter();
            struct inbound *in;
            char *mail, *again;

            out.text = "Año\n--=_ttoken";
            out.files = files;
            out.file_count = 2;
            mail = write_it(&out);
            again = write_it(&out);
            assert_string_equal(mail, again);
            for (k = 0; mail[k] != '\0'; k++)
                assert_true((unsigned char)mail[k] < 0x80);
            assert_null(strstr(mail, "\nBcc:"));
            in = read_back(mail);
            assert_string_equal(in->text, "Año\n--=_ttoken");
            assert_int_equal(in->attachment_count, 2);
            assert_int_equal(in->attachments[0].size, n);
            assert_string_equal(in->attachments[0].content_type, cases[i].wanted_type);
            if (cases[i].name == NULL)
                assert_null(in->attachments[0].filename);
            else
                assert_string_equal(in->attachments[0].filename, cases[i].wanted_name == NULL
                                                                     ? cases[i].name
                                                                     : cases[i].wanted_name);
            assert_int_equal(in->attachments[1].size, 100);
            inbound_free(in);
            free(mail);
            free(again);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_letter_says_who_to_whom_and_what_it_answers),
        cmocka_unit_test(test_a_notice_says_that_a_machine_wrote_it_a_reply_does_not),
        cmocka_unit_test(test_no_name_subject_or_id_makes_a_field_or_a_line_of_its_own),
        cmocka_unit_test(test_long_subjects_are_folded_and_read_back_the_same),
        cmocka_unit_test(test_an_address_that_could_be_two_commands_is_refused),
        cmocka_unit_test(test_a_message_without_an_id_that_stays_is_not_sent),
        cmocka_unit_test(test_a_domain_in_any_script_travels_in_ascii),
        cmocka_unit_test(test_of_many_references_the_first_and_the_last_go_along),
        cmocka_unit_test(test_any_text_arrives_as_it_was_and_no_line_is_too_long),
        cmocka_unit_test(test_a_line_of_any_length_is_broken_and_put_together_again),
        cmocka_unit_test(test_files_arrive_with_their_names_and_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
