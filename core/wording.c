#include "core/wording.h"

#include <ctype.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hint.h"
#include "core/wording_date.h"

/* With the first notice (D-51, E-21). */
#define ES_HELP "[\n\n{question}][\n\nMientras tanto, quizá le sirva esto:\n{articles}]"
#define EN_HELP "[\n\n{question}][\n\nMeanwhile, this may help you:\n{articles}]"
#define ES_TIP  "[ {question}][ Quizá le sirva: {articles}]"
#define EN_TIP  "[ {question}][ This may help: {articles}]"

/* Sentences in [brackets] are left out when a name in them has nothing to say. */
struct wording {
    const char *subject, *letter, *line;
};

#define ES_END   "\n\nPuede responder a este mensaje.\n{desk}"
#define EN_END   "\n\nYou can answer this message.\n{desk}"
#define ES_AGENT "\n\nSu respuesta a este correo le llega al cliente, por el canal en que escribió."
#define EN_AGENT "\n\nYour answer to this mail goes to the customer, on the channel they wrote by."

static const struct wording wording_es[NOTICE_N] = {
    [NOTICE_RECEIVED] = { "Hemos recibido su mensaje [#{number}]",
                          "Hola[ {customer}]:\n\nHemos recibido su mensaje; es el caso {number}.[ "
                          "Le responderemos antes "
                          "del {by}.]" ES_HELP ES_END,
                          "Recibido, caso {number}.[ Le responderemos antes del {by}.]" ES_TIP
                          " {desk}" },
    [NOTICE_RECEIVED_CLOSED] = { "Hemos recibido su mensaje [#{number}]",
                                 "Hola[ {customer}]:\n\nHemos recibido su mensaje; es el caso "
                                 "{number}. Ahora estamos "
                                 "cerrados[ y volvemos a atender el {opens}].[ Le responderemos "
                                 "antes del {by}.]" ES_HELP ES_END,
                                 "Recibido, caso {number}. Ahora estamos cerrados[; abrimos el "
                                 "{opens}].[ Le responderemos "
                                 "antes del {by}.]" ES_TIP " {desk}" },
    [NOTICE_FOLLOW_UP] = { "Su mensaje está en el caso [#{number}]",
                           "Hola[ {customer}]:\n\nHemos añadido su mensaje al caso {number}, que "
                           "sigue abierto.[ Le "
                           "responderemos antes del {by}.]" ES_END,
                           "Su mensaje está en el caso {number}, que sigue abierto. {desk}" },
    [NOTICE_REPLY] = { "Re: {subject} [#{number}]", "{text}", "{text}" },
    [NOTICE_WAITING] = { "Esperamos su respuesta [#{number}]",
                         "Hola[ {customer}]:\n\nPara seguir con su caso {number} necesitamos su "
                         "respuesta.[ Si no nos escribe antes del {by}, lo daremos por "
                         "resuelto.]" ES_END,
                         "Para seguir con su caso {number} necesitamos su respuesta.[ Sin ella lo "
                         "daremos por resuelto el {by}.] {desk}" },
    [NOTICE_INCIDENT] = { "Conocemos el problema [#{number}]",
                          "Hola[ {customer}]:\n\nLo que nos cuenta en su caso {number} les ocurre "
                          "también a otras personas.[ Cómo está: {state}.][ Tendrá noticias antes "
                          "del {by}.]" ES_END,
                          "Lo de su caso {number} les ocurre también a otras personas.[ {state}.][ "
                          "Tendrá noticias antes del {by}.] {desk}" },
    [NOTICE_ESCALATED] = { "Su caso avanza [#{number}]",
                           "Hola[ {customer}]:\n\nSu caso {number} ha pasado a otro equipo, que "
                           "sigue con él.[ Tendrá noticias "
                           "antes del {by}.]" ES_END,
                           "Su caso {number} ha pasado a otro equipo.[ Tendrá noticias antes del "
                           "{by}.] {desk}" },
    [NOTICE_EXPECTED] = { "Su caso tardará más [#{number}]",
                          "Hola[ {customer}]:\n\nSu caso {number} lleva más tiempo del que le "
                          "dijimos; sentimos la espera.[ Tendrá noticias antes del {by}.]" ES_END,
                          "Su caso {number} lleva más tiempo del que le dijimos; lo sentimos.[ "
                          "Tendrá noticias antes del {by}.] {desk}" },
    [NOTICE_SOLVED] = { "Su caso está resuelto [#{number}]",
                        "Hola[ {customer}]:\n\nDamos por resuelto su caso {number}. Si no es así, "
                        "responda a este mensaje[ antes del "
                        "{by}] y lo reabrimos.\n\n{desk}",
                        "Damos por resuelto su caso {number}. Si no es así, responda[ antes del "
                        "{by}] y lo reabrimos. {desk}" },
    [NOTICE_AGENT_ASSIGNED] = { "[#{number}] Es suyo: {subject}",
                                "El caso {number} es suyo: {subject}\n[Cliente: "
                                "{customer}\n][Se espera algo antes del "
                                "{by}.\n][\n{handover}]" ES_AGENT,
                                "El caso {number} es suyo: {subject}" },
    [NOTICE_AGENT_CUSTOMER] = { "[#{number}] El cliente ha escrito: {subject}",
                                "[{customer} ha escrito en el caso {number}:\n\n][{text}]" ES_AGENT,
                                "El cliente ha escrito en el caso {number}." },
    [NOTICE_AGENT_WARNING] = { "[#{number}] Se acerca un plazo: {subject}",
                               "El caso {number} se acerca a su plazo ({target})[: {by}]." ES_AGENT,
                               "El caso {number} se acerca a su plazo ({target})." },
    [NOTICE_AGENT_ESCALATION] = { "[#{number}] Ha llegado al nivel {level}: {subject}",
                                  "El caso {number} está en el nivel {level}[ ({level_name})].[ "
                                  "Motivo: {reason}.][ Se espera algo antes "
                                  "del {by}.][\n\n{handover}]" ES_AGENT,
                                  "El caso {number} está en el nivel {level}." },
    [NOTICE_AGENT_REMINDER] = { "[#{number}] Nadie lo ha aceptado aún: {subject}",
                                "El caso {number} está en el nivel {level} y nadie lo ha aceptado "
                                "aún." ES_AGENT,
                                "El caso {number} sigue sin que nadie lo acepte." },
    [NOTICE_AGENT_BREACH] = { "[#{number}] Plazo incumplido: {subject}",
                              "El caso {number} ha incumplido su plazo ({target})." ES_AGENT,
                              "El caso {number} ha incumplido su plazo ({target})." },
    [NOTICE_AGENT_UNDELIVERED] = { "[#{number}] La respuesta no ha llegado: {subject}",
                                   "La respuesta al caso {number} no ha llegado al cliente.[\n\n"
                                   "Motivo: {reason}]",
                                   "La respuesta al caso {number} no ha llegado.[ {reason}]" },
    [NOTICE_AGENT_OVER] = { "[#{number}] Ha terminado: {subject}",
                            "El caso {number} ha terminado: {subject}[\n\n{reason}]" ES_AGENT,
                            "El caso {number} ha terminado.[ {reason}]" },
};
static const struct wording wording_en[NOTICE_N] = {
    [NOTICE_RECEIVED] = { "We have your message [#{number}]",
                          "Hello[ {customer}],\n\nWe have your message; it is case {number}.[ We "
                          "will answer before {by}.]" EN_HELP EN_END,
                          "Received, case {number}.[ We will answer before {by}.]" EN_TIP
                          " {desk}" },
    [NOTICE_RECEIVED_CLOSED] = { "We have your message [#{number}]",
                                 "Hello[ {customer}],\n\nWe have your message; it is case "
                                 "{number}. We are closed now[ and open again on "
                                 "{opens}].[ We will answer before {by}.]" EN_HELP EN_END,
                                 "Received, case {number}. We are closed now[; we open on "
                                 "{opens}].[ We will answer before {by}.]" EN_TIP " {desk}" },
    [NOTICE_FOLLOW_UP] = { "Your message is in case [#{number}]",
                           "Hello[ {customer}],\n\nWe have added your message to case {number}, "
                           "which is open.[ We will answer before "
                           "{by}.]" EN_END,
                           "Your message is in case {number}, which is open. {desk}" },
    [NOTICE_REPLY] = { "Re: {subject} [#{number}]", "{text}", "{text}" },
    [NOTICE_WAITING] = { "We wait for your answer [#{number}]",
                         "Hello[ {customer}],\n\nTo go on with your case {number} we need your "
                         "answer.[ If you do not write before {by} we will consider it "
                         "solved.]" EN_END,
                         "To go on with your case {number} we need your answer.[ Without it we "
                         "will consider it solved on {by}.] {desk}" },
    [NOTICE_INCIDENT] = { "We know of the problem [#{number}]",
                          "Hello[ {customer}],\n\nOther people have the problem that you tell us "
                          "of in your case {number} as well.[ How it stands: {state}.][ You will "
                          "hear from us before {by}.]" EN_END,
                          "Others have the problem of your case {number} as well.[ {state}.][ You "
                          "will hear from us before {by}.] {desk}" },
    [NOTICE_ESCALATED] = { "Your case goes on [#{number}]",
                           "Hello[ {customer}],\n\nAnother team has taken over your case {number} "
                           "and goes on with it.[ You will hear from "
                           "us before {by}.]" EN_END,
                           "Another team goes on with your case {number}.[ You will hear from us "
                           "before {by}.] {desk}" },
    [NOTICE_EXPECTED] = { "Your case takes longer [#{number}]",
                          "Hello[ {customer}],\n\nYour case {number} takes longer than we told "
                          "you; we are sorry for the wait.[ You will hear from us before "
                          "{by}.]" EN_END,
                          "Your case {number} takes longer than we told you; we are sorry.[ You "
                          "will hear from us before {by}.] {desk}" },
    [NOTICE_SOLVED] = { "Your case is solved [#{number}]",
                        "Hello[ {customer}],\n\nWe consider your case {number} solved. If it is "
                        "not, answer this message[ before {by}] and "
                        "we open it again.\n\n{desk}",
                        "We consider your case {number} solved. If it is not, answer[ before {by}] "
                        "and we open it again. {desk}" },
    [NOTICE_AGENT_ASSIGNED] = { "[#{number}] Yours: {subject}",
                                "Case {number} is yours: {subject}\n[Customer: "
                                "{customer}\n][Something "
                                "is expected before {by}.\n][\n{handover}]" EN_AGENT,
                                "Case {number} is yours: {subject}" },
    [NOTICE_AGENT_CUSTOMER] = { "[#{number}] The customer wrote: {subject}",
                                "[{customer} wrote in case {number}:\n\n][{text}]" EN_AGENT,
                                "The customer wrote in case {number}." },
    [NOTICE_AGENT_WARNING] = { "[#{number}] A target comes near: {subject}",
                               "Case {number} comes near its target ({target})[: {by}]." EN_AGENT,
                               "Case {number} comes near its target ({target})." },
    [NOTICE_AGENT_ESCALATION] = { "[#{number}] Now at level {level}: {subject}",
                                  "Case {number} is at level {level}[ ({level_name})].[ Reason: "
                                  "{reason}.][ Something is expected before "
                                  "{by}.][\n\n{handover}]" EN_AGENT,
                                  "Case {number} is at level {level}." },
    [NOTICE_AGENT_REMINDER] = { "[#{number}] Nobody has taken it yet: {subject}",
                                "Case {number} is at level {level} and nobody has taken it "
                                "yet." EN_AGENT,
                                "Nobody has taken case {number} yet." },
    [NOTICE_AGENT_BREACH] = { "[#{number}] A target was missed: {subject}",
                              "Case {number} has missed its target ({target})." EN_AGENT,
                              "Case {number} has missed its target ({target})." },
    [NOTICE_AGENT_UNDELIVERED] = { "[#{number}] The answer did not arrive: {subject}",
                                   "The answer to case {number} did not reach the customer.[\n\n"
                                   "Reason: {reason}]",
                                   "The answer to case {number} did not arrive.[ {reason}]" },
    [NOTICE_AGENT_OVER] = { "[#{number}] It is over: {subject}",
                            "Case {number} is over: {subject}[\n\n{reason}]" EN_AGENT,
                            "Case {number} is over.[ {reason}]" },
};
static const char *const wording_targets_es[TARGET_KIND_N] = {
    "asignación", "primera respuesta",    "siguiente respuesta", "actualización",
    "resolución", "aceptación del nivel", "resolución del nivel"
};
static const char *const wording_targets_en[TARGET_KIND_N] = { "assignment",
                                                               "first response",
                                                               "next response",
                                                               "update",
                                                               "resolution",
                                                               "the level's acknowledgement",
                                                               "the level's resolution" };

