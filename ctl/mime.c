#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "ctl/command.h"

/* Every mail has an answer, also one that nobody could read. */
static struct inbound *parse(struct span raw)
{
    const struct mail_options options = { .as_written = true };
    struct inbound *in;
    struct error err;

    if (mail_parse(raw, &options, &in, &err) < 0) {
        in = inbound_new();
        in->kind = INBOUND_BROKEN;
        in->sender.kind = "nobody";
        in->sender.value = "";
        in->external_id = "";
        in->reason = arena_strdup(in->arena, err.text);
    }
    return in;
}

static void print_json(const struct inbound *in)
{
    char *text = inbound_to_json(in), *out;
    json_t *o = json_loads(text, 0, NULL);

    if (strcmp(in->sender.kind, "nobody") == 0)
        json_object_set_new(o, "from", json_null());
    if (in->reply_to.value == NULL)
        json_object_set_new(o, "reply_to", json_null());
    out = json_dumps(o, JSON_INDENT(1));
    puts(out);
    free(out);
    free(text);
    json_decref(o);
}

static void print_people(struct arena *a, const char *what, const struct inbound_address *list,
                         size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        printf("%s: %s <%s>\n", what, text_printable(a, list[i].name != NULL ? list[i].name : ""),
               text_printable(a, list[i].value));
}

static void print_text(const struct inbound *in)
{
    struct arena *a = arena_new();
    size_t i;

    if (in->reason != NULL)
        printf("broken: %s\n", in->reason);
    print_people(a, "from", &in->sender, strcmp(in->sender.kind, "nobody") != 0);
    print_people(a, "to", in->to, in->to_count);
    print_people(a, "cc", in->cc, in->cc_count);
    printf("subject: %s\n", text_printable(a, in->subject));
    for (i = 0; i < in->attachment_count; i++)
        printf("attachment: %s, %s, %lld bytes\n",
               text_printable(a, in->attachments[i].filename != NULL ? in->attachments[i].filename
                                                                     : "without a name"),
               text_printable(a, in->attachments[i].content_type),
               (long long)in->attachments[i].size);
    if (inbound_is_automatic(in))
        puts(in->bounce ? "a bounce" : "automatic");
    printf("\n%s\n", text_printable(a, in->reply_text));
    arena_free(a);
}

static int mime(const struct ctl *ctl, int argc, char **argv)
{
    struct text_buffer raw = { 0 };
    struct inbound *in;
    struct error err;

    (void)argc;
    if (ctl_read_file(argv[0], INBOUND_RAW_MAX, &raw, &err) < 0) {
        text_buffer_clear(&raw);
        return ctl_fail(&err);
    }
    in = parse(text_buffer_span(&raw));
    if (ctl->json)
        print_json(in);
    else
        print_text(in);
    inbound_free(in);
    text_buffer_clear(&raw);
    return CTL_DONE;
}

const struct ctl_command mime_commands[] = {
    { "mime", NULL, mime, NULL, "FILE", 1, 1, NULL,
      "Shows a raw mail (RFC 5322) as relevo reads it, without configuration or database; \"-\" is "
      "standard input. With --json: from, to, cc, subject, message_id, in_reply_to, references, "
      "date, text, reply_text, html, attachments, auto_submitted, bounce and more. Whatever the "
      "mail holds, there is an answer." },
    { .group = NULL },
};
