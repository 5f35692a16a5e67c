#include "daemon/clock.h"

#include <stdlib.h>
#include <time.h>

static int64_t clock_offset_s(void)
{
#ifdef RELEVO_FAIL_POINTS
    static int64_t offset;
    static int asked;
    const char *text;

    if (!asked) {
        asked = 1;
        text = getenv("RELEVO_CLOCK_OFFSET_S");
        offset = text == NULL ? 0 : strtoll(text, NULL, 10);
    }
    return offset;
#else
    return 0;
#endif
}

int64_t wall_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)(ts.tv_sec + clock_offset_s()) * 1000000 + ts.tv_nsec / 1000;
}

int64_t wall_now(void)
{
    return wall_now_us() / 1000000;
}

int64_t steady_now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
