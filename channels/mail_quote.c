#include "channels/mail_quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"

enum {
    HEADER_BLOCK_LINES = 7,
    HEADER_KEYS_LEAST = 3,
    PHONE_LINE_MAX = 80,
    INTRO_LINE_MAX = 300,
    INTRO_LINES = 3
};

struct lines {
    struct span *all;
    size_t count;
};

/* Keys of the header block that mail programs put above history, with their colon. What is compared
 * is ASCII without case; the rest as it stands. */
static const char *const from_keys[] = {
    "From:", "De:",     "De :",    "Von:",     "Da:",     "Van:",       "Från:",
    "Fra:",  "Od:",     "От:",     "Feladó:",  "Kimden:", "Lähettäjä:", "De la:",
    "Από:",  "差出人:", "发件人:", "发件人：", "寄件者:", NULL,
};
static const char *const other_keys[] = {
    "Sent:",
    "To:",
    "Subject:",
    "Date:",
    "Cc:",
    "Reply-To:",
    "Enviado:",
    "Enviado el:",
    "Para:",
    "Asunto:",
    "Fecha:",
    "Enviat:",
    "Per a:",
    "Tema:",
    "Gesendet:",
    "An:",
    "Betreff:",
    "Datum:",
    "Envoyé :",
    "Envoyé:",
    "À :",
    "À:",
    "Objet :",
    "Objet:",
    "Date :",
    "Cc :",
    "Inviato:",
    "A:",
    "Oggetto:",
    "Data:",
    "Enviada em:",
    "Enviado em:",
    "Assunto:",
    "Verzonden:",
    "Aan:",
    "Onderwerp:",
    "Skickat:",
    "Till:",
    "Ämne:",
    "Sendt:",
    "Til:",
    "Emne:",
    "Wysłano:",
    "Do:",
    "Temat:",
    "DW:",
    "Odesláno:",
    "Komu:",
    "Předmět:",
    "Отправлено:",
    "Дата:",
    "Кому:",
    "Тема:",
    "Küldve:",
    "Címzett:",
    "Tárgy:",
    "Gönderme Tarihi:",
    "Kime:",
    "Konu:",
    "Lähetetty:",
    "Vastaanottaja:",
    "Aihe:",
    "Trimis:",
    "Către:",
    "Subiect:",
    "Στάλθηκε:",
    "Προς:",
    "Θέμα:",
    "送信日時:",
    "宛先:",
    "件名:",
    "发送时间:",
    "收件人:",
    "主题:",
    "发送时间：",
    "收件人：",
    "主题：",
    NULL,
};
/* Within a line that begins with dashes. */
static const char *const separators[] = {
    "Original Message",
    "Original-Nachricht",
    "Forwarded message",
    "Forwarded by",
    "Reply message",
    "Mensaje original",
    "Mensaje reenviado",
    "Missatge original",
    "Missatge reenviat",
    "Ursprüngliche Nachricht",
    "Weitergeleitete Nachricht",
    "Message d'origine",
    "Message original",
    "Message transféré",
    "Messaggio originale",
    "Messaggio inoltrato",
    "Mensagem original",
    "Mensagem encaminhada",
    "Oorspronkelijk bericht",
    "Doorgestuurd bericht",
    "Ursprungligt meddelande",
    "Vidarebefordrat meddelande",
    "Oprindelig meddelelse",
    "Opprinnelig melding",
    "Wiadomość oryginalna",
    "Oryginalna wiadomość",
    "Исходное сообщение",
    "Пересылаемое сообщение",
    "Пересланное сообщение",
    "Eredeti üzenet",
    "Původní zpráva",
    "Özgün İleti",
    "Alkuperäinen viesti",
    "元のメッセージ",
    "原始邮件",
    "原始郵件",
    NULL,
};
/* A whole line. */
static const char *const openers[] = {
    "Begin forwarded message:",
    "Inicio del mensaje reenviado:",
    "Anfang der weitergeleiteten",
    "Début du message",
    "Inizio messaggio inoltrato:",
    "Início da mensagem",
    NULL,
};
static const char *const verbs[] = {
    "wrote",     "writes",     "said:",    "escribió", "escribe:",    "ha escrito", "va escriure",
    "ha escrit", "escribiu",   "idatzi",   "schrieb",  "geschrieben", "a écrit",    "écrit :",
    "escreveu",  "ha scritto", "scrive",   "schreef",  "skrev",       "napisał",    "napsal",
    "kirjoitti", "írta",       "написал",  "пишет",    "yazdı",       "έγραψε",     "a scris",
    "写道",      "寫道",       "のメール", NULL,
};
/* How a line begins that names the day and the writer of what is quoted below. */
static const char *const days[] = {
    "On ",     "At ",  "El ",   "Am ", "Le ",      "Il ",         "Em ",      "Op ",      "Den ",
    "W dniu ", "Dne ", "Dnia ", "A ",  "Quoting ", "In message ", "Lainaus ", "---- On ", NULL,
};
static const char *const phones[] = {
    "Sent from my ",
    "Sent from Mail for ",
    "Sent from Outlook",
    "Sent from Yahoo",
    "Sent from Samsung",
    "Sent via ",
    "Get Outlook for ",
    "Enviado desde mi ",
    "Enviado desde Out",
    "Enviado desde Correo",
    "Enviado desde Yahoo",
    "Enviat des del meu ",
    "Von meinem ",
    "Gesendet von ",
    "Envoyé de mon ",
    "Envoyé depuis ",
    "Inviato da ",
    "Enviado do meu ",
    "Verzonden vanaf ",
    "Wysłane z ",
    "Skickat från min ",
    "Sendt fra min ",
    "Отправлено с ",
    "Lähetetty ",
    NULL,
};

