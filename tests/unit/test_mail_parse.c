#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "core/arena.h"
#include "core/token.h"
#include "tests/support/rows.h"

static const struct mail_options ours = {
    .authserv_id = "mx.example.com",
    .loop_ids = "desk-0 desk-1",
    .received_at = 1780000000,
};

static struct inbound *parse(const char *raw, size_t len)
{
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse((struct span){ raw, len }, &ours, &in, &err) < 0)
        fail_msg("%s", err.text);
    assert_non_null(in->external_id);
    assert_non_null(in->sender.value);
    return in;
}

static struct inbound *parse_text(const char *raw)
{
    return parse(raw, strlen(raw));
}

/* --- who vouches, what returns
 * ------------------------------------------------------------------------ */

#define RESULTS "Authentication-Results: "
static const char *vouched(const char *header, const char *from)
{
    static char kept[256];
    struct text_buffer b = { 0 };
    struct inbound *in;

    text_buffer_printf(&b, "%sFrom: %s\r\n\r\nx\r\n", header, from);
    in = parse(b.ptr, b.len);
    snprintf(kept, sizeof(kept), "%s",
             in->authenticated_domain != NULL ? in->authenticated_domain : "");
    inbound_free(in);
    text_buffer_clear(&b);
    return kept;
}

#define SIGNED "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n"
#define SIGNATURE                                                                                  \
    "-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n"
static void test_what_is_encrypted_is_told_and_what_is_signed_in_clear_has_no_armour(void **state)
{
    static const struct {
        const char *type, *body, *reply;
        bool encrypted;
    } rows[] = {
        { "text/plain", SIGNED "Hello\r\n- -- dashes\r\n" SIGNATURE, "Hello\n-- dashes", false },
        { "text/plain", "Above\r\n" SIGNED "Hello\r\n" SIGNATURE "Below\r\n", "Above\nHello\nBelow",
          false },
        { "text/plain", SIGNED "Hello, cut off\r\n", "Hello, cut off", false },
        { "text/plain", "I see " SIGNED "Hello\r\n", "I see " SIGNED "Hello", false },
        { "text/plain", SIGNED SIGNATURE, SIGNED SIGNATURE, false },
        { "text/plain", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n", NULL, true },
        { "text/plain", "What is a -----BEGIN PGP MESSAGE-----?\r\n", NULL, false },
        { "multipart/encrypted; boundary=b; protocol=\"application/pgp-encrypted\"",
          "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
          "--b\r\nContent-Type: application/octet-stream\r\n\r\nhQEM\r\n--b--\r\n",
          NULL, true },
        { "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "MIIC\r\n", NULL,
          true },
        { "multipart/mixed; boundary=b",
          "--b\r\n\r\nThe invoice\r\n--b\r\nContent-Type: application/pkcs7-mime; "
          "name=invoice.xml.p7m\r\n\r\nMIIC\r\n--b--\r\n",
          "The invoice", false },
    };
    char raw[1000], got[1000];
    struct inbound *in;
    size_t i, k, n;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        snprintf(raw, sizeof(raw), "From: a@b.org\r\nContent-Type: %s\r\n\r\n%s", rows[i].type,
                 rows[i].body);
        in = parse_text(raw);
        if (in->encrypted != rows[i].encrypted)
            fail_msg("row %zu", i);
        for (k = n = 0; rows[i].reply != NULL && rows[i].reply[k] != '\0'; k++)
            if (rows[i].reply[k] != '\r')
                got[n++] = rows[i].reply[k];
        while (n > 0 && got[n - 1] == '\n')
            n--;
        if (rows[i].reply != NULL &&
            !span_equal(span_trim(span_of(in->reply_text)), (struct span){ got, n }))
            fail_msg("row %zu: \"%s\"", i, in->reply_text);
        inbound_free(in);
    }
}

/* T-41 */
static void test_the_number_of_another_help_desk_is_read_where_its_program_wrote(void **state)
{
    static const struct {
        const char *header, *subject, *number;
    } rows[] = {
        { "X-ServiceNow-Generated: true", "Incident INC0012345 opened", "servicenow INC0012345" },
        { "X-JIRA-FingerPrint: 1a2b", "[JIRA] (SHOP-42) Order is late", "jira (SHOP-42" },
        { "RT-Ticket: a.org #77", "[a.org #77] Order", "rt #77" },
        { "X-Powered-By: OTRS - Open Ticket", "[Ticket#2026010110000012] Order",
          "otrs #2026010110000012" },
        { "X-Mailer: OTRS Mail Service (6)", "[Ticket#2026010110000012] Order",
          "otrs #2026010110000012" },
        { "X-Mailer: Znuny Mail Service", "[Ticket#2026010110000012] Order",
          "znuny #2026010110000012" },
        { "X-Powered-By: Zammad - Helpdesk", "[Ticket#81002] Order", "zammad #81002" },
        { "X-Mailer: Zendesk Mailer", "Re: request #4711", "zendesk #4711" },
        { "X-SFDC-LK: 00D3", "Case [ ref:_00D30oHi._5003aBcD:ref ]",
          "salesforce ref:_00D30oHi._5003aBcD" },
        { "X-SFDC-LK: 00D3", "Case [ ref:!00D30oHi.!5003aBcD:ref ]",
          "salesforce ref:!00D30oHi.!5003aBcD" },
        { "X-SFDC-LK: 00D3", "Case ref:none:ref", NULL },
        { "X-Mailer: other", "Incident INC0012345 opened", NULL },
        { "X-ServiceNow-Generated: true", "INCOMING 123456", NULL },
    };
    char raw[400], number[100];
    struct inbound *in;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        snprintf(raw, sizeof(raw), "%s\r\nFrom: a@b.org\r\nSubject: %s\r\n\r\nx\r\n",
                 rows[i].header, rows[i].subject);
        in = parse_text(raw);
        if (rows[i].number == NULL) {
            assert_null(in->foreign_case);
        } else {
            snprintf(number, sizeof(number), "%s b.org", rows[i].number);
            assert_non_null(in->foreign_case);
            assert_string_equal(in->foreign_case, number);
        }
        inbound_free(in);
    }
}

/* S-4, T-99 */
static void test_only_the_topmost_results_of_our_server_vouch_for_a_sender(void **state)
{
    static const struct {
        const char *header, *from, *domain;
    } rows[] = {
        { RESULTS "mx.example.com; dmarc=pass header.from=a.org\r\n", "x@A.org", "a.org" },
        { RESULTS "MX.example.com 1; spf=pass (a; b) smtp.mailfrom=a.org;\r\n\tdkim=pass;\r\n"
                  "\tdmarc=pass (p=none; dis=none) header.from=a.org\r\n",
          "x@a.org", "a.org" },
        { RESULTS "mx.evil.com; dmarc=pass header.from=a.org\r\n", "x@a.org", "" },
        { RESULTS "mx.evil.com; none\r\n" RESULTS
                  "mx.example.com; dmarc=pass header.from=a.org\r\n",
          "x@a.org", "a.org" },
        { RESULTS "mx.example.com; dmarc=fail header.from=a.org\r\n" RESULTS
                  "mx.example.com; dmarc=pass header.from=a.org\r\n",
          "x@a.org", "" },
        { RESULTS "mx.example.com; dmarc=pass header.from=b.org\r\n", "x@a.org", "" },
        { RESULTS "mx.example.com; spf=pass smtp.mailfrom=a.org\r\n", "x@a.org", "" },
        { RESULTS "mx.example.com; dmarc=pass header.from=a.org\r\n", "x@a.org, y@b.org", "" },
        { RESULTS "mx.example.com; dmarc=pass header.from=a.org\r\nFrom: y@b.org\r\n", "x@a.org",
          "" },
        { RESULTS "mx.example.com.evil.com; dmarc=pass header.from=a.org\r\n", "x@a.org", "" },
        { RESULTS "x; (mx.example.com; dmarc=pass header.from=a.org)\r\n", "x@a.org", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        assert_string_equal(vouched(rows[i].header, rows[i].from), rows[i].domain);
}

static void test_a_token_is_found_in_any_recipient_and_any_id(void **state)
{
    static const char *const rows[] = {
        "To: Support <support+%s@example.com>\r\n",
        "To: a@example.com\r\nCc: b@example.com, support+%s@example.com\r\n",
        "Delivered-To: support+%s@example.com\r\n",
        "In-Reply-To: <%s.7@example.com>\r\n",
        "References: <a@b> <%s.7@example.com> <c@d>\r\n",
    };
    const unsigned char key[TOKEN_KEY_BYTES] = { 1 };
    char token[TOKEN_CHARS + 1];
    size_t i;

    (void)state;
    token_make(key, 42, "ana@example.org", token);
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };
        struct inbound *in;
        const char *where = strstr(rows[i], "%s");

        text_buffer_add(&b, rows[i], (size_t)(where - rows[i]));
        text_buffer_puts(&b, token);
        text_buffer_puts(&b, where + 2);
        text_buffer_puts(&b, "From: ana@example.org\r\n\r\nx\r\n");
        in = parse(b.ptr, b.len);
        assert_int_equal(in->token_count, 1);
        assert_string_equal(in->tokens[0], token);
        inbound_free(in);
        text_buffer_clear(&b);
    }
}

