#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "channels/limit.h"
#include "channels/sign.h"
#include "channels/webchat_stream.h"
#include "channels/webchat_token.h"
#include "core/arena.h"
#include "tests/support/fake_host.h"

static const char key[] = "0123456789abcdef0123456789abcdef";
static const char old_key[] = "fedcba9876543210fedcba9876543210";
static const char site_key[] = "the site's own: 0123456789abcdef0123456789abcdef";
static const struct fake_secret secrets[] = { { "secret", key },
                                              { "identity_secret", site_key },
                                              { NULL, NULL } };
static const char yaml[] = "secret: {file: /x}\norigins: [https://shop.example.org]\n"
                           "title: Tienda\ngreeting: {es: Hola}\nmessages_per_minute: 3\n";

struct visit {
    struct fake_host h;
    char token[1024], visitor[64], bearer[1100];
};

static const char *answered(struct fake_host *h, const char *name)
{
    size_t i;

    for (i = 0; i < h->response.header_count; i++)
        if (strcmp(h->response.headers[i].name, name) == 0)
            return h->response.headers[i].value;
    return NULL;
}

static void answer_text(struct fake_host *h, const char *name, char *out, size_t room)
{
    json_t *o = json_loads(h->response.body, 0, NULL);

    assert_non_null(o);
    snprintf(out, room, "%s", json_string_value(json_object_get(o, name)));
    json_decref(o);
}

static int call(struct visit *v, const char *method, const char *path, const char *body,
                const char *token, const char *origin)
{
    const char *headers[5] = { NULL };
    char url[200];
    size_t n = 0;

    if (token != NULL) {
        snprintf(v->bearer, sizeof(v->bearer), "Bearer %s", token);
        headers[n++] = "authorization";
        headers[n++] = v->bearer;
    }
    if (origin != NULL) {
        headers[n++] = "Origin";
        headers[n++] = origin;
    }
    snprintf(url, sizeof(url), "https://support.example.com/chat/test%s", path);
    return fake_host_call(&v->h, method, url, path, span_of(body), headers);
}

static void begin_session(struct visit *v, const char *with)
{
    assert_int_equal(call(v, "POST", "/session", "{}", with, NULL), 200);
    answer_text(&v->h, "token", v->token, sizeof(v->token));
    answer_text(&v->h, "visitor", v->visitor, sizeof(v->visitor));
}

static void visit_begin(struct visit *v)
{
    struct error err;

    assert_int_equal(fake_host_open(&v->h, "webchat", yaml, secrets, &err), 0);
    begin_session(v, NULL);
}

static int write_message(struct visit *v, const char *id, const char *text)
{
    char body[300];

    snprintf(body, sizeof(body), "{\"id\":\"%s\",\"text\":\"%s\",\"language\":\"es\"}", id, text);
    return call(v, "POST", "/messages", body, v->token, NULL);
}

/* --- sessions
 * ---------------------------------------------------------------------------------------- */

static void test_a_session_is_somebody_new_unless_its_token_still_holds(void **state)
{
    struct visit v;
    char first[64], token[1024];

    (void)state;
    visit_begin(&v);
    assert_string_equal(strstr(v.h.response.body, "\"title\":\"Tienda\"") ? "yes" : "no", "yes");
    assert_non_null(strstr(v.h.response.body, "\"greeting\":{\"es\":\"Hola\"}"));
    strcpy(first, v.visitor);
    strcpy(token, v.token);
    begin_session(&v, NULL);
    assert_string_not_equal(v.visitor, first);
    v.h.now += 29 * 86400;
    begin_session(&v, token);
    assert_string_equal(v.visitor, first);
    assert_string_not_equal(v.token, token);
    v.h.now += 29 * 86400;
    assert_int_equal(call(&v, "GET", "/events", "", token, NULL), 401);
    assert_int_equal(call(&v, "GET", "/events", "", v.token, NULL), 200);
    begin_session(&v, token);
    assert_string_not_equal(v.visitor, first); /* an old token shows nobody anything */
    v.h.host.stream_end(&v.h, (struct http_stream *)&v.h.streams[0]);
    v.h.histories[0].done(v.h.histories[0].arg, NULL, 0, &(struct error){ ERROR_NONE, "" });
    fake_host_close(&v.h);
}

