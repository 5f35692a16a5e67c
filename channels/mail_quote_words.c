#include "channels/mail_quote_words.h"

#include <stdint.h>
#include <string.h>

enum {
    NEIGHBOURS_MAX = 16, /* entries of a sorted table that begin alike */
    PROGRAM_LINE_MAX = 120,
    PROGRAM_NAME_MAX = 70,
    SHORT_LINE_MAX = 40,
    BARE_BLANKS = 4,
    PAIRS = 1024,
};

/* The tables are in the order of their bytes, as strcmp() has it; all is in lower case. */

static const struct quote_word {
    const char *word;
    unsigned kind;
} quote_words[] = {
    { "according", QUOTE_WORD_QUOTING }, { "alıntı", QUOTE_WORD_QUOTING },
    { "am", QUOTE_WORD_OPENER },         { "at", QUOTE_WORD_OPENER },
    { "citaat", QUOTE_WORD_QUOTING },    { "citace", QUOTE_WORD_QUOTING },
    { "citando", QUOTE_WORD_QUOTING },   { "citant", QUOTE_WORD_QUOTING },
    { "citat", QUOTE_WORD_QUOTING },     { "citation", QUOTE_WORD_QUOTING },
    { "citazione", QUOTE_WORD_QUOTING }, { "citação", QUOTE_WORD_QUOTING },
    { "citerar", QUOTE_WORD_QUOTING },   { "citerer", QUOTE_WORD_QUOTING },
    { "citát", QUOTE_WORD_QUOTING },     { "cytat", QUOTE_WORD_QUOTING },
    { "cytuję", QUOTE_WORD_QUOTING },    { "dana", QUOTE_WORD_OPENER },
    { "den", QUOTE_WORD_OPENER },        { "dia", QUOTE_WORD_OPENER },
    { "dne", QUOTE_WORD_OPENER },        { "dnia", QUOTE_WORD_OPENER },
    { "dňa", QUOTE_WORD_OPENER },        { "ecrit", QUOTE_WORD_VERB },
    { "el", QUOTE_WORD_OPENER },         { "em", QUOTE_WORD_OPENER },
    { "escreve", QUOTE_WORD_VERB },      { "escreveram", QUOTE_WORD_VERB },
    { "escreveu", QUOTE_WORD_VERB },     { "escribe", QUOTE_WORD_VERB },
    { "escribio", QUOTE_WORD_VERB },     { "escribiu", QUOTE_WORD_VERB },
    { "escribió", QUOTE_WORD_VERB },     { "escribía", QUOTE_WORD_VERB },
    { "escrit", QUOTE_WORD_VERB },       { "escrito", QUOTE_WORD_VERB },
    { "escriure", QUOTE_WORD_VERB },     { "excerpts", QUOTE_WORD_QUOTING },
    { "geschreven", QUOTE_WORD_VERB },   { "geschrieben", QUOTE_WORD_VERB },
    { "idatzi", QUOTE_WORD_VERB },       { "idézet", QUOTE_WORD_QUOTING },
    { "il", QUOTE_WORD_OPENER },         { "kirjoittaa", QUOTE_WORD_VERB },
    { "kirjoitti", QUOTE_WORD_VERB },    { "kirjutas", QUOTE_WORD_VERB },
    { "la", QUOTE_WORD_OPENER },         { "lainaus", QUOTE_WORD_QUOTING },
    { "le", QUOTE_WORD_OPENER },         { "menulis", QUOTE_WORD_VERB },
    { "missatge", QUOTE_WORD_VERB },     { "na", QUOTE_WORD_OPENER },
    { "nadesłał", QUOTE_WORD_VERB },     { "napisal", QUOTE_WORD_VERB },
    { "napisala", QUOTE_WORD_VERB },     { "napisana", QUOTE_WORD_VERB },
    { "napisane", QUOTE_WORD_VERB },     { "napisao", QUOTE_WORD_VERB },
    { "napisał", QUOTE_WORD_VERB },      { "napisała", QUOTE_WORD_VERB },
    { "napsal", QUOTE_WORD_VERB },       { "napsala", QUOTE_WORD_VERB },
    { "napísal", QUOTE_WORD_VERB },      { "napísala", QUOTE_WORD_VERB },
    { "ngày", QUOTE_WORD_OPENER },       { "on", QUOTE_WORD_OPENER },
    { "op", QUOTE_WORD_OPENER },         { "pada", QUOTE_WORD_OPENER },
    { "parašė", QUOTE_WORD_VERB },       { "pisao", QUOTE_WORD_VERB },
    { "pisze", QUOTE_WORD_VERB },        { "piše", QUOTE_WORD_VERB },
    { "på", QUOTE_WORD_OPENER },         { "píše", QUOTE_WORD_VERB },
    { "quote", QUOTE_WORD_QUOTING },     { "quoting", QUOTE_WORD_QUOTING },
    { "rakstīja", QUOTE_WORD_VERB },     { "rašė", QUOTE_WORD_VERB },
    { "respondió", QUOTE_WORD_VERB },    { "répondit", QUOTE_WORD_VERB },
    { "said", QUOTE_WORD_VERB },         { "says", QUOTE_WORD_VERB },
    { "schreef", QUOTE_WORD_VERB },      { "schreibt", QUOTE_WORD_VERB },
    { "schrieb", QUOTE_WORD_VERB },      { "schrieben", QUOTE_WORD_VERB },
    { "schrijft", QUOTE_WORD_VERB },     { "scrie", QUOTE_WORD_VERB },
    { "scris", QUOTE_WORD_VERB },        { "scritto", QUOTE_WORD_VERB },
    { "scrive", QUOTE_WORD_VERB },       { "scriveva", QUOTE_WORD_VERB },
    { "selon", QUOTE_WORD_QUOTING },     { "sent", QUOTE_WORD_VERB },
    { "skreiv", QUOTE_WORD_VERB },       { "skrev", QUOTE_WORD_VERB },
    { "skrifaði", QUOTE_WORD_VERB },     { "skriver", QUOTE_WORD_VERB },
    { "u", QUOTE_WORD_OPENER },          { "viết", QUOTE_WORD_VERB },
    { "vào", QUOTE_WORD_OPENER },        { "w", QUOTE_WORD_OPENER },
    { "writes", QUOTE_WORD_VERB },       { "wrote", QUOTE_WORD_VERB },
    { "wroted", QUOTE_WORD_VERB },       { "yazdı", QUOTE_WORD_VERB },
    { "yazmış", QUOTE_WORD_VERB },       { "zitat", QUOTE_WORD_QUOTING },
    { "zitiere", QUOTE_WORD_QUOTING },   { "écrit", QUOTE_WORD_VERB },
    { "écrivait", QUOTE_WORD_VERB },     { "írja", QUOTE_WORD_VERB },
    { "írta", QUOTE_WORD_VERB },         { "în", QUOTE_WORD_OPENER },
    { "έγραψαν", QUOTE_WORD_VERB },      { "έγραψε", QUOTE_WORD_VERB },
    { "γράφει", QUOTE_WORD_VERB },       { "στις", QUOTE_WORD_OPENER },
    { "το", QUOTE_WORD_OPENER },         { "в", QUOTE_WORD_OPENER },
    { "на", QUOTE_WORD_OPENER },         { "надіслав", QUOTE_WORD_VERB },
    { "надіслала", QUOTE_WORD_VERB },    { "написа", QUOTE_WORD_VERB },
    { "написав", QUOTE_WORD_VERB },      { "написал", QUOTE_WORD_VERB },
    { "написала", QUOTE_WORD_VERB },     { "написао", QUOTE_WORD_VERB },
    { "отправил", QUOTE_WORD_VERB },     { "отправила", QUOTE_WORD_VERB },
    { "писав", QUOTE_WORD_VERB },        { "писал", QUOTE_WORD_VERB },
    { "писала", QUOTE_WORD_VERB },       { "пише", QUOTE_WORD_VERB },
    { "пишет", QUOTE_WORD_VERB },        { "пишете", QUOTE_WORD_VERB },
    { "у", QUOTE_WORD_OPENER },          { "цитат", QUOTE_WORD_QUOTING },
    { "цитата", QUOTE_WORD_QUOTING },    { "цитирую", QUOTE_WORD_QUOTING },
    { "ב", QUOTE_WORD_OPENER },          { "בתאריך", QUOTE_WORD_OPENER },
    { "כתב", QUOTE_WORD_VERB },          { "כתבה", QUOTE_WORD_VERB },
    { "بتاريخ", QUOTE_WORD_OPENER },     { "في", QUOTE_WORD_OPENER },
    { "كتب", QUOTE_WORD_VERB },          { "كتبت", QUOTE_WORD_VERB },
    { "نوشت", QUOTE_WORD_VERB },         { "लिखा", QUOTE_WORD_VERB },
    { "于", QUOTE_WORD_OPENER },         { "在", QUOTE_WORD_OPENER },
    { "引用", QUOTE_WORD_QUOTING },      { "於", QUOTE_WORD_OPENER },
};

