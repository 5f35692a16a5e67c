#include "channels/mail_spelling.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

enum {
    LETTERS_MAX = 256,      /* that are looked at: the first ones tell */
    STRUNG_MIN = 4,         /* fewer are a word of another script as well, */
    STRUNG_LETTERS_MAX = 6, /* and so are those of languages with many */
    UNIT_MAX = 3,           /* letters behind the "µ" of a measure */
};

enum {
    IN_PLACE = 4, /* a letter where it mostly stands */
    ALONE = 2,    /* and is a word, or a bullet */
    OWN = 1,      /* one that the language has */
    CROWDED = -3, /* one that it has, between two others, where it mostly does not stand */
    STRANGE = -4  /* one that it does not have */
};

static UChar small(UChar c)
{
    if (c == u'İ')
        return c;
    return c == u'ș' || c == u'Ș' ? u'ş' : c == u'ț' || c == u'Ț' ? u'ţ' : (UChar)u_tolower(c);
}

bool mail_spelling_is_unit(const UChar *text, int32_t len, int32_t i)
{
    int32_t n = i + 1;

    if (text[i] != u'µ' || (i > 0 && u_isalpha(text[i - 1])))
        return false;
    if (i > 0 && u_isdigit(text[i - 1]) && (n == len || !u_isalpha(text[n])))
        return true;
    if (n + 1 < len && u_isupper(text[n]) && u_islower(text[n + 1]))
        return true;
    while (n < len && text[n] < 0x80 && u_isalpha(text[n]))
        n++;
    return n > i + 1 && n - i - 1 <= UNIT_MAX && (n == len || !u_isalpha(text[n]));
}

/* An ordinal's, as in "5º" and "n.º": elsewhere it is a sign, or a paragraph's that is misread. */
static bool is_ordinal(const UChar *text, int32_t i)
{
    return i > 0 && (u_isalnum(text[i - 1]) || text[i - 1] == '.');
}

static bool is_letter(const UChar *text, int32_t len, int32_t i)
{
    UChar c = text[i];

    if (!u_isalpha(c) || c < 0xa1 || (c >= 0x250 && c < 0x1e00) || c >= 0x1f00)
        return false;
    if (c == u'º' || c == u'ª')
        return is_ordinal(text, i);
    return !mail_spelling_is_unit(text, len, i);
}

static UChar beside(const UChar *text, int32_t len, int32_t i)
{
    return i >= 0 && i < len && u_isalpha(text[i]) ? small(text[i]) : u' ';
}

/* A letter between what stands beside it. */
struct place {
    UChar at[3];
    bool in_row;
};

/* What people write to see whether accents arrive: all that their language has, in a row. */
static bool is_in_row(const UChar at[3])
{
    static const UChar rows[] = u" æøå åäö äöü äöüß áéíóú àèìòù ";

    return u_strFindFirst(rows, -1, at, 3) != NULL;
}

static int32_t find_places(const UChar *text, int32_t len, struct place out[LETTERS_MAX])
{
    int32_t i, n = 0;

    for (i = 0; i < len && n < LETTERS_MAX; i++) {
        struct place *p = &out[n];

        if (!is_letter(text, len, i))
            continue;
        *p = (struct place){ { beside(text, len, i - 1), small(text[i]), beside(text, len, i + 1) },
                             false };
        p->in_row = is_in_row(p->at);
        n++;
    }
    return n;
}

static int compare(const void *x, const void *y)
{
    return u_memcmp(x, y, 3);
}

static int score_place(const struct mail_spelling *l, const struct place *p)
{
    if (u_strchr(l->letters, p->at[1]) == NULL)
        return STRANGE;
    if (p->in_row)
        return IN_PLACE;
    if (bsearch(p->at, l->places, l->place_count, sizeof(p->at), compare) != NULL)
        return p->at[0] == u' ' && p->at[2] == u' ' ? ALONE : IN_PLACE;
    return p->at[0] >= 0x80 && p->at[2] >= 0x80   ? CROWDED
           : p->at[0] >= 0x80 || p->at[2] >= 0x80 ? 0
                                                  : OWN;
}

int mail_spelling_score(const UChar *text, int32_t len)
{
    struct place places[LETTERS_MAX];
    int32_t n = find_places(text, len, places), i;
    int best = STRANGE * n;
    size_t k;

    for (k = 0; k < mail_spelling_count; k++) {
        int score = 0;

        for (i = 0; i < n && score + IN_PLACE * (n - i) > best; i++)
            score += score_place(&mail_spellings[k], &places[i]);
        best = i == n && score > best ? score : best;
    }
    return best;
}

/* Are all of them letters of a language that has no more than `most`? */
static bool is_of_one(const UChar *text, int32_t len, int32_t most)
{
    size_t k;
    int32_t i;

    for (k = 0; k < mail_spelling_count; k++) {
        if (u_strlen(mail_spellings[k].letters) > most)
            continue;
        for (i = 0; i < len; i++)
            if (text[i] >= 0xa1 && u_isalpha(text[i]) && /* not the euro sign beside them */
                u_strchr(mail_spellings[k].letters, small(text[i])) == NULL)
                break;
        if (i == len)
            return true;
    }
    return false;
}

bool mail_spelling_is_one(const UChar *text, int32_t len)
{
    return is_of_one(text, len, INT32_MAX);
}

bool mail_spelling_is_strung(const UChar *text, int32_t len)
{
    int32_t i, n = 0;

    for (i = 0; i < len; i++) {
        if (text[i] < 0x80 && u_isalpha(text[i]))
            return false;
        if (text[i] >= 0xa1 && u_isalpha(text[i])) {
            if (u_memchr(text, text[i], i) != NULL)
                return false;
            n++;
        }
    }
    return n >= STRUNG_MIN && is_of_one(text, len, STRUNG_LETTERS_MAX);
}
