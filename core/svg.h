/* core/svg.h - what every picture of this house begins with, writes and ends with.
 *
 * Pure. A picture stands alone: no script, no font, no file beside it. Words are escaped here. */
#ifndef RELEVO_CORE_SVG_H
#define RELEVO_CORE_SVG_H

#include <glib.h>

/* Text and lines as all pictures have them; a picture's own classes follow in `style`. The title is
 * what a reader of screens says, and what stands at the top. */
void svg_begin(GString *out, int width, int height, const char *style, const char *title);
void svg_end(GString *out);
/* `y` is the line that the letters stand on; `class` may be "". */
void svg_words(GString *out, double x, int y, const char *class, const char *words);
/* `title` is what a pointer on it shows. */
void svg_box(GString *out, double x, int y, double width, int height, const char *class,
             const char *title);
void svg_line(GString *out, double x1, double x2, int y1, int y2, const char *class);

#endif
