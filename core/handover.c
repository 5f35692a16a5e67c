#include "core/handover.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/wording.h"
#include "core/wording_date.h"

/* --- gathered
 * ----------------------------------------------------------------------------------------- */

void handover_of(const struct ticket *t, const struct contact *c, struct handover *out)
{
    size_t i;

    *out = (struct handover){ .number = t->ticket_id,
                              .subject = t->subject,
                              .status = t->status,
                              .priority = t->priority,
                              .level = t->level,
                              .team = t->team,
                              .agent = t->agent,
                              .topic = t->topic,
                              .customer = c->name,
                              .plan = t->plan,
                              .vip = t->memory.vip != 0,
                              .waits_since = t->memory.unanswered_since };
    for (i = 0; i < t->clock_count; i++) {
        const struct target_clock *clock = &t->clocks[i];

        if (clock->end != TARGET_RUNS)
            continue;
        out->clocks[out->clock_count++] = *clock;
        if (t->memory.promised_clock == (int)clock->kind + 1 &&
            t->memory.promised_instance == clock->instance)
            out->promised_at = t->memory.promised_at;
    }
}

void handover_add_step(struct handover *h, const struct handover_step *step)
{
    if (h->step_count == HANDOVER_STEPS_MAX) {
        memmove(h->steps, h->steps + 1, (HANDOVER_STEPS_MAX - 1) * sizeof(h->steps[0]));
        h->step_count--;
        h->steps_before++;
    }
    h->steps[h->step_count++] = *step;
}

void handover_add_said(struct handover *h, const char *direction, const struct handover_said *said)
{
    if (strcmp(direction, "note") == 0) {
        h->note = *said;
        h->notes++;
    } else if (strcmp(direction, "out") == 0) {
        h->answer = *said;
        h->answers++;
    } else if (h->first.text == NULL) {
        h->first = *said;
    } else {
        h->last = *said;
    }
}

/* --- in words
 * ----------------------------------------------------------------------------------------- */

/* Every label there is, by language: English, then Spanish. */
enum handover_word {
    WORD_CUSTOMER,
    WORD_CASE,
    WORD_LEVEL,
    WORD_DOES,
    WORD_TEAM,
    WORD_OWNER,
    WORD_ASKED,
    WORD_LAST,
    WORD_PROMISED,
    WORD_TOLD,
    WORD_DUE,
    WORD_LEFT,
    WORD_MISSED,
    WORD_PAUSED,
    WORD_DONE,
    WORD_BEFORE,
    WORD_GIVEN,
    WORD_BY,
    WORD_ANSWERS,
    WORD_NOTES,
    WORD_LAST_ONE,
    WORD_NOW,
    WORD_TAKE,
    WORD_ANSWER,
    WORD_SOLVE,
    WORD_GO_ON,
    WORD_HOW,
    WORD_N
};
static const char *const handover_words[WORD_N][2] = {
    [WORD_CUSTOMER] = { "Customer", "Cliente" },
    [WORD_CASE] = { "Case", "Caso" },
    [WORD_LEVEL] = { "level", "nivel" },
    [WORD_DOES] = { "What this level does and may decide", "Qué hace y puede decidir este nivel" },
    [WORD_TEAM] = { "team", "equipo" },
    [WORD_OWNER] = { "owner", "responsable" },
    [WORD_ASKED] = { "Asked", "Qué pide" },
    [WORD_LAST] = { "Last said", "Lo último que dice" },
    [WORD_PROMISED] = { "Promised", "Plazos" },
    [WORD_TOLD] = { "the customer was told", "al cliente se le dijo" },
    [WORD_DUE] = { "due", "vence" },
    [WORD_LEFT] = { "left", "quedan" },
    [WORD_MISSED] = { "missed since", "incumplido desde" },
    [WORD_PAUSED] = { "paused", "en pausa" },
    [WORD_DONE] = { "Done so far", "Hecho hasta ahora" },
    [WORD_BEFORE] = { "earlier steps", "pasos anteriores" },
    [WORD_GIVEN] = { "given on", "asignado" },
    [WORD_BY] = { "by", "por" },
    [WORD_ANSWERS] = { "answers to the customer", "respuestas al cliente" },
    [WORD_NOTES] = { "internal notes", "notas internas" },
    [WORD_LAST_ONE] = { "the last", "la última" },
    [WORD_NOW] = { "Now", "Ahora" },
    [WORD_TAKE] = { "somebody of the level takes it", "alguien del nivel lo acepta" },
    [WORD_ANSWER] = { "the customer is answered, who waits since",
                      "se responde al cliente, que espera desde" },
    [WORD_SOLVE] = { "it is solved at this level", "se resuelve en este nivel" },
    [WORD_GO_ON] = { "go on with it until it is solved", "siga con él hasta resolverlo" },
    [WORD_HOW] = { "to take it, answer the customer, or:",
                   "para aceptarlo, responda al cliente, o:" },
};
static const char *const handover_statuses_es[TICKET_STATUS_N] = {
    "nuevo",    "abierto", "a la espera del cliente", "a la espera de un tercero",
    "resuelto", "cerrado"
};
static const char *const handover_priorities_es[TICKET_PRIORITY_N] = { "baja", "normal", "alta",
                                                                       "urgente" };

