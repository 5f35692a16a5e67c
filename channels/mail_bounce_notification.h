/* channels/mail_bounce_notification.h - what Amazon SES tells of its deliveries, in JSON by SNS,
 * which may wrap it into JSON of its own.
 *
 * Pure. It is found by its keys, in the text's first bytes: JSON that is cut says what it says. */
#ifndef RELEVO_CHANNELS_MAIL_BOUNCE_NOTIFICATION_H
#define RELEVO_CHANNELS_MAIL_BOUNCE_NOTIFICATION_H

struct inbound;

enum mail_bounce_told {
    MAIL_BOUNCE_TOLD_NOTHING, /* it is no such notification */
    MAIL_BOUNCE_TOLD_BOUNCE,
    MAIL_BOUNCE_TOLD_DELAY,
    MAIL_BOUNCE_TOLD_DELIVERY,
    MAIL_BOUNCE_TOLD_COMPLAINT,
};

struct mail_bounce_notification {
    enum mail_bounce_told told;
    const char *recipient, *status; /* of the first recipient; NULL: unknown */
};

/* `in` has its sender and its text. Who pastes such JSON and asks what it means is no service: that
 * one writes from an address that takes no answers. */
void mail_bounce_notification_read(struct inbound *in, struct mail_bounce_notification *out);

#endif
