#include "channels/mail_body.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_armour.h"
#include "channels/mail_bounce_report.h"
#include "channels/mail_charset.h"
#include "channels/mail_event.h"
#include "channels/mail_flowed.h"
#include "channels/mail_header.h"
#include "channels/mail_html.h"
#include "channels/mail_html_picture.h"
#include "channels/mail_inline.h"
#include "channels/mail_kind.h"
#include "channels/mail_part.h"
#include "channels/mail_preamble.h"
#include "channels/mail_quote.h"
#include "channels/mail_quote_name.h"
#include "channels/mail_quote_place.h"
#include "channels/mail_tnef.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "core/subject.h"

/* All texts of a mail together; what is beyond is not shown. */
enum { SHOWN_MAX = 4 << 20, END_MAX = 32 };

struct body {
    struct arena *arena;
    struct span raw;
    const char *fallback;
    struct inbound *in;
    struct text_buffer html;
    bool has_html;
    bool heard;   /* another form of the same was read: this one's text is not needed */
    size_t shown; /* bytes of text that were read */
    size_t room;  /* of in->attachments */
};

/* What a subtree says. */
struct said {
    struct text_buffer text;
    struct text_buffer reply; /* the same, its history told by structure where it is HTML */
    bool plain;               /* some of it was text/plain and not blank */
};

/* --- attachments
 * -------------------------------------------------------------------------------------- */

static const char *digest(struct arena *a, struct span s)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int len = 0, i;
    char *hex;

    if (EVP_Digest(s.ptr, s.len, md, &len, EVP_sha256(), NULL) != 1)
        abort(); /* a digest that every OpenSSL has: out of memory */
    hex = arena_alloc(a, (size_t)len * 2 + 1);
    for (i = 0; i < len; i++)
        sprintf(hex + i * 2, "%02x", md[i]);
    return hex;
}

/* NULL: there are too many. */
static struct inbound_attachment *attach(struct body *b, const char *filename, const char *type,
                                         struct span s)
{
    struct inbound *in = b->in;
    struct inbound_attachment *f;

    if (in->attachment_count == b->room) {
        size_t room = b->room * 2 + 8;
        struct inbound_attachment *more = arena_array(b->arena, room, sizeof(*more));

        if (b->room > 0)
            memcpy(more, in->attachments, b->room * sizeof(*more));
        in->attachments = more;
        b->room = room;
    }
    if (in->attachment_count == INBOUND_ATTACHMENTS_MAX)
        return NULL;
    f = &in->attachments[in->attachment_count++];
    f->filename = filename;
    f->content_type = type;
    f->size = (int64_t)s.len;
    f->sha256 = digest(b->arena, s);
    return f;
}

/* Did its sender attach it as a file? What has a name may also only show in the text. */
static bool is_file(const struct mail_part *p)
{
    return p->attached || (p->filename != NULL && strcmp(p->disposition.head, "inline") != 0 &&
                           mail_header_find(&p->header, "Content-ID").len == 0);
}

/* A mail whose lines were mended is read from a copy, and its files have no place. */
static void place_file(const struct body *b, const struct mail_part *p,
                       struct inbound_attachment *f)
{
    uintptr_t raw = (uintptr_t)b->raw.ptr, at = (uintptr_t)p->body.ptr;

    if (f == NULL || !is_file(p) || at < raw || at - raw > b->raw.len - p->body.len)
        return;
    f->encoding = mail_transfer_name(p->transfer);
    f->at = at - raw;
    f->length = p->body.len;
}

static void attach_part(struct body *b, const struct mail_part *p)
{
    struct text_buffer bytes = { 0 };

    mail_transfer_decode(&bytes, p->body, p->transfer);
    place_file(b, p, attach(b, p->filename, p->type, text_buffer_span(&bytes)));
    text_buffer_clear(&bytes);
}

