#include "tests/support/hostile.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/arena.h"

struct hostile {
    const struct hostile_step *steps;
    pthread_t thread;
    int listener, fd, misheard;
    SSL_CTX *ctx;
    SSL *ssl;
};

static struct {
    EVP_PKEY *authority_key, *server_key;
    X509 *authority, *certs[3];
    char path[64];
} house;

static void hostile_name(X509 *cert, const char *name, bool authority)
{
    char alt[128];
    X509_EXTENSION *ext;

    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    snprintf(alt, sizeof(alt), strcmp(name, "localhost") == 0 ? "DNS:%s,IP:127.0.0.1" : "DNS:%s",
             name);
    ext = authority ? X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE")
                    : X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alt);
    X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
}

static X509 *hostile_certify(const char *name, EVP_PKEY *key, X509 *signer, EVP_PKEY *signer_key)
{
    static long serial = 1;
    X509 *cert = X509_new();

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 24 * 3600);
    X509_set_pubkey(cert, key);
    hostile_name(cert, name, signer == NULL && key == signer_key && strcmp(name, "authority") == 0);
    X509_set_issuer_name(cert, X509_get_subject_name(signer == NULL ? cert : signer));
    if (X509_sign(cert, signer_key, EVP_sha256()) <= 0)
        abort();
    return cert;
}

static void hostile_forget(void)
{
    int i;

    unlink(house.path);
    for (i = 0; i < 3; i++)
        X509_free(house.certs[i]);
    X509_free(house.authority);
    EVP_PKEY_free(house.authority_key);
    EVP_PKEY_free(house.server_key);
}

const char *hostile_ca(void)
{
    FILE *file;
    int fd;

    if (house.authority != NULL)
        return house.path;
    house.authority_key = EVP_EC_gen("P-256");
    house.server_key = EVP_EC_gen("P-256");
    house.authority = hostile_certify("authority", house.authority_key, NULL, house.authority_key);
    house.certs[HOSTILE_GOOD] =
        hostile_certify("localhost", house.server_key, house.authority, house.authority_key);
    house.certs[HOSTILE_OTHER_NAME] = hostile_certify("mail.other.example", house.server_key,
                                                      house.authority, house.authority_key);
    house.certs[HOSTILE_SELF_SIGNED] =
        hostile_certify("localhost", house.server_key, NULL, house.server_key);
    strcpy(house.path, "/tmp/relevo-ca-XXXXXX");
    fd = mkstemp(house.path);
    assert(fd >= 0);
    file = fdopen(fd, "w");
    PEM_write_X509(file, house.authority);
    fclose(file);
    atexit(hostile_forget);
    return house.path;
}

static bool hostile_send(struct hostile *h, const char *bytes, size_t len)
{
    ssize_t n;

    for (; len > 0; bytes += n, len -= (size_t)n) {
        n = h->ssl != NULL ? SSL_write(h->ssl, bytes, (int)len)
                           : send(h->fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
    }
    return true;
}

static ssize_t hostile_read(struct hostile *h, char *room, size_t len)
{
    return h->ssl != NULL ? SSL_read(h->ssl, room, (int)len) : recv(h->fd, room, len, 0);
}

static bool hostile_hear(struct hostile *h, const char *text)
{
    char line[1024];
    size_t len = 0;

    while (len < sizeof(line) - 1 && hostile_read(h, line + len, 1) == 1)
        if (line[len++] == '\n')
            break;
    line[len] = '\0';
    if (strstr(line, text) == NULL) {
        fprintf(stderr, "expected a line with '%s', heard '%s'\n", text, line);
        h->misheard++;
        return false;
    }
    return true;
}

/* What the client says meanwhile is read and forgotten; false when it has gone. */
static bool hostile_is_there(struct hostile *h, int ms)
{
    struct pollfd on = { .fd = h->fd, .events = POLLIN };
    char room[4096];

    if (poll(&on, 1, ms) <= 0)
        return true;
    return recv(h->fd, room, sizeof(room), 0) > 0;
}

static void hostile_drip(struct hostile *h, const char *text)
{
    size_t i = 0, len = strlen(text);

    while (hostile_is_there(h, 20) && hostile_send(h, text + i, 1))
        i = (i + 1) % len;
}

static bool hostile_tls(struct hostile *h, enum hostile_cert cert)
{
    h->ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(h->ctx, house.certs[cert]);
    SSL_CTX_use_PrivateKey(h->ctx, house.server_key);
    h->ssl = SSL_new(h->ctx);
    SSL_set_fd(h->ssl, h->fd);
    return SSL_accept(h->ssl) == 1;
}

static bool hostile_do(struct hostile *h, const struct hostile_step *step)
{
    switch (step->act) {
    case HOSTILE_END:
        return false;
    case HOSTILE_SAY:
        return hostile_send(h, step->text, strlen(step->text));
    case HOSTILE_HEAR:
        return hostile_hear(h, step->text);
    case HOSTILE_TLS:
        return hostile_tls(h, step->cert);
    case HOSTILE_SILENT:
        while (hostile_is_there(h, -1))
            ;
        return false;
    case HOSTILE_DRIP:
        hostile_drip(h, step->text);
        return false;
    case HOSTILE_FLOOD:
        while (hostile_send(h, step->text, strlen(step->text)))
            ;
        return false;
    }
    return false;
}

static void *hostile_run(void *arg)
{
    struct hostile *h = arg;
    const struct hostile_step *step = h->steps;

    h->fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC);
    if (h->fd < 0) {
        h->misheard++;
        return NULL;
    }
    while (hostile_do(h, step))
        step++;
    SSL_free(h->ssl);
    SSL_CTX_free(h->ctx);
    close(h->fd);
    return NULL;
}

struct hostile *hostile_start(const struct hostile_step *steps, int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    struct hostile *h = xcalloc(1, sizeof(*h));

    hostile_ca();
    h->steps = steps;
    h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(h->listener, (struct sockaddr *)&at, len) < 0 || listen(h->listener, 1) < 0 ||
        getsockname(h->listener, (struct sockaddr *)&at, &len) < 0)
        abort();
    *port = ntohs(at.sin_port);
    pthread_create(&h->thread, NULL, hostile_run, h);
    return h;
}

int hostile_stop(struct hostile *h)
{
    int misheard;

    shutdown(h->listener, SHUT_RDWR); /* wakes it where nobody came */
    pthread_join(h->thread, NULL);
    close(h->listener);
    misheard = h->misheard;
    free(h);
    return misheard;
}
