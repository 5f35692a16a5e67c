/* One IMAP connection, against servers that follow a script: what is said, and what is not
 * believed. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/frame.h"
#include "channels/imap_name.h"
#include "channels/imap_session.h"
#include "tests/support/hostile.h"

enum { LONG_MS = 60000, STEPS_MAX = 32 };

static struct error err;
static struct hostile *server;
static struct hostile_step script[STEPS_MAX];

static void nothing(void *arg)
{
    (void)arg;
}

static int open_session(const struct hostile_step *steps, enum mail_stream_tls tls,
                        struct imap_session **s)
{
    struct imap_account a = { .peer = { .host = "localhost", .tls = tls, .ca_file = hostile_ca() },
                              .user = "support",
                              .password = "s3 \"cr\\et",
                              .beat = nothing };

    err = (struct error){ 0 };
    *s = NULL;
    server = hostile_start(steps, &a.peer.port);
    return imap_session_open(&a, s, &err);
}

/* A session that is logged in, to a server that can what it says, and then goes on with `steps`. */
static struct imap_session *logged_in_to(const char *capability, const struct hostile_step *steps)
{
    const struct hostile_step opening[] = {
        { HOSTILE_SAY, "* OK hello\r\n", 0 },
        { HOSTILE_HEAR, "LOGIN support \"s3 \\\"cr\\\\et\"", 0 },
        { HOSTILE_SAY, "1 OK in\r\n", 0 },
        { HOSTILE_HEAR, "R1 CAPABILITY", 0 },
        { HOSTILE_SAY, capability, 0 },
        { HOSTILE_SAY, "R1 OK done\r\n", 0 },
    };
    const size_t n = sizeof(opening) / sizeof(opening[0]);
    struct imap_session *s;
    size_t i;

    memset(script, 0, sizeof(script));
    memcpy(script, opening, sizeof(opening));
    for (i = 0; steps[i].act != HOSTILE_END && n + i < STEPS_MAX; i++)
        script[n + i] = steps[i];
    if (open_session(script, MAIL_STREAM_PLAIN, &s) < 0)
        fail_msg("%s", err.text);
    return s;
}

static struct imap_session *logged_in(const struct hostile_step *steps)
{
    return logged_in_to("* CAPABILITY IMAP4rev1 idle UIDPLUS\r\n", steps);
}

static void done(struct imap_session *s)
{
    imap_session_close(s);
    assert_int_equal(hostile_stop(server), 0);
}

/* And that has selected a mailbox. */
static struct imap_session *selected(const struct hostile_step *steps)
{
    static struct hostile_step with[STEPS_MAX] = {
        { HOSTILE_HEAR, "2 EXAMINE INBOX", 0 },
        { HOSTILE_SAY, "* OK [UIDVALIDITY 1] x\r\n2 OK done\r\n", 0 },
    };
    struct imap_session *s;
    struct imap_box box;
    size_t i = 0;

    do
        with[2 + i] = steps[i];
    while (steps[i++].act != HOSTILE_END);
    s = logged_in(with);
    if (imap_session_select(s, "INBOX", false, &box, &err) < 0)
        fail_msg("%s", err.text);
    return s;
}

/* The bytes of a memfd as text; closes it. */
static void assert_holds(int memfd, const char *text)
{
    struct span bytes;

    assert_int_equal(frame_map(memfd, 1 << 20, &bytes, &err), 0);
    assert_int_equal(bytes.len, strlen(text));
    assert_memory_equal(bytes.ptr, text, bytes.len);
    frame_unmap(bytes);
    close(memfd);
}

