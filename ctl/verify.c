/* One webhook call from a file, put through its adapter: is it believed, and what does it say? */
#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channels/channel.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "core/conf.h"
#include "ctl/command.h"

enum { VERIFY_HEADERS_MAX = 200 };

/* What takes the calls of that provider: its section, the key that the secret is for, and where it
 * is called. */
static const struct verify_provider {
    const char *provider, *kind, *section, *key, *path;
} providers[] = {
    { "twilio", "twilio", "account: AC0\ntoken: {file: given}\n", "token", "" },
    { "telegram", "telegram", "token: {file: given}\nsecret: {file: given}\nmode: webhook\n",
      "secret", "" },
    { "generic", "webhook", "secret: {file: given}\n", "secret", "" },
    { "webchat", "webchat", "secret: {file: given}\nidentity_secret: {file: given}\n",
      "identity_secret", "/session" },
};

/* The world of one call. */
struct verify {
    const json_t *call;
    const struct verify_provider *provider;
    int64_t now;
    json_t *messages;
};

static int64_t verify_now(void *ctx)
{
    return ((struct verify *)ctx)->now;
}

static void verify_deliver(void *ctx, struct channel *ch, struct inbound *in,
                           void (*done)(void *arg, int rc), void *arg)
{
    struct verify *v = ctx;
    char *text = inbound_to_json(in);

    (void)ch;
    json_array_append_new(v->messages, json_loads(text, 0, NULL));
    free(text);
    inbound_free(in);
    if (done != NULL)
        done(arg, 0);
}

/* Keys that the call has nothing to do with get a value that is good for nothing. */
static int verify_secret(void *ctx, struct channel *ch, const char *key, char **out,
                         struct error *err)
{
    const struct verify *v = ctx;

    (void)err;
    *out = NULL;
    if (strcmp(key, v->provider->key) == 0)
        *out = xstrdup(json_string_value(json_object_get(v->call, "secret")));
    else if (conf_has(ch->conf, key))
        *out = xstrdup("0000000000000000000000000000000000000000000000000000000000000000");
    return 0;
}

/* --- the call
 * -----------------------------------------------------------------------------------------------
 */

static const char *text_of(const json_t *call, const char *key)
{
    return json_string_value(json_object_get(call, key));
}

static int read_headers(const json_t *call, struct http_header *room, size_t *count,
                        struct error *err)
{
    const char *name;
    const json_t *value;

    json_object_foreach((json_t *)json_object_get(call, "headers"), name, value)
    {
        if (!json_is_string(value) || *count == VERIFY_HEADERS_MAX)
            return error_set(err, ERROR_PERMANENT, "headers: expected at most %d texts by name",
                             VERIFY_HEADERS_MAX);
        room[(*count)++] = (struct http_header){ name, json_string_value(value) };
    }
    return 0;
}

static int read_body(const json_t *call, struct arena *a, struct span *out, struct error *err)
{
    const json_t *body = json_object_get(call, "body");
    const char *encoding = text_of(call, "body_encoding");

    *out = (struct span){ json_is_string(body) ? json_string_value(body) : "",
                          json_string_length(body) };
    if (encoding == NULL || strcmp(encoding, "utf8") == 0)
        return 0;
    if (strcmp(encoding, "base64") != 0 || !sign_unbase64(a, *out, out))
        return error_set(err, ERROR_PERMANENT, "body_encoding: expected utf8 or base64");
    return 0;
}

static int read_call(struct verify *v, struct arena *a, struct http_header *headers,
                     struct http_request *req, struct error *err)
{
    const json_t *now = json_object_get(v->call, "now");
    const char *url = text_of(v->call, "url"), *method = text_of(v->call, "method"), *query;
    const char *provider = text_of(v->call, "provider");
    size_t i;

    if (provider == NULL || url == NULL || method == NULL || text_of(v->call, "secret") == NULL)
        return error_set(err, ERROR_PERMANENT,
                         "expected an object with provider, secret, method, url, headers, body");
    for (i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
        if (strcmp(providers[i].provider, provider) == 0)
            v->provider = &providers[i];
    if (v->provider == NULL)
        return error_set(err, ERROR_PERMANENT, "no adapter takes calls of '%.60s'", provider);
    v->now = json_is_integer(now) ? json_integer_value(now) : time(NULL);
    query = strchr(url, '?');
    *req = (struct http_request){ .method = method,
                                  .url = url,
                                  .path = v->provider->path,
                                  .query = query == NULL ? NULL : query + 1,
                                  .headers = headers,
                                  .remote = "127.0.0.1" };
    if (read_headers(v->call, headers, &req->header_count, err) < 0)
        return -1;
    return read_body(v->call, a, &req->body, err);
}

/* --- its answer
 * --------------------------------------------------------------------------------------------- */

static int ask_channel(struct verify *v, struct http_request *req, struct arena *a,
                       struct error *err)
{
    const struct channel_host host = {
        .now = verify_now, .deliver = verify_deliver, .secret = verify_secret, .ctx = v
    };
    struct channel ch = { .ops = channel_kind(v->provider->kind), .host = &host, .name = "verify" };
    struct http_response res = { .arena = a };
    struct conf_errors errors = { 0 };
    struct conf_file *file = NULL;
    int status = 0;

