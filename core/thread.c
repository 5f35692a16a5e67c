#include "core/thread.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/subject.h"
#include "core/token.h"

int64_t thread_subject_number(const char *subject)
{
    const char *p = subject;
    char *end;
    long long n;

    if (p == NULL)
        return 0;
    while ((p = strstr(p, "[#")) != NULL) {
        p += 2;
        if (!isdigit((unsigned char)*p))
            continue;
        n = strtoll(p, &end, 10);
        if (*end == ']' && n > 0 && end - p < 19)
            return n;
    }
    return 0;
}

static void thread_add(struct thread_signals *s, enum thread_way way, char kind, const char *key,
                       int64_t ticket_id)
{
    if (s->count < THREAD_SIGNALS_MAX)
        s->at[s->count++] = (struct thread_signal){ way, kind, key, ticket_id };
}

/* T-45: an empty id, or one of which nothing is seen, matches nothing. */
static bool thread_is_id(const char *id)
{
    return id != NULL && text_is_visible(span_of(id + strspn(id, " \t\r\n<>")));
}

static char *thread_place(struct arena *a, int64_t channel_id, const char *key)
{
    return arena_printf(a, "%" PRId64 " %s", channel_id, key);
}

char *thread_conversation_key(struct arena *a, int64_t channel_id, const char *conversation)
{
    return thread_place(a, channel_id, conversation);
}

/* The ids kept of a long line of references: the first, the root, and the last ones. */
static bool thread_keeps(const struct inbound *in, size_t i)
{
    return i == 0 || i + THREAD_REFERENCES_KEPT - 1 >= in->reference_count;
}

void thread_signals(const struct inbound *in, struct arena *a, struct thread_signals *out)
{
    const char *subject;
    int64_t n;
    size_t i;

    out->count = 0;
    if (in->of_ticket != 0)
        thread_add(out, THREAD_BY_OPERATOR, 0, NULL, in->of_ticket);
    for (i = 0; i < in->token_count && i < 16; i++) {
        n = token_ticket(span_of(in->tokens[i]));
        if (n > 0)
            thread_add(out, THREAD_BY_TOKEN, 0, in->tokens[i], n);
    }
    if (thread_is_id(in->in_reply_to))
        thread_add(out, THREAD_BY_REFERENCE, 'm', in->in_reply_to, 0);
    for (i = in->reference_count; i-- > 0;) /* the nearest first */
        if (thread_keeps(in, i) && thread_is_id(in->references[i]))
            thread_add(out, THREAD_BY_REFERENCE, 'm', in->references[i], 0);
    if (thread_is_id(in->message_id)) /* a late parent: its answer came before it */
        thread_add(out, THREAD_BY_REFERENCE, 'm', in->message_id, 0);
    if (thread_is_id(in->reply_to_external_id))
        thread_add(out, THREAD_BY_ANSWERED, 'x',
                   thread_place(a, in->channel_id, in->reply_to_external_id), 0);
    if (thread_is_id(in->conversation))
        thread_add(out, THREAD_BY_CONVERSATION, 'c',
                   thread_place(a, in->channel_id, in->conversation), 0);
    if (thread_is_id(in->foreign_case))
        thread_add(out, THREAD_BY_FOREIGN, 'v', in->foreign_case, 0);
    n = thread_subject_number(in->subject);
    if (n > 0)
        thread_add(out, THREAD_BY_NUMBER, 0, NULL, n);
    if (out->count > 0 && (subject = thread_subject_key(a, in)) != NULL)
        thread_add(out, THREAD_BY_SUBJECT, 's', subject, 0);
}

