-- message_insert: one array a column, in the order of the columns here
INSERT INTO message (desk_id, ticket_id, message_id, direction, author, agent, contact_id, channel_id, external_id,
    address_kind, address, conversation, recipients, subject, text, reply_text, html, language, sent_at, received_at,
    mail_id, mail_in_reply_to, flags, raw_sha256)
SELECT desk_id, ticket_id, message_id, direction, author, agent, nullif(contact_id, 0), nullif(channel_id, 0),
    external_id, address_kind, address, conversation, recipients::jsonb, subject, text, reply_text, html, language,
    sent_at, received_at, mail_id, mail_in_reply_to, flags::text[], raw_sha256
FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
    $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
    $16::text[], $17::text[], $18::text[], $19::timestamptz[], $20::timestamptz[], $21::text[], $22::text[],
    $23::text[], $24::bytea[])
    AS w (desk_id, ticket_id, message_id, direction, author, agent, contact_id, channel_id, external_id,
    address_kind, address, conversation, recipients, subject, text, reply_text, html, language, sent_at, received_at,
    mail_id, mail_in_reply_to, flags, raw_sha256)
