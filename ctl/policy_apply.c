/* A policy file becomes the policy in force: checked, made one file, stored as a version. */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf_write.h"
#include "core/policy_read.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "daemon/config.h"

/* The file as it is, or, if it has includes, all of them in one. NULL: *code is how to end. */
static char *whole_source(const char *path, int *code)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL;
    struct policy_file policy = { 0 };
    struct error err;
    char *bytes = NULL, *whole = NULL;
    size_t len;

    if (config_include(NULL, "", path, &bytes, &len, &err) < 0) {
        *code = ctl_fail(&err);
        return NULL;
    }
    bytes = xrealloc(bytes, len + 1);
    bytes[len] = '\0';
    if (policy_read(path, (struct span){ bytes, len }, NULL, NULL, &policy, &errors) == 0) {
        policy_file_clear(&policy);
        return bytes;
    }
    conf_errors_clear(&errors);
    if (policy_read(path, (struct span){ bytes, len }, config_include, NULL, &policy, &errors) ==
            0 &&
        conf_read(policy_keys, path, (struct span){ bytes, len }, config_include, NULL, &f,
                  &errors) == 0)
        whole = conf_write(f);
    else
        *code = ctl_fail_all(&errors);
    policy_file_clear(&policy);
    conf_file_free(f);
    free(bytes);
    return whole;
}

static int put(const struct ctl *ctl, struct session *s, const char *source)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    const struct desk *d;
    const PGresult *res;
    struct db_value v[4];
    struct error err;

    d = session_desk(ctl, s, &err);
    if (d == NULL)
        return ctl_fail(&err);
    SHA256((const unsigned char *)source, strlen(source), digest);
    v[0] = db_int(s->a, d->desk_id);
    v[1] = db_text(source);
    v[2] = db_bytes((struct span){ (const char *)digest, sizeof(digest) });
    v[3] = db_text(session_login(s));
    res = session_ask(s, "policy_put", v, 4, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_TRANSIENT, "another policy was applied at the same moment");
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:s, s:I, s:b}", "desk", d->name, "version",
                                     (json_int_t)db_cell_int(res, 0, 0), "new",
                                     (int)db_cell_bool(res, 0, 1)));
    printf("desk %s: version %s %s\n", d->name, PQgetvalue(res, 0, 0),
           db_cell_bool(res, 0, 1) ? "is in force now" : "is this one, and in force already");
    return CTL_DONE;
}

static int apply(const struct ctl *ctl, struct session *s, char **argv)
{
    int code = CTL_CONFIG;
    char *source = whole_source(argv[0], &code);

    if (source == NULL)
        return code;
    code = put(ctl, s, source);
    free(source);
    return code;
}

static int policy_apply(const struct ctl *ctl, int argc, char **argv)
{
    (void)argc;
    return session_command(ctl, argv, apply);
}

static const struct ctl_option options[] = {
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command policy_apply_commands[] = {
    { "policy", "apply", policy_apply, "FILE", 1, 1, options,
      "Check a policy file and put it in force, as a new version. All nodes hear of it at once; "
      "new "
      "clocks follow it, running ones keep the targets they began with." },
    { .group = NULL },
};
