#include "channels/mail_bounce.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_bounce_other.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_sender.h"
#include "channels/mail_transfer.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

/* A notice says what it has to say at its beginning; what follows is the mail that came back. */
enum { NOTICE_MAX = 16 << 10, LINE_MAX_READ = 1000, REPORT_MAX = 256 << 10, GROUPS_MAX = 200 };

struct notice {
    const struct mail_part *root;
    const struct mail_part *report;   /* its machine-readable part; NULL: there is none */
    const struct mail_part *returned; /* the part that came back, or its header */
    struct inbound *in;
    const char *subject; /* folded */
    struct span text;    /* in its own words: what came back is cut off */
    const char *words;   /* that text, folded */
    struct span inline_returned;
    /* The evidence: a server's name, the marks of its envelope, what subject and words claim,
     * facts; of the facts, one that people do not write by chance, and one that names the mail
     * or whom it did not reach. */
    int identity, envelope, subject_claim, word_claim, facts;
    bool hard, named;
    bool of_server; /* one that stands for the name and the envelope where both are a person's */
    bool to_return_path;
};

/* --- lines
 * -------------------------------------------------------------------------------------------- */

static bool next_line(struct span text, size_t *at, struct span *line)
{
    const char *end;

    if (*at >= text.len)
        return false;
    end = memchr(text.ptr + *at, '\n', text.len - *at);
    *line = (struct span){ text.ptr + *at,
                           end != NULL ? (size_t)(end - text.ptr) - *at : text.len - *at };
    *at += line->len + 1;
    return true;
}

static bool holds_word(struct span s, const char *word)
{
    size_t n = strlen(word), i;

    for (i = 0; i + n <= s.len; i++)
        if (strncasecmp(s.ptr + i, word, n) == 0)
            return true;
    return false;
}

static bool holds_any(struct span line, const char *const *words)
{
    for (; *words != NULL; words++)
        if (holds_word(line, *words))
            return true;
    return false;
}

static bool is_any_field(struct span line, const char *const *names)
{
    for (; *names != NULL; names++)
        if (span_begins(line, *names))
            return true;
    return false;
}

/* How many of the line's bytes are drawn: dashes, stars and the like. */
static size_t drawn(struct span line)
{
    size_t i, n = 0;

    for (i = 0; i < line.len; i++)
        n += strchr("-=*_~#|", line.ptr[i]) != NULL;
    return n;
}

/* "--- Below this line is a copy of the message.", "Original message follows:" */
static bool is_separator(struct arena *a, struct span line)
{
    if (line.len == 0 || line.len > 120 ||
        (drawn(line) < 2 && line.ptr[line.len - 1] != ':' && line.ptr[line.len - 1] != '.'))
        return false;
    return mail_words_find(mail_words_fold(a, line), mail_words_returned) != NULL;
}

/* Fields that a server writes into the header of any mail. */
static bool is_carried(struct span line)
{
    static const char *const fields[] = { "Received: ",
                                          "Return-Path: ",
                                          "Message-ID: ",
                                          "Delivered-To: ",
                                          "DKIM-Signature: ",
                                          "MIME-Version: ",
                                          NULL };

    return is_any_field(line, fields);
}

/* Where the mail that came back begins in the text; its length: nowhere. */
static size_t find_returned(struct arena *a, struct span text)
{
    struct span line;
    size_t at = 0, begin = 0;
    bool said = false; /* a report in plain text may begin with a line that is drawn */

    while (next_line(text, &at, &line)) {
        struct span s = span_trim(line);

        if (is_carried(line) || (said && is_separator(a, s)))
            return begin;
        said = said || s.len > drawn(s);
        begin = at;
    }
    return text.len;
}

/* What the server itself says: without lines that answer, without what came back. */
static void cut_notice(struct notice *n, const char *text)
{
    struct arena *a = n->in->arena;
    struct span all = span_of(text), line;
    struct text_buffer own = { 0 };
    size_t at = 0, end;

    all.len = text_cut(all, NOTICE_MAX);
    end = find_returned(a, all);
    n->inline_returned = (struct span){ all.ptr + end, all.len - end };
    all.len = end;
    while (next_line(all, &at, &line)) {
        if (line.len > LINE_MAX_READ)
            line.len = text_cut(line, LINE_MAX_READ);
        if (line.len == 0 || line.ptr[0] != '>' || span_begins(line, ">>>")) {
            text_buffer_add(&own, line.ptr, line.len);
            text_buffer_puts(&own, "\n");
        }
    }
    n->text = (struct span){ arena_strndup(a, own.ptr != NULL ? own.ptr : "", own.len), own.len };
    n->words = mail_words_fold(a, n->text);
    text_buffer_clear(&own);
}

