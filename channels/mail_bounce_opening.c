#include "channels/mail_bounce_opening.h"

#include <stdbool.h>
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
    const char *within;  /* the first sentence has it, too; NULL: any */
    const char *then[3]; /* one of these stands below; none are named: any words */
    enum mail_bounce_opening opening;
    bool says_who; /* nobody but a program begins so */
} openings[] = {
    { "this message was created automatically by mail delivery software",
      NULL,
      { "could not be delivered to one or more of its recipients",
        "could not be delivered to all of its recipients" },
      MAIL_BOUNCE_OPENING_KNOWN,
      true },
    { "hi. this is the qmail-send program at",
      NULL,
      { "i'm afraid i wasn't able to deliver your message to the following addresses" },
      MAIL_BOUNCE_OPENING_KNOWN,
      true },
    { "this is the mail system at host",
      NULL,
      { "i'm sorry to have to inform you" },
      MAIL_BOUNCE_OPENING_KNOWN,
      true },
    { "this is the postfix program at host",
      NULL,
      { "i'm sorry to have to inform you" },
      MAIL_BOUNCE_OPENING_KNOWN,
      true },
    { "this is your ",
      " running at ",
      { "i'm sorry to have to inform you that your message could not be delivered" },
      MAIL_BOUNCE_OPENING_KNOWN,
      false },
    { "the original message was received at",
      NULL,
      { "----- the following addresses had permanent fatal errors -----" },
      MAIL_BOUNCE_OPENING_KNOWN,
      false },
    { "the following addresses had permanent fatal errors -----",
      NULL,
      { NULL },
      MAIL_BOUNCE_OPENING_KNOWN,
      false },
    { "delivery to the following recipient failed permanently",
      NULL,
      { NULL },
      MAIL_BOUNCE_OPENING_KNOWN,
      false },
    { "delivery to the following recipients failed permanently",
      NULL,
      { NULL },
      MAIL_BOUNCE_OPENING_KNOWN,
      false },
    { REACHED,
      NULL,
      { "the following recipient(s) could not be reached:",
        "the following recipient(s) cannot be reached:" },
      MAIL_BOUNCE_OPENING_WHOLE,
      false },
    { "non-delivery explanation: " REACHED,
      NULL,
      { "the following recipient(s) could not be reached:" },
      MAIL_BOUNCE_OPENING_WHOLE,
      false },
};
enum { OPENINGS = sizeof(openings) / sizeof(openings[0]) };

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
    const char *words = opening_of(a, text);
    bool begun = false, below = false;
    size_t i;

    for (i = 0; i < OPENINGS; i++) {
        bool begins = strncmp(words, openings[i].begin, strlen(openings[i].begin)) == 0;

        if (begins && holds(a, words, openings[i].within, FIRST_MAX) &&
            (openings[i].then[0] == NULL || mail_words_find(words, openings[i].then) != NULL))
            return openings[i].opening;
        begun = begun || (openings[i].says_who && begins);
        below = below || (openings[i].says_who && strstr(words, openings[i].begin) != NULL);
    }
    /* What begins so may go on in other words */
    return below && !begun ? MAIL_BOUNCE_OPENING_BELOW : MAIL_BOUNCE_OPENING_NONE;
}
