#include "tests/support/random_story.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "tests/support/slow_time.h"

/* --- what happens
 * ------------------------------------------------------------------------------------------- */

static int64_t draw_pause(struct dice *d)
{
    static const int64_t pauses[] = { 0, 0, 1, 7, 60, 119, 120, 121, 300, 600, 3600, 7200, 28800 };

    switch (dice_below(d, 6)) {
    case 0:
        return RANDOM_AT_WAKE;
    case 1:
        return dice_one_in(d, 2) ? RANDOM_BEFORE_WAKE : RANDOM_AT_WAKE;
    case 2:
        return dice_below(d, 2 * 86400);
    case 3:
        return dice_below(d, 7200);
    default:
        return DICE_ONE_OF(d, pauses);
    }
}

static enum fact_kind draw_kind(struct dice *d)
{
    static const enum fact_kind common[] = {
        FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE, FACT_CUSTOMER_WROTE,
        FACT_AGENT_REPLIED,  FACT_AGENT_REPLIED,  FACT_AGENT_REPLIED,  FACT_STATUS_SET,
        FACT_STATUS_SET,     FACT_STATUS_SET,     FACT_PRIORITY_SET,   FACT_PRIORITY_SET,
        FACT_TOPIC_SET,      FACT_TOPIC_SET,      FACT_ASSIGNED,       FACT_ESCALATED,
        FACT_ESCALATED,      FACT_HANDED_BACK,    FACT_HANDED_BACK,    FACT_ACKNOWLEDGED,
        FACT_MERGED_INTO,    FACT_TIME_CAME,      FACT_MARKED_SPAM,
    };

    /* What incidents bring is between several tickets: tests/unit/test_incidents.c. */
    return dice_one_in(d, 4) ? (enum fact_kind)dice_below(d, FACT_INCIDENT_LOOKED)
                             : DICE_ONE_OF(d, common);
}

static void draw_fact(struct dice *d, struct random_fact *f, bool first)
{
    *f = (struct random_fact){ .after_s = first ? 0 : draw_pause(d),
                               .kind = first ? FACT_CUSTOMER_WROTE : draw_kind(d),
                               .ticket = dice_one_in(d, 2) ? 1 : 1 + dice_below(d, RANDOM_TICKETS),
                               .other = 1 + dice_below(d, RANDOM_TICKETS),
                               .contact = dice_below(d, RANDOM_CONTACTS),
                               .channel = dice_below(d, RANDOM_CHANNELS),
                               .agent = dice_below(d, RANDOM_AGENTS + 1) - 1,
                               .team = dice_below(d, RANDOM_TEAMS + 1) - 1,
                               .plan = dice_below(d, RANDOM_PLANS + 1) - 1,
                               .words = dice_below(d, 6),
                               .status = (enum ticket_status)dice_below(d, TICKET_STATUS_N + 1),
                               .priority = (enum ticket_priority)(dice_below(d, TICKET_PRIORITY_N)),
                               .level = dice_below(d, 5),
                               .automatic = dice_one_in(d, 12),
                               .spam = dice_one_in(d, 30),
                               .bounce = dice_one_in(d, 30),
                               .report = dice_one_in(d, 30),
                               .weakly = dice_one_in(d, 4),
                               .vip = dice_one_in(d, 3),
                               .solution = dice_one_in(d, 2),
                               .open = dice_one_in(d, 2) };
    if (f->kind == FACT_MERGED_FROM)
        f->kind = FACT_MERGED_INTO; /* the other half is the desk's own business */
    if (dice_one_in(d, 3) &&
        f->kind == (dice_one_in(d, 2) ? FACT_STATUS_SET : FACT_AGENT_REPLIED)) {
        f->status = TICKET_PENDING; /* in which things happen by themselves */
        f->words = 5;
    }
    if (f->kind == FACT_HANDED_BACK) {
        f->level = 1 + dice_below(d, 2);
        f->words = 1 + dice_below(d, 5); /* with a reason */
    }
    if (f->kind == FACT_ESCALATED && dice_one_in(d, 2))
        f->level = 0; /* to the next */
    if (!first && dice_one_in(d, 6))
        f->late_s = dice_one_in(d, 3) ? dice_below(d, 86400) : dice_below(d, 900);
}

