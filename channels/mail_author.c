#include "channels/mail_author.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "channels/mail_address.h"
#include "channels/mail_header.h"
#include "core/arena.h"
#include "core/inbound.h"

/* List-Post: <https://…>, <mailto:support@desk.example?…> */
static bool is_posted_to(struct span post, const char *address)
{
    static const char mail[] = "mailto:";
    size_t len = strlen(address), i;

    for (i = 0; i + sizeof(mail) - 1 + len < post.len; i++) {
        if (strncasecmp(post.ptr + i, mail, sizeof(mail) - 1) != 0)
            continue;
        i += sizeof(mail) - 1;
        return strncasecmp(post.ptr + i, address, len) == 0 &&
               strchr(">? ", post.ptr[i + len]) != NULL;
    }
    return false;
}

/* "'Ana P' via Support": the name that the list has left of him; NULL: none. */
static const char *name_before_via(struct arena *a, const char *name)
{
    const char *via = name == NULL ? NULL : strstr(name, " via "), *next;
    size_t len;

    if (via == NULL)
        return NULL;
    while ((next = strstr(via + 1, " via ")) != NULL)
        via = next;
    len = (size_t)(via - name);
    if (len > 1 && name[0] == '\'' && name[len - 1] == '\'') {
        name++;
        len -= 2;
    }
    return len > 0 ? arena_strndup(a, name, len) : NULL;
}

/* The first in that field that is not the list's own address. */
static bool find_author(const struct mail_header *h, const char *field, const char *likely,
                        struct inbound *in)
{
    enum { TRIED = 4 };
    struct mail_address list[TRIED];
    size_t n = mail_address_list(in->arena, mail_header_find(h, field), likely, list, TRIED), i;
    const char *value;

    for (i = 0; i < n; i++) {
        value = inbound_email(in->arena, span_of(list[i].address));
        if (value == NULL || strcasecmp(value, in->sender.value) == 0)
            continue;
        in->author =
            (struct inbound_address){ .kind = "email",
                                      .value = value,
                                      .name = list[i].name[0] != '\0'
                                                  ? list[i].name
                                                  : name_before_via(in->arena, in->sender.name) };
        return true;
    }
    return false;
}

void mail_author_read(const struct mail_header *h, const char *likely, struct inbound *in)
{
    static const char *const fields[] = { "X-Original-From", "X-Original-Sender", "Reply-To",
                                          NULL };
    size_t i;

    if (in->sender.value == NULL ||
        !is_posted_to(mail_header_find(h, "List-Post"), in->sender.value))
        return;
    for (i = 0; fields[i] != NULL && !find_author(h, fields[i], likely, in); i++)
        ;
}
