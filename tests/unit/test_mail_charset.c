/* In which charset bytes are: those that are named, and those that are not what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "channels/mail_charset.h"
#include "channels/mail_html.h"
#include "core/arena.h"
#include "tests/support/reading.h"

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
        reading_expect(i, reading_taken(&b), rows[i].text);
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
        { "utf-8", NULL, SPAN("Hi \xf0\x9f\x98"), "Hi \uFFFD" }, /* cut within the only one */
        { "utf-8", NULL, SPAN("Hi \xe2\x82"), "Hi \uFFFD" },
        { "utf-8", NULL, SPAN("C\xe9 x\xe9"), "Cé xé" },
        /* Unicode Technical Report 26 */
        { "utf-8", NULL, SPAN("Hi \xed\xa0\xbd\xed\xb8\x80 \xc3\xb1"), "Hi 😀 ñ" },
        { "", NULL, SPAN("\xed\xa0\xbd\xed\xb8\x80"), "😀" },
        { "utf-8", NULL, SPAN("\xc3\xb1\xc3\xb1\xc3\xb1 \xed\xa0\xbd"), "ñññ \uFFFD\uFFFD\uFFFD" },
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
        { "utf-7", NULL, SPAN("a\xc3\xb1o 1+1"), "año 1+1" }, /* of seven bits by its name */
        { "unicode-1-1-utf-7", NULL, SPAN("a\xf1o 1+1"), "año 1+1" },
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
        { "gb2312", NULL, SPAN("您好"), "您好" },
        { "gb2312", NULL, SPAN("测试邮件"), "测试邮件" },
        { "gbk", NULL, SPAN("Ärger über Öl"), "Ärger über Öl" },
        { "gb2312", NULL, SPAN("Привет всем"), "Привет всем" },
        { "big5", NULL, SPAN("請問訂單"), "請問訂單" },
        { "shift_jis", NULL, SPAN("注文確認"), "注文確認" },
        { "euc-kr", NULL, SPAN("安寧"), "安寧" },
        { "gb2312", NULL, SPAN("\xc1\xaa\xcd\xa8"), "联通" }, /* UTF-8 by chance */
        { "gb2312", NULL, SPAN("A\xc1\xaa B"), "A联 B" },
        { "iso-8859-15", NULL, SPAN("don\x92t"), "don’t" },
        { "iso-8859-2", NULL, SPAN("ju\x9e je to \x96 dob\xf8"), "juž je to – dobř" },
        { "iso-8859-7", NULL, SPAN("\x93\xcd\xe1\xe9\x94"), "“Ναι”" },
        { "iso-8859-13", NULL, SPAN("\x84k\xe0"), "„ką" },
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
        reading_expect(i, reading_taken(&b), rows[i].text);
    }
}

/* What a program quotes, or a list puts below, may be in another charset. Whole lines are: within
 * one there is no telling, and letters gone wrong that somebody shows stay so. */
static void test_lines_are_read_each_in_its_own_charset(void **state)
{
    static const struct {
        const char *charset;
        struct span bytes;
        const char *text;
    } rows[] = {
        { "utf-8",
          SPAN("se\xc3\xb1ora\nma\xf1"
               "ana\n"),
          "señora\nmañana\n" },
        { "utf-8",
          SPAN("ma\xf1"
               "ana, ma\xf1"
               "ana\r\nse\xc3\xb1ora\r\n"),
          "mañana, mañana\r\nseñora\r\n" },
        { "utf-8", SPAN("se\xc3\xb1ora\nI don\x92t\n"), "señora\nI don’t\n" },
        { "utf-8",
          SPAN("se\xc3\xb1ora\n\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?\n"),
          "señora\nПривет, как дела?\n" },
        { "iso-8859-1",
          SPAN("se\xc3\xb1ora\nma\xc3\xb1"
               "ana\na\xf1o\n"),
          "señora\nmañana\naño\n" },
        { "",
          SPAN("se\xc3\xb1ora\nma\xc3\xb1"
               "ana\na\xf1o\n"),
          "señora\nmañana\naño\n" },
        { "us-ascii",
          SPAN("a\xf1o\nse\xc3\xb1ora\nma\xc3\xb1"
               "ana\n"),
          "año\nseñora\nmañana\n" },
        /* a customer shows what he sees */
        { "iso-8859-1",
          SPAN("M\xc3\xbcller\nich hei\xdf"
               "e M\xfcller\n"),
          "MÃ¼ller\nich heiße Müller\n" },
        /* a character that a line's end tears apart, or that was cut */
        { "utf-8",
          SPAN("\xc3\xb1\xc3\xb1\nma\xc3\n\xb1"
               "ana\n"),
          "ññ\nma\ufffd\n\ufffdana\n" },
        { "utf-8", SPAN("\xc3\xb1\nma\xc3"), "ñ\nma\ufffd" },
        { "utf-8", SPAN("\xc3\xb1\njos\xe9\n"), "ñ\njosé\n" },
        { "utf-8", SPAN("\xc3\xb1 \xf1\nx\n"), "ñ \ufffd\nx\n" },
        { "gb2312", SPAN("\xc4\xe3\xba\xc3\n\xc1\xaa\xcd\xa8\n"), "你好\n联通\n" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };
        char *clean;

        mail_charset_decode(&b, rows[i].bytes, span_of(rows[i].charset), NULL, 10000);
        clean = text_clean(reading_arena, (struct span){ b.ptr, b.len }, 10000);
        text_buffer_clear(&b);
        reading_expect(i, clean, rows[i].text);
    }
}

static const char *charset_of_html(const char *html)
{
    struct span s = mail_html_charset(span_of(html));

    return arena_strndup(reading_arena, s.ptr, s.len);
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
    reading_expect_all(rows, ROWS(rows), charset_of_html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_charset_that_has_a_name_is_read_under_it),
        cmocka_unit_test(test_bytes_are_read_in_the_charset_they_are_in),
        cmocka_unit_test(test_lines_are_read_each_in_its_own_charset),
        cmocka_unit_test(test_a_meta_element_names_the_charset),
    };

    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
