#include "core/ical_line.h"

#include <ctype.h>
#include <string.h>

bool ical_is(struct span s, const char *word)
{
    return span_same(s, word);
}

bool ical_line_is(const struct ical_line *l, const char *name)
{
    return ical_is(l->name, name);
}

void ical_line_clear(struct ical_line *l)
{
    text_buffer_clear(&l->text);
}

static void ical_line_unfold(struct span s, size_t *at, struct text_buffer *out)
{
    out->len = 0;
    do {
        const char *end = memchr(s.ptr + *at, '\n', s.len - *at);
        size_t len = end != NULL ? (size_t)(end - s.ptr) - *at : s.len - *at;
        size_t blank = out->len > 0; /* that folds it */

        if (len >= blank)
            text_buffer_add(out, s.ptr + *at + blank, len - blank);
        *at += len + 1;
        while (out->len > 0 && out->ptr[out->len - 1] == '\r')
            out->len--;
    } while (out->len > 0 && *at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == '\t'));
}

/* The first of `what` from `from` on that is not within quotes; the end if there is none. */
static size_t ical_line_find(struct span s, size_t from, char what)
{
    bool quoted = false;
    size_t i;

    for (i = from; i < s.len && (quoted || s.ptr[i] != what); i++)
        quoted = quoted != (s.ptr[i] == '"');
    return i;
}

bool ical_line_next(struct span s, size_t *at, struct ical_line *l)
{
    struct span whole;
    size_t colon, i;

    if (*at >= s.len)
        return false;
    ical_line_unfold(s, at, &l->text);
    whole = text_buffer_span(&l->text);
    colon = ical_line_find(whole, 0, ':');
    for (i = 0; i < whole.len && (isalnum((unsigned char)whole.ptr[i]) || whole.ptr[i] == '-'); i++)
        ;
    l->name = (struct span){ whole.ptr, i };
    l->params = i < colon ? (struct span){ whole.ptr + i, colon - i } : (struct span){ "", 0 };
    l->value = colon < whole.len ? (struct span){ whole.ptr + colon + 1, whole.len - colon - 1 }
                                 : (struct span){ "", 0 };
    return true;
}

struct span ical_line_param(const struct ical_line *l, const char *name)
{
    size_t at = 0, end, equals;

    while (at < l->params.len && l->params.ptr[at] == ';') {
        at++;
        end = ical_line_find(l->params, at, ';');
        equals = ical_line_find((struct span){ l->params.ptr, end }, at, '=');
        if (equals < end && ical_is((struct span){ l->params.ptr + at, equals - at }, name)) {
            struct span v = { l->params.ptr + equals + 1, end - equals - 1 };

            if (v.len >= 2 && v.ptr[0] == '"' && v.ptr[v.len - 1] == '"')
                v = (struct span){ v.ptr + 1, v.len - 2 };
            return v;
        }
        at = end;
    }
    return (struct span){ "", 0 };
}

void ical_line_add_text(struct text_buffer *out, struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        bool escaped = s.ptr[i] == '\\' && i + 1 < s.len;

        i += escaped;
        if (escaped && (s.ptr[i] == 'n' || s.ptr[i] == 'N'))
            text_buffer_puts(out, "\n");
        else
            text_buffer_add(out, s.ptr + i, 1);
    }
}
