#include "channels/mail_quote_name.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    NAME_MAX_LEN = 80,
    NAME_LEAST = 2, /* bytes of a name; one letter is none */
    RULE_LEAST = 2, /* signs */
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

struct span mail_quote_name_strip(struct span reply, struct span sender)
{
    struct span rest = reply, name = take_last(&rest), words;

    if (name.len > NAME_MAX_LEN || sender.len > NAME_MAX_LEN || !is_name_of(name, sender) ||
        mail_quote_line_rule(take_last(&rest), RULE_LEAST) == 0)
        return reply;
    words = span_trim(rest);
    if (words.len == 0 || words.ptr[words.len - 1] == ':' || is_ruled(words))
        return reply;
    return words;
}
