#include "channels/mail_quote_notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unicode/uchar.h>

#include "channels/mail_quote_line.h"

enum {
    WARNING_LINES = 6, /* with what is wrapped */
    WARNING_READ = 3,  /* over which its words may be spread */
    PARAGRAPH_LINES = 40,
    NOTICES_MAX = 8, /* one above the other */
    WRAP_FROM = 50,  /* bytes of a line that a program may wrap */
};

/* --- their words
 * --------------------------------------------------------------------------------------- */

/* Whoever cannot do it is not told not to. */
static const char *const failing[] = {
    "cannot ",       "can not ",         "can't ",        "could not ",
    "couldn't ",     "unable to ",       "kann nicht ",   "können nicht ",
    "konnte nicht ", "no puedo ",        "no puede ",     "no pueden ",
    "no podemos ",   "ne peut ",         "ne peuvent ",   "ne pouvons ",
    "ne puis ",      "non posso ",       "non possiamo ", "non possono ",
    "não posso ",    "não conseguimos ", "não consigo ",  NULL,
};

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

/* With one of these a warning of several lines begins. */
static const char *const warning_openers[] = {
    "caution",    "warning", "attention", "external", "achtung",    "vorsicht", "warnung",
    "hinweis",    "extern",  "prudence",  "atención", "precaución", "cuidado",  "atenção",
    "attenzione", "let op",  "varning",   "advarsel", "obs",        "uwaga",    "upozornění",
    "внимание",   "увага",   "注意",      "警告",     "주의",       NULL,
};

