-- delivery_find: $1 desks, $2 channels, $3 the provider's ids: what was sent under them, and what is known of it. Where
-- the channel is 0 the id is the Message-ID that we gave it, which holds its number; where it is -1 that number itself.
WITH w AS MATERIALIZED (
    SELECT w.*, CASE channel_id WHEN 0 THEN substring(external_id FROM '\.([0-9]{1,18})@')::bigint
                           WHEN -1 THEN external_id::bigint END AS own_id
    FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS w (desk_id, channel_id, external_id))
SELECT d.desk_id, d.channel_id, d.external_id, d.delivery_id, d.ticket_id, d.notice, d.receipt, d.address
FROM w JOIN delivery d ON d.desk_id = w.desk_id AND d.channel_id = w.channel_id AND d.external_id = w.external_id
UNION ALL
SELECT d.desk_id, w.channel_id, w.external_id, d.delivery_id, d.ticket_id, d.notice, d.receipt, d.address
FROM w JOIN delivery d ON d.desk_id = w.desk_id AND d.delivery_id = w.own_id
WHERE w.channel_id = -1 OR d.mail_id = w.external_id
