/* Words of many languages, in the charsets that their mails are written in, without a word about
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "channels/mail_charset.h"
#include "channels/mail_guess.h"
#include "channels/mail_spelling.h"
#include "core/arena.h"
#include "tests/support/rows.h"

static struct span encode(struct arena *a, const char *charset, const char *text)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t room = (int32_t)strlen(text) * 2 + 16, len;
    char *bytes = arena_alloc(a, (size_t)room);

    len = ucnv_convert(charset, "UTF-8", bytes, room, text, -1, &status);
    assert_true(U_SUCCESS(status));
    return (struct span){ bytes, (size_t)len };
}

static void expect_reads(struct arena *a, struct span bytes, const char *said, const char *likely,
                         const char *text)
{
    struct text_buffer out = { 0 };
    const char *got;

    mail_charset_decode(&out, bytes, span_of(said), likely, 10000);
    got = text_clean(a, (struct span){ out.ptr, out.len }, 10000);
    text_buffer_clear(&out);
    if (strcmp(got, text) != 0)
        fail_msg("called %s, likely %s: \"%s\", expected \"%s\"", said,
                 likely != NULL ? likely : "-", got, text);
}

/* T-52, T-54 */
static const struct words {
    const char *charset, *text;
    bool other_script;
} words[] = {
    { "KOI8-R", "Проблема с заказом номер 5512", true },
    { "KOI8-R", "я не могу войти", true },
    { "KOI8-U", "Питання щодо оплати замовлення", true },
    { "windows-1251", "Здравствуйте, где мой заказ?", true },
    { "windows-1251", "РАСПРОДАЖА ТОЛЬКО СЕГОДНЯ", true },
    { "windows-1251", "Кога ще бъде доставена поръчката", true },
    { "IBM866", "Когда будет доставка товара", true },
    { "ISO-8859-5", "Новый счет на оплату", true },
    { "windows-949", "주문 상품이 아직 도착하지 않았습니다", true },
    { "windows-949", "(광고) 특별 할인 행사 안내", true },
    { "gb18030", "关于发票的问题", true },
    { "gb18030", "换尺码：鞋太窄", true },
    { "gb18030", "屏幕碎裂：赔偿", true },
    { "gb18030", "公司产品介绍，请查收附件", true },
    { "Big5-HKSCS", "我的訂單還沒有收到", true },
    { "Big5-HKSCS", "免費試用 會員專屬優惠", true },
    { "EUC-JP", "パスワードを忘れました", true },
    { "windows-31j", "注文した商品がまだ届いておりません", true },
    { "windows-31j", "会議のお知らせ", true },
    { "windows-1253", "Ερώτηση για την πληρωμή", true },
    { "windows-1255", "שאלה לגבי תשלום", true },
    { "windows-1256", "لم يصل طلبي حتى الآن", true },
    { "windows-874", "ยังไม่ได้รับสินค้าที่สั่งซื้อ", true },
    { "windows-874", "ถนนพหลโยธิน", true },
    { "windows-1252", "Où est ma commande ? Ça ne marche pas", false },
    { "windows-1252", "connexion à mon compte", false },
    { "windows-1252", "¿Dónde está mi pedido de mañana?", false },
    { "windows-1252", "Größe passt nicht, möchte zurückgeben", false },
    { "windows-1252", "Informações sobre a devolução não recebida", false },
    { "windows-1252", "När får jag svar på ärendet?", false },
    { "windows-1252", "a “quoted” word – and 40 €", false },
    { "windows-1252", "it’s here – now", false },
    { "windows-1252", "one      <p> </p> <p> </p>", false },
    { "windows-1252", "·    one ·    two ·   three", false },
    { "windows-1252", "100 µg in 5 m³", false },
    { "windows-1252", "5µ, part IT839µ(m8)", false },
    { "windows-1252", "µTorrent", false },
    { "windows-1252", "El libro «hola» es bueno", false },
    { "windows-1252", "das Buch »Faust« lesen", false },
    { "ISO-8859-2", "Ťukal na dveře, měl už chuť", false },
    { "windows-1252", "Test æøå", false },
    { "windows-1252", "Tromsø", false },
    { "windows-1252", "irmã", false },
    { "ISO-8859-2", "Mută la gunoi", false },
    { "ISO-8859-2", "nappal ezelőtt", false },
    { "windows-1250", "Przenieś, proszę", false },
    { "windows-1254", "iletilmiş ileti", false },
    { "windows-1252", "ÕÄÖÜ", false },
    { "windows-1251", "пылка", false },
    { "windows-1252", "´hi´", false },
    { "windows-1252", "from £5 – £10, ½ price", false },
    { "ISO-8859-2", "Zażółć gęślą jaźń", false },
    { "ISO-8859-2", "Dzień dobry, proszę o pomoc", false },
    { "ISO-8859-2", "Bucureşti, şi în România", false },
    { "windows-1250", "Šťastný člověk, středa", false },
    { "windows-1254", "Teşekkürler", false },
    { "ISO-8859-2", "Příliš žluťoučký kůň, nemohu se přihlásit, děkuji za odpověď", false },
    { "windows-1250", "Łódź, świąteczna zniżka. Życzę miłego dnia, proszę o odpowiedź", false },
    { "windows-1254", "Siparişim hâlâ gelmedi, şifremi unuttum", false },
    { "ISO-8859-2", "Dotaz k výměně zboží", false },
    { "windows-1250", "Reklamácia poškodeného balíka, ďakujem", false },
    { "ISO-8859-2", "Nem tudok belépni, segítsenek kérem, előre is köszönöm", false },
    { "windows-1250", "Još uvijek čekam na pošiljku, molim odgovor što prije", false },
    { "ISO-8859-2", "Rad bi vrnil čevlje, številka naročila", false },
    { "ISO-8859-2", "Comanda nu a ajuns încă, vă rog să mă ajutaţi", false },
    { "windows-1257", "Negaliu prisijungti prie sąskaitos, kodėl? Prašau, padėkite", false },
    { "windows-1257", "Pasūtījums vēl nav saņemts, lūdzu atbildi", false },
    { "windows-1257", "Tellimus on ikka veel saabumata, kus see võiks olla?", false },
    { "windows-1252", "Ég fékk ekki pöntunina mína, hvað get ég gert?", false },
    { "windows-1252", "Non è ancora arrivato il pacco: perché? C'è più di un ordine", false },
    { "windows-1252", "No puc entrar a la botiga: què haig de fer? Gràcies", false },
    { "IBM852", "Proszę o zwrot pieniędzy, książka jest uszkodzona", false },
    { "macintosh", "Größe passt nicht, ich möchte das zurückgeben", false },
    { "IBM850", "¿Dónde está la devolución de mi último pedido?", false },
    { "ISO-8859-6", "لم يصل طلبي حتى الآن، متى يصل؟", true },
};

