/* channels/imap_session_step.h - inside imap_session: the connection, and a command's way to the
 * server and back.
 *
 * For channels/imap_session*.c alone, on their thread: imap_session.c opens and selects, _search.c
 * finds UIDs, _fetch.c brings mails, _after.c marks, moves and deletes them, _idle.c waits for
 * more. libetpan says and reads what it does safely; for the rest there are lines of our own, each
 * command with its tag. Before anything is said or waited for comes imap_session_step(), which sets
 * how long and how much the server may answer. */
#ifndef RELEVO_CHANNELS_IMAP_SESSION_STEP_H
#define RELEVO_CHANNELS_IMAP_SESSION_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libetpan/libetpan.h>

#include "channels/imap_session.h"

enum {
    IMAP_STEP_BYTES = 1 << 20,  /* of an answer */
    IMAP_WORDS_MAX = 64 * 1024, /* around a mail's bytes */
};

struct imap_session {
    mailimap *etpan;
    struct mail_stream *stream; /* libetpan's to close */
    int64_t silence_ms;
    bool alive, can_idle, can_move, can_expunge_some, can_notify, can_esearch;
    unsigned raw_tag;
    MMAPString *line;
    void (*beat)(void *arg);
    void *arg;
};

void imap_session_step(struct imap_session *s, size_t bytes); /* at most so many of an answer */
/* Out of step, or gone: nothing is said or heard any more. Always -1. */
int imap_session_dead(struct imap_session *s, const char *doing, struct error *err);
/* What libetpan's `r` comes to: 0; -1: refused, or dead. */
int imap_session_end(struct imap_session *s, int r, const char *doing, struct error *err);
/* The server would do it, but not now: RFC 5530, and what Gmail and Exchange say. */
bool imap_session_is_busy(const char *code, const char *words);

/* --- lines of our own; -1, NULL: the connection is gone, imap_session_dead() is next */
int imap_session_say(struct imap_session *s, const char *line);            /* with its line end */
int imap_session_say_command(struct imap_session *s, const char *command); /* with a tag, a step */
/* The next line, good until the one after it; NULL: there is none any more. */
const char *imap_session_hear(struct imap_session *s);
bool imap_session_has_tag(const struct imap_session *s, const char *line); /* the last command's */
/* "* 17 EXISTS" is news, and so is "* STATUS Web (…)": adds IMAP_NEWS to *what. "* BYE …" is the
 * end: -1. */
int imap_session_note_untagged(struct imap_session *s, const char *line, int *what);

/* --- UIDs */
int imap_session_compare_uids(const void *left, const void *right); /* for qsort() */
/* Of ascending ones; to be given to libetpan, or mailimap_set_free(). */
struct mailimap_set *imap_session_set(const uint32_t *uids, size_t count);
/* Those over `above` that match, ascending; free() them. Takes `key`. */
int imap_session_find(struct imap_session *s, struct mailimap_search_key *key, uint32_t above,
                      uint32_t **uids, size_t *count, struct error *err);

#endif
