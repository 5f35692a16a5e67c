#include "daemon/config.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/http_address.h"
#include "daemon/http_forwarded.h"

enum { CONFIG_BYTES_MAX = 1 << 20, CONFIG_READ_MS = 5000 };

static const struct conf_key *config_channel_keys(const char *kind)
{
    /* A kind that needs no keys of its own has an empty table, not none. */
    const struct channel_ops *ops = channel_kind(kind);

    return ops == NULL ? NULL : ops->keys;
}

static const char *config_channel_name(size_t i)
{
    return channel_kinds[i] == NULL ? NULL : channel_kinds[i]->kind;
}

static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };
static const struct conf_key log_keys[] = {
    { .name = "level",
      .type = CONF_CHOICE,
      .choices = log_levels,
      .fallback = "info",
      .doc = "What is logged." },
    { .name = NULL },
};
static const struct conf_key limit_keys[] = {
    { .name = "body",
      .type = CONF_SIZE,
      .fallback = "1MiB",
      .min = 1024,
      .max = 64 << 20,
      .doc = "The largest body of a request; over it: 413." },
    { .name = "held",
      .type = CONF_SIZE,
      .fallback = "256MiB",
      .min = 1 << 20,
      .max = (int64_t)1 << 40,
      .doc =
          "What requests that have no answer yet may hold of memory, all together; over it: 503 "
          "for those larger than `header`. Where it is not written, a node that may use less than "
          "1 GiB of memory takes a quarter of that, at least 64 MiB." },
    { .name = "header",
      .type = CONF_SIZE,
      .fallback = "16KiB",
      .min = 1024,
      .max = 1 << 20,
      .doc = "The largest header of a request; over it: 431." },
    { .name = "connections",
      .type = CONF_INT,
      .fallback = "10000",
      .min = 1,
      .max = 100000,
      .doc = "Open connections at most." },
    { .name = "header_time",
      .type = CONF_DURATION,
      .fallback = "10s",
      .min = 1,
      .max = 300,
      .doc = "From a connection's first byte to the end of its header." },
    { .name = "body_time",
      .type = CONF_DURATION,
      .fallback = "60s",
      .min = 1,
      .max = 3600,
      .doc = "To the end of its body." },
    { .name = "idle_time",
      .type = CONF_DURATION,
      .fallback = "30s",
      .min = 1,
      .max = 3600,
      .doc = "Between two requests of a connection; a second where all `connections` are taken." },
    { .name = NULL },
};
static const struct conf_key worker_keys[] = {
    { .name = "parse",
      .type = CONF_INT,
      .fallback = "2",
      .min = 1,
      .max = 64,
      .doc = "Processes that read mails." },
    { .name = "parse_time",
      .type = CONF_DURATION,
      .fallback = "20s",
      .min = 1,
      .max = 600,
      .doc = "How long one mail may take; then its process is ended." },
    { .name = "smtp",
      .type = CONF_INT,
      .fallback = "2",
      .min = 1,
      .max = 64,
      .doc = "Processes that send mails." },
    { .name = "connections",
      .type = CONF_INT,
      .fallback = "20",
      .min = 1,
      .max = 10000,
      .doc = "Connections of this node to one IMAP server (a host and port) at once, over all "
             "channels. Where there are more channels they take turns, each of its `poll` or ten "
             "seconds, whichever is less." },
    { .name = "memory",
      .type = CONF_SIZE,
      .fallback = "256MiB",
      .min = 128 << 20, /* half of it is libraries */
      .max = 4LL << 30,
      .doc = "Address space of a process that reads mails. A mail that needs more is kept as it "
             "came, in quarantine." },
    { .name = NULL },
};
static const struct conf_key delivery_keys[] = {
    { .name = "flight",
      .type = CONF_INT,
      .fallback = "64",
      .min = 1,
      .max = 1000,
      .doc = "Deliveries under way at most." },
    { .name = NULL },
};
static const struct conf_key attachment_keys[] = {
    { .name = "fetch",
      .type = CONF_BOOL,
      .fallback = "yes",
      .doc = "Fetch the files that providers keep behind links (Twilio, Telegram, webhooks)? no: "
             "their links are kept." },
    { .name = "size_max",
      .type = CONF_SIZE,
      .fallback = "25MiB",
      .min = 1024,
      .max = 100 << 20,
      .doc = "Of a larger file only its link is kept." },
    { .name = NULL },
};
static const struct conf_key agent_keys[] = {
    { .name = "mail",
      .type = CONF_TEXT,
      .doc = "The channel that agents are told by; of kind smtp." },
    { .name = NULL },
};
static const struct conf_key channel_keys[] = {
    { .name = "kind", .type = CONF_TEXT, .required = true, .doc = "What kind of channel it is." },
    { .name = "desk",
      .type = CONF_TEXT,
      .fallback = "main",
      .doc = "The desk it belongs to; made when it is not there yet." },
    { .name = "smtp",
      .type = CONF_TEXT,
      .doc = "The channel of kind smtp by which its answers leave; absent: by itself. Of kind imap "
             "and lmtp no answer and no notice leaves without it." },
    { .name = NULL },
};
const struct conf_key config_keys[] = {
    { .name = "database",
      .type = CONF_TEXT,
      .required = true,
      .doc = "How libpq reaches PostgreSQL; several hosts may be named.",
      .example = "host=/run/postgresql dbname=relevo" },
    { .name = "node", .type = CONF_TEXT, .doc = "This node's name; absent: the host's." },
    { .name = "migrate",
      .type = CONF_BOOL,
      .fallback = "no",
      .doc = "Bring the schema up to date at start?" },
    { .name = "listen",
      .type = CONF_TEXTS,
      .fallback = "127.0.0.1:8080",
      .doc = "Addresses for webhooks and chat; sockets that systemd hands over come first." },
    { .name = "admin",
      .type = CONF_TEXT,
      .fallback = "127.0.0.1:8081",
      .doc =
          "Where health and metrics are answered: a loopback address, or the path of a socket." },
    { .name = "public_url",
      .type = CONF_TEXT,
      .doc = "How providers and browsers reach us, without a slash at the end.",
      .example = "https://support.example.org" },
    { .name = "trusted_proxies",
      .type = CONF_TEXTS,
      .doc = "Addresses or networks of reverse proxies, whose X-Forwarded-For is believed.",
      .example = "[127.0.0.1, 192.0.2.0/24]" },
    { .name = "log",
      .type = CONF_SECTION,
      .keys = log_keys,
      .doc = "What is written to the journal." },
    { .name = "limits",
      .type = CONF_SECTION,
      .keys = limit_keys,
      .doc = "Bounds of what comes in by HTTP." },
    { .name = "workers",
      .type = CONF_SECTION,
      .keys = worker_keys,
      .doc = "The processes that block, or read what strangers sent." },
    { .name = "deliveries", .type = CONF_SECTION, .keys = delivery_keys, .doc = "What leaves." },
    { .name = "attachments",
      .type = CONF_SECTION,
      .keys = attachment_keys,
      .doc = "Files that customers sent." },
    { .name = "agents", .type = CONF_SECTION, .keys = agent_keys, .doc = "How agents are told." },
    { .name = "channels",
      .type = CONF_NAMED,
      .keys = channel_keys,
      .variant_key = "kind",
      .variant = config_channel_keys,
      .variant_name = config_channel_name,
      .doc = "The ways in and out." },
    { .name = NULL },
};

