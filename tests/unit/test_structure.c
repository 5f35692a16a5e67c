#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

/* A file of ours without its comments: what is declared, not what is told about it. */
static char *source_read(const char *path)
{
    char *full = g_build_filename(TEST_SOURCE_DIR, path, NULL), *text = NULL, *bare;
    GRegex *comment = g_regex_new("/\\*.*?\\*/|//[^\\n]*", G_REGEX_DOTALL, 0, NULL);

    if (!g_file_get_contents(full, &text, NULL, NULL))
        fail_msg("no file %s", path);
    bare = g_regex_replace_literal(comment, text, -1, 0, " ", 0, NULL);
    g_regex_unref(comment);
    g_free(text);
    g_free(full);
    return bare;
}

/* What a file includes of ours, as paths from the root. */
static GPtrArray *source_includes(const char *text)
{
    GRegex *line =
        g_regex_new("^[ \\t]*#[ \\t]*include[ \\t]*\"([^\"]+)\"", G_REGEX_MULTILINE, 0, NULL);
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    GMatchInfo *match = NULL;

    g_regex_match(line, text, 0, &match);
    while (g_match_info_matches(match)) {
        g_ptr_array_add(out, g_match_info_fetch(match, 1));
        g_match_info_next(match, NULL);
    }
    g_match_info_free(match);
    g_regex_unref(line);
    return out;
}

static void walk(const char *path, GHashTable *seen)
{
    GPtrArray *includes;
    char *text;
    guint i;

    if (!g_hash_table_add(seen, g_strdup(path)))
        return;
    text = source_read(path);
    if (strcasestr(text, "channel") != NULL)
        fail_msg("%s knows of a channel, and the planner reads it", path);
    includes = source_includes(text);
    for (i = 0; i < includes->len; i++)
        walk(g_ptr_array_index(includes, i), seen);
    g_ptr_array_free(includes, TRUE);
    g_free(text);
}

/* Every .c and .h file of a floor, `each` called with its path from the root; returns how many. */
static int floor_each(const char *floor, void (*each)(const char *path, void *arg), void *arg)
{
    char *full = g_build_filename(TEST_SOURCE_DIR, floor, NULL);
    GDir *dir = g_dir_open(full, 0, NULL);
    const char *name;
    int n = 0;

    assert_non_null(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        char *path = g_build_filename(floor, name, NULL);

        if (g_str_has_suffix(name, ".c") || g_str_has_suffix(name, ".h")) {
            each(path, arg);
            n++;
        }
        g_free(path);
    }
    g_dir_close(dir);
    g_free(full);
    return n;
}

static void walk_if_planner(const char *path, void *arg)
{
    if (g_str_has_prefix(path, "core/plan"))
        walk(path, arg);
}

static void test_nothing_that_the_planner_reads_knows_of_a_channel(void **state)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    (void)state;
    assert_true(floor_each("core", walk_if_planner, seen) > 0); /* C-20 */
    assert_true(g_hash_table_contains(seen, "core/plan.h"));
    assert_true(g_hash_table_contains(seen, "core/plan_level.c"));
    assert_true(g_hash_table_contains(seen, "core/ticket.h"));
    g_hash_table_unref(seen);
}

/* `arg`: the floors it may include, a NULL-ended list. */
static void includes_only(const char *path, void *arg)
{
    const char *const *floors = arg;
    char *text = source_read(path);
    GPtrArray *includes = source_includes(text);
    guint i;

    for (i = 0; i < includes->len; i++) {
        const char *included = g_ptr_array_index(includes, i);
        int k;

        for (k = 0; floors[k] != NULL && !g_str_has_prefix(included, floors[k]); k++)
            continue;
        if (floors[k] == NULL)
            fail_msg("%s includes %s", path, included);
    }
    g_ptr_array_free(includes, TRUE);
    g_free(text);
}

static void test_arrows_between_the_floors_run_one_way(void **state)
{
    static const char *core[] = { "core/", NULL };
    static const char *channels[] = { "channels/", "core/", NULL };

    (void)state;
    assert_true(floor_each("core", includes_only, core) > 0);
    assert_true(floor_each("channels", includes_only, channels) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_that_the_planner_reads_knows_of_a_channel),
        cmocka_unit_test(test_arrows_between_the_floors_run_one_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
