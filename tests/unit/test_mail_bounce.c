/* What is a bounce, whatever its form, and what only reads like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/inbound.h"
#include "tests/support/notice.h"

/* T-74, S-17 */
static void test_no_sort_of_evidence_alone_makes_a_bounce(void **state)
{
    (void)state;
    notice_assert_bounce(DAEMON "Subject: failure notice\n" REFUSED, true);
    notice_assert_bounce(DAEMON "Subject: maintenance tonight\n\nOur servers are replaced.\n",
                         false);
    notice_assert_bounce(DAEMON "Subject: failure notice\n\nClick here.\n", false);
    notice_assert_bounce(
        DAEMON "Subject: Delivery failure\n\nWe tried hard, it wasn't delivered.\n", true);
    notice_assert_bounce(PERSON "Subject: Mail delivery failed\n\nCan you see why?\n", false);
    notice_assert_bounce(PERSON "Subject: a question\n" REFUSED, false);
    notice_assert_bounce(PERSON "Return-Path: <>\nSubject: a question\n\nhello\n", false);
    notice_assert_bounce(PERSON "Return-Path: <>\nSubject: returned mail\n" REFUSED, true);
    notice_assert_bounce("From: gateway@b.org\nSubject: Undeliverable mail\n" REFUSED, true);
    notice_assert_bounce(PERSON "X-Failed-Recipients: tom@b.org\nSubject: hm\n\nx\n", true);
    notice_assert_bounce(DAEMON
                         "Subject: Returned mail: see transcript for details\n"
                         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
                         "\n<<< nothing was collected >>>\n",
                         true);
}

static void test_what_a_person_passes_on_or_quotes_is_no_bounce(void **state)
{
    (void)state;
    notice_assert_bounce(PERSON
                         "Subject: Fwd: Undelivered Mail Returned to Sender\n\nWhat is this?\n\n"
                         "---------- Forwarded message ----------\n" DAEMON
                         "Subject: Undelivered Mail Returned to Sender\n" REFUSED,
                         false);
    notice_assert_bounce(PERSON "Subject: Undeliverable mail\n\n> could not be delivered to\n"
                                "> <tom@b.org>: 550 5.1.1 User unknown\n\nThank you.\n",
                         false);
    notice_assert_bounce(PERSON
                         "Subject: failure notice\nContent-Type: multipart/mixed; boundary=b\n\n"
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
        notice_assert_bounce(rows[i], false);
    notice_assert_bounce("To: x-list-bounces@a.org\nFrom: gate@b.org\nList-Id: <x.a.org>\n"
                         "Subject: Undeliverable mail\n" REFUSED,
                         true);
    notice_assert_bounce("To: x-list@a.org\nFrom: gate@b.org\nList-Id: <x.a.org>\n"
                         "Subject: Undeliverable mail\n" REFUSED,
                         false);
#undef POSTMASTER
}

/* S-17: its own mail came back to the reader, and words say why. */
static void test_who_takes_no_answers_and_returns_the_readers_mail_tells_of_a_failure(void **state)
{
#define FROM_NOBODY "From: no-reply@phones.example\nTo: support@example.com\n"
#define RETURNED(from, words)                                                                      \
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" words                                   \
    "\n--b\nContent-Type: message/rfc822\n\nFrom: Desk <" from ">\nTo: tom@phones.example\n"       \
    "Subject: lamp\n\nx\n--b--\n"
    static const struct {
        const char *mail;
        bool bounce;
    } rows[] = {
        { FROM_NOBODY "Subject: Mail\n" RETURNED("support@example.com",
                                                 "Could not be delivered to: <tom@phones.example>"),
          true },
        { FROM_NOBODY
          "Subject: メールエラー通知\n" RETURNED("support@example.com", "送信先のメールボックスが一"
                                                                        "杯のため、送信できませんで"
                                                                        "した。"),
          true },
        { FROM_NOBODY "Subject: Message\n" RETURNED(
              "support@example.com", "We were unable to deliver your message to:\n\n  "
                                     "tom@phones.example\n"),
          true },
        { FROM_NOBODY "Subject: Contract\n" RETURNED(
              "support@example.com", "It was not signed by tom@c.example. It has been returned."),
          false },
        { FROM_NOBODY "Subject: Invoice rejected\n" RETURNED(
              "support@example.com", "Your invoice was rejected: no PDF in it. Ask "
                                     "books@phones.example."),
          false },
        { FROM_NOBODY "Subject: Delivery failed: lamp\n" RETURNED(
              "support@example.com", "The courier could not deliver it."),
          false },
        { FROM_NOBODY "Subject: Re: lamp\n" RETURNED(
              "support@example.com", "Your reply was rejected, ask help@phones.example"),
          false },
        /* nothing failed, it is another's mail, a person passes it on, or nothing came back */
        { FROM_NOBODY "Subject: Mail\n" RETURNED("support@example.com",
                                                 "We got your mail for <tom@phones.example>."),
          false },
        { FROM_NOBODY "Subject: Mail\n" RETURNED("eva@c.example",
                                                 "Could not be delivered to: <tom@phones.example>"),
          false },
        { PERSON "To: support@example.com\nSubject: Mail\n" RETURNED(
              "support@example.com", "Could not be delivered to: <tom@phones.example>"),
          false },
        { FROM_NOBODY "Subject: Mail\n\nCould not be delivered to: <tom@phones.example>\n", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i].mail, rows[i].bounce);
#undef FROM_NOBODY
#undef RETURNED
}

/* S-17 */
static void test_who_gives_no_name_at_all_is_a_server_where_nothing_can_come_back_to_him(
    void **state)
{
    struct inbound *in;

    (void)state;
    notice_assert_bounce("Return-Path: <>\nSubject: Delivery Failure Notice\n\n"
                         "Your message could not be delivered.\n",
                         true);
    notice_assert_bounce("Subject: Delivery Failure Notice\n\n"
                         "Your message could not be delivered.\n",
                         false);
    notice_assert_bounce("Return-Path: <>\nSubject: lamp\n\nIt could not be delivered.\n", false);
    in = notice_parse("Return-Path: <>\nSubject: Delivery delayed: parcel 5\n\nIt will come.\n");
    assert_int_equal(in->nature, INBOUND_BY_MACHINE);
    inbound_free(in);
    notice_assert_bounce("Return-Path: <>\nSubject: Delivery failed: parcel 5\n\nYour parcel could "
                         "not be delivered.\n",
                         false);
    notice_assert_bounce("Return-Path: <>\nFrom: Ana <ana@b.org>\nSubject: Delivery Failure "
                         "Notice\n\nYour message could not be delivered.\n",
                         false);
}

/* S-17: by a list's program, which says who it is, from its keeper's address. */
static void test_a_list_that_does_not_take_a_mail_says_that_it_failed(void **state)
{
    static const struct {
        const char *mail;
        bool bounce;
    } rows[] = {
        { "From: lamps-admin@b.org\nX-MLServer: fml [fml 4.0.3]\nSubject: You tom@c.org are not "
          "member (lamps ML)\n\nYou are not a member of this mailing list <lamps@b.org>.\n",
          true },
        { "From: lamps-owner@b.org\nMailing-List: contact lamps-help@b.org; run by ezmlm\n"
          "Subject: your mail\n\nSorry, only subscribers may post to this list.\n",
          true },
        { "From: lamps-owner@b.org\nMailing-List: contact lamps-help@b.org; run by ezmlm\n"
          "Subject: Welcome\n\nHello! If you are not a member of this list, write to us. Only "
          "subscribers may post.\n",
          false },
        { "From: lamps-admin@b.org\nX-MLServer: fml [fml 4.0.3]\nSubject: Welcome\n\n"
          "You are now a member of this mailing list <lamps@b.org>.\n",
          false },
        { PERSON "X-MLServer: fml [fml 4.0.3]\nX-ML-Count: 7\nSubject: not member\n\n"
                 "You are not a member of this mailing list, it says. Why?\n",
          false },
        { "From: lamps-admin@b.org\nX-MLServer: fml [fml 4.0.3]\nX-ML-Count: 7\nSubject: posting\n"
          "\nWho reads \"You are not a member of this mailing list\" asks me.\n",
          false },
        { "From: lamps-admin@b.org\nSubject: club\n\n"
          "You are not a member of this mailing list.\n",
          false },
    };
    struct inbound *in;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i].mail, rows[i].bounce);
    in = notice_parse("From: lamps-admin@b.org\nTo: tom@c.org\nX-MLServer: fml\nSubject: not member"
                      "\n\nYou are not a member of this list <lamps@b.org>.\nWrite to\n\n"
                      "lamps-ctl@b.org\n");
    assert_string_equal(in->failed.recipient, "lamps@b.org");
    inbound_free(in);
    in = notice_parse("From: lamps-admin@b.org\nTo: tom@c.org\nX-MLServer: fml\nSubject: not member"
                      "\n\nYou are not a member of this list.\nWrite to\n\nlamps-ctl@b.org\n");
    assert_true(in->bounce);
    assert_null(in->failed.recipient);
    inbound_free(in);
}

static void test_who_tells_of_others_bounces_and_parcels_is_no_server(void **state)
{
    (void)state;
    notice_assert_bounce(
        PERSON "Subject: mail returned\n\nMy mail to your colleague was returned: 550 5.1.1 "
               "User unknown <tom@b.org>. Is there another address?\n",
        false);
    notice_assert_bounce(
        "From: no-reply@parcel.example\nAuto-Submitted: auto-generated\nSubject: Delivery "
        "failure notification: parcel 12345\n\nYour parcel could not be delivered to the "
        "following address:\nMain street 5\nReason: recipient not found\n",
        false);
    notice_assert_bounce(
        "From: Tracker <tracker@b.org>\nAuto-Submitted: auto-generated\nPrecedence: bulk\n"
        "Subject: [OPS-5] Delivery failed with 550 5.1.1\n\nTom created an issue: mails "
        "were rejected\n\n<tom@b.org>: host mx said: 550 5.1.1 User unknown\n",
        false);
    notice_assert_bounce(
        "From: logs@example.com\nAuto-Submitted: auto-generated\nPrecedence: bulk\n"
        "Subject: Mail system errors\n\nUndelivered:\n<tom@b.org>: 550 5.1.1 user "
        "unknown\n",
        false);
}

