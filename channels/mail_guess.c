#include "channels/mail_guess.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "channels/mail_spelling.h"

enum {
    SAMPLE_MAX = 2000,  /* bytes that are looked at */
    WORST = -(1 << 28), /* below any score */
    SOFT_HYPHEN = 0xad,
    QUOTED_MAX = 80 /* characters between two quotes that are looked at */
};

/* What weighs how much; a letter where it belongs is worth 3 a byte. */
enum {
    ALONE = 8,      /* against a wide character among ASCII: it mostly is an accent and a letter, */
    ALONE_WORD = 2, /* but for some */
    FOREIGN_MIN = 3,       /* fewer bytes than that hardly tell of another script: */
    FOREIGN_COST = 6,      /* against it */
    AMONG_ASCII = 8,       /* against a letter of another script beside one of ASCII */
    LIKELY = 14,           /* for what the mail says elsewhere, */
    LIKELY_EACH = 2,       /* and for each byte so read */
    QUOTE = 3,             /* for each of two quotes that belong together */
    DOUBT_MIN = 8,         /* so many bytes, */
    DOUBT_EACH = 3,        /* each so much likelier otherwise, contradict what is said */
    DOUBT_LATIN_MIN = 4,   /* among Latin charsets, which are like each other: so many bytes, */
    DOUBT_LATIN_LEAST = 1, /* each so likely, make words; */
    DOUBT_LATIN = 9,       /* they contradict what is said if they are so much likelier */
    DOUBT_LATIN_EACH = 10, /* and one more for so many bytes */
    DOUBT_KIN = 4,         /* among those that have the same letters or signs: this and */
    DOUBT_KIN_EACH = 1,    /* so much for each byte */
    MOST_EACH = 4,         /* no reading is worth more for a byte beyond ASCII, */
    MOST_PAIR = 6,         /* or for a character of two bytes */
};

/* --- what is likely in which script
 * ------------------------------------------------------------------- */

/* The commonest letters of each; those of the first string more so than those of the second. */
static const UChar cyrillic_most[] = u"оеаинтсрвл", cyrillic_more[] = u"кмдпуяыьгзбчйхжіїє";
static const UChar greek_most[] = u"αοιετσνηυρπκς", greek_more[] = u"μλάέήίόύώωγδθχφ";
static const UChar hebrew_most[] = u"יוהלאתרבמש", hebrew_more[] = u"נםדחקעפןכסגטזץךףצ";
static const UChar hebrew_final[] = u"םןךףץ";
static const UChar arabic_most[] = u"اليمونرتبة", arabic_more[] = u"عدسفهكقأحجشصطخىضذئءزإثظغآؤ";
static const UChar thai_most[] = u"านรอกงมยลวดทสต", thai_more[] = u"ะำบคปหจพชขผถศณธซภญฟษ";
static const UChar hangul_most[] =
    u"이다는의에가을고하지를로한서기도은어리아나사일자인시그라대수해들과게만있정보제"
    u"것면부스여주장전원구우상동니요세조으성모안미유공신소했마치비적국연습합문배송감품"
    u"상답변확불교환메일중내녕저까오개선경계진무력바행당물거입실생각결회업용";
static const UChar hanzi_most[] =
    u"的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
    u"发后作里用"
    u"道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从"
    u"想实日"
    u"者意无力与长把机公此已工使情明性知全三关点正业外将两高间由问很最重并物手应向文体美相见被利什"
    u"等产或新"
    u"己制加西月话合回特代内信表化给位次度门任常先通原东提立及比员解名处各入口认条平系题更别变总何"
    u"电数安少"
    u"报受目太量再感建务做接必场件计管期市直资金指许区保至形社便空决展司基书非听达放难且设式路记品"
    u"住告类求"
    u"据程该交规取望确传今让带运您请订单发票邮客户附收送货款费购买优惠退换谢帮助服优质免"
    u"這個們來為國說時會對過發後裡種經麼學現當沒動還進樣開從實無與長機關點業將兩間問並應戰頭體見產"
    u"話內給"
    u"門兒東聲員論處義幾認條氣題爾別變總電數報結務場計資許統區隊決馬書則聽卻達強難權設記類據邊張該"
    u"規萬術領"
    u"確傳師觀讓識帶導爭運請訂單郵戶貨費購買優惠換謝幫服質您收附件";
