#include "channels/mail_header.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_charset.h"
#include "channels/mail_header_line.h"
#include "channels/mail_transfer.h"
#include "core/arena.h"
#include "core/base64.h"
#include "core/inbound.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* --- fields
 * ------------------------------------------------------------------------------------------- */

/* The line at `at` without its end; *next is where the next one begins. */
static struct span line_at(struct span s, size_t at, size_t *next)
{
    const char *end = memchr(s.ptr + at, '\n', s.len - at);
    struct span line = { s.ptr + at, end != NULL ? (size_t)(end - s.ptr) - at : s.len - at };

    *next = end != NULL ? at + line.len + 1 : s.len;
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

struct reader {
    struct arena *arena;
    struct mail_header *out;
    struct span part; /* what is read */
    size_t room, bytes;
    struct mail_field *open; /* the field whose lines are being read; NULL: they are passed over */
    size_t held;      /* of the field above lines that say nothing: its place, from 1 on; 0: none */
    struct span tail; /* what goes on with it below them */
    size_t stray;     /* where lines that are no fields began, after the last one that is */
    size_t words, above; /* likewise after the last one of a mail, and how many stood above */
    unsigned once,
        once_above; /* the fields that a mail has once: seen so far, and above the words */
    bool opens_with_words, of_mail; /* the first line is no field; there is a field of a mail */
    bool said, shown; /* below the words stands what has only a field's form; a mail's */
    bool fields_only; /* there is no body that could begin without an empty line */
};

static void open_field(struct reader *r, struct span line, size_t name)
{
    struct mail_header *h = r->out;
    const char *colon = memchr(line.ptr + name, ':', line.len - name);

    r->open = NULL;
    if (h->count >= MAIL_FIELDS_MAX || r->bytes > MAIL_BLOCK_MAX) {
        h->over = true;
        return;
    }
    if (h->count == r->room) {
        struct mail_field *more = arena_array(r->arena, r->room * 2 + 32, sizeof(*more));

        if (h->count > 0)
            memcpy(more, h->fields, h->count * sizeof(*more));
        h->fields = more;
        r->room = r->room * 2 + 32;
    }
    r->open = &h->fields[h->count++];
    r->open->name = (struct span){ line.ptr, name };
    r->open->value = (struct span){ colon + 1, (size_t)(line.ptr + line.len - colon) - 1 };
}

static void cut_field(struct mail_header *h, struct mail_field *f)
{
    if (f->value.len > MAIL_FIELD_MAX) {
        f->value.len = MAIL_FIELD_MAX;
        h->over = true;
    }
    f->value = span_trim(f->value);
}

/* "X-Room Name: 12", ": 12": a field whose name is none; nobody writes such words. */
static bool is_broken_field(struct span line)
{
    return line.ptr[0] == ':' ||
           (span_begins(line, "X-") && memchr(line.ptr, ':', line.len) != NULL);
}

/* A field that programs write; "Room: 12" may be words as well. What ends with a dash begins names.
 */
static bool is_of_mail(struct span name)
{
    static const char *const fields[] = {
        "ARC-",
        "Authentication-Results",
        "Auto-Submitted",
        "Bcc",
        "Cc",
        "Content-",
        "Date",
        "Delivered-To",
        "DKIM-",
        "From",
        "Importance",
        "In-Reply-To",
        "List-",
        "Message-ID",
        "MIME-Version",
        "Precedence",
        "Received",
        "Received-SPF",
        "References",
        "Reply-To",
        "Resent-",
        "Return-Path",
        "Sender",
        "Subject",
        "To",
        "User-Agent",
        "X-",
        NULL,
    };
    const char *const *f;

    for (f = fields; *f != NULL; f++) {
        bool begins_names = (*f)[strlen(*f) - 1] == '-';

        if (begins_names ? span_begins(name, *f) : span_same(name, *f))
            return true;
    }
    return false;
}

/* Is it a rule, or another line without letters and digits? */
static bool says_nothing(struct span line)
{
    size_t i;

    for (i = 0; i < line.len; i++)
        if ((unsigned char)line.ptr[i] >= 0x80 || isalnum((unsigned char)line.ptr[i]))
            return false;
    return true;
}

/* The header goes on: what stands below a line that says nothing belongs to the field above. */
static void join_tail(struct reader *r)
{
    struct mail_field *f = r->held > 0 ? &r->out->fields[r->held - 1] : NULL;

    if (f != NULL && r->tail.len > 0 && f->value.len + r->tail.len < MAIL_FIELD_MAX) {
        char *whole = arena_alloc(r->arena, f->value.len + r->tail.len + 1);

        memcpy(whole, f->value.ptr, f->value.len);
        whole[f->value.len] = '\n';
        memcpy(whole + f->value.len + 1, r->tail.ptr, r->tail.len);
        f->value = (struct span){ whole, f->value.len + r->tail.len + 1 };
    }
    r->held = 0;
    r->tail = (struct span){ 0 };
}

static void hold_field(struct reader *r, struct span line)
{
    if (r->tail.len > 0 || !says_nothing(line)) {
        r->held = 0;
        r->tail = (struct span){ 0 };
    } else if (r->open != NULL) {
        r->held = (size_t)(r->open - r->out->fields) + 1;
    }
}

static void go_on(struct reader *r, struct span line)
{
    const char *end = line.ptr + line.len;

    if (r->open != NULL)
        r->open->value.len = (size_t)(end - r->open->value.ptr);
    else if (r->held > 0)
        r->tail =
            r->tail.len > 0 ? (struct span){ r->tail.ptr, (size_t)(end - r->tail.ptr) } : line;
}

static void take_stray(struct reader *r, size_t at)
{
    r->opens_with_words = r->opens_with_words || at == 0;
    r->stray = r->stray > 0 ? r->stray : at;
    if (r->words == 0) {
        r->words = at;
        r->above = r->out->count;
        r->once_above = r->once;
    }
}

/* "Date: 12 May" below words of a body that no empty line is before: the header has a date above,
 * or that is none of a header's. What follows a second author or subject is of his mail. */
static bool is_said(struct reader *r, struct span line, size_t name)
{
    const char *value = (const char *)memchr(line.ptr + name, ':', line.len - name) + 1;
    struct span field = { line.ptr, name };
    unsigned once = mail_header_line_once(field);

    if (r->words == 0 || r->fields_only)
        return false;
    if ((once & r->once_above) == 0)
        return (r->shown && once != 0) ||
               mail_header_line_is_said(
                   field, (struct span){ value, (size_t)(line.ptr + line.len - value) });
    r->shown = r->shown || mail_header_line_is_of_who_or_what(field);
    return true;
}

/* What may be said is a field all the same if the header goes on below. */
static void take_field(struct reader *r, struct span line, size_t name)
{
    struct span field = { line.ptr, name };
    bool said = is_said(r, line, name);

    if (said)
        r->held = 0;
    join_tail(r);
    open_field(r, line, name);
    r->stray = 0;
    r->said = r->said || said;
    r->once |= mail_header_line_once(field);
    if (!said && !r->out->over && is_of_mail(field)) {
        r->words = 0;
        r->said = false;
        r->shown = false;
        r->of_mail = true;
    }
}

static bool goes_on(const struct reader *r, struct span line, size_t at, bool no_field)
{
    struct span rest = { r->part.ptr + at, r->part.len - at };

    return is_blank(line.ptr[0]) ||
           (r->open != NULL && (mail_header_line_goes_on(r->open, line, no_field) ||
                                (no_field && mail_header_line_is_of_open(r->open, rest))));
}

static void take_line(struct reader *r, struct span line, size_t at)
{
    size_t name = mail_header_line_name(line);

    if (goes_on(r, line, at, name == 0)) {
        go_on(r, line);
    } else if (name > 0) {
        take_field(r, line, name);
    } else {
        hold_field(r, line);
        r->open = NULL;
        if (!is_broken_field(line))
            take_stray(r, at);
    }
    if (r->open == NULL || r->open->value.len <= MAIL_FIELD_MAX) /* what is cut costs nothing */
        r->bytes += line.len;
}

/* "--" and the boundary that a Content-Type above gives: its parts begin, the empty line was
 * forgotten or has blanks in it, which make it a part of the field above. */
static bool is_delimiter(const struct mail_header *h, struct span line)
{
    struct span mark = span_trim(line), type, at;

    if (mark.len < 3 || !span_begins(line, "--"))
        return false;
    type = mail_header_find(h, "Content-Type");
    if (!span_begins(span_trim(type), "multipart/"))
        return false;
    mark = (struct span){ mark.ptr + 2, mark.len - 2 };
    at.ptr = memmem(type.ptr, type.len, mark.ptr, mark.len);
    if (at.ptr == NULL || at.ptr == type.ptr || strchr("=\"", at.ptr[-1]) == NULL)
        return false;
    at = (struct span){ at.ptr + mark.len, (size_t)(type.ptr + type.len - at.ptr) - mark.len };
    return at.len == 0 || strchr("\"; \t\r\n", at.ptr[0]) != NULL;
}

/* The empty line was forgotten: is there a body all the same? */
static bool begins_with_words(const struct reader *r, struct span rest)
{
    return r->words > 0 && !r->fields_only && (r->stray > 0 || r->said || span_trim(rest).len == 0);
}

static void read_all(struct reader r)
{
    struct mail_header *out = r.out;
    struct span part = r.part;
    size_t at = 0, next, i;
    bool ended = false;

    *out = (struct mail_header){ 0 };
    while (at < part.len && !ended) {
        struct span line = line_at(part, at, &next);

        if (is_delimiter(out, line))
            break;
        ended = line.len == 0;
        if (!ended)
            take_line(&r, line, at);
        at = next;
    }
    if (begins_with_words(&r, (struct span){ part.ptr + at, part.len - at })) {
        at = r.words;
        out->count = r.above;
    }
    if (r.opens_with_words && !r.of_mail && !r.fields_only)
        out->count = 0; /* "Hello,", "Room: 12": a part without a header */
    for (i = 0; i < out->count; i++)
        cut_field(out, &out->fields[i]);
    line_at(part, 0, &next);
    out->body = out->count > 0 || r.fields_only ||
                        (part.len > 0 && (part.ptr[0] == '\n' || part.ptr[0] == '\r'))
                    ? at
                    : 0;
}

void mail_header_read(struct arena *a, struct span part, struct mail_header *out)
{
    read_all((struct reader){ .arena = a, .out = out, .part = part });
}

void mail_header_read_group(struct arena *a, struct span fields, struct mail_header *out)
{
    read_all((struct reader){ .arena = a, .out = out, .part = fields, .fields_only = true });
}

bool mail_header_next(const struct mail_header *h, const char *name, size_t *at, struct span *out)
{
    for (; *at < h->count; ++*at) {
        const struct mail_field *f = &h->fields[*at];

        if (span_same(f->name, name)) {
            *out = f->value;
            ++*at;
            return true;
        }
    }
    return false;
}

struct span mail_header_find(const struct mail_header *h, const char *name)
{
    struct span found = { "", 0 };
    size_t at = 0;

