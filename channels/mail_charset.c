#include "channels/mail_charset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "channels/mail_charset_lines.h"
#include "channels/mail_charset_table.h"
#include "channels/mail_guess.h"
#include "core/arena.h"

enum { LABEL_MAX = 40 };

/* What mails say (letters and digits alone, in lower case) and what they mean: mostly a larger
 * charset that holds the named one, for senders' programs name the smaller one and write the
 * larger. */
static const struct charset_name {
    const char *says, *means; /* "": nothing, one has to guess */
} charset_names[] = {
    { "", "" },
    { "8bit", "" },
    { "7bit", "" },
    { "ansi", "" },
    { "ansix341968", "" },
    { "ansix341986", "" },
    { "ascii", "" },
    { "binary", "" },
    { "default", "" },
    { "iso646us", "" },
    { "none", "" },
    { "unknown", "" },
    { "unknown8bit", "" },
    { "us", "" },
    { "usascii", "" },
    { "xascii", "" },
    { "xunknown", "" },
    { "xuserdefined", "" },
    { "88591", "windows-1252" },
    { "cp1252", "windows-1252" },
    { "cp819", "windows-1252" },
    { "ibm819", "windows-1252" },
    { "iso88591", "windows-1252" },
    { "iso885911987", "windows-1252" },
    { "isolatin1", "windows-1252" },
    { "latin1", "windows-1252" },
    { "l1", "windows-1252" },
    { "windows1252", "windows-1252" },
    { "iso88599", "windows-1254" },
    { "latin5", "windows-1254" },
    { "iso885911", "windows-874" },
    { "tis620", "windows-874" },
    { "iso88598i", "iso-8859-8" },
    { "iso88598e", "iso-8859-8" },
    { "latin2", "iso-8859-2" },
    { "latin9", "iso-8859-15" },
    { "utf8", "UTF-8" },
    { "utf8mb4", "UTF-8" },
    { "unicode11utf8", "UTF-8" },
    { "xutf8", "UTF-8" },
    { "unicode11utf7", "UTF-7" },
    { "xunicode20utf7", "UTF-7" },
    { "cp936", "gb18030" },
    { "csgb2312", "gb18030" },
    { "euccn", "gb18030" },
    { "gb18030", "gb18030" },
    { "gb2312", "gb18030" },
    { "gb231280", "gb18030" },
    { "gbk", "gb18030" },
    { "windows936", "gb18030" },
    { "xgbk", "gb18030" },
    { "cp932", "windows-31j" },
    { "ms932", "windows-31j" },
    { "mskanji", "windows-31j" },
    { "shiftjis", "windows-31j" },
    { "sjis", "windows-31j" },
    { "windows31j", "windows-31j" },
    { "windows932", "windows-31j" },
    { "xsjis", "windows-31j" },
    { "cp50220", "ISO-2022-JP" },
    { "cp50221", "ISO-2022-JP" },
    { "cp50222", "ISO-2022-JP" },
    { "csiso2022jp", "ISO-2022-JP" },
    { "iso2022jp", "ISO-2022-JP" },
    { "iso2022jp1", "ISO-2022-JP" },
    { "iso2022jp2", "ISO-2022-JP" },
    { "iso2022jp2004", "ISO-2022-JP" },
    { "iso2022jp3", "ISO-2022-JP" },
    { "iso2022jpms", "ISO-2022-JP" },
    { "jis", "ISO-2022-JP" },
    { "cp949", "windows-949" },
    { "euckr", "windows-949" },
    { "ksc5601", "windows-949" },
    { "ksc56011987", "windows-949" },
    { "ksc56011989", "windows-949" },
    { "uhc", "windows-949" },
    { "big5", "Big5-HKSCS" },
    { "big5hkscs", "Big5-HKSCS" },
    { "cp950", "Big5-HKSCS" },
    { "xxbig5", "Big5-HKSCS" },
    { "mac", "macintosh" },
    { "macroman", "macintosh" },
    { "xmacroman", "macintosh" },
    { "koi8", "KOI8-R" },
    { "koi8ru", "KOI8-U" },
    { "iso10646ucs2", "UTF-16BE" },
    { "ucs2", "UTF-16BE" },
    { "win1250", "windows-1250" },
    { "win1251", "windows-1251" },
    { "iso885916", "ISO-8859-16" },
    { "latin10", "ISO-8859-16" },
    { "l10", "ISO-8859-16" },
    { "koi8t", "KOI8-T" },
    { "kz1048", "KZ-1048" },
    { "strk10482002", "KZ-1048" },
    { "rk1048", "KZ-1048" },
    { "ptcp154", "PTCP154" },
    { "pt154", "PTCP154" },
    { "cp154", "PTCP154" },
    { "csptcp154", "PTCP154" },
    { "viscii", "VISCII" },
    { "csviscii", "VISCII" },
    { NULL, NULL },
};

