#include "channels/channel.h"

#include <string.h>

extern const struct channel_ops channel_events, channel_imap, channel_lmtp, channel_smtp,
    channel_telegram, channel_twilio, channel_webchat, channel_webhook;

const struct channel_ops *const channel_kinds[] = {
    &channel_events, &channel_imap,    &channel_lmtp,    &channel_smtp, &channel_telegram,
    &channel_twilio, &channel_webchat, &channel_webhook, NULL,
};

const struct channel_ops *channel_kind(const char *kind)
{
    size_t i;

    for (i = 0; channel_kinds[i] != NULL; i++)
        if (strcmp(channel_kinds[i]->kind, kind) == 0)
            return channel_kinds[i];
    return NULL;
}