static const struct quote_key {
    const char *key;
    enum mail_quote_key kind;
} quote_keys[] = {
    { "a", QUOTE_KEY_TO },
    { "aan", QUOTE_KEY_TO },
    { "absender", QUOTE_KEY_FROM },
    { "adjuntos", QUOTE_KEY_OTHER },
    { "adresat", QUOTE_KEY_TO },
    { "afsender", QUOTE_KEY_FROM },
    { "afzender", QUOTE_KEY_FROM },
    { "aihe", QUOTE_KEY_SUBJECT },
    { "al", QUOTE_KEY_TO },
    { "allegati", QUOTE_KEY_OTHER },
    { "allegato", QUOTE_KEY_OTHER },
    { "alıcı", QUOTE_KEY_TO },
    { "an", QUOTE_KEY_TO },
    { "anexo", QUOTE_KEY_OTHER },
    { "anexos", QUOTE_KEY_OTHER },
    { "anhang", QUOTE_KEY_OTHER },
    { "anhänge", QUOTE_KEY_OTHER },
    { "anlage", QUOTE_KEY_OTHER },
    { "anlagen", QUOTE_KEY_OTHER },
    { "antwoord aan", QUOTE_KEY_OTHER },
    { "antwort an", QUOTE_KEY_OTHER },
    { "archivos adjuntos", QUOTE_KEY_OTHER },
    { "assumpte", QUOTE_KEY_SUBJECT },
    { "assunto", QUOTE_KEY_SUBJECT },
    { "asunto", QUOTE_KEY_SUBJECT },
    { "attachment", QUOTE_KEY_OTHER },
    { "attachments", QUOTE_KEY_OTHER },
    { "avsender", QUOTE_KEY_FROM },
    { "avsändare", QUOTE_KEY_FROM },
    { "bcc", QUOTE_KEY_CC },
    { "betr", QUOTE_KEY_SUBJECT },
    { "betr.", QUOTE_KEY_SUBJECT },
    { "betreff", QUOTE_KEY_SUBJECT },
    { "betreft", QUOTE_KEY_SUBJECT },
    { "bifogade filer", QUOTE_KEY_OTHER },
    { "bijlage", QUOTE_KEY_OTHER },
    { "bijlagen", QUOTE_KEY_OTHER },
    { "bilagor", QUOTE_KEY_OTHER },
    { "bilagt", QUOTE_KEY_OTHER },
    { "bilgi", QUOTE_KEY_CC },
    { "blindkopie", QUOTE_KEY_CC },
    { "c.c.", QUOTE_KEY_CC },
    { "categories", QUOTE_KEY_OTHER },
    { "cc", QUOTE_KEY_CC },
    { "cc'd", QUOTE_KEY_CC },
    { "cco", QUOTE_KEY_CC },
    { "chủ đề", QUOTE_KEY_SUBJECT },
    { "conversation topic", QUOTE_KEY_OTHER },
    { "copia", QUOTE_KEY_CC },
    { "copie", QUOTE_KEY_CC },
    { "copie à", QUOTE_KEY_CC },
    { "címzett", QUOTE_KEY_TO },
    { "còpia", QUOTE_KEY_CC },
    { "cópia", QUOTE_KEY_CC },
    { "către", QUOTE_KEY_TO },
    { "da", QUOTE_KEY_FROM },
    { "dari", QUOTE_KEY_FROM },
    { "data", QUOTE_KEY_SENT },
    { "data d'enviament", QUOTE_KEY_SENT },
    { "data de envio", QUOTE_KEY_SENT },
    { "data invio", QUOTE_KEY_SENT },
    { "data wysłania", QUOTE_KEY_SENT },
    { "date", QUOTE_KEY_SENT },
    { "date d'envoi", QUOTE_KEY_SENT },
    { "date sent", QUOTE_KEY_SENT },
    { "dato", QUOTE_KEY_SENT },
    { "dato sendt", QUOTE_KEY_SENT },
    { "datos adjuntos", QUOTE_KEY_OTHER },
    { "datum", QUOTE_KEY_SENT },
    { "datum slanja", QUOTE_KEY_SENT },
    { "dată", QUOTE_KEY_SENT },
    { "de", QUOTE_KEY_FROM },
    { "de la", QUOTE_KEY_FROM },
    { "desde", QUOTE_KEY_FROM },
    { "destinataire", QUOTE_KEY_TO },
    { "destinatari", QUOTE_KEY_TO },
    { "destinatario", QUOTE_KEY_TO },
    { "destinatarul", QUOTE_KEY_TO },
    { "destinatário", QUOTE_KEY_TO },
    { "di", QUOTE_KEY_FROM },
    { "dikirim", QUOTE_KEY_SENT },
    { "do", QUOTE_KEY_TO },
    { "dw", QUOTE_KEY_CC },
    { "dátum", QUOTE_KEY_SENT },
    { "efni", QUOTE_KEY_SUBJECT },
    { "ekler", QUOTE_KEY_OTHER },
    { "elküldve", QUOTE_KEY_SENT },
    { "emne", QUOTE_KEY_SUBJECT },
    { "empfänger", QUOTE_KEY_TO },
    { "enviada", QUOTE_KEY_SENT },
    { "enviada em", QUOTE_KEY_SENT },
    { "enviado", QUOTE_KEY_SENT },
    { "enviado el", QUOTE_KEY_SENT },
    { "enviado em", QUOTE_KEY_SENT },
    { "enviados", QUOTE_KEY_SENT },
    { "enviat", QUOTE_KEY_SENT },
    { "enviat el", QUOTE_KEY_SENT },
    { "envoyé", QUOTE_KEY_SENT },
    { "envoyé le", QUOTE_KEY_SENT },
    { "envoyé à", QUOTE_KEY_SENT },
    { "expeditor", QUOTE_KEY_FROM },
    { "expeditorul", QUOTE_KEY_FROM },
    { "expéditeur", QUOTE_KEY_FROM },
    { "fecha", QUOTE_KEY_SENT },
    { "fecha de envío", QUOTE_KEY_SENT },
    { "feladó", QUOTE_KEY_FROM },
    { "fra", QUOTE_KEY_FROM },
    { "from", QUOTE_KEY_FROM },
    { "frá", QUOTE_KEY_FROM },
    { "från", QUOTE_KEY_FROM },
    { "från och med", QUOTE_KEY_FROM },
    { "gaia", QUOTE_KEY_SUBJECT },
    { "gesendet", QUOTE_KEY_SENT },
    { "gesendet am", QUOTE_KEY_SENT },
    { "gönderen", QUOTE_KEY_FROM },
    { "gönderildi", QUOTE_KEY_SENT },
    { "gönderilen", QUOTE_KEY_SENT },
    { "gönderim tarihi", QUOTE_KEY_SENT },
    { "gönderme tarihi", QUOTE_KEY_SENT },
    { "gửi", QUOTE_KEY_SENT },
    { "gửi lúc", QUOTE_KEY_SENT },
    { "importance", QUOTE_KEY_OTHER },
    { "importancia", QUOTE_KEY_OTHER },
    { "importanza", QUOTE_KEY_OTHER },
    { "importância", QUOTE_KEY_OTHER },
    { "inviato", QUOTE_KEY_SENT },
    { "inviato il", QUOTE_KEY_SENT },
    { "išsiųsta", QUOTE_KEY_SENT },
    { "kam", QUOTE_KEY_TO },
    { "ke", QUOTE_KEY_TO },
    { "kepada", QUOTE_KEY_TO },
    { "kimden", QUOTE_KEY_FROM },
    { "kime", QUOTE_KEY_TO },
    { "komu", QUOTE_KEY_TO },
    { "konu", QUOTE_KEY_SUBJECT },
    { "kopi", QUOTE_KEY_CC },
    { "kopia", QUOTE_KEY_CC },
    { "kopie", QUOTE_KEY_CC },
    { "kopie (cc)", QUOTE_KEY_CC },
    { "kopija", QUOTE_KEY_CC },
    { "kopio", QUOTE_KEY_CC },
    { "kreu", QUOTE_KEY_FROM },
    { "kuupäev", QUOTE_KEY_SENT },
    { "kópia", QUOTE_KEY_CC },
    { "küldve", QUOTE_KEY_SENT },
    { "le", QUOTE_KEY_SENT },
    { "liitteet", QUOTE_KEY_OTHER },
    { "list-id", QUOTE_KEY_OTHER },
    { "lähetetty", QUOTE_KEY_SENT },
    { "lähettäjä", QUOTE_KEY_FROM },
    { "mailed-by", QUOTE_KEY_OTHER },
    { "mellékletek", QUOTE_KEY_OTHER },
    { "message du", QUOTE_KEY_SENT },
    { "message-id", QUOTE_KEY_OTHER },
    { "mittente", QUOTE_KEY_FROM },
    { "modtager", QUOTE_KEY_TO },
    { "mottagare", QUOTE_KEY_TO },
    { "mottaker", QUOTE_KEY_TO },
    { "másolat", QUOTE_KEY_CC },
    { "másolatot kap", QUOTE_KEY_CC },
    { "nadawca", QUOTE_KEY_FROM },
    { "naslov", QUOTE_KEY_SUBJECT },
    { "newsgroups", QUOTE_KEY_OTHER },
    { "ngày", QUOTE_KEY_SENT },
    { "ngày gửi", QUOTE_KEY_SENT },
    { "người gửi", QUOTE_KEY_FROM },
    { "người nhận", QUOTE_KEY_TO },
    { "no", QUOTE_KEY_FROM },
    { "nosūtīts", QUOTE_KEY_SENT },
    { "notandi", QUOTE_KEY_TO },
    { "nuo", QUOTE_KEY_FROM },
    { "objet", QUOTE_KEY_SUBJECT },
    { "od", QUOTE_KEY_FROM },
    { "od koga", QUOTE_KEY_FROM },
    { "odesláno", QUOTE_KEY_SENT },
    { "odesílatel", QUOTE_KEY_FROM },
    { "odgovori na", QUOTE_KEY_OTHER },
    { "odosielateľ", QUOTE_KEY_FROM },
    { "odoslaná", QUOTE_KEY_SENT },
    { "odoslané", QUOTE_KEY_SENT },
    { "odpovedať-pre", QUOTE_KEY_OTHER },
    { "odpověď na", QUOTE_KEY_OTHER },
    { "odpowiedź-do", QUOTE_KEY_OTHER },
    { "oggetto", QUOTE_KEY_SUBJECT },
    { "onderwerp", QUOTE_KEY_SUBJECT },
    { "ontvanger", QUOTE_KEY_TO },
    { "organisation", QUOTE_KEY_OTHER },
    { "organization", QUOTE_KEY_OTHER },
    { "para", QUOTE_KEY_TO },
    { "per a", QUOTE_KEY_TO },
    { "perihal", QUOTE_KEY_SUBJECT },
    { "pièce jointe", QUOTE_KEY_OTHER },
    { "pièces jointes", QUOTE_KEY_OTHER },
    { "poslano", QUOTE_KEY_SENT },
    { "poslato", QUOTE_KEY_SENT },
    { "pour", QUOTE_KEY_TO },
    { "pošiljalac", QUOTE_KEY_FROM },
    { "pošiljatelj", QUOTE_KEY_FROM },
    { "pre", QUOTE_KEY_TO },
    { "predmet", QUOTE_KEY_SUBJECT },
    { "prima", QUOTE_KEY_TO },
    { "prioridad", QUOTE_KEY_OTHER },
    { "prioridade", QUOTE_KEY_OTHER },
    { "prioriteit", QUOTE_KEY_OTHER },
    { "prioritet", QUOTE_KEY_OTHER },
    { "priority", QUOTE_KEY_OTHER },
    { "priorität", QUOTE_KEY_OTHER },
    { "priorité", QUOTE_KEY_OTHER },
    { "prílohy", QUOTE_KEY_OTHER },
    { "pvm", QUOTE_KEY_SENT },
    { "päivämäärä", QUOTE_KEY_SENT },
    { "päiväys", QUOTE_KEY_SENT },
    { "předmět", QUOTE_KEY_SUBJECT },
    { "přílohy", QUOTE_KEY_OTHER },
    { "received", QUOTE_KEY_SENT },
    { "recibido", QUOTE_KEY_SENT },
    { "remetente", QUOTE_KEY_FROM },
    { "remitente", QUOTE_KEY_FROM },
    { "reply to", QUOTE_KEY_OTHER },
    { "reply-to", QUOTE_KEY_OTHER },
    { "resent-from", QUOTE_KEY_OTHER },
    { "responder a", QUOTE_KEY_OTHER },
    { "reçu", QUOTE_KEY_SENT },
    { "rispondi a", QUOTE_KEY_OTHER },
    { "répondre à", QUOTE_KEY_OTHER },
    { "răspuns către", QUOTE_KEY_OTHER },
    { "saadetud", QUOTE_KEY_SENT },
    { "saaja", QUOTE_KEY_TO },
    { "saatja", QUOTE_KEY_FROM },
    { "sender", QUOTE_KEY_OTHER },
    { "sendt", QUOTE_KEY_SENT },
    { "sendt den", QUOTE_KEY_SENT },
    { "sensitivity", QUOTE_KEY_OTHER },
    { "sent", QUOTE_KEY_SENT },
    { "sent at", QUOTE_KEY_SENT },
    { "sent on", QUOTE_KEY_SENT },
    { "skickades", QUOTE_KEY_SENT },
    { "skickat", QUOTE_KEY_SENT },
    { "subiect", QUOTE_KEY_SUBJECT },
    { "subiectul", QUOTE_KEY_SUBJECT },
    { "subj", QUOTE_KEY_SUBJECT },
    { "subject", QUOTE_KEY_SUBJECT },
    { "subjek", QUOTE_KEY_SUBJECT },
    { "subjekt", QUOTE_KEY_SUBJECT },
    { "sujet", QUOTE_KEY_SUBJECT },
    { "svar til", QUOTE_KEY_OTHER },
    { "svara till", QUOTE_KEY_OTHER },
    { "tanggal", QUOTE_KEY_SENT },
    { "tarih", QUOTE_KEY_SENT },
    { "teema", QUOTE_KEY_SUBJECT },
    { "tema", QUOTE_KEY_SUBJECT },
    { "temat", QUOTE_KEY_SUBJECT },
    { "tembusan", QUOTE_KEY_CC },
    { "terkirim", QUOTE_KEY_SENT },
    { "til", QUOTE_KEY_TO },
    { "till", QUOTE_KEY_TO },
    { "tiêu đề", QUOTE_KEY_SUBJECT },
    { "to", QUOTE_KEY_TO },
    { "trimis", QUOTE_KEY_SENT },
    { "trimis la", QUOTE_KEY_SENT },
    { "tárgy", QUOTE_KEY_SUBJECT },
    { "tới", QUOTE_KEY_TO },
    { "từ", QUOTE_KEY_FROM },
    { "untuk", QUOTE_KEY_TO },
    { "urgentie", QUOTE_KEY_OTHER },
    { "van", QUOTE_KEY_FROM },
    { "vastaanottaja", QUOTE_KEY_TO },
    { "vastaus", QUOTE_KEY_OTHER },
    { "vedhæftede filer", QUOTE_KEY_OTHER },
    { "vedhæftet", QUOTE_KEY_OTHER },
    { "vedlegg", QUOTE_KEY_OTHER },
    { "vedr", QUOTE_KEY_SUBJECT },
    { "vedr.", QUOTE_KEY_SUBJECT },
    { "vedrørende", QUOTE_KEY_SUBJECT },
    { "verstuurd", QUOTE_KEY_SENT },
    { "verzonden", QUOTE_KEY_SENT },
    { "viktighet", QUOTE_KEY_OTHER },
    { "von", QUOTE_KEY_FROM },
    { "válaszcím", QUOTE_KEY_OTHER },
    { "wichtigkeit", QUOTE_KEY_OTHER },
    { "wysłane", QUOTE_KEY_SENT },
    { "wysłano", QUOTE_KEY_SENT },
    { "yanıt adresi", QUOTE_KEY_OTHER },
    { "za", QUOTE_KEY_TO },
    { "zadeva", QUOTE_KEY_SUBJECT },
    { "załączniki", QUOTE_KEY_OTHER },
    { "à", QUOTE_KEY_TO },
    { "ämne", QUOTE_KEY_SUBJECT },
    { "đã gửi", QUOTE_KEY_SENT },
    { "đến", QUOTE_KEY_TO },
    { "šalje", QUOTE_KEY_FROM },
    { "απεστάλη", QUOTE_KEY_SENT },
    { "αποστολέας", QUOTE_KEY_FROM },
    { "από", QUOTE_KEY_FROM },
    { "εστάλη", QUOTE_KEY_SENT },
    { "ημερομηνία", QUOTE_KEY_SENT },
    { "θέμα", QUOTE_KEY_SUBJECT },
    { "κοιν", QUOTE_KEY_CC },
    { "κοιν.", QUOTE_KEY_CC },
    { "κοινοποίηση", QUOTE_KEY_CC },
    { "προς", QUOTE_KEY_TO },
    { "στάλθηκε", QUOTE_KEY_SENT },
    { "вкладення", QUOTE_KEY_OTHER },
    { "вложения", QUOTE_KEY_OTHER },
    { "від", QUOTE_KEY_FROM },
    { "від кого", QUOTE_KEY_FROM },
    { "відправлено", QUOTE_KEY_SENT },
    { "відправник", QUOTE_KEY_FROM },
    { "дата", QUOTE_KEY_SENT },
    { "дата отправки", QUOTE_KEY_SENT },
    { "до", QUOTE_KEY_TO },
    { "изпратено", QUOTE_KEY_SENT },
    { "изпращач", QUOTE_KEY_FROM },
    { "кому", QUOTE_KEY_TO },
    { "кому відповісти", QUOTE_KEY_OTHER },
    { "копие", QUOTE_KEY_CC },
    { "копия", QUOTE_KEY_CC },
    { "копія", QUOTE_KEY_CC },
    { "надіслано", QUOTE_KEY_SENT },
    { "от", QUOTE_KEY_FROM },
    { "от кого", QUOTE_KEY_FROM },
    { "ответ-кому", QUOTE_KEY_OTHER },
    { "относно", QUOTE_KEY_SUBJECT },
    { "отправитель", QUOTE_KEY_FROM },
    { "отправлен", QUOTE_KEY_SENT },
    { "отправлено", QUOTE_KEY_SENT },
    { "получатель", QUOTE_KEY_TO },
    { "тема", QUOTE_KEY_SUBJECT },
    { "אל", QUOTE_KEY_TO },
    { "הנושא", QUOTE_KEY_SUBJECT },
    { "לכבוד", QUOTE_KEY_TO },
    { "מאת", QUOTE_KEY_FROM },
    { "נושא", QUOTE_KEY_SUBJECT },
    { "נשלח", QUOTE_KEY_SENT },
    { "עותק", QUOTE_KEY_CC },
    { "שולח", QUOTE_KEY_FROM },
    { "תאריך", QUOTE_KEY_SENT },
    { "أرسلت", QUOTE_KEY_SENT },
    { "إلى", QUOTE_KEY_TO },
    { "إلي", QUOTE_KEY_TO },
    { "التاريخ", QUOTE_KEY_SENT },
    { "المرسل", QUOTE_KEY_FROM },
    { "الموضوع", QUOTE_KEY_SUBJECT },
    { "تاريخ الإرسال", QUOTE_KEY_SENT },
    { "تم الإرسال", QUOTE_KEY_SENT },
    { "من", QUOTE_KEY_FROM },
    { "موضوع", QUOTE_KEY_SUBJECT },
    { "نسخة", QUOTE_KEY_CC },
    { "نسخة إلى", QUOTE_KEY_CC },
    { "نص الإرسال", QUOTE_KEY_SENT },
    { "จาก", QUOTE_KEY_FROM },
    { "ชื่อเรื่อง", QUOTE_KEY_SUBJECT },
    { "ถึง", QUOTE_KEY_TO },
    { "ผู้ส่ง", QUOTE_KEY_FROM },
    { "วันที่", QUOTE_KEY_SENT },
    { "สำเนา", QUOTE_KEY_CC },
    { "สำเนาถึง", QUOTE_KEY_CC },
    { "ส่ง", QUOTE_KEY_SENT },
    { "ส่งเมื่อ", QUOTE_KEY_SENT },
    { "หัวข้อ", QUOTE_KEY_SUBJECT },
    { "เมื่อ", QUOTE_KEY_SENT },
    { "เรื่อง", QUOTE_KEY_SUBJECT },
    { "主旨", QUOTE_KEY_SUBJECT },
    { "主題", QUOTE_KEY_SUBJECT },
    { "主题", QUOTE_KEY_SUBJECT },
    { "件名", QUOTE_KEY_SUBJECT },
    { "优先级", QUOTE_KEY_OTHER },
    { "傳送日期", QUOTE_KEY_SENT },
    { "傳送時間", QUOTE_KEY_SENT },
    { "写し", QUOTE_KEY_CC },
    { "副本", QUOTE_KEY_CC },
    { "副本抄送", QUOTE_KEY_CC },
    { "参照", QUOTE_KEY_CC },
    { "參照", QUOTE_KEY_CC },
    { "发件人", QUOTE_KEY_FROM },
    { "发送人", QUOTE_KEY_FROM },
    { "发送日期", QUOTE_KEY_SENT },
    { "发送时间", QUOTE_KEY_SENT },
    { "宛先", QUOTE_KEY_TO },
    { "寄件人", QUOTE_KEY_FROM },
    { "寄件日期", QUOTE_KEY_SENT },
    { "寄件時間", QUOTE_KEY_SENT },
    { "寄件者", QUOTE_KEY_FROM },
    { "差出人", QUOTE_KEY_FROM },
    { "抄送", QUOTE_KEY_CC },
    { "抄送人", QUOTE_KEY_CC },
    { "收件人", QUOTE_KEY_TO },
    { "收件者", QUOTE_KEY_TO },
    { "收信人", QUOTE_KEY_TO },
    { "日付", QUOTE_KEY_SENT },
    { "日時", QUOTE_KEY_SENT },
    { "日期", QUOTE_KEY_SENT },
    { "时间", QUOTE_KEY_SENT },
    { "标题", QUOTE_KEY_SUBJECT },
    { "標題", QUOTE_KEY_SUBJECT },
    { "添付ファイル", QUOTE_KEY_OTHER },
    { "發件人", QUOTE_KEY_FROM },
    { "發送時間", QUOTE_KEY_SENT },
    { "送信元", QUOTE_KEY_FROM },
    { "送信日", QUOTE_KEY_SENT },
    { "送信日時", QUOTE_KEY_SENT },
    { "送信者", QUOTE_KEY_FROM },
    { "重要度", QUOTE_KEY_OTHER },
    { "重要性", QUOTE_KEY_OTHER },
    { "附件", QUOTE_KEY_OTHER },
    { "날짜", QUOTE_KEY_SENT },
    { "받는 사람", QUOTE_KEY_TO },
    { "받는사람", QUOTE_KEY_TO },
    { "받는이", QUOTE_KEY_TO },
    { "발신", QUOTE_KEY_FROM },
    { "보낸 날짜", QUOTE_KEY_SENT },
    { "보낸 사람", QUOTE_KEY_FROM },
    { "보낸 시간", QUOTE_KEY_SENT },
    { "보낸날짜", QUOTE_KEY_SENT },
    { "보낸사람", QUOTE_KEY_FROM },
    { "보낸이", QUOTE_KEY_FROM },
    { "수신", QUOTE_KEY_TO },
    { "숨은 참조", QUOTE_KEY_CC },
    { "일시", QUOTE_KEY_SENT },
    { "제목", QUOTE_KEY_SUBJECT },
    { "참조", QUOTE_KEY_CC },
    { "첨부", QUOTE_KEY_OTHER },
    { "첨부 파일", QUOTE_KEY_OTHER },
};

