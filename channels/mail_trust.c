#include "channels/mail_trust.h"

#include <libpsl.h>
#include <string.h>
#include <strings.h>
#include <unicode/uidna.h>
#include <unicode/uspoof.h>

#include "channels/mail.h"
#include "channels/mail_address.h"
#include "channels/mail_header.h"
#include "core/arena.h"
#include "core/inbound.h"

/* --- domains
 * ------------------------------------------------------------------------------------------ */

static char *lower(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s), *p;

    for (p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 32);
    return out;
}

/* A suffix that is public has no owner: then only equals match. */
static const char *organisation(const char *domain)
{
    const char *found = psl_registrable_domain(psl_builtin(), domain);

    return found != NULL ? found : domain;
}

bool mail_trust_same_organisation(const char *domain, const char *other)
{
    struct arena *a = arena_new();
    bool same = strcmp(organisation(lower(a, domain)), organisation(lower(a, other))) == 0;

    arena_free(a);
    return same;
}

/* --- the words of Authentication-Results (RFC 8601 2.2)
 * ----------------------------------------------- */

/* Comments and blanks may stand between any two; a value may be quoted. */
struct words {
    const char *p, *end;
};

static void skip_comment(struct words *w)
{
    size_t depth = 0;

    for (; w->p < w->end; w->p++) {
        if (*w->p == '\\' && w->p + 1 < w->end)
            w->p++;
        else if (*w->p == '(')
            depth++;
        else if (*w->p == ')' && --depth == 0) {
            w->p++;
            return;
        }
    }
}

static void skip_blank(struct words *w)
{
    while (w->p < w->end && ((unsigned char)*w->p <= ' ' || *w->p == '('))
        if (*w->p == '(')
            skip_comment(w);
        else
            w->p++;
}

static const char *quoted_word(struct arena *a, struct words *w)
{
    const char *p = ++w->p;
    size_t n = 0;
    char *out;

    while (w->p < w->end && *w->p != '"')
        w->p += *w->p == '\\' && w->p + 1 < w->end ? 2 : 1;
    out = arena_alloc(a, (size_t)(w->p - p) + 1); /* no more: a field may hold thousands of them */
    for (; p < w->p; p++) {
        if (*p == '\\' && p + 1 < w->p)
            p++;
        out[n++] = *p;
    }
    out[n] = '\0';
    w->p += w->p < w->end;
    return out;
}

/* A word, or one of ";" "=" "/"; NULL: that was all. */
static const char *next_word(struct arena *a, struct words *w)
{
    const char *begin;

    skip_blank(w);
    if (w->p == w->end)
        return NULL;
    if (*w->p == '"')
        return quoted_word(a, w);
    begin = w->p++;
    if (strchr(";=/", *begin) == NULL)
        while (w->p < w->end && (unsigned char)*w->p > ' ' && strchr(";=(\"", *w->p) == NULL)
            w->p++;
    return arena_strndup(a, begin, (size_t)(w->p - begin));
}

static bool is_end(const char *word)
{
    return word == NULL || strcmp(word, ";") == 0;
}

/* --- results
 * ------------------------------------------------------------------------------------------ */

/* What a server says of the mail, as far as it matters here. */
struct results {
    const char *from; /* the From's domain: what is asked for */
    bool dmarc_said;  /* it looked at DMARC */
    bool dmarc, dkim; /* and passed it for that domain; a signature of its organisation passed */
    bool arc;
};

static bool is_word(const char *word, const char *what)
{
    return word != NULL && strcasecmp(word, what) == 0;
}

/* "@example.org", "a@example.org", "example.org": the domain. */
static const char *domain_of(const char *value)
{
    const char *at = strrchr(value, '@');

    return at != NULL ? at + 1 : value;
}

/* One property of a result; `method` and `pass` are of that result. */
static void take_property(struct results *r, const char *method, bool pass, const char *name,
                          const char *value)
{
    if (!pass || *domain_of(value) == '\0')
        return;
    if (is_word(method, "dmarc") && is_word(name, "header.from"))
        r->dmarc = mail_trust_same_organisation(domain_of(value), r->from);
    else if (is_word(method, "dkim") && (is_word(name, "header.d") || is_word(name, "header.i")))
        r->dkim = r->dkim || mail_trust_same_organisation(domain_of(value), r->from);
}