static void test_a_mailbox_is_searched_looked_at_and_fetched(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_HEAR, "EXAMINE INBOX", 0 },
        { HOSTILE_SAY,
          "* 3 EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 13] x\r\n2 OK [READ-ONLY] "
          "done\r\n",
          0 },
        { HOSTILE_HEAR, "UID SEARCH UID 6:*", 0 },
        /* 5 is no answer to 6:*, and what is said twice is one mail, here and below. */
        { HOSTILE_SAY, "* SEARCH 12 5 7 12\r\n3 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID FETCH 7,12 (UID RFC822.SIZE INTERNALDATE FLAGS)", 0 },
        { HOSTILE_SAY,
          "* 3 FETCH (UID 12 RFC822.SIZE 900 INTERNALDATE \"15-Jan-2026 12:00:00 +0200\")\r\n"
          "* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n* 2 FETCH (UID 7 RFC822.SIZE 5)\r\n4 OK done\r\n",
          0 },
        { HOSTILE_HEAR, "UID FETCH 7,12 (UID RFC822.SIZE INTERNALDATE FLAGS)", 0 },
        { HOSTILE_SAY,
          "* 2 FETCH (UID 7 RFC822.SIZE 5)\r\n* 2 FETCH (UID 7 RFC822.SIZE 5)\r\n5 OK done\r\n",
          0 },
        { HOSTILE_HEAR, "UID SEARCH UID 6:11", 0 },
        { HOSTILE_SAY, "* SEARCH 12 7\r\n6 OK done\r\n", 0 }, /* 12 was not asked for */
        { HOSTILE_HEAR, "UID FETCH 7 (UID BODY.PEEK[])", 0 },
        { HOSTILE_SAY, "* 2 FETCH (UID 7 BODY[] {5}\r\na\r\nbc)\r\n7 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID FETCH 12 (UID BODY.PEEK[HEADER])", 0 },
        { HOSTILE_SAY, "* 3 FETCH (UID 12 BODY[HEADER] \"Subject: x\")\r\n8 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID FETCH 13 (UID BODY.PEEK[])", 0 },
        { HOSTILE_SAY, "* 2 FETCH (FLAGS ())\r\n9 OK done\r\n", 0 },
        { HOSTILE_SILENT, NULL, 0 },
        { HOSTILE_END, NULL, 0 },
    };
    struct imap_session *s = logged_in(steps);
    struct imap_mail mails[2];
    struct imap_box box;
    uint32_t *uids;
    size_t count;
    bool over;
    int memfd;

    (void)state;
    if (imap_session_select(s, "INBOX", false, &box, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(box.uidvalidity, 77);
    assert_int_equal(box.uidnext, 13);
    assert_int_equal(imap_session_search(s, 5, 0, &uids, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(uids[0], 7);
    assert_int_equal(imap_session_look(s, uids, count, mails, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(mails[0].uid, 7);
    assert_int_equal(mails[0].at, 0);
    assert_int_equal(mails[1].size, 900);
    assert_int_equal(mails[1].at, 1768471200);
    assert_int_equal(imap_session_look(s, uids, 2, mails, &count, &err), 0);
    free(uids);
    assert_int_equal(count, 1);
    assert_int_equal(imap_session_search(s, 5, 11, &uids, &count, &err), 0);
    assert_int_equal(count, 1);
    assert_int_equal(uids[0], 7);
    free(uids);
    assert_int_equal(imap_session_fetch(s, 7, false, 100, &memfd, &over, &err), 0);
    assert_holds(memfd, "a\r\nbc");
    assert_int_equal(imap_session_fetch(s, 12, true, 100, &memfd, &over, &err), 0);
    assert_holds(memfd, "Subject: x");
    assert_int_equal(imap_session_fetch(s, 13, false, 100, &memfd, &over, &err), 0);
    assert_int_equal(memfd, -1);
    done(s);
}

static void test_starttls_is_taken_and_preauth_before_it_is_an_attack(void **state)
{
    static const struct hostile_step good[] = {
        { HOSTILE_SAY, "* OK [CAPABILITY IMAP4rev1 STARTTLS MOVE] hello\r\n", 0 },
        { HOSTILE_HEAR, "1 STARTTLS", 0 },
        { HOSTILE_SAY, "1 OK begin\r\n", 0 },
        { .act = HOSTILE_TLS, .cert = HOSTILE_GOOD },
        { HOSTILE_HEAR, "2 LOGIN", 0 },
        { HOSTILE_SAY, "2 OK in\r\n", 0 },
        { HOSTILE_HEAR, "CAPABILITY", 0 },
        { HOSTILE_SAY, "* CAPABILITY IMAP4rev1\r\nR1 OK done\r\n", 0 },
        { HOSTILE_SILENT, NULL, 0 },
    };
    static const struct hostile_step refused[] = { { HOSTILE_SAY, "* OK hello\r\n", 0 },
                                                   { HOSTILE_HEAR, "1 STARTTLS", 0 },
                                                   { HOSTILE_SAY, "1 NO no\r\n", 0 },
                                                   { HOSTILE_HEAR, "LOGOUT", 0 },
                                                   { HOSTILE_END, NULL, 0 } };
    static const struct hostile_step preauth[] = { { HOSTILE_SAY, "* PREAUTH hello\r\n", 0 },
                                                   { HOSTILE_SILENT, NULL, 0 } };
    struct imap_session *s;

    (void)state;
    if (open_session(good, MAIL_STREAM_STARTTLS, &s) < 0)
        fail_msg("%s", err.text);
    assert_false(imap_session_can_idle(s));
    done(s);
    assert_int_equal(open_session(refused, MAIL_STREAM_STARTTLS, &s), -1);
    assert_int_equal(hostile_stop(server), 0);
    assert_int_equal(open_session(preauth, MAIL_STREAM_STARTTLS, &s), -1);
    assert_non_null(strstr(err.text, "PREAUTH"));
    assert_int_equal(hostile_stop(server), 0);
}

static void test_a_refused_login_is_for_the_operator_with_the_servers_words(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_SAY, "* OK hello\r\n", 0 },
        { HOSTILE_HEAR, "LOGIN", 0 },
        { HOSTILE_SAY, "1 NO [AUTHENTICATIONFAILED] not \x1b[1m like this\r\n", 0 },
        { HOSTILE_HEAR, "LOGOUT", 0 },
        { HOSTILE_END, NULL, 0 },
    };
    struct imap_session *s;

    (void)state; /* F31, S-51 */
    assert_int_equal(open_session(steps, MAIL_STREAM_PLAIN, &s), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_non_null(strstr(err.text, "LOGIN"));
    assert_non_null(strstr(err.text, "like this"));
    assert_null(strchr(err.text, '\x1b'));
    assert_null(strstr(err.text, "cr\\et"));
    assert_int_equal(hostile_stop(server), 0);
}

static void test_a_connection_lost_anywhere_in_a_mail_gives_no_part_of_it(void **state)
{
    static const char answer[] = "* 1 FETCH (UID 7 BODY[] {9}\r\na mail\r\n.)\r\n3 OK done\r\n";
    char said[sizeof(answer)];
    struct hostile_step steps[] = { { HOSTILE_HEAR, "UID FETCH 7", 0 },
                                    { HOSTILE_SAY, said, 0 },
                                    { HOSTILE_END, NULL, 0 } };
    struct imap_session *s;
    size_t n;
    bool over;
    int memfd;

    (void)state; /* F24 */
    for (n = 1; n < sizeof(answer) - 1; n++) {
        memcpy(said, answer, n);
        said[n] = '\0';
        s = selected(steps);
        if (imap_session_fetch(s, 7, false, 100, &memfd, &over, &err) == 0)
            fail_msg("after %zu bytes", n);
        assert_int_equal(memfd, -1);
        assert_false(imap_session_is_alive(s));
        done(s);
    }
}

static void test_another_mail_two_mails_or_too_much_of_one_end_the_session(void **state)
{
    static const struct {
        const char *answer;
        bool over;
    } cases[] = {
        { "* 1 FETCH (UID 8 BODY[] {3}\r\nabc)\r\n3 OK done\r\n", false },
        { "* 1 FETCH (BODY[] {3}\r\nabc)\r\n3 OK done\r\n", false },
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc BODY[] {3}\r\nabc)\r\n3 OK done\r\n", false },
        { "* 1 FETCH (UID 7 BODY[] {11}\r\n0123456789x)\r\n3 OK done\r\n", true },
        { "* 1 FETCH (UID 7 BODY[] \"0123456789x\")\r\n3 OK done\r\n", true },
        { "* 1 FETCH (UID 7 BODY[] {4294967295}\r\n0123456789x", true },
        { "nonsense\r\n", false },
    };
    struct hostile_step steps[] = { { HOSTILE_HEAR, "UID FETCH 7", 0 },
                                    { HOSTILE_SAY, NULL, 0 },
                                    { HOSTILE_END, NULL, 0 } };
    struct imap_session *s;
    bool over;
    int memfd;
    size_t i;

    (void)state; /* F33 */
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        steps[1].text = cases[i].answer;
        s = selected(steps);
        if (imap_session_fetch(s, 7, false, 10, &memfd, &over, &err) == 0)
            fail_msg("%s", cases[i].answer);
        if (over != cases[i].over)
            fail_msg("%s: %d", cases[i].answer, over);
        assert_false(imap_session_is_alive(s));
        done(s);
    }
}

/* What came of several: their UIDs in order of arrival. */
struct came {
    char uids[100], first[100];
};

static void on_came(void *arg, uint32_t uid, int memfd)
{
    struct came *c = arg;
    size_t len = strlen(c->uids);
    struct span bytes;

    snprintf(c->uids + len, sizeof(c->uids) - len, "%u ", uid);
    assert_int_equal(frame_map(memfd, 1 << 20, &bytes, &err), 0);
    if (len == 0)
        snprintf(c->first, sizeof(c->first), "%.*s", (int)bytes.len, bytes.ptr);
    frame_unmap(bytes);
    close(memfd);
}

static void test_of_several_mails_each_that_came_whole_is_told_and_no_other(void **state)
{
    static const uint32_t uids[] = { 7, 8, 9 };
    static const struct {
        const char *answer, *uids;
        int rc;
        bool alive;
    } cases[] = {
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 2 FETCH (BODY[] {2}\r\nde UID 8)\r\n"
          "* 3 FETCH (UID 9 BODY[] {3}\r\nfgh)\r\n3 OK done\r\n",
          "7 8 9 ", 0, true },
        { "* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n"
          "* 3 FETCH (UID 9 BODY[] {3}\r\nfgh)\r\n* 2 EXPUNGE\r\n3 OK done\r\n",
          "7 9 ", 0, true }, /* one is gone */
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 6 BODY[] {3}\r\nxyz)\r\n"
          "* 3 FETCH (UID 9 BODY[] {3}\r\nxyz BODY[] {3}\r\nxyz)\r\n"
          "* 2 FETCH (BODY[] {3}\r\nxyz)\r\n3 OK done\r\n",
          "7 ", 0, true }, /* not asked for, twice in one, nobody's */
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n3 NO [SERVERBUG] no\r\n", "7 ", -1, true },
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 8 BODY[] {3}\r\nab", "7 ", -1,
          false },
        { "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 8 BODY[] {11}\r\n0123456789x)"
          "\r\n3 OK done\r\n",
          "7 ", -1, false }, /* over the bound of each */
        { "nonsense\r\n", "", -1, false },
    };
    struct hostile_step steps[] = { { HOSTILE_HEAR, "UID FETCH 7:9 (UID BODY.PEEK[])", 0 },
                                    { HOSTILE_SAY, NULL, 0 },
                                    { HOSTILE_END, NULL, 0 } };
    struct imap_session *s;
    size_t i;
    int rc;

    (void)state; /* F24, F33 */
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct came came = { "", "" };

        steps[1].text = cases[i].answer;
        s = selected(steps);
        rc = imap_session_fetch_some(s, uids, 3, 10, on_came, &came, &err);
        if (rc != cases[i].rc || strcmp(came.uids, cases[i].uids) != 0 ||
            imap_session_is_alive(s) != cases[i].alive)
            fail_msg("%s: %d, \"%s\", %s", cases[i].answer, rc, came.uids, err.text);
        if (came.uids[0] != '\0')
            assert_string_equal(came.first, "abc");
        done(s);
    }
}

