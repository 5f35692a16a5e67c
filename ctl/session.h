/* ctl/session.h - the database for the time of one command: ask, wait, read.
 *
 * One connection, on a loop of its own. What it gives lives until session_end(). A command that
 * changes a ticket goes through the store as the daemon does (daemon/store.h): relevoctl decides
 * nothing by itself. Where the database is away a command ends with CTL_LATER; it does not wait for
 * its return. */
#ifndef RELEVO_CTL_SESSION_H
#define RELEVO_CTL_SESSION_H

#include <libpq-fe.h>
#include <stddef.h>

#include "ctl/command.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/store.h"

struct arena;
struct config;
struct inbound;
struct output_column;
struct policy_change_answer;
struct policy_change_order;

struct session {
    struct arena *a;
    struct config *config;
    struct db *db;
    struct desks desks; /* after session_serve() */
    struct session_loop *loop;
};

/* Reads the configuration, connects, looks whether the schema is there, and what time it is there:
 * from then on wall_now() is the database's. NULL: what is wrong has been said, and *code is how to
 * end. */
struct session *session_open(const struct ctl *ctl, int *code);
void session_end(struct session *s); /* takes NULL */

/* A whole command: opens a session, runs it, ends it. */
int session_command(const struct ctl *ctl, char **argv, session_command_fn *run);

/* One statement of sql/queries. NULL: err says why. */
const PGresult *session_ask(struct session *s, const char *query, const struct db_value *values,
                            int count, struct error *err);
/* Likewise, and prints its rows; returns how the command ends. */
int session_list(const struct ctl *ctl, struct session *s, const char *query,
                 const struct db_value *values, int count, const struct output_column *columns);
/* That answer is not needed any longer: of a question that is put again and again. */
void session_forget(struct session *s, const PGresult *res);
/* Loads the desks with their policies: session_facts() needs them. */
int session_serve(struct session *s, struct error *err);
/* The desk that --desk names, or the only one there is; session_serve() is done for it. NULL: err
 * says why. */
const struct desk *session_desk(const struct ctl *ctl, struct session *s, struct error *err);
/* What --desk names, for a statement to which null is every desk; *name stays null where it was not
 * said. -1: the database knows no such desk; err says so. */
int session_desk_name(const struct ctl *ctl, struct session *s, struct db_value *name,
                      struct error *err);
/* Likewise --channel, of any desk. */
int session_channel_name(const struct ctl *ctl, struct session *s, struct db_value *name,
                         struct error *err);
/* store_facts(), waited for; takes `facts` and what they point to from s->a. `told` runs once, with
 * the answers. -1: nobody can say what became of them. */
int session_facts(struct session *s, const struct store_fact *facts, size_t count,
                  void (*told)(void *arg, const struct store_answer *answers, size_t count),
                  void *arg, struct error *err);
/* A message as a channel would hand it over, waited for; takes `in`. -1: it was not stored. */
int session_take(struct session *s, struct desk_channel *from, struct inbound *in,
                 struct error *err);
/* A policy comes in force (daemon/policy_change.h), waited for; takes `policy`. -1: err says why.
 */
int session_policy(struct session *s, const struct desk *desk, struct policy_file *policy,
                   const struct policy_change_order *order, struct policy_change_answer *answer,
                   struct error *err);
/* All desks there are, and the policies in force of those that have one: place, version, source
 * (sql/queries/policy_in_force.sql); and the name of the desk that such a row is of. */
int session_policies(struct session *s, const PGresult **desks, const PGresult **policies,
                     struct error *err);
const char *session_policy_desk(const PGresult *desks, const PGresult *policies, int row);
/* That channel of any desk of this configuration; NULL: there is none. After session_serve(). */
struct desk_channel *session_channel(const struct session *s, const char *name);
/* Who is at the keyboard: the login name. The session's. */
const char *session_login(struct session *s);

#endif
