/* channels/mail_spelling.h - how languages in Latin letters are spelt: which letters beyond ASCII
 * each has, and between which others they mostly stand.
 *
 * Pure. It tells a charset that reads words from one that reads something like them: "největší" is
 * Czech, "nejvìt¹í" is nothing. Two words with such letters are mostly enough. */
#ifndef RELEVO_CHANNELS_MAIL_SPELLING_H
#define RELEVO_CHANNELS_MAIL_SPELLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicode/umachine.h>

struct mail_spelling {
    const UChar *letters; /* small; U+0130 has no small letter of its own */
    /* The letter before, the letter, the letter after; a blank for what is none. Small letters, in
     * ascending order of their code units. */
    const UChar *places;
    size_t place_count;
};
extern const struct mail_spelling mail_spellings[];
extern const size_t mail_spelling_count;

/* How well the Latin letters beyond ASCII, the first 256 of them, are those of one language: up to
 * 4 for each that stands where it mostly does, -4 for each that the language does not have. 0:
 * there are none. */
int mail_spelling_score(const UChar *text, int32_t len);
/* Is it the "µ" of a measure or before a name: "50 µg", "10µF", "5µ", "µTorrent"? It is no letter
 * of a word. */
bool mail_spelling_is_unit(const UChar *text, int32_t len, int32_t i);
/* All of them are letters of one language. */
bool mail_spelling_is_one(const UChar *text, int32_t len);
/* Likewise, of a language with few of them, each once and nothing else: what people type to see
 * whether accents arrive. */
bool mail_spelling_is_strung(const UChar *text, int32_t len);

#endif
