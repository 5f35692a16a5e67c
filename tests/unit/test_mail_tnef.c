/* winmail.dat: which of its bodies is read, in which charset, and how it ends where it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_tnef.h"
#include "tests/support/rows.h"

#define BEGIN "\x78\x9f\x3e\x22\x01\x00"
/* Property types and names, the least byte first. */
#define NARROW    "\x1e\x00"
#define WIDE      "\x1f\x00"
#define BINARY    "\x02\x01"
#define LONG      "\x03\x00"
#define BODY      "\x00\x10"
#define RTF       "\x09\x10"
#define WEB       "\x13\x10"
#define CPID      "\xde\x3f"
#define OTHER     "\x70\x00"
#define RTF_OF(n) "\0\0\0\0" n "\0\0\0MELA\0\0\0\0"

struct property {
    const char *type, *name;
    struct span value; /* of a length that needs no padding where its type has one */
};

static void add_number(struct text_buffer *b, size_t number)
{
    char bytes[4];
    size_t i;

    for (i = 0; i < 4; i++)
        bytes[i] = (char)(number >> 8 * i & 255);
    text_buffer_add(b, bytes, 4);
}

static void add_attribute(struct text_buffer *b, char level, const char *name, struct span data)
{
    text_buffer_add(b, &level, 1);
    text_buffer_add(b, name, 4);
    add_number(b, data.len);
    text_buffer_add(b, data.ptr, data.len);
    text_buffer_add(b, "\xff\xff", 2); /* a wrong sum */
}

static void add_property(struct text_buffer *b, const struct property *p)
{
    text_buffer_add(b, p->type, 2);
    text_buffer_add(b, p->name, 2);
    if (memcmp(p->type, LONG, 2) != 0) {
        add_number(b, 1);
        add_number(b, p->value.len);
    }
    text_buffer_add(b, p->value.ptr, p->value.len);
    text_buffer_add(b, "\0\0\0", (4 - p->value.len % 4) % 4);
}

/* A message of the three properties, as far as they are there; `page`: attOemCodepage. */
static void compose(struct text_buffer *b, struct span page, const struct property p[3])
{
    struct text_buffer properties = { 0 };
    size_t i, count = 0;

    while (count < 3 && p[count].type != NULL)
        count++;
    add_number(&properties, count);
    for (i = 0; i < count; i++)
        add_property(&properties, &p[i]);
    text_buffer_add(b, BEGIN, 6);
    add_attribute(b, 1, "\x08\x80\x07\x00", SPAN("IPM.Note")); /* what sort of message it is */
    if (page.len > 0)
        add_attribute(b, 1, "\x07\x90\x06\x00", page);
    add_attribute(b, 1, "\x03\x90\x06\x00", (struct span){ properties.ptr, properties.len });
    text_buffer_clear(&properties);
}

static void expect(size_t row, struct span tnef, const char *words, bool html)
{
    struct text_buffer out = { 0 };

    if (mail_tnef_words(&out, tnef, NULL) != html)
        fail_msg("row %zu: %s", row, html ? "no HTML" : "HTML");
    text_buffer_add(&out, "", 1);
    if (out.len != strlen(words) + 1 || strcmp(out.ptr, words) != 0)
        fail_msg("row %zu: \"%s\", expected \"%s\"", row, out.ptr, words);
    text_buffer_clear(&out);
}

