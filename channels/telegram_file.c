/* Files: getFile tells where one lies for an hour, and there it is fetched with the bot's token. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channels/link.h"
#include "channels/payload.h"
#include "channels/sign.h"
#include "channels/telegram.h"
#include "core/arena.h"
#include "core/conf.h"

enum { FILE_CALL_MS = 20000 };

static const char file_scheme[] = "telegram:";

struct telegram_file {
    struct channel *ch;
    size_t max;
    channel_fetched_fn *done;
    void *arg;
};

static void file_fail(struct telegram_file *f, enum error_kind kind, const char *words)
{
    struct error err;

    error_set(&err, kind, "%s", words);
    f->done(f->arg, (struct span){ "", 0 }, NULL, &err);
    free(f);
}

/* "documents/file_7.pdf": nothing that would lead out of its folder, or end the path. */
static bool file_is_path(const char *path)
{
    return path != NULL && path[0] != '/' && strstr(path, "..") == NULL &&
           strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") ==
               strlen(path);
}

static void file_get(struct telegram_file *f, const char *path)
{
    const struct telegram *t = f->ch->state;
    char *url = xasprintf("%s/file/bot%s/%s", conf_text(f->ch->conf, "api_base"), t->token, path);

    link_fetch(f->ch, &(struct link){ .url = url, .to_configured = true }, f->max, f->done, f->arg);
    sign_secret_free(url);
    free(f);
}

static void file_on_place(void *arg, int status, const struct http_header *headers, size_t count,
                          struct span body, const struct error *err)
{
    struct telegram_file *f = arg;
    struct arena *a = arena_new();
    struct error wrong;
    json_t *o = status == 0 ? NULL : payload_read(body, &wrong);
    const char *path = payload_line(a, payload_at(o, "result"), "file_path", 1024);

    (void)headers;
    (void)count;
    if (status == 0 || status == 429 || status >= 500)
        file_fail(f, ERROR_TRANSIENT, telegram_words(a, status, body, err));
    else if (file_is_path(path))
        file_get(f, path);
    else /* gone, or over what bots may have (20 MB) */
        file_fail(f, ERROR_PERMANENT, telegram_words(a, status, body, err));
    json_decref(o);
    arena_free(a);
}

void telegram_fetch(struct channel *ch, const char *url, size_t max, channel_fetched_fn *done,
                    void *arg)
{
    struct telegram_file *f = xmalloc(sizeof(*f));
    json_t *o;
    char *text;

    *f = (struct telegram_file){ ch, max, done, arg };
    if (strncmp(url, file_scheme, sizeof(file_scheme) - 1) != 0) {
        file_fail(f, ERROR_PERMANENT, "it is no file of Telegram's");
        return;
    }
    o = json_pack("{s:s}", "file_id", url + sizeof(file_scheme) - 1);
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    telegram_call(ch, "getFile", span_of(text == NULL ? "{}" : text), FILE_CALL_MS, file_on_place,
                  f);
    free(text);
}
