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

/* False: the lengths are not those of the mails. */
static bool smtp_worker_send(const struct smtp_question *q, struct span mails, struct arena *a,
                             struct smtp_answer *answers)
{
    struct smtp_errand by_esmtp[SMTP_MAILS_MAX], by_curl[SMTP_MAILS_MAX];
    bool beyond = strcmp(q->tls, "implicit") == 0 || strcmp(q->auth, "xoauth2") == 0;
    size_t esmtp = 0, curl = 0, i;

    for (i = 0; i < q->count; i++) {
        const struct smtp_mail *m = &q->mails[i];
        const struct smtp_errand errand = {
            m->from, m->to, m->envelope_id, { mails.ptr, m->len }, &answers[i]
        };

        if (m->len > mails.len)
            return false;
        mails = (struct span){ mails.ptr + m->len, mails.len - m->len };
        if (beyond || !text_is_ascii(span_of(m->from)) || !text_is_ascii(span_of(m->to)))
            by_curl[curl++] = errand;
        else
            by_esmtp[esmtp++] = errand;
    }
    if (mails.len > 0)
        return false;
    if (esmtp > 0)
        smtp_session_send(q, by_esmtp, esmtp, a);
    if (curl > 0)
        smtp_curl_send(q, by_curl, curl, a);
    return true;
}

/* An answer without a word about a mail is one that it was not tried. */
static int smtp_worker_answer(int fd, struct span record, int memfd)
{
    struct smtp_answer answers[SMTP_MAILS_MAX] = { 0 };
    struct text_buffer out = { 0 };
    struct smtp_question q;
    struct error err = { 0 };
    struct span mails;
    struct arena *a;
    size_t i;
    int rc;

    if (smtp_question_read(record, &q) < 0 || frame_map(memfd, SMTP_BYTES_MAX, &mails, &err) < 0)
        return -1;
    a = arena_new();
    if (smtp_worker_send(&q, mails, a, answers))
        for (i = 0; i < q.count; i++)
            smtp_answer_add(&out, &answers[i]);
    frame_unmap(mails);
    rc = frame_answer(fd, FRAME_LAST, (struct span){ out.ptr == NULL ? "" : out.ptr, out.len }, -1,
                      &err);
    text_buffer_clear(&out);
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
