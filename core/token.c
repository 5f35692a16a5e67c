#include "core/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { TOKEN_ID_BYTES = 8, TOKEN_MAC_BYTES = 16, TOKEN_BYTES = TOKEN_ID_BYTES + TOKEN_MAC_BYTES };

static const char token_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void token_mac(const unsigned char key[TOKEN_KEY_BYTES], const unsigned char *id,
                      const char *recipient, unsigned char mac[EVP_MAX_MD_SIZE])
{
    static const char label[] = "relevo reply token 1";
    unsigned char said[sizeof(label) + TOKEN_ID_BYTES + 1024];
    size_t len = strnlen(recipient, 1024), n = sizeof(label);
    unsigned int out = 0;

    memcpy(said, label, sizeof(label)); /* its NUL parts it from the id */
    memcpy(said + n, id, TOKEN_ID_BYTES);
    n += TOKEN_ID_BYTES;
    memcpy(said + n, recipient, len);
    HMAC(EVP_sha256(), key, TOKEN_KEY_BYTES, said, n + len, mac, &out);
}

/* 39 characters hold 195 bits: the 192 of the token and three zero bits. */
static void token_encode(const unsigned char *in, char *out)
{
    unsigned int have = 0, bits = 0;
    size_t i, n = 0;

    for (i = 0; i < TOKEN_BYTES; i++) {
        have = have << 8 | in[i];
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = token_alphabet[have >> (bits - 5) & 31];
    }
    if (bits > 0)
        out[n++] = token_alphabet[have << (5 - bits) & 31];
    out[n] = '\0';
}

static int token_digit(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool token_decode(struct span token, unsigned char out[TOKEN_BYTES])
{
    unsigned int have = 0, bits = 0;
    size_t i, n = 0;
    int digit;

    if (token.len != TOKEN_CHARS || (token.ptr[0] | 32) != 't')
        return false;
    for (i = 1; i < token.len; i++) {
        digit = token_digit(token.ptr[i]);
        if (digit < 0)
            return false;
        have = have << 5 | (unsigned int)digit;
        bits += 5;
        if (bits >= 8 && n < TOKEN_BYTES) {
            out[n++] = (unsigned char)(have >> (bits - 8));
            bits -= 8;
        }
    }
    return n == TOKEN_BYTES && (have & 7) == 0; /* one spelling each */
}

void token_make(const unsigned char key[TOKEN_KEY_BYTES], int64_t ticket_id, const char *recipient,
                char out[TOKEN_CHARS + 1])
{
    unsigned char bytes[TOKEN_BYTES], mac[EVP_MAX_MD_SIZE];
    int i;

    for (i = 0; i < TOKEN_ID_BYTES; i++)
        bytes[i] = (unsigned char)((uint64_t)ticket_id >> (56 - 8 * i));
    token_mac(key, bytes, recipient, mac);
    memcpy(bytes + TOKEN_ID_BYTES, mac, TOKEN_MAC_BYTES);
    out[0] = 't';
    token_encode(bytes, out + 1);
}

int64_t token_ticket(struct span token)
{
    unsigned char bytes[TOKEN_BYTES];
    uint64_t id = 0;
    int i;

    if (!token_decode(token, bytes))
        return 0;
    for (i = 0; i < TOKEN_ID_BYTES; i++)
        id = id << 8 | bytes[i];
    return id > INT64_MAX ? 0 : (int64_t)id;
}

bool token_fits(const unsigned char key[TOKEN_KEY_BYTES], struct span token, int64_t ticket_id,
                const char *recipient)
{
    unsigned char bytes[TOKEN_BYTES], mac[EVP_MAX_MD_SIZE];

    if (token_ticket(token) != ticket_id || ticket_id <= 0 || !token_decode(token, bytes))
        return false;
    token_mac(key, bytes, recipient, mac);
    return CRYPTO_memcmp(bytes + TOKEN_ID_BYTES, mac, TOKEN_MAC_BYTES) == 0;
}

struct span token_find(struct span within)
{
    size_t start = 0, end;

    while (start < within.len) {
        for (end = start; end < within.len && token_digit(within.ptr[end]) >= 0;)
            end++;
        if (end - start == TOKEN_CHARS) {
            struct span found = { within.ptr + start, TOKEN_CHARS };

            if (token_ticket(found) != 0)
                return found;
        }
        start = end + 1;
    }
    return (struct span){ NULL, 0 };
}
