/* Any bytes are a mail, or an error; what comes out is a message that can be stored. */
#include "channels/mail.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mail_options options = { .authserv_id = "mx", .loop_ids = "desk" };
    struct inbound *in;
    struct error err;

    if (mail_parse((struct span){ (const char *)data, size }, &options, &in, &err) < 0)
        return 0;
    FUZZ_HOLDS(in->external_id != NULL && in->sender.value != NULL);
    fuzz_inbound(in);
    inbound_free(in);
    return 0;
}