/* Files within a text are attachments, and no text. */
static void pull_files(struct body *b, struct text_buffer *bytes)
{
    struct span s = text_buffer_span(bytes);
    struct text_buffer rest = { 0 }, content = { 0 };
    struct mail_inline file;
    size_t at = 0;

    while (mail_inline_next(s, at, &file, &content)) {
        const char *name = mail_header_text(b->arena, file.name, b->fallback, INBOUND_NAME_MAX);

        attach(b, mail_part_filename(b->arena, name), "application/octet-stream",
               text_buffer_span(&content));
        content.len = 0;
        text_buffer_add(&rest, s.ptr + at, file.begin - at);
        at = file.end;
    }
    if (at > 0) {
        text_buffer_add(&rest, s.ptr + at, s.len - at);
        text_buffer_clear(bytes);
        *bytes = rest;
    }
    text_buffer_clear(&content);
}

/* --- one leaf
 * ----------------------------------------------------------------------------------------- */

/* Text that is data, not words to the reader. */
static bool is_data(const char *subtype)
{
    static const char *const data[] = {
        "calendar",     "css",         "csv",           "directory",
        "javascript",   "rfc822",      "rfc822-header", "rfc822-headers",
        "rtf",          "vcard",       "watch-html",    "x-amp-html",
        "x-javascript", "x-vcalendar", "x-vcard",       "xml",
        "x-watch-html", NULL,
    };
    const char *const *d;

    for (d = data; *d != NULL; d++)
        if (strcmp(subtype, *d) == 0)
            return true;
    return false;
}

/* Data that a reader can make something of: shown where there is nothing else to show. */
static bool is_legible(const char *subtype)
{
    return strcmp(subtype, "csv") == 0 || strcmp(subtype, "xml") == 0;
}

static bool is_words(const struct mail_part *p)
{
    return !p->is_multipart &&
           (strcmp(p->type, "text/plain") == 0 || strcmp(p->type, "text/html") == 0);
}

/* Where a part stands: alone, as one form of what is said, or among others. */
enum place { PLACE_ALONE, PLACE_FORM, PLACE_AMONG };

/* A mail of one part is its own body, whatever it is named, and so is a form of it. */
static bool is_shown(const struct mail_part *p, enum place place)
{
    const char *subtype = p->type + 5;

    return strncmp(p->type, "text/", 5) == 0 && !p->attached &&
           (!is_data(subtype) || (place == PLACE_ALONE && is_legible(subtype))) &&
           (p->filename == NULL || place == PLACE_ALONE || (place == PLACE_FORM && is_words(p)));
}

/* What is shown for want of anything else is a file all the same where it has a name. */
static bool is_shown_file(const struct mail_part *p)
{
    return p->filename != NULL && is_data(p->type + 5);
}

static bool is_blank(struct span s)
{
    size_t i, n;

    for (i = 0; i < s.len; i += n) {
        n = 1;
        if (strchr(" \t\r\n\f", s.ptr[i]) != NULL)
            continue;
        if (s.len - i >= 2 && memcmp(s.ptr + i, "\xc2\xa0", 2) == 0)
            n = 2;
        else if (s.len - i >= 3 && (memcmp(s.ptr + i, "\xe2\x80\x8b", 3) == 0 ||
                                    memcmp(s.ptr + i, "\xef\xbb\xbf", 3) == 0))
            n = 3;
        else
            return false;
    }
    return true;
}

/* The encoding of a text; words above a file that is called the whole of it are as they stand. */
static enum mail_transfer transfer_of(const struct mail_part *p)
{
    struct text_buffer bytes = { 0 };
    struct mail_inline file;
    bool words;

    if (p->transfer != MAIL_TRANSFER_UUENCODE)
        return p->transfer;
    words = mail_inline_next(p->body, 0, &file, &bytes) &&
            !is_blank((struct span){ p->body.ptr, file.begin });
    text_buffer_clear(&bytes);
    return words ? MAIL_TRANSFER_NONE : p->transfer;
}

