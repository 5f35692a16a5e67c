-- reconcile_list: what the last comparison of each mailbox said
SELECT d.name AS desk, c.name AS channel, r.part AS mailbox, extract(epoch FROM r.ended_at)::bigint AS ended_at, r.mails,
       r.messages, r.duplicates, r.ignored, r.quarantined, r.others, r.pending, r.gaps, to_jsonb(r.gap_uids)::text AS gap_uids,
       r.error, (r.desk_id, r.channel_id) IN (SELECT desk_id, channel_id FROM channel_configured) AS configured
FROM reconciliation r
JOIN desk d ON d.desk_id = r.desk_id
JOIN channel c ON c.desk_id = r.desk_id AND c.channel_id = r.channel_id
ORDER BY d.name, c.name, r.part
