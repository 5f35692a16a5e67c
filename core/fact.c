#include "core/fact.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/json_list.h"

static const char *const fact_kinds[FACT_KIND_N] = {
    [FACT_CUSTOMER_WROTE] = "customer_wrote",
    [FACT_AGENT_REPLIED] = "agent_replied",
    [FACT_AGENT_NOTED] = "agent_noted",
    [FACT_STATUS_SET] = "status_set",
    [FACT_PRIORITY_SET] = "priority_set",
    [FACT_TOPIC_SET] = "topic_set",
    [FACT_ASSIGNED] = "assigned",
    [FACT_QUEUE_LOOKED] = "queue_looked",
    [FACT_ESCALATED] = "escalated",
    [FACT_HANDED_BACK] = "handed_back",
    [FACT_ACKNOWLEDGED] = "acknowledged",
    [FACT_TAGGED] = "tagged",
    [FACT_WATCHED] = "watched",
    [FACT_MARKED_SPAM] = "marked_spam",
    [FACT_MERGED_INTO] = "merged_into",
    [FACT_MERGED_FROM] = "merged_from",
    [FACT_SPLIT_INTO] = "split_into",
    [FACT_SPLIT_FROM] = "split_from",
    [FACT_TIME_CAME] = "time_came",
    [FACT_POLICY_CHANGED] = "policy_changed",
    [FACT_DELIVERY_ENDED] = "delivery_ended",
    [FACT_INCIDENT_LOOKED] = "incident_looked",
    [FACT_INCIDENT_ASKED] = "incident_asked",
    [FACT_INCIDENT_OPENED] = "incident_opened",
    [FACT_INCIDENT_JOINED] = "incident_joined",
    [FACT_INCIDENT_LEFT] = "incident_left",
    [FACT_INCIDENT_OVER] = "incident_over",
};
static const char *const fact_actors[] = { "customer", "agent", "time", "policy", "operator" };
enum { FACT_ACTORS = sizeof(fact_actors) / sizeof(fact_actors[0]) };

const char *fact_kind_name(enum fact_kind k)
{
    return fact_kinds[k];
}

int fact_kind_find(const char *name)
{
    int i;

    for (i = 0; i < FACT_KIND_N; i++)
        if (strcmp(fact_kinds[i], name) == 0)
            return i;
    return -1;
}

const char *fact_actor_name(enum fact_actor a)
{
    return fact_actors[a];
}

void fact_merged_from(const struct fact *into, const struct ticket *ended, struct arena *a,
                      struct fact *out)
{
    struct target_clock *clocks = arena_array(a, ended->clock_count, sizeof(*clocks));
    bool waits = ended->status < TICKET_SOLVED && ended->memory.unanswered_since != 0;
    bool goes_on = waits || (ended->status < TICKET_SOLVED && ended->memory.level_visit > 0);

    if (ended->clock_count > 0)
        memcpy(clocks, ended->clocks, ended->clock_count * sizeof(*clocks));
    *out = (struct fact){ .kind = FACT_MERGED_FROM,
                          .at = into->at,
                          .now = into->now,
                          .by = into->by,
                          .actor = into->actor,
                          .status = goes_on ? ended->status : TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE,
                          .reason = into->reason,
                          .other = ended->ticket_id,
                          .unanswered = waits ? ended->memory.unanswered : 0,
                          .unanswered_since = waits ? ended->memory.unanswered_since : 0,
                          .other_clocks = clocks,
                          .other_clock_count = ended->clock_count,
                          .names = ended->watchers,
                          .name_count = ended->watcher_count };
}

void fact_incident_opened(const struct fact *cause, const struct ticket *of, const char *why,
                          struct fact *out)
{
    *out = (struct fact){ .kind = FACT_INCIDENT_OPENED,
                          .at = cause->now,
                          .now = cause->now,
                          .by = cause->kind == FACT_INCIDENT_ASKED ? cause->by : FACT_BY_POLICY,
                          .actor = cause->actor,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE,
                          .subject = of->subject,
                          .topic = of->topic,
                          .reason = why,
                          .other = of->ticket_id };
}

bool fact_is_inert(const struct fact *f)
{
    return f->spam || f->bounce || f->report;
}

bool fact_is_said(const struct fact *f)
{
    return f->kind == FACT_CUSTOMER_WROTE || f->kind == FACT_SPLIT_FROM;
}

int fact_actor_find(const char *name)
{
    int i;

    for (i = 0; i < FACT_ACTORS; i++)
        if (strcmp(fact_actors[i], name) == 0)
            return i;
    return -1;
}

