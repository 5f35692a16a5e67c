#include "channels/mail_quote_words.h"

#include "channels/mail_quote_table.h"

static const struct quote_word {
    const char *word;
    unsigned kind;
} rows[] = {
    { "according", QUOTE_WORD_QUOTING }, { "aliandika", QUOTE_WORD_VERB },
    { "alle", QUOTE_WORD_CLOCK },        { "alıntı", QUOTE_WORD_QUOTING },
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
    { "escreveste", QUOTE_WORD_VERB },   { "escreveu", QUOTE_WORD_VERB },
    { "escribe", QUOTE_WORD_VERB },      { "escribiches", QUOTE_WORD_VERB },
    { "escribio", QUOTE_WORD_VERB },     { "escribiste", QUOTE_WORD_VERB },
    { "escribiu", QUOTE_WORD_VERB },     { "escribió", QUOTE_WORD_VERB },
    { "escribía", QUOTE_WORD_VERB },     { "escribían", QUOTE_WORD_VERB },
    { "escrit", QUOTE_WORD_VERB },       { "escrito", QUOTE_WORD_VERB },
    { "escriure", QUOTE_WORD_VERB },     { "escrivia", QUOTE_WORD_VERB },
    { "excerpts", QUOTE_WORD_QUOTING },  { "geschreven", QUOTE_WORD_VERB },
    { "geschrieben", QUOTE_WORD_VERB },  { "geskryf", QUOTE_WORD_VERB },
    { "idatzi", QUOTE_WORD_VERB },       { "idézet", QUOTE_WORD_QUOTING },
    { "il", QUOTE_WORD_OPENER },         { "kell", QUOTE_WORD_CLOCK },
    { "kirjoitit", QUOTE_WORD_VERB },    { "kirjoittaa", QUOTE_WORD_VERB },
    { "kirjoitti", QUOTE_WORD_VERB },    { "kirjutas", QUOTE_WORD_VERB },
    { "kirjutasid", QUOTE_WORD_VERB },   { "kl", QUOTE_WORD_CLOCK },
    { "klo", QUOTE_WORD_CLOCK },         { "klockan", QUOTE_WORD_CLOCK },
    { "klokken", QUOTE_WORD_CLOCK },     { "la", QUOTE_WORD_OPENER },
    { "lainaus", QUOTE_WORD_QUOTING },   { "le", QUOTE_WORD_OPENER },
    { "menulis", QUOTE_WORD_VERB },      { "missatge", QUOTE_WORD_VERB },
    { "më", QUOTE_WORD_OPENER },         { "na", QUOTE_WORD_OPENER },
    { "nadesłał", QUOTE_WORD_VERB },     { "napisa", QUOTE_WORD_VERB },
    { "napisal", QUOTE_WORD_VERB },      { "napisala", QUOTE_WORD_VERB },
    { "napisali", QUOTE_WORD_VERB },     { "napisana", QUOTE_WORD_VERB },
    { "napisane", QUOTE_WORD_VERB },     { "napisao", QUOTE_WORD_VERB },
    { "napisaste", QUOTE_WORD_VERB },    { "napisał", QUOTE_WORD_VERB },
    { "napisała", QUOTE_WORD_VERB },     { "napisałeś", QUOTE_WORD_VERB },
    { "napisaše", QUOTE_WORD_VERB },     { "napsal", QUOTE_WORD_VERB },
    { "napsala", QUOTE_WORD_VERB },      { "napsali", QUOTE_WORD_VERB },
    { "napísal", QUOTE_WORD_VERB },      { "napísala", QUOTE_WORD_VERB },
    { "napísali", QUOTE_WORD_VERB },     { "ngày", QUOTE_WORD_OPENER },
    { "nivîsî", QUOTE_WORD_VERB },       { "nosūtīja", QUOTE_WORD_VERB },
    { "ob", QUOTE_WORD_CLOCK },          { "om", QUOTE_WORD_CLOCK },
    { "on", QUOTE_WORD_OPENER },         { "op", QUOTE_WORD_OPENER },
    { "ore", QUOTE_WORD_CLOCK },         { "pada", QUOTE_WORD_OPENER },
    { "parašė", QUOTE_WORD_VERB },       { "parašėte", QUOTE_WORD_VERB },
    { "pe", QUOTE_WORD_OPENER },         { "pisao", QUOTE_WORD_VERB },
    { "pisałeś", QUOTE_WORD_VERB },      { "pisze", QUOTE_WORD_VERB },
    { "piszesz", QUOTE_WORD_VERB },      { "piše", QUOTE_WORD_VERB },
    { "pukul", QUOTE_WORD_CLOCK },       { "på", QUOTE_WORD_OPENER },
    { "píše", QUOTE_WORD_VERB },         { "quote", QUOTE_WORD_QUOTING },
    { "quoting", QUOTE_WORD_QUOTING },   { "rakstīja", QUOTE_WORD_VERB },
    { "rašo", QUOTE_WORD_VERB },         { "rašė", QUOTE_WORD_VERB },
    { "rašėte", QUOTE_WORD_VERB },       { "respondió", QUOTE_WORD_VERB },
    { "répondit", QUOTE_WORD_VERB },     { "said", QUOTE_WORD_VERB },
    { "says", QUOTE_WORD_VERB },         { "schreef", QUOTE_WORD_VERB },
    { "schreibt", QUOTE_WORD_VERB },     { "schreift", QUOTE_WORD_VERB },
    { "schreven", QUOTE_WORD_VERB },     { "schrieb", QUOTE_WORD_VERB },
    { "schrieben", QUOTE_WORD_VERB },    { "schrijft", QUOTE_WORD_VERB },
    { "scribite", QUOTE_WORD_VERB },     { "scrie", QUOTE_WORD_VERB },
    { "scris", QUOTE_WORD_VERB },        { "scritto", QUOTE_WORD_VERB },
    { "scrive", QUOTE_WORD_VERB },       { "scriveva", QUOTE_WORD_VERB },
    { "scríobh", QUOTE_WORD_VERB },      { "selon", QUOTE_WORD_QUOTING },
    { "sent", QUOTE_WORD_VERB },         { "shkroi", QUOTE_WORD_VERB },
    { "skreau", QUOTE_WORD_VERB },       { "skreiv", QUOTE_WORD_VERB },
    { "skrev", QUOTE_WORD_VERB },        { "skribis", QUOTE_WORD_VERB },
    { "skrifar", QUOTE_WORD_VERB },      { "skrifaði", QUOTE_WORD_VERB },
    { "skrivaði", QUOTE_WORD_VERB },     { "skriver", QUOTE_WORD_VERB },
    { "skryf", QUOTE_WORD_VERB },        { "u", QUOTE_WORD_OPENER },
    { "um", QUOTE_WORD_CLOCK },          { "viết", QUOTE_WORD_VERB },
    { "vào", QUOTE_WORD_OPENER },        { "w", QUOTE_WORD_OPENER },
    { "writes", QUOTE_WORD_VERB },       { "wrote", QUOTE_WORD_VERB },
    { "wroted", QUOTE_WORD_VERB },       { "yazdı", QUOTE_WORD_VERB },
    { "yazdınız", QUOTE_WORD_VERB },     { "yazmış", QUOTE_WORD_VERB },
    { "yazıb", QUOTE_WORD_VERB },        { "yozdi", QUOTE_WORD_VERB },
    { "yozgan", QUOTE_WORD_VERB },       { "ysgrifennodd", QUOTE_WORD_VERB },
    { "zitat", QUOTE_WORD_QUOTING },     { "zitiere", QUOTE_WORD_QUOTING },
    { "écrit", QUOTE_WORD_VERB },        { "écrivait", QUOTE_WORD_VERB },
    { "írja", QUOTE_WORD_VERB },         { "írta", QUOTE_WORD_VERB },
    { "írtad", QUOTE_WORD_VERB },        { "írtak", QUOTE_WORD_VERB },
    { "în", QUOTE_WORD_OPENER },         { "έγραψαν", QUOTE_WORD_VERB },
    { "έγραψε", QUOTE_WORD_VERB },       { "γράφει", QUOTE_WORD_VERB },
    { "γράψατε", QUOTE_WORD_VERB },      { "στις", QUOTE_WORD_OPENER },
    { "το", QUOTE_WORD_OPENER },         { "в", QUOTE_WORD_OPENER },
    { "жазды", QUOTE_WORD_VERB },        { "жазғаны", QUOTE_WORD_VERB },
    { "жазғаныңыз", QUOTE_WORD_VERB },   { "на", QUOTE_WORD_OPENER },
    { "надіслав", QUOTE_WORD_VERB },     { "надіслала", QUOTE_WORD_VERB },
    { "написа", QUOTE_WORD_VERB },       { "написаа", QUOTE_WORD_VERB },
    { "написав", QUOTE_WORD_VERB },      { "написал", QUOTE_WORD_VERB },
    { "написала", QUOTE_WORD_VERB },     { "написали", QUOTE_WORD_VERB },
    { "написано", QUOTE_WORD_VERB },     { "написао", QUOTE_WORD_VERB },
    { "написасте", QUOTE_WORD_VERB },    { "написахте", QUOTE_WORD_VERB },
    { "напиша", QUOTE_WORD_VERB },       { "напісала", QUOTE_WORD_VERB },
    { "напісаў", QUOTE_WORD_VERB },      { "отправил", QUOTE_WORD_VERB },
    { "отправила", QUOTE_WORD_VERB },    { "писав", QUOTE_WORD_VERB },
    { "писал", QUOTE_WORD_VERB },        { "писала", QUOTE_WORD_VERB },
    { "писали", QUOTE_WORD_VERB },       { "пише", QUOTE_WORD_VERB },
    { "пишет", QUOTE_WORD_VERB },        { "пишете", QUOTE_WORD_VERB },
    { "у", QUOTE_WORD_OPENER },          { "цитат", QUOTE_WORD_QUOTING },
    { "цитата", QUOTE_WORD_QUOTING },    { "цитирую", QUOTE_WORD_QUOTING },
    { "գրեց", QUOTE_WORD_VERB },         { "ב", QUOTE_WORD_OPENER },
    { "בתאריך", QUOTE_WORD_OPENER },     { "כתב", QUOTE_WORD_VERB },
    { "כתבה", QUOTE_WORD_VERB },         { "ئەۋەتتى", QUOTE_WORD_VERB },
    { "بتاريخ", QUOTE_WORD_OPENER },     { "در", QUOTE_WORD_OPENER },
    { "في", QUOTE_WORD_OPENER },         { "كتب", QUOTE_WORD_VERB },
    { "كتبت", QUOTE_WORD_VERB },         { "نوشت", QUOTE_WORD_VERB },
    { "نوشته", QUOTE_WORD_VERB },        { "يازدى", QUOTE_WORD_VERB },
    { "लिखा", QUOTE_WORD_VERB },         { "लिहिले", QUOTE_WORD_VERB },
    { "लिहीले", QUOTE_WORD_VERB },        { "लेखे", QUOTE_WORD_VERB },
    { "লিখেছেন", QUOTE_WORD_VERB },      { "எழுதினார்", QUOTE_WORD_VERB },
    { "எழுதியது", QUOTE_WORD_VERB },     { "დაწერა", QUOTE_WORD_VERB },
    { "于", QUOTE_WORD_OPENER },         { "在", QUOTE_WORD_OPENER },
    { "引用", QUOTE_WORD_QUOTING },      { "於", QUOTE_WORD_OPENER },
};
static const struct mail_quote_table words = MAIL_QUOTE_TABLE(rows);

/* Verbs of languages that write without blanks. */
static const char *const scripts[] = {
    "เขียน", "のメッセージ", "のメール",   "は書",           "作成",        "写到",    "写道",
    "寫到", "寫道",         "書きました", "書き込みました", "님께서 작성", "님이 쓴", "보냈습니다",
    "썼다", "썼습니다",     "쓴 글",      "쓴 내용",        "작성",        "សរសេរ",   NULL,
};

unsigned mail_quote_words_kind(struct span word)
{
    const struct quote_word *w = mail_quote_table_find(&words, word);

    return w != NULL ? w->kind : 0;
}

bool mail_quote_words_wrote(struct span line)
{
    /* "I": who says it of himself quotes nobody */
    return !span_begins(line, "我") && mail_quote_table_holds_any(line, scripts);
}

bool mail_quote_words_are_in_order(void)
{
    return mail_quote_table_is_in_order(&words);
}