/* One ticket is somebody's, is solved, and the customer writes again: chance alone seldom brings
 * that together. */
static void draw_reopening(struct dice *d, struct random_fact three[3])
{
    static const int64_t pauses[] = { 60, 3600, 6 * 3600, 12 * 3600 };

    three[0].kind = FACT_ASSIGNED;
    three[0].agent = dice_below(d, RANDOM_AGENTS);
    three[0].team = -1;
    three[1].kind = FACT_STATUS_SET;
    three[1].status = TICKET_SOLVED;
    three[1].solution = true;
    three[2].kind = FACT_CUSTOMER_WROTE;
    three[2].after_s = DICE_ONE_OF(d, pauses);
    three[2].late_s = 0;
    three[2].automatic = three[2].spam = three[2].bounce = three[2].report = false;
    three[1].ticket = three[2].ticket = three[0].ticket;
}

/* Likewise of what is spam, and is none after all. */
static void draw_mistake(struct dice *d, struct random_fact two[2])
{
    two[0].kind = FACT_MARKED_SPAM;
    two[1].kind = FACT_STATUS_SET;
    two[1].status = TICKET_OPEN;
    two[1].ticket = two[0].ticket = dice_one_in(d, 2) ? 1 : two[0].ticket;
}

/* Likewise of what is somebody's and is about something else. */
static void draw_correction(struct dice *d, struct random_fact two[2])
{
    two[0].kind = FACT_ASSIGNED;
    two[0].agent = dice_below(d, RANDOM_AGENTS);
    two[0].team = dice_one_in(d, 3) ? dice_below(d, RANDOM_TEAMS) : -1;
    two[1].kind = FACT_TOPIC_SET;
    two[1].ticket = two[0].ticket = dice_one_in(d, 2) ? 1 : two[0].ticket;
}

/* `n` facts from `at` on about what the story begins with, in place of what happened then; said by
 * people, and at once. `at` lies within. */
static struct random_fact *draw_instead(struct dice *d, struct random_story *s, size_t at, size_t n)
{
    size_t i;

    if (s->fact_count < at + n)
        s->fact_count = at + n;
    for (i = at; i < at + n; i++) {
        draw_fact(d, &s->facts[i], false);
        s->facts[i].ticket = s->facts[0].ticket;
        s->facts[i].late_s = 0;
        s->facts[i].automatic = s->facts[i].spam = s->facts[i].bounce = s->facts[i].report = false;
    }
    return &s->facts[at];
}

/* A version that gives the clocks that run other calendars, or these other hours: of two policies
 * drawn apart hardly a clock goes on. */
static void draw_edit(struct dice *d, struct random_story *s)
{
    static const int64_t pauses[] = { 600, 3600, 5 * 3600, 9 * 3600, 86400 };
    struct random_fact *one = draw_instead(d, s, 1 + (size_t)dice_below(d, 3), 1);

    if (!dice_one_in(d, 4))
        random_policy_edit(d, &s->policies[1], &s->policies[0]);
    one->kind = FACT_POLICY_CHANGED;
    one->after_s = DICE_ONE_OF(d, pauses);
    one->open = !dice_one_in(d, 5);
}

