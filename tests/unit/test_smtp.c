#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/smtp_frame.h"
#include "channels/smtp_session.h"
#include "core/arena.h"
#include "core/conf.h"
#include "daemon/deliver.h"
#include "tests/support/fake_host.h"

#define YAML "host: mail.example.org\nfrom: support@example.org\n"
static const struct fake_secret secret[] = { { "password", "pass word" }, { NULL, NULL } };
static const struct fake_secret none[] = { { NULL, NULL } };

static struct outbound letter(void)
{
    return (struct outbound){ .delivery_id = 7,
                              .to = "ana@example.net",
                              .subject = "Your ticket",
                              .text = "Hello",
                              .automatic = true,
                              .reply_to = "support+token@example.org",
                              .message_id = "token.7@example.org",
                              .token = "d234567" };
}

static void begin(struct fake_host *h, const char *yaml, const struct fake_secret *secrets)
{
    struct error err;

    if (fake_host_open(h, "smtp", yaml, secrets, &err) < 0)
        fail_msg("%s", err.text);
    h->now = 1800000000;
}

/* Opens the channel, sends one letter and reads the question. */
static void ask(struct fake_host *h, const char *yaml, const struct fake_secret *secrets,
                const struct outbound *out, struct fake_sent *sent, struct smtp_question *q)
{
    begin(h, yaml, secrets);
    h->channel.ops->send(&h->channel, out, fake_sent_take, sent);
    assert_int_equal(h->ask_count, 1);
    assert_int_equal(
        smtp_question_read((struct span){ h->asks[0].frame.ptr, h->asks[0].frame.len }, q), 0);
}

/* Answers the oldest question: so many times the same. */
static void answer(struct fake_host *h, const struct smtp_answer *said, size_t times,
                   const struct error *err)
{
    struct fake_ask q = h->asks[0];
    struct text_buffer b = { 0 };

    memmove(h->asks, h->asks + 1, --h->ask_count * sizeof(q));
    while (times-- > 0)
        smtp_answer_add(&b, said);
    q.done(q.arg, (struct span){ b.ptr, b.len }, -1, err);
    text_buffer_clear(&b);
    text_buffer_clear(&q.frame);
}

static const struct error no_error = { ERROR_NONE, "" };
static const struct smtp_answer good = { .outcome = SENT_OK, .words = "250 queued", .well = true };

static void test_a_question_says_where_who_and_how(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();
    struct smtp_question q;

    (void)state;
    ask(&h, YAML "user: u\npassword: {file: /x}\nca_file: /etc/passwd\nstep_time: 7s\n", secret,
        &out, &sent, &q);
    assert_string_equal(q.host, "mail.example.org");
    assert_string_equal(q.port, "587");
    assert_string_equal(q.tls, "starttls");
    assert_string_equal(q.ca_file, "/etc/passwd");
    assert_string_equal(q.user, "u");
    assert_string_equal(q.password, "pass word");
    assert_string_equal(q.helo, "example.org");
    assert_int_equal(q.count, 1);
    assert_string_equal(q.mails[0].from, "");
    assert_string_equal(q.mails[0].to, "ana@example.net");
    assert_string_equal(q.mails[0].envelope_id, "d234567");
    assert_string_equal(q.reports, "failure");
    assert_int_equal(q.timeout_ms, 7000);
    answer(&h, &good, 1, &no_error);
    assert_int_equal(sent.count, 1);
    fake_host_close(&h);
}

