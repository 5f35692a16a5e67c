/* One suite for every kind of channel: what channel.h asks of all, shown by one story of each. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/smtp_frame.h"
#include "core/arena.h"
#include "core/conf.h"
#include "tests/support/caller.h"
#include "tests/support/fake_host.h"
#include "tests/support/vectors.h"

/* What the other side may say to something that we send, and what that means on every channel. */
enum answer { TAKEN, NOTHING, BUSY, BROKEN, NEVER, NOT_US, ANSWERS };
static const enum sent_outcome meanings[ANSWERS] = { SENT_OK,    SENT_RETRY,   SENT_RETRY,
                                                     SENT_RETRY, SENT_REFUSED, SENT_CONFIG };

/* A secret that is looked for wherever words come out. */
#define SECRET "5ec4e7f00d5ec4e7f00d5ec4e7f00d5ec4e7f00d"
#define WHSEC  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

struct story {
    const char *kind, *yaml;
    struct fake_secret secrets[4];
    const char
        *payload; /* of tests/data/vectors/payloads, or the words themselves; NULL: no hook */
    /* Calls the webhook with that body, signed. */
    int (*call)(struct fake_host *h, struct span body);
    const char *path;              /* where the webhook is called */
    const char *to, *conversation; /* NULL: it cannot speak */
    /* Answers what was sent; NULL: it is sent as soon as it is asked for. */
    void (*answer)(struct fake_host *h, enum answer how);
};

/* --- the stories
 * ------------------------------------------------------------------------------------------- */

static int call_telegram(struct fake_host *h, struct span body)
{
    return caller_telegram(h, SECRET, body);
}

static int call_twilio(struct fake_host *h, struct span body)
{
    return caller_twilio(h, SECRET, body);
}

static int call_webchat(struct fake_host *h, struct span body)
{
    return caller_webchat(h, SECRET, body);
}

static int call_webhook(struct fake_host *h, struct span body)
{
    return caller_webhook(h, WHSEC, body, h->now);
}

static const struct {
    int status;
    const char *retry_after, *telegram, *twilio;
} http_answers[ANSWERS] = {
    [TAKEN] = { 200, NULL, "{\"ok\":true,\"result\":{\"message_id\":77}}", "{\"sid\":\"SM77\"}" },
    [NOTHING] = { 0, NULL, "", "" },
    [BUSY] = { 429, "17",
               "{\"ok\":false,\"description\":\"slow\",\"parameters\":{\"retry_after\":17}}",
               "{\"code\":20429,\"message\":\"slow\"}" },
    [BROKEN] = { 502, NULL, "<html>", "<html>" },
    [NEVER] = { 400, NULL, "{\"ok\":false,\"description\":\"chat not found\"}",
                "{\"code\":21610,\"message\":\"opted out\"}" },
    [NOT_US] = { 401, NULL, "{\"ok\":false,\"description\":\"Unauthorized\"}",
                 "{\"code\":20003,\"message\":\"Authenticate\"}" },
};

static void answer_telegram(struct fake_host *h, enum answer how)
{
    fake_host_answer(h, http_answers[how].status, http_answers[how].retry_after,
                     http_answers[how].telegram);
}

static void answer_http(struct fake_host *h, enum answer how)
{
    fake_host_answer(h, http_answers[how].status, http_answers[how].retry_after,
                     http_answers[how].twilio);
}

static void answer_smtp(struct fake_host *h, enum answer how)
{
    static const char *const words[ANSWERS] = { "250 taken",   NULL,          "451 later",
                                                "421 closing", "550 no such", "535 not you" };
    struct fake_ask q = h->asks[0];
    struct text_buffer said = { 0 };
    struct error err = { ERROR_NONE, "" };

    memmove(h->asks, h->asks + 1, --h->ask_count * sizeof(q));
    if (words[how] == NULL)
        error_set(&err, ERROR_TRANSIENT, "it was killed");
    else
        smtp_answer_add(&said, &(struct smtp_answer){
                                   .outcome = meanings[how], .words = words[how], .well = true });
    q.done(q.arg, (struct span){ said.ptr, said.len }, -1, &err);
    text_buffer_clear(&q.frame);
    text_buffer_clear(&said);
}