/* --- files
 * -------------------------------------------------------------------------------------------- */

/* What it says, NULL: all of it is read. A pipe may say it late, or never: who reads anew has other
 * work. */
static const char *config_read_all(int fd, char *room, size_t *len)
{
    int64_t end = steady_now_ms() + CONFIG_READ_MS, left;
    struct pollfd said = { fd, POLLIN, 0 };
    ssize_t n = 1;

    for (*len = 0; n != 0 && *len <= CONFIG_BYTES_MAX;) {
        left = end - steady_now_ms();
        if (left <= 0 || poll(&said, 1, (int)left) == 0)
            return "it does not come to an end";
        n = read(fd, room + *len, CONFIG_BYTES_MAX + 1 - *len);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return strerror(errno);
        *len += n < 0 ? 0 : (size_t)n;
    }
    return *len > CONFIG_BYTES_MAX ? "over 1 MiB" : NULL;
}

static int config_bytes(const char *path, char **bytes, size_t *len, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *wrong;
    char *room;

    if (fd < 0)
        return error_set(err, ERROR_CONFIG, "%s: %s", path, strerror(errno));
    room = xmalloc(CONFIG_BYTES_MAX + 1);
    wrong = config_read_all(fd, room, len);
    close(fd);
    if (wrong != NULL) {
        free(room);
        return error_set(err, ERROR_CONFIG, "%s: %s", path, wrong);
    }
    *bytes = room;
    return 0;
}

int config_include(void *arg, const char *from, const char *name, char **bytes, size_t *len,
                   struct error *err)
{
    const char *slash = strrchr(from, '/');
    char *path;
    int rc;

    (void)arg;
    if (name[0] == '/' || slash == NULL)
        path = xstrdup(name);
    else
        path = xasprintf("%.*s/%s", (int)(slash - from), from, name);
    rc = config_bytes(path, bytes, len, err);
    free(path);
    return rc;
}

/* --- what the table alone cannot say
 * ------------------------------------------------------------------ */

static void config_check_smtp(const struct conf *root, const struct conf *c, const char *key,
                              struct conf_errors *errors)
{
    const char *name = conf_text(c, key);
    const struct conf *target = name == NULL ? NULL : conf_find(root, "channels", name);

