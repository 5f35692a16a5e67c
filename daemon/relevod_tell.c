#include "daemon/relevod_rooms.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/policy_change.h"

void relevod_on_delivery(void *arg, int64_t ticket_id, const char *notice, const char *state,
                         const char *words)
{
    enum log_level level = strcmp(state, "dead") == 0   ? LOG_LEVEL_WARNING
                           : strcmp(state, "owed") == 0 ? LOG_LEVEL_INFO
                                                        : LOG_LEVEL_DEBUG;

    (void)arg;
    log_event(level, "delivery", LOG_NUMBER("ticket", ticket_id), LOG_TEXT("notice", notice),
              LOG_TEXT("state", state), LOG_TEXT("words", words));
}

void relevod_on_attachment(void *arg, int64_t ticket_id, const char *state, const char *words)
{
    (void)arg;
    log_event(strcmp(state, "failed") == 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, "attachment",
              LOG_NUMBER("ticket", ticket_id), LOG_TEXT("state", state), LOG_TEXT("words", words));
}

void relevod_on_due_failed(void *arg, int64_t ticket_id, const char *words)
{
    (void)arg;
    log_event(LOG_LEVEL_ERROR, "due_failed", LOG_NUMBER("ticket", ticket_id),
              LOG_TEXT("words", words));
}

void relevod_on_worker(void *arg, const char *role, pid_t pid, const char *words, int64_t pause_ms)
{
    (void)arg;
    if (words == NULL)
        log_event(LOG_LEVEL_INFO, "worker_started", LOG_TEXT("role", role), LOG_NUMBER("pid", pid));
    else
        log_event(LOG_LEVEL_WARNING, "worker_gone", LOG_TEXT("role", role), LOG_NUMBER("pid", pid),
                  LOG_TEXT("words", words), LOG_NUMBER("again_in_ms", pause_ms));
}

static void relevod_tell_db(const char *session, bool up, const char *words)
{
    if (up)
        log_event(LOG_LEVEL_INFO, "database_up", LOG_TEXT("session", session));
    else
        log_event(LOG_LEVEL_WARNING, "database_away", LOG_TEXT("session", session),
                  LOG_TEXT("words", words));
}

void relevod_on_db(void *arg, bool up, const char *words)
{
    (void)arg;
    relevod_tell_db("general", up, words);
}

void relevod_on_store_db(void *arg, bool up, const char *words)
{
    (void)arg;
    relevod_tell_db("store", up, words);
}

void relevod_on_shadow(void *arg, const char *desk, const struct error *err)
{
    (void)arg;
    if (err->kind == ERROR_NONE)
        log_event(LOG_LEVEL_INFO, "shadow_told", LOG_TEXT("desk", desk));
    else
        log_event(LOG_LEVEL_ERROR, "shadow_failed", LOG_TEXT("desk", desk),
                  LOG_TEXT("words", err->text));
}

void relevod_on_overload(void *arg, const char *desk, const char *team, const char *sign,
                         int waiting)
{
    (void)arg;
    if (team == NULL)
        log_event(LOG_LEVEL_WARNING, "overload_failed", LOG_TEXT("desk", desk),
                  LOG_TEXT("words", sign));
    else
        log_event(LOG_LEVEL_WARNING, "overload", LOG_TEXT("desk", desk), LOG_TEXT("team", team),
                  LOG_TEXT("sign", sign), LOG_NUMBER("waiting", waiting));
}

void relevod_on_planned(void *arg, const struct policy_change_answer *answer)
{
    struct relevod *r = arg;

    store_counts_add(r->store, &answer->counts);
    if (answer->err.kind == ERROR_NONE)
        log_event(LOG_LEVEL_INFO, "policy_in_force", LOG_TEXT("desk", answer->desk),
                  LOG_NUMBER("version", answer->version),
                  LOG_NUMBER("tickets", answer->report.tickets),
                  LOG_NUMBER("changed", answer->report.changed),
                  LOG_TEXT("words", answer->open ? "as planned, with the clocks that run"
                                                 : "as planned, for new clocks"));
    else
        log_event(LOG_LEVEL_ERROR, "policy_failed",
                  LOG_TEXT("desk", answer->desk == NULL ? "" : answer->desk),
                  LOG_NUMBER("version", answer->version), LOG_TEXT("words", answer->err.text));
}
