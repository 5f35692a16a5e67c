/* A first line that says a charset, and bytes that may be in it: they become text, cleaned. */
#include "channels/mail_charset.h"
#include "core/arena.h"
#include "tests/fuzz/fuzz.h"

enum { SOME = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const fallbacks[] = { NULL, "windows-1252", "iso-2022-jp", "no such" };
    struct span bytes = { (const char *)data, size };
    const char *fallback = fallbacks[fuzz_choice(&bytes, 4)];
    struct span charset = fuzz_until(&bytes, '\n');
    struct text_buffer out = { 0 };
    struct arena *a = arena_new();

    mail_charset_is_known(charset);
    mail_charset_decode(&out, bytes, charset, fallback, SOME);
    fuzz_text(text_clean(a, (struct span){ out.ptr, out.len }, SOME), SOME);
    text_buffer_clear(&out);
    arena_free(a);
    return 0;
}
