#include "bench/support/mails.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/load.h"
#include "core/arena.h"

struct span mails_load(const char *path)
{
    struct text_buffer all = { 0 };
    char piece[64 << 10];
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        text_buffer_add(&all, piece, n);
    fclose(f);
    n = all.len;
    return (struct span){ text_buffer_take(&all), n };
}

void mails_time(long times, char **paths, int count, void (*read_one)(struct span raw))
{
    struct span *mails = xcalloc((size_t)count, sizeof(*mails));
    double before;
    long round;
    int i;

    for (i = 0; i < count; i++) {
        mails[i] = mails_load(paths[i]);
        read_one(mails[i]); /* what libraries load at their first use is not counted */
    }
    before = load_cpu();
    for (round = 0; round < times; round++)
        for (i = 0; i < count; i++)
            read_one(mails[i]);
    printf("%.6f\n", load_cpu() - before);
    for (i = 0; i < count; i++)
        free((char *)mails[i].ptr);
    free(mails);
}
