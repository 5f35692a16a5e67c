#include "channels/payload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/inbound.h"

json_t *payload_read(struct span body, struct error *err)
{
    json_error_t wrong;
    json_t *o = json_loadb(body.len == 0 ? "" : body.ptr, body.len, JSON_REJECT_DUPLICATES, &wrong);
    char *near;

    if (o == NULL) {
        near = strstr(wrong.text, " near "); /* what follows are the sender's words */
        if (near != NULL)
            *near = '\0';
        error_set(err, ERROR_PERMANENT, "json: line %d, column %d: %s", wrong.line, wrong.column,
                  wrong.text);
        return NULL;
    }
    if (!json_is_object(o)) {
        json_decref(o);
        error_set(err, ERROR_PERMANENT, "json: line 1, column 1: expected an object");
        return NULL;
    }
    return o;
}

const json_t *payload_at(const json_t *o, const char *key)
{
    return json_object_get(o, key);
}

const char *payload_text(struct arena *a, const json_t *o, const char *key, size_t max)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_string(v))
        return NULL;
    return text_clean(a, (struct span){ json_string_value(v), json_string_length(v) }, max);
}

const char *payload_line(struct arena *a, const json_t *o, const char *key, size_t max)
{
    const json_t *v = json_object_get(o, key);
    const char *line;

    if (!json_is_string(v))
        return NULL;
    line = text_clean_line(a, (struct span){ json_string_value(v), json_string_length(v) }, max);
    return line[0] == '\0' ? NULL : line;
}

const char *payload_id(struct arena *a, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    const char *s;
    size_t i;

    if (json_is_integer(v))
        return arena_printf(a, "%" PRId64, (int64_t)json_integer_value(v));
    if (!json_is_string(v) || json_string_length(v) == 0 ||
        json_string_length(v) > INBOUND_ID_MAX / 2)
        return NULL;
    s = json_string_value(v);
    for (i = 0; i < json_string_length(v); i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            return NULL;
    return arena_strdup(a, s);
}

int64_t payload_int(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    return json_is_integer(v) ? (int64_t)json_integer_value(v) : 0;
}

int64_t payload_time(const char *text)
{
    struct tm tm = { 0 };
    const char *s;
    char sign;
    int hours, minutes, n = 0;
    int64_t at;

    if (text == NULL || (s = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm)) == NULL)
        return 0;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9';)
            s++;
    at = timegm(&tm);
    if (strcmp(s, "Z") == 0)
        return at;
    if (sscanf(s, "%c%2d:%2d%n", &sign, &hours, &minutes, &n) != 3 || s[n] != '\0' ||
        (sign != '+' && sign != '-'))
        return 0;
    return at - (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
}

int64_t payload_plausible(int64_t said, int64_t now)
{
    return said > now + 300 || said < now - INBOUND_KEPT_MAX_S ? 0 : said;
}
