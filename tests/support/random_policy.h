/* tests/support/random_policy.h - a policy drawn by chance, as the file that a desk would have. */
#ifndef RELEVO_TESTS_RANDOM_POLICY_H
#define RELEVO_TESTS_RANDOM_POLICY_H

#include "core/calendar.h"
#include "core/policy_read.h"
#include "tests/support/dice.h"

enum {
    RANDOM_CALENDARS = 3,
    RANDOM_LINES_MAX = 128,
    RANDOM_AGENTS = 4,
    RANDOM_TEAMS = 3,
    RANDOM_PLANS = 3, /* the last is one that no policy knows */
    RANDOM_TAGS = 4,  /* the last is in no vocabulary */
    RANDOM_CHANNELS = 4,
};

struct arena;

/* One policy file: its calendars as they are, and its lines, of which some can be done without. */
struct random_policy {
    struct arena *a;                                  /* the story's */
    struct calendar_plan calendars[RANDOM_CALENDARS]; /* "c0" … */
    struct calendar_holiday holidays[RANDOM_CALENDARS][4], openings[RANDOM_CALENDARS][2];
    bool shares[RANDOM_CALENDARS]; /* its holidays stand in a list of their own */
    size_t calendar_count;
    char *lines[RANDOM_LINES_MAX];
    size_t line_count;
    bool quiet; /* time alone changes nothing but the clocks: no steps, reminders or queues */
};

/* `begins`: when what happens under it begins; days that are not as others lie near. */
void random_policy_draw(struct dice *d, struct random_policy *p, struct arena *a, int64_t begins,
                        bool quiet);
/* The next version of `from`: its calendars have other hours, or most of its clocks go by other
 * calendars, or both; all else is as it was. */
void random_policy_edit(struct dice *d, struct random_policy *p, const struct random_policy *from);
/* As a file; free() it. */
char *random_policy_text(const struct random_policy *p);
/* Reads it as a desk would, as version `version`. -1 with the first error's words. */
int random_policy_read(const struct random_policy *p, int version, struct policy_file *out,
                       struct error *err);

struct random_channel {
    const char *name, *kind;
};
extern const struct random_channel random_channels[RANDOM_CHANNELS]; /* [0]: none */
extern const char *const random_agents[RANDOM_AGENTS], *const random_teams[RANDOM_TEAMS];
extern const char *const random_plans[RANDOM_PLANS], *const random_tags[RANDOM_TAGS];
/* A zone that calendars are drawn in. */
const char *random_zone(struct dice *d);

#endif