/* RFC 5429, and what Italy's certified mail writes. */
static void test_a_refusal_that_is_said_by_a_field_is_one(void **state)
{
    struct inbound *in = notice_parse(
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
    in = notice_parse(
        "From: no-reply@sns.example\nSubject: Notification\n\n{ \"Message\" : "
        "\"{\\\"notificationType\\\":\\\"Bounce\\\",\\\"bounce\\\":{\\\"bouncedRecipients\\\":"
        "[{\\\"emailAddress\\\":\\\"tom@b.org\\\"}]}}\" }\n");
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    inbound_free(in);
    in = notice_parse(
        "From: posta-certificata@pec.example\nTo: support@example.com\nX-Ricevuta: "
        "errore-consegna\nSubject: AVVISO DI MANCATA CONSEGNA: lampada\n\nErrore di consegna\n"
        "nel messaggio proveniente da \"support@example.com\"\n"
        "e destinato all'utente \"tom@b.org\"\n5.1.1 - indirizzo non valido\n");
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "5.1.1");
    inbound_free(in);
    in = notice_parse(
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
        struct inbound *in = notice_parse_made(
            "From: no-reply@sns.example\nSubject: Notification\n\n{\"%s\"," JSON_MAIL
            ",%s}\n\n--\nunsubscribe: https://sns.example/\n",
            rows[i].type, 0, rows[i].told);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].type);
        notice_assert_known(in->failed.recipient, rows[i].recipient, rows[i].type);
        notice_assert_known(in->failed.status, rows[i].status, rows[i].type);
        inbound_free(in);
    }
}

/* Servers write answers of several lines, and do not always fold them. */
static void test_a_line_that_was_not_folded_ends_no_report(void **state)
{
    struct inbound *in =
        notice_parse(DAEMON "Subject: Mail\nContent-Type: multipart/report; "
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
        in = notice_parse_made(PERSON "Subject: your interface\n\n" SES, rows[i].type, rows[i].key);
        assert_int_equal(in->nature, INBOUND_BY_PERSON);
        inbound_free(in);
    }
    in = notice_parse(PERSON
                      "Subject: Is it yours?\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
                      "I never ordered that.\n--b\nContent-Type: message/rfc822\n\n"
                      "X-HmXmrOriginalRecipient: tom@b.org\nFrom: us@c.org\n\nx\n--b--\n");
    assert_int_equal(in->nature, INBOUND_BY_PERSON);
    inbound_free(in);
    in = notice_parse(
        PERSON "Subject: calendar\n\nYou can add yourself to my calendar: https://b.org/c\n");
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
    notice_assert_bounce(PERSON TO_US NDR NAMES_US, false);
    notice_assert_bounce(PERSON TO_US NDR REFUSED, true);
    notice_assert_bounce(DAEMON TO_US NDR NAMES_US, true); /* a mail to a colleague */
    notice_assert_bounce(PERSON NDR "\nDear colleagues,\n" REFUSED, false);
    notice_assert_bounce(PERSON NDR REFUSED "\nMit freundlichen Gr\u00fc\u00dfen\nAna\n", false);
    notice_assert_bounce(DAEMON NDR "\nDear user,\n" REFUSED "\nKind regards\n", true);
    notice_assert_bounce(
        "From: Host <no-reply@b.org>\nSubject: Undelivered mail: limit exceeded\n\n120 "
        "mails could not be delivered. Last error: 550 5.1.1 user unknown.\n",
        false);
#undef NAMES_US
}

static void test_a_postmaster_with_a_name_of_his_own_is_a_person(void **state)
{
    (void)state;
    notice_assert_bounce(
        "From: \"Holger Kranz\" <postmaster@b.org>\nSubject: Delivery failure of order "
        "5\n\nThe delivery failed, nobody was at home.\n",
        false);
    notice_assert_bounce("From: \"Holger Kranz\" <postmaster@b.org>\n" NDR REFUSED, true);
    notice_assert_bounce(
        "From: Mail System <postmaster@b.org>\nSubject: Delivery failure\n\nThe delivery "
        "failed, nobody was there.\n",
        true);
    notice_assert_bounce("From: Hosting <postmaster@b.org>\nSubject: Delivery delayed on 3 June\n\n"
                         "Dear customers, our servers are replaced.\n",
                         false);
    notice_assert_bounce(
        DAEMON
        "Subject: Delivery delayed\n\nThere was a problem delivering your message to tom@b.org.\n",
        true);
    notice_assert_bounce(
        DAEMON "Subject: Delivery delayed\n\nThe mail has not yet been delivered by us to "
               "tom@b.org.\n",
        true);
    notice_assert_bounce(
        "From: Hosting <postmaster@b.org>\nSubject: Delivery delayed\n\n<tom@b.org>\n", true);
}

/* S-17: "Network Manager <postmaster@b.org>": a role has a name of two words as a person has. */
static void test_a_postmaster_with_a_name_tells_whom_the_readers_mail_did_not_reach(void **state)
{
#define MANAGER "From: Network Manager <postmaster@b.org>\nTo: shop@shop.example\n"
#define REACHED                                                                                    \
    "Your message did not reach some or all of the intended recipients.\n\n  Sent: 5/2/1996\n\n"   \
    "The following recipient(s) could not be reached:\n"
    (void)state;
    notice_assert_bounce(MANAGER "Subject: Undeliverable Mail\n\n" REACHED
                                 "| Bullet Before Name@Coconut Mail Server\n",
                         true);
    notice_assert_bounce(MANAGER "Subject: Undeliverable: thanks\n\n" REACHED "\n  tom@c.org\n",
                         true);
    notice_assert_bounce(MANAGER "Subject: Re: Undeliverable: thanks\n\n" REACHED "\n  tom@c.org\n",
                         false);
    notice_assert_bounce(MANAGER "Subject: Undeliverable: thanks\n\nHello,\n\n" REACHED
                                 "\n  tom@c.org\n\nKind regards\n",
                         false);
    notice_assert_bounce(MANAGER
                         "Subject: Delivery failed\n\nYour lamp did not reach us, and could "
                         "not be delivered.\n\ntom@c.org\n",
                         false);
    notice_assert_bounce(MANAGER
                         "Subject: Undeliverable parcel\n\nYour message is here, but the parcel "
                         "could not be delivered to the recipient.\n\ntom@b.org\n",
                         false);
    notice_assert_bounce(MANAGER "Subject: Undeliverable Mail\n\nYour message did not reach us. "
                                 "Please send it again.\n",
                         false);
#undef MANAGER
#undef REACHED
}

/* S-17: no server asks before it says what failed, and none begins with a question. */
static void test_who_asks_above_the_notice_that_he_shows_is_a_person(void **state)
{
    static const char *const senders[] = { "postmaster@c.example", "Ana <postmaster@c.example>",
                                           "root@c.example", "Ana Bo <postmaster@c.example>" };
    static const char *const asked[] = {
        "Hello, what is this?\n",
        "Hi,\n\nis it yours?\n\nIt came tonight.\n",
        "Hello, could somebody take a look at this\n",
        "how to get the text of the message that says that it has not been delivered\n",
        "Maybe I am doing something wrong, but this is not recognized.\n",
        "Was ist das?\n",
        "Warum wurde das abgelehnt\n",
        "Comment lire cela\n",
        "¿Qué es esto?\n",
        "これは何ですか？\n",
        "Here it is. Why was it not delivered?\n",
        "Good morning,\n\nwe see these since Monday, please check your side.\n\n",
        "Hallo zusammen,\ndas kam heute nacht.\n\nZur Kenntnis:\n",
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < ROWS(senders); i++)
        for (k = 0; k < ROWS(asked); k++) {
            struct inbound *in = notice_parse_made(
                "From: %s\nTo: us@shop.example\nContent-Type: text/plain; charset=utf-8\n"
                "Subject: Undelivered Mail Returned to Sender\n\n%s" REFUSED,
                senders[i], asked[k]);

            if (in->bounce)
                fail_msg("%s: %s", senders[i], asked[k]);
            inbound_free(in);
        }
    notice_assert_bounce("From: postmaster@c.example\nSubject: Undelivered mail\n" REFUSED
                         "\nWhat can I do?\nAsk the recipient.\n",
                         true);
    notice_assert_bounce("From: postmaster@c.example\nSubject: Undelivered mail\n" REFUSED
                         "\nYou might want to take a look at its name.\n",
                         true);
    notice_assert_bounce(DAEMON "Subject: Mail bounced: virus\n\nThere were problems delivering "
                                "your message to:\n\n<tom@b.org>\n\nThe virus was found: take a "
                                "look at it.\n",
                         true);
    notice_assert_bounce("From: postmaster@c.example\nSubject: Undelivered mail\n\nSee "
                         "https://c.example/?why\n" REFUSED,
                         true);
    notice_assert_bounce(DAEMON "Subject: Undelivered mail\n\nWhat happened?\n" REFUSED, true);
    notice_assert_bounce("From: postmaster@c.example\nSubject: Undelivered mail\n\nDear user,\n\n"
                         "we are sorry, but your\nmail came back:\n" REFUSED,
                         true);
    notice_assert_bounce(
        "From: postmaster@c.example\nSubject: Undelivered mail\n\nDear user,\n" REFUSED, true);
    notice_assert_bounce("From: postmaster@c.example\nReturn-Path: <>\nSubject: Undelivered mail\n"
                         "\nWhat happened?\n" REFUSED,
                         true);
    notice_assert_bounce(
        "From: postmaster@c.example\nSubject: Undelivered mail\n\nHow unlucky!\n" REFUSED, true);
}

/* S-17: by its subject it is one that he got. */
static void test_what_a_postmaster_sends_on_is_not_his_own(void **state)
{
#define BELOW                                                                                      \
    "Here it is, 550 is the code.\n\n-----Original Message-----\nFrom: Mail Delivery System "      \
    "<MAILER-DAEMON@x.example>\nSent: Monday\nTo: kim@c.example\nSubject: Undelivered mail\n"
    (void)state;
    notice_assert_bounce(
        "From: Kim <postmaster@c.example>\nSubject: FW: Undelivered mail\n\n" BELOW REFUSED, false);
    notice_assert_bounce(
        "From: Mail System <info@c.example>\nSubject: Fwd: Undelivered mail\n\n" BELOW REFUSED,
        false);
    notice_assert_bounce(
        DAEMON "Return-Path: <>\nSubject: Re: lamp\n\nOn Monday you wrote:\n" REFUSED, true);
#undef BELOW
}

