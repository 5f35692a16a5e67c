/* The checked tree: what is asked of it once core/conf_read.c has made it. */
#include "core/conf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/conf_tree.h"

enum { CONF_ERRORS_MAX = 100 };

void conf_errors_add(struct conf_errors *e, const char *fmt, ...)
{
    va_list ap;
    char *line;

    if (e->count >= CONF_ERRORS_MAX)
        return;
    va_start(ap, fmt);
    if (vasprintf(&line, fmt, ap) < 0)
        abort();
    va_end(ap);
    e->lines = xrealloc(e->lines, (e->count + 1) * sizeof(*e->lines));
    e->lines[e->count++] = line;
}

enum { CONF_ERROR_WORDS = 400 };

static void conf_errors_say(struct conf_errors *e, const char *place, const char *key,
                            const char *words)
{
    conf_errors_add(e, "%s: %s%s%s", place, key == NULL ? "" : key, key == NULL ? "" : ": ", words);
}

void conf_errors_at(struct conf_errors *e, const struct conf *c, const char *key, const char *fmt,
                    ...)
{
    char words[CONF_ERROR_WORDS];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    conf_errors_say(e, conf_place(c, key), key, words);
}

/* The numbers of "policy.yaml:12:5: …", after the name. */
static void conf_errors_numbers(const char *line, size_t *name, long *row, long *column)
{
    const char *p = line;
    char *end;

    *row = *column = 0;
    for (*name = 0; (p = strchr(p, ':')) != NULL; p++) {
        *row = strtol(p + 1, &end, 10);
        if (end > p + 1 && *end == ':') {
            *name = (size_t)(p - line);
            *column = strtol(end + 1, NULL, 10);
            return;
        }
    }
}

/* Is x of the same file as y, and before it? */
static bool conf_errors_before(const char *x, const char *y)
{
    long row_x, row_y, column_x, column_y;
    size_t name_x, name_y;

    conf_errors_numbers(x, &name_x, &row_x, &column_x);
    conf_errors_numbers(y, &name_y, &row_y, &column_y);
    if (name_x != name_y || strncmp(x, y, name_x) != 0)
        return false;
    return row_x != row_y ? row_x < row_y : column_x < column_y;
}

void conf_errors_sort(struct conf_errors *e, size_t from)
{
    size_t i, j;
    char *line;

    for (i = from + 1; i < e->count; i++) {
        line = e->lines[i];
        for (j = i; j > from && conf_errors_before(line, e->lines[j - 1]); j--)
            e->lines[j] = e->lines[j - 1];
        e->lines[j] = line;
    }
}

void conf_errors_clear(struct conf_errors *e)
{
    size_t i;

    for (i = 0; i < e->count; i++)
        free(e->lines[i]);
    free(e->lines);
    *e = (struct conf_errors){ 0 };
}

void conf_file_free(struct conf_file *f)
{
    if (f != NULL)
        arena_free(f->arena); /* and f with it */
}

const struct conf *conf_root(const struct conf_file *f)
{
    return f->root;
}

/* The entry of a key that the table knows; one that it does not know is our own mistake. */
static const struct conf_entry *conf_entry(const struct conf *c, const char *key, unsigned types)
{
    size_t i;

    (void)types; /* looked at by the assertion alone */
    for (i = 0; i < c->count; i++) {
        if (strcmp(c->entries[i].key->name, key) != 0)
            continue;
        assert(types & 1u << c->entries[i].key->type);
        return &c->entries[i];
    }
    assert(!"a key that is in no table");
    return NULL;
}

#define CONF_IS(type) (1u << (type))

static const struct conf_item *conf_item(const struct conf *c, const char *key, size_t i,
                                         unsigned types)
{
    const struct conf_entry *e = conf_entry(c, key, types);

    assert(i < e->item_count);
    return &e->items[i];
}

void conf_errors_at_item(struct conf_errors *e, const struct conf *c, const char *key, size_t i,
                         const char *fmt, ...)
{
    const char *place = conf_item(c, key, i, ~0u)->place;
    char words[CONF_ERROR_WORDS];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    conf_errors_say(e, place == NULL ? conf_place(c, key) : place, key, words);
}

bool conf_is_sound(const struct conf *c, const char *key)
{
    return !c->unsound && !conf_entry(c, key, ~0u)->unsound;
}

bool conf_has(const struct conf *c, const char *key)
{
    return conf_entry(c, key, ~0u)->written;
}

const char *conf_text(const struct conf *c, const char *key)
{
    return conf_entry(c, key, CONF_IS(CONF_TEXT) | CONF_IS(CONF_CHOICE))->text;
}

bool conf_bool(const struct conf *c, const char *key)
{
    return conf_entry(c, key, CONF_IS(CONF_BOOL))->number != 0;
}

int64_t conf_int(const struct conf *c, const char *key)
{
    return conf_entry(c, key, CONF_IS(CONF_INT) | CONF_IS(CONF_DURATION) | CONF_IS(CONF_SIZE))
        ->number;
}

size_t conf_count(const struct conf *c, const char *key)
{
    return conf_entry(c, key,
                      CONF_IS(CONF_TEXTS) | CONF_IS(CONF_LIST) | CONF_IS(CONF_NAMED) |
                          CONF_IS(CONF_VALUES))
        ->item_count;
}

const char *conf_text_at(const struct conf *c, const char *key, size_t i)
{
    return conf_item(c, key, i, CONF_IS(CONF_TEXTS) | CONF_IS(CONF_VALUES))->text;
}

const char *conf_name_at(const struct conf *c, const char *key, size_t i)
{
    return conf_item(c, key, i, CONF_IS(CONF_NAMED) | CONF_IS(CONF_VALUES))->name;
}

const struct conf *conf_at(const struct conf *c, const char *key, size_t i)
{
    return conf_item(c, key, i, CONF_IS(CONF_LIST) | CONF_IS(CONF_NAMED))->section;
}

const struct conf *conf_section(const struct conf *c, const char *key)
{
    const struct conf_entry *e = conf_entry(c, key, CONF_IS(CONF_SECTION));

    return e->item_count == 0 ? NULL : e->items[0].section;
}

const struct conf *conf_find(const struct conf *c, const char *key, const char *name)
{
    const struct conf_entry *e = conf_entry(c, key, CONF_IS(CONF_NAMED));
    size_t i;

    for (i = 0; i < e->item_count; i++)
        if (strcmp(e->items[i].name, name) == 0)
            return e->items[i].section;
    return NULL;
}

void conf_secret(const struct conf *c, const char *key, const char **file, const char **credential)
{
    const struct conf_entry *e = conf_entry(c, key, CONF_IS(CONF_SECRET));

    *file = e->text;
    *credential = e->credential;
}

const char *conf_place(const struct conf *c, const char *key)
{
    const struct conf_entry *e = key == NULL ? NULL : conf_entry(c, key, ~0u);

    return e == NULL || e->place == NULL ? c->place : e->place;
}