static void test_the_plainest_body_that_says_something_is_read(void **state)
{
    static const struct {
        struct span page;
        struct property properties[3];
        const char *words;
        bool html;
    } rows[] = {
        { SPAN(""),
          { { WIDE, BODY, SPAN("H\0o\0l\0a\0 \0\xf1\0\0\0x\0") }, { BINARY, WEB, SPAN("<p>a") } },
          "Hola \xc3\xb1",
          false },
        { SPAN("\xe3\x04\0\0\0\0\0\0"), /* 1251 */
          { { NARROW, BODY, SPAN("\xcf\xf0\xe8\xe2\xe5\xf2\0") } },
          "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
          false },
        { SPAN(""),
          { { LONG, CPID, SPAN("\xa4\x03\0\0") }, { NARROW, BODY, SPAN("\x93\xfa\x96\x7b\0") } },
          "\xe6\x97\xa5\xe6\x9c\xac",
          false },
        { SPAN("\xe4\x04\0\0\0\0\0\0"), /* 1252, but the HTML is said to be in UTF-8 */
          { { LONG, CPID, SPAN("\xe9\xfd\0\0") },
            { NARROW, BODY, SPAN(" \r\n\0") },
            { BINARY, WEB, SPAN("<p>\xe2\x82\xac") } },
          "<p>\xe2\x82\xac",
          true },
        { SPAN("\xe3\x04\0\0\0\0\0\0"), /* 1251, but the HTML is said to be in 1252 */
          { { LONG, CPID, SPAN("\xe4\x04\0\0") }, { BINARY, WEB, SPAN("<p>caf\xe9 ol\xe9") } },
          "<p>caf\xc3\xa9 ol\xc3\xa9",
          true },
        { SPAN(""), { { WIDE, WEB, SPAN("<\0p\0>\0\xe9\0\0\0") } }, "<p>\xc3\xa9", true },
        { SPAN(""),
          { { BINARY, WEB, SPAN("<meta charset=windows-1250><p>k\xf9\xf2") } },
          "<meta charset=windows-1250><p>k\xc5\xaf\xc5\x88",
          true },
        { SPAN(""),
          { { NARROW, BODY, SPAN("") },
            { BINARY, WEB, SPAN("") },
            { BINARY, RTF, SPAN(RTF_OF("\x0c") "{\\rtf1 word}") } },
          "word",
          false },
        { SPAN(""),
          { { BINARY, RTF,
              SPAN(RTF_OF("\x2c") "{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}\\'e9t\\'e9}    ") } },
          "<p>\xc3\xa9t\xc3\xa9",
          true },
        { SPAN(""),
          { { BINARY, BODY, SPAN("no text") }, { NARROW, OTHER, SPAN("Topic") } },
          "",
          false },
        { SPAN(""), { { NULL, NULL, { NULL, 0 } } }, "", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer tnef = { 0 };

        compose(&tnef, rows[i].page, rows[i].properties);
        expect(i, (struct span){ tnef.ptr, tnef.len }, rows[i].words, rows[i].html);
        text_buffer_clear(&tnef);
    }
}

/* Properties of every kind stand before the body, and are passed over. */
static void test_a_body_behind_other_properties_is_found(void **state)
{
    static const struct span before[] = {
        SPAN("\x02\0\x01\x0e\x05\0\0\0"), /* a short number */
        SPAN("\x0b\0\x02\x0e\x01\0\0\0"), /* yes or no */
        SPAN("\x40\0\x39\0"
             "12345678"), /* a time */
        SPAN("\x48\0\x03\x0e"
             "0123456789abcdef"),                             /* a class */
        SPAN("\x1e\0\x70\0\x01\0\0\0\x05\0\0\0Word\0\0\0\0"), /* a string, filled up */
        SPAN("\x03\x10\x04\x0e\x02\0\0\0"
             "abcd"
             "efgh"),                                                      /* two numbers */
        SPAN("\x1e\x10\x05\x0e\x02\0\0\0\x01\0\0\0a\0\0\0\x04\0\0\0bcde"), /* two strings */
        SPAN("\x0d\0\x06\x0e\x01\0\0\0\x11\0\0\0"
             "0123456789abcdef"
             "x\0\0\0"), /* an object */
        SPAN("\x03\0\x01\x80"
             "0123456789abcdef"
             "\0\0\0\0\x07\0\0\0"
             "abcd"), /* named by number */
        SPAN("\x03\0\x02\x80"
             "0123456789abcdef"
             "\x01\0\0\0\x06\0\0\0"
             "a\0b\0\0\0\0\0"
             "abcd"),
    };
    struct text_buffer properties = { 0 }, tnef = { 0 };
    static const struct property body = { NARROW, BODY, SPAN("found") };
    size_t i;

    (void)state;
    add_number(&properties, ROWS(before) + 1);
    for (i = 0; i < ROWS(before); i++)
        text_buffer_add(&properties, before[i].ptr, before[i].len);
    add_property(&properties, &body);
    text_buffer_add(&tnef, BEGIN, 6);
    add_attribute(&tnef, 1, "\x03\x90\x06\x00", (struct span){ properties.ptr, properties.len });
    expect(0, (struct span){ tnef.ptr, tnef.len }, "found", false);
    text_buffer_clear(&properties);
    text_buffer_clear(&tnef);
}

static void test_a_body_from_before_there_were_properties_is_read(void **state)
{
    struct text_buffer tnef = { 0 };

    (void)state;
    text_buffer_add(&tnef, BEGIN, 6);
    add_attribute(&tnef, 1, "\x0c\x80\x02\x00", SPAN("old words\0"));
    expect(0, (struct span){ tnef.ptr, tnef.len }, "old words", false);
    text_buffer_clear(&tnef);
}

static void test_what_hangs_on_the_message_is_no_body_of_it(void **state)
{
    struct text_buffer tnef = { 0 };

    (void)state;
    text_buffer_add(&tnef, BEGIN, 6);
    add_attribute(&tnef, 2, "\x0c\x80\x02\x00", SPAN("of a file\0"));
    expect(0, (struct span){ tnef.ptr, tnef.len }, "", false);
    text_buffer_clear(&tnef);
}

static void test_a_message_cut_anywhere_says_what_is_left_of_it(void **state)
{
    static const struct property body[3] = { { NARROW, BODY, SPAN("whole") } };
    struct text_buffer tnef = { 0 };
    size_t len;

    (void)state;
    compose(&tnef, SPAN(""), body);
    for (len = 0; len <= tnef.len; len++) {
        char *copy = malloc(len + 1); /* of its own length, for who looks beyond it */
        struct text_buffer out = { 0 };

        assert_non_null(copy);
        memcpy(copy, tnef.ptr, len);
        mail_tnef_words(&out, (struct span){ copy, len }, NULL);
        if (out.len > 5 || memcmp("whole", out.len > 0 ? out.ptr : "", out.len) != 0)
            fail_msg("of %zu bytes: \"%.*s\"", len, (int)out.len, out.ptr);
        text_buffer_clear(&out);
        free(copy);
    }
    expect(1, (struct span){ tnef.ptr, tnef.len - 7 }, "who", false);
    text_buffer_clear(&tnef);
}

static void test_lengths_and_counts_that_lie_are_not_believed(void **state)
{
    static const struct {
        struct span tnef;
        const char *words;
    } rows[] = {
        { SPAN(BEGIN "\x01\x0c\x80\x02\x00\xff\xff\xff\xff"
                     "rest"),
          "rest" },
        { SPAN(BEGIN "\x01\x03\x90\x06\x00\xff\xff\xff\xff\xff\xff\xff\xff" NARROW BODY
                     "\x01\0\0\0\xff\xff\xff\xff"
                     "rest"),
          "rest" },
        { SPAN(BEGIN "\x01\x03\x90\x06\x00\x0c\0\0\0\x01\0\0\0\x03\x10" BODY "\xff\xff\xff\xff"),
          "" },
        { SPAN(BEGIN "\x01\x03\x90\x06\x00\x10\0\0\0\x01\0\0\0\x48\x10\x01\x80"
                     "01234567"),
          "" },
        { SPAN(BEGIN "\x01\x03\x90\x06\x00\x10\0\0\0\x01\0\0\0\x77\x07\x01\x00"
                     "01234567"),
          "" },
        { SPAN(BEGIN "\x09\x0c\x80\x02\x00\x04\0\0\0"
                     "rest"),
          "" },
        { SPAN("\x78\x9f\x3e\x23\x01\x00\x01\x0c\x80\x02\x00\x04\0\0\0"
               "rest"),
          "" },
        { SPAN("\x78\x9f\x3e\x22"), "" },
        { SPAN(""), "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        expect(i, rows[i].tnef, rows[i].words, false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_plainest_body_that_says_something_is_read),
        cmocka_unit_test(test_a_body_behind_other_properties_is_found),
        cmocka_unit_test(test_a_body_from_before_there_were_properties_is_read),
        cmocka_unit_test(test_what_hangs_on_the_message_is_no_body_of_it),
        cmocka_unit_test(test_a_message_cut_anywhere_says_what_is_left_of_it),
        cmocka_unit_test(test_lengths_and_counts_that_lie_are_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