/* What stands between dashes above a mail that is quoted whole. */
static const char *const separators[] = {
    "algne kiri",
    "algne sõnum",
    "alkuperäinen viesti",
    "antwort nachricht",
    "correo original",
    "courriel original",
    "doorgestuurd bericht",
    "e-mail d'origine",
    "edastatud kiri",
    "edastatud sõnum",
    "edelleenlähetetty viesti",
    "eredeti levél",
    "eredeti üzenet",
    "forwarded by",
    "forwarded email",
    "forwarded letter",
    "forwarded mail",
    "forwarded message",
    "fwd: original message",
    "iletilen ileti",
    "iletilen mesaj",
    "iletilmiş mesaj",
    "izvirno sporočilo",
    "izvorna poruka",
    "jatorrizko mezua",
    "mail original",
    "mail originale",
    "mensagem encaminhada",
    "mensagem original",
    "mensagem reencaminhada",
    "mensagem reenviada",
    "mensaje original",
    "mensaje reenviado",
    "mensaje reenviado por",
    "mensaxe orixinal",
    "mensaxe reenviada",
    "mesaj original",
    "mesaj redirectionat",
    "mesaj redirecționat",
    "mesaj retrimis",
    "mesaj transmis",
    "mesajul original",
    "mesej asal",
    "message d'origine",
    "message d’origine",
    "message from",
    "message initial",
    "message original",
    "message réexpédié",
    "message transféré",
    "message transmis",
    "messaggio inoltrato",
    "messaggio originale",
    "messaggio originario",
    "missatge original",
    "missatge reenviat",
    "oorspronkelijk bericht",
    "oorspronkelijke bericht",
    "opprinnelig epost",
    "opprinnelig melding",
    "oprindelig besked",
    "oprindelig mail",
    "oprindelig meddelelse",
    "original appointment",
    "original e-mail",
    "original email",
    "original mail",
    "original meddelelse",
    "original melding",
    "original message",
    "original nachricht",
    "original-mail",
    "original-nachricht",
    "originalmail",
    "originalmeddelande",
    "originalmeddelelse",
    "originalna poruka",
    "originalnachricht",
    "originalus laiškas",
    "origineel bericht",
    "orijinal ileti",
    "orijinal mesaj",
    "oryginalna wiadomość",
    "persiųstas laiškas",
    "pesan asli",
    "pesan diteruskan",
    "pesan terusan",
    "pesan yang diteruskan",
    "pierwotna wiadomość",
    "posredovano sporočilo",
    "preposlaná správa",
    "prosleđena poruka",
    "proslijeđena poruka",
    "przekazana wiadomość",
    "przekazanej wiadomości",
    "przesłana wiadomość",
    "pôvodná správa",
    "pôvodný e-mail",
    "přeposlaná zpráva",
    "původní e-mail",
    "původní mail",
    "původní zpráva",
    "replied message",
    "reply message",
    "start original message",
    "sākotnējais ziņojums",
    "thư chuyển tiếp",
    "thư gốc",
    "thư đã chuyển tiếp",
    "tin nhắn gốc",
    "tin nhắn đã chuyển tiếp",
    "továbbított levél",
    "továbbított üzenet",
    "treść przekazanej wiadomości",
    "urspruengliche nachricht",
    "ursprungliche nachricht",
    "ursprungligt meddelande",
    "ursprungligt mejl",
    "ursprungsmeddelande",
    "ursprüngliche e-mail",
    "ursprüngliche mail",
    "ursprüngliche nachricht",
    "vidarebefordrat meddelande",
    "vidarebefordrat mejl",
    "videresendt besked",
    "videresendt meddelelse",
    "videresendt melding",
    "välitetty viesti",
    "weitergeleitet von",
    "weitergeleitete e-mail",
    "weitergeleitete mail",
    "weitergeleitete nachricht",
    "wiadomość oryginalna",
    "wiadomość pierwotna",
    "wiadomość przekazana",
    "yönlendirilen mesaj",
    "yönlendirilmiş ileti",
    "özgün ileti",
    "özgün mesaj",
    "αρχικό μήνυμα",
    "προωθημένο μήνυμα",
    "προωθούμενο μήνυμα",
    "πρωτότυπο μήνυμα",
    "вихідне повідомлення",
    "исходное письмо",
    "исходное сообщение",
    "конец пересланного сообщения",
    "конец пересылаемого сообщения",
    "оригинал сообщения",
    "оригинално писмо",
    "оригинално съобщение",
    "оригинальное сообщение",
    "оригінальне повідомлення",
    "переадресованное сообщение",
    "перенаправлене повідомлення",
    "перенаправленное сообщение",
    "пересилається",
    "переслане повідомлення",
    "пересланное письмо",
    "пересланное сообщение",
    "пересылаемое письмо",
    "пересылаемое сообщение",
    "початкове повідомлення",
    "препратено съобщение",
    "първоначално съобщение",
    "ההודעה המקורית",
    "הודעה מועברת",
    "הודעה מקורית",
    "הודעה שהועברה",
    "الرسالة الأصلية",
    "الرسالة المعاد توجيهها",
    "الرساله الاصليه",
    "رسالة أصلية",
    "رسالة محولة",
    "رسالة معاد توجيهها",
    "رسالة مُعاد توجيهها",
    "ข้อความต้นฉบับ",
    "ข้อความที่ส่งต่อ",
    "ข้อความเดิม",
    "オリジナルメッセージ",
    "元のメッセージ",
    "元のメール",
    "原信息",
    "原始信件",
    "原始訊息",
    "原始邮件",
    "原始邮件信息",
    "原始郵件",
    "原文",
    "原邮件",
    "回复的原邮件",
    "転送されたメッセージ",
    "転送メッセージ",
    "転送メール",
    "轉寄的郵件",
    "轉寄訊息",
    "轉寄郵件",
    "转发的消息",
    "转发的邮件",
    "转发邮件",
    "转发邮件信息",
    "邮件原件",
    "원본 메시지",
    "원본 메일",
    "원본 이메일",
    "원본메시지",
    "전달 메시지",
    "전달된 메시지",
    "전달된 메일",
    NULL,
};

