/* Scalars: libyaml gives plain text, the table of keys says what it is. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/conf_tree.h"
#include "core/duration.h"

static int conf_word(const char *const *words, const char *text)
{
    int i;

    for (i = 0; words[i] != NULL; i++)
        if (strcasecmp(words[i], text) == 0)
            return i;
    return -1;
}

static int conf_take_bool(const char *text, struct conf_entry *e)
{
    static const char *const words[] = { "no", "yes", "false", "true", "off", "on", NULL };
    int word = conf_word(words, text);

    if (word < 0)
        return -1;
    e->number = word % 2;
    return 0;
}

static int conf_take_size(const char *text, struct conf_entry *e)
{
    static const char *const units[] = { "", "KiB", "MiB", "GiB", NULL };
    int64_t n;
    int unit;

    if (text_digits(&text, &n) < 0 || (unit = conf_word(units, text)) < 0 ||
        n > INT64_MAX >> 10 * unit)
        return -1;
    e->number = n << 10 * unit;
    return 0;
}

static int conf_take_int(const char *text, struct conf_entry *e)
{
    bool minus = *text == '-';
    int64_t n;

    text += minus;
    if (text_digits(&text, &n) < 0 || *text != '\0')
        return -1;
    e->number = minus ? -n : n;
    return 0;
}

const char *conf_or(struct arena *a, const char *list, const char *name, bool last)
{
    return list == NULL ? name : arena_printf(a, "%s%s%s", list, last ? " or " : ", ", name);
}

static const char *conf_choices(struct arena *a, const char *const *choices)
{
    const char *list = NULL;

    for (; *choices != NULL; choices++)
        list = conf_or(a, list, *choices, choices[1] == NULL);
    return list;
}

static const char *conf_bounds(struct arena *a, const struct conf_key *key)
{
    const char *unit = key->type == CONF_DURATION ? " s" : key->type == CONF_SIZE ? " bytes" : "";

    return arena_printf(a, "%" PRId64 " to %" PRId64 "%s", key->min, key->max, unit);
}

int conf_scalar(struct arena *a, const struct conf_key *key, const char *text, struct conf_entry *e,
                const char **expected)
{
    int rc = 0;

    switch (key->type) {
    case CONF_BOOL:
        rc = conf_take_bool(text, e);
        *expected = "yes or no";
        break;
    case CONF_INT:
        rc = conf_take_int(text, e);
        *expected = "a whole number";
        break;
    case CONF_DURATION:
        rc = duration_read(text, &e->number);
        *expected = "a duration such as 90s, 15m, 4h, 2d or 1h30m";
        break;
    case CONF_SIZE:
        rc = conf_take_size(text, e);
        *expected = "a size such as 1000, 64KiB or 25MiB";
        break;
    case CONF_CHOICE:
        rc = conf_word(key->choices, text);
        if (rc >= 0)
            e->text = key->choices[rc];
        *expected = conf_choices(a, key->choices);
        return rc < 0 ? -1 : 0;
    default:
        e->text = arena_strdup(a, text);
        return 0;
    }
    if (rc == 0 && (key->min != 0 || key->max != 0) &&
        (e->number < key->min || e->number > key->max)) {
        *expected = conf_bounds(a, key);
        rc = -1;
    }
    return rc;
}
