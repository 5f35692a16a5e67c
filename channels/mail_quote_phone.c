#include "channels/mail_quote_phone.h"

#include <stddef.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "channels/mail_quote_line.h"

enum {
    DIGITS_LEAST = 7,
    SHORT_LEAST = 5,  /* behind a label, in a village */
    DIGITS_MOST = 16, /* 15 and a "(0)" among them */
    SOLID_LEAST = 9,  /* digits that nothing parts, behind a nought */
    GROUPS_MAX = 8,
    AREA_LEAST = 2, /* digits in brackets, "(030)" */
    AREA_MOST = 5,
    YEAR_DIGITS = 4,
    MONTHS = 12,
    DAYS = 31,
    BYTE_MOST = 255, /* of an address of networks */
    QUAD_GROUPS = 4,
    DATE_GROUPS = 3,
    THOUSAND = 3, /* digits that are parted from the next */
};

/* Words of telephones; what a '*' ends is the begin of some, and a letter is one where it stands by
 * itself, "t 030 1234567". */
static const char *const phones[] = {
    "tel",        "telefon*",  "telefoon*",  "teléfono*", "telefón*",  "telef",     "telefax*",
    "telephone*", "phone",     "phones",     "fone",      "fon",       "mob",       "mobil",
    "mobile",     "mobiltel*", "mobilnum*",  "mobilní",   "móvil",     "movil",     "cell",
    "cellphone",  "cellulare", "cellular",   "cel",       "celular",   "handy",     "handynum*",
    "fax",        "faks",      "fax-nr",     "gsm",       "hotline",   "helpline",  "durchwahl",
    "rufnummer",  "tél",       "téléphone*", "télécopie", "tfno",      "tlf",       "tlfn",
    "tlm",        "telemóvel", "telemovel",  "puh",       "puhelin*",  "matkapuh*", "gsm-num*",
    "komórka*",   "whatsapp",  "viber",      "pager",     "freephone", "voip",      "switchboard",
    "τηλ*",       "κιν",       "κινητ*",     "φαξ",       "тел",       "телефон*",  "моб",
    "мобил*",     "мобіл*",    "факс*",      "сот",       "טל*",       "נייד*",     "פקס*",
    "هاتف*",      "تليفون*",   "جوال*",      "موبايل*",   "فاكس*",     "تلفن*",     "फोन*",
    "मोबाइल*",    "फ़ोन*",      "โทร*",       "มือถือ*",     "thoại*",    "đt",        "sđt",
    "电话*",      "電話*",     "手机*",      "手機*",     "传真*",     "傳真*",     "携帯*",
    "座机*",      "直通*",     "전화*",      "휴대*",     "핸드폰*",   "팩스*",     "ｔｅｌ",
    "ｆａｘ",     "t",         "m",          "f",         "p",         "o",         "c",
    "d",          "h",         "w",          "ph",        "dw",        NULL,
};
/* They are such words right before a number that is grouped or has a nought first, and of other
 * things anywhere else. */
