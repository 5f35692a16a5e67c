#include "tests/support/story_known.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void story_broken_set(struct story_broken *b, char letter, const char *fmt, ...)
{
    va_list ap;

    if (b->letter != 0)
        return;
    b->letter = letter;
    va_start(ap, fmt);
    vsnprintf(b->words, sizeof(b->words), fmt, ap);
    va_end(ap);
}

void story_broken_step(struct story_rules *r, const struct story_step *s, char letter,
                       const char *fmt, ...)
{
    char words[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    story_broken_set(&r->broken, letter, "ticket %lld, %s at %lld (%+lld s): %s",
                     (long long)s->ticket_id, fact_kind_name(s->fact->kind), (long long)s->now,
                     (long long)(s->now - r->story->begins), words);
}

int64_t story_detail_number(const char *detail, const char *name)
{
    const char *at = strstr(detail, name);

    return at == NULL ? -1 : strtoll(at + strlen(name), NULL, 10);
}

struct slow_calendar *story_calendar(const struct story_rules *r, int version, int calendar)
{
    return calendar < 0 ? NULL : r->calendars[version - 1][calendar];
}

bool story_same_instant(const struct story_rules *r, int64_t known, int64_t said)
{
    int64_t far = r->end - 60;

    return known <= 0 || known >= far ? said == known || said == 0 || said >= far : said == known;
}
