/* Mail by LMTP: the talk with a mail server, and the way of its mails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/lmtp_session.h"
#include "core/arena.h"
#include "tests/support/fake_host.h"

#define YAML                                                                                       \
    "path: /run/relevo/lmtp\nrecipients: [support@example.org, '@shop.example']\n"                 \
    "connections: 3\nsize_max: 64KiB\ncommand_time: 300s\ndata_time: 600s\nanswer_time: 60s\n"
#define HELLO "LHLO mx.example.org\r\n"
#define TO_US "MAIL FROM:<ana@client.example>\r\nRCPT TO:<support@example.org>\r\nDATA\r\n"
#define MAIL  "From: ana@client.example\r\nMessage-ID: <1@client.example>\r\n\r\nHola\r\n"

static struct fake_host h;

static struct fake_client *start(const char *yaml)
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct error err;

    assert_int_equal(fake_host_open(&h, "lmtp", yaml, none, &err), 0);
    h.hold = true;
    h.channel.ops->start(&h.channel);
    return fake_host_connect(&h);
}

static void end(void)
{
    h.channel.ops->stop(&h.channel);
    while (h.parse_count > 0)
        fake_host_parse(&h);
    fake_host_close(&h);
    assert_int_equal(h.timer_count, 0);
}

static void say(struct fake_client *c, const char *words)
{
    fake_host_say(&h, c, span_of(words));
}

/* What was answered since it was last asked for. */
static const char *answer(struct fake_client *c)
{
    static char text[8192];

    snprintf(text, sizeof(text), "%s", c->out.len == 0 ? "" : c->out.ptr);
    c->out.len = 0;
    return text;
}

/* Its lines by their codes alone: "250 550 354". */
static const char *codes(struct fake_client *c)
{
    static char text[2048];
    char *to = text;
    const char *line = answer(c);

    for (; *line != '\0'; line = strchr(line, '\n') + 1)
        if (line[3] == ' ')
            to += snprintf(to, sizeof(text) - (size_t)(to - text), "%s%.3s", to == text ? "" : " ",
                           line);
    *to = '\0';
    return text;
}

/* --- the way of a mail
 * ------------------------------------------------------------------------------------ */

static void test_a_mail_is_answered_when_it_is_committed_and_not_before(void **state) /* F01 */
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\n");
    assert_string_equal(codes(c), "220 250 250 250 354");
    fake_host_parse(&h);
    assert_int_equal(h.delivered_count, 1);
    assert_string_equal(answer(c), "");
    fake_host_stored(&h, 0, 0);
    assert_string_equal(codes(c), "250");
    assert_string_equal(h.delivered[0]->text, "Hola\n");
    assert_null(h.delivered[0]->locator);
    end();
}

static void test_what_could_not_be_stored_stays_with_the_mail_server(void **state) /* T-09 */
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\n");
    fake_host_parse(&h);
    codes(c);
    fake_host_stored(&h, 0, -1);
    assert_string_equal(codes(c), "451");
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    say(c, TO_US MAIL ".\r\n"); /* it tries again, and that is the same message */
    fake_host_parse(&h);
    assert_string_equal(h.delivered[0]->external_id, h.delivered[1]->external_id);
    fake_host_stored(&h, 1, 0);
    assert_string_equal(codes(c), "250 250 354 250");
    assert_int_equal(h.health, CHANNEL_OK);
    end();
}

static void test_each_recipient_that_was_taken_has_an_answer_of_its_own(void **state)
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO "MAIL FROM:<a@b.example>\r\nRCPT TO:<Support@Example.ORG>\r\n"
                 "RCPT TO:<nobody@example.org>\r\nRCPT TO:<any@shop.example>\r\n"
                 "RCPT TO:<support+tag@example.org>\r\nRCPT TO:<postmaster>\r\n"
                 "RCPT TO:<support@example.org.evil.example>\r\nDATA\r\n" MAIL ".\r\n");
    assert_string_equal(codes(c), "220 250 250 250 550 250 250 250 550 354");
    fake_host_parse(&h);
    fake_host_stored(&h, 0, 0);
    assert_string_equal(codes(c), "250 250 250 250");
    assert_int_equal(h.delivered_count, 1);
    say(c, "MAIL FROM:<a@b.example>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n");
    assert_string_equal(codes(c), "250 550 503");
    end();
}