/* They have the words of the servers that they watch. */
static void test_a_program_that_reports_what_became_of_others_mails_is_no_server(void **state)
{
#define PROGRAM "From: Cron <root@b.org>\nAuto-Submitted: auto-generated\n"
    (void)state;
    notice_assert_bounce(PROGRAM
                         "Subject: Cron /usr/bin/queue\n\n4 messages could not be delivered:\n"
                         "(host mx said: 450 4.2.1 mailbox busy)\ntom@b.org\n",
                         false);
    notice_assert_bounce(PROGRAM
                         "Subject: Undelivered: daily\n\n4 messages could not be delivered:\n"
                         "<tom@b.org>: 550 5.1.1 User unknown\n",
                         false);
    notice_assert_bounce(PROGRAM NDR REFUSED, true);
    notice_assert_bounce(PROGRAM NDR "\nDelivery failed for <tom@b.org>: 550 5.1.1 User unknown\n",
                         true);
    notice_assert_bounce(PROGRAM
                         "Subject: Unzustellbar\n\nDie E-Mail an tom@b.org konnte nicht zugestellt "
                         "werden: 550 5.1.1\n",
                         true);
    notice_assert_bounce(PROGRAM "Subject: 退信\n\n邮件无法投递到 tom@b.org\n550 用户不存在\n",
                         true);
    notice_assert_bounce(PROGRAM
                         "Subject: Undelivered\n\nOf 300 mails one was rejected:\n\ntom@b.org 550 "
                         "5.1.1 user unknown\n",
                         false);
    notice_assert_bounce(
        PROGRAM NDR
        "\nMessages were rejected by one of its recipients:\n\ntom@b.org 550 5.1.1 user unknown\n",
        true);
    notice_assert_bounce(
        "From: Mail Service <a@b.org>\nSubject: Ikke leveret\n\nMeddelelsen kunne ikke "
        "leveres til tom@b.org, user unknown\n",
        true);
    notice_assert_bounce(
        "From: Antivirus <a@b.org>\nSubject: 12 threats rejected\n\n3 could not be "
        "delivered because of viruses.\n\nsales@b.org\n",
        false);
#undef PROGRAM
}

/* Some programs send what a form was filled in with from nowhere. */
static void test_who_asks_about_his_mail_from_a_form_is_no_server(void **state)
{
#define FORM "From: Shop <form@b.org>\nReturn-Path: <>\n"
    (void)state;
    notice_assert_bounce(FORM
                         "Subject: Mail not delivered\n\nHello,\n\nmy mail to bo@b.org was not "
                         "delivered.\n\nAna\n",
                         false);
    notice_assert_bounce(
        FORM "Subject: Undelivered mail\n\nMail for bo@b.org was rejected. What now?\n", false);
    notice_assert_bounce(FORM
                         "Subject: Delivery failed\n\nThe parcel for bo@b.org was not delivered. "
                         "Where is it?\n",
                         false);
    notice_assert_bounce(FORM
                         "Subject: Delivery failed\n\nHello,\n\nbo@b.org: it was not delivered, "
                         "why?\n",
                         false);
    notice_assert_bounce(FORM
                         "Subject: Undelivered mail\n\nWhat is this?\n\nYour message could not be "
                         "delivered to:\n\nbo@b.org\n",
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
    notice_assert_bounce(
        "From: postmaster@b.org\nSubject: Undeliverable mail\n\nMonthly report of the "
        "gateway\n\n" COUNTS,
        false);
    notice_assert_bounce(DAEMON "Subject: Mail statistics: failure\n\n" COUNTS, false);
    notice_assert_bounce(DAEMON
                         "Subject: Undelivered mail: weekly summary\n\nThese could not be "
                         "delivered:\n\n  tom@b.org  550 5.1.1 User unknown (4 messages)\n  "
                         "eva@b.org  552 5.2.2 Mailbox full (2 messages)\n\nTotal: 6 messages\n",
                         false);
    notice_assert_bounce(DAEMON NDR
                         "\nYour weekly report could not be delivered:\n\n<tom@b.org>: 552 "
                         "5.3.4 message too big\n\nSize: 52000\nAttempts: 3\nReply: 552\n",
                         true);
    notice_assert_bounce(DAEMON NDR
                         "\nIt could not be delivered:\n\n<tom@b.org>: 550 5.1.1 unknown\n\n"
                         "Queued: 1\nFailed: 1\nDelivered: 0\n",
                         true);
    /* what came back has counts of its own */
    notice_assert_bounce(DAEMON NDR
                         "\n<tom@b.org>: 550 5.1.1 unknown\n\nYour monthly bill\n\nLamps: "
                         "3\nCables: 2\nTotal: 120\n",
                         true);
    notice_assert_bounce(DAEMON NDR "\n<tom@b.org>:\n550 unknown\n\nYour monthly bill\n\nLamps: "
                                    "3\nCables: 2\nTotal: 120\n",
                         true);
    notice_assert_bounce(DAEMON NDR
                         "\nDaily report\n\ntom@b.org 550 5.1.1 unknown\neva@b.org 550 5.1.1 "
                         "unknown\n\nDelivered: 30\nDelayed: 2\nTotal: 34\n",
                         false);
#undef COUNTS
}

/* Who wants a password names its owner alone. */
static void test_who_tells_the_reader_of_mails_to_himself_is_no_server(void **state)
{
    (void)state;
    notice_assert_bounce("From: Mail Delivery System <a@b.org>\n" TO_US
                         "Subject: 5 undelivered mails\n\n"
                         "5 mails could not be delivered, error 550:\n\nsupport@shop.example\n",
                         false);
    notice_assert_bounce("From: Mail System <postmaster@b.org>\n" TO_US NDR
                         "\n7 mails were returned to "
                         "sender: 554 5.2.2 storage full for support@shop.example.\n",
                         false);
    notice_assert_bounce("From: Mail System <postmaster@b.org>\nReturn-Path: <>\n" TO_US
                         "Subject: Mailbox full\n\nsupport@shop.example has reached its limit.\n",
                         false);
    notice_assert_bounce(DAEMON TO_US NDR "\nMails from support@shop.example were rejected.\n",
                         true);
    notice_assert_bounce(DAEMON TO_US NDR "\nsupport@shop.example: rejected by policy 5.7.1\n",
                         true);
    notice_assert_bounce(DAEMON TO_US NDR "\nYour message from support@shop.example could not be "
                                          "delivered: over quota.\n",
                         true);
    notice_assert_bounce("From: Mail System <a@b.org>\nReturn-Path: <>\n" TO_US NDR "\nMails from "
                         "support@shop.example could not be delivered: over quota.\n",
                         true);
    notice_assert_bounce(DAEMON TO_US NDR
                         "\nMessages failed to deliver to support@shop.example.\n\n"
                         "Retrieve your messages: https://b.org/\n",
                         false);
    notice_assert_bounce(DAEMON TO_US NDR
                         "\nYour mail account support@shop.example has 7 undelivered "
                         "messages.\nError: 550 5.1.1\n",
                         false);
    notice_assert_bounce(DAEMON TO_US NDR "\nYour incoming messages (6) could not be delivered.\n",
                         false);
    notice_assert_bounce(DAEMON TO_US NDR "\nYour messages to tom@b.org could not be delivered.\n",
                         true);
    notice_assert_bounce(DAEMON TO_US NDR
                         "\nYour message to tom@b.org could not be delivered: he does "
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
        struct inbound *in = notice_parse(rows[i]);

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
        "From: MAILER-DAEMON@x.example\nSubject: Mesaj nelivrat\n\nMesajul dvs. nu a putut fi "
        "livrat către tom@b.org: 550 utilizator necunoscut\n",
        "From: Ταχυδρομείο <postmaster@x.example>\nSubject: Αποτυχία παράδοσης\n\nΤο μήνυμά σας "
        "δεν μπόρεσε να παραδοθεί στον παραλήπτη tom@b.org: 550 User unknown\n",
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
        notice_assert_bounce(rows[i], true);
#undef ADMIN
}

/* Who says what program he is says it in place of a server's address. A person who pastes it has a
 * name. */
static void test_a_server_that_introduces_itself_is_one(void **state)
{
    static const struct {
        const char *from, *subject, *opening;
        bool bounce;
    } rows[] = {
        { "mailer@b.org", "Delivery report", "Hello, this is the mail server on b.org.", true },
        { "Mail Server <noreply@b.org>", "Delivery report",
          "Hello, this is the mail server on b.org.", true },
        { "system@b.org", "Unzustellbar", "Dies ist das Mailsystem auf dem Host b.org.", true },
        { "Ana <ana@b.org>", "Delivery report", "Hello, this is the mail server on b.org.", false },
        { "ana@b.org", "Fwd: Delivery report", "Hello, this is the mail server on b.org.", false },
        { "ana@b.org", "Delivery report", "Hello, this is Ana of b.org.", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            "From: %s\nSubject: %s\n\n%s\n\nThis is about a mail that you sent.\n\n"
            "  <tom@b.org>  delivery failed; it is not tried again\n",
            rows[i].from, rows[i].subject, rows[i].opening);

        if (in->bounce != rows[i].bounce)
            fail_msg("%s: %s", rows[i].from, rows[i].subject);
        inbound_free(in);
    }
}

struct notice {
    const char *header, *text;
    bool bounce;
};

static void expect_each(const struct notice *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct inbound *in = notice_parse_made("%sContent-Type: text/plain; charset=utf-8\n\n%s\n",
                                               rows[i].header, rows[i].text);

        if (in->bounce != rows[i].bounce)
            fail_msg("%d: %s%s", in->bounce, rows[i].header, rows[i].text);
        inbound_free(in);
    }
}

/* S-17: a web mailer's notice comes from an address of persons, with no mark of a server's: that a
 * server wrote it by itself stands in its words. */
static void test_a_server_that_says_that_it_wrote_by_itself_is_one(void **state)
{
#define WEBMAIL "From: support@mail.example\nTo: valeria@mail.example\n"
#define FAR     "From: robot@far.example\nTo: valeria@mail.example\n"
    static const struct notice rows[] = {
        { WEBMAIL "Subject: Ваше сообщение не доставлено\n",
          "Это письмо создано автоматически сервером mail.example, отвечать на него не нужно.\n\n"
          "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n"
          "tom@mail.example\n\nПроверьте адрес.",
          true },
        { FAR "Subject: Undeliverable mail\n",
          "This message was created automatically by mail server software. Your mail could not be "
          "delivered to one or more recipients:\n\n  tom@c.example",
          true },
        { FAR "Subject: Mail delivery failed\n",
          "Your message could not be delivered to tom@c.example.\n\nThis is an automatic message "
          "of the mail server, please do not answer.",
          true },
        { FAR "Subject: Unzustellbar\n",
          "Diese Nachricht wurde automatisch vom Mailserver erzeugt.\n\nIhre Nachricht konnte "
          "nicht zugestellt werden an:\n\n  tom@c.example",
          true },
        { FAR "Subject: Échec de la remise\n",
          "Ce message a été créé automatiquement par le serveur de messagerie.\n\nVotre message "
          "n'a pas pu être remis aux destinataires suivants :\n\n  tom@c.example",
          true },
        { FAR "Subject: Error de entrega\n",
          "Este mensaje fue creado automáticamente por el servidor de correo.\n\nSu mensaje no "
          "pudo ser entregado a los siguientes destinatarios:\n\n  tom@c.example",
          true },
        { FAR "Subject: メール送信失敗\n",
          "このメールはメールサーバーが自動的に送信しています。\n\nあなたのメールは次の宛先に配信"
          "できませんでした：\n\n  tom@c.example",
          true },
        { FAR "Subject: 退信通知\n",
          "这是邮件服务器自动发送的邮件。\n\n您的邮件无法投递到以下地址：\n\n  tom@c.example",
          true },
        { "From: no-reply@far.example\nTo: valeria@mail.example\nSubject: Undeliverable mail\n",
          "This message was created automatically by the server. Your mail could not be delivered "
          "to:\n\nbo@mail.example",
          true },
        /* a parcel's, one that names nobody, a person's, one that does not say so, a customer's
         * who was refused by us */
        { FAR "Subject: Your order could not be delivered\n",
          "This message was created automatically by our server. Your order could not be delivered "
          "to the following address:\n\nMain street 5\nAsk help@far.example.",
          false },
        { FAR "Subject: Gift not delivered\n",
          "This message was created automatically by our server. The gift could not be delivered "
          "to:\n\ntom@c.example",
          false },
        { FAR "Subject: Undeliverable mail\n",
          "This message was created automatically by our server. Your mail could not be delivered.",
          false },
        { FAR "Subject: News\n",
          "This message was created automatically by our server. Your mail could not be delivered "
          "to:\n\ntom@c.example",
          false },
        { PERSON "To: valeria@mail.example\nSubject: Undeliverable mail\n",
          "This message was created automatically by the server. Your mail could not be delivered "
          "to:\n\ntom@c.example",
          false },
        { FAR "Subject: Undeliverable mail\n",
          "Hello,\n\nwhy that? This message was created automatically by the server. Your mail "
          "could not be delivered to:\n\ntom@c.example",
          false },
        { FAR "Subject: Undeliverable mail\n",
          "Your mail could not be delivered to:\n\ntom@c.example", false },
        { FAR "Subject: Undeliverable mail\n",
          "The server of yours answered automatically: Your mail could not be delivered to:\n\n"
          "tom@c.example",
          false },
        { FAR "Subject: Undeliverable mail\n",
          "This message was created automatically by the server. Your mail could not be delivered "
          "to:\n\nbo@mail.example",
          false },
    };

    (void)state;
    expect_each(rows, ROWS(rows));
#undef WEBMAIL
#undef FAR
}

/* The notice goes on below the words that say so. */
static void test_what_is_attached_stands_not_below_the_notice(void **state)
{
#define SERVICE "From: Mail Delivery Service <info@b.org>\nTo: shop@shop.example\n"
#define RETURNED(words, from)                                                                      \
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" words                                   \
    "\n--b\nContent-Type: message/rfc822; name=\"Original Message.eml\"\n"                         \
    "Content-Disposition: attachment\n\nFrom: " from                                               \
    "\nTo: info@b.org\nSubject: lamp\n\nx\n--b--\n"
    static const char *const rows[] = {
        SERVICE "Subject: Mail Delivery Failed (Order 5)\n" RETURNED(
            "This is the service that delivers mail to info@b.org.\n\nYour message cannot be "
            "delivered. Your original message is attached to this message.\n\nAsk "
            "postmaster@b.org.\n",
            "shop@shop.example"),
        SERVICE "Subject: Undeliverable: lamp\n" RETURNED(
            "It is about this:\n\nThe original message is attached.\nIt could not be delivered.",
            "it@shop.example"),
        SERVICE "Subject: Undeliverable: lamp\n" RETURNED(
            "Guten Tag,\n\nOriginalnachricht beigefügt.\nSie konnte nicht zugestellt werden.",
            "it@shop.example"),
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i], true);
}

