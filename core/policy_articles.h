/* core/policy_articles.h - the articles of a policy file, checked.
 *
 * Pure. */
#ifndef RELEVO_CORE_POLICY_ARTICLES_H
#define RELEVO_CORE_POLICY_ARTICLES_H

#include "core/conf.h"
#include "core/policy.h"

struct arena;

enum {
    POLICY_ARTICLES_MAX = 200,
    POLICY_ARTICLE_WORDS_MAX = 16,   /* entries of `words` */
    POLICY_ARTICLE_WORDS_BYTES = 80, /* of each */
    POLICY_ARTICLE_TITLE_MAX = 120,  /* bytes */
    POLICY_ARTICLE_URL_MAX = 400,    /* likewise */
};

/* `articles` and `hints`; the topics are read already. */
void policy_articles_read(const struct conf *root, struct arena *a, struct conf_errors *errors,
                          struct policy *p);

#endif