static const struct story stories[] = {
    { .kind = "events",
      .yaml = "url: https://crm.example.org/relevo\nsecret: {file: /x}\n",
      .secrets = { { "secret", WHSEC } },
      .to = "",
      .answer = answer_http },
    { .kind = "imap",
      .yaml = "host: mail.example.org\nuser: sol\npassword: {file: /x}\n",
      .secrets = { { "password", SECRET } } },
    { .kind = "lmtp", .yaml = "path: /run/relevo/lmtp\n" },
    { .kind = "smtp",
      .yaml = "host: mail.example.org\nfrom: Sol <help@example.org>\nuser: sol\n"
              "password: {file: /x}\n",
      .secrets = { { "password", SECRET } },
      .to = "ana@client.example",
      .conversation = NULL,
      .answer = answer_smtp },
    { .kind = "telegram",
      .yaml = "token: {file: /x}\nsecret: {file: /x}\nmode: webhook\n",
      .secrets = { { "token", "123:" SECRET }, { "secret", SECRET } },
      .payload = "telegram-text.json",
      .call = call_telegram,
      .path = "",
      .to = "1111111",
      .conversation = "1111111",
      .answer = answer_telegram },
    { .kind = "twilio",
      .yaml = "account: AC1\ntoken: {file: /x}\nnumber: '+15005550006'\n",
      .secrets = { { "token", SECRET } },
      .payload = "twilio-sms-inbound.form",
      .call = call_twilio,
      .path = "",
      .to = "+15005550001",
      .conversation = "+15005550006|+15005550001",
      .answer = answer_http },
    { .kind = "webchat",
      .yaml = "secret: {file: /x}\nmessages_per_minute: 1000\n"
              "messages_per_minute_of_address: 100000\n",
      .secrets = { { "secret", SECRET } },
      .payload = "{\"id\":\"client-id-1\",\"text\":\"Hola, ¿qué tal?\",\"language\":\"es\"}",
      .call = call_webchat,
      .path = "/messages",
      .to = "00112233445566778899aabbccddeeff",
      .conversation = "00112233445566778899aabbccddeeff" },
    { .kind = "webhook",
      .yaml = "secret: {file: /x}\nsend_url: https://shop.example.org/relevo\n",
      .secrets = { { "secret", WHSEC } },
      .payload = "generic-message-created.json",
      .call = call_webhook,
      .path = "",
      .to = "cust-42",
      .conversation = "order-1234",
      .answer = answer_http },
};
enum { STORIES = sizeof(stories) / sizeof(stories[0]) };

static void open_story(struct fake_host *h, const struct story *s)
{
    struct error err;

    if (fake_host_open(h, s->kind, s->yaml, s->secrets, &err) < 0)
        fail_msg("%s: %s", s->kind, err.text);
}

static char *payload_of(const struct story *s, size_t *len)
{
    if (s->payload[0] != '{')
        return vectors_payload(s->payload, len);
    *len = strlen(s->payload);
    return xstrdup(s->payload);
}

static void forget_delivered(struct fake_host *h)
{
    while (h->delivered_count > 0)
        inbound_free(h->delivered[--h->delivered_count]);
}

static void assert_tells_no_secret(const struct story *s, const char *words)
{
    if (words != NULL && (strstr(words, SECRET) != NULL || strstr(words, &WHSEC[6]) != NULL))
        fail_msg("%s: a secret is told in '%s'", s->kind, words); /* S-51 */
}

/* --- what every kind is
 * ------------------------------------------------------------------------------------ */

static void test_every_kind_says_what_it_is_and_what_it_takes(void **state)
{
    size_t i, k;

    (void)state;
    for (i = 0; channel_kinds[i] != NULL; i++) {
        const struct channel_ops *ops = channel_kinds[i];

        assert_ptr_equal(channel_kind(ops->kind), ops); /* no other is called so */
        for (k = 0; ops->kind[k] != '\0'; k++)
            assert_true(islower((unsigned char)ops->kind[k]));
        assert_non_null(ops->title);
        assert_non_null(ops->address_kind);
        for (k = 0; ops->keys[k].name != NULL; k++)
            assert_true(strlen(ops->keys[k].doc) > 0);
        assert_non_null(ops->open);
        assert_non_null(ops->close);
        assert_true(ops->webhook != NULL || ops->start != NULL || ops->send != NULL);
        assert_true(!ops->pulls || (ops->start != NULL && ops->stop != NULL));
        assert_true(ops->child == NULL || (ops->on_worker != NULL && ops->on_worker_up != NULL &&
                                           ops->on_worker_lost != NULL));
        assert_true((ops->on_client != NULL) == (ops->on_client_said != NULL) &&
                    (ops->on_client != NULL) == (ops->on_client_gone != NULL));
        assert_true(ops->on_client == NULL || (ops->start != NULL && ops->stop != NULL));
        assert_true(ops->writes_letters == (strcmp(ops->kind, "smtp") == 0));
    }
}

