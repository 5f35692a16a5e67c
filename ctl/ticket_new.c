/* What a customer said by a way that no channel hears, the telephone or the counter, taken as if
 * one had. */
#include <errno.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/inbound.h"
#include "ctl/session.h"
#include "ctl/ticket.h"
#include "daemon/clock.h"

static int read_input(struct text_buffer *b, struct error *err)
{
    char piece[4096];
    size_t n;

    while (b->len <= INBOUND_TEXT_MAX && (n = fread(piece, 1, sizeof(piece), stdin)) > 0)
        text_buffer_add(b, piece, n);
    if (ferror(stdin))
        return error_set(err, ERROR_TRANSIENT, "standard input: %s", strerror(errno));
    return b->len > INBOUND_TEXT_MAX ? error_set(err, ERROR_PERMANENT, "a text over 1 MiB") : 0;
}

int ticket_file(struct arena *a, const char *path, struct span *out, struct error *err)
{
    FILE *f = fopen(path, "rb");
    struct text_buffer b = { 0 };
    char room[65536];
    size_t n;
    int rc = 0;

    if (f == NULL)
        return error_set(err, ERROR_PERMANENT, "'%.120s': %s", path, strerror(errno));
    while (b.len <= INBOUND_RAW_MAX && (n = fread(room, 1, sizeof(room), f)) > 0)
        text_buffer_add(&b, room, n);
    if (ferror(f))
        rc = error_set(err, ERROR_PERMANENT, "'%.120s': %s", path, strerror(errno));
    else if (b.len > INBOUND_RAW_MAX)
        rc = error_set(err, ERROR_PERMANENT, "'%.120s' has more than %d bytes", path,
                       INBOUND_RAW_MAX);
    else
        *out = (struct span){ arena_strndup(a, b.len == 0 ? "" : b.ptr, b.len), b.len };
    text_buffer_clear(&b);
    fclose(f);
    return rc;
}

const char *ticket_words(struct arena *a, const char *word, struct error *err)
{
    struct text_buffer b = { 0 };
    struct span text = span_of(word);
    const char *words = NULL;
    int rc = 0;

    if (word == NULL || strcmp(word, "-") == 0) {
        rc = read_input(&b, err);
        text = (struct span){ b.ptr, b.len };
    }
    if (rc == 0 && span_trim(text).len == 0)
        error_set(err, ERROR_PERMANENT, "there is no text");
    else if (rc == 0)
        words = text_clean(a, span_trim(text), INBOUND_TEXT_MAX);
    text_buffer_clear(&b);
    return words;
}

const char *ticket_subject(struct arena *a, const char *word)
{
    return text_is_visible(span_of(word)) ? text_clean_line(a, span_of(word), INBOUND_SUBJECT_MAX)
                                          : NULL;
}

/* An address in the form that its kind has; NULL: it is none. */
static const char *canonical(struct arena *a, const char *kind, const char *address)
{
    const char *value = address;

    if (strcmp(kind, "email") == 0)
        value = inbound_email(a, span_of(address));
    else if (strcmp(kind, "tel") == 0)
        value = inbound_tel(a, span_of(address));
    else
        value = text_clean_line(a, span_of(address), INBOUND_ADDRESS_MAX);
    return value == NULL || *value == '\0' ? NULL : value;
}

static const char *unique_id(struct arena *a)
{
    unsigned char r[16];

    if (RAND_bytes(r, sizeof(r)) != 1)
        abort(); /* without randomness there is nothing unique */
    return arena_printf(
        a, INBOUND_NOTED "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", r[0],
        r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
        r[15]);
}

/* Who said it, and what it is about: what the line says, and else the ticket that it names. */
struct noted {
    struct desk_channel *from;
    int64_t ticket_id, desk_id; /* 0: none is named */
    const char *channel;        /* its name */
    const char *kind, *address; /* kind NULL: the channel's; it is as somebody wrote it */
    const char *subject, *conversation;
};

/* NULL: err says why. */
static struct inbound *message(const struct ctl *ctl, const struct noted *n, const char *word,
                               struct error *err)
{
    const char *name = ctl_value(ctl, "--name");
    struct inbound *in = inbound_new();

    in->kind = INBOUND_MESSAGE;
    in->noted = true;
    in->of_ticket = n->ticket_id;
    in->external_id = unique_id(in->arena);
    in->sender.kind = n->kind == NULL ? n->from->channel.ops->address_kind : n->kind;
    in->sender.value = n->kind == NULL ? canonical(in->arena, in->sender.kind, n->address)
                                       : arena_strdup(in->arena, n->address);
    in->sender.name =
        name == NULL ? NULL : text_clean_line(in->arena, span_of(name), INBOUND_NAME_MAX);
    in->subject = text_clean_line(in->arena, span_of(n->subject), INBOUND_SUBJECT_MAX);
    in->conversation = arena_strdup(in->arena, n->conversation);
    in->received_at = wall_now();
    in->text = in->reply_text = ticket_words(in->arena, word, err);
    if (in->text != NULL && in->sender.value == NULL)
        error_set(err, ERROR_PERMANENT, "'%.80s' is no address of kind %s", n->address,
                  in->sender.kind);
    if (in->text != NULL && in->sender.value != NULL)
        return in;
    inbound_free(in);
    return NULL;
}