/* The plain members of a fact, one row each; left out of the JSON while they say nothing. */
enum fact_type { FACT_TEXT, FACT_TIME, FACT_INT, FACT_BOOL };
static const struct fact_member {
    const char *name;
    enum fact_type type;
    size_t offset;
} fact_members[] = {
#define FACT_MEMBER(name, type)                                                                    \
    {                                                                                              \
#name, type, offsetof(struct fact, name)                                                   \
    }
    FACT_MEMBER(at, FACT_TIME),
    FACT_MEMBER(now, FACT_TIME),
    FACT_MEMBER(actor, FACT_TEXT),
    FACT_MEMBER(message_id, FACT_TIME),
    FACT_MEMBER(sender, FACT_TEXT),
    FACT_MEMBER(language, FACT_TEXT),
    FACT_MEMBER(organization, FACT_TEXT),
    FACT_MEMBER(plan, FACT_TEXT),
    FACT_MEMBER(vip, FACT_BOOL),
    FACT_MEMBER(automatic, FACT_BOOL),
    FACT_MEMBER(declines, FACT_BOOL),
    FACT_MEMBER(spam, FACT_BOOL),
    FACT_MEMBER(bounce, FACT_BOOL),
    FACT_MEMBER(report, FACT_BOOL),
    FACT_MEMBER(threaded_weakly, FACT_BOOL),
    FACT_MEMBER(thread_why, FACT_TEXT),
    FACT_MEMBER(follow_up_of, FACT_TIME),
    FACT_MEMBER(related_to, FACT_TIME),
    FACT_MEMBER(level, FACT_INT),
    FACT_MEMBER(agent, FACT_TEXT),
    FACT_MEMBER(team, FACT_TEXT),
    FACT_MEMBER(reason, FACT_TEXT),
    FACT_MEMBER(solution, FACT_TEXT),
    FACT_MEMBER(other, FACT_TIME),
    FACT_MEMBER(delivery_id, FACT_TIME),
    FACT_MEMBER(notice, FACT_TEXT),
    FACT_MEMBER(ended, FACT_TEXT),
    FACT_MEMBER(score, FACT_INT),
    FACT_MEMBER(topic, FACT_TEXT),
    FACT_MEMBER(title, FACT_TEXT),
    FACT_MEMBER(told, FACT_BOOL),
    FACT_MEMBER(unanswered, FACT_INT),
    FACT_MEMBER(last_at, FACT_TIME),
    FACT_MEMBER(unanswered_since, FACT_TIME),
#undef FACT_MEMBER
};
enum { FACT_MEMBERS = sizeof(fact_members) / sizeof(fact_members[0]) };

static void fact_put_member(json_t *o, const struct fact *f, const struct fact_member *m)
{
    const char *at = (const char *)f + m->offset;
    const char *text;

    switch (m->type) {
    case FACT_TEXT:
        text = *(const char *const *)(const void *)at;
        if (text != NULL)
            json_object_set_new(o, m->name, json_string(text));
        break;
    case FACT_TIME:
        if (*(const int64_t *)(const void *)at != 0)
            json_object_set_new(o, m->name, json_integer(*(const int64_t *)(const void *)at));
        break;
    case FACT_INT:
        if (*(const int *)(const void *)at != 0)
            json_object_set_new(o, m->name, json_integer(*(const int *)(const void *)at));
        break;
    default:
        if (*(const bool *)(const void *)at)
            json_object_set_new(o, m->name, json_true());
    }
}

static void fact_put_incident(json_t *o, const struct fact *f)
{
    const struct fact_incident *i = &f->incident;
    const struct fact_crowd *c = &f->crowd;

    if (i->ticket_id != 0)
        json_object_set_new(o, "incident",
                            json_pack("{s:I, s:s, s:b, s:I}", "ticket", (json_int_t)i->ticket_id,
                                      "status", ticket_status_name(i->status), "over", i->over,
                                      "by_at", (json_int_t)i->by_at));
    if (c->people != 0)
        json_object_set_new(o, "crowd",
                            json_pack("{s:i, s:s, s:o}", "people", c->people, "priority",
                                      ticket_priority_name(c->priority), "plans",
                                      json_list_texts(c->plans, c->plan_count)));
}

