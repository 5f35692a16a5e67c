-- delivery_insert: one array a column, in the order of the columns here
INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, recipient, agent, contact_id, channel_id,
    address, address_name, conversation, reply_to_external_id, subject, text, automatic, level, rule, message_id,
    mail_id, mail_reply_to, mail_in_reply_to, mail_references, state, due_at, last_words, created_at,
    as_owner, clock, clock_instance)
SELECT desk_id, delivery_id, ticket_id, notice, step_key, recipient, agent, nullif(contact_id, 0),
    nullif(channel_id, 0), address, address_name, conversation, reply_to_external_id, subject, text, automatic,
    level, rule, nullif(message_id, 0), mail_id, mail_reply_to, mail_in_reply_to, mail_references, state, due_at,
    last_words, created_at, as_owner, clock, clock_instance
FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
    $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::boolean[],
    $17::integer[], $18::text[], $19::bigint[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[],
    $25::timestamptz[], $26::text[], $27::timestamptz[],
    $28::boolean[], $29::text[], $30::integer[])
    AS w (desk_id, delivery_id, ticket_id, notice, step_key, recipient, agent, contact_id, channel_id,
    address, address_name, conversation, reply_to_external_id, subject, text, automatic, level, rule, message_id,
    mail_id, mail_reply_to, mail_in_reply_to, mail_references, state, due_at, last_words, created_at,
    as_owner, clock, clock_instance)
