#include "channels/mail_page.h"

static const struct page_name {
    unsigned page;
    const char *charset;
} page_names[] = {
    { 437, "ibm437" },
    { 737, "ibm737" },
    { 775, "ibm775" },
    { 850, "ibm850" },
    { 852, "ibm852" },
    { 855, "ibm855" },
    { 857, "ibm857" },
    { 858, "ibm858" },
    { 862, "ibm862" },
    { 866, "ibm866" },
    { 869, "ibm869" },
    { 874, "windows-874" },
    { 932, "shift_jis" },
    { 936, "gbk" },
    { 949, "euc-kr" },
    { 950, "big5" },
    { MAIL_PAGE_WIDE, "utf-16le" },
    { 1201, "utf-16be" },
    { 1250, "windows-1250" },
    { 1251, "windows-1251" },
    { 1252, "windows-1252" },
    { 1253, "windows-1253" },
    { 1254, "windows-1254" },
    { 1255, "windows-1255" },
    { 1256, "windows-1256" },
    { 1257, "windows-1257" },
    { 1258, "windows-1258" },
    { 10000, "macintosh" },
    { 10007, "x-mac-cyrillic" },
    { 20866, "koi8-r" },
    { 20932, "euc-jp" },
    { 20936, "gb2312" },
    { 21866, "koi8-u" },
    { 28591, "iso-8859-1" },
    { 28592, "iso-8859-2" },
    { 28593, "iso-8859-3" },
    { 28594, "iso-8859-4" },
    { 28595, "iso-8859-5" },
    { 28596, "iso-8859-6" },
    { 28597, "iso-8859-7" },
    { 28598, "iso-8859-8" },
    { 28599, "iso-8859-9" },
    { 28603, "iso-8859-13" },
    { 28605, "iso-8859-15" },
    { 38598, "iso-8859-8-i" },
    { 50220, "iso-2022-jp" },
    { 50221, "iso-2022-jp" },
    { 50222, "iso-2022-jp" },
    { 50225, "iso-2022-kr" },
    { 51932, "euc-jp" },
    { 51936, "gb2312" },
    { 51949, "euc-kr" },
    { 52936, "hz-gb-2312" },
    { 54936, "gb18030" },
    { 65000, "utf-7" },
    { 65001, "utf-8" },
};

static const struct page_of_font {
    unsigned charset, page;
} pages_of_fonts[] = {
    { 0, 1252 },   { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 134, 936 },  { 136, 950 },
    { 161, 1253 }, { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 },
    { 204, 1251 }, { 222, 874 },  { 238, 1250 }, { 254, 437 },
};

struct span mail_page_charset(unsigned page)
{
    size_t i;

    for (i = 0; i < sizeof(page_names) / sizeof(page_names[0]); i++)
        if (page_names[i].page == page)
            return span_of(page_names[i].charset);
    return span_of("");
}

unsigned mail_page_of_font(unsigned charset)
{
    size_t i;

    for (i = 0; i < sizeof(pages_of_fonts) / sizeof(pages_of_fonts[0]); i++)
        if (pages_of_fonts[i].charset == charset)
            return pages_of_fonts[i].page;
    return 0;
}
