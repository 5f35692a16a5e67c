/* channels/mail_guess.h - which charset bytes are in that do not say so, or say it wrongly.
 *
 * Pure. Each charset that mails are written in reads the bytes; whichever makes the likeliest text
 * of them is meant: letters that are frequent in its language, next to letters that they stand next
 * to. A subject of four words is enough where it is of another script than Latin. */
#ifndef RELEVO_CHANNELS_MAIL_GUESS_H
#define RELEVO_CHANNELS_MAIL_GUESS_H

#include "core/text.h"

/* `likely`: the converter's name of what the mail says elsewhere, which weighs; NULL: it says
 * nothing. Returns a converter's name, `likely` or a constant; bytes that nobody could read are
 * windows-1252. */
const char *mail_guess_charset(struct span s, const char *likely);
/* The charset that these bytes are in though `said` (a converter's name) is what they are called;
 * NULL: they may well be what they are called. */
const char *mail_guess_instead(struct span s, const char *said);

#endif
