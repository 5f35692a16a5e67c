#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "channels/mail.h"
#include "channels/mail_bounce_other.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct mail_options ours = { .received_at = 1780000000 };

static struct inbound *parse(const char *raw)
{
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse(span_of(raw), &ours, &in, &err) < 0)
        fail_msg("%s", err.text);
    return in;
}

/* As parse(), of a mail into which a row is put. */
static struct inbound *__attribute__((format(printf, 1, 2))) parse_made(const char *fmt, ...)
{
    struct inbound *in;
    char *raw = NULL;
    va_list args;

    va_start(args, fmt);
    assert_true(vasprintf(&raw, fmt, args) >= 0);
    va_end(args);
    in = parse(raw);
    free(raw);
    return in;
}

/* NULL: nothing is known. */
static void assert_known(const char *got, const char *want, const char *row)
{
    if (got != want && (got == NULL || want == NULL || strcmp(got, want) != 0))
        fail_msg("%s: %s", got != NULL ? got : "nothing", row);
}

/* --- bounces
 * ------------------------------------------------------------------------------------------ */

static void assert_bounce(const char *raw, bool bounce)
{
    struct inbound *in = parse(raw);

    if (in->bounce != bounce)
        fail_msg("bounce %d: %s", in->bounce, raw);
    inbound_free(in);
}

#define DAEMON  "From: MAILER-DAEMON@b.org\n"
#define PERSON  "From: Ana <ana@b.org>\n"
#define REFUSED "\nYour mail could not be delivered:\n\n<tom@b.org>: 550 5.1.1 User unknown\n"

/* T-74, S-17 */
static void test_no_sort_of_evidence_alone_makes_a_bounce(void **state)
{
    (void)state;
    assert_bounce(DAEMON "Subject: failure notice\n" REFUSED, true);
    assert_bounce(DAEMON "Subject: maintenance tonight\n\nOur servers are replaced.\n", false);
    assert_bounce(DAEMON "Subject: failure notice\n\nClick here.\n", false);
    assert_bounce(DAEMON "Subject: Delivery failure\n\nWe tried hard, it wasn't delivered.\n",
                  true);
    assert_bounce(PERSON "Subject: Mail delivery failed\n\nCan you see why?\n", false);
    assert_bounce(PERSON "Subject: a question\n" REFUSED, false);
    assert_bounce(PERSON "Return-Path: <>\nSubject: a question\n\nhello\n", false);
    assert_bounce(PERSON "Return-Path: <>\nSubject: returned mail\n" REFUSED, true);
    assert_bounce("From: gateway@b.org\nSubject: Undeliverable mail\n" REFUSED, true);
    assert_bounce(PERSON "X-Failed-Recipients: tom@b.org\nSubject: hm\n\nx\n", true);
    assert_bounce(DAEMON "Subject: Returned mail: see transcript for details\n"
                         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
                         "\n<<< nothing was collected >>>\n",
                  true);
}

static void test_what_a_person_passes_on_or_quotes_is_no_bounce(void **state)
{
    (void)state;
    assert_bounce(PERSON "Subject: Fwd: Undelivered Mail Returned to Sender\n\nWhat is this?\n\n"
                         "---------- Forwarded message ----------\n" DAEMON
                         "Subject: Undelivered Mail Returned to Sender\n" REFUSED,
                  false);
    assert_bounce(PERSON "Subject: Undeliverable mail\n\n> could not be delivered to\n"
                         "> <tom@b.org>: 550 5.1.1 User unknown\n\nThank you.\n",
                  false);
    assert_bounce(PERSON "Subject: failure notice\nContent-Type: multipart/mixed; boundary=b\n\n"
                         "--b\n" REFUSED "--b\nContent-Type: message/rfc822\n\n" DAEMON
                         "Subject: failure notice\n\nx\n--b--\n",
                  false);
}

/* S-17 */
static void test_what_else_is_written_in_the_words_of_bounces_is_none(void **state)
{
#define POSTMASTER "From: Postmaster <postmaster@b.org>\n"
    static const char *const rows[] = {
        POSTMASTER "Subject: Mailbox full\n\nana@b.org\n\nYour mailbox is full. Mail will be "
                   "returned to sender.\n",
        POSTMASTER "Subject: Undelivered mail in quarantine\n\nspam@c.org  was not delivered\n",
        POSTMASTER "Subject: Re: mail rejected\n\nYou were blocked (550 5.7.1 spam).\n",
        POSTMASTER "Subject: [#8] Your mail was rejected\n\nWe read of your 550 5.7.1 error.\n",
        POSTMASTER "Subject: Report\nContent-Type: multipart/report; boundary=b\n\n--b\n\n"
                   "A message from <tom@b.org> was rejected: spam.\n--b\n"
                   "Content-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n--b--\n",
        DAEMON "Subject: Return receipt\n\n<tom@b.org>... Successfully delivered\n",
        PERSON "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: Undeliverable mail\n\n"
               "It is being held until you answer, and could not be delivered:\n\n<tom@b.org>: "
               "unknown user\n",
        PERSON "Subject: Undeliverable mail\nUser-Agent: Post/1\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nCan you help?\n" REFUSED,
        "From: Mail Service <a@b.org>\nSubject: Undeliverable parcel\nList-Unsubscribe: "
        "<x:y>\n" REFUSED,
        "From: Mail Service <a@b.org>\nSubject: Returned: invalid address\n\n"
        "It was rejected. Error 550.\n",
        "From: Antivirus <a@b.org>\nReturn-Path: <>\nSubject: Alert\n\nA virus was blocked.\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        assert_bounce(rows[i], false);
    assert_bounce("To: x-list-bounces@a.org\nFrom: gate@b.org\nList-Id: <x.a.org>\n"
                  "Subject: Undeliverable mail\n" REFUSED,
                  true);
    assert_bounce("To: x-list@a.org\nFrom: gate@b.org\nList-Id: <x.a.org>\n"
                  "Subject: Undeliverable mail\n" REFUSED,
                  false);
#undef POSTMASTER
}

static void test_who_tells_of_others_bounces_and_parcels_is_no_server(void **state)
{
    (void)state;
    assert_bounce(PERSON
                  "Subject: mail returned\n\nMy mail to your colleague was returned: 550 5.1.1 "
                  "User unknown <tom@b.org>. Is there another address?\n",
                  false);
    assert_bounce(
        "From: no-reply@parcel.example\nAuto-Submitted: auto-generated\nSubject: Delivery "
        "failure notification: parcel 12345\n\nYour parcel could not be delivered to the "
        "following address:\nMain street 5\nReason: recipient not found\n",
        false);
    assert_bounce(
        "From: Tracker <tracker@b.org>\nAuto-Submitted: auto-generated\nPrecedence: bulk\n"
        "Subject: [OPS-5] Delivery failed with 550 5.1.1\n\nTom created an issue: mails "
        "were rejected\n\n<tom@b.org>: host mx said: 550 5.1.1 User unknown\n",
        false);
    assert_bounce("From: logs@example.com\nAuto-Submitted: auto-generated\nPrecedence: bulk\n"
                  "Subject: Mail system errors\n\nUndelivered:\n<tom@b.org>: 550 5.1.1 user "
                  "unknown\n",
                  false);
}

/* RFC 5429, and what Italy's certified mail writes. */
static void test_a_refusal_that_is_said_by_a_field_is_one(void **state)
{
    struct inbound *in = parse(
        PERSON "Auto-Submitted: auto-replied (rejected)\nSubject: Automatically rejected mail\n"
               "Content-Type: multipart/report; report-type=disposition-notification; "
               "boundary=b\n\n--b\n\nYour message was rejected by Sieve.\n--b\n"
               "Content-Type: message/disposition-notification\n\n"
               "Final-Recipient: rfc822; tom@b.org\n"
               "Disposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    inbound_free(in);
    in = parse(
        "From: no-reply@sns.example\nSubject: Notification\n\n{ \"Message\" : "
        "\"{\\\"notificationType\\\":\\\"Bounce\\\",\\\"bounce\\\":{\\\"bouncedRecipients\\\":"
        "[{\\\"emailAddress\\\":\\\"tom@b.org\\\"}]}}\" }\n");
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    inbound_free(in);
    in = parse(
        "From: posta-certificata@pec.example\nTo: support@example.com\nX-Ricevuta: "
        "errore-consegna\nSubject: AVVISO DI MANCATA CONSEGNA: lampada\n\nErrore di consegna\n"
        "nel messaggio proveniente da \"support@example.com\"\n"
        "e destinato all'utente \"tom@b.org\"\n5.1.1 - indirizzo non valido\n");
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "5.1.1");
    inbound_free(in);
    in = parse(
        "From: posta-certificata@pec.example\nX-Ricevuta: avvenuta-consegna\nSubject: CONSEGNA: "
        "lampada\n\nIl messaggio indirizzato a \"tom@b.org\" \u00e8 stato consegnato.\n");
    assert_int_equal(in->nature, INBOUND_DELIVERED);
    inbound_free(in);
}

/* The mail that it is about may stand before what became of it, and be long. */
static void test_what_a_service_tells_in_json_is_told_by_its_keys(void **state)
{
#define JSON_MAIL                                                                                  \
    "\"mail\":{\"source\":\"us@c.org\",\"destination\":[\"ana@b.org\",\"tom@b.org\"],"             \
    "\"subject\":\"%01100d\",\"status\":\"4.0.0\"}"
    static const struct {
        const char *type, *told, *recipient, *status;
        enum inbound_nature nature;
    } rows[] = {
        { "notificationType\":\"Bounce",
          "\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\": "
          "\"tom@b.org\",\"status\":\"5.1.1\"}]}",
          "tom@b.org", "5.1.1", INBOUND_BOUNCE },
        { "eventType\": \"DeliveryDelay",
          "\"deliveryDelay\":{\"delayedRecipients\":[{\"emailAddress\":\"tom@b.org\"}]}",
          "tom@b.org", NULL, INBOUND_DELAYED },
        { "notificationType\":\"Delivery", "\"delivery\":{\"recipients\":[\"tom@b.org\"]}",
          "tom@b.org", NULL, INBOUND_DELIVERED },
        { "notificationType\":\"Complaint",
          "\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"tom@b.org\"}]}", NULL, NULL,
          INBOUND_FEEDBACK },
        { "notificationType\":\"Received", "\"receipt\":{\"recipients\":[\"us@c.org\"]}", NULL,
          NULL, INBOUND_BY_MACHINE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made("From: no-reply@sns.example\nSubject: Notification\n\n{\"%s\"," JSON_MAIL
                       ",%s}\n\n--\nunsubscribe: https://sns.example/\n",
                       rows[i].type, 0, rows[i].told);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].type);
        assert_known(in->failed.recipient, rows[i].recipient, rows[i].type);
        assert_known(in->failed.status, rows[i].status, rows[i].type);
        inbound_free(in);
    }
}

