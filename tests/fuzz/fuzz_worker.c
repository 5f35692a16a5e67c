/* What the processes next door say to the loop, though a server may have taken them over, and what
 * the loop says to them. The first byte chooses the record's reader. */
#include <stdlib.h>
#include <string.h>

#include "channels/imap_talk.h"
#include "channels/mail.h"
#include "channels/smtp_frame.h"
#include "core/arena.h"
#include "daemon/parse_frame.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_host.h"

enum { RECORDS_MAX = 32, SOME_FD = 0 };

static const struct fake_secret secrets[] = { { "password", "hunter2" }, { NULL, NULL } };
static struct fake_host host;

/* --- a mailbox's worker: one record after the other */

static void parsed(size_t i)
{
    struct inbound *in = inbound_new();

    in->external_id = arena_strdup(in->arena, host.parses[i].locator);
    host.parses[i].done(host.parses[i].arg, in);
}

/* A record as its worker would make it; the input says its numbers, words may be anything. */
static struct imap_talk talk_of(struct span *s, uint32_t generation)
{
    unsigned char byte[6] = { 0 };
    struct imap_talk t = { 0 };
    size_t n = s->len < sizeof(byte) ? s->len : sizeof(byte);

    memcpy(byte, s->ptr, n);
    *s = (struct span){ s->ptr + n, s->len - n };
    t.word = byte[0] % (IMAP_WORDS + 1);
    t.box = byte[1] % 3;
    t.generation = generation + byte[2] % 2;
    t.uidvalidity = byte[3] % 3;
    t.uid = byte[4];
    t.at = (int64_t)byte[5] << (byte[5] % 56);
    n = s->len < sizeof(t.words) ? s->len : sizeof(t.words);
    memcpy(t.words, s->ptr, n);
    return t;
}

/* A worker begins; the generation that it speaks of. */
static uint32_t begin_mailbox(void)
{
    static struct imap_setup setup;

    host.channel.ops->on_worker_up(&host.channel);
    FUZZ_HOLDS(imap_setup_read((struct span){ host.told.ptr, host.told.len }, &setup) == 0);
    return setup.box[0].generation;
}

static void hear_mailbox(struct span s)
{
    uint32_t generation;
    int ended;
    struct imap_talk t;
    struct error err;
    size_t i, answered = 0;

    FUZZ_HOLDS(fake_host_open(&host, "imap",
                              "host: a\nuser: u\npassword: {file: /x}\nmailboxes: [INBOX, Web]\n",
                              secrets, &err) == 0);
    host.cursor = "1:3";
    host.channel.ops->start(&host.channel);
    generation = begin_mailbox();
    host.channel.ops->on_worker(&host.channel, s, SOME_FD);
    if (host.ended > 0)
        generation = begin_mailbox();
    for (i = 0; i < RECORDS_MAX && s.len > 0; i++) {
        t = talk_of(&s, generation);
        ended = host.ended;
        host.channel.ops->on_worker(&host.channel, imap_talk_write(&t), i % 5 == 4 ? -1 : SOME_FD);
        if (t.uid % 2 == 0 && answered < host.parse_count)
            parsed(answered++);
        if (host.ended > ended)
            generation = begin_mailbox();
        if (t.uid % 16 == 15) {
            host.channel.ops->on_worker_lost(&host.channel, "its process ended");
            generation = begin_mailbox();
        }
    }
    while (answered < host.parse_count)
        parsed(answered++);
    for (i = 0; i < host.delivered_count; i++)
        fuzz_inbound(host.delivered[i]);
    fake_host_close(&host);
}

/* --- a worker that sends mails */

static void hear_smtp(struct span s)
{
    const struct outbound letter = { .to = "ana@example.net",
                                     .subject = "Your ticket",
                                     .text = "Hello",
                                     .message_id = "token.7@example.org" };
    struct error err = { ERROR_NONE, "" };
    struct fake_sent sent = { 0 };
    struct fake_ask ask;

    FUZZ_HOLDS(fake_host_open(&host, "smtp",
                              "host: a\nfrom: support@example.org\nuser: u\npassword: {file: /x}\n",
                              secrets, &err) == 0);
    host.channel.ops->send(&host.channel, &letter, fake_sent_take, &sent);
    FUZZ_HOLDS(host.ask_count == 1);
    ask = host.asks[0];
    host.ask_count = 0;
    ask.done(ask.arg, s, -1, &err);
    text_buffer_clear(&ask.frame);
    FUZZ_HOLDS(sent.count == 1);
    fake_host_close(&host);
}

/* --- records of the loop, which never come from a stranger, but are read as strictly */

static void hear_question(struct span s)
{
    struct smtp_question q;
    struct text_buffer again = { 0 };

    if (smtp_question_read(s, &q) == 0) {
        smtp_question_write(&q, &again);
        FUZZ_HOLDS(smtp_question_read((struct span){ again.ptr, again.len }, &q) == 0);
    }
    text_buffer_clear(&again);
}

static void hear_parse(struct span s)
{
    struct mail_options o;

    parse_frame_read(s, &o);
}

static void hear_setup(struct span s)
{
    static struct imap_setup setup;
    uint32_t i;

    if (imap_setup_read(s, &setup) < 0)
        return;
    for (i = 0; i < setup.box_count; i++)
        FUZZ_HOLDS(setup.box[i].name == NULL ||
                   (setup.box[i].name > s.ptr && setup.box[i].name < s.ptr + s.len));
}

static void (*const readers[])(struct span s) = { hear_mailbox, hear_smtp, hear_question,
                                                  hear_parse, hear_setup };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span s = { (const char *)data, size };

    if (size > 0)
        readers[fuzz_choice(&s, sizeof(readers) / sizeof(readers[0]))](s);
    return 0;
}