/* --- who wrote it
 * ------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_daemon_local(const char *address)
{
    static const char *const locals[] = {
        "mailerdaemon", "maildaemon",        "mdaemon", "postmaster",
        "maildelivery", "microsoftexchange", NULL
    };
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "-_.\"\\", local);
    return mail_words_begin(local, locals) != NULL || strcmp(local, "ndr") == 0;
}

/* What a list's members write to each other of bounces comes from the list. */
static bool is_of_a_list(const struct mail_header *h)
{
    return mail_header_has(h, "List-Id") || mail_header_has(h, "List-Post") ||
           mail_header_has(h, "List-Unsubscribe");
}

static int identity_of(const struct notice *n)
{
    struct span from = mail_header_find(&n->root->header, "From");
    struct arena *a = n->in->arena;
    const char *shown = mail_words_fold(a, span_of(mail_header_text(a, from, NULL, 300)));

    if (is_daemon_local(n->in->sender.value) || strstr(shown, "<>") != NULL)
        return 3; /* nobody else writes from nowhere */
    return mail_words_find(shown, mail_words_daemon) != NULL ? 2 : 0;
}

/* "bounce@", "x-bounces+12@", "12.bounce=x@": the word by itself; not "trebounce@", "bouncer@". */
static bool has_bounce(struct span local)
{
    static const char word[] = "bounce";
    size_t i, n = sizeof(word) - 1;

    for (i = 0; i + n <= local.len; i++) {
        size_t end = i + n;

        if (strncmp(local.ptr + i, word, n) != 0 ||
            (i > 0 && strchr("-+.", local.ptr[i - 1]) == NULL))
            continue;
        end += end < local.len && local.ptr[end] == 's';
        if (end == local.len || strchr("-+=", local.ptr[end]) != NULL)
            return true;
    }
    return false;
}

/* "x-return-12-tom=b.org@", as ezmlm numbers what it sends. */
static bool has_numbered_return(struct span local)
{
    static const char word[] = "-return-";
    const char *p = memmem(local.ptr, local.len, word, sizeof(word) - 1);

    return p != NULL && p + sizeof(word) - 1 < local.ptr + local.len &&
           is_digit(p[sizeof(word) - 1]);
}

static bool is_of_lists_keeper(struct span local)
{
    static const char *const ends[] = { "-admin", "-owner", "-errors", NULL };
    const char *const *e;

    for (e = ends; *e != NULL; e++)
        if (local.len > strlen(*e) &&
            memcmp(local.ptr + local.len - strlen(*e), *e, strlen(*e)) == 0)
            return true;
    return span_begins(local, "owner-");
}

/* What stands before the first @ at or behind *at, which is moved behind it. */
static bool next_local(const char *folded, size_t *at, struct span *local)
{
    const char *end = strchr(folded + *at, '@'), *p;

    if (end == NULL)
        return false;
    for (p = end; p > folded + *at && strchr(" <>\"(),;:", p[-1]) == NULL; p--)
        ;
    *local = (struct span){ p, (size_t)(end - p) };
    *at = (size_t)(end - folded) + 1;
    return true;
}

/* Persons and lists write to no such address. */
static bool is_to_return_path(const struct notice *n)
{
    static const char *const fields[] = { "To", "Delivered-To", NULL };
    const struct mail_header *h = &n->root->header;
    const char *const *f;
    struct span local;

    for (f = fields; *f != NULL; f++) {
        const char *to = mail_words_fold(n->in->arena, mail_header_find(h, *f));
        size_t at = 0;

        while (next_local(to, &at, &local))
            if (has_bounce(local) || has_numbered_return(local) ||
                (is_of_a_list(h) && is_of_lists_keeper(local)))
                return true;
    }
    return false;
}