static const UChar kanji_most[] =
    u"日本人年大会国中出事者社時分行上前生自後間同的見方場手業地合内部長新発立定対学高通開問代実関"
    u"目法今文現"
    u"所理体性小集数回動意全表金最取当月作主話員思家力要明連市教化世度電子件様御願送信返注品届確認"
    u"料申込予約"
    u"客請求書受付絡切知何入先般用情報変更無料便番号登録画面店円名不良交換訳待担当株式質";

/* --- text as one charset reads it
 * --------------------------------------------------------------------- */

struct sample {
    UChar *text;
    int32_t len;
};

static bool is_ascii_letter(UChar c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static UChar at(const struct sample *s, int32_t i)
{
    return i >= 0 && i < s->len ? s->text[i] : ' ';
}

static int rank(UChar c, const UChar *most, const UChar *more)
{
    return u_strchr(most, c) != NULL ? 3 : more != NULL && u_strchr(more, c) != NULL ? 2 : 0;
}

/* Scripts that have upper and lower letters: a capital within a word is a wrong reading, so are
 * small ones behind capitals, and words in capitals alone are rare. */
static int case_fault(const struct sample *s, int32_t i)
{
    if (u_islower(s->text[i]))
        return u_isupper(at(s, i - 1)) && u_isupper(at(s, i - 2)) ? 4 : 0;
    if (!u_isupper(s->text[i]))
        return 0;
    return u_islower(at(s, i - 1)) ? 5 : u_isupper(at(s, i - 1)) ? 1 : 0;
}

static int among_ascii(const struct sample *s, int32_t i)
{
    return is_ascii_letter(at(s, i - 1)) || is_ascii_letter(at(s, i + 1)) ? AMONG_ASCII : 0;
}

static int score_cyrillic(const struct sample *s, int32_t i)
{
    UChar c = (UChar)u_tolower(s->text[i]);
    int score = rank(c, cyrillic_most, cyrillic_more);

    if (!u_isalpha(at(s, i - 1)) && !u_isalpha(at(s, i + 1))) /* it may be a bullet */
        return u_isupper(s->text[i]) ? -1 : 0;
    score -= among_ascii(s, i);
    if ((c == u'ь' || c == u'ъ' || c == u'ы') && !u_isalpha(at(s, i - 1)))
        score -= 4; /* no word begins so */
    if (c < 0x430 || c > 0x44f)
        score -= u_strchr(u"ёіїєґјўљњћџђ", c) != NULL ? 1 : 3;
    return score - case_fault(s, i);
}

static int score_greek(const struct sample *s, int32_t i)
{
    UChar c = (UChar)u_tolower(s->text[i]);
    int score = rank(c, greek_most, greek_more);

    if (c == u'ς' && u_isalpha(at(s, i + 1)))
        score -= 5;
    score -= among_ascii(s, i);
    return score - case_fault(s, i);
}

static int score_hebrew(const struct sample *s, int32_t i)
{
    UChar c = s->text[i];
    int score = rank(c, hebrew_most, hebrew_more);

    if (u_strchr(hebrew_final, c) != NULL)
        score += u_isalpha(at(s, i + 1)) ? -6 : 1;
    score -= among_ascii(s, i);
    return score;
}

static int score_arabic(const struct sample *s, int32_t i)
{
    UChar c = s->text[i];
    int score = rank(c, arabic_most, arabic_more);

    if ((c == u'ة' || c == u'ى') && u_isalpha(at(s, i + 1)))
        score -= 5;
    score -= among_ascii(s, i);
    if (c == u'ا' && at(s, i + 1) == u'ل')
        score++;
    return score;
}

static bool is_thai_mark(UChar c)
{
    return c == 0xe31 || (c >= 0xe34 && c <= 0xe3a) || (c >= 0xe47 && c <= 0xe4e);
}

static bool is_thai(UChar c)
{
    return c >= 0xe01 && c <= 0xe5b;
}

static bool is_thai_consonant(UChar c)
{
    return c >= 0xe01 && c <= 0xe2e;
}

/* Marks stand above or below a consonant, some vowels before one and others behind one or its mark.
 * Few words have three consonants in a row, two letters are written no more, and the baht's sign
 * begins what it stands in. */
static int score_thai(const struct sample *s, int32_t i)
{
    UChar c = s->text[i], before = at(s, i - 1), after = at(s, i + 1);

    if (is_thai_mark(c))
        return is_thai_consonant(before) || (is_thai_mark(before) && before != c) ? 3 : -6;
    if (c >= 0xe40 && c <= 0xe44)
        return is_thai_consonant(after) ? 3 : -6;
    if (c >= 0xe30 && c <= 0xe33 && !is_thai_consonant(before) && !is_thai_mark(before) &&
        !(c == u'ะ' && before == u'า'))
        return -6;
    if (c == u'ฃ' || c == u'ฅ' || (c == u'฿' && is_thai(before)))
        return -6;
    if (!is_thai(before) && !is_thai(after)) /* it may be a bullet */
        return -1;
    if (is_thai_consonant(before) && is_thai_consonant(after))
        return rank(c, thai_most, thai_more) - 1;
    return rank(c, thai_most, thai_more) - among_ascii(s, i) - (c >= 0xe50 ? 2 : 0);
}

/* Characters of two bytes: twice what one of one byte is worth. `plain`: of the charset's first,
 * common half, as its lead byte tells. */
static int score_wide(UChar c, UChar before, const UChar *most, bool plain)
{
    if (c >= 0xac00 && c <= 0xd7a3)
        return u_strchr(hangul_most, c) != NULL ? 6 : plain ? 3 : -2;
    if ((c >= 0x3041 && c <= 0x3093) || (c >= 0x30a1 && c <= 0x30fc))
        return most == kanji_most ? 5 : 1; /* Chinese charsets have them at the same place */
    if (c >= 0x4e00 && c <= 0x9fff) {
        if (before >= 0xac00 && before <= 0xd7a3)
            return -6;
        return u_strchr(most, c) != NULL ? 6 : plain ? 2 : -3;
    }
    if (c >= 0xff61 && c <= 0xff9f)
        return before >= 0xff61 && before <= 0xff9f ? 0 : -2;
    if ((c >= 0x3000 && c <= 0x303f) || (c >= 0xff01 && c <= 0xff5e))
        return 3;
    return -4;
}

/* Measures, powers and fractions, where such stand: "m²", "100 µg", "½ l"; and accents that are
 * taken for quotes. */
static bool is_measure(const struct sample *s, int32_t i)
{
    UChar c = s->text[i], before = at(s, i - 1), after = at(s, i + 1);
    bool begins = !is_ascii_letter(before), ends = !is_ascii_letter(after);

    if (before >= 0x80 || after >= 0x80)
        return false;
    if (c == u'²' || c == u'³') /* "m²", "10³", "x²", but Polish "zł" would be "z³" */
        return ends && (before == 'm' || u_isdigit(before) ||
                        (!begins && before != 'z' && !u_isalpha(at(s, i - 2))));
    if (c == u'¹')
        return u_isdigit(before) && ends;
    if (c == u'µ')
        return mail_spelling_is_unit(s->text, s->len, i);
    if (c == u'´')
        return begins != ends;
    return u_strchr(u"¼½¾±×÷", c) != NULL && begins && ends;
}

/* Does it open or close «words» that are quoted, where nothing else has to hold them apart? */
static bool is_quote_of_pair(const struct sample *s, int32_t i)
{
    UChar c = s->text[i], other = c == u'«' ? u'»' : u'«';
    bool opens = !u_isalpha(at(s, i - 1)), closes = !u_isalpha(at(s, i + 1));
    int32_t n;

    if ((c != u'«' && c != u'»') || opens == closes)
        return false;
    for (n = 1; n <= QUOTED_MAX; n++) {
        int32_t k = opens ? i + n : i - n;

        if (at(s, k) == other)
            return !u_isalpha(at(s, opens ? k + 1 : k - 1));
    }
    return false;
}

static int score_symbol(const struct sample *s, int32_t i)
{
    UChar c = s->text[i], before = at(s, i - 1), after = at(s, i + 1);

    if (c == 0xfffd || c == 0x1a || (c >= 0x80 && c < 0xa0) || u_charType(c) == U_UNASSIGNED ||
        u_charType(c) == U_PRIVATE_USE_CHAR || u_charType(c) == U_CONTROL_CHAR)
        return -20;
    if (c == SOFT_HYPHEN)
        return u_isalpha(before) && u_isalpha(after) ? 2 : -1;
    if ((c == u'¿' || c == u'¡') && !u_isalpha(before))
        return 2;
    if (is_measure(s, i))
        return 1;
    if (is_quote_of_pair(s, i))
        return QUOTE;
    if (u_strchr(u"’–—…“”‘«»„°№€•·§©®™£ªº", c) != NULL || c == 0xa0)
        return c == u'’' || !(u_isalpha(before) && u_isalpha(after)) ? 1 : -1;
    return u_isalpha(before) || u_isalpha(after) || before >= 0x80 || after >= 0x80 ? -5 : -1;
}

static int score_at(const struct sample *s, int32_t i)
{
    UChar c = s->text[i];

    if (u_isalpha(c) && ((c >= 0xc0 && c < 0x250) || (c >= 0x1e00 && c < 0x1f00)))
        return -case_fault(s, i); /* what else there is to it, mail_spelling_score() says */
    if (c >= 0x370 && c < 0x400 && u_isalpha(c))
        return score_greek(s, i);
    if (c >= 0x400 && c < 0x530 && u_isalpha(c))
        return score_cyrillic(s, i);
    if (c >= 0x5d0 && c <= 0x5ea)
        return score_hebrew(s, i);
    if (c >= 0x620 && c <= 0x6d3 && u_isalpha(c))
        return score_arabic(s, i);
    if (is_thai(c))
        return score_thai(s, i);
    return score_symbol(s, i);
}

/* --- charsets
 * ----------------------------------------------------------------------------------------- */

/* Whose first half holds the common characters, by lead byte; {0, 0}: of one byte a character. */
static const struct candidate {
    const char *name;
    unsigned char first, last; /* lead bytes of common ideographs or syllables */
    const UChar *most;
    int bias; /* what is rare has to be better */
    bool latin;
    enum kin { APART, CYRILLIC, EAST_ASIAN } kin; /* each reads letters in what is another's */
} candidates[] = {
    { "windows-1252", 0, 0, NULL, 0, true, APART },
    { "windows-1251", 0, 0, NULL, -2, false, CYRILLIC },
    { "KOI8-R", 0, 0, NULL, 0, false, CYRILLIC },
    { "gb18030", 0xb0, 0xd7, hanzi_most, 0, false, EAST_ASIAN },
    { "windows-949", 0xb0, 0xc8, hangul_most, 0, false, EAST_ASIAN },
    { "Big5-HKSCS", 0xa4, 0xc6, hanzi_most, 0, false, EAST_ASIAN },
    { "windows-31j", 0x88, 0x97, kanji_most, 0, false, EAST_ASIAN },
    { "EUC-JP", 0xb0, 0xcf, kanji_most, 0, false, EAST_ASIAN },
    { "ISO-8859-2", 0, 0, NULL, -2, true, APART },
    { "windows-1250", 0, 0, NULL, -2, true, APART },
    { "windows-1253", 0, 0, NULL, -3, false, APART },
    { "windows-1255", 0, 0, NULL, -3, false, APART },
    { "windows-1256", 0, 0, NULL, -3, false, APART },
    { "windows-874", 0, 0, NULL, -3, false, APART },
    { "windows-1254", 0, 0, NULL, -2, true, APART },
    { "windows-1257", 0, 0, NULL, -5, true, APART },
    { "ISO-8859-5", 0, 0, NULL, -2, false, CYRILLIC },
    { "IBM866", 0, 0, NULL, -2, false, CYRILLIC },
    { "IBM850", 0, 0, NULL, -6, true, APART },
    { "IBM852", 0, 0, NULL, -7, true, APART },
    { "macintosh", 0, 0, NULL, -7, true, APART },
    { "KOI8-U", 0, 0, NULL, -1, false, CYRILLIC },
    { "ISO-8859-6", 0, 0, NULL, -4, false, APART },
    { "ISO-8859-15", 0, 0, NULL, -8, true, APART },
};

/* Against one wide character between two of ASCII. Where it has two bytes, both of them high, and
 * no letter is beside it, it may be a word. */
static int alone_cost(struct span wide, UChar before, UChar after)
{
    return wide.len < 2 || (unsigned char)wide.ptr[1] < 0xa1 || is_ascii_letter(before) ||
                   is_ascii_letter(after)
               ? ALONE
               : ALONE_WORD;
}

static int score_bytes_of_two(const struct candidate *k, struct span s, UConverter *c)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    struct span wide = { 0 };
    UChar before = ' ', ahead = ' ';
    int score = 0,
        row = 0; /* of how many wide characters in a row, behind `ahead`, this is the last */

    ucnv_reset(c);
    while (p < end) {
        UErrorCode status = U_ZERO_ERROR;
        const char *begin = p;
        UChar32 u = ucnv_getNextUChar(c, &p, end, &status);

        if (status == U_TRUNCATED_CHAR_FOUND || status == U_INDEX_OUTOFBOUNDS_ERROR)
            break; /* the sample ends within it */
        if (U_FAILURE(status) || u == 0xfffd || u == 0x1a || u_charType(u) == U_PRIVATE_USE_CHAR) {
            score -= 20;
            p = p > begin ? p : begin + 1;
            before = ' ';
            row = 0;
            continue;
        }
        if (u < 0x80) {
            score -= row == 1 ? alone_cost(wide, ahead, (UChar)u) : 0;
            row = 0;
        } else if (++row == 1) {
            ahead = before;
            wide = (struct span){ begin, (size_t)(p - begin) };
        }
        if (u > 0xffff)
            score -= 6;
        else if (u >= 0x80)
            score +=
                score_wide((UChar)u, before, k->most,
                           (unsigned char)*begin >= k->first && (unsigned char)*begin <= k->last);
        else if (p - begin > 1)
            score -= 20;
        before = (UChar)u;
    }
    return score - (row == 1 ? alone_cost(wide, ahead, ' ') : 0);
}

