/* tests/support/vectors.h - the vectors of tests/data/vectors, run through a channel. */
#ifndef RELEVO_TESTS_VECTORS_H
#define RELEVO_TESTS_VECTORS_H

#include <stddef.h>

/* Every call of `scheme` in webhook-signatures.json against a channel of that kind: prints each
 * one that is decided wrongly and returns how many they are; *count is how many were tried. */
size_t vectors_run(const char *scheme, const char *kind, const char *yaml, size_t *count);
/* A whole file of tests/data/vectors/payloads; free() it. */
char *vectors_payload(const char *name, size_t *len);

#endif