static void test_our_own_loop_header_makes_an_echo_and_another_desk_s_does_not(void **state)
{
    static const struct {
        const char *id;
        bool echo;
    } cases[] = {
        { "desk-1", true }, { "desk-0", true }, { "desk-10", false },
        { "desk-", false }, { "desk", false },  { "desk-0 desk-1", true }, /* its first word */
        { "esk-1", false }, { "", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char mail[200];
        struct inbound *in;

        snprintf(mail, sizeof(mail), "From: a@b.org\r\nX-Relevo-Loop: %s; hops=1\r\n\r\nx",
                 cases[i].id);
        in = parse_text(mail);
        assert_int_equal(in->echo, cases[i].echo);
        assert_true(in->automatic);
        inbound_free(in);
    }
}

static void test_a_sender_whose_at_is_spelt_out_comes_before_others_and_a_sentence_is_none(
    void **state)
{
    static const struct {
        const char *header, *sender;
    } rows[] = {
        { "From: eva at example.org (Eva)\r\nSender: lamps-bounces@b.org\r\n", "eva@example.org" },
        { "From: Eva <eva at example.org>\r\n", "eva@example.org" },
        { "From: Meet me at noon.com\r\nSender: s@b.org\r\n", "s@b.org" },
        { "From: eva at example.org (Eva)\r\nFrom: a@b.org\r\n", "a@b.org" },
    };
    char raw[200];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in;

        snprintf(raw, sizeof(raw), "%s\r\nx\r\n", rows[i].header);
        in = parse_text(raw);
        assert_string_equal(in->sender.value, rows[i].sender);
        inbound_free(in);
    }
}

/* B-07, T-78, T-80, T-82 */
static void test_what_nothing_automatic_may_answer_is_known_by_its_header(void **state)
{
    static const struct {
        const char *header;
        bool automatic;
    } rows[] = {
        { "From: a@b.org\r\n", false },
        { "From: a@b.org\r\nAuto-Submitted: no\r\n", false },
        { "From: a@b.org\r\nAuto-Submitted: NO (really)\r\n", false },
        { "From: a@b.org\r\nAuto-Submitted: auto-generated\r\n", true },
        { "From: a@b.org\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n", true },
        { "From: a@b.org\r\nX-Auto-Response-Suppress: DR, RN,\r\n NRN,autoreply\r\n", true },
        { "From: a@b.org\r\nX-Auto-Response-Suppress: ALL\r\n", true },
        { "From: a@b.org\r\nX-Auto-Response-Suppress: DR, RN, NRN\r\n", false },
        { "From: a@b.org\r\nX-Auto-Response-Suppress: None\r\n", false },
        { "From: a@b.org\r\nX-Auto-Response-Suppress:\r\n", false },
        { "From: a@b.org\r\nX-Apple-Action: VACATION/NONE\r\n", true },
        { "From: a@b.org\r\nX-Apple-Action: JUNK/COMPLAINT\r\n", false },
        { "From: a@b.org\r\nPrecedence: Bulk\r\n", true },
        { "From: a@b.org\r\nPrecedence: first-class\r\n", false },
        { "From: a@b.org\r\nList-Id: <x.y>\r\n", true },
        { "From: a@b.org\r\nReturn-Path: <>\r\n", true },
        { "From: a@b.org\r\nReturn-Path: <a@b.org>\r\n", false },
        { "From: No-Reply@b.org\r\n", true },
        { "From: noreply+77@b.org\r\n", true },
        { "From: do_not_reply@b.org\r\n", true },
        { "From: Desk <No Reply@b.org>\r\n", true },
        { "From: \"do not reply\"@b.org\r\n", true },
        { "From: \"ana reply\"@b.org\r\n", false },
        { "From: no reply <ana@b.org>\r\n", false },
        { "From: ne-pas-repondre@b.org\r\n", true },
        { "From: no-responder@b.org\r\n", true },
        { "From: naoresponda@b.org\r\n", true },
        { "From: non.rispondere@b.org\r\n", true },
        { "From: nicht-antworten@b.org\r\n", true },
        { "From: Keine-Antwort@b.org\r\n", true },
        { "From: niet-beantwoorden@b.org\r\n", true },
        { "From: ikke-svar@b.org\r\n", true },
        { "From: svara-inte@b.org\r\n", true },
        { "From: ala-vastaa@b.org\r\n", true },
        { "From: nie-odpowiadaj@b.org\r\n", true },
        { "From: neodpovidejte@b.org\r\n", true },
        { "From: ne-valaszoljon@b.org\r\n", true },
        { "From: nu-raspundeti@b.org\r\n", true },
        { "From: ne-otvechat@b.org\r\n", true },
        { "From: cevaplamayiniz@b.org\r\n", true },
        { "From: antworten@b.org\r\n", false },
        { "From: responder@b.org\r\n", false },
        { "From: Postmaster@b.org\r\n", true },
        { "From: MAILER-DAEMON (Mail Delivery System)\r\n", true },
        { "From: MAILER-DAEMON <>\r\n", true },
        { "From: ana <>\r\n", false },
        { "From: noreply\r\n", true },
        { "From: a@b.org\r\nReply-To: no-reply@c.org\r\n", true },
        { "From: a@b.org\r\nReply-To: Ana <ana@c.org>\r\n", false },
        { "From: no-reply@b.org\r\nReply-To: ana@c.org\r\n", true }, /* of a form */
        { "From: mail-daemon@b.org\r\n", true },
        { "From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@b.org\r\n", true },
        { "From: postmaster-fan@b.org\r\n", false },
        { "From: noreen@b.org\r\n", false },
        { "From: a@b.org\r\nX-Loop: b.org\r\n", true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };
        struct inbound *in;

        text_buffer_printf(&b, "%s\r\nx\r\n", rows[i].header);
        in = parse(b.ptr, b.len);
        if (in->automatic != rows[i].automatic)
            fail_msg("%s", rows[i].header);
        inbound_free(in);
        text_buffer_clear(&b);
    }
}

/* T-74, T-75, T-82, S-17 */
static void test_a_notice_of_failure_is_a_bounce_and_a_receipt_is_not(void **state)
{
    static const char report[] = "Content-Type: multipart/report; boundary=b\n\n--b\n\nwords\n"
                                 "--b\nContent-Type: message/%s\n\nx\n--b--\n";
    static const struct {
        const char *header, *body;
        bool bounce, automatic;
    } rows[] = {
        { "From: MAILER-DAEMON@b.org\nSubject: failure notice\n", "\nunable to deliver", true,
          true },
        { "From: postmaster@b.org\nSubject: Undeliverable: order\n", "\nit did not reach", true,
          true },
        { "From: <>\nReturn-Path: <>\nSubject: Mail delivery failed\n", "\nx@b.org: user unknown",
          true, true },
        { "From: x@b.org\nX-Failed-Recipients: a@b.org\nSubject: hm\n", "\nx", true, true },
        { "From: x@b.org\nSubject: r\n", "delivery-status", true, true },
        { "From: x@b.org\nSubject: r\n", "disposition-notification", false, true },
        { "From: postmaster@b.org\nSubject: maintenance tonight\n", "\nx", false, true },
        { "From: ana@b.org\nSubject: Mail delivery failed again?\n", "\nx", false, false },
        { "From: ana@b.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n", "\nx", false,
          true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };
        struct inbound *in;

        text_buffer_puts(&b, rows[i].header);
        if (rows[i].body[0] == '\n')
            text_buffer_puts(&b, rows[i].body);
        else
            text_buffer_printf(&b, report, rows[i].body);
        in = parse(b.ptr, b.len);
        if (in->bounce != rows[i].bounce || in->automatic != rows[i].automatic)
            fail_msg("row %zu: bounce %d, automatic %d", i, in->bounce, in->automatic);
        inbound_free(in);
        text_buffer_clear(&b);
    }
}

/* --- broken structure
 * ----------------------------------------------------------------------------------- */

#define FORMS                                                                                      \
    "From: a@b.org\nContent-Type: multipart/alternative; boundary=next_part\n\n--next_part\n"
