#include "channels/telegram_update.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "channels/channel.h"
#include "channels/payload.h"
#include "core/arena.h"

/* Which members carry files, and what they are where Telegram does not say. */
static const struct update_file {
    const char *member, *content_type;
} update_files[] = {
    { "document", "application/octet-stream" },
    { "voice", "audio/ogg" },
    { "audio", "audio/mpeg" },
    { "video", "video/mp4" },
    { "video_note", "video/mp4" },
    { "animation", "video/mp4" },
    { "sticker", "image/webp" },
};
enum { UPDATE_FILES = sizeof(update_files) / sizeof(update_files[0]) };

static void update_attach(struct inbound *in, const json_t *file, const char *content_type)
{
    struct inbound_attachment *at = &in->attachments[in->attachment_count];
    const char *id = payload_id(in->arena, file, "file_id");
    const char *type = payload_line(in->arena, file, "mime_type", 256);

    if (id == NULL)
        return;
    at->url = arena_printf(in->arena, "telegram:%s", id); /* getFile, with the token, later */
    at->filename = payload_line(in->arena, file, "file_name", INBOUND_NAME_MAX);
    at->content_type = type == NULL ? content_type : type;
    at->size = json_is_integer(payload_at(file, "file_size")) ? payload_int(file, "file_size") : -1;
    in->attachment_count++;
}

static void update_attachments(struct inbound *in, const json_t *message)
{
    const json_t *photo = payload_at(message, "photo");
    size_t i;

    in->attachments = arena_array(in->arena, UPDATE_FILES + 1, sizeof(*in->attachments));
    if (json_array_size(photo) > 0) /* the same in several sizes, the largest last */
        update_attach(in, json_array_get(photo, json_array_size(photo) - 1), "image/jpeg");
    for (i = 0; i < UPDATE_FILES; i++)
        if (json_is_object(payload_at(message, update_files[i].member)))
            update_attach(in, payload_at(message, update_files[i].member),
                          update_files[i].content_type);
}

static const char *update_text(struct arena *a, const json_t *m)
{
    const char *text = payload_text(a, m, "text", INBOUND_TEXT_MAX), *number;
    const json_t *contact = payload_at(m, "contact"), *place = payload_at(m, "location");

    if (text == NULL)
        text = payload_text(a, m, "caption", INBOUND_TEXT_MAX);
    if (text != NULL)
        return text;
    number = payload_line(a, contact, "phone_number", 40);
    if (number != NULL)
        return number;
    if (json_is_object(place))
        return arena_printf(a, "(%.6f, %.6f)", json_number_value(payload_at(place, "latitude")),
                            json_number_value(payload_at(place, "longitude")));
    return "";
}

static void update_sender(struct inbound *in, const json_t *from)
{
    struct arena *a = in->arena;
    const char *first = payload_line(a, from, "first_name", INBOUND_NAME_MAX / 2);
    const char *last = payload_line(a, from, "last_name", INBOUND_NAME_MAX / 2 - 1);

    in->sender.kind = "telegram";
    in->sender.value = payload_id(a, from, "id");
    in->sender.name = first == NULL  ? last
                      : last == NULL ? first
                                     : arena_printf(a, "%s %s", first, last);
    in->language = payload_line(a, from, "language_code", 35);
    in->sender_proven = true;
    in->automatic = json_is_true(payload_at(from, "is_bot"));
}

static struct inbound *update_ignored(struct inbound *in, int64_t update_id, const char *reason)
{
    in->kind = INBOUND_IGNORED;
    in->reason = reason;
    if (in->external_id == NULL)
        in->external_id = arena_printf(in->arena, "update:%" PRId64, update_id);
    if (in->sender.value == NULL) {
        in->sender.kind = "telegram";
        in->sender.value = "unknown";
    }
    return in;
}

static struct inbound *update_message(struct inbound *in, const json_t *m, int64_t update_id,
                                      bool edit)
{
    struct arena *a = in->arena;
    const json_t *from = payload_at(m, "from"), *before = payload_at(m, "reply_to_message");
    const char *chat = payload_id(a, payload_at(m, "chat"), "id"), *id, *thread;

    id = payload_id(a, m, "message_id");
    if (chat == NULL || id == NULL || payload_id(a, from, "id") == NULL)
        return update_ignored(in, update_id, "a message without chat, id or sender");
    in->kind = edit ? INBOUND_EDIT : INBOUND_MESSAGE;
    in->external_id = arena_printf(a, "%s:%s", chat, id);
    update_sender(in, from);
    thread = json_is_true(payload_at(m, "is_topic_message")) ? payload_id(a, m, "message_thread_id")
                                                             : NULL;
    in->conversation = thread == NULL ? chat : arena_printf(a, "%s:%s", chat, thread);
    if (payload_id(a, before, "message_id") != NULL)
        in->reply_to_external_id =
            arena_printf(a, "%s:%s", chat, payload_id(a, before, "message_id"));
    in->sent_at = payload_plausible(payload_int(m, "date"), in->received_at);
    in->received_at =
        inbound_received(payload_int(m, edit ? "edit_date" : "date"), in->received_at);
    in->text = in->reply_text = update_text(a, m);
    update_attachments(in, m);
    if (in->text[0] == '\0' && in->attachment_count == 0)
        return update_ignored(in, update_id, "a message without words or files");
    if (!edit && (strcmp(in->text, "/start") == 0 || strncmp(in->text, "/start ", 7) == 0))
        return update_ignored(in, update_id, "the customer pressed Start");
    return in;
}

int64_t telegram_update_id(const json_t *update)
{
    int64_t id = payload_int(update, "update_id");

    return json_is_integer(payload_at(update, "update_id")) && id >= 0 && id < INT64_MAX ? id : -1;
}

struct inbound *telegram_update_read(struct channel *ch, const json_t *update, struct error *err)
{
    int64_t update_id = telegram_update_id(update);
    struct inbound *in;
    char *raw;

    if (update_id < 0) {
        error_set(err, ERROR_PERMANENT, "update_id: expected a whole number");
        return NULL;
    }
    raw = json_dumps(update, JSON_COMPACT);
    in = channel_inbound(ch, span_of(raw), "application/json");
    free(raw);
    if (json_is_object(payload_at(update, "message")))
        return update_message(in, payload_at(update, "message"), update_id, false);
    if (json_is_object(payload_at(update, "edited_message")))
        return update_message(in, payload_at(update, "edited_message"), update_id, true);
    return update_ignored(in, update_id, "an update of another kind");
}
