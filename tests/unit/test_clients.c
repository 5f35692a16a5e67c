/* Sockets of channels at a path. chmod() is ours: what it says there, no kernel says when one wants
 * it to. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/channel.h"
#include "daemon/clients.h"
#include "daemon/clock.h"

enum { LOOK_MS = 20, LONG_MS = 5000, MODE = 0600 /* none that a socket has from the beginning */ };

static bool refuses;

int chmod(const char *path, mode_t mode)
{
    if (!refuses)
        return fchmodat(AT_FDCWD, path, mode, 0);
    errno = EROFS;
    return -1;
}

static struct event_base *base;
static struct clients *clients;
static struct channel channel;
static struct channel_client *connected;
static enum channel_health health;
static char words[200], folder[64], path[80];
static int told;

static void *on_client(struct channel *ch, struct channel_client *client)
{
    connected = client;
    return ch;
}

static void on_client_gone(void *client)
{
    (void)client;
    connected = NULL;
}

static void on_health(void *ctx, struct channel *ch, enum channel_health is, const char *why)
{
    (void)ctx;
    (void)ch;
    health = is;
    snprintf(words, sizeof(words), "%s", why);
    told++;
}

static const struct channel_host host = { .health = on_health };
static const struct channel_ops ops = { .on_client = on_client, .on_client_gone = on_client_gone };

static void begin(void)
{
    struct error err;

    snprintf(folder, sizeof(folder), "/tmp/relevo-clients-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    channel = (struct channel){ .host = &host, .ops = &ops };
    told = 0;
    refuses = false;
    base = event_base_new();
    clients = clients_new(base, LOOK_MS);
    assert_int_equal(clients_listen(clients, &channel, path, MODE, &err), 0);
}

static void end(void)
{
    clients_listen_stop(clients, &channel);
    clients_free(clients);
    event_base_free(base);
    rmdir(folder);
}

/* So often it is said how the socket is. */
static void wait_told(int times)
{
    int64_t end = steady_now_ms() + LONG_MS;

    told = 0;
    while (told < times && steady_now_ms() < end)
        event_base_loop(base, EVLOOP_ONCE);
    assert_true(told >= times);
}

/* The mode that it has, where one who connects is heard. */
static int is_heard(void)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), i;
    struct stat st;

    connected = NULL;
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    for (i = 0; i < 8 && connected == NULL; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
    assert_non_null(connected);
    close(fd);
    while (connected != NULL)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(lstat(path, &st), 0);
    return (int)(st.st_mode & 0777);
}

static void test_a_socket_that_was_made_anew_and_cannot_have_its_mode_is_tried_until_it_can(
    void **state)
{
    (void)state; /* F58 */
    begin();
    assert_int_equal(is_heard(), MODE);
    refuses = true;
    assert_int_equal(unlink(path), 0);
    wait_told(3);
    assert_int_equal(health, CHANNEL_TROUBLE);
    assert_non_null(strstr(words, "Read-only"));
    refuses = false;
    wait_told(1);
    assert_int_equal(health, CHANNEL_OK);
    assert_int_equal(is_heard(), MODE);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_a_socket_that_was_made_anew_and_cannot_have_its_mode_is_tried_until_it_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
