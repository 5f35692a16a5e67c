-- shadow_claim: $1 desks, $2 which node, $3 for how many seconds: one whose day is over, and what is
-- in force beside it
UPDATE policy_shadow SET claimed_until = now() + make_interval(secs => $3), claimed_by = $2
WHERE desk_id IN (
    SELECT desk_id FROM policy_shadow
    WHERE desk_id = ANY ($1::integer[]) AND due_at <= now() AND (claimed_until IS NULL OR claimed_until < now())
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING desk_id, source, extract(epoch FROM told_until)::bigint, extract(epoch FROM due_at)::bigint,
          (SELECT v.source FROM desk d JOIN policy_version v ON v.desk_id = d.desk_id AND v.version = d.policy_version
           WHERE d.desk_id = policy_shadow.desk_id)
