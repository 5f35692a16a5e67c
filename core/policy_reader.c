#include "core/policy_reader.h"

#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/duration.h"
#include "core/policy_texts.h"

const char *policy_reader_copy(struct policy_reader *r, const char *s)
{
    return arena_strdup(r->a, s);
}

int policy_reader_calendar(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    size_t i;

    if (name == NULL)
        return -1;
    for (i = 0; i < r->p->calendar_count; i++)
        if (strcmp(r->p->calendar_names[i], name) == 0)
            return (int)i;
    if (conf_is_sound(r->root, "calendars"))
        conf_errors_at(r->errors, c, key, "there is no calendar '%.64s'", name);
    return -1;
}

int policy_reader_team(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    int team = name == NULL ? -1 : policy_find_team(r->p, name);

    if (name != NULL && team < 0 && conf_is_sound(r->root, "teams"))
        conf_errors_at(r->errors, c, key, "there is no team '%.64s'", name);
    return team;
}

int policy_reader_topic(struct policy_reader *r, const struct conf *c, const char *key)
{
    const char *name = conf_text(c, key);
    const struct policy_topic *topic = name == NULL ? NULL : policy_find_topic(r->p, name);

    if (name != NULL && topic == NULL && conf_is_sound(r->root, "topics"))
        conf_errors_at(r->errors, c, key, "there is no topic '%.64s'", name);
    return topic == NULL ? -1 : (int)(topic - r->p->topics);
}

size_t policy_reader_words(struct policy_reader *r, const struct conf *c, const char *key,
                           bool (*known)(const struct policy *p, const char *word),
                           const char *what, const char *const **out)
{
    size_t n = conf_count(c, key), i;
    const char **words = arena_array(r->a, n, sizeof(*words));

    for (i = 0; i < n; i++) {
        words[i] = policy_reader_copy(r, conf_text_at(c, key, i));
        if (known != NULL && !known(r->p, words[i]) &&
            conf_is_sound(r->root, arena_printf(r->a, "%ss", what)))
            conf_errors_at_item(r->errors, c, key, i, "there is no %s '%.64s'", what, words[i]);
    }
    *out = words;
    return n;
}

bool policy_reader_knows_plan(const struct policy *p, const char *word)
{
    return policy_find_plan(p, word) != NULL;
}

bool policy_reader_knows_topic(const struct policy *p, const char *word)
{
    return strcmp(word, "none") == 0 || policy_find_topic(p, word) != NULL;
}

void policy_reader_check_zone(struct policy_reader *r, const struct conf *c)
{
    const char *zone = conf_text(c, "zone");

    if (zone != NULL && !calendar_is_zone(zone))
        conf_errors_at(r->errors, c, "zone", "no such time zone: %.80s", zone);
}

const char *policy_reader_language(struct policy_reader *r, const struct conf *c)
{
    const char *language = conf_text(c, "language");

    if (language != NULL && !policy_is_language(language))
        conf_errors_at(r->errors, c, "language",
                       "expected a language such as es or pt-BR, got '%.40s'", language);
    return policy_reader_copy(r, language);
}

int64_t *policy_reader_reminders(struct policy_reader *r, const struct conf *c, int64_t least,
                                 size_t most, size_t *count)
{
    size_t n = conf_count(c, "reminders"), i;
    int64_t *reminders = arena_array(r->a, n, sizeof(*reminders)), before = least - 1;

    if (n > most)
        conf_errors_at(r->errors, c, "reminders", "over %zu reminders", most);
    for (i = 0; i < n; i++) {
        if (duration_read(conf_text_at(c, "reminders", i), &reminders[i]) < 0 ||
            reminders[i] <= before)
            conf_errors_at_item(r->errors, c, "reminders", i,
                                "expected durations such as 15m, ascending, got '%.40s'",
                                conf_text_at(c, "reminders", i));
        before = reminders[i];
    }
    *count = n;
    return reminders;
}
