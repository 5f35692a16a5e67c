/* What we say, whatever names, subjects and ids hold, is one mail: no field and no line of theirs,
 * and who reads it finds the words (S-19) and the files. Each line of the input is a field of the
 * letter, or a name or type of a file, whose bytes go up to the next FILE_END. */
#include <string.h>

#include "channels/channel.h"
#include "channels/mail.h"
#include "channels/mail_transfer.h"
#include "channels/mail_write.h"
#include "core/arena.h"
#include "core/inbound.h"
#include "tests/fuzz/fuzz.h"

enum { LINE_MAX = 998, FILES_MAX = 3, FILE_END = 0x1c };

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

/* Behind those that its text may hold, each as it was given, and in its place in the mail. */
static void check_files(const struct inbound *in, struct span mail, const struct outbound *out)
{
    size_t i;

    FUZZ_HOLDS(in->attachment_count >= out->file_count);
    for (i = 0; i < out->file_count; i++) {
        const struct inbound_attachment *f =
            &in->attachments[in->attachment_count - out->file_count + i];
        struct text_buffer bytes = { 0 };

        FUZZ_HOLDS(f->size == (int64_t)out->files[i].bytes.len);
        FUZZ_HOLDS(f->encoding != NULL && f->at + f->length <= mail.len);
        mail_transfer_decode(&bytes, (struct span){ mail.ptr + f->at, f->length },
                             mail_transfer_of(span_of(f->encoding)));
        FUZZ_HOLDS(bytes.len == out->files[i].bytes.len &&
                   (bytes.len == 0 || memcmp(bytes.ptr, out->files[i].bytes.ptr, bytes.len) == 0));
        text_buffer_clear(&bytes);
    }
}

static size_t take_files(struct arena *a, struct span *rest, struct outbound_file *files)
{
    size_t n = fuzz_choice(rest, FILES_MAX + 1), i;

    for (i = 0; i < n; i++) {
        const char *name = line_of(a, rest), *type = line_of(a, rest);

        files[i] =
            (struct outbound_file){ name, type == NULL ? "" : type, fuzz_until(rest, FILE_END) };
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mail_write_options options = { .from = "desk@example.org" };
    const struct mail_options reading = { .authserv_id = NULL };
    struct span rest = { (const char *)data, size }, mail;
    struct text_buffer written = { 0 };
    struct arena *a = arena_new();
    struct outbound out = { .owed_at = 1768471200, .automatic = fuzz_choice(&rest, 2) == 1 };
    struct outbound_file files[FILES_MAX];
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
    out.files = files;
    out.file_count = take_files(a, &rest, files);
    out.text = text_clean(a, rest, 100000);
    if (mail_write(&out, &options, &written, &err) == 0) {
        mail = (struct span){ written.ptr, written.len };
        check_lines(mail);
        check_header(mail);
        FUZZ_HOLDS(mail_parse(mail, &reading, &in, &err) == 0);
        check_files(in, mail, &out);
        inbound_free(in);
    }
    text_buffer_clear(&written);
    arena_free(a);
    return 0;
}
