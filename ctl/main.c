#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/text.h"
#include "ctl/command.h"
#include "ctl/manual.h"
#include "ctl/session.h"
#include "ctl/slip.h"
#include "daemon/log.h"
#include "daemon/worker_main.h"

const struct ctl_command *const manual_rooms[] = {
    ticket_commands,
    ticket_new_commands,
    ticket_change_commands,
    incident_commands,
    why_commands,
    message_commands,
    delivery_commands,
    deliver_commands,
    channel_commands,
    quarantine_commands,
    status_commands,
    policy_commands,
    policy_diff_commands,
    policy_apply_commands,
    policy_simulate_commands,
    policy_replay_commands,
    config_commands,
    contact_commands,
    migrate_commands,
    calendar_import_commands,
    calendar_show_commands,
    calendar_commands,
    reconcile_commands,
    solution_commands,
    mime_commands,
    verify_commands,
    verify_history_commands,
    policy_version_commands,
    policy_shadow_commands,
    report_commands,
    NULL,
};

int ctl_fail(const struct error *err)
{
    struct arena *a = arena_new();

    fprintf(stderr, "relevoctl: %s\n", text_printable(a, err->text));
    arena_free(a);
    switch (err->kind) {
    case ERROR_TRANSIENT:
        return CTL_LATER;
    case ERROR_CONFIG:
        return CTL_CONFIG;
    default:
        return CTL_REFUSED;
    }
}

int ctl_fail_all(struct conf_errors *errors)
{
    struct arena *a = arena_new();
    size_t i;

    for (i = 0; i < errors->count; i++)
        fprintf(stderr, "%s\n", text_printable(a, errors->lines[i]));
    conf_errors_clear(errors);
    arena_free(a);
    return CTL_CONFIG;
}

int ctl_print(char *text)
{
    fputs(text, stdout);
    free(text);
    return CTL_DONE;
}

void ctl_on_worker(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms)
{
    (void)arg;
    (void)pid;
    (void)pause_ms;
    if (words != NULL)
        fprintf(stderr, "relevoctl: process of role %s: %s\n", role, words);
}

int ctl_usage(const char *what, const char *word)
{
    struct error err;

    error_set(&err, ERROR_PERMANENT, "%s: '%.60s'", what, word);
    ctl_fail(&err);
    return CTL_USAGE;
}

const char *ctl_value(const struct ctl *ctl, const char *option)
{
    const char *value = NULL, *next;
    size_t i;

    for (i = 0; (next = ctl_value_at(ctl, option, i)) != NULL; i++)
        value = next;
    return value;
}

const char *ctl_value_at(const struct ctl *ctl, const char *option, size_t i)
{
    size_t k;

    for (k = 0; k < ctl->said_count; k++)
        if (strcmp(ctl->said[k].option->name, option) == 0 && i-- == 0)
            return ctl->said[k].value;
    return NULL;
}

int ctl_limit(const struct ctl *ctl, int64_t *out)
{
    const char *said = ctl_value(ctl, "--limit");
    char *end;

    *out = said == NULL ? 50 : strtoll(said, &end, 10);
    if (said != NULL && (*said == '\0' || *end != '\0' || *out < 1 || *out > 100000)) {
        ctl_usage("a limit is 1 to 100000, not", said);
        return -1;
    }
    return 0;
}

/* --- the line
 * ----------------------------------------------------------------------------------------- */

/* Is argv[i] this option? *value is then what belongs to it, in the same word or in the next. */
static bool is_option(char **argv, int *i, const char *name, bool takes, const char **value)
{
    size_t n = strlen(name);

    if (strncmp(argv[*i], name, n) != 0)
        return false;
    if (!takes) {
        *value = name;
        return argv[*i][n] == '\0';
    }
    if (argv[*i][n] == '=') {
        *value = argv[*i] + n + 1;
        return true;
    }
    if (argv[*i][n] != '\0' || argv[*i + 1] == NULL)
        return false;
    *value = argv[++*i];
    return true;
}

/* --config and --json stand anywhere before "--". */
static void take_common(struct ctl *ctl, int *argc, char **argv)
{
    int in, out = 0;
    const char *value;

    for (in = 0; in < *argc; in++) {
        if (strcmp(argv[in], "--") == 0)
            break;
        if (is_option(argv, &in, "--config", true, &value))
            ctl->config = value;
        else if (is_option(argv, &in, "--json", false, &value))
            ctl->json = true;
        else
            argv[out++] = argv[in];
    }
    while (in < *argc)
        argv[out++] = argv[in++];
    argv[out] = NULL;
    *argc = out;
}

