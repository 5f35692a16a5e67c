#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_html.h"
#include "channels/mail_html_write.h"
#include "channels/mail_quote.h"
#include "core/arena.h"
#include "core/inbound.h"

/* As the programs write it; the people are invented. */
static const struct {
    const char *program, *html, *own;
} rows[] = {
    { "gmail",
      "<div dir=\"ltr\"><div>It works now.</div></div><br><div class=\"gmail_quote\"><div "
      "dir=\"ltr\" class=\"gmail_attr\">On Mon, Jun 1, 2026 at 10:00 AM Eva &lt;<a "
      "href=\"mailto:eva@example.org\">eva@example.org</a>&gt; wrote:<br></div><blockquote "
      "class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid "
      "rgb(204,204,204);padding-left:1ex\"><div>Which lamp is it?</div></blockquote></div>",
      "It works now." },
    { "gmail2",
      "<div dir=\"ltr\"><div>It works now.</div><br clear=\"all\"><div><br></div>-- <br><div "
      "dir=\"ltr\" class=\"gmail_signature\" "
      "data-smartmail=\"gmail_signature\">Tom<br>CEO</div></div><br><div class=\"gmail_quote "
      "gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">Som Eva "
      "&lt;eva@example.org&gt; 1-6-2026:<br></div><blockquote class=\"gmail_quote\"><div>Which "
      "lamp is it?</div></blockquote></div>",
      "It works now." },
    { "gmailinline",
      "<div dir=\"ltr\"><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Jun 1, 2026 "
      "at 10:00 AM Eva &lt;eva@example.org&gt; wrote:<br></div><blockquote "
      "class=\"gmail_quote\">Which one?</blockquote><div>The red.</div><blockquote "
      "class=\"gmail_quote\">When?</blockquote><div>Now.</div></div></div>",
      "The red. Now." },
    { "gmailbare",
      "<div dir=\"ltr\">It works now.</div><div class=\"gmail_quote gmail_quote_container\">"
      "<div>Which lamp</div><div>is it?</div></div>",
      "It works now." },
    { "gmailbareabove", "<div class=\"gmail_quote\"><div>It works now.</div></div>",
      "It works now." },
    { "protonbare",
      "<div>It works</div><div class=\"protonmail_quote\">Which lamp?</div><div>now.</div>",
      "It works now." },
    { "gmailfwd",
      "<div dir=\"ltr\"><div>It works now.</div><br><div class=\"gmail_quote\"><div "
      "class=\"gmail_attr\">---------- Forwarded message ---------<br>From: <strong "
      "class=\"gmail_sendername\">Eva</strong> <span>&lt;eva@example.org&gt;</span><br>Date: Mon, "
      "1 Jun 2026<br>Subject: x<br>To:  &lt;a@b.c&gt;<br></div><br><div>Which lamp is "
      "it?</div></div></div>",
      "It works now." },
    { "outlook",
      "<div class=WordSection1><p class=MsoNormal>It works now.<o:p></o:p></p><div><div "
      "style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p "
      "class=MsoNormal><b>Nosalo:</b> Eva<br><b>Foo:</b> Monday</p></div></div><p "
      "class=MsoNormal>Which lamp is it?</p></div>",
      "It works now." },
    { "owa",
      "<div style=\"font-family:Calibri\"><div>It works now.</div></div><div "
      "id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div "
      "id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\"><b>Xxx:</b> Eva "
      "&lt;eva@example.org&gt;<br><b>Yyy:</b> Monday</font><div>&nbsp;</div></div><div>Which lamp "
      "is it?</div>",
      "It works now." },
    { "xowa",
      "<div><div>It works now.</div></div><div id=\"x_Signature\"><p>Tom, CEO</p></div><hr><div "
      "id=\"x_divRplyFwdMsg\"><b>Xxx:</b> Eva</div><div>Which lamp is it?</div>",
      "It works now." },
    { "owamobile",
      "<div><div>It works now.</div></div><div class=\"ms-outlook-mobile-signature\" "
      "id=\"ms-outlook-mobile-signature\">Get <a href=\"https://aka.ms/x\">Outlook for "
      "iOS</a></div><div id=\"mail-editor-reference-message-container\"><hr><div><b>From:</b> "
      "Eva</div><div>Which lamp is it?</div></div>",
      "It works now." },
    { "hotmail",
      "<body class='hmmessage'><div dir='ltr'>It works now.<div><br></div><div><hr "
      "id=\"stopSpelling\">Date: Mon, 1 Jun 2026 13:53:45 +0200<br>Subject: lamp<br>From: "
      "eva@example.org<br>To: tom@example.com<br><br><div>Which lamp is "
      "it?</div></div></div></body>",
      "It works now." },
    { "mailru",
      "<HTML><BODY><p>It works now.</p><br><br>Thu, 1 Jun 2026 14:00:51 +0400 от Eva "
      "&lt;eva@example.org&gt;:<br>\n<blockquote style=\"border-left:1px solid #0857A6; "
      "margin:10px; padding:0 0 0 10px;\"><div>Which lamp is it?</div></blockquote></BODY></HTML>",
      "It works now." },
    { "winmail",
      "<div><div>It works now.</div></div><div data-signatureblock=\"true\"><div>Sig "
      "nature</div></div><div style=\"padding-top: 5px; border-top-color: rgb(229, 229, 229); "
      "border-top-width: 1px; border-top-style: solid;\"><div><font><b>От:</b>&nbsp;<a "
      "href=\"mailto:eva@example.org\">Eva</a><br><b>Отправлено:</b>&nbsp;понедельник, 1 июня 2026 "
      "г. 15:05<br><b>Кому:</b>&nbsp;<a href=\"mailto:a@b.c\">Tom</a></font></div></div><div>Which "
      "lamp is it?</div>",
      "It works now." },
    { "thunderbird",
      "<p>It works now.</p><div class=\"moz-cite-prefix\">01.06.26 Eva rašė:<br></div><blockquote "
      "type=\"cite\" cite=\"mid:x\"><div>Which lamp is it?</div></blockquote><pre "
      "class=\"moz-signature\" cols=\"72\">-- \nTom</pre>",
      "It works now." },
    { "mailspring",
      "<div>It works now.</div><br/><signature id=\"initial\"><div>Tom Example</div></signature>"
      "<div class=\"gmail_quote_attribution\">On Jun 1 2026, at 10:00 am, Eva "
      "&lt;eva@example.org&gt; wrote:</div><blockquote class=\"gmail_quote\">Which lamp is "
      "it?</blockquote>",
      "It works now." },
    { "tbbottom",
      "<div class=\"moz-cite-prefix\">On 6/1/26 10:00, Eva wrote:<br></div><blockquote "
      "type=\"cite\" cite=\"mid:x\"><div>Which lamp is it?</div></blockquote><p>It works now.</p>",
      "It works now." },
    { "apple",
      "<html><body>It works now.<br><div><br><blockquote type=\"cite\"><div>On 1 Jun 2026, at "
      "10:00, Eva &lt;eva@example.org&gt; wrote:</div><br><div>Which lamp is "
      "it?</div></blockquote></div></body></html>",
      "It works now." },
    { "ios",
      "<div dir=\"ltr\">It works now.</div><div><div id=\"AppleMailSignature\" dir=\"ltr\">Sent "
      "from my iPhone</div><div dir=\"ltr\"><br>On 1 Jun 2026, at 10:00, Eva "
      "&lt;eva@example.org&gt; wrote:<br><br></div><blockquote type=\"cite\"><div "
      "dir=\"ltr\"><div>Which lamp is it?</div></div></blockquote>",
      "It works now." },
    { "yahoo",
      "<div><div>It works now.</div></div><div class=\"yahoo_quoted\" style=\"margin:10px 0px 0px "
      "0.8ex;border-left:1px solid #ccc;padding-left:1ex;\"><div>Xxx Monday</div><div>Which lamp "
      "is it?</div></div>",
      "It works now." },
    { "yahoo2",
      "<div class=\"ydp1 yahoo-style-wrap\"><div>It works now.</div></div><div "
      "id=\"ydp33yahoo_quoted_77\" class=\"ydp33yahoo_quoted\"><div>On Monday, June 1, 2026, "
      "10:00:00 AM GMT+2, Eva &lt;eva@example.org&gt; wrote:</div><div>Which lamp is "
      "it?</div></div>",
      "It works now." },
    { "proton",
      "<div><div>It works now.</div></div><div class=\"protonmail_signature_block\"><div>Sent with "
      "<a href=\"https://proton.me\">Proton Mail</a> secure email.</div></div><div "
      "class=\"protonmail_quote\">On Monday, June 1st, 2026 at 10:00, Eva &lt;eva@example.org&gt; "
      "wrote:<br><blockquote class=\"protonmail_quote\" type=\"cite\"><div>Which lamp is "
      "it?</div></blockquote></div>",
      "It works now." },
    { "zoho",
      "<div><div>It works now.</div></div><div class=\"zmail_extra\"><div id=\"Zm-_Id_-Sgn1\">---- "
      "On Mon, 01 Jun 2026 Eva wrote ----</div><div>Which lamp is it?</div></div>",
      "It works now." },
    { "spark",
      "<div name=\"messageBodySection\"><div>It works now.</div></div><div "
      "name=\"messageSignatureSection\">Tom<br>CEO</div><div name=\"messageReplySection\">On 1 Jun "
      "2026, 10:00 +0200, Eva &lt;eva@example.org&gt;, wrote:<br><blockquote type=\"cite\" "
      "style=\"border-left-color: grey; border-left-width: thin;\"><div>Which lamp is "
      "it?</div></blockquote></div>",
      "It works now." },
    { "yandex",
      "<div><div>It works now.</div></div><div>01.06.2026, 10:00, \"Eva\" "
      "&lt;eva@example.org&gt;:</div><blockquote><div>Which lamp is it?</div></blockquote>",
      "It works now." },
    { "yandex2",
      "<div>01.06.2026, 10:00, \"Eva\" &lt;eva@example.org&gt;:</div><blockquote><div>Which lamp "
      "is it?</div></blockquote><div><div>It works now.</div></div>",
      "It works now." },
    { "roundcube",
      "<div><div>It works now.</div></div><p id=\"reply-intro\">2026-06-01 Eva "
      "Xxxx:</p><blockquote type=\"cite\" style=\"padding: 0 0.4em; border-left: #1010ff 2px "
      "solid; margin: 0\"><div><div>Which lamp is it?</div></div></blockquote>",
      "It works now." },
    { "zimbra",
      "<div><div>It works now.</div></div><hr id=\"zwchr\" data-marker=\"__DIVIDER__\"><div "
      "data-marker=\"__HEADERS__\"><b>De: </b>\"Eva\"</div><div "
      "data-marker=\"__QUOTED_TEXT__\"><div>Which lamp is it?</div></div>",
      "It works now." },
    { "olk",
      "<div>Reply</div><span id=\"OLK_SRC_BODY_SECTION\"><div><span>Xxx: </span> Eva</div>old "
      "words</span>",
      "Reply" },
    { "own",
      "<div>Hi, as the manual says:</div><blockquote>press the button</blockquote><div>it does "
      "nothing.</div>",
      "Hi, as the manual says: press the button it does nothing." },
    { "qq",
      "<div><div>It works now.</div></div><div><br></div><div style=\"font-size: 12px;font-family: "
      "Arial Narrow;padding:2px 0 2px "
      "0;\">------------------&nbsp;原始邮件&nbsp;------------------</div><div style=\"font-size: "
      "12px;background:#efefef;padding:8px;\"><div><b>发件人:</b> \"Eva\"</div></div><div>Which "
      "lamp is it?</div>",
      "It works now." },
};

