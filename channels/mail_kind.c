#include "channels/mail_kind.h"

#include <string.h>
#include <strings.h>

#include "channels/mail.h"
#include "channels/mail_address.h"
#include "channels/mail_header.h"
#include "channels/mail_part.h"
#include "core/arena.h"

static bool begins(struct span s, const char *word)
{
    return s.len >= strlen(word) && strncasecmp(s.ptr, word, strlen(word)) == 0;
}

static bool is_any(struct span s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (s.len == strlen(*words) && strncasecmp(s.ptr, *words, s.len) == 0)
            return true;
    return false;
}

/* The first word of a value: what stands before a blank, a semicolon or a comment. */
static struct span first_word(struct span s)
{
    size_t n = 0;

    while (n < s.len && strchr(" \t\r\n;,(", s.ptr[n]) == NULL)
        n++;
    return (struct span){ s.ptr, n };
}

/* --- senders
 * ------------------------------------------------------------------------------------------ */

/* The local part without what writers vary: "No-Reply" and "no_reply" are "noreply". */
static void bare_local(const char *address, char out[65])
{
    size_t n = 0;

    for (; *address != '\0' && *address != '@' && n < 64; address++)
        if (strchr("-_.", *address) == NULL)
            out[n++] = (char)(*address >= 'A' && *address <= 'Z' ? *address + 32 : *address);
    out[n] = '\0';
}

static bool is_daemon(const char *address)
{
    char local[65];

    bare_local(address, local);
    return strcmp(local, "mailerdaemon") == 0 || strcmp(local, "postmaster") == 0;
}

static bool is_no_reply(const char *address)
{
    static const char *const words[] = { "noreply", "donotreply", "dontreply", "nereply", NULL };
    const char *const *w;
    char local[65];

    bare_local(address, local);
    for (w = words; *w != NULL; w++)
        if (strstr(local, *w) != NULL)
            return true;
    return false;
}

/* "<>": nobody wants to hear whether it arrived. */
static bool has_null_path(const struct mail_header *h)
{
    struct span path = mail_header_find(h, "Return-Path");
    size_t i, n = 0;

    for (i = 0; i < path.len; i++)
        n += strchr("<> \t", path.ptr[i]) == NULL;
    return path.len > 0 &&
           (n == 0 || begins(path, "<mailer-daemon>") || begins(path, "mailer-daemon"));
}

/* --- machines (B-07)
 * ---------------------------------------------------------------------------------- */

static bool says_automatic(const struct mail_header *h)
{
    static const char *const bulk[] = { "bulk", "list", "junk", "auto_reply", "auto-reply", NULL };
    static const char *const marks[] = { "List-Id",        "List-Unsubscribe",
                                         "X-Autoreply",    "X-Autorespond",
                                         "X-Autoresponse", "X-Loop",
                                         "X-Relevo-Loop",  NULL };
    struct span s = first_word(mail_header_find(h, "Auto-Submitted"));
    const char *const *m;

    if (s.len > 0 && !is_any(s, (const char *const[]){ "no", NULL }))
        return true;
    s = first_word(mail_header_find(h, "X-Auto-Response-Suppress"));
    if (s.len > 0 && !is_any(s, (const char *const[]){ "none", NULL }))
        return true;
    if (is_any(first_word(mail_header_find(h, "Precedence")), bulk) ||
        is_any(first_word(mail_header_find(h, "X-Precedence")), bulk))
        return true;
    for (m = marks; *m != NULL; m++)
        if (mail_header_has(h, *m))
            return true;
    return false;
}

/* --- bounces
 * ------------------------------------------------------------------------------------------ */

static bool is_report(const struct mail_part *root, const char *part_type)
{
    size_t i;

    if (strcmp(root->type, "multipart/report") != 0)
        return false;
    for (i = 0; i < root->count; i++)
        if (part_type == NULL || strcmp(root->parts[i]->type, part_type) == 0)
            return true;
    return false;
}

/* How the subjects of mail servers' own notices begin or what they hold. */
static bool says_failed(const char *subject)
{
    static const char *const words[] = {
        "delivery fail",
        "delivery has failed",
        "delivery notification",
        "delivery problem",
        "delivery report",
        "delivery status",
        "error delivering",
        "failed delivery",
        "failed mail",
        "failure delivery",
        "failure notice",
        "mail could not be delivered",
        "mail delivery",
        "mail failure",
        "mail not delivered",
        "mail system error",
        "message could not be",
        "message delivery",
        "message not delivered",
        "nicht zugestellt",
        "no se ha podido entregar",
        "no se pudo entregar",
        "non-deliver",
        "non remis",
        "nondeliverable",
        "not deliver",
        "returned email",
        "returned mail",
        "returning message",
        "returned to sender",
        "unable to deliver",
        "undeliver",
        "unzustellbar",
        "warning: could not send",
        "warning: message",
        "mancata consegna",
        "devuelto",
        "não entregue",
        NULL,
    };
    const char *const *w;

    for (w = words; *w != NULL; w++)
        if (strcasestr(subject, *w) != NULL)
            return true;
    return false;
}

