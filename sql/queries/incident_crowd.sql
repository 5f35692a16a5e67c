-- incident_crowd: $1 desks, $2 tickets: of incidents among them, how many people, how urgent their most urgent case, which plans
SELECT w.desk_id, w.ticket_id, count(DISTINCT k.contact_id),
       max(array_position(ARRAY['low', 'normal', 'high', 'urgent'], k.priority)) - 1,
       (SELECT string_agg(p.plan, E'\n' ORDER BY p.plan) FROM (
           SELECT DISTINCT o.plan FROM ticket o
           WHERE o.desk_id = w.desk_id AND o.incident_of = w.ticket_id AND o.plan IS NOT NULL
           ORDER BY o.plan LIMIT 64) p)
FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
JOIN ticket i ON i.desk_id = w.desk_id AND i.ticket_id = w.ticket_id AND i.incident IS NOT NULL
JOIN ticket k ON k.desk_id = w.desk_id AND k.incident_of = w.ticket_id
GROUP BY w.desk_id, w.ticket_id