/* ASCII letters compare without case, which no multibyte character holds. */
static bool same_letters(const char *a, const char *b, size_t len)
{
    return strncasecmp(a, b, len) == 0;
}

static bool has(struct span s, const char *word)
{
    size_t len = strlen(word), i;

    for (i = 0; i + len <= s.len; i++)
        if ((s.ptr[i] | 32) == (word[0] | 32) && same_letters(s.ptr + i, word, len))
            return true;
    return false;
}

static bool has_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (has(s, *words))
            return true;
    }
    return false;
}

static bool begins_any(struct span s, const char *const *words)
{
    for (; s.len > 1 && *words != NULL; words++) {
        if ((s.ptr[0] | 32) == ((*words)[0] | 32) && s.len >= strlen(*words) &&
            same_letters(s.ptr, *words, strlen(*words)))
            return true;
    }
    return false;
}

static struct lines split(struct span text)
{
    struct lines l = { .count = 1 };
    size_t i, begin = 0, n = 0;

    for (i = 0; i < text.len; i++)
        l.count += text.ptr[i] == '\n';
    l.all = xcalloc(l.count, sizeof(*l.all));
    for (i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n')
            continue;
        l.all[n++] = (struct span){ text.ptr + begin, i - begin };
        begin = i + 1;
    }
    return l;
}

static bool is_quoted(struct span line)
{
    struct span s = span_trim(line);

    return s.len > 0 && s.ptr[0] == '>';
}

/* Without the asterisks that stand for bold: "*From:* Eva". */
static struct span bare(struct span line)
{
    struct span s = span_trim(line);

    while (s.len > 0 && s.ptr[0] == '*') {
        s.ptr++;
        s.len--;
    }
    return s;
}

static bool is_key(struct span s)
{
    return begins_any(s, from_keys) || begins_any(s, other_keys);
}

/* "From: Sent: To: Subject:" in some language and order. */
static bool is_header_block(const struct lines *l, size_t at)
{
    size_t i, keys = 0;
    bool from = false;

    if (!is_key(bare(l->all[at])))
        return false;
    for (i = at; i < l->count && i < at + HEADER_BLOCK_LINES; i++) {
        struct span s = bare(l->all[i]);

        if (s.len == 0 && i > at + 1)
            break;
        from = from || begins_any(s, from_keys);
        keys += is_key(s);
    }
    return from && keys >= HEADER_KEYS_LEAST;
}

static bool has_digit(struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            return true;
    }
    return false;
}

/* "On Mon, 1 Jun 2026, Eva wrote:" all on one line: below it is history, whether it is marked or
 * not. */
static bool is_whole_intro(struct span s)
{
    return s.len > 10 && s.len <= INTRO_LINE_MAX && begins_any(s, days) && has_digit(s) &&
           has_any(s, verbs) && (s.ptr[s.len - 1] == ':' || s.ptr[s.len - 1] == '-');
}

