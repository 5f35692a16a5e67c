#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "channels/mail_quote.h"
#include "channels/mail_quote_forward.h"
#include "channels/mail_quote_name.h"
#include "channels/mail_quote_person.h"
#include "channels/mail_quote_place.h"
#include "channels/mail_quote_words.h"
#include "channels/mail_quote_words_key.h"
#include "channels/mail_quote_words_program.h"
#include "channels/mail_quote_words_separator.h"
#include "core/arena.h"
#include "tests/unit/mail_quote_rows.h"

static void test_the_forty_mails_give_their_reply_text(void **state)
{
    json_t *all = json_load_file(TEST_SOURCE_DIR "/tests/data/mail/expected.json", 0, NULL), *mail;
    struct arena *a = arena_new();
    const char *name;
    int seen = 0;

    (void)state;
    assert_non_null(all);
    json_object_foreach(all, name, mail)
    {
        const char *text = json_string_value(json_object_get(mail, "text"));
        const char *want = json_string_value(json_object_get(mail, "reply_text"));
        const char *got;

        if (text == NULL || want == NULL)
            continue;
        seen++;
        got = text_clean_line(a, span_of(mail_quote_reply(a, span_of(text), mail_quote_nobody)),
                              1 << 20);
        want = text_clean_line(a, span_of(want), 1 << 20);
        if (strcmp(got, want) != 0)
            print_error("%s: %s\n", name, got);
        assert_string_equal(got, want);
    }
    assert_true(seen > 20);
    arena_free(a);
    json_decref(all);
}

static const char said[] = "It works now, thank you.\nOne more thing: does it expire?";

static void expect_said(struct arena *a, const struct row *r, const char *form, const char *text)
{
    const char *got = mail_quote_reply(a, span_of(text), mail_quote_nobody);

    if (strcmp(got, said) != 0)
        print_error("%s, %s: %s\ngives: %s\n", r->language, form, r->text, got);
    assert_string_equal(got, said);
}

/* With the keys of a header block in bold, as Gmail writes them. */
static const char *in_bold(struct arena *a, const char *block)
{
    struct text_buffer b = { 0 };
    const char *out;

    while (*block != '\0') {
        size_t len = strcspn(block, "\n"), key = strcspn(block, ":");

        if (key < len)
            text_buffer_printf(&b, "*%.*s:*%.*s", (int)key, block, (int)(len - key - 1),
                               block + key + 1);
        else
            text_buffer_add(&b, block, len);
        block += len;
        if (*block == '\n') {
            text_buffer_puts(&b, "\n");
            block++;
        }
    }
    out = arena_strndup(a, b.ptr, b.len);
    text_buffer_clear(&b);
    return out;
}

static void check_row(struct arena *a, const struct row *r)
{
    const char *t = r->text;

    switch (r->kind) {
    case INTRO:
        expect_said(a, r, "not marked", arena_printf(a, "%s\n\n%s\n\nold\nolder\n", said, t));
        expect_said(a, r, "close", arena_printf(a, "%s\n%s\n> old\n> older\n", said, t));
        break;
    case WEAK:
        expect_said(a, r, "marked", arena_printf(a, "%s\n\n%s\n\n> old\n> older\n", said, t));
        break;
    case BLOCK:
        expect_said(a, r, "plain", arena_printf(a, "%s\n\n%s\n\nold\n", said, t));
        expect_said(a, r, "bold", arena_printf(a, "%s\n%s\n\nold\n", said, in_bold(a, t)));
        expect_said(a, r, "below a rule",
                    arena_printf(a, "%s\n\n________________________________\n%s\nold\n", said, t));
        break;
    case SEPARATOR:
        expect_said(a, r, "apart", arena_printf(a, "%s\n\n-------- %s --------\nold\n", said, t));
        expect_said(a, r, "close", arena_printf(a, "%s\n\n-----%s-----\n\nold\n", said, t));
        break;
    case BEGINNING:
        expect_said(a, r, "marked", arena_printf(a, "%s\n\n%s\n\n> From: a@b.c\n> old\n", said, t));
        expect_said(a, r, "not marked", arena_printf(a, "%s\n\n%s\n\nold\n", said, t));
        break;
    case PROGRAM:
        expect_said(a, r, "last", arena_printf(a, "%s\n\n%s\n", said, t));
        expect_said(a, r, "above history", arena_printf(a, "%s\n\n%s\n\n> old\n", said, t));
        break;
    case OWN:
        assert_string_equal(mail_quote_reply(a, span_of(t), mail_quote_nobody), t);
        break;
    }
}

static void test_each_language_s_history_is_cut_and_its_prose_is_not(void **state)
{
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_row(a, &rows[i]);
    arena_free(a);
}

#define HEADER "From: Shop <shop@example.net>\nDate: Wed, Jul 8, 2026 at 9:00 AM\nSubject: Lamp\n"

static void test_a_mail_that_is_passed_on_says_so_in_its_text_in_whatever_language(void **state)
{
    static const char *const texts[] = {
        "---------- Forwarded message ---------\n" HEADER "To: <lea@example.org>\n\n\nIt left.\n",
        "See below.\n\nLea\n\n----- Forwarded Message -----\n" HEADER "\nIt left.\n",
        "Begin forwarded message:\n\n> From: Shop <shop@example.net>\n> Subject: Lamp\n> Date: 8 "
        "July "
        "2026 at 09:00:00 CEST\n> To: lea@example.org\n>\n> It left.\n",
        "Hallo,\nbitte sehen.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Laden "
        "<laden@example.net>\nBetreff: Lampe\nDatum: 8. Juli 2026\n\nIst weg.\n",
        "-------- Weitergeleitete Nachricht --------\nBetreff: \tLampe\nDatum: \tWed, 8 Jul 2026 "
        "09:00:00 +0200\nVon: \tLaden <laden@example.net>\nAn: \tLea <lea@example.org>\n\nIst "
        "weg.\n",
        "---------- Mensaje reenviado ----------\nDe: Tienda <tienda@example.net>\nFecha: "
        "mi\u00e9, 8 "
        "jul 2026 a las 9:00\nAsunto: L\u00e1mpara\n\nSali\u00f3.\n",
        "-------- Message transf\u00e9r\u00e9 --------\nSujet : Lampe\nDate : 8 juillet 2026\nDe : "
        "Magasin <m@example.net>\nPour : lea@example.org\n\nParti.\n",
        "D\u00e9but du message r\u00e9exp\u00e9di\u00e9 :\n\nDe: Magasin <m@example.net>\nObjet: "
        "Lampe\n\nParti.\n",
        "-------- Messaggio inoltrato --------\nDa: Negozio <n@example.net>\nOggetto: "
        "Lampada\nData: "
        "8 luglio 2026\n\nPartita.\n",
        "-------- Doorgestuurd bericht --------\nVan: Winkel <w@example.net>\nOnderwerp: "
        "Lamp\n\nWeg.\n",
        "---------- Mensagem encaminhada ----------\nDe: Loja <l@example.net>\nAssunto: "
        "L\u00e2mpada\n"
        "\nFoi.\n",
        "---------- Przekazana wiadomo\u015b\u0107 ----------\nOd: Sklep <s@example.net>\nTemat: "
        "Lampa\n\nPosz\u0142o.\n",
        "-------- \u041f\u0435\u0440\u0435\u0441\u044b\u043b\u0430\u0435\u043c\u043e\u0435 "
        "\u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435 --------\n08.07.2026, 09:00, "
        "\"Shop\" <shop@example.net>:\n\nIt left.\n",
        "---------- Videresendt meddelelse ----------\nFra: Butik <b@example.net>\nEmne: Lampe\n\n"
        "V\u00e6k.\n",
        "-------- Vidarebefordrat meddelande --------\nFr\u00e5n: Butik "
        "<b@example.net>\n\u00c4mne: "
        "Lampa\n\nBorta.\n",
        "---------- \u8f6c\u53d1\u90ae\u4ef6\u4fe1\u606f ----------\n\u53d1\u4ef6\u4eba\uff1a"
        "Shop <shop@example.net>\n\u4e3b\u9898\uff1aLamp\n\nIt left.\n",
        "---------- \u8ee2\u9001\u30e1\u30c3\u30bb\u30fc\u30b8 ----------\nFrom: Shop "
        "<shop@example.net>\nSubject: Lamp\n\nIt left.\n",
        "---------- \uc804\ub2ec\ub41c \uba54\uc2dc\uc9c0 ----------\n\ubcf4\ub0b8\uc0ac\ub78c: "
        "Shop <shop@example.net>\n\uc81c\ubaa9: Lamp\n\nIt left.\n",
        "---------- Y\u00f6nlendirilmi\u015f ileti ---------\nG\u00f6nderen: Shop "
        "<shop@example.net>\n"
        "Konu: Lamba\n\nGitti.\n",
        "---------- Th\u01b0 chuy\u1ec3n ti\u1ebfp ---------\nT\u1eeb: Shop <shop@example.net>\n"
        "Subject: Lamp\n\nIt left.\n",
    };
    size_t i;

    (void)state; /* T-39 */
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!mail_quote_forwards(span_of(texts[i])))
            fail_msg("not seen: %s", texts[i]);
}

static void test_an_answer_to_what_was_passed_on_passes_nothing_on(void **state)
{
    static const char *const texts[] = {
        "Thanks!\n\nOn Wed, Jul 8, 2026 at 9:00 AM Eva <eva@example.org> wrote:\n> See below.\n>\n"
        "> ---------- Forwarded message ---------\n> " HEADER ">\n> It left.\n",
        "Thanks!\n\nOn Wed, Jul 8, 2026 at 9:00 AM Eva <eva@example.org> wrote:\n\nSee below.\n\n"
        "---------- Forwarded message ---------\n" HEADER "\nIt left.\n",
        "Thanks!\n\n________________________________\nFrom: Eva <eva@example.org>\nSent: "
        "Wednesday, "
        "July 8, 2026 10:00\nTo: Lea <lea@example.org>\nSubject: Lamp\n\nSee below.\n\n"
        "---------- Forwarded message ---------\n" HEADER "\nIt left.\n",
        "Thanks!\n\n-----Original Message-----\n" HEADER "\nIt left.\n",
        "Yes.\n> Is it this?\n\n---------- Forwarded message ---------\n" HEADER "\nIt left.\n",
        "I got a forwarded message from the shop. What does it mean?\n",
        "Forwarded message\n\nThat is what stands in the box on your page, and nothing else.\n",
        "Please fill this in:\nFrom: Bonn\nTo: Rome\nSubject: forwarded message\n",
        "",
    };
    size_t i;

    (void)state; /* T-39 */
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (mail_quote_forwards(span_of(texts[i])))
            fail_msg("seen: %s", texts[i]);
}

static void test_the_words_are_in_the_order_that_they_are_sought_in(void **state)
{
    (void)state;
    assert_true(mail_quote_words_are_in_order());
    assert_true(mail_quote_words_key_are_in_order());
    assert_true(mail_quote_words_separator_are_in_order());
    assert_true(mail_quote_words_program_are_in_order());
    assert_true(mail_quote_person_is_in_order());
}

