-- message_move: $1 desks, $2 tickets, $3 messages, $4 to which tickets they go, $5 keys of subjects by which these are found too: with
-- their files, their lines of the ledger and the keys by which an answer to them, or a copy, finds its ticket; that of a conversation stays
WITH moved AS (
    UPDATE message m SET ticket_id = w.to_id
    FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (desk_id, ticket_id, message_id, to_id)
    WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND m.message_id = w.message_id
    RETURNING m.desk_id, m.message_id, m.channel_id, m.external_id, m.mail_id, w.ticket_id, w.to_id
), files AS (
    UPDATE attachment a SET ticket_id = moved.to_id FROM moved
    WHERE a.desk_id = moved.desk_id AND a.ticket_id = moved.ticket_id AND a.message_id = moved.message_id
), ledger AS (
    UPDATE intake i SET ticket_id = moved.to_id FROM moved
    WHERE i.desk_id = moved.desk_id AND i.channel_id = moved.channel_id AND i.external_id = moved.external_id
), subjects AS (
    INSERT INTO thread_key (desk_id, kind, key, ticket_id)
    SELECT DISTINCT ON (w.desk_id, w.key) w.desk_id, 's'::"char", w.key, w.to_id
    FROM unnest($1::integer[], $4::bigint[], $5::text[]) AS w (desk_id, to_id, key)
    WHERE w.key IS NOT NULL ORDER BY w.desk_id, w.key, w.to_id DESC
    ON CONFLICT (desk_id, kind, key) DO NOTHING
)
UPDATE thread_key k SET ticket_id = keys.to_id
FROM (SELECT desk_id, 'm'::"char" AS kind, mail_id AS key, ticket_id, to_id FROM moved
      UNION ALL
      SELECT desk_id, 'k'::"char", external_id, ticket_id, to_id FROM moved
      UNION ALL
      SELECT desk_id, 'x'::"char", channel_id || ' ' || external_id, ticket_id, to_id FROM moved) keys
WHERE k.desk_id = keys.desk_id AND k.kind = keys.kind AND k.key = keys.key COLLATE "C"
  AND (k.ticket_id = keys.ticket_id
       OR EXISTS (SELECT FROM ticket t WHERE t.desk_id = k.desk_id AND t.ticket_id = k.ticket_id AND t.merged_into = keys.ticket_id))
