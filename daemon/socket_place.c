#include "daemon/socket_place.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/http_address.h"

int socket_place_make(struct socket_place *place, int backlog, struct error *err)
{
    int fd = http_address_listen(place->path, backlog, err);
    struct stat st = { 0 };

    if (fd < 0)
        return -1;
    lstat(place->path, &st);
    place->device = st.st_dev;
    place->inode = st.st_ino;
    return fd;
}

bool socket_place_is_there(const struct socket_place *place)
{
    struct stat st;

    return lstat(place->path, &st) == 0 && st.st_dev == place->device && st.st_ino == place->inode;
}

void socket_place_clear(struct socket_place *place)
{
    if (socket_place_is_there(place))
        unlink(place->path);
    free(place->path);
}
