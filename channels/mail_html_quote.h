/* channels/mail_html_quote.h - what mail programs say of quotations and signatures in their HTML.
 *
 * Pure tables over one element's tag. What stands here is said by names that a program gives, so it
 * holds in any language; what only the words tell is left to mail_quote.h. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_QUOTE_H
#define RELEVO_CHANNELS_MAIL_HTML_QUOTE_H

enum mail_html_quote {
    HTML_OWN,       /* nothing is said */
    HTML_QUOTED,    /* what is within it is history */
    HTML_QUOTED_ON, /* and so is all that follows it */
    HTML_QUOTING,   /* what is within it is, unless a blockquote within it tells what of it */
    HTML_SIGNATURE,
    HTML_SIGNATURE_NEXT, /* the element after it, below the same one, is a signature */
};

/* A blockquote that quotes a mail; others only indent. `attributes`: names and values in turn, then
 * NULL; NULL for none. */
int mail_html_quote_is_citation(const unsigned char **attributes);

/* Of the element of that name. */
enum mail_html_quote mail_html_quote_of(const char *element, const unsigned char **attributes);

#endif
