-- contact_list: $1 desk's name, $2 organization's name, $3 a contact's number, $4 an address (each null: any), $5 how many;
-- newest first
SELECT c.contact_id, d.name AS desk, d.desk_id, c.name, c.language, c.zone, o.name AS organization, o.plan,
       c.vip OR coalesce(o.vip, false) AS vip, c.any_hour,
       (SELECT string_agg(a.kind || ':' || a.value, E'\n' ORDER BY a.kind, a.value) FROM address a
        WHERE a.desk_id = c.desk_id AND a.contact_id = c.contact_id) AS addresses,
       (SELECT count(*) FROM ticket t WHERE t.desk_id = c.desk_id AND t.contact_id = c.contact_id) AS tickets,
       extract(epoch FROM c.created_at)::bigint AS created_at
FROM desk d
CROSS JOIN LATERAL (
    SELECT * FROM contact x
    WHERE x.desk_id = d.desk_id AND ($3::bigint IS NULL OR x.contact_id = $3)
      AND ($4::text IS NULL OR x.contact_id = ANY (ARRAY(SELECT a.contact_id FROM address a
                                                         WHERE a.desk_id = d.desk_id AND a.value = $4)))
      AND ($2::text IS NULL OR x.organization_id = (SELECT y.organization_id FROM organization y
                                                    WHERE y.desk_id = d.desk_id AND y.name = $2))
    ORDER BY x.contact_id DESC LIMIT $5) c
LEFT JOIN organization o ON o.desk_id = c.desk_id AND o.organization_id = c.organization_id
WHERE $1::text IS NULL OR d.name = $1
ORDER BY c.contact_id DESC LIMIT $5