    mail_header_next(h, name, &at, &found);
    return found;
}

bool mail_header_has(const struct mail_header *h, const char *name)
{
    struct span found;
    size_t at = 0;

    return mail_header_next(h, name, &at, &found);
}

/* --- encoded words
 * ------------------------------------------------------------------------------------ */

struct word {
    struct span charset, text;
    bool base64;
};

/* The length of the encoded word at s; 0: there is none. Its text may hold blanks, for programs put
 * them there; its end is the next "?=", so that all words of a line are found in one pass. */
static size_t read_word(struct span s, struct word *w)
{
    const char *p = s.ptr, *end = s.ptr + s.len, *q;

    if (s.len < 7 || p[0] != '=' || p[1] != '?')
        return 0;
    for (q = p + 2; q < end && *q != '?' && (is_blank(*q) || (unsigned char)*q > ' '); q++)
        ;
    if (end - q < 5 || *q != '?' || q[2] != '?' || strchr("bBqQ", q[1]) == NULL || q[1] == '\0')
        return 0;
    w->charset = span_trim((struct span){ p + 2, (size_t)(q - p) - 2 });
    if (memchr(w->charset.ptr, ' ', w->charset.len) != NULL)
        return 0;
    w->base64 = q[1] == 'b' || q[1] == 'B';
    w->text.ptr = q + 3;
    q = memmem(w->text.ptr, (size_t)(end - w->text.ptr), "?=", 2);
    if (q == NULL)
        return 0;
    w->text.len = (size_t)(q - w->text.ptr);
    q = memchr(w->charset.ptr, '*', w->charset.len); /* a language follows (RFC 2231 5) */
    if (q != NULL)
        w->charset.len = (size_t)(q - w->charset.ptr);
    return (size_t)(w->text.ptr + w->text.len + 2 - p);
}

size_t mail_header_word(struct span s)
{
    struct word w;

    return read_word(s, &w);
}

static struct text_buffer unfold(struct span s)
{
    struct text_buffer b = { 0 };
    size_t i;

