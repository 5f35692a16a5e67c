#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "ctl/command.h"

static const struct command {
    const char *group, *verb; /* verb NULL: the group is the command */
    command_fn *run;
    const char *args, *doc;
} commands[] = {
    { "calendar", NULL, calendar_command, "--json --batch",
      "Due times by calendar: one JSON question a line in, one answer a line out." },
    { "config", "check", config_check_command, "", "Say every mistake in relevo.yaml." },
    { "migrate", NULL, migrate_command, "", "Bring the database's schema up to date." },
    { "policy", "check", policy_check_command, "FILE", "Say every mistake in a policy file." },
    { "policy", "sample", policy_sample_command, "", "Print the shipped policy." },
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

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

static int help(FILE *to, int code)
{
    size_t i;

    fprintf(to, "usage: relevoctl [--config FILE] [--json] COMMAND\n\n");
    for (i = 0; i < COMMANDS; i++) {
        const struct command *c = &commands[i];

        fprintf(to, "  %s%s%s %s\n      %s\n", c->group, c->verb ? " " : "", c->verb ? c->verb : "",
                c->args, c->doc);
    }
    fprintf(to, "\nexit: 0 done, 1 refused, 2 wrong usage, 3 wrong configuration, 4 try later\n");
    return code;
}

/* Takes the options out of argv, wherever they stand; -1: one is unknown or lacks its value. */
static int take_options(struct ctl *ctl, int *argc, char **argv)
{
    int in, out = 0;

    for (in = 0; in < *argc; in++) {
        if (strcmp(argv[in], "--json") == 0)
            ctl->json = true;
        else if (strcmp(argv[in], "--batch") == 0)
            ctl->batch = true;
        else if (strcmp(argv[in], "--config") == 0 && in + 1 < *argc)
            ctl->config = argv[++in];
        else if (strncmp(argv[in], "--", 2) == 0)
            return -1;
        else
            argv[out++] = argv[in];
    }
    argv[out] = NULL;
    *argc = out;
    return 0;
}

int main(int argc, char **argv)
{
    struct ctl ctl = { .config = "/etc/relevo/relevo.yaml" };
    size_t i;
    int skip, code;

    argc--;
    argv++;
    if (argc == 1 && strcmp(argv[0], "--help") == 0)
        return help(stdout, CTL_DONE);
    if (take_options(&ctl, &argc, argv) < 0 || argc == 0)
        return help(stderr, CTL_USAGE);
    for (i = 0; i < COMMANDS; i++) {
        const struct command *c = &commands[i];

        if (strcmp(argv[0], c->group) != 0)
            continue;
        if (c->verb != NULL && (argc < 2 || strcmp(argv[1], c->verb) != 0))
            continue;
        skip = c->verb != NULL ? 2 : 1;
        code = c->run(&ctl, argc - skip, argv + skip);
        if (code == CTL_USAGE)
            return help(stderr, code);
        if (fflush(stdout) != 0) {
            fprintf(stderr, "relevoctl: output: %s\n", strerror(errno));
            return CTL_LATER;
        }
        return code;
    }
    return help(stderr, CTL_USAGE);
}
