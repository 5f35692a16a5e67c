-- queue_wake: $1 desks, $2 teams with room for more: the first in the queue of each is looked at, or the first after the place $3 of
-- the ticket $4 (0: none), $5 where nobody can take those of that ticket's topic; of the first $6 of the queue, $7 tickets that
-- were looked at just now and hand on themselves, $8 now. A ticket to which something happens just now is passed over.
UPDATE due SET wake_at = $8::timestamptz
WHERE wake_at > $8::timestamptz AND (desk_id, ticket_id) IN (
    SELECT next.desk_id, next.ticket_id
    FROM (SELECT DISTINCT desk_id, team COLLATE "C" AS team, place, after, others, most
          FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::bigint[], $5::boolean[], $6::bigint[])
              AS w (desk_id, team, place, after, others, most)) AS of
        LEFT JOIN ticket AS last ON last.desk_id = of.desk_id AND last.ticket_id = of.after AND of.others,
        LATERAL (SELECT due.desk_id, due.ticket_id
                 FROM due
                 WHERE due.desk_id = of.desk_id AND due.queue_team = of.team
                   AND due.ticket_id = ANY (ARRAY(SELECT near.ticket_id FROM due AS near
                                                  WHERE near.desk_id = of.desk_id AND near.queue_team = of.team
                                                  ORDER BY near.queue_rank, near.ticket_id LIMIT of.most))
                   AND (of.after = 0 OR ((due.queue_rank, due.ticket_id) > (of.place, of.after)
                                         AND due.ticket_id <> ALL ($7::bigint[])))
                   AND NOT (of.others AND (SELECT t.topic FROM ticket t
                                           WHERE t.desk_id = due.desk_id AND t.ticket_id = due.ticket_id)
                                          IS NOT DISTINCT FROM last.topic)
                 ORDER BY due.queue_rank, due.ticket_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS next)
