/* core/conf.h - YAML files typed by one table of keys; every mistake at once, each with its place.
 *
 * Pure: bytes come in, includes are asked of the caller. The same table prints the commented
 * sample, the manual page and a JSON Schema (core/conf_doc.h). A `struct conf` is one checked
 * mapping; it is borrowed from its `struct conf_file`. Asking for a key that is not in its table is
 * our mistake: assert(). Bounds: a file 1 MiB, depth 64, includes 16 deep and 256 in all, 100
 * errors told. */
#ifndef RELEVO_CORE_CONF_H
#define RELEVO_CORE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

enum conf_type {
    CONF_TEXT,
    CONF_BOOL,     /* yes, no, true, false, on, off */
    CONF_INT,      /* within min and max */
    CONF_DURATION, /* 90s, 15m, 4h, 2d, "1h30m"; seconds; within min and max */
    CONF_SIZE,     /* 25MiB, 64KiB, 1000; bytes */
    CONF_CHOICE,   /* one of `choices` */
    CONF_SECRET,   /* {file: PATH} or {credential: NAME}: never the secret itself */
    CONF_TEXTS,    /* a list of texts; one text alone is a list of one */
    CONF_SECTION,  /* a mapping by `keys` */
    CONF_LIST,     /* a list of mappings, each by `keys` */
    CONF_NAMED,    /* a mapping of free names to mappings, each by `keys` */
    CONF_VALUES,   /* a mapping of free names to texts (templates, headers) */
};

struct conf_key {
    const char *name; /* NULL ends the table */
    enum conf_type type;
    bool required;
    const char *fallback;        /* as one would write it; NULL: absent stays absent */
    const char *doc;             /* one or more sentences; required, for it is the manual */
    const char *example;         /* as one would write it in the sample; NULL: the fallback */
    int64_t min, max;            /* CONF_INT, CONF_DURATION, CONF_SIZE; 0, 0: no bound */
    const char *const *choices;  /* CONF_CHOICE, ended by NULL */
    const struct conf_key *keys; /* CONF_SECTION, CONF_LIST, CONF_NAMED */
    /* CONF_NAMED only, may be NULL: which further table an item is checked by, chosen by its own
     * text at `variant_key` ("kind" of a channel). Returns NULL for an unknown variant. */
    const char *variant_key;
    const struct conf_key *(*variant)(const char *value);
    const char *(*variant_name)(size_t i); /* all variants for the documentation; NULL ends */
};

struct conf;
struct conf_file;

/* Errors in the order of the files, each "relevo.yaml:12:5: port: expected 1 to 65535, got 99999".
 */
struct conf_errors {
    char **lines;
    size_t count;
};
void conf_errors_add(struct conf_errors *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* At the place of `key` of c (NULL: of c itself). */
void conf_errors_at(struct conf_errors *e, const struct conf *c, const char *key, const char *fmt,
                    ...) __attribute__((format(printf, 4, 5)));
/* At the place of its `i`th item. */
void conf_errors_at_item(struct conf_errors *e, const struct conf *c, const char *key, size_t i,
                         const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void conf_errors_clear(struct conf_errors *e);

/* Gives the bytes of an included file, free()d by the caller; -1 with err when it cannot. */
typedef int conf_include_fn(void *arg, const char *from, const char *name, char **bytes,
                            size_t *len, struct error *err);

/* Reads and checks. 0: *out is the caller's and errors is untouched. -1: errors has at least one.
 * `include` NULL: includes are an error. A top-level key `include: [files]` merges mappings key by
 * key; the same key twice is an error that names both places. */
int conf_read(const struct conf_key *table, const char *name, struct span bytes,
              conf_include_fn *include, void *arg, struct conf_file **out,
              struct conf_errors *errors);
/* As conf_read(), for whoever goes on to judge what is meant, so that one run tells the mistakes of
 * both: *out is given in any case, and -1 says that there are errors already. */
int conf_read_all(const struct conf_key *table, const char *name, struct span bytes,
                  conf_include_fn *include, void *arg, struct conf_file **out,
                  struct conf_errors *errors);
/* False: of that key's value an error has been told, and nothing follows from what it seems to be.
 * Names and items of which one is wrong are sound themselves. */
bool conf_is_sound(const struct conf *c, const char *key);
/* By their places, from the `from`th on. */
void conf_errors_sort(struct conf_errors *e, size_t from);
void conf_file_free(struct conf_file *f); /* takes NULL */
const struct conf *conf_root(const struct conf_file *f);

bool conf_has(const struct conf *c, const char *key);         /* written in the file */
const char *conf_text(const struct conf *c, const char *key); /* also CONF_CHOICE; NULL: absent */
bool conf_bool(const struct conf *c, const char *key);        /* absent: false */
int64_t conf_int(const struct conf *c, const char *key); /* also durations (s), sizes; absent: 0 */
size_t conf_count(const struct conf *c,
                  const char *key); /* of TEXTS, LIST, NAMED, VALUES; absent: 0 */
const char *conf_text_at(const struct conf *c, const char *key, size_t i);   /* TEXTS, VALUES */
const char *conf_name_at(const struct conf *c, const char *key, size_t i);   /* NAMED, VALUES */
const struct conf *conf_at(const struct conf *c, const char *key, size_t i); /* LIST, NAMED */
const struct conf *conf_section(const struct conf *c, const char *key);      /* NULL: absent */
const struct conf *conf_find(const struct conf *c, const char *key,
                             const char *name); /* NAMED; NULL */
/* CONF_SECRET: where it is to be read from; both NULL: absent. daemon/secret.h reads it. */
void conf_secret(const struct conf *c, const char *key, const char **file, const char **credential);
/* "relevo.yaml:12:5", of the key's value, or of c itself for NULL. Good as long as the file. */
const char *conf_place(const struct conf *c, const char *key);

#endif
