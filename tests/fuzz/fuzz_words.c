/* Short texts that mean something: an address, an id, a date, a step of a path. The first byte
 * chooses the reader; what a reader makes of one it takes again. */
#include <stdlib.h>
#include <string.h>

#include "channels/imap_name.h"
#include "channels/mail_date.h"
#include "channels/mail_header.h"
#include "channels/mail_write.h"
#include "channels/payload.h"
#include "channels/sign.h"
#include "channels/webchat_token.h"
#include "channels/webhook_sign.h"
#include "core/arena.h"
#include "core/classify.h"
#include "core/duration.h"
#include "core/embedded.h"
#include "core/inbound.h"
#include "core/policy_read.h"
#include "core/policy_when.h"
#include "core/similar.h"
#include "core/thread.h"
#include "core/token.h"
#include "daemon/http_address.h"
#include "tests/fuzz/fuzz.h"

static const unsigned char key[TOKEN_KEY_BYTES] = "0123456789abcdef0123456789abcde";

static void read_email(struct arena *a, const char *text)
{
    const char *email = inbound_email(a, span_of(text));

    fuzz_text(email, INBOUND_ADDRESS_MAX);
    FUZZ_HOLDS(email == NULL || strcmp(inbound_email(a, span_of(email)), email) == 0);
}

static void read_tel(struct arena *a, const char *text)
{
    const char *tel = inbound_tel(a, span_of(text));

    FUZZ_HOLDS(tel == NULL || strspn(tel, "+0123456789") == strlen(tel));
}

/* What goes into an envelope and a header holds nothing that ends either (S-20). */
static void write_address(struct arena *a, const char *text)
{
    const char *address = mail_write_address(a, text);

    FUZZ_HOLDS(address == NULL || strpbrk(address, "\r\n") == NULL);
}

static void write_mailbox(struct arena *a, const char *text)
{
    char *name = imap_name_write(text_clean(a, span_of(text), 4000));
    const char *at;

    for (at = name; at != NULL && *at != '\0'; at++)
        FUZZ_HOLDS(*at >= ' ' && *at < 0x7f);
    free(name);
}

static void read_listener(struct arena *a, const char *text)
{
    struct error err;

    (void)a;
    if (http_address_check(text, &err) == 0)
        http_address_is_local(text);
}

static void read_dates(struct arena *a, const char *text)
{
    int64_t at;

    (void)a;
    mail_date_read(span_of(text), &at, NULL);
    payload_time(text);
}

static void read_ids(struct arena *a, const char *text)
{
    const char *ids[8];
    size_t i, n = mail_header_ids(a, span_of(text), ids, 8);

    for (i = 0; i < n; i++)
        FUZZ_HOLDS(ids[i][0] != '\0' && strlen(ids[i]) <= INBOUND_ID_MAX);
}

static void read_token(struct arena *a, const char *text)
{
    struct span token = token_find(span_of(text));

    (void)a;
    FUZZ_HOLDS(token.len == 0 || token.len == TOKEN_CHARS);
    FUZZ_HOLDS(!token_fits(key, span_of(text), token_ticket(token), "ana@example.org"));
    FUZZ_HOLDS(thread_subject_number(text) >= 0);
}

static void read_visitor(struct arena *a, const char *text)
{
    struct webchat_visitor visitor;
    struct error err;

    FUZZ_HOLDS(webchat_token_read(a, span_of("secret"), "chat", span_of(text), 1768471200, 86400,
                                  &visitor, &err) < 0);
}

static void read_key(struct arena *a, const char *text)
{
    struct webhook_key secret;
    struct span bytes;
    struct error err;

    if (webhook_key_read(span_of(text), &secret, &err) == 0)
        webhook_key_wipe(&secret);
    if (sign_unbase64(a, span_of(text), &bytes))
        FUZZ_HOLDS(bytes.len <= strlen(text));
}

static void read_step(struct arena *a, const char *text)
{
    static struct policy_file shipped;
    const struct embedded_file *file = &embedded_core[0];
    struct conf_errors errors = { 0 };
    struct policy_step step;
    struct policy_do action;
    struct error err;
    int64_t seconds;

    if (shipped.policy == NULL)
        FUZZ_HOLDS(policy_read(file->name, (struct span){ file->bytes, file->size }, NULL, NULL,
                               &shipped, &errors) == 0);
    policy_when_parse(shipped.policy, text, a, &step, &err);
    policy_do_parse(shipped.policy, text, a, &action, &err);
    if (duration_read(text, &seconds) == 0)
        FUZZ_HOLDS(seconds >= 0);
}

static void read_pattern(struct arena *a, const char *text)
{
    struct pattern *p;
    struct error err;

    (void)a;
    if (pattern_new(text, &p, &err) < 0)
        return;
    pattern_matches(p, span_of("It is down since 10:15, says Ana <ana@example.org>."));
    pattern_free(p);
}

/* The first half is a subject, the whole a text: what is like the other is so from both sides. */
static void read_terms(struct arena *a, const char *text)
{
    char *half = arena_strdup(a, text);
    const char *x, *y, *both;

    half[strlen(half) / 2] = '\0';
    x = similar_terms(a, half, NULL, NULL);
    y = similar_terms(a, half, text, x);
    FUZZ_HOLDS(strlen(x) <= SIMILAR_TERMS_BYTES && strlen(y) <= SIMILAR_TERMS_BYTES);
    FUZZ_HOLDS(!similar_shares(x, y)); /* x is left out of y */
    y = similar_terms(a, NULL, text, NULL);
    both = similar_common(a, x, y);
    FUZZ_HOLDS(similar_percent(x, y) == similar_percent(y, x));
    FUZZ_HOLDS(similar_percent(x, y) >= 0 && similar_percent(x, y) <= 100);
    FUZZ_HOLDS(strcmp(both, similar_common(a, y, x)) == 0);
    FUZZ_HOLDS(similar_shares(x, y) == (*both != '\0'));
    FUZZ_HOLDS(strcmp(similar_common(a, both, x), both) == 0);
    FUZZ_HOLDS(*x == '\0' || similar_percent(x, x) == 100);
}

static fuzz_reader_fn *const readers[] = {
    read_email, read_tel,     write_address, write_mailbox, read_listener, read_dates, read_ids,
    read_token, read_visitor, read_key,      read_step,     read_pattern,  read_terms,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_one_reader(readers, sizeof(readers) / sizeof(readers[0]), data, size);
}
