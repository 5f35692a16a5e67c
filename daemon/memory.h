/* daemon/memory.h - how much memory this node may use.
 *
 * Any thread. */
#ifndef RELEVO_DAEMON_MEMORY_H
#define RELEVO_DAEMON_MEMORY_H

#include <stddef.h>
#include <stdint.h>

enum {
    MEMORY_HELD_MIN = 64 << 20,
    MEMORY_HELD_MAX = 256 << 20,
    MEMORY_LIGHT_ALL = 16 << 20,
    MEMORY_LIGHT_MIN = 1 << 20,
    MEMORY_LIGHT_MAX = 4 << 20,
};

/* Bytes: the machine's, or what a control group (v1 or v2) leaves to the process that `groups`
 * (/proc/self/cgroup) tells of, whichever is least; `tree`: where the groups lie. */
int64_t memory_limit(const char *groups, const char *tree);
/* What one way in may hold of mails or requests that are not stored yet: a quarter of that limit,
 * within the bounds above. The least is what one mail of the largest size needs to come in. */
size_t memory_held_max(void);
/* What the mails may weigh that are fetched, of all mailboxes: an eighth, for what is handed over
 * at the same time has its quarter, and two readers have copies. Without the least: a single one
 * may always come (daemon/burden.h). */
size_t memory_fetched_max(void);
/* What one of so many ways in may hold of small mails that nobody asks for room for: its share of
 * a sixteenth of that limit, or of MEMORY_LIGHT_ALL, within the bounds above. */
size_t memory_light_max(size_t channels);

#endif
