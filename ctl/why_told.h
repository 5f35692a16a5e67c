/* ctl/why_told.h - the turns in a ticket's life that one asks about first, a sentence each: it was
 * merged, opened again, passed on by hand; by whom, by which rule and for what reason. */
#ifndef RELEVO_CTL_WHY_TOLD_H
#define RELEVO_CTL_WHY_TOLD_H

#include <jansson.h>
#include <stdint.h>

struct error;
struct session;

/* A list of {"what", "at", "by", "who", "rule", "reason", …, "words"}, in their order; the
 * caller's. NULL: err. */
json_t *why_told(struct session *s, int64_t desk_id, int64_t ticket_id, struct error *err);
void why_told_print(struct session *s, const json_t *told);

#endif
