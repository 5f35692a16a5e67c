#include "daemon/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEMORY_PATH_MAX = 4096 };

static int64_t memory_machine(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (int64_t)pages * size : INT64_MAX;
}

/* The number in that file; INT64_MAX: there is none ("max"), or no such file. */
static int64_t memory_read(const char *folder, const char *file)
{
    char path[MEMORY_PATH_MAX + 64], words[64] = "", *end;
    int64_t bytes = INT64_MAX;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, file);
    f = fopen(path, "re");
    if (f == NULL)
        return INT64_MAX;
    if (fgets(words, sizeof(words), f) != NULL) {
        errno = 0;
        bytes = strtoll(words, &end, 10);
        if (end == words || errno != 0 || bytes <= 0)
            bytes = INT64_MAX;
    }
    fclose(f);
    return bytes;
}

/* The least that one of these files says of a group and those above it, up to the folder `root` of
 * all groups. */
static int64_t memory_of_group(const char *root, const char *group, const char *const *files)
{
    char folder[MEMORY_PATH_MAX];
    size_t least = strlen(root);
    int64_t limit = INT64_MAX, next;
    char *slash;
    size_t i;

    snprintf(folder, sizeof(folder), "%s%s", root, strcmp(group, "/") == 0 ? "" : group);
    for (;;) {
        for (i = 0; files[i] != NULL; i++)
            if ((next = memory_read(folder, files[i])) < limit)
                limit = next;
        slash = strrchr(folder, '/');
        if (slash == NULL || strlen(folder) <= least)
            return limit;
        *slash = '\0';
    }
}

/* A line of /proc/self/cgroup: "0::/GROUP" (v2), "4:memory:/GROUP" (v1). Above memory.high nobody
 * is ended, but stands still for most of the time. */
static int64_t memory_of_line(char *line, const char *tree)
{
    static const char *const two[] = { "memory.max", "memory.high", NULL };
    static const char *const one[] = { "memory.limit_in_bytes", NULL };
    char *kinds = strchr(line, ':'), *group = kinds == NULL ? NULL : strchr(kinds + 1, ':');
    char root[MEMORY_PATH_MAX];

    if (group == NULL)
        return INT64_MAX;
    *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    if (kinds[1] == '\0')
        return memory_of_group(tree, group, two);
    if (strcmp(kinds + 1, "memory") != 0)
        return INT64_MAX;
    snprintf(root, sizeof(root), "%s/memory", tree);
    return memory_of_group(root, group, one);
}

int64_t memory_limit(const char *groups, const char *tree)
{
    int64_t limit = memory_machine(), next;
    char line[MEMORY_PATH_MAX];
    FILE *f = fopen(groups, "re");

    if (f == NULL)
        return limit;
    while (fgets(line, sizeof(line), f) != NULL) {
        next = memory_of_line(line, tree);
        if (next < limit)
            limit = next;
    }
    fclose(f);
    return limit;
}

/* That part of the limit, at most MEMORY_HELD_MAX. */
static size_t memory_part(int64_t part)
{
    int64_t bytes = memory_limit("/proc/self/cgroup", "/sys/fs/cgroup") / part;

    return bytes > MEMORY_HELD_MAX ? MEMORY_HELD_MAX : (size_t)bytes;
}

size_t memory_fetched_max(void)
{
    return memory_part(8);
}

size_t memory_light_max(size_t channels)
{
    size_t all = memory_part(16);
    size_t share =
        (all < MEMORY_LIGHT_ALL ? all : MEMORY_LIGHT_ALL) / (channels > 0 ? channels : 1);

    share = share < MEMORY_LIGHT_MAX ? share : MEMORY_LIGHT_MAX;
    return share < MEMORY_LIGHT_MIN ? MEMORY_LIGHT_MIN : share;
}

size_t memory_held_max(void)
{
    size_t quarter = memory_part(4);

    return quarter < MEMORY_HELD_MIN ? MEMORY_HELD_MIN : quarter;
}
