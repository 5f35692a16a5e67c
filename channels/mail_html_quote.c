#include "channels/mail_html_quote.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_html_tag.h"

enum {
    STYLE_MAX = 300, /* bytes of a style that are looked at */
    NAMES_MAX = 200, /* of one name */
};

/* --- names
 * ------------------------------------------------------------------------------------------- */

enum how { WHOLE, WITHIN };

static const struct {
    const char *name; /* in lower case */
    enum how how;     /* the name is one of those given, or part of one */
    enum mail_html_quote is;
} marks[] = {
    { "airmail_on", WHOLE, HTML_QUOTED },              /* Airmail's intro */
    { "appendonsend", WHOLE, HTML_QUOTED_ON },         /* Outlook on the web */
    { "divrplyfwdmsg", WHOLE, HTML_QUOTED_ON },        /* the same, its header block */
    { "stopspelling", WHOLE, HTML_QUOTED_ON },         /* Hotmail's rule */
    { "outlookmessageheader", WHOLE, HTML_QUOTED_ON }, /* Outlook 2000 to 2003 */
    { "quoted-content", WHOLE, HTML_QUOTED },          /* GMX, Web.de */
    { "olk_src_body_section", WHOLE, HTML_QUOTED },    /* Outlook for Mac */
    { "mail-editor-reference-message-container", WHOLE, HTML_QUOTED }, /* Outlook for phones */
    { "ms-outlook-mobile-reference-message", WHOLE, HTML_QUOTED_ON },
    { "moz-cite-prefix", WHOLE, HTML_QUOTED }, /* Thunderbird's intro */
    { "moz-email-headers-table", WHOLE, HTML_QUOTED_ON },
    { "reply-intro", WHOLE, HTML_QUOTED }, /* Roundcube's */
    { "yahoo_quoted", WITHIN, HTML_QUOTED },
    { "zmail_extra", WITHIN, HTML_QUOTED },          /* Zoho */
    { "ntes-mailmaster-quote", WHOLE, HTML_QUOTED }, /* 163.com */
    { "isreplycontent", WHOLE, HTML_QUOTED },
    { "_originalcontent", WHOLE, HTML_QUOTED }, /* BlackBerry */
    { "_origmessageheader", WHOLE, HTML_QUOTED },
    { "messagereplysection", WHOLE, HTML_QUOTED }, /* Spark */
    { "zwchr", WHOLE, HTML_QUOTED_ON },            /* Zimbra's rule */
    { "quoted_header", WHOLE, HTML_QUOTED_ON },    /* Nine */
    { "quote-separator", WHOLE, HTML_QUOTED },
    { "quotedreply", WHOLE, HTML_QUOTED },   /* Zendesk */
    { "alimail-quote", WHOLE, HTML_QUOTED }, /* Alibaba */
    { "fernand_quote", WHOLE, HTML_QUOTED },
    { "freshdesk_quote", WHOLE, HTML_QUOTED },
    { "front-blockquote", WHOLE, HTML_QUOTED },
    { "gmail_quote_attribution", WHOLE, HTML_QUOTED }, /* Mailspring's intro */
    { "nylas-quote", WHOLE, HTML_QUOTED },
    { "missive_quote", WHOLE, HTML_QUOTED },
    { "tutanota_quote", WHOLE, HTML_QUOTED },
    { "edo-original", WHOLE, HTML_QUOTED }, /* Edison */
    { "ntes-pcmail-quote", WHOLE, HTML_QUOTED },
    { "lark-mail-quote", WITHIN, HTML_QUOTED }, /* Lark, Feishu */
    { "ik_mail_quote", WHOLE, HTML_QUOTED },    /* Infomaniak */
    { "reply139content", WHOLE, HTML_QUOTED },  /* China Mobile */
    { "origbody", WHOLE, HTML_QUOTED },
    { "__pbconvhr", WHOLE, HTML_QUOTED }, /* Postbox's intro */
    { "history-quote-wrapper", WHOLE, HTML_QUOTED },
    { "__divider__", WHOLE, HTML_QUOTED_ON },
    { "__headers__", WHOLE, HTML_QUOTED },
    { "__quoted_text__", WHOLE, HTML_QUOTED },
    { "gmail_quote", WHOLE, HTML_QUOTING },
    { "gmail_quote_container", WHOLE, HTML_QUOTING },
    { "protonmail_quote", WHOLE, HTML_QUOTING },
    { "gmail_signature", WHOLE, HTML_SIGNATURE },
    { "gmail_signature_prefix", WHOLE, HTML_SIGNATURE },
    { "moz-signature", WHOLE, HTML_SIGNATURE },
    { "applemailsignature", WHOLE, HTML_SIGNATURE },
    { "apple-signature", WHOLE, HTML_SIGNATURE },
    { "ms-outlook-mobile-signature", WHOLE, HTML_SIGNATURE },
    { "signature", WHOLE, HTML_SIGNATURE }, /* Outlook on the web */
    { "protonmail_signature_block", WHOLE, HTML_SIGNATURE },
    { "messagesignaturesection", WHOLE, HTML_SIGNATURE }, /* Spark */
    { "sh-signature", WHOLE, HTML_SIGNATURE },            /* Superhuman */
    { "bloop_sign", WITHIN, HTML_SIGNATURE },             /* Airmail */
    { "front-signature", WHOLE, HTML_SIGNATURE },
    { "composer_signature", WHOLE, HTML_SIGNATURE }, /* Samsung */
    { "ymail_android_signature", WHOLE, HTML_SIGNATURE },
    { "_rc_sig", WHOLE, HTML_SIGNATURE },       /* Roundcube */
    { "aqm-signature", WHOLE, HTML_SIGNATURE }, /* Aqua Mail */
    { "edo-signature", WHOLE, HTML_SIGNATURE }, /* Edison */
    { "canarysig", WHOLE, HTML_SIGNATURE },
    { "cm_signature", WHOLE, HTML_SIGNATURE }, /* Newton */
    { "missive_signature", WHOLE, HTML_SIGNATURE },
    { "_signature", WHOLE, HTML_SIGNATURE },  /* BlackBerry */
    { "__sig_pre__", WHOLE, HTML_SIGNATURE }, /* Zimbra */
    { "__sig_post__", WHOLE, HTML_SIGNATURE },
    { "zm-_id_-sgn", WHOLE, HTML_SIGNATURE },      /* Zoho */
    { "io-ox-signature", WHOLE, HTML_SIGNATURE },  /* Open-Xchange */
    { "signature_old", WHOLE, HTML_SIGNATURE },    /* eM Client */
    { "js-signature", WHOLE, HTML_SIGNATURE },     /* Zammad */
    { "-x-evo-signature", WHOLE, HTML_SIGNATURE }, /* Evolution */
    { "-x-evo-signature-wrapper", WHOLE, HTML_SIGNATURE },
    { "ntes-pcmail-signature", WHOLE, HTML_SIGNATURE },
    { "lark-mail-signature", WHOLE, HTML_SIGNATURE },
    { "acompli_signature", WHOLE, HTML_SIGNATURE }, /* Outlook for phones, in its first years */
    { "k9mail-signature", WHOLE, HTML_SIGNATURE },
    { "shortwave-signature", WHOLE, HTML_SIGNATURE },
    { "wisestamp_sig", WITHIN, HTML_SIGNATURE },
    { "editorusersignature", WHOLE, HTML_SIGNATURE },                  /* Infomaniak */
    { "linebreakatbeginningofsignature", WHOLE, HTML_SIGNATURE_NEXT }, /* Apple, since iOS 15 */
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Gmail's "m_", or "m_-", and a number. */
static size_t numbered_prefix(const char *name)
{
    size_t n = name[2] == '-' ? 3 : 2, digits = strspn(name + n, "0123456789");

    return digits > 0 ? n + digits : 0;
}

/* How much of a name in lower case others have put before it, when they sent the mail on: "x_",
 * Hotmail's "ecx", Yahoo's "yiv" with a number and "ydp" with eight signs, and Gmail's,
 * which has "gmail-" too for what was pasted. */
static size_t prefix_of(const char *name)
{
    if (strncmp(name, "m_", 2) == 0)
        return numbered_prefix(name);
    if (strncmp(name, "gmail-", 6) == 0)
        return 6;
    if (strncmp(name, "x_", 2) == 0)
        return 2;
    if (strncmp(name, "ecx", 3) == 0)
        return 3;
    if (strncmp(name, "yiv", 3) == 0)
        return 3 + strspn(name + 3, "0123456789");
    if (strncmp(name, "ydp", 3) == 0 && strlen(name) > 11)
        return 11;
    return 0;
}

/* One of the names, in lower case, without what was put before it; NULL: there are no more. */
static const char *next_name(const char **p, char to[NAMES_MAX + 1])
{
    const char *name = to;
    size_t len = 0, skip;

    *p += strspn(*p, " \t\r\n");
    while (**p != '\0' && strchr(" \t\r\n", **p) == NULL && len < NAMES_MAX)
        to[len++] = lower(*(*p)++);
    to[len] = '\0';
    while ((skip = prefix_of(name)) > 0)
        name += skip;
    return len > 0 ? name : NULL;
}

static enum mail_html_quote named(const char *names)
{
    char room[NAMES_MAX + 1];
    const char *name;
    size_t i;

    while ((name = next_name(&names, room)) != NULL) {
        for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
            if (marks[i].how == WHOLE ? strcmp(name, marks[i].name) == 0
                                      : strstr(name, marks[i].name) != NULL)
                return marks[i].is;
    }
    return HTML_OWN;
}

/* --- styles
 * ------------------------------------------------------------------------------------------ */

/* A value of "border-top", its parts in any order, or of "border-color", in one of Outlook's
 * colours and in points: pages of the web have these greys too, and count in pixels. */
static bool is_header_line(const char *value)
{
    static const char *const colours[] = { "#e1e1e1", "#b5c4df", "rgb(225,225,225)",
                                           "rgb(181,196,223)" };
    size_t len = strcspn(value, ";"), i;

    for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
        if (memmem(value, len, colours[i], strlen(colours[i])) != NULL)
            return (memmem(value, len, "solid", 5) != NULL &&
                    memmem(value, len, "pt", 2) != NULL) ||
                   memmem(value, len, "currentcolor", 12) != NULL;
    return false;
}

/* Outlook's line above a header block, as its versions and the programs that rewrite it have it. */
static bool is_header_style(const char *style)
{
    static const char *const names[] = { "border-top:", "border-color:" };
    static const char *const windows_mail =
        "border-top-color:rgb(229,229,229);border-top-width:1px;border-top-style:solid";
    char tight[STYLE_MAX + 1];
    size_t len = 0, i;

    if (strcasestr(style, "border") == NULL)
        return false;
    for (i = 0; style[i] != '\0' && len < STYLE_MAX; i++)
        if (strchr(" \t\r\n", style[i]) == NULL)
            tight[len++] = lower(style[i]);
    tight[len] = '\0';
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *at = strstr(tight, names[i]);

        if (at != NULL && is_header_line(at + strlen(names[i])))
            return true;
    }
    return strstr(tight, windows_mail) != NULL;
}

