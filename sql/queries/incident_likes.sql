-- incident_likes: $1 desks, $2 tickets, $3 windows (seconds): of those that belong to nothing, the 200 newest cases that share a
-- term, among the 1000 newest that were opened within the window; the newest first. With how the incident stands that one
-- belongs to; if that is solved its cause is gone.
SELECT w.desk_id, w.ticket_id, k.ticket_id, k.contact_id, k.incident_of, k.terms, k.status, k.by_at
FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS w (desk_id, ticket_id, window_s)
JOIN ticket t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
CROSS JOIN LATERAL (
    SELECT near.ticket_id, near.contact_id, near.incident_of, near.terms, near.created_at, i.status,
           (SELECT extract(epoch FROM min(due_at))::bigint FROM target_clock c
            WHERE c.desk_id = i.desk_id AND c.ticket_id = i.ticket_id AND c.ended_at IS NULL) AS by_at
    FROM (SELECT * FROM ticket n
          WHERE n.desk_id = t.desk_id AND n.terms IS NOT NULL
            AND n.created_at BETWEEN t.created_at - make_interval(secs => w.window_s)
                                 AND t.created_at + make_interval(secs => w.window_s)
          ORDER BY n.created_at DESC, n.ticket_id DESC LIMIT 1000) near
    LEFT JOIN ticket i ON i.desk_id = near.desk_id AND i.ticket_id = near.incident_of
    WHERE near.ticket_id <> t.ticket_id AND near.merged_into IS NULL
      AND (i.ticket_id IS NULL OR i.status NOT IN ('solved', 'closed'))
      AND string_to_array(near.terms, ' ') && string_to_array(t.terms, ' ')
    ORDER BY near.created_at DESC, near.ticket_id DESC LIMIT 200) k
WHERE t.terms IS NOT NULL AND t.incident IS NULL AND t.incident_of IS NULL
