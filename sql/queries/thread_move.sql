-- thread_move: as thread_insert, for keys of a ticket that is over: they lead to its follow-up from now on
UPDATE thread_key k SET ticket_id = w.ticket_id
FROM unnest($1::integer[], $2::"char"[], $3::text[], $4::bigint[]) AS w (desk_id, kind, key, ticket_id)
WHERE k.desk_id = w.desk_id AND k.kind = w.kind AND k.key = w.key COLLATE "C"
