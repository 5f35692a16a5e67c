/* ctl/command.h - what every command of relevoctl is given, and how it ends.
 *
 * Commands are rows of tables, one table a room; from them come the usage, the checks of what is
 * written on the line, and relevoctl(1). A new command is a row in its room's table. */
#ifndef RELEVO_CTL_COMMAND_H
#define RELEVO_CTL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/error.h"

struct conf_errors;
struct policy_file;
struct session;
struct text_buffer;

enum ctl_exit {
    CTL_DONE = 0,
    CTL_REFUSED = 1, /* the answer is no, or the input is wrong */
    CTL_USAGE = 2,
    CTL_CONFIG = 3, /* an operator must change something */
    CTL_LATER = 4,  /* the same command may work later */
};

enum { CTL_SAID_MAX = 40 };

struct ctl_option {
    const char *name;  /* "--status"; NULL ends a table */
    const char *value; /* "STATUS"; NULL: it takes none */
    const char *doc;
};
struct ctl;
/* argv[0] is the first word after the command's name; argv ends with NULL. */
typedef int command_fn(const struct ctl *ctl, int argc, char **argv);
/* Likewise, with the database at hand (ctl/session.h). */
typedef int session_command_fn(const struct ctl *ctl, struct session *s, char **argv);
struct ctl_command {
    const char *group, *verb; /* verb NULL: the group is the command; group NULL ends a table */
    command_fn *run;          /* NULL: all of it is done in a session */
    session_command_fn *in_session;   /* NULL: `run` opens one, or needs none */
    const char *args;                 /* "TICKET [TEXT]" */
    int least, most;                  /* how many words; most -1: any number */
    const struct ctl_option *options; /* of its own; NULL: none */
    const char *doc;                  /* one or more sentences: they are the manual */
};

struct ctl {
    const char *config; /* the path of relevo.yaml */
    bool json;
    const struct ctl_command *command;
    struct ctl_said {
        const struct ctl_option *option;
        const char *value;
    } said[CTL_SAID_MAX]; /* the options that were given, in their order */
    size_t said_count;
};
/* What was given for that option of this command, at last; its own name if it takes none; NULL: it
 * was not given. */
const char *ctl_value(const struct ctl *ctl, const char *option);
/* Of one that may be given several times, the i-th; NULL: there is none. */
const char *ctl_value_at(const struct ctl *ctl, const char *option, size_t i);

/* Says it on stderr, made safe for a terminal (S-33); returns the exit code of its kind. */
int ctl_fail(const struct error *err);
/* Likewise, all the lines, and clears them; returns CTL_CONFIG. */
int ctl_fail_all(struct conf_errors *errors);
/* Says "WHAT: 'WORD'" of a word on the line that is wrong; returns CTL_USAGE. */
int ctl_usage(const char *what, const char *word);
/* Says what else is wrong with the line; returns CTL_USAGE. */
int ctl_slip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Of a worker's end, for workers_new(): on stderr, in its words. */
void ctl_on_worker(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms);
/* --limit of commands that list; otherwise 50. -1: it is none, and that has been said. */
int ctl_limit(const struct ctl *ctl, int64_t *out);
/* A policy file; a path that is not absolute lies beside the file `from` ("": where we are).
 * CTL_DONE, or how to end: what is wrong has been said. */
int ctl_read_policy(const char *from, const char *path, struct policy_file *out);
/* The bytes of a file, "-" for what comes in; it is read until there are more than `most`. */
int ctl_read_file(const char *path, size_t most, struct text_buffer *out, struct error *err);
/* Prints the text and frees it; returns CTL_DONE. */
int ctl_print(char *text);

extern const struct ctl_command calendar_commands[];
extern const struct ctl_command calendar_import_commands[];
extern const struct ctl_command calendar_show_commands[];
extern const struct ctl_command channel_commands[];
extern const struct ctl_command config_commands[];
extern const struct ctl_command contact_commands[];
extern const struct ctl_command deliver_commands[];
extern const struct ctl_command delivery_commands[];
extern const struct ctl_command incident_commands[];
extern const struct ctl_command message_commands[];
extern const struct ctl_command migrate_commands[];
extern const struct ctl_command mime_commands[];
extern const struct ctl_command policy_apply_commands[];
extern const struct ctl_command policy_commands[];
extern const struct ctl_command policy_diff_commands[];
extern const struct ctl_command policy_replay_commands[];
extern const struct ctl_command policy_shadow_commands[];
extern const struct ctl_command policy_simulate_commands[];
extern const struct ctl_command policy_version_commands[];
extern const struct ctl_command quarantine_commands[];
extern const struct ctl_command reconcile_commands[];
extern const struct ctl_command solution_commands[];
extern const struct ctl_command report_commands[];
extern const struct ctl_command status_commands[];
extern const struct ctl_command ticket_change_commands[];
extern const struct ctl_command ticket_commands[];
extern const struct ctl_command ticket_new_commands[];
extern const struct ctl_command verify_commands[];
extern const struct ctl_command verify_history_commands[];
extern const struct ctl_command why_commands[];

#endif
