#include "core/inbound.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/arena.h"
#include "core/token.h"

struct inbound *inbound_new(void)
{
    struct arena *a = arena_new();
    struct inbound *in = arena_alloc(a, sizeof(*in));

    in->arena = a;
    in->subject = "";
    in->text = "";
    in->reply_text = "";
    return in;
}

void inbound_free(struct inbound *in)
{
    if (in == NULL)
        return;
    if (in->raw_free != NULL)
        in->raw_free(in->raw);
    arena_free(in->arena); /* and `in` with it */
}

bool inbound_says_nobody(const char *status)
{
    enum { VALID = 5, SENDER_SYNTAX = 7, SENDER_SYSTEM = 8 };
    char *end;
    long detail;

    if (status == NULL || strncmp(status, "5.1.", 4) != 0 || status[4] < '0' || status[4] > '9')
        return false;
    detail = strtol(status + 4, &end, 10);
    return *end != '.' && detail != VALID && detail != SENDER_SYNTAX && detail != SENDER_SYSTEM;
}

void inbound_add_token(struct inbound *in, struct span within)
{
    struct span token = token_find(within);
    size_t i;

    if (token.len == 0 || in->token_count == INBOUND_TOKENS_MAX)
        return;
    for (i = 0; i < in->token_count; i++)
        if (span_is(token, in->tokens[i]))
            return;
    if (in->tokens == NULL)
        in->tokens = arena_array(in->arena, INBOUND_TOKENS_MAX, sizeof(*in->tokens));
    in->tokens[in->token_count++] = arena_strndup(in->arena, token.ptr, token.len);
}

void inbound_take_author(struct inbound *in)
{
    in->sender = in->author;
    in->reply_to = (struct inbound_address){ 0 };
    in->reply_to_stranger = false;
    in->authenticated_domain = NULL;
    in->sender_proven = false;
}

bool inbound_is_answer(const struct inbound *in)
{
    return in->in_reply_to != NULL || in->reference_count > 0;
}

bool inbound_is_vouched_for(const struct inbound *in)
{
    const char *at = strrchr(in->sender.value, '@');

    return in->sender_proven || (at != NULL && in->authenticated_domain != NULL &&
                                 strcasecmp(at + 1, in->authenticated_domain) == 0);
}

bool inbound_is_automatic(const struct inbound *in)
{
    if (in->nature == INBOUND_BY_PERSON || in->nature == INBOUND_OF_LIST)
        return in->bounce || (in->automatic && !in->declines);
    return true;
}

int64_t inbound_received(int64_t stamped, int64_t now)
{
    return stamped > now || stamped < now - INBOUND_KEPT_MAX_S ? now : stamped;
}

bool inbound_is_report(const struct inbound *in)
{
    return in->nature >= INBOUND_OUT_OF_OFFICE;
}

static const char *const inbound_natures[INBOUND_NATURE_N] = {
    [INBOUND_BY_PERSON] = "person",
    [INBOUND_BY_MACHINE] = "machine",
    [INBOUND_OF_LIST] = "list",
    [INBOUND_OUT_OF_OFFICE] = "out_of_office",
    [INBOUND_BOUNCE] = "bounce",
    [INBOUND_DELAYED] = "delayed",
    [INBOUND_DELIVERED] = "delivered",
    [INBOUND_READ] = "read",
    [INBOUND_CALENDAR_REPLY] = "calendar_reply",
    [INBOUND_CHALLENGE] = "challenge",
    [INBOUND_FEEDBACK] = "feedback",
};

const char *inbound_nature_name(enum inbound_nature n)
{
    return inbound_natures[n];
}

/* --- canonical forms
 * ---------------------------------------------------------------------------------- */

static bool inbound_is_address_byte(unsigned char c)
{
    return c > 0x20 && c != 0x7f && strchr("<>()[]:;,\"\\", c) == NULL;
}

const char *inbound_email(struct arena *a, struct span address)
{
    struct span s = span_trim(address);
    size_t i, at = 0, ats = 0;
    char *out;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] == '@') {
            ats++;
            at = i;
        } else if (!inbound_is_address_byte((unsigned char)s.ptr[i])) {
            return NULL;
        }
    }
    if (ats != 1 || at == 0 || at > 64 || at + 1 == s.len || s.len > INBOUND_ADDRESS_MAX ||
        !text_is_utf8(s))
        return NULL;
    out = arena_strndup(a, s.ptr, s.len);
    for (i = at + 1; i < s.len; i++) /* the local part is its owner's business (S-11) */
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] + 32);
    return out;
}

