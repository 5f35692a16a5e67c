#include <inttypes.h>
#include <string.h>

#include "daemon/store_batch.h"

struct store_slot {
    struct store_slot *next;
    const char *key;
    void *value;
};

static size_t store_map_place(const struct store_map *m, const char *key)
{
    uint64_t h = 14695981039346656037u;

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return (size_t)(h ^ h >> 29) & (m->room - 1);
}

void store_map_init(struct store_map *m, struct arena *a, size_t expected)
{
    m->a = a;
    for (m->room = 64; m->room < expected * 2;)
        m->room *= 2;
    m->slots = arena_array(a, m->room, sizeof(struct store_slot *));
}

static struct store_slot *store_map_slot(const struct store_map *m, const char *key)
{
    struct store_slot *s = m->slots[store_map_place(m, key)];

    while (s != NULL && strcmp(s->key, key) != 0)
        s = s->next;
    return s;
}

void *store_map_get(const struct store_map *m, const char *key)
{
    struct store_slot *s = store_map_slot(m, key);

    return s == NULL ? NULL : s->value;
}

void store_map_put(struct store_map *m, const char *key, void *value)
{
    struct store_slot *s = store_map_slot(m, key);
    size_t place;

    if (s == NULL) {
        place = store_map_place(m, key);
        s = arena_alloc(m->a, sizeof(*s));
        s->next = m->slots[place];
        s->key = key;
        m->slots[place] = s;
    }
    s->value = value;
}

/* By hand: there are dozens of keys a message, and printf would be a tenth of all the work. */
const char *store_key(struct arena *a, int64_t desk_id, const char *kind, const char *key)
{
    size_t kind_len = strlen(kind), len = strlen(key);
    char *text = arena_alloc(a, 24 + kind_len + len), *p = text_number(text, desk_id);

    *p++ = ' ';
    p = (char *)memcpy(p, kind, kind_len) + kind_len;
    *p++ = ' ';
    memcpy(p, key, len);
    return text;
}

const char *store_key_id(struct arena *a, int64_t desk_id, const char *kind, int64_t id)
{
    char *text = arena_alloc(a, 48), *p = text_number(text, desk_id);

    for (*p++ = ' '; *kind != '\0';)
        *p++ = *kind++;
    *p++ = ' ';
    text_number(p, id);
    return text;
}

const char *store_key_int(struct arena *a, int64_t desk_id, int64_t id)
{
    return store_key_id(a, desk_id, "", id);
}