static void test_ports_follow_the_way_of_encryption(void **state)
{
    static const struct {
        const char *yaml, *port;
    } cases[] = {
        { YAML, "587" },
        { YAML "tls: implicit\n", "465" },
        { YAML "tls: none\n", "25" },
        { YAML "tls: none\nport: 2525\n", "2525" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        ask(&h, cases[i].yaml, none, &out, &sent, &q);
        assert_string_equal(q.port, cases[i].port);
        assert_string_equal(q.user, "");
        answer(&h, &good, 1, &no_error);
        fake_host_close(&h);
    }
}

/* B-09 */
static void test_bounces_go_where_the_operator_says(void **state)
{
    static const struct {
        const char *yaml, *from;
        bool automatic;
    } cases[] = {
        { YAML, "", true },
        { YAML, "support@example.org", false },
        { YAML "return_path: reply\n", "support+token@example.org", true },
        { YAML "return_path: reply\n", "support@example.org", false },
        { YAML "return_path: from\n", "support@example.org", true },
        { YAML "return_path: verp\n", "support+d234567@example.org", true },
        { YAML "return_path: verp\n", "support+d234567@example.org", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        out.automatic = cases[i].automatic;
        ask(&h, cases[i].yaml, none, &out, &sent, &q);
        assert_string_equal(q.mails[0].from, cases[i].from);
        answer(&h, &good, 1, &no_error);
        fake_host_close(&h);
    }
}

static void test_what_the_server_says_is_what_came_of_it(void **state)
{
    static const struct {
        struct smtp_answer said;
        enum channel_health health;
    } cases[] = {
        { { SENT_OK, "250 2.0.0 queued", true, false }, CHANNEL_OK },
        { { SENT_RETRY, "450 4.2.0 greylisted", true, false }, CHANNEL_OK },
        { { SENT_RETRY, "Connection refused", false, false }, CHANNEL_TROUBLE },
        { { SENT_REFUSED, "550 5.1.1 no such user", true, false }, CHANNEL_OK },
        { { SENT_CONFIG, "535 5.7.8 wrong password", false, true }, CHANNEL_TROUBLE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        ask(&h, YAML, none, &out, &sent, &q);
        answer(&h, &cases[i].said, 1, &no_error);
        assert_int_equal(sent.count, 1);
        assert_int_equal(sent.outcome, cases[i].said.outcome);
        assert_string_equal(sent.words, cases[i].said.words);
        assert_int_equal(h.health, cases[i].health);
        fake_host_close(&h);
    }
}

static void test_a_relay_that_refuses_us_for_some_letters_is_not_well(void **state)
{
    static const struct smtp_answer refused = { SENT_CONFIG, "550 5.7.1 no such sender", false,
                                                false };
    struct text_buffer said = { 0 };
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();
    int i;

    (void)state;
    begin(&h, YAML, none);
    for (i = 0; i < 4; i++)
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    answer(&h, &good, 1, &no_error);
    smtp_answer_add(&said, &refused);
    smtp_answer_add(&said, &good);
    h.asks[1].done(h.asks[1].arg, (struct span){ said.ptr, said.len }, -1, &no_error);
    text_buffer_clear(&said);
    text_buffer_clear(&h.asks[1].frame);
    h.ask_count--;
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_string_equal(h.health_words, refused.words);
    answer(&h, &good, 1, &no_error);
    assert_int_equal(h.health, CHANNEL_OK);
    assert_int_equal(sent.count, 4);
    fake_host_close(&h);
}

/* F04: it may have been sent; the same again does no harm. */
static void test_a_process_that_died_means_the_same_again(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();
    struct smtp_question q;

    (void)state;
    ask(&h, YAML, none, &out, &sent, &q);
    answer(&h, NULL, 0, &(struct error){ ERROR_TRANSIENT, "killed: over its time" });
    assert_int_equal(sent.outcome, SENT_RETRY);
    assert_string_equal(sent.words, "killed: over its time");
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    fake_host_close(&h);
}

/* F36: those it had told of are known, whatever happened after; of the rest nothing is. */
static void test_of_a_session_that_broke_only_what_was_told_is_known(void **state)
{
    struct fake_host h;
    struct fake_sent sent[5] = { { 0 } };
    struct outbound out = letter();
    size_t i;

    (void)state;
    begin(&h, YAML, none);
    for (i = 0; i < 5; i++)
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[i]);
    assert_int_equal(h.ask_count, 2); /* one letter each; the others wait and go together */
    answer(&h, &good, 1, &no_error);
    answer(&h, &good, 1, &no_error);
    assert_int_equal(h.ask_count, 1);
    answer(&h, &good, 1, &(struct error){ ERROR_TRANSIENT, "it died" });
    for (i = 0; i < 5; i++) {
        assert_int_equal(sent[i].count, 1);
        assert_int_equal(sent[i].outcome, i < 3 ? SENT_OK : SENT_RETRY);
        assert_string_equal(sent[i].words, i < 3 ? "250 queued" : "it died");
    }
    fake_host_close(&h);
}

static void read_question(const struct fake_host *h, size_t which, struct smtp_question *q)
{
    const struct text_buffer *frame = &h->asks[which].frame;

    assert_int_equal(smtp_question_read((struct span){ frame->ptr, frame->len }, q), 0);
}

/* F38: a relay that hangs costs each session its time; who waits behind would outlive its claim. */
static void test_a_session_that_broke_sends_the_line_home_and_then_letters_go_one_by_one(void **s)
{
    struct fake_host h;
    struct fake_sent sent[12] = { { 0 } };
    struct outbound out = letter();
    struct smtp_question q;
    size_t i;

    (void)s;
    begin(&h, YAML, none);
    for (i = 0; i < 9; i++)
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[i]);
    answer(&h, NULL, 0, &(struct error){ ERROR_TRANSIENT, "it died" });
    for (i = 0; i < 9; i++) {
        assert_int_equal(sent[i].count, i == 1 ? 0 : 1); /* the other session is under way */
        assert_string_equal(sent[i].words, i == 1 ? "" : "it died");
        assert_int_equal(sent[i].outcome, i == 1 ? SENT_OK : SENT_RETRY);
    }
    for (i = 9; i < 12; i++)
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[i]);
    answer(&h, NULL, 0, &(struct error){ ERROR_TRANSIENT, "it died" });
    assert_int_equal(sent[1].count, 1);
    assert_int_equal(h.ask_count, 1);
    read_question(&h, 0, &q);
    assert_int_equal(q.count, 1);
    answer(&h, &good, 1, &no_error);
    for (i = 0; i < 12; i++)
        assert_int_equal(sent[i].count, 1);
    fake_host_close(&h);
}

