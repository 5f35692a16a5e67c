#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/inbound.h"

void fuzz_broken(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

char *fuzz_string(struct span s)
{
    char *text = xmalloc(s.len + 1);

    if (s.len > 0)
        memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return text;
}

struct span fuzz_until(struct span *s, char mark)
{
    const char *end = s->len == 0 ? NULL : memchr(s->ptr, mark, s->len);
    struct span before = { s->ptr, end == NULL ? s->len : (size_t)(end - s->ptr) };
    size_t gone = before.len + (end != NULL);

    *s = (struct span){ s->ptr + gone, s->len - gone };
    return before;
}

size_t fuzz_choice(struct span *s, size_t n)
{
    size_t chosen = s->len == 0 ? 0 : (unsigned char)s->ptr[0] % n;

    if (s->len > 0)
        *s = (struct span){ s->ptr + 1, s->len - 1 };
    return chosen;
}

int fuzz_one_reader(fuzz_reader_fn *const *readers, size_t count, const uint8_t *data, size_t size)
{
    struct span s = { (const char *)data, size };
    size_t reader = fuzz_choice(&s, count);
    char *text = fuzz_string(s);
    struct arena *a = arena_new();

    readers[reader](a, text);
    arena_free(a);
    free(text);
    return 0;
}

void fuzz_text(const char *s, size_t max)
{
    if (s == NULL)
        return;
    FUZZ_HOLDS(strlen(s) <= max);
    FUZZ_HOLDS(text_is_utf8(span_of(s)));
}

static void fuzz_people(const struct inbound_address *at, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        fuzz_text(at[i].value, INBOUND_ID_MAX);
        fuzz_text(at[i].name, INBOUND_NAME_MAX);
    }
}

static void fuzz_travels(const struct inbound *in)
{
    struct text_buffer packed = { 0 };
    char *json = inbound_to_json(in), *again;
    struct inbound *back;
    struct error err;

    inbound_pack(in, &packed);
    FUZZ_HOLDS(inbound_unpack(text_buffer_span(&packed), &back, &err) == 0);
    again = inbound_to_json(back);
    FUZZ_HOLDS(strcmp(json, again) == 0);
    free(again);
    free(json);
    text_buffer_clear(&packed);
    inbound_free(back);
}

void fuzz_inbound(const struct inbound *in)
{
    size_t i;

    fuzz_text(in->external_id, 2 * INBOUND_ID_MAX);
    fuzz_text(in->conversation, 2 * INBOUND_ID_MAX);
    fuzz_text(in->subject, INBOUND_SUBJECT_MAX);
    fuzz_text(in->text, INBOUND_TEXT_MAX);
    fuzz_text(in->reply_text, INBOUND_TEXT_MAX);
    fuzz_text(in->html, INBOUND_TEXT_MAX);
    fuzz_text(in->message_id, INBOUND_ID_MAX);
    fuzz_text(in->reason, 2 * INBOUND_ID_MAX);
    fuzz_people(&in->sender, 1);
    fuzz_people(&in->reply_to, 1);
    fuzz_people(in->to, in->to_count);
    fuzz_people(in->cc, in->cc_count);
    FUZZ_HOLDS(in->attachment_count <= INBOUND_ATTACHMENTS_MAX);
    for (i = 0; i < in->attachment_count; i++)
        fuzz_text(in->attachments[i].filename, INBOUND_NAME_MAX);
    fuzz_travels(in);
}
