/* channels/webchat_stream.h - those who read a talk as it goes on: server-sent events from history.
 *
 * Loop thread. A stream keeps nothing but its place: what it says is what chat_history() says, so a
 * reader loses nothing by a lost connection, a dead node or a missed word. It looks a while back
 * each time, for what was committed late; so a line may come twice to one who comes again, with the
 * same id. Events:
 *   id: UTC microseconds, to come again with as Last-Event-ID
 *   event: line, data: {"id":"d42","from":"desk"|"visitor","automatic":false,"name":"Ana" or null,
 *     "text":"…","client_id":"…" or null,"at":UTC milliseconds}
 *   event: ready, data: {}: all that was said before has been told */
#ifndef RELEVO_CHANNELS_WEBCHAT_STREAM_H
#define RELEVO_CHANNELS_WEBCHAT_STREAM_H

#include <stdint.h>

struct channel;
struct http_request;
struct webchat_streams;

enum {
    WEBCHAT_STREAMS_EACH = 8,       /* of one conversation */
    WEBCHAT_TICK_MS = 20000,        /* a sign of life: proxies end what is silent */
    WEBCHAT_LOOK_TICKS = 3,         /* every so many it looks without having been told */
    WEBCHAT_BACK_US = 120 * 1000000 /* commits are not in the order of their times */
};

struct webchat_streams *webchat_streams_new(struct channel *ch);
/* The channel closes. A stream that is still open is its host's to end. Takes NULL. */
void webchat_streams_free(struct webchat_streams *all);
/* Within webhook(). -1: too many are open. */
int webchat_stream_open(struct webchat_streams *all, const struct http_request *req,
                        const char *conversation, int64_t after_us);
void webchat_streams_heard(struct webchat_streams *all, const char *conversation);

#endif
