#include "channels/imap_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libetpan/libetpan.h>

#include "channels/frame.h"
#include "channels/imap_session_step.h"

/* --- what the server says of mails
 * ------------------------------------------------------------------------------- */

static int64_t session_time(const struct mailimap_date_time *t)
{
    struct tm tm = { .tm_year = t->dt_year - 1900,
                     .tm_mon = t->dt_month - 1,
                     .tm_mday = t->dt_day,
                     .tm_hour = t->dt_hour,
                     .tm_min = t->dt_min,
                     .tm_sec = t->dt_sec };
    int zone = t->dt_zone / 100 * 3600 + t->dt_zone % 100 * 60;

    if (t->dt_year < 1970 || t->dt_year > 9999 || t->dt_month < 1 || t->dt_month > 12)
        return 0;
    return (int64_t)timegm(&tm) - zone;
}

static void session_read_flags(const struct mailimap_msg_att_dynamic *flags, struct imap_mail *mail)
{
    clistiter *at;

    if (flags == NULL || flags->att_list == NULL)
        return;
    for (at = clist_begin(flags->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_flag_fetch *flag = clist_content(at);

        if (flag->fl_type != MAILIMAP_FLAG_FETCH_OTHER || flag->fl_flag == NULL)
            continue;
        mail->seen |= flag->fl_flag->fl_type == MAILIMAP_FLAG_SEEN;
        mail->deleted |= flag->fl_flag->fl_type == MAILIMAP_FLAG_DELETED;
    }
}

/* What an answer to FETCH says of one mail. */
static void session_read_facts(const struct mailimap_msg_att *att, struct imap_mail *mail)
{
    const struct mailimap_msg_att_static *fact;
    clistiter *at;

    *mail = (struct imap_mail){ 0 };
    for (at = clist_begin(att->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_msg_att_item *item = clist_content(at);

        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
            session_read_flags(item->att_data.att_dyn, mail);
        fact = item->att_data.att_static;
        if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC || fact == NULL)
            continue;
        if (fact->att_type == MAILIMAP_MSG_ATT_UID)
            mail->uid = fact->att_data.att_uid;
        else if (fact->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
            mail->size = fact->att_data.att_rfc822_size;
        else if (fact->att_type == MAILIMAP_MSG_ATT_INTERNALDATE &&
                 fact->att_data.att_internal_date != NULL)
            mail->at = session_time(fact->att_data.att_internal_date);
    }
}

/* Each once, however often the server told of it. */
static void session_sort(struct imap_mail *mails, size_t *count)
{
    size_t n = 0, i;

    qsort(mails, *count, sizeof(*mails), imap_session_compare_uids); /* a mail opens with its UID */
    for (i = 0; i < *count; i++)
        if (n == 0 || mails[i].uid != mails[n - 1].uid)
            mails[n++] = mails[i];
    *count = n;
}

int imap_session_look(struct imap_session *s, const uint32_t *uids, size_t count,
                      struct imap_mail *mails, size_t *found, struct error *err)
{
    struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att_list_empty();
    struct mailimap_set *set = imap_session_set(uids, count);
    struct imap_mail mail;
    clist *list = NULL;
    clistiter *at;
    int r;

    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_rfc822_size());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_internaldate());
    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_flags());
    imap_session_step(s, IMAP_STEP_BYTES);
    r = mailimap_uid_fetch(s->etpan, set, what, &list);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    if (imap_session_end(s, r, "FETCH", err) < 0)
        return -1;
    *found = 0;
    for (at = clist_begin(list); at != NULL && *found < count; at = clist_next(at)) {
        session_read_facts(clist_content(at), &mail);
        mail.number = ((const struct mailimap_msg_att *)clist_content(at))->att_number;
        if (bsearch(&mail.uid, uids, count, sizeof(*uids), imap_session_compare_uids) != NULL)
            mails[(*found)++] = mail;
    }
    mailimap_fetch_list_free(list);
    session_sort(mails, found);
    return 0;
}

