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
    char *how = NULL;
    long at = 1;

    if (want == NULL || strncmp(want, name, len) != 0 || (want[len] != ':' && want[len] != '\0'))
        return;
    if (want[len] == ':')
        at = strtol(want + len + 1, &how, 10);
    if (++passed == at)
        raise(how != NULL && strcmp(how, ":stop") == 0 ? SIGSTOP : SIGKILL);
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
