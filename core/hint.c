#include "core/hint.h"

#include <string.h>

#include "core/arena.h"
#include "core/policy_texts.h"
#include "core/similar.h"
#include "core/text.h"

static bool hint_has_topic(const struct policy_article *article, const char *topic)
{
    return text_is_among(article->topics, article->topic_count, topic == NULL ? "none" : topic);
}

/* By its words alone. */
static void hint_by_words(const struct policy_article *article, const char *terms, struct arena *a,
                          struct hint *out)
{
    const char *said;
    size_t i;
    int score;

    if (!similar_shares(article->all_terms, terms))
        return;
    said = similar_common(a, article->all_terms, terms);
    for (i = 0; i < article->word_count; i++) {
        score = similar_held(article->terms[i], said);
        if (score > out->score) {
            out->score = score;
            out->words = article->words[i];
        }
    }
}

static struct hint hint_of(const struct policy_article *article, const struct hint_case *c,
                           const char *terms, struct arena *a)
{
    struct hint h = { .article = article,
                      .title = policy_texts_in(&article->titles, c->language),
                      .url = policy_texts_in(&article->urls, c->language) };

    if (h.title == NULL || h.url == NULL)
        return (struct hint){ 0 };
    hint_by_words(article, terms, a, &h);
    if (hint_has_topic(article, c->topic))
        h.score += article->word_count == 0 ? 100 : HINT_TOPIC;
    if (h.score > 100)
        h.score = 100;
    if (h.score == 0)
        h.article = NULL;
    return h;
}

/* After all that fit as well. */
static void hint_put(struct hint *out, size_t *count, const struct hint *h)
{
    size_t at = *count;

    while (at > 0 && out[at - 1].score < h->score)
        at--;
    if (at == HINT_MAX)
        return;
    *count += *count < HINT_MAX;
    memmove(out + at + 1, out + at, (*count - at - 1) * sizeof(*out));
    out[at] = *h;
}

size_t hint_find(const struct policy *policy, const struct hint_case *c, struct arena *a,
                 struct hint *out, struct hint *nearest)
{
    const char *terms = similar_all_terms(a, c->subject, c->text);
    size_t count = 0, i;

    *nearest = (struct hint){ 0 };
    for (i = 0; i < policy->article_count; i++) {
        struct hint h = hint_of(&policy->articles[i], c, terms, a);

        if (h.article == NULL)
            continue;
        if (h.score >= policy->hints.from)
            hint_put(out, &count, &h);
        else if (h.score > nearest->score)
            *nearest = h;
    }
    return count;
}