static bool body_says_failed(const char *text)
{
    return strstr(text, "qmail-send program") != NULL ||
           strstr(text, "could not be delivered to") != NULL ||
           strstr(text, "had permanent fatal errors") != NULL ||
           strstr(text, "following address(es) failed") != NULL;
}

static bool is_bounce(const struct mail_part *root, bool from_daemon, const struct inbound *in)
{
    const struct mail_header *h = &root->header;

    if (is_report(root, "message/delivery-status") ||
        is_report(root, "message/global-delivery-status"))
        return true;
    if (mail_header_has(h, "X-Failed-Recipients"))
        return true;
    return (from_daemon || has_null_path(h)) &&
           (says_failed(in->subject) || (from_daemon && body_says_failed(in->text)));
}

/* --- ours
 * --------------------------------------------------------------------------------------------- */

static bool is_echo(const struct mail_header *h, const char *loop_id)
{
    struct span s;
    size_t at = 0;

    while (loop_id != NULL && mail_header_next(h, "X-Relevo-Loop", &at, &s))
        if (span_is(first_word(s), loop_id))
            return true;
    return false;
}

void mail_kind_read(const struct mail_part *root, const struct mail_options *o, struct inbound *in)
{
    const struct mail_header *h = &root->header;
    bool from_daemon = is_daemon(in->sender.value);

    in->echo = is_echo(h, o->loop_id);
    in->spam = begins(mail_header_find(h, "X-Spam-Flag"), "yes") ||
               begins(mail_header_find(h, "X-Spam-Status"), "yes");
    in->bounce = is_bounce(root, from_daemon, in);
    in->automatic = in->bounce || from_daemon || is_no_reply(in->sender.value) ||
                    says_automatic(h) || has_null_path(h) || is_report(root, NULL);
}

/* --- Authentication-Results
 * ----------------------------------------------------------------------------- */

/* The value without comments, each run of blanks one blank. */
static char *bare_value(struct arena *a, struct span s)
{
    char *out = arena_alloc(a, s.len + 1);
    size_t i, n = 0, depth = 0;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        depth += c == '(';
        if (depth == 0 && (unsigned char)c > ' ')
            out[n++] = c;
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
        depth -= c == ')' && depth > 0;
    }
    out[n] = '\0';
    return out;
}

/* Does one result, "dmarc=pass header.from=example.org", vouch for that domain? */
static bool vouches(char *result, const char *domain)
{
    char *state, *word = strtok_r(result, " ", &state);

    if (word == NULL || strcasecmp(word, "dmarc=pass") != 0)
        return false;
    while ((word = strtok_r(NULL, " ", &state)) != NULL)
        if (strncasecmp(word, "header.from=", 12) == 0)
            return strcasecmp(word + 12, domain) == 0;
    return false;
}

static bool is_server(const char *word, const char *authserv_id)
{
    size_t n = strcspn(word, " ;");

    return n == strlen(authserv_id) && strncasecmp(word, authserv_id, n) == 0;
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

void mail_kind_authenticate(const struct mail_header *h, const struct mail_options *o,
                            struct inbound *in)
{
    const char *domain = from_domain(in->arena, h);
    char *value = NULL, *result, *state;
    struct span s;
    size_t at = 0;

    if (o->authserv_id == NULL || domain == NULL)
        return;
    while (mail_header_next(h, "Authentication-Results", &at, &s)) {
        value = bare_value(in->arena, s);
        if (is_server(value, o->authserv_id))
            break;
        value = NULL;
    }
    if (value == NULL)
        return;
    strtok_r(value, ";", &state);
    while ((result = strtok_r(NULL, ";", &state)) != NULL)
        if (vouches(result, domain)) {
            char *lower = arena_strdup(in->arena, domain);

            for (in->authenticated_domain = lower; *lower != '\0'; lower++)
                *lower = (char)(*lower >= 'A' && *lower <= 'Z' ? *lower + 32 : *lower);
            return;
        }
}