#define HTML_FORM "--next_part\nContent-Type: text/html\n\n<p>there\n--next_part--\n"
#define MIXED     "From: a@b.org\nContent-Type: multipart/mixed; boundary="
#define REPORT    "From: a@b.org\nContent-Type: multipart/report; boundary=x\n"
static void test_broken_structure_is_read_as_far_as_it_goes(void **state)
{
    static const struct {
        const char *raw, *text;
        size_t attachments;
    } rows[] = {
        { MIXED "=_(odd)?x\n\n--=_(odd)?x\n\nhello\n--=_(odd)?x--\n", "hello", 0 },
        { "From: a@b.org\nContent-Type: multipart/mixed boundary=\"x\"\n\n--x\n\nhello\n--x--\n",
          "hello", 0 },
        { MIXED "x ; ;\n\n--x\njunk line\nContent-Type: text/html\n\n<p>hello\n--x--\n", "hello\n",
          0 },
        { MIXED "\"x\n\n--x\nContent-Type: text/html\n\n<p>hello\n--x--\n", "hello\n", 0 },
        { MIXED "x y\n\n--x y\n\nhello\n--x y--\n", "hello", 0 },
        { MIXED "x\n\n--x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n--x--\n",
          "hello", 0 },
        { MIXED
          "x\n\n--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\nhello\n--x\n\nworld\n",
          "hello\n\nworld\n", 0 },
        { MIXED "x\n\n--x\n--x\nContent-Type: text/html\n\n<p>hello\n--x--\n", "hello\n", 0 },
        { MIXED "x\n\n--x\nhello no header\nmore\n--x--\n", "hello no header\nmore", 0 },
        { MIXED "x\nContent-Transfer-Encoding: base64\n\n--x\n\nhello\n--x--\n", "hello", 0 },
        { ">From x@y Mon\nFrom: a@b.org\n\nhello", "hello", 0 },
        { MIXED "x\n\n--x\nContent-Type: text\n\nhello\n--x\nContent-Type: a/b\n\nz\n--x--\n",
          "hello", 1 },
        { MIXED "x\n\n--x\nContent-Type: message/rfc822\n\nSubject: y\n\nhello\n--x--\n", "", 1 },
        { "From: a@b.org\nContent-Type: multipart/mixed; boundary*0=a; "
          "boundary*1=b\n\n--ab\n\nhello\n"
          "--ab--\n",
          "hello", 0 },
        { MIXED "x\n\n--y\nContent-Type: text/html\n\n<p>hello\n--y--\n", "hello\n", 0 },
        { MIXED "x\n\nno parts at all\n", "no parts at all\n", 0 },
        { MIXED "x\n\n--x--\n", "", 0 },
        { MIXED "x\n\n--x", "", 0 },
        { MIXED "x", "", 0 },
        { "From: a@b.org\nhello without an empty line\nmore", "hello without an empty line\nmore",
          0 },
        { MIXED "\"x=1\"\nSubject:\n \n--x=1\nContent-Type: text/html\n\n<p>hello\n--x=1--\n",
          "hello\n", 0 },
        { "From: a@b.org\n--x\nSubject: y\n\nhello", "hello", 0 },
        { "From: a@b.org\n: x\n\nhello", "hello", 0 },
        { "From: a@b.org\nSubject: y\nhello you\nthere\n\nmore", "hello you\nthere\n\nmore", 0 },
        { "From: a@b.org\nSubject: y\nDate: Mon, 1 Jun 2026 10:00:00 +0200\nhello\nDate: 12 May "
          "10:00\nyou\n\nmore",
          "hello\nDate: 12 May 10:00\nyou\n\nmore", 0 },
        { "From: a@b.org\nSubject: y\nhello\nDate: 12 May\n\nmore", "hello\nDate: 12 May\n\nmore",
          0 },
        { "From: a@b.org\nSubject: y\nhello\nTo: the boss\n\nmore", "hello\nTo: the boss\n\nmore",
          0 },
        { "From: a@b.org\nno field\nTo: undisclosed-recipients:;\n\nhello", "hello", 0 },
        { "From: a@b.org\nSubject: y\nhello\nFrom: Tom <t@x.org>\nDate: Mon, 1 Jun 2026 10:00:00 "
          "+0200\n\nmore",
          "hello\nFrom: Tom <t@x.org>\nDate: Mon, 1 Jun 2026 10:00:00 +0200\n\nmore", 0 },
        { "Return-Path: <>\nno field\nFrom: Mail\nSubject: y\nContent-Type: text/html\n\n<p>hello",
          "hello\n", 0 },
        { "From: a@b.org\nReceived: from b.org\nby c.org with SMTP; Mon, 1 Jun 2026 10:00:00 "
          "+0200\n\nhello",
          "hello", 0 },
        { "From: a@b.org\nReceived: from b.org\nby the way, it is dark\nhello",
          "by the way, it is dark\nhello", 0 },
        { "From: a@b.org\nReceived: from b.org\nwith SMTP id 17\nby localhost (x); Mon\n\nhello",
          "hello", 0 },
        { "From: a@b.org\nReceived: from b.org\nby c.org\nid A17\n\nhello", "hello", 0 },
        { "From: a@b.org\nDKIM-Signature: v=1; b=abc\n灯不亮了\nhello", "灯不亮了\nhello", 0 },
        { "From: a@b.org\nDKIM-Signature: v=1; b=abc\nBroken!\nhello", "Broken!\nhello", 0 },
        { "From: a@b.org\nDKIM-Signature: v=1;\nb=abcdefgh\nijklmnop\n\nhello", "hello", 0 },
        { "From: a@b.org\nDKIM-Signature: v=1; b=a/b+\nij/+kl==\n\nhello", "hello", 0 },
        { MIXED "x\n\n--x\n\nhello\n--x\nContent-Type: text/rfc822\n\nSubject: z\n--x--\n", "hello",
          1 },
        { MIXED "x\n\n--x\n\nhello\n--x\nContent-Type: text/rfc822-header\n\nSubject: "
                "z\n--x--\n",
          "hello", 1 },
        { "From: a@b.org\r\r\nContent-Type: multipart/mixed; boundary=x\r\r\n\r\r\n--x\r\r\n\r\r\n"
          "hello\r\r\nyou\r\r\n--x\r\r\nContent-Type: a/b\r\r\n\r\r\nz\r\r\n--x--\r\r\n",
          "hello\nyou", 1 },
        { MIXED ";\nboundary=x\n\n--x\n\nhello\n--x\nContent-Type: a/b\n\nz\n--x--\n", "hello", 1 },
        { "From: a@b.org\nContent-Type: text/plain;\ncharset=\"koi8-r\"\n\n\xcb\xcf\xd4", "кот",
          0 },
        { "From: a@b.org\nContent-Type: multipart; boundary=x\n\n--x\n\nhello\n--x--\n", "hello",
          0 },
        { "From: a@b.org\nContent-Type: ; boundary=x\n\n--x\n\nhello\n--x--\n", "hello", 0 },
        { MIXED "x\n\n--y\ncontent-type: text/html\n\n<p>hello\n--y--\n", "hello\n", 0 },
        { MIXED "\"\"\n\n--\nContent-Type: text/html\n\n<p>hello\n----\n", "hello\n", 0 },
        { MIXED "x\nContent-Transfer-Encoding: base64\n\n"
                "LS14CgpoZWxsbwotLXgKQ29udGVudC1UeXBlOiBhL2IKCnoKLS14LS0K\n",
          "hello", 1 },
        { MIXED "x\nContent-Transfer-Encoding: base64\n\naGVsbG8gaGVsbG8K\n", "hello hello\n", 0 },
        { MIXED "x\n\nhello hello\n--x--\n", "hello hello", 0 },
        { "From: a@b.org\rSubject: x\r\rhello\rthere", "hello\nthere", 0 },
        { "From: a@b.org\rSubject: x\r\rhello\rthere\r\n", "hello\nthere\n", 0 },
        { "From: a@b.org\rSubject: x\r\rhello\nthere", "hello\nthere", 0 },
        { "From: a@b.org\nSubject: x\r\rhello\n\nthere", "there", 0 },
        { "From: a@b.org\nContent-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: "
          "y\n\nz\n--x--\n",
          "", 1 },
        { "From: a@b.org\nContent-Type: text/plain; name=x.txt\n\nhello", "hello", 0 },
        { "From: a@b.org\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR", "", 1 },
        { "From: a@b.org\nContent-Type: test/plain\n\nhello", "hello", 0 },
        { MIXED "x\n\n--x\nContent-Type: test/html; charset=koi8-r\n\n<p>\xcb\xcf\xd4\n--x--\n",
          "кот\n", 0 },
        { MIXED "x\n\n--x\n\nhello\n--x\nContent-Type: test/plain\n\nthere\n--x--\n", "hello", 1 },
        { "From: a@b.org\nContent-Type: text/csv\n\n1;2", "1;2", 0 },
        { "From: a@b.org\nContent-Type: text/csv; name=\"orders.csv\"\n\n1;2", "1;2", 1 },
        { "From: a@b.org\nContent-Type: text/xml\nContent-Disposition: inline; "
          "filename=a.xml\n\n<a>1</a>",
          "<a>1</a>", 1 },
        { "From: a@b.org\nContent-Type: text/csv\nContent-Disposition: attachment\n\n1;2", "", 1 },
        { MIXED "x\n\n--x\nContent-Type: text/csv; name=a.csv\n\n1;2\n--x--\n", "", 1 },
        /* a report's first part is its notice, whatever it is named */
        { REPORT "\n--x\nContent-Type: text/plain; name=a.txt\n\nhello\n--x\nContent-Type: "
                 "message/delivery-status; name=b.txt\n\nAction: failed\n--x--\n",
          "hello", 1 },
        { REPORT "\n--x\n\nhello\n--x\nContent-Type: text/plain; name=a.txt\n\nz\n--x--\n", "hello",
          1 },
        { REPORT "\n--x\nContent-Disposition: attachment; filename=a.txt\n\nz\n--x\n\nhello\n--x--"
                 "\n",
          "hello", 1 },
        /* delimiters mistyped or forgotten */
        { MIXED "x\n\n--y\nContent-Type: text/plain\n\nhello\n--x--\n", "hello", 0 },
        { MIXED "x\n\n--y\nContent-Type: text/plain\n\nhello\n--x\nContent-Type: a/b\n\nz\n--x--\n",
          "hello", 1 },
        { MIXED "x\n\n-x\nContent-Type: text/plain\n\nhello\n--x\nContent-Type: a/b\n\nz\n--x--\n",
          "hello", 1 },
        { MIXED "x\n\nContent-Type: text/html\n\n<p>hello\n--x\nContent-Type: a/b\n\nz\n--x--\n",
          "hello\n", 1 },
        { MIXED "x\n\nContent-Type: text/html\n\n<p>hello\n--x--\n", "hello\n", 0 },
        { MIXED "x\n\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n", "hello", 0 },
        { MIXED "x\n\nContent-Type: text/html\n\n--x\n\nhello\n--x--\n", "hello", 0 },
        { MIXED "x\n\n--x\n\nhello\n--x-\n", "hello", 0 },
        { MIXED "x\n\n--x\n\nhello\n--X--\n", "hello", 0 },
        { MIXED "x\n\n--x\n\nhello--x--\n", "hello", 0 },
        { MIXED "x\n\n--x\n\nhello\n--xy--\n", "hello\n--xy--\n", 0 },
        { MIXED "x\n\n--x\nContent-Type: a/b\n\nz\n--x--\n\n--x\n\nhello\n--x--\nbye\n", "hello",
          1 },
        { "From: a@b.org\nContent-Type: multipart/mixed\n\n--y\n\nhello\n--y--\n", "hello", 0 },
        /* a header with an empty line in it */
        { "From: a@b.org\n\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>hello", "hello\n", 0 },
        { "From: a@b.org\n\nContent-Type: multipart/mixed;\n boundary=x\n\n--x\n\nContent-Type: "
          "text/html\n\n<p>hello\n--x--\n",
          "hello\n", 0 },
        { "From: a@b.org\n\nContent-Type: text/html\nis what I see.\n\nWhy?\n",
          "Content-Type: text/html\nis what I see.\n\nWhy?\n", 0 },
        { "From: a@b.org\n\nContent-Type: unknown\n\nWhy?\n", "Content-Type: unknown\n\nWhy?\n",
          0 },
        { "From: a@b.org\n\nContent-Type: image/png\n\nis what I get.\n",
          "Content-Type: image/png\n\nis what I get.\n", 0 },
        { "From: a@b.org\n\nContent-Type: text/html\n\nis what a <b@d.org> gets.\n",
          "Content-Type: text/html\n\nis what a <b@d.org> gets.\n", 0 },
        { "From: a@b.org\n\nContent-Type: text/plain; name=a.txt\n\nis what I get.\n",
          "Content-Type: text/plain; name=a.txt\n\nis what I get.\n", 0 },
        { "From: a@b.org\n\nContent-Type: multipart/mixed; boundary=x\n\nis what I get.\n",
          "Content-Type: multipart/mixed; boundary=x\n\nis what I get.\n", 0 },
        { "From: a@b.org\n\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\nI get it.\n",
          "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nI get it.\n", 0 },
        { MIXED "x\n\n--x\n\nhello\n--x\n\nContent-Type: a/b\nContent-Transfer-Encoding: "
                "base64\n\naGVsbG8=\n--x--\n",
          "hello", 1 },
        /* a part's header below empty lines too many, and below ends of the boundary */
        { FORMS "\n\nContent-Type: text/plain\n\n\n" HTML_FORM, "there\n", 0 },
        { FORMS "\n\n\nt\n_part\n\nContent-Type: text/plain\n\n \n" HTML_FORM, "there\n", 0 },
        { FORMS "\n\nContent-Type: text/plain\n\n" HTML_FORM, "there\n", 0 },
        { FORMS "\n\nContent-Type: text/plain\n\nhello\n" HTML_FORM, "hello", 0 },
        { FORMS "\nt\nContent-Type: text/plain; charset=koi8-r\n\n\xcb\xcf\xd4\n" HTML_FORM, "кот",
          0 },
        { FORMS "\n\nContent-Type: text/html\n\n\n" HTML_FORM, "there\n", 0 },
        { FORMS "\n\nContent-Type: image/png\n\n\n" HTML_FORM, "\nContent-Type: image/png\n\n", 0 },
        { FORMS "\n\nI see:\nContent-Type: text/plain\n\n\n" HTML_FORM,
          "\nI see:\nContent-Type: text/plain\n\n", 0 },
        { FORMS "\n\nContent-Type: text/plain\nis what I see.\n" HTML_FORM,
          "\nContent-Type: text/plain\nis what I see.", 0 },
        { "From: a@b.org\n\nContent-Type: text/plain\n\n", "Content-Type: text/plain\n\n", 0 },
        { "From: a@b.org\n\nt\nContent-Type: text/plain\n\nhello",
          "t\nContent-Type: text/plain\n\nhello", 0 },
        { "From: a@b.org\nContent-Type: text/plain\nContent-Transfer-Encoding: uuencode\n\nhello\n"
          "begin 644 x\n$:&]L80  \n`\nend\nyou\n",
          "hello\nyou\n", 1 },
        /* words above the parts */
        { MIXED "x\n\nhello\n\nyou\n--x\nContent-Type: image/x\n\nz\n--x--\n", "hello\n\nyou", 1 },
        { MIXED "x; charset=iso-8859-1\n\nThis is a multi-part message.\n\nma\xf1"
                "ana\n--x\nContent-Type: image/x\n\nz\n--x--\n",
          "mañana", 1 },
        { MIXED
          "x\n\nThis is a MIME-encapsulated\nmessage.\n--x\nContent-Type: image/x\n\nz\n--x--\n",
          "", 1 },
        { MIXED "x\n\nhello\n--x\nContent-Type: text/html\n\n<p>there\n--x--\n", "there\n", 0 },
        { MIXED "x\n\nthis is a mime-encoded message\n--x\nContent-Type: image/x\n\nz\n--x--\n", "",
          1 },
        { MIXED "x\n\nMIME-Version: 1.0\n\nMany parts.\n--x\n\nhello\n--x--\n", "hello", 0 },
        /* rules of dashes, and other lines that close nothing */
        { MIXED "x\n\n-----\nMany parts.\n-------\n--x\n\nhello\n--x--\n", "hello", 0 },
        { MIXED "x\n\n---\nhello\n-----\n", "---\nhello\n-----\n", 0 },
        { MIXED "x\n\n--a\nMany parts.\n--a--\n--x\n\nhello\n--x--\n", "hello", 0 },
        { MIXED "x\n\n--a\nContent-Type: a/b\n\nz\n--a--\nMany parts.\n--x\n\nhello\n--x--\n",
          "hello", 1 },
        { MIXED "y\n\n--y\n" MIXED
                "x\n\n--a\nContent-Type: a/b\n\nz\n--a--\n\n--x\n\nhello\n--x--\n--y--\n",
          "hello", 1 },
        { MIXED "x\n\n--x\n\nhello\n--x--\nFrom: a@b.org\n\n--x\n\nhello\n--x--\n", "hello", 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_text(rows[i].raw);

        if (strcmp(in->text, rows[i].text) != 0 || in->attachment_count != rows[i].attachments)
            fail_msg("row %zu: \"%s\", %zu attachments", i, in->text, in->attachment_count);
        inbound_free(in);
    }
}

/* Some programs set no blanks before the lines that a value goes on with. */
static void test_a_value_goes_on_in_lines_that_lost_their_blanks(void **state)
{
    struct inbound *in = parse_text("From: a@b.org\nTo: c@d.org,\nEva <e@d.org>\nMessage-ID:\n"
                                    "<1@x.org>\nReferences: <2@x.org>\n<3@x.org>\n"
                                    "Subject: =?utf-8?Q?Order_?=\n=?utf-8?Q?12?=\n\nhello\n");

    (void)state;
    assert_string_equal(in->subject, "Order 12");
    assert_string_equal(in->message_id, "1@x.org");
    assert_int_equal(in->to_count, 2);
    assert_string_equal(in->to[1].value, "e@d.org");
    assert_int_equal(in->reference_count, 2);
    assert_string_equal(in->references[1], "3@x.org");
    assert_string_equal(in->text, "hello\n");
    inbound_free(in);
}

static void test_what_the_field_above_left_open_is_its_own_and_begins_no_body(void **state)
{
    static const struct {
        const char *header, *field, *value, *text;
    } rows[] = {
        { "X-Check: Spam 2.3 (of\n1.9 2026)\n\nhello", "X-Check", "Spam 2.3 (of\n1.9 2026)",
          "hello" },
        { "X-Report: (long\nwords that\nlost blanks)\n\nhello", "X-Report",
          "(long\nwords that\nlost blanks)", "hello" },
        { "X-Report: (long\nwords)\nSubject: y\n\nhello", "X-Report", "(long\nwords)", "hello" },
        { "X-Mailer: Some Mailer,\nversion 2\n\nhello", "X-Mailer", "Some Mailer,\nversion 2",
          "hello" },
        { "X-Tests: A,\nB,\n C,\nD\n\nhello", "X-Tests", "A,\nB,\n C,\nD", "hello" },
        { "X-Note: \"one (\ntwo\"\n\nhello", "X-Note", "\"one (\ntwo\"", "hello" },
        { "User-Agent: X (a (b)\nc) d\n\nhello", "User-Agent", "X (a (b)\nc) d", "hello" },
        /* words of a body without an empty line above */
        { "X-Check: Spam 2.3 (of\nHello Ana,\n\nhello", "X-Check", "Spam 2.3 (of",
          "Hello Ana,\n\nhello" },
        { "X-Check: Spam 2.3 (of\nHello ;)\nyou\n\nhello", "X-Check", "Spam 2.3 (of",
          "Hello ;)\nyou\n\nhello" },
        { "X-Mailer: Some Mailer,\nHello Ana,\n\nhello", "X-Mailer", "Some Mailer,",
          "Hello Ana,\n\nhello" },
        { "X-Mailer: Some (Mailer\nb)", "X-Mailer", "Some (Mailer", "b)" },
        { "X-Mailer: Some Mailer,\nHello Ana\n\n \n", "X-Mailer", "Some Mailer,",
          "Hello Ana\n\n \n" },
        { "X-Mailer: Some Mailer (2)\nHello (Ana)\n\nhello", "X-Mailer", "Some Mailer (2)",
          "Hello (Ana)\n\nhello" },
        { "X-Mood: :(\nHello Ana :)\n\nhello", "X-Mood", ":(", "Hello Ana :)\n\nhello" },
        { "X-Check: Spam 2.3 (of\nHello ;)\n\nhello", "X-Check", "Spam 2.3 (of",
          "Hello ;)\n\nhello" },
        { "X-Tests: A,\nMy lamp is off.\n\nhello", "X-Tests", "A,", "My lamp is off.\n\nhello" },
        { "X-Room: 5\" wide\nIs the 5\" lamp yours?\n\nhello", "X-Room", "5\" wide",
          "Is the 5\" lamp yours?\n\nhello" },
        { "X-Room: 12\" wide \\\"\nHello\n\nhello", "X-Room", "12\" wide \\\"", "Hello\n\nhello" },
        { "Subject: y (again,\nor not)\n\nhello", "Subject", "y (again,",
          "or not)\n\nhello" }, /* people write it */
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct span raw = span_of(arena_printf(a, "From: a@b.org\nSubject: y\n%s", rows[i].header));
        struct inbound *in = parse(raw.ptr, raw.len);
        struct mail_header h;
        struct span value;
        size_t at = 2;

        mail_header_read(a, raw, &h);
        if (!mail_header_next(&h, rows[i].field, &at, &value) || !span_is(value, rows[i].value) ||
            strcmp(in->text, rows[i].text) != 0)
            fail_msg("row %zu: \"%.*s\", \"%s\"", i, (int)value.len, value.ptr, in->text);
        inbound_free(in);
    }
    arena_free(a);
}

static void test_an_address_that_was_cut_in_two_lines_is_one_and_begins_no_body(void **state)
{
    static const struct {
        const char *header, *cc, *text;
    } rows[] = {
        { "Cc: Cem <c@d.org>, Dan <d@\ne.org>\n\nhello", "c@d.org;d@e.org;", "hello" },
        { "Cc: Cem <c@d.org>, Dan <\nd@e.org>\nSubject: x\n\nhello", "c@d.org;d@e.org;", "hello" },
        { "Cc: \"Dan\nExample\" <d@e.org>,\n b@e.org\n\nhello", "d@e.org;b@e.org;", "hello" },
        { "Cc: Dan <d@\nI call 5 > 4\n", "", "I call 5 > 4\n" },
        { "Cc: \"Dan <d@e.org>\nHe said \"no\".\n", "d@e.org;", "He said \"no\".\n" },
        { "Cc: Dan <d@e.org>\nor <b@e.org>\n", "d@e.org;", "or <b@e.org>\n" },
        { "Cc: \"Dan <d@e.org>\nor \"Bo\" <b@e.org>\n", "d@e.org;", "or \"Bo\" <b@e.org>\n" },
        { "Cc: Dan <d@e.org\n> Hello\n\nhello", "d@e.org;", "> Hello\n\nhello" },
        { "Cc: Dan <d@e.org\n>, b@e.org\n\nhello", "d@e.org;b@e.org;", "hello" },
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer mail = { 0 }, cc = { 0 };
        struct inbound *in;

        text_buffer_printf(&mail, "From: a@b.org\n%s", rows[i].header);
        in = parse(mail.ptr, mail.len);
        for (k = 0; k < in->cc_count; k++)
            text_buffer_printf(&cc, "%s;", in->cc[k].value);
        text_buffer_puts(&cc, "");
        if (strcmp(cc.ptr, rows[i].cc) != 0 || strcmp(in->text, rows[i].text) != 0)
            fail_msg("row %zu: Cc \"%s\", \"%s\"", i, cc.ptr, in->text);
        inbound_free(in);
        text_buffer_clear(&mail);
        text_buffer_clear(&cc);
    }
}

/* A mailbox of old wrote such lines in. */
static void test_a_value_goes_on_below_a_line_that_says_nothing(void **state)
{
    struct inbound *in =
        parse_text("From: a@b.org\nTo: Eva Example\n__\n <e@d.org>,\n\tc@d.org\n"
                   "Subject: Order\nno field\n of yours\nMIME-Version: 1.0\n\nhello\n");

    (void)state;
    assert_int_equal(in->to_count, 2);
    assert_string_equal(in->to[0].value, "e@d.org");
    assert_string_equal(in->to[0].name, "Eva Example");
    assert_string_equal(in->to[1].value, "c@d.org");
    assert_string_equal(in->subject, "Order");
    assert_string_equal(in->text, "hello\n");
    inbound_free(in);
    in = parse_text("From: a@b.org\nSubject: Order\n--\n  of mine\n\nhello\n");
    assert_string_equal(in->subject, "Order");
    assert_string_equal(in->text, "--\n  of mine\n\nhello\n");
    inbound_free(in);
}

#define ANSWER                                                                                     \
    "In-Reply-To: <1@x.org>\n" MIXED "x\n\n--x\nContent-Type: multipart/alternative; "             \
    "boundary=y\n\n--y\n\nYes.\n\nXyz: Eva Example\nQrs: 1. 6. 2026\n\nOld words.\n--y\n"          \
    "Content-Type: text/html\n\n"

#define NOTICE "Eva (2026-06-01 10:00) hat geschrieben:\n\nIt is dark.\n"

/* A first mail may hold a form with a mail's keys; an answer, what it answers. */
static void test_a_day_and_a_name_are_an_old_mail_only_where_the_mail_may_answer_one(void **state)
{
    static const struct {
        const char *header, *below;
        bool keeps;
    } rows[] = {
        { "Subject: A van\n", "Bring two men.", true },
        { "Subject: A van\n", "Thanks\nTom", true },
        { "Subject: Re: A van\n", "Bring two men.", false },
        { "Subject: Fwd: A van\n", "Bring two men.", false },
        { "Subject: A van\nIn-Reply-To: <1@x.org>\n", "Bring two men.", false },
        { "Subject: A van\nReferences: <1@x.org>\n", "Bring two men.", false },
        { "Subject: Re: A van\n", "Bring two men.\n\nThanks\nTom", true },
        { "Subject: Re: A van\n", "Bring two men.\n\nBest wishes,\nTom Lamp", true },
        { "Subject: Re: A van\n", "Tom\nbring two men.\n\nEva", false },
        { "Subject: Re: A van\n",
          "Two men.\nA van.\nA rope.\nA lamp.\nA map.\nA key.\n\nFrom: Tom\nDate: "
          "2026-05-01\nSubject: van\n"
          "It is free.\n\nTom",
          false },
    };
    char raw[1000];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in;

        snprintf(raw, sizeof(raw),
                 "From: Tom Lamp <tom@x.org>\n%s\nI need it.\nFrom: Berlin\nDate: 2026-06-01\n"
                 "Subject: lamps\n%s\n",
                 rows[i].header, rows[i].below);
        in = parse_text(raw);
        if ((strstr(in->reply_text, "Berlin") != NULL) != rows[i].keeps)
            fail_msg("row %zu: %s", i, in->reply_text);
        inbound_free(in);
    }
}