    for (i = 0; i < s.len; i++) {
        bool end = s.ptr[i] == '\r' || s.ptr[i] == '\n';
        bool folded = i + 1 < s.len && (is_blank(s.ptr[i + 1]) || s.ptr[i + 1] == '\n');

        if (!end && s.ptr[i] != '\0') /* a zero byte says nothing */
            text_buffer_add(&b, s.ptr + i, 1);
        else if (end && !folded)
            text_buffer_add(&b, " ", 1);
    }
    return b;
}

/* What is collected until its charset ends: a character may be split over two words. */
struct pending {
    struct text_buffer bytes;
    struct text_buffer begun; /* the end of the last word, which the next one finishes */
    struct span charset;
    bool any, base64;
};

/* Of base64 with nothing else in it: the digits behind the last group, if their bits make no whole
 * bytes. */
static size_t cut_base64(struct span text)
{
    static const int spare[] = { 0, 63, 15, 3 }; /* bits that are zero where nothing was cut */
    size_t left = text.len % 4, i;

    for (i = 0; i < text.len; i++)
        if (base64_digits[(unsigned char)text.ptr[i]] == 0)
            return 0;
    if (left == 1)
        return 1;
    return left > 0 && ((base64_digits[(unsigned char)text.ptr[i - 1]] - 1) & spare[left]) != 0
               ? left
               : 0;
}

/* How much of an encoded text has its end in the next word, for some programs encode first and cut
 * then. */
static size_t cut_short(const struct word *w, struct span text)
{
    if (w->base64)
        return cut_base64(text);
    if (text.len > 0 && text.ptr[text.len - 1] == '=')
        return 1;
    return text.len > 1 && text.ptr[text.len - 2] == '=' &&
                   isxdigit((unsigned char)text.ptr[text.len - 1])
               ? 2
               : 0;
}

static void decode_part(struct pending *p, struct span text)
{
    if (p->base64)
        mail_transfer_decode_b(&p->bytes, text);
    else
        mail_transfer_decode_q(&p->bytes, text);
}

static void decode_begun(struct pending *p)
{
    if (p->begun.len > 0)
        decode_part(p, (struct span){ p->begun.ptr, p->begun.len });
    p->begun.len = 0;
}

static void flush(struct text_buffer *out, struct pending *p, const char *fallback)
{
    decode_begun(p);
    if (p->bytes.len > 0)
        mail_charset_decode(out, (struct span){ p->bytes.ptr, p->bytes.len }, p->charset, fallback,
                            MAIL_FIELD_MAX);
    p->bytes.len = 0;
    p->any = false;
}

static void take_word(struct text_buffer *out, struct pending *p, const struct word *w,
                      const char *fallback)
{
    struct span text = w->text;
    char rest[4];
    size_t cut;

    if (p->any && (p->charset.len != w->charset.len ||
                   strncasecmp(p->charset.ptr, w->charset.ptr, w->charset.len) != 0))
        flush(out, p, fallback);
    if (p->base64 != w->base64)
        decode_begun(p);
    p->charset = w->charset;
    p->base64 = w->base64;
    p->any = true;
    if (p->begun.len > 0) {
        text_buffer_add(&p->begun, text.ptr, text.len);
        text = (struct span){ p->begun.ptr, p->begun.len };
    }
    cut = cut_short(w, text);
    memcpy(rest, text.ptr + text.len - cut, cut);
    decode_part(p, (struct span){ text.ptr, text.len - cut });
    p->begun.len = 0;
    text_buffer_add(&p->begun, rest, cut);
}

static struct span plain_run(struct span s, size_t at)
{
    const char *word = memmem(s.ptr + at + 1, s.len - at - 1, "=?", 2);