static const char *reply_of(struct arena *a, const char *html)
{
    return text_clean_line(
        a,
        span_of(mail_quote_reply(a, span_of(mail_html_reply(a, span_of(html))), mail_quote_nobody)),
        1 << 20);
}

static void test_structure_tells_history_and_signature_in_any_language(void **state)
{
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(reply_of(a, rows[i].html), rows[i].own) != 0)
            print_error("%s:\n%s", rows[i].program, mail_html_reply(a, span_of(rows[i].html)));
        assert_string_equal(reply_of(a, rows[i].html), rows[i].own);
    }
    arena_free(a);
}

static void test_names_are_known_with_what_others_put_before_them(void **state)
{
    static const char *const marks[] = {
        "id=divRplyFwdMsg",
        "id=x_divRplyFwdMsg",
        "id=x_x_DIVRPLYFWDMSG",
        "id=yiv123divRplyFwdMsg",
        "class='a ecxappendonsend b'",
        "name=reply-intro",
        "name=messageReplySection",
        "type=cite",
        "data-type=quote-separator",
        "class=quotedReply",
        "class=alimail-quote",
        "class=freshdesk_quote",
        "class=front-blockquote",
        "class=gmail_quote_attribution",
        "class='gmail_quote nylas-quote'",
        "class=missive_quote",
        "class=tutanota_quote",
        "id=edo-original",
        "id=ntes-pcmail-quote",
        "id=lark-mail-quote-1718000000000",
        "class=history-quote-wrapper",
        "title=beforequote:::",
        "class=ik_mail_quote",
        "id=m_-77x_reply139content",
        "id=m_77origbody",
        "class=__pbConvHr",
        "data-o-mail-quote=1",
    };
    static const char *const signs[] = {
        "class=acompli_signature",
        "class=k9mail-signature",
        "class=editorUserSignature",
        "id=shortwave-signature",
        "id=gmail-WISESTAMP_SIG_00ff",
        "class=gmail-m_-5gmail_signature",
        "data-smartmail=gmail_signature",
        "id=ymail_android_signature",
        "id=_rc_sig",
        "id=aqm-signature",
        "class=edo-signature",
        "id=CanarySig",
        "class=cm_signature",
        "class=missive_signature",
        "class=-x-evo-signature-wrapper",
        "id=ntes-pcmail-signature",
        "id=lark-mail-signature",
        "apple-content-edited=true",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        assert_string_equal(
            mail_html_reply(a, span_of(arena_printf(a, "a<div %s>b</div>", marks[i]))), "a\n> b\n");
    for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        assert_string_equal(
            mail_html_reply(a, span_of(arena_printf(a, "a<div %s>b</div>c", signs[i]))), "a\nc\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div id=quoted_header>b</div>c")),
                        "a\n> b\n> c\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div title='A signature'>b</div>c")),
                        "a\nb\nc\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div id=divRplyFwdMsg>b</div>c")),
                        "a\n> b\n> c\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div class=yahoo_quoted>b</div>c")),
                        "a\n> b\nc\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div class=ydp1234abcdsignature>b</div>c")),
                        "a\nc\n");
    assert_string_equal(mail_html_reply(a, span_of("a<div class=notes>b</div>c")), "a\nb\nc\n");
    arena_free(a);
}