static int score_bytes(struct span s, UConverter *c)
{
    UErrorCode status = U_ZERO_ERROR;
    struct sample u;
    int32_t i;
    int score = 0;

    u.text = malloc(sizeof(UChar) * (s.len * 2 + 16));
    if (u.text == NULL)
        abort();
    ucnv_reset(c);
    u.len = ucnv_toUChars(c, u.text, (int32_t)s.len * 2 + 16, s.ptr, (int32_t)s.len, &status);
    for (i = 0; U_SUCCESS(status) && i < u.len; i++)
        if (u.text[i] >= 0x80 || u.text[i] == 0x1a)
            score += score_at(&u, i);
    if (U_SUCCESS(status))
        score += mail_spelling_score(u.text, u.len);
    free(u.text);
    return U_SUCCESS(status) ? score : WORST;
}

static int score(const struct candidate *k, struct span s)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = ucnv_open(k->name, &status);
    int got = WORST;

    if (U_SUCCESS(status))
        got = (k->first > 0 ? score_bytes_of_two(k, s, c) : score_bytes(s, c)) + k->bias;
    ucnv_close(c);
    return got;
}

/* --- the door
 * ----------------------------------------------------------------------------------------- */

static size_t count_high(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += (unsigned char)s.ptr[i] >= 0x80;
    return n;
}

