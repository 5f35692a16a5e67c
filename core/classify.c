#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/classify.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static atomic_uint_fast64_t classify_cut_offs;

int pattern_new(const char *regex, struct pattern **out, struct error *err)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_UCHAR words[120];
    struct pattern *p;
    pcre2_code *code;
    PCRE2_SIZE offset;
    int number;

    pcre2_set_max_pattern_length(context, CLASSIFY_PATTERN_MAX);
    code =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &number, &offset, context);
    pcre2_compile_context_free(context);
    if (code == NULL) {
        pcre2_get_error_message(number, words, sizeof(words));
        return error_set(err, ERROR_PERMANENT, "pattern, at byte %zu: %s", (size_t)offset,
                         (const char *)words);
    }
    pcre2_jit_compile(
        code, PCRE2_JIT_COMPLETE); /* refused under MemoryDenyWriteExecute: interpreted then */
    p = xcalloc(1, sizeof(*p));
    p->code = code;
    p->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(p->limits, CLASSIFY_MATCH_LIMIT);
    pcre2_set_heap_limit(p->limits, CLASSIFY_HEAP_KIB);
    *out = p;
    return 0;
}

void pattern_free(struct pattern *p)
{
    if (p == NULL)
        return;
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->limits);
    free(p);
}

bool pattern_matches(const struct pattern *p, struct span text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    size_t len = text_cut(text, CLASSIFY_TEXT_MAX);
    int rc = pcre2_match(p->code, (PCRE2_SPTR)(text.ptr == NULL ? "" : text.ptr), len, 0, 0, data,
                         p->limits);

    pcre2_match_data_free(data);
    if (rc < -1)
        atomic_fetch_add(&classify_cut_offs, 1); /* a limit, or text that is no UTF-8: no match */
    return rc >= 0;
}

uint64_t pattern_cut_off(void)
{
    return atomic_load(&classify_cut_offs);
}

static bool classify_rule_matches(const struct policy_rule *r, const char *subject,
                                  const char *text, const char *sender)
{
    return r->pattern == NULL || (r->in_subject && pattern_matches(r->pattern, span_of(subject))) ||
           (r->in_text && pattern_matches(r->pattern, span_of(text))) ||
           (r->in_sender && pattern_matches(r->pattern, span_of(sender)));
}

static void classify_add_tags(const struct policy_rule *r, struct classify_result *out)
{
    size_t i, j;

    for (i = 0; i < r->tag_count && out->tag_count < TICKET_TAGS_MAX; i++) {
        for (j = 0; j < out->tag_count; j++)
            if (strcmp(out->tags[j], r->tags[i]) == 0)
                break;
        if (j == out->tag_count)
            out->tags[out->tag_count++] = r->tags[i];
    }
}

void classify_apply(const struct policy *policy, const char *subject, const char *text,
                    const char *sender, struct arena *a, struct classify_result *out)
{
    size_t i;

    *out = (struct classify_result){ .priority = policy->priority, .team = -1 };
    out->tags = arena_array(a, TICKET_TAGS_MAX, sizeof(*out->tags));
    out->rules = arena_array(a, policy->rule_count, sizeof(*out->rules));
    for (i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *r = &policy->rules[i];

        if (!classify_rule_matches(r, subject, text, sender))
            continue;
        out->rules[out->rule_count++] = r->name;
        classify_add_tags(r, out);
        if (r->priority != TICKET_PRIORITY_NONE &&
            (out->priority_rule == NULL || r->priority > out->priority)) {
            out->priority = r->priority;
            out->priority_rule = r->name;
        }
        if (r->team >= 0 && out->team < 0) {
            out->team = r->team;
            out->team_rule = r->name;
        }
    }
}