/* A line of its own above a mail that is forwarded. */
static const char *const beginnings[] = {
    "anfang der weitergeleiteten e-mail",
    "anfang der weitergeleiteten nachricht",
    "begin doorgestuurd bericht",
    "begin forwarded message",
    "begin original message",
    "börjar vidarebefordrat meddelande",
    "bắt đầu thư đã chuyển tiếp",
    "bắt đầu thư được chuyển tiếp",
    "début du courriel transféré",
    "début du message réexpédié",
    "début du message transféré",
    "forwarded message",
    "ileti başlangıcı",
    "iletilen ileti başlangıcı",
    "iletinin başlangıcı",
    "inici del missatge reenviat",
    "inicio del mensaje reenviado",
    "inizio del messaggio inoltrato",
    "inizio messaggio inoltrato",
    "início da mensagem encaminhada",
    "início da mensagem reencaminhada",
    "memulai pesan yang diteruskan",
    "mulai pesan terusan",
    "original message processed by david",
    "original message processed by david®",
    "początek przekazywanej wiadomości",
    "početak proslijeđene poruke",
    "start på videresendt besked",
    "start på videresendt melding",
    "továbbított levél kezdete",
    "továbbított üzenet kezdete",
    "vidarebefordrat brev",
    "vidarebefordrat mejl",
    "videresendt melding",
    "välitetty viesti alkaa",
    "započni proslijeđenu poruku",
    "začiatok preposlanej správy",
    "začátek přeposílané zprávy",
    "începe mesajul redirecționat",
    "începutul mesajului redirecționat",
    "έναρξη προωθημένου μηνύματος",
    "έναρξη προωθούμενου μηνύματος",
    "начало на препратено съобщение",
    "начало переадресованного сообщения",
    "начало пересылаемого сообщения",
    "початок листа, що пересилається",
    "תחילת ההודעה שהועברה",
    "بداية الرسالة المعاد توجيهها",
    "بداية الرسالة المُعاد توجيهها",
    "เริ่มข้อความที่ส่งต่อ",
    "เริ่มต้นข้อความที่ส่งต่อ",
    "下面是被转发的邮件",
    "以下是轉寄的郵件",
    "以下是转发的邮件",
    "开始转发的邮件",
    "転送されたメッセージ",
    "転送メッセージの開始",
    "轉寄的郵件",
    "開始轉寄郵件",
    "전달된 메시지",
    "전달된 메시지 시작",
    NULL,
};

