-- message_edit: $1 desks, $2 tickets, $3 messages, $4 what they now say, $5 without quotes; each message once
UPDATE message m
SET text = w.text, reply_text = w.reply_text,
    flags = CASE WHEN 'edited' = ANY (m.flags) THEN m.flags ELSE m.flags || 'edited'::text END
FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS w (desk_id, ticket_id, message_id, text, reply_text)
WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND m.message_id = w.message_id