const char *inbound_tel(struct arena *a, struct span number)
{
    struct span s = span_trim(number);
    char digits[17];
    size_t n = 0, i;
    bool plus = s.len > 0 && s.ptr[0] == '+';

    for (i = plus; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
            if (n >= 15)
                return NULL; /* E.164 has no more */
            digits[n++] = s.ptr[i];
        } else if (strchr(" -.()", s.ptr[i]) == NULL) {
            return NULL;
        }
    }
    digits[n] = '\0';
    if (n < 3 || (plus && n < 7))
        return NULL;
    return arena_printf(a, "%s%s", plus || n > 8 ? "+" : "", digits);
}

/* --- JSON: the plain members, one row each
 * ------------------------------------------------------------ */

enum inbound_type { INBOUND_STRING, INBOUND_TIME, INBOUND_FLAG };
static const struct inbound_member {
    const char *name;
    enum inbound_type type;
    size_t offset, max;
    bool always; /* null in the JSON where it is not there, "" where it is empty */
} inbound_members[] = {
#define MEMBER(json, field, type, max, always)                                                     \
    {                                                                                              \
        json, type, offsetof(struct inbound, field), max, always                                   \
    }
    MEMBER("subject", subject, INBOUND_STRING, INBOUND_SUBJECT_MAX, true),
    MEMBER("message_id", message_id, INBOUND_STRING, INBOUND_ID_MAX, true),
    MEMBER("in_reply_to", in_reply_to, INBOUND_STRING, INBOUND_ID_MAX, true),
    MEMBER("date", sent_at, INBOUND_TIME, 0, true),
    MEMBER("text", text, INBOUND_STRING, INBOUND_TEXT_MAX, true),
    MEMBER("reply_text", reply_text, INBOUND_STRING, INBOUND_TEXT_MAX, true),
    MEMBER("html", html, INBOUND_STRING, INBOUND_TEXT_MAX, true),
    MEMBER("auto_submitted", automatic, INBOUND_FLAG, 0, true),
    MEMBER("bounce", bounce, INBOUND_FLAG, 0, true),
    MEMBER("external_id", external_id, INBOUND_STRING, INBOUND_ID_MAX + 80, false),
    MEMBER("copy_key", copy_key, INBOUND_STRING, INBOUND_ID_MAX + 80, false),
    MEMBER("conversation", conversation, INBOUND_STRING, INBOUND_ID_MAX, false),
    MEMBER("reply_to_external_id", reply_to_external_id, INBOUND_STRING, INBOUND_ID_MAX, false),
    MEMBER("foreign_case", foreign_case, INBOUND_STRING, 400, false),
    MEMBER("language", language, INBOUND_STRING, 35, false),
    MEMBER("received_at", received_at, INBOUND_TIME, 0, false),
    MEMBER("authenticated_domain", authenticated_domain, INBOUND_STRING, 255, false),
    MEMBER("sender_lookalike", sender_lookalike, INBOUND_FLAG, 0, false),
    MEMBER("sender_claims_another", sender_claims_another, INBOUND_FLAG, 0, false),
    MEMBER("reply_to_stranger", reply_to_stranger, INBOUND_FLAG, 0, false),
    MEMBER("sender_proven", sender_proven, INBOUND_FLAG, 0, false),
    MEMBER("spam", spam, INBOUND_FLAG, 0, false),
    MEMBER("forwarded", forwarded, INBOUND_FLAG, 0, false),
    MEMBER("echo", echo, INBOUND_FLAG, 0, false),
    MEMBER("declines_answers", declines, INBOUND_FLAG, 0, false),
    MEMBER("encrypted", encrypted, INBOUND_FLAG, 0, false),
    MEMBER("body_unparsed", body_unparsed, INBOUND_FLAG, 0, false),
    MEMBER("failed_recipient", failed.recipient, INBOUND_STRING, INBOUND_ADDRESS_MAX, false),
    MEMBER("failed_action", failed.action, INBOUND_STRING, 11, false),
    MEMBER("failed_status", failed.status, INBOUND_STRING, 11, false),
    MEMBER("failed_message_id", failed.message_id, INBOUND_STRING, INBOUND_ID_MAX, false),
    MEMBER("reason", reason, INBOUND_STRING, 400, false),
    MEMBER("raw_type", raw_type, INBOUND_STRING, 100, false),
    MEMBER("cursor_part", cursor_part, INBOUND_STRING, 1000, false),
    MEMBER("cursor", cursor, INBOUND_STRING, 1000, false),
    MEMBER("locator", locator, INBOUND_STRING, 1100, false),
#undef MEMBER
};
enum { INBOUND_MEMBERS = sizeof(inbound_members) / sizeof(inbound_members[0]) };
static const char *const inbound_kinds[] = { "message", "edit", "receipt", "ignored", "broken" };
static const char *const receipt_states[] = { "sent", "delivered", "read", "failed" };

