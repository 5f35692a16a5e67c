/* channels/mail_keys.h - the rows of a channel's table of keys that say how its mails are read.
 *
 * Every channel that hands mails to channel_host.parse_mail() has them; what they say becomes a
 * struct mail_options (channels/mail.h). */
#ifndef RELEVO_CHANNELS_MAIL_KEYS_H
#define RELEVO_CHANNELS_MAIL_KEYS_H

#include "core/conf.h"

#define MAIL_KEYS                                                                                  \
    { .name = "default_charset",                                                                   \
      .type = CONF_TEXT,                                                                           \
      .doc = "Of text that does not say its own; absent: it is guessed.",                          \
      .example = "windows-1252" },                                                                 \
    {                                                                                              \
        .name = "authserv_id", .type = CONF_TEXT,                                                  \
        .doc = "Whose Authentication-Results are believed (RFC 8601): the name that the "          \
               "receiving mail server puts into them. Absent: nobody's; then no mail proves its "  \
               "sender.",                                                                          \
        .example = "mx.example.org"                                                                \
    }

#endif
