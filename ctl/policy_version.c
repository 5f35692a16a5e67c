/* The versions of a desk's policy: which is in force, which was, which is planned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"

static const struct output_column columns[] = {
    { "version", OUTPUT_INT, "version", false },
    { "state", OUTPUT_TEXT, "state", false },
    { "from_at", OUTPUT_TIME, "from", false },
    { "open", OUTPUT_BOOL, "open clocks", false },
    { "in_force_at", OUTPUT_TIME, "in force", false },
    { "applied_at", OUTPUT_TIME, "applied", false },
    { "applied_by", OUTPUT_TEXT, "by", true },
    { "cancelled_at", OUTPUT_TIME, NULL, false },
    { "cancelled_by", OUTPUT_TEXT, NULL, false },
    { "sha256", OUTPUT_TEXT, NULL, false },
    { .name = NULL },
};

static int read_version(const char *word, int64_t *out)
{
    char *end;

    *out = strtoll(word, &end, 10);
    return *word == '\0' || *end != '\0' || *out < 1 || *out > INT32_MAX
               ? ctl_usage("a version is a number, not", word)
               : CTL_DONE;
}

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    const struct desk *desk;
    struct db_value v[3];
    struct error err;
    int64_t limit;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    v[0] = db_int(s->a, desk->desk_id);
    v[1] = db_int(s->a, limit);
    v[2] = db_text(NULL);
    return session_list(ctl, s, "policy_list", v, 3, columns);
}

static int show(const struct ctl *ctl, struct session *s, char **argv)
{
    const struct desk *desk;
    const PGresult *res;
    struct db_value v[3];
    struct error err;
    int64_t version = 0;
    json_t *row;

    if (argv[0] != NULL && read_version(argv[0], &version) != CTL_DONE)
        return CTL_USAGE;
    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    v[0] = db_int(s->a, desk->desk_id);
    v[1] = db_int(s->a, 1);
    v[2] = db_int(s->a, version == 0 ? desk->policy.policy->version : version);
    res = session_ask(s, "policy_list", v, 3, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "desk '%s' has no version %s", desk->name, argv[0]);
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    if (!ctl->json)
        return ctl_print(xstrdup(PQgetvalue(res, 0, PQfnumber(res, "source"))));
    row = output_row(res, 0, columns);
    json_object_set_new(row, "source", json_string(PQgetvalue(res, 0, PQfnumber(res, "source"))));
    return output_json(row);
}

static int cancel(const struct ctl *ctl, struct session *s, char **argv)
{
    const struct desk *desk;
    const PGresult *res;
    struct db_value v[3];
    struct error err;
    int64_t version;

    if (read_version(argv[0], &version) != CTL_DONE)
        return CTL_USAGE;
    desk = session_desk(ctl, s, &err);
    if (desk == NULL)
        return ctl_fail(&err);
    v[0] = db_int(s->a, desk->desk_id);
    v[1] = db_int(s->a, version);
    v[2] = db_text(session_login(s));
    res = session_ask(s, "policy_cancel", v, 3, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "desk '%s' has no version %s that is planned", desk->name,
                  argv[0]);
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:s, s:I, s:s}", "desk", desk->name, "version",
                                     (json_int_t)version, "state", "cancelled"));
    printf("desk %s: version %s will not come in force\n", desk->name, argv[0]);
    return CTL_DONE;
}

#define OPTION_DESK                                                                                \
    {                                                                                              \
        "--desk", "DESK", "Of this desk; needed where the configuration has several."              \
    }
static const struct ctl_option options[] = { OPTION_DESK, { .name = NULL } };
static const struct ctl_option list_options[] = {
    OPTION_DESK,
    { "--limit", "COUNT", "At most so many, otherwise 50." },
    { .name = NULL },
};
const struct ctl_command policy_version_commands[] = {
    { "policy", "list", NULL, list, "", 0, 0, list_options,
      "The versions of the policy, the newest first: which is in force, planned, past or "
      "cancelled, and who applied it." },
    { "policy", "show", NULL, show, "[VERSION]", 0, 1, options,
      "Print the policy in force, or another version, as it was stored." },
    { "policy", "cancel", NULL, cancel, "VERSION", 1, 1, options,
      "A version that is planned does not come in force." },
    { .group = NULL },
};
