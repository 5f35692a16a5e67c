/* channels/mail_html_list.h - what stands before an item: a dash, a number, a letter.
 *
 * Pure, over one element's tag (mail_html_tag.h). Which list an item is of, the caller knows. */
#ifndef RELEVO_CHANNELS_MAIL_HTML_LIST_H
#define RELEVO_CHANNELS_MAIL_HTML_LIST_H

/* All zero: one without numbers. */
struct mail_html_list {
    int next;  /* the number of the item that comes; 0: they have none */
    char type; /* of the numbers: '1', 'a', 'A', 'i', 'I' */
};

enum { MAIL_HTML_LIST_MARKER = 16 }; /* bytes of what stands before an item, with a NUL */

/* The list that an `ol` begins. */
struct mail_html_list mail_html_list_numbered(const unsigned char **attributes);
/* Of the item that begins: "- ", "3. ", "c. ", "III. "; it is counted. NULL: it is in no list. */
void mail_html_list_item(struct mail_html_list *list, const unsigned char **attributes,
                         char to[MAIL_HTML_LIST_MARKER]);

#endif