static void test_a_mail_that_the_server_will_not_give_leaves_the_session_usable(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_HEAR, "UID FETCH 7", 0 },
        { HOSTILE_SAY, "3 NO [SERVERBUG] cannot be read\r\n", 0 },
        { HOSTILE_HEAR, "4 NOOP", 0 },
        { HOSTILE_SAY, "4 OK done\r\n", 0 },
        { HOSTILE_SILENT, NULL, 0 },
        { HOSTILE_END, NULL, 0 },
    };
    struct imap_session *s = selected(steps);
    bool over;
    int memfd;

    (void)state;
    assert_int_equal(imap_session_fetch(s, 7, false, 100, &memfd, &over, &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    assert_non_null(strstr(err.text, "cannot be read"));
    assert_true(imap_session_is_alive(s));
    assert_int_equal(imap_session_noop(s, &err), 0);
    done(s);
}

static void test_idling_hears_news_wherever_they_come(void **state)
{
    static const struct {
        const char *opening, *later;
        int rc, what;
    } cases[] = {
        { "+ go\r\n* 4 EXISTS\r\n", "R2 OK done\r\n", 0, IMAP_NEWS },
        { "* 4 EXISTS\r\n+ go\r\n", "R2 OK done\r\n", 0, IMAP_NEWS }, /* before the + */
        { "+ [PERMANENTFLAGS (x)]\r\n* 2 EXPUNGE\r\n* 4 RECENT\r\n", "R2 OK done\r\n", 0,
          IMAP_NEWS },
        { "+ go\r\n* BYE\r\n", NULL, -1, 0 },
    };
    struct hostile_step steps[] = { { HOSTILE_HEAR, "R2 IDLE", 0 }, { HOSTILE_SAY, NULL, 0 },
                                    { HOSTILE_HEAR, "DONE", 0 },    { HOSTILE_SAY, NULL, 0 },
                                    { HOSTILE_SILENT, NULL, 0 },    { HOSTILE_END, NULL, 0 } };
    struct imap_session *s;
    int what;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        steps[1].text = cases[i].opening;
        steps[2].act = cases[i].later == NULL ? HOSTILE_SILENT : HOSTILE_HEAR;
        steps[3].text = cases[i].later;
        s = logged_in(steps);
        assert_true(imap_session_can_idle(s));
        if (imap_session_idle(s, -1, LONG_MS, &what, &err) != cases[i].rc)
            fail_msg("%s: %s", cases[i].opening, err.text);
        assert_int_equal(what, cases[i].what);
        assert_int_equal(imap_session_is_alive(s), cases[i].rc == 0);
        done(s);
    }
}