static void test_every_kind_has_its_story(void **state)
{
    size_t i, k;

    (void)state;
    for (i = 0; channel_kinds[i] != NULL; i++) {
        const struct channel_ops *ops = channel_kinds[i];

        for (k = 0; k < STORIES && strcmp(stories[k].kind, ops->kind) != 0;)
            k++;
        if (k == STORIES)
            fail_msg("%s has no story in this suite", ops->kind);
        assert_true((ops->webhook != NULL) == (stories[k].call != NULL));
        assert_true((ops->send != NULL) == (stories[k].to != NULL));
    }
}

static void test_opening_sends_and_asks_nothing(void **state)
{
    struct fake_host h;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        open_story(&h, &stories[i]);
        assert_int_equal(h.call_count + h.timer_count + h.ask_count + h.history_count, 0);
        assert_int_equal(h.delivered_count, 0);
        fake_host_close(&h);
        assert_null(h.channel.state);
    }
}

static void test_without_a_secret_that_it_needs_none_opens(void **state) /* S-37 */
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct fake_host h;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        if (stories[i].secrets[0].value == NULL) /* who may use its socket is the proof */
            continue;
        err = (struct error){ ERROR_NONE, "" };
        assert_int_equal(fake_host_open(&h, stories[i].kind, stories[i].yaml, none, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        assert_non_null(strstr(err.text, "test: ")); /* which channel */
        fake_host_close(&h);
    }
}

/* --- in
 * ---------------------------------------------------------------------------------------------------
 */

static void assert_text(const char *s, size_t max)
{
    if (s == NULL)
        return;
    assert_true(text_is_utf8(span_of(s)));
    assert_true(strlen(s) <= max);
}

static void assert_line(const char *s, size_t max)
{
    assert_text(s, max);
    for (; s != NULL && *s != '\0'; s++)
        assert_true((unsigned char)*s >= ' ' && *s != 0x7f);
}

/* As core/inbound.h promises to whoever reads it. */
static void assert_well_formed(const struct story *s, const struct inbound *in)
{
    const struct inbound_address *who = &in->sender;
    size_t i;

    assert_int_equal(in->channel_id, 7);
    assert_non_null(in->external_id);
    assert_true(in->external_id[0] != '\0');
    assert_line(in->external_id, INBOUND_ID_MAX);
    assert_line(in->conversation, INBOUND_ID_MAX);
    assert_line(in->reply_to_external_id, INBOUND_ID_MAX);
    assert_non_null(who->kind);
    assert_non_null(who->value);
    assert_true(who->value[0] != '\0');
    assert_line(who->value, INBOUND_ADDRESS_MAX);
    assert_line(who->name, INBOUND_NAME_MAX);
    assert_non_null(in->subject);
    assert_line(in->subject, INBOUND_SUBJECT_MAX);
    assert_non_null(in->text);
    assert_non_null(in->reply_text);
    assert_text(in->text, INBOUND_TEXT_MAX);
    assert_line(in->language, 64);
    assert_true(in->received_at > 0);
    assert_true(in->raw.len > 0);
    assert_non_null(in->raw_type);
    for (i = 0; i < in->attachment_count; i++) {
        assert_line(in->attachments[i].filename, INBOUND_NAME_MAX);
        assert_line(in->attachments[i].content_type, 256);
        assert_line(in->attachments[i].url, 8192);
    }
    assert_true((in->kind != INBOUND_IGNORED && in->kind != INBOUND_BROKEN) || in->reason != NULL);
    assert_tells_no_secret(s, in->text);
}