static json_t *inbound_string(const char *s)
{
    json_t *v = s == NULL ? json_null() : json_string(s);

    return v == NULL ? json_string("")
                     : v; /* text that is not UTF-8 is our own mistake; say nothing of it */
}

static json_t *inbound_time_json(int64_t at)
{
    char text[64];
    time_t t = (time_t)at;
    struct tm tm;

    if (at == 0 || gmtime_r(&t, &tm) == NULL)
        return json_null();
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return json_string(text);
}

/* `behind`: where the long texts go; NULL: into the object. */
static void inbound_put_member(json_t *o, const struct inbound *in, const struct inbound_member *m,
                               struct text_buffer *behind)
{
    const char *at = (const char *)in + m->offset;
    const char *s;

    if (m->type == INBOUND_STRING) {
        s = *(const char *const *)(const void *)at;
        if (s != NULL && m->max == INBOUND_TEXT_MAX && behind != NULL) {
            json_object_set_new(o, m->name, json_integer((json_int_t)strlen(s)));
            text_buffer_puts(behind, s);
        } else if (s != NULL || m->always)
            json_object_set_new(o, m->name, inbound_string(s));
    } else if (m->type == INBOUND_TIME) {
        if (*(const int64_t *)(const void *)at != 0 || m->always)
            json_object_set_new(o, m->name, inbound_time_json(*(const int64_t *)(const void *)at));
    } else if (*(const bool *)(const void *)at || m->always) {
        json_object_set_new(o, m->name, json_boolean(*(const bool *)(const void *)at));
    }
}

static json_t *inbound_address_json(const struct inbound_address *p)
{
    if (p->value == NULL)
        return json_null();
    return json_pack("{s:s, s:o, s:s}", "name", p->name == NULL ? "" : p->name, "address",
                     inbound_string(p->value), "kind", p->kind == NULL ? "email" : p->kind);
}

static json_t *inbound_addresses_json(const struct inbound_address *list, size_t count)
{
    json_t *out = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(out, inbound_address_json(&list[i]));
    return out;
}

static json_t *inbound_strings_json(const char *const *list, size_t count)
{
    json_t *out = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(out, inbound_string(list[i]));
    return out;
}

static json_t *inbound_attachments_json(const struct inbound *in)
{
    json_t *out = json_array(), *o;
    size_t i;

    for (i = 0; i < in->attachment_count; i++) {
        const struct inbound_attachment *f = &in->attachments[i];

        o = json_object();
        json_object_set_new(o, "filename", inbound_string(f->filename));
        json_object_set_new(o, "content_type", inbound_string(f->content_type));
        json_object_set_new(o, "size", f->size < 0 ? json_null() : json_integer(f->size));
        json_object_set_new(o, "sha256", inbound_string(f->sha256));
        if (f->url != NULL)
            json_object_set_new(o, "url", inbound_string(f->url));
        if (f->encoding != NULL)
            json_object_set_new(o, "within",
                                json_pack("{s:I, s:I, s:s}", "at", (json_int_t)f->at, "length",
                                          (json_int_t)f->length, "encoding", f->encoding));
        json_array_append_new(out, o);
    }
    return out;
}

