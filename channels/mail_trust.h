/* channels/mail_trust.h - who vouches for a mail's sender, and what about him looks false.
 *
 * Pure. Believed is one field alone: the topmost Authentication-Results of the configured server
 * (RFC 8601 5; S-4, T-99). All others may be the sender's own. */
#ifndef RELEVO_CHANNELS_MAIL_TRUST_H
#define RELEVO_CHANNELS_MAIL_TRUST_H

#include <stdbool.h>

struct inbound;
struct mail_header;
struct mail_options;

/* Fills in authenticated_domain and what is suspicious about the sender. Sender and reply_to are
 * there. Vouched for is the From's domain where DMARC passed for it; where that server does not
 * look at DMARC, where a DKIM signature of its organisation passed (S-5). A forwarder's word (ARC,
 * RFC 8617) counts where the chain passed and the configured server's own organisation sealed it
 * last: a chain by others proves only that they wrote it. */
void mail_trust_read(const struct mail_header *h, const struct mail_options *o, struct inbound *in);

/* Do both belong to one organisation, by the public suffix list: mail.example.co.uk, example.co.uk?
 * Any case. */
bool mail_trust_same_organisation(const char *domain, const char *other);

#endif