/* S-17: by its name alone it is a server where it returns the reader's own mail. */
static void test_a_server_by_name_that_returns_the_readers_mail_tells_of_a_failure(void **state)
{
    static const struct {
        const char *mail;
        bool bounce;
    } rows[] = {
        { SERVICE "Subject: Mail Delivery Failed\n" RETURNED("See the mail.", "shop@shop.example"),
          true },
        /* of a parcel, of nothing that failed, a letter, another's, and who passes one on */
        { SERVICE "Subject: Your order\n" RETURNED("See the mail.", "shop@shop.example"), false },
        { SERVICE "Subject: Mail Delivery Failed\n" RETURNED(
              "Hello,\n\nplease see the mail.\n\nKind regards\nAna", "shop@shop.example"),
          false },
        { SERVICE "Subject: Mail Delivery Failed\n" RETURNED("See the mail.", "eva@c.example"),
          false },
        { SERVICE
          "Subject: Invalid address on the invoice\n" RETURNED("See below.", "shop@shop.example"),
          false },
        { SERVICE
          "Subject: Fwd: Mail Delivery Failed\n" RETURNED("See the mail.", "shop@shop.example"),
          false },
        { SERVICE "Subject: Mail Delivery Failed\n" RETURNED(
              "It could not be delivered, and I have no idea why.", "MAILER-DAEMON@c.example"),
          false },
        { "From: Ana <ana@b.org>\nTo: shop@shop.example\nSubject: Mail Delivery Failed\n" RETURNED(
              "See the mail.", "shop@shop.example"),
          false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i].mail, rows[i].bounce);
#undef SERVICE
#undef RETURNED
}

/* S-17: no return path and a daemon's name are a server; that the reader's mail failed is then said
 * by its subject and one sentence. */
static void test_a_server_by_name_that_nothing_goes_back_to_needs_no_address(void **state)
{
#define SYSTEM    "From: Mail Delivery System <delivery@b.org>\nTo: shop@shop.example\n"
#define NULL_PATH "Return-Path: <>\n" SYSTEM
    static const struct notice rows[] = {
        { NULL_PATH "Subject: Undelivered Mail\n", "Your message could not be delivered.", true },
        { NULL_PATH "Subject: Unzustellbar: lamp\n",
          "Ihre Nachricht konnte nicht zugestellt werden.", true },
        /* a parcel, nothing that failed, an answer, a letter, a delay, who can be answered */
        { NULL_PATH "Subject: Undelivered parcel\n", "Your parcel could not be delivered.", false },
        { NULL_PATH "Subject: Mail statistics\n", "Your message could not be delivered.", false },
        { NULL_PATH "Subject: Automatic reply: Undelivered Mail\n", "I am away until Monday.",
          false },
        { NULL_PATH "Subject: Undelivered Mail\n",
          "Hello,\n\nyour message could not be delivered.\n\nKind regards\nAna", false },
        { NULL_PATH "Subject: Undelivered Mail\n",
          "THIS IS A WARNING MESSAGE ONLY.\n\nYour message could not be delivered yet.", false },
        { SYSTEM "Subject: Undelivered Mail\n", "Your message could not be delivered.", false },
        { "From: mailsubsystem@b.org\nTo: shop@shop.example\n"
          "Subject: FAILURE in sending your message\n",
          "YOUR MESSAGE WASN'T DELIVERED\n\nAfter 4 days, I was unable to deliver your message",
          true },
        { "From: mailsubsystem@b.org\nTo: shop@shop.example\n"
          "Subject: unable to deliver your message for the last 4 hours\n",
          "THIS IS A WARNING MESSAGE ONLY\n\nI was unable to deliver your message.\n\nI will "
          "continue trying for a total of 4 days",
          false },
    };

    (void)state;
    expect_each(rows, ROWS(rows));
#undef SYSTEM
#undef NULL_PATH
}

/* What the first networks called it; none of them had a null return path. */
static void test_a_daemon_of_old_has_a_name_of_its_own(void **state)
{
    static const char *const rows[] = {
        "Berkeley Network Daemon <daemon@b.org>",
        "uucp@b.org",
        "Memo Service (MMDF) <mmdf@b.org>",
        "BITNET Mailer <MAILER@B.BITNET>",
        "~MAILER~DAEMON at B70",
        "Network Mailer <mailer@b.org>",
        "Network Mail Daemon <nmaild@b.org>",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            "From: %s\nSubject: Undelivered mail\n\nmail to tom@b.org failed:\nunknown host\n\n"
            "===== unsent message follows =====\nReceived: by b.org\nTo: tom@b.org\n\nx\n",
            rows[i]);

        if (!in->bounce)
            fail_msg("%s", rows[i]);
        notice_assert_known(in->failed.recipient, "tom@b.org", rows[i]);
        inbound_free(in);
    }
}

/* "Your order" is not "our order", and what the mail was about is none of the notice's words. */
static void test_the_subject_that_a_notice_repeats_makes_no_person_of_it(void **state)
{
    (void)state;
    notice_assert_bounce(DAEMON "Subject: failure notice\n\nIt did not reach tom@b.org:\n"
                                "Subject: your order\nRemote server replied: 550 unknown user\n",
                         true);
    notice_assert_bounce(DAEMON "Subject: failure notice\n\nIt did not reach tom@b.org:\n"
                                "Betreff: My order\nRemote server replied: 550 unknown user\n",
                         true);
    notice_assert_bounce("From: postmaster@b.org\nSubject: failure notice\n\nIt did not reach "
                         "tom@b.org, and it is about my order. Server replied: 550 unknown.\n",
                         false);
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
        struct inbound *in = notice_parse_made(
            "From: postmaster@b.org\nSubject: %s\n\n%s\n\ntom@b.org\n", rows[i][0], rows[i][1]);

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
    notice_assert_bounce(DAEMON "To: postmaster@b.org\n"
                                "Subject: SMTP server: errors from unknown[192.0.2.7]\n\n" SESSION,
                         false);
    notice_assert_bounce(DAEMON "Subject: failure notice\n" REFUSED "\n" SESSION
                                "--- The message follows ---\nReceived: from here\nTo: tom@b.org\n",
                         true);
    notice_assert_bounce(DAEMON "Subject: failure notice\n\nYour mail could not be delivered:\n"
                                "   ----- Transcript of session follows -----\n"
                                ">>> RCPT To:<tom@b.org>\n<<< 550 5.1.1 User unknown\n",
                         true);
}