static void decode_leaf(struct body *b, const struct mail_part *p, bool html,
                        struct text_buffer *out)
{
    struct text_buffer bytes = { 0 };
    struct span charset = mail_param_bytes(b->arena, &p->content_type, "charset", NULL), s;

    mail_transfer_decode(&bytes, p->body, transfer_of(p));
    if (!html)
        pull_files(b, &bytes);
    else if (bytes.len > INBOUND_TEXT_MAX)
        mail_html_drop_pictures(&bytes);
    s = text_buffer_span(&bytes);
    if (html && !mail_charset_is_known(charset))
        charset = mail_html_charset(s);
    mail_charset_decode(out, s, charset, b->fallback, INBOUND_TEXT_MAX);
    text_buffer_clear(&bytes);
}

/* Every kind of line end becomes LF. */
static void mend_lines(struct text_buffer *b)
{
    size_t i, n = 0;

    for (i = 0; i < b->len; i++) {
        if (b->ptr[i] == '\r' && i + 1 < b->len && b->ptr[i + 1] == '\n')
            continue;
        b->ptr[n++] = (char)(b->ptr[i] == '\r' ? '\n' : b->ptr[i]);
    }
    b->len = n;
}

static void lay_out(const struct mail_part *p, struct text_buffer *b)
{
    struct mail_value v = p->content_type;
    struct arena *a = arena_new();
    struct text_buffer out = { 0 };
    struct span s = text_buffer_span(b);
    const char *format = mail_param_text(a, &v, "format", NULL, 20);
    const char *delsp = mail_param_text(a, &v, "delsp", NULL, 20);

    if (strcmp(p->type, "text/enriched") == 0 || strcmp(p->type, "text/richtext") == 0)
        mail_flowed_enriched(&out, s);
    else if (format != NULL && strcasecmp(format, "flowed") == 0)
        mail_flowed_unfold(&out, s, delsp != NULL && strcasecmp(delsp, "yes") == 0);
    if (out.len > 0) {
        text_buffer_clear(b);
        *b = out;
    }
    arena_free(a);
}

static void add_html(struct body *b, struct span html)
{
    if (b->html.len > 0)
        text_buffer_puts(&b->html, "\n");
    b->has_html = true;
    text_buffer_add(&b->html, html.ptr, html.len);
}

/* Adds words in UTF-8 to what is shown. */
static void show(struct body *b, const struct text_buffer *text, bool html, struct said *out)
{
    const char *clean = text_clean(b->arena, text_buffer_span(text), INBOUND_TEXT_MAX),
               *reply = clean;

    b->shown += text->len;
    if (text->len > INBOUND_TEXT_MAX && !b->heard)
        b->in->body_unparsed = true;
    if (html) {
        add_html(b, span_of(clean));
        if (b->heard)
            return;
        if (strchr(clean, '<') != NULL || strchr(clean, '&') != NULL) {
            reply = mail_html_reply(b->arena, span_of(clean));
            clean = mail_html_text(b->arena, span_of(clean));
        }
    }
    out->plain = !html && !is_blank(span_of(clean));
    text_buffer_puts(&out->text, clean);
    text_buffer_puts(&out->reply, reply);
}

static void read_leaf(struct body *b, const struct mail_part *p, struct said *out)
{
    bool html = strcmp(p->type, "text/html") == 0;
    struct text_buffer text = { 0 };

    if (b->shown >= SHOWN_MAX) {
        b->in->body_unparsed = true;
        return;
    }
    decode_leaf(b, p, html, &text);
    mend_lines(&text);
    if (!html)
        lay_out(p, &text);
    show(b, &text, html, out);
    /* Where that is said of parts that nobody found, any other form says it better. */
    if (strcmp(p->type, "text/plain") != 0 || strncmp(p->content_type.head, "multipart/", 10) == 0)
        out->plain = false;
    text_buffer_clear(&text);
}