/* Part of a separator or a beginning that only a mail which is passed on has. */
static const char *const forwards[] = {
    "forward",     "doorgestuurd", "edastatud",  "edelleen",    "iletil",    "iletinin",
    "ileti baş",   "yönlendir",    "encaminhad", "reenviad",    "reenviat",  "reexpedi",
    "redirec",     "retrimis",     "transmis",   "transfér",    "réexpédi",  "inoltrat",
    "weitergelei", "terusan",      "diteruskan", "posredov",    "preposlan", "přepos",
    "prosleđen",   "proslijeđen",  "przekaz",    "przesłan",    "továbbít",  "vidarebefordra",
    "videresend",  "välitetty",    "persiųst",   "chuyển tiếp", "προωθ",     "пересл",
    "пересыл",     "пересила",     "переадрес",  "перенаправ",  "препрат",   "מועבר",
    "הועבר",       "محول",         "توجيه",      "ส่งต่อ",        "転送",      "轉寄",
    "转发",        "전달",         NULL,
};

/* Part of the line above which a help desk wants its answer, beside one of the words for that. */
static const char *const markers[] = {
    "above this line",
    "do not remove this line",
    "do not delete this line",
    "do not edit this line",
    "above the line",
    "above these lines",
    "por encima de esta línea",
    "sobre esta línea",
    "arriba de esta línea",
    "encima de esta línea",
    "per sobre d'aquesta línia",
    "damunt d'aquesta línia",
    "acima desta linha",
    "acima dessa linha",
    "au-dessus de cette ligne",
    "au dessus de cette ligne",
    "über dieser zeile",
    "über diese zeile",
    "oberhalb dieser zeile",
    "oberhalb dieser linie",
    "über dieser linie",
    "sopra questa riga",
    "sopra questa linea",
    "al di sopra di questa riga",
    "al di sopra di questa linea",
    "boven deze regel",
    "boven deze lijn",
    "powyżej tej linii",
    "powyżej tego wiersza",
    "nad tą linią",
    "nad tento řádek",
    "nad tímto řádkem",
    "nad tuto čáru",
    "nad tento riadok",
    "nad týmto riadkom",
    "nad túto čiaru",
    "ovanför denna rad",
    "ovanför den här raden",
    "ovanför denna linje",
    "over denne linje",
    "over denne linjen",
    "ovenfor denne linje",
    "tämän rivin yläpuolelle",
    "tämän viivan yläpuolelle",
    "выше этой строки",
    "выше этой линии",
    "над этой строкой",
    "над этой линией",
    "над этой чертой",
    "выше этой черты",
    "вище цього рядка",
    "над цим рядком",
    "над цією лінією",
    "вище цієї лінії",
    "bu satırın üzerine",
    "bu satırın üstüne",
    "bu çizginin üzerine",
    "bu çizginin üstüne",
    "e sor fölé",
    "e vonal fölé",
    "a sor fölé",
    "ezen sor fölé",
    "deasupra acestei linii",
    "deasupra acestui rând",
    "πάνω από αυτή τη γραμμή",
    "πάνω από αυτήν τη γραμμή",
    "πάνω από αυτή την γραμμή",
    "この行より上",
    "この線より上",
    "この行の上",
    "在此行上方",
    "在此线上方",
    "在此行之上",
    "此行上方",
    "此线以上",
    "此行以上",
    "在這一行上方",
    "在此線上方",
    "在這行上方",
    "이 줄 위에",
    "이 선 위에",
    "phía trên dòng này",
    "bên trên dòng này",
    "เหนือบรรทัดนี้",
    "เหนือเส้นนี้",
    "di atas baris ini",
    "di atas garis ini",
    "iznad ove linije",
    "iznad ove crte",
    "iznad ovog retka",
    "над тази линия",
    "над този ред",
    "فوق هذا السطر",
    "أعلى هذا السطر",
    "فوق هذا الخط",
    "מעל שורה זו",
    "מעל לשורה זו",
    "מעל השורה הזו",
    "מעל קו זה",
    NULL,
};

static const char *const answers[] = {
    "reply",  "respon", "type",    "write",    "enter",  "answer",   "antwort", "schreib",
    "répon",  "repon",  "saisi",   "écri",     "escrib", "conteste", "escreva", "digit",
    "rispos", "rispon", "scriv",   "antwoord", "typ",    "reage",    "odpow",   "odpov",
    "wpis",   "napiš",  "svar",    "skriv",    "vastau", "kirjoit",  "отве",    "відпов",
    "пиш",    "yanıt",  "cevap",   "yaz",      "válasz", "răspun",   "scri",    "απάντ",
    "απαντ",  "γράψ",   "返信",    "返答",     "回答",   "回复",     "回覆",    "답장",
    "회신",   "응답",   "trả lời", "ตอบ",      "พิมพ์",    "balas",    "tulis",   "odgovor",
    "отгов",  "رد",     "الرد",    "תגוב",     "תשוב",   "השב",      "ענ",      NULL,
};

/* Verbs of languages that write without blanks. */
static const char *const scripts[] = {
    "写道",     "寫道",         "写到",       "寫到",           "作成",  "작성",
    "のメール", "のメッセージ", "書きました", "書き込みました", "は書",  "썼습니다",
    "썼다",     "보냈습니다",   "เขียน",       "님이 쓴",        "쓴 글", NULL,
};

