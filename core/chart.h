/* core/chart.h - figures as a picture: bars that lie, or lines over days.
 *
 * Pure. Every bar and every line is named in words and its figure stands beside it: colour alone
 * says nothing. */
#ifndef RELEVO_CORE_CHART_H
#define RELEVO_CORE_CHART_H

#include <stddef.h>

enum { CHART_SERIES_MAX = 6 };
struct chart {
    const char *title;
    const char *axis; /* what the figures are: "tickets", "hours" */
    size_t series_count, row_count;
    const char *series[CHART_SERIES_MAX];
    const char *const *rows; /* what each row is: "ana", "2026-11-03" */
    const double *values;    /* of row r and series s: values[r * series_count + s]; none below 0 */
};
/* Both are free()d. */
char *chart_bars_to_svg(const struct chart *c);  /* a row's series one after another in one bar */
char *chart_lines_to_svg(const struct chart *c); /* a series a line, a row a place on it */

#endif
