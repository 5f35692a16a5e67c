/* core/policy_texts.h - what the policy says to customers, by language.
 *
 * Pure. A text is one line; languages are named as "es" or "pt-BR" are. */
#ifndef RELEVO_CORE_POLICY_TEXTS_H
#define RELEVO_CORE_POLICY_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf.h"
#include "core/policy.h"

struct arena;

/* "es", "pt-BR", "zh_Hant": shaped as a language is, known to us or not. */
bool policy_is_language(const char *s);
/* The values of `key`, each of 1 to `most` bytes; what is wrong is told. */
void policy_texts_read(const struct conf *c, const char *key, size_t most, struct arena *a,
                       struct conf_errors *errors, struct policy_texts *out);
/* In that language; else in the one of which it is a kind, or the first that is a kind of the
 * same: for "es-MX" "es", for "es" "es-MX". NULL: in none of them. */
const char *policy_texts_in(const struct policy_texts *t, const char *language);

#endif