/* --- the tree
 * ----------------------------------------------------------------------------------------- */

static void read_part(struct body *b, const struct mail_part *p, enum place place,
                      struct said *out);

static void add_text(struct text_buffer *to, const struct text_buffer *more)
{
    if (to->len > 0 && more->len > 0)
        text_buffer_puts(to, to->ptr[to->len - 1] == '\n' ? "\n" : "\n\n");
    if (to->len + more->len <= SHOWN_MAX)
        text_buffer_add(to, more->ptr, more->len);
}

static void said_clear(struct said *said)
{
    text_buffer_clear(&said->text);
    text_buffer_clear(&said->reply);
}

static void add_said(struct said *to, const struct said *more)
{
    if (is_blank(text_buffer_span(&more->text)))
        return;
    add_text(&to->text, &more->text);
    add_text(&to->reply, &more->reply);
    to->plain = to->plain || more->plain;
}

/* A form that is neither shown nor the HTML is kept as a file: text/enriched beside text/plain. */
static void keep_other_forms(struct body *b, const struct mail_part *p, size_t shown)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (i != shown && !p->parts[i]->is_multipart && is_shown(p->parts[i], PLACE_FORM) &&
            !is_words(p->parts[i]))
            attach_part(b, p->parts[i]);
}

/* The first form that has plain words, else the first that has words. */
static void read_alternative(struct body *b, const struct mail_part *p, struct said *out)
{
    struct said best = { 0 };
    bool heard = b->heard;
    size_t i, shown = p->count;

    for (i = 0; i < p->count; i++) {
        struct said form = { 0 };

        b->heard = heard || best.plain;
        read_part(b, p->parts[i], PLACE_FORM, &form);
        if ((form.plain && !best.plain) || best.text.len == 0 ||
            is_blank(text_buffer_span(&best.text))) {
            said_clear(&best);
            best = form;
            shown = i;
        } else {
            said_clear(&form);
        }
    }
    b->heard = heard;
    keep_other_forms(b, p, shown);
    add_said(out, &best);
    said_clear(&best);
}

/* A report's first part is its notice, and no file, whatever it is named (RFC 6522 3). */
static enum place place_of(const struct mail_part *parent, size_t i)
{
    return i == 0 && strcmp(parent->type, "multipart/report") == 0 ? PLACE_FORM : PLACE_AMONG;
}

static void read_part(struct body *b, const struct mail_part *p, enum place place, struct said *out)
{
    size_t i;

    if (!p->is_multipart) {
        bool shown = is_shown(p, place);

        if (shown)
            read_leaf(b, p, out);
        if (!shown || is_shown_file(p))
            attach_part(b, p);
        return;
    }
    if (strcmp(p->type, "multipart/alternative") == 0) {
        read_alternative(b, p, out);
        return;
    }
    for (i = 0; i < p->count; i++) {
        struct said part = { 0 };

        read_part(b, p->parts[i], place_of(p, i), &part);
        add_said(out, &part);
        said_clear(&part);
    }
}

/* Does the reply go as far as the text, so that no history was found at its end? */
static bool is_to_the_end(struct span text, struct span reply)
{
    size_t n;

    text = span_trim(text);
    n = reply.len < END_MAX ? reply.len : END_MAX;
    return n > 0 && n <= text.len &&
           memcmp(text.ptr + text.len - n, reply.ptr + reply.len - n, n) == 0;
}

static struct mail_quote_sender sender_of(const struct mail_header *h, const struct inbound *in)
{
    const char *name = in->sender.name, *address = in->sender.value; /* NULL: there was none */
    bool answers = inbound_is_answer(in) || subject_is_answer(in->subject);

    return (struct mail_quote_sender){
        .name = span_of(name != NULL ? name : ""),
        .address = span_of(address != NULL ? address : ""),
        .begins = !answers && !subject_forwards(in->subject, NULL),
        .reader = in->to_count > 0 ? in->to[0].value : NULL,
        .notifies = !answers && mail_kind_is_notice(h, in),
    };
}

