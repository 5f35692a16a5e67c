/* What a policy file would change: of the policy in force, or of another file. Nothing is written.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf_diff.h"
#include "core/policy_diff.h"
#include "core/policy_read.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/config.h"

/* Checked as a policy, kept as a file. CTL_DONE, or how to end. */
static int read_checked(const char *name, const char *bytes, size_t len, conf_include_fn *include,
                        struct conf_file **out)
{
    struct conf_errors errors = { 0 };
    struct policy_file policy = { 0 };

    if (policy_read(name, (struct span){ bytes, len }, include, NULL, &policy, &errors) < 0)
        return ctl_fail_all(&errors);
    policy_file_clear(&policy);
    return conf_read(policy_keys, name, (struct span){ bytes, len }, include, NULL, out, &errors) <
                   0
               ? ctl_fail_all(&errors)
               : CTL_DONE;
}

static int read_file(const char *path, struct conf_file **out)
{
    struct error err;
    char *bytes = NULL;
    size_t len = 0;
    int code;

    if (config_include(NULL, "", path, &bytes, &len, &err) < 0)
        return ctl_fail(&err);
    code = read_checked(path, bytes, len, config_include, out);
    free(bytes);
    return code;
}

static void print_text(const struct policy_change *changes, size_t count)
{
    const char *about = "";
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(about, changes[i].about) != 0)
            printf("%s%s\n", *about == '\0' ? "" : "\n", changes[i].about);
        about = changes[i].about;
        printf("  - %s\n", changes[i].words);
    }
    if (count == 0)
        puts("nothing would change");
}

static int print_json(const struct policy_change *changes, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "about", changes[i].about, "words",
                                              changes[i].words, "path", changes[i].path));
    return output_json(list);
}

static int tell(const struct ctl *ctl, const struct conf_file *before,
                const struct conf_file *after)
{
    const struct conf_difference *differences;
    struct arena *a = arena_new();
    size_t count = conf_diff(before, after, a, &differences);
    struct policy_change *changes = arena_array(a, count, sizeof(*changes));

    policy_diff(differences, count, a, changes);
    if (ctl->json)
        print_json(changes, count);
    else
        print_text(changes, count);
    arena_free(a);
    return CTL_DONE;
}

static int between(const struct ctl *ctl, const char *before, const char *after)
{
    struct conf_file *x = NULL, *y = NULL;
    int code = read_file(before, &x);

    if (code == CTL_DONE)
        code = read_file(after, &y);
    if (code == CTL_DONE)
        code = tell(ctl, x, y);
    conf_file_free(x);
    conf_file_free(y);
    return code;
}

static const char *source_of(const PGresult *version)
{
    return PQgetvalue(version, 0, PQfnumber(version, "source"));
}

/* The policy in force as it was stored: one file, whatever it was made of. */
static int of_the_one_in_force(const struct ctl *ctl, struct session *s, char **argv)
{
    struct conf_file *x = NULL, *y = NULL;
    const struct desk *desk;
    const PGresult *res;
    struct db_value v[3];
    struct error err;
    int code;

    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    v[0] = db_int(s->a, desk->desk_id);
    v[1] = db_int(s->a, 1);
    v[2] = db_int(s->a, desk->policy.policy->version);
    res = session_ask(s, "policy_list", v, 3, &err);
    if (res == NULL)
        return ctl_fail(&err);
    code = PQntuples(res) == 0 ? CTL_REFUSED
                               : read_checked("the policy in force", source_of(res),
                                              strlen(source_of(res)), NULL, &x);
    if (code == CTL_DONE)
        code = read_file(argv[0], &y);
    if (code == CTL_DONE)
        code = tell(ctl, x, y);
    conf_file_free(x);
    conf_file_free(y);
    return code;
}

static int diff(const struct ctl *ctl, int argc, char **argv)
{
    return argc == 2 ? between(ctl, argv[0], argv[1])
                     : session_command(ctl, argv, of_the_one_in_force);
}

static const struct ctl_option options[] = {
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command policy_diff_commands[] = {
    { "policy", "diff", diff, NULL, "[BEFORE] AFTER", 1, 2, options,
      "Say in words what a policy file would change, and for whom: of the policy in force, or of "
      "the "
      "file BEFORE, which needs no database. How a file is written makes no difference." },
    { .group = NULL },
};
