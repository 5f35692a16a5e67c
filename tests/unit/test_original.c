#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/original.h"

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

static struct span file_of(struct arena *a, size_t len, uint32_t seed)
{
    char *bytes = arena_alloc(a, len);
    size_t i;

    for (i = 0; i < len; i++)
        bytes[i] = (char)next_random(&seed);
    return (struct span){ bytes, len };
}

/* A mail that holds the file between `before` and `after`. */
static struct span mail_of(struct arena *a, const char *before, struct span file, size_t line,
                           bool crlf, const char *after)
{
    struct text_buffer b = { 0 };
    struct span mail;

    text_buffer_puts(&b, before);
    original_join(&b, file, line, crlf);
    text_buffer_puts(&b, after);
    mail = (struct span){ arena_strndup(a, b.ptr, b.len), b.len };
    text_buffer_clear(&b);
    return mail;
}

/* However small the steps, it is the same. */
static void assert_same_in_steps(struct arena *a, struct span raw, size_t bytes)
{
    struct original_cutter *c = original_cutter_new(a, raw);
    struct original whole, o = { .count = 0 };
    size_t i;

    original_cut(a, raw, &whole);
    while (!original_cutter_step(c, bytes, &o))
        continue;
    assert_int_equal(o.count, whole.count);
    assert_int_equal(o.rest.len, whole.rest.len);
    assert_memory_equal(o.rest.ptr, whole.rest.ptr, o.rest.len);
    for (i = 0; i < o.count; i++) {
        assert_int_equal(o.cuts[i].at, whole.cuts[i].at);
        assert_int_equal(o.cuts[i].bytes.len, whole.cuts[i].bytes.len);
        assert_memory_equal(o.cuts[i].bytes.ptr, whole.cuts[i].bytes.ptr, o.cuts[i].bytes.len);
    }
}

static size_t assert_comes_back(struct arena *a, struct span raw)
{
    struct text_buffer b = { 0 };
    struct original o;
    size_t i, done = 0;

    original_cut(a, raw, &o);
    for (i = 0; i < o.count; i++) {
        assert_true(o.cuts[i].at >= done && o.cuts[i].at <= o.rest.len);
        assert_true(o.cuts[i].bytes.len >= ORIGINAL_CUT_MIN);
        text_buffer_add(&b, o.rest.ptr + done, o.cuts[i].at - done);
        done = o.cuts[i].at;
        original_join(&b, o.cuts[i].bytes, o.cuts[i].line, o.cuts[i].crlf);
    }
    text_buffer_add(&b, o.rest.ptr + done, o.rest.len - done);
    assert_int_equal(b.len, raw.len);
    assert_memory_equal(b.ptr, raw.ptr, raw.len);
    text_buffer_clear(&b);
    return o.count;
}

static void test_base64_is_kept_as_its_bytes_and_comes_back_as_it_was(void **state)
{
    static const size_t lines[] = { 76, 64, 72, 4, 996, 8192 };
    static const char *const ends[] = { "", "\n", "\r\n", "\r\n--b--\r\n", "\n\n", "\r" };
    struct arena *a = arena_new();
    struct original o;
    size_t i, k, len;

    (void)state;
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        for (k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
            for (len = 1140; len < 1146; len++) { /* each padding; a whole last line, and none */
                struct span file = file_of(a, len, (uint32_t)len);
                struct span mail =
                    mail_of(a, "From: a@b\r\n\r\n", file, lines[i], k % 2 == 0, ends[k]);

                original_cut(a, mail, &o);
                if (strcmp(ends[k], "\r") == 0 || k == 1) /* its last line may be another's */
                    assert_comes_back(a, mail);
                else
                    assert_int_equal(assert_comes_back(a, mail), 1);
                if (o.count == 1 && o.cuts[0].bytes.len == len)
                    assert_memory_equal(o.cuts[0].bytes.ptr, file.ptr, len);
            }
    arena_free(a);
}

static void test_in_steps_of_any_size_it_is_the_same(void **state)
{
    static const size_t steps[] = { 1, 77, 4096, 1 << 20 };
    struct arena *a = arena_new();
    struct span one =
        mail_of(a, "Subject: a\r\n\r\nHola\r\n", file_of(a, 5000, 3), 76, true, "\r\n--b\r\n\r\n");
    struct span all = mail_of(a, arena_strndup(a, one.ptr, one.len), file_of(a, 3001, 4), 60, true,
                              "\r\n--b--\r\n");
    size_t i;

    (void)state;
    assert_int_equal(assert_comes_back(a, all), 2);
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_same_in_steps(a, all, steps[i]);
        assert_same_in_steps(a, (struct span){ all.ptr, all.len - 20 },
                             steps[i]); /* a run is open */
        assert_same_in_steps(a, (struct span){ "", 0 }, steps[i]);
    }
    arena_free(a);
}

