/* core/original.h - an original taken apart, so that what many mails carry is kept once.
 *
 * Pure. A long text in base64 (an attachment, as a rule) is taken out, and the bytes that it stands
 * for are kept by their own digest: the same file is the same bytes in whichever mail it came, and
 * by whichever channel. Only what original_join() gives back to the last byte is taken out: lines
 * of one length and with one kind of end, no odd bits, nothing within. No MIME is read for it, the
 * work grows with the bytes alone. Stored in: raw, raw_part. */
#ifndef RELEVO_CORE_ORIGINAL_H
#define RELEVO_CORE_ORIGINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct arena;

enum {
    ORIGINAL_CUT_MIN = 1024,     /* bytes that a text must stand for: below, a row costs more */
    ORIGINAL_CUTS_MAX = 200,     /* what is behind them stays as it is */
    ORIGINAL_LINE_MAX = 1 << 20, /* characters; a longer line stays as it is: a step is short */
};

struct original_cut {
    size_t at;         /* where in the rest it was */
    struct span bytes; /* what the text stands for */
    size_t line;       /* characters of each line but the last, which may be shorter */
    bool crlf;         /* how lines end: CR LF, or LF alone */
};
struct original {
    struct span rest; /* the original without its cuts; itself where there are none */
    const struct original_cut *cuts; /* in their order */
    size_t count;
};

/* Borrows `raw`; everything else is the arena's. */
void original_cut(struct arena *a, struct span raw, struct original *out);
/* The same a piece at a time, for whoever has other things to do meanwhile: each step looks at
 * about so many bytes. True: it is done, and *out is filled in. The cutter is the arena's. */
struct original_cutter;
struct original_cutter *original_cutter_new(struct arena *a, struct span raw);
bool original_cutter_step(struct original_cutter *c, size_t bytes, struct original *out);
/* Adds the text that the bytes were taken from. */
void original_join(struct text_buffer *out, struct span bytes, size_t line, bool crlf);

#endif
