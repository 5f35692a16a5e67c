/* What a channel says of itself, for the log and for those who ask `relevoctl status`. */
#include "core/arena.h"
#include "daemon/clock.h"
#include "daemon/db.h"
#include "daemon/desk.h"
#include "daemon/host_rooms.h"
#include "daemon/log.h"

void host_health(void *ctx, struct channel *ch, enum channel_health health, const char *words)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);
    bool news = !c->health_known || c->health != health;
    int64_t now = steady_now_ms();
    struct db_value v[4];
    struct arena *a;

    if (!news && now - c->health_noted_ms < HOST_HEALTH_MS)
        return;
    if (health == CHANNEL_TROUBLE)
        log_event(LOG_LEVEL_WARNING, "channel_trouble", LOG_TEXT("channel", ch->name),
                  LOG_TEXT("words", words));
    else if (news && c->health_known)
        log_event(LOG_LEVEL_INFO, "channel_well", LOG_TEXT("channel", ch->name));
    c->health = health;
    c->health_known = true;
    c->health_noted_ms = now;
    a = arena_new();
    v[0] = db_int(a, c->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(NULL);
    v[3] = db_text(health == CHANNEL_OK ? NULL : words);
    db_query(h->on.db, "health_note", v, 4, NULL, NULL);
    arena_free(a);
}

void host_warn(void *ctx, struct channel *ch, const char *words)
{
    struct host *h = ctx;
    struct arena *a = arena_new();
    struct db_value v[3];

    if (words != NULL)
        log_event(LOG_LEVEL_WARNING, "channel_warning", LOG_TEXT("channel", ch->name),
                  LOG_TEXT("words", words));
    v[0] = db_int(a, host_channel_of(h, ch)->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(words);
    db_query(h->on.db, "warning_note", v, 3, NULL, NULL);
    arena_free(a);
}

/* Without a rate yet nothing is said of the time that is left. */
void host_behind(void *ctx, struct channel *ch, int64_t left, int64_t per_s)
{
    struct host *h = ctx;
    struct host_channel *c = host_channel_of(h, ch);
    struct arena *a = arena_new();
    struct db_value v[5];

    if (left == 0 && c->behind)
        log_event(LOG_LEVEL_INFO, "channel_caught_up", LOG_TEXT("channel", ch->name));
    else if (left > 0 && per_s <= 0)
        log_event(LOG_LEVEL_INFO, "channel_behind", LOG_TEXT("channel", ch->name),
                  LOG_NUMBER("messages", left));
    else if (left > 0)
        log_event(LOG_LEVEL_INFO, "channel_behind", LOG_TEXT("channel", ch->name),
                  LOG_NUMBER("messages", left), LOG_NUMBER("per_s", per_s),
                  LOG_NUMBER("left_s", left / per_s));
    c->behind = left > 0;
    v[0] = db_int(a, c->channel->desk->desk_id);
    v[1] = db_int(a, ch->channel_id);
    v[2] = db_text(NULL);
    v[3] = left == 0 ? db_text(NULL) : db_int(a, left);
    v[4] = left == 0 ? db_text(NULL) : db_int(a, per_s);
    db_query(h->on.db, "behind_note", v, 5, NULL, NULL);
    arena_free(a);
}
