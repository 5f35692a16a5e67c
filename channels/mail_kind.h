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

/* Does the header tell that a program wrote it, and nothing that it does so for somebody who is
 * away? Asked of `in` before its kind is read: it has its subject and its text. */
bool mail_kind_is_notice(const struct mail_header *h, const struct inbound *in);

/* Fills in automatic, bounce, spam, echo, nature and failed. Sender, subject and texts are there
 * already. */
void mail_kind_read(const struct mail_part *root, const struct mail_options *o, struct inbound *in);

#endif
