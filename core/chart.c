#include "core/chart.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "core/svg.h"

enum {
    CHART_LEFT = 220,
    CHART_WIDTH = 680, /* of the axis */
    CHART_RIGHT = 100,
    CHART_TOP = 84,
    CHART_ROW = 24,
    CHART_BAR = 14,
    CHART_HEIGHT = 300, /* of lines */
    CHART_NAME_MAX = 32,
    CHART_TICKS = 5,
};

static const char chart_style[] = ".s0{fill:#2e7d5b;stroke:#2e7d5b}.s1{fill:#c4352b;stroke:#c4352b}"
                                  ".s2{fill:#4c86c6;stroke:#4c86c6}.s3{fill:#d9a441;stroke:#d9a441}"
                                  ".s4{fill:#8d6cab;stroke:#8d6cab}.s5{fill:#9aa3a0;stroke:#9aa3a0}"
                                  ".line{fill:none;stroke-width:2}";

/* A round number at or above: 1, 2 or 5 of some power of ten, a few of which reach the top. */
static double chart_step(double most)
{
    double step = pow(10, floor(log10(most > 1 ? most / CHART_TICKS : 1)));

    if (step * CHART_TICKS < most)
        step *= 2;
    if (step * CHART_TICKS < most)
        step *= 2.5;
    return step * CHART_TICKS < most ? step * 2 : step;
}

static char *chart_figure(double value)
{
    return fabs(value - round(value)) < 0.05 ? g_strdup_printf("%.0f", value)
                                             : g_strdup_printf("%.1f", value);
}

static double chart_value(const struct chart *c, size_t row, size_t series)
{
    return c->values[row * c->series_count + series];
}

static double chart_sum(const struct chart *c, size_t row)
{
    double sum = 0;
    size_t s;

    for (s = 0; s < c->series_count; s++)
        sum += chart_value(c, row, s);
    return sum;
}

/* What each colour is, and what the figures are. */
static void chart_legend(GString *out, const struct chart *c)
{
    double x = CHART_LEFT;
    size_t s;

    svg_words(out, 12, 42, "dim", c->axis);
    for (s = 0; s < c->series_count; s++) {
        char class[8];

        g_snprintf(class, sizeof(class), "s%zu", s);
        svg_box(out, x, 32, 12, 12, class, c->series[s]);
        svg_words(out, x + 18, 42, "", c->series[s]);
        x += 34 + 7.0 * (double)g_utf8_strlen(c->series[s], -1);
    }
}

/* Begins with what a chart without rows says. */
static GString *chart_begin(const struct chart *c, int height)
{
    GString *out = g_string_new(NULL);

    svg_begin(out, CHART_LEFT + CHART_WIDTH + CHART_RIGHT, height, chart_style, c->title);
    chart_legend(out, c);
    if (c->row_count == 0)
        svg_words(out, CHART_LEFT, CHART_TOP + 10, "dim", "nothing in this time");
    return out;
}

static char *chart_end(GString *out)
{
    char *text;

    svg_end(out);
    text = xstrdup(out->str);
    g_string_free(out, TRUE);
    return text;
}

/* --- bars
 * ------------------------------------------------------------------------------------------------
 */

/* A long name is cut; the whole one is the bar's title. */
static void chart_row_name(GString *out, const char *name, int y)
{
    char *cut = g_utf8_strlen(name, -1) <= CHART_NAME_MAX
                    ? g_strdup(name)
                    : g_utf8_substring(name, 0, CHART_NAME_MAX - 1);
    char *shown = strlen(cut) == strlen(name) ? g_strdup(cut) : g_strconcat(cut, "\u2026", NULL);

    svg_words(out, CHART_LEFT - 8, y, "r", shown);
    g_free(shown);
    g_free(cut);
}

