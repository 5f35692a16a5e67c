/* core/inbound.h - one communication from outside in canonical form: all that an adapter hands
 * over.
 *
 * Pure. Everything a `struct inbound` points at lives in its arena and dies with it. All strings
 * are valid UTF-8 in NFC without NUL (text_clean()), within the bounds below; NULL means "not
 * there". Who decides clocks and escalation never sees this type: fact.h is what is left for them.
 */
#ifndef RELEVO_CORE_INBOUND_H
#define RELEVO_CORE_INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

struct arena;

enum {
    INBOUND_TEXT_MAX = 1 << 20,     /* bytes of text, of reply text, of html */
    INBOUND_SUBJECT_MAX = 998,      /* bytes */
    INBOUND_NAME_MAX = 256,         /* bytes of a person's or a file's name */
    INBOUND_ADDRESS_MAX = 320,      /* bytes: RFC 5321 4.5.3.1, 64 + 1 + 255 */
    INBOUND_ID_MAX = 998,           /* bytes of an id of the outside world */
    INBOUND_RECIPIENTS_MAX = 500,   /* To and Cc together */
    INBOUND_REFERENCES_MAX = 10000, /* ids that are read; thread.h says which of them are kept */
    INBOUND_ATTACHMENTS_MAX = 1000,
    INBOUND_TOKENS_MAX = 50,
    INBOUND_RAW_MAX = 50 << 20, /* bytes of an original that is kept whole */
};

enum inbound_kind {
    INBOUND_MESSAGE, /* somebody wrote */
    INBOUND_EDIT,    /* external_id names a message that now reads so */
    INBOUND_RECEIPT, /* what became of something we sent: `receipt` is filled in */
    INBOUND_IGNORED, /* nothing for a ticket; `reason` says why, the cursor still moves */
    INBOUND_BROKEN,  /* could not be understood: quarantined with its raw bytes and `reason` */
};

/* One way to reach a person. */
struct inbound_address {
    const char *kind; /* "email", "tel", "telegram", "webchat", or the webhook channel's own word */
    const char
        *value; /* canonical within its kind: e-mail with its domain in lower case, E.164 with + */
    const char *name; /* as the person writes it; NULL: unknown */
};

struct inbound_attachment {
    const char *filename;     /* for display only, never a path; NULL: none */
    const char *content_type; /* lower case, "application/octet-stream" where unsaid */
    int64_t size;             /* bytes; -1: not known before it is fetched */
    const char *sha256;       /* 64 hex digits; NULL until the bytes are here */
    const char *url;          /* where to fetch it later; NULL: it is in the raw original */
    /* Where a file that the sender attached stands in the original, and how it is written there
     * ("7bit", "base64", "quoted-printable", "uuencode"); encoding NULL: in no one place, or it
     * only shows in the text, as the pictures of a signature do. */
    const char *encoding;
    size_t at, length;
};

/* What became of one of our deliveries. States only move forward: sent, delivered, read; or failed.
 */
enum receipt_state { RECEIPT_SENT, RECEIPT_DELIVERED, RECEIPT_READ, RECEIPT_FAILED };
struct inbound_receipt {
    const char *external_id; /* the provider's id of what we sent */
    enum receipt_state state;
    const char *detail; /* the provider's code and words */
};

/* What sort of mail it is; of other channels: a person's, or a machine's. */
enum inbound_nature {
    INBOUND_BY_PERSON,
    INBOUND_BY_MACHINE, /* automatic, and nothing closer is known */
    INBOUND_OF_LIST,
    INBOUND_OUT_OF_OFFICE,
    INBOUND_BOUNCE,
    INBOUND_DELAYED,   /* a delivery is still being tried */
    INBOUND_DELIVERED, /* a delivery arrived */
    INBOUND_READ,      /* it was read, or thrown away unread */
    INBOUND_CALENDAR_REPLY,
    INBOUND_CHALLENGE, /* the writer is to prove that he is a person */
    INBOUND_FEEDBACK,  /* a complaint about something that we sent (RFC 5965) */
    INBOUND_NATURE_N
};
const char *inbound_nature_name(enum inbound_nature n); /* "out_of_office" */