/* What programs write of themselves. '*' stands for anything. */
enum line_sort {
    LINE_SURE,
    LINE_DEVICE, /* only where a device is named */
    LINE_BARE,   /* and nothing says that it was sent: short, and no sentence */
    LINE_PROPER, /* or at least a name with a capital */
    LINE_SHORT,  /* when there is nearly nothing else */
};
static const struct program_line {
    const char *line;
    enum line_sort sort;
} program_lines[] = {
    { "* from mobile", LINE_SHORT },
    { "* gönderildi", LINE_DEVICE },
    { "* gönderilmiştir", LINE_DEVICE },
    { "* küldve.", LINE_DEVICE },
    { "* küldve", LINE_DEVICE },
    { "*gönderildi.", LINE_DEVICE },
    { "*küldve az *", LINE_DEVICE },
    { "*omról küldve", LINE_DEVICE },
    { "*outlook 다운로드*", LINE_SURE },
    { "*からの送信", LINE_DEVICE },
    { "*から送信", LINE_DEVICE },
    { "*から送信されました*", LINE_DEVICE },
    { "*より送信", LINE_DEVICE },
    { "*에서 발송*", LINE_DEVICE },
    { "*에서 보냄", LINE_DEVICE },
    { "*에서 보냈습니다*", LINE_DEVICE },
    { "*에서 전송", LINE_DEVICE },
    { "*에서 전송됨", LINE_DEVICE },
    { "(sent from *", LINE_DEVICE },
    { "<<sent by *", LINE_DEVICE },
    { "az outlook *letöltése*", LINE_SURE },
    { "baixar o outlook *", LINE_SURE },
    { "baixe o outlook *", LINE_SURE },
    { "bidali nire *", LINE_DEVICE },
    { "composed on *", LINE_DEVICE },
    { "dapatkan outlook *", LINE_SURE },
    { "depuis mon *", LINE_BARE },
    { "descarga outlook *", LINE_SURE },
    { "descargar outlook *", LINE_SURE },
    { "descărcați outlook *", LINE_SURE },
    { "desde mi *", LINE_BARE },
    { "diese e-mail wurde von *gesendet*", LINE_DEVICE },
    { "diese nachricht wurde mit *gesendet*", LINE_DEVICE },
    { "diese nachricht wurde von *gesendet*", LINE_SURE },
    { "dihantar dari *", LINE_DEVICE },
    { "dikirim dari *", LINE_DEVICE },
    { "dikirim melalui *", LINE_DEVICE },
    { "dikirim menggunakan *", LINE_DEVICE },
    { "download outlook for *", LINE_SURE },
    { "download outlook voor *", LINE_SURE },
    { "elküldve *", LINE_DEVICE },
    { "enviada do meu *", LINE_SURE },
    { "enviado a partir d*", LINE_PROPER },
    { "enviado através *", LINE_PROPER },
    { "enviado com *", LINE_PROPER },
    { "enviado con *", LINE_PROPER },
    { "enviado da minha *", LINE_SURE },
    { "enviado de *", LINE_PROPER },
    { "enviado de mi *", LINE_SURE },
    { "enviado dende *", LINE_SURE },
    { "enviado desde *", LINE_PROPER },
    { "enviado desde mi *", LINE_SURE },
    { "enviado do *", LINE_PROPER },
    { "enviado do meu *", LINE_SURE },
    { "enviado mediante *", LINE_PROPER },
    { "enviado pelo *", LINE_PROPER },
    { "enviado via *", LINE_PROPER },
    { "enviat amb *", LINE_PROPER },
    { "enviat des de *", LINE_PROPER },
    { "enviat des del meu *", LINE_SURE },
    { "envoyé avec *", LINE_PROPER },
    { "envoyé de *", LINE_PROPER },
    { "envoyé de ma *", LINE_SURE },
    { "envoyé de mon *", LINE_SURE },
    { "envoyé depuis *", LINE_PROPER },
    { "envoyé depuis mon *", LINE_SURE },
    { "envoyé du *", LINE_DEVICE },
    { "envoyé par *", LINE_DEVICE },
    { "envoyé via *", LINE_PROPER },
    { "envoyé à partir d*", LINE_PROPER },
    { "from my *", LINE_BARE },
    { "från min *", LINE_BARE },
    { "få outlook *", LINE_SURE },
    { "gesendet aus *", LINE_PROPER },
    { "gesendet mit *", LINE_PROPER },
    { "gesendet via *", LINE_PROPER },
    { "gesendet vom *", LINE_PROPER },
    { "gesendet von *", LINE_PROPER },
    { "gesendet über *", LINE_PROPER },
    { "get bluemail for *", LINE_SURE },
    { "get outlook for *", LINE_SURE },
    { "get spark for *", LINE_SURE },
    { "get the outlook app*", LINE_SURE },
    { "gửi từ *", LINE_DEVICE },
    { "hanki outlook *", LINE_SURE },
    { "hent outlook *", LINE_SURE },
    { "hol dir outlook *", LINE_SURE },
    { "holen sie sich outlook *", LINE_SURE },
    { "hämta outlook *", LINE_SURE },
    { "inviato con *", LINE_PROPER },
    { "inviato da *", LINE_PROPER },
    { "inviato dal *", LINE_PROPER },
    { "inviato dal mio *", LINE_SURE },
    { "inviato dall*", LINE_PROPER },
    { "inviato tramite *", LINE_PROPER },
    { "išsiųsta iš *", LINE_DEVICE },
    { "küldve *", LINE_DEVICE },
    { "laden sie outlook *", LINE_SURE },
    { "last ned outlook *", LINE_SURE },
    { "lataa outlook *", LINE_SURE },
    { "lähetetty *", LINE_DEVICE },
    { "lấy outlook *", LINE_SURE },
    { "mensaje enviado desde *", LINE_PROPER },
    { "message envoyé avec *", LINE_PROPER },
    { "message envoyé depuis *", LINE_PROPER },
    { "message sent from *", LINE_DEVICE },
    { "mobil gesendet*", LINE_SURE },
    { "nabavite outlook *", LINE_SURE },
    { "obtener outlook *", LINE_SURE },
    { "obtenez outlook *", LINE_SURE },
    { "obtenga outlook *", LINE_SURE },
    { "obtenha o outlook *", LINE_SURE },
    { "obtenir outlook *", LINE_SURE },
    { "obteniu l'outlook *", LINE_SURE },
    { "obter o outlook *", LINE_SURE },
    { "obter outlook *", LINE_SURE },
    { "obtén l'outlook *", LINE_SURE },
    { "obtén outlook *", LINE_SURE },
    { "obțineți outlook *", LINE_SURE },
    { "odesláno pomocí *", LINE_PROPER },
    { "odesláno přes *", LINE_PROPER },
    { "odesláno z *", LINE_PROPER },
    { "odesláno ze *", LINE_PROPER },
    { "odoslané cez *", LINE_PROPER },
    { "odoslané pomocou *", LINE_PROPER },
    { "odoslané z *", LINE_PROPER },
    { "odoslané zo *", LINE_PROPER },
    { "ottieni outlook *", LINE_SURE },
    { "outlook*edinin*", LINE_SURE },
    { "outlook*indirin*", LINE_SURE },
    { "outlook*をダウンロード*", LINE_SURE },
    { "outlook*を入手*", LINE_SURE },
    { "outlook*다운로드*", LINE_SURE },
    { "outlook*받기*", LINE_SURE },
    { "outlook für *abrufen*", LINE_SURE },
    { "outlook für *beziehen*", LINE_SURE },
    { "outlook für *herunterladen*", LINE_SURE },
    { "outlook für *holen*", LINE_SURE },
    { "outlook letöltése *", LINE_SURE },
    { "outlook voor *", LINE_SURE },
    { "please excuse typos*", LINE_SHORT },
    { "pobierz aplikację outlook*", LINE_SURE },
    { "pobierz outlook*", LINE_SURE },
    { "pobierz program outlook*", LINE_SURE },
    { "poslano iz *", LINE_DEVICE },
    { "poslano putem *", LINE_DEVICE },
    { "poslano s *", LINE_DEVICE },
    { "poslano sa *", LINE_DEVICE },
    { "poslano z *", LINE_DEVICE },
    { "poslané z *", LINE_PROPER },
    { "poslato sa *", LINE_DEVICE },
    { "posláno z *", LINE_PROPER },
    { "preuzmite outlook *", LINE_SURE },
    { "provenance : *", LINE_PROPER },
    { "saadetud minu *", LINE_DEVICE },
    { "scarica outlook *", LINE_SURE },
    { "sendt fra *", LINE_PROPER },
    { "sendt fra min *", LINE_SURE },
    { "sendt med *", LINE_PROPER },
    { "sendt via *", LINE_PROPER },
    { "sent by *", LINE_PROPER },
    { "sent fra *", LINE_DEVICE },
    { "sent from *", LINE_PROPER },
    { "sent from my *", LINE_DEVICE },
    { "sent from the all new aol*", LINE_SURE },
    { "sent on *", LINE_PROPER },
    { "sent through *", LINE_PROPER },
    { "sent using *", LINE_PROPER },
    { "sent via *", LINE_PROPER },
    { "sent with *", LINE_PROPER },
    { "skaff deg outlook *", LINE_SURE },
    { "skaff outlook *", LINE_SURE },
    { "skaffa outlook *", LINE_SURE },
    { "skickades från *", LINE_PROPER },
    { "skickat från *", LINE_PROPER },
    { "skickat från min *", LINE_SURE },
    { "skickat med *", LINE_PROPER },
    { "skickat via *", LINE_PROPER },
    { "stáhnout outlook *", LINE_SURE },
    { "sūtīts no *", LINE_DEVICE },
    { "terkirim dari *", LINE_DEVICE },
    { "this e-mail was sent from *", LINE_DEVICE },
    { "this email was sent from *", LINE_DEVICE },
    { "this message has been sent from *", LINE_DEVICE },
    { "this message was sent from *", LINE_DEVICE },
    { "transferir o outlook *", LINE_SURE },
    { "trimis cu *", LINE_PROPER },
    { "trimis de la *", LINE_PROPER },
    { "trimis de pe *", LINE_PROPER },
    { "trimis din *", LINE_PROPER },
    { "trimis prin *", LINE_PROPER },
    { "typed from *", LINE_DEVICE },
    { "typed on *", LINE_DEVICE },
    { "télécharger outlook *", LINE_SURE },
    { "téléchargez outlook *", LINE_SURE },
    { "tải outlook *", LINE_SURE },
    { "tải xuống outlook *", LINE_SURE },
    { "unduh outlook *", LINE_SURE },
    { "verstuurd met *", LINE_PROPER },
    { "verstuurd vanaf *", LINE_PROPER },
    { "verstuurd vanaf mijn *", LINE_SURE },
    { "verstuurd via *", LINE_PROPER },
    { "verzonden met *", LINE_PROPER },
    { "verzonden van *", LINE_PROPER },
    { "verzonden vanaf *", LINE_PROPER },
    { "verzonden vanaf mijn *", LINE_SURE },
    { "verzonden vanuit *", LINE_PROPER },
    { "verzonden via *", LINE_PROPER },
    { "virus-free. *", LINE_SURE },
    { "vom *gesendet", LINE_DEVICE },
    { "von *gesendet", LINE_DEVICE },
    { "von meinem *gesendet*", LINE_SURE },
    { "von meinem *", LINE_BARE },
    { "von meiner *gesendet*", LINE_SURE },
    { "von unterwegs gesendet*", LINE_SURE },
    { "wiadomość wysłana z *", LINE_PROPER },
    { "written on *", LINE_DEVICE },
    { "wysłana z *", LINE_DEVICE },
    { "wysłane z *", LINE_PROPER },
    { "wysłano przez *", LINE_PROPER },
    { "wysłano z *", LINE_PROPER },
    { "wysłano za pomocą *", LINE_PROPER },
    { "wysłano ze *", LINE_PROPER },
    { "získajte outlook *", LINE_SURE },
    { "získat outlook *", LINE_SURE },
    { "získať outlook *", LINE_SURE },
    { "získejte outlook *", LINE_SURE },
    { "đã gửi từ *", LINE_PROPER },
    { "được gửi từ *", LINE_PROPER },
    { "απεστάλη από *", LINE_PROPER },
    { "αποκτήστε το outlook *", LINE_SURE },
    { "αποστολή από *", LINE_PROPER },
    { "εστάλη από *", LINE_PROPER },
    { "λήψη του outlook *", LINE_SURE },
    { "στάλθηκε από *", LINE_PROPER },
    { "відправлено з *", LINE_PROPER },
    { "відправлено зі *", LINE_PROPER },
    { "відправлено із *", LINE_PROPER },
    { "завантажити outlook *", LINE_SURE },
    { "загрузить outlook *", LINE_SURE },
    { "изпратено от *", LINE_PROPER },
    { "изпратено с *", LINE_PROPER },
    { "изтегляне на outlook *", LINE_SURE },
    { "надіслано з *", LINE_PROPER },
    { "надіслано зі *", LINE_PROPER },
    { "надіслано через *", LINE_PROPER },
    { "надіслано із *", LINE_PROPER },
    { "отправлено c *", LINE_PROPER },
    { "отправлено из *", LINE_PROPER },
    { "отправлено на *", LINE_DEVICE },
    { "отправлено от *", LINE_PROPER },
    { "отправлено с *", LINE_PROPER },
    { "отправлено со *", LINE_PROPER },
    { "отправлено через *", LINE_PROPER },
    { "отримати outlook *", LINE_SURE },
    { "получить outlook *", LINE_SURE },
    { "послано с *", LINE_PROPER },
    { "скачать outlook *", LINE_SURE },
    { "установить outlook *", LINE_SURE },
    { "הורד את outlook *", LINE_SURE },
    { "נשלח מ*", LINE_DEVICE },
    { "נשלח מה*", LINE_DEVICE },
    { "נשלחה מ*", LINE_DEVICE },
    { "קבל את outlook *", LINE_SURE },
    { "أرسل من *", LINE_SURE },
    { "أرسلت من *", LINE_SURE },
    { "أُرسلت من *", LINE_SURE },
    { "احصل على outlook *", LINE_SURE },
    { "الحصول على outlook *", LINE_SURE },
    { "تم إرساله من *", LINE_SURE },
    { "تم الإرسال من *", LINE_SURE },
    { "تم الارسال من *", LINE_SURE },
    { "مرسل من *", LINE_SURE },
    { "مُرسل من *", LINE_SURE },
    { "ดาวน์โหลด outlook *", LINE_SURE },
    { "รับ outlook *", LINE_SURE },
    { "ส่งจาก*", LINE_DEVICE },
    { "下載 outlook *", LINE_SURE },
    { "下载 outlook *", LINE_SURE },
    { "从*发送", LINE_DEVICE },
    { "从我的*发出", LINE_SURE },
    { "从我的*发送", LINE_SURE },
    { "來自*的傳送", LINE_DEVICE },
    { "來自我的*", LINE_DEVICE },
    { "傳送自*", LINE_DEVICE },
    { "发自*", LINE_DEVICE },
    { "发自我的*", LINE_SURE },
    { "发送自*", LINE_DEVICE },
    { "取得 *outlook*", LINE_SURE },
    { "取得 outlook *", LINE_SURE },
    { "寄自*", LINE_DEVICE },
    { "從*傳送", LINE_DEVICE },
    { "從我的*傳送", LINE_SURE },
    { "来自我的*", LINE_DEVICE },
    { "獲取 outlook *", LINE_SURE },
    { "由我的*发送", LINE_DEVICE },
    { "發自*", LINE_DEVICE },
    { "發自我的*", LINE_SURE },
    { "發送自*", LINE_DEVICE },
    { "获取 *outlook*", LINE_SURE },
    { "获取 outlook *", LINE_SURE },
    { "나의 *에서 보냄", LINE_SURE },
    { "내 *에서 보냄", LINE_SURE },
};
static const char *const devices[] = {
    "phone",     "ipad",      "ipod",    "iphon",    "android",   "blackberry",    "samsung",
    "galaxy",    "mobil",     "cell",    "tablet",   "handheld",  "htc",           "nokia",
    "huawei",    "honor",     "xiaomi",  "redmi",    "oppo",      "vivo ",         "oneplus",
    "pixel",     "motorola",  "xperia",  "alcatel",  "windows",   "windows phone", " mac",
    "outlook",   "yahoo",     "gmail",   "mail",     "device",    "handy",         "wireless",
    " ios",      "móvil",     "movil",   "celular",  "téléphone", "telef",         "telemóvel",
    "teléfono",  "cellulare", "телефон", "смартфон", "айфон",     "мобільн",       "мобилн",
    "мобиль",    "устройств", "пристро", "κινητό",   "手机",      "手機",          "스마트폰",
    "핸드폰",    "휴대",      "携帯",    "スマホ",   "スマート",  "điện thoại",    "โทรศัพท์",
    "هاتف",      "جوال",      "טלפון",   "נייד",     "spark",     "superhuman",    "thunderbird",
    "proton",    "foxmail",   "zoho",    "webmail",  "pda",       "smart",         "airmail",
    "workspace", "t-mobile",  "verizon", "ti-85",    "surface",   "macbook",       "laptop",
    "kindle",    "iwatch",    "apple",   "lg ",      "sony",      " pc",           "puhelin",
    "puhelime",  "luuri",     "komórk",  "tele2",    "vodafone",  "orange",        NULL,
};