static void test_idling_that_is_refused_is_not_asked_for_again(void **state)
{
    static const struct hostile_step steps[] = { { HOSTILE_HEAR, "R2 IDLE", 0 },
                                                 { HOSTILE_SAY, "R2 BAD what\r\n", 0 },
                                                 { HOSTILE_SILENT, NULL, 0 },
                                                 { HOSTILE_END, NULL, 0 } };
    struct imap_session *s = logged_in(steps);
    int what;

    (void)state;
    assert_int_equal(imap_session_idle(s, -1, LONG_MS, &what, &err), 0);
    assert_int_equal(what, 0);
    assert_false(imap_session_can_idle(s));
    done(s);
}

static void test_a_server_that_cannot_move_copies_and_removes_what_was_copied_alone(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_HEAR, "SELECT INBOX", 0 },
        { HOSTILE_SAY, "* OK [UIDVALIDITY 1] x\r\n2 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 3:5,9 UNDELETED", 0 }, /* 4 was copied before */
        { HOSTILE_SAY, "* SEARCH 3 5 9\r\n3 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID STORE 3,5,9 -FLAGS.SILENT (\\Deleted)", 0 },
        { HOSTILE_SAY, "4 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID COPY 3,5,9 \"Archiv&AOk-\"", 0 },
        { HOSTILE_SAY, "5 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID STORE 3,5,9 +FLAGS.SILENT (\\Deleted)", 0 },
        { HOSTILE_SAY, "6 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID EXPUNGE 3,5,9", 0 },
        { HOSTILE_SAY, "7 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID STORE 4 +FLAGS.SILENT (\\Seen)", 0 },
        { HOSTILE_SAY, "8 OK done\r\n", 0 },
        { HOSTILE_SILENT, NULL, 0 },
        { HOSTILE_END, NULL, 0 },
    };
    static const uint32_t uids[] = { 3, 4, 5, 9 };
    struct imap_session *s = logged_in(steps);
    struct imap_box box;

    (void)state;
    assert_int_equal(imap_session_select(s, "INBOX", true, &box, &err), 0);
    assert_int_equal(imap_session_move(s, uids, 4, "Archivé", &err), 0);
    assert_int_equal(imap_session_mark_seen(s, uids + 1, 1, &err), 0);
    done(s);
}