static void judge_sender(struct notice *n)
{
    const struct mail_header *h = &n->root->header;

    n->to_return_path = is_to_return_path(n);
    n->identity = identity_of(n);
    n->envelope = mail_sender_is_null(h, "<mailer-daemon") ? 2 : 0;
    n->envelope += span_begins(mail_header_find(h, "Auto-Submitted"), "auto-") ? 1 : 0;
    n->envelope += n->to_return_path ? 1 : 0;
}

/* --- what it claims
 * ----------------------------------------------------------------------------------- */

/* Outlook's word for a failure stands behind the subject of the mail that came back. */
static const char *claimed_subject(const char *folded)
{
    const char *prefix = mail_words_begin(folded, mail_words_reply_prefix), *colon;

    if (prefix == NULL)
        return folded;
    colon = strrchr(folded, ':');
    return colon != NULL && colon >= folded + strlen(prefix) ? colon : "";
}

static void judge_claims(struct notice *n)
{
    const char *subject = claimed_subject(n->subject);

    if (mail_words_find(subject, mail_words_failed_subject) != NULL)
        n->subject_claim = 2;
    else if (mail_words_find(subject, mail_words_status_subject) != NULL)
        n->subject_claim = 1;
    n->word_claim = mail_words_find(n->words, mail_words_failed) != NULL ? 2 : 0;
}

/* --- facts
 * -------------------------------------------------------------------------------------------- */