/* A mail's sender that is not of the house. */
static const char *const outsider[] = {
    "external sender",
    "external email",
    "external e-mail",
    "external mail",
    "[external",
    "[extern",
    "externen absender",
    "externer absender",
    "externe e-mail",
    "externe mail",
    "expéditeur externe",
    "courriel externe",
    "message externe",
    "remitente externo",
    "correo externo",
    "remetente externo",
    "e-mail externo",
    "mittente esterno",
    "externe afzender",
    "extern afzender",
    "extern avsändare",
    "ekstern avsender",
    "ekstern afsender",
    "внешнего отправителя",
    "外部发件人",
    "外部邮件",
    "外部郵件",
    "外部寄件者",
    "外部メール",
    "외부 메일",
    NULL,
};
/* The same, where a word for the mail itself or its sender stands beside it. */
static const char *const outside[] = {
    "from outside",
    "outside of",
    "outside the ",
    "external source",
    "an external ",
    "von außerhalb",
    "von ausserhalb",
    "de l'extérieur",
    "de l’extérieur",
    "à l'extérieur",
    "externo",
    "externa ",
    "fuera de",
    "de fora d",
    "dall'esterno",
    "dall’esterno",
    "esterno",
    "esterna",
    "van buiten",
    "utanför",
    "udefra",
    "uden for",
    "utenfor",
    "spoza organizacji",
    "spoza firmy",
    "z zewnątrz",
    "mimo organizaci",
    "organisaation ulkopuol",
    "извне",
    "外部",
    NULL,
};
static const char *const mail[] = {
    "mail",       "message", "sender",   "nachricht",  "absender",  "courriel",   "courrier",
    "expéditeur", "correo",  "mensaje",  "remitente",  "mensagem",  "remetente",  "messaggio",
    "mittente",   "bericht", "afzender", "meddelande", "avsändare", "meddelelse", "melding",
    "wiadomość",  "nadawc",  "zpráva",   "viesti",     "сообщени",  "письмо",     "отправител",
    "邮件",       "郵件",    "メール",   "메일",       NULL,
};
static const char *const forbidding[] = {
    "not click",
    "n't click",
    "never click",
    "not open",
    "n't open",
    "not follow",
    "not reply",
    "be careful",
    "be cautious",
    "use caution",
    "exercise caution",
    "with caution",
    "keine links",
    "keine anhänge",
    "keine anlagen",
    "nicht auf links",
    "nicht auf den link",
    "klicken sie nicht",
    "öffnen sie keine",
    "seien sie vorsichtig",
    "ne cliquez",
    "n'ouvrez",
    "n’ouvrez",
    "soyez prudent",
    "no haga clic",
    "no pulse",
    "no abra",
    "tenga cuidado",
    "não clique",
    "não abra",
    "tenha cuidado",
    "non cliccare",
    "non fare clic",
    "non aprire",
    "klik niet",
    "open geen",
    "klicka inte",
    "öppna inte",
    "klik ikke",
    "klikk ikke",
    "ikke åbn",
    "ikke åpne",
    "nie klikaj",
    "nie otwieraj",
    "neklikejte",
    "neotevírejte",
    "älä avaa",
    "älä napsauta",
    "не переходите",
    "не открывайте",
    "не нажимайте",
    "请勿",
    "請勿",
    "不要点击",
    "不要點擊",
    "クリックしないで",
    "開かないで",
    "클릭하지",
    "열지 마",
    NULL,
};
/* With what: of such things speaks what is left of a warning that was wrapped. */
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
    "you are not the intended recipient",
    "other than the intended recipient",
    "you are not an intended recipient",
    "intended recipient(s)",
    "files transmitted with it",
    "may be legally privileged",
    "may contain legally",
    "unauthorized review, use",
    "unauthorised review, use",
    "dissemination, distribution",
    "consider the environment before",
    "think before you print",
    "before printing this e",
    "before you print this e",
    "virus-free. www",
    "virus-free.www",
    /* de */
    "vertrauliche und/oder",
    "sie nicht der richtige adressat",
    "sie nicht der beabsichtigte empfänger",
    "sie nicht der vorgesehene empfänger",
    "umwelt, bevor sie",
    /* fr */
    "si vous n'êtes pas le destinataire",
    "si vous n’êtes pas le destinataire",
    "l'environnement avant d'imprimer",
    "pensez à l'environnement avant",
    "pensez à l’environnement avant",
    /* es, pt, it */
    "si usted no es el destinatario",
    "si no es usted el destinatario",
    "medio ambiente antes de imprimir",
    "se você não é o destinatário",
    "se não é o destinatário",
    "antes de imprimir esta mensagem",
    "qualora non foste il destinatario",
    "qualora non foste i destinatari",
    "ambiente prima di stampare",
    /* nl, sv, da, no, fi */
    "u niet de beoogde ontvanger",
    "denk aan het milieu voor",
    "du inte är den avsedda mottagaren",
    "tänk på miljön innan",
    "du ikke er rette modtager",
    "du ikke er den tilsigtede modtager",
    "tænk på miljøet, før",
    "du ikke er rett mottaker",
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
    "якщо ви не є адресат",
    /* zh, ja, ko */
    "如果您不是预期的收件人",
    "如果您不是本邮件",
    "若您不是預期",
    "誤って受信された",
    "수신자가 아닌 경우",
    NULL,
};
/* The same in a line that names itself. */
static const char *const secret[] = {
    "confidential",
    "privileged",
    "intended only",
    "intended solely",
    "solely for",
    "sole use",
    "vertraulich",
    "confidentiel",
    "confidencial",
    "riservat",
    "vertrouwelijk",
    "konfidentiell",
    "fortrolig",
    "poufn",
    "důvěrn",
    "конфиденциальн",
    "конфіденційн",
    "機密",
    "机密",
    "à l'intention exclusive",
    "a su destinatario",
    "à l’intention exclusive",
    NULL,
};
/* Two of them make one of those. */
static const char *const seconds[] = {
    "in error",     "by mistake",        "prohibited",     "unauthorized",
    "unauthorised", "notify the sender", "ausschließlich", "irrtümlich",
    "unbefugte",    "untersagt",         "exclusivement",  "interdit",
    "par erreur",   "prohibid",          "por error",      "proibid",
    "por engano",   "per errore",        "vietat",         "uitsluitend",
    NULL,
};

/* "If you have received this mail by mistake": one of each. */
static const char *const received[] = {
    "you have received", "you received",    "you receive ",
    "sie diese",         "vous avez reçu",  "vous recevez",
    "ha recibido",       "recebeu",         "avete ricevuto",
    "ha ricevuto",       "u dit bericht",   "u deze e-mail",
    "du har mottagit",   "du har modtaget", "du har mottatt",
    "otrzymali państwo", "вы получили",     NULL,
};
static const char *const this_mail[] = {
    "this e-mail",     "this email",         "this mail",
    "this message",    "this communication", "this transmission",
    "diese e-mail",    "diese email",        "diese mail",
    "diese nachricht", "ce message",         "ce courriel",
    "cet e-mail",      "cet email",          "ce mail",
    "este mensaje",    "este correo",        "esta mensagem",
    "este e-mail",     "este email",         "questo messaggio",
    "questa e-mail",   "questa email",       "dit bericht",
    "deze e-mail",     "detta meddelande",   "denne e-mail",
    "denne e-post",    "tę wiadomość",       "niniejszą wiadomość",
    "это сообщение",   "это письмо",         NULL,
};
static const char *const by_mistake[] = {
    "in error",   "by mistake",  "irrtümlich",  "versehentlich", "par erreur",   "por error",
    "por erro",   "por engano",  "per errore",  "per sbaglio",   "ten onrechte", "per abuis",
    "av misstag", "ved en fejl", "ved en feil", "omyłkowo",      "pomyłk",       "по ошибке",
    NULL,
};
static const char *const scanned[] = {
    "scanned for viruses",
    "checked for viruses",
    "scanned for virus",
    NULL,
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
    "contained in this e-mail",
    "contained in this email",
    "contained in this mail",
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
/* Several, or a company in its own notice. */
static const char *const groups[] = {
    " we ",  " we'",  " we’",   " us ",   " us.",    " us,",  " our ",      " wir ",   " uns ",
    " uns.", " uns,", " unser", " nous ", " notre ", " nos ", " nosotros ", " nuestr", NULL,
};

static bool holds_any(struct span s, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++)
        if (memmem(s.ptr, s.len, *phrases, strlen(*phrases)) != NULL)
            return true;
    return false;
}

