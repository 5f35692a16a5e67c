/* channels/mail_kind.h - what sort of mail it is: a person's, a machine's, a bounce, our own.
 *
 * Pure. Decided by what programs write, not by words that people do. */
#ifndef RELEVO_CHANNELS_MAIL_KIND_H
#define RELEVO_CHANNELS_MAIL_KIND_H

#include <stdbool.h>

struct inbound;
struct mail_header;
struct mail_options;
struct mail_part;

/* Do the fields of the header alone tell that a program wrote it? */
bool mail_kind_says_automatic(const struct mail_header *h);

/* Fills in automatic, bounce, spam, echo, nature and failed. Sender, subject and texts are there
 * already. */
void mail_kind_read(const struct mail_part *root, const struct mail_options *o, struct inbound *in);

#endif