/* A mail has no address of the web: what cites one, its writer has from there. */
static bool is_cited_mail(const char *cite)
{
    return cite[0] != '\0' && strncasecmp(cite, "http:", 5) != 0 &&
           strncasecmp(cite, "https:", 6) != 0;
}

/* A page's own names of what it sets apart say nothing of mails. */
static bool is_quote(const char *class)
{
    const char *at = class;

    while ((at = strcasestr(at, "quote")) != NULL) {
        size_t n = (size_t)(at - class);

        if (n > 0 && strchr("-_", at[-1]) != NULL)
            n--;
        if ((n < 5 || strncasecmp(class + n - 5, "block", 5) != 0) &&
            (n < 4 || strncasecmp(class + n - 4, "pull", 4) != 0))
            return true;
        at++;
    }
    return false;
}

int mail_html_quote_is_citation(const unsigned char **attributes)
{
    const char *class = mail_html_tag_value(attributes, "class"),
               *style = mail_html_tag_value(attributes, "style");

    return strcasecmp(mail_html_tag_value(attributes, "type"), "cite") == 0 || is_quote(class) ||
           strcasestr(class, "cite") != NULL || strcasestr(style, "border-left") != NULL ||
           is_cited_mail(mail_html_tag_value(attributes, "cite"));
}

