#include "channels/mail_bounce_refusal.h"

#include <string.h>

#include "channels/mail_words.h"
#include "core/arena.h"

enum {
    LABEL_MAX = 40,  /* bytes before the colon */
    BEFORE_MAX = 60, /* bytes before an address in which stands what it is */
};

static bool is_alnum(char c)
{
    return text_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The length of the enhanced status code at s, "5.1.1" (RFC 3463); 0: there is none. Versions of
 * programs have more digits in the middle ("4.92.3"), addresses of machines go on ("5.9.12.34"). */
static size_t enhanced_at(struct span s)
{
    size_t i = 2, digits = 0, part = 0;

    if (s.len < 5 || strchr("245", s.ptr[0]) == NULL || s.ptr[1] != '.')
        return 0;
    for (; i < s.len && part < 2; i++) {
        if (text_is_digit(s.ptr[i]) && digits < (part == 0 ? 1 : 3))
            digits++;
        else if (s.ptr[i] == '.' && digits > 0 && part == 0) {
            part = 1;
            digits = 0;
        } else {
            break;
        }
    }
    if (part == 0 || digits == 0 || (i < s.len && is_alnum(s.ptr[i])))
        return 0;
    return i + 1 < s.len && s.ptr[i] == '.' && text_is_digit(s.ptr[i + 1]) ? 0 : i;
}

/* A reply that refuses: 421, 450 to 459, 500 to 509, 521, 530, 541, 550 to 559, 571, 599. */
static bool is_reply_at(struct span s)
{
    return s.len >= 3 && (s.ptr[0] == '4' || s.ptr[0] == '5') && text_is_digit(s.ptr[1]) &&
           text_is_digit(s.ptr[2]) && strchr("02345789", s.ptr[1]) != NULL &&
           (s.len == 3 || strchr(" -:\t;,)]>.'\"", s.ptr[3]) != NULL);
}

/* Does p stand behind a mark as Chinese and Japanese have them, wide: "（a@b.org）"? */
static bool is_behind_wide_mark(struct span line, const char *p)
{
    return p - line.ptr >= 3 &&
           (memcmp(p - 3, "\xe3\x80", 2) == 0 || memcmp(p - 3, "\xef\xbc", 2) == 0 ||
            memcmp(p - 3, "\xef\xbd", 2) == 0);
}

static const char around[] = " \t<>[]()\"',"; /* stands neither in a link nor in an address */

/* "https://b.org/lists?who=tom@b.org": where to go, and for whom the link is. */
static bool is_in_link(struct span line, const char *at)
{
    static const char mark[] = "://";
    const char *p;

    for (p = at; p > line.ptr && strchr(around, p[-1]) == NULL && !is_behind_wide_mark(line, p);
         p--)
        ;
    return memmem(p, (size_t)(at - p), mark, sizeof(mark) - 1) != NULL;
}

/* The one whose @ is at `at`. */
static struct span address_at(struct span line, const char *at)
{
    const char *p, *q;

    for (p = at; p > line.ptr && strchr(around, p[-1]) == NULL && strchr(":;=|", p[-1]) == NULL &&
                 !is_behind_wide_mark(line, p);
         p--)
        ;
    for (q = at + 1; q < line.ptr + line.len && (is_alnum(*q) || strchr("-._", *q) != NULL); q++)
        ;
    while (q > at + 1 && (q[-1] == '.' || q[-1] == '-'))
        q--;
    return p < at && q > at + 1 ? (struct span){ p, (size_t)(q - p) } : (struct span){ "", 0 };
}

struct span mail_bounce_address_in(struct span line)
{
    const char *end = line.ptr + line.len, *at = memchr(line.ptr, '@', line.len);

    while (at != NULL && is_in_link(line, at)) {
        while (at < end && strchr(around, *at) == NULL)
            at++;
        at = memchr(at, '@', (size_t)(end - at));
    }
    return at != NULL ? address_at(line, at) : (struct span){ "", 0 };
}

/* "xxxx", "x@x.x", "****": nothing but one sign that stands for letters, and what divides them. */
static bool is_crossed_out(struct span s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++) {
        if (strchr("xX*", s.ptr[i]) != NULL && s.ptr[i] == s.ptr[0])
            n++;
        else if (strchr(".-@", s.ptr[i]) == NULL)
            return false;
    }
    return n > 0;
}

