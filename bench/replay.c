/* What bench/replay times: history made up, folded again in memory. "bench_replay POLICY TICKETS
 * FACTS" prints, for a fold without words and for one with them, the facts and the processor
 * seconds. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/arena.h"
#include "core/policy_read.h"
#include "core/replay.h"
#include "core/tally.h"

enum { BEGIN = 1767258000, DAYS = 30, CHANNELS = 5 };

static const char *const channels[CHANNELS] = { "imap", "twilio", "telegram", "webchat",
                                                "webhook" };
static const char words[] =
    "Buenos días: desde ayer por la tarde no puedo entrar en la tienda con mi cuenta de siempre. "
    "He "
    "cambiado la contraseña dos veces y he probado con otro navegador, pero la página de pago se "
    "queda en blanco. ¿Pueden mirarlo? El pedido es para el viernes. Muchas gracias y un saludo.";

static double processor(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct fact fact_at(enum fact_kind kind, enum fact_actor by, int64_t at)
{
    return (struct fact){ .kind = kind,
                          .at = at,
                          .now = at,
                          .by = by,
                          .status = TICKET_STATUS_N,
                          .priority = TICKET_PRIORITY_NONE };
}

static struct fact opening(int64_t at)
{
    struct fact f = fact_at(FACT_CUSTOMER_WROTE, FACT_BY_CUSTOMER, at);

    f.subject = "No puedo entrar";
    f.text = words;
    f.sender = "ana@example.net";
    f.language = "es";
    return f;
}

/* A conversation: the customer and an agent by turns, a note, a status, at last solved. */
static struct fact later(GRand *r, const struct policy *policy, int turn, int turns, int64_t at)
{
    struct fact f = fact_at(FACT_AGENT_REPLIED, FACT_BY_AGENT, at);

    if (policy->agent_count > 0)
        f.actor = policy->agents[g_rand_int_range(r, 0, (int)policy->agent_count)].name;
    f.message_id = 1;
    if (turn == turns - 1) {
        f.kind = FACT_STATUS_SET;
        f.status = TICKET_SOLVED;
    } else if (turn % 5 == 3) {
        f.kind = FACT_AGENT_NOTED;
    } else if (turn % 5 == 4) {
        f.kind = FACT_STATUS_SET;
        f.status = TICKET_PENDING;
    } else if (turn % 2 == 0) {
        f = opening(at);
    }
    return f;
}

static struct replay *history(const struct policy *policy, int tickets, int facts)
{
    struct replay *r = replay_new();
    GRand *dice = g_rand_new_with_seed(4);
    int turns = facts / tickets, i, k;

    for (i = 1; i <= tickets; i++) {
        const struct fold_origin from = { .channel = channels[i % CHANNELS],
                                          .kind = channels[i % CHANNELS],
                                          .contact_id = 1 + i / 3 };
        int64_t at = BEGIN + g_rand_int_range(dice, 0, DAYS * 86400);
        struct fact f = opening(at);

        replay_add(r, i, 1, &from, &f);
        for (k = 1; k < turns; k++) {
            at += g_rand_int_range(dice, 60, 4 * 3600);
            f = later(dice, policy, k, turns, at);
            replay_add(r, i, k + 1, &from, &f);
        }
    }
    g_rand_free(dice);
    return r;
}

static void time_it(struct replay *r, const struct policy_file *p, bool bare)
{
    struct tally t;
    double began = processor(), took;

    tally_begin(&t, p->policy);
    replay_run(r, p->policy, p->targets, BEGIN + (DAYS + 30) * 86400, bare, &t);
    took = processor() - began;
    printf("%s %lld %.3f %lld %lld\n", bare ? "bare" : "words", (long long)t.facts, took,
           (long long)t.tickets, (long long)t.refused);
    tally_clear(&t);
}

int main(int argc, char **argv)
{
    struct conf_errors errors = { 0 };
    struct policy_file policy;
    struct replay *r;
    gsize len = 0;
    char *text = NULL;

    if (argc != 4 || !g_file_get_contents(argv[1], &text, &len, NULL) ||
        policy_read(argv[1], (struct span){ text, len }, NULL, NULL, &policy, &errors) < 0) {
        fprintf(stderr, "usage: bench_replay POLICY TICKETS FACTS\n");
        return 2;
    }
    g_free(text);
    r = history(policy.policy, atoi(argv[2]), atoi(argv[3]));
    time_it(r, &policy, true);
    time_it(r, &policy, false);
    replay_free(r);
    policy_file_clear(&policy);
    return 0;
}
