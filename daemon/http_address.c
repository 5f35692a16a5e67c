#include "daemon/http_address.h"

#include <errno.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct address {
    union {
        struct sockaddr sa;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un path;
    };
    socklen_t len;
};

static int address_parse(const char *text, bool any_is_v4, struct address *out, struct error *err)
{
    int len = sizeof(out->v6);
    char any[32];

    memset(out, 0, sizeof(*out));
    if (text[0] == '/') {
        if (strlen(text) >= sizeof(out->path.sun_path))
            return error_set(err, ERROR_CONFIG, "%s: the path is too long for a socket", text);
        out->path.sun_family = AF_UNIX;
        strcpy(out->path.sun_path, text);
        out->len = sizeof(out->path);
        return 0;
    }
    if (text[0] == '*' && text[1] == ':') {
        snprintf(any, sizeof(any), "%s:%.10s", any_is_v4 ? "0.0.0.0" : "[::]", text + 2);
        text = any;
    }
    if (evutil_parse_sockaddr_port(text, &out->sa, &len) < 0 || out->v4.sin_port == 0)
        return error_set(err, ERROR_CONFIG, "'%.64s': expected ADDRESS:PORT, *:PORT or a path",
                         text);
    out->len = (socklen_t)len;
    return 0;
}

int http_address_check(const char *address, struct error *err)
{
    struct address at;

    return address_parse(address, false, &at, err);
}

bool http_address_is_local(const char *address)
{
    struct address at;
    struct error err;

    if (address_parse(address, false, &at, &err) < 0)
        return false;
    if (at.sa.sa_family == AF_INET)
        return ntohl(at.v4.sin_addr.s_addr) >> 24 == 127;
    return at.sa.sa_family == AF_UNIX || IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr);
}

/* A socket that a dead daemon left is in the way; one that a living daemon has is not ours. */
static int address_clear_path(const struct address *at, struct error *err)
{
    struct stat st;
    int fd, rc;

    if (lstat(at->path.sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
        return 0;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    rc = connect(fd, &at->sa, at->len);
    close(fd);
    if (rc == 0)
        return error_set(err, ERROR_CONFIG, "%s: another process listens there", at->path.sun_path);
    if (unlink(at->path.sun_path) < 0 && errno != ENOENT)
        return error_set(err, ERROR_CONFIG, "%s: what a dead process left there stays: %s",
                         at->path.sun_path, strerror(errno));
    return 0;
}

static int address_bind(int fd, const struct address *at)
{
    mode_t mask;
    int on = 1, rc;

    if (at->sa.sa_family != AF_UNIX) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        return bind(fd, &at->sa, at->len);
    }
    mask = umask(0117); /* never wider, not for a moment */
    rc = bind(fd, &at->sa, at->len);
    umask(mask);
    return rc;
}

int http_address_listen(const char *address, int backlog, struct error *err)
{
    struct address at;
    int fd;

    if (address_parse(address, false, &at, err) < 0)
        return -1;
    if (at.sa.sa_family == AF_UNIX && address_clear_path(&at, err) < 0)
        return -1;
    fd = socket(at.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 && errno == EAFNOSUPPORT && address[0] == '*' &&
        address_parse(address, true, &at, err) == 0)
        fd = socket(at.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && address_bind(fd, &at) == 0 && listen(fd, backlog) == 0)
        return fd;
    error_set(err, ERROR_CONFIG, "%s: %s", address, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
