/* Any bytes are a mail, or an error; what comes out is text that can be stored, within its bounds.
 */
#include <stdlib.h>
#include <string.h>

#include "channels/mail.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *s, size_t max)
{
    if (s != NULL && (strlen(s) > max || !text_is_utf8(span_of(s))))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mail_options options = { .authserv_id = "mx", .loop_id = "desk" };
    struct inbound *in, *back;
    struct error err;
    char *json;

    if (mail_parse((struct span){ (const char *)data, size }, &options, &in, &err) < 0)
        return 0;
    check(in->subject, INBOUND_SUBJECT_MAX);
    check(in->text, INBOUND_TEXT_MAX);
    check(in->reply_text, INBOUND_TEXT_MAX);
    check(in->html, INBOUND_TEXT_MAX);
    json = inbound_to_json(in);
    if (inbound_from_json(span_of(json), &back, &err) < 0)
        abort();
    inbound_free(back);
    free(json);
    inbound_free(in);
    return 0;
}
