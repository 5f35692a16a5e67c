/* How much memory a node may use: what its control groups say, whichever their version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/memory.h"

static char tree[] = "/tmp/relevo-memory-XXXXXX";
static char groups[128];

static void put(const char *name, const char *words)
{
    char path[256], *slash;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", tree, name);
    for (slash = strchr(path + sizeof(tree), '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(words, f);
    fclose(f);
}

/* F52 */
static void test_the_least_of_what_a_group_and_those_above_it_leave_counts(void **state)
{
    static const struct {
        const char *groups;
        int64_t limit;
    } rows[] = {
        { "0::/a/b\n", 300 },
        { "0::/a\n", 300 },
        { "0::/c\n", 100 },
        { "0::/a/slow\n", 250 },
        { "0::/gone/b\n", 0 },
        { "0::/\n", 0 },
        { "3:cpu:/a\n4:memory:/d/e\n0::/\n", 200 },
        { "4:memory:/d\n0::/c\n", 100 },
        { "no group\n", 0 },
        { "", 0 },
    };
    const int64_t machine = memory_limit("/nonexistent", tree);
    size_t i;

    (void)state;
    assert_true(machine > 1 << 20);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put("groups", rows[i].groups);
        assert_int_equal(memory_limit(groups, tree),
                         rows[i].limit == 0 ? machine : rows[i].limit << 10);
    }
}

static void test_what_a_way_in_may_hold_has_room_for_a_mail_and_an_end(void **state)
{
    (void)state;
    assert_in_range(memory_held_max(), MEMORY_HELD_MIN, MEMORY_HELD_MAX);
    assert_in_range(memory_fetched_max(), 1, memory_held_max()); /* one may come all the same */
}

/* However many there are, each comes on; and all together hold no more than so many would. */
static void test_small_mails_are_shared_out_among_the_ways_in(void **state)
{
    size_t n, before = MEMORY_LIGHT_MAX;

    (void)state;
    for (n = 0; n < 100; n++) {
        size_t share = memory_light_max(n);

        assert_in_range(share, MEMORY_LIGHT_MIN, before);
        assert_true(share == MEMORY_LIGHT_MIN || n * share <= MEMORY_LIGHT_ALL);
        before = share;
    }
    assert_int_equal(before, MEMORY_LIGHT_MIN);
}

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(tree));
    snprintf(groups, sizeof(groups), "%s/groups", tree);
    put("a/memory.max", "307200\n");
    put("a/b/memory.max", "max\n");
    put("a/slow/memory.max", "max\n");
    put("a/slow/memory.high", "256000\n");
    put("c/memory.max", "102400\n");
    put("memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("memory/d/memory.limit_in_bytes", "9223372036854771712\n");
    put("memory/d/e/memory.limit_in_bytes", "204800\n");
    return 0;
}

static int end(void **state)
{
    char command[160];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", tree);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_least_of_what_a_group_and_those_above_it_leave_counts),
        cmocka_unit_test(test_what_a_way_in_may_hold_has_room_for_a_mail_and_an_end),
        cmocka_unit_test(test_small_mails_are_shared_out_among_the_ways_in),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
