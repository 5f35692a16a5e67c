/* channels/link.h - gets what an attachment's link names, for the channels' fetch().
 *
 * Loop thread. Whose address the operator configured (an API) is asked with our name and password;
 * where that leads on, and every other link, is a stranger's: https to a public address, without
 * them (S-45). */
#ifndef RELEVO_CHANNELS_LINK_H
#define RELEVO_CHANNELS_LINK_H

#include "channels/channel.h"

enum { LINK_MS = 60000, LINK_REDIRECTS_MAX = 3 };

struct link {
    const char *url;
    bool to_configured;
    const char *user, *password; /* to_configured only; NULL: none */
};
/* As channel_ops.fetch() promises. All of `link` is copied. */
void link_fetch(struct channel *ch, const struct link *link, size_t max, channel_fetched_fn *done,
                void *arg);

#endif
