-- ticket_read: $1 desks, $2 tickets (merges are followed); after ticket_lock, in a statement of its own
WITH RECURSIVE way (desk_id, ticket_id) AS (
    SELECT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
    UNION
    SELECT t.desk_id, t.merged_into FROM way JOIN ticket t USING (desk_id, ticket_id)
    WHERE t.merged_into IS NOT NULL)
SELECT t.desk_id, t.ticket_id, t.version, t.status, t.priority, t.level, t.top_level, t.team, t.agent, t.subject,
       t.language, array_to_string(t.tags, E'\n'), t.contact_id, t.channel_id, t.last_channel_id,
       t.last_address_kind, t.last_address, t.last_conversation, t.last_external_id, t.last_message_id,
       extract(epoch FROM t.created_at)::bigint, extract(epoch FROM t.solved_at)::bigint,
       extract(epoch FROM t.closed_at)::bigint, extract(epoch FROM t.last_customer_at)::bigint,
       extract(epoch FROM t.last_public_at)::bigint, t.merged_into, t.follow_up_of, t.event_seq,
       encode(t.event_hash, 'hex'), t.policy_version, t.memory
FROM way JOIN ticket t USING (desk_id, ticket_id)
