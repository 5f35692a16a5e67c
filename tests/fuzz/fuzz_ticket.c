/* What the planner left in the database as text, though another version or hand wrote it: read, or
 * refused. The first byte chooses the reader; what was read is written and read alike. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/fact.h"
#include "core/ticket.h"
#include "tests/fuzz/fuzz.h"

static void read_memory(struct arena *a, const char *text)
{
    struct ticket_memory m = { 0 }, again = { 0 };
    struct error err;

    if (ticket_memory_from_text(text, &m, &err) < 0)
        return;
    FUZZ_HOLDS(ticket_memory_from_text(ticket_memory_to_text(a, &m), &again, &err) == 0);
    FUZZ_HOLDS(memcmp(&m, &again, sizeof(m)) == 0);
}

static void read_waiting(struct arena *a, const char *text)
{
    static struct ticket t, again;
    struct error err;

    if (ticket_waiting_from_text(text, &t, &err) < 0)
        return;
    FUZZ_HOLDS(t.waiting_count <= TICKET_WAITING_MAX);
    FUZZ_HOLDS(ticket_waiting_from_text(ticket_waiting_to_text(a, &t, 0), &again, &err) == 0);
    FUZZ_HOLDS(again.waiting_count <= t.waiting_count);
}

static void read_edges(struct arena *a, const char *text)
{
    struct target_clock c = { .kind = TARGET_ACK }, again = c;
    struct error err;

    if (ticket_edges_from_text(a, text, &c, &err) < 0)
        return;
    FUZZ_HOLDS(c.edge_count <= TARGET_EDGES_MAX);
    FUZZ_HOLDS(ticket_edges_from_text(a, ticket_edges_to_text(a, &c), &again, &err) == 0);
    FUZZ_HOLDS(again.edge_count == c.edge_count);
}

static void read_fact(struct arena *a, const char *text)
{
    struct fact f, again;
    struct error err;
    char *json;

    if (fact_from_json(a, span_of(text), &f, &err) < 0)
        return;
    json = fact_to_json(&f);
    FUZZ_HOLDS(fact_from_json(a, span_of(json), &again, &err) == 0);
    FUZZ_HOLDS(again.kind == f.kind && again.at == f.at);
    free(json);
}

static fuzz_reader_fn *const readers[] = { read_memory, read_waiting, read_edges, read_fact };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_one_reader(readers, sizeof(readers) / sizeof(readers[0]), data, size);
}