/* At its pace a full session would be killed, with mails that it has taken already. */
static void test_a_slow_relay_gets_no_more_at_once_than_it_takes_in_time(void **state)
{
    static const struct {
        int64_t took;
        size_t next;
    } cases[] = { { 0, 20 }, { 1, 20 }, { 7, 8 }, { 59, 1 }, { 119, 1 } };
    size_t i, k;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        begin(&h, YAML "session_time: 2m\n", none);
        for (k = 0; k < 30; k++)
            h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        h.now += cases[i].took;
        answer(&h, &good, 1, &no_error);
        read_question(&h, 1, &q);
        assert_int_equal(q.count, cases[i].next);
        while (h.ask_count > 0)
            answer(&h, &good, SMTP_MAILS_MAX, &no_error);
        assert_int_equal(sent.count, 30);
        fake_host_close(&h);
    }
}

/* When its session's time ends it must still be ours alone. */
static void test_a_letter_leaves_before_another_node_may_send_it_or_not_at_all(void **state)
{
    struct fake_host h;
    struct fake_sent sent[6] = { { 0 } };
    struct outbound out = letter();
    size_t i;

    (void)state;
    begin(&h, YAML "session_time: 2m\n", none);
    for (i = 0; i < 6; i++) {
        out.leave_by = h.now + 540 + (int64_t)i / 4; /* of four the second later is too late */
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[i]);
    }
    assert_int_equal(h.asks[0].line_ms, 420 * 1000);
    assert_int_equal(h.asks[0].deadline_ms, 120 * 1000);
    h.now += 420;
    answer(&h, &good, 1, &no_error);
    assert_int_equal(h.ask_count, 2);
    assert_int_equal(h.asks[1].line_ms, 1000);
    for (i = 2; i < 4; i++) {
        assert_int_equal(sent[i].outcome, SENT_RETRY);
        assert_string_equal(sent[i].words, "it waited too long for a session");
    }
    while (h.ask_count > 0)
        answer(&h, &good, 1, &no_error);
    for (i = 0; i < 6; i++)
        assert_int_equal(sent[i].count, 1);
    fake_host_close(&h);
}

static void test_no_session_may_be_so_long_that_no_letter_could_begin_it(void **state)
{
    const struct conf_key *key = channel_kind("smtp")->keys;

    (void)state;
    while (strcmp(key->name, "session_time") != 0)
        key++;
    assert_in_range(key->max, 120, DELIVER_LEAVE_S * 2 / 3);
    assert_true(DELIVER_LEAVE_S < DELIVER_CLAIM_S);
}

