#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail.h"
#include "channels/mail_trust.h"
#include "core/inbound.h"
#include "tests/support/rows.h"

static struct inbound *parse(const char *header)
{
    static const struct mail_options ours = { .authserv_id = "mx.example.com",
                                              .received_at = 1780000000 };
    struct text_buffer b = { 0 };
    struct inbound *in = NULL;
    struct error err;

    text_buffer_printf(&b, "%s\r\nx\r\n", header);
    if (mail_parse((struct span){ b.ptr, b.len }, &ours, &in, &err) < 0)
        fail_msg("%s", err.text);
    text_buffer_clear(&b);
    return in;
}

static void assert_vouched(const char *results, const char *from, bool vouched)
{
    struct text_buffer b = { 0 };
    struct inbound *in;

    text_buffer_printf(&b, "%sFrom: %s\r\n", results, from);
    in = parse(b.ptr);
    if (inbound_is_vouched_for(in) != vouched)
        fail_msg("%s", b.ptr);
    inbound_free(in);
    text_buffer_clear(&b);
}

#define AR "Authentication-Results: mx.example.com"

/* S-4, T-99 */
static void test_results_are_read_in_every_form_that_the_grammar_allows(void **state)
{
    static const struct {
        const char *results;
        bool vouched;
    } rows[] = {
        { AR "; dmarc=pass header.from=a.org\r\n", true },
        { AR " 1; dmarc=pass header.from=a.org\r\n", true },
        { AR " (the (inner) server) 1 ;\r\n dmarc = pass (p=reject) header.from = a.org\r\n",
          true },
        { "Authentication-Results: \"mx.example.com\"; dmarc=pass header.from=\"a.org\"\r\n",
          true },
        { AR "; dmarc/1=pass reason=\"all; well\" header.from=a.org\r\n", true },
        { AR "; spf=fail smtp.mailfrom=x@b.org; dmarc=pass header.from=a.org\r\n", true },
        { AR "; DMARC=PASS Header.From=A.ORG\r\n", true },
        { AR "; none\r\n", false },
        { AR ";\r\n", false },
        { AR "\r\n", false },
        { AR "; dmarc=fail (dmarc=pass header.from=a.org)\r\n", false },
        { AR "; spf=pass reason=\"; dmarc=pass header.from=a.org\"\r\n", false },
        { AR "; dmarc=passed header.from=a.org\r\n", false },
        { AR "; dmarc=pass\r\n", false },
        { AR "; xdmarc=pass header.from=a.org\r\n", false },
        { "Authentication-Results: evil.example (mx.example.com); dmarc=pass header.from=a.org\r\n",
          false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        assert_vouched(rows[i].results, "x@a.org", rows[i].vouched);
}

/* S-5 */
static void test_a_domain_is_vouched_for_by_dmarc_or_else_by_its_own_signature(void **state)
{
    static const struct {
        const char *results, *from;
        bool vouched;
    } rows[] = {
        { AR "; dmarc=pass header.from=a.org\r\n", "x@mail.a.org", true },
        { AR "; dmarc=pass header.from=mail.a.org\r\n", "x@a.org", true },
        { AR "; dmarc=pass header.from=b.co.uk\r\n", "x@a.co.uk", false },
        { AR "; dkim=pass header.d=mail.a.co.uk\r\n", "x@a.co.uk", true },
        { AR "; dkim=pass header.i=@a.org\r\n", "x@a.org", true },
        { AR "; dkim=pass header.d=sender.example; dkim=pass header.d=a.org\r\n", "x@a.org", true },
        { AR "; dkim=fail header.d=a.org\r\n", "x@a.org", false },
        { AR "; dkim=pass header.d=b.org\r\n", "x@a.org", false },
        { AR "; dkim=pass header.d=co.uk\r\n", "x@a.co.uk", false },
        { AR "; dkim=pass header.d=a.org; dmarc=none header.from=a.org\r\n", "x@a.org", false },
        { AR "; dkim=pass header.d=a.org; dmarc=fail header.from=a.org\r\n", "x@a.org", false },
        { AR "; spf=pass smtp.mailfrom=x@a.org\r\n", "x@a.org", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        assert_vouched(rows[i].results, rows[i].from, rows[i].vouched);
}

#define CHAIN(arc, seal, told)                                                                     \
    AR "; dmarc=fail header.from=a.org; arc=" arc "\r\nARC-Seal: i=2; a=rsa-sha256; d=" seal "; "  \
       "b=x\r\nARC-Authentication-Results: i=2; " told "; dmarc=pass header.from=a.org\r\n"        \
       "ARC-Authentication-Results: i=1; other.example; dmarc=fail header.from=a.org\r\n"

static void test_a_chain_counts_where_our_own_organisation_sealed_it_last(void **state)
{
    (void)state;
    assert_vouched(CHAIN("pass", "example.com", "mx.example.com"), "x@a.org", true);
    assert_vouched(CHAIN("fail", "example.com", "mx.example.com"), "x@a.org", false);
    assert_vouched(CHAIN("pass", "evil.example", "mx.example.com"), "x@a.org", false);
    assert_vouched(CHAIN("pass", "example.com", "mx.evil.example"), "x@a.org", false);
    assert_vouched("ARC-Seal: i=1; d=example.com\r\nARC-Authentication-Results: i=1; "
                   "mx.example.com; dmarc=pass header.from=a.org\r\n",
                   "x@a.org", false);
}

static void test_an_organisation_is_what_stands_before_a_public_suffix(void **state)
{
    (void)state;
    assert_true(mail_trust_same_organisation("mail.a.co.uk", "A.CO.UK"));
    assert_false(mail_trust_same_organisation("a.co.uk", "b.co.uk"));
    assert_false(mail_trust_same_organisation("a.org", "aa.org"));
    assert_false(mail_trust_same_organisation("co.uk", "a.co.uk"));
    assert_true(mail_trust_same_organisation("localhost", "localhost"));
}

/* S-10, S-12 */
static void test_a_sender_that_plays_another_is_flagged(void **state)
{
    static const struct {
        const char *header;
        bool lookalike, claims, stranger;
    } rows[] = {
        { "From: Ana <ana@a.org>\r\n", false, false, false },
        { "From: José Núñez <josé@españa.example>\r\n", false, false, false },
        { "From: Ольга <ольга@почта.рф>\r\n", false, false, false },
        { "From: x <x@p\xd0\xb0ypal.example>\r\n", true, false, false }, /* one Cyrillic a */
        { "From: x <x@\xd1\x81\xd0\xbe\xd1\x80\xd0\xb5.example>\r\n", true, false,
          false }, /* Cyrillic that reads "cope" */
        { "From: x <x@xn--pypal-4ve.example>\r\n", true, false, false },
        { "From: \"ceo@example.com\" <x@evil.example>\r\n", false, true, false },
        { "From: \"CEO (ceo@example.com)\" <x@evil.example>\r\n", false, true, false },
        { "From: \"x@a.org\" <x@a.org>\r\n", false, false, false },
        { "From: \"Ana @ home\" <x@a.org>\r\n", false, false, false },
        { "From: x@a.org\r\nReply-To: help@mail.a.org\r\n", false, false, false },
        { "From: x@a.org\r\nReply-To: x@evil.example\r\n", false, false, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse(rows[i].header);

        if (in->sender_lookalike != rows[i].lookalike ||
            in->sender_claims_another != rows[i].claims ||
            in->reply_to_stranger != rows[i].stranger)
            fail_msg("%d %d %d: %s", in->sender_lookalike, in->sender_claims_another,
                     in->reply_to_stranger, rows[i].header);
        inbound_free(in);
    }
}

#define VIA  "From: \"'Ana P' via Support\" <support@desk.org>\r\n"
#define POST "List-Post: <https://groups.example/post>, <mailto:Support@desk.org>\r\n"

static void test_who_wrote_is_told_of_a_list_that_sends_under_its_own_address(void **state)
{
    static const struct {
        const char *header, *author, *name;
    } rows[] = {
        { VIA POST "X-Original-From: Ana Paz <ana@a.org>\r\nReply-To: x@b.org\r\n", "ana@a.org",
          "Ana Paz" },
        { VIA POST "X-Original-Sender: ana@A.org\r\n", "ana@a.org", "Ana P" },
        { VIA POST "Reply-To: support@desk.org, Ana <ana@a.org>\r\n", "ana@a.org", "Ana" },
        { "From: Eva via x via Support <support@desk.org>\r\n" POST "Reply-To: eva@a.org\r\n",
          "eva@a.org", "Eva via x" },
        { "From: support@desk.org\r\n" POST "Reply-To: eva@a.org\r\n", "eva@a.org", NULL },
        { VIA "List-Post: <mailto:support@desk.org?subject=x>\r\nReply-To: ana@a.org\r\n",
          "ana@a.org", "Ana P" },
        { VIA POST "Reply-To: support@desk.org\r\n", NULL, NULL },
        { VIA POST, NULL, NULL },
        { VIA "List-Post: <mailto:support@desk.organic>\r\nReply-To: ana@a.org\r\n", NULL, NULL },
        { VIA "Reply-To: ana@a.org\r\n", NULL, NULL },
        { "From: ana@a.org\r\n" POST "Reply-To: eva@a.org\r\n", NULL, NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse(rows[i].header);
        const char *author = in->author.value == NULL ? "" : in->author.value;
        const char *name = in->author.name == NULL ? "" : in->author.name;

        if (strcmp(author, rows[i].author == NULL ? "" : rows[i].author) != 0 ||
            strcmp(name, rows[i].name == NULL ? "" : rows[i].name) != 0)
            fail_msg("%s (%s): %s", author, name, rows[i].header);
        inbound_free(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_are_read_in_every_form_that_the_grammar_allows),
        cmocka_unit_test(test_a_domain_is_vouched_for_by_dmarc_or_else_by_its_own_signature),
        cmocka_unit_test(test_a_chain_counts_where_our_own_organisation_sealed_it_last),
        cmocka_unit_test(test_an_organisation_is_what_stands_before_a_public_suffix),
        cmocka_unit_test(test_a_sender_that_plays_another_is_flagged),
        cmocka_unit_test(test_who_wrote_is_told_of_a_list_that_sends_under_its_own_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