static void test_history_is_cut_however_it_is_laid_out(void **state)
{
    static const char *const texts[] = {
        "Yes\n-- \nEva",
        "Yes\n--\nEva\n\nConfidential: all of this.",
        "Yes\n--\nThis message may be read by the intended recipient(s) alone.",
        "Yes\n\n__\nEva Example",
        "Yes\n\n\u2014\nEva Example\nHead of all\n+34 600 000 000",
        "Yes\n\n-----\nEva Example\nExample Ltd.\nTel. 0123 456789",
        "Yes\n\n-Eva Example\n\n__\nusers mailing list\nusers@lists.example.org",
        "Yes\n\n-- Eva",
        "Yes.\n---\nEva Example\nHead of Lamps\nT: +34 600 000 000",
        "Yes.\n--Eva Example\nEXAMPLE, LLC",
        "Yes\n\n-----\nEva Example\nTel. 0123 456789\n\nFrom: Tom <t@x.org>\nSent: Monday, June 1, "
        "2026 "
        "10:00\nTo: Eva\nSubject: lamp\n\nold words.\nMore of them?\nSome more.",
        "Yes\n\n-----\nEva Example\nTel. 0123 456789\n\n-----Original Message-----\nFrom: Tom "
        "<t@x.org>\nSent: Monday, June 1, 2026 10:00\nTo: Eva\nSubject: lamp\n\nold words. Are "
        "they?",
        "Yes\n\n-- Eva Example\n\nFrom: Tom <t@x.org>\nSent: Monday, June 1, 2026 10:00\nTo: Eva\n"
        "Subject: lamp\n\nold",
        "Yes\n\nSent from my iPhone\nFrom: Tom <t@x.org>\nSent: Monday, June 1, 2026 10:00\nTo: "
        "Eva\n"
        "Subject: lamp\n\nold",
        "Yes\n\n*---*\n\n*Eva Example*\n\nT: +34 600 000 000",
        "Yes\n\nYahoo Mail: Search, Organize, Conquer\n\n> old",
        "Yes\n\n____________________\nUsers mailing list\nUsers@example.org\nhttps://example.org/",
        "Yes\n\n-- \nYou received this message because you are subscribed to a group.",
        "Yes\n\n##- Please type your reply above this line -##\nold",
        "Yes\n\n## reply above this line ##\nold",
        "Yes\n\n=-=-= To answer, write above this line =-=-=\nold\n=_=_= To answer, write under "
        "this line =_=_=\n",
        "=-=-= To answer, write above this line =-=-=\nold\n\nolder\n=_=_= To answer, write below "
        "this line =_=_=\n\nYes",
        "Yes\n\n##- Please type your reply above this line -##\nold\n\n##- Please do not write "
        "below "
        "this line -##\nolder",
        "From: \"Eva Example\" <e@x.org>\n> old\n> older\n\nYes",
        "Yes\n\nFrom: Eva Example <e@x.org>\n> old\n",
        "\n## reply above this line ##\n\nYes\n-- \nEva\n\n> old",
        "-- Please reply above this line --\n\nYes\n\nOn 1 June 2026 at 9:00 Eva wrote:\n\nold",
        "Yes##- Please type your reply above this line -##\n\nold words\nolder",
        "Yes ##- Please type your reply above this line -##\n> old words",
        "Yes\n\nOn 06/01/2026 at 9:00 AM, \"Eva\"  wrote:Old words\nolder",
        "Yes\n\nPlease reply above this line\nold",
        "Yes\n\n>> > --- Reply above. Do not remove this line. ---\n>> > > old",
        "Yes\n\nPlease do not reply below this line\nold",
        "Yes\n\nWrite ABOVE THIS LINE to post a reply\nold",
        "Yes\n\n##- Inserire la risposta sopra a questa riga -##\nold",
        "Yes\n\n##### Please do not write below this line #####\nold",
        "Yes\n\n\u3053\u306e\u884c\u3088\u308a\u4e0a\u306b\u8fd4\u4fe1\u3057\u3066\u304f\u3060"
        "\u3055\u3044\nold",
        "Yes\n\nOn 1 June 2026 at 9:00 Eva wrote:\n\n## reply above this line ##\nold",
        "Yes\n\nOn Mon, Jun 1, 2026 at 9:00 AM Eva <e@x.org> wrote:\n| old\n| older",
        "Yes\n\nEva Example wrote:\n\nEE> old\nEE> older",
        "Yes On Mon, Jun 1, 2026 at 9:00 AM, e@x.org wrote:\n> old",
        "Yes--- On Mon, Jun 1, 2026 at 9:00 AM, e@x.org wrote:\n\nold",
        "Yes\n\nOn Mon, Jun 1, 2026 at 9:00 AM, Eva<e@x.org> wrote:   old words\nolder",
        "Yes\n\n  On Mon, Jun 1, 2026 at 9:00 AM, Eva<e@x.org> wrote:   old words (of lamps)\nold",
        "Yes\n\nLe lun. 1 juin 2026 à 9:00, Eva <e@x.org> a écrit :> old words\n> older",
        "> old\n> older\n\nYes",
        "On 1 June 2026 at 9:00 Eva wrote:\n> old\n\nYes\n\n> older",
        "From: e@x.org\nDate: today\nTo: me\nSubject: lamp\n\n> old\n\nYes",
        "From: Eva <e@x.org>\nDate: Mon, 1 Jun 2026 09:00:00 +0200\n\n> old\n> older\n\nYes",
        "Yes\n\nDate: Mon, 1 Jun 2026 09:00 From: e@x.org To: me Subject: lamp\n\nold",
        "Yes\n\nFrom: \"Eva\" <e@x.org>\n\nDate: today\nTo:<me@x.org>\n\n\nSubject: lamp\n\nold",
        "Yes\n\n--- Something unheard of ---\nFrom: e@x.org\nTo: me\nSubject: lamp\nold",
        "Yes\n\nNo: Tom Miller\nNosūtīts: 2026. gada 1. jūnijs 10:00\nKam: Eva\nTēma: lamp\n\nold",
        "Yes\n\nTom Miller skrev den mandag den 1. juni 2026 kl. 10.30:\n\nold",
        "Yes\n\nTom Miller kirjoitti maanantai 1. kesäkuuta 2026 klo 10.30:\n\nold",
        "Yes\n\nدر ۱۱ خرداد ۱۴۰۵، ۱۰:۳۰:۰۰، Tom Miller نوشته است:\n\nold",
        "Yes\n\nកាលពីថ្ងៃ 2026-06-01 10:30, Tom Miller បានសរសេរ៖\n\nold",
        "Yes\n\n> old\n(https://example.org/a) >\n> older",
        "Yes\n\nGet Outlook for iOS\n<https://example.org/app>\n\n> old",
        "Yes\n\n来自钉钉专属商务邮箱----------------------------------------\n"
        "发件人：Eva<e@x.org>\n日　期：2026年6月1日 10:30:00\n收件人：desk<d@x.org>\n"
        "抄　送：Tom<t@x.org>\n主　题：灯\n\nold",
        "Yes\n\n\u2014Eva Example",
        "Yes\n\n\u2013 Eva Example",
        "Yes\n\n_____________\n\nEva Example\nSpain\n\nSent via mobile device\n_____________\n\n> "
        "old",
        "Yes\nSent wirelessly from my BlackBerry device on the lamp network.\nEnvoy\u00e9 sans fil "
        "par mon terminal mobile BlackBerry sur le r\u00e9seau des lampes.",
        "Yes\n\nSent from my iPhone\nEnvoy\u00e9 de mon iPhone",
        "Yes\n---Sent from my iPhone",
        "Yes-------- Original Message --------From: Eva Date: today\nold",
        "Yes ---- on Mon, 1 Jun 2026 10:00:00 +0200 Eva Example wrote ----\nold",
        "Yes\n\n   ----- Forwarded Message ----- From: Eva Example <eva@x.org>To: "
        "\"shop@example.net\" "
        "<shop@example.net>; \"lamps@example.net\" <lamps@example.net>; \"doors@example.net\" "
        "<doors@example.net>Sent: Monday, June 1, 2026 at 09:00:00 AM GMT+2Subject: lamp\n old "
        "words\nand more",
        "Yes\n\n-------- Zxq bluf --------\n> old\n> older",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nYes\n-----BEGIN PGP SIGNATURE-----\n"
        "Version: 2\n\niQEc\n=ab\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nOn 1 June 2026 at 9:00 Eva wrote:\n> "
        "old\n\nYes\n\n- -- \nEva\n-----BEGIN PGP SIGNATURE-----\n\niQEc",
        "Yes\n\n________________________\nDo You Yahoo!?\nIt has the best protection around:\n"
        "http://mail.yahoo.com",
        "Yes\n\n________________________\nExpress yourself instantly with MSN Messenger! Download "
        "it today, it is FREE! http://messenger.msn.click-url.com/go/1",
        "Yes\n\n----------------------\n*Previous Replies*\nTom\nold",
        "Yes\n\n\u2014-\u2014-\u2014-\u2014-\u2014\nPlease reply above this line\nold",
        "Yes\n\n##- Please type your reply above this line -##\n\nwhat you asked is done.",
        "---------- Forwarded message ----------\nFrom: Eva <e@x.org>\nDate: today\nSubject: "
        "lamp\n\n> "
        "old\n\nYes",
        "Yes\n\nEva Example wrote:\n: old\n: older",
        "Yes\n\nOn 1 June 2026 at 9:00 you wrote:\n\n> old",
        "Yes\n\nOn 1 June 2026 at 9:00 your lamp <me@x.org> wrote:\n\nold",
        "Yes\n\nOn 1 June 2026 at 9:00, me@x.org wrote:\n\nold",
        "Yes\n\nOn Monday, 1 June 2026 10:30:00 you wrote:\n\nold",
        "Yes\n\nFra: Tom Miller\nSendt: 1. juni 2026 10.00\nEmne: SV: lampe\n\nold",
        "Yes\n\nDe: Tom Miller\nEnviado o: luns, 1 de xu\u00f1o de 2026 10:00\nPara: Eva\n"
        "Asunto: RE: lampada\n\nold",
        "Yes\n\nEva Example a \u00e9crit le 01/06/2026 10:00 :\n\nold",
        "Yes\n\nAm 01.06.2026 um 10:00 schrieb von der Lampe, Eva:\n\nold",
        "Yes\n\n---- On Mon, 1 Jun 2026 10:00:00 +0200 Eva of the lamps wrote ----\n\nold",
        "I have it. On 1 June 2026 at 9:00 Eva wrote:\nold",
        "Yes\n\nEva Example/Lamps@LAMPS\n01.06.2026 10:00\n\nTo\nlamps@example.net\ncc\n\nSubject\n"
        "Re: lamp\n\nold words\n",
        "Yes\n\n\"Eva Example\" <e@x.org>\n01/06/2026 10:00            To\n     lamps@example.net\n"
        "           cc\n\n           Subject\n     Re: lamp\n\nold words",
        "Yes\n\nEva Example\n06/01/2026 10:00 AM\nTo: Tom Example/Lamps@LAMPS\ncc:\nSubject: Re: "
        "lamp\n\nold",
        "Yes\n\nEva Example\nGesendet von: Tom Example\n01.06.2026 10:00\nBitte antworten an\n"
        "e@x.org\n\n\nAn\nlamps@example.net\nKopie\n\nThema\nRe: Lampe\n\nold",
        "Yes\nSent from a mobile device\n  Original Message  \nFrom: Eva Example\nSent: Monday, "
        "June 1, "
        "2026 10:00\nTo: lamps@example.net\nSubject: lamp\n\nold",
        "Yes\nTom wrote:\n> old words\n> older",
        "Yes.\ntom wrote:\n\n> old words",
        "Yes\n\n________________________________\nKimden: Eva Example\n",
        "Yes\n\n________________________________\nVon: Eva\nGesendet: Montag\nAn: Tom\n"
        "Betreff: Lampe\n\nalt",
        "Yes\n\nFrom: Lamp Support\nSent: Monday, 1 June 2026\nTo: Eva\nSubject: RE: [L-1] lamp",
        "Yes\n\n<div>-------- Original message --------</div><div>From: Eva Example "
        "<eva@example.org> </div><div>Date:06/01/2026  10:00  (GMT-08:00) </div><div>To: "
        "lamps@example.net, doors@example.net </div><div>Subject: Re: lamp and door "
        "</div><div>\n</div>old",
        "Yes\n\n<div>-------- Original message --------</div><div>From: Eva <e@x.org> "
        "</div><div>Date: "
        "1/6/2026 10:00 </div>\nold",
        "Yes\n\nsu 7. kes\u00e4k. 2026 klo 9.00 Eva <e@x.org> kirjoitti:\n\nold",
        "Yes\n\n>>> Eva Example <e@x.org> 01.06.2026 09:00 >>>\nold words\nand more",
        "Yes\n\nAm 1.6.2026\num 10:00 schrieb Eva\n<e@x.org>:\n\nold",
        "Yes\n\nFrom: Tom Miller\nSent: \u200eMonday\u200e, \u200eJune\u200e \u200e1\u200e, "
        "\u200e2026 \u200e10\u200e:\u200e00\nTo: Eva\n\nold",
        "Yes\n\n--- Reply above. Do not remove this line. ---\nold",
        "Yes\n\nOriginal Message processed by david\nLamp 1. June 2026, 9:00\nFrom Eva\n\nold",
        "Yes\n\n-------- \u041e\u0440\u0438\u0433\u0438\u043d\u0430\u043b\u043d\u043e "
        "\u043f\u0438\u0441\u043c\u043e --------\nold",
        "Yes\n\n         Original\n         \n       \nFrom:Eva Example <e@x.org>\nSent Time:Jun "
        "1, "
        "2026 10:00\n\nold",
        "Yes\n\nOriginal\n\nFrom:Eva Example<e@x.org>\nSent Time:Jun 1, 2026 10:00\nTo:Tom "
        "<t@x.org>\nSubject:lamp\n\nold",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *got = mail_quote_reply(a, span_of(texts[i]), mail_quote_nobody);

        if (strcmp(got, "Yes") != 0 && strcmp(got, "Yes.") != 0 && strcmp(got, "I have it.") != 0)
            fail_msg("%s\n  is: %s\n", texts[i], got);
    }
    arena_free(a);
}

