#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail.h"
#include "channels/mail_address.h"
#include "channels/mail_author.h"
#include "channels/mail_body.h"
#include "channels/mail_date.h"
#include "channels/mail_header.h"
#include "channels/mail_kind.h"
#include "channels/mail_part.h"
#include "channels/mail_quote_forward.h"
#include "channels/mail_trust.h"
#include "channels/mail_vendor.h"
#include "core/arena.h"
#include "core/subject.h"

enum { DIGEST_CHARS = 32, LANGUAGE_MAX = 35 };

struct reading {
    const struct mail_options *o;
    const struct mail_header *header;
    const char *likely; /* the charset of what does not say its own */
    struct inbound *in;
};

/* --- people
 * ------------------------------------------------------------------------------------------- */

static bool take_address(const struct reading *r, const struct mail_address *from,
                         struct inbound_address *out)
{
    const char *value = from->address;

    if (!r->o->as_written)
        value = inbound_email(r->in->arena, span_of(value));
    if (value == NULL)
        return false;
    *out = (struct inbound_address){ .kind = "email",
                                     .value = value,
                                     .name = from->name[0] != '\0' ? from->name : NULL };
    return true;
}

static bool first_of(const struct reading *r, mail_address_list_fn *list_of, const char *field,
                     struct inbound_address *out)
{
    enum { TRIED = 20 };
    struct mail_address list[TRIED];
    struct span s;
    size_t at = 0, i, n;

    while (mail_header_next(r->header, field, &at, &s)) {
        n = list_of(r->in->arena, s, r->likely, list, TRIED);
        for (i = 0; i < n; i++)
            if (take_address(r, &list[i], out))
                return true;
    }
    return false;
}

/* The first mailbox of that field that one could write to. */
static bool first_address(const struct reading *r, const char *field, struct inbound_address *out)
{
    return first_of(r, mail_address_list, field, out);
}

/* Whoever is to be seen in that field; without a domain, where all is shown as it is written. */
static struct inbound_address *all_addresses(const struct reading *r, const char *field,
                                             size_t room, size_t *count)
{
    struct mail_address *list = arena_array(r->in->arena, room + 1, sizeof(*list));
    mail_address_list_fn *list_of = r->o->as_written ? mail_address_list_local : mail_address_list;
    struct inbound_address *out;
    struct span s;
    size_t at = 0, i, n = 0;

    while (n < room && mail_header_next(r->header, field, &at, &s))
        n += list_of(r->in->arena, s, r->likely, list + n, room - n);
    out = arena_array(r->in->arena, n, sizeof(*out));
    for (*count = i = 0; i < n; i++)
        *count += take_address(r, &list[i], &out[*count]);
    return out;
}

/* --- ids
 * -----------------------------------------------------------------------------------------------
 */

static const char *first_id(const struct reading *r, const char *field)
{
    const char *id;
    struct span s;
    size_t at = 0;

    while (mail_header_next(r->header, field, &at, &s))
        if (mail_header_ids(r->in->arena, s, &id, 1) == 1)
            return id;
    return NULL;
}

/* A word without brackets and without an @ is an id too, where there is nothing else. */
static const char *own_id(const struct reading *r)
{
    const char *id = first_id(r, "Message-ID");
    struct span s = mail_header_find(r->header, "Message-ID");
    size_t i;

    for (i = 0; i < s.len && s.ptr[i] > ' ' && s.ptr[i] < 0x7f && s.ptr[i] != '<'; i++)
        ;
    return id != NULL || i == 0 || i < s.len || i > INBOUND_ID_MAX
               ? id
               : arena_strndup(r->in->arena, s.ptr, s.len);
}

static void read_references(const struct reading *r)
{
    struct inbound *in = r->in;
    struct span s;
    size_t at = 0, bytes = 0;

    while (mail_header_next(r->header, "References", &at, &s))
        bytes += s.len;
    bytes = bytes / 2 < INBOUND_REFERENCES_MAX ? bytes / 2 + 1 : INBOUND_REFERENCES_MAX;
    in->references = arena_array(in->arena, bytes, sizeof(*in->references));
    for (at = 0; mail_header_next(r->header, "References", &at, &s);)
        in->reference_count += mail_header_ids(in->arena, s, in->references + in->reference_count,
                                               bytes - in->reference_count);
}

/* Wherever our own address or Message-ID may have come back to us. */
static void read_tokens(const struct reading *r)
{
    static const char *const delivered[] = { "Delivered-To", "X-Original-To", "Envelope-To",
                                             "X-Envelope-To", NULL };
    struct inbound *in = r->in;
    struct inbound_address address;
    size_t i;

    for (i = 0; delivered[i] != NULL; i++)
        if (first_address(r, delivered[i], &address))
            inbound_add_token(in, span_of(address.value));
    for (i = 0; i < in->to_count; i++)
        inbound_add_token(in, span_of(in->to[i].value));
    for (i = 0; i < in->cc_count; i++)
        inbound_add_token(in, span_of(in->cc[i].value));
    if (in->in_reply_to != NULL)
        inbound_add_token(in, span_of(in->in_reply_to));
    for (i = in->reference_count; i > 0; i--)
        inbound_add_token(in, span_of(in->references[i - 1]));
}

