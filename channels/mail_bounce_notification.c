#include "channels/mail_bounce_notification.h"

#include <string.h>

#include "channels/mail_bounce_refusal.h"
#include "channels/mail_sender.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "core/text.h"

enum { READ_MAX = 64 << 10, VALUE_MAX = 320 };

/* Without blanks, and without the escapes of JSON within JSON. */
static const char *compact(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, READ_MAX + 1);
    size_t n = 0;

    for (; *text != '\0' && n < READ_MAX; text++)
        if (strchr(" \t\r\n\\", *text) == NULL)
            out[n++] = *text;
    out[n] = '\0';
    return out;
}

/* The string that stands behind the key; empty: there is none. */
static struct span string_after(const char *json, const char *key)
{
    const char *p = strstr(json, key), *end;

    if (p == NULL)
        return (struct span){ "", 0 };
    p += strlen(key);
    end = strchr(p, '"');
    return end != NULL && end - p <= VALUE_MAX ? (struct span){ p, (size_t)(end - p) }
                                               : (struct span){ "", 0 };
}

static const struct {
    const char *type; /* as SES writes it */
    enum mail_bounce_told told;
    const char *of, *recipient; /* where its recipients are, and what stands before the first one */
} kinds[] = {
    { "Bounce", MAIL_BOUNCE_TOLD_BOUNCE, "\"bouncedRecipients\":[", "\"emailAddress\":\"" },
    { "Complaint", MAIL_BOUNCE_TOLD_COMPLAINT, "\"complainedRecipients\":[",
      "\"emailAddress\":\"" },
    { "Delivery", MAIL_BOUNCE_TOLD_DELIVERY, "\"delivery\":{", "\"recipients\":[\"" },
    { "DeliveryDelay", MAIL_BOUNCE_TOLD_DELAY, "\"delayedRecipients\":[", "\"emailAddress\":\"" },
};

static void read_recipient(struct inbound *in, const char *of, const char *recipient,
                           struct mail_bounce_notification *out)
{
    struct span s = string_after(of, recipient), status = string_after(of, "\"status\":\"");

    if (s.len > 0 && s.len <= INBOUND_ADDRESS_MAX)
        out->recipient = inbound_email(in->arena, s);
    status = mail_bounce_status_in(status);
    if (status.len > 0)
        out->status = arena_strndup(in->arena, status.ptr, status.len);
}

void mail_bounce_notification_read(struct inbound *in, struct mail_bounce_notification *out)
{
    const char *json, *of;
    struct span type;
    size_t i;

    memset(out, 0, sizeof(*out));
    if (in->text[0] != '{' || !mail_sender_is_no_reply(in->sender.value))
        return;
    json = compact(in->arena, in->text);
    type = string_after(json, "\"notificationType\":\"");
    if (type.len == 0)
        type = string_after(json, "\"eventType\":\"");
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (type.len != strlen(kinds[i].type) || memcmp(type.ptr, kinds[i].type, type.len) != 0)
            continue;
        of = strstr(json, kinds[i].of);
        if (of == NULL)
            return;
        out->told = kinds[i].told;
        read_recipient(in, of, kinds[i].recipient, out);
    }
}
