#include "channels/oauth.h"

#include <inttypes.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channels/form.h"
#include "channels/sign.h"
#include "core/arena.h"
#include "core/conf.h"

enum {
    OAUTH_ANSWER_MAX = 64 * 1024,
    OAUTH_LIFE_S = 3600, /* of a token that does not say */
    OAUTH_EARLY_S = 300, /* before its end another is asked for; of a short one, at half its life */
    OAUTH_FRESH_S = 60,  /* a refused token that is younger is not the one to blame */
    OAUTH_JWT_S = 300,
    OAUTH_IV = 12,
    OAUTH_TAG = 16,
    OAUTH_DAY_MS = 86400 * 1000,
};
static const char oauth_part[] = "oauth"; /* of the channel's cursors */

struct oauth {
    struct channel *ch;
    void (*told)(struct channel *ch, const char *words);
    char *client_secret, *configured; /* the refresh token of relevo.yaml */
    char *refresh, *access;           /* those in force; access NULL: none */
    char *stored;                     /* the cursor as it was last seen or made; NULL: none */
    EVP_PKEY *key;
    X509 *certificate;
    int64_t expires_at; /* of the client's secret or certificate; 0: not known */
    int64_t got_at;     /* when `access` came */
    int64_t pause_ms;
    void *timer, *warn;
    struct oauth_call *call; /* under way, also after a stop: a token that comes of it is kept */
    bool started;
    bool unkept; /* `refresh` is not in the database: it was away */
};
/* A question to the token endpoint; `oauth` NULL: nobody waits for it any more. */
struct oauth_call {
    struct oauth *oauth;
    char *refresh, *access; /* access NULL: nothing is asked, `refresh` is to be kept */
    char *stored;           /* `refresh` as the cursor says it */
    int64_t life_s;
};

static void oauth_ask(void *arg);

/* --- how a refresh token is kept
 * ----------------------------------------------------------------------- */

static void oauth_cipher_key(const struct oauth *o, unsigned char key[SIGN_SHA256_BYTES])
{
    sign_hmac_sha256(span_of(o->configured), span_of("relevo refresh token"), key);
}

/* Names the configured token that it stands for, and does not tell it. */
static const char *oauth_mark(const struct oauth *o, struct arena *a)
{
    unsigned char digest[SIGN_SHA256_BYTES];

    sign_hmac_sha256(span_of(o->configured), span_of("relevo mark"), digest);
    return sign_hex(a, (struct span){ (const char *)digest, 8 });
}

static const char *oauth_seal(const struct oauth *o, struct arena *a, const char *token)
{
    unsigned char key[SIGN_SHA256_BYTES];
    size_t len = strlen(token);
    unsigned char *out = arena_alloc(a, OAUTH_IV + len + OAUTH_TAG);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, end = 0;
    bool good;

    oauth_cipher_key(o, key);
    sign_random(out, OAUTH_IV);
    good =
        ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
        EVP_EncryptUpdate(ctx, out + OAUTH_IV, &n, (const unsigned char *)token, (int)len) == 1 &&
        EVP_EncryptFinal_ex(ctx, out + OAUTH_IV + n, &end) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, OAUTH_TAG, out + OAUTH_IV + len) == 1;
    EVP_CIPHER_CTX_free(ctx);
    OPENSSL_cleanse(key, sizeof(key));
    if (!good)
        abort(); /* out of memory */
    return arena_printf(
        a, "%s:%s", oauth_mark(o, a),
        sign_base64(a, (struct span){ (const char *)out, OAUTH_IV + len + OAUTH_TAG }));
}

/* NULL: it is none, or stands for another configured token. */
static char *oauth_unseal(const struct oauth *o, struct arena *a, const char *kept)
{
    const char *mark = oauth_mark(o, a);
    unsigned char key[SIGN_SHA256_BYTES], *bytes;
    EVP_CIPHER_CTX *ctx;
    struct span sealed;
    int n = 0, end = 0, len;
    char *token;
    bool good;

    if (kept == NULL || strncmp(kept, mark, strlen(mark)) != 0 || kept[strlen(mark)] != ':' ||
        !sign_unbase64(a, span_of(kept + strlen(mark) + 1), &sealed) ||
        sealed.len <= OAUTH_IV + OAUTH_TAG || sealed.len > 2 * OAUTH_TOKEN_MAX)
        return NULL;
    len = (int)sealed.len - OAUTH_IV - OAUTH_TAG;
    bytes = (unsigned char *)arena_strndup(a, sealed.ptr, sealed.len);
    token = xcalloc(1, (size_t)len + 1);
    ctx = EVP_CIPHER_CTX_new();
    oauth_cipher_key(o, key);
    good = ctx != NULL && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, bytes) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, OAUTH_TAG, bytes + OAUTH_IV + len) == 1 &&
           EVP_DecryptUpdate(ctx, (unsigned char *)token, &n, bytes + OAUTH_IV, len) == 1 &&
           EVP_DecryptFinal_ex(ctx, (unsigned char *)token + n, &end) == 1;
    EVP_CIPHER_CTX_free(ctx);
    OPENSSL_cleanse(key, sizeof(key));
    if (good)
        return token;
    free(token);
    return NULL;
}