struct label {
    char name[LABEL_MAX + 1]; /* for ICU; "": one has to guess */
};

/* The first of several names, without what quoted-printable left before it ("3Dutf-8") or its
 * sender behind it. */
static struct span bare_label(struct span s)
{
    size_t n = 0;

    while (s.len > 0 && strchr(" \t\"'=<*", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    if (s.len > 4 && strncasecmp(s.ptr, "3D", 2) == 0)
        return bare_label((struct span){ s.ptr + 2, s.len - 2 });
    if (s.len > 8 && strncasecmp(s.ptr, "charset=", 8) == 0)
        return bare_label((struct span){ s.ptr + 8, s.len - 8 });
    while (n < s.len && strchr(",;(", s.ptr[n]) == NULL)
        n++;
    return (struct span){ s.ptr, n };
}

static struct label label_of(struct span said)
{
    struct label l = { "" };
    struct span charset = bare_label(said);
    char key[LABEL_MAX + 1];
    const struct charset_name *n;
    size_t i, len = 0;

    for (i = 0; i < charset.len && len < LABEL_MAX; i++) {
        char c = charset.ptr[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            key[len++] = c;
    }
    key[len] = '\0';
    for (n = charset_names; n->says != NULL; n++) {
        if (strcmp(n->says, key) == 0) {
            strcpy(l.name, n->means);
            return l;
        }
    }
    for (i = len = 0; i < charset.len && len < LABEL_MAX; i++)
        if ((unsigned char)charset.ptr[i] > ' ' && (unsigned char)charset.ptr[i] < 0x7f &&
            strchr("\"'<>;,", charset.ptr[i]) == NULL)
            l.name[len++] = charset.ptr[i];
    l.name[len] = '\0';
    return l;
}

static UConverter *open_converter(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = name[0] != '\0' ? ucnv_open(name, &status) : NULL;

    if (U_SUCCESS(status))
        return c;
    ucnv_close(c);
    return NULL;
}

bool mail_charset_is_known(struct span charset)
{
    struct label l = label_of(charset);
    UConverter *c = open_converter(l.name);

    ucnv_close(c);
    return c != NULL || mail_charset_table_has(l.name);
}

/* --- what the bytes themselves say
 * -------------------------------------------------------------------- */

static size_t count_high(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += (unsigned char)s.ptr[i] >= 0x80;
    return n;
}

static bool has_escape(struct span s, const char *kinds)
{
    const char *at = s.ptr, *end = s.ptr + s.len;

    while (s.len > 0 && (at = memchr(at, 0x1b, (size_t)(end - at))) != NULL && end - at > 2) {
        if (strchr(kinds, at[1]) != NULL)
            return true;
        at++;
    }
    return false;
}

/* ISO-2022-JP, by its shifts: of seven bits, or with half-width kana of eight. */
static bool is_jis(struct span s)
{
    bool shifts = s.len > 3 && (memmem(s.ptr, s.len, "\x1b$B", 3) != NULL ||
                                memmem(s.ptr, s.len, "\x1b$@", 3) != NULL);

    return shifts && (count_high(s) == 0 || (!text_is_utf8(s) && has_escape(s, "(")));
}

/* Every other byte of UTF-16 is zero, where it is mostly ASCII; NULL: they are not. */
static const char *wide_by_zeroes(struct span s)
{
    size_t zeroes[2] = { 0, 0 }, i;

    for (i = 0; i < s.len; i++)
        zeroes[i % 2] += s.ptr[i] == '\0';
    if (zeroes[0] + zeroes[1] < 2 || (zeroes[0] + zeroes[1]) * 4 < s.len)
        return NULL;
    return zeroes[0] * 8 < zeroes[1] ? "UTF-16LE" : zeroes[1] * 8 < zeroes[0] ? "UTF-16BE" : NULL;
}

/* Broken UTF-8 that still is more UTF-8 than anything else: also what was cut within its only
 * character beyond ASCII. */
static bool is_nearly_utf8(struct span s)
{
    struct mail_utf8_count n = mail_utf8_count(s);

    return n.good + n.torn >= n.bad;
}

/* UTF-8 of each half of a UTF-16 pair, as Java and some databases write characters beyond 16 bits
 * (Unicode Technical Report 26). */
static bool has_halves(struct span s)
{
    const char *at = s.ptr, *end = s.ptr + s.len;

    for (; end - at >= 6 && (at = memchr(at, 0xed, (size_t)(end - at) - 5)) != NULL; at++)
        if ((at[1] & 0xf0) == 0xa0 && at[3] == '\xed' && (at[4] & 0xf0) == 0xb0)
            return true;
    return false;
}

/* UTF-8 whatever it is called, though it was cut, or something else was put below it. */
static bool is_mostly_utf8(struct span s)
{
    struct mail_utf8_count n = mail_utf8_count(s);

    return n.good > 0 && (n.bad - n.cut) * 4 <= n.good;
}

static bool is_letter_at(struct span s, size_t i)
{
    return i < s.len &&
           ((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'));
}

/* Is it UTF-8 though it is called a charset of two bytes a character? Few such texts are that by
 * chance: "联通" in GB2312 is. Of two bytes among letters of ASCII are accents: "über". */
static bool is_utf8_by_no_chance(struct span s)
{
    enum { ENOUGH = 4 }; /* by chance are one in some thousands */
    size_t i = 0, n, evidence = 0;

    while (i < s.len && evidence < ENOUGH) {
        unsigned char c = (unsigned char)s.ptr[i];

        n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (n > 2 || (n == 2 && (is_letter_at(s, i - 1) || is_letter_at(s, i + 2))))
            evidence += 2;
        else
            evidence += n == 2;
        i += n;
    }
    return evidence >= ENOUGH && text_is_utf8(s);
}

/* --- conversion
 * --------------------------------------------------------------------------------------- */

/* How many characters could not be read. */
static size_t convert(struct text_buffer *out, struct span s, UConverter *c)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t room = (int32_t)s.len * 2 + 16, wide, i, len = 0;
    UChar *u16 = xmalloc(sizeof(*u16) * (size_t)room);
    size_t lost = 0;
    char *utf8;

    ucnv_reset(c);
    wide = ucnv_toUChars(c, u16, room, s.ptr, (int32_t)s.len, &status);
    if (U_FAILURE(status))
        wide = 0;
    for (i = 0; i < wide; i++) {
        if (u16[i] == 0x1a) /* ICU's word for a single byte that means nothing */
            u16[i] = 0xfffd;
        lost += u16[i] == 0xfffd;
    }
    utf8 = xmalloc((size_t)wide * 3 + 1);
    status = U_ZERO_ERROR;
    u_strToUTF8WithSub(utf8, wide * 3 + 1, &len, u16, wide, 0xfffd, NULL, &status);
    if (U_SUCCESS(status))
        text_buffer_add(out, utf8, (size_t)len);
    free(utf8);
    free(u16);
    return lost;
}

static void convert_named(struct text_buffer *out, struct span s, const char *name)
{
    UConverter *c = open_converter(name);

    if (c == NULL)
        c = open_converter("windows-1252");
    convert(out, s, c);
    ucnv_close(c);
}

/* Bytes in a row that are in one charset. */
struct run {
    struct text_buffer *out, bytes;
    const char *charset; /* told apart by address: each is named in one place */
};

static void run_end(struct run *r)
{
    if (r->bytes.len > 0)
        convert_named(r->out, (struct span){ r->bytes.ptr, r->bytes.len }, r->charset);
    text_buffer_clear(&r->bytes);
}

static void run_add(struct run *r, const char *charset, const char *bytes, size_t len)
{
    if (r->charset != charset) {
        run_end(r);
        r->charset = charset;
    }
    text_buffer_add(&r->bytes, bytes, len);
}

/* What a shift of ISO-2022-JP and its extensions (RFC 1554, RFC 2237, JIS X 0213) leads to. */
enum shift { SHIFT_NONE, SHIFT_KANA, SHIFT_KANJI, SHIFT_SUPPLEMENT, SHIFT_CHINESE, SHIFT_KOREAN };

/* JIS X 0213's first plane is JIS X 0208's, with more in its gaps. */
static enum shift shift_to(char set)
{
    if (set == 'B' || set == '@' || set == 'O' || set == 'Q')
        return SHIFT_KANJI;
    return set == 'A' ? SHIFT_CHINESE : set == 'C' ? SHIFT_KOREAN : SHIFT_SUPPLEMENT;
}

/* Kanji go by way of Microsoft's Shift_JIS, which has the characters that ISO-2022-JP should not
 * have but in mails has: circled digits, Roman numerals, half-width kana (T-53). */
static const char by_sjis[] = "windows-31j";

static void add_pair(struct run *r, enum shift shift, unsigned char j1, unsigned char j2)
{
    char pair[3] = { (char)0x8f, (char)(j1 | 0x80), (char)(j2 | 0x80) };

    if (shift == SHIFT_SUPPLEMENT) {
        run_add(r, "EUC-JP", pair, 3);
    } else if (shift == SHIFT_KANJI) {
        pair[0] = (char)((j1 + 1) / 2 + (j1 < 0x5f ? 0x70 : 0xb0));
        pair[1] = (char)(j1 % 2 == 1 ? j2 + (j2 >= 0x60 ? 0x20 : 0x1f) : j2 + 0x7e);
        run_add(r, by_sjis, pair, 2);
    } else {
        run_add(r, shift == SHIFT_CHINESE ? "gb18030" : "windows-949", pair + 1, 2);
    }
}

/* The length of the escape sequence at p, and what it shifts to; 0: it is none. */
static size_t read_shift(const char *p, size_t left, enum shift *shift)
{
    if (left >= 4 && memcmp(p, "\x1b$(", 3) == 0) {
        *shift = shift_to(p[3]);
        return 4;
    }
    if (left < 3 || p[0] != 0x1b)
        return 0;
    if (p[1] == '(')
        *shift = p[2] == 'I' ? SHIFT_KANA : SHIFT_NONE;
    else if (p[1] == '$')
        *shift = shift_to(p[2]);
    else
        return 0;
    return 3;
}

static bool is_jis_byte(char c)
{
    return c > 0x20 && c < 0x7f;
}

static void convert_jis(struct text_buffer *out, struct span s)
{
    struct run r = { .out = out, .charset = by_sjis };
    enum shift shift = SHIFT_NONE;
    size_t i = 0, n;

    while (i < s.len) {
        char c = s.ptr[i];

        n = read_shift(s.ptr + i, s.len - i, &shift);
        if (n > 0) {
            i += n;
            continue;
        }
        if (c == '\n')
            shift = SHIFT_NONE; /* no line ends shifted, whatever its writer forgot */
        if (shift >= SHIFT_KANJI && i + 1 < s.len && is_jis_byte(c) && is_jis_byte(s.ptr[i + 1])) {
            add_pair(&r, shift, (unsigned char)c, (unsigned char)s.ptr[i + 1]);
            i += 2;
            continue;
        }
        if (shift == SHIFT_KANA && c > 0x20 && c < 0x60)
            c = (char)(c | 0x80);
        run_add(&r, by_sjis, &c, 1);
        i++;
    }
    run_end(&r);
}

static void convert_guessed(struct text_buffer *out, struct span s, const char *fallback)
{
    struct label likely = label_of(span_of(fallback));

    if (is_jis(s)) {
        convert_jis(out, s);
    } else if (s.len > 4 && memmem(s.ptr, s.len, "\x1b$)C", 4) != NULL) {
        convert_named(out, s, "ISO-2022-KR");
    } else if (is_mostly_utf8(s)) {
        text_buffer_add(out, s.ptr, s.len);
    } else {
        convert_named(out, s, mail_guess_charset(s, likely.name[0] != '\0' ? likely.name : NULL));
    }
}

/* Line by line, where some are UTF-8 and others are not. False: they are not, or it is called
 * something whose letters may look like it. */
static bool convert_lines(struct text_buffer *out, struct span s, const char *name,
                          const char *fallback)
{
    static const char utf8[] = "UTF-8";
    struct text_buffer others = { 0 };
    struct run r = { .out = out, .charset = utf8 };
    bool named = strcmp(name, utf8) == 0, other;
    struct label likely = label_of(span_of(named ? fallback : name));
    const char *instead;
    struct span line;
    size_t at = 0;

    if ((!named && name[0] != '\0' && strcmp(name, "windows-1252") != 0) ||
        !mail_charset_lines_differ(s, named))
        return false;
    while (mail_charset_lines_next(s, &at, &line, &other))
        if (other)
            text_buffer_add(&others, line.ptr, line.len);
    instead = mail_guess_charset((struct span){ others.ptr, others.len },
                                 likely.name[0] != '\0' ? likely.name : NULL);
    for (at = 0; mail_charset_lines_next(s, &at, &line, &other);)
        run_add(&r, other ? instead : utf8, line.ptr, line.len);
    run_end(&r);
    text_buffer_clear(&others);
    return true;
}

/* Charsets in which ASCII bytes may mean something else. */
static bool is_shifting(const char *name)
{
    return strncasecmp(name, "UTF-7", 5) == 0 || strncasecmp(name, "ISO-2022", 8) == 0 ||
           strncasecmp(name, "HZ", 2) == 0 || strncasecmp(name, "UTF-16", 6) == 0 ||
           strncasecmp(name, "UTF-32", 6) == 0 || strncasecmp(name, "imap", 4) == 0;
}

/* It has seven bits by its name (RFC 2152). */
static bool is_no_utf7(struct span s, const char *name)
{
    return strncasecmp(name, "UTF-7", 5) == 0 && count_high(s) > 0;
}

static bool starts_utf(const char *name)
{
    return strncasecmp(name, "UTF", 3) == 0;
}

/* Microsoft's, which has letters and signs where the other one has control characters, which no
 * text has. NULL: it has none. */
static const char *larger_of(struct span s, const char *name)
{
    static const char *const pairs[][2] = {
        { "ISO-8859-15", "windows-1252" }, { "ISO-8859-2", "windows-1250" },
        { "ISO-8859-7", "windows-1253" },  { "ISO-8859-8", "windows-1255" },
        { "ISO-8859-6", "windows-1256" },  { "ISO-8859-13", "windows-1257" },
    };
    size_t i;

    for (i = 0; i < s.len && ((unsigned char)s.ptr[i] < 0x80 || (unsigned char)s.ptr[i] > 0x9f);)
        i++;
    if (i == s.len)
        return NULL;
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (ucnv_compareNames(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

static const char *instead_of(struct span s, const char *name, bool utf8)
{
    const char *instead;

    if (utf8 || is_shifting(name))
        return NULL;
    instead = mail_guess_instead(s, name);
    return instead != NULL ? instead : larger_of(s, name);
}

/* The bytes are what they are called, unless they contradict it: they are UTF-8, or are likelier in
 * another charset, or can be read in another one only. */
static void convert_declared(struct text_buffer *out, struct span s, UConverter *c,
                             const char *name)
{
    UConverterType type = ucnv_getType(c);
    bool utf8 = is_mostly_utf8(s);
    size_t before = out->len;
    const char *instead;

    if (utf8 && (type == UCNV_SBCS || type == UCNV_LATIN_1 || is_utf8_by_no_chance(s))) {
        text_buffer_add(out, s.ptr, s.len);
        return;
    }
    instead = instead_of(s, name, utf8);
    if (instead != NULL) {
        convert_named(out, s, instead);
        return;
    }
    if (convert(out, s, c) > 0 && !starts_utf(name)) {
        out->len = before;
        convert_guessed(out, s, name);
    }
}

/* Takes a byte order mark away; the charset it names, NULL: there is none. */
static const char *take_mark(struct span *s)
{
    size_t n = 0;
    const char *name = NULL;

    if (s->len >= 3 && memcmp(s->ptr, "\xef\xbb\xbf", 3) == 0) {
        name = "UTF-8";
        n = 3;
    } else if (s->len >= 8 &&
               (memcmp(s->ptr, "\xff\xfe\0\0", 4) == 0 || memcmp(s->ptr, "\0\0\xfe\xff", 4) == 0)) {
        name = s->ptr[0] == '\xff' ? "UTF-32LE" : "UTF-32BE";
        n = 4;
    } else if (s->len >= 4 && memchr(s->ptr, '\0', s->len) != NULL &&
               (memcmp(s->ptr, "\xff\xfe", 2) == 0 || memcmp(s->ptr, "\xfe\xff", 2) == 0)) {
        name = s->ptr[0] == '\xff' ? "UTF-16LE" : "UTF-16BE";
        n = 2;
    }
    s->ptr += n;
    s->len -= n;
    return name;
}

bool mail_charset_is_utf8(struct span charset)
{
    return strcmp(label_of(charset).name, "UTF-8") == 0;
}

const char *mail_charset_name(struct arena *a, struct span charset)
{
    struct label l = label_of(charset);

    return l.name[0] == '\0' || starts_utf(l.name) ? NULL : arena_strdup(a, l.name);
}

const char *mail_charset_instead(struct span s, const char *name)
{
    return instead_of(s, name, is_mostly_utf8(s));
}

const char *mail_charset_guess(struct arena *a, struct span s)
{
    if (is_jis(s) || count_high(s) == 0 || is_mostly_utf8(s) || wide_by_zeroes(s) != NULL)
        return NULL;
    return arena_strdup(a, mail_guess_charset(s, NULL));
}

struct span mail_charset_unshifted(struct arena *a, struct span s)
{
    struct text_buffer out = { 0 };

    if (!is_jis(s))
        return s;
    convert_jis(&out, s);
    s = (struct span){ arena_strndup(a, out.ptr, out.len), out.len };
    text_buffer_clear(&out);
    return s;
}

void mail_charset_decode(struct text_buffer *out, struct span bytes, struct span charset,
                         const char *fallback, size_t max)
{
    struct span s = { bytes.ptr, bytes.len < 2 * max ? bytes.len : 2 * max };
    const char *mark = take_mark(&s);
    struct label l;
    UConverter *c;

    if (s.len == 0)
        return;
    l = label_of(charset);
    if (mark == NULL && strncasecmp(l.name, "UTF-32", 6) != 0)
        mark = wide_by_zeroes(s);
    if (mark != NULL)
        l = label_of(span_of(mark));
    if (!is_shifting(l.name) && !has_escape(s, "$") && count_high(s) == 0) {
        text_buffer_add(out, s.ptr, s.len);
        return;
    }
    if (mail_charset_table_has(l.name) && !is_mostly_utf8(s)) {
        mail_charset_table_decode(out, s, l.name);
        return;
    }
    if (is_jis(s) || (strcmp(l.name, "ISO-2022-JP") == 0 && has_escape(s, "$("))) {
        convert_jis(out, s);
        return;
    }
    if ((l.name[0] == '\0' || strcmp(l.name, "UTF-8") == 0) && has_halves(s)) {
        convert_named(out, s, "CESU-8");
        return;
    }
    if (convert_lines(out, s, l.name, fallback))
        return;
    if (strcmp(l.name, "UTF-8") == 0 && is_nearly_utf8(s)) {
        text_buffer_add(out, s.ptr, s.len);
        return;
    }
    c = strcmp(l.name, "UTF-8") == 0 || is_no_utf7(s, l.name) ? NULL : open_converter(l.name);
    if (c == NULL || (strncasecmp(l.name, "UTF-16", 6) == 0 && memchr(s.ptr, '\0', s.len) == NULL &&
                      text_is_utf8(s)))
        convert_guessed(out, s, fallback);
    else
        convert_declared(out, s, c, l.name);
    ucnv_close(c);
}