/* Whose delivery a bounce, a delay or another report tells of. NULL: it does not say. */
struct inbound_failed {
    const char *recipient;
    const char *action;     /* "failed", "delayed", "delivered", "relayed", "expanded" (RFC 3464),
                             * "deliverable" (Postfix, of an address that it was asked about) */
    const char *status;     /* "5.1.1" (RFC 3463); one that begins with 5 is permanent */
    const char *message_id; /* of what was sent, without angle brackets */
};

/* Is nobody at that address, by the status with which a text begins (RFC 3463)? 5.1.x, but for what
 * speaks of the sender, or of an address that is good (B-12). */
bool inbound_says_nobody(const char *status);

struct inbound {
    struct arena *arena; /* owns everything here, and this struct too */
    enum inbound_kind kind;
    int64_t channel_id; /* channel.channel_id; 0 outside the daemon (relevoctl mime, verify) */

    /* One message of the outside world is one row, for ever: unique with channel_id. */
    const char *external_id;
    /* Not NULL: equal in every copy of this message on any channel of the desk (mail: its
     * Message-ID and a hash of its content). A second copy is recorded as a duplicate. */
    const char *copy_key;
    /* What ties messages of one talk together on this channel: chat id, number pair, visitor. NULL:
     * mail. */
    const char *conversation;
    /* An id on this channel that this message answers (Telegram's reply_to, WhatsApp's context). */
    const char *reply_to_external_id;

    struct inbound_address
        sender; /* value is never NULL; anonymous senders get one that is theirs alone */
    struct inbound_address reply_to; /* value NULL: answer the sender */
    /* Who says to have written what a list sent under its own address; value NULL: nobody. */
    struct inbound_address author;
    struct inbound_address *to, *cc;
    size_t to_count, cc_count;

    const char *subject;    /* "" where the channel has none */
    const char *text;       /* what the reader sees; never empty where there were words */
    const char *reply_text; /* text without quoted history and signature */
    const char *html;       /* as it came; never shown; NULL: none */
    const char *language;   /* "es", "en"; NULL: not known */
    int64_t sent_at;        /* UTC seconds by the sender's clock; 0: not said, */
    bool sent_at_zero;      /* unless it is: the clock stood at its beginning, in 1970 */
    int64_t
        received_at; /* UTC seconds: the provider's or our own stamp, the earlier plausible one */

    struct inbound_attachment *attachments;
    size_t attachment_count;

    /* RFC 5322 ids, without angle brackets. */
    const char *message_id;
    const char *in_reply_to;
    const char **references;
    size_t reference_count;
    /* Tokens found in recipients and ids (core/token.h), unverified: whoever knows the desk's key
     * checks them. */
    const char **tokens;
    size_t token_count;
    /* The number that the sender's own help desk gives this case, with whose it is: "servicenow
     * INC0012345 customer.example"; NULL: none. */
    const char *foreign_case;
    /* Bare domain that an Authentication-Results header of the configured server vouches for (DMARC
     * pass aligned with From); NULL: nobody vouches. */
    const char *authenticated_domain;
    /* What about the sender looks false. It proves nothing; agents are shown it (S-10, S-12). */
    bool sender_lookalike;      /* letters of several scripts, or that pass for Latin ones */
    bool sender_claims_another; /* the name holds another address than his */
    bool reply_to_stranger;     /* reply_to belongs to another organisation */
    /* The channel itself proves who the sender is (a provider's signed call, a session of ours). */
    bool sender_proven;

