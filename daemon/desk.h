/* daemon/desk.h - the desks that this node serves: their ids, keys, channels and the policy in
 * force.
 *
 * Loop thread. Made from the configuration and the database; relevod knows no policy but the
 * database's (policy_version). A desk without one gets the shipped policy as version 1. The store
 * holds the one in force for as long as a batch lasts, and takes it here where it is another one
 * (daemon/store.h); so that the other rooms know it too it is looked for when another node or
 * relevoctl says NOTIFY relevo_policy, and each minute in case the word was lost. Nobody keeps
 * desk->policy. */
#ifndef RELEVO_DAEMON_DESK_H
#define RELEVO_DAEMON_DESK_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/channel.h"
#include "core/policy_read.h"

struct arena;
struct config;
struct db;
struct db_value;

struct desk_channel {
    struct channel channel; /* channel.channel_id is filled from the database */
    struct desk *desk;
    const char *smtp; /* name of the channel its letters go out by; NULL: itself */
};
struct desk {
    int32_t desk_id;
    const char *name;
    unsigned char token_key[32];
    struct policy_file policy;
    int policy_seen; /* policy_version.version last looked at: the policy's, or one that cannot be
                        read; 0: none */
    int names_seen;  /* policy_version.version whose names of other systems were looked for; 0: none
                      */
    struct desk_channel **channels;
    size_t channel_count;
    /* Who speaks for it by mail: relevo.yaml's `agents: mail:`, a channel that can send letters;
     * NULL: none, agents are told nothing by mail. */
    struct desk_channel *agent_mail;
};
struct desks {
    struct desk **desk;
    size_t count;
};

struct desk_channel *desk_channel_by_id(const struct desk *d,
                                        int64_t channel_id); /* NULL: not here */
struct desk_channel *desk_channel_by_name(const struct desk *d, const char *name);
/* Where the letters of a channel that writes them come from, as these letters say it: canonical,
 * the domain in ASCII. NULL: it says none. */
const char *desk_sender(const struct desk_channel *letters, struct arena *a);
/* Those of all that the desk writes, to customers and to agents, with blanks between: loop headers
 * have them. */
const char *desk_own_addresses(const struct desk *d, struct arena *a);
bool desk_is_own(const struct desk *d, const char *address, struct arena *a); /* one of these */
struct desk *desk_by_id(const struct desks *all, int32_t desk_id);
struct desk *desk_by_name(const struct desks *all, const char *name);
/* An integer[] for the statements that claim work: a node takes none of a desk it does not know. */
struct db_value desks_ids(const struct desks *all, struct arena *a);

/* Creates what the configuration names and the database lacks, reads ids, keys and policies. `done`
 * runs once on the loop; on failure *out is untouched and the same call may be made again. */
void desks_load(struct db *db, const struct config *config, struct desks *out,
                void (*done)(void *arg, const struct error *err), void *arg);
/* The rows of policy_in_force: row.place is one more than the index in `asked`. A source that this
 * program cannot read leaves the desk's own as it is: -1, ERROR_CONFIG. */
int desk_take_policies(struct desk *const *asked, const PGresult *res, struct error *err);
/* What to ask policy_in_force about these: v[0], v[1]. */
void desk_ask_policies(struct desk *const *asked, size_t count, struct arena *a,
                       struct db_value *v);
/* Looks for the policies in force. `db` is the store's, so that none changes while a batch decides.
 */
void desks_reload_policies(struct db *db, struct desks *desks,
                           void (*done)(void *arg, const struct error *err), void *arg);
void desks_clear(struct desks *desks);

#endif
