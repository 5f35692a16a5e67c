#include "channels/mail_quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail_armour.h"
#include "channels/mail_lines.h"
#include "channels/mail_quote_fence.h"
#include "channels/mail_quote_history.h"
#include "channels/mail_quote_intro.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_mark.h"
#include "channels/mail_quote_notice.h"
#include "channels/mail_quote_signature.h"
#include "core/arena.h"

enum {
    TOKEN_LEAST = 12, /* bytes of a help desk's token between brackets */
    TOKEN_DIGITS = 3, /* in it, at the least */
};

/* Indices of the lines that stay. */
struct kept {
    uint32_t *line;
    size_t count;
};

/* "[ref:_00D1:ref]", what a help desk knows its mail by. */
static bool is_token(struct span s)
{
    size_t i, digits = 0;

    if (s.len < TOKEN_LEAST || s.ptr[0] != '[' || memchr(s.ptr, ']', s.len) != s.ptr + s.len - 1)
        return false;
    for (i = 0; i < s.len; i++)
        digits += text_is_digit(s.ptr[i]);
    return digits >= TOKEN_DIGITS &&
           (memchr(s.ptr, ':', s.len) != NULL || memchr(s.ptr, '=', s.len) != NULL);
}

/* What stands last and is nobody's words: rules, the title above a header block, and the token
 * above a help desk's marker. */
static void drop_tail(struct mail_lines *l, struct kept *k, bool cut, bool marker)
{
    size_t last = k->count > 0 ? k->line[k->count - 1] : 0;

    if (marker && k->count > 1 && is_token(mail_quote_line_trim(mail_lines_at(l, last))))
        k->count--;
    while (k->count > 0) {
        size_t i = k->line[k->count - 1];
        struct span s = mail_quote_line_trim(mail_lines_at(l, i)),
                    title = mail_quote_line_between_dashes(s);
        bool titled = cut && title.len > 0 && title.ptr + title.len < s.ptr + s.len;

        if (s.len > 0 && !(k->count > 1 && (mail_lines_is_rule(l, i, 2) || titled)))
            return;
        k->count--;
    }
}

static void keep_own(struct mail_lines *l, struct kept *k)
{
    struct mail_quote_drawn above = { 0 };
    bool signature = false, program = false, cut = false;
    struct mail_quote_history history = { 0 };
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (mail_lines_is(l, i, LINE_IS_BLANK | LINE_IS_FENCED)) {
            if (!signature)
                k->line[k->count++] = (uint32_t)i;
            continue;
        }
        if (mail_lines_is(l, i, LINE_IS_QUOTED)) {
            signature = program = false;
            continue;
        }
        history = mail_quote_history_at(l, i);
        if (history.marker && mail_lines_next_words(l, 0, i + 1) == i)
            continue; /* he answers below it, or nothing is his */
        cut = history.begins;
        if (cut)
            break;
        if (history.skip > 0) {
            i = history.skip - 1;
            continue;
        }
        if (history.words > 0) {
            l->all[i].len = (uint32_t)history.words;
            cut = !mail_lines_quotes_from(l, i + 1);
        }
        signature = signature ? !mail_quote_signature_has_postscript(l, i)
                              : mail_quote_signature_begins(l, i, &above);
        program = !signature && (mail_quote_signature_is_program(l, i) ||
                                 (program && mail_quote_mark_is_link(mail_lines_at(l, i))));
        if (!signature && !program)
            k->line[k->count++] = (uint32_t)i;
        cut = cut || (mail_lines_is(l, i, LINE_IS_CUT) && !mail_lines_quotes_from(l, i + 1) &&
                      mail_lines_is(l, i, LINE_IS_STRONG));
        if (cut)
            break;
    }
    drop_tail(l, k, cut, cut && history.marker);
}

/* All but what is marked as quoted, and what introduces that. */
static void keep_unmarked(struct mail_lines *l, struct kept *k)
{
    size_t i, end;

    for (i = 0; i < l->count; i++) {
        if (mail_lines_is(l, i, LINE_IS_INTRO)) {
            for (end = i; end < l->count && mail_lines_is(l, end, LINE_IS_INTRO); end++)
                ;
            if (mail_lines_quotes_from(l, end)) {
                i = end - 1;
                continue;
            }
        }
        if (!mail_lines_is(l, i, LINE_IS_QUOTED))
            k->line[k->count++] = (uint32_t)i;
    }
}

/* `own`: the lines are the writer's own, and not a mail that is passed on as it came. */
static const char *join(struct arena *a, const struct mail_lines *l, const struct kept *k, bool own)
{
    struct text_buffer b = { 0 };
    struct span trimmed;
    const char *out;
    size_t i;

    for (i = 0; i < k->count; i++) {
        struct span s = mail_lines_at(l, k->line[i]);

        text_buffer_add(&b, s.ptr, s.len);
        text_buffer_add(&b, "\n", 1);
    }
    trimmed = span_trim((struct span){ b.ptr, b.len });
    if (own)
        trimmed = span_trim(mail_quote_notice_strip(trimmed));
    out = trimmed.len > 0 ? arena_strndup(a, trimmed.ptr, trimmed.len) : "";
    text_buffer_clear(&b);
    return out;
}

const char *mail_quote_reply(struct arena *a, struct span text, struct mail_quote_sender sender)
{
    struct mail_lines l = mail_lines_split(mail_armour_open(a, text));
    struct kept k = { xcalloc(l.count, sizeof(*k.line)), 0 };
    const char *out;
    bool own;

    l.sender = sender;
    mail_quote_mark_find(&l);
    mail_quote_fence_find(&l);
    mail_quote_intro_find(&l);
    mail_quote_history_find(&l);
    keep_own(&l, &k);
    own = k.count > 0;
    if (!own)
        keep_unmarked(&l, &k);
    out = join(a, &l, &k, own);
    free(k.line);
    mail_lines_clear(&l);
    return out;
}