/* Blanks that do not break, by far the commonest of such bytes, tell nothing where they stand
 * alone: elsewhere they are letters. */
static void blank_out(char *p, size_t len)
{
    size_t i, end;

    for (i = 0; i < len; i = end + 1) {
        for (end = i; end < len && p[end] == '\xa0'; end++)
            ;
        if (end - i > 1 || (end > i && (i == 0 || (unsigned char)p[i - 1] < 0x80) &&
                            (end == len || (unsigned char)p[end] < 0x80)))
            memset(p + i, ' ', end - i);
    }
}

/* Where the bytes that tell begin; `room` holds SAMPLE_MAX of them. */
static struct span sample_of(struct span s, char *room)
{
    size_t i = 0, back;

    while (i < s.len && (unsigned char)s.ptr[i] < 0x80)
        i++;
    back = i < 16 ? i : 16;
    s = (struct span){ s.ptr + i - back, s.len - i + back };
    if (s.len > SAMPLE_MAX)
        s.len = SAMPLE_MAX;
    memcpy(room, s.ptr, s.len);
    blank_out(room, s.len);
    return (struct span){ room, s.len };
}

static const struct candidate *known(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
        if (ucnv_compareNames(candidates[i].name, name) == 0)
            return &candidates[i];
    return NULL;
}

