#include "daemon/config.h"

#include <stdio.h>

#include "core/conf_doc.h"
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

static int sample(const struct ctl *ctl, int argc, char **argv)
{
    (void)ctl;
    (void)argc;
    (void)argv;
    return ctl_print(conf_doc_sample(config_keys));
}

static int schema(const struct ctl *ctl, int argc, char **argv)
{
    (void)ctl;
    (void)argc;
    (void)argv;
    return ctl_print(conf_doc_schema(config_keys, "relevo.yaml"));
}

static int manual(const struct ctl *ctl, int argc, char **argv)
{
    (void)ctl;
    (void)argc;
    (void)argv;
    return ctl_print(conf_doc_manual(config_keys, "KEYS"));
}

const struct ctl_command config_commands[] = {
    { "config", "check", check, NULL, "", 0, 0, NULL,
      "Say every mistake in the configuration, each with its place." },
    { "config", "sample", sample, NULL, "", 0, 0, NULL,
      "Print a configuration with every key, its words and what it is where it is absent." },
    { "config", "schema", schema, NULL, "", 0, 0, NULL,
      "Print the JSON Schema of the configuration, for editors." },
    { "config", "manual", manual, NULL, "", 0, 0, NULL,
      "Print the section of its manual page that tells the keys." },
    { .group = NULL },
};