    bool automatic; /* nothing automatic may answer it (B-07) */
    bool declines;  /* a person's all the same: for his wish, or for the list that it came by */
    bool bounce;    /* says that a delivery failed: for good, or in a report also so far */
    bool spam;      /* marked by the receiving server */
    bool forwarded; /* passes on what somebody else wrote */
    bool echo;      /* our own message coming back */
    bool noted;     /* taken down by an operator: it has no id that can be answered */
    bool encrypted; /* or signed opaquely: what was said, or a part of it, nobody here can read */
    bool body_unparsed; /* over a limit: not all of it was read, or not all of its text is here */
    enum inbound_nature nature;
    struct inbound_failed failed; /* INBOUND_BOUNCE, INBOUND_DELAYED, INBOUND_DELIVERED */

    struct inbound_receipt receipt; /* INBOUND_RECEIPT */
    const char *reason;             /* INBOUND_IGNORED, INBOUND_BROKEN */

    struct span raw; /* the original bytes, kept by their digest; empty: none is kept */
    void (*raw_free)(struct span raw); /* NULL: they are the arena's, or static */
    const char *raw_type;              /* "message/rfc822", "application/json", … */

    /* Of one that was noted: the ticket that it is of, by the operator's word; 0: he names none. No
     * channel fills it in, and inbound_unpack() reads none. */
    int64_t of_ticket;

    /* The channel's place after this message, stored by the same transaction. cursor_part names the
     * folder for IMAP, "" elsewhere; cursor NULL: this message moves none. */
    const char *cursor_part, *cursor;
    /* Where exactly it lay, for relevoctl reconcile: "INBOX/1719824/42"; NULL: not a pulled
     * message. */
    const char *locator;
};

/* A zeroed one in an arena of its own, with subject and texts "". */
struct inbound *inbound_new(void);
void inbound_free(struct inbound *in); /* takes NULL */

/* Adds the first token within, once each, up to INBOUND_TOKENS_MAX of them. */
void inbound_add_token(struct inbound *in, struct span within);

/* The object that relevoctl mime and verify print, as text; free() it. `raw` is not in it. */
char *inbound_to_json(const struct inbound *in);
/* What parse workers answer with: the same object, in which a number of bytes may stand for each of
 * text, reply_text and html; these follow it in that order, behind a NUL. Read as JSON they were
 * half of what the loop did for a mail. inbound_unpack() refuses what is over a bound or no UTF-8,
 * for the worker may be hostile. */
void inbound_pack(const struct inbound *in, struct text_buffer *out);
int inbound_unpack(struct span packed, struct inbound **out, struct error *err);

/* The sender is the desk itself: it is the address of a list that it stands behind. Who wrote is
 * its author, for whom nobody vouches. */
void inbound_take_author(struct inbound *in);

/* Does its header say which message it answers? */
bool inbound_is_answer(const struct inbound *in);

/* Does somebody vouch for the sender: the channel itself, or the server whose
 * Authentication-Results it believes? docs/semantics.md, section 4. */
bool inbound_is_vouched_for(const struct inbound *in);

/* When somebody begins to wait for an answer (C-7): as `stamped` by the provider where that is
 * plausible and earlier than ours, which is `now`. What waited for us while we were away is not
 * young; what lay somewhere for longer than any outage was moved, not sent. */
enum { INBOUND_KEPT_MAX_S = 30 * 86400 };
int64_t inbound_received(int64_t stamped, int64_t now);

/* Did a program write it of itself? So it marks itself (automatic,
 * and not by that wish alone), or is known by its form: an out
 * of office that says so in its subject alone (T-78, T-81). */
bool inbound_is_automatic(const struct inbound *in);
/* Does it answer or report, so that nobody waits for an answer (B-13)? A machine's own mail, such
 * as an alarm, does not: it may be work. */
bool inbound_is_report(const struct inbound *in);

/* Canonical forms. Both return NULL where it is no such address. */
const char *inbound_email(struct arena *a,
                          struct span address); /* trims, lower-cases the domain only (S-11) */
const char *inbound_tel(struct arena *a,
                        struct span number); /* "+34600111222"; short codes stay digits */

/* What begins the ids of those that were noted. */
#define INBOUND_NOTED "operator/"
bool inbound_is_noted(const char *external_id);

#endif