char *fact_to_json(const struct fact *f)
{
    json_t *o = json_object(), *loads;
    char *text;
    size_t i;

    json_object_set_new(o, "kind", json_string(fact_kinds[f->kind]));
    json_object_set_new(o, "by", json_string(fact_actors[f->by]));
    for (i = 0; i < FACT_MEMBERS; i++)
        fact_put_member(o, f, &fact_members[i]);
    if (f->status != TICKET_STATUS_N)
        json_object_set_new(o, "status", json_string(ticket_status_name(f->status)));
    if (f->priority != TICKET_PRIORITY_NONE)
        json_object_set_new(o, "priority", json_string(ticket_priority_name(f->priority)));
    if (f->tag_count > 0)
        json_object_set_new(o, "tags", json_list_texts(f->tags, f->tag_count));
    if (f->tag_off_count > 0)
        json_object_set_new(o, "tags_off", json_list_texts(f->tags_off, f->tag_off_count));
    if (f->moved_count > 0)
        json_object_set_new(o, "moved", json_list_numbers(f->moved, f->moved_count));
    if (f->name_count > 0)
        json_object_set_new(o, "names", json_list_texts(f->names, f->name_count));
    if (f->name_off_count > 0)
        json_object_set_new(o, "names_off", json_list_texts(f->names_off, f->name_off_count));
    if (f->load_count > 0) {
        loads = json_array();
        for (i = 0; i < f->load_count; i++)
            json_array_append_new(loads,
                                  json_pack("{s:s, s:i, s:I, s:i}", "agent", f->loads[i].agent,
                                            "open", f->loads[i].open, "assigned_at",
                                            (json_int_t)f->loads[i].assigned_at, "of_topic",
                                            f->loads[i].of_topic));
        json_object_set_new(o, "loads", loads);
    }
    fact_put_incident(o, f);
    text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(o);
    return text == NULL ? xstrdup("{}") : text;
}

static const char *const *fact_copy_texts(struct arena *a, const char *const *texts, size_t count)
{
    const char **copy = arena_array(a, count, sizeof(*copy));
    size_t i;

    for (i = 0; i < count; i++)
        copy[i] = arena_strdup(a, texts[i]);
    return copy;
}

static const int64_t *fact_copy_numbers(struct arena *a, const int64_t *numbers, size_t count)
{
    int64_t *copy = arena_array(a, count, sizeof(*copy));

    if (count > 0)
        memcpy(copy, numbers, count * sizeof(*copy));
    return copy;
}

const struct fact *fact_copy(struct arena *a, const struct fact *f)
{
    struct fact *copy = arena_alloc(a, sizeof(*copy));
    size_t i;

    *copy = *f;
    for (i = 0; i < FACT_MEMBERS; i++)
        if (fact_members[i].type == FACT_TEXT) {
            const char **text = (void *)((char *)copy + fact_members[i].offset);

            *text = arena_strdup(a, *text);
        }
    copy->subject = arena_strdup(a, f->subject);
    copy->text = arena_strdup(a, f->text);
    copy->tags = fact_copy_texts(a, f->tags, f->tag_count);
    copy->tags_off = fact_copy_texts(a, f->tags_off, f->tag_off_count);
    copy->moved = fact_copy_numbers(a, f->moved, f->moved_count);
    copy->names = fact_copy_texts(a, f->names, f->name_count);
    copy->names_off = fact_copy_texts(a, f->names_off, f->name_off_count);
    copy->other_clocks = NULL;
    copy->loads = NULL;
    copy->likes = NULL;
    copy->crowd = (struct fact_crowd){ 0 };
    copy->other_clock_count = copy->load_count = copy->like_count = 0;
    return copy;
}

static int fact_take_member(struct arena *a, const json_t *o, struct fact *f,
                            const struct fact_member *m, struct error *err)
{
    const json_t *v = json_object_get(o, m->name);
    char *at = (char *)f + m->offset;

    if (v == NULL)
        return 0;
    if (m->type == FACT_TEXT   ? !json_is_string(v)
        : m->type == FACT_BOOL ? !json_is_boolean(v)
                               : !json_is_integer(v))
        return error_set(err, ERROR_PERMANENT, "a stored fact: '%s' is of another type", m->name);
    if (m->type == FACT_TEXT)
        *(const char **)(void *)at = arena_strdup(a, json_string_value(v));
    else if (m->type == FACT_TIME)
        *(int64_t *)(void *)at = json_integer_value(v);
    else if (m->type == FACT_INT)
        *(int *)(void *)at = (int)json_integer_value(v);
    else
        *(bool *)(void *)at = json_is_true(v);
    return 0;
}

static size_t fact_take_texts(struct arena *a, const json_t *list, const char *const **out)
{
    size_t count = json_array_size(list), i;
    const char **texts = arena_array(a, count, sizeof(*texts));

    for (i = 0; i < count; i++) {
        const char *s = json_string_value(json_array_get(list, i));

        texts[i] = arena_strdup(a, s == NULL ? "" : s);
    }
    *out = texts;
    return count;
}

