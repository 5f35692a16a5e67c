#include "channels/mail_quote_person.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_table.h"
#include "channels/mail_quote_words.h"

enum { WORD_MAX = 40 };

/* How a word has to be written, since names are written alike. */
enum {
    SMALL = 1,   /* with a small letter: "your", "was" */
    CAPITAL = 2, /* with a capital: "Ihre" */
    BEHIND = 4,  /* last, and right behind the verb: "schreef u" */
    /* An article, with a small letter, where programs have a name: */
    AFTER_NUMBER = 8, /* "le 1 juin 2026 le livreur" */
    AFTER_VERB = 16,  /* "schrieb der Bote" */
    VERB = 32,        /* itself goes with one: "hat der Bote" */
};
static const struct person {
    const char *word;
    unsigned written;
} rows[] = {
    { "ai", SMALL },
    { "anda", SMALL | CAPITAL },
    { "avez", SMALL },
    { "avons", SMALL },
    { "ați", SMALL },
    { "bana", SMALL },
    { "ben", SMALL },
    { "benim", SMALL },
    { "biz", SMALL },
    { "bize", SMALL },
    { "bizim", SMALL },
    { "było", SMALL },
    { "ci", SMALL },
    { "das", AFTER_VERB },
    { "dein", SMALL },
    { "deine", SMALL },
    { "der", AFTER_VERB },
    { "dere", SMALL },
    { "dich", SMALL },
    { "die", AFTER_VERB },
    { "dina", SMALL },
    { "dine", SMALL },
    { "ditt", SMALL },
    { "du", BEHIND },
    { "dvs", SMALL },
    { "ein", AFTER_VERB },
    { "eine", AFTER_VERB },
    { "el", AFTER_NUMBER },
    { "elle", SMALL },
    { "era", SMALL },
    { "est", SMALL },
    { "estaba", SMALL },
    { "estava", SMALL },
    { "está", SMALL },
    { "eu", SMALL },
    { "euch", SMALL },
    { "euer", SMALL },
    { "eure", SMALL },
    { "gli", AFTER_NUMBER },
    { "hat", VERB },
    { "he", SMALL },
    { "her", SMALL },
    { "hij", SMALL },
    { "him", SMALL },
    { "his", SMALL },
    { "ho", SMALL },
    { "hon", SMALL },
    { "hun", SMALL },
    { "i", CAPITAL },
    { "ich", SMALL },
    { "ihnen", SMALL | CAPITAL },
    { "ihr", SMALL | CAPITAL },
    { "ihre", SMALL | CAPITAL },
    { "ihrem", SMALL | CAPITAL },
    { "ihren", SMALL | CAPITAL },
    { "ihrer", SMALL | CAPITAL },
    { "ik", SMALL },
    { "il", AFTER_NUMBER },
    { "io", SMALL },
    { "is", SMALL },
    { "jag", SMALL },
    { "jeg", SMALL },
    { "jest", SMALL },
    { "jij", SMALL },
    { "jou", SMALL },
    { "jouw", SMALL },
    { "jste", SMALL },
    { "jullie", SMALL },
    { "kami", SMALL },
    { "kita", SMALL },
    { "le", AFTER_NUMBER },
    { "les", AFTER_NUMBER },
    { "lhe", SMALL },
    { "lhes", SMALL },
    { "lo", AFTER_NUMBER },
    { "los", AFTER_NUMBER },
    { "me", SMALL },
    { "meg", SMALL },
    { "meidän", SMALL },
    { "mein", SMALL },
    { "meine", SMALL },
    { "meinem", SMALL },
    { "meinen", SMALL },
    { "meiner", SMALL },
    { "meu", SMALL },
    { "mi", SMALL },
    { "mia", SMALL },
    { "mich", SMALL },
    { "mig", SMALL },
    { "mij", SMALL },
    { "mijn", SMALL },
    { "mine", SMALL },
    { "minha", SMALL },
    { "minä", SMALL },
    { "mio", SMALL },
    { "mir", SMALL },
    { "mis", SMALL },
    { "mitt", SMALL },
    { "mnie", SMALL },
    { "moi", SMALL },
    { "moja", SMALL },
    { "my", SMALL },
    { "mój", SMALL },
    { "můj", SMALL },
    { "nam", SMALL },
    { "nasz", SMALL },
    { "nekem", SMALL },
    { "nekünk", SMALL },
    { "ni", BEHIND },
    { "nobody", SMALL },
    { "nos", SMALL },
    { "nostra", SMALL },
    { "nostro", SMALL },
    { "notre", SMALL },
    { "nous", SMALL },
    { "nuestra", SMALL },
    { "nuestras", SMALL },
    { "nuestro", SMALL },
    { "nuestros", SMALL },
    { "nám", SMALL },
    { "náš", SMALL },
    { "onze", SMALL },
    { "oss", SMALL },
    { "our", SMALL },
    { "ours", SMALL },
    { "pan", SMALL },
    { "pani", SMALL },
    { "państwa", SMALL | CAPITAL },
    { "państwo", SMALL | CAPITAL },
    { "sam", SMALL },
    { "saya", SMALL },
    { "seu", SMALL },
    { "she", SMALL },
    { "sie", CAPITAL },
    { "siz", SMALL },
    { "size", SMALL },
    { "sizin", SMALL },
    { "smo", SMALL },
    { "staat", SMALL },
    { "stand", SMALL },
    { "stato", SMALL },
    { "ste", SMALL },
    { "steht", SMALL },
    { "stond", SMALL },
    { "su", SMALL },
    { "sua", SMALL },
    { "suo", SMALL },
    { "sus", SMALL },
    { "teidän", SMALL },
    { "that", SMALL },
    { "the", SMALL },
    { "their", SMALL },
    { "them", SMALL },
    { "they", SMALL },
    { "twój", SMALL },
    { "tôi", SMALL },
    { "u", BEHIND },
    { "un", AFTER_NUMBER },
    { "una", AFTER_NUMBER },
    { "une", AFTER_NUMBER },
    { "uno", AFTER_NUMBER },
    { "uns", SMALL },
    { "unser", SMALL },
    { "unsere", SMALL },
    { "unserem", SMALL },
    { "unseren", SMALL },
    { "unserer", SMALL },
    { "us", SMALL },
    { "usted", SMALL },
    { "ustedes", SMALL },
    { "uw", SMALL },
    { "vam", SMALL },
    { "vaš", SMALL },
    { "vaša", SMALL },
    { "vaše", SMALL },
    { "vi", SMALL },
    { "você", SMALL },
    { "vocês", SMALL },
    { "voi", SMALL },
    { "vores", SMALL },
    { "vos", SMALL },
    { "vostra", SMALL },
    { "vostri", SMALL },
    { "vostro", SMALL },
    { "votre", SMALL },
    { "vous", SMALL },
    { "vuestra", SMALL },
    { "vuestro", SMALL },
    { "vy", SMALL },
    { "vám", SMALL },
    { "váš", SMALL },
    { "vår", SMALL },
    { "våra", SMALL },
    { "våre", SMALL },
    { "vårt", SMALL },
    { "war", SMALL },
    { "was", SMALL },
    { "wasz", SMALL },
    { "we", SMALL },
    { "were", SMALL },
    { "which", SMALL },
    { "who", SMALL },
    { "wij", SMALL },
    { "wir", SMALL },
    { "wurde", SMALL },
    { "yo", SMALL },
    { "you", SMALL },
    { "your", SMALL },
    { "yours", SMALL },
    { "zij", SMALL },
    { "è", SMALL },
    { "é", SMALL },
    { "én", SMALL },
    { "était", SMALL },
    { "ön", SMALL | CAPITAL },
    { "önök", SMALL | CAPITAL },
    { "εγώ", SMALL },
    { "μας", SMALL },
    { "μου", SMALL },
    { "σας", SMALL },
    { "аз", SMALL },
    { "была", SMALL },
    { "было", SMALL },
    { "вам", SMALL | CAPITAL },
    { "вас", SMALL | CAPITAL },
    { "ваш", SMALL | CAPITAL },
    { "ваша", SMALL | CAPITAL },
    { "ваше", SMALL | CAPITAL },
    { "вашего", SMALL | CAPITAL },
    { "вашей", SMALL | CAPITAL },
    { "ваши", SMALL | CAPITAL },
    { "ви", SMALL },
    { "вие", SMALL },
    { "вы", SMALL | CAPITAL },
    { "мені", SMALL },
    { "ми", SMALL },
    { "мне", SMALL },
    { "мой", SMALL },
    { "моя", SMALL },
    { "мы", SMALL },
    { "нам", SMALL },
    { "нас", SMALL },
    { "наш", SMALL },
    { "он", SMALL },
    { "она", SMALL },
    { "они", SMALL },
    { "я", SMALL },
    { "אני", SMALL },
    { "לי", SMALL },
    { "לך", SMALL },
    { "أنا", SMALL },
    { "انا", SMALL },
    { "لكم", SMALL },
    { "لي", SMALL },
};
static const struct mail_quote_table persons = MAIL_QUOTE_TABLE(rows);