static void test_words_that_say_no_charset_are_read_in_theirs(void **state)
{
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(words); i++)
        expect_reads(a, encode(a, words[i].charset, words[i].text), "", NULL, words[i].text);
    arena_free(a);
}

/* The euro sign of GBK and windows-949 is a byte, and behind it the sample may end. */
static void test_a_character_of_one_byte_may_be_the_last_that_is_looked_at(void **state)
{
    char bytes[2000];

    (void)state;
    memset(bytes, 'a', sizeof(bytes));
    bytes[0] = bytes[sizeof(bytes) - 1] = '\x80';
    assert_string_equal(mail_guess_charset((struct span){ bytes, sizeof(bytes) }, NULL),
                        "windows-1252");
}

static void test_words_of_one_syllable_are_read_in_their_charset(void **state)
{
    static const struct words short_ones[] = {
        { "windows-949", "이 건 꼭 좀 봐 주세요", true },
        { "windows-949", "책 값 환불", true },
        { "windows-949", "한 벌 더", true },
        { "windows-874", "จำนวนรวม", true },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(short_ones); i++)
        expect_reads(a, encode(a, short_ones[i].charset, short_ones[i].text), "", NULL,
                     short_ones[i].text);
    arena_free(a);
}

static void test_what_the_mail_says_elsewhere_decides_where_the_words_are_few(void **state)
{
    static const struct words few[] = {
        { "KOI8-R", "Я", true },
        { "windows-1251", "да", true },
        { "windows-949", "예", true },
        { "ISO-8859-2", "płatność", false },
        { "windows-1250", "köszi, hétfő", false },
        { "ISO-8859-7", "Ναι", true },
        { "gb18030", "好", true },
    };
    static const struct {
        const char *said, *charset, *text;
    } seven_bits[] = {
        { "ISO-2022-JP", "EUC-JP", "鈴木" },
        { "ISO-2022-JP-1", "windows-31j", "田中" },
        { "ISO-2022-KR", "windows-949", "김 민수" },
        { "HZ", "gb18030", "李雷" },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(few); i++)
        expect_reads(a, encode(a, few[i].charset, few[i].text), "", few[i].charset, few[i].text);
    for (i = 0; i < ROWS(seven_bits); i++)
        expect_reads(a, encode(a, seven_bits[i].charset, seven_bits[i].text), "",
                     seven_bits[i].said, seven_bits[i].text);
    for (i = 0; i < ROWS(words); i++) /* and does not where they are many and contradict it */
        if (words[i].other_script)
            expect_reads(a, encode(a, words[i].charset, words[i].text), "", "windows-1252",
                         words[i].text);
    arena_free(a);
}