static void test_a_line_over_the_bound_stays_as_it_is(void **state)
{
    struct arena *a = arena_new();
    struct span line = file_of(a, ORIGINAL_LINE_MAX / 4 * 3, 6);
    struct span over = file_of(a, ORIGINAL_LINE_MAX / 4 * 3 + 3, 6);

    (void)state;
    assert_int_equal(assert_comes_back(a, mail_of(a, "", line, 2 * ORIGINAL_LINE_MAX, true, "\n")),
                     1);
    assert_int_equal(assert_comes_back(a, mail_of(a, "", over, 2 * ORIGINAL_LINE_MAX, true, "\n")),
                     0);
    arena_free(a);
}

static void test_the_same_file_in_two_mails_is_the_same_bytes(void **state)
{
    struct arena *a = arena_new();
    struct span file = file_of(a, 5000, 7);
    struct original one, two;

    (void)state;
    original_cut(a, mail_of(a, "Subject: one\r\n\r\n", file, 76, true, "\r\n--b--\r\n"), &one);
    original_cut(a, mail_of(a, "Subject: two\n\nHola\n\n", file, 60, false, "\n"), &two);
    assert_int_equal(one.count, 1);
    assert_int_equal(two.count, 1);
    assert_true(span_equal(one.cuts[0].bytes, file));
    assert_true(span_equal(two.cuts[0].bytes, file));
    assert_null(memmem(one.rest.ptr, one.rest.len, "AAAA", 4));
    assert_true(one.rest.len < 40);
    arena_free(a);
}

static void test_what_would_not_come_back_stays_where_it_is(void **state)
{
    struct arena *a = arena_new();
    struct span file = file_of(a, 3000, 9), mail;
    struct original o;
    char *bytes;
    size_t i;
    static const struct {
        size_t at; /* in the text, from its end */
        char with;
    } spoilt[] = { { 2, '!' }, { 40, '=' }, { 40, ' ' }, { 40, '\0' }, { 40, '-' } };

    (void)state;
    for (i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) { /* one line: nothing of it is left */
        mail = mail_of(a, "", file, 4096, true, "\r\n");
        bytes = arena_strndup(a, mail.ptr, mail.len);
        bytes[mail.len - 2 - spoilt[i].at] = spoilt[i].with;
        original_cut(a, (struct span){ bytes, mail.len }, &o);
        assert_int_equal(o.count, 0);
        assert_ptr_equal(o.rest.ptr, bytes);
    }
    mail = mail_of(a, "", (struct span){ file.ptr, 2998 }, 4096, true, "\r\n");
    bytes = arena_strndup(a, mail.ptr, mail.len);
    assert_int_equal(bytes[mail.len - 3], '=');
    bytes[mail.len - 5]++; /* bits that stand for nothing: they would be lost */
    assert_comes_back(a, (struct span){ bytes, mail.len });
    original_cut(a, mail_of(a, "", file, 75, true, "\r\n"), &o); /* no line is whole */
    arena_free(a);
}

static void test_short_texts_stay_and_no_mail_has_more_cuts_than_it_may(void **state)
{
    struct arena *a = arena_new();
    struct span file = file_of(a, ORIGINAL_CUT_MIN, 5);
    struct text_buffer b = { 0 };
    int i;

    (void)state;
    assert_int_equal(assert_comes_back(a, (struct span){ "", 0 }), 0);
    file.len--;
    assert_int_equal(assert_comes_back(a, mail_of(a, "a\n", file, 76, true, "\r\n")), 0);
    file.len++;
    for (i = 0; i < ORIGINAL_CUTS_MAX + 10; i++) {
        original_join(&b, file, 76, true);
        text_buffer_puts(&b, "\r\n--b\r\n");
    }
    assert_int_equal(assert_comes_back(a, (struct span){ b.ptr, b.len }), ORIGINAL_CUTS_MAX);
    text_buffer_clear(&b);
    arena_free(a);
}

static void test_any_spoilt_mail_comes_back(void **state)
{
    uint32_t seed = 2463534242u;
    struct arena *a = arena_new();
    struct span mail = mail_of(a, "Subject: one\r\n\r\n", file_of(a, 4000, 3), 76, true, "\r\n");
    int i, k;

    (void)state;
    for (i = 0; i < 3000; i++) {
        char *bytes = xmalloc(mail.len);
        struct arena *work = arena_new();

        memcpy(bytes, mail.ptr, mail.len);
        for (k = 0; k < 3; k++)
            bytes[next_random(&seed) % mail.len] = "\r\n=A!\0"[next_random(&seed) % 6];
        assert_comes_back(work, (struct span){ bytes, next_random(&seed) % mail.len });
        arena_free(work);
        free(bytes);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64_is_kept_as_its_bytes_and_comes_back_as_it_was),
        cmocka_unit_test(test_in_steps_of_any_size_it_is_the_same),
        cmocka_unit_test(test_a_line_over_the_bound_stays_as_it_is),
        cmocka_unit_test(test_the_same_file_in_two_mails_is_the_same_bytes),
        cmocka_unit_test(test_what_would_not_come_back_stays_where_it_is),
        cmocka_unit_test(test_short_texts_stay_and_no_mail_has_more_cuts_than_it_may),
        cmocka_unit_test(test_any_spoilt_mail_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
