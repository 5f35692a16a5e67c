#include "daemon/sink.h"

#include <string.h>

#include "core/arena.h"
#include "core/conf.h"
#include "core/handover.h"
#include "core/inbound.h"
#include "core/token.h"
#include "core/wording.h"
#include "daemon/desk.h"

const char *sink_domain(struct arena *a, const struct desk_channel *sink)
{
    const char *box = desk_sender(sink, a);
    const char *at = box == NULL ? NULL : strrchr(box, '@');

    return at == NULL ? NULL : at + 1;
}

static struct desk_channel *sink_for_customer(const struct desk *desk, int64_t channel_id)
{
    struct desk_channel *from = desk_channel_by_id(desk, channel_id);
    struct desk_channel *letters;

    if (from == NULL)
        return NULL;
    letters = from->smtp == NULL ? NULL : desk_channel_by_name(desk, from->smtp);
    if (letters != NULL)
        return letters;
    return from->channel.ops->send == NULL ? NULL : from;
}

/* Mail's own fields. The token in Reply-To and Message-ID is what brings the answer back to this
 * ticket; behind a mailbox's long name it makes no address, and the Message-ID has to do.
 * `path` NULL: to an agent. */
static void sink_fill_mail(const struct desk *desk, const struct desk_channel *sink,
                           int64_t delivery_id, int64_t ticket_id,
                           const struct sink_return_path *path, struct arena *a,
                           struct sink_delivery *out)
{
    const char *box = desk_sender(sink, a);
    const char *at = box == NULL ? NULL : strrchr(box, '@');
    const char *thread_id = path == NULL ? NULL : path->mail_id;
    char token[TOKEN_CHARS + 1];

    if (at == NULL)
        return; /* the smtp channel refuses to open without one; a bare daemon test may have none */
    token_make(desk->token_key, ticket_id, out->address, token);
    out->mail_id = arena_printf(a, "%s.%lld%s", token, (long long)delivery_id, at);
    out->mail_reply_to =
        inbound_email(a, span_of(arena_printf(a, "%.*s+%s%s", (int)(at - box), box, token, at)));
    if (thread_id == NULL) /* one root for all that an agent gets about a ticket */
        thread_id = arena_printf(a, "ticket.%lld.%d%s", (long long)ticket_id, desk->desk_id, at);
    out->mail_in_reply_to = thread_id;
    out->mail_references = path != NULL && path->mail_references != NULL
                               ? path->mail_references
                               : arena_printf(a, "<%s>", thread_id);
}

static void sink_fill_words(const struct desk *desk, bool letter, const struct ticket *ticket,
                            const struct contact *contact, const struct planned_delivery *planned,
                            const struct sink_words *words, int64_t now,
                            struct wording_dates *dates, struct arena *a, struct sink_delivery *out)
{
    const struct policy *policy = desk->policy.policy;
    const struct policy_level *level =
        policy_level(policy, planned->level > 0 ? planned->level : ticket->level);
    bool to_customer = planned->to == PLANNED_CUSTOMER;
    int agent = planned->agent == NULL ? -1 : policy_find_agent(policy, planned->agent);
    const char *language = to_customer  ? ticket->language
                           : agent >= 0 ? policy->agents[agent].language
                                        : NULL;
    const char *zone = to_customer && contact->zone != NULL ? contact->zone : policy->zone;
    const struct handover *handover = words == NULL ? NULL : words->handover;
    const struct sink_words *quoted = handover == NULL ? words : NULL;
    struct wording_facts facts = {
        .number = ticket->ticket_id,
        .subject = ticket->subject,
        .customer = to_customer                            ? wording_greeted(contact->name)
                    : quoted != NULL && quoted->of_another ? quoted->author_name
                                                           : contact->name,
        .agent = quoted != NULL ? quoted->author_name : ticket->agent,
        .by_at = planned->by_at,
        .opens_at = planned->opens_at,
        .zone = zone,
        .dates = dates,
        .level = planned->level > 0 ? planned->level : ticket->level,
        .level_name = level == NULL ? NULL : level->name,
        .status = ticket->status,
        .target = planned->target,
        .reason = planned->reason,
        .text = quoted != NULL ? quoted->text : NULL,
        .question = planned->ask,
        .hints = planned->hints,
        .hint_count = planned->hint_count,
    };

    if (handover != NULL)
        facts.handover = handover_render(policy, language, zone, dates, handover, now, a);
    else if (planned->notice == NOTICE_AGENT_ASSIGNED)
        facts.handover = handover_level(policy, language, facts.level, a);
    wording_render(policy, planned->notice, language, letter, &facts, a, &out->subject, &out->text);
}

void sink_make(const struct desk *desk, int64_t delivery_id, const struct ticket *ticket,
               const struct contact *contact, const struct sink_return_path *path,
               const struct planned_delivery *planned, const struct sink_words *words, int64_t now,
               struct wording_dates *dates, struct arena *a, struct sink_delivery *out)
{
    const struct policy *policy = desk->policy.policy;
    bool to_customer = planned->to == PLANNED_CUSTOMER, by_itself = planned->notice != NOTICE_REPLY;
    int agent = planned->agent == NULL ? -1 : policy_find_agent(policy, planned->agent);
    struct desk_channel *sink =
        to_customer ? sink_for_customer(desk, path->channel_id) : desk->agent_mail;
    bool letter = sink == NULL || sink->channel.ops->writes_letters;

    *out = (struct sink_delivery){
        .recipient = to_customer ? "customer" : "agent",
        .agent = planned->agent,
        .contact_id = to_customer ? contact->contact_id : 0,
        .channel_id = sink == NULL ? 0 : sink->channel.channel_id,
        .automatic = by_itself,
        .state = "owed",
        .address = to_customer  ? path->address
                   : agent >= 0 ? policy->agents[agent].email
                                : "",
        .address_name = to_customer  ? by_itself ? wording_greeted(contact->name) : contact->name
                        : agent >= 0 ? policy->agents[agent].full_name
                                     : NULL,
        .conversation = to_customer ? path->conversation : NULL,
        .reply_to_external_id = to_customer ? path->external_id : NULL,
    };
    sink_fill_words(desk, letter, ticket, contact, planned, words, now, dates, a, out);
    if (sink == NULL) {
        out->state = "dead";
        out->last_words =
            !to_customer ? "no agents.mail is configured"
            : desk_channel_by_id(desk, path->channel_id) == NULL
                ? "the channel the customer wrote on is not configured any more"
                : "the channel the customer wrote on cannot answer, and names no smtp";
    } else if (out->address == NULL || out->address[0] == '\0') {
        out->address = "";
        out->state = "dead";
        out->last_words =
            to_customer ? "no address of the customer is known" : "the policy knows no such agent";
    } else if (letter) {
        sink_fill_mail(desk, sink, delivery_id, ticket->ticket_id, to_customer ? path : NULL, a,
                       out);
    }
}
