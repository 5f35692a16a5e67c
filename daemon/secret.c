#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/conf.h"

void secret_free(char *secret)
{
    if (secret == NULL)
        return;
    OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
}

static int secret_check(int fd, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return error_set(err, ERROR_CONFIG, "expected a plain file");
    if (st.st_mode & 07)
        return error_set(err, ERROR_CONFIG,
                         "everybody may read or write it (mode %03o): chmod o-rwx",
                         (unsigned)st.st_mode & 0777);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return error_set(err, ERROR_CONFIG, "it belongs to user %u, neither to us nor to root",
                         (unsigned)st.st_uid);
    return 0;
}

static int secret_bytes(int fd, char **out, struct error *err)
{
    char *bytes = xcalloc(1, SECRET_BYTES_MAX + 2);
    size_t len = 0;
    ssize_t n;
    int rc = -1;

    while (len <= SECRET_BYTES_MAX &&
           (n = read(fd, bytes + len, SECRET_BYTES_MAX + 1 - len)) != 0) {
        if (n < 0 && errno != EINTR) {
            error_set(err, ERROR_TRANSIENT, "%s", strerror(errno));
            goto out;
        }
        len += n < 0 ? 0 : (size_t)n;
    }
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        bytes[--len] = '\0';
    if (len > SECRET_BYTES_MAX || len == 0 || memchr(bytes, '\0', len) != NULL) {
        error_set(err, ERROR_CONFIG, "expected 1 to %d bytes without NUL", SECRET_BYTES_MAX);
        goto out;
    }
    *out = xstrdup(bytes);
    rc = 0;
out:
    OPENSSL_cleanse(bytes, SECRET_BYTES_MAX + 2);
    free(bytes);
    return rc;
}

static char *secret_path(const char *file, const char *credential, struct error *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (file != NULL)
        return xstrdup(file);
    if (folder == NULL) {
        error_set(err, ERROR_CONFIG,
                  "credential '%.64s': systemd gave none (CREDENTIALS_DIRECTORY is not set)",
                  credential);
        return NULL;
    }
    if (strchr(credential, '/') != NULL || credential[0] == '.') {
        error_set(err, ERROR_CONFIG, "credential '%.64s': expected a plain name", credential);
        return NULL;
    }
    return xasprintf("%s/%s", folder, credential);
}

int secret_read(const struct conf *c, const char *key, char **out, struct error *err)
{
    const char *file, *credential;
    char *path = NULL;
    int fd = -1, rc = -1;

    conf_secret(c, key, &file, &credential);
    if (file == NULL && credential == NULL) {
        *out = NULL;
        return 0;
    }
    path = secret_path(file, credential, err);
    if (path == NULL)
        goto out;
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        error_set(err, ERROR_CONFIG, "%s", strerror(errno));
    else if (secret_check(fd, err) == 0)
        rc = secret_bytes(fd, out, err);
    if (rc < 0)
        error_wrap(err, "%s", path);
out:
    if (rc < 0)
        error_wrap(err, "%s: %s", conf_place(c, key), key);
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}