/* Old servers, and those who typed their words, knew no accents. */
static void test_a_notice_that_is_written_without_accents_is_read_as_with_them(void **state)
{
    static const char *const rows[][2] = {
        { "ATENCAO: Sua Mensagem nao foi entregue!", "Ela nao foi entregue a tom@b.org." },
        { "Falha na entrega", "Nao foi possivel entregar." },
        { "Echec de la remise", "Votre message n'a pas pu etre remis." },
        { "Mensaje no entregado", "El usuario no existe. La direccion no es valida." },
        { "Kezbesithetetlen: kerdes", "Nem sikerult kezbesiteni." },
        { "Nu a putut fi livrat: intrebare", "Casuta postala este plina." },
        { "Wiadomosc nie zostala dostarczona", "Nie mozna dostarczyc wiadomosci." },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            "From: Postmaster <postmaster@b.org>\nSubject: %s\n\n%s\n", rows[i][0], rows[i][1]);

        if (!in->bounce)
            fail_msg("%s", rows[i][0]);
        inbound_free(in);
    }
    notice_assert_bounce(PERSON "Subject: Pedido nao entregue\n\nO pedido nao foi entregue.\n\n"
                                "ana@b.org\n",
                         false);
}

/* A daemon speaks of itself as a person does; nobody writes from its address. */
static void test_a_daemon_that_tried_is_no_person(void **state)
{
    (void)state;
    notice_assert_bounce(DAEMON "Subject: Delivery failure\n\nI tried hard, it wasn't delivered.\n",
                         true);
    notice_assert_bounce("From: Postmaster <postmaster@b.org>\nSubject: Delivery failure\n\n"
                         "I tried hard, it wasn't delivered.\n",
                         false);
    notice_assert_bounce(DAEMON "Subject: Delivery failure\n\nI tried hard, it wasn't delivered. "
                                "Can you help?\n",
                         false);
}

