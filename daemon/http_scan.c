#include "daemon/http_scan.h"

#include <string.h>
#include <strings.h>

enum { SIZE_DIGITS_MAX = 8, LENGTH_DIGITS_MAX = 18 };

static void scan_refuse(struct http_scan *s, int status, const char *words)
{
    s->state = HTTP_SCAN_REFUSED;
    s->status = status;
    s->words = words;
}

static void scan_word_begin(struct http_scan *s, enum http_scan_state state)
{
    s->state = state;
    s->word_len = 0;
    s->word[0] = '\0';
}

static void scan_word_add(struct http_scan *s, char byte)
{
    if (s->word_len + 1 < sizeof(s->word)) {
        s->word[s->word_len] = byte;
        s->word[s->word_len + 1] = '\0';
    }
    s->word_len++;
}

/* What a name or a method may be made of (RFC 9110 5.6.2). */
static bool scan_is_token(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* --- the head
 * ----------------------------------------------------------------------------------------- */

static void scan_method(struct http_scan *s, char byte)
{
    static const struct {
        const char *word;
        bool has_body;
    } methods[] = { { "GET", false }, { "POST", true }, { "HEAD", false }, { "OPTIONS", false } };
    size_t i;

    if (byte != ' ' || s->word_len == 0) {
        if (!scan_is_token(byte))
            scan_refuse(s, 400, "the request does not begin with a method");
        scan_word_add(s, byte);
        return;
    }
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strcmp(s->word, methods[i].word) == 0) {
            s->has_body = methods[i].has_body;
            scan_word_begin(s, HTTP_SCAN_TARGET);
            return;
        }
    scan_refuse(s, 405, "the method is none of GET, POST, HEAD, OPTIONS");
}

static void scan_target(struct http_scan *s, char byte)
{
    if (byte == ' ' && s->word_len > 0) {
        scan_word_begin(s, HTTP_SCAN_VERSION);
        return;
    }
    if ((s->word_len == 0 && byte != '/') || byte <= ' ' || byte > '~')
        scan_refuse(s, 400, "the target is no path");
    scan_word_add(s, byte);
}

static void scan_version(struct http_scan *s, char byte)
{
    if (byte != '\r') {
        if (byte <= ' ')
            scan_refuse(s, 400, "the first line does not end with its version");
        scan_word_add(s, byte);
        return;
    }
    s->plain_11 = strcmp(s->word, "HTTP/1.1") == 0;
    if (s->plain_11 || strcmp(s->word, "HTTP/1.0") == 0)
        s->state = HTTP_SCAN_LINE_LF;
    else
        scan_refuse(s, 505, "expected HTTP/1.1");
}

static void scan_line(struct http_scan *s, char byte)
{
    if (byte == '\r') {
        s->state = HTTP_SCAN_HEAD_LF;
    } else if (byte == ' ' || byte == '\t') {
        scan_refuse(s, 400, "a header is folded");
    } else if (!scan_is_token(byte)) {
        scan_refuse(s, 400, "a header has no name");
    } else {
        scan_word_begin(s, HTTP_SCAN_NAME);
        scan_word_add(s, byte);
    }
}

static void scan_name(struct http_scan *s, char byte)
{
    if (byte == ':') {
        memcpy(s->name, s->word, sizeof(s->name));
        if (s->word_len >= sizeof(s->word))
            s->name[0] = '\0'; /* none that decides is so long */
        scan_word_begin(s, HTTP_SCAN_VALUE);
    } else if (!scan_is_token(byte)) {
        scan_refuse(s, 400, "a header's name holds a byte that none may hold");
    } else {
        scan_word_add(s, byte);
    }
}

static void scan_length(struct http_scan *s)
{
    size_t digits = strspn(s->word, "0123456789"), i;

    s->lengths++;
    if (digits == 0 || digits != s->word_len) {
        scan_refuse(s, 400, "Content-Length: expected digits alone");
    } else if (digits > LENGTH_DIGITS_MAX) {
        scan_refuse(s, 413, "the body is too large");
    } else {
        for (s->left = 0, i = 0; i < digits; i++)
            s->left = s->left * 10 + (uint64_t)(s->word[i] - '0');
    }
}

static void scan_header_end(struct http_scan *s)
{
    while (s->word_len > 0 && s->word_len < sizeof(s->word) &&
           strchr(" \t", s->word[s->word_len - 1]) != NULL)
        s->word[--s->word_len] = '\0';
    s->state = HTTP_SCAN_LINE_LF;
    if (strcasecmp(s->name, "Content-Length") == 0) {
        scan_length(s);
    } else if (strcasecmp(s->name, "Transfer-Encoding") == 0) {
        s->codings++;
        if (strcasecmp(s->word, "chunked") != 0 || s->word_len != strlen("chunked"))
            scan_refuse(s, 400, "Transfer-Encoding: expected chunked");
    } else if (strcasecmp(s->name, "Host") == 0) {
        s->hosts++;
    }
}

static void scan_value(struct http_scan *s, char byte)
{
    if (byte == '\r')
        scan_header_end(s);
    else if (byte != '\t' && ((unsigned char)byte < ' ' || byte == 0x7f))
        scan_refuse(s, 400, "a header holds a control byte");
    else if (s->word_len > 0 || (byte != ' ' && byte != '\t'))
        scan_word_add(s, byte);
}

