/* daemon/secret.h - passwords and tokens: from files and systemd credentials alone (S-51).
 *
 * A secret is wiped when it is freed, and is in no argument, environment, log or error text. */
#ifndef RELEVO_DAEMON_SECRET_H
#define RELEVO_DAEMON_SECRET_H

#include "core/error.h"

struct conf;

enum { SECRET_BYTES_MAX = 64 * 1024 };

/* The secret that `key` of `c` names, without a line end at its end, NUL-terminated; secret_free()
 * it. *out is NULL where the key is not written. A file must be a plain one, of ours or root's, and
 * closed to others (no mode bit for them); ERROR_CONFIG says what is wrong with it, ERROR_TRANSIENT
 * that it cannot be read now. */
int secret_read(const struct conf *c, const char *key, char **out, struct error *err);
void secret_free(char *secret); /* takes NULL */

#endif