static void test_outlooks_line_is_known_however_it_was_rewritten(void **state)
{
    static const char *const lines[] = {
        "border-top:solid #B5C4DF 1.0pt",
        "BORDER-RIGHT: medium none; BORDER-TOP: #b5c4df 1pt solid; PADDING-TOP: 3pt",
        "border-style:solid none none;border-top:1pt solid rgb(225, 225, 225)",
        "border-width:1pt medium;border-color:rgb(181, 196, 223) currentcolor",
    };
    static const char *const others[] = {
        "border-top:1px solid #e1e1e1", "border-bottom:solid #e1e1e1 1.0pt", "border-color:#e1e1e1",
        "border-top:solid black 1.0pt", "border-top:0;color:#e1e1e1",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_string_equal(
            mail_html_reply(a, span_of(arena_printf(a, "a<div style='%s'>b</div>c", lines[i]))),
            "a\n> b\n> c\n");
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_string_equal(
            mail_html_reply(a, span_of(arena_printf(a, "a<div style='%s'>b</div>c", others[i]))),
            "a\nb\nc\n");
    arena_free(a);
}

/* Apple's break has no room of its own: the signature is the element behind it. */
static void test_apples_break_makes_the_element_behind_it_a_signature_and_no_other(void **state)
{
    static const char *const breaks[][2] = {
        { "a<br id=lineBreakAtBeginningOfSignature><div>b</div><div>c</div>", "a\nc\n" },
        { "a<br id=m_12lineBreakAtBeginningOfSignature><div>b<p>d</div><div>c</div>", "a\nc\n" },
        { "<div>a<br id=lineBreakAtBeginningOfSignature></div><div>b</div>", "a\nb\n" },
        { "<p>a<p>d<br id=lineBreakAtBeginningOfSignature></p><p><p>b</p>", "a\n\nd\n\nb\n" },
        { "a<br id=lineBreakAtBeginningOfSignature><br><div>b</div>", "a\n\nb\n" },
        { "a<br id=lineBreakAtBeginningOfSignature><blockquote type=cite>b</blockquote>",
          "a\n> \n> b\n" },
        { "a<br id=lineBreakAtBeginningOfMessage><div>b</div>", "a\nb\n" },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
        assert_string_equal(mail_html_reply(a, span_of(breaks[i][0])), breaks[i][1]);
    arena_free(a);
}

static void test_the_text_of_a_mail_keeps_what_its_reply_leaves_out(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_html_text(a, span_of("a<div id=Signature>b</div><hr id=stopSpelling>c")),
        "a\nb\n\nc\n");
    arena_free(a);
}

/* A block that nothing marks as quoted, below a line that ends with a colon. */
static void test_what_a_writer_indents_is_no_history(void **state)
{
    static const struct {
        const char *above;
        bool history;
    } lines[] = {
        { "Please send these by 01.06.2026:", false },
        { "We meet at 9:30, and talk of:", false },
        { "Papers to eva@example.org:", false },
        { "Нужно по списку от 01.06.2026:", false },
        { "I need it on 01.06.2026 at 10:00:", false },
        { "Termin am 01.06.2026 um 10:00:", false },
        { "01.06.2026, 10:00, \"Eva\" &lt;eva@example.org&gt;:", true },
        { "01.06.2026 10:00, Eva пишет:", true },
        { "On 1 June 2026 Eva wrote:", true },
        { "Eva &lt;eva@example.org&gt;:", true },
        { "1. 6. 2026 10:00 Eva kirjutas:", true },
        { "2026/6/1 Eva Example &lt;eva@example.org&gt;", true },
        { "Den mandag 1. juni 2026 skrev Eva &lt;eva@example.org&gt;", true },
        { "On 1 June 2026 I had this from Eva &lt;eva@example.org&gt;", false },
        { "Lamps for Eva Example &lt;eva@example.org&gt;", false },
        { "On 1 June 2026 Eva told me", false },
        { "Eva さんは 2026年6月1日 10:00 に書きました：", true },
        { "请寄以下的灯，最晚 2026年6月1日 10:00：", false },
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *reply = mail_html_reply(
            a,
            span_of(arena_printf(a, "<p>%s</p><blockquote>a lamp</blockquote>", lines[i].above)));

        if ((strstr(reply, "> a lamp") != NULL) != lines[i].history)
            fail_msg("%s: %s", lines[i].above, reply);
    }
    arena_free(a);
}

static void test_a_header_within_a_blockquote_is_history_as_far_as_that_goes(void **state)
{
    static const char *const headers[] = {
        "<div class=OutlookMessageHeader><hr><b>De&nbsp;:</b> Eva<br><b>Envoyé&nbsp;:</b> lundi<br>"
        "<b>À&nbsp;:</b> Tom<br><b>Objet&nbsp;:</b> lampe</div>",
        "<div><hr><b>De&nbsp;:</b> eva@example.org<br><b>Envoyé&nbsp;:</b> 1 juin 2026 10:00<br>"
        "<b>À&nbsp;:</b> Tom<br><b>Objet&nbsp;:</b> lampe</div>",
        "<b>From:</b> Eva<br><b>Sent:</b> Monday, June 1, 2026<br><b>To:</b> Tom<br>"
        "<b>Subject:</b> lamp<br>",
        "<p>-----Original Message-----<br>From: Eva<br>Sent: Monday<br>Subject: lamp</p>",
    };
    struct arena *a = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        assert_string_equal(
            reply_of(a, arena_printf(a,
                                     "<p>The red one.</p><blockquote style='MARGIN-RIGHT: 0px'>%s"
                                     "<p>Which lamp?</p></blockquote><p>It is off.</p>",
                                     headers[i])),
            "The red one. It is off.");
    assert_string_equal(
        reply_of(a, "<blockquote><p>The red one.</p><blockquote><div id=divRplyFwdMsg>From: Eva"
                    "</div>Which lamp?</blockquote></blockquote><p>It is off.</p>"),
        "The red one. It is off.");
    assert_string_equal(reply_of(a, "<p>Keep this.</p><blockquote>Name: Eva<br>Date: 1 June<br>"
                                    "Lamp: red</blockquote><p>Thanks.</p>"),
                        "Keep this. Name: Eva Date: 1 June Lamp: red Thanks.");
    /* It is not all of the old mail where its words stand below. */
    assert_string_equal(
        reply_of(a,
                 "<p>The red one.</p><blockquote><b>From:</b> Eva<br><b>Sent:</b> Monday, June 1, "
                 "2026<br><b>To:</b> Tom<br><b>Subject:</b> lamp</blockquote><p>Which lamp?</p>"),
        "The red one.");
    assert_string_equal(
        reply_of(a,
                 "<p>The red one.</p><blockquote>-----Original Message-----<br>From: Eva<br>Sent: "
                 "Monday<br>Subject: lamp</blockquote><blockquote>Which lamp?</blockquote>"),
        "The red one.");
    assert_string_equal(
        reply_of(a, "<p>It read:</p><blockquote>From: Eva<br>Sent: Monday, June 1, 2026<br>To: Tom"
                    "<br>Subject: lamp</blockquote><p>Is she yours?</p>"),
        "It read: From: Eva Sent: Monday, June 1, 2026 To: Tom Subject: lamp Is she yours?");
    arena_free(a);
}

static void test_marks_make_no_text_longer_than_there_is_room(void **state)
{
    struct mail_html_writer w = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < INBOUND_TEXT_MAX; i++)
        text_buffer_puts(&w.out, i % 2 == 0 ? "a" : "\n");
    mail_html_write_mark(&w, 1);
    assert_in_range(w.out.len, INBOUND_TEXT_MAX, INBOUND_TEXT_MAX + 2);
    text_buffer_clear(&w.out);
}