static int tell(const struct ctl *ctl, struct session *s, const struct desk_channel *from,
                const char *external_id)
{
    struct db_array desks = { 0 }, channels = { 0 }, ids = { 0 };
    struct db_value v[3];
    const PGresult *res;
    struct error err;

    db_array_int(&desks, from->desk->desk_id);
    db_array_int(&channels, from->channel.channel_id);
    db_array_text(&ids, external_id);
    v[0] = db_array_end(&desks, s->a);
    v[1] = db_array_end(&channels, s->a);
    v[2] = db_array_end(&ids, s->a);
    res = session_ask(s, "intake_known", v, 3, &err);
    if (res != NULL && (PQntuples(res) != 1 || db_cell_int(res, 0, 3) == 0)) {
        error_set(&err, ERROR_PERMANENT,
                  "it was stored, but belongs to no ticket: relevoctl "
                  "quarantine list");
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:I, s:I}", "ticket_id", (json_int_t)db_cell_int(res, 0, 3),
                                     "message_id", (json_int_t)db_cell_int(res, 0, 4)));
    printf("ticket %" PRId64 "\n", db_cell_int(res, 0, 3));
    return CTL_DONE;
}

static const char *cell(const PGresult *res, const char *name)
{
    return db_cell_text(res, 0, PQfnumber(res, name));
}

/* What the line leaves out is the ticket's: its customer says it, and is answered as before. */
static int take_ticket(struct session *s, const char *word, struct noted *n)
{
    const PGresult *t;
    struct error err;
    int code;

    t = ticket_find(s, word, &code);
    if (t == NULL)
        return code;
    n->ticket_id = db_cell_int(t, 0, PQfnumber(t, "ticket_id"));
    if (cell(t, "incident") != NULL) {
        error_set(&err, ERROR_PERMANENT, "ticket %" PRId64 " is an incident: nobody writes to it",
                  n->ticket_id);
        return ctl_fail(&err);
    }
    n->desk_id = db_cell_int(t, 0, PQfnumber(t, "desk_id"));
    if (n->subject == NULL)
        n->subject = cell(t, "subject");
    if (n->channel == NULL)
        n->channel = cell(t, "channel");
    if (n->address != NULL)
        return CTL_DONE;
    if (strcmp(n->channel, cell(t, "channel")) != 0)
        return ctl_usage("--from is needed where it is not the ticket's channel, but", n->channel);
    n->kind = cell(t, "address_kind");
    n->address = cell(t, "address");
    if (n->conversation == NULL)
        n->conversation = cell(t, "conversation");
    return CTL_DONE;
}

static int take_channel(const struct ctl *ctl, struct session *s, struct noted *n)
{
    struct error err;

    n->from = session_channel(s, n->channel);
    if (n->from == NULL)
        error_set(&err, ERROR_CONFIG, "there is no channel '%.64s' in %s", n->channel, ctl->config);
    else if (n->desk_id != 0 && n->from->desk->desk_id != n->desk_id)
        error_set(&err, ERROR_PERMANENT, "channel '%.64s' is not of the desk of ticket %" PRId64,
                  n->channel, n->ticket_id);
    else
        return CTL_DONE;
    return ctl_fail(&err);
}

static int make(const struct ctl *ctl, struct session *s, char **argv)
{
    struct noted n = { .channel = ctl_value(ctl, "--channel"),
                       .address = ctl_value(ctl, "--from"),
                       .subject = ctl_value(ctl, "--subject"),
                       .conversation = ctl_value(ctl, "--conversation") };
    const char *ticket = ctl_value(ctl, "--ticket"), *id;
    struct inbound *in;
    struct error err;
    int code = CTL_DONE;

    if (n.subject != NULL && ticket_subject(s->a, n.subject) == NULL)
        return ctl_usage("this is no subject", n.subject);
    if (session_serve(s, &err) < 0)
        return ctl_fail(&err);
    if (ticket != NULL)
        code = take_ticket(s, ticket, &n);
    if (code == CTL_DONE)
        code = take_channel(ctl, s, &n);
    if (code != CTL_DONE)
        return code;
    in = message(ctl, &n, argv[0], &err);
    if (in == NULL)
        return ctl_fail(&err);
    id = arena_strdup(s->a, in->external_id);
    if (session_take(s, n.from, in, &err) < 0)
        return ctl_fail(&err);
    return tell(ctl, s, n.from, id);
}

static int run(const struct ctl *ctl, int argc, char **argv)
{
    (void)argc;
    if (ctl_value(ctl, "--ticket") == NULL &&
        (ctl_value(ctl, "--channel") == NULL || ctl_value(ctl, "--from") == NULL))
        return ctl_slip("whose is it? --channel and --from, or --ticket");
    return session_command(ctl, argv, make);
}

static const struct ctl_option options[] = {
    { "--ticket", "TICKET",
      "The ticket that it is of, whatever channel it came by. Without it a new one is made." },
    { "--channel", "CHANNEL",
      "By which the customer is answered. Needed; with --ticket it is the ticket's where it is not "
      "said." },
    { "--from", "ADDRESS",
      "The customer's address on it. Needed; with --ticket it is the ticket's where it is not "
      "said." },
    { "--name", "NAME", "The customer's name." },
    { "--subject", "TEXT", "What it is about." },
    { "--conversation", "KEY", "The talk on that channel that it belongs to." },
    { .name = NULL },
};
const struct ctl_command ticket_new_commands[] = {
    { "ticket", "new", run, NULL, "[TEXT]", 0, 1, options,
      "Take down what a customer said by telephone or at the counter, as if it had come by a "
      "channel. Of a ticket that is there (--ticket) it is the customer's word like any other: "
      "what "
      "waits for him goes on, what is solved is opened again, what is closed gets its follow-up "
      "or, where the policy says so, is opened again. "
      "Without TEXT, or for \"-\", what is on standard input." },
    { .group = NULL },
};