static void test_a_call_that_is_not_signed_is_refused_and_leaves_nothing(
    void **state) /* S-37, T-97 */
{
    struct fake_host h;
    size_t i, len;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        const struct story *s = &stories[i];
        char *body, *url;

        if (s->call == NULL)
            continue;
        body = payload_of(s, &len);
        url = xasprintf("https://support.example.com/hook/test%s", s->path);
        open_story(&h, s);
        assert_int_equal(fake_host_call(&h, "POST", url, s->path, (struct span){ body, len }, NULL),
                         401);
        assert_int_equal(h.delivered_count, 0);
        assert_int_equal(h.call_count, 0);
        assert_true(strlen(h.err.text) > 0);
        assert_tells_no_secret(s, h.err.text);
        assert_tells_no_secret(s, h.response.body);
        fake_host_close(&h);
        free(body);
        free(url);
    }
}

static void test_a_signed_message_is_handed_over_within_its_call(void **state)
{
    struct fake_host h;
    size_t i, len;

    (void)state; /* so the host can hold the answer back until it is durable */
    for (i = 0; i < STORIES; i++) {
        const struct story *s = &stories[i];
        char *body;

        if (s->call == NULL)
            continue;
        body = payload_of(s, &len);
        open_story(&h, s);
        h.hold = true;
        assert_int_equal(s->call(&h, (struct span){ body, len }), 200);
        assert_int_equal(h.delivered_count, 1);
        assert_well_formed(s, h.delivered[0]);
        assert_int_equal(h.delivered[0]->kind, INBOUND_MESSAGE);
        assert_true(h.delivered[0]->sender_proven);
        assert_true(strlen(h.delivered[0]->text) > 0);
        assert_non_null(h.delivered[0]->conversation);
        fake_host_stored(&h, 0, -1); /* the host says 503; there is nothing to take back */
        assert_int_equal(s->call(&h, (struct span){ body, len }), 200);
        assert_int_equal(h.delivered_count, 2); /* the same again is the same message */
        assert_string_equal(h.delivered[0]->external_id, h.delivered[1]->external_id);
        fake_host_stored(&h, 1, 0);
        fake_host_close(&h);
        free(body);
    }
}

/* xorshift32: the same bytes in every run. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

/* Flips, cuts or inserts what parsers fall over; *len may shrink. */
static void spoil(char *bytes, size_t *len, uint32_t *seed)
{
    static const unsigned char evil[] = { 0x00, 0xff, 0xc0, 0xed, 0x80, '"',  '\\', '%',
                                          '&',  '=',  '{',  '[',  '\n', 0x7f, 0x1b, '9' };
    int changes = 1 + (int)(next_random(seed) % 4), i;

    for (i = 0; i<changes && * len> 0; i++) {
        size_t at = next_random(seed) % *len;

        if (next_random(seed) % 8 == 0)
            *len = at;
        else if (next_random(seed) % 2 == 0)
            bytes[at] = (char)evil[next_random(seed) % sizeof(evil)];
        else
            bytes[at] ^= (char)(1 << next_random(seed) % 8);
    }
}

static void take_anything(struct fake_host *h, const struct story *s, struct span body)
{
    int status = s->call(h, body);
    size_t i;

    if (status != 200 && (status < 400 || status > 413))
        fail_msg("%s answered %d", s->kind, status);
    assert_true(status == 200 || h->delivered_count == 0);
    for (i = 0; i < h->delivered_count; i++)
        assert_well_formed(s, h->delivered[i]);
    forget_delivered(h);
}

static void test_no_bytes_break_it_however_well_they_are_signed(void **state) /* F54 */
{
    uint32_t seed = 2463534242u;
    struct fake_host h;
    size_t i, len;
    int round;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        char *body, *copy;

        if (stories[i].call == NULL)
            continue;
        body = payload_of(&stories[i], &len);
        copy = xmalloc(len + 1);
        open_story(&h, &stories[i]);
        for (round = 0; round < 1500; round++) {
            size_t left = len;

            memcpy(copy, body, len);
            spoil(copy, &left, &seed);
            h.now += 60;
            take_anything(&h, &stories[i], (struct span){ copy, left });
        }
        fake_host_close(&h);
        free(body);
        free(copy);
    }
}

