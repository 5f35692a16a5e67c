/* core/subject.h - what a subject says besides its words: that it answers, that it passes
 * something on, and whether two of them speak of the same matter.
 *
 * Pure. Mail programs write "Re:" and "Fwd:" in the language of who uses them, several in a row,
 * counted ("Re[2]:"), with full-width colons, behind the marks of lists and gateways ("[EXT]"). */
#ifndef RELEVO_CORE_SUBJECT_H
#define RELEVO_CORE_SUBJECT_H

#include <stdbool.h>

/* The words that are left when marks, prefixes and numbers of tickets ("[#42]") are taken off;
 * points into the subject. */
const char *subject_core(const char *subject);

/* Its first prefix is one of answering. */
bool subject_is_answer(const char *subject);

/* Its first prefix is one of passing on. `language` (of the mail's text, NULL: not known) decides
 * what "VS:" is: a forward in Danish and Norwegian, an answer in Finnish. */
bool subject_forwards(const char *subject, const char *language);

/* T-44: nothing of what the one speaks of is left in the other. False where one of them is too
 * short to say: fewer than two words of four letters or with a digit, or than three signs of a
 * script without blanks. */
bool subject_differs(const char *one, const char *other);

#endif
