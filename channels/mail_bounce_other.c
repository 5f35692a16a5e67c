#include "channels/mail_bounce_other.h"

#include <string.h>

#include "channels/mail_bounce_refusal.h"
#include "channels/mail_header.h"
#include "channels/mail_words.h"

enum { GREETING_MAX = 40 }; /* bytes of a line that greets and says nothing else */

const char *const mail_other_own_mailbox[] = {
    "your mailbox",
    "your inbox",
    "your mail quota",
    "your incoming messages",
    "your incoming mails",
    "your incoming emails",
    "quarantine",
    "ihr postfach",
    "quarantäne",
    "votre boîte aux lettres",
    "su buzón",
    "sua caixa",
    "la tua casella",
    "uw postvak",
    "隔离",
    NULL,
};

const char *const mail_other_proof[] = {
    "requires that you verify",
    "requires verification",
    "has not been verified",
    "is being held because",
    "being held until",
    "only from senders i have approved",
    "guest list",
    NULL,
};

const char *const mail_other_arrived[] = {
    "action: delivered",
    "action: expanded",
    "action: relayed",
    "delivered successfully",
    "delivery to these recipients or groups is complete",
    "zustellung an diese empfänger oder gruppen ist abgeschlossen",
    "remise à ces destinataires ou groupes est terminée",
    "entrega a estos destinatarios o grupos",
    "delivery status notification (relay",
    "delivery status notification (success",
    "has been delivered to the following",
    "return receipt",
    "successful delivery",
    "successful mail delivery",
    "successfully delivered",
    "was delivered to the following",
    NULL,
};

const char *const mail_other_person[] = {
    "any idea",
    "can anyone",
    "can you",
    "could you",
    "from our customer",
    "i am getting",
    "i get ",
    "i got ",
    "i have not received",
    "i haven't received",
    "i keep getting",
    "i ordered",
    "i wrote",
    "i'm getting",
    "is there another",
    "my e-mail to",
    "my email to",
    "my mail to",
    "my message to",
    "my order",
    "my parcel",
    "our customer",
    "our order",
    "please advise",
    "please help",
    "thanks in advance",
    "we are getting",
    "we get ",
    "we got ",
    "what is wrong",
    "when i ",
    "your colleague",
    /* German */
    "danke im voraus",
    "dank im voraus",
    "ich habe bestellt",
    "kannst du",
    "können sie",
    "könnt ihr",
    "könnten sie",
    "könntest du",
    "mein paket",
    "meine bestellung",
    "meine sendung",
    "meiner bestellung",
    "unser kunde",
    "unsere bestellung",
    "unserer bestellung",
    "wir bekommen",
    /* French */
    "aidez-",
    "j'ai commandé",
    "j'ai essayé",
    "je n'ai pas reçu",
    "ma commande",
    "merci d'avance",
    "mon colis",
    "notre client",
    "notre commande",
    "pourriez-vous",
    "pouvez-vous",
    /* Spanish */
    "gracias de antemano",
    "he intentado",
    "mi paquete",
    "mi pedido",
    "no he recibido",
    "nuestro cliente",
    "nuestro pedido",
    "¿me pued",
    "¿podr",
    "¿pued",
    /* Italian */
    "grazie in anticipo",
    "ho ordinato",
    "ho provato",
    "il mio ordine",
    "il nostro ordine",
    "mio pacco",
    "non ho ricevuto",
    "nostro cliente",
    "potreste ",
    "potrebbe aiutar",
    "puoi ",
    /* Portuguese */
    "minha encomenda",
    "meu pedido",
    "nosso cliente",
    "nosso pedido",
    "não recebi",
    "obrigado desde já",
    "pode me ajudar",
    "podem me ajudar",
    "podem nos ajudar",
    "poderiam ",
    NULL,
};

