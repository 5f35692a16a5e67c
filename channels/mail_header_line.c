#include "channels/mail_header_line.h"

#include <ctype.h>
#include <string.h>

static bool ends_with(struct span s, char c)
{
    s = span_trim(s);
    return s.len > 0 && s.ptr[s.len - 1] == c;
}

/* How many letters, digits or stars the line opens with before a "=". */
static size_t parameter(struct span line)
{
    size_t n = 0;

    while (n < line.len && (isalnum((unsigned char)line.ptr[n]) || line.ptr[n] == '*'))
        n++;
    return n < line.len && line.ptr[n] == '=' ? n : 0;
}

static bool is_id(struct span line)
{
    line = span_trim(line);
    return line.len > 2 && line.ptr[0] == '<' && line.ptr[line.len - 1] == '>' &&
           memchr(line.ptr, '@', line.len) != NULL;
}

/* "by b.org with SMTP; ...", and no "by the way": a hop's second word is a name of machines. */
static bool is_hop(struct span line)
{
    static const char *const sure[] = { "for <", "(", NULL };
    static const char *const hops[] = { "by ", "id ", "with ", "via ", NULL };
    static const char *const more[] = { "smtp", "lmtp", "http", " id ", "); ", NULL };
    const char *word, *end = line.ptr + line.len;

    if (span_begins_any(line, sure))
        return true;
    if (!span_begins_any(line, hops))
        return false;
    if (span_holds_any(line, more))
        return true;
    for (word = (const char *)memchr(line.ptr, ' ', line.len) + 1; word < end && *word != ' ';
         word++)
        if (text_is_digit(*word) || (*word == '.' && word + 1 < end && word[1] != ' '))
            return true;
    return false;
}

/* What a signature is written in, and few words are. */
static bool is_encoded(struct span line)
{
    size_t n = 0;

    line = span_trim(line);
    while (n < line.len && (isalnum((unsigned char)line.ptr[n]) ||
                            (line.ptr[n] != '\0' && strchr("+/=:;-", line.ptr[n]) != NULL)))
        n++;
    return n == line.len;
}

/* "by b.org with SMTP; ...", "bh=...", what a signature goes on with: no words of a body. */
static bool is_of_trace(struct span name, struct span line)
{
    static const char *const signatures[] = { "DKIM-", "ARC-", "DomainKey-", NULL };

    if (span_begins(name, "Received"))
        return is_hop(line);
    if (!span_begins_any(name, signatures))
        return false;
    return (parameter(line) > 0 && parameter(line) < 4) || is_encoded(line);
}

/* Does the line close an address that the value above opened, "D <d@" or "\"Mary", and was cut in?
 */
static bool closes(struct span value, struct span line)
{
    enum { OPEN_MAX = 1000 }; /* bytes that are searched for what is open */
    const char *open, *end = memchr(line.ptr, '>', line.len), *p;
    size_t quotes = 0, i;

    if (value.len > OPEN_MAX || end == NULL)
        return false;
    for (i = 0; i < value.len; i++)
        quotes += value.ptr[i] == '"';
    if (quotes % 2 != 0) { /* what comes is the name's end, and the address, if none was met */
        open = memrchr(value.ptr, '"', value.len);
        return memchr(open, '@', (size_t)(value.ptr + value.len - open)) == NULL &&
               (p = memchr(line.ptr, '"', line.len)) != NULL && p < end &&
               memchr(p, '@', (size_t)(end - p)) != NULL;
    }
    open = value.len > 0 ? memrchr(value.ptr, '<', value.len) : NULL;
    if (open == NULL || memchr(open, '>', (size_t)(value.ptr + value.len - open)) != NULL)
        return false;
    if (span_trim(line).ptr == end && span_trim(line).len > 1 && strchr(",;", end[1]) == NULL)
        return false;                           /* "> Hello": a quoted line */
    for (p = span_trim(line).ptr; p < end; p++) /* an address has neither blanks nor brackets */
        if (*p == ' ' || *p == '<')
            return false;
    return true;
}

size_t mail_header_line_name(struct span line)
{
    size_t n = 0, colon;

    while (n < line.len && line.ptr[n] > ' ' && line.ptr[n] < 0x7f && line.ptr[n] != ':')
        n++;
    for (colon = n; colon < line.len && (line.ptr[colon] == ' ' || line.ptr[colon] == '\t');
         colon++)
        ;
    return colon < line.len && line.ptr[colon] == ':' ? n : 0;
}

