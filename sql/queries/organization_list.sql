-- organization_list: $1 desk's name (null: any), $2 how many; by name
SELECT o.name AS organization, d.name AS desk, o.plan, o.vip,
       (SELECT string_agg(x.domain, E'\n' ORDER BY x.domain) FROM organization_domain x
        WHERE x.desk_id = o.desk_id AND x.organization_id = o.organization_id) AS domains,
       (SELECT count(*) FROM contact c WHERE c.desk_id = o.desk_id AND c.organization_id = o.organization_id) AS contacts
FROM organization o JOIN desk d USING (desk_id)
WHERE $1::text IS NULL OR d.name = $1
ORDER BY o.name, d.name LIMIT $2