const char *const mail_other_greeting[] = {
    "dear ",       "hello",        "hi ",       "hi, ",         "good morning", "hallo",
    "guten ",      "sehr geehrte", "liebe ",    "moin",         "bonjour",      "madame",
    "bonsoir",     "hola",         "buenos d",  "buenas ",      "estimad",      "buongiorno",
    "salve",       "gentile",      "spett",     "olá",          "bom dia",      "boa tarde",
    "prezad",      "beste ",       "geachte",   "goedemorgen",  "goedemiddag",  "hej",
    "dzień dobry", "witam",        "dobrý den", "здравствуйте", "добрый день",  "уважаем",
    "добрий день", "merhaba",      "jó napot",  "bună ziua",    NULL,
};

const char *const mail_other_closing[] = {
    "kind regards",
    "best regards",
    "regards,",
    "sincerely",
    "best wishes",
    "many thanks",
    "cheers,",
    "thanks,",
    "mit freundlichen",
    "mit besten",
    "viele grüsse",
    "liebe grüsse",
    "beste grüsse",
    "freundliche grüsse",
    "cordialement",
    "bien à vous",
    "meilleures salutations",
    "un saludo",
    "saludos",
    "atentamente",
    "cordiali saluti",
    "distinti saluti",
    "atenciosamente",
    "cumprimentos",
    "met vriendelijke",
    "vriendelijke groet",
    "pozdraw",
    "s pozdravem",
    "с уважением",
    "з повагою",
    "saygılar",
    "med vänlig",
    "med venlig",
    "med vennlig",
    "よろしくお願い",
    NULL,
};

const char *const mail_other_sent[] = {
    "your message",
    "your mail",
    "your e-mail",
    "your email",
    "the message you",
    "the mail you",
    "the email you",
    "message that you",
    "mail that you",
    "you sent",
    "you attempted to",
    "you tried to",
    "an e-mail from you",
    "message from you",
    "mail from you",
    "returned to you",
    "sent by you",
    "ihre nachricht",
    "ihrer nachricht",
    "ihre mail",
    "ihrer mail",
    "ihre e-mail",
    "ihrer e-mail",
    "deine nachricht",
    "deine mail",
    "deine e-mail",
    "votre message",
    "votre mail",
    "votre courriel",
    "votre e-mail",
    "ton message",
    "ton mail",
    "ton courriel",
    "su mensaje",
    "tu mensaje",
    "su correo",
    "sua mensagem",
    "seu e-mail",
    "suo messaggio",
    "tuo messaggio",
    "vostro messaggio",
    "uw bericht",
    "uw e-mail",
    "je bericht",
    "je mail",
    "je e-mail",
    "ditt meddelande",
    "din besked",
    "din meddelelse",
    "viestisi",
    "twoja wiadomość",
    "twojej wiadomości",
    "wiadomość, którą",
    "vaše zpráva",
    "vaši zprávu",
    "mesajul dumneavoastră",
    "mesajul dvs",
    "iletiniz",
    "mesajınız",
    "üzenete",
    "το μήνυμά σασ",
    "ваше письмо",
    "ваше сообщение",
    "вашего письма",
    "ваш лист",
    "ваше повідомлення",
    "お送りになった",
    "送信された",
    "あなたの",
    "あなたが",
    "您的邮件",
    "您发送",
    "你的邮件",
    "您的郵件",
    "您寄",
    "귀하",
    "보내신",
    NULL,
};

