/* channels/mail_bounce_report.h - a delivery report's fields (RFC 3464): groups with an empty line
 * between, the first of them of the message, each other of a recipient.
 *
 * Pure. At most GROUPS_MAX groups are read, and MAIL_BOUNCE_PART_MAX bytes. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_REPORT_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

struct arena;
struct inbound;
struct mail_part;

enum { MAIL_BOUNCE_PART_MAX = 256 << 10 }; /* of a report's part, of one that came back */

struct mail_bounce_report {
    size_t failed, delayed, done, said;      /* groups of that action; of any */
    size_t recipients;                       /* groups, whatever they say */
    const char *recipient, *status, *action; /* of the first that failed, else of the first one */
    bool of_failed;
};

extern const char *const mail_bounce_report_types[]; /* of the parts that are one, to NULL */

/* Adds the envelope's id to the tokens of `in` where there is one. `out` is zero, or what was read
 * of another part. */
void mail_bounce_report_read(const struct mail_part *report, struct inbound *in,
                             struct mail_bounce_report *out);
/* As mail_bounce_report_read(), of every report that `root` is or has at most `levels` below it. */
void mail_bounce_reports_read(const struct mail_part *root, int levels, struct inbound *in,
                              struct mail_bounce_report *out);

/* What stands in a report's part besides its fields: some servers explain themselves there. Lines
 * end with '\n', in `report` too. */
void mail_bounce_report_words(struct text_buffer *out, struct span report);

/* Of "rfc822; a@b.org" and its like the address alone; NULL: there is none, or it is masked. */
const char *mail_bounce_typed_address(struct arena *a, struct span value);

#endif