static void test_a_token_with_one_byte_changed_is_nobodys(void **state)
{
    struct arena *a = arena_new();
    struct webchat_visitor who, read;
    struct error err;
    struct span k = span_of(key);
    char *token;
    size_t i, len;

    (void)state;
    webchat_visitor_name(k, "web", "ana@example.org", 1000, &who);
    token = webchat_token_make(a, k, "web", &who);
    len = strlen(token);
    assert_int_equal(webchat_token_read(a, k, "web", span_of(token), 1000, 60, &read, &err), 0);
    assert_string_equal(read.id, who.id);
    assert_string_equal(read.email, "ana@example.org");
    assert_int_equal(read.issued_at, 1000);
    for (i = 0; i < len; i++) {
        token[i] ^= 1;
        assert_int_equal(webchat_token_read(a, k, "web", span_of(token), 1000, 60, &read, &err),
                         -1);
        token[i] ^= 1;
        assert_int_equal(
            webchat_token_read(a, k, "web", (struct span){ token, i }, 1000, 60, &read, &err), -1);
    }
    assert_int_equal(webchat_token_read(a, k, "other", span_of(token), 1000, 60, &read, &err), -1);
    assert_int_equal(
        webchat_token_read(a, span_of(old_key), "web", span_of(token), 1000, 60, &read, &err), -1);
    assert_int_equal(webchat_token_read(a, k, "web", span_of(token), 1060, 60, &read, &err), 0);
    assert_int_equal(webchat_token_read(a, k, "web", span_of(token), 1061, 60, &read, &err), -1);
    assert_int_equal(webchat_token_read(a, k, "web", span_of(token), 600, 60, &read, &err), -1);
    arena_free(a);
}

static void test_sessions_of_the_former_secret_go_on(void **state)
{
    static const struct fake_secret turned[] = { { "secret", old_key },
                                                 { "secret_before", key },
                                                 { NULL, NULL } };
    struct visit v, next = { 0 };
    struct error err;

    (void)state;
    visit_begin(&v);
    assert_int_equal(fake_host_open(&next.h, "webchat", yaml, turned, &err), 0);
    strcpy(next.token, v.token);
    assert_int_equal(write_message(&next, "client-id-1", "Hola"), 200);
    assert_string_equal(next.h.delivered[0]->conversation, v.visitor);
    fake_host_close(&next.h);
    fake_host_close(&v.h);
}

static void test_who_the_site_names_is_the_same_visitor_everywhere(void **state)
{
    struct arena *a = arena_new();
    unsigned char digest[SIGN_SHA256_BYTES];
    char first[64], *body;
    struct visit v;

    (void)state;
    visit_begin(&v);
    sign_hmac_sha256(span_of(site_key), span_of("Ana@Example.org"), digest);
    body = arena_printf(a, "{\"identifier\":\"Ana@Example.org\",\"identifier_hash\":\"%s\"}",
                        sign_hex(a, (struct span){ (const char *)digest, sizeof(digest) }));
    assert_int_equal(call(&v, "POST", "/session", body, NULL, NULL), 200);
    answer_text(&v.h, "visitor", first, sizeof(first));
    answer_text(&v.h, "token", v.token, sizeof(v.token));
    assert_int_equal(call(&v, "POST", "/session", body, NULL, NULL), 200);
    answer_text(&v.h, "visitor", v.visitor, sizeof(v.visitor));
    assert_string_equal(v.visitor, first);
    assert_int_equal(write_message(&v, "client-id-1", "Hola"), 200);
    assert_string_equal(v.h.delivered[0]->sender.kind, "email");
    assert_string_equal(v.h.delivered[0]->sender.value, "Ana@example.org");
    assert_true(v.h.delivered[0]->sender_proven);
    *strstr(body, "Ana") = 'E';
    assert_int_equal(call(&v, "POST", "/session", body, NULL, NULL), 403); /* S-13 */
    assert_int_equal(
        call(&v, "POST", "/session", "{\"identifier\":\"Ana@Example.org\"}", NULL, NULL), 403);
    sign_hmac_sha256(span_of(site_key), span_of("customer-42"), digest);
    body = arena_printf(a, "{\"identifier\":\"customer-42\",\"identifier_hash\":\"%s\"}",
                        sign_hex(a, (struct span){ (const char *)digest, sizeof(digest) }));
    assert_int_equal(call(&v, "POST", "/session", body, NULL, NULL), 200);
    answer_text(&v.h, "token", v.token, sizeof(v.token));
    answer_text(&v.h, "visitor", v.visitor, sizeof(v.visitor));
    assert_int_equal(write_message(&v, "client-id-2", "Hola"), 200);
    assert_string_equal(v.h.delivered[1]->sender.kind, "webchat");
    assert_string_equal(v.h.delivered[1]->sender.value, v.visitor);
    fake_host_close(&v.h);
    arena_free(a);
}