const char *const mail_other_recipients[] = {
    "following recipient",
    "its recipients",
    "intended recipient",
    "recipient(s)",
    "recipients could",
    "to the recipient",
    "one or more recipients",
    "to the following",
    "the following address",
    "mail delivery software",
    "qmail-send program",
    "original message",
    "this message could",
    "this message was undeliver",
    "this mail could",
    "this email could",
    "this e-mail could",
    "the message could not",
    "the following message",
    "message was not delivered",
    "message with subject",
    "message to <",
    "folgende empfänger",
    "folgenden empfänger",
    "folgende adresse",
    "folgenden adresse",
    "eine e-mail konnte",
    "eine nachricht konnte",
    "diese nachricht",
    "die nachricht konnte",
    "destinataire",
    "destinatário",
    "el mensaje no",
    "a mensagem não",
    "il messaggio non",
    "le message n'",
    "ontvanger",
    "mottagare",
    "mottaker",
    "modtager",
    "vastaanottaj",
    "odbiorc",
    "příjemc",
    "címzett",
    "destinatar",
    "alıcı",
    "παραλήπτ",
    "получател",
    "адресат",
    "одержувач",
    "宛先",
    "受信者",
    "收件人",
    "以下地址",
    "수신자",
    "받는 사람",
    NULL,
};

const char *const mail_other_one[] = {
    "message",  "mail ",  "nachricht", "mensaje",  "correo ",  "mensagem",   "messaggio", "bericht",
    "courriel", "meddel", "besked",    "viesti",   "wiadomoś", "zpráv",      "üzenet",    "levél",
    "mesaj",    "ileti",  "e-posta",   "сообщени", "письм",    "повідомлен", "μήνυμα",    "メール",
    "邮件",     "郵件",   "信件",      "메일",     "메시지",   "pesan",      "thư",       "הודעה",
    "رسال",     "ข้อความ", "อีเมล",      NULL,
};

const char *const mail_other_many[] = {
    "messages",  "mails",      "e-mails",   "emails",    "nachrichten", "mensajes",    "correos",
    "mensagens", "messaggi ",  "courriels", "berichten", "meddelelser", "meddelanden", "сообщений",
    "писем",     "件のメール", "封邮件",    "封郵件",    "건의 메일",   NULL,
};

/* Of a month, a week or a day, and of counts. */
static const char *const of_a_while[] = {
    "statisti",
    "estadístic",
    "estatístic",
    "статистик",
    "統計",
    "统计",
    "monthly",
    "weekly",
    "daily report",
    "daily summary",
    "summary of the messages",
    "monatsbericht",
    "wochenbericht",
    "tagesbericht",
    "monatlich",
    "wöchentlich",
    "mensuel",
    "hebdomadaire",
    "mensual",
    "semanal",
    "mensal",
    "mensile",
    "settimanale",
    "maandelijks",
    "wekelijks",
    "miesięczn",
    "měsíční",
    "ежемесячн",
    "月次",
    "月报",
    NULL,
};

/* "User unknown: 210", "tom@b.org (4 messages)": a line that ends with a count. */
static bool is_tally(struct span line)
{
    static const char *const counted[] = { "message", "mail",     "nachricht", "mensaje", "correo",
                                           "mensage", "messaggi", "bericht",   NULL };
    /* What has a number as well where it is of one mail. */
    static const char *const single[] = { "size",  "code", "port",  "attempt", "status",
                                          "error", "id",   "limit", "größe",   NULL };
    size_t end, begin;

    line = span_trim(line);
    if (line.len > 0 && line.ptr[line.len - 1] == ')')
        line.len--;
    end = line.len;
    while (end > 0 && !text_is_digit(line.ptr[end - 1]))
        end--;
    begin = end;
    while (begin > 0 && text_is_digit(line.ptr[begin - 1]))
        begin--;
    if (begin < 2 || begin == end || end - begin > 7)
        return false;
    if (end == line.len)
        return line.ptr[begin - 1] == ' ' && line.ptr[begin - 2] == ':' &&
               !span_holds_any(line, single);
    return strchr(" (", line.ptr[begin - 1]) != NULL && line.ptr[end] == ' ' &&
           line.len - end < 14 &&
           span_begins_any((struct span){ line.ptr + end + 1, line.len - end - 1 }, counted);
}

