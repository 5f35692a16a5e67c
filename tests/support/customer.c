#include "tests/support/customer.h"

#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/frame.h"
#include "channels/imap_talk.h"
#include "core/arena.h"
#include "core/thread.h"
#include "tests/support/caller.h"

enum { CUSTOMER_SLOW_S = 3600 };

#define TOKEN  "5ec4e7f00d5ec4e7f00d5ec4e7f00d5e"
#define WHSEC  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define MAILED "Tienda Sol <help@example.org>"

static void customer_write_mail(struct customer *c, const struct customer_said *said);
static void customer_write_lmtp(struct customer *c, const struct customer_said *said);
static void customer_write_sms(struct customer *c, const struct customer_said *said);
static void customer_write_telegram(struct customer *c, const struct customer_said *said);
static void customer_write_chat(struct customer *c, const struct customer_said *said);
static void customer_write_webhook(struct customer *c, const struct customer_said *said);

const struct customer_way customer_ways[] = {
    { .name = "a mailbox by IMAP",
      .kind = "imap",
      .yaml = "host: mail.example.org\nuser: help\npassword: {file: /x}\n"
              "authserv_id: mx.example.org\n",
      .secrets = { { NULL, "hunter2" } },
      .people = { "cliente@example.net", "otra@example.com" },
      .found_by = 1u << THREAD_BY_TOKEN | 1u << THREAD_BY_REFERENCE,
      .keeps = true,
      .machines = true,
      .write = customer_write_mail },
    { .name = "a mail server by LMTP",
      .kind = "lmtp",
      .yaml = "path: /run/relevo/lmtp\nrecipients: ['@example.org']\n"
              "authserv_id: mx.example.org\n",
      .people = { "cliente@example.net", "otra@example.com" },
      .found_by = 1u << THREAD_BY_TOKEN | 1u << THREAD_BY_REFERENCE,
      .keeps = true,
      .machines = true,
      .write = customer_write_lmtp },
    { .name = "SMS by Twilio",
      .kind = "twilio",
      .yaml = "account: AC1\ntoken: {file: /x}\nnumber: '+34910000000'\n",
      .secrets = { { NULL, TOKEN } },
      .people = { "+34600111222", "+34600333444" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .write = customer_write_sms },
    { .name = "WhatsApp by Twilio",
      .kind = "twilio",
      .yaml = "account: AC1\ntoken: {file: /x}\nnumber: '+34910000000'\n",
      .secrets = { { NULL, TOKEN } },
      .people = { "whatsapp:+34600111222", "whatsapp:+34600333444" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .write = customer_write_sms },
    { .name = "Telegram that calls",
      .kind = "telegram",
      .yaml = "token: {file: /x}\nsecret: {file: /x}\nmode: webhook\n",
      .secrets = { { NULL, TOKEN } },
      .people = { "5550001", "5550002" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .keeps = true,
      .machines = true,
      .edits = true,
      .write = customer_write_telegram },
    { .name = "Telegram that is asked",
      .kind = "telegram",
      .yaml = "token: {file: /x}\nmode: poll\n",
      .secrets = { { NULL, TOKEN } },
      .people = { "5550001", "5550002" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .keeps = true,
      .machines = true,
      .edits = true,
      .write = customer_write_telegram },
    { .name = "the chat",
      .kind = "webchat",
      .yaml = "secret: {file: /x}\nmessages_per_minute: 1000\n"
              "messages_per_minute_of_address: 100000\n",
      .secrets = { { NULL, TOKEN } },
      .people = { "Cliente", "Otra" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .write = customer_write_chat },
    { .name = "a shop's webhook",
      .kind = "webhook",
      .yaml = "secret: {file: /x}\nsend_url: https://shop.example.org/relevo\n",
      .secrets = { { NULL, WHSEC } },
      .people = { "cust-42", "cust-43" },
      .found_by = 1u << THREAD_BY_CONVERSATION,
      .keeps = true,
      .edits = true,
      .write = customer_write_webhook },
    { .name = NULL },
};

static const char *customer_who(const struct customer *c, const struct customer_said *said)
{
    return c->way->people[said->by_another];
}

/* The number of the message that is being written, or changed. */
static int customer_number(const struct customer *c, const struct customer_said *said)
{
    return said->as_edit ? c->last[said->by_another] : c->written + 1;
}

static char *customer_stamp(int64_t at, const char *format)
{
    GDateTime *t = g_date_time_new_from_unix_utc(at);
    char *text = g_date_time_format(t, format);

    g_date_time_unref(t);
    return text;
}

static char *customer_json(json_t *o, size_t flags)
{
    char *text = json_dumps(o, JSON_COMPACT | flags);

    json_decref(o);
    return text;
}

/* --- mail
 * ------------------------------------------------------------------------------------------------
 */

/* As an old program writes: ISO 8859-1, quoted-printable. */
static void customer_mail_line(GString *mail, const char *text)
{
    char *latin = g_convert(text, -1, "ISO-8859-1", "UTF-8", NULL, NULL, NULL);
    const unsigned char *p;

    for (p = (const unsigned char *)latin; *p != '\0'; p++)
        g_string_append_printf(mail, *p == '=' || *p > 126 ? "=%02X" : "%c", *p);
    g_string_append(mail, "\r\n");
    g_free(latin);
}

static void customer_mail_thread(const struct customer *c, const struct customer_said *said,
                                 GString *mail)
{
    const struct customer_letter *letter = said->answers;
    int before = c->last[said->by_another];

    g_string_append_printf(mail, "To: %s\r\n", letter != NULL ? letter->reply_to : MAILED);
    g_string_append_printf(mail, "Subject: %s%s\r\n", letter != NULL ? "Re: " : "",
                           letter != NULL ? letter->subject : "La tienda");
    if (letter != NULL)
        g_string_append_printf(mail, "In-Reply-To: <%s>\r\n", letter->id);
    if (letter != NULL || before != 0)
        g_string_append(mail, "References:");
    if (before != 0)
        g_string_append_printf(mail, " <m%d@example.net>", before);
    if (letter != NULL)
        g_string_append_printf(mail, " <%s>", letter->id);
    if (letter != NULL || before != 0)
        g_string_append(mail, "\r\n");
}

static char *customer_mail(const struct customer *c, const struct customer_said *said)
{
    const char *who = customer_who(c, said);
    char *taken = customer_stamp(said->at, "%a, %d %b %Y %H:%M:%S +0000");
    char *written = customer_stamp(said->at - CUSTOMER_SLOW_S, "%a, %d %b %Y %H:%M:%S +0000");
    GString *mail = g_string_new(NULL);

    g_string_append_printf(mail,
                           "Received: from mx.example.net by mx.example.org; %s\r\n"
                           "Authentication-Results: mx.example.org; dmarc=pass header.from=%s\r\n"
                           "From: <%s>\r\nDate: %s\r\nMessage-ID: <m%d@example.net>\r\n",
                           taken, strchr(who, '@') + 1, who, written, customer_number(c, said));
    customer_mail_thread(c, said, mail);
    if (said->by_a_machine)
        g_string_append(mail, "Auto-Submitted: auto-replied\r\n");
    g_string_append(mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
                          "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    customer_mail_line(mail, said->text);
    if (said->answers != NULL)
        g_string_append(mail, "\r\nEl jue, 1 ene 2026 a las 9:00, " MAILED " escribi=F3:\r\n"
                              "> Todo ca=EDdo\r\n> =BFQu=E9 no va?\r\n");
    g_free(taken);
    g_free(written);
    return g_string_free(mail, FALSE);
}

/* The worker has fetched it; INTERNALDATE is when the mailbox got it. */
static void customer_write_mail(struct customer *c, const struct customer_said *said)
{
    struct imap_talk talk = { .word = IMAP_MAIL,
                              .generation = 1,
                              .uidvalidity = 77,
                              .uid = (uint32_t)customer_number(c, said),
                              .at = said->at };
    char *mail = customer_mail(c, said), *kept;
    struct error err;
    int memfd;

    kept = xasprintf("Return-Path: <%s>\r\n%s", customer_who(c, said), mail);
    if (frame_seal(span_of(kept), &memfd, &err) < 0)
        abort();
    free(kept);
    c->h.channel.ops->on_worker(&c->h.channel, imap_talk_write(&talk), memfd);
    close(memfd);
    g_free(mail);
    fake_host_parse(&c->h);
}

/* The operator's mail server has it, and hands it over, all in one go. */
static void customer_write_lmtp(struct customer *c, const struct customer_said *said)
{
    struct fake_client *server = fake_host_connect(&c->h);
    char *mail = customer_mail(c, said);
    char *talk =
        xasprintf("LHLO mail.example.org\r\nMAIL FROM:<%s>\r\nRCPT TO:<help@example.org>\r\n"
                  "DATA\r\n%s.\r\n",
                  customer_who(c, said), mail);

    fake_host_say(&c->h, server, span_of(talk));
    g_free(mail);
    free(talk);
    fake_host_parse(&c->h);
    if (strstr(server->out.ptr, "\r\n250 2.0.0") == NULL)
        abort();
    fake_host_say(&c->h, server, span_of("QUIT\r\n"));
}

/* --- SMS, WhatsApp
 * --------------------------------------------------------------------------------------- */

static void customer_write_sms(struct customer *c, const struct customer_said *said)
{
    char *text = g_uri_escape_string(said->text, NULL, FALSE);
    char *from = g_uri_escape_string(customer_who(c, said), NULL, FALSE);
    bool whatsapp = g_str_has_prefix(from, "whatsapp");
    char *body = xasprintf("AccountSid=AC1&NumMedia=0&MessageSid=SM%032d&From=%s"
                           "&To=%s%%2B34910000000&Body=%s",
                           customer_number(c, said), from, whatsapp ? "whatsapp%3A" : "", text);

    caller_twilio(&c->h, TOKEN, span_of(body));
    free(body);
    g_free(from);
    g_free(text);
}

/* --- Telegram
 * --------------------------------------------------------------------------------------------- */

/* A machine is a bot in the customer's group. */
static json_t *customer_update(const struct customer *c, const struct customer_said *said)
{
    json_int_t chat = strtoll(customer_who(c, said), NULL, 10);
    json_int_t from = said->by_a_machine ? 7770001 : chat;
    json_int_t first = said->as_edit ? c->at[said->by_another] : said->at;
    json_t *m = json_pack("{s:i, s:{s:I, s:b, s:s}, s:{s:I, s:s}, s:I, s:s}", "message_id",
                          customer_number(c, said), "from", "id", from, "is_bot",
                          (int)said->by_a_machine, "first_name", "Cliente", "chat", "id", chat,
                          "type", "private", "date", first, "text", said->text);

    if (said->as_edit)
        json_object_set_new(m, "edit_date", json_integer(said->at));
    return json_pack("{s:i, s:o}", "update_id", 10000 + c->written,
                     said->as_edit ? "edited_message" : "message", m);
}

static void customer_write_telegram(struct customer *c, const struct customer_said *said)
{
    json_t *update = customer_update(c, said);
    char *body;

    if (c->h.call_count == 0) {
        body = customer_json(update, JSON_ENSURE_ASCII);
        caller_telegram(&c->h, TOKEN, span_of(body));
    } else { /* our getUpdates waits there */
        body =
            customer_json(json_pack("{s:b, s:[o]}", "ok", 1, "result", update), JSON_ENSURE_ASCII);
        fake_host_answer(&c->h, 200, NULL, body);
    }
    free(body);
}

/* --- chat
 * ------------------------------------------------------------------------------------------------
 */

static int customer_chat_call(struct customer *c, const char *path, const char *token,
                              const char *body)
{
    char *url = xasprintf("https://support.example.com/chat/test%s", path);
    char *bearer = xasprintf("Bearer %s", token == NULL ? "" : token);
    const char *const headers[] = { token == NULL ? NULL : "Authorization", bearer, NULL };
    int status = fake_host_call(&c->h, "POST", url, path, span_of(body), headers);

    free(bearer);
    free(url);
    return status;
}

static char *customer_session(struct customer *c)
{
    json_t *answer;
    char *token;

    if (customer_chat_call(c, "/session", NULL, "{}") != 200)
        abort();
    answer = json_loads(c->h.response.body, 0, NULL);
    token = xstrdup(json_string_value(json_object_get(answer, "token")));
    json_decref(answer);
    return token;
}

/* As a browser may write: letter and accent apart. */
static void customer_write_chat(struct customer *c, const struct customer_said *said)
{
    char **token = &c->token[said->by_another];
    char *text = g_utf8_normalize(said->text, -1, G_NORMALIZE_NFD);
    char *id = xasprintf("client-id-%d", customer_number(c, said)), *body;

    if (*token == NULL)
        *token = customer_session(c);
    body = customer_json(json_pack("{s:s, s:s}", "id", id, "text", text), 0);
    customer_chat_call(c, "/messages", *token, body);
    free(body);
    free(id);
    g_free(text);
}

/* --- Standard Webhooks
 * ------------------------------------------------------------------------------------ */

static void customer_write_webhook(struct customer *c, const struct customer_said *said)
{
    const char *who = customer_who(c, said);
    char *taken = customer_stamp(said->at, "%Y-%m-%dT%H:%M:%SZ");
    char *written = customer_stamp(said->at - CUSTOMER_SLOW_S, "%Y-%m-%dT%H:%M:%SZ");
    char *id = xasprintf("shop-msg-%d", customer_number(c, said));
    char *talk = xasprintf("talk-%s", who);
    char *body = customer_json(json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:{s:s}, s:s, s:s}}", "type",
                                         said->as_edit ? "message.updated" : "message.created",
                                         "timestamp", taken, "data", "id", id, "conversation_id",
                                         talk, "direction", "inbound", "sender", "id", who, "text",
                                         said->text, "sent_at", written),
                               0);

    caller_webhook(&c->h, WHSEC, span_of(body), c->h.now);
    free(body);
    free(talk);
    free(id);
    g_free(written);
    g_free(taken);
}

/* --- all ways
 * -------------------------------------------------------------------------------------------- */

void customer_begin(struct customer *c, const struct customer_way *way, int64_t now)
{
    struct error err;

    memset(c, 0, sizeof(*c));
    c->way = way;
    if (fake_host_open(&c->h, way->kind, way->yaml, way->secrets, &err) < 0)
        abort();
    c->h.now = now;
    if (c->h.channel.ops->start != NULL)
        c->h.channel.ops->start(&c->h.channel);
    if (c->h.channel.ops->on_worker_up != NULL)
        c->h.channel.ops->on_worker_up(&c->h.channel);
}

void customer_end(struct customer *c)
{
    int i;

    for (i = 0; i < CUSTOMER_PEOPLE; i++)
        free(c->token[i]);
    if (c->h.channel.ops->stop != NULL)
        c->h.channel.ops->stop(&c->h.channel);
    while (c->h.call_count > 0)
        fake_host_answer(&c->h, 0, NULL, "");
    fake_host_close(&c->h);
}

bool customer_can(const struct customer_way *way, const struct customer_said *said)
{
    return (!said->by_a_machine || way->machines) && (!said->as_edit || way->edits);
}

struct inbound *customer_write(struct customer *c, const struct customer_said *said)
{
    size_t before = c->h.delivered_count;

    c->way->write(c, said);
    if (c->h.delivered_count != before + 1)
        return NULL;
    c->last[said->by_another] = customer_number(c, said);
    if (!said->as_edit)
        c->at[said->by_another] = said->at;
    c->written++;
    return c->h.delivered[before];
}
