/* What sort of mail it is: each nature, and spam by its mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include "channels/mail_bounce_other.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "tests/support/notice.h"

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
            notice_parse_made("From: staff@b.org\nSubject: complaint about message from 192.0.2.7\n"
                              "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                              "Content-Type: message/rfc822\nContent-Disposition: inline\n\n%s"
                              "From: us@c.org\nSubject: lamp\n\nx\n--b--\n",
                              rows[i].field);

        assert_int_equal(in->nature, rows[i].nature);
        inbound_free(in);
    }
}

static void test_who_holds_a_mail_until_its_writer_is_known_is_told_from_a_person(void **state)
{
    static const struct {
        const char *words;
        enum inbound_nature nature;
    } rows[] = {
        { "Your mail is being held by my anti-spam program. https://b.org/c/1", INBOUND_CHALLENGE },
        { "Click on the link below so I can receive your mail.\n\nhttps://b.org/c/1",
          INBOUND_CHALLENGE },
        { "Please click the\nlink below so that I can receive your message: https://b.org/c/1",
          INBOUND_CHALLENGE },
        { "To confirm that your mail is legitimate, open https://b.org/c/1", INBOUND_CHALLENGE },
        { "Your parcel is being held by my neighbour. https://b.org/c/1", INBOUND_BY_PERSON },
        { "Please send it to the shop below so that I can receive your parcel. https://b.org",
          INBOUND_BY_PERSON },
        { "Your form wants me to confirm that my mail is right: https://b.org/c/1",
          INBOUND_BY_PERSON },
        { "Can you confirm that your mail is legitimate?", INBOUND_BY_PERSON },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(PERSON "Subject: Re: lamp\n\n%s\n", rows[i].words);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].words);
        inbound_free(in);
    }
}

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
        { "Reply-To: no-reply@b.org\n", true, false, true },
        { "Reply-To: no-reply@b.org\nIn-Reply-To: <1@b.org>\n", true, true, false },
        { "Reply-To: no-reply@b.org\nReferences: <1@b.org>\nPrecedence: bulk\n", true, false,
          true },
        { "", false, false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(PERSON "Subject: x\n%s\nwords\n", rows[i].header);

        if (in->automatic != rows[i].automatic || in->declines != rows[i].declines ||
            inbound_is_automatic(in) != rows[i].by_program)
            fail_msg("row %zu: %d %d", i, in->automatic, in->declines);
        inbound_free(in);
    }
}

/* B-07: no header of RFC 2369 says so, but a list's program wrote on it, or it came from the list's
 * own address. Its writer is a person, and what may not be answered is said by others. */
