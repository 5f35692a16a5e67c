#include "channels/mail_quote_notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "channels/mail_quote_line.h"

enum {
    WARNING_LINES = 6,
    PARAGRAPH_LINES = 40,
    NOTICES_MAX = 8, /* one above the other */
    WRAP_FROM = 50,  /* bytes of a line that a program may wrap */
};

/* --- their words
 * --------------------------------------------------------------------------------------- */

/* A whole line, without the signs that are drawn round it. */
static const char *const warning_titles[] = {
    "caution: external email",
    "caution: external sender",
    "warning: external email",
    "warning: external sender",
    "external",
    "external e-mail",
    "external email",
    "external mail",
    "external message",
    "external sender",
    "externe e-mail",
    "externe mail",
    "email externe",
    "e-mail externe",
    "correo externo",
    "email externo",
    "e-mail externo",
    "email esterna",
    "e-mail esterna",
    NULL,
};

/* Where a mail comes from, and what is not to be done with it: a warning says both. */
static const char *const outside[] = {
    "from outside",
    "outside of",
    "outside the ",
    "external sender",
    "external email",
    "external e-mail",
    "external mail",
    "external source",
    "[external",
    "[extern",
    "(external",
    "an external ",
    "von außerhalb",
    "von ausserhalb",
    "externen absender",
    "externer absender",
    "externe e-mail",
    "externe mail",
    "de l'extérieur",
    "de l’extérieur",
    "à l'extérieur",
    "expéditeur externe",
    "courriel externe",
    "message externe",
    "externo",
    "externa ",
    "fuera de",
    "de fora d",
    "dall'esterno",
    "dall’esterno",
    "esterno",
    "esterna",
    "van buiten",
    "externe afzender",
    "extern afzender",
    "utanför",
    "extern avsändare",
    "udefra",
    "uden for",
    "ekstern avsender",
    "ekstern afsender",
    "utenfor",
    "spoza organizacji",
    "spoza firmy",
    "z zewnątrz",
    "mimo organizaci",
    "organisaation ulkopuol",
    "извне",
    "внешнего отправителя",
    "外部",
    NULL,
};
static const char *const not_to_do[] = {
    "click",
    "links",
    "attachment",
    "recognize the sender",
    "recognise the sender",
    "klicken",
    "anhänge",
    "anlagen",
    "liens",
    "cliquez",
    "pièces jointes",
    "clic ",
    "enlaces",
    "adjunt",
    "vínculos",
    "anexos",
    "clique",
    "allegati",
    "collegamenti",
    "cliccare",
    "bijlage",
    "klik ",
    "bifogade",
    "länkar",
    "vedhæft",
    "vedlegg",
    "załącznik",
    "klikaj",
    "příloh",
    "liitteitä",
    "linkkejä",
    "ссылк",
    "вложени",
    "链接",
    "連結",
    "附件",
    "リンク",
    "添付",
    "링크",
    NULL,
};
/* What Exchange Online writes above, in any language, of senders that it seldom sees. */
static const char seldom_seen[] = "aka.ms/learnaboutsenderidentification";

static const char *const legal_titles[] = {
    "confidentiality",
    "confidentiality note",
    "confidentiality notice",
    "confidential",
    "confidential notice",
    "disclaimer",
    "email disclaimer",
    "e-mail disclaimer",
    "legal disclaimer",
    "legal notice",
    "important notice",
    "privileged and confidential",
    "confidential and privileged",
    "haftungsausschluss",
    "vertraulichkeitshinweis",
    "rechtlicher hinweis",
    "avertissement",
    "avis de confidentialité",
    "aviso legal",
    "aviso de confidencialidad",
    "aviso de confidencialidade",
    "advertencia legal",
    "avviso legale",
    "avviso di riservatezza",
    "klauzula poufności",
    "vertrouwelijkheid",
    NULL,
};

