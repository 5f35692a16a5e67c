-- shadow_put: $1 desk, $2 the whole policy, $3 whom to mail, $4 who wants it, $5 the zone of its days: from the next midnight there on
INSERT INTO policy_shadow (desk_id, source, mail_to, began_by, told_until, due_at)
VALUES ($1, $2, $3::text[], $4, now(), (date_trunc('day', now() AT TIME ZONE $5::text) + interval '1 day') AT TIME ZONE $5::text)
ON CONFLICT (desk_id) DO UPDATE
SET source = excluded.source, mail_to = excluded.mail_to, began_at = now(), began_by = excluded.began_by,
    told_until = excluded.told_until, due_at = excluded.due_at, claimed_until = NULL, claimed_by = NULL
RETURNING extract(epoch FROM due_at)::bigint
