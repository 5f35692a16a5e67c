#include "channels/lmtp_session.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/inbound.h"

/* Where in a line of the mail the next byte stands. */
enum lmtp_at { AT_BEGIN, AT_DOT, AT_DOT_CR, AT_WITHIN, AT_CR };

static const char lmtp_no_room[] = "452 4.3.1 no room for it now";
static const char lmtp_nothing[] = "554 5.6.0 there is nothing in it";
static const char lmtp_too_large[] = "552 5.3.4 larger than this channel takes";

static void lmtp_say(struct lmtp_session *s, const char *words)
{
    text_buffer_puts(&s->out, words);
    text_buffer_puts(&s->out, "\r\n");
}

static void lmtp_forget(struct lmtp_session *s)
{
    free(s->sender);
    s->sender = NULL;
    s->has_sender = false;
    while (s->recipient_count > 0)
        free(s->recipients[--s->recipient_count]);
    s->refusal = NULL;
    s->size = 0;
    text_buffer_clear(&s->body);
}

void lmtp_session_init(struct lmtp_session *s, const struct lmtp_ops *ops, void *arg,
                       const char *name, size_t size_max)
{
    *s = (struct lmtp_session){ .ops = ops, .arg = arg, .name = name, .size_max = size_max };
    text_buffer_printf(&s->out, "220 %s relevo LMTP\r\n", name);
}

void lmtp_session_clear(struct lmtp_session *s)
{
    lmtp_forget(s);
    text_buffer_clear(&s->out);
}

void lmtp_session_end(struct lmtp_session *s, const char *why)
{
    text_buffer_printf(&s->out, "421 4.3.2 %s\r\n", why);
    s->phase = LMTP_OVER;
}

/* --- words of a command
 * ----------------------------------------------------------------------------------- */

/* Takes the word off the line's beginning, in any case; what must follow it is the next one's. */
static bool lmtp_takes_word(struct span *line, const char *word)
{
    size_t n = strlen(word);

    if (!span_begins(*line, word))
        return false;
    line->ptr += n;
    line->len -= n;
    return true;
}

static void lmtp_skip_blanks(struct span *line)
{
    while (line->len > 0 && *line->ptr == ' ') {
        line->ptr++;
        line->len--;
    }
}

