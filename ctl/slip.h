/* ctl/slip.h - what is wrong with a line, in words, and what may have been meant.
 *
 * Each says it on stderr and returns CTL_USAGE; only slip_command() prints what would be right. */
#ifndef RELEVO_CTL_SLIP_H
#define RELEVO_CTL_SLIP_H

#include "ctl/command.h"

int slip_command(int argc, char **argv); /* the line names no command */
/* The word is none of the command's options, or is not written as the option is; NULL: no command
 * is named yet. */
int slip_option(const struct ctl_command *c, const char *word);
int slip_words(const struct ctl_command *c, int argc, char **argv); /* too few, or too many */

#endif