/* Of a mail that somebody got, and whose field only the service sets that he complained to. */
static void test_a_complaint_is_known_by_what_came_back_with_it(void **state)
{
    static const struct {
        const char *field;
        enum inbound_nature nature;
    } rows[] = {
        { "X-HmXmrOriginalRecipient: tom@b.org\n", INBOUND_FEEDBACK },
        { "X-Original-Recipient: tom@b.org\n", INBOUND_BY_PERSON },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made("From: staff@b.org\nSubject: complaint about message from 192.0.2.7\n"
                       "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                       "Content-Type: message/rfc822\nContent-Disposition: inline\n\n%s"
                       "From: us@c.org\nSubject: lamp\n\nx\n--b--\n",
                       rows[i].field);

        assert_int_equal(in->nature, rows[i].nature);
        inbound_free(in);
    }
}

/* Servers write answers of several lines, and do not always fold them. */
static void test_a_line_that_was_not_folded_ends_no_report(void **state)
{
    struct inbound *in =
        parse(DAEMON "Subject: Mail\nContent-Type: multipart/report; "
                     "report-type=delivery-status; boundary=b\n\n--b\n\nSee below.\n--b\n"
                     "Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                     "Final-Recipient: rfc822; tom@b.org\nDiagnostic-Code: smtp; 450 no\n"
                     "such user here\nAction: delayed\nStatus: 4.1.1\n\n--b--\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_DELAYED);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "4.1.1");
    inbound_free(in);
}

/* Customers show what came to them, and ask. */
static void test_who_asks_about_a_notice_is_a_person(void **state)
{
#define SES                                                                                        \
    "{\"notificationType\":\"%s\",\"%s\":[{\"emailAddress\":\"tom@b.org\"}]}\n\nWhat does it "     \
    "mean?\n"
    static const struct {
        const char *type, *key;
    } rows[] = { { "Bounce", "bouncedRecipients" }, { "Complaint", "complainedRecipients" } };
    struct inbound *in;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        in = parse_made(PERSON "Subject: your interface\n\n" SES, rows[i].type, rows[i].key);
        assert_int_equal(in->nature, INBOUND_BY_PERSON);
        inbound_free(in);
    }
    in = parse(PERSON "Subject: Is it yours?\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
                      "I never ordered that.\n--b\nContent-Type: message/rfc822\n\n"
                      "X-HmXmrOriginalRecipient: tom@b.org\nFrom: us@c.org\n\nx\n--b--\n");
    assert_int_equal(in->nature, INBOUND_BY_PERSON);
    inbound_free(in);
    in =
        parse(PERSON "Subject: calendar\n\nYou can add yourself to my calendar: https://b.org/c\n");
    assert_int_equal(in->nature, INBOUND_BY_PERSON);
    inbound_free(in);
#undef SES
}

/* A server names whom it did not reach; a customer whose mail was refused names us. */
static void test_who_was_refused_by_us_or_writes_a_letter_is_no_server(void **state)
{
#define TO_US    "To: support@shop.example\n"
#define NDR      "Subject: Undelivered Mail Returned to Sender\n"
#define NAMES_US "\nIt could not be delivered:\n\n<orders@shop.example>: 550 5.1.1 User unknown\n"
    (void)state;
    assert_bounce(PERSON TO_US NDR NAMES_US, false);
    assert_bounce(PERSON TO_US NDR REFUSED, true);
    assert_bounce(DAEMON TO_US NDR NAMES_US, true); /* a mail to a colleague */
    assert_bounce(PERSON NDR "\nDear colleagues,\n" REFUSED, false);
    assert_bounce(PERSON NDR REFUSED "\nMit freundlichen Gr\u00fc\u00dfen\nAna\n", false);
    assert_bounce(DAEMON NDR "\nDear user,\n" REFUSED "\nKind regards\n", true);
    assert_bounce("From: Host <no-reply@b.org>\nSubject: Undelivered mail: limit exceeded\n\n120 "
                  "mails could not be delivered. Last error: 550 5.1.1 user unknown.\n",
                  false);
#undef NAMES_US
}

static void test_a_postmaster_with_a_name_of_his_own_is_a_person(void **state)
{
    (void)state;
    assert_bounce("From: \"Holger Kranz\" <postmaster@b.org>\nSubject: Delivery failure of order "
                  "5\n\nThe delivery failed, nobody was at home.\n",
                  false);
    assert_bounce("From: \"Holger Kranz\" <postmaster@b.org>\n" NDR REFUSED, true);
    assert_bounce("From: Mail System <postmaster@b.org>\nSubject: Delivery failure\n\nThe delivery "
                  "failed, nobody was there.\n",
                  true);
    assert_bounce("From: Hosting <postmaster@b.org>\nSubject: Delivery delayed on 3 June\n\n"
                  "Dear customers, our servers are replaced.\n",
                  false);
    assert_bounce(
        DAEMON
        "Subject: Delivery delayed\n\nThere was a problem delivering your message to tom@b.org.\n",
        true);
    assert_bounce(DAEMON
                  "Subject: Delivery delayed\n\nThe mail has not yet been delivered by us to "
                  "tom@b.org.\n",
                  true);
    assert_bounce("From: Hosting <postmaster@b.org>\nSubject: Delivery delayed\n\n<tom@b.org>\n",
                  true);
}

