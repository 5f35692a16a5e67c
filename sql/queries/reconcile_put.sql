-- reconcile_put: $1 desk, $2 channel, $3 mailbox, $4 UIDVALIDITY, $5 started at, $6 mails, $7 messages, $8 duplicates,
-- $9 ignored, $10 quarantined, $11 others, $12 pending, $13 gaps, $14 the first of their UIDs, $15 error,
-- $16 what a kill left undone was told to whoever reads the mailbox: only such comparisons move since_at
INSERT INTO reconciliation AS r (desk_id, channel_id, part, uidvalidity, started_at, since_at, told_at, ended_at, mails, messages,
                                 duplicates, ignored, quarantined, others, pending, gaps, gap_uids, error)
VALUES ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz - interval '2 days',
        $5::timestamptz - CASE WHEN $16::boolean THEN interval '0' ELSE interval '2 days' END, now(), $6, $7, $8, $9, $10, $11, $12, $13,
        $14, $15)
ON CONFLICT ON CONSTRAINT reconciliation_one_a_mailbox DO UPDATE
SET uidvalidity = excluded.uidvalidity, since_at = CASE WHEN $16::boolean THEN coalesce(r.told_at, r.started_at) ELSE r.since_at END,
    told_at = CASE WHEN $16::boolean THEN excluded.started_at ELSE coalesce(r.told_at, r.started_at) END,
    started_at = excluded.started_at, ended_at = excluded.ended_at, mails = excluded.mails, messages = excluded.messages, duplicates = excluded.duplicates,
    ignored = excluded.ignored, quarantined = excluded.quarantined, others = excluded.others, pending = excluded.pending,
    gaps = excluded.gaps, gap_uids = excluded.gap_uids, error = excluded.error
