#include "daemon/worker.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channels/frame.h"
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/sandbox.h"
#include "daemon/worker_main.h"
#include "daemon/worker_process.h"

/* A child that floods us does not keep the loop from its other work. */
enum {
    WORKER_RECORDS_A_TURN = 64,
    WORKER_RECORDS_LATE = 1000, /* more than one that has a deadline says before it */
    WORKER_ENV_MAX = 16,
};

struct workers {
    struct event_base *base;
    struct event *child_died;
    worker_told_fn *told;
    void *arg;
    int self; /* our own binary: an update of the file while we run does not change what is started
               */
    char *room; /* FRAME_MAX */
    struct worker_process *processes;
};

struct event_base *worker_base(const struct workers *w)
{
    return w->base;
}

static void worker_arm(struct event *timer, int64_t ms)
{
    struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

    event_add(timer, &tv);
}

/* --- DOWN -> STARTING -> UP
 * --------------------------------------------------------------------------------------- */

/* The few things of our environment that a child may know; credentials' places are not among them.
 * libesmtp looks for keys in XDG_CONFIG_DIR, and fails where it may not look. */
static void worker_environment(struct arena *a, int64_t memory, char **env)
{
    static const char *const kept[] = {
        "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TZ", "LANG", "LC_ALL", "RELEVO_FAIL"
    }; /* a test's; a release does not look */
    const char *value;
    size_t i, n = 0;

    env[n++] = arena_strdup(a, "PATH=/usr/bin:/bin");
    env[n++] = arena_strdup(a, "XDG_CONFIG_DIR=/nonexistent");
    env[n++] = arena_printf(a, "RELEVO_WORKER_MEMORY=%lld", (long long)memory);
    for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if ((value = getenv(kept[i])) != NULL)
            env[n++] = arena_printf(a, "%s=%s", kept[i], value);
    env[n] = NULL;
}

