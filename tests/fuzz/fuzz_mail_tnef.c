/* Any bytes are a winmail.dat, RTF, or compressed RTF, or none: their words are UTF-8, after a
 * cleaning, and bounded. */
#include "channels/mail_rtf.h"
#include "channels/mail_tnef.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    size_t form = fuzz_choice(&bytes, 3);
    struct text_buffer out = { 0 };
    struct arena *a = arena_new();

    if (form == 0)
        mail_tnef_words(&out, bytes, NULL);
    else if (form == 1)
        mail_rtf_words(&out, bytes);
    else
        mail_rtf_expand(&out, bytes);
    FUZZ_HOLDS(form < 2 || out.len <= 9 * size);
    fuzz_text(text_clean(a, (struct span){ out.len > 0 ? out.ptr : "", out.len }, INBOUND_TEXT_MAX),
              INBOUND_TEXT_MAX);
    text_buffer_clear(&out);
    arena_free(a);
    return 0;
}
