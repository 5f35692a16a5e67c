#include "core/ticket.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

static const char *const ticket_statuses[TICKET_STATUS_N] = { "new",     "open",   "pending",
                                                              "on_hold", "solved", "closed" };
static const char *const ticket_priorities[TICKET_PRIORITY_N] = { "low", "normal", "high",
                                                                  "urgent" };
static const char *const ticket_impacts[TICKET_IMPACT_N] = { "one", "some", "many", "all" };
static const char *const target_kinds[TARGET_KIND_N] = {
    "ack", "first_response", "next_response", "update", "resolution", "level_ack", "level_resolve"
};
static const char *const target_ends[TARGET_END_N] = {
    "", "met", "waived", "void", "merged", "left"
};

static int ticket_word(const char *const *words, int count, const char *name)
{
    int i;

    for (i = 0; i < count; i++)
        if (strcmp(words[i], name) == 0)
            return i;
    return -1;
}

const char *ticket_carrier(const struct ticket *t)
{
    return t->status == TICKET_NEW || t->status == TICKET_OPEN ? t->agent : NULL;
}

const char *ticket_status_name(enum ticket_status s)
{
    return ticket_statuses[s];
}

const char *ticket_priority_name(enum ticket_priority p)
{
    return p == TICKET_PRIORITY_NONE ? "none" : ticket_priorities[p];
}

const char *ticket_impact_name(enum ticket_impact i)
{
    return i == TICKET_IMPACT_NONE ? "none" : ticket_impacts[i];
}

const char *target_kind_name(enum target_kind k)
{
    return target_kinds[k];
}

const char *target_kind_words(enum target_kind k)
{
    static const char *const words[TARGET_KIND_N] = {
        [TARGET_ACK] = "an owner",
        [TARGET_FIRST_RESPONSE] = "the first answer",
        [TARGET_NEXT_RESPONSE] = "the answer to a further message",
        [TARGET_UPDATE] = "news of the case",
        [TARGET_RESOLUTION] = "the solution",
        [TARGET_LEVEL_ACK] = "a first look by the level",
        [TARGET_LEVEL_RESOLVE] = "the solution by the level",
    };

    return words[k];
}

const char *target_end_name(enum target_end e)
{
    return target_ends[e];
}

int ticket_status_find(const char *name)
{
    return ticket_word(ticket_statuses, TICKET_STATUS_N, name);
}

int ticket_priority_find(const char *name)
{
    return ticket_word(ticket_priorities, TICKET_PRIORITY_N, name);
}

int ticket_impact_find(const char *name)
{
    return ticket_word(ticket_impacts, TICKET_IMPACT_N, name);
}

int target_kind_find(const char *name)
{
    return ticket_word(target_kinds, TARGET_KIND_N, name);
}

int target_end_find(const char *name)
{
    return ticket_word(target_ends, TARGET_END_N, name);
}

/* The memory's words, one row each; a word that is not here is skipped when read. */
enum ticket_memory_type { MEMORY_INT, MEMORY_INT64, MEMORY_UINT64 };
static const struct ticket_memory_word {
    const char *word;
    enum ticket_memory_type type;
    size_t offset;
} ticket_memory_words[] = {
#define MEMORY_WORD(name, type)                                                                    \
    {                                                                                              \
#name, type, offsetof(struct ticket_memory, name)                                          \
    }
    MEMORY_WORD(level_visit, MEMORY_INT),
    MEMORY_WORD(level_entered_at, MEMORY_INT64),
    MEMORY_WORD(level_acked_at, MEMORY_INT64),
    MEMORY_WORD(steps_done, MEMORY_UINT64),
    MEMORY_WORD(reminders_done, MEMORY_INT),
    MEMORY_WORD(reopened, MEMORY_INT),
    MEMORY_WORD(unanswered, MEMORY_INT),
    MEMORY_WORD(unanswered_since, MEMORY_INT64),
    MEMORY_WORD(told, MEMORY_UINT64),
    MEMORY_WORD(told_level, MEMORY_INT),
    MEMORY_WORD(promised_at, MEMORY_INT64),
    MEMORY_WORD(promised_clock, MEMORY_INT),
    MEMORY_WORD(promised_instance, MEMORY_INT),
    MEMORY_WORD(expected, MEMORY_INT),
    MEMORY_WORD(expected_at, MEMORY_INT64),
    MEMORY_WORD(assign_wanted_at, MEMORY_INT64),
    MEMORY_WORD(assign_looked_at, MEMORY_INT64),
    MEMORY_WORD(assigned_at, MEMORY_INT64),
    MEMORY_WORD(points, MEMORY_INT),
    MEMORY_WORD(by_hand, MEMORY_INT),
    MEMORY_WORD(churn, MEMORY_INT),
    MEMORY_WORD(vip, MEMORY_INT),
    MEMORY_WORD(quick, MEMORY_INT),
    MEMORY_WORD(asked, MEMORY_INT),
    MEMORY_WORD(asked_impact, MEMORY_INT),
    MEMORY_WORD(pending_since, MEMORY_INT64),
    MEMORY_WORD(pending_reminded, MEMORY_INT),
    MEMORY_WORD(spam_at, MEMORY_INT64),
    MEMORY_WORD(voided, MEMORY_INT),
    MEMORY_WORD(owner_seen, MEMORY_INT),
    MEMORY_WORD(owner_silent, MEMORY_UINT64),
    MEMORY_WORD(owners_lost, MEMORY_INT),
    MEMORY_WORD(reopened_before, MEMORY_INT),
    MEMORY_WORD(unanswered_before, MEMORY_INT),
    MEMORY_WORD(incident_at, MEMORY_INT64),
    MEMORY_WORD(incident_told_at, MEMORY_INT64),
    MEMORY_WORD(incident_told, MEMORY_INT),
    MEMORY_WORD(incident_heard, MEMORY_INT),
    MEMORY_WORD(incident_solved, MEMORY_INT),
    MEMORY_WORD(incident_people, MEMORY_INT),
    MEMORY_WORD(incident_over, MEMORY_INT),
#undef MEMORY_WORD
};
enum { MEMORY_WORDS = sizeof(ticket_memory_words) / sizeof(ticket_memory_words[0]) };

