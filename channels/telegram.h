/* channels/telegram.h - what the rooms of the Telegram channel share: its state and its calls.
 *
 * Loop thread. telegram.c: configuration, webhook, sending; telegram_poll.c: long polling;
 * telegram_file.c: files. */
#ifndef RELEVO_CHANNELS_TELEGRAM_H
#define RELEVO_CHANNELS_TELEGRAM_H

#include "channels/channel.h"

struct telegram_poll;
struct telegram {
    char *token, *secret;       /* secret NULL: there is no webhook */
    struct telegram_poll *poll; /* NULL: not polling */
};

/* Calls `method` of the Bot API with a JSON body. */
void telegram_call(struct channel *ch, const char *method, struct span json, int64_t timeout_ms,
                   void (*done)(void *arg, int status, const struct http_header *headers,
                                size_t header_count, struct span body, const struct error *err),
                   void *arg);
/* Of an answer {ok, error_code, description}: one line for the log. */
const char *telegram_words(struct arena *a, int status, struct span body, const struct error *err);

void telegram_poll_start(struct channel *ch);
/* Forgets what is under way: what it brings comes again later. */
void telegram_poll_stop(struct channel *ch);

/* As channel_ops has it. */
void telegram_fetch(struct channel *ch, const char *url, size_t max, channel_fetched_fn *done,
                    void *arg);

#endif