static void test_an_answer_that_is_none_means_the_same_again(void **state)
{
    static const struct span said[] = {
        { "", 0 },
        { "0", 1 },
        { "0\0", 2 },
        { "0\0"
          "1\0",
          4 },
        { "7\0"
          "1\0words\0",
          10 },
        { "-1\0"
          "1\0words\0",
          11 },
        { "0\0"
          "1\0words",
          9 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        ask(&h, YAML, none, &out, &sent, &q);
        h.asks[0].done(h.asks[0].arg, said[i], -1, &no_error);
        assert_int_equal(sent.count, 1);
        assert_int_equal(sent.outcome, SENT_RETRY);
        fake_host_close(&h);
    }
}

/* S-20 */
static void test_a_recipient_that_is_no_address_is_refused_and_nobody_is_asked(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();

    (void)state;
    out.to = "ana@example.net>\r\nRCPT TO:<other@example.net";
    begin(&h, YAML, none);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(h.ask_count, 0);
    assert_int_equal(sent.outcome, SENT_REFUSED);
    fake_host_close(&h);
}

static void test_in_no_period_more_letters_leave_than_the_rate_says(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();
    int i;

    (void)state;
    begin(&h, YAML "rate: 3 per minute\n", none);
    assert_int_equal(h.channel.ops->room(&h.channel), 3);
    for (i = 0; i < 3; i++) {
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        assert_int_equal(h.channel.ops->room(&h.channel), 2 - i);
        h.now += 20;
    }
    assert_int_equal(h.channel.ops->room(&h.channel), 0); /* 60 seconds, and the clock is coarse */
    h.now += 1;
    assert_int_equal(h.channel.ops->room(&h.channel), 1);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    assert_int_equal(h.channel.ops->room(&h.channel), 0);
    h.now += 60;
    assert_int_equal(h.channel.ops->room(&h.channel), 2);
    h.now += 1;
    assert_int_equal(h.channel.ops->room(&h.channel), 3);
    while (h.ask_count > 0)
        answer(&h, &good, 9, &no_error);
    fake_host_close(&h);
}

/* --- logins by access token
 * ------------------------------------------------------------------------------ */

#define OAUTH                                                                                      \
    YAML "user: support@example.org\nauth: xoauth2\nrefresh_token: {file: /r}\n"                   \
         "token_url: http://127.0.0.1/token\nclient_id: relevo\n"
static const struct fake_secret granted[] = { { "refresh_token", "granted" }, { NULL, NULL } };
static const struct smtp_answer locked = { .outcome = SENT_CONFIG,
                                           .words = "535 5.7.3 no",
                                           .locked = true };

/* Opens and starts it; its first question for a token is under way. */
static void begin_oauth(struct fake_host *h)
{
    begin(h, OAUTH, granted);
    h->channel.ops->start(&h->channel);
    assert_int_equal(h->call_count, 1);
}

static void expect_token(const struct fake_host *h, const char *token)
{
    struct smtp_question q;

    assert_int_equal(h->ask_count, 1);
    assert_int_equal(
        smtp_question_read((struct span){ h->asks[0].frame.ptr, h->asks[0].frame.len }, &q), 0);
    assert_string_equal(q.auth, "xoauth2");
    assert_string_equal(q.user, "support@example.org");
    assert_string_equal(q.password, token);
}

static void test_letters_wait_for_the_access_token_and_leave_with_it(void **state)
{
    struct fake_host h;
    struct fake_sent sent[2] = { { 0 } };
    struct outbound out = letter();

    (void)state;
    begin_oauth(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[0]);
    assert_int_equal(h.ask_count, 0);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"first\",\"expires_in\":3600}");
    expect_token(&h, "first");
    answer(&h, &good, 1, &no_error);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[1]);
    expect_token(&h, "first");
    answer(&h, &good, 1, &no_error);
    assert_int_equal(sent[0].count + sent[1].count, 2);
    assert_int_equal(h.call_count, 0);
    fake_host_close(&h);
}

static void test_a_refused_token_is_renewed_once_and_then_is_an_error(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();

    (void)state;
    begin_oauth(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"first\",\"expires_in\":3600}");
    h.now += 600;
    answer(&h, &locked, 1, &no_error);
    assert_int_equal(sent.count, 0);
    assert_int_equal(h.ask_count, 0);
    fake_host_fire(&h);
    assert_int_equal(h.call_count, 1);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"second\",\"expires_in\":3600}");
    expect_token(&h, "second");
    h.now += 600;
    answer(&h, &locked, 1, &no_error);
    assert_int_equal(sent.count, 1);
    assert_int_equal(sent.outcome, SENT_CONFIG);
    assert_string_equal(sent.words, "535 5.7.3 no");
    assert_string_equal(h.health_words, "535 5.7.3 no");
    fake_host_close(&h);
}

static void test_a_token_that_came_just_now_and_is_refused_is_an_error_at_once(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();

    (void)state;
    begin_oauth(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"first\",\"expires_in\":3600}");
    answer(&h, &locked, 1, &no_error);
    assert_int_equal(sent.outcome, SENT_CONFIG);
    assert_int_equal(sent.count, 1);
    fake_host_close(&h);
}

