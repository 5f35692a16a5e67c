#include <string.h>

#include "daemon/desk.h"

struct desk_channel *desk_channel_by_id(const struct desk *d, int64_t channel_id)
{
    size_t i;

    for (i = 0; i < d->channel_count; i++)
        if (d->channels[i]->channel.channel_id == channel_id)
            return d->channels[i];
    return NULL;
}

struct desk_channel *desk_channel_by_name(const struct desk *d, const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < d->channel_count; i++)
        if (strcmp(d->channels[i]->channel.name, name) == 0)
            return d->channels[i];
    return NULL;
}

struct desk *desk_by_id(const struct desks *all, int32_t desk_id)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (all->desk[i]->desk_id == desk_id)
            return all->desk[i];
    return NULL;
}

struct desk *desk_by_name(const struct desks *all, const char *name)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (strcmp(all->desk[i]->name, name) == 0)
            return all->desk[i];
    return NULL;
}
