#include "channels/channel.h"

#include <string.h>
#include <strings.h>

const struct channel_ops *const channel_kinds[] = {
    NULL,
};

const struct channel_ops *channel_kind(const char *kind)
{
    size_t i;

    for (i = 0; channel_kinds[i] != NULL; i++)
        if (strcmp(channel_kinds[i]->kind, kind) == 0)
            return channel_kinds[i];
    return NULL;
}

const char *http_request_header(const struct http_request *req, const char *name)
{
    size_t i;

    for (i = 0; i < req->header_count; i++)
        if (strcasecmp(req->headers[i].name, name) == 0)
            return req->headers[i].value;
    return NULL;
}
