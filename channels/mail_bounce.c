#include "channels/mail_bounce.h"

#include <string.h>

#include "channels/mail_bounce_enough.h"
#include "channels/mail_bounce_list.h"
#include "channels/mail_bounce_notification.h"
#include "channels/mail_bounce_opening.h"
#include "channels/mail_bounce_other.h"
#include "channels/mail_bounce_party.h"
#include "channels/mail_bounce_refusal.h"
#include "channels/mail_bounce_report.h"
#include "channels/mail_bounce_returned.h"
#include "channels/mail_bounce_sender.h"
#include "channels/mail_bounce_whom.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_quote_words_key.h"
#include "channels/mail_sender.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

/* A notice says what it has to say at its beginning; what follows is the mail that came back. */
enum {
    NOTICE_MAX = 16 << 10,
    LINE_MAX_READ = 1000,
    REPORT_LEVELS = 3,
    INTRODUCTION_MAX = 200, /* bytes in which a server says who it is */
    NEAR = 80,              /* bytes within which words belong to one saying */
    KEY_MAX = 40,
};

/* --- lines
 * -------------------------------------------------------------------------------------------- */

/* How many of the line's bytes are drawn: dashes, stars and the like. */
static size_t drawn(struct span line)
{
    size_t i, n = 0;

    for (i = 0; i < line.len; i++)
        n += strchr("-=*_~#|", line.ptr[i]) != NULL;
    return n;
}

/* "--- Below this line is a copy of the message.", "Original message follows:". What is attached
 * stands not below. */
static bool is_separator(struct arena *a, struct span line, bool attached)
{
    static const char *const others[] = { "address", "recipient", "undelivered messages", NULL };

    if (attached && mail_words_find(mail_words_fold(a, line), mail_words_attached) != NULL)
        return false;
    if (line.len == 0 || line.len > 120 ||
        (drawn(line) < 2 && line.ptr[line.len - 1] != ':' && line.ptr[line.len - 1] != '.'))
        return false;
    return mail_words_find(mail_words_fold(a, line), mail_words_returned) != NULL &&
           !span_holds_any(line, others); /* it says who did not get "a copy of your message:" */
}

/* Where the mail that came back begins in the text; its length: nowhere. `attached`: it is a part
 * of its own. */
static size_t find_returned(struct arena *a, struct span text, bool attached)
{
    struct span line;
    size_t at = 0, begin = 0;
    bool said = false; /* a report in plain text may begin with a line that is drawn */

    while (span_line(text, &at, &line)) {
        struct span s = span_trim(line);

        if (mail_bounce_returned_is_carried(line) || (said && is_separator(a, s, attached)))
            return begin;
        said = said || s.len > drawn(s);
        begin = at;
    }
    return text.len;
}

/* "> a@b.org": what some set before the addresses that they list. */
static bool is_marked_address(struct span line)
{
    struct span s = span_trim((struct span){ line.ptr + 1, line.len - 1 });
    struct span address = mail_bounce_address_in(s);

    return address.len > 0 && address.len + 2 >= s.len;
}

/* "Subject: my order": the mail's, and no words of the notice. */
static bool is_subject(struct arena *a, struct span line)
{
    const char *colon = memchr(line.ptr, ':', line.len < KEY_MAX ? line.len : KEY_MAX);
    struct span key = { line.ptr, colon != NULL ? (size_t)(colon - line.ptr) : 0 };

    return mail_quote_words_key(span_of(mail_words_fold(a, span_trim(key)))) == QUOTE_KEY_SUBJECT;
}

/* Folded, without the lines that repeat the mail's subject. */
static const char *words_of(struct arena *a, struct span text)
{
    struct text_buffer b = { 0 };
    struct span line;
    const char *words;
    size_t at = 0;

    while (span_line(text, &at, &line)) {
        if (!is_subject(a, line)) {
            text_buffer_add(&b, line.ptr, line.len);
            text_buffer_puts(&b, "\n");
        }
    }
    words = mail_words_fold(a, text_buffer_span(&b));
    text_buffer_clear(&b);
    return words;
}