static bool is_alnum(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The length of the enhanced status code at s, "5.1.1" (RFC 3463); 0: there is none. */
static size_t enhanced_at(struct span s)
{
    size_t i = 2, digits = 0, part = 0;

    if (s.len < 5 || strchr("245", s.ptr[0]) == NULL || s.ptr[1] != '.')
        return 0;
    for (; i < s.len && part < 2; i++) {
        if (is_digit(s.ptr[i]) && digits < 3)
            digits++;
        else if (s.ptr[i] == '.' && digits > 0 && part == 0) {
            part = 1;
            digits = 0;
        } else {
            break;
        }
    }
    return part == 1 && digits > 0 && (i == s.len || !is_alnum(s.ptr[i])) ? i : 0;
}

/* A reply that refuses: 421, 450 to 459, 500 to 509, 521, 530, 541, 550 to 559, 571, 599. */
static bool is_reply_at(struct span s)
{
    return s.len >= 3 && (s.ptr[0] == '4' || s.ptr[0] == '5') && is_digit(s.ptr[1]) &&
           is_digit(s.ptr[2]) && strchr("02345789", s.ptr[1]) != NULL &&
           (s.len == 3 || strchr(" -:\t;,)]>.", s.ptr[3]) != NULL);
}

/* Does p stand behind a mark as Chinese and Japanese have them, wide: "（a@b.org）"? */
static bool is_behind_wide_mark(struct span line, const char *p)
{
    return p - line.ptr >= 3 &&
           (memcmp(p - 3, "\xe3\x80", 2) == 0 || memcmp(p - 3, "\xef\xbc", 2) == 0 ||
            memcmp(p - 3, "\xef\xbd", 2) == 0);
}

/* The address in the line, alone or with marks around it; empty: none. */
static struct span address_in(struct span line)
{
    const char *at = memchr(line.ptr, '@', line.len), *p, *q;

    if (at == NULL)
        return (struct span){ "", 0 };
    for (p = at; p > line.ptr && strchr(" \t<>[]()\"':;,=|", p[-1]) == NULL &&
                 !is_behind_wide_mark(line, p);
         p--)
        ;
    for (q = at + 1; q < line.ptr + line.len && (is_alnum(*q) || strchr("-._", *q) != NULL); q++)
        ;
    while (q > at + 1 && (q[-1] == '.' || q[-1] == '-'))
        q--;
    return p < at && q > at + 1 ? (struct span){ p, (size_t)(q - p) } : (struct span){ "", 0 };
}

/* Does the line say little but the address: "<a@b.org>:", "    a@b.org", "a@b.org [unknown]"? */
static bool is_about_address(struct span line, struct span address)
{
    size_t before = (size_t)(address.ptr - line.ptr);

    return address.len > 0 && before <= 32 && line.len <= address.len + 90;
}

struct refusal {
    struct span address, told, status; /* told: the address within a sentence that says so */
    bool reply;                        /* a line has the code of a reply near an address */
    bool of_server; /* and in the form of a session, or an address in that of qmail */
    bool listed;
    bool fields;
};

static struct span find_enhanced(struct span line)
{
    size_t i, len;

    for (i = 0; i + 5 <= line.len; i++)
        if ((i == 0 || (!is_alnum(line.ptr[i - 1]) && line.ptr[i - 1] != '.')) &&
            (line.ptr[i] == '4' || line.ptr[i] == '5') &&
            (len = enhanced_at((struct span){ line.ptr + i, line.len - i })) > 0)
            return (struct span){ line.ptr + i, len };
    return (struct span){ "", 0 };
}

/* "550 User unknown", in a line that speaks of servers or of an address: a number alone is none. */
static bool has_reply(struct span line, struct span address)
{
    static const char *const words[] = { "smtp", "said",      "respon",  "error", "repl",
                                         "code", "server",    "host",    "rcpt",  "<<<",
                                         ">>>",  "reason",    "#5",      "#4",    "mailbox",
                                         "user", "recipient", "unknown", NULL };
    size_t i;

    if (address.len == 0 && !holds_any(line, words))
        return false;
    for (i = 0; i + 3 <= line.len; i++)
        if ((i == 0 || strchr(" \t:#([<", line.ptr[i - 1]) != NULL) &&
            is_reply_at((struct span){ line.ptr + i, line.len - i }))
            return true;
    return false;
}

/* "550 5.1.1", "550-5.1.1", "550 (#5.1.1)": both codes. */
static bool has_both_codes(struct span line, struct span status)
{
    const char *p = status.ptr;

    if (status.len == 0)
        return false;
    while (p > line.ptr && strchr(" -:;(#", p[-1]) != NULL)
        p--;
    return p < status.ptr && p - line.ptr >= 3 &&
           is_reply_at((struct span){ p - 3, (size_t)(line.ptr + line.len - p) + 3 }) &&
           (p - line.ptr == 3 || !is_alnum(p[-4]));
}

/* "<a@b.org>:" at the line's begin, as qmail has it. */
static bool is_heading(struct span line, struct span address)
{
    return line.len > address.len + 2 && line.ptr[0] == '<' && address.ptr == line.ptr + 1 &&
           memcmp(address.ptr + address.len, ">:", 2) == 0;
}

/* What only a server writes: a reply with both its codes or in the words of a session. A number
 * by itself is a house's, a telephone's, a version's. */
static bool is_of_session(struct span line, struct span address, struct span status)
{
    static const char *const words[] = { "smtp", "said:", "rcpt to",  "<<<",      ">>>",
                                         "#5.",  "#4.",   "status: ", "error: 5", NULL };
    static const char *const refusals[] = { "mailbox", "recipient", "user", "relay", NULL };

    if (status.len == 0 && !has_reply(line, address))
        return false;
    return has_both_codes(line, status) || holds_any(line, words) ||
           (is_reply_at(line) && holds_any(line, refusals));
}

/* "250 <a@b.org>... ok", "MAIL FROM:<a@b.org>": of a session, what did not fail. */
static bool is_of_the_sender(struct span line)
{
    return (line.len > 3 && strchr("23", line.ptr[0]) != NULL && is_digit(line.ptr[1]) &&
            is_digit(line.ptr[2]) && strchr(" -", line.ptr[3]) != NULL) ||
           holds_word(line, "mail from");
}

/* Do the words before the address say that it was not reached: "... could not be delivered to"? */
static bool is_told_failed(struct arena *a, struct span line, struct span address)
{
    static const char *const ends[] = { ":", "to",      "recipient", "recipients", "address",
                                        "<", "mailbox", "user",      "for",        NULL };
    const char *before =
        mail_words_fold(a, span_trim((struct span){ line.ptr, (size_t)(address.ptr - line.ptr) }));
    const char *failed = mail_words_find(before, mail_words_failed), *p;
    size_t len = strlen(before), n;
    const char *const *e;

    if (failed == NULL)
        return false;
    for (p = strstr(before, failed) + strlen(failed); *p != '\0'; p++)
        if (strchr(".,;!?", *p) != NULL)
            return false; /* another sentence's */
    for (e = ends; *e != NULL; e++) {
        n = strlen(*e);
        if (len >= n && strcmp(before + len - n, *e) == 0)
            return true;
    }
    return false;
}

static void read_refusal(struct arena *a, struct span text, struct refusal *out)
{
    static const char *const fields[] = {
        "Final-Recipient:",    "Diagnostic-Code:", "Reporting-MTA:",
        "Original-Recipient:", "Remote-MTA:",      "Action: failed",
        "Failed-Recipient:",   "Error-for:",       NULL
    };
    struct span line;
    size_t at = 0;

    while (next_line(text, &at, &line)) {
        struct span s = span_trim(line), address = address_in(s), status = find_enhanced(s);

        out->fields = out->fields || is_any_field(s, fields);
        out->reply = out->reply || status.len > 0 || has_reply(s, address);
        out->of_server =
            out->of_server || is_heading(s, address) || is_of_session(s, address, status);
        if (is_about_address(s, address) && !is_of_the_sender(s)) {
            out->listed = true;
            if (out->address.len == 0)
                out->address = address;
        }
        if (out->told.len == 0 && address.len > 0 && is_told_failed(a, s, address))
            out->told = address;
        if (out->status.len == 0)
            out->status = status;
    }
}

/* Also one that came without its parts. */
static bool is_delivery_report(const struct mail_part *root)
{
    static const char kind[] = "delivery-status";
    struct span s = mail_header_find(&root->header, "Content-Type");

    return strcmp(root->content_type.head, "multipart/report") == 0 &&
           memmem(s.ptr, s.len, kind, sizeof(kind) - 1) != NULL;
}

/* The mail that it is about is in it, as a part or in its text. */
static bool came_back(const struct notice *n)
{
    return n->returned != NULL || n->inline_returned.len > 0;
}

static void judge_facts(struct notice *n, const struct refusal *r)
{
    bool returned = came_back(n), report = n->report != NULL || is_delivery_report(n->root);
    bool reason = mail_words_find(n->words, mail_words_reason) != NULL;

    n->of_server =
        r->fields || r->of_server || report || (returned && (r->reply || r->told.len > 0));
    n->facts += r->fields ? 2 : 0;
    n->facts += r->reply ? 2 : 0;
    n->facts += r->listed ? 1 : 0;
    n->facts += returned ? 1 : 0;
    n->facts += n->report != NULL ? 2 : 0;
    n->facts += reason ? 1 : 0;
    n->named = r->fields || r->listed || returned || report;
    n->hard =
        r->fields || r->reply || returned || reason || report || (n->to_return_path && r->listed);
}

/* --- parts
 * -------------------------------------------------------------------------------------------- */

static bool is_one_of(const struct mail_part *p, const char *const *types)
{
    for (; *types != NULL; types++)
        if (strcmp(p->type, *types) == 0)
            return true;
    return false;
}

static const struct mail_part *find_part(const struct mail_part *p, const char *const *types,
                                         int depth)
{
    const struct mail_part *found = NULL;
    size_t i;

    if (is_one_of(p, types))
        return p;
    for (i = 0; found == NULL && depth < 3 && i < p->count; i++)
        found = find_part(p->parts[i], types, depth + 1);
    return found;
}

static const char *const report_types[] = { "message/delivery-status",
                                            "message/global-delivery-status", NULL };
static const char *const returned_types[] = { "message/rfc822",
                                              "text/rfc822-headers",
                                              "message/rfc822-headers",
                                              "message/global",
                                              "message/global-headers",
                                              "text/rfc822-header",
                                              "text/rfc822",
                                              NULL };

/* The header of what came back, as a part of its own or within the text. */
static void read_returned(const struct notice *n, struct mail_header *out)
{
    struct text_buffer b = { 0 };
    struct span s = n->inline_returned, line;
    size_t at = 0, begin = 0;

    if (n->returned != NULL) {
        struct span body = n->returned->body;

        body.len = body.len < REPORT_MAX ? body.len : REPORT_MAX;
        mail_transfer_decode(&b, body, n->returned->transfer);
        s = (struct span){ b.ptr != NULL ? b.ptr : "", b.len };
        while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL)
            s = (struct span){ s.ptr + 1, s.len - 1 };
    } else {
        while (next_line(s, &at, &line) && !is_carried(line) && !span_begins(line, "From:"))
            begin = at;
        s = begin < s.len ? (struct span){ s.ptr + begin, s.len - begin } : (struct span){ "", 0 };
    }
    s.ptr = arena_strndup(n->in->arena, s.ptr, s.len);
    text_buffer_clear(&b);
    mail_header_read(n->in->arena, s, out);
}

