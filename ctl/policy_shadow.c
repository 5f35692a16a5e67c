/* A policy in trial: what it would have done is told each day beside what happened
 * (daemon/shadow.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/inbound.h"
#include "ctl/output.h"
#include "ctl/policy.h"
#include "ctl/session.h"

static const struct output_column columns[] = {
    { "began_at", OUTPUT_TIME, "since", false },
    { "began_by", OUTPUT_TEXT, "by", false },
    { "mail_to", OUTPUT_TEXTS, "mail to", false },
    { "told_until", OUTPUT_TIME, "told until", false },
    { "due_at", OUTPUT_TIME, "next", false },
    { .name = NULL },
};

static int show(const struct ctl *ctl, struct session *s, const struct desk *d)
{
    struct db_value v = db_int(s->a, d->desk_id);
    struct error err;
    const PGresult *res = session_ask(s, "shadow_show", &v, 1, &err);

    if (res != NULL && PQntuples(res) == 0) {
        error_set(&err, ERROR_PERMANENT, "desk '%s' has no policy in trial", d->name);
        res = NULL;
    }
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(output_row(res, 0, columns));
    output_fields(res, 0, columns);
    return CTL_DONE;
}

static int end(const struct ctl *ctl, struct session *s, const struct desk *d)
{
    struct db_value v = db_int(s->a, d->desk_id);
    struct error err;
    const PGresult *res = session_ask(s, "shadow_drop", &v, 1, &err);

    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:s, s:b}", "desk", d->name, "ended", PQntuples(res)));
    printf("desk %s: no policy is in trial any more\n", d->name);
    return CTL_DONE;
}

/* Everybody that --mail names; NULL: one of them is no address, and that has been said. */
static const char *recipients(const struct ctl *ctl, struct session *s, int *code)
{
    struct db_array list = { 0 };
    const char *word, *address;
    size_t i;

    for (i = 0; (word = ctl_value_at(ctl, "--mail", i)) != NULL; i++) {
        address = inbound_email(s->a, span_of(word));
        if (address == NULL) {
            *code = ctl_usage("this is no mail address", word);
            text_buffer_clear(&list.text);
            return NULL;
        }
        db_array_text(&list, address);
    }
    if (i == 0)
        *code = ctl_usage("whom is it to be mailed to?", "--mail");
    return i == 0 ? NULL : db_array_end(&list, s->a).ptr;
}

static int begin(const struct ctl *ctl, struct session *s, const struct desk *d, const char *path)
{
    int code = CTL_CONFIG;
    const char *to = recipients(ctl, s, &code);
    char *source = to == NULL ? NULL : ctl_policy_source(path, &code);
    const PGresult *res;
    struct db_value v[5];
    struct error err;
    char next[TEXT_TIME];

    if (source == NULL)
        return code;
    v[0] = db_int(s->a, d->desk_id);
    v[1] = db_text(source);
    v[2] = db_text(to);
    v[3] = db_text(session_login(s));
    v[4] = db_text(d->policy.policy->zone);
    if (d->agent_mail == NULL) {
        error_set(&err, ERROR_CONFIG, "agents.mail names no channel that can send letters");
        res = NULL;
    } else {
        res = session_ask(s, "shadow_put", v, 5, &err);
    }
    free(source);
    if (res == NULL)
        return ctl_fail(&err);
    text_time(next, db_cell_int(res, 0, 0));
    if (ctl->json)
        return output_json(json_pack("{s:s, s:s}", "desk", d->name, "next", next));
    printf("desk %s: this policy is in trial; the first day is told after %s\n", d->name, next);
    return CTL_DONE;
}

static int shadow(const struct ctl *ctl, struct session *s, char **argv)
{
    bool off = ctl_value(ctl, "--off") != NULL;
    const struct desk *d;
    struct error err;

    if (off && argv[0] != NULL)
        return ctl_usage("--off takes no file, not", argv[0]);
    d = session_desk(ctl, s, &err);
    if (d == NULL)
        return ctl_fail(&err);
    if (off)
        return end(ctl, s, d);
    return argv[0] == NULL ? show(ctl, s, d) : begin(ctl, s, d, argv[0]);
}

static const struct ctl_option options[] = {
    { "--mail", "ADDRESS", "Who is told each day; may be given several times." },
    { "--off", NULL, "No more of it." },
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { .name = NULL },
};
const struct ctl_command policy_shadow_commands[] = {
    { "policy", "shadow", NULL, shadow, "[FILE]", 0, 1, options,
      "Try a policy beside the one in force: each day, by mail, the clocks missed, the levels "
      "entered, the notices and priorities that were, beside those that would have been. Nothing "
      "of it is sent and no ticket changes. Without FILE, say which is in trial." },
    { .group = NULL },
};
