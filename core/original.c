#include "core/original.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#include "core/arena.h"
#include "core/base64.h"

/* A line, and where the next one begins. */
struct line {
    struct span text;
    bool ended, crlf;
    const char *next;
};
/* A text in base64 that is being read, as far as it is one. */
struct run {
    const char *from;
    size_t line, lines;
    bool crlf;
    char *to; /* its bytes, so far `len` */
    size_t len;
};
struct original_cutter {
    struct arena *a;
    struct span raw;
    const char *at;   /* the line that is looked at next */
    const char *kept; /* up to here it is in the rest, or in a cut */
    struct run run;   /* that is open; lines 0: none is */
    const char *run_end;
    char *rest, *bytes;
    size_t rest_len, bytes_len;
    struct original_cut *cuts;
    size_t count;
};

static struct line line_at(const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    struct line l = { .text = { p, (size_t)((lf == NULL ? end : lf) - p) },
                      .ended = lf != NULL,
                      .next = lf == NULL ? end : lf + 1 };

    if (l.ended && l.text.len > 0 && l.text.ptr[l.text.len - 1] == '\r') {
        l.crlf = true;
        l.text.len--;
    }
    return l;
}

/* How many bytes a line stands for, written to `to`; 0: it is no whole base64. *last: padding says
 * that nothing may follow. Bits that stand for nothing must be zero, or they would be lost. */
static size_t line_decode(struct span s, char *to, bool *last)
{
    const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
    unsigned char *out = (unsigned char *)to;
    uint32_t a, b, c, d;

    *last = false;
    if (s.len == 0 || s.len % 4 != 0)
        return 0;
    for (; p < end; p += 4) {
        a = base64_digits[p[0]] - 1u;
        b = base64_digits[p[1]] - 1u;
        c = base64_digits[p[2]] - 1u;
        d = base64_digits[p[3]] - 1u;
        if ((a | b | c | d) < 64) {
            *out++ = (unsigned char)(a << 2 | b >> 4);
            *out++ = (unsigned char)(b << 4 | c >> 2);
            *out++ = (unsigned char)(c << 6 | d);
            continue;
        }
        *last = true;
        if (p + 4 != end || p[3] != '=' || (a | b) >= 64)
            return 0;
        *out++ = (unsigned char)(a << 2 | b >> 4);
        if (p[2] == '=')
            return (b & 15) != 0 ? 0 : (size_t)(out - (unsigned char *)to);
        if (c >= 64 || (c & 3) != 0)
            return 0;
        *out++ = (unsigned char)(b << 4 | c >> 2);
    }
    return (size_t)(out - (unsigned char *)to);
}

/* Takes the line into the run; false: it does not belong there. *over: nothing more does. */
static bool run_takes(struct run *r, const struct line *l, bool *over)
{
    bool last;
    size_t n;

    if (l->text.len > ORIGINAL_LINE_MAX || (r->lines > 0 && l->text.len > r->line))
        return false;
    n = line_decode(l->text, r->to + r->len, &last);
    if (n == 0)
        return false;
    if (r->lines == 0) {
        r->from = l->text.ptr;
        r->line = l->text.len;
        r->crlf = l->crlf;
    }
    r->len += n;
    r->lines++;
    /* The end of the last line stays in the rest, so it may be of the other kind, or none. */
    *over = last || l->text.len < r->line || !l->ended || l->crlf != r->crlf;
    return true;
}

static void cut_begin(struct original_cutter *c)
{
    if (c->cuts != NULL)
        return;
    c->rest = arena_alloc(c->a, c->raw.len + 1);
    c->cuts = arena_array(c->a, ORIGINAL_CUTS_MAX, sizeof(*c->cuts));
}

static void cut_keep(struct original_cutter *c, const char *to)
{
    memcpy(c->rest + c->rest_len, c->kept, (size_t)(to - c->kept));
    c->rest_len += (size_t)(to - c->kept);
    c->kept = to;
}

/* The run is over: it is taken out if it is worth that, and another one may begin. */
static void cut_run(struct original_cutter *c)
{
    const struct run r = c->run;

    c->run = (struct run){ .to = c->bytes + c->bytes_len };
    if (r.len < ORIGINAL_CUT_MIN)
        return;
    cut_begin(c);
    cut_keep(c, r.from);
    c->kept = c->run_end;
    c->cuts[c->count++] = (struct original_cut){
        .at = c->rest_len, .bytes = { r.to, r.len }, .line = r.line, .crlf = r.crlf
    };
    c->bytes_len += r.len;
    c->run.to += r.len;
}

/* A line that ends a run without belonging to it is looked at again: it may begin the next one. */
static void cut_line(struct original_cutter *c)
{
    struct line l = line_at(c->at, c->raw.ptr + c->raw.len);
    bool over = false;

    if (run_takes(&c->run, &l, &over)) {
        c->run_end = l.text.ptr + l.text.len;
        c->at = l.next;
        if (over)
            cut_run(c);
    } else if (c->run.lines == 0) {
        c->at = l.next;
    } else {
        cut_run(c);
    }
}

struct original_cutter *original_cutter_new(struct arena *a, struct span raw)
{
    struct original_cutter *c = arena_alloc(a, sizeof(*c));

    *c = (struct original_cutter){ .a = a, .raw = raw, .at = raw.ptr, .kept = raw.ptr };
    if (raw.len < ORIGINAL_CUT_MIN / 3 * 4)
        c->at += raw.len;
    else
        c->bytes = arena_alloc(a, raw.len / 4 * 3 + 3);
    c->run.to = c->bytes;
    return c;
}

bool original_cutter_step(struct original_cutter *c, size_t bytes, struct original *out)
{
    const char *end = c->raw.ptr + c->raw.len;
    const char *until = (size_t)(end - c->at) > bytes ? c->at + bytes : end;

    while (c->at < until && c->count < ORIGINAL_CUTS_MAX)
        cut_line(c);
    if (c->at < end && c->count < ORIGINAL_CUTS_MAX)
        return false;
    if (c->run.lines > 0)
        cut_run(c);
    *out = (struct original){ .rest = c->raw };
    if (c->count == 0)
        return true;
    cut_keep(c, end);
    *out =
        (struct original){ .rest = { c->rest, c->rest_len }, .cuts = c->cuts, .count = c->count };
    return true;
}

void original_cut(struct arena *a, struct span raw, struct original *out)
{
    struct original_cutter *c = original_cutter_new(a, raw);

    while (!original_cutter_step(c, raw.len, out))
        continue;
}

void original_join(struct text_buffer *out, struct span bytes, size_t line, bool crlf)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr, *end = p + bytes.len;
    size_t most = line / 4 * 3, n;
    char *to;

    while (p < end) {
        n = (size_t)(end - p) < most ? (size_t)(end - p) : most;
        to = text_buffer_room(out, line + 2);
        out->len += (size_t)EVP_EncodeBlock((unsigned char *)to, p, (int)n);
        p += n;
        if (p < end)
            text_buffer_puts(out, crlf ? "\r\n" : "\n");
    }
}
