-- ticket_insert: one array a column, in the order of the columns here
INSERT INTO ticket (desk_id, ticket_id, version, status, priority, level, top_level, team, agent, subject, language,
    tags, contact_id, channel_id, last_channel_id, last_address_kind, last_address, last_conversation,
    last_external_id, last_message_id, created_at, solved_at, closed_at, last_customer_at, last_public_at,
    merged_into, follow_up_of, event_seq, event_hash, policy_version, memory, waiting, related_to, topic, plan,
    terms, incident, incident_of, watchers, last_references)
SELECT desk_id, ticket_id, version + 1, status, priority, level, top_level, team, agent, subject, language,
    tags::text[], contact_id, channel_id, last_channel_id, last_address_kind, last_address, last_conversation,
    last_external_id, last_message_id, created_at, solved_at, closed_at, last_customer_at, last_public_at,
    nullif(merged_into, 0), nullif(follow_up_of, 0), event_seq, event_hash, policy_version, memory, waiting,
    nullif(related_to, 0), topic, plan, terms, incident, nullif(incident_of, 0), watchers::text[], last_references
FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::integer[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[],
    $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::timestamptz[], $22::timestamptz[],
    $23::timestamptz[], $24::timestamptz[], $25::timestamptz[], $26::bigint[], $27::bigint[], $28::bigint[],
    $29::bytea[], $30::integer[], $31::text[], $32::text[], $33::bigint[], $34::text[], $35::text[], $36::text[], $37::text[], $38::bigint[],
    $39::text[], $40::text[])
    AS w (desk_id, ticket_id, version, status, priority, level, top_level, team, agent, subject, language, tags,
    contact_id, channel_id, last_channel_id, last_address_kind, last_address, last_conversation, last_external_id,
    last_message_id, created_at, solved_at, closed_at, last_customer_at, last_public_at, merged_into, follow_up_of,
    event_seq, event_hash, policy_version, memory, waiting, related_to, topic, plan, terms, incident, incident_of,
    watchers, last_references)
