/* Whatever an original is, what was taken out of it makes it whole again. */
#include <string.h>

#include "core/arena.h"
#include "core/original.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct text_buffer b = { 0 };
    struct original o;
    size_t i, done = 0;

    original_cut(a, (struct span){ (const char *)data, size }, &o);
    FUZZ_HOLDS(o.count <= ORIGINAL_CUTS_MAX);
    for (i = 0; i < o.count; i++) {
        FUZZ_HOLDS(o.cuts[i].at >= done && o.cuts[i].at <= o.rest.len);
        text_buffer_add(&b, o.rest.ptr + done, o.cuts[i].at - done);
        done = o.cuts[i].at;
        original_join(&b, o.cuts[i].bytes, o.cuts[i].line, o.cuts[i].crlf);
    }
    text_buffer_add(&b, o.rest.ptr + done, o.rest.len - done);
    FUZZ_HOLDS(b.len == size && (size == 0 || memcmp(b.ptr, data, size) == 0));
    text_buffer_clear(&b);
    arena_free(a);
    return 0;
}
