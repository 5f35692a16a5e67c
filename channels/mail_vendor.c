#include "channels/mail_vendor.h"

#include <stdbool.h>
#include <string.h>

#include "channels/mail_header.h"
#include "core/arena.h"

enum { VENDOR_NUMBER_MAX = 40, VENDOR_NUMBERS = 8 };

/* A number: characters of `signs`, at least `least` of them and one a digit, between `before` and
 * `after`. */
#define VENDOR_DIGITS "0123456789"
#define VENDOR_WORD   VENDOR_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._"
#define VENDOR_REF    VENDOR_WORD "!"
struct vendor_number {
    const char *before, *signs;
    size_t least;
    const char *after;
};
static const struct vendor {
    const char *name;
    const char *field, *says; /* the header field, and what its value holds */
    struct vendor_number numbers[VENDOR_NUMBERS];
} vendors[] = {
    { "servicenow",
      "X-ServiceNow-Generated",
      "",
      { { "INC", VENDOR_DIGITS, 6, "" },
        { "RITM", VENDOR_DIGITS, 6, "" },
        { "REQ", VENDOR_DIGITS, 6, "" },
        { "TASK", VENDOR_DIGITS, 6, "" },
        { "CHG", VENDOR_DIGITS, 6, "" },
        { "PRB", VENDOR_DIGITS, 6, "" },
        { "CS", VENDOR_DIGITS, 6, "" } } },
    { "jira", "X-JIRA-FingerPrint", "", { { "(", VENDOR_WORD, 3, ")" } } },
    { "rt", "RT-Ticket", "", { { "#", VENDOR_DIGITS, 1, "]" } } },
    { "otrs", "X-Powered-By", "OTRS", { { "#", VENDOR_DIGITS, 4, "]" } } },
    { "otrs", "X-Mailer", "OTRS", { { "#", VENDOR_DIGITS, 4, "]" } } },
    { "znuny", "X-Mailer", "Znuny", { { "#", VENDOR_DIGITS, 4, "]" } } },
    { "zammad", "X-Powered-By", "Zammad", { { "#", VENDOR_DIGITS, 4, "]" } } },
    { "zendesk", "X-Mailer", "Zendesk", { { "#", VENDOR_DIGITS, 1, "" } } },
    { "salesforce", "X-SFDC-LK", "", { { "ref:", VENDOR_REF, 10, ":ref" } } },
};

static bool vendor_number_at(const char *s, const struct vendor_number *n, struct span *out)
{
    size_t len = strspn(s, n->signs);

    *out = (struct span){ s, len };
    return len >= n->least && len <= VENDOR_NUMBER_MAX && strcspn(s, VENDOR_DIGITS) < len &&
           strncmp(s + len, n->after, strlen(n->after)) == 0;
}

static bool vendor_number_find(const char *subject, const struct vendor_number *n, struct span *out)
{
    const char *s = subject;

    while ((s = strstr(s, n->before)) != NULL) {
        s += strlen(n->before);
        if (vendor_number_at(s, n, out))
            return true;
    }
    return false;
}

static bool vendor_wrote(const struct vendor *v, const struct mail_header *h)
{
    struct span value = mail_header_find(h, v->field);

    return mail_header_has(h, v->field) &&
           (v->says[0] == '\0' || memmem(value.ptr, value.len, v->says, strlen(v->says)) != NULL);
}

void mail_vendor_read(const struct mail_header *h, struct inbound *in)
{
    const char *domain = in->sender.value == NULL ? NULL : strrchr(in->sender.value, '@');
    struct span number;
    size_t i, k;

    for (i = 0; domain != NULL && i < sizeof(vendors) / sizeof(vendors[0]); i++) {
        const struct vendor *v = &vendors[i];

        for (k = 0; vendor_wrote(v, h) && k < VENDOR_NUMBERS && v->numbers[k].before != NULL; k++)
            if (vendor_number_find(in->subject, &v->numbers[k], &number)) {
                in->foreign_case =
                    arena_printf(in->arena, "%s %s%.*s %s", v->name, v->numbers[k].before,
                                 (int)number.len, number.ptr, domain + 1);
                return;
            }
    }
}
