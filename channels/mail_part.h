/* channels/mail_part.h - a mail's parts as a tree.
 *
 * Pure. Broken structure is read as far as it goes: a boundary that is never closed, one that
 * begins like another, none at all. Depth, count and work are bounded (S-27): what lies beyond a
 * bound stays one part. */
#ifndef RELEVO_CHANNELS_MAIL_PART_H
#define RELEVO_CHANNELS_MAIL_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/mail_header.h"
#include "channels/mail_param.h"
#include "channels/mail_transfer.h"
#include "core/text.h"

struct arena;

enum { MAIL_LEVELS_MAX = 200, MAIL_PARTS_MAX = 1000 };

struct mail_part {
    struct mail_header header;
    struct mail_value content_type, disposition;
    const char *type;     /* "text/plain", what it is taken for */
    const char *filename; /* without directories; NULL: it has none */
    bool attached;        /* Content-Disposition: attachment */
    bool is_multipart;    /* it has parts, perhaps none of them, and no content of its own */
    enum mail_transfer transfer;
    size_t end;           /* where its last boundary line ends in what was read; 0: it has none */
    struct span body;     /* as it came: neither transfer encoding nor charset are taken off */
    struct span preamble; /* what stands above its parts, and is mostly nothing to a reader */
    struct mail_part **parts;
    size_t count;
};

/* Borrows `raw`. *over: a bound was met. *likely: the charset of what does not say its own: what
 * the mail's texts say, or else `fallback`. */
struct mail_part *mail_part_read(struct arena *a, struct span raw, const char *fallback,
                                 const char **likely, bool *over);
/* The first part of one of the types (to NULL): this one, or at most `levels` below it; NULL: there
 * is none. */
const struct mail_part *mail_part_find(const struct mail_part *p, const char *const *types,
                                       int levels);
/* A file's name without directories and without what is not seen; NULL: nothing is left. */
const char *mail_part_filename(struct arena *a, const char *name);

#endif
