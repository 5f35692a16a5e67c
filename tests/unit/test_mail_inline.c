/* Files within texts: what is taken for one, what it holds, and what of the text is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_inline.h"
#include "core/arena.h"
#include "tests/support/rows.h"

/* What the text holds: "{name:bytes}" where a file stood, "~" for a zero byte. */
static const char *shown(struct arena *a, struct span s)
{
    struct text_buffer out = { 0 }, bytes = { 0 };
    struct mail_inline file;
    size_t at = 0, i;
    char *got;

    while (mail_inline_next(s, at, &file, &bytes)) {
        text_buffer_add(&out, s.ptr + at, file.begin - at);
        text_buffer_puts(&out, "{");
        text_buffer_add(&out, file.name.ptr, file.name.len);
        text_buffer_puts(&out, ":");
        text_buffer_add(&out, bytes.ptr, bytes.len);
        text_buffer_puts(&out, "}");
        bytes.len = 0;
        at = file.end;
    }
    text_buffer_add(&out, s.ptr + at, s.len - at);
    got = arena_strndup(a, out.ptr, out.len);
    for (i = 0; i < out.len; i++)
        if (got[i] == '\0')
            got[i] = '~';
    text_buffer_clear(&out);
    text_buffer_clear(&bytes);
    return got;
}

static void test_a_file_within_a_text_is_found_and_what_only_looks_like_one_is_text(void **state)
{
    static const struct {
        struct span text;
        const char *shown;
    } rows[] = {
        { SPAN("a\nbegin 644 x.txt\n#0V%T\n`\nend\nb\n"), "a\n{x.txt:Cat}b\n" },
        { SPAN("begin 0755 my file.txt\r\n#0V%T\r\n \r\nend\r\nb"), "{my file.txt:Cat}b" },
        { SPAN("begin 644 cut\n#0V%T\n"), "{cut:Cat}" },
        { SPAN("begin 644 cut\n#0V%T\nWell, that is no line of it, is it?\n"),
          "{cut:Cat}Well, that is no line of it, is it?\n" },
        { SPAN("begin 644 empty\n`\nend\n"), "{empty:}" },
        { SPAN("begin 644 a\n#0V%T\n`\nend\nand\nbegin 644 b\n#0V%T\n`\nend\n"),
          "{a:Cat}and\n{b:Cat}" },
        { SPAN("begin 644 blanks lost\n$0V%T\n`\nend\n"), "{blanks lost:Cat~}" },
        { SPAN("begin-base64 644 x\nQ2F0\nIQ==\n====\nb\n"), "{x:Cat!}b\n" },
        { SPAN("begin-base64 644 x\nno base64\n"), "begin-base64 644 x\nno base64\n" },
        { SPAN("begin-base64 644 x\nQ2F0\n"), "{x:Cat}" },
        { SPAN("=ybegin line=128 size=3 name=a b.txt\n\x6d\x8b\x9e\n=yend size=3\nb\n"),
          "{a b.txt:Cat}b\n" },
        { SPAN("=ybegin part=1 line=4 size=9 name=x\n=ypart begin=1 end=2\n=}\x6b\n"
               "=yend size=2 part=1\n"),
          "{x:\x13\x41}" },
        { SPAN("=ybegin by saying so\nb\n"), "=ybegin by saying so\nb\n" },
        { SPAN("begin 5 things\nto do\n"), "begin 5 things\nto do\n" },
        { SPAN("begin 2024 with a walk\nand then rest\n"),
          "begin 2024 with a walk\nand then rest\n" },
        { SPAN("we begin 644 x\n#0V%T\n`\nend\n"), "we begin 644 x\n#0V%T\n`\nend\n" },
        { SPAN("begin 644 x"), "begin 644 x" },
        { SPAN("=ybegin line=1 size=1 name=x"), "{x:}" },
        { SPAN(""), "" },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++)
        if (strcmp(shown(a, rows[i].text), rows[i].shown) != 0)
            fail_msg("row %zu: \"%s\", expected \"%s\"", i, shown(a, rows[i].text), rows[i].shown);
    arena_free(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_within_a_text_is_found_and_what_only_looks_like_one_is_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
