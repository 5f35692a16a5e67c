#include "channels/imap_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "core/text.h"

/* Bits that wait until there are six of them. */
struct name_bits {
    uint32_t bits;
    int count;
};

static void name_add_six(struct text_buffer *out, uint32_t six)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    text_buffer_add(out, &digits[six & 63], 1);
}

static void name_add_unit(struct text_buffer *out, struct name_bits *b, uint16_t unit)
{
    b->bits = b->bits << 16 | unit;
    b->count += 16;
    while (b->count >= 6) {
        b->count -= 6;
        name_add_six(out, b->bits >> b->count);
    }
}

static void name_end_shift(struct text_buffer *out, struct name_bits *b)
{
    if (b->count > 0)
        name_add_six(out, b->bits << (6 - b->count));
    *b = (struct name_bits){ 0, 0 };
    text_buffer_puts(out, "-");
}

char *imap_name_write(const char *utf8)
{
    struct text_buffer out = { 0 };
    struct name_bits bits = { 0, 0 };
    int32_t i = 0, len = (int32_t)strlen(utf8);
    bool shifted = false;
    UChar32 c;
    char ascii;

    text_buffer_puts(&out, "");
    while (i < len) {
        U8_NEXT(utf8, i, len, c);
        if (c < 0x20 || c == 0x7f) {
            text_buffer_clear(&out);
            return NULL;
        }
        if (c < 0x7f) {
            if (shifted)
                name_end_shift(&out, &bits);
            shifted = false;
            ascii = (char)c;
            text_buffer_add(&out, &ascii, 1);
            if (c == '&')
                text_buffer_puts(&out, "-");
            continue;
        }
        if (!shifted)
            text_buffer_puts(&out, "&");
        shifted = true;
        if (U_IS_SUPPLEMENTARY(c))
            name_add_unit(&out, &bits, U16_LEAD(c));
        name_add_unit(&out, &bits, U_IS_SUPPLEMENTARY(c) ? U16_TRAIL(c) : (uint16_t)c);
    }
    if (shifted)
        name_end_shift(&out, &bits);
    return text_buffer_take(&out);
}