static void test_it_does_not_open_without_a_secret_worth_its_name(void **state) /* S-37 */
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    static const struct fake_secret poor[] = { { "secret", "secret" }, { NULL, NULL } };
    struct fake_host h;
    struct error err;

    (void)state;
    assert_int_equal(fake_host_open(&h, "webchat", yaml, none, &err), -1);
    assert_string_equal(err.text, "test: secret is missing: no session could be believed");
    fake_host_close(&h);
    assert_int_equal(fake_host_open(&h, "webchat", yaml, poor, &err), -1);
    assert_string_equal(err.text, "test: secret: expected at least 32 characters");
    fake_host_close(&h);
    assert_int_equal(fake_host_open(&h, "webchat",
                                    "secret: {file: /x}\norigins: https://shop.example.org/a\n",
                                    secrets, &err),
                     -1);
    fake_host_close(&h);
}

/* --- messages
 * ---------------------------------------------------------------------------------------- */

static void test_a_message_is_the_visitors_by_the_pages_own_id(void **state)
{
    struct visit v;
    const struct inbound *in;
    char id[200];

    (void)state;
    visit_begin(&v);
    assert_int_equal(write_message(&v, "client-id-1", "Hola,\\n¿dónde está?"), 200);
    in = v.h.delivered[0];
    snprintf(id, sizeof(id), "%s.client-id-1", v.visitor);
    assert_string_equal(in->external_id, id);
    assert_string_equal(in->conversation, v.visitor);
    assert_string_equal(in->sender.kind, "webchat");
    assert_string_equal(in->sender.value, v.visitor);
    assert_string_equal(in->text, "Hola,\n¿dónde está?");
    assert_string_equal(in->language, "es");
    assert_true(in->sender_proven);
    assert_null(strstr(in->raw.ptr, v.token)); /* S-51 */
    fake_host_close(&v.h);
}

static void test_a_message_that_is_none_is_refused_with_what_is_wrong(void **state)
{
    static const struct {
        const char *body, *words;
    } rows[] = {
        { "{\"id\":\"client-id-1\",\"text\":\"  \"}", "text: expected words" },
        { "{\"id\":\"client-id-1\"}", "text: expected words" },
        { "{\"id\":\"short\",\"text\":\"a\"}", "id: expected 8 to 64 letters, digits, - or _" },
        { "{\"id\":\"client/id/1\",\"text\":\"a\"}",
          "id: expected 8 to 64 letters, digits, - or _" },
        { "no", "json: line 1, column 2: '[' or '{' expected" },
        { "[1]", "json: line 1, column 1: expected an object" },
    };
    struct arena *a = arena_new();
    struct visit v;
    char *long_text = arena_alloc(a, 70000);
    size_t i;

    (void)state;
    visit_begin(&v);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        v.h.now += 60;
        assert_int_equal(call(&v, "POST", "/messages", rows[i].body, v.token, NULL), 400);
        assert_string_equal(v.h.err.text, rows[i].words);
        assert_non_null(strstr(v.h.response.body, "\"code\":400"));
    }
    memset(long_text, 'x', 69999);
    memcpy(long_text, "{\"id\":\"client-id-1\",\"text\":\"", 28);
    memcpy(long_text + 17000, "\"}", 3);
    v.h.now += 60;
    assert_int_equal(call(&v, "POST", "/messages", long_text, v.token, NULL), 400);
    assert_string_equal(v.h.err.text, "text: expected at most 16 KiB");
    memset(long_text + 17000, ' ', 50000);
    assert_int_equal(call(&v, "POST", "/messages", long_text, v.token, NULL), 413);
    assert_int_equal(call(&v, "POST", "/messages", "{}", NULL, NULL), 401);
    assert_int_equal(call(&v, "POST", "/messages", "{}", "forged", NULL), 401);
    assert_int_equal(v.h.delivered_count, 0);
    fake_host_close(&v.h);
    arena_free(a);
}

