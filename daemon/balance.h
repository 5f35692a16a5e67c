/* daemon/balance.h - the balance sheet of each channel that is pulled here, as often as it says.
 *
 * Loop thread. First BALANCE_FIRST_S after the channel began, then each `reconcile` of its
 * configuration. A mail that is in no account is an alarm: in the log, in the metrics, in
 * `relevoctl status`. One comparison at a time. */
#ifndef RELEVO_DAEMON_BALANCE_H
#define RELEVO_DAEMON_BALANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct balance;
struct db;
struct desk_channel;
struct turns;
struct workers;

enum { BALANCE_FIRST_S = 60, BALANCE_AGAIN_S = 600 /* after one that broke off */ };

struct balance *balance_new(struct db *db, struct workers *workers, struct turns *turns);
/* From now on, and no more; a channel without anything to compare is no matter. */
void balance_want(struct balance *b, struct desk_channel *ch);
void balance_forget(struct balance *b, const struct desk_channel *ch);
void balance_forget_all(struct balance *b);
/* Somebody asks for it (NOTIFY relevo_reconcile, 'CHANNEL'): before all others, and every node
 * hears when it is over: NOTIFY relevo_reconciled, 'CHANNEL', and words where it broke off. */
void balance_now(struct balance *b, int64_t channel_id);
/* For metrics: of the i-th channel, how many mails were in no account (-1: it was not compared
 * yet). False: there is none. */
bool balance_at(const struct balance *b, size_t i, const char **name, int64_t *gaps);
/* Takes NULL; while its db stands. */
void balance_free(struct balance *b);

#endif