struct handover_page {
    const struct policy *policy;
    const char *language, *zone;
    struct wording_dates *dates;
    const struct handover *h;
    int64_t now;
    struct arena *a;
    bool spanish;
    struct text_buffer out;
};

static const char *handover_say(const struct handover_page *p, enum handover_word w)
{
    return handover_words[w][p->spanish];
}

/* One line, cut where it is longer; NULL: there is nothing. */
static const char *handover_excerpt(const struct handover_page *p, const char *text, size_t max)
{
    size_t whole, cut;
    const char *line;

    if (text == NULL)
        return NULL;
    whole = strlen(text);
    cut = text_cut((struct span){ text, whole }, max);
    line = text_clean_line(p->a, (struct span){ text, cut }, max);
    return *line == '\0' ? NULL : cut < whole ? arena_printf(p->a, "%s…", line) : line;
}

static const char *handover_name(const struct handover_page *p, const char *text)
{
    return handover_excerpt(p, text, HANDOVER_NAME_MAX);
}

/* Whose or which one it is: said even where the name is nothing but blanks. */
static const char *handover_named(const struct handover_page *p, const char *text)
{
    const char *name = handover_name(p, text);

    return name == NULL ? "?" : name;
}

static const char *handover_date(const struct handover_page *p, int64_t at)
{
    return wording_date(p->dates, p->a, p->language, p->zone, at);
}

