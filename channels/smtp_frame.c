#include "channels/smtp_frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How the server is, in an answer. */
enum { SMTP_ILL, SMTP_WELL, SMTP_LOCKED };

static void frame_text(struct text_buffer *out, const char *s)
{
    text_buffer_add(out, s, strlen(s) + 1);
}

static void frame_number(struct text_buffer *out, int64_t n)
{
    text_buffer_printf(out, "%" PRId64, n);
    text_buffer_add(out, "", 1);
}

/* NULL: there is none left. */
static const char *frame_next(struct span s, size_t *at)
{
    const char *found = *at < s.len ? s.ptr + *at : NULL;
    const char *end = found == NULL ? NULL : memchr(found, '\0', s.len - *at);

    if (end == NULL)
        return NULL;
    *at = (size_t)(end + 1 - s.ptr);
    return found;
}

void smtp_question_write(const struct smtp_question *q, struct text_buffer *out)
{
    const char *const texts[] = { q->host,     q->port,    q->tls,  q->auth,   q->user,
                                  q->password, q->ca_file, q->helo, q->reports };
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        frame_text(out, texts[i]);
    frame_number(out, q->timeout_ms);
    for (i = 0; i < q->count; i++) {
        frame_text(out, q->mails[i].from);
        frame_text(out, q->mails[i].to);
        frame_text(out, q->mails[i].envelope_id);
        frame_number(out, (int64_t)q->mails[i].len);
    }
}

int smtp_question_read(struct span record, struct smtp_question *q)
{
    const char **texts[] = { &q->host,     &q->port,    &q->tls,  &q->auth,   &q->user,
                             &q->password, &q->ca_file, &q->helo, &q->reports };
    const char *number;
    size_t at = 0, i;

    memset(q, 0, sizeof(*q));
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if ((*texts[i] = frame_next(record, &at)) == NULL)
            return -1;
    if ((number = frame_next(record, &at)) == NULL)
        return -1;
    q->timeout_ms = strtoll(number, NULL, 10);
    while (at < record.len && q->count < SMTP_MAILS_MAX) {
        struct smtp_mail *m = &q->mails[q->count++];

        m->from = frame_next(record, &at);
        m->to = frame_next(record, &at);
        m->envelope_id = frame_next(record, &at);
        number = frame_next(record, &at);
        if (m->from == NULL || m->to == NULL || m->envelope_id == NULL || number == NULL)
            return -1;
        m->len = (size_t)strtoull(number, NULL, 10);
    }
    return at == record.len ? 0 : -1;
}

void smtp_answer_add(struct text_buffer *out, const struct smtp_answer *answer)
{
    frame_number(out, answer->outcome);
    frame_number(out, answer->locked ? SMTP_LOCKED : answer->well ? SMTP_WELL : SMTP_ILL);
    frame_text(out, answer->words);
}

bool smtp_answer_next(struct span record, size_t *at, struct smtp_answer *answer)
{
    const char *outcome = frame_next(record, at), *server = frame_next(record, at);
    const char *words = frame_next(record, at);
    long n = outcome == NULL ? -1 : strtol(outcome, NULL, 10), state;

    if (words == NULL || n < SENT_OK || n > SENT_CONFIG)
        return false;
    state = strtol(server, NULL, 10);
    *answer = (struct smtp_answer){ (enum sent_outcome)n, words, state == SMTP_WELL,
                                    state == SMTP_LOCKED };
    return true;
}
