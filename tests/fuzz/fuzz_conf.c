/* Any bytes are a configuration or a policy, or mistakes that are told. The first byte chooses the
 * table; what was read can be written and is read again. */
#include <stdlib.h>

#include "core/conf_write.h"
#include "core/policy_read.h"
#include "daemon/config.h"
#include "tests/fuzz/fuzz.h"

static void read_policy(struct span bytes)
{
    struct conf_errors errors = { 0 };
    struct policy_file f = { 0 };

    if (policy_read("policy.yaml", bytes, NULL, NULL, &f, &errors) < 0)
        FUZZ_HOLDS(errors.count > 0);
    else
        FUZZ_HOLDS(f.policy->level_count > 0 && errors.count == 0);
    policy_file_clear(&f);
    conf_errors_clear(&errors);
}

static void read_table(const struct conf_key *table, struct span bytes)
{
    struct conf_errors errors = { 0 };
    struct conf_file *f = NULL, *again = NULL;
    char *written;

    if (conf_read(table, "relevo.yaml", bytes, NULL, NULL, &f, &errors) < 0) {
        FUZZ_HOLDS(errors.count > 0);
        conf_errors_clear(&errors);
        return;
    }
    written = conf_write(f);
    FUZZ_HOLDS(conf_read(table, "again", span_of(written), NULL, NULL, &again, &errors) == 0);
    free(written);
    conf_file_free(again);
    conf_file_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    size_t table = fuzz_choice(&bytes, 3);

    if (table == 2)
        read_policy(bytes);
    else
        read_table(table == 0 ? config_keys : policy_keys, bytes);
    return 0;
}
