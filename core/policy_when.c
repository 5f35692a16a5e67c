#include "core/policy_when.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/duration.h"
#include "core/text.h"

enum { WHEN_WORDS_MAX = 4 };

/* Splits at blanks; the words are copies in `room`. */
static int policy_words(const char *text, char room[200], char *words[WHEN_WORDS_MAX])
{
    char *save = NULL, *word;
    int n = 0;

    if (strlen(text) >= 200)
        return 0;
    strcpy(room, text);
    for (word = strtok_r(room, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
        if (n == WHEN_WORDS_MAX)
            return 0;
        words[n++] = word;
    }
    return n;
}

static int policy_when_count(const char *text, int *out)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end != '\0' || n < 1 || n > 1000)
        return -1;
    *out = (int)n;
    return 0;
}

/* A clock's name, and then a percent, "missed", or a time "before". */
static int policy_when_clock(char **words, int n, struct policy_step *out)
{
    int clock = target_kind_find(words[0]);

    if (clock < 0 || n < 2)
        return -1;
    out->trigger = POLICY_ON_CLOCK;
    out->clock = (enum target_kind)clock;
    if (n == 2 && strcmp(words[1], "missed") == 0) {
        out->percent = 100;
        return 0;
    }
    if (n == 2)
        return text_percent(words[1], &out->percent);
    if (n == 3 && strcmp(words[2], "before") == 0 && duration_read(words[1], &out->before_s) == 0 &&
        out->before_s > 0)
        return 0;
    return -1;
}

static int policy_when_words(char **words, int n, struct policy_step *out)
{
    int priority;

    if (n == 1 && strcmp(words[0], "requested") == 0) {
        out->trigger = POLICY_ON_REQUEST;
        return 0;
    }
    if (n == 1 && strcmp(words[0], "vip") == 0) {
        out->trigger = POLICY_ON_VIP;
        return 0;
    }
    if (n == 2 && (strcmp(words[0], "level") == 0 || strcmp(words[0], "age") == 0)) {
        out->trigger = words[0][0] == 'l' ? POLICY_ON_LEVEL_TIME : POLICY_ON_AGE;
        return duration_read(words[1], &out->after_s);
    }
    if (n == 3 && strcmp(words[0], "reopened") == 0 && strcmp(words[2], "times") == 0) {
        out->trigger = POLICY_ON_REOPENED;
        return policy_when_count(words[1], &out->count);
    }
    if (n == 3 && strcmp(words[0], "unanswered") == 0 && strcmp(words[2], "messages") == 0) {
        out->trigger = POLICY_ON_UNANSWERED;
        return policy_when_count(words[1], &out->count);
    }
    if (n == 2 && strcmp(words[0], "priority") == 0 &&
        (priority = ticket_priority_find(words[1])) >= 0) {
        out->trigger = POLICY_ON_PRIORITY;
        out->priority = (enum ticket_priority)priority;
        return 0;
    }
    return n > 0 ? policy_when_clock(words, n, out) : -1;
}

/* "says RULE" and "tagged TAG", whose names may hold blanks. 1: it is neither. */
static int policy_when_named(const struct policy *p, const char *text, struct arena *a,
                             struct policy_step *out, struct error *err)
{
    if (strncmp(text, "says ", 5) == 0) {
        out->trigger = POLICY_ON_RULE;
        out->rule = policy_find_rule(p, text + 5);
        return out->rule >= 0 ? 0
                              : error_set(err, ERROR_PERMANENT,
                                          "the classification has no rule '%.60s'", text + 5);
    }
    if (strncmp(text, "tagged ", 7) == 0) {
        out->trigger = POLICY_ON_TAG;
        out->tag = arena_strdup(a, text + 7);
        return policy_has_tag(p, out->tag)
                   ? 0
                   : error_set(err, ERROR_PERMANENT, "the tag '%.60s' is not in the vocabulary",
                               out->tag);
    }
    return 1;
}

int policy_when_parse(const struct policy *p, const char *text, struct arena *a,
                      struct policy_step *out, struct error *err)
{
    char room[200], *words[WHEN_WORDS_MAX];
    int n = policy_words(text, room, words), named = policy_when_named(p, text, a, out, err);

