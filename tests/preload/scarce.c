/* Memory that runs out: loaded before all other libraries (LD_PRELOAD), it refuses one allocation.
 *
 * SCARCE_EVERY=n and SCARCE_FOLDER: at each n-th allocation the process forks. The child is
 * refused, and goes on to whatever end that leads; what it prints lies in the folder as NUMBER.out
 * and NUMBER.err, how it ended as a line "NUMBER STATUS" of the file "ends". The parent waits for
 * it, and goes on as if nothing had been. SCARCE_LEFT: a file that holds a number, 8 bytes of it.
 * It counts down at each allocation, and the one that makes it 0 is refused. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCARCE_CHILD_S = 20 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static const char *folder;
static long every, seen;
static bool busy;
static int64_t *left;

__attribute__((constructor)) static void scarce_begin(void)
{
    const char *step = getenv("SCARCE_EVERY"), *path = getenv("SCARCE_LEFT");
    void *at;

    folder = getenv("SCARCE_FOLDER");
    if (step != NULL && folder != NULL)
        every = atol(step);
    if (path == NULL)
        return;
    at = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED,
              open(path, O_RDWR | O_CLOEXEC), 0);
    if (at != MAP_FAILED)
        left = at;
}

static int scarce_file(const char *name, int how)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return open(path, O_WRONLY | O_CREAT | how, 0600);
}

static void scarce_child(void)
{
    char name[32];

    snprintf(name, sizeof(name), "%ld.out", seen);
    dup2(scarce_file(name, O_TRUNC), STDOUT_FILENO);
    snprintf(name, sizeof(name), "%ld.err", seen);
    dup2(scarce_file(name, O_TRUNC), STDERR_FILENO);
    alarm(SCARCE_CHILD_S);
    every = 0;
}

static void scarce_wait(pid_t child)
{
    char line[64];
    int status, fd = scarce_file("ends", O_APPEND);

    waitpid(child, &status, 0);
    if (write(fd, line, (size_t)snprintf(line, sizeof(line), "%ld %d\n", seen, status)) < 0)
        abort();
    close(fd);
}

static bool scarce_refuses_child(void)
{
    pid_t child;

    if (every == 0 || busy || ++seen % every != 0)
        return false;
    busy = true;
    child = fork();
    if (child == 0)
        scarce_child();
    else
        scarce_wait(child);
    busy = false;
    return child == 0;
}

static bool scarce_refuses(void)
{
    if ((left == NULL || *left <= 0 || --*left > 0) && !scarce_refuses_child())
        return false;
    errno = ENOMEM;
    return true;
}

/* dlsym() asks for memory itself. */
static void *scarce_few(size_t size)
{
    static _Alignas(16) char few[4096];
    static size_t used;
    void *p = few + used;

    used += (size + 15) & ~(size_t)15;
    if (used > sizeof(few))
        abort();
    return p;
}

static bool scarce_looks(void)
{
    static bool looking;

    if (real_realloc != NULL || looking)
        return looking;
    looking = true;
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "__libc_malloc");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "__libc_calloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "__libc_realloc");
    looking = false;
    return false;
}

/* Whoever stands before libc's malloc() calls that by its other name; both come here. */

void *__libc_malloc(size_t size)
{
    if (scarce_looks())
        return scarce_few(size);
    return scarce_refuses() ? NULL : real_malloc(size);
}

void *__libc_calloc(size_t count, size_t size)
{
    if (scarce_looks())
        return scarce_few(count * size);
    return scarce_refuses() ? NULL : real_calloc(count, size);
}

void *__libc_realloc(void *p, size_t size)
{
    if (scarce_looks())
        abort();
    return scarce_refuses() ? NULL : real_realloc(p, size);
}

void *malloc(size_t size)
{
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
    return __libc_realloc(p, size);
}
