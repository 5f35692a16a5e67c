/* One delivery that was claimed: whether it is still true, what it says, its files, and the channel
 * that takes it. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/plan.h"
#include "core/token.h"
#include "core/wording.h"
#include "daemon/db.h"
#include "daemon/deliver_rooms.h"
#include "daemon/desk.h"
#include "daemon/sink_event.h"

/* Columns of delivery_claim.sql, in its order. */
enum deliver_column {
    COL_DESK,
    COL_DELIVERY,
    COL_TICKET,
    COL_NOTICE,
    COL_STEP_KEY,
    COL_CHANNEL,
    COL_ADDRESS,
    COL_ADDRESS_NAME,
    COL_CONVERSATION,
    COL_REPLY_TO_EXTERNAL,
    COL_SUBJECT,
    COL_TEXT,
    COL_AUTOMATIC,
    COL_LEVEL,
    COL_MAIL_ID,
    COL_MAIL_REPLY_TO,
    COL_MAIL_IN_REPLY_TO,
    COL_MAIL_REFERENCES,
    COL_ATTEMPTS,
    COL_TICKET_STATUS,
    COL_TICKET_LEVEL,
    COL_TICKET_AGENT,
    COL_TICKET_MERGED_INTO,
    COL_TICKET_INCIDENT_OF,
    COL_TICKET_MEMORY,
    COL_CREATED,
    COL_RECIPIENT,
    COL_DEAD_WHY,
    COL_LANGUAGE,
    COL_FILES,
    COL_FILES_SIZE,
    COL_AGENT,
    COL_AS_OWNER,
    COL_CLOCK,
    COL_CLOCK_INSTANCE,
    COL_CLOCK_RUNS,
    COL_CLOCK_DUE,
    COL_CLOCK_BREACHED,
    COL_DUE,
};

static void deliver_takes_off(struct deliver_flight *f)
{
    struct deliver *d = f->d;

    d->counts.in_flight++;
    f->after = d->flights;
    f->at = &d->flights;
    if (f->after != NULL)
        f->after->at = &f->after;
    d->flights = f;
}

static const char *deliver_text(struct arena *a, const PGresult *res, int row, int column)
{
    return arena_strdup(a, db_cell_text(res, row, column));
}

/* Of the ticket what plan_notice_untrue() looks at; *t is all 0. -1: its memory cannot be read. */
static int deliver_read_ticket(const PGresult *res, int row, const struct plan_leaving *l,
                               struct ticket *t)
{
    struct error err;

    t->ticket_id = db_cell_int(res, row, COL_TICKET);
    t->status = (enum ticket_status)ticket_status_find(db_cell_text(res, row, COL_TICKET_STATUS));
    t->level = (int)db_cell_int(res, row, COL_TICKET_LEVEL);
    t->agent = db_cell_text(res, row, COL_TICKET_AGENT);
    t->merged_into = db_cell_int(res, row, COL_TICKET_MERGED_INTO);
    t->incident_of = db_cell_int(res, row, COL_TICKET_INCIDENT_OF);
    if (db_cell_bool(res, row, COL_CLOCK_RUNS))
        t->clocks[t->clock_count++] =
            (struct target_clock){ .kind = l->target,
                                   .instance = l->instance,
                                   .due_at = db_cell_int(res, row, COL_CLOCK_DUE),
                                   .breached_at = db_cell_int(res, row, COL_CLOCK_BREACHED) };
    return ticket_memory_from_text(db_cell_text(res, row, COL_TICKET_MEMORY), &t->memory, &err);
}

/* B-12, B-15. NULL: it may go. What nobody tried to send for days is an old story, of before a
 * backup perhaps (F59). */
