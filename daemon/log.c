#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"

enum { LOG_EVENTS = 128 };

static const struct {
    const char *word;
    int priority; /* sd-daemon(3) */
} log_levels[] = {
    [LOG_LEVEL_ERROR] = { "error", 3 },
    [LOG_LEVEL_WARNING] = { "warning", 4 },
    [LOG_LEVEL_INFO] = { "info", 6 },
    [LOG_LEVEL_DEBUG] = { "debug", 7 },
};

/* Events that share a slot share a limit: that only ever says less. */
static struct log_limit log_limits[LOG_EVENTS];
static enum log_level log_most = LOG_LEVEL_INFO;
static int64_t log_lost; /* lines that nobody took */

struct log_out {
    char *ptr;
    size_t len, room; /* room leaves space for the NUL */
};

/* All of it or nothing, so that a cut never leaves half an escape. */
static bool log_add(struct log_out *o, const char *ptr, size_t len)
{
    if (len > o->room - o->len)
        return false;
    memcpy(o->ptr + o->len, ptr, len);
    o->len += len;
    return true;
}

static bool log_is_bare(const char *s)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "._:/+@,-<>#%";

    return *s != '\0' && strlen(s) <= LOG_VALUE_MAX && s[strspn(s, bare)] == '\0';
}

/* Control, format (bidi, zero-width) and separator characters would rewrite the line (S-52). */
static bool log_is_plain(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
           type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

static size_t log_escape_one(const char *s, char piece[16])
{
    gunichar c = g_utf8_get_char_validated(s, -1);
    size_t used;

    if (c == (gunichar)-1 || c == (gunichar)-2) {
        snprintf(piece, 16, "\\x%02x", (unsigned)(unsigned char)*s);
        return 1;
    }
    used = (size_t)(g_utf8_next_char(s) - s);
    if (c == '"' || c == '\\')
        snprintf(piece, 16, "\\%c", (char)c);
    else if (c == '\n')
        snprintf(piece, 16, "\\n");
    else if (!log_is_plain(c))
        snprintf(piece, 16, "\\u%04x", (unsigned)c);
    else
        snprintf(piece, 16, "%.*s", (int)used, s);
    return used;
}

static bool log_add_quoted(struct log_out *o, const char *s)
{
    size_t limit;
    char piece[16];

    if (o->room - o->len < 5) /* two quotes and the dots of a cut */
        return false;
    limit = o->room - 4;
    if (limit > o->len + LOG_VALUE_MAX)
        limit = o->len + LOG_VALUE_MAX;
    log_add(o, "\"", 1);
    while (*s != '\0') {
        s += log_escape_one(s, piece);
        if (o->len + strlen(piece) > limit) {
            log_add(o, "...", 3);
            break;
        }
        log_add(o, piece, strlen(piece));
    }
    return log_add(o, "\"", 1);
}

static bool log_add_field(struct log_out *o, const struct log_field *f)
{
    char number[24];

    if (!log_add(o, " ", 1) || !log_add(o, f->key, strlen(f->key)) || !log_add(o, "=", 1))
        return false;
    if (f->is_number) {
        snprintf(number, sizeof(number), "%" PRId64, f->number);
        return log_add(o, number, strlen(number));
    }
    if (f->text == NULL)
        return log_add(o, "-", 1);
    return log_is_bare(f->text) ? log_add(o, f->text, strlen(f->text)) : log_add_quoted(o, f->text);
}

size_t log_format(char *out, size_t size, const char *event, const struct log_field *fields)
{
    struct log_out o = { .ptr = out, .room = size - 1 };
    size_t before;

    log_add(&o, "event=", 6);
    log_add(&o, event, strlen(event));
    for (; fields->key != NULL; fields++) {
        before = o.len;
        if (!log_add_field(&o, fields)) {
            o.len = before;
            break;
        }
    }
    out[o.len] = '\0';
    return o.len;
}

bool log_limit_take(struct log_limit *limit, int64_t now_ms, int64_t *suppressed)
{
    *suppressed = 0;
    if (limit->written == 0 || now_ms - limit->since_ms >= LOG_WINDOW_MS) {
        *suppressed = limit->kept_back;
        *limit = (struct log_limit){ .since_ms = now_ms };
    }
    if (limit->written >= LOG_WINDOW_LINES) {
        limit->kept_back++;
        return false;
    }
    limit->written++;
    return true;
}

void log_set_level(enum log_level most)
{
    log_most = most;
}

int log_level_parse(const char *word, enum log_level *out)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(log_levels); i++)
        if (strcmp(word, log_levels[i].word) == 0) {
            *out = (enum log_level)i;
            return 0;
        }
    return -1;
}

void log_open(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR); /* the lowest that is free */
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* One write a line, so that the lines of several processes do not mix; a line is within PIPE_BUF,
 * for which there is room where poll() says so. */
static bool log_put(const char *line, size_t len)
{
    struct pollfd out = { STDERR_FILENO, POLLOUT, 0 };
    ssize_t written;

    if (poll(&out, 1, 0) <= 0)
        return false;
    do
        written = write(STDERR_FILENO, line, len);
    while (written < 0 && errno == EINTR);
    return written >= 0;
}

static bool log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    char line[LOG_LINE_MAX];
    int head;
    size_t len;

    if (getenv("JOURNAL_STREAM") != NULL)
        head = snprintf(line, sizeof(line), "<%d>", log_levels[level].priority);
    else
        head = snprintf(line, sizeof(line), "level=%s ", log_levels[level].word);
    len = (size_t)head + log_format(line + head, sizeof(line) - (size_t)head - 1, event, fields);
    line[len++] = '\n';
    return log_put(line, len);
}

/* The line, and before it how many there was no room for. */
static void log_tell(enum log_level level, const char *event, const struct log_field *fields)
{
    const struct log_field lost[] = { LOG_NUMBER("count", log_lost), { .key = NULL } };

    if (log_lost > 0 && log_write(LOG_LEVEL_WARNING, "log_lines_lost", lost))
        log_lost = 0;
    if (!log_write(level, event, fields))
        log_lost++;
}

void log_event_fields(enum log_level level, const char *event, const struct log_field *fields)
{
    struct log_limit *limit = &log_limits[g_str_hash(event) % LOG_EVENTS];
    int64_t suppressed;

    if (level > log_most || !log_limit_take(limit, steady_now_ms(), &suppressed))
        return;
    if (suppressed > 0)
        log_tell(LOG_LEVEL_WARNING, "log_lines_kept_back",
                 (const struct log_field[]){
                     LOG_TEXT("of", event), LOG_NUMBER("count", suppressed), { .key = NULL } });
    log_tell(level, event, fields);
}