static void test_who_writes_too_fast_waits_and_nobody_else(void **state) /* S-42 */
{
    struct visit v;
    char slow[1024];
    int i;

    (void)state;
    visit_begin(&v);
    for (i = 0; i < 3; i++)
        assert_int_equal(write_message(&v, "client-id-1", "Hola"), 200);
    assert_int_equal(write_message(&v, "client-id-1", "Hola"), 429);
    assert_int_equal(v.h.response.retry_after_s, 20);
    strcpy(slow, v.token);
    begin_session(&v, NULL);
    assert_int_equal(write_message(&v, "client-id-2", "Hola"), 200);
    strcpy(v.token, slow);
    v.h.now += 20;
    assert_int_equal(write_message(&v, "client-id-1", "Hola"), 200);
    assert_int_equal(write_message(&v, "client-id-1", "Hola"), 429);
    fake_host_close(&v.h);
}

static void test_a_limit_is_of_each_and_comes_back_by_the_minute(void **state)
{
    struct limit *l = limit_new(6);
    int i;

    (void)state;
    for (i = 0; i < 6; i++)
        assert_int_equal(limit_take(l, span_of("ana"), 1000), 0);
    assert_int_equal(limit_take(l, span_of("ana"), 1000), 10);
    assert_int_equal(limit_take(l, span_of("ana"), 1004), 6);
    assert_int_equal(limit_take(l, span_of("ana"), 1010), 0);
    assert_int_equal(limit_take(l, span_of("ana"), 1010), 10);
    for (i = 0; i < 6; i++)
        assert_int_equal(limit_take(l, span_of("ana"), 999999), 0);
    assert_int_equal(limit_take(l, span_of("ana"), 999999), 10);
    limit_free(l);
}

/* --- other sites
 * ------------------------------------------------------------------------------------- */

static void test_only_named_sites_may_call_it(void **state)
{
    struct visit v;

    (void)state;
    visit_begin(&v);
    assert_int_equal(call(&v, "OPTIONS", "/messages", "", NULL, "https://shop.example.org"), 204);
    assert_string_equal(answered(&v.h, "Access-Control-Allow-Origin"), "https://shop.example.org");
    assert_string_equal(answered(&v.h, "Access-Control-Allow-Headers"),
                        "Authorization, Content-Type, Last-Event-ID");
    assert_int_equal(call(&v, "POST", "/session", "{}", NULL, "https://shop.example.org"), 200);
    assert_string_equal(answered(&v.h, "Vary"), "Origin");
    assert_int_equal(call(&v, "POST", "/messages", "{", v.token, "https://shop.example.org"), 400);
    assert_non_null(answered(&v.h, "Access-Control-Allow-Origin"));
    assert_int_equal(call(&v, "POST", "/session", "{}", NULL, "https://support.example.com"), 200);
    assert_null(answered(&v.h, "Access-Control-Allow-Origin"));
    assert_int_equal(call(&v, "POST", "/session", "{}", NULL, "https://evil.example"), 403);
    assert_int_equal(call(&v, "POST", "/session", "{}", NULL, "null"), 403);
    assert_int_equal(call(&v, "OPTIONS", "/messages", "", NULL, "https://evil.example"), 403);
    assert_null(answered(&v.h, "Access-Control-Allow-Origin"));
    assert_int_equal(call(&v, "POST", "/session", "{}", NULL, "https://support.example.com.evil"),
                     403);
    fake_host_close(&v.h);
}

