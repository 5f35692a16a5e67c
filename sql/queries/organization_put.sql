-- organization_put: $1 desk, $2 name, $3 plan ('': none), $4 VIP, $5 its mail domains, all there are (each null: as it is);
-- whoever has an address there, and belongs to none, belongs to it
WITH o AS (
    INSERT INTO organization (desk_id, name, plan, vip) VALUES ($1, $2, nullif($3, ''), coalesce($4::boolean, false))
    ON CONFLICT (desk_id, name) DO UPDATE
    SET plan = CASE WHEN $3::text IS NULL THEN organization.plan ELSE nullif($3, '') END,
        vip = coalesce($4, organization.vip)
    RETURNING organization_id
), gone AS (
    DELETE FROM organization_domain d USING o
    WHERE d.desk_id = $1 AND d.organization_id = o.organization_id AND d.domain <> ALL ($5::text[])
), added AS (
    INSERT INTO organization_domain (desk_id, domain, organization_id)
    SELECT $1, x, o.organization_id FROM o, unnest($5::text[]) AS x
    ON CONFLICT (desk_id, domain) DO UPDATE SET organization_id = excluded.organization_id
    RETURNING domain
), theirs AS (
    UPDATE contact c SET organization_id = o.organization_id
    FROM o, added, address a
    WHERE a.desk_id = $1 AND a.kind = 'email' AND split_part(a.value, '@', 2) = added.domain
      AND c.desk_id = a.desk_id AND c.contact_id = a.contact_id AND c.organization_id IS NULL
    RETURNING c.contact_id
)
SELECT o.organization_id, (SELECT count(DISTINCT contact_id) FROM theirs) AS contacts FROM o
