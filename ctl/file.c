/* Files that are given on the line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "ctl/command.h"

static int read_all(FILE *f, size_t most, struct text_buffer *out, struct error *err)
{
    char piece[64 << 10];
    size_t n;

    while (out->len <= most && (n = fread(piece, 1, sizeof(piece), f)) > 0)
        text_buffer_add(out, piece, n);
    if (!ferror(f))
        return 0;
    return error_set(err, errno == EISDIR ? ERROR_PERMANENT : ERROR_TRANSIENT, "%s",
                     strerror(errno));
}

int ctl_read_file(const char *path, size_t most, struct text_buffer *out, struct error *err)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    int rc;

    if (f == NULL)
        return error_set(err, ERROR_PERMANENT, "%s: %s", path, strerror(errno));
    rc = read_all(f, most, out, err);
    if (f != stdin)
        fclose(f);
    return rc < 0 ? error_wrap(err, "%s", path) : 0;
}
