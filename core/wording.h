/* core/wording.h - what notices say, by language, as a letter or a line.
 *
 * Pure. Wordings are texts with {names} in braces and nothing else: no code, no nesting (S-22). The
 * desk's own come first, then the shipped Spanish and English ones; a language that nobody has
 * becomes the policy's. What a customer wrote is never quoted back in a notice to a customer (S-18,
 * S-25). */
#ifndef RELEVO_CORE_WORDING_H
#define RELEVO_CORE_WORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/policy.h"

struct arena;
struct hint;
struct wording_dates;

struct wording_facts {
    int64_t number; /* {number} */
    const char
        *subject; /* {subject}; in letters to agents, and in the subject of mails to who wrote it */
    const char *customer;        /* {customer}; NULL: left out of the greeting */
    const char *agent;           /* {agent} */
    int64_t by_at;               /* {by}; 0: the sentence that holds it is left out */
    int64_t opens_at;            /* {opens}; likewise */
    const char *zone;            /* IANA; of the dates */
    struct wording_dates *dates; /* NULL: core/wording_date.h */
    int level;                   /* {level} */
    const char *level_name;      /* {level_name} */
    enum ticket_status status;   /* {status} */
    enum target_kind target;     /* {target} */
    const char *reason;          /* {reason}; NULL: its sentence is left out */
    const char *text;         /* {text}: an agent's words to a customer, a customer's to an agent */
    const char *handover;     /* {handover}: core/handover.h, to an agent; NULL: likewise */
    const char *question;     /* {question}: what a topic asks; NULL: likewise */
    const struct hint *hints; /* {articles}: core/hint.h; a line has room for one, or for none */
    size_t hint_count;
};
enum { WORDING_LINE_MAX = 300 /* letters of a line with an article in it: two short messages */ };

/* The name that a person gave, where it can be said back to them; NULL: it holds an address, a link
 * or figures, or is no name for its length. A From may be anybody's, and its name anything (S-18).
 */
const char *wording_greeted(const char *name);
enum { WORDING_NAME_MAX = 64 /* letters */ };
/* Both outputs are the arena's. `letter` false: one or two lines for SMS and chat, the subject is
 * "". */
void wording_render(const struct policy *policy, enum notice notice, const char *language,
                    bool letter, const struct wording_facts *facts, struct arena *a,
                    const char **subject, const char **text);
/* What the customer reads of files that did not come along: they are too large or cannot be had, or
 * (`elsewhere`) this channel carries none. `names`: theirs, with commas. The arena's. */
const char *wording_files(const struct policy *policy, const char *language, bool elsewhere,
                          const char *names, struct arena *a);
/* In which language the shipped words are for whom that one was wanted; NULL: nobody knows. */
const char *wording_language(const struct policy *policy, const char *wanted);
/* Likewise of that notice, for which the policy may have words of its own. */
const char *wording_language_of(const struct policy *policy, enum notice notice,
                                const char *wanted);
bool wording_is_spanish(const char *language); /* of "es", "es-MX" */
const char *wording_target(const char *language, enum target_kind kind);
/* Are all names in braces known? For the policy file. */
int wording_check(const char *text, struct error *err);

#endif
