#include "channels/mail_bounce_sender.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_header.h"
#include "channels/mail_sender.h"
#include "channels/mail_words.h"
#include "core/arena.h"
#include "core/inbound.h"

/* What a list's members write to each other of bounces comes from the list. */
static bool is_of_a_list(const struct mail_header *h)
{
    return mail_header_has(h, "List-Id") || mail_header_has(h, "List-Post") ||
           mail_header_has(h, "List-Unsubscribe");
}

/* "Ana Bo <postmaster@b.org>": a postmaster is a person, too. */
static bool is_named_person(struct arena *a, const struct mail_header *h, const char *address)
{
    struct span from = mail_header_find(h, "From");
    const char *mark = memchr(from.ptr, '<', from.len), *name;

    if (strncasecmp(address, "postmaster@", 11) != 0 || mark == NULL)
        return false;
    from.len = (size_t)(mark - from.ptr);
    name = mail_words_fold(a, span_of(mail_header_text(a, from, NULL, 300)));
    return strchr(name, ' ') != NULL && strchr(name, '@') == NULL &&
           mail_words_find(name, mail_words_daemon) == NULL;
}

/* No field says who wrote it, and nothing can be sent back. */
static bool is_nowhere(const struct mail_header *h, const struct inbound *in)
{
    return strcmp(in->sender.kind, "nobody") == 0 && !mail_header_has(h, "From") &&
           mail_sender_is_null(h, "<mailer-daemon");
}

static enum mail_bounce_identity identity_of(const struct mail_header *h, const char *address,
                                             bool nowhere, struct arena *a)
{
    struct span from = mail_header_find(h, "From");
    const char *shown = mail_words_fold(a, span_of(mail_header_text(a, from, NULL, 300)));

    /* "postmaster-dsn@" may be a person, but then what he writes tells; nobody else writes from
     * nowhere. */
    if (mail_sender_is_daemon(address) || strncasecmp(address, "postmaster", 10) == 0 ||
        strstr(shown, "<>") != NULL || nowhere)
        return MAIL_BOUNCE_BY_DAEMON;
    return mail_words_find(shown, mail_words_daemon) != NULL ? MAIL_BOUNCE_BY_NAME
                                                             : MAIL_BOUNCE_BY_ANYBODY;
}

static bool is_program(const char *address)
{
    static const char *const names[] = { "mailer", "mta", "smtp", "bouncer", "postman", NULL };
    static const char *const ends[] = { "-bouncer", NULL };
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "\"\\", local);
    return span_same_any(span_of(local), names) || span_ends_any(span_of(local), ends);
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
static bool is_to_return_path(struct arena *a, const struct mail_header *h, bool of_list)
{
    static const char *const fields[] = { "To", "Delivered-To", NULL };
    const char *const *f;
    struct span local;

    for (f = fields; *f != NULL; f++) {
        const char *to = mail_words_fold(a, mail_header_find(h, *f));
        size_t at = 0;

        while (next_local(to, &at, &local))
            if (has_bounce(local) || mail_sender_is_numbered_return(local) ||
                (of_list && mail_sender_is_lists_keeper(local)))
                return true;
    }
    return false;
}

void mail_bounce_sender_judge(const struct mail_header *h, const struct inbound *in,
                              struct mail_bounce_sender *out)
{
    const char *address = mail_sender_written(h, in);

    out->of_bulk = span_begins(mail_header_find(h, "Precedence"), "bulk") ||
                   span_begins(mail_header_find(h, "Precedence"), "list");
    out->of_list = is_of_a_list(h);
    out->to_return_path = is_to_return_path(in->arena, h, out->of_list);
    out->nowhere = is_nowhere(h, in);
    out->identity = identity_of(h, address, out->nowhere, in->arena);
    out->nobodys =
        out->identity == MAIL_BOUNCE_BY_DAEMON && strncasecmp(address, "postmaster", 10) != 0;
    out->program = is_program(address);
    out->envelope = mail_sender_is_null(h, "<mailer-daemon") ? 2 : 0;
    out->envelope += span_begins(mail_header_find(h, "Auto-Submitted"), "auto-") ? 1 : 0;
    out->envelope += out->to_return_path ? 1 : 0;
    out->postmaster = out->identity == MAIL_BOUNCE_BY_DAEMON && out->envelope == 0 &&
                      is_named_person(in->arena, h, address);
    if (out->postmaster)
        out->identity = MAIL_BOUNCE_BY_NAME;
}
