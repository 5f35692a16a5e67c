/* ctl/manual.h - the tables of commands in words: for --help, after a wrong line, and as
 * relevoctl(1). */
#ifndef RELEVO_CTL_MANUAL_H
#define RELEVO_CTL_MANUAL_H

#include <stdio.h>

#include "ctl/command.h"

extern const struct ctl_command *const manual_rooms[]; /* all tables, in order; NULL ends */

void manual_print_usage(FILE *to, const struct ctl_command *c); /* one command with its options */
void manual_print_all(FILE *to);                                /* a line for each */
bool manual_has_group(const char *group);                       /* with words behind it */
void manual_print_group(FILE *to, const char *group);           /* those of it alone */
void manual_print_page(FILE *to);                               /* mdoc(7) */

#endif