/* Of Latin letters only where they are many and plainly others: never for what they are not. */
static void test_what_is_called_latin_is_doubted_where_it_is_of_another_script(void **state)
{
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(words); i++) {
        struct span bytes = encode(a, words[i].charset, words[i].text);
        const char *instead = mail_guess_instead(bytes, "windows-1252");

        if (words[i].other_script)
            expect_reads(a, bytes, "iso-8859-1", NULL, words[i].text);
        else if (instead != NULL)
            expect_reads(a, bytes, "iso-8859-1", NULL, words[i].text);
    }
    arena_free(a);
}

/* T-52: letters that are called those of the west, and are of another alphabet. */
static void test_what_is_called_western_is_read_in_the_alphabet_of_its_words(void **state)
{
    static const struct words called_western[] = {
        { "ISO-8859-2", "Dzień dobry, paczka wciąż nie przyszła. Proszę o szybką odpowiedź.",
          false },
        { "windows-1250", "Dobrý den, balík ještě nedorazil. Můžete mi říct, kdy přijde?", false },
        { "windows-1250",
          "Dobrý deň, ďakujem za odpoveď. Balík ešte neprišiel, kúpila som ho v pondelok, čo "
          "teraz?",
          false },
        { "ISO-8859-2",
          "Jó napot, a csomag még mindig nem érkezett meg. Előre is köszönöm a gyors választ, és "
          "kérem, küldjék el az új címre, mert a régi időközben megszűnt.",
          false },
        { "windows-1250",
          "Poštovani, još čekam narudžbu. Očekujem što prije odgovor, već je trebala doći.",
          false },
        { "ISO-8859-2", "Spoštovani, še vedno čekam pošiljko. Kdaj jo dobim?", false },
        { "ISO-8859-2", "Bună ziua, încă nu am primit comanda şi aş vrea să ştiu când ajunge.",
          false },
        { "windows-1254", "Merhaba, siparişim hâlâ gelmedi. Lütfen ne zaman geleceğini yazın.",
          false },
        { "windows-1257", "Laba diena, siuntinys dar neatėjo. Kada galėsiu jį gauti? Ačiū.",
          false },
        { "windows-1257", "Labdien, sūtījums vēl nav pienācis. Kad tas būs? Gaidīšu ziņu.", false },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(called_western); i++) {
        struct span bytes = encode(a, called_western[i].charset, called_western[i].text);

        expect_reads(a, bytes, "iso-8859-1", NULL, called_western[i].text);
        expect_reads(a, bytes, "iso-8859-15", NULL, called_western[i].text);
    }
    arena_free(a);
}

