/* channels/webchat_token.h - who a visitor of the chat is: a signed token that the browser keeps.
 *
 * Pure. The token alone opens a talk: nothing about visitors is stored. It is bound to its channel
 * by name. One that is lost shows nobody anything, for a new one is a new visitor; only who was
 * named by the site itself, with a signature, is the same visitor everywhere. */
#ifndef RELEVO_CHANNELS_WEBCHAT_TOKEN_H
#define RELEVO_CHANNELS_WEBCHAT_TOKEN_H

#include <stdint.h>

#include "core/error.h"
#include "core/inbound.h"
#include "core/text.h"

struct arena;

enum { WEBCHAT_VISITOR_BYTES = 16 };

struct webchat_visitor {
    char id[2 * WEBCHAT_VISITOR_BYTES + 1]; /* lower hex; the conversation too */
    char email[INBOUND_ADDRESS_MAX + 1];    /* the site vouches for it; "": none is known */
    int64_t issued_at;                      /* UTC seconds */
};

/* Somebody new. */
void webchat_visitor_make(int64_t now, struct webchat_visitor *out);
/* Whom the site vouches for: the same id for the same identifier, on that channel with that key. An
 * identifier that is an e-mail address is the visitor's. */
void webchat_visitor_name(struct span key, const char *channel, const char *identifier, int64_t now,
                          struct webchat_visitor *out);

char *webchat_token_make(struct arena *a, struct span key, const char *channel,
                         const struct webchat_visitor *visitor);
/* -1 with ERROR_PERMANENT: not ours, of another channel, or older than max_age_s. */
int webchat_token_read(struct arena *a, struct span key, const char *channel, struct span token,
                       int64_t now, int64_t max_age_s, struct webchat_visitor *out,
                       struct error *err);

#endif