static long long ticket_memory_get(const struct ticket_memory *m,
                                   const struct ticket_memory_word *w)
{
    const char *at = (const char *)m + w->offset;

    switch (w->type) {
    case MEMORY_INT:
        return *(const int *)(const void *)at;
    case MEMORY_INT64:
        return *(const int64_t *)(const void *)at;
    default:
        return (long long)*(const uint64_t *)(const void *)at;
    }
}

static void ticket_memory_set(struct ticket_memory *m, const struct ticket_memory_word *w,
                              long long n)
{
    char *at = (char *)m + w->offset;

    switch (w->type) {
    case MEMORY_INT:
        *(int *)(void *)at = n > INT_MAX ? INT_MAX : n < INT_MIN ? INT_MIN : (int)n;
        break;
    case MEMORY_INT64:
        *(int64_t *)(void *)at = n;
        break;
    default:
        *(uint64_t *)(void *)at = (uint64_t)n;
    }
}

int64_t target_warning(const struct target *t, int which)
{
    int warn = which < TARGET_WARNINGS_MAX ? t->warn[which] : 0;

    return warn < 0 ? t->seconds + warn : (t->seconds * warn + 99) / 100;
}

int64_t ticket_next_due(const struct ticket *t)
{
    int64_t first = 0;
    size_t i;

    for (i = 0; i < t->clock_count; i++)
        if (t->clocks[i].end == TARGET_RUNS && t->clocks[i].due_at != 0 &&
            (first == 0 || t->clocks[i].due_at < first))
            first = t->clocks[i].due_at;
    return first;
}

uint32_t ticket_mark(const char *name)
{
    uint32_t mark = 2166136261u; /* FNV-1a */

    for (; *name != '\0'; name++)
        mark = (mark ^ (unsigned char)*name) * 16777619u;
    return mark;
}

char *ticket_memory_to_text(struct arena *a, const struct ticket_memory *m)
{
    struct text_buffer b = { 0 };
    char *text;
    int i;

    for (i = 0; i < TARGET_KIND_N; i++)
        if (m->instances[i] != 0)
            text_buffer_printf(&b, "%s%s=%d", b.len == 0 ? "" : " ", target_kinds[i],
                               m->instances[i]);
    for (i = 0; i < MEMORY_WORDS; i++) {
        long long n = ticket_memory_get(m, &ticket_memory_words[i]);

        if (n != 0)
            text_buffer_printf(&b, "%s%s=%lld", b.len == 0 ? "" : " ", ticket_memory_words[i].word,
                               n);
    }
    for (i = 0; i < m->step_count; i++)
        text_buffer_printf(&b, "%sstep=%u", b.len == 0 ? "" : " ", m->steps[i]);
    for (i = 0; i < TICKET_NOTICES_MAX && m->noticed_at[i] != 0; i++)
        text_buffer_printf(&b, "%snoticed=%lld", b.len == 0 ? "" : " ",
                           (long long)m->noticed_at[i]);
    text = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return text;
}