/* They have the words of the servers that they watch. */
static void test_a_program_that_reports_what_became_of_others_mails_is_no_server(void **state)
{
#define PROGRAM "From: Cron <root@b.org>\nAuto-Submitted: auto-generated\n"
    (void)state;
    assert_bounce(PROGRAM "Subject: Cron /usr/bin/queue\n\n4 messages could not be delivered:\n"
                          "(host mx said: 450 4.2.1 mailbox busy)\ntom@b.org\n",
                  false);
    assert_bounce(PROGRAM "Subject: Undelivered: daily\n\n4 messages could not be delivered:\n"
                          "<tom@b.org>: 550 5.1.1 User unknown\n",
                  false);
    assert_bounce(PROGRAM NDR REFUSED, true);
    assert_bounce(PROGRAM NDR "\nDelivery failed for <tom@b.org>: 550 5.1.1 User unknown\n", true);
    assert_bounce(PROGRAM
                  "Subject: Unzustellbar\n\nDie E-Mail an tom@b.org konnte nicht zugestellt "
                  "werden: 550 5.1.1\n",
                  true);
    assert_bounce(PROGRAM "Subject: 退信\n\n邮件无法投递到 tom@b.org\n550 用户不存在\n", true);
    assert_bounce(PROGRAM "Subject: Undelivered\n\nOf 300 mails one was rejected:\n\ntom@b.org 550 "
                          "5.1.1 user unknown\n",
                  false);
    assert_bounce(
        PROGRAM NDR
        "\nMessages were rejected by one of its recipients:\n\ntom@b.org 550 5.1.1 user unknown\n",
        true);
    assert_bounce("From: Mail Service <a@b.org>\nSubject: Ikke leveret\n\nMeddelelsen kunne ikke "
                  "leveres til tom@b.org, user unknown\n",
                  true);
    assert_bounce("From: Antivirus <a@b.org>\nSubject: 12 threats rejected\n\n3 could not be "
                  "delivered because of viruses.\n\nsales@b.org\n",
                  false);
#undef PROGRAM
}

/* Some programs send what a form was filled in with from nowhere. */
static void test_who_asks_about_his_mail_from_a_form_is_no_server(void **state)
{
#define FORM "From: Shop <form@b.org>\nReturn-Path: <>\n"
    (void)state;
    assert_bounce(FORM "Subject: Mail not delivered\n\nHello,\n\nmy mail to bo@b.org was not "
                       "delivered.\n\nAna\n",
                  false);
    assert_bounce(FORM "Subject: Undelivered mail\n\nMail for bo@b.org was rejected. What now?\n",
                  false);
    assert_bounce(FORM "Subject: Delivery failed\n\nThe parcel for bo@b.org was not delivered. "
                       "Where is it?\n",
                  false);
    assert_bounce(FORM "Subject: Delivery failed\n\nHello,\n\nbo@b.org: it was not delivered, "
                       "why?\n",
                  false);
#undef FORM
}

/* A postmaster counts what became of a month's mails. */
static void test_a_count_of_mails_is_no_notice_of_one(void **state)
{
#define COUNTS                                                                                     \
    "Delivered: 10233\nCould not be delivered: 312\nRejected recipient (550 5.1.1 user unknown): " \
    "210\nMailbox full: 22\n\nold@b.org 15\n"
    (void)state;
    assert_bounce("From: postmaster@b.org\nSubject: Undeliverable mail\n\nMonthly report of the "
                  "gateway\n\n" COUNTS,
                  false);
    assert_bounce(DAEMON "Subject: Mail statistics: failure\n\n" COUNTS, false);
    assert_bounce(DAEMON "Subject: Undelivered mail: weekly summary\n\nThese could not be "
                         "delivered:\n\n  tom@b.org  550 5.1.1 User unknown (4 messages)\n  "
                         "eva@b.org  552 5.2.2 Mailbox full (2 messages)\n\nTotal: 6 messages\n",
                  false);
    assert_bounce(DAEMON NDR "\nYour weekly report could not be delivered:\n\n<tom@b.org>: 552 "
                             "5.3.4 message too big\n\nSize: 52000\nAttempts: 3\nReply: 552\n",
                  true);
    assert_bounce(DAEMON NDR "\nIt could not be delivered:\n\n<tom@b.org>: 550 5.1.1 unknown\n\n"
                             "Queued: 1\nFailed: 1\nDelivered: 0\n",
                  true);
    /* what came back has counts of its own */
    assert_bounce(DAEMON NDR "\n<tom@b.org>: 550 5.1.1 unknown\n\nYour monthly bill\n\nLamps: "
                             "3\nCables: 2\nTotal: 120\n",
                  true);
    assert_bounce(DAEMON NDR "\n<tom@b.org>:\n550 unknown\n\nYour monthly bill\n\nLamps: "
                             "3\nCables: 2\nTotal: 120\n",
                  true);
    assert_bounce(DAEMON NDR "\nDaily report\n\ntom@b.org 550 5.1.1 unknown\neva@b.org 550 5.1.1 "
                             "unknown\n\nDelivered: 30\nDelayed: 2\nTotal: 34\n",
                  false);
#undef COUNTS
}

/* Who wants a password names its owner alone. */
static void test_who_tells_the_reader_of_mails_to_himself_is_no_server(void **state)
{
    (void)state;
    assert_bounce("From: Mail Delivery System <a@b.org>\n" TO_US "Subject: 5 undelivered mails\n\n"
                  "5 mails could not be delivered, error 550:\n\nsupport@shop.example\n",
                  false);
    assert_bounce("From: Mail System <postmaster@b.org>\n" TO_US NDR "\n7 mails were returned to "
                  "sender: 554 5.2.2 storage full for support@shop.example.\n",
                  false);
    assert_bounce("From: Mail System <postmaster@b.org>\nReturn-Path: <>\n" TO_US
                  "Subject: Mailbox full\n\nsupport@shop.example has reached its limit.\n",
                  false);
    assert_bounce(DAEMON TO_US NDR "\nMails from support@shop.example were rejected.\n", true);
    assert_bounce(DAEMON TO_US NDR "\nsupport@shop.example: rejected by policy 5.7.1\n", true);
    assert_bounce(DAEMON TO_US NDR "\nYour message from support@shop.example could not be "
                                   "delivered: over quota.\n",
                  true);
    assert_bounce("From: Mail System <a@b.org>\nReturn-Path: <>\n" TO_US NDR "\nMails from "
                  "support@shop.example could not be delivered: over quota.\n",
                  true);
    assert_bounce(DAEMON TO_US NDR "\nMessages failed to deliver to support@shop.example.\n\n"
                                   "Retrieve your messages: https://b.org/\n",
                  false);
    assert_bounce(DAEMON TO_US NDR "\nYour mail account support@shop.example has 7 undelivered "
                                   "messages.\nError: 550 5.1.1\n",
                  false);
    assert_bounce(DAEMON TO_US NDR "\nYour incoming messages (6) could not be delivered.\n", false);
    assert_bounce(DAEMON TO_US NDR "\nYour messages to tom@b.org could not be delivered.\n", true);
    assert_bounce(DAEMON TO_US NDR "\nYour message to tom@b.org could not be delivered: he does "
                                   "not accept incoming messages.\n",
                  true);
#undef TO_US
#undef NDR
}

/* S-17: what a customer writes of a parcel has the words of a server's notice, and no server's
 * mark: a ticket lost is worse than a notice that becomes one. */
