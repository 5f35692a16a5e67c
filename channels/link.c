#include "channels/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"

struct link_fetching {
    struct channel *ch;
    size_t max;
    bool to_configured;
    channel_fetched_fn *done;
    void *arg;
};

static void link_ask(struct link_fetching *f, const struct link *link);

static const char *link_header(const struct http_header *headers, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return headers[i].value;
    return NULL;
}

static void link_end(struct link_fetching *f, struct span bytes, const char *type,
                     const struct error *err)
{
    f->done(f->arg, bytes, type, err);
    free(f);
}

static void link_fail(struct link_fetching *f, enum error_kind kind, const char *words)
{
    struct error err;

    error_set(&err, kind, "%s", words);
    link_end(f, (struct span){ "", 0 }, NULL, &err);
}

static enum error_kind link_meaning(const struct link_fetching *f, int status)
{
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return ERROR_TRANSIENT;
    return f->to_configured && (status == 401 || status == 403) ? ERROR_CONFIG : ERROR_PERMANENT;
}

static void link_answered(void *arg, int status, const struct http_header *headers, size_t count,
                          struct span body, const struct error *err)
{
    struct link_fetching *f = arg;
    const char *further = link_header(headers, count, "Location");
    char words[32];

    if (status == 0) {
        link_end(f, (struct span){ "", 0 }, NULL, err);
    } else if (status >= 200 && status < 300) {
        link_end(f, body, link_header(headers, count, "Content-Type"), err);
    } else if (f->to_configured && status >= 300 && status < 400 && further != NULL) {
        f->to_configured = false; /* to its storage, which our password is nothing to */
        link_ask(f, &(struct link){ .url = further });
    } else {
        snprintf(words, sizeof(words), "HTTP %d", status);
        link_fail(f, link_meaning(f, status), words);
    }
}

static void link_ask(struct link_fetching *f, const struct link *link)
{
    struct http_call call = { .method = "GET",
                              .url = link->url,
                              .answer_max = f->max,
                              .timeout_ms = LINK_MS,
                              .to_configured = link->to_configured,
                              .done = link_answered,
                              .arg = f };

    if (link->to_configured) {
        call.user = link->user;
        call.password = link->password;
    } else if (strncasecmp(link->url, "https://", 8) != 0) {
        link_fail(f, ERROR_PERMANENT, "its link is none of https");
        return;
    } else {
        call.redirects_max = LINK_REDIRECTS_MAX;
    }
    f->ch->host->http_send(f->ch->host->ctx, &call);
}

void link_fetch(struct channel *ch, const struct link *link, size_t max, channel_fetched_fn *done,
                void *arg)
{
    struct link_fetching *f = xmalloc(sizeof(*f));

    *f = (struct link_fetching){ ch, max, link->to_configured, done, arg };
    link_ask(f, link);
}
