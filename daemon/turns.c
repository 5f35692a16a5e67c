#include "daemon/turns.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/log.h"

struct turns_place {
    char *name;
    int64_t said_ms; /* steady: when the log last said that it is full; 0: never */
    struct turns_place *next;
};
struct turn {
    struct turns *all;
    struct turns_place *place;
    int64_t least_ms, since_ms; /* since_ms: steady, when it began */
    bool held, asked;           /* asked: it knows that others wait */
    bool told_wait;
    void (*told)(void *arg, enum channel_turn word);
    void *arg;
    struct turn *next;
};
struct turns {
    struct event *timer;
    size_t most;
    struct turns_place *places;
    struct turn *first; /* in the order in which they were wanted */
};

static void turns_arm(struct turns *all, int64_t ms)
{
    const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

    event_add(all->timer, &tv);
}

static size_t turns_count(const struct turns *all, const struct turns_place *place, bool held,
                          bool asked)
{
    const struct turn *t;
    size_t n = 0;

    for (t = all->first; t != NULL; t = t->next)
        n += t->place == place && t->held == held && t->asked == asked;
    return n;
}

static void turns_say_full(const struct turns *all, struct turns_place *place)
{
    int64_t now = steady_now_ms();

    if (place->said_ms != 0 && now - place->said_ms < TURNS_SAID_MS)
        return;
    place->said_ms = now;
    log_event(LOG_LEVEL_WARNING, "connections_full", LOG_TEXT("place", place->name),
              LOG_NUMBER("connections", (int64_t)all->most),
              LOG_NUMBER("waiting", (int64_t)turns_count(all, place, false, false)));
}

/* Begins the first turn that can begin, or tells one that it has to wait; false: there is none. */
static bool turns_begin_one(struct turns *all)
{
    struct turns_place *place;
    struct turn *t;

    for (t = all->first; t != NULL; t = t->next) {
        place = t->place;
        if (t->held)
            continue;
        if (turns_count(all, place, true, false) + turns_count(all, place, true, true) <
            all->most) {
            t->held = true;
            t->since_ms = steady_now_ms();
            t->told(t->arg, CHANNEL_TURN_NOW);
            return true;
        }
        if (!t->told_wait) {
            t->told_wait = true;
            turns_say_full(all, place);
            t->told(t->arg, CHANNEL_TURN_WAIT);
            return true;
        }
    }
    return false;
}

static struct turn *turns_longest(const struct turns *all, const struct turns_place *place)
{
    struct turn *t, *longest = NULL;

    for (t = all->first; t != NULL; t = t->next)
        if (t->place == place && t->held && !t->asked &&
            (longest == NULL || t->since_ms + t->least_ms < longest->since_ms + longest->least_ms))
            longest = t;
    return longest;
}

/* As many are asked to go as there are waiting; false: there is nobody to ask now. */
static bool turns_end_one(struct turns *all)
{
    const struct turns_place *place;
    int64_t due, left = INT64_MAX;
    struct turn *t;

    for (place = all->places; place != NULL; place = place->next) {
        if (turns_count(all, place, false, false) <= turns_count(all, place, true, true))
            continue;
        t = turns_longest(all, place);
        if (t == NULL)
            continue;
        due = t->since_ms + t->least_ms - steady_now_ms();
        if (due <= 0) {
            t->asked = true;
            t->told(t->arg, CHANNEL_TURN_END);
            return true;
        }
        left = due < left ? due : left;
    }
    if (left != INT64_MAX)
        turns_arm(all, left);
    return false;
}

/* One at a time: whoever is told may end turns and want others, for ever and ever. */
static void turns_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct turns *all = arg;

    (void)fd;
    (void)what;
    if (turns_begin_one(all) || turns_end_one(all))
        turns_arm(all, 0);
}

static struct turns_place *turns_place(struct turns *all, const char *name)
{
    struct turns_place *p;

    for (p = all->places; p != NULL && strcmp(p->name, name) != 0;)
        p = p->next;
    if (p == NULL) {
        p = xcalloc(1, sizeof(*p));
        p->name = xstrdup(name);
        p->next = all->places;
        all->places = p;
    }
    return p;
}

struct turn *turns_want(struct turns *all, const char *place, int64_t least_ms,
                        void (*told)(void *arg, enum channel_turn word), void *arg)
{
    struct turn *t = xcalloc(1, sizeof(*t)), **end = &all->first;

    t->all = all;
    t->place = turns_place(all, place);
    t->least_ms = least_ms;
    t->told = told;
    t->arg = arg;
    while (*end != NULL)
        end = &(*end)->next;
    *end = t;
    turns_arm(all, 0);
    return t;
}

void turn_end(struct turn *turn)
{
    struct turn **at;

    if (turn == NULL)
        return;
    for (at = &turn->all->first; *at != turn;)
        at = &(*at)->next;
    *at = turn->next;
    turns_arm(turn->all, 0);
    free(turn);
}

void turns_limit(struct turns *all, size_t most)
{
    all->most = most;
    turns_arm(all, 0);
}

struct turns *turns_new(struct event_base *base)
{
    struct turns *all = xcalloc(1, sizeof(*all));

    all->most = 1;
    all->timer = evtimer_new(base, turns_on_timer, all);
    return all;
}

void turns_free(struct turns *all)
{
    struct turns_place *p;

    if (all == NULL)
        return;
    while ((p = all->places) != NULL) {
        all->places = p->next;
        free(p->name);
        free(p);
    }
    event_free(all->timer);
    free(all);
}
