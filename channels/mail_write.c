#include "channels/mail_write.h"

#include <openssl/evp.h>
#include <string.h>
#include <time.h>
#include <unicode/uidna.h>

#include "channels/channel.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "core/inbound.h"

enum {
    MAIL_LINE = 76,         /* what a line has, folded (RFC 5322 2.1.1 says 78) */
    MAIL_LINE_MAX = 998,    /* what it may have (RFC 5322 2.1.1) */
    MAIL_FILE_BYTES = 57,   /* of a file in a line: 76 characters of base64 */
    MAIL_WORD_BYTES = 42,   /* of text in an encoded word: 56 characters of base64 */
    MAIL_DOMAIN_MAX = 253,  /* RFC 1035 2.3.4 */
    MAIL_LABEL_MAX = 63,    /* likewise */
    MAIL_ID_MAX = 900,      /* with its brackets it fits a line */
    MAIL_REFERENCES = 1000, /* that are looked at */
};

/* --- addresses and ids
 * -------------------------------------------------------------------------------- */

/* The control characters U+0080 to U+009F; s is UTF-8. */
static bool mail_has_c1(const char *s)
{
    for (; (s = strchr(s, 0xc2)) != NULL; s++)
        if ((unsigned char)s[1] < 0xa0)
            return true;
    return false;
}

static bool mail_is_domain(const char *s)
{
    size_t label = 0, all = strlen(s);

    if (all == 0 || all > MAIL_DOMAIN_MAX)
        return false;
    for (; *s != '\0'; s++) {
        if (*s == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if ((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '-' || *s == '_') {
            if (++label > MAIL_LABEL_MAX)
                return false;
        } else {
            return false;
        }
    }
    return label > 0;
}

/* NULL: no such name can be asked for. */
static const char *mail_domain(struct arena *a, const char *domain)
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    char room[MAIL_DOMAIN_MAX + 2];
    UIDNA *idna;
    int32_t len;

    if (text_is_ascii(span_of(domain)))
        return mail_is_domain(domain) ? domain : NULL;
    idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI, &status);
    if (U_FAILURE(status))
        return NULL;
    len = uidna_nameToASCII_UTF8(idna, domain, -1, room, sizeof(room), &info, &status);
    uidna_close(idna);
    if (U_FAILURE(status) || info.errors != 0 || len <= 0 || len > MAIL_DOMAIN_MAX)
        return NULL;
    room[len] = '\0';
    return mail_is_domain(room) ? arena_strdup(a, room) : NULL;
}

const char *mail_write_address(struct arena *a, const char *address)
{
    const char *canonical = address == NULL ? NULL : inbound_email(a, span_of(address));
    const char *domain, *at;

    if (canonical == NULL || mail_has_c1(canonical))
        return NULL;
    at = strrchr(canonical, '@');
    domain = mail_domain(a, at + 1);
    if (domain == NULL)
        return NULL;
    return arena_printf(a, "%.*s@%s", (int)(at - canonical), canonical, domain);
}

/* Without angle brackets; what a line of References can carry. */
static bool mail_is_id(struct span id)
{
    size_t i;

    for (i = 0; i < id.len; i++)
        if (id.ptr[i] <= ' ' || id.ptr[i] >= 0x7f || id.ptr[i] == '<' || id.ptr[i] == '>')
            return false;
    return id.len > 0 && id.len <= MAIL_ID_MAX;
}

/* --- header fields
 * ------------------------------------------------------------------------------------ */

/* Words of base64 (RFC 2047), none of which cuts a character. `column` is what the line has. */
static void mail_put_encoded(struct text_buffer *b, struct arena *a, struct span s, size_t column)
{
    size_t room = column + 18 < MAIL_LINE ? (MAIL_LINE - column - 12) / 4 * 3 : 0, n;

    if (room > MAIL_WORD_BYTES)
        room = MAIL_WORD_BYTES;
    while (s.len > 0) {
        n = room < 4 ? 0 : text_cut(s, room);
        if (n > 0)
            text_buffer_printf(b, "=?UTF-8?B?%s?=", sign_base64(a, (struct span){ s.ptr, n }));
        s = (struct span){ s.ptr + n, s.len - n };
        if (s.len > 0)
            text_buffer_puts(b, "\r\n ");
        room = MAIL_WORD_BYTES;
    }
}