/* What the server itself says: without lines that answer, without what came back. */
static void cut_notice(struct mail_bounce_notice *n, const char *text)
{
    struct arena *a = n->in->arena;
    struct span all = span_of(text), line;
    struct text_buffer own = { 0 };
    size_t at = 0, end;

    all.len = text_cut(all, NOTICE_MAX);
    end = find_returned(a, all, n->returned != NULL);
    n->inline_returned = (struct span){ all.ptr + end, all.len - end };
    all.len = end;
    while (span_line(all, &at, &line)) {
        if (line.len > LINE_MAX_READ)
            line.len = text_cut(line, LINE_MAX_READ);
        if (line.len == 0 || line.ptr[0] != '>' || span_begins(line, ">>>") ||
            is_marked_address(line)) {
            text_buffer_add(&own, line.ptr, line.len);
            text_buffer_puts(&own, "\n");
        }
    }
    n->text = (struct span){ arena_strndup(a, own.ptr != NULL ? own.ptr : "", own.len), own.len };
    n->words = words_of(a, n->text);
    text_buffer_clear(&own);
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

static void judge_claims(struct mail_bounce_notice *n)
{
    const char *subject = claimed_subject(n->subject);

    if (mail_words_find_plain(subject, mail_words_failed_subject) != NULL)
        n->subject_claim = 2;
    else if (mail_words_find(subject, mail_words_status_subject) != NULL)
        n->subject_claim = 1;
    n->word_claim = mail_words_find_plain(n->words, mail_words_failed) != NULL ? 2 : 0;
}

/* --- facts
 * -------------------------------------------------------------------------------------------- */

/* A service that lets only known senders in calls it a failure for now when it asks who wrote. */
static bool is_held(const struct mail_bounce_notice *n, const struct mail_bounce_report *r)
{
    return r->status != NULL && r->status[0] == '4' && mail_other_asks_proof(n->words);
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
static bool came_back(const struct mail_bounce_notice *n)
{
    return n->returned != NULL || n->inline_returned.len > 0;
}

/* The reader's mail is shown by the lines of its header, "From: <his>" and "To: <another's>", and
 * subject and words say that it failed. */
static bool is_shown(const struct mail_bounce_notice *n)
{
    return n->party.from_reader && n->party.third && n->subject_claim == 2 && n->word_claim > 0;
}

/* Who pastes what a server says of itself says who he is by his name. */
static bool is_by_no_name(const struct mail_bounce_notice *n)
{
    return n->sender.identity != MAIL_BOUNCE_BY_ANYBODY || n->sender.envelope > 0 ||
           n->in->sender.name == NULL;
}

/* "This is the mail server on b.org": nobody says that of himself. */
static bool is_introduced(const struct mail_bounce_notice *n)
{
    struct span opening = span_of(n->words);

    opening.len = text_cut(opening, INTRODUCTION_MAX);
    return mail_words_find(arena_strndup(n->in->arena, opening.ptr, opening.len),
                           mail_words_introduction) != NULL &&
           is_by_no_name(n);
}

/* "This message was created automatically by the server", in whatever words. What a server did
 * besides by itself everybody may tell. */
static bool is_automatic(const struct mail_bounce_notice *n)
{
    struct arena *a = n->in->arena;
    const char *const *w;
    const char *p;

    for (w = mail_words_automatic; *w != NULL; w++)
        for (p = n->words; (p = strstr(p, *w)) != NULL; p++) {
            size_t before = (size_t)(p - n->words), near = before < NEAR ? before : NEAR;

            if (mail_words_find(arena_strndup(a, p - near, near), mail_words_this) != NULL &&
                mail_words_find(arena_strndup(a, p - near, near + strnlen(p, NEAR)),
                                mail_words_software) != NULL)
                return is_by_no_name(n);
        }
    return false;
}

/* Whom it did not reach is said in a sentence; below one, of a mail; behind him, of whose mail,
 * too, or a server's name stands above. */
static bool is_told(const struct mail_bounce_notice *n, const struct mail_bounce_refusal *r)
{
    bool of_sent = mail_other_is_of_sent(n->words);
    bool of_mail = of_sent || mail_words_find(n->words, mail_other_recipients) != NULL ||
                   strstr(n->subject, "mail") != NULL ||
                   mail_words_find(n->subject, mail_other_one) != NULL;

    return r->told || (r->told_below && of_mail) ||
           (r->told_behind && (of_sent || n->sender.identity != MAIL_BOUNCE_BY_ANYBODY));
}

static void judge_facts(struct mail_bounce_notice *n, const struct mail_bounce_refusal *r)
{
    bool returned = came_back(n), report = n->report != NULL || n->of_form;
    bool introduced = is_introduced(n);

    n->opening = mail_bounce_opening_read(n->in->arena, span_of(n->in->text));
    n->reason = mail_words_find_plain(n->words, mail_words_reason) != NULL;
    n->judged = r->judged;
    n->told = is_told(n, r);
    n->automatic = is_automatic(n);
    n->deferred = r->deferred && !r->failed && (r->status.len == 0 || r->status.ptr[0] == '4');
    n->complete = r->fields && r->reply && n->returned != NULL;
    n->proven =
        r->fields || report || returned || mail_header_has(&n->root->header, "X-Failed-Recipients");
    n->of_sent = n->proven || r->told || mail_other_is_of_sent(n->words) ||
                 mail_other_is_of_one(n->subject, n->words);
    n->of_server =
        r->fields || r->of_server || report || introduced || (returned && (r->reply || r->told));
    n->facts += r->fields ? 2 : 0;
    n->replied = r->reply;
    n->facts += r->reply ? 2 : 0;
    n->facts += r->listed ? 1 : 0;
    n->facts += returned ? 1 : 0;
    n->facts += n->report != NULL ? 2 : 0;
    n->facts += n->reason ? 1 : 0;
    n->facts += introduced ? 1 : 0;
    n->named = r->fields || r->listed || returned || report;
    n->hard = r->fields || r->reply || returned || n->reason || report ||
              ((n->sender.to_return_path || introduced) && r->listed) ||
              (n->sender.envelope >= 2 &&
               (r->judged ||
                (((n->told && n->subject_claim == 2) || is_shown(n)) && !n->party.only_ours)) &&
               !mail_other_is_letter(n->words) && !mail_other_asks_first(n->in->arena, n->text));
}

/* --- parts
 * -------------------------------------------------------------------------------------------- */

static const char *id_of(struct arena *a, const struct mail_header *h, const char *field)
{
    const char *id;

    return mail_header_ids(a, mail_header_find(h, field), &id, 1) == 1 ? id : NULL;
}

/* What a service tells in its own form. */
static enum mail_delivery by_notification(struct mail_bounce_notice *n,
                                          struct mail_bounce_report *report)
{
    static const enum mail_delivery told[] = {
        [MAIL_BOUNCE_TOLD_NOTHING] = MAIL_DELIVERY_NONE,
        [MAIL_BOUNCE_TOLD_COMPLAINT] = MAIL_DELIVERY_NONE,
        [MAIL_BOUNCE_TOLD_BOUNCE] = MAIL_DELIVERY_FAILED,
        [MAIL_BOUNCE_TOLD_DELAY] = MAIL_DELIVERY_DELAYED,
        [MAIL_BOUNCE_TOLD_DELIVERY] = MAIL_DELIVERY_DONE,
    };
    struct mail_bounce_notification note;

    mail_bounce_notification_read(n->in, &note);
    if (told[note.told] != MAIL_DELIVERY_NONE) {
        report->recipient = note.recipient;
        report->status = note.status;
    }
    return told[note.told];
}

/* Italy's certified mail says by a field what its receipts tell. */
static enum mail_delivery by_certified(const struct mail_bounce_notice *n)
{
    static const char *const failed[] = { "errore-consegna", "preavviso-errore-consegna",
                                          "non-accettazione", NULL };
    struct span told = mail_header_find(&n->root->header, "X-Ricevuta");

    if (span_begins_any(told, failed))
        return MAIL_DELIVERY_FAILED;
    return span_begins(told, "avvenuta-consegna") ? MAIL_DELIVERY_DONE : MAIL_DELIVERY_NONE;
}

/* Sieve's refusal comes as a report that the mail was thrown away unread (RFC 5429 2.1.3). */
static bool is_rejection(const struct mail_header *h)
{
    return span_holds(mail_header_find(h, "Auto-Submitted"), "(rejected)");
}

/* --- the verdict
 * -------------------------------------------------------------------------------------- */

static bool says_delayed(const struct mail_bounce_notice *n)
{
    return n->deferred || mail_words_find(n->words, mail_words_warning) != NULL ||
           mail_words_find(n->subject, mail_words_delayed) != NULL ||
           mail_words_find(n->words, mail_words_delayed) != NULL;
}

/* A subject is the same for all notices of a server's: its words may say that this one only warns.
 */
static bool says_final(const struct mail_bounce_notice *n)
{
    static const char *const words[] = { "permanent",
                                         "giving up",
                                         "given up",
                                         "has expired",
                                         "no longer be retried",
                                         "will not be retried",
                                         "retry timeout exceeded",
                                         NULL };

    if (n->deferred)
        return false;
    return mail_words_find(n->words, words) != NULL ||
           (mail_words_find(n->words, mail_words_warning) == NULL &&
            mail_words_find_plain(n->subject, mail_words_failed_subject) != NULL);
}

static enum mail_delivery by_report(const struct mail_bounce_notice *n,
                                    struct mail_bounce_report *r)
{
    mail_bounce_reports_read(n->root, REPORT_LEVELS, n->in, r);
    if (r->failed > 0)
        return MAIL_DELIVERY_FAILED;
    if (r->delayed > 0)
        return MAIL_DELIVERY_DELAYED;
    if (r->done > 0)
        return MAIL_DELIVERY_DONE;
    return says_delayed(n) && !says_final(n) ? MAIL_DELIVERY_DELAYED : MAIL_DELIVERY_FAILED;
}

/* The form of a report and nothing in it: no recipient, no words, no mail, and a subject that could
 * be an arrival's. */
static bool is_empty_form(const struct mail_bounce_notice *n, const struct mail_bounce_report *r)
{
    return r->recipients == 0 && span_trim(n->text).len == 0 && !came_back(n) &&
           !mail_header_has(&n->root->header, "X-Failed-Recipients") &&
           mail_words_find_plain(n->subject, mail_words_failed_subject) == NULL;
}

/* Its kind says what it tells, in words that a bounce could use (RFC 5965, RFC 8460). */
static bool is_report_of_other_kind(const struct mail_part *root)
{
    static const char *const types[] = { "message/feedback-report", "application/tlsrpt+json",
                                         "application/tlsrpt+gzip", NULL };

    return mail_part_find(root, types, REPORT_LEVELS) != NULL;
}

/* Who wants a password names its owner alone, and as the one who gets mails. */
static bool is_bait(const struct mail_bounce_notice *n)
{
    if (!n->party.only_reader || n->party.from_reader || n->proven)
        return false;
    if (n->word_claim == 0)
        return true;
    return n->sender.envelope == 0 &&
           (n->sender.identity != MAIL_BOUNCE_BY_DAEMON ||
            (mail_other_is_of_many(n->words) &&
             (!mail_other_is_of_sent(n->words) || mail_other_is_of_readers_own(n->words))));
}

/* The words in which a person is looked for: not those that a server is quoted with, which asks and
 * tells likewise. What a mail program opens with is its own down to there, and below what a
 * server's address lists it gives its own advice; a postmaster who writes a letter is a person. */
static const char *persons_words(const struct mail_bounce_notice *n)
{
    struct arena *a = n->in->arena;
    struct span above = mail_bounce_above_refusals(n->text, n->sender.nobodys), below = n->text;

    if (n->sender.identity == MAIL_BOUNCE_BY_DAEMON && n->subject_claim == 2 &&
        (n->told || n->named || n->replied) &&
        (n->sender.nobodys || !mail_other_is_letter(n->words)))
        return words_of(a, above);
    if (n->opening >= MAIL_BOUNCE_OPENING_KNOWN && above.len < n->text.len)
        below = (struct span){ n->text.ptr + above.len, n->text.len - above.len };
    return words_of(a, mail_bounce_without_speech(a, below));
}

/* Who has no server's mark, and could be one, tells or asks something. */
static bool is_of_person(const struct mail_bounce_notice *n)
{
    if (n->sender.envelope > 0 || mail_header_has(&n->root->header, "X-Failed-Recipients"))
        return false;
    if (n->sender.nobodys && came_back(n))
        return false;
    if (n->opening == MAIL_BOUNCE_OPENING_BELOW && n->sender.identity == MAIL_BOUNCE_BY_ANYBODY)
        return true; /* his own words stand above what he pasted */
    return mail_other_is_person(&n->root->header, persons_words(n), n->sender.nobodys) ||
           (!n->sender.nobodys && !n->no_reply && n->opening < MAIL_BOUNCE_OPENING_KNOWN &&
            (mail_other_asks_first(n->in->arena, n->text) ||
             mail_other_greets_first(n->in->arena, n->text)));
}

/* Is it something else that is said in the words of bounces? A server's proof says no. */
static bool is_other(const struct mail_bounce_notice *n, const struct mail_bounce_refusal *r)
{
    const struct mail_header *h = &n->root->header;

    if (is_report_of_other_kind(n->root) || (n->sender.nowhere && !n->of_sent))
        return true; /* of a parcel, too, nobody may write */
    if (is_of_person(n))
        return true;
    if (!came_back(n) && n->report == NULL && !mail_header_has(h, "X-Failed-Recipients") &&
        mail_other_is_statistics(n->subject, n->words, n->text))
        return true;
    if (is_bait(n) || (!came_back(n) && n->report == NULL && mail_other_is_session(n->words)))
        return true;
    if (r->fields || r->reply || n->report != NULL)
        return false;
    return mail_other_asks_proof(n->words) ||
           (!came_back(n) && mail_other_is_own_mailbox(n->subject, n->words));
}

/* Parcels are delivered too: a server's mark, and more than words and an address below them. */
static bool is_arrival(const struct mail_bounce_notice *n, const struct mail_bounce_refusal *r)
{
    static const char *const forms[] = { "delivered: ",      "relayed: ",       "zugestellt: ",
                                         "weitergeleitet: ", "remis : ",        "relayé : ",
                                         "entregado: ",      "retransmitido: ", NULL };
    bool proof = mail_words_begin(n->subject, forms) != NULL || r->fields || n->report != NULL ||
                 came_back(n) || mail_words_find(n->subject, mail_other_arrived) != NULL;

    return (n->sender.identity == MAIL_BOUNCE_BY_DAEMON || n->sender.envelope > 0) && n->named &&
           proof && mail_other_is_arrival(n->subject, n->words);
}

static enum mail_delivery by_evidence(struct mail_bounce_notice *n,
                                      const struct mail_bounce_refusal *r)
{
    judge_claims(n);
    judge_facts(n, r);
    if (is_rejection(&n->root->header) || n->refused)
        return MAIL_DELIVERY_FAILED;
    if (by_certified(n) != MAIL_DELIVERY_NONE)
        return by_certified(n);
    if (is_other(n, r))
        return MAIL_DELIVERY_NONE;
    if (is_arrival(n, r))
        return MAIL_DELIVERY_DONE;
    if (!mail_bounce_is_enough(n) && !mail_header_has(&n->root->header, "X-Failed-Recipients"))
        return n->sender.identity == MAIL_BOUNCE_BY_DAEMON && says_delayed(n) &&
                       (n->named || n->party.others || n->sender.envelope > 0 || n->replied ||
                        mail_other_is_of_sent(n->words))
                   ? MAIL_DELIVERY_DELAYED
                   : MAIL_DELIVERY_NONE;
    return says_delayed(n) && !says_final(n) ? MAIL_DELIVERY_DELAYED : MAIL_DELIVERY_FAILED;
}

/* Is what came back the reader's, from one who takes no answers or has a server's name? */
static bool is_own_back(const struct mail_bounce_notice *n)
{
    struct mail_header h;
    struct span from;

    if (n->returned == NULL || (!n->no_reply && n->sender.identity != MAIL_BOUNCE_BY_NAME))
        return false;
    mail_bounce_returned_read(n->in->arena, n->returned, (struct span){ "", 0 }, &h);
    from = mail_bounce_address_in(mail_header_find(&h, "From"));
    return from.len > 0 && mail_bounce_is_reader(n->in, from);
}

/* Worth a closer look: a server's mark anywhere, or a subject that claims something. */
static bool is_suspect(struct mail_bounce_notice *n)
{
    return n->sender.identity != MAIL_BOUNCE_BY_ANYBODY || n->sender.envelope > 0 ||
           n->report != NULL || (n->no_reply && n->own_back) || n->refused ||
           strcmp(n->root->type, "multipart/report") == 0 ||
           mail_header_has(&n->root->header, "X-Failed-Recipients") ||
           mail_header_has(&n->root->header, "X-Ricevuta") || n->in->text[0] == '{' ||
           mail_words_find_plain(n->subject, mail_words_failed_subject) != NULL ||
           mail_words_find(n->subject, mail_words_status_subject) != NULL;
}

/* A gateway wraps the notice that a server wrote to the reader into one of its own, which names
 * nobody: that one says whom the mail did not reach. One to somebody else is about his mail. */
static void look_within(struct mail_bounce_notice *n, struct mail_bounce_report *report)
{
    const struct mail_part *within = mail_bounce_returned_notice(n->in, n->returned);

    if (within == NULL)
        return;
    mail_bounce_reports_read(within, REPORT_LEVELS, n->in, report);
    if (report->recipient != NULL)
        n->returned = mail_part_find(within, mail_bounce_returned_types, REPORT_LEVELS);
}

static void fill(const struct mail_bounce_notice *n, const struct mail_bounce_report *report,
                 const struct mail_bounce_refusal *r)
{
    struct inbound_failed *out = &n->in->failed;
    struct arena *a = n->in->arena;
    struct mail_header h;

    out->recipient = report->recipient;
    out->action = report->action;
    out->status = report->status;
    if (out->recipient == NULL)
        out->recipient =
            mail_bounce_typed_address(a, mail_header_find(&n->root->header, "X-Failed-Recipients"));
    if (out->status == NULL && r->status.len > 0)
        out->status = arena_strndup(a, r->status.ptr, r->status.len);
    mail_bounce_returned_read(n->in->arena, n->returned, n->inline_returned, &h);
    if (out->recipient == NULL && !n->refused) /* a list names others, to tell what to do */
        out->recipient = mail_bounce_whom(n->in, n->text, &h);
    out->message_id = id_of(a, &h, "Message-ID");
    if (out->message_id == NULL)
        out->message_id = n->in->in_reply_to;
}

/* Whose mailbox refused it. */
static void read_disposition(struct mail_bounce_notice *n, struct mail_bounce_report *report)
{
    static const char *const types[] = { "message/disposition-notification", NULL };
    const struct mail_part *part = mail_part_find(n->root, types, REPORT_LEVELS);

    if (part != NULL)
        mail_bounce_report_read(part, n->in, report);
}

/* The words that are the writer's own. A server is taken at all its words: who could be a person,
 * and whose subject says that he passes on or answers, at what stands above. */
static const char *own_words(const struct mail_bounce_notice *n)
{
    bool server = n->sender.nobodys || n->sender.envelope > 0 ||
                  (n->sender.identity != MAIL_BOUNCE_BY_ANYBODY &&
                   mail_words_begin(n->subject, mail_words_reply_prefix) == NULL);

    return server ? n->in->text : n->in->reply_text;
}

enum mail_delivery mail_bounce_read(const struct mail_part *root, struct inbound *in)
{
    struct mail_bounce_notice n = { .root = root, .in = in };
    struct mail_bounce_report report = { 0 };
    struct mail_bounce_refusal refusal = { 0 };
    enum mail_delivery verdict;

    n.of_form = is_delivery_report(root);
    n.report = mail_part_find(root, mail_bounce_report_types, REPORT_LEVELS);
    n.returned = mail_part_find(root, mail_bounce_returned_types, REPORT_LEVELS);
    n.subject = mail_words_fold(in->arena, span_of(in->subject));
    mail_bounce_sender_judge(&root->header, in, &n.sender);
    n.no_reply = mail_sender_is_no_reply(in->sender.value);
    n.own_back = is_own_back(&n);
    n.refused = mail_bounce_list_refuses(&root->header, in, &report.recipient);
    if (!is_suspect(&n))
        return MAIL_DELIVERY_NONE;
    cut_notice(&n, own_words(&n));
    mail_bounce_refusal_read(in->arena, n.text, &refusal);
    mail_bounce_party_read(in, n.text, &n.party);
    if (n.report != NULL && (n.report == root || n.sender.identity == MAIL_BOUNCE_BY_DAEMON ||
                             strcmp(root->type, "multipart/report") == 0)) {
        verdict = by_report(&n, &report);
        if (verdict == MAIL_DELIVERY_FAILED && (is_held(&n, &report) || is_empty_form(&n, &report)))
            verdict = MAIL_DELIVERY_NONE;
    } else {
        n.facts += n.of_form ? 2 : 0;
        verdict = by_notification(&n, &report);
        if (verdict == MAIL_DELIVERY_NONE)
            verdict = by_evidence(&n, &refusal);
        if (verdict != MAIL_DELIVERY_NONE && n.report != NULL)
            verdict = by_report(&n, &report);
        else if (verdict != MAIL_DELIVERY_NONE && report.recipient == NULL)
            mail_bounce_reports_read(root, REPORT_LEVELS, in, &report);
        if (n.report == NULL && is_rejection(&root->header))
            read_disposition(&n, &report);
    }
    if (verdict != MAIL_DELIVERY_NONE && report.recipient == NULL && !n.refused)
        look_within(&n, &report);
    if (verdict != MAIL_DELIVERY_NONE)
        fill(&n, &report, &refusal);
    return verdict;
}
