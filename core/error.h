/* core/error.h - what went wrong, and what the caller can do about it.
 *
 * Pure: any thread. A function that can fail returns 0 or -1 and takes `struct error *err` last; on
 * -1 it has filled it in, on 0 it has left it alone. Outputs are written on success only. */
#ifndef RELEVO_CORE_ERROR_H
#define RELEVO_CORE_ERROR_H

enum error_kind {
    ERROR_NONE,
    ERROR_TRANSIENT, /* the same call may work later: network, lock, full disk */
    ERROR_PERMANENT, /* the same input fails again: a broken message, a refused address */
    ERROR_CONFIG,    /* an operator must change something */
};

struct error {
    enum error_kind kind;
    char text[240]; /* one line, no secret, no customer's words; control bytes are blanks, none at
                       its end */
};

/* Always -1, to return. The text is cut at its bound, never in the middle of a UTF-8 character. */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Likewise; puts its words and ": " before the text that is there. */
int error_wrap(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "transient", "permanent", "config" or "none": the word in logs and JSON. */
const char *error_kind_name(enum error_kind kind);

#endif
