/* channels/frame.h - what a worker process and the loop say to each other: records over a socket
 * pair.
 *
 * Any thread, one at each end. A SOCK_SEQPACKET record is one frame: it arrives whole or not at
 * all. What may be large (a mail, an answer about one) does not travel in it but as a sealed memfd
 * beside it, so its bytes never pass through the loop and nobody can change them while they are
 * read. */
#ifndef RELEVO_CHANNELS_FRAME_H
#define RELEVO_CHANNELS_FRAME_H

#include <stddef.h>

#include "core/error.h"
#include "core/text.h"

enum { FRAME_MAX = 64 * 1024 };

/* A connected pair, close-on-exec, made for records of FRAME_MAX. */
int frame_pair(int fds[2], struct error *err);
/* Sends one record, and `pass` with it (-1: none; it stays the caller's). On a non-blocking socket
 * that is full: ERROR_TRANSIENT, nothing was sent. ERROR_PERMANENT: over FRAME_MAX, or the other
 * end is gone. */
int frame_send(int fd, struct span record, int pass, struct error *err);
/* Receives one record into room[FRAME_MAX]; *pass is the receiver's to close, -1 if none came. 1: a
 * record; 0: the other end is gone; -1: ERROR_TRANSIENT when there is none yet, ERROR_PERMANENT
 * when it was cut or had two descriptors (they are closed then), ERROR_CONFIG when we have no
 * descriptor left for the one that came. */
int frame_receive(int fd, char *room, size_t *len, int *pass, struct error *err);

/* What a child says: FRAME_READY once, before all else, when it has shut itself in; and a child of
 * a pool to a question: records that open with FRAME_MORE, and FRAME_LAST, which ends the answer.
 * `said` may be empty, and is at most FRAME_MAX - 1 bytes. */
enum frame_kind { FRAME_READY = '*', FRAME_MORE = '+', FRAME_LAST = '.' };
int frame_answer(int fd, enum frame_kind kind, struct span said, int pass, struct error *err);

/* An empty memfd, to be filled by write(); frame_close_room() seals it: it can neither grow, shrink
 * nor be written any more. frame_seal() makes one that holds the bytes. */
int frame_open_room(int *fd, struct error *err);
int frame_close_room(int fd, struct error *err);
int frame_seal(struct span bytes, int *fd, struct error *err);
/* Maps it to be read; ERROR_PERMANENT unless it is sealed so and holds at most `max` bytes.
 * frame_unmap() it. */
int frame_map(int fd, size_t max, struct span *out, struct error *err);
void frame_unmap(struct span bytes);

#endif
