/* The loop's side of a mailbox: its worker and the database are this test. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/imap_talk.h"
#include "core/arena.h"
#include "core/fact.h"
#include "core/fact_inbound.h"
#include "core/thread.h"
#include "tests/support/fake_host.h"

#define BASE "host: imap.example.org\nuser: support\npassword: {file: /x}\n"

enum { SOME_FD = 0, GENERATION = 1 };

static const struct fake_secret secrets[] = { { "password", "hunter2" }, { NULL, NULL } };
static struct fake_host h;
static struct error err;

static void open_channel(const char *yaml, const char *cursor)
{
    if (fake_host_open(&h, "imap", yaml, secrets, &err) < 0)
        fail_msg("%s", err.text);
    h.hold = true;
    h.cursor = cursor;
    h.channel.ops->start(&h.channel);
    h.channel.ops->on_worker_up(&h.channel);
}

static void worker_says(struct imap_talk t, int fd)
{
    h.channel.ops->on_worker(&h.channel, imap_talk_write(&t), fd);
}

static void mail(uint32_t uid)
{
    worker_says((struct imap_talk){ .word = IMAP_MAIL,
                                    .generation = GENERATION,
                                    .uidvalidity = 77,
                                    .uid = uid,
                                    .at = h.now - 60 },
                SOME_FD);
}

static void parsed(size_t i)
{
    struct inbound *in = inbound_new();

    in->external_id = arena_strdup(in->arena, h.parses[i].locator);
    in->received_at = h.parses[i].received_at;
    h.parses[i].done(h.parses[i].arg, in);
}

/* What was last said to the worker. */
static struct imap_talk told(void)
{
    struct imap_talk t;

    assert_int_equal(imap_talk_read((struct span){ h.told.ptr, h.told.len }, &t), 0);
    return t;
}

static void nothing_told(void)
{
    text_buffer_clear(&h.told);
}

static void test_the_worker_learns_where_to_begin(void **state)
{
    struct imap_setup s;

    (void)state;
    open_channel(BASE "tls: starttls\nmailboxes: [INBOX, Web]\nafter: move\nmove_to: Done\n",
                 "77:12:1700000000");
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, h.told.len }, &s), 0);
    assert_string_equal(s.host, "imap.example.org");
    assert_int_equal(s.port, 143);
    assert_int_equal(s.tls, MAIL_STREAM_STARTTLS);
    assert_string_equal(s.user, "support");
    assert_string_equal(s.password, "hunter2");
    assert_null(s.ca_file);
    assert_string_equal(s.move_to, "Done");
    assert_int_equal(s.after, IMAP_MOVE);
    assert_true(s.from_now);
    assert_int_equal(s.box_count, 2);
    assert_string_equal(s.box[1].name, "Web");
    assert_int_equal(s.box[0].uidvalidity, 77);
    assert_int_equal(s.box[0].uid, 12);
    assert_int_equal(s.box[0].floor_at, 1700000000);
    fake_host_close(&h);

    open_channel(BASE "since: 2026-01-31\n", NULL);
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, h.told.len }, &s), 0);
    assert_int_equal(s.port, 993);
    assert_false(s.from_now);
    assert_int_equal(s.box[0].uidvalidity, 0);
    assert_int_equal(s.box[0].floor_at, 1769817600);
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, h.told.len - 1 }, &s), -1);
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, 10 }, &s), -1);
    fake_host_close(&h);
}