static void test_a_page_of_the_web_that_is_cited_is_no_history(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(
        mail_html_reply(a,
                        span_of("a<blockquote cite=\"https://lamps.example/1\">b</blockquote>c")),
        "a\n\nb\n\nc\n");
    assert_string_equal(
        mail_html_reply(a, span_of("a<blockquote class=\"wp-block-quote x\">b</blockquote>c")),
        "a\n\nb\n\nc\n");
    assert_string_equal(
        mail_html_reply(a, span_of("a<blockquote class=\"pullquote\">b</blockquote>c")),
        "a\n\nb\n\nc\n");
    assert_string_equal(
        mail_html_reply(a, span_of("a<blockquote class=\"pull_quote\">b</blockquote>c")),
        "a\n\nb\n\nc\n");
    assert_string_equal(
        mail_html_reply(a, span_of("a<blockquote class=\"blockquote x_quote\">b</blockquote>c")),
        "a\n> \n> b\n\nc\n");
    assert_string_equal(
        mail_html_reply(a, span_of("a<blockquote cite=\"mid:1@lamps.example\">b</blockquote>c")),
        "a\n> \n> b\n\nc\n");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure_tells_history_and_signature_in_any_language),
        cmocka_unit_test(test_names_are_known_with_what_others_put_before_them),
        cmocka_unit_test(test_outlooks_line_is_known_however_it_was_rewritten),
        cmocka_unit_test(test_apples_break_makes_the_element_behind_it_a_signature_and_no_other),
        cmocka_unit_test(test_the_text_of_a_mail_keeps_what_its_reply_leaves_out),
        cmocka_unit_test(test_what_a_writer_indents_is_no_history),
        cmocka_unit_test(test_a_header_within_a_blockquote_is_history_as_far_as_that_goes),
        cmocka_unit_test(test_marks_make_no_text_longer_than_there_is_room),
        cmocka_unit_test(test_a_page_of_the_web_that_is_cited_is_no_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
