/* daemon/relevod.h - one running daemon: its rooms in the order they are opened, and how they are
 * shut.
 *
 * Loop thread. SIGTERM, SIGINT: no new work is taken, what was accepted is finished
 * (RELEVOD_DRAIN_MS at most), leases are given up. SIGHUP: the configuration is read again; a
 * broken one leaves the old in force and says why. Channels are new then, connections and sockets
 * stay. `database`, `node`, `listen`, `admin`, `limits` and `workers` count from the next start on.
 */
#ifndef RELEVO_DAEMON_RELEVOD_H
#define RELEVO_DAEMON_RELEVOD_H

struct config;

enum {
    RELEVOD_DRAIN_MS = 20000,
    RELEVOD_POLICY_MS = 60000, /* a look for newer policies, in case the word of one was lost */
    RELEVOD_RETRY_MS = 2000,   /* between attempts to load desks while the database is away */
    RELEVOD_CLOCK_MS = 5000,   /* between questions what time it is */
    RELEVOD_CLOCK_S = 5,       /* so wrong may this machine's clock be without a word */
    RELEVOD_CHECK_MS = 100,    /* whether what is being shut has nothing under way any more */
};

/* The whole life after the configuration was read from `path`; takes `config`. Returns the exit
 * status. */
int relevod_run(struct config *config, const char *path);
/* What a start would refuse: each channel is opened, so its secrets are read. 0; -1: told on
 * stderr. */
int relevod_check(const struct config *config);

#endif
