/* Any bytes are a calendar, or none; its words are no longer than five times what it says. */
#include "channels/mail_event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_buffer out = { 0 };

    mail_event_words(&out, (struct span){ (const char *)data, size });
    FUZZ_HOLDS(out.len <= 5 * (size + 16));
    text_buffer_clear(&out);
    return 0;
}
