#include "bench/support/load.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/arena.h"

enum { LOAD_RECENT = 5000 }; /* answers come to what was written not long ago */

static uint32_t load_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

struct load_message *load_new(size_t count)
{
    struct load_message *all = xcalloc(count, sizeof(*all));
    uint64_t state = 42;
    int talks = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        uint32_t chance = load_random(&state) % 100;
        size_t recent = i < LOAD_RECENT ? i : LOAD_RECENT;
        const struct load_message *to;

        if (i == 0 || chance < 58) {
            all[i] = (struct load_message){ LOAD_NEW, (int)(load_random(&state) % LOAD_CHANNELS),
                                            talks++, (int)i, -1 };
            continue;
        }
        to = &all[i - 1 - load_random(&state) % recent];
        all[i] = *to;
        all[i].kind = chance < 98 ? LOAD_REPLY : LOAD_REPEAT;
        if (all[i].kind == LOAD_REPLY) {
            all[i].id = (int)i;
            all[i].answers = to->id;
        }
    }
    return all;
}

const char *load_text(int id)
{
    static const char words[] =
        "Buenos días, el pedido no ha llegado y nadie contesta al teléfono; "
        "¿me pueden decir dónde está y cuándo llega? Gracias de antemano. ";
    static char text[LOAD_TEXT + 1];
    size_t at = (size_t)snprintf(text, sizeof(text), "%08d ", id);

    while (at < LOAD_TEXT) {
        size_t n = sizeof(words) - 1 < LOAD_TEXT - at ? sizeof(words) - 1 : LOAD_TEXT - at;

        memcpy(text + at, words, n);
        at += n;
    }
    while (((unsigned char)text[at - 1] & 0xc0) == 0x80 || (unsigned char)text[at - 1] >= 0xc0)
        text[--at] = '.'; /* not in the middle of a letter */
    text[LOAD_TEXT] = '\0';
    return text;
}

double load_cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

double load_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