/* Phrases that a person does not write of an own matter. */
static const char *const legal[] = {
    /* en */
    "confidentiality notice:",
    "confidential notice:",
    "confidentiality note:",
    "not the intended recipient",
    "not an intended recipient",
    "intended recipient(s)",
    "files transmitted with it",
    "may be legally privileged",
    "may contain legally",
    "privileged and confidential",
    "confidential and privileged",
    "unauthorized disclosure",
    "unauthorised disclosure",
    "unauthorized use of this",
    "unauthorised use of this",
    "unauthorized review",
    "unauthorised review",
    "dissemination, distribution",
    "notify the sender immediately",
    "if you received this in error",
    "if you received this by mistake",
    "if you have received this",
    "scanned for viruses and",
    "scanned for viruses by",
    "checked for viruses by",
    "consider the environment before",
    "think before you print",
    "before printing this e",
    "before you print this e",
    "virus-free. www",
    "virus-free.www",
    /* de */
    "vertrauliche und/oder",
    "nicht der richtige adressat",
    "nicht der beabsichtigte empfänger",
    "nicht der vorgesehene empfänger",
    "irrtümlich erhalten haben",
    "umwelt, bevor sie",
    /* fr */
    "à l'intention exclusive",
    "à l’intention exclusive",
    "si vous avez reçu ce",
    "si vous n'êtes pas le destinataire",
    "si vous n’êtes pas le destinataire",
    "l'environnement avant d'imprimer",
    "pensez à l'environnement",
    "pensez à l’environnement",
    /* es, pt, it */
    "si usted no es el destinatario",
    "si no es usted el destinatario",
    "exclusivamente a su destinatario",
    "medio ambiente antes de imprimir",
    "se você não é o destinatário",
    "se não é o destinatário",
    "se recebeu esta mensagem por",
    "se você recebeu esta mensagem por",
    "antes de imprimir esta mensagem",
    "qualora non foste",
    "se avete ricevuto questo messaggio",
    "se ha ricevuto questo messaggio",
    "ambiente prima di stampare",
    /* nl, sv, da, no, fi */
    "niet de beoogde ontvanger",
    "denk aan het milieu voor",
    "inte är den avsedda mottagaren",
    "tänk på miljön innan",
    "ikke er rette modtager",
    "ikke er den tilsigtede modtager",
    "tænk på miljøet, før",
    "ikke er rett mottaker",
    "tenk på miljøet før",
    "et ole viestin oikea",
    /* pl, cs, hu, ro, ru, uk */
    "nie są państwo adresatem",
    "nie jest pan/pani adresatem",
    "zanim wydrukujesz",
    "pokud nejste zamýšleným",
    "nem ön a címzett",
    "dacă nu sunteți destinatarul",
    "если вы не являетесь адресат",
    "если вы не являетесь получател",
    "если вы получили это сообщение по ошибке",
    "якщо ви не є адресат",
    /* zh, ja, ko */
    "如果您不是预期的收件人",
    "如果您不是本邮件",
    "若您不是預期",
    "誤って受信された",
    "수신자가 아닌 경우",
    NULL,
};
/* Phrases of a notice where the line names itself as well. */
static const char *const may_be_legal[] = {
    "confidential", "privileged",     "intended only", "intended solely",
    "solely for",   "sole use",       "prohibited",    "in error",
    "vertraulich",  "ausschließlich", "confidentiel",  "confidencial",
    "riservat",     "vertrouwelijk",  "uitsluitend",   "konfidentiell",
    "fortrolig",    "poufn",          "důvěrn",        "конфиденциальн",
    "конфіденційн", "機密",           "机密",          NULL,
};
static const char *const names_itself[] = {
    "this e-mail may",
    "this email may",
    "this message may",
    "this e-mail is",
    "this email is",
    "this message is",
    "this e-mail and any",
    "this email and any",
    "this message and any",
    "this communication",
    "this transmission",
    "information contained in this",
    "of this information",
    "diese e-mail enthält",
    "diese nachricht enthält",
    "diese e-mail ist",
    "diese nachricht ist",
    "ce message et",
    "ce message est",
    "ce courriel et",
    "ce courriel est",
    "este mensaje y",
    "este mensaje es",
    "este mensaje contiene",
    "este correo y",
    "este correo electrónico y",
    "esta mensagem e",
    "esta mensagem é",
    "esta mensagem contém",
    "questo messaggio e",
    "questo messaggio è",
    "questo messaggio contiene",
    "dit bericht is",
    "deze e-mail is",
    "deze e-mail en",
    "detta meddelande",
    "denne e-mail",
    "denne e-post",
    "ta wiadomość",
    "niniejsza wiadomość",
    "tento e-mail",
    "это сообщение",
    "это письмо",
    "це повідомлення",
    "本メール",
    "本邮件",
    "本郵件",
    NULL,
};

