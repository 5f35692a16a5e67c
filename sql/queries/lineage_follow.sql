-- lineage_follow: before numbers are taken. In a database that is no longer the one that gave them last they go on far above
-- those that may have been given since the backup: a million, ten million of deliveries. A row: the first number of a ticket now
UPDATE lineage SET found = lineage_now() WHERE found <> lineage_now()
RETURNING setval('ticket_id_block', nextval('ticket_id_block') + 10000) * 100 + 1,
          setval('message_id_block', nextval('message_id_block') + 10000),
          setval('delivery_id_block', nextval('delivery_id_block') + 100000),
          setval('contact_id_block', nextval('contact_id_block') + 10000)