/* Where the body will end is known here, or the request is refused. */
static void scan_head_end(struct http_scan *s, const struct http_scan_bounds *bounds)
{
    if (s->lengths > 1 || s->codings > 1 || s->lengths + s->codings > 1)
        scan_refuse(s, 400, "the body's length is said more than once");
    else if (s->hosts > 1 || (s->hosts == 0 && s->plain_11))
        scan_refuse(s, 400, "expected one Host");
    else if (s->codings > 0 && !s->plain_11)
        scan_refuse(s, 400, "Transfer-Encoding: not in HTTP/1.0");
    else if (!s->has_body && (s->codings > 0 || s->left > 0))
        scan_refuse(s, 400, "this method takes no body");
    else if (s->left > bounds->body_max)
        scan_refuse(s, 413, "the body is too large");
    else
        s->state = s->codings > 0 ? HTTP_SCAN_SIZE : HTTP_SCAN_BODY;
}

/* --- the body
 * ----------------------------------------------------------------------------------------- */

static void scan_size(struct http_scan *s, const struct http_scan_bounds *bounds, char byte)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *digit = byte == '\0' ? NULL : strchr(digits, byte);

    if (byte == '\r' && s->size_digits > 0) {
        s->state = HTTP_SCAN_SIZE_LF;
        return;
    }
    if (digit == NULL || ++s->size_digits > SIZE_DIGITS_MAX) {
        scan_refuse(s, 400, "a chunk's size is not plain");
        return;
    }
    s->left = s->left * 16 + (uint64_t)(digit - digits < 16 ? digit - digits : digit - digits - 6);
    if (s->body + s->left > bounds->body_max)
        scan_refuse(s, 413, "the body is too large");
}

static void scan_expect(struct http_scan *s, char byte, char expected, enum http_scan_state next)
{
    s->state = next;
    if (byte != expected)
        scan_refuse(s, 400, "expected CR LF");
}

static void scan_chunk_begin(struct http_scan *s)
{
    s->state = HTTP_SCAN_SIZE;
    s->left = 0;
    s->size_digits = 0;
}

static void scan_byte(struct http_scan *s, const struct http_scan_bounds *bounds, char byte)
{
    switch (s->state) {
    case HTTP_SCAN_START:
        scan_word_begin(s, HTTP_SCAN_METHOD);
        scan_method(s, byte);
        break;
    case HTTP_SCAN_METHOD:
        scan_method(s, byte);
        break;
    case HTTP_SCAN_TARGET:
        scan_target(s, byte);
        break;
    case HTTP_SCAN_VERSION:
        scan_version(s, byte);
        break;
    case HTTP_SCAN_LINE_LF:
        scan_expect(s, byte, '\n', HTTP_SCAN_LINE);
        break;
    case HTTP_SCAN_LINE:
        scan_line(s, byte);
        break;
    case HTTP_SCAN_NAME:
        scan_name(s, byte);
        break;
    case HTTP_SCAN_VALUE:
        scan_value(s, byte);
        break;
    case HTTP_SCAN_HEAD_LF:
        scan_expect(s, byte, '\n', HTTP_SCAN_BODY);
        if (s->status == 0)
            scan_head_end(s, bounds);
        break;
    case HTTP_SCAN_SIZE:
        scan_size(s, bounds, byte);
        break;
    case HTTP_SCAN_SIZE_LF:
        scan_expect(s, byte, '\n', s->left == 0 ? HTTP_SCAN_LAST_CR : HTTP_SCAN_CHUNK);
        s->body += s->left;
        break;
    case HTTP_SCAN_CHUNK_CR:
        scan_expect(s, byte, '\r', HTTP_SCAN_CHUNK_LF);
        break;
    case HTTP_SCAN_CHUNK_LF:
        scan_expect(s, byte, '\n', HTTP_SCAN_SIZE);
        if (s->status == 0)
            scan_chunk_begin(s);
        break;
    case HTTP_SCAN_LAST_CR: /* a trailer would begin here: none is taken */
        scan_expect(s, byte, '\r', HTTP_SCAN_LAST_LF);
        break;
    case HTTP_SCAN_LAST_LF:
        scan_expect(s, byte, '\n', HTTP_SCAN_BODY);
        break;
    case HTTP_SCAN_BODY:
    case HTTP_SCAN_CHUNK:
    case HTTP_SCAN_REFUSED:
        break;
    }
}

/* --- the whole
 * ---------------------------------------------------------------------------------------- */

bool http_scan_in_head(const struct http_scan *s)
{
    return s->state > HTTP_SCAN_START && s->state < HTTP_SCAN_BODY;
}

bool http_scan_in_body(const struct http_scan *s)
{
    return s->state >= HTTP_SCAN_BODY && s->state < HTTP_SCAN_REFUSED;
}

/* Bytes of a body or chunk: only their number counts. */
static size_t scan_skip(struct http_scan *s, size_t len)
{
    size_t n = s->left < len ? (size_t)s->left : len;

    s->left -= n;
    if (s->state == HTTP_SCAN_CHUNK && s->left == 0)
        s->state = HTTP_SCAN_CHUNK_CR;
    return n;
}

size_t http_scan_take(struct http_scan *s, const struct http_scan_bounds *bounds, const char *bytes,
                      size_t len, bool *whole)
{
    size_t i = 0;

    *whole = false;
    while (i < len && s->status == 0 && !*whole) {
        if (s->state == HTTP_SCAN_BODY || s->state == HTTP_SCAN_CHUNK) {
            i += scan_skip(s, len - i);
        } else {
            if (s->state < HTTP_SCAN_BODY && ++s->head > bounds->header_max) {
                scan_refuse(s, 431, "the header is too large");
                break;
            }
            scan_byte(s, bounds, bytes[i++]);
        }
        *whole = s->state == HTTP_SCAN_BODY && s->left == 0;
    }
    if (*whole)
        *s = (struct http_scan){ .state = HTTP_SCAN_START };
    return i;
}