static void test_what_came_by_a_list_is_a_persons_and_gets_no_notice(void **state)
{
    static const struct {
        const char *header;
        enum inbound_nature nature;
        bool declines;
    } rows[] = {
        { "X-BeenThere: lamps@b.org\n", INBOUND_OF_LIST, true },
        { "X-Mailman-Version: 2.1.39\n", INBOUND_OF_LIST, true },
        { "Mailing-List: contact lamps-help@b.org; run by ezmlm\n", INBOUND_OF_LIST, true },
        { "X-Mailing-List: lamps@b.org\n", INBOUND_OF_LIST, true },
        { "X-ML-Name: lamps\nX-ML-Count: 12\n", INBOUND_OF_LIST, true },
        { "X-MLServer: fml [fml 4.0.3]\n", INBOUND_OF_LIST, true },
        { "Message-ID: <LISTMANAGERSQL-12-3-2026.06.01-10.15.00--s#b.org@b.org>\n", INBOUND_OF_LIST,
          true },
        { "Return-Path: <bounce-lamps-12@b.org>\nMessage-Id: <LYRIS-12-3-2026.06.01@b.org>\n",
          INBOUND_OF_LIST, true },
        { "X-Lyris-Message-Id: <LYRIS-12-3-2026.06.01@b.org>\n", INBOUND_OF_LIST, true },
        { "In-Reply-To: <LYRIS-12-3-2026.06.01@b.org>\nMessage-ID: <1@b.org>\n", INBOUND_BY_PERSON,
          false },
        { "Message-ID: <lyris-and-ana.12@b.org>\n", INBOUND_BY_PERSON, false },
        { "Message-ID: <LYRIS-ANA@b.org>\n", INBOUND_BY_PERSON, false },
        { "Return-Path: <bounce-lamps-12@b.org>\n", INBOUND_BY_PERSON, false },
        { "Sender: owner-lamps@b.org\n", INBOUND_BY_PERSON, true },
        { "Sender: Lamps <lamps-bounces@b.org>\n", INBOUND_BY_PERSON, true },
        { "Return-Path: <lamps-owner@b.org>\n", INBOUND_BY_PERSON, true },
        { "Sender: <lamps-bounces+support=example.com@b.org>\n", INBOUND_BY_PERSON, true },
        { "Return-Path: <CRM-Bounces+12@b.org>\n", INBOUND_BY_PERSON, false },
        { "Return-Path: <lamps-return-12-support=example.com@b.org>\n", INBOUND_BY_PERSON, true },
        { "Return-Path: <ana@b.org>\nSender: ana@b.org\n", INBOUND_BY_PERSON, false },
        { "Sender: bo@b.org\n", INBOUND_BY_PERSON, false },
        { "Sender: homeowner@b.org\n", INBOUND_BY_PERSON, false },
        { "Sender: owner@b.org\n", INBOUND_BY_PERSON, false },
        { "Return-Path: <bo-return-home@b.org>\n", INBOUND_BY_PERSON, false },
        { "X-Mailer: lamps-bounces@b.org\n", INBOUND_BY_PERSON, false },
    };
    struct inbound *in;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        in = notice_parse_made(PERSON "Subject: x\n%s\nwords\n", rows[i].header);
        if (in->automatic || in->declines != rows[i].declines || in->nature != rows[i].nature ||
            inbound_is_automatic(in))
            fail_msg("%s: %d %d, %s", rows[i].header, in->automatic, in->declines,
                     inbound_nature_name(in->nature));
        inbound_free(in);
    }
    in = notice_parse("From: shop-owner@b.org\nReturn-Path: <Shop-Owner@b.org>\n\nwords\n");
    assert_false(in->declines); /* his own address */
    inbound_free(in);
    in = notice_parse(PERSON "X-BeenThere: lamps@b.org\nPrecedence: bulk\n\nwords\n");
    assert_true(in->automatic);
    assert_true(inbound_is_automatic(in));
    inbound_free(in);
}

static void test_what_a_mail_server_writes_by_its_own_address_is_automatic(void **state)
{
    static const char *const servers[] = { "MAILER-DAEMON",
                                           "mail.daemon",
                                           "postmaster",
                                           "MDaemon",
                                           "MailDelivery",
                                           "ndr",
                                           "MicrosoftExchange329e71ec88ae4615" };
    static const char *const persons[] = { "damon", "mail", "andre", "bo.postmaster" };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(servers) + ROWS(persons); i++) {
        bool server = i < ROWS(servers);
        const char *local = server ? servers[i] : persons[i - ROWS(servers)];
        struct inbound *in = notice_parse_made("From: %s@b.org\nTo: s@b.org\n\nwords\n", local);

        if (in->automatic != server)
            fail_msg("%s@ is taken for a %s", local, server ? "person" : "server");
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
        { PERSON "Subject: AUTO: Ana ist außer Haus (Rückkehr am 5.)\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: AUTO : Ana est absente du bureau (retour le 5)\n", NULL,
          INBOUND_OUT_OF_OFFICE },
        { PERSON "Subject: Auto: Panne im Urlaub\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Auto: Kaufvertrag (Kopie)\n", NULL, INBOUND_BY_PERSON },
        { PERSON "Subject: Yahoo! Auto Response\n", NULL, INBOUND_OUT_OF_OFFICE },
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
        { PERSON "Subject: x\n",
          "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n--b--\n",
          INBOUND_CALENDAR_REPLY },
        { PERSON "Subject: x\n",
          "Content-Type: text/calendar\n\nMETHOD:REQUEST\nX:METHOD:REPLY\n--b--\n",
          INBOUND_BY_MACHINE },
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
        struct inbound *in = notice_parse_made(
            "%s%s%s", rows[i].header, body != NULL ? report : "\nx\n", body != NULL ? body : "");

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].header);
        assert_int_equal(inbound_is_automatic(in), in->nature != INBOUND_BY_PERSON);
        assert_false(in->bounce);
        inbound_free(in);
    }
}

