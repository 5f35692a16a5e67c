/* tests/fuzz/fuzz.h - what the fuzz targets share: how they are called, and what must always hold.
 *
 * Each fuzz_*.c beside it is one libFuzzer program: any bytes at all are taken or refused, and what
 * comes out keeps the promises of its header. A promise that is broken ends the program. */
#ifndef RELEVO_TESTS_FUZZ_H
#define RELEVO_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct arena;
struct inbound;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where `holds` is false. */
#define FUZZ_HOLDS(holds) ((holds) ? (void)0 : fuzz_broken(#holds, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *what, const char *file, int line);

/* The input as text with a NUL of its own; free() it. */
char *fuzz_string(struct span s);
/* What stands before the first `mark`; *s goes on behind it. Without one it is all. */
struct span fuzz_until(struct span *s, char mark);
/* The first byte, which chooses among `n` ways; 0 where there is none. */
size_t fuzz_choice(struct span *s, size_t n);

/* A whole target: the first byte chooses one of `count` readers, which gets the rest as text and an
 * arena for the time of the call. */
typedef void fuzz_reader_fn(struct arena *a, const char *text);
int fuzz_one_reader(fuzz_reader_fn *const *readers, size_t count, const uint8_t *data, size_t size);

/* UTF-8 of at most `max` bytes, or NULL. */
void fuzz_text(const char *s, size_t max);
/* Its texts are texts within their bounds, and it is the same after its way through JSON. */
void fuzz_inbound(const struct inbound *in);

#endif
