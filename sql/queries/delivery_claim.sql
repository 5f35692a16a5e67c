-- delivery_claim: $1 now, $2 how many, $3 for how many seconds, $4 which node, $5 desks and $6 their sinks that may be used
-- now, $7 for how many each, $8 since when an address may be dead, $9 what that node still has under way and does not want
-- again; what people wrote first, oldest first, with what plan_notice_untrue() must know of the ticket, why nobody is at its
-- address (null: it is not known that nobody is), and what a person's words have in files. Ticket 0: it is about none
-- (shadow_tell)
WITH due AS MATERIALIZED (
    SELECT o.desk_id, o.delivery_id
    FROM unnest($5::integer[], $6::bigint[], $7::integer[]) AS s (desk_id, channel_id, room)
    CROSS JOIN LATERAL (
        SELECT * FROM (
            SELECT desk_id, delivery_id, automatic, due_at FROM delivery
            WHERE state = 'owed' AND channel_id = s.channel_id AND NOT automatic AND due_at <= $1
              AND (claimed_until IS NULL OR claimed_until < $1) AND desk_id = s.desk_id
              AND delivery_id <> ALL ($9::bigint[])
            ORDER BY due_at LIMIT s.room FOR UPDATE SKIP LOCKED) said
        UNION ALL
        SELECT * FROM (
            SELECT desk_id, delivery_id, automatic, due_at FROM delivery
            WHERE state = 'owed' AND channel_id = s.channel_id AND automatic AND due_at <= $1
              AND (claimed_until IS NULL OR claimed_until < $1) AND desk_id = s.desk_id
              AND delivery_id <> ALL ($9::bigint[])
            ORDER BY due_at LIMIT s.room FOR UPDATE SKIP LOCKED) told
        LIMIT s.room) o
    ORDER BY o.automatic, o.due_at LIMIT $2),
mine AS (
    UPDATE delivery SET claimed_until = $1::timestamptz + make_interval(secs => $3), claimed_by = $4,
                        attempts = attempts + 1
    WHERE (desk_id, delivery_id) IN (SELECT desk_id, delivery_id FROM due)
    RETURNING *)
SELECT m.desk_id, m.delivery_id, m.ticket_id, m.notice, m.step_key, m.channel_id, m.address, m.address_name,
       m.conversation, m.reply_to_external_id, m.subject, m.text, m.automatic, m.level, m.mail_id,
       m.mail_reply_to, m.mail_in_reply_to, m.mail_references, m.attempts,
       t.status, t.level, t.agent, coalesce(t.merged_into, 0), coalesce(t.incident_of, 0), t.memory,
       extract(epoch FROM m.created_at)::bigint, m.recipient, x.why, t.language,
       coalesce(a.files, 0), coalesce(a.bytes, 0), m.agent, m.as_owner, m.clock, m.clock_instance,
       c.kind IS NOT NULL, coalesce(extract(epoch FROM c.due_at)::bigint, 0),
       coalesce(extract(epoch FROM c.breached_at)::bigint, 0),
       extract(epoch FROM m.due_at)::bigint
FROM mine m LEFT JOIN ticket t USING (desk_id, ticket_id)
LEFT JOIN target_clock c ON c.desk_id = m.desk_id AND c.ticket_id = m.ticket_id AND c.kind = m.clock
                            AND c.instance = m.clock_instance AND c.ended_at IS NULL
LEFT JOIN dead_address x ON x.desk_id = m.desk_id AND x.address = m.address COLLATE "C" AND x.dead_at > $8
LEFT JOIN LATERAL (SELECT count(*) AS files, sum(greatest(size, 0))::bigint AS bytes FROM attachment a
                   WHERE a.desk_id = m.desk_id AND a.ticket_id = m.ticket_id AND a.message_id = m.message_id) a
       ON NOT m.automatic
ORDER BY m.automatic, m.due_at, m.delivery_id
