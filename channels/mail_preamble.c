#include "channels/mail_preamble.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Does it tell how the mail is made, in whatever tongue? */
static bool is_of_mime(struct span paragraph)
{
    static const char *const words[] = {
        "multipart",
        "multi-part",
        "multi part",
        "cryptographically signed",
        "if you can read this",
        "if you can see this",
        "if you are reading this",
        "if you see this",
        "mail reader",
        "mail client",
        "mail program",
        "mime-encoded",
        "mime format",
        "mime message",
        "not be legible",
        "this is the preamble",
        "this preamble",
        NULL,
    };

    return memmem(paragraph.ptr, paragraph.len, "MIME", 4) != NULL ||
           memmem(paragraph.ptr, paragraph.len, "Mime", 4) != NULL ||
           span_holds_any(paragraph, words);
}

static void add_paragraph(struct text_buffer *out, struct span s)
{
    if (s.len == 0 || is_of_mime(s))
        return;
    if (out->len > 0)
        text_buffer_puts(out, "\n\n");
    text_buffer_add(out, s.ptr, s.len);
}

void mail_preamble_words(struct text_buffer *out, struct span preamble)
{
    struct span line, paragraph = { preamble.ptr, 0 };
    size_t at = 0;

    while (span_line(preamble, &at, &line)) {
        if (span_trim(line).len == 0) {
            add_paragraph(out, span_trim(paragraph));
            paragraph.ptr = line.ptr;
        }
        paragraph.len = (size_t)(line.ptr + line.len - paragraph.ptr);
    }
    add_paragraph(out, span_trim(paragraph));
}
