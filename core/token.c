#include "core/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { TOKEN_ID_BYTES = 8, TOKEN_MAC_BYTES = 16, TOKEN_BYTES = TOKEN_ID_BYTES + TOKEN_MAC_BYTES };

static const char token_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

struct token_sort {
    char letter;
    const char *label;
};
static const struct token_sort token_reply = { 't', "relevo reply token 1" };
static const struct token_sort token_of_delivery = { 'd', "relevo delivery token 1" };

static void token_mac(const struct token_sort *sort, const unsigned char key[TOKEN_KEY_BYTES],
                      const unsigned char *id, const char *recipient,
                      unsigned char mac[EVP_MAX_MD_SIZE])
{
    unsigned char said[64 + TOKEN_ID_BYTES + 1024];
    size_t len = strnlen(recipient, 1024), n = strlen(sort->label) + 1;
    unsigned int out = 0;

    memcpy(said, sort->label, n); /* its NUL parts it from the id */
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

static bool token_decode(const struct token_sort *sort, struct span token,
                         unsigned char out[TOKEN_BYTES])
{
    unsigned int have = 0, bits = 0;
    size_t i, n = 0;
    int digit;

    if (token.len != TOKEN_CHARS || (token.ptr[0] | 32) != sort->letter)
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

static void token_write(const struct token_sort *sort, const unsigned char key[TOKEN_KEY_BYTES],
                        int64_t id, const char *recipient, char out[TOKEN_CHARS + 1])
{
    unsigned char bytes[TOKEN_BYTES], mac[EVP_MAX_MD_SIZE];
    int i;

    for (i = 0; i < TOKEN_ID_BYTES; i++)
        bytes[i] = (unsigned char)((uint64_t)id >> (56 - 8 * i));
    token_mac(sort, key, bytes, recipient, mac);
    memcpy(bytes + TOKEN_ID_BYTES, mac, TOKEN_MAC_BYTES);
    out[0] = sort->letter;
    token_encode(bytes, out + 1);
}

/* The id in it; 0: it is none of that sort. */
static int64_t token_id(const struct token_sort *sort, struct span token)
{
    unsigned char bytes[TOKEN_BYTES];
    uint64_t id = 0;
    int i;

    if (!token_decode(sort, token, bytes))
        return 0;
    for (i = 0; i < TOKEN_ID_BYTES; i++)
        id = id << 8 | bytes[i];
    return id > INT64_MAX ? 0 : (int64_t)id;
}

static bool token_is_signed(const struct token_sort *sort, const unsigned char key[TOKEN_KEY_BYTES],
                            struct span token, const char *recipient)
{
    unsigned char bytes[TOKEN_BYTES], mac[EVP_MAX_MD_SIZE];

    if (!token_decode(sort, token, bytes))
        return false;
    token_mac(sort, key, bytes, recipient, mac);
    return CRYPTO_memcmp(bytes + TOKEN_ID_BYTES, mac, TOKEN_MAC_BYTES) == 0;
}

void token_make(const unsigned char key[TOKEN_KEY_BYTES], int64_t ticket_id, const char *recipient,
                char out[TOKEN_CHARS + 1])
{
    token_write(&token_reply, key, ticket_id, recipient, out);
}

int64_t token_ticket(struct span token)
{
    return token_id(&token_reply, token);
}

bool token_fits(const unsigned char key[TOKEN_KEY_BYTES], struct span token, int64_t ticket_id,
                const char *recipient)
{
    return ticket_id > 0 && token_ticket(token) == ticket_id &&
           token_is_signed(&token_reply, key, token, recipient);
}

void token_make_delivery(const unsigned char key[TOKEN_KEY_BYTES], int64_t delivery_id,
                         char out[TOKEN_CHARS + 1])
{
    token_write(&token_of_delivery, key, delivery_id, "", out);
}

int64_t token_delivery(const unsigned char key[TOKEN_KEY_BYTES], struct span token)
{
    return token_is_signed(&token_of_delivery, key, token, "") ? token_id(&token_of_delivery, token)
                                                               : 0;
}

struct span token_find(struct span within)
{
    size_t start = 0, end;

    while (start < within.len) {
        for (end = start; end < within.len && token_digit(within.ptr[end]) >= 0;)
            end++;
        if (end - start == TOKEN_CHARS) {
            struct span found = { within.ptr + start, TOKEN_CHARS };

            if (token_ticket(found) != 0 || token_id(&token_of_delivery, found) != 0)
                return found;
        }
        start = end + 1;
    }
    return (struct span){ NULL, 0 };
}
