#include "channels/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/conf.h"

enum { CHANNEL_RETRY_AFTER_MAX_S = 24 * 3600 };

const char *http_request_header(const struct http_request *req, const char *name)
{
    size_t i;

    for (i = 0; i < req->header_count; i++)
        if (strcasecmp(req->headers[i].name, name) == 0)
            return req->headers[i].value;
    return NULL;
}

struct inbound *channel_inbound(const struct channel *ch, struct span raw, const char *raw_type)
{
    struct inbound *in = inbound_new();

    in->channel_id = ch->channel_id;
    in->received_at = ch->host->now(ch->host->ctx);
    in->raw = (struct span){ arena_strndup(in->arena, raw.ptr, raw.len), raw.len };
    in->raw_type = raw_type;
    return in;
}

int channel_look_for(const struct channel *ch, const char *key, struct error *err)
{
    const char *path = conf_text(ch->conf, key), *words = NULL;
    struct stat st;
    int fd;

    if (path == NULL)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0)
        words = strerror(errno);
    else if (!S_ISREG(st.st_mode))
        words = "expected a plain file";
    if (fd >= 0)
        close(fd);
    return words == NULL
               ? 0
               : error_set(err, ERROR_CONFIG, "%s: %s: %s: %s", ch->name, key, path, words);
}

enum sent_outcome channel_outcome(int status)
{
    if (status >= 200 && status < 300)
        return SENT_OK;
    if (status == 401 || status == 403 || status == 404 || status == 410)
        return SENT_CONFIG;
    if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429)
        return SENT_REFUSED;
    return SENT_RETRY;
}

int64_t channel_retry_bound(int64_t said_s)
{
    if (said_s <= 0)
        return 0;
    return said_s < CHANNEL_RETRY_AFTER_MAX_S ? said_s : CHANNEL_RETRY_AFTER_MAX_S;
}

int64_t channel_retry_after(const struct http_header *headers, size_t count)
{
    size_t i;
    char *end;
    long s;

    for (i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, "Retry-After") == 0) {
            s = strtol(headers[i].value, &end, 10);
            if (end != headers[i].value && *end == '\0' && s > 0)
                return channel_retry_bound(s);
        }
    return 0;
}
