/* daemon/hook.h - the seam between HTTP and channels: /hook/CHANNEL and /chat/CHANNEL.
 *
 * Loop thread. A request is handed to its channel's webhook() with its body whole; what the channel
 * answers goes out once every message that it delivered within the call is durable. One that was
 * not stored, or of which nothing is known after HOOK_ANSWER_MS, makes it 503 with Retry-After, so
 * the provider comes again; it may be stored meanwhile, and is known then. An answer may also stay
 * open as a stream of server-sent events; a reader that is slower than HOOK_STREAM_BYTES_MAX is
 * dropped, and comes again with Last-Event-ID. */
#ifndef RELEVO_DAEMON_HOOK_H
#define RELEVO_DAEMON_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/channel.h"

struct conf;
struct desks;
struct hook;
struct hook_call;
struct http;

enum { HOOK_STREAMS_MAX = 1000, HOOK_STREAM_BYTES_MAX = 256 * 1024, HOOK_ANSWER_MS = 10000 };

struct hook_counts {
    uint64_t calls, refused, unavailable; /* refused: 4xx; unavailable: 503 */
    size_t open, streams;                 /* calls without an answer yet; streams that are open */
};

/* Serves both paths of `http`. `desks` is read at each call; while it is empty (`count` 0) calls
 * get 503. */
struct hook *hook_new(struct http *http, const struct desks *desks);
/* The configuration in force, whose trusted_proxies say who called; NULL: nobody is trusted. */
void hook_trust(struct hook *h, const struct conf *root);
/* No call may be open any more. Takes NULL. */
void hook_free(struct hook *h);
const struct hook_counts *hook_counts(const struct hook *h);
/* Ends all streams of this channel (NULL: of all). */
void hook_end_streams(struct hook *h, const struct channel *ch);

/* Host's side. The call whose webhook() runs at this moment; NULL: none. */
struct hook_call *hook_current(struct hook *h);
/* Its answer waits for one more hook_call_release(); rc -1: this one was not stored. */
void hook_call_hold(struct hook_call *call);
void hook_call_release(struct hook_call *call, int rc);

/* As channel_host has them. */
struct http_stream *hook_stream_open(struct hook *h, struct channel *ch,
                                     const struct http_request *req, void (*closed)(void *arg),
                                     void *arg);
void hook_stream_write(struct http_stream *stream, struct span bytes);
void hook_stream_end(struct http_stream *stream);

#endif
