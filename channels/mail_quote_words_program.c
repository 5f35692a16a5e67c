#include "channels/mail_quote_words_program.h"

#include <string.h>

#include "channels/mail_quote_line.h"
#include "channels/mail_quote_table.h"

enum {
    PROGRAM_LINE_MAX = 120,
    PROGRAM_NAME_MAX = 70,
    SHORT_LINE_MAX = 40,
    BARE_BLANKS = 4,
    NAME_BLANKS = 3, /* are too many in a device's name that is not known, or a system's */
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
} rows[] = {
    { "* bidalia", LINE_DEVICE },
    { "* from mobile", LINE_SHORT },
    { "* gönderildi", LINE_DEVICE },
    { "* gönderilmiştir", LINE_DEVICE },
    { "* küldve", LINE_DEVICE },
    { "* küldve.", LINE_DEVICE },
    { "*gönderildi.", LINE_DEVICE },
    { "*küldve az *", LINE_DEVICE },
    { "*omról küldve", LINE_DEVICE },
    { "*outlook 다운로드*", LINE_SURE },
    { "*からの送信", LINE_DEVICE },
    { "*から送信", LINE_DEVICE },
    { "*から送信されたメール", LINE_DEVICE },
    { "*から送信されました*", LINE_DEVICE },
    { "*より送信", LINE_DEVICE },
    { "*에서 발송*", LINE_DEVICE },
    { "*에서 보낸 메시지", LINE_DEVICE },
    { "*에서 보낸 메일", LINE_DEVICE },
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
    { "envoyé sans fil par mon *", LINE_DEVICE },
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
    { "sent from a *", LINE_SHORT },
    { "sent from an *", LINE_SHORT },
    { "sent from my *", LINE_DEVICE },
    { "sent from the all new aol*", LINE_SURE },
    { "sent on *", LINE_DEVICE },
    { "sent on the go*", LINE_SHORT },
    { "sent through *", LINE_PROPER },
    { "sent using *", LINE_PROPER },
    { "sent via *", LINE_PROPER },
    { "sent via the *", LINE_DEVICE },
    { "sent while *", LINE_DEVICE },
    { "sent wirelessly from *", LINE_DEVICE },
    { "sent wirelessly via *", LINE_DEVICE },
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
    { "this mail sent through imp*", LINE_SURE },
    { "this message has been sent from *", LINE_DEVICE },
    { "this message was sent from *", LINE_DEVICE },
    { "this message was sent using imp, the internet*", LINE_SURE },
    { "transferir o outlook *", LINE_SURE },
    { "trimis cu *", LINE_PROPER },
    { "trimis de la *", LINE_PROPER },
    { "trimis de pe *", LINE_PROPER },
    { "trimis din *", LINE_PROPER },
    { "trimis prin *", LINE_PROPER },
    { "typed from *", LINE_DEVICE },
    { "typed on *", LINE_DEVICE },
    { "typed on a tiny *", LINE_SHORT },
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
    { "von meinem *", LINE_BARE },
    { "von meinem *gesendet*", LINE_SURE },
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
    { "yahoo mail: search, organize, conquer*", LINE_SURE },
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
    { "послато са *", LINE_DEVICE },
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
    { "ارسال شده از *", LINE_DEVICE },
    { "ارسالشده از *", LINE_DEVICE },
    { "الحصول على outlook *", LINE_SURE },
    { "تم إرساله من *", LINE_SURE },
    { "تم الإرسال من *", LINE_SURE },
    { "تم الارسال من *", LINE_SURE },
    { "مرسل من *", LINE_SURE },
    { "مُرسل من *", LINE_SURE },
    { "मेरे * से भेजा गया", LINE_DEVICE },
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
    { "发自 网易邮箱大师", LINE_SURE },
    { "发自我的*", LINE_SURE },
    { "发自网易邮箱大师", LINE_SURE },
    { "发送自*", LINE_DEVICE },
    { "取得 *outlook*", LINE_SURE },
    { "取得 outlook *", LINE_SURE },
    { "寄自*", LINE_DEVICE },
    { "從*傳送", LINE_DEVICE },
    { "從我的*傳送", LINE_SURE },
    { "来自我的*", LINE_DEVICE },
    { "来自网易邮箱大师", LINE_SURE },
    { "来自钉钉专属商务邮箱", LINE_SURE },
    { "来自钉钉邮箱", LINE_SURE },
    { "獲取 outlook *", LINE_SURE },
    { "由我的*发送", LINE_DEVICE },
    { "發自*", LINE_DEVICE },
    { "發自我的*", LINE_SURE },
    { "發送自*", LINE_DEVICE },
    { "签名由 网易邮箱大师 定制", LINE_SURE },
    { "获取 *outlook*", LINE_SURE },
    { "获取 outlook *", LINE_SURE },
    { "나의 *에서 보냄", LINE_SURE },
    { "내 *에서 보냄", LINE_SURE },
};
static const struct mail_quote_table program_lines = MAIL_QUOTE_TABLE(rows);

/* What is named where a mail is sent from. */
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

/* Who carries parcels and money: what is sent with them is no mail. Each between blanks. */
static const char *const carriers[] = {
    " an post ",
    " australia post ",
    " bartolini ",
    " bpost ",
    " brt ",
    " canada post ",
    " cdek ",
    " chronopost ",
    " colissimo ",
    " correios ",
    " correos ",
    " ctt ",
    " deutsche post ",
    " deutschen post ",
    " dhl ",
    " dpd ",
    " evri ",
    " fedex ",
    " gls ",
    " hermes ",
    " inpost ",
    " inpostu ",
    " la poste ",
    " mondial relay ",
    " moneygram ",
    " mrw ",
    " paczkomat ",
    " parcelforce ",
    " paypal ",
    " poczta polska ",
    " pocztę polską ",
    " poste italiane ",
    " posti ",
    " postnl ",
    " postnord ",
    " ppl ",
    " purolator ",
    " royal mail ",
    " seur ",
    " sda ",
    " tnt ",
    " ups ",
    " usps ",
    " western union ",
    " yodel ",
    " zásilkovna ",
    " zásilkovnou ",
    " deutsche bahn ",
    " почтой россии ",
    " почту россии ",
    " сдэк ",
    " новую почту ",
    " нову пошту ",
    " elta ",
    NULL,
};