static void test_the_form_of_its_subject_tells_an_absence_and_who_writes_back_to_it_is_a_person(
    void **state)
{
    static const char *const forms[] = {
        "Automatic reply",      "Automātiskā atbilde",  "Balasan automatik",
        "Erantzun automatikoa", "Resposta automàtica",  "Аутоматски одговор",
        "Автоматски одговор",   "Автоматты жауап",      "स्वचालित उत्तर",
        "Sjálfvirkt svar",      "Freagra uathoibríoch", "پاسخ خودکار",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(forms); i++) {
        struct inbound *in = notice_parse_made(PERSON "Subject: %s: lamp\n\nx\n", forms[i]);

        if (in->nature != INBOUND_OUT_OF_OFFICE || !inbound_is_automatic(in))
            fail_msg("%s", forms[i]);
        inbound_free(in);
        in = notice_parse_made(PERSON "Subject: Re: %s: lamp\n\nx\n", forms[i]);
        if (in->nature != INBOUND_BY_PERSON || in->automatic)
            fail_msg("Re: %s", forms[i]);
        inbound_free(in);
    }
}

/* The subject may be that of the mail that is answered, and a shop's word of holidays is none. */
static void test_what_answers_by_itself_says_in_its_words_that_nobody_is_there(void **state)
{
    static const struct {
        const char *header, *words;
        enum inbound_nature nature;
    } rows[] = {
        { "Auto-Submitted: auto-replied\nSubject: Re: lamp\n", "Estaré de vacaciones hasta el 5.",
          INBOUND_OUT_OF_OFFICE },
        { "Auto-Submitted: auto-replied; x=y\nSubject: lamp\n", "Bin bis 5. im Urlaub.",
          INBOUND_OUT_OF_OFFICE },
        { "Precedence: auto_reply\nSubject: Re: lamp\n", "Я в отпуске до 5-го.",
          INBOUND_OUT_OF_OFFICE },
        { "Auto-Submitted: auto-replied\nSubject: Re: paquete de vacaciones\n",
          "Hemos recibido su solicitud.", INBOUND_BY_MACHINE },
        { "Auto-Submitted: auto-replied\nSubject: Re: lamp\n",
          "Received.\n\nOn Monday you wrote:\n> We are on vacation.", INBOUND_BY_MACHINE },
        { "Precedence: bulk\nSubject: Ofertas\n", "Viajes de vacaciones.", INBOUND_BY_MACHINE },
        { "Subject: Re: lamp\n", "Estaré de vacaciones hasta el 5.", INBOUND_BY_PERSON },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct inbound *in = notice_parse_made(PERSON "%s\n%s\n", rows[i].header, rows[i].words);

        if (in->nature != rows[i].nature)
            fail_msg("%s for %s", inbound_nature_name(in->nature), rows[i].words);
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
        struct inbound *in = notice_parse_made(PERSON "%s\nx\n", rows[i].field);

        if (in->spam != rows[i].spam)
            fail_msg("%s", rows[i].field);
        inbound_free(in);
    }
}