/* How an incident stands. */
static const char *const wording_states_es[TICKET_STATUS_N] = {
    "ya lo conocemos",         "estamos trabajando en ello",
    "esperamos una respuesta", "esperamos a un tercero",
    "está resuelto",           "está resuelto",
};
static const char *const wording_states_en[TICKET_STATUS_N] = {
    "we know of it", "we are working on it", "we wait for an answer", "we wait for a third party",
    "it is solved",  "it is solved",
};

bool wording_is_spanish(const char *language)
{
    return strncmp(language, "es", 2) == 0 && !isalpha((unsigned char)language[2]);
}

static bool wording_is_english(const char *language)
{
    return strncmp(language, "en", 2) == 0 && !isalpha((unsigned char)language[2]);
}

const char *wording_language(const struct policy *policy, const char *wanted)
{
    return wanted != NULL && (wording_is_spanish(wanted) || wording_is_english(wanted))
               ? wanted
               : policy->language;
}

const char *wording_target(const char *language, enum target_kind kind)
{
    return (wording_is_spanish(language) ? wording_targets_es : wording_targets_en)[kind];
}

/* --- names
 * -------------------------------------------------------------------------------------------- */

struct wording_scene {
    const struct policy *policy;
    const struct wording_facts *facts;
    const char *language;
    struct arena *a;
    bool letter;
};