/* T-52: each letter of one is another letter in the others, and mostly a capital. */
static void test_what_is_called_by_another_cyrillic_charset_is_read_in_its_own(void **state)
{
    static const char *const charsets[] = { "windows-1251", "KOI8-R", "ISO-8859-5", "IBM866" };
    static const char *const texts[] = {
        "Здравствуйте! Пришлите, пожалуйста, акт выполненных работ. Спасибо, Анна",
        "Мой заказ до сих пор не пришёл, когда он будет?",
        "СРОЧНО! ВЕРНИТЕ ДЕНЬГИ ЗА НЕДОСТАВЛЕННЫЙ ТОВАР",
        "Заказ 5512: ООО \"Ромашка\", г. Москва, ул. Ленина, д. 5",
    };
    struct arena *a = arena_new();
    size_t i, is, called;

    (void)state;
    for (i = 0; i < ROWS(texts); i++)
        for (is = 0; is < ROWS(charsets); is++)
            for (called = 0; called < ROWS(charsets); called++)
                if (is == called || i < 2)
                    expect_reads(a, encode(a, charsets[is], texts[i]), charsets[called], NULL,
                                 texts[i]);
    arena_free(a);
}

/* T-52: the bytes of one are rare signs, or none, in the others. */
static void test_what_is_called_by_another_charset_of_east_asia_is_read_in_its_own(void **state)
{
    static const struct words east_asian[] = {
        { "gb18030", "您好，请问贵公司的发票什么时候可以寄出？我们急需报销。谢谢！", true },
        { "Big5-HKSCS", "您好，我上星期訂購的商品到現在還沒有收到，請幫我查詢一下。", true },
        { "windows-949", "안녕하세요. 지난주에 주문한 상품이 아직 도착하지 않았습니다.", true },
        { "EUC-JP", "先日注文した商品がまだ届きません。ご確認をお願いいたします。", true },
        { "windows-31j", "先日注文した商品がまだ届きません。ご確認をお願いいたします。", true },
    };
    struct arena *a = arena_new();
    size_t is, called;

    (void)state;
    for (is = 0; is < ROWS(east_asian); is++)
        for (called = 0; called < ROWS(east_asian); called++)
            expect_reads(a, encode(a, east_asian[is].charset, east_asian[is].text),
                         east_asian[called].charset, NULL, east_asian[is].text);
    arena_free(a);
}

/* Words of one western language among names of others. */
static void test_western_words_and_their_foreign_names_stay_what_they_are_called(void **state)
{
    static const char *const texts[] = {
        "Señor Müller aus São Paulo schrieb über Ålesund, Besançon und Reykjavík; Grüße an Zoë.",
        "Bokmål, español, français, português, íslenska, føroyskt, Österreich, Córdoba, Malmö.",
        "À l'été, où êtes-vous allés ? Señor Nuñez et M. Bjørn Ødegård étaient à Århus, déjà.",
        "© 2026 Müller & Søn ® – ½ kg à 3,50 £, ±5 °C, §12, «ça va», naïve façade, œuvre",
        "Þórður sagði að það væri öruggt; hún ætlaði ekki að fara þangað fyrr en á morgun.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(texts); i++) {
        expect_reads(a, encode(a, "windows-1252", texts[i]), "iso-8859-1", NULL, texts[i]);
        expect_reads(a, encode(a, "windows-1252", texts[i]), "", NULL, texts[i]);
    }
    arena_free(a);
}

/* Signs that are letters in another charset, as often as tables and statutes have them. T-52 */
static void test_signs_again_and_again_stay_what_they_are_called(void **state)
{
    static const struct words called[] = {
        { "ISO-8859-1", "10µg 20µg 30µg 40µg 50µg", false },
        { "windows-1252", "µC µF µs: 10µF, 22 µF, 47 µF, 100µmol", false },
        { "windows-1250", "20 µm, 30 µm, 40 µm, 50 µm, 60 µm", false },
        { "ISO-8859-1", "§ 1 § 2 § 3 § 4 § 5 § 6 § 7 § 8 § 9 § 10 § 11 § 12", false },
        { "windows-1257", "§ 1 § 2 § 3 § 4 § 5", false },
        { "windows-1252", "x² + y², x³ + y³, r² und r³", false },
        { "ISO-8859-1", "Lie\u00adfe\u00adrung, Ver\u00adtrag, Rech\u00adnung, Be\u00adleg",
          false },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(called); i++)
        expect_reads(a, encode(a, called[i].charset, called[i].text), called[i].charset, NULL,
                     called[i].text);
    arena_free(a);
}

