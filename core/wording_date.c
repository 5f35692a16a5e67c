#include "core/wording_date.h"

#include <ctype.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>

#include "core/arena.h"
#include "core/text.h"

enum {
    DATES_WORDED = 64,
    DATES_FORMATS = 4,
    DATES_LANGUAGE = 16,
    DATES_ZONE = 48,
    DATES_TEXT = 160
};

struct wording_dates {
    struct dates_worded { /* by minute and language: the last one stays */
        int64_t minute;
        char language[DATES_LANGUAGE], zone[DATES_ZONE], text[DATES_TEXT];
    } worded[DATES_WORDED];
    struct dates_format {
        char language[DATES_LANGUAGE];
        UDateFormat *format; /* NULL: none yet */
    } formats[DATES_FORMATS];
    int oldest;
};

struct wording_dates *wording_dates_new(void)
{
    return xcalloc(1, sizeof(struct wording_dates));
}

void wording_dates_free(struct wording_dates *d)
{
    int i;

    for (i = 0; d != NULL && i < DATES_FORMATS; i++)
        if (d->formats[i].format != NULL)
            udat_close(d->formats[i].format);
    free(d);
}

/* NULL: ICU has nothing of the kind. */
static UDateFormat *dates_format_new(const char *language)
{
    UChar utc[] = { 'U', 'T', 'C', 0 };
    bool english = strncmp(language, "en", 2) == 0 && !isalpha((unsigned char)language[2]);
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format =
        udat_open(UDAT_SHORT, UDAT_FULL, english ? "en_GB" : language, utc, -1, NULL, 0, &status);

    if (U_SUCCESS(status))
        return format;
    if (format != NULL)
        udat_close(format);
    return NULL;
}

static UDateFormat *dates_format_of(struct wording_dates *d, const char *language)
{
    struct dates_format *f;
    int i;

    for (i = 0; i < DATES_FORMATS; i++)
        if (d->formats[i].format != NULL && strcmp(d->formats[i].language, language) == 0)
            return d->formats[i].format;
    f = &d->formats[d->oldest++ % DATES_FORMATS];
    if (f->format != NULL)
        udat_close(f->format);
    strcpy(f->language, language);
    f->format = dates_format_new(language);
    return f->format;
}

static int64_t dates_local(const char *zone, int64_t at)
{
    GTimeZone *tz = g_time_zone_new_identifier(zone);

    if (tz == NULL)
        return at;
    at += g_time_zone_get_offset(tz, g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, at));
    g_time_zone_unref(tz);
    return at;
}

static void dates_word(UDateFormat *format, const char *zone, int64_t at, char text[DATES_TEXT])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[DATES_TEXT / 2];
    int32_t len = 0, out = 0;

    if (format != NULL)
        len = udat_format(format, (double)dates_local(zone, at) * 1000.0, wide, DATES_TEXT / 2,
                          NULL, &status);
    if (U_SUCCESS(status))
        u_strToUTF8(text, DATES_TEXT, &out, wide, len, &status);
    if (format == NULL || U_FAILURE(status) || out >= DATES_TEXT)
        *text_number(text, at) = '\0';
}

const char *wording_date(struct wording_dates *d, struct arena *a, const char *language,
                         const char *zone, int64_t at)
{
    int64_t minute = at / 60;
    struct dates_worded *w, alone = { .minute = 0 };
    UDateFormat *format;

    if (zone == NULL)
        zone = "UTC";
    if (strlen(language) >= DATES_LANGUAGE || strlen(zone) >= DATES_ZONE)
        language = "en", zone = strlen(zone) >= DATES_ZONE ? "UTC" : zone;
    w = d == NULL ? &alone : &d->worded[(uint64_t)(minute * 31 + language[0]) % DATES_WORDED];
    if (d == NULL || w->minute != minute || strcmp(w->language, language) != 0 ||
        strcmp(w->zone, zone) != 0) {
        format = d == NULL ? dates_format_new(language) : dates_format_of(d, language);
        w->minute = minute;
        strcpy(w->language, language);
        strcpy(w->zone, zone);
        dates_word(format, zone, at, w->text);
        if (d == NULL && format != NULL)
            udat_close(format);
    }
    return arena_strdup(a, w->text);
}
