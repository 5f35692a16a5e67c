#include "channels/mail_kind.h"

#include <string.h>
#include <strings.h>

#include "channels/mail.h"
#include "channels/mail_bounce.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_sender.h"
#include "channels/mail_words.h"
#include "core/arena.h"

static bool is_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (s.len == strlen(*words) && strncasecmp(s.ptr, *words, s.len) == 0)
            return true;
    return false;
}

/* The first word of a value: what stands before a blank, a semicolon or a comment. */
static struct span first_word(struct span s)
{
    size_t n = 0;

    while (n < s.len && strchr(" \t\r\n;,(", s.ptr[n]) == NULL)
        n++;
    return (struct span){ s.ptr, n };
}

/* --- senders
 * ------------------------------------------------------------------------------------------ */

static bool is_daemon(const char *address)
{
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "-_.", local);
    return strcmp(local, "mailerdaemon") == 0 || strcmp(local, "postmaster") == 0;
}

static bool is_no_reply(const char *address)
{
    static const char *const words[] = { "noreply", "donotreply", "dontreply", "nereply", NULL };
    const char *const *w;
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "-_.", local);
    for (w = words; *w != NULL; w++)
        if (strstr(local, *w) != NULL)
            return true;
    return false;
}

/* --- machines (B-07)
 * ---------------------------------------------------------------------------------- */

/* Exchange has a list of what may not come back. Receipts (DR, RN, NRN) persons decline, too. */
static bool wants_no_answer(struct span list)
{
    static const char *const kinds[] = { "all", "oof", "autoreply", NULL };
    struct span word;

    while (list.len > 0) {
        word = first_word(list);
        if (is_any(word, kinds))
            return true;
        word.len += word.len < list.len;
        list = (struct span){ list.ptr + word.len, list.len - word.len };
    }
    return false;
}

/* iCloud's answer while its user is away has no other mark. */
static bool is_vacation(const struct mail_header *h)
{
    return span_begins(mail_header_find(h, "X-Apple-Action"), "vacation");
}

static bool says_automatic(const struct mail_header *h)
{
    static const char *const bulk[] = { "bulk", "list", "junk", "auto_reply", "auto-reply", NULL };
    static const char *const marks[] = { "List-Id",        "List-Unsubscribe",
                                         "X-Autoreply",    "X-Autorespond",
                                         "X-Autoresponse", "X-Loop",
                                         "X-Relevo-Loop",  NULL };
    struct span s = first_word(mail_header_find(h, "Auto-Submitted"));
    const char *const *m;

    if (s.len > 0 && !is_any(s, (const char *const[]){ "no", NULL }))
        return true;
    if (wants_no_answer(mail_header_find(h, "X-Auto-Response-Suppress")) || is_vacation(h))
        return true;
    if (is_any(first_word(mail_header_find(h, "Precedence")), bulk) ||
        is_any(first_word(mail_header_find(h, "X-Precedence")), bulk))
        return true;
    for (m = marks; *m != NULL; m++)
        if (mail_header_has(h, *m))
            return true;
    return false;
}

/* --- natures
 * ------------------------------------------------------------------------------------------ */

enum { OPENING_MAX = 2000 }; /* bytes of text in which a program says what it wants */