static const char *id_of(struct arena *a, const struct mail_header *h, const char *field)
{
    const char *id;

    return mail_header_ids(a, mail_header_find(h, field), &id, 1) == 1 ? id : NULL;
}

/* --- reports (RFC 3464)
 * ------------------------------------------------------------------------------- */

struct report {
    size_t failed, delayed, done, said;      /* groups of that action; of any */
    const char *recipient, *status, *action; /* of the first that failed, else of the first one */
    bool of_failed;
};

/* "rfc822; a@b.org" and its like: the address alone. */
static const char *typed_address(struct arena *a, struct span value)
{
    const char *semicolon = memchr(value.ptr, ';', value.len);
    struct span s = value;

    if (semicolon != NULL)
        s = (struct span){ semicolon + 1, (size_t)(value.ptr + value.len - semicolon) - 1 };
    s = address_in(s);
    return s.len > 0 && s.len <= INBOUND_ADDRESS_MAX ? inbound_email(a, s) : NULL;
}

static const char *status_of(struct arena *a, const struct mail_header *group)
{
    struct span s = mail_header_find(group, "Status"), found = find_enhanced(s);

    if (found.len == 0)
        found = find_enhanced(mail_header_find(group, "Diagnostic-Code"));
    return found.len > 0 ? arena_strndup(a, found.ptr, found.len) : NULL;
}