static void test_a_mail_begins_with_who_sent_it_and_where_it_came_to(void **state)
{
    static const struct {
        const char *envelope, *trace;
    } rows[] = {
        { "MAIL FROM:<ana@client.example>\r\nRCPT TO:<support+t1@example.org>\r\n",
          "Return-Path: <ana@client.example>\r\nDelivered-To: support+t1@example.org\r\n" },
        { "MAIL FROM:<>\r\nRCPT TO:<support@example.org>\r\n",
          "Return-Path: <>\r\nDelivered-To: support@example.org\r\n" },
        { "MAIL FROM:<postmaster>\r\nRCPT TO:<postmaster>\r\n", "" }, /* nobody knows */
        { "mail from: <@relay.example,@two.example:ana@client.example> BODY=8BITMIME SMTPUTF8 "
          "SIZE=10\r\nrcpt to: <support@example.org>\r\n",
          "Return-Path: <ana@client.example>\r\nDelivered-To: support@example.org\r\n" },
        { "MAIL FROM:<\"a>b\"@client.example>\r\nRCPT TO:<support@example.org>\r\n",
          "Return-Path: <\"a>b\"@client.example>\r\nDelivered-To: support@example.org\r\n" },
    };
    struct fake_client *c = start(YAML);
    size_t i, n;

    (void)state;
    say(c, HELLO);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        say(c, rows[i].envelope);
        say(c, "DATA\r\n" MAIL ".\r\n");
        fake_host_parse(&h);
        fake_host_stored(&h, i, 0);
        n = strlen(rows[i].trace);
        assert_int_equal(h.delivered[i]->raw.len, n + strlen(MAIL));
        assert_memory_equal(h.delivered[i]->raw.ptr, rows[i].trace, n);
        assert_memory_equal(h.delivered[i]->raw.ptr + n, MAIL, strlen(MAIL));
        assert_int_equal(h.delivered[i]->automatic, i == 1); /* S-14: it came from nobody */
    }
    end();
}

static void test_a_client_that_goes_away_takes_no_mail_with_it(void **state) /* F45 */
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\n");
    fake_host_hang_up(&h, c);
    fake_host_parse(&h);
    assert_int_equal(h.delivered_count, 1);
    fake_host_stored(&h, 0, 0); /* nobody is told */
    c = fake_host_connect(&h);
    say(c, HELLO TO_US "From: half");
    fake_host_hang_up(&h, c);
    assert_int_equal(h.parse_count, 0);
    end();
}

static void test_what_is_no_mail_is_the_same_each_time_it_comes(void **state)
{
    struct fake_client *c = start(YAML);
    int i;

    (void)state;
    say(c, HELLO);
    for (i = 0; i < 2; i++) {
        struct inbound *in = inbound_new();
        struct fake_parse q;

        say(c, TO_US "\x80\r\n.\r\n");
        q = h.parses[--h.parse_count];
        in->kind = INBOUND_BROKEN;
        in->raw = span_of("\x80\x81");
        close(q.memfd);
        q.done(q.arg, in);
        fake_host_stored(&h, (size_t)i, 0);
    }
    assert_string_equal(h.delivered[0]->external_id, h.delivered[1]->external_id);
    assert_int_equal(strlen(h.delivered[0]->external_id), strlen("sha256:") + 64);
    end();
}

static void test_an_original_that_is_lost_on_the_way_is_asked_for_again(void **state)
{
    struct fake_client *c = start(YAML);
    struct fake_parse q;
    struct inbound *in = inbound_new();

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\n");
    codes(c);
    q = h.parses[--h.parse_count];
    close(q.memfd);
    q.done(q.arg, in);
    assert_string_equal(codes(c), "451");
    assert_int_equal(h.delivered_count, 0);
    end();
}

