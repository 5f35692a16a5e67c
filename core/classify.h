/* core/classify.h - patterns on what a customer wrote: priority, tags, team.
 *
 * Pure; a compiled pattern may be shared by readers. PCRE2 with UTF and UCP, JIT where the system
 * allows it, and limits: a pattern that backtracks without end counts as "no match", is counted,
 * and its rule is named. Patterns come from operators, texts from strangers: at most
 * CLASSIFY_TEXT_MAX bytes of each are looked at. */
#ifndef RELEVO_CORE_CLASSIFY_H
#define RELEVO_CORE_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/policy.h"
#include "core/text.h"

enum {
    CLASSIFY_TEXT_MAX = 64 * 1024,
    CLASSIFY_PATTERN_MAX = 4096, /* bytes */
    CLASSIFY_MATCH_LIMIT = 100000,
    CLASSIFY_HEAP_KIB = 20 * 1024,
};

/* ERROR_PERMANENT with PCRE2's words and the offset. */
int pattern_new(const char *regex, struct pattern **out, struct error *err);
void pattern_free(struct pattern *p); /* takes NULL */
bool pattern_matches(const struct pattern *p, struct span text);
/* How often a pattern of this process ran into a limit. */
uint64_t pattern_cut_off(void);
/* This pattern has run into a limit, and nobody was told yet: the one who asks is, and tells it. */
bool pattern_is_to_tell(const struct pattern *p);

struct classify_result {
    enum ticket_priority priority; /* of the rules that say one the highest, else the policy's */
    const char *priority_rule;     /* its name; NULL: the policy's default */
    const char **tags;
    size_t tag_count;
    enum ticket_impact impact; /* the highest; TICKET_IMPACT_NONE: no rule says one */
    const char *impact_rule;
    int team; /* -1: no rule says one */
    const char *team_rule;
    int topic; /* likewise */
    const char *topic_rule;
    bool quick;
    const char **rules; /* the names of all that matched */
    size_t rule_count;
    const char **cut_off; /* the names of those that were cut off: they match nothing */
    size_t cut_off_count;
};
/* What is looked at; NULL is "". */
struct classify_words {
    const char *subject, *text, *sender, *organization;
};
void classify_apply(const struct policy *policy, const struct classify_words *w, struct arena *a,
                    struct classify_result *out);
/* One rule alone, for a later message: a keyword (C-20). */
bool classify_rule(const struct policy_rule *rule, const struct classify_words *w);

#endif