static void digest_add(EVP_MD_CTX *md, const char *s)
{
    EVP_DigestUpdate(md, s != NULL ? s : "", s != NULL ? strlen(s) + 1 : 1);
}

/* Of what a mail says, not of how it was carried: a copy that another server wrote anew is a copy,
 * a second mail with the id of the first is not (T-30, T-31). */
static const char *content_digest(const struct inbound *in)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    char *hex = arena_alloc(in->arena, DIGEST_CHARS + 1);
    struct span text = span_trim(span_of(in->text));
    size_t i;

    if (md == NULL || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
        abort(); /* out of memory */
    digest_add(md, in->sender.value);
    digest_add(md, in->subject);
    EVP_DigestUpdate(md, &in->sent_at, sizeof(in->sent_at));
    EVP_DigestUpdate(md, text.ptr, text.len);
    for (i = 0; i < in->attachment_count; i++)
        digest_add(md, in->attachments[i].sha256);
    EVP_DigestFinal_ex(md, bytes, NULL);
    EVP_MD_CTX_free(md);
    for (i = 0; i < DIGEST_CHARS / 2; i++)
        sprintf(hex + i * 2, "%02x", bytes[i]);
    return hex;
}

static void name_message(struct inbound *in)
{
    const char *digest = content_digest(in);

    in->external_id =
        arena_printf(in->arena, "%s#%s", in->message_id != NULL ? in->message_id : "", digest);
    in->copy_key = in->external_id;
    if (in->sender.value == NULL) /* nobody: somebody of whom no other mail is (T-55) */
        in->sender =
            (struct inbound_address){ .kind = "nobody",
                                      .value = arena_printf(in->arena, "mail-%s", digest) };
}

/* --- time and tongue
 * ---------------------------------------------------------------------------------- */

/* A Received field ends with "; date": the topmost is the last server's. */
static int64_t received_at(const struct reading *r)
{
    struct span s = mail_header_find(r->header, "Received");
    const char *semicolon = s.len > 0 ? memrchr(s.ptr, ';', s.len) : NULL;
    int64_t at = 0;

    if (semicolon == NULL ||
        !mail_date_read((struct span){ semicolon + 1, (size_t)(s.ptr + s.len - semicolon) - 1 },
                        &at, NULL))
        return 0;
    return at;
}

/* Of several fields the first that says something. */
static const char *subject_of(const struct reading *r)
{
    const char *subject = "";
    struct span s;
    size_t at = 0;

    while (subject[0] == '\0' && mail_header_next(r->header, "Subject", &at, &s))
        subject = mail_header_text(r->in->arena, s, r->likely, INBOUND_SUBJECT_MAX);
    return subject;
}

/* The sender's clock, of several fields the first that is whole, else the first that is a date; a
 * library that folds what it need not may have put it into encoded words. */
static void read_sent_at(const struct reading *r)
{
    struct inbound *in = r->in;
    struct span s;
    int64_t read;
    size_t at = 0;
    bool said = false, whole = false;

    while (!whole && mail_header_next(r->header, "Date", &at, &s)) {
        if (memmem(s.ptr, s.len, "=?", 2) != NULL)
            s = span_of(mail_header_text(in->arena, s, NULL, INBOUND_SUBJECT_MAX));
        if (!mail_date_read(s, &read, &whole)) {
            whole = false;
            continue;
        }
        if (!said || whole)
            in->sent_at = read;
        said = true;
    }
    in->sent_at_zero = said && in->sent_at == 0;
}