/* One star is a letter of a name like any other (RFC 5322); in a domain it is none. */
bool mail_bounce_is_masked(struct span address)
{
    static const char *const signs[] = { "**", "\u2022", "\u25cf", "\uff0a", NULL };
    static const char *const words[] = { "redacted@",       "[redacted]@",   "hidden@hidden",
                                         "removed@removed", "masked@masked", NULL };
    const char *at = memrchr(address.ptr, '@', address.len);

    if (at == NULL)
        return false;
    return is_crossed_out(address) || span_holds_any(address, signs) ||
           span_begins_any(address, words) ||
           is_crossed_out((struct span){ at + 1, (size_t)(address.ptr + address.len - at) - 1 }) ||
           memchr(at, '*', (size_t)(address.ptr + address.len - at)) != NULL ||
           (at == address.ptr + 1 && at[-1] == '*');
}

bool mail_bounce_is_about(struct span line, struct span address)
{
    size_t before = (size_t)(address.ptr - line.ptr);

    return address.len > 0 && before <= 32 && line.len <= address.len + 90;
}

struct span mail_bounce_status_in(struct span line)
{
    size_t i, len;

    for (i = 0; i + 5 <= line.len; i++)
        if ((i == 0 || (!is_alnum(line.ptr[i - 1]) && line.ptr[i - 1] != '.')) &&
            (line.ptr[i] == '4' || line.ptr[i] == '5') &&
            (len = enhanced_at((struct span){ line.ptr + i, line.len - i })) > 0)
            return (struct span){ line.ptr + i, len };
    return (struct span){ "", 0 };
}

/* "550 User unknown", in a line that speaks of servers or of an address: a number alone is none. */
static bool has_reply(struct span line, struct span address)
{
    static const char *const words[] = { "smtp", "said",      "respon",  "error", "repl",
                                         "code", "server",    "host",    "rcpt",  "<<<",
                                         ">>>",  "reason",    "#5",      "#4",    "mailbox",
                                         "user", "recipient", "unknown", NULL };
    size_t i;

    if (address.len == 0 && !span_holds_any(line, words))
        return false;
    for (i = 0; i + 3 <= line.len; i++)
        if ((i == 0 || strchr(" \t:#([<'\"", line.ptr[i - 1]) != NULL ||
             is_behind_wide_mark(line, line.ptr + i)) &&
            is_reply_at((struct span){ line.ptr + i, line.len - i }))
            return true;
    return false;
}

/* "550 5.1.1", "550-5.1.1", "550 (#5.1.1)": both codes. */
static bool has_both_codes(struct span line, struct span status)
{
    const char *p = status.ptr;

    if (status.len == 0)
        return false;
    while (p > line.ptr && strchr(" -:;(#", p[-1]) != NULL)
        p--;
    return p < status.ptr && p - line.ptr >= 3 &&
           is_reply_at((struct span){ p - 3, (size_t)(line.ptr + line.len - p) + 3 }) &&
           (p - line.ptr == 3 || !is_alnum(p[-4]));
}

/* "<a@b.org>:" at the line's begin, as qmail has it. */
static bool is_heading(struct span line, struct span address)
{
    return line.len > address.len + 2 && line.ptr[0] == '<' && address.ptr == line.ptr + 1 &&
           memcmp(address.ptr + address.len, ">:", 2) == 0;
}

/* "Reason: 550 user not found": what stands behind a label, also behind a wide colon. */
static struct span behind_label(struct span line)
{
    static const char wide[] = "\uff1a";
    size_t len = line.len < LABEL_MAX ? line.len : LABEL_MAX, n = 1;
    const char *p = memchr(line.ptr, ':', len), *q = memmem(line.ptr, len, wide, sizeof(wide) - 1);

    if (q != NULL && (p == NULL || q < p)) {
        p = q;
        n = sizeof(wide) - 1;
    }
    if (p == NULL)
        return (struct span){ "", 0 };
    p += n;
    return span_trim((struct span){ p, (size_t)(line.ptr + line.len - p) });
}

