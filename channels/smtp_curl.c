#include "channels/smtp_curl.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "channels/smtp_frame.h"
#include "channels/smtp_session.h"
#include "core/arena.h"

enum { SMTP_LINE_MAX = 512 };

/* A connection, which serves one mail after the other. */
struct smtp_link {
    const struct smtp_question *q;
    bool far; /* it is not on this machine */
    bool logged_in, has_utf8;
};
struct smtp_transfer {
    struct smtp_link *link;
    struct span rest;
    bool begun;     /* the mail itself was wanted */
    bool to_sender; /* MAIL is the last that was asked of it */
    bool refused_to_go_on;
    bool wants_utf8, beyond_it;
    char words[SMTP_LINE_MAX + 1]; /* the last line that the server said */
};

static size_t smtp_on_line(char *line, size_t size, size_t count, void *arg)
{
    struct smtp_transfer *t = arg;
    size_t len = size * count, kept = len < SMTP_LINE_MAX ? len : SMTP_LINE_MAX;

    if (t == NULL || (kept >= 3 && memcmp(line, "221", 3) == 0))
        return len; /* to QUIT; what was said before matters */
    memcpy(t->words, line, kept);
    t->words[kept] = '\0';
    if (strstr(t->words, "SMTPUTF8") != NULL)
        t->link->has_utf8 = true;
    if (strncmp(t->words, "235", 3) == 0)
        t->link->logged_in = true;
    return len;
}

/* What we say; the mail itself is data, no header. What QUIT follows is what matters. */
static int smtp_on_trace(CURL *curl, curl_infotype kind, char *said, size_t len, void *arg)
{
    struct smtp_transfer *t = arg;

    (void)curl;
    if (t != NULL && kind == CURLINFO_HEADER_OUT && (len < 4 || memcmp(said, "QUIT", 4) != 0))
        t->to_sender = len >= 5 && memcmp(said, "MAIL ", 5) == 0;
    return 0;
}

/* curl goes on where the server offers no login or knows ASCII alone: the mail stops here then. */
static size_t smtp_on_want(char *room, size_t size, size_t count, void *arg)
{
    struct smtp_transfer *t = arg;
    size_t len = size * count < t->rest.len ? size * count : t->rest.len;

    t->begun = true;
    t->refused_to_go_on = t->link->q->user[0] != '\0' && !t->link->logged_in;
    t->beyond_it = t->wants_utf8 && !t->link->has_utf8;
    if (t->refused_to_go_on || t->beyond_it)
        return CURL_READFUNC_ABORT;
    memcpy(room, t->rest.ptr, len);
    t->rest = (struct span){ t->rest.ptr + len, t->rest.len - len };
    return len;
}

/* It is about the server and us, not about this mail. */
static bool smtp_is_of_server(CURLcode rc, const struct smtp_transfer *t)
{
    return rc == CURLE_LOGIN_DENIED || rc == CURLE_REMOTE_ACCESS_DENIED ||
           (rc == CURLE_WEIRD_SERVER_REPLY && !t->begun);
}

static const char *smtp_config_words(CURLcode rc, long code, const struct smtp_transfer *t,
                                     struct arena *a)
{
    if (t->link->far)
        return "the server is not on this machine: nothing goes there without TLS";
    if (rc == CURLE_LOGIN_DENIED && code == 334) /* it says why in a form of its own */
        return "the server refuses the access token";
    if (t->refused_to_go_on || (rc == CURLE_LOGIN_DENIED && code < 400))
        return "the server offers no login that we know";
    if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE ||
        rc == CURLE_USE_SSL_FAILED)
        return arena_printf(a, "the server's certificate: %s", curl_easy_strerror(rc));
    return NULL;
}

static void smtp_say(struct smtp_answer *answer, enum sent_outcome outcome, const char *words,
                     bool well)
{
    answer->outcome = outcome;
    answer->words = words;
    answer->well = well;
}

