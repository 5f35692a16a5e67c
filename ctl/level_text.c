#include "ctl/level_text.h"

#include "core/arena.h"
#include "core/handover.h"
#include "core/policy_read.h"
#include "ctl/output.h"
#include "ctl/session.h"

static void level_text_of(struct session *s, const struct policy *policy, int number, json_t *to)
{
    const struct policy_level *level = policy_level(policy, number);
    const char *line = handover_level(policy, "en", number, s->a);

    if (line == NULL)
        return;
    if (to != NULL)
        json_object_set_new(to, "level_text", json_string(text_printable(s->a, level->text)));
    else
        output_text("", line);
}

int level_text_tell(struct session *s, const PGresult *ticket, json_t *to, struct error *err)
{
    int64_t desk_id = db_cell_int(ticket, 0, PQfnumber(ticket, "desk_id"));
    struct db_value v[] = { db_text(arena_printf(s->a, "{%lld}", (long long)desk_id)),
                            db_text("{0}") };
    const PGresult *res = session_ask(s, "policy_in_force", v, 2, err);
    struct conf_errors errors = { 0 };
    struct policy_file policy = { 0 };

    if (res == NULL)
        return -1;
    if (to != NULL)
        json_object_set_new(to, "level_text", json_null());
    if (PQntuples(res) == 1 &&
        policy_read("policy", span_of(PQgetvalue(res, 0, 2)), NULL, NULL, &policy, &errors) == 0)
        level_text_of(s, policy.policy, (int)db_cell_int(ticket, 0, PQfnumber(ticket, "level")),
                      to);
    policy_file_clear(&policy);
    conf_errors_clear(&errors);
    return 0;
}
