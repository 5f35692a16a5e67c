/* What the locked rows say: contacts, tickets and their clocks, as the planner sees them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_batch.h"

static int64_t cell(const struct db_answer *answer, int row, int column)
{
    return db_cell_int(answer->res, row, column);
}

static const char *cell_text(struct store_batch *b, const struct db_answer *answer, int row,
                             int column)
{
    return arena_strdup(b->a, db_cell_text(answer->res, row, column));
}

/* "1800000120 1800000000", the newest first. */
static void read_times(struct store_batch *b, const struct db_answer *answer, int row, int column,
                       int most, int64_t *out)
{
    char *p = arena_strdup(b->a, db_cell_text(answer->res, row, column));
    int n = 0;

    for (; p != NULL && *p != '\0' && n < most; p += strspn(p, " "))
        out[n++] = strtoll(p, &p, 10);
}

void store_read_contacts(struct store_batch *b, const struct db_answer *answer)
{
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct store_contact *c =
            store_contact_new(b, (int32_t)cell(answer, i, 0), cell(answer, i, 1));
        c->contact.name = cell_text(b, answer, i, 2);
        c->contact.language = cell_text(b, answer, i, 3);
        c->contact.zone = cell_text(b, answer, i, 4);
        read_times(b, answer, i, 5, CONTACT_NOTICES_MAX, c->contact.notices_at);
        c->contact.received_at = cell(answer, i, 6);
        read_times(b, answer, i, 7, CONTACT_TICKETS_MAX, c->contact.opened_at);
        c->contact.missed_at = cell(answer, i, 8);
        c->of.name = cell_text(b, answer, i, 9);
        c->of.plan = cell_text(b, answer, i, 10);
        c->of.vip = db_cell_bool(answer->res, i, 11);
        read_times(b, answer, i, 12, 2 * CONTACT_HINTS_MAX, c->contact.hinted);
        read_times(b, answer, i, 13, CONTACT_RECEIPTS_MAX, c->contact.receipts_at);
        c->contact.any_hour = db_cell_bool(answer->res, i, 14);
    }
}

/* A line each. */
static size_t read_words(struct store_batch *b, const struct db_answer *answer, int row, int column,
                         const char **out, size_t most)
{
    char *lines = arena_strdup(b->a, db_cell_text(answer->res, row, column)), *save = NULL, *word;
    size_t n = 0;

    for (word = strtok_r(lines, "\n", &save); word != NULL && n < most;
         word = strtok_r(NULL, "\n", &save))
        out[n++] = word;
    return n;
}

/* How the incident stands that it belongs to. */
static struct fact_incident read_stands(const struct db_answer *answer, int row, int64_t incident)
{
    const char *status = db_cell_text(answer->res, row, 38);
    const char *kind = db_cell_text(answer->res, row, 39);

    if (status == NULL || kind == NULL)
        return (struct fact_incident){ 0 };
    return (struct fact_incident){ incident, (enum ticket_status)ticket_status_find(status),
                                   strcmp(kind, "dissolved") == 0, cell(answer, row, 40) };
}

static void read_ticket(struct store_batch *b, struct store_ticket *w,
                        const struct db_answer *answer, int i)
{
    struct ticket *t = &w->ticket;
    const char *hex = db_cell_text(answer->res, i, 28);
    int k;

    t->ticket_id = cell(answer, i, 1);
    t->version = w->base_version = cell(answer, i, 2);
    t->status = (enum ticket_status)ticket_status_find(db_cell_text(answer->res, i, 3));
    t->priority = (enum ticket_priority)ticket_priority_find(db_cell_text(answer->res, i, 4));
    t->level = (int)cell(answer, i, 5);
    t->top_level = (int)cell(answer, i, 6);
    t->team = cell_text(b, answer, i, 7);
    t->agent = cell_text(b, answer, i, 8);
    t->subject = cell_text(b, answer, i, 9);
    t->language = cell_text(b, answer, i, 10);
    t->tags = arena_array(b->a, TICKET_TAGS_MAX, sizeof(*t->tags));
    t->tag_count = read_words(b, answer, i, 11, t->tags, TICKET_TAGS_MAX);
    w->channel_id = cell(answer, i, 13);
    w->path = (struct sink_return_path){ .channel_id = cell(answer, i, 14),
                                         .address_kind = cell_text(b, answer, i, 15),
                                         .address = cell_text(b, answer, i, 16),
                                         .conversation = cell_text(b, answer, i, 17),
                                         .external_id = cell_text(b, answer, i, 18),
                                         .mail_id = cell_text(b, answer, i, 19),
                                         .mail_references = cell_text(b, answer, i, 42) };
    t->created_at = cell(answer, i, 20);
    t->solved_at = cell(answer, i, 21);
    t->closed_at = cell(answer, i, 22);
    t->last_customer_at = cell(answer, i, 23);
    t->last_public_at = cell(answer, i, 24);
    t->merged_into = cell(answer, i, 25);
    t->follow_up_of = cell(answer, i, 26);
    t->event_seq = cell(answer, i, 27);
    for (k = 0; k < 32; k++) {
        char pair[3] = { hex[2 * k], hex[2 * k + 1], '\0' };

        t->event_hash[k] = (unsigned char)strtoul(pair, NULL, 16);
    }
    t->policy_version = (int)cell(answer, i, 29);
    if (ticket_memory_from_text(db_cell_text(answer->res, i, 30), &t->memory, &b->err) < 0 ||
        ticket_waiting_from_text(db_cell_text(answer->res, i, 31), t, &b->err) < 0)
        error_wrap(&b->err, "ticket %" PRId64, t->ticket_id);
    t->related_to = cell(answer, i, 32);
    t->topic = cell_text(b, answer, i, 33);
    t->plan = cell_text(b, answer, i, 34);
    t->terms = cell_text(b, answer, i, 35);
    t->incident = db_cell_text(answer->res, i, 36) != NULL;
    t->incident_of = cell(answer, i, 37);
    t->watcher_count = read_words(b, answer, i, 41, t->watchers, TICKET_WATCHERS_MAX);
    w->stands = read_stands(answer, i, t->incident_of);
    w->agent_before = ticket_carrier(t);
    w->topic_before = t->topic;
}