    if (conf_read(ch.ops->keys, "verify", span_of(v->provider->section), NULL, NULL, &file,
                  &errors) < 0) {
        error_set(err, ERROR_CONFIG, "%s", errors.lines[0]);
        conf_errors_clear(&errors);
        return 0;
    }
    ch.conf = conf_root(file);
    if (ch.ops->open(&ch, err) == 0) {
        status = ch.ops->webhook(&ch, req, &res, err);
        ch.ops->close(&ch);
    }
    conf_file_free(file);
    return status;
}

/* Every adapter believes a call before it reads what it says, so 400 is a believed call's too. */
static bool is_believed(int status)
{
    return (status >= 200 && status < 300) || status == 400;
}

/* {id, valid, reason, status, messages}. */
static json_t *answer(const json_t *call, bool *valid)
{
    struct http_header headers[VERIFY_HEADERS_MAX];
    struct verify v = { .call = call, .messages = json_array() };
    struct arena *a = arena_new();
    struct error err = { ERROR_NONE, "" };
    struct http_request req;
    json_t *o = json_object(), *id = json_object_get(call, "id");
    int status = 0;

    if (read_call(&v, a, headers, &req, &err) == 0) {
        assert(v.provider != NULL);
        status = ask_channel(&v, &req, a, &err);
    }
    *valid = is_believed(status);
    json_object_set_new(o, "id", id == NULL ? json_null() : json_incref(id));
    json_object_set_new(o, "valid", json_boolean(*valid));
    json_object_set_new(o, "reason", err.text[0] == '\0' ? json_null() : json_string(err.text));
    json_object_set_new(o, "status", json_integer(status));
    json_object_set_new(o, "messages", v.messages);
    arena_free(a);
    return o;
}

static void print_answer(const struct ctl *ctl, json_t *o)
{
    struct arena *a = arena_new();
    const char *reason = text_of(o, "reason");
    char *text;

    if (ctl->json) {
        text = json_dumps(o, JSON_COMPACT);
        puts(text_printable(a, text)); /* escaped as JSON would; S-33 */
        free(text);
    } else {
        printf("%s: %d, messages: %zu%s%s\n",
               json_is_true(json_object_get(o, "valid")) ? "believed" : "refused",
               (int)json_integer_value(json_object_get(o, "status")),
               json_array_size(json_object_get(o, "messages")), reason == NULL ? "" : ", ",
               reason == NULL ? "" : text_printable(a, reason));
    }
    json_decref(o);
    arena_free(a);
}

/* --- the command
 * -------------------------------------------------------------------------------------------- */

static int verify_batch(const struct ctl *ctl)
{
    char *line = NULL;
    size_t room = 0;
    bool valid;

    while (getline(&line, &room, stdin) > 0) {
        json_t *call = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

        print_answer(ctl, answer(call, &valid));
        json_decref(call);
    }
    free(line);
    return CTL_DONE;
}

static int verify(const struct ctl *ctl, int argc, char **argv)
{
    FILE *f = stdin;
    json_error_t wrong;
    struct error err;
    json_t *call;
    bool valid;

    if (ctl_value(ctl, "--batch") != NULL)
        return argc == 0 ? verify_batch(ctl) : ctl_usage("there is a word too many", argv[0]);
    if (argc == 1 && strcmp(argv[0], "-") != 0 && (f = fopen(argv[0], "re")) == NULL) {
        error_set(&err, ERROR_PERMANENT, "%s: %s", argv[0], strerror(errno));
        return ctl_fail(&err);
    }
    call = json_loadf(f, JSON_REJECT_DUPLICATES, &wrong);
    if (f != stdin)
        fclose(f);
    if (call == NULL) {
        error_set(&err, ERROR_PERMANENT, "line %d, column %d: %s", wrong.line, wrong.column,
                  wrong.text);
        return ctl_fail(&err);
    }
    print_answer(ctl, answer(call, &valid));
    json_decref(call);
    return valid ? CTL_DONE : CTL_REFUSED;
}

static const struct ctl_option options[] = {
    { "--batch", NULL, "One call a line in, one answer a line out." },
    { .name = NULL },
};
const struct ctl_command verify_commands[] = {
    { "verify", NULL, verify, NULL, "[FILE]", 0, 1, options,
      "Puts one webhook call through its adapter, without configuration, database or network. FILE "
      "(absent or \"-\": standard input) is a JSON object with provider (twilio, telegram, "
      "generic, webchat), secret, method, url as the provider called it, headers, body, "
      "body_encoding (utf8, base64) and now (UTC seconds; absent: the present). With --json it "
      "prints id, valid, reason, status and the messages that would be taken in." },
    { .group = NULL },
};