static char *inbound_dump(const struct inbound *in, struct text_buffer *behind)
{
    json_t *o = json_object();
    char *text;
    size_t i;

    json_object_set_new(o, "kind", json_string(inbound_kinds[in->kind]));
    for (i = 0; i < INBOUND_MEMBERS; i++)
        inbound_put_member(o, in, &inbound_members[i], behind);
    if (in->sent_at_zero)
        json_object_set_new(o, "date", json_string("1970-01-01T00:00:00Z"));
    if (in->nature != INBOUND_BY_PERSON)
        json_object_set_new(o, "nature", json_string(inbound_natures[in->nature]));
    json_object_set_new(o, "from", inbound_address_json(&in->sender));
    if (in->reply_to.value != NULL)
        json_object_set_new(o, "reply_to", inbound_address_json(&in->reply_to));
    if (in->author.value != NULL)
        json_object_set_new(o, "author", inbound_address_json(&in->author));
    json_object_set_new(o, "to", inbound_addresses_json(in->to, in->to_count));
    json_object_set_new(o, "cc", inbound_addresses_json(in->cc, in->cc_count));
    json_object_set_new(o, "references", inbound_strings_json(in->references, in->reference_count));
    if (in->token_count > 0)
        json_object_set_new(o, "tokens", inbound_strings_json(in->tokens, in->token_count));
    json_object_set_new(o, "attachments", inbound_attachments_json(in));
    if (in->kind == INBOUND_RECEIPT)
        json_object_set_new(o, "receipt",
                            json_pack("{s:o, s:s, s:o}", "external_id",
                                      inbound_string(in->receipt.external_id), "state",
                                      receipt_states[in->receipt.state], "detail",
                                      inbound_string(in->receipt.detail)));
    text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text == NULL ? xstrdup("{}") : text;
}

char *inbound_to_json(const struct inbound *in)
{
    return inbound_dump(in, NULL);
}

void inbound_pack(const struct inbound *in, struct text_buffer *out)
{
    struct text_buffer behind = { 0 };
    char *json = inbound_dump(in, &behind);

    text_buffer_add(out, json, strlen(json) + 1);
    text_buffer_add(out, behind.ptr, behind.len);
    text_buffer_clear(&behind);
    free(json);
}

/* --- and back: a worker's answer is a stranger's word
 * ------------------------------------------------- */

static int inbound_take_string(struct arena *a, const json_t *v, size_t max, const char *name,
                               const char **out, struct error *err)
{
    if (v == NULL || json_is_null(v))
        return 0;
    if (!json_is_string(v) || json_string_length(v) > max)
        return error_set(err, ERROR_PERMANENT, "%s: expected a text of at most %zu bytes", name,
                         max);
    *out = arena_strndup(a, json_string_value(v), json_string_length(v));
    return 0;
}

