/* channels/smtp_worker.h - the role "smtp": hands mails to a relay.
 *
 * A child's life. libesmtp sends, one session for as many mails as a question names
 * (channels/smtp_frame.h); libcurl does where libesmtp cannot: TLS from the first byte on (port
 * 465), logins by access token, addresses beyond ASCII. "Sent" is said of a mail only when nothing
 * speaks against it; what is not certain is SENT_RETRY, and comes again under the same Message-ID.
 * A relay that drips is ended by the question's deadline, from outside. */
#ifndef RELEVO_CHANNELS_SMTP_WORKER_H
#define RELEVO_CHANNELS_SMTP_WORKER_H

/* Loads what the libraries would load late, before the process shuts itself in. */
void smtp_worker_warm(void);
int smtp_worker_serve(int fd); /* the exit status */

#endif
