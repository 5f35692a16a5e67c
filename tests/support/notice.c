#include "tests/support/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail.h"
#include "core/error.h"

static const struct mail_options ours = { .received_at = 1780000000 };

struct inbound *notice_parse(const char *raw)
{
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse(span_of(raw), &ours, &in, &err) < 0)
        fail_msg("%s", err.text);
    return in;
}

struct inbound *notice_parse_made(const char *fmt, ...)
{
    struct inbound *in;
    char *raw = NULL;
    va_list args;

    va_start(args, fmt);
    assert_true(vasprintf(&raw, fmt, args) >= 0);
    va_end(args);
    in = notice_parse(raw);
    free(raw);
    return in;
}

void notice_assert_known(const char *got, const char *want, const char *row)
{
    if (got != want && (got == NULL || want == NULL || strcmp(got, want) != 0))
        fail_msg("%s: %s", got != NULL ? got : "nothing", row);
}

void notice_assert_bounce(const char *raw, bool bounce)
{
    struct inbound *in = notice_parse(raw);

    if ((in->bounce || in->nature == INBOUND_DELAYED) != bounce)
        fail_msg("bounce %d: %s", in->bounce, raw);
    inbound_free(in);
}
