/* core/text.h - bytes from outside, made text: valid UTF-8 in NFC, without NUL.
 *
 * Pure. `struct span` borrows and may hold zero bytes; what text_clean() returns is the arena's. */
#ifndef RELEVO_CORE_TEXT_H
#define RELEVO_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct span {
    const char *ptr;
    size_t len;
};

/* A growing buffer of ours: `_take` hands its bytes over, NUL-terminated, and leaves it empty. */
struct text_buffer {
    char *ptr;
    size_t len, room;
};
void text_buffer_add(struct text_buffer *b, const char *ptr, size_t len);
void text_buffer_puts(struct text_buffer *b, const char *s);
/* Room for `len` more bytes and a NUL; who writes there adds to `len` himself. */
char *text_buffer_room(struct text_buffer *b, size_t len);
void text_buffer_printf(struct text_buffer *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* What it holds, borrowed until it grows; never with a NULL. */
struct span text_buffer_span(const struct text_buffer *b);
char *text_buffer_take(struct text_buffer *b); /* free() it */
void text_buffer_clear(struct text_buffer *b);

enum { TEXT_NUMBER_MAX = 20 }; /* bytes of any number */
/* Writes the number's digits, without a NUL; returns their end. */
char *text_number(char *to, int64_t n);
bool text_is_digit(char c);  /* of ASCII, */
bool text_is_letter(char c); /* likewise */
/* Reads the digits at *p, and goes behind them. -1: there is none, or the number is too large. */
int text_digits(const char **p, int64_t *n);
/* "50%": 1 to 100, with nothing before or behind it; -1: it is none. */
int text_percent(const char *s, int *percent);

/* A time in UTC seconds as RFC 3339 has it: "2026-01-15T10:00:00Z"; returns `to`. */
enum { TEXT_TIME = 32 };
const char *text_time(char to[TEXT_TIME], int64_t at);

/* Is `s` one of the texts? */
bool text_is_among(const char *const *texts, size_t count, const char *s);

struct span span_of(const char *s); /* NULL gives an empty span */
bool span_equal(struct span a, struct span b);
bool span_is(struct span a, const char *s);
/* In any case of ASCII's letters: the whole of it, its beginning, anything in it. */
bool span_same(struct span s, const char *word);
bool span_begins(struct span s, const char *word);
bool span_holds(struct span s, const char *word);
bool span_ends(struct span s, const char *bytes);            /* in their own case */
bool span_same_any(struct span s, const char *const *words); /* to NULL */
bool span_begins_any(struct span s, const char *const *words);
bool span_holds_any(struct span s, const char *const *words);
bool span_ends_any(struct span s, const char *const *bytes);
/* The line at *at, without its '\n'; *at is moved behind it, never behind the text. False at the
 * end of `text`. */
bool span_line(struct span text, size_t *at, struct span *line);
/* The line at `at` of a text with whatever line ends, without its own; *next: where the next one
 * begins. */
struct span span_line_at(struct span text, size_t at, size_t *next);
struct span span_trim(struct span s); /* blanks, tabs and line ends at both sides */

bool text_is_ascii(struct span s); /* and without NUL */
bool text_is_utf8(struct span s);  /* strict: no surrogate, no overlong form, at most U+10FFFF */
/* Is there anything in it that one sees? Not blanks, control, zero-width and filling characters. */
bool text_is_visible(struct span s);
/* What can be stored: broken UTF-8 becomes U+FFFD, NUL becomes U+2400, the rest NFC. At most `max`
 * bytes, cut between characters. Line ends stay as they are. */
char *text_clean(struct arena *a, struct span s, size_t max);
/* As text_clean(), on one line: runs of white space and control bytes become one blank, ends
 * trimmed. */
char *text_clean_line(struct arena *a, struct span s, size_t max);
/* How many of the first `max` bytes of s can be kept without cutting a character. */
size_t text_cut(struct span s, size_t max);
/* For a terminal: C0 but LF and TAB, C1, DEL and bidi controls come out as \u00XX (S-33). */
char *text_printable(struct arena *a, const char *s);

#endif