static void test_a_configuration_that_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *yaml, *words;
    } cases[] = {
        { BASE "after: move\n", "move_to" },
        { BASE "since: tomorrow\n", "since" },
        { BASE "since: 2026-13-01\n", "since" },
        { BASE "since: 2026-01-01x\n", "since" },
        { BASE "mailboxes: [A, B, A]\n", "twice" },
        { BASE "mailboxes: [\"A\\nB\"]\n", "mailboxes" },
        { BASE "mailboxes: []\n", "mailboxes" },
        { "host: \"a\\r\\nb\"\nuser: x\npassword: {file: /x}\n", "host" },
        { "host: a\nuser: \"x\\r\\n1 LOGOUT\"\npassword: {file: /x}\n", "user" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (fake_host_open(&h, "imap", cases[i].yaml, secrets, &err) == 0)
            fail_msg("%s", cases[i].yaml);
        assert_int_equal(err.kind, ERROR_CONFIG);
        if (strstr(err.text, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].yaml, err.text);
        assert_null(strstr(err.text, "hunter2"));
        fake_host_close(&h);
    }
}

static void test_mails_go_in_the_order_of_their_uids_and_the_last_moves_the_cursor(void **state)
{
    struct imap_talk t;

    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    mail(14);
    mail(20);
    assert_int_equal(h.parse_count, 3);
    assert_string_equal(h.parses[2].locator, "INBOX/77/20");
    assert_int_equal(h.parses[0].received_at, h.now - 60);
    parsed(2);
    parsed(1);
    assert_int_equal(h.delivered_count, 0); /* 13 is first */
    nothing_told();
    parsed(0);
    assert_int_equal(h.delivered_count, 2);
    assert_string_equal(h.delivered[0]->external_id, "INBOX/77/13");
    assert_null(h.delivered[1]->cursor);
    fake_host_stored(&h, 1, 0);
    assert_int_equal(h.delivered_count, 2); /* 20 waits for both */
    fake_host_stored(&h, 0, 0);
    assert_int_equal(h.delivered_count, 3);
    assert_string_equal(h.delivered[2]->cursor_part, "INBOX");
    assert_string_equal(h.delivered[2]->cursor, "77:20");
    assert_int_equal(h.told.len, 0);
    mail(21);
    parsed(3);
    assert_int_equal(h.delivered_count, 3); /* and 21 for 20 */
    fake_host_stored(&h, 2, 0);
    t = told();
    assert_int_equal(t.word, IMAP_STORED);
    assert_int_equal(t.uidvalidity, 77);
    assert_int_equal(t.uid, 20);
    assert_int_equal(h.delivered_count, 4);
    assert_string_equal(h.delivered[3]->cursor, "77:21");
    fake_host_stored(&h, 3, 0);
    assert_int_equal(told().uid, 21);
    fake_host_close(&h);
}

static void test_what_is_not_stored_comes_again_with_all_that_follows_after_a_pause(void **state)
{
    struct imap_talk t;

    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    parsed(0);
    fake_host_stored(&h, 0, 0);
    mail(14);
    mail(15);
    mail(16);
    parsed(2);
    parsed(1);
    nothing_told();
    fake_host_stored(&h, 1, -1);
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_int_equal(h.timer_count, 1);
    parsed(3); /* comes back from its parser to nobody */
    mail(17);  /* was on its way */
    assert_int_equal(h.parse_count, 4);
    assert_int_equal(h.told.len, 0);
    fake_host_fire(&h);
    t = told();
    assert_int_equal(t.word, IMAP_AGAIN);
    assert_int_equal(t.uidvalidity, 77);
    assert_int_equal(t.uid, 13);
    assert_int_not_equal(t.generation, GENERATION);
    assert_int_equal(h.delivered_count, 2);
    t.word = IMAP_MAIL;
    t.uid = 14;
    worker_says(t, SOME_FD);
    parsed(4);
    fake_host_stored(&h, 2, 0);
    assert_int_equal(told().word, IMAP_STORED);
    assert_int_equal(told().uid, 14);
    fake_host_close(&h);
}

static void test_an_earlier_one_that_fails_keeps_the_cursor_from_passing_it(void **state)
{
    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    mail(14);
    mail(15);
    parsed(2);
    parsed(1);
    parsed(0);
    fake_host_stored(&h, 0, -1);
    fake_host_stored(&h, 1, 0);
    assert_int_equal(h.delivered_count, 2);
    fake_host_fire(&h);
    assert_int_equal(told().word, IMAP_AGAIN);
    assert_int_equal(told().uid, 12);
    fake_host_close(&h);
}

