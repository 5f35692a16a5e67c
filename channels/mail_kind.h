/* channels/mail_kind.h - what sort of mail it is: a person's, a machine's, a bounce, our own; and
 * who vouches for its sender.
 *
 * Pure. Decided by headers that programs write, not by words that people do. */
#ifndef RELEVO_CHANNELS_MAIL_KIND_H
#define RELEVO_CHANNELS_MAIL_KIND_H

struct inbound;
struct mail_header;
struct mail_options;
struct mail_part;

/* Fills in automatic, bounce, spam and echo. Sender, subject and text are there already. */
void mail_kind_read(const struct mail_part *root, const struct mail_options *o, struct inbound *in);
/* Fills in authenticated_domain: the From's, where the topmost Authentication-Results of the
 * configured server says that DMARC passed for it (RFC 8601; S-4, T-99). */
void mail_kind_authenticate(const struct mail_header *h, const struct mail_options *o,
                            struct inbound *in);

#endif
