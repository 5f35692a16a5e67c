-- reconcile_last: $1 desk, $2 channel: what its last comparison said, mailbox by mailbox
SELECT part, uidvalidity, messages, duplicates, ignored, quarantined, others, pending, gaps, to_jsonb(gap_uids)::text AS gap_uids,
       error
FROM reconciliation
WHERE desk_id = $1 AND channel_id = $2
  AND started_at = (SELECT max(started_at) FROM reconciliation WHERE desk_id = $1 AND channel_id = $2)
ORDER BY part
