/* channels/mail_sender.h - small questions about who wrote a mail, for the rooms that tell kinds.
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_MAIL_SENDER_H
#define RELEVO_CHANNELS_MAIL_SENDER_H

#include <stdbool.h>

#include "core/text.h"

struct inbound;
struct mail_header;

enum { MAIL_SENDER_LOCAL = 65 }; /* RFC 5321 4.5.3.1.1, and a NUL */

/* An address's local part in lower case, without the signs of `left_out`, in which writers vary:
 * "No-Reply" and "no_reply" are "noreply". */
void mail_sender_local(const char *address, const char *left_out, char out[MAIL_SENDER_LOCAL]);
/* The sender's address. Who has none but a word of his own machine's ("MAILER-DAEMON", with "<>"
 * behind it or not) is that. */
const char *mail_sender_written(const struct mail_header *h, const struct inbound *in);
/* It is a mail server's own, by its name: "Mailer-Daemon@", "postmaster@", "MDaemon@".
 * A postmaster is a person at times; what he writes tells. */
bool mail_sender_is_daemon(const char *address);
/* Its name says that nobody reads what is answered. */
bool mail_sender_is_no_reply(const char *address);
/* It is a list's own, by its form: "owner-lamps@", "lamps-owner@", "lamps-bounces+tom=b.org@". */
bool mail_sender_is_list(const char *address);
/* The same of a local part in lower case: of who keeps a list ("owner-lamps", "lamps-admin"), or a
 * copy's, as ezmlm numbers what it sends ("lamps-return-12-tom=b.org"). */
bool mail_sender_is_lists_keeper(struct span local);
bool mail_sender_is_numbered_return(struct span local);
/* Nobody wants to hear whether it arrived: Return-Path is "<>", or begins with "mailer-daemon" or
 * with `daemon`. */
bool mail_sender_is_null(const struct mail_header *h, const char *daemon);

#endif
