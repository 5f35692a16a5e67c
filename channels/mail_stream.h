/* channels/mail_stream.h - the connection under libetpan: verified TLS, deadlines that hold.
 *
 * One thread, which it blocks: worker processes only. libetpan's own sockets check no certificate,
 * spin on a lost connection, abort on descriptors over 1023 and have no deadline for a command; a
 * stream of ours goes under it instead. Whatever goes wrong ends the stream for good: from then on
 * every read and write fails at once, and mail_stream_error() says why. SIGPIPE must be ignored. */
#ifndef RELEVO_CHANNELS_MAIL_STREAM_H
#define RELEVO_CHANNELS_MAIL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct _mailstream; /* libetpan's */
struct mail_stream;

enum mail_stream_tls {
    MAIL_STREAM_TLS,      /* from the first byte */
    MAIL_STREAM_STARTTLS, /* clear until mail_stream_start_tls() */
    MAIL_STREAM_PLAIN,    /* refused unless the peer's address is this machine's own */
};
struct mail_stream_peer {
    const char *host; /* the certificate must name it */
    int port;
    enum mail_stream_tls tls;
    const char *ca_file; /* NULL: the system's authorities */
    int given;           /* over 0: this connection, in clear, that is the stream's now: tests */
};

/* Connects, and shakes hands for MAIL_STREAM_TLS, within timeout_ms. ERROR_CONFIG: the certificate
 * was refused, or clear text would leave the machine. */
int mail_stream_open(const struct mail_stream_peer *peer, int64_t timeout_ms,
                     struct mail_stream **out, struct error *err);
/* For mailimap_connect(). mailstream_close() of it frees the mail_stream too. */
struct _mailstream *mail_stream_etpan(struct mail_stream *s);
void mail_stream_close(struct mail_stream *s); /* the same, where libetpan has not got it */

/* From now on: `bytes` may come in, until ms have gone by; and each second's worth of bytes that do
 * come, at bytes_per_s, is a second more. 0: nothing prolongs it. So a large mail over a slow line
 * comes through, and one that drips does not. */
void mail_stream_limit(struct mail_stream *s, int64_t ms, size_t bytes, size_t bytes_per_s);
/* The upgrade after the server's answer to STARTTLS. ERROR_PERMANENT: it sent more than that in
 * clear, which would be taken for an answer inside TLS. */
int mail_stream_start_tls(struct mail_stream *s, struct error *err);

enum { MAIL_STREAM_READABLE = 1, MAIL_STREAM_OTHER = 2 };
/* Waits until there is something to read, also in the buffers of libetpan and of TLS, or other_fd
 * (-1: none) is readable. 0: neither within ms. */
int mail_stream_wait(struct mail_stream *s, int other_fd, int64_t ms);

/* Why it ended; ERROR_NONE: it has not. */
const struct error *mail_stream_error(const struct mail_stream *s);
bool mail_stream_is_late(const struct mail_stream *s); /* its deadline is why */
extern const char mail_stream_late[];                  /* the words of that */
bool mail_stream_has_tls(const struct mail_stream *s);
/* Monotonic milliseconds, as the deadlines count. */
int64_t mail_stream_now(void);

#endif
