#include "channels/mail_html_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/mail_html_style.h"
#include "channels/mail_html_tag.h"
#include "core/text.h"

/* The number that an attribute gives, or else `number`. */
static int number_in(const unsigned char **attributes, const char *name, int number)
{
    enum { NUMBER_MAX = 99999 };
    long said = strtol(mail_html_tag_value(attributes, name), NULL, 10);

    return said > 0 && said <= NUMBER_MAX ? (int)said : number;
}

static char number_type(const unsigned char **attributes)
{
    static const struct {
        const char *style;
        char type;
    } styles[] = {
        { "lower-alpha", 'a' }, { "lower-latin", 'a' }, { "upper-alpha", 'A' },
        { "upper-latin", 'A' }, { "lower-roman", 'i' }, { "upper-roman", 'I' },
    };
    const char *type = mail_html_tag_value(attributes, "type");
    struct span style =
        mail_html_style_of(mail_html_tag_value(attributes, "style"), "list-style-type");
    size_t i;

    for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
        if (span_begins(style, styles[i].style))
            return styles[i].type;
    if (type[0] != '\0' && type[1] == '\0' && strchr("aAiI", type[0]) != NULL)
        return type[0];
    return '1';
}

struct mail_html_list mail_html_list_numbered(const unsigned char **attributes)
{
    return (struct mail_html_list){ number_in(attributes, "start", 1), number_type(attributes) };
}

static void write_number(char to[MAIL_HTML_LIST_MARKER], int number, char type)
{
    static const char *const roman[][2] = {
        { "i", "I" },   { "ii", "II" }, { "iii", "III" }, { "iv", "IV" },
        { "v", "V" },   { "vi", "VI" }, { "vii", "VII" }, { "viii", "VIII" },
        { "ix", "IX" }, { "x", "X" },   { "xi", "XI" },   { "xii", "XII" },
    };
    enum { ROMAN_MAX = sizeof(roman) / sizeof(roman[0]), LETTERS = 26 };

    if ((type == 'a' || type == 'A') && number <= LETTERS)
        snprintf(to, MAIL_HTML_LIST_MARKER, "%c. ", type + number - 1);
    else if ((type == 'i' || type == 'I') && number <= ROMAN_MAX)
        snprintf(to, MAIL_HTML_LIST_MARKER, "%s. ", roman[number - 1][type == 'I']);
    else
        snprintf(to, MAIL_HTML_LIST_MARKER, "%d. ", number);
}

void mail_html_list_item(struct mail_html_list *list, const unsigned char **attributes,
                         char to[MAIL_HTML_LIST_MARKER])
{
    snprintf(to, MAIL_HTML_LIST_MARKER, "- ");
    if (list == NULL || list->next == 0)
        return;
    list->next = number_in(attributes, "value", list->next);
    write_number(to, list->next++, list->type);
}
