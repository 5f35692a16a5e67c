-- policy_turn: $1 desk: nobody decides anything there until this transaction ends (policy_hold)
SELECT pg_advisory_xact_lock(hashtext('relevo_policy'), $1::integer)
