#include "core/subject.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

enum {
    SUBJECT_MARK_MAX = 60,   /* bytes between brackets that are still a mark */
    SUBJECT_PREFIX_MAX = 40, /* bytes of a prefix, without its colon */
    SUBJECT_WORDS_MAX = 128,
    SUBJECT_WORD_TELLING = 4, /* letters */
    SUBJECT_TELLING = 2, /* words, or pairs of signs, below which nothing is said of the matter */
};

/* As mail programs write them, folded; the colon comes after. */
static const char *const subject_answers[] = {
    "re",    "aw",   "antw",      "antwort", "sv",    "r",      "rif",     "ref",  "res",
    "resp",  "rép",  "rep",       "odp",     "ynt",   "yan",    "απ",      "σχετ", "vá",
    "vs",    "atb",  "ats",       "bls",     "balas", "hồi âm", "trả lời", "на",   "отв",
    "ответ", "відп", "відповідь", "השב",     "תגובה", "رد",     "پاسخ",    "回复", "回覆",
    "答复",  "答覆", "返信",      "답장",    "회신",  "ตอบ",    "ตอบกลับ",
};
static const char *const subject_forwarded[] = {
    "fwd",         "fw",           "wg",
    "wtr",         "tr",           "rv",
    "i",           "vb",           "vl",
    "vs",          "enc",          "doorst",
    "fs",          "pd",           "ilt",
    "İlt",         "yön",          "tov",
    "továbbítás",  "πρθ",          "pren",
    "prosl",       "proslijeđeno", "redir",
    "trs",         "tlb",          "chuyển tiếp",
    "пересл",      "перес",        "הועבר",
    "إعادة توجيه", "ارجاع",        "转发",
    "轉寄",        "轉發",         "転送",
    "전달",        "ส่งต่อ",         "weitergeleitet",
    "reenviado",   "reenv",        "rnv",
};

struct subject_prefix {
    const char *end;                   /* behind its colon and blanks; NULL: there is none */
    char word[SUBJECT_PREFIX_MAX + 1]; /* folded, without a count */
};

static bool subject_is_one_of(const char *const *words, size_t n, const char *word)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

#define SUBJECT_IS(table, word) subject_is_one_of(table, sizeof(table) / sizeof((table)[0]), word)

static const char *subject_skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* "[EXTERNAL] ", "[#42] ", "{Spam?} " */
static const char *subject_skip_mark(const char *s)
{
    const char *end = *s == '[' ? strchr(s, ']') : *s == '{' ? strchr(s, '}') : NULL;

    return end == NULL || end - s > SUBJECT_MARK_MAX ? s : subject_skip_blanks(end + 1);
}

/* "[2]", "(3)", "^4" behind the word of a prefix */
static const char *subject_skip_count(const char *s)
{
    const char *p = s;

    if (*p != '[' && *p != '(' && *p != '^')
        return s;
    p += 1 + strspn(p + 1, "0123456789");
    return *s == '^' ? p : *p == (*s == '[' ? ']' : ')') ? p + 1 : s;
}

static const char *subject_skip_colon(const char *s)
{
    static const char wide[] = "\xef\xbc\x9a"; /* U+FF1A */

    s = subject_skip_blanks(s);
    if (*s == ':')
        return subject_skip_blanks(s + 1);
    return strncmp(s, wide, 3) == 0 ? subject_skip_blanks(s + 3) : NULL;
}

static void subject_prefix(const char *s, struct subject_prefix *out)
{
    size_t len = strlen(s), room = 0;
    int32_t i = 0, most = (int32_t)(len < SUBJECT_PREFIX_MAX ? len : SUBJECT_PREFIX_MAX);
    const char *after;
    UChar32 c;

    out->end = NULL;
    for (;;) {
        after = subject_skip_colon(subject_skip_count(s + i));
        if (after != NULL)
            break;
        if (i >= most)
            return;
        U8_NEXT(s, i, most, c);
        if (c < 0 || (!u_isalpha(c) && !u_isblank(c) && u_charType(c) != U_NON_SPACING_MARK))
            return;
        c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
        if (room + U8_LENGTH(c) > SUBJECT_PREFIX_MAX)
            return;
        U8_APPEND_UNSAFE(out->word, room, c);
    }
    while (room > 0 && out->word[room - 1] == ' ')
        room--;
    out->word[room] = '\0';
    if (SUBJECT_IS(subject_answers, out->word) || SUBJECT_IS(subject_forwarded, out->word))
        out->end = after;
}

