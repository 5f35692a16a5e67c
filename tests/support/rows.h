/* tests/support/rows.h - how many rows a table of a test has, and text in one that may hold NUL. */
#ifndef RELEVO_TESTS_SUPPORT_ROWS_H
#define RELEVO_TESTS_SUPPORT_ROWS_H

#include "core/text.h"

#define SPAN(s)    ((struct span){ s, sizeof(s) - 1 })
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

#endif
