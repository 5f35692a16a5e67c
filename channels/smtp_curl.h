/* channels/smtp_curl.h - one mail by libcurl: TLS from the first byte on, logins by access token,
 * addresses beyond ASCII.
 *
 * In a process of its own alone: it blocks. */
#ifndef RELEVO_CHANNELS_SMTP_CURL_H
#define RELEVO_CHANNELS_SMTP_CURL_H

#include <stdbool.h>

#include "core/text.h"

struct arena;
struct smtp_errand;
struct smtp_question;

/* `utf8`: an address of the envelope is beyond ASCII (RFC 6531). */
void smtp_curl_send(const struct smtp_question *q, const struct smtp_errand *errand, bool utf8,
                    struct arena *a);
void smtp_curl_warm(void);

#endif