static void test_answers_from_within_deliver_are_answers_too(void **state)
{
    (void)state;
    open_channel(BASE, "77:12");
    h.hold = false;
    mail(13);
    mail(14);
    parsed(1);
    parsed(0);
    assert_int_equal(h.delivered_count, 2);
    assert_string_equal(h.delivered[1]->cursor, "77:14");
    assert_int_equal(told().uid, 14);
    fake_host_close(&h);
}

/* C-7: a mail of long ago keeps its date, and nobody has been waiting since then. */
static void test_an_old_mail_that_is_moved_here_keeps_its_date_and_its_clocks_start_now(
    void **state)
{
    const struct {
        int64_t ago_s, waits_s;
    } cases[] = {
        { 60, 60 },
        { INBOUND_KEPT_MAX_S, INBOUND_KEPT_MAX_S },
        { INBOUND_KEPT_MAX_S + 1, 0 },
        { 3LL * 365 * 86400, 0 },
    };
    const struct thread_found found = { .why = "" };
    struct fact f;
    uint32_t i;

    (void)state;
    open_channel(BASE, "77:12");
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        worker_says((struct imap_talk){ .word = IMAP_MAIL,
                                        .generation = GENERATION,
                                        .uidvalidity = 77,
                                        .uid = 13 + i,
                                        .at = h.now - cases[i].ago_s },
                    SOME_FD);
        parsed(i);
        assert_int_equal(h.delivered[i]->received_at, h.now - cases[i].ago_s);
        fact_from_inbound(h.delivered[i], &found, h.now, &f);
        assert_int_equal(f.at, h.now - cases[i].waits_s);
        fake_host_stored(&h, i, 0);
    }
    fake_host_close(&h);
}

static void test_the_beginning_of_a_mailbox_is_a_cursor_with_its_date(void **state)
{
    (void)state;
    open_channel(BASE, NULL);
    worker_says((struct imap_talk){ .word = IMAP_START,
                                    .generation = GENERATION,
                                    .uidvalidity = 77,
                                    .uid = 40,
                                    .at = 1768471000 },
                -1);
    assert_int_equal(h.delivered_count, 1);
    assert_int_equal(h.delivered[0]->kind, INBOUND_IGNORED);
    assert_string_equal(h.delivered[0]->cursor, "77:40:1768471000");
    assert_non_null(h.delivered[0]->external_id);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(told().uid, 40);
    mail(41);
    parsed(0);
    assert_string_equal(h.delivered[1]->cursor, "77:41:1768471000");
    fake_host_stored(&h, 1, 0);
    fake_host_close(&h);
}

static void test_a_mail_that_cannot_be_had_or_read_still_moves_the_cursor(void **state)
{
    struct inbound *broken = inbound_new(), *large = inbound_new();
    struct imap_talk t = { .word = IMAP_REFUSED,
                           .generation = GENERATION,
                           .uidvalidity = 77,
                           .uid = 13,
                           .words = "FETCH: no\x1b" };

    (void)state;
    open_channel(BASE, "77:12");
    worker_says(t, -1);
    assert_int_equal(h.delivered[0]->kind, INBOUND_BROKEN);
    assert_string_equal(h.delivered[0]->external_id, "INBOX/77/13");
    assert_string_equal(h.delivered[0]->locator, "INBOX/77/13");
    assert_non_null(strstr(h.delivered[0]->reason, "FETCH: no"));
    assert_string_equal(h.delivered[0]->cursor, "77:13");
    fake_host_stored(&h, 0, 0);
    mail(14);
    broken->kind = INBOUND_BROKEN;
    broken->reason = "its parser died";
    h.parses[0].done(h.parses[0].arg, broken);
    assert_string_equal(h.delivered[1]->external_id, "INBOX/77/14");
    assert_string_equal(h.delivered[1]->cursor, "77:14");
    fake_host_stored(&h, 1, 0);
    t = (struct imap_talk){
        .word = IMAP_HEADER, .generation = GENERATION, .uidvalidity = 77, .uid = 15
    };
    worker_says(t, SOME_FD);
    assert_int_equal(h.parses[1].received_at, h.now);
    large->external_id = "x";
    h.parses[1].done(h.parses[1].arg, large);
    assert_true(h.delivered[2]->body_unparsed);
    assert_non_null(strstr(h.delivered[2]->text, "INBOX, UID 15"));
    fake_host_stored(&h, 2, 0);
    fake_host_close(&h);
}