/* T-22: or else each look would copy all of it once more. */
static void test_what_cannot_be_marked_as_deleted_is_not_copied(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_HEAR, "SELECT INBOX", 0 },
        { HOSTILE_SAY, "* OK [UIDVALIDITY 1] x\r\n2 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH", 0 },
        { HOSTILE_SAY, "* SEARCH 3\r\n3 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID STORE 3 -FLAGS.SILENT (\\Deleted)", 0 },
        { HOSTILE_SAY, "4 NO you may not\r\n", 0 },
        { HOSTILE_HEAR, "LOGOUT", 0 },
        { HOSTILE_SAY, "* BYE\r\n5 OK done\r\n", 0 },
        { HOSTILE_END, NULL, 0 },
    };
    static const uint32_t uid = 3;
    struct imap_session *s = logged_in(steps);
    struct imap_box box;

    (void)state;
    assert_int_equal(imap_session_select(s, "INBOX", true, &box, &err), 0);
    assert_int_equal(imap_session_move(s, &uid, 1, "Done", &err), -1);
    assert_int_equal(err.kind, ERROR_PERMANENT);
    done(s);
}

/* The list that ranges make is ours to bound: a line of a few bytes can name four thousand million.
 */
static void test_ranges_are_the_numbers_that_were_asked_for_and_no_more(void **state)
{
    static const struct {
        const char *answer;
        uint32_t last;
        int rc;
        size_t count;
        uint32_t first, end;
    } cases[] = {
        { "* ESEARCH (TAG \"R2\") UID ALL 2,10:12\r\nR2 OK done\r\n", 0, 0, 4, 2, 12 },
        { "* esearch (tag \"R2\") uid min 2 all 12:10,2\r\nR2 OK done\r\n", 0, 0, 4, 2, 12 },
        { "* ESEARCH UID ALL 2,10:12,11:12,2\r\nR2 OK done\r\n", 0, 0, 4, 2, 12 },
        { "* ESEARCH (TAG \"R2\") UID\r\n* 9 EXISTS\r\nR2 OK done\r\n", 0, 0, 0, 0, 0 },
        { "* ESEARCH UID ALL 1:4294967295\r\nR2 OK done\r\n", 50, 0, 50, 1, 50 },
        { "* ESEARCH UID ALL 1:4294967295\r\n", 0, -1, 0, 0, 0 },
        { "* ESEARCH UID ALL 1:999999999999999999999999\r\n", 0, -1, 0, 0, 0 },
        { "* ESEARCH UID ALL 7,x\r\n", 0, -1, 0, 0, 0 },
        { "* ESEARCH UID ALL 7:\r\n", 0, -1, 0, 0, 0 },
    };
    struct hostile_step steps[] = { { HOSTILE_HEAR, "R2 UID SEARCH RETURN (ALL) UID 1:", 0 },
                                    { HOSTILE_SAY, NULL, 0 },
                                    { HOSTILE_SILENT, NULL, 0 },
                                    { HOSTILE_END, NULL, 0 } };
    struct imap_session *s;
    uint32_t *uids;
    size_t count, i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        steps[1].text = cases[i].answer;
        s = logged_in_to("* CAPABILITY IMAP4rev1 ESEARCH\r\n", steps);
        if (imap_session_search(s, 0, cases[i].last, &uids, &count, &err) != cases[i].rc ||
            count != cases[i].count)
            fail_msg("%s: %zu: %s", cases[i].answer, count, err.text);
        if (count > 0) {
            assert_int_equal(uids[0], cases[i].first);
            assert_int_equal(uids[count - 1], cases[i].end);
        }
        assert_int_equal(imap_session_is_alive(s), cases[i].rc == 0);
        free(uids);
        done(s);
    }
}

