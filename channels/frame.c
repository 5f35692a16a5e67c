#include "channels/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const int frame_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

int frame_pair(int fds[2], struct error *err)
{
    int room = 4 * FRAME_MAX, i;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
        return error_set(err, ERROR_TRANSIENT, "socket pair: %s", strerror(errno));
    for (i = 0; i < 2; i++)
        setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    return 0;
}

static int frame_send_parts(int fd, struct iovec *parts, size_t count, int pass, struct error *err)
{
    size_t len = parts[0].iov_len + (count > 1 ? parts[1].iov_len : 0);
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
    struct cmsghdr *head;
    ssize_t n;

    if (len == 0 || len > FRAME_MAX)
        return error_set(err, ERROR_PERMANENT, "a record of %zu bytes; expected 1 to %d", len,
                         FRAME_MAX);
    if (pass >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof(control.room);
        head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &pass, sizeof(int));
    }
    do
        n = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)len)
        return 0;
    return error_set(
        err, n < 0 && (errno == EAGAIN || errno == ENOBUFS) ? ERROR_TRANSIENT : ERROR_PERMANENT,
        "the other end: %s", strerror(errno));
}

int frame_send(int fd, struct span record, int pass, struct error *err)
{
    struct iovec part = { (void *)(unsigned long)record.ptr, record.len };

    return frame_send_parts(fd, &part, 1, pass, err);
}

int frame_answer(int fd, enum frame_kind kind, struct span said, int pass, struct error *err)
{
    char first = (char)kind;
    struct iovec parts[2] = { { &first, 1 }, { (void *)(unsigned long)said.ptr, said.len } };

    return frame_send_parts(fd, parts, 2, pass, err);
}

/* Takes the one descriptor that may have come; more than one, or anything else, is no frame of
 * ours. */
static int frame_take_fd(struct msghdr *message, int *pass)
{
    struct cmsghdr *head;
    int got[8], count = 0, i;

    for (head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        for (i = 0; CMSG_LEN(sizeof(int) * (size_t)(i + 1)) <= head->cmsg_len && count < 8; i++)
            memcpy(&got[count++], CMSG_DATA(head) + sizeof(int) * (size_t)i, sizeof(int));
    }
    if (count == 1) {
        *pass = got[0];
        return 0;
    }
    for (i = 0; i < count; i++)
        close(got[i]);
    return count == 0 ? 0 : -1;
}

int frame_receive(int fd, char *room, size_t *len, int *pass, struct error *err)
{
    struct iovec part = { room, FRAME_MAX };
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(8 * sizeof(int))];
    } control;
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.room,
                              .msg_controllen = sizeof(control.room) };
    ssize_t n;
    bool strange;
    int taken;

    do
        n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    *pass = -1;
    if (n < 0 && (errno == ECONNRESET || errno == EPIPE))
        return 0; /* and nothing was written into `message` */
    if (n < 0)
        return error_set(err, errno == EAGAIN ? ERROR_TRANSIENT : ERROR_PERMANENT,
                         "the other end: %s", strerror(errno));
    taken = frame_take_fd(&message, pass);
    if (taken == 0 && *pass < 0 && (message.msg_flags & MSG_CTRUNC) != 0)
        return error_set(err, ERROR_CONFIG, "no descriptor is left for what came with a record");
    strange = taken < 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    if (strange) {
        if (*pass >= 0)
            close(*pass);
        *pass = -1;
        return error_set(err, ERROR_PERMANENT,
                         "a record that was cut, or came with several descriptors");
    }
    if (n == 0)
        return 0;
    *len = (size_t)n;
    return 1;
}

int frame_open_room(int *fd, struct error *err)
{
    int made = memfd_create("relevo", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (made < 0)
        return error_set(err, ERROR_TRANSIENT, "memfd: %s", strerror(errno));
    *fd = made;
    return 0;
}

int frame_close_room(int fd, struct error *err)
{
    if (fcntl(fd, F_ADD_SEALS, frame_seals) < 0)
        return error_set(err, ERROR_TRANSIENT, "memfd: %s", strerror(errno));
    return 0;
}

int frame_seal(struct span bytes, int *fd, struct error *err)
{
    size_t done = 0;
    ssize_t n;
    int made = -1;

    if (frame_open_room(&made, err) < 0)
        return -1;
    while (done < bytes.len) {
        n = write(made, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n < 0 ? 0 : (size_t)n;
    }
    if (done < bytes.len) {
        error_set(err, ERROR_TRANSIENT, "memfd: %s", strerror(errno));
        close(made);
        return -1;
    }
    if (frame_close_room(made, err) < 0) {
        close(made);
        return -1;
    }
    *fd = made;
    return 0;
}

int frame_map(int fd, size_t max, struct span *out, struct error *err)
{
    int seals = fcntl(fd, F_GET_SEALS);
    struct stat st;
    void *at;

    if (seals < 0 || (seals & frame_seals) != frame_seals || fstat(fd, &st) < 0)
        return error_set(err, ERROR_PERMANENT, "expected a sealed memfd");
    if (st.st_size < 0 || (size_t)st.st_size > max)
        return error_set(err, ERROR_PERMANENT, "a memfd of %lld bytes; expected at most %zu",
                         (long long)st.st_size, max);
    if (st.st_size == 0) {
        *out = (struct span){ NULL, 0 };
        return 0;
    }
    at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        return error_set(err, ERROR_TRANSIENT, "mmap: %s", strerror(errno));
    *out = (struct span){ at, (size_t)st.st_size };
    return 0;
}

void frame_unmap(struct span bytes)
{
    if (bytes.len > 0)
        munmap((void *)(unsigned long)bytes.ptr, bytes.len);
}