/* What a server was told, as small ones write it down. */
static void test_a_reply_is_known_in_quotes_and_behind_a_label(void **state)
{
#define LOST "Subject: Mail delivery failure\n\nYour message to tom@b.org is lost.\n"
#define COPY "\n--- Below this line is a copy of the message.\n\nFrom: a@b.org\n\nx\n"
    static const char *const rows[] = {
        PERSON "Return-Path: <>\n" LOST "mx.b.org said '550 unknown'\n" COPY,
        PERSON "Return-Path: <>\n" LOST "mx.b.org said \"550 unknown\"\n" COPY,
        "From: system@b.org\nSubject: Delivery failed\n\nIt could not be delivered to "
        "tom@c.org.\n\nReply: 550 user not found\n",
        "From: system@b.org\nContent-Type: text/plain; charset=utf-8\nSubject: 投递失败\n\n"
        "您的邮件无法投递给 tom@c.org。\n\n错误信息: 550 user not found\n",
        "From: system@b.org\nContent-Type: text/plain; charset=utf-8\nSubject: 投递失败\n\n"
        "您的邮件无法投递给 tom@c.org。\n\n原因：550 mailbox unavailable\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i], true);
    notice_assert_bounce(PERSON "Subject: Parcel not delivered\n\nIt could not be delivered to\n\n"
                                "Recipient: 450 Main Street\n\neva@b.org\n",
                         false);
    notice_assert_bounce(PERSON "Subject: Parcel not delivered\n\nIt could not be delivered. The "
                                "seller's code is '550', says the user.\n\neva@b.org\n",
                         false);
#undef LOST
#undef COPY
}

/* Nobody is to answer it, and it says whom it did not reach: nothing more is needed, but a parcel's
 * letter has a letter's form. */
static void test_what_comes_from_nowhere_and_names_whom_it_did_not_reach_is_a_bounce(void **state)
{
#define NOWHERE "Return-Path: <>\n"
    (void)state;
    notice_assert_bounce(PERSON NOWHERE "Subject: Mail delivery failure\n\nSorry, your mail could "
                                        "not be delivered to tom@b.org\n",
                         true);
    notice_assert_bounce(PERSON "Subject: Mail delivery failure\n\nSorry, your mail could not be "
                                "delivered to tom@b.org\n",
                         false);
    notice_assert_bounce(PERSON NOWHERE "Subject: Delivery failed\n\nDear customer, your parcel "
                                        "could not be delivered to tom@b.org\n",
                         false);
    notice_assert_bounce("From: Shop form <www@b.org>\nTo: support@shop.example\n" NOWHERE
                         "Subject: Form: mail delivery failure\n\nName: Ana\nMine could not be "
                         "delivered to support@shop.example\n",
                         false);
    notice_assert_bounce(PERSON NOWHERE "Subject: Your order\n\nIt could not be delivered to "
                                        "tom@b.org\n",
                         false);
    notice_assert_bounce(PERSON NOWHERE "Auto-Submitted: auto-replied\nSubject: Re: Undeliverable "
                                        "mail\n\nI am away. It could not be delivered to "
                                        "tom@b.org\n",
                         false);
#undef NOWHERE
}

/* "Your message to tom@b.org could not be delivered": many servers have no more to say. */
static void test_that_it_was_not_reached_may_stand_behind_the_address(void **state)
{
#define NOWHERE "Return-Path: <>\n"
    static const char *const subject = "Subject: Undelivered mail\n\n";
    static const struct {
        const char *header, *text;
        bool bounce;
    } rows[] = {
        { "From: Mail Delivery System <noreply@b.org>\n" NOWHERE,
          "The following message to <tom@b.org> was undeliverable.", true },
        { PERSON NOWHERE, "Your message to tom@b.org could not be delivered.", true },
        { PERSON NOWHERE, "Your mail to <tom@b.org> was rejected by its server.", true },
        { PERSON NOWHERE, "Ihre Nachricht an tom@b.org konnte nicht zugestellt werden.", true },
        { PERSON NOWHERE, "Votre message à tom@b.org n'a pas pu être remis.", true },
        { PERSON NOWHERE, "Su mensaje para tom@b.org no pudo ser entregado.", true },
        { PERSON NOWHERE, "Your message to tom@b.org is here. His last one was rejected.", false },
        { PERSON NOWHERE, "My message to tom@b.org could not be delivered.", false },
        { PERSON NOWHERE, "Your parcel to tom@b.org could not be delivered.", false },
        { PERSON, "Your message to tom@b.org could not be delivered.", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        text_buffer_printf(&b, "%sContent-Type: text/plain; charset=utf-8\n%s%s\n", rows[i].header,
                           subject, rows[i].text);
        notice_assert_bounce(b.ptr, rows[i].bounce);
        text_buffer_clear(&b);
    }
#undef NOWHERE
}

/* S-17: below the sentence that says so, on a line of its own, it is said as it is in the sentence.
 */
static void test_whom_it_did_not_reach_may_stand_below_the_sentence(void **state)
{
#define NOWHERE "Return-Path: <>\n"
#define FILTER  "From: Mail Filter <mailfilter@b.org>\nTo: shop@shop.example\n" NOWHERE
    static const struct notice rows[] = {
        { FILTER "Subject: Returned mail. See transcript for details\n",
          "A mail of yours came back.\n\tSubject: lamp\n\nDelivery to the following address has "
          "failed...\n\ttom@c.org\n\nDetails of this failure:",
          true },
        { FILTER "Subject: Undelivered Mail\n", "It could not be delivered:\ntom@c.org", true },
        { "From: no-reply@b.org\nTo: shop@shop.example\n" NOWHERE "Subject: Undeliverable: x\n",
          "The following recipient(s) could not be reached: tom@c.org.", true },
        { "From: no-reply@b.org\nTo: shop@shop.example\n" NOWHERE "Subject: Undeliverable: x\n",
          "The following recipient(s) could not be reached:\n  tom@c.org.", true },
        { FILTER "Subject: Undeliverable: x\n",
          "The following recipient(s) could not be reached:\n\n  <tom@c.org>", true },
        { FILTER "Subject: Undeliverable: x\n",
          "It cannot be delivered to the following\nrecipients:\n\n  - tom@c.org\n  - eva@c.org",
          true },
        { FILTER "Subject: Undeliverable: x\n",
          "Delivery to the following recipients failed.\n\n     tom@c.org", true },
        { FILTER "Subject: Unzustellbar\n",
          "Folgende Empfänger konnten nicht erreicht werden:\n\n  tom@c.org", true },
        { FILTER "Subject: 退信\n", "无法投递到以下地址：\n\n  tom@c.org", true },
        /* it is who wrote, whom to ask, of another sentence, of a parcel, the reader's own */
        { FILTER "Subject: Undelivered mail\n", "It could not be delivered.\n\ntom@c.org", false },
        { FILTER "Subject: Undelivered mail\n", "It could not be delivered.\nAsk:\n\ntom@c.org",
          false },
        { FILTER "Subject: Undelivered mail\n",
          "It could not be delivered to the house. Whom to ask:\n\ntom@c.org", false },
        { FILTER "Subject: Paket nicht zugestellt\n",
          "Diese E-Mail kommt von uns. Das Paket konnte nicht zugestellt werden an:\n\ntom@c.org",
          false },
        { FILTER "Subject: Delivery failed\n", "The gift could not be delivered to:\n\ntom@c.org",
          false },
        { FILTER "Subject: Undelivered message\n",
          "My mail could not be delivered to:\n\ntom@c.org", false },
        { FILTER "Subject: Your parcel\n", "It could not be delivered to:\n\ntom@c.org", false },
        { FILTER "Subject: Undelivered mail\n",
          "It could not be delivered to:\n\nshop@shop.example", false },
        { FILTER "Subject: Undelivered mail\n",
          "Hello,\n\nit could not be delivered to:\n\ntom@c.org\n\nKind regards\nAna", false },
        { PERSON "To: shop@shop.example\nSubject: Undelivered mail\n",
          "It could not be delivered to:\n\ntom@c.org", false },
    };

    (void)state;
    expect_each(rows, ROWS(rows));
#undef NOWHERE
#undef FILTER
}

/* A gateway that names the mail by the lines of its header, and whom it was for by them alone. */
static void test_a_mail_that_is_shown_by_its_header_is_named(void **state)
{
#define GATEWAY "From: Gateway <gateway@b.org>\nTo: shop@shop.example\n"
#define SHOWN   "The following message was not delivered:\n\n   From:    %s\n   To:      %s\n"
    static const struct {
        const char *header, *from, *to;
        bool bounce;
    } rows[] = {
        { GATEWAY "Return-Path: <>\n", "shop@shop.example", "tom@b.org", true },
        { GATEWAY, "shop@shop.example", "tom@b.org", false },
        { GATEWAY "Return-Path: <>\n", "boss@shop.example", "shop@shop.example", false },
        { GATEWAY "Return-Path: <>\n", "tom@b.org", "shop@shop.example", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        text_buffer_printf(&b, "%sSubject: Undeliverable mail\n\n" SHOWN, rows[i].header,
                           rows[i].from, rows[i].to);
        notice_assert_bounce(b.ptr, rows[i].bounce);
        text_buffer_clear(&b);
    }
#undef GATEWAY
#undef SHOWN
}

/* On its own machine it needs no domain. */
static void test_a_daemon_is_known_without_a_domain(void **state)
{
    static const char *const rows[] = { "MAILER-DAEMON", "Postmaster",
                                        "MAILER-DAEMON (Mail Delivery Subsystem)",
                                        "Mail Delivery Subsystem <MAILER-DAEMON>" };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            "From: %s\nSubject: Returned mail\n\nYour message could not be delivered.\n", rows[i]);

        if (!in->bounce)
            fail_msg("%s", rows[i]);
        inbound_free(in);
    }
    notice_assert_bounce("From: Tom\nSubject: Returned mail\n\nIt could not be delivered.\n",
                         false);
}

/* From an address that no person has, about the reader's mail, with somebody else's address in it:
 * one claim is enough, by the subject or by the words, for no table has the words of all. */
static void test_what_a_daemon_tells_of_the_readers_mail_needs_one_claim(void **state)
{
    (void)state;
    notice_assert_bounce(DAEMON "Subject: Information\n\nUnfortunately your message to tom@c.org "
                                "could not be delivered today.\n",
                         true);
    notice_assert_bounce(DAEMON "Subject: Undeliverable mail\n\nTake note: your message for "
                                "tom@c.org went astray.\n",
                         true);
    notice_assert_bounce(DAEMON "Subject: Information\n\nYour message to tom@c.org arrived.\n",
                         false);
    notice_assert_bounce(DAEMON "Subject: Information\n\nThe message to tom@c.org could not be "
                                "delivered; it is frozen.\n",
                         false);
    notice_assert_bounce(DAEMON "To: us@shop.example\nSubject: Information\n\nYour message could "
                                "not be delivered to us@shop.example.\n",
                         false);
    notice_assert_bounce("From: Postmaster <postmaster@b.org>\nSubject: Information\n\nYour "
                         "message to tom@c.org could not be delivered today.\n",
                         false);
}

/* Small servers write to whom they know: "your mail did not arrive", in the words of a friend. */
static void test_a_daemon_that_speaks_as_a_friend_is_one(void **state)
{
#define FRIEND(subject, text)                                                                      \
    "Return-Path: <>\n" DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: " subject        \
    "\n\n" text "\n\n  tom@c.org\n"
    static const char *const rows[] = {
        FRIEND("Oh nein", "Der Server von c.org nahm deine Mail nicht an:"),
        FRIEND("Oh non !", "Pardon, ton message n'a pas atteint :"),
        FRIEND("Helaas", "Sorry, je mail kwam niet aan bij:"),
        FRIEND("抱歉", "我们无法把你的邮件交给："),
    };
    static const char *const none[] = {
        FRIEND("Hallo", "Deine Mail ist da, gelesen hat sie:"),
        FRIEND("Bonjour", "Ton message est arrivé, il a été lu par :"),
        FRIEND("Hoi", "Je mail is aangekomen bij:"),
        FRIEND("你好", "你的邮件已经交给："),
        "Return-Path: <>\n" PERSON "Content-Type: text/plain; charset=utf-8\nSubject: Commande\n\n"
        "Bonjour, ton message n'a pas atteint mon collègue.\n\n  tom@c.org\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        notice_assert_bounce(rows[i], true);
    for (i = 0; i < ROWS(none); i++)
        notice_assert_bounce(none[i], false);
#undef FRIEND
}

/* Likewise, where it says why in a word that others have, too. */
static void test_what_a_daemon_tells_of_the_readers_mail_may_have_a_reason_alone(void **state)
{
    static const char *const rows[] = {
        "Sorry! tom@c.org has no mailbox here any more. We bin your message.",
        "Your message to tom@c.org comes back: the person is unknown.",
        "Ihre Nachricht an tom@c.org kam zurück: Empfänger unbekannt.",
        "Votre message à tom@c.org vous est rendu, le destinataire est inconnu.",
        "Su mensaje a tom@c.org ha rebotado: dirección desconocida.",
        "Il suo messaggio per tom@c.org torna a lei: destinatario sconosciuto.",
        "Sua mensagem para tom@c.org voltou: usuário inexistente.",
        "Uw bericht aan tom@c.org komt retour: onbekende ontvanger.",
        "Ditt meddelande till tom@c.org kom i retur: okänd mottagare.",
        "Twoja wiadomość do tom@c.org wróciła: nieznany odbiorca.",
        "Vaše zpráva pro tom@c.org se vrací: neznámý příjemce.",
        "Ваше письмо на адрес tom@c.org возвращено: адресат неизвестен.",
        "Mesajınız tom@c.org adresine ulaşmadı: alıcı bilinmiyor.",
        "您的邮件没有送到 tom@c.org，因为该用户不存在。",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *daemon = notice_parse_made(
            DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: Information\n\n%s\n",
            rows[i]);
        struct inbound *person = notice_parse_made(
            PERSON "Content-Type: text/plain; charset=utf-8\nSubject: Information\n\n%s\n",
            rows[i]);

        if (!daemon->bounce || person->bounce)
            fail_msg("%d %d: %s", daemon->bounce, person->bounce, rows[i]);
        inbound_free(daemon);
        inbound_free(person);
    }
    notice_assert_bounce(
        DAEMON "Subject: Information\n\nYour message to tom@c.org was delivered.\n", false);
    notice_assert_bounce(DAEMON "To: us@shop.example\nSubject: Information\n\nYour message to "
                                "us@shop.example is from an unknown person.\n",
                         false);
}

static void test_what_is_tried_again_has_not_failed_in_any_language(void **state)
{
    static const char *const rows[] = {
        "Your mail to tom@c.org could not yet be delivered. It is deferred and will be tried "
        "again.",
        "Ihre Nachricht an tom@c.org konnte nicht zugestellt werden; es wird weiter versucht.",
        "Ihre Nachricht an tom@c.org konnte nicht zugestellt werden. Dies wird erneut versucht.",
        "Votre message pour tom@c.org n'a pas pu être remis; la remise sera tentée à nouveau.",
        "Votre message pour tom@c.org n'a pas pu être remis. Une nouvelle tentative aura lieu.",
        "No se pudo entregar su mensaje a tom@c.org; se volverá a intentar.",
        "No se pudo entregar su mensaje a tom@c.org; se intentará de nuevo.",
        "Il suo messaggio a tom@c.org non è stato consegnato; si tenterà ancora la consegna.",
        "A sua mensagem para tom@c.org não foi entregue; será tentada novamente.",
        "Uw bericht aan tom@c.org kon niet worden bezorgd; het wordt opnieuw geprobeerd.",
        "Ditt meddelande till tom@c.org kunde inte levereras; ett nytt försök görs.",
        "Twoja wiadomość do tom@c.org nie została dostarczona; nastąpi ponowna próba.",
        "Vaše zpráva pro tom@c.org nebyla doručena; pokus se bude opakovat.",
        "Ваше письмо для tom@c.org не доставлено; попытка будет повторена.",
        "tom@c.org adresine mesajınız iletilemedi; yeniden denenecek.",
        "あなたのメールは tom@c.org に届きませんでした。再送を試みます。",
        "您的邮件未能投递到 tom@c.org，系统将继续尝试。",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: Information\n\n%s\n",
            rows[i]);

        if (in->nature != INBOUND_DELAYED)
            fail_msg("%s: %s", inbound_nature_name(in->nature), rows[i]);
        inbound_free(in);
    }
}

/* The form with the reason in the place of "%s". */
static void put_reason(struct text_buffer *b, const char *form, const char *reason)
{
    const char *place = strstr(form, "%s");

    text_buffer_add(b, form, (size_t)(place - form));
    text_buffer_puts(b, reason);
    text_buffer_puts(b, place + 2);
}

/* What a server is quoted with is in nobody's own words: "551 not our customer". */
static void test_what_a_server_gives_as_its_reason_makes_no_person_of_it(void **state)
{
#define HEAD "To: us@shop.example\nSubject: Undelivered Mail Returned to Sender\n\n"
#define LEAD "Your mail could not be delivered:\n\n"
    static const char *const reasons[] = {
        "551 not our customer",
        "550 5.7.1 we got no answer from it",
        "450 4.4.1 connection refused when I tried to connect",
        "550 5.7.1 blocked: please help us fight spam",
        "550 5.1.1 unknown here, please advise the recipient",
        "550 5.1.1 could you check the address",
        "550 5.0.0 my message to this host: go away",
    };
    static const char *const forms[] = {
        PERSON HEAD LEAD "<tom@b.org>: host mx.b.org said: %s (in reply)\n",
        PERSON HEAD LEAD "<tom@b.org>: host mx.b.org[192.0.2.1] refused it and\n"
                         "    said: %s\n    (in reply to RCPT TO command)\n",
        PERSON HEAD LEAD "<tom@b.org>:\n  Reason: %s\n",
        PERSON HEAD LEAD "tom@b.org\n    <<< 550-5.1.1 no\n    <<< %s\n",
        "From: postmaster@b.org\n" HEAD LEAD "<tom@b.org>: %s\n",
        DAEMON HEAD LEAD "<tom@b.org>:\n%s\n",
        /* a reason without a code */
        DAEMON HEAD LEAD "<tom@b.org>:\nSorry, we got no answer. (#4.4.1)\n%s\n",
        DAEMON HEAD LEAD "  tom@b.org\n    please advise your reader\n\n%s\n",
    };
    static const char *const asked[] = {
        PERSON HEAD "I got this when I wrote to you.\n\n<tom@b.org>: %s\n",
        PERSON HEAD LEAD "<tom@b.org>: %s\n\nCan you tell me more?\n",
        PERSON HEAD LEAD "<tom@b.org>: %s\nCan you tell me more?\n",
        PERSON HEAD LEAD "When I write I get a %s from tom@b.org\n",
        PERSON HEAD LEAD "<tom@b.org>:\n    host said: %s\n    it says\nWhat is wrong here\n",
        "From: postmaster@b.org\n" HEAD "We got these.\n\n" LEAD "<tom@b.org>: %s\n",
        "From: postmaster@b.org\n" HEAD LEAD "<tom@b.org>: %s\n\nCan you tell me more?\n\n"
        "Best regards\nTom\n",
        "From: postmaster@b.org\nSubject: our server\n\n" LEAD
        "<tom@b.org>: %s\n\nCan you tell me more?\n",
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < ROWS(reasons); i++) {
        for (k = 0; k < ROWS(forms) + ROWS(asked); k++) {
            bool bounce = k < ROWS(forms);
            struct text_buffer b = { 0 };
            struct inbound *in;

            put_reason(&b, bounce ? forms[k] : asked[k - ROWS(forms)], reasons[i]);
            in = notice_parse(b.ptr);
            if (in->bounce != bounce)
                fail_msg("%d: %s", in->bounce, b.ptr);
            inbound_free(in);
            text_buffer_clear(&b);
        }
    }
#undef HEAD
#undef LEAD
}

/* S-17: small programs write from "mailer@" and the like, as shops do, too: subject and words say
 * that a mail failed, the reader's or one to somebody who is named. */
static void test_a_program_by_its_address_is_a_server_where_subject_and_words_say_so(void **state)
{
    static const char *const programs[] = {
        "mailer@b.org",  "Mailer <mailer@b.org>", "MTA <mta@c.example>",           "mta@b.org",
        "smtp@b.org",    "bouncer@b.org",         "lamp-bouncer@localhost (Lamp)", "mailer@host",
        "Postman@b.org",
    };
    static const char *const persons[] = { "amailer@b.org", "smtpfan@b.org", "bouncers@b.org",
                                           "ana@b.org" };
    static const struct {
        const char *subject, *text;
        bool bounce;
    } rows[] = {
        { "Delivery failure", "Failed to deliver following message to boss@c.example:\n\nhello",
          true },
        { "Mail delivery error",
          "A mail message from you was not delivered to all its recipients.\nErrors were received "
          "from the SMTP server on port 25 of\nmachine 192.0.2.7",
          true },
        { "Failed in sending your message",
          "This is an automated email\n\nPrevious attempts to send your message failed!\nYour "
          "message has been removed from the system.",
          true },
        { "Delivery failure", "Your parcel could not be delivered.\nReply to this message.",
          false },
        { "Delivery failure", "Your parcel could not be delivered to tom@c.example.", false },
        { "Delivery failure",
          "Your parcel could not be delivered to tom@c.example. Reply to this message.", false },
        { "Lamps", "Failed to deliver following message to boss@c.example:\n\nhello", false },
        { "Delivery failure", "Nobody was at home for your message.", false },
        { "Re: Delivery failure", "Failed to deliver following message to boss@c.example:\n\nhi",
          false },
        { "Delivery failure",
          "Dear customer,\n\nyour message was not delivered to us.\n\nKind regards", false },
        { "Delivery failure", "Your message to us@shop.example was not delivered to all.", false },
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        for (k = 0; k < ROWS(programs) + ROWS(persons); k++) {
            bool program = k < ROWS(programs);
            const char *from = program ? programs[k] : persons[k - ROWS(programs)];
            struct inbound *in =
                notice_parse_made("From: %s\nTo: us@shop.example\nSubject: %s\n\n%s\n", from,
                                  rows[i].subject, rows[i].text);

            if (in->bounce != (program && rows[i].bounce))
                fail_msg("%d: %s: %s: %s", in->bounce, from, rows[i].subject, rows[i].text);
            inbound_free(in);
        }
}

/* S-17: from whatever address, for a server's keeper may have set any, and none where it is
 * pasted: by somebody with a name, below words of his own, in what is passed on or answered, in a
 * list's mail. */
static void test_the_whole_opening_of_a_mail_program_is_its_own(void **state)
{
#define INFORM "I'm sorry to have to inform you that your message could not\nbe delivered"
    static const char *const openings[] = {
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. This is a permanent "
        "error. The following address(es) failed:\n\n  tom@b.org\n    retry time not reached\n",
        "Hi. This is the qmail-send program at mx.b.org.\nI'm afraid I wasn't able to deliver "
        "your message to the following addresses.\nThis is a permanent error; I've given up. "
        "Sorry it didn't work out.\n\n<tom@b.org>:\nwe got no answer when I tried. (#5.1.2)\n",
        "This is the mail system at host mx.b.org.\n\n" INFORM " to one or more recipients.\n\n"
        "<tom@b.org>: host c.org[192.0.2.1] said: 551 not our customer\n",
        "This is the Postfix program at host mx.b.org.\n\n" INFORM " to one or more recipients.\n"
        "\n<tom@b.org>: Name service error for a domain whose name is long, of all servers that "
        "were asked, the last of which is ns.b.org: Host not found\n",
        "This is your local Lamp Mail Agent running at localhost.\n\n" INFORM " to one or more "
        "recipients.\n\nThe reasons I got for the error are:\n\n550 5.1.1 <tom@b.org>: rejected\n",
        "The original message was received at Mon, 1 Jun 2026 08:15:00 GMT\nfrom localhost\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<tom@b.org>\n",
        "   ----- The following addresses had permanent fatal errors -----\n<tom@b.org>\n",
        "Your message did not reach some or all of the intended recipients.\n\n  Sent: 1/6/2026\n"
        "\nThe following recipient(s) could not be reached:\n\n  tom on 1/6/2026 2:07 PM\n",
        "Delivery to the following recipient failed permanently:\n\n    tom@b.org\n",
    };
    static const struct {
        const char *header, *above, *below;
        bool bounce;
    } rows[] = {
        { "From: tom@c.org\nSubject: Undeliverable: a lamp\n", "", "", true },
        { "From: tom@c.org <tom@c.org>\nSubject: Undelivered Mail Returned to Sender\n", "", "",
          true },
        { "From: System Administrator <tom@c.org>\nSubject: Undeliverable: a lamp\n", "", "",
          true },
        { "From: Network Manager <tom@c.org>\nSubject: Undeliverable Mail\n", "", "", true },
        { "From: tom@c.org\nIn-Reply-To: <1@us.example>\nSubject: failure notice\n", "", "", true },
        { "From: tom@c.org\nSubject: Re: Undeliverable mail\n", "", "", false },
        { "From: tom@c.org\nSubject: Fwd: failure notice\n", "", "", false },
        { "From: tom@c.org\nSubject: a lamp\n", "", "", false },
        { "From: tom@c.org\nList-Id: <lamps.c.org>\nSubject: failure notice\n", "", "", false },
        { "From: tom@c.org\nSubject: failure notice\n", "See below.\n\n", "", false },
        { "From: tom@c.org\nSubject: failure notice\n", "Why?\n\n", "", false },
        { "From: tom@c.org\nSubject: failure notice\n", "", "\nCan you help?\n", false },
        { "From: tom@c.org\nSubject: failure notice\n", "", "\nKind regards\nTom\n", false },
        { "From: tom@c.org\nUser-Agent: Mail 1\nSubject: failure notice\n", "", "", false },
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < ROWS(openings); i++)
        for (k = 0; k < ROWS(rows); k++) {
            struct inbound *in =
                notice_parse_made("To: us@shop.example\n%s\n%s%s%s", rows[k].header, rows[k].above,
                                  openings[i], rows[k].below);

            if (in->bounce != rows[k].bounce)
                fail_msg("%d: %s%s%s%s", in->bounce, rows[k].header, rows[k].above, openings[i],
                         rows[k].below);
            inbound_free(in);
        }
#undef INFORM
}

/* It names somebody else: a customer whose mail we refused pastes ours. */
static void test_the_opening_of_a_mail_program_needs_somebody_who_was_not_reached(void **state)
{
#define FROM_TOM    "From: tom@c.org\nTo: us@shop.example\nSubject: failure notice\n\n"
#define PERMANENTLY "Delivery to the following recipient failed permanently:\n\n"
    (void)state;
    notice_assert_bounce(FROM_TOM PERMANENTLY "  bo@b.org\n", true);
    notice_assert_bounce(FROM_TOM PERMANENTLY "  sales@shop.example\n", false);
    notice_assert_bounce(FROM_TOM PERMANENTLY, false);
    notice_assert_bounce(
        "From: Tom Bo <tom@c.org>\nSubject: failure notice\n\n" PERMANENTLY "  bo@b.org\n", false);
    notice_assert_bounce("From: Support <a@c.org>\nSubject: [#1] failure notice\n\n" PERMANENTLY
                         "  bo@b.org\n",
                         false);
    notice_assert_bounce("Precedence: list\n" FROM_TOM PERMANENTLY "  bo@b.org\n", false);
    notice_assert_bounce(FROM_TOM "> " PERMANENTLY ">   bo@b.org\n", false);
#undef FROM_TOM
#undef PERMANENTLY
}

/* A subject is of a kind, and its server's for each notice: that nothing has to be done yet, and a
 * report's own field, say what became of this mail. */
static void test_what_only_warns_has_not_failed_whatever_its_subject_says(void **state)
{
#define FAILED  DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: Mail delivery failed\n\n"
#define WAITING "Your message could not be delivered to <tom@c.org> so far.\n"
    static const struct {
        const char *raw;
        enum inbound_nature nature;
    } rows[] = {
        { FAILED WAITING "THIS IS A WARNING MESSAGE ONLY.\n", INBOUND_DELAYED },
        { FAILED WAITING "YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n", INBOUND_DELAYED },
        { FAILED WAITING "There is no need to resend it.\n", INBOUND_DELAYED },
        { FAILED WAITING "The server will automatically resend it.\n", INBOUND_DELAYED },
        { FAILED WAITING "The server will automatically retry 7 times.\n", INBOUND_DELAYED },
        { FAILED WAITING "Sie wird automatisch erneut gesendet.\n", INBOUND_DELAYED },
        { FAILED WAITING "Dies ist nur eine Warnung.\n", INBOUND_DELAYED },
        { FAILED WAITING "Sie müssen sie nicht erneut senden.\n", INBOUND_DELAYED },
        { FAILED WAITING "Inutile de renvoyer votre message.\n", INBOUND_DELAYED },
        { FAILED WAITING "No es necesario reenviar el mensaje.\n", INBOUND_DELAYED },
        { FAILED WAITING "Questo è solo un avviso.\n", INBOUND_DELAYED },
        { FAILED WAITING, INBOUND_BOUNCE },
        { FAILED WAITING "This is no longer a warning message only: giving up on it.\n",
          INBOUND_BOUNCE },
        { FAILED "Action: delayed\nStatus: 4.2.2\nFinal-Recipient: rfc822; tom@c.org\n",
          INBOUND_DELAYED },
        { DAEMON "Subject: Delivery notification\n\nAction: delayed\nStatus: 4.2.2\n"
                 "Diagnostic-Code: smtp; 4.2.2 test\n",
          INBOUND_DELAYED },
        { FAILED "Action: delayed\nStatus: 5.4.7\nFinal-Recipient: rfc822; tom@c.org\n",
          INBOUND_BOUNCE },
        { FAILED "Action: delayed\nStatus: 4.2.2\nFinal-Recipient: rfc822; tom@c.org\n\n"
                 "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; bo@c.org\n",
          INBOUND_BOUNCE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse(rows[i].raw);

        if (in->nature != rows[i].nature)
            fail_msg("%s: %s", inbound_nature_name(in->nature), rows[i].raw);
        inbound_free(in);
    }
#undef FAILED
#undef WAITING
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
        { "Consegna fallita: domanda", "Il messaggio non può essere consegnato a <tom@b.org>." },
        { "Posta non recapitata", "Non sono riuscito a consegnare il messaggio a <tom@b.org>." },
        { "Falló la entrega", "El mensaje no pudo entregarse a <tom@b.org>." },
        { "Falló la entrega", "Lamento no haber podido entregar el mensaje a <tom@b.org>." },
        { "Leverans misslyckades", "Meddelandet kunde inte levereras till <tom@b.org>." },
        { "Ej levererad post", "Tyvärr kunde det inte levereras till <tom@b.org>." },
        { "Levering mislykkedes", "Beskeden kunne ikke leveres til <tom@b.org>." },
        { "Bezorging mislukt", "Het bericht kon niet worden bezorgd bij <tom@b.org>." },
        { "Onbestelde post", "Het bericht kon niet worden bezorgd bij <tom@b.org>." },
        { "Doručení selhalo", "Zprávu nebylo možné doručit na <tom@b.org>." },
        { "Dostarczenie nie powiodło się", "Nie udało mi się dostarczyć listu do <tom@b.org>." },
        { "Livrarea a eșuat", "Mesajul nu a putut fi livrat la <tom@b.org>." },
        { "Доставка не удалась", "Я не смогла доставить письмо <tom@b.org>." },
        { "Доставка не вдалася", "Лист не вдалося доставити <tom@b.org>." },
        { "Η παράδοση απέτυχε", "Δεν ήταν δυνατό να παραδοθεί στον <tom@b.org>." },
        { "Kézbesítetlen levél", "Nem volt kézbesíthető: <tom@b.org>." },
        { "配信されなかったメール", "<tom@b.org> に配送することができませんでした。" },
        { "メール配送失敗", "<tom@b.org> に配送できませんでした。" },
        { "未投递的邮件", "无法投递给 <tom@b.org>。" },
        { "Delivery failure", "The following address(es) failed: <tom@b.org>" },
        { "Delivery failure", "Votre message n'est pas parvenu à <tom@b.org>." },
        { "Порука није испоручена", "Порука за <tom@b.org> није испоручена." },
        { "Laiškas nepristatytas", "Laiškas <tom@b.org> nepristatytas." },
        { "Vēstule nav piegādāta", "Vēstule <tom@b.org> nav piegādāta." },
        { "Kirja ei õnnestunud kohale toimetada", "Kohale toimetada ei saanud: <tom@b.org>" },
        { "No s'ha pogut lliurar", "El missatge per a <tom@b.org> no s'ha pogut lliurar." },
        { "Non se puido entregar", "Non se puido entregar a <tom@b.org>." },
        { "Ekki tókst að afhenda póst", "Ekki tókst að afhenda póst til <tom@b.org>." },
        { "پیام تحویل داده نشد", "پیام به <tom@b.org> تحویل داده نشد" },
        { "Wiadomość nie dotarła", "Wiadomość nie dotarła: skrzynka jest przepełniona." },
        { "Niedostarczalne: pytanie", "Dostarczenie do tych adresatów nie powiodło się." },
        { "Ei voi toimittaa: kysymys", "Toimittaminen vastaanottajille epäonnistui." },
        { "Δεν ήταν δυνατή η παράδοση", "Η παράδοση απέτυχε στους παραλήπτες." },
        { "E-mail não enviado", "Sua mensagem não foi enviada: a conta foi fechada." },
        { "Delivery failure notice", "An internal transmission error occurred." },
        { "Mensaje rechazado", "El mensaje para <tom@b.org> ha sido rechazado." },
        { "Zpráva nebyla doručena", "Zpráva pro <tom@b.org> nebyla doručena." },
        { "メールが届きませんでした", "<tom@b.org> には届きませんでした。" },
        { "Το μήνυμα δεν παραδόθηκε", "Δεν παραδόθηκε στον <tom@b.org>." },
        { "Pesan gagal terkirim", "Pesan kepada <tom@b.org> gagal terkirim." },
        { "Писмото не е доставено", "До <tom@b.org> не е доставено." },
        { "Message non acheminé", "Le message pour <tom@b.org> n'a pu être acheminé." },
        { "Die Nachricht konnte nicht übermittelt werden", "An <tom@b.org>: nicht übermittelt." },
        { "Błąd dostarczania wiadomości", "Do <tom@b.org>: wiadomość odrzucona." },
        { "Správa nebola doručená", "Správa pre <tom@b.org> nebola doručená." },
        { "Messaggio respinto", "Il messaggio per <tom@b.org> è stato respinto." },
        { "Mensagem rejeitada", "A mensagem para <tom@b.org> foi rejeitada." },
        { "Bericht geweigerd", "Het bericht aan <tom@b.org> is geweigerd." },
        { "Meddelelsen blev ikke leveret", "Beskeden til <tom@b.org> blev afvist." },
        { "Meldingen ble ikke levert", "Meldingen til <tom@b.org> ble avvist." },
        { "Mesaj reddedildi", "<tom@b.org> adresine iletilemedi." },
        { "فشل تسليم الرسالة", "فشل تسليم رسالتك إلى <tom@b.org>" },
        { "שליחת ההודעה נכשלה", "המסירה אל <tom@b.org> נכשלה" },
        { "Gửi thư thất bại", "Thư gửi <tom@b.org> bị từ chối." },
        { "메일 전송에 실패했습니다", "<tom@b.org> 메일이 반송되었습니다." },
        { "邮件被拒收", "发给 <tom@b.org> 的邮件被拒收。" },
        { "Sporočilo ni bilo dostavljeno", "Za <tom@b.org> ni bilo dostavljeno." },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        text_buffer_printf(&b,
                           DAEMON "Content-Type: text/plain; charset=utf-8\nSubject: %s\n\n%s\n",
                           rows[i][0], rows[i][1]);
        notice_assert_bounce(b.ptr, true);
        text_buffer_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_sort_of_evidence_alone_makes_a_bounce),
        cmocka_unit_test(test_what_a_person_passes_on_or_quotes_is_no_bounce),
        cmocka_unit_test(test_what_else_is_written_in_the_words_of_bounces_is_none),
        cmocka_unit_test(test_who_takes_no_answers_and_returns_the_readers_mail_tells_of_a_failure),
        cmocka_unit_test(
            test_who_gives_no_name_at_all_is_a_server_where_nothing_can_come_back_to_him),
        cmocka_unit_test(test_a_list_that_does_not_take_a_mail_says_that_it_failed),
        cmocka_unit_test(test_who_tells_of_others_bounces_and_parcels_is_no_server),
        cmocka_unit_test(test_a_refusal_that_is_said_by_a_field_is_one),
        cmocka_unit_test(test_what_a_service_tells_in_json_is_told_by_its_keys),
        cmocka_unit_test(test_a_line_that_was_not_folded_ends_no_report),
        cmocka_unit_test(test_who_asks_about_a_notice_is_a_person),
        cmocka_unit_test(test_who_was_refused_by_us_or_writes_a_letter_is_no_server),
        cmocka_unit_test(test_a_postmaster_with_a_name_of_his_own_is_a_person),
        cmocka_unit_test(test_a_postmaster_with_a_name_tells_whom_the_readers_mail_did_not_reach),
        cmocka_unit_test(test_who_asks_above_the_notice_that_he_shows_is_a_person),
        cmocka_unit_test(test_what_a_postmaster_sends_on_is_not_his_own),
        cmocka_unit_test(test_a_program_that_reports_what_became_of_others_mails_is_no_server),
        cmocka_unit_test(test_who_asks_about_his_mail_from_a_form_is_no_server),
        cmocka_unit_test(test_a_count_of_mails_is_no_notice_of_one),
        cmocka_unit_test(test_who_tells_the_reader_of_mails_to_himself_is_no_server),
        cmocka_unit_test(test_a_customer_who_writes_of_what_did_not_arrive_is_no_server),
        cmocka_unit_test(test_a_servers_own_mark_makes_a_bounce_from_whatever_address),
        cmocka_unit_test(test_a_server_that_introduces_itself_is_one),
        cmocka_unit_test(test_a_server_that_says_that_it_wrote_by_itself_is_one),
        cmocka_unit_test(test_what_is_attached_stands_not_below_the_notice),
        cmocka_unit_test(test_a_server_by_name_that_returns_the_readers_mail_tells_of_a_failure),
        cmocka_unit_test(test_a_server_by_name_that_nothing_goes_back_to_needs_no_address),
        cmocka_unit_test(test_a_daemon_of_old_has_a_name_of_its_own),
        cmocka_unit_test(test_the_subject_that_a_notice_repeats_makes_no_person_of_it),
        cmocka_unit_test(test_a_daemon_that_tells_of_an_arrival_is_believed),
        cmocka_unit_test(test_a_server_that_shows_its_keeper_a_session_has_returned_nothing),
        cmocka_unit_test(test_a_notice_that_is_written_without_accents_is_read_as_with_them),
        cmocka_unit_test(test_a_daemon_that_tried_is_no_person),
        cmocka_unit_test(test_a_reply_is_known_in_quotes_and_behind_a_label),
        cmocka_unit_test(test_what_comes_from_nowhere_and_names_whom_it_did_not_reach_is_a_bounce),
        cmocka_unit_test(test_that_it_was_not_reached_may_stand_behind_the_address),
        cmocka_unit_test(test_whom_it_did_not_reach_may_stand_below_the_sentence),
        cmocka_unit_test(test_a_mail_that_is_shown_by_its_header_is_named),
        cmocka_unit_test(test_a_daemon_is_known_without_a_domain),
        cmocka_unit_test(test_what_a_daemon_tells_of_the_readers_mail_needs_one_claim),
        cmocka_unit_test(test_a_daemon_that_speaks_as_a_friend_is_one),
        cmocka_unit_test(test_what_a_daemon_tells_of_the_readers_mail_may_have_a_reason_alone),
        cmocka_unit_test(test_what_is_tried_again_has_not_failed_in_any_language),
        cmocka_unit_test(test_what_a_server_gives_as_its_reason_makes_no_person_of_it),
        cmocka_unit_test(test_a_program_by_its_address_is_a_server_where_subject_and_words_say_so),
        cmocka_unit_test(test_the_whole_opening_of_a_mail_program_is_its_own),
        cmocka_unit_test(test_the_opening_of_a_mail_program_needs_somebody_who_was_not_reached),
        cmocka_unit_test(test_what_only_warns_has_not_failed_whatever_its_subject_says),
        cmocka_unit_test(test_a_servers_notice_is_known_in_many_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
