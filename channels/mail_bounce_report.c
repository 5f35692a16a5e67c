#include "channels/mail_bounce_report.h"

#include <string.h>

#include "channels/mail_bounce_refusal.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_transfer.h"
#include "core/arena.h"
#include "core/inbound.h"

enum { GROUPS_MAX = 200 };

const char *const mail_bounce_report_types[] = { "message/delivery-status",
                                                 "message/global-delivery-status", NULL };

/* Up to a blank, a bracket or a list's comma: more signs than are looked for in prose, letters of
 * any script (RFC 6533). */
static struct span whole_address(struct span value)
{
    struct span s = span_trim(value);
    size_t n = 0;

    if (s.len > 0 && s.ptr[0] == '<')
        s = (struct span){ s.ptr + 1, s.len - 1 };
    while (n < s.len && strchr(" \t\r\n<>(),;", s.ptr[n]) == NULL)
        n++;
    return (struct span){ s.ptr, n };
}

/* NULL: it is none that anybody can be written to. */
static const char *unmasked(struct arena *a, struct span s)
{
    return s.len > 0 && s.len <= INBOUND_ADDRESS_MAX && !mail_bounce_is_masked(s)
               ? inbound_email(a, s)
               : NULL;
}

const char *mail_bounce_typed_address(struct arena *a, struct span value)
{
    const char *semicolon = memrchr(value.ptr, ';', value.len), *whole;
    struct span s = value;

    if (semicolon != NULL && semicolon + 1 < value.ptr + value.len)
        s = (struct span){ semicolon + 1, (size_t)(value.ptr + value.len - semicolon) - 1 };
    whole = unmasked(a, whole_address(s));
    return whole != NULL ? whole : unmasked(a, mail_bounce_address_in(s));
}

static const char *status_of(struct arena *a, const struct mail_header *group)
{
    struct span s = mail_header_find(group, "Status"), found = mail_bounce_status_in(s);

    if (found.len == 0)
        found = mail_bounce_status_in(mail_header_find(group, "Diagnostic-Code"));
    return found.len > 0 ? arena_strndup(a, found.ptr, found.len) : NULL;
}

/* What tells that it arrived comes last. */
static const char *const actions[] = { "failed",   "delayed",     "delivered", "relayed",
                                       "expanded", "deliverable", NULL };
static const char *const *const arrivals = actions + 2;

static const char *action_of(struct span action)
{
    const char *const *n;

    for (n = actions; *n != NULL && !span_begins(action, *n); n++)
        ;
    return *n;
}

static bool tells_arrival(const struct mail_header *group, struct span action)
{
    if (action.len > 0)
        return span_begins_any(action, arrivals);
    return span_begins(mail_header_find(group, "Status"), "2.");
}

static void take_group(struct inbound *in, const struct mail_header *group,
                       struct mail_bounce_report *out)
{
    struct arena *a = in->arena;
    struct span action = mail_header_find(group, "Action");
    bool failed = span_begins(action, "fail") || span_begins(action, "undeliverable");
    bool delayed = span_begins(action, "delayed");
    bool done = tells_arrival(group, action);
    const char *who;

    if (action.len == 0 && !mail_header_has(group, "Final-Recipient") &&
        !mail_header_has(group, "Original-Recipient")) { /* of the message */
        inbound_add_token(in, mail_header_find(group, "Original-Envelope-Id"));
        return;
    }
    out->recipients++;
    out->said += action.len > 0;
    out->failed += failed;
    out->delayed += delayed;
    out->done += done;
    if (out->of_failed || (out->recipient != NULL && !failed) ||
        (out->failed > 0 && (delayed || done)))
        return;
    out->action = failed ? "failed" : action_of(action);
    who = mail_bounce_typed_address(a, mail_header_find(group, "Final-Recipient"));
    if (who == NULL)
        who = mail_bounce_typed_address(a, mail_header_find(group, "Original-Recipient"));
    if (who != NULL || (failed && out->failed == 1))
        out->recipient = who; /* that another one got it says nothing of him */
    out->status = status_of(a, group);
    out->of_failed = failed && who != NULL;
}

void mail_bounce_report_read(const struct mail_part *report, struct inbound *in,
                             struct mail_bounce_report *out)
{
    struct arena *a = in->arena;
    struct text_buffer b = { 0 };
    struct span s = report->body;
    size_t groups = 0;

    s.len = s.len < MAIL_BOUNCE_PART_MAX ? s.len : MAIL_BOUNCE_PART_MAX;
    mail_transfer_decode(&b, s, report->transfer);
    s = (struct span){ arena_strndup(a, b.ptr != NULL ? b.ptr : "", b.len), b.len };
    text_buffer_clear(&b);
    for (; s.len > 0 && groups < GROUPS_MAX; groups++) {
        struct mail_header group;

        while (s.len > 0 && strchr("\r\n", s.ptr[0]) != NULL)
            s = (struct span){ s.ptr + 1, s.len - 1 };
        mail_header_read_group(a, s, &group);
        take_group(in, &group, out);
        if (group.body == 0 || group.body >= s.len)
            break;
        s = (struct span){ s.ptr + group.body, s.len - group.body };
    }
}

void mail_bounce_reports_read(const struct mail_part *root, int levels, struct inbound *in,
                              struct mail_bounce_report *out)
{
    size_t i;

    if (mail_part_find(root, mail_bounce_report_types, 0) != NULL)
        mail_bounce_report_read(root, in, out);
    else if (root->content_type.head[0] == '\0' &&
             mail_header_has(&root->header, "Final-Recipient"))
        take_group(in, &root->header, out); /* its fields took the place of the part's own */
    for (i = 0; levels > 0 && i < root->count; i++)
        mail_bounce_reports_read(root->parts[i], levels - 1, in, out);
}

/* "Status: 5.1.1", "X-Supplementary-Info: <...>": a name without blanks, and a colon. */
static bool is_field(struct span line)
{
    size_t n = 0;

    while (n < line.len && (line.ptr[n] == '-' || text_is_digit(line.ptr[n]) ||
                            ((line.ptr[n] | 32) >= 'a' && (line.ptr[n] | 32) <= 'z')))
        n++;
    return n > 0 && n < line.len && line.ptr[n] == ':';
}

/* Those of RFC 3464, which are fields wherever they stand. */
static bool is_fields_name(struct span line)
{
    static const char *const names[] = { "Reporting-",
                                         "Received-From-MTA:",
                                         "DSN-Gateway:",
                                         "Arrival-Date:",
                                         "Original-",
                                         "Final-",
                                         "Action:",
                                         "Status:",
                                         "Remote-MTA:",
                                         "Diagnostic-Code:",
                                         "Last-Attempt-Date:",
                                         "Will-Retry-Until:",
                                         "X-",
                                         NULL };

    return span_begins_any(line, names) && is_field(line);
}

void mail_bounce_report_words(struct text_buffer *out, struct span report)
{
    enum { NOTHING, FIELDS, WORDS } above = NOTHING;
    struct span line;
    size_t at = 0;

    while (span_line(report, &at, &line)) {
        if (span_trim(line).len == 0) {
            if (above == WORDS)
                text_buffer_puts(out, "\n");
            above = NOTHING;
            continue;
        }
        if (strchr(" \t", line.ptr[0]) != NULL)
            above = above == FIELDS ? FIELDS : WORDS; /* a folded field goes on */
        else
            above = is_fields_name(line) || (above != WORDS && is_field(line)) ? FIELDS : WORDS;
        if (above == WORDS) {
            text_buffer_add(out, line.ptr, line.len);
            text_buffer_puts(out, "\n");
        }
    }
}
