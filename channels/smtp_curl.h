/* channels/smtp_curl.h - mails by libcurl: TLS from the first byte on, logins by access token,
 * addresses beyond ASCII.
 *
 * In a process of its own alone: it blocks. */
#ifndef RELEVO_CHANNELS_SMTP_CURL_H
#define RELEVO_CHANNELS_SMTP_CURL_H

#include <stddef.h>

struct arena;
struct smtp_errand;
struct smtp_listener;
struct smtp_question;

void smtp_curl_send(const struct smtp_question *q, const struct smtp_errand *errands, size_t count,
                    const struct smtp_listener *to, struct arena *a);
void smtp_curl_warm(void);

#endif