static void test_the_page_runs_nothing_but_its_own_script(void **state)
{
    static const char *const paths[] = { "/", "/chat.css", "/chat.js" };
    struct visit v;
    const char *policy;
    size_t i;

    (void)state;
    visit_begin(&v);
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        assert_int_equal(call(&v, "GET", paths[i], "", NULL, NULL), 200);
        assert_true(strlen(v.h.response.body) > 300);
        policy = answered(&v.h, "Content-Security-Policy");
        assert_non_null(strstr(policy, "default-src 'none'; script-src 'self';"));
        assert_non_null(strstr(policy, "frame-ancestors 'self' https://shop.example.org"));
        assert_null(strstr(policy, "unsafe"));
    }
    assert_int_equal(call(&v, "GET", "/", "", NULL, NULL), 200);
    assert_null(strstr(v.h.response.body, "onclick"));
    assert_null(strstr(v.h.response.body, "style="));
    assert_int_equal(call(&v, "GET", "", "", NULL, NULL), 301);
    assert_string_equal(answered(&v.h, "Location"), "test/");
    assert_int_equal(call(&v, "POST", "/", "", NULL, NULL), 405);
    assert_int_equal(call(&v, "GET", "/session", "", NULL, NULL), 405);
    assert_int_equal(call(&v, "GET", "/../chat.js", "", NULL, NULL), 404);
    fake_host_close(&v.h);
}

/* --- events
 * ------------------------------------------------------------------------------------------ */

static const struct error fine = { ERROR_NONE, "" };

static void open_events(struct visit *v, const char *last)
{
    const char *headers[] = { "Authorization", v->bearer, "Last-Event-ID", last, NULL };

    snprintf(v->bearer, sizeof(v->bearer), "Bearer %s", v->token);
    if (last == NULL)
        headers[2] = NULL;
    assert_int_equal(fake_host_call(&v->h, "GET", "https://support.example.com/chat/test/events",
                                    "/events", span_of(""), headers),
                     200);
}

/* Answers the newest question for history. */
static void history(struct visit *v, const struct chat_line *lines, size_t count)
{
    struct fake_history *q = &v->h.histories[v->h.history_count - 1];

    q->done(q->arg, lines, count, &fine);
}

static void end_stream(struct visit *v, size_t i)
{
    v->h.host.stream_end(&v->h, (struct http_stream *)&v->h.streams[i]);
}

