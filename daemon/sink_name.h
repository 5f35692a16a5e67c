/* daemon/sink_name.h - the names by which a policy calls other systems (`webhook NAME`), and
 * whether there is a channel for each.
 *
 * Pure. The planner knows the names alone: a policy is right without any channel, and a name that
 * nobody has costs its calls and nothing else. So it is said wherever the two meet: by relevod when
 * it starts, reloads or takes a policy, by relevoctl policy apply and status. */
#ifndef RELEVO_DAEMON_SINK_NAME_H
#define RELEVO_DAEMON_SINK_NAME_H

struct arena;
struct conf;
struct desk;
struct desk_channel;
struct policy;

/* The channel of the desk that such a call goes by; NULL: none of this name takes events. */
const struct desk_channel *sink_name_find(const struct desk *desk, const char *name);
/* `found` hears a sentence for each step that calls a name for which relevo.yaml (`root`) has no
 * channel at that desk. A desk without any channel there is another configuration's. */
void sink_name_unknown(const struct conf *root, const char *desk, const struct policy *policy,
                       struct arena *a, void (*found)(void *arg, const char *sentence), void *arg);

#endif
