#include "channels/mail_words.h"

#include <string.h>
#include <unicode/ucasemap.h>
#include <unicode/utf8.h>

#include "core/arena.h"

enum { WORD_MAX = 80 }; /* bytes of a word that is also known without its accents */

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

static bool is_ascii(const char *s)
{
    while (*s != '\0' && (unsigned char)*s < 0x80)
        s++;
    return *s == '\0';
}

/* The strokes of "ł" and "ø" and the missing dot of "ı" are no marks to Unicode. */
char mail_words_letter_below(int32_t c)
{
    /* U+00C0 to U+024F, and U+1E00 to U+1EFF, among them the Vietnamese ones; '.': none */
    static const char latin[] = "AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
                                "AaAaAaCcCcCcCcDd..EeEeEeEeEeGgGgGgGgHh..IiIiIiIiIi..JjKk.LlLlLl."
                                ".LlNnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZz."
                                "................................Oo.............Uu..............."
                                ".............AaIiOoUuUuUuUuUu.AaAa....GgKkOoOo..j...Gg..NnAa...."
                                "AaAaEeEeIiIiOoOoRrRrUuUuSsTt..Hh......AaEeOoOoOoOoYy............"
                                "................";
    static const char additional[] =
        "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
        "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
        "WwWwWwWwWwXxXxYyZzZzZzhtwy......AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
        "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";
    char below = '.';

    if (c >= 0 && c < 0x80)
        return (char)c;
    if (c >= 0xc0 && c < 0xc0 + (int32_t)sizeof(latin) - 1)
        below = latin[c - 0xc0];
    else if (c >= 0x1e00 && c < 0x1e00 + (int32_t)sizeof(additional) - 1)
        below = additional[c - 0x1e00];
    return (char)(below != '.' ? below : '\0');
}

/* Into out; false: it has no accents, or letters that ASCII has not. */
static bool without_accents(const char *word, char out[WORD_MAX])
{
    int32_t i = 0, len = (int32_t)strlen(word);
    size_t n = 0;
    UChar32 c;

    if (len >= WORD_MAX || is_ascii(word))
        return false;
    while (i < len) {
        U8_NEXT(word, i, len, c);
        out[n] = mail_words_letter_below(c);
        if (out[n++] == '\0')
            return false;
    }
    out[n] = '\0';
    return true;
}

const char *mail_words_find_plain(const char *folded, const char *const *words)
{
    const char *found = mail_words_find(folded, words);
    char plain[WORD_MAX];

    if (found != NULL || !is_ascii(folded))
        return found;
    for (; *words != NULL; words++)
        if (without_accents(*words, plain) && strstr(folded, plain) != NULL)
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
