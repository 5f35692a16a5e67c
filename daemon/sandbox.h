/* daemon/sandbox.h - a process gives up what it will not need: system calls, for good.
 *
 * For a worker, once, after start-up. SANDBOX_PURE: computes, reads and writes descriptors that it
 * has, makes memfds, takes memory and time; opens files to read alone (ICU and iconv load their
 * tables late). It makes no socket, process, file or signal to others; what is forbidden kills it.
 * Under sanitizers and valgrind, which need more, nothing is done. SANDBOX_NETWORK: as that, but
 * sockets; still no process and no file to write. */
#ifndef RELEVO_DAEMON_SANDBOX_H
#define RELEVO_DAEMON_SANDBOX_H

#include "core/error.h"

enum sandbox_kind { SANDBOX_NONE, SANDBOX_PURE, SANDBOX_NETWORK };

/* ERROR_PERMANENT: the system would not. */
int sandbox_enter(enum sandbox_kind kind, struct error *err);

#endif