/* --- bytes
 * ------------------------------------------------------------------------------------------------
 */

#define HEAD "Subject: a\r\n\r\n"
/* Behind HEAD; what it makes of the mail, and what is answered behind it. */
static const struct data_row {
    const char *data, *mail, *after;
} data_rows[] = {
    { "a\r\n.\r\nNOOP\r\n", "a\r\n", "250 250" },
    { ".\r\nNOOP\r\n", "", "250 250" },
    { "..\r\n...\r\n.a\r\n.\r\n", ".\r\n..\r\na\r\n", "250" },
    { "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", "250" },
    { "a\n.\r\nNOOP\r\n.\r\n", "a\n.\r\nNOOP\r\n", "250" },
    { "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", "250" },
    { "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", "250" },
    { "a\r\n.\nNOOP\r\n.\r\n", "a\r\n\nNOOP\r\n", "250" },
    { "a\r\n.\rNOOP\r\n.\r\n", "a\r\n\rNOOP\r\n", "250" },
    { "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", "250" },
    { "a\r\r\n.\r\nNOOP\r\n", "a\r\r\n", "250 250" },
    { "a\r\n.\r\n.\r\n", "a\r\n", "250 500" }, /* that one is a command */
};

static void check_data(const struct data_row *row, size_t step)
{
    struct fake_client *c = start(YAML);
    size_t i, len = strlen(row->data);
    struct span raw;

    say(c, HELLO "MAIL FROM:<postmaster>\r\nRCPT TO:<postmaster>\r\nDATA\r\n" HEAD);
    codes(c);
    for (i = 0; i < len; i += step)
        fake_host_say(&h, c, (struct span){ row->data + i, len - i < step ? len - i : step });
    assert_int_equal(h.parse_count, 1);
    fake_host_parse(&h);
    raw = h.delivered[0]->raw;
    if (raw.len != strlen(HEAD) + strlen(row->mail) ||
        memcmp(raw.ptr + strlen(HEAD), row->mail, strlen(row->mail)) != 0)
        fail_msg("'%s' became '%.*s'", row->data, (int)raw.len, raw.ptr);
    fake_host_stored(&h, 0, 0);
    say(c, "");
    assert_string_equal(codes(c), row->after);
    assert_int_equal(h.delivered_count, 1);
    end();
}

static void test_a_mail_without_a_byte_is_refused_for_ever(void **state)
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US ".\r\n");
    assert_string_equal(codes(c), "220 250 250 250 354 554");
    assert_int_equal(h.parse_count, 0);
    end();
}

static void test_a_mail_was_received_when_its_server_stamped_it(void **state)
{
    static const struct {
        const char *head;
        int64_t ago;
    } rows[] = {
        { "Received: by mx.example.org; Thu, 15 Jan 2026 08:00:00 +0000\r\n", 7200 },
        { "Received: by mx.example.org; Thu, 15 Jan 2026 12:00:00 +0000\r\n", 0 },
        { "Date: Thu, 15 Jan 1970 08:00:00 +0000\r\n", 0 },
        { "Subject: none\r\n", 0 },
    };
    struct fake_client *c = start(YAML);
    size_t i;

    (void)state;
    say(c, HELLO);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        say(c, TO_US);
        say(c, rows[i].head);
        say(c, MAIL ".\r\n");
        fake_host_parse(&h);
        assert_int_equal(h.delivered[i]->received_at, h.now - rows[i].ago);
        fake_host_stored(&h, i, 0);
    }
    end();
}

/* S-21: whatever a server before us took for the end of a mail, one mail is one. */
static void test_only_a_dot_between_whole_line_ends_ends_a_mail(void **state)
{
    size_t i, step;

    (void)state;
    for (i = 0; i < sizeof(data_rows) / sizeof(data_rows[0]); i++)
        for (step = 1; step < 8; step++)
            check_data(&data_rows[i], step);
}