static const char *wording_number(struct arena *a, int64_t n)
{
    return arena_printf(a, "%lld", (long long)n);
}

static const char *wording_time(const struct wording_scene *s, int64_t at)
{
    return at == 0 ? NULL : wording_date(s->facts->dates, s->a, s->language, s->facts->zone, at);
}

static const char *const wording_names[] = { "number", "subject",  "customer", "agent",
                                             "by",     "opens",    "level",    "level_name",
                                             "status", "target",   "reason",   "text",
                                             "state",  "handover", "question", "articles",
                                             "desk" };
enum { WORDING_NAMES = sizeof(wording_names) / sizeof(wording_names[0]) };

static int wording_name(const char *name, size_t len)
{
    int i;

    for (i = 0; i < WORDING_NAMES; i++)
        if (strlen(wording_names[i]) == len && memcmp(wording_names[i], name, len) == 0)
            return i;
    return -1;
}

/* A line each, and where it is on the next; in a line the best alone. */
static const char *wording_articles(const struct wording_scene *s)
{
    const struct hint *h = s->facts->hints;
    const char *text = "";
    size_t i;

    if (s->facts->hint_count == 0)
        return NULL;
    if (!s->letter)
        return arena_printf(s->a, "%s %s", h->title, h->url);
    for (i = 0; i < s->facts->hint_count; i++)
        text = arena_printf(s->a, "%s%s- %s\n  %s", text, i == 0 ? "" : "\n", h[i].title, h[i].url);
    return text;
}