static const char *deliver_untrue(const PGresult *res, int row, int64_t now)
{
    const char *clock = db_cell_text(res, row, COL_CLOCK);
    int kind = clock == NULL ? -1 : target_kind_find(clock);
    struct plan_leaving l = { .notice = notice_find(db_cell_text(res, row, COL_NOTICE)),
                              .level = (int)db_cell_int(res, row, COL_LEVEL),
                              .agent = db_cell_text(res, row, COL_AGENT),
                              .as_owner = db_cell_bool(res, row, COL_AS_OWNER),
                              .target = kind < 0 ? TARGET_ACK : (enum target_kind)kind,
                              .instance =
                                  kind < 0 ? 0 : (int)db_cell_int(res, row, COL_CLOCK_INSTANCE) };
    const char *rule = NULL;
    struct ticket *t;

    if (l.notice == NOTICE_N || l.notice == NOTICE_REPLY || l.notice == NOTICE_AGENT_UNDELIVERED)
        return NULL;
    if (now - db_cell_int(res, row, COL_DUE) >= DELIVER_LIFE_S)
        return "B-12 it was to leave more than five days ago";
    t = xcalloc(1, sizeof(*t));
    if (deliver_read_ticket(res, row, &l, t) == 0)
        rule = plan_notice_untrue(t, &l);
    free(t);
    return rule;
}

/* B-12. False: it may go, for all that is known of its address. */
static bool deliver_is_to_nobody(struct deliver_flight *f, const struct desk_channel *sink,
                                 const PGresult *res, int row)
{
    const char *why = db_cell_text(res, row, COL_DEAD_WHY);

    if (why == NULL || !sink->channel.ops->writes_letters)
        return false;
    why = arena_printf(f->arena, "B-12 nobody is at this address: %s", why);
    if (db_cell_bool(res, row, COL_AUTOMATIC)) {
        f->d->counts.suppressed++;
        deliver_end(f, "suppressed", why);
    } else {
        f->d->counts.dead++;
        deliver_end(f, "dead", why);
    }
    return true;
}

/* By the configuration as it is now: it may be another than a query ago. NULL: the flight is over.
 */
static struct desk_channel *deliver_sink(struct deliver_flight *f, struct desk **desk)
{
    struct sent refused = { .outcome = SENT_CONFIG,
                            .words =
                                "this node's configuration has no such channel that can send" };
    struct desk_channel *sink;

    *desk = desk_by_id(f->d->desks, f->desk_id);
    sink = *desk == NULL ? NULL : desk_channel_by_id(*desk, f->channel_id);
    if (sink != NULL && sink->channel.ops->send != NULL)
        return sink;
    deliver_on_sent(f, &refused);
    return NULL;
}

static void deliver_hand_over(struct deliver_flight *f, struct desk_channel *sink)
{
    sink->channel.ops->send(&sink->channel, &f->out, deliver_on_sent, f);
}

static struct span deliver_bytes(struct arena *a, const PGresult *res, int row, int column)
{
    size_t len = 0;
    unsigned char *bytes =
        PQunescapeBytea((const unsigned char *)PQgetvalue(res, row, column), &len);
    struct span kept;

    if (bytes == NULL)
        abort(); /* out of memory */
    kept = (struct span){ arena_strndup(a, (const char *)bytes, len), len };
    PQfreemem(bytes);
    return kept;
}

/* Columns of delivery_files.sql: name, type, bytes. */
static void deliver_take_files(struct deliver_flight *f, const PGresult *res)
{
    struct outbound_file *files = arena_array(f->arena, (size_t)PQntuples(res) + 1, sizeof(*files));
    struct text_buffer left_out = { 0 };
    int i;

    f->out.files = files;
    for (i = 0; i < PQntuples(res); i++) {
        const char *name = deliver_text(f->arena, res, i, 0);

        if (PQgetisnull(res, i, 2))
            text_buffer_printf(&left_out, "%s%s", left_out.len == 0 ? "" : ", ",
                               name == NULL ? "?" : name);
        else
            files[f->out.file_count++] =
                (struct outbound_file){ name, deliver_text(f->arena, res, i, 1),
                                        deliver_bytes(f->arena, res, i, 2) };
    }
    f->left_out = left_out.len == 0 ? NULL : arena_strdup(f->arena, left_out.ptr);
    text_buffer_clear(&left_out);
}

static void deliver_on_files(void *arg, const struct db_answer *answer)
{
    struct deliver_flight *f = arg;
    struct desk_channel *sink;
    struct desk *desk;

    if (answer->res == NULL) {
        deliver_later(f, answer->err.text);
        return;
    }
    sink = deliver_sink(f, &desk);
    if (sink == NULL)
        return;
    deliver_take_files(f, answer->res);
    if (f->left_out != NULL)
        f->out.text = arena_printf(f->arena, "%s\n\n%s", f->out.text,
                                   wording_files(desk->policy.policy, f->language,
                                                 sink->channel.ops->files_max == NULL, f->left_out,
                                                 f->arena));
    deliver_hand_over(f, sink);
}