static void test_a_command_that_does_not_end_as_it_must_ends_the_talk(void **state) /* S-21 */
{
    static const char *const lines[] = { "NOOP\n", "\n", "MAIL FROM:<a@b>\nRCPT TO:<c@d>\r\n",
                                         "NOOP\rQUIT\r\n", "NOOP \x01\r\n" };
    struct fake_client *c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        c = start(YAML);
        say(c, HELLO);
        say(c, lines[i]);
        assert_string_equal(codes(c), "220 250 500");
        assert_false(c->open);
        end();
    }
}

static void test_a_line_without_end_ends_the_talk(void **state) /* F33 */
{
    struct fake_client *c = start(YAML);
    char line[LMTP_LINE_MAX + 1];

    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    codes(c);
    say(c, line);
    assert_string_equal(codes(c), "500");
    assert_false(c->open);
    end();
}

static void test_commands_out_of_turn_and_unreadable_ones_are_refused(void **state)
{
    static const struct {
        const char *said, *codes;
    } rows[] = {
        { "MAIL FROM:<a@b>\r\n", "503" },
        { "EHLO x\r\n", "500" }, /* RFC 2033 4.1 */
        { "HELO x\r\n", "500" },
        { "LHLO\r\n", "501" },
        { "LHLOx y\r\n", "500" },
        { HELLO "RCPT TO:<support@example.org>\r\n", "250 503" },
        { HELLO "DATA\r\n", "250 503" },
        { HELLO "MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<a@b>\r\n",
          "250 250 503 250 250" },
        { HELLO "MAIL FROM:a@b\r\nMAIL FROM:<a@b\r\nMAIL FROM:<a@b>x\r\nMAIL FROM:<a\x80@b>\r\n",
          "250 501 501 501 501" },
        { HELLO "MAIL FROM:<a@b> RET=HDRS\r\nMAIL FROM:<a@b> SIZE=1x\r\nMAIL FROM:<a@b> SIZE=\r\n",
          "250 555 501 250" },
        { HELLO "MAIL FROM:<a@b> SIZE=65537\r\nMAIL FROM:<a@b> SIZE=99999999999999999999999\r\n"
                "MAIL FROM:<a@b> SIZE=65536\r\n",
          "250 552 552 250" },
        { HELLO "MAIL FROM:<a@b>\r\nRCPT TO:<>\r\nRCPT TO:<support@example.org> NOTIFY=NEVER\r\n",
          "250 250 501 555" },
        { "NOOP hello\r\nVRFY a\r\nRSET\r\nnoop\r\nBDAT 3 LAST\r\n", "250 252 250 250 500" },
    };
    struct fake_client *c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        c = start(YAML);
        codes(c);
        say(c, rows[i].said);
        assert_string_equal(codes(c), rows[i].codes);
        end();
    }
}

static void test_what_the_server_may_do_is_told(void **state)
{
    struct fake_client *c = start(YAML);

    (void)state;
    assert_string_equal(answer(c), "220 test relevo LMTP\r\n");
    say(c, HELLO);
    assert_string_equal(answer(c),
                        "250-test\r\n250-PIPELINING\r\n250-SIZE 65536\r\n250-8BITMIME\r\n"
                        "250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n");
    say(c, "QUIT\r\n");
    assert_string_equal(codes(c), "221");
    assert_false(c->open);
    end();
}

/* --- bounds
 * -----------------------------------------------------------------------------------------------
 */

static void test_a_mail_over_the_size_is_refused_and_the_next_one_taken(void **state)
{
    struct fake_client *c = start(YAML);
    int i;

    (void)state;
    say(c, HELLO TO_US);
    codes(c);
    for (i = 0; i < 1025; i++) /* 65600 bytes */
        say(c, "0123456789012345678901234567890123456789012345678901234567890\r\n\r");
    assert_int_equal(h.parse_count, 0);
    say(c, "\r\n.\r\n");
    assert_string_equal(codes(c), "552");
    assert_int_equal(h.parse_count, 0);
    say(c, TO_US MAIL ".\r\n");
    fake_host_parse(&h);
    fake_host_stored(&h, 0, 0);
    assert_string_equal(codes(c), "250 250 354 250");
    end();
}

