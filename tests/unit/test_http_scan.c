/* Where a request ends, and what is refused because two servers may read it differently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/http_scan.h"

enum { HEADER_MAX = 200, BODY_MAX = 50 };
#define H       "Host: x\r\n"
#define POST    "POST / HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define TEN     "0123456789"
#define FIFTY   TEN TEN TEN TEN TEN

/* status 0: nothing is refused; whole: how many requests end within these bytes. */
static const struct scan_row {
    const char *bytes;
    int status, whole;
} rows[] = {
    { "GET / HTTP/1.1\r\n" H "\r\n", 0, 1 },
    { "GET / HTTP/1.0\r\n\r\n", 0, 1 },
    { "GET /a?b=c%20d HTTP/1.1\r\n" H "X-Empty:\r\nX-Odd:\t a b \r\n\r\n", 0, 1 },
    { "GET / HTTP/1.1\r\n" H "\r\nHEAD / HTTP/1.1\r\n" H "\r\nGET /", 0, 2 },
    { POST "Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n" H "\r\n", 0, 2 },
    { POST "content-length:0003 \r\n\r\nabc", 0, 1 },
    { POST "Content-Length: 0\r\n\r\n", 0, 1 },
    { POST "\r\n", 0, 1 },
    { POST "Content-Length: 50\r\n\r\n" FIFTY, 0, 1 },
    { POST "Content-Length: 3\r\n\r\nab", 0, 0 },
    { CHUNKED "3\r\nabc\r\n0A\r\n" TEN "\r\n0\r\n\r\n", 0, 1 },
    { CHUNKED "32\r\n" FIFTY "\r\n0\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 0, 2 },
    { CHUNKED "3\r\nabc\r\n0\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 0, 1 },

    { "\r\nGET / HTTP/1.1\r\n" H "\r\n", 400, 0 },
    { " GET / HTTP/1.1\r\n" H "\r\n", 400, 0 },
    { "GET  / HTTP/1.1\r\n" H "\r\n", 400, 0 },
    { "GET http://x/ HTTP/1.1\r\n" H "\r\n", 400, 0 },
    { "GET /\x80 HTTP/1.1\r\n" H "\r\n", 400, 0 },
    { "GET /\tHTTP/1.1\r\n" H "\r\n", 400, 0 },
    { "GET /\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\n" H "\n", 400, 0 },
    { "GET / HTTP/1.1 \r\n" H "\r\n", 400, 0 },
    { "GET / HTTP/1.1\rX", 400, 0 },
    { "GET / HTTP/2.0\r\n" H "\r\n", 505, 0 },
    { "GET / HTTP/1.11\r\n" H "\r\n", 505, 0 },
    { "PUT / HTTP/1.1\r\n" H "\r\n", 405, 0 },
    { "get / HTTP/1.1\r\n" H "\r\n", 405, 0 },
    { "\x16\x03\x01\x02", 400, 0 }, /* TLS on a plain port */
    { "GET / HTTP/1.1\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H H "\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H " folded\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n\tHost: x\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H ": x\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "X-No-Colon\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "X: a\nY: b\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "X: a\rY: b\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n", 400, 0 },
    { POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, 0 },
    { POST "Content-Length: 3, 3\r\n\r\nabc", 400, 0 },
    { POST "Content-Length: +3\r\n\r\nabc", 400, 0 },
    { POST "Content-Length: 3\v\r\n\r\nabc", 400, 0 },
    { POST "Content-Length: 0x3\r\n\r\nabc", 400, 0 },
    { POST "Content-Length:\r\n\r\n", 400, 0 },
    { POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 0 },
    { POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, 0 },
    { POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0 },
    { POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400, 0 },
    { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "+3\r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "3;x=y\r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "3 \r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "\r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "3\nabc\n0\n\n", 400, 0 },
    { CHUNKED "3\r\nabcd\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "000000003\r\nabc\r\n0\r\n\r\n", 400, 0 },
    { CHUNKED "0\r\nX-Trailer: a\r\n\r\n", 400, 0 },

    { POST "Content-Length: 51\r\n\r\n", 413, 0 },
    { POST "Content-Length: 18446744073709551617\r\n\r\n", 413, 0 },
    { CHUNKED "33\r\n", 413, 0 },
    { CHUNKED "ffffffff\r\n", 413, 0 },
    { CHUNKED "30\r\n" TEN TEN TEN TEN "01234567\r\n3\r\n", 413, 0 },
    { "GET / HTTP/1.1\r\n" H "X: " FIFTY FIFTY FIFTY FIFTY, 431, 0 },
    { "GET /" FIFTY FIFTY FIFTY FIFTY, 431, 0 },
};

static void scan_in_steps(const struct scan_row *row, size_t step)
{
    const struct http_scan_bounds bounds = { HEADER_MAX, BODY_MAX };
    struct http_scan scan = { 0 };
    size_t len = strlen(row->bytes), at = 0, end;
    bool ended;
    int whole = 0;

    while (at < len && scan.status == 0) {
        end = at + step < len ? at + step : len;
        while (at < end && scan.status == 0) {
            at += http_scan_take(&scan, &bounds, row->bytes + at, end - at, &ended);
            whole += ended;
        }
    }
    if (scan.status != row->status || whole != row->whole)
        fail_msg("%s\nin steps of %zu: status %d (%s), %d whole", row->bytes, step, scan.status,
                 scan.status == 0 ? "" : scan.words, whole);
}

static void test_every_request_is_read_alike_however_its_bytes_arrive(void **state)
{
    size_t i, step;

    (void)state; /* S-41 */
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scan_in_steps(&rows[i], 1000);
        for (step = 1; step < 8; step++)
            scan_in_steps(&rows[i], step);
    }
}

static void test_the_head_is_told_from_the_body(void **state)
{
    static const char head[] = POST "Content-Length: 2\r\n\r\n";
    const struct http_scan_bounds bounds = { HEADER_MAX, BODY_MAX };
    struct http_scan scan = { 0 };
    bool whole;
    size_t i;

    (void)state;
    assert_false(http_scan_in_head(&scan) || http_scan_in_body(&scan));
    for (i = 0; i + 1 < sizeof(head) - 1; i++) {
        assert_int_equal(http_scan_take(&scan, &bounds, &head[i], 1, &whole), 1);
        assert_true(http_scan_in_head(&scan) && !http_scan_in_body(&scan));
    }
    http_scan_take(&scan, &bounds, "\n", 1, &whole);
    assert_true(http_scan_in_body(&scan) && !whole);
    assert_int_equal(http_scan_take(&scan, &bounds, "abc", 3, &whole), 2);
    assert_true(whole && !http_scan_in_body(&scan) && !http_scan_in_head(&scan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_request_is_read_alike_however_its_bytes_arrive),
        cmocka_unit_test(test_the_head_is_told_from_the_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
