/* The worker of a mailbox, in a process of its own: this test is the loop, and says what it never
 * may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"
#include "channels/imap_talk.h"
#include "channels/imap_worker.h"

enum { QUIT = 76, GENERATION = 5 };

static struct error err;
static char room[FRAME_MAX];
static pid_t worker;
static int fd;

static void begin(struct span setup)
{
    int fds[2];

    assert_int_equal(frame_pair(fds, &err), 0);
    worker = fork();
    if (worker == 0) {
        close(fds[0]);
        _exit(imap_worker_serve(fds[1]));
    }
    close(fds[1]);
    fd = fds[0];
    assert_int_equal(frame_send(fd, setup, -1, &err), 0);
}

/* It would connect, and waits for its turn. */
static void begin_well(void)
{
    struct imap_setup setup = { .host = "localhost",
                                .port = 1,
                                .tls = MAIL_STREAM_PLAIN,
                                .user = "support",
                                .password = "x",
                                .light_max = 1 << 20,
                                .silence_ms = 1000,
                                .poll_ms = 1000,
                                .idle_ms = 1000,
                                .box_count = 1,
                                .box = { { .name = "INBOX", .generation = GENERATION } } };
    struct span record;
    char *bytes = imap_setup_write(&setup, &record.len);

    record.ptr = bytes;
    begin(record);
    free(bytes);
}

/* Its next word; false: it said its last one. */
static bool says(struct imap_talk *t)
{
    size_t len;
    int pass;

    if (frame_receive(fd, room, &len, &pass, &err) != 1)
        return false;
    assert_int_equal(pass, -1);
    assert_int_equal(imap_talk_read((struct span){ room, len }, t), 0);
    return true;
}

static int ended(void)
{
    int status = -1;

    close(fd);
    assert_int_equal(waitpid(worker, &status, 0), worker);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* It says why, and is no more. */
static void quits(const char *words)
{
    struct imap_talk t = { 0 };

    do
        assert_true(says(&t));
    while (t.word == IMAP_WANT);
    assert_int_equal(t.word, IMAP_QUITS);
    if (strstr(t.words, words) == NULL)
        fail_msg("%s; expected: %s", t.words, words);
    assert_false(says(&t));
    assert_int_equal(ended(), QUIT);
}

static void test_a_worker_ends_where_it_is_told_what_it_cannot_be_told(void **state)
{
    static const struct {
        struct imap_talk talk;
        const char *words;
    } cases[] = {
        { { .word = IMAP_STORED, .generation = GENERATION, .uidvalidity = 77, .uid = 3 },
          "INBOX: it was told that UID 3 of 77 is stored, which it did not tell of" },
        { { .word = IMAP_AGAIN, .generation = GENERATION },
          "INBOX: it was asked for round 5 once" },
        { { .word = IMAP_MAIL, .generation = GENERATION }, "a worker's word" },
        { { .word = IMAP_AGAIN, .generation = 6, .box = 1 }, "say nothing" },
        { { .word = IMAP_AGAIN, .generation = 6, .box = UINT32_MAX }, "say nothing" },
        { { .word = (enum imap_word)99 }, "say nothing" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin_well();
        assert_int_equal(frame_send(fd, imap_talk_write(&cases[i].talk), -1, &err), 0);
        quits(cases[i].words);
    }
    begin_well();
    assert_int_equal(frame_send(fd, span_of("nonsense"), -1, &err), 0);
    quits("it was told 8 bytes that say nothing");
    begin(span_of("nonsense"));
    quits("its first record of 8 bytes is no setup");
}

static void test_a_worker_whose_parent_is_gone_ends_well(void **state)
{
    struct imap_talk t = { 0 };

    (void)state;
    begin_well();
    assert_true(says(&t));
    assert_int_equal(t.word, IMAP_WANT);
    assert_int_equal(ended(), 0);
}

static void test_another_round_is_nothing_to_end_for(void **state)
{
    const struct imap_talk go = { .word = IMAP_GO };
    struct imap_talk t = { .word = IMAP_AGAIN, .generation = GENERATION + 1 };

    (void)state;
    begin_well();
    assert_int_equal(frame_send(fd, imap_talk_write(&t), -1, &err), 0);
    t = (struct imap_talk){ .word = IMAP_FINISH, .uidvalidity = 77 };
    assert_int_equal(frame_send(fd, imap_talk_write(&t), -1, &err), 0);
    do {
        assert_true(says(&t));
        if (t.word == IMAP_WANT)
            assert_int_equal(frame_send(fd, imap_talk_write(&go), -1, &err), 0);
    } while (t.word != IMAP_TROUBLE); /* nobody listens on that port */
    assert_int_equal(ended(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_worker_ends_where_it_is_told_what_it_cannot_be_told),
        cmocka_unit_test(test_a_worker_whose_parent_is_gone_ends_well),
        cmocka_unit_test(test_another_round_is_nothing_to_end_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
