-- ids_take: $1 to $4 how many blocks of 100 of tickets, messages, deliveries, contacts
SELECT 0, nextval('ticket_id_block') FROM generate_series(1, $1::integer)
UNION ALL SELECT 1, nextval('message_id_block') FROM generate_series(1, $2::integer)
UNION ALL SELECT 2, nextval('delivery_id_block') FROM generate_series(1, $3::integer)
UNION ALL SELECT 3, nextval('contact_id_block') FROM generate_series(1, $4::integer)
