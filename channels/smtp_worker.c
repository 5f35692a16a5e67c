#include "channels/smtp_worker.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/smtp_curl.h"
#include "channels/smtp_frame.h"
#include "channels/smtp_session.h"
#include "core/arena.h"

/* The answers to a question, which go as they come: whoever ends this process does not make the
 * loop forget which mails a server has taken. */
struct smtp_saying {
    int fd;
    struct smtp_answer answers[SMTP_MAILS_MAX];
    size_t count, said;
};

/* Their order is that of the mails. */
static struct text_buffer smtp_worker_new_answers(struct smtp_saying *s)
{
    struct text_buffer out = { 0 };

    for (; s->said < s->count && s->answers[s->said].words != NULL; s->said++)
        smtp_answer_add(&out, &s->answers[s->said]);
    return out;
}

static int smtp_worker_say(struct smtp_saying *s, enum frame_kind kind)
{
    struct text_buffer out = smtp_worker_new_answers(s);
    struct error err;
    int rc = 0;

    if (out.len > 0 || kind == FRAME_LAST)
        rc = frame_answer(s->fd, kind, text_buffer_span(&out), -1, &err);
    text_buffer_clear(&out);
    return rc;
}

/* Where nobody hears it any more, the end of the answer fails too. */
static void smtp_worker_on_told(void *arg)
{
    smtp_worker_say(arg, FRAME_MORE);
}

/* Where the lengths are not those of the mails none is tried. */
static void smtp_worker_send(const struct smtp_question *q, struct span mails, struct arena *a,
                             struct smtp_saying *saying)
{
    const struct smtp_listener to = { smtp_worker_on_told, saying };
    struct smtp_errand by_esmtp[SMTP_MAILS_MAX], by_curl[SMTP_MAILS_MAX];
    bool beyond = strcmp(q->tls, "implicit") == 0 || strcmp(q->auth, "xoauth2") == 0;
    size_t esmtp = 0, curl = 0, i;

    for (i = 0; i < q->count; i++) {
        const struct smtp_mail *m = &q->mails[i];
        const struct smtp_errand errand = {
            m->from, m->to, m->envelope_id, { mails.ptr, m->len }, &saying->answers[i]
        };

        if (m->len > mails.len)
            return;
        mails = (struct span){ mails.ptr + m->len, mails.len - m->len };
        if (beyond || !text_is_ascii(span_of(m->from)) || !text_is_ascii(span_of(m->to)))
            by_curl[curl++] = errand;
        else
            by_esmtp[esmtp++] = errand;
    }
    if (mails.len > 0)
        return;
    if (esmtp > 0)
        smtp_session_send(q, by_esmtp, esmtp, &to, a);
    if (curl > 0)
        smtp_curl_send(q, by_curl, curl, &to, a);
}

/* An answer without a word about a mail is one that it was not tried. */
static int smtp_worker_answer(int fd, struct span record, int memfd)
{
    struct smtp_saying saying = { .fd = fd };
    struct smtp_question q;
    struct error err = { 0 };
    struct span mails;
    struct arena *a;
    int rc;

    if (smtp_question_read(record, &q) < 0 || frame_map(memfd, SMTP_BYTES_MAX, &mails, &err) < 0)
        return -1;
    a = arena_new();
    saying.count = q.count;
    smtp_worker_send(&q, mails, a, &saying);
    frame_unmap(mails);
    rc = smtp_worker_say(&saying, FRAME_LAST);
    arena_free(a);
    return rc;
}

void smtp_worker_warm(void)
{
    smtp_session_warm();
    smtp_curl_warm();
}

int smtp_worker_serve(int fd)
{
    char *room = xmalloc(FRAME_MAX);
    struct error err;
    size_t len;
    int memfd, rc;

    while ((rc = frame_receive(fd, room, &len, &memfd, &err)) == 1) {
        rc = smtp_worker_answer(fd, (struct span){ room, len }, memfd);
        OPENSSL_cleanse(room, len);
        if (memfd >= 0)
            close(memfd);
        if (rc < 0)
            break;
    }
    free(room);
    return rc == 0 ? 0 : 1;
}
