/* tests/support/caller.h - calls a channel's webhook as its provider does, signed. */
#ifndef RELEVO_TESTS_CALLER_H
#define RELEVO_TESTS_CALLER_H

#include "tests/support/fake_host.h"

/* Each returns the status. */
int caller_twilio(struct fake_host *h, const char *token, struct span body);
int caller_telegram(struct fake_host *h, const char *secret, struct span body);
/* `secret` as whsec_…, sent at `at`. */
int caller_webhook(struct fake_host *h, const char *secret, struct span body, int64_t at);
/* One visitor of the chat, always the same, writes. */
int caller_webchat(struct fake_host *h, const char *secret, struct span body);

#endif
