/* channels/smtp_worker.h - the role "smtp": hands mails to a relay by libesmtp, which blocks.
 *
 * A child's life. One question is one session with as many mails as it names
 * (channels/smtp_frame.h). "Sent" is said of a mail only when the library's four signs agree or the
 * server went on to the next one; what is not certain is SENT_RETRY, and comes again under the same
 * Message-ID. A relay that drips is ended by the question's deadline, from outside. */
#ifndef RELEVO_CHANNELS_SMTP_WORKER_H
#define RELEVO_CHANNELS_SMTP_WORKER_H

int smtp_worker_serve(int fd); /* the exit status */

#endif