/* Are the next words quoted? */
static bool quotes_follow(const struct lines *l, size_t at)
{
    size_t i;

    for (i = at + 1; i < l->count && i < at + INTRO_LINES + 2; i++) {
        if (span_trim(l->all[i]).len > 0)
            return is_quoted(l->all[i]);
    }
    return false;
}

static bool is_history(const struct lines *l, size_t at)
{
    struct span s = span_trim(l->all[at]);

    if (s.len > 4 && s.len <= INTRO_LINE_MAX && (s.ptr[0] == '-' || s.ptr[0] == '_') &&
        has_any(s, separators))
        return true;
    return begins_any(s, openers) || is_header_block(l, at);
}

static bool is_intro(struct span s)
{
    return has(s, "@") || has_any(s, verbs);
}

static void drop_blank(struct lines *kept)
{
    while (kept->count > 0 && span_trim(kept->all[kept->count - 1]).len == 0)
        kept->count--;
}

static struct span line_back(const struct lines *k, size_t n)
{
    struct span none = { "", 0 }, s = n < k->count ? span_trim(k->all[k->count - 1 - n]) : none;

    return s.len <= INTRO_LINE_MAX ? s : none;
}

/* "On … wrote:" stands above a quotation, over one line, two or three. */
static void drop_intro(struct lines *kept)
{
    struct lines k = *kept;
    struct span last, before;
    size_t n;

    drop_blank(&k);
    last = line_back(&k, 0);
    before = line_back(&k, 1);
    if (last.len == 0 || last.ptr[last.len - 1] != ':' || !(is_intro(last) || is_intro(before)))
        return;
    for (n = 0; n < INTRO_LINES && line_back(&k, n).len > 0; n++) {
        if (begins_any(line_back(&k, n), days) && has_digit(line_back(&k, n))) {
            kept->count = k.count - n - 1;
            return;
        }
    }
    kept->count = k.count - (has(before, "@") && !has(last, "@") ? 2 : 1);
}

static bool is_rule(struct span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] != '_')
            return false;
    }
    return true;
}

/* A line of underscores belongs to the header block below it, a phone's line to nobody. */
static void drop_tail(struct lines *kept)
{
    struct span last;

    for (;;) {
        drop_blank(kept);
        if (kept->count < 2)
            return;
        last = span_trim(kept->all[kept->count - 1]);
        if (!is_rule(last) && !(last.len <= PHONE_LINE_MAX && begins_any(last, phones)))
            return;
        kept->count--;
    }
}

/* `said`: there are words since the last quotation. An intro is looked for only then, so that a
 * stranger's thousand quotations do not make us search the same lines a thousand times. */
static void keep_own(const struct lines *l, struct lines *kept)
{
    bool signature = false, said = false;
    size_t i;

    for (i = 0; i < l->count && !is_history(l, i); i++) {
        struct span s = span_trim(l->all[i]);

        if (kept->count > 0 && is_whole_intro(s) && !quotes_follow(l, i))
            break;
        if (is_quoted(l->all[i])) {
            if (said && !signature)
                drop_intro(kept);
            said = signature = false;
            continue;
        }
        signature = signature || span_is(s, "--");
        if (signature)
            continue;
        said = said || s.len > 0;
        kept->all[kept->count++] = l->all[i];
    }
    drop_tail(kept);
}

static void keep_unmarked(const struct lines *l, struct lines *kept)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (!is_quoted(l->all[i]))
            kept->all[kept->count++] = l->all[i];
    }
}

static const char *join(struct arena *a, const struct lines *l)
{
    struct text_buffer b = { 0 };
    struct span trimmed;
    const char *out;
    size_t i;

    for (i = 0; i < l->count; i++) {
        text_buffer_add(&b, l->all[i].ptr, l->all[i].len);
        text_buffer_add(&b, "\n", 1);
    }
    trimmed = span_trim((struct span){ b.ptr, b.len });
    out = trimmed.len > 0 ? arena_strndup(a, trimmed.ptr, trimmed.len) : "";
    text_buffer_clear(&b);
    return out;
}

const char *mail_quote_reply(struct arena *a, struct span text)
{
    struct lines l = split(text), kept = { 0 };
    const char *out;

    kept.all = xcalloc(l.count, sizeof(*kept.all));
    keep_own(&l, &kept);
    drop_blank(&kept);
    if (kept.count == 0)
        keep_unmarked(&l, &kept);
    out = join(a, &kept);
    free(kept.all);
    free(l.all);
    return out;
}
