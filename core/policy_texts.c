#include "core/policy_texts.h"

#include <glib.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"

bool policy_is_language(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");

    if (n < 2 || n > 3)
        return false;
    for (s += n; *s == '-' || *s == '_'; s += n) {
        for (s++, n = 0; g_ascii_isalnum(s[n]);)
            n++;
        if (n < 2 || n > 8)
            return false;
    }
    return *s == '\0';
}

void policy_texts_read(const struct conf *c, const char *key, size_t most, struct arena *a,
                       struct conf_errors *errors, struct policy_texts *out)
{
    size_t n = conf_count(c, key), i;
    const char **languages = arena_array(a, n, sizeof(*languages));
    const char **texts = arena_array(a, n, sizeof(*texts));

    for (i = 0; i < n; i++) {
        struct span text = span_trim(span_of(conf_text_at(c, key, i)));

        languages[i] = arena_strdup(a, conf_name_at(c, key, i));
        texts[i] = text_clean_line(a, text, most);
        if (!policy_is_language(languages[i]))
            conf_errors_at_item(errors, c, key, i,
                                "expected a language such as es or pt-BR, got '%.40s'",
                                languages[i]);
        if (text.len == 0 || text.len > most)
            conf_errors_at_item(errors, c, key, i, "expected 1 to %zu bytes, got %zu", most,
                                text.len);
    }
    *out = (struct policy_texts){ languages, texts, n };
}

const char *policy_texts_in(const struct policy_texts *t, const char *language)
{
    size_t len = strcspn(language, "-_"), i;
    const char *akin = NULL, *plain = NULL;

    for (i = 0; i < t->count; i++) {
        if (strcmp(t->languages[i], language) == 0)
            return t->texts[i];
        if (strcspn(t->languages[i], "-_") != len || memcmp(t->languages[i], language, len) != 0)
            continue;
        if (t->languages[i][len] == '\0')
            plain = t->texts[i];
        else if (akin == NULL)
            akin = t->texts[i];
    }
    return plain != NULL ? plain : akin;
}
