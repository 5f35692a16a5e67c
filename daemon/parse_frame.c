#include "daemon/parse_frame.h"

#include <stdlib.h>
#include <string.h>

#include "channels/mail.h"

/* received_at and then three texts, each "-" or "+text", all ended by NUL. */
char *parse_frame_write(const struct mail_options *o, size_t *len)
{
    const char *texts[] = { o->authserv_id, o->loop_ids, o->default_charset };
    struct text_buffer out = { 0 };
    size_t i;

    text_buffer_printf(&out, "%lld", (long long)o->received_at);
    text_buffer_add(&out, "", 1);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        text_buffer_printf(&out, "%s%s", texts[i] == NULL ? "-" : "+",
                           texts[i] == NULL ? "" : texts[i]);
        text_buffer_add(&out, "", 1);
    }
    *len = out.len;
    return text_buffer_take(&out);
}

int parse_frame_read(struct span record, struct mail_options *o)
{
    const char **texts[] = { &o->authserv_id, &o->loop_ids, &o->default_charset };
    const char *at = record.ptr, *end = record.ptr + record.len;
    size_t i;

    *o = (struct mail_options){ 0 };
    if (record.len == 0 || end[-1] != '\0')
        return -1;
    o->received_at = strtoll(at, NULL, 10);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        at += strlen(at) + 1;
        if (at >= end)
            return -1;
        *texts[i] = *at == '+' ? at + 1 : NULL;
    }
    return 0;
}
