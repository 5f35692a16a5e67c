#include "channels/mail_words.h"

#include <string.h>
#include <unicode/ucasemap.h>

#include "core/arena.h"

/* U+2018, U+2019 and U+00A0 as everybody types them; false: it is another character. */
static bool plain_form(const char *p, size_t len, char *plain, size_t *bytes)
{
    if (len >= 3 && memcmp(p, "\xe2\x80", 2) == 0 && (p[2] == '\x98' || p[2] == '\x99')) {
        *plain = '\'';
        *bytes = 3;
        return true;
    }
    if (len >= 2 && memcmp(p, "\xc2\xa0", 2) == 0) {
        *plain = ' ';
        *bytes = 2;
        return true;
    }
    *plain = *p;
    *bytes = 1;
    return (unsigned char)*p <= ' ';
}

static char *one_blank(struct arena *a, struct span s)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t i = 0, n = 0, bytes;
    char c;

    while (i < s.len) {
        if (plain_form(s.ptr + i, s.len - i, &c, &bytes) && c != '\'')
            c = ' ';
        if (c != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = c;
        i += bytes;
    }
    out[n] = '\0';
    return out;
}

char *mail_words_fold(struct arena *a, struct span s)
{
    char *plain = one_blank(a, s), *out;
    size_t len = strlen(plain), room = len * 3 + 1; /* no character grows by more */
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", U_FOLD_CASE_DEFAULT, &status);

    if (U_FAILURE(status))
        return plain;
    out = arena_alloc(a, room);
    ucasemap_utf8FoldCase(map, out, (int32_t)room, plain, (int32_t)len, &status);
    ucasemap_close(map);
    return U_FAILURE(status) ? plain : out;
}

const char *mail_words_find(const char *folded, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strstr(folded, *words) != NULL)
            return *words;
    return NULL;
}

const char *mail_words_begin(const char *folded, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strncmp(folded, *words, strlen(*words)) == 0)
            return *words;
    return NULL;
}