size_t thread_keys(const struct inbound *in, struct arena *a, struct thread_key *keys, size_t room)
{
    size_t i, n = 0;

    if (thread_is_id(in->message_id) && n < room)
        keys[n++] = (struct thread_key){ 'm', in->message_id };
    if (thread_is_id(in->in_reply_to) && n < room)
        keys[n++] = (struct thread_key){ 'm', in->in_reply_to };
    for (i = 0; i < in->reference_count; i++)
        if (thread_keeps(in, i) && thread_is_id(in->references[i]) && n < room)
            keys[n++] = (struct thread_key){ 'm', in->references[i] };
    if (thread_is_id(in->conversation) && n < room)
        keys[n++] = (struct thread_key){ 'c', thread_place(a, in->channel_id, in->conversation) };
    if (thread_is_id(in->foreign_case) && n < room)
        keys[n++] = (struct thread_key){ 'v', in->foreign_case };
    if (!thread_is_id(in->message_id) && thread_is_id(in->external_id) && n < room)
        keys[n++] = (struct thread_key){ 'x', thread_place(a, in->channel_id, in->external_id) };
    return n;
}

const char *thread_chain(const struct inbound *in, struct arena *a)
{
    struct text_buffer chain = { 0 };
    const char *all;
    size_t i;

    if (!thread_is_id(in->message_id))
        return NULL;
    if (in->reference_count == 0 && thread_is_id(in->in_reply_to))
        text_buffer_printf(&chain, "<%s> ", in->in_reply_to);
    for (i = 0; i < in->reference_count; i++)
        if (thread_keeps(in, i) && thread_is_id(in->references[i]))
            text_buffer_printf(&chain, "<%s> ", in->references[i]);
    text_buffer_printf(&chain, "<%s>", in->message_id);
    all = arena_strdup(a, chain.ptr);
    text_buffer_clear(&chain);
    return all;
}

const char *thread_subject_key(struct arena *a, const struct inbound *in)
{
    const char *core = in->subject == NULL ? "" : subject_core(in->subject);

    return in->message_id == NULL || *core == '\0'
               ? NULL
               : arena_printf(a, "%s %s", in->sender.value, core);
}

static bool thread_believes(enum thread_way way, const struct thread_candidate *c, bool proven)
{
    if (way == THREAD_BY_TOKEN)
        return c->token_fits;
    if (way == THREAD_BY_OPERATOR || way == THREAD_BY_CONVERSATION)
        return true; /* who took it down, or the channel itself, says who speaks with whom */
    return c->participant && proven;
}

static void thread_pass_over(struct thread_found *out, enum thread_way way, int64_t ticket_id,
                             const char *why)
{
    size_t i;

    for (i = 0; i < out->tried_count; i++)
        if (out->tried[i].way == way && out->tried[i].ticket_id == ticket_id)
            return;
    if (i < THREAD_TRIED_MAX)
        out->tried[out->tried_count++] = (struct thread_tried){ way, ticket_id, why };
}

/* What names a ticket and finds none is worth a word; a message's own id, and what the first one of
 * a conversation has, are not. */
static void thread_led_nowhere(const struct inbound *in, const struct thread_signal *s,
                               struct thread_found *out)
{
    if (s->way == THREAD_BY_TOKEN || s->way == THREAD_BY_NUMBER || s->way == THREAD_BY_ANSWERED ||
        (s->way == THREAD_BY_REFERENCE && s->key != in->message_id))
        thread_pass_over(out, s->way, 0, "no ticket is known by it");
}

/* Of a candidate that is not believed. */
static const char *thread_doubts(enum thread_way way, const struct thread_candidate *c)
{
    return way == THREAD_BY_TOKEN ? "made for somebody else"
           : !c->participant      ? "its sender takes no part in it"
                                  : "nothing proves its sender";
}