/* The child gets its socket as WORKER_FD and our binary beside it, and no other descriptor. */
static int worker_spawn(struct worker_process *p, int socket)
{
    struct arena *a = arena_new();
    char *argv[] = { arena_printf(a, "relevod: %s", p->role),
                     arena_printf(a, "--worker=%s", p->role), NULL };
    char *env[WORKER_ENV_MAX], *path = arena_printf(a, "/proc/self/fd/%d", WORKER_FD + 1);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    int rc;

    worker_environment(a, p->memory, env);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawn_file_actions_init(&files);
    /* By way of high numbers: one of the two may lie where the other has to go. */
    posix_spawn_file_actions_adddup2(&files, socket, WORKER_FD + 2);
    posix_spawn_file_actions_adddup2(&files, p->home->self, WORKER_FD + 3);
    posix_spawn_file_actions_adddup2(&files, WORKER_FD + 2, WORKER_FD);
    posix_spawn_file_actions_adddup2(&files, WORKER_FD + 3, WORKER_FD + 1);
    posix_spawn_file_actions_addclosefrom_np(&files, WORKER_FD + 2);
    rc = posix_spawn(&p->pid, path, &files, &how, argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    arena_free(a);
    if (rc != 0)
        p->pid = 0;
    return rc;
}

static void worker_on_readable(evutil_socket_t fd, short what, void *arg);

static void worker_pause(struct worker_process *p)
{
    p->pause_ms = p->pause_ms == 0 ? WORKER_PAUSE_MIN_MS : p->pause_ms * 2;
    if (p->pause_ms > WORKER_PAUSE_MAX_MS)
        p->pause_ms = WORKER_PAUSE_MAX_MS;
    worker_arm(p->timer, p->pause_ms);
}

static void worker_start(struct worker_process *p)
{
    struct workers *w = p->home;
    struct error err;
    int fds[2], rc;

    p->why[0] = '\0';
    if (frame_pair(fds, &err) < 0) {
        worker_pause(p);
        w->told(w->arg, p->role, 0, err.text, p->pause_ms);
        return;
    }
    rc = worker_spawn(p, fds[1]);
    close(fds[1]);
    if (rc != 0) {
        close(fds[0]);
        worker_pause(p);
        error_set(
            &err, ERROR_TRANSIENT, "%s%s",
            rc == EAGAIN || rc == ENOMEM ? "" : "our program, by /proc/self/fd: ", strerror(rc));
        w->told(w->arg, p->role, 0, err.text, p->pause_ms);
        return;
    }
    evutil_make_socket_nonblocking(fds[0]);
    p->fd = fds[0];
    p->state = WORKER_STARTING;
    p->started_ms = steady_now_ms();
    p->readable = event_new(w->base, p->fd, EV_READ | EV_PERSIST, worker_on_readable, p);
    event_add(p->readable, NULL);
    worker_process_deadline(p, WORKER_READY_MS);
}

/* Its first record. */
static void worker_ready(struct worker_process *p, struct span record)
{
    if (record.len != 1 || record.ptr[0] != FRAME_READY) {
        worker_process_kill(p, "killed: it did not say that it is ready");
        return;
    }
    worker_process_deadline(p, 0);
    p->state = WORKER_UP;
    p->home->told(p->home->arg, p->role, p->pid, NULL, 0);
    p->owner->on_up(p);
}

/* --- STARTING, UP -> ENDING
 * ------------------------------------------------------------------------------------- */

static bool worker_is_running(const struct worker_process *p)
{
    return p->state == WORKER_STARTING || p->state == WORKER_UP;
}

static int64_t worker_grace_ms(void)
{
    return sandbox_is_emulated() ? WORKER_GRACE_EMULATED_MS : WORKER_GRACE_MS;
}

static void worker_end(struct worker_process *p, const char *why)
{
    bool tell = !p->leaving && p->state == WORKER_UP;

    if (!worker_is_running(p))
        return;
    p->state = WORKER_ENDING;
    snprintf(p->why, sizeof(p->why), "%s", why);
    event_del(p->deadline);
    event_free(p->readable);
    p->readable = NULL;
    close(p->fd);
    p->fd = -1;
    worker_arm(p->timer, worker_grace_ms());
    if (tell)
        p->owner->on_lost(p, why[0] == '\0' ? "its process ended" : why);
}

void worker_process_kill(struct worker_process *p, const char *why)
{
    if (!worker_is_running(p))
        return;
    kill(p->pid, SIGKILL);
    worker_end(p, why);
}

void worker_process_deadline(struct worker_process *p, int64_t ms)
{
    event_del(p->deadline);
    p->overdue = false;
    if (ms > 0 && worker_is_running(p))
        worker_arm(p->deadline, ms);
}

/* Reads what is there, up to `turn` records; false: there was no more, or it is ending. */
static bool worker_read(struct worker_process *p, int turn)
{
    struct error err;
    size_t len;
    int rc, pass;

    while (turn-- > 0 && worker_is_running(p)) {
        rc = frame_receive(p->fd, p->home->room, &len, &pass, &err);
        if (rc < 0 && err.kind == ERROR_TRANSIENT)
            return false;
        p->starved = rc < 0 && err.kind == ERROR_CONFIG;
        if (rc < 0)
            worker_process_kill(p, p->starved ? "killed: no descriptor is left for its answer"
                                              : "killed: it sent what is no frame");
        else if (rc == 0)
            worker_end(p, "");
        else if (p->state == WORKER_STARTING)
            worker_ready(p, (struct span){ p->home->room, len });
        else
            p->owner->on_record(p, (struct span){ p->home->room, len }, pass);
        if (rc > 0 && pass >= 0)
            close(pass);
    }
    return worker_is_running(p);
}

static void worker_on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    worker_read(arg, WORKER_RECORDS_A_TURN);
}

/* What it said is heard first: where we were paused, or had other work, it was not late. */
static void worker_on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct worker_process *p = arg;
    int i;

    (void)fd;
    (void)what;
    p->overdue = true;
    for (i = 0; i < WORKER_RECORDS_LATE && p->overdue && worker_read(p, 1);)
        i++;
    if (p->overdue)
        worker_process_kill(p, p->state == WORKER_STARTING
                                   ? "killed: it did not say that it is ready"
                                   : p->owner->overdue);
}

/* --- ENDING -> DOWN
 * ----------------------------------------------------------------------------------- */

static void worker_forget(struct worker_process *p)
{
    struct worker_process **at;

    for (at = &p->home->processes; *at != p; at = &(*at)->next)
        ;
    *at = p->next;
    event_free(p->timer);
    event_free(p->deadline);
    free(p);
}

