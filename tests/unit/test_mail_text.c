/* How bytes and headers become text: tables of what comes and what is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_address.h"
#include "channels/mail_charset.h"
#include "channels/mail_flowed.h"
#include "channels/mail_header.h"
#include "channels/mail_html.h"
#include "channels/mail_part.h"
#include "channels/mail_transfer.h"
#include "core/arena.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define SPAN(s)    ((struct span){ s, sizeof(s) - 1 })
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static void expect(size_t row, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fail_msg("row %zu: \"%s\", expected \"%s\"", row, got, want);
}

/* A row of a table that needs no more: what comes, and what is read of it. */
struct reading {
    const char *in, *out;
};

static void expect_all(const struct reading *rows, size_t count, const char *(*reads)(const char *))
{
    size_t i;

    for (i = 0; i < count; i++)
        expect(i, reads(rows[i].in), rows[i].out);
}

static const char *taken(struct text_buffer *b)
{
    const char *s = text_clean(arena, (struct span){ b->len > 0 ? b->ptr : "", b->len }, 10000);

    text_buffer_clear(b);
    return s;
}

/* T-50: what IANA registers and mails are written in */
static void test_each_charset_that_has_a_name_is_read_under_it(void **state)
{
    static const struct {
        const char *charset;
        struct span bytes;
        const char *text;
    } rows[] = {
        { "iso-8859-1",
          SPAN("\xe9"
               "t\xe9"
               " \xe0"
               " No\xeb"
               "l"),
          "été à Noël" },
        { "iso-8859-2",
          SPAN("za\xbf"
               "\xf3"
               "\xb3"
               "\xe6"
               " g\xea"
               "\xb6"
               "l\xb1"
               " ja\xbc"
               "\xf1"
               ""),
          "zażółć gęślą jaźń" },
        { "iso-8859-3",
          SPAN("\xe6"
               "iu\xbc"
               "a\xfd"
               "de \xfe"
               "a\xfd"
               "mo"),
          "ĉiuĵaŭde ŝaŭmo" },
        { "iso-8859-4",
          SPAN("\xb1"
               "\xbe"
               "uolas \xbe"
               "alias"),
          "ąžuolas žalias" },
        { "iso-8859-5",
          SPAN("\xe1"
               "\xea"
               "\xd5"
               "\xe8"
               "\xec"
               " \xd5"
               "\xe9"
               "\xf1"
               " \xd1"
               "\xe3"
               "\xdb"
               "\xde"
               "\xda"
               ""),
          "съешь ещё булок" },
        { "iso-8859-6",
          SPAN("\xe5"
               "\xd1"
               "\xcd"
               "\xc8"
               "\xc7"
               " \xc8"
               "\xc7"
               "\xe4"
               "\xd9"
               "\xc7"
               "\xe4"
               "\xe5"
               ""),
          "مرحبا بالعالم" },
        { "iso-8859-7",
          SPAN("\xea"
               "\xe1"
               "\xeb"
               "\xe7"
               "\xec"
               "\xdd"
               "\xf1"
               "\xe1"
               " \xf3"
               "\xe5"
               " \xfc"
               "\xeb"
               "\xef"
               "\xf5"
               "\xf2"
               ""),
          "καλημέρα σε όλους" },
        { "iso-8859-8",
          SPAN("\xf9"
               "\xec"
               "\xe5"
               "\xed"
               " \xf2"
               "\xe5"
               "\xec"
               "\xed"
               ""),
          "שלום עולם" },
        { "iso-8859-8-i",
          SPAN("\xf9"
               "\xec"
               "\xe5"
               "\xed"
               " \xf2"
               "\xe5"
               "\xec"
               "\xed"
               ""),
          "שלום עולם" },
        { "iso-8859-9",
          SPAN("\xdd"
               "\xf0"
               "neli f\xfd"
               "\xe7"
               "\xfd"
               " \xfe"
               "u"),
          "İğneli fıçı şu" },
        { "iso-8859-10",
          SPAN("\xde"
               "\xf3"
               "r\xf0"
               "ur h\xe6"
               "\xf0"
               ""),
          "Þórður hæð" },
        { "iso-8859-11",
          SPAN("\xca"
               "\xc7"
               "\xd1"
               "\xca"
               "\xb4"
               "\xd5"
               "\xa4"
               "\xc3"
               "\xd1"
               "\xba"
               ""),
          "สวัสดีครับ" },
        { "iso-8859-13",
          SPAN("\xe0"
               "\xfe"
               "uolas \xfe"
               "alias"),
          "ąžuolas žalias" },
        { "iso-8859-14",
          SPAN("\xa6"
               "ia \xab"
               "uit"),
          "Ḋia ḋuit" },
        { "iso-8859-15",
          SPAN("\xe9"
               "t\xe9"
               " \xe0"
               " No\xeb"
               "l"),
          "été à Noël" },
        { "iso-8859-16",
          SPAN("\xde"
               "ara \xba"
               "i ap\xe3"
               ""),
          "Țara și apă" },
        { "windows-1250",
          SPAN("p\xf8"
               "\xed"
               "li\x9a"
               " \x9e"
               "lu\x9d"
               "ou\xe8"
               "k\xfd"
               " k\xf9"
               "\xf2"
               ""),
          "příliš žluťoučký kůň" },
        { "windows-1251",
          SPAN("\xf1"
               "\xfa"
               "\xe5"
               "\xf8"
               "\xfc"
               " \xe5"
               "\xf9"
               "\xb8"
               " \xe1"
               "\xf3"
               "\xeb"
               "\xee"
               "\xea"
               ""),
          "съешь ещё булок" },
        { "windows-1252",
          SPAN("\xe9"
               "t\xe9"
               " \xe0"
               " No\xeb"
               "l"),
          "été à Noël" },
        { "windows-1253",
          SPAN("\xea"
               "\xe1"
               "\xeb"
               "\xe7"
               "\xec"
               "\xdd"
               "\xf1"
               "\xe1"
               " \xf3"
               "\xe5"
               " \xfc"
               "\xeb"
               "\xef"
               "\xf5"
               "\xf2"
               ""),
          "καλημέρα σε όλους" },
        { "windows-1254",
          SPAN("\xdd"
               "\xf0"
               "neli f\xfd"
               "\xe7"
               "\xfd"
               " \xfe"
               "u"),
          "İğneli fıçı şu" },
        { "windows-1255",
          SPAN("\xf9"
               "\xec"
               "\xe5"
               "\xed"
               " \xf2"
               "\xe5"
               "\xec"
               "\xed"
               ""),
          "שלום עולם" },
        { "windows-1256",
          SPAN("\xe3"
               "\xd1"
               "\xcd"
               "\xc8"
               "\xc7"
               " \xc8"
               "\xc7"
               "\xe1"
               "\xda"
               "\xc7"
               "\xe1"
               "\xe3"
               ""),
          "مرحبا بالعالم" },
        { "windows-1257",
          SPAN("\xe0"
               "\xfe"
               "uolas \xfe"
               "alias"),
          "ąžuolas žalias" },
        { "windows-1258",
          SPAN("\xe9"
               "t\xe9"
               " \xe0"
               " No\xeb"
               "l"),
          "été à Noël" },
        { "windows-874",
          SPAN("\xca"
               "\xc7"
               "\xd1"
               "\xca"
               "\xb4"
               "\xd5"
               "\xa4"
               "\xc3"
               "\xd1"
               "\xba"
               ""),
          "สวัสดีครับ" },
        { "koi8-r",
          SPAN("\xd3"
               "\xdf"
               "\xc5"
               "\xdb"
               "\xd8"
               " \xc5"
               "\xdd"
               "\xa3"
               " \xc2"
               "\xd5"
               "\xcc"
               "\xcf"
               "\xcb"
               ""),
          "съешь ещё булок" },
        { "koi8-u",
          SPAN("\xa7"
               "\xd6"
               "\xc1"
               "\xcb"
               " \xa6"
               " \xad"
               "\xc1"
               "\xd7"
               "\xc1"
               ""),
          "їжак і ґава" },
        { "koi8-t",
          SPAN("\xd3"
               "\xdf"
               "\xc5"
               "\xdb"
               "\xd8"
               " \xc5"
               "\xdd"
               "\xa3"
               " \xc2"
               "\xd5"
               "\xcc"
               "\xcf"
               "\xcb"
               ""),
          "съешь ещё булок" },
        { "kz-1048",
          SPAN("\x8d"
               "\xe0"
               "\xe7"
               "\xe0"
               "\x9d"
               "\xf1"
               "\xf2"
               "\xe0"
               "\xed"
               " \xa3"
               "\xeb"
               "\xe5"
               "\xec"
               ""),
          "Қазақстан Әлем" },
        { "ptcp154",
          SPAN("\x8d"
               "\xe0"
               "\xe7"
               "\xe0"
               "\x9d"
               "\xf1"
               "\xf2"
               "\xe0"
               "\xed"
               " \xaa"
               "\xeb"
               "\xe5"
               "\xec"
               ""),
          "Қазақстан Әлем" },
        { "tis-620",
          SPAN("\xca"
               "\xc7"
               "\xd1"
               "\xca"
               "\xb4"
               "\xd5"
               "\xa4"
               "\xc3"
               "\xd1"
               "\xba"
               ""),
          "สวัสดีครับ" },
        { "viscii",
          SPAN("Ti\xaa"
               "ng Vi\xae"
               "t"),
          "Tiếng Việt" },
        { "gb2312",
          SPAN("\xc4"
               "\xe3"
               "\xba"
               "\xc3"
               "\xca"
               "\xc0"
               "\xbd"
               "\xe7"
               ""),
          "你好世界" },
        { "gbk",
          SPAN("\xc4"
               "\xe3"
               "\xba"
               "\xc3"
               "\xca"
               "\xc0"
               "\xbd"
               "\xe7"
               ""),
          "你好世界" },
        { "gb18030",
          SPAN("\xc4"
               "\xe3"
               "\xba"
               "\xc3"
               "\xca"
               "\xc0"
               "\xbd"
               "\xe7"
               ""),
          "你好世界" },
        { "hz-gb-2312", SPAN("~{Dc:CJ@=g~}"), "你好世界" },
        { "big5",
          SPAN("\xa7"
               "A\xa6"
               "n\xa5"
               "@\xac"
               "\xc9"
               ""),
          "你好世界" },
        { "big5-hkscs",
          SPAN("\xa7"
               "A\xa6"
               "n\xa5"
               "@\xac"
               "\xc9"
               ""),
          "你好世界" },
        { "euc-tw",
          SPAN("\xc9"
               "\xa3"
               "\xc7"
               "\xef"
               "\xc5"
               "\xe0"
               "\xd2"
               "\xcc"
               ""),
          "你好世界" },
        { "shift_jis",
          SPAN("\x93"
               "\xfa"
               "\x96"
               "{\x8c"
               "\xea"
               "\x82"
               "\xc5"
               "\x82"
               "\xb7"
               ""),
          "日本語です" },
        { "windows-31j",
          SPAN("\x93"
               "\xfa"
               "\x96"
               "{\x8c"
               "\xea"
               "\x82"
               "\xc5"
               "\x82"
               "\xb7"
               ""),
          "日本語です" },
        { "euc-jp",
          SPAN("\xc6"
               "\xfc"
               "\xcb"
               "\xdc"
               "\xb8"
               "\xec"
               "\xa4"
               "\xc7"
               "\xa4"
               "\xb9"
               ""),
          "日本語です" },
        { "iso-2022-jp",
          SPAN("\x1b"
               "$BF|K\x5c"
               "8l$G$9\x1b"
               "(B"),
          "日本語です" },
        { "iso-2022-jp-2",
          SPAN("\x1b"
               "$BF|K\x5c"
               "8l$G$9\x1b"
               "(B"),
          "日本語です" },
        { "iso-2022-kr",
          SPAN("\x1b"
               "$)C\x0e"
               ">H3gGO<<\x3f"
               "d\x0f"
               ""),
          "안녕하세요" },
        { "iso-2022-cn",
          SPAN("\x1b"
               "$)A\x0e"
               "Dc:CJ@=g\x0f"
               ""),
          "你好世界" },
        { "euc-kr",
          SPAN("\xbe"
               "\xc8"
               "\xb3"
               "\xe7"
               "\xc7"
               "\xcf"
               "\xbc"
               "\xbc"
               "\xbf"
               "\xe4"
               ""),
          "안녕하세요" },
        { "ks_c_5601-1987",
          SPAN("\xbe"
               "\xc8"
               "\xb3"
               "\xe7"
               "\xc7"
               "\xcf"
               "\xbc"
               "\xbc"
               "\xbf"
               "\xe4"
               ""),
          "안녕하세요" },
        { "cp949",
          SPAN("\xbe"
               "\xc8"
               "\xb3"
               "\xe7"
               "\xc7"
               "\xcf"
               "\xbc"
               "\xbc"
               "\xbf"
               "\xe4"
               ""),
          "안녕하세요" },
        { "ibm437",
          SPAN("\x82"
               "t\x82"
               " \x85"
               " No\x89"
               "l"),
          "été à Noël" },
        { "ibm850",
          SPAN("\x82"
               "t\x82"
               " \x85"
               " No\x89"
               "l"),
          "été à Noël" },
        { "ibm852",
          SPAN("za\xbe"
               "\xa2"
               "\x88"
               "\x86"
               " g\xa9"
               "\x98"
               "l\xa5"
               " ja\xab"
               "\xe4"
               ""),
          "zażółć gęślą jaźń" },
        { "ibm855",
          SPAN("\xe3"
               "\x9e"
               "\xa8"
               "\xf5"
               "\xed"
               " \xa8"
               "\xf9"
               "\x84"
               " \xa2"
               "\xe7"
               "\xd0"
               "\xd6"
               "\xc6"
               ""),
          "съешь ещё булок" },
        { "ibm857",
          SPAN("\x98"
               "\xa7"
               "neli f\x8d"
               "\x87"
               "\x8d"
               " \x9f"
               "u"),
          "İğneli fıçı şu" },
        { "ibm858",
          SPAN("\x82"
               "t\x82"
               " \x85"
               " No\x89"
               "l"),
          "été à Noël" },
        { "ibm861",
          SPAN("\x8d"
               "\xa2"
               "r\x8c"
               "ur h\x91"
               "\x8c"
               ""),
          "Þórður hæð" },
        { "ibm862",
          SPAN("\x99"
               "\x8c"
               "\x85"
               "\x8d"
               " \x92"
               "\x85"
               "\x8c"
               "\x8d"
               ""),
          "שלום עולם" },
        { "ibm863",
          SPAN("\x82"
               "t\x82"
               " \x85"
               " No\x89"
               "l"),
          "été à Noël" },
        { "ibm864", SPAN("plain"), "plain" },
        { "ibm865",
          SPAN("\x82"
               "t\x82"
               " \x85"
               " No\x89"
               "l"),
          "été à Noël" },
        { "ibm866",
          SPAN("\xe1"
               "\xea"
               "\xa5"
               "\xe8"
               "\xec"
               " \xa5"
               "\xe9"
               "\xf1"
               " \xa1"
               "\xe3"
               "\xab"
               "\xae"
               "\xaa"
               ""),
          "съешь ещё булок" },
        { "ibm869",
          SPAN("\xe4"
               "\xd6"
               "\xe5"
               "\xe1"
               "\xe6"
               "\x9d"
               "\xeb"
               "\xd6"
               " \xec"
               "\xde"
               " \xa2"
               "\xe5"
               "\xe9"
               "\xf2"
               "\xed"
               ""),
          "καλημέρα σε όλους" },
        { "ibm775",
          SPAN("\xd0"
               "\xd8"
               "uolas \xd8"
               "alias"),
          "ąžuolas žalias" },
        { "macintosh",
          SPAN("\x8e"
               "t\x8e"
               " \x88"
               " No\x91"
               "l"),
          "été à Noël" },
        { "x-mac-cyrillic",
          SPAN("\xf1"
               "\xfa"
               "\xe5"
               "\xf8"
               "\xfc"
               " \xe5"
               "\xf9"
               "\xde"
               " \xe1"
               "\xf3"
               "\xeb"
               "\xee"
               "\xea"
               ""),
          "съешь ещё булок" },
        { "x-mac-ce",
          SPAN("za\xfd"
               "\x97"
               "\xb8"
               "\x8d"
               " g\xab"
               "\xe6"
               "l\x88"
               " ja\x90"
               "\xc4"
               ""),
          "zażółć gęślą jaźń" },
        { "x-mac-greek",
          SPAN("\xeb"
               "\xe1"
               "\xec"
               "\xe8"
               "\xed"
               "\xdb"
               "\xf2"
               "\xe1"
               " \xf3"
               "\xe5"
               " \xde"
               "\xec"
               "\xef"
               "\xf9"
               "\xf7"
               ""),
          "καλημέρα σε όλους" },
        { "x-mac-turkish",
          SPAN("\xdc"
               "\xdb"
               "neli f\xdd"
               "\x8d"
               "\xdd"
               " \xdf"
               "u"),
          "İğneli fıçı şu" },
        { "hp-roman8",
          SPAN("\xc5"
               "t\xc5"
               " \xc8"
               " No\xcd"
               "l"),
          "été à Noël" },
        { "utf-8",
          SPAN("\xe6"
               "\x97"
               "\xa5"
               "\xe6"
               "\x9c"
               "\xac"
               "\xe8"
               "\xaa"
               "\x9e"
               "\xe3"
               "\x81"
               "\xa7"
               "\xe3"
               "\x81"
               "\x99"
               ""),
          "日本語です" },
        { "utf-16",
          SPAN("\xff"
               "\xfe"
               "\xe5"
               "e,g\x9e"
               "\x8a"
               "g0Y0"),
          "日本語です" },
        { "utf-16be",
          SPAN("e\xe5"
               "g,\x8a"
               "\x9e"
               "0g0Y"),
          "日本語です" },
        { "utf-16le",
          SPAN("\xe5"
               "e,g\x9e"
               "\x8a"
               "g0Y0"),
          "日本語です" },
        { "utf-32",
          SPAN("\xff"
               "\xfe"
               "\x00"
               "\x00"
               "\xe5"
               "e\x00"
               "\x00"
               ",g\x00"
               "\x00"
               "\x9e"
               "\x8a"
               "\x00"
               "\x00"
               "g0\x00"
               "\x00"
               "Y0\x00"
               "\x00"
               ""),
          "日本語です" },
        { "utf-7", SPAN("+ZeVnLIqeMGcwWQ-"), "日本語です" },
    };
    struct text_buffer b = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        mail_charset_decode(&b, rows[i].bytes, span_of(rows[i].charset), NULL, 1000);
        if (!mail_charset_is_known(span_of(rows[i].charset)))
            fail_msg("%s is not known", rows[i].charset);
        expect(i, taken(&b), rows[i].text);
    }
}

