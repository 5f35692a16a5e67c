#include "channels/mail_quote_name.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_card.h"
#include "channels/mail_quote_line.h"
#include "channels/mail_quote_person.h"

enum {
    NAME_MAX_LEN = 80,
    NAME_LEAST = 2, /* bytes of a name; one letter is none */
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

/* "example, eva", as directories have it, is "eva example". */
static struct span turn(struct span name, char room[NAME_MAX_LEN + 8])
{
    const char *comma = memmem(name.ptr, name.len, ", ", 2);
    size_t last, first;

    if (comma == NULL)
        return name;
    last = (size_t)(comma - name.ptr);
    first = name.len - last - 2;
    if (first == 0 || last == 0 || memchr(comma + 2, ',', first) != NULL)
        return name;
    memcpy(room, comma + 2, first);
    room[first] = ' ';
    memcpy(room + first + 1, name.ptr, last);
    return (struct span){ room, first + 1 + last };
}

static bool is_name_of(struct span line, struct span sender)
{
    char a[NAME_MAX_LEN + 8], b[NAME_MAX_LEN + 8], c[NAME_MAX_LEN + 8];
    struct span s = mail_quote_line_fold(line, a, sizeof(a)),
                name = turn(mail_quote_line_fold(sender, b, sizeof(b)), c);
    const char *first = memchr(name.ptr, ' ', name.len), *last = memrchr(name.ptr, ' ', name.len);

    if (s.len < NAME_LEAST)
        return false;
    if (span_equal(s, name))
        return true;
    return first != NULL &&
           (span_equal(s, (struct span){ name.ptr, (size_t)(first - name.ptr) }) ||
            span_equal(s, (struct span){ last + 1, name.len - (size_t)(last + 1 - name.ptr) }));
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
        memchr(first.ptr, ' ', first.len) == NULL || !is_name_of(first, sender))
        return reply;
    words = span_trim(rest);
    line = take_last(&rest);
    if (span_trim(rest).len == 0 || !is_name_of(line, sender) || is_ruled(words))
        return reply;
    return words;
}

struct span mail_quote_name_strip(struct span reply, struct span sender)
{
    struct span rest = reply, name = take_last(&rest), words;

    if (sender.len > NAME_MAX_LEN)
        return reply;
    if (name.len > NAME_MAX_LEN || !is_name_of(name, sender) ||
        mail_quote_line_rule(take_last(&rest), RULE_LEAST) == 0)
        return strip_card(reply, sender);
    words = span_trim(rest);
    if (words.len == 0 || words.ptr[words.len - 1] == ':' || is_ruled(words))
        return reply;
    return words;
}
