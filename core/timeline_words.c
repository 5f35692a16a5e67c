#include "core/timeline_words.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

/* The first row of its kind whose key has that value (NULL: any) tells it. {name} is a value of the
 * event's detail, or why or actor; those of timeline_forms are told in a form of their own. */
#define TIMELINE_PUT_OFF "the customer will be told later: {notice}, at {due_at} by {put_off}"
static const struct timeline_sentence {
    const char *kind, *key, *value, *words;
} timeline_sentences[] = {
    { "customer_wrote", NULL, NULL, "the customer wrote: {why}" },
    { "agent_replied", NULL, NULL, "{actor} answered the customer" },
    { "program_replied", NULL, NULL, "{actor}, a program, told the customer something" },
    { "agent_noted", NULL, NULL, "{actor} wrote a note" },
    { "acknowledged", NULL, NULL, "{actor} has seen it" },
    { "marked_spam", NULL, NULL, "{actor} says that it is spam: {why}" },
    { "classified", "rules", "", "it is {priority}: {why}" },
    { "classified", "tags", "", "it is {priority}: rule {rules}" },
    { "classified", NULL, NULL, "it is {priority}, tagged {tags}: rule {rules}" },
    { "clock_started", "due_at", "0", "{clock} is not counted yet" },
    { "clock_started", "topic", "", "promised: {clock} by {due_at}" },
    { "clock_started", NULL, NULL,
      "promised: {clock} by {due_at}, for {priority} cases of topic {topic}" },
    { "clock_warned", "left", "", "{percent} % of the time for {clock} is gone" },
    { "clock_warned", NULL, NULL, "{left} of the time for {clock} is left" },
    { "clock_breached", "cause", "retarget", "missed by the change: {clock}" },
    { "clock_breached", NULL, NULL, "missed: {clock}" },
    { "clock_retargeted", "due_at", "0",
      "{clock} has another time, and is not counted now: {why}" },
    { "clock_retargeted", NULL, NULL, "now {clock} by {due_at}: {why}" },
    { "clock_ended", "end", "met", "{clock}: done" },
    { "clock_ended", "end", "left", "{clock} is expected no more: it leaves the level" },
    { "clock_ended", "end", "waived", "{clock} is owed no more: it is solved" },
    { "clock_ended", "end", "merged", "{clock} is counted in the other ticket" },
    { "clock_ended", NULL, NULL, "{clock} is counted no more" },
    { "level_entered", "visit", "1", "it is with level {to}, {name}" },
    { "level_entered", "from", "0", "it is with level {to}, {name}, anew: {why}" },
    { "level_entered", NULL, NULL, "it goes from level {from} to level {to}, {name}: {why}" },
    { "level_acknowledged", NULL, NULL, "somebody of level {level} has seen it" },
    { "level_reminded", NULL, NULL,
      "nobody of level {level} has seen it: its people are reminded" },
    { "notice_planned", "put_off", "B-02", TIMELINE_PUT_OFF },
    { "notice_planned", "put_off", "B-03", TIMELINE_PUT_OFF },
    { "notice_planned", "put_off", "B-06", TIMELINE_PUT_OFF },
    { "notice_planned", "by_at", "0", "the customer will be told: {notice}" },
    { "notice_planned", NULL, NULL, "the customer will be told: {notice}, next news by {by_at}" },
    { "notice_suppressed", NULL, NULL, "not told: {notice}, because {why}" },
    { "owner_set", NULL, NULL, "{agent} gets it: {why}" },
    { "queue_looked", NULL, NULL, "{why}" },
    { "priority_changed", NULL, NULL, "it is {to} instead of {from}: {why}" },
    { "topic_set", "team", "", "its topic is {to} instead of {was}: {why}" },
    { "topic_set", NULL, NULL,
      "its topic is {to} instead of {was}, and it goes to team {team}: {why}" },
    { "status_changed", NULL, NULL, "it is {to} instead of {from}: {why}" },
    { "hint_suggested", NULL, NULL, "what may help is told with it: {articles}, by {words}" },
    { "hint_withheld", NULL, NULL, "no article is told: {why}" },
    { "topic_asked", NULL, NULL, "asked with it: {question}" },
    { "answer_classified", "rules", "", "{why}: no rule matches it" },
    { "answer_classified", NULL, NULL, "{why}: rule {rules}" },
    { "promise_late", NULL, NULL, "{clock}: {why}" },
    { "watched", NULL, NULL, "who watches it now: {watchers}" },
    { "incident_looked", NULL, NULL, "{why}" },
    { "incident_opened", NULL, NULL, "{why}" },
    { "incident_joined", NULL, NULL, "it belongs to incident {incident}: {why}" },
    { "incident_left", NULL, NULL, "it belongs to incident {incident} no more: {why}" },
    { "split_into", NULL, NULL, "message {messages} goes on in ticket {other}: {why}" },
    { "split_from", NULL, NULL, "it was a part of ticket {other}: {why}" },
    { "step_taken", NULL, NULL, "step \"{step}\" is taken ({when}): {do}" },
};