static const char *worker_words(const struct worker_process *p, int status, char *room, size_t size)
{
    if (p->why[0] != '\0')
        return p->why;
    if (WIFEXITED(status) && WEXITSTATUS(status) == ARENA_DIED)
        snprintf(room, size, "out of memory");
    else if (WIFSIGNALED(status))
        snprintf(room, size, "ended by signal %d", WTERMSIG(status));
    else
        snprintf(room, size, "ended with exit status %d", WEXITSTATUS(status));
    return room;
}

static void worker_reaped(struct worker_process *p, int status)
{
    char room[64];
    pid_t pid = p->pid;

    worker_read(p, FRAME_MAX); /* its last words may still lie there */
    worker_end(p, "");
    p->pid = 0;
    p->state = WORKER_DOWN;
    event_del(p->timer);
    if (p->leaving)
        return;
    if (steady_now_ms() - p->started_ms >= WORKER_STEADY_MS)
        p->pause_ms = 0;
    worker_pause(p);
    p->home->told(p->home->arg, p->role, pid, worker_words(p, status, room, sizeof(room)),
                  p->pause_ms);
}

/* The one place where a process that its owner left is forgotten: whoever walks the list may be
 * within an owner's callback. True: nobody of ours is left. */
static bool worker_reap(struct workers *w)
{
    struct worker_process *p, *next;
    bool none = true;
    int status;

    for (p = w->processes; p != NULL; p = next) {
        next = p->next; /* NOLINT(clang-analyzer-unix.Malloc): what is freed left the list */
        if (p->pid > 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
            worker_reaped(p, status);
        if (p->pid > 0)
            none = false;
        else if (p->leaving)
            worker_forget(p);
    }
    return none;
}

static void worker_on_child_died(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    worker_reap(arg);
}

/* DOWN: the pause is over. ENDING: so is the grace. */
static void worker_on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct worker_process *p = arg;

    (void)fd;
    (void)what;
    if (p->state == WORKER_DOWN && p->leaving)
        worker_reap(p->home);
    else if (p->state == WORKER_DOWN)
        worker_start(p);
    else if (p->state == WORKER_ENDING && p->pid > 0)
        kill(p->pid, SIGKILL);
}

/* --- the doors
 * ---------------------------------------------------------------------------------------- */

struct worker_process *worker_process_new(struct workers *w, const char *role, int64_t memory,
                                          const struct worker_owner *owner, void *arg)
{
    struct worker_process *p = xcalloc(1, sizeof(*p));

    p->home = w;
    p->role = role;
    p->memory = memory;
    p->owner = owner;
    p->arg = arg;
    p->fd = -1;
    p->timer = evtimer_new(w->base, worker_on_timer, p);
    p->deadline = evtimer_new(w->base, worker_on_deadline, p);
    p->next = w->processes;
    w->processes = p;
    worker_arm(p->timer, 0);
    return p;
}

void worker_process_leave(struct worker_process *p)
{
    p->leaving = true;
    if (p->state == WORKER_DOWN)
        worker_arm(p->timer, 0);
    else
        worker_end(p, "");
}

struct workers *workers_new(struct event_base *base, worker_told_fn *told, void *arg)
{
    struct workers *w = xcalloc(1, sizeof(*w));
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[len < 0 ? 0 : len] = '\0';
    w->self = open(path, O_PATH | O_CLOEXEC);
    if (w->self < 0) /* the file has been replaced already */
        w->self = open("/proc/self/exe", O_PATH | O_CLOEXEC);
    w->base = base;
    w->told = told;
    w->arg = arg;
    w->room = xmalloc(FRAME_MAX);
    w->child_died = evsignal_new(base, SIGCHLD, worker_on_child_died, w);
    event_add(w->child_died, NULL);
    return w;
}

void workers_free(struct workers *w)
{
    const struct timespec nap = { 0, 5 * 1000 * 1000 };
    struct worker_process *p;
    int64_t end;

    if (w == NULL)
        return;
    end = steady_now_ms() + worker_grace_ms();
    while (!worker_reap(w) && steady_now_ms() < end)
        nanosleep(&nap, NULL);
    for (p = w->processes; p != NULL; p = p->next)
        if (p->pid > 0) /* NOLINT(clang-analyzer-unix.Malloc): likewise */
            kill(p->pid, SIGKILL);
    while (!worker_reap(w))
        nanosleep(&nap, NULL);
    event_free(w->child_died);
    close(w->self);
    free(w->room);
    free(w);
}
