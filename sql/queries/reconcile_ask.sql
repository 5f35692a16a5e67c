-- reconcile_ask: $1 desk, $2 channel: the node that reads it compares it, and says when it has (relevo_reconciled). No row: no
-- node reads it now.
SELECT holder, pg_notify('relevo_reconcile', channel_id::text)::text AS asked
FROM channel_lease WHERE desk_id = $1 AND channel_id = $2 AND held_until > now()