/* --- how the client proves who it is
 * --------------------------------------------------------------- */

static char *oauth_base64url(struct arena *a, struct span bytes)
{
    char *text = sign_base64(a, bytes), *c;

    for (c = text; *c != '\0' && *c != '='; c++) {
        if (*c == '+')
            *c = '-';
        else if (*c == '/')
            *c = '_';
    }
    *c = '\0';
    return text;
}

static const char *oauth_json_part(struct arena *a, json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    const char *part = oauth_base64url(a, span_of(text));

    free(text);
    json_decref(o);
    return part;
}

static const char *oauth_thumbprint(const struct oauth *o, struct arena *a, const EVP_MD *md)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    X509_digest(o->certificate, md, digest, &len);
    return oauth_base64url(a, (struct span){ (const char *)digest, len });
}

/* RFC 7523, as Entra ID wants it: RS256, with both of the certificate's thumbprints. NULL: the key
 * cannot sign so. */
static const char *oauth_assertion(const struct oauth *o, struct arena *a)
{
    const char *client = conf_text(o->ch->conf, "client_id");
    json_int_t now = o->ch->host->now(o->ch->host->ctx);
    unsigned char id[16], *signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const char *signed_part;
    size_t len = 0;
    bool good;

    sign_random(id, sizeof(id));
    signed_part = arena_printf(
        a, "%s.%s",
        oauth_json_part(a, json_pack("{s:s, s:s, s:s, s:s}", "alg", "RS256", "typ", "JWT", "x5t",
                                     oauth_thumbprint(o, a, EVP_sha1()), "x5t#S256",
                                     oauth_thumbprint(o, a, EVP_sha256()))),
        oauth_json_part(a, json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss", client, "sub", client,
                                     "aud", conf_text(o->ch->conf, "token_url"), "jti",
                                     sign_hex(a, (struct span){ (const char *)id, sizeof(id) }),
                                     "nbf", now, "exp", now + OAUTH_JWT_S)));
    good = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, o->key) == 1 &&
           EVP_DigestSign(ctx, NULL, &len, (const unsigned char *)signed_part,
                          strlen(signed_part)) == 1;
    signature = arena_alloc(a, len + 1);
    good = good && EVP_DigestSign(ctx, signature, &len, (const unsigned char *)signed_part,
                                  strlen(signed_part)) == 1;
    EVP_MD_CTX_free(ctx);
    if (!good)
        return NULL;
    return arena_printf(a, "%s.%s", signed_part,
                        oauth_base64url(a, (struct span){ (const char *)signature, len }));
}

/* --- asking
 * -------------------------------------------------------------------------------------------- */

static void oauth_arm(struct oauth *o, int64_t ms)
{
    const struct channel_host *host = o->ch->host;

    if (o->timer != NULL)
        host->timer_cancel(host->ctx, o->timer);
    o->timer = host->timer(host->ctx, ms, oauth_ask, o);
}

static void oauth_failed(struct oauth *o, const char *words)
{
    const struct channel_host *host = o->ch->host;

    host->health(host->ctx, o->ch, CHANNEL_TROUBLE, words);
    oauth_arm(o, o->pause_ms);
    o->pause_ms = o->pause_ms * 2 > OAUTH_PAUSE_MAX_MS ? OAUTH_PAUSE_MAX_MS : o->pause_ms * 2;
    o->told(o->ch, words);
}

static void oauth_replace(char **token, char *with)
{
    if (*token != with)
        sign_secret_free(*token);
    *token = with;
}

static void oauth_call_free(struct oauth_call *call)
{
    sign_secret_free(call->refresh);
    sign_secret_free(call->access);
    free(call->stored);
    free(call);
}

