/* daemon/desk.h - the desks that this node serves: their ids, keys, channels and the policy in
 * force.
 *
 * Loop thread. Made from the configuration and the database; relevod knows no policy but the
 * database's (policy_version). A desk without one gets the shipped policy as version 1. Reloaded
 * when another node or relevoctl says NOTIFY relevo_policy, and each minute in case the word was
 * lost; who decides takes desk->policy anew for each batch and does not keep it. */
#ifndef RELEVO_DAEMON_DESK_H
#define RELEVO_DAEMON_DESK_H

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
struct desk *desk_by_id(const struct desks *all, int32_t desk_id);
struct desk *desk_by_name(const struct desks *all, const char *name);
/* An integer[] for the statements that claim work: a node takes none of a desk it does not know. */
struct db_value desks_ids(const struct desks *all, struct arena *a);

/* Creates what the configuration names and the database lacks, reads ids, keys and policies. `done`
 * runs once on the loop; on failure *out is untouched and the same call may be made again. */
void desks_load(struct db *db, const struct config *config, struct desks *out,
                void (*done)(void *arg, const struct error *err), void *arg);
/* Looks for newer policies only. A source that this version cannot read leaves the old one in
 * force. */
void desks_reload_policies(struct db *db, struct desks *desks,
                           void (*done)(void *arg, const struct error *err), void *arg);
void desks_clear(struct desks *desks);

#endif