static void test_strange_bodies_are_answered(void **state)
{
    static const char *const bodies[] = {
        "",
        "null",
        "0",
        "\"\"",
        "[]",
        "{}",
        "{\"id\":{}}",
        "a=b",
        "=",
        "%00",
        "%zz&&&",
        "{\"a\":1,\"a\":2}",
        "\xef\xbb\xbf{}",
        "{\"id\":1e400}",
    };
    enum { DEEP = 100000 };
    char *deep = xcalloc(1, DEEP + 1);
    struct fake_host h;
    size_t i, k;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        if (stories[i].call == NULL)
            continue;
        open_story(&h, &stories[i]);
        for (k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++)
            take_anything(&h, &stories[i], span_of(bodies[k]));
        memset(deep, '[', DEEP);
        take_anything(&h, &stories[i], span_of(deep));
        memset(deep, '&', DEEP);
        take_anything(&h, &stories[i], span_of(deep));
        fake_host_close(&h);
    }
    free(deep);
}

/* --- out
 * --------------------------------------------------------------------------------------------------
 */

static void send_text(struct fake_host *h, const struct story *s, const char *text,
                      struct fake_sent *sent)
{
    const struct outbound out = { .delivery_id = 42,
                                  .step_key = "42/reply/1",
                                  .owed_at = 1768471200,
                                  .to = s->to,
                                  .to_name = "Ana\r\nX-Evil: 1",
                                  .conversation = s->conversation,
                                  .subject = text,
                                  .text = text,
                                  .message_id = "42@example.org" };

    h->channel.ops->send(&h->channel, &out, fake_sent_take, sent);
}

static void test_what_came_of_sending_is_told_once_and_means_the_same_everywhere(void **state)
{
    struct fake_host h;
    struct fake_sent sent;
    enum answer how;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        const struct story *s = &stories[i];

        for (how = TAKEN; s->answer != NULL && how < ANSWERS; how++) {
            open_story(&h, s);
            memset(&sent, 0, sizeof(sent));
            send_text(&h, s, "Ya sale hoy", &sent);
            assert_int_equal(sent.count, 0); /* nobody has said anything yet */
            s->answer(&h, how);
            if (sent.count != 1 || sent.outcome != meanings[how])
                fail_msg("%s: answer %d: told %d times, %d: %s", s->kind, how, sent.count,
                         sent.outcome, sent.words);
            assert_true(strlen(sent.words) > 0);
            assert_line(sent.words, sizeof(sent.words));
            assert_tells_no_secret(s, sent.words);
            assert_tells_no_secret(s, h.health_words);
            assert_int_equal(h.call_count + h.ask_count, 0); /* nothing is tried behind our back */
            if (how == BUSY && s->answer != answer_smtp)
                assert_int_equal(sent.retry_after_s, 17);
            fake_host_close(&h);
        }
    }
}

static void test_what_needs_no_peer_is_sent_at_once(void **state)
{
    struct fake_host h;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        struct fake_sent sent = { 0 };

        if (stories[i].to == NULL || stories[i].answer != NULL)
            continue;
        open_story(&h, &stories[i]);
        send_text(&h, &stories[i], "Ya sale hoy", &sent);
        assert_int_equal(sent.count, 1);
        assert_int_equal(sent.outcome, SENT_OK);
        fake_host_close(&h);
    }
}

/* What left: of each call its address and body, of each question its record. A signature may cover
 * the time of the call, and differ. */
static char *what_left(const struct fake_host *h)
{
    struct text_buffer b = { 0 };
    size_t i;

    for (i = 0; i < h->call_count; i++)
        text_buffer_printf(&b, "%s %s\n%s\n", h->calls[i].method, h->calls[i].url,
                           h->calls[i].body);
    for (i = 0; i < h->ask_count; i++)
        text_buffer_add(&b, h->asks[i].frame.ptr, h->asks[i].frame.len);
    return text_buffer_take(&b);
}