static const char *const places[] = {
    "office", "home",     "büro", "zentrale", "privat", "direct", "direkt", "ext",
    "port",   "portable", "sip",  "isdn",     "kom",    "động",   NULL,
};
static const char *const others[] = {
    "mail",       "email",   "e-mail",  "e-post",   "epost",    "e-posta", "eposta",  "web",
    "www",        "website", "site",    "internet", "homepage", "url",     "skype",   "telegram",
    "linkedin",   "kontakt", "contact", "correo",   "courriel", "mél",     "posta",   "e-pošta",
    "sähköposti", "почта",   "пошта",   "сайт",     "邮箱*",    "邮件*",   "郵箱*",   "郵件*",
    "メール*",    "이메일*", "网址*",   "網址*",    "網站*",    "网站*",   "البريد*", "الموقع*",
    "דוא*",       "e",       NULL,
};
/* How the label of what a firm tells of itself begins. */
static const char *const firms[] = {
    "geschäftsführer", "sitz der gesellschaft",
    "registergericht", "managing director",
    "sprechzeit",      "bürozeit",
    "office hours",    NULL,
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool is_word(struct span word, const char *entry)
{
    size_t len = strlen(entry);

    if (entry[len - 1] != '*')
        return span_is(word, entry);
    return word.len >= len - 1 && memcmp(word.ptr, entry, len - 1) == 0;
}

/* "t 030 1234567", "| m: 0171 1234567", and no "d'abonné" or "nome e cognome". */
static bool stands_alone(struct span s, size_t begin, size_t end)
{
    while (begin > 0 && s.ptr[begin - 1] == ' ')
        begin--;
    if (begin > 0 && strchr(",;|/", s.ptr[begin - 1]) == NULL)
        return false;
    while (end < s.len && s.ptr[end] == '.')
        end++;
    if (end < s.len && s.ptr[end] == ':')
        return true;
    while (end < s.len && s.ptr[end] == ' ')
        end++;
    return end == s.len || text_is_digit(s.ptr[end]) || strchr("+(", s.ptr[end]) != NULL;
}

/* Is one of the words in `folded` of the table? */
static bool has_word(struct span folded, const char *const *words)
{
    size_t i, n, end;

    for (i = 0; i < folded.len; i = end) {
        struct span word;

        for (end = i; end < folded.len && (is_letter(folded.ptr[end]) || folded.ptr[end] == '-');
             end++)
            ;
        word = (struct span){ folded.ptr + i, end - i };
        for (n = 0; word.len > 0 && words[n] != NULL; n++)
            if (is_word(word, words[n]) && (word.len > 1 || stands_alone(folded, i, end)))
                return true;
        end += end == i;
    }
    return false;
}

/* Likewise, and it is the last. */
static bool ends_word(struct span folded, const char *const *words)
{
    size_t begin, end = folded.len;

    while (end > 0 && strchr(" .:", folded.ptr[end - 1]) != NULL)
        end--;
    for (begin = end; begin > 0 && is_letter(folded.ptr[begin - 1]); begin--)
        ;
    return has_word((struct span){ folded.ptr + begin, end - begin }, words);
}

static bool is_label(struct span folded)
{
    return has_word(folded, phones) || has_word(folded, places) || has_word(folded, others);
}

bool mail_quote_phone_is_label(struct span label)
{
    char room[LINE_READ_MAX + 8];

    return is_label(mail_quote_line_fold(label, room, sizeof(room)));
}

/* --- a number's own form
 * -------------------------------------------------------------------------------------- */

/* Groups of digits in what no blank parts. */
struct groups {
    size_t count;
    size_t digits[GROUPS_MAX];
    unsigned value[GROUPS_MAX];
    bool dots; /* nothing else parts them */
};

/* As many of them as there is room for; what is longer is no date. */
static struct groups read_groups(struct span s)
{
    struct groups g = { .dots = true };
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (!text_is_digit(s.ptr[i])) {
            g.dots = g.dots && s.ptr[i] == '.';
            continue;
        }
        if (i == 0 || !text_is_digit(s.ptr[i - 1])) {
            if (g.count == GROUPS_MAX)
                break;
            g.count++;
        }
        g.digits[g.count - 1]++;
        g.value[g.count - 1] = g.value[g.count - 1] * 10 % 100000 + (unsigned)(s.ptr[i] - '0');
    }
    return g;
}

static bool are_day_and_month(unsigned a, unsigned b)
{
    return a > 0 && b > 0 && a <= DAYS && b <= DAYS && (a <= MONTHS || b <= MONTHS);
}

/* 2026-06-01, 1.6.2026, 6/1/26 */
static bool is_date(const struct groups *g)
{
    if (g->count != DATE_GROUPS || g->digits[1] > 2)
        return false;
    if (g->digits[0] == YEAR_DIGITS)
        return g->digits[2] <= 2 && are_day_and_month(g->value[1], g->value[2]);
    return g->digits[0] <= 2 && (g->digits[2] == 2 || g->digits[2] == YEAR_DIGITS) &&
           are_day_and_month(g->value[0], g->value[1]);
}

/* 192.168.10.22, 5.2.1.10045, 1.234.567, 52.520008; in 030.1234567 a nought is first. */
static bool is_dotted_value(const struct groups *g, char first)
{
    bool bytes = g->count == QUAD_GROUPS, thousands = true, version = false;
    size_t i;

    if (!g->dots || g->count < 2)
        return false;
    if (g->count == 2)
        return first != '0' || g->digits[0] == 1;
    for (i = 0; i < g->count; i++) {
        bytes = bytes && g->digits[i] <= 3 && g->value[i] <= BYTE_MOST;
        thousands = thousands && (i == 0 || g->digits[i] == THOUSAND);
        version = version || (i > 0 && g->digits[i] == 1);
    }
    return bytes || thousands || version;
}