static void test_what_a_program_s_notice_tells_below_an_intro_is_no_history(void **state)
{
    static const struct {
        const char *header, *body;
        bool keeps;
    } rows[] = {
        { "Subject: [Ticket 17] Lampe\nAuto-Submitted: auto-replied\n", "\nLampe: 17\n\n" NOTICE,
          true },
        { "Subject: Ticket 17\nPrecedence: bulk\n",
          "\nLampe: 17\n\nOn 1 June 2026 at 10:00, Eva <e@x.org> wrote: It is dark.\n", true },
        { "Subject: Ticket 17\nPrecedence: bulk\n",
          "\nLampe: 17\n\nAm 1.6.2026 um 10:00 schrieb "
          "Eva <e@x.org>:\n> It is dark.\n",
          false },
        { "Subject: Ticket 17\nAuto-Submitted: auto-generated\n",
          "\nLampe: 17\n\n-----Original Message-----\nFrom: Eva <e@x.org>\nSent: Monday, June 1, "
          "2026 10:00\nSubject: lamp\n\nIt is dark.\n",
          false },
        { "Subject: [lamps] Re: Lampe\nAuto-Submitted: auto-replied\n", "\nLampe: 17\n\n" NOTICE,
          false },
        { "Subject: Lampe\nAuto-Submitted: auto-replied\nIn-Reply-To: <1@x.org>\n",
          "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Lampe\nAuto-Submitted: auto-replied\nReferences: <1@x.org>\n",
          "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Abwesenheitsnotiz: Lampe\nAuto-Submitted: auto-replied\n",
          "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Automatic reply: Lampe\nPrecedence: bulk\n", "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Lampe\nX-Autoreply: yes\n", "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Ticket 17\nTo: Desk <Desk@x.org>\nPrecedence: bulk\n",
          "\nLampe: 17\n\nOn 1 June 2026 at 10:00, Desk <desk@x.org> wrote:\nIt is dark.\n",
          false },
        { "Subject: Ticket 17\nTo: desk@x.org\nPrecedence: bulk\n",
          "\nLampe: 17\n\nOn Mon, 1 June 2026 at 10:00, Desk\n<desk@x.org>\nwrote:\nIt is dark.\n",
          false },
        { "Subject: Ticket 17\nTo: desk@x.org\nPrecedence: bulk\n",
          "\nLampe: 17\n\nOn 1 June 2026 at 10:00, Eva <eva@x.org> wrote:\nIt is dark.\n", true },
        { "Subject: Lampe\n", "\nLampe: 17\n\n" NOTICE, false },
        { "Subject: Lampe\nAuto-Submitted: no\n", "\nLampe: 17\n\n" NOTICE, false },
    };
    char raw[1000];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in;

        snprintf(raw, sizeof(raw), "From: a@b.org\n%s%s", rows[i].header, rows[i].body);
        in = parse_text(raw);
        if ((strcmp(in->reply_text, "Lampe: 17") != 0) != rows[i].keeps ||
            (strstr(in->reply_text, "dark") != NULL) != rows[i].keeps)
            fail_msg("row %zu: %s", i, in->reply_text);
        inbound_free(in);
    }
}

