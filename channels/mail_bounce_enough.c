#include "channels/mail_bounce_enough.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_bounce_other.h"
#include "channels/mail_bounce_refusal.h"
#include "channels/mail_bounce_returned.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

enum { FIELD_MAX = 2000 }; /* bytes of whom a mail was for */

/* Somebody passes on the notice that he got: the mail within is the bounce, not this one. */
static bool passes_one_on(const struct mail_bounce_notice *n)
{
    struct mail_header h;
    struct span from;

    if (n->returned == NULL || n->sender.identity == MAIL_BOUNCE_BY_DAEMON ||
        (n->sender.identity == MAIL_BOUNCE_BY_NAME && n->sender.envelope > 0))
        return false;
    mail_bounce_returned_read(n->in->arena, n->returned, n->inline_returned, &h);
    from = mail_header_find(&h, "From");
    return mail_words_find(mail_words_fold(n->in->arena, from), mail_words_daemon) != NULL ||
           span_begins(mail_header_find(&h, "Content-Type"), "multipart/report");
}

/* From an address that no person has, it tells of a mail of the reader's and names somebody: that
 * it failed, or why, is enough, for no table has the words of all servers. */
static bool is_told_by_nobody(const struct mail_bounce_notice *n, int claim)
{
    return n->sender.nobodys && n->party.third && !n->party.only_ours &&
           mail_other_is_of_sent(n->words) &&
           (claim >= 2 || n->reason || mail_words_find_plain(n->words, mail_words_unknown) != NULL);
}

/* A daemon's own address. A postmaster is a person too, who writes of what was rejected: unless
 * the subject says that a mail failed, the mail or its recipient is named. */
static bool is_enough_of_daemon(const struct mail_bounce_notice *n)
{
    int claim = n->subject_claim + n->word_claim;

    return (n->subject_claim == 2 && (n->word_claim > 0 || n->hard || n->named)) ||
           (n->named && n->of_server && n->sender.envelope > 0 && claim >= 2) ||
           (n->named && claim >= 2 && (claim >= 3 || n->facts >= 2)) ||
           (n->named && n->hard && n->facts >= 3) || is_told_by_nobody(n, claim);
}

static bool is_in(struct span field, struct span address)
{
    size_t i;

    field.len = field.len < FIELD_MAX ? field.len : FIELD_MAX;
    for (i = 0; address.len > 0 && i + address.len <= field.len; i++)
        if (strncasecmp(field.ptr + i, address.ptr, address.len) == 0)
            return true;
    return false;
}

/* Whom the mail that came back was for stands by himself, or behind words that say that it failed.
 */
static bool is_of_recipient(const struct mail_bounce_notice *n)
{
    struct mail_header h;
    struct span line;
    size_t at = 0;

    mail_bounce_returned_read(n->in->arena, n->returned, n->inline_returned, &h);
    while (span_line(n->text, &at, &line)) {
        struct span s = span_trim(line), address = mail_bounce_address_in(s);

        if (is_in(mail_header_find(&h, "To"), address) &&
            (s.len <= address.len + 2 ||
             mail_bounce_leads_up(
                 mail_words_fold(n->in->arena,
                                 (struct span){ s.ptr, (size_t)(address.ptr - s.ptr) }),
                 ".;!?")))
            return true;
    }
    return false;
}

/* Whoever takes no answers is no server yet: it returns the reader's mail, and says that it failed,
 * of a mail in its subject or of whom that was for. */
static bool is_enough_of_no_reply(const struct mail_bounce_notice *n)
{
    return n->no_reply && n->own_back && n->word_claim > 0 &&
           ((n->subject_claim == 2 &&
             (mail_other_is_of_sent(n->words) || mail_other_is_of_one(n->subject, n->words))) ||
            n->told || n->judged || is_of_recipient(n));
}

/* Whoever says that he is a program is a server where he says whom the reader's mail did not reach.
 * That it was one of ours a customer could paste as well, unless nothing comes back to him. */
static bool is_enough_of_automatic(const struct mail_bounce_notice *n)
{
    return n->automatic && n->told && n->subject_claim == 2 && n->word_claim > 0 &&
           mail_other_is_of_sent(n->words) && !mail_other_is_letter(n->words) &&
           (!n->party.only_ours || n->party.writer_ours || n->sender.envelope >= 2 || n->no_reply);
}

/* "Your message did not reach", in one sentence. */
static bool is_of_sent_that_failed(const struct mail_bounce_notice *n)
{
    const char *const *w;
    const char *p;

    for (w = mail_other_sent; *w != NULL; w++)
        if ((p = strstr(n->words, *w)) != NULL &&
            mail_words_find(arena_strndup(n->in->arena, p, strcspn(p, ".,;!?")),
                            mail_words_failed) != NULL)
            return true;
    return false;
}

/* A postmaster may have the name of a role, "Network Manager": the subject says that it failed, and
 * the words whose mail it was and whom it did not reach. */
static bool is_enough_of_postmaster(const struct mail_bounce_notice *n)
{
    return n->sender.postmaster && n->subject_claim == 2 && n->named && is_of_sent_that_failed(n) &&
           mail_words_find(n->words, mail_other_recipients) != NULL &&
           !mail_other_is_letter(n->words);
}

