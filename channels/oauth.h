/* channels/oauth.h - the access token of a channel that logs in by OAuth 2.0: asked for, kept,
 * renewed.
 *
 * Loop thread. A refresh token is exchanged for access tokens (RFC 6749 6), with a client secret or
 * with a JWT that the client's certificate signs (RFC 7523). A token is asked for when it is first
 * wanted and before it runs out, not at each poll. Where the server rotates refresh tokens the new
 * one is the channel's cursor `oauth`, encrypted with a key made of the one that is configured:
 * whoever has the database alone has neither. Before each exchange that cursor is read anew, so
 * nodes that share a channel share its refresh token. A failure is this channel's own. */
#ifndef RELEVO_CHANNELS_OAUTH_H
#define RELEVO_CHANNELS_OAUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/channel.h"

struct oauth;

enum {
    OAUTH_TOKEN_MAX = 8192,  /* bytes of an access token or of a refresh token */
    OAUTH_ANSWER_MS = 30000, /* of the token endpoint */
    OAUTH_PAUSE_MIN_MS = 10000,
    OAUTH_PAUSE_MAX_MS = 900000,
    OAUTH_WARN_S = 30 * 86400, /* before a client secret or certificate runs out */
};

/* The keys of a channel's section that belong to it, for its table. */
#define OAUTH_KEYS                                                                                 \
    { .name = "token_url",                                                                         \
      .type = CONF_TEXT,                                                                           \
      .doc = "For auth: xoauth2: where access tokens come from.",                                  \
      .example = "https://login.microsoftonline.com/common/oauth2/v2.0/token" },                   \
        { .name = "client_id",                                                                     \
          .type = CONF_TEXT,                                                                       \
          .doc = "For auth: xoauth2: as whom this program is registered there." },                 \
        { .name = "client_secret",                                                                 \
          .type = CONF_SECRET,                                                                     \
          .doc = "Its secret; absent where it signs with client_key, or has none." },              \
        { .name = "client_key",                                                                    \
          .type = CONF_SECRET,                                                                     \
          .doc = "Instead of a secret: its private key and its certificate, in PEM, in one "       \
                 "file. When the certificate runs out is told a month before." },                  \
        { .name = "client_expires",                                                                \
          .type = CONF_TEXT,                                                                       \
          .doc = "The last day of client_secret; it is told a month before.",                      \
          .example = "2027-06-30" },                                                               \
        { .name = "refresh_token",                                                                 \
          .type = CONF_SECRET,                                                                     \
          .doc =                                                                                   \
              "For auth: xoauth2: the refresh token that somebody with this mailbox granted. "     \
              "Where the server gives new ones, they are kept; a new one here replaces them." },   \
    {                                                                                              \
        .name = "scope", .type = CONF_TEXT, .doc = "What is asked for; absent: what was granted.", \
        .example = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"               \
    }

/* Reads these keys. ERROR_CONFIG names what is wrong. `told` runs on the loop for each exchange:
 * there is a new access token (words NULL), or none came, and why. */
int oauth_open(struct channel *ch, void (*told)(struct channel *ch, const char *words),
               struct oauth **out, struct error *err);
void oauth_close(struct oauth *o); /* takes NULL */
/* Begins to keep a token, and ends: a refresh token that comes after that is kept all the same, as
 * long as the channel is not closed. */
void oauth_start(struct oauth *o);
void oauth_stop(struct oauth *o);
/* NULL: there is none now. */
const char *oauth_token(const struct oauth *o);
/* The server refuses this one: another is asked for, unless it was made just now. True: `told` will
 * say what came of it. */
bool oauth_refused(struct oauth *o);

#endif