/* What reads the same as it stands: ASCII that looks like no encoded word and can be folded. */
static bool mail_is_plain(const char *s)
{
    size_t run = 0;

    if (!text_is_ascii(span_of(s)) || strstr(s, "=?") != NULL)
        return false;
    for (; *s != '\0'; s++) {
        run = *s == ' ' ? 0 : run + 1;
        if (run > MAIL_LINE - 2)
            return false;
    }
    return true;
}

/* Words one after the other, each on a new line where it would not fit; s has single blanks. */
static void mail_put_folded(struct text_buffer *b, const char *s, size_t column)
{
    size_t n;

    while (*s != '\0') {
        n = strcspn(s, " ");
        if (column + 1 + n > MAIL_LINE) {
            text_buffer_puts(b, "\r\n");
            column = 0;
        }
        text_buffer_puts(b, " ");
        text_buffer_add(b, s, n);
        column += 1 + n;
        s += n + (s[n] == ' ');
    }
}

static void mail_put_text(struct text_buffer *b, struct arena *a, const char *name,
                          const char *value)
{
    const char *clean = text_clean_line(a, span_of(value), INBOUND_SUBJECT_MAX);

    text_buffer_printf(b, "%s:", name);
    if (mail_is_plain(clean)) {
        mail_put_folded(b, clean, strlen(name) + 1);
    } else {
        text_buffer_puts(b, " ");
        mail_put_encoded(b, a, span_of(clean), strlen(name) + 2);
    }
    text_buffer_puts(b, "\r\n");
}

/* A display name: an atom, a quoted string, or encoded words. */
static void mail_put_name(struct text_buffer *b, struct arena *a, const char *name, size_t column)
{
    static const char special[] = "()<>[]:;@\\,.\"";

    if (!mail_is_plain(name) || strlen(name) + column > MAIL_LINE) {
        mail_put_encoded(b, a, span_of(name), column);
        return;
    }
    if (strpbrk(name, special) == NULL) {
        text_buffer_puts(b, name);
        return;
    }
    text_buffer_puts(b, "\"");
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            text_buffer_puts(b, "\\");
        text_buffer_add(b, name, 1);
    }
    text_buffer_puts(b, "\"");
}

static void mail_put_mailbox(struct text_buffer *b, struct arena *a, const char *field,
                             const char *name, const char *address)
{
    const char *clean = name == NULL ? "" : text_clean_line(a, span_of(name), INBOUND_NAME_MAX);

    text_buffer_printf(b, "%s: ", field);
    if (clean[0] == '\0') {
        text_buffer_printf(b, "%s\r\n", address);
        return;
    }
    mail_put_name(b, a, clean, strlen(field) + 2);
    text_buffer_printf(b, "\r\n <%s>\r\n", address);
}

/* They come from strangers' mails: what is no id is left out. */
static void mail_put_references(struct text_buffer *b, struct arena *a, const char *references)
{
    struct span *ids = arena_array(a, MAIL_REFERENCES, sizeof(*ids));
    size_t count = 0, i;
    const char *open, *close;

    for (; count < MAIL_REFERENCES && references != NULL; references = close) {
        open = strchr(references, '<');
        close = open == NULL ? NULL : strchr(open, '>');
        if (close == NULL)
            break;
        ids[count] = (struct span){ open + 1, (size_t)(close - open - 1) };
        count += mail_is_id(ids[count]);
    }
    if (count == 0)
        return;
    text_buffer_puts(b, "References:");
    for (i = 0; i < count; i++)
        if (i == 0 || i + MAIL_WRITE_REFERENCES_MAX > count)
            text_buffer_printf(b, "%s <%.*s>", i == 0 ? "" : "\r\n", (int)ids[i].len, ids[i].ptr);
    text_buffer_puts(b, "\r\n");
}

static void mail_put_date(struct text_buffer *b, int64_t at)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t t = (time_t)at;
    struct tm tm;

    gmtime_r(&t, &tm);
    text_buffer_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday],
                       tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                       tm.tm_sec);
}

/* B-09. Of Exchange's answers all but the one that tells of a failure are unwanted: we need that
 * one to know of dead addresses (B-12). */
