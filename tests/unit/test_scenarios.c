#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "core/fact_inbound.h"
#include "core/inbound.h"
#include "core/thread.h"
#include "tests/support/story.h"

enum { MIDNIGHT = 1767225600 }; /* 2026-01-01 00:00:00 UTC: the first day of every story */

/* The same person by every kind of way in, with the fields that each way fills. */
static const struct way {
    const char *kind, *value, *conversation, *message_id;
    bool has_subject, proven;
} ways[] = {
    { "email", "cliente@example.net", NULL, "a1@example.net", true, false },
    { "tel", "+34600111222", "+34600111222/+34910000000", NULL, false, false },
    { "telegram", "5550001", "5550001", NULL, false, true },
    { "webchat", "visitor-1", "visitor-1", NULL, false, true },
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

struct telling {
    struct story s;
    const struct way *way;
    const char *file;
    int line;
    GString *plans; /* the plan of every step, one a line */
};

/* The seam: what an adapter would hand over. */
static struct inbound *way_inbound(const struct way *w, const char *text, bool automatic,
                                   int64_t at)
{
    struct inbound *in = inbound_new();

    in->kind = INBOUND_MESSAGE;
    in->sender = (struct inbound_address){ w->kind, w->value, NULL };
    in->conversation = w->conversation;
    in->message_id = w->message_id;
    in->sender_proven = w->proven;
    in->subject = w->has_subject ? "La tienda" : "";
    in->text = in->reply_text = arena_strndup(in->arena, text, strlen(text));
    in->automatic = automatic;
    in->received_at = at;
    return in;
}

static void tell_plan(struct telling *t)
{
    char *json = plan_to_json(&t->s.policy, &t->s.plan);

    g_string_append_printf(t->plans, "%d %s\n", t->line, json);
    free(json);
}

static int tell_fact(struct telling *t, const struct fact *f)
{
    int rc = story_apply(&t->s, f);

    if (rc == 0)
        tell_plan(t);
    return rc;
}

static int tell_customer(struct telling *t, const char *text, bool automatic)
{
    struct thread_found found = { .why = "the story says so" };
    struct inbound *in = way_inbound(t->way, text, automatic, t->s.now);
    struct fact f;
    int rc;

    fact_from_inbound(in, &found, &f);
    f.now = t->s.now;
    /* The ticket outlives the message. */
    f.subject = arena_strndup(t->s.a, f.subject, strlen(f.subject));
    rc = tell_fact(t, &f);
    inbound_free(in);
    return rc;
}

static int tell_by(struct telling *t, enum fact_kind kind, const char *agent, int level,
                   const char *word)
{
    struct fact f = story_fact(&t->s, kind);

    f.by = FACT_BY_AGENT;
    f.actor = agent;
    f.level = level;
    f.reason = "the story says so";
    if (kind == FACT_AGENT_REPLIED)
        f.message_id = 99;
    if (kind == FACT_STATUS_SET)
        f.status = (enum ticket_status)ticket_status_find(word);
    if (kind == FACT_PRIORITY_SET)
        f.priority = (enum ticket_priority)ticket_priority_find(word);
    f.actor = arena_strndup(t->s.a, agent, strlen(agent));
    return tell_fact(t, &f);
}

/* "09:15" of the first day, "2/09:15" of the second. */
static int64_t tell_instant(const char *word)
{
    int day = 1, hour, minute;

    if (strchr(word, '/') != NULL ? sscanf(word, "%d/%d:%d", &day, &hour, &minute) != 3
                                  : sscanf(word, "%d:%d", &hour, &minute) != 2)
        fail_msg("no time: %s", word);
    return MIDNIGHT + (int64_t)(day - 1) * 86400 + hour * 3600 + minute * 60;
}

static void expect(struct telling *t, const char *what)
{
    char word[32], other[32];
    int n;
    bool holds;

    if (sscanf(what, "ticket %31s level %d", word, &n) == 2)
        holds = (int)t->s.ticket.status == ticket_status_find(word) && t->s.ticket.level == n;
    else if (sscanf(what, "told %31s %d", word, &n) == 2)
        holds = story_told(&t->s, notice_find(word)) == n;
    else if (sscanf(what, "due %31s %31s", word, other) == 2)
        holds = story_clock(&t->s, target_kind_find(word)) != NULL &&
                story_clock(&t->s, target_kind_find(word))->due_at == tell_instant(other);
    else if (sscanf(what, "paused %31s", word) == 1)
        holds = story_clock(&t->s, target_kind_find(word)) != NULL &&
                story_clock(&t->s, target_kind_find(word))->due_at == 0;
    else
        holds = false;
    if (!holds)
        fail_msg("%s:%d by %s: not so: %s (it is %s, level %d)", t->file, t->line, t->way->kind,
                 what, ticket_status_name(t->s.ticket.status), t->s.ticket.level);
}

static void tell_said(struct telling *t, const char *said)
{
    char word[64];
    int level, rc = -1;

    if (sscanf(said, "customer says \"%63[^\"]\"", word) == 1)
        rc = tell_customer(t, word, false);
    else if (sscanf(said, "customer autoreplies \"%63[^\"]\"", word) == 1)
        rc = tell_customer(t, word, true);
    else if (strcmp(said, "customer is refused") == 0)
        rc = tell_customer(t, "otra vez", false) < 0 ? 0 : -1;
    else if (sscanf(said, "agent %63s replies", word) == 1)
        rc = tell_by(t, FACT_AGENT_REPLIED, word, 0, NULL);
    else if (sscanf(said, "status %63s", word) == 1)
        rc = tell_by(t, FACT_STATUS_SET, "ana", 0, word);
    else if (sscanf(said, "priority %63s", word) == 1)
        rc = tell_by(t, FACT_PRIORITY_SET, "ana", 0, word);
    else if (strcmp(said, "escalate") == 0)
        rc = tell_by(t, FACT_ESCALATED, "ana", 0, NULL);
    else if (sscanf(said, "hand back %d", &level) == 1)
        rc = tell_by(t, FACT_HANDED_BACK, "ana", level, NULL);
    if (rc < 0)
        fail_msg("%s:%d by %s: '%s': %s", t->file, t->line, t->way->kind, said, t->s.err.text);
}

static void tell_line(struct telling *t, char *line)
{
    char when[32];
    int used = 0;

    g_strstrip(line);
    if (line[0] == '#' || line[0] == '\0')
        return;
    if (sscanf(line, "at %31s %n", when, &used) == 1 && used > 0) {
        story_until(&t->s, tell_instant(when));
        line += used;
    }
    if (g_str_has_prefix(line, "expect ")) {
        char **parts = g_strsplit(line + strlen("expect "), ", ", -1), **p;

        for (p = parts; *p != NULL; p++)
            expect(t, *p);
        g_strfreev(parts);
        return;
    }
    tell_said(t, line);
}

/* Tells one story by one way. g_free() the plans. */
static char *tell(const char *file, const char *text, const struct way *way)
{
    struct telling *t = g_new0(struct telling, 1);
    char **lines = g_strsplit(text, "\n", -1), *plans;

    t->way = way;
    t->file = file;
    t->plans = g_string_new(NULL);
    story_begin(&t->s, MIDNIGHT);
    for (t->line = 1; lines[t->line - 1] != NULL; t->line++)
        tell_line(t, lines[t->line - 1]);
    tell_plan(t);
    story_end(&t->s);
    plans = g_string_free(t->plans, FALSE);
    g_strfreev(lines);
    g_free(t);
    return plans;
}

static void test_every_story_goes_the_same_by_every_way_in(void **state)
{
    GDir *dir = g_dir_open(TEST_SOURCE_DIR "/tests/scenarios", 0, NULL);
    const char *name;
    int stories = 0, i;

    (void)state;
    assert_non_null(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        char *path = g_build_filename(TEST_SOURCE_DIR "/tests/scenarios", name, NULL);
        char *text = NULL, *first, *other;

        if (g_str_has_suffix(name, ".scn") && g_file_get_contents(path, &text, NULL, NULL)) {
            first = tell(name, text, &ways[0]);
            for (i = 1; i < WAYS; i++) {
                other = tell(name, text, &ways[i]);
                assert_string_equal(first, other); /* C-20 */
                g_free(other);
            }
            g_free(first);
            g_free(text);
            stories++;
        }
        g_free(path);
    }
    g_dir_close(dir);
    assert_true(stories >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_story_goes_the_same_by_every_way_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
