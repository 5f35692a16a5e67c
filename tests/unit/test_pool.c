#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool.h"

/* Sizes about the end of a step, of what comes in chunks, and of a chunk. */
static const size_t sizes[] = { 0, 1, 63, 64, 65, 1000, 16384, 16385, 65536, 5000000 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* So many of each as fill several chunks of the largest kind. */
static void test_no_piece_lies_in_another_whatever_was_given_back(void **state)
{
    enum { ROUNDS = 300 };
    static unsigned char *pieces[ROUNDS][SIZES];
    struct pool *p = pool_new();
    size_t i, k, n;

    (void)state;
    for (i = 0; i < ROUNDS; i++)
        for (k = 0; k < SIZES - (i > 3); k++) {
            pieces[i][k] = pool_take(p, sizes[k]);
            assert_int_equal((uintptr_t)pieces[i][k] % _Alignof(max_align_t), 0);
            memset(pieces[i][k], (int)((i * SIZES + k) % 251), sizes[k]);
            if (i % 3 == 2) { /* the one before makes room, and is not there any more */
                pool_give(p, pieces[i - 1][k], sizes[k]);
                pieces[i - 1][k] = NULL;
            }
        }
    for (i = 0; i < ROUNDS; i++)
        for (k = 0; k < SIZES; k++)
            for (n = 0; pieces[i][k] != NULL && n < sizes[k]; n++)
                if (pieces[i][k][n] != (i * SIZES + k) % 251)
                    fail_msg("byte %zu of piece %zu of round %zu was written over", n, k, i);
    pool_free(p);
}

static void test_what_is_asked_for_zeroed_is_so_where_another_lay(void **state)
{
    struct pool *p = pool_new();
    unsigned char *piece = pool_take(p, 200);
    size_t i;

    (void)state;
    memset(piece, 0xff, 200);
    pool_give(p, piece, 200);
    pool_give(p, NULL, 200);
    piece = pool_take_zeroed(p, 200);
    for (i = 0; i < 200; i++)
        assert_int_equal(piece[i], 0);
    pool_free(p);
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_piece_lies_in_another_whatever_was_given_back),
        cmocka_unit_test(test_what_is_asked_for_zeroed_is_so_where_another_lay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
