#include "core/scenario.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/notice.h"
#include "core/policy_texts.h"
#include "core/ticket.h"

enum { SCENARIO_NEW_YEAR = 1767225600 }; /* 2026-01-01 00:00:00 UTC: where it says no day */

const struct scenario_sentence scenario_sentences[SCENARIO_VERB_N] = {
    [SCENARIO_POLICY] = { "policy FILE", "The policy that it is written for, beside the story.",
                          false },
    [SCENARIO_BEGINS] = { "begins DATE", "Its first day; else 2026-01-01.", false },
    [SCENARIO_HOURS] = { "hours ZONE DAYS SPAN",
                         "All that the policy counts is counted in these hours: 'hours "
                         "Europe/Madrid mon-fri 09:00-17:00'. Several lines add up.",
                         false },
    [SCENARIO_HOLIDAY] = { "holiday DATE", "A day on which they are closed.", false },
    [SCENARIO_SAYS] = { "customer says TEXT", "The customer writes.", false },
    [SCENARIO_SAID] = { "customer said TEXT at TIME",
                        "It was written then, and reached us only now.", false },
    [SCENARIO_AUTOREPLIES] = { "customer autoreplies TEXT", "A machine of the customer's writes.",
                               false },
    [SCENARIO_EDITS] = { "customer edits TEXT",
                         "The last message is changed, where that can be done.", false },
    [SCENARIO_ANOTHER_SAYS] = { "another customer says TEXT",
                                "Somebody else writes, who opens a ticket of their own.", false },
    [SCENARIO_NAMED_SAYS] = { "customer NAME says TEXT",
                              "Somebody of that name writes, in a ticket of their own: the same "
                              "one for as long as it is not closed.",
                              false },
    [SCENARIO_HAS_PLAN] = { "customer has plan PLAN",
                            "From now on the customer (that of 'about') has bought that plan of "
                            "the policy; '-': none.",
                            false },
    [SCENARIO_IS_VIP] = { "customer is vip", "From now on the customer is marked VIP.", false },
    [SCENARIO_BELONGS] = { "customer belongs to NAME",
                           "From now on the customer is of that organization.", false },
    [SCENARIO_WRITES_IN] = { "customer writes in LANGUAGE",
                             "From now on the customer writes in it: 'es', 'pt-BR'.", false },
    [SCENARIO_REPLIES] = { "agent NAME replies", "To the customer.", false },
    [SCENARIO_REPLIES_SETS] = { "agent NAME replies and sets STATUS",
                                "To the customer, and sets the status with it.", false },
    [SCENARIO_NOTES] = { "agent NAME notes TEXT", "For the desk alone.", false },
    [SCENARIO_ACKNOWLEDGES] = { "agent NAME acknowledges", "Has seen it.", false },
    [SCENARIO_TAKES] = { "agent NAME takes it", "It is theirs now.", false },
    [SCENARIO_STATUS] = { "status STATUS", "Somebody sets it.", false },
    [SCENARIO_PRIORITY] = { "priority PRIORITY", "Somebody sets it.", false },
    [SCENARIO_TOPIC] = { "topic TOPIC", "Somebody sets it; 'none': it has none.", false },
    [SCENARIO_ESCALATE] = { "escalate", "Somebody asks for the next level.", false },
    [SCENARIO_ESCALATES_BECAUSE] = { "agent NAME escalates because TEXT",
                                     "Asks for the next level and says why.", false },
    [SCENARIO_HAND_BACK] = { "hand back LEVEL", "It goes down to that level.", false },
    [SCENARIO_TAG] = { "tag TAG", "Somebody tags it.", false },
    [SCENARIO_WATCH] = { "watch NAME", "That agent or team watches it.", false },
    [SCENARIO_SPAM] = { "spam", "Somebody marks the ticket as spam.", false },
    [SCENARIO_MERGE] = { "merge into NAME",
                         "Somebody ends the ticket in that customer's, in which both write from "
                         "now on; 'customer': in that of the customer who has no name.",
                         false },
    [SCENARIO_SPLIT] = { "split off NAME",
                         "Somebody lets the customer's last message go on in a ticket of its own, "
                         "which the story calls by that name from now on.",
                         false },
    [SCENARIO_DECLARE] = { "declare incident", "Somebody makes an incident of the ticket.", false },
    [SCENARIO_ATTACH] = { "attach", "Somebody makes the ticket part of the newest incident.",
                          false },
    [SCENARIO_DETACH] = { "detach", "Somebody takes the ticket out of its incident.", false },
    [SCENARIO_DISSOLVE] = { "dissolve", "Somebody dissolves the newest incident.", false },
    [SCENARIO_ABOUT] = { "about NAME",
                         "What agents do and what is expected is of that customer's ticket from "
                         "now on; 'incident': of the newest incident; 'customer': of the "
                         "customer's who has no name, as in the beginning.",
                         false },
    [SCENARIO_WAIT] = { "wait", "Nothing happens but what falls due until then.", false },
    [SCENARIO_IS_TICKET] = { "ticket STATUS level LEVEL",
                             "Status and level of the customer's ticket.", true },
    [SCENARIO_IS_FOLLOW_UP] = { "follow-up", "The ticket follows one that was closed.", true },
    [SCENARIO_IS_PRIORITY] = { "priority PRIORITY", "Its priority.", true },
    [SCENARIO_IS_TOPIC] = { "topic TOPIC", "Its topic; 'none': it has none.", true },
    [SCENARIO_IS_OWNER] = { "owner NAME", "Whose it is; '-': nobody's.", true },
    [SCENARIO_IS_TAGGED] = { "tagged TAG", "It has the tag.", true },
    [SCENARIO_IS_ATTACHED] = { "in incident", "It belongs to the newest incident.", true },
    [SCENARIO_IS_ALONE] = { "in no incident", "It belongs to none.", true },
    [SCENARIO_IS_PEOPLE] = { "people NUMBER", "How many people the incident counts.", true },
    [SCENARIO_IS_TEAM] = { "team NAME", "Which team has it.", true },
    [SCENARIO_IS_TOLD] = { "told NOTICE TIMES",
                           "How often that notice was planned in the whole story, and not taken "
                           "back.",
                           true },
    [SCENARIO_IS_WAITING] = { "waits NOTICE until TIME",
                              "A notice that may yet be folded into a newer one.", true },
    [SCENARIO_IS_OPENING] = { "opens TIME", "When we open, as the customer was told last.", true },
    [SCENARIO_IS_DUE] = { "due CLOCK TIME", "When the newest clock of that kind is due.", true },
    [SCENARIO_IS_PAUSED] = { "paused CLOCK", "It has not ended, and does not run.", true },
    [SCENARIO_IS_ENDED] = { "ended CLOCK END", "How it ended: met, waived, void, merged, left.",
                            true },
    [SCENARIO_IS_MISSED] = { "missed CLOCK TIME", "When its target was missed.", true },
    [SCENARIO_IS_WARNED] = { "warned CLOCK TIMES", "How often it has warned.", true },
    [SCENARIO_IS_INSTANCE] = { "instance CLOCK NUMBER", "Which one of its kind it is.", true },
};