/* Of mailing lists, and of lawyers. */
static const char *const footers[] = {
    "mailing list",
    "mailman/listinfo",
    "listinfo",
    "you received this message because",
    "you are receiving this",
    "unsubscribe",
    "google groups",
    "googlegroups.com",
    "yahoo! groups",
    "desuscri",
    "désabonn",
    "abmelden",
    "abbestellen",
    "liste de diffusion",
    "lista de correo",
    "lista de discussão",
    "mailingliste",
    "view it on github",
    "manage your subscription",
    "reply to this email directly",
    "subscription options",
    "post to this group",
    "list archive",
    "list info",
    "abonne",
    "cancelar la suscripción",
    "cancelar inscrição",
    "отписаться",
    "рассылк",
    "メーリングリスト",
    "邮件列表",
    "wypisać",
    "odhlásit",
    "afmelden",
    "lista dyskusyjna",
    NULL,
};

static const char *const notices[] = {
    "confidential",
    "vertraulich",
    "confidencial",
    "confidenciel",
    "confidentiel",
    "riservat",
    "vertrouwelijk",
    "poufn",
    "důvěrn",
    "dôvern",
    "bizalmas",
    "конфиденц",
    "конфіденц",
    "gizli",
    "εμπιστευτικ",
    "luottamuksell",
    "fortrolig",
    "konfidentiell",
    "disclaimer",
    "haftungsausschluss",
    "aviso legal",
    "avviso legale",
    "intended recipient",
    "intended solely",
    "virus-free",
    "virus free",
    "free of viruses",
    "checked by avg",
    "avast",
    "antivirus",
    "think before you print",
    "consider the environment",
    "antes de imprimir",
    "d'imprimer",
    "機密",
    "机密",
    "保密",
    "기밀",
    "سري",
    "חסוי",
    NULL,
};

