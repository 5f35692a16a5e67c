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
    atomic_int *told; /* enum pattern_told; its readers share it */
};
enum pattern_told { PATTERN_WELL, PATTERN_CUT_OFF, PATTERN_TOLD };

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
    p->told = xcalloc(1, sizeof(*p->told));
    *out = p;
    return 0;
}

void pattern_free(struct pattern *p)
{
    if (p == NULL)
        return;
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->limits);
    free(p->told);
    free(p);
}

/* A limit; not a text that is no UTF-8, for which no pattern can do anything. */
static bool pattern_is_limit(int rc)
{
    return rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_HEAPLIMIT ||
           rc == PCRE2_ERROR_DEPTHLIMIT || rc == PCRE2_ERROR_JIT_STACKLIMIT;
}

/* Returns PCRE2's word. */
static int pattern_run(const struct pattern *p, struct span text, uint32_t options)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int rc = pcre2_match(p->code, (PCRE2_SPTR)(text.ptr == NULL ? "" : text.ptr), text.len, 0,
                         options, data, p->limits);

    pcre2_match_data_free(data);
    if (pattern_is_limit(rc)) {
        int well = PATTERN_WELL;

        atomic_fetch_add(&classify_cut_offs, 1);
        atomic_compare_exchange_strong(p->told, &well, PATTERN_CUT_OFF);
    }
    return rc;
}

bool pattern_matches(const struct pattern *p, struct span text)
{
    text.len = text_cut(text, CLASSIFY_TEXT_MAX);
    return pattern_run(p, text, 0) >= 0;
}

/* A text that many patterns look at; the first one of them finds out whether it is UTF-8. */
struct classify_text {
    struct span text;
    uint32_t options;
    bool cut_off; /* the pattern that looked at it last */
};

static struct classify_text classify_text_of(const char *s)
{
    struct span text = span_of(s);

    text.len = text_cut(text, CLASSIFY_TEXT_MAX);
    return (struct classify_text){ .text = text };
}

static bool classify_matches(const struct pattern *p, struct classify_text *t)
{
    int rc = pattern_run(p, t->text, t->options);

    if (rc >= PCRE2_ERROR_NOMATCH)
        t->options = PCRE2_NO_UTF_CHECK;
    t->cut_off = pattern_is_limit(rc);
    return rc >= 0;
}

uint64_t pattern_cut_off(void)
{
    return atomic_load(&classify_cut_offs);
}

bool pattern_is_to_tell(const struct pattern *p)
{
    int cut_off = PATTERN_CUT_OFF;

    return atomic_compare_exchange_strong(p->told, &cut_off, PATTERN_TOLD);
}

struct classify_texts {
    struct classify_text subject, text, sender, organization;
};

static struct classify_texts classify_texts_of(const struct classify_words *w)
{
    return (
        struct classify_texts){ classify_text_of(w->subject == NULL ? "" : w->subject),
                                classify_text_of(w->text == NULL ? "" : w->text),
                                classify_text_of(w->sender == NULL ? "" : w->sender),
                                classify_text_of(w->organization == NULL ? "" : w->organization) };
}

/* *cut_off: it may have matched, had it come to an end. */
static bool classify_rule_matches(const struct policy_rule *r, struct classify_texts *t,
                                  bool *cut_off)
{
    bool matches;

    t->subject.cut_off = t->text.cut_off = t->sender.cut_off = t->organization.cut_off = false;
    matches = r->pattern == NULL || (r->in_subject && classify_matches(r->pattern, &t->subject)) ||
              (r->in_text && classify_matches(r->pattern, &t->text)) ||
              (r->in_sender && classify_matches(r->pattern, &t->sender)) ||
              (r->in_organization && classify_matches(r->pattern, &t->organization));
    *cut_off = !matches && (t->subject.cut_off || t->text.cut_off || t->sender.cut_off ||
                            t->organization.cut_off);
    return matches;
}

bool classify_rule(const struct policy_rule *rule, const struct classify_words *w)
{
    struct classify_texts t = classify_texts_of(w);
    bool cut_off;

    return classify_rule_matches(rule, &t, &cut_off);
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

static void classify_add(const struct policy_rule *r, struct classify_result *out)
{
    out->rules[out->rule_count++] = r->name;
    classify_add_tags(r, out);
    out->quick = out->quick || r->quick;
    if (r->priority != TICKET_PRIORITY_NONE &&
        (out->priority_rule == NULL || r->priority > out->priority)) {
        out->priority = r->priority;
        out->priority_rule = r->name;
    }
    if (r->impact > out->impact) {
        out->impact = r->impact;
        out->impact_rule = r->name;
    }
    if (r->team >= 0 && out->team < 0) {
        out->team = r->team;
        out->team_rule = r->name;
    }
    if (r->topic >= 0 && out->topic < 0) {
        out->topic = r->topic;
        out->topic_rule = r->name;
    }
}

void classify_apply(const struct policy *policy, const struct classify_words *w, struct arena *a,
                    struct classify_result *out)
{
    struct classify_texts t = classify_texts_of(w);
    bool cut_off;
    size_t i;

    *out = (struct classify_result){
        .priority = policy->priority, .impact = TICKET_IMPACT_NONE, .team = -1, .topic = -1
    };
    out->tags = arena_array(a, TICKET_TAGS_MAX, sizeof(*out->tags));
    out->rules = arena_array(a, policy->rule_count, sizeof(*out->rules));
    out->cut_off = arena_array(a, policy->rule_count, sizeof(*out->cut_off));
    for (i = 0; i < policy->rule_count; i++) {
        if (classify_rule_matches(&policy->rules[i], &t, &cut_off))
            classify_add(&policy->rules[i], out);
        if (cut_off)
            out->cut_off[out->cut_off_count++] = policy->rules[i].name;
    }
}
