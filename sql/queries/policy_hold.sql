-- policy_hold: $1 desks: while this transaction lasts the policies in force stay so (policy_turn). First of all locks; what is in force
-- is asked for by a statement of its own, for this one may have waited.
SELECT pg_advisory_xact_lock_shared(hashtext('relevo_policy'), desk_id)
FROM (SELECT DISTINCT desk_id FROM unnest($1::integer[]) AS w (desk_id) ORDER BY desk_id) w
