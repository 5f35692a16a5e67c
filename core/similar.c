#include "core/similar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/ticket.h"

enum {
    SIMILAR_DIGITS = 4,   /* a longer number is somebody's, not the matter's */
    SIMILAR_DENSE = 0xe2, /* the first byte from which on a letter is a syllable or a word */
    SIMILAR_WORD = 16,    /* letters of the longest small word, with room */
};

/* Courtesies, small words and what every complaint says, without accents, in the order of their
 * bytes. */
static const char *const similar_small[] = {
    "a",         "about",     "adios",     "afternoon", "ahora",    "al",      "algo",
    "all",       "am",        "an",        "and",       "any",      "anyone",  "aqui",
    "are",       "as",        "asi",       "at",        "atte",     "aun",     "ayuda",
    "be",        "been",      "best",      "buen",      "buena",    "buenas",  "bueno",
    "buenos",    "but",       "by",        "can",       "cannot",   "cant",    "como",
    "con",       "cordial",   "cordiales", "could",     "couldnt",  "cual",    "cuando",
    "dado",      "day",       "days",      "de",        "dear",     "del",     "desde",
    "dia",       "dias",      "did",       "didnt",     "do",       "does",    "doesnt",
    "doing",     "donde",     "dont",      "el",        "ella",     "ellos",   "en",
    "es",        "esa",       "ese",       "eso",       "esta",     "estan",   "estar",
    "este",      "esto",      "estoy",     "evening",   "favor",    "for",     "from",
    "funciona",  "funcionan", "funcionar", "get",       "gracias",  "ha",      "hace",
    "hacer",     "han",       "has",       "hasnt",     "hasta",    "have",    "havent",
    "hay",       "he",        "hello",     "help",      "hi",       "hola",    "how",
    "hoy",       "i",         "if",        "ii",        "in",       "is",      "isnt",
    "issue",     "issues",    "it",        "its",       "just",     "kind",    "la",
    "las",       "le",        "les",       "like",      "lo",       "los",     "mas",
    "me",        "mi",        "mis",       "morning",   "muchas",   "mucho",   "muy",
    "my",        "necesito",  "need",      "no",        "noches",   "nos",     "not",
    "now",       "o",         "of",        "on",        "or",       "os",      "our",
    "para",      "pero",      "please",    "por",       "porque",   "problem", "problema",
    "problemas", "problems",  "puede",     "pueden",    "puedo",    "que",     "querria",
    "quien",     "quiero",    "quisiera",  "re",        "regards",  "saludo",  "saludos",
    "se",        "senor",     "senora",    "ser",       "si",       "sido",    "sin",
    "sir",       "so",        "sobre",     "some",      "somebody", "someone", "son",
    "soy",       "su",        "sus",       "tambien",   "tardes",   "team",    "tengo",
    "thank",     "thanks",    "that",      "the",       "their",    "there",   "they",
    "this",      "tiene",     "to",        "today",     "todo",     "un",      "una",
    "us",        "usted",     "ustedes",   "want",      "was",      "we",      "were",
    "what",      "when",      "why",       "will",      "wish",     "with",    "wont",
    "work",      "worked",    "working",   "works",     "would",    "y",       "ya",
    "yo",        "you",       "your",
};

/* --- words
 * -------------------------------------------------------------------------------------------- */

struct similar_term {
    char text[4 * SIMILAR_LETTERS + 1];
    uint32_t mark; /* in which order they are kept, whoever says them */
};
struct similar_reader {
    const UChar *text;
    const char *ignored;
    struct similar_term *terms;
    size_t count, room;
};

/* Compatible forms and case are one, and accents are apart from their letters. NULL: there is
 * nothing. free() it. */
static UChar *similar_fold(const char *s, size_t len, int32_t *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *apart = unorm2_getNFDInstance(&status);
    int32_t n = 0, folded, room = 18 * (int32_t)len + 1; /* no letter of UTF-8 becomes more */
    UChar *wide = xcalloc((size_t)len + 1, sizeof(*wide));
    UChar *once = xcalloc((size_t)room, sizeof(*once)), *twice = NULL;

    u_strFromUTF8WithSub(wide, (int32_t)len + 1, &n, s, (int32_t)len, 0xfffd, NULL, &status);
    folded = unorm2_normalize(fold, wide, n, once, room, &status);
    if (U_SUCCESS(status)) {
        room = 4 * folded + 1;
        twice = xcalloc((size_t)room, sizeof(*twice));
        *out = unorm2_normalize(apart, once, folded, twice, room, &status);
    }
    free(wide);
    free(once);
    if (U_SUCCESS(status))
        return twice;
    free(twice);
    return NULL;
}

