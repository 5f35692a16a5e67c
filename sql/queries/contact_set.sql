-- contact_set: $1 desk, $2 contact, $3 name, $4 language, $5 zone, $6 organization's name ('': none), $7 VIP, $8 whether urgent news
-- may come at any hour (each null: as it is); no row where there is no such organization
UPDATE contact c
SET name = coalesce($3, c.name), language = coalesce($4, c.language), zone = coalesce($5, c.zone),
    organization_id = CASE WHEN $6::text IS NULL THEN c.organization_id
                           ELSE (SELECT o.organization_id FROM organization o WHERE o.desk_id = $1 AND o.name = $6) END,
    vip = coalesce($7::boolean, c.vip), any_hour = coalesce($8::boolean, c.any_hour)
WHERE c.desk_id = $1 AND c.contact_id = $2
  AND ($6::text IS NULL OR $6 = '' OR EXISTS (SELECT 1 FROM organization o WHERE o.desk_id = $1 AND o.name = $6))
RETURNING c.contact_id