static void test_a_delivery_that_is_tried_again_is_the_same(void **state) /* B-17 */
{
    struct fake_host h;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        struct fake_sent sent = { 0 };
        char *first, *second;

        if (stories[i].answer == NULL)
            continue;
        open_story(&h, &stories[i]);
        send_text(&h, &stories[i], "Ya sale hoy", &sent);
        first = what_left(&h);
        stories[i].answer(&h, NOTHING);
        h.now += 3600;
        send_text(&h, &stories[i], "Ya sale hoy", &sent);
        second = what_left(&h);
        assert_string_equal(first, second);
        stories[i].answer(&h, TAKEN);
        assert_int_equal(sent.count, 2);
        fake_host_close(&h);
        free(first);
        free(second);
    }
}

static size_t count_lines(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += *s == '\n';
    return n;
}

static void test_no_words_become_a_header_or_another_call(void **state) /* S-19 */
{
    static const char evil[] =
        "a\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1\n.\nMAIL FROM:<a@b>\n&To=%2B1\"}";
    struct fake_host h;
    size_t i;

    (void)state;
    for (i = 0; i < STORIES; i++) {
        struct fake_sent sent = { 0 };
        size_t lines;

        if (stories[i].answer == NULL)
            continue;
        open_story(&h, &stories[i]);
        send_text(&h, &stories[i], "a", &sent);
        lines = h.call_count == 0 ? 0 : count_lines(h.calls[0].headers);
        stories[i].answer(&h, TAKEN);
        send_text(&h, &stories[i], evil, &sent);
        assert_int_equal(h.call_count + h.ask_count, 1);
        if (h.call_count == 1) {
            assert_int_equal(count_lines(h.calls[0].headers), lines);
            assert_null(strchr(h.calls[0].headers, '\r'));
            assert_null(strpbrk(h.calls[0].url, " \r\n"));
            if (!h.channel.ops->takes_events) /* whose text is a body of our own making */
                assert_null(strstr(h.calls[0].body, "&To=%2B1\""));
            assert_true(h.calls[0].to_configured ||
                        strncmp(h.calls[0].url, "https://", 8) == 0); /* S-45 */
        }
        stories[i].answer(&h, TAKEN);
        fake_host_close(&h);
    }
}

/* --- beginning and stopping
 * -------------------------------------------------------------------------------- */

static void test_who_was_stopped_asks_nothing_more(void **state)
{
    static const struct fake_secret token[] = { { "token", "123:" SECRET }, { NULL, NULL } };
    struct fake_host h;
    struct error err;

    (void)state;
    assert_int_equal(fake_host_open(&h, "telegram", "token: {file: /x}\n", token, &err), 0);
    h.channel.ops->start(&h.channel);
    assert_int_equal(h.call_count, 1);
    h.channel.ops->start(&h.channel); /* twice is once */
    assert_int_equal(h.call_count, 1);
    fake_host_answer(&h, 502, NULL, "");
    assert_int_equal(h.timer_count, 1);
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_null(strstr(h.health_words, SECRET));
    fake_host_fire(&h);
    h.channel.ops->stop(&h.channel);
    fake_host_answer(&h, 200, NULL, "{\"ok\":true,\"result\":[{\"update_id\":1}]}");
    assert_int_equal(h.call_count + h.timer_count + h.delivered_count, 0);
    h.channel.ops->start(&h.channel);
    fake_host_answer(&h, 502, NULL, "");
    h.channel.ops->stop(&h.channel);
    h.channel.ops->stop(&h.channel);
    assert_int_equal(h.call_count + h.timer_count, 0);
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_says_what_it_is_and_what_it_takes),
        cmocka_unit_test(test_every_kind_has_its_story),
        cmocka_unit_test(test_opening_sends_and_asks_nothing),
        cmocka_unit_test(test_without_a_secret_that_it_needs_none_opens),
        cmocka_unit_test(test_a_call_that_is_not_signed_is_refused_and_leaves_nothing),
        cmocka_unit_test(test_a_signed_message_is_handed_over_within_its_call),
        cmocka_unit_test(test_no_bytes_break_it_however_well_they_are_signed),
        cmocka_unit_test(test_strange_bodies_are_answered),
        cmocka_unit_test(test_what_came_of_sending_is_told_once_and_means_the_same_everywhere),
        cmocka_unit_test(test_what_needs_no_peer_is_sent_at_once),
        cmocka_unit_test(test_a_delivery_that_is_tried_again_is_the_same),
        cmocka_unit_test(test_no_words_become_a_header_or_another_call),
        cmocka_unit_test(test_who_was_stopped_asks_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