    if (named <= 0)
        return named;
    if (policy_when_words(words, n, out) < 0)
        return error_set(err, ERROR_PERMANENT,
                         "expected 'CLOCK 50%%', 'CLOCK missed', 'CLOCK 30m before', 'level 4h', "
                         "'reopened 2 times', "
                         "'unanswered 3 messages', 'priority urgent', 'vip', 'says RULE', 'tagged "
                         "TAG', 'age 2d' or 'requested', got '%.60s'",
                         text);
    return 0;
}

static int policy_do_notify(const struct policy *p, const char *who, struct policy_do *out)
{
    if (strcmp(who, "owner") == 0) {
        out->action = POLICY_NOTIFY_AGENT;
        return 0;
    }
    if (strcmp(who, "team") == 0) {
        out->action = POLICY_NOTIFY_TEAM;
        return 0;
    }
    out->action = POLICY_NOTIFY_NAMED;
    out->agent = policy_find_agent(p, who);
    return out->agent < 0 ? -1 : 0;
}

static int policy_do_watch(const struct policy *p, const char *who, struct policy_do *out)
{
    if (strcmp(who, "owner") == 0 || strcmp(who, "team") == 0) {
        out->action = who[0] == 'o' ? POLICY_WATCH_OWNER : POLICY_WATCH_TEAM;
        return 0;
    }
    out->action = POLICY_WATCH_NAMED;
    out->watcher = policy_find_watcher(p, who);
    return out->watcher == NULL ? -1 : 0;
}

int policy_do_parse(const struct policy *p, const char *text, struct arena *a,
                    struct policy_do *out, struct error *err)
{
    char room[200], *words[WHEN_WORDS_MAX];
    int n = policy_words(text, room, words), priority;

    *out = (struct policy_do){ .agent = -1, .priority = TICKET_PRIORITY_NONE };
    if (n == 2 && strcmp(words[0], "notify") == 0) {
        if (policy_do_notify(p, words[1], out) < 0)
            return error_set(err, ERROR_PERMANENT, "there is no agent '%.64s'", words[1]);
    } else if (n == 2 && strcmp(words[0], "watch") == 0) {
        if (policy_do_watch(p, words[1], out) < 0)
            return error_set(err, ERROR_PERMANENT, "there is no agent or team '%.64s'", words[1]);
    } else if (n == 3 && strcmp(words[0], "raise") == 0 && strcmp(words[1], "to") == 0 &&
               (priority = ticket_priority_find(words[2])) >= 0) {
        out->action = POLICY_RAISE_PRIORITY;
        out->priority = (enum ticket_priority)priority;
    } else if (n == 2 && strcmp(text, "level up") == 0) {
        out->action = POLICY_LEVEL_UP;
    } else if (n == 3 && strcmp(words[0], "to") == 0 && strcmp(words[1], "level") == 0 &&
               policy_when_count(words[2], &out->level) == 0) {
        out->action = POLICY_LEVEL_TO;
    } else if (n == 1 && strcmp(words[0], "reassign") == 0) {
        out->action = POLICY_REASSIGN;
    } else if (n == 2 && strcmp(words[0], "tag") == 0) {
        out->action = POLICY_TAG;
        out->tag = arena_strdup(a, words[1]);
        if (!policy_has_tag(p, out->tag))
            return error_set(err, ERROR_PERMANENT, "the tag '%.60s' is not in the vocabulary",
                             out->tag);
    } else if (n == 2 && strcmp(words[0], "webhook") == 0) {
        out->action = POLICY_WEBHOOK;
        out->hook = arena_strdup(a, words[1]);
    } else {
        return error_set(err, ERROR_PERMANENT,
                         "expected 'notify owner', 'notify team', 'notify AGENT', 'watch owner', "
                         "'watch team', 'watch NAME', 'raise to PRIORITY', 'level up', 'to level "
                         "3', 'reassign', 'tag TAG' or 'webhook NAME', got '%.60s'",
                         text);
    }
    return 0;
}