static void fact_take_moved(struct arena *a, const json_t *list, struct fact *f)
{
    size_t count = json_array_size(list), i;
    int64_t *moved = arena_array(a, count, sizeof(*moved));

    for (i = 0; i < count; i++)
        moved[i] = json_integer_value(json_array_get(list, i));
    f->moved = moved;
    f->moved_count = count;
}

static void fact_take_loads(struct arena *a, const json_t *list, struct fact *f)
{
    size_t count = json_array_size(list), i;
    struct fact_load *loads = arena_array(a, count, sizeof(*loads));

    for (i = 0; i < count; i++) {
        const json_t *o = json_array_get(list, i);
        const char *agent = json_string_value(json_object_get(o, "agent"));

        loads[i].agent = arena_strdup(a, agent == NULL ? "" : agent);
        loads[i].open = (int)json_integer_value(json_object_get(o, "open"));
        loads[i].assigned_at = json_integer_value(json_object_get(o, "assigned_at"));
        loads[i].of_topic = (int)json_integer_value(json_object_get(o, "of_topic"));
    }
    f->loads = loads;
    f->load_count = count;
}

static void fact_take_incident(struct arena *a, const json_t *o, struct fact *f)
{
    const json_t *i = json_object_get(o, "incident"), *c = json_object_get(o, "crowd");
    const char *status = json_string_value(json_object_get(i, "status"));
    const char *priority = json_string_value(json_object_get(c, "priority"));
    int s = status == NULL ? -1 : ticket_status_find(status);
    int p = priority == NULL ? -1 : ticket_priority_find(priority);

    if (s >= 0)
        f->incident =
            (struct fact_incident){ json_integer_value(json_object_get(i, "ticket")),
                                    (enum ticket_status)s, json_is_true(json_object_get(i, "over")),
                                    json_integer_value(json_object_get(i, "by_at")) };
    if (p < 0)
        return;
    f->crowd.people = (int)json_integer_value(json_object_get(c, "people"));
    f->crowd.priority = (enum ticket_priority)p;
    f->crowd.plan_count = fact_take_texts(a, json_object_get(c, "plans"), &f->crowd.plans);
}

static int fact_take_words(const json_t *o, struct fact *f, struct error *err)
{
    const char *kind = json_string_value(json_object_get(o, "kind"));
    const char *by = json_string_value(json_object_get(o, "by"));
    const char *status = json_string_value(json_object_get(o, "status"));
    const char *priority = json_string_value(json_object_get(o, "priority"));
    int k = kind == NULL ? -1 : fact_kind_find(kind);
    int b = by == NULL ? -1 : fact_actor_find(by);
    int s = status == NULL ? TICKET_STATUS_N : ticket_status_find(status);
    int p = priority == NULL ? TICKET_PRIORITY_NONE : ticket_priority_find(priority);

    if (k < 0 || b < 0 || s < 0 || (priority != NULL && p < 0))
        return error_set(err, ERROR_PERMANENT,
                         "a stored fact: an unknown kind, actor, status or priority");
    f->kind = (enum fact_kind)k;
    f->by = (enum fact_actor)b;
    f->status = (enum ticket_status)s;
    f->priority = (enum ticket_priority)p;
    return 0;
}

int fact_from_json(struct arena *a, struct span json, struct fact *f, struct error *err)
{
    struct fact read = { 0 };
    json_error_t wrong;
    json_t *o = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, &wrong);
    int rc = -1;
    size_t i;

    if (o == NULL)
        return error_set(err, ERROR_PERMANENT, "a stored fact: column %d: %.80s", wrong.column,
                         wrong.text);
    if (fact_take_words(o, &read, err) < 0)
        goto out;
    for (i = 0; i < FACT_MEMBERS; i++)
        if (fact_take_member(a, o, &read, &fact_members[i], err) < 0)
            goto out;
    read.tag_count = fact_take_texts(a, json_object_get(o, "tags"), &read.tags);
    read.tag_off_count = fact_take_texts(a, json_object_get(o, "tags_off"), &read.tags_off);
    fact_take_moved(a, json_object_get(o, "moved"), &read);
    read.name_count = fact_take_texts(a, json_object_get(o, "names"), &read.names);
    read.name_off_count = fact_take_texts(a, json_object_get(o, "names_off"), &read.names_off);
    fact_take_loads(a, json_object_get(o, "loads"), &read);
    fact_take_incident(a, o, &read);
    *f = read;
    rc = 0;
out:
    json_decref(o);
    return rc;
}
