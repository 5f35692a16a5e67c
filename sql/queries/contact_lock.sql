-- contact_lock: $1 desks, $2 contacts; in id order, before their tickets. What a locked row gives is its newest version.
SELECT w.desk_id, w.contact_id, c.name, c.language, c.zone, array_to_string(c.notices_at, ' '), c.received_at,
       array_to_string(c.opened_at, ' '), c.missed_at, o.name, o.plan, c.vip OR coalesce(o.vip, false),
       array_to_string(c.hinted, ' '), array_to_string(c.receipts_at, ' '), c.any_hour
FROM (SELECT DISTINCT desk_id, contact_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, contact_id)
      ORDER BY desk_id, contact_id) w
CROSS JOIN LATERAL (SELECT c.name, c.language, c.zone, c.notices_at, c.received_at, c.opened_at, c.missed_at, c.vip, c.hinted,
                           c.organization_id, c.receipts_at, c.any_hour FROM contact c
                    WHERE c.desk_id = w.desk_id AND c.contact_id = w.contact_id FOR NO KEY UPDATE) c
LEFT JOIN LATERAL (SELECT o.name, o.plan, o.vip FROM organization o
                   WHERE o.desk_id = w.desk_id AND o.organization_id = c.organization_id OFFSET 0) o ON true
