/* Any bytes are a feed of holidays, or refused; what comes of one is a part of a policy.
 */
#include <stdlib.h>

#include "core/arena.h"
#include "core/holiday_feed.h"
#include "core/policy_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct holiday_feed_options o = {
        .from_year = 2025, .to_year = 2027, .zone = "Europe/Madrid", .transparent = true
    };
    struct conf_errors errors = { 0 };
    struct holiday_feed f;
    struct arena *a = arena_new();
    struct error err;
    size_t i;

    if (holiday_feed_read(a, (struct span){ (const char *)data, size }, &o, &f, &err) == 0) {
        char *yaml = holiday_feed_to_yaml(&f, "list", "a file", &o);
        const char *whole = arena_printf(a, "%sescalation: [{name: one}]\n", yaml);
        struct policy_file policy = { 0 };

        for (i = 0; i < f.taken_count; i++)
            FUZZ_HOLDS(f.taken[i].first <= f.taken[i].last && f.taken[i].why == NULL);
        FUZZ_HOLDS(policy_read("p", span_of(whole), NULL, NULL, &policy, &errors) == 0);
        policy_file_clear(&policy);
        free(yaml);
    }
    conf_errors_clear(&errors);
    arena_free(a);
    return 0;
}
