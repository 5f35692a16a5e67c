#include "channels/mail_html_tag.h"

#include <stddef.h>
#include <strings.h>

const char *mail_html_tag_value(const unsigned char **attributes, const char *name)
{
    for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
        if (strcasecmp((const char *)attributes[0], name) == 0)
            return attributes[1] != NULL ? (const char *)attributes[1] : "";
    return "";
}

bool mail_html_tag_has(const unsigned char **attributes, const char *name)
{
    for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
        if (strcasecmp((const char *)attributes[0], name) == 0)
            return true;
    return false;
}