/* The plain text's header block is in no language that is known here. */
static void test_the_reply_in_a_plain_text_ends_where_the_html_beside_it_says(void **state)
{
    static const struct {
        const char *raw, *reply;
    } rows[] = {
        { ANSWER "<p>Yes.</p><div id=appendonsend></div><p>Xyz: Eva Example<br>Qrs: 1. 6. "
                 "2026</p>Old words.\n--y--\n",
          "Yes." },
        { ANSWER "<p>Yes.</p><p>Xyz: Eva Example<br>Qrs: 1. 6. 2026</p>Old words.\n--y--\n",
          "Yes.\n\nXyz: Eva Example\nQrs: 1. 6. 2026\n\nOld words." },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_text(rows[i].raw);

        assert_string_equal(in->reply_text, rows[i].reply);
        inbound_free(in);
    }
}

/* --- names of messages and people
 * --------------------------------------------------------------------- */

/* T-30, T-31, T-32 */
#define PART     "\r\n--b\r\n"
#define ATTACHED "Content-Disposition: attachment; filename=\"a\"\r\n"

static void test_each_file_that_was_attached_has_its_place_in_the_mail_and_pictures_have_none(
    void **state)
{
    static const char mail[] =
        "From: ana@example.net\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
        "boundary=b\r\n" PART "Content-Type: text/plain\r\n\r\nHello" PART ATTACHED
        "Content-Type: text/csv\r\n\r\n1;2" PART
        "Content-Type: text/plain; name=\"b.txt\"\r\nContent-Transfer-Encoding: "
        "quoted-printable\r\n\r\nSe=C3=B1al" PART ATTACHED
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD" PART
        "Content-Type: image/png; name=\"logo.png\"\r\nContent-ID: <1@a>\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nQUJD" PART
        "Content-Type: image/png\r\nContent-Disposition: inline; filename=\"logo.png\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n";
    static const struct {
        const char *encoding, *text;
    } places[] = { { "7bit", "1;2" },
                   { "quoted-printable", "Se=C3=B1al" },
                   { "base64", "QUJD" },
                   { NULL, NULL },
                   { NULL, NULL } };
    struct inbound *in = parse_text(mail), *back = NULL;
    struct text_buffer packed = { 0 };
    struct error err;
    size_t i;

    (void)state;
    inbound_pack(in, &packed);
    assert_int_equal(inbound_unpack(text_buffer_span(&packed), &back, &err), 0);
    assert_int_equal(back->attachment_count, ROWS(places));
    for (i = 0; i < ROWS(places); i++) {
        const struct inbound_attachment *f = &back->attachments[i];

        if (places[i].encoding == NULL) {
            assert_null(f->encoding);
            continue;
        }
        assert_string_equal(f->encoding, places[i].encoding);
        assert_int_equal(f->length, strlen(places[i].text));
        assert_memory_equal(mail + f->at, places[i].text, f->length);
    }
    text_buffer_clear(&packed);
    inbound_free(in);
    inbound_free(back);
}

