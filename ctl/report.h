/* ctl/report.h - the reports there are: what each asks, what its columns are, what is drawn of it.
 *
 * A report is a row of reports[], a query of its name in sql/queries, and the view that this asks.
 * docs/reports.md tells each column. */
#ifndef RELEVO_CTL_REPORT_H
#define RELEVO_CTL_REPORT_H

#include "ctl/output.h"

enum { REPORT_COLUMNS_MAX = 14, REPORT_SERIES_MAX = 5 };
struct report {
    const char *name;  /* of the command, the query and the view */
    const char *title; /* "Escalations" */
    const char *const
        *ways;         /* what --by may say, the first if it says nothing; NULL: it has no --by */
    const char *plain; /* that way of `ways` has no column `name`; NULL: all have it */
    struct output_column columns[REPORT_COLUMNS_MAX];
    const char *first; /* the column that names a picture's row, before `name` */
    const char *axis;  /* what a picture's figures are */
    bool lines;        /* over days; otherwise bars */
    double unit;       /* of the column's figures in one of the axis */
    const char *series[REPORT_SERIES_MAX]; /* columns, by their names */
    bool repeated;                         /* takes --repeated */
};
extern const struct report reports[];
const struct report *report_find(const char *name); /* NULL: none such */

#endif