static void test_a_customer_who_writes_of_what_did_not_arrive_is_no_server(void **state)
{
#define NOTICED "\nThe order was not delivered.\n\neva@b.org\n"
#define ADMIN   "From: System Administrator <it@b.org>\n"
    static const char *const rows[] = {
        ADMIN "Subject: Wrong model\n\nThe replacement was successfully delivered, but the wrong "
              "model is in the box.\n\nit@b.org\n",
        ADMIN "Subject: Successfully delivered, but the wrong model\n\nSee below.\n\nit@b.org\n",
        PERSON "To: orders@bounce.example\nSubject: Order not delivered\n" NOTICED,
        PERSON "To: product-return-desk@shop.example\nSubject: Order not delivered\n" NOTICED,
        PERSON "To: bouncer@shop.example\nSubject: Order not delivered\n" NOTICED,
        PERSON "Delivered-To: trebounce@shop.example\nSubject: Order not delivered\n" NOTICED,
        PERSON "Subject: Parcel not delivered\n\nThe parcel has not been delivered. The tracking "
               "number was not found.\n\neva@b.org\n",
        PERSON "Subject: Paket nicht zugestellt\n\nDas Paket wurde nicht zugestellt, die Adresse "
               "existiert nicht angeblich.\n\neva@b.org\n",
        PERSON "Subject: Parcel not delivered\n\nIt has not been delivered, the house was not "
               "found.\n\nEva, eva@b.org, 555-123-4567\n",
        PERSON "Subject: Parcel not delivered\n\nIt has not been delivered, the house was not "
               "found.\n\nEva, 450 Main Street, eva@b.org\n",
        PERSON "Subject: Update not delivered\n\nThe update has not been delivered: the server "
               "shows version 5.1.2, not found.\n\neva@b.org\n",
        PERSON "Subject: Parcel not delivered\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
               "It has not been delivered.\n\neva@b.org\n--b\nContent-Type: message/rfc822\n\n"
               "From: shop@c.org\nSubject: It is on its way\n\nx\n--b--\n",
        ADMIN "Subject: Mail rejected\n\nCould you help? Our mails to you fail:\n"
              "<support@c.org>: 550 5.7.1 rejected by policy\n",
        "From: Postmaster <postmaster@b.org>\nSubject: Mail rejected\n\nCould you help? Our mails "
        "to "
        "you fail:\n<support@c.org>: 550 5.7.1 rejected by policy\n",
        ADMIN "Subject: Mail rejected\n\nKönnten Sie uns helfen?\n" REFUSED,
        ADMIN "Subject: Mail rejected\n\nPourriez-vous nous aider ?\n" REFUSED,
        ADMIN "Subject: Mail rejected\n\n¿Podrían ayudarnos?\n" REFUSED,
        ADMIN "Subject: Mail rejected\n\nPotreste aiutarci?\n" REFUSED,
        ADMIN "Subject: Mail rejected\n\nVocês podem nos ajudar?\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nIt is about my order.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nEs geht um meine Bestellung.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nC'est pour ma commande.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nSe trata de mi pedido.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nRiguarda il mio ordine.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nÉ sobre o meu pedido.\n" REFUSED,
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse(rows[i]);

        if (in->bounce || in->nature == INBOUND_DELIVERED)
            fail_msg("%s: %s", inbound_nature_name(in->nature), rows[i]);
        inbound_free(in);
    }
#undef NOTICED
}