/* "Failed to deliver following message", in one sentence: no parcel. */
static bool is_of_mail_that_failed(const struct mail_bounce_notice *n)
{
    const char *p = n->words;

    while (*p != '\0') {
        size_t len = strcspn(p, ".;!?");
        const char *sentence;

        while (p[len] != '\0' && p[len + 1] != ' ' && p[len + 1] != '\0')
            len += 1 + strcspn(p + len + 1, ".;!?");
        sentence = arena_strndup(n->in->arena, p, len);
        if (mail_words_find(sentence, mail_words_failed) != NULL &&
            mail_words_find(sentence, mail_other_one) != NULL)
            return true;
        p += len + (p[len] != '\0');
    }
    return false;
}

/* Whoever has a program's address and writes of a failure is a server where it was a mail that
 * failed: the reader's in one sentence, or one to somebody who is named. */
static bool is_enough_of_program(const struct mail_bounce_notice *n)
{
    return n->sender.program && n->subject_claim == 2 && n->word_claim > 0 && !n->party.only_ours &&
           mail_words_begin(n->subject, mail_words_reply_prefix) == NULL &&
           (is_of_sent_that_failed(n) || ((n->told || n->named) && is_of_mail_that_failed(n))) &&
           !mail_other_is_letter(n->words);
}

/* "Network Manager", no name at all, an address in its place. */
static bool is_by_no_person(const struct mail_bounce_notice *n)
{
    static const char *const roles[] = { "network manager", "mail agent", "local agent", NULL };
    const char *name = n->in->sender.name;

    if (name == NULL || strchr(name, '@') != NULL)
        return true;
    name = mail_words_fold(n->in->arena, span_of(name));
    return mail_words_find(name, mail_words_daemon) != NULL || mail_words_find(name, roles) != NULL;
}

/* Whoever opens as a mail program does, with a subject that says so, and names somebody whom it did
 * not reach, who is none of ours: a customer whose mail we refused has such a notice. */
static bool is_enough_of_opening(const struct mail_bounce_notice *n)
{
    if (n->opening < MAIL_BOUNCE_OPENING_KNOWN || n->subject_claim != 2 || n->sender.of_bulk ||
        !is_by_no_person(n) || mail_words_begin(n->subject, mail_words_reply_prefix) != NULL ||
        (n->party.only_ours && !n->party.writer_ours) || mail_other_is_letter(n->words))
        return false;
    return n->opening == MAIL_BOUNCE_OPENING_WHOLE ||
           (n->party.third && (n->told || n->named || n->of_server));
}

/* A server's name is enough with facts; where its subject says that it failed, also where it
 * returns the reader's mail, or says so of it and nothing goes back. */
static bool is_enough_by_name(const struct mail_bounce_notice *n, int claim)
{
    if (n->own_back && n->subject_claim == 2 && mail_other_is_of_one(n->subject, n->words) &&
        !mail_other_is_letter(n->words))
        return true;
    if (n->sender.envelope >= 2 && n->subject_claim == 2 && is_of_sent_that_failed(n) &&
        !mail_other_is_letter(n->words))
        return true;
    if (is_enough_of_postmaster(n))
        return true;
    return claim >= 2 && n->hard && (n->sender.envelope > 0 || n->named || n->told) &&
           (n->subject_claim > 0 || n->facts >= 3) && n->sender.envelope + claim + n->facts >= 4;
}

/* Programs report what became of others' mails, in the words of the servers that they watch. */
static bool is_told_by_others(const struct mail_bounce_notice *n)
{
    if (n->sender.identity == MAIL_BOUNCE_BY_NAME)
        return n->sender.envelope == 0 && !n->replied;
    return n->sender.envelope == 1;
}

/* Gateways write in a server's name also that somebody is away, with his address in a report's
 * form: nothing in it failed. */
static bool is_absence(const struct mail_bounce_notice *n)
{
    return n->word_claim == 0 && !n->replied && n->report == NULL &&
           mail_words_begin(n->subject, mail_words_auto_reply) != NULL;
}

/* Neither a sender's name nor a subject is enough: both are forged by those who want to be read. */
bool mail_bounce_is_enough(const struct mail_bounce_notice *n)
{
    int claim = n->subject_claim + n->word_claim;

    if (passes_one_on(n) || is_absence(n))
        return false;
    if (n->of_form && claim >= 2)
        return true;
    if (n->sender.identity == MAIL_BOUNCE_BY_DAEMON)
        return is_enough_of_daemon(n);
    if (n->sender.of_list && !n->sender.to_return_path)
        return false; /* what came back is in it, not its own header */
    if (is_enough_of_automatic(n) || is_enough_of_opening(n) ||
        (is_enough_of_program(n) && !n->sender.of_bulk))
        return true;
    if (!n->of_sent && !n->sender.to_return_path && is_told_by_others(n))
        return false;
    if (n->sender.identity == MAIL_BOUNCE_BY_NAME)
        return is_enough_by_name(n, claim);
    if (mail_words_begin(n->subject, mail_words_auto_reply) != NULL)
        return false;
    if (n->sender.of_bulk && !n->sender.to_return_path)
        return false; /* of a ticket, of a log: those who subscribed are told */
    if (is_enough_of_no_reply(n))
        return true;
    if (n->sender.envelope == 1 && !n->named && !n->replied)
        return false; /* a parcel may come back, too */
    if (n->sender.envelope > 0)
        return n->hard &&
               ((claim >= 3 && (n->facts >= 1 || n->told)) || (claim >= 2 && n->facts >= 3));
    return n->named && n->of_server && claim >= 3 && n->facts >= 2 &&
           (!n->party.only_ours || n->complete) && !mail_other_is_letter(n->words);
}
