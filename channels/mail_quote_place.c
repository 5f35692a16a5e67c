#include "channels/mail_quote_place.h"

#include <stdbool.h>
#include <string.h>

enum {
    WORDS_MAX = 6,    /* of the history that are sought */
    WORDS_LEAST = 3,  /* fewer are found anywhere */
    BETWEEN_MAX = 12, /* words between two of them */
    MORE_WORDS = 20,  /* that the plain text may have above it: links, names of pictures */
};

struct words {
    struct span at[WORDS_MAX];
    size_t count;
};

static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80) != 0;
}

/* The next word at or behind *at, which becomes its end; empty: there is none. */
static struct span next_word(struct span s, size_t *at)
{
    size_t begin;

    while (*at < s.len && !is_letter(s.ptr[*at]))
        ++*at;
    begin = *at;
    while (*at < s.len && is_letter(s.ptr[*at]))
        ++*at;
    return (struct span){ s.ptr + begin, *at - begin };
}

static size_t count_words(struct span s)
{
    size_t at = 0, n = 0;

    while (next_word(s, &at).len > 0)
        n++;
    return n;
}

/* Where the first line of history begins; its length: there is none, or not at the end alone. */
static size_t find_marked(struct span marked)
{
    size_t begin, found = marked.len, end;

    for (begin = 0; begin < marked.len; begin = end + 1) {
        const char *lf = memchr(marked.ptr + begin, '\n', marked.len - begin);
        struct span line;

        end = lf != NULL ? (size_t)(lf - marked.ptr) : marked.len;
        line = (struct span){ marked.ptr + begin, end - begin };
        if (line.len > 0 && line.ptr[0] == '>')
            found = found < marked.len ? found : begin;
        else if (found < marked.len && span_trim(line).len > 0)
            return marked.len;
    }
    return found;
}

static void read_words(struct words *w, struct span s)
{
    size_t at = 0;

    for (w->count = 0; w->count < WORDS_MAX; w->count++) {
        w->at[w->count] = next_word(s, &at);
        if (w->at[w->count].len == 0)
            return;
    }
}

/* Do these words stand from `at` on? Addresses of links may stand between them. */
static bool stand_at(const struct words *w, struct span s, size_t at)
{
    size_t i, tries;

    for (i = 0; i < w->count; i++) {
        for (tries = i == 0 ? 1 : BETWEEN_MAX + 1; tries > 0; tries--)
            if (span_equal(next_word(s, &at), w->at[i]))
                break;
        if (tries == 0)
            return false;
    }
    return true;
}

/* Where the line of the word at `at` begins; the word itself, where others stand before it. */
static size_t line_begin(struct span s, size_t at)
{
    const char *lf = memrchr(s.ptr, '\n', at);
    size_t begin = lf != NULL ? (size_t)(lf - s.ptr) + 1 : 0;

    return count_words((struct span){ s.ptr + begin, at - begin }) == 0 ? begin : at;
}

size_t mail_quote_place(struct span plain, struct span marked)
{
    size_t history = find_marked(marked), own, n, at = 0, begin;
    struct words w;

    if (history == marked.len)
        return plain.len;
    own = count_words((struct span){ marked.ptr, history });
    read_words(&w, (struct span){ marked.ptr + history, marked.len - history });
    if (own == 0 || w.count < WORDS_LEAST)
        return plain.len;
    for (n = 0; n <= own + own / 2 + MORE_WORDS; n++) {
        struct span word = next_word(plain, &at);

        if (word.len == 0)
            break;
        begin = (size_t)(word.ptr - plain.ptr);
        if (n >= own / 2 && n > 0 && stand_at(&w, plain, begin))
            return line_begin(plain, begin);
    }
    return plain.len;
}