/* In languages that write without blanks. */
static const char *const scripts[] = {
    "ผม", "ฉัน", "あなた", "御社", "貴社", "弊社", "私",   "您", "你",
    "我", "贵", "貴",     "당신", "귀사", "저희", "제가", NULL,
};

struct speech {
    bool person;       /* is named */
    bool verb, number; /* is what stands last */
    bool behind;       /* behind a verb stood a word that is a person's if nothing follows */
};

static void take(struct speech *sp, struct span word, UChar32 first, bool is_initial)
{
    char folded[WORD_MAX + 8];
    struct span s = word.len <= WORD_MAX ? mail_quote_line_fold(word, folded, sizeof(folded))
                                         : (struct span){ "", 0 };
    const struct person *p = mail_quote_table_find(&persons, s);
    unsigned written = p != NULL ? p->written : 0,
             may = u_isupper(first)
                       ? CAPITAL
                       : SMALL | (sp->number ? AFTER_NUMBER : 0) | (sp->verb ? AFTER_VERB : 0);

    sp->person = sp->person || (!is_initial && (written & may) != 0);
    sp->behind = sp->verb && (written & BEHIND) != 0;
    sp->verb = (written & VERB) != 0 || (mail_quote_words_kind(s) & QUOTE_WORD_VERB) != 0;
    sp->number = false;
}

