-- solution_list: $1 desk's name, $2 topic, $3 tag, $4 words to be found (each null: any), $5 how many; newest first
SELECT t.ticket_id, d.name AS desk, t.topic, array_to_string(t.tags, E'\n') AS tags, t.level, e.actor AS agent,
       extract(epoch FROM e.at)::bigint AS solved_at, t.subject, e.detail::json ->> 'solution' AS solution
FROM event e
JOIN ticket t USING (desk_id, ticket_id)
JOIN desk d USING (desk_id)
WHERE e.kind = 'solution_noted' AND ($1::text IS NULL OR d.name = $1) AND ($2::text IS NULL OR t.topic = $2)
  AND ($3::text IS NULL OR t.tags @> ARRAY[$3])
  AND ($4::text IS NULL OR to_tsvector('simple', t.subject || ' ' || (e.detail::json ->> 'solution'))
                           @@ websearch_to_tsquery('simple', $4))
ORDER BY e.at DESC, e.ticket_id DESC LIMIT $5