/* --- a mail's bytes
 * ------------------------------------------------------------------------------- */

struct session_body {
    struct imap_session *session;
    int fd;
    size_t got, max, literals;
    bool over;
    int wrong; /* errno of our own room; 0: none */
};

static bool session_body_add(struct session_body *b, const char *bytes, size_t len)
{
    ssize_t n;

    if (len > b->max - b->got) {
        b->over = true;
        return false;
    }
    b->got += len;
    for (; len > 0; bytes += n, len -= (size_t)n) {
        n = write(b->fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            b->wrong = errno;
            return false;
        }
        n = n < 0 ? 0 : n;
    }
    return true;
}

static bool session_on_body(int type, struct mailimap_msg_att_body_section *section,
                            const char *bytes, size_t len, void *arg)
{
    struct session_body *b = arg;

    (void)section;
    b->session->beat(b->session->arg);
    return type != MAILIMAP_MSG_ATT_BODY_SECTION || session_body_add(b, bytes, len);
}

/* What did not come as a literal, and so not through session_on_body(). */
static void session_take_quoted(struct session_body *b, const struct mailimap_msg_att *att)
{
    const struct mailimap_msg_att_body_section *part;
    clistiter *at;

    for (at = clist_begin(att->att_list); at != NULL; at = clist_next(at)) {
        const struct mailimap_msg_att_item *item = clist_content(at);

        if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC || item->att_data.att_static == NULL ||
            item->att_data.att_static->att_type != MAILIMAP_MSG_ATT_BODY_SECTION)
            continue;
        b->literals++;
        part = item->att_data.att_static->att_data.att_body_section;
        if (part != NULL && part->sec_body_part != NULL && b->got == 0)
            session_body_add(b, part->sec_body_part, part->sec_length);
    }
}

/* 1: exactly this mail's bytes came; 0: none did; -1: others came. */
static int session_check_body(struct session_body *b, clist *list, uint32_t uid)
{
    struct imap_mail mail;
    size_t before;
    clistiter *at;

    for (at = clist_begin(list); at != NULL; at = clist_next(at)) {
        before = b->literals;
        session_take_quoted(b, clist_content(at));
        session_read_facts(clist_content(at), &mail);
        if (b->literals > before && mail.uid != uid)
            return -1;
    }
    return b->literals > 1 ? -1 : (int)b->literals;
}

