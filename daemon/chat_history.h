/* daemon/chat_history.h - what was said in one conversation, as channel_host.chat_history()
 * promises it.
 *
 * Loop thread. Messages that are stored and deliveries that are handed out; ids "m17" and "d42".
 * When a delivery of a channel that wants to hear of it is handed out, the same transaction says
 * NOTIFY relevo_heard, 'CHANNEL CONVERSATION': so every node's visitors are told, whichever node
 * sent it. */
#ifndef RELEVO_DAEMON_CHAT_HISTORY_H
#define RELEVO_DAEMON_CHAT_HISTORY_H

#include <stdint.h>

#include "channels/channel.h"

struct db;
struct desk_channel;

void chat_history_ask(struct db *db, const struct desk_channel *ch, const char *conversation,
                      int64_t after_us, chat_history_fn *done, void *arg);

#endif
