#include "daemon/history.h"

#include "core/arena.h"
#include "core/fact.h"
#include "core/replay.h"
#include "core/tally.h"

static int history_take_fact(struct replay *r, const PGresult *res, int row, struct error *err)
{
    const struct fold_origin from = { .channel = db_cell_text(res, row, 3),
                                      .kind = db_cell_text(res, row, 4),
                                      .contact_id = db_cell_int(res, row, 5),
                                      .language = db_cell_text(res, row, 6),
                                      .zone = db_cell_text(res, row, 7),
                                      .any_hour = db_cell_bool(res, row, 10) };
    struct arena *a = arena_new();
    struct fact f;
    int rc = fact_from_json(a, span_of(db_cell_text(res, row, 2)), &f, err);

    if (rc == 0) {
        f.subject = db_cell_text(res, row, 8);
        f.text = db_cell_text(res, row, 9);
        replay_add(r, db_cell_int(res, row, 0), db_cell_int(res, row, 1), &from, &f);
    }
    arena_free(a);
    return rc;
}

void history_ask_facts(struct arena *a, int32_t desk_id, int64_t since,
                       const struct history_place *place, int rows,
                       struct db_value v[HISTORY_FACTS_VALUES])
{
    v[0] = db_int(a, desk_id);
    v[1] = db_time(a, since);
    v[2] = db_int(a, place->ticket_id);
    v[3] = db_int(a, place->seq);
    v[4] = db_int(a, rows);
    v[5] = db_bool(place->words);
}

int history_take_facts(struct replay *r, const PGresult *res, struct history_place *place,
                       struct error *err)
{
    int rows = PQntuples(res), i;

    for (i = 0; i < rows; i++)
        if (history_take_fact(r, res, i, err) < 0)
            return -1;
    if (rows > 0) {
        place->ticket_id = db_cell_int(res, rows - 1, 0);
        place->seq = db_cell_int(res, rows - 1, 1);
    }
    if (replay_count(r) > HISTORY_FACTS_MAX)
        return error_set(err, ERROR_PERMANENT, "over %d facts in that time", HISTORY_FACTS_MAX);
    return 0;
}

void history_ask_tally(struct arena *a, int32_t desk_id, int64_t since, int64_t from,
                       int64_t before, struct db_value v[HISTORY_TALLY_VALUES])
{
    v[0] = db_int(a, desk_id);
    v[1] = db_time(a, since);
    v[2] = db_time(a, from);
    v[3] = db_time(a, before);
}

void history_take_tally(struct tally *t, const PGresult *res)
{
    int i;

    for (i = 0; i < PQntuples(res); i++) {
        const char *clock = db_cell_text(res, i, 1), *notice = db_cell_text(res, i, 3);
        struct tally_event e = { .kind = db_cell_text(res, i, 0),
                                 .clock = clock == NULL ? -1 : target_kind_find(clock),
                                 .level = (int)db_cell_int(res, i, 2),
                                 .notice = notice == NULL ? -1 : (int)notice_find(notice),
                                 .value = db_cell_text(res, i, 4),
                                 .at = db_cell_int(res, i, 5),
                                 .times = db_cell_int(res, i, 6) };

        if (e.notice == NOTICE_N)
            e.notice = -1; /* of an older version */
        tally_add(t, &e);
    }
}

void history_take_carried(struct tally *t, const PGresult *res, int64_t until)
{
    int i;

    for (i = 0; i < PQntuples(res); i++)
        tally_carry(t, db_cell_text(res, i, 0), db_cell_int(res, i, 1), db_cell_int(res, i, 2));
    tally_carry_until(t, until);
}
