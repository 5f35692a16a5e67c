/* daemon/log.h - what the daemon tells its operator: one event a line, `key=value`, on stderr.
 *
 * Loop thread only. Ids and numbers, never a secret, never what a customer wrote. Values are
 * escaped and cut (S-52), and an event that comes in floods is told a few times and then counted.
 * Under journald each line opens with its "<N>" priority. A line is never waited for: where nobody
 * takes it, it is lost and counted, and the next that is taken has `log_lines_lost` before it. */
#ifndef RELEVO_DAEMON_LOG_H
#define RELEVO_DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_ERROR,   /* somebody must act */
    LOG_LEVEL_WARNING, /* says what one can do */
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG,
};
enum { LOG_VALUE_MAX = 512, LOG_LINE_MAX = 4096, LOG_WINDOW_MS = 10000, LOG_WINDOW_LINES = 20 };

struct log_field {
    const char *key; /* a literal of ours; NULL ends the fields */
    const char *text;
    int64_t number;
    bool is_number;
};
#define LOG_TEXT(k, v)                                                                             \
    {                                                                                              \
        .key = (k), .text = (v)                                                                    \
    }
#define LOG_NUMBER(k, v)                                                                           \
    {                                                                                              \
        .key = (k), .number = (v), .is_number = true                                               \
    }

/* log_event(LOG_LEVEL_INFO, "ticket_opened", LOG_NUMBER("ticket", 42)): at least one field. */
#define log_event(level, event, ...)                                                               \
    log_event_fields(level, event, (const struct log_field[]){ __VA_ARGS__, { .key = NULL } })

/* Before anything else is opened: what a caller left closed of 0, 1 and 2 is /dev/null, lest the
 * log is written to whatever is opened next. */
void log_open(void);
/* Until it is called: info and above, and the prefix where systemd says that stderr is its own. */
void log_set_level(enum log_level most);
/* -1: no such word. The words are those of `log.level` in relevo.yaml. */
int log_level_parse(const char *word, enum log_level *out);
void log_event_fields(enum log_level level, const char *event, const struct log_field *fields);

/* The line without its end, NUL-terminated, cut to `size`; returns its length. */
size_t log_format(char *out, size_t size, const char *event, const struct log_field *fields);

/* How many lines of one event were written in the window that began at `since_ms`. */
struct log_limit {
    int64_t since_ms;
    int written;
    int64_t kept_back;
};
/* Whether one more may be written; *suppressed: how many the window before kept back, told once. */
bool log_limit_take(struct log_limit *limit, int64_t now_ms, int64_t *suppressed);

#endif
