#include "channels/mail_quote_words_footer.h"

#include <stddef.h>

#include "channels/mail_quote_table.h"

/* Of mailing lists. */
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
    "reply to this email to respond",
    "[visit topic](",
    "[visit message](",
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
    "sent by atlassian jira",
    NULL,
};

/* Of free mailboxes and lists, in praise of themselves or of who pays them. */
static const char *const adverts[] = {
    "yahoo! answers",    "yahoo! autos",
    "yahoo! finance",    "yahoo! for good",
    "yahoo! greetings",  "yahoo! health",
    "yahoo! hotjobs",    "yahoo! mail",
    "yahoo! messenger",  "yahoo! movies",
    "yahoo! music",      "yahoo! personals",
    "yahoo! photos",     "yahoo! search",
    "yahoo! shopping",   "yahoo! small business",
    "yahoo! sports",     "yahoo! tax",
    "yahoo! toolbar",    "with yahoo!",
    "do you yahoo",      "http://mail.yahoo.com",
    "://mail.yahoo.",    "messenger.yahoo.",
    "msn messenger",     "msn.click-url",
    "join.msn.com",      "explorer.msn.com",
    "search.msn.com",    "msn photos",
    "//www.hotmail.com", "clk.atdmt.com",
    "windows live",      "get your free",
    "web.de freemail",   "freemail: ",
    "gmx.net/",          "mail.lycos.com",
    "mail2web",          "//p.sf.net/",
    "//ads.osdn.com/",   NULL,
};

static const char *const clicks[] = {
    "click here", "klick hier", "klicken sie", "hier klicken", "cliquez",    "cliquer ici",
    "haz clic",   "haga clic",  "pulsa aquí",  "clique aqui",  "clicca qui", "klik hier",
    "kliknij",    "klikněte",   "klicka här",  NULL,
};

/* What a customer says of a link or a list, and a footer only behind an "if". */
static const char *const failures[] = {
    "does not work",
    "doesn't work",
    "do not work",
    "don't work",
    "did not work",
    "didn't work",
    "is not working",
    "isn't working",
    " fails",
    " failed",
    " is broken",
    " is dead",
    " shows nothing",
    "never worked",
    " error 4",
    " error 5",
    " 404",
    " an error",
    "geht nicht",
    "nicht geht",
    "funktioniert nicht",
    "nicht funktioniert",
    "klappt nicht",
    "ne marche pas",
    "ne fonctionne pas",
    "no funciona",
    "n\u00e3o funciona",
    "non funziona",
    "werkt niet",
    "nie dzia\u0142a",
    "nefunguje",
    "fungerar inte",
    "virker ikke",
    "fungerer ikke",
    "ei toimi",
    "nem m\u0171k\u00f6dik",
    "nu func\u021bioneaz\u0103",
    "\u00e7al\u0131\u015fm\u0131yor",
    "\u043d\u0435 \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u0442",
    "\u043d\u0435 \u043f\u0440\u0430\u0446\u044e\u0454",
    "\u4e0d\u80fd\u7528",
    NULL,
};
static const char *const conditions[] = {
    " if ",
    " wenn ",
    " falls ",
    " sollte ",
    " si ",
    " se ",
    " als ",
    " indien ",
    " je\u015bli ",
    " pokud ",
    " om ",
    " hvis ",
    " jos ",
    " ha ",
    " dac\u0103 ",
    " e\u011fer ",
    " \u0435\u0441\u043b\u0438 ",
    " \u044f\u043a\u0449\u043e ",
    NULL,
};

/* Beside a number, which a desk wants to know. */
static const char *const cases[] = {
    "order",
    "bestell",
    "pedido",
    "commande",
    "ordine ",
    "zamówieni",
    "objednávk",
    "beställning",
    "ordrenummer",
    "tilaus",
    "megrendelés",
    "comandă",
    "заказ",
    "замовлен",
    "sipariş",
    "注文",
    "订单",
    "訂單",
    "주문",
    "customer n",
    "customer id",
    "kundennummer",
    "kundennr",
    "kunden-nr",
    "klantnummer",
    "número de cliente",
    "numéro de client",
    "codice cliente",
    "invoice",
    "rechnung",
    "factura",
    "facture",
    "fattura",
    "faktura",
    "factuur",
    "ticket",
    "contract",
    "vertrag",
    "contrato",
    "contrat ",
    "contratto",
    "account n",
    "serial n",
    "seriennummer",
    "imei",
    "tracking",
    "booking",
    "buchung",
    "reserva",
    "réservation",
    "prenotazione",
    "parcel",
    "paket",
    NULL,
};

/* Above an address that somebody gives. */
static const char *const address_titles[] = {
    "address", "adresse", "anschrift", "dirección", "direccion", "indirizzo", "endereço",
    "adres",   "adress",  "adresa",    "lakcím",    "osoite",    "адрес",     "адреса",
    "住所",    "地址",    "주소",      "عنوان",     "כתובת",     "διεύθυνση", "địa chỉ",
    "ship to", "bill to", "send to",   NULL,
};

/* What only the programs of lists write, and how their line begins. */
static const char *const openings[] = {
    "to unsubscribe from this list: send the line",
    "more majordomo info at",
    "to unsubscribe from this group, send an email to",
    "to unsubscribe from this group and stop receiving emails from it",
    "to unsubscribe, e-mail: ",
    "for additional commands, e-mail: ",
    "you received this message because you are subscribed to the google groups",
    "to view this discussion on the web visit https://groups.google.com/",
    "your use of yahoo! groups is subject to",
    "[non-text portions of this message have been removed]",
    NULL,
};

/* The same, and nothing stands behind it. */
static const char *const titles[] = { "yahoo! groups sponsor", "yahoo! groups links", NULL };

/* Of lawyers, and of scanners. */
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
    "addressee(s) only",
    "may be monitored",
    "intended solely",
    "virus-free",
    "virus free",
    "free of viruses",
    "checked by avg",
    "checked for viruses",
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

bool mail_quote_words_advert(struct span line)
{
    return mail_quote_table_holds_any(line, adverts);
}

bool mail_quote_words_clicks(struct span line)
{
    return mail_quote_table_holds_any(line, clicks);
}

bool mail_quote_words_fails(struct span line)
{
    size_t i;

    if (!mail_quote_table_holds_any(line, failures))
        return false;
    for (i = 0; conditions[i] != NULL; i++)
        if (span_begins(line, conditions[i] + 1) || span_holds(line, conditions[i]))
            return false;
    return true;
}

bool mail_quote_words_case(struct span line)
{
    return mail_quote_table_holds_any(line, cases);
}

bool mail_quote_words_address_title(struct span line)
{
    return mail_quote_table_holds_any(line, address_titles);
}

bool mail_quote_words_list_opens(struct span line)
{
    size_t i;

    for (i = 0; titles[i] != NULL; i++)
        if (span_is(line, titles[i]))
            return true;
    return span_begins_any(line, openings);
}

bool mail_quote_words_footer(struct span line)
{
    return mail_quote_table_holds_any(line, footers) || mail_quote_table_holds_any(line, notices);
}
