/* channels/telegram_update.h - one update of the Bot API as a message in canonical form.
 *
 * Pure but for the channel's clock. */
#ifndef RELEVO_CHANNELS_TELEGRAM_UPDATE_H
#define RELEVO_CHANNELS_TELEGRAM_UPDATE_H

#include <jansson.h>
#include <stdint.h>

#include "core/error.h"

struct channel;
struct inbound;

/* An update that is nothing for a ticket becomes INBOUND_IGNORED with its reason. NULL with
 * ERROR_PERMANENT: it is no update at all. */
struct inbound *telegram_update_read(struct channel *ch, const json_t *update, struct error *err);
int64_t telegram_update_id(const json_t *update); /* -1: it has none that could be followed */

#endif