static const char *language_of(const struct reading *r)
{
    struct span s = mail_header_find(r->header, "Content-Language");
    size_t n = 0;

    if (s.len == 0)
        s = mail_header_find(r->header, "Accept-Language");
    while (n < s.len && ((s.ptr[n] | 32) >= 'a' && (s.ptr[n] | 32) <= 'z'))
        n++;
    return n == 2 || n == 3 ? arena_strndup(r->in->arena, s.ptr, n) : NULL;
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

static void read_people(struct reading *r)
{
    struct inbound *in = r->in;
    size_t all = INBOUND_RECIPIENTS_MAX;

    if (!first_address(r, "From", &in->sender) &&
        !first_of(r, mail_address_list_spelt, "From", &in->sender) &&
        !first_address(r, "Sender", &in->sender))
        first_address(r, "Reply-To", &in->sender);
    first_address(r, "Reply-To", &in->reply_to);
    mail_author_read(r->header, r->likely, in);
    in->to = all_addresses(r, "To", all, &in->to_count);
    in->cc = all_addresses(r, "Cc", all - in->to_count, &in->cc_count);
}

/* "MAILER-DAEMON": one cannot write to it, and it makes nobody's message somebody's; but who asks
 * how a mail is read is to see whom it names. */
static void show_local(const struct reading *r)
{
    static const char *const fields[] = { "From", "Sender", "Reply-To" };
    struct inbound *in = r->in;
    size_t i;

    for (i = 0; i < 3 && strcmp(in->sender.kind, "nobody") == 0; i++)
        first_of(r, mail_address_list_local, fields[i], &in->sender);
    if (in->reply_to.value == NULL)
        first_of(r, mail_address_list_local, "Reply-To", &in->reply_to);
}

static void read_header(struct reading *r)
{
    struct inbound *in = r->in;

    read_people(r);
    in->subject = subject_of(r);
    in->message_id = own_id(r);
    in->in_reply_to = first_id(r, "In-Reply-To");
    read_references(r);
    read_tokens(r);
    in->language = language_of(r);
    in->forwarded = subject_forwards(in->subject, in->language) ||
                    mail_header_has(r->header, "X-Forwarded-Message-Id");
    read_sent_at(r);
    in->received_at = r->o->received_at != 0 ? r->o->received_at : received_at(r);
    if (in->received_at == 0)
        in->received_at = in->sent_at;
}

/* Line ends that were made twice: each LF of CRLF became CRLF once more. */
static struct span without_second_ends(struct arena *a, struct span s)
{
    char *copy = arena_strndup(a, s.ptr, s.len);
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        if (s.len - i < 3 || memcmp(s.ptr + i, "\r\r\n", 3) != 0)
            copy[n++] = s.ptr[i];
    return (struct span){ copy, n };
}

static struct span with_lf_for_cr(struct arena *a, struct span s)
{
    char *copy = arena_strndup(a, s.ptr, s.len), *p;

    for (p = copy; (p = memchr(p, '\r', (size_t)(copy + s.len - p))) != NULL; p++)
        if (p + 1 == copy + s.len || p[1] != '\n')
            *p = '\n';
    return (struct span){ copy, s.len };
}

/* Lines end with CR: there is no LF, or none before the empty line below a header. */
static bool ends_with_cr(struct span raw, const char *lf)
{
    if (lf == NULL)
        return raw.len > 0 && memchr(raw.ptr, '\r', raw.len) != NULL;
    return lf - raw.ptr > 2 && memmem(raw.ptr, (size_t)(lf - raw.ptr) - 1, "\r\r", 2) != NULL;
}

/* The copy, if one is made, is the arena's. */
static struct span lines_of(struct arena *a, struct span raw)
{
    const char *end = raw.len > 0 ? memchr(raw.ptr, '\n', raw.len) : NULL;
    struct span s = raw;

    if (end != NULL && end - raw.ptr >= 2 && memcmp(end - 2, "\r\r", 2) == 0)
        s = without_second_ends(a, raw);
    else if (ends_with_cr(raw, end))
        s = with_lf_for_cr(a, raw);
    if (s.len >= 3 && memcmp(s.ptr, "\xef\xbb\xbf", 3) == 0)
        s = (struct span){ s.ptr + 3, s.len - 3 };
    while (s.len > 0 && (s.ptr[0] == '\n' || s.ptr[0] == '\r'))
        s = (struct span){ s.ptr + 1, s.len - 1 };
    return s;
}

int mail_parse(struct span raw, const struct mail_options *o, struct inbound **out,
               struct error *err)
{
    struct reading r = { .o = o };
    struct mail_part *root;
    struct inbound *in;
    struct span s;

    if (raw.len > INBOUND_RAW_MAX)
        return error_set(err, ERROR_PERMANENT, "a mail over %d bytes", INBOUND_RAW_MAX);
    if (span_trim(raw).len == 0)
        return error_set(err, ERROR_PERMANENT, "an empty mail");
    in = inbound_new();
    s = lines_of(in->arena, raw);
    root = mail_part_read(in->arena, s, o->default_charset, &r.likely, &in->body_unparsed);
    r.in = in;
    r.header = &root->header;
    read_header(&r);
    mail_body_read(root, raw, r.likely, in);
    in->forwarded = in->forwarded || mail_quote_forwards(span_of(in->text));
    name_message(in);
    mail_vendor_read(r.header, in);
    mail_kind_read(root, o, in);
    mail_trust_read(r.header, o, in);
    if (o->as_written)
        show_local(&r);
    in->raw_type = "message/rfc822";
    *out = in;
    return 0;
}
