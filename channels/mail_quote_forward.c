#include "channels/mail_quote_forward.h"

#include "channels/mail_lines.h"
#include "channels/mail_quote_block.h"
#include "channels/mail_quote_history.h"
#include "channels/mail_quote_intro.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_mark.h"
#include "channels/mail_quote_words_separator.h"

/* "---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:". */
static bool is_forward_title(const struct mail_lines *l, size_t i)
{
    struct span s = mail_quote_line_trim(mail_lines_at(l, i)),
                words = mail_quote_line_between_dashes(s);
    char folded[LINE_READ_MAX + 8];
    bool dashed = words.len > 0;

    if (s.len < 4 || s.len > (dashed ? MAIL_QUOTE_TITLE_LINE_MAX : MAIL_QUOTE_BEGIN_LINE_MAX))
        return false;
    words = mail_quote_line_fold(dashed ? words : s, folded, sizeof(folded));
    return mail_quote_words_separator_forwards(words) &&
           (dashed ? mail_quote_words_separator_opens(words)
                   : mail_quote_words_separator_is_beginning(words));
}

/* Of a mail that is passed on without its header: "10.07.2026, 10:00, Eva <eva@example.org>:". */
static bool tells_who_and_when(struct span line)
{
    unsigned is = mail_quote_line_read(line);

    return (is & LINE_ADDRESS) != 0 && (is & (LINE_TIME | LINE_DATE)) != 0;
}

/* Is there a mail's header below, marked as quoted or not? */
static bool heads_mail(const struct mail_lines *l, size_t from)
{
    size_t end =
               l->count - from < MAIL_QUOTE_BLOCK_LINES ? l->count : from + MAIL_QUOTE_BLOCK_LINES,
           i;
    bool apart = true;
    unsigned keys = 0;

    for (i = from; i < end; i++) {
        struct span s, value;
        enum mail_quote_key key;

        mail_quote_line_depth(mail_lines_at(l, i), &s);
        key = mail_quote_line_key(s, &value);
        if (i == from && key == QUOTE_KEY_NONE && tells_who_and_when(s))
            return true;
        if (key == QUOTE_KEY_NONE && apart && mail_quote_line_trim(s).len > 0)
            break;
        apart = mail_quote_line_trim(s).len == 0;
        keys |= mail_quote_words_key_set(key);
    }
    return (keys & 1u << QUOTE_KEY_FROM) != 0 &&
           (keys & (1u << QUOTE_KEY_SENT | 1u << QUOTE_KEY_SUBJECT | 1u << QUOTE_KEY_TO)) != 0;
}

static size_t find_forward(const struct mail_lines *l)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (!mail_lines_is(l, i, LINE_IS_BLANK) && is_forward_title(l, i) &&
            heads_mail(l, mail_lines_next_words(l, i + 1, MAIL_LINES_QUOTE_WITHIN)))
            break;
    return i;
}

/* Nothing but the writer's own words up to `end`? */
static bool is_own_until(struct mail_lines *l, size_t end)
{
    struct mail_quote_history history;
    size_t i = 0;

    while (i < end) {
        history = (struct mail_quote_history){ 0 };
        if (!mail_lines_is(l, i, LINE_IS_BLANK))
            history = mail_quote_history_at(l, i);
        if (history.begins || mail_lines_is(l, i, LINE_IS_QUOTED))
            return false;
        i = history.skip > i ? history.skip : i + 1;
    }
    return true;
}

bool mail_quote_forwards(struct span text)
{
    struct mail_lines l = mail_lines_split(text);
    size_t title = find_forward(&l);
    bool forwards = title < l.count;

    if (forwards) {
        mail_quote_mark_find(&l);
        mail_quote_intro_find(&l);
        mail_quote_history_find(&l);
        forwards = !mail_lines_is(&l, title, LINE_IS_QUOTED) && is_own_until(&l, title);
    }
    mail_lines_clear(&l);
    return forwards;
}
