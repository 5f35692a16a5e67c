/* What a bounce tells: whom a mail did not reach, why, and which mail that was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "core/inbound.h"
#include "tests/support/notice.h"

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
        { "Ваше сообщение для tom@b.org не доставлено по причине, о которой сервер получателя нам "
          "ничего не сообщил.",
          "tom@b.org" },
        { "Порука за tom@b.org није испоручена, јер сервер примаоца није желео да је прими, а "
          "разлог није познат.",
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
        struct inbound *in =
            notice_parse_made(DAEMON "Subject: Undeliverable mail\n\n%s\n", rows[i].text);

        assert_true(in->bounce);
        notice_assert_known(in->failed.recipient, rows[i].recipient, rows[i].text);
        inbound_free(in);
    }
}

/* A notice names others, too: the reader, whom the mail went to besides, whom to ask. */
static void test_whom_a_mail_did_not_reach_is_told_from_others_that_are_named(void **state)
{
    static const struct {
        const char *text, *recipient;
    } rows[] = {
        { "It could not be delivered.\n\nOriginal Message ID: <12@shop.example>\nMail from: "
          "ana@shop.example\nRcpt To: tom@b.org\n",
          "tom@b.org" },
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
        struct inbound *in = notice_parse_made(
            DAEMON "To: support@example.com\nSubject: Undeliverable mail\n\n%s\n", rows[i].text);

        assert_true(in->bounce);
        notice_assert_known(in->failed.recipient, rows[i].recipient, rows[i].text);
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
        in = notice_parse(b.ptr);
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
    struct inbound *in = notice_parse(NAMES_NOBODY "Received: from here\nTo: Ana <ana@c.org>\n"
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
        struct inbound *in = notice_parse_made(WRAPPED, rows[i][0]);

        assert_int_equal(in->nature, INBOUND_BOUNCE);
        notice_assert_known(in->failed.recipient, rows[i][1], rows[i][0]);
        notice_assert_known(in->failed.status, rows[i][2], rows[i][0]);
        notice_assert_known(in->failed.message_id, rows[i][3], rows[i][0]);
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
    notice_assert_bounce(b.ptr, true);
    text_buffer_clear(&b);
    text_buffer_printf(&b,
                       "From: postmaster@b.org\nUser-Agent: Post/1\n"
                       "Subject: Undeliverable mail\n" REFUSED "%s",
                       copy);
    notice_assert_bounce(b.ptr, false);
    text_buffer_clear(&b);
    notice_assert_bounce(DAEMON "User-Agent: Post/1\nSubject: Undeliverable mail\n" REFUSED, false);
}

static void test_a_daemon_says_in_words_that_it_still_tries(void **state)
{
    static const char *const rows[] = {
        "Subject: Delivery status notification: warning\n\nA message is delayed for more than "
        "10 minutes for the following recipients:\n\ntom@b.org: Network error\n",
        "Subject: Delivery delayed: your case\n\nThe server keeps at it: 451 4.4.0 DNS query\n",
        "Subject: Posta\n\nQuesto è solo un avviso: <tom@b.org> non risponde.\n",
        "Subject: Correo\n\nEsto es solo un aviso: <tom@b.org> no responde.\n",
        "Subject: Correio\n\nEste é apenas um aviso: <tom@b.org> não responde.\n",
        "Subject: Mail\n\nDies ist nur eine Warnung: <tom@b.org> antwortet nicht.\n",
        "Subject: Courrier\n\nCeci est seulement un avertissement : <tom@b.org>\n",
        "Subject: Mail\n\nDit is slechts een waarschuwing: <tom@b.org>\n",
        "Subject: Poczta\n\nTo tylko ostrzeżenie: <tom@b.org>\n",
        "Subject: Почта\n\nЭто только предупреждение: <tom@b.org>\n",
        "Subject: メール\n\nこれは警告のみです: <tom@b.org>\n",
        "Subject: 邮件\n\n这只是一个警告: <tom@b.org>\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(DAEMON "%s", rows[i]);

        assert_int_equal(in->nature, INBOUND_DELAYED);
        assert_false(in->bounce); /* so far nothing failed */
        inbound_free(in);
    }
    notice_assert_bounce("From: Ana <postmaster@b.org>\nSubject: delivery delayed: lamp 451\n\n"
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
            notice_parse_made(DAEMON "Content-Type: multipart/report; boundary=b\n\n--b\n\nwords\n"
                                     "--b\nContent-Type: message/delivery-status\n\n"
                                     "Reporting-MTA: dns; b.org\n\nAction: failed\n"
                                     "Final-Recipient: %s\nStatus: 5.1.1\n--b--\n",
                              rows[i][0]);

        notice_assert_known(in->failed.recipient, rows[i][1], rows[i][0]);
        inbound_free(in);
    }
}

/* What somebody crossed out is nobody's address, and a star in a name is a letter. */
static void test_a_masked_recipient_is_sought_elsewhere(void **state)
{
    static const struct {
        const char *final, *original, *failed, *to, *recipient;
    } rows[] = {
        { "****@****", "tom@b.org", "x@c.org", "y@c.org", "tom@b.org" },
        { "****@****", "****@****", "tom@b.org", "y@c.org", "tom@b.org" },
        { "t**@b.org", "t**@b.org", "t**@b.org", "tom@b.org", "tom@b.org" },
        { "***@b.org", "***@b.org", "***@b.org", "***@b.org", NULL },
        { "xxxx@xxxx", "XX@XX.XX", "*@b.org", "tom@b.org", "tom@b.org" },
        { "redacted@b.org", "[redacted]@b.org", "\uff0a@b.org", "tom@b.org", "tom@b.org" },
        { "\u2022\u2022@b.org", "tom@*.org", "hidden@hidden", "tom@b.org", "tom@b.org" },
        { "a*b@b.org", "x@c.org", "x@c.org", "x@c.org", "a*b@b.org" },
        { "xxx@b.org", "x@c.org", "x@c.org", "x@c.org", "xxx@b.org" },
        { "t..x@b.org", "x@c.org", "x@c.org", "x@c.org", "t..x@b.org" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            DAEMON "X-Failed-Recipients: %s\nContent-Type: multipart/report; boundary=b\n\n"
                   "--b\n\nwords\n--b\nContent-Type: message/delivery-status\n\n"
                   "Reporting-MTA: dns; b.org\n\nOriginal-Recipient: rfc822;%s\n"
                   "Final-Recipient: rfc822;%s\nAction: failed\nStatus: 5.1.1\n\n"
                   "Final-Recipient: rfc822;ana@d.org\nAction: delivered\nStatus: 2.0.0\n"
                   "--b\nContent-Type: message/rfc822\n\nTo: %s\nSubject: x\n\nx\n--b--\n",
            rows[i].failed, rows[i].original, rows[i].final, rows[i].to);

        notice_assert_known(in->failed.recipient, rows[i].recipient, rows[i].final);
        assert_string_equal(in->failed.status, "5.1.1");
        inbound_free(in);
    }
}

/* RFC 3464 2.1: a recipient's fields must be there. Where nothing else tells that something failed
 * either, it may have arrived. */
static void test_a_report_that_says_nothing_is_no_bounce(void **state)
{
    static const struct {
        const char *subject, *words, *returned;
        bool bounce;
    } rows[] = {
        { "", "", "", false },
        { "Delivery Status Notification", "\n", "", false },
        { "Undeliverable: x", "", "", true },
        { "x", "It did not arrive.\n", "", true },
        { "x", "", "--b\nContent-Type: message/rfc822\n\nTo: tom@b.org\n\nx\n", true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            "From: postmaster@b.org\nSubject: %s\nContent-Type: multipart/report; "
            "report-type=delivery-status; boundary=b\n\n--b\n\n%s--b\n"
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n%s--b--\n",
            rows[i].subject, rows[i].words, rows[i].returned);

        if (in->bounce != rows[i].bounce)
            fail_msg("row %zu", i);
        assert_true(inbound_is_automatic(in));
        inbound_free(in);
    }
}

/* Where nothing else is said. */
static void test_a_report_s_words_may_stand_among_its_fields(void **state)
{
    static const struct {
        const char *words, *before, *behind, *text;
    } rows[] = {
        { "", "It did not arrive.\nReason: unknown\n  at b.org\n\n", "",
          "It did not arrive.\nReason: unknown\n  at b.org\n\n" },
        { "", "", "\nIt did not arrive,\nso we are sorry.\n",
          "It did not arrive,\nso we are sorry.\n" },
        { "", "", "It did not arrive.\n", "It did not arrive.\n" },
        { "", "It did not arrive:\n", "", "It did not arrive:\n" },
        { "", "", "", "" },
        { "No.\n", "It did not arrive.\n\n", "", "No." },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            DAEMON "Content-Type: multipart/report; boundary=b\n\n--b\n\n%s--b\n"
                   "Content-Type: message/delivery-status\n\n%sReporting-MTA: dns; b.org\n"
                   "Queue: 12\n\nFinal-Recipient: rfc822; tom@b.org\nAction: failed\n"
                   "Status: 5.1.1\nDiagnostic-Code: smtp; 550\n unknown\nX-Note: x\n%s--b--\n",
            rows[i].words, rows[i].before, rows[i].behind);

        assert_string_equal(in->text, rows[i].text);
        assert_true(in->bounce);
        assert_string_equal(in->failed.recipient, "tom@b.org");
        inbound_free(in);
    }
}

static void test_a_report_s_fields_may_stand_in_their_part_s_header(void **state)
{
    struct inbound *in = notice_parse(
        DAEMON "Subject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; "
               "report-type=delivery-status; boundary=b\n\n--b\n"
               "Final-Recipient: rfc822; tom@b.org\nStatus: 5.1.1\n\n--b--\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    assert_string_equal(in->failed.recipient, "tom@b.org");
    assert_string_equal(in->failed.status, "5.1.1");
    inbound_free(in);
}

static void test_a_report_may_name_only_whom_it_was_sent_to(void **state)
{
    struct inbound *in = notice_parse(
        DAEMON "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
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
        struct inbound *in = notice_parse_made(
            "From: noreply@b.org\nSubject: Re: your case\n"
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
        struct inbound *in =
            notice_parse_made(PERSON "To: us@c.org\nContent-Type: %s; boundary=b\n\n--b\n"
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
        struct inbound *in = notice_parse_made(
            DAEMON "To: us@c.org\nSubject: %s\n\n%s\n\n"
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
        struct inbound *in = notice_parse_made(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
            "Final-Recipient: rfc822; tom@b.org\nStatus: %s\n--b--\n",
            rows[i].status);

        assert_int_equal(in->nature, rows[i].nature);
        notice_assert_known(in->failed.recipient, "tom@b.org", rows[i].status);
        inbound_free(in);
    }
}

/* A server calls its words a report, too. */
static void test_a_report_in_two_parts_is_read_whole(void **state)
{
    struct inbound *in = notice_parse(
        DAEMON "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
               "--b\nContent-Type: message/delivery-status;\n\n"
               "This mail was not delivered for the following reason:\n\n"
               "it was not wanted there\n"
               "--b\nContent-Type: message/delivery-status\n\n"
               "Reporting-MTA: dns; b.org\n\nFinal-Recipient: rfc822; <tom@b.org>\n"
               "Action: failed\nStatus: 5.3.0\n--b--\n");

    (void)state;
    assert_int_equal(in->nature, INBOUND_BOUNCE);
    notice_assert_known(in->failed.recipient, "tom@b.org", "in the second part");
    notice_assert_known(in->failed.status, "5.3.0", "in the second part");
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
            notice_parse_made(DAEMON "Subject: Undeliverable mail\n\nIt could not be delivered to\n"
                                     "<tom@b.org>:\n%s\n",
                              rows[i][0]);

        assert_true(in->bounce);
        notice_assert_known(in->failed.status, rows[i][1], rows[i][0]);
        inbound_free(in);
    }
}

static void test_a_report_that_came_without_its_wrapping_is_one(void **state)
{
    (void)state;
    notice_assert_bounce("Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                         "Final-Recipient: rfc822; <tom@b.org>\nAction: failed\nStatus: 4.2.2\n",
                         true);
    notice_assert_bounce("Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.org\n\n"
                         "Final-Recipient: rfc822; <tom@b.org>\nAction: relayed\n",
                         false);
    notice_assert_bounce(DAEMON
                         "Subject: a notice\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                         "Content-Type: message/delivery-status\n\n"
                         "Original-Recipient: <tom@b.org>\nAction: failed\n--b--\n",
                         true);
}

/* Postfix says so of an address that it was only asked about. */
static void test_a_report_on_an_address_says_whether_mail_would_reach_it(void **state)
{
    static const struct {
        const char *action, *read;
        enum inbound_nature nature;
    } rows[] = {
        { "deliverable", "deliverable", INBOUND_DELIVERED },
        { "undeliverable", "failed", INBOUND_BOUNCE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(
            DAEMON "Subject: Mail Delivery Status Report\nContent-Type: multipart/report; "
                   "report-type=delivery-status; boundary=b\n\n--b\n\nYou asked for this.\n"
                   "--b\nContent-Type: message/delivery-status\n\n"
                   "Reporting-MTA: dns; b.org\n\nFinal-Recipient: rfc822; tom@b.org\n"
                   "Action: %s\n--b--\n",
            rows[i].action);

        assert_int_equal(in->nature, rows[i].nature);
        assert_int_equal(in->bounce, rows[i].nature == INBOUND_BOUNCE);
        assert_string_equal(in->failed.action, rows[i].read);
        assert_string_equal(in->failed.recipient, "tom@b.org");
        inbound_free(in);
    }
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
        struct inbound *in = notice_parse_made(
            DAEMON "Content-Type: multipart/report; boundary=b\n\n--b\n\nwords\n"
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
    struct inbound *in = notice_parse(DAEMON "Subject: failure notice\n" REFUSED
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whom_a_mail_did_not_reach_may_stand_in_a_sentence),
        cmocka_unit_test(test_whom_a_mail_did_not_reach_is_told_from_others_that_are_named),
        cmocka_unit_test(test_a_notice_that_names_nobody_is_of_whom_the_mail_was_for),
        cmocka_unit_test(test_a_notice_within_a_notice_was_for_the_writer_whom_it_reached),
        cmocka_unit_test(test_a_notice_that_is_wrapped_up_says_whom_its_reader_did_not_reach),
        cmocka_unit_test(test_a_daemon_that_names_its_program_is_a_daemon),
        cmocka_unit_test(test_a_daemon_says_in_words_that_it_still_tries),
        cmocka_unit_test(test_a_report_s_address_is_read_whole),
        cmocka_unit_test(test_a_masked_recipient_is_sought_elsewhere),
        cmocka_unit_test(test_a_report_that_says_nothing_is_no_bounce),
        cmocka_unit_test(test_a_report_s_words_may_stand_among_its_fields),
        cmocka_unit_test(test_a_report_s_fields_may_stand_in_their_part_s_header),
        cmocka_unit_test(test_a_report_may_name_only_whom_it_was_sent_to),
        cmocka_unit_test(test_a_report_that_asks_who_wrote_is_a_challenge),
        cmocka_unit_test(test_a_report_that_lost_its_parts_is_one_where_it_says_what_failed),
        cmocka_unit_test(test_who_is_away_is_no_failure_in_a_servers_name),
        cmocka_unit_test(test_a_report_without_an_action_is_told_by_its_status),
        cmocka_unit_test(test_a_report_in_two_parts_is_read_whole),
        cmocka_unit_test(test_a_status_is_no_version_and_no_address_of_a_machine),
        cmocka_unit_test(test_a_report_that_came_without_its_wrapping_is_one),
        cmocka_unit_test(test_a_report_on_an_address_says_whether_mail_would_reach_it),
        cmocka_unit_test(test_a_report_is_a_bounce_unless_it_arrived),
        cmocka_unit_test(test_a_bounce_says_whom_it_did_not_reach_why_and_with_which_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
