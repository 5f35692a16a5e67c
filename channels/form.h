/* channels/form.h - application/x-www-form-urlencoded, read strictly and written.
 *
 * Pure. What is read is decoded into the arena: at most FORM_FIELDS_MAX fields, names of at most
 * FORM_NAME_MAX bytes; the size of the whole is the caller's bound. */
#ifndef RELEVO_CHANNELS_FORM_H
#define RELEVO_CHANNELS_FORM_H

#include <stddef.h>

#include "core/error.h"
#include "core/text.h"

struct arena;

enum { FORM_FIELDS_MAX = 1000, FORM_NAME_MAX = 256 };

struct form_field {
    struct span name, value; /* each with a NUL behind it that is not counted */
};
struct form {
    struct form_field *fields; /* in the order in which they came */
    size_t count;
};

/* -1 with ERROR_PERMANENT that names the byte: "form: byte 17: …". Empty pairs ("a=1&&b=2") are
 * passed over. */
int form_parse(struct arena *a, struct span body, struct form *out, struct error *err);
/* The first field of that name; NULL: there is none. */
const char *form_value(const struct form *f, const char *name);

/* Adds "name=value", with '&' before it where something is there already. */
void form_add(struct text_buffer *b, const char *name, const char *value);
/* Adds s as it stands in a query or a path's segment. */
void form_escape(struct text_buffer *b, struct span s);

#endif