/* It became another's, or was merged, between the look-up and its lock: look again. */
static void read_changed(struct store_batch *b, int64_t ticket_id)
{
    error_set(&b->err, ERROR_TRANSIENT, "ticket %" PRId64 " changed while it was looked up",
              ticket_id);
}

void store_read_tickets(struct store_batch *b, const struct db_answer *answer)
{
    struct store_ticket *w;
    int i;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct desk *desk = desk_by_id(b->store->desks, (int32_t)cell(answer, i, 0));

        if (desk == NULL)
            continue;
        if (!store_is_held(b, desk)) { /* the configuration was read anew meanwhile */
            read_changed(b, cell(answer, i, 1));
            return;
        }
        w = store_ticket_new(b, desk);
        read_ticket(b, w, answer, i);
        w->contact =
            store_map_get(&b->contacts, store_key_int(b->a, desk->desk_id, cell(answer, i, 12)));
        store_map_put(&b->tickets, store_key_int(b->a, desk->desk_id, w->ticket.ticket_id), w);
        if (w->contact == NULL)
            read_changed(b, w->ticket.ticket_id);
    }
    for (w = b->ticket_list; w != NULL; w = w->next)
        if (w->ticket.merged_into != 0 &&
            store_ticket_find(b, w->desk->desk_id, w->ticket.ticket_id) == NULL)
            read_changed(b, w->ticket.ticket_id);
}

static int read_calendar(const struct policy *p, const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < p->calendar_count; i++)
        if (strcmp(p->calendar_names[i], name) == 0)
            return (int)i;
    return name == NULL ? -1 : TARGET_CALENDAR_GONE;
}

void store_read_clocks(struct store_batch *b, const struct db_answer *answer)
{
    int i, n;

    for (i = 0; i < PQntuples(answer->res); i++) {
        struct store_ticket *w =
            store_map_get(&b->tickets, store_key_int(b->a, cell(answer, i, 0), cell(answer, i, 1)));
        struct target_clock *c;
        const char *p;
        char *end;

        if (w == NULL || w->ticket.clock_count == TICKET_CLOCKS_MAX)
            continue;
        c = &w->ticket.clocks[w->ticket.clock_count++];
        c->kind = (enum target_kind)target_kind_find(db_cell_text(answer->res, i, 2));
        c->instance = (int)cell(answer, i, 3);
        c->level = (int)cell(answer, i, 4);
        c->target.seconds = cell(answer, i, 5);
        c->target.calendar = read_calendar(w->desk->policy.policy, db_cell_text(answer->res, i, 6));
        for (n = 0, p = db_cell_text(answer->res, i, 7); *p != '\0' && n < TARGET_WARNINGS_MAX;
             p = end + strspn(end, " "))
            c->target.warn[n++] = (int)strtol(p, &end, 10);
        c->started_at = cell(answer, i, 8);
        c->ended_at = cell(answer, i, 9);
        c->end = (enum target_end)target_end_find(db_cell_text(answer->res, i, 10));
        c->due_at = cell(answer, i, 11);
        c->breached_at = cell(answer, i, 12);
        c->warned = (int)cell(answer, i, 13);
        c->policy_version = (int)cell(answer, i, 14);
        ticket_edges_from_text(b->a, db_cell_text(answer->res, i, 15), c, &b->err);
        c->kept_s = cell(answer, i, 16);
        c->kept_at = cell(answer, i, 17);
    }
}