static void test_a_stream_tells_what_was_said_and_then_what_is_new(void **state)
{
    struct visit v;
    char own[200];
    struct chat_line lines[3] = {
        { "m1", false, false, NULL, "Hola\nadiós", own, 500 * 1000000LL },
        { "d1", true, true, NULL, "Recibido", NULL, 501 * 1000000LL },
        { "d2", true, false, "Ana", "¿Sí?", NULL, 900 * 1000000LL },
    };
    struct fake_stream *s;

    (void)state;
    visit_begin(&v);
    snprintf(own, sizeof(own), "%s.client-id-1", v.visitor);
    open_events(&v, NULL);
    s = &v.h.streams[0];
    assert_string_equal(s->text.ptr, "retry: 3000\n\n");
    assert_string_equal(v.h.histories[0].conversation, v.visitor);
    assert_int_equal(v.h.histories[0].after_us, 0);
    text_buffer_clear(&s->text);
    history(&v, lines, 2);
    assert_string_equal(
        s->text.ptr,
        "id: 500000000\nevent: line\ndata: {\"id\":\"m1\",\"from\":\"visitor\",\"automatic\":false,"
        "\"name\":null,\"text\":\"Hola\\nadiós\",\"client_id\":\"client-id-1\",\"at\":500000}\n\n"
        "id: 501000000\nevent: line\ndata: {\"id\":\"d1\",\"from\":\"desk\",\"automatic\":true,"
        "\"name\":null,\"text\":\"Recibido\",\"client_id\":null,\"at\":501000}\n\n"
        "event: ready\ndata: {}\n\n");
    text_buffer_clear(&s->text);
    v.h.channel.ops->heard(&v.h.channel, "somebody else");
    assert_int_equal(v.h.history_count, 1);
    v.h.channel.ops->heard(&v.h.channel, v.visitor);
    v.h.channel.ops->heard(&v.h.channel, v.visitor); /* while it is being asked */
    assert_int_equal(v.h.history_count, 2);
    assert_int_equal(v.h.histories[1].after_us, 501 * 1000000LL - WEBCHAT_BACK_US);
    history(&v, lines, 3);
    assert_non_null(strstr(s->text.ptr, "id: 900000000\nevent: line\ndata: {\"id\":\"d2\""));
    assert_null(strstr(s->text.ptr, "\"m1\"")); /* what was told is not told again */
    assert_int_equal(v.h.history_count, 3);
    text_buffer_clear(&s->text);
    history(&v, lines + 2, 1);
    assert_int_equal(s->text.len, 0);
    end_stream(&v, 0);
    fake_host_close(&v.h);
}

static void test_who_comes_again_gets_what_was_missed(void **state)
{
    struct visit v;

    (void)state;
    visit_begin(&v);
    open_events(&v, "900000000000");
    assert_int_equal(v.h.histories[0].after_us, 900000000000LL - WEBCHAT_BACK_US);
    open_events(&v, "99999999999999999999");
    assert_int_equal(v.h.histories[1].after_us, 0);
    open_events(&v, "-5; DROP");
    assert_int_equal(v.h.histories[2].after_us, 0);
    assert_int_equal(v.h.history_count, 3);
    for (v.h.history_count = 1; v.h.history_count <= 3; v.h.history_count++) {
        end_stream(&v, v.h.history_count - 1);
        history(&v, NULL, 0);
    }
    fake_host_close(&v.h);
}

static void test_a_stored_message_is_told_to_the_visitors_other_windows(void **state)
{
    struct visit v;

    (void)state;
    visit_begin(&v);
    open_events(&v, NULL);
    history(&v, NULL, 0);
    v.h.hold = true;
    assert_int_equal(write_message(&v, "client-id-1", "Hola"), 200);
    assert_int_equal(v.h.history_count, 1);
    fake_host_stored(&v.h, 0, 0);
    assert_int_equal(v.h.history_count, 2);
    history(&v, NULL, 0);
    assert_int_equal(write_message(&v, "client-id-2", "Hola"), 200);
    fake_host_stored(&v.h, 1, -1);
    assert_int_equal(v.h.history_count, 2);
    end_stream(&v, 0);
    fake_host_close(&v.h);
}

static void test_a_stream_gives_signs_of_life_and_looks_though_no_word_came(void **state)
{
    struct visit v;
    int i;

    (void)state;
    visit_begin(&v);
    assert_int_equal(v.h.timer_count, 0);
    open_events(&v, NULL);
    history(&v, NULL, 0);
    assert_int_equal(v.h.timer_count, 1);
    assert_int_equal(v.h.timers[0].ms, WEBCHAT_TICK_MS);
    text_buffer_clear(&v.h.streams[0].text);
    fake_host_fire(&v.h);
    assert_string_equal(v.h.streams[0].text.ptr, ": here\n\n");
    assert_int_equal(v.h.history_count, 1);
    for (i = 1; i < WEBCHAT_LOOK_TICKS; i++)
        fake_host_fire(&v.h);
    assert_int_equal(v.h.history_count, 2);
    history(&v, NULL, 0);
    end_stream(&v, 0);
    fake_host_fire(&v.h);
    assert_int_equal(v.h.timer_count, 0); /* nobody reads, nothing moves */
    fake_host_close(&v.h);
}

