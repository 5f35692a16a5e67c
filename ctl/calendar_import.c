/* A feed of holidays, made a file that somebody looks through and a policy includes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/date.h"
#include "core/holiday_feed.h"
#include "ctl/command.h"
#include "ctl/output.h"
#include "daemon/clock.h"

static int read_year(const char *word, int *out)
{
    char *end;
    long n = strtol(word, &end, 10);

    if (*word == '\0' || *end != '\0' || n < 1970 || n > 9999)
        return ctl_usage("expected a year from 1970 on", word);
    *out = (int)n;
    return CTL_DONE;
}

/* This year and the next, if nothing else is said. CTL_DONE, or how to end. */
static int read_options(const struct ctl *ctl, struct holiday_feed_options *o)
{
    const char *from = ctl_value(ctl, "--from"), *to = ctl_value(ctl, "--to");
    int code = CTL_DONE;

    o->zone = ctl_value(ctl, "--zone") == NULL ? "UTC" : ctl_value(ctl, "--zone");
    o->transparent = ctl_value(ctl, "--transparent") != NULL;
    o->from_year = date_of_day(date_day_of(wall_now())).year;
    if (from != NULL)
        code = read_year(from, &o->from_year);
    o->to_year = o->from_year + 1;
    if (code == CTL_DONE && to != NULL)
        code = read_year(to, &o->to_year);
    return code;
}

static json_t *to_json(const struct holiday *list, size_t count)
{
    json_t *out = json_array();
    char first[DATE_TEXT], last[DATE_TEXT];
    size_t i;

    for (i = 0; i < count; i++) {
        bool dated = list[i].first <= list[i].last;

        json_array_append_new(out,
                              json_pack("{s:s?, s:s?, s:s, s:s, s:s*}", "first",
                                        dated ? date_text(first, list[i].first) : NULL, "last",
                                        dated ? date_text(last, list[i].last) : NULL, "name",
                                        list[i].name, "note", list[i].note, "why", list[i].why));
    }
    return out;
}

static int print(const struct ctl *ctl, const struct holiday_feed *f, const char *name,
                 const char *source, const struct holiday_feed_options *o)
{
    if (f->taken_count == 0 && f->transparent > 0)
        fprintf(stderr, "relevoctl: this feed marks its days as taking up no time: --transparent "
                        "takes them\n");
    if (ctl->json)
        return output_json(
            json_pack("{s:s, s:i, s:i, s:o, s:o, s:I}", "name", name, "from", o->from_year, "to",
                      o->to_year, "holidays", to_json(f->taken, f->taken_count), "left_out",
                      to_json(f->left, f->left_count), "untold", (json_int_t)f->untold));
    return ctl_print(holiday_feed_to_yaml(f, name, source, o));
}

static int import(const struct ctl *ctl, int argc, char **argv)
{
    const char *name = ctl_value(ctl, "--name") == NULL ? "imported" : ctl_value(ctl, "--name");
    struct holiday_feed_options o = { 0 };
    struct text_buffer bytes = { 0 };
    struct holiday_feed feed;
    struct arena *a;
    struct error err;
    int code = read_options(ctl, &o);

    (void)argc;
    if (code != CTL_DONE)
        return code;
    if (!holiday_feed_is_name(name))
        return ctl_usage("expected a name of letters, digits, '-' and '_'", name);
    a = arena_new();
    if (ctl_read_file(argv[0], HOLIDAY_FEED_BYTES_MAX, &bytes, &err) < 0)
        code = ctl_fail(&err);
    else if (holiday_feed_read(a, (struct span){ bytes.ptr, bytes.len }, &o, &feed, &err) < 0) {
        error_wrap(&err, "%s", argv[0]);
        code = ctl_fail(&err);
    } else {
        code = print(ctl, &feed, name, output_line(a, argv[0]), &o);
    }
    text_buffer_clear(&bytes);
    arena_free(a);
    return code;
}

static const struct ctl_option options[] = {
    { "--name", "NAME", "What the list is called; otherwise imported." },
    { "--from", "YEAR", "From this year on; otherwise from the present one." },
    { "--to", "YEAR", "Until the end of this year; otherwise of the one after --from." },
    { "--zone", "ZONE",
      "Where the days are: the IANA zone to which times in UTC are brought; otherwise UTC." },
    { "--transparent", NULL,
      "Also what is marked as taking up no time: some feeds mark all their holidays so." },
    { .name = NULL },
};
const struct ctl_command calendar_import_commands[] = {
    { "calendar", "import", import, NULL, "FILE", 1, 1, options,
      "Make a list of holidays of a feed (iCalendar, RFC 5545), read from FILE or, for -, from "
      "what comes in: a file to look through, which a policy then includes. Each day has its name "
      "and what the feed says of it; what is cancelled, takes up no time or a part of a day, or "
      "comes back by a rule that is not read, is named and left out. Nothing changes by this." },
    { .group = NULL },
};