static void test_what_is_passed_on_is_told_by_its_subject_or_its_text(void **state) /* T-39 */
{
    static const struct {
        const char *mail;
        bool forwarded;
    } cases[] = {
        { "Subject: Fwd: Lamp\n\nHello\n", true },
        { "Subject: Lamp\n\nSee:\n\n----- Forwarded message -----\nFrom: a@b.example\nSubject: "
          "Lamp\n\n"
          "It left.\n",
          true },
        { "Subject: Lamp\nContent-Type: text/html\n\n<p>See:</p><div>---------- Forwarded message "
          "---------<br>From: Shop &lt;a@b.example&gt;<br>Subject: Lamp<br></div><p>It left.</p>",
          true },
        { "Subject: Lamp\n\nHello\n", false },
        { "Subject: Re: Lamp\n\nHello\n\n> ----- Forwarded message -----\n> From: a@b.example\n"
          "> Subject: Lamp\n",
          false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(cases); i++) {
        struct inbound *in = parse_text(cases[i].mail);

        if (in->forwarded != cases[i].forwarded)
            fail_msg("%s", cases[i].mail);
        inbound_free(in);
    }
}

static void test_a_copy_has_the_same_id_and_another_content_has_not(void **state)
{
    struct inbound *a =
        parse_text("Received: x; Mon, 1 Jun 2026 08:00:00 +0000\r\nFrom: a@b.org\r\n"
                   "Message-ID: <1@b.org>\r\nSubject: s\r\n\r\ntext\r\n");
    struct inbound *b = parse_text("Delivered-To: z@y.org\nFrom: a@B.org\nMessage-ID: <1@b.org>\n"
                                   "Subject: =?utf-8?q?s?=\nContent-Transfer-Encoding: base64\n\n"
                                   "dGV4dA==\n");
    struct inbound *c = parse_text("From: a@b.org\r\nMessage-ID: <1@b.org>\r\nSubject: s\r\n\r\n"
                                   "other text\r\n");
    struct inbound *d = parse_text("From: a@b.org\r\nSubject: s\r\n\r\ntext\r\n");
    struct inbound *e = parse_text("From: a@b.org\r\nSubject: s\r\n\r\nother\r\n");

    (void)state;
    assert_string_equal(a->external_id, b->external_id);
    assert_string_equal(a->copy_key, b->copy_key);
    assert_string_not_equal(a->external_id, c->external_id);
    assert_string_not_equal(d->external_id, e->external_id);
    inbound_free(a);
    inbound_free(b);
    inbound_free(c);
    inbound_free(d);
    inbound_free(e);
}

/* T-55 */
static void test_a_mail_of_nobody_has_a_sender_of_its_own(void **state)
{
    struct inbound *a = parse_text("From: nobody at all\r\nSubject: s\r\n\r\none\r\n");
    struct inbound *b = parse_text("From: \r\nSubject: s\r\n\r\ntwo\r\n");

    (void)state;
    assert_string_equal(a->sender.kind, "nobody");
    assert_string_not_equal(a->sender.value, b->sender.value);
    inbound_free(a);
    inbound_free(b);
}

static const char *date_of(const char *raw)
{
    static char kept[64];
    struct inbound *in = parse_text(raw);
    char *json = inbound_to_json(in), *at = strstr(json, "\"date\":");

    snprintf(kept, sizeof(kept), "%.22s", at + strlen("\"date\":"));
    kept[strcspn(kept, ",")] = '\0';
    free(json);
    inbound_free(in);
    return kept;
}

static void test_the_first_second_of_1970_is_a_date_and_no_date_is_none(void **state)
{
    (void)state;
    assert_string_equal(date_of("From: a@b.org\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\nx"),
                        "\"1970-01-01T00:00:00Z\"");
    assert_string_equal(date_of("From: a@b.org\nDate: =?utf-8?Q?Thu,_1_Jan_1970_00:01_Z?=\n\nx"),
                        "\"1970-01-01T00:01:00Z\"");
    assert_string_equal(date_of("From: a@b.org\nDate: soon\nDate: 1 Jan 1970 00:02 Z\n\nx"),
                        "\"1970-01-01T00:02:00Z\"");
    assert_string_equal(date_of("From: a@b.org\nDate: soon\n\nx"), "null");
    assert_string_equal(date_of("From: a@b.org\n\nx"), "null");
}

/* What cut a line short left the same one, whole, below it. */
static void test_of_several_dates_the_first_that_is_whole_counts(void **state)
{
    static const struct {
        const char *first, *date;
    } rows[] = {
        { "Tue, 7 Apr 2026 10:00:t <tom@b.org>", "\"2026-04-08T09:00:01Z\"" },
        { "Tue, 7 Apr 2026 10:", "\"2026-04-08T09:00:01Z\"" },
        { "Tue, 7 Apr 2026", "\"2026-04-08T09:00:01Z\"" },
        { "Tue, 7 Apr 2026 10:00:00x", "\"2026-04-08T09:00:01Z\"" },
        { "Tue, 7 Apr 2026 10:00 tom@b.org", "\"2026-04-08T09:00:01Z\"" },
        { "Tue, 7 Apr 2026 10:00:00 +0000 (UTC)", "\"2026-04-07T10:00:00Z\"" },
        { "Tue, 7 Apr 2026 10:00:00 +0000 <tom@b.org>", "\"2026-04-07T10:00:00Z\"" },
        { "Tue Apr  7 10:00:00 2026", "\"2026-04-07T10:00:00Z\"" },
        { "2026-04-07T10:00:00.5Z", "\"2026-04-07T10:00:00Z\"" },
        { "Tue, 7 Apr 2026 10:00 PM", "\"2026-04-07T22:00:00Z\"" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        char mail[200];

        snprintf(mail, sizeof(mail),
                 "From: a@b.org\nDate: %s\nDate: Wed, 8 Apr 2026 09:00:01 +0000\n\nx",
                 rows[i].first);
        if (strcmp(date_of(mail), rows[i].date) != 0)
            fail_msg("%s: %s", rows[i].first, date_of(mail));
    }
    assert_string_equal(date_of("From: a@b.org\nDate: 7 Apr 2026 10:00:t\nDate: 8 Apr\n\nx"),
                        "\"2026-04-07T10:00:00Z\"");
}

static void test_of_several_subjects_the_first_that_says_something_counts(void **state)
{
    struct inbound *in =
        parse_text("Subject:\nSubject: =?utf-8?q?_?=\nSubject: one\nSubject: two\n\nx");

    (void)state;
    assert_string_equal(in->subject, "one");
    inbound_free(in);
    in = parse_text("Subject:\nFrom: a@b.org\n\nx");
    assert_string_equal(in->subject, "");
    inbound_free(in);
}

/* T-45 */
static void test_an_empty_or_broken_id_is_none(void **state)
{
    struct inbound *in = parse_text("From: a@b.org\r\nMessage-ID: <>\r\nIn-Reply-To: \r\n"
                                    "References: <> none <\r\n\r\nx");

    (void)state;
    assert_null(in->message_id);
    assert_null(in->in_reply_to);
    assert_int_equal(in->reference_count, 0);
    inbound_free(in);
}

static void test_a_message_id_that_is_one_bare_word_is_one(void **state)
{
    struct inbound *in =
        parse_text("From: a@b.org\r\nMessage-ID: 1998.7\r\nIn-Reply-To: x\r\n\r\nx");

    (void)state;
    assert_string_equal(in->message_id, "1998.7");
    assert_null(in->in_reply_to);
    inbound_free(in);
    in = parse_text("From: a@b.org\r\nMessage-ID: in two words\r\n\r\nx");
    assert_null(in->message_id);
    inbound_free(in);
}

/* --- bounds (S-27, F54)
 * ------------------------------------------------------------------------------- */

/* head, then line n times, then tail */
static struct inbound *bomb(const char *head, const char *line, int n, const char *tail)
{
    struct text_buffer b = { 0 };
    struct inbound *in;

    text_buffer_puts(&b, head);
    while (n-- > 0)
        text_buffer_puts(&b, line);
    text_buffer_puts(&b, tail);
    in = parse(b.ptr, b.len);
    text_buffer_clear(&b);
    return in;
}

static void test_each_bomb_is_told_and_one_less_is_read_whole(void **state)
{
    static const char multi[] =
        "From: a@b.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    static const struct {
        const char *head, *line;
        int most;
    } rows[] = {
        { "From: a@b.org\n", "X: 1\n", MAIL_FIELDS_MAX - 1 },
        { "From: a@b.org\nTo: ", "(((((((((\\(", MAIL_FIELD_MAX / 11 },
        { multi, "--b\n\nx\n", MAIL_PARTS_MAX - 1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = bomb(rows[i].head, rows[i].line, rows[i].most, "");

        if (in->body_unparsed)
            fail_msg("row %zu: over though it is not", i);
        inbound_free(in);
        in = bomb(rows[i].head, rows[i].line, rows[i].most + 2, "\n\nwords\n");
        if (!in->body_unparsed)
            fail_msg("row %zu: not over though it is", i);
        assert_string_equal(in->sender.value, "a@b.org");
        inbound_free(in);
    }
}

static bool nested_is_over(int levels)
{
    struct text_buffer b = { 0 };
    struct inbound *in;
    bool over;
    int i;

    text_buffer_puts(&b, "From: a@b.org\n");
    for (i = 0; i < levels; i++)
        text_buffer_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    text_buffer_puts(&b, "\nwords\n");
    in = parse(b.ptr, b.len);
    over = in->body_unparsed;
    assert_non_null(strstr(in->text, "words"));
    inbound_free(in);
    text_buffer_clear(&b);
    return over;
}

static void test_two_hundred_levels_are_read_and_what_lies_deeper_is_text(void **state)
{
    (void)state;
    assert_false(
        nested_is_over(120)); /* more than any program writes, and than some tests ask for */
    assert_false(nested_is_over(MAIL_LEVELS_MAX));
    assert_true(nested_is_over(MAIL_LEVELS_MAX + 1));
    assert_true(nested_is_over(5000));
}

static void test_ten_thousand_references_are_read_and_more_are_not(void **state)
{
    struct inbound *in = bomb("From: a@b.org\nReferences:", " <1@b>\n", 10, "\nx\n");

    (void)state;
    assert_int_equal(in->reference_count, 10);
    inbound_free(in);
    in =
        bomb("From: a@b.org\n", "References: <1@b><2@b><3@b><4@b><5@b><6@b><7@b>\n", 1990, "\nx\n");
    assert_int_equal(in->reference_count, INBOUND_REFERENCES_MAX);
    inbound_free(in);
}

static void test_what_is_long_without_end_is_cut_and_not_refused(void **state)
{
    struct inbound *in = bomb("From: a@b.org\nSubject: ", "0123456789", 1 << 17, "\n\nwords\n");

    (void)state;
    assert_int_equal(strlen(in->subject), INBOUND_SUBJECT_MAX);
    assert_string_equal(in->text, "words\n");
    assert_true(in->body_unparsed);
    inbound_free(in);
    in = bomb("From: a@b.org\n\n", "0123456789", 1 << 18, "\n");
    assert_int_equal(strlen(in->text), INBOUND_TEXT_MAX);
    inbound_free(in);
    in = bomb("From: a@b.org\nTo: x@y.org", ", x@y.org", 5000, "\n\nx\n");
    assert_int_equal(in->to_count, INBOUND_RECIPIENTS_MAX);
    inbound_free(in);
}

static void test_a_text_of_which_a_byte_was_cut_says_so(void **state)
{
    static const char html[] = "From: a@b.org\nContent-Type: text/html\n\n<p>first</p>",
                      both[] = "From: a@b.org\nContent-Type: multipart/alternative; boundary=b\n\n"
                               "--b\n\nwords\n--b\nContent-Type: text/html\n\n<p>first</p>";
    struct inbound *in = bomb("From: a@b.org\n\n", "0123456\n", INBOUND_TEXT_MAX / 8, "");

    (void)state;
    assert_int_equal(strlen(in->text), INBOUND_TEXT_MAX);
    assert_false(in->body_unparsed);
    inbound_free(in);
    in = bomb("From: a@b.org\n\n", "0123456\n", INBOUND_TEXT_MAX / 8, "x");
    assert_int_equal(strlen(in->text), INBOUND_TEXT_MAX);
    assert_true(in->body_unparsed);
    inbound_free(in);
    in = bomb(html, "<!-- 89 123456 -->\n", INBOUND_TEXT_MAX / 16, "<p>last</p>\n");
    assert_true(in->body_unparsed);
    inbound_free(in);
    in = bomb(both, "<!-- 89 123456 -->\n", INBOUND_TEXT_MAX / 16, "<p>last</p>\n--b--\n");
    assert_string_equal(in->text, "words"); /* the other form is whole */
    assert_false(in->body_unparsed);
    inbound_free(in);
}

/* T-54. "Előre is köszönöm": the text alone could be French as well, the subject alone anything. */
static void test_what_says_no_charset_is_read_by_all_of_the_mail_together(void **state)
{
    struct inbound *in = parse_text("From: \"Gy\xf6rgy\" <a@b.org>\nSubject: el\xf5re is "
                                    "k\xf6sz\xf6n\xf6m\n\nA t\xe1rgy r\xe9gi, k\xe9rem a "
                                    "v\xe1laszt.\n");

    (void)state;
    assert_string_equal(in->subject, "előre is köszönöm");
    assert_string_equal(in->sender.name, "György");
    assert_string_equal(in->text, "A tárgy régi, kérem a választ.\n");
    inbound_free(in);
    /* What is UTF-8 tells nothing of the others. */
    in = parse_text("From: a@b.org\nSubject: gr\xc3\xbc\xc3\x9f Gott\n\nZa\xbf\xf3\xb3\xe6 "
                    "g\xea\xb6l\xb1\n");
    assert_string_equal(in->subject, "grüß Gott");
    assert_string_equal(in->text, "Zażółć gęślą\n");
    inbound_free(in);
}

static void test_plain_words_are_shown_though_another_text_stands_before_them_which_is_kept(
    void **state)
{
    static const char *const others[] = { "html", "enriched", "richtext", "xhtml", "markdown" };
    char mail[300];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(others); i++) {
        struct inbound *in;

        snprintf(mail, sizeof(mail),
                 "From: a@b.org\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
                 "Content-Type: text/%s\n\n<b>other</b>\n--b\nContent-Type: text/plain\n\n"
                 "words\n--b--\n",
                 others[i]);
        in = parse_text(mail);
        assert_string_equal(in->text, "words");
        assert_int_equal(in->attachment_count, i > 0); /* HTML is kept as such */
        inbound_free(in);
    }
}

static void test_words_behind_pictures_of_megabytes_within_the_html_are_read(void **state)
{
    static const char *const rows[] = { "data:image/png;base64,",
                                        "DATA:image/svg+xml;charset=utf-8;BASE64,",
                                        "data:;base64," };
    static const char not_one[] =
        "From: a@b.org\nContent-Type: text/html\n\n<p>first data: x;base64,</p><p>";
    struct inbound *in;
    char head[200];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        snprintf(head, sizeof(head),
                 "From: a@b.org\nContent-Type: text/html\n\n<p>first</p><img alt=\"\" src=\"%s",
                 rows[i]);
        in = bomb(head, "iVBORw0KGgo+/AAA\r\n", 200000, "\"><p>last</p>\n");
        if (strcmp(in->text, "first\n\nlast\n") != 0 || in->body_unparsed)
            fail_msg("row %zu: %d %.60s", i, in->body_unparsed, in->text);
        inbound_free(in);
    }
    in = bomb(not_one, "word ", 250000, "</p>\n");
    assert_ptr_equal(strstr(in->text, "first data: x;base64,\n\nword word word"), in->text);
    assert_true(in->body_unparsed);
    inbound_free(in);
}