/* Somebody who speaks of an own matter. */
static const char *const persons[] = {
    " i ",   " i'm ", " i’m ", " i've ", " i’ve ", " i'll ", " my ",  " me ", " me.",
    " me,",  " ich ", " mir ", " mich ", " mein",  " je ",   " j'",   " j’",  " mon ",
    " ma ",  " moi ", " yo ",  " eu ",   " meu ",  " mio ",  " mia ", " ik ", " mijn ",
    " jag ", " jeg ", " mój ", " moja ", "?",      NULL,
};

static bool holds_any(struct span s, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++)
        if (memmem(s.ptr, s.len, *phrases, strlen(*phrases)) != NULL)
            return true;
    return false;
}

static bool is_any(struct span s, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++)
        if (span_is(s, *phrases))
            return true;
    return false;
}

/* Folded, with a blank at either end, so that words are found by the blanks round them. */
static struct span fold(struct span lines, char *to, size_t room)
{
    struct span s;

    to[0] = ' ';
    s = mail_quote_line_fold(lines, to + 1, room - 2);
    to[s.len + 1] = ' ';
    return (struct span){ to, s.len + 2 };
}

/* Without the signs that are drawn round a title. */
static struct span bare(struct span s)
{
    while (s.len > 0 && strchr(" []()<>*#!=_-~", s.ptr[0]) != NULL)
        s = (struct span){ s.ptr + 1, s.len - 1 };
    while (s.len > 0 && strchr(" []()<>*#!=_-~:.", s.ptr[s.len - 1]) != NULL)
        s.len--;
    return s;
}

/* --- which lines they are
 * ----------------------------------------------------------------------------- */

static bool warns(struct span lines)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(lines, folded, sizeof(folded));

    if (memmem(s.ptr, s.len, seldom_seen, sizeof(seldom_seen) - 1) != NULL ||
        is_any(bare(s), warning_titles))
        return true;
    return holds_any(s, outside) && holds_any(s, not_to_do) && !holds_any(s, persons);
}

static bool is_legal(struct span lines)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(lines, folded, sizeof(folded));

    return (holds_any(s, legal) || (holds_any(s, may_be_legal) && holds_any(s, names_itself))) &&
           !holds_any(s, persons);
}

static bool is_title(struct span line)
{
    char folded[LINE_READ_MAX + 8];

    return is_any(bare(fold(line, folded, sizeof(folded))), legal_titles);
}

static bool is_blank(struct span line)
{
    return mail_quote_line_trim(line).len == 0;
}

static bool is_rule(struct span line)
{
    return mail_quote_line_rule(line, 2) != 0;
}

/* The line of s that begins at `at`. */
static struct span line_at(struct span s, size_t at)
{
    const char *lf = memchr(s.ptr + at, '\n', s.len - at);

    return (struct span){ s.ptr + at, lf != NULL ? (size_t)(lf - s.ptr) - at : s.len - at };
}

