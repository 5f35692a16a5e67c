/* core/wording_date.h - dates as a language writes them, on the clock of a zone.
 *
 * Pure. GLib knows the zone as the system's tzdata does; ICU is only given what the clock on the
 * wall shows there. ICU takes a tenth of a millisecond to get ready for a language, and notices of
 * the same minute name the same times: who words many keeps a `struct wording_dates`, which
 * remembers both. One thread. */
#ifndef RELEVO_CORE_WORDING_DATE_H
#define RELEVO_CORE_WORDING_DATE_H

#include <stdint.h>

struct arena;
struct wording_dates;

struct wording_dates *wording_dates_new(void);
void wording_dates_free(struct wording_dates *d); /* takes NULL */
/* "Thursday, 1 January 2026 at 10:00" of an instant, as the language writes it. `d` may be NULL:
 * nothing is remembered. `zone` is IANA; NULL: UTC. */
const char *wording_date(struct wording_dates *d, struct arena *a, const char *language,
                         const char *zone, int64_t at);

#endif