bool mail_other_is_statistics(const char *subject, const char *words, struct span text)
{
    struct span line;
    size_t at = 0, tallies = 0, refusals = 0, above = 0;

    if (mail_words_find(subject, of_a_while) == NULL && mail_words_find(words, of_a_while) == NULL)
        return false;
    while (span_line(text, &at, &line)) {
        if (is_tally(line))
            tallies++;
        else if (mail_bounce_is_refusal(span_trim(line)) && refusals++ == 0)
            above = tallies;
    }
    /* below the only one stands what came back, with counts of its own */
    return (refusals == 1 ? above : tallies) >= 3;
}

/* How somebody begins who does not know. */
static const char *const doubts[] = {
    "how to ",
    "how do ",
    "how can ",
    "how come ",
    "why ",
    "what is ",
    "what's ",
    "what does ",
    "what do ",
    "maybe ",
    "perhaps ",
    "does any",
    "could somebody",
    "can somebody",
    "was ist ",
    "was bedeutet",
    "was soll",
    "warum ",
    "wieso ",
    "weshalb ",
    "wie kann",
    "wie bekomm",
    "vielleicht ",
    "weiss jemand",
    "comment ",
    "pourquoi ",
    "qu'est-ce",
    "que signifie",
    "peut-être",
    "por qué ",
    "¿",
    "cómo ",
    "qué ",
    "quizás ",
    "perché ",
    "come posso",
    "cosa ",
    "che cosa",
    "forse ",
    "por que ",
    "como posso",
    "o que ",
    "talvez ",
    "waarom ",
    "hoe ",
    "wat is ",
    "misschien ",
    "varför ",
    "hvorfor ",
    "miksi ",
    "dlaczego ",
    "jak ",
    "co to ",
    "proč ",
    "почему ",
    "что ",
    "как ",
    "чому ",
    "neden ",
    "なぜ",
    "どうして",
    "为什么",
    "為什麼",
    "왜 ",
    NULL,
};

/* What he asks for; a server says it of what to do, further down. */
static const char *const requests[] = {
    "take a look", "have a look", "look at this",   "am i doing",
    "i am doing",  "schauen sie", "schau mal",      "bitte ansehen",
    "jetez un",    "jeter un",    "echar un vista", "echen un vistazo",
    "un'occhiata", "uma olhada",  "kijk eens",      "посмотрите",
    NULL,
};

/* No link, in which the mark may stand. */
static bool is_question(struct span line)
{
    static const char *const marks[] = { "?", "\uff1f", "\u061f", NULL };
    static const char within[] = "? ", link[] = "://";

    return (span_ends_any(line, marks) ||
            memmem(line.ptr, line.len, within, sizeof(within) - 1) != NULL) &&
           memmem(line.ptr, line.len, link, sizeof(link) - 1) == NULL;
}

bool mail_other_asks_first(struct arena *a, struct span text)
{
    struct span line;
    size_t at = 0, lines = 0;

    while (span_line(text, &at, &line)) {
        const char *folded;

        line = span_trim(line);
        if (line.len == 0)
            continue;
        folded = mail_words_fold(a, line);
        if (is_question(line) || mail_words_find(folded, requests) != NULL ||
            (lines++ < 2 && mail_words_begin(folded, doubts) != NULL)) /* a greeting may be first */
            return true;
        if (mail_words_find_plain(folded, mail_words_failed) != NULL ||
            mail_bounce_status_in(line).len > 0 || mail_bounce_address_in(line).len > 0)
            return false;
    }
    return false;
}

/* "Good morning," and no more. */
static bool is_greeting(struct arena *a, struct span line)
{
    return line.len <= GREETING_MAX &&
           mail_words_begin(mail_words_fold(a, line), mail_other_greeting) != NULL;
}

/* Is it of a mail, or of what became of one? */
static bool is_of_delivery(const char *folded)
{
    return mail_words_find_plain(folded, mail_words_failed) != NULL ||
           mail_words_find(folded, mail_words_daemon) != NULL || mail_other_is_of_sent(folded) ||
           mail_words_find(folded, mail_other_recipients) != NULL ||
           mail_words_find(folded, mail_other_one) != NULL;
}