/* An answer whose plain text shows no history: does the HTML that came with it? */
static void read_reply_by_structure(struct inbound *in, struct mail_quote_sender sender)
{
    struct span text = span_of(in->text);
    const char *reply;
    size_t place;

    if (!inbound_is_answer(in) || in->html == NULL || !is_to_the_end(text, span_of(in->reply_text)))
        return;
    place = mail_quote_place(text, span_of(mail_html_reply(in->arena, span_of(in->html))));
    reply = mail_quote_reply(in->arena, (struct span){ text.ptr, place }, sender);
    if (place < text.len && reply[0] != '\0')
        in->reply_text = reply;
}

/* Its last line may be the sender's name, below a rule. */
static void strip_name(struct inbound *in)
{
    struct span reply = span_of(in->reply_text), words;

    if (in->sender.name == NULL)
        return;
    words = mail_quote_name_strip(reply, span_of(in->sender.name));
    if (words.len < reply.len)
        in->reply_text = arena_strndup(in->arena, words.ptr, words.len);
}

static void read_reply(const struct said *all, const struct mail_header *h, struct inbound *in)
{
    struct mail_quote_sender sender = sender_of(h, in);
    struct arena *a = in->arena;
    const char *whole;

    if (all->reply.len > 0) {
        whole = text_clean(a, (struct span){ all->reply.ptr, all->reply.len }, INBOUND_TEXT_MAX);
        in->reply_text = mail_quote_reply(a, span_of(whole), sender);
    }
    if (in->reply_text[0] == '\0') /* the structure told all to be history, or a signature */
        in->reply_text = mail_quote_reply(a, span_of(in->text), sender);
    if (all->plain)
        read_reply_by_structure(in, sender);
    strip_name(in);
}

static bool is_tnef(const struct mail_part *p)
{
    return !p->is_multipart &&
           (strcmp(p->type, "application/ms-tnef") == 0 ||
            strcmp(p->type, "application/vnd.ms-tnef") == 0 ||
            (p->filename != NULL && strcasecmp(p->filename, "winmail.dat") == 0));
}

/* Reads a part that is of a certain sort; true: no other is to be read. */
typedef bool read_fn(struct body *b, const struct mail_part *p, struct said *out);

/* The first part that is of that sort, those within a part before itself. */
static bool read_first(struct body *b, const struct mail_part *p, read_fn *reads, struct said *out)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (read_first(b, p->parts[i], reads, out))
            return true;
    return reads(b, p, out);
}

/* Of a mail without words: those of the first winmail.dat in it, and of no other, for a hostile one
 * is much work. */
static bool read_tnef(struct body *b, const struct mail_part *p, struct said *out)
{
    struct text_buffer bytes = { 0 }, text = { 0 };
    bool html;

    if (!is_tnef(p))
        return false;
    mail_transfer_decode(&bytes, p->body, p->transfer);
    html = mail_tnef_words(&text, text_buffer_span(&bytes), b->fallback);
    mend_lines(&text);
    if (!is_blank(text_buffer_span(&text)))
        show(b, &text, html, out);
    text_buffer_clear(&bytes);
    text_buffer_clear(&text);
    return true;
}

/* Of a mail without words: those of the first invitation in it. */
static bool read_event(struct body *b, const struct mail_part *p, struct said *out)
{
    struct text_buffer calendar = { 0 };

    if (strcmp(p->type, "text/calendar") != 0)
        return false;
    decode_leaf(b, p, false, &calendar);
    mail_event_words(&out->text, text_buffer_span(&calendar));
    text_buffer_clear(&calendar);
    return out->text.len > 0;
}

