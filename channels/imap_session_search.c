#include "channels/imap_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "channels/imap_session_step.h"
#include "core/arena.h"

enum {
    SESSION_SEARCH_BYTES = 16 << 20, /* over a million UIDs */
    SESSION_FOUND_MAX = 4 << 20,     /* UIDs, where a line of a few bytes can name them all */
};

int imap_session_find(struct imap_session *s, struct mailimap_search_key *key, uint32_t above,
                      uint32_t **uids, size_t *count, struct error *err)
{
    clist *found = NULL;
    clistiter *at;
    int r;

    *uids = NULL;
    *count = 0;
    imap_session_step(s, SESSION_SEARCH_BYTES);
    r = mailimap_uid_search(s->etpan, NULL, key, &found);
    mailimap_search_key_free(key);
    if (imap_session_end(s, r, "SEARCH", err) < 0)
        return -1;
    *uids = xcalloc((size_t)clist_count(found) + 1, sizeof(**uids));
    for (at = clist_begin(found); at != NULL; at = clist_next(at))
        if (*(uint32_t *)clist_content(at) > above) /* "43:*" finds 42 where there is no 43 */
            (*uids)[(*count)++] = *(uint32_t *)clist_content(at);
    mailimap_search_result_free(found);
    qsort(*uids, *count, sizeof(**uids), imap_session_compare_uids);
    return 0;
}

/* Of ascending ones: each once, however often the server said it, and none over `last`. */
static void session_tidy(uint32_t *uids, size_t *count, uint32_t last)
{
    size_t n = 0, i;

    for (i = 0; i < *count && (last == 0 || uids[i] <= last); i++)
        if (n == 0 || uids[i] != uids[n - 1])
            uids[n++] = uids[i];
    *count = n;
}

/* "2,10:11", of which what is over `above` and up to `last` counts. -1: more than a mailbox holds,
 * or none of it can be read. */
static int session_read_ranges(const char *at, uint32_t above, uint32_t last, uint32_t **uids,
                               size_t *count)
{
    unsigned long from, to, swap;
    char *end;

    for (;; at = end + 1) {
        from = to = strtoul(at, &end, 10);
        if (end == at)
            return -1;
        if (*end == ':') {
            at = end + 1;
            to = strtoul(at, &end, 10);
            if (end == at)
                return -1;
        }
        if (from > to)
            swap = from, from = to, to = swap;
        from = from > above ? from : (unsigned long)above + 1;
        to = to < last ? to : last;
        if (from <= to) {
            if (to - from >= SESSION_FOUND_MAX - *count)
                return -1;
            *uids = xrealloc(*uids, (*count + (to - from + 1)) * sizeof(**uids));
            for (; from <= to; from++)
                (*uids)[(*count)++] = (uint32_t)from;
        }
        if (*end != ',')
            return 0;
    }
}

/* By RFC 4731, '* ESEARCH (TAG "R7") UID ALL 2,10:11': a hundred thousand mails in a line, by lines
 * of our own, for libetpan does not know it. 1: the server has them, and will not. */
static int session_find_ranges(struct imap_session *s, uint32_t above, uint32_t last,
                               uint32_t **uids, size_t *count, struct error *err)
{
    static const char opens[] = "* ESEARCH ", all[] = " ALL ";
    const char *line = NULL, *ranges;
    char command[80], to[16] = "*";
    int rc, what = 0;

    if (last != 0)
        snprintf(to, sizeof(to), "%u", last);
    snprintf(command, sizeof(command), "UID SEARCH RETURN (ALL) UID %u:%s", above + 1, to);
    *uids = xcalloc(1, sizeof(**uids)); /* also where none is found there is a list */
    rc = imap_session_say_command(s, command);
    imap_session_step(s, SESSION_SEARCH_BYTES);
    while (rc == 0 && (line = imap_session_hear(s)) != NULL && !imap_session_has_tag(s, line)) {
        ranges = strncasecmp(line, opens, sizeof(opens) - 1) == 0 ? strcasestr(line, all) : NULL;
        rc = ranges != NULL ? session_read_ranges(ranges + sizeof(all) - 1, above,
                                                  last == 0 ? UINT32_MAX : last, uids, count)
                            : imap_session_note_untagged(s, line, &what);
    }
    if (rc < 0 || line == NULL)
        return imap_session_dead(s, "SEARCH", err);
    qsort(*uids, *count, sizeof(**uids), imap_session_compare_uids);
    return strncasecmp(strchr(line, ' ') + 1, "OK", 2) == 0 ? 0 : 1;
}

int imap_session_search(struct imap_session *s, uint32_t above, uint32_t last, uint32_t **uids,
                        size_t *count, struct error *err)
{
    int rc;

    *uids = NULL;
    *count = 0;
    if (above == UINT32_MAX || (last != 0 && last <= above))
        return 0;
    if (s->can_esearch) {
        rc = session_find_ranges(s, above, last, uids, count, err);
        session_tidy(*uids, count, last);
        if (rc == 0)
            return 0;
        free(*uids);
        *uids = NULL;
        *count = 0;
        if (rc < 0)
            return -1;
        s->can_esearch = false;
    }
    rc = imap_session_find(s,
                           mailimap_search_key_new_uid(mailimap_set_new_interval(above + 1, last)),
                           above, uids, count, err);
    session_tidy(*uids, count, last);
    return rc;
}

int imap_session_walk(struct imap_session *s, uint32_t *above, uint32_t uidnext, uint32_t **uids,
                      size_t *count, struct error *err)
{
    uint64_t width = IMAP_WINDOW, last;

    for (;; width *= 4) {
        last = *above + width;
        if (last >= uidnext) /* also where it is not told; and mails have come since */
            last = 0;
        if (imap_session_search(s, *above, (uint32_t)last, uids, count, err) < 0)
            return -1;
        *above = last == 0 ? UINT32_MAX : (uint32_t)last;
        if (*count > 0 || last == 0)
            return 0;
        free(*uids);
    }
}
