/* A request is read alike however its bytes arrive: all at once, or in steps that the first bytes
 * choose. */
#include <string.h>

#include "daemon/http_scan.h"
#include "tests/fuzz/fuzz.h"

enum { STEPS = 8 };

struct reading {
    struct http_scan scan;
    size_t taken, whole;
};

static void take(struct reading *r, struct span bytes)
{
    const struct http_scan_bounds bounds = { .header_max = 300, .body_max = 100 };
    size_t n, done = 0;
    bool whole;

    while (done < bytes.len && r->scan.status == 0) {
        n = http_scan_take(&r->scan, &bounds, bytes.ptr + done, bytes.len - done, &whole);
        FUZZ_HOLDS(n <= bytes.len - done);
        FUZZ_HOLDS(n > 0 || r->scan.status != 0);
        FUZZ_HOLDS(!(http_scan_in_head(&r->scan) && http_scan_in_body(&r->scan)));
        done += n;
        r->whole += whole;
    }
    r->taken += done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading at_once = { 0 }, in_steps = { 0 };
    struct span bytes = { (const char *)data + STEPS, size - STEPS };
    size_t i, at = 0, step;

    if (size < STEPS)
        return 0;
    take(&at_once, bytes);
    for (i = 0; at < bytes.len; i++, at += step) {
        step = 1 + data[i % STEPS];
        if (step > bytes.len - at)
            step = bytes.len - at;
        take(&in_steps, (struct span){ bytes.ptr + at, step });
    }
    FUZZ_HOLDS(at_once.scan.status == in_steps.scan.status);
    FUZZ_HOLDS(at_once.whole == in_steps.whole);
    FUZZ_HOLDS(at_once.scan.status != 0 || at_once.taken == in_steps.taken);
    return 0;
}