static void test_a_mail_whose_bytes_cannot_be_had_is_asked_for_again_and_not_put_aside(void **state)
{
    struct inbound *broken = inbound_new(), *empty = inbound_new();
    FILE *bytes = tmpfile(), *none = tmpfile();
    struct imap_talk t = {
        .word = IMAP_MAIL, .generation = GENERATION, .uidvalidity = 77, .uid = 13
    };

    (void)state;
    assert_true(fputs("Subject: x\r\n\r\n", bytes) > 0 && fflush(bytes) == 0);
    open_channel(BASE, "77:12");
    worker_says(t, fileno(bytes));
    broken->kind = INBOUND_BROKEN;
    broken->reason = "expected a sealed memfd";
    h.parses[0].done(h.parses[0].arg, broken);
    assert_int_equal(h.delivered_count, 0);
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    fake_host_fire(&h);
    t = told();
    assert_int_equal(t.word, IMAP_AGAIN);
    assert_int_equal(t.uid, 12);
    t.word = IMAP_MAIL;
    t.uid = 13;
    worker_says(t, fileno(none)); /* there is no more to it */
    h.parses[1].done(h.parses[1].arg, empty);
    assert_int_equal(h.delivered_count, 1);
    fake_host_stored(&h, 0, 0);
    fake_host_close(&h);
    fclose(bytes);
    fclose(none);
}

static void test_new_uids_are_taken_from_the_first_one_on(void **state)
{
    struct imap_talk t = {
        .word = IMAP_MAIL, .generation = GENERATION, .uidvalidity = 78, .uid = 1
    };

    (void)state; /* F26 */
    open_channel(BASE, "77:12");
    worker_says(t, SOME_FD);
    parsed(0);
    assert_string_equal(h.delivered[0]->cursor, "78:1");
    fake_host_stored(&h, 0, 0);
    assert_int_equal(told().uidvalidity, 78);
    fake_host_close(&h);
}

/* --- what breaks what is agreed
 * --------------------------------------------------------------------------------- */

#define MAIL .word = IMAP_MAIL, .generation = GENERATION, .uidvalidity = 77

static const struct {
    struct imap_talk talk;
    bool without_bytes;
    const char *words;
} breaches[] = {
    { { MAIL, .uid = 12 },
      false,
      "INBOX: expected what lies above UID 13 of 77; a mail of UID 12 of 77 in round 1 came" },
    { { MAIL, .uid = 13 }, false, "above UID 13 of 77; a mail of UID 13 of 77" },
    { { .word = IMAP_PASSED, .generation = GENERATION, .uidvalidity = 77, .uid = 13 },
      false,
      "what was passed over up to UID 13" },
    { { .word = IMAP_START, .generation = GENERATION, .uidvalidity = 77, .uid = 90 },
      false,
      "expected no beginning; a beginning at UID 90" },
    { { MAIL, .uid = 14 }, true, "expected its bytes beside it; a mail of UID 14" },
    { { .word = IMAP_HEADER, .generation = GENERATION, .uidvalidity = 77, .uid = 14 },
      true,
      "expected its bytes beside it; a header of UID 14" },
    { { .word = IMAP_MAIL, .generation = 2, .uid = 14 },
      false,
      "expected round 1 to 1; a mail of UID 14" },
    { { .word = IMAP_MAIL, .generation = 0, .uid = 14 }, false, "in round 0 came" },
    { { .word = IMAP_BEHIND, .generation = 7, .uid = 900 }, true, "in round 7 came" },
    { { MAIL, .uid = 14, .box = 1 }, false, "expected one of 1 mailboxes; number 1 came" },
    { { MAIL, .uid = 14, .box = UINT32_MAX }, false, "bytes came that says nothing" },
    { { .word = (enum imap_word)99 }, true, "bytes came that says nothing" },
    { { .word = IMAP_STORED, .generation = GENERATION, .uidvalidity = 77, .uid = 13 },
      true,
      "expected a worker's word" },
    { { .word = IMAP_WAITS, .generation = GENERATION, .uidvalidity = 77, .uid = 64 },
      true,
      "INBOX: it waits for answers to 64 mails, and 1 of them are here" },
    { { .word = IMAP_QUITS, .words = "INBOX: it was told nonsense" }, true, "was told nonsense" },
};

