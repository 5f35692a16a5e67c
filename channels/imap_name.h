/* channels/imap_name.h - names of mailboxes as IMAP writes them: modified UTF-7 (RFC 3501 5.1.3).
 *
 * Pure. */
#ifndef RELEVO_CHANNELS_IMAP_NAME_H
#define RELEVO_CHANNELS_IMAP_NAME_H

/* free() it. NULL: not UTF-8, or with control characters. */
char *imap_name_write(const char *utf8);

#endif
