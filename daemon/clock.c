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

/* What the database's time is ahead of the steady one. */
static int64_t followed_ms;
static bool follows;

static int64_t own_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)(ts.tv_sec + clock_offset_s()) * 1000000 + ts.tv_nsec / 1000;
}

static int64_t steady_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

bool wall_follow(int64_t said_us, int64_t asked_ms, int64_t answered_ms)
{
    int64_t ahead_ms = said_us / 1000 - (asked_ms + answered_ms) / 2;

    if (answered_ms - asked_ms > WALL_TRIP_MS)
        return false;
    if (!follows || llabs(ahead_ms - followed_ms) > WALL_SLACK_MS)
        followed_ms = ahead_ms;
    follows = true;
    return true;
}

int64_t wall_own_ahead_s(void)
{
    return (own_now_us() - wall_now_us()) / 1000000;
}

int64_t wall_now_us(void)
{
    return follows ? steady_now_us() + followed_ms * 1000 : own_now_us();
}

int64_t wall_now(void)
{
    return wall_now_us() / 1000000;
}

int64_t steady_now_ms(void)
{
    return steady_now_us() / 1000;
}
