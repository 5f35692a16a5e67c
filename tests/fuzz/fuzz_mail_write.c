/* What we say, whatever names, subjects and ids hold, is one mail: no field and no line of theirs,
 * and who reads it finds the words (S-19). Each line of the input is a field of the letter. */
#include <string.h>

#include "channels/channel.h"
#include "channels/mail.h"
#include "channels/mail_write.h"
#include "core/arena.h"
#include "tests/fuzz/fuzz.h"

enum { LINE_MAX = 998 };

static const char *line_of(struct arena *a, struct span *s)
{
    struct span line = fuzz_until(s, '\n');

    return line.len == 0 ? NULL : text_clean(a, line, 2000);
}

static void check_lines(struct span mail)
{
    struct span line;
    size_t i;

    while (mail.len > 0) {
        line = fuzz_until(&mail, '\n');
        FUZZ_HOLDS(line.len > 0 && line.ptr[line.len - 1] == '\r');
        FUZZ_HOLDS(line.len - 1 <= LINE_MAX);
        for (i = 0; i + 1 < line.len; i++)
            FUZZ_HOLDS(line.ptr[i] != '\r' && line.ptr[i] != '\0');
    }
}

static bool is_ours(struct span line)
{
    static const char *const ours[] = { "From",
                                        "To",
                                        "Subject",
                                        "Date",
                                        "Message-ID",
                                        "In-Reply-To",
                                        "References",
                                        "Reply-To",
                                        "MIME-Version",
                                        "Content-Type",
                                        "Content-Transfer-Encoding",
                                        "Auto-Submitted",
                                        "Precedence",
                                        "X-Auto-Response-Suppress",
                                        "X-Relevo-Loop" };
    size_t i;

    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (line.len > strlen(ours[i]) && memcmp(line.ptr, ours[i], strlen(ours[i])) == 0 &&
            line.ptr[strlen(ours[i])] == ':')
            return true;
    return line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
}

static void check_header(struct span mail)
{
    struct span line = fuzz_until(&mail, '\n');

    while (line.len > 1) { /* "\r" ends it */
        FUZZ_HOLDS(is_ours(line));
        line = fuzz_until(&mail, '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mail_write_options options = { .from = "desk@example.org" };
    const struct mail_options reading = { .authserv_id = NULL };
    struct span rest = { (const char *)data, size }, mail;
    struct text_buffer written = { 0 };
    struct arena *a = arena_new();
    struct outbound out = { .owed_at = 1768471200, .automatic = fuzz_choice(&rest, 2) == 1 };
    struct inbound *in;
    struct error err;

    out.to = line_of(a, &rest);
    out.to_name = line_of(a, &rest);
    out.from = line_of(a, &rest);
    out.from_name = line_of(a, &rest);
    out.reply_to = line_of(a, &rest);
    out.message_id = line_of(a, &rest);
    out.in_reply_to = line_of(a, &rest);
    out.references = line_of(a, &rest);
    out.subject = line_of(a, &rest);
    out.text = text_clean(a, rest, 100000);
    if (mail_write(&out, &options, &written, &err) == 0) {
        mail = (struct span){ written.ptr, written.len };
        check_lines(mail);
        check_header(mail);
        FUZZ_HOLDS(mail_parse(mail, &reading, &in, &err) == 0);
        inbound_free(in);
    }
    text_buffer_clear(&written);
    arena_free(a);
    return 0;
}