/* ":)", ";-(": of a face, and no bracket. */
static bool is_mouth(struct span value, size_t i)
{
    return i > 0 &&
           (memchr(":;", value.ptr[i - 1], 2) != NULL ||
            (i > 1 && value.ptr[i - 1] == '-' && memchr(":;", value.ptr[i - 2], 2) != NULL));
}

/* Is a bracket, a quote or a list begun in the value, and not ended? */
static bool leaves_open(struct span value)
{
    size_t depth = 0, i;
    bool quoted = false;

    for (i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c == '\\')
            i++;
        else if (c == '"' && depth == 0)
            quoted = !quoted;
        else if (c == '(' && !quoted)
            depth += !is_mouth(value, i);
        else if (c == ')' && !quoted && depth > 0)
            depth -= !is_mouth(value, i);
    }
    return quoted || depth > 0 || ends_with(value, ',');
}

/* The next line, without its CR; empty at the end too. */
static struct span next_line(struct span s, size_t *at)
{
    struct span line = { "", 0 };

    if (span_line(s, at, &line) && line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* As a sentence of a person ends. */
static bool ends_sentence(struct span line)
{
    return ends_with(line, '.') || ends_with(line, '!') || ends_with(line, '?');
}

bool mail_header_line_is_of_open(const struct mail_field *above, struct span rest)
{
    enum { LINES_MAX = 20, VALUE_MAX = 2000 }; /* lines below, bytes of the value with them */
    static const char *const programs[] = { "X-",       "User-Agent", "Received", "Authentication-",
                                            "Content-", "Date",       "List-",    NULL };
    struct span value = above->value, line = { "", 0 }, below;
    size_t at = 0;
    int lines;

    if (!span_begins_any(above->name, programs))
        return false;
    for (lines = 0; value.len <= VALUE_MAX && leaves_open(value); lines++) {
        line = next_line(rest, &at);
        if (lines == LINES_MAX || line.len == 0 || mail_header_line_name(line) > 0)
            return false;
        value.len = (size_t)(line.ptr + line.len - value.ptr);
    }
    if (lines == 0 || value.len > VALUE_MAX)
        return false;
    below = next_line(rest, &at);
    if (below.len > 0)
        return mail_header_line_name(below) > 0;
    return !ends_sentence(line) && span_trim((struct span){ rest.ptr + at, rest.len - at }).len > 0;
}

bool mail_header_line_goes_on(const struct mail_field *above, struct span line, bool no_field)
{
    static const char *const typed[] = { "Content-Type", "Content-Disposition", NULL };
    static const char *const people[] = { "To", "Cc", "Bcc", "From", "Reply-To", NULL };
    static const char *const ids[] = { "Message-ID", "In-Reply-To", "References", NULL };

    if (span_same_any(above->name, typed) && parameter(line) > 0 && ends_with(above->value, ';'))
        return true;
    if (!no_field)
        return false;
    if (span_begins(above->name, "X-") && span_trim(above->value).len == 0)
        return true;
    if (span_same_any(above->name, people) && ends_with(above->value, ','))
        return memchr(line.ptr, '@', line.len) != NULL;
    if ((span_same_any(above->name, people) || span_same_any(above->name, ids)) &&
        closes(above->value, line))
        return true;
    if (span_same_any(above->name, ids))
        return is_id(line);
    return mail_header_word(line) > 0 || is_of_trace(above->name, line);
}

unsigned mail_header_line_once(struct span name)
{
    static const char *const fields[] = { "Cc",         "Date",         "From",     "In-Reply-To",
                                          "Message-ID", "MIME-Version", "Reply-To", "Sender",
                                          "Subject",    "To",           NULL };
    unsigned i;

    for (i = 0; fields[i] != NULL; i++)
        if (span_same(name, fields[i]))
            return 1U << i;
    return 0;
}

bool mail_header_line_is_of_who_or_what(struct span name)
{
    static const char *const fields[] = { "From", "Subject", NULL };

    return span_same_any(name, fields);
}

/* "10:15" */
static bool has_time(struct span s)
{
    size_t i;

    for (i = 1; i + 2 < s.len; i++)
        if (s.ptr[i] == ':' && text_is_digit(s.ptr[i - 1]) && text_is_digit(s.ptr[i + 1]) &&
            text_is_digit(s.ptr[i + 2]))
            return true;
    return false;
}

bool mail_header_line_is_said(struct span name, struct span value)
{
    static const char *const date[] = { "Date", NULL };
    static const char *const people[] = { "To", "Cc", "From", "Sender", NULL };

    if (span_same_any(name, date))
        return !has_time(value);
    return span_same_any(name, people) && memchr(value.ptr, '@', value.len) == NULL &&
           !ends_with(value, ';'); /* "undisclosed-recipients:;" */
}