static void test_what_gateways_and_lawyers_put_round_a_text_is_not_of_it(void **state)
{
    static const char *const texts[] = {
        "CAUTION: This mail came from outside of the company. Do not open attachments.\n\nYes",
        "CAUTION: This mail came from outside of the company, whose servers cannot\n"
        "tell who sent it. Do not click on its links.\nYes",
        "[EXTERNAL EMAIL]\n----------\n\nYes",
        "[Lamps Official Use Only - General]\n\nYes",
        "[Lamps Public Use]\nYes",
        "[Lamps Official Use Only - Lamps Internal Distribution Only]\n\nYes",
        "[Uso interno]\n\nYes",
        "ATENCI\u00d3: Aquest correu ve de fora de l'empresa. No cliqueu els seus "
        "enlla\u00e7os.\n\nYes",
        "DIKKAT: Bu e-posta \u015firket d\u0131\u015f\u0131ndan geldi. Ba\u011flant\u0131lara "
        "t\u0131klamay\u0131n.\n\nYes",
        "FIGYELEM! Ez a lev\u00e9l a szervezeten k\u00edv\u00fclr\u0151l j\u00f6tt, ne nyissa meg "
        "a "
        "csatolm\u00e1nyait.\n\nYes",
        "UWAGA: Ta wiadomo\u015b\u0107 pochodzi spoza organizacji. Nie klikaj w linki i nie "
        "otwieraj "
        "za\u0142\u0105cznik\u00f3w.\n\nYes",
        "ATEN\u021aIE: Mesaj din exteriorul firmei. Nu deschide\u021bi ata\u0219amentele.\n\nYes",
        "[EXTERN] Von au\u00dferhalb, keine Links anklicken.\n\nYes",
        "Vous recevez rarement du courrier de e@x.org. "
        "https://aka.ms/LearnAboutSenderIdentification\n\nYes",
        "Yes\n\nThis e-mail may be read by the intended recipient(s) alone.",
        "Yes\nThis message is confidential.",
        "Yes\n\nConfidentiality notice: what stands here is secret.\n\n"
        "Please consider the environment before you print it.\n-----",
        "Yes\n\nDisclaimer\n\nIf you are not the intended recipient, destroy all copies of it.",
        "Yes\n\nWhat is sent herewith, and whatever was attached to it by its sender,\n"
        "and all files transmitted with it, are secret.\n\n> old",
        "You don't often get email from e@x.org. Learn why this is important\n\nYes",
        "\u26a0 External Email\n\nYes",
        "CAUTION: This mail came from outside of the company. Do not open attachments.\n"
        "________________________________\nYes",
        "Yes\n\nThis email has been checked for viruses by Avast.\nhttps://www.avast.com/antivirus",
        "Yes\n\nLibre de virus. www.avast.com",
        "Yes\n\nPrivo di virus.www.avast.com",
        "Yes\n\nNo virus found in this message.\nChecked by AVG - www.avg.com\nVersion: 2013.0 / "
        "Virus "
        "Database: 3184",
        "Yes\n\n__________ Information from ESET NOD32 Antivirus, version 1 __________\n\nIt was "
        "checked.\n\nhttp://www.eset.com",
        "Yes\n\nSent from my iPhone\n\nDiese E-Mail enth\u00e4lt vertrauliche Angaben.",
        "Yes\n\n* * * * * * * *\nThis mail is confidential.\n\nOur lamps: www.lamps.example\n\n"
        "* * * * * * * *",
        "Yes\n\n**********\n\nMail is not a safe way to say things.\n\nIt is for the addressee(s) "
        "only.\n\nThank you.\n\n\u00a9 Lamps\n\n**********",
        "Yes\n\n**********\nSee http://www.lamps.example for lamps.\n\nThe mail of our lamps may "
        "be "
        "monitored.\n\n**********",
        "Yes\n\nPlease notify the sender immediately if you received it and should not have.",
        "Yes\n\nUnauthorised disclosure is strictly prohibited.",
        "Yes\n\nUnauthorized use of this information is prohibited.",
        "Yes\n\nPlease do not print this e-mail unless you have to.",
        "Yes\n\nSave a tree - do not print this mail.",
        "Yes\n\nGo green - avoid printing.",
        "Yes\n\nP Please think of the environment before printing",
        "Yes\n\nWhat goes by the server may be automatically logged, monitored and/or recorded for "
        "legal purposes.",
        "Yes\n\nTa wiadomo\u015b\u0107 zawiera poufne i chronione dane. Je\u015bli trafi\u0142a do "
        "Pa\u0144stwa omy\u0142kowo, prosimy j\u0105 usun\u0105\u0107.",
        "Yes\n\nDetta meddelande \u00e4r konfidentiellt. Har det kommit till dig av misstag, "
        "radera det.",
        "Yes\n\nDenne e-mail er fortrolig. Har du f\u00e5et den ved en fejl, bedes du slette "
        "den.",
        "Yes\n\nTento e-mail je d\u016fv\u011brn\u00fd. Pokud v\u00e1m p\u0159i\u0161el "
        "omylem, sma\u017ete ho pros\u00edm.",
        "Yes\n\nEz az \u00fczenet bizalmas. Ha t\u00e9ved\u00e9sb\u0151l ker\u00fclt "
        "\u00d6nh\u00f6z, k\u00e9rj\u00fck, t\u00f6r\u00f6lje.",
        "Yes\n\nBu e-posta gizlidir. Size yanl\u0131\u015fl\u0131kla ula\u015ft\u0131ysa "
        "l\u00fctfen siliniz.",
        "Yes\n\nT\u00e4m\u00e4 viesti on luottamuksellinen. Jos se tuli sinulle "
        "erehdyksess\u00e4, poista se.",
        "Yes\n\nAcest mesaj este confiden\u021bial. Dac\u0103 a ajuns la dumneavoastr\u0103 "
        "din gre\u0219eal\u0103, \u0219terge\u021bi-l.",
        "Yes\n\n\u03a4\u03bf \u03c0\u03b1\u03c1\u03cc\u03bd "
        "\u03bc\u03ae\u03bd\u03c5\u03bc\u03b1 \u03b5\u03af\u03bd\u03b1\u03b9 "
        "\u03b5\u03bc\u03c0\u03b9\u03c3\u03c4\u03b5\u03c5\u03c4\u03b9\u03ba\u03cc. "
        "\u0391\u03bd \u03ae\u03c1\u03b8\u03b5 \u03c3\u03b5 \u03b5\u03c3\u03ac\u03c2 "
        "\u03ba\u03b1\u03c4\u03ac \u03bb\u03ac\u03b8\u03bf\u03c2, "
        "\u03b4\u03b9\u03b1\u03b3\u03c1\u03ac\u03c8\u03c4\u03b5 \u03c4\u03bf.",
        "Yes\n\n\u0426\u0435\u0439 "
        "\u0435\u043b\u0435\u043a\u0442\u0440\u043e\u043d\u043d\u0438\u0439 "
        "\u043b\u0438\u0441\u0442 \u0454 "
        "\u043a\u043e\u043d\u0444\u0456\u0434\u0435\u043d\u0446\u0456\u0439\u043d\u0438\u043c. "
        "\u042f\u043a\u0449\u043e \u0432\u0456\u043d "
        "\u043f\u043e\u0442\u0440\u0430\u043f\u0438\u0432 \u0434\u043e \u0432\u0430\u0441 "
        "\u043f\u043e\u043c\u0438\u043b\u043a\u043e\u0432\u043e, "
        "\u0432\u0438\u0434\u0430\u043b\u0456\u0442\u044c \u0439\u043e\u0433\u043e.",
        "Yes\n\nPr\u00fcfen Sie bitte, ob diese E-Mail wirklich ausgedruckt werden muss.",
        "ATEN\u00c7\u00c3O: E-mail originado fora da organiza\u00e7\u00e3o. N\u00e3o clique "
        "nos links.\n\nYes",
        "POZOR: Tento e-mail p\u0159i\u0161el z extern\u00edho zdroje. Neotv\u00edrejte "
        "p\u0159\u00edlohy.\n\nYes",
        "\u3053\u306e\u30e1\u30fc\u30eb\u306f\u793e\u5916\u304b\u3089\u5c4a\u304d\u307e\u3057\u305f"
        "\u3002\u30ea\u30f3\u30af\u3092\u958b\u304f\u969b\u306f\u3054\u6ce8\u610f\u304f\u3060\u3055"
        "\u3044\u3002\n\nYes",
        "[EXTERNE E-MAIL] Vorsicht bei Links.\n\nYes",
    };
    static const char *const own[] = {
        "The links in your mail are broken.\n\nI see them from outside the office.",
        "Your mail came from outside. Should I click on its links?\n\nEva",
        "The mail from outside says not to click its links and i do not click.\n\nEva",
        "Keep this confidential, please.",
        "You wrote to me in error: I am not the intended recipient.\n\nThis message is for Bob.\nI "
        "am not.",
        "The contract says that all of it is confidential.\n\nIs that so? Please send it in error.",
        "This message is confidential.",
        "CAUTION: This mail came from outside of the company. Do not open attachments.",
        "You don't often get email from me, but now I have to write.\n\nThe lamp is broken.",
        "It is the red one.\n\nPlease notify the sender immediately of the lamp that is lost.",
        "Two lamps:\n\n* * *\nThe red one is broken.\n\n* * *\nMy calls may be monitored.",
        "Lampa nie dzia\u0142a.\n\nTa wiadomo\u015b\u0107 przysz\u0142a do mnie "
        "omy\u0142kowo.",
        "Lamppu ei syty.\n\nT\u00e4m\u00e4 viesti tuli erehdyksess\u00e4, se kuuluu Eevalle.",
        "A l\u00e1mpa nem \u00e9g.\n\nEz az \u00fczenet t\u00e9ved\u00e9sb\u0151l j\u00f6tt.",
        "Lampa nesv\u00edt\u00ed.\n\nTento e-mail jsem dostal omylem.",
        "Lamba yanm\u0131yor.\n\nBu e-posta yanl\u0131\u015fl\u0131kla geldi.",
        "\u041b\u0430\u043c\u043f\u0430 \u043d\u0435 "
        "\u0441\u0432\u0456\u0442\u0438\u0442\u044c.\n\n\u0426\u0435\u0439 "
        "\u043b\u0438\u0441\u0442 \u043d\u0430\u0434\u0456\u0439\u0448\u043e\u0432 "
        "\u043f\u043e\u043c\u0438\u043b\u043a\u043e\u0432\u043e.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(texts[i]), mail_quote_nobody), "Yes");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    arena_free(a);
}

/* What reads a little like a notice, a warning, a card, a program's line: it all stays as it is. */
static void test_a_customer_s_sentence_is_not_taken_for_what_programs_add(void **state)
{
    static const char *const texts[] = {
        "The lamp\n\nIt says do not reply below this line. Why?\nIt is dark",
        "The lamp\n\nYour mail says do not write below this line.\nIt is dark",
        "The lamp\n\nWhy reply above this line?\nIt is dark",
        /* a lawyer's words, in one's own matter */
        "Hello,\n\nPlease tell us if you have received this payment.",
        "Hello,\n\nPlease let me know if you have received this message.",
        "Hello,\n\nPlease answer if you have received this message.",
        "Hello,\n\nThe lamp must go green when it is on, else it is broken.",
        "Hello,\n\nThe lamp must go green - then it beeps. It does neither.",
        "Hello,\n\nPlease do not print this e-mail address on the lamp.",
        "Hello,\n\nPlease notify the sender immediately if you find the lamp.",
        "Hello,\n\nUnauthorised disclosure is what they did with the plan of the lamp.",
        "Hello,\n\nSave paper - so says the lamp's screen.",
        "Hello,\n\nThe print mode \"save paper - both sides\" is missing.",
        "Hello,\n\nYou should think of the environment before you send each lamp alone.",
        "Hello,\n\nThe other option is to save paper and to avoid printing.",
        "Hello,\n\nThere was unauthorized use of this account, please lock it.",
        "Hello,\n\nWir senden die Ware zur\u00fcck, die wir irrt\u00fcmlich erhalten haben.",
        "Hello,\n\nMerci de confirmer si vous avez re\u00e7u ce virement.",
        "Hello,\n\nThis message is shown in error after every login.",
        "Hello,\n\nSome of this information was entered in error.",
        "Hello,\n\nThis message is ours, and we hold it confidential.",
        "Hello,\n\nThis message is confidential. The server in the cellar is down.",
        "Hello,\n\nThis message is confidential.\nThe server in the cellar is down.",
        /* a gateway's */
        "The links on the order page do not work outside of Germany.\n\nEva",
        "Users outside the office cannot click the login button.\n\nEva",
        "Adjunto la factura del proveedor externo.\n\nEva",
        "Our staff cannot open e-mails from external senders since Monday.\n\nPlease fix it.",
        "External\n\nThanks\nEva",
        "[the lamp is for internal use only]\n\nWhy does it say so?",
        "[Internal use only] stands on my invoice.\n\nWhy?",
        "Internal use only\n\nThat is what the lamp shows.",
        "[Lamps Official Use Only - General]",
        "来自钉钉专属商务邮箱的邮件都收不到。",
        "日 期：2026年6月1日\n主 题：灯",
        "Allegati i documenti del consulente esterno.\n\nEva",
        "\u5916\u90e8\u30b5\u30a4\u30c8\u3078\u306e\u30ea\u30f3\u30af\u304c\u958b\u3051"
        "\u307e\u305b\u3093\u3002\n\nEva",
        "\u5916\u90e8\u94fe\u63a5\u65e0\u6cd5\u6253\u5f00\u3002\n\nEva",
        "Mail from outside is late.\nDo not open the gate.\nThe links are broken.\n\nEva",
        /* a title's, in the middle of a line */
        "10:00 ---- Message from device 7 ---- failed\nSince then our line stands still.",
        "10:00 ---- Original message from device 7 ---- failed\nSince then it stands still.",
        "10:00 ---- Original message ---- failed\nSince then our line stands still.",
        /* a program's */
        "Hola:\n\nDesde mi m\u00f3vil no puedo abrir la factura.\n\nUn saludo",
        "Hello,\n\nFrom my phone the login fails.",
        "Hello,\n\nFrom my phone the login fails",
        "Hello,\n\nFrom my phone nothing works",
        "Hello,\n\nit fails\n\nfrom my iPhone\n\nand works on my desk",
        "Hello,\n\nI tried:\n\nFrom my iPhone\n\nand it fails.",
        "Hello,\n\n- From my phone the login fails.",
        "Hallo,\n\nvon meinem Handy geht es.",
        "Hello,\n\nGet Outlook for iOS stands below each mail of mine. How does it go away?",
        "Hello,\n\nSent from my iPhone\nstands below each mail of mine.\nSent from my iPhone\nyes.",
        "Hello,\n\nwhere is parcel 17?\n\nSent via Hermes",
        "Hello,\n\nwhere is parcel 17?\n\nSent with DHL Express.",
        "Hello,\n\nwhere is parcel 17?\n\nSent on Monday",
        "Bonjour,\n\nle colis est parti.\n\nEnvoy\u00e9 de Paris\n\nIl n'est pas l\u00e0.",
        "Bonjour,\n\no\u00f9 est le colis 17 ?\n\nEnvoy\u00e9 via Colissimo",
        "Hola:\n\n\u00bfd\u00f3nde est\u00e1 el paquete 17?\n\nEnviado por Correos",
        "Guten Tag,\n\nwo ist Paket 17?\n\nGesendet mit DHL",
        /* a list's, a free mailbox's */
        "Hi,\n\n---\nplease unsubscribe me\n\nEva",
        "Hello,\n\nwhere is it?\n\n-----------\nOrder: 17\nMail: e@x.org",
        "Where is order 17?\n-----\nphone 0123 456789, after six",
        "Please add him.\n\n___\nTom Example\nt@x.org\n\nThank you very much!",
        "Hello,\n\nlamp 1 is dark.\n--\nLamp 2 is broken. Can you send another one, please?\n\nEva",
        "Hello\n--\nthank you for the lamp, but it has no plug and my house is dark.\nEva",
        "Hello,\n\nmy address is now:\n--\nEva Example\nLamp Street 5\n\nPlease note it.",
        "Hello,\n\nthe plate shall read:\n\n--\nEva\n--\n\nThanks!",
        "Hallo,\n\ndie Stra\u00dfe ist neu.\n--\nBitte dorthin liefern, danke.\nEva",
        "Hi,\n--\nLamp broken.\nDoor open.",
        "\u3053\u3093\u306b\u3061\u306f\u3002\n--\n\u30e9\u30f3\u30d7\u304c\u70b9\u304d"
        "\u307e\u305b\u3093\u3002",
        "Which one?\n--\nEine Lampe, die schwarz ist?\n--\nOder eine rote",
        "Hello,\n\n________________\nlamp 1, as on www.x.org\ndoor 2\n________________\n\nPlease "
        "send "
        "both of them.",
        "Hello,\n\n-----\nhost lamp1, eva@x.org\nno light\n-----\n\nWhat can be done about it?",
        "Hello,\n\n_______\nlamp broken\ndoor broken",
        "My new address:\n____________\n\ne@x.org, please note it.\n\nEva",
        "Hello\n____________\nFirst part: please look at the lamp and tell us when it is ready.\n"
        "____________\nSecond part: the door.",
        /* a header's, an intro's */
        "Hi, please book:\n\nFrom: Berlin\nTo: Madrid\nDate: 1 June 2026 10:00\n\nand a hotel.",
        "Please keep out mails like this one:\n\nFrom: Prize <win@x.net>\nSubject: You won\n"
        "Date: 1 June 2026 10:00",
        "Hi,\n\nbitte sperren:\nVon: Gewinn <win@x.net>\nGesendet: Montag, 1. Juni 2026 10:00\n"
        "An: Eva <e@x.org>\nBetreff: Gewonnen",
        "Hi,\n\nthe label says:\nFrom: shop@x.org\nTo: me@x.org\nDate: 1 June 2026 10:00\n\nIs it "
        "right?",
        "Hi,\n\nthe dates are wrong:\n\nFrom: 1 June 2026\nTo: 3 June 2026\nSubject: "
        "rent\n\nPlease "
        "mend them.",
        "Bonjour,\n\nDe : Paris\n\u00c0 : Lyon\nDate : 1 juin 2026 10:00\n\nDeux places, merci.",
        "Hi,\n\nTom Example\n01.06.2026 10:00\nis the appointment. Please move it.\n\nTo\nwhom do "
        "I "
        "write else?",
        "Hi,\n\nOriginal message\n\nstands in the box, and nothing else. Why?",
        "Hi,\n\nOriginal\n\nFrom: Bonn\nTo: Rome\n\nand now I need the copy. Is it ready?",
        "Hi,\n\n<div>-------- Lamps --------</div>\nis what your page shows. Why?",
        "Invoice\nFrom: Lamps, l@x.org\nTo: Eva, e@x.org\nDate: 1 June 2026\nSum: 17\n\nIt is 15.",
        "Hi,\n\nFrom: 1 June 2026\nTo: 3 June 2026\nName: Eva\nMail: e@x.org\n\nWith a dog.",
        "Hi, please book:\n\nFrom: Berlin\nDate: 2026-06-01\nTo: Madrid\n\nand a hotel.",
        "Hi,\n\nthat is it.\n\nFrom: Bonn\nTo: Rome\nDate: 1 June 2026\nSubject: trip\n\nIs it "
        "mine?",
        "Hi,\n\nName: Eva\nFrom: Bonn\nSubject: lamps\nDate: 1.6.2026 10:00\n\nPlease call.",
        "Hi,\n\nthe page says:\n\nLamps wrote on 1 June 2026 at 10:00:\nWe are closed.\n\nAre you?",
        "Hi,\n\nOrder 17\nDate: 1 June 2026 10:00\nFrom: Eva Example\nTo: Tom Example\n\nIt has "
        "not "
        "come.",
        "Hi,\n\nthe log says:\n\n2026-06-01 10:00:00 server1: from=<e@x.org>:\n  refused\n\nWhy?",
        "Hi,\n\nthe log says:\n\n2026-06-01 10:00:00 smtp: <e@x.org>:\n  refused\n\nWhy?",
        "Dear Tom,\n\nyou wrote on 1 June 2026 at 10:00:\nthe price is 5.\nIs that right?",
        "Hello,\n\nOn 2 June 2026 at 9:15 your colleague Tom wrote:\n\nIt leaves today.\n\nIt "
        "did not.",
        "Hello,\n\nOn Tue, June 2, 2026 I sat in the cellar and wrote:\n\nNo light.\n\nIs that "
        "right?",
        "Hello,\n\nOn 2 June 2026 at 9:15, Tom from our office said:\n\nIt leaves today.\n\nIt "
        "did not.",
        "Hallo,\n\nam 2. Juni 2026 um 9:15 Uhr schrieb Ihre Kollegin:\n\nSie geht heute "
        "weg.\n\nGing sie nicht.",
        "Hallo,\n\nAm 02.06.2026 schrieb ich Ihnen:\n\nEs ist dunkel.\n\nEs blieb dunkel.",
        "Hallo,\n\nIhr Kollege Tom schrieb am 02.06.2026:\n\nEs wird hell.\n\nWurde es nicht.",
        "Hallo,\n\nAm 02.06.2026 um 9:15 Uhr schrieb der Bote:\n\nKeiner da.\n\nDoch, alle.",
        "Hallo,\n\nam 02.06.2026 hat die Werkstatt geschrieben:\n\nSie leuchtet.\n\nTut sie nicht.",
        "Hi,\n\nwe have this of Tom <tom@x.org> on 2 June 2026, who wrote:\n\nNo light.\n\nIs "
        "there?",
        "Hi,\n\nTom Example <tom@x.org> wrote to us on 2 June 2026:\n\nNo light.\n\nIs there?",
        "Hallo,\n\nam 02.06.2026 um 9:15 stand geschrieben:\n\nE17\n\nWas ist das?",
        "Hola:\n\nEn la factura del 02/06/2026 est\u00e1 escrito:\n\n17\n\nSon 15.",
        "Buongiorno,\n\nIl 02/06/2026 \u00e8 stato scritto:\n\n17\n\nSono 15.",
        "Goedemorgen,\n\nOp 2 juni 2026 stond er geschreven:\n\n17\n\nHet is 15.",
        "Bonjour,\n\nLe 02/06/2026 le livreur a \u00e9crit :\n\nPersonne.\n\nSi, nous tous.",
        "Hola:\n\nEl 02/06/2026 a las 9:15 el repartidor escribi\u00f3:\n\nNadie.\n\nTodos.",
        "Bonjour,\n\nLe 2 juin 2026 \u00e0 9:15 vous m'avez \u00e9crit :\n\nElle part.\n\nNon.",
        "Hola:\n\nEl 02/06/2026 a las 9:15 su colega escribi\u00f3:\n\nSale hoy.\n\nNo sali\u00f3.",
        "Buongiorno,\n\nIl 2 giugno 2026 alle 9:15 il vostro collega ha scritto:\n\nParte.\n\nNo.",
        "Goedemorgen,\n\nOp 2 juni 2026 om 9:15 schreef u:\n\nHij gaat weg.\n\nHij is er nog.",
        "Ol\u00e1,\n\nEm 2 de junho de 2026 voc\u00eas escreveram:\n\nSai hoje.\n\nN\u00e3o saiu.",
        "Hej,\n\nDen 2 juni 2026 kl. 9:15 skrev ni:\n\nDen g\u00e5r i dag.\n\nDet gjorde den inte.",
        "Witam,\n\nDnia 2.06.2026 pa\u0144stwa kolega napisa\u0142:\n\nIdzie.\n\nNie posz\u0142o.",
        "2026\u5e746\u67082\u65e5\uff0c\u4f60\u4eec\u5199\u9053\uff1a\n\n\u4eca\u5929\u3002\n\n"
        "\u6ca1\u6709\u3002",
        "\u6211\u57282026\u5e746\u67081\u65e5\u5199\u9053\uff1a\n\u706f\u574f\u4e86\u3002",
        "Hi,\n\nyour agent (tom@x.org) said:\n\nIt is broken.\n\nIs it?",
        "Hi,\n\nOn 2 June 2026 at 9:15 I wrote to lamps@x.org:\n\nIt is dark.\n\nIt still is.",
        "Hi,\n\nOn 2 June 2026 at 9:15 your colleague (tom@x.org) wrote: it leaves today.\n\nIt "
        "did "
        "not.",
        "Hi,\n\nOn 2 June 2026 at 9:15 the parcel was sent:\n\nno. 17\n\nIt never came.",
        "Hi,\n\nthe page <https://x.org/lamps/and/doors\n> of your shop is down.\n\nSince when?",
        /* a name's */
        "\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435!\n\n\u2014 "
        "\u0432\u0442\u043e\u0440\u043e\u0439 \u0432\u0430\u0440\u0438\u0430\u043d\u0442",
        "\u60a8\u597d\uff01\n\n\u2014\u2014\u540c\u610f\u9000\u6b3e",
        "\u60a8\u597d\uff01\n\n-\u540c\u610f\u9000\u6b3e",
        "Guten Tag,\n\n\u2013 Ja",
        "Guten Tag,\n\n\u2014Ja",
        "\u2014 Anna Karenina.\n\n\u2014 Krieg Frieden",
        /* a header's or a title's */
        "Hallo,\n\nVon: Berlin\nAn: Hamburg\nDatum: 05.12.2026 10:30\nBetreff: Lampe\n\nGeht das?",
        "My file:\n\nfrom: Eva <eva@example.org>\nto: Tom <tom@example.org>\nsubject: lamp\n\nWhy?",
        "Hi,\n\nBegin forwarded message:\n\nis all that I see of it.\n\nWhy?",
        "Hi,\n\nyour mail says\n\n----- Original Message -----\n\nabove what I wrote. Why?",
        /* a program's */
        "Hola:\n\nEnviado desde mi tienda el 2 de junio, la l\u00e1mpara no llega",
        "\u60a8\u597d\n\n\u53d1\u81ea\u6211\u7684\u90ae\u7bb1\u7684\u90ae\u4ef6"
        "\uff0c\u6ca1\u6709\u56de\u590d",
        "Hi,\n\nGet Outlook for Android fails with error 17",
        "Hallo,\n\nOutlook f\u00fcr Android will sich nicht herunterladen",
        "Hi,\n\nVirus-free. That is what it said of a lamp",
        "Hi,\n\nSent from my iPhone stands below all that I write.\n\nWhy?",
        "Hi,\n\nSent from my iPhone the lamp is on, sent from my iPad it is off.\n\nWhy?",
    };
    struct arena *a = arena_new();
    size_t i, lost = 0;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(mail_quote_reply(a, span_of(texts[i]), mail_quote_nobody), texts[i]) != 0) {
            print_error("%s\n  is: %s\n", texts[i],
                        mail_quote_reply(a, span_of(texts[i]), mail_quote_nobody));
            lost++;
        }
    arena_free(a);
    assert_int_equal(lost, 0);
}