/* What only a server writes: a reply with both its codes or in the words of a session. A number
 * by itself is a house's, a telephone's, a version's. */
static bool is_of_session(struct span line, struct span address, struct span status)
{
    static const char *const words[] = { "smtp", "said:", "rcpt to",  "<<<",      ">>>",
                                         "#5.",  "#4.",   "status: ", "error: 5", NULL };
    static const char *const refusals[] = { "mailbox", "recipient", "user", "relay", NULL };

    struct span labelled = behind_label(line);

    if (status.len == 0 && !has_reply(line, address))
        return false;
    return has_both_codes(line, status) || span_holds_any(line, words) ||
           (is_reply_at(line) && span_holds_any(line, refusals)) ||
           (is_reply_at(labelled) && span_holds_any(labelled, refusals));
}

bool mail_bounce_is_of_the_sender(struct span line)
{
    return (line.len > 3 && strchr("23", line.ptr[0]) != NULL && text_is_digit(line.ptr[1]) &&
            text_is_digit(line.ptr[2]) && strchr(" -", line.ptr[3]) != NULL) ||
           span_holds(line, "mail from");
}

bool mail_bounce_leads_up(const char *folded, const char *ends)
{
    const char *failed = mail_words_find(folded, mail_words_failed);

    return failed != NULL && strpbrk(strstr(folded, failed) + strlen(failed), ends) == NULL;
}

/* Of a mail that he wrote himself no server tells. */
static const char *const persons_own[] = { "my ", "meine ", "mon ", "mi ", "minha ", "mio ", NULL };

/* Does the sentence go on with an address: "... could not be delivered to"? */
static bool is_open(const char *folded)
{
    static const char *const ends[] = { ":",       "to",      "recipient", "recipients", "address",
                                        "<",       "mailbox", "user",      "for",        " til",
                                        " till",   " para",   " aan",      " an",        " à",
                                        " adresu", NULL };

    return span_ends_any(span_of(folded), ends);
}

bool mail_bounce_is_told(struct arena *a, struct span line, struct span address)
{
    const char *before =
        mail_words_fold(a, span_trim((struct span){ line.ptr, (size_t)(address.ptr - line.ptr) }));

    return mail_bounce_leads_up(before, ".,;!?") && is_open(before);
}

/* The last sentence, without what ends it. */
static const char *last_sentence(char *folded)
{
    static const char wide[] = "\u3002";
    size_t len = strlen(folded), begin, n = sizeof(wide) - 1;

    while (len > 0 && strchr(" .:", folded[len - 1]) != NULL)
        len--;
    folded[len] = '\0';
    for (begin = len; begin > 0; begin--)
        if ((folded[begin] == ' ' && strchr(".!?;", folded[begin - 1]) != NULL) ||
            (begin >= n && memcmp(folded + begin - n, wide, n) == 0))
            break;
    return folded + begin;
}

/* "Delivery to the following address has failed...": does the sentence lead up to what is listed
 * below it? `above`: the line before, where its paragraph has one. */
static bool is_lead(struct arena *a, struct span above, struct span line)
{
    static const char *const ends[] = { "...", "\u2026", "\uff1a", NULL };
    static const char *const announced[] = {
        "following", "recipient(s)", "address(es)", "folgende",    "suivant",
        "siguiente", "seguinte",     "seguent",     "volgende",    "följande",
        "følgende",  "seuraav",      "następując",  "následující", "következő",
        "următoar",  "aşağıda",      "следующ",     "наступн",     "ακόλουθ",
        "下記",      "次の",         "以下",        "下列",        "다음",
        NULL
    };
    struct text_buffer b = { 0 };
    const char *sentence;
    char *folded;
    bool open;

    text_buffer_add(&b, above.ptr, above.len);
    text_buffer_puts(&b, " ");
    text_buffer_add(&b, line.ptr, line.len);
    folded = mail_words_fold(a, text_buffer_span(&b));
    text_buffer_clear(&b);
    open = is_open(folded) || span_ends_any(span_of(folded), ends);
    sentence = last_sentence(folded);
    return (open || mail_words_find(sentence, announced) != NULL) &&
           mail_words_find(sentence, persons_own) == NULL &&
           mail_words_find_plain(sentence, mail_words_failed) != NULL;
}

