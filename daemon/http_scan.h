/* daemon/http_scan.h - reads requests as their bytes go by, more strictly than the parser behind.
 *
 * Pure. evhttp forgives what another server in front of it may read differently: two lengths,
 * folded lines, a body behind GET, odd chunks. It is given only bytes that passed here, so both
 * agree where a request ends (S-41). Also tells the head from the body for the deadlines. Keeps no
 * bytes but the few that decide. */
#ifndef RELEVO_DAEMON_HTTP_SCAN_H
#define RELEVO_DAEMON_HTTP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_SCAN_WORD = 32 };

enum http_scan_state {
    HTTP_SCAN_START, /* between two requests */
    HTTP_SCAN_METHOD,
    HTTP_SCAN_TARGET,
    HTTP_SCAN_VERSION,
    HTTP_SCAN_LINE_LF, /* behind the CR of the first line or of a header */
    HTTP_SCAN_LINE,    /* a line begins */
    HTTP_SCAN_NAME,
    HTTP_SCAN_VALUE,
    HTTP_SCAN_HEAD_LF, /* behind the CR of the empty line */
    HTTP_SCAN_BODY,    /* from here on it is the body */
    HTTP_SCAN_SIZE,
    HTTP_SCAN_SIZE_LF,
    HTTP_SCAN_CHUNK,
    HTTP_SCAN_CHUNK_CR,
    HTTP_SCAN_CHUNK_LF,
    HTTP_SCAN_LAST_CR,
    HTTP_SCAN_LAST_LF,
    HTTP_SCAN_REFUSED,
};
struct http_scan { /* zeroed: before the first byte */
    enum http_scan_state state;
    size_t head;         /* bytes of this head so far */
    uint64_t left, body; /* of this body or chunk; of all chunks so far */
    char word[HTTP_SCAN_WORD], name[HTTP_SCAN_WORD];
    size_t word_len; /* may be more than fits */
    int lengths, codings, hosts, size_digits;
    bool has_body, plain_11; /* POST; HTTP/1.1 */
    int status;              /* 0: good so far; else what to answer, and why: */
    const char *words;
};
struct http_scan_bounds {
    size_t header_max, body_max; /* bytes; over them: 431, 413 */
};

/* Takes bytes up to the end of one request; returns how many. *whole: one ended there. After a
 * refusal (s->status) it takes no more. */
size_t http_scan_take(struct http_scan *s, const struct http_scan_bounds *bounds, const char *bytes,
                      size_t len, bool *whole);
/* A request's head has begun, and is not at its end. */
bool http_scan_in_head(const struct http_scan *s);
bool http_scan_in_body(const struct http_scan *s);

#endif
