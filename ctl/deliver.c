/* One mail from a mail server's pipe into a channel: a client of the channel's own LMTP socket, so
 * the daemon's commit is the only place where a mail is taken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/inbound.h"
#include "ctl/command.h"
#include "daemon/config.h"

enum {
    DELIVER_STEP_S = 900, /* longer than any channel's answer_time */
    DELIVER_READ = 64 << 10,
    DELIVER_REPLY_MAX = 4096,
};

struct delivery {
    struct arena *a;
    int fd;
    struct text_buffer in;         /* of the server, not yet read */
    const char *sender;            /* "": none; NULL: nobody knows */
    struct text_buffer mail;       /* as it goes over the wire: CR LF, dots doubled */
    char reply[DELIVER_REPLY_MAX]; /* the last line of the last answer */
};

/* What the mail server is to do; said why. */
static int keep_it(struct error *err)
{
    ctl_fail(err);
    return EX_TEMPFAIL;
}

/* --- the mail
 * -----------------------------------------------------------------------------------------------
 */

/* "MAILER-DAEMON" and "<>" are how a null sender is written where it cannot be empty. */
static const char *sender_of(struct arena *a, struct span s)
{
    s = span_trim(s);
    if (s.len >= 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
        s = (struct span){ s.ptr + 1, s.len - 2 };
    return span_same(s, "MAILER-DAEMON") ? "" : arena_strndup(a, s.ptr, s.len);
}

/* What delivery agents put before a mail: the "From " of mbox, and Return-Path. False: none. */
static bool take_envelope_line(struct delivery *d, struct span line, const char **sender)
{
    const char *blank;

    if (span_begins(line, "From ")) {
        line = (struct span){ line.ptr + 5, line.len - 5 };
        blank = memchr(line.ptr, ' ', line.len);
        line.len = blank == NULL ? line.len : (size_t)(blank - line.ptr);
    } else if (span_begins(line, "Return-Path:")) {
        line = (struct span){ line.ptr + 12, line.len - 12 };
    } else {
        return false;
    }
    *sender = sender_of(d->a, line);
    return true;
}

/* Makes whole lines of it, as LMTP has them. */
static void put_lines(struct delivery *d, struct span mail)
{
    const char *told = NULL, *end = mail.ptr + mail.len, *p = mail.ptr, *lf;
    bool head = true;

    while (p < end) {
        struct span line;

        lf = memchr(p, '\n', (size_t)(end - p));
        line = (struct span){ p, (size_t)((lf == NULL ? end : lf) - p) };
        p = lf == NULL ? end : lf + 1;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        head = head && take_envelope_line(d, line, &told);
        if (head)
            continue;
        if (line.len > 0 && line.ptr[0] == '.')
            text_buffer_puts(&d->mail, ".");
        text_buffer_add(&d->mail, line.ptr, line.len);
        text_buffer_puts(&d->mail, "\r\n");
    }
    if (d->sender == NULL)
        d->sender = told;
}

static int read_mail(struct delivery *d, struct error *err)
{
    struct text_buffer mail = { 0 };
    size_t n;

    do {
        n = fread(text_buffer_room(&mail, DELIVER_READ), 1, DELIVER_READ, stdin);
        mail.len += n;
    } while (n > 0 && mail.len <= INBOUND_RAW_MAX);
    if (ferror(stdin)) {
        text_buffer_clear(&mail);
        return error_set(err, ERROR_TRANSIENT, "standard input: %s", strerror(errno));
    }
    put_lines(d, (struct span){ mail.ptr, mail.len });
    text_buffer_clear(&mail);
    return 0;
}

/* --- the talk
 * -----------------------------------------------------------------------------------------------
 */

static int lost(struct error *err, const char *what)
{
    return error_set(err, ERROR_TRANSIENT, "relevod: %s: %s", what,
                     errno == EAGAIN ? "no answer in time" : strerror(errno));
}

static int say(struct delivery *d, struct span bytes, struct error *err)
{
    ssize_t n;

    while (bytes.len > 0) {
        n = send(d->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return lost(err, "write");
        bytes.ptr += n < 0 ? 0 : n;
        bytes.len -= n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

/* One line of an answer into d->reply. */
static int hear_line(struct delivery *d, struct error *err)
{
    const char *lf = NULL;
    ssize_t n;

    while ((lf = d->in.len == 0 ? NULL : memchr(d->in.ptr, '\n', d->in.len)) == NULL) {
        if (d->in.len >= DELIVER_REPLY_MAX)
            return error_set(err, ERROR_TRANSIENT, "relevod: no LMTP is spoken there");
        n = recv(d->fd, text_buffer_room(&d->in, DELIVER_REPLY_MAX), DELIVER_REPLY_MAX, 0);
        if (n == 0)
            return error_set(err, ERROR_TRANSIENT, "relevod: it went away");
        if (n < 0 && errno != EINTR)
            return lost(err, "read");
        d->in.len += n < 0 ? 0 : (size_t)n;
    }
    n = lf - d->in.ptr + 1;
    snprintf(d->reply, sizeof(d->reply), "%.*s", (int)n - 1, d->in.ptr);
    d->reply[strcspn(d->reply, "\r")] = '\0';
    d->in.len -= (size_t)n;
    memmove(d->in.ptr, d->in.ptr + n, d->in.len);
    return 0;
}

/* The code of the next answer. */
static int hear(struct delivery *d, int *code, struct error *err)
{
    do {
        if (hear_line(d, err) < 0)
            return -1;
    } while (strlen(d->reply) > 3 && d->reply[3] == '-');
    *code = atoi(d->reply);
    return 0;
}

/* EX_OK where the answer is what was hoped for. Only what will never be taken is given back. */
static int judge(struct delivery *d, int code, int hoped, struct error *err)
{
    if (code == hoped)
        return EX_OK;
    error_set(err, ERROR_PERMANENT, "relevod: %.200s", d->reply);
    switch (code) {
    case 550:
        return EX_NOUSER;
    case 552: /* too large */
    case 554: /* empty */
        return EX_DATAERR;
    default:
        return EX_TEMPFAIL;
    }
}

static int ask(struct delivery *d, const char *command, int hoped, struct error *err)
{
    int code;

    if (say(d, span_of(command), err) < 0 || hear(d, &code, err) < 0)
        return EX_TEMPFAIL;
    return judge(d, code, hoped, err);
}

static int ask_for_all(struct delivery *d, char **recipients, struct error *err)
{
    int rc = ask(d,
                 arena_printf(d->a, "MAIL FROM:<%s> SIZE=%zu\r\n",
                              d->sender == NULL ? "postmaster" : d->sender, d->mail.len),
                 250, err);

    if (rc == EX_OK && recipients[0] == NULL) /* the channel itself */
        return ask(d, "RCPT TO:<postmaster>\r\n", 250, err);
    for (; rc == EX_OK && *recipients != NULL; recipients++)
        rc = ask(d, arena_printf(d->a, "RCPT TO:<%s>\r\n", *recipients), 250, err);
    return rc;
}

/* One answer for each recipient; they are all the same mail's. */
static int send_mail(struct delivery *d, int recipients, struct error *err)
{
    int rc = EX_OK, code, i;

    if (say(d, text_buffer_span(&d->mail), err) < 0 || say(d, span_of(".\r\n"), err) < 0)
        return EX_TEMPFAIL;
    for (i = 0; rc == EX_OK && i < recipients; i++)
        rc = hear(d, &code, err) < 0 ? EX_TEMPFAIL : judge(d, code, 250, err);
    return rc;
}

static int talk(struct delivery *d, int argc, char **argv, struct error *err)
{
    int rc = ask(d, "", 220, err);

    if (rc == EX_OK)
        rc = ask(d, "LHLO localhost\r\n", 250, err);
    if (rc == EX_OK)
        rc = ask_for_all(d, argv, err);
    if (rc == EX_OK)
        rc = ask(d, "DATA\r\n", 354, err);
    if (rc == EX_OK)
        rc = send_mail(d, argc == 0 ? 1 : argc, err);
    return rc;
}

/* --- the command
 * -------------------------------------------------------------------------------------------- */

static int connect_to(struct delivery *d, const char *path, struct error *err)
{
    static const struct timeval step = { .tv_sec = DELIVER_STEP_S };
    struct sockaddr_un at = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(at.sun_path))
        return error_set(err, ERROR_CONFIG, "%s: the path is too long for a socket", path);
    strcpy(at.sun_path, path);
    d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (d->fd < 0 || setsockopt(d->fd, SOL_SOCKET, SO_RCVTIMEO, &step, sizeof(step)) < 0 ||
        setsockopt(d->fd, SOL_SOCKET, SO_SNDTIMEO, &step, sizeof(step)) < 0 ||
        connect(d->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
        return error_set(err, ERROR_TRANSIENT, "relevod: %s: %s", path, strerror(errno));
    return 0;
}

static const char *socket_of(const struct config *config, const char *name, struct error *err)
{
    const struct conf *ch = name == NULL ? NULL : conf_find(config->root, "channels", name);

    if (ch != NULL && strcmp(conf_text(ch, "kind"), "lmtp") == 0)
        return conf_text(ch, "path");
    error_set(err, ERROR_CONFIG, "--channel: expected a channel of kind lmtp, got '%.64s'",
              name == NULL ? "" : name);
    return NULL;
}

/* What goes between < and > on a line of its own. */
static int check_addresses(const struct delivery *d, char **argv, struct error *err)
{
    const char *const sender[] = { d->sender, NULL };
    const char *const *lists[] = { sender, (const char *const *)argv };
    const char *const *at;
    const char *c;
    size_t i;

    for (i = 0; i < 2; i++)
        for (at = lists[i]; *at != NULL; at++)
            for (c = *at; *c != '\0'; c++)
                if ((unsigned char)*c < ' ' || *c == 0x7f)
                    return error_set(err, ERROR_PERMANENT, "an address that is none: '%.60s'", *at);
    return 0;
}

static int deliver_from(struct delivery *d, const struct ctl *ctl, const struct config *config,
                        int argc, char **argv)
{
    char *told[] = { getenv("RECIPIENT"), NULL };
    const char *from = ctl_value(ctl, "--from"), *path;
    struct error err;
    int rc;

    if (argc == 0 && told[0] != NULL) { /* Exim lets nothing of a mail into a command's line */
        argc = 1;
        argv = told;
        from = from == NULL ? getenv("SENDER") : from;
    }
    d->sender = from == NULL ? NULL : sender_of(d->a, span_of(from));
    path = socket_of(config, ctl_value(ctl, "--channel"), &err);
    if (path == NULL || read_mail(d, &err) < 0 || check_addresses(d, argv, &err) < 0 ||
        connect_to(d, path, &err) < 0)
        return keep_it(&err);
    rc = talk(d, argc, argv, &err);
    if (rc != EX_OK)
        ctl_fail(&err);
    return rc;
}

static int deliver(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct config *config;
    struct delivery d = { .fd = -1 };
    int rc;

    if (config_load(ctl->config, &config, &errors) < 0) {
        ctl_fail_all(&errors);
        return EX_TEMPFAIL;
    }
    d.a = arena_new();
    rc = deliver_from(&d, ctl, config, argc, argv);
    if (d.fd >= 0)
        close(d.fd);
    text_buffer_clear(&d.in);
    text_buffer_clear(&d.mail);
    arena_free(d.a);
    config_free(config);
    return rc;
}

static const struct ctl_option deliver_options[] = {
    { "--channel", "CHANNEL", "Which channel of kind lmtp; relevod must run and listen there." },
    { "--from", "ADDRESS",
      "The envelope sender; empty for a bounce. Otherwise a first line `From ADDRESS …` or "
      "`Return-Path:` of the mail says it, and else nobody knows." },
    { .name = NULL },
};
const struct ctl_command deliver_commands[] = {
    { .group = "deliver",
      .run = deliver,
      .args = "[RECIPIENT]...",
      .most = -1,
      .options = deliver_options,
      .doc = "Hand over one mail on standard input, for the pipe of a mail server. RECIPIENT: the "
             "envelope's, so that a reply token in it is seen; where there is none here the "
             "environment's RECIPIENT and SENDER are, as Exim, Courier and qmail set them. It ends "
             "as sysexits.h has it: 0 when the mail is stored; 75 when it must be kept and tried "
             "again, whatever the reason, also a mistake on the line or in the configuration; 65 "
             "when it can never be taken, for it is too large or empty; 67 when an address is not "
             "the channel's. A mail that is tried again is no second message." },
    { .group = NULL },
};
