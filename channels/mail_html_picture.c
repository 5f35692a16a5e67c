#include "channels/mail_html_picture.h"

#include <string.h>
#include <strings.h>

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '\r' || c == '\n';
}

/* Behind "data:" at `at`: where its base64 begins; 0: none does. */
static size_t base64_at(struct span s, size_t at)
{
    static const char mark[] = ";base64,";
    size_t end = s.len - at > HTML_PICTURE_HEAD_MAX ? at + HTML_PICTURE_HEAD_MAX : s.len;

    for (; at < end && s.ptr[at] != ','; at++)
        if (s.ptr[at] == '"' || s.ptr[at] == '\'' || s.ptr[at] == '<' || s.ptr[at] == '>')
            return 0;
    at++;
    if (at > end || at < sizeof(mark) - 1 ||
        strncasecmp(s.ptr + at - (sizeof(mark) - 1), mark, sizeof(mark) - 1) != 0)
        return 0;
    return at;
}

void mail_html_drop_pictures(struct text_buffer *html)
{
    struct span s = { html->ptr, html->len };
    size_t kept = 0, from = 0, at = 0, begin, end;
    const char *colon;

    while (at < s.len && (colon = memchr(s.ptr + at, ':', s.len - at)) != NULL) {
        at = (size_t)(colon - s.ptr) + 1;
        if (at < 5 || strncasecmp(s.ptr + at - 5, "data:", 5) != 0)
            continue;
        begin = base64_at(s, at);
        if (begin == 0)
            continue;
        for (end = begin; end < s.len && is_base64(s.ptr[end]);)
            end++;
        at = end;
        if (end - begin < HTML_PICTURE_LEAST)
            continue;
        memmove(html->ptr + kept, s.ptr + from, begin - from);
        kept += begin - from;
        from = end;
    }
    if (from == 0)
        return;
    memmove(html->ptr + kept, s.ptr + from, s.len - from);
    html->len = kept + s.len - from;
}