static void test_what_stands_beside_a_notice_or_a_title_stays(void **state)
{
    static const struct {
        const char *text, *reply;
    } cases[] = {
        { "Hello,\n\nPlease send the replacement to the new address in Berlin\n"
          "This message is confidential.",
          "Hello,\n\nPlease send the replacement to the new address in Berlin" },
        { "Hello,\n\nplease send the replacement to the new address in Berlin\n"
          "this message is confidential.",
          "Hello,\n\nplease send the replacement to the new address in Berlin" },
        { "CAUTION: This email is from outside the company. Do not click links\n"
          "our server is down since 10:15 and nobody can log in there\nplease call",
          "our server is down since 10:15 and nobody can log in there\nplease call" },
        { "\u3059\u3050\u306b\u4ea4\u63db\u54c1\u3092\u30d9\u30eb\u30ea\u30f3\u306e\u4f4f\u6240"
          "\u306b\u9001\u3063\u3066\u304f\u3060\u3055\u3044\u3002\nthis message is confidential.",
          "\u3059\u3050\u306b\u4ea4\u63db\u54c1\u3092\u30d9\u30eb\u30ea\u30f3\u306e\u4f4f\u6240"
          "\u306b\u9001\u3063\u3066\u304f\u3060\u3055\u3044\u3002" },
        { "Yes\n\nIf you have received this e-mail in error, please tell us. If you are not the\n"
          "intended recipient, you are not the intended recipient(s) whom we had in mind.\n"
          "Our company answers for nothing.",
          "Yes" },
        { "Yes\n\nIf you have received this e-mail by mistake, please destroy it.", "Yes" },
        { "Answers inline. -----Original Message-----\n> Does it start?\nYes, it does.\n"
          "> Which version?\n2.1",
          "Answers inline.\nYes, it does.\n2.1" },
        { "Hello,\n\n-----\nThe server in rack 12 does not answer since Monday morning\n"
          "Neither does the one in rack 13 beside it since then\n\nSent from my iPhone",
          "Hello,\n\n-----\nThe server in rack 12 does not answer since Monday morning\n"
          "Neither does the one in rack 13 beside it since then" },
        { "Yes.\n\nFrom: Tom <t@x.org>\nSent: Monday, June 1, 2026 10:00\nTo: Eva\nSubject: "
          "lamp\n\n"
          "> Does it start?\n\nIt does.\n\n> Which one?\n\n2.1",
          "Yes.\n\n\n\nIt does.\n\n\n2.1" },
        { "Yes.\n\nBegin forwarded message:\n\nFrom: Tom <t@x.org>\nDate: 1 June\nSubject: "
          "lamp\n\n> It "
          "left.\n\nIt came.",
          "Yes.\n\n\n\nIt came." },
        { "Yes\n--\nEva\n\nPS: please call before noon.", "Yes\nPS: please call before noon." },
        { "Yes\n-- \nPS: Yahoo! Mail is down here", "Yes\nPS: Yahoo! Mail is down here" },
        { "Yes\n--\nPS: Outlook down", "Yes\nPS: Outlook down" },
        { "Yes\n\nFrom my iPhone", "Yes" },
        { "Yes\n\nDesde mi m\u00f3vil", "Yes" },
        { "Yes\n\nVon meinem iPhone 15 Pro", "Yes" },
        { "Yes.\n\n\u2014Eva", "Yes." },
        { "Done at 10:00.\nTom wrote:\n> old", "Done at 10:00." },
        { "2 lamps please\nTom wrote:\n> old", "2 lamps please" },
        { "Send it to eva@x.org\nTom wrote:\n> old", "Send it to eva@x.org" },
        { "On Monday then.\nTom Example wrote:\n> old", "On Monday then." },
        { "Thanks\n<tom@x.org> wrote:\n> old", "Thanks" },
        { "On Monday then\nTom Example <tom@x.org> wrote:\n> old", "On Monday then" },
        { "I sent 3 lamps on 1 June 2026.\nQuoting Tom <tom@x.org>:\n> old",
          "I sent 3 lamps on 1 June 2026." },
        { "He wrote: no\nTom Example <tom@x.org> wrote:\n\n> old", "He wrote: no" },
        { "Yes\n\nThe 1 June 2026 at 10:00\nTom Example <tom@x.org> wrote:\n> old", "Yes" },
        { "Yes\n\nOn 1 June 2026 at 10:00\nTom Example wrote:\n> old", "Yes" },
        { "Yes\n\nOn Monday,\nTom wrote:\n> old", "Yes" },
        { "Yes\n\nthe lamp shop\n<tom@x.org> wrote:\n> old", "Yes" },
        { "Yes\nTom Example\n<tom@x.org> wrote:\n> old", "Yes" },
        { "Hello,\n\nThe red one.\n-------- Original message --------\nFrom: Eva <e@x.org>\n"
          "Date: 01-06-2026 10:00\nTo: lamps@example.net\nSubject: lamp\n\nold",
          "Hello,\n\nThe red one." },
        { "Hello,\n\nThe red one, please.\nFrom: Eva <e@x.org>\nDate: "
          "01.06.2026 10:00\nTo: lamps@example.net\nSubject: lamp\n\nold",
          "Hello,\n\nThe red one, please." },
        { "Hello,\n\nThe red one.\n> Message du 01/06/2026 10:00\n> A : lamps@example.net\n> Objet "
          ": "
          "lampe\n>\n> old",
          "Hello,\n\nThe red one." },
        { "Hello,\n\n2026-06-01 10:00 on\n2026-06-01 10:05 off\n\nFrom: Eva <e@x.org>\n"
          "To: lamps@example.net\nSubject: lamp\n\nold",
          "Hello,\n\n2026-06-01 10:00 on\n2026-06-01 10:05 off" },
        { "Yes\n\nEva <e@x.org> schrieb am Mo., 1.\nJuni 2026, 10:00:\n\n> old", "Yes" },
        { "1. yes\n2. no\n1 Jun 2026, 10:00 by e@x.org:\n\n> old", "1. yes\n2. no" },
        { "Book it.\n\nFrom: Berlin\nTo: Rome\nDate: 01.06.2026\n\nFrom: Eva <e@x.org>\n"
          "Sent: Monday, June 1, 2026 10:00\nTo: Tom\nSubject: Re: trip\n\nold",
          "Book it.\n\nFrom: Berlin\nTo: Rome\nDate: 01.06.2026" },
        { "Order: 17\nDate: 01.06.2026\nFrom: Eva <e@x.org>\nSent: Monday, June 1, 2026 10:00\n"
          "To: Tom\nSubject: lamp\n\nold",
          "Order: 17\nDate: 01.06.2026" },
        { "Yes\n\nFrom: Eva\nSent: Monday, June 1, 2026 10:00\nTo: Tom\nSubject: Fwd: lamp\n\n"
          "From: Max <m@x.org>\nSent: Monday, June 1, 2026 9:00\nTo: Eva\nSubject: lamp\n\nold",
          "Yes" },
    };
    struct arena *a = arena_new();
    size_t i, lost = 0;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = mail_quote_reply(a, span_of(cases[i].text), mail_quote_nobody);

        if (strcmp(got, cases[i].reply) != 0) {
            print_error("%s\n  is: %s\n", cases[i].text, got);
            lost++;
        }
    }
    arena_free(a);
    assert_int_equal(lost, 0);
}

static void test_only_the_sender_s_own_name_below_a_rule_signs(void **state)
{
    static const struct {
        const char *text, *sender, *reply;
    } cases[] = {
        { "Yes.\n---\nEva", "Eva Example", "Yes." },
        { "Yes.\n\n---\n\neva", "Eva Example", "Yes." },
        { "Yes.\n\n___\nEva Example", "Eva Example", "Yes." },
        { "Yes.\n---\nExample", "Eva Example", "Yes." },
        { "Yes.\n---\nEva", "Eva", "Yes." },
        { "Yes.\n\nEva\n\n---\nEva Example\nLamp Maker\nGenoa, Italy", "Eva Example",
          "Yes.\n\nEva" },
        { "Yes.\n\nEva\n---\nLamp Maker\nEva Example", "Eva Example", NULL },
        { "Yes.\n\nEva\n---\nEva\nLamp Maker", "Eva Example", NULL },
        { "Yes.\n\nEva\n\n---\nEva Example\nLamps Ltd.\n+1 555 0100\neva@example.org",
          "Eva Example", "Yes.\n\nEva" },
        { "Yes.\n\nEva\n---\nEva Example\nThe Lamp Is Dark.", "Eva Example", NULL },
        { "Yes.\n\nEva\n---\nEva Example\nplease", "Eva Example", NULL },
        { "Yes.\n\nEva\n---\nEva Example\nOrder 12345", "Eva Example", NULL },
        { "Yes.\n---\nEva Example", "Example, Eva", "Yes." },
        { "Yes.\n---\nExample, Eva and Tom", "Example, Eva", NULL },
        { "I know them.\n---\nEva Example\nTom Miller", "Eva Example", NULL },
        { "Yes.\n\nEva\n---\nEva Example\nThe lamp is still dark, please help me.", "Eva Example",
          NULL },
        { "Yes.\n\nEva\n---\nEva Example\nIs it you?", "Eva Example", NULL },
        { "Eva\n---\nEva Example\nLamp Maker", "Eva Example", NULL },
        { "Two:\n---\nYes.\n\nEva\n---\nEva Example\nLamp Maker", "Eva Example", NULL },
        { "Yes.\n---\nTom", "Eva Example", NULL },
        { "Yes.\n---\nEva comes", "Eva Example", NULL },
        { "Yes.\n\nEva", "Eva Example", NULL },
        { "Write on it:\n---\nEva", "Eva Example", NULL },
        { "Who calls?\n---\nTom\n---\nEva", "Eva Example", NULL },
        { "---\nEva", "Eva Example", NULL },
        { "Yes.\n---\nE", "E E", NULL },
        { "", "Eva", NULL },
        { "Yes.", "", NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *want = cases[i].reply != NULL ? cases[i].reply : cases[i].text;
        struct span got = mail_quote_name_strip(span_of(cases[i].text), span_of(cases[i].sender));

        if (!span_equal(got, span_of(want)))
            fail_msg("%s\n  is: %.*s", cases[i].text, (int)got.len, got.ptr);
    }
}

static void test_the_headers_of_lotus_notes_and_aol_s_angles_are_history(void **state)
{
    static const char *const history[] = {
        "Eva Example <eva@example.org> on 06/01/2026 10:00:00 AM\n\nTo:   "
        "tom@example.com\ncc:\nSubject:  Lamp\n\nWhich?",
        "Eva Example on 06/01/2026 10:00:00 AM\nTo:   Tom Sample/Lamps@Lamps\ncc:\nSubject:  "
        "Lamp\n\nWhich?",
        "\tFrom:  Eva Example                           06/01/2026 10:00 AM\n\t\n\nTo: Tom "
        "Sample/Lamps@Lamps\ncc:  \nSubject: Lamp\n\nWhich?",
        "\tFrom:  Eva Example                           06/01/2026 10:00 AM\n\tSent by: Max "
        "Muster\n\t\n\nTo: Tom Sample/Lamps@Lamps\ncc:  \nSubject: Lamp\n\nWhich?",
        "                    Eva Example\n                    <eva@example.org>     To:     "
        "tom@example.com\n                    06/01/2026            cc:\n                    10:00 "
        "AM "
        "             Subject:     Lamp\n\nWhich?",
        "|---------+---------------------------->\n|         |           Eva Example      |\n"
        "|---------+---------------------------->\n  >----------------------------------|\n  |   "
        "To: "
        "      tom@example.com    |\n  >----------------------------------|\n\nWhich?",
        "Eva Example --- Lamp [17] ---\n\nVon: Eva Example <eva@example.org>\nAn: "
        "tom@example.com\nDatum: Mo., 01.06.2026 10:00\nBetreff: Lamp\n\nWhich?",
    };
    static const char *const own[] = {
        "I wrote it on 06/01/2026 10:00 AM\n\nTo: tom@example.com\nSubject: Lamp\n\nand it is not "
        "there.",
        "Two of them:\n\n        The lamp       To:       Eva\n        The door       Subject:  "
        "red\n\nWhy?",
        "It is not there.\nFrom: Eva Example\nDate: 2026.06.01.\nSubject: lamp\n\nWhy?",
        "Hello,\n\nThe lamp --- the red one --- is broken ---\n\nEva",
        "As in:\n<< lamp\nis it on?",
        "This is there:\n\nlamps\n+-- lamp@1.2.3\n+-- bulb@1.2.3\n|   +-- wire@1 (l=1.3.7)\n|   "
        "+-- "
        "socket@2.x\n|   |   `-- rail\n`-- switch\n\nIs it right?",
        "Hello,\n\n|------+------|\n| lamp | red  |\n|------+------|\n\nis right.",
        "When it fails:\n\n|----+-----+-----+---->\n8:00 9:00 10:00 11:00\n\nWhy?",
        "|----+-----+-----+---->\n| on | off | on\n|----+-----+-----+---->\nWhy?",
        "Your page shows:\n\n<< Error 17, try again >>\n\nWhat is that?",
        "Votre site affiche le message suivant :\n<< Erreur 17 >>\nQue faire ?",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(history) / sizeof(history[0]); i++)
        assert_string_equal(
            mail_quote_reply(a, span_of(arena_printf(a, "The red one.\n\n\n%s", history[i])),
                             mail_quote_nobody),
            "The red one.");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("In a message dated 6/1/26 10:00:00 AM, eva@example.org "
                                 "writes:\n\n<< Which one\n is it? >>\n\nThe red one."),
                         mail_quote_nobody),
        "The red one.");
    arena_free(a);
}

