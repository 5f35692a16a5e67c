/* channels/channel.h - what every channel gives, and what it is given.
 *
 * Loop thread only. A channel file holds one filled-in `struct channel_ops` and reaches the world
 * through its host alone, so tests and `relevoctl verify` can be the world. Priority, targets and
 * escalation are not here: no channel can have its own. tests/unit/test_channel_contract.c puts
 * every channel through one suite. A new channel is one new file and one row in
 * channels/registry.c. */
#ifndef RELEVO_CHANNELS_CHANNEL_H
#define RELEVO_CHANNELS_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/inbound.h"
#include "core/text.h"

struct arena;
struct burden;
struct conf;
struct conf_key;
struct channel;
struct imap_audit;

enum { CHAT_LINES_MAX = 200, CHANNEL_CLIENT_MAX = 64 << 10 };

/* One webhook call, its body whole and within its bound. Borrowed for the time of the call. */
struct http_header {
    const char *name, *value;
};
struct http_request {
    const char *method; /* "POST" */
    const char *url;    /* as the provider called it: configured public origin + raw target */
    const char *path;   /* what follows /hook/CHANNEL or /chat/CHANNEL: "" or "/session" */
    const char *query;  /* raw, without '?'; NULL: none */
    const struct http_header *headers;
    size_t header_count;
    struct span body;
    const char *remote; /* the peer's address */
};
/* The first header of that name, in any case; NULL: none. */
const char *http_request_header(const struct http_request *req, const char *name);

/* What a webhook answers. body is the arena's; NULL: empty (the host writes a JSON error for 4xx).
 */
struct http_response {
    struct arena *arena;
    const char *content_type;
    const char *body;
    int retry_after_s;                 /* 0: no such header */
    const struct http_header *headers; /* further ones, the arena's */
    size_t header_count;
};

/* An outgoing HTTP call. The host copies all of it. */
struct http_call {
    const char *method, *url;
    const struct http_header *headers;
    size_t header_count;
    const char *user, *password; /* basic authentication; NULL: none */
    struct span body;
    size_t answer_max;  /* bytes of answer that are kept; more is an error */
    int64_t timeout_ms; /* wall time for the whole call */
    /* The URL begins with what the operator configured (an API's base): plain http and private
     * addresses are right there. False: a stranger chose it; https and public addresses alone. */
    bool to_configured;
    int redirects_max; /* 0: an answer 3xx is the answer */
    bool waits;        /* a long poll: a node that stops does not wait for its answer */
    /* Runs once, on the loop. status 0: no answer, err says why: ERROR_TRANSIENT, or
     * ERROR_PERMANENT where the answer is too large or the address none that may be called. */
    void (*done)(void *arg, int status, const struct http_header *headers, size_t header_count,
                 struct span body, const struct error *err);
    void *arg;
};

/* Something to say to one customer or agent. Borrowed for the time of the call. */
/* A file that an agent sends along; its bytes are whole. */
struct outbound_file {
    const char *filename; /* NULL: it has no name */
    const char *content_type;
    struct span bytes;
};

struct outbound {
    int64_t delivery_id;
    const char *step_key; /* stays the same over retries: the idempotency key */
    int64_t owed_at;      /* UTC seconds, since when; likewise the same */
    int64_t leave_by;     /* after that another node may send it: nothing of it may be under way any
                           * more; 0: there is no such end */
    const char *to;       /* the address, canonical within its kind */
    const char *to_name;  /* NULL: unknown */
    const char *conversation;         /* as the inbound message had it; NULL: start one */
    const char *reply_to_external_id; /* what it answers on this channel; NULL: nothing */
    const char *subject, *text;       /* UTF-8, LF */
    bool automatic;                   /* a notice: carries the headers of B-09 */
    /* Mail alone: */
    const char *from, *from_name;         /* NULL: as configured */
    const char *reply_to;                 /* with its token; NULL: none */
    const char *message_id, *in_reply_to; /* without angle brackets */
    const char *references;               /* "<a> <b>"; NULL: none */
    const char *token;                    /* names the delivery (core/token.h) */
    const struct outbound_file *files;
    size_t file_count;
};

enum sent_outcome {
    SENT_OK,      /* the next server has it */
    SENT_RETRY,   /* not taken now; or unknown: the same again with the same id */
    SENT_REFUSED, /* this recipient or message never will be taken */
    SENT_CONFIG,  /* the sink itself is refused: stop it, keep the queue, alarm */
};
struct sent {
    enum sent_outcome outcome;
    const char *external_id; /* the provider's id of it; NULL: none */
    const char *words;       /* the peer's code and words, or our own reason; one line */
    int64_t retry_after_s;   /* 0: as the back-off says */
    bool nobody;             /* SENT_REFUSED: there is no such mail address (B-12) */
};
typedef void channel_sent_fn(void *arg, const struct sent *sent);