    if (name != NULL && (target == NULL || strcmp(conf_text(target, "kind"), "smtp") != 0))
        conf_errors_at(errors, c, key, "there is no channel '%.64s' of kind smtp", name);
}

/* These letters go out by libcurl (channels/smtp_worker.c), which ends MAIL and RCPT with the
 * address's own ">", whatever stands behind it: there is no room for RET, ENVID and NOTIFY. */
static void config_check_reports(const struct conf *c, struct conf_errors *errors)
{
    const char *why = NULL;

    if (strcmp(conf_text(c, "kind"), "smtp") != 0 || !conf_has(c, "dsn") ||
        strcmp(conf_text(c, "dsn"), "off") == 0)
        return;
    if (strcmp(conf_text(c, "tls"), "implicit") == 0)
        why = "tls: implicit";
    else if (strcmp(conf_text(c, "auth"), "xoauth2") == 0)
        why = "auth: xoauth2";
    if (why != NULL)
        conf_errors_at(errors, c, "dsn", "no reports can be asked for with %s: expected off", why);
}

static void config_check_addresses(const struct conf *root, struct conf_errors *errors)
{
    const char *admin = conf_text(root, "admin");
    struct error err = { 0 };
    size_t i;

    for (i = 0; i < conf_count(root, "listen"); i++)
        if (http_address_check(conf_text_at(root, "listen", i), &err) < 0)
            conf_errors_at(errors, root, "listen", "%s", err.text);
    for (i = 0; i < conf_count(root, "trusted_proxies"); i++)
        if (http_forwarded_check(conf_text_at(root, "trusted_proxies", i), &err) < 0)
            conf_errors_at(errors, root, "trusted_proxies", "%s", err.text);
    if (http_address_check(admin, &err) < 0)
        conf_errors_at(errors, root, "admin", "%s", err.text);
    else if (!http_address_is_local(admin))
        conf_errors_at(errors, root, "admin",
                       "'%.64s' is open to others: expected a loopback address or a path", admin);
}

/* As libpq tells a connection string from the plain name of a database. Its own words quote pieces
 * of it, which may be of a password: they are not told. */
static void config_check_database(const struct conf *root, struct conf_errors *errors)
{
    const char *text = conf_text(root, "database");
    PQconninfoOption *options;

    if (strchr(text, '=') == NULL && strncmp(text, "postgresql://", 13) != 0 &&
        strncmp(text, "postgres://", 11) != 0)
        return;
    options = PQconninfoParse(text, NULL);
    if (options == NULL)
        conf_errors_at(errors, root, "database",
                       "expected KEY=VALUE … as libpq has it, 'in quotes' where a blank is in the "
                       "value, or postgresql://…");
    PQconninfoFree(options);
}

static void config_check(const struct conf *root, struct conf_errors *errors)
{
    const struct conf *agents = conf_section(root, "agents");
    const char *url = conf_text(root, "public_url");
    size_t i;

    if (url != NULL && ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) ||
                        url[strlen(url) - 1] == '/'))
        conf_errors_at(errors, root, "public_url", "expected https://… without a slash at the end");
    config_check_database(root, errors);
    config_check_addresses(root, errors);
    if (agents != NULL)
        config_check_smtp(root, agents, "mail", errors);
    for (i = 0; i < conf_count(root, "channels"); i++) {
        config_check_smtp(root, conf_at(root, "channels", i), "smtp", errors);
        config_check_reports(conf_at(root, "channels", i), errors);
    }
}

static const char *config_host(void)
{
    static char name[256];

    if (gethostname(name, sizeof(name) - 1) < 0 || name[0] == '\0')
        return "localhost";
    return name;
}

int config_load(const char *path, struct config **out, struct conf_errors *errors)
{
    struct error err = { 0 };
    struct conf_file *file;
    struct config *c;
    char *bytes = NULL;
    size_t len = 0;
    int rc;

    if (config_bytes(path, &bytes, &len, &err) < 0) {
        conf_errors_add(errors, "%s", err.text);
        return -1;
    }
    rc = conf_read(config_keys, path, (struct span){ bytes, len }, config_include, NULL, &file,
                   errors);
    free(bytes);
    if (rc < 0)
        return -1;
    config_check(conf_root(file), errors);
    if (errors->count > 0) {
        conf_file_free(file);
        return -1;
    }
    c = xcalloc(1, sizeof(*c));
    c->file = file;
    c->root = conf_root(file);
    c->limits = conf_section(c->root, "limits");
    c->workers = conf_section(c->root, "workers");
    c->deliveries = conf_section(c->root, "deliveries");
    c->log = conf_section(c->root, "log");
    c->node = conf_text(c->root, "node") == NULL ? config_host() : conf_text(c->root, "node");
    *out = c;
    return 0;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    conf_file_free(c->file);
    free(c);
}