static size_t count_held(struct span s, const char *const *phrases)
{
    size_t n = 0;

    for (; *phrases != NULL; phrases++)
        n += memmem(s.ptr, s.len, *phrases, strlen(*phrases)) != NULL;
    return n;
}

static bool begins_any(struct span s, const char *const *phrases)
{
    for (; *phrases != NULL; phrases++) {
        size_t len = strlen(*phrases);

        if (s.len >= len && memcmp(s.ptr, *phrases, len) == 0)
            return true;
    }
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

/* One word may be a person's whole answer: it has signs round it, or no small letter. */
static bool is_drawn(struct span line)
{
    struct span s = span_trim(line);
    size_t i;

    if (s.len > 0 && strchr("[]()<>*#!=_-~", s.ptr[0]) != NULL)
        return true;
    for (i = 0; i < s.len && (s.ptr[i] < 'a' || s.ptr[i] > 'z'); i++)
        ;
    return i == s.len;
}

/* A title may be of one word. */
static bool is_warning_title(struct span line, struct span folded)
{
    struct span s = bare(folded);

    return is_any(s, warning_titles) && (memchr(s.ptr, ' ', s.len) != NULL || is_drawn(line));
}

/* --- which lines they are
 * ----------------------------------------------------------------------------- */

static bool warns(struct span lines)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(lines, folded, sizeof(folded));

    if (memmem(s.ptr, s.len, seldom_seen, sizeof(seldom_seen) - 1) != NULL ||
        is_warning_title(lines, s))
        return true;
    return (begins_any(bare(s), warning_openers) || !holds_any(s, failing)) &&
           (holds_any(s, outsider) || (holds_any(s, outside) && holds_any(s, mail))) &&
           holds_any(s, forbidding) && !holds_any(s, persons);
}

static bool opens_warning(struct span line)
{
    char folded[LINE_READ_MAX + 8];

    return begins_any(bare(fold(line, folded, sizeof(folded))), warning_openers);
}

/* What is left of a warning that was wrapped. */
static bool ends_warning(struct span line)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(line, folded, sizeof(folded));

    return holds_any(s, not_to_do) && !holds_any(s, persons) && !holds_any(s, groups);
}

static bool speaks(struct span line)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(line, folded, sizeof(folded));

    return holds_any(s, persons) || holds_any(s, groups);
}

/* By what a paragraph is told to be a notice. */
struct marks {
    const char *first;
    bool more;   /* there are others */
    bool second; /* one of `seconds` is there */
};

static void mark(struct marks *m, const char *by)
{
    m->more = m->more || (m->first != NULL && m->first != by);
    m->first = m->first != NULL ? m->first : by;
}

/* Adds what stands in these lines; false: nothing does. */
static bool read_marks(struct span lines, struct marks *m)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = fold(lines, folded, sizeof(folded));
    bool found = false, weak = false;
    const char *const *row;
    size_t n = count_held(s, seconds);

    for (row = legal; *row != NULL; row++) {
        if (memmem(s.ptr, s.len, *row, strlen(*row)) == NULL)
            continue;
        mark(m, *row);
        found = true;
    }
    m->second = m->second || n > 0;
    if (holds_any(s, this_mail) && holds_any(s, received) && holds_any(s, by_mistake)) {
        mark(m, received[0]);
        found = true;
    }
    if (holds_any(s, this_mail) && holds_any(s, scanned)) {
        mark(m, scanned[0]);
        found = true;
    }
    weak = holds_any(s, names_itself) && (holds_any(s, secret) || n > 1);
    if (weak)
        mark(m, secret[0]);
    return found || weak;
}

static bool is_legal(struct span lines)
{
    struct marks m = { NULL, false, false };

    return read_marks(lines, &m);
}