static void test_a_server_that_has_enough_of_us_is_told_from_one_that_refuses(void **state)
{
    static const struct {
        const char *words;
        enum error_kind kind;
        int64_t ms;
    } cases[] = {
        { "NO [UNAVAILABLE] later", ERROR_TRANSIENT, 0 },
        { "NO [OVERQUOTA] Account exceeded command or bandwidth limits", ERROR_TRANSIENT, 0 },
        { "NO [THROTTLED] x", ERROR_TRANSIENT, 0 },
        { "BAD Request is throttled. Suggested Backoff Time: 41000 milliseconds", ERROR_TRANSIENT,
          41000 },
        { "NO Request is throttled. Suggested Backoff Time: 99999999999 milliseconds",
          ERROR_TRANSIENT, 3600 * 1000 },
        { "NO Request is throttled. Suggested Backoff Time: -4 milliseconds", ERROR_TRANSIENT, 0 },
        { "BAD User is authenticated but not connected.", ERROR_TRANSIENT, 0 },
        { "BAD Command Error. 12", ERROR_PERMANENT, 0 },
        { "NO [NONEXISTENT] there is none", ERROR_PERMANENT, 0 },
    };
    struct hostile_step steps[] = {
        { HOSTILE_HEAR, "EXAMINE INBOX", 0 }, { HOSTILE_SAY, NULL, 0 },
        { HOSTILE_HEAR, "NOOP", 0 },          { HOSTILE_SAY, "R2 OK here\r\n", 0 },
        { HOSTILE_SILENT, NULL, 0 },          { HOSTILE_END, NULL, 0 }
    };
    char line[200];
    struct imap_session *s;
    struct imap_box box;
    bool bad;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(line, sizeof(line), "2 %s\r\n", cases[i].words);
        bad = strncmp(cases[i].words, "BAD", 3) == 0; /* then it looks whether it is in step */
        steps[1].text = line;
        steps[2].act = bad ? HOSTILE_HEAR : HOSTILE_SILENT;
        s = logged_in(steps);
        assert_int_equal(imap_session_select(s, "INBOX", false, &box, &err), -1);
        if (err.kind != cases[i].kind || imap_session_asked_ms(&err) != cases[i].ms)
            fail_msg("%s: %d, %lld: %s", cases[i].words, (int)err.kind,
                     (long long)imap_session_asked_ms(&err), err.text);
        assert_true(imap_session_is_alive(s));
        done(s);
    }
}

