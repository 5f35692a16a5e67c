/* channels/webhook_post.h - calls of ours, signed as Standard Webhooks.
 *
 * Loop thread. The other end of webhook_sign.h's checks: whoever has the secret can believe them,
 * and know a copy by its id. */
#ifndef RELEVO_CHANNELS_WEBHOOK_POST_H
#define RELEVO_CHANNELS_WEBHOOK_POST_H

#include "channels/channel.h"

struct webhook_key;

/* Reads the key that the channel's section names. 1: it is there, 0: none is written, -1 with
 * ERROR_CONFIG: it is none. */
int webhook_post_key(struct channel *ch, const char *name, struct webhook_key *key,
                     struct error *err);

/* The call's id: it comes of the delivery's step, so a copy has the same. */
const char *webhook_post_id(struct arena *a, const char *step_key);

/* Posts `body` (JSON) to an address that the operator chose. `done` runs once, on the loop; what
 * was taken has the call's id. */
void webhook_post(struct channel *ch, const char *url, const struct webhook_key *key,
                  const char *step_key, struct span body, channel_sent_fn *done, void *arg);

#endif