/* A customer insists, is answered or is not, and what was solved then is opened again by hand. */
static void draw_insisting(struct dice *d, struct random_story *s)
{
    static const int64_t pauses[] = { 0, 1, 60, 600, 3600 }, soon[] = { 0, 1, 60 };
    enum { SAID = 3, N = SAID + 2 };
    struct random_fact *f = draw_instead(d, s, 1, N);
    size_t i;

    for (i = 0; i < N; i++) {
        f[i].kind = i < 1 || dice_one_in(d, 2) ? FACT_CUSTOMER_WROTE : FACT_AGENT_REPLIED;
        f[i].after_s = i + 1 < N ? DICE_ONE_OF(d, pauses) : DICE_ONE_OF(d, soon);
        f[i].words = dice_below(d, 3); /* an answer leaves it to the desk which status follows */
        if (i < SAID)
            continue;
        f[i].kind = FACT_STATUS_SET;
        f[i].status = i == SAID ? TICKET_SOLVED : TICKET_OPEN;
        f[i].solution = true;
    }
}

/* Near a change of the clocks as often as not. */
static int64_t draw_beginning(struct dice *d)
{
    int64_t at = 1647216000 + (int64_t)dice_below(d, 4 * 365) * 86400 + dice_below(d, 86400),
            change;

    if (dice_one_in(d, 2) && (change = slow_transition(random_zone(d), at)) != 0 &&
        change < 1790000000)
        at = change - dice_below(d, 2 * 86400);
    return at;
}

void random_story_draw(struct random_story *s, uint64_t seed)
{
    struct dice d = dice_from(seed);
    bool quiet = dice_one_in(&d, 4);
    size_t i;

    memset(s, 0, sizeof(*s));
    s->a = arena_new();
    s->seed = seed;
    s->begins = draw_beginning(&d);
    for (i = 0; i < 2; i++)
        random_policy_draw(&d, &s->policies[i], s->a, s->begins, quiet);
    s->fact_count = 3 + (size_t)dice_below(&d, dice_one_in(&d, 8) ? RANDOM_FACTS_MAX - 2 : 14);
    for (i = 0; i < s->fact_count; i++) {
        draw_fact(&d, &s->facts[i], i == 0);
        if (i > 2 && dice_one_in(&d, 6))
            draw_reopening(&d, &s->facts[i - 2]);
        else if (i > 1 && dice_one_in(&d, 12))
            draw_mistake(&d, &s->facts[i - 1]);
        else if (i > 1 && dice_one_in(&d, 8))
            draw_correction(&d, &s->facts[i - 1]);
    }
    s->tail_s = dice_one_in(&d, 3) ? 0 : dice_below(&d, 3 * 86400);
    if (dice_one_in(&d, 7))
        draw_insisting(&d, s);
    if (dice_one_in(&d, 4))
        draw_edit(&d, s);
}

void random_story_clear(struct random_story *s)
{
    arena_free(s->a);
    memset(s, 0, sizeof(*s));
}

/* The last is in no policy, the one before it in some. */
static const char *const watchers[] = { "ana", "second", "first", "ana", "max", "nobody" };
enum { WATCHERS = sizeof(watchers) / sizeof(watchers[0]) };
/* The last is in no policy, the two before it in some. */
static const char *const topics[] = { "none", "net", "bill", "paper" };
enum { TOPICS = sizeof(topics) / sizeof(topics[0]) };
static const char *const subjects[] = { "Hello", "The printer", "FIRE", "RE: order", "", "Nobody" };

struct fact random_fact_make(const struct random_fact *r, int64_t now)
{
    static const int64_t moved[] = { 12, 13 };
    static const char *const ends[] = { "suppressed", "dead", "failed", "partly" };
    struct fact f = { .kind = r->kind,
                      .at = now - r->late_s,
                      .now = now,
                      .by = FACT_BY_AGENT,
                      .status = TICKET_STATUS_N,
                      .priority = TICKET_PRIORITY_NONE,
                      .reason = r->words == 0 ? NULL : "because",
                      .agent = r->agent < 0 ? NULL : random_agents[r->agent],
                      .actor = r->agent < 0 ? "root" : random_agents[r->agent],
                      .other = r->other };