bool mail_other_greets_first(struct arena *a, struct span text)
{
    struct span line, first = { "", 0 };
    const char *begin = NULL, *end = NULL;
    size_t at = 0;

    while (span_line(text, &at, &line)) {
        line = span_trim(line);
        if (line.len == 0 && begin != NULL)
            break;
        if (line.len > 0 && first.len > 0) {
            begin = begin != NULL ? begin : line.ptr;
            end = line.ptr + line.len;
        } else if (line.len > 0) {
            first = line;
        }
    }
    return begin != NULL && is_greeting(a, first) &&
           !is_of_delivery(mail_words_fold(a, (struct span){ begin, (size_t)(end - begin) }));
}

bool mail_other_is_letter(const char *words)
{
    static const char *const servers[] = { "hello, this is the mail s", "hello, here is the mail s",
                                           NULL };

    words += words[0] == ' ';
    if (mail_words_begin(words, servers) != NULL)
        return false;
    return mail_words_begin(words, mail_other_greeting) != NULL ||
           mail_words_find(words, mail_other_closing) != NULL;
}

bool mail_other_is_of_sent(const char *words)
{
    return mail_words_find(words, mail_other_sent) != NULL;
}

bool mail_other_is_of_readers_own(const char *words)
{
    static const char *const own[] = {
        "your messages",     "your mails",         "your emails",
        "your e-mails",      "your mail account",  "your email account",
        "your mail storage", "your email storage", NULL
    };

    return mail_words_find(words, own) != NULL;
}

bool mail_other_is_of_many(const char *words)
{
    return mail_words_find(words, mail_other_many) != NULL;
}

bool mail_other_is_of_one(const char *subject, const char *words)
{
    return mail_words_find(words, mail_other_recipients) != NULL ||
           (!mail_other_is_of_many(subject) && !mail_other_is_of_many(words) &&
            (mail_words_find(subject, mail_other_one) != NULL ||
             mail_words_find(words, mail_other_one) != NULL));
}

bool mail_other_is_own_mailbox(const char *subject, const char *words)
{
    return mail_words_find(subject, mail_other_own_mailbox) != NULL ||
           mail_words_find(words, mail_other_own_mailbox) != NULL;
}

bool mail_other_asks_proof(const char *words)
{
    return mail_words_find(words, mail_words_challenge) != NULL ||
           mail_words_find(words, mail_other_proof) != NULL;
}

bool mail_other_is_session(const char *words)
{
    return strstr(words, " out: 220 ") != NULL && strstr(words, " in: ") != NULL;
}

bool mail_other_is_arrival(const char *subject, const char *words)
{
    static const char *const failed[] = { "action: failed", "fatal error", "permanent error",
                                          "permanent failure", NULL };

    return (mail_words_find(subject, mail_other_arrived) != NULL ||
            mail_words_find(words, mail_other_arrived) != NULL) &&
           mail_words_find(subject, mail_words_failed_subject) == NULL &&
           mail_words_find(words, failed) == NULL;
}

/* At a word's begin: "your order" is not "our order". */
static bool begins_word(const char *words, const char *find)
{
    const char *p = words;

    for (; (p = strstr(p, find)) != NULL; p++)
        if (p == words || p[-1] < 'a' || p[-1] > 'z')
            return true;
    return false;
}

static bool begins_word_any(const char *words, const char *const *find)
{
    for (; *find != NULL; find++)
        if (begins_word(words, *find))
            return true;
    return false;
}

bool mail_other_is_person(const struct mail_header *h, const char *words, bool nobodys)
{
    static const char *const tried[] = { "i have tried", "i tried", NULL };

    return mail_header_has(h, "User-Agent") || begins_word_any(words, mail_other_person) ||
           (!nobodys && begins_word_any(words, tried));
}
