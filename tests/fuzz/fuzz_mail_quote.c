/* What a writer added to a history is no more than what was there. */
#include <string.h>

#include "channels/mail_flowed.h"
#include "channels/mail_quote.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    size_t form = fuzz_choice(&bytes, 4);
    struct text_buffer plain = { 0 };
    struct arena *a = arena_new();
    struct span text = span_of(text_clean(a, bytes, INBOUND_TEXT_MAX));
    const char *reply;

    if (form == 1 || form == 2)
        mail_flowed_unfold(&plain, text, form == 2);
    else if (form == 3)
        mail_flowed_enriched(&plain, text);
    else
        text_buffer_add(&plain, text.ptr, text.len);
    text = span_of(text_clean(a, (struct span){ plain.ptr, plain.len }, INBOUND_TEXT_MAX));
    reply = mail_quote_reply(a, text, mail_quote_nobody);
    FUZZ_HOLDS(strlen(reply) <= text.len);
    fuzz_text(reply, INBOUND_TEXT_MAX);
    text_buffer_clear(&plain);
    arena_free(a);
    return 0;
}