/* Before an intro that is not at its line's begin nothing may be left but blanks. */
static void test_a_header_without_address_and_time_is_history(void **state)
{
    static const char *const history[] = {
        "\n\nFrom: Bob\nSent: Monday\nTo: Support\nSubject: lamp\n\nIt is out.",
        "\nFrom: Bob\nSent: Monday\nTo: Support\nSubject: lamp\nIt is out.",
        "\n\nFrom: Bob\nSent: Monday\nTo: Support\nSubject:",
        "\n\nSent: Monday\nFrom: Bob\nTo: Support\nSubject: lamp\n\nIt is out.",
        "\n\n________________________________\nFrom: Bob\nSent: 1 June 2026\nTo: Tom\n\nIt is out.",
        "\nFrom: Bob\nSent: 1 June 2026\nTo: Tom\n\nIt is out.",
        "\n\n*From:* Bob Example\n*Sent:* Monday\n*To:* Tom\n*Subject:* Q3\n\nIt is out.",
        "\n\n*From:* Bob Example\n*Date:* Monday\n\nIt is out.",
        "\n\nFrom: the shop\nSent: Monday\nTo: Eva\nSubject: lamp\n\nIt is out.",
        "\n\nDate: Monday\nFrom: Bob\nTo: Eva\nSubject: Re: lamp\n\nIt is out.",
        "\n\nFrom: Bob\nSent: Monday\nTo: Support; Tom;\nEva\nSubject: lamp\n\nIt is out.",
        "\n\nDa: Negozio\nInviato: marted\u00ec\nA: Eva\nOggetto: lampada\nNon funziona.",
        "\n\n-----\n\nFrom: Bob\nSent: Monday\n\nIt is out.",
        "\n\n-----\nFrom: Bob\nDate: Monday\n\nIt is out.",
        "\n\nFrom: Bob\nTo: Support\nSubject: lamp\n\nIt is out.",
        "\n\nFrom: Bob\nDate: 1 June 2026\nSubject: lamp\n\nIt is out.",
        "\n\nFrom: Bob\nSubject: lamp\nDate: 1 June 2026\nTo: Support\n\nIt is out.",
        "\nFrom: Bob\nDate: 2026-06-01\nSubject: lamp\nIt is out.",
        "\nFrom: Bob\nDate: 2026-06-01\nSubject: lamp\nout",
        "\nFrom: Bob Example\nDate: 1 June 2026\nTo: Support\nSubject: lamp\nIt is out.",
        "\nVon: Max Muster\nDatum: 1.6.2026\nBetreff: Lampe\n\nSie ist aus.",
        "\n\u53d1\u4ef6\u4eba: \u5f20\u4e09\n\u65e5\u671f: 2026-06-01\n\u4e3b\u9898: \u706f\n"
        "\u706f\u574f\u4e86",
        "\n\u5bc4\u4ef6\u8005\uff1a\u738b\u5c0f\u660e\n\u65e5\u671f\uff1a2026\u5e746\u67081\u65e5\n"
        "\u4e3b\u65e8\uff1a\u71c8\n\u71c8\u58de\u4e86",
        "\n\u5dee\u51fa\u4eba: \u7530\u4e2d\u82b1\u5b50\n\u65e5\u4ed8: 2026/06/01\n\u4ef6\u540d: "
        "\u30e9\u30f3\u30d7\n\u70b9\u304d\u307e\u305b\u3093\u3002",
        "\n\ubcf4\ub0b8 \uc0ac\ub78c: \uae40\ucca0\uc218\n\ub0a0\uc9dc: 2026-06-01\n\uc81c\ubaa9: "
        "\ub7a8\ud504\n\ucf1c\uc9c0\uc9c0 \uc54a\uc2b5\ub2c8\ub2e4.",
        "\n\nVon: Max Muster\nGesendet: Montag, 1. Juni 2026\nAn: Support\nBetreff: Lampe\n\nAus.",
        "\n\nVon: Max Muster\nDatum: 1. Juni 2026\nAn: Support\nBetreff: Lampe\n\nAus.",
        "\n\nVon: Max\nBetreff: Lampe\n\nSie ist aus.",
        "\n\nDe : Marie\nObjet : Lampe\n\nElle ne marche pas.",
        "\n\nDa: Mario Rossi\nOggetto: lampada\n\nNon funziona.",
        "\nDa: Mario Rossi\nOggetto: R: lampada\n\nNon funziona.",
        "\n\nDe: Eva\nAsunto: RE: silla\n\nNo llega.",
        "\n\n\u53d1\u4ef6\u4eba: Lingling\n\u4e3b\u9898: Re: x\n\n\u706f\u574f\u4e86",
        "\n\nOd: Jan Kowalski Do: Sklep Temat: Lampa\n\nNie dzia\u0142a.",
        "\n\nFrom: Bob To: Tom Subject: lamp\n\nIt is out.",
    };
    static const char *const own[] = {
        "Please cancel it.\n\nName: Eva\nOrder: 17\nSubject: lamp\n\nIt is broken.",
        "Please mend it.\n\nFrom: Bob\nSubject: lamp\n\nshould be\n\nFrom: Eva\nSubject: door",
        "I got this today.\n\nFrom: Bob\nSubject: your lamp\n\nIs it from you?",
        "I got this today.\nFrom: Bob\nSubject: Re: your lamp\nIs it from you?",
        "The header says:\n\nFrom: Bob\nSent: Monday\nTo: Tom\nSubject: lamp\n\nIs it right.",
        "Hello,\n\nFrom: Bob\nSent: Monday\nTo: Tom\nSubject: lamp\n\nIt is broken.",
        "We filled in two fields.\nFrom: Berlin\nSubject: lamp\nand nothing came of it.",
        "We filled in two fields.\nFrom: Berlin\nSubject: lamp\nNothing came of it.",
        "It is lost.\n\nFrom: Berlin\nSent: 1 June\nTo: Rome\nNumber: 17\n\nPlease find it.",
        "It is lost.\n\nFrom: Berlin\nSent: 1 June\nTo: Rome\n\nNumber: 17",
        "It is lost.\n\nParcel: small\n\nFrom: Berlin\nTo: Rome\nSubject: lamp\n\nIt is red.",
        "I move out.\n\nFrom: 1 June 2026\nSubject: rent\n\nPlease note it.",
        "I need a van.\n\nFrom: the cellar\nTo: the roof\nSubject: lamps\n\nBring two men.",
        "I need a van.\n\nFrom: Berlin\nDate: 12 May 2026\n\nBring two men.",
        "I need a van.\n\nFrom: Berlin\nTo: Rome\n\nBring two men.",
        "I need a van.\nFrom: Berlin\nDate: 2026-06-01\nSubject: lamps\nI bring two men.",
        "I need a van.\nFrom: Berlin\nDate: in summer\nSubject: lamps\nBring two men.",
        "I need a van.\nFrom: 1 June\nDate: 2026-06-01\nSubject: lamps\nBring two men.",
        "Rooms: 2\nFrom: Berlin\nDate: 2026-06-01\nSubject: lamps\nBring two men.",
        "My mail\nFrom: Bob\nDate: 2026-06-01\nSubject: lamp\nnever came.",
        "My mail\nFrom: Bob\nDate: 2026-06-01\nSubject: lamp\ncame back twice",
        "I got this.\nFrom: Bob\nDate: 2026-06-01\nSubject: lamp\nIs it from you?",
        "\u5feb\u9012\n\u53d1\u4ef6\u4eba: \u5f20\u4e09\n\u65e5\u671f: 2026-06-01\n"
        "\u4e00\u76f4\u6ca1\u6709\u6536\u5230",
        "A strange mail came.\n\nFrom: Lamps\nSubject: bill\n\nNothing of that\nis what I bought.",
        "A strange mail came.\n\nFrom: Lamps To: Eva Subject: bill\n\nIt is not my lamp.",
        "It works now.\n\n- From: Bob\n- Subject: lamp\n\nThat was in your form.",
        "It works now.\n\nFrom: Bob\nSent: Monday\nis there.\nTo: Eva\nSubject: lamp\nis not.",
        "It works now.\n\n* From: Bob\n* Subject: lamp\n\nThat was in your form.",
        "Print it on the card.\n\nFrom: Tom\nTo: Anna\nDate: 1 June\n\nAll the best!",
        "The label.\n\nFrom: Sales\nSent: every Monday\nTo: all of us\n\nPrint it so.",
        "Von: Eva Example\nAn: Lampen GmbH\nBetreff: Vertrag\n\nHiermit k\u00fcndige ich ihn.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(history) / sizeof(history[0]); i++)
        assert_string_equal(mail_quote_reply(a,
                                             span_of(arena_printf(a, "The red one.%s", history[i])),
                                             mail_quote_nobody),
                            "The red one.");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    arena_free(a);
}

static void test_a_sender_tells_that_original_between_long_dashes_is_a_title(void **state)
{
    static const char *const history[] = {
        "------------------ Original ------------------\nFrom: Eva\nold",
        "------------------\u00a0Original\u00a0------------------\nFrom: Eva\nold",
        "------------------ Original ------------------\n\nFrom:  \"Eva\";\n\nold",
    };
    static const char *const own[] = {
        "Yes.\n------------------ Original ------------------\nThe lamp was red.",
        "Yes.\n---- Original ----\nFrom: Berlin\n---- Changed ----\nFrom: Rome",
        "Yes.\n---------- Original ----------\nFrom: Berlin\n---------- Changed ----------\nFrom: "
        "Rome",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(history) / sizeof(history[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(arena_printf(a, "Yes.\n%s", history[i])),
                                             mail_quote_nobody),
                            "Yes.");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    arena_free(a);
}

static void test_a_from_line_without_an_address_above_marked_lines_is_the_writers(void **state)
{
    static const char *const own[] = {
        "From: the manual, page 3\n\nWhat does it mean?",
        "From: Eva\n\nIs that your shop?",
    };
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("From: the manual, page 3\n> write to e@x.org\n\nWhat does it "
                                 "mean?"),
                         mail_quote_nobody),
        own[0]);
    assert_string_equal(
        mail_quote_reply(a, span_of("From: Eva\n> old\n\nIs that your shop?"), mail_quote_nobody),
        own[1]);
    arena_free(a);
}

static void test_two_lines_of_a_help_desk_enclose_its_words(void **state)
{
    static const char *const upper[] = {
        "=-=-= To answer by mail, write above this line =-=-=",
        "##- Bitte schreiben Sie oberhalb dieser Linie -##",
        "--- Pour r\u00e9pondre, \u00e9crivez au-dessus de cette ligne ---",
    };
    static const char *const lower[] = {
        "=_=_= To answer by mail, write under this line =_=_=",
        "##- Bitte schreiben Sie unterhalb dieser Linie -##",
        "--- Pour r\u00e9pondre, \u00e9crivez sous cette ligne ---",
    };
    static const char *const none[] = {
        "=_=_= Please do not write under this line =_=_=",
        "##- Bitte schreiben Sie nichts unter diese Linie -##",
        "--- Merci de ne pas \u00e9crire sous cette ligne ---",
        "To answer by mail, write under this line",
        "=_=_= Your name goes under this line =_=_=",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(upper) / sizeof(upper[0]); i++)
        assert_string_equal(
            mail_quote_reply(a,
                             span_of(arena_printf(a,
                                                  "The red one.\n\n%s\nWhich lamp?\n\nYour "
                                                  "shop\n%s\n\nAnd a bulb.",
                                                  upper[i], lower[i])),
                             mail_quote_nobody),
            "The red one.\n\n\nAnd a bulb.");
    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_string_equal(
            mail_quote_reply(a,
                             span_of(arena_printf(a,
                                                  "The red one.\n\n%s\nWhich lamp?\n\nYour "
                                                  "shop\n%s\n\nAll rights reserved.",
                                                  upper[0], none[i])),
                             mail_quote_nobody),
            "The red one.");
    arena_free(a);
}

static void test_a_table_below_an_intro_is_history(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(
            a,
            span_of("Yes\n\nOn Monday, 1 June 2026, 10:00:00 BST, Eva <e@x.org> wrote:\n\n\n|  "
                    "\n|  \n|   Eva wrote:  |\n|   Which lamp?   |\n| \n|   Reply   |\n\n  |\n"
                    "Lamps is a shop.\n"),
            mail_quote_nobody),
        "Yes");
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("On Monday, 1 June 2026, 10:00 AM, Eva <e@x.org> wrote:\n| Which"
                                 "\n| lamp?\n\nThe red one:\n\n| lamp | red |\n"),
                         mail_quote_nobody),
        "The red one:\n\n| lamp | red |");
    arena_free(a);
}

/* What only programs write below, and what somebody says in nearly the same words. */
static void test_a_footer_is_no_sentence_and_a_sentence_no_footer(void **state)
{
    static const char *const footers[] = {
        "This email and any attachments are confidential and intended solely for the addressee.\n"
        "If you have received this in error, please delete it.",
        "This message is confidential and meant only for the addressee.\nIf you are not the "
        "addressee, please delete it and tell the sender.",
        "________\nlamp-users mailing list",
        "[LAMP-REPLY-TOKEN GHFTK-123 ticketId=8f4e9f72]\n--- Please reply above this line "
        "---\n\nOn "
        "Tue, Jan 28, 2025 at 1:42 PM Lamps <s@x.org> wrote:\n> old",
        "[ref:_00D123:ref]\n##- Please type your reply above this line -##\n\nold",
        "Sent from my HTC smartphone on the Now Network from Sprint!\n\n-Reply message ----- From: "
        "\"Eva (eva)\" <\neva@x.org>\nTo: <a@x.org>\nSubject: lamp Date: Mon, Jun 1, 2026 1:42 "
        "pm\n> ...",
        "-- Eva Example, Head of Lamps",
        "-- Eva Example | Lamps Ltd | +49 123 456789",
        "-- Eva Example, Lamps and Doors",
        "Sent from my iPhone, please excuse me for any typos",
        "Sent from my iPhone. Please excuse my brevity.",
        "Please excuse typos, sent from my phone.",
        "Sent from my Huawei - please consider the environment before you print",
        "Sent via the Samsung Galaxy A52, an AT&T 5G smartphone",
        "Get Outlook for Android [aka.ms]",
        "Sent from Outlook for iOS<https://aka.ms/x>",
        "-----\nIf the link does not work, unsubscribe at https://x.org/leave",
        "---\n[Visit Topic](https://x.org/t/17) or reply to this email to respond.\n\nTo "
        "unsubscribe from these emails, [click here](https://x.org/u/1).",
        "---\n[Visit Message](https://x.org/t/17) to respond to eva.\n\nTo unsubscribe from these "
        "emails, [click here](https://x.org/u/1).",
        "---\nVisit Topic <https://x.org/t/17> or reply to this email to respond.\n\nYou are "
        "receiving this because you enabled mailing list mode.",
    };
    static const char *const own[] = {
        "This email is confidential.\nIf you have an idea, please call me.",
        "I am not the addressee of this parcel.",
        "________\nI like your mailing list",
        "________\nUnsubscribe me from mailing list",
        "It shows this\n[ERROR: code=517]\nand that is all.",
        "It shows this\n\n[ERROR: code=517]",
        "-- Eva, can you call me?",
        "-- Eva Example, who is it?",
        "-- Eva Example, she called me",
        "-- Eva Example, Order 12345",
        "-- Eva Example | Invoice No. 77-123",
        "-- One thing, then another",
        "-Reply message ----- is what it says.",
        "Sent from Outlook for Android, please call me",
        "Sent from my iPhone, I am in Rome until Monday.",
        "Sent from Outlook for Android because my own one is dead",
        "Sent from Outlook for iOS; please call",
        "Sent from my iPhone - I am at 0123 4567 all day",
        "Enviado desde mi iPhone, por favor llamen a la tienda",
        "---\nUnsubscribe at www.x.org/leave leads to error 404",
        "Von meinem iPhone gesendet, ich bin in Rom",
        "Envoy\u00e9 de mon iPhone, appelez-moi",
        "Sent from my iPhone, call me tonight",
        "Enviado desde mi iPhone, ll\u00e1menme",
        "Gesendet mit der GMX Mail App, die nicht geht",
        "Gesendet mit der GMX Mail App - das funktioniert nicht",
        "Get Outlook for Android (it says) does not work",
        "---\nUnsubscribe does not work at www.x.org/leave",
        "---\nTo unsubscribe at https://x.org/leave fails.",
        "---\nAbmelden geht nicht: https://x.org/leave",
        "---\nLe lien https://x.org/d\u00e9sabonner ne fonctionne pas",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(footers) / sizeof(footers[0]); i++)
        assert_string_equal(
            mail_quote_reply(a, span_of(arena_printf(a, "The red one.\n\n%s", footers[i])),
                             mail_quote_nobody),
            "The red one.");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        const char *said_so = arena_printf(a, "The red one.\n\n%s", own[i]);

        assert_string_equal(mail_quote_reply(a, span_of(said_so), mail_quote_nobody), said_so);
    }
    arena_free(a);
}