static void mail_put_automatic(struct text_buffer *b, const char *from)
{
    text_buffer_puts(b, "Auto-Submitted: auto-generated\r\n"
                        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n");
    text_buffer_printf(b, "X-Relevo-Loop: %s; hops=1\r\n", from);
}

/* --- body
 * ---------------------------------------------------------------------------------------------- */

/* The next line of the text without its end, be that LF, CRLF or CR (S-21). */
static struct span mail_next_line(struct span *rest)
{
    size_t n = 0;
    struct span line;

    while (n < rest->len && rest->ptr[n] != '\n' && rest->ptr[n] != '\r')
        n++;
    line = (struct span){ rest->ptr, n };
    if (n + 1 < rest->len && rest->ptr[n] == '\r' && rest->ptr[n + 1] == '\n')
        n++;
    n += n < rest->len;
    *rest = (struct span){ rest->ptr + n, rest->len - n };
    return line;
}

static bool mail_fits_7bit(struct span text)
{
    struct span line;
    size_t i;

    while (text.len > 0) {
        line = mail_next_line(&text);
        if (line.len > MAIL_LINE_MAX)
            return false;
        for (i = 0; i < line.len; i++)
            if ((line.ptr[i] < ' ' && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
                return false;
    }
    return true;
}

/* RFC 2045 6.7. A dot or "From " at the start of a line survives whoever thinks it special. */
static void mail_put_quoted(struct text_buffer *b, struct span line)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t i, column = 0, need;
    unsigned char c;
    bool plain;

    for (i = 0; i < line.len; i++) {
        c = (unsigned char)line.ptr[i];
        plain = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && i + 1 < line.len);
        if (column == 0 && (c == '.' || c == 'F'))
            plain = false;
        need = plain ? 1 : 3;
        if (column + need > MAIL_LINE - 1) {
            text_buffer_puts(b, "=\r\n");
            column = 0;
        }
        if (plain)
            text_buffer_add(b, (const char *)&c, 1);
        else
            text_buffer_add(b, (char[]){ '=', hex[c >> 4], hex[c & 15] }, 3);
        column += need;
    }
}

static void mail_put_words(struct text_buffer *b, struct arena *a, const char *text)
{
    struct span rest = span_of(text_clean(a, span_of(text), INBOUND_TEXT_MAX)), line;
    bool plain = mail_fits_7bit(rest);

    text_buffer_printf(b,
                       "Content-Type: text/plain; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: %s\r\n\r\n",
                       plain ? "7bit" : "quoted-printable");
    while (rest.len > 0) {
        line = mail_next_line(&rest);
        if (plain)
            text_buffer_add(b, line.ptr, line.len);
        else
            mail_put_quoted(b, line);
        text_buffer_puts(b, "\r\n");
    }
}

/* --- files
 * --------------------------------------------------------------------------------------- */

/* What may stand as it is: a type that has no parts, for those may not be in base64. */
static const char *mail_file_type(const char *type)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "!#$&-^_.+";
    size_t n = strspn(type, letters), m;

    if (n == 0 || n > MAIL_LINE / 2 || type[n] != '/' || span_begins(span_of(type), "multipart/") ||
        span_begins(span_of(type), "message/"))
        return "application/octet-stream";
    m = strspn(type + n + 1, letters);
    return m > 0 && m <= MAIL_LINE / 2 && type[n + 1 + m] == '\0' ? type
                                                                  : "application/octet-stream";
}

/* RFC 2231: filename*0*=utf-8''%C3%B1; filename*1*=… */
static void mail_put_long_name(struct text_buffer *b, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_.";
    size_t column = MAIL_LINE;
    int piece = 0;

    for (; *name != '\0'; name++) {
        if (column > MAIL_LINE - 4) {
            size_t before = b->len;

            text_buffer_printf(b, ";\r\n filename*%d*=%s", piece, piece == 0 ? "utf-8''" : "");
            piece++;
            column = b->len - before - 3;
        }
        if (strchr(letters, *name) != NULL) {
            text_buffer_add(b, name, 1);
            column++;
        } else {
            text_buffer_add(
                b, (char[]){ '%', hex[(unsigned char)*name >> 4], hex[(unsigned char)*name & 15] },
                3);
            column += 3;
        }
    }
}