const char *thread_why(struct arena *a, const struct thread_found *found)
{
    static const char *const by[] = {
        [THREAD_NONE] = "nothing",
        [THREAD_BY_OPERATOR] = "somebody's word",
        [THREAD_BY_TOKEN] = "a reply token",
        [THREAD_BY_REFERENCE] = "a reference",
        [THREAD_BY_ANSWERED] = "the message answered",
        [THREAD_BY_CONVERSATION] = "the conversation",
        [THREAD_BY_FOREIGN] = "the sender's case number",
        [THREAD_BY_NUMBER] = "the number in the subject",
        [THREAD_BY_SUBJECT] = "the subject",
    };
    const char *words = found->why;
    size_t i;

    for (i = 0; i < found->tried_count && i < 2; i++) {
        const struct thread_tried *t = &found->tried[i];
        const char *after = i == 0 ? "; passed over: " : ", ";

        words = t->ticket_id == 0 ? arena_printf(a, "%s%s%s (%s)", words, after, by[t->way], t->why)
                                  : arena_printf(a, "%s%s%s to ticket %" PRId64 " (%s)", words,
                                                 after, by[t->way], t->ticket_id, t->why);
    }
    return found->tried_count <= 2
               ? words
               : arena_printf(a, "%s and %zu more", words, found->tried_count - 2);
}

/* Why it does not go where the signal leads, though it may; NULL: it does. */
static const char *thread_leaves(const struct inbound *in, enum thread_way way,
                                 const struct thread_candidate *c, bool *changed)
{
    if (in->conversation != NULL || inbound_is_automatic(in) || way == THREAD_BY_FOREIGN ||
        way == THREAD_BY_OPERATOR)
        return NULL;
    if (in->forwarded && way != THREAD_BY_TOKEN)
        return "it passes on a message of another ticket";
    if (way == THREAD_BY_NUMBER || way == THREAD_BY_SUBJECT || in->subject == NULL ||
        thread_subject_number(in->subject) == c->ticket_id ||
        !subject_differs(in->subject, c->subject))
        return NULL;
    *changed = true;
    return "its subject has nothing to do with the ticket that it answers";
}

void thread_find(const struct inbound *in, const struct thread_signals *signals,
                 const struct thread_candidate *candidates, bool proven, struct thread_found *out)
{
    static const char *const whys[] = {
        [THREAD_NONE] = "nothing names a ticket that its sender takes part in",
        [THREAD_BY_OPERATOR] = "who wrote it down says that it is of this ticket",
        [THREAD_BY_TOKEN] = "its reply token was made for this sender and ticket",
        [THREAD_BY_REFERENCE] = "it answers a message of this ticket",
        [THREAD_BY_ANSWERED] = "it answers a message of this ticket on its channel",
        [THREAD_BY_CONVERSATION] = "it goes on with this ticket's conversation",
        [THREAD_BY_FOREIGN] = "it has the number that the sender's help desk gave this ticket",
        [THREAD_BY_NUMBER] = "its subject names this ticket, in which the sender takes part",
        [THREAD_BY_SUBJECT] = "it goes on with the subject under which the sender left a ticket",
    };
    const char *why = NULL;
    size_t i;

    *out = (struct thread_found){ .way = THREAD_NONE, .why = whys[THREAD_NONE] };
    for (i = 0; i < signals->count; i++) {
        const struct thread_candidate *c = &candidates[i];
        enum thread_way way = signals->at[i].way;
        const char *leaves = NULL;

        if (way == THREAD_BY_SUBJECT && !out->changed_subject)
            continue;
        if (c->ticket_id == 0) {
            thread_led_nowhere(in, &signals->at[i], out);
            continue;
        }
        if (!thread_believes(way, c, proven) ||
            (leaves = thread_leaves(in, way, c, &out->changed_subject)) != NULL) {
            thread_pass_over(out, way, c->ticket_id,
                             leaves == NULL  ? thread_doubts(way, c)
                             : in->forwarded ? "it is passed on"
                                             : "it is about something else");
            if (out->related_to == 0 ||
                (why == NULL && leaves != NULL)) { /* its own before another's */
                out->related_to = c->ticket_id;
                why = leaves;
            }
            continue;
        }
        out->related_to = 0;
        out->changed_subject = false;
        out->way = way;
        out->weakly = way == THREAD_BY_NUMBER;
        out->why = whys[way];
        if (c->over)
            out->follow_up_of = c->ticket_id;
        else
            out->ticket_id = c->ticket_id;
        return;
    }
    if (why != NULL)
        out->why = why;
    else if (out->related_to != 0)
        out->why = "it names a ticket that its sender is not known to take part in";
}