/* Their bodies, or their header alone; takes `set`. What libetpan says. */
static int session_ask_bodies(struct imap_session *s, struct mailimap_set *set, bool header,
                              size_t max, clist **list)
{
    struct mailimap_section *section =
        header ? mailimap_section_new_header() : mailimap_section_new(NULL);
    struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att_list_empty();
    int r;

    mailimap_fetch_type_new_fetch_att_list_add(what, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(what,
                                               mailimap_fetch_att_new_body_peek_section(section));
    imap_session_step(s, max);
    r = mailimap_uid_fetch(s->etpan, set, what, list);
    mailimap_set_msg_body_handler(s->etpan, NULL, NULL);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    return r;
}

static int session_fetch_body(struct imap_session *s, uint32_t uid, bool header,
                              struct session_body *b, struct error *err)
{
    clist *list = NULL;
    int r, there = 0;

    mailimap_set_msg_body_handler(s->etpan, session_on_body, b);
    r = session_ask_bodies(s, mailimap_set_new_single(uid), header, b->max + IMAP_WORDS_MAX, &list);
    if (r == MAILIMAP_NO_ERROR) {
        there = session_check_body(b, list, uid);
        mailimap_fetch_list_free(list);
    }
    if (b->over || b->wrong != 0 || there < 0) {
        imap_session_dead(s, "FETCH", err);
        return error_set(err, b->over ? ERROR_PERMANENT : ERROR_TRANSIENT, "FETCH: %s",
                         b->over         ? "a mail over its bound"
                         : b->wrong != 0 ? strerror(b->wrong)
                                         : "the server sent another mail");
    }
    return imap_session_end(s, r, "FETCH", err) < 0 ? -1 : there;
}

int imap_session_fetch(struct imap_session *s, uint32_t uid, bool header, size_t max, int *memfd,
                       bool *over, struct error *err)
{
    struct session_body body = { .session = s, .max = max };
    int there;

    *memfd = -1;
    *over = false;
    if (frame_open_room(&body.fd, err) < 0)
        return -1;
    there = session_fetch_body(s, uid, header, &body, err);
    *over = body.over;
    if (there > 0 && frame_close_room(body.fd, err) < 0)
        there = -1;
    if (there > 0)
        *memfd = body.fd;
    else
        close(body.fd);
    return there < 0 ? -1 : 0;
}

/* --- several mails with one command
 * ------------------------------------------------------------------------------- */

/* Several mails on their way: `body` is the one that comes now; its fd -1: none does. */
struct session_some {
    struct session_body body;
    const uint32_t *uids; /* ascending */
    size_t count;
    imap_mail_fn *on_mail;
    void *arg;
};

static bool session_on_some_body(int type, struct mailimap_msg_att_body_section *section,
                                 const char *bytes, size_t len, void *arg)
{
    struct session_some *some = arg;
    struct error err;

    if (type != MAILIMAP_MSG_ATT_BODY_SECTION)
        return true;
    if (some->body.fd < 0 && frame_open_room(&some->body.fd, &err) < 0)
        return false;
    return session_on_body(type, section, bytes, len, &some->body);
}

/* A mail's answer is whole. */
static void session_on_some_facts(struct mailimap_msg_att *att, void *arg)
{
    struct session_some *some = arg;
    struct session_body *b = &some->body;
    struct imap_mail mail;
    struct error err;

    if (b->fd < 0)
        return;
    session_read_facts(att, &mail);
    session_take_quoted(b, att);
    if (b->literals == 1 && !b->over && b->wrong == 0 &&
        bsearch(&mail.uid, some->uids, some->count, sizeof(*some->uids),
                imap_session_compare_uids) != NULL &&
        frame_close_room(b->fd, &err) == 0)
        some->on_mail(some->arg, mail.uid, b->fd);
    else
        close(b->fd);
    *b = (struct session_body){ .session = b->session, .fd = -1, .max = b->max };
}

static void session_on_item(size_t current, size_t most, void *arg)
{
    struct imap_session *s = arg;

    (void)current;
    (void)most;
    s->beat(s->arg);
}

int imap_session_fetch_some(struct imap_session *s, const uint32_t *uids, size_t count, size_t max,
                            imap_mail_fn *on_mail, void *arg, struct error *err)
{
    struct session_some some = { .body = { .session = s, .fd = -1, .max = max },
                                 .uids = uids,
                                 .count = count,
                                 .on_mail = on_mail,
                                 .arg = arg };
    clist *list = NULL;
    int r;

    mailimap_set_msg_body_handler(s->etpan, session_on_some_body, &some);
    mailimap_set_msg_att_handler(s->etpan, session_on_some_facts, &some);
    /* libetpan calls that one only where somebody looks at the progress, too. */
    mailimap_set_progress_callback(s->etpan, NULL, session_on_item, s);
    r = session_ask_bodies(s, imap_session_set(uids, count), false, max + count * IMAP_WORDS_MAX,
                           &list);
    mailimap_set_progress_callback(s->etpan, NULL, NULL, NULL);
    mailimap_set_msg_att_handler(s->etpan, NULL, NULL);
    if (r == MAILIMAP_NO_ERROR && list != NULL)
        mailimap_fetch_list_free(list);
    if (some.body.fd >= 0)
        close(some.body.fd);
    return imap_session_end(s, r, "FETCH", err);
}
