/* How bodies become text: encodings, HTML, flowed and enriched lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "channels/mail_flowed.h"
#include "channels/mail_html.h"
#include "channels/mail_transfer.h"
#include "core/arena.h"
#include "tests/support/reading.h"

static void test_transfer_encodings_come_off_however_dirty(void **state)
{
    static const struct {
        const char *how, *body, *text;
    } rows[] = {
        { "base64", "aG9s YQ\r\no=", "hola\n" },
        { "BASE64", "aG9sYQ", "hola" },
        { "(by (x)) base64 (y)", "aG9sYQ", "hola" },
        { "base64", "aG9sYQ==aG9sYQ==", "holahola" },
        { "base64", "aG9sYQ==\n_____\nA list's words\n", "hola" },
        { "base64", "*aG9s*YQo=", "hola\n" },
        { "base64", "aG9sYSBh\n--\nA list's words\n", "hola a" },
        { "base64", "aG9s\r\nYSBh\r\nUnsubscribe: here\r\n", "hola a" },
        { "base64", "aG9s-\nYSBh\n", "hola a" },
        { "base64", "aG9s YSBh", "hola a" },
        { "base64", "====", "" },
        { "base64", "aG9sYQ==\r\n=zH6Q\r\n", "hola" }, /* OpenPGP's checksum */
        { "base64", "aG9sYSBh\n=zH6Q", "hola a" },
        { "base64", "aG9sYQ=\n=YWFh\n", "hola" },
        /* dirty as it is, it is base64 */
        { "base64", "SGFs bG8g V2Vs dCwg\r\nd2ll IGdl aHRz\r\n", "Hallo Welt, wie gehts" },
        { "base64", "//7/ //7/ //7/ //7/",
          "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd" },
        { "base64", "SGFsbG8g, V2VsdCwg! d2ll\r\nIGdlaHRz", "Hallo Welt, wie gehts" },
        { "base64", "SGFs bG8g V2Vs dA", "Hallo Welt" },
        { "base64", "\r\nSGFsbG8gV2Vs\r\ndCwgd2llIGdl\r\naHRz", "Hallo Welt, wie gehts" },
        { "base64", "SGFsbG8gV2VsdCwgd2llIGdlaHRzIGRpciBoZXV0ZSwgbWVpbiBGcmV1bmQ?\n",
          "Hallo Welt, wie gehts dir heute, mein Freund" },
        { "base64", "SGFsbG8.\ngV2VsdCwgd2llIGdlaHRzIGRpciBoZXV0ZSwgbWVpbiBGcmV1bmQ\n",
          "Hallo Welt, wie gehts dir heute, mein Freund" },
        { "base64",
          "SGFsbG8gV2Vs\r\n========================================\r\nA list's words.\r\n",
          "Hallo Wel" },
        /* clean as some of it is, it is none */
        { "base64", "Hello,\n\nthe printer is broken.\n", "Hello,\n\nthe printer is broken.\n" },
        { "base64", "Dear Sir\n\nIs it open on Sunday?\n", "Dear Sir\n\nIs it open on Sunday?\n" },
        { "base64", "プリンターが壊れました\n", "プリンターが壊れました\n" },
        { "base64", "打印机坏了\n请帮忙\n", "打印机坏了\n请帮忙\n" },
        { "base64",
          "Order confirmation of today:\n========================================\nTwo lamps\n",
          "Order confirmation of today:\n========================================\nTwo lamps\n" },
        { "base64", "Order of today:\n++++++++++++++++++++++++++++++++++++++++\nTwo lamps\n",
          "Order of today:\n++++++++++++++++++++++++++++++++++++++++\nTwo lamps\n" },
        { "base64", "<p>Hello\n</p>\n", "<p>Hello\n</p>\n" },
        { "base64", "Thanks\n", "Thanks\n" },
        { "base64", "hello\r\n", "hello\r\n" },
        { "base64", "\nPlease call\n", "\nPlease call\n" },
        { "base64", "URGENT\n", "URGENT\n" },
        /* few signs, but no words: without padding, in Latin-1; whole groups; text */
        { "base64", "ZvwhIQ", "f\xef\xbf\xbd!!" },
        { "base64", "Zvxy", "f\xef\xbf\xbdr" },
        { "base64", "aGVsbG", "hell" },
        { "base64", "please call me back about the lamps\n",
          "please call me back about the lamps\n" },
        { "quoted-printable", "a=c3=B1o =\r\nx= \r\ny=3D  \r\nz", "año xy=\r\nz" },
        { "Quoted-Printable (x)", "=% =zz =", "=% =zz " },
        { "x-quoted-printable", "=41", "A" },
        { "base64 charset=utf-8", "SGFsbG8gV2VsdA==", "Hallo Welt" },
        { "x-uuencode", "begin 644 x\n$:&]L80  \n`\nend\nrest\n", "hola" },
        { "x-uuencode", "\r\n$:&]L80  \r\n`\r\n", "hola" }, /* "begin" and "end" are left out */
        { "uuencode", "$:&]L80  \nend\nrest\n", "hola" },
        { "x-uue", "$:&]L80  \n$:&]L80  \nA list's words\n", "holahola" },
        { "x-uuencode", "!\nthe printer\nis broken\n", "!\nthe printer\nis broken\n" },
        { "x-uuencode", "begin 644 x\n`\nend\n", "" },
        { "7bit", "=41", "=41" },
        { "no-such", "=41", "=41" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        mail_transfer_decode(&b, span_of(rows[i].body), mail_transfer_of(span_of(rows[i].how)));
        reading_expect(i, reading_taken(&b), rows[i].text);
    }
}

