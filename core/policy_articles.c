#include "core/policy_articles.h"

#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/policy_texts.h"
#include "core/similar.h"

/* Somewhere on the web, written as it goes into any message: in ASCII, without blanks. */
static bool policy_article_is_url(const char *url)
{
    const char *host = strncasecmp(url, "https://", 8) == 0  ? url + 8
                       : strncasecmp(url, "http://", 7) == 0 ? url + 7
                                                             : NULL;

    if (host == NULL || host[strcspn(host, "/?#")] == host[0])
        return false;
    for (; *url != '\0'; url++)
        if (*url <= ' ' || *url >= 0x7f || strchr("<>\"\\^`{|}", *url) != NULL)
            return false;
    return true;
}

/* Each title leads somewhere, and nothing leads there without a title. */
static void policy_article_pairs(const struct conf *c, const char *key, const char *other,
                                 const struct policy_texts *texts,
                                 const struct policy_texts *others, struct conf_errors *errors)
{
    size_t i, k;

    for (i = 0; i < texts->count; i++) {
        for (k = 0; k < others->count; k++)
            if (strcmp(texts->languages[i], others->languages[k]) == 0)
                break;
        if (k == others->count && conf_is_sound(c, other))
            conf_errors_at_item(errors, c, key, i, "there is no %s in '%.40s'", other,
                                texts->languages[i]);
    }
}

static void policy_article_texts(const struct conf *c, struct arena *a, struct conf_errors *errors,
                                 struct policy_article *out)
{
    size_t i;

    policy_texts_read(c, "title", POLICY_ARTICLE_TITLE_MAX, a, errors, &out->titles);
    policy_texts_read(c, "url", POLICY_ARTICLE_URL_MAX, a, errors, &out->urls);
    for (i = 0; i < out->urls.count; i++)
        if (!policy_article_is_url(out->urls.texts[i]))
            conf_errors_at_item(errors, c, "url", i,
                                "expected an address that begins with https:// or http://, in "
                                "ASCII and without blanks, got '%.80s'",
                                out->urls.texts[i]);
    policy_article_pairs(c, "title", "url", &out->titles, &out->urls, errors);
    policy_article_pairs(c, "url", "title", &out->urls, &out->titles, errors);
}

static void policy_article_words(const struct conf *c, struct arena *a, struct conf_errors *errors,
                                 struct policy_article *out)
{
    size_t n = conf_count(c, "words"), i;
    const char **words, **terms, *all = "";

    if (n > POLICY_ARTICLE_WORDS_MAX) {
        conf_errors_at(errors, c, "words", "over %d of them", POLICY_ARTICLE_WORDS_MAX);
        n = POLICY_ARTICLE_WORDS_MAX;
    }
    words = arena_array(a, n, sizeof(*words));
    terms = arena_array(a, n, sizeof(*terms));
    for (i = 0; i < n; i++) {
        words[i] = arena_strdup(a, conf_text_at(c, "words", i));
        terms[i] = similar_terms(a, NULL, words[i], NULL);
        all = arena_printf(a, "%s %s", all, words[i]);
        if (strlen(words[i]) > POLICY_ARTICLE_WORDS_BYTES)
            conf_errors_at_item(errors, c, "words", i, "over %d bytes", POLICY_ARTICLE_WORDS_BYTES);
        else if (terms[i][0] == '\0')
            conf_errors_at_item(errors, c, "words", i,
                                "nothing is found by '%.80s': courtesies, small words and long "
                                "numbers are left out",
                                words[i]);
    }
    out->words = words;
    out->terms = terms;
    out->word_count = n;
    out->all_terms = similar_all_terms(a, NULL, all);
}

static void policy_article_topics(const struct conf *root, const struct conf *c, struct arena *a,
                                  struct conf_errors *errors, const struct policy *p,
                                  struct policy_article *out)
{
    size_t n = conf_count(c, "topics"), i;
    const char **topics = arena_array(a, n, sizeof(*topics));

    for (i = 0; i < n; i++) {
        topics[i] = arena_strdup(a, conf_text_at(c, "topics", i));
        if (strcmp(topics[i], "none") != 0 && policy_find_topic(p, topics[i]) == NULL &&
            conf_is_sound(root, "topics"))
            conf_errors_at_item(errors, c, "topics", i, "there is no topic '%.64s'", topics[i]);
    }
    out->topics = topics;
    out->topic_count = n;
}

void policy_articles_read(const struct conf *root, struct arena *a, struct conf_errors *errors,
                          struct policy *p)
{
    const struct conf *hints = conf_section(root, "hints");
    size_t n = conf_count(root, "articles"), i;
    struct policy_article *articles;

    p->hints.from = (int)conf_int(hints, "from");
    p->hints.repeat_s = conf_int(hints, "repeat");
    if (n > POLICY_ARTICLES_MAX) {
        conf_errors_at(errors, root, "articles", "over %d articles", POLICY_ARTICLES_MAX);
        n = POLICY_ARTICLES_MAX;
    }
    articles = arena_array(a, n, sizeof(*articles));
    for (i = 0; i < n; i++) {
        const struct conf *c = conf_at(root, "articles", i);

        articles[i].name = arena_strdup(a, conf_name_at(root, "articles", i));
        if (strlen(articles[i].name) >= TICKET_NAME_MAX)
            conf_errors_at(errors, c, NULL, "a name of over %d bytes", TICKET_NAME_MAX - 1);
        policy_article_texts(c, a, errors, &articles[i]);
        policy_article_words(c, a, errors, &articles[i]);
        policy_article_topics(root, c, a, errors, p, &articles[i]);
        if (conf_count(c, "words") + conf_count(c, "topics") == 0 && conf_is_sound(c, "words") &&
            conf_is_sound(c, "topics"))
            conf_errors_at(errors, c, NULL, "nothing says by what it is found: words or topics");
    }
    p->articles = articles;
    p->article_count = n;
}
