/* What bench/mime times of relevo. "bench_mime TIMES FILE..." reads each mail that many times, as a
 * parse worker does, and prints the processor seconds. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/support/mails.h"
#include "channels/mail.h"
#include "core/inbound.h"

static void read_one(struct span raw)
{
    const struct mail_options options = { .as_written = true };
    struct inbound *in = NULL;
    struct error err;

    if (mail_parse(raw, &options, &in, &err) < 0) {
        fprintf(stderr, "bench_mime: %s\n", err.text);
        exit(1);
    }
    inbound_free(in);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: bench_mime TIMES FILE...\n");
        return 2;
    }
    mails_time(strtol(argv[1], NULL, 10), argv + 2, argc - 2, read_one);
    return 0;
}