static void test_without_history_a_stream_ends_so_that_it_comes_again(void **state)
{
    struct visit v;

    (void)state;
    visit_begin(&v);
    open_events(&v, NULL);
    v.h.histories[0].done(v.h.histories[0].arg, NULL, 0,
                          &(struct error){ ERROR_TRANSIENT, "no database" });
    assert_false(v.h.streams[0].open);
    fake_host_close(&v.h);
}

static void test_one_visitor_has_so_many_windows_and_no_more(void **state)
{
    struct visit v;
    size_t i;

    (void)state;
    visit_begin(&v);
    for (i = 0; i < WEBCHAT_STREAMS_EACH; i++) {
        open_events(&v, NULL);
        history(&v, NULL, 0);
    }
    assert_int_equal(call(&v, "GET", "/events", "", v.token, NULL), 429);
    end_stream(&v, 0);
    open_events(&v, NULL);
    history(&v, NULL, 0);
    for (i = 1; i <= WEBCHAT_STREAMS_EACH; i++)
        end_stream(&v, i);
    fake_host_close(&v.h);
}

static void test_a_channel_that_closes_leaves_its_streams_to_the_host(void **state)
{
    struct visit v;
    struct fake_stream *s = &v.h.streams[0];

    (void)state;
    visit_begin(&v);
    open_events(&v, NULL);
    open_events(&v, NULL);
    history(&v, NULL, 0); /* the second one's; the first still asks */
    v.h.channel.ops->close(&v.h.channel);
    s[0].closed(s[0].arg);
    v.h.histories[0].done(v.h.histories[0].arg, NULL, 0, &fine);
    s[1].closed(s[1].arg);
    assert_int_equal(v.h.timer_count, 0);
    fake_host_close(&v.h);
}

static void test_saying_something_needs_no_reader(void **state)
{
    struct outbound out = { .delivery_id = 1, .step_key = "1/reply/1", .to = "x", .text = "Hola" };
    struct fake_sent sent = { 0 };
    struct visit v;

    (void)state;
    visit_begin(&v);
    out.conversation = v.visitor;
    v.h.channel.ops->send(&v.h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(sent.count, 1);
    assert_int_equal(sent.outcome, SENT_OK);
    out.conversation = NULL;
    v.h.channel.ops->send(&v.h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(sent.count, 2);
    assert_int_equal(sent.outcome, SENT_REFUSED);
    fake_host_close(&v.h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_is_somebody_new_unless_its_token_still_holds),
        cmocka_unit_test(test_a_token_with_one_byte_changed_is_nobodys),
        cmocka_unit_test(test_sessions_of_the_former_secret_go_on),
        cmocka_unit_test(test_who_the_site_names_is_the_same_visitor_everywhere),
        cmocka_unit_test(test_it_does_not_open_without_a_secret_worth_its_name),
        cmocka_unit_test(test_a_message_is_the_visitors_by_the_pages_own_id),
        cmocka_unit_test(test_a_message_that_is_none_is_refused_with_what_is_wrong),
        cmocka_unit_test(test_who_writes_too_fast_waits_and_nobody_else),
        cmocka_unit_test(test_a_limit_is_of_each_and_comes_back_by_the_minute),
        cmocka_unit_test(test_only_named_sites_may_call_it),
        cmocka_unit_test(test_the_page_runs_nothing_but_its_own_script),
        cmocka_unit_test(test_a_stream_tells_what_was_said_and_then_what_is_new),
        cmocka_unit_test(test_who_comes_again_gets_what_was_missed),
        cmocka_unit_test(test_a_stored_message_is_told_to_the_visitors_other_windows),
        cmocka_unit_test(test_a_stream_gives_signs_of_life_and_looks_though_no_word_came),
        cmocka_unit_test(test_without_history_a_stream_ends_so_that_it_comes_again),
        cmocka_unit_test(test_one_visitor_has_so_many_windows_and_no_more),
        cmocka_unit_test(test_a_channel_that_closes_leaves_its_streams_to_the_host),
        cmocka_unit_test(test_saying_something_needs_no_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
