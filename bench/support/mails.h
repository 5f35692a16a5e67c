/* bench/support/mails.h - the mails that programs are compared on, and how long a program takes. */
#ifndef RELEVO_BENCH_MAILS_H
#define RELEVO_BENCH_MAILS_H

#include "core/text.h"

/* A whole file, free() its bytes. Ends the program where there is none. */
struct span mails_load(const char *path);
/* Reads each of the files `times` times from memory, and prints processor seconds of all that. */
void mails_time(long times, char **paths, int count, void (*read_one)(struct span raw));

#endif
