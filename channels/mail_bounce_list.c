#include "channels/mail_bounce_list.h"

#include <string.h>

#include "channels/mail_bounce_refusal.h"
#include "channels/mail_header.h"
#include "channels/mail_sender.h"
#include "channels/mail_words.h"
#include "core/inbound.h"

enum { OPENING_MAX = 1000 }; /* bytes in which a program says what it has to say */

static const char *const refusals[] = {
    "you are not a member of this mailing list", "you are not a member of this list",
    "you are not a member of the list",          "you are not subscribed to this mailing list",
    "you are not subscribed to this list",       "you are not allowed to post to this mailing list",
    "you are not allowed to post to this list",  "sorry, only subscribers may post",
    "メーリングリストのメンバーではありません",  NULL,
};

/* "If you are not a member of this list" is what a welcome says. */
static bool is_said(const char *folded)
{
    const char *word = mail_words_find(folded, refusals), *p;

    if (word == NULL)
        return false;
    p = strstr(folded, word);
    return p < folded + 3 || strncmp(p - 3, "if ", 3) != 0;
}

/* A list's program wrote it, and it is no mail of the list's: those are counted. */
static bool is_by_lists_program(const struct mail_header *h)
{
    return (mail_header_has(h, "X-MLServer") || mail_header_has(h, "Mailing-List") ||
            mail_header_has(h, "X-Mailman-Version")) &&
           !mail_header_has(h, "X-ML-Count") && !mail_header_has(h, "X-Mail-Count") &&
           !mail_header_has(h, "List-Post");
}

bool mail_bounce_list_refuses(const struct mail_header *h, struct inbound *in, const char **list)
{
    struct span opening = span_of(in->reply_text), line, address;
    char local[MAIL_SENDER_LOCAL];
    size_t at = 0;

    if (!is_by_lists_program(h))
        return false;
    mail_sender_local(in->sender.value, "\"", local);
    if (!mail_sender_is_lists_keeper(span_of(local)) && !mail_sender_is_list(in->sender.value))
        return false;
    opening.len = text_cut(opening, OPENING_MAX);
    if (!is_said(mail_words_fold(in->arena, opening)))
        return false;
    *list = NULL;
    while (*list == NULL && span_line(opening, &at, &line)) {
        address = mail_bounce_address_in(line);
        if (address.len > 0 && address.len <= INBOUND_ADDRESS_MAX &&
            is_said(mail_words_fold(in->arena, line)))
            *list = inbound_email(in->arena, address);
    }
    return true;
}