struct scenario_reader {
    struct scenario *s;
    struct scenario_line *lines;
    const char *name;
    int line;
    int64_t at;
    struct error *err;
};

static int scenario_wrong(const struct scenario_reader *r, const char *expected, const char *came)
{
    return error_set(r->err, ERROR_PERMANENT, "%s:%d: expected %s, got '%.80s'", r->name, r->line,
                     expected, came);
}

/* --- words
 * -------------------------------------------------------------------------------------------- */

static int scenario_time(const struct scenario_reader *r, const char *word, int64_t *at)
{
    int day = 1, hour = 0, minute = 0, second = 0, used = 0;
    const char *slash = strchr(word, '/'), *clock = slash == NULL ? word : slash + 1;

    if (slash != NULL && (sscanf(word, "%5d/%n", &day, &used) != 1 || used != slash + 1 - word))
        day = 0;
    used = 0;
    if (sscanf(clock, "%2d:%2d%n:%2d%n", &hour, &minute, &used, &second, &used) < 2 ||
        clock[used] != '\0' || day < 1 || day > SCENARIO_DAYS_MAX || hour < 0 || hour > 24 ||
        minute < 0 || minute > 59 || second < 0 || second > 59)
        return scenario_wrong(r, "a time like 09:15 or 2/09:15:30", word);
    *at = r->s->begins + (int64_t)(day - 1) * 86400 + hour * 3600 + minute * 60 + second;
    return 0;
}

