#include "ctl/why_policy.h"

#include "ctl/session.h"

int why_policy_read(struct session *s, int64_t desk_id, int64_t version, struct why_policy *p,
                    struct error *err)
{
    struct db_value v[] = { db_int(s->a, desk_id), db_int(s->a, version) };
    struct conf_errors errors = { 0 };
    const PGresult *res;

    if (p->version == version)
        return 0;
    res = session_ask(s, "policy_of", v, 2, err);
    if (res == NULL)
        return -1;
    policy_file_clear(&p->file);
    p->version = version;
    if (PQntuples(res) == 1 &&
        policy_read("policy", span_of(PQgetvalue(res, 0, 0)), NULL, NULL, &p->file, &errors) < 0)
        conf_errors_clear(&errors);
    return 0;
}

void why_policy_clear(struct why_policy *p)
{
    policy_file_clear(&p->file);
}