/* Does nothing stand in the line but the address and the marks around it? */
static bool is_alone(struct span line, struct span address)
{
    const char *p, *end = address.ptr + address.len;

    for (p = line.ptr; p < line.ptr + line.len; p++)
        if ((p < address.ptr || p >= end) && strchr(" \t<>()[]\"'-*.,;", *p) == NULL)
            return false;
    return address.len > 0;
}

bool mail_bounce_is_addressed(struct arena *a, struct span line, struct span address)
{
    static const char *const words[] = { "addressed",     "message to",
                                         "mail to",       "mailing to",
                                         "sent to",       "nachricht an",
                                         "mail an",       "message à",
                                         "mensaje a",     "mensagem para",
                                         "messaggio a",   "bericht aan",
                                         "message for",   "mail for",
                                         "nachricht für", "message pour",
                                         "mensaje para",  "messaggio per",
                                         "wiadomość do",  "сообщение для",
                                         "письмо для",    "письмо до",
                                         "писмо до",      "лист для",
                                         "порука за",     NULL };
    size_t before = (size_t)(address.ptr - line.ptr),
           skip = before > BEFORE_MAX ? before - BEFORE_MAX : 0;

    return mail_words_find(mail_words_fold(a, (struct span){ line.ptr + skip, before - skip }),
                           words) != NULL;
}

/* "Your message to <a@b.org> was undeliverable", in one sentence, and nobody's own: "my mail to" */
static bool is_told_behind(struct arena *a, struct span line, struct span address)
{
    const char *behind = address.ptr + address.len, *end = line.ptr + line.len, *p;

    for (p = behind; p < end && strchr("!?", *p) == NULL; p++)
        if (*p == '.' && (p + 1 == end || p[1] == ' '))
            break;
    return mail_bounce_is_addressed(a, line, address) &&
           mail_words_find(mail_words_fold(a, (struct span){ behind, (size_t)(p - behind) }),
                           mail_words_failed) != NULL &&
           mail_words_find(
               mail_words_fold(a, (struct span){ line.ptr, (size_t)(address.ptr - line.ptr) }),
               persons_own) == NULL;
}

bool mail_bounce_is_refusal(struct span line)
{
    struct span address = mail_bounce_address_in(line);

    return address.len > 0 && (mail_bounce_status_in(line).len > 0 || is_heading(line, address) ||
                               has_reply(line, address));
}

/* "<a@b.org>  delivery failed", and no "my mail to a@b.org was rejected" */
static bool is_judged(struct arena *a, struct span line, struct span address)
{
    const char *end = address.ptr + address.len, *p;

    for (p = line.ptr; p < address.ptr; p++)
        if (strchr(" \t<([*-\"'", *p) == NULL)
            return false;
    return mail_words_find(
               mail_words_fold(a, (struct span){ end, (size_t)(line.ptr + line.len - end) }),
               mail_words_failed) != NULL;
}

/* A line that says little but the address. */
static void read_listed(struct arena *a, struct span line, struct span address,
                        struct mail_bounce_refusal *out)
{
    if (!mail_bounce_is_about(line, address) || mail_bounce_is_of_the_sender(line))
        return;
    out->listed = true;
    out->judged = out->judged || is_judged(a, line, address);
}

/* What a line says by itself. */
static void read_line(struct arena *a, struct span line, struct span address,
                      struct mail_bounce_refusal *out)
{
    struct span status = mail_bounce_status_in(line);

    out->reply = out->reply || status.len > 0 || has_reply(line, address);
    out->of_server =
        out->of_server || is_heading(line, address) || is_of_session(line, address, status);
    read_listed(a, line, address, out);
    out->told = out->told || (address.len > 0 && mail_bounce_is_told(a, line, address));
    out->told_behind = out->told_behind || (address.len > 0 && is_told_behind(a, line, address));
    if (out->status.len == 0)
        out->status = status;
}

