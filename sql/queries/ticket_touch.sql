-- ticket_touch: as ticket_insert, of tickets that are there; each once, and only as they were read
UPDATE ticket t
SET version = t.version + 1, status = w.status, priority = w.priority, level = w.level, top_level = w.top_level,
    team = w.team, agent = w.agent, subject = w.subject, language = w.language, tags = w.tags::text[],
    last_channel_id = w.last_channel_id, last_address_kind = w.last_address_kind, last_address = w.last_address,
    last_conversation = w.last_conversation, last_external_id = w.last_external_id,
    last_message_id = w.last_message_id, solved_at = w.solved_at, closed_at = w.closed_at,
    last_customer_at = w.last_customer_at, last_public_at = w.last_public_at,
    merged_into = nullif(w.merged_into, 0), event_seq = w.event_seq, event_hash = w.event_hash,
    policy_version = w.policy_version, memory = w.memory, waiting = w.waiting,
    topic = w.topic, plan = w.plan, terms = w.terms, incident = w.incident,
    incident_of = nullif(w.incident_of, 0), watchers = w.watchers::text[], last_references = w.last_references
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
WHERE t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id AND t.version = w.version
