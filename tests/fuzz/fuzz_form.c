/* Any bytes are a form, or an error; one that reads says the same when it is written and read. */
#include "channels/form.h"
#include "core/arena.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct text_buffer written = { 0 };
    struct form form, again;
    struct error err;
    size_t i;
    bool short_names = true;

    if (form_parse(a, (struct span){ (const char *)data, size }, &form, &err) < 0)
        goto out;
    FUZZ_HOLDS(form.count <= FORM_FIELDS_MAX);
    for (i = 0; i < form.count; i++) {
        FUZZ_HOLDS(form.fields[i].name.len <= FORM_NAME_MAX);
        short_names &=
            3 * form.fields[i].name.len <= FORM_NAME_MAX; /* the bound is before decoding */
        text_buffer_puts(&written, i == 0 ? "" : "&");
        form_escape(&written, form.fields[i].name);
        text_buffer_puts(&written, "=");
        form_escape(&written, form.fields[i].value);
    }
    if (!short_names)
        goto out;
    FUZZ_HOLDS(form_parse(a, (struct span){ written.ptr, written.len }, &again, &err) == 0);
    FUZZ_HOLDS(again.count == form.count);
    for (i = 0; i < form.count; i++)
        FUZZ_HOLDS(span_equal(again.fields[i].name, form.fields[i].name) &&
                   span_equal(again.fields[i].value, form.fields[i].value));
out:
    text_buffer_clear(&written);
    arena_free(a);
    return 0;
}
