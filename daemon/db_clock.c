#include "daemon/db_clock.h"

#include <stdlib.h>

#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"

struct db_clock_question {
    int64_t asked_ms;
    void (*told)(void *arg, int64_t ahead_s);
    void *arg;
};

static void db_clock_on_answer(void *arg, const struct db_answer *answer)
{
    struct db_clock_question *q = arg;

    if (answer->res != NULL && PQntuples(answer->res) == 1 &&
        wall_follow(db_cell_int(answer->res, 0, 0), q->asked_ms, steady_now_ms()) &&
        q->told != NULL)
        q->told(q->arg, wall_own_ahead_s());
    free(q);
}

void db_clock_ask(struct db *db, void (*told)(void *arg, int64_t ahead_s), void *arg)
{
    struct db_clock_question *q = xcalloc(1, sizeof(*q));

    *q = (struct db_clock_question){ steady_now_ms(), told, arg };
    db_query(db, "clock", NULL, 0, db_clock_on_answer, q);
}