/* "2 d 3 h", "45 min": the two largest. */
static const char *handover_span(const struct handover_page *p, int64_t s)
{
    int64_t minutes = (s + 59) / 60;

    if (minutes >= 1440)
        return arena_printf(p->a, "%" PRId64 " d %" PRId64 " h", minutes / 1440,
                            minutes % 1440 / 60);
    if (minutes >= 60)
        return arena_printf(p->a, "%" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
    return arena_printf(p->a, "%" PRId64 " min", minutes);
}

static void handover_heading(struct handover_page *p, enum handover_word w)
{
    text_buffer_printf(&p->out, "%s%s", p->out.len == 0 ? "" : "\n", handover_say(p, w));
}

/* ", Gold": nothing where there is nothing. */
static void handover_further(struct handover_page *p, const char *text)
{
    if (text != NULL)
        text_buffer_printf(&p->out, ", %s", text);
}

static void handover_put_customer(struct handover_page *p)
{
    const struct handover *h = p->h;
    const char *who = handover_name(p, h->customer), *at = handover_name(p, h->address);

    handover_heading(p, WORD_CUSTOMER);
    text_buffer_printf(&p->out, ": %s", who != NULL ? who : at != NULL ? at : "?");
    if (who != NULL && at != NULL)
        text_buffer_printf(&p->out, " <%s>", at);
    handover_further(p, handover_name(p, h->organization));
    handover_further(p, handover_name(p, h->plan));
    handover_further(p, h->vip ? "VIP" : NULL);
    text_buffer_puts(&p->out, "\n");
}

static void handover_put_case(struct handover_page *p)
{
    const struct handover *h = p->h;
    const char *subject = handover_excerpt(p, h->subject, 2 * HANDOVER_NAME_MAX);
    const struct policy_level *level = policy_level(p->policy, h->level);

    text_buffer_printf(&p->out, "%s %" PRId64 ": %s\n  %s, %s, %s %d", handover_say(p, WORD_CASE),
                       h->number, subject == NULL ? "-" : subject,
                       p->spanish ? handover_statuses_es[h->status] : ticket_status_name(h->status),
                       p->spanish ? handover_priorities_es[h->priority]
                                  : ticket_priority_name(h->priority),
                       handover_say(p, WORD_LEVEL), h->level);
    if (level != NULL)
        text_buffer_printf(&p->out, " (%s)", handover_named(p, level->name));
    handover_further(p, handover_name(p, h->topic));
    if (h->team != NULL)
        text_buffer_printf(&p->out, ", %s %s", handover_say(p, WORD_TEAM),
                           handover_named(p, h->team));
    if (h->agent != NULL)
        text_buffer_printf(&p->out, ", %s %s", handover_say(p, WORD_OWNER),
                           handover_named(p, h->agent));
    text_buffer_puts(&p->out, "\n");
}

static void handover_put_level(struct handover_page *p)
{
    const char *line = handover_level(p->policy, p->language, p->h->level, p->a);

    if (line != NULL)
        text_buffer_printf(&p->out, "  %s\n", line);
}

static void handover_put_asked(struct handover_page *p, enum handover_word w,
                               const struct handover_said *said)
{
    const char *text = handover_excerpt(p, said->text, HANDOVER_EXCERPT_MAX);

    if (text == NULL)
        return;
    handover_heading(p, w);
    text_buffer_printf(&p->out, " (%s):\n  > %s\n", handover_date(p, said->at), text);
}

/* What is left is of the wall: whoever reads it looks at a clock on the wall. */
static void handover_put_clock(struct handover_page *p, const struct target_clock *c)
{
    text_buffer_printf(&p->out, "  %s: ", wording_target(p->language, c->kind));
    if (c->breached_at != 0)
        text_buffer_printf(&p->out, "%s %s\n", handover_say(p, WORD_MISSED),
                           handover_date(p, c->breached_at));
    else if (c->due_at == 0)
        text_buffer_printf(&p->out, "%s\n", handover_say(p, WORD_PAUSED));
    else if (p->spanish)
        text_buffer_printf(&p->out, "%s %s, %s %s\n", handover_say(p, WORD_DUE),
                           handover_date(p, c->due_at), handover_say(p, WORD_LEFT),
                           handover_span(p, c->due_at > p->now ? c->due_at - p->now : 0));
    else
        text_buffer_printf(&p->out, "%s %s, %s %s\n", handover_say(p, WORD_DUE),
                           handover_date(p, c->due_at),
                           handover_span(p, c->due_at > p->now ? c->due_at - p->now : 0),
                           handover_say(p, WORD_LEFT));
}

static void handover_put_promised(struct handover_page *p)
{
    size_t i;

    if (p->h->promised_at == 0 && p->h->clock_count == 0)
        return;
    handover_heading(p, WORD_PROMISED);
    text_buffer_puts(&p->out, ":\n");
    if (p->h->promised_at != 0)
        text_buffer_printf(&p->out, "  %s: %s\n", handover_say(p, WORD_TOLD),
                           handover_date(p, p->h->promised_at));
    for (i = 0; i < p->h->clock_count; i++)
        handover_put_clock(p, &p->h->clocks[i]);
}

static void handover_put_step(struct handover_page *p, const struct handover_step *s)
{
    const char *why = handover_excerpt(p, s->why, HANDOVER_REASON_MAX);

    text_buffer_printf(&p->out, "  %s: ", handover_date(p, s->at));
    if (s->level > 0)
        text_buffer_printf(&p->out, "%s %d", handover_say(p, WORD_LEVEL), s->level);
    else
        text_buffer_puts(&p->out, handover_say(p, WORD_GIVEN));
    if (s->who != NULL)
        text_buffer_printf(&p->out, " (%s %s)", handover_say(p, WORD_BY),
                           handover_named(p, s->who));
    if (why != NULL)
        text_buffer_printf(&p->out, ": %s", why);
    text_buffer_puts(&p->out, "\n");
}

static void handover_put_said(struct handover_page *p, enum handover_word w, int count,
                              const struct handover_said *last)
{
    const char *text = handover_excerpt(p, last->text, HANDOVER_EXCERPT_MAX);

    text_buffer_printf(&p->out, "  %d %s", count, handover_say(p, w));
    if (text != NULL) {
        text_buffer_printf(&p->out, "; %s", handover_say(p, WORD_LAST_ONE));
        if (last->who != NULL)
            text_buffer_printf(&p->out, " %s %s", handover_say(p, WORD_BY),
                               handover_named(p, last->who));
        text_buffer_printf(&p->out, " (%s):\n  > %s", handover_date(p, last->at), text);
    }
    text_buffer_puts(&p->out, "\n");
}

static void handover_put_done(struct handover_page *p)
{
    const struct handover *h = p->h;
    size_t i;

    handover_heading(p, WORD_DONE);
    text_buffer_puts(&p->out, ":\n");
    if (h->steps_before > 0)
        text_buffer_printf(&p->out, "  %d %s\n", h->steps_before, handover_say(p, WORD_BEFORE));
    for (i = 0; i < h->step_count; i++)
        handover_put_step(p, &h->steps[i]);
    handover_put_said(p, WORD_ANSWERS, h->answers, &h->answer);
    handover_put_said(p, WORD_NOTES, h->notes, &h->note);
}

static const struct target_clock *handover_clock(const struct handover *h, enum target_kind kind)
{
    size_t i;

    for (i = 0; i < h->clock_count; i++)
        if (h->clocks[i].kind == kind)
            return &h->clocks[i];
    return NULL;
}

/* "somebody of the level takes it, due …": where a clock asks for it. */
static bool handover_put_wanted(struct handover_page *p, enum target_kind kind,
                                enum handover_word w, int64_t since)
{
    const struct target_clock *c = handover_clock(p->h, kind);

    if (c == NULL)
        return false;
    text_buffer_printf(&p->out, "  %s", handover_say(p, w));
    if (since != 0)
        text_buffer_printf(&p->out, " %s", handover_date(p, since));
    if (c->due_at > p->now)
        text_buffer_printf(&p->out, "; %s %s", handover_say(p, WORD_DUE),
                           handover_date(p, c->due_at));
    text_buffer_puts(&p->out, "\n");
    return true;
}

static void handover_put_now(struct handover_page *p)
{
    bool any;

    handover_heading(p, WORD_NOW);
    text_buffer_puts(&p->out, ":\n");
    any = handover_put_wanted(p, TARGET_LEVEL_ACK, WORD_TAKE, 0);
    if (p->h->waits_since != 0)
        any |= handover_put_wanted(p, TARGET_FIRST_RESPONSE, WORD_ANSWER, p->h->waits_since) ||
               handover_put_wanted(p, TARGET_NEXT_RESPONSE, WORD_ANSWER, p->h->waits_since);
    any |= handover_put_wanted(p, TARGET_LEVEL_RESOLVE, WORD_SOLVE, 0);
    if (!any)
        text_buffer_printf(&p->out, "  %s\n", handover_say(p, WORD_GO_ON));
    text_buffer_printf(&p->out,
                       "  %s\n"
                       "  relevoctl ticket ack|take|note|handback|escalate|solve %" PRId64,
                       handover_say(p, WORD_HOW), p->h->number);
}

const char *handover_level(const struct policy *policy, const char *language, int level,
                           struct arena *a)
{
    const struct policy_level *of = policy_level(policy, level);
    bool spanish = wording_is_spanish(wording_language(policy, language));

    return of == NULL || of->text == NULL
               ? NULL
               : arena_printf(a, "%s: %s", handover_words[WORD_DOES][spanish], of->text);
}

const char *handover_render(const struct policy *policy, const char *language, const char *zone,
                            struct wording_dates *dates, const struct handover *h, int64_t now,
                            struct arena *a)
{
    struct handover_page p = { .policy = policy,
                               .language = wording_language(policy, language),
                               .zone = zone,
                               .dates = dates,
                               .h = h,
                               .now = now,
                               .a = a };
    const char *kept;

    p.spanish = wording_is_spanish(p.language);
    handover_put_customer(&p);
    handover_put_case(&p);
    handover_put_level(&p);
    handover_put_asked(&p, WORD_ASKED, &h->first);
    handover_put_asked(&p, WORD_LAST, &h->last);
    handover_put_promised(&p);
    handover_put_done(&p);
    handover_put_now(&p);
    kept = arena_strndup(a, p.out.ptr, p.out.len);
    text_buffer_clear(&p.out);
    return kept;
}