static void test_an_indented_intro_leaves_no_line_without_words(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("It works.\n\n    Ilídomenica 200 CEST ,Support "
                                 "<help@example.com> ha scritto:\n\n Hello,\n!\n we have\n"),
                         mail_quote_nobody),
        "It works.");
    arena_free(a);
}

static void test_a_list_s_footer_needs_no_rule_above(void **state)
{
    static const char *const footers[] = {
        "\n-\nTo unsubscribe from this list: send the line \"unsubscribe lamps\" in\nthe body of a "
        "message to majordomo@example.org\nPlease read the rules",
        "\n\nTo unsubscribe from this group, send an email to:\nlamps-unsubscribe@example.org\n\n"
        "Your use of Yahoo! Groups is subject to its terms.",
        "\n\nTo unsubscribe, e-mail: lamps-leave@example.org\nFor additional commands, e-mail: "
        "lamps-help@example.org",
        "\n\nhttp://lists.example.org/mailman/listinfo/lamps",
        "\n\n[Non-text portions of this message have been removed]",
        "\n\nYahoo! Groups Links\n<*> To visit your lamps on the web: http://lamps.example/",
        "\n\n__________________________________________________\nDo You Yahoo!?\nYahoo! Lamps - "
        "light for fans\nhttp://lamps.example.org",
        "\n\n__________________________________________________\nDo You Yahoo!?\nTired of moths?  "
        "Yahoo! "
        "Mail has the best moth protection around \nhttp://mail.yahoo.com",
        "\n_______________________________________________\nLamps mailing list\nlamps@example.org\n"
        "http://lists.example.org/mailman/listinfo/lamps\n\nHave you read the rules? They are at "
        "http://lamps.example.org/rules",
    };
    static const char *const own[] = {
        "See here:\n\nhttp://lists.example.org/mailman/listinfo/lamps",
        "No.\n\nTo unsubscribe, send a mail to lamps-leave@example.org.",
        "How do I leave?\n\nhttp://lists.example.org/mailman/listinfo/lamps",
        "This page does not open\n\nhttp://lists.example.org/mailman/listinfo/lamps",
        "Your mail ends with\nTo unsubscribe, e-mail: lamps-leave@example.org\nI did, and nothing "
        "happens.",
        "No.\n\nYahoo! Groups Links\nare broken",
        "No.\n\nYahoo! Groups Links burn",
        "It shows:\n\n[Non-text portions of this message have been removed]\nWhy is that?",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(footers) / sizeof(footers[0]); i++)
        assert_string_equal(
            mail_quote_reply(a, span_of(arena_printf(a, "> which?\n\nThe red one.%s", footers[i])),
                             mail_quote_nobody),
            "The red one.");
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    arena_free(a);
}

static void test_a_lawyer_s_sentence_that_somebody_cites_stays(void **state)
{
    static const char *const own[] = {
        "Hello,\n\nthe footer \"Calls may be monitored and/or recorded.\" is wrong, please mend.",
        "Hello,\n\nthe line \u201cIf you are not the intended recipient,\nplease delete this "
        "e-mail.\u201d is red.",
        "Hallo,\n\nder Satz \u201eDiese E-Mail ist vertraulich.\u201c fehlt in der Lampe.",
        "Hello,\n\n\"For the use of the addressee(s) only.\" is what the last line said.",
        "Hello,\n\nyour letter says:\n\nThis e-mail is confidential and intended solely for the "
        "addressee.",
        "Hello,\n\nthis is below your lamps:\n***\nE-mails may be monitored and/or recorded.",
        "Hello,\n\nFooter text: E-mails may be monitored and/or recorded.",
    };
    static const char *const notices[] = {
        "\"This e-mail is confidential and intended solely for the addressee.\"",
        "Disclaimer:\n\nThis e-mail is confidential and intended solely for \"Lamps and Doors "
        "Ltd\".",
        "Please note: E-mails to \"Lamps and Doors Ltd\" may be monitored and/or recorded.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    for (i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n%s", notices[i])),
                                             mail_quote_nobody),
                            "No.");
    arena_free(a);
}

static void test_what_stands_between_fences_is_its_writer_s(void **state)
{
    static const char *const own[] = {
        "The query:\n\n```sql\n-- \nselect lamp;\n```\n\nIt gives two rows. Why?",
        "I typed:\n```\n> lamp on\n> lamp off\n```\nand nothing happens.",
        "Your mail began:\n```\nFrom: Eva <eva@example.org>\nSent: Monday, 1 June 2026 10:00\nTo: "
        "tom@example.com\nSubject: lamp\n```\nWhere is the rest?",
        "I typed:\n~~~\n> lamp on\n```\n> lamp off\n~~~\nand nothing happens.",
        "I typed:\n\n$ lamp on\n> no such lamp\n$ lamp off\n\nWhy?",
        "I typed:\n````sh\n> lamp on\n````\nand nothing happens.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    assert_string_equal(
        mail_quote_reply(a, span_of("Yes:\n```\nlamp on\n```\n-- \nTom\n\n> ```\n> x\n> ```"),
                         mail_quote_nobody),
        "Yes:\n```\nlamp on\n```");
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("On 1/6/26 10:00, Eva <eva@example.org> wrote:\n> ```\n> "
                                 "x\n> ```\nYes.\n-- \nTom"),
                         mail_quote_nobody),
        "Yes.");
    assert_string_equal(
        mail_quote_reply(a, span_of("My rule:\n~~~~~\nand\n```\n> lamp on\n```\nfails."),
                         mail_quote_nobody),
        "My rule:\n~~~~~\nand\n```\n> lamp on\n```\nfails.");
    assert_string_equal(
        mail_quote_reply(a, span_of("It is\n$ 20\n> which\n\n$ lamp\non\n\n> why?\n\nSo."),
                         mail_quote_nobody),
        "It is\n$ 20\n\n$ lamp\non\n\n\nSo.");
    assert_string_equal(
        mail_quote_reply(a, span_of("Yes.\n~~~~~~~~~~~~\n> which?\n~~~~~~~~~~~~\nAnd more."),
                         mail_quote_nobody),
        "Yes.\n~~~~~~~~~~~~\n~~~~~~~~~~~~\nAnd more.");
    arena_free(a);
}

static void test_a_text_between_a_rule_and_a_signature_stays(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(a, span_of("One.\n\n---\n\nTwo.\n-- \nEva\nhttps://example.org/"),
                         mail_quote_nobody),
        "One.\n\n---\n\nTwo.");
    assert_string_equal(
        mail_quote_reply(
            a,
            span_of("One.\n\n- - - - -\n\nThe people who make the lamp want all of us to read "
                    "what they\nwrote about it, and not what stands on the box of it\n(see "
                    "https://example.org/)"),
            mail_quote_nobody),
        "One.\n\n- - - - -\n\nThe people who make the lamp want all of us to read what "
        "they\nwrote about it, and not what stands on the box of it\n(see https://example.org/)");
    arena_free(a);
}

static void test_a_list_a_text_or_a_comment_below_a_rule_is_no_card(void **state)
{
    static const char *const own[] = {
        "One.\n\n--------\n\nThese are off:\n\nlamp17@example.org\nlamp18@example.org",
        "One.\n\n========\n1. The lamps\n\nThey are what all of us want to look at when it is "
        "dark, "
        "and so\nthey shall be on, say all who write to lamps@example.org,\nas do I",
        "So:\n\n________\nI logged in with Yahoo! and it said that my lamp is off.",
        "Hello,\n\n***\nYour calls may be monitored, says the tape.\n***\n\nI do not want that.",
        "The lamps\n________\nLamp one\nLamp two\nLamp three\nLamp four\nLamp five\nLamp six\n"
        "Lamp seven\nwww.lamps.example\nlamps@example.org",
        "Hello,\n\n________\nLamp one\nLamp two\nLamp three\nLamp four\nLamp five\nLamp six\n"
        "Lamp seven\nLamp eight\nwww.lamps.example",
        "One.\n\n########\n# See https://lamps.example.org/\n# for what it does\n#lamp=on",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    arena_free(a);
}

static void test_a_few_words_below_a_rule_that_lead_nowhere_are_no_footer(void **state)
{
    static const char *const own[] = {
        "No.\n\n-----\nWindows Live Mail crashes",
        "No.\n\n_____\ngmx.net/ shows an error",
        "No.\n\n***\nUnsubscribe is broken",
        "No.\n\n-----\nAvast deletes the lamp",
        "No.\n\n-----\nYahoo! Mail lamps burn\nand burn",
    };
    static const char *const footers[] = {
        "-----\nWindows Live Mail: www.lamps.example",
        "-----\nlamps mailing list\nlamps@example.org",
        "-----\nVirus-free. www.lamps.example",
        "-----\nThis email has been checked for viruses by LAMP.\nwww.lamps.example",
        "_____\nThis mail is confidential and for the lamp to which it is sent, and no other",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    for (i = 0; i < sizeof(footers) / sizeof(footers[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n%s", footers[i])),
                                             mail_quote_nobody),
                            "No.");
    arena_free(a);
}

static const struct mail_quote_sender muster = { .name = { "Eva Muster", 10 },
                                                 .address = { "e.muster@example.net", 20 } };
static const struct mail_quote_sender desk = { .name = { "Front desk", 10 },
                                               .address = { "desk@lamps.example", 18 } };

/* A rule parts the writer's words from each other as well; the footer of a list stands below all of
 * them. */
static void test_words_between_a_rule_and_a_footer_stay(void **state)
{
    static const char *const words[] = {
        "I need the invoice 4711 before Friday. Can you send it again?",
        "The lamp on the second floor is dark\nsince Monday.",
        "Die Rechnung 4711 fehlt noch",
        "Ich brauche sie\nbis Freitag",
        "\u706f\u4e0d\u4eae\u3002\u8bf7\u5bc4\u4e00\u4e2a\u3002",
        "\u041b\u0430\u043c\u043f\u0430 \u043d\u0430 \u0432\u0442\u043e\u0440\u043e\u043c "
        "\u044d\u0442\u0430\u0436\u0435 \u043d\u0435 \u0433\u043e\u0440\u0438\u0442.",
    };
    static const char *const footers[] = {
        "To unsubscribe click here: http://lamps.example/leave",
        "lamps mailing list\nlamps@example.org\nhttp://lists.example.org/mailman/listinfo/lamps",
        "This mail is confidential and for the lamp to which it is sent, and no other",
        "Yahoo! Mail: http://mail.yahoo.com",
    };
    static const char *const rules[] = { "----------------------------------------", "______" };
    static const char *const between[] = {
        "\n\n",
        "\n\nLamps Ltd\n\n",
        "\n\n_______________________\n",
        "\n----------------------\n\n_______________________\n",
    };
    static const char *const bare[] = { "Lamps Ltd", "lamps@example.org", "www.lamps.example" };
    struct arena *a = arena_new();
    size_t w, f, r, b;

    (void)state;
    for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
        for (f = 0; f < sizeof(footers) / sizeof(footers[0]); f++) {
            for (w = 0; w < sizeof(words) / sizeof(words[0]); w++)
                for (b = 0; b < sizeof(between) / sizeof(between[0]); b++) {
                    const char *own =
                        arena_printf(a, "Hello,\n\nplease see below.\n%s\n\n%s%s", rules[r],
                                     words[w], b == 1 ? "\n\nLamps Ltd" : "");
                    const char *text = arena_printf(a, "Hello,\n\nplease see below.\n%s\n\n%s%s%s",
                                                    rules[r], words[w], between[b], footers[f]);

                    assert_string_equal(mail_quote_reply(a, span_of(text), mail_quote_nobody), own);
                }
            for (b = 0; b < sizeof(bare) / sizeof(bare[0]); b++)
                assert_string_equal(
                    mail_quote_reply(a,
                                     span_of(arena_printf(a, "No.\n\n%s\n%s\n\n%s", rules[r],
                                                          bare[b], footers[f])),
                                     mail_quote_nobody),
                    "No.");
        }
    arena_free(a);
}

/* Below the sender's name they are of his firm, unless he speaks in them. */
static void test_a_sentence_of_a_firm_between_its_card_and_its_notice_is_of_both(void **state)
{
    static const char *const form =
        "No.\n\n--------\nEva Muster\nLamps Ltd, Lamp Street 9\n\n%s\n\nThis mail is confidential, "
        "see www.lamps.example";
    static const char *const own = "I am there until six.";
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(a, span_of(arena_printf(a, form, "Lamps Ltd is registered in England.")),
                         muster),
        "No.");
    assert_non_null(strstr(mail_quote_reply(a, span_of(arena_printf(a, form, own)), muster), own));
    arena_free(a);
}

/* Also where they are no sentence: each footer has the rule that stands closest above. */
static void test_what_stands_between_two_rules_is_of_no_footer_below_them(void **state)
{
    static const char *const own[] = {
        "It fails.\n\n----\nError 0x31 in tray two, paper jam at the left side.\n----",
        "It fails.\n\n----\nlamp 1: dark\nlamp 2: dark\n----",
        "It fails.\n\n====\ntray two, left side\n====",
    };
    static const char *const shown[] = {
        "Hello,\n\n-----\nI got this:\n\nTo unsubscribe click here: http://lamps.example/leave",
        "Hello,\n\n-----\nI got this:\n-----\nTo unsubscribe click here: "
        "http://lamps.example/leave",
    };
    static const char *const advert =
        "No.\n\n------------------------------\nLamps for all who sit in the dark. Read more!\n"
        "http://p.sf.net/sfu/lamps\n_______________\nusers mailing list\nhttp://lists.example.org/";
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        const char *text = arena_printf(
            a, "%s\n\n_______________\nusers mailing list\nhttp://lists.example.org/users", own[i]);

        assert_string_equal(mail_quote_reply(a, span_of(text), mail_quote_nobody),
                            arena_printf(a, "%.*s", (int)(strlen(own[i]) - 5), own[i]));
        assert_string_equal(mail_quote_reply(a,
                                             span_of(arena_printf(a,
                                                                  "%s\nTo unsubscribe click here: "
                                                                  "http://lamps.example/leave",
                                                                  own[i])),
                                             mail_quote_nobody),
                            arena_printf(a, "%.*s", (int)(strlen(own[i]) - 5), own[i]));
    }
    for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(shown[i]), mail_quote_nobody), shown[i]);
    assert_string_equal(mail_quote_reply(a, span_of(advert), mail_quote_nobody), "No.");
    assert_string_equal(
        mail_quote_reply(
            a,
            span_of("No.\n\n--\nThis message was sent by Atlassian JIRA\n(v6.3.4#6)\n\n"
                    "---------------\nTo unsubscribe, e-mail: "
                    "lamps-leave@example.org"),
            mail_quote_nobody),
        "No.");
    arena_free(a);
}

