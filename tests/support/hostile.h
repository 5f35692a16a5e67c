/* tests/support/hostile.h - a server that says what a script says, good or bad, to one client.
 *
 * It runs in a thread of its own on a loopback port of the kernel's choosing. Steps that wait end
 * when the client goes away, so a client that hangs shows as a test that hangs. */
#ifndef RELEVO_TESTS_SUPPORT_HOSTILE_H
#define RELEVO_TESTS_SUPPORT_HOSTILE_H

enum hostile_act {
    HOSTILE_END,    /* close the connection; what an array of steps ends with */
    HOSTILE_SAY,    /* send `text` */
    HOSTILE_HEAR,   /* read a line; it must hold `text` */
    HOSTILE_TLS,    /* shake hands with `cert` */
    HOSTILE_SILENT, /* say nothing more */
    HOSTILE_DRIP,   /* send `text` over and over, a byte at a time, a few each second */
    HOSTILE_FLOOD,  /* send `text` over and over */
};
enum hostile_cert {
    HOSTILE_GOOD,        /* "localhost" and 127.0.0.1, signed by the authority of hostile_ca() */
    HOSTILE_OTHER_NAME,  /* "mail.other.example", signed by it too */
    HOSTILE_SELF_SIGNED, /* "localhost", signed by nobody */
};
struct hostile_step {
    enum hostile_act act;
    const char *text;
    enum hostile_cert cert;
};

struct hostile;
/* `steps` must live until hostile_stop(). */
struct hostile *hostile_start(const struct hostile_step *steps, int *port);
/* Waits for the end of the script; how many HOSTILE_HEAR heard something else, or nobody came. */
int hostile_stop(struct hostile *h);
/* The file with the authority's certificate. */
const char *hostile_ca(void);

#endif