static void test_words_are_written_as_they_are_compared(void **state)
{
    static const char *const *const tables[] = {
        mail_words_daemon,
        mail_words_failed_subject,
        mail_words_status_subject,
        mail_words_failed,
        mail_words_warning,
        mail_words_delayed,
        mail_words_reason,
        mail_words_unknown,
        mail_words_returned,
        mail_words_reply_prefix,
        mail_words_auto_reply,
        mail_words_absence,
        mail_words_challenge,
        mail_words_away,
        mail_other_own_mailbox,
        mail_other_proof,
        mail_other_arrived,
        mail_other_person,
        mail_other_greeting,
        mail_other_closing,
        mail_other_sent,
        mail_other_recipients,
        mail_other_one,
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

/* What Unicode says stands below its marks; a few letters have a stroke that it calls no mark. */
static char plain_letter(const UNormalizer2 *nfd, UChar32 c)
{
    static const struct {
        UChar32 c;
        char plain;
    } strokes[] = { { 0x142, 'l' }, { 0x141, 'L' }, { 0xf8, 'o' }, { 0xd8, 'O' }, { 0x131, 'i' } };
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[4];
    size_t i;

    for (i = 0; i < ROWS(strokes); i++)
        if (strokes[i].c == c)
            return strokes[i].plain;
    return unorm2_getDecomposition(nfd, c, parts, 4, &status) > 0 && U_SUCCESS(status) &&
                   parts[0] < 0x80
               ? (char)parts[0]
               : '\0';
}

static void test_a_word_is_known_without_the_marks_that_unicode_puts_on_its_letters(void **state)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    UChar32 c;

    (void)state;
    assert_true(U_SUCCESS(status));
    for (c = 0xa0; c < 0x1f10; c += c == 0x36f ? 0x1e00 - c : 1) { /* the Latin letters */
        char plain = plain_letter(nfd, c), text[4] = { 'x', plain != '\0' ? plain : 'n', 'y' };
        char word[8] = "x";
        const char *const words[] = { word, NULL };
        int32_t len = 1;
        UBool bad = 0;

        U8_APPEND((uint8_t *)word, len, 6, c, bad);
        word[len] = 'y';
        if (!bad && (mail_words_find_plain(text, words) != NULL) != (plain != '\0'))
            fail_msg("U+%04X is %s", c, plain != '\0' ? text : "taken for a letter");
    }
}

/* Of two such rows the longer one is never needed. */
static void test_no_word_that_is_looked_for_holds_another_one_of_its_table(void **state)
{
    static const char *const *const tables[] = {
        mail_words_daemon,  mail_words_failed_subject, mail_words_status_subject,
        mail_words_failed,  mail_words_delayed,        mail_words_reason,
        mail_words_unknown, mail_words_returned,       mail_words_introduction,
        mail_words_absence, mail_words_challenge,      mail_words_away,
    };
    const char *const *a, *const *b;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(tables); i++)
        for (a = tables[i]; *a != NULL; a++)
            for (b = tables[i]; *b != NULL; b++)
                if (a != b && strstr(*a, *b) != NULL)
                    fail_msg("table %zu: \"%s\" holds \"%s\"", i, *a, *b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_complaint_is_known_by_what_came_back_with_it),
        cmocka_unit_test(test_who_holds_a_mail_until_its_writer_is_known_is_told_from_a_person),
        cmocka_unit_test(test_who_only_declines_automatic_answers_or_writes_to_a_list_is_a_person),
        cmocka_unit_test(test_what_came_by_a_list_is_a_persons_and_gets_no_notice),
        cmocka_unit_test(test_what_a_mail_server_writes_by_its_own_address_is_automatic),
        cmocka_unit_test(test_each_nature_is_told_apart_and_all_but_persons_are_automatic),
        cmocka_unit_test(
            test_the_form_of_its_subject_tells_an_absence_and_who_writes_back_to_it_is_a_person),
        cmocka_unit_test(test_what_answers_by_itself_says_in_its_words_that_nobody_is_there),
        cmocka_unit_test(test_a_mark_of_spam_is_believed_in_each_filters_own_form),
        cmocka_unit_test(test_words_are_written_as_they_are_compared),
        cmocka_unit_test(test_a_word_is_known_without_the_marks_that_unicode_puts_on_its_letters),
        cmocka_unit_test(test_no_word_that_is_looked_for_holds_another_one_of_its_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