/* The worker that it said so to is no more; the next one begins where all is stored. */
static void begins_anew_at(uint32_t uid)
{
    struct imap_talk t = { MAIL, .uid = uid + 1 };
    struct imap_setup s;

    h.channel.ops->on_worker_up(&h.channel);
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, h.told.len }, &s), 0);
    assert_int_equal(s.box[0].uid, uid);
    t.generation = s.box[0].generation;
    worker_says(t, SOME_FD);
    parsed(h.parse_count - 1);
    assert_int_equal(h.delivered_count, 1);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(told().word, IMAP_STORED);
    assert_int_equal(told().uid, uid + 1);
}

static void test_a_worker_that_breaks_what_is_agreed_is_ended_and_says_what_it_did(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(breaches) / sizeof(breaches[0]); i++) {
        open_channel(BASE, "77:12");
        mail(13);
        assert_int_equal(h.ended, 0);
        worker_says(breaches[i].talk, breaches[i].without_bytes ? -1 : SOME_FD);
        if (h.ended != 1 || strstr(h.end_words, breaches[i].words) == NULL)
            fail_msg("%zu: %d: %s; expected: %s", i, h.ended, h.end_words, breaches[i].words);
        assert_int_equal(strncmp(h.end_words, "test: ", 6), 0);
        assert_int_equal(h.health, CHANNEL_TROUBLE);
        assert_non_null(strstr(h.health_words, breaches[i].words));
        assert_int_equal(h.parse_count, 1);
        parsed(0); /* to nobody */
        assert_int_equal(h.delivered_count, 0);
        begins_anew_at(12);
        fake_host_close(&h);
    }
}

static void test_what_no_worker_says_at_all_ends_it(void **state)
{
    (void)state;
    open_channel(BASE, "77:12");
    h.channel.ops->on_worker(&h.channel, span_of("nonsense"), -1);
    assert_int_equal(h.ended, 1);
    assert_non_null(strstr(h.end_words, "a record of 8 bytes"));
    begins_anew_at(12);
    h.channel.ops->on_worker(&h.channel, (struct span){ "", 0 }, -1);
    assert_int_equal(h.ended, 2);
    fake_host_close(&h);
}

/* Of the round before, whatever it is, until the worker has heard that another one began. */
static void test_what_was_on_its_way_is_void_and_no_breach_until_the_worker_has_heard(void **state)
{
    struct imap_talk old = { MAIL, .uid = 14 }, again;

    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    parsed(0);
    fake_host_stored(&h, 0, -1);
    worker_says(old, SOME_FD); /* nobody asked for another round yet */
    fake_host_fire(&h);
    again = told();
    assert_int_equal(again.word, IMAP_AGAIN);
    old.uid = 15;
    worker_says(old, SOME_FD);
    old = (struct imap_talk){ .word = IMAP_WAITS, .generation = GENERATION, .uid = 3 };
    worker_says(old, -1);
    old = (struct imap_talk){ .word = IMAP_BEHIND, .generation = GENERATION, .uid = 9000 };
    worker_says(old, -1);
    assert_int_equal(h.parse_count, 1);
    assert_int_equal(h.behind, 0);
    again.word = IMAP_MAIL;
    again.uid = 13;
    worker_says(again, SOME_FD);
    assert_int_equal(h.parse_count, 2);
    assert_int_equal(h.ended, 0);
    mail(14); /* of the first round, and it was in the second already */
    assert_int_equal(h.ended, 1);
    assert_non_null(strstr(h.end_words, "round 2 to 2; a mail of UID 14"));
    parsed(1);
    fake_host_close(&h);
}