/* A letter that waited longer than its claim lasts would be another node's as well. */
static void test_letters_do_not_wait_for_a_token_that_does_not_come(void **state)
{
    struct fake_host h;
    struct fake_sent sent[3] = { { 0 } };
    struct outbound out = letter();

    (void)state;
    begin_oauth(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[0]);
    fake_host_answer(&h, 400, NULL, "{\"error\":\"invalid_grant\"}");
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[1]);
    assert_int_equal(h.ask_count, 0);
    assert_int_equal(sent[0].outcome, SENT_CONFIG);
    assert_string_equal(sent[0].words, "no access token: 400 invalid_grant ");
    assert_string_equal(sent[1].words, sent[0].words);
    fake_host_fire(&h);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"first\",\"expires_in\":3600}");
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent[2]);
    expect_token(&h, "first");
    answer(&h, &good, 1, &no_error);
    fake_host_close(&h);
}

static void test_letters_in_line_come_back_when_their_sender_stops(void **state)
{
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();

    (void)state;
    begin_oauth(&h);
    h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
    h.channel.ops->stop(&h.channel);
    assert_int_equal(sent.outcome, SENT_RETRY);
    assert_int_equal(sent.count, 1);
    fake_host_answer(&h, 200, NULL, "{\"access_token\":\"late\"}");
    fake_host_close(&h);
}

/* The bytes of a letter with that text and file, as a worker gets it. */
static size_t bytes_of(const char *text, struct span bytes)
{
    const struct outbound_file file = { "plano.bin", "application/octet-stream", bytes };
    struct fake_host h;
    struct fake_sent sent = { 0 };
    struct outbound out = letter();
    struct smtp_question q;
    size_t len;

    out.text = text;
    out.files = &file;
    out.file_count = 1;
    ask(&h, YAML, none, &out, &sent, &q);
    len = q.mails[0].len;
    answer(&h, &good, 1, &no_error);
    fake_host_close(&h);
    return len;
}

/* F33 */
static void test_letters_of_a_session_are_together_within_its_bound(void **state)
{
    enum { FILE_LEN = SMTP_BYTES_MAX / 2 / 78 * 57 - 100 * 57, LINE = 900 };
    static char text[2 * SMTP_BYTES_MAX / 256];
    struct span bytes = { xcalloc(1, FILE_LEN), FILE_LEN };
    const struct outbound_file file = { "plano.bin", "application/octet-stream", bytes };
    size_t missing, i, over;

    (void)state;
    missing = SMTP_BYTES_MAX - 2 * bytes_of("x", bytes);
    memset(text, 'x', missing + 2);
    for (i = LINE; i < missing; i += LINE) { /* an end of a line has two bytes in a mail */
        text[i] = '\n';
        missing--;
    }
    for (over = 0; over < 2;
         over++) { /* the second letter's text fills what is left, or has one more */
        struct fake_host h;
        struct fake_sent sent = { 0 };
        struct outbound out = letter();
        struct smtp_question q;

        begin(&h, YAML, none);
        for (i = 0; i < 2; i++) /* both sessions are under way */
            h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        out.files = &file;
        out.file_count = 1;
        out.text = "x";
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        text[1 + missing + over] = '\0';
        out.text = text;
        h.channel.ops->send(&h.channel, &out, fake_sent_take, &sent);
        text[1 + missing + over] = 'x';
        assert_int_equal(h.ask_count, 2);
        answer(&h, &good, 1, &no_error);
        assert_int_equal(h.ask_count, 2);
        assert_int_equal(
            smtp_question_read((struct span){ h.asks[1].frame.ptr, h.asks[1].frame.len }, &q), 0);
        assert_int_equal(q.count, over == 0 ? 2 : 1);
        if (over == 0)
            assert_int_equal(q.mails[0].len + q.mails[1].len, SMTP_BYTES_MAX);
        while (h.ask_count > 0)
            answer(&h, &good, 2, &no_error);
        assert_int_equal(sent.count, 4);
        fake_host_close(&h);
    }
    free((void *)bytes.ptr);
}