/* Of a currency whose sign ends in a letter that looks like a power elsewhere. */
static void test_a_price_is_no_power(void **state)
{
    static const char price[] = "Zapłaciłem 50 zł, 60 zł i 70 zł, a paczka nie przyszła";
    struct arena *a = arena_new();

    (void)state;
    expect_reads(a, encode(a, "windows-1250", price), "iso-8859-1", NULL, price);
    arena_free(a);
}

static void test_each_spelling_can_be_searched(void **state)
{
    size_t i, k;

    (void)state;
    for (i = 0; i < mail_spelling_count; i++) {
        const struct mail_spelling *l = &mail_spellings[i];

        assert_int_equal(u_strlen(l->places), l->place_count * 3);
        for (k = 0; k < l->place_count; k++) {
            assert_non_null(u_strchr(l->letters, l->places[k * 3 + 1]));
            assert_true(k == 0 || u_memcmp(l->places + k * 3 - 3, l->places + k * 3, 3) < 0);
        }
    }
}

/* What people type to see whether accents arrive: other scripts read letters in it, too. T-52 */
static void test_accents_strung_together_are_what_they_are_called(void **state)
{
    static const struct words strung[] = {
        { "windows-1252", "ÄÖÜäöüß ÄÖÜäöüß", false },
        { "windows-1252", "üüüüüüüüüü.txt", false },
        { "windows-1252", "ÅÄÖåäöÅÄÖ", false },
        { "windows-1252", "æøåÆØÅæøå", false },
        { "windows-1252", "éèàùçâêîôû", false },
        { "windows-1252", "áéíóúñÁÉÍÓÚÑ", false },
        { "windows-1252", "ãõçáéíóúÃÕÇ", false },
        { "windows-1252", "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ", false },
        { "windows-1252", "¡¢£¤¥¦§¨©ª«¬®¯°±²³", false },
        { "ISO-8859-15", "öäüÖÄÜöäüÖÄÜ", false },
        { "ISO-8859-2", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", false },
        { "windows-1250", "áčďéěíňóřšťúůýž", false },
        { "windows-1254", "çğıöşüÇĞİÖŞÜ", false },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(strung); i++)
        expect_reads(a, encode(a, strung[i].charset, strung[i].text), strung[i].charset, NULL,
                     strung[i].text);
    arena_free(a);
}

static void test_what_is_rightly_called_is_not_doubted(void **state)
{
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(words); i++)
        expect_reads(a, encode(a, words[i].charset, words[i].text), words[i].charset, NULL,
                     words[i].text);
    arena_free(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_that_say_no_charset_are_read_in_theirs),
        cmocka_unit_test(test_a_character_of_one_byte_may_be_the_last_that_is_looked_at),
        cmocka_unit_test(test_words_of_one_syllable_are_read_in_their_charset),
        cmocka_unit_test(test_what_the_mail_says_elsewhere_decides_where_the_words_are_few),
        cmocka_unit_test(test_what_is_called_latin_is_doubted_where_it_is_of_another_script),
        cmocka_unit_test(test_what_is_called_western_is_read_in_the_alphabet_of_its_words),
        cmocka_unit_test(test_what_is_called_by_another_cyrillic_charset_is_read_in_its_own),
        cmocka_unit_test(test_what_is_called_by_another_charset_of_east_asia_is_read_in_its_own),
        cmocka_unit_test(test_western_words_and_their_foreign_names_stay_what_they_are_called),
        cmocka_unit_test(test_signs_again_and_again_stay_what_they_are_called),
        cmocka_unit_test(test_a_price_is_no_power),
        cmocka_unit_test(test_each_spelling_can_be_searched),
        cmocka_unit_test(test_accents_strung_together_are_what_they_are_called),
        cmocka_unit_test(test_what_is_rightly_called_is_not_doubted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
