#include "core/svg.h"

static const char svg_style[] =
    "text{font:12px system-ui,sans-serif;fill:#222}.dim{fill:#777}.r{text-anchor:end}"
    ".m{text-anchor:middle}.grid{stroke:#e4e4e4}.edge{stroke:#bbb}";

void svg_words(GString *out, double x, int y, const char *class, const char *words)
{
    char *safe = g_markup_escape_text(words, -1);

    g_string_append_printf(out, "<text x=\"%.1f\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class,
                           safe);
    g_free(safe);
}

void svg_box(GString *out, double x, int y, double width, int height, const char *class,
             const char *title)
{
    char *safe = g_markup_escape_text(title, -1);

    g_string_append_printf(out,
                           "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
                           "class=\"%s\"><title>%s</title></rect>\n",
                           x, y, width < 1 ? 1.0 : width, height, class, safe);
    g_free(safe);
}

void svg_line(GString *out, double x1, double x2, int y1, int y2, const char *class)
{
    g_string_append_printf(out,
                           "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"%s\"/>\n", x1,
                           x2, y1, y2, class);
}

void svg_begin(GString *out, int width, int height, const char *style, const char *title)
{
    char *safe = g_markup_escape_text(title, -1);

    g_string_append_printf(out,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                           "role=\"img\">\n<title>%s</title>\n<style>%s%s</style>\n"
                           "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                           width, height, safe, svg_style, style);
    g_free(safe);
    svg_words(out, 12, 18, "", title);
}

void svg_end(GString *out)
{
    g_string_append(out, "</svg>\n");
}
