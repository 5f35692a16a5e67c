-- delivery_receipt: $1 desks, $2 channels, $3 the provider's ids, $4 what became of them, $5 words; forward only. Where
-- the channel is -1 the id is the delivery's own number.
WITH w AS MATERIALIZED (
    SELECT w.*, CASE channel_id WHEN -1 THEN external_id::bigint END AS own_id
    FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[])
           AS w (desk_id, channel_id, external_id, receipt, words)),
told AS (
    SELECT d.desk_id, d.delivery_id, w.receipt, w.words
    FROM w JOIN delivery d ON d.desk_id = w.desk_id AND d.channel_id = w.channel_id AND d.external_id = w.external_id
    UNION ALL
    SELECT d.desk_id, d.delivery_id, w.receipt, w.words
    FROM w JOIN delivery d ON d.desk_id = w.desk_id AND d.delivery_id = w.own_id)
UPDATE delivery d SET receipt = told.receipt, last_words = coalesce(told.words, d.last_words)
FROM told
WHERE d.desk_id = told.desk_id AND d.delivery_id = told.delivery_id
  AND coalesce(array_position(ARRAY['sent', 'delivered', 'read', 'failed'], d.receipt), 0)
      < array_position(ARRAY['sent', 'delivered', 'read', 'failed'], told.receipt)
