#include "daemon/failpoint.h"

#ifdef RELEVO_FAIL_POINTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void failpoint_pass(const char *name)
{
    static long passed;
    const char *want = getenv("RELEVO_FAIL");
    size_t len = strlen(name);

    if (want == NULL || strncmp(want, name, len) != 0 || (want[len] != ':' && want[len] != '\0'))
        return;
    if (++passed >= (want[len] == ':' ? strtol(want + len + 1, NULL, 10) : 1))
        raise(SIGKILL);
}

void failpoint_mail(struct span raw)
{
    static const char place[] = "mail:";
    const char *want = getenv("RELEVO_FAIL");

    if (want == NULL || strncmp(want, place, sizeof(place) - 1) != 0)
        return;
    want += sizeof(place) - 1;
    if (memmem(raw.ptr, raw.len, want, strlen(want)) != NULL)
        raise(SIGKILL);
}
#endif
