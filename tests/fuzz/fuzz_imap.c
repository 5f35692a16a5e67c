/* What an IMAP server may say, from its greeting to its end: a whole session over a socket pair. It
 * answers whatever it answers, hears nothing, and hangs up.
 *
 * Debian's libetpan has holes that are known (a NULL pointer after a malformed PERMANENTFLAGS, a
 * stack that nested parentheses use up): a worker dies of them, and that is what it is for. Such
 * inputs are passed over, for they would be all that is found. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channels/imap_session.h"
#include "tests/fuzz/fuzz.h"

enum { NESTED_MAX = 200, BODY_MAX = 4096 };

/* What libetpan had of a line when it gave the line up, it forgets: a worker that meets many such
 * lines has an end anyway. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libetpan\n";
}

static void nothing(void *arg)
{
    (void)arg;
}

static bool is_known_hole(struct span s)
{
    size_t i, depth = 0;

    for (i = 0; i < s.len; i++) {
        depth += s.ptr[i] == '(';
        if (s.len - i >= 5 && strncasecmp(s.ptr + i, "[PERM", 5) == 0)
            return true;
    }
    return depth > NESTED_MAX;
}

static void on_mail(void *arg, uint32_t uid, int memfd)
{
    const uint32_t *first = arg;

    FUZZ_HOLDS(uid == first[0] || uid == first[1]);
    FUZZ_HOLDS(lseek(memfd, 0, SEEK_END) <= BODY_MAX);
    close(memfd);
}

static void take_one(struct imap_session *s, uint32_t uid)
{
    uint32_t two[] = { uid, uid == UINT32_MAX ? uid : uid + 1 };
    struct imap_mail mails[IMAP_LOOK_MAX];
    struct error err;
    int memfd, what;
    size_t found;
    bool over;

    if (imap_session_look(s, &uid, 1, mails, &found, &err) == 0) {
        FUZZ_HOLDS(found <= 1);
        FUZZ_HOLDS(found == 0 || mails[0].uid == uid);
    }
    if (imap_session_fetch(s, uid, false, BODY_MAX, &memfd, &over, &err) == 0 && memfd >= 0) {
        FUZZ_HOLDS(lseek(memfd, 0, SEEK_END) <= BODY_MAX);
        close(memfd);
    }
    (void)imap_session_fetch_some(s, two, 2, BODY_MAX, on_mail, two, &err);
    (void)imap_session_move(s, &uid, 1, "Done", &err);
    (void)imap_session_delete(s, &uid, 1, &err);
    if (imap_session_can_idle(s))
        (void)imap_session_idle(s, -1, 1, &what, &err);
}

static void walk(struct imap_session *s, uint32_t uidnext)
{
    uint32_t at = 0, before, *uids;
    struct error err;
    size_t count, i;

    do {
        before = at;
        if (imap_session_walk(s, &at, uidnext, &uids, &count, &err) < 0)
            return;
        FUZZ_HOLDS(at > before);
        for (i = 1; i < count; i++)
            FUZZ_HOLDS(uids[i] >= uids[i - 1]);
        if (count > 0)
            take_one(s, uids[0]);
        free(uids);
    } while (at != UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct imap_account a = { .peer = { .host = "x", .tls = MAIL_STREAM_PLAIN },
                              .user = "u",
                              .password = "p",
                              .beat = nothing };
    struct imap_session *s;
    struct imap_box box;
    struct error err;
    int pair[2];

    signal(SIGPIPE, SIG_IGN);
    if (is_known_hole((struct span){ (const char *)data, size }))
        return 0;
    FUZZ_HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    FUZZ_HOLDS(send(pair[1], data, size, 0) == (ssize_t)size);
    shutdown(pair[1], SHUT_WR);
    a.peer.given = pair[0];
    if (imap_session_open(&a, &s, &err) == 0) {
        if (imap_session_select(s, "INBOX", true, &box, &err) == 0)
            walk(s, box.uidnext);
        imap_session_close(s);
    } else {
        FUZZ_HOLDS(err.kind != ERROR_NONE);
    }
    close(pair[1]);
    return 0;
}
