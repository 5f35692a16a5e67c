#include "core/csv.h"

#include <string.h>

void csv_figure(GString *out, bool first, const char *figure)
{
    if (!first)
        g_string_append_c(out, ',');
    if (figure != NULL)
        g_string_append(out, figure);
}

void csv_text(GString *out, bool first, const char *text)
{
    bool quoted = text != NULL && strpbrk(text, ",\"\r\n") != NULL;

    csv_figure(out, first, NULL);
    if (text == NULL)
        return;
    if (quoted)
        g_string_append_c(out, '"');
    if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
        g_string_append_c(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    if (quoted)
        g_string_append_c(out, '"');
}

void csv_end_line(GString *out)
{
    g_string_append(out, "\r\n");
}
