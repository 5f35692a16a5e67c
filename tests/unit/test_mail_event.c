/* Calendars, and the words that are read in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mail_event.h"
#include "tests/support/rows.h"

#define EVENT                                                                                      \
    "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nDTSTART:16010101T000000\r\nEND:VTIMEZONE\r\nBEGIN:"     \
    "VEVENT\r\n"

static void test_an_event_is_told_in_its_own_words(void **state)
{
    static const struct {
        const char *calendar, *words;
    } rows[] = {
        { EVENT
          "LOCATION:Room 1\r\nSUMMARY;LANGUAGE=en:Review\\, part 2\r\nDTEND:20260601T110000Z\r\n"
          "DTSTART;TZID=\"a:b\":20260601T100000\r\nDESCRIPTION:one\\ntwo\r\nEND:VEVENT\r\n",
          "Review, part 2\n2026-06-01 10:00\n2026-06-01 11:00Z\nRoom 1\none\ntwo\n" },
        { EVENT "SUMMARY:fol\r\n ded\n\twords\r\nDTSTART;VALUE=DATE:20260601\r\nEND:VEVENT\r\n",
          "foldedwords\n2026-06-01\n" },
        { EVENT
          "SUMMARY:first\nBEGIN:VALARM\nDESCRIPTION:ring\nEND:VALARM\nDESCRIPTION:d\nEND:VEVENT\n"
          "BEGIN:VEVENT\nSUMMARY:second\nLOCATION:x\nEND:VEVENT\n",
          "first\nd\n" },
        { EVENT "SUMMARY:\nDTSTART:soon\n", "soon\n" },
        { EVENT "DESCRIPTION:<p>Please <a href=\"https://b.org/1\">join</a>\\nus &amp\\; "
                "them</p><p>Now</p>\n",
          "Please join us & them\n\nNow\n" },
        { EVENT "DESCRIPTION:one<br>two\\n\\nthree <b>four</b>\n", "one\ntwo\n\nthree four\n" },
        { EVENT "DESCRIPTION:<ul><li>one</li></ul>\\nMeet: x\\nCall: y\n",
          "- one\n\nMeet: x\nCall: y\n" },
        { EVENT "DESCRIPTION:<p></p>\nLOCATION:Room 1\n", "Room 1\n" },
        { EVENT "DESCRIPTION:<https://b.org/1>\\nif a<b & b>c\nSUMMARY:<b>x</b>\n",
          "<b>x</b>\n<https://b.org/1>\nif a<b & b>c\n" },
        { EVENT "SUMMARY:never ended\\", "never ended\\\n" },
        { "BEGIN:VCALENDAR\nSUMMARY:of no event\nEND:VCALENDAR\n", "" },
        { "BEGIN:VEVENT\nSUMMARY", "" },
        { "", "" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        struct text_buffer out = { 0 };

        mail_event_words(&out, span_of(rows[i].calendar));
        text_buffer_add(&out, "", 1);
        if (strcmp(out.ptr, rows[i].words) != 0)
            fail_msg("row %zu: \"%s\", expected \"%s\"", i, out.ptr, rows[i].words);
        text_buffer_clear(&out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_event_is_told_in_its_own_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