static const char *action_of(struct span action)
{
    static const char *const names[] = { "failed",  "delayed",  "delivered",
                                         "relayed", "expanded", NULL };
    const char *const *n;

    for (n = names; *n != NULL && !span_begins(action, *n); n++)
        ;
    return *n;
}

static void take_group(const struct notice *n, const struct mail_header *group, struct report *out)
{
    struct arena *a = n->in->arena;
    struct span action = mail_header_find(group, "Action");
    bool failed = span_begins(action, "fail"), delayed = span_begins(action, "delayed");
    const char *who;

    if (action.len == 0 && !mail_header_has(group, "Final-Recipient")) { /* of the message */
        inbound_add_token(n->in, mail_header_find(group, "Original-Envelope-Id"));
        return;
    }
    out->said += action.len > 0;
    out->failed += failed;
    out->delayed += delayed;
    out->done += span_begins(action, "delivered") || span_begins(action, "relayed") ||
                 span_begins(action, "expanded");
    if (out->of_failed || (out->recipient != NULL && !failed))
        return;
    out->action = failed ? "failed" : action_of(action);
    who = typed_address(a, mail_header_find(group, "Final-Recipient"));
    if (who == NULL)
        who = typed_address(a, mail_header_find(group, "Original-Recipient"));
    out->recipient = who != NULL ? who : out->recipient;
    out->status = status_of(a, group);
    out->of_failed = failed && who != NULL;
}

/* Groups of fields with an empty line between. */
static void read_report(const struct notice *n, struct report *out)
{
    struct arena *a = n->in->arena;
    struct text_buffer b = { 0 };
    struct span s = n->report->body;
    size_t groups = 0;

    s.len = s.len < REPORT_MAX ? s.len : REPORT_MAX;
    mail_transfer_decode(&b, s, n->report->transfer);
    s = (struct span){ arena_strndup(a, b.ptr != NULL ? b.ptr : "", b.len), b.len };
    text_buffer_clear(&b);
    for (; s.len > 0 && groups < GROUPS_MAX; groups++) {
        struct mail_header group;

        while (s.len > 0 && strchr("\r\n", s.ptr[0]) != NULL)
            s = (struct span){ s.ptr + 1, s.len - 1 };
        mail_header_read(a, s, &group);
        take_group(n, &group, out);
        if (group.body == 0 || group.body >= s.len)
            break;
        s = (struct span){ s.ptr + group.body, s.len - group.body };
    }
}

/* Amazon SES tells of its deliveries in JSON by SNS. */
static enum mail_delivery by_notification(const struct notice *n)
{
    static const char *const failed[] = { "type\":\"bounce\"", "type\": \"bounce\"", NULL };