static int take_option(struct ctl *ctl, char **argv, int *i)
{
    const struct ctl_option *o;
    struct ctl_said *said = &ctl->said[ctl->said_count];

    if (ctl->said_count == CTL_SAID_MAX)
        return ctl_slip("there are more than %d options", CTL_SAID_MAX);
    for (o = ctl->command->options; o != NULL && o->name != NULL; o++)
        if (is_option(argv, i, o->name, o->value != NULL, &said->value)) {
            said->option = o;
            ctl->said_count++;
            return CTL_DONE;
        }
    return slip_option(ctl->command, argv[*i]);
}

/* Takes the command's own options out; CTL_USAGE: one is none of its own, and that has been said.
 */
static int take_options(struct ctl *ctl, int *argc, char **argv)
{
    int in, out = 0;

    for (in = 0; in < *argc && strcmp(argv[in], "--") != 0; in++) {
        if (strncmp(argv[in], "--", 2) != 0)
            argv[out++] = argv[in];
        else if (take_option(ctl, argv, &in) != CTL_DONE)
            return CTL_USAGE;
    }
    for (in++; in < *argc; in++)
        argv[out++] = argv[in];
    argv[out] = NULL;
    *argc = out;
    return CTL_DONE;
}

static const struct ctl_command *find_command(int argc, char **argv)
{
    const struct ctl_command *const *room, *c;

    for (room = manual_rooms; argc > 0 && *room != NULL; room++)
        for (c = *room; c->group != NULL; c++)
            if (strcmp(argv[0], c->group) == 0 &&
                (c->verb == NULL || (argc > 1 && strcmp(argv[1], c->verb) == 0)))
                return c;
    return NULL;
}

/* What is large was written at once, and may have been cut: then nothing is left to be flushed. */
static int said_whole(int code)
{
    const char *words = fflush(stdout) != 0 ? strerror(errno) : "not all of it could be written";

    if (!ferror(stdout))
        return code;
    fprintf(stderr, "relevoctl: output: %s\n", words);
    return CTL_LATER;
}

static bool asks_help(int argc, char **argv)
{
    int i;

    for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (i == argc - 1)
            return strcmp(argv[i], "--help") == 0;
    return false;
}

static int run_command(struct ctl *ctl, int argc, char **argv)
{
    int skip = ctl->command->verb == NULL ? 1 : 2, code;

    argc -= skip;
    argv += skip;
    if (take_options(ctl, &argc, argv) != CTL_DONE)
        code = CTL_USAGE;
    else if (argc < ctl->command->least || (ctl->command->most >= 0 && argc > ctl->command->most))
        code = slip_words(ctl->command, argc, argv);
    else
        code = ctl->command->run != NULL ? ctl->command->run(ctl, argc, argv)
                                         : session_command(ctl, argv, ctl->command->in_session);
    if (code == CTL_USAGE) {
        manual_print_usage(stderr, ctl->command);
        if (ctl->command == deliver_commands) /* a mail server reads it: a slip must cost no mail */
            code = EX_TEMPFAIL;
    }
    return code;
}

static int run(int argc, char **argv)
{
    struct ctl ctl = { .config = "/etc/relevo/relevo.yaml" };

    take_common(&ctl, &argc, argv);
    if (argc == 1 && strcmp(argv[0], "--help") == 0) {
        manual_print_all(stdout);
        return CTL_DONE;
    }
    if (argc == 1 && strcmp(argv[0], "--version") == 0) {
        puts("relevoctl " RELEVO_VERSION);
        return CTL_DONE;
    }
    if (argc == 1 && strcmp(argv[0], "--manual") == 0) {
        manual_print_page(stdout);
        return CTL_DONE;
    }
    ctl.command = find_command(argc, argv);
    if (ctl.command == NULL && argc == 2 && strcmp(argv[1], "--help") == 0 &&
        manual_has_group(argv[0])) {
        manual_print_group(stdout, argv[0]);
        return CTL_DONE;
    }
    if (ctl.command == NULL)
        return slip_command(argc, argv);
    if (asks_help(argc, argv)) {
        manual_print_usage(stdout, ctl.command);
        return CTL_DONE;
    }
    return run_command(&ctl, argc, argv);
}

int main(int argc, char **argv)
{
    const char *role = worker_main_role(argc, argv);

    if (role != NULL) /* a process of channel test's own */
        return worker_main(role, WORKER_FD);
    log_open();
    return said_whole(run(argc - 1, argv + 1));
}
