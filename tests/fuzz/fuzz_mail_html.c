/* Any HTML becomes plain text, and its charset is found or not. */
#include "channels/mail_html.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    struct span charset = mail_html_charset(bytes);
    struct arena *a = arena_new();
    const char *clean, *text;

    FUZZ_HOLDS(charset.len <= size);
    clean = text_clean(a, bytes, INBOUND_TEXT_MAX);
    text = mail_html_text(a, span_of(clean));
    FUZZ_HOLDS(text_is_utf8(span_of(text)));
    text = mail_html_reply(a, span_of(clean));
    FUZZ_HOLDS(text_is_utf8(span_of(text)));
    arena_free(a);
    return 0;
}