/* Twice: as the standard wants it, and in encoded words for programs that never learned that. */
static void mail_put_file_header(struct text_buffer *b, struct arena *a,
                                 const struct outbound_file *f)
{
    const char *name =
        f->filename == NULL ? "" : text_clean_line(a, span_of(f->filename), INBOUND_NAME_MAX);
    bool plain = mail_is_plain(name) && strpbrk(name, "\"\\") == NULL && strlen(name) < 60;

    text_buffer_printf(b, "Content-Type: %s", mail_file_type(f->content_type));
    if (name[0] != '\0') {
        text_buffer_puts(b, ";\r\n name=\"");
        if (plain)
            text_buffer_puts(b, name);
        else
            mail_put_encoded(b, a, span_of(name), sizeof(" name=\"") - 1);
        text_buffer_puts(b, "\"");
    }
    text_buffer_puts(b, "\r\nContent-Disposition: attachment");
    if (plain && name[0] != '\0')
        text_buffer_printf(b, ";\r\n filename=\"%s\"", name);
    else
        mail_put_long_name(b, name);
    text_buffer_puts(b, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
}

static void mail_put_file(struct text_buffer *b, const struct outbound_file *f)
{
    struct arena *a = arena_new();
    struct span rest = f->bytes;

    mail_put_file_header(b, a, f);
    arena_free(a);
    while (rest.len > 0) {
        size_t n = rest.len < MAIL_FILE_BYTES ? rest.len : MAIL_FILE_BYTES;
        char *room = text_buffer_room(b, 4 * MAIL_FILE_BYTES / 3 + 4);

        b->len +=
            (size_t)EVP_EncodeBlock((unsigned char *)room, (const unsigned char *)rest.ptr, (int)n);
        text_buffer_puts(b, "\r\n");
        rest = (struct span){ rest.ptr + n, rest.len - n };
    }
}

/* The boundary is in no text: nobody but us can make the id before the mail is sent, and "=_" is
 * in no text that is encoded. */
static void mail_put_body(struct text_buffer *b, struct arena *a, const struct outbound *out)
{
    const char *boundary;
    size_t i;

    text_buffer_puts(b, "MIME-Version: 1.0\r\n");
    if (out->file_count == 0) {
        mail_put_words(b, a, out->text);
        return;
    }
    boundary = arena_printf(a, "=_%.*s", (int)strcspn(out->message_id, "@. \""), out->message_id);
    text_buffer_printf(b,
                       "Content-Type: multipart/mixed;\r\n boundary=\"%.60s\"\r\n\r\n--%.60s\r\n",
                       boundary, boundary);
    mail_put_words(b, a, out->text);
    for (i = 0; i < out->file_count; i++) {
        text_buffer_printf(b, "--%.60s\r\n", boundary);
        mail_put_file(b, &out->files[i]);
    }
    text_buffer_printf(b, "--%.60s--\r\n", boundary);
}

/* --- the door
 * ------------------------------------------------------------------------------------------ */

/* An empty text says as much as none. */
static bool mail_has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

struct mail_addresses {
    const char *from, *to, *reply_to; /* reply_to NULL: there is none */
};

static int mail_addresses(const struct outbound *out, const struct mail_write_options *o,
                          struct arena *a, struct mail_addresses *to, struct error *err)
{
    to->from = mail_write_address(a, mail_has(out->from) ? out->from : o->from);
    to->to = mail_write_address(a, out->to);
    to->reply_to = mail_has(out->reply_to) ? mail_write_address(a, out->reply_to) : NULL;
    if (to->from == NULL)
        return error_set(err, ERROR_PERMANENT, "the sender is no mail address");
    if (to->to == NULL)
        return error_set(err, ERROR_PERMANENT, "the recipient is no mail address");
    if (to->reply_to == NULL && mail_has(out->reply_to))
        return error_set(err, ERROR_PERMANENT, "Reply-To is no mail address");
    if (!mail_is_id(span_of(out->message_id)))
        return error_set(err, ERROR_PERMANENT, "there is no Message-ID that could be sent");
    return 0;
}

int mail_write(const struct outbound *out, const struct mail_write_options *o,
               struct text_buffer *mail, struct error *err)
{
    struct arena *a = arena_new();
    struct mail_addresses is;
    int rc = mail_addresses(out, o, a, &is, err);

    if (rc < 0)
        goto done;
    mail_put_mailbox(mail, a, "From", mail_has(out->from_name) ? out->from_name : o->from_name,
                     is.from);
    mail_put_mailbox(mail, a, "To", out->to_name, is.to);
    mail_put_text(mail, a, "Subject", out->subject);
    mail_put_date(mail, out->owed_at);
    text_buffer_printf(mail, "Message-ID: <%s>\r\n", out->message_id);
    if (mail_is_id(span_of(out->in_reply_to)))
        text_buffer_printf(mail, "In-Reply-To: <%s>\r\n", out->in_reply_to);
    mail_put_references(mail, a, out->references);
    if (is.reply_to != NULL)
        text_buffer_printf(mail, "Reply-To: %s\r\n", is.reply_to);
    if (out->automatic)
        mail_put_automatic(mail, is.from);
    mail_put_body(mail, a, out);
done:
    arena_free(a);
    return rc;
}