static int similar_by_text(const void *x, const void *y)
{
    return strcmp(((const struct similar_term *)x)->text, ((const struct similar_term *)y)->text);
}

static int similar_by_mark(const void *x, const void *y)
{
    const struct similar_term *a = x, *b = y;

    return a->mark != b->mark ? (a->mark < b->mark ? -1 : 1) : similar_by_text(x, y);
}

static int similar_by_word(const void *word, const void *small)
{
    return strcmp(word, *(const char *const *)small);
}

static bool similar_is_small(const char *word)
{
    return bsearch(word, similar_small, sizeof(similar_small) / sizeof(similar_small[0]),
                   sizeof(similar_small[0]), similar_by_word) != NULL;
}

/* The first `most` letters of a word as UTF-8; returns how many letters and digits it has. */
static int similar_letters(const UChar *text, int32_t from, int32_t to, int most, char *out)
{
    int letters = 0, at = 0;
    uint32_t c;

    while (from < to) {
        U16_NEXT(text, from, to, c);
        if (!u_isalnum((UChar32)c))
            continue; /* an accent, an apostrophe, a dot within */
        if (letters++ < most)
            U8_APPEND_UNSAFE(out, at, c);
    }
    out[at] = '\0';
    return letters;
}

static void similar_add(struct similar_reader *r, int32_t from, int32_t to, bool number)
{
    char whole[4 * SIMILAR_WORD + 1];
    struct similar_term *t;
    int letters = similar_letters(r->text, from, to, SIMILAR_WORD, whole);

    if (letters == 0 || (number && letters > SIMILAR_DIGITS) || similar_is_small(whole))
        return;
    if (letters == 1 && (unsigned char)whole[0] < SIMILAR_DENSE)
        return;
    if (r->count == r->room) {
        r->room = r->room == 0 ? 64 : 2 * r->room;
        r->terms = xrealloc(r->terms, r->room * sizeof(*r->terms));
    }
    t = &r->terms[r->count];
    similar_letters(r->text, from, to, SIMILAR_LETTERS, t->text);
    if (r->ignored != NULL && similar_shares(r->ignored, t->text))
        return;
    t->mark = ticket_mark(t->text);
    r->count++;
}

static void similar_read(struct similar_reader *r, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", r->text, len, &status);
    int32_t from, to;

    if (U_FAILURE(status))
        return;
    for (from = ubrk_first(words); (to = ubrk_next(words)) != UBRK_DONE; from = to) {
        int32_t kind = ubrk_getRuleStatus(words);

        if (kind >= UBRK_WORD_NUMBER)
            similar_add(r, from, to, kind < UBRK_WORD_NUMBER_LIMIT);
    }
    ubrk_close(words);
}

static size_t similar_unique(struct similar_term *terms, size_t count)
{
    size_t i, n = 0;

    for (i = 0; i < count; i++)
        if (n == 0 || strcmp(terms[n - 1].text, terms[i].text) != 0)
            terms[n++] = terms[i];
    return n;
}

static const char *similar_join(struct arena *a, const struct similar_term *terms, size_t count)
{
    char *out = arena_alloc(a, count * sizeof(terms->text) + 1), *end = out;
    size_t i;

    for (i = 0; i < count; i++) {
        if (i > 0)
            *end++ = ' ';
        end = stpcpy(end, terms[i].text);
    }
    return out;
}