static const char *words_of_html(const char *html)
{
    return mail_html_text(reading_arena, span_of(html));
}

/* T-08 */
static void test_html_is_read_as_it_is_seen(void **state)
{
    static const struct reading rows[] = {
        { "<p>one<p>two", "one\n\ntwo\n" },
        { "a < b and c > d", "a < b and c > d\n" },
        { "V<!-- x -->iag<b></b>ra", "Viagra\n" },
        { "&#150;&euro;&amp;amp;&nbsp;&no;", "–€&amp; &no;\n" },
        { "<div>a<div>b</div></div><div><br></div>c<br>d<br><br>e", "a\nb\n\nc\nd\n\ne\n" },
        { "<table><tr><td>a</td><td>b</td></tr><tr><td>c", "a b\nc\n" },
        { "<ol><li>x<li>y<ul><li>z</ul></ol>after", "1. x\n2. y\n- z\n\nafter\n" },
        { "<ol start=3><li>x<li value=7>y<li>z</ol>", "3. x\n7. y\n8. z\n" },
        { "<ol type=a><li>x<li>y<ol type=I><li>z<li>q</ol></ol><ol "
          "style='list-style-type: upper-alpha' start=26><li>z<li>aa</ol>",
          "a. x\nb. y\nI. z\nII. q\n\nZ. z\n27. aa\n" },
        { "<ol start=-2 type=x><li value=0>x</ol><menu><li>y</menu>", "1. x\n\n- y\n" },
        { "a<span style='display:block'>b</span>c<span style='display: inline-block'>d</span>"
          "<b style='display:table-cell'>e</b>",
          "a\nb\ncd e\n" },
        { "<p style='white-space: pre-line'>one\ntwo\n\n  three  four</p>\nfive\nsix",
          "one\ntwo\n\nthree four\n\nfive six\n" },
        { "<div style='white-space:PRE-WRAP;x:y'>one\r\ntwo</div><p "
          "style='white-space:nowrap'>a\nb",
          "one\ntwo\n\na b\n" },
        { "<details><summary>more</summary>words</details>", "more\nwords\n" },
        { "<pre>if x:\n\treturn</pre>", "if x:\n\treturn\n" },
        { "<pre>  a\n   b\n\nc</pre>d", "  a\n   b\n\nc\nd\n" },
        { "<style>x{}</style>y<title>t</title>z<script>s</script>", "yz\n" },
        { "<html><body>text</body></html>trailing", "text\n\ntrailing\n" },
        { "a</html>b</body>c", "a\n\nb\n\nc\n" },
        { "<![if !vml]>shown<![endif]><!--[if mso]>hidden<![endif]-->", "shown\n" },
        { "<!-- never closed <p>text", "never closed\n\ntext\n" },
        { "one</br>two<br/>three", "one\ntwo\nthree\n" },
        { "<!-- not --!>seen<!-- not -->too", "seentoo\n" },
        { "<iframe src=x height=0>seen<p>too", "seen\n\ntoo\n" },
        { "<iframe src=x>not</iframe>seen<IFRAME src=y>too", "seentoo\n" },
        { "<title>seen<object data=x>too", "seentoo\n" },
        { "<p style='display : NONE'>hidden</p>seen", "seen\n" },
        { "<p hidden>a</p><p style='visibility:hidden'>b</p><div "
          "style='max-height:0;overflow:hidden'>c</div>seen",
          "seen\n" },
        { "<div style='max-height:600px;overflow:hidden'>seen</div>", "seen\n" },
        { "<p style='opacity:0'>a</p><p style='OPACITY : 0.0 !important'>b</p>"
          "<div style='height:0px;overflow:hidden'>c</div><p style='opacity:0.5'>seen</p>",
          "seen\n" },
        { "<div style='line-height:0;overflow:hidden'>seen</div>"
          "<div style='background:url(display:none)'>too</div>",
          "seen\ntoo\n" },
        { "<div style='font-size:0px'><p style='font-size:14px'>seen</p></div>", "seen\n" },
        { "<b>caf&eacute</b> &amp", "café &\n" },
        { "caf&eacute, &amp &lt x&commat;y&lpar;1&rpar;&apos;&check;", "café, & < x@y(1)'✓\n" },
        { "?a=1&copy=2&eacuter &ne &#233 &#xe9 &zwnj;", "?a=1&copy=2&eacuter &ne é é \u200c\n" },
        { "<a title='&QUOT;&excl'>x</a>", "x\n" },
        { "<img src=x alt='the words'>", "the words\n" },
        { "<img src=x alt='the words'>more", "more\n" },
        { "Thanks <img alt='\U0001f44d\U0001f3fd' src=x> all<img alt='\u2764\ufe0f'>"
          "<img alt='\U0001f44d logo'><img alt='\u793e\u6a19'>",
          "Thanks \U0001f44d\U0001f3fd all\u2764\ufe0f\n" },
        { "From: Ana <ana@b.org>, see <https://b.org/?a=1&amp;b=2> <b>or</b> <mailto:c@b.org>",
          "From: Ana <ana@b.org>, see <https://b.org/?a=1&b=2> or <mailto:c@b.org>\n" },
        { "<p/class=@x>a<a/href=http://b.org>b</a><o:p>c</o:p>", "abc\n" },
        { "<blockquote type=cite>q<blockquote class=gmail_quote>r</blockquote></blockquote>a",
          "> q\n> > \n> > r\n\na\n" },
        { "<blockquote>only indented</blockquote>", "only indented\n" },
        { "soft&shy;hy\u200bphen", "softhyphen\n" },
        { "", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_an_end_tag_that_is_badly_written_is_no_text(void **state)
{
    static const struct reading rows[] = {
        { "<p>one</ p>two", "one\n\ntwo\n" },
        { "<div>one</\n\tDIV>two", "one\ntwo\n" },
        { "a</ body>b</ br>c", "a\n\nb\nc\n" },
        { "one</>two</ >three", "onetwothree\n" },
        { "</!--Button-->one</?x?>two</-- x ->", "onetwo\n" },
        { "one </ two <b>three</b>", "one three\n" },
        /* what a person wrote */
        { "I </3 you <b>all</b>", "I </3 you all\n" },
        { "one </", "one </\n" },
        { "one </ two", "one </ two\n" },
        { "<p>one</p></!-- two", "one\n\n</!-- two\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_what_an_element_holds_as_it_stands_opens_nothing(void **state)
{
    static const struct reading rows[] = {
        { "<noframes><style></noframes>one<noembed>x<!-- </noembed>two", "onetwo\n" },
        { "<iframe src='a>b'><div style='display:none'></iframe>one<title><xmp></title>two",
          "onetwo\n" },
        { "<SCRIPT>x<!-- </script>one<script>'<pre>'</SCRIPT\n>two", "onetwo\n" },
        { "<script><!-- w('<script>x</script>') --></script>one", "one\n" },
        { "<script>w('<script>x')</script>one<script><!--<script></script>two", "onetwo\n" },
        { "<xmp>a <b>c</b> &amp;</xmp>one<xmp><style></xmp>two",
          "a <b>c</b> &amp;\none\n<style>\ntwo\n" },
        { "<textarea rows=2>a <b>c</b> &amp; &lpar;<!-- </textarea>two",
          "a <b>c</b> & (<!-- \ntwo\n" },
        { "<textarea style='display:none' title='&gt;>'><p></textarea>one", "one\n" },
        { "<style>/*<xmp>*/.p{display:none}</style><i class=p>x</i>one</xmp>", "one\n" },
        /* none of them is closed */
        { "<noframes>one<p>two", "one\n\ntwo\n" },
        { "<noembed>one<textarea>two<b>three</b>", "one\ntwothree\n" },
        { "<xmp>one<p>two</xmpp>", "one\n\ntwo\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_letters_that_nobody_sees_are_no_words(void **state)
{
    static const struct reading rows[] = {
        { "<div style='font-size:0'>x</div>seen", "seen\n" },
        { "<div style='font-size:0'>all</div>", "all\n" }, /* it cannot be meant so */
        { "<div style='font-size:1px;color:#fff'>x<b>y</b></div>seen", "seen\n" },
        { "<div style='font:0/0 a'>x</div>seen", "seen\n" },
        { "<div style='font-size:0.9em'>a</div><div style='font-size:11px'>b</div>", "a\nb\n" },
        { "<div style='font-size:0'>x<p style='font-size:9px'>seen<i>too</i></p>y</div>",
          "seentoo\n" },
        { "<div style='font-size:0'><p class=a>seen</p><table><tr><td>too</table><font "
          "size=2>and</font></div>",
          "seen\n\ntoo\nand\n" },
        { "<b style='font-size:0;font-size:9px'>seen</b>", "seen\n" },
        { "<div style='max-height:0;line-height:0'>x</div><div "
          "style='max-width:0;overflow:hidden'>seen</div><div style='max-height:0'>too</div>",
          "seen\ntoo\n" },
        { "<i style='display:none !important;display:block'>x</i><i "
          "style='display:none;display:inline'>seen</i>",
          "seen\n" },
        { "<p style='text-indent:-9999px'>x</p><p style='text-indent:-18pt'>seen</p>", "seen\n" },
        { "<p style='position:absolute;left:-9999px'>x</p><p style='left:-9999px'>seen</p>",
          "seen\n" },
        { "<p style='color:transparent'>x</p><p style='color:rgba(1,2,3,0)'>y</p><p "
          "style='color:rgba(1,2,3,.5)'>seen</p>",
          "seen\n" },
        { "<p style='color:#FFF;background:white'>x</p><td bgcolor='#ffffff'><font color=white "
          "style='background-color:rgb(255, 255, 255)'>y</font></td><p "
          "style='color:#fff;background:#eee'>seen</p>",
          "seen\n" },
        { "<p style='color:#fff;background:#fff url(a.png)'>seen</p><p "
          "style='color:transparent;-webkit-background-clip:text'>too</p>",
          "seen\n\ntoo\n" },
        { "<div style='color:#fff;background:#fff'>x<b style='color:#000'>seen</b><i "
          "style='background:#000'>too</i><a href=x>and</a></div>",
          "seentooand\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

/* A button of which Outlook draws a picture of its own is words to all others. */
static void test_what_a_browser_shows_is_not_taken_for_hidden(void **state)
{
    static const struct reading rows[] = {
        { "<style>.f{opacity:0;animation:f 1s forwards}@keyframes f{to{opacity:1}}</style><p "
          "class=f>"
          "seen</p><p style='opacity:0;animation-name:f'>too</p><p style='opacity:0'>x</p>",
          "seen\n\ntoo\n" },
        { "<a style='color:#fff;mso-hide:all'>Confirm</a>", "Confirm\n" },
        { "<p style='mso-hide:all;display:none'>x</p>seen", "seen\n" },
        { "<span style='max-height:0;overflow:hidden'>seen</span><a "
          "style='height:0;overflow:hidden'>too</a>",
          "seentoo\n" },
        { "<table style='height:0;overflow:hidden'><tr style='height:0;overflow:hidden'><td "
          "style='height:0;overflow:hidden'>seen</table>",
          "seen\n" },
        { "<span style='display:inline-block;max-height:0;overflow:hidden'>x</span><td "
          "style='display:block;height:0;overflow:hidden'>y</td><a "
          "style='float:left;height:0;overflow:hidden'>z</a>seen",
          "seen\n" },
        { "<div style='height:0;padding-bottom:40px;overflow:hidden'>seen</div><div "
          "style='height:0;padding:1em 0;overflow:hidden'>too</div><div "
          "style='max-height:0;min-height:9px;overflow:hidden'>and</div>",
          "seen\ntoo\nand\n" },
        { "<div style='display:inline;height:0;overflow:hidden'>seen</div>", "seen\n" },
        { "<div style='height:0;padding:0 9px;min-height:0;overflow:hidden'>x</div>seen",
          "seen\n" },
        { "<div style='height:0%;overflow:hidden'>seen</div><b "
          "style='max-height:0;line-height:0'>too</b>",
          "seen\ntoo\n" },
        { "<p hidden style='display:block'>seen</p>", "seen\n" },
        { "<style>.p{display:inline}.q{display:none}</style><i hidden class=p>seen</i><i hidden "
          "class=q>x</i><i hidden class=r>y</i>",
          "seen\n" },
        { "<table style='float:left;height:0;overflow:hidden'><td>seen</table><div "
          "style='display:table;height:0;overflow:hidden'>too</div>",
          "seen\ntoo\n" },
        { "<b style='text-indent:-9999px'>seen</b><i style='display:block;text-indent:-9999px'>x"
          "</i><td style='text-indent:-9999px'>y</td>",
          "seen\n" },
        { "<b style='font-size:0;font:12px arial'>seen</b><b style='font:12px "
          "arial;font-size:0'>x</b>",
          "seen\n" },
        { "<div style='visibility:hidden'>x<b style='visibility:visible'>seen<i "
          "style='visibility:hidden'>y</i></b><img alt='\U0001f44d'>z</div>too",
          "seen\ntoo\n" },
        { "<div style='visibility:hidden'>x</div>", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_what_has_its_place_and_is_not_seen_parts_lines(void **state)
{
    static const struct reading rows[] = {
        { "<style>.c{clear:both;height:0;font-size:0;overflow:hidden}</style>Order<div class=c>"
          "</div>12<br class=c>a<br class=c><br class=c>b<hr class=c>c<p class=c>&nbsp;</p>d",
          "Order\n12\na\n\nb\n\nc\n\nd\n" },
        { "Order<div style='opacity:0'>x</div>12<span style='display:block;height:0;"
          "overflow:hidden'>x</span>a",
          "Order\n12\na\n" },
        { "<style>.c{display:block;height:0;overflow:hidden}</style>Order<span class=c>x</span>12",
          "Order\n12\n" },
        { "<div style='height:0;overflow:hidden'>x</div>Order", "Order\n" },
        /* these have none, or a place in the line */
        { "<style>.n{display:none}</style>Order<div class=n>x</div>12<br class=n>3", "Order123\n" },
        { "<style>.c{opacity:0}</style>Order<span class=c>x</span>12", "Order12\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_what_is_cut_off_or_moved_away_is_not_seen(void **state)
{
    static const struct reading rows[] = {
        { "<span style='position:absolute;clip:rect(0 0 0 0)'>x</span><span style='position: "
          "absolute !important; clip: rect(1px, 1px, 1px, 1px)'>y</span>seen",
          "seen\n" },
        { "<b style='clip:rect(0 0 0 0)'>seen</b><b style='position:absolute;clip:rect(0, 99px, "
          "20px, 0)'>too</b><b style='position:absolute;clip:auto'>and</b><b "
          "style='position:absolute;clip:rect(0,10px,0 '>more</b>",
          "seentooandmore\n" },
        { "<p style='clip-path:inset(50%)'>x</p><p style='clip-path: inset(100%)'>y</p><p "
          "style='clip-path:inset(5%)'>seen</p>",
          "seen\n" },
        { "<td style='transform:scale(0)'>x</td><div style='transform:scale(0)'>x</div><div "
          "style='transform:scale(0.9)'>seen</div><b "
          "style='transform:scale(0)'>too</b>",
          "seen\ntoo\n" },
        { "<div style='height:1px;overflow:hidden'>x</div><div "
          "style='max-height:0;overflow-y:hidden'>y</div><div "
          "style='height:0;overflow:clip'>z</div>seen",
          "seen\n" },
        { "<div style='height:1px'>seen</div><div style='height:1em;overflow:hidden'>too</div>",
          "seen\ntoo\n" },
        { "<p style='position:fixed;left:-9999px'>x</p><p "
          "style='position:relative;top:-5000px'>y</p><p style='left:-9999px'>seen</p>",
          "seen\n" },
        { "<table><tr style='visibility:collapse'><td>x</td></tr><tr><td>seen</table>", "seen\n" },
        { "<div style='font-size:0'>x<i style='font-size:1em'>y</i><b "
          "style='font-size:100%'>z</b><i style='font-size:inherit'>q</i><b "
          "style='font-size:1rem'>seen</b></div>",
          "seen\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

/* A price at a line's right is no part of the word before it. */
static void test_what_stands_apart_by_its_style_does_not_run_together(void **state)
{
    static const struct reading rows[] = {
        { "<p>Total<span style='float:right'>12</span></p>", "Total\n12\n" },
        { "on<img style='float:right' src=x>e", "one\n" },
        { "<span style='display:table-cell'>a</span><span style='display:table-cell'>b</span>",
          "a b\n" },
        { "<div style='display:flex'><b>a</b><i>b<u>c</u></i></div><b>d</b><i>e</i>",
          "a\nbc\nde\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_what_a_style_sheet_hides_is_not_seen(void **state)
{
    static const struct reading rows[] = {
        { "<style>.p{display:none}</style><div class=p>x</div>seen", "seen\n" },
        { "<style>/* a */ @import 'x'; b{} /* c */.p , #q{color:red;display : none "
          "!important}</style><div class='o p'>x</div><i id=q>y</i>seen",
          "seen\n" },
        { "<style>@media (max-width:9px){.p{display:none}}b{}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>@media x{b{}}.p{display:none}</style><i class=p>x</i>seen", "seen\n" },
        { "<style>.p{display:none}@media x{td.p{display:block}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>.p{display:none}</style><style>.p{display:block}</style><i class=p>seen</i>on",
          "seen\non\n" },
        { "<style>.p a{display:none}i.p{display:none}.p:hover{display:none}</style><b "
          "class=p><a>seen</a></b>on",
          "seenon\n" },
        { "<style>.p{display:none}</style><i class='pp p-p P'>seen</i><i id=p>too</i>",
          "seentoo\n" },
        { "<style media=print>.p{display:none}</style><i class=p>seen</i>on", "seenon\n" },
        { "<style media=' Screen'>.p{display:none}</style><i class=p>x</i>seen", "seen\n" },
        { "<style media=print></style><style>.p{display:none}</style><i class=p>x</i>seen",
          "seen\n" },
        { "<style>.p{display:none}.q{display:inline}</style><i class='q p'>seen</i>on",
          "seenon\n" },
        { "<style>.q{display:inline}.p{display:none}</style><i class='q p'>x</i>seen", "seen\n" },
        { "<style>.p{display:none}</style><i class=p style='display:inline'>seen</i>on",
          "seenon\n" },
        { "<style>.p{display:none!important}</style><i class=p style='display:inline'>x</i>seen",
          "seen\n" },
        { "<style>@media x{.p{display:inline!important}}.p{display:none}</style><i "
          "class=p>seen</i>on",
          "seenon\n" },
        { "<style>.p{/* color:red;display:none;*/}</style><i class=p>seen</i>on", "seenon\n" },
        { "<style>@media print{b{/*}*/}.p{display:none}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>@media print{b:after{content:'}'}.p{display:none}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>.b{color:red;.c{color:red}.p{display:none}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>span.p{display:none}DIV#q , td.r{display:none}</style><SPAN class=p>x</SPAN><b "
          "class=p>seen</b><div id=q>y</div><i class=r>too</i>",
          "seentoo\n" },
        { "<style>body .p, * .q, html body #r{display:none}</style><i class=p>x</i><i "
          "class=q>y</i><i id=r>z</i>seen",
          "seen\n" },
        { "<style>table .p, .body .p, body > td.p, body.p, *.p:x, b i.p{display:none}</style><i "
          "class=p>seen</i>on",
          "seenon\n" },
        { "<style>i.p{display:none}@media x{.p{display:block}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style><!-- .p{display:none} --></style><i class=p>x</i>seen", "seen\n" },
        { "<style><!-- .p{display:none}</style><i class=p>x</i>seen<!-- y -->", "seen\n" },
        { "<style>@media screen{.p{display:none}}@media all { .q{display:none} }</style><i "
          "class=p>x</i><i class=q>y</i>seen",
          "seen\n" },
        { "<style>@media screen{@media print{.p{display:none}}}@media screen and (x){.q{display:"
          "none}}@media screen{}.r{display:none}</style><i class=p>seen</i><i class=q>too</i><i "
          "class=r>x</i>",
          "seentoo\n" },
        { "<style>.p{display:none}@media only screen and (max-width:480px){.p,.q "
          "{display:block!important}.q{display:inline}}</style><i class=p>x</i>seen",
          "seen\n" },
        { "<style>.p{display:none}@media only screen and "
          "(min-width:600px){.p{display:inline}.q{display"
          ":none!important}}</style><i class=p>seen</i><i class=q>x</i>",
          "seen\n" },
        { "<style>@media (min-width:1200px){.p{display:none}}@media (min-width:9px) and (x:9px){.p{"
          "display:none}}@media (min-width:9em){.p{display:none}}</style><i class=p>seen</i>",
          "seen\n" },
        { "<style>.p{display:none}@media (max-device-width:9px){}@media (max-width:9px), "
          "screen{.p{display:block}}</style><i class=p>seen</i>on",
          "seenon\n" },
        { "<style>@media (max-width:9px){@media x{b{}}.p{display:block}}.p{display:none}</style><i "
          "class=p>x</i>seen",
          "seen\n" },
        { "<style>.p{display:inline!important}</style><i class=p style='display:none'>seen</i><i "
          "class=p style='display:none!important'>x</i>on",
          "seenon\n" },
        { "<style>@media (min-width:600px){.p{display:block!important;max-height:none!important}}"
          "</style><div class=p style='display:none;max-height:0;overflow:hidden;font-size:0'>seen"
          "</div><div class=p style='max-height:0;overflow:hidden'>too</div><div class=p "
          "style='opacity:0!important'>x</div>",
          "seen\ntoo\n" },
        { "<style>.p{display:inline!important}.q{display:none}</style><i class='p q'>seen</i><i "
          "class=q>x</i>",
          "seen\n" },
        { "<style>.p{display:none!important}.p{display:block}.q{display:block}</style><i "
          "class='p q'>x</i>seen",
          "seen\n" },
        { "<style>#p{display:inline}i.q{display:inline}.r,.q{display:none}</style><i class=r "
          "id=p>seen</i><i class=q>too</i><b class=q>x</b>",
          "seentoo\n" },
        { "<style>#p{display:none}i.q{display:none}.r,.q{display:inline}</style><i class=r "
          "id=p>x</i><i class=q>y</i><b class=q>seen</b>",
          "seen\n" },
        { "<style>.o .p{display:inline}.p{display:none}</style><b class=o><i class=p>seen</i></b>",
          "seen\n" },
        { "<style>.p{display:inline}b.q{display:inline!important}.r .q{display:inline!important}"
          "</style><i class=p style='display:none'>x</i><i class=q style='display:none'>y</i>seen",
          "seen\n" },
        { "<style>.p{display:block}span.q{display:block}</style><i class=p>a</i><i class=p>b</i><i "
          "class=q>c</i><span class=q>d</span>",
          "a\nb\nc\nd\n" },
        { "<style>@media x{.p{display:block}}.q .r{display:block}</style><i class=p>a</i><i "
          "class=r>b</i>c",
          "abc\n" },
        { "<style>.p{display:none}</style><i class=p>all</i>", "all\n" },
        { "<style>.p{display:none", "" },
        { "<style>}}{;/*", "" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_a_style_sheet_hides_in_each_way_that_a_style_does(void **state)
{
    static const struct reading rows[] = {
        { "<style>.p{visibility:hidden}tr.q{visibility:collapse}</style><i class=p>x<b "
          "style='visibility:visible'>seen</b>y</i><table><tr class=q><td>z</table>too",
          "seen\ntoo\n" },
        { "<style>.p{visibility:hidden}.q{visibility:visible}</style><div class=p>x<i "
          "class=q>seen</i></div><div style='visibility:hidden'>y<i class='p q'>too</i></div>",
          "seen\ntoo\n" },
        { "<style>.p{visibility:hidden}.q{visibility:hidden!important}</style><i class=p "
          "style='visibility:visible'>seen</i><i class=q style='visibility:visible'>x</i>",
          "seen\n" },
        { "<style>.p{display:none}</style><i class=p><b style='visibility:visible'>x</b></i>seen",
          "seen\n" },
        { "<style>.p{visibility:hidden}.o .p{visibility:visible}@media "
          "(max-width:9px){.q{visibility:hidden}}</style><i class=p>seen</i><i class=q>too</i>",
          "seentoo\n" },
        { "<style>.p{max-height:0;overflow:hidden}.q{display:block;height:0;overflow:hidden}"
          "</style><div class=p>x</div><p class=p>y</p><td class=p>seen</td><b class=p>too</b><b "
          "class=q>z</b><b style='display:block' class=p>z</b>",
          "seen too\n" },
        { "<style>.p{max-height:0;overflow:hidden}.q{height:0;overflow:hidden;padding:9px}</style>"
          "<div class=p style='max-height:9em'>seen</div><div class=p style='display:inline'>too"
          "</div><div class=q>and</div>",
          "seen\ntoo\nand\n" },
        { "<style>.p{max-height:0;overflow:hidden}.q{max-height:0;overflow:hidden}@media "
          "(min-width:600px){.p{max-height:none!important}}@media "
          "(max-width:600px){.q{max-height:none!important}.r{max-height:0;overflow:hidden}}</style>"
          "<div class=p>seen</div><div class=q>x</div><div class=r>too</div>",
          "seen\ntoo\n" },
        { "<style>.p{position:absolute;clip:rect(0,0,0,0)}.q{opacity:0}.r{position:absolute;left:"
          "-9999px}</style><b class=p>x</b><b class=q>y</b><b class=r>z</b>seen",
          "seen\n" },
        { "<style>.p{font-size:0;overflow:hidden}.q{font-size:9px}</style><i class=p>x<b "
          "class=q>seen</b><b style='font-size:1em'>y</b></i><i class='p q'>too</i><i class=p "
          "style='font-size:9px'>and</i>",
          "seentooand\n" },
        { "<style>.p{font-size:0}</style><div class=p><p>seen</p></div>", "seen\n" },
        { "<style>.p{font-size:0;overflow:hidden}div > p, td{font-size:9px}p.q{font-size:0;overflow"
          ":hidden}</style><div class=p>x<i>y</i><p>seen<p class=q>z</p></div>",
          "seen\n" },
        { "<style>.p{visibility:hidden}.q{max-height:0;overflow:hidden}</style><i class=p>all</i>"
          "<div class=q>too</div>",
          "all\ntoo\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_characters_that_only_fill_a_line_up_are_left_out(void **state)
{
    static const struct reading rows[] = {
        { "<div>Your lamp&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;</div>seen", "Your lamp\nseen\n" },
        { "<div>&#847; &#847; &#847; &#8199;&#65279;</div><p>seen", "seen\n" },
        { "<p>a<p>&#8203;&#8204;&#8205;&#8206;&#8207;&zwnj;<p>b", "a\n\nb\n" },
        { "<div>Lamp&shy;&nbsp;&shy;&nbsp;&shy;&nbsp;&shy;&nbsp;&shy;&nbsp;&shy;&nbsp;&shy;"
          "&nbsp;&shy;&nbsp;</div>seen",
          "Lamp\nseen\n" },
        { "a&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;b", "a b\n" },
        { "\u0645\u06cc&zwnj;\u062e\u0648\u0627\u0647\u0645",
          "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\n" },
        { "\U0001f469&zwj;\U0001f469&zwj;\U0001f467",
          "\U0001f469\u200d\U0001f469\u200d\U0001f467\n" },
        { "&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;in", "         in\n" },
        { "--&nbsp;<br>Ana", "-- \nAna\n" },
    };

    (void)state;
    reading_expect_all(rows, ROWS(rows), words_of_html);
}

static void test_a_tag_that_is_too_long_loses_its_attributes_and_nothing_else(void **state)
{
    struct text_buffer b = { 0 };
    int i;

    (void)state;
    text_buffer_puts(&b, "before <a ");
    for (i = 0; i < 5000; i++)
        text_buffer_printf(&b, "x%d=1 ", i);
    text_buffer_puts(&b, ">link</a> after");
    reading_expect(0, mail_html_text(reading_arena, (struct span){ b.ptr, b.len }),
                   "before link after\n");
    text_buffer_clear(&b);
}

static void test_flowed_lines_are_one_and_quoted_ones_stay_apart(void **state)
{
    static const struct {
        const char *in, *out;
        bool delsp;
    } rows[] = {
        { "a \nb\nc\n", "a b\nc\n", false },
        { "a \nb\n", "ab\n", true },
        { "> a \n> b\nc \n> d\n", "> a b\nc \n> d\n", false },
        { " From x\n", "From x\n", false },
        { "a \n-- \nme \nyou\n", "a \n-- \nme you\n", false },
        { "a ", "a \n", false },
        { ">> x\n", ">> x\n", false },
        { "", "", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer b = { 0 };

        mail_flowed_unfold(&b, span_of(rows[i].in), rows[i].delsp);
        reading_expect(i, reading_taken(&b), rows[i].out);
    }
}

static void test_enriched_text_loses_its_commands(void **state)
{
    struct text_buffer b = { 0 };

    (void)state;
    mail_flowed_enriched(&b, span_of("<bold>a</bold> <<x\nb\n\nc<color><param>red</param>d"));
    reading_expect(0, reading_taken(&b), "a <x b\ncd\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transfer_encodings_come_off_however_dirty),
        cmocka_unit_test(test_html_is_read_as_it_is_seen),
        cmocka_unit_test(test_an_end_tag_that_is_badly_written_is_no_text),
        cmocka_unit_test(test_what_an_element_holds_as_it_stands_opens_nothing),
        cmocka_unit_test(test_letters_that_nobody_sees_are_no_words),
        cmocka_unit_test(test_what_a_browser_shows_is_not_taken_for_hidden),
        cmocka_unit_test(test_what_is_cut_off_or_moved_away_is_not_seen),
        cmocka_unit_test(test_what_has_its_place_and_is_not_seen_parts_lines),
        cmocka_unit_test(test_what_stands_apart_by_its_style_does_not_run_together),
        cmocka_unit_test(test_what_a_style_sheet_hides_is_not_seen),
        cmocka_unit_test(test_a_style_sheet_hides_in_each_way_that_a_style_does),
        cmocka_unit_test(test_characters_that_only_fill_a_line_up_are_left_out),
        cmocka_unit_test(test_a_tag_that_is_too_long_loses_its_attributes_and_nothing_else),
        cmocka_unit_test(test_flowed_lines_are_one_and_quoted_ones_stay_apart),
        cmocka_unit_test(test_enriched_text_loses_its_commands),
    };

    return cmocka_run_group_tests(tests, reading_setup, reading_teardown);
}
