/* What a client of LMTP may say. However its words are cut, the same is answered and the same mails
 * are taken; the first byte says how large they may be. */
#include <string.h>

#include "channels/lmtp_session.h"
#include "tests/fuzz/fuzz.h"

struct heard {
    struct lmtp_session session;
    struct text_buffer mails; /* those that were whole, one after the other */
    struct text_buffer mail;
    size_t size_max;
    bool begun;
};

static bool takes(void *arg, struct span recipient)
{
    (void)arg;
    FUZZ_HOLDS(recipient.len > 0 && text_is_utf8(recipient));
    return recipient.len != 3;
}

static int begin(void *arg)
{
    struct heard *h = arg;

    FUZZ_HOLDS(!h->begun);
    h->begun = true;
    return 0;
}

static int add(void *arg, struct span bytes)
{
    struct heard *h = arg;

    FUZZ_HOLDS(h->begun);
    text_buffer_add(&h->mail, bytes.ptr, bytes.len);
    FUZZ_HOLDS(h->mail.len <= h->size_max + LMTP_TRACE_MAX);
    return 0;
}

static void drop(void *arg)
{
    struct heard *h = arg;

    h->begun = false;
    h->mail.len = 0;
}

static void whole(void *arg)
{
    struct heard *h = arg;

    FUZZ_HOLDS(h->begun && h->session.phase == LMTP_WAITS);
    text_buffer_printf(&h->mails, "%zu:", h->mail.len);
    text_buffer_add(&h->mails, h->mail.ptr, h->mail.len);
    drop(h);
    lmtp_session_answer(&h->session, true);
}

static const struct lmtp_ops ops = {
    .takes = takes, .begin = begin, .add = add, .whole = whole, .drop = drop
};

/* In pieces of that size; what was not taken comes again with the next one. */
static void hear(struct heard *h, struct span s, size_t piece)
{
    size_t from = 0, to = 0;

    lmtp_session_init(&h->session, &ops, h, "mx", h->size_max);
    while (to < s.len && h->session.phase != LMTP_OVER) {
        to = s.len - to < piece ? s.len : to + piece;
        from += lmtp_session_hear(&h->session, (struct span){ s.ptr + from, to - from });
        FUZZ_HOLDS(from <= to);
    }
}

static void clear(struct heard *h)
{
    lmtp_session_clear(&h->session);
    text_buffer_clear(&h->mail);
    text_buffer_clear(&h->mails);
}

static bool same(const struct text_buffer *a, const struct text_buffer *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span s = { (const char *)data, size };
    size_t most = 1 + fuzz_choice(&s, 256);
    struct heard one = { .size_max = most }, cut = { .size_max = most };

    hear(&one, s, s.len + 1);
    hear(&cut, s, 1);
    FUZZ_HOLDS(same(&one.session.out, &cut.session.out));
    FUZZ_HOLDS(same(&one.mails, &cut.mails));
    FUZZ_HOLDS(one.session.phase == cut.session.phase);
    clear(&one);
    clear(&cut);
    return 0;
}