/* NULL: there is nothing to say. In the order of wording_names. */
static const char *wording_value(const struct wording_scene *s, int name)
{
    const struct wording_facts *f = s->facts;
    int state;

    switch (name) {
    case 0:
        return wording_number(s->a, f->number);
    case 1:
        return f->subject == NULL ? "" : f->subject;
    case 2:
        return f->customer;
    case 3:
        return f->agent;
    case 4:
        return wording_time(s, f->by_at);
    case 5:
        return wording_time(s, f->opens_at);
    case 6:
        return wording_number(s->a, f->level);
    case 7:
        return f->level_name;
    case 8:
        return ticket_status_name(f->status);
    case 9:
        return wording_target(s->language, f->target);
    case 10:
        return f->reason;
    case 11:
        return f->text;
    case 12:
        state = f->reason == NULL ? -1 : ticket_status_find(f->reason);
        return state < 0 ? NULL
                         : (wording_is_spanish(s->language) ? wording_states_es
                                                            : wording_states_en)[state];
    case 13:
        return f->handover;
    case 14:
        return f->question;
    case 15:
        return wording_articles(s);
    default:
        return s->policy->desk_title == NULL ? "" : s->policy->desk_title;
    }
}

/* Up to `end`; false: a name had nothing to say. Unknown names stay as they are written. */
static bool wording_fill(const struct wording_scene *s, const char *p, const char *end,
                         struct text_buffer *out)
{
    bool whole = true;
    const char *close, *value;
    int name;

