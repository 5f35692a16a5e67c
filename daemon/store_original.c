#include "daemon/store_original.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

struct store_making {
    struct arena *a;
    struct span raw;
    EVP_MD_CTX *md;
    size_t digested;                /* of the piece that is being read */
    struct original_cutter *cutter; /* NULL: nothing is to be taken out, or all is */
    size_t pieces;                  /* whose digests are there */
    struct store_original made;
};

struct span store_digest(struct arena *a, struct span bytes)
{
    unsigned char *digest = arena_alloc(a, SHA256_DIGEST_LENGTH);

    SHA256((const unsigned char *)bytes.ptr, bytes.len, digest);
    return (struct span){ (const char *)digest, SHA256_DIGEST_LENGTH };
}

static void digest_begin(struct store_making *m)
{
    m->digested = 0;
    if (EVP_DigestInit_ex(m->md, EVP_sha256(), NULL) != 1)
        abort(); /* a digest that every OpenSSL has: out of memory */
}

/* False: so many bytes are read, and there are more of them. */
static bool digest_some(struct store_making *m, struct span piece, size_t *bytes, struct span *out)
{
    size_t n = piece.len - m->digested < *bytes ? piece.len - m->digested : *bytes;
    unsigned char *digest;

    EVP_DigestUpdate(m->md, piece.ptr + m->digested, n);
    m->digested += n;
    *bytes -= n;
    if (m->digested < piece.len)
        return false;
    digest = arena_alloc(m->a, SHA256_DIGEST_LENGTH);
    EVP_DigestFinal_ex(m->md, digest, NULL);
    *out = (struct span){ (const char *)digest, SHA256_DIGEST_LENGTH };
    digest_begin(m);
    return true;
}

struct store_making *store_original_begin(struct arena *a, struct span raw, const char *type)
{
    struct store_making *m = xcalloc(1, sizeof(*m));

    m->a = a;
    m->raw = raw;
    m->md = EVP_MD_CTX_new();
    m->made.parts.rest = raw;
    if (strcmp(type, "message/rfc822") == 0)
        m->cutter = original_cutter_new(a, raw);
    digest_begin(m);
    return m;
}

const struct store_original *store_original_go_on(struct store_making *m, size_t bytes)
{
    struct store_original *o = &m->made;
    struct store_original *kept;

    if (o->digest.len == 0 && !digest_some(m, m->raw, &bytes, &o->digest))
        return NULL;
    if (m->cutter != NULL) {
        if (!original_cutter_step(m->cutter, bytes, &o->parts))
            return NULL;
        m->cutter = NULL;
        o->digests = arena_array(m->a, o->parts.count, sizeof(*o->digests));
    }
    for (; m->pieces < o->parts.count; m->pieces++)
        if (!digest_some(m, o->parts.cuts[m->pieces].bytes, &bytes, &o->digests[m->pieces]))
            return NULL;
    kept = arena_alloc(m->a, sizeof(*kept));
    *kept = *o;
    return kept;
}

void store_original_end(struct store_making *m)
{
    if (m == NULL)
        return;
    EVP_MD_CTX_free(m->md);
    free(m);
}

const struct store_original *store_original_make(struct arena *a, struct span raw, const char *type)
{
    struct store_making *m = store_original_begin(a, raw, type);
    const struct store_original *made = store_original_go_on(m, SIZE_MAX);

    store_original_end(m);
    return made;
}