/* A worker's answer: all its records of this question one after the other, and the memfd that came
 * beside the last (-1: none); borrowed for the time of the call. err->kind not ERROR_NONE: it did
 * not come to its end; `record` is what it had said until then, of the rest nothing is known. */
typedef void channel_answer_fn(void *arg, struct span record, int fd, const struct error *err);
/* What a process has said so far of an answer that is not over. */
typedef void channel_more_fn(void *arg, struct span record);

/* One line of a talk, as the visitor sees it. Borrowed for the time of the call. */
struct chat_line {
    const char *id;   /* "m17", "d42": stays the same, unique on the desk */
    bool from_us;     /* false: the visitor's own */
    bool automatic;   /* a notice */
    const char *name; /* who speaks; NULL: not known */
    const char *text;
    const char *external_id; /* of the visitor's own: as it came in; NULL: it has none */
    int64_t at_us;           /* UTC microseconds: received, or handed out */
};
/* Runs once, on the loop: lines in the order of at_us. err not ERROR_NONE: ask again later. */
typedef void chat_history_fn(void *arg, const struct chat_line *lines, size_t count,
                             const struct error *err);
struct http_stream;
/* Who is connected to a channel's socket; the host's, until channel_ops.on_client_gone() or
 * client_end(). */
struct channel_client;

/* What an attachment's link names; borrowed for the time of the call. err not ERROR_NONE: it could
 * not be had; ERROR_PERMANENT: and never will be. `content_type` NULL: it was not said. */
typedef void channel_fetched_fn(void *arg, struct span bytes, const char *content_type,
                                const struct error *err);

/* Of a turn to be connected: it is; others are before it; it is, and others wait for its end. */
enum channel_turn { CHANNEL_TURN_NOW, CHANNEL_TURN_WAIT, CHANNEL_TURN_END };

/* The channel is alive or not, for `relevoctl status`, metrics and the log. */
enum channel_health { CHANNEL_OK, CHANNEL_TROUBLE };