static void test_a_wait_is_a_breach_only_where_no_answer_is_on_its_way(void **state)
{
    struct imap_talk waits = { .word = IMAP_WAITS, .generation = GENERATION, .uid = 2 };

    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    mail(14);
    worker_says(waits, -1);
    parsed(0);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(told().word, IMAP_STORED);
    worker_says(waits, -1); /* it has not heard of it */
    waits.uid = 1;
    waits.at = 1;
    worker_says(waits, -1);
    parsed(1);
    fake_host_stored(&h, 1, -1);
    worker_says(waits, -1); /* soon it will be asked for it again */
    fake_host_fire(&h);
    waits.generation = told().generation;
    waits.at = 2;
    waits.uid = 0;
    worker_says(waits, -1);
    assert_int_equal(h.ended, 0);
    waits.uid = 1;
    worker_says(waits, -1);
    assert_int_equal(h.ended, 1);
    assert_non_null(strstr(h.end_words, "answers to 1 mails, and 0 of them are here"));
    fake_host_close(&h);
}

static void test_what_comes_back_after_the_end_comes_back_to_nobody(void **state)
{
    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    mail(14);
    mail(15);
    mail(16);
    parsed(0); /* is being delivered */
    parsed(2); /* waits for 14 */
    nothing_told();
    h.channel.ops->stop(&h.channel);
    parsed(1);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(h.delivered_count, 1);
    assert_int_equal(h.told.len, 0);
    h.channel.ops->start(&h.channel);
    h.channel.ops->on_worker_up(&h.channel);
    parsed(3);
    assert_int_equal(h.delivered_count, 1);
    fake_host_close(&h);
}

static void asks_for_room(uint32_t bytes, int64_t number)
{
    worker_says((struct imap_talk){ .word = IMAP_HEAVY, .uid = bytes, .at = number }, -1);
}

static void test_a_large_mail_has_room_before_it_is_fetched_until_it_is_stored(
    void **state) /* F52 */
{
    (void)state;
    open_channel(BASE, "77:12");
    nothing_told();
    asks_for_room(30 << 20, 5);
    assert_int_equal(told().word, IMAP_ROOM);
    assert_int_equal(told().at, 5);
    assert_int_equal(h.burden_bytes, 30 << 20);
    mail(13); /* it has it */
    mail(14);
    assert_int_equal(h.burden_bytes, 0); /* as many as came */
    assert_int_equal(h.burdens, 1);
    asks_for_room(20 << 20, 6);
    assert_int_equal(h.burdens, 2);
    asks_for_room(0, 7); /* nothing came of it */
    assert_int_equal(h.burdens, 1);
    parsed(0);
    assert_int_equal(h.burdens, 1);
    fake_host_stored(&h, 0, 0);
    assert_int_equal(h.burdens, 0);
    asks_for_room(20 << 20, 8);
    h.channel.ops->on_worker_lost(&h.channel, "its process ended");
    assert_int_equal(h.burdens, 0);
    parsed(1);
    fake_host_close(&h);
}