static void smtp_curl_judge(CURL *curl, CURLcode rc, const struct smtp_transfer *t, struct arena *a,
                            struct smtp_answer *answer)
{
    const char *words = text_clean_line(a, span_of(t->words), SMTP_LINE_MAX);
    const char *config;
    long code = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    config = smtp_config_words(rc, code, t, a);
    answer->locked = rc == CURLE_LOGIN_DENIED && strcmp(t->link->q->auth, "xoauth2") == 0 &&
                     (code == 334 || code == 535);
    if (rc == CURLE_OK && t->rest.len == 0) {
        smtp_say(answer, SENT_OK, words, true);
    } else if (t->beyond_it) {
        smtp_say(answer, SENT_REFUSED, "the server takes no address beyond ASCII", true);
    } else if (config != NULL) {
        smtp_say(answer, SENT_CONFIG, config, false);
    } else if (code >= 400 && rc != CURLE_OPERATION_TIMEDOUT) {
        /* an address beyond ASCII may be what MAIL is refused for, whosever it is (RFC 6531 3.5) */
        smtp_session_judge(t->to_sender && !t->wants_utf8, (int)code, words, answer);
        if (smtp_is_of_server(rc, t))
            smtp_say(answer, code >= 500 ? SENT_CONFIG : answer->outcome, words, false);
    } else {
        smtp_say(answer, SENT_RETRY, arena_strdup(a, curl_easy_strerror(rc)), false);
    }
}

/* Without TLS nothing leaves this machine. */
static curl_socket_t smtp_on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct smtp_link *link = arg;

    (void)purpose;
    link->logged_in = link->has_utf8 = false;
    link->far = strcmp(link->q->tls, "none") == 0 && !smtp_session_is_here(&to->addr);
    return link->far ? CURL_SOCKET_BAD
                     : socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static void smtp_curl_login(CURL *curl, const struct smtp_question *q)
{
    bool bearer = strcmp(q->auth, "xoauth2") == 0;

    if (q->user[0] == '\0')
        return;
    curl_easy_setopt(curl, CURLOPT_USERNAME, q->user);
    curl_easy_setopt(curl, bearer ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, q->password);
    if (bearer)
        curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
}

/* What is the same for all mails. */
static void smtp_curl_set(CURL *curl, struct smtp_link *link, struct arena *a)
{
    const struct smtp_question *q = link->q;
    bool implicit = strcmp(q->tls, "implicit") == 0;

    curl_easy_setopt(
        curl, CURLOPT_URL,
        arena_printf(a, "%s://%s:%s/%s", implicit ? "smtps" : "smtp", q->host, q->port, q->helo));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, implicit ? "smtps" : "smtp");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(strcmp(q->tls, "none") == 0 ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (q->ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, q->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    smtp_curl_login(curl, q);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, smtp_on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, link);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)q->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)((q->timeout_ms + 999) / 1000));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, smtp_on_want);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, smtp_on_line);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* else nothing is traced */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, smtp_on_trace);
}

static void smtp_curl_transfer(CURL *curl, struct smtp_link *link, const struct smtp_errand *errand,
                               struct arena *a)
{
    struct curl_slist *to = curl_slist_append(NULL, arena_printf(a, "<%s>", errand->to));
    struct smtp_transfer t = {
        .link = link,
        .rest = errand->mail,
        .wants_utf8 = !text_is_ascii(span_of(errand->from)) || !text_is_ascii(span_of(errand->to)),
    };

    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_printf(a, "<%s>", errand->from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_READDATA, &t);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t.rest.len);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &t);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &t);
    smtp_curl_judge(curl, curl_easy_perform(curl), &t, a, errand->answer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, NULL);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, NULL);
    curl_slist_free_all(to);
}

/* A server that is not well is not asked for each mail again; with one that is, the next goes on
 * over the same connection. */
void smtp_curl_send(const struct smtp_question *q, const struct smtp_errand *errands, size_t count,
                    const struct smtp_listener *to, struct arena *a)
{
    struct smtp_link link = { .q = q };
    CURL *curl = curl_easy_init();
    bool well = true;
    size_t i;

    smtp_curl_set(curl, &link, a);
    for (i = 0; i < count; i++) {
        if (well)
            smtp_curl_transfer(curl, &link, &errands[i], a);
        else
            *errands[i].answer = *errands[i - 1].answer;
        well = errands[i].answer->well;
        to->told(to->arg);
    }
    curl_easy_cleanup(curl);
}

void smtp_curl_warm(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}
