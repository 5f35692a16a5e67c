#include "ctl/why_told.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "ctl/output.h"
#include "ctl/session.h"

static const char *told_cell(struct session *s, const PGresult *res, int row, const char *column)
{
    const char *text = db_cell_text(res, row, PQfnumber(res, column));

    return text == NULL ? NULL : text_printable(s->a, text);
}

/* "agent ana", "customer". */
static const char *told_actor(struct session *s, const PGresult *res, int row)
{
    const char *who = told_cell(s, res, row, "actor");
    const char *kind = told_cell(s, res, row, "actor_kind");

    return who == NULL ? kind : arena_printf(s->a, "%s %s", kind, who);
}

/* What happened, and the sentence; `nth`: of those that were opened again. */
static const char *told_words(struct session *s, const PGresult *res, int row, int nth,
                              const char **what)
{
    const char *kind = told_cell(s, res, row, "kind");

    if (strcmp(kind, "merged_into") == 0) {
        *what = "merged";
        return arena_printf(s->a, "merged into ticket %s", told_cell(s, res, row, "other"));
    }
    if (strcmp(kind, "status_changed") == 0) {
        *what = "reopened";
        return arena_printf(s->a, "opened again, time %d", nth);
    }
    *what = told_cell(s, res, row, "asked");
    return arena_printf(s->a, "passed from level %s to level %s by hand",
                        told_cell(s, res, row, "from_level"), told_cell(s, res, row, "to_level"));
}

static json_t *told_one(struct session *s, const PGresult *res, int row, int nth)
{
    const char *rule = told_cell(s, res, row, "rule"), *reason = told_cell(s, res, row, "reason");
    const char *what, *words = told_words(s, res, row, nth, &what);
    char at[TEXT_TIME];

    words = arena_printf(s->a, "%s, by %s%s%s%s%s", words, told_actor(s, res, row),
                         rule == NULL ? "" : ", rule ", rule == NULL ? "" : rule,
                         reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s}", "what", what, "at",
                     text_time(at, db_cell_int(res, row, PQfnumber(res, "at"))), "by",
                     told_cell(s, res, row, "actor_kind"), "who", told_cell(s, res, row, "actor"),
                     "rule", rule, "reason", reason, "words", words);
}

json_t *why_told(struct session *s, int64_t desk_id, int64_t ticket_id, struct error *err)
{
    const struct db_value v[] = { db_int(s->a, desk_id), db_int(s->a, ticket_id) };
    const PGresult *res = session_ask(s, "why_told", v, 2, err);
    json_t *told, *one;
    int row, reopened = 0;

    if (res == NULL)
        return NULL;
    told = json_array();
    for (row = 0; row < PQntuples(res); row++) {
        reopened += strcmp(told_cell(s, res, row, "kind"), "status_changed") == 0;
        one = told_one(s, res, row, reopened);
        if (told_cell(s, res, row, "other") != NULL)
            json_object_set_new(one, "into",
                                json_integer(strtoll(told_cell(s, res, row, "other"), NULL, 10)));
        json_array_append_new(told, one);
    }
    return told;
}

void why_told_print(struct session *s, const json_t *told)
{
    size_t i;

    for (i = 0; i < json_array_size(told); i++)
        printf("%s  %s\n", json_string_value(json_object_get(json_array_get(told, i), "at")),
               output_line(s->a,
                           json_string_value(json_object_get(json_array_get(told, i), "words"))));
}