/* Does it begin with words that begin a notice's sentence? */
static bool begins_notice(struct span line)
{
    char folded[LINE_READ_MAX + 8];
    struct span s = bare(fold(line, folded, sizeof(folded)));

    return begins_any(s, names_itself) || begins_any(s, legal) || begins_any(s, this_mail);
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

/* The line of s after the one at `at`; empty: that is the last. */
static struct span line_after(struct span s, size_t at)
{
    size_t next = at + line_at(s, at).len;

    return next < s.len ? line_at(s, next + 1) : (struct span){ s.ptr + s.len, 0 };
}

static bool begins_low(struct span t)
{
    int32_t c = mail_quote_line_first(t);

    return c > 0 && (u_islower(c) || c == '<' || c == '(');
}

static bool ends_wide(struct span t)
{
    static const char *const stops[] = { "\u3002", "\uff01", "\uff1f" };
    size_t i;

    for (i = 0; t.len >= 3 && i < sizeof(stops) / sizeof(stops[0]); i++)
        if (memcmp(t.ptr + t.len - 3, stops[i], 3) == 0)
            return true;
    return false;
}

/* Is the next line the rest of this one's sentence? */
static bool goes_on(struct span line, struct span next)
{
    struct span t = mail_quote_line_trim(line);

    return t.len >= WRAP_FROM && strchr(".!?:*])>", t.ptr[t.len - 1]) == NULL && !ends_wide(t) &&
           begins_low(mail_quote_line_trim(next));
}

/* --- above
 * -------------------------------------------------------------------------------------------- */

/* How many bytes of s the lines take that are left of a warning after the line at `at`. */
static size_t measure_rest(struct span s, size_t at, size_t lines)
{
    struct span line = line_at(s, at), next = line_after(s, at);

    while (lines-- > 0 && goes_on(line, next) && ends_warning(next)) {
        at = (size_t)(next.ptr - s.ptr);
        line = next;
        next = line_after(s, at);
    }
    return at + line.len;
}

/* How many bytes of s a warning at its begin takes; 0: there is none. */
static size_t measure_warning(struct span s)
{
    size_t at = 0, begin, n;
    bool opened;

    while (at < s.len && (is_rule(line_at(s, at)) || is_blank(line_at(s, at))))
        at += line_at(s, at).len + (at + line_at(s, at).len < s.len);
    if (at == s.len)
        return 0;
    begin = at;
    opened = opens_warning(line_at(s, at));
    for (n = 1; n <= WARNING_READ; n++) {
        struct span line = line_at(s, at), next = line_after(s, at);

        if (warns((struct span){ s.ptr + begin, at + line.len - begin }))
            return measure_rest(s, at, WARNING_LINES - n);
        if (is_blank(next) || !(opened || goes_on(line, next)))
            break;
        at = (size_t)(next.ptr - s.ptr);
    }
    return 0;
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

/* One sentence that calls itself secret is a notice only where nothing else stands there. */
static bool is_own(struct span s, const struct marks *m)
{
    size_t at = 0;

    if (m->more)
        return false;
    if (m->first == secret[0] && !m->second && memmem(s.ptr, s.len, ". ", 2) != NULL)
        return true;
    while (at < s.len) {
        if (speaks(line_at(s, at)))
            return true;
        at += line_at(s, at).len + 1;
    }
    return false;
}

/* Where a notice begins in the last paragraph; s.len: there is none. Lines below its own are of it
 * where it is told by more than one phrase. */
static size_t find_notice(struct span s, bool more_below)
{
    size_t paragraph = last_paragraph(s), at = paragraph, sentence = paragraph, begin = s.len;
    struct marks m = { NULL, false, false };
    bool strange = false, wrapped = false;

    if (more_below && is_title((struct span){ s.ptr + paragraph, s.len - paragraph }))
        return paragraph;
    while (at < s.len) {
        struct span line = line_at(s, at), next = line_after(s, at), both = line;
        bool on = goes_on(line, next) && !begins_notice(next), found;

        if (on)
            both.len = (size_t)(next.ptr - line.ptr) + next.len;
        found = read_marks(line, &m) || (on && !is_legal(next) && read_marks(both, &m));
        if (found && begin == s.len)
            begin = sentence;
        strange = strange || (begin < s.len && !found && !wrapped);
        at += line.len + (at + line.len < s.len);
        wrapped = on;
        if (!on)
            sentence = at;
    }
    if (begin == s.len || (strange && !m.more))
        return s.len;
    return is_own((struct span){ s.ptr + begin, s.len - begin }, &m) ? s.len : begin;
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
