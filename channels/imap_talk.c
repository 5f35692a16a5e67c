#include "channels/imap_talk.h"

#include <string.h>

struct span imap_talk_write(const struct imap_talk *t)
{
    return (struct span){ (const char *)t, sizeof(*t) };
}

int imap_talk_read(struct span record, struct imap_talk *t)
{
    if (record.len < sizeof(*t))
        return -1;
    memcpy(t, record.ptr, sizeof(*t));
    t->words[sizeof(t->words) - 1] = '\0';
    if ((unsigned)t->word >= IMAP_WORDS || t->box >= IMAP_BOXES_MAX)
        return -1;
    return record.len == sizeof(*t) || t->word == IMAP_FINISH || t->word == IMAP_TOKEN ? 0 : -1;
}

char *imap_talk_write_more(const struct imap_talk *t, struct span more, size_t *len)
{
    struct text_buffer out = { 0 };

    text_buffer_add(&out, (const char *)t, sizeof(*t));
    text_buffer_add(&out, more.ptr, more.len);
    *len = out.len;
    return text_buffer_take(&out);
}

struct span imap_talk_more(struct span record)
{
    return (struct span){ record.ptr + sizeof(struct imap_talk),
                          record.len - sizeof(struct imap_talk) };
}

size_t imap_talk_read_finish(struct span record, uint32_t *uids)
{
    struct span more = imap_talk_more(record);
    size_t n = more.len / sizeof(*uids);

    if (n > IMAP_FINISH_MAX)
        n = IMAP_FINISH_MAX;
    memcpy(uids, more.ptr, n * sizeof(*uids));
    return n;
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

struct imap_account imap_setup_account(const struct imap_setup *s, void (*beat)(void *arg),
                                       void *arg)
{
    return (struct imap_account){
        .peer = { s->host, s->port, s->tls, s->ca_file },
        .auth = s->auth,
        .silence_ms = s->silence_ms,
        .user = s->user == NULL ? "" : s->user,
        .password = s->password == NULL ? "" : s->password,
        .beat = beat,
        .arg = arg,
    };
}
