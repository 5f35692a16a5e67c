#include "core/fact_inbound.h"

#include "core/fact.h"
#include "core/inbound.h"
#include "core/thread.h"

void fact_from_inbound(const struct inbound *in, const struct thread_found *found, int64_t now,
                       struct fact *out)
{
    *out = (struct fact){ .kind = FACT_CUSTOMER_WROTE,
                          .at = inbound_received(in->received_at, now),
                          .by = FACT_BY_CUSTOMER,
                          .subject = in->subject,
                          .text = in->reply_text,
                          .sender = in->sender.value,
                          .language = in->language,
                          .automatic = inbound_is_automatic(in),
                          .declines = in->declines,
                          .spam = in->spam,
                          .bounce = in->bounce,
                          .report = inbound_is_report(in),
                          .threaded_weakly = found->weakly,
                          .thread_why = found->why,
                          .follow_up_of = found->follow_up_of,
                          .related_to = found->related_to,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}
