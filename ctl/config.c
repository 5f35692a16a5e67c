#include "daemon/config.h"

#include <stdio.h>

#include "ctl/command.h"

static int check(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct config *config = NULL;

    (void)argc;
    (void)argv;
    if (config_load(ctl->config, &config, &errors) < 0)
        return ctl_fail_all(&errors);
    config_free(config);
    puts(ctl->json ? "{\"valid\":true}" : "no mistake found");
    return CTL_DONE;
}

const struct ctl_command config_commands[] = {
    { "config", "check", check, "", 0, 0, NULL,
      "Say every mistake in the configuration, each with its place." },
    { .group = NULL },
};