    while (p < end) {
        close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
        name = close == NULL ? -1 : wording_name(p + 1, (size_t)(close - p - 1));
        if (name < 0) {
            text_buffer_add(out, p++, 1);
            continue;
        }
        value = wording_value(s, name);
        if (value == NULL)
            whole = false;
        else
            text_buffer_puts(out, value);
        p = close + 1;
    }
    return whole;
}

/* A bracket holds an optional sentence only if a name is in it; "[#{number}]" is what it looks
 * like. */
static const char *wording_option_end(const char *p)
{
    const char *close = p[0] == '[' && p[1] != '#' ? strchr(p, ']') : NULL;

    return close != NULL && memchr(p, '{', (size_t)(close - p)) != NULL ? close : NULL;
}

static const char *wording_expand(const struct wording_scene *s, const char *text)
{
    struct text_buffer out = { 0 };
    const char *p = text, *close, *next;
    size_t before;
    char *kept;

    while (*p != '\0') {
        close = wording_option_end(p);
        if (close != NULL) {
            before = out.len;
            if (!wording_fill(s, p + 1, close, &out) && out.ptr != NULL) {
                out.len = before;
                out.ptr[before] = '\0';
            }
            p = close + 1;
            continue;
        }
        for (next = p + 1; *next != '\0' && wording_option_end(next) == NULL; next++)
            ;
        wording_fill(s, p, next, &out);
        p = next;
    }
    kept = arena_strndup(s->a, out.ptr, out.len);
    text_buffer_clear(&out);
    return kept;
}

int wording_check(const char *text, struct error *err)
{
    const char *p = text, *close;

    while ((p = strchr(p, '{')) != NULL) {
        close = strchr(p, '}');
        if (close == NULL)
            return error_set(err, ERROR_PERMANENT, "a '{' without its '}'");
        if (wording_name(p + 1, (size_t)(close - p - 1)) < 0)
            return error_set(err, ERROR_PERMANENT, "no such name: %.*s}",
                             (int)(close - p > 40 ? 40 : close - p), p);
        p = close + 1;
    }
    return 0;
}

/* --- which ones
 * --------------------------------------------------------------------------------------- */

const char *wording_language_of(const struct policy *p, enum notice notice, const char *wanted)
{
    const struct policy_notice *n = &p->notices[notice];
    size_t i;

    if (wanted == NULL)
        return p->language;
    for (i = 0; i < n->wording_count; i++)
        if (strcmp(n->languages[i], wanted) == 0)
            return wanted;
    return wording_language(p, wanted);
}