/* Where the line begins that ends at `end`. */
static size_t line_before(struct span s, size_t end)
{
    const char *lf = memrchr(s.ptr, '\n', end);

    return lf != NULL ? (size_t)(lf - s.ptr) + 1 : 0;
}

/* Is the next line the rest of this one's sentence? */
static bool goes_on(struct span line)
{
    struct span t = mail_quote_line_trim(line);

    return t.len >= WRAP_FROM && strchr(".!?:*])>", t.ptr[t.len - 1]) == NULL;
}

/* --- above
 * -------------------------------------------------------------------------------------------- */

/* How many bytes of s a warning at its begin takes; 0: there is none. */
static size_t measure_warning(struct span s)
{
    size_t at = 0, begin, n;
    bool found = false;

    while (at < s.len && (is_rule(line_at(s, at)) || is_blank(line_at(s, at))))
        at += line_at(s, at).len + (at + line_at(s, at).len < s.len);
    begin = at;
    for (n = 0; n < WARNING_LINES && at < s.len && !is_blank(line_at(s, at)); n++) {
        struct span line = line_at(s, at);

        at += line.len;
        found = found || warns((struct span){ s.ptr + begin, at - begin });
        if (found && !goes_on(line))
            return at;
        at += at < s.len;
    }
    return found ? at : 0;
}

static struct span strip_warnings(struct span s)
{
    size_t n, taken;

    for (n = 0; n < NOTICES_MAX && (taken = measure_warning(s)) > 0; n++) {
        struct span rest = mail_quote_line_trim((struct span){ s.ptr + taken, s.len - taken });

        while (rest.len > 0 && is_rule(line_at(rest, 0))) {
            size_t rule = line_at(rest, 0).len;

            rest = mail_quote_line_trim((struct span){ rest.ptr + rule, rest.len - rule });
        }
        if (rest.len == 0)
            break;
        s = rest;
    }
    return s;
}

/* --- below
 * -------------------------------------------------------------------------------------------- */

/* Where the last paragraph of s begins. */
static size_t last_paragraph(struct span s)
{
    size_t begin = s.len, n;

    for (n = 0; n < PARAGRAPH_LINES && begin > 0; n++) {
        size_t before = line_before(s, begin == s.len ? s.len : begin - 1);

        if (is_blank(line_at(s, before)))
            break;
        begin = before;
    }
    return begin;
}

/* Where a notice begins in the last paragraph; s.len: there is none. */
static size_t find_notice(struct span s, bool more_below)
{
    size_t paragraph = last_paragraph(s), at = paragraph, sentence = paragraph;

    if (more_below && is_title((struct span){ s.ptr + paragraph, s.len - paragraph }))
        return paragraph;
    while (at < s.len) {
        struct span line = line_at(s, at), both = line;
        size_t next = at + line.len + (at + line.len < s.len);

        if (goes_on(line) && next < s.len)
            both.len = next - at + line_at(s, next).len;
        if (is_legal(line) || (both.len > line.len && is_legal(both)))
            return sentence;
        at = next;
        if (!goes_on(line))
            sentence = at;
    }
    return s.len;
}

static struct span strip_notices(struct span s)
{
    size_t n, begin;

    for (n = 0; n < NOTICES_MAX; n++) {
        struct span rest = s;

        while (rest.len > 0 && is_rule(line_at(rest, line_before(rest, rest.len))))
            rest = mail_quote_line_trim((struct span){ rest.ptr, line_before(rest, rest.len) });
        begin = rest.len > 0 ? find_notice(rest, n > 0) : 0;
        if (begin == rest.len)
            return n > 0 && rest.len > 0 ? rest : s;
        rest = mail_quote_line_trim((struct span){ rest.ptr, begin });
        if (rest.len == 0)
            break;
        s = rest;
    }
    return s;
}

struct span mail_quote_notice_strip(struct span said)
{
    return strip_notices(strip_warnings(said));
}
