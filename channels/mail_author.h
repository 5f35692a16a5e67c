/* channels/mail_author.h - who wrote what a list sends under its own address.
 *
 * Pure. Where a writer's domain forbids others to send in its name (DMARC), lists write themselves
 * into From, "Ana via Support <support@desk.example>", and him into X-Original-From,
 * X-Original-Sender (Google Groups) or Reply-To (Mailman). Anybody can write these: they say no
 * more than a From does, and nobody vouches for them. */
#ifndef RELEVO_CHANNELS_MAIL_AUTHOR_H
#define RELEVO_CHANNELS_MAIL_AUTHOR_H

struct inbound;
struct mail_header;

/* Fills in in->author where From is the address that List-Post names; in->sender is there already.
 * `likely`: as mail_address_list()'s fallback. */
void mail_author_read(const struct mail_header *h, const char *likely, struct inbound *in);

#endif