static void chart_bar(GString *out, const struct chart *c, size_t row, int y, double unit)
{
    double x = CHART_LEFT, value;
    char class[8], *figure, *title;
    size_t s;

    chart_row_name(out, c->rows[row], y + 15);
    for (s = 0; s < c->series_count; s++) {
        value = chart_value(c, row, s);
        if (value <= 0)
            continue;
        g_snprintf(class, sizeof(class), "s%zu", s);
        figure = chart_figure(value);
        title = g_strdup_printf("%s, %s: %s", c->rows[row], c->series[s], figure);
        svg_box(out, x, y + 4, value * unit, CHART_BAR, class, title);
        x += value * unit;
        g_free(title);
        g_free(figure);
    }
    figure = chart_figure(chart_sum(c, row));
    svg_words(out, x + 6, y + 15, "", figure);
    g_free(figure);
}

char *chart_bars_to_svg(const struct chart *c)
{
    int height = CHART_TOP + CHART_ROW * (int)(c->row_count + 1);
    GString *out = chart_begin(c, height);
    double most = 0, step;
    int tick;
    size_t r;

    for (r = 0; r < c->row_count; r++)
        most = fmax(most, chart_sum(c, r));
    step = chart_step(most);
    for (tick = 0; c->row_count > 0 && tick <= CHART_TICKS; tick++) {
        double at = step * tick;
        double x = CHART_LEFT + at * CHART_WIDTH / (step * CHART_TICKS);
        char *figure = chart_figure(at);

        svg_line(out, x, x, CHART_TOP - 8, height - CHART_ROW / 2, "grid");
        svg_words(out, x, CHART_TOP - 14, "m dim", figure);
        g_free(figure);
    }
    for (r = 0; r < c->row_count; r++)
        chart_bar(out, c, r, CHART_TOP + CHART_ROW * (int)r, CHART_WIDTH / (step * CHART_TICKS));
    return chart_end(out);
}

/* --- lines
 * ------------------------------------------------------------------------------------------------
 */

static double chart_x(const struct chart *c, size_t row)
{
    return CHART_LEFT +
           (c->row_count > 1 ? (double)row * CHART_WIDTH / (double)(c->row_count - 1) : 0);
}

static double chart_y(double value, double top)
{
    return CHART_TOP + CHART_HEIGHT - value * CHART_HEIGHT / top;
}

static void chart_line(GString *out, const struct chart *c, size_t s, double top)
{
    size_t r, last = c->row_count - 1;
    char *figure = chart_figure(chart_value(c, last, s)), *named;
    char *safe = g_markup_escape_text(c->series[s], -1);

    g_string_append_printf(out, "<polyline class=\"s%zu line\" style=\"fill:none\" points=\"", s);
    for (r = 0; r < c->row_count; r++)
        g_string_append_printf(out, "%s%.1f,%.1f", r == 0 ? "" : " ", chart_x(c, r),
                               chart_y(chart_value(c, r, s), top));
    g_string_append_printf(out, "\"><title>%s</title></polyline>\n", safe);
    named = g_strdup_printf("%s %s", figure, c->series[s]);
    svg_words(out, chart_x(c, last) + 6, (int)chart_y(chart_value(c, last, s), top) + 4, "", named);
    g_free(named);
    g_free(safe);
    g_free(figure);
}

char *chart_lines_to_svg(const struct chart *c)
{
    GString *out = chart_begin(c, CHART_TOP + CHART_HEIGHT + 2 * CHART_ROW);
    double most = 0, step;
    int tick;
    size_t i, every = c->row_count / 8 + 1;

    for (i = 0; i < c->row_count * c->series_count; i++)
        most = fmax(most, c->values[i]);
    step = chart_step(most);
    for (tick = 0; c->row_count > 0 && tick <= CHART_TICKS; tick++) {
        double at = step * tick;
        int y = (int)chart_y(at, step * CHART_TICKS);
        char *figure = chart_figure(at);

        svg_line(out, CHART_LEFT, CHART_LEFT + CHART_WIDTH, y, y, "grid");
        svg_words(out, CHART_LEFT - 8, y + 4, "r dim", figure);
        g_free(figure);
    }
    for (i = 0; i < c->row_count; i += every)
        svg_words(out, chart_x(c, i), CHART_TOP + CHART_HEIGHT + CHART_ROW, "m dim", c->rows[i]);
    for (i = 0; c->row_count > 0 && i < c->series_count; i++)
        chart_line(out, c, i, step * CHART_TICKS);
    return chart_end(out);
}
