#include "channels/mail_bounce_opening.h"

#include <string.h>

#include "channels/mail_words.h"
#include "core/arena.h"

enum {
    OPENING_MAX = 1500, /* bytes in which all its sentences stand */
    FIRST_MAX = 100,    /* of the first one, where a name stands in it */
};

#define REACHED "your message did not reach some or all of the intended recipients"

static const struct {
    const char *begin;
    const char *within; /* the first sentence has it, too; NULL: any */
    const char *then[3];
    enum mail_bounce_opening opening;
} openings[] = {
    { "this message was created automatically by mail delivery software",
      NULL,
      { "could not be delivered to one or more of its recipients",
        "could not be delivered to all of its recipients" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "hi. this is the qmail-send program at",
      NULL,
      { "i'm afraid i wasn't able to deliver your message to the following addresses" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "this is the mail system at host",
      NULL,
      { "i'm sorry to have to inform you" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "this is the postfix program at host",
      NULL,
      { "i'm sorry to have to inform you" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "this is your ",
      " running at ",
      { "i'm sorry to have to inform you that your message could not be delivered" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "the original message was received at",
      NULL,
      { "----- the following addresses had permanent fatal errors -----" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "the following addresses had permanent fatal errors -----",
      NULL,
      { "" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "delivery to the following recipient failed permanently",
      NULL,
      { "" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { "delivery to the following recipients failed permanently",
      NULL,
      { "" },
      MAIL_BOUNCE_OPENING_KNOWN },
    { REACHED,
      NULL,
      { "the following recipient(s) could not be reached:",
        "the following recipient(s) cannot be reached:" },
      MAIL_BOUNCE_OPENING_WHOLE },
    { "non-delivery explanation: " REACHED,
      NULL,
      { "the following recipient(s) could not be reached:" },
      MAIL_BOUNCE_OPENING_WHOLE },
};

/* Folded, without what is drawn above. */
static const char *opening_of(struct arena *a, struct span text)
{
    const char *folded;

    text.len = text_cut(text, OPENING_MAX);
    folded = mail_words_fold(a, text);
    return folded + strspn(folded, " -*=_");
}

static bool holds(struct arena *a, const char *words, const char *find, size_t max)
{
    return find == NULL || strstr(arena_strndup(a, words, strnlen(words, max)), find) != NULL;
}

enum mail_bounce_opening mail_bounce_opening_read(struct arena *a, struct span text)
{
    static const char *const selves[] = {
        "this message was created automatically by mail delivery software",
        "hi. this is the qmail-send program at", "this is the mail system at host",
        "this is the postfix program at host", NULL
    };
    const char *words = opening_of(a, text);
    size_t i;

    for (i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
        if (strncmp(words, openings[i].begin, strlen(openings[i].begin)) == 0 &&
            holds(a, words, openings[i].within, FIRST_MAX) &&
            mail_words_find(words, openings[i].then) != NULL)
            return openings[i].opening;
    for (i = 0; selves[i] != NULL; i++)
        if (strncmp(words, selves[i], strlen(selves[i])) == 0)
            return MAIL_BOUNCE_OPENING_NONE; /* it goes on in other words */
    return mail_words_find(words, selves) != NULL ? MAIL_BOUNCE_OPENING_BELOW
                                                  : MAIL_BOUNCE_OPENING_NONE;
}