void mail_bounce_refusal_read(struct arena *a, struct span text, struct mail_bounce_refusal *out)
{
    static const char *const fields[] = {
        "Final-Recipient:",    "Diagnostic-Code:", "Reporting-MTA:",
        "Original-Recipient:", "Remote-MTA:",      "Action: failed",
        "Failed-Recipient:",   "Error-for:",       NULL
    };
    struct span none = { "", 0 }, line, last = none, above = none;
    size_t at = 0;
    bool apart = true; /* from the last line that was not empty */

    while (span_line(text, &at, &line)) {
        struct span s = span_trim(line), address = mail_bounce_address_in(s);

        if (s.len > 0) {
            out->fields = out->fields || span_begins_any(s, fields);
            out->failed = out->failed || span_begins(s, "Action: failed");
            out->deferred = out->deferred || span_begins(s, "Action: delayed");
            read_line(a, s, address, out);
            out->told_below = out->told_below || (is_alone(s, address) && is_lead(a, above, last));
            above = apart ? none : last;
            last = s;
        }
        apart = s.len == 0;
    }
}

/* Does a reply stand at `at` as servers quote it: first, or behind a mark or the line's address? */
static bool is_quoted_reply(struct span line, struct span address, size_t at)
{
    size_t before = at;

    while (before > 0 && strchr(" \t\"'", line.ptr[before - 1]) != NULL)
        before--;
    return is_reply_at((struct span){ line.ptr + at, line.len - at }) &&
           (before == 0 || strchr(":;<>)]", line.ptr[before - 1]) != NULL ||
            (address.len > 0 && line.ptr + before == address.ptr + address.len));
}

/* How many bytes of the line stand before a server's words; all of them: it has none. `line` is
 * trimmed. */
static size_t before_speech(struct span line)
{
    static const char said[] = "said:";
    struct span address = mail_bounce_address_in(line);
    const char *p = memmem(line.ptr, line.len, said, sizeof(said) - 1);
    size_t i, end = p != NULL ? (size_t)(p - line.ptr) : line.len;

    if (span_begins(line, "<<<") || span_begins(line, ">>>") || is_heading(line, address))
        return 0;
    for (i = 0; i < end; i++)
        if (is_quoted_reply(line, address, i))
            return i;
    return end;
}

static size_t indentation(struct span line)
{
    size_t n = 0;

    while (n < line.len && strchr(" \t", line.ptr[n]) != NULL)
        n++;
    return n;
}

/* "<a@b.org>:", the reason stands below. */
static bool is_lone_heading(struct span line)
{
    struct span address = mail_bounce_address_in(line);

    return is_heading(line, address) && line.len == address.len + 3;
}

struct span mail_bounce_without_speech(struct arena *a, struct span text)
{
    struct text_buffer b = { 0 };
    struct span line, out;
    size_t at = 0, from = 0; /* how far the lines are set in that go on */
    bool speaks = false, headed = false;

    while (span_line(text, &at, &line)) {
        struct span s = span_trim(line);
        size_t set_in = indentation(line), own = before_speech(s);
        bool goes_on = s.len > 0 && (headed || (speaks && set_in >= from));

        if (headed)
            from = set_in;
        else if (!goes_on)
            from = set_in > 0 ? set_in : 1;
        if (goes_on)
            own = 0;
        speaks = own < s.len;
        headed = is_lone_heading(s);
        text_buffer_add(&b, s.ptr, own);
        text_buffer_puts(&b, "\n");
    }
    out = text_buffer_span(&b);
    out.ptr = arena_strndup(a, out.ptr != NULL ? out.ptr : "", out.len);
    text_buffer_clear(&b);
    return out;
}

struct span mail_bounce_above_refusals(struct span text, bool listed)
{
    struct span line;
    size_t at = 0;

    while (span_line(text, &at, &line)) {
        struct span s = span_trim(line), address = mail_bounce_address_in(s);
        size_t own = before_speech(s);

        if (listed && (mail_bounce_is_refusal(s) || mail_bounce_is_about(s, address)))
            own = 0;
        if (own < s.len)
            return (struct span){ text.ptr, (size_t)(s.ptr - text.ptr) + own };
    }
    return text;
}
