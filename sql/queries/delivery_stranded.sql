-- delivery_stranded: $1 deliveries (null: any): what is dead because there was no channel to send it by, and why
SELECT delivery_id, last_words FROM desk d JOIN delivery v USING (desk_id)
WHERE v.state = 'dead' AND v.channel_id IS NULL AND ($1::bigint[] IS NULL OR v.delivery_id = ANY ($1))
ORDER BY delivery_id