static int score_said(struct span s, const char *name)
{
    const struct candidate *k = known(name);
    struct candidate other = { .name = name };

    return score(k != NULL ? k : &other, s);
}

/* Bytes beyond ASCII that are called by a charset of seven bits are in another one of the same
 * language. */
static bool is_of_same_language(const struct candidate *k, const char *seven_bits)
{
    static const char *const rows[][2] = {
        { "ISO-2022-JP", "EUC-JP" },
        { "ISO-2022-JP", "windows-31j" },
        { "ISO-2022-KR", "windows-949" },
        { "HZ", "gb18030" },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncasecmp(seven_bits, rows[i][0], strlen(rows[i][0])) == 0 &&
            strcmp(k->name, rows[i][1]) == 0)
            return true;
    return false;
}

static int score_best(struct span s, const char *likely, const char **name)
{
    const struct candidate *said = likely != NULL ? known(likely) : NULL;
    size_t high = count_high(s), i;
    int most = WORST, got;

    for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
        got = score(&candidates[i], s);
        if (high < FOREIGN_MIN && !candidates[i].latin)
            got -= FOREIGN_COST;
        if (&candidates[i] == said)
            got += LIKELY + LIKELY_EACH * (int)high - said->bias;
        else if (likely != NULL && is_of_same_language(&candidates[i], likely))
            got += LIKELY;
        if (got > most) {
            most = got;
            *name = candidates[i].name;
        }
    }
    return most;
}