/* "dkim/1 = pass reason="good" header.d=example.org", up to its semicolon. */
static void take_result(struct arena *a, struct words *w, const char *method, struct results *r)
{
    const char *word = next_word(a, w), *name;
    bool pass;

    method = arena_strndup(a, method, strcspn(method, "/")); /* a version may follow it */
    if (is_word(word, "/")) {
        next_word(a, w);
        word = next_word(a, w);
    }
    if (!is_word(word, "="))
        while (!is_end(word))
            word = next_word(a, w);
    if (is_end(word))
        return;
    pass = is_word(next_word(a, w), "pass");
    r->dmarc_said = r->dmarc_said || is_word(method, "dmarc");
    r->arc = r->arc || (pass && is_word(method, "arc"));
    for (word = next_word(a, w); !is_end(word); word = next_word(a, w)) {
        name = word;
        word = next_word(a, w);
        if (!is_word(word, "="))
            continue;
        word = next_word(a, w);
        if (is_end(word))
            return;
        take_property(r, method, pass, name, word);
    }
}

/* False: it is not that server's field. */
static bool read_results(struct arena *a, struct span value, const char *server, struct results *r)
{
    struct words w = { value.ptr, value.ptr + value.len };
    const char *word = next_word(a, &w);

    if (!is_word(word, server))
        return false;
    while (!is_end(word))
        word = next_word(a, &w); /* a version may stand there */
    while ((word = next_word(a, &w)) != NULL)
        if (!is_end(word))
            take_result(a, &w, word, r);
    return true;
}

/* --- chains (RFC 8617)
 * -------------------------------------------------------------------------------- */

/* The number that the field opens with or holds: "i=2; ..."; 0: none. */
static int instance_of(struct span value)
{
    struct span s = span_trim(value);
    int n = 0;
    size_t i;

    if (s.len < 3 || (s.ptr[0] | 32) != 'i' || s.ptr[1] != '=')
        return 0;
    for (i = 2; i < s.len && n < 100 && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        n = n * 10 + s.ptr[i] - '0';
    return n <= 50 ? n : 0; /* RFC 8617 4.2.1 */
}

static struct span newest(const struct mail_header *h, const char *name, int *instance)
{
    struct span s, found = { "", 0 };
    size_t at = 0;

    *instance = 0;
    while (mail_header_next(h, name, &at, &s))
        if (instance_of(s) > *instance) {
            *instance = instance_of(s);
            found = s;
        }
    return found;
}

/* Who made a seal: its d=. */
static const char *sealer(struct arena *a, struct span seal)
{
    struct words w = { seal.ptr, seal.ptr + seal.len };
    const char *word;

    while ((word = next_word(a, &w)) != NULL)
        if (is_word(word, "d") && is_word(next_word(a, &w), "="))
            return next_word(a, &w);
    return NULL;
}

static void read_chain(struct arena *a, const struct mail_header *h, const char *server,
                       struct results *r)
{
    struct results before = { .from = r->from };
    int sealed, told;
    const char *by = sealer(a, newest(h, "ARC-Seal", &sealed));
    struct span value = newest(h, "ARC-Authentication-Results", &told);
    const char *semicolon = memchr(value.ptr, ';', value.len);

    if (by == NULL || sealed != told || semicolon == NULL ||
        !mail_trust_same_organisation(by, server))
        return;
    value = (struct span){ semicolon + 1, (size_t)(value.ptr + value.len - semicolon) - 1 };
    if (read_results(a, value, server, &before))
        r->dmarc = before.dmarc;
}

/* A second From would be the one that people see (S-4). */
static const char *from_domain(struct arena *a, const struct mail_header *h)
{
    struct mail_address list[2];
    struct span s;
    size_t at = 0;

    if (!mail_header_next(h, "From", &at, &s) || mail_address_list(a, s, NULL, list, 2) != 1 ||
        mail_header_next(h, "From", &at, &s))
        return NULL;
    return strrchr(list[0].address, '@') + 1;
}

static void authenticate(const struct mail_header *h, const char *server, struct inbound *in)
{
    struct results r = { .from = from_domain(in->arena, h) };
    struct span s;
    size_t at = 0;
    bool found = false;

    if (server == NULL || r.from == NULL)
        return;
    while (!found && mail_header_next(h, "Authentication-Results", &at, &s))
        found = read_results(in->arena, s, server, &r);
    if (r.arc && !r.dmarc)
        read_chain(in->arena, h, server, &r);
    if (r.dmarc || (r.dkim && !r.dmarc_said))
        in->authenticated_domain = lower(in->arena, r.from);
}

/* --- what looks false
 * --------------------------------------------------------------------------------- */

/* "xn--…" as people are shown it. */
static const char *shown_domain(struct arena *a, const char *domain)
{
    enum { SHOWN_MAX = 600 };
    UErrorCode status = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_UNICODE, &status);
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char *out = arena_alloc(a, SHOWN_MAX);
    int32_t n;

    if (U_FAILURE(status))
        return domain;
    n = uidna_nameToUnicodeUTF8(idna, domain, -1, out, SHOWN_MAX - 1, &info, &status);
    uidna_close(idna);
    if (U_FAILURE(status))
        return domain;
    out[n] = '\0';
    return out;
}