/* A node holds no more of them than DELIVER_FILES_MAX; the other letters come again soon. */
static void deliver_ask_files(struct deliver_flight *f, const struct channel *sink, int64_t size)
{
    struct deliver *d = f->d;
    int64_t max = sink->ops->files_max == NULL ? 0 : (int64_t)sink->ops->files_max(sink);
    struct db_value v[3];
    struct arena *a;

    if (size > max)
        size = max;
    if (d->files_size > 0 && d->files_size + size > DELIVER_FILES_MAX) {
        deliver_later(f, "other letters with files are on their way");
        return;
    }
    f->files_size = size;
    d->files_size += size;
    a = arena_new();
    v[0] = db_int(a, f->desk_id);
    v[1] = db_int(a, f->delivery_id);
    v[2] = db_int(a, max);
    db_query(d->db, "delivery_files", v, 3, deliver_on_files, f);
    arena_free(a);
}

void deliver_send(struct deliver *d, const PGresult *res, int row)
{
    struct arena *a = arena_new();
    struct deliver_flight *f = arena_alloc(a, sizeof(*f));
    struct desk_channel *sink;
    struct desk *desk;
    char token[TOKEN_CHARS + 1];
    const char *untrue;

    *f = (struct deliver_flight){ .d = d,
                                  .arena = a,
                                  .delivery_id = db_cell_int(res, row, COL_DELIVERY),
                                  .ticket_id = db_cell_int(res, row, COL_TICKET),
                                  .channel_id = db_cell_int(res, row, COL_CHANNEL),
                                  .desk_id = (int32_t)db_cell_int(res, row, COL_DESK),
                                  .owed_at = db_cell_int(res, row, COL_CREATED),
                                  .attempts = (int)db_cell_int(res, row, COL_ATTEMPTS),
                                  .address = deliver_text(a, res, row, COL_ADDRESS),
                                  .event = strcmp(db_cell_text(res, row, COL_RECIPIENT),
                                                  SINK_EVENT_RECIPIENT) == 0,
                                  .notice = deliver_text(a, res, row, COL_NOTICE) };
    deliver_takes_off(f);
    sink = deliver_sink(f, &desk);
    if (sink == NULL)
        return;
    f->heard = sink->channel.ops->heard != NULL;
    untrue = deliver_untrue(res, row, d->now(d->arg));
    if (untrue != NULL) {
        d->counts.suppressed++;
        deliver_end(f, "suppressed", untrue);
        return;
    }
    if (deliver_is_to_nobody(f, sink, res, row))
        return;
    token_make_delivery(desk->token_key, f->delivery_id, token);
    f->language = deliver_text(a, res, row, COL_LANGUAGE);
    f->out = (struct outbound){
        .delivery_id = f->delivery_id,
        .step_key = deliver_text(a, res, row, COL_STEP_KEY),
        .owed_at = f->owed_at,
        .leave_by = d->claimed_at + DELIVER_LEAVE_S,
        .to = f->address,
        .to_name = deliver_text(a, res, row, COL_ADDRESS_NAME),
        .conversation = deliver_text(a, res, row, COL_CONVERSATION),
        .reply_to_external_id = deliver_text(a, res, row, COL_REPLY_TO_EXTERNAL),
        .subject = deliver_text(a, res, row, COL_SUBJECT),
        .text = deliver_text(a, res, row, COL_TEXT),
        .automatic = db_cell_bool(res, row, COL_AUTOMATIC),
        .reply_to = deliver_text(a, res, row, COL_MAIL_REPLY_TO),
        .message_id = deliver_text(a, res, row, COL_MAIL_ID),
        .in_reply_to = deliver_text(a, res, row, COL_MAIL_IN_REPLY_TO),
        .references = deliver_text(a, res, row, COL_MAIL_REFERENCES),
        .token = arena_strdup(a, token),
    };
    if (db_cell_int(res, row, COL_FILES) > 0)
        deliver_ask_files(f, &sink->channel, db_cell_int(res, row, COL_FILES_SIZE));
    else
        deliver_hand_over(f, sink);
}