    return (struct span){ s.ptr + at, word != NULL ? (size_t)(word - s.ptr) - at : s.len - at };
}

static void decode_words(struct text_buffer *out, struct span s, const char *fallback)
{
    struct pending p = { 0 };
    struct word w;
    const char *mark = s.ptr; /* the next "?=", NULL: none is left; sought but once */
    size_t at = 0, n;

    while (at < s.len) {
        struct span plain;

        if (mark != NULL && mark <= s.ptr + at)
            mark = memmem(s.ptr + at, s.len - at, "?=", 2);
        n = mark == NULL ? 0 : read_word((struct span){ s.ptr + at, s.len - at }, &w);
        if (n > 0) {
            take_word(out, &p, &w, fallback);
            at += n;
            continue;
        }
        plain = mark == NULL ? (struct span){ s.ptr + at, s.len - at } : plain_run(s, at);
        at += plain.len;
        if (p.any && span_trim(plain).len == 0 && at < s.len &&
            read_word((struct span){ s.ptr + at, s.len - at }, &w) > 0)
            continue; /* blanks between words are not text */
        flush(out, &p, fallback);
        mail_charset_decode(out, plain, (struct span){ "", 0 }, fallback, MAIL_FIELD_MAX);
    }
    flush(out, &p, fallback);
    text_buffer_clear(&p.bytes);
    text_buffer_clear(&p.begun);
}

void mail_header_words(struct text_buffer *out, struct span s, const char *fallback)
{
    struct text_buffer flat = unfold(s);

    decode_words(out, (struct span){ flat.ptr, flat.len }, fallback);
    text_buffer_clear(&flat);
}

const char *mail_header_text(struct arena *a, struct span s, const char *fallback, size_t max)
{
    struct text_buffer b = { 0 };
    const char *out;

    mail_header_words(&b, s, fallback);
    out = text_clean_line(a, (struct span){ b.ptr, b.len }, max);
    text_buffer_clear(&b);
    return out;
}

/* --- message-ids
 * -------------------------------------------------------------------------------------- */

static bool is_white(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

enum { ID_COMMENT_MAX = 200 }; /* bytes within its brackets; what is longer is none */

/* The comment at `at`: where it ends; `at`: there is none. */
static size_t behind_comment(struct span s, size_t at)
{
    size_t left = s.len - at, most = left < ID_COMMENT_MAX ? left : ID_COMMENT_MAX;
    const char *end = left > 0 && s.ptr[at] == '(' ? memchr(s.ptr + at, ')', most) : NULL;

    return end != NULL ? (size_t)(end - s.ptr) + 1 : at;
}

/* Is it an end of the id, or one of the signs that blanks and comments may stand beside? */
static bool is_joint(struct span s, size_t at)
{
    return at >= s.len || s.ptr[at] == '@' || s.ptr[at] == '.';
}

/* Adds what of the blanks and comments at `at` belongs to an id, and returns where they end: none
 * of what is beside a joint (RFC 5322 4.5.4), but a comment between two of them, "host.(none)", is
 * all that is there; no blanks of a folded line. */
static size_t add_filling(struct text_buffer *b, struct span s, size_t at)
{
    size_t i = at, end = at, next;
    bool folded = false, before = at == 0 || is_joint(s, at - 1), behind, blank = false;

    while (end < s.len && (is_white(s.ptr[end]) || behind_comment(s, end) > end)) {
        next = behind_comment(s, end);
        folded = folded || (next == end && !is_blank(s.ptr[end]));
        end = next > end ? next : end + 1;
    }
    behind = is_joint(s, end);
    for (; i < end; i = next) {
        next = behind_comment(s, i);
        if (next > i && before == behind)
            text_buffer_add(b, s.ptr + i, next - i);
        else if (next == i && !blank && !before && !behind && !folded)
            text_buffer_add(b, " ", 1);
        blank = next == i;
        next += blank;
    }
    return end;
}

/* What makes links of addresses makes them of ids as well: "<1@b.org <mailto:1@b.org>>". */
static const char link_of_mail[] = "mailto:";

/* NULL: it is none. */
static const char *clean_id(struct arena *a, struct span s)
{
    struct text_buffer b = { 0 };
    const char *id = NULL;
    size_t i, next;

    s = span_trim(s);
    if (span_begins(s, link_of_mail))
        s = (struct span){ s.ptr + strlen(link_of_mail), s.len - strlen(link_of_mail) };
    for (i = 0; i < s.len; i = next) {
        next = add_filling(&b, s, i);
        if (next > i)
            continue;
        text_buffer_add(&b, s.ptr + i, 1);
        next = i + 1;
    }
    if (b.len > 0 && b.len <= INBOUND_ID_MAX) {
        struct text_buffer utf8 = { 0 };

        mail_charset_decode(&utf8, (struct span){ b.ptr, b.len }, (struct span){ "", 0 }, NULL,
                            INBOUND_ID_MAX);
        id = text_clean(a, (struct span){ utf8.ptr, utf8.len }, INBOUND_ID_MAX);
        text_buffer_clear(&utf8);
    }
    text_buffer_clear(&b);
    return id == NULL || id[0] == '\0' ? NULL : id;
}

/* Without brackets each word that has an @ is one: "In-Reply-To: abc@example.org"; a bracket that
 * is only closed is none. What begins with another word is a sentence: "Message from ana@b.org". */
static size_t bare_ids(struct arena *a, struct span s, const char **ids, size_t room)
{
    size_t at = 0, count = 0;

    while (at < s.len && count < room) {
        size_t begin = at;

        while (at < s.len && (unsigned char)s.ptr[at] > ' ')
            at++;
        if (at > begin && memchr(s.ptr + begin, '@', at - begin) != NULL) {
            ids[count] =
                clean_id(a, (struct span){ s.ptr + begin, at - begin - (s.ptr[at - 1] == '>') });
            count += ids[count] != NULL;
        } else if (at > begin && count == 0) {
            return 0;
        }
        at += at == begin;
    }
    return count;
}

/* How many it adds to the `count` that are there: a link none to the id that it was made of. */
static size_t add_id(struct arena *a, struct span s, const char **ids, size_t count)
{
    ids[count] = clean_id(a, s);
    return ids[count] != NULL && (count == 0 || !span_begins(span_trim(s), link_of_mail) ||
                                  strcmp(ids[count], ids[count - 1]) != 0);
}

static size_t read_ids(struct arena *a, struct span s, const char **ids, size_t room)
{
    const char *open = NULL;
    size_t i, count = 0, added;

    if (memchr(s.ptr, '<', s.len) == NULL)
        return bare_ids(a, s, ids, room);
    for (i = 0; i < s.len && count < room; i++) {
        struct span behind = { s.ptr + i + 1, s.len - i - 1 };
        bool begins = s.ptr[i] == '<';

        if (!begins && s.ptr[i] != '>')
            continue;
        added = 0;
        if (open != NULL && (!begins || span_begins(behind, link_of_mail)))
            added = add_id(a, (struct span){ open, (size_t)(s.ptr + i - open) }, ids, count);
        open = begins && added == 0 ? behind.ptr : NULL;
        count += added;
    }
    if (open != NULL && count < room) /* never closed */
        count += bare_ids(a, (struct span){ open, (size_t)(s.ptr + s.len - open) }, ids + count, 1);
    return count;
}

/* Does an encoded word stand outside of the brackets? No id needs one, yet libraries that fold long
 * lines write "=?utf-8?q?=3Ca=40b=3E?=". */
static bool has_word(struct span s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    const char *mark = p; /* the next "?=", NULL: none is left, nor is a word */

    while (mark != NULL && (p = memmem(p, (size_t)(end - p), "=?", 2)) != NULL) {
        if (mark <= p)
            mark = memmem(p, (size_t)(end - p), "?=", 2);
        if (mark != NULL && (p == s.ptr || is_white(p[-1])) &&
            mail_header_word((struct span){ p, (size_t)(end - p) }) > 0)
            return true;
        p += 2;
    }
    return false;
}

size_t mail_header_ids(struct arena *a, struct span s, const char **ids, size_t room)
{
    struct text_buffer plain = { 0 };
    size_t count;

    if (!has_word(s))
        return read_ids(a, s, ids, room);
    mail_header_words(&plain, s, NULL);
    count = plain.len > 0 ? read_ids(a, (struct span){ plain.ptr, plain.len }, ids, room) : 0;
    text_buffer_clear(&plain);
    return count;
}
