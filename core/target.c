#include "core/target.h"

#include <string.h>

static void target_lay_over(const struct target_channel *row, struct target_table *out)
{
    int p, k;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        for (k = 0; k < TARGET_KIND_N; k++)
            if (row->set[p][k])
                out->at[p][k] = row->table.at[p][k];
}

void target_resolve(const struct target_policy *t, const char *name, const char *kind,
                    struct target_table *out)
{
    size_t i;

    *out = t->table;
    for (i = 0; i < t->channel_count; i++) /* the kind first, so that the name wins */
        if (kind != NULL && strcmp(t->channels[i].channel, kind) == 0)
            target_lay_over(&t->channels[i], out);
    for (i = 0; i < t->channel_count; i++)
        if (name != NULL && strcmp(t->channels[i].channel, name) == 0)
            target_lay_over(&t->channels[i], out);
}

const char *target_channel_of(const struct target_policy *t, const char *name, const char *kind,
                              enum ticket_priority p, enum target_kind k)
{
    const char *found = NULL;
    size_t i;

    for (i = 0; i < t->channel_count; i++) {
        const struct target_channel *row = &t->channels[i];

        if (row->set[p][k] && name != NULL && strcmp(row->channel, name) == 0)
            return row->channel;
        if (row->set[p][k] && kind != NULL && strcmp(row->channel, kind) == 0)
            found = row->channel;
    }
    return found;
}
