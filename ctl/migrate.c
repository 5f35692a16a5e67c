#include "daemon/migrate.h"

#include <stdio.h>

#include "ctl/command.h"
#include "daemon/config.h"

static int migrate(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct migrate_report report;
    struct config *config = NULL;
    struct error err;
    int rc;

    (void)argc;
    (void)argv;
    if (config_load(ctl->config, &config, &errors) < 0)
        return ctl_fail_all(&errors);
    rc = migrate_apply(conf_text(config->root, "database"), &report, &err);
    config_free(config);
    if (rc < 0)
        return ctl_fail(&err);
    printf(ctl->json ? "{\"before\":%d,\"after\":%d}\n" : "schema: %d -> %d\n", report.before,
           report.after);
    return CTL_DONE;
}

const struct ctl_command migrate_commands[] = {
    { "migrate", NULL, migrate, NULL, "", 0, 0, NULL,
      "Bring the schema of the database up to date. Safe to run from several nodes at once." },
    { .group = NULL },
};