const char *subject_core(const char *subject)
{
    const char *s = subject_skip_blanks(subject), *before;
    struct subject_prefix prefix;

    do {
        before = s;
        s = subject_skip_mark(s);
        subject_prefix(s, &prefix);
        if (prefix.end != NULL)
            s = prefix.end;
    } while (s != before);
    return s;
}

static void subject_first_prefix(const char *subject, struct subject_prefix *out)
{
    const char *s = subject_skip_blanks(subject), *before;

    do {
        before = s;
        s = subject_skip_mark(s);
    } while (s != before);
    subject_prefix(s, out);
}

bool subject_is_answer(const char *subject)
{
    struct subject_prefix prefix;

    subject_first_prefix(subject, &prefix);
    return prefix.end != NULL && SUBJECT_IS(subject_answers, prefix.word);
}

bool subject_forwards(const char *subject, const char *language)
{
    static const char pine[] = "(fwd)";
    size_t len = strlen(subject_skip_blanks(subject));
    struct subject_prefix prefix;

    subject_first_prefix(subject, &prefix);
    if (prefix.end == NULL)
        return len >= sizeof(pine) - 1 && strcmp(subject + strlen(subject) - 5, pine) == 0;
    if (strcmp(prefix.word, "vs") == 0)
        return language == NULL || strcmp(language, "fi") != 0;
    return SUBJECT_IS(subject_forwarded, prefix.word);
}

/* --- do two speak of the same? */

/* Words as hashes: two that share one by chance are taken for the same matter, which costs nothing.
 */
struct subject_words {
    uint64_t at[SUBJECT_WORDS_MAX];
    size_t count;
};

static const uint64_t SUBJECT_HASH = 14695981039346656037u;

static uint64_t subject_hash(uint64_t h, UChar32 c)
{
    return (h ^ (uint64_t)(uint32_t)c) * 1099511628211u; /* FNV-1a, a character at a time */
}

static void subject_add(struct subject_words *w, uint64_t h)
{
    if (w->count < SUBJECT_WORDS_MAX)
        w->at[w->count++] = h;
}

/* A word as it is read. */
struct subject_word {
    uint64_t hash;
    int letters;
    bool number; /* it has a digit, and so tells something however short it is */
};

/* "el", "the" and "und" are in every second subject. */
static void subject_word_end(struct subject_words *w, struct subject_word *word)
{
    if (word->number || word->letters >= SUBJECT_WORD_TELLING)
        subject_add(w, word->hash);
    *word = (struct subject_word){ SUBJECT_HASH, 0, false };
}

/* Of a script that puts no blanks between its words */
static bool subject_is_dense(UChar32 c)
{
    UErrorCode failed = U_ZERO_ERROR;

    switch (uscript_getScript(c, &failed)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
        return true;
    default:
        return false;
    }
}

static void subject_words(const char *subject, struct subject_words *out)
{
    struct subject_word word = { SUBJECT_HASH, 0, false };
    const char *s = subject_core(subject), *was = strstr(s, "(was:");
    int32_t i = 0, len = (int32_t)(was == NULL ? strlen(s) : (size_t)(was - s));
    UChar32 c, dense = 0;

    out->count = 0;
    while (i < len) {
        U8_NEXT(s, i, len, c);
        if (c < 0 || (!u_isalnum(c) && u_charType(c) != U_NON_SPACING_MARK)) {
            subject_word_end(out, &word);
            dense = 0;
            continue;
        }
        c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
        if (!subject_is_dense(c)) {
            word = (struct subject_word){ subject_hash(word.hash, c), word.letters + 1,
                                          word.number || u_isdigit(c) };
            continue;
        }
        if (dense != 0)
            subject_add(out, subject_hash(subject_hash(SUBJECT_HASH, dense), c));
        dense = c;
    }
    subject_word_end(out, &word);
}

bool subject_differs(const char *one, const char *other)
{
    struct subject_words w[2];
    size_t i, k;

    subject_words(one, &w[0]);
    subject_words(other, &w[1]);
    if (w[0].count < SUBJECT_TELLING || w[1].count < SUBJECT_TELLING)
        return false;
    for (i = 0; i < w[0].count; i++)
        for (k = 0; k < w[1].count; k++)
            if (w[0].at[i] == w[1].at[k])
                return false;
    return true;
}
