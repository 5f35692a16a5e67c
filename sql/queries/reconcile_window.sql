-- reconcile_window: $1 desk, $2 channel, $3 mailbox, $4 UIDVALIDITY, $5 UIDs, $6 when the server got them (UTC seconds,
-- 0: not said), $7 since when mails count (UTC seconds, 0: always). In which account each of them is, at one moment.
-- lately: stored since the comparison before the last one; whole: all of it is stored; asks: the account depends on when the
-- server got it.
WITH place AS (
    SELECT split_part(cursor, ':', 1)::bigint AS uidvalidity, split_part(cursor, ':', 2)::bigint AS uid,
           nullif(split_part(cursor, ':', 3), '')::bigint AS floor_at,
           coalesce(nullif(split_part(cursor, ':', 4), ''), '0')::bigint AS floor_uid
    FROM channel_cursor WHERE desk_id = $1 AND channel_id = $2 AND part = $3::text),
began AS (
    SELECT max(CASE WHEN left_over ~ '^[0-9]{1,10}$' THEN left_over::bigint END) AS uid
    FROM (SELECT substr(external_id, length('start/' || $3::text || '/' || ($4::bigint)::text || '/') + 1) AS left_over
          FROM intake
          WHERE desk_id = $1 AND channel_id = $2
            AND external_id > ('start/' || $3::text || '/' || ($4::bigint)::text || '/') COLLATE "C"
            AND external_id < ('start/' || $3::text || '/' || ($4::bigint)::text || '0') COLLATE "C") i),
before AS (
    SELECT coalesce((SELECT since_at FROM reconciliation WHERE desk_id = $1 AND channel_id = $2 AND part = $3::text),
                    now() - interval '2 days') AS since_at)
SELECT m.uid,
       CASE WHEN s.outcome IS NOT NULL THEN s.outcome
            WHEN m.uid <= began.uid OR m.at > 0 AND m.at < coalesce(p.floor_at, $7::bigint)
                 AND (m.uid < p.floor_uid OR p.uidvalidity <> $4::bigint) IS NOT FALSE THEN 'ignored'
            WHEN p.uid IS NULL OR p.uidvalidity <> $4::bigint OR m.uid > p.uid THEN 'pending'
            ELSE 'gap' END AS account,
       coalesce(i.ticket_id, 0) AS ticket_id, coalesce(i.message_id, 0) AS message_id,
       CASE WHEN s.outcome IS NOT NULL THEN i.reason
            WHEN m.uid <= began.uid THEN 'it was there before the mailbox was first read'
            WHEN m.at > 0 AND m.at < coalesce(p.floor_at, $7::bigint)
                 AND (m.uid < p.floor_uid OR p.uidvalidity <> $4::bigint) IS NOT FALSE THEN 'the server got it before mails count' END AS reason,
       s.stored_at >= before.since_at AS lately,
       s.outcome <> 'quarantined' AND NOT coalesce('body_unparsed' = ANY (g.flags), false) AS whole,
       s.outcome IS NULL AND (m.uid <= began.uid) IS NOT TRUE AND coalesce(p.floor_at, $7::bigint) > 0
           AND (m.uid < p.floor_uid OR p.uidvalidity <> $4::bigint) IS NOT FALSE AS asks
FROM unnest($5::bigint[], $6::bigint[]) AS m (uid, at)
CROSS JOIN before
CROSS JOIN began
LEFT JOIN place p ON true
LEFT JOIN LATERAL (SELECT outcome, external_id, stored_at FROM source
                   WHERE desk_id = $1 AND channel_id = $2
                     AND locator = ($3::text || '/' || ($4::bigint)::text || '/' || m.uid::text) COLLATE "C" OFFSET 0) s ON true
LEFT JOIN LATERAL (SELECT ticket_id, message_id, reason FROM intake
                   WHERE desk_id = $1 AND channel_id = $2 AND external_id = s.external_id OFFSET 0) i ON true
LEFT JOIN LATERAL (SELECT flags FROM message
                   WHERE desk_id = $1 AND ticket_id = i.ticket_id AND message_id = i.message_id OFFSET 0) g ON true
ORDER BY m.uid