static bool holds(struct span s, const char *word)
{
    return memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

static const struct mail_part *part_of(const struct mail_part *p, const char *type, int depth)
{
    const struct mail_part *found = strcmp(p->type, type) == 0 ? p : NULL;
    size_t i;

    for (i = 0; found == NULL && depth < 3 && i < p->count; i++)
        found = part_of(p->parts[i], type, depth + 1);
    return found;
}

static bool is_report(const struct mail_part *root)
{
    return strcmp(root->type, "multipart/report") == 0;
}

/* A report of that sort (RFC 6522), also one whose second part is lost. */
static bool is_report_of(const struct mail_part *root, const char *type)
{
    const char *kind = strchr(type, '/') + 1;

    return is_report(root) && (part_of(root, type, 0) != NULL ||
                               holds(mail_header_find(&root->header, "Content-Type"), kind));
}

/* An answer to an invitation (RFC 5546 3.2.3, 3.2.7). */
static bool answers_invitation(struct arena *a, const struct mail_part *root)
{
    const struct mail_part *p = part_of(root, "text/calendar", 0);
    const char *method;

    if (p == NULL)
        return false;
    method = mail_param_text(a, &p->content_type, "method", NULL, 20);
    return method != NULL &&
           (strcasecmp(method, "reply") == 0 || strcasecmp(method, "counter") == 0);
}

/* "Automatic reply: your order", "Abwesenheitsnotiz": the form alone, with a colon or nothing
 * behind it, is a program's. With a program's mark any wording of absence will do. */
static bool is_out_of_office(const struct mail_header *h, const struct inbound *in)
{
    const char *subject = mail_words_fold(in->arena, span_of(in->subject));
    const char *form = mail_words_begin(subject, mail_words_auto_reply);
    const char *after;

    if (form != NULL) {
        for (after = subject + strlen(form); *after == ' '; after++)
            ;
        if (*after == '\0' || *after == ':' || strncmp(after, "\xef\xbc\x9a", 3) == 0)
            return true;
    }
    if (strncmp(subject, "auto:", 5) == 0 && mail_words_find(subject, mail_words_absence) != NULL)
        return true;
    return in->automatic &&
           (form != NULL || mail_words_find(subject, mail_words_absence) != NULL ||
            mail_header_has(h, "X-Autoreply") || mail_header_has(h, "X-Autorespond") ||
            is_vacation(h) || holds(mail_header_find(h, "Auto-Submitted"), "vacation"));
}

/* Asks its reader to open a link before the mail is let in. */
static bool is_challenge(const struct inbound *in)
{
    struct span opening = span_of(in->text);
    const char *words;

    opening.len = text_cut(opening, OPENING_MAX);
    if (!holds(opening, "http"))
        return false;
    words = mail_words_fold(in->arena, opening);
    return mail_words_find(words, mail_words_challenge) != NULL;
}

static bool is_of_list(const struct mail_header *h)
{
    return mail_header_has(h, "List-Id") || mail_header_has(h, "List-Post") ||
           is_any(first_word(mail_header_find(h, "Precedence")),
                  (const char *const[]){ "list", NULL });
}

static enum inbound_nature nature_of(const struct mail_part *root, const struct inbound *in)
{
    const struct mail_header *h = &root->header;

    if (is_report_of(root, "message/feedback-report"))
        return INBOUND_FEEDBACK;
    if (is_report_of(root, "message/disposition-notification"))
        return INBOUND_READ;
    if (answers_invitation(in->arena, root))
        return INBOUND_CALENDAR_REPLY;
    if (is_challenge(in))
        return INBOUND_CHALLENGE;
    if (is_out_of_office(h, in))
        return INBOUND_OUT_OF_OFFICE;
    if (is_of_list(h))
        return INBOUND_OF_LIST;
    return in->automatic ? INBOUND_BY_MACHINE : INBOUND_BY_PERSON;
}

/* --- spam, as the receiving server marks it
 * ----------------------------------------------------------- */

/* Exchange's confidence, -1 to 9: what it files as junk has 5 and more. */
static bool has_junk_level(struct span value)
{
    return value.len == 1 && value.ptr[0] >= '5' && value.ptr[0] <= '9';
}

static bool is_marked_spam(const struct mail_header *h)
{
    static const struct {
        const char *field, *begins;
    } marks[] = {
        { "X-Spam-Flag", "yes" },
        { "X-Spam-Status", "yes" },
        { "X-Spam", "yes" },
        { "X-Barracuda-Spam-Flag", "yes" },
        { "X-Spamd-Result", "default: true" },
        { "X-Rspamd-Action", "add header" },
        { "X-Rspamd-Action", "rewrite subject" },
        { "X-Rspamd-Action", "reject" },
        { "X-DSPAM-Result", "spam" },
        { "X-Bogosity", "spam" },
        { "X-Bogosity", "yes" },
        { "X-CRM114-Status", "spam" },
        { "X-Proofpoint-Spam-Details", "rule=spam" },
    };
    size_t i;

    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (span_begins(mail_header_find(h, marks[i].field), marks[i].begins))
            return true;
    return has_junk_level(mail_header_find(h, "X-MS-Exchange-Organization-SCL")) ||
           holds(mail_header_find(h, "X-Forefront-Antispam-Report"), "SFV:SPM");
}

/* --- ours
 * --------------------------------------------------------------------------------------------- */

static bool is_listed(struct span word, const char *list)
{
    size_t n;

    for (; *list != '\0'; list += n + (list[n] != '\0')) {
        n = strcspn(list, " ");
        if (n > 0 && n == word.len && memcmp(word.ptr, list, n) == 0)
            return true;
    }
    return false;
}

static bool is_echo(const struct mail_header *h, const char *loop_ids)
{
    struct span s;
    size_t at = 0;

    while (loop_ids != NULL && mail_header_next(h, "X-Relevo-Loop", &at, &s))
        if (is_listed(first_word(s), loop_ids))
            return true;
    return false;
}

void mail_kind_read(const struct mail_part *root, const struct mail_options *o, struct inbound *in)
{
    static const enum inbound_nature natures[] = {
        [MAIL_DELIVERY_FAILED] = INBOUND_BOUNCE,
        [MAIL_DELIVERY_DELAYED] = INBOUND_DELAYED,
        [MAIL_DELIVERY_DONE] = INBOUND_DELIVERED,
    };
    const struct mail_header *h = &root->header;
    enum mail_delivery told = mail_bounce_read(root, in);

    in->echo = is_echo(h, o->loop_ids);
    in->spam = is_marked_spam(h);
    in->bounce = told == MAIL_DELIVERY_FAILED || told == MAIL_DELIVERY_DELAYED;
    in->automatic = told != MAIL_DELIVERY_NONE || is_daemon(in->sender.value) ||
                    is_no_reply(in->sender.value) || says_automatic(h) ||
                    mail_sender_is_null(h, "<mailer-daemon>") || is_report(root);
    in->nature = told != MAIL_DELIVERY_NONE ? natures[told] : nature_of(root, in);
}