static bool is_carried(struct span name)
{
    char padded[PROGRAM_LINE_MAX + 4];
    size_t len = name.len < PROGRAM_LINE_MAX ? name.len : PROGRAM_LINE_MAX;

    while (len > 0 && strchr(".!,; ", name.ptr[len - 1]) != NULL)
        len--;
    padded[0] = ' ';
    memcpy(padded + 1, name.ptr, len);
    padded[len + 1] = ' ';
    return mail_quote_table_holds_any((struct span){ padded, len + 2 }, carriers);
}

static bool begins(struct span s, const char *with, size_t len)
{
    return s.len >= len && memcmp(s.ptr, with, len) == 0;
}

static bool holds(struct span s, const char *word)
{
    return memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

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
    return mail_quote_table_holds_any((struct span){ s.ptr, i }, devices);
}

/* "[aka.ms]", "<https://...>": a bracket with a link in it, and not "(it says)". */
static bool is_linked(struct span s)
{
    const char *close = memchr(s.ptr, s.ptr[0] == '<' ? '>' : s.ptr[0] == '[' ? ']' : ')', s.len);
    size_t len = close != NULL ? (size_t)(close - s.ptr) : s.len;

    return close == NULL || memchr(s.ptr, '.', len) != NULL || memchr(s.ptr, '/', len) != NULL;
}

/* "Get Outlook for Android", "Enviado desde mi Galaxy S24", and no words of a sentence behind that;
 * a link may be there. */
static bool names_no_more(const char *line, struct span name, bool device)
{
    size_t end = 0;

    for (; end < name.len; end++) {
        struct span rest = { name.ptr + end, name.len - end };

        if (strchr("<[(", rest.ptr[0]) != NULL ? is_linked(rest) : begins(rest, "http", 4))
            break;
    }
    name = mail_quote_line_trim((struct span){ name.ptr, end });
    if (holds(name, "\uff0c"))
        return false;
    return count_blanks(name) < NAME_BLANKS || (device && strstr(line, "outlook") == NULL);
}

static bool is_program_line(struct span s, const struct program_line *p, bool proper, bool capital)
{
    struct span name;
    bool device;

    if (!name_in(s, p->line, &name))
        return false;
    if (s.ptr[s.len - 1] == '?' || is_carried(name))
        return false;
    device = has_device_early(name);
    switch (p->sort) {
    case LINE_SURE:
        return names_no_more(p->line, name, device);
    case LINE_DEVICE:
        return device ||
               (begins(s, "sent from my ", 13) && count_blanks(name) < 3 && is_short_name(name));
    case LINE_BARE:
        return capital && device && is_short_name(name) && count_blanks(s) <= BARE_BLANKS &&
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

bool mail_quote_words_program(struct span line, bool proper, bool capital)
{
    size_t at = mail_quote_table_place(&program_lines, line), i;

    if (line.len > PROGRAM_LINE_MAX || line.len < 4)
        return false;
    for (i = at; i > 0 && at - i < MAIL_QUOTE_NEIGHBOURS_MAX; i--) {
        if (rows[i - 1].line[0] != line.ptr[0])
            break; /* and neither do those before it */
        if (is_program_line(line, &rows[i - 1], proper, capital))
            return true;
    }
    for (i = 0; i < program_lines.count && rows[i].line[0] == '*'; i++)
        if (is_program_line(line, &rows[i], proper, capital))
            return true;
    return false;
}

bool mail_quote_words_program_excuses(struct span line)
{
    static const char *const words[] = {
        "excus",       "brevity",     "typo",       "forgive",    "pardon",
        "entschuldig", "verzeih",     "tippfehler", "k\u00fcrze", "disculp",
        "scus",        "desculp",     "wybacz",     "omluv",      "\u0438\u0437\u0432\u0438\u043d",
        "print",       "environment", "umwelt",     NULL,
    };

    return mail_quote_table_holds_any(line, words);
}

bool mail_quote_words_program_asks(struct span line)
{
    static const char *const words[] = {
        "please ",   "bitte ",         "por favor",     "per favore",
        "s'il vous", "s\u2019il vous", "svp",           "alstublieft",
        "proszę",    "prosím",         "пожалуйста",    "будь ласка",
        "lütfen",    " call me",       " call us",      " phone me",
        " ring me",  "appelez-",       "appelle-",      "rappelez-",
        "rappelle-", "rufen sie",      "ruf mich",      "rufst du",
        "rufe mich", "meldet euch",    "melden sie",    "melde dich",
        "llámame",   "llámeme",        "llámenme",      "llamadme",
        "chiamami",  "chiamatemi",     "mi chiami",     "ligue-me",
        "liguem-me", "me ligue",       "bel me",        "bel mij",
        "ring mig",  "ring meg",       "soita minulle", "soittakaa",
        "zadzwoń",   "zavolej",        "zavolajte",     "hívjon",
        "позвоните", "перезвоните",    "позвони мне",   "зателефонуйте",
        "beni ara",  "お電話ください", "请致电",        "请回电",
        NULL,
    };

    return mail_quote_table_holds_any(line, words);
}

bool mail_quote_words_program_are_in_order(void)
{
    return mail_quote_table_is_in_order(&program_lines);
}
