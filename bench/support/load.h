/* bench/support/load.h - the messages that bench/ingest loads: 58 % open a ticket, 40 % answer in
 * one, 2 % come a second time; five channels, 2 KiB of text each. The same ones in every run. */
#ifndef RELEVO_BENCH_LOAD_H
#define RELEVO_BENCH_LOAD_H

#include <stddef.h>

enum { LOAD_CHANNELS = 5, LOAD_TEXT = 2048, LOAD_BATCH = 500 };
enum load_kind { LOAD_NEW, LOAD_REPLY, LOAD_REPEAT };
struct load_message {
    enum load_kind kind;
    int channel; /* 0 … 4; the first two are mail */
    int talk;    /* the customer and the ticket: each talk has one of both */
    int id;      /* of the outside world: a repeat has that of what it repeats */
    int answers; /* an id before it in its talk; -1: none */
};
/* `count` of them, the caller's. */
struct load_message *load_new(size_t count);
/* LOAD_TEXT bytes, a little different for each id; good until the next call. */
const char *load_text(int id);
/* CPU seconds of this process so far, and seconds on the wall. */
double load_cpu(void);
double load_clock(void);

#endif