/* What came, to a channel that goes on. */
static void oauth_use(struct oauth *o, struct oauth_call *call)
{
    int64_t early = call->life_s / 2 < OAUTH_EARLY_S ? call->life_s / 2 : OAUTH_EARLY_S;

    if (!o->started)
        return;
    if (call->access == NULL) {
        oauth_ask(o);
        return;
    }
    oauth_replace(&o->access, call->access);
    call->access = NULL;
    o->got_at = o->ch->host->now(o->ch->host->ctx);
    o->pause_ms = OAUTH_PAUSE_MIN_MS;
    oauth_arm(o, (call->life_s - early) * 1000);
    o->told(o->ch, NULL);
}

/* A token that was rotated is kept before the first use of what came with it; where the database is
 * away it is in force all the same, and kept with the next answer. */
static void oauth_on_kept(void *arg, int rc)
{
    struct oauth_call *call = arg;
    struct oauth *o = call->oauth;

    if (o != NULL) {
        o->call = NULL;
        o->unkept = rc < 0;
        if (rc == 0) {
            free(o->stored);
            o->stored = call->stored;
            call->stored = NULL;
        }
        oauth_use(o, call);
    }
    oauth_call_free(call);
}

static void oauth_keep(struct oauth *o, struct oauth_call *call)
{
    const struct channel_host *host = o->ch->host;
    struct inbound *in = inbound_new();
    unsigned char id[8];

    sign_random(id, sizeof(id));
    in->kind = INBOUND_IGNORED;
    in->received_at = host->now(host->ctx);
    in->reason = "the server gave a new refresh token";
    in->external_id =
        arena_printf(in->arena, "oauth/%" PRId64 "/%s", in->received_at,
                     sign_hex(in->arena, (struct span){ (const char *)id, sizeof(id) }));
    in->cursor_part = oauth_part;
    in->cursor = oauth_seal(o, in->arena, call->refresh);
    call->stored = xstrdup(in->cursor);
    oauth_replace(&o->refresh, call->refresh);
    call->refresh = NULL;
    host->deliver(host->ctx, o->ch, in, oauth_on_kept, call);
}

static bool oauth_is_token(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    if (text == NULL)
        return false;
    while (*c > ' ' && *c < 0x7f)
        c++;
    return *c == '\0' && text[0] != '\0' && strlen(text) <= OAUTH_TOKEN_MAX;
}

/* What is wrong in the server's own words, which are nobody's secret. */
static const char *oauth_words(struct arena *a, int status, const json_t *answer,
                               const struct error *err)
{
    const char *error = json_string_value(json_object_get(answer, "error"));
    const char *more = json_string_value(json_object_get(answer, "error_description"));

    if (status == 0)
        return arena_printf(a, "no access token: %s", err->text);
    return arena_printf(a, "no access token: %d %s %s", status,
                        text_clean_line(a, span_of(error == NULL ? "" : error), 60),
                        text_clean_line(a, span_of(more == NULL ? "" : more), 120));
}

static void oauth_take(struct oauth *o, struct oauth_call *call, int status, const json_t *answer,
                       const struct error *err)
{
    const char *access = json_string_value(json_object_get(answer, "access_token"));
    const char *refresh = json_string_value(json_object_get(answer, "refresh_token"));
    json_int_t life = json_integer_value(json_object_get(answer, "expires_in"));
    bool rotated = oauth_is_token(refresh) && strcmp(refresh, o->refresh) != 0;
    struct arena *a;

    if (status != 200 || !oauth_is_token(access)) {
        a = arena_new();
        o->call = NULL;
        oauth_call_free(call);
        if (o->started)
            oauth_failed(o, oauth_words(a, status, answer, err));
        arena_free(a);
        return;
    }
    call->access = xstrdup(access);
    call->life_s = life < 2 ? OAUTH_LIFE_S : life > 86400 ? 86400 : life;
    if (rotated || o->unkept) {
        call->refresh = xstrdup(rotated ? refresh : o->refresh);
        oauth_keep(o, call);
        return;
    }
    o->call = NULL;
    oauth_use(o, call);
    oauth_call_free(call);
}

static void oauth_on_answer(void *arg, int status, const struct http_header *headers, size_t count,
                            struct span body, const struct error *err)
{
    struct oauth_call *call = arg;
    json_t *answer;

    (void)headers;
    (void)count;
    if (call->oauth == NULL) {
        oauth_call_free(call);
        return;
    }
    answer = json_loadb(body.ptr == NULL ? "" : body.ptr, body.len, 0, NULL);
    oauth_take(call->oauth, call, status, answer, err);
    json_decref(answer);
}

