/* ctl/ticket.h - what the rooms that speak of tickets share. */
#ifndef RELEVO_CTL_TICKET_H
#define RELEVO_CTL_TICKET_H

#include <libpq-fe.h>
#include <stdint.h>

#include "core/text.h"
#include "ctl/output.h"
#include "daemon/db.h"

struct session;

extern const struct output_column ticket_columns[], ticket_clock_columns[];

int ticket_number(const char *word, int64_t *out); /* "42", "#42"; -1: it is none */
/* All of `words`, to NULL, each number once, as an array of the arena's, and how many; *wrong: the
 * first that is no number, NULL: none. */
struct db_value ticket_numbers(struct arena *a, char *const *words, size_t *count,
                               const char **wrong);
/* Of those words the first whose number is in no row's first cell; NULL: all are. */
const char *ticket_unheard(const PGresult *rows, char *const *words);
/* What is to be said: the word itself; what is on standard input for NULL or "-". NULL: err. */
const char *ticket_words(struct arena *a, const char *word, struct error *err);
/* What a ticket is to be called, on one line. NULL: nobody would see any of it. */
const char *ticket_subject(struct arena *a, const char *word);
/* The file whole, at most INBOUND_RAW_MAX bytes of it; the arena's. */
int ticket_file(struct arena *a, const char *path, struct span *out, struct error *err);
/* The ticket's row (sql/queries/ticket_show.sql). NULL: said why, *code is how to end. */
const PGresult *ticket_find(struct session *s, const char *word, int *code);
/* ctl/ticket_handover.c: a row of ticket_commands. */
session_command_fn ticket_handover;
extern const struct ctl_option ticket_handover_options[];

#endif
