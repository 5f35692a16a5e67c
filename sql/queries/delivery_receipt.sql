-- delivery_receipt: $1 desks, $2 channels, $3 the provider's ids, $4 what became of them, $5 words; forward only
UPDATE delivery d SET receipt = w.receipt, last_words = coalesce(w.words, d.last_words)
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[])
     AS w (desk_id, channel_id, external_id, receipt, words)
WHERE d.desk_id = w.desk_id AND d.channel_id = w.channel_id AND d.external_id = w.external_id
  AND coalesce(array_position(ARRAY['sent', 'delivered', 'read', 'failed'], d.receipt), 0)
      < array_position(ARRAY['sent', 'delivered', 'read', 'failed'], w.receipt)