static void test_a_part_that_begins_with_words_has_no_header(void **state)
{
    struct inbound *in = parse_text("From: a@b.org\nContent-Type: multipart/mixed; boundary=x\n\n"
                                    "--x\nHello,\nRoom: 12\n\nis cold\n--x--\n");

    (void)state;
    assert_string_equal(in->text, "Hello,\nRoom: 12\n\nis cold");
    inbound_free(in);
}

static void test_names_between_semicolons_are_several(void **state)
{
    struct inbound *in = parse_text("From: \"Ann\";\"Bob\" <b@b.org>\n\nx\n");

    (void)state;
    assert_string_equal(in->sender.name, "Bob");
    inbound_free(in);
}

static void test_an_empty_mail_is_refused_and_a_stray_byte_is_not(void **state)
{
    struct inbound *in = NULL;
    struct error err;

    (void)state;
    assert_int_equal(mail_parse((struct span){ "\r\n \r\n", 5 }, &ours, &in, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    in = parse("\0", 1);
    inbound_free(in);
    in = parse("From: a@b.org\r\n\r\na\0b\r\n", 22);
    assert_string_equal(in->text, "a\u2400b\n");
    inbound_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_encrypted_is_told_and_what_is_signed_in_clear_has_no_armour),
        cmocka_unit_test(test_the_number_of_another_help_desk_is_read_where_its_program_wrote),
        cmocka_unit_test(test_only_the_topmost_results_of_our_server_vouch_for_a_sender),
        cmocka_unit_test(test_a_token_is_found_in_any_recipient_and_any_id),
        cmocka_unit_test(test_our_own_loop_header_makes_an_echo_and_another_desk_s_does_not),
        cmocka_unit_test(
            test_a_sender_whose_at_is_spelt_out_comes_before_others_and_a_sentence_is_none),
        cmocka_unit_test(test_what_nothing_automatic_may_answer_is_known_by_its_header),
        cmocka_unit_test(test_a_notice_of_failure_is_a_bounce_and_a_receipt_is_not),
        cmocka_unit_test(test_broken_structure_is_read_as_far_as_it_goes),
        cmocka_unit_test(test_a_value_goes_on_in_lines_that_lost_their_blanks),
        cmocka_unit_test(test_what_the_field_above_left_open_is_its_own_and_begins_no_body),
        cmocka_unit_test(test_an_address_that_was_cut_in_two_lines_is_one_and_begins_no_body),
        cmocka_unit_test(test_a_value_goes_on_below_a_line_that_says_nothing),
        cmocka_unit_test(test_a_day_and_a_name_are_an_old_mail_only_where_the_mail_may_answer_one),
        cmocka_unit_test(test_what_a_program_s_notice_tells_below_an_intro_is_no_history),
        cmocka_unit_test(test_the_reply_in_a_plain_text_ends_where_the_html_beside_it_says),
        cmocka_unit_test(
            test_each_file_that_was_attached_has_its_place_in_the_mail_and_pictures_have_none),
        cmocka_unit_test(test_what_is_passed_on_is_told_by_its_subject_or_its_text),
        cmocka_unit_test(test_a_copy_has_the_same_id_and_another_content_has_not),
        cmocka_unit_test(test_a_mail_of_nobody_has_a_sender_of_its_own),
        cmocka_unit_test(test_the_first_second_of_1970_is_a_date_and_no_date_is_none),
        cmocka_unit_test(test_of_several_dates_the_first_that_is_whole_counts),
        cmocka_unit_test(test_of_several_subjects_the_first_that_says_something_counts),
        cmocka_unit_test(test_an_empty_or_broken_id_is_none),
        cmocka_unit_test(test_a_message_id_that_is_one_bare_word_is_one),
        cmocka_unit_test(test_each_bomb_is_told_and_one_less_is_read_whole),
        cmocka_unit_test(test_two_hundred_levels_are_read_and_what_lies_deeper_is_text),
        cmocka_unit_test(test_ten_thousand_references_are_read_and_more_are_not),
        cmocka_unit_test(test_what_is_long_without_end_is_cut_and_not_refused),
        cmocka_unit_test(test_a_text_of_which_a_byte_was_cut_says_so),
        cmocka_unit_test(test_what_says_no_charset_is_read_by_all_of_the_mail_together),
        cmocka_unit_test(
            test_plain_words_are_shown_though_another_text_stands_before_them_which_is_kept),
        cmocka_unit_test(test_words_behind_pictures_of_megabytes_within_the_html_are_read),
        cmocka_unit_test(test_a_part_that_begins_with_words_has_no_header),
        cmocka_unit_test(test_names_between_semicolons_are_several),
        cmocka_unit_test(test_an_empty_mail_is_refused_and_a_stray_byte_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