struct channel_host { /* daemon/host.c for real, tests/fake_host.c in tests; nothing goes round it
                       */
    int64_t (*now)(void *ctx); /* UTC seconds */
    /* Takes `in`, whatever comes. In a webhook call the answer waits until it is durable. `done`
     * (may be NULL) runs once, on the loop: 0 when it is committed, -1 when it was not and must
     * come again. */
    void (*deliver)(void *ctx, struct channel *ch, struct inbound *in,
                    void (*done)(void *arg, int rc), void *arg);
    void (*http_send)(void *ctx, const struct http_call *call);
    /* One shot, on the loop, after ms. The handle is good until it fires or is cancelled. */
    void *(*timer)(void *ctx, int64_t ms, void (*fire)(void *arg), void *arg);
    void (*timer_cancel)(void *ctx, void *timer);
    /* The stored cursor of this part, NULL if there is none yet; good until the next call. */
    const char *(*cursor)(void *ctx, struct channel *ch, const char *part);
    /* Reads them anew, once what a reload left under way is over, or soon: others may move them.
     * `done` runs once, on the loop; where the database is away cursor() is as it was. */
    void (*cursors_read)(void *ctx, struct channel *ch, void (*done)(void *arg), void *arg);
    /* Asks one of the processes of role ops->pool; each has one question at a time, the rest wait
     * in line, for `line_ms` at most (0: for as long as it takes). `frame` is copied, `fd` (a
     * sealed memfd, -1: none) duplicated. `done` runs once, on the loop, never within this call,
     * whatever happens; before that `more`, with each piece of the answer that is not its last.
     * `deadline_ms` counts from when a process takes the question; when it is over that process is
     * killed. */
    void (*worker_ask)(void *ctx, struct channel *ch, struct span frame, int fd, int64_t line_ms,
                       int64_t deadline_ms, channel_more_fn *more, channel_answer_fn *done,
                       void *arg);
    /* Tells this channel's own child (ops->child) something. 0; -1: it is not up, or does not read:
     * then it is lost, and on_worker_up() will come again. `fd` stays the caller's. */
    int (*worker_send)(void *ctx, struct channel *ch, struct span frame, int fd);
    /* This channel's child said what it never may: it is killed, `words` for the log.
     * on_worker_lost() runs within this call. */
    void (*worker_end)(void *ctx, struct channel *ch, const char *words);
    /* Makes a message of an original, out of process. `memfd` is sealed and stays the caller's; it
     * is duplicated. `locator` and `received_at` as in struct inbound; 0: the mail's own headers
     * say it. `done` runs once, on the loop, with a message that is never NULL and is the callee's:
     * INBOUND_BROKEN at worst; its raw bytes are in it. */
    void (*parse_mail)(void *ctx, struct channel *ch, int memfd, const char *locator,
                       int64_t received_at, void (*done)(void *arg, struct inbound *in), void *arg);
    void (*health)(void *ctx, struct channel *ch, enum channel_health health, const char *words);
    /* Something will fail one day unless an operator does something; NULL: nothing will. */
    void (*warn)(void *ctx, struct channel *ch, const char *words);
    /* So many messages are known of and not stored yet, and so many become fewer each second. 0:
     * it has caught up. */
    void (*behind)(void *ctx, struct channel *ch, int64_t left, int64_t per_s);
    /* Its child would connect to ops->place(), where so many of this node may be at once: on_turn()
     * says when. It stays for least_ms at least, and as long as nobody else waits. Ends with
     * turn_end(), with its child and with stop(); a second one while it lasts is no matter. */
    void (*turn_want)(void *ctx, struct channel *ch, int64_t least_ms);
    void (*turn_end)(void *ctx, struct channel *ch);
    /* It would fetch something of so many bytes, which is in memory until it is stored, as what
     * others fetch is. `told` runs once, on the loop, never within this call, when there is room
     * for it; not after burden_came(), it is here and so large, or burden_end(). NULL: it came
     * without asking, and burden_came() is next. */
    struct burden *(*burden_want)(void *ctx, size_t bytes, void (*told)(void *arg), void *arg);
    void (*burden_came)(void *ctx, struct burden *burden, size_t bytes);
    void (*burden_end)(void *ctx, struct burden *burden); /* takes NULL */
    /* The secret that `key` of ch->conf names; *out NULL where it is not written. The channel ends
     * it with sign_secret_free(). */
    int (*secret)(void *ctx, struct channel *ch, const char *key, char **out, struct error *err);
    /* Within webhook() alone: the answer to `req` becomes 200 text/event-stream that stays open,
     * with the headers that the response has so far; the op returns 200. `closed` runs once, on the
     * loop, however it ends, also after stream_end(); the stream is no more then. NULL: too many
     * are open. */
    struct http_stream *(*stream_open)(void *ctx, struct channel *ch,
                                       const struct http_request *req, void (*closed)(void *arg),
                                       void *arg);
    void (*stream_write)(void *ctx, struct http_stream *stream, struct span bytes);
    void (*stream_end)(void *ctx, struct http_stream *stream);
    /* Listens on a socket at `path`, made anew with that mode: on_client() tells who connects. One
     * for each channel. -1: not now, err says why. Clients stay when it stops. */
    int (*listen)(void *ctx, struct channel *ch, const char *path, unsigned mode,
                  struct error *err);
    void (*listen_stop)(void *ctx, struct channel *ch);
    /* Goes out as fast as the client reads; what does not wait for it is cut off by the channel. */
    void (*client_write)(void *ctx, struct channel_client *client, struct span bytes);
    /* What was left of its words is told again, on the loop, with what followed. */
    void (*client_more)(void *ctx, struct channel_client *client);
    /* Nothing more is heard of it; it is closed when what was written is out, or soon. */
    void (*client_end)(void *ctx, struct channel_client *client);
    /* What was said in `conversation` of this channel at `after_us` or later, at most
     * CHAT_LINES_MAX lines, the newest of them: messages that are stored and deliveries that are
     * handed out. */
    void (*chat_history)(void *ctx, struct channel *ch, const char *conversation, int64_t after_us,
                         chat_history_fn *done, void *arg);
    size_t held_max;  /* bytes of what is brought in and not stored yet that a channel may hold */
    size_t light_max; /* of which in small pieces, that it wants no burden for */
    void *ctx;
};

struct channel {
    const struct channel_ops *ops;
    const struct channel_host *host;
    const struct conf *conf; /* this channel's section, already checked against ops->keys */
    const char *name;        /* "support-mail" */
    const char
        *public_url; /* "https://support.example.org", no slash at its end; NULL: not configured */
    int64_t channel_id;
    void *state; /* the channel's own, made by open(), freed by close() */
};

