/* What is printed for other programs: a CSV that is no formula, and a picture that says all in
 * words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/chart.h"
#include "core/csv.h"

/* S-34 */
static void test_a_cell_is_quoted_by_rfc_4180_and_never_a_formula(void **state)
{
    static const struct {
        const char *text, *cell;
    } cells[] = {
        { NULL, "" },
        { "", "" },
        { "ana", "ana" },
        { "a,b", "\"a,b\"" },
        { "two\nlines", "\"two\nlines\"" },
        { "say \"no\"", "\"say \"\"no\"\"\"" },
        { "=1+1", "'=1+1" },
        { "+34600", "'+34600" },
        { "-2", "'-2" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "\t=1", "'\t=1" },
        { "\r=1", "\"'\r=1\"" },
        { "=A1,\"x\"", "\"'=A1,\"\"x\"\"\"" },
        { "a=1", "a=1" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        GString *out = g_string_new(NULL);

        csv_text(out, true, cells[i].text);
        assert_string_equal(out->str, cells[i].cell);
        g_string_free(out, TRUE);
    }
}

static void test_a_line_parts_its_cells_and_ends_with_cr_lf(void **state)
{
    GString *out = g_string_new(NULL);

    (void)state;
    csv_text(out, true, "a");
    csv_figure(out, false, "-5");
    csv_figure(out, false, NULL);
    csv_text(out, false, "b");
    csv_end_line(out);
    assert_string_equal(out->str, "a,-5,,b\r\n");
    g_string_free(out, TRUE);
}

static void test_every_bar_and_every_line_is_named_with_its_figure(void **state)
{
    static const char *const rows[] = { "<ana>", "eva" };
    static const double values[] = { 3, 1, 0, 2.5 };
    const struct chart c = { .title = "Agents & all",
                             .axis = "tickets",
                             .series_count = 2,
                             .row_count = 2,
                             .series = { "met", "missed" },
                             .rows = rows,
                             .values = values };
    char *bars = chart_bars_to_svg(&c), *lines = chart_lines_to_svg(&c);

    (void)state;
    assert_non_null(strstr(bars, "<title>Agents &amp; all</title>"));
    assert_non_null(strstr(bars, "&lt;ana&gt;, met: 3<"));
    assert_non_null(strstr(bars, "eva, missed: 2.5<"));
    assert_null(strstr(bars, "eva, met")); /* there is nothing to draw */
    assert_non_null(strstr(bars, ">tickets<"));
    assert_non_null(strstr(lines, ">2.5 missed<"));
    assert_non_null(strstr(lines, ">&lt;ana&gt;<"));
    free(bars);
    free(lines);
}

static void test_figures_of_any_size_stay_within_the_picture(void **state)
{
    static const double sizes[] = { 0, 0.4, 1, 7, 99, 1000001, 3e12 };
    static const char *const rows[] = { "x" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct chart c = { .title = "",
                                 .axis = "",
                                 .series_count = 1,
                                 .row_count = 1,
                                 .series = { "s" },
                                 .rows = rows,
                                 .values = &sizes[i] };
        char *svg = chart_bars_to_svg(&c), *at = strstr(svg, "<title>x, s");
        const char *width;

        if (at == NULL) {
            assert_true(sizes[i] <= 0);
        } else {
            *at = '\0';
            width = g_strrstr(svg, " width=\"");
            assert_true(strtod(width + strlen(" width=\""), NULL) <= 680.05);
        }
        free(svg);
    }
}

static void test_a_picture_without_rows_says_so(void **state)
{
    const struct chart c = { .title = "t", .axis = "a", .series_count = 1, .series = { "s" } };
    char *bars = chart_bars_to_svg(&c), *lines = chart_lines_to_svg(&c);

    (void)state;
    assert_non_null(strstr(bars, "nothing in this time"));
    assert_non_null(strstr(lines, "nothing in this time"));
    free(bars);
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cell_is_quoted_by_rfc_4180_and_never_a_formula),
        cmocka_unit_test(test_a_line_parts_its_cells_and_ends_with_cr_lf),
        cmocka_unit_test(test_every_bar_and_every_line_is_named_with_its_figure),
        cmocka_unit_test(test_figures_of_any_size_stay_within_the_picture),
        cmocka_unit_test(test_a_picture_without_rows_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
