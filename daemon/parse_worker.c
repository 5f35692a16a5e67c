#include "daemon/parse_worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/mail.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "daemon/failpoint.h"
#include "daemon/parse_frame.h"

static int parse_worker_refuse(int fd, const char *words)
{
    struct error err;
    struct text_buffer out = { 0 };
    int rc;

    text_buffer_printf(&out, "%c%s", PARSE_REFUSED, words);
    rc = frame_answer(fd, FRAME_LAST, (struct span){ out.ptr, out.len }, -1, &err);
    text_buffer_clear(&out);
    return rc;
}

static int parse_worker_say(int fd, const struct inbound *in)
{
    static const char said = PARSE_SAID;
    struct error err;
    struct text_buffer packed = { 0 };
    int memfd = -1, rc;

    inbound_pack(in, &packed);
    rc = frame_seal(text_buffer_span(&packed), &memfd, &err);
    text_buffer_clear(&packed);
    if (rc < 0)
        return parse_worker_refuse(fd, err.text);
    rc = frame_answer(fd, FRAME_LAST, (struct span){ &said, 1 }, memfd, &err);
    close(memfd);
    return rc;
}

static int parse_worker_answer(int fd, struct span record, int mail)
{
    struct mail_options options;
    struct inbound *in = NULL;
    struct span raw;
    struct error err = { 0 };
    int rc;

    if (parse_frame_read(record, &options) < 0)
        return parse_worker_refuse(fd, "the question cannot be read");
    if (frame_map(mail, INBOUND_RAW_MAX, &raw, &err) < 0)
        return parse_worker_refuse(fd, err.text);
    failpoint_mail(raw);
    rc = mail_parse(raw, &options, &in, &err);
    frame_unmap(raw);
    if (rc < 0)
        return parse_worker_refuse(fd, err.text);
    rc = parse_worker_say(fd, in);
    inbound_free(in);
    return rc;
}

void parse_worker_warm(void)
{
    static const char mail[] =
        "From: =?iso-8859-15?Q?Luc=EDa?= <lucia@example.org>\r\n"
        "Subject: =?gb18030?B?xOO6ww==?=\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n<p>Hola&nbsp;\xe1</p>\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n";
    const struct mail_options options = { .received_at = 1 };
    struct text_buffer packed = { 0 };
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse(span_of(mail), &options, &in, &err) == 0)
        inbound_pack(in, &packed);
    text_buffer_clear(&packed);
    inbound_free(in);
}

int parse_worker_serve(int fd)
{
    char *room = xmalloc(FRAME_MAX);
    struct error err;
    size_t len;
    int pass, rc;

    while ((rc = frame_receive(fd, room, &len, &pass, &err)) == 1) {
        rc = parse_worker_answer(fd, (struct span){ room, len }, pass);
        if (pass >= 0)
            close(pass);
        if (rc < 0)
            break;
    }
    free(room);
    return rc == 0 ? 0 : 1;
}