/* What blanks part, one by one: is some of it a day, an amount or the like? */
static bool holds_value(struct span run)
{
    size_t i, end;

    for (i = 0; i < run.len; i = end + 1) {
        struct groups g;

        for (end = i; end < run.len && run.ptr[end] != ' '; end++)
            ;
        g = read_groups((struct span){ run.ptr + i, end - i });
        if (is_date(&g) || is_dotted_value(&g, run.ptr[i]))
            return true;
    }
    return false;
}

/* 555-123-4567 */
static bool is_american(const struct groups *g)
{
    return g->count == 3 && g->digits[0] == 3 && g->digits[1] == 3 && g->digits[2] == 4;
}

/* "(030) 12", and no "(0/352" or "(2147024891)". */
static bool has_area(struct span run)
{
    const char *close = memchr(run.ptr, ')', run.len);
    size_t i;

    if (run.ptr[0] != '(' || close == NULL || close == run.ptr + run.len - 1 ||
        close - run.ptr - 1 < AREA_LEAST || close - run.ptr - 1 > AREA_MOST)
        return false;
    for (i = 1; run.ptr + i < close; i++)
        if (!text_is_digit(run.ptr[i]))
            return false;
    return true;
}

/* 1 234 567, as an amount is written, and money named beside it. */
static bool is_money(struct span run, struct span before, struct span behind)
{
    static const char *const names[] = { "eur", "usd", "gbp", "chf",    "pln", "czk", "sek",
                                         "nok", "dkk", "huf", "ron",    "try", "rub", "uah",
                                         "jpy", "cny", "krw", "inr",    "brl", "mxn", "cad",
                                         "aud", "kč",  "kr",  "zł",     "руб", "грн", "\u20ac",
                                         "$",   "£",   "¥",   "\u20bd", "円",  "元",  NULL };
    char room[LINE_READ_MAX + 8];
    struct span s = mail_quote_line_fold(behind, room, sizeof(room));

    if (run.ptr[0] == '+')
        return false;
    return span_begins_any(s, names) ||
           span_ends_any(mail_quote_line_fold(before, room, sizeof(room)), names);
}

/* Without a label: `before` is what stands there since the last comma; `last`: nothing follows. */
static bool reads_like_phone(struct span run, struct span before, bool last)
{
    struct groups g = read_groups(run);
    bool alone = before.len == 0;

    if (has_area(run) || is_american(&g))
        return true;
    if (holds_value(run))
        return false;
    if (g.count == 1)
        return alone && (run.ptr[0] == '0' ? run.len >= SOLID_LEAST : last);
    return alone || run.ptr[0] == '0';
}

/* --- a line's runs of digits
 * ---------------------------------------------------------------------------------- */

static bool is_of_run(char c)
{
    return text_is_digit(c) || (c != '\0' && strchr(" -./()+", c) != NULL);
}

/* The label's sign is its last: "Serial:", "Order #". */
static bool ends_label(struct span before)
{
    return before.len > 0 &&
           (strchr(":=#", before.ptr[before.len - 1]) != NULL ||
            (before.len > 3 && (memcmp(before.ptr + before.len - 3, "\uff1a", 3) == 0 ||
                                memcmp(before.ptr + before.len - 3, "\u2116", 3) == 0)));
}

/* `line` in `to` with its digits, blanks and dashes, and the wide forms of others, as ASCII has
 * them; no longer than it was. What is longer than may be read is cut. */
static struct span to_ascii(struct span line, char to[LINE_READ_MAX])
{
    int32_t at = 0, len = (int32_t)(line.len < LINE_READ_MAX ? line.len : LINE_READ_MAX);
    size_t n = 0;

    while (at < len) {
        int32_t begin = at;
        UChar32 c;

        U8_NEXT(line.ptr, at, len, c);
        if (c >= 0x80 && u_isdigit(c))
            to[n++] = (char)('0' + u_charDigitValue(c));
        else if (c == 0xa0 || c == 0x2007 || c == 0x2009 || c == 0x202f || c == 0x3000)
            to[n++] = ' ';
        else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
            to[n++] = '-';
        else if (c > 0xff00 && c < 0xff5f)
            to[n++] = (char)(c - 0xff00 + ' ');
        else
            while (begin < at)
                to[n++] = line.ptr[begin++];
    }
    return (struct span){ to, n };
}

static size_t count_digits(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += text_is_digit(s.ptr[i]);
    return n;
}