    if (n->words[0] != '{' || strstr(n->words, "bouncedrecipients") == NULL)
        return MAIL_DELIVERY_NONE;
    return mail_words_find(n->words, failed) != NULL ? MAIL_DELIVERY_FAILED : MAIL_DELIVERY_NONE;
}

/* --- the verdict
 * -------------------------------------------------------------------------------------- */

static bool says_delayed(const struct notice *n)
{
    return mail_words_find(n->subject, mail_words_delayed) != NULL ||
           mail_words_find(n->words, mail_words_delayed) != NULL;
}

static bool says_final(const struct notice *n)
{
    static const char *const words[] = { "permanent",
                                         "giving up",
                                         "given up",
                                         "has expired",
                                         "no longer be retried",
                                         "will not be retried",
                                         "retry timeout exceeded",
                                         NULL };

    return mail_words_find(n->words, words) != NULL ||
           mail_words_find(n->subject, mail_words_failed_subject) != NULL;
}

/* Somebody passes on the notice that he got: the mail within is the bounce, not this one. */
static bool passes_one_on(const struct notice *n)
{
    struct mail_header h;
    struct span from;

    if (n->identity > 0 || n->returned == NULL)
        return false;
    read_returned(n, &h);
    from = mail_header_find(&h, "From");
    return mail_words_find(mail_words_fold(n->in->arena, from), mail_words_daemon) != NULL ||
           span_begins(mail_header_find(&h, "Content-Type"), "multipart/report");
}

/* A daemon's own address. A postmaster is a person too, who writes of what was rejected: unless
 * the subject says that a mail failed, the mail or its recipient is named. */
static bool is_enough_of_daemon(const struct notice *n)
{
    int claim = n->subject_claim + n->word_claim;

    return (n->subject_claim == 2 && (n->word_claim > 0 || n->hard || n->named)) ||
           (n->named && claim >= 2 && (claim >= 3 || n->facts >= 2)) ||
           (n->named && n->hard && n->facts >= 3);
}

/* Neither a sender's name nor a subject is enough: both are forged by those who want to be read. */
static bool is_enough(const struct notice *n)
{
    const struct mail_header *h = &n->root->header;
    int claim = n->subject_claim + n->word_claim;

    if (passes_one_on(n))
        return false;
    if (n->identity >= 3)
        return is_enough_of_daemon(n);
    if (is_of_a_list(h) && !n->to_return_path)
        return false; /* what came back is in it, not its own header */
    if (n->identity == 2)
        return claim >= 2 && n->hard && (n->envelope > 0 || n->named) &&
               (n->subject_claim > 0 || n->facts >= 3) && n->envelope + claim + n->facts >= 4;
    if (mail_words_begin(n->subject, mail_words_auto_reply) != NULL)
        return false;
    if (n->envelope > 0)
        return n->hard && ((claim >= 3 && n->facts >= 1) || (claim >= 2 && n->facts >= 3));
    return n->of_server && claim >= 3 && n->facts >= 2;
}

static enum mail_delivery by_report(const struct notice *n, struct report *r)
{
    read_report(n, r);
    if (r->failed > 0)
        return MAIL_DELIVERY_FAILED;
    if (r->delayed > 0)
        return MAIL_DELIVERY_DELAYED;
    if (r->done > 0)
        return MAIL_DELIVERY_DONE;
    return says_delayed(n) && !says_final(n) ? MAIL_DELIVERY_DELAYED : MAIL_DELIVERY_FAILED;
}

/* Its kind says what it tells, in words that a bounce could use (RFC 5965, RFC 8460). */
static bool is_report_of_other_kind(const struct mail_part *root)
{
    static const char *const types[] = { "message/feedback-report", "application/tlsrpt+json",
                                         "application/tlsrpt+gzip", NULL };

    return find_part(root, types, 0) != NULL;
}

/* Is it something else that is said in the words of bounces? A server's proof says no. */
static bool is_other(const struct notice *n, const struct refusal *r)
{
    const struct mail_header *h = &n->root->header;

    if (is_report_of_other_kind(n->root))
        return true;
    if (n->envelope == 0 && !mail_header_has(h, "X-Failed-Recipients") &&
        mail_other_is_person(h, n->words))
        return true;
    if (r->fields || r->reply || n->report != NULL)
        return false;
    return mail_other_asks_proof(n->words) ||
           (!came_back(n) && mail_other_is_own_mailbox(n->subject, n->words));
}

