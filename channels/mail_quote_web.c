#include "channels/mail_quote_web.h"

#include <stddef.h>
#include <string.h>

static const char scheme[] = "://", www[] = "www.";

/* "en", "de-DE" */
static bool is_language(struct span part)
{
    if (part.len != 2 && (part.len != 5 || strchr("-_", part.ptr[2]) == NULL))
        return false;
    return text_is_letter(part.ptr[0]) && text_is_letter(part.ptr[1]) &&
           (part.len == 2 || (text_is_letter(part.ptr[3]) && text_is_letter(part.ptr[4])));
}

static bool is_of_house(struct span part)
{
    return part.len == 0 || part.ptr[0] == '~' || is_language(part) || span_begins(part, "index.");
}

static bool leads_to_page(struct span path)
{
    while (path.len > 0) {
        const char *slash = memchr(path.ptr, '/', path.len);
        size_t len = slash != NULL ? (size_t)(slash - path.ptr) : path.len;

        if (!is_of_house((struct span){ path.ptr, len }))
            return true;
        len += slash != NULL;
        path = (struct span){ path.ptr + len, path.len - len };
    }
    return false;
}

/* How many bytes of s stand before one of `ends`. */
static size_t run(struct span s, const char *ends)
{
    size_t n;

    for (n = 0; n < s.len && (s.ptr[n] == '\0' || strchr(ends, s.ptr[n]) == NULL); n++)
        ;
    return n;
}

static struct span skip(struct span s, size_t n)
{
    return (struct span){ s.ptr + n, s.len - n };
}

bool mail_quote_web_take(struct span *s, struct mail_quote_web *web)
{
    const char *mark = memmem(s->ptr, s->len, scheme, sizeof(scheme) - 1);
    const char *bare = memmem(s->ptr, s->len, www, sizeof(www) - 1);
    struct span rest;
    size_t path;

    if (mark == NULL && bare == NULL)
        return false;
    if (bare == NULL || (mark != NULL && mark < bare))
        rest = skip(*s, (size_t)(mark - s->ptr) + sizeof(scheme) - 1);
    else
        rest = skip(*s, (size_t)(bare - s->ptr));
    web->before = (struct span){ s->ptr, (size_t)(rest.ptr - s->ptr) };
    if (span_begins(rest, www))
        rest = skip(rest, sizeof(www) - 1);
    web->host = (struct span){ rest.ptr, run(rest, "/?#: \t<>()[]|,;\"") };
    rest = skip(rest, web->host.len);
    path = run(rest, "/?# \t<>()[]|,;\""); /* a port's number */
    rest = skip(rest, path);
    path = run(rest, " \t<>()[]|,;\"");
    *s = skip(rest, path);
    while (path > 0 && strchr(".:!", rest.ptr[path - 1]) != NULL)
        path--;
    web->is_page = leads_to_page((struct span){ rest.ptr, path });
    return true;
}

bool mail_quote_web_is_of(struct span host, struct span address)
{
    const char *at = memchr(address.ptr, '@', address.len);
    struct span domain = skip(address, at != NULL ? (size_t)(at + 1 - address.ptr) : address.len);
    struct span longer = host.len > domain.len ? host : domain,
                shorter = host.len > domain.len ? domain : host;
    size_t more = longer.len - shorter.len;

    if (memchr(shorter.ptr, '.', shorter.len) == NULL)
        return false;
    return span_equal(skip(longer, more), shorter) && (more == 0 || longer.ptr[more - 1] == '.');
}