/* Of a delivery report without words: those that stand among its fields. */
static bool read_report(struct body *b, const struct mail_part *p, struct said *out)
{
    struct text_buffer report = { 0 };

    if (mail_part_find(p, mail_bounce_report_types, 0) == NULL || p->attached)
        return false;
    decode_leaf(b, p, false, &report);
    mend_lines(&report);
    mail_bounce_report_words(&out->text, text_buffer_span(&report));
    text_buffer_clear(&report);
    return out->text.len > 0;
}

/* Of a mail without words: those that stand above the parts of its multiparts, where programs
 * mostly tell that it has parts. */
static void read_preambles(struct body *b, const struct mail_part *p, struct said *out)
{
    struct mail_part above = { .type = "text/plain",
                               .content_type = p->content_type,
                               .body = p->preamble };
    struct text_buffer text = { 0 }, words = { 0 };
    struct said part = { 0 };
    size_t i;

    if (p->preamble.len > 0 && b->shown < SHOWN_MAX) {
        decode_leaf(b, &above, false, &text);
        mend_lines(&text);
        mail_preamble_words(&words, text_buffer_span(&text));
        show(b, &words, false, &part);
        add_said(out, &part);
    }
    said_clear(&part);
    text_buffer_clear(&text);
    text_buffer_clear(&words);
    for (i = 0; i < p->count; i++)
        read_preambles(b, p->parts[i], out);
}

/* Of a picture message without other words: those of the first text in it, which carriers give a
 * name. It is a file all the same. */
static bool read_named(struct body *b, const struct mail_part *p, struct said *out)
{
    struct said words = { 0 };
    bool found;

    if (!is_words(p) || p->attached || p->filename == NULL)
        return false;
    read_leaf(b, p, &words);
    found = !is_blank(text_buffer_span(&words.text));
    add_said(out, &words);
    said_clear(&words);
    return found;
}

static bool is_picture_message(const struct mail_part *root)
{
    static const char *const smil[] = { "application/smil", NULL };

    return mail_part_find(root, smil, MAIL_LEVELS_MAX) != NULL;
}

/* Is there something that was said to us, and that nobody here can read? */
static bool is_encrypted(const struct mail_part *root, const struct inbound *in)
{
    static const char *const openpgp[] = { "multipart/encrypted", NULL };
    static const char *const smime[] = { "application/pkcs7-mime", "application/x-pkcs7-mime",
                                         NULL };

    return mail_part_find(root, openpgp, MAIL_LEVELS_MAX) != NULL ||
           mail_armour_is_sealed(span_of(in->text)) ||
           (is_blank(span_of(in->text)) && mail_part_find(root, smime, MAIL_LEVELS_MAX) != NULL);
}

void mail_body_read(struct mail_part *root, struct span raw, const char *fallback,
                    struct inbound *in)
{
    struct body b = { .arena = in->arena, .raw = raw, .fallback = fallback, .in = in };
    struct said all = { 0 };

    read_part(&b, root, PLACE_ALONE, &all);
    if (is_blank(text_buffer_span(&all.text)))
        read_first(&b, root, read_tnef, &all);
    if (is_blank(text_buffer_span(&all.text)))
        read_first(&b, root, read_event, &all);
    if (is_blank(text_buffer_span(&all.text)))
        read_first(&b, root, read_report, &all);
    if (is_blank(text_buffer_span(&all.text)) && is_picture_message(root))
        read_first(&b, root, read_named, &all);
    if (is_blank(text_buffer_span(&all.text)))
        read_preambles(&b, root, &all);
    if (all.text.len > INBOUND_TEXT_MAX)
        in->body_unparsed = true;
    if (all.text.len > 0)
        in->text = text_clean(in->arena, text_buffer_span(&all.text), INBOUND_TEXT_MAX);
    if (b.has_html)
        in->html = text_clean(in->arena, text_buffer_span(&b.html), INBOUND_TEXT_MAX);
    read_reply(&all, &root->header, in);
    in->encrypted = is_encrypted(root, in);
    said_clear(&all);
    text_buffer_clear(&b.html);
}