enum mail_html_quote mail_html_quote_of(const char *element, const unsigned char **attributes)
{
    static const char *const names[] = { "id",          "class",     "name",
                                         "data-marker", "data-type", "data-smartmail" };
    enum mail_html_quote is = HTML_OWN;
    size_t i;

    if (strcasecmp(element, "signature") == 0)
        return HTML_SIGNATURE; /* Mailspring's own */
    if (attributes == NULL)
        return HTML_OWN;
    for (i = 0; i < sizeof(names) / sizeof(names[0]) && is == HTML_OWN; i++)
        is = named(mail_html_tag_value(attributes, names[i]));
    if (is == HTML_OWN && strcasecmp(mail_html_tag_value(attributes, "type"), "cite") == 0)
        is = HTML_QUOTED;
    if (is == HTML_OWN && strcmp(mail_html_tag_value(attributes, "name"), "quote") == 0)
        is = HTML_QUOTED; /* GMX, Web.de */
    if (is == HTML_OWN &&
        (strcmp(mail_html_tag_value(attributes, "title"), "beforequote:::") == 0 ||
         mail_html_tag_value(attributes, "data-o-mail-quote")[0] != '\0'))
        is = HTML_QUOTED; /* Zoho's intro, Odoo */
    if (is == HTML_OWN && (mail_html_tag_value(attributes, "data-signatureblock")[0] != '\0' ||
                           mail_html_tag_value(attributes, "data-signature-widget")[0] != '\0' ||
                           mail_html_tag_value(attributes, "apple-content-edited")[0] != '\0'))
        is = HTML_SIGNATURE;
    if (is == HTML_OWN && is_header_style(mail_html_tag_value(attributes, "style")))
        is = HTML_QUOTED_ON;
    return is;
}
