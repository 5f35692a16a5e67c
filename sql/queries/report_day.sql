-- report_day: $1 a day, "2026-11-01": when it begins in the session's zone, and when it is over
SELECT extract(epoch FROM $1::date::timestamptz)::bigint AS begins_at, extract(epoch FROM ($1::date + 1)::timestamptz)::bigint AS over_at