static void test_a_sentence_with_a_link_or_a_number_in_it_is_no_card(void **state)
{
    static const char *const own[] = {
        "No.\n\n-----\nThe lamp shop is dark, see https://lamps.example/",
        "No.\n\n_____\nLamps via www.lamps.example gives 404",
        "No.\n\n***\nhttps://lamps.example/ shows an error",
        "No.\n\n-----\nWhat you sold me on 030 1234567 is no lamp",
        "No.\n\n-----\nLamp Live crashes",
        "See\n\n***\nhttps://lamps.example/a\n***\n\nis it dark.",
        "See\n\n***\nhttps://lamps.example/a\n***\n\nThat one is broken.",
        "See\n\n***\nMore at https://lamps.example/a\n\nand help me.",
        "No.\n\n________\nTHE LAMP IS URGENT. IT IS DARK.",
        "No.\n\n-----\nEva Example\nOrder 4711\neva@example.org",
        "Nein.\n\n_____\nEva Example\nKundennummer: 4711\nTel. 030 1234567",
        "It goes to\n\n-----\nLamps Ltd\nLamp Street 9\n030 1234567\n-----\n\nThank you",
        "It is\n\n---\n4711-1234567\n4712-1234567\n---\nTwo are gone",
        "It is\n\n-----\nAntivirus: the file of 2 November and that of 1 "
        "November\nwww.lamps.example\n"
        "-----\n\nIs it?",
        "It is the one below\n\n-----\nEva Example\neva@example.org\n\nThe old one is broken.",
        "No.\n\n--\ni am in the dark since monday",
    };
    static const char *const cards[] = {
        "-----\nEva Example, head of sales, www.lamps.example",
        "-----\nEva Example - member of the board - eva@example.org",
        "-----\nLudwig van de Lamp",
        "-----\nEva Example\nOrders and Tickets\nTel. 030 1234567",
        "_____\nEva Example\nLamps Corp. and Doors Inc.\n030 1234567",
        "_____\nEva Example\nLight for all.\n030 1234567",
        "-----\nEva Example\n030 1234567\n-----\nLamps Ltd\nwww.lamps.example",
        "_____\nEva Example\n030 1234567\n_____\nThis mail is confidential",
        "-----\nLamps Ltd.\nVisit us at www.lamps.example",
        "_____\nEva Example\neva@example.org mobil 0170 1234567",
        "_____\nEva Example, eva@example.org, lamps and more",
        "_____\nEva Example\nwww.lamps.example or www.doors.example",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
        assert_string_equal(
            mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n%s", cards[i])), mail_quote_nobody),
            "No.");
    arena_free(a);
}

/* Who is reached by a card has a number, an address or a house of his own in the web; an article, a
 * price list or a form is what somebody points at. */
static void test_a_list_of_pages_below_a_rule_is_no_card(void **state)
{
    static const struct mail_quote_sender news = { .name = { "NW on Lamp/World Management", 27 },
                                                   .address = { "news@lamps.example", 18 } };
    static const char *const own[] = {
        "Links:\n\nhttp://www.example.org/x.html\nhttp://www.example.org/y.html",
        "Links:\nhttp://a.example.org/x.html\nhttp://b.example.org/y.html",
        "Links:\n\nwww.example.org\nwww.example.com",
        "Recipients:\ntom@example.org\nida@example.com",
        "The broken pages\n\nOrder form\nhttp://www.example.org/order\n\n"
        "Price list\nhttp://www.example.org/prices",
        "Order form\nhttp://www.example.org/order\nPrice list\nhttp://www.example.org/prices",
        "Price list\nhttp://www.example.org/shop.php?list=all",
        "ORDER FORM\n---------------\nThe New One\nwww.lamps.example/shop/order",
        "Second point\n\nThe invoice of June is wrong\nExample Ltd, 08/12/02\n"
        "http://www.example.org/x.html",
        "RELATED LINKS\n\nSWITCHing lamps into shape\nLamp World, 08/12/02\n"
        "http://www.example.org/news/2002/134753_08-12-2002.html\n\n"
        "Copyright Lamp World, Inc., 2002\n\n---------------\n"
        "This was sent to: tom@example.com",
    };
    static const char *const cards[] = {
        "Eva Muster\nLamps Ltd\nhttps://lamps.example/en/\n"
        "https://www.linkedin.com/company/lamps\nhttps://www.linkedin.com/in/muster",
        "Best regards\n\nEva Muster\nhttps://www.linkedin.com/in/muster/?lang=en",
        "Eva K. Muster, Head of Sales\nhttps://lamps.example/team/muster.html",
        "e.muster\nhttps://lamps.example/team/muster.html",
        "Lamps Ltd\nhttp://www.lamps.example/index.html",
        "Lamps Ltd\nhttps://lamps.example/de-DE/",
        "Lamps Ltd\nwww.lamps.example:8080",
        "Ida Example\nhttp://www.example.org/~ida/",
        "Lamps Ltd\nhttps://www.example.net/lamps/welcome.html",
        "Lamps Ltd\n\nHigh Street 9\n030 1234567\nhttps://lamps.example/team/ida.html",
        "Eva:\nhttps://www.linkedin.com/in/muster",
        "Lamps Ltd\n\nida@lamps.example | https://lamps.example/team/ida.html",
        "Lamps Ltd\n\nhttps://lamps.example/team/ida.html, 030 1234567",
    };
    static const char *const rules[] = { "____", "----", "====", "****" };
    struct arena *a = arena_new();
    size_t i, r, wrong = 0;

    (void)state;
    for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
        for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
            const char *text = arena_printf(
                a, "Hello, we cannot open some pages since Monday.\n\n%s\n%s", rules[r], own[i]);
            const char *got = mail_quote_reply(a, span_of(text), muster);
            const char *other = mail_quote_reply(a, span_of(text), news);

            if (strcmp(got, text) != 0 || strcmp(other, text) != 0) {
                print_error("%s\n  is: %s\n", text, got);
                wrong++;
            }
        }
    for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
        for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
            const char *got = mail_quote_reply(
                a, span_of(arena_printf(a, "No.\n\n%s\n%s", rules[r], cards[i])), muster);

            if (strcmp(got, "No.") != 0) {
                print_error("%s\n%s\n  is: %s\n", rules[r], cards[i], got);
                wrong++;
            }
        }
    assert_string_equal(mail_quote_reply(a,
                                         span_of("No.\n\nBest regards,\nIda Example\n\n____\n"
                                                 "https://www.linkedin.com/in/ida-example"),
                                         muster),
                        "No.\n\nBest regards,\nIda Example");
    assert_string_equal(
        mail_quote_reply(
            a,
            span_of("No.\n\n____\nBest regards\n\nEva Muster\n"
                    "https://www.linkedin.com/in/muster"),
            (struct mail_quote_sender){ .name = { "", 0 }, .address = span_of("eva@example.org") }),
        "No.");
    arena_free(a);
    assert_int_equal(wrong, 0);
}

/* What machines and people list below a rule, or where they tell a number. */
static void test_numbers_of_things_below_a_rule_are_no_card(void **state)
{
    static const char *const own[] = {
        "2026-06-01",
        "Time: 2026-06-01 10:22:00",
        "Time: 3/9/2006 3:50:52 PM\nElapsed time: 00:58 on channel 11",
        "01.06.2026 - 05.06.2026",
        "Mo 01.06.2026\nDi 02.06.2026",
        "IP: 192.168.10.22",
        "192.168.10.22\n192.168.10.23",
        "Version: 5.2.1.10045",
        "5.2.1.10045",
        "52.520008, 13.404954",
        "Price: 1.234.567 EUR",
        "1 234 567 EUR",
        "EUR 1.234.567",
        "Serial: 123456789",
        "Meter: 123 456 789",
        "123456789",
        "4711-1234567",
        "Konto 1234567890",
        "IBAN DE12 3456 7890 1234 5678 90",
        "SN123456789",
        "ISBN 978-3-16-148410-0",
        "JJD000390007812345678",
        "Num\u00e9ro de s\u00e9rie : 123456789",
        "\u6ce8\u6587\u756a\u53f7\uff1a123456789",
        "\u0631\u0642\u0645 \u0627\u0644\u0637\u0644\u0628: 123456789",
        "2026-06-01 10:22:00 started by eva@example.org\n2026-06-01 10:25:00 failed",
        "Jun  1 10:22:00 mx1 smtp[1234567]: to=<eva@example.org>, status=bounced",
        "10:22:00 Link Down\n10:23:00 Link Up",
        "From: +1 555 0100123\nDuration: 0:34",
        "Phone: 030 1234567\nDuration: 34 s",
        "Telefon: 030 1234567\nNachricht: Rufen Sie an",
        "Old: eva@example.org\nNew: eva2@example.org",
        "Host: db1.example.org\nIP: 10.0.117.22\nState: CRITICAL",
        "https://lamps.example/17\nhttps://lamps.example/18",
        "Lieferadresse\nEva Example\nLampenweg 9\nTel 030 1234567",
        "Red Lamp | 1234567 | 12,50\nRed Lamp | 1234568 | 13,50",
        "Name\nEva Example\nTelefoon\n030 1234567\nBericht\nGraag",
        "Proszę o nową jest. 030 1234567",
        "Fatura da eksik. Her yer karanl\u0131k.\nhttps://lamps.example/17",
        "\u771f\u3063\u6697\u3067\u3059\u3002\nhttps://lamps.example/17",
    };
    static const char *const cards[] = {
        "Eva Example\n+49 30 1234567",
        "Eva Example\n(030) 1234567",
        "Eva Example\n555-123-4567",
        "Eva Example, 5551234567",
        "Eva Example 555-123-4567",
        "Eva Example\nT. 01.23.45.67.89",
        "Eva Example\n01 23 45 67 89",
        "Tel: 030 1234567\nWeb: www.lamps.example",
        "Lamps Ltd\nPhone +1.800.555.0199",
        "Eva Example\n\u7535\u8bdd\uff1a12345678",
        "Eva Example\n\u0422\u0435\u043b. 8 (495) 123-45-67",
    };
    static const char *const rules[] = { "-----------", "___________", "***", "=====" };
    struct arena *a = arena_new();
    size_t i, r, wrong = 0;

    (void)state;
    for (r = 0; r < sizeof(rules) / sizeof(rules[0]); r++)
        for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
            const char *text = arena_printf(a, "Our job fails.\n\n%s\n%s", rules[r], own[i]);
            const char *got = mail_quote_reply(
                a, span_of(text),
                (struct mail_quote_sender){ .name = span_of("Eva Muster"),
                                            .address = span_of("e.muster@example.net") });

            if (strcmp(got, text) != 0) {
                print_error("%s\n  is: %s\n", text, got);
                wrong++;
            }
        }
    for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
        const char *got = mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n---\n%s", cards[i])),
                                           mail_quote_nobody);

        if (strcmp(got, "No.") != 0) {
            print_error("%s\n  is: %s\n", cards[i], got);
            wrong++;
        }
    }
    arena_free(a);
    assert_int_equal(wrong, 0);
}

/* "d'abonné", "Nome e cognome": one letter is a label only where it is the whole of it. */
static void test_a_letter_or_a_word_of_things_is_no_label_of_a_card(void **state)
{
    static const char *const own[] = {
        "Code d'erreur : 17\nMod\u00e8le : A4",
        "Nome e cognome: Eva Example\nProblema: buio",
        "Numer w umowie: 12/17\nLampa: czarna",
        "Port: 8080\nState: down",
        "Signal: weak\nRoom: 3",
        "Site: hall three\nLamp: dark",
        "Internet: gone\nSince: Monday",
        "Office: 365\nError: 17",
        "Contact: Eva Example\nRoom: 3",
        "Phone: Pixel 7\nError: 17",
        "Opening hours: Mo-Fr 9-12",
        "Order 123456789",
        "Kundennummer 0301234567",
        "Commande n\u00b0 0123456789",
        "Lieferadresse:\nEva Example\nLampenweg 9\n10115 Berlin",
        "2026-06-01\n2026-06-02",
    };
    static const char *const numbers[] = {
        "Num\u00e9ro d'abonn\u00e9 123456789",
        "Numer w umowie 123456789",
        "Pedido o 123456789",
        "Office licence 123456789",
        "Direct debit 0123456789",
        "Home insurance 0123456789",
        "Port 12345678",
    };
    struct arena *a = arena_new();
    size_t i, wrong = 0;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        const char *text = arena_printf(a, "Two are dark.\n\n--\n%s", own[i]);
        const char *got = mail_quote_reply(a, span_of(text), muster);

        if (strcmp(got, text) != 0) {
            print_error("%s\n  is: %s\n", text, got);
            wrong++;
        }
    }
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const char *text = arena_printf(a, "Two are dark.\n\n-----\nLamps Ltd\n%s", numbers[i]);
        const char *got = mail_quote_reply(a, span_of(text), muster);

        if (strcmp(got, text) != 0) {
            print_error("%s\n  is: %s\n", text, got);
            wrong++;
        }
    }
    arena_free(a);
    assert_int_equal(wrong, 0);
}

static void test_cards_with_titles_and_numbers_of_any_form_are_cut(void **state)
{
    static const char *const cards[] = {
        "mr. Eva Example\n020 1234567",
        "drs. E. Example\n020 1234567",
        "mgr Ewa Example\n22 123 45 67",
        "dott.ssa Eva Example\n333 1234567",
        "geom. Eva Example\nvia Roma 12\n20121 Milano\n02 1234567",
        "van den Berg Lamps\n020 1234567",
        "Eva Example\n06.12.34.56.78 - 01.23.45.67.89",
        "Eva Example\n030 / 1234567 / 030 / 1234568",
        "Eva Example +44 20 7946 0018",
        "\u0644\u064a\u0644\u0649 \u0645\u062b\u0627\u0644\n"
        "\u0660\u0665\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
        "\u062d\u0648\u0627 \u0646\u0645\u0648\u0646\u0647\n\u062a\u0644\u0641\u0646: "
        "\u06f0\u06f2\u06f1-\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8",
        "\u4f8b \u82b1\u5b50\n\uff10\uff13-\uff11\uff12\uff13\uff14-"
        "\uff15\uff16\uff17\uff18",
        "Eva Example\np 020 7946 0018 | m 07700 900123",
        "Eva Example\nt 020 7946 0018",
        "o 020 7946 0018 | m 07700 900123\ne eva@lamps.example",
    };
    static const char *const imprints[] = {
        "Gesch\u00e4ftsf\u00fchrer: Eva Example\nTel: 030 1234567",
        "Sitz der Gesellschaft: Berlin\nAmtsgericht Berlin HRB 1234",
        "Sprechzeiten: Mo-Fr 9-12 Uhr\nTel: 030 1234567",
        "Office hours: Mo-Fr 9-12\nTel: 030 1234567",
    };
    struct arena *a = arena_new();
    size_t i, wrong = 0;

    (void)state;
    for (i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
        const char *got =
            mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n---------\n%s", cards[i])), desk);

        if (strcmp(got, "No.") != 0) {
            print_error("%s\n  is: %s\n", cards[i], got);
            wrong++;
        }
    }
    for (i = 0; i < sizeof(imprints) / sizeof(imprints[0]); i++) {
        const char *got =
            mail_quote_reply(a, span_of(arena_printf(a, "No.\n\n--\n%s", imprints[i])), desk);

        if (strcmp(got, "No.") != 0) {
            print_error("%s\n  is: %s\n", imprints[i], got);
            wrong++;
        }
    }
    arena_free(a);
    assert_int_equal(wrong, 0);
}

/* Who has signed above a rule needs no name below it. */
static void test_a_card_below_a_signed_name_names_nobody_again(void **state)
{
    static const struct {
        const char *text, *reply; /* NULL: all of it */
    } cases[] = {
        { "No.\n\nBest regards,\nEva Example\n\n------\n06 12 34 56 78",
          "No.\n\nBest regards,\nEva Example" },
        { "No.\n\nMit freundlichen Gr\u00fc\u00dfen\n\nEva Example\n\n______\n"
          "Tel.: 030 1234567\nFax: 030 1234568\nUSt-IdNr.: DE123456789",
          "No.\n\nMit freundlichen Gr\u00fc\u00dfen\n\nEva Example" },
        { "No.\n\nCordialement,\nEva Example\n\n______\n12 High Street\nwww.lamps.example",
          "No.\n\nCordialement,\nEva Example" },
        { "These.\n\nRed Lamp\nBlue Lamp\n\n------\n06 12 34 56 78", NULL },
        { "Missing are:\n\nRed Lamp\n\n------\n06 12 34 56 78", NULL },
        { "It was dark.\n\nRed Lamp\n\n------\n06 12 34 56 78", NULL },
        { "No.\n\nBest regards,\nEva Example\n\n------\nOrder: 123456789", NULL },
        { "No.\n\nBest regards,\nEva Example\n\n------\n123456789", NULL },
    };
    struct arena *a = arena_new();
    size_t i, wrong = 0;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *want = cases[i].reply != NULL ? cases[i].reply : cases[i].text;
        const char *got = mail_quote_reply(a, span_of(cases[i].text), desk);

        if (strcmp(got, want) != 0) {
            print_error("%s\n  is: %s\n", cases[i].text, got);
            wrong++;
        }
    }
    arena_free(a);
    assert_int_equal(wrong, 0);
}

