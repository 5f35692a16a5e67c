#include "channels/split.h"

size_t split_next(struct span text, size_t units_max)
{
    size_t units = 0, i = 0, blank = 0, line = 0, third = 0;

    while (i < text.len) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t bytes = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

        units += bytes == 4 ? 2 : 1;
        if (units > units_max)
            return line > third ? line : blank > third ? blank : i;
        i += bytes < text.len - i ? bytes : text.len - i;
        if (units <= units_max - units_max / 3)
            third = i;
        if (c == '\n')
            line = i;
        else if (c == ' ')
            blank = i;
    }
    return text.len;
}
