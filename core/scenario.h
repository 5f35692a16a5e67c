/* core/scenario.h - a story in lines of time (.scn): who says and does what and when, and what is
 * then to be expected.
 *
 * Pure. A line is "[at TIME] SENTENCE" or "[at TIME] expect SENTENCE, SENTENCE …"; without a time
 * it happens at that of the line before. TIME is UTC: "09:15" of the first day, "2/09:15:30" of
 * the second; it never goes back. Words stand alone or in "quotes". '#' begins a comment line. The
 * sentences are the table in scenario.c, which relevo-policy(5) prints. core/simulate.h tells them.
 */
#ifndef RELEVO_CORE_SCENARIO_H
#define RELEVO_CORE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

enum {
    SCENARIO_BYTES_MAX = 1024 * 1024,
    SCENARIO_LINES_MAX = 10000, /* sentences */
    SCENARIO_WORDS_MAX = 4,     /* that a sentence leaves to the story */
    SCENARIO_DAYS_MAX = 3660,
};

enum scenario_verb {
    /* The frame; before anybody says anything. */
    SCENARIO_POLICY, /* the file, beside the story's own */
    SCENARIO_BEGINS,
    SCENARIO_HOURS, /* everything counts in these */
    SCENARIO_HOLIDAY,
    /* What happens. */
    SCENARIO_SAYS,
    SCENARIO_SAID, /* and reached us only now */
    SCENARIO_AUTOREPLIES,
    SCENARIO_EDITS,
    SCENARIO_ANOTHER_SAYS,
    SCENARIO_NAMED_SAYS,
    SCENARIO_HAS_PLAN, /* what is known of a customer */
    SCENARIO_IS_VIP,
    SCENARIO_BELONGS,
    SCENARIO_WRITES_IN,
    SCENARIO_REPLIES,
    SCENARIO_REPLIES_SETS,
    SCENARIO_NOTES,
    SCENARIO_ACKNOWLEDGES,
    SCENARIO_TAKES,
    SCENARIO_STATUS,
    SCENARIO_PRIORITY,
    SCENARIO_TOPIC,
    SCENARIO_ESCALATE,
    SCENARIO_ESCALATES_BECAUSE,
    SCENARIO_HAND_BACK,
    SCENARIO_TAG,
    SCENARIO_WATCH,
    SCENARIO_SPAM,
    SCENARIO_MERGE,
    SCENARIO_SPLIT,
    SCENARIO_DECLARE,
    SCENARIO_ATTACH,
    SCENARIO_DETACH,
    SCENARIO_DISSOLVE,
    SCENARIO_ABOUT,
    SCENARIO_WAIT, /* until the line's time, and nothing else */
    /* What is expected. */
    SCENARIO_IS_TICKET,
    SCENARIO_IS_FOLLOW_UP,
    SCENARIO_IS_PRIORITY,
    SCENARIO_IS_TOPIC,
    SCENARIO_IS_OWNER,
    SCENARIO_IS_TAGGED,
    SCENARIO_IS_ATTACHED,
    SCENARIO_IS_ALONE,
    SCENARIO_IS_PEOPLE,
    SCENARIO_IS_TEAM,
    SCENARIO_IS_TOLD,
    SCENARIO_IS_WAITING,
    SCENARIO_IS_OPENING,
    SCENARIO_IS_DUE,
    SCENARIO_IS_PAUSED,
    SCENARIO_IS_ENDED,
    SCENARIO_IS_MISSED,
    SCENARIO_IS_WARNED,
    SCENARIO_IS_INSTANCE,
    SCENARIO_VERB_N
};
/* How a sentence reads, capitals standing for what the story says, and what it means. */
struct scenario_sentence {
    const char *pattern, *doc;
    bool expects;
};
extern const struct scenario_sentence scenario_sentences[SCENARIO_VERB_N];

struct scenario_line {
    int line;   /* in the file */
    int64_t at; /* UTC seconds */
    enum scenario_verb verb;
    const char *w[SCENARIO_WORDS_MAX]; /* of the sentence's capitals, in their order */
    int64_t time;                      /* what its TIME says; 0: it has none */
    const char *said;                  /* the sentence as it stands there */
};
struct scenario {
    struct arena *arena; /* owns it all */
    int64_t begins;      /* midnight of the first day */
    const char *policy;  /* of SCENARIO_POLICY; NULL: it says none */
    const struct scenario_line *lines;
    size_t count;
};
/* What the customer of the line writes. */
const char *scenario_text(const struct scenario_line *l);
/* ERROR_PERMANENT: the first line that is not understood, as "name:line: …". */
int scenario_read(const char *name, struct span bytes, struct scenario *out, struct error *err);
void scenario_clear(struct scenario *s);

#endif
