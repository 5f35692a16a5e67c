-- address_find: $1 desks, $2 kinds, $3 values: whose they are (null: nobody's yet), is it a mail address that is dead, and the organization of its domain
SELECT w.desk_id, w.kind, w.value, a.contact_id, x.address IS NOT NULL, o.organization_id, o.name, o.plan, o.vip
FROM unnest($1::integer[], $2::text[], $3::text[]) AS w (desk_id, kind, value)
LEFT JOIN LATERAL (SELECT a.contact_id FROM address a WHERE a.desk_id = w.desk_id
                   AND a.kind = w.kind COLLATE "C" AND a.value = w.value COLLATE "C" OFFSET 0) a ON true
LEFT JOIN LATERAL (SELECT x.address FROM dead_address x WHERE x.desk_id = w.desk_id
                   AND x.address = w.value COLLATE "C" OFFSET 0) x ON w.kind = 'email'
LEFT JOIN LATERAL (SELECT o.organization_id, o.name, o.plan, o.vip
                   FROM organization_domain d JOIN organization o USING (desk_id, organization_id)
                   WHERE d.desk_id = w.desk_id AND d.domain = split_part(w.value, '@', 2) COLLATE "C"
                   OFFSET 0) o ON w.kind = 'email' AND a.contact_id IS NULL