static bool begins(struct span s, const char *with, size_t len)
{
    return s.len >= len && memcmp(s.ptr, with, len) == 0;
}

static bool holds(struct span s, const char *word)
{
    return memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

/* Which pairs of bytes stand in a text, or others that fall together with them. */
struct pairs {
    uint64_t bits[PAIRS / 64];
};

static unsigned pair_at(const char *p)
{
    return ((unsigned char)p[0] * 37u + (unsigned char)p[1]) % PAIRS;
}

static void pairs_read(struct pairs *pairs, struct span s)
{
    size_t i;

    memset(pairs, 0, sizeof(*pairs));
    for (i = 0; i + 1 < s.len; i++)
        pairs->bits[pair_at(s.ptr + i) / 64] |= (uint64_t)1 << pair_at(s.ptr + i) % 64;
}

static bool pairs_have(const struct pairs *pairs, const char *p)
{
    return (pairs->bits[pair_at(p) / 64] >> pair_at(p) % 64 & 1) != 0;
}

/* All words are of two bytes at the least. Most are ruled out by the pairs that they begin with, so
 * that the text is looked through once, not once for each. */
static bool holds_any(struct span s, const char *const *words)
{
    struct pairs pairs;

    pairs_read(&pairs, s);
    for (; *words != NULL; words++)
        if (pairs_have(&pairs, *words) && ((*words)[2] == '\0' || pairs_have(&pairs, *words + 1)) &&
            holds(s, *words))
            return true;
    return false;
}

/* How many entries of a table stand before or at s, each taken as far as its first '*'. An entry
 * begins with its words. */
static int compare(const char *entry, struct span s)
{
    size_t i;

    for (i = 0; entry[i] != '\0' && entry[i] != '*'; i++) {
        if (i == s.len)
            return 1;
        if (entry[i] != s.ptr[i])
            return (unsigned char)entry[i] < (unsigned char)s.ptr[i] ? -1 : 1;
    }
    return 0;
}

static size_t place(struct span s, const void *table, size_t count, size_t stride)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(*(const char *const *)((const char *)table + middle * stride), s) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The entry that s is, or none. */
static const void *find(struct span s, const void *table, size_t count, size_t stride)
{
    size_t at = place(s, table, count, stride);
    const void *row = at > 0 ? (const char *)table + (at - 1) * stride : NULL;

    return row != NULL && span_is(s, *(const char *const *)row) ? row : NULL;
}

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

unsigned mail_quote_words_kind(struct span word)
{
    const struct quote_word *w = find(word, quote_words, ROWS(quote_words), sizeof(quote_words[0]));

    return w != NULL ? w->kind : 0;
}

bool mail_quote_words_wrote(struct span line)
{
    return holds_any(line, scripts);
}

enum mail_quote_key mail_quote_words_key(struct span key)
{
    const struct quote_key *k = find(key, quote_keys, ROWS(quote_keys), sizeof(quote_keys[0]));

    return k != NULL ? k->kind : QUOTE_KEY_NONE;
}

/* Does s begin with an entry, and end there or with a blank or sign? */
static bool begins_entry(struct span s, const char *const *table, size_t count)
{
    size_t at = place(s, table, count, sizeof(*table)), i;

    for (i = at; i > 0 && at - i < NEIGHBOURS_MAX; i--) {
        size_t len = strlen(table[i - 1]);

        if (begins(s, table[i - 1], len))
            return s.len == len || strchr(" :-=_*.,;/(<[\"", s.ptr[len]) != NULL;
    }
    return false;
}

bool mail_quote_words_separate(struct span words)
{
    return begins_entry(words, separators, ROWS(separators) - 1);
}

bool mail_quote_words_is_separator(struct span words)
{
    return find(words, separators, ROWS(separators) - 1, sizeof(separators[0])) != NULL;
}

bool mail_quote_words_begin(struct span line)
{
    const char *const *row;

    while (line.len > 0 && strchr(" :", line.ptr[line.len - 1]) != NULL)
        line.len--;
    row = find(line, beginnings, ROWS(beginnings) - 1, sizeof(beginnings[0]));
    return row != NULL;
}

bool mail_quote_words_forward(struct span words)
{
    return holds_any(words, forwards);
}

bool mail_quote_words_mark(struct span line)
{
    return holds_any(line, markers) && holds_any(line, answers);
}

/* --- what programs write of themselves
 * ---------------------------------------------------------------- */

/* The name that stands for the '*' of `p` in s; false: s is not such a line. */
static bool name_in(struct span s, const char *p, struct span *name)
{
    size_t before = strcspn(p, "*"), after;
    const char *end = p + before + (p[before] == '*'), *found;

    if (!begins(s, p, before))
        return false;
    *name = (struct span){ s.ptr + before, s.len - before };
    after = strcspn(end, "*");
    if (after == 0)
        return p[before] == '*' || name->len == 0;
    if (end[after] == '*') {
        found = memmem(name->ptr, name->len, end, after);
        if (found != NULL)
            name->len = (size_t)(found - name->ptr);
        return found != NULL;
    }
    if (name->len < after || memcmp(name->ptr + name->len - after, end, after) != 0)
        return false;
    name->len -= after;
    return true;
}

static size_t count_blanks(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

/* A name of a few words without a sentence in it: "my Galaxy S24", not "my desk, where I sit". */
static bool is_short_name(struct span s)
{
    return s.len <= PROGRAM_NAME_MAX && count_blanks(s) <= 6 && !holds(s, ", ") &&
           !holds(s, ": ") && !holds(s, "? ") && (s.len == 0 || s.ptr[s.len - 1] != ':') &&
           (s.len == 0 || s.ptr[s.len - 1] != '?');
}

static bool has_device_early(struct span s)
{
    size_t i, blanks = 0;

    for (i = 0; i < s.len && blanks < 4; i++)
        blanks += s.ptr[i] == ' ';
    return holds_any((struct span){ s.ptr, i }, devices);
}

static bool is_program_line(struct span s, const struct program_line *p, bool proper)
{
    struct span name;
    bool device;

    if (!name_in(s, p->line, &name))
        return false;
    device = has_device_early(name);
    switch (p->sort) {
    case LINE_SURE:
        return true;
    case LINE_DEVICE:
        return device ||
               (begins(s, "sent from my ", 13) && count_blanks(name) < 3 && is_short_name(name));
    case LINE_BARE:
        return device && is_short_name(name) && count_blanks(s) <= BARE_BLANKS &&
               (count_blanks(name) < 2 || proper) && strchr(".!", s.ptr[s.len - 1]) == NULL;
    case LINE_PROPER:
        if (begins(name, "the ", 4))
            return device && is_short_name(name);
        return device || (proper && is_short_name(name));
    case LINE_SHORT:
        return s.len <= SHORT_LINE_MAX;
    }
    return false;
}

bool mail_quote_words_program(struct span line, bool proper)
{
    size_t at = place(line, program_lines, ROWS(program_lines), sizeof(program_lines[0])), i;

    if (line.len > PROGRAM_LINE_MAX || line.len < 4)
        return false;
    for (i = at; i > 0 && at - i < NEIGHBOURS_MAX; i--) {
        if (program_lines[i - 1].line[0] != line.ptr[0])
            break; /* and neither do those before it */
        if (is_program_line(line, &program_lines[i - 1], proper))
            return true;
    }
    for (i = 0; i < ROWS(program_lines) && program_lines[i].line[0] == '*'; i++)
        if (is_program_line(line, &program_lines[i], proper))
            return true;
    return false;
}

bool mail_quote_words_footer(struct span line)
{
    return holds_any(line, footers);
}

bool mail_quote_words_notice(struct span line)
{
    return holds_any(line, notices);
}

bool mail_quote_words_are_in_order(void)
{
    size_t i;

    for (i = 1; i < ROWS(quote_words); i++)
        if (strcmp(quote_words[i - 1].word, quote_words[i].word) >= 0)
            return false;
    for (i = 1; i < ROWS(quote_keys); i++)
        if (strcmp(quote_keys[i - 1].key, quote_keys[i].key) >= 0)
            return false;
    for (i = 1; i + 1 < ROWS(separators); i++)
        if (strcmp(separators[i - 1], separators[i]) >= 0)
            return false;
    for (i = 1; i + 1 < ROWS(beginnings); i++)
        if (strcmp(beginnings[i - 1], beginnings[i]) >= 0)
            return false;
    for (i = 1; i < ROWS(program_lines); i++) {
        const char *a = program_lines[i - 1].line, *b = program_lines[i].line;
        size_t la = strcspn(a, "*"), lb = strcspn(b, "*");
        int order = memcmp(a, b, la < lb ? la : lb);

        if (order > 0 || (order == 0 && la > lb))
            return false;
    }
    return true;
}