static int inbound_take_time(const json_t *v, const char *name, int64_t *out, struct error *err)
{
    struct tm tm = { 0 };
    const char *end;

    if (v == NULL || json_is_null(v))
        return 0;
    end = json_is_string(v) ? strptime(json_string_value(v), "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
    if (end == NULL || *end != '\0')
        return error_set(err, ERROR_PERMANENT, "%s: expected a time such as 2026-06-01T08:15:00Z",
                         name);
    *out = timegm(&tm);
    return 0;
}

/* Takes the first bytes of *behind. */
static int inbound_take_long(struct arena *a, const json_t *v, const struct inbound_member *m,
                             struct span *behind, const char **out, struct error *err)
{
    json_int_t n = json_integer_value(v);
    struct span s = { behind->ptr, (size_t)n };

    if (n < 0 || (size_t)n > m->max || (size_t)n > behind->len)
        return error_set(
            err, ERROR_PERMANENT,
            "%s: expected at most %zu bytes behind the message, got %" JSON_INTEGER_FORMAT
            " of %zu",
            m->name, m->max, n, behind->len);
    if (memchr(s.ptr, '\0', s.len) != NULL || !text_is_utf8(s))
        return error_set(err, ERROR_PERMANENT, "%s: expected UTF-8 without NUL", m->name);
    *out = arena_strndup(a, s.ptr, s.len);
    *behind = (struct span){ s.ptr + s.len, behind->len - s.len };
    return 0;
}

static int inbound_take_member(const json_t *o, struct inbound *in, const struct inbound_member *m,
                               struct span *behind, struct error *err)
{
    const json_t *v = json_object_get(o, m->name);
    char *at = (char *)in + m->offset;

    if (m->max == INBOUND_TEXT_MAX && json_is_integer(v))
        return inbound_take_long(in->arena, v, m, behind, (const char **)(void *)at, err);
    if (m->type == INBOUND_STRING)
        return inbound_take_string(in->arena, v, m->max, m->name, (const char **)(void *)at, err);
    if (m->type == INBOUND_TIME)
        return inbound_take_time(v, m->name, (int64_t *)(void *)at, err);
    if (v != NULL && !json_is_boolean(v))
        return error_set(err, ERROR_PERMANENT, "%s: expected true or false", m->name);
    *(bool *)(void *)at = json_is_true(v);
    return 0;
}

static int inbound_take_address(struct arena *a, const json_t *o, const char *name,
                                struct inbound_address *out, struct error *err)
{
    if (o == NULL || json_is_null(o))
        return 0;
    if (!json_is_object(o))
        return error_set(err, ERROR_PERMANENT, "%s: expected an address", name);
    if (inbound_take_string(a, json_object_get(o, "address"), INBOUND_ADDRESS_MAX, name,
                            &out->value, err) < 0 ||
        inbound_take_string(a, json_object_get(o, "name"), INBOUND_NAME_MAX, name, &out->name,
                            err) < 0 ||
        inbound_take_string(a, json_object_get(o, "kind"), 64, name, &out->kind, err) < 0)
        return -1;
    if (out->name != NULL && out->name[0] == '\0')
        out->name = NULL;
    return 0;
}

static int inbound_count(const json_t *list, size_t max, const char *name, size_t *count,
                         struct error *err)
{
    if (list != NULL && !json_is_array(list))
        return error_set(err, ERROR_PERMANENT, "%s: expected a list", name);
    if (json_array_size(list) > max)
        return error_set(err, ERROR_PERMANENT, "%s: over %zu of them", name, max);
    *count = json_array_size(list);
    return 0;
}

static int inbound_take_addresses(struct arena *a, const json_t *o, const char *name,
                                  struct inbound_address **out, size_t *count, struct error *err)
{
    const json_t *list = json_object_get(o, name);
    size_t i;

    if (inbound_count(list, INBOUND_RECIPIENTS_MAX, name, count, err) < 0)
        return -1;
    *out = arena_array(a, *count, sizeof(**out));
    for (i = 0; i < *count; i++)
        if (inbound_take_address(a, json_array_get(list, i), name, &(*out)[i], err) < 0)
            return -1;
    return 0;
}

static int inbound_take_strings(struct arena *a, const json_t *o, const char *name, size_t max,
                                const char ***out, size_t *count, struct error *err)
{
    const json_t *list = json_object_get(o, name);
    size_t i;

    if (inbound_count(list, max, name, count, err) < 0)
        return -1;
    *out = arena_array(a, *count, sizeof(**out));
    for (i = 0; i < *count; i++) {
        (*out)[i] = "";
        if (inbound_take_string(a, json_array_get(list, i), INBOUND_ID_MAX, name, &(*out)[i], err) <
            0)
            return -1;
    }
    return 0;
}

static int inbound_take_place(struct arena *a, const json_t *o, struct inbound_attachment *f,
                              struct error *err)
{
    json_int_t at = json_integer_value(json_object_get(o, "at"));
    json_int_t length = json_integer_value(json_object_get(o, "length"));

    if (o == NULL)
        return 0;
    if (at < 0 || at > INBOUND_RAW_MAX || length < 0 || length > INBOUND_RAW_MAX)
        return error_set(err, ERROR_PERMANENT, "within: expected a place in a mail");
    f->at = (size_t)at;
    f->length = (size_t)length;
    return inbound_take_string(a, json_object_get(o, "encoding"), 32, "encoding", &f->encoding,
                               err);
}

static int inbound_take_attachments(const json_t *o, struct inbound *in, struct error *err)
{
    const json_t *list = json_object_get(o, "attachments"), *v;
    size_t i;

    if (inbound_count(list, INBOUND_ATTACHMENTS_MAX, "attachments", &in->attachment_count, err) < 0)
        return -1;
    in->attachments = arena_array(in->arena, in->attachment_count, sizeof(*in->attachments));
    for (i = 0; i < in->attachment_count; i++) {
        struct inbound_attachment *f = &in->attachments[i];

        v = json_array_get(list, i);
        f->content_type = "application/octet-stream";
        f->size = json_is_integer(json_object_get(v, "size"))
                      ? json_integer_value(json_object_get(v, "size"))
                      : -1;
        if (inbound_take_string(in->arena, json_object_get(v, "filename"), INBOUND_NAME_MAX,
                                "filename", &f->filename, err) < 0 ||
            inbound_take_string(in->arena, json_object_get(v, "content_type"), 256, "content_type",
                                &f->content_type, err) < 0 ||
            inbound_take_string(in->arena, json_object_get(v, "sha256"), 64, "sha256", &f->sha256,
                                err) < 0 ||
            inbound_take_string(in->arena, json_object_get(v, "url"), 4096, "url", &f->url, err) <
                0 ||
            inbound_take_place(in->arena, json_object_get(v, "within"), f, err) < 0)
            return -1;
    }
    return 0;
}

static int inbound_word(const char *const *words, int count, const json_t *v)
{
    int i;

    for (i = 0; json_is_string(v) && i < count; i++)
        if (strcmp(words[i], json_string_value(v)) == 0)
            return i;
    return -1;
}

static int inbound_take_receipt(const json_t *o, struct inbound *in, struct error *err)
{
    int state = inbound_word(receipt_states, 4, json_object_get(o, "state"));

    if (state < 0)
        return error_set(err, ERROR_PERMANENT, "receipt: expected sent, delivered, read or failed");
    in->receipt.state = (enum receipt_state)state;
    return inbound_take_string(in->arena, json_object_get(o, "external_id"), INBOUND_ID_MAX,
                               "receipt", &in->receipt.external_id, err) < 0
               ? -1
               : inbound_take_string(in->arena, json_object_get(o, "detail"), 1000, "receipt",
                                     &in->receipt.detail, err);
}

static int inbound_take_nature(const json_t *o, struct inbound *in, struct error *err)
{
    const json_t *v = json_object_get(o, "nature");
    int nature = v == NULL ? INBOUND_BY_PERSON : inbound_word(inbound_natures, INBOUND_NATURE_N, v);

    if (nature < 0)
        return error_set(err, ERROR_PERMANENT, "nature: no such one");
    in->nature = (enum inbound_nature)nature;
    return 0;
}

static int inbound_take(const json_t *o, struct span *behind, struct inbound *in, struct error *err)
{
    int kind = inbound_word(inbound_kinds, 5, json_object_get(o, "kind"));
    size_t i;

    if (kind < 0)
        return error_set(err, ERROR_PERMANENT,
                         "kind: expected message, edit, receipt, ignored or broken");
    in->kind = (enum inbound_kind)kind;
    for (i = 0; i < INBOUND_MEMBERS; i++)
        if (inbound_take_member(o, in, &inbound_members[i], behind, err) < 0)
            return -1;
    if (inbound_take_nature(o, in, err) < 0 ||
        inbound_take_address(in->arena, json_object_get(o, "from"), "from", &in->sender, err) < 0 ||
        inbound_take_address(in->arena, json_object_get(o, "reply_to"), "reply_to", &in->reply_to,
                             err) < 0 ||
        inbound_take_address(in->arena, json_object_get(o, "author"), "author", &in->author, err) <
            0 ||
        inbound_take_addresses(in->arena, o, "to", &in->to, &in->to_count, err) < 0 ||
        inbound_take_addresses(in->arena, o, "cc", &in->cc, &in->cc_count, err) < 0 ||
        inbound_take_strings(in->arena, o, "references", INBOUND_REFERENCES_MAX, &in->references,
                             &in->reference_count, err) < 0 ||
        inbound_take_strings(in->arena, o, "tokens", 1000, &in->tokens, &in->token_count, err) <
            0 ||
        inbound_take_attachments(o, in, err) < 0)
        return -1;
    return in->kind == INBOUND_RECEIPT
               ? inbound_take_receipt(json_object_get(o, "receipt"), in, err)
               : 0;
}

int inbound_unpack(struct span packed, struct inbound **out, struct error *err)
{
    const char *nul = packed.len > 0 ? memchr(packed.ptr, '\0', packed.len) : NULL;
    size_t len = nul != NULL ? (size_t)(nul - packed.ptr) : packed.len;
    struct span behind = { packed.ptr + len, packed.len - len };
    struct inbound *in;
    json_error_t wrong;
    json_t *o = json_loadb(packed.ptr, len, JSON_REJECT_DUPLICATES, &wrong);
    int rc;

    if (o == NULL)
        return error_set(err, ERROR_PERMANENT, "a message as JSON: line %d, column %d: %.80s",
                         wrong.line, wrong.column, wrong.text);
    if (nul != NULL)
        behind = (struct span){ nul + 1, behind.len - 1 };
    in = inbound_new();
    rc = inbound_take(o, &behind, in, err);
    json_decref(o);
    if (rc == 0 && behind.len > 0)
        rc = error_set(err, ERROR_PERMANENT, "%zu bytes behind the message are of no text",
                       behind.len);
    if (rc < 0)
        inbound_free(in);
    else
        *out = in;
    return rc;
}

bool inbound_is_noted(const char *external_id)
{
    return strncmp(external_id, INBOUND_NOTED, sizeof(INBOUND_NOTED) - 1) == 0;
}