/* The accents themselves, strung together, that people try out whether they arrive. */
static bool is_trial(struct span s, const char *said,
                     bool (*is_one)(const UChar *text, int32_t len))
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[SAMPLE_MAX + 1];
    UConverter *c = ucnv_open(said, &status);
    struct sample u = { text, 0 };

    if (U_SUCCESS(status) && ucnv_getMaxCharSize(c) == 1)
        u.len = ucnv_toUChars(c, text, SAMPLE_MAX + 1, s.ptr, (int32_t)s.len, &status);
    ucnv_close(c);
    return U_SUCCESS(status) && u.len > 0 && is_one(u.text, u.len);
}

const char *mail_guess_charset(struct span bytes, const char *likely)
{
    char room[SAMPLE_MAX];
    struct span s = sample_of(bytes, room);
    const char *best = candidates[0].name;
    int most;

    if (likely == NULL && is_trial(s, best, mail_spelling_is_strung))
        return best;
    most = score_best(s, likely, &best);
    if (likely != NULL && known(likely) == NULL &&
        score_said(s, likely) + LIKELY + LIKELY_EACH * (int)count_high(s) > most)
        best = likely;
    return best;
}

/* Of what is no candidate only charsets of one byte a character can be held against those. */
static bool is_scored(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = ucnv_open(name, &status);
    UConverterType type = U_SUCCESS(status) ? ucnv_getType(c) : UCNV_UNSUPPORTED_CONVERTER;

    ucnv_close(c);
    return type == UCNV_SBCS || type == UCNV_LATIN_1 || known(name) != NULL;
}

/* Most of the high bytes follow upon each other: the charset itself is shown. */
static bool counts_up(struct span s)
{
    size_t i, steps = 0;

    for (i = 1; i < s.len; i++)
        steps += (unsigned char)s.ptr[i] > 0x80 && s.ptr[i] == (char)(s.ptr[i - 1] + 1);
    return steps * 2 > count_high(s);
}

static int ceiling(const struct candidate *k, struct span s, int high)
{
    int pairs = (int)s.len / 2;

    if (k->first == 0)
        return MOST_EACH * high + k->bias;
    return MOST_PAIR * (pairs < high ? pairs : high) + k->bias;
}

/* By how much a reading has to be the likelier one to contradict what is said. */
static int enough(const struct candidate *k, const char *said, int high)
{
    const struct candidate *other = known(said);

    if (k->kin != APART && other != NULL && other->kin == k->kin)
        return DOUBT_KIN + DOUBT_KIN_EACH * high;
    return k->latin ? DOUBT_LATIN + high / DOUBT_LATIN_EACH : DOUBT_EACH * high;
}

/* Is any reading so much likelier than what is said, at `said`? Mostly none can be, which is seen
 * without reading. */
static bool is_contradicted(struct span s, int high, const char *name, int said)
{
    size_t i;

    for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
        const struct candidate *k = &candidates[i];
        int least = said + enough(k, name, high);

        if (ceiling(k, s, high) >= least && score(k, s) >= least)
            return true;
    }
    return false;
}

const char *mail_guess_instead(struct span bytes, const char *said)
{
    char room[SAMPLE_MAX];
    struct span s = sample_of(bytes, room);
    int high = (int)count_high(s), most, as_said;
    const struct candidate *best;
    const char *name = said;

    if (high < DOUBT_LATIN_MIN || !is_scored(said))
        return NULL;
    as_said = score_said(s, said);
    if (!is_contradicted(s, high, said, as_said))
        return NULL;
    most = score_best(s, NULL, &name);
    best = known(name);
    if (most <= 0 || counts_up(s) ||
        (best->latin ? known(said) == NULL || most < DOUBT_LATIN_LEAST * high
                     : high < DOUBT_MIN || is_trial(s, said, mail_spelling_is_one)))
        return NULL;
    return most - as_said >= enough(best, said, high) ? name : NULL;
}
