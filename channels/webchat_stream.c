#include "channels/webchat_stream.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "core/arena.h"

enum { WEBCHAT_CONVERSATION_MAX = 80 };

struct webchat_stream {
    struct webchat_streams *all; /* NULL: the channel is closed */
    struct http_stream *http;    /* NULL: its connection is gone */
    char conversation[WEBCHAT_CONVERSATION_MAX];
    int64_t after_us;
    int64_t told[CHAT_LINES_MAX]; /* a ring of line ids */
    size_t told_count;
    bool asking, again, ready, ended; /* ended: we did; its connection is going */
    struct webchat_stream *next;
};
struct webchat_streams {
    struct channel *ch;
    struct webchat_stream *first;
    void *timer; /* runs while there is a stream */
    unsigned ticks;
};

struct webchat_streams *webchat_streams_new(struct channel *ch)
{
    struct webchat_streams *all = xcalloc(1, sizeof(*all));

    all->ch = ch;
    return all;
}

void webchat_streams_free(struct webchat_streams *all)
{
    struct webchat_stream *s;

    if (all == NULL)
        return;
    for (s = all->first; s != NULL; s = s->next)
        s->all = NULL;
    if (all->timer != NULL)
        all->ch->host->timer_cancel(all->ch->host->ctx, all->timer);
    free(all);
}

/* --- what a stream says
 * ---------------------------------------------------------------------------------------- */

static void webchat_write(struct webchat_stream *s, struct span bytes)
{
    const struct channel_host *host = s->all->ch->host;

    host->stream_write(host->ctx, s->http, bytes);
}

/* "m17", "d42": as a number, not 0. */
static int64_t webchat_line_number(const char *id)
{
    int64_t n = strtoll(id + 1, NULL, 10);

    return id[0] == 'd' ? -n : n;
}

static bool webchat_was_told(struct webchat_stream *s, const char *id)
{
    int64_t n = webchat_line_number(id);
    size_t i;

    for (i = 0; i < CHAT_LINES_MAX; i++)
        if (s->told[i] == n)
            return true;
    s->told[s->told_count++ % CHAT_LINES_MAX] = n;
    return false;
}

/* The visitor's own id of it: what follows the conversation. */
static const char *webchat_client_id(const struct webchat_stream *s, const struct chat_line *line)
{
    size_t len = strlen(s->conversation);

    if (line->external_id == NULL || strncmp(line->external_id, s->conversation, len) != 0 ||
        line->external_id[len] != '.')
        return NULL;
    return line->external_id + len + 1;
}

static void webchat_tell(struct webchat_stream *s, const struct chat_line *line,
                         struct text_buffer *out)
{
    json_t *o =
        json_pack("{s:s, s:s, s:b, s:s?, s:s, s:s?, s:I}", "id", line->id, "from",
                  line->from_us ? "desk" : "visitor", "automatic", (int)line->automatic, "name",
                  line->name, "text", line->text == NULL ? "" : line->text, "client_id",
                  webchat_client_id(s, line), "at", (json_int_t)(line->at_us / 1000));
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    if (text == NULL)
        return; /* not UTF-8: nothing of ours is that */
    text_buffer_printf(out, "id: %" PRId64 "\nevent: line\ndata: %s\n\n", line->at_us, text);
    free(text);
}

static void webchat_ask(struct webchat_stream *s);

static void webchat_on_history(void *arg, const struct chat_line *lines, size_t count,
                               const struct error *err)
{
    struct webchat_stream *s = arg;
    struct text_buffer out = { 0 };
    size_t i;

    s->asking = false;
    if (s->http == NULL) {
        free(s);
        return;
    }
    if (s->all == NULL || s->ended)
        return;
    if (err->kind != ERROR_NONE) { /* it comes again by itself, and perhaps to a better node */
        s->ended = true;
        s->all->ch->host->stream_end(s->all->ch->host->ctx, s->http);
        return;
    }
    for (i = 0; i < count; i++) {
        if (!webchat_was_told(s, lines[i].id))
            webchat_tell(s, &lines[i], &out);
        if (lines[i].at_us - WEBCHAT_BACK_US > s->after_us)
            s->after_us = lines[i].at_us - WEBCHAT_BACK_US;
    }
    if (!s->ready)
        text_buffer_puts(&out, "event: ready\ndata: {}\n\n");
    s->ready = true;
    if (out.len > 0)
        webchat_write(s, (struct span){ out.ptr, out.len });
    text_buffer_clear(&out);
    if (s->again && s->http != NULL)
        webchat_ask(s);
}

static void webchat_ask(struct webchat_stream *s)
{
    const struct channel_host *host = s->all->ch->host;

    s->again = s->asking;
    if (s->asking || s->ended)
        return;
    s->asking = true;
    host->chat_history(host->ctx, s->all->ch, s->conversation, s->after_us, webchat_on_history, s);
}

/* --- who reads
 * ---------------------------------------------------------------------------------------------- */

static void webchat_on_tick(void *arg)
{
    struct webchat_streams *all = arg;
    const struct channel_host *host = all->ch->host;
    bool look = ++all->ticks % WEBCHAT_LOOK_TICKS == 0;
    struct webchat_stream *s;

    all->timer =
        all->first == NULL ? NULL : host->timer(host->ctx, WEBCHAT_TICK_MS, webchat_on_tick, all);
    for (s = all->first; s != NULL; s = s->next) {
        if (!s->ended)
            webchat_write(s, span_of(": here\n\n"));
        if (look)
            webchat_ask(s);
    }
}

static void webchat_on_closed(void *arg)
{
    struct webchat_stream *s = arg, **at;

    s->http = NULL;
    for (at = s->all == NULL ? NULL : &s->all->first; at != NULL && *at != s;)
        at = &(*at)->next;
    if (at != NULL)
        *at = s->next;
    if (!s->asking)
        free(s);
}

int webchat_stream_open(struct webchat_streams *all, const struct http_request *req,
                        const char *conversation, int64_t after_us)
{
    const struct channel_host *host = all->ch->host;
    struct webchat_stream *s;
    int same = 0;

    for (s = all->first; s != NULL; s = s->next)
        same += strcmp(s->conversation, conversation) == 0;
    if (same >= WEBCHAT_STREAMS_EACH)
        return -1;
    s = xcalloc(1, sizeof(*s));
    s->all = all;
    s->after_us = after_us > WEBCHAT_BACK_US ? after_us - WEBCHAT_BACK_US : 0;
    snprintf(s->conversation, sizeof(s->conversation), "%s", conversation);
    s->http = host->stream_open(host->ctx, all->ch, req, webchat_on_closed, s);
    if (s->http == NULL) {
        free(s);
        return -1;
    }
    s->next = all->first;
    all->first = s;
    if (all->timer == NULL)
        all->timer = host->timer(host->ctx, WEBCHAT_TICK_MS, webchat_on_tick, all);
    webchat_write(s, span_of("retry: 3000\n\n"));
    webchat_ask(s);
    return 0;
}

void webchat_streams_heard(struct webchat_streams *all, const char *conversation)
{
    struct webchat_stream *s;

    for (s = all->first; s != NULL; s = s->next)
        if (strcmp(s->conversation, conversation) == 0)
            webchat_ask(s);
}
