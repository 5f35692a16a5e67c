#include "channels/imap_session.h"

#include <stdlib.h>

#include <libetpan/libetpan.h>

#include "channels/imap_name.h"
#include "channels/imap_session_step.h"

/* Adds the flag, or takes it away; takes `flag`. */
static int session_flag(struct imap_session *s, struct mailimap_set *set,
                        struct mailimap_flag *flag, bool add, struct error *err)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    struct mailimap_store_att_flags *how;
    int r;

    mailimap_flag_list_add(flags, flag);
    how = add ? mailimap_store_att_flags_new_add_flags_silent(flags)
              : mailimap_store_att_flags_new_remove_flags_silent(flags);
    imap_session_step(s, IMAP_STEP_BYTES);
    r = mailimap_uid_store(s->etpan, set, how);
    mailimap_store_att_flags_free(how);
    return imap_session_end(s, r, "STORE", err);
}

int imap_session_mark_seen(struct imap_session *s, const uint32_t *uids, size_t count,
                           struct error *err)
{
    struct mailimap_set *set = imap_session_set(uids, count);
    int rc = session_flag(s, set, mailimap_flag_new_seen(), true, err);

    mailimap_set_free(set);
    return rc;
}

static int session_expunge(struct imap_session *s, struct mailimap_set *set, struct error *err)
{
    if (!s->can_expunge_some)
        return 0;
    imap_session_step(s, IMAP_STEP_BYTES);
    return imap_session_end(s, mailimap_uid_expunge(s->etpan, set), "EXPUNGE", err);
}

static int session_remove(struct imap_session *s, struct mailimap_set *set, struct error *err)
{
    if (session_flag(s, set, mailimap_flag_new_deleted(), true, err) < 0)
        return -1;
    return session_expunge(s, set, err);
}

int imap_session_delete(struct imap_session *s, const uint32_t *uids, size_t count,
                        struct error *err)
{
    struct mailimap_set *set = imap_session_set(uids, count);
    int rc = session_remove(s, set, err);

    mailimap_set_free(set);
    return rc;
}

static int session_move_set(struct imap_session *s, struct mailimap_set *set, const char *name,
                            struct error *err)
{
    imap_session_step(s, IMAP_STEP_BYTES);
    return imap_session_end(s, mailimap_uid_move(s->etpan, set, name), "MOVE", err);
}

/* Without MOVE: a copy, and the original goes. A copy must not be made again and again because the
 * original cannot be marked (osTicket filled a disk so): that is tried first, with a mark that is
 * not there; and what is marked already was copied before. Where it is copied and cannot be marked
 * all the same, it is an operator's: ERROR_CONFIG. */
static int session_move_by_copy(struct imap_session *s, const uint32_t *uids, size_t count,
                                const char *name, struct error *err)
{
    struct mailimap_set *set = imap_session_set(uids, count);
    struct mailimap_search_key *key = mailimap_search_key_new_multiple_empty();
    uint32_t *left;
    size_t n;
    int rc = -1;

    mailimap_search_key_multiple_add(key, mailimap_search_key_new_uid(set));
    mailimap_search_key_multiple_add(
        key, mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNDELETED, NULL, NULL, NULL, NULL, NULL,
                                     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL,
                                     NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL));
    if (imap_session_find(s, key, 0, &left, &n, err) < 0) /* `set` was the key's */
        return -1;
    set = n == 0 ? NULL : imap_session_set(left, n);
    free(left);
    if (set == NULL)
        return 0;
    if (session_flag(s, set, mailimap_flag_new_deleted(), false, err) < 0)
        goto out;
    imap_session_step(s, IMAP_STEP_BYTES);
    if (imap_session_end(s, mailimap_uid_copy(s->etpan, set, name), "COPY", err) < 0)
        goto out;
    if (session_flag(s, set, mailimap_flag_new_deleted(), true, err) < 0) {
        if (s->alive)
            err->kind = ERROR_CONFIG;
        goto out;
    }
    rc = session_expunge(s, set, err);
out:
    mailimap_set_free(set);
    return rc;
}

int imap_session_move(struct imap_session *s, const uint32_t *uids, size_t count,
                      const char *mailbox, struct error *err)
{
    struct mailimap_set *set;
    char *name = imap_name_write(mailbox);
    int rc;

    if (name == NULL)
        return error_set(err, ERROR_CONFIG, "mailbox %.60s: not a name that one can ask for",
                         mailbox);
    if (s->can_move) {
        set = imap_session_set(uids, count);
        rc = session_move_set(s, set, name, err);
        mailimap_set_free(set);
    } else {
        rc = session_move_by_copy(s, uids, count, name, err);
    }
    free(name);
    return rc;
}
