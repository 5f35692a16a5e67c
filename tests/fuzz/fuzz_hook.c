/* What stands behind a good signature: a provider's body in any state, on each channel that has a
 * webhook. The first byte chooses the channel; what is delivered can be stored. */
#include "channels/channel.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/caller.h"

#define SECRET "5ec4e7f00d5ec4e7f00d5ec4e7f00d5ec4e7f00d"
#define WHSEC  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static int call_telegram(struct fake_host *h, struct span body)
{
    return caller_telegram(h, SECRET, body);
}

static int call_twilio(struct fake_host *h, struct span body)
{
    return caller_twilio(h, SECRET, body);
}

static int call_webchat(struct fake_host *h, struct span body)
{
    return caller_webchat(h, SECRET, body);
}

static int call_webhook(struct fake_host *h, struct span body)
{
    return caller_webhook(h, WHSEC, body, h->now);
}

static const struct hook {
    const char *kind, *yaml;
    struct fake_secret secrets[2];
    int (*call)(struct fake_host *h, struct span body);
} hooks[] = {
    { "telegram",
      "token: {file: /x}\nsecret: {file: /x}\nmode: webhook\n",
      { { NULL, SECRET }, { NULL, NULL } },
      call_telegram },
    { "twilio",
      "account: AC1\ntoken: {file: /x}\nnumber: '+15005550006'\n",
      { { "token", SECRET }, { NULL, NULL } },
      call_twilio },
    { "webchat", "secret: {file: /x}\n", { { "secret", SECRET }, { NULL, NULL } }, call_webchat },
    { "webhook", "secret: {file: /x}\n", { { "secret", WHSEC }, { NULL, NULL } }, call_webhook },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fake_host h;
    struct span body = { (const char *)data, size };
    const struct hook *hook = &hooks[fuzz_choice(&body, sizeof(hooks) / sizeof(hooks[0]))];
    struct error err;
    size_t i;
    int status;

    FUZZ_HOLDS(fake_host_open(&h, hook->kind, hook->yaml, hook->secrets, &err) == 0);
    status = hook->call(&h, body);
    FUZZ_HOLDS(status >= 200 && status < 500);
    FUZZ_HOLDS(status < 300 || h.delivered_count == 0);
    for (i = 0; i < h.delivered_count; i++)
        fuzz_inbound(h.delivered[i]);
    fake_host_close(&h);
    return 0;
}