static void test_a_short_sentence_or_a_form_below_two_dashes_stays(void **state)
{
    static const char *const own[] = {
        "Two are dark.\n\n--\nMandatene una nuova.",
        "Two are dark.\n\n--\n\nYenisini g\u00f6nderin.\n\nEva",
        "\u60a8\u597d\uff01\n\n\u706f\u4e0d\u4eae\u3002\n--\n\u8bf7\u5bc4\u4e00\u4e2a\u3002",
        "Two are dark.\n--\nName: Eva\nMessage: Call me",
    };
    static const char *const signatures[] = {
        "--\nEva",
        "--\nEva, Lamps inc.",
        "--\nTel: 030 1234567",
        "--\nLamps inc.",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_string_equal(mail_quote_reply(a, span_of(own[i]), mail_quote_nobody), own[i]);
    for (i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
        assert_string_equal(mail_quote_reply(a,
                                             span_of(arena_printf(a, "No.\n\n%s", signatures[i])),
                                             mail_quote_nobody),
                            "No.");
    arena_free(a);
}

static void test_a_dash_before_a_word_signs_where_the_word_is_the_sender_s(void **state)
{
    static const struct {
        const char *text, *name, *address, *reply; /* NULL: all of it */
    } cases[] = {
        { "Bitte nur\n\n-Rechnungen", "Eva Example", "eva@example.org", NULL },
        { "Bitte nur\n\n-- Rechnungen", "Eva Example", "eva@example.org", NULL },
        { "Bitte nur\n\n-Rote Lampen", "Eva Example", "eva@example.org", NULL },
        { "Bitte nur\n\n-Rechnungen", "", "info@example.org", NULL },
        { "Yes\n\n- Jake out", "Jake", "jake@example.org", NULL },
        { "Yes\n\n-Eva", "Eva Example", "info@example.org", "Yes" },
        { "Yes\n\n-Eva", "Example, Eva", "info@example.org", "Yes" },
        { "Yes\n\n-Chris", "Christopher Example", "info@example.org", "Yes" },
        { "Yes\n\n-Eva Example", "", "eva.example@example.org", "Yes" },
        { "Yes\n\n-Example", "", "evaexample@example.org", "Yes" },
        { "Yes\n\n-Tom\n\n--\nLamps for all", "Eva Example", "eva@example.org", "Yes" },
        { "Yes, it does.\n\n-- Tom", "Eva Example", "eva@example.org", "Yes, it does." },
        { "Yes\n\n-Tom", "", "", "Yes" },
        { "Yes\n\n-Ren\u00e9", "Rene Example", "re@example.org", "Yes" },
        { "Yes\n\n-Jurgen", "J\u00fcrgen Example", "je@example.org", "Yes" },
        { "Yes\n\n-J\u00fcrgen", "Juergen Example", "je@example.org", "Yes" },
        { "Yes\n\n_____\n\u4f8b\u82b1\u5b50", "\u4f8b \u82b1\u5b50", "h@example.org", "Yes" },
        { "These.\n\n-----\nRot\nBlau", "Eva Example", "eva@example.org", NULL },
        { "These.\n\n-----\n500 EUR", "Eva Example", "eva@example.org", NULL },
        { "These.\n\n-----\nEva Example\nLamps Ltd", "Eva Example", "eva@example.org", "These." },
        { "My new one.\n\n-----\neva2@example.net", "Eva Example", "eva@example.org", NULL },
        { "My own one.\n\n-----\neva@example.org", "Eva Example", "eva@example.org",
          "My own one." },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got =
            mail_quote_reply(a, span_of(cases[i].text),
                             (struct mail_quote_sender){ .name = span_of(cases[i].name),
                                                         .address = span_of(cases[i].address) });

        if (strcmp(got, cases[i].reply != NULL ? cases[i].reply : cases[i].text) != 0)
            fail_msg("%s\n  is: %s", cases[i].text, got);
    }
    arena_free(a);
}

static void test_a_card_below_underscores_may_be_long(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(
            a,
            span_of("The red one.\n\n_ __ ___ ________________ ___ __ _\n\nLamps Ltd\nLight "
                    "and Sons\n\nLamp Street 9, 12345 Lampton\n\nM: +49 171 123 45 70\nT: +49 171 "
                    "123 45 71\nF: +49 171 123 45 72\nW: www.example.org\n\nDirector: Eva "
                    "Example\nRegister 12345\nTax: 112/107"),
            mail_quote_nobody),
        "The red one.");
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("The red one.\n\n--------------------\nYahoo! for Good\n Click "
                                 "here for lamps."),
                         mail_quote_nobody),
        "The red one.");
    arena_free(a);
}

static void test_what_is_written_between_quotations_stays(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_quote_reply(a,
                         span_of("On 1/6/26 9:00, Eva wrote:\n> which?\n\nRed.\n\n"
                                 "Then you wrote:\n> when?\n\nNow.\n\n-- \nTom\n> old"),
                         mail_quote_nobody),
        "Red.\n\n\nNow.");
    arena_free(a);
}

/* A day and a time alone, above marked lines, introduce nothing: they are what was asked for. */
static void test_an_answer_that_names_the_time_is_no_intro(void **state)
{
    static const char *const answers[] = {
        "Monday 10:00 is fine",
        "Tom wrote it",
        "On Monday at 10:00, please.",
        "1 June 2026 10:00 would be best.",
        "Am 1.6. um 10:00 passt es",
        "2026-06-01 10:00 lamp off\n2026-06-01 10:05 lamp on",
        "Date: 1 June\nTime: 10:00\nPlace: Berlin",
        "Yes, but today I saw at 10:00:",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const char *text =
            arena_printf(a, "Eva wrote:\n> when?\n\n%s\n\n> where?\n\nHere.\n", answers[i]);

        assert_string_equal(mail_quote_reply(a, span_of(text), mail_quote_nobody),
                            arena_printf(a, "%s\n\n\nHere.", answers[i]));
    }
    arena_free(a);
}

static void test_words_outside_quotations_never_vanish(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(mail_quote_reply(a, span_of("-- \nCall me"), mail_quote_nobody),
                        "-- \nCall me");
    assert_string_equal(mail_quote_reply(a, span_of("Sent from my desk"), mail_quote_nobody),
                        "Sent from my desk");
    assert_string_equal(mail_quote_reply(a, span_of("> a\nNo.\n> b\n"), mail_quote_nobody), "No.");
    assert_string_equal(
        mail_quote_reply(a, span_of("Your page says:\n\n> on\n\nIt is off."), mail_quote_nobody),
        "Your page says:\n\n\nIt is off.");
    assert_string_equal(
        mail_quote_reply(a, span_of("It says:\n\n[Lamp Server]\n> on\n\nWhy?"), mail_quote_nobody),
        "It says:\n\n[Lamp Server]\n\nWhy?");
    assert_string_equal(mail_quote_reply(a, span_of("> a\n> b"), mail_quote_nobody), "");
    assert_string_equal(
        mail_quote_reply(a, span_of("To: be or not to be.\nDate: soon"), mail_quote_nobody),
        "To: be or not to be.\nDate: soon");
    assert_string_equal(
        mail_quote_reply(a, span_of("On 1 June the lamp, as Eva wrote:\nbroke"), mail_quote_nobody),
        "On 1 June the lamp, as Eva wrote:\nbroke");
    assert_string_equal(mail_quote_reply(a, span_of("These fail:\n> a\n> b"), mail_quote_nobody),
                        "These fail:");
    assert_string_equal(mail_quote_reply(a, span_of(""), mail_quote_nobody), "");
    assert_string_equal(
        mail_quote_reply(a, span_of("On 1/6/26 9:00, Eva wrote:\n> old"), mail_quote_nobody), "");
    assert_string_equal(
        mail_quote_reply(a, span_of("-- Forwarded message --\nFrom: x\n\nold"), mail_quote_nobody),
        "-- Forwarded message --\nFrom: x\n\nold");
    arena_free(a);
}

/* It grows with the text, not with its square; were it otherwise this would not end. */
static void test_no_text_costs_more_than_its_bytes(void **state)
{
    static const char *const parts[] = {
        ">\n\n",
        "On 1 June 2026 at 9:00 Eva <e@x.org> wrote\n",
        "wrote:\n| a\n| b\n",
        "From: From: From: From: From: From: From: From: From: From:\n",
        "From: a\n",
        "\nFrom: A\nSubject: b\n\nC\n",
        "___\nabc\n",
        "a:\n> b\n",
        "sent from my x\n\n",
        "## reply to this line\n",
        "On 1 June 2026 at 9:00 Eva <e@x.org>:::::::::::::::::::::::::::::: wrote: old\n",
        "\n-Eva Example\n",
        "On ",
        "-",
        "\u2014\n",
        "a ---- b ---- \n",
        ">>> a 9:00 >>>\n",
        "This message is confidential.\n\n",
        "\nEva\n01.06.2026 10:00\n",
        "Original message\nFrom: a\n",
        "Hi\n--\nPS: a\n\n",
        "<div><p>---- \n",
        "From outside: do not click.\n\n",
    };
    struct arena *a = arena_new();
    size_t i, n;

    (void)state;
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct text_buffer b = { 0 };

        for (n = 0; n < (128 << 10); n += strlen(parts[i]))
            text_buffer_puts(&b, parts[i]);
        assert_non_null(mail_quote_reply(a, (struct span){ b.ptr, b.len }, mail_quote_nobody));
        text_buffer_clear(&b);
    }
    arena_free(a);
}

/* Each of its rules would be looked at together with all that follow it. */
static void test_a_hundred_thousand_rules_are_read(void **state)
{
    struct arena *a = arena_new();
    struct text_buffer b = { 0 };
    size_t n;

    (void)state;
    for (n = 0; n < 100000; n++)
        text_buffer_puts(&b, "_____\n");
    assert_non_null(mail_quote_reply(a, (struct span){ b.ptr, b.len }, mail_quote_nobody));
    text_buffer_clear(&b);
    arena_free(a);
}

static void test_history_begins_where_the_html_says_so(void **state)
{
    static const struct {
        const char *plain, *marked, *reply; /* NULL: it is not found */
    } texts[] = {
        { "Tak, to dziala.\n\nXyz: Eva <eva@x.org<mailto:eva@x.org>>\nQrs: 1. 6. 2026\n\nOld "
          "words.",
          "Tak, to dziala.\n\n> Xyz: Eva\n> Qrs: 1. 6. 2026\n>\n> Old words.\n",
          "Tak, to dziala.\n\n" },
        { "Red.\n\n*Xyz:* Eva Example\n*Qrs:* 1. 6. 2026\n\nOld words.",
          "Red.\n> Xyz: Eva Example\n> Qrs: 1. 6. 2026\n> Old words.\n", "Red.\n\n" },
        { "Red. Eva Example, 1. 6. 2026\nOld words.",
          "Red.\n> Eva Example, 1. 6. 2026\n> Old words.\n", "Red. " },
        { "Red.\n\nXyz: Eva Example\nBlue.", "Red.\n> Xyz: Eva Example\nBlue.\n", NULL },
        { "Eva is red.\nShe is blue, Eva is red.", "Eva is red.\nShe is blue\n> Eva is red.\n",
          "Eva is red.\nShe is blue, " },
        { "Red.", "Red.\n> Xyz: Eva Example\n", NULL },
        { "Xyz: Eva Example", "> Xyz: Eva Example\n", NULL },
        { "Red.", "Red.\n", NULL },
        { "", "", NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *reply = texts[i].reply != NULL ? texts[i].reply : texts[i].plain;
        size_t place = mail_quote_place(span_of(texts[i].plain), span_of(texts[i].marked));

        if (place != strlen(reply))
            fail_msg("row %zu: %zu bytes", i, place);
        assert_memory_equal(texts[i].plain, reply, place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_forty_mails_give_their_reply_text),
        cmocka_unit_test(test_each_language_s_history_is_cut_and_its_prose_is_not),
        cmocka_unit_test(test_a_mail_that_is_passed_on_says_so_in_its_text_in_whatever_language),
        cmocka_unit_test(test_an_answer_to_what_was_passed_on_passes_nothing_on),
        cmocka_unit_test(test_the_words_are_in_the_order_that_they_are_sought_in),
        cmocka_unit_test(test_history_is_cut_however_it_is_laid_out),
        cmocka_unit_test(test_what_gateways_and_lawyers_put_round_a_text_is_not_of_it),
        cmocka_unit_test(test_a_customer_s_sentence_is_not_taken_for_what_programs_add),
        cmocka_unit_test(test_what_stands_beside_a_notice_or_a_title_stays),
        cmocka_unit_test(test_only_the_sender_s_own_name_below_a_rule_signs),
        cmocka_unit_test(test_the_headers_of_lotus_notes_and_aol_s_angles_are_history),
        cmocka_unit_test(test_a_header_without_address_and_time_is_history),
        cmocka_unit_test(test_a_sender_tells_that_original_between_long_dashes_is_a_title),
        cmocka_unit_test(test_a_from_line_without_an_address_above_marked_lines_is_the_writers),
        cmocka_unit_test(test_two_lines_of_a_help_desk_enclose_its_words),
        cmocka_unit_test(test_a_table_below_an_intro_is_history),
        cmocka_unit_test(test_a_footer_is_no_sentence_and_a_sentence_no_footer),
        cmocka_unit_test(test_an_indented_intro_leaves_no_line_without_words),
        cmocka_unit_test(test_a_list_s_footer_needs_no_rule_above),
        cmocka_unit_test(test_a_lawyer_s_sentence_that_somebody_cites_stays),
        cmocka_unit_test(test_what_stands_between_fences_is_its_writer_s),
        cmocka_unit_test(test_a_text_between_a_rule_and_a_signature_stays),
        cmocka_unit_test(test_a_list_a_text_or_a_comment_below_a_rule_is_no_card),
        cmocka_unit_test(test_a_few_words_below_a_rule_that_lead_nowhere_are_no_footer),
        cmocka_unit_test(test_words_between_a_rule_and_a_footer_stay),
        cmocka_unit_test(test_a_sentence_of_a_firm_between_its_card_and_its_notice_is_of_both),
        cmocka_unit_test(test_what_stands_between_two_rules_is_of_no_footer_below_them),
        cmocka_unit_test(test_a_sentence_with_a_link_or_a_number_in_it_is_no_card),
        cmocka_unit_test(test_a_list_of_pages_below_a_rule_is_no_card),
        cmocka_unit_test(test_numbers_of_things_below_a_rule_are_no_card),
        cmocka_unit_test(test_a_letter_or_a_word_of_things_is_no_label_of_a_card),
        cmocka_unit_test(test_cards_with_titles_and_numbers_of_any_form_are_cut),
        cmocka_unit_test(test_a_card_below_a_signed_name_names_nobody_again),
        cmocka_unit_test(test_a_short_sentence_or_a_form_below_two_dashes_stays),
        cmocka_unit_test(test_a_dash_before_a_word_signs_where_the_word_is_the_sender_s),
        cmocka_unit_test(test_a_card_below_underscores_may_be_long),
        cmocka_unit_test(test_what_is_written_between_quotations_stays),
        cmocka_unit_test(test_an_answer_that_names_the_time_is_no_intro),
        cmocka_unit_test(test_words_outside_quotations_never_vanish),
        cmocka_unit_test(test_history_begins_where_the_html_says_so),
        cmocka_unit_test(test_no_text_costs_more_than_its_bytes),
        cmocka_unit_test(test_a_hundred_thousand_rules_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
