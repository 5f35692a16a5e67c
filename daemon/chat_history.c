#include "daemon/chat_history.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/thread.h"
#include "daemon/db.h"
#include "daemon/desk.h"

struct chat_question {
    const struct desk_channel *channel;
    chat_history_fn *done;
    void *arg;
};

/* An agent is called as the policy calls them; who is not in it any more has no name. */
static const char *chat_name(const struct desk *desk, const char *agent)
{
    int i = agent == NULL ? -1 : policy_find_agent(desk->policy.policy, agent);

    return i < 0 ? NULL : desk->policy.policy->agents[i].full_name;
}

static void chat_on_answer(void *arg, const struct db_answer *answer)
{
    struct chat_question *q = arg;
    struct chat_line lines[CHAT_LINES_MAX];
    size_t n = 0;
    int i;

    for (i = 0; answer->res != NULL && i < PQntuples(answer->res) && n < CHAT_LINES_MAX; i++)
        lines[n++] = (struct chat_line){
            .id = db_cell_text(answer->res, i, 0),
            .from_us = db_cell_bool(answer->res, i, 1),
            .automatic = db_cell_bool(answer->res, i, 2),
            .name = chat_name(q->channel->desk, db_cell_text(answer->res, i, 3)),
            .text = db_cell_text(answer->res, i, 4),
            .external_id = db_cell_text(answer->res, i, 5),
            .at_us = db_cell_int(answer->res, i, 6),
        };
    q->done(q->arg, lines, n, &answer->err);
    free(q);
}

void chat_history_ask(struct db *db, const struct desk_channel *ch, const char *conversation,
                      int64_t after_us, chat_history_fn *done, void *arg)
{
    struct chat_question *q = xcalloc(1, sizeof(*q));
    struct arena *a = arena_new();
    struct db_value v[] = {
        db_int(a, ch->desk->desk_id),
        db_int(a, ch->channel.channel_id),
        db_text(thread_conversation_key(a, ch->channel.channel_id, conversation)),
        db_text(conversation),
        db_int(a, after_us),
        db_int(a, CHAT_LINES_MAX),
    };

    *q = (struct chat_question){ ch, done, arg };
    db_query(db, "chat_history", v, 6, chat_on_answer, q);
    arena_free(a);
}