struct channel_ops {
    const char *kind;  /* "twilio": in relevo.yaml, in channel.kind, in the log */
    const char *title; /* "Twilio SMS and WhatsApp": in the manual */
    const char
        *address_kind; /* what a sender's address is: "tel"; the customer can be reached by it */
    const struct conf_key *keys; /* what its section of relevo.yaml may hold */
    bool pulls;                  /* only the node that holds its lease runs it */
    bool writes_letters;         /* sinks get the long wording; false: a line or two */
    bool takes_events;           /* each fact of its desk is owed to it: daemon/sink_event.h */
    /* Roles of daemon/worker_main.c; NULL: none. */
    const char *pool;  /* whom worker_ask() asks */
    const char *child; /* a process of its own, from start() to stop(): see on_worker() */
    /* Checks what keys alone cannot; makes state. Nothing is sent or asked yet. */
    int (*open)(struct channel *ch, struct error *err);
    void (*close)(struct channel *ch);
    /* The node has the lease (or the kind needs none): begin, and stop, to look for messages.
     * NULL: this channel is told, it never looks. */
    void (*start)(struct channel *ch);
    void (*stop)(struct channel *ch);
    /* One call of /hook/CHANNEL. Verifies on the raw bytes, normalises, hands each event to
     * host->deliver; returns the HTTP status (2xx goes out once all are durable). NULL: no webhook.
     */
    int (*webhook)(struct channel *ch, const struct http_request *req, struct http_response *res,
                   struct error *err);
    /* Say `out`. `done` runs once, on the loop, however it ends. NULL: this channel cannot speak.
     */
    void (*send)(struct channel *ch, const struct outbound *out, channel_sent_fn *done, void *arg);
    /* How many bytes of files one of them may carry. NULL: none, its text names them. */
    size_t (*files_max)(const struct channel *ch);
    /* How many of them it takes now; 0: it is asked again soon. NULL: as many as there are. */
    size_t (*room)(struct channel *ch);
    /* What its section lets it say: at most so many in so many seconds, each node for itself.
     * False: as many as there are. Pure: it need not be open. NULL: it has no such bound. */
    bool (*rate)(const struct conf *conf, int64_t *most, int64_t *period_s);
    /* Gets what the link of an attachment of its messages names, at most `max` bytes. `done` runs
     * once, on the loop. NULL: its links are public ones, that link.h can follow. */
    void (*fetch)(struct channel *ch, const char *url, size_t max, channel_fetched_fn *done,
                  void *arg);
    /* For the balance sheet (daemon/reconcile.h): the role of the process that tells what lies at
     * the source, and what it is told first (free() it, it may hold a secret; NULL: not now). NULL:
     * there is nothing to compare. */
    const char *auditor;
    char *(*audit)(struct channel *ch, size_t *len);
    /* Only the node that reads it can log in there: who else wants the comparison asks that node.
     * NULL: never. */
    bool (*audit_is_nodes)(const struct channel *ch);
    /* Its i-th part, as its cursor and its locators name it, and since when mails of it count (UTC
     * seconds, 0: always); false: there is none. */
    bool (*audit_part)(struct channel *ch, size_t i, const char **name, int64_t *floor_at);
    /* This lies there. stored[i]: it is stored whole, not long ago; whether what is to be done then
     * was done, the channel sees. Only where it is started. */
    void (*audited)(struct channel *ch, const struct imap_audit *there, const bool *stored);
    /* Some node said something in this conversation: chat_history() has more. NULL: of no use. */
    void (*heard)(struct channel *ch, const char *conversation);
    /* Somebody connected to its socket; what is returned goes with all that is told of it. NULL,
     * and client_end() was called: it is not wanted. */
    void *(*on_client)(struct channel *ch, struct channel_client *client);
    /* What it says; returns how many bytes of it were taken. The rest comes again with what
     * follows, at most CHANNEL_CLIENT_MAX in all: then nothing follows until client_more(). */
    size_t (*on_client_said)(void *client, struct span bytes);
    /* It went away by itself. */
    void (*on_client_gone)(void *client);
    /* "host:port", of the server that its child and its auditor connect to; good until close().
     * NULL: none that is counted. */
    const char *(*place)(const struct channel *ch);
    void (*on_turn)(struct channel *ch, enum channel_turn word);
    /* A frame from its child. The host closes `fd` (-1: none) when this returns. */
    void (*on_worker)(struct channel *ch, struct span frame, int fd);
    /* The child is there and knows nothing yet. */
    void (*on_worker_up)(struct channel *ch);
    /* It died, or was killed: words say why; it is being started again. Whatever was asked has no
     * answer. */
    void (*on_worker_lost)(struct channel *ch, const char *words);
};

/* A new message of this channel, received now, with a copy of its original. */
struct inbound *channel_inbound(const struct channel *ch, struct span raw, const char *raw_type);
/* The file that the key names, if it names one, is there and may be read. -1: err says why not. */
int channel_look_for(const struct channel *ch, const char *key, struct error *err);
/* What an HTTP answer to something we sent means where the provider says nothing finer; and the
 * seconds of its Retry-After, 0: none. */
enum sent_outcome channel_outcome(int status);
int64_t channel_retry_bound(int64_t said_s); /* what a peer asks for, as far as we follow it */
int64_t channel_retry_after(const struct http_header *headers, size_t count);

/* Every kind there is, ended by NULL; and the one of that kind, or NULL. */
extern const struct channel_ops *const channel_kinds[];
const struct channel_ops *channel_kind(const char *kind);

#endif