/* In windows, though nobody says where the UIDs are. */
static void test_a_mailbox_of_any_size_is_walked_through_in_windows(void **state)
{
    static const struct hostile_step steps[] = {
        { HOSTILE_HEAR, "EXAMINE INBOX", 0 },
        { HOSTILE_SAY, "* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 400001] x\r\n2 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 1:50000", 0 },
        { HOSTILE_SAY, "* SEARCH 7\r\n3 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 50001:100000", 0 },
        { HOSTILE_SAY, "* SEARCH\r\n4 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 100001:300000", 0 },
        { HOSTILE_SAY, "* SEARCH 300000\r\n5 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 300001:350000", 0 },
        { HOSTILE_SAY, "* SEARCH\r\n6 OK done\r\n", 0 },
        { HOSTILE_HEAR, "UID SEARCH UID 350001:*", 0 },
        { HOSTILE_SAY, "* SEARCH 400001 400000\r\n7 OK done\r\n", 0 },
        { HOSTILE_HEAR, "LOGOUT", 0 },
        { HOSTILE_SAY, "* BYE\r\n8 OK done\r\n", 0 },
        { HOSTILE_END, NULL, 0 },
    };
    static const uint32_t expected[] = { 7, 300000, 400000, 400001 };
    struct imap_session *s = logged_in(steps);
    uint32_t at = 0, *uids;
    size_t count, i, n = 0;
    struct imap_box box;

    (void)state;
    assert_int_equal(imap_session_select(s, "INBOX", false, &box, &err), 0);
    do {
        assert_int_equal(imap_session_walk(s, &at, box.uidnext, &uids, &count, &err), 0);
        for (i = 0; i < count; i++)
            assert_int_equal(uids[i], expected[n++]);
        free(uids);
    } while (at != UINT32_MAX);
    assert_int_equal(n, 4);
    done(s);
}