static void ticket_memory_take(struct ticket_memory *m, const char *word, size_t len, long long n)
{
    size_t i;

    for (i = 0; i < TARGET_KIND_N; i++)
        if (strlen(target_kinds[i]) == len && memcmp(target_kinds[i], word, len) == 0)
            m->instances[i] = n < 0 || n > INT_MAX ? 0 : (int)n;
    for (i = 0; i < MEMORY_WORDS; i++)
        if (strlen(ticket_memory_words[i].word) == len &&
            memcmp(ticket_memory_words[i].word, word, len) == 0)
            ticket_memory_set(m, &ticket_memory_words[i], n);
    if (len == 4 && memcmp(word, "step", 4) == 0 && m->step_count < TICKET_STEPS_MAX)
        m->steps[m->step_count++] = (uint32_t)n;
    if (len == 7 && memcmp(word, "noticed", 7) == 0) {
        for (i = 0; i < TICKET_NOTICES_MAX && m->noticed_at[i] != 0; i++)
            ;
        if (i < TICKET_NOTICES_MAX)
            m->noticed_at[i] = n;
    }
}

int ticket_memory_from_text(const char *text, struct ticket_memory *m, struct error *err)
{
    struct ticket_memory read = { 0 };
    const char *p = text, *equals;
    long long n;
    char *end;

    while (*p != '\0') {
        equals = strchr(p, '=');
        if (equals == NULL)
            return error_set(err, ERROR_PERMANENT, "a ticket's memory: expected word=number");
        errno = 0;
        n = strtoll(equals + 1, &end, 10);
        if (end == equals + 1 || errno != 0 || (*end != ' ' && *end != '\0'))
            return error_set(err, ERROR_PERMANENT, "a ticket's memory: expected a number");
        ticket_memory_take(&read, p, (size_t)(equals - p), n);
        p = *end == ' ' ? end + 1 : end;
    }
    *m = read;
    return 0;
}

char *ticket_waiting_to_text(struct arena *a, const struct ticket *t, int64_t now)
{
    struct text_buffer b = { 0 };
    char *text;
    size_t i;

    for (i = 0; i < t->waiting_count; i++)
        if (t->waiting[i].due_at > now)
            text_buffer_printf(
                &b, "%s%lld %s %lld", b.len == 0 ? "" : " ", (long long)t->waiting[i].delivery_id,
                notice_kinds[t->waiting[i].notice].id, (long long)t->waiting[i].due_at);
    text = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return text;
}

int ticket_waiting_from_text(const char *text, struct ticket *t, struct error *err)
{
    struct ticket_waiting *w = t->waiting;
    long long id, due_at;
    char notice[16];
    int read = 0;

    for (t->waiting_count = 0; *text != '\0' && t->waiting_count < TICKET_WAITING_MAX;
         text += read) {
        if (sscanf(text, "%lld %15s %lld%n", &id, notice, &due_at, &read) != 3)
            return error_set(err, ERROR_PERMANENT, "what waits: expected number, notice, time");
        read += text[read] == ' ';
        *w = (struct ticket_waiting){ id, notice_find(notice), due_at };
        if (w->notice == NOTICE_N)
            continue; /* of another version */
        w++;
        t->waiting_count++;
    }
    return 0;
}

char *ticket_edges_to_text(struct arena *a, const struct target_clock *c)
{
    struct text_buffer b = { 0 };
    char *text;
    size_t i;

    for (i = 0; i < c->edge_count; i++)
        text_buffer_printf(&b, "%s%lld,%d,%lld", i == 0 ? "{" : ",", (long long)c->edges[i].at,
                           c->edges[i].runs, (long long)c->edges[i].event);
    text_buffer_puts(&b, c->edge_count == 0 ? "{}" : "}");
    text = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return text;
}

int ticket_edges_from_text(struct arena *a, const char *text, struct target_clock *c,
                           struct error *err)
{
    size_t numbers = 1, i;
    struct target_edge *edges;
    const char *p;
    char *end;

    for (p = text; *p != '\0'; p++)
        numbers += *p == ',';
    if (text[0] != '{' || numbers % 3 != 0 || numbers / 3 > TARGET_EDGES_MAX)
        return error_set(err, ERROR_PERMANENT, "a clock's ledger: expected triples of numbers");
    edges = arena_array(a, numbers / 3 + 1, sizeof(*edges)); /* room for one more */
    p = text + 1;
    for (i = 0; i < numbers; i++) {
        long long n = strtoll(p, &end, 10);

        if (end == p || *end != (i + 1 == numbers ? '}' : ','))
            return error_set(err, ERROR_PERMANENT, "a clock's ledger: expected triples of numbers");
        if (i % 3 == 0)
            edges[i / 3].at = n;
        else if (i % 3 == 1)
            edges[i / 3].runs = n != 0;
        else
            edges[i / 3].event = n;
        p = end + 1;
    }
    c->edges = edges;
    c->edge_count = numbers / 3;
    return 0;
}
