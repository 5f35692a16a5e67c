#include "channels/mail_quote_name.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_card.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_sender.h"

enum {
    NAME_MAX_LEN = 80,
    RULE_LEAST = 2, /* signs */
    CARD_LINES = 6,
    CARD_LINE_MAX = 60,
    SENTENCE_BLANKS = 2, /* at the least */
};

/* Takes the last line that is not blank off *s; empty: there is none. */
static struct span take_last(struct span *s)
{
    struct span line;
    const char *lf;

    *s = span_trim(*s);
    lf = memrchr(s->ptr, '\n', s->len);
    line = lf != NULL ? (struct span){ lf + 1, s->len - (size_t)(lf + 1 - s->ptr) } : *s;
    s->len -= line.len;
    return mail_quote_line_trim(line);
}

/* Does any line of it hold nothing but a rule? */
static bool is_ruled(struct span s)
{
    while (s.len > 0)
        if (mail_quote_line_rule(take_last(&s), RULE_LEAST) != 0)
            return true;
    return false;
}

/* "+1 555 0100", "eva@example.org", "www.example.org" */
static bool is_contact(struct span line)
{
    if (text_is_digit(line.ptr[0]) || strchr("+(", line.ptr[0]) != NULL)
        return true;
    return memchr(line.ptr, ' ', line.len) == NULL &&
           (memchr(line.ptr, '@', line.len) != NULL || memchr(line.ptr, '.', line.len - 1) != NULL);
}

static bool is_of_card(struct span line)
{
    if (line.len == 0 || line.len > CARD_LINE_MAX ||
        !(mail_quote_line_begins_upper(line) || is_contact(line)))
        return false;
    if (line.ptr[line.len - 1] == '.' && mail_quote_line_blanks(line) >= SENTENCE_BLANKS)
        return false;
    return strchr("!?:;", line.ptr[line.len - 1]) == NULL && !mail_quote_person_speaks(line) &&
           !mail_quote_card_names_case(line);
}

/* Who has signed with his name, and stands below a rule with the whole of it, has a card there. */
static struct span strip_card(struct span reply, struct span sender)
{
    struct span rest = reply, line = take_last(&rest), first = line, words;
    size_t n;

    for (n = 0; n < CARD_LINES && is_of_card(line); n++) {
        first = line;
        line = take_last(&rest);
    }
    if (n == 0 || mail_quote_line_rule(line, RULE_LEAST) == 0 || first.len > NAME_MAX_LEN ||
        memchr(first.ptr, ' ', first.len) == NULL || !mail_quote_sender_signs(first, sender))
        return reply;
    words = span_trim(rest);
    line = take_last(&rest);
    if (span_trim(rest).len == 0 || !mail_quote_sender_signs(line, sender) || is_ruled(words))
        return reply;
    return words;
}

struct span mail_quote_name_strip(struct span reply, struct span sender)
{
    struct span rest = reply, name = take_last(&rest), words;

    if (sender.len > NAME_MAX_LEN)
        return reply;
    if (name.len > NAME_MAX_LEN || !mail_quote_sender_signs(name, sender) ||
        mail_quote_line_rule(take_last(&rest), RULE_LEAST) == 0)
        return strip_card(reply, sender);
    words = span_trim(rest);
    if (words.len == 0 || words.ptr[words.len - 1] == ':' || is_ruled(words))
        return reply;
    return words;
}
