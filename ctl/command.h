/* ctl/command.h - what every command of relevoctl is given, and how it ends. */
#ifndef RELEVO_CTL_COMMAND_H
#define RELEVO_CTL_COMMAND_H

#include <stdbool.h>

#include "core/error.h"

enum ctl_exit {
    CTL_DONE = 0,
    CTL_REFUSED = 1, /* the answer is no, or the input is wrong */
    CTL_USAGE = 2,
    CTL_CONFIG = 3, /* an operator must change something */
    CTL_LATER = 4,  /* the same command may work later */
};

struct ctl {
    const char *config; /* the path of relevo.yaml */
    bool json;
    bool batch;
};

/* argv[0] is the first word after the command's name; argv ends with NULL. */
typedef int command_fn(const struct ctl *ctl, int argc, char **argv);

command_fn calendar_command;
command_fn migrate_command;
command_fn policy_check_command, policy_sample_command;
command_fn config_check_command;

/* Says it on stderr, made safe for a terminal (S-33); returns the exit code of its kind. */
int ctl_fail(const struct error *err);

#endif
