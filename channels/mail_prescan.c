#include "channels/mail_prescan.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct scan {
    bool in_header, in_type; /* in_type: within a Content-Type field, folded lines too */
    bool message;            /* this header says message/…: another header follows it */
    size_t field, block, fields, levels, parts;
};

static bool begins(struct span s, const char *word)
{
    return s.len >= strlen(word) && strncasecmp(s.ptr, word, strlen(word)) == 0;
}

static size_t count(struct span s, const char *word, size_t step)
{
    size_t i, n = 0;

    for (i = 0; i + step <= s.len; i++)
        n += strncasecmp(s.ptr + i, word, step) == 0;
    return n;
}

static void open_header(struct scan *s)
{
    s->in_header = true;
    s->in_type = s->message = false;
    s->field = s->block = s->fields = 0;
}

static const char *header_line(struct scan *s, struct span line)
{
    bool folded = line.ptr[0] == ' ' || line.ptr[0] == '\t';

    if (!folded) {
        s->field = 0;
        s->fields++;
        s->in_type = begins(line, "Content-Type");
    }
    s->field += line.len;
    s->block += line.len;
    if (s->in_type) {
        size_t messages = count(line, "message/", strlen("message/"));

        s->message = s->message || messages > 0;
        s->levels += messages + count(line, "multipart/", strlen("multipart/"));
    }
    return s->field > MAIL_FIELD_MAX     ? "field"
           : s->block > MAIL_BLOCK_MAX   ? "block"
           : s->fields > MAIL_FIELDS_MAX ? "fields"
           : s->levels > MAIL_LEVELS_MAX ? "levels"
                                         : NULL;
}

/* `line` is without its line end. Boundaries are not looked up, for their names can be written in
 * ways that only the parser reads: in a multipart mail every line that begins with two dashes
 * counts, rather one too many than one that slips through. */
static const char *scan_line(struct scan *s, struct span line)
{
    bool empty = line.len == 0, dashes = begins(line, "--");

    s->parts += dashes && s->levels > 0;
    if (s->parts > MAIL_PARTS_MAX)
        return "parts";
    if (dashes) {
        open_header(s);
        return NULL;
    }
    if (!s->in_header)
        return NULL;
    if (!empty)
        return header_line(s, line);
    if (s->message)
        open_header(s);
    else
        s->in_header = false;
    return NULL;
}

const char *mail_prescan_over(struct span raw)
{
    struct scan s = { .in_header = true };
    const char *over = NULL;
    size_t at = 0;

    while (over == NULL && at < raw.len) {
        const char *end = memchr(raw.ptr + at, '\n', raw.len - at);
        size_t len = end != NULL ? (size_t)(end - raw.ptr) - at : raw.len - at;
        struct span line = { raw.ptr + at, len };

        at += len + 1;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        over = scan_line(&s, line);
    }
    return over;
}