static void test_who_is_slow_is_cut_off_at_each_step(void **state) /* F40 */
{
    struct fake_client *c = start(YAML);

    (void)state;
    assert_int_equal(h.timers[0].ms, 300000);
    say(c, HELLO);
    say(c, "NOO"); /* no progress: the clock runs on */
    assert_int_equal(h.timer_count, 1);
    fake_host_fire(&h);
    assert_string_equal(codes(c), "220 250 421");
    assert_false(c->open);
    c = fake_host_connect(&h);
    say(c, HELLO TO_US);
    assert_int_equal(h.timers[0].ms, 600000); /* for all of the mail */
    say(c, MAIL);
    fake_host_fire(&h);
    assert_string_equal(codes(c), "220 250 250 250 354 421");
    assert_false(c->open);
    assert_int_equal(h.parse_count, 0);
    end();
}

static void test_a_database_that_does_not_answer_keeps_no_mail_server_waiting(
    void **state) /* F09 */
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\n");
    assert_int_equal(h.timers[0].ms, 60000);
    fake_host_parse(&h);
    codes(c);
    fake_host_fire(&h);
    assert_string_equal(codes(c), "451");
    fake_host_stored(&h, 0, 0); /* nobody is told; it will come again, and be known */
    assert_string_equal(codes(c), "");
    say(c, "NOOP\r\n");
    assert_string_equal(codes(c), "250");
    end();
}

static void test_words_behind_a_mail_wait_until_it_is_answered(void **state)
{
    struct fake_client *c = start(YAML);

    (void)state;
    say(c, HELLO TO_US MAIL ".\r\nMAIL FROM:<b@c.example>\r\nQUIT\r\n");
    codes(c);
    fake_host_parse(&h);
    say(c, "");
    assert_string_equal(codes(c), "");
    fake_host_stored(&h, 0, 0);
    say(c, "");
    assert_string_equal(codes(c), "250 250 221");
    end();
}

static void test_no_more_than_so_many_are_connected(void **state)
{
    struct fake_client *c = start(YAML), *more;

    (void)state;
    fake_host_connect(&h);
    fake_host_connect(&h);
    more = fake_host_connect(&h);
    assert_string_equal(codes(more), "421");
    assert_false(more->open);
    assert_null(more->state);
    fake_host_hang_up(&h, c);
    assert_true(fake_host_connect(&h)->open);
    end();
}

static void test_a_talk_that_leads_nowhere_is_ended(void **state)
{
    struct fake_client *c = start(YAML);
    int i;

    (void)state;
    for (i = 0; c->open && i < 1000; i++)
        say(c, "NOOP\r\n");
    assert_int_equal(i, LMTP_IDLE_MAX + 1);
    c = fake_host_connect(&h);
    for (i = 0; c->open && i < 1000; i++)
        say(c, "GET / HTTP/1.1\r\n");
    assert_int_equal(i, LMTP_WRONG_MAX + 1);
    end();
}

static void test_a_mail_to_thousands_comes_for_the_first_and_later_for_the_others(void **state)
{
    struct fake_client *c = start(YAML);
    int i;

    (void)state;
    say(c, HELLO "MAIL FROM:<a@b.example>\r\n");
    codes(c);
    for (i = 0; i < LMTP_OVER_MAX; i++) {
        say(c, "RCPT TO:<support@example.org>\r\n");
        assert_string_equal(codes(c), i < LMTP_RECIPIENTS_MAX ? "250" : "452");
    }
    say(c, "DATA\r\n" MAIL ".\r\n");
    fake_host_parse(&h);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(strlen(codes(c)), 4 * (1 + LMTP_RECIPIENTS_MAX) - 1); /* an answer for each */
    say(c, "MAIL FROM:<a@b.example>\r\n");
    for (i = 0; c->open && i < 2 * LMTP_OVER_MAX; i++) {
        say(c, "RCPT TO:<support@example.org>\r\n");
        c->out.len = 0;
    }
    assert_false(c->open);
    end();
}

/* --- begin and end
 * ------------------------------------------------------------------------------------------ */