/* Is line[begin, end), without what parts at its ends, a telephone's? */
static bool is_number(struct span line, size_t since, size_t begin, size_t end)
{
    char room[LINE_READ_MAX + 8];
    struct span run, before, behind, label;
    size_t digits;

    while (begin < end && strchr(" -./)", line.ptr[begin]) != NULL)
        begin++;
    while (end > begin && !text_is_digit(line.ptr[end - 1]))
        end--;
    run = (struct span){ line.ptr + begin, end - begin };
    digits = count_digits(run);
    if (digits < DIGITS_LEAST || digits > DIGITS_MOST)
        return false;
    before = mail_quote_line_trim((struct span){ line.ptr + since, begin - since });
    behind = mail_quote_line_trim((struct span){ line.ptr + end, line.len - end });
    label = mail_quote_line_fold(before, room, sizeof(room));
    if (has_word(label, phones) ||
        (ends_word(label, places) && (digits < run.len || run.ptr[0] == '0')))
        return true;
    if (run.ptr[0] == '+')
        return true;
    if (ends_label(before) || is_money(run, before, behind))
        return false;
    /* "SN123456789", "10:22", "1.234.567,00" */
    if ((begin > 0 && (is_letter(line.ptr[begin - 1]) || line.ptr[begin - 1] == '_')) ||
        (end < line.len &&
         (is_letter(line.ptr[end]) || line.ptr[end] == ':' || line.ptr[end] == '_' ||
          (line.ptr[end] == ',' && end + 1 < line.len && text_is_digit(line.ptr[end + 1])))))
        return false;
    return reads_like_phone(run, before, behind.len == 0);
}

/* Or the first of several: "01.23.45.67.89 - 06.12.34.56.78". */
static bool is_phone(struct span line, size_t since, size_t begin, size_t end)
{
    size_t at, digits = 0;

    if (is_number(line, since, begin, end))
        return true;
    for (at = begin; at + 2 < end && digits <= DIGITS_MOST; at++) {
        digits += text_is_digit(line.ptr[at]);
        if (digits >= DIGITS_LEAST && line.ptr[at] == ' ' &&
            strchr("-/", line.ptr[at + 1]) != NULL && line.ptr[at + 2] == ' ' &&
            is_number(line, since, begin, at))
            return true;
    }
    return false;
}

bool mail_quote_phone_is_in(struct span line)
{
    char room[LINE_READ_MAX];
    struct span s = to_ascii(line, room);
    size_t i = 0, since = 0;

    while (i < s.len) {
        size_t begin = i;

        while (i < s.len && is_of_run(s.ptr[i]))
            i++;
        if (i - begin >= DIGITS_LEAST && is_phone(s, since, begin, i))
            return true;
        if (i < s.len && strchr(",;|", s.ptr[i]) != NULL)
            since = i + 1;
        i += i == begin || i < s.len;
    }
    return false;
}

bool mail_quote_phone_is_field(struct span label, struct span value)
{
    char room[LINE_READ_MAX + 8], digits[LINE_READ_MAX];
    struct span s = mail_quote_line_fold(label, room, sizeof(room));

    if (span_begins_any(s, firms))
        return true;
    if (!is_label(s))
        return false;
    if (count_digits(to_ascii(value, digits)) >= SHORT_LEAST ||
        memchr(value.ptr, '@', value.len) != NULL)
        return true;
    return memchr(value.ptr, ' ', value.len) == NULL && memchr(value.ptr, '.', value.len) != NULL;
}

bool mail_quote_phone_is_timed(struct span line)
{
    struct span s = mail_quote_line_trim(line);
    struct groups g;
    size_t i = 0, end;

    for (end = 0; end + 8 <= s.len; end++) /* 10:22:00 */
        if (text_is_digit(s.ptr[end]) && s.ptr[end + 1] != ':' && s.ptr[end + 2] == ':' &&
            text_is_digit(s.ptr[end + 1]) && text_is_digit(s.ptr[end + 3]) &&
            text_is_digit(s.ptr[end + 4]) && s.ptr[end + 5] == ':' &&
            text_is_digit(s.ptr[end + 6]) && text_is_digit(s.ptr[end + 7]) &&
            (end + 8 == s.len || s.ptr[end + 8] != ':'))
            return true;
    i = s.len > 0 && strchr("[(", s.ptr[0]) != NULL;
    for (end = i; end < s.len && (text_is_digit(s.ptr[end]) || strchr("-./", s.ptr[end]) != NULL);
         end++)
        ;
    while (end > i && !text_is_digit(s.ptr[end - 1]))
        end--;
    g = read_groups((struct span){ s.ptr + i, end - i });
    return is_date(&g);
}
