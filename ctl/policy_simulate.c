/* A story, or one imagined ticket, told under a policy that need not be in force: what would become
 * of it. Needs no database and no daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "core/embedded.h"
#include "core/policy_read.h"
#include "core/simulate.h"
#include "core/timeline.h"
#include "ctl/command.h"
#include "daemon/config.h"

/* The policy that --policy names, else the story's own, else the shipped one. CTL_DONE, or how to
 * end. */
static int read_policy(const struct ctl *ctl, const char *story, const struct scenario *s,
                       struct policy_file *out)
{
    const struct embedded_file *shipped = embedded_find(embedded_core, "policy.yaml");
    const char *path = ctl_value(ctl, "--policy"), *from = "";
    struct conf_errors errors = { 0 };

    if (path == NULL && s->policy != NULL) {
        path = s->policy;
        from = story; /* it lies beside it */
    }
    if (path == NULL)
        return policy_read("the shipped policy",
                           (struct span){ (const char *)shipped->bytes, shipped->size }, NULL, NULL,
                           out, &errors) < 0
                   ? ctl_fail_all(&errors)
                   : CTL_DONE;
    return ctl_read_policy(from, path, out);
}

/* By what notices reach the customer of such a channel; NULL: there is no such kind. */
static const char *sink_of(const char *kind)
{
    size_t i;

    for (i = 0; channel_kinds[i] != NULL; i++)
        if (strcmp(channel_kinds[i]->kind, kind) == 0)
            return channel_kinds[i]->send != NULL ? kind : "smtp";
    return NULL;
}

/* What a shell would read as one word. */
static void quote(struct text_buffer *out, const char *text)
{
    text_buffer_puts(out, "\"");
    for (; *text != '\0'; text++) {
        if (strchr("\"\\$`", *text) != NULL)
            text_buffer_puts(out, "\\");
        text_buffer_add(out, text, 1);
    }
    text_buffer_puts(out, "\"");
}

/* "customer says TEXT", and then silence for --days. */
static int imagine(const struct ctl *ctl, struct scenario *out, struct error *err)
{
    const char *days = ctl_value(ctl, "--days");
    struct text_buffer story = { 0 };
    char *end = NULL;
    long n = days == NULL ? 3 : strtol(days, &end, 10);
    int rc;

    if (end != NULL && (*end != '\0' || end == days || n < 1 || n > SCENARIO_DAYS_MAX - 1))
        return error_set(err, ERROR_PERMANENT, "--days: expected 1 to %d, got '%.20s'",
                         SCENARIO_DAYS_MAX - 1, days);
    if (ctl_value(ctl, "--begins") != NULL)
        text_buffer_printf(&story, "begins %s\n", ctl_value(ctl, "--begins"));
    text_buffer_printf(&story, "at %s customer says ",
                       ctl_value(ctl, "--at") == NULL ? "09:00" : ctl_value(ctl, "--at"));
    quote(&story, ctl_value(ctl, "--text"));
    text_buffer_printf(&story, "\nat %ld/24:00 wait\n", n);
    rc = scenario_read("the imagined ticket", (struct span){ story.ptr, story.len }, out, err);
    text_buffer_clear(&story);
    return rc;
}

static int read_story(const struct ctl *ctl, struct scenario *out, struct error *err)
{
    const char *path = ctl_value(ctl, "--story");
    char *bytes = NULL;
    size_t len = 0;
    int rc;

    if ((path == NULL) == (ctl_value(ctl, "--text") == NULL))
        return error_set(err, ERROR_PERMANENT, "expected --story FILE or --text TEXT");
    if (path == NULL)
        return imagine(ctl, out, err);
    if (config_include(NULL, "", path, &bytes, &len, err) < 0)
        return -1;
    rc = scenario_read(path, (struct span){ bytes, len }, out, err);
    free(bytes);
    return rc;
}

static int tell(const struct ctl *ctl, const char *name, const struct scenario *story,
                const struct policy_file *policy)
{
    const char *kind = ctl_value(ctl, "--channel") == NULL ? "imap" : ctl_value(ctl, "--channel");
    const struct simulate_options options = {
        .policy = policy->policy, .targets = policy->targets, .kind = kind, .sink = sink_of(kind)
    };
    struct timeline *timeline;
    struct timeline_view v;
    struct error err;

    if (options.sink == NULL)
        return ctl_usage("expected a kind of channel", kind);
    if (simulate(name, story, &options, &timeline, &err) < 0)
        return ctl_fail(&err);
    timeline_view(timeline, &v);
    ctl_print(ctl->json                         ? timeline_to_json(timeline)
              : ctl_value(ctl, "--svg") != NULL ? timeline_to_svg(timeline)
                                                : timeline_to_text(timeline));
    timeline_free(timeline);
    return v.miss_count == 0 ? CTL_DONE : CTL_REFUSED;
}

static int simulate_command(const struct ctl *ctl, int argc, char **argv)
{
    const char *name = ctl_value(ctl, "--story");
    struct policy_file policy = { 0 };
    struct scenario story = { 0 };
    struct error err;
    int code;

    (void)argc;
    (void)argv;
    if (read_story(ctl, &story, &err) < 0)
        return ctl_fail(&err);
    code = read_policy(ctl, name, &story, &policy);
    if (code == CTL_DONE)
        code = tell(ctl, name == NULL ? "an imagined ticket" : name, &story, &policy);
    policy_file_clear(&policy);
    scenario_clear(&story);
    return code;
}

static const struct ctl_option options[] = {
    { "--story", "FILE", "Tell this story; its sentences are in relevo-policy(5)." },
    { "--text", "TEXT",
      "Or imagine one ticket: a customer writes this, and nobody does anything." },
    { "--begins", "DATE", "With --text: on that day; otherwise 2026-01-01." },
    { "--at", "TIME", "With --text: at that time, UTC; otherwise 09:00." },
    { "--days", "DAYS", "With --text: for so many days; otherwise 3." },
    { "--policy", "FILE",
      "Under this policy; otherwise the one that the story names, or the shipped one." },
    { "--channel", "KIND",
      "The kind of channel that the customer writes by; otherwise imap. It chooses the targets, if "
      "the policy has some for it, and the sink of what the customer is told; nothing else." },
    { "--svg", NULL, "Draw it." },
    { .name = NULL },
};
const struct ctl_command policy_simulate_commands[] = {
    { "policy", "simulate", simulate_command, NULL, "", 0, 0, options,
      "Say what would become of a story under a policy: every decision with its reason and its "
      "rule, "
      "every notice, the clocks as they stand at the end. Nothing is written. Exits 1 if something "
      "that the story expects is not so." },
    { .group = NULL },
};
