-- ticket_lock: $1 desks, $2 tickets; in id order. What a locked row gives is its newest version. With how the incident
-- stands that it belongs to, which is not locked.
SELECT w.desk_id, w.ticket_id, t.version, t.status, t.priority, t.level, t.top_level, t.team, t.agent, t.subject,
       t.language, array_to_string(t.tags, E'\n'), t.contact_id, t.channel_id, t.last_channel_id,
       t.last_address_kind, t.last_address, t.last_conversation, t.last_external_id, t.last_message_id,
       extract(epoch FROM t.created_at)::bigint, extract(epoch FROM t.solved_at)::bigint,
       extract(epoch FROM t.closed_at)::bigint, extract(epoch FROM t.last_customer_at)::bigint,
       extract(epoch FROM t.last_public_at)::bigint, t.merged_into, t.follow_up_of, t.event_seq,
       encode(t.event_hash, 'hex'), t.policy_version, t.memory, t.waiting, t.related_to,
       t.topic, t.plan, t.terms, t.incident, t.incident_of, i.status, i.incident, i.by_at,
       array_to_string(t.watchers, E'\n'), t.last_references
FROM (SELECT DISTINCT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
      ORDER BY desk_id, ticket_id) w
CROSS JOIN LATERAL (SELECT * FROM ticket t WHERE t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
                    FOR NO KEY UPDATE) t
LEFT JOIN LATERAL (SELECT i.status, i.incident,
                          (SELECT extract(epoch FROM min(c.due_at))::bigint FROM target_clock c
                           WHERE c.desk_id = i.desk_id AND c.ticket_id = i.ticket_id AND c.ended_at IS NULL) AS by_at
                   FROM ticket i WHERE i.desk_id = t.desk_id AND i.ticket_id = t.incident_of) i ON true