/* What stands between < and >, without a source route; quotes may hold a >. */
static bool lmtp_takes_path(struct span *line, struct span *path)
{
    const char *p = line->ptr, *end = p + line->len, *route;
    bool quoted = false;

    if (p == end || *p != '<')
        return false;
    for (p++; p < end && (quoted || *p != '>'); p++) {
        if (quoted && *p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
    }
    if (p == end || (p + 1 < end && p[1] != ' '))
        return false;
    *path = (struct span){ line->ptr + 1, (size_t)(p - line->ptr) - 1 };
    *line = (struct span){ p + 1, (size_t)(end - p) - 1 };
    route = path->len > 0 && *path->ptr == '@' ? memchr(path->ptr, ':', path->len) : NULL;
    if (route != NULL)
        *path = (struct span){ route + 1, path->len - (size_t)(route - path->ptr) - 1 };
    return path->len <= INBOUND_ADDRESS_MAX && text_is_utf8(*path);
}

static bool lmtp_has_domain(struct span path)
{
    const char *at = memrchr(path.ptr, '@', path.len);

    return at != NULL && at > path.ptr && at + 1 < path.ptr + path.len;
}

/* NULL: all parameters are good; else the answer. */
static const char *lmtp_read_parameters(const struct lmtp_session *s, struct span line)
{
    struct span word;

    for (lmtp_skip_blanks(&line); line.len > 0; lmtp_skip_blanks(&line)) {
        const char *end = memchr(line.ptr, ' ', line.len);
        size_t size = 0;

        word = (struct span){ line.ptr, end == NULL ? line.len : (size_t)(end - line.ptr) };
        line = (struct span){ line.ptr + word.len, line.len - word.len };
        if (lmtp_takes_word(&word, "SIZE=")) {
            for (; word.len > 0 && isdigit((unsigned char)*word.ptr) && size <= s->size_max;
                 word.ptr++, word.len--)
                size = size * 10 + (size_t)(*word.ptr - '0');
            if (size > s->size_max)
                return lmtp_too_large;
        } else if (!lmtp_takes_word(&word, "BODY=8BITMIME") &&
                   !lmtp_takes_word(&word, "BODY=7BIT") && !lmtp_takes_word(&word, "SMTPUTF8")) {
            return "555 5.5.4 no such parameter";
        }
        if (word.len > 0)
            return "501 5.5.4 a parameter that cannot be read";
    }
    return NULL;
}

/* --- commands
 * --------------------------------------------------------------------------------------------- */

/* Each returns its answer; NULL: it has said it itself. */
typedef const char *lmtp_command_fn(struct lmtp_session *s, struct span line);

static const char *lmtp_lhlo(struct lmtp_session *s, struct span line)
{
    lmtp_skip_blanks(&line);
    if (line.len == 0)
        return "501 5.5.4 LHLO needs a name";
    lmtp_forget(s);
    s->greeted = true;
    text_buffer_printf(&s->out,
                       "250-%s\r\n250-PIPELINING\r\n250-SIZE %zu\r\n250-8BITMIME\r\n"
                       "250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n",
                       s->name, s->size_max);
    return NULL;
}

static const char *lmtp_mail(struct lmtp_session *s, struct span line)
{
    const char *wrong;
    struct span path;

    if (!s->greeted)
        return "503 5.5.1 LHLO comes first";
    if (s->has_sender)
        return "503 5.5.1 there is a sender already";
    lmtp_skip_blanks(&line);
    if (!lmtp_takes_path(&line, &path))
        return "501 5.1.7 expected MAIL FROM:<address>";
    wrong = lmtp_read_parameters(s, line);
    if (wrong != NULL)
        return wrong;
    s->has_sender = true;
    if (path.len == 0 || lmtp_has_domain(path)) {
        s->sender = xcalloc(1, path.len + 1);
        memcpy(s->sender, path.ptr, path.len);
    }
    return "250 2.1.0 good";
}

static const char *lmtp_rcpt(struct lmtp_session *s, struct span line)
{
    struct span path;
    char *kept;

    if (!s->has_sender)
        return "503 5.5.1 MAIL comes first";
    lmtp_skip_blanks(&line);
    if (!lmtp_takes_path(&line, &path) || path.len == 0)
        return "501 5.1.3 expected RCPT TO:<address>";
    if (line.len > 0)
        return "555 5.5.4 no such parameter";
    if (s->recipient_count == LMTP_RECIPIENTS_MAX) {
        if (s->over++ < LMTP_OVER_MAX)
            s->idle = 0; /* the mail comes for those before it */
        return "452 4.5.3 too many recipients at once";
    }
    if (!s->ops->takes(s->arg, path))
        return "550 5.1.1 no address of this channel";
    kept = xcalloc(1, path.len + 1);
    memcpy(kept, path.ptr, path.len);
    s->recipients[s->recipient_count++] = kept;
    s->idle = 0;
    return "250 2.1.5 good";
}

/* The mail begins with who sent it, and to which of our addresses it came. */
static void lmtp_trace(struct lmtp_session *s)
{
    size_t i;

    if (s->sender != NULL)
        text_buffer_printf(&s->body, "Return-Path: <%s>\r\n", s->sender);
    for (i = 0; i < s->recipient_count; i++)
        if (lmtp_has_domain(span_of(s->recipients[i])))
            text_buffer_printf(&s->body, "Delivered-To: %s\r\n", s->recipients[i]);
}

static const char *lmtp_data(struct lmtp_session *s, struct span line)
{
    if (line.len > 0)
        return "501 5.5.4 DATA stands alone";
    if (s->recipient_count == 0)
        return s->has_sender ? "503 5.5.1 there is no good recipient"
                             : "503 5.5.1 MAIL comes first";
    s->idle = 0;
    s->phase = LMTP_DATA;
    s->at = AT_BEGIN;
    lmtp_trace(s);
    if (s->ops->begin(s->arg) < 0)
        s->refusal = lmtp_no_room;
    return "354 go on, it ends with a dot";
}

static const char *lmtp_rset(struct lmtp_session *s, struct span line)
{
    (void)line;
    lmtp_forget(s);
    return "250 2.0.0 forgotten";
}

static const char *lmtp_noop(struct lmtp_session *s, struct span line)
{
    (void)s;
    (void)line;
    return "250 2.0.0 good";
}

static const char *lmtp_vrfy(struct lmtp_session *s, struct span line)
{
    (void)s;
    (void)line;
    return "252 2.5.0 send it, and it is seen";
}

static const char *lmtp_quit(struct lmtp_session *s, struct span line)
{
    (void)line;
    s->phase = LMTP_OVER;
    return "221 2.0.0 until then";
}

static const struct {
    const char *word;
    bool goes_on; /* a blank or the end must follow: the word is whole */
    lmtp_command_fn *run;
} lmtp_commands[] = {
    { "LHLO", true, lmtp_lhlo },      { "MAIL FROM:", false, lmtp_mail },
    { "RCPT TO:", false, lmtp_rcpt }, { "DATA", true, lmtp_data },
    { "RSET", true, lmtp_rset },      { "NOOP", true, lmtp_noop },
    { "VRFY", true, lmtp_vrfy },      { "QUIT", true, lmtp_quit },
};

static void lmtp_command(struct lmtp_session *s, struct span line)
{
    const char *answer = "500 5.5.1 no such command here";
    size_t i, before = s->out.len;

    s->steps++;
    s->idle++;
    for (i = 0; i < sizeof(lmtp_commands) / sizeof(lmtp_commands[0]); i++) {
        struct span rest = line;

        if (!lmtp_takes_word(&rest, lmtp_commands[i].word) ||
            (lmtp_commands[i].goes_on && rest.len > 0 && *rest.ptr != ' '))
            continue;
        answer = lmtp_commands[i].run(s, rest);
        break;
    }
    if (answer != NULL)
        lmtp_say(s, answer);
    s->wrong += strncmp(s->out.ptr + before, "50", 2) == 0;
    if (s->phase == LMTP_COMMANDS && (s->wrong > LMTP_WRONG_MAX || s->idle > LMTP_IDLE_MAX))
        lmtp_session_end(s, "this leads nowhere");
}

static bool lmtp_is_line(struct span line)
{
    size_t i;

    for (i = 0; i < line.len; i++)
        if ((unsigned char)line.ptr[i] < ' ' || line.ptr[i] == 0x7f)
            return false;
    return true;
}

static size_t lmtp_hear_command(struct lmtp_session *s, struct span bytes)
{
    size_t most = bytes.len < LMTP_LINE_MAX ? bytes.len : LMTP_LINE_MAX;
    const char *lf = memchr(bytes.ptr, '\n', most);
    struct span line;

    if (lf == NULL && bytes.len < LMTP_LINE_MAX)
        return 0;
    if (lf == NULL) {
        lmtp_say(s, "500 5.5.6 the line is too long");
        s->phase = LMTP_OVER;
        return bytes.len;
    }
    line = (struct span){ bytes.ptr, (size_t)(lf - bytes.ptr) };
    if (line.len == 0 || line.ptr[line.len - 1] != '\r' ||
        !lmtp_is_line((struct span){ line.ptr, line.len - 1 })) {
        lmtp_say(s, "500 5.5.2 a command is text and ends with CR LF");
        s->phase = LMTP_OVER;
        return bytes.len;
    }
    line.len--;
    while (line.len > 0 && line.ptr[line.len - 1] == ' ')
        line.len--;
    lmtp_command(s, line);
    return (size_t)(lf - bytes.ptr) + 1;
}

/* --- a mail
 * -----------------------------------------------------------------------------------------------
 */

static void lmtp_answer_all(struct lmtp_session *s, const char *words)
{
    size_t i;

    for (i = 0; i < s->recipient_count; i++)
        lmtp_say(s, words);
    lmtp_forget(s);
    s->phase = LMTP_COMMANDS;
    s->steps++;
}

static void lmtp_refuse(struct lmtp_session *s, const char *words)
{
    s->refusal = words;
    s->ops->drop(s->arg);
}

/* What has gathered goes to the channel. */
static void lmtp_pass_on(struct lmtp_session *s)
{
    if (s->refusal == NULL && s->body.len > 0 &&
        s->ops->add(s->arg, (struct span){ s->body.ptr, s->body.len }) < 0)
        lmtp_refuse(s, lmtp_no_room);
    s->body.len = 0;
}

static void lmtp_add(struct lmtp_session *s, const char *bytes, size_t len)
{
    if (s->refusal != NULL)
        return;
    s->size += len;
    if (s->size > s->size_max)
        lmtp_refuse(s, lmtp_too_large);
    else
        text_buffer_add(&s->body, bytes, len);
}

static void lmtp_data_ends(struct lmtp_session *s)
{
    lmtp_pass_on(s);
    if (s->refusal == NULL && s->size == 0)
        lmtp_refuse(s, lmtp_nothing);
    if (s->refusal != NULL) {
        lmtp_answer_all(s, s->refusal);
        return;
    }
    s->phase = LMTP_WAITS;
    s->ops->whole(s->arg);
}

static size_t lmtp_hear_data(struct lmtp_session *s, struct span bytes)
{
    const char *p = bytes.ptr, *end = p + bytes.len, *from;
    bool dot = false;

    while (p < end && !dot) {
        switch ((enum lmtp_at)s->at) {
        case AT_BEGIN:
            s->at = *p == '.' ? AT_DOT : AT_WITHIN;
            p += *p == '.';
            break;
        case AT_DOT: /* the end, or one that stands before a line's own */
            s->at = *p == '\r' ? AT_DOT_CR : AT_WITHIN;
            p += *p == '\r';
            break;
        case AT_DOT_CR:
            dot = *p == '\n';
            p += dot;
            if (!dot)
                lmtp_add(s, "\r", 1);
            s->at = AT_CR;
            break;
        case AT_CR:
            s->at = AT_WITHIN;
            if (*p == '\n') {
                lmtp_add(s, p++, 1);
                s->at = AT_BEGIN;
            }
            break;
        case AT_WITHIN:
            from = p;
            p = memchr(p, '\r', (size_t)(end - p));
            s->at = p == NULL ? AT_WITHIN : AT_CR;
            p = p == NULL ? end : p + 1;
            lmtp_add(s, from, (size_t)(p - from));
            break;
        }
    }
    if (dot)
        lmtp_data_ends(s);
    else
        lmtp_pass_on(s);
    return (size_t)(p - bytes.ptr);
}

size_t lmtp_session_hear(struct lmtp_session *s, struct span bytes)
{
    size_t done = 0, n = 1;

    while (n > 0 && done < bytes.len) {
        struct span rest = { bytes.ptr + done, bytes.len - done };

        n = s->phase == LMTP_COMMANDS ? lmtp_hear_command(s, rest)
            : s->phase == LMTP_DATA   ? lmtp_hear_data(s, rest)
                                      : 0;
        done += n;
    }
    return done;
}

void lmtp_session_answer(struct lmtp_session *s, bool stored)
{
    lmtp_answer_all(s, stored ? "250 2.0.0 stored" : "451 4.3.0 not stored now, send it again");
}
