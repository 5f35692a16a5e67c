/* Files behind links come after their message, once, and what cannot be had says why. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/db.h"
#include "daemon/fetch.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

static struct house h;

/* What the provider does. */
static struct {
    enum error_kind kind;
    const char *words, *bytes;
    int asked;
    size_t max;
    bool silent; /* it does not answer: its node hangs */
    channel_fetched_fn *done;
    void *arg;
} provider;

static void provider_fetch(struct channel *ch, const char *url, size_t max,
                           channel_fetched_fn *done, void *arg)
{
    struct error err = { ERROR_NONE, "" };

    (void)ch;
    (void)url;
    provider.asked++;
    provider.max = max;
    if (provider.silent) {
        provider.done = done;
        provider.arg = arg;
        return;
    }
    if (provider.kind != ERROR_NONE)
        error_set(&err, provider.kind, "%s", provider.words);
    done(arg, span_of(provider.bytes), "image/jpeg", &err);
}

static int64_t fetch_now(void *arg)
{
    (void)arg;
    return h.now;
}

static void fetch_told(void *arg, int64_t ticket_id, const char *state, const char *words)
{
    (void)arg;
    (void)ticket_id;
    (void)state;
    (void)words;
}

static void run_until(struct fetch *f, struct db *db, const char *sql, long wanted)
{
    house_wait(&h, sql, wanted);
    fetch_stop(f);
    while (db_line_length(db) > 0 || (fetch_counts(f)->in_flight > 0 && !provider.silent))
        event_base_loop(h.base, EVLOOP_ONCE);
}

/* Fetches until the statement says `wanted`. */
static void fetch_until(const char *sql, long wanted)
{
    struct db *db = db_new(h.base, h.conninfo, "fetch", NULL, NULL, NULL);
    struct fetch *f = fetch_new(db, &h.desks, "node one", 1000, fetch_now, fetch_told, NULL);

    run_until(f, db, sql, wanted);
    db_free(db);
    fetch_free(f);
}

static void receive(const char *id, const char *url)
{
    struct inbound *in = inbound_new();

    in->external_id = arena_strdup(in->arena, id);
    in->conversation = "c";
    in->sender = (struct inbound_address){ "tel", "+34600111222", NULL };
    in->sender_proven = true;
    in->text = in->reply_text = "Mire la foto";
    in->received_at = h.now;
    in->attachments = arena_array(in->arena, 1, sizeof(*in->attachments));
    in->attachments[0] = (struct inbound_attachment){ .content_type = "image/jpeg",
                                                      .size = -1,
                                                      .url = arena_strdup(in->arena, url) };
    in->attachment_count = 1;
    house_give(&h, 2, in);
}

static int clear(void **state)
{
    (void)state;
    test_db_exec(h.conn, "DELETE FROM attachment");
    provider.kind = ERROR_NONE;
    provider.words = provider.bytes = "";
    provider.asked = 0;
    provider.silent = false;
    return 0;
}

static void test_a_file_is_kept_by_its_digest_and_counted(void **state)
{
    (void)state;
    provider.bytes = "JPEG";
    receive("m1", "https://x.example/1");
    receive("m2", "https://x.example/2"); /* the same bytes again */
    fetch_until("SELECT count(*) FROM attachment WHERE fetched_at IS NOT NULL", 2);
    assert_int_equal(provider.asked, 2);
    assert_int_equal(provider.max, 1000);
    house_says(&h,
               "SELECT DISTINCT concat_ws('|', sha256 = encode(sha256('JPEG'), 'hex'), size, "
               "fetch_error, fetch_due_at) FROM attachment",
               "t|4");
    house_says(&h,
               "SELECT string_agg(type || '=' || convert_from(bytes, 'UTF8'), ',') FROM raw WHERE "
               "sha256 = sha256('JPEG')",
               "image/jpeg=JPEG");
}

static void test_what_never_can_be_had_says_why_at_once(void **state)
{
    (void)state;
    provider.kind = ERROR_PERMANENT;
    provider.words = "HTTP 404";
    receive("m3", "https://x.example/3");
    fetch_until("SELECT count(*) FROM attachment WHERE fetch_error IS NOT NULL", 1);
    house_says(&h, "SELECT concat_ws('|', fetch_error, fetch_tries, fetched_at) FROM attachment",
               "HTTP 404|1");
}

static void test_what_fails_for_now_is_tried_again_later_and_not_for_ever(void **state)
{
    int i;

    (void)state;
    provider.kind = ERROR_TRANSIENT;
    provider.words = "no answer";
    receive("m4", "https://x.example/4");
    fetch_until("SELECT count(*) FROM attachment WHERE fetch_tries = 1 AND fetch_due_at < "
                "to_timestamp(1800000000) + interval '40 s'",
                1);
    house_says(&h, "SELECT extract(epoch FROM fetch_due_at)::bigint - 1800000000 FROM attachment",
               "30");
    for (i = 2; i < FETCH_TRIES_MAX; i++) {
        h.now += FETCH_PAUSE_MAX_S;
        fetch_until("SELECT fetch_tries FROM attachment", i);
        assert_int_equal(provider.asked, i);
    }
    h.now += FETCH_PAUSE_MAX_S;
    fetch_until("SELECT count(*) FROM attachment WHERE fetch_error = 'no answer'", 1);
    assert_int_equal(provider.asked, FETCH_TRIES_MAX);
    h.now = 1800000000;
}

static void test_a_dead_nodes_file_is_fetched_by_another(void **state)
{
    struct db *db = db_new(h.base, h.conninfo, "dead", NULL, NULL, NULL);
    struct fetch *dead = fetch_new(db, &h.desks, "dead", 1000, fetch_now, fetch_told, NULL);
    const struct error fine = { ERROR_NONE, "" };

    (void)state;
    provider.silent = true;
    receive("m5", "https://x.example/5");
    run_until(dead, db, "SELECT fetch_tries FROM attachment", 1);
    provider.silent = false;
    provider.bytes = "JPEG";
    h.now += FETCH_CLAIM_S;
    fetch_until("SELECT count(*) FROM attachment WHERE fetched_at IS NOT NULL", 1);
    house_says(&h, "SELECT fetch_tries FROM attachment", "2");
    provider.done(provider.arg, span_of("LATE"), NULL, &fine); /* it was not dead, only slow */
    while (fetch_counts(dead)->in_flight > 0)
        event_base_loop(h.base, EVLOOP_ONCE);
    house_says(&h, "SELECT sha256 = encode(sha256('JPEG'), 'hex') FROM attachment", "t");
    house_says(&h, "SELECT count(*) FROM raw WHERE sha256 = sha256('LATE')", "0");
    db_free(db);
    fetch_free(dead);
    h.now = 1800000000;
}

static const struct channel_ops *kept;
static struct channel_ops with_files;

static int begin(void **state)
{
    (void)state;
    house_begin(&h, "relevo_test_fetch", house_policy, NULL);
    kept = h.channel[1].channel.ops;
    with_files = *kept;
    with_files.fetch = provider_fetch;
    h.channel[1].channel.ops = &with_files;
    return 0;
}

static int end(void **state)
{
    (void)state;
    house_end(&h);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_file_is_kept_by_its_digest_and_counted, clear),
        cmocka_unit_test_setup(test_what_never_can_be_had_says_why_at_once, clear),
        cmocka_unit_test_setup(test_what_fails_for_now_is_tried_again_later_and_not_for_ever,
                               clear),
        cmocka_unit_test_setup(test_a_dead_nodes_file_is_fetched_by_another, clear),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