static void oauth_exchange(struct oauth *o)
{
    static const struct http_header type = { "Content-Type", "application/x-www-form-urlencoded" };
    const struct channel_host *host = o->ch->host;
    const char *scope = conf_text(o->ch->conf, "scope");
    struct text_buffer form = { 0 };
    struct arena *a = arena_new();

    form_add(&form, "grant_type", "refresh_token");
    form_add(&form, "client_id", conf_text(o->ch->conf, "client_id"));
    form_add(&form, "refresh_token", o->refresh);
    if (scope != NULL)
        form_add(&form, "scope", scope);
    if (o->client_secret != NULL)
        form_add(&form, "client_secret", o->client_secret);
    if (o->key != NULL) {
        const char *assertion = oauth_assertion(o, a);

        form_add(&form, "client_assertion_type",
                 "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form_add(&form, "client_assertion", assertion == NULL ? "" : assertion);
    }
    host->http_send(host->ctx, &(struct http_call){ .method = "POST",
                                                    .url = conf_text(o->ch->conf, "token_url"),
                                                    .headers = &type,
                                                    .header_count = 1,
                                                    .body = { form.ptr, form.len },
                                                    .answer_max = OAUTH_ANSWER_MAX,
                                                    .timeout_ms = OAUTH_ANSWER_MS,
                                                    .to_configured = true,
                                                    .done = oauth_on_answer,
                                                    .arg = o->call });
    OPENSSL_cleanse(form.ptr, form.len);
    text_buffer_clear(&form);
    arena_free(a);
}

/* What another node kept replaces ours, which was good once; what we could not keep stays. */
static void oauth_take_stored(struct oauth *o)
{
    const struct channel_host *host = o->ch->host;
    const char *stored = host->cursor(host->ctx, o->ch, oauth_part);
    struct arena *a;
    char *token;

    if (stored == NULL || (o->stored != NULL && strcmp(stored, o->stored) == 0))
        return;
    a = arena_new();
    token = oauth_unseal(o, a, stored);
    arena_free(a);
    if (token != NULL) {
        oauth_replace(&o->refresh, token);
        o->unkept = false;
    }
    free(o->stored);
    o->stored = xstrdup(stored);
}

static void oauth_on_cursors(void *arg)
{
    struct oauth_call *call = arg;

    if (call->oauth == NULL || !call->oauth->started) {
        if (call->oauth != NULL)
            call->oauth->call = NULL;
        oauth_call_free(call);
        return;
    }
    oauth_take_stored(call->oauth);
    oauth_exchange(call->oauth);
}

static void oauth_ask(void *arg)
{
    struct oauth *o = arg;
    const struct channel_host *host = o->ch->host;

    o->timer = NULL;
    if (o->call != NULL)
        return;
    o->call = xcalloc(1, sizeof(*o->call));
    o->call->oauth = o;
    host->cursors_read(host->ctx, o->ch, oauth_on_cursors, o->call);
}

/* --- before it runs out
 * ---------------------------------------------------------------------------- */

static void oauth_on_warn(void *arg)
{
    struct oauth *o = arg;
    const struct channel_host *host = o->ch->host;
    int64_t left = o->expires_at - host->now(host->ctx);
    struct arena *a = arena_new();

    o->warn = host->timer(host->ctx, OAUTH_DAY_MS, oauth_on_warn, o);
    if (left < OAUTH_WARN_S)
        host->warn(host->ctx, o->ch,
                   arena_printf(a, "the client's %s runs out in %" PRId64 " days: renew it",
                                o->certificate != NULL ? "certificate" : "secret",
                                left < 0 ? 0 : left / 86400));
    else
        host->warn(host->ctx, o->ch, NULL);
    arena_free(a);
}

/* --- the door
 * ------------------------------------------------------------------------------------------ */

static int64_t oauth_certificate_end(const X509 *certificate)
{
    struct tm tm = { 0 };

    return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static int oauth_read_key(struct oauth *o, const char *pem, struct error *err)
{
    BIO *first = BIO_new_mem_buf(pem, -1), *second = BIO_new_mem_buf(pem, -1);

    o->key = PEM_read_bio_PrivateKey(first, NULL, NULL, NULL);
    o->certificate = PEM_read_bio_X509(second, NULL, NULL, NULL);
    BIO_free(first);
    BIO_free(second);
    if (o->key == NULL || o->certificate == NULL || EVP_PKEY_get_base_id(o->key) != EVP_PKEY_RSA ||
        X509_check_private_key(o->certificate, o->key) != 1)
        return error_set(err, ERROR_CONFIG,
                         "%s: client_key: expected an RSA key and its certificate, in PEM",
                         o->ch->name);
    o->expires_at = oauth_certificate_end(o->certificate);
    return 0;
}

static int oauth_read_day(struct oauth *o, struct error *err)
{
    const char *day = conf_text(o->ch->conf, "client_expires");
    struct tm tm = { 0 };
    const char *end;

    if (day == NULL)
        return 0;
    end = strptime(day, "%Y-%m-%d", &tm);
    if (end == NULL || *end != '\0')
        return error_set(err, ERROR_CONFIG, "%s: client_expires: expected a date, got '%.40s'",
                         o->ch->name, day);
    o->expires_at = timegm(&tm) + 86400;
    return 0;
}

static int oauth_read(struct oauth *o, struct error *err)
{
    static const char *const needed[] = { "token_url", "client_id" };
    const struct channel_host *host = o->ch->host;
    char *pem = NULL;
    size_t i;
    int rc;

    for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (conf_text(o->ch->conf, needed[i]) == NULL)
            return error_set(err, ERROR_CONFIG, "%s: auth: xoauth2 needs %s", o->ch->name,
                             needed[i]);
    if (host->secret(host->ctx, o->ch, "client_secret", &o->client_secret, err) < 0 ||
        host->secret(host->ctx, o->ch, "refresh_token", &o->configured, err) < 0 ||
        host->secret(host->ctx, o->ch, "client_key", &pem, err) < 0)
        return -1;
    rc = pem == NULL ? 0 : oauth_read_key(o, pem, err);
    sign_secret_free(pem);
    if (rc == 0 && !oauth_is_token(o->configured))
        return error_set(err, ERROR_CONFIG, "%s: auth: xoauth2 needs a refresh_token", o->ch->name);
    return rc < 0 ? rc : oauth_read_day(o, err);
}

int oauth_open(struct channel *ch, void (*told)(struct channel *ch, const char *words),
               struct oauth **out, struct error *err)
{
    struct oauth *o = xcalloc(1, sizeof(*o));

    o->ch = ch;
    o->told = told;
    o->pause_ms = OAUTH_PAUSE_MIN_MS;
    if (oauth_read(o, err) < 0) {
        oauth_close(o);
        return -1;
    }
    *out = o;
    return 0;
}

void oauth_start(struct oauth *o)
{
    if (!o->unkept && o->call == NULL) {
        oauth_replace(&o->refresh, xstrdup(o->configured));
        free(o->stored);
        o->stored = NULL;
    }
    o->started = true;
    if (o->expires_at > 0)
        oauth_on_warn(o);
    if (o->call == NULL)
        oauth_ask(o);
}

/* The server takes a refresh token once: what it gave instead is kept, whoever reads next. */
static void oauth_keep_rest(struct oauth *o)
{
    o->call = xcalloc(1, sizeof(*o->call));
    o->call->oauth = o;
    o->call->refresh = xstrdup(o->refresh);
    oauth_keep(o, o->call);
}

void oauth_stop(struct oauth *o)
{
    const struct channel_host *host = o->ch->host;

    if (o->started && o->unkept && o->call == NULL)
        oauth_keep_rest(o);
    o->started = false;
    if (o->timer != NULL)
        host->timer_cancel(host->ctx, o->timer);
    if (o->warn != NULL)
        host->timer_cancel(host->ctx, o->warn);
    o->timer = o->warn = NULL;
    oauth_replace(&o->access, NULL);
}

void oauth_close(struct oauth *o)
{
    if (o == NULL)
        return;
    o->unkept = false; /* who would take it? */
    oauth_stop(o);
    if (o->call != NULL)
        o->call->oauth = NULL;
    sign_secret_free(o->client_secret);
    sign_secret_free(o->configured);
    sign_secret_free(o->refresh);
    free(o->stored);
    EVP_PKEY_free(o->key);
    X509_free(o->certificate);
    free(o);
}

const char *oauth_token(const struct oauth *o)
{
    return o->access;
}

bool oauth_refused(struct oauth *o)
{
    if (!o->started || o->access == NULL ||
        o->ch->host->now(o->ch->host->ctx) - o->got_at < OAUTH_FRESH_S)
        return false;
    if (o->call == NULL)
        oauth_arm(o, 0);
    return true;
}