static bool scenario_is_number(const char *word, int max)
{
    char *end;
    long n = strtol(word, &end, 10);

    return g_ascii_isdigit(word[0]) && *end == '\0' && n <= max;
}

/* What may stand where the sentence has a word in capitals. */
static int scenario_check(const struct scenario_reader *r, const char *what, const char *word,
                          int64_t *time)
{
    if (strcmp(what, "TIME") == 0)
        return scenario_time(r, word, time);
    if (strcmp(what, "STATUS") == 0 && ticket_status_find(word) < 0)
        return scenario_wrong(r, "a status: new, open, pending, on_hold, solved, closed", word);
    if (strcmp(what, "PRIORITY") == 0 && ticket_priority_find(word) < 0)
        return scenario_wrong(r, "a priority: low, normal, high, urgent", word);
    if (strcmp(what, "CLOCK") == 0 && target_kind_find(word) < 0)
        return scenario_wrong(r, "a clock: first_response, resolution …", word);
    if (strcmp(what, "END") == 0 && target_end_find(word) < 0)
        return scenario_wrong(r, "met, waived, void, merged or left", word);
    if (strcmp(what, "NOTICE") == 0 && notice_find(word) == NOTICE_N)
        return scenario_wrong(r, "a notice: E-01, received …", word);
    if (strcmp(what, "LANGUAGE") == 0 && !policy_is_language(word))
        return scenario_wrong(r, "a language: es, pt-BR …", word);
    if ((strcmp(what, "TIMES") == 0 || strcmp(what, "NUMBER") == 0 || strcmp(what, "LEVEL") == 0) &&
        !scenario_is_number(word, 1000000))
        return scenario_wrong(r, "a number", word);
    return 0;
}

