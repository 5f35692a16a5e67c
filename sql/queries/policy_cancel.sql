-- policy_cancel: $1 desk, $2 a planned version, $3 who: it does not come in force. No row: it is not planned.
WITH done AS (
    UPDATE policy_version SET cancelled_at = now(), cancelled_by = $3
    WHERE desk_id = $1 AND version = $2 AND in_force_at IS NULL AND cancelled_at IS NULL
    RETURNING version, from_at
)
SELECT version, extract(epoch FROM from_at)::bigint, pg_notify('relevo_policy', '')::text FROM done
