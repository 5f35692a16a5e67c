-- delivery_claim: $1 now, $2 how many, $3 for how many seconds, $4 which node, $5 sinks that are not to be used now,
-- $6 desks, $7 since when an address may be dead; oldest first, with what plan_notice_untrue() must know of the ticket, and
-- why nobody is at its address (null: it is not known that nobody is)
WITH mine AS (
    UPDATE delivery SET claimed_until = $1::timestamptz + make_interval(secs => $3), claimed_by = $4,
                        attempts = attempts + 1
    WHERE (desk_id, delivery_id) IN (
        SELECT desk_id, delivery_id FROM delivery
        WHERE state = 'owed' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1)
          AND channel_id <> ALL ($5::bigint[]) AND desk_id = ANY ($6::integer[])
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING *)
SELECT m.desk_id, m.delivery_id, m.ticket_id, m.notice, m.step_key, m.channel_id, m.address, m.address_name,
       m.conversation, m.reply_to_external_id, m.subject, m.text, m.automatic, m.level, m.mail_id,
       m.mail_reply_to, m.mail_in_reply_to, m.mail_references, m.attempts,
       t.status, t.priority, t.level, t.top_level, t.agent, coalesce(t.merged_into, 0),
       coalesce(extract(epoch FROM t.last_public_at)::bigint, 0),
       coalesce(extract(epoch FROM t.last_customer_at)::bigint, 0), t.memory,
       extract(epoch FROM m.created_at)::bigint, m.recipient, x.why
FROM mine m JOIN ticket t USING (desk_id, ticket_id)
LEFT JOIN dead_address x ON x.desk_id = m.desk_id AND x.address = m.address COLLATE "C" AND x.dead_at > $7
ORDER BY m.due_at, m.delivery_id