static void test_who_waits_is_answered_before_the_channel_ends_the_talk(void **state) /* F48 */
{
    struct fake_client *waits = start(YAML), *idle = fake_host_connect(&h);

    (void)state;
    say(waits, HELLO TO_US MAIL ".\r\n");
    say(idle, HELLO "MAIL FROM:<a@b.example>\r\n");
    fake_host_parse(&h);
    codes(waits);
    codes(idle);
    h.channel.ops->stop(&h.channel);
    assert_string_equal(h.listens, "");
    assert_string_equal(codes(idle), "421");
    assert_false(idle->open);
    assert_true(waits->open);
    fake_host_stored(&h, 0, 0);
    assert_string_equal(codes(waits), "250 421");
    assert_false(waits->open);
    end();
}

static void test_a_socket_that_cannot_be_had_is_tried_for_again(void **state)
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct error err;

    (void)state;
    assert_int_equal(fake_host_open(&h, "lmtp", YAML, none, &err), 0);
    h.refuses_listening = true;
    h.channel.ops->start(&h.channel);
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_non_null(strstr(h.health_words, "/run/relevo/lmtp"));
    h.refuses_listening = false;
    fake_host_fire(&h);
    assert_int_equal(h.health, CHANNEL_OK);
    assert_string_equal(h.listens, "/run/relevo/lmtp");
    end();
}

static void test_a_wrong_path_or_recipient_is_told_at_once(void **state)
{
    static const struct {
        const char *yaml, *word;
    } rows[] = { { "path: lmtp\n", "path" },
                 { "path: /a\nrecipients: [support]\n", "'support'" },
                 { "path: /a\nrecipients: ['support@']\n", "'support@'" } };
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fake_host_open(&h, "lmtp", rows[i].yaml, none, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
        assert_non_null(strstr(err.text, rows[i].word));
        fake_host_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mail_is_answered_when_it_is_committed_and_not_before),
        cmocka_unit_test(test_what_could_not_be_stored_stays_with_the_mail_server),
        cmocka_unit_test(test_each_recipient_that_was_taken_has_an_answer_of_its_own),
        cmocka_unit_test(test_a_mail_begins_with_who_sent_it_and_where_it_came_to),
        cmocka_unit_test(test_a_client_that_goes_away_takes_no_mail_with_it),
        cmocka_unit_test(test_what_is_no_mail_is_the_same_each_time_it_comes),
        cmocka_unit_test(test_an_original_that_is_lost_on_the_way_is_asked_for_again),
        cmocka_unit_test(test_a_mail_without_a_byte_is_refused_for_ever),
        cmocka_unit_test(test_a_mail_was_received_when_its_server_stamped_it),
        cmocka_unit_test(test_only_a_dot_between_whole_line_ends_ends_a_mail),
        cmocka_unit_test(test_a_command_that_does_not_end_as_it_must_ends_the_talk),
        cmocka_unit_test(test_a_line_without_end_ends_the_talk),
        cmocka_unit_test(test_commands_out_of_turn_and_unreadable_ones_are_refused),
        cmocka_unit_test(test_what_the_server_may_do_is_told),
        cmocka_unit_test(test_a_mail_over_the_size_is_refused_and_the_next_one_taken),
        cmocka_unit_test(test_who_is_slow_is_cut_off_at_each_step),
        cmocka_unit_test(test_a_database_that_does_not_answer_keeps_no_mail_server_waiting),
        cmocka_unit_test(test_words_behind_a_mail_wait_until_it_is_answered),
        cmocka_unit_test(test_no_more_than_so_many_are_connected),
        cmocka_unit_test(test_a_talk_that_leads_nowhere_is_ended),
        cmocka_unit_test(test_a_mail_to_thousands_comes_for_the_first_and_later_for_the_others),
        cmocka_unit_test(test_who_waits_is_answered_before_the_channel_ends_the_talk),
        cmocka_unit_test(test_a_socket_that_cannot_be_had_is_tried_for_again),
        cmocka_unit_test(test_a_wrong_path_or_recipient_is_told_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
