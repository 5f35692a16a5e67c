/* ctl/manual.h - the tables of commands in words: for --help, after a wrong line, and as
 * relevoctl(1). */
#ifndef RELEVO_CTL_MANUAL_H
#define RELEVO_CTL_MANUAL_H

#include <stdio.h>

#include "ctl/command.h"

extern const struct ctl_command *const manual_rooms[]; /* all tables, in order; NULL ends */

void manual_print_usage(FILE *to, const struct ctl_command *c); /* one command with its options */
void manual_print_all(FILE *to);                                /* a line for each */
void manual_print_page(FILE *to);                               /* mdoc(7) */

#endif
