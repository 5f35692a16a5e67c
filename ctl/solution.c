/* How cases were solved, for who meets the like. */
#include "core/arena.h"
#include "ctl/output.h"
#include "ctl/session.h"

static const struct output_column columns[] = {
    { "ticket_id", OUTPUT_INT, "ticket", false },  { "desk", OUTPUT_TEXT, NULL, false },
    { "solved_at", OUTPUT_TIME, "when", false },   { "agent", OUTPUT_TEXT, "by", false },
    { "level", OUTPUT_INT, "level", false },       { "topic", OUTPUT_TEXT, "topic", false },
    { "tags", OUTPUT_TEXTS, NULL, false },         { "subject", OUTPUT_TEXT, "subject", true },
    { "solution", OUTPUT_TEXT, "solution", true }, { .name = NULL },
};

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value v[5];
    struct error err;
    int64_t limit;

    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    if (session_desk_name(ctl, s, &v[0], &err) < 0)
        return ctl_fail(&err);
    v[1] = db_text(ctl_value(ctl, "--topic"));
    v[2] = db_text(ctl_value(ctl, "--tag"));
    v[3] = db_text(argv[0]);
    v[4] = db_int(s->a, limit);
    return session_list(ctl, s, "solution_list", v, 5, columns);
}

static const struct ctl_option options[] = {
    { "--desk", "DESK", "Of this desk." },
    { "--topic", "TOPIC", "Only of this topic." },
    { "--tag", "TAG", "Only of cases with this tag." },
    { "--limit", "N", "At most so many; 50 without it." },
    { .name = NULL },
};
const struct ctl_command solution_commands[] = {
    { "solution", "list", NULL, list, "[WORDS]", 0, 1, options,
      "How cases were solved, newest first; with words, those that hold them all." },
    { .group = NULL },
};
