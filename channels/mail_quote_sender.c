#include "channels/mail_quote_sender.h"

#include <stddef.h>
#include <string.h>

#include <unicode/utf8.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_words.h"

enum {
    SENDER_MAX = 200, /* bytes of a name, or of an address, that are looked at */
    LINE_MAX = 120,   /* of a line */
    WORD_LEAST = 2,   /* bytes */
    BEGIN_LEAST = 3,  /* of a short form: "Chris" */
    WITHIN_LEAST = 4, /* of a name that stands amid others: "evaexample@" */
};

const struct mail_quote_sender mail_quote_nobody = { .name = { "", 0 }, .address = { "", 0 } };

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

/* Folded, and as typewriters have it: "rené" is "rene". */
static struct span fold(struct span s, char room[SENDER_MAX + 8])
{
    struct span folded = mail_quote_line_fold(
        (struct span){ s.ptr, s.len < SENDER_MAX ? s.len : SENDER_MAX }, room, SENDER_MAX + 8);
    int32_t at = 0, len = (int32_t)folded.len;
    size_t n = 0;

    while (at < len) {
        int32_t begin = at;
        UChar32 c;
        char plain;

        U8_NEXT(room, at, len, c);
        plain = mail_words_letter_below(c); /* ASCII is its own */
        if (plain != '\0')
            room[n++] = plain;
        else
            while (begin < at)
                room[n++] = room[begin++];
    }
    return (struct span){ room, n };
}

/* The next word in s from *at on, which goes on behind it; empty: there is none. */
static struct span next_word(struct span s, size_t *at)
{
    size_t begin;

    while (*at < s.len && !is_of_word(s.ptr[*at]))
        (*at)++;
    begin = *at;
    while (*at < s.len && is_of_word(s.ptr[*at]))
        (*at)++;
    return (struct span){ s.ptr + begin, *at - begin };
}

/* The place of the first byte from i on that is no "e" behind a vowel which may stand for one. */
static size_t skip_e(struct span s, size_t i)
{
    return i + (i > 0 && i < s.len && s.ptr[i] == 'e' && strchr("aou", s.ptr[i - 1]) != NULL);
}

/* "jürgen", "juergen" and "jurgen" are one. */
static bool is_same(struct span a, struct span b)
{
    size_t i = 0, j = 0;

    while (i < a.len && j < b.len && a.ptr[i] == b.ptr[j]) {
        i = skip_e(a, i + 1);
        j = skip_e(b, j + 1);
    }
    return i == a.len && j == b.len;
}

/* "例花子" of "例 花子": parts of a name that its script does not part. */
static bool is_joined(struct span word, struct span name)
{
    struct span of;
    size_t at = 0;

    for (of = next_word(name, &at);
         of.len > 0 && word.len >= of.len && memcmp(word.ptr, of.ptr, of.len) == 0;
         of = next_word(name, &at))
        word = (struct span){ word.ptr + of.len, word.len - of.len };
    return word.len == 0 && of.len == 0;
}

static bool is_of_name(struct span word, struct span name)
{
    struct span of;
    size_t at = 0;

    for (of = next_word(name, &at); of.len > 0; of = next_word(name, &at))
        if (is_same(of, word) || (word.len >= BEGIN_LEAST && of.len > word.len &&
                                  memcmp(of.ptr, word.ptr, word.len) == 0))
            return true;
    return is_joined(word, name);
}

bool mail_quote_sender_is_known(const struct mail_quote_sender *sender)
{
    return sender->name.len > 0 || sender->address.len > 0;
}

/* As a whole: "eva@example.org" is not in "neweva@example.org.example". */
static bool holds_address(struct span line, struct span address)
{
    char room[SENDER_MAX + 8];
    struct span s = fold(address, room);
    const char *at = s.len > 0 ? memmem(line.ptr, line.len, s.ptr, s.len) : NULL;

    return at != NULL && (at == line.ptr || strchr(" <(:[|,", at[-1]) != NULL) &&
           (at + s.len == line.ptr + line.len || strchr(" >):]|,", at[s.len]) != NULL);
}

bool mail_quote_sender_is_in(const struct mail_quote_sender *sender, struct span line)
{
    char names[SENDER_MAX + 8], addresses[SENDER_MAX + 8], words[SENDER_MAX + 8];
    const char *sign = memchr(sender->address.ptr, '@', sender->address.len);
    struct span name = fold(sender->name, names), word,
                local = { sender->address.ptr, sign != NULL ? (size_t)(sign - sender->address.ptr)
                                                            : sender->address.len },
                s = fold((struct span){ line.ptr, line.len < LINE_MAX ? line.len : LINE_MAX },
                         words);
    size_t at = 0;

    if (mail_quote_line_has_link(s))
        return holds_address(s, sender->address);
    local = fold(local, addresses);
    for (word = next_word(s, &at); word.len > 0; word = next_word(s, &at))
        if (word.len >= WORD_LEAST && (is_of_name(word, name) || is_of_name(word, local) ||
                                       (word.len >= WITHIN_LEAST &&
                                        memmem(local.ptr, local.len, word.ptr, word.len) != NULL)))
            return true;
    return false;
}

/* "example, eva", as directories have it, is "eva example". */
static struct span turn(struct span name, char room[SENDER_MAX + 8])
{
    const char *comma = memmem(name.ptr, name.len, ", ", 2);
    size_t last, first;

    if (comma == NULL)
        return name;
    last = (size_t)(comma - name.ptr);
    first = name.len - last - 2;
    if (first == 0 || last == 0 || memchr(comma + 2, ',', first) != NULL)
        return name;
    memcpy(room, comma + 2, first);
    room[first] = ' ';
    memcpy(room + first + 1, name.ptr, last);
    return (struct span){ room, first + 1 + last };
}

bool mail_quote_sender_signs(struct span line, struct span sender)
{
    char a[SENDER_MAX + 8], b[SENDER_MAX + 8], c[SENDER_MAX + 8];
    struct span s = mail_quote_line_fold(line, a, sizeof(a)),
                name = turn(mail_quote_line_fold(sender, b, sizeof(b)), c);
    const char *first = memchr(name.ptr, ' ', name.len), *last = memrchr(name.ptr, ' ', name.len);

    if (s.len < WORD_LEAST)
        return false;
    if (span_equal(s, name))
        return true;
    return first != NULL &&
           (span_equal(s, (struct span){ name.ptr, (size_t)(first - name.ptr) }) ||
            span_equal(s, (struct span){ last + 1, name.len - (size_t)(last + 1 - name.ptr) }));
}
