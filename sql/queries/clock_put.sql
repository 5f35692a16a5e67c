-- clock_put: one array a column; each clock once
INSERT INTO target_clock (desk_id, ticket_id, kind, instance, level, target_s, calendar, warn_percent, started_at,
    ended_at, ended, due_at, breached_at, warned, policy_version, edges, kept_s, kept_at)
SELECT desk_id, ticket_id, kind, instance, level, target_s, calendar, warn_percent::integer[], started_at,
    ended_at, ended, due_at, breached_at, warned, policy_version, edges::bigint[], kept_s, kept_at
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[],
    $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::timestamptz[], $13::timestamptz[],
    $14::integer[], $15::integer[], $16::text[], $17::bigint[], $18::timestamptz[])
    AS w (desk_id, ticket_id, kind, instance, level, target_s, calendar, warn_percent, started_at, ended_at, ended,
    due_at, breached_at, warned, policy_version, edges, kept_s, kept_at)
ON CONFLICT (desk_id, ticket_id, kind, instance) DO UPDATE
SET level = excluded.level, target_s = excluded.target_s, calendar = excluded.calendar,
    warn_percent = excluded.warn_percent, started_at = excluded.started_at, ended_at = excluded.ended_at,
    ended = excluded.ended, due_at = excluded.due_at, breached_at = excluded.breached_at, warned = excluded.warned,
    policy_version = excluded.policy_version, edges = excluded.edges,
    kept_s = excluded.kept_s, kept_at = excluded.kept_at
