#include <stdio.h>
#include <stdlib.h>

#include "core/conf_doc.h"
#include "core/embedded.h"
#include "core/notice.h"
#include "core/policy_read.h"
#include "core/scenario.h"
#include "ctl/command.h"
#include "daemon/config.h"

int ctl_read_policy(const char *from, const char *path, struct policy_file *out)
{
    struct conf_errors errors = { 0 };
    struct error err;
    char *bytes = NULL;
    size_t len;
    int rc;

    if (config_include(NULL, from, path, &bytes, &len, &err) < 0)
        return ctl_fail(&err);
    rc = policy_read(path, (struct span){ bytes, len }, config_include, NULL, out, &errors);
    free(bytes);
    return rc < 0 ? ctl_fail_all(&errors) : CTL_DONE;
}

static int check(const struct ctl *ctl, int argc, char **argv)
{
    struct policy_file file = { 0 };
    int code;

    (void)argc;
    code = ctl_read_policy("", argv[0], &file);
    if (code != CTL_DONE)
        return code;
    policy_file_clear(&file);
    puts(ctl->json ? "{\"valid\":true}" : "no mistake found");
    return CTL_DONE;
}

static int sample(const struct ctl *ctl, int argc, char **argv)
{
    const struct embedded_file *f = embedded_find(embedded_core, "policy.yaml");

    (void)ctl;
    (void)argc;
    (void)argv;
    fwrite(f->bytes, 1, f->size, stdout);
    return CTL_DONE;
}

static int schema(const struct ctl *ctl, int argc, char **argv)
{
    (void)ctl;
    (void)argc;
    (void)argv;
    return ctl_print(conf_doc_schema(policy_keys, "relevo policy"));
}

static void manual_sentences(bool expects)
{
    int i;

    for (i = 0; i < SCENARIO_VERB_N; i++)
        if (scenario_sentences[i].expects == expects)
            printf(".It Ic %s\n%s\n", scenario_sentences[i].pattern, scenario_sentences[i].doc);
}

static int manual(const struct ctl *ctl, int argc, char **argv)
{
    size_t i;

    (void)ctl;
    (void)argc;
    (void)argv;
    ctl_print(conf_doc_manual(policy_keys, "KEYS"));
    fputs(".Sh NOTICES\nThe keys of\n.Ic notices\nare the names of these:\n"
          ".Bl -tag -width escalated -compact\n",
          stdout);
    for (i = 0; i < NOTICE_N; i++)
        printf(".It Ic %s Pq %s\n%s\n", notice_kinds[i].name, notice_kinds[i].id,
               notice_kinds[i].doc);
    puts(".El\n.Sh STORIES\n"
         ".Ic relevoctl policy simulate\n"
         "tells a story, in lines of time:\n"
         ".Qq at TIME SENTENCE ,\nor a sentence alone, which happens at the time of the line "
         "before.\n"
         ".Sq 09:15\nis a time of the first day,\n.Sq 2/09:15:30\nof the second, UTC.\n"
         "What stands after\n.Ic expect\nis looked at then; several are parted by a comma and a "
         "blank.\nWords that hold blanks stand in\n.Qq quotes .\nWhat happens:\n"
         ".Bl -tag -width escalated -compact");
    manual_sentences(false);
    puts(".El\nWhat may be expected:\n.Bl -tag -width escalated -compact");
    manual_sentences(true);
    puts(".El");
    return CTL_DONE;
}

const struct ctl_command policy_commands[] = {
    { "policy", "check", check, NULL, "FILE", 1, 1, NULL,
      "Say every mistake in a policy file, each with its place." },
    { "policy", "sample", sample, NULL, "", 0, 0, NULL, "Print the shipped policy." },
    { "policy", "schema", schema, NULL, "", 0, 0, NULL,
      "Print the JSON Schema of a policy file, for editors." },
    { "policy", "manual", manual, NULL, "", 0, 0, NULL,
      "Print the section of its manual page that tells the keys." },
    { .group = NULL },
};
