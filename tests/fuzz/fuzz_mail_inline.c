/* Texts with files in them: each stands within the text, behind the one before, and is no longer
 * than its lines. */
#include "channels/mail_inline.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span s = { (const char *)data, size };
    struct text_buffer bytes = { 0 };
    struct mail_inline file;
    size_t at = 0;

    while (mail_inline_next(s, at, &file, &bytes)) {
        FUZZ_HOLDS(file.begin >= at && file.end > file.begin && file.end <= size);
        FUZZ_HOLDS(file.name.ptr >= s.ptr && file.name.ptr + file.name.len <= s.ptr + size);
        FUZZ_HOLDS(bytes.len <= 3 * (file.end - file.begin));
        bytes.len = 0;
        at = file.end;
    }
    text_buffer_clear(&bytes);
    return 0;
}