/* T-49 to T-54 */
static void test_bytes_are_read_in_the_charset_they_are_in(void **state)
{
    static const struct {
        const char *charset, *fallback;
        struct span bytes;
        const char *text;
    } rows[] = {
        { "utf-8", NULL, SPAN("a\xc3\xb1o"), "año" },
        { "iso-8859-1", NULL, SPAN("a\xc3\xb1o"), "año" }, /* it is not */
        { "iso-8859-1", NULL,
          SPAN("\x93"
               "a\xf1o\x94"),
          "“año”" },
        { "us-ascii", NULL, SPAN("a\xf1o"), "año" },
        { "utf-8", NULL, SPAN("a\xf1o se\xf1or"), "año señor" },
        { "utf-8", NULL, SPAN("\xc3\xb1\xc3\xb1\xff"), "ññ\uFFFD" },
        { "", NULL, SPAN("a\xf1o"), "año" },
        { "utf-8", NULL, SPAN("caf\xe9"), "café" },
        { "", NULL,
          SPAN("ma\xc3\xb1"
               "ana a\xc3"),
          "mañana a\uFFFD" }, /* it was cut */
        { "iso-8859-1", NULL, SPAN("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xe9 x"), "éééé \uFFFD x" },
        { "iso-8859-1", NULL, SPAN("\xc3\xa9 \xe9 x"), "Ã© é x" },
        { "koi8-r", NULL, SPAN("\xd0\xba\xd0\xbe\xd1\x82\xd1"), "кот\uFFFD" },
        { "", NULL, SPAN("\xe2\x82\xac \xe2\x82"), "€ \uFFFD" },
        { "", "iso-8859-2", SPAN("\xb1\xb6"), "ąś" },
        { "", NULL,
          SPAN("r\xf8"
               "dgr\xf8"
               "d med fl\xf8"
               "de"),
          "rødgrød med fløde" }, /* T-52 */
        { "", NULL, SPAN("\xef\xbb\xbf\xc3\xb1"), "ñ" },
        { "x-no-such", NULL, SPAN("\xc3\xb1"), "ñ" },
        { "gb2312", NULL, SPAN("\xe9\x46\x8b\xbf"), "镕嬁" }, /* T-51: of GBK alone */
        { "gb2312", NULL, SPAN("\xc4\xe3\xba\xc3"), "你好" },
        { "Windows-1258", NULL, SPAN("\xd0\xf5"), "Đơ" }, /* T-50 */
        { "windows-1256", NULL, SPAN("\xc7\xe1"), "ال" },
        { "koi8-r", NULL, SPAN("\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет" },
        { "ks_c_5601-1987", NULL, SPAN("\xb0\xa1\x8c\x63"), "가똠" },
        { "big5", NULL, SPAN("\xa7\x41\xa6\x6e"), "你好" },
        { "shift_jis", NULL, SPAN("\x83\x65\x87\x40"), "テ①" },
        { "iso-2022-jp", NULL, SPAN("\x1b$B8!:w\x1b(B ok"), "検索 ok" },
        { "iso-2022-jp", NULL, SPAN("\x1b$B-!\x1b(B"), "①" }, /* T-53: not of JIS */
        { "iso-2022-jp", NULL, SPAN("\x1b(I1\x1b(B"), "ｱ" },
        { "iso-2022-jp-1", NULL, SPAN("\x1b$B?9\x1b$(Dl?\x1b$B30\x1b(B!"), "森鷗外!" },
        { "iso-2022-jp-2", NULL, SPAN("\x1b$AND\x1b$(C02\x1b$B30\x1b(B"), "文갛外" },
        { "iso-2022-jp-2004", NULL, SPAN("\x1b$(Q30\x1b(B"), "外" },
        { "us-ascii", NULL, SPAN("\x1b$B8!:w\x1b(B"), "検索" },
        { "iso-2022-kr", NULL, SPAN("\x1b$)C\x0e\x30\x21\x0f"), "가" },
        { "", NULL, SPAN("\x1b$)C\n\x0e\x30\x21\x0f"), "\n가" },
        { "shift_jis, us-ascii", NULL, SPAN("\x83\x65"), "テ" },
        { "3D\"Shift_JIS\"", NULL, SPAN("\x83\x65"), "テ" },
        { "charset=Shift_JIS (x)", NULL, SPAN("\x83\x65"), "テ" },
        { "koi8-ru", NULL, SPAN("\xa4"), "є" },
        { "ucs-2", NULL,
          SPAN("\0"
               "a\x01\x1b"),
          "aě" },
        { "utf-7", NULL, SPAN("a+APE-o"), "año" },
        { "", NULL, SPAN("+ADw-b+AD4-"), "+ADw-b+AD4-" }, /* never guessed: it hides marks */
        { "us-ascii", NULL, SPAN("+ADw-b+AD4-"), "+ADw-b+AD4-" },
        { "utf-16le", NULL, SPAN("a\0\xf1\0"), "añ" },
        { "", NULL,
          SPAN("\xff\xfe"
               "a\0\xf1\0"),
          "añ" },
        { "utf-16", NULL, SPAN("plain"), "plain" },
        { "utf-16", NULL, SPAN("a\0\xf1\0o\0"), "año" },
        { "utf-32", NULL, SPAN("\xff\xfe\0\0a\0\0\0\xf1\0\0\0"), "añ" },
        { "utf-32be", NULL, SPAN("\0\0\0a\0\0\0\xf1"), "añ" },
        { "", NULL, SPAN("\0a\0b\0c\0\xf1"), "abcñ" },
        { "utf-8", NULL, SPAN("a\0b\0c\0"), "abc" },
        { "shift_jis", NULL, SPAN("\x1b$B8!:w\x1b(B"), "検索" },
        { "gb2312", NULL, SPAN("\x1b$B8!:w\x1b(B"), "検索" },
        { "", NULL, SPAN("\xb1 \x1b$B8!:w\x1b(B"), "ｱ 検索" },
        { "iso-8859-15", NULL, SPAN("\xa4"), "€" },
        { "\"iso-8859-1\"", NULL, SPAN("\x80"), "€" },
        { "", NULL,
          SPAN("\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xd3 \xec\xe5\xed\xff "
               "\xe2\xf1\xe5 \xf5\xee\xf0\xee\xf8\xee."),
          "Привет, как дела? У меня все хорошо." },
        { "iso-8859-1", NULL, SPAN(""), "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        mail_charset_decode(&b, rows[i].bytes, span_of(rows[i].charset), rows[i].fallback, 10000);
        expect(i, taken(&b), rows[i].text);
    }
}

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
        expect(i, mail_header_text(arena, rows[i].value, NULL, 1000), rows[i].text);
}

static const char *listed(mail_address_list_fn *list_of, const char *value)
{
    struct mail_address list[10];
    struct text_buffer b = { 0 };
    size_t n = list_of(arena, span_of(value), NULL, list, 10), k;

    for (k = 0; k < n; k++)
        text_buffer_printf(&b, "%s|%s;", list[k].name, list[k].address);
    return taken(&b);
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
        { "Ana [a@b.org], [c@b.org]", "Ana|a@b.org;|c@b.org;" },
        { "Ana Gil (a@b.org)", "Ana Gil|a@b.org;" },
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
    expect_all(rows, ROWS(rows), mailboxes);
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
        { "two words, <three more words>, a@, @b.org, <>, \"\"", "" },
    };

    (void)state;
    expect_all(rows, ROWS(rows), local_mailboxes);
}