/* At most so many of them. */
static const char *similar_terms_of(struct arena *a, const char *subject, const char *text,
                                    const char *ignored, size_t most)
{
    struct span s = span_of(subject), t = span_of(text);
    struct similar_reader r = { .ignored = ignored };
    struct text_buffer b = { 0 };
    const char *out = "";
    int32_t len = 0;
    UChar *folded;

    text_buffer_add(&b, s.ptr, text_cut(s, SIMILAR_TEXT_MAX));
    text_buffer_add(&b, "\n", 1);
    text_buffer_add(&b, t.ptr, text_cut(t, SIMILAR_TEXT_MAX));
    folded = similar_fold(b.ptr, text_cut((struct span){ b.ptr, b.len }, SIMILAR_TEXT_MAX), &len);
    text_buffer_clear(&b);
    if (folded == NULL)
        return out;
    r.text = folded;
    similar_read(&r, len);
    if (r.count > 0) {
        qsort(r.terms, r.count, sizeof(*r.terms), similar_by_mark);
        r.count = similar_unique(r.terms, r.count);
        r.count = r.count > most ? most : r.count;
        qsort(r.terms, r.count, sizeof(*r.terms), similar_by_text);
        out = similar_join(a, r.terms, r.count);
    }
    free(r.terms);
    free(folded);
    return out;
}

const char *similar_terms(struct arena *a, const char *subject, const char *text,
                          const char *ignored)
{
    return similar_terms_of(a, subject, text, ignored, SIMILAR_TERMS_MAX);
}

const char *similar_all_terms(struct arena *a, const char *subject, const char *text)
{
    return similar_terms_of(a, subject, text, NULL, SIZE_MAX);
}

/* --- two of them
 * -------------------------------------------------------------------------------------- */

/* A walk over two lists side by side: in which of them the next term stands. */
struct similar_pair {
    const char *x, *y;
    const char *term; /* as long as `len` */
    size_t len;
    bool in_x, in_y;
};

static bool similar_next(struct similar_pair *p)
{
    size_t x = strcspn(p->x, " "), y = strcspn(p->y, " "), both = x < y ? x : y;
    int order;

    if (x == 0 && y == 0)
        return false;
    order = x == 0 ? 1 : y == 0 ? -1 : memcmp(p->x, p->y, both);
    if (order == 0)
        order = x < y ? -1 : x > y;
    p->in_x = order <= 0;
    p->in_y = order >= 0;
    p->term = p->in_x ? p->x : p->y;
    p->len = p->in_x ? x : y;
    if (p->in_x)
        p->x += x + (p->x[x] == ' ');
    if (p->in_y)
        p->y += y + (p->y[y] == ' ');
    return true;
}

/* Where letters are words or syllables two of them say as much as a word. */
static int similar_weight(const char *term, size_t len)
{
    int letters = 0;
    bool dense = (unsigned char)term[0] >= SIMILAR_DENSE;
    size_t i;

    for (i = 0; i < len; i++)
        letters += ((unsigned char)term[i] & 0xc0) != 0x80;
    if (!dense)
        return letters - 1;
    return letters >= 3 ? SIMILAR_LETTERS - 1 : 2 * letters;
}

bool similar_shares(const char *x, const char *y)
{
    struct similar_pair p = { .x = x, .y = y };

    while (similar_next(&p))
        if (p.in_x && p.in_y)
            return true;
    return false;
}

int similar_percent(const char *x, const char *y)
{
    struct similar_pair p = { .x = x, .y = y };
    int common = 0, whole = 0, weight;

    while (similar_next(&p)) {
        weight = similar_weight(p.term, p.len);
        whole += weight * (p.in_x + p.in_y);
        common += p.in_x && p.in_y ? weight : 0;
    }
    return whole == 0 ? 0 : 200 * common / whole;
}

int similar_held(const char *part, const char *whole)
{
    struct similar_pair p = { .x = part, .y = whole };
    int held = 0, all = 0, weight;

    while (similar_next(&p)) {
        if (!p.in_x)
            continue;
        weight = similar_weight(p.term, p.len);
        all += weight;
        held += p.in_y ? weight : 0;
    }
    return all == 0 ? 0 : 100 * held / all;
}

const char *similar_common(struct arena *a, const char *x, const char *y)
{
    char *out = arena_alloc(a, strlen(x) + 1), *end = out;
    struct similar_pair p = { .x = x, .y = y };

    while (similar_next(&p))
        if (p.in_x && p.in_y) {
            if (end > out)
                *end++ = ' ';
            memcpy(end, p.term, p.len);
            end += p.len;
        }
    *end = '\0';
    return out;
}
