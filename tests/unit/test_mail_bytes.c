/* The forty mails cut anywhere, and with any one byte made another: each is read, and what is read
 * can be stored.
 *
 * All of them take some minutes; some are tried, and all with RELEVO_EVERY=1 in the environment. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail.h"
#include "core/arena.h"

enum { STEP = 41 }; /* coprime to line lengths and to base64's groups */

static size_t step(void)
{
    const char *every = getenv("RELEVO_EVERY");

    return every != NULL ? (size_t)atoi(every) : STEP;
}

/* The mail's bytes in memory of just their length, so that a byte too far is seen. */
static void expect_read(const char *bytes, size_t len)
{
    static const struct mail_options options = { .authserv_id = "mx", .loop_ids = "desk" };
    char *raw = xmalloc(len + 1), *copy = raw + 1;
    struct inbound *in;
    struct error err;

    memcpy(copy, bytes, len);
    if (mail_parse((struct span){ copy, len }, &options, &in, &err) == 0) {
        assert_non_null(in->external_id);
        assert_non_null(in->sender.value);
        assert_true(text_is_utf8(span_of(in->text)));
        assert_true(text_is_utf8(span_of(in->reply_text)));
        assert_true(text_is_utf8(span_of(in->subject)));
        inbound_free(in);
    } else {
        assert_int_equal(err.kind, ERROR_PERMANENT);
    }
    free(raw);
}

static void cut(char *raw, size_t len)
{
    size_t i;

    for (i = 0; i <= len; i += step())
        expect_read(raw, i);
}

static void replace(char *raw, size_t len)
{
    static const char bytes[] = { '\0', '\r', '\n', '\xff' };
    size_t i, k;

    for (i = 0; i < len; i += step()) {
        char was = raw[i];

        for (k = 0; k < sizeof(bytes); k++) {
            raw[i] = bytes[k];
            expect_read(raw, len);
        }
        raw[i] = was;
    }
}

static void for_each_mail(void (*test)(char *raw, size_t len))
{
    struct text_buffer b = { 0 };
    glob_t found;
    size_t i;

    assert_int_equal(glob(TEST_SOURCE_DIR "/tests/data/mail/*.eml", 0, NULL, &found), 0);
    for (i = 0; i < found.gl_pathc; i++) {
        FILE *f = fopen(found.gl_pathv[i], "rb");
        char piece[4096];
        size_t n;

        assert_non_null(f);
        b.len = 0;
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
            text_buffer_add(&b, piece, n);
        fclose(f);
        test(b.ptr, b.len);
    }
    globfree(&found);
    text_buffer_clear(&b);
}

static void test_a_mail_that_is_cut_anywhere_is_read(void **state)
{
    (void)state;
    for_each_mail(cut);
}

static void test_a_mail_with_any_byte_made_another_is_read(void **state)
{
    (void)state;
    for_each_mail(replace);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mail_that_is_cut_anywhere_is_read),
        cmocka_unit_test(test_a_mail_with_any_byte_made_another_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
