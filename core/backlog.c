#include "core/backlog.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/wording.h"
#include "core/wording_date.h"

/* B-20: since it began; from the last one on each day. */
static const int64_t backlog_again[] = { 0, 900, 3600, 14400 };
enum {
    BACKLOG_AGAIN_N = sizeof(backlog_again) / sizeof(backlog_again[0]),
    BACKLOG_DAY_S = 86400,
    /* It ends below three quarters of each threshold. */
    BACKLOG_CALM_PART = 3,
    BACKLOG_CALM_OF = 4,
};

const char *backlog_sign_name(enum backlog_sign s)
{
    static const char *const names[BACKLOG_SIGN_N] = { "same", "over", "still", "calm" };

    return names[s];
}

bool backlog_is_watched(const struct policy_team *team)
{
    return team->backlog.tickets != 0 || team->backlog.oldest_s != 0 ||
           team->backlog.per_agent != 0;
}

/* --- what there is
 * ----------------------------------------------------------------------------------------- */

/* The hours in which the team's cases wait: those of the level that is the team's; NULL: all. */
static const struct calendar *backlog_calendar(const struct policy *p, size_t team)
{
    size_t i;

    for (i = 0; i < p->level_count; i++)
        if (p->levels[i].team == (int)team)
            return p->levels[i].calendar < 0 ? NULL : p->calendars[p->levels[i].calendar];
    return NULL;
}

static bool backlog_is_there(const struct policy *p, const struct policy_agent *agent, int64_t now)
{
    return agent->available &&
           calendar_is_open(agent->shift < 0 ? NULL : p->calendars[agent->shift], now);
}

static void backlog_count(const struct policy *p, size_t team, const struct backlog_seen *seen,
                          int64_t now, struct backlog_found *out)
{
    const struct policy_team *t = &p->teams[team];
    size_t i;

    out->waiting = seen->waiting;
    out->oldest_s = seen->oldest_at == 0 || seen->oldest_at >= now
                        ? 0
                        : calendar_counted(backlog_calendar(p, team), seen->oldest_at, now);
    out->carried = seen->waiting;
    out->there = 0;
    for (i = 0; i < t->member_count; i++) {
        if (!backlog_is_there(p, &p->agents[t->members[i]], now))
            continue;
        out->there++;
        out->carried += seen->carried[t->members[i]];
    }
}

/* --- what that means
 * ----------------------------------------------------------------------------------------- */

/* One threshold: reached at `limit`; not known where nobody is there to carry anything. */
struct backlog_measure {
    const char *why;
    bool wanted, known;
    int64_t value, limit;
};

enum { BACKLOG_MEASURES = 3 };

static void backlog_measure(const struct policy_backlog *b, const struct backlog_found *f,
                            struct backlog_measure out[BACKLOG_MEASURES])
{
    out[0] = (struct backlog_measure){ "tickets", b->tickets != 0, true, f->waiting, b->tickets };
    out[1] = (struct backlog_measure){ "oldest", b->oldest_s != 0, true, f->oldest_s, b->oldest_s };
    out[2] = (struct backlog_measure){ "per_agent", b->per_agent != 0, f->there > 0, f->carried,
                                       (int64_t)b->per_agent * f->there };
}

static bool backlog_is_calm(const struct backlog_measure *m)
{
    return !m->wanted || (m->known && m->value * BACKLOG_CALM_OF < m->limit * BACKLOG_CALM_PART);
}

static int64_t backlog_again_at(const struct backlog_state *s)
{
    return s->told < BACKLOG_AGAIN_N ? s->over_since + backlog_again[s->told]
                                     : s->over_since + backlog_again[BACKLOG_AGAIN_N - 1] +
                                           (int64_t)(s->told - BACKLOG_AGAIN_N + 1) * BACKLOG_DAY_S;
}

/* What was due while nobody looked is told once. */
static void backlog_tell(struct backlog_found *out, enum backlog_sign sign, int64_t now)
{
    if (backlog_again_at(&out->state) > now)
        return;
    while (backlog_again_at(&out->state) <= now)
        out->state.told++;
    out->sign = sign;
}

void backlog_decide(const struct policy *policy, size_t team, const struct backlog_state *before,
                    const struct backlog_seen *seen, int64_t now, struct backlog_found *out)
{
    struct backlog_measure m[BACKLOG_MEASURES];
    bool calm = true;
    size_t i;

    *out = (struct backlog_found){ .sign = BACKLOG_SAME, .state = *before };
    backlog_count(policy, team, seen, now, out);
    backlog_measure(&policy->teams[team].backlog, out, m);
    for (i = 0; i < BACKLOG_MEASURES; i++) {
        calm = calm && backlog_is_calm(&m[i]);
        if (out->why == NULL && m[i].wanted && m[i].known && m[i].value >= m[i].limit)
            out->why = m[i].why;
    }
    if (before->over_since != 0 && calm) {
        out->sign = BACKLOG_CALM;
        out->state = (struct backlog_state){ 0 };
    } else if (before->over_since != 0) {
        backlog_tell(out, BACKLOG_STILL, now);
    } else if (out->why != NULL) {
        out->state = (struct backlog_state){ .over_since = now };
        backlog_tell(out, BACKLOG_OVER, now);
    }
}

/* --- who hears of it
 * ----------------------------------------------------------------------------------------- */

const int *backlog_told(const struct policy_team *team, size_t *count)
{
    if (team->backlog.tell_count > 0) {
        *count = team->backlog.tell_count;
        return team->backlog.tell;
    }
    *count = team->member_count;
    return team->members;
}

int64_t backlog_tell_at(const struct policy *policy, int agent, int64_t now)
{
    int calendar = policy->agents[agent].calendar;
    int64_t at = calendar < 0 ? now : calendar_next_opening(policy->calendars[calendar], now);

    return at < 0 ? now : at;
}

static const char *const backlog_subjects[BACKLOG_SIGN_N][2] = {
    [BACKLOG_OVER] = { "has more than it can do", "tiene más de lo que puede atender" },
    [BACKLOG_STILL] = { "still has more than it can do",
                        "sigue teniendo más de lo que puede atender" },
    [BACKLOG_CALM] = { "can do its work again", "vuelve a poder con su trabajo" },
};

void backlog_word(const struct policy *policy, size_t team, const struct backlog_found *f,
                  const char *language, struct wording_dates *dates, struct arena *a,
                  const char **subject, const char **text)
{
    const struct policy_team *t = &policy->teams[team];
    const char *in = wording_language(policy, language), *since = "";
    const char *name = t->title[0] == '\0' ? t->name : t->title;
    bool es = wording_is_spanish(in);

    *subject = arena_printf(a, "%s %s", name, backlog_subjects[f->sign][es]);
    if (f->state.over_since != 0)
        since = arena_printf(a, "%s %s\n", es ? "Desde:" : "Since:",
                             wording_date(dates, a, in, policy->zone, f->state.over_since));
    *text = arena_printf(
        a,
        es ? "Equipo: %s\n%sEsperan a alguien: %d\nEl que más espera: %" PRId64 " min\nCasos de "
             "quienes están, y en espera: %d, entre %d personas\n\nrelevoctl ticket list --team "
             "%s\n%s"
           : "Team: %s\n%sWaiting for somebody: %d\nThe longest wait: %" PRId64
             " min\nCases of those who are there, and waiting: %d, among %d people\n\nrelevoctl "
             "ticket list --team %s\n%s",
        name, since, f->waiting, f->oldest_s / 60, f->carried, f->there, t->name,
        policy->desk_title == NULL ? "" : policy->desk_title);
}
