#include "channels/mail_sender.h"

#include <string.h>

#include "channels/mail_address.h"
#include "channels/mail_header.h"
#include "channels/mail_words.h"
#include "core/inbound.h"

void mail_sender_local(const char *address, const char *left_out, char out[MAIL_SENDER_LOCAL])
{
    size_t n = 0;

    for (; *address != '\0' && *address != '@' && n < MAIL_SENDER_LOCAL - 1; address++)
        if (strchr(left_out, *address) == NULL)
            out[n++] = (char)(*address >= 'A' && *address <= 'Z' ? *address + 32 : *address);
    out[n] = '\0';
}

const char *mail_sender_written(const struct mail_header *h, const struct inbound *in)
{
    struct span from = mail_header_find(h, "From");
    const char *empty = memmem(from.ptr, from.len, "<>", 2);
    struct mail_address one;

    if (empty != NULL)
        from.len = (size_t)(empty - from.ptr);
    if (strcmp(in->sender.kind, "nobody") == 0 &&
        mail_address_list_local(in->arena, from, NULL, &one, 1) == 1)
        return one.address;
    return in->sender.value;
}

bool mail_sender_is_daemon(const char *address)
{
    static const char *const begins[] = {
        "mailerdaemon",  "maildaemon",        "mdaemon", "maildelivery",
        "mailsubsystem", "microsoftexchange", NULL
    };
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "-_.\"\\", local);
    return mail_words_begin(local, begins) != NULL || strcmp(local, "postmaster") == 0 ||
           strcmp(local, "ndr") == 0;
}

bool mail_sender_is_no_reply(const char *address)
{
    static const char *const words[] = {
        "noreply",        "donotreply",     "dontreply",    "nereply",          "nepasrepondre",
        "noresponder",    "noresponda",     "nocontestar",  "naoresponda",      "naoresponder",
        "nonrispondere",  "nichtantworten", "keineantwort", "nichtbeantworten", "nietbeantwoorden",
        "nietantwoorden", "geenantwoord",   "svarainte",    "svarej",           "ikkesvar",
        "svarikke",       "alavastaa",      "nieodpowiada", "neodpovid",        "nevalaszol",
        "nuraspunde",     "neotvecha",      "cevaplama",    "yanitlama",        NULL
    };
    const char *const *w;
    char local[MAIL_SENDER_LOCAL];

    mail_sender_local(address, "-_. \"", local);
    for (w = words; *w != NULL; w++)
        if (strstr(local, *w) != NULL)
            return true;
    return false;
}

/* Behind a name. */
static bool ends_with(struct span s, const char *const *ends)
{
    return s.len > 0 && span_ends_any((struct span){ s.ptr + 1, s.len - 1 }, ends);
}

bool mail_sender_is_lists_keeper(struct span local)
{
    static const char *const ends[] = { "-admin", "-owner", "-errors", NULL };

    return ends_with(local, ends) || span_begins(local, "owner-");
}

bool mail_sender_is_numbered_return(struct span local)
{
    static const char word[] = "-return-";
    const char *p = memmem(local.ptr, local.len, word, sizeof(word) - 1);

    return p != NULL && p + sizeof(word) - 1 < local.ptr + local.len &&
           text_is_digit(p[sizeof(word) - 1]);
}

bool mail_sender_is_list(const char *address)
{
    static const char *const ends[] = { "-owner", "-bounces", NULL };
    char folded[MAIL_SENDER_LOCAL];
    struct span local;

    mail_sender_local(address, "\"", folded);
    local = span_of(folded);
    if (span_begins(local, "owner-") || mail_sender_is_numbered_return(local))
        return true;
    local.len = strcspn(folded, "+"); /* behind it stands whom the copy is for */
    return ends_with(local, ends);
}

bool mail_sender_is_null(const struct mail_header *h, const char *daemon)
{
    struct span path = mail_header_find(h, "Return-Path");
    size_t i, n = 0;

    for (i = 0; i < path.len; i++)
        n += strchr("<> \t", path.ptr[i]) == NULL;
    return path.len > 0 &&
           (n == 0 || span_begins(path, daemon) || span_begins(path, "mailer-daemon"));
}