    switch (r->kind) {
    case FACT_CUSTOMER_WROTE:
    case FACT_SPLIT_FROM:
        f.by = FACT_BY_CUSTOMER;
        f.actor = f.agent = f.reason = NULL;
        f.other = r->kind == FACT_SPLIT_FROM ? r->other : 0;
        f.subject = subjects[r->words];
        f.text = subjects[(r->words + r->level) % 6];
        f.sender = "cust@example.net";
        f.language = r->words % 2 == 0 ? "es" : NULL;
        f.organization = r->plan < 0 ? NULL : "Fire & Co";
        f.plan = r->plan < 0 ? NULL : random_plans[r->plan];
        f.vip = r->vip;
        f.automatic = r->automatic;
        f.declines = r->weakly && r->words == 3;
        f.spam = r->spam;
        f.bounce = r->bounce;
        f.report = r->report;
        f.threaded_weakly = r->weakly;
        f.message_id = now % 1000 + 1;
        f.told = r->open;
        f.unanswered = r->kind == FACT_SPLIT_FROM ? r->level : 0;
        f.last_at = r->kind == FACT_SPLIT_FROM ? now : 0;
        break;
    case FACT_SPLIT_INTO:
        f.moved = moved;
        f.moved_count = 1 + (size_t)r->weakly;
        f.unanswered = r->level;
        break;
    case FACT_AGENT_REPLIED:
        f.message_id = now % 1000 + 1;
        f.status = r->words < 3 ? TICKET_STATUS_N : r->status;
        f.solution = r->solution && f.status == TICKET_SOLVED ? "turn it off and on" : NULL;
        break;
    case FACT_STATUS_SET:
        f.status = r->status;
        f.solution = r->solution && f.status >= TICKET_SOLVED ? "turn it off and on" : NULL;
        break;
    case FACT_PRIORITY_SET:
        f.priority = r->priority;
        break;
    case FACT_TOPIC_SET:
        f.topic = topics[r->words % TOPICS];
        break;
    case FACT_ASSIGNED:
        f.actor = random_agents[r->level % RANDOM_AGENTS];
        f.team = r->team < 0 ? NULL : random_teams[r->team];
        break;
    case FACT_ESCALATED:
    case FACT_HANDED_BACK:
        f.level = r->level;
        break;
    case FACT_TAGGED:
        f.tags = &random_tags[r->words % RANDOM_TAGS];
        f.tag_count = 1;
        f.tags_off = &random_tags[r->level % RANDOM_TAGS];
        f.tag_off_count = r->weakly;
        break;
    case FACT_WATCHED:
        f.names = &watchers[r->words % WATCHERS];
        f.name_count = 1;
        f.names_off = &watchers[r->level % WATCHERS];
        f.name_off_count = r->weakly;
        break;
    case FACT_DELIVERY_ENDED:
        f.by = FACT_BY_TIME;
        f.delivery_id = 1 + r->level;
        f.notice = r->open ? "E-06" : "E-01";
        f.ended = ends[r->words % 4];
        f.reason = r->weakly ? "B-12 nobody is there" : f.reason;
        break;
    case FACT_TIME_CAME:
    case FACT_QUEUE_LOOKED:
    case FACT_POLICY_CHANGED:
        f.by = r->kind == FACT_POLICY_CHANGED ? FACT_BY_POLICY : FACT_BY_TIME;
        f.at = now;
        f.actor = f.agent = f.reason = NULL;
        f.other = 0;
        break;
    default:
        break;
    }
    return f;
}

/* --- for a reader
 * -------------------------------------------------------------------------------------------- */

