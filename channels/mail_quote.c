#include "channels/mail_quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

enum { HEADER_BLOCK_LINES = 6, PHONE_LINE_MAX = 80 };

struct lines {
    struct span *all;
    size_t count;
};

/* Beginnings, with the colon, of the first line of a header block that mail programs put. */
static const char *const from_keys[] = { "From:", "De:", "Von:", "Da:", "Van:", "De :", NULL };
static const char *const other_keys[] = {
    "Sent:",      "To:",      "Subject:",   "Date:", "Cc:",         "Enviado:",    "Enviado el:",
    "Para:",      "Asunto:",  "Fecha:",     "CC:",   "Gesendet:",   "An:",         "Betreff:",
    "Datum:",     "Envoyé :", "Envoyé:",    "À :",   "À:",          "Objet :",     "Objet:",
    "Inviato:",   "A:",       "Oggetto:",   "Data:", "Enviada em:", "Enviado em:", "Assunto:",
    "Verzonden:", "Aan:",     "Onderwerp:", NULL,
};
static const char *const separators[] = {
    "Original Message",        "Forwarded message",
    "Mensaje original",        "Mensaje reenviado",
    "Ursprüngliche Nachricht", "Weitergeleitete Nachricht",
    "Message d'origine",       "Message transféré",
    "Messaggio originale",     "Messaggio inoltrato",
    "Mensagem original",       "Mensagem encaminhada",
    "Oorspronkelijk bericht",  NULL,
};
static const char *const verbs[] = { "wrote",    "escribió",   "schrieb", "a écrit",
                                     "escreveu", "ha scritto", "schreef", NULL };
static const char *const phones[] = { "Sent from my ",
                                      "Get Outlook for ",
                                      "Enviado desde mi ",
                                      "Von meinem ",
                                      "Envoyé de mon ",
                                      "Inviato da ",
                                      "Enviado do meu ",
                                      "Gesendet von ",
                                      "Verzonden vanaf ",
                                      "Enviado desde Out",
                                      NULL };

static bool has(struct span s, const char *word)
{
    return memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

static bool has_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (has(s, *words))
            return true;
    }
    return false;
}

static bool begins_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (s.len >= strlen(*words) && memcmp(s.ptr, *words, strlen(*words)) == 0)
            return true;
    }
    return false;
}

static struct lines split(struct span text)
{
    struct lines l = { .count = 1 };
    size_t i, begin = 0, n = 0;

    for (i = 0; i < text.len; i++)
        l.count += text.ptr[i] == '\n';
    l.all = xcalloc(l.count, sizeof(*l.all));
    for (i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n')
            continue;
        l.all[n++] = (struct span){ text.ptr + begin, i - begin };
        begin = i + 1;
    }
    return l;
}

static bool is_quoted(struct span line)
{
    struct span s = span_trim(line);

    return s.len > 0 && s.ptr[0] == '>';
}

/* Outlook's "From: Sent: To: Subject:", or dashes around "Original Message" in some language. */
static bool is_history(const struct lines *l, size_t at)
{
    struct span s = span_trim(l->all[at]);
    size_t i, found = 0;

    if (s.len > 4 && memcmp(s.ptr, "--", 2) == 0 && has_any(s, separators))
        return true;
    if (!begins_any(s, from_keys))
        return false;
    for (i = at + 1; i < l->count && i < at + HEADER_BLOCK_LINES; i++)
        found += begins_any(span_trim(l->all[i]), other_keys);
    return found >= 2;
}

static bool is_intro(struct span s)
{
    return has(s, "@") || has_any(s, verbs);
}

static void drop_blank(struct lines *kept)
{
    while (kept->count > 0 && span_trim(kept->all[kept->count - 1]).len == 0)
        kept->count--;
}

/* "On … wrote:" stands above a quotation, over one line or two. */
static void drop_intro(struct lines *kept)
{
    struct lines k = *kept;
    struct span last, before = { NULL, 0 };

    drop_blank(&k);
    if (k.count == 0)
        return;
    last = span_trim(k.all[k.count - 1]);
    if (last.ptr[last.len - 1] != ':')
        return;
    if (k.count > 1)
        before = span_trim(k.all[k.count - 2]);
    if (!is_intro(last) && !(before.len > 0 && is_intro(before)))
        return;
    k.count--;
    if (before.len > 0 && has(before, "@") && !has(last, "@"))
        k.count--;
    *kept = k;
}

static bool is_rule(struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] != '_')
            return false;
    }
    return true;
}

/* A line of underscores belongs to the header block below it, a phone's line to nobody. */
static void drop_tail(struct lines *kept)
{
    struct span last;

    for (;;) {
        drop_blank(kept);
        if (kept->count < 2)
            return;
        last = span_trim(kept->all[kept->count - 1]);
        if (!is_rule(last) && !(last.len <= PHONE_LINE_MAX && begins_any(last, phones)))
            return;
        kept->count--;
    }
}

/* `said`: there are words since the last quotation. An intro is looked for only then, so that a
 * stranger's thousand quotations do not make us search the same lines a thousand times. */
static void keep_own(const struct lines *l, struct lines *kept)
{
    bool signature = false, said = false;
    size_t i;

    for (i = 0; i < l->count && !is_history(l, i); i++) {
        struct span s = span_trim(l->all[i]);

        if (is_quoted(l->all[i])) {
            if (said && !signature)
                drop_intro(kept);
            said = signature = false;
            continue;
        }
        signature = signature || span_is(s, "--");
        if (signature)
            continue;
        said = said || s.len > 0;
        kept->all[kept->count++] = l->all[i];
    }
    drop_tail(kept);
}

static void keep_unmarked(const struct lines *l, struct lines *kept)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (!is_quoted(l->all[i]))
            kept->all[kept->count++] = l->all[i];
    }
}

static const char *join(struct arena *a, const struct lines *l)
{
    struct text_buffer b = { 0 };
    struct span trimmed;
    const char *out;
    size_t i;

    for (i = 0; i < l->count; i++) {
        text_buffer_add(&b, l->all[i].ptr, l->all[i].len);
        text_buffer_add(&b, "\n", 1);
    }
    trimmed = span_trim((struct span){ b.ptr, b.len });
    out = trimmed.len > 0 ? arena_strndup(a, trimmed.ptr, trimmed.len) : "";
    text_buffer_clear(&b);
    return out;
}

const char *mail_quote_reply(struct arena *a, struct span text)
{
    struct lines l = split(text), kept = { 0 };
    const char *out;

    kept.all = xcalloc(l.count, sizeof(*kept.all));
    keep_own(&l, &kept);
    drop_blank(&kept);
    if (kept.count == 0)
        keep_unmarked(&l, &kept);
    out = join(a, &kept);
    free(kept.all);
    free(l.all);
    return out;
}
