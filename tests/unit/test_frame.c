#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"

static void test_records_arrive_whole_in_order_and_with_their_mail(void **state)
{
    char *room = malloc(FRAME_MAX), *large = calloc(1, FRAME_MAX);
    struct span mail = { "From: a\0b", 9 }, seen;
    int fds[2], sealed, got = -1;
    struct error err;
    size_t len;

    (void)state;
    assert_int_equal(frame_pair(fds, &err), 0);
    assert_int_equal(frame_seal(mail, &sealed, &err), 0);
    assert_int_equal(frame_send(fds[0], span_of("{\"n\":1}"), sealed, &err), 0);
    assert_int_equal(frame_send(fds[0], (struct span){ large, FRAME_MAX }, -1, &err), 0);
    close(sealed);
    assert_int_equal(frame_receive(fds[1], room, &len, &got, &err), 1);
    assert_int_equal(len, 7);
    assert_true(got >= 0);
    assert_int_equal(frame_map(got, 9, &seen, &err), 0);
    assert_memory_equal(seen.ptr, "From: a\0b", 9);
    frame_unmap(seen);
    assert_int_equal(frame_map(got, 8, &seen, &err), -1); /* the bound at its other side */
    close(got);
    assert_int_equal(frame_receive(fds[1], room, &len, &got, &err), 1);
    assert_int_equal(len, FRAME_MAX);
    assert_int_equal(got, -1);
    close(fds[0]);
    assert_int_equal(frame_receive(fds[1], room, &len, &got, &err), 0);
    close(fds[1]);
    free(room);
    free(large);
}

/* The kernel says ECONNRESET then, and nothing about descriptors: what the one before brought is
 * not there again. */
static void test_an_end_that_left_a_record_unread_brings_no_descriptor(void **state)
{
    char *room = malloc(FRAME_MAX);
    int well[2], reset[2], sealed, first = -1, second = -1, ends;
    struct error err;
    size_t len;

    (void)state;
    assert_int_equal(frame_pair(well, &err), 0);
    assert_int_equal(frame_pair(reset, &err), 0);
    assert_int_equal(frame_seal(span_of("a mail"), &sealed, &err), 0);
    assert_int_equal(frame_send(well[0], span_of("x"), sealed, &err), 0);
    assert_int_equal(frame_send(reset[1], span_of("never read"), -1, &err), 0);
    close(reset[0]);
    ends = frame_receive(well[1], room, &len, &first, &err);
    ends += 10 * frame_receive(reset[1], room, &len, &second, &err);
    assert_int_equal(ends, 1);
    assert_true(first >= 0);
    assert_int_equal(second, -1);
    close(first);
    close(sealed);
    close(well[0]);
    close(well[1]);
    close(reset[1]);
    free(room);
}

static void test_what_is_no_frame_is_refused(void **state)
{
    char *large = calloc(1, FRAME_MAX + 1), *room = malloc(FRAME_MAX);
    int fds[2], plain = memfd_create("open", MFD_CLOEXEC), got;
    struct error err;
    struct span seen;
    size_t len;

    (void)state;
    assert_int_equal(frame_pair(fds, &err), 0);
    assert_int_equal(frame_send(fds[0], (struct span){ large, FRAME_MAX + 1 }, -1, &err), -1);
    assert_int_equal(frame_send(fds[0], (struct span){ large, 0 }, -1, &err), -1);
    assert_int_equal(send(fds[0], large, FRAME_MAX + 1, 0),
                     FRAME_MAX + 1); /* a worker that is not ours */
    assert_int_equal(frame_receive(fds[1], room, &len, &got, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    assert_int_equal(frame_map(plain, 100, &seen, &err), -1); /* it could still be changed */
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    assert_int_equal(frame_receive(fds[1], room, &len, &got, &err), -1);
    assert_int_equal(err.kind, ERROR_TRANSIENT);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    while (frame_send(fds[0], (struct span){ large, FRAME_MAX }, -1, &err) == 0)
        ;
    assert_int_equal(err.kind, ERROR_TRANSIENT); /* full, not gone */
    close(fds[1]);
    assert_int_equal(frame_send(fds[0], span_of("x"), -1, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    close(fds[0]);
    close(plain);
    free(large);
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_arrive_whole_in_order_and_with_their_mail),
        cmocka_unit_test(test_an_end_that_left_a_record_unread_brings_no_descriptor),
        cmocka_unit_test(test_what_is_no_frame_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