static void test_what_is_larger_than_its_server_said_weighs_what_it_is(void **state)
{
    int fd = memfd_create("mail", MFD_CLOEXEC);

    (void)state;
    assert_int_equal(ftruncate(fd, IMAP_LIGHT_MAX), 0);
    open_channel(BASE, "77:12");
    worker_says(
        (struct imap_talk){
            .word = IMAP_MAIL, .generation = GENERATION, .uidvalidity = 77, .uid = 13 },
        fd);
    assert_int_equal(h.burdens, 0);
    assert_int_equal(ftruncate(fd, IMAP_LIGHT_MAX + 1), 0);
    worker_says(
        (struct imap_talk){
            .word = IMAP_MAIL, .generation = GENERATION, .uidvalidity = 77, .uid = 14 },
        fd);
    assert_int_equal(h.burden_bytes, IMAP_LIGHT_MAX + 1);
    h.channel.ops->stop(&h.channel);
    assert_int_equal(h.burdens, 1); /* its reader has it still */
    parsed(0);
    parsed(1);
    assert_int_equal(h.burdens, 0);
    fake_host_close(&h);
    close(fd);
}

static void test_a_lost_worker_is_trouble_and_the_next_one_begins_at_the_cursor(void **state)
{
    struct imap_setup s;

    (void)state;
    open_channel(BASE, "77:12");
    mail(13);
    h.channel.ops->on_worker_lost(&h.channel, "its process ended");
    assert_int_equal(h.health, CHANNEL_TROUBLE);
    assert_string_equal(h.health_words, "its process ended; another one begins");
    parsed(0);
    assert_int_equal(h.delivered_count, 0);
    h.channel.ops->on_worker_up(&h.channel);
    assert_int_equal(imap_setup_read((struct span){ h.told.ptr, h.told.len }, &s), 0);
    assert_int_equal(s.box[0].uid, 12);
    worker_says((struct imap_talk){ .word = IMAP_WELL }, -1);
    assert_int_equal(h.health, CHANNEL_OK);
    worker_says((struct imap_talk){ .word = IMAP_TROUBLE, .words = "LOGIN: no" }, -1);
    assert_string_equal(h.health_words, "LOGIN: no");
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_worker_learns_where_to_begin),
        cmocka_unit_test(test_a_configuration_that_cannot_be_is_refused),
        cmocka_unit_test(test_mails_go_in_the_order_of_their_uids_and_the_last_moves_the_cursor),
        cmocka_unit_test(test_what_is_not_stored_comes_again_with_all_that_follows_after_a_pause),
        cmocka_unit_test(test_an_earlier_one_that_fails_keeps_the_cursor_from_passing_it),
        cmocka_unit_test(test_answers_from_within_deliver_are_answers_too),
        cmocka_unit_test(
            test_an_old_mail_that_is_moved_here_keeps_its_date_and_its_clocks_start_now),
        cmocka_unit_test(test_the_beginning_of_a_mailbox_is_a_cursor_with_its_date),
        cmocka_unit_test(test_a_mail_that_cannot_be_had_or_read_still_moves_the_cursor),
        cmocka_unit_test(
            test_a_mail_whose_bytes_cannot_be_had_is_asked_for_again_and_not_put_aside),
        cmocka_unit_test(test_new_uids_are_taken_from_the_first_one_on),
        cmocka_unit_test(test_a_worker_that_breaks_what_is_agreed_is_ended_and_says_what_it_did),
        cmocka_unit_test(test_what_no_worker_says_at_all_ends_it),
        cmocka_unit_test(test_what_was_on_its_way_is_void_and_no_breach_until_the_worker_has_heard),
        cmocka_unit_test(test_a_wait_is_a_breach_only_where_no_answer_is_on_its_way),
        cmocka_unit_test(test_what_comes_back_after_the_end_comes_back_to_nobody),
        cmocka_unit_test(test_a_large_mail_has_room_before_it_is_fetched_until_it_is_stored),
        cmocka_unit_test(test_what_is_larger_than_its_server_said_weighs_what_it_is),
        cmocka_unit_test(test_a_lost_worker_is_trouble_and_the_next_one_begins_at_the_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