/* --- values
 * ------------------------------------------------------------------------------------------ */

static void timeline_put_plain(GString *out, json_t *value)
{
    size_t i;

    if (json_is_string(value))
        g_string_append(out, json_string_value(value));
    else if (json_is_integer(value))
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    for (i = 0; i < json_array_size(value); i++) {
        g_string_append(out, i == 0 ? "" : ", ");
        timeline_put_plain(out, json_array_get(value, i));
    }
}

static void timeline_put_clock(GString *out, json_t *value, int64_t now)
{
    int kind = json_is_string(value) ? target_kind_find(json_string_value(value)) : -1;

    (void)now;
    if (kind >= 0)
        g_string_append(out, target_kind_words((enum target_kind)kind));
}

static void timeline_put_notice(GString *out, json_t *value, int64_t now)
{
    const char *name;
    size_t i;

    (void)now;
    for (i = 0; json_is_string(value) && i < NOTICE_N; i++)
        if (strcmp(notice_kinds[i].id, json_string_value(value)) == 0)
            for (name = notice_kinds[i].name; *name != '\0'; name++)
                g_string_append_c(out, *name == '_' ? ' ' : *name);
}

static void timeline_put_time(GString *out, json_t *value, int64_t now)
{
    int64_t at = json_integer_value(value);
    GDateTime *when = g_date_time_new_from_unix_utc(at);
    char *text = g_date_time_format(when, at / 86400 == now / 86400 ? "%H:%M:%S" : "%F %H:%M:%S");

    if (g_str_has_suffix(text, ":00"))
        text[strlen(text) - 3] = '\0';
    g_string_append(out, text);
    g_free(text);
    g_date_time_unref(when);
}

static const struct timeline_form {
    const char *key;
    void (*put)(GString *out, json_t *value, int64_t now);
} timeline_forms[] = {
    { "clock", timeline_put_clock },
    { "notice", timeline_put_notice },
    { "due_at", timeline_put_time },
    { "by_at", timeline_put_time },
};

static void timeline_put(GString *out, const struct timeline_entry *e, json_t *detail,
                         const char *key)
{
    json_t *value = json_object_get(detail, key);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(timeline_forms); i++)
        if (strcmp(timeline_forms[i].key, key) == 0) {
            timeline_forms[i].put(out, value, e->at);
            return;
        }
    if (strcmp(key, "why") == 0)
        g_string_append(out, e->why);
    else if (strcmp(key, "actor") == 0)
        g_string_append(out, e->actor == NULL ? "somebody" : e->actor);
    else
        timeline_put_plain(out, value);
}

/* --- sentences
 * --------------------------------------------------------------------------------------- */

static bool timeline_is(json_t *detail, const char *key, const char *wanted)
{
    GString *value = g_string_new(NULL);
    bool same;

    timeline_put_plain(value, json_object_get(detail, key));
    same = strcmp(value->str, wanted) == 0;
    g_string_free(value, TRUE);
    return same;
}

static const struct timeline_sentence *timeline_find(const char *kind, json_t *detail)
{
    const struct timeline_sentence *s;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(timeline_sentences); i++) {
        s = &timeline_sentences[i];
        if (strcmp(s->kind, kind) == 0 && (s->key == NULL || timeline_is(detail, s->key, s->value)))
            return s;
    }
    return NULL;
}

static void timeline_tell(GString *out, const struct timeline_entry *e, json_t *detail,
                          const char *words)
{
    char key[32];
    size_t len;

    while (*words != '\0') {
        len = strcspn(words, "{");
        g_string_append_len(out, words, (gssize)len);
        words += len;
        if (*words != '{')
            continue;
        len = strcspn(++words, "}");
        g_strlcpy(key, words, MIN(len + 1, sizeof(key)));
        timeline_put(out, e, detail, key);
        words += len + 1;
    }
}

/* "priority set by eva: she knows" */
static void timeline_tell_plainly(GString *out, const struct timeline_entry *e)
{
    char *kind = g_strdelimit(g_strdup(e->kind), "_", ' ');

    g_string_append_printf(out, "%s%s%s: %s", kind, e->actor == NULL ? "" : " by ",
                           e->actor == NULL ? "" : e->actor, e->why);
    g_free(kind);
}

char *timeline_words(const struct timeline_entry *e)
{
    json_t *detail = json_loads(e->detail, 0, NULL);
    const struct timeline_sentence *s = timeline_find(e->kind, detail);
    GString *out = g_string_new(NULL);
    char *text;

    if (s == NULL)
        timeline_tell_plainly(out, e);
    else
        timeline_tell(out, e, detail, s->words);
    json_decref(detail);
    text = xstrdup(out->str);
    g_string_free(out, TRUE);
    return text;
}