/* "2026-01-06"; -1: it is none. */
static int scenario_date(const struct scenario_reader *r, const char *word, int64_t *at)
{
    GDateTime *day = NULL;
    int y, m, d, used = 0;

    if (sscanf(word, "%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 && word[used] == '\0')
        day = g_date_time_new_utc(y, m, d, 0, 0, 0);
    if (day == NULL)
        return scenario_wrong(r, "a day like 2026-01-06", word);
    *at = g_date_time_to_unix(day);
    g_date_time_unref(day);
    return 0;
}

/* --- sentences
 * ------------------------------------------------------------------------------------------------
 */

static bool scenario_fits(const char *pattern, char **words, int count)
{
    char **parts = g_strsplit(pattern, " ", -1);
    bool good = (int)g_strv_length(parts) == count;
    int i;

    for (i = 0; good && i < count; i++)
        good = g_ascii_isupper(parts[i][0]) || strcmp(parts[i], words[i]) == 0;
    g_strfreev(parts);
    return good;
}

static int scenario_take(struct scenario_reader *r, struct scenario_line *l, char **words)
{
    char **parts = g_strsplit(scenario_sentences[l->verb].pattern, " ", -1);
    size_t i, n = 0;
    int rc = 0;

    for (i = 0; parts[i] != NULL && rc == 0; i++) {
        if (!g_ascii_isupper(parts[i][0]))
            continue;
        l->w[n++] = arena_strdup(r->s->arena, words[i]);
        rc = strcmp(parts[i], "DATE") == 0 ? scenario_date(r, words[i], &l->time)
                                           : scenario_check(r, parts[i], words[i], &l->time);
    }
    g_strfreev(parts);
    if (rc == 0 && l->verb == SCENARIO_BEGINS)
        r->at = r->s->begins = l->time;
    if (rc == 0 && l->verb == SCENARIO_POLICY)
        r->s->policy = l->w[0];
    return rc;
}

static int scenario_sentence(struct scenario_reader *r, const char *text, bool expects)
{
    struct scenario_line *l = &r->lines[r->s->count];
    char **words = NULL;
    int count = 0, verb, rc;

    if (r->s->count >= SCENARIO_LINES_MAX)
        return scenario_wrong(r, "at most 10000 sentences", text);
    if (!g_shell_parse_argv(text, &count, &words, NULL))
        return scenario_wrong(r, "words, each alone or in \"quotes\"", text);
    for (verb = 0; verb < SCENARIO_VERB_N; verb++)
        if (scenario_sentences[verb].expects == expects &&
            scenario_fits(scenario_sentences[verb].pattern, words, count))
            break;
    if (verb == SCENARIO_VERB_N) {
        g_strfreev(words);
        return scenario_wrong(r, expects ? "an expectation" : "a sentence", text);
    }
    *l = (struct scenario_line){ .line = r->line,
                                 .verb = (enum scenario_verb)verb,
                                 .said = arena_strdup(r->s->arena, text) };
    rc = scenario_take(r, l, words);
    l->at = r->at;
    g_strfreev(words);
    r->s->count++;
    return rc;
}

static int scenario_line(struct scenario_reader *r, char *line)
{
    char when[32], **parts, **p;
    int used = 0, rc = 0;
    int64_t at;

    g_strstrip(line);
    if (line[0] == '#' || line[0] == '\0')
        return 0;
    if (sscanf(line, "at %31s %n", when, &used) == 1 && used > 0) {
        if (scenario_time(r, when, &at) < 0)
            return -1;
        if (at < r->at)
            return scenario_wrong(r, "a time that is not before that of the line before", when);
        r->at = at;
        line += used;
    }
    if (!g_str_has_prefix(line, "expect "))
        return scenario_sentence(r, line, false);
    parts = g_strsplit(line + strlen("expect "), ", ", -1);
    for (p = parts; *p != NULL && rc == 0; p++)
        rc = scenario_sentence(r, *p, true);
    g_strfreev(parts);
    return rc;
}

const char *scenario_text(const struct scenario_line *l)
{
    return l->w[l->verb == SCENARIO_NAMED_SAYS ? 1 : 0];
}

int scenario_read(const char *name, struct span bytes, struct scenario *out, struct error *err)
{
    struct scenario_reader r = { .s = out, .name = name, .err = err };
    char *text, **lines;
    int rc = 0;

    *out = (struct scenario){ .arena = arena_new(), .begins = SCENARIO_NEW_YEAR };
    r.at = out->begins;
    if (bytes.len > SCENARIO_BYTES_MAX || memchr(bytes.ptr, '\0', bytes.len) != NULL) {
        error_set(err, ERROR_PERMANENT, "%s: expected at most 1 MiB of text", name);
        scenario_clear(out);
        return -1;
    }
    text = arena_strndup(out->arena, bytes.ptr, bytes.len);
    r.lines = arena_array(out->arena, SCENARIO_LINES_MAX, sizeof(*r.lines));
    out->lines = r.lines;
    lines = g_strsplit(text, "\n", -1);
    for (r.line = 1; lines[r.line - 1] != NULL && rc == 0; r.line++)
        rc = scenario_line(&r, lines[r.line - 1]);
    g_strfreev(lines);
    if (rc < 0)
        scenario_clear(out);
    return rc;
}

void scenario_clear(struct scenario *s)
{
    arena_free(s->arena);
    *s = (struct scenario){ 0 };
}