static struct wording wording_pick(const struct policy_notice *own, enum notice notice,
                                   const char *language)
{
    struct wording w = wording_is_spanish(language) ? wording_es[notice] : wording_en[notice];
    size_t i;

    for (i = 0; i < own->wording_count; i++) {
        if (strcmp(own->languages[i], language) != 0)
            continue;
        if (own->subjects[i] != NULL)
            w.subject = own->subjects[i];
        if (own->letters[i] != NULL)
            w.letter = own->letters[i];
        if (own->lines[i] != NULL)
            w.line = own->lines[i];
    }
    return w;
}

/* What the desk's own words do not name comes after them; the shipped ones name all. */
static const char *wording_add(const struct wording_scene *s, enum notice notice, const char *words,
                               const char *name, const char *sentence)
{
    bool first = notice == NOTICE_RECEIVED || notice == NOTICE_RECEIVED_CLOSED;

    return !first || strstr(words, name) != NULL
               ? words
               : arena_printf(s->a, "%s[%s%s]", words, s->letter ? "\n\n" : " ", sentence);
}

static const char *wording_say(const struct wording_scene *s, enum notice notice, const char *words)
{
    if (s->facts->question != NULL)
        words = wording_add(s, notice, words, "{question}", "{question}");
    if (s->facts->hint_count > 0)
        words = wording_add(s, notice, words, "{articles}", "{articles}");
    return wording_expand(s, words);
}

/* An article for which there is no room is left out. */
static const char *wording_line(const struct wording_scene *s, enum notice notice,
                                const char *words)
{
    const char *line = wording_say(s, notice, words);
    struct wording_facts less = *s->facts;
    struct wording_scene shorter = *s;

    if (less.hint_count == 0 || g_utf8_strlen(line, -1) <= WORDING_LINE_MAX)
        return line;
    less.hint_count = 0;
    shorter.facts = &less;
    return wording_say(&shorter, notice, words);
}

/* "evil.example", but not "J. R." nor "J.R.". */
static bool wording_is_linked(const char *dot)
{
    gunichar first = g_utf8_get_char(dot + 1);

    return g_unichar_isalpha(first) &&
           g_unichar_isalpha(g_utf8_get_char(g_utf8_next_char(dot + 1)));
}

const char *wording_greeted(const char *name)
{
    const char *p;
    int letters = 0;

    for (p = name == NULL ? "" : name; *p != '\0'; p = g_utf8_next_char(p)) {
        if (++letters > WORDING_NAME_MAX || g_unichar_isdigit(g_utf8_get_char(p)) ||
            strchr("@/\\:<>", *p) != NULL || (*p == '.' && wording_is_linked(p)))
            return NULL;
    }
    return name;
}

void wording_render(const struct policy *policy, enum notice notice, const char *language,
                    bool letter, const struct wording_facts *facts, struct arena *a,
                    const char **subject, const char **text)
{
    const struct policy_notice *own = &policy->notices[notice];
    struct wording_scene scene = { policy, facts, wording_language_of(policy, notice, language), a,
                                   letter };
    struct wording w = wording_pick(own, notice, scene.language);

    *subject = letter ? text_clean_line(a, span_of(wording_expand(&scene, w.subject)), 400) : "";
    *text = letter ? wording_say(&scene, notice, w.letter) : wording_line(&scene, notice, w.line);
}

const char *wording_files(const struct policy *policy, const char *language, bool elsewhere,
                          const char *names, struct arena *a)
{
    static const char *const words[2][2] = {
        { "[Not attached: %s. Ask us for it another way.]",
          "[With this answer goes a file that does not fit into this channel: %s. Ask us for it by "
          "mail.]" },
        { "[No va adjunto: %s. Pídanoslo por otra vía.]",
          "[Esta respuesta lleva un archivo que no cabe en este canal: %s. Pídanoslo por "
          "correo.]" },
    };
    bool spanish = wording_is_spanish(wording_language(policy, language));
    const char *text = words[spanish][elsewhere], *at = strstr(text, "%s");

    return arena_printf(a, "%.*s%s%s", (int)(at - text), text, names, at + 2);
}
