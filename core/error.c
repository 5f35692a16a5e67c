#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ends `text` on a whole character and keeps it to one line. */
static void error_tidy(char *text, size_t size)
{
    size_t len = strnlen(text, size - 1);
    size_t i;

    text[len] = '\0';
    if (len == size - 1) {
        while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
            len--;
        if (len > 0 && (unsigned char)text[len - 1] >= 0xc0)
            len--;
        text[len] = '\0';
    }
    for (i = 0; text[i] != '\0'; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = ' ';
    while (i > 0 && text[i - 1] == ' ')
        text[--i] = '\0';
}

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
    va_list ap;

    err->kind = kind;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);
    error_tidy(err->text, sizeof(err->text));
    return -1;
}

int error_wrap(struct error *err, const char *fmt, ...)
{
    char before[sizeof(err->text)];
    char whole[2 * sizeof(err->text) + 2];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(before, sizeof(before), fmt, ap);
    va_end(ap);
    snprintf(whole, sizeof(whole), "%s: %s", before, err->text);
    memcpy(err->text, whole, sizeof(err->text));
    error_tidy(err->text, sizeof(err->text));
    return -1;
}

const char *error_kind_name(enum error_kind kind)
{
    static const char *const names[] = { "none", "transient", "permanent", "config" };

    return names[kind];
}