static const char *message_ids(const char *value)
{
    const char *ids[10];
    struct text_buffer b = { 0 };
    size_t n = mail_header_ids(arena, span_of(value), ids, 10), k;

    for (k = 0; k < n; k++)
        text_buffer_printf(&b, "%s;", ids[k]);
    return taken(&b);
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
        { "Your message of \"Mon, 1 Jun\" <a@b.org", "a@b.org;" },
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
    expect_all(rows, ROWS(rows), message_ids);
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

        if (!mail_header_date(span_of(rows[i].value), &at))
            at = 0;
        if (at != rows[i].at)
            fail_msg("row %zu: %lld, expected %lld", i, (long long)at, (long long)rows[i].at);
    }
}

static const struct mail_part *part_of(const char *header)
{
    const char *raw = arena_printf(arena, "%s\n\nx", header), *likely;
    bool over;

    return mail_part_read(arena, span_of(raw), NULL, &likely, &over);
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
    };

    (void)state;
    expect_all(rows, ROWS(rows), filename_of);
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
    };

    (void)state;
    expect_all(rows, ROWS(rows), type_of);
}

static void test_transfer_encodings_come_off_however_dirty(void **state)
{
    static const struct {
        const char *how, *body, *text;
    } rows[] = {
        { "base64", "aG9s YQ\r\no=", "hola\n" },
        { "BASE64", "aG9sYQ", "hola" },
        { "(by (x)) base64 (y)", "aG9sYQ", "hola" },
        { "base64", "aG9sYQ==aG9sYQ==", "holahola" },
        { "base64", "aG9sYQ==\n_____\nA list's words\n", "hola" },
        { "base64", "*aG9s*YQo=", "hola\n" },
        { "base64", "aG9sYSBh\n--\nA list's words\n", "hola a" },
        { "base64", "aG9s\r\nYSBh\r\nUnsubscribe: here\r\n", "hola a" },
        { "base64", "aG9s-\nYSBh\n", "hola a" },
        { "base64", "aG9s YSBh", "hola a" },
        { "base64", "====", "" },
        { "base64", "aG9sYQ==\r\n=zH6Q\r\n", "hola" }, /* OpenPGP's checksum */
        { "base64", "aG9sYSBh\n=zH6Q", "hola a" },
        { "base64", "aG9sYQ=\n=YWFh\n", "hola" },
        /* dirty as it is, it is base64 */
        { "base64", "SGFs bG8g V2Vs dCwg\r\nd2ll IGdl aHRz\r\n", "Hallo Welt, wie gehts" },
        { "base64", "//7/ //7/ //7/ //7/",
          "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd" },
        { "base64", "SGFsbG8g, V2VsdCwg! d2ll\r\nIGdlaHRz", "Hallo Welt, wie gehts" },
        { "base64", "SGFs bG8g V2Vs dA", "Hallo Welt" },
        { "base64", "\r\nSGFsbG8gV2Vs\r\ndCwgd2llIGdl\r\naHRz", "Hallo Welt, wie gehts" },
        { "base64", "SGFsbG8gV2VsdCwgd2llIGdlaHRzIGRpciBoZXV0ZSwgbWVpbiBGcmV1bmQ?\n",
          "Hallo Welt, wie gehts dir heute, mein Freund" },
        { "base64", "SGFsbG8.\ngV2VsdCwgd2llIGdlaHRzIGRpciBoZXV0ZSwgbWVpbiBGcmV1bmQ\n",
          "Hallo Welt, wie gehts dir heute, mein Freund" },
        { "base64",
          "SGFsbG8gV2Vs\r\n========================================\r\nA list's words.\r\n",
          "Hallo Wel" },
        /* clean as some of it is, it is none */
        { "base64", "Hello,\n\nthe printer is broken.\n", "Hello,\n\nthe printer is broken.\n" },
        { "base64", "Dear Sir\n\nIs it open on Sunday?\n", "Dear Sir\n\nIs it open on Sunday?\n" },
        { "base64", "プリンターが壊れました\n", "プリンターが壊れました\n" },
        { "base64", "打印机坏了\n请帮忙\n", "打印机坏了\n请帮忙\n" },
        { "base64",
          "Order confirmation of today:\n========================================\nTwo lamps\n",
          "Order confirmation of today:\n========================================\nTwo lamps\n" },
        { "base64", "Order of today:\n++++++++++++++++++++++++++++++++++++++++\nTwo lamps\n",
          "Order of today:\n++++++++++++++++++++++++++++++++++++++++\nTwo lamps\n" },
        { "base64", "<p>Hello\n</p>\n", "<p>Hello\n</p>\n" },
        { "base64", "please call me back about the lamps\n",
          "please call me back about the lamps\n" },
        { "quoted-printable", "a=c3=B1o =\r\nx= \r\ny=3D  \r\nz", "año xy=\r\nz" },
        { "Quoted-Printable (x)", "=% =zz =", "=% =zz " },
        { "x-quoted-printable", "=41", "A" },
        { "base64 charset=utf-8", "SGFsbG8gV2VsdA==", "Hallo Welt" },
        { "x-uuencode", "begin 644 x\n$:&]L80  \n`\nend\nrest\n", "hola" },
        { "7bit", "=41", "=41" },
        { "no-such", "=41", "=41" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        mail_transfer_decode(&b, span_of(rows[i].body), mail_transfer_of(span_of(rows[i].how)));
        expect(i, taken(&b), rows[i].text);
    }
}

static const char *words_of_html(const char *html)
{
    return mail_html_text(arena, span_of(html));
}

/* T-08 */
static void test_html_is_read_as_it_is_seen(void **state)
{
    static const struct reading rows[] = {
        { "<p>one<p>two", "one\n\ntwo\n" },
        { "a < b and c > d", "a < b and c > d\n" },
        { "V<!-- x -->iag<b></b>ra", "Viagra\n" },
        { "&#150;&euro;&amp;amp;&nbsp;&no;", "–€&amp; &no;\n" },
        { "<div>a<div>b</div></div><div><br></div>c<br>d<br><br>e", "a\nb\n\nc\nd\n\ne\n" },
        { "<table><tr><td>a</td><td>b</td></tr><tr><td>c", "a b\nc\n" },
        { "<ol><li>x<li>y<ul><li>z</ul></ol>after", "1. x\n2. y\n- z\n\nafter\n" },
        { "<ol start=3><li>x<li value=7>y<li>z</ol>", "3. x\n7. y\n8. z\n" },
        { "<ol type=a><li>x<li>y<ol type=I><li>z<li>q</ol></ol><ol "
          "style='list-style-type: upper-alpha' start=26><li>z<li>aa</ol>",
          "a. x\nb. y\nI. z\nII. q\n\nZ. z\n27. aa\n" },
        { "<ol start=-2 type=x><li value=0>x</ol><menu><li>y</menu>", "1. x\n\n- y\n" },
        { "a<span style='display:block'>b</span>c<span style='display: inline-block'>d</span>"
          "<b style='display:table-cell'>e</b>",
          "a\nb\ncde\n" },
        { "<p style='white-space: pre-line'>one\ntwo\n\n  three  four</p>\nfive\nsix",
          "one\ntwo\n\nthree four\n\nfive six\n" },
        { "<div style='white-space:PRE-WRAP;x:y'>one\r\ntwo</div><p "
          "style='white-space:nowrap'>a\nb",
          "one\ntwo\n\na b\n" },
        { "<details><summary>more</summary>words</details>", "more\nwords\n" },
        { "<pre>if x:\n\treturn</pre>", "if x:\n\treturn\n" },
        { "<pre>  a\n   b\n\nc</pre>d", "  a\n   b\n\nc\nd\n" },
        { "<style>x{}</style>y<title>t</title>z<script>s</script>", "yz\n" },
        { "<html><body>text</body></html>trailing", "text\n\ntrailing\n" },
        { "a</html>b</body>c", "a\n\nb\n\nc\n" },
        { "<![if !vml]>shown<![endif]><!--[if mso]>hidden<![endif]-->", "shown\n" },
        { "<!-- never closed <p>text", "never closed\n\ntext\n" },
        { "one</br>two<br/>three", "one\ntwo\nthree\n" },
        { "<!-- not --!>seen<!-- not -->too", "seentoo\n" },
        { "<iframe src=x height=0>seen<p>too", "seen\n\ntoo\n" },
        { "<iframe src=x>not</iframe>seen<IFRAME src=y>too", "seentoo\n" },
        { "<title>seen<object data=x>too", "seentoo\n" },
        { "<p style='display : NONE'>hidden</p>seen", "seen\n" },
        { "<p hidden>a</p><p style='visibility:hidden'>b</p><div "
          "style='max-height:0;overflow:hidden'>c</div><p style='mso-hide:all'>d</p>seen",
          "seen\n" },
        { "<div style='max-height:600px;overflow:hidden'>seen</div>", "seen\n" },
        { "<p style='opacity:0'>a</p><p style='OPACITY : 0.0 !important'>b</p>"
          "<div style='height:0px;overflow:hidden'>c</div><p style='opacity:0.5'>seen</p>",
          "seen\n" },
        { "<div style='line-height:0;overflow:hidden'>seen</div>"
          "<div style='background:url(display:none)'>too</div>",
          "seen\ntoo\n" },
        { "<div style='font-size:0px'><p style='font-size:14px'>seen</p></div>", "seen\n" },
        { "<b>caf&eacute</b> &amp", "café &\n" },
        { "caf&eacute, &amp &lt x&commat;y&lpar;1&rpar;&apos;&check;", "café, & < x@y(1)'✓\n" },
        { "?a=1&copy=2&eacuter &ne &#233 &#xe9 &zwnj;", "?a=1&copy=2&eacuter &ne é é \u200c\n" },
        { "<a title='&QUOT;&excl'>x</a>", "x\n" },
        { "<img src=x alt='the words'>", "the words\n" },
        { "<img src=x alt='the words'>more", "more\n" },
        { "Thanks <img alt='\U0001f44d\U0001f3fd' src=x> all<img alt='\u2764\ufe0f'>"
          "<img alt='\U0001f44d logo'><img alt='\u793e\u6a19'>",
          "Thanks \U0001f44d\U0001f3fd all\u2764\ufe0f\n" },
        { "From: Ana <ana@b.org>, see <https://b.org/?a=1&amp;b=2> <b>or</b> <mailto:c@b.org>",
          "From: Ana <ana@b.org>, see <https://b.org/?a=1&b=2> or <mailto:c@b.org>\n" },
        { "<p/class=@x>a<a/href=http://b.org>b</a><o:p>c</o:p>", "abc\n" },
        { "<blockquote type=cite>q<blockquote class=gmail_quote>r</blockquote></blockquote>a",
          "> q\n> > \n> > r\n\na\n" },
        { "<blockquote>only indented</blockquote>", "only indented\n" },
        { "soft&shy;hy\u200bphen", "softhyphen\n" },
        { "", "" },
    };

    (void)state;
    expect_all(rows, ROWS(rows), words_of_html);
}

static void test_a_tag_that_is_too_long_loses_its_attributes_and_nothing_else(void **state)
{
    struct text_buffer b = { 0 };
    int i;

    (void)state;
    text_buffer_puts(&b, "before <a ");
    for (i = 0; i < 5000; i++)
        text_buffer_printf(&b, "x%d=1 ", i);
    text_buffer_puts(&b, ">link</a> after");
    expect(0, mail_html_text(arena, (struct span){ b.ptr, b.len }), "before link after\n");
    text_buffer_clear(&b);
}

static const char *charset_of_html(const char *html)
{
    struct span s = mail_html_charset(span_of(html));

    return arena_strndup(arena, s.ptr, s.len);
}

static void test_a_meta_element_names_the_charset(void **state)
{
    static const struct reading rows[] = {
        { "<meta charset=utf-8>", "utf-8" },
        { "<META http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">", "koi8-r" },
        { "<meta name=x><meta charset='big5'/>", "big5" },
        { "<meta charset", "" },
        { "<meta charset=>", "" },
        { "charset=utf-8", "" },
    };

    (void)state;
    expect_all(rows, ROWS(rows), charset_of_html);
}

static void test_flowed_lines_are_one_and_quoted_ones_stay_apart(void **state)
{
    static const struct {
        const char *in, *out;
        bool delsp;
    } rows[] = {
        { "a \nb\nc\n", "a b\nc\n", false },
        { "a \nb\n", "ab\n", true },
        { "> a \n> b\nc \n> d\n", "> a b\nc \n> d\n", false },
        { " From x\n", "From x\n", false },
        { "a \n-- \nme \nyou\n", "a \n-- \nme you\n", false },
        { "a ", "a \n", false },
        { ">> x\n", ">> x\n", false },
        { "", "", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        mail_flowed_unfold(&b, span_of(rows[i].in), rows[i].delsp);
        expect(i, taken(&b), rows[i].out);
    }
}

static void test_enriched_text_loses_its_commands(void **state)
{
    struct text_buffer b = { 0 };

    (void)state;
    mail_flowed_enriched(&b, span_of("<bold>a</bold> <<x\nb\n\nc<color><param>red</param>d"));
    expect(0, taken(&b), "a <x b\ncd\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_charset_that_has_a_name_is_read_under_it),
        cmocka_unit_test(test_bytes_are_read_in_the_charset_they_are_in),
        cmocka_unit_test(test_encoded_words_are_text_wherever_they_stand),
        cmocka_unit_test(test_mailboxes_are_read_as_they_come),
        cmocka_unit_test(test_mailboxes_without_a_domain_are_seen_by_who_asks_for_them),
        cmocka_unit_test(test_message_ids_are_read_as_they_come_and_never_empty),
        cmocka_unit_test(test_dates_are_read_as_they_come),
        cmocka_unit_test(test_file_names_are_names_and_no_more),
        cmocka_unit_test(test_a_type_ends_where_its_parameters_or_comments_begin),
        cmocka_unit_test(test_transfer_encodings_come_off_however_dirty),
        cmocka_unit_test(test_html_is_read_as_it_is_seen),
        cmocka_unit_test(test_a_tag_that_is_too_long_loses_its_attributes_and_nothing_else),
        cmocka_unit_test(test_a_meta_element_names_the_charset),
        cmocka_unit_test(test_flowed_lines_are_one_and_quoted_ones_stay_apart),
        cmocka_unit_test(test_enriched_text_loses_its_commands),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
