#include "daemon/parse.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/mail.h"
#include "core/arena.h"
#include "daemon/parse_frame.h"
#include "daemon/worker.h"

struct parse {
    struct event_base *base;
    struct worker_pool *pool;
    int64_t deadline_ms, pause_ms;
    size_t open;
    bool ending;
    struct parse_question *pausing;
};
struct parse_question {
    struct parse *parse;
    struct event *pause;                 /* NULL: it is not pausing, and in no list */
    struct parse_question *next, **self; /* of those that pause */
    int memfd, tries;
    char *record, *locator;
    size_t len;
    int64_t received_at;
    void (*done)(void *arg, struct inbound *in);
    void *arg;
};

struct parse *parse_new(struct event_base *base, struct worker_pool *pool, int64_t deadline_ms,
                        int64_t pause_ms)
{
    struct parse *p = xcalloc(1, sizeof(*p));

    p->base = base;
    p->pool = pool;
    p->deadline_ms = deadline_ms;
    p->pause_ms = pause_ms;
    return p;
}

void parse_free(struct parse *p)
{
    free(p);
}

size_t parse_open(const struct parse *p)
{
    return p->open;
}

/* The original goes into what came of it; where it cannot be had any more, only its words. */
static void parse_keep_raw(struct parse_question *q, struct inbound *in)
{
    struct error err;
    struct span raw;

    in->raw_type = "message/rfc822";
    in->locator = arena_strdup(in->arena, q->locator);
    if (in->received_at == 0)
        in->received_at = q->received_at;
    if (frame_map(q->memfd, INBOUND_RAW_MAX, &raw, &err) < 0) {
        if (in->kind == INBOUND_BROKEN)
            in->reason = arena_printf(in->arena, "%s (%s)", in->reason, err.text);
        return;
    }
    in->raw = raw; /* the sealed pages themselves: no copy of what may be 50 MiB */
    in->raw_free = frame_unmap;
}

static void parse_end(struct parse_question *q, struct inbound *in)
{
    q->parse->open--;
    parse_keep_raw(q, in);
    q->done(q->arg, in);
    if (q->memfd >= 0)
        close(q->memfd);
    free(q->record);
    free(q->locator);
    free(q);
}

static void parse_broken(struct parse_question *q, const char *reason)
{
    struct inbound *in = inbound_new();

    in->kind = INBOUND_BROKEN;
    in->reason = text_clean_line(in->arena, span_of(reason), INBOUND_ID_MAX);
    in->received_at = q->received_at;
    parse_end(q, in);
}

/* No parser is to blame. Without its bytes nobody takes it for the mail that it is: whoever has it
 * gives it again. */
static void parse_not_now(struct parse_question *q, const char *words)
{
    if (q->memfd >= 0)
        close(q->memfd);
    q->memfd = -1;
    parse_broken(q, words);
}

static void parse_on_answer(void *arg, struct span record, int fd, const struct error *err);

static void parse_try(struct parse_question *q, int memfd)
{
    q->tries++;
    worker_ask(q->parse->pool, (struct span){ q->record, q->len }, memfd, q->parse->deadline_ms,
               parse_on_answer, q);
}

static void parse_wake(struct parse_question *q)
{
    event_free(q->pause);
    q->pause = NULL;
    *q->self = q->next;
    if (q->next != NULL)
        q->next->self = q->self;
}

static void parse_on_pause(evutil_socket_t fd, short what, void *arg)
{
    struct parse_question *q = arg;

    (void)fd;
    (void)what;
    parse_wake(q);
    parse_try(q, q->memfd);
}

/* One process that died is no reason to wait. Where the next one does too, the mail may be to
 * blame, or memory be short for a moment: then its last try is not of that moment. */
static void parse_again(struct parse_question *q)
{
    struct parse *p = q->parse;
    const struct timeval tv = { (time_t)(p->pause_ms / 1000),
                                (suseconds_t)(p->pause_ms % 1000 * 1000) };

    if (q->tries + 1 < PARSE_TRIES) {
        parse_try(q, q->memfd);
        return;
    }
    q->pause = evtimer_new(p->base, parse_on_pause, q);
    evtimer_add(q->pause, &tv);
    q->next = p->pausing;
    q->self = &p->pausing;
    if (q->next != NULL)
        q->next->self = &q->next;
    p->pausing = q;
}

static void parse_said(struct parse_question *q, int fd)
{
    struct inbound *in = NULL;
    struct error err = { 0 };
    struct span packed;
    int rc;

    if (frame_map(fd, PARSE_SAID_MAX, &packed, &err) < 0) {
        parse_broken(q, err.text);
        return;
    }
    rc = inbound_unpack(packed, &in, &err);
    frame_unmap(packed);
    if (rc < 0)
        parse_broken(q, err.text);
    else
        parse_end(q, in);
}

static void parse_on_answer(void *arg, struct span record, int fd, const struct error *err)
{
    struct parse_question *q = arg;
    char words[300];

    if (err->kind == ERROR_CONFIG || (err->kind != ERROR_NONE && q->parse->ending)) {
        parse_not_now(q, err->text);
    } else if (err->kind != ERROR_NONE && q->tries < PARSE_TRIES) {
        parse_again(q);
    } else if (err->kind != ERROR_NONE) {
        snprintf(words, sizeof(words), "its parser died of it %d times: %s", q->tries, err->text);
        parse_broken(q, words);
    } else if (record.len > 0 && record.ptr[0] == PARSE_SAID) {
        parse_said(q, fd);
    } else {
        snprintf(words, sizeof(words), "%.*s", record.len == 0 ? 0 : (int)record.len - 1,
                 record.len == 0 ? "" : record.ptr + 1);
        parse_broken(q, words);
    }
}

void parse_ask(struct parse *p, int memfd, const struct mail_options *options, const char *locator,
               void (*done)(void *arg, struct inbound *in), void *arg)
{
    struct parse_question *q = xcalloc(1, sizeof(*q));

    q->parse = p;
    q->memfd = fcntl(memfd, F_DUPFD_CLOEXEC, 0);
    q->record = parse_frame_write(options, &q->len);
    q->locator = xstrdup(locator);
    q->received_at = options->received_at;
    q->done = done;
    q->arg = arg;
    p->open++;
    parse_try(q, memfd); /* where it could not be duplicated here, it cannot be there */
}

void parse_stop(struct parse *p)
{
    struct parse_question *q;

    p->ending = true;
    while ((q = p->pausing) != NULL) {
        parse_wake(q);
        parse_not_now(q, "the service is ending");
    }
}
