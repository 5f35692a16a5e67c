/* tests/support/fake_host.h - the world as one channel sees it, for tests: nothing moves by itself.
 *
 * What the channel delivers, asks of the network and of the clock is kept here; the test answers.
 */
#ifndef RELEVO_TESTS_FAKE_HOST_H
#define RELEVO_TESTS_FAKE_HOST_H

#include "channels/channel.h"

enum { FAKE_MAX = 256 };

struct fake_secret {
    const char *key, *value; /* key NULL: for every key that is asked for */
};
struct fake_call { /* an outgoing HTTP call that waits for its answer */
    char *method, *url, *body, *user, *password;
    char headers[2048]; /* "Name: value\n"… */
    bool to_configured;
    void (*done)(void *arg, int status, const struct http_header *headers, size_t header_count,
                 struct span body, const struct error *err);
    void *arg;
};
struct fake_timer {
    int64_t ms;
    void (*fire)(void *arg);
    void *arg;
};
struct fake_stream {
    bool open;
    struct text_buffer text;
    void (*closed)(void *arg);
    void *arg;
};
struct fake_history {
    char conversation[200];
    int64_t after_us;
    chat_history_fn *done;
    void *arg;
};
struct fake_ask { /* a question to a process of the pool, for the test to answer */
    struct text_buffer frame;
    int64_t line_ms, deadline_ms;
    channel_more_fn *more;
    channel_answer_fn *done;
    void *arg;
};
struct fake_parse {
    char locator[200];
    int memfd;
    int64_t received_at;
    void (*done)(void *arg, struct inbound *in);
    void *arg;
};
struct fake_client { /* who is connected to its socket */
    bool open;       /* the channel has not ended it */
    void *state;
    struct text_buffer in, out; /* what was said and not yet taken; what was answered */
};
struct fake_host {
    struct channel channel;
    struct channel_host host;
    struct conf_file *conf;
    int64_t now;
    const struct fake_secret *secrets; /* ended by value NULL */
    const char *cursor;

    struct inbound *delivered[FAKE_MAX];
    void (*delivered_done[FAKE_MAX])(void *arg, int rc);
    void *delivered_arg[FAKE_MAX];
    size_t delivered_count;
    bool hold; /* deliver() does not answer by itself: fake_host_stored() does */

    struct fake_call calls[FAKE_MAX];
    size_t call_count;
    struct fake_timer timers[FAKE_MAX];
    size_t timer_count;
    struct fake_stream streams[FAKE_MAX];
    size_t stream_count;
    struct fake_history histories[FAKE_MAX];
    size_t history_count;

    struct fake_ask asks[FAKE_MAX];
    size_t ask_count;
    struct fake_parse parses[FAKE_MAX];
    size_t parse_count;
    size_t burdens, burden_bytes; /* those that are there now; the last one's bytes */
    struct text_buffer told;      /* the last frame to its child */
    int ended;                    /* its child was, so often */
    char end_words[300];          /* and why, the last time */

    char listens[200]; /* where; "": nowhere */
    bool refuses_listening;
    struct fake_client clients[FAKE_MAX];
    size_t client_count;

    enum channel_health health;
    char health_words[300];
    char warning[300];
    int64_t behind, behind_per_s; /* as it was last told */

    struct arena *arena; /* of the last call's answer */
    struct http_response response;
    struct error err;
};

/* A channel of that kind named "test", with `yaml` as its section; opened. -1 with err where it
 * does not open; fails the test where the section is not one. */
int fake_host_open(struct fake_host *h, const char *kind, const char *yaml,
                   const struct fake_secret *secrets, struct error *err);
void fake_host_close(struct fake_host *h);

/* One webhook call; headers as name, value, …, NULL. Returns the status. */
int fake_host_call(struct fake_host *h, const char *method, const char *url, const char *path,
                   struct span body, const char *const *headers);
/* Answers the i-th delivery that was held. */
void fake_host_stored(struct fake_host *h, size_t i, int rc);
/* Answers the oldest call that waits, and takes it out; status 0: no answer came. */
void fake_host_answer(struct fake_host *h, int status, const char *retry_after, const char *body);
/* Likewise with another header; value NULL: with none. */
void fake_host_answer_with(struct fake_host *h, int status, const char *name, const char *value,
                           const char *body);
/* Reads the oldest mail that waits, as a parse worker does, and takes it out. */
void fake_host_parse(struct fake_host *h);
/* Lets the oldest timer fire; fails the test where there is none. */
void fake_host_fire(struct fake_host *h);
/* Somebody connects to its socket, says something, and goes away by himself. */
struct fake_client *fake_host_connect(struct fake_host *h);
void fake_host_say(struct fake_host *h, struct fake_client *client, struct span bytes);
void fake_host_hang_up(struct fake_host *h, struct fake_client *client);
/* What came of sending: for channel_sent_fn. */
struct fake_sent {
    int count;
    enum sent_outcome outcome;
    char external_id[200], words[300];
    int64_t retry_after_s;
};
void fake_sent_take(void *arg, const struct sent *sent);

#endif
