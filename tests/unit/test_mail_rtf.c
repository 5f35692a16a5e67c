/* RTF: compression taken off, words and HTML found in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_rtf.h"
#include "core/inbound.h"
#include "tests/support/rows.h"

#define HTML "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}"

static void expect(size_t row, struct text_buffer *out, const char *want)
{
    text_buffer_add(out, "", 1);
    if (out->len != strlen(want) + 1 || strcmp(out->ptr, want) != 0)
        fail_msg("row %zu: \"%s\", expected \"%s\"", row, out->ptr, want);
    text_buffer_clear(out);
}

/* The first two are the examples of MS-OXRTFCP 4. */
static void test_compression_is_taken_off(void **state)
{
    static const struct {
        struct span packed;
        const char *rtf;
    } rows[] = {
        { SPAN("\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 hel\x09"
               "\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0"),
          "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" },
        { SPAN("\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04 WXYZ\x0dn}\x01\x0e\xb0"),
          "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" },
        { SPAN("\x1a\0\0\0\xff\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04 WXYZ\x0dn}\x01\x0e\xb0"
               "beyond"),
          "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" },
        { SPAN("\x09\0\0\0\x05\0\0\0MELA\0\0\0\0{\\rt}beyond"), "{\\rt}" },
        { SPAN("\x09\0\0\0\xff\xff\xff\xffMELA\0\0\0\0{\\r"), "{\\r" }, /* claims more */
        { SPAN("\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0"), "" }, /* half a reference */
        { SPAN("\x1a\0\0\0\x03\0\0\0LZFu\xe2\xd4\x4b\x51\x01\0\x04"), "{\\r" }, /* says less */
        { SPAN("\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51"), "" },
        { SPAN("\x1a\0\0\0\x1c\0\0\0LZMA\xe2\xd4\x4b\x51\0abcdefgh"), "" },
        { SPAN("\x1a\0\0\0\x1c\0\0\0LZFu"), "" },
        { SPAN(""), "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer out = { 0 };

        mail_rtf_expand(&out, rows[i].packed);
        expect(i, &out, rows[i].rtf);
    }
}

static void test_rtf_is_read_as_its_reader_sees_it(void **state)
{
    static const struct {
        const char *rtf, *words;
    } rows[] = {
        { "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\*\\generator Some;}\\pard "
          "One\\par\r\ntwo\\tab three\\par}",
          "One\ntwo\tthree\n" },
        { "{\\rtf1 a\\{b\\}\\\\c\\~d\\line e\\\nf}", "a{b}\\c\xc2\xa0"
                                                     "d\ne\nf" },
        { "{\\rtf1\\ansicpg1252 Espa\\'f1a, caf\\'E9}", "Espa\xc3\xb1"
                                                        "a, caf\xc3\xa9" },
        { "{\\rtf1\\ansicpg1251 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2}",
          "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
        { "{\\rtf1\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}{\\f7\\fcharset128 B;}}{\\f7 "
          "\\'93\\'fa\\'96\\'7b}\\f0  \\'e9}",
          "\xe6\x97\xa5\xe6\x9c\xac \xc3\xa9" },
        { "{\\rtf1\\ansicpg1252{\\fonttbl{\\f7\\fcharset204 B;}}\\f7 \\'c4\\'e0, "
          "\\'ef\\'ee\\'e9\\'e4\\'b8\\'ec\\plain \\'e9t\\'e9}",
          "\xd0\x94\xd0\xb0, \xd0\xbf\xd0\xbe\xd0\xb9\xd0\xb4\xd1\x91\xd0\xbc\xc3\xa9t\xc3\xa9" },
        { "{\\rtf1 \\u8364?5 \\u-3913 ?\\uc0\\u233 t{\\uc2\\u233\\'c3\\'a9}\\u233 \\uc1}",
          "\xe2\x82\xac"
          "5 \xef\x82\xb7\xc3\xa9t\xc3\xa9\xc3\xa9" },
        { "{\\rtf1 \\u-10179?\\u-8704? \\u-10179?x}", "\xf0\x9f\x98\x80 \xef\xbf\xbdx" },
        { "{\\rtf1 \\ldblquote a\\rdblquote\\endash\\u8212\\emdash b\\bullet}",
          "\xe2\x80\x9c"
          "a\xe2\x80\x9d\xe2\x80\x93\xe2\x80\x94"
          "b\xe2\x80\xa2" },
        { "{\\rtf1 a{\\pict 0102{\\x 03}04}b{\\field{\\*\\fldinst{HYPERLINK \"x\"}}{\\fldrslt "
          "c}}{\\*\\unheard d}e}",
          "abce" },
        { "{\\rtf1 a\\bin5 {{{{{b}c}d", "abcd" },
        { "{\\rtf1 a\\bin99999999999999999999 b", "a" },
        { "{\\rtf1 a\\'g1\\'1", "ag11" },
        { "{\\rtf1 a\\", "a" },
        { "}}}a{", "a" },
        { "plain", "plain" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer out = { 0 };

        assert_false(mail_rtf_words(&out, span_of(rows[i].rtf)));
        expect(i, &out, rows[i].words);
    }
}

static void test_html_in_rtf_is_that_html(void **state)
{
    static const struct {
        const char *rtf, *html;
    } rows[] = {
        { HTML "{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 \\htmlrtf \\par\\htmlrtf0 One "
               "{\\*\\htmltag84 <b>}\\htmlrtf {\\b\\htmlrtf0 two{\\*\\htmltag92 </b>}\\htmlrtf }"
               "\\htmlrtf0 {\\*\\htmltag84 &amp;}\\htmlrtf &\\htmlrtf0  three"
               "{\\*\\htmltag72 </p>}}",
          "<p>One <b>two</b>&amp; three</p>" },
        { HTML "{\\*\\htmltag241 <style>p \\{ x: \\'22y\\'22; \\}\\par </style>}"
               "{\\*\\mhtmltag84 <a href=\"cid\">}{\\*\\htmltag84 <a href=\"x\">}caf\\'e9\\par z}",
          "<style>p { x: \"y\"; }\n</style><a href=\"x\">caf\xc3\xa9\nz" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer out = { 0 };

        assert_true(mail_rtf_words(&out, span_of(rows[i].rtf)));
        expect(i, &out, rows[i].html);
    }
}

static void test_groups_of_any_depth_are_read(void **state)
{
    enum { DEPTH = 100000 };
    struct text_buffer rtf = { 0 }, out = { 0 };
    size_t i;

    (void)state;
    text_buffer_puts(&rtf, "{\\rtf1 ");
    for (i = 0; i < DEPTH; i++)
        text_buffer_puts(&rtf, "{");
    text_buffer_puts(&rtf, "deep");
    for (i = 0; i < DEPTH; i++)
        text_buffer_puts(&rtf, "}");
    text_buffer_puts(&rtf, "{\\info not}flat}");
    mail_rtf_words(&out, (struct span){ rtf.ptr, rtf.len });
    expect(0, &out, "deepflat");
    text_buffer_clear(&rtf);
}

static void test_what_comes_out_has_a_bound(void **state)
{
    /* Each two bytes of references are sixteen of RTF; where they are written is never 0. */
    static const char references[] = "\xff\0\x0e\0\x0e\0\x0e\0\x0e\0\x0e\0\x0e\0\x0e\0\x0e";
    struct text_buffer packed = { 0 }, rtf = { 0 }, words = { 0 };
    size_t i;

    (void)state;
    text_buffer_add(&packed, "\0\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0", 16);
    for (i = 0; i < MAIL_RTF_MAX / 100; i++)
        text_buffer_add(&packed, references, sizeof(references) - 1);
    mail_rtf_expand(&rtf, (struct span){ packed.ptr, packed.len });
    assert_int_equal(rtf.len, MAIL_RTF_MAX);
    memset(rtf.ptr, 'x', rtf.len);
    mail_rtf_words(&words, (struct span){ rtf.ptr, rtf.len });
    assert_int_equal(words.len, INBOUND_TEXT_MAX);
    text_buffer_clear(&packed);
    text_buffer_clear(&rtf);
    text_buffer_clear(&words);
}

static void test_a_text_that_goes_on_changing_its_charset_ends(void **state)
{
    struct text_buffer rtf = { 0 }, out = { 0 };
    size_t i;

    (void)state;
    text_buffer_puts(&rtf, "{\\rtf1{\\fonttbl{\\f1\\fcharset0 A;}{\\f2\\fcharset204 B;}}");
    for (i = 0; i < MAIL_RTF_TURNS_MAX; i++)
        text_buffer_puts(&rtf, "\\f1\\'e9\\f2\\'e9");
    mail_rtf_words(&out, (struct span){ rtf.ptr, rtf.len });
    assert_in_range(out.len, 2 * MAIL_RTF_TURNS_MAX, 2 * MAIL_RTF_TURNS_MAX + 2);
    text_buffer_clear(&rtf);
    text_buffer_clear(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compression_is_taken_off),
        cmocka_unit_test(test_rtf_is_read_as_its_reader_sees_it),
        cmocka_unit_test(test_html_in_rtf_is_that_html),
        cmocka_unit_test(test_groups_of_any_depth_are_read),
        cmocka_unit_test(test_what_comes_out_has_a_bound),
        cmocka_unit_test(test_a_text_that_goes_on_changing_its_charset_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
