-- ticket_show: $1 number
SELECT t.desk_id, t.ticket_id, d.name AS desk, t.status, t.priority, t.level, t.top_level, t.team, t.agent, t.contact_id,
       c.name AS customer, t.last_address_kind AS address_kind, t.last_address AS address,
       t.last_conversation AS conversation, ch.name AS channel, t.subject,
       t.language, array_to_string(t.tags, E'\n') AS tags, extract(epoch FROM t.created_at)::bigint AS created_at,
       extract(epoch FROM t.solved_at)::bigint AS solved_at, extract(epoch FROM t.closed_at)::bigint AS closed_at,
       extract(epoch FROM t.last_customer_at)::bigint AS last_customer_at,
       extract(epoch FROM t.last_public_at)::bigint AS last_public_at, t.merged_into, t.follow_up_of, t.related_to,
       t.incident, t.incident_of, array_to_string(t.watchers, E'\n') AS watchers,
       t.policy_version, t.topic, t.plan, t.memory, o.name AS opened_by, o.kind AS opened_by_kind
FROM desk d
JOIN ticket t ON t.desk_id = d.desk_id AND t.ticket_id = $1
JOIN contact c ON c.desk_id = t.desk_id AND c.contact_id = t.contact_id
JOIN channel ch ON ch.desk_id = t.desk_id AND ch.channel_id = t.last_channel_id
JOIN channel o ON o.desk_id = t.desk_id AND o.channel_id = t.channel_id
