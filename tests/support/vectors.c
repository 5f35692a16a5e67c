#include "tests/support/vectors.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "tests/support/fake_host.h"

#ifndef TEST_DATA_DIR
#define TEST_DATA_DIR "tests/data"
#endif

static json_t *vectors_load(const char *name)
{
    char *path = xasprintf("%s/vectors/%s", TEST_DATA_DIR, name);
    json_error_t wrong;
    json_t *o = json_load_file(path, 0, &wrong);

    if (o == NULL) {
        fprintf(stderr, "%s: %s\n", path, wrong.text);
        abort();
    }
    free(path);
    return o;
}

static const char *vector_text(const json_t *v, const char *key)
{
    return json_string_value(json_object_get(v, key));
}

/* Whether the channel believed it. */
static bool vector_is_taken(const json_t *v, const char *kind, const char *yaml)
{
    const struct fake_secret secrets[] = { { NULL, vector_text(v, "secret") }, { NULL, NULL } };
    const char *headers[33] = { NULL }, *name;
    struct fake_host h;
    struct error err;
    json_t *value;
    size_t n = 0;
    int status;

    json_object_foreach(json_object_get(v, "headers"), name, value)
    {
        headers[n++] = name;
        headers[n++] = json_string_value(value);
    }
    if (fake_host_open(&h, kind, yaml, secrets, &err) < 0) {
        fprintf(stderr, "%s: %s\n", vector_text(v, "id"), err.text);
        abort();
    }
    if (json_is_integer(json_object_get(v, "now")))
        h.now = json_integer_value(json_object_get(v, "now"));
    status = fake_host_call(&h, vector_text(v, "method"), vector_text(v, "url"), "",
                            span_of(vector_text(v, "body")), headers);
    if (status >= 400 && h.delivered_count > 0) {
        fprintf(stderr, "%s: refused, and yet taken in\n", vector_text(v, "id"));
        abort();
    }
    fake_host_close(&h);
    return status != 401;
}

size_t vectors_run(const char *scheme, const char *kind, const char *yaml, size_t *count)
{
    json_t *all = vectors_load("webhook-signatures.json"), *v;
    size_t wrong = 0, i;

    *count = 0;
    json_array_foreach(json_object_get(all, "vectors"), i, v)
    {
        if (strcmp(vector_text(v, "scheme"), scheme) != 0)
            continue;
        ++*count;
        if (vector_is_taken(v, kind, yaml) == json_is_true(json_object_get(v, "valid")))
            continue;
        fprintf(stderr, "%s: expected %s: %s\n", vector_text(v, "id"),
                json_is_true(json_object_get(v, "valid")) ? "valid" : "refused",
                vector_text(v, "note"));
        wrong++;
    }
    json_decref(all);
    return wrong;
}

char *vectors_payload(const char *name, size_t *len)
{
    char *path = xasprintf("%s/vectors/payloads/%s", TEST_DATA_DIR, name);
    FILE *f = fopen(path, "re");
    char *bytes = xcalloc(1, (1 << 16) + 1);

    if (f == NULL) {
        perror(path);
        abort();
    }
    *len = fread(bytes, 1, 1 << 16, f);
    while (*len > 0 && bytes[*len - 1] == '\n') /* a file's last line end is not the body's */
        bytes[--*len] = '\0';
    fclose(f);
    free(path);
    return bytes;
}
