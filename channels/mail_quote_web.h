/* channels/mail_quote_web.h - addresses of the web in a line: of a house, or of a page in it?
 *
 * Pure. A visiting card gives a house, "www.example.org", "https://example.org/en/"; who shows
 * something gives a page, "http://example.org/shop/order.html". */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_WEB_H
#define RELEVO_CHANNELS_MAIL_QUOTE_WEB_H

#include <stdbool.h>

#include "core/text.h"

struct mail_quote_web {
    struct span before; /* what stands before it, and behind the one before */
    struct span host;   /* without "www." */
    bool is_page;       /* its path is more than a language, the home of a user or the first page */
};

/* The next one in *s, which goes on behind it; false: there is none, and *s stays. Borrows from
 * *s. */
bool mail_quote_web_take(struct span *s, struct mail_quote_web *web);

/* Is the host of the domain of that mail address? */
bool mail_quote_web_is_of(struct span host, struct span address);

#endif
