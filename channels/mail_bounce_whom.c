#include "channels/mail_bounce_whom.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_bounce_party.h"
#include "channels/mail_bounce_refusal.h"
#include "channels/mail_header.h"
#include "channels/mail_sender.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

enum {
    LED_LINES = 4, /* below the sentence that leads up to a list */
    NAME_MAX = 64, /* bytes of an address's local part */
    BEFORE_MAX = 60,
};

/* The better the more surely it is he. */
enum rank { NOBODY, IS_READER, OF_SUMMARY, IN_SENTENCE, LISTED, LED_UP_TO };

struct whom {
    struct inbound *in;
    enum rank rank;
    struct span address; /* of that rank, the first one */
    struct span name;    /* a lone word below a leading sentence: a user of the server's own */
    int led;             /* lines that may still be of the list */
    bool led_to_persons; /* the sentence speaks of those who are listed, not of reasons */
};

/* The first address of the line that is not the reader's, else his. */
static struct span address_of(const struct inbound *in, struct span line)
{
    struct span first = mail_bounce_address_in(line), next = first;

    while (next.len > 0 && mail_bounce_is_reader(in, next)) {
        line.len -= (size_t)(next.ptr + next.len - line.ptr);
        line.ptr = next.ptr + next.len;
        next = mail_bounce_address_in(line);
    }
    return next.len > 0 ? next : first;
}

/* "To: a@b.org", "from a@b.org": repeats what is known of the mail. */
static bool is_of_summary(struct span line)
{
    static const char *const keys[] = { "to:",
                                        "cc:",
                                        "from:",
                                        "sender:",
                                        "reply-to:",
                                        "from ",
                                        "an:",
                                        "von:",
                                        "para:",
                                        "de:",
                                        "a:",
                                        "da:",
                                        "aan:",
                                        "van:",
                                        "от:",
                                        "кому:",
                                        "à:",
                                        "à :",
                                        "de :",
                                        "宛先:",
                                        "收件人:",
                                        "subject: ",
                                        "received from ",
                                        NULL };

    return span_begins_any(line, keys);
}

/* Words right before the address that say that the mail was for it. */
static bool is_spoken_of(struct arena *a, struct span line, struct span address)
{
    static const char *const words[] = { "deliver", "recipient", "mailbox", "allowed size",
                                         "account", "user",      NULL };
    size_t before = (size_t)(address.ptr - line.ptr),
           skip = before > BEFORE_MAX ? before - BEFORE_MAX : 0;

    return mail_bounce_is_addressed(a, line, address) ||
           mail_words_find(mail_words_fold(a, (struct span){ line.ptr + skip, before - skip }),
                           words) != NULL;
}

static enum rank rank_of(const struct whom *w, struct span line, struct span address)
{
    static const char *const ids[] = { "message id", "message-id", "messageid", NULL };

    if (address.len == 0 || mail_bounce_is_masked(address) || mail_bounce_is_of_the_sender(line) ||
        span_holds_any((struct span){ line.ptr, (size_t)(address.ptr - line.ptr) }, ids))
        return NOBODY;
    if (mail_bounce_is_reader(w->in, address))
        return !is_of_summary(line) && mail_bounce_is_about(line, address) ? IS_READER : NOBODY;
    if (w->led > 0)
        return LED_UP_TO;
    if (is_of_summary(line))
        return OF_SUMMARY;
    if (mail_bounce_is_about(line, address))
        return LISTED;
    return mail_bounce_is_told(w->in->arena, line, address) ||
                   is_spoken_of(w->in->arena, line, address)
               ? IN_SENTENCE
               : NOBODY;
}

/* "did not reach the following recipient(s):" */
static void take_lead(struct whom *w, struct span line)
{
    static const char *const persons[] = { "recipient", "address", NULL };
    const char *folded;

    w->led -= w->led > 0;
    if (line.ptr[line.len - 1] != ':')
        return;
    folded = mail_words_fold(w->in->arena, line);
    if (mail_words_find(folded, mail_words_failed) == NULL)
        return;
    w->led = LED_LINES;
    w->led_to_persons = mail_words_find(folded, persons) != NULL;
}

static bool is_lone_name(struct span line)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return line.len > 1 && line.len <= NAME_MAX &&
           strspn(line.ptr, letters) >= line.len; /* the text goes on behind it */
}

static void read_line(struct whom *w, struct span line)
{
    struct span address = address_of(w->in, line);
    enum rank rank = rank_of(w, line, address);

    if (rank > w->rank) {
        w->rank = rank;
        w->address = address;
    }
    if (w->led == LED_LINES && w->led_to_persons && w->name.len == 0 && is_lone_name(line))
        w->name = line;
    take_lead(w, line);
}

/* A user of the server that writes: "screenname" of mailer-daemon@aol.example. */
static const char *with_domain(const struct whom *w)
{
    const char *at = strchr(w->in->sender.value, '@');
    struct text_buffer b = { 0 };
    const char *out;

    if (at == NULL)
        return NULL;
    text_buffer_add(&b, w->name.ptr, w->name.len);
    text_buffer_puts(&b, at);
    out = inbound_email(w->in->arena, (struct span){ b.ptr, b.len });
    text_buffer_clear(&b);
    return out;
}

/* Whom the mail that came back was for, where that is one. A notice within it went to its writer.
 */
static struct span only_recipient(const struct inbound *in, const struct mail_header *returned)
{
    struct span to = mail_header_find(returned, "To"), s = mail_bounce_address_in(to);
    struct span none = { "", 0 };
    size_t i, ats = 0;

    if (mail_words_find(mail_words_fold(in->arena, mail_header_find(returned, "From")),
                        mail_words_daemon) != NULL)
        return none;
    for (i = 0; i < to.len; i++)
        ats += to.ptr[i] == '@';
    return ats == 1 && s.len > 0 && !mail_bounce_is_masked(s) && !mail_bounce_is_reader(in, s)
               ? s
               : none;
}

const char *mail_bounce_whom(struct inbound *in, struct span text,
                             const struct mail_header *returned)
{
    struct whom w = { .in = in, .address = { "", 0 }, .name = { "", 0 } };
    struct span line, to;
    size_t at = 0;

    while (span_line(text, &at, &line)) {
        line = span_trim(line);
        if (line.len > 0)
            read_line(&w, line);
    }
    to = only_recipient(in, returned);
    if (w.rank <= IS_READER && to.len == 0 && w.name.len > 0)
        return with_domain(&w);
    if (w.rank <= OF_SUMMARY && to.len > 0)
        w.address = to;
    return w.address.len > 0 && w.address.len <= INBOUND_ADDRESS_MAX
               ? inbound_email(in->arena, w.address)
               : NULL;
}
