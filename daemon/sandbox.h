/* daemon/sandbox.h - a process gives up what it will not need: system calls, for good.
 *
 * For a worker, once, before it meets a stranger's bytes; it has one thread then. What a kind
 * forbids kills the process, but for what libraries try and can do without: that fails.
 *
 * SANDBOX_PURE computes: it reads and writes the descriptors it has, makes memfds, takes memory and
 * time. It opens no file, makes no socket and no process, and runs no memory it has written: what
 * it needs of files is to be loaded before. A list of what is allowed.
 * SANDBOX_NETWORK speaks to servers, looks up names and loads modules of libraries: it starts no
 * program, listens to nobody, looks into no other process, changes no file. A list of what is not.
 *
 * ASan, LSan and valgrind call more than either, also while the process ends; where one of them
 * watches, SANDBOX_PURE too is a list of what is not allowed; under valgrind there is no filter. */
#ifndef RELEVO_DAEMON_SANDBOX_H
#define RELEVO_DAEMON_SANDBOX_H

#include <stdbool.h>

#include "core/error.h"

enum sandbox_kind { SANDBOX_NONE, SANDBOX_PURE, SANDBOX_NETWORK };

/* ERROR_PERMANENT: the system would not. */
int sandbox_enter(enum sandbox_kind kind, struct error *err);
/* As that, but the caller says whether it is watched: tests, of what the release does. */
int sandbox_enter_as(enum sandbox_kind kind, bool watched, struct error *err);
/* Does a sanitizer or valgrind look at this process? */
bool sandbox_is_watched(void);
/* Does valgrind? All takes many times as long then. */
bool sandbox_is_emulated(void);

#endif
