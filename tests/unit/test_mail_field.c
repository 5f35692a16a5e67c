/* What the fields of a header say: words, mailboxes, ids, dates, types and names of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "channels/mail_address.h"
#include "channels/mail_date.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "core/arena.h"
#include "tests/support/reading.h"

/* T-53, T-54 */
static void test_encoded_words_are_text_wherever_they_stand(void **state)
{
    static const struct {
        struct span value;
        const char *text;
    } rows[] = {
        { SPAN("=?utf-8?Q?a=C3=B1o?="), "año" },
        { SPAN("=?utf-8?B?w7E=?= =?utf-8?B?w7E=?="), "ññ" },
        { SPAN("=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=B1?="), "ñ" },
        { SPAN("=?iso-2022-jp?B?GyRCOCE=?= =?iso-2022-jp?B?OncbKEI=?="), "検索" },
        { SPAN("=?iso-2022-jp?B?GyRCOCEbKEI=?= =?iso-2022-jp?B?GyRCOncbKEI=?="), "検索" },
        { SPAN("=?utf-8?Q?a?= b =?utf-8?Q?c?="), "a b c" },
        { SPAN("=?utf-8?Q?a?= =?iso-8859-1?Q?=F1?="), "añ" },
        { SPAN("x=?utf-8?Q?=C3=B1?=y"), "xñy" },
        { SPAN("=?utf-8*es?Q?=C3=B1?="), "ñ" },
        { SPAN("=? utf-8 ?Q?=C3=B1?="), "ñ" },
        { SPAN("=?iso-8859-1?Q?a_b c?="), "a b c" },
        { SPAN("=?utf-8?B?w7\r\n E=?="), "ñ" },
        { SPAN("=?utf-8?B?SGFs bG8g V2Vs dA==?="), "Hallo Welt" },
        { SPAN("=?utf-8?X?abc?="), "=?utf-8?X?abc?=" },
        { SPAN("=?utf-8?Q?open"), "=?utf-8?Q?open" },
        { SPAN("=?utf-8?Q?"
               "?="),
          "" },
        { SPAN("=?"), "=?" },
        { SPAN("a =?= b"), "a =?= b" },
        { SPAN("raw \xc3\xb1 and =?iso-8859-1?Q?=F1?="), "raw ñ and ñ" },
        { SPAN("raw \xf1"), "raw ñ" },
        { SPAN("no\0thing"), "nothing" },
        { SPAN("=?utf-8?Q?caf=C3=?= =?utf-8?Q?A9?= =?utf-8?Q?s_=C?= =?utf-8?Q?3=A9?="), "cafés é" },
        { SPAN("=?utf-8?B?Y2Fmw?= =?utf-8?B?6lz?= =?utf-8?B?IMOp?="), "cafés é" },
        { SPAN("=?utf-8?B?YQ?= =?utf-8?B?Y2I?= =?utf-8?B?YQ==?="), "acba" },
        { SPAN("=?utf-8?B?Y2Fm Y2Fm?= =?utf-8?Q?a=?= =?utf-8?B?Y2I?="), "cafcafa=cb" },
        { SPAN("=?utf-8?Q?caf=C\r\n 3=A9s_=C3=\r\n\tA9?="), "cafés é" },
        { SPAN("=?utf-8?Q?a = BE,=be fine,= be,=B e?="), "a = BE,\xc2\xbe fine,= be,=B e" },
        { SPAN("two\r\n\tlines \t here"), "two lines here" },
        { SPAN("=?x-no?Q?=C3=B1?="), "ñ" },
        { SPAN("\x1b$B8!:w\x1b(B"), "検索" },
        { SPAN("=?utf-8?Q?a=0D=0AX-Evil:_1?="), "a X-Evil: 1" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        reading_expect(i, mail_header_text(reading_arena, rows[i].value, NULL, 1000), rows[i].text);
}

static const char *listed(mail_address_list_fn *list_of, const char *value)
{
    struct mail_address list[10];
    struct text_buffer b = { 0 };
    size_t n = list_of(reading_arena, span_of(value), NULL, list, 10), k;

    for (k = 0; k < n; k++)
        text_buffer_printf(&b, "%s|%s;", list[k].name, list[k].address);
    return reading_taken(&b);
}

/* "name|address;" each */
static const char *mailboxes(const char *value)
{
    return listed(mail_address_list, value);
}

static void test_mailboxes_are_read_as_they_come(void **state)
{
    static const struct reading rows[] = {
        { "a@b.org", "|a@b.org;" },
        { "Ana <a@b.org>", "Ana|a@b.org;" },
        { "\"Doe, Jane\" <j@b.org>, <k@b.org>", "Doe, Jane|j@b.org;|k@b.org;" },
        { "a@b.org (Ana (of B))", "Ana (of B)|a@b.org;" },
        { "a@b.org (Ana (of B), c@d.org (Eva Gil", "Ana (of B)|a@b.org;Eva Gil|c@d.org;" },
        { "a(x)@b.org, a@(x)b.org (Ana)", "|a@b.org;Ana|a@b.org;" },
        { "=?utf-8?Q?Doe,_Jane?= <j@b.org>", "Doe, Jane|j@b.org;" },
        { "=?utf-8?Q?=22X=22?= <j@b.org>", "X|j@b.org;" }, /* quoted first, then encoded */
        { "=?utf-8?Q?=22X=22_Y_=22Z=22?= <j@b.org>", "\"X\" Y \"Z\"|j@b.org;" },
        { "=?utf-8?Q?=22?= <j@b.org>", "\"|j@b.org;" },
        { "Ana < <a@b.org>, Eva <\r\n <<e@b.org>>", "Ana|a@b.org;Eva|e@b.org;" },
        { "Team: a@b.org, B <b@b.org>;, c@b.org", "|a@b.org;B|b@b.org;|c@b.org;" },
        { "undisclosed-recipients:;", "" },
        { "", "" },
        { "nobody", "" },
        { "<>", "" },
        { "@b.org, a@, @", "" },
        { "a@b.org; c@b.org", "|a@b.org;|c@b.org;" },
        { "<@x,@y:a@b.org>", "|a@b.org;" },
        { "<mailto:a@b.org>", "|a@b.org;" },
        { "Ana a@b.org", "Ana|a@b.org;" },
        { "\"a b\"@b.org", "|\"a b\"@b.org;" },
        { "\"x@y.org\" <a@b.org>", "x@y.org|a@b.org;" },
        { "Ana <a@b.org", "Ana|a@b.org;" },
        { "Ana \"<a@b.org>", "Ana|a@b.org;" },
        { "\"Ana <a@b.org>", "Ana|a@b.org;" },
        { "Ana 15\" Gil <a@b.org>", "Ana 15\" Gil|a@b.org;" },
        { "Ana <a@b.org> Eva Gil <c@b.org>, <d@b.org>", "Ana|a@b.org;Eva Gil|c@b.org;|d@b.org;" },
        { "\"Ana\" <a@b.org> (home) \"Gil, Eva\" <c@b.org>", "Ana|a@b.org;Gil, Eva|c@b.org;" },
        { "<a@b.org> Ana", "Ana|a@b.org;" },
        { "\"Ana Gil\" a@b.org", "Ana Gil|a@b.org;" },
        { "\"a@b.org", "|a@b.org;" },
        { "\"a@b.org\" <>", "|a@b.org;" },
        { "\"ana\"@\"b.org\"", "|\"ana\"@\"b.org\";" },
        { "\"Ana Gil\" (a@b.org)", "Ana Gil|a@b.org;" },
        { "<a@b.org>\r\n <c@b.org> <d@b.org>", "|a@b.org;|c@b.org;|d@b.org;" },
        { "Ana <ana> Eva <e@b.org>", "Eva|e@b.org;" },
        { "<Undisclosed-Recipient:;@mx.b.org>", "" },
        { "<Undisclosed-Recipient:@mx.b.org;>", "" },
        { "Ana [a@b.org], [c@b.org]", "Ana|a@b.org;|c@b.org;" },
        { "Ana [mailto:a@b.org], <[mailto:c@b.org]>", "Ana|a@b.org;|c@b.org;" },
        { "Ana Gil (a@b.org)", "Ana Gil|a@b.org;" },
        { "Ana Gil (<a@b.org>), (<c@b.org>)", "Ana Gil|a@b.org;|c@b.org;" },
        { "(a@b.org), (Ana <c@b.org>), (Ana Gil e@b.org)",
          "|a@b.org;Ana|c@b.org;Ana Gil|e@b.org;" },
        { "It is yours!,(<a@b.org>)", "|a@b.org;" },
        { "Gil, Ana (a@b.org)", "Gil, Ana|a@b.org;" },
        { "(Ana <a@b.org> too), Eva (<>), Bob (<b>)", "Ana|a@b.org;" },
        { "Ana (x <a@b.org>", "Ana (x|a@b.org;" },
        { "a @ b.org", "|a@b.org;" },
        { "<ana gil@b.org>", "|ana gil@b.org;" }, /* nobody else's address is made of it */
        { "Ana < ana  gil @ b.org >", "Ana|ana gil@b.org;" },
        { "<ana . gil@b . org>", "|ana.gil@b.org;" },
        { "<ana\r\n gil@b.org>", "|anagil@b.org;" },
        { "Ana <a@b.org> <c@b.org>", "Ana|a@b.org;" },
        { "Gil, Ana <a@b.org>", "Gil, Ana|a@b.org;" },
        { "c@b.org, Gil, Ana <a@b.org>, d@b.org", "|c@b.org;Gil, Ana|a@b.org;|d@b.org;" },
        { "nobody, <a@b.org>", "|a@b.org;" },
        { "root, Ana <a@b.org>", "Ana|a@b.org;" },
        { "de la Cruz, Ana <a@b.org>", "de la Cruz, Ana|a@b.org;" },
        { "nobody; Ana <a@b.org>", "Ana|a@b.org;" },
        { "nobody, a@b.org", "|a@b.org;" },
        { "Friends, all: Ana <a@b.org>;", "Ana|a@b.org;" },
        { "Ana <a@b.org>Importance: high", "Ana|a@b.org;" }, /* a line end was lost */
        { "Ana a@b.org>", "Ana|a@b.org;" },
        { "a@b.org www.b.org, c@d.org", "|a@b.org;|c@d.org;" }, /* no blank joins two names */
        { "Ana <a@b.org www.b.org>, Eva <e@mx . b. org.>", "Ana|a@b.org;Eva|e@mx.b.org.;" },
        { "a@b.org Ana Gil; Eva <e@ b.org x y.z>", "|a@b.org;Eva|e@b.org;" },
        { "<a@[192.0.2.1 ] x>, <c@[ 192.0.2.1]>", "|a@[192.0.2.1];|c@[192.0.2.1];" },
        { "<a@mailh\r\n ost.b.org>, c@b.org\r\n www.b.org", "|a@mailhost.b.org;|c@b.org;" },
        { "Ana a@b.org or c@d.org, e@b.org or f@d.org", "Ana|a@b.org;|e@b.org;" },
        { "<a@b.org c@d.org>, <e@b.org,f@d.org>, <g@b.org; h@d.org>",
          "|a@b.org;|e@b.org;|g@b.org;" },
        { "Ana <a@b,org>, <c@d.org,x.org>, <e@b.org,>", "Ana|a@b,org;|c@d.org,x.org;|e@b.org;" },
        { "<a@b.org, c@d.org>, <e@b.org, <f@d.org>, <g@b.org, Gil>",
          "|a@b.org;|e@b.org;|f@d.org;|g@b.org;" },
        { "<a@b.org>, \"Ana\"@\"b c.org\"", "|a@b.org;|\"Ana\"@\"b c.org\";" },
        { "Ana <<a@b.org>>, <<<c@b.org", "Ana|a@b.org;|c@b.org;" },
        { "Ana \\(of B\\) <a@b.org>", "Ana (of B)|a@b.org;" },
        { "a@b.org c@b.org", "|a@b.org;|c@b.org;" },
        { "a@b.org\t<c@b.org>", "a@b.org|c@b.org;" },
        { "=?utf-8?Q?Ana_=3Ca=40b=2Eorg=3E?=", "Ana|a@b.org;" },
        { "Pe\xf1"
          "a <p@b.org>",
          "Peña|p@b.org;" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), mailboxes);
}

/* Bytes of a character that are those of a bracket, a quote or a backslash elsewhere. */
static void test_names_are_whole_whose_bytes_look_like_brackets_and_quotes(void **state)
{
    static const struct reading rows[] = {
        { "\x1b$B:4F#\x1b(B <a@b.org>", "佐藤|a@b.org;" },
        { "\"\x1b$B$\"$Y\x1b(B\" <a@b.org>, <c@d.org>", "あべ|a@b.org;|c@d.org;" },
        { "a@b.org (\x1b$B:4F#\x1b(B)", "佐藤|a@b.org;" },
        { "\x1b$B%\"%/%;%9\x1b(J \x1b$B;vL36I\x1b(J\r\n <a@b.org>", "アクセス 事務局|a@b.org;" },
        { "\x83\x5c\x83\x6a\x81\x5b\x8a\x94\x8e\xae\x89\xef\x8e\xd0 <a@b.org>",
          "ソニー株式会社|a@b.org;" },
        { "\"\x93\xfa\x96\x7b\x82\xcc\x8e\x9e\x8d\x8f\x95\x5c\" <a@b.org>, c@d.org",
          "日本の時刻表|a@b.org;|c@d.org;" },
        { "\xb3\xaf\xa4\x70\xa9\x6a\xa5\x5c\xaf\xe0 <a@b.org>", "陳小姐功能|a@b.org;" },
        { "\"Zo\xeb \\\"Z\\\" Ruiz\" <a@b.org>", "Zoë \"Z\" Ruiz|a@b.org;" },
        { "\"Zo\xc3\xab\\\" Ruiz\" <a@b.org>", "Zoë\" Ruiz|a@b.org;" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), mailboxes);
}

static const char *spelt_mailbox(const char *value)
{
    return listed(mail_address_list_spelt, value);
}

/* As archives of lists write them, so that no program gathers them. */
static void test_a_mailbox_whose_at_is_spelt_out_is_read_where_nothing_else_may_be_meant(
    void **state)
{
    static const struct reading rows[] = {
        { "eva at example.org (Eva Example)", "Eva Example|eva@example.org;" },
        { "eva at example.org (=?UTF-8?B?RXZhIMOR?=)", "Eva \u00d1|eva@example.org;" },
        { "eva.b+c at mail.example.org", "|eva.b+c@mail.example.org;" },
        { "eva at xn--mller-kva.example (Eva (of B))", "Eva (of B)|eva@xn--mller-kva.example;" },
        { "Eva Example <eva at example.org>", "Eva Example|eva@example.org;" },
        { "\"Example, Eva\" <Eva AT example.org>", "Example, Eva|Eva@example.org;" },
        { "<eva at example.org>", "|eva@example.org;" },
        { "Eva at example.org (Eva)", "Eva|Eva@example.org;" },
        { "Support at lamps.example", "" }, /* a name? */
        { "Meet me at noon.com", "" },
        { "Meet me at noon.com (Eva)", "" },
        { "eva at example", "" },
        { "eva at example. org (Eva)", "" },
        { "eva at example.org today (Eva)", "" },
        { "eva at 10.30 (Eva)", "" },
        { "eva at .org (Eva)", "" },
        { "eva at example..org (Eva)", "" },
        { "at example.org (Eva)", "" },
        { "eva at example.org (Eva), tom at example.org (Tom)", "" },
        { "eva at example.org (eva@example.net)", "" },
        { "Eva Example <see me at example.org>", "" },
        { "Eva <eva at example.org> or so", "" },
        { "", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), spelt_mailbox);
}

static const char *local_mailboxes(const char *value)
{
    return listed(mail_address_list_local, value);
}

static void test_mailboxes_without_a_domain_are_seen_by_who_asks_for_them(void **state)
{
    static const struct reading rows[] = {
        { "root", "|root;" },
        { "Ana <ana>, b@b.org (Bob)", "Ana|ana;Bob|b@b.org;" },
        { "root (Cron)", "Cron|root;" },
        { "team: ana, =?utf-8?q?eva?= ;", "|ana;|eva;" },
        { "Gil, Ana <a@b.org>", "Gil, Ana|a@b.org;" },
        { "Ana, Eva", "" }, /* of one, or of two? */
        { "undisclosed-recipients", "" },
        { "MAILER-DAEMON <>, root", "|root;" }, /* nobody is in the brackets */
        { "MAILER-DAEMON <>", "" },
        { "Daemon <MAILER-DAEMON>, MAILER-DAEMON", "Daemon|MAILER-DAEMON;|MAILER-DAEMON;" },
        { "two words, <three more words>, a@, @b.org, <>, \"\"", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), local_mailboxes);
}

static const char *message_ids(const char *value)
{
    const char *ids[10];
    struct text_buffer b = { 0 };
    size_t n = mail_header_ids(reading_arena, span_of(value), ids, 10), k;

    for (k = 0; k < n; k++)
        text_buffer_printf(&b, "%s;", ids[k]);
    return reading_taken(&b);
}

static void test_message_ids_are_read_as_they_come_and_never_empty(void **state)
{
    static const struct reading rows[] = {
        { "<a@b.org>", "a@b.org;" },
        { "<a@b.org> text <c@d.org>", "a@b.org;c@d.org;" },
        { "<a@\r\n b.org>", "a@b.org;" },
        { "a@b.org c@d.org nothing", "a@b.org;c@d.org;" },
        { "Message from a@b.org of Monday", "" },
        { "<> < > <\x7f>", "" },
        { "<\xef\xbb\xbf>", "" }, /* a byte order mark, which is no text */
        { "<a@b.org", "a@b.org;" },
        { "a@b.org>", "a@b.org;" },
        { "<a b@c.org> < d @ e.org >", "a b@c.org;d@e.org;" },
        { "<a\r\n b@c.org>", "ab@c.org;" },
        { "<1 @ c(its name)  .b (x) .org(y)>", "1@c.b.org;" }, /* RFC 5322 A.5 */
        { "<a. b(x)@\r\n c.org (y)>", "a.b@c.org;" },
        { "<a@b.(none)> <(x)@y> <a(b)c@d.org> <a( )(b@d.org>",
          "a@b.(none);(x)@y;a(b)c@d.org;a( )(b@d.org;" },
        { "Your message of \"Mon, 1 Jun\" <a@b.org", "a@b.org;" },
        { "<a@b.org <mailto:a@b.org>>\r\n <c@d.org\r\n <MAILTO:c@d.org>>", "a@b.org;c@d.org;" },
        { "<a@b.org> <mailto:a@b.org> <c@d.org>", "a@b.org;c@d.org;" },
        { "a@b.org <mailto:a@b.org>, c@d.org <mailto:c@d.org>", "a@b.org;c@d.org;" },
        { "<mailto:a@b.org> <mailto:> < <mailto:c@d.org>>", "a@b.org;c@d.org;" },
        { "<a@b.org <mailto:a@b.org", "a@b.org;" },
        { "mailto:a@b.org mailto:c@d.org", "a@b.org;c@d.org;" },
        { "<a@mailto:b.org>", "a@mailto:b.org;" },
        { "=?utf-8?q?=3Ca=40b=2Eorg=3E?=", "a@b.org;" },
        { "=?utf-8?q?"
          "?=",
          "" },
        { "=?no word =?utf-8?q?=3Ca=40b=2Eorg=3E?=", "a@b.org;" },
        { "=?= =?x?= =?utf-8?q?=3Ca=40b=2Eorg=3E?= =?", "a@b.org;" },
        { "=?no =?utf-8?q?a@b.org", "" },
        { "", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), message_ids);
}

static void test_dates_are_read_as_they_come(void **state)
{
    static const struct {
        const char *value;
        int64_t at; /* 0: it is none */
    } rows[] = {
        { "Mon, 1 Jun 2026 08:15:00 +0000", 1780301700 },
        { "Mon, 1 Jun 2026 10:15:00 +0200 (CEST)", 1780301700 },
        { "1 Jun 26 08:15 GMT", 1780301700 },
        { "Mon Jun  1 08:15:00 2026", 1780301700 },
        { "Mon Jun  1 04:15:00 EDT 2026", 1780301700 },
        { "Monday, 01-Jun-26 08:15:00 UTC", 1780301700 },
        { "2026-06-01T10:15:00+02:00", 1780301700 },
        { "2026-06-01 08:15:00", 1780301700 },
        { "Mon,1 Jun 2026 08:15:00 -0000", 1780301700 },
        { "Mon, 1 June 2026 8:15:00 AM", 1780301700 },
        { "Mon, 1 Jun 2026 08.15.00 Z", 1780301700 },
        { "1 Jun 126 08:15:00 GMT", 1780301700 },
        { "Mon, 1 Jun 2026 12:15:00 400", 1780301700 },
        { "Mon, 1 Jun 2026 04:45:00 NST", 1780301700 },
        { "Mon, 1 Jun 2026 13:45 IST", 1780301700 },
        { "Tue, 31 Dec 1996 23:59:60 +0000", 852076800 },
        { "Mon, 1 Jun 2026 20:15:00 +1200", 1780301700 },
        { "2026-06-01T08:15:00.12345678901234567890123456789",
          1780301700 }, /* longer than a word */
        { "Mon, 1 Jun 2026 10:15:00 +0200 +0100", 1780301700 },
        { "Mo, 1 Jun 2026 10:15:00 MET DST", 1780301700 },
        { "06/01/2026 08:15", 1780301700 },
        { "19/06/2026 08:15", 1781856900 },
        { "19.06.2026, 08:15", 1781856900 },
        { "19.6.26 10:15 +0200", 1781856900 },
        { "Fri, 19 Jun 2026 08 (what) : 15 : 00 +0000", 1781856900 },
        { "Fri, 19 Jun 2026 04:15:00 --0400", 1781856900 },
        { "ven, 19 giu 2026 10:15:00 +0200", 1781856900 },
        { "Fr, 19 Jun 2026 05:15 ADT", 1781856900 },
        { "mar, 4 ago 2026 10:15:00 +0200", 1785831300 },
        { "Seg, 3 Ago 2026 05:15:00 -0300", 1785744900 },
        { "lun. 3 ao\xc3\xbbt 2026 10:15:00 +0200", 1785744900 },
        { "Di, 3 M\xe4rz 2026 08:15:00", 1772525700 },
        { "So, 4 Okt 2026 08:15:00 +0000", 1791101700 },
        { "Mo, 1 Jun 2026 10:15:00 MESZ", 1780301700 },
        { "Di, 3 Mrz 2026 09:15:00 MEZ", 1772525700 },
        { "wt., 3 mar 2026 09:15:00 +0100", 1772525700 },
        { "pt., 19 cze 2026 10:15:00 +0200", 1781856900 },
        { "pon., 3 sie 2026 10:15:00 +0200", 1785744900 },
        { "\xc4\x8dt, 19 \xc4\x8dvn 2026 10:15:00 +0200", 1781856900 },
        { "Cum, 19 Haz 2026 11:15:00 +0300", 1781856900 },
        { "Paz, 28 Haz 2026 11:15:00 +0300", 1782634500 }, /* "paź" is a month */
        { "p, 19 j\xc3\xban. 2026 10:15:00 +0200", 1781856900 },
        { "Mon, 1 Jun 2026 16.15.00.78+0800", 1780301700 },
        { "Sun, 31 May 2026 24:00:00 +0000", 1780272000 }, /* ISO 8601: the end of that day */
        { "Fri, 019 Jun 2026 08:15:00 +0000", 1781856900 },
        { "31 Feb 2026 24:00 GMT", 0 },
        { "31 May 2026 24:01 GMT", 0 },
        { "Sun, 01 01 2017 12:13:14 +0100", 1483269194 }, /* of month and day nothing is mistaken */
        { "Thu, 01 01 2017 12:13:14 +0100", 1483269194 },
        { "01 01 2017 12:13:14 +0100", 1483269194 },
        { "01 01 12:13:14 +0100", 0 },
        { "Fri, 19 06 2026 08:15:00 +0000", 1781856900 }, /* 19 is no month */
        { "06 19 2026 08:15:00 +0000", 1781856900 },
        { "Mon, 01 06 2026 08:15:00 +0000", 1780301700 }, /* 6 January is a Tuesday */
        { "Tue, 01 06 2026 08:15:00 +0000", 1767687300 },
        { "Wed, 01 06 2026 08:15:00 +0000", 0 },
        { "01 06 2026 08:15:00 +0000", 0 },
        { "Mon, 19 20 2026 08:15:00 +0000", 0 },
        { "", 0 },
        { "yesterday", 0 },
        { "31 Feb 2026 08:15:00 GMT", 0 },
        { "1 Jun 2026 25:15:00 GMT", 0 },
        { "1 Jun", 0 },
        { "99999999999999999999 Jun 2026", 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        int64_t at = 0;

        if (!mail_date_read(span_of(rows[i].value), &at, NULL))
            at = 0;
        if (at != rows[i].at)
            fail_msg("row %zu: %lld, expected %lld", i, (long long)at, (long long)rows[i].at);
    }
}

static const struct mail_part *part_of(const char *header)
{
    const char *raw = arena_printf(reading_arena, "%s\n\nx", header), *likely;
    bool over;

    return mail_part_read(reading_arena, span_of(raw), NULL, &likely, &over);
}

/* "": none */
static const char *filename_of(const char *header)
{
    const struct mail_part *p = part_of(header);

    return p->filename != NULL ? p->filename : "";
}

/* S-30, T-49 */
static void test_file_names_are_names_and_no_more(void **state)
{
    static const struct reading rows[] = {
        { "Content-Disposition: attachment; filename=a.txt", "a.txt" },
        { "Content-Disposition: attachment; filename=\"a b.txt\"", "a b.txt" },
        { "Content-Disposition: attachment; filename=a b.txt; size=1", "a b.txt" },
        { "Content-Disposition: attachment; filename=Report (1).pdf", "Report (1).pdf" },
        { "Content-Disposition: attachment; filename=\\\"a b.txt\\\"; size=1", "a b.txt" },
        { "Content-Disposition: attachment; filename=\\\"\\\"; size=1", "" },
        { "Content-Disposition: attachment; filename=\"C:\\Temp\\a.txt\"", "a.txt" },
        { "Content-Disposition: attachment; filename=\"../../a.txt\"", "a.txt" },
        { "Content-Disposition: attachment; filename=\"..\"", "" },
        { "Content-Disposition: attachment; filename=\"\"; name=x", "" },
        { "Content-Type: a/b; name=\"a.txt\"", "a.txt" },
        { "Content-Type: a/b; name=x\nContent-Disposition: inline; filename=y", "y" },
        { "Content-Disposition: attachment; filename*=utf-8''a%C3%B1o", "año" },
        { "Content-Disposition: attachment; filename*=utf-8''a%2F%2E%2E%2Fb", "b" },
        { "Content-Disposition: attachment; filename=x; filename*=utf-8''y", "y" },
        { "Content-Disposition: attachment; filename*1=b; filename*0=a", "ab" },
        { "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%B1", "ñ" },
        { "Content-Disposition: attachment; filename*0*=x-no''%F1; filename*1=a", "ña" },
        { "Content-Disposition: attachment; filename*=a%20b", "a b" },
        { "Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=B1?=\"", "ñ" },
        { "Content-Disposition: attachment; filename==?utf-8?Q?=C3=B1?=", "ñ" },
        { "Content-Disposition: attachment; filename=\"a\xf1o\"", "año" },
        { "Content-Disposition: attachment; filename=\".ht\u200b"
          "access\"",
          ".htaccess" },
        { "Content-Disposition: attachment; filename=\"gpj.\u202e"
          "exe\"",
          "gpj.exe" },
        { "Content-Disposition: attachment; filename=\"a\tb\"", "a b" },
        { "Content-Disposition: attachment filename=a.txt", "a.txt" },
        { "Content-Disposition: attachment; filename=\"open.txt", "open.txt" },
        { "Content-Disposition: attachment; filename*=utf-8'a%C3%B1o.txt", "año.txt" },
        { "Content-Disposition: attachment; filename*=it's.txt", "it's.txt" },
        { "Content-Type: \"image/png\"; name=a.png", "a.png" },
        { "Content-Disposition: attachment; filename*1*=utf-8''a%C3%B1; filename*2=o.txt",
          "año.txt" },
        { "Content-Disposition: attachment; filename=a.txt; filename*1=b.txt", "a.txt" },
        { "Content-Disposition: attachment; filename*99999999999=x", "" },
        { "Content-Disposition: attachment; filename=\"\x1b$B$\"$$\x1b(B.txt\"", "あい.txt" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), filename_of);
}

static const char *type_of(const char *header)
{
    return part_of(header)->type;
}

static void test_a_type_ends_where_its_parameters_or_comments_begin(void **state)
{
    static const struct reading rows[] = {
        { "Content-Type: text / HTML ; charset=x", "text/html" },
        { "Content-Type: text/ ; charset=x", "text/plain" },
        { "Content-Type: text/ (or so); charset=x", "text/plain" },
        { "Content-Type: text/ html charset=x", "text/html" },
        { "Content-Type: image/png(a picture)", "image/png" },
        { "Content-Type: text/", "text/plain" },
        { "Content-Type: X-ZIP; name=a.zip", "application/octet-stream" },
        { "Content-Type: ; name=a.jpg", "application/octet-stream" },
        { "Content-Type: text; name=a.txt", "text/plain" },
        { "Content-Type: X-ZIP", "text/plain" },
        { "Content-Type: Plain/Text; charset=utf-8", "text/plain" },
        { "Content-Type: html", "text/html" },
        { "Content-Type: text/htm", "text/html" },
        /* the words of a whole mail, whatever a script called them */
        { "Content-Type: test/plain; charset=x", "text/plain" },
        { "Content-Type: tex/html", "text/html" },
        { "Content-Type: x-unknown/x\nContent-Disposition: inline", "text/plain" },
        { "Content-Type: x-unknown/x\nContent-Transfer-Encoding: base64\n\neA==", "text/plain" },
        { "Content-Type: multipart/mixed; boundary=y\n\n--y\nContent-Type: test/plain",
          "multipart/mixed" },
        { "Content-Type: test/plain; name=a.txt", "test/plain" },
        { "Content-Type: test/plain\nContent-Disposition: inline; filename=a.txt", "test/plain" },
        { "Content-Type: test/plain\nContent-Disposition: attachment", "test/plain" },
        { "Content-Type: test/plain\nContent-Transfer-Encoding: quoted-printable\n\n=01",
          "test/plain" },
        { "Content-Type: application/x", "application/x" },
        { "Content-Type: chemical/x-pdb", "chemical/x-pdb" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), type_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoded_words_are_text_wherever_they_stand),
        cmocka_unit_test(test_mailboxes_are_read_as_they_come),
        cmocka_unit_test(test_names_are_whole_whose_bytes_look_like_brackets_and_quotes),
        cmocka_unit_test(
            test_a_mailbox_whose_at_is_spelt_out_is_read_where_nothing_else_may_be_meant),
        cmocka_unit_test(test_mailboxes_without_a_domain_are_seen_by_who_asks_for_them),
        cmocka_unit_test(test_message_ids_are_read_as_they_come_and_never_empty),
        cmocka_unit_test(test_dates_are_read_as_they_come),
        cmocka_unit_test(test_file_names_are_names_and_no_more),
        cmocka_unit_test(test_a_type_ends_where_its_parameters_or_comments_begin),
    };

    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