static void test_a_servers_own_mark_makes_a_bounce_from_whatever_address(void **state)
{
    static const char *const rows[] = {
        PERSON "To: x-bounces+tom=b.org@shop.example\nSubject: Undeliverable mail\n\n"
               "It could not be delivered to\n\ntom@b.org\n",
        PERSON
        "Return-Path: <>\nSubject: Rejected posting to USERS@B.ORG\n\nYou are not authorized "
        "to send mail to the list. It is being returned to you.\n",
        PERSON "To: x-return-12-tom=b.org@shop.example\nSubject: Undeliverable mail\n\n"
               "It could not be delivered to\n\ntom@b.org\n",
        PERSON "Delivered-To: bounce-7@shop.example\nSubject: Undeliverable mail\n\n"
               "It could not be delivered to\n\ntom@b.org\n",
        PERSON "Subject: Undeliverable mail\n\nIt could not be delivered.\n\n<tom@b.org>:\n"
               "mailbox is full\n",
        PERSON "Subject: Undeliverable mail\n\nIt could not be delivered.\n\n"
               "RCPT TO:<tom@b.org>\n550 Mailbox unavailable\n",
        DAEMON "Return-Path: <>\nSubject: Re: a quote\n\n<tom@b.org>: data format error. Command "
               "output: message rejected\n",
        ADMIN "Subject: Undeliverable mail\n\nPlease check the address.\n" REFUSED,
        PERSON "Subject: Undeliverable mail\n\nPlease check the address.\n" REFUSED,
        PERSON
        "Return-Path: <>\nSubject: Delivery report\n\nThis is about a mail that you sent.\n\n"
        "<tom@b.org>  delivery failed; no further attempts will be made\n",
        PERSON "Return-Path: <>\nSubject: Delivery report\n\nHello, this is the mail server at "
               "mta.shop.example.\n\n<tom@b.org>  delivery failed; it is not tried again\n",
        "From: b.org\nTo: tom@x.example\nSubject: Undeliverable mail\nContent-Type: "
        "multipart/mixed; boundary=b\n\n--b\n\nIt could not be delivered to:\ntom@x.example\n\n"
        "Final-Recipient: rfc822; tom@x.example\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n--b\n"
        "Content-Type: message/rfc822\n\nFrom: shop@shop.example\nSubject: y\n\nz\n--b--\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        assert_bounce(rows[i], true);
#undef ADMIN
}

static void test_a_daemon_that_tells_of_an_arrival_is_believed(void **state)
{
    static const char *const rows[][2] = {
        { "Delivered: your case", "Your message has been delivered to the following recipients:" },
        { "Relayed: your case", "Delivery to these recipients or groups is complete, but no "
                                "notification was sent by the destination server:" },
        { "Weitergeleitet: your case",
          "Die Zustellung an diese Empfänger oder Gruppen ist abgeschlossen:" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made("From: postmaster@b.org\nSubject: %s\n\n%s\n\ntom@b.org\n",
                                        rows[i][0], rows[i][1]);

        assert_int_equal(in->nature, INBOUND_DELIVERED);
        inbound_free(in);
    }
}

/* What somebody else's program was told reached no mail of the reader's. */
static void test_a_server_that_shows_its_keeper_a_session_has_returned_nothing(void **state)
{
#define SESSION                                                                                    \
    "Transcript of session follows.\n\n Out: 220 mx.b.org\n In:  MAIL FROM:<x@c.org>\n"            \
    " Out: 250 2.1.0 Ok\n In:  RCPT TO:<tom@b.org>\n"                                              \
    " Out: 550 5.1.1 <tom@b.org>: User unknown\n In:  QUIT\n\n"

    (void)state;
    assert_bounce(DAEMON "To: postmaster@b.org\n"
                         "Subject: SMTP server: errors from unknown[192.0.2.7]\n\n" SESSION,
                  false);
    assert_bounce(DAEMON "Subject: failure notice\n" REFUSED "\n" SESSION
                         "--- The message follows ---\nReceived: from here\nTo: tom@b.org\n",
                  true);
    assert_bounce(DAEMON "Subject: failure notice\n\nYour mail could not be delivered:\n"
                         "   ----- Transcript of session follows -----\n"
                         ">>> RCPT To:<tom@b.org>\n<<< 550 5.1.1 User unknown\n",
                  true);
}

static void test_whom_a_mail_did_not_reach_may_stand_in_a_sentence(void **state)
{
    static const struct {
        const char *text, *recipient;
    } rows[] = {
        { "The following address had permanent errors: tom@b.org. Reason: no such user.",
          "tom@b.org" },
        { "We regret that your message of this morning could not be delivered to <tom@b.org> since "
          "no such user is known here, and the mailbox was closed some years ago by its owner.",
          "tom@b.org" },
        { "Your message to us was rejected, and has been returned. You may write to help@b.org: no "
          "such user, and that is the whole of what this server can say about the matter.",
          NULL },
        { "We regret to say that your message was rejected by postmaster@b.org, who reads all that "
          "comes here: no such user, and that is the whole of what this server can say.",
          NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(DAEMON "Subject: Undeliverable mail\n\n%s\n", rows[i].text);

        assert_true(in->bounce);
        assert_known(in->failed.recipient, rows[i].recipient, rows[i].text);
        inbound_free(in);
    }
}

/* A notice names others, too: the reader, whom the mail went to besides, whom to ask. */
static void test_whom_a_mail_did_not_reach_is_told_from_others_that_are_named(void **state)
{
    static const struct {
        const char *text, *recipient;
    } rows[] = {
        { "Your message\n\n  To:      team@b.org\n  Subject: lamp\n\ndid not reach the "
          "following recipient(s):\n\ntom@b.org on Mon, 1 Jun 2026 10:00:00\n"
          "    The recipient name is not recognized",
          "tom@b.org" },
        { "Your message did not reach the following recipient(s):\n\n"
          "c=US;a= ;p=B;o=Lamps;dda:SMTP=tom@b.org; on Mon, 1 Jun 2026\n    Unknown Recipient",
          "tom@b.org" },
        { "The original message was received at Mon, 1 Jun 2026\nfrom uucp@localhost.b.org\n\n"
          "   --- The following addresses had permanent fatal errors ---\ntom@b.org\n\n554 Too "
          "many hops",
          "tom@b.org" },
        { "These addresses did NOT receive a copy of your message:\n\n> tom@b.org\n\n552 quota "
          "exceeded, the message could not be delivered",
          "tom@b.org" },
        { "An email support@example.com addressed to email address :\n-- tom@b.org\n\ncould not "
          "be delivered. 4.4.4 Temporary server error",
          "tom@b.org" },
        { "A message that you sent could not be delivered.\n\nThe following one, addressed to "
          "'tom@b.org',\nfailed: it was not collected within 30 days, the mailbox is full",
          "tom@b.org" },
        { "Returned mail: user mailbox exceeds allowed size: tom@b.org\nIt was not delivered.",
          "tom@b.org" },
        { "Sorry support@example.com. Your mail to these recipients could not be delivered, for "
          "they "
          "take no pictures; the message could not be accepted by the following recipients:\n"
          "\ttomlamp\n",
          "tomlamp@b.org" },
        { "Your mail could not be delivered for the following reason:\nunknown\n\n550 no such user",
          NULL },
        { "Your message\n\n  To:      support@example.com\n  Subject: lamp\n\ndid not reach the "
          "following recipient(s):\n\nTom Lamp on Mon, 1 Jun 2026 10:00:00\n"
          "    The recipient was unavailable to take delivery of the message",
          NULL }, /* the reader had written to himself, among others */
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(
            DAEMON "To: support@example.com\nSubject: Undeliverable mail\n\n%s\n", rows[i].text);

        assert_true(in->bounce);
        assert_known(in->failed.recipient, rows[i].recipient, rows[i].text);
        inbound_free(in);
    }
}

#define NAMES_NOBODY                                                                               \
    DAEMON "To: support@example.com\nSubject: Undeliverable mail\n\nYour message could "           \
           "not be delivered: no such user.\n\n--- The message follows ---\n"

static void test_a_notice_that_names_nobody_is_of_whom_the_mail_was_for(void **state)
{
    static const char *const blanks[] = { " ", "" };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(blanks); i++) {
        struct text_buffer b = { 0 };
        struct inbound *in;

        text_buffer_printf(&b,
                           NAMES_NOBODY "Received:%sfrom here\nTo: Tom <tom@b.org>\n"
                                        "Message-ID:%s<1@example.com>\n\nx\n",
                           blanks[i], blanks[i]);
        in = parse(b.ptr);
        assert_true(in->bounce);
        assert_string_equal(in->failed.recipient, "tom@b.org");
        assert_string_equal(in->failed.message_id, "1@example.com");
        inbound_free(in);
        text_buffer_clear(&b);
    }
}

/* It would be the writer's own address that is dead. */
static void test_a_notice_within_a_notice_was_for_the_writer_whom_it_reached(void **state)
{
    struct inbound *in = parse(NAMES_NOBODY "Received: from here\nTo: Ana <ana@c.org>\n"
                                            "From: Mail Delivery System <x@b.org>\n\nx\n");

    (void)state;
    assert_true(in->bounce);
    assert_null(in->failed.recipient);
    inbound_free(in);
}

#define WRAPPED                                                                                    \
    DAEMON "To: sales@example.com\nSubject: Delivery Status Notification (Failure)\n"              \
           "Content-Type: multipart/mixed; report-type=delivery-status; boundary=a\n\n"            \
           "--a\nContent-Type: message/rfc822\n\n" DAEMON "To: %s\n"                               \
           "Message-ID: <notice@b.org>\n"                                                          \
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"           \
           "--b\n\nDelivery to the following recipients failed.\n\n  tom@b.org\n\n"                \
           "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"           \
           "Final-Recipient: rfc822; tom@b.org\nAction: failed\nStatus: 5.1.1\n\n"                 \
           "--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@example.com>\n"                    \
           "To: tom@b.org\n\nx\n--b--\n\n--a--\n"

/* What is within a notice that names nobody was for the reader, or is about another's mail. */
static void test_a_notice_that_is_wrapped_up_says_whom_its_reader_did_not_reach(void **state)
{
    static const char *const rows[][4] = {
        { "sales@example.com", "tom@b.org", "5.1.1", "1@example.com" },
        { "Ana <ana@c.org>, Sales <Sales@example.com>", "tom@b.org", "5.1.1", "1@example.com" },
        { "ana@c.org", NULL, NULL, "notice@b.org" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(WRAPPED, rows[i][0]);

        assert_int_equal(in->nature, INBOUND_BOUNCE);
        assert_known(in->failed.recipient, rows[i][1], rows[i][0]);
        assert_known(in->failed.status, rows[i][2], rows[i][0]);
        assert_known(in->failed.message_id, rows[i][3], rows[i][0]);
        inbound_free(in);
    }
}

/* A web mailer's server writes with its programs' name, where a person would be its user. */
static void test_a_daemon_that_names_its_program_is_a_daemon(void **state)
{
    static const char copy[] = "\n--- The message follows ---\nReceived: from here\nx\n";
    struct text_buffer b = { 0 };

    (void)state;
    text_buffer_printf(&b, DAEMON "User-Agent: Post/1\nSubject: Undeliverable mail\n" REFUSED "%s",
                       copy);
    assert_bounce(b.ptr, true);
    text_buffer_clear(&b);
    text_buffer_printf(&b,
                       "From: postmaster@b.org\nUser-Agent: Post/1\n"
                       "Subject: Undeliverable mail\n" REFUSED "%s",
                       copy);
    assert_bounce(b.ptr, false);
    text_buffer_clear(&b);
    assert_bounce(DAEMON "User-Agent: Post/1\nSubject: Undeliverable mail\n" REFUSED, false);
}

static void test_a_daemon_says_in_words_that_it_still_tries(void **state)
{
    static const char *const rows[] = {
        "Subject: Delivery status notification: warning\n\nA message is delayed for more than "
        "10 minutes for the following recipients:\n\ntom@b.org: Network error\n",
        "Subject: Delivery delayed: your case\n\nThe server keeps at it: 451 4.4.0 DNS query\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(DAEMON "%s", rows[i]);

        assert_int_equal(in->nature, INBOUND_DELAYED);
        inbound_free(in);
    }
    assert_bounce("From: Ana <postmaster@b.org>\nSubject: delivery delayed: lamp 451\n\n"
                  "The parcel is late.\n",
                  false);
}

/* RFC 3464, RFC 6533: more signs than are looked for in prose. */
static void test_a_report_s_address_is_read_whole(void **state)
{
    static const char *const rows[][2] = {
        { "rfc822; o'neil@b.org", "o'neil@b.org" },
        { "rfc822;sub-12-tom=b.org@lists.example.org", "sub-12-tom=b.org@lists.example.org" },
        { "utf-8; tom@b\u00fccher.example", "tom@b\u00fccher.example" },
        { "RFC822; <tom@b.org> (mailbox full)", "tom@b.org" },
        { "rfc822; rfc822;tom@b.org", "tom@b.org" },
        { "<tom@b.org>", "tom@b.org" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made(DAEMON "Content-Type: multipart/report; boundary=b\n\n--b\n\nwords\n"
                              "--b\nContent-Type: message/delivery-status\n\n"
                              "Reporting-MTA: dns; b.org\n\nAction: failed\n"
                              "Final-Recipient: %s\nStatus: 5.1.1\n--b--\n",
                       rows[i][0]);

        assert_known(in->failed.recipient, rows[i][1], rows[i][0]);
        inbound_free(in);
    }
}

static void test_a_report_may_name_only_whom_it_was_sent_to(void **state)
{
    struct inbound *in =
        parse(DAEMON "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                     "--b\n\nwords\n--b\nContent-Type: message/delivery-status\n\n"
                     "Reporting-MTA: dns; b.org\n\n\nOriginal-Recipient:rfc822;tom@b.org\n"
                     "Status:5.5.0\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "5.5.0");
    inbound_free(in);
}

/* Nothing failed yet: the writer is asked who he is. */
static void test_a_report_that_asks_who_wrote_is_a_challenge(void **state)
{
    static const struct {
        const char *words, *status;
        enum inbound_nature nature;
    } rows[] = {
        { "Please add yourself to my Guest List: https://b.org/crs?tc=1", "4.7.0",
          INBOUND_CHALLENGE },
        { "Please add yourself to my Boxbe Guest List: https://b.org/crs?tc=1", "4.7.0",
          INBOUND_CHALLENGE },
        { "Please add yourself to my Guest List: https://b.org/crs?tc=1", "5.7.0", INBOUND_BOUNCE },
        { "The mailbox is full: https://b.org/help", "4.2.2", INBOUND_BOUNCE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made("From: noreply@b.org\nSubject: Re: your case\n"
                       "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                       "--b\n\n%s\n--b\nContent-Type: message/delivery-status\n\n"
                       "Reporting-MTA: dns; b.org\nAction: failed\n\n"
                       "Final-Recipient: rfc822; tom@b.org\nStatus: %s\n--b--\n",
                       rows[i].words, rows[i].status);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].words);
        inbound_free(in);
    }
}

/* What tells of a mail's fate by its type alone is a server's: persons' programs write none. */
static void test_a_report_that_lost_its_parts_is_one_where_it_says_what_failed(void **state)
{
    static const struct {
        const char *type, *words;
        enum inbound_nature nature;
    } rows[] = {
        { "multipart/report; report-type=delivery-status",
          "次の受信者への配信に失敗しました:", INBOUND_BOUNCE },
        { "multipart/report; report-type=delivery-status", "Your mail waits for Tom's answer.",
          INBOUND_BY_MACHINE },
        { "multipart/mixed", "次の受信者への配信に失敗しました:", INBOUND_BY_PERSON },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(PERSON "To: us@c.org\nContent-Type: %s; boundary=b\n\n--b\n"
                                               "Content-Type: text/plain; charset=utf-8\n\n%s\n",
                                        rows[i].type, rows[i].words);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].words);
        inbound_free(in);
    }
}

/* A gateway writes both in a server's name, and names him in a report's form. */
static void test_who_is_away_is_no_failure_in_a_servers_name(void **state)
{
    static const struct {
        const char *subject, *words;
        enum inbound_nature nature;
    } rows[] = {
        { "Automatic reply: lamp", "I am out of the office.", INBOUND_OUT_OF_OFFICE },
        { "Automatic reply: lamp", "Your mail could not be delivered.", INBOUND_BOUNCE },
        { "Automatic reply: lamp", "550 5.2.1 This mailbox is closed", INBOUND_BOUNCE },
        { "Mail delivery failed", "I am out of the office.", INBOUND_BOUNCE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made(DAEMON "To: us@c.org\nSubject: %s\n\n%s\n\n"
                              "Final-Recipient: rfc822; tom@b.org\n\n"
                              "--- Original message headers ---\nFrom: us@c.org\nSubject: lamp\n",
                       rows[i].subject, rows[i].words);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].words);
        inbound_free(in);
    }
}

/* What arrived has a status, too (RFC 3463 2). */
static void test_a_report_without_an_action_is_told_by_its_status(void **state)
{
    static const struct {
        const char *status;
        enum inbound_nature nature;
    } rows[] = {
        { "2.1.5", INBOUND_DELIVERED },
        { "5.1.1", INBOUND_BOUNCE },
        { "4.2.2", INBOUND_BOUNCE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                       "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                       "Final-Recipient: rfc822; tom@b.org\nStatus: %s\n--b--\n",
                       rows[i].status);

        assert_int_equal(in->nature, rows[i].nature);
        assert_known(in->failed.recipient, "tom@b.org", rows[i].status);
        inbound_free(in);
    }
}

/* A server calls its words a report, too. */
static void test_a_report_in_two_parts_is_read_whole(void **state)
{
    struct inbound *in =
        parse(DAEMON "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                     "--b\nContent-Type: message/delivery-status;\n\n"
                     "This mail was not delivered for the following reason:\n\n"
                     "it was not wanted there\n"
                     "--b\nContent-Type: message/delivery-status\n\n"
                     "Reporting-MTA: dns; b.org\n\nFinal-Recipient: rfc822; <tom@b.org>\n"
                     "Action: failed\nStatus: 5.3.0\n--b--\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_known(in->failed.recipient, "tom@b.org", "in the second part");
    assert_known(in->failed.status, "5.3.0", "in the second part");
    inbound_free(in);
}

/* A program's version and a machine's address have the look of a status. */
static void test_a_status_is_no_version_and_no_address_of_a_machine(void **state)
{
    static const char *const rows[][2] = {
        { "host mx.b.org [5.9.12.34] said: 550 5.1.1 no such user", "5.1.1" },
        { "Exim 4.92.3 could not deliver it: 550 no such user", NULL },
        { "host mx.b.org[4.2.2.1] said: 550 no such user", NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in =
            parse_made(DAEMON "Subject: Undeliverable mail\n\nIt could not be delivered to\n"
                              "<tom@b.org>:\n%s\n",
                       rows[i][0]);

        assert_true(in->bounce);
        assert_known(in->failed.status, rows[i][1], rows[i][0]);
        inbound_free(in);
    }
}

static void test_a_report_that_came_without_its_wrapping_is_one(void **state)
{
    (void)state;
    assert_bounce("Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                  "Final-Recipient: rfc822; <tom@b.org>\nAction: failed\nStatus: 4.2.2\n",
                  true);
    assert_bounce("Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                  "Final-Recipient: rfc822; <tom@b.org>\nAction: relayed\n",
                  false);
    assert_bounce(DAEMON "Subject: a notice\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                         "Content-Type: message/delivery-status\n\n"
                         "Original-Recipient: <tom@b.org>\nAction: failed\n--b--\n",
                  true);
}

static const char *const actions[] = { "failed", "FAILED", "delayed", "delivered", "relayed", "" };
static const enum inbound_nature of_action[] = { INBOUND_BOUNCE,    INBOUND_BOUNCE,
                                                 INBOUND_DELAYED,   INBOUND_DELIVERED,
                                                 INBOUND_DELIVERED, INBOUND_BOUNCE };

/* B-12: what is only delayed has not failed for good, and its nature says so. */
static void test_a_report_is_a_bounce_unless_it_arrived(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(actions); i++) {
        struct inbound *in =
            parse_made(DAEMON "Content-Type: multipart/report; boundary=b\n\n--b\n\nwords\n"
                              "--b\nContent-Type: message/delivery-status\n\n"
                              "Reporting-MTA: dns; b.org\n\nAction: %s\n"
                              "Final-Recipient: rfc822; Tom@B.org\nStatus: 4.2.2 (full)\n--b--\n",
                       actions[i]);

        assert_int_equal(in->nature, of_action[i]);
        assert_int_equal(in->bounce, of_action[i] != INBOUND_DELIVERED);
        assert_true(in->automatic);
        assert_string_equal(in->failed.recipient, "Tom@b.org");
        assert_string_equal(in->failed.status, "4.2.2");
        if (actions[i][0] == '\0')
            assert_null(in->failed.action);
        else
            assert_int_equal(strcasecmp(in->failed.action, actions[i]), 0);
        inbound_free(in);
    }
}

/* T-75 */
static void test_a_bounce_says_whom_it_did_not_reach_why_and_with_which_mail(void **state)
{
    struct inbound *in = parse(DAEMON "Subject: failure notice\n" REFUSED
                                      "\n--- Below this line is a copy of the message.\n\n"
                                      "Return-Path: <support@example.com>\n"
                                      "Message-ID: <t1.7@example.com>\nSubject: x\n\nx\n");

    (void)state;
    assert_true(in->bounce);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "5.1.1");
    assert_string_equal(in->failed.message_id, "t1.7@example.com");
    inbound_free(in);
}

static void test_a_servers_notice_is_known_in_many_languages(void **state)
{
    static const char *const rows[][2] = {
        { "Unzustellbar: Frage", "Die Nachricht konnte nicht zugestellt werden. Postfach voll." },
        { "Non remis : question", "Le message n\xe2\x80\x99"
                                  "a pas pu être remis: n'existe pas." },
        { "Mensaje devuelto", "No se pudo entregar. La dirección no existe." },
        { "Falha na entrega", "A mensagem não pôde ser entregue: não existe." },
        { "Mancato recapito", "Il messaggio non è stato consegnato: casella piena." },
        { "Onbestelbaar: vraag", "Het bericht kan niet worden bezorgd: bestaat niet." },
        { "Niedostarczone", "Nie można dostarczyć wiadomości: adres nie istnieje." },
        { "НЕ ДОСТАВЛЕНО", "Письмо не может быть доставлено: не существует." },
        { "配信できません", "メールを送信できませんでした。宛先が存在しません。" },
        { "退信通知", "无法投递：用户不存在。" },
        { "전송 실패", "메일을 전송할 수 없습니다: 존재하지 않는 사용자" },
        { "발송실패 안내", "메일이 발송되지 않았습니다: 없는 주소" },
        { "Zpráva nemohla být doručena", "Nebylo možné doručit: schránka je plná." },
        { "Nedorucitelna zprava", "Nelze doručit: uživatel neexistuje." },
        { "Sikertelen kézbesítés", "Nem sikerült kézbesíteni: nem létező cím." },
        { "İleti gönderilemedi", "İletiniz gönderilemedi: kullanıcı bulunamadı." },
        { "Wiadomość nie została doręczona", "Nie doręczono: nieznany użytkownik." },
        { "Не вдалося доставити", "Не вдалося доставити: адресу не знайдено." },
        { "Không thể gửi: chào", "Không thể gửi đến <tom@b.org>." },
        { "ไม่สามารถส่งได้", "ไม่สามารถส่งถึง <tom@b.org>" },
        { "Tidak dapat dikirim", "Pesan tidak dapat dikirim ke <tom@b.org>." },
        { "配信エラー", "配信できませんでした。宛先が存在しません。" },
        { "Olevererbart: fråga", "Det gick inte att leverera till <tom@b.org>." },
        { "לא ניתן למסור: שאלה", "ההודעה לא נמסרה אל <tom@b.org>" },
        { "لم يتم تسليم الرسالة", "تعذر تسليم رسالتك إلى <tom@b.org>" },
        { "Mesajul nu a fost livrat", "Nu a putut fi livrat: căsuța poștală este plină." },
        { "Wiadomość nie dotarła", "Wiadomość nie dotarła: skrzynka jest przepełniona." },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        text_buffer_printf(&b,
                           DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: %s\n\n%s\n",
                           rows[i][0], rows[i][1]);
        assert_bounce(b.ptr, true);
        text_buffer_clear(&b);
    }
}

/* --- natures
 * ------------------------------------------------------------------------------------------ */

/* B-07 */
static void test_who_only_declines_automatic_answers_or_writes_to_a_list_is_a_person(void **state)
{
    static const struct {
        const char *header;
        bool automatic, declines, by_program;
    } rows[] = {
        { "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\n", true, true, false },
        { "X-Auto-Response-Suppress: All\n", true, true, false },
        { "X-Auto-Response-Suppress: DR, RN\n", false, false, false },
        { "X-Auto-Response-Suppress: All\nPrecedence: bulk\n", true, false, true },
        { "List-Id: <l.b.org>\nList-Post: <mailto:l@b.org>\nPrecedence: list\nList-Unsubscribe: "
          "<x>\n",
          true, true, false },
        { "List-Id: <l.b.org>\nList-Post: NO (see <x>)\n", true, false, true },
        { "List-Id: <l.b.org>\nList-Unsubscribe: <x>\n", true, false, true },
        { "List-Post: <mailto:l@b.org>\nPrecedence: bulk\n", true, false, true },
        { "List-Post: <mailto:l@b.org>\nAuto-Submitted: auto-replied\n", true, false, true },
        { "", false, false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(PERSON "Subject: x\n%s\nwords\n", rows[i].header);

        if (in->automatic != rows[i].automatic || in->declines != rows[i].declines ||
            inbound_is_automatic(in) != rows[i].by_program)
            fail_msg("row %zu: %d %d", i, in->automatic, in->declines);
        inbound_free(in);
    }
}

/* T-78, T-81, S-14 */
static void test_each_nature_is_told_apart_and_all_but_persons_are_automatic(void **state)
{
    static const char report[] = "Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b\n";
    static const struct {
        const char *header, *body;
        enum inbound_nature nature;
    } rows[] = {
        { PERSON "Subject: Out of office next week\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Re: Automatic reply: order\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Automatic reply: order\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Out of Office\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Abwesenheitsnotiz: Frage\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: RÉPONSE AUTOMATIQUE : question\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Respuesta automática: consulta\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Odpowiedź automatyczna: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Автоматический ответ: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: 自动回复：x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Arpus biroja atrasanas automatiska atbilde: x\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Frånvaromeddelande: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Fuori ufficio: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Fuori ufficio la lampada non va\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Absent du bureau : x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Absent du bureau lundi, livrez mardi\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Frånvaromeddelande fungerar inte\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: AUTO: Ana is out of the office (returning Monday)\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Auto-Submitted: auto-replied\nSubject: Fuori sede\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Auto-Submitted: auto-replied\nSubject: Away until June 5\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Away until June 5\n", NULL, INBOUND_BY_PERSON },
        { PERSON "X-Autoreply: yes\nSubject: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "X-Apple-Action: VACATION\nSubject: Re: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "X-Apple-Action: FORWARD\nSubject: x\n", NULL, INBOUND_BY_PERSON },
        { PERSON "X-Autogenerated: Reply\nSubject: Re: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "X-Autogenerated: Redirect\nSubject: x\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Delivered-To: a@b.org\nDelivered-To: Autoresponder\nSubject: x\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Delivered-To: autoresponder@b.org\nSubject: x\n", NULL, INBOUND_BY_PERSON },
        { PERSON "X-Autoresponder: yes\nSubject: Re: x\n", NULL, INBOUND_OUT_OF_OFFICE },
        { PERSON "X-Auto-Response-Suppress: DR, RN\nSubject: Re: x\n", NULL, INBOUND_BY_PERSON },
        { PERSON "X-Auto-Response-Suppress: DR, OOF\nSubject: x\n", NULL, INBOUND_BY_PERSON },
        { PERSON "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nSubject: x\n",
          NULL, INBOUND_BY_MACHINE },
        { PERSON "X-Auto-Response-Suppress: All\nSubject: Away until Monday\n", NULL,
          INBOUND_BY_PERSON },
        { PERSON "X-Auto-Response-Suppress: All\nSubject: Automatic reply - x\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nSubject: x\n", NULL,
          INBOUND_BY_MACHINE },
        { PERSON "Auto-Submitted: auto-generated\nSubject: x\n", NULL, INBOUND_BY_MACHINE },
        { PERSON "List-Id: <l.b.org>\nSubject: x\n", NULL, INBOUND_OF_LIST },
        { PERSON "Subject: x\n", "Content-Type: text/calendar; method=REPLY\n\nx\n--b--\n",
          INBOUND_CALENDAR_REPLY },
        { PERSON "Subject: x\n", "Content-Type: text/calendar; method=REQUEST\n\nx\n--b--\n",
          INBOUND_BY_MACHINE },
        { PERSON "Subject: x\n", "Content-Type: message/disposition-notification\n\nx\n--b--\n",
          INBOUND_READ },
        { PERSON "Subject: x\n", "Content-Type: message/feedback-report\n\nx\n--b--\n",
          INBOUND_FEEDBACK },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        const char *body = rows[i].body;
        struct inbound *in = parse_made("%s%s%s", rows[i].header, body != NULL ? report : "\nx\n",
                                        body != NULL ? body : "");

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].header);
        assert_int_equal(inbound_is_automatic(in), in->nature != INBOUND_BY_PERSON);
        assert_false(in->bounce);
        inbound_free(in);
    }
}

static void test_a_mark_of_spam_is_believed_in_each_filters_own_form(void **state)
{
    static const struct {
        const char *field;
        bool spam;
    } rows[] = {
        { "X-Spam-Flag: YES\n", true },
        { "X-Spam-Status: Yes, score=9.1\n", true },
        { "X-Spam-Status: No, score=0.1\n", false },
        { "X-MS-Exchange-Organization-SCL: 6\n", true },
        { "X-MS-Exchange-Organization-SCL: 1\n", false },
        { "X-MS-Exchange-Organization-SCL: -1\n", false },
        { "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SPM;H:x;\n", true },
        { "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:NSPM;H:x;\n", false },
        { "X-Spamd-Result: default: True [16.00 / 15.00]; R_X(1.0)[]\n", true },
        { "X-Spamd-Result: default: False [-0.10 / 15.00]\n", false },
        { "X-Rspamd-Action: add header\n", true },
        { "X-Rspamd-Action: no action\n", false },
        { "X-Proofpoint-Spam-Details: rule=spam policy=default score=99\n", true },
        { "X-Proofpoint-Spam-Details: rule=notspam policy=default score=0\n", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = parse_made(PERSON "%s\nx\n", rows[i].field);

        if (in->spam != rows[i].spam)
            fail_msg("%s", rows[i].field);
        inbound_free(in);
    }
}

static void test_words_are_written_as_they_are_compared(void **state)
{
    static const char *const *const tables[] = {
        mail_words_daemon,         mail_words_failed_subject,
        mail_words_status_subject, mail_words_failed,
        mail_words_delayed,        mail_words_reason,
        mail_words_returned,       mail_words_reply_prefix,
        mail_words_auto_reply,     mail_words_absence,
        mail_words_challenge,      mail_other_own_mailbox,
        mail_other_proof,          mail_other_arrived,
        mail_other_person,         mail_other_greeting,
        mail_other_closing,        mail_other_sent,
        mail_other_recipients,     mail_other_one,
        mail_other_many,
    };
    struct arena *a = arena_new();
    const char *const *w;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(tables); i++)
        for (w = tables[i]; *w != NULL; w++)
            assert_string_equal(mail_words_fold(a, span_of(*w)), *w);
    assert_string_equal(mail_words_fold(a, span_of("\xe2\x80\x99 A\r\n\tB\xc2\xa0 c")), "' a b c");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_sort_of_evidence_alone_makes_a_bounce),
        cmocka_unit_test(test_what_a_person_passes_on_or_quotes_is_no_bounce),
        cmocka_unit_test(test_what_else_is_written_in_the_words_of_bounces_is_none),
        cmocka_unit_test(test_who_tells_of_others_bounces_and_parcels_is_no_server),
        cmocka_unit_test(test_a_refusal_that_is_said_by_a_field_is_one),
        cmocka_unit_test(test_what_a_service_tells_in_json_is_told_by_its_keys),
        cmocka_unit_test(test_a_complaint_is_known_by_what_came_back_with_it),
        cmocka_unit_test(test_who_was_refused_by_us_or_writes_a_letter_is_no_server),
        cmocka_unit_test(test_a_postmaster_with_a_name_of_his_own_is_a_person),
        cmocka_unit_test(test_a_program_that_reports_what_became_of_others_mails_is_no_server),
        cmocka_unit_test(test_who_asks_about_his_mail_from_a_form_is_no_server),
        cmocka_unit_test(test_a_count_of_mails_is_no_notice_of_one),
        cmocka_unit_test(test_who_tells_the_reader_of_mails_to_himself_is_no_server),
        cmocka_unit_test(test_a_customer_who_writes_of_what_did_not_arrive_is_no_server),
        cmocka_unit_test(test_a_servers_own_mark_makes_a_bounce_from_whatever_address),
        cmocka_unit_test(test_a_daemon_that_tells_of_an_arrival_is_believed),
        cmocka_unit_test(test_a_server_that_shows_its_keeper_a_session_has_returned_nothing),
        cmocka_unit_test(test_whom_a_mail_did_not_reach_may_stand_in_a_sentence),
        cmocka_unit_test(test_whom_a_mail_did_not_reach_is_told_from_others_that_are_named),
        cmocka_unit_test(test_a_notice_that_names_nobody_is_of_whom_the_mail_was_for),
        cmocka_unit_test(test_a_notice_within_a_notice_was_for_the_writer_whom_it_reached),
        cmocka_unit_test(test_a_notice_that_is_wrapped_up_says_whom_its_reader_did_not_reach),
        cmocka_unit_test(test_a_daemon_that_names_its_program_is_a_daemon),
        cmocka_unit_test(test_a_daemon_says_in_words_that_it_still_tries),
        cmocka_unit_test(test_a_report_s_address_is_read_whole),
        cmocka_unit_test(test_a_report_may_name_only_whom_it_was_sent_to),
        cmocka_unit_test(test_a_report_that_asks_who_wrote_is_a_challenge),
        cmocka_unit_test(test_a_line_that_was_not_folded_ends_no_report),
        cmocka_unit_test(test_who_asks_about_a_notice_is_a_person),
        cmocka_unit_test(test_a_report_that_lost_its_parts_is_one_where_it_says_what_failed),
        cmocka_unit_test(test_who_is_away_is_no_failure_in_a_servers_name),
        cmocka_unit_test(test_a_report_without_an_action_is_told_by_its_status),
        cmocka_unit_test(test_a_report_in_two_parts_is_read_whole),
        cmocka_unit_test(test_a_status_is_no_version_and_no_address_of_a_machine),
        cmocka_unit_test(test_a_report_that_came_without_its_wrapping_is_one),
        cmocka_unit_test(test_a_report_is_a_bounce_unless_it_arrived),
        cmocka_unit_test(test_a_bounce_says_whom_it_did_not_reach_why_and_with_which_mail),
        cmocka_unit_test(test_a_servers_notice_is_known_in_many_languages),
        cmocka_unit_test(test_who_only_declines_automatic_answers_or_writes_to_a_list_is_a_person),
        cmocka_unit_test(test_each_nature_is_told_apart_and_all_but_persons_are_automatic),
        cmocka_unit_test(test_a_mark_of_spam_is_believed_in_each_filters_own_form),
        cmocka_unit_test(test_words_are_written_as_they_are_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
