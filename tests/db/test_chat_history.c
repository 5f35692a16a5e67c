/* What a visitor reads in the chat: his own words and what was handed out to him, nobody else's. */
#include <event2/event.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "daemon/chat_history.h"
#include "daemon/db.h"
#include "daemon/deliver.h"
#include "tests/support/house.h"
#include "tests/support/test_db.h"

extern const struct channel_ops channel_webchat;

static struct house h;
static struct db *db;

/* The newest answer, a line each: "m visitor Hola", "d Ana Sí", "d automatic …". */
static struct {
    struct text_buffer text;
    size_t count;
    int64_t last_us;
    bool waits;
} seen;

static void take_history(void *arg, const struct chat_line *lines, size_t count,
                         const struct error *err)
{
    size_t i;

    (void)arg;
    assert_int_equal(err->kind, ERROR_NONE);
    text_buffer_clear(&seen.text);
    text_buffer_puts(&seen.text, "");
    for (i = 0; i < count; i++)
        text_buffer_printf(&seen.text, "%c %s %s\n", lines[i].id[0],
                           !lines[i].from_us       ? "visitor"
                           : lines[i].automatic    ? "automatic"
                           : lines[i].name == NULL ? "nobody"
                                                   : lines[i].name,
                           lines[i].text);
    seen.count = count;
    seen.last_us = count == 0 ? 0 : lines[count - 1].at_us;
    seen.waits = false;
}

static const char *history(int channel, const char *conversation, int64_t after_us)
{
    seen.waits = true;
    chat_history_ask(db, &h.channel[channel - 1], conversation, after_us, take_history, NULL);
    while (seen.waits)
        event_base_loop(h.base, EVLOOP_ONCE);
    return seen.text.ptr;
}

static void say(int channel, const char *id, const char *conversation, const char *text)
{
    struct inbound *in = inbound_new();

    in->external_id = arena_printf(in->arena, "%s.%s", conversation, id);
    in->conversation = arena_strdup(in->arena, conversation);
    in->sender = (struct inbound_address){ "webchat", in->conversation, NULL };
    in->sender_proven = true;
    in->subject = "";
    in->text = in->reply_text = arena_strdup(in->arena, text);
    in->received_at = h.now;
    house_give(&h, channel, in);
}

static void reply(const char *conversation, const char *text)
{
    struct store_message words = { .subject = "", .text = text, .agent = "ana" };
    int64_t ticket_id = house_count(
        &h, "SELECT ticket_id FROM message WHERE conversation = '%s' LIMIT 1", conversation);

    house_happens(&h, ticket_id, house_fact(FACT_AGENT_REPLIED, FACT_BY_AGENT, "ana"), &words);
    assert_int_equal(h.answer.err.kind, ERROR_NONE);
    test_db_exec(h.conn, "DELETE FROM delivery WHERE state = 'owed' AND notice <> 'E-06'");
}

static void deliver_all(void)
{
    struct deliver *d = house_deliver(&h, db, &h.desks);

    house_wait(&h, "SELECT count(*) FROM delivery WHERE state = 'owed' AND notice = 'E-06'", 0);
    house_deliver_end(&h, db, d);
}

static void test_an_answer_is_read_once_it_is_handed_out_and_not_before(void **state)
{
    (void)state;
    say(2, "id-1", "pepe", "Hola");
    assert_string_equal(history(2, "pepe", 0), "m visitor Hola\n");
    h.now += 5;
    reply("pepe", "Ya sale hoy");
    assert_string_equal(history(2, "pepe", 0), "m visitor Hola\n");
    deliver_all();
    assert_string_equal(history(2, "pepe", 0), "m visitor Hola\nd Ana Ya sale hoy\n");
    assert_string_equal(history(2, "pepe", seen.last_us), "d Ana Ya sale hoy\n");
    assert_string_equal(history(2, "pepe", seen.last_us + 1), "");
}

static void test_a_talk_is_its_visitors_and_its_channels_alone(void **state) /* S-23 */
{
    (void)state;
    say(2, "id-1", "luisa", "Soy Luisa");
    assert_string_equal(history(2, "luisa", 0), "m visitor Soy Luisa\n");
    assert_string_equal(history(1, "luisa", 0), "");
    assert_string_equal(history(2, "nobody", 0), "");
    assert_null(strstr(history(2, "pepe", 0), "Luisa"));
}

static void test_every_node_is_told_what_was_handed_out(void **state)
{
    PGnotify *note;

    (void)state;
    test_db_exec(h.conn, "LISTEN relevo_heard");
    reply("luisa", "Hola, Luisa");
    deliver_all();
    PQconsumeInput(h.conn);
    note = PQnotifies(h.conn);
    assert_non_null(note);
    assert_string_equal(note->extra, "2 luisa");
    PQfreemem(note);
    assert_null(PQnotifies(h.conn));
}

static void test_of_a_long_talk_the_newest_are_told_in_order(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < CHAT_LINES_MAX + 5; i++) {
        char id[20], text[20];

        snprintf(id, sizeof(id), "id-%d", i);
        snprintf(text, sizeof(text), "number %d", i);
        h.now += 1;
        say(2, id, "long", text);
    }
    history(2, "long", 0);
    assert_int_equal(seen.count, CHAT_LINES_MAX);
    assert_int_equal(strncmp(seen.text.ptr, "m visitor number 5\n", 19), 0);
    assert_non_null(strstr(seen.text.ptr, "number 204\n"));
}

static void test_a_question_and_its_answer_of_one_second_are_in_order(void **state)
{
    (void)state;
    say(2, "id-1", "quick", "¿Hola?");
    reply("quick", "Sí");
    deliver_all();
    assert_string_equal(history(2, "quick", 0), "m visitor ¿Hola?\nd Ana Sí\n");
}

static int begin(void **state)
{
    (void)state;
    house_begin(&h, "relevo_test_chat", house_policy, NULL);
    h.channel[1].channel.ops = &channel_webchat;
    db = db_new(h.base, h.conninfo, "chat", NULL, NULL, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    text_buffer_clear(&seen.text);
    db_free(db);
    house_end(&h);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_is_read_once_it_is_handed_out_and_not_before),
        cmocka_unit_test(test_a_talk_is_its_visitors_and_its_channels_alone),
        cmocka_unit_test(test_every_node_is_told_what_was_handed_out),
        cmocka_unit_test(test_of_a_long_talk_the_newest_are_told_in_order),
        cmocka_unit_test(test_a_question_and_its_answer_of_one_second_are_in_order),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
