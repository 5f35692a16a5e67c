#include "channels/form.h"

#include <string.h>

#include "core/arena.h"

static int form_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Decodes body[from, to). */
static int form_decode(struct arena *a, struct span body, size_t from, size_t to, struct span *out,
                       struct error *err)
{
    char *text = arena_alloc(a, to - from + 1);
    size_t n = 0, i;
    int high, low;

    for (i = from; i < to; i++) {
        if ((unsigned char)body.ptr[i] <= ' ' || body.ptr[i] == 0x7f)
            return error_set(err, ERROR_PERMANENT,
                             "form: byte %zu: a blank or control byte that is not encoded", i + 1);
        if (body.ptr[i] != '%') {
            text[n++] = (char)(body.ptr[i] == '+' ? ' ' : body.ptr[i]);
            continue;
        }
        high = to - i > 2 ? form_hex(body.ptr[i + 1]) : -1;
        low = to - i > 2 ? form_hex(body.ptr[i + 2]) : -1;
        if (high < 0 || low < 0)
            return error_set(err, ERROR_PERMANENT,
                             "form: byte %zu: expected two hex digits after %%", i + 1);
        text[n++] = (char)(high << 4 | low);
        i += 2;
    }
    *out = (struct span){ text, n };
    return 0;
}

static int form_pair(struct arena *a, struct span body, size_t from, size_t to, struct form *out,
                     struct error *err)
{
    const char *equals = memchr(body.ptr + from, '=', to - from);
    size_t middle = equals == NULL ? to : (size_t)(equals - body.ptr);
    struct form_field *f = &out->fields[out->count];

    if (middle - from > FORM_NAME_MAX)
        return error_set(err, ERROR_PERMANENT, "form: byte %zu: a name of more than %d bytes",
                         from + 1, FORM_NAME_MAX);
    if (form_decode(a, body, from, middle, &f->name, err) < 0 ||
        form_decode(a, body, middle == to ? to : middle + 1, to, &f->value, err) < 0)
        return -1;
    out->count++;
    return 0;
}

int form_parse(struct arena *a, struct span body, struct form *out, struct error *err)
{
    struct form f = { 0 };
    size_t from = 0, to, pairs = 1, i;

    for (i = 0; i < body.len; i++)
        pairs += body.ptr[i] == '&';
    if (pairs > FORM_FIELDS_MAX)
        return error_set(err, ERROR_PERMANENT, "form: more than %d fields", FORM_FIELDS_MAX);
    f.fields = arena_array(a, pairs, sizeof(*f.fields));
    while (from < body.len) {
        const char *end = memchr(body.ptr + from, '&', body.len - from);

        to = end == NULL ? body.len : (size_t)(end - body.ptr);
        if (to > from && form_pair(a, body, from, to, &f, err) < 0)
            return -1;
        from = to + 1;
    }
    *out = f;
    return 0;
}

const char *form_value(const struct form *f, const char *name)
{
    size_t i;

    for (i = 0; i < f->count; i++)
        if (span_is(f->fields[i].name, name))
            return f->fields[i].value.ptr;
    return NULL;
}

void form_escape(struct text_buffer *b, struct span s)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0' && strchr(plain, s.ptr[i]) != NULL)
            text_buffer_add(b, &s.ptr[i], 1);
        else
            text_buffer_printf(b, "%%%02X", (unsigned char)s.ptr[i]);
    }
}

void form_add(struct text_buffer *b, const char *name, const char *value)
{
    if (b->len > 0)
        text_buffer_puts(b, "&");
    form_escape(b, span_of(name));
    text_buffer_puts(b, "=");
    form_escape(b, span_of(value));
}