static bool is_ascii(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

/* One script a label, as registries demand; whole labels of letters that look Latin count too
 * (UTS 39). */
static bool looks_like_another(const char *s)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker;
    int32_t found;

    if (is_ascii(s))
        return false;
    checker = uspoof_open(&status);
    if (U_FAILURE(status))
        return false;
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE | USPOOF_MIXED_NUMBERS,
                     &status);
    found = uspoof_checkUTF8(checker, s, -1, NULL, &status);
    if (found == 0 && U_SUCCESS(status)) {
        char skeleton[400];
        int32_t n =
            uspoof_getSkeletonUTF8(checker, 0, s, -1, skeleton, sizeof(skeleton) - 1, &status);

        if (U_SUCCESS(status)) {
            skeleton[n] = '\0';
            found = is_ascii(skeleton); /* each letter of it has a Latin twin */
        }
    }
    uspoof_close(checker);
    return U_SUCCESS(status) && found != 0;
}

static bool has_lookalike(struct arena *a, const char *address)
{
    const char *at = strrchr(address, '@');
    char *label, *state, *local;

    if (at == NULL)
        return false;
    local = arena_strndup(a, address, (size_t)(at - address));
    if (looks_like_another(local))
        return true;
    for (label = strtok_r(arena_strdup(a, shown_domain(a, at + 1)), ".", &state); label != NULL;
         label = strtok_r(NULL, ".", &state))
        if (looks_like_another(label))
            return true;
    return false;
}

/* "ceo@example.com" <x@evil.example>: programs that show names alone show that. */
static bool name_claims_another(struct arena *a, const struct inbound_address *who)
{
    struct mail_address held[1];
    const char *name = who->name, *at = name != NULL ? strchr(name, '@') : NULL;
    const char *p, *q;

    if (at == NULL || strchr(who->value, '@') == NULL)
        return false;
    for (p = at; p > name && strchr(" <>\"'(),;:[]", p[-1]) == NULL; p--)
        ;
    for (q = at; *q != '\0' && strchr(" <>\"'(),;:[]", *q) == NULL; q++)
        ;
    if (mail_address_list(a, (struct span){ p, (size_t)(q - p) }, NULL, held, 1) != 1 ||
        strchr(strrchr(held[0].address, '@'), '.') == NULL)
        return false;
    return strcasecmp(held[0].address, who->value) != 0;
}

static bool answers_stranger(const struct inbound *in)
{
    const char *from = strrchr(in->sender.value, '@'), *to;

    if (in->reply_to.value == NULL || from == NULL)
        return false;
    to = strrchr(in->reply_to.value, '@');
    return to != NULL && !mail_trust_same_organisation(from + 1, to + 1);
}

void mail_trust_read(const struct mail_header *h, const struct mail_options *o, struct inbound *in)
{
    authenticate(h, o->authserv_id, in);
    in->sender_lookalike = has_lookalike(in->arena, in->sender.value);
    in->sender_claims_another = name_claims_another(in->arena, &in->sender);
    in->reply_to_stranger = answers_stranger(in);
}
