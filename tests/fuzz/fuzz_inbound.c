/* What a parse worker says, though a stranger's mail may have taken it over: any bytes are a
 * message within its bounds, or an error; and a ticket is looked for by what it says. */
#include "core/arena.h"
#include "core/thread.h"
#include "tests/fuzz/fuzz.h"

enum { KEYS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thread_candidate candidates[THREAD_SIGNALS_MAX] = { { 0 } };
    struct thread_key keys[KEYS];
    struct thread_signals signals;
    struct thread_found found;
    struct inbound *in;
    struct error err;
    size_t i;

    if (inbound_unpack((struct span){ (const char *)data, size }, &in, &err) < 0)
        return 0;
    fuzz_inbound(in);
    thread_signals(in, in->arena, &signals);
    FUZZ_HOLDS(signals.count <= THREAD_SIGNALS_MAX);
    FUZZ_HOLDS(thread_keys(in, in->arena, keys, KEYS) <= KEYS);
    for (i = 0; i < signals.count; i++)
        candidates[i] = (struct thread_candidate){ .ticket_id = (int64_t)i,
                                                   .over = i % 6 == 5,
                                                   .subject = i % 5 == 0 ? "" : in->text,
                                                   .participant = i % 3 == 0,
                                                   .token_fits = i % 2 == 0 };
    thread_find(in, &signals, candidates, size % 2 == 0, &found);
    FUZZ_HOLDS(found.ticket_id == 0 || found.way != THREAD_NONE);
    FUZZ_HOLDS(found.related_to == 0 || found.ticket_id == 0);
    inbound_free(in);
    return 0;
}