static void test_names_of_mailboxes_are_written_as_imap_wants_them(void **state)
{
    static const struct {
        const char *utf8, *written;
    } cases[] = {
        /* RFC 3501 5.1.3 */
        { "INBOX", "INBOX" }, { "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
        { "Q&A", "Q&-A" },    { "é&ü", "&AOk-&-&APw-" },
        { "😀", "&2D3eAA-" },  { "", "" },
        { "a\nb", NULL },     { "\xff", NULL }
    };
    char *written;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        written = imap_name_write(cases[i].utf8);
        if (cases[i].written == NULL)
            assert_null(written);
        else
            assert_string_equal(written, cases[i].written);
        free(written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mailbox_is_searched_looked_at_and_fetched),
        cmocka_unit_test(test_starttls_is_taken_and_preauth_before_it_is_an_attack),
        cmocka_unit_test(test_a_refused_login_is_for_the_operator_with_the_servers_words),
        cmocka_unit_test(test_a_connection_lost_anywhere_in_a_mail_gives_no_part_of_it),
        cmocka_unit_test(test_another_mail_two_mails_or_too_much_of_one_end_the_session),
        cmocka_unit_test(test_of_several_mails_each_that_came_whole_is_told_and_no_other),
        cmocka_unit_test(test_a_mail_that_the_server_will_not_give_leaves_the_session_usable),
        cmocka_unit_test(test_idling_hears_news_wherever_they_come),
        cmocka_unit_test(test_idling_that_is_refused_is_not_asked_for_again),
        cmocka_unit_test(test_a_server_that_cannot_move_copies_and_removes_what_was_copied_alone),
        cmocka_unit_test(test_what_cannot_be_marked_as_deleted_is_not_copied),
        cmocka_unit_test(test_ranges_are_the_numbers_that_were_asked_for_and_no_more),
        cmocka_unit_test(test_a_server_that_has_enough_of_us_is_told_from_one_that_refuses),
        cmocka_unit_test(test_a_mailbox_of_any_size_is_walked_through_in_windows),
        cmocka_unit_test(test_names_of_mailboxes_are_written_as_imap_wants_them),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
