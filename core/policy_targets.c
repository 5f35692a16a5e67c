#include "core/policy_targets.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

#include "core/arena.h"
#include "core/duration.h"
#include "core/policy_reader.h"
#include "core/target.h"

/* "50%" or "1h", as struct target has them; 0: it is neither. */
static int policy_warning(const char *text)
{
    int percent;
    int64_t left;

    if (text_percent(text, &percent) == 0)
        return percent < 100 ? percent : 0;
    return duration_read(text, &left) < 0 || left > INT_MAX ? 0 : -(int)left;
}

static int64_t policy_longest(const struct conf *row)
{
    int64_t longest = 0;
    int p;

    for (p = 0; p < TICKET_PRIORITY_N; p++)
        longest = MAX(longest, conf_int(row, ticket_priority_name((enum ticket_priority)p)));
    return longest;
}

/* What a row says of all its priorities. */
static int policy_warnings(struct policy_reader *r, const struct conf *c,
                           int out[TARGET_WARNINGS_MAX])
{
    size_t n = conf_count(c, "warn"), i;
    int64_t longest = policy_longest(c);
    int count = 0, k;

    if (n > TARGET_WARNINGS_MAX)
        conf_errors_at(r->errors, c, "warn", "over %d warnings", TARGET_WARNINGS_MAX);
    for (i = 0; i < n && i < TARGET_WARNINGS_MAX; i++) {
        const char *text = conf_text_at(c, "warn", i);
        int warn = policy_warning(text);

        for (k = 0; k < count && out[k] != warn; k++)
            ;
        if (warn == 0)
            conf_errors_at_item(r->errors, c, "warn", i,
                                "expected a percent of the time, such as '50%%', from 1%% to 99%%, "
                                "or how much of it is left, such as '1h', got '%.40s'",
                                text);
        else if (k < count)
            conf_errors_at_item(r->errors, c, "warn", i, "'%.40s' is there twice", text);
        else if (longest > 0 && -(int64_t)warn >= longest)
            conf_errors_at_item(r->errors, c, "warn", i, "no target here is longer than '%.40s'",
                                text);
        else
            out[count++] = warn;
    }
    return count;
}

/* Those that come while a target of so many seconds is counted, the first first, each second once.
 */
static void policy_warn(struct target *t, const int *warnings, int count)
{
    int n = 0, i, k;

    memset(t->warn, 0, sizeof(t->warn));
    for (i = 0; i < count; i++) {
        const struct target one = { .seconds = t->seconds, .warn = { warnings[i] } };
        int64_t at = target_warning(&one, 0);

        for (k = 0; k < n && target_warning(t, k) < at; k++)
            ;
        if (at <= 0 || at >= t->seconds || (k < n && target_warning(t, k) == at))
            continue;
        memmove(t->warn + k + 1, t->warn + k, (size_t)(n - k) * sizeof(t->warn[0]));
        t->warn[k] = warnings[i];
        n++;
    }
}

static void policy_table(struct policy_reader *r, const struct conf *c, struct target_table *out,
                         bool (*set)[TARGET_KIND_N])
{
    int k, p;

    for (k = 0; k < TARGET_KIND_N; k++) {
        bool of_level = k == TARGET_LEVEL_ACK || k == TARGET_LEVEL_RESOLVE;
        const struct conf *row =
            of_level || c == NULL ? NULL : conf_section(c, target_kind_name((enum target_kind)k));
        struct target t = { .calendar =
                                row == NULL ? -1 : policy_reader_calendar(r, row, "calendar") };

        int warnings[TARGET_WARNINGS_MAX];
        int warning_count = row == NULL ? 0 : policy_warnings(r, row, warnings);

        for (p = 0; p < TICKET_PRIORITY_N; p++) {
            const char *name = ticket_priority_name((enum ticket_priority)p);
            bool says = row != NULL && conf_has(row, name);

            t.seconds = says ? conf_int(row, name) : -1;
            policy_warn(&t, warnings, warning_count);
            out->at[p][k] = t;
            if (set != NULL)
                set[p][k] = says;
        }
    }
}

void policy_targets_read(struct policy_reader *r, const struct conf *root,
                         struct target_policy *out)
{
    const struct conf *c = conf_section(root, "targets");
    size_t n = conf_count(c, "channels"), i;
    struct target_channel *channels = arena_array(r->a, n, sizeof(*channels));

    policy_table(r, c, &out->table, NULL);
    for (i = 0; i < n; i++) {
        channels[i].channel = policy_reader_copy(r, conf_name_at(c, "channels", i));
        policy_table(r, conf_at(c, "channels", i), &channels[i].table, channels[i].set);
    }
    out->channels = channels;
    out->channel_count = n;
}