static void put_fact(struct text_buffer *b, const struct random_fact *r)
{
    struct fact f = random_fact_make(r, 1000000000 + r->late_s);
    char *json;

    if (r->after_s == RANDOM_AT_WAKE || r->after_s == RANDOM_BEFORE_WAKE)
        text_buffer_printf(b, "%s",
                           r->after_s == RANDOM_AT_WAKE ? "when something is due"
                                                        : "a second before something is");
    else
        text_buffer_printf(b, "after %lld s", (long long)r->after_s);
    if (r->late_s != 0)
        text_buffer_printf(b, ", told %lld s late", (long long)r->late_s);
    f.at = f.now = 0;
    json = fact_to_json(&f);
    text_buffer_printf(b, ", ticket %d", r->ticket);
    if (r->kind == FACT_CUSTOMER_WROTE || r->kind == FACT_SPLIT_FROM)
        text_buffer_printf(b, " of contact %d by %s: '%s', '%s'", r->contact,
                           r->channel == 0 ? "nothing" : random_channels[r->channel].kind,
                           f.subject, f.text);
    if (r->kind == FACT_POLICY_CHANGED)
        text_buffer_puts(b, r->open ? " and all others follow" : " does not follow");
    text_buffer_printf(b, ": %s\n", json);
    free(json);
}

char *random_story_text(const struct random_story *s)
{
    struct text_buffer b = { 0 };
    char *policy;
    size_t i;

    for (i = 0; i < 2; i++) {
        policy = random_policy_text(&s->policies[i]);
        text_buffer_printf(&b, "--- policy %zu%s\n%s", i + 1, s->policies[i].quiet ? ", quiet" : "",
                           policy);
        free(policy);
    }
    text_buffer_printf(&b, "--- seed %llu, begins %lld\n", (unsigned long long)s->seed,
                       (long long)s->begins);
    for (i = 0; i < s->fact_count; i++)
        put_fact(&b, &s->facts[i]);
    text_buffer_printf(&b, "and then %lld s\n", (long long)s->tail_s);
    return text_buffer_take(&b);
}

/* --- making it smaller
 * ------------------------------------------------------------------------------------------- */

/* What can be left out: facts first, then lines of the policies. */
struct cut_list {
    void *items;
    size_t size, *count;
};

static bool cut(const struct cut_list *l, size_t from, size_t n, bool (*fails)(void *arg),
                void *arg)
{
    char *items = l->items, *old;
    size_t whole = *l->count;

    old = xmalloc(whole * l->size);
    memcpy(old, items, whole * l->size);
    memmove(items + from * l->size, items + (from + n) * l->size, (whole - from - n) * l->size);
    *l->count = whole - n;
    if (fails(arg)) {
        free(old);
        return true;
    }
    memcpy(items, old, whole * l->size);
    *l->count = whole;
    free(old);
    return false;
}

/* Longer stretches first; from the end, for what comes late seldom matters. */
static bool cut_all(const struct cut_list *l, bool (*fails)(void *arg), void *arg)
{
    bool smaller = false;
    size_t n, from;

    for (n = 16; n > 0; n /= 2)
        for (from = *l->count; from-- > 0;)
            if (from + n <= *l->count && cut(l, from, n, fails, arg))
                smaller = true;
    return smaller;
}

static bool plainer(int64_t *number, bool (*fails)(void *arg), void *arg)
{
    int64_t was = *number;

    if (was == 0)
        return false;
    *number = 0;
    if (fails(arg))
        return true;
    *number = was;
    return false;
}

void random_story_shrink(struct random_story *s, bool (*fails)(void *arg), void *arg)
{
    struct cut_list facts = { s->facts, sizeof(s->facts[0]), &s->fact_count };
    bool smaller = true;
    size_t i;

    while (smaller) {
        smaller = cut_all(&facts, fails, arg);
        for (i = 0; i < 2; i++) {
            struct cut_list lines = { s->policies[i].lines, sizeof(char *),
                                      &s->policies[i].line_count };

            smaller |= cut_all(&lines, fails, arg);
        }
        for (i = 0; i < s->fact_count; i++) {
            smaller |= plainer(&s->facts[i].late_s, fails, arg);
            smaller |= plainer(&s->facts[i].after_s, fails, arg);
        }
        smaller |= plainer(&s->tail_s, fails, arg);
    }
}
