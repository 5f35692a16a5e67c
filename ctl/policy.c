#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/embedded.h"
#include "core/policy_read.h"
#include "ctl/command.h"
#include "daemon/config.h"
#include "daemon/migrate.h"

static int tell_errors(struct conf_errors *errors)
{
    struct arena *a = arena_new();
    size_t i;

    for (i = 0; i < errors->count; i++)
        fprintf(stderr, "%s\n", text_printable(a, errors->lines[i]));
    conf_errors_clear(errors);
    arena_free(a);
    return CTL_CONFIG;
}

int config_check_command(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct config *config = NULL;

    (void)argv;
    if (argc != 0)
        return CTL_USAGE;
    if (config_load(ctl->config, &config, &errors) < 0)
        return tell_errors(&errors);
    config_free(config);
    puts(ctl->json ? "{\"valid\":true}" : "no mistake found");
    return CTL_DONE;
}

int policy_check_command(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct policy_file file = { 0 };
    struct error err;
    char *bytes = NULL;
    size_t len;
    int rc;

    if (argc != 1)
        return CTL_USAGE;
    if (config_include(NULL, "", argv[0], &bytes, &len, &err) < 0)
        return ctl_fail(&err);
    rc = policy_read(argv[0], (struct span){ bytes, len }, config_include, NULL, &file, &errors);
    free(bytes);
    if (rc < 0)
        return tell_errors(&errors);
    policy_file_clear(&file);
    puts(ctl->json ? "{\"valid\":true}" : "no mistake found");
    return CTL_DONE;
}

int policy_sample_command(const struct ctl *ctl, int argc, char **argv)
{
    const struct embedded_file *f = embedded_find(embedded_core, "policy.yaml");

    (void)ctl;
    (void)argv;
    if (argc != 0 || f == NULL)
        return CTL_USAGE;
    fwrite(f->bytes, 1, f->size, stdout);
    return CTL_DONE;
}

int migrate_command(const struct ctl *ctl, int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct migrate_report report;
    struct config *config = NULL;
    struct error err;
    int rc;

    (void)argv;
    if (argc != 0)
        return CTL_USAGE;
    if (config_load(ctl->config, &config, &errors) < 0)
        return tell_errors(&errors);
    rc = migrate_apply(conf_text(config->root, "database"), &report, &err);
    config_free(config);
    if (rc < 0)
        return ctl_fail(&err);
    printf(ctl->json ? "{\"before\":%d,\"after\":%d}\n" : "schema: %d -> %d\n", report.before,
           report.after);
    return CTL_DONE;
}
