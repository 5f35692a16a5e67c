/* Refresh tokens that rotate: what one node was given, the others use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/oauth.h"
#include "core/arena.h"
#include "tests/support/fake_host.h"

#define YAML                                                                                       \
    "host: mail.example.org\nfrom: support@example.org\nuser: u\nauth: xoauth2\n"                  \
    "refresh_token: {file: /r}\ntoken_url: http://127.0.0.1/token\nclient_id: relevo\n"
static const struct fake_secret granted[] = { { "refresh_token", "granted" }, { NULL, NULL } };

static void begin(struct fake_host *h)
{
    struct error err;

    if (fake_host_open(h, "smtp", YAML, granted, &err) < 0)
        fail_msg("%s", err.text);
    h->now = 1800000000;
}

/* Two nodes of one channel, of which the first is exchanging what was granted. */
static void begin_two(struct fake_host *first, struct fake_host *second)
{
    begin(first);
    begin(second);
    first->channel.ops->start(&first->channel);
}

/* The second one starts with what the first has kept. */
static void start_after(struct fake_host *second, const struct fake_host *first)
{
    second->cursor = first->delivered[0]->cursor;
    second->channel.ops->start(&second->channel);
}

static void close_two(struct fake_host *first, struct fake_host *second)
{
    fake_host_close(first);
    fake_host_close(second);
}

/* The exchange that is under way was with that refresh token; this is what the server gives. */
static void exchanged(struct fake_host *h, const char *with, const char *answer)
{
    char *wanted = xasprintf("&refresh_token=%s", with);
    char *found;

    assert_int_equal(h->call_count, 1);
    found = strstr(h->calls[0].body, wanted);
    if (found == NULL || strchr("&", found[strlen(wanted)]) == NULL)
        fail_msg("'%s' is not in '%s'", wanted, h->calls[0].body);
    free(wanted);
    fake_host_answer(h, 200, NULL, answer);
}

static void test_nodes_that_share_a_channel_share_its_refresh_token(void **state) /* T-98 */
{
    struct fake_host one, other;

    (void)state;
    begin_two(&one, &other);
    exchanged(&one, "granted", "{\"access_token\":\"a1\",\"refresh_token\":\"second\"}");
    start_after(&other, &one);
    exchanged(&other, "second", "{\"access_token\":\"a2\",\"refresh_token\":\"third\"}");
    one.cursor = other.delivered[0]->cursor;
    fake_host_fire(&one);
    exchanged(&one, "third", "{\"access_token\":\"a3\"}");
    close_two(&one, &other);
}

static void test_a_token_that_could_not_be_kept_is_not_given_up_for_the_older_one(void **state)
{
    struct fake_host h;

    (void)state;
    begin(&h);
    h.hold = true;
    h.channel.ops->start(&h.channel);
    exchanged(&h, "granted", "{\"access_token\":\"a1\",\"refresh_token\":\"second\"}");
    fake_host_stored(&h, 0, 0);
    h.cursor = h.delivered[0]->cursor;
    fake_host_fire(&h);
    exchanged(&h, "second", "{\"access_token\":\"a2\",\"refresh_token\":\"third\"}");
    fake_host_stored(&h, 1, -1); /* the database is away */
    fake_host_fire(&h);
    exchanged(&h, "third", "{\"access_token\":\"a3\"}");
    assert_int_equal(h.delivered_count, 3); /* kept now, though the server gave no other */
    fake_host_stored(&h, 2, 0);
    h.cursor = h.delivered[2]->cursor;
    fake_host_fire(&h);
    exchanged(&h, "third", "{\"access_token\":\"a4\"}");
    assert_int_equal(h.delivered_count, 3);
    fake_host_close(&h);
}

static void test_what_a_channel_gets_that_has_stopped_is_kept_and_not_used(void **state) /* T-98 */
{
    struct fake_host one, next;

    (void)state;
    begin_two(&one, &next);
    one.channel.ops->stop(&one.channel); /* a reload, while it is being exchanged */
    exchanged(&one, "granted", "{\"access_token\":\"a1\",\"refresh_token\":\"second\"}");
    assert_int_equal(one.delivered_count, 1);
    assert_int_equal(one.timer_count, 0);
    start_after(&next, &one);
    exchanged(&next, "second", "{\"access_token\":\"a2\"}");
    close_two(&one, &next);
}

static void test_what_could_not_be_kept_yet_is_kept_as_the_channel_stops(void **state) /* T-98 */
{
    struct fake_host h;

    (void)state;
    begin(&h);
    h.hold = true;
    h.channel.ops->start(&h.channel);
    exchanged(&h, "granted", "{\"access_token\":\"a1\",\"refresh_token\":\"second\"}");
    fake_host_stored(&h, 0, -1); /* the database is away */
    h.channel.ops->stop(&h.channel);
    assert_int_equal(h.delivered_count, 2);
    fake_host_stored(&h, 1, 0);
    h.cursor = h.delivered[1]->cursor;
    h.channel.ops->start(&h.channel);
    exchanged(&h, "second", "{\"access_token\":\"a2\"}");
    fake_host_close(&h);
}

static void test_one_that_begins_again_meanwhile_waits_for_the_exchange_under_way(void **state)
{
    struct fake_host h;

    (void)state;
    begin(&h);
    h.channel.ops->start(&h.channel);
    h.channel.ops->stop(&h.channel);
    h.channel.ops->start(&h.channel);
    exchanged(&h, "granted", "{\"access_token\":\"a1\",\"refresh_token\":\"second\"}");
    h.cursor = h.delivered[0]->cursor;
    fake_host_fire(&h);
    exchanged(&h, "second", "{\"access_token\":\"a2\"}");
    fake_host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_that_share_a_channel_share_its_refresh_token),
        cmocka_unit_test(test_a_token_that_could_not_be_kept_is_not_given_up_for_the_older_one),
        cmocka_unit_test(test_what_a_channel_gets_that_has_stopped_is_kept_and_not_used),
        cmocka_unit_test(test_what_could_not_be_kept_yet_is_kept_as_the_channel_stops),
        cmocka_unit_test(test_one_that_begins_again_meanwhile_waits_for_the_exchange_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
