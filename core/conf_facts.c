#include "core/conf_facts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"

enum { CONF_FACTS_WIDTH = 78 };

const struct conf_key conf_include_key = {
    .name = "include",
    .type = CONF_TEXTS,
    .doc = "Further files, looked for beside this one. Their names and list items are added to "
           "these; any other key may be written only once.",
    .example = "[more.yaml]",
};

/* The number in the largest unit that divides it. */
static const char *conf_facts_number(struct arena *a, enum conf_type type, int64_t n)
{
    static const struct {
        enum conf_type type;
        int64_t size;
        const char *unit;
    } units[] = { { CONF_DURATION, 86400, "d" }, { CONF_DURATION, 3600, "h" },
                  { CONF_DURATION, 60, "m" },    { CONF_DURATION, 1, "s" },
                  { CONF_SIZE, 1 << 30, "GiB" }, { CONF_SIZE, 1 << 20, "MiB" },
                  { CONF_SIZE, 1 << 10, "KiB" } };
    size_t i;

    for (i = 0; n != 0 && i < sizeof(units) / sizeof(units[0]); i++)
        if (units[i].type == type && n % units[i].size == 0)
            return arena_printf(a, "%" PRId64 "%s", n / units[i].size, units[i].unit);
    return arena_printf(a, "%" PRId64, n);
}

static const char *conf_facts_choices(struct arena *a, const struct conf_key *key)
{
    const char *list = arena_printf(a, "One of %s", key->choices[0]);
    size_t i;

    for (i = 1; key->choices[i] != NULL; i++)
        list = arena_printf(a, "%s%s%s", list, key->choices[i + 1] == NULL ? " and " : ", ",
                            key->choices[i]);
    return list;
}

static const char *conf_facts_type(struct arena *a, const struct conf_key *key)
{
    static const char *const words[] = {
        [CONF_TEXT] = "",
        [CONF_BOOL] = "Yes or no",
        [CONF_INT] = "A whole number",
        [CONF_DURATION] = "A duration",
        [CONF_SIZE] = "A size",
        [CONF_SECRET] = "A secret: {file: PATH} or {credential: NAME}",
        [CONF_TEXTS] = "One text or a list",
        [CONF_SECTION] = "",
        [CONF_LIST] = "A list",
        [CONF_NAMED] = "By name",
        [CONF_VALUES] = "Texts by name",
    };

    if (key->type == CONF_CHOICE)
        return conf_facts_choices(a, key);
    if (key->min == 0 && key->max == 0)
        return words[key->type];
    return arena_printf(a, "%s, %s to %s", words[key->type],
                        conf_facts_number(a, key->type, key->min),
                        conf_facts_number(a, key->type, key->max));
}

const char *conf_facts_doc(struct arena *a, const struct conf_key *key)
{
    const char *type = conf_facts_type(a, key);
    bool falls_back = key->fallback != NULL && key->fallback[0] != '\0';

    return arena_printf(a, "%s%s%s%s%s%s%s%s", key->doc, type[0] == '\0' ? "" : " ", type,
                        type[0] == '\0' ? "" : ".", key->required ? " Required." : "",
                        falls_back ? " Where absent: " : "", falls_back ? key->fallback : "",
                        falls_back ? "." : "");
}

/* As YAML would have to be written so that it is read as this text. */
static const char *conf_facts_quote(struct arena *a, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./:-%";
    size_t len = strlen(text);
    struct text_buffer b = { 0 };
    const char *quoted;

    if (len > 0 && strspn(text, plain) == len && strchr("_.:-%", text[0]) == NULL &&
        text[len - 1] != ':')
        return text;
    for (; *text != '\0'; text++)
        text_buffer_puts(&b, *text == '\'' ? "''" : (char[]){ *text, '\0' });
    quoted = arena_printf(a, "'%s'", b.ptr == NULL ? "" : b.ptr);
    text_buffer_clear(&b);
    return quoted;
}

const char *conf_facts_placeholder(struct arena *a, const char *name)
{
    char *s = arena_strdup(a, name);
    size_t i;

    for (i = 0; s[i] != '\0'; i++)
        s[i] = (char)toupper((unsigned char)s[i]);
    return s;
}

static const char *conf_facts_invent(struct arena *a, const struct conf_key *key)
{
    switch (key->type) {
    case CONF_BOOL:
        return "no";
    case CONF_INT:
        return conf_facts_number(a, key->type, key->min);
    case CONF_DURATION:
        return key->max != 0 && key->max < 3600 ? conf_facts_number(a, key->type, key->max) : "1h";
    case CONF_SIZE:
        return key->max != 0 && key->max < 1 << 20 ? conf_facts_number(a, key->type, key->max)
                                                   : "1MiB";
    case CONF_CHOICE:
        return key->choices[0];
    case CONF_SECRET:
        return arena_printf(a, "{file: /etc/relevo/%s}", key->name);
    case CONF_TEXTS:
        return arena_printf(a, "[%s]", conf_facts_placeholder(a, key->name));
    default:
        return conf_facts_placeholder(a, key->name);
    }
}

const char *conf_facts_value(struct arena *a, const struct conf_key *key)
{
    if (key->type == CONF_NAMED || key->type == CONF_SECTION || key->type == CONF_LIST)
        return NULL;
    if (key->example != NULL)
        return key->example;
    if (key->type == CONF_VALUES)
        return NULL;
    return key->fallback != NULL ? conf_facts_quote(a, key->fallback) : conf_facts_invent(a, key);
}

static bool conf_facts_ends_sentence(const char *word, size_t len)
{
    return len > 1 && (word[len - 1] == '.' || word[len - 1] == '?');
}

static void conf_facts_word(struct text_buffer *b, const char *word, size_t len, bool starts,
                            enum conf_facts_form form)
{
    size_t i;

    if (form == CONF_FACTS_ROFF && starts && (word[0] == '.' || word[0] == '\''))
        text_buffer_puts(b, "\\&");
    for (i = 0; i < len; i++)
        if (form == CONF_FACTS_ROFF && word[i] == '\\')
            text_buffer_puts(b, "\\e");
        else
            text_buffer_add(b, word + i, 1);
}

void conf_facts_wrap(struct text_buffer *b, const char *prefix, const char *text,
                     enum conf_facts_form form)
{
    size_t column = 0, len;
    bool fresh = true;

    for (text += strspn(text, " "); *text != '\0'; text += len + strspn(text + len, " ")) {
        len = strcspn(text, " ");
        if (!fresh && column + 1 + len > CONF_FACTS_WIDTH) {
            text_buffer_puts(b, "\n");
            fresh = true;
        }
        if (fresh) {
            text_buffer_puts(b, prefix);
            column = strlen(prefix);
        } else {
            text_buffer_puts(b, " ");
            column++;
        }
        conf_facts_word(b, text, len, fresh, form);
        column += len;
        fresh = form == CONF_FACTS_ROFF && conf_facts_ends_sentence(text, len);
        if (fresh)
            text_buffer_puts(b, "\n");
    }
    if (!fresh)
        text_buffer_puts(b, "\n");
}

const char *conf_facts_see(struct conf_facts_seen *seen, const struct conf_key *table,
                           const char *where)
{
    size_t i;

    for (i = 0; i < seen->count; i++)
        if (seen->rows[i].table == table)
            return seen->rows[i].where;
    if (seen->count < sizeof(seen->rows) / sizeof(seen->rows[0])) {
        seen->rows[seen->count].table = table;
        seen->rows[seen->count++].where = where;
    }
    return NULL;
}
