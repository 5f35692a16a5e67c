/* channels/imap_worker.h - the role "imap": one process for each IMAP channel, which it alone
 * serves.
 *
 * A child's life, from the moment it is shut in to its parent's end. It blocks; it knows its
 * account and nothing else; libetpan may crash it. It connects, tells what is new, waits, and
 * begins again by itself after whatever failure, with growing pauses. What was told is changed on
 * the server (seen, moved) only when the channel says that it is stored. */
#ifndef RELEVO_CHANNELS_IMAP_WORKER_H
#define RELEVO_CHANNELS_IMAP_WORKER_H

/* Speaks channels/imap_talk.h over fd until its other end is gone; the exit status. */
int imap_worker_serve(int fd);

#endif
