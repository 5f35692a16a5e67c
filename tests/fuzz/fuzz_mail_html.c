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
    const char *text;

    FUZZ_HOLDS(charset.len <= size);
    text = mail_html_text(a, span_of(text_clean(a, bytes, INBOUND_TEXT_MAX)));
    FUZZ_HOLDS(text_is_utf8(span_of(text)));
    arena_free(a);
    return 0;
}