/* Parcels are delivered too: a server's mark, and more than words and an address below them. */
static bool is_arrival(const struct notice *n, const struct refusal *r)
{
    static const char *const forms[] = { "delivered: ", "relayed: ", "zugestellt: ", NULL };
    bool proof = mail_words_begin(n->subject, forms) != NULL || r->fields || n->report != NULL ||
                 came_back(n) || mail_words_find(n->subject, mail_other_arrived) != NULL;

    return (n->identity >= 3 || n->envelope > 0) && n->named && proof &&
           mail_other_is_arrival(n->subject, n->words);
}

static enum mail_delivery by_evidence(struct notice *n, const struct refusal *r)
{
    judge_claims(n);
    judge_facts(n, r);
    if (by_notification(n) != MAIL_DELIVERY_NONE)
        return MAIL_DELIVERY_FAILED;
    if (is_other(n, r))
        return MAIL_DELIVERY_NONE;
    if (is_arrival(n, r))
        return MAIL_DELIVERY_DONE;
    if (!is_enough(n) && !mail_header_has(&n->root->header, "X-Failed-Recipients"))
        return n->identity >= 3 && says_delayed(n) ? MAIL_DELIVERY_DELAYED : MAIL_DELIVERY_NONE;
    return says_delayed(n) && !says_final(n) ? MAIL_DELIVERY_DELAYED : MAIL_DELIVERY_FAILED;
}

/* Worth a closer look: a server's mark anywhere, or a subject that claims something. */
static bool is_suspect(struct notice *n)
{
    return n->identity > 0 || n->envelope > 0 || n->report != NULL ||
           strcmp(n->root->type, "multipart/report") == 0 ||
           mail_header_has(&n->root->header, "X-Failed-Recipients") || n->in->text[0] == '{' ||
           mail_words_find(n->subject, mail_words_failed_subject) != NULL ||
           mail_words_find(n->subject, mail_words_status_subject) != NULL;
}

static void fill(const struct notice *n, const struct report *report, const struct refusal *r)
{
    struct inbound_failed *out = &n->in->failed;
    struct span who = r->address.len > 0 ? r->address : r->told;
    struct arena *a = n->in->arena;
    struct mail_header h;

    out->recipient = report->recipient;
    out->action = report->action;
    out->status = report->status;
    if (out->recipient == NULL)
        out->recipient =
            typed_address(a, mail_header_find(&n->root->header, "X-Failed-Recipients"));
    if (out->recipient == NULL && who.len > 0 && who.len <= INBOUND_ADDRESS_MAX)
        out->recipient = inbound_email(a, who);
    if (out->status == NULL && r->status.len > 0)
        out->status = arena_strndup(a, r->status.ptr, r->status.len);
    read_returned(n, &h);
    out->message_id = id_of(a, &h, "Message-ID");
    if (out->message_id == NULL)
        out->message_id = n->in->in_reply_to;
}

enum mail_delivery mail_bounce_read(const struct mail_part *root, struct inbound *in)
{
    struct notice n = { .root = root, .in = in };
    struct report report = { 0 };
    struct refusal refusal = { 0 };
    enum mail_delivery verdict;

    n.report = find_part(root, report_types, 0);
    n.returned = find_part(root, returned_types, 0);
    n.subject = mail_words_fold(in->arena, span_of(in->subject));
    judge_sender(&n);
    if (!is_suspect(&n))
        return MAIL_DELIVERY_NONE;
    cut_notice(&n, n.identity > 0 || n.envelope > 0 ? in->text : in->reply_text);
    read_refusal(in->arena, n.text, &refusal);
    if (n.report != NULL &&
        (n.report == root || n.identity >= 3 || strcmp(root->type, "multipart/report") == 0)) {
        verdict = by_report(&n, &report);
    } else {
        n.facts += is_delivery_report(root) ? 2 : 0;
        verdict = by_evidence(&n, &refusal);
        if (verdict != MAIL_DELIVERY_NONE && n.report != NULL)
            verdict = by_report(&n, &report);
    }
    if (verdict != MAIL_DELIVERY_NONE)
        fill(&n, &report, &refusal);
    return verdict;
}
