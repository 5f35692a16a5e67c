#include "channels/mail_armour.h"

#include "core/arena.h"

static const char signed_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char signature_begin[] = "-----BEGIN PGP SIGNATURE-----";
static const char signature_end[] = "-----END PGP SIGNATURE-----";

/* Where in an armoured text a line stands. */
enum place { OUTSIDE, IN_FIELDS, IN_WORDS, IN_SIGNATURE };

bool mail_armour_is_sealed(struct span text)
{
    struct span line;
    size_t at = 0;

    while (span_line(text, &at, &line))
        if (span_is(span_trim(line), "-----BEGIN PGP MESSAGE-----"))
            return true;
    return false;
}

/* Takes a line in; true: it is of the words. */
static bool take_line(enum place *place, struct span *line)
{
    struct span s = span_trim(*line);

    switch (*place) {
    case OUTSIDE:
        if (!span_is(s, signed_begin))
            return true;
        *place = IN_FIELDS;
        return false;
    case IN_FIELDS: /* "Hash: SHA256", up to an empty line */
        if (s.len == 0)
            *place = IN_WORDS;
        return false;
    case IN_WORDS:
        if (span_is(s, signature_begin)) {
            *place = IN_SIGNATURE;
            return false;
        }
        if (line->len >= 2 && line->ptr[0] == '-' && line->ptr[1] == ' ')
            *line = (struct span){ line->ptr + 2, line->len - 2 };
        return true;
    case IN_SIGNATURE:
        if (span_is(s, signature_end))
            *place = OUTSIDE;
        return false;
    }
    return true;
}

struct span mail_armour_open(struct arena *a, struct span text)
{
    struct text_buffer out = { 0 };
    enum place place = OUTSIDE;
    struct span line;
    bool found = false;
    size_t at = 0;

    while (span_line(text, &at, &line)) {
        bool words = take_line(&place, &line);

        found = found || place != OUTSIDE;
        if (words) {
            text_buffer_add(&out, line.ptr, line.len);
            text_buffer_puts(&out, "\n");
        }
    }
    if (found && place != IN_FIELDS && span_trim((struct span){ out.ptr, out.len }).len > 0)
        text = (struct span){ arena_strndup(a, out.ptr, out.len), out.len };
    text_buffer_clear(&out);
    return text;
}