static void test_what_cannot_work_does_not_open(void **state)
{
    static const struct {
        const char *yaml;
        const struct fake_secret *secrets;
        const char *words;
    } cases[] = {
        { "host: mail.example.org\nfrom: support\n", none, "from: expected" },
        { "host: 'a b'\nfrom: a@b.c\n", none, "host: expected" },
        { "host: '::1'\nfrom: a@b.c\n", none, "host: expected" },
        { "host: 'x:1'\nfrom: a@b.c\n", none, "host: expected" },
        { YAML "user: u\n", none, "user and password belong together" },
        { YAML "password: {file: /x}\n", secret, "user and password belong together" },
        { YAML "helo: 'x y'\n", none, "helo: expected" },
        { YAML "rate: 30\n", none, "rate: expected" },
        { YAML "rate: 0 per hour\n", none, "rate: expected" },
        { YAML "rate: 30 per minute or so\n", none, "rate: expected" },
        { "host: a.b\nfrom: twenty-four-letters-long@b.c\nreturn_path: verp\n", none,
          "at most 23" },
        { YAML "auth: xoauth2\n", none, "needs a user" },
        { YAML "auth: xoauth2\nuser: u\npassword: {file: /x}\n", secret, "no password" },
        { YAML "auth: xoauth2\nuser: u\n", none, "needs token_url" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_host h;
        struct error err = { ERROR_NONE, "" };

        assert_int_equal(fake_host_open(&h, "smtp", cases[i].yaml, cases[i].secrets, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        if (strstr(err.text, cases[i].words) == NULL)
            fail_msg("%s", err.text);
        fake_host_close(&h);
    }
}

static void test_codes_say_who_must_do_something(void **state)
{
    static const struct {
        int code;
        enum sent_outcome outcome, to_sender;
    } cases[] = {
        { 250, SENT_OK, SENT_OK },          { 421, SENT_RETRY, SENT_RETRY },
        { 450, SENT_RETRY, SENT_RETRY },    { 452, SENT_RETRY, SENT_RETRY },
        { 550, SENT_REFUSED, SENT_CONFIG }, { 552, SENT_REFUSED, SENT_REFUSED },
        { 553, SENT_REFUSED, SENT_CONFIG }, { 554, SENT_REFUSED, SENT_CONFIG },
        { 530, SENT_CONFIG, SENT_CONFIG },  { 535, SENT_CONFIG, SENT_CONFIG },
        { 354, SENT_RETRY, SENT_RETRY },    { 0, SENT_RETRY, SENT_RETRY },
        { 700, SENT_RETRY, SENT_RETRY },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct smtp_answer said = { 0 };

        smtp_session_judge(false, cases[i].code, "words", &said);
        assert_int_equal(said.outcome, cases[i].outcome);
        assert_int_equal(said.well, cases[i].outcome != SENT_CONFIG);
        smtp_session_judge(true, cases[i].code, "words", &said);
        assert_int_equal(said.outcome, cases[i].to_sender);
        assert_int_equal(said.well, cases[i].to_sender != SENT_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_question_says_where_who_and_how),
        cmocka_unit_test(test_ports_follow_the_way_of_encryption),
        cmocka_unit_test(test_bounces_go_where_the_operator_says),
        cmocka_unit_test(test_what_the_server_says_is_what_came_of_it),
        cmocka_unit_test(test_a_relay_that_refuses_us_for_some_letters_is_not_well),
        cmocka_unit_test(test_a_process_that_died_means_the_same_again),
        cmocka_unit_test(test_of_a_session_that_broke_only_what_was_told_is_known),
        cmocka_unit_test(
            test_a_session_that_broke_sends_the_line_home_and_then_letters_go_one_by_one),
        cmocka_unit_test(test_a_letter_leaves_before_another_node_may_send_it_or_not_at_all),
        cmocka_unit_test(test_a_slow_relay_gets_no_more_at_once_than_it_takes_in_time),
        cmocka_unit_test(test_no_session_may_be_so_long_that_no_letter_could_begin_it),
        cmocka_unit_test(test_an_answer_that_is_none_means_the_same_again),
        cmocka_unit_test(test_a_recipient_that_is_no_address_is_refused_and_nobody_is_asked),
        cmocka_unit_test(test_in_no_period_more_letters_leave_than_the_rate_says),
        cmocka_unit_test(test_letters_wait_for_the_access_token_and_leave_with_it),
        cmocka_unit_test(test_a_refused_token_is_renewed_once_and_then_is_an_error),
        cmocka_unit_test(test_a_token_that_came_just_now_and_is_refused_is_an_error_at_once),
        cmocka_unit_test(test_letters_do_not_wait_for_a_token_that_does_not_come),
        cmocka_unit_test(test_letters_in_line_come_back_when_their_sender_stops),
        cmocka_unit_test(test_letters_of_a_session_are_together_within_its_bound),
        cmocka_unit_test(test_what_cannot_work_does_not_open),
        cmocka_unit_test(test_codes_say_who_must_do_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
