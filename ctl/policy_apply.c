/* A policy file becomes the policy in force: checked, made one file, stored as a version. */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/conf_write.h"
#include "core/policy_read.h"
#include "ctl/output.h"
#include "ctl/policy.h"
#include "ctl/session.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/policy_change.h"
#include "daemon/sink_name.h"

/* A time that was longer ago is a slip, as of the year: it would hold at once. */
enum { APPLY_LATE_MAX_S = 3600 };

char *ctl_policy_source(const char *path, int *code)
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

/* "2026-12-01T00:00Z", with or without seconds, with any offset from UTC. */
static int read_time(const char *text, int64_t *at)
{
    struct tm tm = { 0 }, kept;
    int end = 0, seconds = 0, hours = 0, minutes = 0;
    char sign;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &end) != 5)
        return -1;
    text += end;
    if (sscanf(text, ":%2d%n", &seconds, &end) == 1)
        text += end;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    tm.tm_sec = seconds;
    kept = tm;
    *at = timegm(&tm);
    if (tm.tm_mon != kept.tm_mon || tm.tm_mday != kept.tm_mday || tm.tm_hour != kept.tm_hour ||
        tm.tm_min != kept.tm_min || tm.tm_sec != kept.tm_sec)
        return -1; /* there is no such day, or time of day */
    if (strcmp(text, "Z") == 0)
        return 0;
    if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &end) != 3 || text[end] != '\0' ||
        (sign != '+' && sign != '-') || hours > 23 || minutes > 59)
        return -1;
    *at += (sign == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return 0;
}

/* --- later
 * ------------------------------------------------------------------------------------------- */

static int plan(const struct ctl *ctl, struct session *s, const struct desk *d, const char *source,
                int64_t from)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    bool open = ctl_value(ctl, "--open") != NULL;
    const PGresult *res;
    struct db_value v[6];
    struct error err;
    char at[TEXT_TIME];

    SHA256((const unsigned char *)source, strlen(source), digest);
    v[0] = db_int(s->a, d->desk_id);
    v[1] = db_text(source);
    v[2] = db_bytes((struct span){ (const char *)digest, sizeof(digest) });
    v[3] = db_text(session_login(s));
    v[4] = db_time(s->a, from);
    v[5] = db_bool(open);
    res = session_ask(s, "policy_put", v, 6, &err);
    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_TRANSIENT, "another policy was applied at the same moment");
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    v[0] = db_text("relevo_policy");
    v[1] = db_text("");
    if (session_ask(s, "notify", v, 2, &err) == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:s, s:I, s:s, s:b}", "desk", d->name, "version",
                                     (json_int_t)db_cell_int(res, 0, 0), "from",
                                     text_time(at, from), "open", (int)open));
    printf("desk %s: version %s is planned for %s%s\n", d->name, PQgetvalue(res, 0, 0),
           text_time(at, from), open ? ", and clocks that run then will follow it" : "");
    return CTL_DONE;
}

/* --- now
 * --------------------------------------------------------------------------------------------- */

static json_t *answer_json(const struct policy_change_answer *a, bool dry)
{
    json_t *said = json_pack("{s:s, s:i, s:b, s:b}", "desk", a->desk, "version", a->version, "new",
                             (int)a->is_new, "dry_run", (int)dry);

    if (a->open)
        json_object_set_new(said, "open", retarget_to_json(&a->report));
    return said;
}

static int tell(const struct ctl *ctl, const struct policy_change_answer *a, bool dry)
{
    if (ctl->json)
        return output_json(answer_json(a, dry));
    if (a->open)
        ctl_print(retarget_to_text(&a->report));
    printf("desk %s: version %d %s\n", a->desk, a->version,
           !a->is_new ? "is this one, and in force already"
           : dry      ? "is what it would be; nothing was written"
                      : "is in force now");
    return CTL_DONE;
}

static int put(const struct ctl *ctl, struct session *s, const struct desk *d, const char *source)
{
    const struct policy_change_order order = { .source = source,
                                               .by = session_login(s),
                                               .open = ctl_value(ctl, "--open") != NULL,
                                               .dry = ctl_value(ctl, "--dry-run") != NULL };
    struct policy_change_answer answer = { 0 };
    struct policy_file policy = { 0 };
    struct conf_errors errors = { 0 };
    struct error err;

    if (policy_read("", span_of(source), NULL, NULL, &policy, &errors) < 0)
        return ctl_fail_all(&errors); /* it was read before it was made one file: our own mistake */
    if (session_policy(s, d, &policy, &order, &answer, &err) < 0)
        return ctl_fail(&err);
    return tell(ctl, &answer, order.dry);
}

static void on_unknown_name(void *arg, const char *sentence)
{
    (void)arg;
    fprintf(stderr, "relevoctl: %s\n", sentence);
}

/* It may come in force all the same: the channel may be on its way. */
static void tell_unknown_names(const struct session *s, const struct desk *d, const char *source)
{
    struct policy_file policy = { 0 };
    struct conf_errors errors = { 0 };

    if (policy_read("", span_of(source), NULL, NULL, &policy, &errors) == 0)
        sink_name_unknown(s->config->root, d->name, policy.policy, s->a, on_unknown_name, NULL);
    policy_file_clear(&policy);
    conf_errors_clear(&errors);
}

static int apply_source(const struct ctl *ctl, struct session *s, const char *source)
{
    const char *from = ctl_value(ctl, "--from");
    const struct desk *d;
    struct error err;
    int64_t at = 0;

    if (from != NULL && read_time(from, &at) < 0)
        return ctl_usage("expected a time like 2026-12-01T00:00Z", from);
    if (from != NULL && at < wall_now() - APPLY_LATE_MAX_S)
        return ctl_usage("that was more than an hour ago; what is to hold now needs no --from",
                         from);
    if (from != NULL && ctl_value(ctl, "--dry-run") != NULL)
        return ctl_usage("what will be open then nobody knows now: without --from,", "--dry-run");
    d = session_desk(ctl, s, &err);
    if (d == NULL)
        return ctl_fail(&err);
    tell_unknown_names(s, d, source);
    return from == NULL ? put(ctl, s, d, source) : plan(ctl, s, d, source, at);
}

static int apply(const struct ctl *ctl, struct session *s, char **argv)
{
    int code = CTL_CONFIG;
    char *source = ctl_policy_source(argv[0], &code);

    if (source == NULL)
        return code;
    code = apply_source(ctl, s, source);
    free(source);
    return code;
}

static const struct ctl_option options[] = {
    { "--open", NULL,
      "The clocks of open tickets follow it too, all in one transaction; says which changed, by "
      "kind and priority." },
    { "--dry-run", NULL, "Say the same, and write nothing." },
    { "--from", "TIME",
      "Not now, but from then on: 2026-12-01T00:00Z, by the database's clock. What was more than "
      "an hour ago is refused." },
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command policy_apply_commands[] = {
    { "policy", "apply", NULL, apply, "FILE", 1, 1, options,
      "Check a policy file and put it in force, as a new version. All nodes decide by it from the "
      "same moment on; new clocks follow it, running ones keep the targets they began with, unless "
      "--open is said." },
    { .group = NULL },
};
