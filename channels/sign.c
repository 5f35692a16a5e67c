#include "channels/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

static void sign_hmac(const EVP_MD *md, struct span key, struct span data, unsigned char *out)
{
    unsigned len;

    /* An empty key would make OpenSSL use the last one. */
    if (key.len > INT32_MAX ||
        HMAC(md, key.len == 0 ? "" : key.ptr, (int)key.len,
             (const unsigned char *)(data.len == 0 ? "" : data.ptr), data.len, out, &len) == NULL)
        abort();
}

void sign_hmac_sha1(struct span key, struct span data, unsigned char out[SIGN_SHA1_BYTES])
{
    sign_hmac(EVP_sha1(), key, data, out);
}

void sign_hmac_sha256(struct span key, struct span data, unsigned char out[SIGN_SHA256_BYTES])
{
    sign_hmac(EVP_sha256(), key, data, out);
}

void sign_sha256(struct span data, unsigned char out[SIGN_SHA256_BYTES])
{
    if (EVP_Digest(data.len == 0 ? "" : data.ptr, data.len, out, NULL, EVP_sha256(), NULL) != 1)
        abort();
}

bool sign_ed25519_is_by(struct span public_key, struct span data, struct span signature)
{
    EVP_PKEY *key;
    EVP_MD_CTX *md;
    bool good;

    if (public_key.len != SIGN_ED25519_KEY || signature.len != SIGN_ED25519)
        return false;
    key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)public_key.ptr,
                                      public_key.len);
    md = EVP_MD_CTX_new();
    good = key != NULL && md != NULL && EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(md, (const unsigned char *)signature.ptr, signature.len,
                            (const unsigned char *)data.ptr, data.len) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    return good;
}

bool sign_is_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

char *sign_base64(struct arena *a, struct span bytes)
{
    char *out = arena_alloc(a, (bytes.len + 2) / 3 * 4 + 1);

    if (bytes.len > 0)
        EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)bytes.ptr, (int)bytes.len);
    return out;
}

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

bool sign_unbase64(struct arena *a, struct span text, struct span *out)
{
    size_t pad = 0, i;
    char *whole;
    unsigned char *bytes;

    while (text.len > 0 && pad < 2 && text.ptr[text.len - 1] == '=') {
        text.len--;
        pad++;
    }
    if (text.len % 4 == 1 || (pad > 0 && (text.len + pad) % 4 != 0) || text.len > 1 << 24)
        return false;
    for (i = 0; i < text.len; i++)
        if (!is_base64(text.ptr[i]))
            return false;
    pad = (4 - text.len % 4) % 4;
    whole = arena_alloc(a, text.len + pad + 1);
    if (text.len > 0)
        memcpy(whole, text.ptr, text.len);
    memset(whole + text.len, '=', pad);
    bytes = arena_alloc(a, (text.len + pad) / 4 * 3 + 1);
    if (text.len > 0 &&
        EVP_DecodeBlock(bytes, (const unsigned char *)whole, (int)(text.len + pad)) < 0)
        return false;
    *out = (struct span){ (const char *)bytes, (text.len + pad) / 4 * 3 - pad };
    return true;
}

char *sign_hex(struct arena *a, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(a, bytes.len * 2 + 1);
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        out[2 * i] = digits[(unsigned char)bytes.ptr[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    return out;
}

void sign_random(unsigned char *out, size_t len)
{
    if (RAND_bytes(out, (int)len) != 1)
        abort();
}

void sign_secret_free(char *secret)
{
    if (secret == NULL)
        return;
    OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
}