/* The words of what stands between two blanks: "m'avez", "(10:00),". */
static void read_token(struct speech *sp, struct span s)
{
    int32_t at = 0, end = (int32_t)s.len;

    while (at < end) {
        int32_t begin = at, stop;
        UChar32 first, c;

        U8_NEXT((const uint8_t *)s.ptr, at, end, first);
        if (u_isdigit(first))
            *sp = (struct speech){ .person = sp->person, .number = true };
        if (!u_isalpha(first))
            continue;
        for (stop = at; at < end; stop = at) {
            U8_NEXT((const uint8_t *)s.ptr, at, end, c);
            if (!u_isalpha(c) && (U_GET_GC_MASK(c) & U_GC_M_MASK) == 0)
                break;
        }
        at = stop;
        take(sp, (struct span){ s.ptr + begin, (size_t)(stop - begin) }, first,
             u_isupper(first) && stop < end && s.ptr[stop] == '.');
    }
}

bool mail_quote_person_speaks(struct span line)
{
    struct span rest = { line.ptr, text_cut(line, LINE_READ_MAX) };
    struct speech sp = { 0 };

    while (rest.len > 0 && !sp.person) {
        const char *blank = memchr(rest.ptr, ' ', rest.len);
        size_t len = blank != NULL ? (size_t)(blank - rest.ptr) : rest.len;

        if (memchr(rest.ptr, '@', len) == NULL) /* "me@example.org" is nobody in particular */
            read_token(&sp, (struct span){ rest.ptr, len });
        len += blank != NULL;
        rest = (struct span){ rest.ptr + len, rest.len - len };
    }
    return sp.person || sp.behind || mail_quote_table_holds_any(line, scripts);
}

bool mail_quote_person_is_in_order(void)
{
    return mail_quote_table_is_in_order(&persons);
}
