#include "channels/imap_talk.h"

#include <string.h>

struct span imap_talk_write(const struct imap_talk *t)
{
    return (struct span){ (const char *)t, sizeof(*t) };
}

int imap_talk_read(struct span record, struct imap_talk *t)
{
    if (record.len != sizeof(*t))
        return -1;
    memcpy(t, record.ptr, sizeof(*t));
    t->words[sizeof(t->words) - 1] = '\0';
    return (unsigned)t->word < IMAP_WORDS && t->box < IMAP_BOXES_MAX ? 0 : -1;
}

/* The texts of a setup, in the order in which they follow it in its record. */
static size_t talk_texts(struct imap_setup *s, const char **texts[5 + IMAP_BOXES_MAX])
{
    size_t n = 0, i;

    texts[n++] = &s->host;
    texts[n++] = &s->ca_file;
    texts[n++] = &s->user;
    texts[n++] = &s->password;
    texts[n++] = &s->move_to;
    for (i = 0; i < s->box_count; i++)
        texts[n++] = &s->box[i].name;
    return n;
}

char *imap_setup_write(const struct imap_setup *s, size_t *len)
{
    const char **texts[5 + IMAP_BOXES_MAX];
    struct imap_setup copy = *s;
    struct text_buffer out = { 0 };
    size_t n = talk_texts(&copy, texts), i;

    text_buffer_add(&out, (const char *)s, sizeof(*s));
    for (i = 0; i < n; i++)
        text_buffer_add(&out, *texts[i] == NULL ? "" : *texts[i],
                        *texts[i] == NULL ? 1 : strlen(*texts[i]) + 1);
    *len = out.len;
    return text_buffer_take(&out);
}

int imap_setup_read(struct span record, struct imap_setup *s)
{
    const char **texts[5 + IMAP_BOXES_MAX];
    const char *at = record.ptr + sizeof(*s), *end = record.ptr + record.len;
    size_t n, i;

    if (record.len <= sizeof(*s) || end[-1] != '\0')
        return -1;
    memcpy(s, record.ptr, sizeof(*s));
    if (s->box_count > IMAP_BOXES_MAX)
        return -1;
    n = talk_texts(s, texts);
    for (i = 0; i < n; i++) {
        if (at == end)
            return -1;
        *texts[i] = at[0] == '\0' ? NULL : at;
        at += strlen(at) + 1;
    }
    return at == end ? 0 : -1;
}
