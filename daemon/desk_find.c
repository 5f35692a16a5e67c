#include <string.h>
#include <strings.h>

#include "channels/mail_address.h"
#include "channels/mail_write.h"
#include "core/arena.h"
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

const char *desk_sender(const struct desk_channel *letters, struct arena *a)
{
    const char *from = conf_text(letters->channel.conf, "from");
    struct mail_address address;

    return from != NULL && mail_address_list(a, span_of(from), NULL, &address, 1) == 1
               ? mail_write_address(a, address.address)
               : NULL;
}

/* What that channel's letters come from; NULL: it writes none. */
static const char *desk_writes_as(const struct desk *d, size_t i, struct arena *a)
{
    return d->channels[i]->channel.ops->writes_letters ? desk_sender(d->channels[i], a) : NULL;
}

const char *desk_own_addresses(const struct desk *d, struct arena *a)
{
    const char *all = "", *one;
    size_t i;

    for (i = 0; i < d->channel_count; i++)
        if ((one = desk_writes_as(d, i, a)) != NULL)
            all = arena_printf(a, "%s%s%s", all, all[0] == '\0' ? "" : " ", one);
    return all;
}

bool desk_is_own(const struct desk *d, const char *address, struct arena *a)
{
    const char *one;
    size_t i;

    for (i = 0; i < d->channel_count; i++)
        if ((one = desk_writes_as(d, i, a)) != NULL && strcasecmp(one, address) == 0)
            return true;
    return false;
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
