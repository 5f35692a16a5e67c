/* Calls that nobody signed, in any state: method, path, query, headers, body. The first byte
 * chooses the channel, each line of what follows is a field of the call. Nobody is believed. */
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "core/arena.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_host.h"

#define SECRET "5ec4e7f00d5ec4e7f00d5ec4e7f00d5ec4e7f00d"
#define WHSEC  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

enum { HEADERS = 6 };

static const struct door {
    const char *kind, *yaml, *path;
    struct fake_secret secrets[2];
    const char *headers[HEADERS]; /* that decide there; the input says their values */
} doors[] = {
    { .kind = "telegram",
      .yaml = "token: {file: /x}\nsecret: {file: /x}\nmode: webhook\n",
      .path = "",
      .secrets = { { NULL, SECRET }, { NULL, NULL } },
      .headers = { "X-Telegram-Bot-Api-Secret-Token", "Content-Type" } },
    { .kind = "twilio",
      .yaml = "account: AC1\ntoken: {file: /x}\nnumber: '+15005550006'\n",
      .path = "",
      .secrets = { { "token", SECRET }, { NULL, NULL } },
      .headers = { "X-Twilio-Signature", "Content-Type", "I-Twilio-Idempotency-Token" } },
    { .kind = "webhook",
      .yaml = "secret: {file: /x}\n",
      .path = "",
      .secrets = { { "secret", WHSEC }, { NULL, NULL } },
      .headers = { "webhook-id", "webhook-timestamp", "webhook-signature", "Content-Type" } },
    { .kind = "webchat",
      .yaml = "secret: {file: /x}\norigins: [https://shop.example.org]\n",
      .path = "/messages",
      .secrets = { { "secret", SECRET }, { NULL, NULL } },
      .headers = { "Authorization", "Origin", "Host", "Content-Type" } },
    { .kind = "webchat",
      .yaml = "secret: {file: /x}\norigins: [https://shop.example.org]\n",
      .path = "/events",
      .secrets = { { "secret", SECRET }, { NULL, NULL } },
      .headers = { "Authorization", "Origin", "Host", "Last-Event-ID" } },
};

static const char *line_of(struct arena *a, struct span *s)
{
    struct span line = fuzz_until(s, '\n');

    return text_clean_line(a, line, 2000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fake_host h;
    struct span rest = { (const char *)data, size };
    const struct door *door = &doors[fuzz_choice(&rest, sizeof(doors) / sizeof(doors[0]))];
    const char *headers[2 * HEADERS + 1] = { NULL }, *method, *url;
    struct arena *a = arena_new();
    struct error err;
    size_t i;
    int status;

    FUZZ_HOLDS(fake_host_open(&h, door->kind, door->yaml, door->secrets, &err) == 0);
    method = strcmp(door->path, "/events") == 0 ? "GET" : "POST";
    url =
        arena_printf(a, "https://support.example.com/hook/test%s%s", door->path, line_of(a, &rest));
    for (i = 0; i < HEADERS && door->headers[i] != NULL; i++) {
        headers[2 * i] = door->headers[i];
        headers[2 * i + 1] = line_of(a, &rest);
    }
    status = fake_host_call(&h, method, url, door->path, rest, headers);
    FUZZ_HOLDS(status >= 400 && status < 500);
    FUZZ_HOLDS(h.delivered_count == 0);
    fake_host_close(&h);
    arena_free(a);
    return 0;
}
