#include "tests/support/clerk.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/token.h"

enum { CLERK_LETTERS_CHANNEL = 8 };

void clerk_begin(struct clerk *k, const struct policy *policy, const struct channel *from)
{
    static const struct fake_secret none[] = { { NULL, NULL } };
    struct error err;

    memset(k, 0, sizeof(*k));
    k->a = arena_new();
    k->policy = policy;
    if (fake_host_open(&k->letters, "smtp",
                       "host: mail.example.org\nfrom: Tienda Sol <help@example.org>\n", none,
                       &err) < 0)
        abort();
    k->letters.channel.channel_id = CLERK_LETTERS_CHANNEL;
    k->letters.channel.name = "letters";
    memset(k->desk.token_key, 'k', sizeof(k->desk.token_key));
    k->desk.desk_id = 1;
    k->desk.policy.policy = (struct policy *)(uintptr_t)policy;
    k->channel[0] =
        (struct desk_channel){ *from, &k->desk,
                               strcmp(from->ops->kind, "imap") == 0 ? "letters" : NULL };
    k->channel[1] = (struct desk_channel){ k->letters.channel, &k->desk, NULL };
    k->channels[0] = &k->channel[0];
    k->channels[1] = &k->channel[1];
    k->desk.channels = k->channels;
    k->desk.channel_count = 2;
    k->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    k->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    k->posted = g_array_new(FALSE, FALSE, sizeof(struct clerk_letter));
}

void clerk_end(struct clerk *k)
{
    g_array_free(k->posted, TRUE);
    g_hash_table_unref(k->people);
    g_hash_table_unref(k->keys);
    fake_host_close(&k->letters);
    arena_free(k->a);
}

static void clerk_keep_key(struct clerk *k, char kind, const char *key)
{
    g_hash_table_add(k->keys, g_strdup_printf("%c%s", kind, key));
}

static bool clerk_names(const struct clerk *k, const struct thread_signal *s)
{
    char *key;
    bool known;

    if (s->kind == 0)
        return s->ticket_id > 0 && s->ticket_id <= k->ticket_id;
    key = g_strdup_printf("%c%s", s->kind, s->key);
    known = g_hash_table_contains(k->keys, key);
    g_free(key);
    return known;
}

/* What leads to a closed ticket leads to the follow-up that it has. */
static void clerk_candidate(const struct clerk *k, const struct inbound *in, int64_t now,
                            const struct thread_signal *s, struct thread_candidate *out)
{
    if (k->ticket_id == 0 || !clerk_names(k, s))
        return;
    out->ticket_id = k->ticket_id;
    out->over = !plan_takes_message(k->policy, &k->ticket, inbound_received(in->received_at, now));
    out->subject = k->subject;
    out->participant = g_hash_table_contains(k->people, in->sender.value);
    out->token_fits = s->way == THREAD_BY_TOKEN && token_fits(k->desk.token_key, span_of(s->key),
                                                              s->ticket_id, in->sender.value);
}

void clerk_find(struct clerk *k, const struct inbound *in, int64_t now, struct thread_found *found)
{
    struct thread_candidate candidates[THREAD_SIGNALS_MAX] = { 0 };
    struct thread_signals signals;
    size_t i;

    thread_signals(in, k->a, &signals);
    for (i = 0; i < signals.count; i++)
        clerk_candidate(k, in, now, &signals.at[i], &candidates[i]);
    thread_find(in, &signals, candidates, inbound_is_vouched_for(in), found);
}

void clerk_keep(struct clerk *k, const struct inbound *in)
{
    struct thread_key keys[THREAD_SIGNALS_MAX];
    size_t n = thread_keys(in, k->a, keys, THREAD_SIGNALS_MAX), i;

    for (i = 0; i < n; i++)
        clerk_keep_key(k, keys[i].kind, keys[i].key);
    g_hash_table_add(k->people, g_strdup(in->sender.value));
    if (k->ticket_id == 0 || !in->automatic)
        k->path = (struct sink_return_path){ .channel_id = in->channel_id,
                                             .address_kind = in->sender.kind,
                                             .address = in->sender.value,
                                             .conversation = in->conversation,
                                             .external_id = in->external_id,
                                             .mail_id = in->message_id };
}

static void clerk_take_back(struct clerk *k, int64_t delivery_id)
{
    guint i;

    for (i = 0; i < k->posted->len; i++)
        if (g_array_index(k->posted, struct clerk_letter, i).delivery_id == delivery_id)
            g_array_remove_index(k->posted, i--);
}

static void clerk_write(struct clerk *k, const struct fold_step *step,
                        const struct planned_delivery *d, int64_t delivery_id)
{
    static const struct sink_words words = { "Ana Ruiz", "Lo miramos ahora mismo.", NULL, false };
    struct sink_delivery out;
    struct clerk_letter one = { delivery_id, d->due_at, { NULL, NULL, NULL } };

    sink_make(&k->desk, delivery_id, &step->plan->ticket, &step->plan->contact, &k->path, d,
              d->notice == NOTICE_REPLY ? &words : NULL, step->fact->now, NULL, k->a, &out);
    if (out.mail_id == NULL)
        return; /* it goes into the talk, where nothing is answered in particular */
    one.letter = (struct customer_letter){ out.mail_id, out.mail_reply_to, out.subject };
    clerk_keep_key(k, 'm', out.mail_id);
    g_array_append_val(k->posted, one);
}

void clerk_post(struct clerk *k, const struct fold_step *step, bool ours)
{
    const struct plan *plan = step->plan;
    size_t i;

    for (i = 0; i < plan->suppression_count; i++)
        clerk_take_back(k, plan->suppressions[i].delivery_id);
    for (i = 0; i < plan->delivery_count; i++) {
        k->last_delivery++;
        if (ours && plan->deliveries[i].to == PLANNED_CUSTOMER)
            clerk_write(k, step, &plan->deliveries[i], k->last_delivery);
    }
    if (!ours)
        return;
    k->ticket_id = step->ticket_id;
    k->ticket = plan->ticket;
    k->subject = arena_strdup(k->a, plan->ticket.subject);
}

const struct customer_letter *clerk_last_letter(const struct clerk *k, int64_t now)
{
    const struct clerk_letter *last = NULL, *l;
    guint i;

    for (i = 0; i < k->posted->len; i++) {
        l = &g_array_index(k->posted, struct clerk_letter, i);
        if (l->due_at <= now && (last == NULL || l->due_at >= last->due_at))
            last = l;
    }
    return last == NULL ? NULL : &last->letter;
}
